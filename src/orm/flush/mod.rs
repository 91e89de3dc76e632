//! Flush plans: in which order the rows of one flush are written.
//!
//! Pure: mappers, relationships and objects are dense ids, the caller knows what they stand for. A plan is made in two steps.
//! First whole mappers and whole relationships are ordered ([`graph`]); that is all for most flushes, whatever the number of
//! objects. What lies on a cycle then (self-referential or mutually dependent rows) is expanded into one node an object, ordered by
//! the links between those objects ([`states`]).
//!
//! ```
//! use orm::flush::{plan, Action, Direction, Input, Relationship, NoLinks, StateInfo};
//! // users (mapper 0) one-to-many addresses (mapper 1), one new object each
//! let states = [StateInfo::save(1), StateInfo::save(0)];
//! let relationships = [Relationship::new(0, 1, Direction::OneToMany)];
//! let input = Input { mappers: 2, relationships: &relationships, states: &states };
//! let actions = plan(&input, &NoLinks).expect("no cycle");
//! assert_eq!(actions[0], Action::Save { mapper: 0, states: None });
//! ```

mod graph;
mod order;
mod states;

pub use graph::{Direction, Input, Relationship, StateInfo, plan};
pub use states::{Links, NoLinks};

/// A base mapper, numbered in the order in which those go whose order is left to choose: that of their classes' names.
pub type MapperId = u32;
/// A relationship that takes part in the flush.
pub type RelationshipId = u32;
/// An object that takes part in the flush.
pub type StateId = u32;

/// One step of a plan. `states: None` means every object of that mapper (or, for `Process`, of the relationship's parent)
/// that is saved, respectively deleted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// INSERT and UPDATE.
    Save {
        /// Which mapper.
        mapper: MapperId,
        /// Which objects.
        states: Option<Vec<StateId>>,
    },
    /// DELETE.
    Delete {
        /// Which mapper.
        mapper: MapperId,
        /// Which objects.
        states: Option<Vec<StateId>>,
    },
    /// Copy keys between related objects, write association rows.
    Process {
        /// Which relationship.
        relationship: RelationshipId,
        /// For parents that are deleted rather than saved.
        delete: bool,
        /// Which parents.
        states: Option<Vec<StateId>>,
    },
    /// The extra UPDATE of `post_update` relationships, of all objects of a mapper that asked for one.
    PostUpdate {
        /// Which mapper.
        mapper: MapperId,
        /// Before DELETEs rather than after saves.
        delete: bool,
    },
}

/// What is done to one object, as messages about circles name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// INSERT or UPDATE.
    Save(StateId),
    /// DELETE.
    Delete(StateId),
    /// Copy keys between the object and those related to it.
    Process {
        /// Which relationship.
        relationship: RelationshipId,
        /// The object that has the attribute.
        state: StateId,
        /// It is deleted rather than saved.
        delete: bool,
    },
}

/// Rows depend on each other in a circle that no order of INSERTs (or DELETEs) can satisfy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Circular dependency detected.")]
pub struct Circular {
    /// What lies on circles.
    pub cycles: Vec<Step>,
    /// Which of those comes before which.
    pub edges: Vec<(Step, Step)>,
}
