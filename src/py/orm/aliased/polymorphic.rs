//! `with_polymorphic()`.

use super::{class, registry};
use crate::py::errors;
use crate::py::sql::coerce;
use crate::py::text::Text;
use orm::compile::alias::{ColumnMap, alias_from, entity_over};
use orm::compile::polymorphic_join;
use orm::{AliasInfo, Entity, Mapper};
use pyo3::prelude::*;
use pyo3::types::PyString;
use sql::ast::{From, FromKind, Node};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// The mappers that `'*'` (nothing), a class or a list of classes names.
fn named(base: &Arc<Mapper>, classes: &Any<'_>) -> PyResult<Option<Vec<Arc<Mapper>>>> {
    let py = classes.py();
    if classes.cast::<PyString>().is_ok_and(|s| s.to_str().is_ok_and(|s| s == "*")) {
        return Ok(None);
    }
    let list: Vec<Any<'_>> = match registry::entity_of(classes)? {
        Some(_) => vec![classes.clone()],
        None if classes.is_none() => Vec::new(),
        None => classes.try_iter()?.collect::<PyResult<_>>()?,
    };
    let mut out: Vec<Arc<Mapper>> = Vec::new();
    for c in list {
        let Some(e) = registry::entity_of(&c)? else {
            return Err(errors::argument_error(py, format!("mapped class expected, got {}", c.repr()?.text())));
        };
        if !e.mapper.isa(base) {
            return Err(errors::invalid_request(
                py,
                format!("{} does not inherit from {}", e.mapper.describe(), base.describe()),
            ));
        }
        out.push(e.mapper.clone());
    }
    Ok(Some(out))
}

/// The entity of `with_polymorphic`.
#[allow(clippy::too_many_arguments)]
fn build<'py>(
    base: &Entity,
    classes: &Any<'py>,
    selectable: Option<&Any<'py>>,
    flat: bool,
    polymorphic_on: Option<&Any<'py>>,
    aliased: bool,
    innerjoin: bool,
    name: Option<&str>,
) -> PyResult<Entity> {
    let mapper = &base.mapper;
    let named = named(mapper, classes)?;
    let mut map = ColumnMap::default();
    let given = match selectable.filter(|s| !s.is_none() && !s.cast::<pyo3::types::PyBool>().is_ok_and(|b| !b.is_true())) {
        Some(s) => Some(match coerce::node(s)? {
            Node::Query(q) => From::new(FromKind::Subquery { query: q, name: sql::Label::anon("anon") }),
            _ => coerce::from(s)?,
        }),
        None => None,
    };
    let given = given.or_else(|| mapper.data().with_polymorphic.as_ref().and_then(|w| w.selectable.clone()));
    let mut subs = mapper.polymorphic_within(named.as_ref(), given.as_ref());
    subs.retain(|m| m.id != mapper.id);
    let from = given.unwrap_or_else(|| polymorphic_join(mapper, &subs, innerjoin));
    let use_mapper_path = !(aliased || flat);
    let from = if aliased || flat { alias_from(&from, name, flat, &mut map) } else { from };
    let mut entity = entity_over(mapper, from, map, name, subs, use_mapper_path);
    if let Some(on) = polymorphic_on.filter(|p| !p.is_none()) {
        let on = coerce::expr(on)?;
        if let Some(a) = &entity.alias {
            entity.alias = Some(Arc::new(AliasInfo {
                id: a.id,
                name: a.name.clone(),
                selectable: a.selectable.clone(),
                with_polymorphic: a.with_polymorphic.clone(),
                polymorphic_on: Some(on),
                adapt_on_names: a.adapt_on_names,
                use_mapper_path: a.use_mapper_path,
                labels: Default::default(),
                columns: a.columns.clone(),
            }));
        }
    }
    Ok(entity)
}

/// Legacy `Query.with_polymorphic`.
pub fn polymorphic_entity<'py>(
    py: Python<'py>,
    base: &Entity,
    classes: &Any<'py>,
    selectable: Option<Any<'py>>,
    polymorphic_on: Option<Any<'py>>,
) -> PyResult<Entity> {
    let _ = py;
    build(base, classes, selectable.as_ref(), false, polymorphic_on.as_ref(), false, false, None)
}

/// `with_polymorphic(base, classes, selectable=False, flat=False, polymorphic_on=None, aliased=False, innerjoin=False, name=None)`.
#[pyfunction]
#[pyo3(signature = (base, classes, selectable = None, flat = false, polymorphic_on = None, aliased = false, innerjoin = false, adapt_on_names = false, name = None))]
#[allow(clippy::too_many_arguments)]
pub fn with_polymorphic<'py>(
    base: &Any<'py>,
    classes: &Any<'py>,
    selectable: Option<Any<'py>>,
    flat: bool,
    polymorphic_on: Option<Any<'py>>,
    aliased: bool,
    innerjoin: bool,
    adapt_on_names: bool,
    name: Option<String>,
) -> PyResult<Any<'py>> {
    let _ = adapt_on_names;
    let py = base.py();
    let Some(entity) = registry::entity_of(base)? else {
        crate::py::imports::inspect(py)?.call1((base,))?;
        return Err(errors::argument_error(py, format!("mapped class expected, got {}", base.repr()?.text())));
    };
    let e = build(&entity, classes, selectable.as_ref(), flat, polymorphic_on.as_ref(), aliased, innerjoin, name.as_deref())?;
    Ok(class::wrap(py, e)?.into_any())
}
