from typing import Any, TypeVar

import oxalchemy.orm.interfaces
import oxalchemy.orm.mapped
from oxalchemy import exc as exc
from oxalchemy.orm.base import MANYTOMANY as MANYTOMANY, MANYTOONE as MANYTOONE, ONETOMANY as ONETOMANY
from oxalchemy.orm.interfaces import (
    PropComparator as PropComparator,
    StrategizedProperty as StrategizedProperty,
    take_dataclass_options as take_dataclass_options,
)
from oxalchemy.sql import operators as operators

_T_co = TypeVar("_T_co", covariant=True)

__all__ = ["Relationship", "RelationshipProperty", "foreign", "remote"]

class _Strategy:
    def __init__(self, prop: Any) -> None: ...
    @property
    def use_get(self) -> Any: ...
    @property
    def is_class_level(self) -> Any: ...
    parent_property: Any

class _JoinCondition:
    def __init__(self, prop: Any) -> None: ...
    prop: Any

class CascadeOptions(frozenset):
    @staticmethod
    def __new__(cls, value_list: Any) -> Any: ...
    @classmethod
    def from_string(cls, arg: Any) -> Any: ...
    def __repr__(self) -> str: ...

class RelationshipProperty(oxalchemy.orm.mapped.Mapped[_T_co], oxalchemy.orm.interfaces.StrategizedProperty[_T_co]):
    strategy_wildcard_key: Any
    inherit_cache: Any
    def __init__(
        self,
        argument: Any = None,
        secondary: Any = None,
        *,
        uselist: Any = None,
        collection_class: Any = None,
        primaryjoin: Any = None,
        secondaryjoin: Any = None,
        back_populates: Any = None,
        order_by: Any = False,
        backref: Any = None,
        overlaps: Any = None,
        post_update: Any = False,
        cascade: Any = False,
        viewonly: Any = False,
        lazy: Any = "select",
        passive_deletes: Any = False,
        passive_updates: Any = True,
        active_history: Any = False,
        enable_typechecks: Any = True,
        foreign_keys: Any = None,
        remote_side: Any = None,
        join_depth: Any = None,
        comparator_factory: Any = None,
        single_parent: Any = False,
        innerjoin: Any = False,
        distinct_target_key: Any = None,
        load_on_pending: Any = False,
        query_class: Any = None,
        info: Any = None,
        omit_join: Any = None,
        sync_backref: Any = None,
        doc: Any = None,
        bake_queries: Any = True,
        cascade_backrefs: Any = False,
        extension: Any = None,
        _local_remote_pairs: Any = None,
        _legacy_inactive_history_style: Any = False,
        **kw: Any,
    ) -> None: ...
    @property
    def info(self) -> Any: ...
    @info.setter
    def info(self, value: Any) -> None: ...
    @property
    def cascade(self) -> Any: ...
    @cascade.setter
    def cascade(self, value: Any) -> None: ...
    @property
    def collection_class_or_default(self) -> Any: ...
    @property
    def mapper(self) -> Any: ...
    @property
    def entity(self) -> Any: ...
    @property
    def target(self) -> Any: ...
    @property
    def direction(self) -> Any: ...
    @property
    def local_remote_pairs(self) -> Any: ...
    @property
    def synchronize_pairs(self) -> Any: ...
    @property
    def secondary_synchronize_pairs(self) -> Any: ...
    @property
    def local_columns(self) -> Any: ...
    @property
    def class_attribute(self) -> Any: ...
    @property
    def mapper_property_to_assign(self) -> Any: ...
    @property
    def columns_to_assign(self) -> Any: ...
    @property
    def strategy_key(self) -> Any: ...
    @property
    def strategy(self) -> Any: ...
    Comparator: Any
    comparator_factory: Any
    uselist: Any
    argument: Any
    secondary: Any
    primaryjoin: Any
    secondaryjoin: Any
    order_by: Any
    foreign_keys: Any
    remote_side: Any
    post_update: Any
    viewonly: Any
    sync_backref: Any
    lazy: Any
    single_parent: Any
    collection_class: Any
    passive_deletes: Any
    passive_updates: Any
    enable_typechecks: Any
    query_class: Any
    innerjoin: Any
    distinct_target_key: Any
    doc: Any
    active_history: Any
    join_depth: Any
    omit_join: Any
    load_on_pending: Any
    back_populates: Any
    backref: Any

class Relationship(RelationshipProperty[_T_co]): ...
class _RelationshipDeclared(
    Relationship[_T_co], oxalchemy.orm.mapped.DynamicMapped[_T_co], oxalchemy.orm.mapped.WriteOnlyMapped[_T_co]
): ...

def remote(expr: Any) -> Any: ...
def foreign(expr: Any) -> Any: ...

RelationProperty = RelationshipProperty
