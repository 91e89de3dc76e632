//! `Select`, `CompoundSelect`, `TextualSelect`, scalar subqueries and EXISTS.

use super::clause::{ClauseElement, FaceClass, face_class, node_of};
use super::coerce::{self, Role};
use super::collection::ColumnCollection;
use super::column::ColumnElement;
use super::exec_options;
use super::face::{wrap_expr, wrap_from, wrap_node, wrap_query};
use super::selectable;
use crate::py::errors::{argument_error, invalid_request, sql_error};
use crate::py::host::PyHost;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple};
use sql::ast::build;
use sql::ast::proxy::{self, KeyedColumn};
use sql::ast::{
    Affix, Compound, Correlate, Distinct, Expr, ExprKind, ExprRef, Fetch, ForUpdate, From, FromKind, FromRef, Hint, JoinOn,
    JoinTarget, LabelStyle, Node, Query, QueryKind, QueryRef, Select as SelectNode, SelectItem, SetupJoin,
    TextualSelect as TextualNode,
};
use sql::host::HostRef;
use sql::{Label, Name};
use std::sync::Arc;

face_class! {
    /// Anything that yields rows and is no FROM element by itself.
    SelectBase: ClauseElement, "SelectBase", "oxalchemy.sql.selectable"
}
face_class! {
    /// SELECT.
    Select: SelectBase, "Select", "oxalchemy.sql.selectable"
}
face_class! {
    /// UNION and relatives.
    CompoundSelect: SelectBase, "CompoundSelect", "oxalchemy.sql.selectable"
}
face_class! {
    /// `text().columns()`.
    TextualSelect: SelectBase, "TextualSelect", "oxalchemy.sql.selectable"
}
face_class! {
    /// A SELECT as a value.
    ScalarSelect: ColumnElement, "ScalarSelect", "oxalchemy.sql.selectable"
}
face_class! {
    /// EXISTS.
    Exists: ColumnElement, "Exists", "oxalchemy.sql.selectable"
}

/// The query behind a face.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<QueryRef> {
    match obj.cast::<ClauseElement>().ok().and_then(|f| f.get().node().cloned()) {
        Some(Node::Query(q)) => Ok(q),
        _ => Err(coerce::unexpected(obj, Role::Select)),
    }
}

/// A copy of a SELECT face with a changed node. The class of a user's subclass is kept.
fn changed<'py>(obj: &Bound<'py, PyAny>, change: impl FnOnce(&mut SelectNode) -> PyResult<()>) -> PyResult<Bound<'py, PyAny>> {
    let q = own(obj)?;
    let QueryKind::Select(s) = &q.kind else { return Err(coerce::unexpected(obj, Role::Select)) };
    let mut new = (**s).clone();
    change(&mut new)?;
    super::face::make_of(&obj.get_type(), Node::Query(Query::select(new)))
}

fn is_orm(item: &SelectItem) -> bool {
    match item {
        SelectItem::Entity(_) | SelectItem::Host(_) => true,
        SelectItem::Expr(e) => e.ann.as_ref().is_some_and(|a| a.entity.is_some()) || matches!(e.kind, ExprKind::Entity(_)),
        SelectItem::From(f) => f.entity.is_some(),
    }
}

/// Does an expression stem from an ORM attribute?
fn expr_is_orm(e: &ExprRef) -> bool {
    let mut found = false;
    sql::ast::fold::walk(e, &mut |x| {
        found |= x.ann.as_ref().is_some_and(|a| a.entity.is_some());
        !found
    });
    found
}

fn items(objs: &[Bound<'_, PyAny>]) -> PyResult<Vec<SelectItem>> {
    objs.iter().map(coerce::select_item).collect()
}

/// A SELECT of these items.
pub fn select_node(objs: &[Bound<'_, PyAny>]) -> PyResult<SelectNode> {
    let columns = items(objs)?;
    let orm = columns.iter().any(is_orm);
    Ok(SelectNode { columns, orm, ..SelectNode::default() })
}

const LEGACY: &[&str] = &[
    "columns",
    "whereclause",
    "from_obj",
    "distinct",
    "having",
    "correlate",
    "prefixes",
    "suffixes",
    "order_by",
    "group_by",
    "limit",
    "offset",
    "for_update",
    "use_labels",
    "bind",
    "autocommit",
];

/// `select(*entities)`; the list form of 1.x with its keyword arguments too.
#[pyfunction]
#[pyo3(signature = (*entities, **kw))]
pub fn select<'py>(
    py: Python<'py>,
    entities: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let legacy_first = match entities.get_item(0) {
        Ok(first) => entities.len() >= 1 && (first.is_instance_of::<PyList>() || (first.is_none() && kw.is_some())),
        Err(_) => false,
    };
    if legacy_first || kw.is_some_and(|k| k.keys().iter().any(|k| k.extract::<String>().is_ok_and(|k| LEGACY.contains(&&*k)))) {
        return legacy_select(py, entities, kw);
    }
    if let Some(kw) = kw.filter(|k| !k.is_empty()) {
        let name: String = kw.keys().get_item(0)?.extract()?;
        return Err(pyo3::exceptions::PyTypeError::new_err(format!("select() got an unexpected keyword argument '{name}'")));
    }
    let objs: Vec<_> = entities.iter().collect();
    wrap_query(py, &Query::select(select_node(&objs)?))
}

/// `select([columns], whereclause, from_obj, **kw)`.
fn legacy_select<'py>(
    py: Python<'py>,
    args: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let kw = match kw {
        Some(k) => k.copy()?,
        None => PyDict::new(py),
    };
    let names = ["columns", "whereclause", "from_obj"];
    for (i, a) in args.iter().enumerate() {
        match names.get(i) {
            Some(n) => kw.set_item(*n, a)?,
            None => return Err(argument_error(py, "select() takes at most three positional arguments in its list form")),
        }
    }
    let get = |n: &str| -> PyResult<Option<Bound<'py, PyAny>>> { Ok(kw.get_item(n)?.filter(|v| !v.is_none())) };
    let list = |v: Bound<'py, PyAny>| -> PyResult<Vec<Bound<'py, PyAny>>> {
        if v.is_instance_of::<PyList>() || v.is_instance_of::<PyTuple>() || v.is_instance_of::<pyo3::types::PySet>() {
            v.try_iter()?.collect()
        } else {
            Ok(vec![v])
        }
    };
    let columns = match get("columns")? {
        Some(c) if c.is_instance_of::<ColumnCollection>() => c.try_iter()?.collect::<PyResult<Vec<_>>>()?,
        Some(c) => list(c)?,
        None => Vec::new(),
    };
    let mut s = select_node(&columns)?;
    if let Some(w) = get("whereclause")? {
        s.where_.push(coerce::expr_in(&w, Role::WhereHaving)?);
    }
    if let Some(f) = get("from_obj")? {
        for f in list(f)? {
            s.from_obj.push(coerce::from(&f)?);
        }
    }
    if let Some(d) = get("distinct")? {
        if let Ok(b) = d.cast::<PyBool>() {
            s.distinct = if b.is_true() { Distinct::Yes } else { Distinct::No };
        } else {
            s.distinct = Distinct::On(list(d)?.iter().map(|e| coerce::ordering(e, Role::GroupBy)).collect::<PyResult<_>>()?);
        }
    }
    if let Some(h) = get("having")? {
        s.having.push(coerce::expr_in(&h, Role::WhereHaving)?);
    }
    if let Some(c) = kw.get_item("correlate")?.filter(|c| c.is_instance_of::<PyBool>())
        && !c.is_truthy()?
    {
        s.correlate = Correlate::None;
    }
    for (name, suffix) in [("prefixes", false), ("suffixes", true)] {
        if let Some(p) = get(name)? {
            for p in list(p)? {
                let affix = Affix { expr: text_or_expr(&p)?, dialect: "*".into() };
                if suffix { s.suffixes.push(affix) } else { s.prefixes.push(affix) }
            }
        }
    }
    if let Some(o) = get("order_by")? {
        s.order_by = list(o)?.iter().map(|e| coerce::ordering(e, Role::OrderBy)).collect::<PyResult<_>>()?;
    }
    if let Some(o) = get("group_by")? {
        s.group_by = list(o)?.iter().map(|e| coerce::ordering(e, Role::GroupBy)).collect::<PyResult<_>>()?;
    }
    if let Some(l) = get("limit")? {
        s.limit = coerce::limit(&l)?;
    }
    if let Some(l) = get("offset")? {
        s.offset = coerce::limit(&l)?;
    }
    if let Some(f) = get("for_update")?.filter(|f| f.is_truthy().unwrap_or(false)) {
        let mut fu = ForUpdate::default();
        match f.extract::<String>().unwrap_or_default().as_str() {
            "nowait" => fu.nowait = true,
            "read" => fu.read = true,
            "read_nowait" => (fu.read, fu.nowait) = (true, true),
            _ => {}
        }
        s.for_update = Some(fu);
    }
    if get("use_labels")?.is_some_and(|u| u.is_truthy().unwrap_or(false)) {
        s.label_style = LabelStyle::TablenamePlusCol;
    }
    wrap_query(py, &Query::select(s))
}

/// Text or an expression, for prefixes and hints.
fn text_or_expr(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    if let Ok(s) = obj.cast::<PyString>() {
        return Ok(Expr::new(ExprKind::Text(Arc::new(super::text::text_node(s.to_str()?))), sql::types::null_type()));
    }
    coerce::expr(obj)
}

/// `SELECT f.* FROM f`.
pub fn select_from_all(f: &FromRef) -> QueryRef {
    Query::select(SelectNode { columns: vec![SelectItem::From(f.clone())], ..SelectNode::default() })
}
/// The same with `table_column` labels, for joins as subqueries.
pub fn select_from_all_labelled(f: &FromRef) -> QueryRef {
    Query::select(SelectNode {
        columns: vec![SelectItem::From(f.clone())],
        label_style: LabelStyle::TablenamePlusCol,
        ..SelectNode::default()
    })
}

/// `table.select(…)`: of all columns, in the legacy form with a criterion.
pub fn from_select<'py>(
    table: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
    if args.is_empty() && kw.is_none_or(|k| k.is_empty()) {
        return select(py, &PyTuple::new(py, [table])?, None);
    }
    let all = kw.map_or_else(|| Ok(PyDict::new(py)), |k| k.copy())?;
    all.set_item("columns", PyList::new(py, [table])?)?;
    if let Ok(w) = args.get_item(0) {
        all.set_item("whereclause", w)?;
    }
    legacy_select(py, &PyTuple::empty(py), Some(&all))
}

/// `table.count(whereclause)` of old: `SELECT count(pk) FROM table`.
pub fn count_rows<'py>(
    table: &Bound<'py, PyAny>,
    functions: Option<&Bound<'py, PyAny>>,
    whereclause: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
    let f = coerce::from(table)?;
    let cols = proxy::columns(&f);
    let pk = cols
        .iter()
        .find(|(_, c)| matches!(&c.kind, ExprKind::Column(c) if c.column.d.read().primary_key))
        .or_else(|| cols.first());
    let Some((_, column)) = pk else { return Err(invalid_request(py, "table has no columns to count")) };
    let count = Expr::new(
        ExprKind::Label {
            name: Label::Fixed(Name::new("tbl_row_count")),
            element: build::func("count", vec![column.clone()], sql::types::integer()),
        },
        sql::types::integer(),
    );
    let mut s = SelectNode { columns: vec![SelectItem::Expr(count)], from_obj: vec![f], ..SelectNode::default() };
    let criterion = whereclause.or(functions.filter(|f| f.is_instance_of::<ClauseElement>()));
    if let Some(w) = criterion.filter(|w| !w.is_none()) {
        s.where_.push(coerce::expr_in(w, Role::WhereHaving)?);
    }
    wrap_query(py, &Query::select(s))
}

/// `element.replace_selectable(old, alias)`.
pub fn replace_from<'py>(
    obj: &Bound<'py, PyAny>,
    old: &Bound<'py, PyAny>,
    alias: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let (old, new) = (coerce::from(old)?, coerce::from(alias)?);
    let Some(node) = node_of(obj)? else { return Ok(obj.clone()) };
    let columns = proxy::columns(&new);
    struct Swap {
        old: FromRef,
        new: FromRef,
        columns: Vec<KeyedColumn>,
    }
    impl sql::ast::fold::Fold for Swap {
        fn fold_expr(&mut self, e: &ExprRef) -> ExprRef {
            match &e.kind {
                ExprKind::Column(c) if c.from.as_ref().is_some_and(|f| f.id() == self.old.id()) => {
                    proxy::corresponding_in(&self.columns, e, false).unwrap_or_else(|| e.clone())
                }
                _ => sql::ast::fold::expr_children(self, e),
            }
        }
        fn fold_from(&mut self, f: &FromRef) -> FromRef {
            if f.id() == self.old.id() { self.new.clone() } else { sql::ast::fold::from_children(self, f) }
        }
    }
    use sql::ast::fold::Fold;
    let mut swap = Swap { old, new, columns };
    let out = match &node {
        Node::Expr(e) => Node::Expr(swap.fold_expr(e)),
        Node::From(f) => Node::From(swap.fold_from(f)),
        Node::Query(q) => Node::Query(swap.fold_query(q)),
        other => other.clone(),
    };
    wrap_node(py, &out)
}

/// Exported columns as a collection.
fn exported<'py>(py: Python<'py>, q: &QueryRef) -> PyResult<Bound<'py, PyAny>> {
    let base = ColumnCollection::of_list(selected(q));
    Ok(Bound::new(py, base)?.into_any())
}

/// Selected columns under the keys that the label style gives them.
fn selected(q: &QueryRef) -> Vec<KeyedColumn> {
    let style = match &proxy::strip_grouping(q).kind {
        QueryKind::Select(s) => s.label_style,
        QueryKind::Compound(c) => return c.selects.first().map(selected).unwrap_or_default(),
        _ => return proxy::exported(q),
    };
    let mut out: Vec<KeyedColumn> = Vec::new();
    for (key, e) in proxy::exported(q) {
        let mut name = match style {
            LabelStyle::TablenamePlusCol => proxy::table_qualified(&e).unwrap_or(key),
            _ => key,
        };
        if name.is_empty() {
            name = "_no_label".into();
        }
        if style != LabelStyle::None && out.iter().any(|(k, _)| *k == name) {
            let mut n = 1;
            while out.iter().any(|(k, _)| **k == *format!("{name}_{n}")) {
                n += 1;
            }
            name = format!("{name}_{n}").into();
        }
        out.push((name, e));
    }
    out
}

fn host_options(options: &[HostRef], py: Python<'_>) -> Vec<Py<PyAny>> {
    options.iter().filter_map(|o| PyHost::get(py, o)).map(Bound::unbind).collect()
}

fn exec_slot(q: &mut QueryKind) -> Option<&mut sql::ast::ExecOptions> {
    match q {
        QueryKind::Select(s) => Some(&mut s.exec_options),
        QueryKind::Compound(c) => Some(&mut c.exec_options),
        QueryKind::Textual(t) => Some(&mut t.exec_options),
        QueryKind::FromStatement(f) => Some(&mut f.exec_options),
        _ => None,
    }
}
fn options_slot(q: &mut QueryKind) -> Option<&mut Vec<HostRef>> {
    match q {
        QueryKind::Select(s) => Some(&mut s.options),
        QueryKind::Compound(c) => Some(&mut c.options),
        QueryKind::Textual(t) => Some(&mut t.options),
        QueryKind::FromStatement(f) => Some(&mut f.options),
        _ => None,
    }
}
fn cte_slot(q: &mut QueryKind) -> Option<&mut Vec<(FromRef, bool)>> {
    match q {
        QueryKind::Select(s) => Some(&mut s.ctes),
        QueryKind::Compound(c) => Some(&mut c.ctes),
        QueryKind::Textual(t) => Some(&mut t.ctes),
        _ => None,
    }
}

/// A copy of any query face with a changed node.
fn changed_any<'py>(obj: &Bound<'py, PyAny>, change: impl FnOnce(&mut QueryKind) -> PyResult<()>) -> PyResult<Bound<'py, PyAny>> {
    let q = own(obj)?;
    let mut kind = q.kind.clone();
    change(&mut kind)?;
    super::face::make_of(&obj.get_type(), Node::Query(Query::new(kind)))
}

/// Execution options of a query node.
pub fn exec_options_of<'py>(py: Python<'py>, q: &QueryRef) -> Option<Bound<'py, PyAny>> {
    let slot = match &q.kind {
        QueryKind::Select(s) => &s.exec_options,
        QueryKind::Compound(c) => &c.exec_options,
        QueryKind::Textual(t) => &t.exec_options,
        QueryKind::FromStatement(f) => &f.exec_options,
        _ => return None,
    };
    slot.as_ref().and_then(|h| PyHost::get(py, h))
}

/// A set operation of `first` and `others`.
fn compound<'py>(py: Python<'py>, keyword: &'static str, members: &[Bound<'py, PyAny>]) -> PyResult<Bound<'py, PyAny>> {
    let selects = members
        .iter()
        .map(|m| {
            let clause = coerce::clause_of(m)?;
            let q = match node_of(&clause)? {
                Some(Node::From(f)) if !matches!(f.kind, FromKind::Values(_) | FromKind::Query(_)) => {
                    return Err(argument_error(
                        py,
                        format!(
                            "{} expected, got {}. To SELECT from any FROM clause, use the .select() method.",
                            Role::Compound.expects(),
                            m.repr()?
                        ),
                    ));
                }
                _ => coerce::query(&clause, Role::Compound)?,
            };
            Ok(match &q.kind {
                QueryKind::Compound(_) => selectable::group_query(&q),
                QueryKind::Select(s)
                    if s.limit.is_some() || s.offset.is_some() || s.fetch.is_some() || !s.order_by.is_empty() =>
                {
                    selectable::group_query(&q)
                }
                _ => q,
            })
        })
        .collect::<PyResult<Vec<_>>>()?;
    let q = Query::new(QueryKind::Compound(Box::new(Compound {
        keyword,
        selects,
        group_by: Vec::new(),
        order_by: Vec::new(),
        limit: None,
        offset: None,
        fetch: None,
        for_update: None,
        ctes: Vec::new(),
        label_style: LabelStyle::default(),
        options: Vec::new(),
        exec_options: None,
    })));
    wrap_query(py, &q)
}

macro_rules! set_operations {
    ($($f:ident = $kw:literal;)*) => {$(
        /// The set operation of any number of SELECTs.
        #[pyfunction]
        #[pyo3(signature = (*selects))]
        fn $f<'py>(py: Python<'py>, selects: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
            let members = coerce::spread(selects)?;
            compound(py, $kw, &members)
        }
    )*};
}
set_operations! {
    union = "UNION";
    union_all = "UNION ALL";
    except_ = "EXCEPT";
    except_all = "EXCEPT ALL";
    intersect = "INTERSECT";
    intersect_all = "INTERSECT ALL";
}

fn with_self<'py>(slf: &Bound<'py, SelectBase>, other: &Bound<'py, PyTuple>) -> Vec<Bound<'py, PyAny>> {
    std::iter::once(slf.clone().into_any()).chain(other.iter()).collect()
}

/// A SELECT whose columns have names of their own, for a FROM clause.
fn distinct_names<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let free = own(obj)?.as_select().is_some_and(|s| s.label_style == LabelStyle::None);
    if !free {
        return Ok(obj.clone());
    }
    changed_any(obj, |kind| {
        if let QueryKind::Select(s) = kind {
            s.label_style = LabelStyle::DisambiguateOnly;
        }
        Ok(())
    })
}

/// A subquery face.
fn subquery_of<'py>(obj: &Bound<'py, PyAny>, name: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let obj = &distinct_names(obj)?;
    let q = own(obj)?;
    let f = From::new(FromKind::Subquery { query: q, name: selectable::label(name, "anon")? });
    let face = wrap_from(obj.py(), &f)?;
    // The subquery shows the very statement object it was made of.
    face.cast::<ClauseElement>()?.get().keep(obj);
    Ok(face)
}

/// `"read"`-like label style constants by their Python objects.
fn label_style(obj: &Bound<'_, PyAny>) -> PyResult<LabelStyle> {
    let name: String = obj.getattr("name")?.extract()?;
    Ok(match name.as_str() {
        "LABEL_STYLE_NONE" => LabelStyle::None,
        "LABEL_STYLE_TABLENAME_PLUS_COL" => LabelStyle::TablenamePlusCol,
        "LABEL_STYLE_LEGACY_ORM" => LabelStyle::LegacyOrm,
        _ => LabelStyle::DisambiguateOnly,
    })
}
fn label_style_object(py: Python<'_>, style: LabelStyle) -> PyResult<Bound<'_, PyAny>> {
    let name = match style {
        LabelStyle::None => "LABEL_STYLE_NONE",
        LabelStyle::TablenamePlusCol => "LABEL_STYLE_TABLENAME_PLUS_COL",
        LabelStyle::DisambiguateOnly => "LABEL_STYLE_DISAMBIGUATE_ONLY",
        LabelStyle::LegacyOrm => "LABEL_STYLE_LEGACY_ORM",
    };
    py.import("oxalchemy.sql.selectable")?.getattr("SelectLabelStyle")?.getattr(name)
}

/// Arguments of `with_for_update`.
pub fn for_update(
    py: Python<'_>,
    nowait: bool,
    read: bool,
    of: Option<Bound<'_, PyAny>>,
    skip_locked: bool,
    key_share: bool,
) -> PyResult<ForUpdate> {
    let mut fu = ForUpdate { nowait, read, skip_locked, key_share, ..ForUpdate::default() };
    if let Some(of) = of.filter(|o| !o.is_none()) {
        let list: Vec<Bound<'_, PyAny>> = if of.is_instance_of::<PyList>() || of.is_instance_of::<PyTuple>() {
            of.try_iter()?.collect::<PyResult<_>>()?
        } else {
            vec![of]
        };
        for o in list {
            if let Some(entity) = coerce::entity_of(&o)? {
                fu.of_from.push(coerce::entity_from(&entity));
                continue;
            }
            match node_of(&coerce::clause_of(&o)?)? {
                Some(Node::From(f)) => fu.of_from.push(f),
                Some(Node::Expr(e)) => fu.of.push(e),
                _ => return Err(coerce::unexpected(&o, Role::GroupBy)),
            }
        }
    }
    let _ = py;
    Ok(fu)
}

#[pymethods]
impl SelectBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
    #[classattr]
    #[pyo3(name = "is_select")]
    const IS_SELECT: bool = true;
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = true;

    #[getter]
    fn selected_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exported(slf.py(), &own(slf.as_any())?)
    }
    #[getter]
    fn exported_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exported(slf.py(), &own(slf.as_any())?)
    }
    #[getter]
    fn _all_selected_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let q = own(slf.as_any())?;
        let cols = match &q.kind {
            QueryKind::Select(s) => s.columns.iter().flat_map(proxy::item_columns).collect(),
            _ => proxy::exported(&q).into_iter().map(|(_, e)| e).collect::<Vec<_>>(),
        };
        PyList::new(py, super::face::wrap_exprs(py, &cols)?)
    }
    /// Columns of an anonymous subquery of this statement (legacy).
    #[getter]
    fn c<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        crate::py::errors::warn(
            py,
            "SADeprecationWarning",
            "The SelectBase.c and SelectBase.columns attributes are deprecated and will be removed in a future release; these attributes implicitly create a subquery that should be explicit.  Please call SelectBase.subquery() first in order to create a subquery, which then contains this attribute.  To access the columns that this SELECT object SELECTs from, use the SelectBase.selected_columns attribute.",
        )?;
        let extra = slf.as_super().get().extra();
        if let Some(c) = extra.c.get() {
            return c.bind(py).getattr("c");
        }
        let sub = subquery_of(slf.as_any(), None)?;
        let columns = sub.getattr("c")?;
        let _ = extra.c.set(wrap_from(py, &super::selectable::own(&sub)?)?.unbind());
        Ok(columns)
    }
    #[getter]
    fn columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::c(slf)
    }
    #[getter]
    fn selectable(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[getter]
    fn r#type<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::types::wrap_type(slf.py(), &selectable::scalar_type(&own(slf.as_any())?))
    }
    #[pyo3(signature = (name=None))]
    fn subquery<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        subquery_of(slf.as_any(), name.as_ref())
    }
    #[pyo3(signature = (name=None, flat=false))]
    fn alias<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
        let _ = flat;
        subquery_of(slf.as_any(), name.as_ref())
    }
    #[pyo3(signature = (name=None))]
    fn lateral<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let element = sql::ast::LateralElement::Query(own(slf.as_any())?);
        wrap_from(slf.py(), &From::new(FromKind::Lateral { element, name: selectable::label(name.as_ref(), "anon")? }))
    }
    #[pyo3(signature = (name=None, recursive=false, nesting=false))]
    fn cte<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        recursive: bool,
        nesting: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::from_functions::cte_of(&distinct_names(slf.as_any())?, name.as_ref(), recursive, nesting)
    }
    fn scalar_subquery<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_expr(slf.py(), &selectable::scalar_of(&own(slf.as_any())?))
    }
    fn as_scalar<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::errors::warn(
            slf.py(),
            "SADeprecationWarning",
            "The SelectBase.as_scalar() method is deprecated and will be removed in a future release.  Please refer to SelectBase.scalar_subquery().",
        )?;
        Self::scalar_subquery(slf)
    }
    #[pyo3(signature = (name=None))]
    fn label<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let scalar = Self::scalar_subquery(slf)?;
        super::elements::label_of(name.as_ref(), &scalar, None)
    }
    fn exists<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_expr(slf.py(), &Expr::new(ExprKind::Exists(own(slf.as_any())?), sql::types::boolean()))
    }
    /// SELECT from this statement as a subquery (legacy).
    #[pyo3(signature = (*args, **kw))]
    fn select<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        from_select(&subquery_of(slf.as_any(), None)?, args, kw)
    }
    #[pyo3(signature = (*other))]
    fn union<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "UNION", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn union_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "UNION ALL", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn except_<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "EXCEPT", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn except_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "EXCEPT ALL", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn intersect<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "INTERSECT", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn intersect_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "INTERSECT ALL", &with_self(slf, other))
    }
    #[pyo3(signature = (**kw))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let merged = exec_options::merged(py, exec_options_of(py, &own(slf.as_any())?), kw)?;
        changed_any(slf.as_any(), |k| {
            if let Some(slot) = exec_slot(k) {
                *slot = Some(PyHost::wrap(&merged));
            }
            Ok(())
        })
    }
    fn get_execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exec_options::immutable(slf.py(), exec_options_of(slf.py(), &own(slf.as_any())?))
    }
    #[getter]
    fn _execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::get_execution_options(slf)
    }
    #[pyo3(signature = (*options))]
    fn options<'py>(slf: &Bound<'py, Self>, options: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed_any(slf.as_any(), |k| {
            if let Some(slot) = options_slot(k) {
                slot.extend(options.iter().map(|o| PyHost::wrap(&o)));
            }
            Ok(())
        })
    }
    #[getter]
    fn _with_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let mut kind = own(slf.as_any())?.kind.clone();
        let list = options_slot(&mut kind).map(|o| host_options(o, slf.py())).unwrap_or_default();
        PyTuple::new(slf.py(), list)
    }
    /// CTEs that are rendered though nothing selects from them.
    #[pyo3(signature = (*ctes, nest_here=false))]
    fn add_cte<'py>(slf: &Bound<'py, Self>, ctes: &Bound<'py, PyTuple>, nest_here: bool) -> PyResult<Bound<'py, PyAny>> {
        let list = ctes.iter().map(|c| Ok((coerce::from_in(&c, Role::Cte)?, nest_here))).collect::<PyResult<Vec<_>>>()?;
        changed_any(slf.as_any(), |k| {
            if let Some(slot) = cte_slot(k) {
                slot.extend(list);
            }
            Ok(())
        })
    }
    #[pyo3(signature = (column, require_embedded=false))]
    fn corresponding_column<'py>(
        slf: &Bound<'py, Self>,
        column: &Bound<'py, PyAny>,
        require_embedded: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let e = coerce::expr(column)?;
        let cols = proxy::exported(&own(slf.as_any())?);
        proxy::corresponding_in(&cols, &e, require_embedded).map(|c| wrap_expr(slf.py(), &c)).transpose()
    }
    fn is_derived_from(slf: &Bound<'_, Self>, fromclause: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(f) = coerce::from(fromclause) else { return Ok(false) };
        Ok(selectable::derived(&proxy::anon_subquery(&own(slf.as_any())?), &f))
    }
    fn replace_selectable<'py>(
        slf: &Bound<'py, Self>,
        old: &Bound<'py, PyAny>,
        alias: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        replace_from(slf.as_any(), old, alias)
    }
    /// Set the way result columns are labelled.
    fn set_label_style<'py>(slf: &Bound<'py, Self>, style: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let style = label_style(style)?;
        changed_any(slf.as_any(), |k| {
            set_style(k, style);
            Ok(())
        })
    }
    fn get_label_style<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let style = match &own(slf.as_any())?.kind {
            QueryKind::Select(s) => s.label_style,
            QueryKind::Compound(c) => c.selects.first().and_then(|q| q.as_select()).map_or(c.label_style, |s| s.label_style),
            _ => LabelStyle::None,
        };
        label_style_object(slf.py(), style)
    }
    #[getter]
    fn _label_style<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::get_label_style(slf)
    }
    fn apply_labels<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        changed_any(slf.as_any(), |k| {
            set_style(k, LabelStyle::TablenamePlusCol);
            Ok(())
        })
    }
    fn with_labels<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::apply_labels(slf)
    }
    fn autocommit(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[getter]
    fn entity_namespace<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exported(slf.py(), &own(slf.as_any())?)
    }
}

fn set_style(k: &mut QueryKind, style: LabelStyle) {
    match k {
        QueryKind::Select(s) => s.label_style = style,
        QueryKind::Compound(c) => {
            c.label_style = style;
            for q in &mut c.selects {
                let mut kind = q.kind.clone();
                set_style(&mut kind, style);
                *q = Query::new(kind);
            }
        }
        QueryKind::Grouping(q) => {
            let mut kind = q.kind.clone();
            set_style(&mut kind, style);
            *q = Query::new(kind);
        }
        _ => {}
    }
}

/// Parts that SELECT and set operations share (`GenerativeSelect`).
struct Generative<'a> {
    order_by: &'a mut Vec<ExprRef>,
    group_by: &'a mut Vec<ExprRef>,
    limit: &'a mut Option<ExprRef>,
    offset: &'a mut Option<ExprRef>,
    fetch: &'a mut Option<Fetch>,
    for_update: &'a mut Option<ForUpdate>,
}
fn generative<'py>(obj: &Bound<'py, PyAny>, change: impl FnOnce(Generative<'_>) -> PyResult<()>) -> PyResult<Bound<'py, PyAny>> {
    changed_any(obj, |k| match k {
        QueryKind::Select(s) => change(Generative {
            order_by: &mut s.order_by,
            group_by: &mut s.group_by,
            limit: &mut s.limit,
            offset: &mut s.offset,
            fetch: &mut s.fetch,
            for_update: &mut s.for_update,
        }),
        QueryKind::Compound(s) => change(Generative {
            order_by: &mut s.order_by,
            group_by: &mut s.group_by,
            limit: &mut s.limit,
            offset: &mut s.offset,
            fetch: &mut s.fetch,
            for_update: &mut s.for_update,
        }),
        _ => Ok(()),
    })
}

/// `order_by(*clauses)`: `None` or `False` alone clears; a no-argument sentinel changes nothing.
fn orderings(clauses: &Bound<'_, PyTuple>, role: Role) -> PyResult<Option<Vec<ExprRef>>> {
    if clauses.len() == 1 {
        let only = clauses.get_item(0)?;
        if only.is_none() || only.cast::<PyBool>().is_ok_and(|b| !b.is_true()) {
            return Ok(None);
        }
    }
    let mut out = Vec::new();
    for c in coerce::spread(clauses)? {
        let e = coerce::ordering(&c, role)?;
        match &e.kind {
            ExprKind::List { op: sql::ast::Op::Comma, clauses, group: false } => out.extend(clauses.iter().cloned()),
            _ => out.push(e),
        }
    }
    Ok(Some(out))
}

macro_rules! generative_methods {
    ($class:ident) => {};
}
generative_methods!(Select);

fn order_by<'py>(obj: &Bound<'py, PyAny>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let new = orderings(clauses, Role::OrderBy)?;
    generative(obj, |g| {
        match new {
            None => g.order_by.clear(),
            Some(list) => g.order_by.extend(list),
        }
        Ok(())
    })
}
fn group_by<'py>(obj: &Bound<'py, PyAny>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let new = orderings(clauses, Role::GroupBy)?;
    generative(obj, |g| {
        match new {
            None => g.group_by.clear(),
            Some(list) => g.group_by.extend(list),
        }
        Ok(())
    })
}
fn limit<'py>(obj: &Bound<'py, PyAny>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(n)?;
    generative(obj, |g| {
        *g.fetch = None;
        *g.limit = e;
        Ok(())
    })
}
fn offset<'py>(obj: &Bound<'py, PyAny>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(n)?;
    generative(obj, |g| {
        *g.offset = e;
        Ok(())
    })
}
fn fetch<'py>(obj: &Bound<'py, PyAny>, count: &Bound<'py, PyAny>, with_ties: bool, percent: bool) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(count)?;
    generative(obj, |g| {
        *g.limit = None;
        *g.fetch = e.map(|count| Fetch { count, with_ties, percent });
        Ok(())
    })
}
fn slice<'py>(obj: &Bound<'py, PyAny>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
    let int = |i: i64| build::anon_bind("param", sql::ast::BindValue::Literal(sql::ast::Literal::Int(i)), sql::types::integer());
    let old_offset = match &own(obj)?.kind {
        QueryKind::Select(s) => s.offset.clone(),
        QueryKind::Compound(c) => c.offset.clone(),
        _ => None,
    };
    let _ = old_offset;
    generative(obj, |g| {
        *g.fetch = None;
        let given = |e: &Option<ExprRef>| -> i64 {
            match e.as_ref().map(|e| &e.kind) {
                Some(ExprKind::Bind(b)) => match b.value.as_literal() {
                    Some(sql::ast::Literal::Int(i)) => i,
                    _ => 0,
                },
                _ => 0,
            }
        };
        let before = given(g.offset);
        match (start, stop) {
            (Some(a), Some(b)) => {
                *g.offset = Some(int(before + a));
                *g.limit = Some(int(b - a));
            }
            (None, Some(b)) => *g.limit = Some(int(b)),
            (Some(a), None) => *g.offset = Some(int(before + a)),
            (None, None) => {}
        }
        if start == Some(0) && before == 0 {
            *g.offset = None;
        }
        Ok(())
    })
}

/// Prefix or suffix words.
fn affixes(exprs: &Bound<'_, PyTuple>, kw: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<Affix>> {
    let mut dialect = "*".to_owned();
    if let Some(kw) = kw {
        for (k, v) in kw {
            match k.extract::<String>()?.as_str() {
                "dialect" => dialect = v.extract()?,
                _ => return Err(argument_error(k.py(), format!("Unsupported argument(s): ['{k}']"))),
            }
        }
    }
    exprs.iter().map(|e| Ok(Affix { expr: text_or_expr(&e)?, dialect: dialect.as_str().into() })).collect()
}

fn froms(list: &Bound<'_, PyTuple>) -> PyResult<Vec<FromRef>> {
    list.iter().map(|f| coerce::from(&f)).collect()
}

#[pymethods]
impl Select {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[pyo3(signature = (*whereclause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, whereclause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            for c in whereclause.iter() {
                let e = coerce::expr_in(&c, Role::WhereHaving)?;
                s.orm |= !s.orm && expr_is_orm(&e);
                s.where_.push(e);
            }
            Ok(())
        })
    }
    #[pyo3(signature = (*criteria))]
    fn filter<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::r#where(slf, criteria)
    }
    /// Equality on attributes of the FROM elements.
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Bound<'py, Self>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::filter_by::select(slf.as_any(), kwargs)
    }
    #[pyo3(signature = (*having))]
    fn having<'py>(slf: &Bound<'py, Self>, having: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            for c in having.iter() {
                s.having.push(coerce::expr_in(&c, Role::WhereHaving)?);
            }
            Ok(())
        })
    }
    #[pyo3(signature = (*clauses))]
    fn order_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        order_by(slf.as_any(), clauses)
    }
    #[pyo3(signature = (*clauses))]
    fn group_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        group_by(slf.as_any(), clauses)
    }
    fn limit<'py>(slf: &Bound<'py, Self>, limit: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::limit(slf.as_any(), limit)
    }
    fn offset<'py>(slf: &Bound<'py, Self>, offset: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::offset(slf.as_any(), offset)
    }
    #[pyo3(signature = (count, with_ties=false, percent=false, **_dialect_kw))]
    fn fetch<'py>(
        slf: &Bound<'py, Self>,
        count: &Bound<'py, PyAny>,
        with_ties: bool,
        percent: bool,
        _dialect_kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self::fetch(slf.as_any(), count, with_ties, percent)
    }
    fn slice<'py>(slf: &Bound<'py, Self>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
        self::slice(slf.as_any(), start, stop)
    }
    #[pyo3(signature = (*, nowait=false, read=false, of=None, skip_locked=false, key_share=false))]
    fn with_for_update<'py>(
        slf: &Bound<'py, Self>,
        nowait: bool,
        read: bool,
        of: Option<Bound<'py, PyAny>>,
        skip_locked: bool,
        key_share: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fu = for_update(slf.py(), nowait, read, of, skip_locked, key_share)?;
        generative(slf.as_any(), |g| {
            *g.for_update = Some(fu);
            Ok(())
        })
    }
    #[pyo3(signature = (*expr))]
    fn distinct<'py>(slf: &Bound<'py, Self>, expr: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        if !expr.is_empty() {
            crate::py::errors::warn(
                slf.py(),
                "SADeprecationWarning",
                "Passing expression to ``distinct`` to generate a DISTINCT ON clause is deprecated. Use instead the ``postgresql.distinct_on`` function as an extension.",
            )?;
        }
        Self::_distinct_on(slf, expr)
    }
    #[pyo3(signature = (*expr))]
    fn _distinct_on<'py>(slf: &Bound<'py, Self>, expr: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let exprs = expr.iter().map(|e| coerce::ordering(&e, Role::GroupBy)).collect::<PyResult<Vec<_>>>()?;
        changed(slf.as_any(), |s| {
            match &mut s.distinct {
                Distinct::On(list) => list.extend(exprs),
                d => *d = if exprs.is_empty() { Distinct::Yes } else { Distinct::On(exprs) },
            }
            Ok(())
        })
    }
    #[pyo3(signature = (*entities))]
    fn add_columns<'py>(slf: &Bound<'py, Self>, entities: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let new = items(&coerce::spread(entities)?)?;
        changed(slf.as_any(), |s| {
            s.orm |= new.iter().any(is_orm);
            s.columns.extend(new);
            Ok(())
        })
    }
    fn column<'py>(slf: &Bound<'py, Self>, column: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        Self::add_columns(slf, &PyTuple::new(slf.py(), [column])?)
    }
    #[pyo3(signature = (*entities, maintain_column_froms=false, **_kw))]
    fn with_only_columns<'py>(
        slf: &Bound<'py, Self>,
        entities: &Bound<'py, PyTuple>,
        maintain_column_froms: bool,
        _kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let new = items(&coerce::spread(entities)?)?;
        changed(slf.as_any(), |s| {
            if maintain_column_froms {
                let mut kept = s.from_obj.clone();
                for f in sql::ast::froms::column_froms(s) {
                    if !kept.iter().any(|k| k.id() == f.id()) {
                        kept.push(f);
                    }
                }
                s.memo_froms = kept;
            }
            s.orm |= new.iter().any(is_orm);
            s.columns = new;
            Ok(())
        })
    }
    #[pyo3(signature = (*froms))]
    fn select_from<'py>(slf: &Bound<'py, Self>, froms: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let list = self::froms(froms)?;
        changed(slf.as_any(), |s| {
            s.orm |= list.iter().any(|f| f.entity.is_some());
            s.from_obj.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (target, onclause=None, *, isouter=false, full=false))]
    fn join<'py>(
        slf: &Bound<'py, Self>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        isouter: bool,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, None, target, onclause, isouter, full)
    }
    #[pyo3(signature = (target, onclause=None, *, full=false))]
    fn outerjoin<'py>(
        slf: &Bound<'py, Self>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, None, target, onclause, true, full)
    }
    #[pyo3(signature = (from_, target, onclause=None, *, isouter=false, full=false))]
    fn join_from<'py>(
        slf: &Bound<'py, Self>,
        from_: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        isouter: bool,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, Some(from_), target, onclause, isouter, full)
    }
    #[pyo3(signature = (from_, target, onclause=None, *, full=false))]
    fn outerjoin_from<'py>(
        slf: &Bound<'py, Self>,
        from_: &Bound<'py, PyAny>,
        target: &Bound<'py, PyAny>,
        onclause: Option<Bound<'py, PyAny>>,
        full: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        join(slf, Some(from_), target, onclause, true, full)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        correlate(slf.as_any(), fromclauses)
    }
    #[pyo3(signature = (*fromclauses))]
    fn correlate_except<'py>(slf: &Bound<'py, Self>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        correlate_except(slf.as_any(), fromclauses)
    }
    #[pyo3(signature = (*prefixes, **kw))]
    fn prefix_with<'py>(
        slf: &Bound<'py, Self>,
        prefixes: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let list = affixes(prefixes, kw)?;
        changed(slf.as_any(), |s| {
            s.prefixes.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (*suffixes, **kw))]
    fn suffix_with<'py>(
        slf: &Bound<'py, Self>,
        suffixes: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let list = affixes(suffixes, kw)?;
        changed(slf.as_any(), |s| {
            s.suffixes.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (selectable, text, dialect_name="*"))]
    fn with_hint<'py>(
        slf: &Bound<'py, Self>,
        selectable: &Bound<'py, PyAny>,
        text: &str,
        dialect_name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let target = if selectable.is_none() { None } else { Some(coerce::from(selectable)?) };
        changed(slf.as_any(), |s| {
            s.hints.push(Hint { target, text: text.into(), dialect: dialect_name.into() });
            Ok(())
        })
    }
    #[pyo3(signature = (text, dialect_name="*"))]
    fn with_statement_hint<'py>(slf: &Bound<'py, Self>, text: &str, dialect_name: &str) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            s.hints.push(Hint { target: None, text: text.into(), dialect: dialect_name.into() });
            Ok(())
        })
    }
    /// Without columns that equal another one of the statement.
    #[pyo3(signature = (only_synonyms=true))]
    fn reduce_columns<'py>(slf: &Bound<'py, Self>, only_synonyms: bool) -> PyResult<Bound<'py, PyAny>> {
        changed(slf.as_any(), |s| {
            let cols: Vec<ExprRef> = s.columns.iter().flat_map(proxy::item_columns).collect();
            let kept = sql::ast::froms::reduce_columns(&cols, &s.where_, &s.from_obj, only_synonyms);
            s.columns = kept.into_iter().map(SelectItem::Expr).collect();
            Ok(())
        })
    }
    fn from_statement<'py>(slf: &Bound<'py, Self>, statement: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let q = own(slf.as_any())?;
        let Some(s) = q.as_select() else { return Err(coerce::unexpected(slf.as_any(), Role::Select)) };
        let out = Query::new(QueryKind::FromStatement(Box::new(sql::ast::FromStatement {
            entities: s.columns.clone(),
            element: coerce::node(statement)?,
            options: s.options.clone(),
            exec_options: s.exec_options.clone(),
        })));
        wrap_query(slf.py(), &out)
    }
    #[getter]
    fn whereclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let q = own(slf.as_any())?;
        q.as_select().and_then(|s| build::where_clause(&s.where_)).map(|e| wrap_expr(slf.py(), &e)).transpose()
    }
    /// Elements of the columns clause, FROM elements expanded.
    #[getter]
    fn inner_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let q = own(slf.as_any())?;
        let cols: Vec<ExprRef> =
            q.as_select().map(|s| s.columns.iter().flat_map(proxy::item_columns).collect()).unwrap_or_default();
        super::operators::faces(slf.py(), &cols)?.into_any().call_method0("__iter__")
    }
    #[getter]
    fn _raw_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let q = own(slf.as_any())?;
        let list = q.as_select().map(|s| s.columns.clone()).unwrap_or_default();
        let objs = list
            .iter()
            .filter_map(|i| match i {
                SelectItem::Expr(e) => Some(wrap_expr(py, e)),
                SelectItem::From(f) => Some(wrap_from(py, f)),
                SelectItem::Entity(en) => Some(wrap_from(py, &coerce::entity_from(en))),
                SelectItem::Host(h) => PyHost::get(py, h).map(Ok),
            })
            .collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, objs)
    }
    #[getter]
    fn columns_clause_froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let q = own(slf.as_any())?;
        from_list(slf.py(), &q.as_select().map(sql::ast::froms::column_froms).unwrap_or_default())
    }
    /// The final FROM list, with joins.
    fn get_final_froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let q = own(slf.as_any())?;
        let Some(s) = q.as_select() else { return Ok(PyList::empty(py)) };
        from_list(py, &sql::ast::froms::final_froms(s).map_err(|e| sql_error(py, e))?)
    }
    #[getter]
    fn froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        crate::py::errors::warn(
            slf.py(),
            "SADeprecationWarning",
            "The Select.froms attribute is moved to the Select.get_final_froms() method.",
        )?;
        Self::get_final_froms(slf)
    }
    fn locate_all_froms<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        Self::get_final_froms(slf)
    }
    #[getter]
    fn column_descriptions<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        super::describe::select(slf.as_any())
    }
    #[getter]
    fn _limit_clause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        own(slf.as_any())?.as_select().and_then(|s| s.limit.clone()).map(|e| wrap_expr(slf.py(), &e)).transpose()
    }
    #[getter]
    fn _offset_clause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        own(slf.as_any())?.as_select().and_then(|s| s.offset.clone()).map(|e| wrap_expr(slf.py(), &e)).transpose()
    }
    #[getter]
    fn _limit<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        bind_value(slf.py(), own(slf.as_any())?.as_select().and_then(|s| s.limit.as_ref()))
    }
    #[getter]
    fn _offset<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        bind_value(slf.py(), own(slf.as_any())?.as_select().and_then(|s| s.offset.as_ref()))
    }
    #[getter]
    fn _distinct(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf.as_any())?.as_select().is_some_and(|s| !matches!(s.distinct, Distinct::No)))
    }
    #[getter]
    fn _where_criteria<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let q = own(slf.as_any())?;
        PyTuple::new(slf.py(), super::face::wrap_exprs(slf.py(), q.as_select().map_or(&[][..], |s| &s.where_))?)
    }
    #[getter]
    fn _order_by_clauses<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let q = own(slf.as_any())?;
        PyTuple::new(slf.py(), super::face::wrap_exprs(slf.py(), q.as_select().map_or(&[][..], |s| &s.order_by))?)
    }
    #[getter]
    fn _group_by_clauses<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let q = own(slf.as_any())?;
        PyTuple::new(slf.py(), super::face::wrap_exprs(slf.py(), q.as_select().map_or(&[][..], |s| &s.group_by))?)
    }
}

fn bind_value<'py>(py: Python<'py>, e: Option<&ExprRef>) -> PyResult<Option<Bound<'py, PyAny>>> {
    match e.map(|e| &e.kind) {
        Some(ExprKind::Bind(b)) => super::bind::value_object(py, b).map(Some),
        Some(_) => Err(crate::py::errors::compile_error(
            py,
            "This SELECT structure does not use a simple integer value for limit/offset",
        )),
        None => Ok(None),
    }
}

fn from_list<'py>(py: Python<'py>, froms: &[FromRef]) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, froms.iter().map(|f| wrap_from(py, f)).collect::<PyResult<Vec<_>>>()?)
}

fn correlate<'py>(obj: &Bound<'py, PyAny>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let none = fromclauses.get_item(0).is_ok_and(|f| f.is_none() || f.cast::<PyBool>().is_ok_and(|b| !b.is_true()));
    let list = if none { Vec::new() } else { froms(fromclauses)? };
    changed(obj, |s| {
        s.correlate = match (&s.correlate, none) {
            (_, true) => Correlate::None,
            (Correlate::To(old), false) => Correlate::To(old.iter().cloned().chain(list).collect()),
            _ => Correlate::To(list),
        };
        Ok(())
    })
}
fn correlate_except<'py>(obj: &Bound<'py, PyAny>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let none = fromclauses.get_item(0).is_ok_and(|f| f.is_none());
    let list = if none { Vec::new() } else { froms(fromclauses)? };
    changed(obj, |s| {
        s.correlate = match &s.correlate {
            Correlate::Except(old) if !none => Correlate::Except(old.iter().cloned().chain(list).collect()),
            _ => Correlate::Except(list),
        };
        Ok(())
    })
}

/// How the ORM reads a join target (relationship attribute, mapped class); set by `py::orm`.
pub type JoinHook = for<'py> fn(&Bound<'py, PyAny>) -> PyResult<Option<HostRef>>;
static JOIN: std::sync::OnceLock<JoinHook> = std::sync::OnceLock::new();
/// Say which objects are relationship attributes.
pub fn set_join_hook(hook: JoinHook) {
    let _ = JOIN.set(hook);
}
pub(super) fn relationship(obj: &Bound<'_, PyAny>) -> PyResult<Option<HostRef>> {
    match JOIN.get() {
        Some(hook) if !obj.is_instance_of::<ClauseElement>() => hook(obj),
        _ => Ok(None),
    }
}

/// A join target: relationship attribute, entity or FROM element.
fn join_target(obj: &Bound<'_, PyAny>) -> PyResult<JoinTarget> {
    if let Some(h) = relationship(obj)? {
        return Ok(JoinTarget::Attribute(h));
    }
    if let Some(e) = coerce::entity_of(obj)? {
        return Ok(JoinTarget::Entity(e));
    }
    let f = coerce::from_in(obj, Role::JoinTarget)?;
    Ok(match &f.entity {
        Some(e) => JoinTarget::Entity(e.clone()),
        None => JoinTarget::From(f),
    })
}

fn join<'py>(
    slf: &Bound<'py, Select>,
    left: Option<&Bound<'py, PyAny>>,
    target: &Bound<'py, PyAny>,
    onclause: Option<Bound<'py, PyAny>>,
    isouter: bool,
    full: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let target = join_target(target)?;
    let on = match onclause.filter(|o| !o.is_none()) {
        None => None,
        Some(o) => Some(match relationship(&o)? {
            Some(h) => JoinOn::Attribute(h),
            None => JoinOn::Expr(coerce::expr_in(&o, Role::OnClause)?),
        }),
    };
    let left = left.map(join_target).transpose()?;
    let orm = |t: &JoinTarget| !matches!(t, JoinTarget::From(_));
    changed(slf.as_any(), |s| {
        s.orm |= orm(&target) || left.as_ref().is_some_and(orm) || matches!(on, Some(JoinOn::Attribute(_)));
        s.joins.push(SetupJoin { target, onclause: on, left, isouter, full });
        Ok(())
    })
}

#[pymethods]
impl CompoundSelect {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn selects<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        match &own(slf.as_any())?.kind {
            QueryKind::Compound(c) => PyList::new(py, c.selects.iter().map(|q| wrap_query(py, q)).collect::<PyResult<Vec<_>>>()?),
            _ => Ok(PyList::empty(py)),
        }
    }
    #[getter]
    fn keyword(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(match &own(slf.as_any())?.kind {
            QueryKind::Compound(c) => c.keyword.to_owned(),
            _ => String::new(),
        })
    }
    #[pyo3(signature = (*clauses))]
    fn order_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        order_by(slf.as_any(), clauses)
    }
    #[pyo3(signature = (*clauses))]
    fn group_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        group_by(slf.as_any(), clauses)
    }
    fn limit<'py>(slf: &Bound<'py, Self>, limit: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::limit(slf.as_any(), limit)
    }
    fn offset<'py>(slf: &Bound<'py, Self>, offset: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::offset(slf.as_any(), offset)
    }
    #[pyo3(signature = (count, with_ties=false, percent=false))]
    fn fetch<'py>(
        slf: &Bound<'py, Self>,
        count: &Bound<'py, PyAny>,
        with_ties: bool,
        percent: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        self::fetch(slf.as_any(), count, with_ties, percent)
    }
    fn slice<'py>(slf: &Bound<'py, Self>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
        self::slice(slf.as_any(), start, stop)
    }
    #[pyo3(signature = (*, nowait=false, read=false, of=None, skip_locked=false, key_share=false))]
    fn with_for_update<'py>(
        slf: &Bound<'py, Self>,
        nowait: bool,
        read: bool,
        of: Option<Bound<'py, PyAny>>,
        skip_locked: bool,
        key_share: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fu = for_update(slf.py(), nowait, read, of, skip_locked, key_share)?;
        generative(slf.as_any(), |g| {
            *g.for_update = Some(fu);
            Ok(())
        })
    }
}

#[pymethods]
impl TextualSelect {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn element<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        match &own(slf.as_any())?.kind {
            QueryKind::Textual(t) => wrap_expr(slf.py(), &Expr::new(ExprKind::Text(t.text.clone()), sql::types::null_type())),
            _ => Err(PyAttributeError::new_err("element")),
        }
    }
    #[getter]
    fn positional(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(matches!(&own(slf.as_any())?.kind, QueryKind::Textual(t) if t.positional))
    }
    #[getter]
    fn column_args<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        match &own(slf.as_any())?.kind {
            QueryKind::Textual(t) => super::operators::faces(slf.py(), &t.columns),
            _ => Ok(PyList::empty(slf.py())),
        }
    }
    /// Values for the text's parameters.
    #[pyo3(signature = (*binds, **bind_as_values))]
    fn bindparams<'py>(
        slf: &Bound<'py, Self>,
        binds: &Bound<'py, PyTuple>,
        bind_as_values: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let text = Self::element(slf)?.call_method("bindparams", binds, bind_as_values)?;
        let text = super::text::own(&text)?;
        changed_any(slf.as_any(), |k| {
            if let QueryKind::Textual(t) = k {
                **t = TextualNode { text, ..(**t).clone() };
            }
            Ok(())
        })
    }
}

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

fn inner(obj: &Bound<'_, PyAny>) -> PyResult<QueryRef> {
    match &super::column::own(obj)?.kind {
        ExprKind::ScalarSelect(q) | ExprKind::Exists(q) => Ok(q.clone()),
        _ => Err(coerce::unexpected(obj, Role::Select)),
    }
}

/// Apply a method of the inner SELECT and wrap it as before.
fn through<'py>(obj: &Bound<'py, PyAny>, method: &str, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let e = super::column::own(obj)?;
    let new = own(&wrap_query(py, &inner(obj)?)?.call_method(method, args, None)?)?;
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
fn exists<'py>(py: Python<'py>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
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

/// In-place forms of 1.x (`append_whereclause` …): gives the new node to the same object.
#[pyfunction]
#[pyo3(name = "_replace_node")]
fn replace_node(obj: &Bound<'_, PyAny>, other: &Bound<'_, PyAny>) -> PyResult<()> {
    let _ = (obj, other);
    Err(pyo3::exceptions::PyNotImplementedError::new_err("statements are immutable; use the generative method"))
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($f:path),* $(,)?) => { $(m.add_function(wrap_pyfunction!($f, m)?)?;)* };
    }
    functions!(select, union, union_all, except_, except_all, intersect, intersect_all, exists, replace_node);
    Ok(())
}
