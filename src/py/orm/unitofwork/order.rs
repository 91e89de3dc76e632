//! The input of the planner: base mappers and relationships in the order of their names, objects.
#![expect(
    clippy::indexing_slicing,
    reason = "mappers and processors are numbered here, and every mapper of a member is among them"
)]

use super::{Flush, Map, Processor, circular, dependency};
use orm::Mapper;
use orm::flush::{self, Action, Input, Links, StateId, StateInfo};
use pyo3::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
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
    for m in flush.members.values() {
        if let Entry::Vacant(slot) = base_ids.entry(m.mapper.id) {
            let base = m.mapper.base();
            slot.insert(base.id);
            bases.entry(base.id).or_insert(base);
        }
    }
    let ordering = ordering(flush);
    for p in &ordering {
        for m in [flush.processors[*p].parent.base(), flush.processors[*p].target.base()] {
            bases.entry(m.id).or_insert(m);
        }
    }
    let mut sorted: Vec<Arc<Mapper>> = bases.into_values().collect();
    sorted.sort_by(|a, b| (&a.sort_key, a.id).cmp(&(&b.sort_key, b.id)));
    let number: FxHashMap<u64, u32> = sorted.iter().zip(0u32..).map(|(m, i)| (m.id, i)).collect();
    let states: Vec<StateInfo> = flush
        .members
        .values()
        .map(|m| StateInfo { mapper: number[&base_ids[&m.mapper.id]], delete: m.delete, list_only: m.list_only })
        .collect();
    let relationships: Vec<flush::Relationship> = ordering
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
    let links = FlushLinks { flush: RefCell::new(flush), processors: &ordering, error: RefCell::new(None) };
    let planned = flush::plan(&input, &links);
    if let Some(e) = links.error.into_inner() {
        return Err(e);
    }
    let flush = links.flush.into_inner();
    match planned {
        Ok(mut actions) => {
            actions.retain(|a| match a {
                Action::Process { relationship, .. } => flush.processors[ordering[*relationship as usize]].active,
                _ => true,
            });
            Ok((actions, Order { bases: sorted, processors: ordering, base_of }))
        }
        Err(circular) => Err(circular::error(flush, &ordering, &circular)?),
    }
}

/// Relationships that order their classes: those with something to do, and those between two classes of the flush.
fn ordering(flush: &Flush<'_>) -> Vec<usize> {
    let present: FxHashSet<u64> = flush.members.values().map(|m| m.mapper.id).collect();
    let orders = |p: &Processor| {
        let has_parent = || flush.members.values().any(|m| !m.list_only && m.mapper.isa(&p.parent));
        p.active || present.contains(&p.target.id) && p.parent.base().id != p.target.base().id && has_parent()
    };
    let mut out: Vec<usize> = (0..flush.processors.len()).filter(|i| orders(&flush.processors[*i])).collect();
    out.sort_by(|a, b| {
        let key = |i: &usize| (flush.processors[*i].parent.sort_key.clone(), flush.processors[*i].rel.key.clone());
        key(a).cmp(&key(b))
    });
    out
}
