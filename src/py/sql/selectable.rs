//! `FromClause`, `TableClause`: things to select from; parentheses and scalar use of queries.

use super::clause::{ClauseElement, FaceClass, face_class, node_of};
use super::coerce::{self, Role};
use super::collection::ColumnCollection;
use super::face::{wrap_expr, wrap_from, wrap_query};
use crate::py::doors::JOIN;
use crate::py::errors::sql_error;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::Label;
use sql::ast::{Expr, ExprKind, ExprRef, From, FromKind, FromRef, LateralElement, Node, Op, Query, QueryKind, QueryRef, proxy};
use sql::types::TypeRef;

face_class! {
    /// Something to select from.
    FromClause: ClauseElement, "FromClause", "oxalchemy.sql.selectable"
}
face_class! {
    /// A table by name; base of `Table`.
    TableClause: FromClause, "TableClause", "oxalchemy.sql.selectable"
}

/// The FROM element behind a face.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<FromRef> {
    if let Ok(face) = obj.cast::<ClauseElement>()
        && let Some(Node::From(f)) = face.get().node()
    {
        return Ok(f.clone());
    }
    match node_of(obj)? {
        Some(Node::From(f)) => Ok(f),
        _ => Err(coerce::unexpected(obj, Role::From)),
    }
}

/// A query as an operand of a set operation or FROM: in parentheses unless it already is.
pub fn group_query(q: &QueryRef) -> QueryRef {
    match &q.kind {
        QueryKind::Grouping(_) | QueryKind::Values(_) => q.clone(),
        _ => Query::new(QueryKind::Grouping(q.clone())),
    }
}

/// A join as an operand of a join: in parentheses.
pub fn group_from(f: &FromRef, _against: Option<&Op>) -> FromRef {
    match &f.kind {
        FromKind::Join(_) => From::new(FromKind::Grouping(f.clone())),
        _ => f.clone(),
    }
}

/// The type of a query used as a value: that of its only column.
pub fn scalar_type(q: &QueryRef) -> TypeRef {
    proxy::exported(q).first().map_or_else(sql::types::null_type, |(_, e)| e.ty.clone())
}

/// `(SELECT …)` as a value.
pub fn scalar_of(q: &QueryRef) -> ExprRef {
    let inner = proxy::strip_grouping(q).clone();
    let ty = scalar_type(&inner);
    Expr::new(ExprKind::ScalarSelect(inner), ty)
}

/// A name given, or an anonymous one.
pub fn label(name: Option<&Bound<'_, PyAny>>, base: &str) -> PyResult<Label> {
    match name.filter(|n| !n.is_none()) {
        Some(n) => Ok(Label::Fixed(super::names::name(n)?)),
        None => Ok(Label::anon(base)),
    }
}

/// The name of a FROM element, or what stands for it in messages while it has none of its own.
pub fn description(f: &FromRef) -> Option<String> {
    let label = proxy::from_label(f)?;
    if let Label::Fixed(n) = label {
        return Some(n.to_string());
    }
    let of = |inner: &FromRef| description(inner).map(|n| format!("Anonymous alias of {n}"));
    match &f.kind {
        FromKind::Alias { element, .. } => of(element),
        FromKind::TableSample { element, .. } => of(element),
        FromKind::Lateral { .. } => Some("Anonymous alias of anon_1".to_owned()),
        _ => Some("anon_1".to_owned()),
    }
}

/// The text before the number of an anonymous alias of `f`.
pub fn alias_base(f: &FromRef) -> String {
    match proxy::from_label(f) {
        _ if matches!(f.kind, FromKind::Cte(_)) => "anon".to_owned(),
        Some(Label::Fixed(n)) if !matches!(f.kind, FromKind::Subquery { .. }) => n.to_string(),
        Some(Label::Anon { base, .. }) => base.to_string(),
        _ => "anon".to_owned(),
    }
}

/// `f AS name`; `flat` aliases the two sides of a join instead.
pub fn alias_of(f: &FromRef, name: Option<&Bound<'_, PyAny>>, flat: bool) -> PyResult<FromRef> {
    if let FromKind::Join(j) = &f.kind
        && flat
    {
        let (l, r) = (alias_of(&j.left, None, true)?, alias_of(&j.right, None, true)?);
        let mut old = proxy::columns(&j.left);
        old.extend(proxy::columns(&j.right));
        let new: Vec<_> = proxy::columns(&l).into_iter().chain(proxy::columns(&r)).collect();
        let on = sql::ast::fold::replace(&j.onclause, &mut |e| match &e.kind {
            ExprKind::Column(_) => proxy::corresponding_in(&new, e, false),
            _ => None,
        });
        return Ok(From::new(FromKind::Join(std::sync::Arc::new(sql::ast::Join {
            left: l,
            right: r,
            onclause: on,
            isouter: j.isouter,
            full: j.full,
        }))));
    }
    if let FromKind::Grouping(inner) = &f.kind
        && flat
    {
        return Ok(From::new(FromKind::Grouping(alias_of(inner, name, true)?)));
    }
    if matches!(f.kind, FromKind::Join(_)) {
        // A join becomes a subquery of all its columns.
        let q = super::select::select_from_all_labelled(f);
        return Ok(From::new(FromKind::Subquery { query: q, name: label(name, "anon")? }));
    }
    if let FromKind::Cte(c) = &f.kind {
        let mut new = sql::ast::Cte {
            name: label(name, &alias_base(f))?,
            element: c.element.clone(),
            recursive: c.recursive,
            nesting: c.nesting,
            alias_of: Some(f.clone()),
            restates: None,
            prefixes: Vec::new(),
            suffixes: c.suffixes.clone(),
        };
        new.prefixes.clear();
        return Ok(From::new(FromKind::Cte(std::sync::Arc::new(new))));
    }
    Ok(From::new(FromKind::Alias { element: f.clone(), name: label(name, &alias_base(f))? }))
}

/// The `.c` of a FROM element, made once per face.
pub fn collection<'py>(slf: &Bound<'py, FromClause>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let face = slf.as_super().get();
    if let Some(c) = face.extra().c.get() {
        return Ok(c.bind(py).clone());
    }
    let f = own(slf.as_any())?;
    let base = Bound::new(py, ColumnCollection::of_from(&f))?.into_any();
    let _ = face.extra().c.set(base.clone().unbind());
    Ok(base)
}

#[pymethods]
impl FromClause {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = true;
    #[classattr]
    #[pyo3(name = "named_with_column")]
    const NAMED_WITH_COLUMN: bool = true;
    #[classattr]
    #[pyo3(name = "_is_from_clause")]
    const IS_FROM_CLAUSE: bool = true;
    #[classattr]
    #[pyo3(name = "_hide_froms")]
    fn hide_froms(py: Python<'_>) -> Py<PyTuple> {
        PyTuple::empty(py).unbind()
    }

    #[getter]
    fn c<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        collection(slf)
    }
    #[getter]
    fn columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        collection(slf)
    }
    #[getter]
    fn exported_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        collection(slf)
    }
    #[getter]
    fn entity_namespace<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        collection(slf)
    }
    #[getter]
    fn primary_key<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let from = own(slf.as_any())?;
        let mut pk = proxy::columns(&from);
        pk.retain(|(_, c)| match &c.kind {
            ExprKind::Column(c) => c.column.d.read().primary_key,
            _ => false,
        });
        if let FromKind::Join(j) = &from.kind {
            // what only repeats another column of the key is none
            let all: Vec<_> = pk.iter().map(|(_, c)| c.clone()).collect();
            let left = sql::ast::froms::reduce_columns(&all, std::slice::from_ref(&j.onclause), &[], false);
            pk.retain(|(_, c)| left.iter().any(|l| proxy::expr_id(l) == proxy::expr_id(c)));
        }
        let base = ColumnCollection::of_list(pk);
        Ok(Bound::new(slf.py(), base)?.into_any())
    }
    #[getter]
    fn foreign_keys<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        let py = slf.py();
        let set = pyo3::types::PySet::empty(py)?;
        for (_, c) in proxy::columns(&own(slf.as_any())?) {
            for fk in wrap_expr(py, &c)?.getattr("foreign_keys")?.try_iter()? {
                set.add(fk?)?;
            }
        }
        Ok(set)
    }
    /// Name shown in SQL; absent for joins.
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match proxy::from_label(&own(slf.as_any())?) {
            Some(Label::Fixed(n)) => super::names::wrap(py, &n),
            Some(other) => Ok(pyo3::types::PyString::new(py, &proxy::anonymous(&other)).into_any()),
            None => Err(PyAttributeError::new_err("name")),
        }
    }
    /// The element behind an alias, a subquery or a CTE.
    #[getter]
    fn element<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match &own(slf.as_any())?.kind {
            FromKind::Alias { element, .. } | FromKind::TableSample { element, .. } | FromKind::Grouping(element) => {
                wrap_from(py, element)
            }
            FromKind::Subquery { query, .. } | FromKind::Lateral { element: LateralElement::Query(query), .. } => {
                match &query.kind {
                    QueryKind::Select(_) | QueryKind::Compound(_) | QueryKind::Textual(_) => wrap_query(py, query),
                    _ => wrap_query(py, query),
                }
            }
            FromKind::Lateral { element: LateralElement::From(f), .. } => wrap_from(py, f),
            FromKind::Cte(c) => match (&c.alias_of, &c.element) {
                (Some(f), _) => wrap_from(py, f),
                (None, sql::ast::CteElement::Query(q)) => wrap_query(py, q),
                (None, sql::ast::CteElement::Insert(i)) => super::face::wrap_node(py, &Node::Insert(i.clone())),
                (None, sql::ast::CteElement::Update(u)) => super::face::wrap_node(py, &Node::Update(u.clone())),
                (None, sql::ast::CteElement::Delete(d)) => super::face::wrap_node(py, &Node::Delete(d.clone())),
            },
            FromKind::TableValued(t) => wrap_expr(py, &t.func),
            _ => Err(PyAttributeError::new_err("element")),
        }
    }
    #[getter]
    fn original<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::element(slf)
    }
    #[getter]
    fn _from_objects<'py>(slf: Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(slf.py(), [slf.clone()])
    }
    #[getter]
    fn selectable(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[getter]
    fn schema(_slf: &Bound<'_, Self>) -> Option<String> {
        None
    }
    #[getter]
    fn implicit_returning(_slf: &Bound<'_, Self>) -> bool {
        false
    }
    /// An alias of this element.
    #[pyo3(signature = (name=None, flat=false))]
    fn alias<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
        wrap_from(slf.py(), &alias_of(&own(slf.as_any())?, name.as_ref(), flat)?)
    }
    #[pyo3(signature = (name=None, flat=false))]
    fn _anonymous_fromclause<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        flat: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::alias(slf, name, flat)
    }
    /// The whole row as a value.
    fn table_valued<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let e = Expr::new(
            ExprKind::TableValue(own(slf.as_any())?),
            std::sync::Arc::new(sql::types::SqlType::simple("table_value", sql::types::Affinity::Table)),
        );
        wrap_expr(slf.py(), &e)
    }
    /// A sample of the rows.
    #[pyo3(signature = (sampling, name=None, seed=None))]
    fn tablesample<'py>(
        slf: &Bound<'py, Self>,
        sampling: Bound<'py, PyAny>,
        name: Option<Bound<'py, PyAny>>,
        seed: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::from_functions::tablesample(slf.as_any(), &sampling, name.as_ref(), seed.as_ref())
    }
    /// `LATERAL`, for elements that may be.
    #[pyo3(signature = (name=None))]
    fn lateral<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let f = own(slf.as_any())?;
        let element = match &f.kind {
            FromKind::Subquery { query, .. } => LateralElement::Query(query.clone()),
            _ => LateralElement::From(f.clone()),
        };
        let base = alias_base(&f);
        wrap_from(slf.py(), &From::new(FromKind::Lateral { element, name: label(name.as_ref(), &base)? }))
    }
    /// `self JOIN right`.
    #[pyo3(signature = (right, onclause=None, isouter=false, full=false))]
    fn join<'py>(
        slf: &Bound<'py, Self>,
        right: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        isouter: bool,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join_of(slf.as_any(), right, onclause.as_ref(), isouter, full)
    }
    /// `self LEFT OUTER JOIN right`.
    #[pyo3(signature = (right, onclause=None, full=false))]
    fn outerjoin<'py>(
        slf: &Bound<'py, Self>,
        right: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join_of(slf.as_any(), right, onclause.as_ref(), true, full)
    }
    /// `SELECT … FROM self`.
    #[pyo3(signature = (*args, **kw))]
    fn select<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::select::from_select(slf.as_any(), args, kw)
    }
    /// Does it stem from `fromclause`?
    fn is_derived_from(slf: &Bound<'_, Self>, fromclause: &Bound<'_, PyAny>) -> PyResult<bool> {
        let (Ok(a), Ok(b)) = (own(slf.as_any()), own(fromclause)) else { return Ok(false) };
        Ok(proxy::derived(&a, &b))
    }
    #[pyo3(signature = (column, require_embedded=false))]
    fn corresponding_column<'py>(
        slf: &Bound<'py, Self>,
        column: &Bound<'py, PyAny>,
        require_embedded: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let e = coerce::expr(column)?;
        proxy::corresponding(&own(slf.as_any())?, &e, require_embedded).map(|c| wrap_expr(slf.py(), &c)).transpose()
    }
    /// A copy in which `old` and its columns are those of `alias`.
    fn replace_selectable<'py>(
        slf: &Bound<'py, Self>,
        old: &Bound<'py, PyAny>,
        alias: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::select::replace_from(slf.as_any(), old, alias)
    }
    #[pyo3(signature = (functions=None, whereclause=None))]
    fn count<'py>(
        slf: &Bound<'py, Self>,
        functions: Option<Bound<'py, PyAny>>,
        whereclause: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::select::count_rows(slf.as_any(), functions.as_ref(), whereclause.as_ref())
    }
}

/// `join(left, right, onclause, …)`.
pub fn join_of<'py>(
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
    onclause: Option<&Bound<'py, PyAny>>,
    isouter: bool,
    full: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = left.py();
    // entities and relationship attributes are the ORM's to join
    let related = match onclause {
        Some(o) => super::select::relationship(o)?.is_some(),
        None => false,
    };
    if related || coerce::entity_of(right)?.is_some() {
        return JOIN.through()?(left, right, onclause.cloned(), isouter, full);
    }
    let (l, r) = (coerce::from(left)?, coerce::from(right)?);
    let on = onclause.filter(|o| !o.is_none()).map(|o| coerce::expr_in(o, Role::OnClause)).transpose()?;
    wrap_from(py, &sql::ast::joins::make_join(&l, &r, on.as_ref(), isouter, full).map_err(|e| sql_error(py, e))?)
}

#[pymethods]
impl TableClause {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn schema<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let schema = match &own(slf.as_any())?.kind {
            FromKind::Table(t) => t.d.read().schema.clone(),
            _ => None,
        };
        schema.map(|s| super::names::wrap(slf.py(), &s)).transpose()
    }
    #[getter]
    fn fullname(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(match &own(slf.as_any())?.kind {
            FromKind::Table(t) => t.key(),
            _ => String::new(),
        })
    }
    #[getter]
    fn description(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(match &own(slf.as_any())?.kind {
            FromKind::Table(t) => t.name.to_string(),
            _ => String::new(),
        })
    }
    /// Add a `column()`.
    #[pyo3(signature = (c, **_kw))]
    fn append_column(slf: &Bound<'_, Self>, c: &Bound<'_, PyAny>, _kw: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        super::elements::add_column(&own(slf.as_any())?, slf.as_any(), c)
    }
    #[pyo3(signature = (*args, **kw))]
    fn insert<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::dml::with_table("insert", slf.as_any(), args, kw)
    }
    #[pyo3(signature = (*args, **kw))]
    fn update<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::dml::with_table("update", slf.as_any(), args, kw)
    }
    #[pyo3(signature = (*args, **kw))]
    fn delete<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::dml::with_table("delete", slf.as_any(), args, kw)
    }
}
