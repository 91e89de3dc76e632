//! What expressions are called: result keys, label names, and the disambiguation of a columns clause.
//!
//! The compiler renders these names and `exported` gives them to the columns of a subquery; both must agree, so the rules
//! live here once.

use super::*;
use crate::name::{Label, Name};
use crate::schema::Column;
use rustc_hash::FxHashMap;

/// One column of a columns clause with its names.
#[derive(Clone, Debug)]
pub struct Named {
    /// The expression.
    pub expr: ExprRef,
    /// A label that must be rendered.
    pub required: Option<Label>,
    /// Key in `.c` of a subquery.
    pub key: Arc<str>,
    /// The label to use where the rendering wants one and none is required.
    pub fallback: Option<Label>,
    /// The same column again: renders with a placeholder label and does not take part in name lookups.
    pub repeated: bool,
}

/// The column behind an expression, if it is nothing but a column.
#[recursive::recursive]
pub fn column_of(e: &ExprRef) -> Option<Arc<Column>> {
    match &e.kind {
        ExprKind::Column(c) => Some(c.column.clone()),
        ExprKind::Label { element, .. } | ExprKind::Grouping(element) => column_of(element),
        _ => None,
    }
}

/// Identity of an expression: the column's for columns, else the node's.
pub fn identity(e: &ExprRef) -> u64 {
    match &e.kind {
        ExprKind::Column(c) => Arc::as_ptr(&c.column) as u64,
        _ => Arc::as_ptr(e) as u64,
    }
}

/// Name of a FROM element as labels are composed of it.
pub fn from_label(from: &From) -> Option<Label> {
    match &from.kind {
        FromKind::Table(t) => Some(Label::Fixed(t.name.clone())),
        FromKind::Alias { name, .. }
        | FromKind::Subquery { name, .. }
        | FromKind::Lateral { name, .. }
        | FromKind::TableSample { name, .. } => Some(name.clone()),
        FromKind::Cte(c) => Some(c.name.clone()),
        FromKind::TableValued(t) => Some(t.name.clone()),
        FromKind::Values(v) => v.name.clone(),
        _ => None,
    }
}

/// The name without which an expression has to be labelled; `None` for unnamed ones.
#[recursive::recursive]
fn non_anon_label(e: &ExprRef) -> Option<Label> {
    match &e.kind {
        ExprKind::Column(c) => Some(c.column.label()),
        ExprKind::LiteralColumn(n) => Some(Label::Fixed(n.clone())),
        ExprKind::Label { name, .. } => Some(name.clone()),
        ExprKind::LabelRef(e) | ExprKind::Grouping(e) if matches!(e.kind, ExprKind::Label { .. } | ExprKind::Column(_)) => {
            non_anon_label(e)
        }
        ExprKind::Host(h) => non_anon_label(&h.named_as()?),
        _ => None,
    }
}

/// The element whose natural name a wrapper takes over (`CAST(t.x AS …) AS x`).
fn wrapped(e: &ExprRef) -> Option<&ExprRef> {
    match &e.kind {
        ExprKind::Cast { element, .. } => Some(element),
        ExprKind::TypeCoerce(element) | ExprKind::Grouping(element) => Some(element),
        ExprKind::AsBoolean { operand, .. } => Some(operand),
        ExprKind::UnaryPrefix { operand, .. } if matches!(operand.kind, ExprKind::Label { .. }) => Some(operand),
        _ => None,
    }
}

fn is_text(e: &ExprRef) -> bool {
    matches!(e.kind, ExprKind::Text(_))
}

/// Text before the number of an anonymous label.
#[recursive::recursive]
fn anon_base(e: &ExprRef) -> Option<Label> {
    match &e.kind {
        ExprKind::Function(f) => Some(Label::Fixed(Name::new(f.name.text.clone()))),
        ExprKind::Column(c) => Some(c.column.label()),
        ExprKind::LiteralColumn(n) => Some(Label::Fixed(n.clone())),
        ExprKind::Label { name, .. } => Some(name.clone()),
        ExprKind::WithinGroup { func, .. } | ExprKind::AggregateOrderBy { func, .. } => anon_base(func),
        ExprKind::Sequence(_) => Some(Label::Fixed(Name::new("next_value"))),
        ExprKind::Host(h) => anon_base(&h.named_as()?),
        _ => None,
    }
}

fn numbered(id: u64, base: Option<Label>) -> Label {
    match base {
        None => Label::Anon { id, base: "anon".into() },
        Some(Label::Fixed(n)) => Label::Anon { id, base: n.text },
        Some(other) => Label::AnonOf { id, base: Arc::new(other) },
    }
}

/// The label an expression gets when it needs one: natural for wrappers, numbered otherwise.
#[recursive::recursive]
pub fn anon_name_label(e: &ExprRef) -> Label {
    if let Some(inner) = wrapped(e)
        && !is_text(inner)
    {
        return non_anon_label(inner).unwrap_or_else(|| anon_name_label(inner));
    }
    numbered(identity(e), anon_base(e))
}

/// Name of the proxy of an expression in a subquery, when no label was required.
pub fn proxy_label(e: &ExprRef) -> Label {
    non_anon_label(e).unwrap_or_else(|| anon_name_label(e))
}

/// Key of an expression in `.c` and in rows; `None` for unnamed ones.
#[recursive::recursive]
pub fn proxy_key(e: &ExprRef) -> Option<Arc<str>> {
    if let Some(ann) = &e.ann
        && let Some(key) = &ann.proxy_key
        && (ann.entity.is_some() || !named_by_user(e))
    {
        return Some(key.clone());
    }
    match &e.kind {
        ExprKind::Column(c) => Some(c.column.key()),
        ExprKind::LiteralColumn(n) => Some(n.text.clone()),
        ExprKind::Label { name: Label::Fixed(n), .. } => Some(n.text.clone()),
        ExprKind::LabelRef(e) => proxy_key(e),
        ExprKind::Function(f) => Some(f.name.text.clone()),
        ExprKind::Host(h) => proxy_key(&h.named_as()?),
        ExprKind::Bind(b) => match &b.key {
            Label::Fixed(n) => Some(n.text.clone()),
            _ => None,
        },
        ExprKind::Over(_) | ExprKind::FunctionFilter { .. } | ExprKind::WithinGroup { .. } => None,
        _ => wrapped(e).filter(|inner| !is_text(inner)).and_then(proxy_key),
    }
}

/// Whether an expression brings a name with it that the user gave to it: it is known by that one where a hybrid returns it.
fn named_by_user(e: &ExprRef) -> bool {
    match &e.kind {
        ExprKind::Label { .. } | ExprKind::LiteralColumn(_) => true,
        ExprKind::Column(c) => c.from().is_none(),
        _ => false,
    }
}

fn parent_from(c: &ColumnRef) -> Option<FromRef> {
    c.from().cloned()
}

fn compose(parts: Vec<Label>) -> Label {
    if parts.iter().all(|p| matches!(p, Label::Fixed(_))) {
        let quote = parts.iter().rev().filter_map(Label::as_fixed).find_map(|n| n.quote);
        let text: Vec<&str> = parts.iter().filter_map(Label::as_fixed).map(Name::as_str).collect();
        return Label::Fixed(Name { text: text.join("_").into(), quote });
    }
    Label::Composed(parts.into())
}

/// `table_column`, made unique among the table's own column keys.
fn qualified(c: &ColumnRef, name: Label, dedupe: bool) -> Option<Label> {
    let Some(from) = parent_from(c) else { return Some(name) };
    let mut parts = Vec::with_capacity(3);
    if let FromKind::Table(t) = &from.kind
        && let Some(schema) = &t.d.read().schema
    {
        parts.push(Label::Fixed(Name { text: schema.text.replace('.', "_").into(), quote: schema.quote }));
    }
    let Some(table) = from_label(&from) else { return Some(name) };
    parts.push(table);
    parts.push(name);
    let label = compose(parts);
    if let (true, Label::Fixed(n), FromKind::Table(t)) = (dedupe, &label, &from.kind) {
        let d = t.d.read();
        if d.columns.contains_key(&n.text) {
            let free = (1..).map(|i| format!("{}_{i}", n.text)).find(|l| !d.columns.contains_key(l.as_str()));
            return free.map(|text| Label::Fixed(Name { text: text.into(), quote: n.quote }));
        }
    }
    Some(label)
}

/// The table-qualified label of an expression, when it has one.
#[recursive::recursive]
pub fn tq_label(e: &ExprRef) -> Option<Label> {
    match &e.kind {
        ExprKind::Column(c) => qualified(c, c.column.label(), true),
        ExprKind::LiteralColumn(_) => None,
        ExprKind::Label { name, .. } => Some(name.clone()),
        _ => wrapped(e).filter(|i| !is_text(i)).and_then(tq_label),
    }
}

/// Key of a column in the `.c` of a join.
pub fn tq_key(column: &Arc<Column>) -> Arc<str> {
    let c = ColumnRef::new(column.clone(), None);
    match qualified(&c, Label::Fixed(Name::new(column.key())), false) {
        Some(Label::Fixed(n)) => n.text,
        _ => column.key(),
    }
}

fn tq_key_of(e: &ExprRef) -> Option<Label> {
    if let Some(key) = e.ann.as_ref().and_then(|a| a.proxy_key.clone()) {
        return match &e.kind {
            ExprKind::Column(c) => qualified(c, Label::Fixed(Name::new(key)), false),
            _ => Some(Label::Fixed(Name::new(key))),
        };
    }
    match &e.kind {
        ExprKind::Column(c) => qualified(c, Label::Fixed(Name::new(c.column.key())), true),
        _ => proxy_key(e).map(|k| Label::Fixed(Name::new(k))),
    }
}

/// Whether a label may be rendered at all.
fn takes_label(e: &ExprRef) -> bool {
    match &e.kind {
        ExprKind::Text(_) | ExprKind::LiteralColumn(_) => false,
        ExprKind::Column(c) => c.from().is_some(),
        _ => true,
    }
}

/// The name of an attribute as the label of an expression without a name. A function or a scalar subquery is labelled by what
/// it is, and so is a constant where labels are qualified.
fn attribute_label(e: &ExprRef, qualified: bool) -> Option<Label> {
    match &e.kind {
        ExprKind::Function(_) | ExprKind::ScalarSelect(_) => return None,
        ExprKind::Bind(_) | ExprKind::Null | ExprKind::True | ExprKind::False if qualified => return None,
        _ => {}
    }
    e.ann.as_ref()?.proxy_key.clone().map(|k| Label::Fixed(Name::new(k)))
}

/// Key of an expression that has no name.
const NO_LABEL: &str = "_no_label";

/// Keys of a columns clause: unique where the label style disambiguates.
struct Keys {
    style: LabelStyle,
    seen: FxHashMap<Arc<str>, u32>,
    ids: FxHashMap<(u64, Arc<str>), usize>,
    /// How many labels there are of each base.
    bases: FxHashMap<Arc<str>, usize>,
    /// Of rows: an attribute's name comes first there, whatever the expression is called.
    rows: bool,
}

impl Keys {
    /// An anonymous table name inside a key is numbered within the clause.
    #[recursive::recursive]
    fn text(&mut self, label: &Label) -> Arc<str> {
        match label {
            Label::Fixed(n) => n.text.clone(),
            Label::Anon { id, base } => self.number(*id, base.clone()),
            Label::AnonOf { id, base } => {
                let base = self.text(base);
                self.number(*id, base)
            }
            Label::Composed(parts) => parts.iter().map(|p| self.text(p).to_string()).collect::<Vec<_>>().join("_").into(),
        }
    }
    fn number(&mut self, id: u64, base: Arc<str>) -> Arc<str> {
        let bases = &mut self.bases;
        let n = *self.ids.entry((id, base.clone())).or_insert_with(|| {
            let count = bases.entry(base.clone()).or_default();
            *count += 1;
            *count
        });
        format!("{base}_{n}").into()
    }
    fn key(&mut self, e: &ExprRef) -> Arc<str> {
        if is_text(e) {
            return NO_LABEL.into();
        }
        let name = match self.style {
            LabelStyle::TablenamePlusCol => tq_key_of(e).map(|l| self.text(&l)),
            _ => e.ann.as_ref().filter(|_| self.rows).and_then(|a| a.proxy_key.clone()).or_else(|| proxy_key(e)),
        };
        let name = name.unwrap_or_else(|| NO_LABEL.into());
        if self.style == LabelStyle::None {
            return name;
        }
        if self.seen.insert(name.clone(), 1).is_none() {
            return name;
        }
        let id = identity(e);
        self.number(id, name)
    }
}

/// Names for a columns clause. `for_render`: repeated columns get placeholder labels; for the columns of a subquery they do not.
pub fn columns_plus_names(columns: Vec<ExprRef>, style: LabelStyle, for_render: bool) -> Vec<Named> {
    let qualified = style == LabelStyle::TablenamePlusCol;
    let mut names: FxHashMap<Label, u64> = FxHashMap::default();
    let (seen, ids, bases) = Default::default();
    let mut keys = Keys { style, seen, ids, bases, rows: for_render };
    let mut placeholder = 0u64;
    let mut out = Vec::with_capacity(columns.len());
    for expr in columns {
        let key = keys.key(&expr);
        let mut named = Named { required: None, key, fallback: None, repeated: false, expr };
        let e = &named.expr;
        if takes_label(e) {
            let natural = if qualified { tq_label(e) } else { non_anon_label(e) };
            if style == LabelStyle::None {
                named.fallback = Some(non_anon_label(e).unwrap_or_else(|| anon_name_label(e)));
            } else {
                let label = natural.clone().or_else(|| attribute_label(e, qualified));
                if let Some(label) = &label {
                    named.fallback = Some(label.clone());
                    if qualified || natural.is_none() {
                        named.required = Some(label.clone());
                    }
                }
                let mut next_placeholder = || {
                    placeholder += 1;
                    dedupe_label(e, qualified, identity(e).wrapping_add(placeholder))
                };
                match label {
                    None => {
                        let anon = anon_name_label(e);
                        named.repeated = names.insert(anon.clone(), identity(e)).is_some();
                        named.fallback = Some(if named.repeated { next_placeholder() } else { anon });
                    }
                    Some(label) => match names.get(&label) {
                        None => {
                            names.insert(label, identity(e));
                        }
                        Some(id) if *id != identity(e) => {
                            let mut other = if qualified { anon_tq_label(e) } else { numbered(identity(e), anon_base(e)) };
                            if for_render && names.contains_key(&other) {
                                other = next_placeholder();
                                named.repeated = true;
                            } else {
                                names.insert(other.clone(), identity(e));
                            }
                            named.fallback = Some(other.clone());
                            named.required = Some(other);
                        }
                        Some(_) if for_render => {
                            let other = next_placeholder();
                            named.fallback = Some(other.clone());
                            named.required = Some(other);
                            named.repeated = true;
                        }
                        Some(_) => {}
                    },
                }
            }
        }
        out.push(named);
    }
    out
}

fn anon_tq_label(e: &ExprRef) -> Label {
    numbered(identity(e), tq_label(e).or_else(|| anon_base(e)))
}

/// `name__1`: a placeholder that is unique within its columns clause and never looked up by name.
fn dedupe_label(e: &ExprRef, qualified: bool, n: u64) -> Label {
    let plain = |e: &ExprRef| match wrapped(e).filter(|i| !is_text(i)).and_then(non_anon_label) {
        Some(natural) => Some(natural),
        None => anon_base(e),
    };
    let base = if qualified { tq_label(e).or_else(|| plain(e)) } else { plain(e) };
    match base {
        None => Label::Anon { id: n, base: "anon_".into() },
        Some(Label::Fixed(name)) => Label::Anon { id: n, base: format!("{}_", name.text).into() },
        Some(other) => Label::AnonOf { id: n, base: Arc::new(Label::Composed(vec![other, Label::Fixed(Name::new(""))].into())) },
    }
}
