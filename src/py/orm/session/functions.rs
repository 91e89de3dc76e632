//! Functions around sessions: `object_session`, `make_transient`, `close_all_sessions` …

use super::{Session, attach, registry, session_of};
use crate::py::errors;
use crate::py::orm::identity::StateExt;
use crate::py::orm::state::flag;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

type Any<'py> = Bound<'py, PyAny>;

/// The session of an instance, or None.
#[pyfunction]
pub(super) fn object_session<'py>(instance: &Any<'py>) -> PyResult<Option<Bound<'py, Session>>> {
    Ok(session_of(&attach::state_of(instance)?))
}

/// Close every session.
#[pyfunction]
#[pyo3(name = "close_all_sessions")]
pub(super) fn close_all(py: Python<'_>) -> PyResult<()> {
    registry::all(py).iter().try_for_each(|s| s.call_method0("close").map(drop))
}

/// Forget session and identity of an instance.
#[pyfunction]
fn make_transient(instance: &Any<'_>) -> PyResult<()> {
    let state = attach::state_of(instance)?;
    if let Some(session) = session_of(&state) {
        attach::expunge_states(&session, std::slice::from_ref(&state), false)?;
    }
    // What was expired has no row to come from any more.
    super::expire::forget(&state);
    state.set_key(None);
    state.set_deleted(false);
    Ok(())
}

/// Give a transient instance the identity of its primary key, as if it had been loaded and detached.
#[pyfunction]
fn make_transient_to_detached(instance: &Any<'_>) -> PyResult<()> {
    let state = attach::state_of(instance)?;
    if state.session_id().is_some() || state.has_key() {
        return Err(errors::invalid_request(instance.py(), "Given object must be transient"));
    }
    let key = super::identity_ops::key_of_instance(&state, instance)?;
    state.set_key(Some(key));
    state.set_deleted(false);
    state.get().commit_all(instance.py());
    super::expire::unloaded(&state)
}

/// Whether an instance was deleted in a flush.
#[pyfunction]
fn was_deleted(object: &Any<'_>) -> PyResult<bool> {
    Ok(attach::state_of(object)?.get().is(object.py(), flag::DELETED))
}

pub(super) fn identity_key<'py>(
    py: Python<'py>,
    class_: Option<Any<'py>>,
    ident: Option<Any<'py>>,
    instance: Option<Any<'py>>,
    row: Option<Any<'py>>,
    token: Option<Any<'py>>,
) -> PyResult<Any<'py>> {
    if let Some(instance) = instance {
        let state = attach::state_of(&instance)?;
        let mapper = state.get().manager.get().require_mapper(py)?;
        return mapper.call_method1("identity_key_from_instance", (instance,));
    }
    let Some(class) = class_ else {
        return Err(errors::argument_error(py, "class or instance is required"));
    };
    let mapper = py.import("oxalchemy.orm")?.getattr("class_mapper")?.call1((class,))?;
    if let Some(row) = row {
        let kw = pyo3::types::PyDict::new(py);
        kw.set_item("identity_token", token)?;
        return mapper.call_method("identity_key_from_row", (row,), Some(&kw));
    }
    let Some(ident) = ident else {
        return Err(errors::argument_error(py, "ident or row is required"));
    };
    let ident: Any<'py> = if ident.is_instance_of::<PyTuple>() || ident.is_instance_of::<pyo3::types::PyList>() {
        ident
    } else {
        PyTuple::new(py, [ident])?.into_any()
    };
    let kw = pyo3::types::PyDict::new(py);
    kw.set_item("identity_token", token)?;
    mapper.call_method("identity_key_from_primary_key", (ident,), Some(&kw))
}

#[pyfunction]
#[pyo3(name = "identity_key", signature = (class_=None, ident=None, *, instance=None, row=None, identity_token=None))]
fn py_identity_key<'py>(
    py: Python<'py>,
    class_: Option<Any<'py>>,
    ident: Option<Any<'py>>,
    instance: Option<Any<'py>>,
    row: Option<Any<'py>>,
    identity_token: Option<Any<'py>>,
) -> PyResult<Any<'py>> {
    identity_key(py, class_, ident, instance, row, identity_token)
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(object_session, m)?)?;
    m.add_function(wrap_pyfunction!(close_all, m)?)?;
    m.add_function(wrap_pyfunction!(make_transient, m)?)?;
    m.add_function(wrap_pyfunction!(make_transient_to_detached, m)?)?;
    m.add_function(wrap_pyfunction!(was_deleted, m)?)?;
    m.add_function(wrap_pyfunction!(py_identity_key, m)?)
}
