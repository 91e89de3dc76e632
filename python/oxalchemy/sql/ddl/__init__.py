"""DDL: elements, the conditions under which they apply, and what creates or drops a whole schema.

``elements``: CREATE TABLE and the like as objects. ``condition``: ``ddl_if()``. ``order``: tables by dependency. ``run``: carries
out the plan that Rust makes (``src/sql/ddl/plan.rs``).
"""

from .check import CheckFirst
from .elements import (
    DDL,
    AddConstraint,
    BaseDDLElement,
    CreateColumn,
    CreateConstraint,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTableAs,
    CreateView,
    DDLElement,
    DropColumnComment,
    DropConstraint,
    DropConstraintComment,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    DropView,
    ExecutableDDLElement,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
    TableCreateDDL,
    TableDropDDL,
)
from .order import sort_tables, sort_tables_and_constraints
from .run import InvokeDDLBase, SchemaDropper, SchemaGenerator

for _name, _obj in list(globals().items()):
    if isinstance(_obj, type) and _obj.__module__.startswith(__name__ + "."):
        _obj.__module__ = __name__
del _name, _obj
