//! Marks on the columns of a condition: who holds the reference, who stands on the target's side.

use crate::columns::{ColumnSet, as_column};
use sql::ast::{Annotations, Expr, ExprKind, ExprRef, Op, fold};
use sql::schema::Column;
use std::sync::Arc;

/// A mark on a column of a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Foreign,
    Remote,
    Local,
}

pub(super) fn marked(e: &Expr, mark: Mark) -> bool {
    e.ann.as_ref().is_some_and(|a| match mark {
        Mark::Foreign => a.foreign,
        Mark::Remote => a.remote,
        Mark::Local => a.local,
    })
}

pub(super) fn with_mark(e: &ExprRef, mark: Mark) -> ExprRef {
    let mut ann: Annotations = e.ann.as_deref().cloned().unwrap_or_default();
    match mark {
        Mark::Foreign => ann.foreign = true,
        Mark::Remote => ann.remote = true,
        Mark::Local => ann.local = true,
    }
    e.annotated(ann)
}

/// Marks every column for which `pick` holds.
pub(super) fn mark_columns(e: &ExprRef, mark: Mark, pick: &mut dyn FnMut(&ExprRef, &Arc<Column>) -> bool) -> ExprRef {
    fold::replace(e, &mut |e| {
        let c = as_column(e)?;
        (pick(e, c) && !marked(e, mark)).then(|| with_mark(e, mark))
    })
}

/// What becomes of the two operands of a comparison; `None` leaves one as it is.
pub(super) type MarkedOperands = (Option<ExprRef>, Option<ExprRef>);

/// Rewrites the two operands of every comparison between plain columns.
pub(super) fn mark_operands(e: &ExprRef, f: &mut dyn FnMut(&ExprRef, &ExprRef) -> MarkedOperands) -> ExprRef {
    fold::replace(e, &mut |e| {
        let ExprKind::Binary { left, right, op, negate, modifiers } = &e.kind else { return None };
        as_column(left)?;
        as_column(right)?;
        let (l, r) = f(left, right);
        if l.is_none() && r.is_none() {
            return None;
        }
        let kind = ExprKind::Binary {
            left: l.unwrap_or_else(|| left.clone()),
            right: r.unwrap_or_else(|| right.clone()),
            op: op.clone(),
            negate: negate.clone(),
            modifiers: modifiers.clone(),
        };
        Some(Arc::new(Expr { kind, ty: e.ty.clone(), ann: e.ann.clone(), face: sql::FaceSlot::default() }))
    })
}

pub(super) fn has_mark(e: &ExprRef, mark: Mark) -> bool {
    let mut found = false;
    fold::walk(e, &mut |e| {
        found |= marked(e, mark);
        !found
    });
    found
}

/// Columns with all of `marks`.
pub(super) fn gather(e: &ExprRef, marks: &[Mark]) -> ColumnSet {
    let mut out = ColumnSet::default();
    fold::walk(e, &mut |e| {
        if let Some(c) = as_column(e)
            && marks.iter().all(|m| marked(e, *m))
        {
            out.insert(c);
        }
        true
    });
    out
}

/// Shows every pair of columns that stand on the two sides of a comparison.
pub(super) fn comparisons(e: &ExprRef, visit: &mut dyn FnMut(&Op, &ExprRef, &ExprRef)) {
    fold::walk(e, &mut |e| {
        if let ExprKind::Binary { left, right, op, .. } = &e.kind {
            let (l, r) = (column_exprs(left), column_exprs(right));
            for a in &l {
                for b in &r {
                    visit(op, a, b);
                }
            }
        }
        true
    });
}

pub(super) fn column_exprs(e: &ExprRef) -> Vec<ExprRef> {
    let mut out = Vec::new();
    fold::walk(e, &mut |e| {
        if as_column(e).is_some() {
            out.push(e.clone());
        }
        !matches!(e.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_))
    });
    out
}

pub(super) fn mark_self_referential(primary: &ExprRef, remote: &dyn Fn(&ExprRef) -> bool) -> ExprRef {
    mark_operands(primary, &mut |l, r| {
        let same = matches!((as_column(l), as_column(r)), (Some(a), Some(b)) if Arc::ptr_eq(a, b));
        let left = remote(l).then(|| with_mark(l, Mark::Remote));
        let right = (remote(r) && !same).then(|| with_mark(r, Mark::Remote));
        (left, right)
    })
}
