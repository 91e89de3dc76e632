//! Aliases of mapped classes: [`AliasedClass`] as user code sees it, [`AliasedInsp`] behind it, and what finds the entity that a
//! Python object stands for.

mod class;
mod functions;
mod polymorphic;
mod registry;

pub use class::{AliasedClass, AliasedInsp, aliased_over};
pub use functions::{attribute, describe, is_attribute, join_objects, namespace_of, relationship_attr, with_parent_criterion};
pub use polymorphic::polymorphic_entity;
pub use registry::{entity_object, entity_of, inspected, mapper_face, object_of};

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    crate::py::sql::select::set_join_hook(|obj| {
        Ok(functions::relationship_attr(obj)?.map(|a| -> sql::host::HostRef { std::sync::Arc::new(a) }))
    });
    crate::py::sql::filter_by::set_criteria_hook(crate::py::orm::filter_by::of_statement);
    crate::py::sql::describe::set_describe_hook(crate::py::orm::query::describe_statement);
    m.add_class::<AliasedClass>()?;
    m.add_class::<AliasedInsp>()?;
    m.add_function(wrap_pyfunction!(functions::aliased, m)?)?;
    m.add_function(wrap_pyfunction!(functions::with_parent, m)?)?;
    m.add_function(wrap_pyfunction!(functions::orm_join, m)?)?;
    m.add_function(wrap_pyfunction!(functions::orm_outerjoin, m)?)?;
    m.add_function(wrap_pyfunction!(polymorphic::with_polymorphic, m)?)
}
