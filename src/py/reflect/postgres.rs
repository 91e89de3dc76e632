//! PostgreSQL.

use super::dicts::{self, Query, query, rows};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::reflect::Constraints;
use sql::reflect::postgres::named_types::{DomainType, EnumType, Resolver, domains, enums};
use sql::reflect::postgres::{self, columns, constraints, indexes, queries};

/// Add the functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(postgresql_query, m)?)?;
    m.add_function(wrap_pyfunction!(postgresql_needs_named_types, m)?)?;
    m.add_function(wrap_pyfunction!(postgresql_relations, m)?)?;
    m.add_function(wrap_pyfunction!(postgresql_columns, m)?)?;
    m.add_function(wrap_pyfunction!(postgresql_constraints, m)?)?;
    m.add_function(wrap_pyfunction!(postgresql_indexes, m)?)?;
    m.add_function(wrap_pyfunction!(postgresql_named_types, m)?)
}

/// A query of PostgreSQL's catalogue, for the named relations or all of a schema (`None`: what the search path shows).
#[pyfunction]
#[pyo3(signature = (what, paramstyle, schema=None, names=None, version=0))]
fn postgresql_query<'py>(
    py: Python<'py>,
    what: &str,
    paramstyle: &str,
    schema: Option<&str>,
    names: Option<Vec<String>>,
    version: i64,
) -> PyResult<Query<'py>> {
    let all = names.as_deref();
    let first = all.and_then(|n| n.first()).map_or("", String::as_str);
    let q = match what {
        "relations" => queries::relations(schema, all),
        "columns" => queries::columns(schema, all),
        "constraints" => queries::constraints(schema, all, version),
        "indexes" => queries::indexes(schema, all, version),
        "enums" => queries::enums(schema),
        "domains" => queries::domains(schema),
        "has_type" => queries::has_type(schema, first),
        "sequences" => queries::sequences(schema, all),
        "has_tables" => queries::has_tables(schema, all.unwrap_or_default()),
        "view_definition" => queries::view_definition(schema, first),
        "schemas" => queries::schemas(),
        "has_schema" => queries::has_schema(first),
        "version" => queries::version(),
        other => return Err(pyo3::exceptions::PyValueError::new_err(format!("no catalogue query is named {other:?}"))),
    };
    query(py, &q, paramstyle)
}

/// Whether the answer to `columns` speaks of types that only the answers to `enums` and `domains` explain.
#[pyfunction]
fn postgresql_needs_named_types(answer: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(columns::need_named_types(&rows(answer)?))
}

/// Relations by name.
#[pyfunction]
fn postgresql_relations<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for r in &postgres::relations(&rows(answer)?) {
        d.set_item(&r.name, dicts::relation(py, r, "postgresql_")?)?;
    }
    Ok(d)
}

/// `{name: {"columns": […]}}`.
#[pyfunction]
#[pyo3(signature = (answer, enum_answer, domain_answer, schema=None))]
fn postgresql_columns<'py>(
    py: Python<'py>,
    answer: &Bound<'py, PyAny>,
    enum_answer: &Bound<'py, PyAny>,
    domain_answer: &Bound<'py, PyAny>,
    schema: Option<&str>,
) -> PyResult<Bound<'py, PyDict>> {
    let named = Resolver { enums: enums(&rows(enum_answer)?), domains: domains(&rows(domain_answer)?) };
    let d = PyDict::new(py);
    for (name, found) in &columns::columns(&rows(answer)?, &named, schema) {
        let table = PyDict::new(py);
        table.set_item("columns", dicts::list(py, found, dicts::column)?)?;
        d.set_item(name, table)?;
    }
    Ok(d)
}

/// `{name: {"pk": …, "foreign_keys": […], "uniques": […], "checks": […]}}`.
#[pyfunction]
fn postgresql_constraints<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, found) in &constraints::constraints(&rows(answer)?) {
        d.set_item(name, table_constraints(py, found)?)?;
    }
    Ok(d)
}

fn table_constraints<'py>(py: Python<'py>, found: &Constraints) -> PyResult<Bound<'py, PyDict>> {
    let table = PyDict::new(py);
    dicts::constraints(py, found, &table)?;
    Ok(table)
}

/// `{name: {"indexes": […]}}`.
#[pyfunction]
fn postgresql_indexes<'py>(py: Python<'py>, answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, found) in &indexes::indexes(&rows(answer)?) {
        let table = PyDict::new(py);
        table.set_item("indexes", dicts::list(py, found, |py, i| dicts::index(py, i, ""))?)?;
        d.set_item(name, table)?;
    }
    Ok(d)
}

/// Enumerations (`what="enums"`) or domains as the Inspector reports them.
#[pyfunction]
fn postgresql_named_types<'py>(py: Python<'py>, what: &str, answer: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let answer = rows(answer)?;
    if what == "enums" {
        let found: Vec<EnumType> = enums(&answer).into_values().collect();
        dicts::list(py, &found, enum_dict)
    } else {
        let found: Vec<DomainType> = domains(&answer).into_values().collect();
        dicts::list(py, &found, domain_dict)
    }
}

fn enum_dict<'py>(py: Python<'py>, e: &EnumType) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &e.name)?;
    d.set_item("schema", &e.schema)?;
    d.set_item("visible", e.visible)?;
    d.set_item("labels", e.labels.clone())?;
    Ok(d)
}

fn domain_dict<'py>(py: Python<'py>, t: &DomainType) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &t.name)?;
    d.set_item("schema", &t.schema)?;
    d.set_item("visible", t.visible)?;
    d.set_item("type", t.base_name())?;
    d.set_item("nullable", !t.not_null)?;
    d.set_item("default", &t.default)?;
    let check = |py: Python<'py>, (name, condition): &(String, String)| {
        let c = PyDict::new(py);
        c.set_item("name", name)?;
        c.set_item("check", condition)?;
        Ok(c)
    };
    d.set_item("constraints", dicts::list(py, &t.checks, check)?)?;
    d.set_item("collation", &t.collation)?;
    d.set_item("collation_schema", &t.collation_schema)?;
    Ok(d)
}
