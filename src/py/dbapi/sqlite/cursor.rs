//! [`Cursor`]: the PEP 249 cursor, with the extensions of Python's `sqlite3`.

use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use std::sync::Arc;

use base::RowBatch;
use drivers::{Column, CursorId, Outcome};
use parking_lot::{Mutex, MutexGuard};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use super::connection::Connection;
use super::local::{Local, programming_error};
use super::params;
use super::rows::{Converters, Reader, TextFactory, converters};
use crate::py::dbapi::native::Native as _;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 512;
/// Parameter rows converted before they are executed.
const MANY_ROWS: usize = 1000;

/// Executes statements and reads their rows.
#[pyclass(subclass, frozen, weakref, dict, module = "oxalchemy.dialects.sqlite.dbapi")]
pub struct Cursor {
    connection: Py<Connection>,
    native: Arc<Local>,
    row_factory: Mutex<Py<PyAny>>,
    arraysize: Mutex<usize>,
    /// Locked with `try_lock` only: whoever finds it locked is user code that a running call has called.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    columns: Arc<[Column]>,
    converters: Option<Converters>,
    text: Option<Arc<TextFactory>>,
    batch: RowBatch,
    next: usize,
    cursor: Option<CursorId>,
    rowcount: i64,
    lastrowid: Option<i64>,
    closed: bool,
}

impl State {
    /// Forgets the rows of the last statement.
    fn discard(&mut self, py: Python<'_>, native: &Local) {
        if let Some(cursor) = self.cursor.take() {
            native.close_cursor(py, cursor);
        }
        self.columns = Arc::default();
        self.converters = None;
        self.batch.reset(0);
        self.next = 0;
        self.rowcount = -1;
    }

    /// Makes sure that there is a decoded row to read.
    fn advance(&mut self, py: Python<'_>, native: &Local) -> PyResult<bool> {
        while self.next >= self.batch.rows() {
            let Some(cursor) = self.cursor else { return Ok(false) };
            self.next = 0;
            match native.fetch(py, cursor, BATCH_ROWS, &mut self.batch) {
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

    /// The tuple of the next decoded row.
    fn read<'py>(&mut self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let row = self.next;
        self.next += 1;
        let text = self.text.as_deref().unwrap_or(&TextFactory::Str);
        Reader { text, converters: self.converters.as_ref(), columns: &self.columns }.tuple(py, &self.batch, row)
    }
}

impl Cursor {
    /// A cursor of a connection.
    pub fn new(connection: &Bound<'_, Connection>) -> Self {
        Cursor {
            native: connection.get().native().clone(),
            row_factory: Mutex::new(connection.get().row_factory(connection.py())),
            connection: connection.clone().unbind(),
            arraysize: Mutex::new(1),
            state: Mutex::new(State { rowcount: -1, ..Default::default() }),
        }
    }

    /// The state, for a method that needs an open cursor.
    fn state(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        self.native.check_thread(py)?;
        let state = self.peek(py)?;
        if state.closed {
            return Err(programming_error(py, "Cannot operate on a closed cursor."));
        }
        Ok(state)
    }

    /// The state, for attributes.
    fn peek(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        self.state.try_lock().ok_or_else(|| programming_error(py, "Recursive use of cursors not allowed."))
    }

    fn check_open(&self, py: Python<'_>) -> PyResult<()> {
        use drivers::Connection as _;
        match self.native.db().is_closed() {
            true => Err(programming_error(py, "Cannot operate on a closed database.")),
            false => Ok(()),
        }
    }

    /// The row as the row factory makes it.
    fn finish<'py>(slf: &Bound<'py, Self>, row: Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let factory = slf.get().row_factory.lock().clone_ref(slf.py());
        if factory.is_none(slf.py()) {
            return Ok(row.into_any());
        }
        factory.bind(slf.py()).call1((slf, row))
    }

    fn next_row<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (py, this) = (slf.py(), slf.get());
        let row = {
            let mut state = this.state(py)?;
            this.check_open(py)?;
            if !state.advance(py, &this.native)? {
                return Ok(None);
            }
            state.read(py)?
        };
        Self::finish(slf, row).map(Some)
    }

    /// Up to `limit` rows as a list.
    fn rows<'py>(slf: &Bound<'py, Self>, limit: usize) -> PyResult<Bound<'py, PyList>> {
        let (py, this) = (slf.py(), slf.get());
        let list = PyList::empty(py);
        {
            let mut state = this.state(py)?;
            this.check_open(py)?;
            while list.len() < limit && state.advance(py, &this.native)? {
                let decoded = (state.batch.rows() - state.next).min(limit - list.len());
                for _ in 0..decoded {
                    list.append(state.read(py)?)?;
                }
            }
        }
        if !this.row_factory.lock().is_none(py) {
            for i in 0..list.len() {
                list.set_item(i, Self::finish(slf, list.get_item(i)?.cast_into()?)?)?;
            }
        }
        Ok(list)
    }

    /// Takes over what a statement gave.
    fn accept(&self, py: Python<'_>, state: &mut State, out: Outcome) -> PyResult<()> {
        let connection = self.connection.get();
        state.converters = converters(py, &out.columns, connection.detect_types())?;
        state.text = Some(connection.text());
        state.columns = out.columns;
        state.batch = out.rows;
        state.cursor = out.cursor;
        state.rowcount = out.rowcount;
        Ok(())
    }
}

/// The text of a statement; anything but `str` is refused as a builtin function would.
fn statement<'a>(sql: &'a Bound<'_, PyAny>, function: &str) -> PyResult<&'a str> {
    match sql.cast::<PyString>() {
        Ok(s) => s.to_str(),
        Err(_) => {
            Err(PyTypeError::new_err(format!("{function}() argument 1 must be str, not {}", sql.get_type().name()?.text())))
        }
    }
}

#[pymethods]
impl Cursor {
    #[new]
    fn py_new(connection: &Bound<'_, Connection>) -> Self {
        Cursor::new(connection)
    }

    /// Executes one statement. `parameters`: a sequence for `?`, a mapping for `:name`.
    #[pyo3(signature = (sql, parameters=None, /))]
    fn execute<'py>(
        slf: Bound<'py, Self>,
        sql: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let sql = statement(sql, "execute")?;
        {
            let this = slf.get();
            let mut state = this.state(py)?;
            this.check_open(py)?;
            state.discard(py, &this.native);
            let values = match parameters {
                Some(p) => params::one(&this.native, sql, p)?,
                None => Vec::new(),
            };
            let out = this.native.run(py, sql, &values)?;
            state.lastrowid = Some(out.last_insert_id);
            this.accept(py, &mut state, out)?;
        }
        Ok(slf)
    }

    /// Executes a data-changing statement once for each of `parameters`, an iterable of sequences or mappings.
    #[pyo3(signature = (sql, parameters, /))]
    fn executemany<'py>(
        slf: Bound<'py, Self>,
        sql: &Bound<'py, PyAny>,
        parameters: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let sql = statement(sql, "executemany")?;
        {
            let this = slf.get();
            let mut state = this.state(py)?;
            this.check_open(py)?;
            state.discard(py, &this.native);
            let rows = parameters.try_iter()?;
            let (wanted, is_dml) = this.native.call(py, |db| db.examine(sql))?;
            if !is_dml {
                return Err(programming_error(py, "executemany() can only execute DML statements."));
            }
            state.rowcount = execute_many(&this.native, sql, wanted, rows)?;
        }
        Ok(slf)
    }

    /// Executes statements separated by semicolons, after committing an open transaction.
    #[pyo3(signature = (sql_script, /))]
    fn executescript<'py>(slf: Bound<'py, Self>, sql_script: &Bound<'py, PyAny>) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let sql = statement(sql_script, "executescript")?;
        {
            let this = slf.get();
            let state = this.state(py)?;
            this.check_open(py)?;
            this.native.commit(py)?;
            this.native.call(py, |db| {
                use drivers::Connection as _;
                db.execute_script(sql)
            })?;
            drop(state);
        }
        Ok(slf)
    }

    /// The next row, or `None`.
    fn fetchone<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Self::next_row(slf)
    }

    /// Up to `size` (default: `arraysize`) rows.
    #[pyo3(signature = (size=None))]
    fn fetchmany<'py>(slf: &Bound<'py, Self>, size: Option<i64>) -> PyResult<Bound<'py, PyList>> {
        let limit = match size {
            Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
            None => *slf.get().arraysize.lock(),
        };
        Self::rows(slf, limit)
    }

    /// The remaining rows.
    fn fetchall<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        Self::rows(slf, usize::MAX)
    }

    fn __iter__<'py>(slf: Bound<'py, Self>) -> Bound<'py, Self> {
        slf
    }

    fn __next__<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Self::next_row(slf)
    }

    /// Gives up the result and refuses further use.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.native.check_thread(py)?;
        let mut state = self.peek(py)?;
        state.discard(py, &self.native);
        state.closed = true;
        Ok(())
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

    /// A 7-tuple for each column, of which only the name is set; `None` when the statement returned no rows.
    #[getter]
    fn description<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let state = self.peek(py)?;
        if state.columns.is_empty() {
            return Ok(None);
        }
        let cut = self.connection.get().detect_types() & super::rows::PARSE_COLNAMES != 0;
        let columns = state.columns.iter().map(|c| {
            let name = if cut { c.name.split(" [").next().unwrap_or_default() } else { &c.name };
            let none = py.None();
            (name, &none, &none, &none, &none, &none, &none).into_pyobject(py)
        });
        PyTuple::new(py, columns.collect::<PyResult<Vec<_>>>()?).map(Some)
    }

    /// Rows changed by the last INSERT, UPDATE, DELETE or REPLACE; -1 after other statements.
    #[getter]
    fn rowcount(&self, py: Python<'_>) -> PyResult<i64> {
        Ok(self.peek(py)?.rowcount)
    }

    /// Key of the row inserted last; `None` before the first `execute`.
    #[getter]
    fn lastrowid(&self, py: Python<'_>) -> PyResult<Option<i64>> {
        Ok(self.peek(py)?.lastrowid)
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

    /// What makes rows: `None`, or a callable given the cursor and the tuple.
    #[getter]
    fn row_factory(&self, py: Python<'_>) -> Py<PyAny> {
        self.row_factory.lock().clone_ref(py)
    }

    #[setter]
    fn set_row_factory(&self, factory: Py<PyAny>) {
        let old = std::mem::replace(&mut *self.row_factory.lock(), factory);
        drop(old);
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }

    /// The connection.
    #[getter]
    fn connection(&self, py: Python<'_>) -> Py<Connection> {
        self.connection.clone_ref(py)
    }
}

impl Collected for Cursor {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.connection)?;
        match self.row_factory.try_lock() {
            Some(factory) => visit.call(&*factory),
            None => Ok(()),
        }
    }
    fn release(&self, py: Python<'_>) {
        self.set_row_factory(py.None());
    }
}

impl Drop for Cursor {
    fn drop(&mut self) {
        if let Some(cursor) = self.state.get_mut().cursor.take() {
            use drivers::Connection as _;
            // The GIL is held here and another thread may be inside the connection, waiting for it.
            Python::attach(|py| py.detach(|| self.native.db().close_cursor(cursor)));
        }
    }
}

/// Converts and executes in turns, a thousand rows at a time. What was converted before a bad row is still executed.
fn execute_many(native: &Local, sql: &str, wanted: usize, rows: Bound<'_, pyo3::types::PyIterator>) -> PyResult<i64> {
    let py = rows.py();
    let mut rows = rows.fuse();
    let mut total = 0;
    if wanted == 0 {
        for row in rows {
            let values = params::one(native, sql, &row?)?;
            total += native.run(py, sql, &values)?.rowcount;
        }
        return Ok(total);
    }
    let mut batch = RowBatch::new(wanted);
    loop {
        batch.reset(wanted);
        let mut failed = None;
        for row in rows.by_ref().take(MANY_ROWS) {
            if let Err(e) = row.and_then(|r| params::append(native, sql, &r, wanted, &mut batch)) {
                failed = Some(e);
                break;
            }
        }
        if !batch.is_empty() {
            total += native.run_many(py, sql, &batch)?.rowcount;
        }
        match failed {
            Some(e) => return Err(e),
            None if batch.rows() < MANY_ROWS => return Ok(total),
            None => {}
        }
    }
}
