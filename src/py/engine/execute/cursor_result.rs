//! [`CursorResult`]: the result of a statement, with what is known of rows it changed.

use super::super::result::base::ResultBase;
use super::super::result::classes::ResultRows;
use super::super::result::source::Buffered;
use super::super::result::{Core, View};
use super::context::ExecutionContext;
use super::execution::Running;
use super::node;
use crate::py::errors::{exc, invalid_request};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::compile::StatementKind;
use std::sync::Arc;

/// Rows of an executed statement, or what is known of the rows it changed.
#[pyclass(name = "CursorResult", module = "oxalchemy.engine.cursor", extends = ResultRows, subclass, frozen)]
pub struct CursorResult {
    /// The execution it came from.
    pub exec: Arc<Running>,
}

impl CursorResult {
    /// The result of an execution.
    pub fn make<'py>(py: Python<'py>, view: View, exec: &Arc<Running>) -> PyResult<Bound<'py, PyAny>> {
        let init =
            PyClassInitializer::from(ResultBase::new(view)).add_subclass(ResultRows).add_subclass(Self { exec: exec.clone() });
        Ok(Bound::new(py, init)?.into_any())
    }

    fn kind(&self) -> Option<StatementKind> {
        self.exec.entry.as_ref().map(|e| e.compiled.kind)
    }

    fn need(&self, py: Python<'_>, kinds: &[StatementKind], words: &str) -> PyResult<()> {
        if self.exec.entry.is_none() {
            return Err(invalid_request(py, "Statement is not a compiled expression construct."));
        }
        if self.kind().is_some_and(|k| kinds.contains(&k)) {
            return Ok(());
        }
        Err(invalid_request(py, format!("Statement is not {words} expression construct.")))
    }
}

const INSERT: &[StatementKind] = &[StatementKind::Insert];
const UPDATE: &[StatementKind] = &[StatementKind::Update];
const CHANGES: &[StatementKind] = &[StatementKind::Insert, StatementKind::Update];

#[pymethods]
impl CursorResult {
    /// The execution context.
    #[getter]
    fn context<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ExecutionContext>> {
        self.exec.context(py)
    }
    /// How rows are fetched, by the name of a class of ``engine.cursor``.
    #[getter]
    fn cursor_strategy<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, options) = (slf.py(), slf.get().exec.options.bind(slf.py()));
        py.import("oxalchemy.engine.cursor")?.call_method1("_strategy_of", (options, slf.getattr("_yield_per")?))
    }
    /// The DBAPI cursor, while it is open.
    #[getter]
    fn cursor(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.exec.f.lock().cursor.as_ref().map(|c| c.clone_ref(py))
    }
    /// The dialect.
    #[getter]
    fn dialect<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.exec.connection.get().dialect(py).clone()
    }
    /// The connection.
    #[getter]
    fn connection(&self, py: Python<'_>) -> Py<super::super::connection::Connection> {
        self.exec.connection.clone_ref(py)
    }
    /// Rows that an UPDATE or DELETE matched; -1 when unknown.
    #[getter]
    fn rowcount(&self) -> i64 {
        self.exec.f.lock().rowcount
    }
    /// The driver's last row id.
    #[getter]
    fn lastrowid(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.exec.f.lock().lastrowid.as_ref().map(|l| l.clone_ref(py))
    }
    /// Whether the statement is an INSERT construct.
    #[getter]
    fn is_insert(&self) -> bool {
        self.kind() == Some(StatementKind::Insert)
    }
    /// Primary key of the inserted row.
    #[getter]
    fn inserted_primary_key<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.exec.f.lock().many {
            return Err(invalid_request(
                py,
                "This statement was an executemany call; if primary key returning is supported, please use .inserted_primary_key_rows.",
            ));
        }
        let rows = self.inserted_primary_key_rows(py)?;
        if rows.is_empty() { Ok(None) } else { rows.get_item(0).map(Some) }
    }
    /// Primary keys of the inserted rows.
    #[getter]
    fn inserted_primary_key_rows<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.need(py, INSERT, "an insert()")?;
        if self.exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()).is_some_and(|d| d.returning) {
            return Err(invalid_request(py, "Can't call inserted_primary_key when returning() is used."));
        }
        node::primary_keys(py, &self.exec)
    }
    /// The same as a list (0.5).
    fn last_inserted_ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        match self.inserted_primary_key(py)? {
            Some(row) => PyList::new(py, row.try_iter()?.collect::<PyResult<Vec<_>>>()?),
            None => Ok(PyList::empty(py)),
        }
    }
    /// Parameters of the INSERT; a list of them for executemany.
    fn last_inserted_params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.need(py, INSERT, "an insert()")?;
        self.last_params(py)
    }
    /// Parameters of the UPDATE; a list of them for executemany.
    fn last_updated_params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.need(py, UPDATE, "an update()")?;
        self.last_params(py)
    }
    /// Whether a default of the last row was computed by the server.
    fn lastrow_has_defaults(&self) -> bool {
        self.exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()).is_some_and(|d| !d.postfetch.is_empty())
    }
    /// Columns whose values only the server knows.
    fn postfetch_cols<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.need(py, CHANGES, "an insert() or update()")?;
        node::postfetch_columns(py, &self.exec)
    }
    /// Columns whose values were computed before execution.
    fn prefetch_cols<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.need(py, CHANGES, "an insert() or update()")?;
        node::prefetch_columns(py, &self.exec)
    }
    /// Values of `return_defaults()`; None without.
    #[getter]
    fn returned_defaults<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.exec.f.lock().many {
            return Err(invalid_request(
                py,
                "This statement was an executemany call; if return defaults is supported, please use .returned_defaults_rows.",
            ));
        }
        match self.returned_defaults_rows(py) {
            Some(rows) if !rows.is_empty() => rows.get_item(0).map(Some),
            _ => Ok(None),
        }
    }
    /// The same for several rows.
    #[getter]
    fn returned_defaults_rows<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyList>> {
        self.exec.f.lock().returned_defaults.as_ref().map(|r| r.bind(py).clone())
    }
    fn supports_sane_rowcount<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.dialect(py).getattr("supports_sane_rowcount")
    }
    fn supports_sane_multi_rowcount<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.dialect(py).getattr("supports_sane_multi_rowcount")
    }
    /// Values of OUT parameters (Oracle).
    #[getter]
    fn out_parameters<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        PyDict::new(py)
    }
    #[getter]
    fn _cursor_description<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.cursor(py).map(|c| c.bind(py).getattr("description")).transpose()
    }
    /// A result whose rows are those of this and of `other`, side by side.
    fn splice_horizontally<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, ResultBase>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let (mine, theirs) = (slf.as_super().as_super().get().snapshot(py), other.get().snapshot(py));
        let (left, right) = (rows_of(py, &mine)?, rows_of(py, &theirs)?);
        let keys: Vec<_> = [&mine, &theirs]
            .into_iter()
            .map(|v| v.columns_of(py))
            .collect::<PyResult<Vec<_>>>()?
            .iter()
            .flat_map(|m| m.get().keys.bind(py).iter().collect::<Vec<_>>())
            .collect();
        let meta = Py::new(py, super::super::meta::RowMeta::new(py, PyTuple::new(py, keys)?.unbind(), false, None)?)?;
        let mut rows = Vec::new();
        for (a, b) in left.iter().zip(&right) {
            let all: Vec<_> = a.bind(py).cast::<PyTuple>()?.iter().chain(b.bind(py).cast::<PyTuple>()?.iter()).collect();
            rows.push(PyTuple::new(py, all)?.into_any().unbind());
        }
        let core = Core::new(Some(Box::new(Buffered::new(rows, false).like_cursor())));
        Self::make(py, View::new(core, Some(meta)), &slf.get().exec)
    }
    /// A result whose rows are those of this, then those of `other`.
    fn splice_vertically<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, ResultBase>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let (mine, theirs) = (slf.as_super().as_super().get().snapshot(py), other.get().snapshot(py));
        let mut rows = rows_of(py, &mine)?;
        rows.extend(rows_of(py, &theirs)?);
        let core = Core::new(Some(Box::new(Buffered::new(rows, false).like_cursor())));
        Self::make(py, View::new(core, mine.meta), &slf.get().exec)
    }
    /// A result that can be read again from its start: rows are kept.
    #[pyo3(signature = (add_row_count=None))]
    fn _rewind<'py>(slf: &Bound<'py, Self>, add_row_count: Option<&Bound<'py, PyAny>>) -> Bound<'py, Self> {
        let _ = add_row_count;
        slf.clone()
    }
}

impl CursorResult {
    fn last_params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut all = node::named_params(py, &self.exec)?;
        if self.exec.f.lock().many {
            return Ok(PyList::new(py, all)?.into_any());
        }
        if all.is_empty() {
            return Err(exc(py, "InvalidRequestError", "No parameters were kept for this statement."));
        }
        Ok(all.swap_remove(0).into_any())
    }
}

fn rows_of(py: Python<'_>, view: &View) -> PyResult<Vec<Py<PyAny>>> {
    let mut out = Vec::new();
    view.core.fetch(py, None, &mut out)?;
    Ok(out)
}
