//! The model of `sql::reflect` as the dictionaries that Python knows.

use crate::py::types::value_to_py;
use base::Value;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use sql::reflect::*;

/// A query as `(sql, params)`.
pub type Query<'py> = (String, Bound<'py, PyTuple>);

/// A query for a driver of this parameter style.
pub fn query<'py>(py: Python<'py>, q: &CatalogQuery, paramstyle: &str) -> PyResult<Query<'py>> {
    let params = q.params.iter().map(|p| value_to_py(py, p)).collect::<PyResult<Vec<_>>>()?;
    Ok((q.rendered(paramstyle), PyTuple::new(py, params)?))
}

/// Rows of an answer. A driver may bring numbers as what it likes: what is no text, number or truth value is taken by its text.
pub fn rows(list: &Bound<'_, PyAny>) -> PyResult<Vec<Row>> {
    list.try_iter()?.map(|row| row?.try_iter()?.map(|v| cell(&v?)).collect()).collect()
}

fn cell(v: &Bound<'_, PyAny>) -> PyResult<Value> {
    Ok(if v.is_none() {
        Value::Null
    } else if let Ok(s) = v.cast::<PyString>() {
        Value::text(s.to_str()?)
    } else if let Ok(b) = v.cast::<PyBool>() {
        Value::Bool(b.is_true())
    } else if v.is_instance_of::<PyInt>() {
        v.extract().map_or_else(|_| Ok::<_, PyErr>(Value::text(v.str()?.to_str()?)), |n| Ok(Value::Int(n)))?
    } else if let Ok(f) = v.cast::<PyFloat>() {
        Value::Float(f.value())
    } else if let Ok(b) = v.cast::<PyBytes>() {
        Value::bytes(b.as_bytes())
    } else {
        Value::text(v.str()?.to_str()?)
    })
}

fn fact<'py>(py: Python<'py>, f: &Fact) -> PyResult<Bound<'py, PyAny>> {
    let all = |items: &[Fact]| items.iter().map(|i| fact(py, i)).collect::<PyResult<Vec<_>>>();
    Ok(match f {
        Fact::Bool(b) => PyBool::new(py, *b).to_owned().into_any(),
        Fact::Int(n) => n.into_pyobject(py)?.into_any(),
        Fact::Text(s) => PyString::new(py, s).into_any(),
        Fact::List(items) => PyList::new(py, all(items)?)?.into_any(),
        Fact::Tuple(items) => PyTuple::new(py, all(items)?)?.into_any(),
        Fact::Map(items) => facts(py, items, "")?.into_any(),
        Fact::Type(t) => ty(py, t)?.into_any(),
    })
}

/// Names and values; names get the prefix.
pub fn facts<'py>(py: Python<'py>, items: &Facts, prefix: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (name, value) in items {
        d.set_item(format!("{prefix}{name}"), fact(py, value)?)?;
    }
    Ok(d)
}

/// `(name, args, kwargs)`.
fn ty<'py>(py: Python<'py>, t: &ReflectedType) -> PyResult<Bound<'py, PyTuple>> {
    let args = t.args.iter().map(|a| fact(py, a)).collect::<PyResult<Vec<_>>>()?;
    (&t.name, args, facts(py, &t.kwargs, "")?).into_pyobject(py)
}

/// A list of dictionaries.
pub fn list<'py, T>(
    py: Python<'py>,
    items: &[T],
    each: impl Fn(Python<'py>, &T) -> PyResult<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, items.iter().map(|i| each(py, i)).collect::<PyResult<Vec<_>>>()?)
}

/// A column.
pub fn column<'py>(py: Python<'py>, c: &ReflectedColumn) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &c.name)?;
    d.set_item("type", ty(py, &c.ty)?)?;
    d.set_item("nullable", c.nullable)?;
    d.set_item("default", &c.default)?;
    if let Some(b) = c.autoincrement {
        d.set_item("autoincrement", b)?;
    }
    if let Some(at) = c.primary_key {
        d.set_item("primary_key", at)?;
    }
    if let Some((sqltext, persisted)) = &c.computed {
        let computed = PyDict::new(py);
        computed.set_item("sqltext", sqltext)?;
        computed.set_item("persisted", persisted)?;
        d.set_item("computed", computed)?;
    }
    if let Some(identity) = &c.identity {
        d.set_item("identity", facts(py, identity, "")?)?;
    }
    if let Some(comment) = &c.comment {
        d.set_item("comment", comment)?;
    }
    Ok(d)
}

/// A primary key.
pub fn primary_key<'py>(py: Python<'py>, k: &ReflectedKey) -> PyResult<Bound<'py, PyDict>> {
    let d = key(py, k, "constrained_columns")?;
    if let Some(comment) = &k.comment {
        d.set_item("comment", comment)?;
    }
    Ok(d)
}

/// A unique constraint.
pub fn unique<'py>(py: Python<'py>, k: &ReflectedKey) -> PyResult<Bound<'py, PyDict>> {
    let d = key(py, k, "column_names")?;
    if let Some(comment) = &k.comment {
        d.set_item("comment", comment)?;
    }
    if let Some(index) = &k.duplicates_index {
        d.set_item("duplicates_index", index)?;
    }
    Ok(d)
}

fn key<'py>(py: Python<'py>, k: &ReflectedKey, columns: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &k.name)?;
    d.set_item(columns, k.columns.clone())?;
    if !k.options.is_empty() {
        d.set_item("dialect_options", facts(py, &k.options, "")?)?;
    }
    Ok(d)
}

/// A foreign key. `referred_visible` is for the caller, who knows which schema was asked for.
pub fn foreign_key<'py>(py: Python<'py>, f: &ReflectedForeignKey) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &f.name)?;
    d.set_item("constrained_columns", f.columns.clone())?;
    d.set_item("referred_schema", &f.referred_schema)?;
    d.set_item("referred_visible", f.referred_visible)?;
    d.set_item("referred_table", &f.referred_table)?;
    d.set_item("referred_columns", f.referred_columns.clone())?;
    d.set_item("options", facts(py, &f.options, "")?)?;
    if let Some(comment) = &f.comment {
        d.set_item("comment", comment)?;
    }
    Ok(d)
}

/// An index; dialect options get the prefix.
pub fn index<'py>(py: Python<'py>, i: &ReflectedIndex, prefix: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &i.name)?;
    d.set_item("column_names", i.columns.clone())?;
    d.set_item("unique", i.unique)?;
    if !i.expressions.is_empty() {
        d.set_item("expressions", i.expressions.clone())?;
    }
    if !i.sorting.is_empty() {
        let sorting = PyDict::new(py);
        for (name, words) in &i.sorting {
            sorting.set_item(name, PyTuple::new(py, words)?)?;
        }
        d.set_item("column_sorting", sorting)?;
    }
    if let Some(constraint) = &i.duplicates_constraint {
        d.set_item("duplicates_constraint", constraint)?;
    }
    if !i.options.is_empty() {
        d.set_item("dialect_options", facts(py, &i.options, prefix)?)?;
    }
    Ok(d)
}

/// A check constraint.
pub fn check<'py>(py: Python<'py>, c: &ReflectedCheck) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("name", &c.name)?;
    d.set_item("sqltext", &c.sqltext)?;
    if let Some(comment) = &c.comment {
        d.set_item("comment", comment)?;
    }
    if !c.options.is_empty() {
        d.set_item("dialect_options", facts(py, &c.options, "")?)?;
    }
    Ok(d)
}

/// Primary key, foreign keys, unique and check constraints, into the dictionary of a table.
pub fn constraints(py: Python<'_>, c: &Constraints, into: &Bound<'_, PyDict>) -> PyResult<()> {
    into.set_item("pk", primary_key(py, &c.primary_key)?)?;
    into.set_item("foreign_keys", list(py, &c.foreign_keys, foreign_key)?)?;
    into.set_item("uniques", list(py, &c.uniques, unique)?)?;
    into.set_item("checks", list(py, &c.checks, check)?)
}

/// A relation; dialect options get the prefix.
pub fn relation<'py>(py: Python<'py>, r: &Relation, prefix: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    d.set_item("kind", r.kind.as_str())?;
    d.set_item("temporary", r.temporary)?;
    d.set_item("oid", r.oid)?;
    d.set_item("comment", &r.comment)?;
    d.set_item("options", facts(py, &r.options, prefix)?)?;
    d.set_item("broken", &r.broken)?;
    d.set_item("fold_case", r.fold_case)?;
    Ok(d)
}
