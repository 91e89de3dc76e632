//! [`Cursor`]: the PEP 249 cursor of the server drivers.

use crate::py::gc::{self, Collected, PyVisit, Visited};
use std::sync::Arc;

use base::RowBatch;
use drivers::{Column, CursorId, Outcome};
use parking_lot::{Mutex, MutexGuard};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use super::connection::Connection;
use super::error::{interface, programming};
use super::link::{Kind, Link};
use super::params;
use crate::py::dbapi::native::Native as _;
use crate::py::ffi;
use crate::py::types::{Raw, cell_to_py};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 512;

/// Executes statements and reads their rows.
#[pyclass(subclass, frozen, weakref, dict, name = "ServerCursor", module = "oxalchemy._rs")]
pub struct Cursor {
    connection: Py<Connection>,
    link: Arc<Link>,
    arraysize: Mutex<usize>,
    /// Locked with `try_lock` only: whoever finds it locked is another thread, or a signal handler that a running call has called.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    columns: Arc<[Column]>,
    batch: RowBatch,
    next: usize,
    cursor: Option<CursorId>,
    rowcount: i64,
    lastrowid: Option<i64>,
    closed: bool,
    query: Option<Py<PyAny>>,
    /// How values become objects, when there are some that are not just as they are.
    raw: Option<Arc<Raw>>,
}

impl State {
    fn discard(&mut self, py: Python<'_>, link: &Link) {
        if let Some(cursor) = self.cursor.take() {
            link.close_cursor(py, cursor);
        }
        self.columns = Arc::default();
        self.batch.reset(0);
        self.next = 0;
        self.rowcount = -1;
    }

    /// Makes sure that there is a decoded row to read.
    fn advance(&mut self, py: Python<'_>, link: &Link) -> PyResult<bool> {
        while self.next >= self.batch.rows() {
            let Some(cursor) = self.cursor else { return Ok(false) };
            self.next = 0;
            match link.fetch(py, cursor, BATCH_ROWS, &mut self.batch) {
                Ok(true) => {}
                Ok(false) => self.cursor = None,
                Err(e) => {
                    self.cursor = None;
                    self.batch.reset(0);
                    return Err(e);
                }
            }
        }
        Ok(true)
    }

    fn read<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let row = self.next;
        self.next += 1;
        if let Some(raw) = &self.raw {
            return PyTuple::new(py, self.batch.row(row).map(|c| raw.get(py, c)).collect::<PyResult<Vec<_>>>()?);
        }
        if let Some(tuple) = ffi::plain_row(py, &self.batch, row)? {
            return Ok(tuple);
        }
        PyTuple::new(py, self.batch.row(row).map(|c| cell_to_py(py, c)).collect::<PyResult<Vec<_>>>()?)
    }
}

impl Cursor {
    /// A cursor of a connection.
    pub fn new(connection: &Bound<'_, Connection>) -> Self {
        Cursor {
            link: connection.get().link().clone(),
            connection: connection.clone().unbind(),
            arraysize: Mutex::new(1),
            state: Mutex::new(State { rowcount: -1, ..Default::default() }),
        }
    }

    fn kind(&self) -> Kind {
        self.link.kind()
    }

    fn peek(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        self.state.try_lock().ok_or_else(|| programming(py, self.kind(), "the cursor is in use by another thread"))
    }

    /// The state, for a method that needs an open cursor.
    fn state(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        let state = self.peek(py)?;
        if state.closed {
            return Err(interface(py, self.kind(), "the cursor is closed"));
        }
        if self.link.is_closed() {
            return Err(interface(py, self.kind(), "the connection is closed"));
        }
        Ok(state)
    }

    /// For reading rows there has to be a result.
    fn result(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        let state = self.state(py)?;
        if state.columns.is_empty() && self.kind() == Kind::Postgres {
            return Err(programming(py, self.kind(), "the last operation didn't produce records (command status: no result)"));
        }
        Ok(state)
    }

    fn accept(&self, py: Python<'_>, state: &mut State, out: Outcome) -> PyResult<()> {
        state.raw = match self.kind() == Kind::Postgres && Raw::matters(&out.columns) {
            true => Some(self.connection.get().raw(py)?),
            false => None,
        };
        state.lastrowid = self.link.lastrowid(&out);
        state.columns = out.columns;
        state.batch = out.rows;
        state.cursor = out.cursor;
        state.rowcount = out.rowcount;
        Ok(())
    }

    /// The server's cursor that an object is.
    pub fn of<'a, 'py>(obj: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, Self>> {
        obj.cast::<Self>().ok()
    }

    /// Hands up to `n` of the rows that are left (`None`: all) to `take`.
    pub fn read_rows(
        &self,
        py: Python<'_>,
        n: Option<usize>,
        take: &mut dyn FnMut(&RowBatch, usize) -> PyResult<()>,
    ) -> PyResult<()> {
        let mut left = n.unwrap_or(usize::MAX);
        while left > 0 {
            // Conversions may run the user's code, which may use the cursor: nothing is locked meanwhile.
            let (batch, start) = {
                let mut state = self.result(py)?;
                if state.columns.is_empty() || !state.advance(py, &self.link)? {
                    return Ok(());
                }
                (std::mem::take(&mut state.batch), std::mem::take(&mut state.next))
            };
            let end = batch.rows().min(start.saturating_add(left));
            left -= end - start;
            let mut next = start;
            let read = (start..end).try_for_each(|row| {
                next += 1;
                take(&batch, row)
            });
            let mut state = self.peek(py)?;
            if !state.closed && state.batch.rows() == 0 {
                (state.batch, state.next) = (batch, next);
            }
            read?;
        }
        Ok(())
    }

    fn rows<'py>(&self, py: Python<'py>, limit: usize) -> PyResult<Bound<'py, PyList>> {
        let list = PyList::empty(py);
        let mut state = self.result(py)?;
        while list.len() < limit && state.advance(py, &self.link)? {
            let decoded = (state.batch.rows() - state.next).min(limit - list.len());
            for _ in 0..decoded {
                list.append(state.read(py)?)?;
            }
        }
        Ok(list)
    }
}

#[pymethods]
impl Cursor {
    #[new]
    fn py_new(connection: &Bound<'_, Connection>) -> Self {
        Cursor::new(connection)
    }

    /// Executes one statement. `params`: a sequence for `%s`, a mapping for `%(name)s`.
    #[pyo3(signature = (query, params=None, **_kwargs))]
    fn execute<'py>(
        slf: Bound<'py, Self>,
        query: &Bound<'py, PyString>,
        params: Option<&Bound<'py, PyAny>>,
        _kwargs: Option<&Bound<'py, pyo3::types::PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        {
            let this = slf.get();
            let mut state = this.state(py)?;
            state.discard(py, &this.link);
            state.query = Some(query.clone().into_any().unbind());
            let native = this.connection.get().is_native_text();
            let given = params.filter(|p| !p.is_none());
            let any = match given {
                Some(p) => crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, p.len())? != Some(0),
                None => false,
            };
            let text = params::text(py, this.kind(), query.to_str()?, native, any)?;
            let values = params::one(this.kind(), this.connection.get().writes_values(), &text, native, given)?;
            let out = this.link.run(py, &text.sql, &values)?;
            this.accept(py, &mut state, out)?;
        }
        Ok(slf)
    }

    /// Executes a statement once for each of `params_seq`. Rows returned are dropped.
    #[pyo3(signature = (query, params_seq, **_kwargs))]
    fn executemany<'py>(
        slf: Bound<'py, Self>,
        query: &Bound<'py, PyString>,
        params_seq: &Bound<'py, PyAny>,
        _kwargs: Option<&Bound<'py, pyo3::types::PyDict>>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        {
            let this = slf.get();
            let mut state = this.state(py)?;
            state.discard(py, &this.link);
            state.query = Some(query.clone().into_any().unbind());
            let native = this.connection.get().is_native_text();
            let text = params::text(py, this.kind(), query.to_str()?, native, true)?;
            let (batch, count) = params::many(this.kind(), this.connection.get().writes_values(), &text, native, params_seq)?;
            if batch.columns() == 0 {
                let mut total = 0;
                for _ in 0..count {
                    total += this.link.run(py, &text.sql, &[])?.rowcount.max(0);
                }
                state.rowcount = total;
            } else {
                let out = this.link.run_many(py, &text.sql, &batch)?;
                state.lastrowid = this.link.lastrowid(&out);
                state.rowcount = out.rowcount;
            }
        }
        Ok(slf)
    }

    /// The next row, or `None`.
    fn fetchone<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let mut state = self.result(py)?;
        if !state.advance(py, &self.link)? {
            return Ok(None);
        }
        state.read(py).map(Some)
    }

    /// Up to `size` (default: `arraysize`) rows.
    #[pyo3(signature = (size=None))]
    fn fetchmany<'py>(&self, py: Python<'py>, size: Option<usize>) -> PyResult<Bound<'py, PyList>> {
        let limit = size.unwrap_or_else(|| *self.arraysize.lock());
        self.rows(py, limit)
    }

    /// The remaining rows.
    fn fetchall<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.rows(py, usize::MAX)
    }

    fn __iter__<'py>(slf: Bound<'py, Self>) -> Bound<'py, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.fetchone(py)
    }

    /// Further results of the last statement: there are none.
    fn nextset(&self) -> Option<bool> {
        None
    }

    /// Gives up the result and refuses further use.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let mut state = self.peek(py)?;
        state.discard(py, &self.link);
        state.closed = true;
        Ok(())
    }

    fn __enter__<'py>(slf: Bound<'py, Self>) -> Bound<'py, Self> {
        slf
    }

    #[pyo3(signature = (*_args))]
    fn __exit__(&self, py: Python<'_>, _args: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    /// PEP 249; does nothing.
    #[pyo3(signature = (sizes, /))]
    fn setinputsizes(&self, sizes: &Bound<'_, PyAny>) {
        let _ = sizes;
    }

    /// PEP 249; does nothing.
    #[pyo3(signature = (size, column=None, /))]
    fn setoutputsize(&self, size: &Bound<'_, PyAny>, column: Option<&Bound<'_, PyAny>>) {
        let _ = (size, column);
    }

    /// A 7-tuple for each column: name, type code, and what is not known; `None` when the statement returned no rows.
    #[getter]
    fn description<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let state = self.peek(py)?;
        if state.columns.is_empty() {
            return Ok(None);
        }
        let none = py.None();
        let columns = state.columns.iter().map(|c| (&*c.name, c.type_code, &none, &none, &none, &none, &none).into_pyobject(py));
        PyTuple::new(py, columns.collect::<PyResult<Vec<_>>>()?).map(Some)
    }

    /// Rows changed or found by the last statement; -1 when that is not known.
    #[getter]
    fn rowcount(&self, py: Python<'_>) -> PyResult<i64> {
        Ok(self.peek(py)?.rowcount)
    }

    /// The key that the last INSERT generated; `None` where the server does not report it.
    #[getter]
    fn lastrowid(&self, py: Python<'_>) -> PyResult<Option<i64>> {
        Ok(self.peek(py)?.lastrowid)
    }

    /// Whether it was closed.
    #[getter]
    fn closed(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.peek(py)?.closed || self.link.is_closed())
    }

    /// The text of the last statement as it was given.
    #[getter]
    fn query(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        Ok(self.peek(py)?.query.as_ref().map(|q| q.clone_ref(py)))
    }

    /// Rows that `fetchmany` reads by default.
    #[getter]
    fn arraysize(&self) -> usize {
        *self.arraysize.lock()
    }

    #[setter]
    fn set_arraysize(&self, size: usize) {
        *self.arraysize.lock() = size;
    }

    /// The connection.
    #[getter]
    fn connection(&self, py: Python<'_>) -> Py<Connection> {
        self.connection.clone_ref(py)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
}

impl Collected for Cursor {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.connection)
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        if let Some(cursor) = self.state.get_mut().cursor.take() {
            Python::attach(|py| self.link.close_cursor(py, cursor));
        }
    }
}
