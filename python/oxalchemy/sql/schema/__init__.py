"""Schema constructs: MetaData, Table, Column, constraints, indexes, defaults.

The structure lives in Rust (``_rs.Table``, ``_rs.Column`` …), where the compiler and the ORM read it; these classes declare it:
they check arguments, attach parts to each other, run events, copy and describe themselves.
"""

from .base import (
    BLANK_SCHEMA,
    NULL_UNSPECIFIED,
    RETAIN_SCHEMA,
    HasConditionalDDL,
    HasSchemaAttr,
    SchemaConst,
    SchemaEventTarget,
    SchemaItem,
    SchemaVisitor,
    DialectKWArgs,
    _get_table_key,
)
from .column import Column, _InsertSentinelColumnDefault, insert_sentinel
from .constraint import (
    CheckConstraint,
    ColumnCollectionConstraint,
    ColumnCollectionMixin,
    Constraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from .defaults import (
    CallableColumnDefault,
    ColumnDefault,
    ColumnElementColumnDefault,
    Computed,
    DefaultClause,
    DefaultGenerator,
    FetchedValue,
    Identity,
    IdentityOptions,
    PassiveDefault,
    ScalarElementColumnDefault,
    Sequence,
)
from .foreign_key import ForeignKey, ForeignKeyConstraint, ForeignKeyTarget
from .index import Index
from .metadata import MetaData, ThreadLocalMetaData
from .table import Table

for _name, _obj in list(globals().items()):
    if isinstance(_obj, type) and _obj.__module__.startswith(__name__ + "."):
        _obj.__module__ = __name__
del _name, _obj

# Gives SchemaEventTarget its ``dispatch``.
from .. import events as _events  # noqa: E402, F401

from ... import _rs as _rs  # noqa: E402

# Nodes without a Python object get one of these.
_rs._register_faces({"Column": Column, "Table": Table})
