//! Sending a compiled statement with its values: to the built-in driver, or through a PEP 249 cursor.

use super::super::connection::Connection;
use super::super::failure::{self, Facts};
use super::entry::{Entry, Wire};
use super::execution::Execution;
use super::gather::{Given, fill};
use super::rows::Reader;
use super::{logs, raw};
use crate::py::dbapi::NativeConnection;
use crate::py::errors::{invalid_request, sql_error};
use crate::py::types::value_to_py;
use base::{RowBatch, Value};
use drivers::Outcome;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::ast::Node;
use sql::compile::{Compiled, Expanded, Fill, StatementKind, expand_as};
use sql::dialects::ParamStyle;
use std::sync::Arc;

/// What an execution is sent with.
pub struct Sending<'a, 'py> {
    /// The connection.
    pub conn: &'a Bound<'py, Connection>,
    /// The execution.
    pub exec: &'a Arc<Execution>,
    /// Words of the log.
    pub stats: &'a str,
}

/// What came of it.
pub enum Ran<'py> {
    /// The built-in driver's answer.
    Native {
        /// Its connection.
        native: Arc<NativeConnection>,
        /// The answer.
        outcome: Outcome,
    },
    /// All rows, and the names of their columns.
    Rows(Vec<Py<PyAny>>, Vec<String>),
    /// A cursor that has executed.
    Cursor(Bound<'py, PyAny>),
}

/// The values of one execution, converted for the driver.
struct Values {
    /// By bind; for statements with lists, see `lists`.
    by_bind: Vec<Value>,
    /// How lists and literals are filled, and their elements, by bind. Empty for statements without any.
    fills: Vec<Fill>,
    lists: Vec<Vec<Value>>,
}

/// Text for the database and its parameters.
struct Text<'a> {
    sql: std::borrow::Cow<'a, str>,
    values: std::borrow::Cow<'a, [Value]>,
}

/// Text and parameters as Python sees them.
struct Shown<'py> {
    sql: Bound<'py, PyString>,
    params: Bound<'py, PyAny>,
}

/// Convert the values of one set for the driver.
fn convert(py: Python<'_>, exec: &Execution, given: &[Given<'_>]) -> PyResult<Values> {
    let mut out = Values { by_bind: Vec::with_capacity(given.len()), fills: Vec::new(), lists: Vec::new() };
    let Some(entry) = &exec.entry else { return Ok(out) };
    if !entry.compiled.needs_expand {
        for (g, proc) in given.iter().zip(&entry.binds) {
            out.by_bind.push(g.value(py, proc)?);
        }
        return Ok(out);
    }
    for (i, (g, proc)) in given.iter().zip(&entry.binds).enumerate() {
        let (f, items) = fill(py, entry, i, g)?;
        out.lists.push(match &f {
            Fill::One => vec![g.value(py, proc)?],
            Fill::Tuples(_, width) => tuple_values(py, exec, i, &items, *width)?,
            _ => items.iter().map(|e| proc.bind(e)).collect::<PyResult<Vec<_>>>()?,
        });
        out.fills.push(f);
    }
    Ok(out)
}

impl Values {
    fn expanded(&self, py: Python<'_>, c: &Compiled, style: ParamStyle) -> PyResult<Expanded> {
        expand_as(c, style, &|i| self.fills.get(i as usize).cloned().unwrap_or(Fill::One)).map_err(|e| sql_error(py, e))
    }

    fn at(&self, bind: u32, element: Option<usize>) -> Value {
        self.lists.get(bind as usize).and_then(|l| l.get(element.unwrap_or(0))).cloned().unwrap_or_default()
    }

    /// For a database with placeholders of this style.
    fn text<'a>(&'a self, py: Python<'_>, c: &Compiled, wire: &'a Wire) -> PyResult<Text<'a>> {
        if self.fills.is_empty() {
            let values = if wire.straight { self.by_bind.as_slice().into() } else { self.picked(&wire.order).into() };
            return Ok(Text { sql: (&*wire.sql).into(), values });
        }
        let Expanded { sql, positions, .. } = self.expanded(py, c, wire.style)?;
        let values: Vec<Value> = positions.iter().map(|(b, e)| self.at(*b, *e)).collect();
        Ok(Text { sql: sql.into(), values: values.into() })
    }

    fn picked(&self, order: &[u32]) -> Vec<Value> {
        order.iter().map(|p| self.by_bind.get(*p as usize).cloned().unwrap_or_default()).collect()
    }

    /// As Python sees it.
    fn shown<'py>(&self, py: Python<'py>, entry: &Entry) -> PyResult<Shown<'py>> {
        let c = &entry.compiled;
        let positional = c.paramstyle.is_positional();
        if self.fills.is_empty() {
            let sql = entry.sql.bind(py).clone();
            if positional {
                return Ok(Shown { sql, params: tuple(py, &self.picked(&c.positions))? });
            }
            let d = PyDict::new(py);
            for (b, value) in c.binds.iter().zip(&self.by_bind) {
                d.set_item(&*b.name, value_to_py(py, value)?)?;
            }
            return Ok(Shown { sql, params: d.into_any() });
        }
        let Expanded { sql, positions, names } = self.expanded(py, c, c.paramstyle)?;
        let sql = PyString::new(py, &sql);
        if positional {
            let values: Vec<Value> = positions.iter().map(|(b, e)| self.at(*b, *e)).collect();
            return Ok(Shown { sql, params: tuple(py, &values)? });
        }
        let d = PyDict::new(py);
        for (i, (f, b)) in self.fills.iter().zip(&c.binds).enumerate() {
            if matches!(f, Fill::One) {
                d.set_item(&*b.name, value_to_py(py, &self.at(i as u32, None))?)?;
            }
        }
        for (bind, element, name) in names {
            d.set_item(&*name, value_to_py(py, &self.at(bind, Some(element)))?)?;
        }
        Ok(Shown { sql, params: d.into_any() })
    }
}

/// Elements of tuples, each through the conversion of its own type.
fn tuple_values(py: Python<'_>, exec: &Execution, bind: usize, items: &[Bound<'_, PyAny>], width: usize) -> PyResult<Vec<Value>> {
    let Some(entry) = &exec.entry else { return Ok(Vec::new()) };
    let types = entry.compiled.binds.get(bind).map(|b| b.ty.items.clone()).unwrap_or_default();
    let procs =
        types.iter().map(|t| crate::py::types::bind_processor(py, t, entry.dialect.bind(py))).collect::<PyResult<Vec<_>>>()?;
    let mut out = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let proc = procs.get(i % width.max(1)).or_else(|| entry.binds.get(bind));
        out.push(match proc {
            Some(p) => p.bind(item)?,
            None => Value::Null,
        });
    }
    Ok(out)
}

/// A driver's tuple of parameters.
fn tuple<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyTuple::new(py, values.iter().map(|v| value_to_py(py, v)).collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// Sets of parameters as they are shown in messages about values that cannot be converted.
pub(super) fn unconverted<'py, T>(s: &Sending<'_, 'py>, given: &[Given<'py>], e: PyErr) -> PyResult<T> {
    let py = s.conn.py();
    let sets = s.exec.f.lock().sets.iter().map(|d| d.bind(py).clone()).collect::<Vec<_>>();
    let list = if sets.is_empty() { PyList::new(py, [PyDict::new(py)])? } else { PyList::new(py, sets)? };
    let many = s.exec.f.lock().many;
    // values that no driver takes are the driver's complaint
    let unfit = e.is_instance_of::<crate::py::types::UnsupportedValue>(py);
    let place = match &s.exec.entry {
        Some(entry) if unfit => {
            let bad = given.iter().zip(&entry.binds).position(|(g, p)| g.value(py, p).is_err()).unwrap_or(0);
            1 + entry.compiled.positions.iter().position(|p| *p as usize == bad).unwrap_or(bad)
        }
        _ => 1,
    };
    if let Some(driver) = super::super::failure::unsupported(s.conn, &e, place)? {
        let facts = Facts {
            statement: s.exec.statement(py).map(Bound::into_any),
            params: Some(driver_params(s)?),
            many,
            running: true,
            ..Facts::default()
        };
        return failure::handle(s.conn, driver, facts);
    }
    let facts =
        Facts { statement: s.exec.statement(py).map(Bound::into_any), params: Some(list.into_any()), many, ..Facts::default() };
    failure::handle(s.conn, e, facts)
}

fn driver_params<'py>(s: &Sending<'_, 'py>) -> PyResult<Bound<'py, PyAny>> {
    super::node::driver_params(s.conn.py(), s.exec)
}

/// Send it.
pub fn send<'py>(s: &Sending<'_, 'py>, given: &[Vec<Given<'py>>], many: bool, node: &Node) -> PyResult<Ran<'py>> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Err(invalid_request(py, "statement is not compiled")) };
    let c = &entry.compiled;
    if many {
        let returns = c.dml.as_ref().is_some_and(|d| d.returning || !d.implicit_returning.is_empty());
        if returns {
            return super::insertmany::send(s, given, node);
        }
        if c.kind == StatementKind::Select || (c.kind == StatementKind::Text && given.len() == 1) || c.needs_expand {
            return one_by_one(s, given);
        }
    }
    let native = if s.conn.get().is_watched(s.conn)? { None } else { s.conn.get().native() };
    match (native, many) {
        (native, false) => {
            let Some(first) = given.first() else { return Err(invalid_request(py, "no parameters")) };
            send_one(s, native, first)
        }
        (Some(native), true) => {
            let outcome = native_many(s, &*native, given)?;
            Ok(Ran::Native { native, outcome })
        }
        (None, true) => {
            let mut sets = Vec::with_capacity(given.len());
            for g in given {
                match convert(py, s.exec, g) {
                    Ok(v) => sets.push(v.shown(py, entry)?.params),
                    Err(e) => return unconverted(s, g, e),
                }
            }
            let sql = entry.sql.bind(py).clone();
            raw::run_cursor(s.conn, s.exec, &sql, PyList::new(py, sets)?.as_any(), true, s.stats).map(Ran::Cursor)
        }
    }
}

/// One set of values: to the built-in driver, or through a cursor.
fn send_one<'py>(s: &Sending<'_, 'py>, native: Option<Arc<NativeConnection>>, given: &[Given<'py>]) -> PyResult<Ran<'py>> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Err(invalid_request(py, "statement is not compiled")) };
    let values = match convert(py, s.exec, given) {
        Ok(v) => v,
        Err(e) => return unconverted(s, given, e),
    };
    let Some(native) = native else {
        let shown = values.shown(py, entry)?;
        s.exec.set_statement(&shown.sql);
        return raw::run_cursor(s.conn, s.exec, &shown.sql, &shown.params, false, s.stats).map(Ran::Cursor);
    };
    let wire = entry.wire(native.style());
    let text = values.text(py, &entry.compiled, &wire)?;
    let outcome = native_one(s, &*native, &text, &|| values.shown(py, entry), entry.compiled.needs_expand)?;
    Ok(Ran::Native { native, outcome })
}

/// Statements that cannot be an executemany: the last one's rows are the result's.
fn one_by_one<'py>(s: &Sending<'_, 'py>, given: &[Vec<Given<'py>>]) -> PyResult<Ran<'py>> {
    let mut last = None;
    for g in given {
        let native = if s.conn.get().is_watched(s.conn)? { None } else { s.conn.get().native() };
        last = Some(send_one(s, native, g)?);
    }
    last.ok_or_else(|| invalid_request(s.conn.py(), "no parameters"))
}

/// Runs text on the built-in driver; logs and errors show what Python sees.
fn native_one<'py>(
    s: &Sending<'_, 'py>,
    native: &NativeConnection,
    t: &Text<'_>,
    shown: &dyn Fn() -> PyResult<Shown<'py>>,
    own_text: bool,
) -> PyResult<Outcome> {
    let py = s.conn.py();
    if s.conn.get().echoes() {
        let shown = shown()?;
        logs::statement(s.conn, shown.sql.to_str()?, s.stats, &shown.params, false)?;
        if own_text {
            s.exec.set_statement(&shown.sql);
        }
    } else if own_text {
        s.exec.set_statement(&shown()?.sql);
    }
    native.run(py, &t.sql, &t.values).or_else(|e| {
        let Shown { sql, params } = shown()?;
        let facts = Facts {
            statement: Some(sql.into_any()),
            params: Some(params),
            context: context(s)?,
            running: true,
            ..Facts::default()
        };
        failure::handle(s.conn, e, facts)
    })
}

fn context<'py>(s: &Sending<'_, 'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !super::super::events::Event::HandleError.used() {
        return Ok(None);
    }
    Ok(Some(super::context::ExecutionContext::of(s.conn.py(), s.exec)?.into_any()))
}

fn native_many(s: &Sending<'_, '_>, native: &NativeConnection, given: &[Vec<Given<'_>>]) -> PyResult<Outcome> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Err(invalid_request(py, "statement is not compiled")) };
    let wire = entry.wire(native.style());
    let mut batch = RowBatch::new(wire.order.len());
    batch.reserve(given.len());
    for g in given {
        for p in &wire.order {
            let (Some(v), Some(proc)) = (g.get(*p as usize), entry.binds.get(*p as usize)) else { continue };
            match v.value(py, proc) {
                Ok(v) => batch.push_value(&v),
                Err(e) => return unconverted(s, g, e),
            }
        }
    }
    let shown = || -> PyResult<Bound<'_, PyAny>> {
        let rows = (0..given.len())
            .map(|r| {
                let mut by_bind = vec![Value::Null; entry.compiled.binds.len()];
                for (cell, p) in batch.row(r).zip(&wire.order) {
                    if let Some(slot) = by_bind.get_mut(*p as usize) {
                        *slot = cell.to_value();
                    }
                }
                Ok(Values { by_bind, fills: Vec::new(), lists: Vec::new() }.shown(py, entry)?.params)
            })
            .collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(py, rows)?.into_any())
    };
    if s.conn.get().echoes() {
        logs::statement(s.conn, &entry.compiled.sql, s.stats, &shown()?, true)?;
    }
    let failed = |e: PyErr| -> PyResult<Outcome> {
        let facts = Facts {
            statement: Some(entry.sql.bind(py).clone().into_any()),
            params: Some(shown()?),
            context: context(s)?,
            many: true,
            running: true,
            ..Facts::default()
        };
        failure::handle(s.conn, e, facts)
    };
    if wire.order.is_empty() {
        let mut total = 0;
        let mut last = None;
        for _ in given {
            let o = native.run(py, &wire.sql, &[]).or_else(failed)?;
            total += o.rowcount.max(0);
            last = Some(o);
        }
        return Ok(Outcome { rowcount: total, ..last.unwrap_or_default() });
    }
    native.run_many(py, &wire.sql, &batch).or_else(failed)
}

/// One statement of an INSERT … RETURNING of many rows.
pub struct Batch<'a> {
    /// For the database.
    pub sql: &'a str,
    /// Its parameters.
    pub values: &'a [Value],
    /// As Python sees the text and the parameters.
    pub shown_sql: &'a dyn Fn() -> String,
    /// See `shown_sql`.
    pub shown_values: &'a dyn Fn() -> PyResult<Py<PyAny>>,
}

/// Run a batch and fetch every row.
pub fn fetch_all<'py>(
    s: &Sending<'_, 'py>,
    batch: &Batch<'_>,
    rows: &mut Vec<Py<PyAny>>,
    names: &mut Vec<String>,
) -> PyResult<i64> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Ok(0) };
    let watched = s.conn.get().is_watched(s.conn)?;
    let shown = || -> PyResult<Shown<'py>> {
        Ok(Shown { sql: PyString::new(py, &(batch.shown_sql)()), params: (batch.shown_values)()?.into_bound(py) })
    };
    let shortened = || -> PyResult<Shown<'py>> {
        let Shown { sql, params } = shown()?;
        Ok(Shown { sql: PyString::new(py, &logs::long(sql.to_str()?)), params })
    };
    if let Some(native) = s.conn.get().native().filter(|_| !watched) {
        let text = Text { sql: batch.sql.into(), values: batch.values.into() };
        let outcome = native_one(s, &*native, &text, &shortened, true)?;
        *names = outcome.columns.iter().map(|c| c.name.to_string()).collect();
        let count = outcome.rowcount;
        s.exec.f.lock().lastrowid =
            native.lastrowid(&outcome).map(|id| Ok::<_, PyErr>(id.into_pyobject(py)?.into_any().unbind())).transpose()?;
        let reader = Reader { columns: None, procs: entry.results.clone(), plain: entry.plain };
        let mut source = super::rows::NativeRows::new(native, outcome.rows, outcome.cursor, reader, s.exec.clone());
        super::super::result::RowSource::fetch(&mut source, py, None, rows)?;
        return Ok(count);
    }
    let shown = shown()?;
    let cursor = raw::run_cursor(s.conn, s.exec, &shown.sql, &shown.params, false, s.stats)?;
    *names = raw::names(&cursor)?.iter().map(|n| n.extract()).collect::<PyResult<_>>()?;
    super::super::result::source::read_all(&cursor, &entry.results, entry.plain, rows)?;
    s.exec.note_cursor(&cursor)?;
    failure::close_cursor(s.conn, &cursor)?;
    s.exec.set_cursor(None);
    Ok(s.exec.f.lock().rowcount)
}
