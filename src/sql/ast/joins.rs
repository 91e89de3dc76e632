//! Joins along foreign keys: the ON clause, and the join.

use super::precedence::self_group;
use super::*;
use crate::error::ErrorKind;
use crate::schema::ForeignKey;
use crate::{SqlError, SqlResult};
use std::sync::Arc;

/// Pairs of (referenced, referring) columns of one foreign key constraint.
struct Match {
    constraint: usize,
    pairs: Vec<(ExprRef, ExprRef)>,
}

/// The ON clause of `left JOIN right` by foreign keys: what is referred to on the left of each comparison.
///
/// # Errors
/// `NoForeignKeysError` when there is none, `AmbiguousForeignKeysError` when several constraints qualify.
pub fn join_condition(left: &FromRef, right: &FromRef) -> SqlResult<ExprRef> {
    let subset = match &left.kind {
        FromKind::Join(j) => Some(&j.right),
        _ => None,
    };
    let mut found = scan(left, subset, right)?;
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
    scan(left, subset, right).is_ok_and(|found| !found.is_empty())
}

fn trim(found: &mut Vec<Match>, left: &FromRef, right: &FromRef) -> SqlResult<()> {
    // Constraints whose pairs are the same condition are one.
    let ids = |m: &Match| {
        let mut v: Vec<(usize, usize)> = m.pairs.iter().map(|(a, b)| (proxy::expr_id(a), proxy::expr_id(b))).collect();
        v.sort_unstable();
        v
    };
    let first = found.first().map(ids);
    if found.iter().all(|m| Some(ids(m)) == first) {
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
#[recursive::recursive]
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

fn scan(a: &FromRef, subset: Option<&FromRef>, b: &FromRef) -> SqlResult<Vec<Match>> {
    let mut found: Vec<Match> = Vec::new();
    let mut add = |key: &Arc<ForeignKey>, pair: (ExprRef, ExprRef)| {
        let constraint = key.d.read().constraint.as_ref().map_or(Arc::as_ptr(key) as usize, |c| c.as_ptr() as usize);
        match found.iter_mut().find(|m| m.constraint == constraint) {
            Some(m) => m.pairs.push(pair),
            None => found.push(Match { constraint, pairs: vec![pair] }),
        }
    };
    let mut any = false;
    for left in subset.into_iter().chain([a]) {
        for (key, parent) in keys(b) {
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
    match &f.kind {
        FromKind::Table(t) => e.message.contains(&format!("table '{}'", t.name)),
        FromKind::Join(j) => mentions(e, &j.left) || mentions(e, &j.right),
        FromKind::Grouping(x) => mentions(e, x),
        _ => false,
    }
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
