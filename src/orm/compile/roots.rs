//! Options matched to the entities of the statement.

use super::Context;
use crate::entity::Entity;
use crate::options::{LoadElement, LoaderOption, OptionNode, Step, Strategy, applies, describe};
use sql::ast::SelectItem;
use sql::host::{EntityNode, EntityRef};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// An entity of the columns clause with what the options say about it.
pub struct Root {
    /// The entity as stated.
    pub entity: Entity,
    /// Its options.
    pub node: Arc<OptionNode>,
}

/// Reached through an alias of any kind.
fn foreign(entity: &EntityRef) -> bool {
    Entity::of(entity).is_some_and(|e| e.alias.is_some())
}

impl Context<'_> {
    /// The entities of the columns clause, with their options.
    pub(crate) fn collect_roots(&mut self) -> SqlResult<()> {
        let mut roots: Vec<(Entity, OptionNode)> = Vec::new();
        for item in &self.select.columns {
            if let SelectItem::Entity(e) = item
                && let Some(e) = Entity::of(e)
            {
                let node = match (&self.settings.node, roots.is_empty()) {
                    (Some(n), true) => (**n).clone(),
                    _ => OptionNode::default(),
                };
                roots.push((e.clone(), node));
            }
        }
        if self.settings.top {
            for option in &self.select.options {
                if let Some(LoaderOption::Load(elements)) = option.as_any().downcast_ref() {
                    for e in elements {
                        self.enter(e, &mut roots)?;
                    }
                }
            }
        }
        self.roots = roots.into_iter().map(|(entity, node)| Root { entity, node: Arc::new(node) }).collect();
        Ok(())
    }

    /// `Query` is as it always was: names for attributes, and the last word wins.
    fn strict(&self) -> bool {
        !matches!(self.select.label_style, sql::ast::LabelStyle::LegacyOrm)
    }

    fn enter(&self, element: &LoadElement, roots: &mut [(Entity, OptionNode)]) -> SqlResult<()> {
        let strict = self.strict();
        if strict && element.named {
            return Err(SqlError::argument(
                "Strings are not accepted for attribute names in loader options; please use class-bound attributes directly.",
            ));
        }
        let stated = match element.path.first() {
            None => return Ok(()),
            Some(Step::Wildcard { entity: None, .. }) => {
                return roots.iter_mut().try_for_each(|(_, n)| n.insert(element, 0, strict));
            }
            Some(Step::Attr { entity: None, key, .. }) => {
                if let Some((_, node)) = roots.iter_mut().find(|(e, _)| e.mapper.prop(key).is_some()) {
                    return node.insert(element, 0, strict);
                }
                let Some((first, _)) = roots.first() else {
                    return Err(SqlError::argument(format!(
                        "Query has only expression-based entities - can't find property named \"{key}\"."
                    )));
                };
                return Err(SqlError::argument(format!(
                    "Can't find property named \"{key}\" on {} in this Query.",
                    first.mapper.describe()
                )));
            }
            Some(Step::Wildcard { entity: Some(e), .. } | Step::Attr { entity: Some(e), .. } | Step::Entity(e)) => e.clone(),
        };
        let mut found = false;
        for (entity, node) in roots.iter_mut() {
            // a `with_polymorphic()` that was selected from is not the class
            let other = strict && stated.entity_id() != entity.entity_id() && (foreign(&stated) || entity.alias.is_some());
            if !other && applies(&stated, entity) {
                node.insert(element, 0, strict)?;
                found = true;
            }
        }
        if found || !element.raiseerr || matches!(element.strategy, Strategy::Default) {
            return Ok(());
        }
        let name = describe(&stated);
        let Some((first, _)) = roots.first() else {
            return Err(SqlError::argument(format!(
                "Query has only expression-based entities; attribute loader option {} can't be applied here.",
                element.text()
            )));
        };
        let first: EntityRef = Arc::new(first.clone());
        Err(SqlError::argument(format!(
            "Mapped class {name} referenced in option {} does not apply to any of the root entities in this query, e.g. {}. Please specify \
             the full path from one of the root entities to the target attribute. ",
            element.text(),
            describe(&first),
        )))
    }

    /// The node of a root entity.
    pub(crate) fn root_node(&self, entity: &Entity) -> Arc<OptionNode> {
        self.roots.iter().find(|r| r.entity.entity_id() == entity.entity_id()).map(|r| r.node.clone()).unwrap_or_default()
    }
}
