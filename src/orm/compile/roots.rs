//! Options matched to the entities of the statement.

use super::Context;
use crate::entity::Entity;
use crate::options::{LoadElement, LoaderOption, OptionNode, Step, Strategy, applies};
use crate::relationship::Lazy;
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

/// How messages name an entity.
pub(crate) fn describe(entity: &EntityRef) -> String {
    match Entity::of(entity) {
        Some(e) if e.alias.as_ref().is_some_and(|a| !a.use_mapper_path) => format!("aliased({})", e.mapper.class_name),
        Some(e) => e.mapper.class_name.to_string(),
        None => "?".to_owned(),
    }
}

fn strategy_name(s: &Strategy) -> &'static str {
    match s {
        Strategy::Default => "defaultload",
        Strategy::Relationship { lazy, .. } => match lazy {
            Lazy::Select => "lazyload",
            Lazy::Joined => "joinedload",
            Lazy::Subquery => "subqueryload",
            Lazy::Selectin => "selectinload",
            Lazy::Immediate => "immediateload",
            Lazy::Noload => "noload",
            Lazy::Raise | Lazy::RaiseOnSql => "raiseload",
            Lazy::Dynamic | Lazy::WriteOnly => "lazyload",
        },
        Strategy::ContainsEager { .. } => "contains_eager",
        Strategy::Defer { .. } => "defer",
        Strategy::Undefer => "undefer",
        Strategy::UndeferGroup(_) => "undefer_group",
        Strategy::Expression(_) => "with_expression",
        Strategy::SelectinPolymorphic(_) => "selectin_polymorphic",
    }
}

fn option_text(element: &LoadElement) -> String {
    match element.path.first() {
        Some(Step::Attr { entity: Some(e), key, .. }) => {
            format!(
                "{}({}.{key})",
                if element.path.len() > 1 { "defaultload" } else { strategy_name(&element.strategy) },
                describe(e)
            )
        }
        Some(Step::Attr { key, .. }) => format!("{}('{key}')", strategy_name(&element.strategy)),
        _ => strategy_name(&element.strategy).to_owned(),
    }
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

    fn enter(&self, element: &LoadElement, roots: &mut [(Entity, OptionNode)]) -> SqlResult<()> {
        let stated = match element.path.first() {
            None => return Ok(()),
            Some(Step::Wildcard { entity: None, .. }) => {
                roots.iter_mut().for_each(|(_, n)| n.insert(element, 0));
                return Ok(());
            }
            Some(Step::Attr { entity: None, key, .. }) => {
                if let Some((_, node)) = roots.iter_mut().find(|(e, _)| e.mapper.prop(key).is_some()) {
                    node.insert(element, 0);
                    return Ok(());
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
            if applies(&stated, entity) {
                node.insert(element, 0);
                found = true;
            }
        }
        if found || !element.raiseerr {
            return Ok(());
        }
        let name = describe(&stated);
        let Some((first, _)) = roots.first() else {
            return Err(SqlError::argument(format!(
                "Query has only expression-based entities, which do not apply to mapped class {name} referenced in option {}",
                option_text(element)
            )));
        };
        let first: EntityRef = Arc::new(first.clone());
        Err(SqlError::argument(format!(
            "Mapped class {name} referenced in option {} does not apply to any of the root entities in this query, e.g. {}. Please specify \
             the full path from one of the root entities to the target attribute. ",
            option_text(element),
            describe(&first),
        )))
    }

    /// The node of a root entity.
    pub(crate) fn root_node(&self, entity: &Entity) -> Arc<OptionNode> {
        self.roots.iter().find(|r| r.entity.entity_id() == entity.entity_id()).map(|r| r.node.clone()).unwrap_or_default()
    }
}
