//! Rows of association (secondary) tables.

use super::exec;
use crate::py::orm::session::{connection_for_mapper, orm_error};
use crate::py::orm::sync::Row;
use crate::py::orm::unitofwork::Flush;
use orm::{Mapper, Relationship, RelationshipData};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
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

fn criteria<'py>(
    py: Python<'py>,
    table: &Any<'py>,
    columns: impl Iterator<Item = (Arc<Column>, String)>,
) -> PyResult<Bound<'py, PyTuple>> {
    let bindparam = py.import("oxalchemy.sql.expression")?.getattr("bindparam")?;
    let c = table.getattr("c")?;
    let mut out = Vec::new();
    for (column, name) in columns {
        let face = c.get_item(&*column.key())?;
        let kw = PyDict::new(py);
        kw.set_item("type_", face.getattr("type")?)?;
        out.push(face.rich_compare(bindparam.call((name,), Some(&kw))?, pyo3::basic::CompareOp::Eq)?);
    }
    PyTuple::new(py, out)
}

/// Writes what was remembered: DELETE, UPDATE, INSERT.
pub fn write(flush: &mut Flush<'_>, rel: &Relationship, data: &RelationshipData, parent: &Arc<Mapper>) -> PyResult<()> {
    let py = flush.py;
    let Some(todo) = flush.associations.remove(&rel.id) else { return Ok(()) };
    let Some(secondary) = &data.secondary else { return Ok(()) };
    let table = match orm::columns::tables_of(secondary).first() {
        Some(t) => exec::table_face(py, t)?,
        None => return Ok(()),
    };
    let name = orm::columns::tables_of(secondary).first().map(|t| t.key()).unwrap_or_default();
    let mapper = crate::py::orm::mapper::face_of(py, parent)?;
    let connection = connection_for_mapper(&flush.session, mapper.as_any())?;
    let multi = exec::dialect_flag(&connection, "supports_sane_multi_rowcount", true)?;
    if let Some(first) = todo.deletes.first() {
        let mut columns: Vec<Arc<Column>> = first.iter().map(|(c, _)| c.clone()).collect();
        columns.sort_by_key(|c| c.d.read().position);
        let wh = criteria(py, &table, columns.iter().map(|c| (c.clone(), c.key().to_string())))?;
        let statement = table.call_method0("delete")?.call_method1("where", wh)?;
        let rows: Vec<_> = todo.deletes.iter().map(|r| params(py, r)).collect::<PyResult<_>>()?;
        let matched: i64 = exec::run_many(&connection, &statement, &rows)?.getattr("rowcount")?.extract()?;
        if (multi || rows.len() == 1) && matched >= 0 && usize::try_from(matched) != Ok(rows.len()) {
            return Err(orm_error(
                py,
                "StaleDataError",
                &format!(
                    "DELETE statement on table '{name}' expected to delete {} row(s); Only {matched} were matched.",
                    rows.len()
                ),
            ));
        }
    }
    if let Some(first) = todo.updates.first() {
        let mut columns: Vec<Arc<Column>> = first.iter().map(|(c, ..)| c.clone()).collect();
        columns.sort_by_key(|c| c.d.read().position);
        let wh = criteria(py, &table, columns.into_iter().map(|c| (c.clone(), format!("old_{}", c.key()))))?;
        let statement = table.call_method0("update")?.call_method1("where", wh)?;
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
            return Err(orm_error(
                py,
                "StaleDataError",
                &format!(
                    "UPDATE statement on table '{name}' expected to update {} row(s); Only {matched} were matched.",
                    rows.len()
                ),
            ));
        }
    }
    if !todo.inserts.is_empty() {
        let statement = table.call_method0("insert")?;
        let rows: Vec<_> = todo.inserts.iter().map(|r| params(py, r)).collect::<PyResult<_>>()?;
        exec::run_many(&connection, &statement, &rows)?;
    }
    Ok(())
}
