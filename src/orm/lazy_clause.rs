//! [`LazyClause`]: the WHERE of a lazy load.

use crate::columns::{as_column, col_id};
use crate::join_condition::{JoinCondition, and};
use crate::mapper::Mapper;
use sql::ast::{Bind, BindValue, Expr, ExprKind, ExprRef, Op, fold};
use sql::schema::Column;
use sql::{Label, SqlError, SqlResult};
use std::sync::Arc;

/// A join condition with one side turned into binds.
#[derive(Clone, Debug)]
pub struct LazyClause {
    /// The criterion.
    pub criterion: ExprRef,
    /// Column of the side that is known, and the bind that takes its value. Every use of the column is the same bind.
    pub binds: Vec<(Arc<Column>, ExprRef)>,
    /// Column of the side that is loaded, and the known column it equals.
    pub equated: Vec<(Arc<Column>, Arc<Column>)>,
}

/// A fresh anonymous bind of a column's type, without value.
fn bind_for(column: &Arc<Column>, name: &str) -> ExprRef {
    let bind = Bind {
        key: Label::anon(name),
        orig_key: name.into(),
        value: BindValue::Literal(sql::ast::Literal::Null),
        unique: true,
        expanding: false,
        expand_op: None,
        required: false,
        literal_execute: false,
        isoutparam: false,
    };
    Expr::new(ExprKind::Bind(bind), column.ty())
}

impl LazyClause {
    /// From the parent (`reverse`: from the target) to the other side.
    ///
    /// # Errors
    /// Never in practice: a join condition always has a criterion.
    pub fn new(jc: &JoinCondition, reverse: bool) -> SqlResult<Self> {
        let has_secondary = jc.secondaryjoin.is_some();
        let mut binds: Vec<(Arc<Column>, ExprRef)> = Vec::new();
        let known: Vec<usize> = jc.local_remote_pairs.iter().map(|p| col_id(&p.0)).collect();
        let mut to_bind = |e: &ExprRef| -> Option<ExprRef> {
            let column = as_column(e)?;
            let ann = e.ann.as_deref();
            let take = if reverse {
                if has_secondary { known.contains(&col_id(column)) } else { ann.is_some_and(|a| a.remote) }
            } else {
                ann.is_some_and(|a| a.local)
            };
            if !take {
                return None;
            }
            if let Some(b) = binds.iter().find(|b| Arc::ptr_eq(&b.0, column)) {
                return Some(b.1.clone());
            }
            let bind = bind_for(column, "param");
            binds.push((column.clone(), bind.clone()));
            Some(bind)
        };
        let mut parts = Vec::new();
        match (&jc.secondaryjoin, reverse) {
            (None, _) => parts.push(fold::replace(&jc.primaryjoin, &mut to_bind)),
            (Some(s), false) => {
                parts.push(fold::replace(&jc.primaryjoin, &mut to_bind));
                parts.push(s.clone());
            }
            (Some(s), true) => {
                parts.push(jc.primaryjoin.clone());
                parts.push(fold::replace(s, &mut to_bind));
            }
        }
        let parts = parts.iter().map(JoinCondition::plain).collect();
        let criterion = and(parts).ok_or_else(|| SqlError::argument("empty join condition"))?;
        let equated = jc
            .local_remote_pairs
            .iter()
            .map(|(l, r)| if reverse && !has_secondary { (l.clone(), r.clone()) } else { (r.clone(), l.clone()) })
            .collect();
        Ok(Self { criterion, binds, equated })
    }

    /// A lookup of `target` by its primary key, as `get()` writes it: the parent's columns `sources` hold the key.
    pub fn by_key(&self, target: &Arc<Mapper>, sources: &[Arc<Column>]) -> Option<Self> {
        let mut binds: Vec<(Arc<Column>, ExprRef)> = Vec::new();
        let mut parts = Vec::new();
        for (pk, source) in target.data().primary_key.iter().zip(sources) {
            let bind = match binds.iter().find(|b| Arc::ptr_eq(&b.0, source)) {
                Some(b) => b.1.clone(),
                None => bind_for(pk, "pk"),
            };
            parts.push(sql::ast::build::eq(&crate::columns::column_expr(pk), &bind));
            binds.push((source.clone(), bind));
        }
        Some(Self { criterion: and(parts)?, binds, equated: self.equated.clone() })
    }

    /// Whether the criterion is exactly a lookup of `target` by its primary key, so that the identity map can answer.
    pub fn is_get(&self, target: &Arc<Mapper>) -> bool {
        let base = target.base();
        let pk = &base.data().primary_key;
        let mut seen: Vec<usize> = Vec::new();
        let clauses = match &self.criterion.kind {
            ExprKind::BoolList { op: Op::And, clauses } => clauses.clone(),
            _ => vec![self.criterion.clone()],
        };
        let equivalents = &target.data().equivalents;
        for c in &clauses {
            let ExprKind::Binary { left, right, op: Op::Eq, .. } = &c.kind else { return false };
            let column = match (as_column(left), &right.kind, as_column(right), &left.kind) {
                (Some(c), ExprKind::Bind(_), _, _) | (_, _, Some(c), ExprKind::Bind(_)) => c,
                _ => return false,
            };
            let matches = |p: &Arc<Column>| {
                Arc::ptr_eq(p, column) || equivalents.get(&col_id(p)).is_some_and(|l| l.iter().any(|x| Arc::ptr_eq(x, column)))
            };
            match pk.iter().position(matches) {
                Some(i) if !seen.contains(&i) => seen.push(i),
                _ => return false,
            }
        }
        !pk.is_empty() && seen.len() == pk.len()
    }
}
