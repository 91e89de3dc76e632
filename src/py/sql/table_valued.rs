//! Functions in FROM: `table_valued()`, `column_valued()`, `alias()`.

use super::clause::{FaceClass, face_class};
use super::coerce;
use super::face::{wrap_expr, wrap_from};
use super::selectable::{FromClause, label, own};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use sql::ast::{Expr, ExprKind, ExprRef, From, FromKind, FromRef, TableValued, proxy};
use sql::schema::Column;
use sql::schema::column::ColumnData;
use sql::{Label, Name};
use std::sync::Arc;

face_class! {
    /// A function in FROM with a name and columns.
    TableValuedAlias: FromClause, "TableValuedAlias", "oxalchemy.sql.selectable"
}

fn function_name(e: &ExprRef) -> String {
    match &e.kind {
        ExprKind::Function(f) => f.name.to_string(),
        _ => "anon".to_owned(),
    }
}

fn plain_column(name: Name, ty: sql::types::TypeRef) -> Arc<Column> {
    Column::new(ColumnData { name: Some(name), ty, nullable: true, lightweight: true, ..ColumnData::default() })
}

/// A function used directly as a FROM element.
pub fn function_from(e: &ExprRef) -> FromRef {
    From::new(FromKind::Function(e.clone()))
}

fn element(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    super::column::own(obj)
}

/// `func.f().alias(name)`: one column with the function's type.
pub fn alias<'py>(obj: &Bound<'py, PyAny>, name: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let func = element(obj)?;
    let base = function_name(&func);
    let name = label(name, &base)?;
    let column = plain_column(Name::new(proxy::anonymous(&name)), func.ty.clone());
    let tv = TableValued {
        func,
        name,
        columns: vec![column],
        with_ordinality: None,
        render_derived: false,
        render_types: false,
        lateral: false,
    };
    wrap_from(obj.py(), &From::new(FromKind::TableValued(Arc::new(tv))))
}

/// `func.f().table_valued("a", column("b", Integer), …)`.
pub fn table_valued<'py>(
    obj: &Bound<'py, PyAny>,
    exprs: &Bound<'py, PyTuple>,
    name: Option<&Bound<'py, PyAny>>,
    with_ordinality: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let func = element(obj)?;
    let mut columns = Vec::new();
    for e in exprs.iter() {
        columns.push(if e.is_instance_of::<PyString>() {
            plain_column(super::names::name(&e)?, sql::types::null_type())
        } else {
            let e = coerce::expr_in(&e, coerce::Role::ColumnArgument)?;
            plain_column(Name::new(proxy::key_of(&e).unwrap_or_else(|| "".into())), e.ty.clone())
        });
    }
    let with_ordinality = with_ordinality.filter(|w| !w.is_none()).map(super::names::name).transpose()?;
    if let Some(w) = &with_ordinality {
        columns.push(plain_column(w.clone(), sql::types::integer()));
    }
    let base = function_name(&func);
    let _ = &base;
    let tv = TableValued {
        func,
        name: label(name, "anon")?,
        columns,
        with_ordinality,
        render_derived: false,
        render_types: false,
        lateral: false,
    };
    wrap_from(obj.py(), &From::new(FromKind::TableValued(Arc::new(tv))))
}

fn changed<'py>(
    slf: &Bound<'py, TableValuedAlias>,
    change: impl FnOnce(&mut TableValued) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let f = own(slf.as_any())?;
    let FromKind::TableValued(t) = &f.kind else { return Err(coerce::unexpected(slf.as_any(), coerce::Role::From)) };
    let mut new = (**t).clone();
    new.columns = t.columns.iter().map(|c| plain_column(c.name(), c.ty())).collect();
    change(&mut new)?;
    wrap_from(slf.py(), &From::new(FromKind::TableValued(Arc::new(new))))
}

#[pymethods]
impl TableValuedAlias {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    /// The alias as a column.
    #[getter]
    fn column<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let f = own(slf.as_any())?;
        let ty = match &f.kind {
            FromKind::TableValued(t) => t.columns.first().map_or_else(sql::types::null_type, |c| c.ty()),
            _ => sql::types::null_type(),
        };
        wrap_expr(slf.py(), &Expr::new(ExprKind::TableValue(f), ty))
    }
    #[pyo3(signature = (name=None, flat=false))]
    fn alias<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
        let _ = flat;
        changed(slf, |t| {
            let old = match &t.name {
                Label::Fixed(n) => n.to_string(),
                _ => "anon".to_owned(),
            };
            t.name = label(name.as_ref(), &old)?;
            Ok(())
        })
    }
    #[pyo3(signature = (name=None))]
    fn lateral<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        changed(slf, |t| {
            if name.is_some() {
                t.name = label(name.as_ref(), "anon")?;
            }
            t.lateral = true;
            Ok(())
        })
    }
    /// Render column names, and their types, behind the alias.
    #[pyo3(signature = (name=None, with_types=false))]
    fn render_derived<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        with_types: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        changed(slf, |t| {
            if name.is_some() {
                t.name = label(name.as_ref(), "anon")?;
            }
            t.render_derived = true;
            t.render_types = with_types;
            Ok(())
        })
    }
}
