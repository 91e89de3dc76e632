//! Execution: from what users pass to `execute()` to a result.
//!
//! | file | concept |
//! |---|---|
//! | `params` | parameters in their many forms |
//! | `options` | execution options |
//! | `events` | `before_execute`, `after_execute`: the one door for every construct |
//! | `raw` | text, and everything that goes through a PEP 249 cursor |
//! | `node` | SQL constructs: compile or find in the cache, gather values, run, describe the rows |
//! | `gather` | values of binds |
//! | `values` | the same, converted for the driver; what a conversion that raises becomes |
//! | `faces` | what is asked of the faces of SQL constructs |
//! | `sequence` | the next value of a sequence |
//! | `defaults` | values that the client computes for columns |
//! | `batches` | the rows of a SELECT as the driver decoded them, for the ORM |
//! | `entry` | what executions of a compiled statement share |
//! | `execution`, `context` | the facts about one execution, and how hooks see them |
//! | `cursor_result`, `rows` | what comes back |
//! | `logs` | SQL in the log |

pub mod batches;
pub mod context;
pub mod cursor_result;
pub mod defaults;
pub mod entry;
pub mod events;
pub mod execution;
pub mod faces;
pub mod gather;
pub mod generator;
pub mod insertmany;
pub mod logs;
pub mod node;
pub mod options;
pub mod params;
pub mod raw;
pub mod rows;
pub mod run;
pub mod values;

use super::connection::Connection;
use super::events::Event;
use crate::py::text::Text;
use cursor_result::CursorResult;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use sql::compile::StatementKind;

/// `Connection.execute`.
pub fn execute<'py>(
    conn: &Bound<'py, Connection>,
    statement: &Bound<'py, PyAny>,
    parameters: Option<&Bound<'py, PyAny>>,
    more: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
    execution_options: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    // Types, defaults, events and functions may execute statements in the middle of this one.
    crate::py::stack::deep(|| execute_here(conn, statement, parameters, more, kw, execution_options))
}

fn execute_here<'py>(
    conn: &Bound<'py, Connection>,
    statement: &Bound<'py, PyAny>,
    parameters: Option<&Bound<'py, PyAny>>,
    more: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
    execution_options: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    if statement.is_instance_of::<crate::py::schema::ddl::PyDdlElement>() {
        return ddl(conn, statement, execution_options);
    }
    if let Some(node) = faces::node_of(statement)? {
        let params = params::distill(py, parameters, more, kw)?;
        return node::execute(conn, statement, node, params, execution_options);
    }
    if let Ok(sql) = statement.cast::<PyString>() {
        let (params, many) = params::legacy(py, parameters, more, kw)?;
        return raw::exec_driver_sql(conn, sql, params, many, execution_options);
    }
    if let Some(value) = generator::execute(conn, statement)? {
        return Ok(value);
    }
    if let Some(method) = statement.getattr_opt("_execute_on_connection")? {
        let params = params::distill(py, parameters, more, kw)?.list(py)?;
        let empty = PyDict::new(py).into_any();
        return method.call1((conn, params, execution_options.unwrap_or(&empty)));
    }
    Err(events::not_executable(statement)?)
}

/// CREATE, DROP and the like.
fn ddl<'py>(
    conn: &Bound<'py, Connection>,
    statement: &Bound<'py, PyAny>,
    execution_options: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let own = statement.getattr_opt("_execution_options")?;
    let opts = options::merged(&conn.get().options(py), own.as_ref(), execution_options)?;
    let heard = match events::listening(conn)? {
        Some(l) => Some(l.before(statement, params::Params::None, &opts)?),
        None => None,
    };
    let statement = heard.as_ref().map_or(statement, |h| &h.statement);
    let started = std::time::Instant::now();
    let map = opts.get_item("schema_translate_map")?;
    let sql = crate::py::schema::compile::compile_ddl(statement, conn.get().dialect(py), map.as_ref(), None)?;
    let result = raw::ddl(conn, statement, &PyString::new(py, &sql), &opts, started.elapsed())?;
    if let Some(heard) = &heard {
        heard.after(&result)?;
    }
    Ok(result)
}

/// Whether a result is that of a statement which legacy execution commits.
pub fn changes_data(result: &Bound<'_, PyAny>) -> PyResult<bool> {
    let Ok(result) = result.cast::<CursorResult>() else { return Ok(false) };
    let exec = &result.get().exec;
    if exec.f.lock().ddl {
        return Ok(true);
    }
    match exec.entry.as_ref().map(|e| e.compiled.kind) {
        Some(StatementKind::Insert | StatementKind::Update | StatementKind::Delete | StatementKind::Ddl) => Ok(true),
        Some(StatementKind::Select) => Ok(false),
        _ => {
            let sql = exec.statement(result.py()).map(|s| s.text()).unwrap_or_default();
            let word: String = sql.trim_start().chars().take_while(|c| c.is_alphabetic()).collect();
            Ok(matches!(
                word.to_uppercase().as_str(),
                "UPDATE" | "INSERT" | "CREATE" | "DELETE" | "DROP" | "ALTER" | "REPLACE" | "TRUNCATE" | "MERGE"
            ))
        }
    }
}

/// Whether anybody watches cursors of this connection, so that there has to be one.
pub fn watched(conn: &Bound<'_, Connection>) -> PyResult<bool> {
    use super::events::listeners;
    for event in [Event::BeforeCursorExecute, Event::AfterCursorExecute] {
        if super::connection::listeners(conn, event)?.is_some() {
            return Ok(true);
        }
    }
    for event in [Event::DoExecute, Event::DoExecutemany, Event::DoExecuteNoParams, Event::DoSetinputsizes] {
        let dialect = conn.get().dialect(conn.py());
        if event.used() && dialect.hasattr("dispatch")? && listeners(dialect, event)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Add this folder's classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<context::ExecutionContext>()?;
    m.add_class::<CursorResult>()
}
