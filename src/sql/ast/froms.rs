//! The FROM list of a SELECT, and columns that stand for the same value.

use super::proxy::{self, expr_id};
use super::*;
use crate::SqlResult;
use std::sync::Arc;

/// Whether `list` has an element with the identity of `f`.
fn has(list: &[FromRef], f: &FromRef) -> bool {
    list.iter().any(|x| x.id() == f.id())
}
fn push(list: &mut Vec<FromRef>, f: &FromRef) {
    if !has(list, f) {
        list.push(f.clone());
    }
}

/// FROM elements that an expression refers to, in reading order; subqueries are closed.
pub fn expr_froms(e: &ExprRef, out: &mut Vec<FromRef>) {
    fold::walk(e, &mut |x| {
        match &x.kind {
            ExprKind::Column(c) => {
                if let Some(f) = c.from() {
                    push(out, f);
                }
            }
            ExprKind::TableValue(f) => push(out, f),
            ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_) => return false,
            _ => {}
        }
        true
    });
}

/// FROM elements of the columns clause.
pub fn column_froms(s: &Select) -> Vec<FromRef> {
    let mut out = Vec::new();
    for item in &s.columns {
        match item {
            SelectItem::Expr(e) => expr_froms(e, &mut out),
            SelectItem::From(f) => push(&mut out, f),
            SelectItem::Entity(en) => push(&mut out, &en.selectable()),
            SelectItem::Host(_) => {}
        }
    }
    out
}

/// Elements inside an element: the sides of joins.
#[recursive::recursive]
fn hidden(f: &FromRef, out: &mut Vec<FromRef>) {
    match &f.kind {
        FromKind::Join(j) => {
            for side in [&j.left, &j.right] {
                push(out, side);
                hidden(side, out);
            }
        }
        FromKind::Grouping(g) => {
            push(out, g);
            hidden(g, out);
        }
        _ => {}
    }
}

fn target(t: &JoinTarget) -> Option<FromRef> {
    match t {
        JoinTarget::From(f) => Some(f.clone()),
        JoinTarget::Entity(e) => Some(e.selectable()),
        JoinTarget::Attribute(_) => None,
    }
}

/// The FROM list as rendered, `.join()` calls resolved. Relationship joins are the ORM's and left out.
///
/// # Errors
/// As [`joins::join_condition`]; `InvalidRequestError` when no left side is found.
pub fn final_froms(s: &Select) -> SqlResult<Vec<FromRef>> {
    let mut all: Vec<FromRef> = Vec::new();
    for f in s.from_obj.iter().chain(&s.memo_froms) {
        push(&mut all, f);
    }
    for f in column_froms(s) {
        push(&mut all, &f);
    }
    for w in &s.where_ {
        expr_froms(w, &mut all);
    }
    for j in &s.joins {
        let Some(right) = target(&j.target) else { continue };
        let on = match &j.onclause {
            Some(JoinOn::Expr(e)) => Some(e.clone()),
            _ => None,
        };
        let left = match j.left.as_ref().and_then(target) {
            Some(l) => {
                let at = all.iter().find(|f| {
                    let mut inside = vec![(*f).clone()];
                    hidden(f, &mut inside);
                    has(&inside, &l)
                });
                at.cloned().unwrap_or(l)
            }
            None => {
                let candidates: Vec<FromRef> = all.iter().filter(|f| f.id() != right.id()).cloned().collect();
                let from_on = on.as_ref().and_then(|e| {
                    let mut inside = Vec::new();
                    expr_froms(e, &mut inside);
                    candidates.iter().find(|c| {
                        let mut own = vec![(*c).clone()];
                        hidden(c, &mut own);
                        inside.iter().any(|i| has(&own, i))
                    })
                });
                let found = match from_on {
                    Some(f) => Some(f.clone()),
                    None if on.is_none() => candidates.iter().find(|c| joins::can_join(c, &right)).or(candidates.last()).cloned(),
                    None => candidates.first().cloned(),
                };
                found.or_else(|| all.last().cloned()).ok_or_else(|| {
                    crate::SqlError::invalid_request("Can't determine which FROM clause to join from; there are no FROM elements")
                })?
            }
        };
        let joined = joins::make_join(&left, &right, on.as_ref(), j.isouter, j.full)?;
        match all.iter_mut().find(|f| f.id() == left.id()) {
            Some(slot) => *slot = joined,
            None => all.push(joined),
        }
    }
    let mut inside = Vec::new();
    for f in &all {
        hidden(f, &mut inside);
    }
    all.retain(|f| !has(&inside, f));
    Ok(all)
}

/// Columns without those that a foreign key or an equality in the criteria makes equal to an earlier one.
pub fn reduce_columns(cols: &[ExprRef], criteria: &[ExprRef], froms: &[FromRef], only_synonyms: bool) -> Vec<ExprRef> {
    let mut omit: Vec<usize> = Vec::new();
    for c in cols {
        let ExprKind::Column(cr) = &c.kind else { continue };
        let fks = cr.column.d.read().foreign_keys.clone();
        for fk in fks {
            let Ok(t) = fk.column() else { continue };
            for other in cols {
                if expr_id(other) == Arc::as_ptr(&t) as usize && expr_id(other) != expr_id(c) {
                    let same_name = matches!(&other.kind, ExprKind::Column(o) if o.column.name() == cr.column.name());
                    if !only_synonyms || same_name {
                        omit.push(expr_id(c));
                    }
                }
            }
        }
    }
    let mut conditions: Vec<ExprRef> = criteria.to_vec();
    for f in froms {
        if let FromKind::Join(j) = &f.kind {
            conditions.push(j.onclause.clone());
        }
    }
    for cond in &conditions {
        fold::walk(cond, &mut |x| {
            if let ExprKind::Binary { left, right, op: Op::Eq, .. } = &x.kind {
                let position = |e: &ExprRef| cols.iter().position(|c| expr_id(c) == expr_id(e));
                if let (Some(a), Some(b)) = (position(left), position(right)) {
                    let same = proxy::key_of(left) == proxy::key_of(right);
                    let known = [left, right].iter().any(|e| omit.contains(&expr_id(e)));
                    if a != b && !known && (!only_synonyms || same) {
                        omit.extend(cols.get(a.max(b)).map(expr_id));
                    }
                }
            }
            true
        });
    }
    cols.iter().filter(|c| !omit.contains(&expr_id(c))).cloned().collect()
}
