//! What a statement carries that only the ORM understands: relationship attributes in joins, bundles and composites among the
//! columns, and the services that compiling needs from the host.

use crate::entity::Entity;
use crate::relationship::Relationship;
use sql::SqlResult;
use sql::ast::{ExprRef, Node, SelectItem};
use sql::host::{HostObject, HostRef, Structure};
use std::any::Any;
use std::sync::Arc;

/// `User.addresses`, possibly `.of_type(…)` and `.and_(…)`: the payload of `JoinTarget::Attribute` and `JoinOn::Attribute`.
#[derive(Clone, Debug)]
pub struct RelationshipAttr {
    /// Entity it was reached through.
    pub entity: Entity,
    /// The relationship.
    pub relationship: Arc<Relationship>,
    /// `of_type()`.
    pub of_type: Option<Entity>,
    /// `and_()`.
    pub criteria: Vec<ExprRef>,
}

impl RelationshipAttr {
    /// The entity that it leads to; `None` before the relationship is configured.
    #[must_use]
    pub fn destination(&self) -> Option<Entity> {
        self.of_type.clone().or_else(|| Some(Entity { mapper: self.relationship.target()?, alias: None }))
    }
}

/// Several elements handed to the host together.
#[derive(Clone, Debug)]
pub struct Bundled {
    /// The host's object, called for every row.
    pub host: HostRef,
    /// Name in the result row.
    pub name: Arc<str>,
    /// Elements.
    pub items: Vec<SelectItem>,
    /// Their names.
    pub keys: Vec<Option<Arc<str>>>,
    /// Entity whose composite attribute it stands for.
    pub entity: Option<Entity>,
}

impl HostObject for RelationshipAttr {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|o| std::ptr::eq(self, o))
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        into.entity(&self.entity);
        into.tag(self.relationship.id);
        if let Some(t) = &self.of_type {
            into.entity(t);
        }
        self.criteria.iter().for_each(|e| into.node(&Node::Expr(e.clone())));
        true
    }
    fn repr(&self) -> String {
        self.relationship.describe()
    }
}

impl HostObject for Bundled {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|o| std::ptr::eq(self, o))
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        into.tag(self.host.identity() as u64);
        into.text(&self.name);
        into.items(&self.items);
        true
    }
    fn item_columns(&self) -> Vec<ExprRef> {
        self.items.iter().flat_map(sql::ast::proxy::item_columns).collect()
    }
    fn repr(&self) -> String {
        format!("<Bundle {}>", self.name)
    }
}

/// What compiling needs from the host.
pub trait CompileHost {
    /// A host list of these values, for an expanding IN.
    fn list(&self, values: &[HostRef]) -> HostRef;
    /// A `with_loader_criteria` callable applied to an entity.
    fn criterion(&self, callable: &HostRef, entity: &Entity) -> SqlResult<Option<ExprRef>>;
    /// Tell whoever asked for the statement.
    fn warn(&self, _message: &str) {}
    /// Whether a class below `root` (a mixin or unmapped base) is the mapper's.
    fn is_below(&self, entity: &Entity, root: &HostRef) -> bool;
}
