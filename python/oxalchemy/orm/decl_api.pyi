from collections.abc import Callable
from typing import Any, ClassVar, Generic, TypeVar, overload, type_check_only

from typing_extensions import dataclass_transform

import oxalchemy.sql.schema
from oxalchemy import _rs, exc as exc
from oxalchemy.orm import clsregistry as clsregistry, decl_base as decl_base
from oxalchemy.orm._constructors import column_property, composite, query_expression, relationship, synonym
from oxalchemy.orm.decl_base import has_inherited_table as has_inherited_table
from oxalchemy.orm.mapped import Mapped as Mapped
from oxalchemy.orm.mapped_column import MappedColumn as MappedColumn, mapped_column as mapped_column

_T = TypeVar("_T")
_V = TypeVar("_V")
_C = TypeVar("_C", bound=type[Any])

__all__ = [
    "DeclarativeAttributeIntercept",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "Mapped",
    "MappedAsDataclass",
    "MappedColumn",
    "add_mapped_attribute",
    "as_declarative",
    "as_typed_table",
    "comparable_using",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "default_registry",
    "has_inherited_table",
    "instrument_declarative",
    "mapped_as_dataclass",
    "registry",
    "synonym_for",
    "unmapped_dataclass",
]

class registry:
    def __init__(
        self,
        *,
        metadata: oxalchemy.sql.schema.MetaData | None = None,
        class_registry: Any = None,
        type_annotation_map: Any = None,
        constructor: Callable[..., None] = ...,
    ) -> None: ...
    metadata: oxalchemy.sql.schema.MetaData
    @property
    def mappers(self) -> frozenset[_rs.Mapper[Any]]: ...
    def update_type_annotation_map(self, type_annotation_map: Any) -> None: ...
    def map_imperatively(self, class_: type[_T], local_table: Any = None, **kw: Any) -> _rs.Mapper[_T]: ...
    def map_declaratively(self, cls: type[_T]) -> _rs.Mapper[_T]: ...
    def mapped(self, cls: type[_T]) -> type[_T]: ...
    def as_declarative_base(self, **kw: Any) -> Callable[[type[_T]], type[_T]]: ...
    def generate_base(self, mapper: Any = None, cls: Any = ..., name: str = "Base", metaclass: Any = ...) -> Any: ...
    def configure(self, cascade: bool = False) -> None: ...
    def dispose(self, cascade: bool = False) -> None: ...
    def mapped_as_dataclass(
        self,
        _registry__cls: Any = None,
        *,
        init: Any = ...,
        repr: Any = ...,
        eq: Any = ...,
        order: Any = ...,
        unsafe_hash: Any = ...,
        match_args: Any = ...,
        kw_only: Any = ...,
        dataclass_callable: Any = ...,
    ) -> Any: ...
    dispatch: Any
    constructor: Any
    type_annotation_map: Any

class DeclarativeBase(_Constructor, metaclass=DeclarativeAttributeIntercept):
    registry: ClassVar[registry]
    metadata: ClassVar[oxalchemy.sql.schema.MetaData]
    __table__: ClassVar[Any]
    __tablename__: Any
    __mapper__: ClassVar[_rs.Mapper[Any]]
    __table_args__: Any
    __mapper_args__: Any
    def __init_subclass__(cls, **kw: Any) -> None: ...

class DeclarativeBaseNoMeta(_Constructor):
    registry: ClassVar[registry]
    metadata: ClassVar[oxalchemy.sql.schema.MetaData]
    def __init_subclass__(cls, **kw: Any) -> None: ...

class MappedAsDataclass(metaclass=DCTransformDeclarative):
    def __init_subclass__(
        cls,
        init: Any = ...,
        repr: Any = ...,
        eq: Any = ...,
        order: Any = ...,
        unsafe_hash: Any = ...,
        match_args: Any = ...,
        kw_only: Any = ...,
        dataclass_callable: Any = ...,
        **kw: Any,
    ) -> None: ...

class _DeclaredAttrBase:
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...
    def __init__(self, fn: Any, cascading: Any = False, quiet: Any = False) -> None: ...
    fget: Any

class DeclarativeAttributeIntercept(type):
    def __delattr__(cls, key: Any) -> None: ...

class declared_attr(_DeclaredAttrBase, Generic[_T]):
    def __init__(self, fn: Callable[[Any], Mapped[_T]], cascading: bool = False, quiet: bool = False) -> None: ...
    class cascading(Generic[_V]):
        def __new__(cls, fn: Callable[[Any], Mapped[_V]]) -> declared_attr[_V]: ...
        directive: ClassVar[Any]

    class directive(Generic[_V]):
        def __new__(cls, fn: Callable[[Any], _V]) -> _Directive[_V]: ...

    @overload
    def __get__(self, instance: None, owner: Any) -> _rs.InstrumentedAttribute[_T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> _T: ...

class DeclarativeMeta(DeclarativeAttributeIntercept):
    def __init__(cls, classname: Any, bases: Any, dict_: Any, **kw: Any) -> None: ...

@dataclass_transform(
    field_specifiers=(MappedColumn, mapped_column, relationship, column_property, composite, query_expression, synonym)
)
class DCTransformDeclarative(DeclarativeAttributeIntercept): ...

@type_check_only
class _Constructor:
    """The constructor that declarative gives to mapped classes without one."""

    def __init__(self, **kw: Any) -> None: ...

@type_check_only
class _Directive(Generic[_T]):
    """A directive such as `__tablename__`: its value, on the class too."""

    def __get__(self, instance: Any, owner: Any) -> _T: ...

def mapped_as_dataclass(reg: Any, **options: Any) -> Any: ...
def unmapped_dataclass(__cls: Any = None, **options: Any) -> Any: ...
def comparable_using(comparator_factory: Any) -> Any: ...
def instrument_declarative(cls, cls_registry: Any, metadata: Any) -> Any: ...
def add_mapped_attribute(target: Any, key: Any, attr: Any) -> Any: ...
def as_typed_table(cls) -> Any: ...
def default_registry() -> Any: ...
def declarative_base(
    bind: Any = None,
    metadata: oxalchemy.sql.schema.MetaData | None = None,
    mapper: Any = None,
    cls: Any = ...,
    name: str = "Base",
    constructor: Any = ...,
    class_registry: Any = None,
    type_annotation_map: Any = None,
    metaclass: Any = ...,
    engine: Any = None,
) -> Any: ...
def as_declarative(**kw: Any) -> Callable[[type[_T]], type[_T]]: ...
def declarative_mixin(cls: type[_T]) -> type[_T]: ...
def synonym_for(name: str, map_column: bool = False) -> Callable[[Callable[..., Any]], Any]: ...
