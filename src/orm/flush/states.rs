//! Objects one by one: the second step of a plan, for what lies on a cycle of mappers and relationships.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "nodes, mappers, relationships and states are numbered densely by who makes the graph; their lists have that length, far \
              below 2^32"
)]

use super::graph::{Direction, Input, Unit, Units, edges, whole};
use super::order::Graph;
use super::{Action, Circular, RelationshipId, StateId, Step};
use rustc_hash::FxHashMap;

/// The links between objects that a plan asks for.
pub trait Links {
    /// Objects that `parent` is, or was before this flush, related to. `delete`: asked for a parent that is deleted.
    fn related(&self, relationship: RelationshipId, parent: StateId, delete: bool) -> Vec<StateId>;
}

/// No object is related to any other.
pub struct NoLinks;

impl Links for NoLinks {
    fn related(&self, _: RelationshipId, _: StateId, _: bool) -> Vec<StateId> {
        Vec::new()
    }
}

/// A node of the second graph.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Node {
    Whole(u32),
    /// Save or delete, whichever the object is due.
    Row(StateId),
    Process(RelationshipId, StateId),
    /// Stands between all nodes of one unit and all nodes of another.
    Barrier,
}

struct Expanded<'a> {
    input: &'a Input<'a>,
    units: &'a Units,
    cyclic: &'a [bool],
    graph: Graph,
    nodes: Vec<Node>,
    index: FxHashMap<Node, u32>,
}

impl Expanded<'_> {
    fn node(&mut self, node: Node) -> u32 {
        if let Some(i) = self.index.get(&node) {
            return *i;
        }
        let i = self.graph.add_node();
        self.nodes.push(node);
        self.index.insert(node, i);
        i
    }

    fn barrier(&mut self) -> u32 {
        self.nodes.push(Node::Barrier);
        self.graph.add_node()
    }

    fn is_cyclic(&self, unit: Unit) -> bool {
        self.cyclic[self.units.id(unit) as usize]
    }

    /// The node that writes the row of an object: its own, its mapper's, or none when it is not written.
    fn row(&mut self, state: StateId) -> Option<u32> {
        let info = self.input.states[state as usize];
        if info.list_only {
            return None;
        }
        let unit = if info.delete { Unit::Delete(info.mapper) } else { Unit::Save(info.mapper) };
        let node = if self.is_cyclic(unit) { Node::Row(state) } else { Node::Whole(self.units.id(unit)) };
        Some(self.node(node))
    }

    /// All nodes of a unit.
    fn expand(&mut self, unit: Unit) -> Vec<u32> {
        if !self.is_cyclic(unit) {
            let id = self.units.id(unit);
            return vec![self.node(Node::Whole(id))];
        }
        let states = self.input.states;
        let due = (0u32..).zip(states).filter(|(_, s)| match unit {
            Unit::Save(m) => s.mapper == m && !s.delete && !s.list_only,
            Unit::Delete(m) => s.mapper == m && s.delete && !s.list_only,
            Unit::Process(rel, delete) => {
                s.mapper == self.input.relationships[rel as usize].parent && s.delete == delete && !s.list_only
            }
            Unit::PostUpdate(..) => false,
        });
        let due: Vec<u32> = due.map(|(i, _)| i).collect();
        match unit {
            Unit::PostUpdate(..) => vec![self.node(Node::Whole(self.units.id(unit)))],
            Unit::Process(rel, _) => due.into_iter().map(|s| self.node(Node::Process(rel, s))).collect(),
            _ => due.into_iter().map(|s| self.node(Node::Row(s))).collect(),
        }
    }

    fn add(&mut self, before: Option<u32>, after: Option<u32>) {
        if let (Some(a), Some(b)) = (before, after)
            && a != b
        {
            self.graph.add(a, b);
        }
    }

    /// Every node of one unit before every node of another.
    fn add_all(&mut self, before: Unit, after: Unit) {
        let (a, b) = (self.expand(before), self.expand(after));
        match (a.as_slice(), b.as_slice()) {
            ([], _) | (_, []) => {}
            ([one], many) => many.iter().for_each(|n| self.graph.add(*one, *n)),
            (many, [one]) => many.iter().for_each(|n| self.graph.add(*n, *one)),
            _ => {
                let middle = self.barrier();
                a.iter().for_each(|n| self.graph.add(*n, middle));
                b.iter().for_each(|n| self.graph.add(middle, *n));
            }
        }
    }

    /// What one relationship orders between one parent and those related to it.
    fn link(&mut self, rel_id: RelationshipId, parent: StateId, related: &[StateId]) {
        let rel = self.input.relationships[rel_id as usize];
        let delete = self.input.states[parent as usize].delete;
        let process_unit = Unit::Process(rel_id, delete);
        let process =
            if self.is_cyclic(process_unit) { Node::Process(rel_id, parent) } else { Node::Whole(self.units.id(process_unit)) };
        let process = Some(self.node(process));
        let row = self.row(parent);
        match (rel.direction, delete) {
            (Direction::OneToMany, false) => self.add(row, process),
            (Direction::ManyToOne, false) => self.add(process, row),
            (Direction::ManyToMany, false) => self.add(row, process),
            (_, true) => self.add(process, row),
        }
        for &child in related {
            let child_row = self.row(child);
            let child_deleted = self.input.states[child as usize].delete;
            match (rel.direction, delete) {
                (Direction::OneToMany, false) => self.add(process, child_row),
                (Direction::OneToMany, true) => {
                    self.add(process, child_row);
                    self.add(child_row, row);
                }
                (Direction::ManyToOne, false) if child_deleted => self.add(row, child_row),
                (Direction::ManyToOne, false) => self.add(child_row, process),
                (Direction::ManyToOne, true) if child_deleted => self.add(row, child_row),
                (Direction::ManyToOne, true) => {}
                (Direction::ManyToMany, false) if child_deleted => self.add(process, child_row),
                (Direction::ManyToMany, false) => self.add(child_row, process),
                (Direction::ManyToMany, true) if child_deleted => self.add(process, child_row),
                (Direction::ManyToMany, true) => {}
            }
        }
    }
}

pub(super) fn plan(
    input: &Input<'_>,
    units: &Units,
    all: &[(Unit, Unit)],
    cyclic: &[bool],
    used: &[bool],
    links: &dyn Links,
) -> Result<Vec<Action>, Circular> {
    let mut e = Expanded { input, units, cyclic, graph: Graph::default(), nodes: Vec::new(), index: FxHashMap::default() };
    // Number the nodes in unit order, so that levels come out in the order of whole units.
    for id in 0..units.len() as u32 {
        if used[id as usize] {
            e.expand(units.unit(id));
        }
    }
    for &(a, b) in all {
        let within = e.is_cyclic(a) && e.is_cyclic(b);
        let rows = matches!((a, b), (Unit::Save(x), Unit::Delete(y)) if x == y);
        if !within || rows {
            e.add_all(a, b);
        }
    }
    for (id, rel) in (0u32..).zip(input.relationships) {
        let on_cycle = edges(id, rel).iter().any(|(a, b)| e.is_cyclic(*a) && e.is_cyclic(*b));
        if !on_cycle || rel.post_update && rel.direction != Direction::ManyToMany {
            continue;
        }
        for (state, info) in (0u32..).zip(input.states) {
            if info.mapper == rel.parent && !info.list_only {
                let related = links.related(id, state, info.delete);
                e.link(id, state, &related);
            }
        }
    }
    let (levels, left) = e.graph.levels();
    if !left.is_empty() {
        return Err(circular(&e));
    }
    Ok(levels.iter().flat_map(|level| actions(&e, level, used)).collect())
}

/// The steps that stand on circles, and their order.
fn circular(e: &Expanded<'_>) -> Circular {
    let cyclic = e.graph.cyclic();
    let step = |n: u32| {
        let (true, node) = (cyclic[n as usize], e.nodes[n as usize]) else { return None };
        match node {
            Node::Row(s) if e.input.states[s as usize].delete => Some(Step::Delete(s)),
            Node::Row(s) => Some(Step::Save(s)),
            Node::Process(relationship, state) => {
                Some(Step::Process { relationship, state, delete: e.input.states[state as usize].delete })
            }
            Node::Whole(_) | Node::Barrier => None,
        }
    };
    let mut edges = Vec::new();
    for edge in e.graph.edges().filter_map(|(a, b)| Some((step(a)?, step(b)?))) {
        if !edges.contains(&edge) {
            edges.push(edge);
        }
    }
    Circular { cycles: (0..e.nodes.len() as u32).filter_map(step).collect(), edges }
}

/// The nodes of a level, those of one unit together.
fn actions(e: &Expanded<'_>, level: &[u32], used: &[bool]) -> Vec<Action> {
    let mut units: Vec<(u32, Vec<StateId>)> = Vec::new();
    let mut at: FxHashMap<u32, usize> = FxHashMap::default();
    for n in level {
        let (unit, state) = match e.nodes[*n as usize] {
            Node::Barrier => continue,
            Node::Whole(u) => (e.units.unit(u), None),
            Node::Row(s) => {
                let info = e.input.states[s as usize];
                (if info.delete { Unit::Delete(info.mapper) } else { Unit::Save(info.mapper) }, Some(s))
            }
            Node::Process(rel, s) => (Unit::Process(rel, e.input.states[s as usize].delete), Some(s)),
        };
        let unit = e.units.id(unit);
        let slot = *at.entry(unit).or_insert_with(|| {
            units.push((unit, Vec::new()));
            units.len() - 1
        });
        units[slot].1.extend(state);
    }
    units.sort_by_key(|(unit, _)| *unit);
    units
        .into_iter()
        .filter(|(unit, _)| used[*unit as usize])
        .map(|(unit, states)| with_states(e.units.unit(unit), states))
        .collect()
}

fn with_states(unit: Unit, mut some: Vec<StateId>) -> Action {
    if some.is_empty() {
        return whole(unit);
    }
    some.sort_unstable();
    let states = Some(some);
    match unit {
        Unit::Save(mapper) => Action::Save { mapper, states },
        Unit::Delete(mapper) => Action::Delete { mapper, states },
        Unit::Process(relationship, delete) => Action::Process { relationship, delete, states },
        Unit::PostUpdate(mapper, delete) => Action::PostUpdate { mapper, delete },
    }
}
