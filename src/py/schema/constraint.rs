//! `Constraint` and what it is made of.

use super::column::column_of;
use super::kept::{keep, keep_name, kept, kept_name};
use super::table::table_of;
use super::{PyForeignKey, dialect_options, opt_text};
use crate::py::errors::sql_error;
use crate::py::sql::{to_expr, wrap_expr, wrap_from};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::FaceSlot;
use sql::schema::constraint::ConstraintData;
use sql::schema::membership::{Home, home, scattered};
use sql::schema::naming::Subject;
use sql::schema::{Constraint, ConstraintKind};
use std::sync::Arc;

/// Base of constraints.
#[pyclass(name = "Constraint", module = "oxalchemy.sql.schema", subclass, weakref, dict, frozen)]
pub struct PyConstraint {
    inner: Arc<Constraint>,
}

impl PyConstraint {
    /// The constraint.
    pub fn inner(&self) -> Arc<Constraint> {
        self.inner.clone()
    }
    /// The references of a FOREIGN KEY.
    pub fn set_elements(&self, list: &Bound<'_, PyList>) -> PyResult<()> {
        let list = list.iter().map(|f| f.cast::<PyForeignKey>()?.get().inner()).collect::<PyResult<Vec<_>>>()?;
        for fk in &list {
            fk.d.write().constraint = Some(Arc::downgrade(&self.inner));
        }
        if let ConstraintKind::ForeignKey { elements, .. } = &mut self.inner.d.write().kind {
            *elements = list;
        }
        Ok(())
    }
}
impl Drop for PyConstraint {
    fn drop(&mut self) {
        crate::py::ffi::forget(&self.inner.face);
    }
}

#[pymethods]
impl PyConstraint {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(_args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> Self {
        let d = ConstraintData { kind: ConstraintKind::Unique, ..ConstraintData::default() };
        Self { inner: Arc::new(Constraint { d: parking_lot::RwLock::new(d), face: FaceSlot::default() }) }
    }
    #[pyo3(signature = (*args, **kw))]
    fn __init__<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::arguments::init(slf, args, kw)
    }
    /// Let the constraint remember this object.
    fn _remember(slf: &Bound<'_, Self>) {
        crate::py::ffi::remember(&slf.get().inner.face, slf.as_any());
    }
    fn _init_unique(&self, implicit: bool) {
        let mut d = self.inner.d.write();
        d.kind = ConstraintKind::Unique;
        d.implicit = implicit;
    }
    fn _init_primary_key(&self, implicit: bool) {
        let mut d = self.inner.d.write();
        d.kind = ConstraintKind::PrimaryKey;
        d.implicit = implicit;
    }
    fn _init_check(&self, sqltext: &Bound<'_, PyAny>) -> PyResult<()> {
        let sqltext = to_expr(sqltext)?;
        self.inner.d.write().kind = ConstraintKind::Check { sqltext };
        Ok(())
    }
    fn _init_foreign_key(
        &self,
        onupdate: &Bound<'_, PyAny>,
        ondelete: &Bound<'_, PyAny>,
        match_: &Bound<'_, PyAny>,
        use_alter: bool,
        link_to_name: bool,
    ) {
        let kind = ConstraintKind::ForeignKey {
            elements: Vec::new(),
            onupdate: opt_text(onupdate),
            ondelete: opt_text(ondelete),
            match_: opt_text(match_),
            use_alter,
            link_to_name,
        };
        self.inner.d.write().kind = kind;
    }
    fn _init_exclude(
        &self,
        elements: Vec<(Bound<'_, PyAny>, Option<String>, String)>,
        using: &str,
        where_: Option<Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let elements = elements
            .into_iter()
            .map(|(e, class, op)| Ok((to_expr(&e)?, class.map(Into::into), op.into())))
            .collect::<PyResult<_>>()?;
        let where_ = where_.as_ref().map(to_expr).transpose()?;
        self.inner.d.write().kind = ConstraintKind::Exclude { elements, using: using.into(), where_ };
        Ok(())
    }
    /// The references of a FOREIGN KEY.
    fn _set_elements(&self, list: &Bound<'_, PyList>) -> PyResult<()> {
        self.set_elements(list)
    }
    /// Become part of a table or column, without events.
    #[pyo3(signature = (owner, **_how))]
    fn _enter<'py>(slf: &Bound<'py, Self>, owner: &Bound<'py, PyAny>, _how: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::members::enter(slf, owner)
    }
    /// A primary key takes a column in, in the place of one with the same key.
    fn _admit_column<'py>(slf: &Bound<'py, Self>, column: &Bound<'py, PyAny>) -> PyResult<()> {
        super::members::admit(slf, column)
    }
    /// A foreign key constraint takes one more pair of columns.
    fn _add_pair<'py>(slf: &Bound<'py, Self>, column: &Bound<'py, PyAny>, key: &Bound<'py, PyForeignKey>) -> PyResult<()> {
        super::members::add_pair(slf, column, key)
    }
    /// Text of a token of a naming convention, `None` for an unknown one.
    fn _token(&self, table: &Bound<'_, PyAny>, token: &str) -> PyResult<Option<String>> {
        Subject::Constraint(&self.inner).token(&*table_of(table)?, token).map_err(|e| sql_error(table.py(), e))
    }
    fn _set_type_bound(&self, value: bool) {
        self.inner.d.write().type_bound = value;
    }
    fn _set_dialect_options(&self, list: &Bound<'_, PyAny>) -> PyResult<()> {
        let options = dialect_options(list)?;
        let mut include = Vec::new();
        for item in list.try_iter()? {
            let (dialect, option, value): (String, String, Bound<'_, PyAny>) = item?.extract()?;
            if option == "include" && !value.is_none() {
                include.push((dialect.into(), super::index::included(&value)?));
            }
        }
        let mut d = self.inner.d.write();
        d.dialect_options = options;
        d.include = include;
        Ok(())
    }
    /// Name as given or made by the naming convention.
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let stored = slf.get().inner.d.read().name.clone();
        kept_name(slf.as_any(), stored)
    }
    #[setter]
    fn set_name(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let (name, is_conv) = keep_name(slf.as_any(), value)?;
        let mut d = slf.get().inner.d.write();
        d.name = name;
        d.name_is_conv = is_conv;
        Ok(())
    }
    #[getter]
    fn deferrable<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        shown(slf, "@deferrable")
    }
    #[setter]
    fn set_deferrable(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        keep(slf.as_any(), "@deferrable", value)?;
        let value = if value.is_none() { None } else { Some(value.is_truthy()?) };
        slf.get().inner.d.write().deferrable = value;
        Ok(())
    }
    #[getter]
    fn initially<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        shown(slf, "@initially")
    }
    #[setter]
    fn set_initially(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        keep(slf.as_any(), "@initially", value)?;
        slf.get().inner.d.write().initially = opt_text(value);
        Ok(())
    }
    #[getter]
    fn comment<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        shown(slf, "@comment")
    }
    #[setter]
    fn set_comment(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        keep(slf.as_any(), "@comment", value)?;
        slf.get().inner.d.write().comment = opt_text(value);
        Ok(())
    }
}

/// What was kept, `None` when nothing was.
fn shown<'py>(slf: &Bound<'py, PyConstraint>, key: &str) -> PyResult<Bound<'py, PyAny>> {
    Ok(kept(slf.as_any(), key)?.unwrap_or_else(|| slf.py().None().into_bound(slf.py())))
}

/// Where a constraint over `columns` belongs: `None` as long as they do not tell, a list of columns without a table, or the
/// table. `several`: it may span tables, which then tell nothing.
#[pyfunction]
pub fn home_of<'py>(py: Python<'py>, columns: Vec<Bound<'py, PyAny>>, several: bool) -> PyResult<Option<Bound<'py, PyAny>>> {
    let columns = columns.iter().map(column_of).collect::<PyResult<Vec<_>>>()?;
    match home(&columns) {
        Home::Unknown => Ok(None),
        Home::Waiting(waiting) => {
            let faces = waiting.iter().map(|c| wrap_expr(py, &c.to_expr())).collect::<PyResult<Vec<_>>>()?;
            pyo3::types::PyList::new(py, faces).map(|l| Some(l.into_any()))
        }
        Home::Table(table) => wrap_from(py, &table.as_from()).map(Some),
        Home::Scattered(..) if several => Ok(None),
        Home::Scattered(table, strangers) => Err(sql_error(py, scattered(&table, &strangers))),
    }
}
