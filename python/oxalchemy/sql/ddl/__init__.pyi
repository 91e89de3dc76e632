import enum
from typing import Any

from oxalchemy import _rs

class InvokeDDLBase:
    def __init__(self, dialect: Any, connection: Any, checkfirst: Any = ..., tables: Any = None, **kw: Any) -> None: ...
    def run(self, item: Any) -> Any: ...
    def traverse_single(self, item: Any) -> Any: ...
    dialect: Any
    connection: Any
    checkfirst: Any
    tables: Any

class SchemaDropper(InvokeDDLBase): ...
class SchemaGenerator(InvokeDDLBase): ...

class CheckFirst(enum.Flag):
    NONE = 0
    TABLES = 2
    VIEWS = 4
    INDEXES = 8
    SEQUENCES = 16
    TYPES = 32
    ALL = 62

class BaseDDLElement(_rs.DDLElement):
    is_ddl: Any
    is_select: Any
    is_insert: Any
    is_update: Any
    is_delete: Any
    is_text: Any
    is_dml: Any

class CreateColumn(BaseDDLElement):
    __visit_name__: Any
    def __init__(self, element: Any) -> None: ...
    element: Any

class CreateConstraint(BaseDDLElement):
    def __init__(self, element: Any) -> None: ...
    element: Any

class ExecutableDDLElement(BaseDDLElement):
    target: Any
    element: Any
    @property
    def bind(self) -> Any: ...
    def execute(self, bind: Any = None, target: Any = None) -> Any: ...
    def execute_at(self, event_name: Any, target: Any) -> Any: ...
    def execute_if(self, dialect: Any = None, callable_: Any = None, state: Any = None) -> Any: ...
    def against(self, target: Any) -> Any: ...
    def __call__(self, target: Any, bind: Any, **kw: Any) -> Any: ...

class DDL(ExecutableDDLElement):
    __visit_name__: Any
    def __init__(self, statement: Any, on: Any = None, context: Any = None, bind: Any = None) -> None: ...
    def __repr__(self) -> str: ...
    statement: Any
    on: Any
    context: Any

class DropColumnComment(ExecutableDDLElement):
    __visit_name__: Any

class DropConstraintComment(ExecutableDDLElement):
    __visit_name__: Any

class DropTableComment(ExecutableDDLElement):
    __visit_name__: Any

class SetColumnComment(ExecutableDDLElement):
    __visit_name__: Any

class SetConstraintComment(ExecutableDDLElement):
    __visit_name__: Any

class SetTableComment(ExecutableDDLElement):
    __visit_name__: Any

class AddConstraint(ExecutableDDLElement):
    __visit_name__: Any
    def __init__(self, element: Any, *, isolate_from_table: Any = True) -> None: ...

class CreateIndex(ExecutableDDLElement):
    __visit_name__: Any

class CreateSchema(ExecutableDDLElement):
    __visit_name__: Any
    stringify_dialect: Any
    def __init__(self, name: Any, if_not_exists: Any = False) -> None: ...

class CreateSequence(ExecutableDDLElement):
    __visit_name__: Any

class DropConstraint(ExecutableDDLElement):
    __visit_name__: Any
    def __init__(self, element: Any, *, cascade: Any = False, if_exists: Any = False, isolate_from_table: Any = True) -> None: ...
    cascade: Any

class DropIndex(ExecutableDDLElement):
    __visit_name__: Any

class DropSchema(ExecutableDDLElement):
    __visit_name__: Any
    stringify_dialect: Any
    def __init__(self, name: Any, cascade: Any = False, if_exists: Any = False) -> None: ...
    cascade: Any

class DropSequence(ExecutableDDLElement):
    __visit_name__: Any

class TableCreateDDL(ExecutableDDLElement): ...
class TableDropDDL(ExecutableDDLElement): ...

class CreateTable(TableCreateDDL):
    __visit_name__: Any
    def __init__(self, element: Any, include_foreign_key_constraints: Any = None, if_not_exists: Any = False) -> None: ...
    columns: Any
    include_foreign_key_constraints: Any

class CreateTableAs(TableCreateDDL):
    __visit_name__: Any
    def __init__(
        self,
        selectable: Any,
        table_name: Any,
        *,
        metadata: Any = None,
        schema: Any = None,
        temporary: Any = False,
        if_not_exists: Any = False,
    ) -> None: ...
    selectable: Any
    table_name: Any
    schema: Any
    temporary: Any
    table: Any
    metadata: Any

class CreateView(TableCreateDDL):
    __visit_name__: Any
    def __init__(
        self,
        selectable: Any,
        view_name: Any,
        *,
        metadata: Any = None,
        schema: Any = None,
        temporary: Any = False,
        or_replace: Any = False,
        materialized: Any = False,
        **dialect_kw: Any,
    ) -> None: ...
    selectable: Any
    view_name: Any
    schema: Any
    temporary: Any
    or_replace: Any
    materialized: Any
    dialect_kw: Any
    table: Any
    metadata: Any

class DropTable(TableDropDDL):
    __visit_name__: Any

class DropView(TableDropDDL):
    __visit_name__: Any
    def __init__(self, element: Any, *, if_exists: Any = False, materialized: Any = False) -> None: ...
    materialized: Any

def sort_tables(tables: Any, skip_fn: Any = None, extra_dependencies: Any = None) -> Any: ...
def sort_tables_and_constraints(tables: Any, filter_fn: Any = None, extra_dependencies: Any = None) -> Any: ...

DDLElement = ExecutableDDLElement
