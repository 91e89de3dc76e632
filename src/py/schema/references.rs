//! Foreign keys of columns: the arguments of `ForeignKey()`, and a key that joins its column and then the table.

use super::column::own;
use super::join::join;
use super::kept::keep_name;
use super::{PyColumn, PyConstraint, PyForeignKey, PyTable, members, opt_text};
use crate::py::errors::invalid_request;
use crate::py::ffi::{instance_dict, pairs};
use crate::py::imports;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyString, PyTuple};
use sql::schema::ConstraintKind;
use sql::schema::placement::Placement;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// The arguments of `ForeignKey()` by their place. Attributes of the same names; the class has what was not given.
const PLACES: [&str; 10] =
    ["constraint", "use_alter", "name", "onupdate", "ondelete", "deferrable", "initially", "link_to_name", "match", "info"];

/// What `ForeignKey(column, …)` does.
pub fn init<'py>(slf: &Bound<'py, PyForeignKey>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = slf.py();
    let dict = instance_dict(slf)?;
    let missing = || pyo3::exceptions::PyTypeError::new_err("ForeignKey() missing 1 required positional argument: 'column'");
    let mut given = args.iter();
    let mut column = given.next();
    let mut options: Option<Bound<'py, PyDict>> = None;
    if args.len() > PLACES.len() + 1 {
        return Err(pyo3::exceptions::PyTypeError::new_err("ForeignKey() takes at most 11 positional arguments"));
    }
    for (word, value) in PLACES.iter().zip(given) {
        if !value.is_none() {
            dict.set_item(word, value)?;
        }
    }
    for (word, value) in kw.map(pairs).unwrap_or_default() {
        let word = word.cast_into::<PyString>()?;
        match word.to_str()? {
            "column" if column.is_none() => column = Some(value),
            "comment" => set_some(&dict, &word, value)?,
            w if PLACES.contains(&w) => set_some(&dict, &word, value)?,
            _ => options.get_or_insert_with(|| PyDict::new(py)).set_item(word, value)?,
        }
    }
    let mut target = column.ok_or_else(missing)?;
    if !target.is_instance_of::<PyString>() && !target.is_instance_of::<PyTuple>() {
        target = imports::foreign_key_target(py)?.call1((target,))?;
    }
    PyForeignKey::begin(slf, &target)?;
    if target.is_instance_of::<PyColumn>() {
        // The Column given, which must outlive the reference.
        dict.set_item(intern!(py, "target_column"), &target)?;
    }
    if let Some(link) = dict.get_item(intern!(py, "link_to_name"))? {
        slf.get().inner()?.d.write().link_to_name = link.is_truthy()?;
    }
    if let Some(options) = options {
        dict.set_item(intern!(py, "_options"), options)?;
    }
    if let Some(info) = dict.get_item(intern!(py, "info"))?
        && !info.is_truthy()?
    {
        dict.del_item(intern!(py, "info"))?;
    }
    members::number(&dict)
}

fn set_some(dict: &Bound<'_, PyDict>, word: &Bound<'_, PyString>, value: Any<'_>) -> PyResult<()> {
    if value.is_none() { Ok(()) } else { dict.set_item(word, value) }
}

/// `key` becomes part of `column`.
pub fn enter<'py>(key: &Bound<'py, PyForeignKey>, column: &Any<'py>) -> PyResult<()> {
    let py = key.py();
    let dict = instance_dict(key)?;
    if let Some(parent) = dict.get_item(intern!(py, "parent"))?
        && !parent.is_none()
        && !parent.is(column)
    {
        return Err(invalid_request(py, "This ForeignKey already has a parent !"));
    }
    let column = column.cast::<PyColumn>()?;
    let (node, inner) = (own(column)?, key.get().inner()?);
    dict.set_item(intern!(py, "parent"), column)?;
    inner.d.write().parent = Some(Arc::downgrade(&node));
    column.getattr(intern!(py, "foreign_keys"))?.call_method1(intern!(py, "add"), (key,))?;
    {
        let mut d = node.d.write();
        if !d.foreign_keys.iter().any(|f| Arc::ptr_eq(f, &inner)) {
            d.foreign_keys.push(inner);
        }
    }
    match instance_dict(column)?.get_item(intern!(py, "table"))? {
        Some(table) if !table.is_none() => enter_table(key, column, &table),
        _ => super::assemble::when_in_table(column, key.getattr(intern!(py, "_into_table"))?),
    }
}

/// The column has its table: the key becomes a constraint of it, unless one made the key.
pub fn enter_table<'py>(key: &Bound<'py, PyForeignKey>, column: &Any<'py>, table: &Any<'py>) -> PyResult<()> {
    let py = key.py();
    let dict = instance_dict(key)?;
    let made = dict.get_item(intern!(py, "constraint"))?.filter(|c| !c.is_none());
    if made.is_none() {
        let constraint = constraint_of(key, &dict)?;
        dict.set_item(intern!(py, "constraint"), &constraint)?;
        members::add_pair(&constraint, column, key)?;
        join(&constraint, table, &Placement::default())?;
    }
    match instance_dict(table)?.get_item(intern!(py, "@foreign_keys"))? {
        Some(keys) => keys.cast::<PySet>()?.add(key),
        None => Ok(()),
    }
}

/// The constraint that a key of a column is.
fn constraint_of<'py>(key: &Bound<'py, PyForeignKey>, given: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyConstraint>> {
    let py = key.py();
    let class = imports::foreign_key_constraint(py)?;
    if given.contains(intern!(py, "_options"))? {
        let made = class.call_method1("_of_key", (key,))?;
        return Ok(made.cast_into::<PyConstraint>()?);
    }
    let constraint = members::blank(&class)?;
    let dict = instance_dict(&constraint)?;
    let text = |word: &Bound<'py, PyString>| -> PyResult<Option<Arc<str>>> {
        let Some(value) = given.get_item(word)? else { return Ok(None) };
        dict.set_item(word, &value)?;
        Ok(opt_text(&value))
    };
    let flag = |word: &Bound<'py, PyString>| -> PyResult<bool> {
        let Some(value) = given.get_item(word)? else { return Ok(false) };
        dict.set_item(word, &value)?;
        value.is_truthy()
    };
    let kind = ConstraintKind::ForeignKey {
        elements: Vec::new(),
        onupdate: text(intern!(py, "onupdate"))?,
        ondelete: text(intern!(py, "ondelete"))?,
        match_: text(intern!(py, "match"))?,
        use_alter: flag(intern!(py, "use_alter"))?,
        link_to_name: flag(intern!(py, "link_to_name"))?,
    };
    let (name, is_conv) = match given.get_item(intern!(py, "name"))? {
        Some(name) => keep_name(&constraint, &name)?,
        None => (None, false),
    };
    for word in [intern!(py, "deferrable"), intern!(py, "initially"), intern!(py, "comment")] {
        if let Some(value) = given.get_item(word)? {
            constraint.setattr(word, value)?;
        }
    }
    for word in [intern!(py, "elements"), intern!(py, "_given")] {
        dict.set_item(word, PyList::empty(py))?;
    }
    {
        let inner = constraint.get().inner();
        let mut d = inner.d.write();
        d.kind = kind;
        d.name = name;
        d.name_is_conv = is_conv;
    }
    Ok(constraint)
}

/// The keys of a column or table that left, for the table.
pub fn keys_of<'py>(table: &Bound<'py, PyTable>) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
    match instance_dict(table)?.get_item(intern!(py, "@foreign_keys"))? {
        Some(keys) => Ok(keys),
        None => Ok(PySet::empty(py)?.into_any()),
    }
}
