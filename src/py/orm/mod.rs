//! The ORM at run time.
//!
//! | file | concept |
//! |---|---|
//! | [`state`], [`manager`] | what is known about an instance, about a class |
//! | [`attributes`], [`impls`] | the attribute on the class, its behaviour on instances |
//! | [`writer`] | relationships that are written to and never kept |
//! | [`history`], [`relate`], [`collections`] | changes; backrefs and cascades; containers |
//! | [`flags`], [`names`], [`hooks`] | symbols, interned names, what other rooms plug in |
//! | [`mapper`] | the Python face of `orm::Mapper` |
//! | [`identity`] | identity keys and the identity map |
//! | [`session`], [`scoping`] | `Session` and what makes sessions |
//! | [`unitofwork`], [`persistence`], [`sync`] | one flush: what is written, the rows, keys between rows |
//! | [`cascade`], [`merge`], [`bulk`] | operations that follow relationships; merge; bulk writes |

pub mod aliased;
pub mod attribute_state;
pub mod attribute_value;
pub mod attributes;
pub mod bulk;
pub mod bundle;
pub mod cascade;
pub mod collection_methods;
pub mod collections;
pub mod comparator;
pub mod execute;
pub mod filter_by;
pub mod flags;
pub mod history;
pub mod hooks;
pub mod identity;
pub mod impls;
pub mod loading;
pub mod manager;
pub mod mapper;
pub mod merge;
pub mod names;
pub mod options;
pub mod persistence;
pub mod pickle;
pub mod property;
pub mod query;
pub mod relate;
pub mod relationship;
pub mod scoping;
pub mod session;
pub mod sqlface;
pub mod state;
pub mod sync;
pub mod unawaited;
pub mod unitofwork;
pub mod writer;

use crate::py::doors;
use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    register_mapping(m)?;
    session::register(m)?;
    scoping::register(m)?;
    unitofwork::register(m)?;
    doors::RESOLVER.open(&execute::host::Resolver);
    doors::SELECT_ITEM.open(bundle::select_item);
    doors::JOIN.open(aliased::join_objects);
    doors::OPTION.open(options::host_of);
    aliased::register(m)?;
    bundle::register(m)?;
    options::register(m)?;
    loading::register(m)?;
    writer::statement::register(m)?;
    m.add_class::<query::Query>()
}

/// What the mapping files add.
fn register_mapping(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<state::InstanceState>()?;
    m.add_class::<attribute_state::AttributeState>()?;
    m.add_class::<manager::ClassManager>()?;
    m.add_class::<manager::InstrumentedInit>()?;
    m.add_class::<impls::AttributeImpl>()?;
    m.add_class::<impls::AttributeEvent>()?;
    m.add_class::<attributes::QueryableAttribute>()?;
    m.add_class::<attributes::InstrumentedAttribute>()?;
    m.add_class::<collections::CollectionAdapter>()?;
    m.add_class::<mapper::PyMapper>()?;
    m.add_class::<mapper::EntityBox>()?;
    m.add_class::<attribute_value::AttributeValue>()?;
    m.add_class::<collection_methods::CollectionMethod>()?;
    m.add_function(wrap_pyfunction!(manager::_listen_instrumentation, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_column_clause, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_relationship_clause, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_relationship_exists, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_relationship_equals, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_relationship_differs, m)?)?;
    m.add_function(wrap_pyfunction!(relationship::read::_cascade_words, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_property_columns, m)?)?;
    m.add_function(wrap_pyfunction!(comparator::_mark_column, m)?)?;
    m.add_class::<property::MapperProperty>()?;
    m.add_class::<relationship::face::RelationshipBase>()?;
    mapper::concrete::register(m)?;
    m.add_function(wrap_pyfunction!(mapper::configure::configure_mappers, m)?)?;
    m.add_function(wrap_pyfunction!(mapper::configure::_configure_registry, m)?)?;
    m.add_function(wrap_pyfunction!(mapper::configure::clear_mappers, m)?)?;
    doors::ENTITY.open(mapper::entity_of);
    doors::IS_INSTANCE.open(|obj| state::InstanceState::of(obj).is_some());
    m.add_function(wrap_pyfunction!(execute::asked::_orm_subject, m)?)?;
    m.add_function(wrap_pyfunction!(execute::asked::_evaluation_obstacle, m)?)?;
    m.add_function(wrap_pyfunction!(execute::asked::_evaluate, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::get_attribute, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::set_attribute, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::del_attribute, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::set_committed_value, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::get_history, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::flag_modified, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::flag_dirty, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::register_class, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::unregister_class, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::_attribute_names, m)?)?;
    m.add_function(wrap_pyfunction!(attributes::_install_impl, m)?)?;
    m.add_function(wrap_pyfunction!(collections::py_bulk_replace, m)?)?;
    m.add_function(wrap_pyfunction!(collections::collection_adapter, m)?)?;
    m.add_function(wrap_pyfunction!(collections::_unpickle_adapter, m)?)?;
    m.add_function(wrap_pyfunction!(collections::init_collection, m)?)
}
