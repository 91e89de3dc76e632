//! `relationship()`: what is said about it, and what configuration finds out.

use crate::cascade::Cascade;
use crate::join_condition::JoinCondition;
use crate::mapper::Mapper;
use parking_lot::RwLock;
use sql::FaceSlot;
use sql::ast::{ExprRef, FromRef};
use std::sync::{Arc, Weak};

/// Which side holds the foreign key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The target refers to the parent.
    OneToMany,
    /// The parent refers to the target.
    ManyToOne,
    /// Through a secondary table.
    ManyToMany,
}

/// `lazy=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum Lazy {
    #[default]
    Select,
    Immediate,
    Joined,
    Subquery,
    Selectin,
    Raise,
    RaiseOnSql,
    Noload,
    Dynamic,
    WriteOnly,
}

/// `passive_deletes=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassiveDeletes {
    /// Children are loaded when the parent is deleted.
    #[default]
    No,
    /// Unloaded children are left to the database.
    Yes,
    /// All children are left to the database.
    All,
}

/// A relationship. Read it through [`Relationship::data`].
#[derive(Debug, Default)]
pub struct Relationship {
    /// Process-unique number, in declaration order.
    pub id: u64,
    /// Attribute name.
    pub key: Arc<str>,
    /// The mapper that declares it.
    pub parent: Weak<Mapper>,
    data: RwLock<Arc<RelationshipData>>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`Relationship`]. Fields behind `target` are meaningful once mappers are configured.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct RelationshipData {
    /// Mapper of the related class.
    pub target: Weak<Mapper>,
    /// Related entity when it is an alias of a class (`relationship(aliased(B))`).
    pub target_alias: Option<Arc<crate::entity::Entity>>,
    pub direction: Direction,
    pub uselist: bool,
    pub lazy: Lazy,
    pub cascade: Cascade,
    /// How the two sides join.
    pub join: Option<Arc<JoinCondition>>,
    pub secondary: Option<FromRef>,
    pub order_by: Vec<ExprRef>,
    pub back_populates: Option<Arc<str>>,
    /// The other side(s) of a two-way relationship.
    pub reverse: Vec<Weak<Relationship>>,
    pub viewonly: bool,
    pub passive_deletes: PassiveDeletes,
    pub passive_updates: bool,
    pub single_parent: bool,
    pub post_update: bool,
    pub sync_backref: bool,
    /// `sync_backref=True` was said.
    pub insists_on_sync: bool,
    pub active_history: bool,
    pub load_on_pending: bool,
    pub enable_typechecks: bool,
    /// `innerjoin=`: plain, or `"nested"`/`"unnested"`.
    pub innerjoin: bool,
    pub innerjoin_unnested: bool,
    pub join_depth: Option<usize>,
    pub distinct_target_key: Option<bool>,
    pub omit_join: Option<bool>,
    /// The lazy clause is a plain lookup of the target's primary key.
    pub use_get: bool,
    /// `overlaps=` names.
    pub overlaps: Vec<Arc<str>>,
}

impl Default for RelationshipData {
    fn default() -> Self {
        Self {
            target: Weak::new(),
            target_alias: None,
            direction: Direction::OneToMany,
            uselist: true,
            lazy: Lazy::Select,
            cascade: Cascade::DEFAULT,
            join: None,
            secondary: None,
            order_by: Vec::new(),
            back_populates: None,
            reverse: Vec::new(),
            viewonly: false,
            passive_deletes: PassiveDeletes::No,
            passive_updates: true,
            single_parent: false,
            post_update: false,
            sync_backref: true,
            insists_on_sync: false,
            active_history: false,
            load_on_pending: false,
            enable_typechecks: true,
            innerjoin: false,
            innerjoin_unnested: false,
            join_depth: None,
            distinct_target_key: None,
            omit_join: None,
            use_get: false,
            overlaps: Vec::new(),
        }
    }
}

impl Relationship {
    /// A relationship of `parent` under `key`.
    pub fn new(key: Arc<str>, parent: Weak<Mapper>, data: RelationshipData) -> Arc<Self> {
        Arc::new(Self { id: sql::name::next_id(), key, parent, data: RwLock::new(Arc::new(data)), face: FaceSlot::default() })
    }
    /// What is known now; does not change under the caller.
    pub fn data(&self) -> Arc<RelationshipData> {
        self.data.read().clone()
    }
    /// Change it. `f` must not call host code.
    pub fn update<R>(&self, f: impl FnOnce(&mut RelationshipData) -> R) -> R {
        let out = f(Arc::make_mut(&mut self.data.write()));
        crate::mapper::changed();
        out
    }
    /// Mapper of the related class.
    pub fn target(&self) -> Option<Arc<Mapper>> {
        self.data.read().target.upgrade()
    }
    /// `Parent.key`, as messages name it.
    pub fn describe(&self) -> String {
        let parent = self.parent.upgrade().map_or_else(|| "?".to_owned(), |m| m.class_name.to_string());
        format!("{parent}.{}", self.key)
    }
}
