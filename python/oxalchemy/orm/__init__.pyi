import oxalchemy.orm._constructors
import oxalchemy.orm.collections
import oxalchemy.orm.mapped
import oxalchemy.orm.relationships
from oxalchemy import _rs
from oxalchemy._rs import (
    AliasedClass as AliasedClass,
    AliasedInsp as AliasedInsp,
    AttributeEventToken as AttributeEventToken,
    AttributeImpl as AttributeImpl,
    AttributeState as AttributeState,
    ClassManager as ClassManager,
    IdentityMap as IdentityMap,
    InstanceState as InstanceState,
    InstrumentedAttribute as InstrumentedAttribute,
    Load as Load,
    LoaderCriteriaOption as LoaderCriteriaOption,
    Mapper as Mapper,
    MapperProperty as MapperProperty,
    ORMExecuteState as ORMExecuteState,
    Query as Query,
    QueryableAttribute as QueryableAttribute,
    QueryContext as QueryContext,
    ScopedRegistry as ScopedRegistry,
    Session as Session,
    SessionTransaction as SessionTransaction,
    UOWTransaction as UOWTransaction,
    aliased as aliased,
    clear_mappers as clear_mappers,
    close_all_sessions as close_all_sessions,
    collection_adapter as collection_adapter,
    configure_mappers as configure_mappers,
    contains_eager as contains_eager,
    defaultload as defaultload,
    defer as defer,
    immediateload as immediateload,
    joinedload as joinedload,
    joinedload_all as joinedload_all,
    lazyload as lazyload,
    lazyload_all as lazyload_all,
    load_only as load_only,
    make_transient as make_transient,
    make_transient_to_detached as make_transient_to_detached,
    noload as noload,
    noload_all as noload_all,
    object_session as object_session,
    raiseload as raiseload,
    scoped_session as scoped_session,
    selectin_polymorphic as selectin_polymorphic,
    selectinload as selectinload,
    selectinload_all as selectinload_all,
    sessionmaker as sessionmaker,
    subqueryload as subqueryload,
    subqueryload_all as subqueryload_all,
    undefer as undefer,
    undefer_group as undefer_group,
    was_deleted as was_deleted,
    with_expression as with_expression,
    with_parent as with_parent,
    with_polymorphic as with_polymorphic,
)
from oxalchemy.orm import (
    attributes as attributes,
    base as base,
    collections as collections,
    descriptor_props as descriptor_props,
    events as events,
    exc as exc,
    instrumentation as instrumentation,
    interfaces as interfaces,
    mapperlib as mapperlib,
    properties as properties,
    relationships as relationships,
    state as state,
)
from oxalchemy.orm._constructors import (
    backref as backref,
    column_property as column_property,
    comparable_property as comparable_property,
    composite as composite,
    deferred as deferred,
    dynamic_loader as dynamic_loader,
    query_expression as query_expression,
    relationship as relationship,
    synonym as synonym,
)
from oxalchemy.orm.annotations import TypeResolve as TypeResolve
from oxalchemy.orm.attributes import History as History
from oxalchemy.orm.base import (
    EXT_CONTINUE as EXT_CONTINUE,
    EXT_SKIP as EXT_SKIP,
    EXT_STOP as EXT_STOP,
    MANYTOMANY as MANYTOMANY,
    MANYTOONE as MANYTOONE,
    NO_KEY as NO_KEY,
    NO_VALUE as NO_VALUE,
    NOT_EXTENSION as NOT_EXTENSION,
    ONETOMANY as ONETOMANY,
    PASSIVE_NO_FETCH as PASSIVE_NO_FETCH,
    PASSIVE_NO_FETCH_RELATED as PASSIVE_NO_FETCH_RELATED,
    PASSIVE_NO_INITIALIZE as PASSIVE_NO_INITIALIZE,
    PASSIVE_NO_RESULT as PASSIVE_NO_RESULT,
    PASSIVE_OFF as PASSIVE_OFF,
    PASSIVE_ONLY_PERSISTENT as PASSIVE_ONLY_PERSISTENT,
    EventConstants as EventConstants,
    InspectionAttr as InspectionAttr,
    InspectionAttrExtensionType as InspectionAttrExtensionType,
    InspectionAttrInfo as InspectionAttrInfo,
    LoaderCallableStatus as LoaderCallableStatus,
    NotExtension as NotExtension,
    PassiveFlag as PassiveFlag,
    RelationshipDirection as RelationshipDirection,
    class_mapper as class_mapper,
    object_mapper as object_mapper,
)
from oxalchemy.orm.collections import (
    KeyFuncDict as KeyFuncDict,
    attribute_keyed_dict as attribute_keyed_dict,
    collection as collection,
    column_keyed_dict as column_keyed_dict,
    keyfunc_mapping as keyfunc_mapping,
)
from oxalchemy.orm.context import FromStatement as FromStatement
from oxalchemy.orm.decl_api import (
    DeclarativeAttributeIntercept as DeclarativeAttributeIntercept,
    DeclarativeBase as DeclarativeBase,
    DeclarativeBaseNoMeta as DeclarativeBaseNoMeta,
    DeclarativeMeta as DeclarativeMeta,
    MappedAsDataclass as MappedAsDataclass,
    add_mapped_attribute as add_mapped_attribute,
    as_declarative as as_declarative,
    as_typed_table as as_typed_table,
    comparable_using as comparable_using,
    declarative_base as declarative_base,
    declarative_mixin as declarative_mixin,
    declared_attr as declared_attr,
    default_registry as default_registry,
    instrument_declarative as instrument_declarative,
    mapped_as_dataclass as mapped_as_dataclass,
    registry as registry,
    synonym_for as synonym_for,
    unmapped_dataclass as unmapped_dataclass,
)
from oxalchemy.orm.decl_base import has_inherited_table as has_inherited_table
from oxalchemy.orm.deprecated_interfaces import AttributeExtension as AttributeExtension, MapperExtension as MapperExtension
from oxalchemy.orm.descriptor_props import (
    ComparableProperty as ComparableProperty,
    Composite as Composite,
    CompositeProperty as CompositeProperty,
    Synonym as Synonym,
    SynonymProperty as SynonymProperty,
)
from oxalchemy.orm.dynamic import AppenderMixin as AppenderMixin, AppenderQuery as AppenderQuery
from oxalchemy.orm.writeonly import WriteOnlyCollection as WriteOnlyCollection
from oxalchemy.orm.events import (
    AttributeEvents as AttributeEvents,
    InstanceEvents as InstanceEvents,
    InstrumentationEvents as InstrumentationEvents,
    MapperEvents as MapperEvents,
    RegistryEvents as RegistryEvents,
)
from oxalchemy.orm.interfaces import PropComparator as PropComparator, UserDefinedOption as UserDefinedOption
from oxalchemy.orm.loading import merge_frozen_result as merge_frozen_result, merge_result as merge_result
from oxalchemy.orm.mapped import (
    DynamicMapped as DynamicMapped,
    Unmapped as Unmapped,
    Mapped as Mapped,
    MappedClassProtocol as MappedClassProtocol,
    SQLORMExpression as SQLORMExpression,
    WriteOnlyMapped as WriteOnlyMapped,
)
from oxalchemy.orm.mapped_column import (
    MappedColumn as MappedColumn,
    UnmappedColumn as UnmappedColumn,
    unmapped_column as unmapped_column,
    mapped_column as mapped_column,
    orm_insert_sentinel as orm_insert_sentinel,
)
from oxalchemy.orm.mapper import mapper as mapper, reconstructor as reconstructor, validates as validates
from oxalchemy.orm.properties import ColumnProperty as ColumnProperty, MappedSQLExpression as MappedSQLExpression
from oxalchemy.orm.relationships import (
    CascadeOptions as CascadeOptions,
    Relationship as Relationship,
    RelationshipProperty as RelationshipProperty,
    foreign as foreign,
    remote as remote,
)
from oxalchemy.orm.session import SessionTransactionOrigin as SessionTransactionOrigin, create_session as create_session
from oxalchemy.orm.session_events import SessionEvents as SessionEvents, SessionExtension as SessionExtension
from oxalchemy.orm.strategy_options import contains_alias as contains_alias, extension as extension
from oxalchemy.orm.util import Bundle as Bundle, DictBundle as DictBundle, polymorphic_union as polymorphic_union

AttributeEvent = _rs.AttributeEventToken
MappedCollection = oxalchemy.orm.collections.KeyFuncDict
ORMDescriptor = oxalchemy.orm.mapped.Mapped
RelationProperty = oxalchemy.orm.relationships.RelationshipProperty
ScopedSession = _rs.scoped_session
WeakInstanceDict = _rs.IdentityMap
attribute_mapped_collection = oxalchemy.orm.collections.attribute_keyed_dict
column_mapped_collection = oxalchemy.orm.collections.column_keyed_dict
compile_mappers = _rs.configure_mappers
contains_eager_all = _rs.contains_eager
defer_all = _rs.defer
eagerload = _rs.joinedload
eagerload_all = _rs.joinedload_all
immediateload_all = _rs.immediateload
join = _rs._orm_join
mapped_collection = oxalchemy.orm.collections.keyfunc_mapping
outerjoin = _rs._orm_outerjoin
relation = oxalchemy.orm._constructors.relationship
undefer_all = _rs.undefer
with_loader_criteria = _rs.LoaderCriteriaOption
