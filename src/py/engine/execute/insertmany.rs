//! INSERT … RETURNING of many sets of parameters: as few statements as the database takes, VALUES repeated.

use super::execution::Execution;
use super::gather::Given;
use super::run::{Ran, Sending, fetch_all};
use crate::py::errors::invalid_request;
use ::engine::batch::{rows_per_statement, statements};
use base::Value;
use pyo3::prelude::*;
use sql::ast::Node;
use sql::compile::StatementKind;

fn values(py: Python<'_>, exec: &Execution, given: &[Given<'_>]) -> PyResult<Vec<Value>> {
    let Some(entry) = &exec.entry else { return Ok(Vec::new()) };
    given.iter().zip(&entry.binds).map(|(g, p)| g.value(py, p)).collect()
}

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
    // Rows that the database numbers come back in no promised order: asked for in order, they go one by one.
    let numbered = sorted
        && c.dml.as_ref().is_some_and(|d| d.primary_key.is_empty() || d.primary_key.iter().any(|(_, bind)| bind.is_none()));
    let range = c
        .dml
        .as_ref()
        .and_then(|d| d.values_range)
        .filter(|_| dialect.use_insertmanyvalues && c.paramstyle.is_positional() && !numbered);
    let Some((start, end)) = range else {
        for (i, g) in given.iter().enumerate() {
            let stats = format!("{} (insertmanyvalues) {}/{} ({order}; batch not supported)", s.stats, i + 1, given.len());
            let by_bind = values(py, s.exec, g)?;
            let all = c.positions.iter().map(|p| by_bind.get(*p as usize).cloned().unwrap_or_default()).collect();
            total += fetch_all(&Sending { stats: &stats, ..*s }, &c.sql, all, &mut rows, &mut names)?.max(0);
        }
        s.exec.f.lock().rowcount = total;
        return Ok(Ran::Rows(rows, names));
    };
    let (head, group, tail) = (&c.sql[..start], &c.sql[start..end], &c.sql[end..]);
    let place = |i: usize| c.slots.get(i).map_or(0, |slot| slot.offset);
    let before: Vec<u32> =
        (0..c.positions.len()).filter(|i| place(*i) < start).filter_map(|i| c.positions.get(i).copied()).collect();
    let inside: Vec<u32> = (0..c.positions.len())
        .filter(|i| (start..end).contains(&place(*i)))
        .filter_map(|i| c.positions.get(i).copied())
        .collect();
    let after: Vec<u32> =
        (0..c.positions.len()).filter(|i| place(*i) >= end).filter_map(|i| c.positions.get(i).copied()).collect();
    let page = match s.exec.options.bind(py).get_item("insertmanyvalues_page_size")? {
        Some(n) => n.extract()?,
        None => dialect.insertmanyvalues_page_size,
    };
    let size = rows_per_statement(inside.len(), page, dialect.insertmanyvalues_max_parameters, before.len() + after.len());
    let batches = statements(given.len(), size);
    let count = batches.len();
    for (n, range) in batches.enumerate() {
        let Some(chunk) = given.get(range) else { continue };
        let mut sql = String::with_capacity(c.sql.len() + chunk.len() * (group.len() + 2));
        sql.push_str(head);
        let mut all = Vec::with_capacity(chunk.len() * inside.len());
        let pick = |by_bind: &[Value], which: &[u32], all: &mut Vec<Value>| {
            all.extend(which.iter().map(|p| by_bind.get(*p as usize).cloned().unwrap_or_default()));
        };
        let mut first = Vec::new();
        for (i, g) in chunk.iter().enumerate() {
            let by_bind = values(py, s.exec, g)?;
            if i == 0 {
                pick(&by_bind, &before, &mut all);
                first = by_bind.clone();
            } else {
                sql.push_str(", ");
            }
            sql.push_str(group);
            pick(&by_bind, &inside, &mut all);
        }
        sql.push_str(tail);
        pick(&first, &after, &mut all);
        let stats = format!("{} (insertmanyvalues) {}/{count} ({order})", s.stats, n + 1);
        total += fetch_all(&Sending { stats: &stats, ..*s }, &sql, all, &mut rows, &mut names)?.max(0);
    }
    s.exec.f.lock().rowcount = total;
    Ok(Ran::Rows(rows, names))
}
