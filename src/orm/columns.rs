//! Columns of a selectable, and which columns are equal by the joins of a mapping.

use indexmap::IndexMap;
use rustc_hash::FxHashMap;
use sql::ast::{Expr, ExprKind, ExprRef, From, FromKind, FromRef, Op, fold};
use sql::schema::{Column, Table};
use std::sync::Arc;

/// Identity of a column: its address.
pub fn col_id(c: &Arc<Column>) -> usize {
    Arc::as_ptr(c) as usize
}

/// The column an expression is, when it is nothing else.
pub fn as_column(e: &Expr) -> Option<&Arc<Column>> {
    match &e.kind {
        ExprKind::Column(c) => Some(&c.column),
        _ => None,
    }
}

/// Every column of a selectable, in order. Joins list left, then right; columns that share a key are all listed.
pub fn columns_of(from: &FromRef) -> Vec<Arc<Column>> {
    match &from.kind {
        FromKind::Table(t) => t.d.read().columns.values().cloned().collect(),
        FromKind::Join(j) => {
            let mut out = columns_of(&j.left);
            out.extend(columns_of(&j.right));
            out
        }
        FromKind::Grouping(inner) => columns_of(inner),
        _ => sql::ast::proxy::columns(from).iter().filter_map(|c| as_column(&c.1).cloned()).collect(),
    }
}

/// Whether `column` belongs to `from` itself (not by proxy).
pub fn contains_column(from: &FromRef, column: &Arc<Column>) -> bool {
    match &from.kind {
        FromKind::Table(t) => t.d.read().columns.values().any(|c| Arc::ptr_eq(c, column)),
        FromKind::Join(j) => contains_column(&j.left, column) || contains_column(&j.right, column),
        FromKind::Grouping(inner) => contains_column(inner, column),
        _ => columns_of(from).iter().any(|c| Arc::ptr_eq(c, column)),
    }
}

/// The tables inside a selectable: those that DML can address, in join order.
pub fn tables_of(from: &FromRef) -> Vec<Arc<Table>> {
    let mut out: Vec<Arc<Table>> = Vec::new();
    collect_tables(from, &mut out);
    out
}

/// Whether a selectable reads from `wanted`, at any depth.
pub fn reads_from(from: &FromRef, wanted: &FromRef) -> bool {
    let mut found = Vec::new();
    collect_froms(from, &mut found);
    found.iter().any(|f| same_from(f, wanted))
}

fn same_from(a: &FromRef, b: &FromRef) -> bool {
    match (&a.kind, &b.kind) {
        (FromKind::Table(a), FromKind::Table(b)) => Arc::ptr_eq(a, b),
        _ => a.id() == b.id(),
    }
}

fn collect_tables(from: &FromRef, out: &mut Vec<Arc<Table>>) {
    let mut found = Vec::new();
    collect_froms(from, &mut found);
    for f in &found {
        if let FromKind::Table(t) = &f.kind
            && !out.iter().any(|o| Arc::ptr_eq(o, t))
        {
            out.push(t.clone());
        }
    }
}

#[recursive::recursive]
fn collect_froms(from: &FromRef, out: &mut Vec<FromRef>) {
    out.push(from.clone());
    match &from.kind {
        FromKind::Join(j) => {
            collect_froms(&j.left, out);
            collect_froms(&j.right, out);
        }
        FromKind::Grouping(x) => collect_froms(x, out),
        FromKind::Alias { element, .. } | FromKind::TableSample { element, .. } => collect_froms(element, out),
        FromKind::Subquery { query, .. } | FromKind::Query(query) => collect_query_froms(query, out),
        _ => {}
    }
}

#[recursive::recursive]
fn collect_query_froms(query: &sql::ast::QueryRef, out: &mut Vec<FromRef>) {
    use sql::ast::QueryKind as Q;
    match &query.kind {
        Q::Select(s) => {
            for f in &s.from_obj {
                collect_froms(f, out);
            }
            for item in &s.columns {
                match item {
                    sql::ast::SelectItem::Expr(e) => {
                        if let Some(f) = column_from(e) {
                            collect_froms(&f, out);
                        }
                    }
                    sql::ast::SelectItem::From(f) => collect_froms(f, out),
                    _ => {}
                }
            }
        }
        Q::Compound(c) => c.selects.iter().for_each(|q| collect_query_froms(q, out)),
        Q::Grouping(q) => collect_query_froms(q, out),
        _ => {}
    }
}

#[recursive::recursive]
fn column_from(e: &Expr) -> Option<FromRef> {
    match &e.kind {
        ExprKind::Column(c) => c.from().cloned(),
        ExprKind::Label { element, .. } => column_from(element),
        _ => None,
    }
}

/// The primary key columns of a selectable: of a table, in the order of its constraint.
pub fn primary_key_of(from: &FromRef) -> Vec<Arc<Column>> {
    if let FromKind::Table(t) = &from.kind
        && let Some(key) = t.d.read().primary_key.clone()
    {
        return key.d.read().columns.clone();
    }
    columns_of(from).into_iter().filter(|c| c.d.read().primary_key).collect()
}

/// The table a column belongs to.
pub fn table_of(column: &Arc<Column>) -> Option<Arc<Table>> {
    match &column.d.read().parent {
        sql::schema::ColumnParent::Table(t) => t.upgrade(),
        _ => None,
    }
}

/// A column as an expression that keeps what it belongs to.
pub fn column_expr(column: &Arc<Column>) -> ExprRef {
    column.to_expr()
}

/// Whether `a` has a foreign key that points to `b`. Keys that name their target by text are compared by text.
pub fn references(a: &Arc<Column>, b: &Arc<Column>) -> bool {
    let keys = a.d.read().foreign_keys.clone();
    keys.iter().any(|fk| {
        let d = fk.d.read();
        if let Some(target) = &d.target {
            return Arc::ptr_eq(target, b) || proxies(b, target);
        }
        d.colspec.as_ref().is_some_and(|spec| {
            table_of(b)
                .is_some_and(|t| **spec == *format!("{}.{}", t.key(), b.key()) || **spec == *format!("{}.{}", t.key(), b.name()))
        })
    })
}

/// Whether `column` stands for `target` in an alias or subquery, at any depth.
pub fn proxies(column: &Arc<Column>, target: &Arc<Column>) -> bool {
    let list = column.d.read().proxies.clone();
    list.iter().any(|p| match &p.kind {
        ExprKind::Column(c) => Arc::ptr_eq(&c.column, target) || proxies(&c.column, target),
        ExprKind::Label { element, .. } => as_column(element).is_some_and(|c| Arc::ptr_eq(c, target) || proxies(c, target)),
        _ => false,
    })
}

/// The columns behind a proxy, itself first.
pub fn proxy_set(column: &Arc<Column>) -> Vec<Arc<Column>> {
    let e = Expr::new(ExprKind::Column(sql::ast::ColumnRef::new(column.clone(), None)), column.ty());
    let mut out = vec![column.clone()];
    out.extend(sql::ast::proxy::proxy_set(&e).iter().filter_map(|e| as_column(e).cloned()).filter(|c| !Arc::ptr_eq(c, column)));
    out
}

/// Columns that an inheritance condition makes equal: `child.id` and `base.id`, both ways.
pub type Equivalents = FxHashMap<usize, Vec<Arc<Column>>>;

/// Adds the equalities of an ON clause.
pub fn add_equivalents(onclause: &ExprRef, out: &mut Equivalents) {
    fold::walk(onclause, &mut |e| {
        if let ExprKind::Binary { left, right, op: Op::Eq, .. } = &e.kind
            && let (Some(l), Some(r)) = (as_column(left), as_column(right))
        {
            let add = |out: &mut Equivalents, a: &Arc<Column>, b: &Arc<Column>| {
                let list = out.entry(col_id(a)).or_default();
                if !list.iter().any(|c| Arc::ptr_eq(c, b)) {
                    list.push(b.clone());
                }
            };
            add(out, l, r);
            add(out, r, l);
        }
        true
    });
}

/// Insertion-ordered set of columns by identity.
#[derive(Clone, Debug, Default)]
pub struct ColumnSet(IndexMap<usize, Arc<Column>>);

impl ColumnSet {
    /// Adds; tells whether it was new.
    pub fn insert(&mut self, c: &Arc<Column>) -> bool {
        self.0.insert(col_id(c), c.clone()).is_none()
    }
    /// Membership by identity.
    pub fn contains(&self, c: &Arc<Column>) -> bool {
        self.0.contains_key(&col_id(c))
    }
    /// In insertion order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Column>> {
        self.0.values()
    }
    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<&'a Arc<Column>> for ColumnSet {
    fn from_iter<T: IntoIterator<Item = &'a Arc<Column>>>(iter: T) -> Self {
        let mut out = Self::default();
        for c in iter {
            out.insert(c);
        }
        out
    }
}

/// Primary key columns of a join without those that only repeat another one through a foreign key inside the join.
/// `on` are the ON clauses that tie the tables together.
pub fn reduce_columns(columns: &[Arc<Column>], on: &[ExprRef]) -> Vec<Arc<Column>> {
    let mut omit = ColumnSet::default();
    for c in columns {
        for other in columns {
            if !Arc::ptr_eq(c, other) && !omit.contains(other) && references(c, other) && table_id(c) != table_id(other) {
                omit.insert(c);
            }
        }
    }
    for clause in on {
        fold::walk(clause, &mut |e| {
            if let ExprKind::Binary { left, right, op: Op::Eq, .. } = &e.kind
                && let (Some(l), Some(r)) = (as_column(left), as_column(right))
            {
                let pos = |x: &Arc<Column>| columns.iter().position(|c| Arc::ptr_eq(c, x));
                // of two equal columns, the later one repeats the earlier one, unless one of them is left out already
                if let (Some(a), Some(b)) = (pos(l), pos(r))
                    && a != b
                    && !omit.contains(l)
                    && !omit.contains(r)
                {
                    columns.get(a.max(b)).map(|later| omit.insert(later));
                }
            }
            true
        });
    }
    columns.iter().filter(|c| !omit.contains(c)).cloned().collect()
}

fn table_id(c: &Arc<Column>) -> usize {
    table_of(c).map_or(0, |t| Arc::as_ptr(&t) as usize)
}

/// The ON clauses of a join tree.
#[recursive::recursive]
pub fn onclauses(from: &FromRef) -> Vec<ExprRef> {
    match &from.kind {
        FromKind::Join(j) => {
            let mut out = onclauses(&j.left);
            out.extend(onclauses(&j.right));
            out.push(j.onclause.clone());
            out
        }
        FromKind::Grouping(x) => onclauses(x),
        _ => Vec::new(),
    }
}

/// Whether two selectables share a table.
pub fn overlap(a: &FromRef, b: &FromRef) -> bool {
    let right: Vec<usize> = leaves(b);
    leaves(a).iter().any(|x| right.contains(x))
}

#[recursive::recursive]
fn leaves(from: &FromRef) -> Vec<usize> {
    match &from.kind {
        FromKind::Join(j) => {
            let mut out = leaves(&j.left);
            out.extend(leaves(&j.right));
            out
        }
        FromKind::Grouping(x) => leaves(x),
        _ => vec![From::id(from)],
    }
}
