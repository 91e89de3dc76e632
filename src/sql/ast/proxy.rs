//! Columns of FROM elements: proxies of the columns behind them, made on first use.

use super::build;
use super::naming::{self, Named};
use super::{ExprKind, ExprRef, From, FromKind, FromRef, LateralElement, Node, QueryKind, QueryRef, SelectItem};
use crate::name::{Label, Name};
use crate::schema::column::ColumnData;
use crate::schema::constraint::ForeignKeyData;
use crate::schema::{Column, ColumnParent, ForeignKey};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::sync::Arc;

/// A column of a FROM element: its key in `.c`, and the column as an expression.
pub type KeyedColumn = (Arc<str>, ExprRef);

/// What a result column is called: fixed, or anonymous for an expression without a name.
#[recursive::recursive]
pub fn result_name(e: &ExprRef) -> Label {
    match &e.kind {
        ExprKind::Column(c) => c.column.label(),
        ExprKind::LiteralColumn(n) => Label::Fixed(n.clone()),
        ExprKind::Label { name, .. } => name.clone(),
        ExprKind::Function(f) => Label::anon(f.name.text.clone()),
        ExprKind::Grouping(inner) | ExprKind::TypeCoerce(inner) => result_name(inner),
        ExprKind::Cast { element, .. } => match &element.kind {
            ExprKind::Column(_) | ExprKind::LiteralColumn(_) | ExprKind::Label { .. } => result_name(element),
            _ => Label::anon("anon"),
        },
        ExprKind::ScalarSelect(q) => match exported(q).as_slice() {
            [(_, one)] if matches!(one.kind, ExprKind::Column(_) | ExprKind::Label { .. }) => result_name(one),
            _ => Label::anon("anon"),
        },
        ExprKind::Over(o) => result_name(&o.func),
        _ => Label::anon("anon"),
    }
}

/// The key of an expression in `.c` and in result rows; annotations of an ORM attribute come first.
#[recursive::recursive]
pub fn key_of(e: &ExprRef) -> Option<Arc<str>> {
    if let Some(k) = e.ann.as_ref().and_then(|a| a.proxy_key.clone()) {
        return Some(k);
    }
    match &e.kind {
        ExprKind::Column(c) => Some(c.column.key()),
        ExprKind::LiteralColumn(n) => Some(n.text.clone()),
        ExprKind::Label { name: Label::Fixed(n), .. } => Some(n.text.clone()),
        ExprKind::Cast { element, .. } | ExprKind::TypeCoerce(element) | ExprKind::Grouping(element) => key_of(element),
        ExprKind::Bind(b) => Some(b.orig_key.clone()),
        ExprKind::Function(f) => Some(f.name.text.clone()),
        _ => None,
    }
}

/// All columns of one item of a columns clause.
pub fn item_columns(item: &SelectItem) -> Vec<ExprRef> {
    match item {
        SelectItem::Expr(e) => match &e.kind {
            ExprKind::TableValue(f) => columns(f).into_iter().map(|(_, c)| c).collect(),
            _ => vec![e.clone()],
        },
        SelectItem::From(f) => {
            let omitted = |e: &ExprRef| matches!(&e.kind, ExprKind::Column(c) if c.column.d.read().omitted);
            columns(f).into_iter().map(|(_, c)| c).filter(|c| !omitted(c)).collect()
        }
        SelectItem::Entity(e) => e.columns(),
        SelectItem::Host(h) => h.item_columns(),
    }
}

/// All columns of the columns clause of a SELECT.
fn select_columns(s: &super::Select) -> Vec<ExprRef> {
    let columns = s.columns.iter().flat_map(item_columns);
    if s.options.is_empty() {
        return columns.collect();
    }
    columns.map(|e| s.options.iter().rev().find_map(|o| o.seen_through(&e)).unwrap_or(e)).collect()
}

/// The columns a query gives, as they were selected (not proxies), with their keys.
#[recursive::recursive]
pub fn exported(q: &QueryRef) -> Vec<KeyedColumn> {
    fn keyed(items: Vec<ExprRef>) -> Vec<KeyedColumn> {
        items
            .into_iter()
            .filter(|e| !matches!(e.kind, ExprKind::Text(_)))
            .map(|e| (key_of(&e).unwrap_or_else(|| "".into()), e))
            .collect()
    }
    match &leading(q).kind {
        QueryKind::Select(s) => keyed(select_columns(s)),
        QueryKind::Compound(_) | QueryKind::Grouping(_) => Vec::new(),
        QueryKind::Textual(t) => keyed(t.columns.clone()),
        QueryKind::FromStatement(f) => keyed(f.entities.iter().flat_map(item_columns).collect()),
        QueryKind::Values(f) => columns(f),
    }
}

/// The query that decides what `q` gives: the first of a set operation, however deep they are nested.
fn leading(mut q: &QueryRef) -> &QueryRef {
    loop {
        q = match &q.kind {
            QueryKind::Grouping(inner) => inner,
            QueryKind::Compound(c) => match c.selects.first() {
                Some(first) => first,
                None => return q,
            },
            _ => return q,
        };
    }
}

/// The elements whose columns those of `from` stand for, in order, with the names the proxies get.
fn sources(from: &FromRef) -> Vec<Named> {
    match &from.kind {
        FromKind::Alias { element, .. } | FromKind::TableSample { element, .. } => plain(element),
        FromKind::Subquery { query, .. } | FromKind::Lateral { element: LateralElement::Query(query), .. } => named(query),
        FromKind::Lateral { element: LateralElement::From(f), .. } => plain(f),
        FromKind::Cte(c) => match (&c.alias_of, &c.element) {
            (Some(original), _) => plain(original),
            (None, super::CteElement::Query(q)) => named(q),
            (None, super::CteElement::Insert(i)) => named_items(&i.common.returning),
            (None, super::CteElement::Update(u)) => named_items(&u.common.returning),
            (None, super::CteElement::Delete(d)) => named_items(&d.common.returning),
        },
        _ => Vec::new(),
    }
}

fn plain(from: &FromRef) -> Vec<Named> {
    columns(from).into_iter().map(|(key, expr)| Named { expr, required: None, key, fallback: None, repeated: false }).collect()
}

fn returning(items: &[SelectItem]) -> Vec<KeyedColumn> {
    items.iter().flat_map(item_columns).map(|e| (key_of(&e).unwrap_or_else(|| "".into()), e)).collect()
}

fn named_items(items: &[SelectItem]) -> Vec<Named> {
    without_text(naming::columns_plus_names(items.iter().flat_map(item_columns).collect(), super::LabelStyle::default(), false))
}

fn without_text(mut all: Vec<Named>) -> Vec<Named> {
    all.retain(|n| !matches!(n.expr.kind, ExprKind::Text(_)));
    all
}

/// Exported columns of a query under the names its subquery gives them: duplicates are made distinct.
#[recursive::recursive]
pub fn named(q: &QueryRef) -> Vec<Named> {
    match &leading(q).kind {
        QueryKind::Select(s) => without_text(naming::columns_plus_names(select_columns(s), s.label_style, false)),
        // (The first SELECT of a set operation decides the names, under the label style of that SELECT.)
        QueryKind::Compound(_) | QueryKind::Grouping(_) => Vec::new(),
        QueryKind::Textual(t) => naming::columns_plus_names(t.columns.clone(), super::LabelStyle::None, false),
        QueryKind::FromStatement(f) => named_items(&f.entities),
        QueryKind::Values(f) => plain(f),
    }
}

/// `table_column`, the label of a column under `TablenamePlusCol`.
pub fn table_qualified(e: &ExprRef) -> Option<Arc<str>> {
    let ExprKind::Column(c) = &e.kind else { return None };
    let from = c.from()?;
    let name = c.column.name();
    Some(
        match from_name(from)? {
            (Some(schema), t) => format!("{}_{}_{}", schema.replace('.', "_"), t, name),
            (None, t) => format!("{t}_{name}"),
        }
        .into(),
    )
}

/// Schema and name of a FROM element with a fixed name.
pub fn from_name(from: &FromRef) -> Option<(Option<String>, String)> {
    Some(match &from.kind {
        FromKind::Table(t) => (t.d.read().schema.as_ref().map(ToString::to_string), t.name.to_string()),
        _ => (None, from_label(from)?.as_fixed()?.to_string()),
    })
}

/// Name of a FROM element other than a table.
pub fn from_label(from: &FromRef) -> Option<Label> {
    Some(match &from.kind {
        FromKind::Table(t) => Label::Fixed(t.name.clone()),
        FromKind::Alias { name, .. } | FromKind::Subquery { name, .. } => name.clone(),
        FromKind::Lateral { name, .. } | FromKind::TableSample { name, .. } => name.clone(),
        FromKind::Cte(c) => c.name.clone(),
        FromKind::Values(v) => v.name.clone()?,
        FromKind::TableValued(t) => t.name.clone(),
        _ => return None,
    })
}

/// The columns of a FROM element as `.c` shows them.
#[recursive::recursive]
pub fn columns(from: &FromRef) -> Vec<KeyedColumn> {
    match &from.kind {
        FromKind::Table(t) => {
            let d = t.d.read();
            d.columns.iter().map(|(k, c)| (k.clone(), build::column(c, Some(from.clone())))).collect()
        }
        FromKind::Join(j) => {
            let mut all = Vec::new();
            for side in [&j.left, &j.right] {
                for (k, c) in columns(side) {
                    let key = match (&c.kind, from_label(side)) {
                        (ExprKind::Column(cr), _) => cr.from().and_then(from_name).map_or(k.clone(), |(s, t)| match s {
                            Some(s) => format!("{}_{t}_{}", s.replace('.', "_"), cr.column.name()).into(),
                            None => format!("{t}_{}", cr.column.name()).into(),
                        }),
                        _ => k.clone(),
                    };
                    all.push((key, c));
                }
            }
            all
        }
        FromKind::Grouping(f) => columns(f),
        FromKind::Query(q) => exported(q),
        FromKind::Values(v) => given(from, &v.columns),
        FromKind::TableValued(t) => given(from, &t.columns),
        FromKind::Function(e) => vec![(key_of(e).unwrap_or_else(|| "".into()), e.clone())],
        FromKind::Text(_) | FromKind::Host(_) => Vec::new(),
        _ => proxies(from),
    }
}

fn given(from: &FromRef, cols: &[Arc<Column>]) -> Vec<KeyedColumn> {
    cols.iter().map(|c| (c.key(), build::column(c, Some(from.clone())))).collect()
}

/// Proxy columns, kept weakly in the element: as long as anybody holds one it stays the same.
fn proxies(from: &FromRef) -> Vec<KeyedColumn> {
    let cell = from.columns.get_or_init(Default::default);
    let sources = sources(from);
    let mut kept = cell.lock();
    kept.resize(sources.len(), std::sync::Weak::new());
    let others = if kept.iter().all(|w| w.strong_count() > 0) { Vec::new() } else { other_selects(from) };
    sources
        .into_iter()
        .zip(kept.iter_mut())
        .enumerate()
        .map(|(i, (source, slot))| {
            let column = slot.upgrade().unwrap_or_else(|| {
                let made = make_proxy(from, &source);
                if !others.is_empty() {
                    made.d.write().proxies.extend(others.iter().filter_map(|o| o.get(i).map(|n| n.expr.clone())));
                }
                *slot = Arc::downgrade(&made);
                made
            });
            (source.key, build::column(&column, Some(from.clone())))
        })
        .collect()
}

/// Of a set operation: the columns of its SELECTs but the first. A column of it stands for those of the same position in all.
fn other_selects(from: &FromRef) -> Vec<Vec<Named>> {
    let query = match &from.kind {
        FromKind::Subquery { query, .. } | FromKind::Lateral { element: LateralElement::Query(query), .. } => query,
        FromKind::Cte(c) => match (&c.alias_of, &c.element) {
            (None, super::CteElement::Query(q)) => q,
            _ => return Vec::new(),
        },
        _ => return Vec::new(),
    };
    match &strip_grouping(query).kind {
        QueryKind::Compound(c) => c.selects.iter().skip(1).map(named).collect(),
        _ => Vec::new(),
    }
}

/// A column of `from` that stands for `source`.
pub fn make_proxy(from: &FromRef, source: &Named) -> Arc<Column> {
    let label = source.required.clone().unwrap_or_else(|| naming::proxy_label(&source.expr));
    let (name, anon_name) = match label {
        Label::Fixed(name) => (name, None),
        other => (Name::new(anonymous(&other)), Some(other)),
    };
    let mut data = ColumnData {
        name: Some(name),
        anon_name,
        key: Some(source.key.clone()),
        ty: source.expr.ty.clone(),
        parent: ColumnParent::From(Arc::downgrade(from)),
        nullable: true,
        lightweight: true,
        proxies: vec![source.expr.clone()],
        ..ColumnData::default()
    };
    data.is_literal = matches!(&source.expr.kind, ExprKind::LiteralColumn(_)) && source.required.is_none();
    let mut keys = Vec::new();
    if let Some(base) = naming::column_of(&source.expr) {
        let d = base.d.read();
        data.primary_key = d.primary_key;
        data.nullable = d.nullable;
        data.lightweight = d.lightweight;
        keys.clone_from(&d.foreign_keys);
    }
    let column = Column::new(data);
    let keys = keys.iter().map(|fk| proxied_key(fk, &column)).collect();
    column.d.write().foreign_keys = keys;
    column
}

/// The foreign key `fk` as seen from the proxy `parent` of its column.
fn proxied_key(fk: &Arc<ForeignKey>, parent: &Arc<Column>) -> Arc<ForeignKey> {
    let d = fk.d.read();
    let origin = Some(d.origin.clone().unwrap_or_else(|| fk.clone()));
    let d = ForeignKeyData { parent: Some(Arc::downgrade(parent)), origin, ..d.clone() };
    Arc::new(ForeignKey { d: parking_lot::RwLock::new(d), face: crate::FaceSlot::default() })
}

/// The text that stands for an anonymous label inside a name until it is numbered: `%(id base)s`.
#[recursive::recursive]
pub fn anonymous(label: &Label) -> Arc<str> {
    match label {
        Label::Fixed(n) => n.text.clone(),
        Label::Anon { id, base } => format!("%({id} {base})s").into(),
        Label::AnonOf { id, base } => format!("%({id} {})s", anonymous(base)).into(),
        Label::Composed(parts) => parts.iter().map(|p| anonymous(p).to_string()).collect::<Vec<_>>().join("_").into(),
    }
}

/// The expressions a column stands for, nearest first, itself included.
pub fn proxy_set(e: &ExprRef) -> Vec<ExprRef> {
    let mut out: Vec<ExprRef> = Vec::new();
    let mut next = VecDeque::from([e.clone()]);
    // Unions of unions lead to the same expressions by many ways.
    let mut seen = FxHashSet::default();
    while let Some(e) = next.pop_front() {
        if !seen.insert(Arc::as_ptr(&e) as usize) {
            continue;
        }
        match &e.kind {
            ExprKind::Column(c) => next.extend(c.column.d.read().proxies.iter().cloned()),
            ExprKind::Label { element, .. } => next.push_back(element.clone()),
            _ => {}
        }
        out.push(e);
    }
    out
}

/// Identity of an expression: the column for columns, else the node.
pub fn expr_id(e: &ExprRef) -> usize {
    match &e.kind {
        ExprKind::Column(c) => Arc::as_ptr(&c.column) as usize,
        _ => Arc::as_ptr(e) as usize,
    }
}

/// The column of `from` that stands for `target`, directly or through others.
pub fn corresponding(from: &FromRef, target: &ExprRef, require_embedded: bool) -> Option<ExprRef> {
    corresponding_in(&columns(from), target, require_embedded)
}

/// See [`corresponding`]: among given columns.
pub fn corresponding_in(candidates: &[KeyedColumn], target: &ExprRef, require_embedded: bool) -> Option<ExprRef> {
    let wanted: Vec<usize> = proxy_set(target).iter().map(expr_id).collect();
    let target_id = expr_id(target);
    let mut best: Option<(usize, usize, &ExprRef)> = None;
    for (_, c) in candidates {
        let chain: Vec<usize> = proxy_set(c).iter().map(expr_id).collect();
        if chain.first() == Some(&target_id) {
            return Some(c.clone());
        }
        let common = chain.iter().filter(|i| wanted.contains(i)).count();
        if common == 0 || (require_embedded && !wanted.iter().all(|w| chain.contains(w))) {
            continue;
        }
        let distance = chain.iter().position(|i| wanted.contains(i)).unwrap_or(usize::MAX);
        if best.as_ref().is_none_or(|(n, d, _)| common > *n || common == *n && distance < *d) {
            best = Some((common, distance, c));
        }
    }
    best.map(|(_, _, c)| c.clone())
}

/// The query or FROM element a node yields rows from, if it does.
pub fn node_columns(node: &Node) -> Vec<KeyedColumn> {
    match node {
        Node::From(f) => columns(f),
        Node::Query(q) => exported(q),
        Node::Expr(e) => vec![(key_of(e).unwrap_or_else(|| "".into()), e.clone())],
        Node::Insert(i) => returning(&i.common.returning),
        Node::Update(u) => returning(&u.common.returning),
        Node::Delete(d) => returning(&d.common.returning),
        Node::Type(_) => Vec::new(),
    }
}

/// Does `a` stem from `b`?
pub fn derived(a: &FromRef, b: &FromRef) -> bool {
    if a.id() == b.id() {
        return true;
    }
    match &a.kind {
        FromKind::Alias { element, .. } | FromKind::Grouping(element) | FromKind::TableSample { element, .. } => {
            derived(element, b)
        }
        FromKind::Join(j) => derived(&j.left, b) || derived(&j.right, b),
        FromKind::Subquery { query, .. } => exported(query).iter().any(|(_, c)| match &c.kind {
            ExprKind::Column(c) => c.from().is_some_and(|f| derived(f, b)),
            _ => false,
        }),
        FromKind::Cte(c) => match (&c.alias_of, &c.element) {
            (Some(f), _) => derived(f, b),
            (None, super::CteElement::Query(query)) => exported(query).iter().any(|(_, c)| match &c.kind {
                ExprKind::Column(c) => c.from().is_some_and(|f| derived(f, b)),
                _ => false,
            }),
            _ => false,
        },
        _ => false,
    }
}

/// A subquery of `q` with an anonymous name.
pub fn anon_subquery(q: &QueryRef) -> FromRef {
    From::new(FromKind::Subquery { query: q.clone(), name: Label::anon("anon") })
}

/// The query inside parentheses.
pub fn strip_grouping(mut q: &QueryRef) -> &QueryRef {
    while let QueryKind::Grouping(inner) = &q.kind {
        q = inner;
    }
    q
}
