//! Relationships that write to the same column and do not know of each other.

use super::Warning;
use crate::columns::{col_id, column_expr};
use crate::mapper::Mapper;
use crate::relationship::Relationship;
use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use sql::ast::ExprRef;
use sql::schema::Column;
use std::sync::{Arc, LazyLock, Weak};

/// Who copies which column to a column.
struct Writers {
    to: Weak<Column>,
    from: Vec<(Weak<Relationship>, Weak<Column>)>,
}

impl Writers {
    fn of(to: &Arc<Column>) -> Self {
        Self { to: Arc::downgrade(to), from: Vec::new() }
    }
    fn living(&self) -> impl Iterator<Item = (Arc<Relationship>, Arc<Column>)> {
        self.from.iter().filter_map(|(r, c)| Some((r.upgrade()?, c.upgrade()?)))
    }
}

/// By address of the column that is written to. Entries of columns that are gone are dropped as the table grows.
#[derive(Default)]
struct Table {
    entries: FxHashMap<usize, Writers>,
    sweep_at: usize,
}

static TABLE: LazyLock<Mutex<Table>> = LazyLock::new(Mutex::default);

impl Table {
    fn entry(&mut self, to: &Arc<Column>) -> &mut Writers {
        if self.entries.len() >= self.sweep_at {
            self.entries.retain(|_, w| w.to.strong_count() > 0);
            self.sweep_at = 64.max(2 * self.entries.len());
        }
        let w = self.entries.entry(col_id(to)).or_insert_with(|| Writers::of(to));
        // another column that lived at this address
        if w.to.as_ptr() != Arc::as_ptr(to) || w.to.strong_count() == 0 {
            *w = Writers::of(to);
        }
        w
    }
}

/// Note what a relationship writes. Answers with a warning for every column that others write too.
pub fn note(node: &Arc<Relationship>, render: &dyn Fn(&ExprRef) -> String) -> Vec<Warning> {
    let d = node.data();
    let Some(join) = d.join.as_ref().filter(|_| !d.viewonly) else { return Vec::new() };
    let mut found = Vec::new();
    for (from, to) in join.synchronize_pairs.iter().chain(&join.secondary_synchronize_pairs) {
        let mut table = TABLE.lock();
        let writers = table.entry(to);
        let rivals: Vec<_> = writers.living().filter(|(other, _)| conflict(node, other)).collect();
        writers.from.retain(|(r, _)| r.strong_count() > 0 && r.as_ptr() != Arc::as_ptr(node));
        writers.from.push((Arc::downgrade(node), Arc::downgrade(from)));
        if !rivals.is_empty() {
            found.push((from, to, rivals));
        }
    }
    // rendering asks the host: without the lock
    found.into_iter().map(|(from, to, rivals)| warning(node, from, to, &rivals, render)).collect()
}

fn sibling(a: &Arc<Mapper>, b: &Arc<Mapper>) -> bool {
    a.common_parent(b) && !a.isa(b) && !b.isa(a)
}

fn conflict(one: &Arc<Relationship>, other: &Arc<Relationship>) -> bool {
    let (a, b) = (one.data(), other.data());
    let knows = |d: &crate::RelationshipData, r: &Arc<Relationship>| d.reverse.iter().any(|x| x.as_ptr() == Arc::as_ptr(r));
    let allows = |d: &crate::RelationshipData, r: &Relationship| d.overlaps.iter().any(|w| *w == r.key || &**w == "__*");
    if Arc::ptr_eq(one, other) || knows(&a, other) || knows(&b, one) || allows(&a, other) || allows(&b, one) {
        return false;
    }
    let (Some(pa), Some(pb), Some(ta), Some(tb)) = (one.parent.upgrade(), other.parent.upgrade(), one.target(), other.target())
    else {
        return false;
    };
    !pb.data().disposed
        && !sibling(&pa, &pb)
        && !sibling(&ta, &tb)
        && !sibling(&pa, &tb)
        && !sibling(&ta, &pb)
        && (one.key != other.key || !pa.common_parent(&pb))
}

fn warning(
    node: &Relationship,
    from: &Arc<Column>,
    to: &Arc<Column>,
    rivals: &[(Arc<Relationship>, Arc<Column>)],
    render: &dyn Fn(&ExprRef) -> String,
) -> Warning {
    let show = |c: &Arc<Column>| render(&column_expr(c));
    let (name, from, to) = (node.describe(), show(from), show(to));
    let mut others: Vec<String> =
        rivals.iter().map(|(r, c)| format!("'{}' (copies {} to {to})", r.describe(), show(c))).collect();
    others.sort();
    let mut keys: Vec<&str> = rivals.iter().map(|(r, _)| &*r.key).collect();
    keys.sort_unstable();
    Warning::new(format!(
        "relationship '{name}' will copy column {from} to column {to}, which conflicts with relationship(s): {}. If this is not the \
         intention, consider if these relationships should be linked with back_populates, or if viewonly=True should be applied to one \
         or more if they are read-only. For the less common case that foreign key constraints are partially overlapping, the \
         orm.foreign() annotation can be used to isolate the columns that should be written towards.   To silence this warning, add the \
         parameter 'overlaps=\"{}\"' to the '{name}' relationship.",
        others.join(", "),
        keys.join(",")
    ))
}
