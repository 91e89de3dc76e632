//! Loader options: `joinedload()` and relatives, `Load`, `with_loader_criteria`.

mod criteria;
mod functions;
mod load;
pub mod pickle;

pub use criteria::LoaderCriteriaOption;
pub use load::Load;

use crate::py::host::PyHost;
use orm::options::LoaderOption;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use sql::host::HostRef;
use std::sync::Arc;

/// What `options(*args)` was given.
#[derive(Default)]
pub struct Found<'py> {
    /// For the statement.
    pub options: Vec<HostRef>,
    /// Objects with `process_query` (legacy).
    pub legacy: Vec<Bound<'py, PyAny>>,
    /// `contains_alias(alias)`.
    pub contains_alias: Option<Bound<'py, PyAny>>,
}

/// Options of a call.
pub fn gather<'py>(args: &Bound<'py, PyTuple>) -> PyResult<Found<'py>> {
    let mut out = Found::default();
    for a in args.iter() {
        one(&a, &mut out)?;
    }
    Ok(out)
}

fn one<'py>(obj: &Bound<'py, PyAny>, out: &mut Found<'py>) -> PyResult<()> {
    if obj.is_instance_of::<PyList>() || obj.is_instance_of::<PyTuple>() {
        for o in obj.try_iter()? {
            one(&o?, out)?;
        }
        return Ok(());
    }
    if let Some(h) = host_of(obj)? {
        out.options.push(h);
        return Ok(());
    }
    if let Some(alias) = obj.getattr_opt("_contains_alias")? {
        out.contains_alias = Some(alias);
        return Ok(());
    }
    // a missing attribute is the documented error of a foreign object
    obj.getattr("_is_core")?;
    if obj.hasattr("process_query")? {
        out.legacy.push(obj.clone());
    }
    out.options.push(PyHost::wrap(obj));
    Ok(())
}

/// The pure option behind a face; `None`: it is none of ours.
pub fn host_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<HostRef>> {
    if let Ok(l) = obj.cast::<Load>() {
        return Ok(Some(Arc::new(LoaderOption::Load(l.get().elements.clone()))));
    }
    if let Ok(c) = obj.cast::<LoaderCriteriaOption>() {
        return Ok(Some(Arc::new(LoaderOption::Criteria(c.get().criteria.clone()))));
    }
    Ok(None)
}

/// The face of an option of a statement.
pub fn face_of<'py>(py: Python<'py>, host: &HostRef) -> PyResult<Bound<'py, PyAny>> {
    if let Some(obj) = PyHost::get(py, host) {
        return Ok(obj);
    }
    match host.as_any().downcast_ref::<LoaderOption>() {
        Some(LoaderOption::Load(elements)) => {
            Ok(Bound::new(py, Load { entity: None, path: Vec::new(), target: None, elements: elements.clone(), named: false })?
                .into_any())
        }
        Some(LoaderOption::Criteria(c)) => Ok(Bound::new(py, LoaderCriteriaOption { criteria: c.clone() })?.into_any()),
        None => Ok(py.None().into_bound(py)),
    }
}

/// Options of a statement with faces of ours replaced by what they stand for.
pub fn normalize(py: Python<'_>, options: &mut [HostRef]) -> PyResult<()> {
    for o in options {
        if let Some(obj) = PyHost::get(py, o)
            && let Some(h) = host_of(&obj)?
        {
            *o = h;
        }
    }
    Ok(())
}

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Load>()?;
    m.add_class::<LoaderCriteriaOption>()?;
    pickle::register(m)?;
    functions::register(m)
}
