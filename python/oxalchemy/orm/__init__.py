"""The object-relational mapper."""

# -- mappings ----------------------------------------------------------------------------------------------------------
from .. import inspection as _inspection
from .._rs import (
    AttributeEventToken,
    ClassManager,
    InstanceState,
    InstrumentedAttribute,
    Mapper,
    MapperProperty,
    QueryableAttribute,
    clear_mappers,
    configure_mappers,
)
from . import (
    attributes,
    base,
    collections,
    decl_base,
    descriptor_props,
    events,
    exc,
    instrumentation,
    interfaces,
    mapperlib,
    properties,
)  # noqa: F401
from . import relationships, state  # noqa: F401
from ._constructors import (
    backref,
    column_property,
    comparable_property,
    composite,
    deferred,
    dynamic_loader,
    query_expression,
    relation,
    relationship,
    synonym,
)
from .attributes import AttributeImpl, History
from .base import (
    EXT_CONTINUE,
    EXT_SKIP,
    EXT_STOP,
    MANYTOMANY,
    MANYTOONE,
    NO_KEY,
    NO_VALUE,
    NOT_EXTENSION,
    ONETOMANY,
    PASSIVE_NO_FETCH,
    PASSIVE_NO_FETCH_RELATED,
    PASSIVE_NO_INITIALIZE,
    PASSIVE_NO_RESULT,
    PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT,
    EventConstants,
    InspectionAttr,
    InspectionAttrExtensionType,
    InspectionAttrInfo,
    LoaderCallableStatus,
    NotExtension,
    PassiveFlag,
    RelationshipDirection,
    class_mapper,
    object_mapper,
)
from .collections import (
    KeyFuncDict,
    MappedCollection,
    attribute_keyed_dict,
    attribute_mapped_collection,
    collection_adapter,
    column_keyed_dict,
    column_mapped_collection,
    keyfunc_mapping,
    mapped_collection,
)
from .collections import collection as collection
from .deprecated_interfaces import AttributeExtension, MapperExtension
from .descriptor_props import ComparableProperty, Composite, CompositeProperty, Synonym, SynonymProperty
from .events import AttributeEvents, InstanceEvents, InstrumentationEvents, MapperEvents, RegistryEvents
from .interfaces import PropComparator, UserDefinedOption
from .mapper import compile_mappers, reconstructor, validates
from .mapper import mapper as mapper
from .properties import ColumnProperty, MappedSQLExpression
from .relationships import CascadeOptions, RelationProperty, Relationship, RelationshipProperty, foreign, remote
from .state import AttributeState

# -- declarative -------------------------------------------------------------------------------------------------------
from .annotations import TypeResolve
from .decl_api import *  # noqa: F403
from .mapped import DynamicMapped, MappedClassProtocol, Mapped, ORMDescriptor, SQLORMExpression, Unmapped, WriteOnlyMapped
from .mapped_column import MappedColumn, UnmappedColumn, mapped_column, orm_insert_sentinel, unmapped_column

# -- session -----------------------------------------------------------------------------------------------------------
from .identity import *  # noqa: F403
from .scoping import *  # noqa: F403
from .session import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    SessionTransactionOrigin,
    close_all_sessions,
    create_session,
    make_transient,
    make_transient_to_detached,
    object_session,
    sessionmaker,
    was_deleted,
)
from .query_events import QueryEvents
from .session_events import SessionEvents, SessionExtension
from .unitofwork import *  # noqa: F403

# -- queries -----------------------------------------------------------------------------------------------------------
from .dynamic import AppenderMixin, AppenderQuery
from .writeonly import WriteOnlyCollection
from .loading import merge_frozen_result, merge_result
from .query import FromStatement, Query, QueryContext
from .strategy_options import *  # noqa: F403
from .util import (
    AliasedClass,
    AliasedInsp,
    Bundle,
    DictBundle,
    LoaderCriteriaOption,
    aliased,
    join,
    outerjoin,
    polymorphic_union,
    with_loader_criteria,
    with_parent,
    with_polymorphic,
)

#: The name of 1.4.
AttributeEvent = AttributeEventToken


def _inspect_class(cls):
    manager = cls.__dict__.get("_sa_class_manager")
    if manager is None or not manager.is_mapped:
        if decl_base.waits(cls):
            raise exc.UnmappedClassError(cls, cls._sa_deferred_message())
        return None
    return manager.mapper


def _inspect_object(obj):
    if isinstance(obj, type):
        return None
    values = getattr(obj, "__dict__", None)
    return values.get("_sa_instance_state") if isinstance(values, dict) else None


_inspection._inspects(type)(_inspect_class)
_inspection._inspects(object)(_inspect_object)
for _cls in (Mapper, InstanceState, QueryableAttribute, MapperProperty):
    _inspection._self_inspects(_cls)
del _cls
