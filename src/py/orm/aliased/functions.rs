//! `aliased()`, `with_parent()`, `orm.join()`, and what reads attributes of entities.

use super::class::{self, Request};
use super::registry;
use crate::py::errors;
use crate::py::orm::attributes::QueryableAttribute;
use crate::py::orm::mapper::PyMapper;
use crate::py::orm::query::join_on;
use crate::py::orm::state::InstanceState;
use crate::py::sql::coerce::{self, Role};
use crate::py::sql::face;
use crate::py::text::Text;
use orm::attr::RelationshipAttr;
use orm::compile::alias::alias_from;
use orm::compile::joins::{attach, join_of, join_targets};
use orm::entity::JoinOf;
use orm::{Entity, Property, Relationship};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::ast::{ExprRef, JoinOn};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// Is it an attribute of an entity?
pub fn is_attribute(obj: &Any<'_>) -> bool {
    obj.is_instance_of::<QueryableAttribute>()
}

/// The relationship under an attribute name, through synonyms.
pub fn relationship_of(mapper: &Arc<orm::Mapper>, key: &str) -> Option<Arc<Relationship>> {
    match mapper.prop(key)? {
        Property::Relationship(r) => Some(r),
        Property::Synonym(s) => relationship_of(mapper, &s.name),
        _ => None,
    }
}

/// `User.addresses` in a statement; `None` when the object is not a relationship attribute.
pub fn relationship_attr(obj: &Any<'_>) -> PyResult<Option<RelationshipAttr>> {
    let py = obj.py();
    let Ok(a) = obj.cast::<QueryableAttribute>() else { return Ok(None) };
    let this = a.get();
    let Some(entity) = registry::entity_of(this.parent.bind(py))? else { return Ok(None) };
    let Some(relationship) = relationship_of(&entity.mapper, &this.key.bind(py).to_string_lossy()) else { return Ok(None) };
    let of_type = match &this.of_type {
        Some(o) => registry::entity_of(o.bind(py))?,
        None => None,
    };
    let criteria = this.extra_criteria.iter().map(|c| coerce::expr(c.bind(py))).collect::<PyResult<_>>()?;
    Ok(Some(RelationshipAttr { entity, relationship, of_type, criteria }))
}

/// What attribute names of an entity are looked up on: the class or alias, `c` of a FROM element.
pub fn namespace_of<'py>(obj: &Any<'py>) -> PyResult<Any<'py>> {
    let py = obj.py();
    if let Some(e) = registry::entity_of(obj)? {
        return registry::object_of(py, &e);
    }
    if let Ok(a) = obj.cast::<QueryableAttribute>()
        && let Some(e) = registry::entity_of(a.get().parent.bind(py))?
    {
        return registry::object_of(py, &e);
    }
    if crate::py::orm::bundle::is_bundle(obj)? {
        return Ok(obj.clone());
    }
    if let Some(sql::ast::Node::Expr(e)) = errors::ignoring_ours(obj.py(), "SQLAlchemyError", coerce::node(obj))? {
        let mut found = None;
        sql::ast::fold::walk(&e, &mut |x| {
            if found.is_none()
                && let Some(en) = orm::entity::entity_of(&x.ann)
            {
                found = Some(en.clone());
            }
            found.is_none()
        });
        if let Some(e) = found {
            return registry::object_of(py, &e);
        }
        let mut froms = Vec::new();
        sql::ast::froms::expr_froms(&e, &mut froms);
        if let Some(f) = froms.first() {
            return face::wrap_from(py, f);
        }
    }
    match obj.getattr_opt("entity_namespace")? {
        Some(n) if !n.is_none() => Ok(n),
        _ => Ok(obj.clone()),
    }
}

/// An attribute (or column) of an entity by name.
pub fn attribute<'py>(entity: &Any<'py>, name: &Bound<'py, PyString>) -> PyResult<Any<'py>> {
    if registry::entity_of(entity)?.is_some() {
        return entity.getattr(name);
    }
    match entity.getattr_opt("c")? {
        Some(c) => c.get_item(name),
        None => entity.getattr(name),
    }
}

/// How messages name an entity.
pub fn describe(entity: &Any<'_>) -> PyResult<String> {
    match registry::entity_of(entity)? {
        Some(e) if e.alias.is_none() => {
            Ok(e.mapper.data().local_table.as_ref().map_or_else(String::new, orm::mapper::from_description))
        }
        Some(e) => Ok(sql::ast::proxy::from_label(&orm::compile::selectable(&e)).map_or_else(
            || e.mapper.class_name.to_string(),
            |l| match l {
                sql::Label::Fixed(n) => n.to_string(),
                sql::Label::Anon { base, .. } => format!("{base}_1"),
                _ => e.mapper.class_name.to_string(),
            },
        )),
        None => entity.str()?.extract(),
    }
}

/// `aliased(element, alias=None, name=None, flat=False, adapt_on_names=False)`: an alias of a mapped class or of a FROM element.
#[pyfunction]
#[pyo3(signature = (element, alias = None, name = None, flat = None, adapt_on_names = false))]
pub fn aliased<'py>(
    element: &Any<'py>,
    alias: Option<Any<'py>>,
    name: Option<String>,
    flat: Option<Any<'py>>,
    adapt_on_names: bool,
) -> PyResult<Any<'py>> {
    let py = element.py();
    let flat = flat.map_or(Ok(false), |f| f.is_truthy())?;
    if let Some(sql::ast::Node::From(f)) = errors::ignoring_ours(py, "SQLAlchemyError", coerce::node(element))?
        && f.entity.is_none()
    {
        if adapt_on_names {
            return Err(errors::argument_error(py, "adapt_on_names only applies to ORM elements"));
        }
        if let Some(n) = &name {
            return element.call_method1("alias", (n,));
        }
        let from = alias_from(&f, None, flat, &mut Default::default());
        return face::wrap_from(py, &from);
    }
    let entity = class::make(element, &Request { alias: alias.filter(|a| !a.is_none()), name, flat, adapt_on_names })?;
    Ok(class::wrap(py, entity)?.into_any())
}

/// `with_parent(instance, prop, from_entity=None)`: rows that a relationship of an instance leads to.
#[pyfunction]
#[pyo3(signature = (instance, prop, from_entity = None))]
pub fn with_parent<'py>(instance: &Any<'py>, prop: &Any<'py>, from_entity: Option<Any<'py>>) -> PyResult<Any<'py>> {
    let py = instance.py();
    if prop.is_instance_of::<PyString>() {
        return Err(errors::argument_error(py, "with_parent() accepts class-bound mapped attributes, not strings"));
    }
    let e = with_parent_criterion(instance, Some(prop), from_entity.as_ref())?;
    face::wrap_expr(py, &e)
}

/// The criterion of `with_parent`; without a property the only relationship to the target.
pub fn with_parent_criterion<'py>(
    instance: &Any<'py>,
    property: Option<&Any<'py>>,
    target: Option<&Any<'py>>,
) -> PyResult<ExprRef> {
    let py = instance.py();
    let Some(state) = InstanceState::of(instance) else {
        return Err(PyErr::from_type(crate::py::imports::orm_exc(py, "UnmappedInstanceError")?, (instance.clone().unbind(),)));
    };
    let mapper = state.get().manager.get().require_mapper(py)?.cast_into::<PyMapper>()?.get().node.clone();
    let target = match target {
        Some(t) => registry::entity_of(t)?,
        None => None,
    };
    let mut of_type = None;
    let relationship = match property.filter(|p| !p.is_none()) {
        Some(p) => match p.cast::<PyString>() {
            Ok(name) => relationship_of(&mapper, name.to_str()?)
                .ok_or_else(|| errors::invalid_request(py, format!("{} has no property '{}'", mapper.describe(), name.text())))?,
            Err(_) => match relationship_attr(p)? {
                Some(a) => {
                    of_type = a.of_type;
                    a.relationship
                }
                None => {
                    return Err(errors::argument_error(
                        py,
                        format!("Expected relationship property for with_parent(), got {}", p.str()?.text()),
                    ));
                }
            },
        },
        None => {
            let Some(t) = &target else {
                return Err(errors::invalid_request(py, "with_parent() needs a property or an entity to lead to"));
            };
            let data = mapper.data();
            // of several the first one that is mapped
            let found = data.relationships().find(|r| r.target().is_some_and(|m| m.id == t.mapper.id));
            match found {
                Some(one) => one.clone(),
                None => {
                    return Err(errors::invalid_request(
                        py,
                        format!(
                            "Could not locate a property which relates instances of class '{}' to instances of class '{}'",
                            t.mapper.class_name, mapper.class_name
                        ),
                    ));
                }
            }
        }
    };
    let entity = of_type.or(target.filter(|t| t.alias.is_some()));
    crate::py::orm::loading::lazy::parent_criterion(py, &relationship, instance, entity.as_ref())
}

fn side<'py>(obj: &Any<'py>) -> PyResult<(sql::ast::FromRef, Option<Entity>)> {
    match registry::entity_of(obj)? {
        Some(e) => Ok((orm::compile::selectable(&e), Some(e))),
        None => Ok((coerce::from_in(obj, Role::From)?, None)),
    }
}

/// A join whose sides may be entities, whose ON clause may be a relationship attribute.
fn with_criterion(on: ExprRef, criterion: Option<ExprRef>) -> ExprRef {
    match criterion {
        Some(c) => sql::ast::build::and_(vec![on.clone(), c]).unwrap_or(on),
        None => on,
    }
}

/// A join whose sides may be entities.
pub fn join_objects<'py>(
    left: &Any<'py>,
    right: &Any<'py>,
    onclause: Option<Any<'py>>,
    isouter: bool,
    full: bool,
) -> PyResult<Any<'py>> {
    let py = left.py();
    let (lf, le) = side(left)?;
    let (rf, re) = side(right)?;
    let lf_entity = lf.entity.clone();
    // the right side of a join brings its own criteria
    let single = re.as_ref().and_then(|e| orm::compile::single_table_criterion(e, &crate::py::orm::execute::Host::new(py)));
    let on = match onclause.filter(|o| !o.is_none()) {
        Some(o) => match o.cast::<PyString>() {
            Ok(name) => {
                let a = attribute(left, name)?;
                Some(join_on(&a)?)
            }
            Err(_) => Some(join_on(&o)?),
        },
        None => None,
    };
    let e = |e: sql::SqlError| errors::sql_error(py, e);
    let from = match on {
        Some(JoinOn::Attribute(h)) => {
            let Some(a) = h.as_any().downcast_ref::<RelationshipAttr>() else {
                return Err(errors::argument_error(py, "relationship attribute expected"));
            };
            let dest = match (&re, a.relationship.target()) {
                (Some(e), _) => e.clone(),
                (None, Some(m)) => orm::compile::alias::entity_over(&m, rf.clone(), Default::default(), None, Vec::new(), false),
                (None, None) => return Err(errors::invalid_request(py, "relationship is not configured")),
            };
            let source = match &le {
                Some(l) if l.mapper.isa(&a.entity.mapper) && a.entity.alias.is_none() => l.clone(),
                _ => a.entity.clone(),
            };
            let targets = join_targets(&a.relationship, &source, &dest, true).map_err(e)?;
            let extra = a.criteria.iter().map(|c| dest.adapt(c)).chain(single).collect();
            attach(lf, rf, targets, extra, isouter, full)
        }
        Some(JoinOn::Expr(on)) => join_of(lf, rf, with_criterion(on, single), isouter, full),
        None => {
            let subset = match &lf.kind {
                sql::ast::FromKind::Join(j) => Some(j.right.clone()),
                _ => None,
            };
            let on = orm::join_condition::join_condition(&lf, &rf, subset.as_ref(), &[]).map_err(e)?;
            join_of(lf, rf, with_criterion(on, single), isouter, full)
        }
    };
    let leftmost = match (le, lf_entity) {
        (Some(e), _) => Some(Arc::new(JoinOf(e)) as sql::host::EntityRef),
        (None, further) => further.filter(|e| e.as_any().is::<JoinOf>()),
    };
    let from = match leftmost {
        Some(of) => Arc::new(sql::ast::From {
            kind: from.kind.clone(),
            columns: Default::default(),
            entity: Some(of),
            face: Default::default(),
        }),
        None => from,
    };
    face::wrap_from(py, &from)
}

/// `orm.join(left, right, onclause=None, isouter=False, full=False)`: a join whose sides are entities.
#[pyfunction]
#[pyo3(name = "_orm_join", signature = (left, right, onclause = None, isouter = false, full = false, **_kw))]
pub fn orm_join<'py>(
    left: &Any<'py>,
    right: &Any<'py>,
    onclause: Option<Any<'py>>,
    isouter: bool,
    full: bool,
    _kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Any<'py>> {
    join_objects(left, right, onclause, isouter, full)
}

/// `orm.outerjoin(left, right, onclause=None, full=False)`.
#[pyfunction]
#[pyo3(name = "_orm_outerjoin", signature = (left, right, onclause = None, full = false, **_kw))]
pub fn orm_outerjoin<'py>(
    left: &Any<'py>,
    right: &Any<'py>,
    onclause: Option<Any<'py>>,
    full: bool,
    _kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Any<'py>> {
    join_objects(left, right, onclause, true, full)
}
