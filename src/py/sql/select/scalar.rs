//! A SELECT as a value, and EXISTS.

use super::*;

#[pymethods]
impl ScalarSelect {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn element<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_query(slf.py(), &inner(slf.as_any())?)
    }
    #[getter]
    fn columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Err(invalid_request(
            slf.py(),
            "Scalar Select expression has no columns; use this object directly within a column-level expression.",
        ))
    }
    #[getter]
    fn c<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::columns(slf)
    }
    #[pyo3(signature = (*crit))]
    fn r#where<'py>(slf: &Bound<'py, Self>, crit: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "where", crit)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "correlate", fromclauses)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate_except<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "correlate_except", fromclauses)
    }
    fn scalar_subquery(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
}

pub(super) fn inner(obj: &Bound<'_, PyAny>) -> PyResult<QueryRef> {
    match &super::super::column::own(obj)?.kind {
        ExprKind::ScalarSelect(q) | ExprKind::Exists(q) => Ok(q.clone()),
        _ => Err(coerce::unexpected(obj, Role::Select)),
    }
}

/// Apply a method of the inner SELECT and wrap it as before.
pub(super) fn through<'py>(obj: &Bound<'py, PyAny>, method: &str, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let e = super::super::column::own(obj)?;
    let query = inner(obj)?;
    if matches!(e.kind, ExprKind::Exists(_)) && !matches!(proxy::strip_grouping(&query).kind, QueryKind::Select(_)) {
        return Err(invalid_request(py, "Can only apply this operation to a plain SELECT construct"));
    }
    let new = own(&wrap_query(py, &query)?.call_method(method, args, None)?)?;
    let kind = match &e.kind {
        ExprKind::Exists(_) => ExprKind::Exists(new),
        _ => ExprKind::ScalarSelect(new),
    };
    wrap_expr(py, &Expr::new(kind, e.ty.clone()))
}

#[pymethods]
impl Exists {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[pyo3(signature = (*clause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, clause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "where", clause)
    }
    #[pyo3(signature = (*froms))]
    fn select_from<'py>(slf: &Bound<'py, Self>, froms: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "select_from", froms)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "correlate", fromclauses)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate_except<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "correlate_except", fromclauses)
    }
    #[pyo3(signature = (*args))]
    fn with_hint<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "with_hint", args)
    }
    #[pyo3(signature = (*args))]
    fn with_statement_hint<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        through(slf.as_any(), "with_statement_hint", args)
    }
    /// `SELECT EXISTS (…)`.
    #[pyo3(signature = (*args, **kw))]
    fn select<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if args.is_empty() && kw.is_none() {
            return select(py, &PyTuple::new(py, [slf])?, None);
        }
        from_select(slf.as_any(), args, kw)
    }
}

/// `exists(select=None)`; the list form `exists([cols], where)` too.
#[pyfunction]
#[pyo3(signature = (*args, **kw))]
pub(super) fn exists<'py>(
    py: Python<'py>,
    args: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let star = || SelectItem::Expr(Expr::new(ExprKind::LiteralColumn(Name::new("*")), sql::types::null_type()));
    let exists_of = |q: QueryRef| wrap_expr(py, &Expr::new(ExprKind::Exists(q), sql::types::boolean()));
    let first = args.get_item(0).ok().filter(|f| !f.is_none());
    let q = match first {
        None => Query::select(SelectNode { columns: vec![star()], ..SelectNode::default() }),
        Some(f) if f.is_instance_of::<PyList>() => own(&legacy_select(py, args, kw)?)?,
        Some(f) => match node_of(&coerce::clause_of(&f)?)? {
            Some(Node::Query(q)) => q,
            Some(Node::From(f)) => select_from_all(&f),
            Some(Node::Expr(e)) => match &e.kind {
                ExprKind::ScalarSelect(q) | ExprKind::QueryGrouping(q) => q.clone(),
                _ => {
                    let objs: Vec<_> = args.iter().collect();
                    Query::select(select_node(&objs)?)
                }
            },
            _ => {
                let objs: Vec<_> = args.iter().collect();
                Query::select(select_node(&objs)?)
            }
        },
    };
    exists_of(q)
}
