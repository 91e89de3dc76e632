//! A part becomes part of something else: a column of a table, a key of a column, a type of a column.

use crate::py::events::{Event, fire};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// Make `part` a part of `owner`, between the events `before_parent_attach` and `after_parent_attach`.
pub fn join<'py>(part: &Bound<'py, PyAny>, owner: &Bound<'py, PyAny>, how: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = part.py();
    fire(part, Event::BeforeParentAttach, (part, owner))?;
    part.call_method(intern!(py, "_enter"), (owner,), how)?;
    fire(part, Event::AfterParentAttach, (part, owner))?;
    if let Some(entered) = part.getattr_opt(intern!(py, "_entered"))? {
        entered.call1((owner,))?;
    }
    if let Some(inner) = inner_part(part)? {
        fire(&inner, Event::BeforeParentAttach, (&inner, owner))?;
        fire(&inner, Event::AfterParentAttach, (&inner, owner))?;
    }
    Ok(())
}

/// Another part inside this one that goes where it goes: a decorated type, the type of an array's items.
fn inner_part<'py>(part: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = part.py();
    let Some(find) = part.getattr_opt(intern!(py, "_inner_part"))? else { return Ok(None) };
    let inner = find.call0()?;
    Ok(if is_part(&inner)? { Some(inner) } else { None })
}

/// Can it become part of something?
pub fn is_part(obj: &Bound<'_, PyAny>) -> PyResult<bool> {
    obj.is_instance(&crate::py::imports::schema_event_target(obj.py())?)
}

/// Make `part` a part of `owner`, between the events `before_parent_attach` and `after_parent_attach`.
#[pyfunction]
#[pyo3(name = "join_part", signature = (part, owner, **how))]
fn join_part<'py>(part: &Bound<'py, PyAny>, owner: &Bound<'py, PyAny>, how: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    join(part, owner, how)
}

/// Tell who listens for `column_reflect` of the table's MetaData, then of the table, about a column that reflection found.
#[pyfunction]
pub fn fire_column_reflect<'py>(
    inspector: &Bound<'py, PyAny>,
    table: &Bound<'py, PyAny>,
    found: &Bound<'py, PyAny>,
) -> PyResult<()> {
    if Event::ColumnReflect.used() {
        fire(&table.getattr(intern!(table.py(), "metadata"))?, Event::ColumnReflect, (inspector, table, found))?;
        fire(table, Event::ColumnReflect, (inspector, table, found))?;
    }
    Ok(())
}

/// Add this file's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(join_part, m)?)?;
    m.add_function(wrap_pyfunction!(fire_column_reflect, m)?)
}
