//! Loader options through `pickle`: entities travel as their classes, attributes by name.

use super::Load;
use crate::py::orm::aliased;
use crate::py::orm::loading::options::LoadOptions;
use crate::py::sql::{coerce, face};
use orm::Entity;
use orm::load::kept::{Access, Kept, LazyOption};
use orm::option_elements;
use orm::options::{InnerJoin, LoadElement, Step, Strategy, WildcardKind};
use orm::relationship::Lazy;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use sql::host::EntityRef;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

const LAZY: &[(&str, Lazy)] = &[
    ("select", Lazy::Select),
    ("immediate", Lazy::Immediate),
    ("joined", Lazy::Joined),
    ("subquery", Lazy::Subquery),
    ("selectin", Lazy::Selectin),
    ("raise", Lazy::Raise),
    ("raise_on_sql", Lazy::RaiseOnSql),
    ("noload", Lazy::Noload),
    ("dynamic", Lazy::Dynamic),
    ("write_only", Lazy::WriteOnly),
];

const INNER: &[InnerJoin] = &[InnerJoin::No, InnerJoin::Nested, InnerJoin::Unnested];

fn of_entity<'py>(py: Python<'py>, e: Option<&EntityRef>) -> PyResult<Any<'py>> {
    match e.and_then(Entity::of) {
        Some(e) => aliased::object_of(py, e),
        None => Ok(py.None().into_bound(py)),
    }
}

fn to_entity(obj: &Any<'_>) -> PyResult<Option<EntityRef>> {
    Ok(aliased::entity_of(obj)?.map(|e| -> EntityRef { Arc::new(e) }))
}

fn tuple<'py>(py: Python<'py>, parts: Vec<Any<'py>>) -> PyResult<Any<'py>> {
    Ok(PyTuple::new(py, parts)?.into_any())
}

macro_rules! parts {
    ($py:expr, $($x:expr),* $(,)?) => { tuple($py, vec![$($x.into_pyobject($py)?.into_any()),*]) };
}

fn dump_step<'py>(py: Python<'py>, step: &Step) -> PyResult<Any<'py>> {
    match step {
        Step::Attr { entity, key, of_type, .. } => {
            parts!(py, "attr", of_entity(py, entity.as_ref())?, &**key, of_entity(py, of_type.as_ref())?)
        }
        Step::Wildcard { entity, kind } => {
            parts!(py, "wildcard", of_entity(py, entity.as_ref())?, u8::from(*kind == WildcardKind::Column))
        }
        Step::Entity(e) => parts!(py, "entity", of_entity(py, Some(e))?),
    }
}

fn dump_strategy<'py>(py: Python<'py>, s: &Strategy) -> PyResult<Any<'py>> {
    match s {
        Strategy::Default => parts!(py, "default"),
        Strategy::Relationship { lazy, innerjoin, recursion_depth, chunksize } => {
            let name = LAZY.iter().find(|(_, l)| l == lazy).map_or("select", |(n, _)| *n);
            let inner = innerjoin.and_then(|i| INNER.iter().position(|x| *x == i));
            parts!(py, "relationship", name, inner, *recursion_depth, *chunksize)
        }
        Strategy::ContainsEager { .. } => parts!(py, "contains_eager"),
        Strategy::Defer { raiseload } => parts!(py, "defer", u8::from(*raiseload)),
        Strategy::Undefer => parts!(py, "undefer"),
        Strategy::UndeferGroup(name) => parts!(py, "undefer_group", &**name),
        Strategy::Expression(e) => parts!(py, "expression", face::wrap_expr(py, e)?),
        Strategy::SelectinPolymorphic(list) => {
            let classes = list.iter().map(|e| of_entity(py, Some(e))).collect::<PyResult<Vec<_>>>()?;
            parts!(py, "selectin_polymorphic", PyList::new(py, classes)?)
        }
    }
}

fn dump<'py>(py: Python<'py>, elements: &[LoadElement]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for e in elements {
        let path = e.path.iter().map(|s| dump_step(py, s)).collect::<PyResult<Vec<_>>>()?;
        list.append(parts!(
            py,
            PyList::new(py, path)?,
            dump_strategy(py, &e.strategy)?,
            u8::from(e.raiseerr),
            u8::from(e.reconcile)
        )?)?;
    }
    Ok(list)
}

fn bad() -> PyErr {
    PyValueError::new_err("unknown loader option in pickle")
}

fn load_step(obj: &Any<'_>) -> PyResult<Step> {
    let t = obj.cast::<PyTuple>()?;
    let kind: String = t.get_item(0)?.extract()?;
    let entity = to_entity(&t.get_item(1)?)?;
    Ok(match kind.as_str() {
        "attr" => Step::Attr {
            entity,
            key: t.get_item(2)?.extract::<String>()?.as_str().into(),
            of_type: to_entity(&t.get_item(3)?)?,
            criteria: Vec::new(),
        },
        "wildcard" => Step::Wildcard {
            entity,
            kind: if t.get_item(2)?.is_truthy()? { WildcardKind::Column } else { WildcardKind::Relationship },
        },
        "entity" => Step::Entity(entity.ok_or_else(bad)?),
        _ => return Err(bad()),
    })
}

fn load_strategy(obj: &Any<'_>) -> PyResult<Strategy> {
    let t = obj.cast::<PyTuple>()?;
    let kind: String = t.get_item(0)?.extract()?;
    Ok(match kind.as_str() {
        "default" => Strategy::Default,
        "relationship" => {
            let name: String = t.get_item(1)?.extract()?;
            Strategy::Relationship {
                lazy: LAZY.iter().find(|(n, _)| *n == name).ok_or_else(bad)?.1,
                innerjoin: t.get_item(2)?.extract::<Option<usize>>()?.and_then(|i| INNER.get(i).copied()),
                recursion_depth: t.get_item(3)?.extract()?,
                chunksize: t.get_item(4)?.extract()?,
            }
        }
        "contains_eager" => Strategy::ContainsEager { alias: None },
        "defer" => Strategy::Defer { raiseload: t.get_item(1)?.is_truthy()? },
        "undefer" => Strategy::Undefer,
        "undefer_group" => Strategy::UndeferGroup(t.get_item(1)?.extract::<String>()?.as_str().into()),
        "expression" => Strategy::Expression(coerce::expr(&t.get_item(1)?)?),
        "selectin_polymorphic" => {
            let mut list = Vec::new();
            for c in t.get_item(1)?.try_iter()? {
                list.push(to_entity(&c?)?.ok_or_else(bad)?);
            }
            Strategy::SelectinPolymorphic(list)
        }
        _ => return Err(bad()),
    })
}

fn load(list: &Any<'_>) -> PyResult<Vec<LoadElement>> {
    let mut out = Vec::new();
    for e in list.try_iter()? {
        let e = e?.cast_into::<PyTuple>()?;
        let path = e.get_item(0)?.try_iter()?.map(|s| load_step(&s?)).collect::<PyResult<_>>()?;
        out.push(LoadElement {
            path,
            strategy: load_strategy(&e.get_item(1)?)?,
            raiseerr: e.get_item(2)?.is_truthy()?,
            reconcile: e.get_item(3)?.is_truthy()?,
            named: false,
        });
    }
    Ok(out)
}

fn plain<'py>(py: Python<'py>, e: Option<&Entity>) -> PyResult<Any<'py>> {
    e.map_or_else(|| Ok(py.None().into_bound(py)), |e| aliased::object_of(py, e))
}

/// `__reduce__` of a `Load`.
pub(super) fn reduce_load<'py>(py: Python<'py>, l: &Load) -> PyResult<Any<'py>> {
    let path = l.path.iter().map(|s| dump_step(py, s)).collect::<PyResult<Vec<_>>>()?;
    let f = py.import("oxalchemy._rs")?.getattr("_load_of")?;
    let args =
        parts!(py, plain(py, l.entity.as_ref())?, PyList::new(py, path)?, plain(py, l.target.as_ref())?, dump(py, &l.elements)?)?;
    parts!(py, f, args)
}

#[pyfunction]
#[pyo3(name = "_load_of")]
fn load_of(entity: &Any<'_>, path: &Any<'_>, target: &Any<'_>, elements: &Any<'_>) -> PyResult<Load> {
    Ok(Load {
        entity: aliased::entity_of(entity)?,
        path: path.try_iter()?.map(|s| load_step(&s?)).collect::<PyResult<_>>()?,
        target: aliased::entity_of(target)?,
        elements: load(elements)?,
        named: false,
    })
}

#[pymethods]
impl LoadOptions {
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        if !self.criteria.is_empty() {
            return Err(PyTypeError::new_err("cannot pickle an instance that was loaded with with_loader_criteria()"));
        }
        let f = py.import("oxalchemy._rs")?.getattr("_load_options_of")?;
        let args = parts!(py, dump(py, &option_elements::elements(&self.kept.node))?, u8::from(self.kept.node.everywhere))?;
        parts!(py, f, args)
    }
}

#[pyfunction]
#[pyo3(name = "_load_options_of")]
fn load_options_of(elements: &Any<'_>, everywhere: &Any<'_>) -> PyResult<LoadOptions> {
    let node = option_elements::tree(&load(elements)?, everywhere.is_truthy()?)
        .map_err(|e| crate::py::errors::sql_error(elements.py(), e))?;
    Ok(LoadOptions { kept: Arc::new(Kept { node: Arc::new(node) }), criteria: Vec::new() })
}

/// How attributes of one instance are loaded on access. Criteria of such loads stay behind.
pub fn dump_lazy<'py>(py: Python<'py>, options: &[LazyOption]) -> PyResult<Any<'py>> {
    let list = PyList::empty(py);
    for o in options {
        let (kind, refused) = match &o.access {
            Access::Relationship { lazy, .. } => (LAZY.iter().find(|(_, l)| l == lazy).map_or("select", |(n, _)| *n), 0),
            Access::Column { raiseload } => ("column", u8::from(*raiseload)),
        };
        list.append(parts!(py, &*o.key, kind, refused)?)?;
    }
    Ok(list.into_any())
}

/// The other half of [`dump_lazy`].
pub fn load_lazy(list: &Any<'_>) -> PyResult<Arc<[LazyOption]>> {
    let mut out = Vec::new();
    for o in list.try_iter()? {
        let (key, kind, refused): (String, String, bool) = {
            let t = o?.cast_into::<PyTuple>()?;
            (t.get_item(0)?.extract()?, t.get_item(1)?.extract()?, t.get_item(2)?.is_truthy()?)
        };
        let access = match LAZY.iter().find(|(n, _)| *n == kind) {
            Some((_, lazy)) => Access::Relationship { lazy: *lazy, criteria: Vec::new().into() },
            None => Access::Column { raiseload: refused },
        };
        out.push(LazyOption { key: key.as_str().into(), access });
    }
    Ok(out.into())
}

/// Add this file's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(load_of, m)?)?;
    m.add_function(wrap_pyfunction!(load_options_of, m)?)
}
