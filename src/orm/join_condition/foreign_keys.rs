//! The ON clause between two selectables, as their foreign keys tell it.

use crate::columns::{self, contains_column};
use sql::ast::{Expr, ExprKind, ExprRef, FromKind, FromRef, Op};
use sql::error::ErrorKind;
use sql::schema::{Column, ForeignKey};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// `left = right`.
pub fn equals(left: ExprRef, right: ExprRef) -> ExprRef {
    Expr::new(ExprKind::Binary { left, right, op: Op::Eq, negate: Some(Op::Ne), modifiers: Vec::new() }, sql::types::boolean())
}

/// The conjunction of one or more conditions.
pub fn and(mut clauses: Vec<ExprRef>) -> Option<ExprRef> {
    match clauses.len() {
        0 => None,
        1 => clauses.pop(),
        _ => {
            // a nested AND needs no parentheses of its own
            let flat = clauses
                .into_iter()
                .flat_map(|c| match &c.kind {
                    ExprKind::BoolList { op: Op::And, clauses } => clauses.clone(),
                    _ => vec![c],
                })
                .map(|c| match &c.kind {
                    ExprKind::BoolList { op: Op::Or, .. } => Expr::new(ExprKind::Grouping(c.clone()), c.ty.clone()),
                    _ => c,
                })
                .collect();
            Some(Expr::new(ExprKind::BoolList { op: Op::And, clauses: flat }, sql::types::boolean()))
        }
    }
}

/// The column a foreign key points to; keys named by text are looked up in the MetaData of their table.
pub fn fk_target(fk: &Arc<ForeignKey>) -> Option<Arc<Column>> {
    let (spec, parent) = {
        let d = fk.d.read();
        if let Some(t) = &d.target {
            return Some(t.clone());
        }
        (d.colspec.clone()?, d.parent.clone()?.upgrade()?)
    };
    let table = columns::table_of(&parent)?;
    let metadata = table.d.read().metadata.upgrade()?;
    let (table_key, col) = spec.rsplit_once('.').unwrap_or((&spec, ""));
    let target = metadata.d.read().tables.get(table_key).cloned()?;
    let d = target.d.read();
    if col.is_empty() {
        let key = parent.key();
        return d.columns.get(&key).cloned();
    }
    d.columns.get(col).or_else(|| d.columns.values().find(|c| &*c.name().text == col)).cloned()
}

/// The table name a foreign key names by text, when it is not resolved.
fn fk_table_name(fk: &Arc<ForeignKey>) -> Option<String> {
    let d = fk.d.read();
    d.colspec.as_ref().map(|s| s.rsplit_once('.').map_or(&**s, |x| x.0).to_owned())
}

/// Every foreign key of a selectable with the column that carries it there.
fn foreign_keys_of(from: &FromRef) -> Vec<(Arc<ForeignKey>, Arc<Column>)> {
    let mut out = Vec::new();
    for c in columns::columns_of(from) {
        let mut seen: Vec<*const ForeignKey> = Vec::new();
        for p in columns::proxy_set(&c) {
            for fk in &p.d.read().foreign_keys {
                if !seen.contains(&Arc::as_ptr(fk)) {
                    seen.push(Arc::as_ptr(fk));
                    out.push((fk.clone(), c.clone()));
                }
            }
        }
    }
    out
}

/// ON clause between two selectables by their foreign keys; `a_subset` is tried before `a`.
///
/// # Errors
/// `NoForeignKeysError`, `AmbiguousForeignKeysError`, `NoReferencedTableError`.
pub fn join_condition(a: &FromRef, b: &FromRef, a_subset: Option<&FromRef>, only: &[Arc<Column>]) -> SqlResult<ExprRef> {
    type Group = (usize, Vec<(Arc<Column>, Arc<Column>)>);
    let mut groups: Vec<Group> = Vec::new();
    let considered = |c: &Arc<Column>| only.is_empty() || only.iter().any(|o| Arc::ptr_eq(o, c));
    let mut add = |fk: &Arc<ForeignKey>, to: Arc<Column>, from: Arc<Column>| {
        let id = fk.d.read().constraint.as_ref().map_or(Arc::as_ptr(fk) as usize, |c| c.as_ptr() as usize);
        match groups.iter_mut().find(|g| g.0 == id) {
            // an alias shows the foreign keys of its table, and the table's are there too
            Some(g) if g.1.iter().any(|p| Arc::ptr_eq(&p.0, &to) && Arc::ptr_eq(&p.1, &from)) => {}
            Some(g) => g.1.push((to, from)),
            None => groups.push((id, vec![(to, from)])),
        }
    };
    for left in a_subset.into_iter().chain(std::iter::once(a)) {
        let mut found = false;
        let mut scan = |from: &FromRef, to: &FromRef| -> SqlResult<()> {
            for (fk, parent) in foreign_keys_of(from) {
                if !considered(&parent) {
                    continue;
                }
                match fk_target(&fk) {
                    Some(target) => {
                        if let Some(col) = crate::entity::corresponding(to, &target) {
                            found = true;
                            add(&fk, col, parent);
                        }
                    }
                    None => {
                        let Some(name) = fk_table_name(&fk) else { continue };
                        if columns::tables_of(to).iter().any(|t| t.key() == name) {
                            return Err(unresolved(&fk, &parent, &name));
                        }
                    }
                }
            }
            Ok(())
        };
        scan(b, left)?;
        if left.id() != b.id() {
            scan(left, b)?;
        }
        if found {
            break;
        }
    }
    let (na, nb) = (crate::mapper::from_description(a), crate::mapper::from_description(b));
    if groups.len() > 1 {
        // several constraints that say the same are one
        let same = |x: &Group, y: &Group| {
            x.1.len() == y.1.len() && x.1.iter().all(|p| y.1.iter().any(|q| Arc::ptr_eq(&p.0, &q.0) && Arc::ptr_eq(&p.1, &q.1)))
        };
        if groups.iter().zip(groups.iter().skip(1)).all(|(a, b)| same(a, b)) {
            groups.truncate(1);
        }
    }
    match groups.as_slice() {
        [] => Err(SqlError::new(
            ErrorKind::NoForeignKeys,
            format!("Can't find any foreign key relationships between '{na}' and '{nb}'."),
        )),
        [(_, pairs)] => {
            let clauses = pairs.iter().map(|(x, y)| equals(expr_in(x, &[a, b]), expr_in(y, &[a, b]))).collect();
            and(clauses).ok_or_else(|| SqlError::argument("empty join condition"))
        }
        _ => Err(SqlError::new(
            ErrorKind::AmbiguousForeignKeys,
            format!(
                "Can't determine join between '{na}' and '{nb}'; tables have more than one foreign key constraint \
                 relationship between them. Please specify the 'onclause' of this join explicitly."
            ),
        )),
    }
}

fn unresolved(fk: &Arc<ForeignKey>, parent: &Arc<Column>, table: &str) -> SqlError {
    let owner = columns::table_of(parent).map_or_else(String::new, |t| format!("{}.", t.key()));
    let spec = fk.d.read().colspec.clone().unwrap_or_else(|| "".into());
    let col = spec.rsplit_once('.').map_or("", |x| x.1);
    SqlError::new(
        ErrorKind::NoReferencedColumn,
        format!(
            "Could not initialize target column for ForeignKey '{spec}' on table '{}': table '{table}' has no column named '{col}'",
            owner.trim_end_matches('.')
        ),
    )
}

/// The column as an expression over whichever of `froms` holds it.
fn expr_in(c: &Arc<Column>, froms: &[&FromRef]) -> ExprRef {
    fn leaf(from: &FromRef, c: &Arc<Column>) -> Option<FromRef> {
        match &from.kind {
            FromKind::Join(j) => leaf(&j.left, c).or_else(|| leaf(&j.right, c)),
            FromKind::Grouping(x) => leaf(x, c),
            _ => contains_column(from, c).then(|| from.clone()),
        }
    }
    match froms.iter().find_map(|f| leaf(f, c)) {
        Some(from) => Expr::new(ExprKind::Column(sql::ast::ColumnRef::new(c.clone(), Some(from))), c.ty()),
        None => columns::column_expr(c),
    }
}
