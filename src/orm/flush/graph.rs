//! Whole mappers and whole relationships: the first, usually the only, step of a plan.

#![expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "nodes, mappers, relationships and states are numbered densely by who makes the graph; their lists have that length, far \
              below 2^32"
)]

pub use crate::relationship::Direction;

use super::order::Graph;
use super::states::{self, Links};
use super::{Action, Circular, MapperId};

/// A relationship that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relationship {
    /// Base mapper of the class that has the attribute.
    pub parent: MapperId,
    /// Base mapper of the related class.
    pub child: MapperId,
    /// See [`Direction`].
    pub direction: Direction,
    /// The foreign key is written by an extra UPDATE, so it orders nothing before it.
    pub post_update: bool,
}

impl Relationship {
    /// Without `post_update`.
    pub fn new(parent: MapperId, child: MapperId, direction: Direction) -> Self {
        Relationship { parent, child, direction, post_update: false }
    }
    /// With `post_update`.
    pub fn with_post_update(self) -> Self {
        Relationship { post_update: true, ..self }
    }
    /// The mapper whose rows hold the foreign key.
    fn holder(&self) -> MapperId {
        if self.direction == Direction::OneToMany { self.child } else { self.parent }
    }
}

/// An object that takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StateInfo {
    /// Its base mapper.
    pub mapper: MapperId,
    /// Its row goes away.
    pub delete: bool,
    /// Known to the flush, but neither its row nor its relationships are written.
    pub list_only: bool,
}

impl StateInfo {
    /// An object whose row is written.
    pub fn save(mapper: MapperId) -> Self {
        StateInfo { mapper, delete: false, list_only: false }
    }
    /// An object whose row is deleted.
    pub fn delete(mapper: MapperId) -> Self {
        StateInfo { mapper, delete: true, list_only: false }
    }
}

/// What is to be flushed.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// Number of base mappers.
    pub mappers: usize,
    /// Relationships between classes of the flush, in the order of their names: those with something to do, and those that order
    /// their classes all the same.
    pub relationships: &'a [Relationship],
    /// Objects.
    pub states: &'a [StateInfo],
}

/// A node of the first graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Save(MapperId),
    Delete(MapperId),
    Process(u32, bool),
    PostUpdate(MapperId, bool),
}

/// Numbers the units. Of those that wait for nothing any more all go, smaller numbers first: deletes, extra updates, relationships,
/// saves. That is the order of SQLAlchemy, which sorts each level of its graph by the names of steps and classes.
pub(super) struct Units {
    mappers: u32,
    relationships: u32,
}

impl Units {
    pub fn len(&self) -> usize {
        (4 * self.mappers + 2 * self.relationships) as usize
    }
    pub fn id(&self, unit: Unit) -> u32 {
        let (m, r) = (self.mappers, self.relationships);
        match unit {
            Unit::Delete(mapper) => mapper,
            Unit::PostUpdate(mapper, delete) => m + 2 * mapper + u32::from(delete),
            Unit::Process(rel, delete) => 3 * m + 2 * rel + u32::from(delete),
            Unit::Save(mapper) => 3 * m + 2 * r + mapper,
        }
    }
    pub fn unit(&self, id: u32) -> Unit {
        let (m, r) = (self.mappers, self.relationships);
        match id {
            i if i < m => Unit::Delete(i),
            i if i < 3 * m => Unit::PostUpdate((i - m) / 2, (i - m) % 2 == 1),
            i if i < 3 * m + 2 * r => Unit::Process((i - 3 * m) / 2, (i - 3 * m) % 2 == 1),
            i => Unit::Save(i - 3 * m - 2 * r),
        }
    }
}

/// What one relationship orders, between whole units.
pub(super) fn edges(id: u32, rel: &Relationship) -> Vec<(Unit, Unit)> {
    let saved = Unit::Process(id, false);
    let deleted = Unit::Process(id, true);
    let (parent, child) = (rel.parent, rel.child);
    let (save_parent, save_child) = (Unit::Save(parent), Unit::Save(child));
    let (delete_parent, delete_child) = (Unit::Delete(parent), Unit::Delete(child));
    if rel.post_update && rel.direction != Direction::ManyToMany {
        let after = Unit::PostUpdate(rel.holder(), false);
        let before = Unit::PostUpdate(rel.holder(), true);
        return vec![
            (save_parent, saved),
            (save_child, saved),
            (saved, after),
            (after, delete_parent),
            (after, delete_child),
            // An UPDATE of its own would write the foreign key that the extra one clears.
            (Unit::Save(rel.holder()), deleted),
            (deleted, before),
            (before, delete_parent),
            (before, delete_child),
        ];
    }
    match rel.direction {
        Direction::OneToMany => vec![
            (save_parent, saved),
            (saved, save_child),
            (saved, delete_child),
            (deleted, save_child),
            (deleted, delete_child),
            (save_child, delete_parent),
            (delete_child, delete_parent),
        ],
        Direction::ManyToOne => vec![
            (save_child, saved),
            (saved, save_parent),
            (deleted, delete_parent),
            (save_parent, delete_child),
            (delete_parent, delete_child),
        ],
        Direction::ManyToMany => vec![
            (save_parent, saved),
            (save_child, saved),
            (saved, delete_child),
            // A row switch turns a deleted object into a saved one: its association rows go first.
            (deleted, save_parent),
            (deleted, save_child),
            (deleted, delete_parent),
            (deleted, delete_child),
        ],
    }
}

/// Orders the writes of a flush.
///
/// # Errors
/// [`Circular`] when objects depend on each other in a circle.
pub fn plan(input: &Input<'_>, links: &dyn Links) -> Result<Vec<Action>, Circular> {
    let units = Units { mappers: input.mappers as u32, relationships: input.relationships.len() as u32 };
    let mut all: Vec<(Unit, Unit)> = (0..units.mappers).map(|m| (Unit::Save(m), Unit::Delete(m))).collect();
    for (id, rel) in (0u32..).zip(input.relationships) {
        all.extend(edges(id, rel));
    }
    let used = used_units(input, &units);
    let mut graph = Graph::new(units.len());
    for &(a, b) in &all {
        graph.add(units.id(a), units.id(b));
    }
    let (levels, left) = graph.levels();
    if !left.is_empty() {
        return states::plan(input, &units, &all, &graph.cyclic(), &used, links);
    }
    Ok(levels.concat().into_iter().filter(|n| used[*n as usize]).map(|n| whole(units.unit(n))).collect())
}

pub(super) fn whole(unit: Unit) -> Action {
    match unit {
        Unit::Save(mapper) => Action::Save { mapper, states: None },
        Unit::Delete(mapper) => Action::Delete { mapper, states: None },
        Unit::Process(relationship, delete) => Action::Process { relationship, delete, states: None },
        Unit::PostUpdate(mapper, delete) => Action::PostUpdate { mapper, delete },
    }
}

/// Units that have objects to work on.
fn used_units(input: &Input<'_>, units: &Units) -> Vec<bool> {
    let mut used = vec![false; units.len()];
    let (mut saves, mut deletes) = (vec![false; input.mappers], vec![false; input.mappers]);
    for s in input.states {
        let m = s.mapper as usize;
        if s.list_only {
            continue;
        }
        used[units.id(if s.delete { Unit::Delete(s.mapper) } else { Unit::Save(s.mapper) }) as usize] = true;
        if s.delete { deletes[m] = true } else { saves[m] = true }
    }
    for (id, rel) in (0u32..).zip(input.relationships) {
        let parent = rel.parent as usize;
        used[units.id(Unit::Process(id, false)) as usize] = saves[parent];
        used[units.id(Unit::Process(id, true)) as usize] = deletes[parent];
        if rel.post_update {
            // Deleted objects may be reached from saved parents and the other way round.
            for delete in [false, true] {
                used[units.id(Unit::PostUpdate(rel.holder(), delete)) as usize] = true;
            }
        }
    }
    used
}
