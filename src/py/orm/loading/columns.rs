//! Expired and deferred columns.

use super::identity::load_on;
use super::options::node_of;
use crate::py::orm::flags::{self, NO_AUTOFLUSH, SQL_OK};
use crate::py::orm::identity::StateExt;
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::session::{self, Session, orm_error, orm_error_args};
use crate::py::orm::state::InstanceState;
use crate::py::{errors, ffi};
use orm::load::kept::Access;
use orm::property::{ColumnProp, Property};
use pyo3::prelude::*;
use std::sync::Arc;

type State<'py> = Bound<'py, InstanceState>;
type Any<'py> = Bound<'py, PyAny>;

/// The session an instance loads from, or the documented error.
pub(super) fn session_of<'py>(state: &State<'py>, what: impl FnOnce() -> String) -> PyResult<Bound<'py, Session>> {
    match session::session_of(state) {
        Some(s) => Ok(s),
        None => Err(orm_error(state.py(), "DetachedInstanceError", &what())),
    }
}

/// Expired attributes are read: load them together.
pub fn hook_expired<'py>(state: &State<'py>, passive: u32) -> PyResult<Any<'py>> {
    let py = state.py();
    if passive & SQL_OK == 0 {
        return flags::passive_no_result(py);
    }
    let dict = state.get().instance_dict(py);
    let expired: Vec<_> = state.get().d.with(py, |d| d.expired.iter().map(|k| k.clone_ref(py)).collect());
    let mapper = state.mapper()?;
    let data = mapper.data();
    let mut only: Vec<Arc<str>> = Vec::new();
    // eager loads of an instance that was expired as a whole run again
    if state.get().is(py, crate::py::orm::state::flag::EXPIRED) {
        for r in data.relationships() {
            if ffi::dict_get(&dict, &pyo3::types::PyString::intern(py, &r.key).unbind()).is_none() {
                only.push(r.key.clone());
            }
        }
    }
    for key in expired {
        if ffi::dict_get(&dict, &key).is_some() || state.get().has_committed(py, &key) {
            continue;
        }
        let name = key.bind(py).to_string_lossy().into_owned();
        match data.props.get(name.as_str()) {
            Some(Property::Column(_)) => only.push(name.as_str().into()),
            Some(Property::Relationship(r)) if !only.contains(&r.key) => only.push(r.key.clone()),
            _ => {}
        }
    }
    load_scalars(state, only, passive, || {
        format!("Instance {} is not bound to a Session; attribute refresh operation cannot proceed", state.describe())
    })?;
    // relationships are asked for when somebody reads them, what has been set since has its value: nothing waits any more
    let old = state.get().d.with(py, |d| {
        d.flags &= !(crate::py::orm::state::flag::RELATED_EXPIRED | crate::py::orm::state::flag::EXPIRED);
        std::mem::take(&mut d.expired)
    });
    drop(old);
    flags::attr_was_set(py)
}

/// A column that is loaded on access is a query as any other: what is pending is written first.
fn autoflush(session: &Bound<'_, Session>, passive: u32) -> PyResult<()> {
    if passive & NO_AUTOFLUSH == 0 { session::flush::autoflush(session) } else { Ok(()) }
}

fn load_scalars<'py>(state: &State<'py>, only: Vec<Arc<str>>, passive: u32, detached: impl FnOnce() -> String) -> PyResult<()> {
    let py = state.py();
    let session = session_of(state, detached)?;
    if !state.has_key() {
        return Ok(());
    }
    autoflush(&session, passive)?;
    let keys: Vec<_> = only.clone();
    if !load_on(&session, state, Some(only), None, node_of(state))? {
        return Err(orm_error_args(py, "ObjectDeletedError", (state.clone(),)));
    }
    // what the row did not bring (subclass attributes of a base row) is not asked for again
    let gone: Vec<_> = keys.iter().map(|k| pyo3::types::PyString::intern(py, k).unbind()).collect();
    let old = state.get().d.with(py, |d| {
        let (out, kept): (Vec<_>, Vec<_>) =
            std::mem::take(&mut d.expired).into_iter().partition(|k| gone.iter().any(|g| g.is(k)));
        d.expired = kept;
        if d.expired.is_empty() {
            d.flags &= !crate::py::orm::state::flag::EXPIRED;
        }
        out
    });
    drop(old);
    Ok(())
}

/// A column that the row did not bring is read.
pub(super) fn deferred<'py>(
    state: &State<'py>,
    imp: &Bound<'py, AttributeImpl>,
    prop: &Arc<ColumnProp>,
    passive: u32,
) -> PyResult<Any<'py>> {
    let py = state.py();
    if !state.has_key() {
        return flags::attr_empty(py);
    }
    if !prop.deferred && state.get().is(py, crate::py::orm::state::flag::NULLS) {
        return flags::attr_empty(py);
    }
    if passive & SQL_OK == 0 {
        return flags::passive_no_result(py);
    }
    let mapper = state.mapper()?;
    let raiseload = match super::options::lazy_of(state, &prop.key).map(|o| o.access) {
        Some(Access::Column { raiseload }) => raiseload,
        _ => prop.raiseload,
    };
    if prop.says_nothing() && !raiseload {
        return flags::attr_empty(py);
    }
    let session = session_of(state, || {
        format!(
            "Parent instance {} is not bound to a Session; deferred load operation of attribute '{}' cannot proceed",
            state.describe(),
            prop.key
        )
    })?;
    if raiseload {
        return Err(errors::invalid_request(
            py,
            format!("'{}.{}' is not available due to raiseload=True", mapper.class_name, prop.key),
        ));
    }
    autoflush(&session, passive)?;
    let dict = state.get().instance_dict(py);
    let data = mapper.data();
    let only: Vec<Arc<str>> = match &prop.group {
        Some(g) => data
            .column_props()
            .filter(|p| p.group.as_ref() == Some(g))
            .filter(|p| !state.get().has_committed(py, &pyo3::types::PyString::intern(py, &p.key).unbind()))
            .map(|p| p.key.clone())
            .collect(),
        // the row was one of a base class: whatever else it did not bring comes with it
        None if !prop.deferred && super::options::lazy_of(state, &prop.key).is_none() => data
            .column_props()
            .filter(|p| p.key == prop.key || (!p.deferred && !p.hidden && !p.says_nothing()))
            .filter(|p| {
                let key = pyo3::types::PyString::intern(py, &p.key).unbind();
                ffi::dict_get(&dict, &key).is_none()
                    && !state.get().has_committed(py, &key)
                    && super::options::lazy_of(state, &p.key).is_none()
            })
            .map(|p| p.key.clone())
            .collect(),
        None => vec![prop.key.clone()],
    };
    if !load_on(&session, state, Some(only), None, node_of(state))? {
        return Err(orm_error_args(py, "ObjectDeletedError", (state.clone(),)));
    }
    if ffi::dict_get(&dict, &imp.get().key).is_none() {
        // not a column of this row: there is nothing to load
        return flags::attr_empty(py);
    }
    flags::attr_was_set(py)
}
