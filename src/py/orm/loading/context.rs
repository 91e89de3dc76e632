//! `QueryContext`: what `load` and `refresh` listeners are told about the load.

use crate::py::orm::session::Session;
use pyo3::prelude::*;

/// A load in progress.
#[pyclass(frozen, weakref, dict, name = "QueryContext", module = "oxalchemy.orm.context")]
pub struct QueryContext {
    /// The session.
    #[pyo3(get)]
    pub session: Py<Session>,
    /// The query, when one was used.
    #[pyo3(get)]
    pub query: Option<Py<PyAny>>,
    /// Loaded instances are overwritten.
    #[pyo3(get)]
    pub populate_existing: bool,
}

#[pymethods]
impl QueryContext {
    #[getter]
    fn statement(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match &self.query {
            Some(q) => Ok(q.bind(py).getattr("statement")?.unbind()),
            None => Ok(py.None()),
        }
    }
    #[getter]
    fn user_passed_query(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.query.as_ref().map(|q| q.clone_ref(py))
    }
}
