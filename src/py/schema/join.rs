//! A part becomes part of something else: a column of a table, a key of a column, a type of a column. What follows from it is
//! decided in `sql::schema::assembly`; here it is carried out, between the events, which are fired when somebody listens.

use super::{PyColumn, PyConstraint, PyForeignKey, PyIndex, arguments, assemble, members, references};
use crate::py::errors::{argument_error, ignoring};
use crate::py::events::{Event, fire, version};
use crate::py::ffi::{GilCell, instance_dict};
use crate::py::imports;
use crate::py::text::Text;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};
use sql::schema::placement::Placement;

/// Make `part` a part of `owner`, between the events `before_parent_attach` and `after_parent_attach`.
pub fn join<'py>(part: &Bound<'py, PyAny>, owner: &Bound<'py, PyAny>, how: &Placement) -> PyResult<()> {
    tell(part, Event::BeforeParentAttach, (part, owner))?;
    match own_way(part)? {
        Some(set_parent) => set_parent.call((owner,), Some(&words(part, how)?)).map(drop)?,
        None => enter(part, owner, how)?,
    }
    tell(part, Event::AfterParentAttach, (part, owner))?;
    if let Ok(column) = part.cast::<PyColumn>() {
        assemble::run_waiting(column, owner)?;
    } else if let Some(inner) = inner_part(part)? {
        tell(&inner, Event::BeforeParentAttach, (&inner, owner))?;
        tell(&inner, Event::AfterParentAttach, (&inner, owner))?;
    }
    Ok(())
}

/// Run what listens for an event of a schema item. Somewhere somebody does: of this item only if it has a `dispatch` of its own, or
/// its class is listened to.
pub fn tell<'py, A: pyo3::IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>>(
    item: &Bound<'py, PyAny>,
    event: Event,
    args: A,
) -> PyResult<()> {
    if !event.used() {
        return Ok(());
    }
    let py = item.py();
    let dict = ignoring::<pyo3::exceptions::PyAttributeError, _>(py, instance_dict(item))?;
    let own = dict.map_or(Ok(true), |d| d.contains(intern!(py, "dispatch")))?;
    if own || class_listens(&item.get_type(), event)? { fire(item, event, args) } else { Ok(()) }
}

/// Who listens to a class, for one state of all listeners.
static CLASSES: PyOnceLock<GilCell<(u64, Option<Py<PyDict>>)>> = PyOnceLock::new();

/// Does anybody listen for this event of a class or its bases?
fn class_listens<'py>(class: &Bound<'py, PyType>, event: Event) -> PyResult<bool> {
    let (py, now) = (class.py(), version());
    let cell = CLASSES.get_or_init(py, || GilCell::new((0, None)));
    let known = cell.with(py, |(seen, known)| known.as_ref().filter(|_| *seen == now).map(|k| k.clone_ref(py)));
    let known = match known {
        Some(known) => known.into_bound(py),
        None => {
            let fresh = PyDict::new(py);
            drop(cell.replace(py, (now, Some(fresh.clone().unbind()))));
            fresh
        }
    };
    let key = (class, event.name()).into_pyobject(py)?;
    if let Some(found) = known.get_item(&key)? {
        return found.is_truthy();
    }
    let mut entries = imports::ddl_events(py)?.call_method1("_class_entries", (class, event.name()))?.try_iter()?;
    let found = entries.next().transpose()?.is_some();
    known.set_item(key, found)?;
    Ok(found)
}

/// `_set_parent` of a class of the user's, which has a say when its objects join something.
fn own_way<'py>(part: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let word = intern!(part.py(), "_set_parent");
    let Some(of_class) = part.get_type().getattr_opt(word)? else { return Ok(None) };
    if of_class.is(&imports::set_parent(part.py())?) { Ok(None) } else { part.getattr(word).map(Some) }
}

/// A placement as the keywords of a method.
fn words<'py>(part: &Bound<'py, PyAny>, how: &Placement) -> PyResult<Bound<'py, PyDict>> {
    let words = PyDict::new(part.py());
    if how.replace {
        words.set_item("replace_existing", true)?;
    }
    if let Some(index) = how.index {
        words.set_item("index", index)?;
    }
    Ok(words)
}

/// The same without the events.
fn enter<'py>(part: &Bound<'py, PyAny>, owner: &Bound<'py, PyAny>, how: &Placement) -> PyResult<()> {
    if let Ok(column) = part.cast::<PyColumn>() {
        return assemble::enter(column, owner, how);
    }
    if let Ok(constraint) = part.cast::<PyConstraint>() {
        return members::enter(constraint, owner);
    }
    if let Ok(key) = part.cast::<PyForeignKey>() {
        return references::enter(key, owner);
    }
    if let Ok(index) = part.cast::<PyIndex>() {
        return arguments::enter_index(index, owner);
    }
    // Types, defaults and what the user makes: a part without this method has nothing to do.
    match part.getattr_opt(intern!(part.py(), "_enter"))? {
        Some(enter) => enter.call1((owner,)).map(drop),
        None => Ok(()),
    }
}

/// Another part inside this one that goes where it goes: a decorated type, the type of an array's items.
fn inner_part<'py>(part: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(find) = part.getattr_opt(intern!(part.py(), "_inner_part"))? else { return Ok(None) };
    let inner = find.call0()?;
    Ok(if is_part(&inner)? { Some(inner) } else { None })
}

/// Can it become part of something?
pub fn is_part(obj: &Bound<'_, PyAny>) -> PyResult<bool> {
    obj.is_instance(&imports::schema_event_target(obj.py())?)
}

/// Make each of `items` a part of `owner`; `None` stands for nothing.
pub fn adopt<'py>(owner: &Bound<'py, PyAny>, items: &[Bound<'py, PyAny>], how: &Placement) -> PyResult<()> {
    for item in items {
        if item.is_none() {
            continue;
        }
        if item.is_instance_of::<PyType>() || !is_part(item)? {
            let message =
                format!("'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {}", item.repr()?.text());
            return Err(argument_error(owner.py(), message));
        }
        join(item, owner, how)?;
    }
    Ok(())
}

/// Items given to a Table: lists are taken apart, a class of typed columns is its columns.
pub fn flattened<'py>(py: Python<'py>, items: impl Iterator<Item = Bound<'py, PyAny>>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut flat = Vec::new();
    for item in items {
        if item.is_instance_of::<pyo3::types::PyList>() || item.is_instance_of::<PyTuple>() {
            flat.extend(item.try_iter()?.collect::<PyResult<Vec<_>>>()?);
        } else {
            flat.push(item);
        }
    }
    if flat.first().is_some_and(|f| f.is_instance_of::<PyType>()) {
        let class = flat.remove(0);
        let declared = py.import("oxalchemy.sql.schema.typed")?.getattr("columns_of_class")?.call1((class,))?;
        flat.splice(0..0, declared.try_iter()?.collect::<PyResult<Vec<_>>>()?);
    }
    Ok(flat)
}

/// Make `part` a part of `owner`, between the events `before_parent_attach` and `after_parent_attach`.
///
/// A column is placed at `index`, or behind the others; with `replace_existing` one of the same key or name gives way, with `advise`
/// the error about it tells how.
#[pyfunction]
#[pyo3(name = "_join_part", signature = (part, owner, replace_existing=None, advise=false, index=None, **_how))]
fn join_part<'py>(
    part: &Bound<'py, PyAny>,
    owner: &Bound<'py, PyAny>,
    replace_existing: Option<&Bound<'py, PyAny>>,
    advise: bool,
    index: Option<i64>,
    _how: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let replace = replace_existing.map_or(Ok(false), |r| r.is_truthy())?;
    join(part, owner, &Placement { index, replace, advise })
}

/// The same without events.
#[pyfunction]
#[pyo3(name = "_enter_part", signature = (part, owner, replace_existing=None, index=None, **_how))]
fn enter_part<'py>(
    part: &Bound<'py, PyAny>,
    owner: &Bound<'py, PyAny>,
    replace_existing: Option<&Bound<'py, PyAny>>,
    index: Option<i64>,
    _how: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let replace = replace_existing.map_or(Ok(false), |r| r.is_truthy())?;
    enter(part, owner, &Placement { index, replace, advise: false })
}

/// Tell who listens for `column_reflect` of the table's MetaData, then of the table, about a column that reflection found.
#[pyfunction]
#[pyo3(name = "_fire_column_reflect")]
pub fn fire_column_reflect<'py>(
    inspector: &Bound<'py, PyAny>,
    table: &Bound<'py, PyAny>,
    found: &Bound<'py, PyAny>,
) -> PyResult<()> {
    if Event::ColumnReflect.used() {
        tell(&table.getattr(intern!(table.py(), "metadata"))?, Event::ColumnReflect, (inspector, table, found))?;
        tell(table, Event::ColumnReflect, (inspector, table, found))?;
    }
    Ok(())
}

/// Add this file's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(join_part, m)?)?;
    m.add_function(wrap_pyfunction!(enter_part, m)?)?;
    m.add_function(wrap_pyfunction!(fire_column_reflect, m)?)
}
