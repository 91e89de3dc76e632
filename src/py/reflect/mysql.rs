//! MySQL and MariaDB.

use super::dicts::{self, Query, query, rows};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::reflect::mysql::{self, Server, columns, foreign_keys, keys, parser, queries};

/// Add the functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(mysql_query, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_relations, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_needs_text, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_columns, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_keys, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_foreign_keys, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_checks, m)?)?;
    m.add_function(wrap_pyfunction!(mysql_table, m)?)
}

/// A query of the catalogue, for the named tables or all of a schema (`None`: the connection's database); `None` when the server
/// (`server` is the text of `version()`) has nothing to ask.
#[pyfunction]
#[pyo3(signature = (what, paramstyle, schema=None, names=None, server=""))]
fn mysql_query<'py>(
    py: Python<'py>,
    what: &str,
    paramstyle: &str,
    schema: Option<&str>,
    names: Option<Vec<String>>,
    server: &str,
) -> PyResult<Option<Query<'py>>> {
    let all = names.as_deref();
    let first = all.and_then(|n| n.first()).map_or("", String::as_str);
    let server = Server::parse(server);
    let q = match what {
        "relations" => queries::relations(schema, all),
        "columns" => queries::columns(schema, all),
        "keys" => queries::keys(schema, all, &server),
        "foreign_keys" => queries::foreign_keys(schema, all),
        "checks" => match queries::checks(schema, all, &server) {
            Some(q) => q,
            None => return Ok(None),
        },
        "show_create" => queries::show_create(schema, first),
        "describe" => queries::describe(schema, first),
        "show_tables" => queries::show_tables(schema.unwrap_or_default()),
        "schemas" => queries::schemas(),
        "has_schema" => queries::has_schema(first),
        "version" => queries::version(),
        other => return Err(pyo3::exceptions::PyValueError::new_err(format!("no catalogue query is named {other:?}"))),
    };
    query(py, &q, paramstyle).map(Some)
}

/// Relations by name.
#[pyfunction]
fn mysql_relations<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>, prefix: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, r) in &mysql::relations(&rows(answer)?) {
        d.set_item(name, dicts::relation(py, r, prefix)?)?;
    }
    Ok(d)
}

/// Names of the relations whose options only the text of SHOW CREATE TABLE has.
#[pyfunction]
fn mysql_needs_text(answer: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    Ok(mysql::needing_text(&rows(answer)?))
}

/// `{name: {"columns": […]}}`.
#[pyfunction]
fn mysql_columns<'py>(
    py: Python<'py>,
    answer: &Bound<'py, PyAny>,
    relations: &Bound<'py, PyAny>,
    server: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let relations = mysql::relations(&rows(relations)?);
    let d = PyDict::new(py);
    for (name, found) in &columns::columns(&rows(answer)?, &relations, &Server::parse(server)) {
        let table = PyDict::new(py);
        table.set_item("columns", dicts::list(py, found, dicts::column)?)?;
        d.set_item(name, table)?;
    }
    Ok(d)
}

/// `{name: {"pk": …, "uniques": […], "indexes": […]}}`.
#[pyfunction]
fn mysql_keys<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>, prefix: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, found) in &keys::keys(&rows(answer)?) {
        let table = PyDict::new(py);
        table.set_item("pk", dicts::primary_key(py, &found.primary_key)?)?;
        table.set_item("uniques", dicts::list(py, &found.uniques, dicts::unique)?)?;
        table.set_item("indexes", dicts::list(py, &found.indexes, |py, i| dicts::index(py, i, prefix))?)?;
        d.set_item(name, table)?;
    }
    Ok(d)
}

/// `{name: {"foreign_keys": […]}}`.
#[pyfunction]
fn mysql_foreign_keys<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>, server: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, found) in &foreign_keys::foreign_keys(&rows(answer)?, &Server::parse(server)) {
        let table = PyDict::new(py);
        table.set_item("foreign_keys", dicts::list(py, found, dicts::foreign_key)?)?;
        d.set_item(name, table)?;
    }
    Ok(d)
}

/// `{name: {"checks": […]}}`.
#[pyfunction]
fn mysql_checks<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>, server: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, found) in &mysql::checks(&rows(answer)?, &Server::parse(server)) {
        let table = PyDict::new(py);
        table.set_item("checks", dicts::list(py, found, dicts::check)?)?;
        d.set_item(name, table)?;
    }
    Ok(d)
}

/// All parts of the table that a CREATE TABLE statement makes; `None` when it makes something else.
#[pyfunction]
fn mysql_table<'py>(py: Python<'py>, sql: &str, prefix: &str) -> PyResult<Option<Bound<'py, PyDict>>> {
    let Some(t) = parser::parse(sql) else { return Ok(None) };
    let d = PyDict::new(py);
    d.set_item("comment", &t.comment)?;
    d.set_item("columns", dicts::list(py, &t.columns, dicts::column)?)?;
    dicts::constraints(py, &t.constraints, &d)?;
    d.set_item("indexes", dicts::list(py, &t.indexes, |py, i| dicts::index(py, i, prefix))?)?;
    d.set_item("options", dicts::facts(py, &t.options, prefix)?)?;
    Ok(Some(d))
}
