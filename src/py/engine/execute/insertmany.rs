//! INSERT … RETURNING of many sets of parameters: as few statements as the database takes, VALUES repeated.

use super::gather::Given;
use super::run::{Batch, Ran, Sending, fetch_all};
use super::values::{self, Values};
use crate::py::errors::invalid_request;
use crate::py::types::value_to_py;
use ::engine::batch::{rows_per_statement, statements};
use base::Value;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::Node;
use sql::compile::{Compiled, ManyRows, Sentinel, StatementKind, given_key, insert_many, sentinel_of};

/// Run it.
pub fn send<'py>(s: &Sending<'_, 'py>, given: &[Vec<Given<'py>>], node: &Node) -> PyResult<Ran<'py>> {
    let py = s.conn.py();
    let Some(entry) = &s.exec.entry else { return Err(invalid_request(py, "statement is not compiled")) };
    let c = &entry.compiled;
    let dialect = &c.dialect;
    let what = match c.kind {
        StatementKind::Insert if dialect.insert_executemany_returning => None,
        StatementKind::Insert => Some("INSERT..RETURNING"),
        StatementKind::Update => Some("UPDATE..RETURNING"),
        _ => Some("DELETE..RETURNING"),
    };
    if let Some(what) = what {
        return Err(invalid_request(
            py,
            format!(
                "Dialect {}+{} with current server capabilities does not support {what} when executemany is used",
                dialect.name, dialect.driver
            ),
        ));
    }
    let sorted = matches!(node, Node::Insert(i) if i.common.sort_by_parameter_order);
    let order = if sorted { "ordered" } else { "unordered" };
    let (mut rows, mut names, mut total) = (Vec::new(), Vec::new(), 0);
    // Rows come back in no promised order. Asked for in order, they go one by one where nothing tells which is which.
    let sentinel = if sorted { sentinel_of(c) } else { None };
    let range = c
        .dml
        .as_ref()
        .and_then(|d| d.values_range)
        .filter(|_| dialect.use_insertmanyvalues && (!sorted || batched(c, sentinel.as_ref())));
    let style = s.conn.get().native().map_or(c.paramstyle, |n| n.style());
    let all = given.iter().map(|g| values::one(s, g)).collect::<PyResult<Vec<_>>>()?;
    let Some(range) = range else {
        let wire = entry.wire(style);
        for (i, values) in all.iter().enumerate() {
            let stats = batch_stats(s.stats, i, given.len(), &format!("{order}; batch not supported"));
            let batch = Batch {
                sql: &wire.sql,
                values: &values.picked(&wire.order),
                shown_sql: &|| c.sql.to_string(),
                shown_values: &|| Ok(values.shown(py, entry)?.params.unbind()),
            };
            total += fetch_all(&Sending { stats: &stats, ..*s }, &batch, &mut rows, &mut names)?.max(0);
        }
        s.exec.f.lock().rowcount = total;
        return Ok(Ran::Rows(rows, names));
    };
    let inside = c.slots.iter().filter(|slot| (range.0..range.1).contains(&slot.offset)).count();
    let page = match s.exec.options.bind(py).get_item("insertmanyvalues_page_size")? {
        Some(n) => n.extract()?,
        None => dialect.insertmanyvalues_page_size,
    };
    let size = rows_per_statement(inside, page, dialect.insertmanyvalues_max_parameters, c.slots.len() - inside);
    let batches = statements(all.len(), size);
    let count = batches.len();
    let mut text: Option<(usize, ManyRows)> = None;
    for (n, chunk) in batches.enumerate() {
        let Some(chunk) = all.get(chunk) else { continue };
        let wire = match text.take() {
            Some((rows, wire)) if rows == chunk.len() => wire,
            _ => insert_many(c, style, range, chunk.len(), sentinel.as_ref()).map_err(|e| crate::py::errors::sql_error(py, e))?,
        };
        let at = |bind: u32, row: usize| chunk.get(row).and_then(|r| r.by_bind.get(bind as usize)).cloned().unwrap_or_default();
        let picked: Vec<Value> = wire.order.iter().map(|(b, row)| at(*b, *row)).collect();
        let own = || insert_many(c, c.paramstyle, range, chunk.len(), sentinel.as_ref()).unwrap_or_default();
        let stats = batch_stats(s.stats, n, count, order);
        let batch = Batch {
            sql: &wire.sql,
            values: &picked,
            shown_sql: &|| own().sql,
            shown_values: &|| {
                let own = own();
                if c.paramstyle.is_positional() {
                    let picked = own.order.iter().map(|(b, row)| value_to_py(py, &at(*b, *row))).collect::<PyResult<Vec<_>>>()?;
                    return Ok(PyTuple::new(py, picked)?.into_any().unbind());
                }
                let d = PyDict::new(py);
                for (name, b, row) in &own.names {
                    d.set_item(&**name, value_to_py(py, &at(*b, *row))?)?;
                }
                Ok(d.into_any().unbind())
            },
        };
        let before = rows.len();
        total += fetch_all(&Sending { stats: &stats, ..*s }, &batch, &mut rows, &mut names)?.max(0);
        if let Some(sentinel) = &sentinel {
            order_rows(py, c, chunk, sentinel.returning.len(), rows.get_mut(before..).unwrap_or_default())?;
            names.truncate(names.len().saturating_sub(sentinel.returning.len()));
        }
        text = Some((chunk.len(), wire));
    }
    s.exec.f.lock().rowcount = total;
    Ok(Ran::Rows(rows, names))
}

/// Whether rows that are asked for in order may go together: their keys are given, or tell the order.
fn batched(c: &Compiled, sentinel: Option<&Sentinel>) -> bool {
    sentinel.is_some() || given_key(c).is_some_and(|key| key.iter().all(|(_, bind)| bind.is_some()))
}

/// Puts the rows of a statement into the order of its parameters, and takes the columns off that tell the order.
fn order_rows(py: Python<'_>, c: &Compiled, chunk: &[Values], width: usize, rows: &mut [Py<PyAny>]) -> PyResult<()> {
    let binds: Option<Vec<usize>> = given_key(c).unwrap_or_default().into_iter().map(|(_, bind)| bind).collect();
    let mut keyed = Vec::with_capacity(rows.len());
    for row in rows.iter() {
        let row = row.bind(py).cast::<PyTuple>()?;
        let cut = row.len().saturating_sub(width);
        keyed.push((row.get_slice(cut, row.len()), row.get_slice(0, cut)));
    }
    let mut order: Vec<usize> = (0..keyed.len()).collect();
    match binds {
        // The keys were given: each row goes where its key stands.
        Some(binds) => {
            let places = PyDict::new(py);
            for (n, values) in chunk.iter().enumerate() {
                let key = binds.iter().map(|b| value_to_py(py, values.by_bind.get(*b).unwrap_or(&Value::Null)));
                places.set_item(PyTuple::new(py, key.collect::<PyResult<Vec<_>>>()?)?, n)?;
            }
            let mut place = Vec::with_capacity(keyed.len());
            for (n, (key, _)) in keyed.iter().enumerate() {
                place.push(places.get_item(key)?.map_or(Ok(n), |p| p.extract::<usize>())?);
            }
            order.sort_by_key(|i| place.get(*i).copied());
        }
        // The database gave the keys out in the order of the parameters.
        None => {
            let numbers = keyed.iter().map(|(key, _)| key.get_item(0)?.extract::<i64>()).collect::<PyResult<Vec<_>>>()?;
            order.sort_by_key(|i| numbers.get(*i).copied());
        }
    }
    for (row, i) in rows.iter_mut().zip(order) {
        if let Some((_, kept)) = keyed.get(i) {
            *row = kept.clone().into_any().unbind();
        }
    }
    Ok(())
}

/// What the log says of the batch at `index`: how the text was compiled with the first, the batch alone with the others.
fn batch_stats(compiled: &str, index: usize, count: usize, order: &str) -> String {
    let number = index + 1;
    if index == 0 {
        format!("{compiled} (insertmanyvalues) {number}/{count} ({order})")
    } else {
        format!("insertmanyvalues {number}/{count} ({order})")
    }
}
