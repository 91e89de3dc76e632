//! Rows of association (secondary) tables.

use super::exec::{self, Statement};
use crate::py::orm::session::{connection_for_mapper, orm_error};
use crate::py::orm::sync::Row;
use crate::py::orm::unitofwork::Flush;
use orm::write::statements;
use orm::{Mapper, Relationship, RelationshipData};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{DmlCommon, ExprRef};
use sql::schema::Column;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// Rows to write for a relationship.
#[derive(Default)]
pub struct Pending<'py> {
    inserts: Vec<Row<'py>>,
    deletes: Vec<Row<'py>>,
    updates: Vec<Vec<(Arc<Column>, Any<'py>, Any<'py>)>>,
}

/// Remembers rows until the step is over.
pub fn note<'py>(flush: &mut Flush<'py>, rel: &Relationship, inserts: Vec<Row<'py>>, deletes: Vec<Row<'py>>) {
    if inserts.is_empty() && deletes.is_empty() {
        return;
    }
    let p = flush.associations.entry(rel.id).or_default();
    p.inserts.extend(inserts);
    p.deletes.extend(deletes);
}

/// Remembers a change of keys: (column, old, new).
pub fn update<'py>(flush: &mut Flush<'py>, rel: &Relationship, row: Vec<(Arc<Column>, Any<'py>, Any<'py>)>) -> PyResult<()> {
    flush.associations.entry(rel.id).or_default().updates.push(row);
    Ok(())
}

fn params<'py>(py: Python<'py>, row: &Row<'py>) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (c, v) in row {
        d.set_item(&*c.key(), v)?;
    }
    Ok(d)
}

/// `WHERE column = :name` of each column of a row, in table order.
fn criteria<'a>(row: impl Iterator<Item = &'a Arc<Column>>, name: impl Fn(&Column) -> String) -> Vec<ExprRef> {
    let mut columns: Vec<Arc<Column>> = row.cloned().collect();
    columns.sort_by_key(|c| c.d.read().position);
    statements::criteria(columns.into_iter().map(|c| (c.clone(), name(&c).into())))
}

fn stale(py: Python<'_>, verb: &str, table: &str, rows: usize, matched: i64) -> PyErr {
    let did = verb.to_lowercase();
    let text = format!("{verb} statement on table '{table}' expected to {did} {rows} row(s); Only {matched} were matched.");
    orm_error(py, "StaleDataError", &text)
}

/// Writes what was remembered: DELETE, UPDATE, INSERT.
pub fn write(flush: &mut Flush<'_>, rel: &Relationship, data: &RelationshipData, parent: &Arc<Mapper>) -> PyResult<()> {
    let py = flush.py;
    let Some(todo) = flush.associations.remove(&rel.id) else { return Ok(()) };
    let Some(secondary) = &data.secondary else { return Ok(()) };
    let tables = orm::columns::tables_of(secondary);
    let Some(table) = tables.first() else { return Ok(()) };
    let name = table.key();
    let mapper = crate::py::orm::mapper::face_of(py, parent)?;
    let connection = connection_for_mapper(&flush.session, mapper.as_any())?;
    let multi = exec::dialect_flag(&connection, "supports_sane_multi_rowcount", true)?;
    if let Some(first) = todo.deletes.first() {
        let found = criteria(first.iter().map(|(c, _)| c), |c| c.key().to_string());
        let statement = Statement::new(py, statements::delete(table, found))?;
        let rows: Vec<_> = todo.deletes.iter().map(|r| params(py, r)).collect::<PyResult<_>>()?;
        let matched: i64 = exec::run_many(&connection, &statement, &rows)?.getattr("rowcount")?.extract()?;
        if (multi || rows.len() == 1) && matched >= 0 && usize::try_from(matched) != Ok(rows.len()) {
            return Err(stale(py, "DELETE", &name, rows.len(), matched));
        }
    }
    if let Some(first) = todo.updates.first() {
        let found = criteria(first.iter().map(|(c, ..)| c), |c| format!("old_{}", c.key()));
        let statement = Statement::new(py, statements::update(table, found, DmlCommon::default()))?;
        let mut rows = Vec::new();
        for u in &todo.updates {
            let d = PyDict::new(py);
            for (c, old, new) in u {
                d.set_item(&*c.key(), new)?;
                d.set_item(format!("old_{}", c.key()), old)?;
            }
            rows.push(d);
        }
        let matched: i64 = exec::run_many(&connection, &statement, &rows)?.getattr("rowcount")?.extract()?;
        if (multi || rows.len() == 1) && matched >= 0 && usize::try_from(matched) != Ok(rows.len()) {
            return Err(stale(py, "UPDATE", &name, rows.len(), matched));
        }
    }
    if !todo.inserts.is_empty() {
        let statement = Statement::new(py, statements::insert(table, DmlCommon::default()))?;
        let rows: Vec<_> = todo.inserts.iter().map(|r| params(py, r)).collect::<PyResult<_>>()?;
        exec::run_many(&connection, &statement, &rows)?;
    }
    Ok(())
}
