//! What attributes need from the rooms above them (session, loading), as function pointers that those rooms set when they
//! register. Until then the neutral behaviour holds: nothing loads, nothing cascades.

use super::impls::AttributeImpl;
use super::state::InstanceState;
use pyo3::prelude::*;
use pyo3::types::PyAny as Any;
use std::sync::OnceLock;

/// An unloaded attribute is read (`AttributeImpl` has a loader): gives the value, or one of the status symbols
/// (`ATTR_EMPTY`, `ATTR_WAS_SET`, `PASSIVE_NO_RESULT`, `NO_VALUE`). Arguments: state, attribute, passive flags.
pub type LazyLoad = for<'py> fn(&Bound<'py, InstanceState>, &Bound<'py, AttributeImpl>, u32) -> PyResult<Bound<'py, Any>>;
/// Expired column attributes are read: loads those in `state.expired_attributes` at once. Gives `ATTR_WAS_SET` or
/// `PASSIVE_NO_RESULT`. Arguments: state, passive flags.
pub type LoadExpired = for<'py> fn(&Bound<'py, InstanceState>, u32) -> PyResult<Bound<'py, Any>>;
/// The first change of a clean instance that is in a session: remember it as dirty. Arguments: state, session number.
pub type OnModified = for<'py> fn(&Bound<'py, InstanceState>, u64) -> PyResult<()>;
/// `item` was attached to `parent`, which is in a session, through a relationship with save-update cascade.
/// Arguments: parent state, item state, attribute key's property, whether the event came from a backref.
pub type CascadeSave =
    for<'py> fn(&Bound<'py, InstanceState>, &Bound<'py, InstanceState>, &Bound<'py, AttributeImpl>) -> PyResult<()>;
/// `item` was taken from `parent` through a relationship with delete-orphan: a pending item may have to be expunged.
pub type CascadeRemove =
    for<'py> fn(&Bound<'py, InstanceState>, &Bound<'py, InstanceState>, &Bound<'py, AttributeImpl>) -> PyResult<()>;
/// The session of a number, while it lives.
pub type SessionOf = for<'py> fn(Python<'py>, u64) -> Option<Bound<'py, Any>>;

/// The table of hooks.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Hooks {
    pub lazy_load: OnceLock<LazyLoad>,
    pub load_expired: OnceLock<LoadExpired>,
    pub on_modified: OnceLock<OnModified>,
    pub cascade_save: OnceLock<CascadeSave>,
    pub cascade_remove: OnceLock<CascadeRemove>,
    pub session_of: OnceLock<SessionOf>,
}

/// Set once by each room's `register`.
pub static HOOKS: Hooks = Hooks {
    lazy_load: OnceLock::new(),
    load_expired: OnceLock::new(),
    on_modified: OnceLock::new(),
    cascade_save: OnceLock::new(),
    cascade_remove: OnceLock::new(),
    session_of: OnceLock::new(),
};
