//! Where the rows of a result come from.

use crate::py::dbapi::ServerCursor;
use crate::py::engine::connection::Connection;
use crate::py::engine::execute::execution::Running;
use crate::py::engine::execute::rows::Reader;
use crate::py::engine::failure::{self, Facts};
use crate::py::types::{ResultProc, from_python};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use std::collections::VecDeque;
use std::sync::Arc;

/// A stream of rows.
pub trait RowSource: Send + Sync {
    /// Append up to `n` rows (`None`: all that are left), each a tuple, or a lone value when [`RowSource::scalars`].
    /// Appending nothing means that there are no more.
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()>;
    /// Rows are lone values of the only column.
    fn scalars(&self) -> bool {
        false
    }
    /// What `fetchmany()` without a size fetches; `None`: everything.
    fn default_many(&self) -> Option<usize> {
        None
    }
    /// `yield_per(n)` was called.
    fn yield_per(&mut self, _py: Python<'_>, _n: usize) -> PyResult<()> {
        Ok(())
    }
    /// Give back what is held; `hard`: the user closed the result, else the rows are exhausted.
    fn close(&mut self, _py: Python<'_>, _hard: bool) -> PyResult<()> {
        Ok(())
    }
}

/// Rows already here.
#[derive(Default)]
pub struct Buffered {
    rows: VecDeque<Py<PyAny>>,
    scalars: bool,
    many: Option<usize>,
}

impl Buffered {
    /// Tuples, or lone values.
    pub fn new(rows: impl IntoIterator<Item = Py<PyAny>>, scalars: bool) -> Self {
        Self { rows: rows.into_iter().collect(), scalars, many: None }
    }
    /// Let `fetchmany()` without a size fetch as many as a driver's cursor would.
    pub fn like_cursor(mut self) -> Self {
        self.many = Some(1);
        self
    }
}

impl RowSource for Buffered {
    fn fetch(&mut self, _py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let n = n.unwrap_or(usize::MAX).min(self.rows.len());
        out.extend(self.rows.drain(..n));
        Ok(())
    }
    fn scalars(&self) -> bool {
        self.scalars
    }
    fn default_many(&self) -> Option<usize> {
        self.many
    }
    fn close(&mut self, _py: Python<'_>, _hard: bool) -> PyResult<()> {
        self.rows.clear();
        Ok(())
    }
}

fn as_tuple(row: Bound<'_, PyAny>, scalars: bool) -> PyResult<Py<PyAny>> {
    if scalars || row.is_instance_of::<PyTuple>() {
        return Ok(row.unbind());
    }
    if let Ok(r) = row.cast::<crate::py::engine::row::Row>() {
        return Ok(r.get().data.clone_ref(row.py()).into_any());
    }
    Ok(PyTuple::new(row.py(), row.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any().unbind())
}

/// Rows of a Python iterator.
pub struct Iter {
    /// The iterator; gone when closed.
    pub iterator: Option<Py<PyAny>>,
    /// Items are lone values.
    pub scalars: bool,
    /// Another result to close with this one.
    pub raw: Option<Py<PyAny>>,
}

impl RowSource for Iter {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let Some(iterator) = &self.iterator else { return Ok(()) };
        let mut left = n.unwrap_or(usize::MAX);
        let mut rows = iterator.bind(py).try_iter()?;
        while left > 0 {
            match rows.next() {
                Some(row) => out.push(as_tuple(row?, self.scalars)?),
                None => break,
            }
            left -= 1;
        }
        Ok(())
    }
    fn scalars(&self) -> bool {
        self.scalars
    }
    fn close(&mut self, py: Python<'_>, hard: bool) -> PyResult<()> {
        self.iterator = None;
        if let Some(raw) = &self.raw {
            raw.bind(py).call_method1("_soft_close", (hard,))?;
        }
        Ok(())
    }
}

/// Rows in lists that a callable gives, which is told how many to put into each.
pub struct Chunks {
    make: Py<PyAny>,
    current: Option<Py<PyAny>>,
    buffer: VecDeque<Py<PyAny>>,
    scalars: bool,
    dynamic: bool,
    raw: Option<Py<PyAny>>,
    closed: bool,
}

impl Chunks {
    /// `make(size)` gives an iterator of lists of rows.
    pub fn new(make: Py<PyAny>, scalars: bool, dynamic: bool, raw: Option<Py<PyAny>>) -> Self {
        Self { make, current: None, buffer: VecDeque::new(), scalars, dynamic, raw, closed: false }
    }
}

impl RowSource for Chunks {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        if self.closed {
            return Ok(());
        }
        if self.dynamic && n.is_some() && self.current.is_none() {
            self.current = Some(self.make.bind(py).call1((n,))?.try_iter()?.into_any().unbind());
        }
        if self.current.is_none() {
            self.current = Some(self.make.bind(py).call1((py.None(),))?.try_iter()?.into_any().unbind());
        }
        let mut left = n.unwrap_or(usize::MAX);
        loop {
            let take = left.min(self.buffer.len());
            out.extend(self.buffer.drain(..take));
            left -= take;
            let Some(current) = self.current.as_ref().filter(|_| left > 0) else { return Ok(()) };
            match current.bind(py).try_iter()?.next() {
                Some(chunk) => {
                    for row in chunk?.try_iter()? {
                        self.buffer.push_back(as_tuple(row?, self.scalars)?);
                    }
                }
                None => return Ok(()),
            }
        }
    }
    fn scalars(&self) -> bool {
        self.scalars
    }
    fn yield_per(&mut self, py: Python<'_>, n: usize) -> PyResult<()> {
        self.current = Some(self.make.bind(py).call1((n,))?.try_iter()?.into_any().unbind());
        Ok(())
    }
    fn close(&mut self, py: Python<'_>, hard: bool) -> PyResult<()> {
        self.closed = true;
        self.current = None;
        self.buffer.clear();
        if let Some(raw) = &self.raw {
            raw.bind(py).call_method1("_soft_close", (hard,))?;
        }
        Ok(())
    }
}

/// Several results in turn.
pub struct Merged {
    parts: Vec<Arc<super::Core>>,
    at: usize,
    scalars: bool,
}

impl Merged {
    /// The rows of these results, one after the other.
    pub fn new(parts: Vec<Arc<super::Core>>) -> Self {
        let scalars = parts.first().is_some_and(|p| p.scalars());
        Self { parts, at: 0, scalars }
    }
}

impl RowSource for Merged {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let start = out.len();
        while let Some(part) = self.parts.get(self.at) {
            let left = n.map(|n| n - (out.len() - start));
            if left == Some(0) {
                break;
            }
            let before = out.len();
            part.fetch(py, left, out)?;
            if left.is_none() || out.len() == before {
                self.at += 1;
            }
        }
        Ok(())
    }
    fn scalars(&self) -> bool {
        self.scalars
    }
    fn close(&mut self, py: Python<'_>, hard: bool) -> PyResult<()> {
        for part in &self.parts {
            part.close(py, hard)?;
        }
        Ok(())
    }
}

/// The tuple of a driver's Python values, each through its column's conversion.
pub fn convert(py: Python<'_>, procs: &[ResultProc], values: Vec<Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
    let mut out = Vec::with_capacity(values.len());
    for (i, value) in values.into_iter().enumerate() {
        out.push(match procs.get(i) {
            Some(ResultProc::Raw | ResultProc::Driver(_)) | None => value,
            Some(p) => from_python(p, &value)?,
        });
    }
    Ok(PyTuple::new(py, out)?.into_any().unbind())
}

/// All rows that a PEP 249 cursor has left.
pub fn read_all(cursor: &Bound<'_, PyAny>, procs: &Arc<[ResultProc]>, plain: bool, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
    let mut source = Cursor {
        cursor: cursor.clone().unbind(),
        procs: procs.clone(),
        plain,
        connection: None,
        exec: None,
        buffer: VecDeque::new(),
        grow: (0, 0),
        closed: false,
    };
    source.fetch(cursor.py(), None, out)
}

/// Rows of a PEP 249 cursor, each value passed through its column's processor.
pub struct Cursor {
    /// The cursor.
    pub cursor: Py<PyAny>,
    /// What turns a value of a column into the user's.
    pub procs: Arc<[ResultProc]>,
    /// Nothing to convert.
    pub plain: bool,
    /// The connection, which handles errors and is closed with the result when it was made for it.
    pub connection: Option<Py<Connection>>,
    /// The execution, which learns that the cursor is closed.
    pub exec: Option<Arc<Running>>,
    /// Rows the cursor has given and nobody has asked for yet, as it gave them.
    pub buffer: VecDeque<Py<PyAny>>,
    /// Size of the streaming buffer: 0 not streaming, grows to the second number.
    pub grow: (usize, usize),
    /// No more calls to the cursor.
    pub closed: bool,
}

/// Rows that a fetch asked for are passed even where the conversion of one raises: the next fetch goes on behind them.
#[derive(Default)]
pub struct Passed(Option<PyErr>);

impl Passed {
    /// The next row, unless one before it has raised.
    #[inline]
    pub fn push(&mut self, out: &mut Vec<Py<PyAny>>, row: impl FnOnce() -> PyResult<Py<PyAny>>) {
        if self.0.is_none() {
            match row() {
                Ok(row) => out.push(row),
                Err(e) => self.0 = Some(e),
            }
        }
    }
    /// What was raised, if anything.
    pub fn end(self) -> PyResult<()> {
        self.0.map_or(Ok(()), Err)
    }
}

impl Cursor {
    /// The next `take` rows of the buffer.
    fn converted(&mut self, py: Python<'_>, take: usize, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let rows: Vec<_> = self.buffer.drain(..take).collect();
        let mut passed = Passed::default();
        for row in rows {
            passed.push(out, || self.row(py, row.into_bound(py)));
        }
        passed.end()
    }
    fn row(&self, py: Python<'_>, row: Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
        if self.plain {
            return as_tuple(row, false);
        }
        convert(py, &self.procs, row.try_iter()?.collect::<PyResult<Vec<_>>>()?)
    }
    fn guard<'py>(&self, py: Python<'py>, r: PyResult<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        match (r, &self.connection) {
            (Err(e), Some(conn)) => {
                let facts = Facts { cursor: Some(self.cursor.bind(py).clone()), running: true, ..Facts::default() };
                failure::handle(conn.bind(py), e, facts)
            }
            (r, _) => r,
        }
    }
}

impl RowSource for Cursor {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        if self.closed {
            return Ok(());
        }
        // What a watched statement returns is read as any other's.
        if !self.procs.is_empty()
            && let Some(own) = ServerCursor::of(self.cursor.bind(py))
        {
            let reader = Reader { columns: None, procs: self.procs.clone(), plain: self.plain };
            let mut passed = Passed::default();
            let read = own.get().read_rows(py, n, &mut |batch, row| {
                passed.push(out, || Ok(reader.tuple(py, batch, row)?.into_any().unbind()));
                Ok(())
            });
            self.guard(py, read.map(|()| py.None().into_bound(py)))?;
            return passed.end();
        }
        if self.grow.0 > 0
            && let Some(n) = n
        {
            while self.buffer.len() < n {
                let size = self.grow.0.max(n - self.buffer.len());
                self.grow.0 = (self.grow.0 * 5).min(self.grow.1.max(1));
                let rows = self.guard(py, self.cursor.bind(py).call_method1("fetchmany", (size,)))?;
                let before = self.buffer.len();
                for row in rows.try_iter()? {
                    self.buffer.push_back(row?.unbind());
                }
                if self.buffer.len() == before {
                    break;
                }
            }
            let take = n.min(self.buffer.len());
            return self.converted(py, take, out);
        }
        self.converted(py, self.buffer.len(), out)?;
        let cursor = self.cursor.bind(py);
        let rows = match n {
            Some(1) => {
                let row = self.guard(py, cursor.call_method0("fetchone"))?;
                if !row.is_none() {
                    out.push(self.row(py, row)?);
                }
                return Ok(());
            }
            Some(n) => self.guard(py, cursor.call_method1("fetchmany", (n,)))?,
            None => self.guard(py, cursor.call_method0("fetchall"))?,
        };
        if let Ok(list) = rows.cast::<PyList>() {
            out.reserve(list.len());
        }
        let mut passed = Passed::default();
        for row in rows.try_iter()? {
            let row = row?;
            passed.push(out, || self.row(py, row));
        }
        passed.end()
    }
    fn default_many(&self) -> Option<usize> {
        Some(1)
    }
    fn yield_per(&mut self, _py: Python<'_>, n: usize) -> PyResult<()> {
        self.grow = (n, n);
        Ok(())
    }
    fn close(&mut self, py: Python<'_>, _hard: bool) -> PyResult<()> {
        if self.closed {
            return Ok(());
        }
        self.closed = true;
        self.buffer.clear();
        if let Some(exec) = &self.exec {
            exec.set_cursor(None);
        }
        let Some(conn) = &self.connection else { return self.cursor.bind(py).call_method0("close").map(drop) };
        let conn = conn.bind(py);
        failure::close_cursor(conn, self.cursor.bind(py))?;
        if conn.get().closes_with_result() { Connection::close_impl(conn) } else { Ok(()) }
    }
}
