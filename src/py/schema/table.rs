//! `Table`.

use super::column::column_of;
use super::{PyConstraint, PyIndex, PyMetaData, dialect_options, opt_name, opt_text};
use crate::py::errors::{sql_error, warn};
use crate::py::sql::clause::{ClauseElement, FaceClass, face_class};
use crate::py::sql::{TableClause, names, wrap_expr};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
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

/// A table keeps the Python objects of its columns: they may be of a subclass of the user's.
fn hold_columns(slf: &Bound<'_, PyTable>, table: &Arc<Table>) -> PyResult<()> {
    let py = slf.py();
    let columns: Vec<_> = table.d.read().columns.values().cloned().collect();
    let faces = columns.iter().map(|c| wrap_expr(py, &c.to_expr())).collect::<PyResult<Vec<_>>>()?;
    slf.as_any().getattr("__dict__")?.cast::<PyDict>()?.set_item("@columns", faces)
}

#[pymethods]
impl PyTable {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
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
        slf.as_any().getattr("__dict__")?.cast::<PyDict>()?.set_item("@name", name)?;
        let table = Table::new(names::name(name)?, data);
        ClauseElement::set_node(slf.as_any(), Node::From(table.as_from()))
    }
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        // The `quoted_name` it was made with.
        if let Some(name) = slf.as_any().getattr("__dict__")?.cast::<PyDict>()?.get_item("@name")? {
            return Ok(name);
        }
        names::wrap(slf.py(), &own(slf)?.name)
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
    /// Add a column; returns the one that gave way.
    fn _place<'py>(
        slf: &Bound<'py, Self>,
        column: &Bound<'py, PyAny>,
        index: Option<i64>,
        replace: bool,
        advise: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let table = own(slf)?;
        let placed = table.place(&column_of(column)?, &Placement { index, replace, advise }).map_err(|e| sql_error(py, e))?;
        // Before the old one loses its last holder.
        let replaced = placed.replaced.map(|c| wrap_expr(py, &c.to_expr())).transpose()?;
        hold_columns(slf, &table)?;
        if let Some(warning) = placed.warning {
            warn(py, "SAWarning", &warning)?;
        }
        Ok(replaced)
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
    /// Constraints in the order of their creation.
    fn _set_constraints(
        slf: &Bound<'_, Self>,
        constraints: Vec<Bound<'_, PyConstraint>>,
        primary_key: Option<Bound<'_, PyConstraint>>,
    ) -> PyResult<()> {
        let table = own(slf)?;
        let inner: Vec<_> = constraints.iter().map(|c| c.get().inner()).collect();
        for c in &inner {
            c.d.write().table = Some(Arc::downgrade(&table));
        }
        let pk = primary_key.map(|c| c.get().inner());
        if let Some(pk) = &pk {
            pk.d.write().table = Some(Arc::downgrade(&table));
        }
        let mut d = table.d.write();
        d.constraints = inner;
        d.primary_key = pk;
        Ok(())
    }
    fn _set_indexes(slf: &Bound<'_, Self>, indexes: Vec<Bound<'_, PyIndex>>) -> PyResult<()> {
        let table = own(slf)?;
        let inner: Vec<_> = indexes.iter().map(|c| c.get().inner()).collect();
        for i in &inner {
            i.d.write().table = Some(Arc::downgrade(&table));
        }
        table.d.write().indexes = inner;
        Ok(())
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
