//! `join()` in all its documented forms.

use super::build::{attribute_of, namespace};
use super::state::{no_limit, no_statement, with};
use super::{Any, Args, Q};
use crate::py::errors;
use crate::py::orm::aliased;
use crate::py::sql::coerce::{self, Role};
use crate::py::text::Text;
use orm::Entity;
use orm::attr::RelationshipAttr;
use orm::compile::alias::alias_entity;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use sql::ast::{JoinOn, JoinTarget, SetupJoin};
use std::sync::Arc;

/// Keywords of a join.
#[derive(Clone, Copy)]
pub(super) struct How {
    pub isouter: bool,
    pub full: bool,
    pub aliased: bool,
    pub from_joinpoint: bool,
}

/// What `join()` joins to.
///
/// # Errors
/// `ArgumentError` of anything that is neither FROM element, entity nor relationship attribute.
pub fn join_target(obj: &Any<'_>) -> PyResult<JoinTarget> {
    if let Some(a) = aliased::relationship_attr(obj)? {
        return Ok(JoinTarget::Attribute(Arc::new(a)));
    }
    if aliased::is_attribute(obj) {
        return Err(errors::argument_error(
            obj.py(),
            format!("Join target {} does not refer to a mapped entity", obj.str()?.text()),
        ));
    }
    if let Some(e) = coerce::entity_of(obj)? {
        return Ok(JoinTarget::Entity(e));
    }
    if obj.is_instance_of::<PyString>() {
        return Err(coerce::unexpected(obj, Role::JoinTarget));
    }
    Ok(JoinTarget::From(coerce::from_in(obj, Role::JoinTarget)?))
}

/// What `join()` joins on.
///
/// # Errors
/// `ArgumentError` of anything that is neither expression nor relationship attribute.
pub fn join_on(obj: &Any<'_>) -> PyResult<JoinOn> {
    if let Some(a) = aliased::relationship_attr(obj)? {
        return Ok(JoinOn::Attribute(Arc::new(a)));
    }
    if coerce::entity_of(obj)?.is_some() {
        return Err(coerce::unexpected(obj, Role::OnClause));
    }
    Ok(JoinOn::Expr(coerce::expr_in(obj, Role::OnClause)?))
}

/// One join to add.
enum Spec<'py> {
    One(Any<'py>, Option<Any<'py>>),
}

pub(super) fn join<'py>(
    slf: &Q<'py>,
    target: &Any<'py>,
    props: Args<'_, 'py>,
    onclause: Option<Any<'py>>,
    how: How,
) -> PyResult<Q<'py>> {
    let method = if how.isouter { "outerjoin" } else { "join" };
    no_statement(slf, method)?;
    no_limit(slf, "join")?;
    let mut specs: Vec<Spec<'py>> = Vec::new();
    let tuple = |t: &Any<'py>| -> PyResult<Option<Spec<'py>>> {
        match t.cast::<PyTuple>() {
            Ok(t) if t.len() == 2 => Ok(Some(Spec::One(t.get_item(0)?, Some(t.get_item(1)?)))),
            Ok(t) if t.len() == 1 => Ok(Some(Spec::One(t.get_item(0)?, None))),
            _ => Ok(None),
        }
    };
    let is_path =
        |o: &Any<'py>| -> PyResult<bool> { Ok(o.is_instance_of::<PyString>() || aliased::relationship_attr(o)?.is_some()) };
    match (props.len(), onclause) {
        (0, on) => specs.push(match tuple(target)? {
            Some(s) => s,
            None => Spec::One(target.clone(), on),
        }),
        (1, None) => {
            let second = props.get_item(0)?;
            if let Some(s) = tuple(target)? {
                specs.push(s);
                specs.push(match tuple(&second)? {
                    Some(s) => s,
                    None => Spec::One(second, None),
                });
            } else if is_path(target)? && is_path(&second)? {
                specs.push(Spec::One(target.clone(), None));
                specs.push(Spec::One(second, None));
            } else {
                specs.push(Spec::One(target.clone(), Some(second)));
            }
        }
        (_, None) => {
            for t in std::iter::once(target.clone()).chain(props.iter()) {
                specs.push(match tuple(&t)? {
                    Some(s) => s,
                    None => Spec::One(t, None),
                });
            }
        }
        (_, Some(_)) => {
            return Err(errors::argument_error(slf.py(), "onclause may be given once: positionally or by keyword"));
        }
    }
    // a new join starts at the first entity unless told otherwise; strings follow the chain
    let mut at = if how.from_joinpoint || slf.borrow().s.joinpoint.is_none() {
        namespace(slf)?
    } else if specs
        .iter()
        .any(|Spec::One(t, o)| t.is_instance_of::<PyString>() || o.as_ref().is_some_and(|o| o.is_instance_of::<PyString>()))
    {
        first_entity(slf)?
    } else {
        namespace(slf)?
    };
    let mut setups = Vec::new();
    let mut adapters: Vec<Entity> = Vec::new();
    for Spec::One(target, on) in specs {
        let target = match target.cast::<PyString>() {
            Ok(name) => {
                let a = attribute_of(&at, name)?;
                if aliased::relationship_attr(&a)?.is_none() {
                    return Err(errors::argument_error(
                        slf.py(),
                        format!("Join target {} does not refer to a mapped entity", a.str()?.text()),
                    ));
                }
                a
            }
            Err(_) => target,
        };
        let on = match on.as_ref().map(|o| o.cast::<PyString>()) {
            Some(Ok(name)) => Some(attribute_of(&at, name)?),
            _ => on,
        };
        let mut t = join_target(&target)?;
        let on = on.filter(|o| !o.is_none());
        crate::py::sql::select::path_and_on(slf.py(), &t, on.is_some())?;
        let on = on.map(|o| join_on(&o)).transpose()?;
        if how.aliased {
            t = alias_target(t, &mut adapters);
        }
        at = match &t {
            JoinTarget::Attribute(h) => match h.as_any().downcast_ref::<RelationshipAttr>() {
                Some(a) => match &a.of_type {
                    Some(e) => aliased::object_of(slf.py(), e)?,
                    None => match a.relationship.target() {
                        Some(m) => aliased::object_of(slf.py(), &Entity { mapper: m, alias: None })?,
                        None => at,
                    },
                },
                None => at,
            },
            JoinTarget::Entity(e) => match Entity::of(e) {
                Some(e) => aliased::object_of(slf.py(), e)?,
                None => target.clone(),
            },
            JoinTarget::From(_) => target.clone(),
        };
        setups.push(SetupJoin { target: t, onclause: on, left: None, isouter: how.isouter, full: how.full });
    }
    with(slf, |s, _| {
        if !how.from_joinpoint {
            s.adapters.clear();
        }
        s.adapters.extend(adapters);
        s.select.joins.extend(setups);
        s.joinpoint = Some(at.unbind());
        Ok(())
    })
}

fn first_entity<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let plain = with(slf, |s, _| {
        s.joinpoint = None;
        Ok(())
    })?;
    namespace(&plain)
}

/// `aliased=True`: the target under an anonymous alias.
fn alias_target(target: JoinTarget, adapters: &mut Vec<Entity>) -> JoinTarget {
    match &target {
        JoinTarget::Attribute(h) => {
            let Some(a) = h.as_any().downcast_ref::<RelationshipAttr>() else { return target };
            let Some(mapper) = a.of_type.as_ref().map(|e| e.mapper.clone()).or_else(|| a.relationship.target()) else {
                return target;
            };
            let alias = alias_entity(&mapper, None, true, false);
            adapters.push(alias.clone());
            // a chain goes on from the alias of the step before
            let mut entity = a.entity.clone();
            if entity.alias.is_none()
                && let Some(before) = adapters.iter().rev().skip(1).find(|x| x.mapper.id == entity.mapper.id)
            {
                entity = before.clone();
            }
            JoinTarget::Attribute(Arc::new(RelationshipAttr { entity, of_type: Some(alias), ..a.clone() }))
        }
        JoinTarget::Entity(e) => match Entity::of(e) {
            Some(e) => {
                let alias = alias_entity(&e.mapper, None, true, false);
                adapters.push(alias.clone());
                JoinTarget::Entity(Arc::new(alias))
            }
            None => target,
        },
        JoinTarget::From(_) => target,
    }
}
