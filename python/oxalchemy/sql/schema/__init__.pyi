import enum
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence as _Sequence
from typing import Any, TypeVar, overload

import oxalchemy.sql.dialect_kw
import oxalchemy.sql.elements
import oxalchemy.sql.event_target
import oxalchemy.sql.selectable
import oxalchemy.sql.type_api
from oxalchemy import _rs
from oxalchemy.sql.dialect_kw import DialectKWArgs as DialectKWArgs
from oxalchemy.sql.event_target import SchemaEventTarget as SchemaEventTarget

_T = TypeVar("_T")
_T_co = TypeVar("_T_co", covariant=True)

class ColumnCollectionMixin:
    @property
    def columns(self) -> Any: ...
    @property
    def c(self) -> Any: ...
    def contains_column(self, col: Any) -> Any: ...

class HasConditionalDDL:
    def ddl_if(self, dialect: Any = None, callable_: Any = None, state: Any = None) -> Any: ...

class SchemaVisitor:
    def traverse_single(self, obj: Any, **kw: Any) -> Any: ...
    def traverse(self, obj: Any) -> Any: ...

class TypedColumns:
    @staticmethod
    def __new__(cls, *args: Any, **kw: Any) -> Any: ...
    def __init_subclass__(cls, **kw: Any) -> None: ...

class ForeignKeyTarget(tuple):
    @staticmethod
    def __new__(_cls: Any, schema: Any, table_name: Any, column_name: Any) -> Any: ...
    def __repr__(self) -> str: ...
    __match_args__ = ("schema", "table_name", "column_name")
    schema: Any
    table_name: Any
    column_name: Any

class SchemaConst(enum.Enum):
    RETAIN_SCHEMA = 1
    BLANK_SCHEMA = 2
    NULL_UNSPECIFIED = 3

class IdentityOptions(oxalchemy.sql.dialect_kw.DialectKWArgs):
    def __init__(
        self,
        start: Any = None,
        increment: Any = None,
        minvalue: Any = None,
        maxvalue: Any = None,
        nominvalue: Any = None,
        nomaxvalue: Any = None,
        cycle: Any = None,
        cache: Any = None,
        order: Any = None,
        **dialect_kw: Any,
    ) -> None: ...
    @property
    def order(self) -> Any: ...

class Named(typing.Generic): ...

class SchemaItem(oxalchemy.sql.event_target.SchemaEventTarget):
    __visit_name__: Any
    create_drop_stringify_dialect: Any
    @classmethod
    def __class_getitem__(cls, item: Any) -> Any: ...
    @property
    def info(self) -> Any: ...
    @info.setter
    def info(self, value: Any) -> None: ...
    def get_children(self, **kw: Any) -> Any: ...
    def __repr__(self) -> str: ...

class DefaultGenerator(SchemaItem):
    __visit_name__: Any
    is_sequence: Any
    is_identity: Any
    is_server_default: Any
    is_clause_element: Any
    is_callable: Any
    is_scalar: Any
    has_arg: Any
    column: Any
    def __init__(self, for_update: Any = False) -> None: ...
    def copy(self, **where: Any) -> Any: ...
    @property
    def bind(self) -> Any: ...
    def execute(self, bind: Any = None, **kw: Any) -> Any: ...
    for_update: Any

class FetchedValue(SchemaItem):
    __visit_name__: Any
    is_server_default: Any
    is_sequence: Any
    is_identity: Any
    is_clause_element: Any
    reflected: Any
    has_argument: Any
    column: Any
    def __init__(self, for_update: Any = False) -> None: ...
    def copy(self, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    for_update: Any

class HasSchemaAttr(SchemaItem): ...

class ColumnDefault(DefaultGenerator):
    has_arg: Any
    @staticmethod
    def __new__(cls, arg: Any = None, for_update: Any = False) -> Any: ...
    def __init__(self, arg: Any, for_update: Any = False) -> None: ...
    def __repr__(self) -> str: ...
    arg: Any

class Computed(FetchedValue):
    __visit_name__: Any
    def __init__(self, sqltext: Any, persisted: Any = None) -> None: ...
    def copy(self, target_table: Any = None, **where: Any) -> Any: ...
    sqltext: Any
    persisted: Any

class DefaultClause(FetchedValue):
    has_argument: Any
    def __init__(self, arg: Any, for_update: Any = False, _reflected: Any = False) -> None: ...
    def copy(self, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    arg: Any

class ForeignKey(oxalchemy.sql.dialect_kw.DialectKWArgs, SchemaItem, _rs.ForeignKey):
    @property
    def column(self) -> Column[Any]: ...
    __visit_name__: Any
    parent: Any
    constraint: Any
    def __init__(
        self,
        column: Any,
        constraint: Any = None,
        use_alter: Any = False,
        name: Any = None,
        onupdate: Any = None,
        ondelete: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        link_to_name: Any = False,
        match: Any = None,
        info: Any = None,
        comment: Any = None,
        **dialect_kw: Any,
    ) -> None: ...
    @property
    def target_tokens(self) -> Any: ...
    def references(self, table: Any) -> Any: ...
    def get_referent(self, table: Any) -> Any: ...
    def copy(self, *, schema: Any = None, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    target_column: Any
    use_alter: Any
    name: Any
    onupdate: Any
    ondelete: Any
    deferrable: Any
    initially: Any
    match: Any
    link_to_name: Any
    comment: Any

class CallableColumnDefault(ColumnDefault):
    is_callable: Any
    def __init__(self, arg: Any, for_update: Any = False) -> None: ...

class ColumnElementColumnDefault(ColumnDefault):
    is_clause_element: Any
    def __init__(self, arg: Any, for_update: Any = False) -> None: ...

class ScalarElementColumnDefault(ColumnDefault):
    is_scalar: Any

class MetaData(HasSchemaAttr, _rs.MetaData):
    tables: Mapping[str, Table]
    schema: str | None
    naming_convention: Mapping[Any, Any]
    @property
    def sorted_tables(self) -> list[Table]: ...
    def __init__(
        self,
        bind_or_schema: Any = None,
        reflect: Any = False,
        schema: str | None = None,
        quote_schema: bool | None = None,
        naming_convention: Mapping[Any, Any] | None = None,
        info: dict[Any, Any] | None = None,
        *,
        bind: Any = None,
    ) -> None: ...
    def __contains__(self, table_or_key: str | Table) -> bool: ...
    def clear(self) -> None: ...
    def remove(self, table: Table) -> None: ...
    def create_all(self, bind: Any = None, tables: Iterable[Table] | None = None, checkfirst: Any = ...) -> None: ...
    def drop_all(self, bind: Any = None, tables: Iterable[Table] | None = None, checkfirst: Any = ...) -> None: ...
    def reflect(
        self,
        bind: Any = None,
        schema: str | None = None,
        views: bool = False,
        only: _Sequence[str] | Callable[[str, MetaData], bool] | None = None,
        extend_existing: bool = False,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        **dialect_kwargs: Any,
    ) -> None: ...
    def is_bound(self) -> bool: ...
    __visit_name__: Any
    def __repr__(self) -> str: ...
    @property
    def schemas(self) -> Any: ...
    def table_iterator(self, reverse: Any = True, tables: Any = None) -> Any: ...
    def get_children(self, **kw: Any) -> Any: ...
    def get_schema_objects(self, kind: Any, *, schema: Any = ...) -> Any: ...
    def get_schema_object_by_name(self, kind: Any, name: Any, *, schema: Any = ...) -> Any: ...
    @property
    def bind(self) -> Any: ...
    @bind.setter
    def bind(self, value: Any) -> None: ...
    def connect(self, bind: Any, **kw: Any) -> Any: ...
    def append_ddl_listener(self, event_name: Any, listener: Any) -> Any: ...
    @property
    def ddl_events(self) -> Any: ...

class Constraint(oxalchemy.sql.dialect_kw.DialectKWArgs, HasConditionalDDL, SchemaItem, _rs.Constraint):
    __visit_name__: Any
    def __init__(
        self,
        name: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        info: Any = None,
        comment: Any = None,
        **dialect_kw: Any,
    ) -> None: ...
    @property
    def table(self) -> Any: ...
    @table.setter
    def table(self, value: Any) -> None: ...
    @property
    def bind(self) -> Any: ...
    def copy(self, **where: Any) -> Any: ...
    parent: Any

class ThreadLocalMetaData(MetaData):
    __visit_name__: Any
    def __init__(self) -> None: ...
    @property
    def bind(self) -> Any: ...
    @bind.setter
    def bind(self, value: Any) -> None: ...
    def dispose(self) -> Any: ...
    context: Any

class Identity(IdentityOptions, FetchedValue):
    __visit_name__: Any
    is_identity: Any
    def __init__(
        self,
        always: Any = False,
        on_null: Any = None,
        start: Any = None,
        increment: Any = None,
        minvalue: Any = None,
        maxvalue: Any = None,
        nominvalue: Any = None,
        nomaxvalue: Any = None,
        cycle: Any = None,
        cache: Any = None,
        order: Any = None,
        **dialect_kw: Any,
    ) -> None: ...
    @property
    def on_null(self) -> Any: ...
    def copy(self, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    always: Any

class Index(oxalchemy.sql.dialect_kw.DialectKWArgs, ColumnCollectionMixin, HasConditionalDDL, SchemaItem, _rs.Index):
    __visit_name__: Any
    table: Any
    def __init__(
        self,
        name: Any,
        *expressions: Any,
        unique: Any = False,
        quote: Any = None,
        info: Any = None,
        _table: Any = None,
        _from_column: Any = False,
        **dialect_kw: Any,
    ) -> None: ...
    def append_column(self, column: Any) -> Any: ...
    @property
    def bind(self) -> Any: ...
    def create(self, bind: Any = None, checkfirst: Any = ...) -> Any: ...
    def drop(self, bind: Any = None, checkfirst: Any = ...) -> Any: ...
    def copy(self, *, target_table: Any = None, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    unique: Any
    expressions: Any

class ColumnCollectionConstraint(ColumnCollectionMixin, Constraint):
    def __init__(
        self,
        *columns: Any,
        name: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        info: Any = None,
        comment: Any = None,
        _from_column: Any = False,
        **dialect_kw: Any,
    ) -> None: ...
    def __contains__(self, x: Any) -> bool: ...
    def keys(self) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def copy(self, *, target_table: Any = None, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...

class Sequence(HasSchemaAttr, IdentityOptions, DefaultGenerator, _rs.Sequence):
    __visit_name__: Any
    is_sequence: Any
    is_callable: Any
    def __init__(
        self,
        name: Any,
        start: Any = None,
        increment: Any = None,
        minvalue: Any = None,
        maxvalue: Any = None,
        nominvalue: Any = None,
        nomaxvalue: Any = None,
        cycle: Any = None,
        schema: Any = None,
        cache: Any = None,
        order: Any = None,
        data_type: Any = None,
        optional: Any = False,
        quote: Any = None,
        metadata: Any = None,
        quote_schema: Any = None,
        for_update: Any = False,
        **dialect_kw: Any,
    ) -> None: ...
    @property
    def key(self) -> Any: ...
    def next_value(self) -> Any: ...
    def copy(self, **where: Any) -> Any: ...
    @property
    def bind(self) -> Any: ...
    def create(self, bind: Any = None, checkfirst: Any = ...) -> Any: ...
    def drop(self, bind: Any = None, checkfirst: Any = ...) -> Any: ...
    def __repr__(self) -> str: ...
    name: Any
    optional: Any
    data_type: Any
    metadata: Any
    schema: Any

class CheckConstraint(ColumnCollectionConstraint):
    __visit_name__: Any
    def __init__(
        self,
        sqltext: Any,
        name: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        table: Any = None,
        info: Any = None,
        comment: Any = None,
        _rule: Any = None,
        _seek: Any = True,
        _type_bound: Any = False,
        **dialect_kw: Any,
    ) -> None: ...
    @property
    def is_column_level(self) -> Any: ...
    def copy(self, *, target_table: Any = None, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    sqltext: Any

class PrimaryKeyConstraint(ColumnCollectionConstraint):
    __visit_name__: Any
    def __init__(
        self,
        *columns: Any,
        name: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        info: Any = None,
        comment: Any = None,
        _implicit: Any = False,
        **dialect_kw: Any,
    ) -> None: ...
    def append_column(self, column: Any) -> Any: ...
    def add(self, column: Any) -> Any: ...
    def replace(self, column: Any) -> Any: ...
    def remove(self, column: Any) -> Any: ...
    @property
    def columns_autoinc_first(self) -> Any: ...

class UniqueConstraint(ColumnCollectionConstraint):
    __visit_name__: Any

class ForeignKeyConstraint(ColumnCollectionConstraint):
    __visit_name__: Any
    def __init__(
        self,
        columns: Any,
        refcolumns: Any,
        name: Any = None,
        onupdate: Any = None,
        ondelete: Any = None,
        deferrable: Any = None,
        initially: Any = None,
        use_alter: Any = False,
        link_to_name: Any = False,
        match: Any = None,
        table: Any = None,
        info: Any = None,
        comment: Any = None,
        **dialect_kw: Any,
    ) -> None: ...
    def append_element(self, column: Any, refcolumn: Any) -> Any: ...
    @property
    def referred_table(self) -> Any: ...
    @property
    def column_keys(self) -> Any: ...
    def copy(self, *, schema: Any = None, target_table: Any = None, **where: Any) -> Any: ...
    def __repr__(self) -> str: ...
    onupdate: Any
    ondelete: Any
    match: Any
    use_alter: Any
    link_to_name: Any
    elements: Any

class Table(oxalchemy.sql.dialect_kw.DialectKWArgs, HasSchemaAttr, _rs.Table, oxalchemy.sql.selectable.TableClause):
    def __init__(self, name: str, metadata: MetaData, *args: Any, **kw: Any) -> None: ...
    name: str
    metadata: MetaData
    constraints: set[Constraint]
    indexes: set[Index]
    @property
    def primary_key(self) -> PrimaryKeyConstraint: ...
    @property
    def fullname(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def foreign_keys(self) -> set[ForeignKey]: ...
    @property
    def foreign_key_constraints(self) -> set[ForeignKeyConstraint]: ...
    @property
    def autoincrement_column(self) -> Column[int] | None: ...
    def append_column(self, column: Column[Any], *, replace_existing: bool = False) -> None: ...
    def append_constraint(self, constraint: Constraint | Index) -> None: ...
    def create(self, bind: Any = None, checkfirst: Any = ...) -> None: ...
    def drop(self, bind: Any = None, checkfirst: Any = ...) -> None: ...
    def exists(self, bind: Any = None) -> bool: ...
    def to_metadata(
        self, metadata: MetaData, schema: Any = ..., referred_schema_fn: Any = None, name: str | None = None
    ) -> Table: ...
    def tometadata(
        self, metadata: MetaData, schema: Any = ..., referred_schema_fn: Any = None, name: str | None = None
    ) -> Table: ...
    __visit_name__: Any
    is_view: Any
    def insert_column(self, column: Any, index: Any, *, replace_existing: Any = False) -> Any: ...
    def add_is_dependent_on(self, table: Any) -> Any: ...
    def set_creator_ddl(self, ddl: Any) -> Any: ...
    def set_dropper_ddl(self, ddl: Any) -> Any: ...
    def get_children(self, *, column_tables: Any = None, schema_visitor: Any = False, **kw: Any) -> Any: ...
    @property
    def bind(self) -> Any: ...
    def append_ddl_listener(self, event_name: Any, listener: Any) -> Any: ...
    def __str__(self) -> str: ...
    def __repr__(self) -> str: ...

class Column(oxalchemy.sql.dialect_kw.DialectKWArgs, SchemaItem, _rs.Column[_T_co], oxalchemy.sql.elements.ColumnClause[_T_co]):
    @overload
    def __init__(
        self,
        name: str | None,
        type_: oxalchemy.sql.type_api.TypeEngine[_T_co] | type[oxalchemy.sql.type_api.TypeEngine[_T_co]],
        /,
        *args: Any,
        **kw: Any,
    ) -> None: ...
    @overload
    def __init__(
        self,
        type_: oxalchemy.sql.type_api.TypeEngine[_T_co] | type[oxalchemy.sql.type_api.TypeEngine[_T_co]],
        /,
        *args: Any,
        **kw: Any,
    ) -> None: ...
    @overload
    def __init__(self, *args: Any, **kw: Any) -> None: ...
    name: str
    key: str
    table: Table
    nullable: bool
    primary_key: bool
    unique: bool | None
    index: bool | None
    default: Any
    server_default: Any
    onupdate: Any
    doc: str | None
    comment: str | None
    autoincrement: Any
    foreign_keys: set[ForeignKey]
    __visit_name__: Any
    inherit_cache: Any
    computed: Any
    identity: Any
    constraints: Any
    server_onupdate: Any
    @property
    def foreign_key(self) -> Any: ...
    def append_foreign_key(self, fk: Any) -> Any: ...
    def references(self, column: Any) -> Any: ...
    def get_children(self, **kw: Any) -> Any: ...
    def copy(self, **where: Any) -> Any: ...
    @classmethod
    def __class_getitem__(cls, type_: Any) -> Any: ...
    def __str__(self) -> str: ...
    def __repr__(self) -> str: ...

def insert_sentinel(name: Any = None, type_: Any = None, *, default: Any = None, omit_from_statements: Any = True) -> Any: ...

BLANK_SCHEMA: SchemaConst
NULL_UNSPECIFIED: SchemaConst
RETAIN_SCHEMA: SchemaConst
PassiveDefault = DefaultClause
