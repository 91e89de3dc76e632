//! [`Batches`]: the rows of a statement as the driver decoded them. The ORM makes instances of them directly.

use super::super::connection::Connection;
use super::super::events::{Event, listeners};
use super::super::failure::{self, Facts};
use super::execution::Execution;
use super::node::{self, Prepared, stats};
use super::params::Params;
use super::run::{Ran, Sending, send};
use crate::py::dbapi::{NativeConnection, ServerCursor};
use crate::py::sql::face;
use crate::py::types::{Family, value_of_any};
use base::RowBatch;
use drivers::CursorId;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
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
    exec: Arc<Execution>,
    native: Option<Arc<NativeConnection>>,
    batch: RowBatch,
    cursor: Option<CursorId>,
    first: bool,
    names: Vec<Arc<str>>,
    node: Node,
    at_once: usize,
}

/// Run a statement; `shape`: its structure and values, when they are known.
///
/// # Errors
/// Those of `Connection.execute`.
pub fn open<'py>(
    conn: &Bound<'py, Connection>,
    node: &Node,
    shape: Option<Shape>,
    params: Params<'py>,
    opts: &Bound<'py, PyDict>,
) -> PyResult<Batches> {
    let py = conn.py();
    let (before, after) = (listeners(conn.as_any(), Event::BeforeExecute)?, listeners(conn.as_any(), Event::AfterExecute)?);
    let shown = if before.is_some() || after.is_some() { Some(face::wrap_node(py, node)?) } else { None };
    let given = || -> PyResult<Bound<'py, PyAny>> {
        Ok(match &params {
            Params::One(d) => d.clone().into_any(),
            _ => PyDict::new(py).into_any(),
        })
    };
    if let (Some(found), Some(statement)) = (&before, &shown) {
        for listener in found.try_iter()? {
            listener?.call1((conn, statement, PyList::empty(py), given()?, opts))?;
        }
    }
    let many = params.is_many();
    let keys = node::column_keys(node, &params)?;
    let Prepared { entry, binds, origin } =
        node::prepare_shaped(conn, node, shape.unwrap_or_else(|| hash::shape(node)), keys, many, opts)?;
    Connection::prepare(conn)?;
    let exec = Execution::compiled(conn, opts, &entry, shown.as_ref(), binds);
    {
        let mut f = exec.f.lock();
        f.many = many;
        f.sets = match &params {
            Params::None => Vec::new(),
            Params::One(d) => vec![d.clone().unbind()],
            Params::Many(v) => v.iter().map(|d| d.clone().unbind()).collect(),
        };
    }
    let values = match node::gather_all(conn, &exec, &params) {
        Ok(g) => g,
        Err(e) => return node::early(conn, &exec, &params, e),
    };
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
    match send(&sending, &values, many, node)? {
        Ran::Native { native, outcome } => {
            out.names = outcome.columns.iter().map(|c| c.name.as_ref().into()).collect();
            out.native = Some(native);
            out.batch = outcome.rows;
            out.cursor = outcome.cursor;
        }
        Ran::Rows(rows, names) => {
            out.names = names.iter().map(|n| n.as_str().into()).collect();
            out.batch.reset(names.len());
            for row in rows {
                push(&mut out.batch, row.bind(py))?;
            }
        }
        Ran::Cursor(cursor) => {
            let names: Vec<String> = super::raw::names(&cursor)?.iter().map(|n| n.extract()).collect::<PyResult<_>>()?;
            out.names = names.iter().map(|n| n.as_str().into()).collect();
            out.batch.reset(names.len());
            if !names.is_empty() {
                match ServerCursor::of(&cursor) {
                    // What the driver decoded, whoever watched.
                    Some(own) => own.get().read_rows(py, None, &mut |rows, at| {
                        rows.row(at).for_each(|cell| out.batch.push_value(&cell.to_value()));
                        Ok(())
                    })?,
                    None => {
                        for row in cursor.call_method0("fetchall")?.try_iter()? {
                            push(&mut out.batch, &row?)?;
                        }
                    }
                }
            }
            failure::close_quietly(conn, &cursor)?;
            exec.set_cursor(None);
        }
    }
    if let (Some(found), Some(statement)) = (after, shown) {
        found.call1((conn, statement, PyList::empty(py), given()?, opts, py.None()))?;
    }
    Ok(out)
}

fn push(batch: &mut RowBatch, row: &Bound<'_, PyAny>) -> PyResult<()> {
    for v in row.try_iter()? {
        batch.push_value(&value_of_any(&v?, Family::Other)?);
    }
    Ok(())
}

impl Batches {
    /// The facts about the run.
    pub fn execution(&self) -> &Arc<Execution> {
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
