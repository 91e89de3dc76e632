//! Faces of `sql::reflect`: queries as `(sql, params)`, answers as lists of dictionaries.

use crate::py::types::value_to_py;
use base::Value;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use sql::reflect::sqlite::{self, queries};
use sql::reflect::{CatalogQuery, ReflectedTable, RelationKind, Row};

/// Add this room's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(sqlite_query, m)?)?;
    m.add_function(wrap_pyfunction!(sqlite_structure, m)?)?;
    m.add_function(wrap_pyfunction!(sqlite_assemble, m)?)
}

fn pair<'py>(py: Python<'py>, q: &CatalogQuery) -> PyResult<(String, Bound<'py, PyTuple>)> {
    let params = q.params.iter().map(|p| value_to_py(py, p)).collect::<PyResult<Vec<_>>>()?;
    Ok((q.sql.clone(), PyTuple::new(py, params)?))
}

/// A query of SQLite's catalogue: `what` is `table`, `view` (names), `schemas` or `has_table`.
#[pyfunction]
#[pyo3(signature = (what, schema="main", name=""))]
fn sqlite_query<'py>(py: Python<'py>, what: &str, schema: &str, name: &str) -> PyResult<(String, Bound<'py, PyTuple>)> {
    let q = match what {
        "schemas" => queries::schemas(),
        "has_table" => queries::has_table(schema, name),
        kind => queries::names(schema, kind),
    };
    pair(py, &q)
}

/// The queries whose answers `sqlite_assemble` takes, for one table or all of a schema.
#[pyfunction]
#[pyo3(signature = (schema, name=None))]
fn sqlite_structure<'py>(py: Python<'py>, schema: &str, name: Option<&str>) -> PyResult<Vec<(String, Bound<'py, PyTuple>)>> {
    queries::structure(schema, name).iter().map(|q| pair(py, q)).collect()
}

fn rows(list: &Bound<'_, PyAny>) -> PyResult<Vec<Row>> {
    list.try_iter()?
        .map(|row| {
            row?.try_iter()?
                .map(|v| {
                    let v = v?;
                    Ok(if let Ok(s) = v.cast::<PyString>() {
                        Value::text(s.to_str()?)
                    } else if v.is_instance_of::<PyInt>() {
                        Value::Int(v.extract()?)
                    } else if let Ok(f) = v.cast::<PyFloat>() {
                        Value::Float(f.value())
                    } else {
                        Value::Null
                    })
                })
                .collect()
        })
        .collect()
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
    let list = PyList::empty(py);
    for t in &tables {
        list.append(table(py, t)?)?;
    }
    Ok(list)
}

fn dict<'py>(py: Python<'py>) -> Bound<'py, PyDict> {
    PyDict::new(py)
}

fn table<'py>(py: Python<'py>, t: &ReflectedTable) -> PyResult<Bound<'py, PyDict>> {
    let d = dict(py);
    d.set_item("name", &t.name)?;
    d.set_item("is_view", t.kind == RelationKind::View)?;
    d.set_item("definition", &t.definition)?;
    let list = PyList::empty(py);
    for c in &t.columns {
        let e = dict(py);
        e.set_item("name", &c.name)?;
        e.set_item("type", (&c.ty.class, c.ty.args.clone(), &c.ty.unknown))?;
        e.set_item("nullable", c.nullable)?;
        e.set_item("default", &c.default)?;
        e.set_item("primary_key", c.primary_key)?;
        if let Some((sqltext, persisted)) = &c.computed {
            let computed = dict(py);
            computed.set_item("sqltext", sqltext)?;
            computed.set_item("persisted", persisted)?;
            e.set_item("computed", computed)?;
        }
        if let Some(comment) = &c.comment {
            e.set_item("comment", comment)?;
        }
        list.append(e)?;
    }
    d.set_item("columns", list)?;
    let pk = dict(py);
    pk.set_item("constrained_columns", t.primary_key.columns.clone())?;
    pk.set_item("name", &t.primary_key.name)?;
    d.set_item("pk", pk)?;
    let list = PyList::empty(py);
    for f in &t.foreign_keys {
        let options = dict(py);
        for (k, v) in &f.options {
            options.set_item(k, v)?;
        }
        if let Some(b) = f.deferrable {
            options.set_item("deferrable", b)?;
        }
        let e = dict(py);
        e.set_item("name", &f.name)?;
        e.set_item("constrained_columns", f.columns.clone())?;
        e.set_item("referred_schema", &f.referred_schema)?;
        e.set_item("referred_table", &f.referred_table)?;
        e.set_item("referred_columns", f.referred_columns.clone())?;
        e.set_item("options", options)?;
        list.append(e)?;
    }
    d.set_item("foreign_keys", list)?;
    let list = PyList::empty(py);
    for i in &t.indexes {
        let e = dict(py);
        e.set_item("name", &i.name)?;
        e.set_item("column_names", i.columns.clone())?;
        e.set_item("unique", i.unique)?;
        e.set_item("where", &i.where_)?;
        e.set_item("implicit", i.implicit)?;
        e.set_item("descending", i.descending.clone())?;
        list.append(e)?;
    }
    d.set_item("indexes", list)?;
    let list = PyList::empty(py);
    for u in &t.uniques {
        let e = dict(py);
        e.set_item("name", &u.name)?;
        e.set_item("column_names", u.columns.clone())?;
        list.append(e)?;
    }
    d.set_item("uniques", list)?;
    let list = PyList::empty(py);
    for c in &t.checks {
        let e = dict(py);
        e.set_item("sqltext", &c.sqltext)?;
        e.set_item("name", &c.name)?;
        list.append(e)?;
    }
    d.set_item("checks", list)?;
    let options = dict(py);
    for (k, v) in &t.options {
        options.set_item(k, v)?;
    }
    d.set_item("options", options)?;
    Ok(d)
}
