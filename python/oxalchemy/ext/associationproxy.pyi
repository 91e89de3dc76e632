import enum
from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

import oxalchemy.sql.operators
from oxalchemy import exc as exc
from oxalchemy.sql import operators as operators

from ._association_collections import _AssociationDict as _AssociationDict
from ._association_collections import _AssociationList as _AssociationList
from ._association_collections import _AssociationSet as _AssociationSet
from ._association_collections import _LazyCollection as _LazyCollection

_T = TypeVar("_T")

__all__ = ["AssociationProxy", "AssociationProxyInstance", "association_proxy"]

class AssociationProxy(Generic[_T]):
    @overload
    def __get__(self, instance: None, owner: Any) -> AssociationProxyInstance[_T]: ...
    @overload
    def __get__(self, instance: object, owner: Any) -> _T: ...
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...
    is_attribute: Any
    extension_type: Any
    def __init__(
        self,
        target_collection: Any,
        attr: Any,
        *,
        creator: Any = None,
        getset_factory: Any = None,
        proxy_factory: Any = None,
        proxy_bulk_set: Any = None,
        info: Any = None,
        cascade_scalar_deletes: Any = False,
        create_on_none_assignment: Any = False,
    ) -> None: ...
    def __set_name__(self, owner: Any, name: Any) -> Any: ...
    def __set__(self, instance: Any, value: Any) -> Any: ...
    def __delete__(self, instance: Any) -> Any: ...
    def for_class(self, class_: Any, obj: Any = None) -> Any: ...
    def __repr__(self) -> str: ...
    target_collection: Any
    value_attr: Any
    creator: Any
    getset_factory: Any
    proxy_factory: Any
    proxy_bulk_set: Any
    cascade_scalar_deletes: Any
    create_on_none_assignment: Any
    info: Any
    key: Any
    name: Any

class AssociationProxyExtensionType(enum.Enum):
    ASSOCIATION_PROXY = "ASSOCIATION_PROXY"

class AssociationProxyInstance(oxalchemy.sql.operators.ColumnOperators[_T]):
    @classmethod
    def __class_getitem__(cls, *args: Any, **kw: Any) -> Any: ...
    collection_class: Any
    def __init__(self, parent: Any, owning_class: Any, target_class: Any, value_attr: Any) -> None: ...
    @classmethod
    def for_proxy(cls, parent: Any, owning_class: Any, obj: Any = None) -> Any: ...
    @property
    def attr(self) -> Any: ...
    @property
    def remote_attr(self) -> Any: ...
    @property
    def local_attr(self) -> Any: ...
    @property
    def scalar(self) -> Any: ...
    def __clause_element__(self) -> Any: ...
    def get(self, obj: Any) -> Any: ...
    def set(self, obj: Any, values: Any) -> Any: ...
    def delete(self, obj: Any) -> Any: ...
    def any(self, criterion: Any = None, **kwargs: Any) -> Any: ...
    def has(self, criterion: Any = None, **kwargs: Any) -> Any: ...
    def __repr__(self) -> str: ...
    parent: Any
    owning_class: Any
    target_class: Any
    value_attr: Any
    key: Any
    target_collection: Any
    info: Any

class AliasedAssociationProxyInstance(ObjectAssociationProxyInstance):
    def __init__(self, view: Any, entity: Any) -> None: ...

class AmbiguousAssociationProxyInstance(AssociationProxyInstance):
    def __eq__(self, *other: Any, **kwargs: Any) -> Any: ...
    def __ne__(self, *other: Any, **kwargs: Any) -> Any: ...
    def any(self, *other: Any, **kwargs: Any) -> Any: ...
    def has(self, *other: Any, **kwargs: Any) -> Any: ...

class ColumnAssociationProxyInstance(AssociationProxyInstance):
    def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any: ...
    def __eq__(self, other: Any) -> Any: ...

class ObjectAssociationProxyInstance(AssociationProxyInstance):
    def contains(self, other: Any, **kw: Any) -> Any: ...
    def adapt_to_entity(self, aliased_insp: Any) -> Any: ...
    def __eq__(self, other: Any) -> Any: ...
    def __ne__(self, other: Any) -> Any: ...

def association_proxy(
    target_collection: str,
    attr: str,
    *,
    creator: Callable[..., Any] | None = None,
    getset_factory: Any = None,
    proxy_factory: Any = None,
    proxy_bulk_set: Any = None,
    info: dict[Any, Any] | None = None,
    cascade_scalar_deletes: bool = False,
    create_on_none_assignment: bool = False,
    init: Any = ...,
    repr: Any = ...,
    default: Any = ...,
    default_factory: Any = ...,
    compare: Any = ...,
    kw_only: Any = ...,
    hash: Any = ...,
    dataclass_metadata: Any = ...,
) -> AssociationProxy[Any]: ...

ASSOCIATION_PROXY: AssociationProxyExtensionType
