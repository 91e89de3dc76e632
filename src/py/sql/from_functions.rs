//! Joins, CTEs, VALUES, samples and the module functions for FROM elements.

use super::clause::{ClauseElement, FaceClass, face_class, node_of};
use super::coerce::{self, Role};
use super::face::{wrap_expr, wrap_from};
use super::selectable::{FromClause, alias_of, label, own};
use crate::py::errors::argument_error;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::Label;
use sql::ast::{Affix, CteElement, Expr, ExprKind, From, FromKind, FromRef, Node, Query, QueryKind, build};
use sql::schema::Column;
use sql::schema::column::ColumnData;
use std::sync::Arc;

face_class! {
    /// `left JOIN right ON …`.
    Join: FromClause, "Join", "oxalchemy.sql.selectable"
}
face_class! {
    /// WITH element.
    Cte: FromClause, "CTE", "oxalchemy.sql.selectable"
}
face_class! {
    /// VALUES.
    Values: FromClause, "Values", "oxalchemy.sql.selectable"
}

#[pymethods]
impl Join {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "named_with_column")]
    const NAMED_WITH_COLUMN: bool = false;
    #[getter]
    fn left<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_from(slf.py(), &node(slf)?.left)
    }
    #[getter]
    fn right<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_from(slf.py(), &node(slf)?.right)
    }
    #[getter]
    fn onclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_expr(slf.py(), &node(slf)?.onclause)
    }
    #[getter]
    fn isouter(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(node(slf)?.isouter)
    }
    #[getter]
    fn full(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(node(slf)?.full)
    }
    #[getter]
    fn description(slf: &Bound<'_, Self>) -> PyResult<String> {
        let j = node(slf)?;
        let show = |f: &FromRef| {
            let name = sql::ast::proxy::from_label(f)
                .map(|l| sql::ast::proxy::anonymous(&l).to_string())
                .unwrap_or_else(|| "Join object".to_owned());
            format!("{name}({})", f.id())
        };
        Ok(format!("Join object on {} and {}", show(&j.left), show(&j.right)))
    }
    #[getter]
    fn _from_objects<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, pyo3::types::PyList>> {
        let j = node(slf)?;
        let list = pyo3::types::PyList::new(slf.py(), [slf])?;
        for side in [&j.left, &j.right] {
            for o in wrap_from(slf.py(), side)?.getattr("_from_objects")?.try_iter()? {
                list.append(o?)?;
            }
        }
        Ok(list)
    }
}

fn node(slf: &Bound<'_, Join>) -> PyResult<Arc<sql::ast::Join>> {
    match &own(slf.as_any())?.kind {
        FromKind::Join(j) => Ok(j.clone()),
        _ => Err(coerce::unexpected(slf.as_any(), Role::From)),
    }
}

/// The CTE of a query or of DML with RETURNING.
pub fn cte_of<'py>(
    obj: &Bound<'py, PyAny>,
    name: Option<&Bound<'py, PyAny>>,
    recursive: bool,
    nesting: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let element = match node_of(obj)? {
        Some(Node::Query(q)) => CteElement::Query(q),
        Some(Node::Insert(i)) => CteElement::Insert(i),
        Some(Node::Update(u)) => CteElement::Update(u),
        Some(Node::Delete(d)) => CteElement::Delete(d),
        _ => return Err(coerce::unexpected(obj, Role::Cte)),
    };
    let cte = sql::ast::Cte {
        name: label(name, "anon")?,
        element,
        recursive,
        nesting,
        alias_of: None,
        restates: None,
        prefixes: Vec::new(),
        suffixes: Vec::new(),
    };
    let face = wrap_from(obj.py(), &From::new(FromKind::Cte(Arc::new(cte))))?;
    face.cast::<ClauseElement>()?.get().keep(obj);
    Ok(face)
}

fn cte(slf: &Bound<'_, Cte>) -> PyResult<(FromRef, Arc<sql::ast::Cte>)> {
    let f = own(slf.as_any())?;
    match &f.kind {
        FromKind::Cte(c) => Ok((f.clone(), c.clone())),
        _ => Err(coerce::unexpected(slf.as_any(), Role::Cte)),
    }
}

fn combined<'py>(slf: &Bound<'py, Cte>, method: &str, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let (f, c) = cte(slf)?;
    let CteElement::Query(q) = &c.element else {
        return Err(argument_error(py, "a set operation needs a CTE of a SELECT"));
    };
    let joined = super::face::wrap_query(py, q)?.call_method(method, other, None)?;
    let element = CteElement::Query(super::select::own(&joined)?);
    let new = sql::ast::Cte {
        name: c.name.clone(),
        element,
        recursive: c.recursive,
        nesting: c.nesting,
        alias_of: None,
        restates: Some(f),
        prefixes: c.prefixes.clone(),
        suffixes: c.suffixes.clone(),
    };
    wrap_from(py, &From::new(FromKind::Cte(Arc::new(new))))
}

fn affixed<'py>(slf: &Bound<'py, Cte>, words: &Bound<'py, PyTuple>, dialect: &str, suffix: bool) -> PyResult<Bound<'py, PyAny>> {
    let (_, c) = cte(slf)?;
    let mut new = sql::ast::Cte {
        name: c.name.clone(),
        element: c.element.clone(),
        recursive: c.recursive,
        nesting: c.nesting,
        alias_of: c.alias_of.clone(),
        restates: c.restates.clone(),
        prefixes: c.prefixes.clone(),
        suffixes: c.suffixes.clone(),
    };
    for w in words.iter() {
        let expr = match w.cast::<pyo3::types::PyString>() {
            Ok(s) => Expr::new(ExprKind::Text(Arc::new(super::text::text_node(s.to_str()?))), sql::types::null_type()),
            Err(_) => coerce::expr(&w)?,
        };
        let list = if suffix { &mut new.suffixes } else { &mut new.prefixes };
        list.push(Affix { expr, dialect: dialect.into() });
    }
    wrap_from(slf.py(), &From::new(FromKind::Cte(Arc::new(new))))
}

#[pymethods]
impl Cte {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn recursive(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(cte(slf)?.1.recursive)
    }
    #[getter]
    fn nesting(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(cte(slf)?.1.nesting)
    }
    #[pyo3(signature = (name=None, flat=false))]
    fn alias<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
        wrap_from(slf.py(), &alias_of(&cte(slf)?.0, name.as_ref(), flat)?)
    }
    #[pyo3(signature = (*other))]
    fn union<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        combined(slf, "union", other)
    }
    #[pyo3(signature = (*other))]
    fn union_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        combined(slf, "union_all", other)
    }
    #[pyo3(signature = (*expr, dialect="*"))]
    fn prefix_with<'py>(slf: &Bound<'py, Self>, expr: &Bound<'py, PyTuple>, dialect: &str) -> PyResult<Bound<'py, PyAny>> {
        affixed(slf, expr, dialect, false)
    }
    #[pyo3(signature = (*expr, dialect="*"))]
    fn suffix_with<'py>(slf: &Bound<'py, Self>, expr: &Bound<'py, PyTuple>, dialect: &str) -> PyResult<Bound<'py, PyAny>> {
        affixed(slf, expr, dialect, true)
    }
}

fn values_changed<'py>(
    slf: &Bound<'py, Values>,
    change: impl FnOnce(&mut sql::ast::Values) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let f = own(slf.as_any())?;
    let FromKind::Values(v) = &f.kind else { return Err(coerce::unexpected(slf.as_any(), Role::From)) };
    let mut new = (**v).clone();
    change(&mut new)?;
    wrap_from(slf.py(), &From::new(FromKind::Values(Arc::new(new))))
}

#[pymethods]
impl Values {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    /// Rows.
    fn data<'py>(slf: &Bound<'py, Self>, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        values_changed(slf, |v| {
            let mut rows = Vec::new();
            for row in values.try_iter()? {
                let mut out = Vec::new();
                for (i, item) in row?.try_iter()?.enumerate() {
                    let item = item?;
                    let ty = v.columns.get(i).map(|c| c.ty());
                    out.push(match coerce::try_expr(&item, Role::BinaryElement)? {
                        Some(e) => e,
                        None => super::bind::value_bind("param", &item, ty)?,
                    });
                }
                rows.push(out);
            }
            v.data.push(rows);
            Ok(())
        })
    }
    #[pyo3(signature = (name=None, flat=false))]
    fn alias<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
        let _ = flat;
        values_changed(slf, |v| {
            v.name = Some(label(name.as_ref(), "anon")?);
            Ok(())
        })
    }
    #[pyo3(signature = (name=None))]
    fn lateral<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        values_changed(slf, |v| {
            if name.is_some() {
                v.name = Some(label(name.as_ref(), "anon")?);
            }
            v.lateral = true;
            Ok(())
        })
    }
    fn scalar_values<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let q = Query::new(QueryKind::Values(own(slf.as_any())?));
        wrap_expr(slf.py(), &Expr::new(ExprKind::ScalarSelect(q), sql::types::null_type()))
    }
    #[pyo3(signature = (name=None, recursive=false, nesting=false))]
    fn cte<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        recursive: bool,
        nesting: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let values = own(slf.as_any())?;
        // Without a name of its own it is called after the values.
        let base = match &values.kind {
            FromKind::Values(v) => match &v.name {
                Some(sql::Label::Fixed(n)) => n.text.clone(),
                _ => "anon".into(),
            },
            _ => "anon".into(),
        };
        let q = Query::new(QueryKind::Values(values));
        let c = sql::ast::Cte {
            name: label(name.as_ref(), &base)?,
            element: CteElement::Query(q),
            recursive,
            nesting,
            alias_of: None,
            restates: None,
            prefixes: Vec::new(),
            suffixes: Vec::new(),
        };
        wrap_from(slf.py(), &From::new(FromKind::Cte(Arc::new(c))))
    }
}

/// `values(*columns, name=None, literal_binds=False)`.
#[pyfunction]
#[pyo3(signature = (*columns, name=None, literal_binds=false))]
fn values<'py>(
    py: Python<'py>,
    columns: &Bound<'py, PyTuple>,
    name: Option<Bound<'py, PyAny>>,
    literal_binds: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let mut cols = Vec::new();
    for c in columns.iter() {
        let e = coerce::expr_in(&c, Role::ColumnArgument)?;
        let name = sql::ast::proxy::key_of(&e).unwrap_or_else(|| "".into());
        cols.push(Column::new(ColumnData {
            name: Some(sql::Name::new(name)),
            ty: e.ty.clone(),
            nullable: true,
            lightweight: true,
            ..ColumnData::default()
        }));
    }
    let name = match name.filter(|n| !n.is_none()) {
        Some(n) => Some(Label::Fixed(super::names::name(&n)?)),
        None => None,
    };
    let v = sql::ast::Values { columns: cols, name, data: Vec::new(), literal_binds, lateral: false };
    wrap_from(py, &From::new(FromKind::Values(Arc::new(v))))
}

/// `tablesample(selectable, sampling, name=None, seed=None)`.
#[pyfunction]
#[pyo3(signature = (selectable, sampling, name=None, seed=None))]
pub fn tablesample<'py>(
    selectable: &Bound<'py, PyAny>,
    sampling: &Bound<'py, PyAny>,
    name: Option<&Bound<'py, PyAny>>,
    seed: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let element = coerce::from(selectable)?;
    let sampling = match coerce::try_expr(sampling, Role::BinaryElement)? {
        Some(e) if matches!(e.kind, ExprKind::Function(_)) => e,
        Some(e) => build::func("system", vec![e], sql::types::null_type()),
        None => build::func("system", vec![coerce::expr_or_literal(sampling, "system")?], sql::types::null_type()),
    };
    let seed = seed.filter(|s| !s.is_none()).map(|s| coerce::expr_or_literal(s, "param")).transpose()?;
    let base = super::selectable::alias_base(&element);
    wrap_from(selectable.py(), &From::new(FromKind::TableSample { element, name: label(name, &base)?, sampling, seed }))
}

/// `alias(selectable, name=None, flat=False)`.
#[pyfunction]
#[pyo3(signature = (selectable, name=None, flat=false))]
fn alias<'py>(selectable: &Bound<'py, PyAny>, name: Option<&Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
    let clause = coerce::clause_of(selectable)?;
    if let Some(Node::Query(_)) = node_of(&clause)? {
        return clause.call_method1("subquery", (name,));
    }
    wrap_from(selectable.py(), &alias_of(&coerce::from(selectable)?, name, flat)?)
}

/// `lateral(selectable, name=None)`.
#[pyfunction]
#[pyo3(signature = (selectable, name=None))]
fn lateral<'py>(selectable: &Bound<'py, PyAny>, name: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    coerce::clause_of(selectable)?.call_method1("lateral", (name,))
}

/// `join(left, right, onclause=None, isouter=False, full=False)`.
#[pyfunction]
#[pyo3(signature = (left, right, onclause=None, isouter=false, full=false))]
fn join<'py>(
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
    onclause: Option<&Bound<'py, PyAny>>,
    isouter: bool,
    full: bool,
) -> PyResult<Bound<'py, PyAny>> {
    super::selectable::join_of(left, right, onclause, isouter, full)
}

/// `outerjoin(left, right, onclause=None, full=False)`.
#[pyfunction]
#[pyo3(signature = (left, right, onclause=None, full=false))]
fn outerjoin<'py>(
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
    onclause: Option<&Bound<'py, PyAny>>,
    full: bool,
) -> PyResult<Bound<'py, PyAny>> {
    super::selectable::join_of(left, right, onclause, true, full)
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($f:path),* $(,)?) => { $(m.add_function(wrap_pyfunction!($f, m)?)?;)* };
    }
    functions!(values, tablesample, alias, lateral, join, outerjoin);
    Ok(())
}
