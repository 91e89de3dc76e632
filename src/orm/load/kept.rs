//! [`Kept`]: what an instance keeps of the options of the statement that loaded it.
//!
//! Two things, which live and end differently. The *path options* (`joinedload`, `defer`, options below a lazy load …) go by the
//! class alone: a refresh and a lazy load select from the class, not from what the old statement selected from. They stay until
//! another full load brings others. The *lazy options* (`raiseload`, criteria of a lazy load) say how one relationship of this
//! very instance is loaded on access, whatever the path that stated them; expiring the instance ends them.

use crate::entity::Entity;
use crate::options::{AttrOption, OptionNode, Strategy};
use crate::property::ColumnProp;
use crate::relationship::{Lazy, Relationship};
use sql::ast::ExprRef;
use sql::host::EntityRef;
use std::sync::Arc;

/// See the module documentation.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Kept {
    pub node: Arc<OptionNode>,
}

/// How one attribute of one instance is loaded on access.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct LazyOption {
    pub key: Arc<str>,
    pub access: Access,
}

/// See [`LazyOption`].
#[derive(Clone, Debug)]
pub enum Access {
    /// A relationship.
    Relationship {
        /// Loaded, or refused.
        lazy: Lazy,
        /// Criteria of the load.
        criteria: Arc<[ExprRef]>,
    },
    /// A column: refused?
    Column {
        /// `defer(raiseload=True)`.
        raiseload: bool,
    },
}

impl LazyOption {
    /// The option that a strategy makes, when it is not what the mapping says already.
    pub fn of(relationship: &Relationship, lazy: Lazy, criteria: &[ExprRef]) -> Option<Self> {
        if !matches!(lazy, Lazy::Select | Lazy::Raise | Lazy::RaiseOnSql) {
            return None;
        }
        if lazy == relationship.data().lazy && criteria.is_empty() {
            return None;
        }
        let access = Access::Relationship { lazy, criteria: criteria.into() };
        Some(Self { key: relationship.key.clone(), access })
    }
    /// The same for a column that is left out.
    pub fn of_column(prop: &ColumnProp, raiseload: bool) -> Option<Self> {
        if prop.deferred && prop.raiseload == raiseload {
            return None;
        }
        Some(Self { key: prop.key.clone(), access: Access::Column { raiseload } })
    }
}

/// An alias that does not stand for its class.
pub fn foreign(entity: &EntityRef) -> bool {
    Entity::of(entity).is_some_and(|e| e.alias.as_ref().is_some_and(|a| !a.use_mapper_path))
}

impl OptionNode {
    /// The path options that stay with an instance. What names the statement's own FROM clause (`contains_eager`, a root or a
    /// `contains_eager` target that is an alias) speaks of that statement only, as do wildcards of the whole statement and
    /// `undefer_group`; what stands below `contains_eager` of the class itself stays.
    pub fn kept(&self) -> Self {
        Self {
            attrs: self.attrs.iter().filter_map(kept_attr).collect(),
            relationships: self.relationships.clone().filter(|_| !self.everywhere),
            everywhere: false,
            columns: self.columns.clone(),
            undefer_groups: Vec::new(),
            selectin_polymorphic: self.selectin_polymorphic.clone(),
        }
    }
}

fn kept_attr(a: &AttrOption) -> Option<AttrOption> {
    if a.entity.as_ref().is_some_and(foreign) {
        return None;
    }
    if !matches!(a.strategy, Some(Strategy::ContainsEager { .. })) {
        return Some(a.clone());
    }
    if a.of_type.as_ref().is_some_and(foreign) {
        return None;
    }
    let node = a.node.kept();
    (!node.is_empty()).then(|| AttrOption { strategy: None, criteria: Vec::new(), node: Arc::new(node), ..a.clone() })
}
