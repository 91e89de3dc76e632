//! Loads that follow a statement, planned: what an instance keeps of its options, and the second statements.
//!
//! | module | concept |
//! |---|---|
//! | [`kept`] | options that stay with an instance, for its refresh and its lazy loads |
//! | [`ties`] | the columns that tie a parent to the rows of a relationship |
//! | [`selectin`] | the statement of a selectin load |
//! | [`lazy`] | the statement of a lazy load |
//! | [`narrow`] | columns of subclasses read from their own tables |
//! | [`polymorphic`] | the statements of `selectin_polymorphic` |

pub mod kept;
pub mod lazy;
pub mod narrow;
pub mod polymorphic;
pub mod selectin;
pub mod ties;

use crate::entity::Entity;
use crate::relationship::Relationship;
use sql::ast::FromRef;
use sql::host::EntityRef;
use std::sync::Arc;

/// An entity as an element of the FROM clause.
pub(crate) fn from_of(entity: &Entity) -> FromRef {
    let entity: EntityRef = Arc::new(entity.clone());
    sql::ast::From::of_entity(&entity)
}

/// The entity that a second statement of a relationship loads.
pub fn target_entity(rel: &Relationship, of_type: Option<&EntityRef>, also: &[EntityRef]) -> Option<Entity> {
    let data = rel.data();
    let target = data.target.upgrade()?;
    match of_type.and_then(Entity::of) {
        Some(e) if e.alias.is_some() => return Some(e.clone()),
        Some(e) if e.mapper.id != target.id || !also.is_empty() => {
            return Some(crate::compile::with_subclasses(&target, &e.mapper, also));
        }
        _ => {}
    }
    match &data.target_alias {
        Some(a) => Some((**a).clone()),
        None => Some(Entity { mapper: target, alias: None }),
    }
}
