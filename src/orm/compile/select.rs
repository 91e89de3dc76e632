//! The statement as a whole.

use super::eager::splice;
use super::entity::{Place, selectable};
use super::{Anchor, Context, Dest, SECONDARY, Settings, alias, criteria};
use crate::attr::Bundled;
use crate::entity::{Entity, JoinOf, entity_of};
use crate::loadplan::{Item, LoadPlan};
use sql::ast::{
    Correlate, Distinct, Expr, ExprKind, ExprRef, From, FromKind, FromRef, LabelStyle, Node, Op, Query, Select, SelectItem, fold,
    naming, proxy,
};
use sql::compile::froms::{FromSet, from_objects, from_parts};
use sql::host::{EntityNode, HostObject, Structure};
use sql::{Label, SqlError, SqlResult};
use std::any::Any;
use std::sync::Arc;

/// What one element of the columns clause becomes: a name for each, and how it is loaded.
type NamedItems = (Vec<Option<Arc<str>>>, Vec<Item>);

/// Among the options of a statement: its entities come from this element (set operations, `from_self`, `select_entity_from`).
#[derive(Clone, Debug)]
pub struct BaseAlias {
    /// That element.
    pub from: FromRef,
    /// Criteria that come with the entities hold inside of it already.
    pub filtered: bool,
}

impl HostObject for BaseAlias {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|o| o.from.id() == self.from.id())
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        into.tag(401 + (u64::from(self.filtered) << 16));
        into.node(&Node::From(self.from.clone()));
        true
    }
    fn repr(&self) -> String {
        "<base alias>".to_owned()
    }
    fn seen_through(&self, e: &ExprRef) -> Option<ExprRef> {
        Some(alias::adapt_to(e, &self.from))
    }
}

/// Among the options of a statement: no eager joins (`enable_eagerloads(False)`, and every query inside another).
#[derive(Clone, Copy, Debug)]
pub struct NoEagerloads;

impl HostObject for NoEagerloads {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().is::<Self>()
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        into.tag(402);
        true
    }
    fn repr(&self) -> String {
        "<no eager loads>".to_owned()
    }
}

impl<'a> Context<'a> {
    pub(crate) fn new(select: &'a Select, settings: &'a Settings<'a>) -> SqlResult<Self> {
        let stated = select.options.iter().rev().find_map(|o| o.as_any().downcast_ref::<BaseAlias>());
        let filtered = stated.is_some_and(|b| b.filtered);
        let base = settings.base_alias.clone().or_else(|| stated.map(|b| b.from.clone()));
        let mut ctx = Context {
            select,
            settings,
            base,
            filtered,
            eager: settings.eager && !select.options.iter().any(|o| o.as_any().is::<NoEagerloads>()),
            primary: Vec::new(),
            secondary: Vec::new(),
            froms: Vec::new(),
            fallback: Vec::new(),
            eager_joins: Vec::new(),
            eager_order_by: Vec::new(),
            multi_row: false,
            repeats: false,
            nest: select.limit.is_some()
                || select.offset.is_some()
                || select.fetch.is_some()
                || !matches!(select.distinct, Distinct::No)
                || !select.group_by.is_empty(),
            roots: Vec::new(),
            criteria: criteria::in_force(&select.options, settings),
            joined_edges: Vec::new(),
            realiased: Vec::new(),
            polymorphic: Vec::new(),
            criteria_entities: Vec::new(),
            joined_entities: Vec::new(),
            pending_parent_columns: Vec::new(),
            secondary_map: Default::default(),
            buffered: false,
            nested: base::depth::Levels::default(),
        };
        ctx.collect_roots()?;
        Ok(ctx)
    }

    /// An expression of the statement, seen through the element the statement's entities come from.
    pub(crate) fn adapt_base(&self, e: &ExprRef) -> ExprRef {
        let e = self.resolve_entities(e);
        let e = self.realiased.iter().fold(e, |e, alias| realias(&e, alias));
        match &self.base {
            Some(f) => alias::adapt_to(&e, f),
            None => e,
        }
    }

    /// Columns of classes that load from a selectable of their own, turned to it; entities used as values, to their columns.
    fn resolve_entities(&self, e: &ExprRef) -> ExprRef {
        fold::replace(e, &mut |x| match &x.kind {
            ExprKind::Column(_) => {
                let entity = entity_of(&x.ann);
                if let Some(new) = self.of_polymorphic(x, entity) {
                    return Some(new);
                }
                let entity = entity?;
                if entity.alias.is_some() || entity.mapper.data().with_polymorphic.as_ref().is_none_or(|w| w.selectable.is_none())
                {
                    return None;
                }
                let new = self.through(entity, x);
                (!Arc::ptr_eq(&new, x)).then_some(new)
            }
            ExprKind::Entity(entity) => {
                let columns = entity.columns();
                match columns.as_slice() {
                    [one] => Some(one.clone()),
                    _ => {
                        Some(Expr::new(ExprKind::List { op: Op::Comma, clauses: columns, group: false }, sql::types::null_type()))
                    }
                }
            }
            _ => None,
        })
    }

    /// The entity, or the alias that a join put it under.
    pub(crate) fn under_alias(&self, entity: &Entity) -> Entity {
        let found = self.realiased.iter().find(|a| entity.alias.is_none() && a.mapper.id == entity.mapper.id);
        found.unwrap_or(entity).clone()
    }

    fn adapt_all(&self, list: &[ExprRef]) -> Vec<ExprRef> {
        list.iter().map(|e| self.adapt_base(e)).collect()
    }

    pub(crate) fn run(mut self) -> SqlResult<(Select, LoadPlan)> {
        let select = self.select;
        for f in &select.memo_froms {
            if let Some(e) = f.entity.as_ref().and_then(Entity::of) {
                self.takes_part(e);
                self.loads_polymorphically(e);
            }
        }
        for f in &select.from_obj {
            let shown = match f.entity.as_ref().and_then(Entity::of) {
                Some(e) => {
                    self.takes_part(e);
                    self.loads_polymorphically(e);
                    selectable(e)
                }
                None => {
                    if let Some(JoinOf(left)) = f.entity.as_ref().and_then(|e| e.as_any().downcast_ref()) {
                        self.takes_part(left);
                    }
                    f.clone()
                }
            };
            self.froms.push(shown);
        }
        if select.columns.is_empty() && self.settings.top && select.orm {
            return Err(SqlError::invalid_request("Query contains no columns with which to SELECT from."));
        }
        // joins first: eager loads hang on the clauses that they make
        self.entities_of_items();
        self.setup_joins()?;
        let mut plan = LoadPlan::default();
        for item in &select.columns {
            let (key, item) = self.item(item)?;
            plan.keys.extend(key);
            plan.items.extend(item);
        }
        if !matches!(select.label_style, LabelStyle::LegacyOrm | LabelStyle::None) {
            label_keys(&mut plan, select.label_style);
        }
        // rows of a statement of the user's are the user's to make unique
        plan.unique = (self.multi_row || self.repeats) && !self.settings.given;
        plan.buffered = self.buffered;
        plan.criteria.clone_from(&self.criteria);
        let mut where_ = self.adapt_all(&select.where_);
        for o in &select.options {
            if let Some(criteria::Counted(e)) = o.as_any().downcast_ref() {
                self.takes_part(e);
            }
        }
        if !select.where_.is_empty() && !self.filtered {
            let froms = self.final_froms(false);
            self.entities_of_where(froms)?;
        }
        let extra = if self.filtered { Vec::new() } else { self.where_criteria()? };
        where_.extend(if self.base.is_some() { self.adapt_all(&extra) } else { extra });
        let mut order_by = self.adapt_all(&select.order_by);
        if !self.secondary_map.is_empty() {
            order_by = order_by.iter().map(|e| alias::adapt_columns(e, &self.secondary_map)).collect();
        }
        if order_by.is_empty()
            && select.limit.is_none()
            && let Some(r) = self.roots.first()
        {
            order_by = r.entity.mapper.data().order_by.iter().map(|o| self.through(&r.entity, o)).collect();
        }
        let mut out = Select {
            where_,
            order_by,
            group_by: self.adapt_all(&select.group_by),
            having: self.adapt_all(&select.having),
            distinct: match &select.distinct {
                Distinct::On(l) => Distinct::On(self.adapt_all(l)),
                d => d.clone(),
            },
            correlate: match &select.correlate {
                Correlate::To(l) => Correlate::To(flatten(l)),
                Correlate::Except(l) => Correlate::Except(flatten(l)),
                c => c.clone(),
            },
            memo_froms: select
                .memo_froms
                .iter()
                .map(|f| f.entity.as_ref().and_then(Entity::of).map_or_else(|| f.clone(), selectable))
                .collect(),
            joins: Vec::new(),
            options: Vec::new(),
            orm: false,
            // what `Query` renders: legacy names at the top
            label_style: match select.label_style {
                LabelStyle::LegacyOrm if self.settings.top => LabelStyle::TablenamePlusCol,
                LabelStyle::LegacyOrm => LabelStyle::DisambiguateOnly,
                style => style,
            },
            ..select.clone()
        };
        if self.will_wrap() && !self.eager_joins.is_empty() {
            out = self.wrapped(out, &mut plan);
        } else {
            let shift = self.primary.len();
            out.columns = self.primary.iter().chain(&self.secondary).cloned().map(SelectItem::Expr).collect();
            out.from_obj = self.final_froms(true);
            out.order_by.append(&mut self.eager_order_by);
            plan.items.iter_mut().for_each(|i| i.shift(SECONDARY, shift));
        }
        out.options = self.kept_options(&out)?;
        plan.width = out.columns.len();
        Ok((out, plan))
    }

    fn final_froms(&self, eager: bool) -> Vec<FromRef> {
        let mut froms = if self.froms.is_empty() { self.fallback.clone() } else { self.froms.clone() };
        if eager {
            for e in &self.eager_joins {
                match e.at {
                    Anchor::Clause(i) => {
                        if let Some(slot) = froms.get_mut(i) {
                            *slot = e.tree.clone();
                        }
                    }
                    Anchor::Entity(_) => {
                        froms.retain(|f| f.id() != e.stop.id());
                        froms.push(e.tree.clone());
                    }
                }
            }
        }
        froms
    }

    /// Entities of the columns clause take part in criteria and offer FROM clauses.
    fn entities_of_items(&mut self) {
        for item in &self.select.columns {
            self.entities_of_item(item);
        }
    }

    #[recursive::recursive]
    fn entities_of_item(&mut self, item: &SelectItem) {
        match item {
            SelectItem::Entity(e) => {
                if let Some(e) = Entity::of(e) {
                    self.takes_part(e);
                    self.loads_polymorphically(e);
                    self.offer(e, None);
                }
            }
            SelectItem::Expr(e) => {
                if let Some(entity) = super::gather::leading(e) {
                    self.takes_part(&entity);
                    self.loads_polymorphically(&entity);
                    self.offer(&entity, Some(e));
                }
            }
            SelectItem::Host(h) => {
                if let Some(b) = h.as_any().downcast_ref::<Bundled>() {
                    b.items.iter().for_each(|i| self.entities_of_item(i));
                }
            }
            SelectItem::From(_) => {}
        }
    }

    /// What the entity selects from is a FROM clause, unless the expression it came by needs none of it (a subquery).
    fn offer(&mut self, entity: &Entity, of: Option<&ExprRef>) {
        let from = selectable(entity);
        if let Some(e) = of {
            let mut wanted = FromSet::default();
            from_objects(e, &mut wanted);
            let mut given = FromSet::default();
            from_parts(&from, &mut given);
            if !wanted.0.iter().any(|f| given.has(f)) {
                return;
            }
        }
        if self.base.is_none() && !self.fallback.iter().any(|f| f.id() == from.id()) {
            self.fallback.push(from);
        }
    }

    #[recursive::recursive]
    fn item(&mut self, item: &SelectItem) -> SqlResult<NamedItems> {
        Ok(match item {
            SelectItem::Entity(e) => {
                let Some(stated) = Entity::of(e) else { return Ok((Vec::new(), Vec::new())) };
                let entity = &self.under_alias(stated);
                let shown = match &self.base {
                    Some(f) => alias::entity_through(entity, f),
                    None => entity.clone(),
                };
                if !self.settings.top {
                    // the names under which the enclosing statement knows them were told by the same list
                    for e in shown.columns() {
                        self.push(Dest::Primary, e);
                    }
                    return Ok((vec![Some(entity_name(stated))], Vec::new()));
                }
                let node = self.root_node(stated);
                let mut path = self.settings.path.clone();
                path.push(entity.mapper.id);
                let root = shown.clone();
                let place =
                    Place { node: &node, by: entity, dest: Dest::Primary, path, root: &root, outer: false, is_root: true };
                let plan = self.entity_plan(&shown, &place)?;
                (vec![Some(entity_name(stated))], vec![Item::Entity(plan)])
            }
            SelectItem::Expr(e) => {
                let shown = self.adapt_base(e);
                let index = self.push(Dest::Primary, shown);
                // A function has a name in the text, but none in the rows of a Query, except as an attribute.
                let named = e.ann.as_ref().is_some_and(|a| a.proxy_key.is_some());
                let name = name_of(e).filter(|_| named || !matches!(e.kind, ExprKind::Function(_)));
                (vec![name], vec![Item::Column { index, ty: e.ty.clone(), expr: e.clone() }])
            }
            SelectItem::From(f) => {
                let mut keys = Vec::new();
                let mut items = Vec::new();
                for (key, e) in proxy::columns(f) {
                    let shown = self.adapt_base(&e);
                    let index = self.push(Dest::Primary, shown);
                    keys.push(Some(key));
                    items.push(Item::Column { index, ty: e.ty.clone(), expr: e });
                }
                (keys, items)
            }
            SelectItem::Host(h) => {
                let Some(b) = h.as_any().downcast_ref::<Bundled>() else {
                    return Err(SqlError::argument(format!(
                        "Column expression, FROM clause, or other columns clause element expected, got {}.",
                        h.repr()
                    )));
                };
                let mut items = Vec::new();
                let mut keys = Vec::new();
                for i in &b.items {
                    let (k, x) = self.item(i)?;
                    keys.extend(k);
                    items.extend(x);
                }
                if keys.len() == b.keys.len() {
                    keys.clone_from(&b.keys);
                }
                (vec![Some(b.name.clone())], vec![Item::Bundle { host: b.host.clone(), items, keys }])
            }
        })
    }

    /// The statement in a subquery, the joins of eager loads outside: LIMIT counts parents, not joined rows.
    fn wrapped(&mut self, mut inner: Select, plan: &mut LoadPlan) -> Select {
        let mut columns = std::mem::take(&mut self.primary);
        let has = |columns: &[ExprRef], e: &ExprRef| columns.iter().any(|c| proxy::expr_id(c) == proxy::expr_id(e));
        for e in std::mem::take(&mut self.pending_parent_columns) {
            if !has(&columns, &e) {
                columns.push(e);
            }
        }
        for o in &inner.order_by {
            for e in unwrap_order(o) {
                if !has(&columns, &e) {
                    columns.push(e);
                }
            }
        }
        let count = columns.len();
        inner.columns = columns.into_iter().map(|e| SelectItem::Expr(plain_names(&e))).collect();
        inner.from_obj = self.final_froms(false);
        let order_by = std::mem::take(&mut self.eager_order_by);
        let inner_order = inner.order_by.clone();
        let label_style = inner.label_style;
        let for_update = inner.for_update.clone();
        let exec_options = inner.exec_options.clone();
        let ctes = std::mem::take(&mut inner.ctes);
        let sub = From::new(FromKind::Subquery { query: Query::select(inner), name: Label::anon("anon") });
        let mut from = sub.clone();
        for e in &self.eager_joins {
            from = splice(&adapt_joins(&e.tree, &e.stop, &sub), &e.stop, &from);
        }
        let mut out = Select { label_style, for_update, exec_options, ctes, ..Select::default() };
        out.columns = proxy::columns(&sub).into_iter().map(|(_, e)| SelectItem::Expr(e)).collect();
        out.columns.extend(self.secondary.iter().cloned().map(SelectItem::Expr));
        out.from_obj = vec![from];
        out.order_by = inner_order.iter().map(|e| alias::adapt_to(e, &sub)).chain(order_by).collect();
        plan.items.iter_mut().for_each(|i| i.shift(SECONDARY, count));
        // proxies are remembered weakly: the statement's columns keep these alive from here on
        out
    }
}

/// ON clauses of the tree in terms of the subquery that replaces `stop`.
#[recursive::recursive]
fn adapt_joins(tree: &FromRef, stop: &FromRef, sub: &FromRef) -> FromRef {
    if tree.id() == stop.id() {
        return tree.clone();
    }
    match &tree.kind {
        FromKind::Join(j) => From::new(FromKind::Join(Arc::new(sql::ast::Join {
            left: adapt_joins(&j.left, stop, sub),
            right: j.right.clone(),
            onclause: alias::adapt_to(&j.onclause, sub),
            isouter: j.isouter,
            full: j.full,
        }))),
        _ => tree.clone(),
    }
}

/// Columns that mean the class of `alias`, turned to it: those of its own hierarchy line, and those of no entity.
fn realias(e: &ExprRef, alias: &Entity) -> ExprRef {
    fold::replace(e, &mut |x| {
        let ExprKind::Column(_) = &x.kind else { return None };
        let meant =
            entity_of(&x.ann).is_none_or(|o| o.alias.is_none() && (o.mapper.isa(&alias.mapper) || alias.mapper.isa(&o.mapper)));
        if !meant {
            return Some(x.clone());
        }
        let mut new = (*alias.adapt(x)).clone();
        new.ann.clone_from(&x.ann);
        Some(Arc::new(new))
    })
}

/// The expressions that an ORDER BY element sorts by.
#[recursive::recursive]
fn unwrap_order(e: &ExprRef) -> Vec<ExprRef> {
    match &e.kind {
        ExprKind::UnaryPostfix { operand, .. } | ExprKind::Grouping(operand) | ExprKind::LabelRef(operand) => {
            unwrap_order(operand)
        }
        ExprKind::UnaryPrefix { operand, op: Op::Collate | Op::Neg } => unwrap_order(operand),
        ExprKind::Text(_) | ExprKind::TextualLabelRef(_) | ExprKind::Bind(_) => Vec::new(),
        ExprKind::List { op: Op::Comma, clauses, .. } => clauses.iter().flat_map(unwrap_order).collect(),
        _ => vec![e.clone()],
    }
}

/// Attribute names do not name the columns of a wrapping subquery.
fn plain_names(e: &ExprRef) -> ExprRef {
    if e.ann.as_ref().is_some_and(|a| a.proxy_key.is_some()) {
        let mut new = (**e).clone();
        new.ann = None;
        return Arc::new(new);
    }
    e.clone()
}

fn flatten(list: &[FromRef]) -> Vec<FromRef> {
    list.iter()
        .flat_map(|f| match f.entity.as_ref().and_then(Entity::of) {
            Some(e) => leaves(&selectable(e)),
            None => vec![f.clone()],
        })
        .collect()
}

#[recursive::recursive]
fn leaves(f: &FromRef) -> Vec<FromRef> {
    match &f.kind {
        FromKind::Join(j) => {
            let mut out = leaves(&j.left);
            out.extend(leaves(&j.right));
            out.push(f.clone());
            out
        }
        _ => vec![f.clone()],
    }
}

/// Names of plain columns as the label style makes them distinct.
fn label_keys(plan: &mut LoadPlan, style: LabelStyle) {
    let exprs: Vec<ExprRef> = plan
        .items
        .iter()
        .filter_map(|i| match i {
            Item::Column { expr, .. } => Some(expr.clone()),
            _ => None,
        })
        .collect();
    let mut names = naming::columns_plus_names(exprs, style, true).into_iter();
    for (key, item) in plan.keys.iter_mut().zip(&plan.items) {
        if let Item::Column { expr, .. } = item
            && let Some(n) = names.next()
            && !matches!(expr.kind, ExprKind::Text(_))
        {
            *key = Some(n.key);
        }
    }
}

/// The name of an entity in a result row.
pub fn entity_name(entity: &Entity) -> Arc<str> {
    match &entity.alias {
        Some(a) => a.name.clone().unwrap_or_else(|| entity.mapper.class_name.clone()),
        None => entity.mapper.class_name.clone(),
    }
}

/// The name of an expression in a result row.
pub fn name_of(e: &ExprRef) -> Option<Arc<str>> {
    if let Some(key) = e.ann.as_ref().and_then(|a| a.proxy_key.clone()) {
        return Some(key);
    }
    match &e.kind {
        ExprKind::Label { name: Label::Fixed(n), .. } => Some(n.text.clone()),
        ExprKind::Label { .. } => None,
        _ => proxy::key_of(e),
    }
}
