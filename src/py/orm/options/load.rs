//! `Load`: options along a path of attributes.

use crate::py::errors;
use crate::py::orm::aliased;
use crate::py::orm::attributes::QueryableAttribute;
use crate::py::sql::coerce;
use crate::py::text::Text;
use orm::options::{EagerAlias, InnerJoin, LoadElement, Step, Strategy, WildcardKind, describe};
use orm::relationship::Lazy;
use orm::{Entity, Mapper, Property};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use sql::ast::Node;
use sql::host::EntityRef;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// Options along a path; each method gives a new object whose path goes one step further.
#[pyclass(frozen, subclass, weakref, name = "Load", module = "oxalchemy.orm.strategy_options")]
#[derive(Clone)]
pub struct Load {
    /// Entity it starts from; `None`: the first attribute says.
    pub entity: Option<Entity>,
    /// Where the next step is taken.
    pub path: Vec<Step>,
    /// What the path has led to.
    pub target: Option<Entity>,
    /// What is said so far.
    pub elements: Vec<LoadElement>,
    /// A step was named by a string.
    pub named: bool,
}

/// A relationship strategy.
pub(super) fn relationship(lazy: Lazy) -> Strategy {
    Strategy::Relationship { lazy, innerjoin: None, recursion_depth: None, chunksize: None }
}

/// `innerjoin=`.
pub(super) fn inner(value: Option<&Any<'_>>) -> PyResult<Option<InnerJoin>> {
    let Some(v) = value.filter(|v| !v.is_none()) else { return Ok(None) };
    if let Ok(s) = v.cast::<PyString>() {
        return Ok(Some(if s.to_str()? == "unnested" { InnerJoin::Unnested } else { InnerJoin::Nested }));
    }
    Ok(Some(if v.is_truthy()? { InnerJoin::Nested } else { InnerJoin::No }))
}

fn is_star(obj: &Any<'_>) -> bool {
    obj.cast::<PyString>().is_ok_and(|s| s.to_str().is_ok_and(|s| s == "*"))
}

impl Load {
    /// Nothing said yet.
    pub(super) fn empty() -> Self {
        Self { entity: None, path: Vec::new(), target: None, elements: Vec::new(), named: false }
    }

    fn at(&self) -> Option<&Entity> {
        self.target.as_ref().or(self.entity.as_ref())
    }

    fn entity_ref(&self) -> Option<EntityRef> {
        self.at().map(|e| -> EntityRef { Arc::new(e.clone()) })
    }

    /// The path one attribute further.
    fn step(&self, attr: &Any<'_>) -> PyResult<Self> {
        let py = attr.py();
        let mut out = self.clone();
        if let Ok(name) = attr.cast::<PyString>() {
            // legacy: names, dotted
            out.named = true;
            for part in name.to_str()?.split('.') {
                let target = out.at().and_then(|e| target_of(&e.mapper, part));
                if let Some(e) = out.at()
                    && e.mapper.prop(part).is_none()
                {
                    return Err(errors::argument_error(
                        py,
                        format!("Can't find property named \"{part}\" on {} in this Query.", e.mapper.describe()),
                    ));
                }
                out.path.push(Step::Attr { entity: out.entity_ref(), key: part.into(), of_type: None, criteria: Vec::new() });
                out.target = target.map(|mapper| Entity { mapper, alias: None });
            }
            return Ok(out);
        }
        let Ok(a) = attr.cast::<QueryableAttribute>() else {
            if attr.is_instance_of::<crate::py::sql::ClauseElement>() {
                attr.getattr("is_property")?;
            }
            return Err(errors::argument_error(py, "expected ORM mapped attribute for loader strategy argument"));
        };
        let this = a.get();
        let Some(entity) = aliased::entity_of(this.parent.bind(py))? else {
            return Err(errors::argument_error(py, format!("expected ORM mapped attribute, got {}", attr.repr()?.text())));
        };
        let key: Arc<str> = this.key.bind(py).to_string_lossy().as_ref().into();
        let key = follow(&entity.mapper, &key);
        if let Some(at) = self.at()
            && !links(at, &entity)
        {
            return Err(self.not_linked(py, &entity, attr));
        }
        let relation = aliased::relationship_attr(attr)?;
        let (of_type, criteria) = match &relation {
            Some(r) => (r.of_type.clone(), r.criteria.clone()),
            None => (None, Vec::new()),
        };
        out.target = match (&of_type, &relation) {
            (Some(e), _) => Some(e.clone()),
            (None, Some(r)) => r.relationship.target().map(|mapper| Entity { mapper, alias: None }),
            _ => None,
        };
        let stated: EntityRef = Arc::new(entity);
        out.path.push(Step::Attr { entity: Some(stated), key, of_type: of_type.map(|e| -> EntityRef { Arc::new(e) }), criteria });
        Ok(out)
    }

    fn not_linked(&self, py: Python<'_>, entity: &Entity, attr: &Any<'_>) -> PyErr {
        let key = match attr.getattr("key").and_then(|k| k.str()) {
            Ok(key) => key.text(),
            Err(e) => return e,
        };
        self.does_not_link(py, entity, &key)
    }

    /// The error of an attribute that the path does not lead to.
    fn does_not_link(&self, py: Python<'_>, entity: &Entity, key: &str) -> PyErr {
        let named = |e: &Entity| describe(&(Arc::new(e.clone()) as EntityRef));
        let stated = named(entity);
        let class = &entity.mapper.class_name;
        let shown = if entity.alias.is_some() { format!("aliased({class}).{key}") } else { format!("{class}.{key}") };
        let Some(Step::Attr { entity: Some(from), key: via, of_type, .. }) = self.path.last() else {
            let at = self.at().map(named).unwrap_or_default();
            return errors::argument_error(py, format!("ORM mapped attribute \"{shown}\" does not link mapped class \"{at}\""));
        };
        let mut link = format!("{}.{via}", describe(from));
        if let Some(t) = of_type {
            link = format!("{link}.of_type({})", describe(t));
        }
        let mut text = format!("ORM mapped entity or attribute \"{shown}\" does not link from relationship \"{link}\".");
        if let (None, Some(at)) = (of_type, &self.target)
            && entity.mapper.isa(&at.mapper)
        {
            text = format!(
                "{text}  Did you mean to use \"{link}.of_type({stated})\" or \"loadopt.options(selectin_polymorphic({}, [{stated}]), ...)\" ?",
                at.mapper.class_name
            );
        }
        errors::argument_error(py, text)
    }

    fn say(mut self, strategy: Strategy) -> Self {
        self.elements.push(LoadElement {
            path: self.path.clone(),
            strategy,
            raiseerr: true,
            reconcile: false,
            named: self.named,
        });
        self
    }

    /// One step with a strategy at its end.
    pub(super) fn attr(&self, attr: &Any<'_>, strategy: Strategy) -> PyResult<Self> {
        if is_star(attr) {
            if matches!(strategy, Strategy::ContainsEager { .. }) {
                return Err(errors::argument_error(attr.py(), "contains_eager() needs an attribute: no wildcard is in the rows"));
            }
            let kind = match strategy {
                Strategy::Defer { .. } | Strategy::Undefer => WildcardKind::Column,
                _ => WildcardKind::Relationship,
            };
            let mut out = self.clone();
            let mut path = self.path.clone();
            path.push(Step::Wildcard { entity: self.entity_ref(), kind });
            out.elements.push(LoadElement { path, strategy, raiseerr: true, reconcile: false, named: self.named });
            return Ok(out);
        }
        Ok(self.step(attr)?.say(strategy))
    }

    /// A column option: the path stays where it is.
    pub(super) fn column(&self, attr: &Any<'_>, strategy: Strategy) -> PyResult<Self> {
        let done = self.attr(attr, strategy)?;
        let path = match attr.cast::<PyString>() {
            // `defer("orders.description")`: a dotted name leads to the column's entity
            Ok(_) if !is_star(attr) => self.path.clone(),
            _ => self.path.clone(),
        };
        Ok(Self { entity: self.entity.clone(), path, target: self.target.clone(), elements: done.elements, named: self.named })
    }

    fn only(&self, attrs: &[Any<'_>], raiseload: bool) -> PyResult<Self> {
        let mut out = self.clone();
        let mut owner = out.entity_ref();
        for a in attrs {
            let stepped = out.step(a)?;
            if let (None, Some(Step::Attr { entity, .. })) = (&owner, stepped.path.last()) {
                owner.clone_from(entity);
            }
            out.elements.push(LoadElement {
                path: stepped.path,
                strategy: Strategy::Undefer,
                raiseerr: true,
                reconcile: false,
                named: stepped.named,
            });
        }
        if !attrs.is_empty() {
            let mut path = out.path.clone();
            path.push(Step::Wildcard { entity: owner, kind: WildcardKind::Column });
            out.elements.push(LoadElement {
                path,
                strategy: Strategy::Defer { raiseload },
                raiseerr: true,
                reconcile: false,
                named: self.named,
            });
        }
        Ok(out)
    }

    /// `load_only`.
    pub(super) fn load_only_of(&self, attrs: &[Any<'_>], raiseload: bool) -> PyResult<Self> {
        self.only(attrs, raiseload)
    }

    /// `undefer_group`.
    pub(super) fn group(&self, name: &str) -> Self {
        let mut out = self.clone();
        let mut path = self.path.clone();
        path.push(Step::Wildcard { entity: self.entity_ref(), kind: WildcardKind::Column });
        out.elements.push(LoadElement {
            path,
            strategy: Strategy::UndeferGroup(name.into()),
            raiseerr: true,
            reconcile: false,
            named: self.named,
        });
        out
    }

    /// `contains_eager`.
    pub(super) fn contains(&self, attr: &Any<'_>, alias: Option<&Any<'_>>) -> PyResult<Self> {
        let alias = match alias.filter(|a| !a.is_none()) {
            None => None,
            Some(a) => Some(match a.cast::<PyString>() {
                Ok(s) => EagerAlias::Name(s.to_str()?.into()),
                Err(_) => match aliased::entity_of(a)? {
                    Some(e) => EagerAlias::Entity(Arc::new(e)),
                    None => match coerce::node(a)? {
                        Node::From(f) => EagerAlias::From(f),
                        _ => return Err(coerce::unexpected(a, coerce::Role::From)),
                    },
                },
            }),
        };
        self.attr(attr, Strategy::ContainsEager { alias })
    }

    /// `selectin_polymorphic`.
    pub(super) fn polymorphic(&self, classes: &Any<'_>) -> PyResult<Self> {
        let mut list: Vec<EntityRef> = Vec::new();
        for c in classes.try_iter()? {
            if let Some(e) = aliased::entity_of(&c?)? {
                list.push(Arc::new(e));
            }
        }
        let mut out = self.clone();
        let mut path = self.path.clone();
        if let Some(e) = self.entity_ref() {
            path.push(Step::Entity(e));
        }
        out.elements.push(LoadElement {
            path,
            strategy: Strategy::SelectinPolymorphic(list),
            raiseerr: false,
            reconcile: false,
            named: self.named,
        });
        Ok(out)
    }

    fn with_options(&self, options: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let mut given = Vec::new();
        for o in options.iter() {
            let Ok(l) = o.cast::<Self>() else {
                return Err(errors::argument_error(o.py(), format!("loader option expected, got {}", o.repr()?.text())));
            };
            given.push(l.clone());
        }
        // subclasses that second statements load may be spoken of
        let subclasses: Vec<EntityRef> = given
            .iter()
            .flat_map(|l| l.get().elements.iter())
            .chain(&self.elements)
            .filter_map(|e| match &e.strategy {
                Strategy::SelectinPolymorphic(list) => Some(list.clone()),
                _ => None,
            })
            .flatten()
            .collect();
        let mut out = self.clone();
        for e in given.iter().flat_map(|l| l.get().elements.iter()) {
            if let (Some(at), Some(Step::Attr { entity: Some(stated), key, .. })) = (self.at(), e.path.first())
                && let Some(s) = Entity::of(stated)
                && !links(at, s)
                && !subclasses.iter().filter_map(Entity::of).any(|sub| links(sub, s) && sub.mapper.isa(&at.mapper))
            {
                return Err(self.does_not_link(options.py(), s, key));
            }
            let mut path = self.path.clone();
            path.extend(e.path.iter().cloned());
            out.elements.push(LoadElement { path, named: e.named || self.named, ..e.clone() });
        }
        Ok(out)
    }
}

/// Has the entity a path leads to an attribute that is stated on `entity`? Of aliases only the same will do.
fn links(at: &Entity, entity: &Entity) -> bool {
    match (&at.alias, &entity.alias) {
        (None, None) => at.mapper.isa(&entity.mapper),
        (Some(x), Some(y)) => x.id == y.id,
        _ => false,
    }
}

/// The real name of a synonym.
fn follow(mapper: &Arc<Mapper>, key: &Arc<str>) -> Arc<str> {
    match mapper.prop(key) {
        Some(Property::Synonym(s)) => follow(mapper, &s.name),
        _ => key.clone(),
    }
}

fn target_of(mapper: &Arc<Mapper>, key: &str) -> Option<Arc<Mapper>> {
    match mapper.prop(key)? {
        Property::Relationship(r) => r.target(),
        Property::Synonym(s) => target_of(mapper, &s.name),
        _ => None,
    }
}

#[pymethods]
impl Load {
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        super::pickle::reduce_load(py, self)
    }
    /// `entity`: mapped class or alias that the paths start from.
    #[new]
    fn py_new(entity: &Any<'_>) -> PyResult<Self> {
        match aliased::entity_of(entity)? {
            Some(e) => Ok(Self { entity: Some(e), ..Self::empty() }),
            None => {
                crate::py::imports::inspect(entity.py())?.call1((entity,))?;
                Err(errors::argument_error(entity.py(), format!("mapped class expected, got {}", entity.repr()?.text())))
            }
        }
    }
    #[pyo3(signature = (attr, innerjoin = None))]
    fn joinedload(&self, attr: &Any<'_>, innerjoin: Option<Any<'_>>) -> PyResult<Self> {
        let innerjoin = inner(innerjoin.as_ref())?;
        self.attr(attr, Strategy::Relationship { lazy: Lazy::Joined, innerjoin, recursion_depth: None, chunksize: None })
    }
    #[pyo3(signature = (attr, innerjoin = None))]
    fn eagerload(&self, attr: &Any<'_>, innerjoin: Option<Any<'_>>) -> PyResult<Self> {
        self.joinedload(attr, innerjoin)
    }
    fn subqueryload(&self, attr: &Any<'_>) -> PyResult<Self> {
        self.attr(attr, relationship(Lazy::Subquery))
    }
    #[pyo3(signature = (attr, recursion_depth = None, chunksize = None))]
    fn selectinload(&self, attr: &Any<'_>, recursion_depth: Option<i64>, chunksize: Option<usize>) -> PyResult<Self> {
        self.attr(attr, Strategy::Relationship { lazy: Lazy::Selectin, innerjoin: None, recursion_depth, chunksize })
    }
    #[pyo3(signature = (attr, recursion_depth = None))]
    fn immediateload(&self, attr: &Any<'_>, recursion_depth: Option<i64>) -> PyResult<Self> {
        self.attr(attr, Strategy::Relationship { lazy: Lazy::Immediate, innerjoin: None, recursion_depth, chunksize: None })
    }
    fn lazyload(&self, attr: &Any<'_>) -> PyResult<Self> {
        self.attr(attr, relationship(Lazy::Select))
    }
    fn noload(&self, attr: &Any<'_>) -> PyResult<Self> {
        self.attr(attr, relationship(Lazy::Noload))
    }
    #[pyo3(signature = (attr, sql_only = false))]
    fn raiseload(&self, attr: &Any<'_>, sql_only: bool) -> PyResult<Self> {
        self.attr(attr, relationship(if sql_only { Lazy::RaiseOnSql } else { Lazy::Raise }))
    }
    #[pyo3(signature = (attr, alias = None))]
    fn contains_eager(&self, attr: &Any<'_>, alias: Option<Any<'_>>) -> PyResult<Self> {
        self.contains(attr, alias.as_ref())
    }
    fn defaultload(&self, attr: &Any<'_>) -> PyResult<Self> {
        self.attr(attr, Strategy::Default)
    }
    #[pyo3(signature = (key, *addl, raiseload = false))]
    fn defer(&self, key: &Any<'_>, addl: &Bound<'_, PyTuple>, raiseload: bool) -> PyResult<Self> {
        addl.iter().try_fold(self.column(key, Strategy::Defer { raiseload })?, |l, k| l.column(&k, Strategy::Defer { raiseload }))
    }
    #[pyo3(signature = (key, *addl))]
    fn undefer(&self, key: &Any<'_>, addl: &Bound<'_, PyTuple>) -> PyResult<Self> {
        addl.iter().try_fold(self.column(key, Strategy::Undefer)?, |l, k| l.column(&k, Strategy::Undefer))
    }
    fn undefer_group(&self, name: &str) -> Self {
        self.group(name)
    }
    #[pyo3(signature = (*attrs, raiseload = false))]
    fn load_only(&self, attrs: &Bound<'_, PyTuple>, raiseload: bool) -> PyResult<Self> {
        self.only(&attrs.iter().collect::<Vec<_>>(), raiseload)
    }
    fn with_expression(&self, key: &Any<'_>, expression: &Any<'_>) -> PyResult<Self> {
        let e = coerce::expr(expression)?;
        self.column(key, Strategy::Expression(e))
    }
    fn selectin_polymorphic(&self, classes: &Any<'_>) -> PyResult<Self> {
        self.polymorphic(classes)
    }
    /// Options below the end of the path.
    #[pyo3(signature = (*opts))]
    fn options(&self, opts: &Bound<'_, PyTuple>) -> PyResult<Self> {
        self.with_options(opts)
    }
    #[classattr]
    #[pyo3(name = "_is_core")]
    const IS_CORE: bool = false;
    #[classattr]
    #[pyo3(name = "_is_strategy_option")]
    const IS_STRATEGY_OPTION: bool = true;
    #[classattr]
    #[pyo3(name = "propagate_to_loaders")]
    const PROPAGATE_TO_LOADERS: bool = true;
    #[getter]
    fn path(&self) -> usize {
        self.path.len()
    }
}
