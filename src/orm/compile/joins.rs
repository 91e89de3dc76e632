//! `.join()` calls: what is on the left, what on the right, and the ON clause between them.

use super::entity::{contains_from, covers_from, froms_of, selectable};
use super::{Context, Occurrence, alias};
use crate::adapt::{Adapter, Side as OfJoin};
use crate::attr::RelationshipAttr;
use crate::columns::{self, contains_column};
use crate::entity::Entity;
use crate::join_condition::{JoinCondition, join_condition};
use crate::relationship::Relationship;
use sql::ast::fold::Fold;
use sql::ast::{ExprKind, ExprRef, From, FromKind, FromRef, Join, JoinOn, JoinTarget, SelectItem, SetupJoin, build, fold};
use sql::error::ErrorKind;
use sql::host::{EntityNode, HostRef};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// A relationship's join between two given entities.
pub struct RelationshipJoin {
    /// Parent to target, or parent to secondary.
    pub primary: ExprRef,
    /// Secondary (an alias of it) and its condition with the target.
    pub secondary: Option<(FromRef, ExprRef)>,
    /// Columns of the secondary table to those of its alias.
    pub map: alias::ColumnMap,
}

/// The join condition of `rel` from `source` to `dest`; the secondary table is aliased unless told otherwise.
pub fn join_targets(rel: &Relationship, source: &Entity, dest: &Entity, alias_secondary: bool) -> SqlResult<RelationshipJoin> {
    let data = rel.data();
    let Some(jc) = data.join.clone() else {
        return Err(SqlError::invalid_request(format!("relationship {} is not configured", rel.describe())));
    };
    let Some(secondary) = jc.secondary.clone() else {
        // the target first: what is of neither side, inside a statement, is the target's where both have it
        let primary = dest.show_side(&jc.primaryjoin, OfJoin::Remote);
        let primary = source.show_side(&primary, OfJoin::Local);
        return Ok(RelationshipJoin { primary: JoinCondition::plain(&primary), secondary: None, map: Default::default() });
    };
    let mut map = alias::ColumnMap::default();
    let shown = if alias_secondary { alias::alias_from(&secondary, None, true, &mut map) } else { secondary.clone() };
    let adapt = |expr: &ExprRef, other: &Entity| {
        if !map.is_empty() {
            // the association has columns of its own here: those of the entity are told apart from them
            return JoinCondition::plain(&other.show(&Adapter::to(&shown, &map).fold_expr(expr)));
        }
        let e = fold::replace(expr, &mut |e| {
            let ExprKind::Column(c) = &e.kind else { return None };
            if contains_column(&secondary, &c.column) {
                return Some(e.clone());
            }
            Some(other.show(e))
        });
        JoinCondition::plain(&e)
    };
    let primary = adapt(&jc.primaryjoin, source);
    let second = match &jc.secondaryjoin {
        Some(s) => adapt(s, dest),
        None => return Err(SqlError::invalid_request(format!("relationship {} has no secondaryjoin", rel.describe()))),
    };
    Ok(RelationshipJoin { primary, secondary: Some((shown, second)), map })
}

/// `left JOIN right ON …` for a relationship; `extra` criteria join the ON clause of the target.
pub fn attach(left: FromRef, right: FromRef, join: RelationshipJoin, extra: Vec<ExprRef>, isouter: bool, full: bool) -> FromRef {
    let with_extra = |on: ExprRef| {
        let mut all = vec![on.clone()];
        all.extend(extra.iter().cloned());
        build::and_(all).unwrap_or(on)
    };
    match join.secondary {
        None => join_of(left, right, with_extra(join.primary), isouter, full),
        Some((secondary, second)) if isouter || full => {
            let inner = join_of(secondary, right, with_extra(second), false, false);
            join_of(left, inner, join.primary, isouter, full)
        }
        Some((secondary, second)) => {
            let first = join_of(left, secondary, join.primary, false, false);
            join_of(first, right, with_extra(second), false, false)
        }
    }
}

/// A join.
pub fn join_of(left: FromRef, right: FromRef, onclause: ExprRef, isouter: bool, full: bool) -> FromRef {
    let right = match &right.kind {
        FromKind::Join(_) => From::new(FromKind::Grouping(right)),
        _ => right,
    };
    From::new(FromKind::Join(Arc::new(Join { left, right, onclause, isouter, full })))
}

/// A relationship attribute as messages name it.
fn attribute_text(a: &RelationshipAttr) -> String {
    let owner = Side::of_entity(&a.entity);
    match &a.entity.alias {
        Some(_) => format!("{}.{}", owner.describe(), a.relationship.key),
        None => format!("{}.{}", a.entity.mapper.class_name, a.relationship.key),
    }
}

/// One side of a join.
#[derive(Clone)]
struct Side {
    from: FromRef,
    entity: Option<Entity>,
}

impl Side {
    fn of_entity(e: &Entity) -> Self {
        Self { from: selectable(e), entity: Some(e.clone()) }
    }
    fn of_from(f: &FromRef) -> Self {
        match f.entity.as_ref().and_then(Entity::of) {
            Some(e) => Self::of_entity(e),
            None => Self { from: f.clone(), entity: None },
        }
    }
    fn describe(&self) -> String {
        match &self.entity {
            Some(e) if e.alias.is_some() => format!("aliased({})", e.mapper.class_name),
            Some(e) => e.mapper.describe(),
            None => crate::mapper::from_description(&self.from),
        }
    }
}

fn attr_of(host: &HostRef) -> SqlResult<&RelationshipAttr> {
    host.as_any().downcast_ref().ok_or_else(|| {
        SqlError::argument(format!(
            "Join target, typically a FROM expression, or ORM relationship attribute expected, got {}.",
            host.repr()
        ))
    })
}

fn target_entity(attr: &RelationshipAttr) -> SqlResult<Entity> {
    if let Some(e) = &attr.of_type {
        return Ok(e.clone());
    }
    let data = attr.relationship.data();
    if let Some(a) = &data.target_alias {
        return Ok((**a).clone());
    }
    let mapper = data
        .target
        .upgrade()
        .ok_or_else(|| SqlError::invalid_request(format!("relationship {} is not configured", attr.relationship.describe())))?;
    Ok(Entity { mapper, alias: None })
}

impl Context<'_> {
    /// Resolve every `.join()` call into `self.froms`.
    pub(crate) fn setup_joins(&mut self) -> SqlResult<()> {
        for j in &self.select.joins {
            self.setup_join(j)?;
        }
        Ok(())
    }

    fn setup_join(&mut self, j: &SetupJoin) -> SqlResult<()> {
        let mut attr: Option<RelationshipAttr> = None;
        let mut onclause: Option<ExprRef> = None;
        match &j.onclause {
            Some(JoinOn::Attribute(h)) => attr = Some(attr_of(h)?.clone()),
            Some(JoinOn::Expr(e)) => onclause = Some(e.clone()),
            None => {}
        }
        let right = match &j.target {
            JoinTarget::Entity(e) => match Entity::of(e) {
                Some(e) => Side::of_entity(e),
                None => Side { from: e.selectable(), entity: None },
            },
            JoinTarget::Attribute(h) => {
                let a = attr_of(h)?.clone();
                let right = Side::of_entity(&target_entity(&a)?);
                attr = Some(a);
                right
            }
            JoinTarget::From(f) => match (&attr, f.entity.as_ref().and_then(Entity::of)) {
                (_, Some(e)) => Side::of_entity(e),
                (Some(a), None) => {
                    let target = target_entity(a)?;
                    if selectable(&target).id() == f.id() {
                        Side::of_entity(&target)
                    } else {
                        let over = alias::entity_over(&target.mapper, f.clone(), Default::default(), None, Vec::new(), false);
                        Side { from: f.clone(), entity: Some(over) }
                    }
                }
                (None, None) => Side { from: f.clone(), entity: None },
            },
        };
        if let (Some(a), Some(r)) = (&attr, &right.entity) {
            // the same way a second time leads where one is already
            let edge = (a.entity.entity_id(), r.entity_id(), a.relationship.id);
            if self.joined_edges.contains(&edge) {
                return Ok(());
            }
            self.joined_edges.push(edge);
        }
        let right = self.apart(right);
        if let Some(e) = &right.entity {
            self.loads_polymorphically(e);
        }
        let onclause = onclause.map(|e| self.adapt_base(&e));
        let left = match (&j.left, &attr) {
            (Some(JoinTarget::Entity(e)), _) => Entity::of(e).map(Side::of_entity),
            (Some(JoinTarget::From(f)), _) => Some(Side::of_from(f)),
            (Some(JoinTarget::Attribute(_)), _) | (None, None) => None,
            (None, Some(a)) => Some(Side::of_entity(&self.under_alias(&a.entity))),
        };
        if let Some(a) = &attr {
            if let (Some(_), Some(left)) = (&j.left, &left)
                && left.entity.as_ref().is_none_or(|l| l.entity_id() != self.under_alias(&a.entity).entity_id())
            {
                return Err(SqlError::invalid_request(format!(
                    "explicit from clause {} does not match left side of relationship attribute {}",
                    left.describe(),
                    attribute_text(a)
                )));
            }
            self.fits(a, &right)?;
        }
        let (index, left) = match left {
            Some(left) => {
                // an entity of the columns clause may stand for the attribute's class
                let left = match &left.entity {
                    Some(e) if j.left.is_none() && self.froms.is_empty() && e.alias.is_none() => {
                        let item = self
                            .item_sides()
                            .into_iter()
                            .find(|s| s.entity.as_ref().is_some_and(|i| i.alias.is_none() && i.mapper.common_parent(&e.mapper)));
                        match item {
                            Some(s) if covers_from(&s.from, &left.from) => s,
                            _ => left,
                        }
                    }
                    _ => left,
                };
                // what is stated as the left side is a FROM clause from here on
                if let (Some(e), Some(_)) = (&left.entity, &j.left) {
                    self.takes_part(e);
                }
                (self.clause_of(&left), left)
            }
            None => self.implicit_left(&right, onclause.as_ref())?,
        };
        if let (Some(l), Some(r)) = (&left.entity, &right.entity)
            && left.from.id() == right.from.id()
            && (attr.is_some() || l.entity_id() == r.entity_id())
        {
            return Err(SqlError::invalid_request(format!(
                "Can't construct a join from {} to {}, they are the same entity",
                left.describe(),
                right.describe()
            )));
        }
        let extra = match &right.entity {
            Some(e) => {
                let mut x: Vec<_> = attr.as_ref().map(|a| a.criteria.iter().map(|c| e.adapt(c)).collect()).unwrap_or_default();
                x.extend(self.criteria_of(e, Occurrence::Named)?);
                self.joined_entities.push(e.entity_id());
                x
            }
            None => Vec::new(),
        };
        let left_from = match index {
            Some(i) => self.froms.get(i).cloned().unwrap_or_else(|| left.from.clone()),
            None => left.from.clone(),
        };
        let joined = match &attr {
            Some(a) => {
                let dest = right.entity.clone().unwrap_or(target_entity(a)?);
                let source = self.entity_in_statement(&a.entity);
                let targets = join_targets(&a.relationship, &source, &dest, true)?;
                let extra = extra.iter().map(|e| alias::adapt_columns(e, &targets.map)).collect();
                if self.settings.relationship_load {
                    self.secondary_map.extend(targets.map.iter().map(|(k, v)| (*k, v.clone())));
                }
                attach(left_from, right.from.clone(), targets, extra, j.isouter, j.full)
            }
            None => {
                let on = match onclause {
                    Some(e) => e,
                    None => self.foreign_key_join(&left_from, &left, &right)?,
                };
                let mut all = vec![on.clone()];
                all.extend(extra);
                let on = build::and_(all).unwrap_or(on);
                join_of(left_from, right.from.clone(), on, j.isouter, j.full)
            }
        };
        match index {
            Some(i) => {
                if let Some(slot) = self.froms.get_mut(i) {
                    *slot = joined;
                }
            }
            None => self.froms.push(joined),
        }
        Ok(())
    }

    /// The target of a relationship's join is of its class.
    fn fits(&self, a: &RelationshipAttr, right: &Side) -> SqlResult<()> {
        let Some(target) = a.relationship.target() else { return Ok(()) };
        let Some(entity) = &right.entity else { return Ok(()) };
        if !entity.mapper.common_parent(&target) && !entity.mapper.isa(&target) && !target.isa(&entity.mapper) {
            return Err(SqlError::invalid_request(format!(
                "Join target {} does not correspond to the right side of join condition {}",
                right.describe(),
                attribute_text(a)
            )));
        }
        if let Some(table) = &target.data().local_table
            && !sql::ast::proxy::derived(&right.from, table)
            && target.data().persist_selectable.as_ref().is_none_or(|f| !sql::ast::proxy::derived(&right.from, f))
            && entity.alias.as_ref().is_some_and(|a| a.columns.is_empty())
        {
            return Err(SqlError::invalid_request(format!(
                "Selectable '{}' is not derived from '{}'",
                crate::mapper::from_description(&right.from),
                crate::mapper::from_description(table)
            )));
        }
        Ok(())
    }

    /// A class of several tables, some of which are in the FROM list already, under an alias of its own.
    fn apart(&mut self, right: Side) -> Side {
        let Some(entity) = right.entity.as_ref().filter(|e| e.alias.is_none()) else { return right };
        let data = entity.mapper.data();
        let Some(tables) = data.persist_selectable.as_ref().filter(|f| matches!(f.kind, FromKind::Join(_))) else {
            return right;
        };
        let known = if self.froms.is_empty() { &self.fallback } else { &self.froms };
        let overlaps = known.iter().any(|f| f.id() != right.from.id() && columns::overlap(f, tables));
        if !overlaps {
            return right;
        }
        self.settings.host.warn(&format!(
            "An alias is being generated automatically against joined entity {} due to overlapping tables.  This is a legacy pattern \
             which may be deprecated in a later release.  Use the aliased() construct explicitly, see the linked example.",
            entity.mapper.describe()
        ));
        let alias = alias::alias_entity(&entity.mapper, None, true, true);
        self.joined_entities.push(entity.entity_id());
        self.realiased.push(alias.clone());
        Side::of_entity(&alias)
    }

    /// With `from_self` and set operations the entity's rows come from the subquery.
    fn entity_in_statement(&self, entity: &Entity) -> Entity {
        let entity = &self.under_alias(entity);
        match &self.base {
            Some(f) if !self.joined_entities.contains(&entity.entity_id()) => alias::entity_through(entity, f),
            _ => entity.clone(),
        }
    }

    /// The FROM clause that holds `side`.
    fn clause_of(&self, side: &Side) -> Option<usize> {
        if let Some(base) = &self.base
            && let Some(i) = self.froms.iter().position(|f| contains_from(f, base))
            && !self.froms.iter().any(|f| covers_from(f, &side.from))
        {
            return Some(i);
        }
        self.froms.iter().position(|f| covers_from(f, &side.from))
    }

    fn implicit_left(&self, right: &Side, onclause: Option<&ExprRef>) -> SqlResult<(Option<usize>, Side)> {
        let candidates: Vec<(Option<usize>, Side)> = if self.froms.is_empty() {
            let mut out: Vec<(Option<usize>, Side)> = Vec::new();
            for side in self.item_sides() {
                if !out.iter().any(|(_, s)| s.from.id() == side.from.id()) {
                    out.push((None, side));
                }
            }
            out
        } else {
            self.froms.iter().enumerate().map(|(i, f)| (Some(i), Side::of_from(f))).collect()
        };
        // what is joined to is no left side, unless there is nothing else
        let others: Vec<(Option<usize>, Side)> =
            candidates.iter().filter(|(_, s)| s.from.id() != right.from.id()).cloned().collect();
        let candidates = if others.is_empty() { candidates } else { others };
        let mut fit: Vec<&(Option<usize>, Side)> = candidates.iter().filter(|(_, s)| joinable(s, right, onclause)).collect();
        if fit.is_empty() && onclause.is_some() {
            fit = candidates.iter().collect();
        }
        match fit.as_slice() {
            [one] => Ok((*one).clone()),
            [] if candidates.is_empty() && self.froms.is_empty() => Err(SqlError::invalid_request(
                "No entities to join from: please use the .select_from() method to establish an explicit left side",
            )),
            [] => Err(SqlError::invalid_request(format!(
                "Don't know how to join to {}. Please use the .select_from() method to establish an explicit left side, as well as \
                 providing an explicit ON clause if not present already to help resolve the ambiguity.",
                right_text(right)
            ))),
            _ => Err(SqlError::invalid_request(
                "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. Please use \
                 the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not \
                 present already to help resolve the ambiguity.",
            )),
        }
    }

    /// What the columns clause selects from, in order.
    fn item_sides(&self) -> Vec<Side> {
        let mut out = Vec::new();
        for item in &self.select.columns {
            collect_sides(item, &mut out);
        }
        out
    }

    fn foreign_key_join(&self, left_from: &FromRef, left: &Side, right: &Side) -> SqlResult<ExprRef> {
        let subset = match &left_from.kind {
            FromKind::Join(j) => Some(&j.right),
            _ => None,
        };
        join_condition(left_from, &right.from, subset, &[]).map_err(|e| {
            if e.kind == ErrorKind::NoForeignKeys {
                let _ = left;
                SqlError::invalid_request(format!(
                    "Don't know how to join to {}. Please use the .select_from() method to establish an explicit left side, as well \
                     as providing an explicit ON clause if not present already to help resolve the ambiguity.",
                    right_text(right)
                ))
            } else {
                e
            }
        })
    }
}

fn right_text(right: &Side) -> String {
    match &right.entity {
        Some(e) if e.alias.is_none() => format!("<Mapper at {:p}; {}>", Arc::as_ptr(&e.mapper), e.mapper.class_name),
        _ => right.describe(),
    }
}

#[recursive::recursive]
fn collect_sides(item: &SelectItem, out: &mut Vec<Side>) {
    match item {
        SelectItem::Entity(e) => {
            if let Some(e) = Entity::of(e) {
                out.push(Side::of_entity(e));
            }
        }
        SelectItem::From(f) => out.push(Side::of_from(f)),
        SelectItem::Host(h) => {
            if let Some(b) = h.as_any().downcast_ref::<crate::attr::Bundled>() {
                b.items.iter().for_each(|i| collect_sides(i, out));
            }
        }
        SelectItem::Expr(e) => {
            let mut entities = Vec::new();
            fold::walk(e, &mut |x| {
                if let Some(entity) = crate::entity::entity_of(&x.ann) {
                    entities.push(Side::of_entity(entity));
                    return false;
                }
                !matches!(x.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_))
            });
            if entities.is_empty() {
                out.extend(froms_of(e).iter().map(Side::of_from));
            } else {
                out.extend(entities);
            }
        }
    }
}

fn joinable(left: &Side, right: &Side, onclause: Option<&ExprRef>) -> bool {
    match onclause {
        Some(on) => froms_of(on).iter().any(|f| !contains_from(&right.from, f) && contains_from(&left.from, f)),
        None => {
            let subset = match &left.from.kind {
                FromKind::Join(j) => Some(&j.right),
                _ => None,
            };
            match join_condition(&left.from, &right.from, subset, &[]) {
                Ok(_) => true,
                Err(e) => e.kind == ErrorKind::AmbiguousForeignKeys,
            }
        }
    }
}
