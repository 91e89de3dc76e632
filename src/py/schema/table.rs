//! `Table`.

use super::column::column_of;
use super::{PyMetaData, dialect_options, opt_name, opt_text};
use crate::py::errors::sql_error;
use crate::py::ffi::instance_dict;
use crate::py::sql::clause::{ClauseElement, FaceClass, face_class};
use crate::py::sql::{TableClause, names, wrap_expr};
use crate::py::text::Text;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::ast::{FromKind, Node};
use sql::schema::Table;
use sql::schema::placement::Placement;
use sql::schema::table::TableData;
use std::sync::Arc;

face_class! {
    /// A table of a database.
    PyTable: TableClause, "Table", "oxalchemy.sql.schema"
}

/// The table of a face.
pub fn table_of(obj: &Bound<'_, PyAny>) -> PyResult<Arc<Table>> {
    match &crate::py::sql::to_from(obj)?.kind {
        FromKind::Table(t) => Ok(t.clone()),
        _ => Err(crate::py::errors::argument_error(obj.py(), format!("Table expected, got {}", obj.repr()?.text()))),
    }
}

fn own(slf: &Bound<'_, PyTable>) -> PyResult<Arc<Table>> {
    if let Some(Node::From(f)) = slf.cast::<ClauseElement>()?.get().node()
        && let FromKind::Table(t) = &f.kind
    {
        return Ok(t.clone());
    }
    Err(pyo3::exceptions::PyAttributeError::new_err("'Table' object is not initialised"))
}

/// The same, when `column` has come behind the others.
pub fn hold_one_more<'py>(slf: &Bound<'py, PyTable>, column: &Bound<'py, PyAny>) -> PyResult<()> {
    let (dict, word) = (instance_dict(slf)?, intern!(slf.py(), "@columns"));
    match dict.get_item(word)? {
        Some(held) => held.cast::<PyList>()?.append(column),
        None => dict.set_item(word, PyList::new(slf.py(), [column])?),
    }
}

/// The name under which it was declared, before it gets another one.
fn keep_fullname(dict: &Bound<'_, PyDict>, table: &Table) -> PyResult<()> {
    let word = intern!(dict.py(), "@fullname");
    if dict.contains(word)? { Ok(()) } else { dict.set_item(word, table.key()) }
}

/// A table keeps the Python objects of its columns: they may be of a subclass of the user's.
pub fn hold_columns(slf: &Bound<'_, PyTable>, table: &Arc<Table>) -> PyResult<()> {
    let py = slf.py();
    let (dict, word) = (instance_dict(slf)?, intern!(py, "@columns"));
    let columns: Vec<_> = table.d.read().columns.values().cloned().collect();
    let faces = columns.iter().map(|c| wrap_expr(py, &c.to_expr())).collect::<PyResult<Vec<_>>>()?;
    dict.set_item(word, PyList::new(py, faces)?)
}

#[pymethods]
impl PyTable {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    /// All is done in `__new__`; it calls this with `_no_init=False` for the table that it has made.
    #[pyo3(signature = (*args, **kw))]
    fn __init__<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::declare::init(slf, args, kw)
    }
    /// The PrimaryKeyConstraint, maybe without columns.
    #[getter]
    fn primary_key<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        instance_dict(slf)?.get_item(intern!(slf.py(), "@primary_key"))
    }
    #[setter]
    fn set_primary_key(slf: &Bound<'_, Self>, key: &Bound<'_, PyAny>) -> PyResult<()> {
        instance_dict(slf)?.set_item(intern!(slf.py(), "@primary_key"), key)
    }
    /// Set of ForeignKey.
    #[getter]
    fn foreign_keys<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::references::keys_of(slf)
    }
    /// Key in `MetaData.tables`.
    #[getter]
    fn key(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(own(slf)?.key())
    }
    /// Make items part of the table; columns replace those of their key or name if so wanted.
    #[pyo3(signature = (items, replace_existing=false, advise=false))]
    fn _adopt<'py>(slf: &Bound<'py, Self>, items: Vec<Bound<'py, PyAny>>, replace_existing: bool, advise: bool) -> PyResult<()> {
        let how = Placement { index: None, replace: replace_existing, advise };
        super::join::adopt(slf, &super::join::flattened(slf.py(), items.into_iter())?, &how)
    }
    /// Hand constraints and indexes to the node, in the order of their declaration.
    fn _push_parts(slf: &Bound<'_, Self>) -> PyResult<()> {
        super::members::push_parts(slf)
    }
    /// A column left the table: its foreign keys leave it, too.
    fn _release_keys<'py>(slf: &Bound<'py, Self>, column: &Bound<'py, PyAny>) -> PyResult<()> {
        let py = slf.py();
        let (keys, constraints) = (super::references::keys_of(slf)?, slf.getattr(intern!(py, "constraints"))?);
        for key in column.getattr(intern!(py, "foreign_keys"))?.try_iter()? {
            let key = key?;
            super::members::discard(&keys, &key)?;
            super::members::discard(&constraints, &key.getattr(intern!(py, "constraint"))?)?;
        }
        super::members::push_parts(slf)
    }
    fn _init(
        slf: &Bound<'_, Self>,
        name: &Bound<'_, PyAny>,
        schema: &Bound<'_, PyAny>,
        metadata: &Bound<'_, PyMetaData>,
    ) -> PyResult<()> {
        let data = TableData {
            schema: opt_name(schema)?,
            metadata: Arc::downgrade(&metadata.get().inner),
            implicit_returning: true,
            ..TableData::default()
        };
        instance_dict(slf)?.set_item(intern!(slf.py(), "@name"), name)?;
        let table = Table::new(names::name(name)?, data);
        ClauseElement::set_node(slf.as_any(), Node::From(table.as_from()))
    }
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let (py, dict) = (slf.py(), instance_dict(slf)?);
        if let Some(name) = dict.get_item(intern!(py, "@name"))? {
            return Ok(name);
        }
        let name = own(slf)?.name.clone();
        let shown = crate::py::imports::quoted_name(py)?.call1((&*name.text, name.quote))?;
        dict.set_item(intern!(py, "@name"), &shown)?;
        Ok(shown)
    }
    /// The table is called so from now on; `fullname` and its key in the MetaData stay.
    #[setter]
    fn set_name(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let (py, dict, table) = (slf.py(), instance_dict(slf)?, own(slf)?);
        keep_fullname(&dict, &table)?;
        table.name.rename(names::name(value)?);
        dict.set_item(intern!(py, "@name"), value)
    }
    #[getter]
    fn schema<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let schema = own(slf)?.d.read().schema.clone();
        schema.map(|s| names::wrap(slf.py(), &s)).transpose()
    }
    #[setter]
    fn set_schema(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let (schema, table) = (opt_name(value)?, own(slf)?);
        keep_fullname(&instance_dict(slf)?, &table)?;
        table.d.write().schema = schema;
        Ok(())
    }
    /// `schema.name`, as it was declared.
    #[getter]
    fn fullname<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match instance_dict(slf)?.get_item(intern!(py, "@fullname"))? {
            Some(kept) => Ok(kept),
            None => Ok(PyString::new(py, &own(slf)?.key()).into_any()),
        }
    }
    #[getter]
    fn comment(slf: &Bound<'_, Self>) -> PyResult<Option<String>> {
        Ok(own(slf)?.d.read().comment.as_ref().map(ToString::to_string))
    }
    #[setter]
    fn set_comment(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        own(slf)?.d.write().comment = opt_text(value);
        Ok(())
    }
    #[getter]
    fn implicit_returning(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf)?.d.read().implicit_returning)
    }
    #[setter]
    fn set_implicit_returning(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        own(slf)?.d.write().implicit_returning = value;
        Ok(())
    }
    fn _set_prefixes(slf: &Bound<'_, Self>, prefixes: Vec<String>) -> PyResult<()> {
        own(slf)?.d.write().prefixes = prefixes.into_iter().map(Into::into).collect();
        Ok(())
    }
    fn _set_is_view(slf: &Bound<'_, Self>, value: bool) -> PyResult<()> {
        own(slf)?.d.write().is_view = value;
        Ok(())
    }
    /// Columns in order, by their keys, as they were when the table was pickled.
    fn _set_columns(slf: &Bound<'_, Self>, columns: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        let table = own(slf)?;
        let columns = columns.iter().map(column_of).collect::<PyResult<Vec<_>>>()?;
        let mut map = indexmap::IndexMap::with_capacity(columns.len());
        for (position, column) in columns.into_iter().enumerate() {
            column.d.write().position = position;
            map.insert(column.key(), column);
        }
        table.d.write().columns = map;
        hold_columns(slf, &table)
    }
    /// Take the column with this key out.
    fn _displace(slf: &Bound<'_, Self>, key: &str) -> PyResult<()> {
        let table = own(slf)?;
        table.displace(key);
        hold_columns(slf, &table)
    }
    /// The column with this key, for a part of class `what`.
    fn _column_for<'py>(slf: &Bound<'py, Self>, what: &str, key: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let column = own(slf)?.column_for(what, key).map_err(|e| sql_error(py, e))?;
        wrap_expr(py, &column.to_expr())
    }
    fn _set_dialect_options(slf: &Bound<'_, Self>, list: &Bound<'_, PyAny>) -> PyResult<()> {
        let options = dialect_options(list)?;
        own(slf)?.d.write().dialect_options = options;
        Ok(())
    }
    fn _set_extra_dependencies(slf: &Bound<'_, Self>, tables: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        let tables = tables.iter().map(|t| Ok(Arc::downgrade(&table_of(t)?))).collect::<PyResult<Vec<_>>>()?;
        own(slf)?.d.write().extra_dependencies = tables;
        Ok(())
    }
    /// The column that the database numbers.
    fn _find_autoincrement<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let found = own(slf)?.autoincrement_column().map_err(|e| sql_error(py, e))?;
        found.map(|c| wrap_expr(py, &c.to_expr())).transpose()
    }
}
