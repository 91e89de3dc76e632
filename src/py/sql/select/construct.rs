//! `select()`, its list form of 1.x, and SELECTs made from other things.

use super::*;

/// A SELECT of these items.
pub fn select_node(objs: &[Bound<'_, PyAny>]) -> PyResult<SelectNode> {
    let columns = items(objs)?;
    let orm = columns.iter().any(is_orm);
    Ok(SelectNode { columns, orm, ..SelectNode::default() })
}

pub(super) const LEGACY: &[&str] = &[
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
pub(super) fn legacy_select<'py>(
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
        s.add_where(coerce::expr_in(&w, Role::WhereHaving)?);
    }
    if let Some(f) = get("from_obj")? {
        s.add_froms(list(f)?.iter().map(coerce::from).collect::<PyResult<_>>()?);
    }
    if let Some(d) = get("distinct")? {
        if let Ok(b) = d.cast::<PyBool>() {
            s.distinct = if b.is_true() { Distinct::Yes } else { Distinct::No };
        } else {
            s.distinct_on(coerce::distinct(&PyTuple::new(py, list(d)?)?)?);
        }
    }
    if let Some(h) = get("having")? {
        s.add_having(coerce::expr_in(&h, Role::WhereHaving)?);
    }
    if let Some(c) = kw.get_item("correlate")?.filter(|c| c.is_instance_of::<PyBool>())
        && !c.is_truthy()?
    {
        s.correlate_to(None);
    }
    for (name, suffix) in [("prefixes", false), ("suffixes", true)] {
        if let Some(p) = get(name)? {
            let words = coerce::affixes(&PyTuple::new(py, list(p)?)?, "*")?;
            if suffix { s.add_suffixes(words) } else { s.add_prefixes(words) }
        }
    }
    if let Some(o) = get("order_by")? {
        s.generative().order_by(coerce::ordered(list(o)?, Role::OrderBy)?);
    }
    if let Some(o) = get("group_by")? {
        s.generative().group_by(coerce::ordered(list(o)?, Role::GroupBy)?);
    }
    if let Some(l) = get("limit")? {
        s.generative().limit(coerce::limit(&l)?);
    }
    if let Some(l) = get("offset")? {
        s.generative().offset(coerce::limit(&l)?);
    }
    if let Some(f) = get("for_update")?
        && f.is_truthy()?
    {
        let mut fu = ForUpdate::default();
        match f.extract::<String>().unwrap_or_default().as_str() {
            "nowait" => fu.nowait = true,
            "read" => fu.read = true,
            "read_nowait" => (fu.read, fu.nowait) = (true, true),
            _ => {}
        }
        s.generative().for_update(Some(fu));
    }
    if get("use_labels")?.map_or(Ok(false), |u| u.is_truthy())? {
        s.label_style = LabelStyle::TablenamePlusCol;
    }
    super::super::bound::carrying(wrap_query(py, &Query::select(s))?, get("bind")?.as_ref())
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
                ExprKind::Column(c) if c.from().is_some_and(|f| f.id() == self.old.id()) => {
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
