//! What the session reads and writes of an [`InstanceState`], in its own words.

use super::IdentityKey;
use crate::py::orm::state::{InstanceState, flag};
use orm::Mapper;
use pyo3::prelude::*;
use std::sync::Arc;

/// See the module documentation. Implemented for bound states.
pub trait StateExt<'py> {
    /// Whether it has an identity.
    fn has_key(&self) -> bool;
    /// A copy of the identity key.
    fn key_ref(&self) -> Option<IdentityKey>;
    /// Give or take the identity.
    fn set_key(&self, key: Option<IdentityKey>);
    /// Number of its session.
    fn session_id(&self) -> Option<u64>;
    /// Enter or leave a session.
    fn set_session_id(&self, id: Option<u64>);
    /// The instance, while it lives.
    fn obj(&self) -> Option<Bound<'py, PyAny>>;
    /// Changed since load or flush.
    fn is_modified(&self) -> bool;
    /// Deleted in the session's transaction.
    fn is_deleted(&self) -> bool;
    /// See `is_deleted`.
    fn set_deleted(&self, on: bool);
    /// Order of `add()`.
    fn insert_order(&self) -> u64;
    /// See `insert_order`.
    fn set_insert_order(&self, n: u64);
    /// Taken from its session as a pending orphan.
    fn set_orphaned_outside(&self, on: bool);
    /// See `set_orphaned_outside`.
    fn orphaned_outside(&self) -> bool;
    /// Mapper of its class.
    fn mapper(&self) -> PyResult<Arc<Mapper>>;
    /// `<User at 0x…>`.
    fn describe(&self) -> String;
}

impl<'py> StateExt<'py> for Bound<'py, InstanceState> {
    #[inline]
    fn has_key(&self) -> bool {
        self.get().d.with(self.py(), |d| d.key.is_some())
    }
    fn key_ref(&self) -> Option<IdentityKey> {
        let py = self.py();
        self.get().d.with(py, |d| d.key.as_ref().map(|k| k.clone_ref(py)))
    }
    fn set_key(&self, key: Option<IdentityKey>) {
        let old = self.get().d.with(self.py(), |d| std::mem::replace(&mut d.key, key));
        drop(old);
    }
    #[inline]
    fn session_id(&self) -> Option<u64> {
        match self.get().session_number(self.py()) {
            0 => None,
            n => Some(n),
        }
    }
    fn set_session_id(&self, id: Option<u64>) {
        self.get().d.with(self.py(), |d| d.session = id.unwrap_or(0));
    }
    #[inline]
    fn obj(&self) -> Option<Bound<'py, PyAny>> {
        self.get().instance(self.py())
    }
    #[inline]
    fn is_modified(&self) -> bool {
        self.get().is(self.py(), flag::MODIFIED)
    }
    fn is_deleted(&self) -> bool {
        self.get().is(self.py(), flag::DELETED)
    }
    fn set_deleted(&self, on: bool) {
        self.get().set_flag(self.py(), flag::DELETED, on);
    }
    fn insert_order(&self) -> u64 {
        self.get().d.with(self.py(), |d| d.insert_order)
    }
    fn set_insert_order(&self, n: u64) {
        self.get().d.with(self.py(), |d| d.insert_order = n);
    }
    fn set_orphaned_outside(&self, on: bool) {
        self.get().set_flag(self.py(), flag::ORPHANED_OUTSIDE, on);
    }
    fn orphaned_outside(&self) -> bool {
        self.get().is(self.py(), flag::ORPHANED_OUTSIDE)
    }
    fn mapper(&self) -> PyResult<Arc<Mapper>> {
        let py = self.py();
        match self.get().manager.get().get_mapper(py) {
            Some(m) => Ok(m.get().node.clone()),
            None => Err(match self.get().manager.get().require_mapper(py) {
                Err(e) => e,
                Ok(_) => crate::py::errors::invalid_request(py, "instance is not mapped"),
            }),
        }
    }
    fn describe(&self) -> String {
        self.get().describe(self.py())
    }
}
