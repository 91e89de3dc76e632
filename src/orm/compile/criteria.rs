//! Criteria that come with an entity: single-table inheritance and `with_loader_criteria`.

use super::{Context, Settings};
use crate::attr::CompileHost;
use crate::entity::Entity;
use crate::options::{Criterion, LoaderCriteria, LoaderOption};
use sql::SqlResult;
use sql::ast::{Annotations, Bind, BindValue, Expr, ExprKind, ExprRef, FromRef, Op, Query, QueryRef, Select, build, fold};
use sql::compile::froms::{FromSet, from_objects, from_parts};
use sql::host::{EntityNode, HostObject, HostRef, Structure};
use std::any::Any;
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
    // the discriminator speaks for the class, in whichever statement the criterion comes to stand
    let of: sql::host::EntityRef = Arc::new(Entity { mapper: entity.mapper.clone(), alias: None });
    let on = on.annotated(Annotations { entity: Some(of), ..on.ann.as_deref().cloned().unwrap_or_default() });
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

/// How an entity came into a statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Occurrence {
    /// Among the columns, in WHERE, as a FROM element or the target of a join.
    Named,
    /// As the target of a joined eager load: the ORM's own alias stands for the class.
    Eager,
}

/// On statements inside a loader criterion: that criterion does not apply to them.
#[derive(Clone, Copy, Debug)]
struct Exempt(u64);

impl HostObject for Exempt {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|o| o.0 == self.0)
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        into.tag(404);
        true
    }
    fn reaches_inside(&self, _toplevel: bool) -> bool {
        true
    }
    fn repr(&self) -> String {
        "<inside a loader criterion>".to_owned()
    }
}

/// On the EXISTS of a relationship: the criteria of the related class hold in it, its table may stand under another name.
#[derive(Clone, Debug)]
pub struct Counted(pub Entity);

impl HostObject for Counted {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|o| o.0.entity_id() == self.0.entity_id())
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        into.tag(405);
        into.entity(&self.0);
        true
    }
    fn repr(&self) -> String {
        format!("<{} counts>", self.0.mapper.class_name)
    }
}

/// `criterion` with its statements marked as [`Exempt`].
fn exempted(id: u64, criterion: &ExprRef) -> ExprRef {
    struct Mark(HostRef);
    impl fold::Fold for Mark {
        fn fold_query(&mut self, query: &QueryRef) -> QueryRef {
            let inner = fold::query_children(self, query);
            match inner.as_select() {
                Some(s) => {
                    let mut s = s.clone();
                    s.options.push(self.0.clone());
                    Query::select(s)
                }
                None => inner,
            }
        }
    }
    fold::Fold::fold_expr(&mut Mark(Arc::new(Exempt(id))), criterion)
}

/// Does a loader criterion speak of `entity`? Without `include_aliases` the entity itself is meant, neither an alias nor a
/// subclass.
fn covers(c: &LoaderCriteria, entity: &Entity, occurrence: Occurrence, host: &dyn CompileHost) -> bool {
    // an eager join is a load of the ORM's own
    if occurrence == Occurrence::Eager && !c.propagate {
        return false;
    }
    let everywhere = c.include_aliases || occurrence == Occurrence::Eager;
    match (&c.entity, &c.root) {
        (Some(stated), _) => {
            stated.entity_id() == entity.entity_id()
                || everywhere && Entity::of(stated).is_some_and(|s| entity.mapper.isa(&s.mapper))
        }
        (None, Some(root)) => everywhere && host.is_below(entity, root),
        (None, None) => false,
    }
}

fn apply(
    criteria: &[Arc<LoaderCriteria>],
    entity: &Entity,
    occurrence: Occurrence,
    host: &dyn CompileHost,
) -> SqlResult<Vec<ExprRef>> {
    let mut out = Vec::new();
    for c in criteria {
        if !covers(c, entity, occurrence, host) {
            continue;
        }
        let e = match &c.criterion {
            Criterion::Expr(e) => Some(e.clone()),
            Criterion::Host(f) => host.criterion(f, entity)?,
        };
        out.extend(e.map(|e| entity.adapt(&exempted(c.id, &e))));
    }
    Ok(out)
}

/// `with_loader_criteria` among the options of a statement, for an entity of it.
pub fn loader_criteria(entity: &Entity, options: &[HostRef], host: &dyn CompileHost) -> SqlResult<Vec<ExprRef>> {
    apply(&gather(options), entity, Occurrence::Named, host)
}

impl Context<'_> {
    /// Criteria of an entity for the ON clause of its join.
    pub(crate) fn criteria_of(&self, entity: &Entity, occurrence: Occurrence) -> SqlResult<Vec<ExprRef>> {
        let mut out: Vec<ExprRef> = single_table_criterion(entity, self.settings.host).into_iter().collect();
        out.extend(self.loader_criteria(entity, occurrence)?);
        Ok(out)
    }

    /// `with_loader_criteria` of an entity.
    pub(crate) fn loader_criteria(&self, entity: &Entity, occurrence: Occurrence) -> SqlResult<Vec<ExprRef>> {
        apply(&self.criteria, entity, occurrence, self.settings.host)
    }

    /// Whether anything at all comes with an entity.
    fn has_criteria(&self, entity: &Entity) -> bool {
        !self.criteria.is_empty() || entity.mapper.single_table_mappers().is_some()
    }

    /// The entities that WHERE names take part where their FROM elements are the statement's own, not the enclosing one's.
    pub(crate) fn entities_of_where(&mut self, froms: Vec<FromRef>) -> SqlResult<()> {
        let mut named: Vec<(Entity, ExprRef)> = Vec::new();
        for e in &self.select.where_ {
            super::gather::compared(e, &mut |entity, e| {
                if self.has_criteria(entity) && !self.criteria_entities.iter().any(|k| k.entity_id() == entity.entity_id()) {
                    named.push((entity.clone(), e.clone()));
                }
            });
        }
        if named.is_empty() {
            return Ok(());
        }
        let list = Select { from_obj: froms, options: Vec::new(), joins: Vec::new(), ..self.select.clone() };
        let enclosing = self.settings.enclosing;
        let mut shown = FromSet::default();
        sql::compile::froms::shown(&list, enclosing)?.unwrap_or_default().iter().for_each(|f| from_parts(f, &mut shown));
        for (entity, e) in named {
            let mut own = FromSet::default();
            from_objects(&e, &mut own);
            // what comes from nowhere, a statement's value, cannot be the enclosing one's
            if own.0.is_empty() || own.0.iter().any(|f| shown.has(f)) {
                self.takes_part(&entity);
            }
        }
        Ok(())
    }

    /// Criteria of the entities in WHERE.
    pub(crate) fn where_criteria(&self) -> SqlResult<Vec<ExprRef>> {
        let mut out = Vec::new();
        for e in &self.criteria_entities {
            if self.joined_entities.contains(&e.entity_id()) {
                continue;
            }
            out.extend(self.loader_criteria(e, Occurrence::Named)?);
            out.extend(single_table_criterion(e, self.settings.host));
        }
        Ok(out)
    }

    /// Remember that `entity` takes part.
    pub(crate) fn takes_part(&mut self, entity: &Entity) {
        if !self.criteria_entities.iter().any(|e| e.entity_id() == entity.entity_id()) {
            self.criteria_entities.push(entity.clone());
        }
    }

    /// What the plain statement keeps of the options: what the statements inside it are resolved under.
    pub(crate) fn kept_options(&self, plain: &Select) -> SqlResult<Vec<HostRef>> {
        let mut out: Vec<HostRef> = self.select.options.iter().filter(|o| o.as_any().is::<Exempt>()).cloned().collect();
        if self.settings.top && !self.criteria.is_empty() && super::gather::nests(plain) {
            for c in &self.criteria {
                out.push(Arc::new(LoaderOption::Criteria(self.settled(c)?)));
            }
        }
        Ok(out)
    }

    /// The criterion with what its callable gives for the class: an expression has a structure by which a text is found again.
    fn settled(&self, c: &Arc<LoaderCriteria>) -> SqlResult<Arc<LoaderCriteria>> {
        let (Criterion::Host(f), Some(entity)) = (&c.criterion, c.entity.as_ref().and_then(Entity::of)) else {
            return Ok(c.clone());
        };
        Ok(match self.settings.host.criterion(f, entity)? {
            Some(e) => Arc::new(LoaderCriteria { criterion: Criterion::Expr(e), ..(**c).clone() }),
            None => c.clone(),
        })
    }
}

/// The criteria in force: at the top those among the options and those of the statement that loaded the parent, inside a
/// statement those of the outermost one, but for the one that the statement is part of.
pub(crate) fn in_force(options: &[HostRef], settings: &Settings<'_>) -> Vec<Arc<LoaderCriteria>> {
    if settings.top {
        let mut out = settings.criteria.clone();
        out.extend(gather(options));
        return out;
    }
    let exempt = |c: &LoaderCriteria| {
        options.iter().chain(settings.inherited).any(|o| o.as_any().downcast_ref::<Exempt>().is_some_and(|e| e.0 == c.id))
    };
    gather(settings.inherited).into_iter().filter(|c| !exempt(c)).collect()
}

fn gather(options: &[HostRef]) -> Vec<Arc<LoaderCriteria>> {
    options
        .iter()
        .filter_map(|o| match o.as_any().downcast_ref() {
            Some(LoaderOption::Criteria(c)) => Some(c.clone()),
            _ => None,
        })
        .collect()
}
