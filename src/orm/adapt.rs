//! [`Adapter`]: an expression of a mapping, turned to an alias or to a subquery.
//!
//! There is one rule. A column is replaced by the column of the target that stands for it *and for all that it stands for
//! itself*: a column of a table by that of the table's alias, but never the column of one alias by that of another. A FROM
//! element that the target stems from is replaced by the target, in the FROM lists and `correlate()` lists of statements
//! inside as well. What is marked as settled stays as it is.

use crate::columns::{as_column, col_id};
use crate::mapper::Mapper;
use rustc_hash::FxHashMap;
use sql::ast::fold::{self, Fold};
use sql::ast::{Annotations, Expr, ExprKind, ExprRef, From, FromKind, FromRef, Query, QueryRef, SelectItem, proxy};
use sql::schema::Column;
use std::sync::Arc;

/// See the module documentation.
pub struct Adapter<'a> {
    /// Columns whose counterparts are known, by address.
    columns: Option<&'a FxHashMap<usize, Arc<Column>>>,
    /// What the rest is looked up in; statements inside are left as they are without it.
    target: Option<&'a FromRef>,
    /// Columns of the target, when they are needed first.
    candidates: Option<Vec<proxy::KeyedColumn>>,
    /// Columns of a join condition that are the other side's.
    spared: Option<Side>,
    /// Whose hierarchy says which columns are equal by inheritance: the target may have one for the other.
    hierarchy: Option<&'a Arc<Mapper>>,
}

/// A side of a relationship's join condition, by the marks of its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Side {
    Local,
    Remote,
}

impl<'a> Adapter<'a> {
    /// To `target`; `columns` are known counterparts.
    pub fn to(target: &'a FromRef, columns: &'a FxHashMap<usize, Arc<Column>>) -> Self {
        Self { columns: Some(columns), target: Some(target), candidates: None, spared: None, hierarchy: None }
    }
    /// Columns only, those of a map.
    pub fn of_columns(columns: &'a FxHashMap<usize, Arc<Column>>) -> Self {
        Self { columns: Some(columns), target: None, candidates: None, spared: None, hierarchy: None }
    }
    /// The same, but for columns of one side of a join condition.
    pub fn sparing(self, side: Side) -> Self {
        Self { spared: Some(side), ..self }
    }
    /// The same, with columns that are equal to each other in rows of a mapper's hierarchy.
    pub fn within(self, mapper: &'a Arc<Mapper>) -> Self {
        Self { hierarchy: Some(mapper), ..self }
    }
    fn spares(&self, ann: &Annotations) -> bool {
        ann.settled
            || match self.spared {
                Some(Side::Local) => ann.local,
                Some(Side::Remote) => ann.remote,
                None => false,
            }
    }

    fn column(&mut self, e: &ExprRef, c: &Arc<Column>) -> Option<ExprRef> {
        if let Some(found) = self.counterpart(e, c) {
            return (!as_column(&found).is_some_and(|f| Arc::ptr_eq(f, c))).then_some(found);
        }
        self.hierarchy?.equals_by_inheritance(c).iter().find_map(|other| self.counterpart(&other.to_expr(), other))
    }

    /// The column of the target that stands for a column.
    fn counterpart(&mut self, e: &ExprRef, c: &Arc<Column>) -> Option<ExprRef> {
        if let Some(known) = self.columns.and_then(|m| m.get(&col_id(c))) {
            return Some(known.to_expr());
        }
        let target = self.target?;
        proxy::corresponding_in(self.candidates.get_or_insert_with(|| proxy::columns(target)), e, true)
    }
}

impl Fold for Adapter<'_> {
    fn fold_expr(&mut self, e: &ExprRef) -> ExprRef {
        if e.ann.as_ref().is_some_and(|a| self.spares(a)) {
            return e.clone();
        }
        let ExprKind::Column(c) = &e.kind else { return fold::expr_children(self, e) };
        match self.column(e, &c.column) {
            Some(new) => replaced(e, &new),
            None => e.clone(),
        }
    }
    fn fold_from(&mut self, from: &FromRef) -> FromRef {
        match self.target.and_then(|t| standing_for(t, from)) {
            Some(target) => target,
            None => fold::from_children(self, from),
        }
    }
    fn fold_query(&mut self, query: &QueryRef) -> QueryRef {
        let (Some(target), Some(s)) = (self.target, query.as_select()) else { return fold::query_children(self, query) };
        let swapped = |item: &SelectItem| match item {
            SelectItem::Entity(e) => standing_for(target, &e.selectable()),
            _ => None,
        };
        if s.columns.iter().all(|i| swapped(i).is_none()) {
            return fold::query_children(self, query);
        }
        let mut s = s.clone();
        s.columns.iter_mut().for_each(|i| {
            if let Some(f) = swapped(i) {
                *i = SelectItem::From(f);
            }
        });
        fold::query_children(self, &Query::select(s))
    }
}

/// The replacement with the marks of what it replaces. It belongs to no entity of the statement any more.
fn replaced(old: &ExprRef, new: &ExprRef) -> ExprRef {
    let mut out: Expr = (**new).clone();
    out.ann = old.ann.as_ref().map(|a| match a.entity {
        None => a.clone(),
        Some(_) => Arc::new(Annotations { entity: None, ..(**a).clone() }),
    });
    Arc::new(out)
}

/// The part of `target` that stands for `from`: an alias of it, or a subquery over it.
fn standing_for(target: &FromRef, from: &FromRef) -> Option<FromRef> {
    match &target.kind {
        FromKind::Join(j) => standing_for(&j.left, from).or_else(|| standing_for(&j.right, from)),
        FromKind::Grouping(x) => standing_for(x, from),
        FromKind::Table(_) => None,
        _ => (From::id(target) != from.id() && proxy::derived(target, from)).then(|| target.clone()),
    }
}

/// `e` as it must stay from here on.
pub fn settled(e: &ExprRef) -> ExprRef {
    e.annotated(Annotations { settled: true, ..e.ann.as_deref().cloned().unwrap_or_default() })
}
