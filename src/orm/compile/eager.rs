//! Joined eager loading.

use super::entity::{Place, covers_from, selectable};
use super::joins::{attach, join_targets};
use super::{Anchor, Context, Dest, EagerJoin, Occurrence, alias};
use crate::columns::{as_column, contains_column};
use crate::entity::Entity;
use crate::loadplan::JoinedLoad;
use crate::mapper::Mapper;
use crate::options::{EagerAlias, InnerJoin, OptionNode};
use crate::relationship::{Lazy, Relationship};
use sql::ast::{ExprRef, From, FromKind, FromRef, Join, fold};
use sql::host::{EntityNode, EntityRef};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// The left-most element of a tree, `stop`, replaced by `with`.
#[recursive::recursive]
pub(crate) fn splice(tree: &FromRef, stop: &FromRef, with: &FromRef) -> FromRef {
    if Arc::ptr_eq(tree, stop) || tree.id() == stop.id() {
        return with.clone();
    }
    match &tree.kind {
        FromKind::Join(j) => From::new(FromKind::Join(Arc::new(Join {
            left: splice(&j.left, stop, with),
            right: j.right.clone(),
            onclause: j.onclause.clone(),
            isouter: j.isouter,
            full: j.full,
        }))),
        _ => tree.clone(),
    }
}

impl Context<'_> {
    /// Join `rel`'s target to the statement and plan its rows.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn joined_eager(
        &mut self,
        parent: &Entity,
        place: &Place<'_>,
        rel: &Arc<Relationship>,
        innerjoin: Option<InnerJoin>,
        of_type: Option<EntityRef>,
        also: &[EntityRef],
        criteria: &[ExprRef],
        node: &Arc<OptionNode>,
    ) -> SqlResult<Option<JoinedLoad>> {
        let data = rel.data();
        let Some(target) = data.target.upgrade() else { return Ok(None) };
        let dest = match of_type.as_ref().and_then(Entity::of) {
            // an alias of the user's is the right side of the join itself: the statement may say more about it
            Some(e) if e.alias.as_ref().is_some_and(|a| !a.use_mapper_path) => e.clone(),
            Some(e) if e.alias.is_some() => realias(e),
            // a subclass without alias: its columns as well, of all rows
            Some(e) => with_subclasses(&target, &e.mapper, also),
            None => match &data.target_alias {
                Some(a) => realias(a),
                None => alias::alias_entity(&target, None, true, true),
            },
        };
        let innerjoin = innerjoin.unwrap_or(match (data.innerjoin, data.innerjoin_unnested) {
            (true, true) => InnerJoin::Unnested,
            (true, false) => InnerJoin::Nested,
            _ => InnerJoin::No,
        });
        if data.uselist {
            self.multi_row = true;
        }
        let position = self.eager_tree(place)?;
        let extra: Vec<ExprRef> = {
            let mut x: Vec<ExprRef> = criteria.iter().map(|c| dest.adapt(c)).collect();
            x.extend(if of_type.is_some() {
                self.loader_criteria(&dest, Occurrence::Eager)?
            } else {
                self.criteria_of(&dest, Occurrence::Eager)?
            });
            x
        };
        let join = join_targets(rel, parent, &dest, true)?;
        let extra: Vec<ExprRef> = extra.iter().map(|e| alias::adapt_columns(e, &join.map)).collect();
        // the parent's side of the condition must survive a wrapping subquery
        if place.is_root && data.secondary.is_none() {
            self.keep_parent_columns(&join.primary, parent);
        }
        let outer = innerjoin == InnerJoin::No || (place.outer && innerjoin == InnerJoin::Unnested);
        let right = selectable(&dest);
        let secondary_map = join.map.clone();
        if let Some(e) = self.eager_joins.get_mut(position) {
            let nest = place.outer && innerjoin == InnerJoin::Nested;
            e.tree = if nest {
                nest_inner(&e.tree, &selectable(parent), right.clone(), join, extra)
            } else {
                attach(e.tree.clone(), right.clone(), join, extra, outer, false)
            };
        }
        if !data.order_by.is_empty() {
            let shown: Vec<ExprRef> =
                data.order_by.iter().map(|o| alias::adapt_columns(&self.through(&dest, o), &secondary_map)).collect();
            self.eager_order_by.extend(shown);
        }
        let mut path = place.path.clone();
        path.push(target.id);
        let by = of_type.as_ref().and_then(Entity::of).filter(|e| e.alias.is_some()).unwrap_or(&dest);
        let below = Place {
            node,
            by,
            dest: Dest::Secondary,
            path,
            root: place.root,
            outer: place.outer || innerjoin == InnerJoin::No,
            is_root: false,
        };
        // A mapping may join itself without end (`join_depth`).
        let above = self.nested;
        self.nested = above.down()?;
        let plan = self.entity_plan(&dest, &below);
        self.nested = above;
        Ok(Some(JoinedLoad { relationship: rel.clone(), uselist: data.uselist, plan: plan?, contains: false }))
    }

    /// The join tree that the root of `place` hangs on, as an index of `eager_joins`.
    fn eager_tree(&mut self, place: &Place<'_>) -> SqlResult<usize> {
        let root = selectable(place.root);
        let mut anchor = Anchor::Entity(place.root.entity_id());
        let mut stop = root.clone();
        let by_entity = self.eager_joins.iter().position(|e| e.at == anchor);
        if let Some(i) = by_entity {
            return Ok(i);
        }
        if !self.will_wrap() {
            let holders: Vec<usize> =
                self.froms.iter().enumerate().filter(|(_, f)| covers_from(f, &root)).map(|(i, _)| i).collect();
            match holders.as_slice() {
                [] => {}
                [one] => {
                    anchor = Anchor::Clause(*one);
                    if let Some(f) = self.froms.get(*one) {
                        stop = f.clone();
                    }
                }
                _ => {
                    return Err(SqlError::invalid_request(
                        "Can't identify which entity in which to joined eager load from.   Please use an exact match when \
                         specifying the join path.",
                    ));
                }
            }
        }
        if let Some(i) = self.eager_joins.iter().position(|e| e.at == anchor) {
            return Ok(i);
        }
        self.eager_joins.push(EagerJoin { at: anchor, stop: stop.clone(), tree: stop });
        Ok(self.eager_joins.len() - 1)
    }

    /// The statement will be put into a subquery, with the eager joins outside.
    pub(crate) fn will_wrap(&self) -> bool {
        self.multi_row && self.nest
    }

    fn keep_parent_columns(&mut self, primary: &ExprRef, parent: &Entity) {
        let from = selectable(parent);
        let mut missing = Vec::new();
        fold::walk(primary, &mut |e| {
            if let Some(c) = as_column(e)
                && contains_column(&from, c)
                && !self.primary.iter().chain(&missing).any(|p| as_column(p).is_some_and(|x| Arc::ptr_eq(x, c)))
            {
                missing.push(e.clone());
            }
            true
        });
        self.pending_parent_columns.extend(missing);
    }

    /// The rows of `rel` are in the statement already, under an alias of the user's or as they are.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn contains_eager(
        &mut self,
        parent: &Entity,
        place: &Place<'_>,
        rel: &Arc<Relationship>,
        alias: Option<&EagerAlias>,
        of_type: Option<EntityRef>,
        also: &[EntityRef],
        node: &Arc<OptionNode>,
    ) -> SqlResult<Option<JoinedLoad>> {
        let _ = parent;
        let data = rel.data();
        if matches!(data.lazy, Lazy::Dynamic | Lazy::WriteOnly) {
            return Err(no_population(rel));
        }
        let Some(target) = data.target.upgrade() else { return Ok(None) };
        let over = |from: &FromRef| alias::entity_over(&target, from.clone(), Default::default(), None, Vec::new(), true);
        let dest = match (alias, of_type.as_ref().and_then(Entity::of)) {
            (Some(EagerAlias::Entity(e)), _) => match Entity::of(e) {
                Some(e) => e.clone(),
                None => return Ok(None),
            },
            (Some(EagerAlias::From(f)), _) => over(f),
            (Some(EagerAlias::Name(n)), _) => {
                let mut map = alias::ColumnMap::default();
                let from =
                    alias::alias_from(&selectable(&Entity { mapper: target.clone(), alias: None }), Some(n), false, &mut map);
                over(&from)
            }
            // a subclass without alias: rows may be of other classes
            (None, Some(e)) if e.alias.is_none() && e.mapper.id != target.id => {
                let (chain, from) = chain_to(&target, &e.mapper, also);
                alias::entity_over(&target, from, Default::default(), None, chain, true)
            }
            (None, Some(e)) => e.clone(),
            (None, None) => match &data.target_alias {
                Some(a) => (**a).clone(),
                None => Entity { mapper: target.clone(), alias: None },
            },
        };
        let dest = self.under_alias(&dest);
        let dest = match &self.base {
            Some(f) => alias::entity_through(&dest, f),
            None => dest,
        };
        let mut path = place.path.clone();
        path.push(target.id);
        let class = Entity { mapper: target.clone(), alias: None };
        let by = of_type.as_ref().and_then(Entity::of).filter(|e| e.alias.is_some()).unwrap_or(&class);
        let below = Place { node, by, dest: place.dest, path, root: place.root, outer: place.outer, is_root: false };
        self.repeats |= data.uselist;
        let plan = self.entity_plan(&dest, &below)?;
        Ok(Some(JoinedLoad { relationship: rel.clone(), uselist: data.uselist, plan, contains: true }))
    }
}

/// The mappers below `target` that lead to `sub` and to the others, and they themselves; and what their rows come from.
fn chain_to(target: &Arc<Mapper>, sub: &Arc<Mapper>, also: &[EntityRef]) -> (Vec<Arc<Mapper>>, FromRef) {
    let named: Vec<_> = std::iter::once(sub).chain(also.iter().filter_map(Entity::of).map(|e| &e.mapper)).cloned().collect();
    let given = target.data().with_polymorphic.as_ref().and_then(|w| w.selectable.clone());
    let mut out = target.polymorphic_within(Some(&named), given.as_ref());
    out.retain(|m| m.id != target.id);
    let from = given.unwrap_or_else(|| super::entity::polymorphic_join(target, &out, false));
    (out, from)
}

/// The error of an eager load into what is never populated.
pub(crate) fn no_population(rel: &Relationship) -> SqlError {
    SqlError::invalid_request(format!(
        "'{}' does not support object population - eager loading cannot be applied.",
        rel.describe()
    ))
}

/// An alias of a class with the columns of subclasses.
pub(crate) fn with_subclasses(target: &Arc<Mapper>, sub: &Arc<Mapper>, also: &[EntityRef]) -> Entity {
    let (chain, from) = chain_to(target, sub, also);
    if chain.is_empty() {
        return alias::alias_entity(target, None, true, true);
    }
    let mut map = alias::ColumnMap::default();
    let selectable = alias::alias_from(&from, None, !also.is_empty(), &mut map);
    alias::entity_over(target, selectable, map, None, chain, true)
}

/// The same alias once more, for a join of its own. Join conditions and orders that name columns of the alias itself
/// (`relationship(aliased(B, subquery), primaryjoin=… subquery.c.b_id)`) follow.
fn realias(e: &Entity) -> Entity {
    let Some(a) = &e.alias else { return e.clone() };
    let mut map = alias::ColumnMap::default();
    let selectable = alias::alias_from(&a.selectable, None, true, &mut map);
    let columns = a.columns.iter().filter_map(|(k, c)| map.get(&crate::columns::col_id(c)).map(|t| (*k, t.clone()))).collect();
    let mut out = alias::entity_over(&e.mapper, selectable, columns, a.name.as_deref(), a.with_polymorphic.clone(), true);
    if let Some(again) = out.alias.as_mut().and_then(Arc::get_mut) {
        again.columns.extend(map);
    }
    out
}

/// Put an inner join inside the outer join that brought its parent: `a LEFT JOIN (b JOIN c)`.
fn nest_inner(
    tree: &FromRef,
    parent: &FromRef,
    right: FromRef,
    join: super::joins::RelationshipJoin,
    extra: Vec<ExprRef>,
) -> FromRef {
    let mut join = Some(join);
    let out = nest_at(tree, parent, &right, &mut join, &extra);
    match join {
        // the parent was not found below an outer join
        Some(j) => attach(out, right, j, extra, false, false),
        None => out,
    }
}

#[recursive::recursive]
fn nest_at(
    tree: &FromRef,
    parent: &FromRef,
    right: &FromRef,
    join: &mut Option<super::joins::RelationshipJoin>,
    extra: &[ExprRef],
) -> FromRef {
    let FromKind::Join(j) = &tree.kind else { return tree.clone() };
    let rebuilt = |left: FromRef, right: FromRef| {
        From::new(FromKind::Join(Arc::new(Join { left, right, onclause: j.onclause.clone(), isouter: j.isouter, full: j.full })))
    };
    if covers_from(&j.right, parent) {
        let bare = match &j.right.kind {
            FromKind::Grouping(x) => x.clone(),
            _ => j.right.clone(),
        };
        let inner = match &bare.kind {
            FromKind::Join(x) if x.isouter && covers_from(&x.right, parent) => nest_at(&bare, parent, right, join, extra),
            _ => match join.take() {
                Some(t) => attach(bare, right.clone(), t, extra.to_vec(), false, false),
                None => bare,
            },
        };
        return super::joins::join_of(j.left.clone(), inner, j.onclause.clone(), j.isouter, j.full);
    }
    rebuilt(nest_at(&j.left, parent, right, join, extra), j.right.clone())
}
