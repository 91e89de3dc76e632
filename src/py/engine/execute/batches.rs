//! [`Batches`]: the rows of a statement as the driver decoded them. The ORM makes instances of them directly.

use super::super::connection::Connection;
use super::super::failure::{self, Facts};
use super::super::result::{Core, View};
use super::cursor_result::CursorResult;
use super::events::{self, Heard};
use super::execution::{Execution, Running};
use super::node::{self, Prepared, stats};
use super::params::Params;
use super::rows::{Lent, NativeRows, Reader};
use super::run::{Ran, Sending, send};
use super::values;
use crate::py::dbapi::{NativeConnection, ServerCursor};
use crate::py::sql::face;
use crate::py::types::{Family, value_of_any};
use base::RowBatch;
use drivers::CursorId;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{ExprRef, Node, proxy};
use sql::compile::hash::{self, Shape};
use std::sync::Arc;

/// Rows asked of the driver at once.
const BATCH_ROWS: usize = 512;

/// A column of the rows.
pub struct GivenColumn {
    /// Name.
    pub name: Arc<str>,
    /// What it is known to be.
    pub exprs: Vec<ExprRef>,
}

/// See the module documentation.
pub struct Batches {
    exec: Arc<Running>,
    native: Option<Arc<NativeConnection>>,
    batch: RowBatch,
    cursor: Option<CursorId>,
    first: bool,
    names: Vec<Arc<str>>,
    node: Node,
    at_once: usize,
}

/// What is run.
pub struct Sent<'a, 'py> {
    /// The statement.
    pub node: &'a Node,
    /// Its structure and values, when they are known.
    pub shape: Option<Shape>,
    /// Its parameters.
    pub params: Params<'py>,
    /// What listeners made of it, when they were asked already.
    pub heard: Option<Heard<'py>>,
}

/// Run a statement.
///
/// # Errors
/// Those of `Connection.execute`.
pub fn open<'py>(conn: &Bound<'py, Connection>, sent: Sent<'_, 'py>, opts: &Bound<'py, PyDict>) -> PyResult<Batches> {
    let Sent { node, shape, params, heard } = sent;
    if let Some(heard) = heard {
        return watched(conn, node, shape, params, opts, &heard);
    }
    let Some(listening) = events::listening(conn)? else { return run(conn, node, shape, &params, None, opts).map(|r| r.rows) };
    let heard = listening.before(&face::wrap_node(conn.py(), node)?, params.or_one(conn.py()), opts)?;
    let params = heard.params.clone();
    match heard.changed.then(|| heard.node()).transpose()? {
        Some(node) => watched(conn, &node, None, params, opts, &heard),
        None => watched(conn, node, shape, params, opts, &heard),
    }
}

/// A statement that listeners know of; they see a result that has its rows.
fn watched<'py>(
    conn: &Bound<'py, Connection>,
    node: &Node,
    shape: Option<Shape>,
    params: Params<'py>,
    opts: &Bound<'py, PyDict>,
    heard: &Heard<'py>,
) -> PyResult<Batches> {
    let mut ran = run(conn, node, shape, &params, Some(&heard.statement), opts)?;
    if heard.wants_result() {
        match ran.buffered.take() {
            Some(result) => heard.after(&result)?,
            None => ran.rows.shown_to(conn.py(), heard)?,
        }
    }
    Ok(ran.rows)
}

/// Rows that were read, and the result of those that were read as Python objects.
struct Opened<'py> {
    rows: Batches,
    buffered: Option<Bound<'py, PyAny>>,
}

fn run<'py>(
    conn: &Bound<'py, Connection>,
    node: &Node,
    shape: Option<Shape>,
    params: &Params<'py>,
    invoked: Option<&Bound<'py, PyAny>>,
    opts: &Bound<'py, PyDict>,
) -> PyResult<Opened<'py>> {
    let py = conn.py();
    let many = params.is_many();
    let keys = node::column_keys(node, params)?;
    let Prepared { entry, binds, origin } =
        node::prepare_shaped(conn, node, shape.unwrap_or_else(|| hash::shape(node)), keys, many, opts)?;
    Connection::prepare(conn)?;
    let exec = Execution::compiled(conn, opts, &entry, invoked, binds);
    {
        let mut f = exec.f.lock();
        f.many = many;
        f.sets = params.sets();
    }
    let values = node::gather_all(conn, &exec, params).or_else(|e| values::early(conn, &exec, e))?;
    let words = if conn.get().echoes() { stats(&origin, &entry) } else { String::new() };
    let sending = Sending { conn, exec: &exec, stats: &words };
    let mut out = Batches {
        exec: exec.clone(),
        native: None,
        batch: RowBatch::new(0),
        cursor: None,
        first: true,
        names: Vec::new(),
        node: node.clone(),
        at_once: BATCH_ROWS,
    };
    let mut buffered = None;
    match send(&sending, &values, many, node)? {
        Ran::Native { native, outcome } => {
            exec.f.lock().rowcount = outcome.rowcount;
            out.names = outcome.columns.iter().map(|c| c.name.as_ref().into()).collect();
            out.native = Some(native);
            out.batch = outcome.rows;
            out.cursor = outcome.cursor;
        }
        Ran::Rows(rows, names) => {
            out.names = names.iter().map(|n| n.as_str().into()).collect();
            out.batch.reset(names.len());
            for row in &rows {
                push(&mut out.batch, row.bind(py))?;
            }
            if invoked.is_some() {
                buffered = Some(node::buffered_result(conn, &exec, rows, &names, node)?);
            }
        }
        Ran::Cursor(cursor) => {
            if let Err(e) = out.read_cursor(&cursor) {
                let facts = Facts { cursor: Some(cursor), running: true, ..Facts::default() };
                return failure::handle(conn, e, facts);
            }
            failure::close_quietly(conn, &cursor)?;
            exec.set_cursor(None);
        }
    }
    Ok(Opened { rows: out, buffered })
}

fn push(batch: &mut RowBatch, row: &Bound<'_, PyAny>) -> PyResult<()> {
    for v in row.try_iter()? {
        batch.push_value(&value_of_any(&v?, Family::Other)?);
    }
    Ok(())
}

impl Batches {
    /// All rows of a PEP 249 cursor.
    fn read_cursor(&mut self, cursor: &Bound<'_, PyAny>) -> PyResult<()> {
        let names: Vec<String> = super::raw::names(cursor)?.iter().map(|n| n.extract()).collect::<PyResult<_>>()?;
        self.names = names.iter().map(|n| n.as_str().into()).collect();
        self.batch.reset(names.len());
        if !names.is_empty() {
            match ServerCursor::of(cursor) {
                // What the driver decoded, whoever watched.
                Some(own) => own.get().read_rows(cursor.py(), None, &mut |rows, at| {
                    rows.row(at).for_each(|cell| self.batch.push_value(&cell.to_value()));
                    Ok(())
                })?,
                None => {
                    for row in cursor.call_method0("fetchall")?.try_iter()? {
                        push(&mut self.batch, &row?)?;
                    }
                }
            }
        }
        self.exec.note_cursor(cursor)?;
        Ok(())
    }
    /// The facts about the run.
    pub fn execution(&self) -> &Arc<Running> {
        &self.exec
    }
    /// The columns: names as the cursor has them, and what the statement says of them.
    pub fn columns(&self) -> Vec<GivenColumn> {
        let compiled = self.exec.entry.as_ref().map(|e| e.compiled.clone());
        // a compiled statement is shared by all of its shape: the columns of the one at hand are its own
        let current: Vec<ExprRef> = proxy::node_columns(&self.node).into_iter().map(|(_, e)| e).collect();
        if compiled.as_ref().is_some_and(|c| c.result_ordered && !c.result_textual) && current.len() == self.names.len() {
            return self.names.iter().zip(current).map(|(name, e)| GivenColumn { name: name.clone(), exprs: vec![e] }).collect();
        }
        self.names
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let known = compiled.as_ref().and_then(|c| {
                    if c.result_ordered && !c.result_textual && c.result.len() == self.names.len() {
                        c.result.get(i)
                    } else {
                        c.result.iter().find(|r| *r.name == **name)
                    }
                });
                GivenColumn { name: name.clone(), exprs: known.map(|r| r.exprs.clone()).unwrap_or_default() }
            })
            .collect()
    }
    /// Lets listeners look at a result with these rows; what they leave of them is taken back.
    fn shown_to(&mut self, py: Python<'_>, heard: &Heard<'_>) -> PyResult<()> {
        let Some(entry) = &self.exec.entry else { return Ok(()) };
        if self.names.is_empty() {
            return heard.after(&CursorResult::make(py, View::new(Core::new(None), None), &self.exec)?);
        }
        let names: Vec<&str> = self.names.iter().map(|n| &**n).collect();
        let shape = node::shape(py, entry, &names, false)?;
        let reader = Reader { columns: shape.columns.clone(), procs: shape.procs.clone(), plain: shape.plain };
        let batch = std::mem::replace(&mut self.batch, RowBatch::new(0));
        let lent = Lent::new(NativeRows::new(self.native.clone(), batch, self.cursor.take(), reader, self.exec.clone()));
        let meta = node::metadata(py, &self.exec, &shape, &self.node)?;
        let view = View::new(Core::new(Some(Box::new(lent.clone()))), Some(meta));
        let told = heard.after(&CursorResult::make(py, view, &self.exec)?);
        if let Some(rows) = lent.take() {
            (self.batch, self.cursor) = rows.left();
        }
        told
    }
    /// How many rows to ask of the driver at once, at most.
    pub fn at_once(&mut self, n: usize) {
        self.at_once = n.clamp(1, BATCH_ROWS);
    }
    /// The next rows, `None` when there are no more.
    ///
    /// # Errors
    /// Those of the driver.
    pub fn next(&mut self, py: Python<'_>) -> PyResult<Option<&RowBatch>> {
        if self.first {
            self.first = false;
            if !self.batch.is_empty() {
                return Ok(Some(&self.batch));
            }
        }
        let (Some(native), Some(cursor)) = (&self.native, self.cursor) else { return Ok(None) };
        match native.fetch(py, cursor, self.at_once, &mut self.batch) {
            Ok(more) => {
                if !more {
                    self.cursor = None;
                }
                Ok((!self.batch.is_empty()).then_some(&self.batch))
            }
            Err(e) => {
                self.cursor = None;
                let facts = Facts { running: true, ..Facts::default() };
                failure::handle(self.exec.connection.bind(py), e, facts)
            }
        }
    }
}

impl Drop for Batches {
    fn drop(&mut self) {
        if let (Some(native), Some(cursor)) = (&self.native, self.cursor.take()) {
            Python::attach(|py| native.close_cursor(py, cursor));
        }
    }
}
