//! Sending a compiled statement with its values: to the built-in driver, or through a PEP 249 cursor.

use super::super::connection::Connection;
use super::super::failure::{self, Facts};
use super::execution::Running;
use super::gather::Given;
use super::rows::Reader;
use super::values::{self, Shown, Text};
use super::{logs, raw};
use crate::py::dbapi::NativeConnection;
use crate::py::errors::invalid_request;
use base::Value;
use drivers::Outcome;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use sql::ast::Node;
use std::sync::Arc;

/// What an execution is sent with.
pub struct Sending<'a, 'py> {
    /// The connection.
    pub conn: &'a Bound<'py, Connection>,
    /// The execution.
    pub exec: &'a Arc<Running>,
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
        if c.needs_expand {
            let e = invalid_request(py, "'literal_execute' or 'expanding' parameters can't be used with executemany()");
            return values::early(s.conn, s.exec, e);
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
            let sets = given.iter().map(|g| Ok(values::one(s, g)?.shown(py, entry)?.params)).collect::<PyResult<Vec<_>>>()?;
            let sql = entry.sql.bind(py).clone();
            raw::run_cursor(s.conn, s.exec, &sql, PyList::new(py, sets)?.as_any(), raw::How::Many, s.stats).map(Ran::Cursor)
        }
    }
}

/// One set of values: to the built-in driver, or through a cursor.
fn send_one<'py>(s: &Sending<'_, 'py>, native: Option<Arc<NativeConnection>>, given: &[Given<'py>]) -> PyResult<Ran<'py>> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Err(invalid_request(py, "statement is not compiled")) };
    let values = values::one(s, given)?;
    let Some(native) = native else {
        let shown = values.shown(py, entry)?;
        s.exec.set_statement(&shown.sql);
        return raw::run_cursor(s.conn, s.exec, &shown.sql, &shown.params, raw::How::Once, s.stats).map(Ran::Cursor);
    };
    let wire = entry.wire(native.style());
    let text = values.text(py, &entry.compiled, &wire)?;
    let outcome = native_one(s, &*native, &text, &|| values.shown(py, entry), entry.compiled.needs_expand)?;
    Ok(Ran::Native { native, outcome })
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
    Ok(Some(s.exec.context(s.conn.py())?.into_any()))
}

fn native_many<'py>(s: &Sending<'_, 'py>, native: &NativeConnection, given: &[Vec<Given<'py>>]) -> PyResult<Outcome> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Err(invalid_request(py, "statement is not compiled")) };
    let wire = entry.wire(native.style());
    let batch = values::batch(s, entry, &wire, given)?;
    let shown = || -> PyResult<Bound<'_, PyAny>> { Ok(values::shown_rows(py, entry, &wire, &batch)?.into_any()) };
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
        let mut source = super::rows::NativeRows::new(Some(native), outcome.rows, outcome.cursor, reader, s.exec.clone());
        super::super::result::RowSource::fetch(&mut source, py, None, rows)?;
        return Ok(count);
    }
    let shown = shown()?;
    let cursor = raw::run_cursor(s.conn, s.exec, &shown.sql, &shown.params, raw::How::Part, s.stats)?;
    *names = raw::names(&cursor)?.iter().map(|n| n.extract()).collect::<PyResult<_>>()?;
    super::super::result::source::read_all(&cursor, &entry.results, entry.plain, rows)?;
    s.exec.note_cursor(&cursor)?;
    failure::close_cursor(s.conn, &cursor)?;
    s.exec.set_cursor(None);
    Ok(s.exec.f.lock().rowcount)
}
