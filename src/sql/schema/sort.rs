//! Tables in the order in which they can be created, and the foreign keys that must wait.

use super::{Constraint, Table};
use crate::error::SqlResult;
use base::topological::{self, CircularDependency};
use std::sync::Arc;

/// What decides about a foreign key constraint besides its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Create it with the table if the order allows.
    Inline,
    /// Always create it after all tables (`use_alter`).
    After,
    /// Never leave it out of the table: a cycle through it is an error.
    Fixed,
}

/// Tables in order, each with the foreign keys that can be part of it; then those that must be added afterwards.
#[derive(Debug, Default)]
#[allow(missing_docs)]
pub struct Sorted {
    pub tables: Vec<(Arc<Table>, Vec<Arc<Constraint>>)>,
    pub remaining: Vec<Arc<Constraint>>,
    /// Tables that lie on a cycle which had to be cut, by key.
    pub cycle: Vec<Arc<Table>>,
}

/// A cycle that may not be cut.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Cycle {
    pub tables: Vec<Arc<Table>>,
}

impl Table {
    /// Its FOREIGN KEY constraints, in declaration order.
    pub fn foreign_key_constraints(&self) -> Vec<Arc<Constraint>> {
        let constraints = self.d.read().constraints.clone();
        constraints.into_iter().filter(|c| matches!(c.d.read().kind, super::ConstraintKind::ForeignKey { .. })).collect()
    }
}

/// Sorts tables by dependency. The order given decides ties. Edges `extra` are `(earlier, later)`.
///
/// # Errors
/// The inner error is a cycle of fixed dependencies; the outer one an unresolvable reference.
pub fn sort_tables_and_constraints(
    tables: &[Arc<Table>],
    wait: &dyn Fn(&Arc<Constraint>) -> Wait,
    extra: &[(Arc<Table>, Arc<Table>)],
) -> SqlResult<Result<Sorted, Cycle>> {
    let id = |t: &Arc<Table>| Arc::as_ptr(t) as usize;
    let nodes: Vec<usize> = tables.iter().map(id).collect();
    let mut fixed: Vec<(usize, usize)> = extra.iter().map(|(a, b)| (id(a), id(b))).collect();
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let mut remaining: Vec<Arc<Constraint>> = Vec::new();
    let add = |list: &mut Vec<Arc<Constraint>>, c: &Arc<Constraint>| {
        if !list.iter().any(|x| Arc::ptr_eq(x, c)) {
            list.push(c.clone());
        }
    };
    for table in tables {
        for key in table.foreign_key_constraints() {
            if wait(&key) == Wait::After {
                add(&mut remaining, &key);
                continue;
            }
            if let Some(referred) = key.referred_table()?
                && !Arc::ptr_eq(&referred, table)
            {
                edges.push((id(&referred), id(table)));
            }
        }
        for before in &table.d.read().extra_dependencies {
            if let Some(before) = before.upgrade() {
                fixed.push((id(&before), id(table)));
            }
        }
    }
    let mut cycle = Vec::new();
    let all = |edges: &[(usize, usize)]| fixed.iter().chain(edges).copied().collect::<Vec<_>>();
    let order = match topological::sort(&all(&edges), &nodes) {
        Ok(order) => order,
        Err(CircularDependency { cycles, edges: cut }) => {
            cycle = tables.iter().filter(|t| cycles.contains(&id(t))).cloned().collect();
            let cut: Vec<(usize, usize)> = cut.into_iter().filter(|e| edges.contains(e)).collect();
            for (_, child) in &cut {
                let Some(table) = tables.iter().find(|t| id(t) == *child) else { continue };
                for key in table.foreign_key_constraints() {
                    if wait(&key) == Wait::Fixed {
                        continue;
                    }
                    add(&mut remaining, &key);
                    if let Some(referred) = key.referred_table()? {
                        edges.retain(|e| *e != (id(&referred), *child));
                    }
                }
            }
            match topological::sort(&all(&edges), &nodes) {
                Ok(order) => order,
                Err(e) => {
                    return Ok(Err(Cycle { tables: tables.iter().filter(|t| e.cycles.contains(&id(t))).cloned().collect() }));
                }
            }
        }
    };
    let mut sorted = Sorted { remaining, cycle, ..Sorted::default() };
    for n in order {
        if let Some(table) = tables.iter().find(|t| id(t) == n) {
            let keys = table.foreign_key_constraints();
            let inline = keys.into_iter().filter(|k| !sorted.remaining.iter().any(|r| Arc::ptr_eq(r, k))).collect();
            sorted.tables.push((table.clone(), inline));
        }
    }
    Ok(Ok(sorted))
}
