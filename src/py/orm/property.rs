//! [`MapperProperty`]: the base of what stands under an attribute name. The classes users see (`ColumnProperty`,
//! `RelationshipProperty`, `Synonym`, `Composite` …) are Python data classes over it that hold their arguments; what
//! configuration makes of them is the node here.

use super::mapper::PyMapper;
use crate::py::ffi::{self, GilCell};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use orm::Property;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use std::sync::Arc;

/// See the module documentation.
#[pyclass(frozen, subclass, weakref, dict, module = "oxalchemy.orm.interfaces")]
#[derive(Default)]
pub struct MapperProperty {
    /// Attribute name, once assigned to a mapper.
    pub key: GilCell<Option<String>>,
    /// The mapper that declares it.
    pub parent: GilCell<Option<Py<PyMapper>>>,
    /// What configuration made of it.
    pub node: GilCell<Option<Property>>,
    /// `init()` ran, or is running.
    pub started: GilCell<bool>,
}

impl MapperProperty {
    /// The configured node.
    pub fn get_node(&self, py: Python<'_>) -> Option<Property> {
        self.node.with(py, |n| n.clone())
    }
    /// Take the node over, and let it find this object.
    pub fn set_node(slf: &Bound<'_, Self>, node: Property) {
        let py = slf.py();
        if let Some(f) = node.face() {
            ffi::remember(f, slf.as_any());
        }
        let old = slf.get().node.replace(py, Some(node));
        if let Some(f) = old.as_ref().and_then(Property::face)
            && ffi::face(py, f).is_some_and(|o| o.is(slf))
            && !slf.get().node.with(py, |n| n.as_ref().and_then(Property::face).is_some_and(|n| std::ptr::eq(n, f)))
        {
            ffi::forget(f);
        }
    }
    /// The declaring mapper.
    pub fn get_parent<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyMapper>> {
        self.parent.with(py, |p| p.as_ref().map(|p| p.clone_ref(py))).map(|p| p.into_bound(py))
    }
    /// Attribute name, empty while it has none.
    pub fn name(&self, py: Python<'_>) -> String {
        self.key.with(py, |k| k.clone().unwrap_or_default())
    }
    /// `User.name`.
    pub fn describe(&self, py: Python<'_>) -> String {
        match self.get_parent(py) {
            Some(p) => format!("{}.{}", p.get().node.class_name, self.name(py)),
            None => format!("no parent.{}", self.name(py)),
        }
    }
    /// The Python object of a configured property.
    pub fn face_of<'py>(py: Python<'py>, node: &Property) -> Option<Bound<'py, Self>> {
        ffi::face(py, node.face()?)?.cast_into::<Self>().ok()
    }
}

impl Drop for MapperProperty {
    fn drop(&mut self) {
        // the node may live on in a statement; it must not find a dead object
        self.node.peek(|n| {
            if let Some(f) = n.as_ref().and_then(Property::face) {
                ffi::forget(f);
            }
        });
    }
}

#[pymethods]
impl MapperProperty {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    #[pyo3(signature = (*args, **kwargs))]
    fn py_new(args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        let _ = (args, kwargs);
        Self::default()
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn __init__(&self, args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) {
        let _ = (args, kwargs);
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
    /// Of a composite: the attributes of its columns, in order, now that they are known.
    fn _set_attribute_keys(&self, py: Python<'_>, keys: Vec<String>) {
        if let Some(Property::Composite(c)) = self.get_node(py) {
            *c.attribute_keys.write() = keys.into_iter().map(Into::into).collect();
        }
    }
    /// Of a column: it is not in the SELECT until asked for (the composite that it is part of is deferred).
    #[pyo3(signature = (group = None))]
    fn _defer(slf: &Bound<'_, Self>, group: Option<String>) {
        let py = slf.py();
        let (Some(Property::Column(old)), Some(parent)) = (slf.get().get_node(py), slf.get().get_parent(py)) else { return };
        let new = Arc::new(orm::ColumnProp { deferred: true, group: group.map(Into::into), ..(*old).clone() });
        Self::set_node(slf, Property::Column(new.clone()));
        for m in parent.get().node.self_and_descendants() {
            m.update(|d| {
                if let Some(slot) = d.props.get_mut(&*old.key)
                    && matches!(slot, Property::Column(p) if Arc::ptr_eq(p, &old))
                {
                    *slot = Property::Column(new.clone());
                }
            });
        }
    }
    #[getter]
    fn get_key(&self, py: Python<'_>) -> PyResult<String> {
        self.key.with(py, |k| k.clone()).ok_or_else(|| pyo3::exceptions::PyAttributeError::new_err("key"))
    }
    #[setter]
    fn set_key(&self, py: Python<'_>, key: Option<String>) {
        self.key.replace(py, key);
    }
    #[getter]
    fn get_parent_(&self, py: Python<'_>) -> Option<Py<PyMapper>> {
        self.get_parent(py).map(Bound::unbind)
    }
    #[getter(parent)]
    fn py_parent(&self, py: Python<'_>) -> PyResult<Py<PyMapper>> {
        self.get_parent(py).map(Bound::unbind).ok_or_else(|| pyo3::exceptions::PyAttributeError::new_err("parent"))
    }
    #[setter(parent)]
    fn set_parent(&self, py: Python<'_>, parent: Option<Py<PyMapper>>) {
        drop(self.parent.replace(py, parent));
    }
    #[getter]
    fn _configure_started(&self, py: Python<'_>) -> bool {
        self.started.get(py)
    }
    #[classattr]
    #[pyo3(name = "is_property")]
    const IS_PROPERTY: bool = true;
    #[classattr]
    #[pyo3(name = "_is_mapper_property")]
    const IS_MAPPER_PROPERTY: bool = true;
    #[classattr]
    #[pyo3(name = "is_mapper")]
    const IS_MAPPER: bool = false;
    #[classattr]
    #[pyo3(name = "is_attribute")]
    const IS_ATTRIBUTE: bool = false;
    #[classattr]
    #[pyo3(name = "is_instance")]
    const IS_INSTANCE: bool = false;
    #[classattr]
    #[pyo3(name = "is_aliased_class")]
    const IS_ALIASED_CLASS: bool = false;
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = false;
    fn __str__(&self, py: Python<'_>) -> String {
        self.describe(py)
    }
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let py = slf.py();
        let key = slf.get().key.with(py, |k| k.clone()).unwrap_or_else(|| "no key".to_owned());
        Ok(format!("<{} at 0x{:x}; {key}>", slf.get_type().name()?.text(), slf.as_ptr() as usize))
    }
}

impl Collected for MapperProperty {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        self.parent.peek(|p| visit.call(p)).unwrap_or(Ok(()))
    }
    fn release(&self, py: Python<'_>) {
        drop(self.parent.replace(py, None));
    }
}
