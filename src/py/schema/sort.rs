//! Tables in the order of their dependencies.

use super::PyConstraint;
use super::table::table_of;
use crate::py::errors::sql_error;
use crate::py::sql::wrap_from;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::schema::sort::{Wait, sort_tables_and_constraints};
use std::sync::Arc;

type Group<'py> = (Option<Bound<'py, PyAny>>, Vec<Bound<'py, PyAny>>);

/// `[(table, [constraint …]) …, (None, [constraint …])]`, and the tables of cycles that were cut. `filter_fn(constraint)`:
/// `True` always create afterwards, `False` never, `None` as the order needs.
#[pyfunction]
#[pyo3(signature = (tables, filter_fn=None, extra=None))]
pub fn sort_tables<'py>(
    py: Python<'py>,
    tables: Vec<Bound<'py, PyAny>>,
    filter_fn: Option<Bound<'py, PyAny>>,
    extra: Option<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>>,
) -> PyResult<(Vec<Group<'py>>, Bound<'py, PyList>)> {
    let inner = tables.iter().map(table_of).collect::<PyResult<Vec<_>>>()?;
    // Constraint node -> its Python object.
    let faces = PyDict::new(py);
    for table in &tables {
        for c in table.getattr("constraints")?.try_iter()? {
            let c = c?;
            if let Ok(face) = c.cast::<PyConstraint>() {
                faces.set_item(Arc::as_ptr(&face.get().inner()) as usize, &c)?;
            }
        }
    }
    let face = |c: &Arc<sql::schema::Constraint>| faces.get_item(Arc::as_ptr(c) as usize);
    let failed = std::cell::RefCell::new(None);
    let wait = |c: &Arc<sql::schema::Constraint>| {
        if c.use_alter() {
            return Wait::After;
        }
        let Some(f) = &filter_fn else { return Wait::Inline };
        let answer = || -> PyResult<Option<bool>> {
            match face(c)? {
                Some(obj) => f.call1((obj,))?.extract(),
                None => Ok(None),
            }
        };
        match answer() {
            Ok(Some(true)) => Wait::After,
            Ok(Some(false)) => Wait::Fixed,
            Ok(None) => Wait::Inline,
            Err(e) => {
                failed.borrow_mut().get_or_insert(e);
                Wait::Inline
            }
        }
    };
    let extra = extra.unwrap_or_default().iter().map(|(a, b)| Ok((table_of(a)?, table_of(b)?))).collect::<PyResult<Vec<_>>>()?;
    let sorted = sort_tables_and_constraints(&inner, &wait, &extra).map_err(|e| sql_error(py, e))?;
    if let Some(e) = failed.into_inner() {
        return Err(e);
    }
    let sorted = match sorted {
        Ok(s) => s,
        Err(cycle) => {
            let names = cycle.tables.iter().map(|t| t.key()).collect::<Vec<_>>().join(", ");
            let message = format!("Circular dependency detected between tables {names}.");
            return Err(super::plan::circular(py, message, &cycle.tables)?);
        }
    };
    let list = |cs: &[Arc<sql::schema::Constraint>]| -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut out = Vec::new();
        for c in cs {
            out.extend(face(c)?);
        }
        Ok(out)
    };
    let mut groups: Vec<Group<'py>> = Vec::new();
    for (table, keys) in &sorted.tables {
        groups.push((Some(wrap_from(py, &table.as_from())?), list(keys)?));
    }
    groups.push((None, list(&sorted.remaining)?));
    let cycle = PyList::empty(py);
    for t in &sorted.cycle {
        cycle.append(wrap_from(py, &t.as_from())?)?;
    }
    Ok((groups, cycle))
}
