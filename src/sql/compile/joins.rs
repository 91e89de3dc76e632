//! Joins: the ON clause that foreign keys imply, and where `.join()` attaches.

use super::froms::{self, FromSet};
pub use crate::ast::joins::{can_join, description, join_condition, make_join};
use crate::ast::*;
use crate::error::{SqlError, SqlResult};

fn target_from(t: &JoinTarget) -> SqlResult<FromRef> {
    match t {
        JoinTarget::From(f) => Ok(f.clone()),
        JoinTarget::Entity(e) => Ok(e.selectable()),
        JoinTarget::Attribute(h) => {
            Err(SqlError::invalid_request(format!("{} can only be joined to within an ORM statement", h.repr())))
        }
    }
}

/// Resolve the `.join()` calls of a SELECT into its FROM clauses.
pub(crate) fn setup_joins(s: &Select, clauses: &mut Vec<FromRef>) -> SqlResult<()> {
    for join in &s.joins {
        let right = target_from(&join.target)?;
        let onclause = match &join.onclause {
            None => None,
            Some(JoinOn::Expr(e)) => Some(e),
            Some(JoinOn::Attribute(h)) => {
                return Err(SqlError::invalid_request(format!("{} can only be used in an ORM statement", h.repr())));
            }
        };
        let (left, replaced) = match &join.left {
            None => implicit_left(s, clauses, &right, onclause)?,
            Some(l) => {
                let left = target_from(l)?;
                let at = explicit_place(clauses, &left)?;
                match at.and_then(|i| Some((i, clauses.get(i)?.clone()))) {
                    Some((i, left)) => (left, Some(i)),
                    None => (left, None),
                }
            }
        };
        let made = make_join(&left, &right, onclause, join.isouter, join.full)?;
        match replaced.and_then(|i| clauses.get_mut(i)) {
            Some(place) => *place = made,
            None => clauses.push(made),
        }
    }
    Ok(())
}

fn explicit_place(clauses: &[FromRef], left: &FromRef) -> SqlResult<Option<usize>> {
    let holds = |f: &FromRef| {
        let mut parts = FromSet::default();
        froms::from_parts(f, &mut parts);
        parts.has(left)
    };
    let places: Vec<usize> = clauses.iter().enumerate().filter(|(_, f)| holds(f)).map(|(i, _)| i).collect();
    if places.len() > 1 {
        return Err(SqlError::invalid_request(
            "Can't identify which entity in which to assign the left side of this join.   Please use a more specific ON clause.",
        ));
    }
    Ok(places.first().copied())
}

fn implicit_left(s: &Select, clauses: &[FromRef], right: &FromRef, on: Option<&ExprRef>) -> SqlResult<(FromRef, Option<usize>)> {
    let own = !clauses.is_empty();
    let all = if own { clauses.to_vec() } else { froms::candidates(s) };
    let found = left_candidates(&all, right, on);
    match found.as_slice() {
        [one] if let Some(left) = all.get(*one) => Ok((left.clone(), own.then_some(*one))),
        [] => Err(SqlError::invalid_request(format!(
            "Don't know how to join to {}. Please use the .select_from() method to establish an explicit left side, as well as \
             providing an explicit ON clause if not present already to help resolve the ambiguity.",
            repr(right)
        ))),
        _ => Err(SqlError::invalid_request(
            "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. To help resolve \
             the ambiguity, please use the .select_from() method to establish an explicit left side, as well as providing an explicit \
             ON clause if not present already to help resolve the ambiguity.",
        )),
    }
}

fn repr(f: &FromRef) -> String {
    match &f.kind {
        FromKind::Table(t) => {
            let d = t.d.read();
            if d.lightweight {
                format!("<oxalchemy.sql.selectable.TableClause at {:#x}; {}>", f.id(), t.name)
            } else {
                let columns: Vec<String> = d.columns.values().map(|c| format!("Column({:?})", c.name().as_str())).collect();
                format!("Table('{}', MetaData(), {}, schema=None)", t.name, columns.join(", "))
            }
        }
        _ => format!("<{} at {:#x}; {}>", kind_name(f), f.id(), description(f)),
    }
}

fn kind_name(f: &FromRef) -> &'static str {
    match f.kind {
        FromKind::Alias { .. } => "oxalchemy.sql.selectable.Alias",
        FromKind::Subquery { .. } => "oxalchemy.sql.selectable.Subquery",
        FromKind::Cte(_) => "oxalchemy.sql.selectable.CTE",
        FromKind::Join(_) => "oxalchemy.sql.selectable.Join",
        _ => "oxalchemy.sql.selectable.FromClause",
    }
}

fn left_candidates(all: &[FromRef], right: &FromRef, on: Option<&ExprRef>) -> Vec<usize> {
    let mut selectables = FromSet::default();
    froms::from_parts(right, &mut selectables);
    let on_columns: Vec<usize> = match on {
        Some(on) if all.len() > 1 => columns_in(on),
        _ => Vec::new(),
    };
    let mut found = Vec::new();
    for (i, f) in all.iter().enumerate() {
        for s in selectables.0.iter().filter(|s| s.id() != f.id()) {
            let joins = if !on_columns.is_empty() {
                let ids: Vec<usize> =
                    proxy::columns(f).iter().chain(&proxy::columns(s)).map(|(_, c)| proxy::expr_id(c)).collect();
                on_columns.iter().all(|c| ids.contains(c))
            } else {
                on.is_some() || can_join(f, s)
            };
            if joins {
                found.push(i);
                break;
            }
        }
    }
    if found.len() > 1 {
        let shown: Vec<usize> = froms::without_hidden(all.to_vec()).iter().map(|f| f.id()).collect();
        found.retain(|i| all.get(*i).is_some_and(|f| shown.contains(&f.id())));
    }
    if found.is_empty() && on.is_some() {
        return (0..all.len()).collect();
    }
    found
}

fn columns_in(e: &ExprRef) -> Vec<usize> {
    let mut out = Vec::new();
    fold::walk(e, &mut |x| {
        if matches!(x.kind, ExprKind::Column(_)) {
            out.push(proxy::expr_id(x));
        }
        !matches!(x.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_))
    });
    out
}
