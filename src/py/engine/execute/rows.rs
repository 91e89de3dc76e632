//! Rows of the built-in drivers: from batches to tuples, each cell through its column's conversion.

use super::super::connection::Connection;
use super::super::failure::{self, Facts};
use super::super::meta::{Found, KeyFallback, RowMeta};
use super::super::result::{Passed, RowSource};
use super::execution::Running;
use crate::py::dbapi::NativeConnection;
use crate::py::ffi;
use crate::py::types::ResultProc;
use base::RowBatch;
use drivers::CursorId;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use smallvec::SmallVec;
use sql::compile::Compiled;
use std::sync::Arc;

/// Rows decoded at a time.
const BATCH_ROWS: usize = 512;

/// Names of result columns and where the cursor has them: the same for all executions of a statement.
pub struct Shape {
    /// Names in order.
    pub keys: Py<PyTuple>,
    /// Name to index, `None` where ambiguous. Not changed once made.
    pub by_name: Py<PyDict>,
    /// Cursor column of each result column, when not all in order.
    pub columns: Option<Arc<[usize]>>,
    /// Conversion of each result column; absent for columns that only the cursor knows.
    pub procs: Arc<[ResultProc]>,
    /// No conversion at all.
    pub plain: bool,
}

/// How rows of a batch become tuples.
#[derive(Clone)]
pub struct Reader {
    /// See [`Shape`].
    pub columns: Option<Arc<[usize]>>,
    /// See [`Shape`].
    pub procs: Arc<[ResultProc]>,
    /// See [`Shape`].
    pub plain: bool,
}

impl Reader {
    /// The tuple of a row.
    #[inline]
    pub fn tuple<'py>(&self, py: Python<'py>, batch: &RowBatch, row: usize) -> PyResult<Bound<'py, PyTuple>> {
        if self.plain
            && self.columns.is_none()
            && let Some(t) = ffi::plain_row(py, batch, row)?
        {
            return Ok(t);
        }
        let width = self.columns.as_ref().map_or(batch.columns(), |c| c.len());
        let mut cells: SmallVec<[Bound<'py, PyAny>; 12]> = SmallVec::with_capacity(width);
        for i in 0..width {
            let at = self.columns.as_ref().and_then(|c| c.get(i).copied()).unwrap_or(i);
            let cell = batch.cell(row, at);
            cells.push(match self.procs.get(i) {
                Some(p) => p.get(py, cell)?,
                None => ResultProc::Raw.get(py, cell)?,
            });
        }
        PyTuple::new(py, cells)
    }
}

/// Rows of a running statement.
pub struct NativeRows {
    /// `None`: no more than what is in the batch.
    native: Option<Arc<NativeConnection>>,
    batch: RowBatch,
    next: usize,
    cursor: Option<CursorId>,
    reader: Reader,
    exec: Arc<Running>,
}

impl NativeRows {
    /// The rows that came with the execution, and those that follow.
    pub fn new(
        native: Option<Arc<NativeConnection>>,
        batch: RowBatch,
        cursor: Option<CursorId>,
        reader: Reader,
        exec: Arc<Running>,
    ) -> Self {
        Self { native, batch, next: 0, cursor, reader, exec }
    }

    /// What nobody has read: the rows that are here, and the cursor of those to come.
    pub fn left(mut self) -> (RowBatch, Option<CursorId>) {
        let cursor = self.cursor.take();
        let batch = std::mem::replace(&mut self.batch, RowBatch::new(0));
        if self.next == 0 {
            return (batch, cursor);
        }
        let mut rest = RowBatch::new(batch.columns());
        for row in self.next..batch.rows() {
            batch.row(row).for_each(|cell| rest.push_value(&cell.to_value()));
        }
        (rest, cursor)
    }
}

/// Rows that a result reads from while listeners look at it, and that go to somebody else then.
#[derive(Clone)]
pub struct Lent(Arc<Mutex<Option<NativeRows>>>);

impl Lent {
    /// Lend the rows.
    pub fn new(rows: NativeRows) -> Self {
        Self(Arc::new(Mutex::new(Some(rows))))
    }
    /// Take them back: `None` when the result was closed.
    pub fn take(&self) -> Option<NativeRows> {
        self.0.lock().take()
    }
}

impl RowSource for Lent {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        // Not under the lock: conversions are Python's.
        let Some(mut rows) = self.take() else { return Ok(()) };
        let done = rows.fetch(py, n, out);
        *self.0.lock() = Some(rows);
        done
    }
    fn default_many(&self) -> Option<usize> {
        Some(1)
    }
    fn close(&mut self, py: Python<'_>, hard: bool) -> PyResult<()> {
        match self.take() {
            Some(mut rows) => rows.close(py, hard),
            None => Ok(()),
        }
    }
}

impl RowSource for NativeRows {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let mut left = n.unwrap_or(usize::MAX);
        let mut passed = Passed::default();
        while left > 0 {
            let rows = self.batch.rows();
            if self.next >= rows {
                let (Some(native), Some(cursor)) = (&self.native, self.cursor) else { break };
                self.next = 0;
                match native.fetch(py, cursor, BATCH_ROWS, &mut self.batch) {
                    Ok(true) => {}
                    Ok(false) => self.cursor = None,
                    Err(e) => {
                        self.cursor = None;
                        self.batch.reset(0);
                        let facts = Facts { running: true, ..Facts::default() };
                        return failure::handle(self.exec.connection.bind(py), e, facts);
                    }
                }
                continue;
            }
            let take = left.min(rows - self.next);
            out.reserve(take);
            let start = self.next;
            self.next += take;
            left -= take;
            for row in start..start + take {
                passed.push(out, || Ok(self.reader.tuple(py, &self.batch, row)?.into_any().unbind()));
            }
        }
        passed.end()
    }
    fn default_many(&self) -> Option<usize> {
        Some(1)
    }
    fn close(&mut self, py: Python<'_>, _hard: bool) -> PyResult<()> {
        self.batch.reset(0);
        self.next = 0;
        if let (Some(native), Some(cursor)) = (&self.native, self.cursor.take()) {
            native.close_cursor(py, cursor);
        }
        let conn = self.exec.connection.bind(py);
        if conn.get().closes_with_result() { Connection::close_impl(conn) } else { Ok(()) }
    }
}

impl Drop for NativeRows {
    fn drop(&mut self) {
        if let (Some(native), Some(cursor)) = (&self.native, self.cursor.take()) {
            Python::attach(|py| native.close_cursor(py, cursor));
        }
    }
}

/// Finds the column that an expression stands for: the same one, or one that it corresponds to.
pub struct Expressions {
    /// The compiled statement.
    pub compiled: Arc<Compiled>,
    /// The statement at hand, when it is another one of the same shape.
    pub current: Option<sql::ast::Node>,
}

impl KeyFallback for Expressions {
    fn index_of(&self, key: &Bound<'_, PyAny>) -> PyResult<Found> {
        super::node::find_expression(self, key)
    }
}

impl RowMeta {
    /// Metadata that shares names with all executions of a statement.
    pub fn shared(py: Python<'_>, shape: &Shape, fallback: Option<Arc<dyn KeyFallback>>) -> PyResult<Self> {
        Ok(Self::of_parts(shape.keys.clone_ref(py), shape.by_name.clone_ref(py), PyDict::new(py).unbind(), fallback))
    }
}
