//! From Python objects to entities and back.

use super::{AliasedClass, AliasedInsp};
use crate::py::orm::manager::ClassManager;
use crate::py::orm::mapper::PyMapper;
use crate::py::{errors, ffi};
use orm::{Entity, Mapper};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyType, PyWeakrefMethods, PyWeakrefReference};
use rustc_hash::FxHashMap;
use sql::ast::FromRef;
use std::sync::{Arc, LazyLock};

/// Aliases by number: weak, an alias lives as long as user code or a statement's Python side holds it.
static ALIASES: LazyLock<Mutex<FxHashMap<u64, Py<PyWeakrefReference>>>> = LazyLock::new(Mutex::default);

/// Make an alias findable.
pub(super) fn remember(id: u64, obj: &Bound<'_, AliasedClass>) -> PyResult<()> {
    let weak = PyWeakrefReference::new(obj.as_any())?.unbind();
    let old = ALIASES.lock().insert(id, weak);
    drop(old);
    Ok(())
}

/// The alias is gone.
pub(super) fn forget(id: u64) {
    let old = ALIASES.lock().remove(&id);
    drop(old);
}

/// The entity an object stands for: mapped class, mapper, alias or its inspection object.
pub fn entity_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Entity>> {
    let py = obj.py();
    if let Ok(class) = obj.cast::<PyType>() {
        let Some(manager) = ClassManager::of(class) else { return Ok(None) };
        let Some(mapper) = manager.get().get_mapper(py) else { return Ok(None) };
        crate::py::orm::mapper::check_configure(&mapper)?;
        return Ok(Some(Entity { mapper: mapper.get().node.clone(), alias: None }));
    }
    if let Ok(a) = obj.cast::<AliasedClass>() {
        return Ok(Some(a.get().insp(py)?.get().entity.clone()));
    }
    if let Ok(a) = obj.cast::<AliasedInsp>() {
        return Ok(Some(a.get().entity.clone()));
    }
    if let Ok(m) = obj.cast::<PyMapper>() {
        crate::py::orm::mapper::check_configure(m)?;
        return Ok(Some(Entity { mapper: m.get().node.clone(), alias: None }));
    }
    Ok(None)
}

/// The Python face of a mapper.
pub fn mapper_face<'py>(py: Python<'py>, mapper: &Arc<Mapper>) -> PyResult<Bound<'py, PyMapper>> {
    match ffi::face(py, &mapper.face) {
        Some(m) => Ok(m.cast_into::<PyMapper>()?),
        None => Err(errors::invalid_request(py, format!("{} has been disposed of", mapper.describe()))),
    }
}

/// The class or alias an entity stands for.
pub fn object_of<'py>(py: Python<'py>, entity: &Entity) -> PyResult<Bound<'py, PyAny>> {
    match &entity.alias {
        None => mapper_face(py, &entity.mapper)?.getattr("class_"),
        Some(a) => {
            let known = ALIASES.lock().get(&a.id).map(|w| w.clone_ref(py));
            if let Some(obj) = known.and_then(|w| w.bind(py).upgrade()) {
                return Ok(obj);
            }
            Ok(super::class::wrap(py, entity.clone())?.into_any())
        }
    }
}

/// The mapper or inspection object of an entity.
pub fn inspected<'py>(py: Python<'py>, entity: &Entity) -> PyResult<Bound<'py, PyAny>> {
    match &entity.alias {
        None => Ok(mapper_face(py, &entity.mapper)?.into_any()),
        Some(_) => {
            let obj = object_of(py, entity)?.cast_into::<AliasedClass>()?;
            Ok(obj.get().insp(py)?.into_any())
        }
    }
}

/// The class or alias behind a FROM element that came from one.
pub fn entity_object<'py>(py: Python<'py>, from: &FromRef) -> PyResult<Option<Bound<'py, PyAny>>> {
    match from.entity.as_ref().and_then(Entity::of) {
        Some(e) => object_of(py, e).map(Some),
        None => Ok(None),
    }
}
