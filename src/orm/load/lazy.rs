//! The statement of a lazy load: the rows of a relationship of one parent.

use super::from_of;
use super::kept::foreign;
use crate::LazyClause;
use crate::attr::CompileHost;
use crate::compile::Settings;
use crate::entity::Entity;
use crate::mapper::Mapper;
use crate::options::{AttrOption, LoaderCriteria};
use crate::relationship::{Direction, Lazy, Relationship};
use sql::SqlResult;
use sql::ast::{ExprRef, LabelStyle, Select, SelectItem};
use sql::schema::Column;
use std::sync::Arc;

/// What every lazy load of a relationship needs.
#[derive(Debug)]
pub struct LazyPlan {
    /// The join condition with the parent's side turned into binds.
    pub clause: LazyClause,
    /// The same as a lookup of the target's key, where it is one.
    pub lookup: Option<LazyClause>,
    /// The parent's columns that equal the target's primary key, when the identity map can answer.
    pub get: Option<Vec<Arc<Column>>>,
}

impl LazyPlan {
    /// Of a relationship; `None`: it is not configured.
    ///
    /// # Errors
    /// Those of its join condition.
    pub fn new(rel: &Relationship) -> SqlResult<Option<Self>> {
        let data = rel.data();
        let (Some(jc), Some(target)) = (data.join.clone(), data.target.upgrade()) else { return Ok(None) };
        let clause = LazyClause::new(&jc, false)?;
        let get = if !data.uselist && clause.is_get(&target) {
            target.data().tied_key(clause.equated.iter().map(|(t, source)| (t, source)))
        } else {
            None
        };
        let lookup = get.as_ref().and_then(|sources| clause.by_key(&target, sources));
        Ok(Some(Self { clause, lookup, get }))
    }

    /// The criterion that is run.
    pub fn runs(&self) -> &LazyClause {
        self.lookup.as_ref().unwrap_or(&self.clause)
    }

    /// The statement of the rows of one parent, `criteria` of options included.
    pub fn select(&self, rel: &Relationship, target: &Entity, criteria: &[ExprRef]) -> Select {
        let mut select = related_select(rel, target, &self.runs().criterion);
        select.where_.extend(criteria.iter().map(|e| target.adapt(e)));
        select
    }

    /// How that statement is compiled, for a parent of `mapper` that came with `option` about the relationship.
    pub fn settings<'h>(
        rel: &Relationship,
        mapper: &Mapper,
        option: Option<&AttrOption>,
        criteria: &[Arc<LoaderCriteria>],
        host: &'h dyn CompileHost,
    ) -> Settings<'h> {
        let below = option.filter(|o| !o.of_type.as_ref().is_some_and(foreign)).map(|o| o.node.clone());
        Settings {
            path: vec![mapper.id],
            leading_back: leading_back(rel),
            criteria: criteria.to_vec(),
            relationship_load: true,
            dedupe: true,
            node: below.filter(|n| !n.is_empty()),
            ..Settings::top(host)
        }
    }
}

/// The SELECT of the rows of a relationship that meet a criterion.
pub fn related_select(rel: &Relationship, target: &Entity, criterion: &ExprRef) -> Select {
    let data = rel.data();
    let mut from_obj = Vec::new();
    if let Some(s) = data.join.as_ref().and_then(|j| j.secondary.clone()) {
        from_obj.push(from_of(target));
        from_obj.push(s);
    }
    Select {
        columns: vec![SelectItem::Entity(Arc::new(target.clone()))],
        from_obj,
        where_: vec![target.adapt(criterion)],
        order_by: data.order_by.iter().map(|o| target.adapt(o)).collect(),
        label_style: LabelStyle::None,
        orm: true,
        ..Select::default()
    }
}

/// Eager loads of the rows that would only lead back to the parent, which is at hand: the other sides that look it up by its key.
pub fn leading_back(rel: &Relationship) -> Vec<u64> {
    rel.data()
        .reverse
        .iter()
        .filter_map(std::sync::Weak::upgrade)
        .filter(|r| {
            let d = r.data();
            d.direction == Direction::ManyToOne && d.use_get && d.lazy != Lazy::Select
        })
        .map(|r| r.id)
        .collect()
}
