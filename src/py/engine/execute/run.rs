//! Sending a compiled statement with its values: to the built-in driver, or through a PEP 249 cursor.

use super::super::connection::Connection;
use super::super::failure::{self, Facts};
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
use sql::compile::{Expanded, Fill, StatementKind, expand};
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

/// Text and values of one execution.
struct Text {
    sql: Option<String>,
    values: Vec<Value>,
    names: Option<Vec<Arc<str>>>,
}

/// Convert the values of one set for the driver, and expand lists.
fn text(py: Python<'_>, exec: &Execution, given: &[Given<'_>]) -> PyResult<Text> {
    let Some(entry) = &exec.entry else { return Ok(Text { sql: None, values: Vec::new(), names: None }) };
    let c = &entry.compiled;
    let positional = c.paramstyle.is_positional();
    if !c.needs_expand {
        let mut by_bind = Vec::with_capacity(given.len());
        for (g, proc) in given.iter().zip(&entry.binds) {
            by_bind.push(g.value(py, proc)?);
        }
        if !positional {
            return Ok(Text { sql: None, values: by_bind, names: Some(c.binds.iter().map(|b| b.name.clone()).collect()) });
        }
        if c.positions.len() == by_bind.len() && c.positions.iter().enumerate().all(|(i, p)| i == *p as usize) {
            return Ok(Text { sql: None, values: by_bind, names: None });
        }
        let values = c.positions.iter().map(|p| by_bind.get(*p as usize).cloned().unwrap_or_default()).collect();
        return Ok(Text { sql: None, values, names: None });
    }
    let mut fills: Vec<Fill> = Vec::with_capacity(given.len());
    let mut lists: Vec<Vec<Value>> = Vec::with_capacity(given.len());
    for (i, (g, proc)) in given.iter().zip(&entry.binds).enumerate() {
        let (f, items) = fill(py, entry, i, g)?;
        lists.push(match &f {
            Fill::One => vec![g.value(py, proc)?],
            Fill::Tuples(_, width) => tuple_values(py, exec, i, &items, *width)?,
            _ => items.iter().map(|e| proc.bind(e)).collect::<PyResult<Vec<_>>>()?,
        });
        fills.push(f);
    }
    let Expanded { sql, positions, names } =
        expand(c, &|i| fills.get(i as usize).cloned().unwrap_or(Fill::One)).map_err(|e| sql_error(py, e))?;
    let at = |bind: u32, element: Option<usize>| {
        lists.get(bind as usize).and_then(|l| l.get(element.unwrap_or(0))).cloned().unwrap_or_default()
    };
    if positional {
        return Ok(Text { sql: Some(sql), values: positions.iter().map(|(b, e)| at(*b, *e)).collect(), names: None });
    }
    let mut keys = Vec::new();
    let mut values = Vec::new();
    for (i, f) in fills.iter().enumerate() {
        if let (Fill::One, Some(b)) = (f, c.binds.get(i)) {
            keys.push(b.name.clone());
            values.push(at(i as u32, None));
        }
    }
    for (bind, element, name) in names {
        keys.push(name);
        values.push(at(bind, Some(element)));
    }
    Ok(Text { sql: Some(sql), values, names: Some(keys) })
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

fn as_python<'py>(py: Python<'py>, t: &Text) -> PyResult<Bound<'py, PyAny>> {
    match &t.names {
        Some(names) => {
            let d = PyDict::new(py);
            for (name, value) in names.iter().zip(&t.values) {
                d.set_item(&**name, value_to_py(py, value)?)?;
            }
            Ok(d.into_any())
        }
        None => tuple(py, &t.values),
    }
}

fn tuple<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyTuple::new(py, values.iter().map(|v| value_to_py(py, v)).collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// Sets of parameters as they are shown in messages about values that cannot be converted.
fn unconverted<'py, T>(s: &Sending<'_, 'py>, given: &[Given<'py>], e: PyErr) -> PyResult<T> {
    let py = s.conn.py();
    let sets = s.exec.f.lock().sets.iter().map(|d| d.bind(py).clone()).collect::<Vec<_>>();
    let list = if sets.is_empty() { PyList::new(py, [PyDict::new(py)])? } else { PyList::new(py, sets)? };
    let many = s.exec.f.lock().many;
    let place = s.exec.entry.as_ref().map_or(1, |entry| {
        let bad = given.iter().zip(&entry.binds).position(|(g, p)| g.value(py, p).is_err()).unwrap_or(0);
        1 + entry.compiled.positions.iter().position(|p| *p as usize == bad).unwrap_or(bad)
    });
    // values that no driver takes are the driver's complaint
    if let Some(driver) = super::super::failure::unsupported(py, &e, place)? {
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
        (Some(native), false) => {
            let Some(first) = given.first() else { return Err(invalid_request(py, "no parameters")) };
            let t = match text(py, s.exec, first) {
                Ok(t) => t,
                Err(e) => return unconverted(s, first, e),
            };
            let outcome = native_one(s, &native, &t)?;
            Ok(Ran::Native { native, outcome })
        }
        (Some(native), true) => {
            let outcome = native_many(s, &native, given)?;
            Ok(Ran::Native { native, outcome })
        }
        (None, false) => {
            let Some(first) = given.first() else { return Err(invalid_request(py, "no parameters")) };
            let t = match text(py, s.exec, first) {
                Ok(t) => t,
                Err(e) => return unconverted(s, first, e),
            };
            let sql = t.sql.as_ref().map_or_else(|| entry.sql.bind(py).clone(), |q| PyString::new(py, q));
            s.exec.set_statement(&sql);
            raw::run_cursor(s.conn, s.exec, &sql, &as_python(py, &t)?, false, s.stats).map(Ran::Cursor)
        }
        (None, true) => {
            let mut sets = Vec::with_capacity(given.len());
            for g in given {
                match text(py, s.exec, g) {
                    Ok(t) => sets.push(as_python(py, &t)?),
                    Err(e) => return unconverted(s, g, e),
                }
            }
            let sql = entry.sql.bind(py).clone();
            raw::run_cursor(s.conn, s.exec, &sql, PyList::new(py, sets)?.as_any(), true, s.stats).map(Ran::Cursor)
        }
    }
}

/// Statements that cannot be an executemany: the last one's rows are the result's.
fn one_by_one<'py>(s: &Sending<'_, 'py>, given: &[Vec<Given<'py>>]) -> PyResult<Ran<'py>> {
    let mut last = None;
    for g in given {
        let watched = s.conn.get().is_watched(s.conn)?;
        let py = s.conn.py();
        let t = match text(py, s.exec, g) {
            Ok(t) => t,
            Err(e) => return unconverted(s, g, e),
        };
        last = Some(match s.conn.get().native().filter(|_| !watched) {
            Some(native) => {
                let outcome = native_one(s, &native, &t)?;
                Ran::Native { native, outcome }
            }
            None => {
                let sql = match (&t.sql, &s.exec.entry) {
                    (Some(q), _) => PyString::new(py, q),
                    (None, Some(e)) => e.sql.bind(py).clone(),
                    (None, None) => PyString::new(py, ""),
                };
                Ran::Cursor(raw::run_cursor(s.conn, s.exec, &sql, &as_python(py, &t)?, false, s.stats)?)
            }
        });
    }
    last.ok_or_else(|| invalid_request(s.conn.py(), "no parameters"))
}

fn sql_of<'a>(s: &'a Sending<'_, '_>, t: &'a Text) -> &'a str {
    match (&t.sql, &s.exec.entry) {
        (Some(q), _) => q,
        (None, Some(e)) => &e.compiled.sql,
        (None, None) => "",
    }
}

fn native_one(s: &Sending<'_, '_>, native: &NativeConnection, t: &Text) -> PyResult<Outcome> {
    let py = s.conn.py();
    let sql = sql_of(s, t);
    if t.sql.is_some() {
        s.exec.set_statement(&PyString::new(py, sql));
    }
    if s.conn.get().echoes() {
        logs::statement(s.conn, sql, s.stats, &tuple(py, &t.values)?, false)?;
    }
    native.run(py, sql, &t.values).or_else(|e| {
        let facts = Facts {
            statement: Some(PyString::new(py, sql).into_any()),
            params: Some(tuple(py, &t.values)?),
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
    let positions = &entry.compiled.positions;
    let mut batch = RowBatch::new(positions.len());
    batch.reserve(given.len());
    for g in given {
        for p in positions {
            let (Some(v), Some(proc)) = (g.get(*p as usize), entry.binds.get(*p as usize)) else { continue };
            match v.value(py, proc) {
                Ok(v) => batch.push_value(&v),
                Err(e) => return unconverted(s, g, e),
            }
        }
    }
    let shown = || -> PyResult<Bound<'_, PyAny>> {
        let rows = (0..given.len())
            .map(|r| tuple(py, &batch.row(r).map(|c| c.to_value()).collect::<Vec<_>>()))
            .collect::<PyResult<Vec<_>>>()?;
        Ok(PyList::new(py, rows)?.into_any())
    };
    if s.conn.get().echoes() {
        logs::statement(s.conn, &entry.compiled.sql, s.stats, &shown()?, true)?;
    }
    if positions.is_empty() {
        let mut total = 0;
        let mut last = None;
        for _ in given {
            let o = native.run(py, &entry.compiled.sql, &[]).or_else(|e| {
                let facts = Facts {
                    statement: Some(entry.sql.bind(py).clone().into_any()),
                    params: Some(shown()?),
                    context: context(s)?,
                    many: true,
                    running: true,
                    ..Facts::default()
                };
                failure::handle(s.conn, e, facts)
            })?;
            total += o.rowcount.max(0);
            last = Some(o);
        }
        return Ok(Outcome { rowcount: total, ..last.unwrap_or_default() });
    }
    native.run_many(py, &entry.compiled.sql, &batch).or_else(|e| {
        let facts = Facts {
            statement: Some(entry.sql.bind(py).clone().into_any()),
            params: Some(shown()?),
            context: context(s)?,
            many: true,
            running: true,
            ..Facts::default()
        };
        failure::handle(s.conn, e, facts)
    })
}

/// One text with its values, every row fetched: for batches of INSERT … RETURNING.
pub fn fetch_all<'py>(
    s: &Sending<'_, 'py>,
    sql: &str,
    values: Vec<Value>,
    rows: &mut Vec<Py<PyAny>>,
    names: &mut Vec<String>,
) -> PyResult<i64> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Ok(0) };
    let t = Text { sql: Some(sql.to_owned()), values, names: None };
    let watched = s.conn.get().is_watched(s.conn)?;
    if let Some(native) = s.conn.get().native().filter(|_| !watched) {
        let outcome = native_one(s, &native, &t)?;
        *names = outcome.columns.iter().map(|c| c.name.to_string()).collect();
        let count = outcome.rowcount;
        s.exec.f.lock().lastrowid = Some(outcome.last_insert_id.into_pyobject(py)?.into_any().unbind());
        let reader = Reader { columns: None, procs: entry.results.clone(), plain: entry.plain };
        let mut source = super::rows::NativeRows::new(native, outcome.rows, outcome.cursor, reader, s.exec.clone());
        super::super::result::RowSource::fetch(&mut source, py, None, rows)?;
        return Ok(count);
    }
    let text = PyString::new(py, sql);
    let cursor = raw::run_cursor(s.conn, s.exec, &text, &as_python(py, &t)?, false, s.stats)?;
    *names = raw::names(&cursor)?.iter().map(|n| n.extract()).collect::<PyResult<_>>()?;
    for row in cursor.call_method0("fetchall")?.try_iter()? {
        let values = row?.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        rows.push(super::super::result::source::convert(py, &entry.results, values)?);
    }
    s.exec.note_cursor(&cursor)?;
    failure::close_cursor(s.conn, &cursor)?;
    s.exec.set_cursor(None);
    Ok(s.exec.f.lock().rowcount)
}
