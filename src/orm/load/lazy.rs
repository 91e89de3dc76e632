//! The statement of a lazy load: the rows of a relationship of one parent.

use super::from_of;
use crate::entity::Entity;
use crate::relationship::{Direction, Lazy, Relationship};
use sql::ast::{ExprRef, LabelStyle, Select, SelectItem};
use std::sync::Arc;

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
