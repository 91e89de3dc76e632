"""Private names of SQLAlchemy that migration tools and extensions call; ours are called otherwise.

Nothing in this package uses them.
"""

from ..event_target import SchemaEventTarget, join
from .columns import Column
from .constraints import Constraint, PrimaryKeyConstraint
from .copying import copied_key_target, fill
from .foreign_keys import ForeignKey, ForeignKeyConstraint
from .items import SchemaItem
from .metadata import MetaData
from .table import Table

SchemaEventTarget._set_parent_with_dispatch = lambda self, parent, **kw: join(self, parent, **kw)
SchemaItem._copy = lambda self, **kw: self.copy(**kw)
Column._on_table_attach = lambda self, fn: self._when_in_table(fn)
Column._merge = lambda self, other, *, omit_defaults=False: fill(self, other, omit_defaults)
Constraint._create_rule = property(lambda self: self._rule, lambda self, rule: setattr(self, "_rule", rule))
ForeignKey._colspec = property(lambda self: self._spelled() if self.target_column is None else self.target_column)
ForeignKey._get_colspec = lambda self, schema=None, table_name=None, _is_copy=False: copied_key_target(self, schema, table_name)
ForeignKeyConstraint._col_description = property(lambda self: ", ".join(self.column_keys))
MetaData._schemas = property(lambda self: set(self.schemas))
PrimaryKeyConstraint._autoincrement_column = property(lambda self: self.table.autoincrement_column)
Table._columns = property(lambda self: self.c)
Table._reset_exported = lambda self: None
