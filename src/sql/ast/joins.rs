//! ON clauses found from foreign keys.

use super::proxy::{KeyedColumn, columns, corresponding_in, expr_id, from_label};
use super::{ExprKind, ExprRef, FromKind, FromRef, Join, build};
use crate::error::ErrorKind;
use crate::schema::Column;
use crate::{SqlError, SqlResult};
use std::sync::Arc;

/// A pair of columns that a foreign key equates: `(referring, referred)`.
type Pair = (ExprRef, ExprRef);

/// The column a foreign key refers to; `None` while its table is not known.
fn target_of(fk: &Arc<crate::schema::ForeignKey>, to: &FromRef) -> SqlResult<Option<Arc<Column>>> {
    match fk.column() {
        Ok(c) => Ok(Some(c)),
        // A table that does not exist matters only when it is the one that is joined.
        Err(e) if e.kind == ErrorKind::NoReferencedTable => {
            let missing = fk.target_table_key();
            if missing.is_some() && missing.as_deref() == Some(describe(to).as_str()) { Err(e) } else { Ok(None) }
        }
        Err(e) if e.kind == ErrorKind::NoReferencedColumn => {
            let here = super::proxy::from_name(to).map(|(s, t)| s.map_or(t.clone(), |s| format!("{s}.{t}")));
            if here.is_some() && here == fk.target_table_key() { Err(e) } else { Ok(None) }
        }
        Err(_) => Ok(None),
    }
}

/// Foreign keys of `from`'s columns that lead to `to`, grouped by constraint.
fn pairs(
    from: &[KeyedColumn],
    to: &[KeyedColumn],
    to_from: &FromRef,
    groups: &mut Vec<(usize, Vec<Pair>)>,
    swap: bool,
) -> SqlResult<()> {
    for (_, c) in from {
        let ExprKind::Column(cr) = &c.kind else { continue };
        let fks = cr.column.d.read().foreign_keys.clone();
        for fk in fks {
            let Some(target) = target_of(&fk, to_from)? else { continue };
            let target = build::column(&target, None);
            let Some(found) = corresponding_in(to, &target, false) else { continue };
            let constraint = fk.d.read().constraint.as_ref().map_or(Arc::as_ptr(&fk) as usize, |w| w.as_ptr() as usize);
            let pair = if swap { (found, c.clone()) } else { (c.clone(), found) };
            match groups.iter_mut().find(|(id, _)| *id == constraint) {
                Some((_, list)) => list.push(pair),
                None => groups.push((constraint, vec![pair])),
            }
        }
    }
    Ok(())
}

/// What a FROM element is called in messages.
fn describe(f: &FromRef) -> String {
    match &f.kind {
        FromKind::Table(t) => t.key(),
        FromKind::Join(j) => {
            format!("Join object on {}({}) and {}({})", describe(&j.left), ident(&j.left), describe(&j.right), ident(&j.right))
        }
        FromKind::Grouping(g) => describe(g),
        _ => from_label(f).map(|l| super::proxy::anonymous(&l).to_string()).unwrap_or_else(|| "FROM element".to_owned()),
    }
}
fn ident(f: &FromRef) -> usize {
    f.id()
}

/// The rightmost elements of a join, nearest first, for choosing between several foreign keys.
fn right_sides(f: &FromRef) -> Vec<FromRef> {
    match &f.kind {
        FromKind::Join(j) => {
            let mut out = vec![j.right.clone()];
            out.extend(right_sides(&j.left));
            out
        }
        FromKind::Grouping(g) => right_sides(g),
        _ => vec![f.clone()],
    }
}

/// The condition that joins `left` and `right` along their foreign keys.
///
/// # Errors
/// `NoForeignKeysError` when there is none, `AmbiguousForeignKeysError` when several constraints qualify.
pub fn on_clause(left: &FromRef, right: &FromRef) -> SqlResult<ExprRef> {
    on_clause_consider(left, right, None)
}

/// See [`on_clause`]; `consider` limits the columns of the right side that may refer (ORM inheritance).
pub fn on_clause_consider(left: &FromRef, right: &FromRef, consider: Option<&[ExprRef]>) -> SqlResult<ExprRef> {
    let right_cols = columns(right);
    let (left_cols, considered): (Vec<KeyedColumn>, _) = (columns(left), consider);
    let mut groups = Vec::new();
    // The right side refers to the left, or the other way round.
    pairs(&right_cols, &left_cols, left, &mut groups, true)?;
    if left.id() != right.id() {
        pairs(&left_cols, &right_cols, right, &mut groups, false)?;
    }
    if let Some(only) = considered {
        let ids: Vec<usize> = only.iter().map(expr_id).collect();
        groups.retain(|(_, ps)| ps.iter().any(|(a, b)| ids.contains(&expr_id(a)) || ids.contains(&expr_id(b))));
    }
    if groups.len() > 1 && matches!(left.kind, FromKind::Join(_)) {
        // Several constraints: the one of the nearest element of the join wins.
        for side in right_sides(left) {
            let ids: Vec<usize> = columns(&side).iter().map(|(_, c)| expr_id(c)).collect();
            let near: Vec<_> =
                groups.iter().filter(|(_, ps)| ps.iter().all(|(a, _)| ids.contains(&expr_id(a)))).cloned().collect();
            if !near.is_empty() {
                groups = near;
                break;
            }
        }
    }
    let names = || (describe(left), describe(right));
    match groups.as_slice() {
        [] => {
            let (l, r) = names();
            let hint = if matches!(right.kind, FromKind::Join(_)) {
                " Perhaps you meant to convert the right side to a subquery using alias()?"
            } else {
                ""
            };
            Err(SqlError::new(
                ErrorKind::NoForeignKeys,
                format!("Can't find any foreign key relationships between '{l}' and '{r}'.{hint}"),
            ))
        }
        [(_, ps)] => {
            let mut seen: Vec<(usize, usize)> = Vec::new();
            let mut parts = Vec::new();
            for (a, b) in ps {
                let id = (expr_id(a), expr_id(b));
                if !seen.contains(&id) {
                    seen.push(id);
                    parts.push(build::eq(a, b));
                }
            }
            Ok(build::and_(parts).unwrap_or_else(build::true_))
        }
        _ => {
            // The same pair of columns through several constraints is no ambiguity.
            let key = |ps: &[Pair]| {
                let mut k: Vec<(usize, usize)> = ps.iter().map(|(a, b)| (expr_id(a), expr_id(b))).collect();
                k.sort_unstable();
                k.dedup();
                k
            };
            let first = key(&groups[0].1);
            if groups.iter().all(|(_, ps)| key(ps) == first) {
                let parts = groups[0].1.iter().map(|(a, b)| build::eq(a, b)).collect();
                return Ok(build::and_(parts).unwrap_or_else(build::true_));
            }
            let (l, r) = names();
            Err(SqlError::new(
                ErrorKind::AmbiguousForeignKeys,
                format!(
                    "Can't determine join between '{l}' and '{r}'; tables have more than one foreign key constraint relationship between them. Please specify the 'onclause' of this join explicitly."
                ),
            ))
        }
    }
}

/// `left JOIN right`, with the ON clause given or found.
pub fn join(left: &FromRef, right: &FromRef, onclause: Option<ExprRef>, isouter: bool, full: bool) -> SqlResult<FromRef> {
    let right = match &right.kind {
        FromKind::Join(_) => super::From::new(FromKind::Grouping(right.clone())),
        _ => right.clone(),
    };
    let onclause = match onclause {
        Some(on) => super::precedence::self_group(&on, Some(&super::Op::AsBoolean)),
        None => on_clause(left, &right)?,
    };
    Ok(super::From::new(FromKind::Join(Arc::new(Join { left: left.clone(), right, onclause, isouter, full }))))
}

/// Whether `left` and `right` can be joined along foreign keys at all.
pub fn joinable(left: &FromRef, right: &FromRef) -> bool {
    match on_clause(left, right) {
        Ok(_) => true,
        Err(e) => e.kind == ErrorKind::AmbiguousForeignKeys,
    }
}
