//! `Session`: objects and their transaction.
//!
//! | module | concept |
//! |---|---|
//! | `class` | the Python class: one thin method each |
//! | `lifecycle` | begin, commit, rollback, close |
//! | [`transaction`] | [`SessionTransaction`], the state machine |
//! | `snapshot` | what commit and rollback do to objects |
//! | `attach` | state transitions: add, delete, expunge, flushed |
//! | `binds` | which engine a statement goes to |
//! | `execute` | statements through the session |
//! | `identity_ops` | get, refresh, expire, identity keys |
//! | `flush` | the flush as the session sees it; the work itself is `unitofwork` |
//! | [`registry`] | sessions by number |
//! | `maker`, `functions` | `sessionmaker`, module functions |
//!
//! Locks: `Session.d` is held for field access only, never while Python code runs or an object is dropped.

pub mod attach;
mod binds;
mod class;
mod configure;
mod context;
mod execute;
pub mod expire;
pub mod flush;
mod functions;
mod identity_ops;
pub mod lifecycle;
mod maker;
pub mod registry;
mod snapshot;
pub mod statemap;
pub mod transaction;

pub use class::Session;
pub use execute::{Further, Kind, connection_for, connection_for_mapper, has_own_get_bind, tell_of_load};
pub use identity_ops::{GetOptions, loading_get};
pub use statemap::StateMap;

use super::hooks::HOOKS;
use super::identity::{IdentityMap, StateExt};
use super::state::InstanceState;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use transaction::SessionTransaction;

/// `join_transaction_mode=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum JoinMode {
    #[default]
    ConditionalSavepoint,
    RollbackOnly,
    ControlFully,
    CreateSavepoint,
}

impl JoinMode {
    const ALL: [(&'static str, Self); 4] = [
        ("conditional_savepoint", Self::ConditionalSavepoint),
        ("rollback_only", Self::RollbackOnly),
        ("control_fully", Self::ControlFully),
        ("create_savepoint", Self::CreateSavepoint),
    ];
    fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, m)| *m)
    }
    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, m)| *m == self).map_or("", |(n, _)| n)
    }
    fn creates_savepoint(self, in_savepoint: bool) -> bool {
        self == Self::CreateSavepoint || self == Self::ConditionalSavepoint && in_savepoint
    }
    fn controls_fully(self) -> bool {
        self == Self::ControlFully
    }
}

/// Whether the session may still be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloseState {
    /// Never used.
    #[default]
    Acquired,
    /// `close()` only resets.
    CloseIsReset,
    /// Closed for good.
    Closed,
}

/// Everything that changes in a session.
pub struct SessionData {
    pub bind: Option<Py<PyAny>>,
    pub binds: Vec<(Py<PyAny>, Py<PyAny>)>,
    pub autoflush: bool,
    pub autocommit: bool,
    pub autobegin: bool,
    pub expire_on_commit: bool,
    pub twophase: bool,
    pub enable_baked_queries: bool,
    pub join_mode: JoinMode,
    pub close_state: CloseState,
    pub query_cls: Option<Py<PyAny>>,
    pub info: Option<Py<PyDict>>,
    pub execution_options: Option<Py<PyDict>>,
    pub identity: Py<IdentityMap>,
    /// Pending.
    pub new: StateMap,
    /// Marked for DELETE.
    pub deleted: StateMap,
    pub insert_counter: u64,
    pub transaction: Option<Py<SessionTransaction>>,
    pub nested: Option<Py<SessionTransaction>>,
    /// The transaction of the innermost `with` block.
    pub context: Option<Py<SessionTransaction>>,
    pub flushing: bool,
    /// A flush is emitting SQL: changes of the session are too late for it.
    pub warn_on_events: bool,
}

/// An exception of `oxalchemy.orm.exc`.
pub fn orm_error(py: Python<'_>, class: &str, message: &str) -> PyErr {
    orm_error_args(py, class, (message,))
}

/// An exception of `oxalchemy.orm.exc` with its own arguments.
pub fn orm_error_args<'py>(py: Python<'py>, class: &str, args: impl pyo3::call::PyCallArgs<'py>) -> PyErr {
    let made = crate::py::imports::orm_exc(py, class).and_then(|c| c.call1(args));
    made.map_or_else(|e| e, PyErr::from_value)
}

/// The session of an instance's state.
pub fn session_of<'py>(state: &Bound<'py, InstanceState>) -> Option<Bound<'py, Session>> {
    registry::by_number(state.py(), state.session_id()?)
}

fn hook_on_modified(state: &Bound<'_, InstanceState>, number: u64) -> PyResult<()> {
    let Some(session) = registry::by_number(state.py(), number) else { return Ok(()) };
    // What is deleted, or displaced by another object of its identity, is not written any more.
    let identity = session.get().identity(state.py());
    if identity.get().has_state(state) {
        identity.get().mark_modified(state);
    }
    lifecycle::autobegin_quietly(&session)
}

fn hook_session_of(py: Python<'_>, number: u64) -> Option<Bound<'_, PyAny>> {
    registry::by_number(py, number).map(Bound::into_any)
}

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    // A second registration (sub-interpreters) finds the hooks set already.
    let _ = HOOKS.on_modified.set(hook_on_modified);
    let _ = HOOKS.session_of.set(hook_session_of);
    let _ = HOOKS.cascade_save.set(super::cascade::hook_save);
    let _ = HOOKS.cascade_remove.set(super::cascade::hook_remove);
    m.add_class::<Session>()?;
    m.add_class::<SessionTransaction>()?;
    m.add_class::<IdentityMap>()?;
    m.add_class::<class::NoAutoflush>()?;
    m.add_class::<execute::ORMExecuteState>()?;
    maker::register(m)?;
    functions::register(m)?;
    registry::register(m)
}
