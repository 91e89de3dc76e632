//! [`PyMapper`]: the mapper of a class, as Python sees it, over [`orm::Mapper`].
//!
//! | file | concept |
//! |---|---|
//! | [`read`] | the arguments of `mapper()`, read once into a spec |
//! | [`build`] | from the spec to a mapped class |
//! | [`props`] | columns and properties under attribute names |
//! | [`polymorphic`] | discriminators |
//! | [`configure`] | relationships set up once all classes are known |
//! | [`members`] | the documented members of `Mapper` |

pub mod build;
pub mod concrete;
pub mod configure;
pub mod members;
pub mod polymorphic;
pub mod props;
pub mod read;
pub mod turn;

pub use configure::{check_configure, configure_for, configured_impl};
pub use polymorphic::set_polymorphic_identity;

use super::identity::IdentityKey;
use super::manager::ClassManager;
use super::property::MapperProperty;
use super::state::InstanceState;
use crate::py::errors;
use crate::py::ffi::{self, GilCell};
use crate::py::orm::loading::{identity, lazy};
use crate::py::orm::persistence::plan;
use orm::columns;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};
use std::sync::Arc;

/// See the module documentation.
#[pyclass(frozen, subclass, weakref, dict, name = "Mapper", module = "oxalchemy.orm.mapper")]
pub struct PyMapper {
    /// The configuration.
    pub node: Arc<orm::Mapper>,
    /// The mapped class.
    pub class_: Py<PyType>,
    /// Attribute name to property object, in order.
    pub props: Py<PyDict>,
    /// Discriminator value to mapper, shared by a hierarchy.
    pub polymorphic_map: GilCell<Option<Py<PyDict>>>,
    /// Attribute name to (function, include_removes, include_backrefs).
    pub validators: Py<PyDict>,
    pub(super) inherits: GilCell<Option<Py<PyMapper>>>,
    pub(super) registry: GilCell<Option<Py<PyAny>>>,
    pub(super) dispatch: GilCell<Option<Py<PyAny>>>,
    /// The table object as given, kept alive with its columns.
    pub(super) local_table: GilCell<Option<Py<PyAny>>>,
    pub(super) identity: GilCell<Option<Py<PyAny>>>,
    pub(super) args: Py<PyDict>,
    /// What configuration raised; raised again for later uses.
    pub(super) failed: GilCell<Option<PyErr>>,
}

impl PyMapper {
    /// The `registry` it belongs to.
    pub fn registry_of<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.registry.with(py, |r| r.as_ref().map(|r| r.bind(py).clone()))
    }
    /// The class manager.
    pub fn manager<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ClassManager>> {
        ClassManager::register(self.class_.bind(py))
    }
    /// Property object under a name.
    pub fn property<'py>(&self, py: Python<'py>, key: &str) -> Option<Bound<'py, MapperProperty>> {
        self.props.bind(py).get_item(key).ok()??.cast_into::<MapperProperty>().ok()
    }
    /// The parent mapper.
    pub fn parent<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Self>> {
        self.inherits.with(py, |i| i.as_ref().map(|i| i.clone_ref(py))).map(|i| i.into_bound(py))
    }
    /// A raw argument of `mapper()`.
    pub fn arg<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.args.bind(py).get_item(name)?.filter(|v| !v.is_none()))
    }
}

impl Drop for PyMapper {
    fn drop(&mut self) {
        ffi::forget(&self.node.face);
        self.forget_plans();
    }
}

impl PyMapper {
    /// What was planned for it is of no use to anybody else.
    pub(super) fn forget_plans(&self) {
        let relationships: Vec<u64> = self.node.data().relationships().map(|r| r.id).collect();
        relationships.into_iter().for_each(lazy::forget);
        identity::forget(self.node.id);
        plan::forget(self.node.id);
    }
}

/// The Python mapper of a configuration.
pub fn face_of<'py>(py: Python<'py>, node: &Arc<orm::Mapper>) -> PyResult<Bound<'py, PyMapper>> {
    match ffi::face(py, &node.face).map(|f| f.cast_into::<PyMapper>()) {
        Some(Ok(m)) => Ok(m),
        _ => Err(errors::invalid_request(py, format!("Mapper of class {} no longer exists", node.class_name))),
    }
}
/// The class manager of a mapper.
pub fn manager_of<'py>(mapper: &Bound<'py, PyMapper>) -> PyResult<Bound<'py, ClassManager>> {
    mapper.get().manager(mapper.py())
}
/// The class of a configuration, while it lives.
pub fn class_of<'py>(py: Python<'py>, node: &Arc<orm::Mapper>) -> Option<Bound<'py, PyType>> {
    face_of(py, node).ok().map(|m| m.get().class_.bind(py).clone())
}
/// The Python mapper of a mapped class (the class's own).
pub fn of_class<'py>(class: &Bound<'py, PyAny>) -> Option<Bound<'py, PyMapper>> {
    ClassManager::of(class.cast::<PyType>().ok()?)?.get().get_mapper(class.py())
}
/// The configuration of a mapped class, `None` when it is none.
pub fn mapper_of_class(class: &Bound<'_, PyAny>) -> PyResult<Option<Arc<orm::Mapper>>> {
    Ok(of_class(class).map(|m| m.get().node.clone()))
}
/// The configuration of a mapped class, Mapper or alias, all mappers set up; `None` when it is none of these.
pub fn inspect_mapper(entity: &Bound<'_, PyAny>) -> PyResult<Option<Arc<orm::Mapper>>> {
    let py = entity.py();
    let found = match entity.cast::<PyMapper>() {
        Ok(m) => Some(m.clone()),
        Err(_) => of_class(entity),
    };
    if let Some(m) = found {
        check_configure(&m)?;
        return Ok(Some(m.get().node.clone()));
    }
    if entity.is_instance_of::<PyType>() {
        return Ok(None);
    }
    let insp = py.import("oxalchemy.inspection")?.getattr("inspect")?.call1((entity, false))?;
    if insp.is_none() {
        return Ok(None);
    }
    match insp.getattr_opt("mapper")? {
        Some(m) => {
            if let Ok(m) = m.cast::<PyMapper>() {
                check_configure(m)?;
            }
            Ok(m.cast::<PyMapper>().ok().map(|m| m.get().node.clone()))
        }
        None => Ok(None),
    }
}
/// Values of the primary key attributes of an instance, loaded when needed.
pub fn primary_key_of<'py>(state: &Bound<'py, InstanceState>, passive: u32) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = state.py();
    let manager = state.get().manager.get();
    let Some(mapper) = manager.get_mapper(py) else { return Ok(Vec::new()) };
    let dict = state.get().instance_dict(py);
    let data = mapper.get().node.data();
    data.primary_key
        .iter()
        .map(|c| {
            let key = data.column_keys.get(&columns::col_id(c)).cloned().unwrap_or_else(|| c.key());
            let imp = manager.require_impl(py, &key)?;
            super::impls::AttributeImpl::get(&imp, state, &dict, passive)
        })
        .collect()
}
/// The identity key that an instance's primary key attributes make.
pub fn key_from_instance(state: &Bound<'_, InstanceState>, obj: &Bound<'_, PyAny>) -> PyResult<IdentityKey> {
    let _ = obj;
    let py = state.py();
    let values = primary_key_of(state, super::flags::PASSIVE_RETURN_NO_VALUE)?;
    let Some(mapper) = state.get().manager.get().get_mapper(py) else {
        return Err(errors::invalid_request(py, "instance is not mapped"));
    };
    let token = state.get().token(py);
    IdentityKey::from_values(mapper.get().node.base(), values)?.with_token(token.as_ref())
}

/// What a mapped class, Mapper or alias is as part of a statement; the hook of the expression faces.
pub fn entity_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<sql::host::EntityRef>> {
    let mapper = match obj.cast::<PyMapper>() {
        Ok(m) => Some(m.clone()),
        Err(_) => of_class(obj),
    };
    if let Some(m) = mapper {
        return Ok(Some(orm::Entity::plain(&m.get().node)));
    }
    if obj.is_instance_of::<PyType>() {
        return Ok(None);
    }
    match obj.getattr_opt("_sa_entity")? {
        Some(e) => Ok(e.cast::<EntityBox>().ok().map(|e| e.get().0.clone())),
        None => Ok(None),
    }
}

/// An entity as a Python value: what `_sa_entity` of an alias gives.
#[pyclass(frozen, module = "oxalchemy.orm.util")]
pub struct EntityBox(pub sql::host::EntityRef);
