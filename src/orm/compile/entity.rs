//! An entity of a statement: its columns, what is left out, its subclasses.

use super::{Context, Dest, SECONDARY};
use crate::columns::{as_column, col_id};
use crate::entity::Entity;
use crate::load::kept::{Kept, LazyOption};
use crate::load::polymorphic;
use crate::loadplan::{ColumnLoad, EntityPlan, JoinedLoad, PostKind, PostLoad};
use crate::mapper::Mapper;
use crate::options::{AttrOption, OptionNode, Strategy};
use crate::property::{ColumnProp, Property};
use crate::relationship::{Lazy, Relationship};
use rustc_hash::{FxHashMap, FxHashSet};
use sql::SqlResult;
use sql::ast::{ExprKind, ExprRef, From, FromKind, FromRef, Join};
use sql::host::EntityNode;
use sql::types::TypeRef;
use std::sync::Arc;

/// The entity's mapper and the subclasses whose columns are selected with it.
pub fn polymorphic_mappers(entity: &Entity) -> Vec<Arc<Mapper>> {
    let mut out = vec![entity.mapper.clone()];
    let add = |m: Arc<Mapper>, out: &mut Vec<Arc<Mapper>>| {
        if !out.iter().any(|o| o.id == m.id) {
            out.push(m);
        }
    };
    if let Some(a) = &entity.alias {
        a.with_polymorphic.iter().for_each(|m| add(m.clone(), &mut out));
        return out;
    }
    entity.mapper.with_polymorphic_mappers().into_iter().for_each(|m| add(m, &mut out));
    for m in entity.mapper.self_and_descendants() {
        if m.data().polymorphic_load == Some(crate::mapper::PolymorphicLoad::Inline) {
            add(m, &mut out);
        }
    }
    out
}

/// The hidden discriminator by which a concrete subclass tells its own subclasses apart: nothing in the rows of `mapper`.
pub(crate) fn foreign_discriminator(mapper: &Arc<Mapper>, sub: &Arc<Mapper>, prop: &ColumnProp) -> bool {
    let same = |e: &ExprRef| {
        mapper.data().polymorphic_on.as_ref().is_some_and(|on| sql::ast::proxy::expr_id(on) == sql::ast::proxy::expr_id(e))
    };
    prop.hidden && mapper.id != sub.id && !prop.expr().is_some_and(same)
}

/// What an entity's rows come from.
pub fn selectable(entity: &Entity) -> FromRef {
    if let Some(a) = &entity.alias {
        return a.selectable.clone();
    }
    let data = entity.mapper.data();
    if let Some(s) = data.with_polymorphic.as_ref().and_then(|w| w.selectable.clone()) {
        return s;
    }
    let mappers = polymorphic_mappers(entity);
    if mappers.len() > 1 {
        let join = || polymorphic_join(&entity.mapper, mappers.get(1..).unwrap_or_default(), false);
        return entity.mapper.polymorphic_from(join);
    }
    entity.selectable()
}

/// The mapper's tables with those of `subs` joined to them.
pub fn polymorphic_join(mapper: &Arc<Mapper>, subs: &[Arc<Mapper>], innerjoin: bool) -> FromRef {
    let plain = Entity { mapper: mapper.clone(), alias: None };
    let mut from = mapper.data().persist_selectable.clone().unwrap_or_else(|| plain.selectable());
    for m in subs {
        let d = m.data();
        if d.concrete || d.single {
            continue;
        }
        if let (Some(table), Some(on)) = (&d.local_table, &d.inherit_condition) {
            from = From::new(FromKind::Join(Arc::new(Join {
                left: from,
                right: table.clone(),
                onclause: on.clone(),
                isouter: !innerjoin,
                full: false,
            })));
        }
    }
    from
}

/// What options and mapping say about a column.
enum Wanted {
    Load(ExprRef),
    Skip,
}

/// Where the walk through the eager loads is.
#[derive(Clone)]
pub(crate) struct Place<'p> {
    /// Options of the entity.
    pub node: &'p Arc<OptionNode>,
    /// What the options call the entity: rows may come from an alias that they do not know.
    pub by: &'p Entity,
    pub dest: Dest,
    /// Mappers on the way here, the entity's included.
    pub path: Vec<u64>,
    /// The root entity of the columns clause.
    pub root: &'p Entity,
    /// An outer join was taken on the way here.
    pub outer: bool,
    /// The entity is the root itself.
    pub is_root: bool,
}

impl Context<'_> {
    /// An expression of the mapper as the entity shows it.
    pub(crate) fn through(&self, entity: &Entity, expr: &ExprRef) -> ExprRef {
        entity.show(expr)
    }

    pub(crate) fn push(&mut self, dest: Dest, expr: ExprRef) -> usize {
        match dest {
            Dest::Primary => {
                if self.settings.dedupe
                    && let Some(i) =
                        self.primary.iter().position(|e| sql::ast::proxy::expr_id(e) == sql::ast::proxy::expr_id(&expr))
                {
                    return i;
                }
                self.primary.push(expr);
                self.primary.len() - 1
            }
            Dest::Secondary => {
                self.secondary.push(expr);
                SECONDARY + self.secondary.len() - 1
            }
        }
    }

    /// A column of an entity: in a statement of its own one that is there already is not selected again.
    fn push_of_entity(&mut self, dest: Dest, expr: ExprRef) -> usize {
        let known = || self.primary.iter().position(|e| sql::ast::proxy::expr_id(e) == sql::ast::proxy::expr_id(&expr));
        match dest {
            Dest::Primary if self.settings.top && !self.settings.given => known(),
            _ => None,
        }
        .unwrap_or_else(|| self.push(dest, expr.clone()))
    }

    /// `is_key`: it tells which row this is, or of which class; no wildcard leaves it out.
    fn wanted(&self, entity: &Entity, place: &Place<'_>, prop: &ColumnProp, is_pk: bool, is_key: bool) -> SqlResult<Wanted> {
        let Some(expr) = prop.expr() else { return Ok(Wanted::Skip) };
        if self.left_out(place, &prop.key) && !(is_pk && self.loads_relationships(entity)) {
            return Ok(Wanted::Skip);
        }
        if is_pk {
            return Ok(Wanted::Load(expr.clone()));
        }
        let asked = self.refreshes_some(place);
        let option = place.node.attr(place.by, &prop.key).or_else(|| self.composite_option(entity, place, &prop.key));
        match option.and_then(|a| a.strategy.as_ref()) {
            Some(Strategy::Expression(e)) => return Ok(Wanted::Load(e.clone())),
            Some(Strategy::Undefer) => return Ok(Wanted::Load(expr.clone())),
            Some(Strategy::Defer { .. }) if !asked => return Ok(Wanted::Skip),
            Some(s) if let Some(e) = s.misplaced(&entity.mapper.class_name, &prop.key, true) => return Err(e),
            _ => {}
        }
        if prop.says_nothing() {
            return Ok(Wanted::Skip);
        }
        if asked || prop.group.as_ref().is_some_and(|g| place.node.undefer_groups.contains(g)) {
            return Ok(Wanted::Load(expr.clone()));
        }
        Ok(match &place.node.columns {
            Some(Strategy::Defer { .. }) if !is_key => Wanted::Skip,
            Some(Strategy::Undefer) => Wanted::Load(expr.clone()),
            _ if prop.deferred => Wanted::Skip,
            _ => Wanted::Load(expr.clone()),
        })
    }

    /// The option that names a composite which the column `key` is part of.
    fn composite_option<'p>(&self, entity: &Entity, place: &Place<'p>, key: &Arc<str>) -> Option<&'p AttrOption> {
        if place.node.is_empty() {
            return None;
        }
        let data = entity.mapper.data();
        data.props.values().find_map(|p| match p {
            Property::Composite(c) if c.attribute_keys.read().contains(key) => place.node.attr(place.by, &c.key),
            _ => None,
        })
    }

    /// Some attributes of an instance at hand are loaded again.
    fn refreshes_some(&self, place: &Place<'_>) -> bool {
        self.settings.refresh && self.settings.only.is_some() && place.is_root
    }

    /// Whether relationships are among the attributes that are loaded again: their loads start from the key.
    fn loads_relationships(&self, entity: &Entity) -> bool {
        let data = entity.mapper.data();
        self.settings.only.iter().flatten().any(|k| matches!(data.props.get(k), Some(Property::Relationship(_))))
    }

    /// Add the entity's columns and eager loads, and plan its rows.
    #[recursive::recursive]
    pub(crate) fn entity_plan(&mut self, entity: &Entity, place: &Place<'_>) -> SqlResult<Arc<EntityPlan>> {
        let mappers = polymorphic_mappers(entity);
        // position of each column, by its address as mapped
        let mut at: FxHashMap<usize, (usize, ExprRef)> = FxHashMap::default();
        // position of each column, as the rows show it: those of two tables may be one column of a union
        let mut seen: FxHashMap<usize, usize> = FxHashMap::default();
        // attributes whose value is not a plain mapped column (SQL expressions, with_expression)
        let mut by_prop: FxHashMap<(Arc<str>, usize), (usize, TypeRef)> = FxHashMap::default();
        let mut done: FxHashSet<usize> = FxHashSet::default();
        let mut joined = Vec::new();
        let mut noload = Vec::new();
        let mut post = Vec::new();
        let mut lazy = Vec::new();
        for m in &mappers {
            let data = m.data();
            for prop in data.props.values() {
                match prop {
                    Property::Column(p) if foreign_discriminator(&entity.mapper, m, p) => {}
                    Property::Column(p) => {
                        let is_pk = p.table_columns().any(|c| data.primary_key.iter().any(|k| Arc::ptr_eq(k, c)));
                        let is_key = is_pk || data.polymorphic_key.as_ref() == Some(&p.key);
                        let Wanted::Load(expr) = self.wanted(entity, place, p, is_pk, is_key)? else {
                            lazy.extend(self.column_option(place, p));
                            continue;
                        };
                        let id = as_column(&expr).map_or(Arc::as_ptr(&expr) as usize, col_id);
                        let index = match at.get(&id) {
                            Some((i, _)) => *i,
                            None => {
                                let shown = self.through(entity, &expr);
                                let known = seen.get(&sql::ast::proxy::expr_id(&shown)).copied();
                                let i = known.unwrap_or_else(|| {
                                    let id = sql::ast::proxy::expr_id(&shown);
                                    let i = self.push_of_entity(place.dest, shown);
                                    seen.insert(id, i);
                                    i
                                });
                                at.insert(id, (i, expr.clone()));
                                i
                            }
                        };
                        by_prop.insert((p.key.clone(), Arc::as_ptr(p) as usize), (index, expr.ty.clone()));
                        if p.expr().is_some_and(|e| Arc::ptr_eq(e, &expr)) {
                            for (c, shown) in entity.further_columns(p) {
                                if let std::collections::hash_map::Entry::Vacant(slot) = at.entry(col_id(&c)) {
                                    let i = self.push_of_entity(place.dest, shown);
                                    slot.insert((i, crate::columns::column_expr(&c)));
                                }
                            }
                        }
                    }
                    Property::Relationship(r) if done.insert(Arc::as_ptr(r) as usize) => {
                        lazy.extend(self.lazy_option(place, r));
                        self.relationship(entity, place, r, &mut joined, &mut noload, &mut post)?;
                    }
                    _ => {}
                }
            }
        }
        // what needs nothing of the row goes for subclasses whose columns are not selected, too
        for m in entity.mapper.self_and_descendants().iter().filter(|m| !mappers.iter().any(|x| x.id == m.id)) {
            for r in m.data().relationships() {
                if place.node.is_empty() || !done.insert(Arc::as_ptr(r) as usize) {
                    continue;
                }
                lazy.extend(self.lazy_option(place, r));
                let stated =
                    place.node.attr(place.by, &r.key).and_then(|a| a.strategy.as_ref()).or(place.node.relationships.as_ref());
                if matches!(stated, Some(Strategy::Relationship { lazy: Lazy::Immediate | Lazy::Noload, .. })) {
                    self.relationship(entity, place, r, &mut joined, &mut noload, &mut post)?;
                }
            }
        }
        let data = entity.mapper.data();
        let mut identity = Vec::with_capacity(data.primary_key.len());
        // a refresh knows whose row it reads: the key is selected only when nothing else is
        let partial = self.refreshes_some(place);
        let wants_identity = !partial || (at.is_empty() && by_prop.is_empty());
        for c in data.primary_key.iter().filter(|_| wants_identity) {
            let known = at
                .get(&col_id(c))
                .map(|x| x.0)
                .or_else(|| data.equivalents.get(&col_id(c))?.iter().find_map(|e| at.get(&col_id(e)).map(|x| x.0)));
            let index = match known {
                Some(i) => i,
                None => {
                    let expr = crate::columns::column_expr(c);
                    let shown = self.through(entity, &expr);
                    let i = self.push_of_entity(place.dest, shown);
                    at.insert(col_id(c), (i, expr));
                    i
                }
            };
            identity.push(index);
        }
        let descendants = entity.mapper.self_and_descendants();
        let mut discriminator = None;
        let on = entity.alias.as_ref().and_then(|a| a.polymorphic_on.clone()).or_else(|| data.polymorphic_on.clone());
        if let Some(on) = on
            && !partial
            && (descendants.len() > 1 || data.inherits.is_some())
        {
            let id = as_column(&on).map_or(Arc::as_ptr(&on) as usize, col_id);
            let index = match at.get(&id) {
                Some((i, _)) => *i,
                None => {
                    let shown = self.through(entity, &on);
                    let i = self.push_of_entity(place.dest, shown);
                    at.insert(id, (i, on.clone()));
                    i
                }
            };
            discriminator = Some((index, on.ty.clone()));
        }
        let options = (!place.node.is_empty()).then(|| Arc::new(Kept { node: Arc::new(place.node.kept()) }));
        let subclass = match (&self.settings.only, place.is_root) {
            (Some(_), true) => Vec::new(),
            _ => polymorphic::loads(entity, place.node, place.path.split_last().map_or(&[], |(_, before)| before)),
        };
        let make = |m: &Arc<Mapper>, subs: Vec<Arc<EntityPlan>>| {
            let d = m.data();
            let mut columns = Vec::new();
            for p in d.column_props() {
                let of_prop = by_prop.get(&(p.key.clone(), Arc::as_ptr(p) as usize));
                let index = of_prop.map(|(i, _)| *i).or_else(|| {
                    p.columns.iter().find_map(|e| {
                        let c = as_column(e)?;
                        at.get(&col_id(c)).map(|x| x.0)
                    })
                });
                if let Some(index) = index
                    && !p.hidden
                {
                    // an expression that the options give has its own type
                    let own = of_prop.filter(|_| p.query_expression).map(|(_, ty)| ty.clone());
                    let ty = own.or_else(|| p.expr().map(|e| e.ty.clone())).unwrap_or_default();
                    columns.push(ColumnLoad { key: p.key.clone(), index, ty });
                }
            }
            // a concrete subclass has a key of its own
            let own: Option<Vec<usize>> =
                if d.concrete { d.primary_key.iter().map(|c| at.get(&col_id(c)).map(|x| x.0)).collect() } else { None };
            let mine = |r: &Arc<Relationship>| r.parent.upgrade().is_some_and(|p| m.isa(&p));
            Arc::new(EntityPlan {
                entity: entity.clone(),
                mapper: m.clone(),
                identity: own.unwrap_or_else(|| identity.clone()),
                columns,
                discriminator: discriminator.clone(),
                subs,
                joined: joined.iter().filter(|j: &&JoinedLoad| mine(&j.relationship)).cloned().collect(),
                noload: noload.iter().filter(|r| mine(r)).cloned().collect(),
                post: post.iter().filter(|p: &&Arc<PostLoad>| mine(&p.relationship)).cloned().collect(),
                subclass: subclass.iter().filter(|s| s.serves(m)).cloned().collect(),
                options: options.clone(),
                lazy: lazy.iter().filter(|l: &&LazyOption| d.props.contains_key(&l.key)).cloned().collect(),
            })
        };
        let subs = descendants.iter().skip(1).map(|m| make(m, Vec::new())).collect();
        Ok(make(&entity.mapper, subs))
    }

    /// What the statement says about the load of a relationship on access.
    fn lazy_option(&self, place: &Place<'_>, rel: &Arc<Relationship>) -> Option<LazyOption> {
        if !self.settings.top || place.node.is_empty() || self.left_out(place, &rel.key) {
            return None;
        }
        let option = place.node.attr(place.by, &rel.key);
        let stated = option.and_then(|o| o.strategy.as_ref()).filter(|s| !matches!(s, Strategy::Default));
        let lazy = match stated.or(place.node.relationships.as_ref()) {
            Some(Strategy::Relationship { lazy, .. }) => *lazy,
            Some(_) => return None,
            None => rel.data().lazy,
        };
        LazyOption::of(rel, lazy, option.map_or(&[], |o| &o.criteria))
    }

    /// What the statement says about the load of a column on access.
    fn column_option(&self, place: &Place<'_>, prop: &ColumnProp) -> Option<LazyOption> {
        if !self.settings.top || place.node.is_empty() || self.left_out(place, &prop.key) {
            return None;
        }
        let stated = place.node.attr(place.by, &prop.key).and_then(|o| o.strategy.as_ref());
        match stated.or(place.node.columns.as_ref()) {
            Some(Strategy::Defer { raiseload }) => LazyOption::of_column(prop, *raiseload),
            _ => None,
        }
    }

    /// Only some attributes are loaded, and not this one.
    fn left_out(&self, place: &Place<'_>, key: &Arc<str>) -> bool {
        place.is_root && self.settings.only.as_ref().is_some_and(|only| !only.contains(key))
    }

    /// The options below a relationship, with wildcards handed down.
    pub(crate) fn child_node(&self, node: &Arc<OptionNode>, option: Option<&AttrOption>) -> Arc<OptionNode> {
        let mut child = option.map(|o| o.node.clone()).unwrap_or_default();
        if node.everywhere && child.relationships.is_none() && node.relationships.is_some() {
            let c = Arc::make_mut(&mut child);
            c.relationships.clone_from(&node.relationships);
            c.everywhere = true;
        }
        child
    }

    fn relationship(
        &mut self,
        entity: &Entity,
        place: &Place<'_>,
        rel: &Arc<Relationship>,
        joined: &mut Vec<JoinedLoad>,
        noload: &mut Vec<Arc<Relationship>>,
        post: &mut Vec<Arc<PostLoad>>,
    ) -> SqlResult<()> {
        if !self.settings.top || self.left_out(place, &rel.key) {
            return Ok(());
        }
        let option = place.node.attr(place.by, &rel.key).cloned();
        let data = rel.data();
        let stated = option.as_ref().and_then(|o| o.strategy.clone()).filter(|s| !matches!(s, Strategy::Default));
        let explicit = stated.is_some();
        let told = explicit || place.node.relationships.is_some();
        if let Some(e) = stated.as_ref().and_then(|s| s.misplaced(&entity.mapper.class_name, &rel.key, false)) {
            return Err(e);
        }
        let strategy = stated.or_else(|| place.node.relationships.clone());
        let (lazy, innerjoin, depth, chunksize) = match &strategy {
            Some(Strategy::Relationship { lazy, innerjoin, recursion_depth, chunksize }) => {
                (*lazy, *innerjoin, *recursion_depth, *chunksize)
            }
            Some(Strategy::ContainsEager { alias }) => {
                let node = self.child_node(place.node, option.as_ref());
                let of_type = option.as_ref().and_then(|o| o.of_type.clone());
                if let Some(load) = self.contains_eager(
                    entity,
                    place,
                    rel,
                    alias.as_ref(),
                    of_type,
                    option.as_ref().map_or(&[], |o| &o.also),
                    &node,
                )? {
                    joined.push(load);
                }
                return Ok(());
            }
            _ => (data.lazy, None, None, None),
        };
        if !self.eager {
            return Ok(());
        }
        let Some(target) = rel.target() else { return Ok(()) };
        if matches!(data.lazy, Lazy::Dynamic | Lazy::WriteOnly) {
            if told && matches!(lazy, Lazy::Joined | Lazy::Selectin | Lazy::Subquery | Lazy::Immediate) {
                return Err(super::eager::no_population(rel));
            }
            return Ok(());
        }
        // an eager load that the mapping asks for stops where it would go round in circles
        if !explicit && matches!(lazy, Lazy::Joined | Lazy::Selectin | Lazy::Subquery | Lazy::Immediate) {
            let back = place.is_root && self.settings.leading_back.contains(&rel.id);
            // a joined load looks at its own statement only
            let path = match lazy {
                Lazy::Joined => place.path.get(self.settings.path.len()..).unwrap_or_default(),
                _ => place.path.as_slice(),
            };
            let stop = match data.join_depth {
                _ if back => true,
                Some(depth) if matches!(lazy, Lazy::Joined | Lazy::Selectin | Lazy::Subquery) => path.len() > depth,
                _ => path.contains(&target.id),
            };
            if stop {
                return Ok(());
            }
        }
        let node = self.child_node(place.node, option.as_ref());
        let of_type = option.as_ref().and_then(|o| o.of_type.clone());
        let also = option.as_ref().map(|o| o.also.clone()).unwrap_or_default();
        let criteria = option.as_ref().map(|o| o.criteria.clone()).unwrap_or_default();
        let kind = match lazy {
            // one instance that is loaded again asks for its relationships as a lazy load does
            Lazy::Selectin | Lazy::Subquery if self.settings.refresh => PostKind::Immediate,
            Lazy::Joined if self.settings.given => return Ok(()),
            Lazy::Joined => {
                let load = self.joined_eager(entity, place, rel, innerjoin, of_type, &also, &criteria, &node)?;
                joined.extend(load);
                return Ok(());
            }
            Lazy::Noload => {
                noload.push(rel.clone());
                return Ok(());
            }
            Lazy::Selectin => PostKind::Selectin,
            Lazy::Subquery => PostKind::Subquery,
            Lazy::Immediate => PostKind::Immediate,
            _ => return Ok(()),
        };
        self.buffered |= kind == PostKind::Subquery;
        post.push(Arc::new(PostLoad {
            relationship: rel.clone(),
            kind,
            node,
            of_type,
            also,
            criteria,
            chunksize: chunksize.unwrap_or(500),
            recursion_depth: depth,
            path: place.path.clone(),
        }));
        Ok(())
    }
}

/// Does `from` contain the element `part` (a table of a join, or the element itself)?
#[recursive::recursive]
pub(crate) fn contains_from(from: &FromRef, part: &FromRef) -> bool {
    if from.id() == part.id() {
        return true;
    }
    match &from.kind {
        FromKind::Join(j) => contains_from(&j.left, part) || contains_from(&j.right, part),
        FromKind::Grouping(x) => contains_from(x, part),
        _ => false,
    }
}

/// Does `from` contain every table that `part` is made of?
#[recursive::recursive]
pub(crate) fn covers_from(from: &FromRef, part: &FromRef) -> bool {
    if contains_from(from, part) {
        return true;
    }
    match &part.kind {
        FromKind::Join(j) => covers_from(from, &j.left) && covers_from(from, &j.right),
        FromKind::Grouping(x) => covers_from(from, x),
        _ => false,
    }
}

/// FROM elements that the columns of an expression belong to.
pub(crate) fn froms_of(expr: &ExprRef) -> Vec<FromRef> {
    let mut out: Vec<FromRef> = Vec::new();
    sql::ast::fold::walk(expr, &mut |e| {
        if let ExprKind::Column(c) = &e.kind
            && let Some(f) = c.from()
            && !out.iter().any(|o| o.id() == f.id())
        {
            out.push(f.clone());
        }
        !matches!(e.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_))
    });
    out
}
