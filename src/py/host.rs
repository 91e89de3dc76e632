//! Any Python object inside a node of a pure room.

use crate::py::doors::OPTION;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::ast::Literal;
use sql::host::{HostObject, HostRef, Structure};
use std::any::Any;
use std::sync::Arc;

/// A Python object as a [`HostObject`].
#[derive(Debug)]
pub struct PyHost(pub Py<PyAny>);

impl PyHost {
    /// Wrap an object.
    pub fn wrap(obj: &Bound<'_, PyAny>) -> HostRef {
        Arc::new(Self(obj.clone().unbind()))
    }
    /// The Python object of a host value, if it is one.
    pub fn get<'py>(py: Python<'py>, host: &HostRef) -> Option<Bound<'py, PyAny>> {
        host.as_any().downcast_ref::<Self>().map(|h| h.0.bind(py).clone())
    }
}

/// What an option object of a statement holds; the ORM knows.
fn option(obj: &Bound<'_, PyAny>) -> PyResult<Option<HostRef>> {
    OPTION.get().map_or(Ok(None), |of| of(obj))
}

impl HostObject for PyHost {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn same(&self, other: &dyn HostObject) -> bool {
        self.identity() == other.identity()
    }
    fn identity(&self) -> usize {
        self.0.as_ptr() as usize
    }
    fn structure(&self, into: &mut dyn Structure) -> bool {
        Python::attach(|py| {
            let option = crate::py::errors::or_park(option(self.0.bind(py)), || None);
            option.is_some_and(|o| o.structure(into))
        })
    }
    fn reaches_inside(&self, toplevel: bool) -> bool {
        Python::attach(|py| match option(self.0.bind(py)) {
            Ok(Some(option)) => option.reaches_inside(toplevel),
            _ => false,
        })
    }
    fn repr(&self) -> String {
        Python::attach(|py| crate::py::errors::or_park(self.0.bind(py).repr().map(|r| r.text()), String::new))
    }
    fn as_literal(&self) -> Option<Literal> {
        Python::attach(|py| literal(self.0.bind(py)))
    }
    fn as_list(&self) -> Option<Vec<HostRef>> {
        Python::attach(|py| {
            let obj = self.0.bind(py);
            let listed = obj.is_instance_of::<PyList>() || obj.is_instance_of::<PyTuple>();
            if !listed {
                return None;
            }
            let items = obj.try_iter().and_then(|it| it.map(|e| Ok(Self::wrap(&e?))).collect::<PyResult<Vec<_>>>());
            crate::py::errors::or_park(items.map(Some), || None)
        })
    }
    fn as_pairs(&self) -> Option<Vec<(Arc<str>, HostRef)>> {
        Python::attach(|py| {
            let dict = self.0.bind(py).cast::<PyDict>().ok()?;
            dict.iter().map(|(k, v)| Some((k.str().ok()?.to_str().ok()?.into(), Self::wrap(&v)))).collect()
        })
    }
}

/// The plain constant a Python object is, if it is one of the built-in scalar types.
pub fn literal(obj: &Bound<'_, PyAny>) -> Option<Literal> {
    use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyString};
    if obj.is_none() {
        Some(Literal::Null)
    } else if let Ok(b) = obj.cast_exact::<PyBool>() {
        Some(Literal::Bool(b.is_true()))
    } else if obj.is_exact_instance_of::<PyInt>() {
        obj.extract().ok().map(Literal::Int)
    } else if let Ok(f) = obj.cast_exact::<PyFloat>() {
        Some(Literal::Float(f.value()))
    } else if let Ok(s) = obj.cast::<PyString>() {
        s.to_str().ok().map(|s| Literal::Text(s.into()))
    } else if let Ok(b) = obj.cast_exact::<PyBytes>() {
        Some(Literal::Bytes(b.as_bytes().into()))
    } else {
        None
    }
}
