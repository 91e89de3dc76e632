//! ORM-enabled statement to plain statement and [`LoadPlan`].
//!
//! | module | concept |
//! |---|---|
//! | [`select`](self) | the statement as a whole: items, FROM list, criteria, the final SELECT |
//! | `entity` | an entity's columns, deferred columns, inheritance |
//! | `joins` | `.join()` calls: left side, right side, ON clause |
//! | `eager` | joined eager loading, and the subquery around a limited parent |
//! | `roots` | options matched to the entities of the statement |
//! | `gather` | which entities an expression brings in |
//! | `criteria` | single-table inheritance and `with_loader_criteria` |
//! | `alias` | anonymous aliases of entities |
//!
//! Nested ORM statements (subqueries) are compiled by the same entry point, without eager loads and without a plan.

pub mod alias;
mod criteria;
mod eager;
mod entity;
mod gather;
pub mod joins;
mod polymorphic;
mod roots;
mod select;

pub use criteria::{Counted, Occurrence, loader_criteria, single_table_criterion};
pub(crate) use eager::with_subclasses;
pub(crate) use entity::foreign_discriminator;
pub use entity::{polymorphic_join, polymorphic_mappers, selectable};
pub use gather::selected;
pub use roots::Root;
pub use select::{BaseAlias, NoEagerloads, entity_name, name_of};

use crate::attr::CompileHost;
use crate::entity::Entity;
use crate::loadplan::LoadPlan;
use crate::options::{LoaderCriteria, OptionNode};
use base::depth::Levels;
use sql::SqlResult;
use sql::ast::{ExprRef, FromRef, Select};
use sql::compile::froms::Enclosing;
use sql::host::HostRef;
use std::sync::Arc;

/// What the caller knows beyond the statement.
pub struct Settings<'a> {
    /// Host services.
    pub host: &'a dyn CompileHost,
    /// Joined eager loads and a load plan are wanted: the statement is executed, not nested in another.
    pub top: bool,
    /// `enable_eagerloads()`.
    pub eager: bool,
    /// Only these attributes of the first entity (refresh, deferred columns, columns of a subclass).
    pub only: Option<Vec<Arc<str>>>,
    /// The rows are those of an instance at hand: its key need not be selected, and what was asked for by name is loaded though
    /// it is deferred.
    pub refresh: bool,
    /// Relationships (numbers) of the first entity that the mapping loads eagerly, but not here.
    pub leading_back: Vec<u64>,
    /// Options of the first entity, when it is loaded on behalf of an instance that carries some.
    pub node: Option<Arc<OptionNode>>,
    /// `with_loader_criteria` of the statement that loaded the parent.
    pub criteria: Vec<Arc<LoaderCriteria>>,
    /// Inside another statement: what reaches inside of the options around it.
    pub inherited: &'a [HostRef],
    /// Inside another statement: the FROM elements it provides.
    pub enclosing: Enclosing<'a>,
    /// Mappers that led here.
    pub path: Vec<u64>,
    /// Entities of the enclosing statement come from this element instead (set operations, `from_self`).
    pub base_alias: Option<FromRef>,
    /// A lazy or post load: `loader_only` criteria apply to its entity.
    pub relationship_load: bool,
    /// The rows come from a statement of the user's: nothing can be joined to it.
    pub given: bool,
    /// A load of the ORM's own: a column that is there already is not selected again.
    pub dedupe: bool,
}

impl<'a> Settings<'a> {
    /// A statement to execute.
    pub fn top(host: &'a dyn CompileHost) -> Self {
        Self {
            host,
            top: true,
            eager: true,
            only: None,
            refresh: false,
            leading_back: Vec::new(),
            node: None,
            criteria: Vec::new(),
            inherited: &[],
            enclosing: Enclosing::default(),
            path: Vec::new(),
            base_alias: None,
            relationship_load: false,
            given: false,
            dedupe: false,
        }
    }
    /// A statement inside another.
    pub fn nested(host: &'a dyn CompileHost, inherited: &'a [HostRef], enclosing: Enclosing<'a>) -> Self {
        Self { top: false, eager: false, inherited, enclosing, ..Self::top(host) }
    }
}

/// Compile a SELECT.
///
/// # Errors
/// The documented errors of joins and loader options.
pub fn compile_select(select: &Select, settings: &Settings<'_>) -> SqlResult<(Select, LoadPlan)> {
    Context::new(select, settings)?.run()
}

/// Where columns go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dest {
    /// Columns of the statement itself.
    Primary,
    /// Columns of joined eager loads: outside a wrapping subquery.
    Secondary,
}

/// Positions from here on count from the end of the primary columns.
pub(crate) const SECONDARY: usize = 1 << 31;

/// One join tree of joined eager loads.
pub(crate) struct EagerJoin {
    /// The root it hangs on: index of a FROM clause.
    pub at: Anchor,
    /// The element that is the left end of `tree`.
    pub stop: FromRef,
    /// The joins.
    pub tree: FromRef,
}

/// See [`EagerJoin::at`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// A FROM clause of the statement.
    Clause(usize),
    /// An entity, by id.
    Entity(u64),
}

/// A statement being compiled.
pub(crate) struct Context<'a> {
    pub select: &'a Select,
    pub settings: &'a Settings<'a>,
    /// See [`Settings::base_alias`]; an option of the statement may say it too.
    pub base: Option<FromRef>,
    /// See [`BaseAlias::filtered`].
    pub filtered: bool,
    /// Eager joins are rendered.
    pub eager: bool,
    pub primary: Vec<ExprRef>,
    pub secondary: Vec<ExprRef>,
    /// FROM clauses from `select_from()` and `join()`.
    pub froms: Vec<FromRef>,
    /// FROM clauses of entities, used when there are no others.
    pub fallback: Vec<FromRef>,
    pub eager_joins: Vec<EagerJoin>,
    pub eager_order_by: Vec<ExprRef>,
    /// A joined collection is among the loads.
    pub multi_row: bool,
    /// Rows repeat instances: results must be made unique.
    pub repeats: bool,
    /// LIMIT and the like: joined collections need the statement in a subquery.
    pub nest: bool,
    pub roots: Vec<Root>,
    pub criteria: Vec<Arc<LoaderCriteria>>,
    /// Relationship joins that were made: left and right entity, relationship.
    pub joined_edges: Vec<(u64, u64, u64)>,
    /// Classes that a join put under an alias, since their tables were in the statement already.
    pub realiased: Vec<Entity>,
    /// Selectables that mappings name for their rows.
    pub polymorphic: Vec<polymorphic::PolymorphicFrom>,
    /// Entities whose criteria go to WHERE.
    pub criteria_entities: Vec<Entity>,
    /// Entities whose criteria are in an ON clause already.
    pub joined_entities: Vec<u64>,
    /// Parent columns that joins outside a wrapping subquery need inside.
    pub pending_parent_columns: Vec<ExprRef>,
    /// Columns of secondary tables that a load of the ORM's own orders by.
    pub secondary_map: alias::ColumnMap,
    pub buffered: bool,
    /// Eager joins inside each other.
    pub nested: Levels,
}
