//! The input of the planner: base mappers in table order, relationships with something to do, objects.
#![expect(
    clippy::indexing_slicing,
    reason = "mappers and processors are numbered here, and every mapper of a member is among them"
)]

use super::{Flush, Map, circular, dependency};
use orm::Mapper;
use orm::flush::{self, Action, Input, Links, StateId, StateInfo};
use pyo3::prelude::*;
use rustc_hash::FxHashMap;
use sql::schema::Table;
use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::sync::Arc;

/// What the ids of a plan stand for.
pub struct Order {
    bases: Vec<Arc<Mapper>>,
    processors: Vec<usize>,
    /// Base mapper of each member.
    base_of: Vec<u32>,
}

impl Order {
    /// Processor of a planned relationship.
    pub fn processor(&self, id: u32) -> usize {
        self.processors[id as usize]
    }
    /// Base mapper of a planned mapper.
    pub fn mapper(&self, id: u32) -> Arc<Mapper> {
        self.bases[id as usize].clone()
    }
    /// Members of an action, as they are due now (a row switch may have taken one out).
    pub fn rows(&self, flush: &Flush<'_>, mapper: u32, states: Option<Vec<StateId>>, delete: bool) -> Vec<usize> {
        let due = |i: &usize| flush.members.get_index(*i).is_some_and(|(_, m)| m.delete == delete && !m.list_only);
        match states {
            Some(states) => states.into_iter().map(|s| s as usize).filter(due).collect(),
            None => (0..self.base_of.len()).filter(|i| self.base_of[*i] == mapper).filter(due).collect(),
        }
    }
    /// Parents of a `Process` action.
    pub fn parents(&self, flush: &Flush<'_>, processor: usize, delete: bool, states: Option<Vec<StateId>>) -> Vec<usize> {
        let p = &flush.processors[processor];
        let mut isa: FxHashMap<u64, bool> = FxHashMap::default();
        let mut due = |i: &usize| {
            flush.members.get_index(*i).is_some_and(|(_, m)| {
                m.delete == delete && !m.list_only && *isa.entry(m.mapper.id).or_insert_with(|| m.mapper.isa(&p.parent))
            })
        };
        match states {
            Some(states) => states.into_iter().map(|s| s as usize).filter(|i| due(i)).collect(),
            None => (0..flush.members.len()).filter(|i| due(i)).collect(),
        }
    }
}

/// Links between objects for the planner, with the first error on the way.
struct FlushLinks<'a, 'py> {
    flush: RefCell<&'a mut Flush<'py>>,
    processors: &'a [usize],
    error: RefCell<Option<PyErr>>,
}

impl Links for FlushLinks<'_, '_> {
    fn related(&self, relationship: u32, parent: StateId, delete: bool) -> Vec<StateId> {
        let mut flush = self.flush.borrow_mut();
        let processor = self.processors[relationship as usize];
        match dependency::related(&mut flush, processor, parent as usize, delete) {
            Ok(states) => states,
            Err(e) => {
                self.error.borrow_mut().get_or_insert(e);
                Vec::new()
            }
        }
    }
}

/// Orders the flush.
pub fn plan(flush: &mut Flush<'_>) -> PyResult<(Vec<Action>, Order)> {
    let mut bases: Map<u64, Arc<Mapper>> = Map::default();
    let mut base_ids: FxHashMap<u64, u64> = FxHashMap::default();
    let mut tables: Map<u64, Vec<Arc<Table>>> = Map::default();
    for m in flush.members.values() {
        if let Entry::Vacant(slot) = base_ids.entry(m.mapper.id) {
            let base = m.mapper.base();
            slot.insert(base.id);
            tables.entry(base.id).or_default().extend(m.mapper.data().tables.iter().cloned());
            bases.entry(base.id).or_insert(base);
        }
    }
    let active: Vec<usize> = (0..flush.processors.len()).filter(|p| flush.processors[*p].active).collect();
    for p in &active {
        for m in [flush.processors[*p].parent.base(), flush.processors[*p].target.base()] {
            tables.entry(m.id).or_insert_with(|| m.data().tables.clone());
            bases.entry(m.id).or_insert(m);
        }
    }
    let sorted = sort_bases(&bases, &tables);
    let number: FxHashMap<u64, u32> = sorted.iter().zip(0u32..).map(|(m, i)| (m.id, i)).collect();
    let states: Vec<StateInfo> = flush
        .members
        .values()
        .map(|m| StateInfo { mapper: number[&base_ids[&m.mapper.id]], delete: m.delete, list_only: m.list_only })
        .collect();
    let relationships: Vec<flush::Relationship> = active
        .iter()
        .map(|p| {
            let p = &flush.processors[*p];
            flush::Relationship {
                parent: number[&p.parent.base().id],
                child: number[&p.target.base().id],
                direction: p.data.direction,
                post_update: p.data.post_update,
            }
        })
        .collect();
    let base_of = states.iter().map(|s| s.mapper).collect();
    let input = Input { mappers: sorted.len(), relationships: &relationships, states: &states };
    let links = FlushLinks { flush: RefCell::new(flush), processors: &active, error: RefCell::new(None) };
    let planned = flush::plan(&input, &links);
    if let Some(e) = links.error.into_inner() {
        return Err(e);
    }
    let flush = links.flush.into_inner();
    match planned {
        Ok(actions) => Ok((actions, Order { bases: sorted, processors: active, base_of })),
        Err(circular) => Err(circular::error(flush, &active, &circular)?),
    }
}

/// Referenced tables first, so that rows of classes without relationships between them go in a good order too.
fn sort_bases(bases: &Map<u64, Arc<Mapper>>, tables: &Map<u64, Vec<Arc<Table>>>) -> Vec<Arc<Mapper>> {
    let mut all: Vec<Arc<Mapper>> = bases.values().cloned().collect();
    all.sort_by_key(|m| m.id);
    if all.len() < 2 {
        return all;
    }
    let owner: FxHashMap<usize, u64> =
        tables.iter().flat_map(|(id, ts)| ts.iter().map(|t| (Arc::as_ptr(t) as usize, *id))).collect();
    let keys: FxHashMap<String, u64> = tables.iter().flat_map(|(id, ts)| ts.iter().map(|t| (t.key(), *id))).collect();
    let mut edges: Vec<(u64, u64)> = Vec::new();
    for (id, ts) in tables {
        for t in ts {
            for column in t.d.read().columns.values() {
                for fk in &column.d.read().foreign_keys {
                    let d = fk.d.read();
                    let target = match &d.target {
                        Some(c) if Arc::ptr_eq(c, column) => None,
                        Some(c) => table_address(c).and_then(|a| owner.get(&a).copied()),
                        None => d.colspec.as_ref().and_then(|s| s.rsplit_once('.')).and_then(|(t, _)| keys.get(t).copied()),
                    };
                    if let Some(target) = target.filter(|t| t != id) {
                        edges.push((target, *id));
                    }
                }
            }
        }
    }
    let ids: Vec<u64> = all.iter().map(|m| m.id).collect();
    match base::topological::sort(&edges, &ids) {
        Ok(sorted) => sorted.iter().filter_map(|id| bases.get(id).cloned()).collect(),
        // Mutually dependent tables: the relationships between them decide.
        Err(_) => all,
    }
}

fn table_address(column: &Arc<sql::schema::Column>) -> Option<usize> {
    match &column.d.try_read()?.parent {
        sql::schema::ColumnParent::Table(t) => Some(t.as_ptr() as usize),
        _ => None,
    }
}
