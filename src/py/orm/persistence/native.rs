//! Many rows of one statement straight to the built-in driver: values go from instances into the driver's batch, and generated
//! values come back, without a Python object a row in between. Whoever watches executions (logs, events, a foreign driver) sees
//! them through the connection instead: then there is no fast way, and `run` says so before anything happened.

use crate::py::engine::connection::Connection;
use crate::py::engine::events::Event;
use crate::py::engine::execute::entry::Entry;
use crate::py::engine::execute::{events, node, values};
use crate::py::engine::failure::{self, Facts};
use crate::py::types::{BindProc, Family};
use base::RowBatch;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyString};
use sql::ast::Node;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// What came of it.
pub struct Done {
    /// Rows changed.
    pub rowcount: i64,
    /// Rows returned, in the order of the parameters.
    pub rows: RowBatch,
    /// The compiled statement: conversions of what was returned.
    pub entry: Arc<Entry>,
}

fn watched(connection: &Bound<'_, Connection>) -> PyResult<bool> {
    Ok(connection.get().echoes()
        || events::used()
        || Event::HandleError.used()
        || connection.get().is_watched(connection)?
        || !connection.get().options(connection.py()).is_empty())
}

/// Whether rows may take the fast way on this connection.
pub fn usable(connection: &Any<'_>) -> PyResult<bool> {
    match connection.cast_exact::<Connection>() {
        Ok(c) => Ok(c.get().native().is_some() && !watched(c)?),
        Err(_) => Ok(false),
    }
}

/// Runs `statement` once for each of `count` rows. `names` are the parameters, `value(row, i)` the value of the i-th. `None`: not
/// possible here, nothing was done.
pub fn run<'a, 'py: 'a>(
    connection: &Any<'py>,
    statement: &Node,
    names: &[&str],
    count: usize,
    value: &dyn Fn(usize, usize) -> &'a Any<'py>,
    returning: bool,
) -> PyResult<Option<Done>> {
    let py = connection.py();
    let Ok(conn) = connection.cast_exact::<Connection>() else { return Ok(None) };
    let (Some(native), false) = (conn.get().native(), watched(conn)?) else { return Ok(None) };
    let keys: Vec<Arc<str>> = names.iter().map(|n| Arc::from(*n)).collect();
    let entry = node::prepare(conn, statement, Some(keys), false, &conn.get().options(py))?.entry;
    let compiled = &entry.compiled;
    let Some(dml) = &compiled.dml else { return Ok(None) };
    if compiled.needs_expand || !dml.insert_prefetch.is_empty() || !dml.update_prefetch.is_empty() {
        return Ok(None);
    }
    let wire = entry.wire(native.style());
    let mut slots = Vec::with_capacity(wire.order.len());
    for p in &wire.order {
        let (Some(bind), Some(proc)) = (compiled.binds.get(*p as usize), entry.binds.get(*p as usize)) else { return Ok(None) };
        let Some(at) = names.iter().position(|n| **n == *bind.key || **n == *bind.name) else { return Ok(None) };
        slots.push((at, proc));
    }
    if slots.is_empty() {
        return Ok(None);
    }
    let mut batch = RowBatch::new(slots.len());
    batch.reserve(count);
    for row in 0..count {
        for (at, proc) in &slots {
            if let Err(e) = push(&mut batch, value(row, *at), proc) {
                if e.is_instance_of::<crate::py::types::UnsupportedValue>(py)
                    || e.is_instance_of::<pyo3::exceptions::PyOverflowError>(py)
                {
                    // The ordinary way reports what no driver takes, and which row it was.
                    return Ok(None);
                }
                // The user's code is not asked twice: it might answer another time.
                let one = |row: usize| -> PyResult<Bound<'py, PyDict>> {
                    let set = PyDict::new(py);
                    for (i, name) in names.iter().enumerate() {
                        set.set_item(name, value(row, i))?;
                    }
                    Ok(set)
                };
                let sets = (0..count).map(one).collect::<PyResult<Vec<_>>>()?;
                return values::refused(conn, Some(entry.sql.bind(py).clone()), sets, count > 1, e);
            }
        }
    }
    Connection::prepare(conn)?;
    let mut rows = RowBatch::new(0);
    let ran =
        if returning { native.run_many_into(py, &wire.sql, &batch, &mut rows) } else { native.run_many(py, &wire.sql, &batch) };
    match ran {
        Ok(outcome) => Ok(Some(Done { rowcount: outcome.rowcount, rows, entry })),
        Err(e) => {
            // SQLite takes the rows one by one, servers many at a time.
            let single = count == 1 || (returning && native.family() == Family::Sqlite);
            let params = if single {
                values::shown_row(py, &entry, &wire, &batch, if returning { rows.rows() } else { 0 })?
            } else {
                values::shown_rows(py, &entry, &wire, &batch)?.into_any()
            };
            let facts = Facts {
                statement: Some(entry.sql.bind(py).clone().into_any()),
                params: Some(params),
                many: !single,
                running: true,
                ..Facts::default()
            };
            failure::handle(conn, e, facts)
        }
    }
}

/// Appends a value; the plain types without a conversion step.
fn push(batch: &mut RowBatch, value: &Any<'_>, proc: &BindProc) -> PyResult<()> {
    if matches!(proc, BindProc::Any(_)) {
        if value.is_none() {
            batch.push_null();
            return Ok(());
        }
        if let Ok(s) = value.cast_exact::<PyString>() {
            batch.push_text(s.to_str()?);
            return Ok(());
        }
        if value.is_exact_instance_of::<PyInt>() {
            batch.push_int(value.extract()?);
            return Ok(());
        }
        if let Ok(f) = value.cast_exact::<PyFloat>() {
            batch.push_float(f.value());
            return Ok(());
        }
    }
    batch.push_value(&proc.bind(value)?);
    Ok(())
}
