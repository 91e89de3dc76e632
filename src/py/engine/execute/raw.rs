//! Statements that are text already, and everything that goes through a PEP 249 cursor.

use super::super::connection::Connection;
use super::super::connection::is_plain;
use super::super::connection::listeners;
use super::super::events::Event;
use super::super::failure::{self, Facts};
use super::super::meta::RowMeta;
use super::super::result::source::Cursor;
use super::super::result::{Core, View};
use super::cursor_result::CursorResult;
use super::execution::{Execution, Running};
use super::{events, logs, options};
use crate::py::types::ResultProc;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::collections::VecDeque;
use std::sync::Arc;

/// `exec_driver_sql`.
pub fn exec_driver_sql<'py>(
    conn: &Bound<'py, Connection>,
    sql: &Bound<'py, PyString>,
    params: Option<Bound<'py, PyAny>>,
    many: bool,
    execution_options: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    // Listeners and functions may execute statements in the middle of this one.
    crate::py::stack::deep(|| {
        let py = conn.py();
        let opts = options::merged(&conn.get().options(py), None, execution_options)?;
        Connection::prepare(conn)?;
        let exec = Execution::raw(conn, sql, &opts);
        let params = params.map_or_else(|| empty_params(conn, py), Ok)?;
        let cursor = run_cursor(conn, &exec, sql, &params, if many { How::Many } else { How::Once }, "raw sql")?;
        result(conn, &exec, cursor, None)
    })
}

/// A rendered DDL element.
pub fn ddl<'py>(
    conn: &Bound<'py, Connection>,
    statement: &Bound<'py, PyAny>,
    sql: &Bound<'py, PyString>,
    opts: &Bound<'py, PyDict>,
    took: std::time::Duration,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    Connection::prepare(conn)?;
    let exec = Execution::ddl(conn, sql, opts, statement);
    let stats = no_key(took);
    let cursor = run_cursor(conn, &exec, sql, &empty_params(conn, py)?, How::Once, &stats)?;
    result(conn, &exec, cursor, None)
}

/// What the log says of a text that is not cached.
fn no_key(took: std::time::Duration) -> String {
    format!("no key {:.5}s", took.as_secs_f64())
}

/// What is passed when there are no parameters.
fn empty_params<'py>(conn: &Bound<'py, Connection>, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
    let positional = conn.get().dialect(py).getattr_opt("positional")?.map_or(Ok(true), |p| p.is_truthy())?;
    Ok(if positional { PyTuple::empty(py).into_any() } else { PyDict::new(py).into_any() })
}

/// A statement without parameters and rows (savepoints), and how long its text took to make.
pub fn run_text(conn: &Bound<'_, Connection>, sql: &str, took: std::time::Duration) -> PyResult<()> {
    let py = conn.py();
    let stats = no_key(took);
    if let Some(native) = conn.get().native()
        && !super::watched(conn)?
    {
        if conn.get().echoes() {
            logs::statement(conn, sql, &stats, PyTuple::empty(py).as_any(), false)?;
        }
        let facts = || Facts {
            statement: Some(PyString::new(py, sql).into_any()),
            params: Some(PyTuple::empty(py).into_any()),
            ..Facts::default()
        };
        return native.run(py, sql, &[]).map(drop).or_else(|e| failure::handle(conn, e, facts()));
    }
    let text = PyString::new(py, sql);
    let exec = Execution::raw(conn, &text, &conn.get().options(py));
    let cursor = run_cursor(conn, &exec, &text, &empty_params(conn, py)?, How::Once, &stats)?;
    failure::close_cursor(conn, &cursor)
}

/// How a cursor runs a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Once.
    Once,
    /// Once for each set of parameters.
    Many,
    /// Once for a part of the sets: hooks hear of an executemany, the cursor of one statement.
    Part,
}

/// Run a statement on a new cursor, with events and logging.
pub fn run_cursor<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    sql: &Bound<'py, PyString>,
    params: &Bound<'py, PyAny>,
    how: How,
    stats: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    // what is shown, and what is done
    let (many, done_many) = (how != How::Once, how == How::Many);
    let context = |exec: &Arc<Running>| -> PyResult<Bound<'py, PyAny>> { Ok(exec.context(py)?.into_any()) };
    let (mut sql, mut params) = (sql.clone(), params.clone());
    exec.set_params(params.clone(), many);
    let before = Facts { statement: Some(sql.clone().into_any()), params: Some(params.clone()), many, ..Facts::default() };
    let cursor = match Connection::proxied(conn).and_then(|p| p.call_method0("cursor")) {
        Ok(c) => c,
        Err(e) => return failure::handle(conn, e, before),
    };
    exec.set_cursor(Some(&cursor));
    let done = (|| {
        if let Some(found) = listeners(conn, Event::BeforeCursorExecute)? {
            let ctx = context(exec)?;
            for listener in found.try_iter()? {
                let answer = listener?.call1((conn, &cursor, &sql, &params, &ctx, many))?;
                if let Some([s, p]) = events::answer(&answer)? {
                    (sql, params) = (s.cast_into()?, p);
                }
            }
            exec.set_statement(&sql);
            exec.set_params(params.clone(), many);
        }
        if conn.get().echoes() {
            logs::statement(conn, sql.to_str()?, stats, &params, done_many)?;
        }
        send(conn, exec, &cursor, &sql, &params, done_many)?;
        if let Some(found) = listeners(conn, Event::AfterCursorExecute)? {
            found.call1((conn, &cursor, &sql, &params, context(exec)?, many))?;
        }
        Ok(())
    })();
    if let Err(e) = done {
        let ctx = if Event::HandleError.used() { Some(context(exec)?) } else { None };
        let facts = Facts {
            statement: Some(sql.into_any()),
            params: Some(params),
            cursor: Some(cursor),
            context: ctx,
            many,
            running: true,
        };
        return failure::handle(conn, e, facts);
    }
    Ok(cursor)
}

fn send<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    cursor: &Bound<'py, PyAny>,
    sql: &Bound<'py, PyString>,
    params: &Bound<'py, PyAny>,
    many: bool,
) -> PyResult<()> {
    let py = conn.py();
    let dialect = conn.get().dialect(py);
    let without = !many
        && crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, params.len())? == Some(0)
        && options::flag(exec.options.bind(py), "no_parameters")?;
    let (method, event) = match (many, without) {
        (true, _) => ("do_executemany", Event::DoExecutemany),
        (_, true) => ("do_execute_no_params", Event::DoExecuteNoParams),
        _ => ("do_execute", Event::DoExecute),
    };
    if event.used()
        && dialect.hasattr("dispatch")?
        && let Some(found) = super::super::events::listeners(dialect, event)?
    {
        let ctx = exec.context(py)?;
        for listener in found.try_iter()? {
            let listener = listener?;
            let answer =
                if without { listener.call1((cursor, sql, &ctx))? } else { listener.call1((cursor, sql, params, &ctx))? };
            if answer.is_truthy()? {
                return Ok(());
            }
        }
    }
    if is_plain(dialect, method)? {
        return match (many, without) {
            (true, _) => cursor.call_method1("executemany", (sql, params)),
            (_, true) => cursor.call_method1("execute", (sql,)),
            _ => cursor.call_method1("execute", (sql, params)),
        }
        .map(drop);
    }
    let ctx = exec.context(py)?;
    if without {
        dialect.call_method1(method, (cursor, sql, ctx)).map(drop)
    } else {
        dialect.call_method1(method, (cursor, sql, params, ctx)).map(drop)
    }
}

/// What typed columns need of a cursor's rows.
pub struct Typed {
    /// Metadata of the row.
    pub meta: Py<RowMeta>,
    /// One conversion a column.
    pub procs: Arc<[ResultProc]>,
    /// Nothing to convert.
    pub plain: bool,
}

/// Names of a cursor's columns; empty when it has no rows.
pub fn names<'py>(cursor: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let description = cursor.getattr("description")?;
    if description.is_none() {
        return Ok(Vec::new());
    }
    description.try_iter()?.map(|d| d?.get_item(0)).collect()
}

/// The result of a cursor that has executed.
pub fn result<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    cursor: Bound<'py, PyAny>,
    typed: Option<Typed>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let keys = names(&cursor)?;
    exec.note_cursor(&cursor)?;
    if keys.is_empty() {
        failure::close_cursor(conn, &cursor)?;
        exec.set_cursor(None);
        if conn.get().closes_with_result() {
            exec.set_closes(true);
        }
        return CursorResult::make(py, View::new(Core::new(None), None), exec);
    }
    let typed = match typed {
        Some(t) => t,
        None => {
            let meta = RowMeta::new(py, PyTuple::new(py, keys)?.unbind(), false, None)?;
            Typed { meta: Py::new(py, meta)?, procs: Arc::from([]), plain: true }
        }
    };
    let opts = exec.options.bind(py);
    let per: Option<usize> = match opts.get_item("yield_per")?.filter(|v| !v.is_none()) {
        Some(v) => Some(v.extract()?),
        None => None,
    };
    let grow = match per {
        Some(n) => (n, n),
        None if options::flag(opts, "stream_results")? => {
            let most = opts.get_item("max_row_buffer")?.map_or(Ok(1000), |v| v.extract())?;
            (5.min(most), most)
        }
        None => (0, 0),
    };
    let source = Cursor {
        cursor: cursor.unbind(),
        procs: typed.procs,
        plain: typed.plain,
        connection: Some(conn.clone().unbind()),
        exec: Some(exec.clone()),
        buffer: VecDeque::new(),
        grow,
        closed: false,
    };
    let keys = typed.meta.get().keys.bind(py).clone();
    let core = Core::new(Some(logs::rows(conn, &keys, Box::new(source))?));
    if let Some(n) = per {
        core.note_yield_per(n);
    }
    CursorResult::make(py, View::new(core, Some(typed.meta)), exec)
}
