//! [`ExecutionContext`]: what event hooks and default callables see of an execution. Made when somebody asks.

use super::super::connection::Connection;
use super::super::engine::Engine;
use super::execution::Execution;
use crate::py::errors::invalid_request;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use sql::compile::StatementKind;
use std::sync::Arc;

/// One execution, as hooks see it.
#[pyclass(name = "DefaultExecutionContext", module = "oxalchemy.engine.default", subclass, frozen, weakref, dict)]
pub struct ExecutionContext {
    pub exec: Arc<Execution>,
}

impl ExecutionContext {
    fn kind(&self) -> Option<StatementKind> {
        self.exec.entry.as_ref().map(|e| e.compiled.kind)
    }
}

#[pymethods]
impl ExecutionContext {
    /// The connection.
    #[getter]
    fn connection(&self, py: Python<'_>) -> Py<Connection> {
        self.exec.connection.clone_ref(py)
    }
    #[getter]
    fn root_connection(&self, py: Python<'_>) -> Py<Connection> {
        self.exec.connection.clone_ref(py)
    }
    /// The engine.
    #[getter]
    fn engine<'py>(&self, py: Python<'py>) -> Bound<'py, Engine> {
        self.exec.connection.get().engine(py).clone()
    }
    /// The dialect.
    #[getter]
    fn dialect<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.exec.connection.get().dialect(py).clone()
    }
    /// The DBAPI cursor.
    #[getter]
    fn cursor(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.exec.f.lock().cursor.as_ref().map(|c| c.clone_ref(py))
    }
    /// The text.
    #[getter]
    fn statement<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.exec.statement(py)
    }
    #[getter]
    fn unicode_statement<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        self.exec.statement(py)
    }
    /// Parameters as the driver gets them.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let given = self.exec.f.lock().params.as_ref().map(|p| p.bind(py).clone());
        match given {
            Some(p) => Ok(p),
            None => super::node::driver_params(py, &self.exec),
        }
    }
    /// Parameters by name, one dict a set.
    #[getter]
    fn compiled_parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, super::node::named_params(py, &self.exec)?)
    }
    /// The compiled statement; None for text.
    #[getter]
    fn compiled<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        super::node::compiled_face(py, &self.exec)
    }
    /// The statement as given.
    #[getter]
    fn invoked_statement(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.exec.invoked.as_ref().map(|i| i.clone_ref(py))
    }
    /// Execution options in effect.
    #[getter]
    fn execution_options(&self, py: Python<'_>) -> Py<PyDict> {
        self.exec.options.clone_ref(py)
    }
    /// The statement runs once for each of several sets of parameters.
    #[getter]
    fn executemany(&self) -> bool {
        self.exec.f.lock().many
    }
    #[getter]
    fn isinsert(&self) -> bool {
        self.kind() == Some(StatementKind::Insert)
    }
    #[getter]
    fn isupdate(&self) -> bool {
        self.kind() == Some(StatementKind::Update)
    }
    #[getter]
    fn isdelete(&self) -> bool {
        self.kind() == Some(StatementKind::Delete)
    }
    #[getter]
    fn is_crud(&self) -> bool {
        self.exec.entry.as_ref().is_some_and(|e| e.is_dml())
    }
    #[getter]
    fn isddl(&self) -> bool {
        self.exec.f.lock().ddl || self.kind() == Some(StatementKind::Ddl)
    }
    #[getter]
    fn is_text(&self) -> bool {
        self.kind().is_none_or(|k| k == StatementKind::Text)
    }
    #[getter]
    fn is_internal(&self) -> bool {
        false
    }
    #[getter]
    fn rowcount(&self) -> i64 {
        self.exec.f.lock().rowcount
    }
    /// The driver's last row id.
    fn get_lastrowid(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.exec.f.lock().lastrowid.as_ref().map(|l| l.clone_ref(py))
    }
    fn lastrow_has_defaults(&self) -> bool {
        self.exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()).is_some_and(|d| !d.postfetch.is_empty())
    }
    #[getter]
    fn postfetch_cols<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        super::node::postfetch_columns(py, &self.exec)
    }
    #[getter]
    fn prefetch_cols<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        super::node::prefetch_columns(py, &self.exec)
    }
    /// Parameters of the row whose default is being computed, by name.
    #[getter(current_parameters)]
    fn current(&self, py: Python<'_>) -> Option<Py<PyDict>> {
        self.exec.f.lock().current.as_ref().map(|c| c.clone_ref(py))
    }
    #[getter(current_column)]
    fn column(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.exec.f.lock().current_column.as_ref().map(|c| c.clone_ref(py))
    }
    /// Parameters of the row whose default is being computed.
    #[pyo3(signature = (isolate_multiinsert_groups=true))]
    fn get_current_parameters(&self, py: Python<'_>, isolate_multiinsert_groups: bool) -> PyResult<Py<PyDict>> {
        let current = self.exec.f.lock().current.as_ref().map(|c| c.clone_ref(py));
        let Some(current) = current else {
            return Err(invalid_request(
                py,
                "get_current_parameters() can only be invoked in the context of a Python side column default function",
            ));
        };
        if isolate_multiinsert_groups {
            return super::defaults::row_of(py, &self.exec, current.into_bound(py)).map(Bound::unbind);
        }
        Ok(current)
    }
    /// A cursor of the connection.
    fn create_cursor<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Connection::proxied(self.exec.connection.bind(py))?.call_method0("cursor")
    }
}
