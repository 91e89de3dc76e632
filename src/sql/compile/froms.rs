//! The FROM list of a SELECT: what its expressions come from, what joins hide, what an enclosing query provides.

use super::context::Entry;
use super::{Compiler, joins};
use crate::ast::*;
use crate::error::{SqlError, SqlResult};
use rustc_hash::FxHashSet;
use std::sync::Arc;

pub(crate) use crate::ast::proxy::strip_grouping as ungroup;

/// An ordered set of FROM elements. The ids beside the list are kept only when it is long.
#[derive(Clone, Debug, Default)]
pub struct FromSet(pub Vec<FromRef>, FxHashSet<usize>);

/// Up to here a list is searched.
const SHORT: usize = 16;

impl FromSet {
    /// Add unless it is there.
    pub fn add(&mut self, f: &FromRef) {
        if self.has(f) {
            return;
        }
        self.0.push(f.clone());
        match self.0.len() {
            n if n < SHORT => {}
            SHORT => self.1 = self.0.iter().map(|f| f.id()).collect(),
            _ => {
                self.1.insert(f.id());
            }
        }
    }
    /// Is it there?
    pub fn has(&self, f: &FromRef) -> bool {
        if self.0.len() < SHORT { has(&self.0, f) } else { self.1.contains(&f.id()) }
    }
}

pub(crate) fn has(list: &[FromRef], f: &FromRef) -> bool {
    let id = f.id();
    list.iter().any(|x| x.id() == id)
}

/// What a FROM element brings into a FROM list: itself, and the parts of a join.
#[recursive::recursive]
pub fn from_parts(f: &FromRef, out: &mut FromSet) {
    match &f.kind {
        FromKind::Join(j) => {
            out.add(f);
            from_parts(&j.left, out);
            from_parts(&j.right, out);
        }
        FromKind::Grouping(x) => from_parts(x, out),
        _ => out.add(f),
    }
}

/// FROM elements that an expression refers to.
#[recursive::recursive]
pub fn from_objects(e: &ExprRef, out: &mut FromSet) {
    use ExprKind as K;
    match &e.kind {
        K::Column(c) => {
            if let Some(f) = c.from() {
                match &f.kind {
                    FromKind::Values(_) | FromKind::TableValued(_) => out.add(f),
                    _ => from_parts(f, out),
                }
            }
        }
        K::TableValue(f) => from_parts(f, out),
        K::Entity(entity) => from_parts(&entity.selectable(), out),
        K::Binary { left, right, modifiers, .. } => {
            from_objects(left, out);
            from_objects(right, out);
            for (_, m) in modifiers {
                if let Modifier::Expr(e) = m {
                    from_objects(e, out);
                }
            }
        }
        K::UnaryPrefix { operand: x, .. }
        | K::UnaryPostfix { operand: x, .. }
        | K::AsBoolean { operand: x, .. }
        | K::Grouping(x)
        | K::LabelRef(x)
        | K::TypeCoerce(x)
        | K::Label { element: x, .. }
        | K::Cast { element: x, .. }
        | K::Extract { element: x, .. } => from_objects(x, out),
        K::BoolList { clauses, .. } | K::List { clauses, .. } | K::Tuple(clauses) => {
            clauses.iter().for_each(|c| from_objects(c, out))
        }
        K::Case { value, whens, else_ } => {
            for x in value.iter().chain(else_) {
                from_objects(x, out);
            }
            for (a, b) in whens {
                from_objects(a, out);
                from_objects(b, out);
            }
        }
        K::Function(f) => f.args.iter().for_each(|a| from_objects(a, out)),
        K::Over(o) => {
            from_objects(&o.func, out);
            for x in o.partition_by.iter().chain(&o.order_by) {
                from_objects(x, out);
            }
        }
        K::FunctionFilter { func, criterion } => {
            from_objects(func, out);
            from_objects(criterion, out);
        }
        K::WithinGroup { func, order_by } | K::AggregateOrderBy { func, order_by } => {
            from_objects(func, out);
            order_by.iter().for_each(|x| from_objects(x, out));
        }
        K::Slice { start, stop, step } => {
            for x in [start, stop].into_iter().chain(step) {
                from_objects(x, out);
            }
        }
        K::Host(h) => {
            for child in h.children() {
                match child {
                    Node::Expr(x) => from_objects(&x, out),
                    Node::From(f) => from_parts(&f, out),
                    _ => {}
                }
            }
        }
        K::Collation(_)
        | K::LiteralColumn(_)
        | K::Bind(_)
        | K::Null
        | K::True
        | K::False
        | K::Text(_)
        | K::TextualLabelRef(_) => {}
        K::ScalarSelect(_) | K::Exists(_) | K::QueryGrouping(_) | K::Sequence(_) | K::DmlTarget(_) => {}
    }
}

/// FROM elements that `f` hides from a FROM list: the parts of a join.
#[recursive::recursive]
fn hidden(f: &FromRef, out: &mut FxHashSet<usize>) {
    match &f.kind {
        FromKind::Join(j) => {
            let mut parts = FromSet::default();
            from_parts(&j.left, &mut parts);
            from_parts(&j.right, &mut parts);
            out.extend(parts.0.iter().map(|p| p.id()));
        }
        FromKind::Grouping(x) => hidden(x, out),
        _ => {}
    }
}

/// What the columns clause refers to.
fn item_froms(items: &[SelectItem], out: &mut FromSet) {
    for item in items {
        match item {
            SelectItem::Expr(e) => from_objects(e, out),
            SelectItem::From(f) => from_parts(f, out),
            SelectItem::Entity(e) => from_parts(&e.selectable(), out),
            SelectItem::Host(_) => {}
        }
    }
}

/// The FROM list of a SELECT before correlation; joins resolved.
pub fn select_froms(s: &Select) -> SqlResult<Vec<FromRef>> {
    let mut clauses: Vec<FromRef> = s.from_obj.clone();
    clauses.extend(s.memo_froms.iter().cloned());
    if !s.joins.is_empty() {
        joins::setup_joins(s, &mut clauses)?;
    }
    let mut all = FromSet::default();
    for f in &clauses {
        all.add(f);
    }
    // A FROM given by itself does not bring its parts: a join's are hidden anyway.
    item_froms(&s.columns, &mut all);
    s.where_.iter().for_each(|w| from_objects(w, &mut all));
    Ok(without_hidden(all.0))
}

/// The list without what its joins hide.
pub fn without_hidden(list: Vec<FromRef>) -> Vec<FromRef> {
    let mut gone = FxHashSet::default();
    list.iter().for_each(|f| hidden(f, &mut gone));
    if gone.is_empty() {
        return list;
    }
    list.into_iter().filter(|f| !gone.contains(&f.id())).collect()
}

/// FROM elements the joins of a SELECT may start from, when it has no FROM list yet.
pub(crate) fn candidates(s: &Select) -> Vec<FromRef> {
    let mut all = FromSet::default();
    item_froms(&s.columns, &mut all);
    s.where_.iter().for_each(|w| from_objects(w, &mut all));
    all.0
}

/// FROM elements that the statements around a query provide.
#[derive(Clone, Copy, Debug, Default)]
pub struct Enclosing<'a> {
    /// Those it may correlate to when told to.
    pub explicit: &'a [FromRef],
    /// Those it correlates to by itself.
    pub implicit: &'a [FromRef],
}

/// The FROM list of a SELECT as rendered inside others: correlated elements left out. `None`: nothing would be left.
///
/// # Errors
/// Those of its joins.
pub fn shown(s: &Select, enclosing: Enclosing<'_>) -> SqlResult<Option<Vec<FromRef>>> {
    let Enclosing { explicit, implicit } = enclosing;
    let mut froms = select_froms(s)?;
    match &s.correlate {
        Correlate::To(to) => froms.retain(|f| !(has(explicit, f) && has(to, f))),
        Correlate::Except(except) => froms.retain(|f| !has(explicit, f) || has(except, f)),
        Correlate::Auto => {
            if !implicit.is_empty() && froms.len() > 1 {
                froms.retain(|f| !has(implicit, f));
                if froms.is_empty() {
                    return Ok(None);
                }
            }
        }
        Correlate::None => {}
    }
    Ok(Some(froms))
}

impl Compiler<'_> {
    /// What the statements being rendered provide to a query that stands here.
    pub(crate) fn provided(&self, asfrom: bool, lateral: bool) -> (Vec<FromRef>, Vec<FromRef>) {
        match self.stack.last() {
            None => (Vec::new(), Vec::new()),
            Some(entry) if asfrom && !lateral => {
                (entry.correlate_froms.iter().filter(|f| !has(&entry.asfrom_froms, f)).cloned().collect(), Vec::new())
            }
            Some(entry) => (entry.correlate_froms.clone(), entry.asfrom_froms.clone()),
        }
    }

    /// The FROM list as rendered here: correlated elements left out.
    pub(crate) fn display_froms(&mut self, s: &Select, query: &QueryRef, asfrom: bool, lateral: bool) -> SqlResult<Vec<FromRef>> {
        let (explicit, implicit) = self.provided(asfrom, lateral);
        shown(s, Enclosing { explicit: &explicit, implicit: &implicit })?.ok_or_else(|| {
            SqlError::invalid_request(format!(
                "Select statement '<oxalchemy.sql.selectable.Select object at {:#x}>' returned no FROM clauses due to \
                 auto-correlation; specify correlate(<tables>) to control correlation manually.",
                Arc::as_ptr(query) as usize
            ))
        })
    }

    /// The stack entry of a query with these FROMs.
    pub(crate) fn entry_for(&self, froms: &[FromRef]) -> Entry {
        let mut own = FromSet::default();
        froms.iter().for_each(|f| from_parts(f, &mut own));
        let mut all = own.clone();
        if let Some(outer) = self.stack.last() {
            outer.correlate_froms.iter().for_each(|f| all.add(f));
        }
        Entry { correlate_froms: all.0, asfrom_froms: own.0, ..Entry::default() }
    }
}
