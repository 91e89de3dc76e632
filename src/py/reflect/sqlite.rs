//! SQLite.

use super::dicts::{self, Query, query, rows};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::reflect::ReflectedTable;
use sql::reflect::sqlite::{self, queries};

/// Add the functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sqlite_query, m)?)?;
    m.add_function(wrap_pyfunction!(sqlite_structure, m)?)?;
    m.add_function(wrap_pyfunction!(sqlite_assemble, m)?)
}

/// A query of SQLite's catalogue: `what` is `table` or `view` (names), `relations`, `schemas` or `has_table`.
#[pyfunction]
#[pyo3(signature = (what, schema="main", name=None))]
fn sqlite_query<'py>(py: Python<'py>, what: &str, schema: &str, name: Option<&str>) -> PyResult<Query<'py>> {
    let q = match what {
        "schemas" => queries::schemas(),
        "table" | "view" => queries::names(schema, what),
        "has_table" => queries::has_table(schema, name.unwrap_or_default()),
        _ => queries::relations(schema, name),
    };
    query(py, &q, "qmark")
}

/// The queries whose answers `sqlite_assemble` takes, for one table or all of a schema.
#[pyfunction]
#[pyo3(signature = (schema, name=None))]
fn sqlite_structure<'py>(py: Python<'py>, schema: &str, name: Option<&str>) -> PyResult<Vec<Query<'py>>> {
    queries::structure(schema, name).iter().map(|q| query(py, q, "qmark")).collect()
}

/// Tables and views as dictionaries.
#[pyfunction]
fn sqlite_assemble<'py>(
    py: Python<'py>,
    objects: &Bound<'py, PyAny>,
    columns: &Bound<'py, PyAny>,
    foreign_keys: &Bound<'py, PyAny>,
    indexes: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let tables = sqlite::assemble(&rows(objects)?, &rows(columns)?, &rows(foreign_keys)?, &rows(indexes)?);
    dicts::list(py, &tables, table)
}

fn table<'py>(py: Python<'py>, t: &ReflectedTable) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &t.name)?;
    d.set_item("kind", t.kind.as_str())?;
    d.set_item("definition", &t.definition)?;
    d.set_item("columns", dicts::list(py, &t.columns, dicts::column)?)?;
    dicts::constraints(py, &t.constraints, &d)?;
    let index = |py, i: &sql::reflect::ReflectedIndex| {
        let e = dicts::index(py, i, "")?;
        e.set_item("where", &i.where_)?;
        e.set_item("implicit", i.implicit)?;
        Ok(e)
    };
    d.set_item("indexes", dicts::list(py, &t.indexes, index)?)?;
    d.set_item("options", dicts::facts(py, &t.options, "")?)?;
    Ok(d)
}
