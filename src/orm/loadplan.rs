//! [`LoadPlan`]: what the loop over rows does, decided once per statement.
//!
//! Every position is a column index of the result row. Nothing here is looked up by name while rows are read.

use crate::entity::Entity;
use crate::load::kept::{Kept, LazyOption};
use crate::load::polymorphic::SubclassLoad;
use crate::mapper::Mapper;
use crate::options::{LoaderCriteria, OptionNode};
use crate::relationship::Relationship;
use sql::ast::ExprRef;
use sql::host::{EntityRef, HostRef};
use sql::types::TypeRef;
use std::sync::Arc;

/// How the rows of a statement become results.
#[derive(Clone, Debug, Default)]
pub struct LoadPlan {
    /// One per element of a result row.
    pub items: Vec<Item>,
    /// Names of the elements.
    pub keys: Vec<Option<Arc<str>>>,
    /// Cells in a row.
    pub width: usize,
    /// Joined eager collections multiply rows: results must be made unique.
    pub unique: bool,
    /// Second statements or row buffering forbid `yield_per`.
    pub buffered: bool,
    /// `with_loader_criteria` of the statement, for what loads later.
    pub criteria: Vec<Arc<LoaderCriteria>>,
}

/// One element of a result row.
#[derive(Clone, Debug)]
pub enum Item {
    /// An instance.
    Entity(Arc<EntityPlan>),
    /// A value.
    Column {
        /// Position.
        index: usize,
        /// Conversion.
        ty: TypeRef,
        /// What was selected, for `row._mapping[expr]`.
        expr: ExprRef,
    },
    /// Several elements handed to the host together (Bundle, composite attribute).
    Bundle {
        /// The host's object.
        host: HostRef,
        /// Its elements.
        items: Vec<Item>,
        /// Their names.
        keys: Vec<Option<Arc<str>>>,
    },
}

/// How an instance of one mapper is made from a row.
#[derive(Clone, Debug)]
pub struct EntityPlan {
    /// Entity in the statement.
    pub entity: Entity,
    /// Mapper of the instances this plan makes: the entity's, or a subclass in `subs`.
    pub mapper: Arc<Mapper>,
    /// Positions of the primary key.
    pub identity: Vec<usize>,
    /// Attributes in the row.
    pub columns: Vec<ColumnLoad>,
    /// Position and type of the discriminator.
    pub discriminator: Option<(usize, TypeRef)>,
    /// Plans of the subclasses, by mapper; the mapper itself is not among them.
    pub subs: Vec<Arc<EntityPlan>>,
    /// Relationships whose rows are in this row.
    pub joined: Vec<JoinedLoad>,
    /// Relationships that are empty by decree.
    pub noload: Vec<Arc<Relationship>>,
    /// What a second statement loads when the rows are read.
    pub post: Vec<Arc<PostLoad>>,
    /// Attributes of subclasses that second statements load (`selectin_polymorphic`).
    pub subclass: Vec<Arc<SubclassLoad>>,
    /// Options that stay with the instance, for its refresh and its lazy loads; `None`: there were none.
    pub options: Option<Arc<Kept>>,
    /// What the options say about loads on access.
    pub lazy: Vec<LazyOption>,
}

/// One column attribute.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct ColumnLoad {
    pub key: Arc<str>,
    pub index: usize,
    pub ty: TypeRef,
}

/// One relationship loaded from the same row.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct JoinedLoad {
    pub relationship: Arc<Relationship>,
    pub uselist: bool,
    pub plan: Arc<EntityPlan>,
    /// `contains_eager` fills a collection that a joined load would leave alone.
    pub contains: bool,
}

/// How a second statement finds its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PostKind {
    Selectin,
    Subquery,
    Immediate,
}

/// One relationship loaded by a second statement.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct PostLoad {
    pub relationship: Arc<Relationship>,
    pub kind: PostKind,
    pub node: Arc<OptionNode>,
    pub of_type: Option<EntityRef>,
    /// Further subclasses whose columns are loaded.
    pub also: Vec<EntityRef>,
    pub criteria: Vec<ExprRef>,
    pub chunksize: usize,
    pub recursion_depth: Option<i64>,
    /// Mappers on the way here, through all statements: stops mapped eager loads that go round in circles.
    pub path: Vec<u64>,
}

impl PostLoad {
    /// The depth that is left for the same load one level below; `None`: it ends here.
    pub fn deeper(&self) -> Option<i64> {
        match self.recursion_depth {
            Some(-1) => Some(-1),
            Some(depth) if depth > 0 => Some(depth - 1),
            _ => None,
        }
    }
}

/// Joined loads inside each other are let go level by level, not by one recursion.
impl Drop for EntityPlan {
    fn drop(&mut self) {
        if !self.joined.is_empty() {
            base::depth::release(std::mem::take(&mut self.joined));
        }
    }
}

impl EntityPlan {
    /// Adds `by` to every position at or behind `from`.
    #[recursive::recursive]
    pub(crate) fn shift(self: &mut Arc<Self>, from: usize, by: usize) {
        let p = Arc::make_mut(self);
        let fix = |i: &mut usize| {
            if *i >= from {
                *i = *i - from + by;
            }
        };
        p.identity.iter_mut().for_each(fix);
        p.columns.iter_mut().for_each(|c| fix(&mut c.index));
        if let Some((i, _)) = &mut p.discriminator {
            fix(i);
        }
        p.subs.iter_mut().for_each(|s| s.shift(from, by));
        p.joined.iter_mut().for_each(|j| j.plan.shift(from, by));
    }
}

impl Item {
    #[recursive::recursive]
    pub(crate) fn shift(&mut self, from: usize, by: usize) {
        match self {
            Item::Entity(p) => p.shift(from, by),
            Item::Column { index, .. } if *index >= from => *index = *index - from + by,
            Item::Column { .. } => {}
            Item::Bundle { items, .. } => items.iter_mut().for_each(|i| i.shift(from, by)),
        }
    }
}

impl LoadPlan {
    /// The plan for rows whose columns stand elsewhere: `map[i]` is where column `i` is, if anywhere.
    ///
    /// # Errors
    /// The position of a column that the rows must have and have not: of a primary key, a discriminator, a plain column.
    #[recursive::recursive]
    pub fn remap(&mut self, map: &[Option<usize>]) -> Result<(), usize> {
        self.items.iter_mut().try_for_each(|i| i.remap(map))
    }
}

impl Item {
    #[recursive::recursive]
    fn remap(&mut self, map: &[Option<usize>]) -> Result<(), usize> {
        match self {
            Item::Entity(p) => p.remap(map),
            Item::Column { index, .. } => {
                *index = found(*index, map)?;
                Ok(())
            }
            Item::Bundle { items, .. } => items.iter_mut().try_for_each(|i| i.remap(map)),
        }
    }
}

fn found(index: usize, map: &[Option<usize>]) -> Result<usize, usize> {
    map.get(index).copied().flatten().ok_or(index)
}

impl EntityPlan {
    #[recursive::recursive]
    fn remap(self: &mut Arc<Self>, map: &[Option<usize>]) -> Result<(), usize> {
        let p = Arc::make_mut(self);
        for i in &mut p.identity {
            *i = found(*i, map)?;
        }
        p.columns.retain_mut(|c| match found(c.index, map) {
            Ok(i) => {
                c.index = i;
                true
            }
            Err(_) => false,
        });
        if let Some((i, _)) = &mut p.discriminator {
            *i = found(*i, map)?;
        }
        p.subs.iter_mut().try_for_each(|s| s.remap(map))?;
        p.joined.iter_mut().try_for_each(|j| j.plan.remap(map))
    }
}
