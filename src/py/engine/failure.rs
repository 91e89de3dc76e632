//! What happens when a driver raises: the error is wrapped, listeners may replace it, lost connections are discarded.

use super::connection::Connection;
use super::engine::Engine;
use super::events::{Event, listeners};
use crate::py::imports;
use crate::py::text::Text;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};

/// What is known about the statement that failed.
#[derive(Default)]
pub struct Facts<'py> {
    /// Text.
    pub statement: Option<Bound<'py, PyAny>>,
    /// Parameters as the driver got them.
    pub params: Option<Bound<'py, PyAny>>,
    /// The cursor.
    pub cursor: Option<Bound<'py, PyAny>>,
    /// The execution context.
    pub context: Option<Bound<'py, PyAny>>,
    /// It was an executemany.
    pub many: bool,
    /// The statement reached the driver: only the driver's own errors are wrapped then.
    pub running: bool,
}

/// `dialect.loaded_dbapi.Error`, or `None` without a driver.
fn dbapi_error_class<'py>(dialect: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    match dialect.getattr_opt("dbapi")?.filter(|d| !d.is_none()) {
        Some(d) => d.getattr_opt("Error"),
        None => Ok(None),
    }
}

fn is_dbapi(value: &Bound<'_, PyAny>, class: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
    match class {
        Some(c) if c.is_instance_of::<PyType>() || c.is_instance_of::<PyTuple>() => value.is_instance(c),
        _ => Ok(false),
    }
}

#[allow(clippy::too_many_arguments)]
fn wrapped<'py>(
    dialect: &Bound<'py, PyAny>,
    statement: Option<&Bound<'py, PyAny>>,
    params: Option<&Bound<'py, PyAny>>,
    orig: &Bound<'py, PyAny>,
    base: Option<&Bound<'py, PyAny>>,
    hide: bool,
    invalidated: bool,
    many: Option<bool>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = orig.py();
    let kw = PyDict::new(py);
    kw.set_item("hide_parameters", hide)?;
    kw.set_item("connection_invalidated", invalidated)?;
    kw.set_item("dialect", dialect)?;
    kw.set_item("ismulti", many)?;
    let base = base.cloned().unwrap_or_else(|| PyTuple::empty(py).into_any());
    imports::exc(py, "DBAPIError")?.call_method("instance", (statement, params, orig, base), Some(&kw))
}

/// `raise new from orig`.
fn from(new: Bound<'_, PyAny>, orig: &PyErr) -> PyErr {
    let py = new.py();
    if new.is(orig.value(py)) {
        return orig.clone_ref(py);
    }
    let e = PyErr::from_value(new);
    e.set_cause(py, Some(orig.clone_ref(py)));
    e
}

fn asks_disconnect(
    dialect: &Bound<'_, PyAny>,
    orig: &Bound<'_, PyAny>,
    conn: Option<&Bound<'_, PyAny>>,
    cursor: Option<&Bound<'_, PyAny>>,
) -> PyResult<bool> {
    dialect.call_method1("is_disconnect", (orig, conn, cursor))?.is_truthy()
}

fn context_object<'py>(py: Python<'py>, kw: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    py.import("oxalchemy.engine.interfaces")?.getattr("_ExceptionContextImpl")?.call((), Some(kw))
}

/// Run `handle_error` listeners; what one returned or raised, and the context with its final flags.
fn ask<'py>(target: &Bound<'py, PyAny>, ctx: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = ctx.py();
    let mut new = None;
    if let Some(found) = listeners(target, Event::HandleError)? {
        for listener in found.try_iter()? {
            match listener?.call1((ctx,)) {
                Ok(answer) if answer.is_none() => {}
                Ok(answer) => {
                    ctx.setattr("chained_exception", &answer)?;
                    new = Some(answer);
                }
                Err(e) if e.is_instance_of::<PyException>(py) => {
                    new = Some(e.value(py).clone().into_any());
                    break;
                }
                Err(e) => return Err(e),
            }
        }
    }
    Ok(new)
}

/// Turn an error on a connection into what is raised, discard the connection when it is lost. Always an error.
pub fn handle<'py, T>(slf: &Bound<'py, Connection>, error: PyErr, facts: Facts<'py>) -> PyResult<T> {
    Err(handled(slf, &error, facts).unwrap_or_else(|e| e))
}

fn handled<'py>(slf: &Bound<'py, Connection>, error: &PyErr, facts: Facts<'py>) -> PyResult<PyErr> {
    let py = slf.py();
    let conn = slf.get();
    let orig = error.value(py).clone().into_any();
    let dialect = conn.dialect(py).clone();
    let base = dbapi_error_class(&dialect)?;
    let of_driver = is_dbapi(&orig, base.as_ref())?;
    let is_exit = !orig.is_instance_of::<PyException>();
    // An integer beyond 64 bits is not the statement's fault: drivers let that through as it is.
    let overflow = orig.is_instance_of::<pyo3::exceptions::PyOverflowError>();
    let should_wrap = of_driver || (facts.statement.is_some() && !facts.running && !is_exit && !overflow);
    let hide = conn.engine(py).get().hide_parameters;
    if conn.set_handling(true) {
        return Ok(from(
            wrapped(
                &dialect,
                facts.statement.as_ref(),
                facts.params.as_ref(),
                &orig,
                base.as_ref(),
                hide,
                false,
                Some(facts.many),
            )?,
            error,
        ));
    }
    let out = (|| {
        let held = conn.held(py);
        let dbapi_connection = match &held {
            Some(h) => h.getattr_opt("dbapi_connection")?,
            None => None,
        };
        let mut lost = !conn.is_closed()
            && ((of_driver && asks_disconnect(&dialect, &orig, dbapi_connection.as_ref(), facts.cursor.as_ref())?) || is_exit);
        let mut invalidate_pool = !is_exit;
        let exception = if should_wrap {
            Some(wrapped(
                &dialect,
                facts.statement.as_ref(),
                facts.params.as_ref(),
                &orig,
                base.as_ref(),
                hide,
                lost,
                Some(facts.many),
            )?)
        } else {
            None
        };
        let mut new = None;
        if Event::HandleError.used() && !skips_events(conn, py, &facts)? {
            let kw = PyDict::new(py);
            kw.set_item("original_exception", &orig)?;
            kw.set_item("sqlalchemy_exception", exception.as_ref())?;
            kw.set_item("engine", conn.engine(py))?;
            kw.set_item("dialect", &dialect)?;
            kw.set_item("connection", slf)?;
            kw.set_item("cursor", facts.cursor.as_ref())?;
            kw.set_item("statement", facts.statement.as_ref())?;
            kw.set_item("parameters", facts.params.as_ref())?;
            kw.set_item("execution_context", facts.context.as_ref())?;
            kw.set_item("is_disconnect", lost)?;
            kw.set_item("invalidate_pool_on_disconnect", invalidate_pool)?;
            kw.set_item("is_pre_ping", false)?;
            let ctx = context_object(py, &kw)?;
            new = if conn.is_deaf() { None } else { ask(slf.as_any(), &ctx)? };
            let now: bool = ctx.getattr("is_disconnect")?.is_truthy()?;
            if now != lost {
                lost = now;
                if let Some(e) = &exception {
                    e.setattr("connection_invalidated", lost)?;
                }
            }
            invalidate_pool = ctx.getattr("invalidate_pool_on_disconnect")?.is_truthy()?;
        }
        if lost {
            if let Some(held) = &held {
                if invalidate_pool {
                    conn.engine(py).get().pool(py).call_method1("_invalidate", (held, &orig))?;
                }
                Connection::discard(slf, Some(&orig))?;
            }
        } else {
            if let Some(cursor) = &facts.cursor {
                close_quietly(slf, cursor)?;
            }
            if conn.transaction(py).is_none() && held.is_some() && !conn.is_closed() {
                Connection::rollback_impl(slf)?;
            }
        }
        Ok(match (new, exception) {
            (Some(new), _) => from(new, error),
            (None, Some(e)) => from(e, error),
            (None, None) => error.clone_ref(py),
        })
    })();
    conn.set_handling(false);
    out
}

fn skips_events(conn: &Connection, py: Python<'_>, facts: &Facts<'_>) -> PyResult<bool> {
    let options = match &facts.context {
        Some(c) => c.getattr("execution_options")?,
        None => conn.options(py).into_any(),
    };
    options.call_method1("get", ("skip_user_error_events", false))?.is_truthy()
}

/// Close the cursor of a result, through the method that may be watched.
pub fn close_cursor(slf: &Bound<'_, Connection>, cursor: &Bound<'_, PyAny>) -> PyResult<()> {
    slf.call_method1("_safe_close_cursor", (cursor,)).map(drop)
}

/// Close a cursor; its error is logged.
pub fn close_quietly(slf: &Bound<'_, Connection>, cursor: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = slf.py();
    if let Err(e) = cursor.call_method0("close") {
        let kw = PyDict::new(py);
        kw.set_item("exc_info", e.value(py))?;
        let pool = slf.get().engine(py).get().pool(py);
        pool.getattr("logger")?.call_method("error", ("Error closing cursor",), Some(&kw))?;
        if !e.is_instance_of::<PyException>(py) {
            return Err(e);
        }
    }
    Ok(())
}

/// Whether an error of the driver means that the connection is lost.
pub fn is_lost(dialect: &Bound<'_, PyAny>, error: &PyErr, connection: Option<&Bound<'_, PyAny>>) -> PyResult<bool> {
    let orig = error.value(dialect.py()).clone().into_any();
    let base = dbapi_error_class(dialect)?;
    Ok(is_dbapi(&orig, base.as_ref())? && asks_disconnect(dialect, &orig, connection, None)?)
}

/// An error of the driver while connecting: there is no Connection yet.
pub fn without_connection(engine: &Bound<'_, Engine>, error: PyErr) -> PyErr {
    unconnected(engine, &error).unwrap_or_else(|e| e)
}

fn unconnected(engine: &Bound<'_, Engine>, error: &PyErr) -> PyResult<PyErr> {
    let py = engine.py();
    let dialect = engine.get().dialect(py);
    let orig = error.value(py).clone().into_any();
    let base = dbapi_error_class(&dialect)?;
    let of_driver = is_dbapi(&orig, base.as_ref())?;
    let lost = of_driver && asks_disconnect(&dialect, &orig, None, None)?;
    let exception = if of_driver {
        Some(wrapped(&dialect, None, None, &orig, base.as_ref(), engine.get().hide_parameters, lost, None)?)
    } else {
        None
    };
    let mut new = None;
    if Event::HandleError.used() {
        let kw = PyDict::new(py);
        kw.set_item("original_exception", &orig)?;
        kw.set_item("sqlalchemy_exception", exception.as_ref())?;
        kw.set_item("engine", engine)?;
        kw.set_item("dialect", &dialect)?;
        kw.set_item("is_disconnect", lost)?;
        kw.set_item("invalidate_pool_on_disconnect", true)?;
        kw.set_item("is_pre_ping", false)?;
        let ctx = context_object(py, &kw)?;
        new = ask(engine.as_any(), &ctx)?;
        if let Some(e) = &exception {
            e.setattr("connection_invalidated", ctx.getattr("is_disconnect")?)?;
        }
    }
    Ok(match (new, exception) {
        (Some(new), _) => from(new, error),
        (None, Some(e)) => from(e, error),
        (None, None) => error.clone_ref(py),
    })
}

/// The driver's complaint about a value of a type that no driver takes; `None` for every other error, and for drivers that are not
/// ours.
pub fn unsupported(conn: &Bound<'_, Connection>, e: &PyErr, place: usize) -> PyResult<Option<PyErr>> {
    let py = conn.py();
    let Some(native) = conn.get().native().filter(|_| e.is_instance_of::<crate::py::types::UnsupportedValue>(py)) else {
        return Ok(None);
    };
    let text = e.value(py).str()?.text();
    Ok(Some(native.error(py, &base::DbError::programming(format!("Error binding parameter {place}: {text}")))))
}
