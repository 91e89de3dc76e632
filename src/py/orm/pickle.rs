//! Instances and their states through `pickle`: what travels, and how a state finds its class again.

use super::state::InstanceState;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// What of a state is pickled: identity, changes, expired names, options.
pub fn state_dict<'py>(state: &Bound<'py, InstanceState>) -> PyResult<Bound<'py, PyDict>> {
    let py = state.py();
    let out = PyDict::new(py);
    out.set_item("instance", state.get().instance(py))?;
    out.set_item("class_", state.get().manager.get().class_.bind(py))?;
    if let Some(k) = state.get().identity_key(py) {
        out.set_item("key", k)?;
    }
    let committed = state.getattr("committed_state")?;
    if committed.len()? > 0 {
        out.set_item("committed_state", committed)?;
    }
    let expired = state.getattr("expired_attributes")?;
    if expired.len()? > 0 {
        out.set_item("expired_attributes", expired)?;
    }
    for flag in ["modified", "expired"] {
        let v = state.getattr(flag)?;
        if v.is_truthy()? {
            out.set_item(flag, v)?;
        }
    }
    let options = state.getattr("load_options")?;
    if options.is_truthy()? {
        out.set_item("load_options", options)?;
    }
    if let Some(lazy) = state.get().read_extra(py, |e| e.lazy.clone()) {
        out.set_item("lazy_options", super::options::pickle::dump_lazy(py, &lazy)?)?;
    }
    if let Some(info) = state.get().read_extra(py, |e| e.info.as_ref().map(|i| i.clone_ref(py))) {
        out.set_item("info", info)?;
    }
    let fresh = |e: &super::state::Extra| {
        let l: Vec<(Py<pyo3::types::PyString>, Py<PyAny>)> =
            e.empties.iter().map(|x| (x.0.clone_ref(py), x.1.clone_ref(py))).collect();
        (!l.is_empty()).then_some(l)
    };
    if let Some(empties) = state.get().read_extra(py, fresh) {
        out.set_item("_empty_collections", empties)?;
    }
    Ok(out)
}

/// `__reduce__`: `_rs._unpickle_state(dict)`.
pub fn reduce<'py>(state: &Bound<'py, InstanceState>) -> PyResult<Bound<'py, PyAny>> {
    let py = state.py();
    let made = state_dict(state)?;
    if let Some(l) =
        super::manager::ClassManager::listeners(state.get().manager.bind(py), crate::py::engine::events::Event::Pickle)?
    {
        l.call1((state, &made))?;
    }
    let class = made.get_item("class_")?;
    made.del_item("class_")?;
    let f = py.import("oxalchemy.orm.state")?.getattr("_state_of_class")?;
    Ok(PyTuple::new(py, [f, PyTuple::new(py, [class])?.into_any(), made.into_any()])?.into_any())
}

/// `__setstate__`: what [`state_dict`] gave, into a fresh state.
pub fn restore<'py>(state: &Bound<'py, InstanceState>, data: &Bound<'py, PyDict>) -> PyResult<()> {
    let py = state.py();
    InstanceState::track(state);
    if let Some(obj) = data.get_item("instance")?.filter(|o| !o.is_none()) {
        state.get().set_instance(&obj)?;
    }
    for name in ["key", "modified", "expired", "load_options"] {
        if let Some(v) = data.get_item(name)? {
            state.setattr(name, v)?;
        }
    }
    if let Some(committed) = data.get_item("committed_state")? {
        for (k, v) in committed.cast::<PyDict>()? {
            let key = super::names::intern(k.cast::<pyo3::types::PyString>()?);
            InstanceState::keep_committed(state, &key, v, true);
        }
    }
    if let Some(expired) = data.get_item("expired_attributes")? {
        let keys = expired
            .try_iter()?
            .map(|k| Ok(super::names::intern(k?.cast::<pyo3::types::PyString>()?)))
            .collect::<PyResult<Vec<_>>>()?;
        super::session::expire::restore(state, keys)?;
    }
    if let Some(lazy) = data.get_item("lazy_options")? {
        let lazy = super::options::pickle::load_lazy(&lazy)?;
        let old = InstanceState::with_extra(state, |e| e.lazy.replace(lazy));
        drop(old);
    }
    if let Some(info) = data.get_item("info")? {
        let info = info.cast_into::<PyDict>()?.unbind();
        let old = InstanceState::with_extra(state, |e| e.info.replace(info));
        drop(old);
    }
    if let Some(l) =
        super::manager::ClassManager::listeners(state.get().manager.bind(py), crate::py::engine::events::Event::Unpickle)?
    {
        l.call1((state, data))?;
    }
    Ok(())
}
