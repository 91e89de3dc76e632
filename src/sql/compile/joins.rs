//! Joins: the ON clause that foreign keys imply, and where `.join()` attaches.

use super::froms::{self, FromSet};
use crate::ast::precedence::self_group;
use crate::ast::*;
use crate::error::{ErrorKind, SqlError, SqlResult};
use crate::schema::{Column, ForeignKey};
use std::sync::Arc;

/// Pairs of (referenced, referring) columns of one foreign key constraint.
struct Match {
    constraint: usize,
    pairs: Vec<(ExprRef, ExprRef)>,
}

/// The ON clause of `left JOIN right` by foreign keys.
pub fn join_condition(left: &FromRef, right: &FromRef) -> SqlResult<ExprRef> {
    join_condition_among(left, right, None)
}

/// The same, looking only at foreign keys whose columns are in `consider`.
pub fn join_condition_among(left: &FromRef, right: &FromRef, consider: Option<&[Arc<Column>]>) -> SqlResult<ExprRef> {
    let subset = match &left.kind {
        FromKind::Join(j) => Some(&j.right),
        _ => None,
    };
    let mut found = scan(left, subset, right, consider)?;
    let describe = |f: &FromRef| description(f);
    if found.len() > 1 {
        trim(&mut found, left, right)?;
    }
    let Some(found) = found.pop() else {
        let hint = if matches!(right.kind, FromKind::Grouping(_) | FromKind::Query(_)) {
            " Perhaps you meant to convert the right side to a subquery using alias()?"
        } else {
            ""
        };
        return Err(SqlError::new(
            ErrorKind::NoForeignKeys,
            format!("Can't find any foreign key relationships between '{}' and '{}'.{hint}", describe(left), describe(right)),
        ));
    };
    let criteria: Vec<ExprRef> = found.pairs.iter().map(|(a, b)| build::eq(a, b)).collect();
    build::and_(criteria).ok_or_else(|| SqlError::new(ErrorKind::NoForeignKeys, "empty foreign key".to_owned()))
}

/// Whether foreign keys imply a join of the two.
pub fn can_join(left: &FromRef, right: &FromRef) -> bool {
    let subset = match &left.kind {
        FromKind::Join(j) => Some(&j.right),
        _ => None,
    };
    scan(left, subset, right, None).is_ok_and(|found| !found.is_empty())
}

fn trim(found: &mut Vec<Match>, left: &FromRef, right: &FromRef) -> SqlResult<()> {
    // Constraints whose pairs are the same condition are one.
    let ids = |m: &Match| {
        let mut v: Vec<(usize, usize)> = m.pairs.iter().map(|(a, b)| (proxy::expr_id(a), proxy::expr_id(b))).collect();
        v.sort_unstable();
        v
    };
    let first = ids(&found[0]);
    if found.iter().all(|m| ids(m) == first) {
        found.truncate(1);
        return Ok(());
    }
    Err(SqlError::new(
        ErrorKind::AmbiguousForeignKeys,
        format!(
            "Can't determine join between '{}' and '{}'; tables have more than one foreign key constraint relationship between them. \
             Please specify the 'onclause' of this join explicitly.",
            description(left),
            description(right)
        ),
    ))
}

/// Name of a FROM element in messages.
pub fn description(f: &FromRef) -> String {
    match &f.kind {
        FromKind::Table(t) => t.key(),
        FromKind::Join(j) => {
            format!("Join object on {}({}) and {}({})", description(&j.left), j.left.id(), description(&j.right), j.right.id())
        }
        FromKind::Grouping(x) => description(x),
        _ => naming::from_label(f).map_or_else(|| "anonymous".to_owned(), |l| proxy::anonymous(&l).to_string()),
    }
}

/// Foreign keys of a FROM element: those of its columns.
fn keys(f: &FromRef) -> Vec<(Arc<ForeignKey>, ExprRef)> {
    let mut out = Vec::new();
    for (_, e) in proxy::columns(f) {
        if let ExprKind::Column(c) = &e.kind {
            let keys = c.column.d.read().foreign_keys.clone();
            out.extend(keys.into_iter().map(|k| (k, e.clone())));
        }
    }
    out
}

fn referent(key: &Arc<ForeignKey>, within: &FromRef) -> SqlResult<Option<ExprRef>> {
    let target = key.column()?;
    let target = build::column(&target, None);
    Ok(proxy::corresponding(within, &target, false))
}

fn scan(a: &FromRef, subset: Option<&FromRef>, b: &FromRef, consider: Option<&[Arc<Column>]>) -> SqlResult<Vec<Match>> {
    let mut found: Vec<Match> = Vec::new();
    let mut add = |key: &Arc<ForeignKey>, pair: (ExprRef, ExprRef)| {
        let constraint = key.d.read().constraint.as_ref().map_or(Arc::as_ptr(key) as usize, |c| c.as_ptr() as usize);
        match found.iter_mut().find(|m| m.constraint == constraint) {
            Some(m) => m.pairs.push(pair),
            None => found.push(Match { constraint, pairs: vec![pair] }),
        }
    };
    let considered = |e: &ExprRef| match (consider, naming::column_of(e)) {
        (Some(list), Some(c)) => list.iter().any(|x| Arc::ptr_eq(x, &c)),
        _ => true,
    };
    let mut any = false;
    for left in subset.into_iter().chain([a]) {
        for (key, parent) in keys(b) {
            if !considered(&parent) {
                continue;
            }
            match referent(&key, left) {
                Ok(Some(column)) => {
                    any = true;
                    add(&key, (column, parent));
                }
                Ok(None) => {}
                Err(e) if mentions(&e, left) => return Err(e),
                Err(_) => {}
            }
        }
        if left.id() != b.id() {
            for (key, parent) in keys(left) {
                if !considered(&parent) {
                    continue;
                }
                match referent(&key, b) {
                    Ok(Some(column)) => {
                        any = true;
                        add(&key, (column, parent));
                    }
                    Ok(None) => {}
                    Err(e) if mentions(&e, b) => return Err(e),
                    Err(_) => {}
                }
            }
        }
        if any {
            break;
        }
    }
    Ok(found)
}

/// An unresolvable foreign key matters only when it names a table of the join.
fn mentions(e: &SqlError, f: &FromRef) -> bool {
    let mut parts = FromSet::default();
    froms::from_parts(f, &mut parts);
    parts.0.iter().any(|p| match &p.kind {
        FromKind::Table(t) => e.message.contains(&format!("table '{}'", t.name)),
        _ => false,
    })
}

/// A join with its ON clause found where none is given, and nested joins in parentheses.
pub fn make_join(left: &FromRef, right: &FromRef, onclause: Option<&ExprRef>, isouter: bool, full: bool) -> SqlResult<FromRef> {
    let right = match right.kind {
        FromKind::Join(_) => From::new(FromKind::Grouping(right.clone())),
        _ => right.clone(),
    };
    let onclause = match onclause {
        Some(e) => e.clone(),
        None => join_condition(left, &right)?,
    };
    let onclause = self_group(&onclause, Some(&Op::AsBoolean));
    Ok(From::new(FromKind::Join(Arc::new(Join { left: left.clone(), right, onclause, isouter, full }))))
}

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
                match at {
                    Some(i) => (clauses[i].clone(), Some(i)),
                    None => (left, None),
                }
            }
        };
        let made = make_join(&left, &right, onclause, join.isouter, join.full)?;
        match replaced {
            Some(i) => clauses[i] = made,
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
        [one] => Ok((all[*one].clone(), own.then_some(*one))),
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
        found.retain(|i| shown.contains(&all[*i].id()));
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
