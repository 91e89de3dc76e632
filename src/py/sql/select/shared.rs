//! What all SELECT faces share: changed copies, columns, options, label styles.

use super::*;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The query behind a face.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<QueryRef> {
    match obj.cast::<ClauseElement>().ok().and_then(|f| f.get().node().cloned()) {
        Some(Node::Query(q)) => Ok(q),
        _ => Err(coerce::unexpected(obj, Role::Select)),
    }
}

/// A copy of a SELECT face with a changed node. The class of a user's subclass is kept.
pub(super) fn changed<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut SelectNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let q = own(obj)?;
    let QueryKind::Select(s) = &q.kind else { return Err(coerce::unexpected(obj, Role::Select)) };
    let mut new = (**s).clone();
    change(&mut new)?;
    super::super::face::make_of(&obj.get_type(), Node::Query(Query::select(new)))
}

pub(super) fn is_orm(item: &SelectItem) -> bool {
    match item {
        SelectItem::Entity(_) | SelectItem::Host(_) => true,
        SelectItem::Expr(e) => speaks_of_entity(e),
        SelectItem::From(f) => f.entity.as_ref().is_some_and(|e| e.makes_orm()),
    }
}

/// Whether an element of the columns clause makes the statement one of the ORM's: it, or what it is computed from, is an
/// attribute. Windows, filters and the like stand for themselves, and statements inside are not looked into.
fn speaks_of_entity(e: &ExprRef) -> bool {
    use ExprKind as K;
    if e.ann.as_ref().is_some_and(|a| a.entity.is_some()) {
        return true;
    }
    match &e.kind {
        K::Entity(_) => true,
        K::Over(_) | K::FunctionFilter { .. } | K::WithinGroup { .. } | K::Extract { .. } => false,
        K::ScalarSelect(_) | K::Exists(_) | K::QueryGrouping(_) | K::Column(_) | K::Bind(_) => false,
        // what most statements consist of, without a list of its parts
        K::Label { element: x, .. } | K::Cast { element: x, .. } | K::TypeCoerce(x) | K::Grouping(x) => speaks_of_entity(x),
        K::UnaryPrefix { operand: x, .. } | K::UnaryPostfix { operand: x, .. } => speaks_of_entity(x),
        K::Binary { left, right, .. } => speaks_of_entity(left) || speaks_of_entity(right),
        K::BoolList { clauses: list, .. } | K::List { clauses: list, .. } | K::Tuple(list) => list.iter().any(speaks_of_entity),
        K::Function(f) => f.args.iter().any(speaks_of_entity),
        _ => {
            sql::ast::children::children(&Node::Expr(e.clone())).iter().any(|n| matches!(n, Node::Expr(e) if speaks_of_entity(e)))
        }
    }
}

pub(super) fn items(objs: &[Bound<'_, PyAny>]) -> PyResult<Vec<SelectItem>> {
    coerce::flat(objs.iter().cloned())?.iter().map(coerce::select_item).collect()
}

/// Exported columns as a collection.
pub(super) fn exported<'py>(py: Python<'py>, q: &QueryRef) -> PyResult<Bound<'py, PyAny>> {
    let base = ColumnCollection::of_list(selected(q));
    Ok(Bound::new(py, base)?.into_any())
}

/// Selected columns under the keys that the label style gives them.
pub(super) fn selected(mut q: &QueryRef) -> Vec<KeyedColumn> {
    // The first SELECT of a set operation decides, however deep they are nested.
    let style = loop {
        match &proxy::strip_grouping(q).kind {
            QueryKind::Select(s) => break s.label_style,
            QueryKind::Compound(c) => match c.selects.first() {
                Some(first) => q = first,
                None => return Vec::new(),
            },
            _ => return proxy::exported(q),
        }
    };
    let mut out: Vec<KeyedColumn> = Vec::new();
    let mut taken: FxHashSet<Arc<str>> = FxHashSet::default();
    // Below these all numbers of a name are taken.
    let mut numbers: FxHashMap<Arc<str>, usize> = FxHashMap::default();
    for (key, e) in proxy::exported(q) {
        let mut name = match style {
            LabelStyle::TablenamePlusCol => proxy::table_qualified(&e).unwrap_or(key),
            _ => key,
        };
        if name.is_empty() {
            name = "_no_label".into();
        }
        if style != LabelStyle::None && taken.contains(&name) {
            let number = numbers.entry(name.clone()).or_insert(1);
            let mut numbered: Arc<str> = format!("{name}_{number}").into();
            while taken.contains(&numbered) {
                *number += 1;
                numbered = format!("{name}_{number}").into();
            }
            name = numbered;
        }
        taken.insert(name.clone());
        out.push((name, e));
    }
    out
}

pub(super) fn host_options(options: &[HostRef], py: Python<'_>) -> Vec<Py<PyAny>> {
    options.iter().filter_map(|o| PyHost::get(py, o)).map(Bound::unbind).collect()
}

pub(super) fn exec_slot(q: &mut QueryKind) -> Option<&mut sql::ast::ExecOptions> {
    match q {
        QueryKind::Select(s) => Some(&mut s.exec_options),
        QueryKind::Compound(c) => Some(&mut c.exec_options),
        QueryKind::Textual(t) => Some(&mut t.exec_options),
        QueryKind::FromStatement(f) => Some(&mut f.exec_options),
        _ => None,
    }
}
pub(super) fn options_slot(q: &mut QueryKind) -> Option<&mut Vec<HostRef>> {
    match q {
        QueryKind::Select(s) => Some(&mut s.options),
        QueryKind::Compound(c) => Some(&mut c.options),
        QueryKind::Textual(t) => Some(&mut t.options),
        QueryKind::FromStatement(f) => Some(&mut f.options),
        _ => None,
    }
}
pub(super) fn cte_slot(q: &mut QueryKind) -> Option<&mut Vec<(FromRef, bool)>> {
    match q {
        QueryKind::Select(s) => Some(&mut s.ctes),
        QueryKind::Compound(c) => Some(&mut c.ctes),
        QueryKind::Textual(t) => Some(&mut t.ctes),
        _ => None,
    }
}

/// A copy of any query face with a changed node.
pub(super) fn changed_any<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut QueryKind) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let q = own(obj)?;
    let mut kind = q.kind.clone();
    change(&mut kind)?;
    super::super::face::make_of(&obj.get_type(), Node::Query(Query::new(kind)))
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

pub(super) fn with_self<'py>(slf: &Bound<'py, SelectBase>, other: &Bound<'py, PyTuple>) -> Vec<Bound<'py, PyAny>> {
    std::iter::once(slf.clone().into_any()).chain(other.iter()).collect()
}

/// A SELECT whose columns have names of their own, for a FROM clause.
pub(super) fn distinct_names<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
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
pub(super) fn subquery_of<'py>(obj: &Bound<'py, PyAny>, name: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let obj = &distinct_names(obj)?;
    let q = own(obj)?;
    let f = From::new(FromKind::Subquery { query: q, name: selectable::label(name, "anon")? });
    let face = wrap_from(obj.py(), &f)?;
    // The subquery shows the very statement object it was made of.
    face.cast::<ClauseElement>()?.get().keep(obj);
    Ok(face)
}

/// `"read"`-like label style constants by their Python objects.
pub(super) fn label_style(obj: &Bound<'_, PyAny>) -> PyResult<LabelStyle> {
    let name: String = obj.getattr("name")?.extract()?;
    Ok(match name.as_str() {
        "LABEL_STYLE_NONE" => LabelStyle::None,
        "LABEL_STYLE_TABLENAME_PLUS_COL" => LabelStyle::TablenamePlusCol,
        "LABEL_STYLE_LEGACY_ORM" => LabelStyle::LegacyOrm,
        _ => LabelStyle::DisambiguateOnly,
    })
}
pub(super) fn label_style_object(py: Python<'_>, style: LabelStyle) -> PyResult<Bound<'_, PyAny>> {
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
                _ => return Err(coerce::unexpected(&o, Role::ByOf)),
            }
        }
    }
    let _ = py;
    Ok(fu)
}
