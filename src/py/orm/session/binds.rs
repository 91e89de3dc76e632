//! Which engine or connection a statement of the session goes to.

use super::Session;
use crate::py::errors;
use crate::py::imports;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

/// Is it a `Connection` (rather than an `Engine`)?
pub(super) fn is_connection(bind: &Bound<'_, PyAny>) -> PyResult<bool> {
    bind.is_instance(&imports::connection(bind.py())?)
}

/// The mapper behind a class, instance of Mapper, alias; `None` for anything else.
fn mapper_of<'py>(key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let found = imports::inspect(key.py())?.call1((key, false))?;
    if found.is_none() {
        return Ok(None);
    }
    match found.getattr_opt("mapper")? {
        Some(m) if !m.is_none() => Ok(Some(m)),
        _ => Ok(None),
    }
}

/// Adds `key` (mapped class, mapper, table, or a class that mapped ones derive from).
pub(super) fn add_bind(session: &Session, key: &Bound<'_, PyAny>, bind: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = key.py();
    let mut keys: Vec<Py<PyAny>> = Vec::new();
    let inspected = imports::inspect(py)?.call1((key, false))?;
    if inspected.is_none() {
        if key.is_instance_of::<PyType>() {
            keys.push(key.clone().unbind());
        } else {
            return Err(errors::argument_error(py, format!("Not an acceptable bind target: {}", key.str()?.text())));
        }
    } else if inspected.getattr_opt("is_mapper")?.map_or(Ok(false), |m| m.is_truthy())? {
        keys.push(inspected.getattr("class_")?.unbind());
        let tables = match inspected.getattr_opt("_all_tables")? {
            Some(t) => t,
            None => inspected.getattr("tables")?,
        };
        for table in tables.try_iter()? {
            keys.push(table?.unbind());
        }
    } else if inspected.getattr_opt("is_selectable")?.map_or(Ok(false), |m| m.is_truthy())? {
        keys.push(inspected.unbind());
    } else {
        return Err(errors::argument_error(py, format!("Not an acceptable bind target: {}", key.str()?.text())));
    }
    let mut d = session.d.lock();
    for k in keys {
        if let Some((_, known)) = d.binds.iter_mut().find(|(have, _)| have.is(&k)) {
            let old = std::mem::replace(known, bind.clone().unbind());
            drop(d);
            drop(old);
            d = session.d.lock();
        } else {
            d.binds.push((k, bind.clone().unbind()));
        }
    }
    Ok(())
}

/// `Session.binds` as Python sees it.
pub(super) fn as_dict<'py>(py: Python<'py>, session: &Session) -> PyResult<Bound<'py, PyDict>> {
    let rows: Vec<_> = session.d.lock().binds.iter().map(|(k, v)| (k.clone_ref(py), v.clone_ref(py))).collect();
    let out = PyDict::new(py);
    for (k, v) in rows {
        out.set_item(k, v)?;
    }
    Ok(out)
}

fn lookup<'py>(py: Python<'py>, session: &Session, key: &Bound<'_, PyAny>) -> Option<Bound<'py, PyAny>> {
    session.d.lock().binds.iter().find(|(k, _)| k.is(key)).map(|(_, b)| b.bind(py).clone())
}

/// The bind of a mapper: that of its class or the nearest base, else of one of its tables.
fn of_mapper<'py>(session: &Session, mapper: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = mapper.py();
    let class = mapper.getattr("class_")?;
    for base in class.getattr("__mro__")?.try_iter()? {
        if let Some(found) = lookup(py, session, &base?) {
            return Ok(Some(found));
        }
    }
    of_clause(session, &mapper.getattr("persist_selectable")?)
}

/// The bind of a table among those that a statement or selectable is made of.
fn of_clause<'py>(session: &Session, clause: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = clause.py();
    if let Some(found) = lookup(py, session, clause) {
        return Ok(Some(found));
    }
    let visitors = py.import("oxalchemy.sql.visitors")?.getattr("iterate")?;
    for element in visitors.call1((clause,))?.try_iter()? {
        if let Some(found) = lookup(py, session, &element?) {
            return Ok(Some(found));
        }
    }
    // a statement about mapped classes is about their tables
    match crate::py::orm::execute::shape(clause)?.mapper(py)? {
        Some(mapper) => {
            let selectable = mapper.getattr("persist_selectable")?;
            if selectable.is(clause) { Ok(None) } else { of_clause(session, &selectable) }
        }
        None => Ok(None),
    }
}

/// A bound `MetaData`'s engine (legacy), for statements or mappers over its tables.
fn of_metadata<'py>(thing: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(bind) = thing.getattr_opt("bind")? else { return Ok(None) };
    Ok((!bind.is_none()).then_some(bind))
}

/// `Session.get_bind()`.
pub(super) fn get_bind<'py>(
    session: &Bound<'py, Session>,
    mapper: Option<Bound<'py, PyAny>>,
    clause: Option<Bound<'py, PyAny>>,
    bind: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = session.py();
    if let Some(bind) = bind {
        return Ok(bind);
    }
    let s = session.get();
    let (own, has_binds) = {
        let d = s.d.lock();
        (d.bind.as_ref().map(|b| b.bind(py).clone()), !d.binds.is_empty())
    };
    if !has_binds && let Some(own) = own {
        return Ok(own);
    }
    let mapper = match mapper {
        Some(m) => {
            let Some(found) = mapper_of(&m)? else {
                if m.is_instance_of::<PyType>() {
                    return Err(super::orm_error_args(py, "UnmappedClassError", (m,)));
                }
                return Err(errors::exc(py, "UnboundExecutionError", "Could not locate a bind configured on session"));
            };
            Some(found)
        }
        None => None,
    };
    let mut clause = clause;
    if has_binds {
        if let Some(m) = &mapper {
            if let Some(found) = of_mapper(s, m)? {
                return Ok(found);
            }
            if clause.is_none() {
                clause = Some(m.getattr("persist_selectable")?);
            }
        }
        if let Some(c) = &clause
            && let Some(found) = of_clause(s, c)?
        {
            return Ok(found);
        }
    }
    if let Some(own) = own {
        return Ok(own);
    }
    for thing in [mapper.as_ref().map(|m| m.getattr("persist_selectable")).transpose()?, clause.clone()].into_iter().flatten() {
        if let Some(found) = of_metadata(&thing)? {
            return Ok(found);
        }
    }
    let mut context = Vec::new();
    if let Some(m) = &mapper {
        context.push(format!("mapper {}", m.str()?.text()));
    }
    if clause.is_some() {
        context.push("SQL expression".to_owned());
    }
    let message = if context.is_empty() {
        "This session is not bound to a single Engine or Connection, and no context was provided to locate a binding.".to_owned()
    } else {
        format!("Could not locate a bind configured on {} or this Session.", context.join(", "))
    };
    Err(errors::exc(py, "UnboundExecutionError", message))
}
