//! [`StateMap`]: instances that the session holds strongly, by their state.

use crate::py::gc::{PyVisit, Visited};
use crate::py::orm::state::InstanceState;
use indexmap::IndexMap;
use pyo3::prelude::*;
use rustc_hash::FxBuildHasher;

/// State (by address) to the state and its instance, in insertion order.
#[derive(Default)]
pub struct StateMap(IndexMap<usize, (Py<InstanceState>, Py<PyAny>), FxBuildHasher>);

/// What identifies a state.
pub fn id_of(state: &Bound<'_, InstanceState>) -> usize {
    state.as_ptr() as usize
}

impl StateMap {
    /// Adds; tells whether it was new.
    pub fn insert(&mut self, state: &Bound<'_, InstanceState>, obj: &Bound<'_, PyAny>) -> bool {
        let id = id_of(state);
        if self.0.contains_key(&id) {
            return false;
        }
        self.0.insert(id, (state.clone().unbind(), obj.clone().unbind()));
        true
    }
    /// Membership.
    pub fn contains(&self, state: &Bound<'_, InstanceState>) -> bool {
        self.0.contains_key(&id_of(state))
    }
    /// Membership by [`id_of`].
    pub fn contains_id(&self, id: usize) -> bool {
        self.0.contains_key(&id)
    }
    /// Takes out; what is returned must be dropped without a lock held.
    #[must_use]
    pub fn remove(&mut self, state: &Bound<'_, InstanceState>) -> Option<(Py<InstanceState>, Py<PyAny>)> {
        self.0.shift_remove(&id_of(state))
    }
    /// Takes many out at once.
    #[must_use]
    pub fn remove_all(&mut self, gone: &rustc_hash::FxHashSet<usize>) -> Vec<(Py<InstanceState>, Py<PyAny>)> {
        if gone.len() >= self.0.len() && self.0.keys().all(|k| gone.contains(k)) {
            return std::mem::take(&mut self.0).into_values().collect();
        }
        self.0.extract_if(.., |k, _| gone.contains(k)).map(|(_, v)| v).collect()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// The states, in insertion order.
    pub fn states<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, InstanceState>> {
        self.0.values().map(|(s, _)| s.bind(py).clone()).collect()
    }
    /// States and instances, in insertion order.
    pub fn pairs<'py>(&self, py: Python<'py>) -> Vec<(Bound<'py, InstanceState>, Bound<'py, PyAny>)> {
        self.0.values().map(|(s, o)| (s.bind(py).clone(), o.bind(py).clone())).collect()
    }
    /// The instances, in insertion order.
    pub fn objects<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyAny>> {
        self.0.values().map(|(_, o)| o.bind(py).clone()).collect()
    }
    /// For `__traverse__` of an owner.
    pub fn traverse(&self, visit: &PyVisit<'_>) -> Visited {
        self.0.values().try_for_each(|(s, o)| visit.call(s).and_then(|()| visit.call(o)))
    }
}
