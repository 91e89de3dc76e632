//! `with_loader_criteria()`.

use crate::py::errors;
use crate::py::host::PyHost;
use crate::py::orm::aliased;
use crate::py::sql::coerce;
use crate::py::text::Text;
use orm::options::{Criterion, LoaderCriteria};
use pyo3::prelude::*;
use pyo3::types::PyType;
use std::sync::Arc;

/// A filter for every occurrence of an entity. Made by `with_loader_criteria()`.
#[pyclass(frozen, subclass, name = "LoaderCriteriaOption", module = "oxalchemy.orm.util")]
pub struct LoaderCriteriaOption {
    /// The pure option.
    pub criteria: Arc<LoaderCriteria>,
}

#[pymethods]
impl LoaderCriteriaOption {
    /// `entity_or_base`: mapped class or a mixin; `where_criteria`: expression, or callable that gets the class.
    #[new]
    #[pyo3(signature = (entity_or_base, where_criteria, loader_only = false, include_aliases = false, propagate_to_loaders = true, track_closure_variables = true))]
    fn py_new(
        entity_or_base: &Bound<'_, PyAny>,
        where_criteria: &Bound<'_, PyAny>,
        loader_only: bool,
        include_aliases: bool,
        propagate_to_loaders: bool,
        track_closure_variables: bool,
    ) -> PyResult<Self> {
        let _ = track_closure_variables;
        let py = entity_or_base.py();
        let entity = aliased::entity_of(entity_or_base)?;
        let root = match &entity {
            Some(_) => None,
            None if entity_or_base.is_instance_of::<PyType>() => Some(PyHost::wrap(entity_or_base)),
            None => {
                return Err(errors::argument_error(py, format!("mapped class expected, got {}", entity_or_base.repr()?.text())));
            }
        };
        let clause =
            where_criteria.hasattr("__clause_element__")? || where_criteria.is_instance_of::<crate::py::sql::ClauseElement>();
        let criterion = if !clause && where_criteria.is_callable() {
            Criterion::Host(PyHost::wrap(where_criteria))
        } else {
            Criterion::Expr(coerce::expr_in(where_criteria, coerce::Role::WhereHaving)?)
        };
        let entity = entity.map(|e| -> sql::host::EntityRef { Arc::new(e) });
        Ok(Self {
            criteria: Arc::new(LoaderCriteria {
                id: sql::name::next_id(),
                entity,
                root,
                criterion,
                loader_only,
                include_aliases,
                propagate: propagate_to_loaders,
            }),
        })
    }
    #[getter]
    fn propagate_to_loaders(&self) -> bool {
        self.criteria.propagate
    }
    #[getter]
    fn include_aliases(&self) -> bool {
        self.criteria.include_aliases
    }
    #[classattr]
    #[pyo3(name = "_is_core")]
    const IS_CORE: bool = false;
    #[classattr]
    #[pyo3(name = "_is_criteria_option")]
    const IS_CRITERIA_OPTION: bool = true;
    #[classattr]
    #[pyo3(name = "_is_compile_state")]
    const IS_COMPILE_STATE: bool = true;
}
