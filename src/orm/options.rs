//! Loader options: what `joinedload(User.addresses).defer(Address.email)` says, and the tree a statement reads it from.
//!
//! An option is a list of [`LoadElement`]s, each with its full path. A statement merges all its options into one
//! [`OptionNode`] per root entity; every entity it loads, however deep, then has a node of its own, and so does an instance
//! that keeps options for a later lazy load. No path is matched while rows are read.

use crate::entity::Entity;
use crate::relationship::Lazy;
use sql::ast::{ExprRef, Node};
use sql::host::{EntityNode, EntityRef, HostObject, HostRef, Structure};
use sql::{SqlError, SqlResult};
use std::any::Any;
use std::sync::Arc;

/// `innerjoin=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum InnerJoin {
    #[default]
    No,
    Nested,
    Unnested,
}

/// What an element asks for.
#[derive(Clone, Debug)]
pub enum Strategy {
    /// `defaultload`: navigate only.
    Default,
    /// A relationship strategy.
    Relationship {
        /// Which.
        lazy: Lazy,
        /// `joinedload(innerjoin=)`.
        innerjoin: Option<InnerJoin>,
        /// `selectinload(recursion_depth=)`; -1 without end.
        recursion_depth: Option<i64>,
        /// `selectinload(chunksize=)`.
        chunksize: Option<usize>,
    },
    /// `contains_eager`: the rows are there already, under this alias.
    ContainsEager {
        /// The alias, when it is not the plain entity.
        alias: Option<EagerAlias>,
    },
    /// `defer`.
    Defer {
        /// Access raises.
        raiseload: bool,
    },
    /// `undefer`.
    Undefer,
    /// `undefer_group`.
    UndeferGroup(Arc<str>),
    /// `with_expression`.
    Expression(ExprRef),
    /// `selectin_polymorphic`: these subclasses' columns in second statements.
    SelectinPolymorphic(Vec<EntityRef>),
}

/// `contains_eager(alias=)`.
#[derive(Clone, Debug)]
pub enum EagerAlias {
    /// An aliased class.
    Entity(EntityRef),
    /// A plain alias of the target's table.
    From(sql::ast::FromRef),
    /// By name (0.5).
    Name(Arc<str>),
}

/// Columns, relationships, or both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum WildcardKind {
    Column,
    Relationship,
}

/// One step of a path.
#[derive(Clone, Debug)]
pub enum Step {
    /// An attribute.
    Attr {
        /// Entity it is an attribute of; `None` for a string name, meaning whatever entity the path is at.
        entity: Option<EntityRef>,
        /// Attribute.
        key: Arc<str>,
        /// `of_type()`.
        of_type: Option<EntityRef>,
        /// `and_()`.
        criteria: Vec<ExprRef>,
    },
    /// `'*'`, on `entity` or on every entity.
    Wildcard {
        /// `Load(entity).lazyload("*")`.
        entity: Option<EntityRef>,
        /// What it covers.
        kind: WildcardKind,
    },
    /// The entity itself (`selectin_polymorphic`, `undefer_group`).
    Entity(EntityRef),
}

/// One path with what to do at its end.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct LoadElement {
    pub path: Vec<Step>,
    pub strategy: Strategy,
    /// Raise when the statement has no such entity.
    pub raiseerr: bool,
    /// Set by the mapper's own configuration, not the user.
    pub reconcile: bool,
    /// Attributes were named by strings, as only `Query` takes them.
    pub named: bool,
}

/// `with_loader_criteria()`.
#[derive(Clone, Debug)]
pub struct LoaderCriteria {
    /// Process-unique number: statements inside the criterion itself are exempt from it.
    pub id: u64,
    /// Entity it filters; `None`: every mapper whose class is in `mappers`.
    pub entity: Option<EntityRef>,
    /// Classes below a non-mapped base.
    pub root: Option<HostRef>,
    /// The criterion, or what makes it from an entity.
    pub criterion: Criterion,
    /// Accepted since SQLAlchemy has it; the criterion holds all the same.
    pub loader_only: bool,
    /// Aliases of the entity too.
    pub include_aliases: bool,
    /// Lazy loads of loaded instances too.
    pub propagate: bool,
}

/// See [`LoaderCriteria::criterion`].
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Criterion {
    Expr(ExprRef),
    /// A callable of the host's: entity to expression.
    Host(HostRef),
}

/// What `.options()` takes: implements [`HostObject`], so a statement carries it as is.
#[derive(Clone, Debug)]
pub enum LoaderOption {
    /// `Load` and relatives.
    Load(Vec<LoadElement>),
    /// `with_loader_criteria`.
    Criteria(Arc<LoaderCriteria>),
}

impl HostObject for LoaderOption {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        other.as_any().downcast_ref::<Self>().is_some_and(|o| std::ptr::eq(o, self))
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        match self {
            Self::Load(elements) => {
                into.tag(410 + elements.len() as u64);
                elements.iter().for_each(|e| e.structure(into));
                true
            }
            Self::Criteria(c) => c.structure(into),
        }
    }
    fn reaches_inside(&self, toplevel: bool) -> bool {
        toplevel && matches!(self, Self::Criteria(_))
    }
    fn repr(&self) -> String {
        "<loader option>".to_owned()
    }
}

impl LoadElement {
    fn structure(&self, into: &mut dyn Structure) {
        into.tag(self.path.len() as u64);
        for step in &self.path {
            match step {
                Step::Attr { entity, key, of_type, criteria } => {
                    into.tag(1);
                    into.text(key);
                    for e in entity.iter().chain(of_type) {
                        into.entity(&**e);
                    }
                    into.tag(u64::from(entity.is_some()) << 1 | u64::from(of_type.is_some()));
                    criteria.iter().for_each(|c| into.lasting(&Node::Expr(c.clone())));
                }
                Step::Wildcard { entity, kind } => {
                    into.tag(2 + *kind as u64);
                    entity.iter().for_each(|e| into.entity(&**e));
                }
                Step::Entity(e) => {
                    into.tag(4);
                    into.entity(&**e);
                }
            }
        }
        into.tag(u64::from(self.named) << 2 | u64::from(self.raiseerr) << 1 | u64::from(self.reconcile));
        self.strategy.structure(into);
    }
}

/// How messages name an entity.
pub fn describe(entity: &EntityRef) -> String {
    let Some(e) = Entity::of(entity) else { return "?".to_owned() };
    let class = &e.mapper.class_name;
    let Some(a) = &e.alias else { return class.to_string() };
    if a.with_polymorphic.is_empty() || a.with_polymorphic.iter().any(|m| m.id == e.mapper.id) {
        return format!("aliased({class})");
    }
    let subs: Vec<&str> = a.with_polymorphic.iter().map(|m| &*m.class_name).collect();
    format!("with_polymorphic({class}, [{}])", subs.join(", "))
}

impl LoadElement {
    /// How messages name the option.
    pub fn text(&self) -> String {
        let step = |s: &Step| match s {
            Step::Attr { entity, key, of_type, .. } => {
                let owner = entity.as_ref().map_or_else(|| format!("'{key}'"), |e| format!("{}.{key}", describe(e)));
                match of_type {
                    Some(t) => format!("{owner}.of_type({})", describe(t)),
                    None => owner,
                }
            }
            Step::Wildcard { .. } => "*".to_owned(),
            Step::Entity(e) => describe(e),
        };
        let path: Vec<String> = self.path.iter().map(step).collect();
        format!("{}({})", self.strategy.name(), path.join(" -> "))
    }
}

impl Strategy {
    /// The function that states it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Default => "defaultload",
            Self::Relationship { lazy, .. } => match lazy {
                Lazy::Select | Lazy::Dynamic | Lazy::WriteOnly => "lazyload",
                Lazy::Joined => "joinedload",
                Lazy::Subquery => "subqueryload",
                Lazy::Selectin => "selectinload",
                Lazy::Immediate => "immediateload",
                Lazy::Noload => "noload",
                Lazy::Raise | Lazy::RaiseOnSql => "raiseload",
            },
            Self::ContainsEager { .. } => "contains_eager",
            Self::Defer { .. } => "defer",
            Self::Undefer => "undefer",
            Self::UndeferGroup(_) => "undefer_group",
            Self::Expression(_) => "with_expression",
            Self::SelectinPolymorphic(_) => "selectin_polymorphic",
        }
    }

    /// Do two say the same?
    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Relationship { lazy, innerjoin, recursion_depth, chunksize },
                Self::Relationship { lazy: l, innerjoin: i, recursion_depth: r, chunksize: c },
            ) => lazy == l && innerjoin == i && recursion_depth == r && chunksize == c,
            (Self::Defer { raiseload }, Self::Defer { raiseload: other }) => raiseload == other,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }

    /// The error of a strategy that is not for such a property: `None` when it is for columns (`column`) or relationships.
    pub fn misplaced(&self, owner: &str, key: &str, column: bool) -> Option<SqlError> {
        let (name, for_column) = match self {
            Self::Relationship { lazy, .. } => match lazy {
                Lazy::Joined => ("joined loader", false),
                Lazy::Selectin => ("select in loader", false),
                Lazy::Subquery => ("subquery loader", false),
                Lazy::Immediate => ("immediate loader", false),
                Lazy::Noload => ("no loader", false),
                _ => ("lazy loader", false),
            },
            Self::ContainsEager { .. } => ("joined loader", false),
            Self::Defer { .. } => ("deferred column loader", true),
            Self::Undefer => ("column loader", true),
            Self::Expression(_) => ("expression column loader", true),
            _ => return None,
        };
        if for_column == column {
            return None;
        }
        let (is, wanted) =
            if column { ("column property", "relationship property") } else { ("relationship", "column property") };
        let text = format!(
            "Can't apply \"{name}\" strategy to property \"{owner}.{key}\", which is a \"{is}\"; this loader strategy is intended to be \
             used with a \"{wanted}\"."
        );
        Some(SqlError::new(sql::ErrorKind::LoaderStrategy, text))
    }

    fn structure(&self, into: &mut dyn Structure) {
        match self {
            Self::Default => into.tag(1),
            Self::Relationship { lazy, innerjoin, recursion_depth, chunksize } => {
                into.tag(2 + (*lazy as u64) * 16);
                into.tag(innerjoin.map_or(0, |i| 1 + i as u64));
                // -1, "without end", is not "none"
                into.tag(u64::from(recursion_depth.is_some()));
                into.tag(recursion_depth.unwrap_or_default().cast_unsigned());
                into.tag(chunksize.map_or(0, |c| c as u64));
            }
            Self::ContainsEager { alias } => {
                into.tag(3);
                match alias {
                    None => into.tag(0),
                    Some(EagerAlias::Entity(e)) => into.entity(&**e),
                    Some(EagerAlias::From(f)) => into.node(&Node::From(f.clone())),
                    Some(EagerAlias::Name(n)) => into.text(n),
                }
            }
            Self::Defer { raiseload } => into.tag(4 + u64::from(*raiseload)),
            Self::Undefer => into.tag(6),
            Self::UndeferGroup(name) => {
                into.tag(7);
                into.text(name);
            }
            Self::Expression(e) => {
                into.tag(8);
                into.lasting(&Node::Expr(e.clone()));
            }
            Self::SelectinPolymorphic(list) => {
                into.tag(9);
                list.iter().for_each(|e| into.entity(&**e));
            }
        }
    }
}

impl LoaderCriteria {
    fn structure(&self, into: &mut dyn Structure) -> bool {
        // what a callable or a base class comes to is found out only when the statement is compiled
        let (Criterion::Expr(e), None) = (&self.criterion, &self.root) else {
            into.unique();
            into.unknown();
            return false;
        };
        into.tag(403);
        self.entity.iter().for_each(|e| into.entity(&**e));
        into.tag(u64::from(self.loader_only) << 2 | u64::from(self.include_aliases) << 1 | u64::from(self.propagate));
        into.lasting(&Node::Expr(e.clone()));
        true
    }
}

/// What the options of a statement say about one entity at one place.
#[derive(Clone, Debug, Default)]
pub struct OptionNode {
    /// By attribute.
    pub attrs: Vec<AttrOption>,
    /// `lazyload("*")` here.
    pub relationships: Option<Strategy>,
    /// The same below this entity (`lazyload("*")` without an entity).
    pub everywhere: bool,
    /// `defer("*")`, the base of `load_only`.
    pub columns: Option<Strategy>,
    /// `undefer_group`.
    pub undefer_groups: Vec<Arc<str>>,
    /// `selectin_polymorphic`.
    pub selectin_polymorphic: Vec<EntityRef>,
}

/// What the options say about one attribute.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct AttrOption {
    pub entity: Option<EntityRef>,
    pub key: Arc<str>,
    pub of_type: Option<EntityRef>,
    /// Further subclasses that other options say `of_type()` of.
    pub also: Vec<EntityRef>,
    pub criteria: Vec<ExprRef>,
    pub strategy: Option<Strategy>,
    /// For the entity the attribute leads to.
    pub node: Arc<OptionNode>,
}

/// A long chain of options is let go level by level, not by one recursion.
impl Drop for OptionNode {
    fn drop(&mut self) {
        if !self.attrs.is_empty() {
            base::depth::release(std::mem::take(&mut self.attrs));
        }
    }
}

impl OptionNode {
    /// Does it say nothing?
    pub fn is_empty(&self) -> bool {
        self.attrs.is_empty()
            && self.relationships.is_none()
            && self.columns.is_none()
            && self.undefer_groups.is_empty()
            && self.selectin_polymorphic.is_empty()
    }

    /// What it says about an attribute of `entity`. The last word wins.
    pub fn attr(&self, entity: &Entity, key: &str) -> Option<&AttrOption> {
        self.attrs.iter().rev().find(|a| &*a.key == key && a.entity.as_ref().is_none_or(|e| applies(e, entity)))
    }

    /// Enter `element`'s path below this node, starting at step `at`. `strict`: an attribute has one strategy.
    ///
    /// # Errors
    /// With `strict`, the conflict of two strategies.
    #[recursive::recursive]
    pub fn insert(&mut self, element: &LoadElement, at: usize, strict: bool) -> SqlResult<()> {
        let Some(step) = element.path.get(at) else { return Ok(()) };
        let last = at + 1 == element.path.len();
        match step {
            Step::Entity(_) => match &element.strategy {
                Strategy::UndeferGroup(name) if last => self.undefer_groups.push(name.clone()),
                Strategy::SelectinPolymorphic(list) if last => self.selectin_polymorphic.extend(list.iter().cloned()),
                _ => return self.insert(element, at + 1, strict),
            },
            Step::Wildcard { kind: WildcardKind::Column, .. } => match &element.strategy {
                Strategy::UndeferGroup(name) => self.undefer_groups.push(name.clone()),
                s => self.columns = Some(s.clone()),
            },
            Step::Wildcard { kind: WildcardKind::Relationship, entity } => {
                self.relationships = Some(element.strategy.clone());
                self.everywhere = entity.is_none() && at == 0;
            }
            Step::Attr { entity, key, of_type, criteria } => {
                let same = |a: &AttrOption| {
                    a.key == *key
                        && match (&a.entity, entity) {
                            (Some(a), Some(b)) => a.entity_id() == b.entity_id(),
                            (None, None) => true,
                            _ => false,
                        }
                };
                let i = match self.attrs.iter().position(same) {
                    Some(i) => i,
                    None => {
                        self.attrs.push(AttrOption {
                            entity: entity.clone(),
                            key: key.clone(),
                            of_type: None,
                            also: Vec::new(),
                            criteria: Vec::new(),
                            strategy: None,
                            node: Arc::default(),
                        });
                        self.attrs.len() - 1
                    }
                };
                let Some(attr) = self.attrs.get_mut(i) else { return Ok(()) };
                if let (true, true, Some(old)) = (last, strict, &attr.strategy)
                    && !matches!(element.strategy, Strategy::Default)
                    && !matches!(old, Strategy::Default)
                    && !old.same(&element.strategy)
                {
                    return Err(conflict(element, old, attr.of_type.as_ref()));
                }
                let plain = |e: &EntityRef| Entity::of(e).is_some_and(|e| e.alias.is_none());
                match (&attr.of_type, of_type) {
                    (Some(old), Some(new)) if plain(old) && plain(new) => {
                        let known = |e: &EntityRef| e.entity_id() == new.entity_id();
                        if !known(old) && !attr.also.iter().any(known) {
                            attr.also.push(new.clone());
                        }
                    }
                    (_, Some(_)) => attr.of_type.clone_from(of_type),
                    (_, None) => {}
                }
                if !criteria.is_empty() {
                    attr.criteria.clone_from(criteria);
                }
                if last {
                    if !matches!(element.strategy, Strategy::Default) || attr.strategy.is_none() {
                        attr.strategy = Some(element.strategy.clone());
                    }
                } else {
                    Arc::make_mut(&mut attr.node).insert(element, at + 1, strict)?;
                }
            }
        }
        Ok(())
    }
}

fn conflict(element: &LoadElement, old: &Strategy, old_of_type: Option<&EntityRef>) -> SqlError {
    let mut before = LoadElement { strategy: old.clone(), ..element.clone() };
    if let Some(Step::Attr { of_type, .. }) = before.path.last_mut() {
        *of_type = old_of_type.cloned();
    }
    SqlError::invalid_request(format!(
        "Loader strategy replacement {} is in conflict with existing strategy {}",
        element.text(),
        before.text()
    ))
}

/// Does an option stated on `stated` speak of `entity`? The same entity, or, for plain mappers, one of the same hierarchy.
pub fn applies(stated: &EntityRef, entity: &Entity) -> bool {
    if stated.entity_id() == entity.entity_id() {
        return true;
    }
    match Entity::of(stated) {
        Some(s) => plain(s) && plain(entity) && (s.mapper.isa(&entity.mapper) || entity.mapper.isa(&s.mapper)),
        None => false,
    }
}

/// Options meant for the class apply: the class itself, or an alias that stands for all of it.
fn plain(e: &Entity) -> bool {
    e.alias.as_ref().is_none_or(|a| a.use_mapper_path)
}
