//! Constraints that become part of a table or a column.

use super::column::column_of;
use super::join::join;
use super::table::table_of;
use super::{PyColumn, PyConstraint, PyForeignKey, PyIndex, PyTable};
use crate::py::errors::{argument_error, sql_error, warn};
use crate::py::ffi::{instance_dict, new_instance};
use crate::py::imports;
use crate::py::sql::wrap_expr;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyString, PyTuple, PyType};
use sql::Name;
use sql::ast::{ExprKind, Node};
use sql::schema::placement::Placement;
use sql::schema::{Column, ConstraintKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

type Any<'py> = Bound<'py, PyAny>;

static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// Let the item of this `__dict__` know its place in the order of declarations, in which DDL renders constraints and indexes.
pub fn number(dict: &Bound<'_, PyDict>) -> PyResult<()> {
    dict.set_item(intern!(dict.py(), "_number"), NUMBERS.fetch_add(1, Ordering::Relaxed))
}

/// The next place in the order of declarations.
#[pyfunction]
#[pyo3(name = "_next_number")]
pub fn next_number() -> u64 {
    NUMBERS.fetch_add(1, Ordering::Relaxed)
}

/// Items of a set in the order of their declaration.
fn by_number<'py, T>(set: &Any<'py>) -> PyResult<Vec<Bound<'py, T>>>
where
    T: pyo3::type_object::PyTypeCheck,
{
    let py = set.py();
    let mut items = Vec::new();
    for item in set.try_iter()? {
        let item = item?;
        let number: u64 = item.getattr(intern!(py, "_number"))?.extract()?;
        items.push((number, item.cast_into::<T>()?));
    }
    items.sort_by_key(|(n, _)| *n);
    Ok(items.into_iter().map(|(_, item)| item).collect())
}

/// Hand constraints and indexes of a table, which are sets that users may change, to the table's node.
pub fn push_parts(owner: &Bound<'_, PyTable>) -> PyResult<()> {
    let py = owner.py();
    let table = table_of(owner)?;
    let constraints = by_number::<PyConstraint>(&owner.getattr(intern!(py, "constraints"))?)?;
    let primary = owner.getattr(intern!(py, "primary_key"))?;
    let primary = if primary.is_none() { None } else { Some(primary.cast_into::<PyConstraint>()?.get().inner()) };
    let constraints: Vec<_> = constraints.iter().map(|c| c.get().inner()).collect();
    for c in constraints.iter().chain(&primary) {
        c.d.write().table = Some(Arc::downgrade(&table));
    }
    let indexes = by_number::<PyIndex>(&owner.getattr(intern!(py, "indexes"))?)?;
    let indexes: Vec<_> = indexes.iter().map(|i| i.get().inner()).collect();
    for i in &indexes {
        i.d.write().table = Some(Arc::downgrade(&table));
    }
    let mut d = table.d.write();
    d.constraints = constraints;
    d.primary_key = primary;
    d.indexes = indexes;
    Ok(())
}

/// A constraint of a class, without content.
pub fn blank<'py>(class: &Any<'py>) -> PyResult<Bound<'py, PyConstraint>> {
    let made = new_instance(class.cast::<PyType>()?, &PyTuple::empty(class.py()))?.cast_into::<PyConstraint>()?;
    crate::py::ffi::remember(&made.get().inner().face, &made);
    number(&instance_dict(&made)?)?;
    Ok(made)
}

/// The primary key that every table begins with.
pub fn begin_primary_key(table: &Bound<'_, PyTable>) -> PyResult<()> {
    let py = table.py();
    let key = blank(&imports::primary_key_constraint(py)?)?;
    instance_dict(&key)?.set_item(intern!(py, "_implicit"), true)?;
    {
        let inner = key.get().inner();
        let mut d = inner.d.write();
        d.kind = ConstraintKind::PrimaryKey;
        d.implicit = true;
    }
    join(&key, table, &Placement::default())
}

/// `constraint` becomes part of `owner`, a table or a column.
pub fn enter<'py>(constraint: &Bound<'py, PyConstraint>, owner: &Any<'py>) -> PyResult<()> {
    let py = constraint.py();
    let dict = instance_dict(constraint)?;
    let Ok(table) = owner.cast::<PyTable>() else {
        dict.set_item(intern!(py, "parent"), owner)?;
        let constraints = owner.getattr(intern!(py, "constraints"))?;
        constraints.call_method1(intern!(py, "add"), (constraint,))?;
        owner.call_method1(intern!(py, "_set_checks"), (by_number::<PyConstraint>(&constraints)?,))?;
        return give_name(constraint, owner);
    };
    let inner = constraint.get().inner();
    let (is_key, is_primary) = {
        let d = inner.d.read();
        (matches!(d.kind, ConstraintKind::ForeignKey { .. }), matches!(d.kind, ConstraintKind::PrimaryKey))
    };
    // columns first: a missing one leaves the table as it was
    let found = found_in(constraint, &dict, table)?;
    if held(&dict)?.is_empty() {
        // One local column may refer to several others: all of them are kept.
        hold(constraint, if is_key { found } else { each_once(found)? })?;
    }
    dict.set_item(intern!(py, "parent"), owner)?;
    let constraints = owner.getattr(intern!(py, "constraints"))?;
    constraints.call_method1(intern!(py, "add"), (constraint,))?;
    if is_primary {
        let before = owner.getattr(intern!(py, "primary_key"))?;
        if !before.is(constraint) {
            constraints.call_method1(intern!(py, "discard"), (before,))?;
            instance_dict(owner)?.set_item(intern!(py, "@primary_key"), constraint)?;
        }
        if let Some(warning) = inner.settle_primary_key(&*table_of(owner)?) {
            warn(py, "SAWarning", &warning)?;
        }
        hold_as_decided(constraint)?;
    }
    push_parts(table)?;
    if is_key {
        join_keys(constraint, &dict)?;
        inner.refers_to_one_table(&*table_of(owner)?).map_err(|e| sql_error(py, e))?;
    }
    // What a kind of its own has still to say.
    if let Some(placed) = constraint.getattr_opt(intern!(py, "_placed"))? {
        placed.call0()?;
    }
    give_name(constraint, owner)
}

/// The keys of a foreign key constraint become part of its columns.
fn join_keys<'py>(constraint: &Bound<'py, PyConstraint>, dict: &Bound<'py, PyDict>) -> PyResult<()> {
    let py = constraint.py();
    let Some(elements) = dict.get_item(intern!(py, "elements"))? else { return Ok(()) };
    for (column, key) in held(dict)?.into_iter().zip(elements.try_iter()?.collect::<PyResult<Vec<_>>>()?) {
        if !key.getattr(intern!(py, "parent"))?.is(&column) {
            join(&key, &column, &Placement::default())?;
        }
    }
    Ok(())
}

/// The columns that a part holds.
pub fn held<'py>(dict: &Bound<'py, PyDict>) -> PyResult<Vec<Any<'py>>> {
    match dict.get_item(intern!(dict.py(), "_held"))? {
        Some(columns) => columns.try_iter()?.collect(),
        None => Ok(Vec::new()),
    }
}

/// The columns given, names looked up in the table.
pub fn found_in<'py>(part: &Any<'py>, dict: &Bound<'py, PyDict>, table: &Bound<'py, PyTable>) -> PyResult<Vec<Any<'py>>> {
    let py = part.py();
    let Some(given) = dict.get_item(intern!(py, "_given"))? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for column in given.try_iter()? {
        let column = column?;
        found.push(match column.cast::<PyString>() {
            Ok(key) => {
                use crate::py::text::Text;
                let what = part.get_type().name()?.text();
                let column = table_of(table)?.column_for(&what, key.to_str()?).map_err(|e| sql_error(py, e))?;
                wrap_expr(py, &column.to_expr())?
            }
            Err(_) => column,
        });
    }
    Ok(found)
}

/// Columns of one key stand for each other; the last one is taken, in the place of the first.
pub fn each_once<'py>(columns: Vec<Any<'py>>) -> PyResult<Vec<Any<'py>>> {
    let [first, _, ..] = columns.as_slice() else { return Ok(columns) };
    let by_key = PyDict::new(first.py());
    for column in columns {
        by_key.set_item(column.getattr("key")?, column)?;
    }
    Ok(by_key.values().iter().collect())
}

/// The node of a column as it stands in a constraint: a literal column is one that stands unquoted.
fn plain(column: &Any<'_>) -> PyResult<Arc<Column>> {
    if let Node::Expr(e) = crate::py::sql::to_node(column)?
        && let ExprKind::LiteralColumn(text) = &e.kind
    {
        let name = Name { text: text.to_string().into(), quote: Some(false) };
        return Ok(sql::schema::Column::new(sql::schema::column::ColumnData {
            name: Some(name),
            lightweight: true,
            ..sql::schema::column::ColumnData::default()
        }));
    }
    column_of(column)
}

/// A constraint or index holds these columns from now on, those made ad hoc by `column()` included.
pub fn hold<'py>(part: &Any<'py>, columns: Vec<Any<'py>>) -> PyResult<()> {
    let py = part.py();
    let tuple = PyTuple::new(py, columns)?;
    instance_dict(part)?.set_item(intern!(py, "_held"), &tuple)?;
    let mut nodes = Vec::with_capacity(tuple.len());
    for column in tuple.iter() {
        let node = plain(&column)?;
        if node.d.read().name.is_none() {
            return Err(argument_error(py, "Can't add unnamed column to column collection"));
        }
        nodes.push(node);
    }
    if let Ok(constraint) = part.cast::<PyConstraint>() {
        constraint.get().inner().d.write().columns = nodes;
    } else {
        part.cast::<PyIndex>()?.get().inner().d.write().columns = nodes;
    }
    Ok(())
}

/// See [`hold`].
#[pyfunction]
#[pyo3(name = "_hold_columns")]
pub fn hold_columns<'py>(part: &Any<'py>, columns: Vec<Any<'py>>) -> PyResult<()> {
    hold(part, columns)
}

/// The node has decided which columns a primary key has: the object holds the same.
fn hold_as_decided(constraint: &Bound<'_, PyConstraint>) -> PyResult<()> {
    let py = constraint.py();
    let columns = constraint.get().inner().d.read().columns.clone();
    let faces = columns.iter().map(|c| wrap_expr(py, &c.to_expr())).collect::<PyResult<Vec<_>>>()?;
    instance_dict(constraint)?.set_item(intern!(py, "_held"), PyTuple::new(py, faces)?)
}

/// A primary key takes a column in.
pub fn admit(constraint: &Bound<'_, PyConstraint>, column: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = constraint.py();
    let inner = constraint.get().inner();
    inner.admit(&column_of(column)?);
    hold_as_decided(constraint)?;
    let Some(owner) = instance_dict(constraint)?.get_item(intern!(py, "parent"))? else { return Ok(()) };
    if let Ok(table) = owner.cast::<PyTable>() {
        push_parts(table)?;
    }
    if inner.d.read().implicit {
        // A name made from the columns follows them; an explicit constraint keeps the one it got.
        if inner.d.read().name.is_some() {
            constraint.setattr(intern!(py, "name"), py.None())?;
        }
        give_name(constraint, &owner)?;
    }
    Ok(())
}

/// One more pair of columns of a foreign key constraint.
pub fn add_pair<'py>(constraint: &Bound<'py, PyConstraint>, column: &Any<'py>, key: &Bound<'py, PyForeignKey>) -> PyResult<()> {
    let py = constraint.py();
    let dict = instance_dict(constraint)?;
    let list = |word: &Bound<'py, PyString>| -> PyResult<Bound<'py, PyList>> {
        match dict.get_item(word)? {
            Some(list) => Ok(list.cast_into::<PyList>()?),
            None => {
                let list = PyList::empty(py);
                dict.set_item(word, &list)?;
                Ok(list)
            }
        }
    };
    list(intern!(py, "_given"))?.append(column)?;
    let elements = list(intern!(py, "elements"))?;
    elements.append(key)?;
    let mut columns = held(&dict)?;
    columns.push(column.clone());
    hold(constraint, columns)?;
    constraint.get().set_elements(&elements)
}

/// Name a constraint that became part of `owner` by the naming convention. That of a MetaData without one is about indexes only.
fn give_name<'py>(constraint: &Bound<'py, PyConstraint>, owner: &Any<'py>) -> PyResult<()> {
    let py = constraint.py();
    if owner.is_instance_of::<PyTable>() {
        let convention = owner.getattr(intern!(py, "metadata"))?.getattr(intern!(py, "naming_convention"))?;
        if convention.is(&imports::default_convention(py)?) {
            return Ok(());
        }
    } else if !owner.is_instance_of::<PyColumn>() {
        return Ok(());
    }
    imports::give_name(py)?.call1((constraint, owner)).map(drop)
}

/// Does a set hold the part?
pub fn discard(set: &Bound<'_, PyAny>, part: &Bound<'_, PyAny>) -> PyResult<()> {
    match set.cast::<PySet>() {
        Ok(set) => set.discard(part).map(drop),
        Err(_) => set.call_method1(intern!(set.py(), "discard"), (part,)).map(drop),
    }
}
