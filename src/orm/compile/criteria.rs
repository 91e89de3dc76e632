//! Criteria that come with an entity: single-table inheritance and `with_loader_criteria`.

use super::Context;
use crate::attr::CompileHost;
use crate::entity::Entity;
use crate::options::{Criterion, LoaderCriteria};
use sql::SqlResult;
use sql::ast::{Bind, BindValue, Expr, ExprKind, ExprRef, Op, build};
use sql::host::EntityNode;
use std::sync::Arc;

/// `discriminator IN (identities)` of a class that shares its table with its parents.
pub fn single_table_criterion(entity: &Entity, host: &dyn CompileHost) -> Option<ExprRef> {
    let mappers = entity.mapper.single_table_mappers()?;
    let on = entity.mapper.data().polymorphic_on.clone()?;
    let values: Vec<_> = mappers.iter().filter_map(|m| m.data().polymorphic_identity.clone()).collect();
    if values.is_empty() {
        return None;
    }
    let on = entity.adapt(&on);
    let base = build::bind_base(&on);
    let bind = Bind {
        key: sql::Label::anon(base.clone()),
        orig_key: base,
        value: BindValue::Host(host.list(&values)),
        unique: true,
        expanding: true,
        expand_op: Some(Op::In),
        required: false,
        literal_execute: false,
        isoutparam: false,
    };
    Some(build::in_(&on, Op::In, &Expr::new(ExprKind::Bind(bind), on.ty.clone())))
}

/// Does a loader criterion speak of `entity`?
fn covers(c: &LoaderCriteria, entity: &Entity, host: &dyn CompileHost) -> bool {
    let stands_for_class = entity.alias.as_ref().is_none_or(|a| a.use_mapper_path);
    if let Some(stated) = &c.entity {
        if stated.entity_id() == entity.entity_id() {
            return true;
        }
        let Some(s) = Entity::of(stated) else { return false };
        return s.alias.is_none() && entity.mapper.isa(&s.mapper) && (stands_for_class || c.include_aliases);
    }
    match &c.root {
        Some(root) => (stands_for_class || c.include_aliases) && host.is_below(entity, root),
        None => false,
    }
}

fn apply(criteria: &[Arc<LoaderCriteria>], entity: &Entity, related: bool, host: &dyn CompileHost) -> SqlResult<Vec<ExprRef>> {
    let mut out = Vec::new();
    for c in criteria {
        if (c.loader_only && !related) || !covers(c, entity, host) {
            continue;
        }
        match &c.criterion {
            Criterion::Expr(e) => out.push(entity.adapt(e)),
            Criterion::Host(f) => {
                if let Some(e) = host.criterion(f, entity)? {
                    out.push(entity.adapt(&e));
                }
            }
        }
    }
    Ok(out)
}

/// `with_loader_criteria` among the options of a statement, for an entity of it.
pub fn loader_criteria(entity: &Entity, options: &[sql::host::HostRef], host: &dyn CompileHost) -> SqlResult<Vec<ExprRef>> {
    apply(&gather(options, &[]), entity, false, host)
}

impl Context<'_> {
    /// All criteria of an entity; `related`: it is reached by a relationship.
    pub(crate) fn criteria_of(&self, entity: &Entity, related: bool) -> SqlResult<Vec<ExprRef>> {
        let mut out: Vec<ExprRef> = single_table_criterion(entity, self.settings.host).into_iter().collect();
        out.extend(self.loader_criteria(entity, related)?);
        Ok(out)
    }

    /// `with_loader_criteria` of an entity.
    pub(crate) fn loader_criteria(&self, entity: &Entity, related: bool) -> SqlResult<Vec<ExprRef>> {
        apply(&self.criteria, entity, related, self.settings.host)
    }

    /// Criteria of the entities in WHERE.
    pub(crate) fn where_criteria(&self) -> SqlResult<Vec<ExprRef>> {
        let mut out = Vec::new();
        for e in &self.criteria_entities {
            if self.joined_entities.contains(&e.entity_id()) {
                continue;
            }
            out.extend(self.criteria_of(e, self.settings.relationship_load)?);
        }
        Ok(out)
    }

    /// Remember that `entity` takes part.
    pub(crate) fn takes_part(&mut self, entity: &Entity) {
        if !self.criteria_entities.iter().any(|e| e.entity_id() == entity.entity_id()) {
            self.criteria_entities.push(entity.clone());
        }
    }
}

/// Criteria among the options of a statement, with those inherited from the statement that loaded the parent.
pub(crate) fn gather(options: &[sql::host::HostRef], inherited: &[Arc<LoaderCriteria>]) -> Vec<Arc<LoaderCriteria>> {
    let mut out = inherited.to_vec();
    for o in options {
        if let Some(crate::options::LoaderOption::Criteria(c)) = o.as_any().downcast_ref() {
            out.push(c.clone());
        }
    }
    out
}
