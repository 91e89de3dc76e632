"""Schema constructs: MetaData, Table, Column, constraints, indexes, defaults.

Structure and rules live in Rust (``_rs.Table``, ``_rs.Column`` …; ``src/sql/schema``), where the compiler and the ORM read them.
These classes are what users subclass and call: arguments, events, copies, pickling.

=================  ==============================================================================
``items``          what all of them share; ``join`` (from ``sql.event_target``) puts one into another
``metadata``       ``MetaData``
``table``          ``Table``
``columns``        ``Column``
``generators``     defaults, server defaults, ``Computed``
``sequences``      ``Sequence``, ``Identity``
``constraints``    ``PrimaryKeyConstraint``, ``UniqueConstraint``, ``CheckConstraint`` and their bases
``foreign_keys``   ``ForeignKey``, ``ForeignKeyConstraint``
``indexes``        ``Index``
``typed``          columns by annotations: ``TypedColumns``
``names``          naming conventions
``copying``        ``Table.to_metadata``
``aliases``        private names of SQLAlchemy that other packages use
=================  ==============================================================================
"""

from ..dialect_kw import DialectKWArgs
from .columns import Column, insert_sentinel
from .constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    ColumnCollectionMixin,
    Constraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from .foreign_keys import ForeignKey, ForeignKeyConstraint, ForeignKeyTarget
from .generators import (
    CallableColumnDefault,
    ColumnDefault,
    ColumnElementColumnDefault,
    Computed,
    DefaultClause,
    DefaultGenerator,
    FetchedValue,
    InsertSentinelDefault as _InsertSentinelColumnDefault,
    PassiveDefault,
    ScalarElementColumnDefault,
)
from .indexes import Index
from .items import (
    BLANK_SCHEMA,
    NULL_UNSPECIFIED,
    RETAIN_SCHEMA,
    HasConditionalDDL,
    HasSchemaAttr,
    SchemaConst,
    SchemaEventTarget,
    SchemaItem,
    SchemaVisitor,
    table_key as _get_table_key,
)
from .metadata import MetaData, ThreadLocalMetaData
from .sequences import Identity, IdentityOptions, Sequence
from .table import Table
from .typed import Named, TypedColumns

for _name, _obj in list(globals().items()):
    if isinstance(_obj, type) and _obj.__module__.startswith(__name__ + "."):
        _obj.__module__ = __name__
del _name, _obj

from . import aliases as _aliases  # noqa: E402, F401

# Gives SchemaEventTarget its ``dispatch``.
from .. import events as _events  # noqa: E402, F401

from ... import _rs as _rs  # noqa: E402

# Nodes without a Python object get one of these.
_rs._register_faces({"Column": Column, "Table": Table})
