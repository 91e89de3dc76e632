//! [`IdentityMap`]: identity key to instance, one a row and session.
//!
//! Holds states strongly and instances weakly (through the state's weak reference): an instance nobody uses may go, its entry
//! is found dead later and swept with others, so that no callback runs when instances die. Changed instances are listed in
//! `modified`; their states hold them strongly.

use super::{IdentityKey, PkPart, StateExt};
use crate::py::errors;
use crate::py::ffi::GilCell;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::orm::state::InstanceState;
use crate::py::text::Text;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySet, PyTuple};
use rustc_hash::{FxBuildHasher, FxHashSet};
use std::collections::HashMap;

type State<'py> = Bound<'py, InstanceState>;

#[derive(Default)]
struct Inner {
    by_key: HashMap<IdentityKey, Py<InstanceState>, FxBuildHasher>,
    modified: indexmap::IndexMap<usize, Py<InstanceState>, FxBuildHasher>,
    /// Size at which dead entries are swept next.
    sweep_at: usize,
}

/// See the module documentation.
#[pyclass(name = "IdentityMap", module = "oxalchemy.orm.identity", weakref, dict, frozen)]
#[derive(Default)]
pub struct IdentityMap {
    d: GilCell<Inner>,
}

impl IdentityMap {
    /// The living instance of a key, with its state.
    #[inline]
    pub fn find<'py>(&self, py: Python<'py>, key: &IdentityKey) -> Option<(State<'py>, Bound<'py, PyAny>)> {
        let state = self.state(py, key)?;
        let obj = state.obj()?;
        Some((state, obj))
    }
    /// The state of a key, its instance dead or alive.
    #[inline]
    pub fn state<'py>(&self, py: Python<'py>, key: &IdentityKey) -> Option<State<'py>> {
        self.d.with(py, |d| d.by_key.get(key).map(|s| s.bind(py).clone()))
    }
    /// A freshly loaded instance: there was none of its key.
    pub fn enter(&self, py: Python<'_>, state: &State<'_>) {
        let _ = self.put(py, state);
    }
    fn put(&self, py: Python<'_>, state: &State<'_>) -> Option<Py<InstanceState>> {
        let key = state.key_ref()?;
        let (old, sweep) = self.d.with(py, |d| {
            let old = d.by_key.insert(key, state.clone().unbind());
            (old, d.by_key.len() > d.sweep_at.max(1024))
        });
        if sweep {
            self.sweep(py);
        }
        old
    }
    fn sweep(&self, py: Python<'_>) {
        let dead: Vec<_> = self.d.with(py, |d| {
            let dead = d.by_key.extract_if(|_, s| s.bind(py).obj().is_none()).collect();
            d.sweep_at = d.by_key.len() * 2;
            dead
        });
        drop(dead);
    }
    /// Adds a state with a key.
    ///
    /// # Errors
    /// `InvalidRequestError` when another living instance has the key.
    pub fn add(&self, py: Python<'_>, state: &State<'_>) -> PyResult<bool> {
        let Some(key) = state.key_ref() else { return Ok(false) };
        if let Some(existing) = self.state(py, &key) {
            if existing.is(state) {
                return Ok(false);
            }
            if existing.obj().is_some() {
                return Err(errors::invalid_request(
                    py,
                    format!(
                        "Can't attach instance {}; another instance with key {} is already present in this session.",
                        state.describe(),
                        key_repr(state)?
                    ),
                ));
            }
        }
        let old = self.put(py, state);
        drop(old);
        Ok(true)
    }
    /// Puts a state under its key; gives the one it displaces.
    pub fn replace<'py>(&self, py: Python<'py>, state: &State<'py>) -> Option<State<'py>> {
        self.put(py, state).map(|s| s.into_bound(py)).filter(|s| !s.is(state))
    }
    /// Takes a state out if it is there; tells whether.
    pub fn safe_discard(&self, state: &State<'_>) -> bool {
        let py = state.py();
        let Some(key) = state.key_ref() else { return false };
        let (out, modified) = self.d.with(py, |d| {
            let mine = d.by_key.get(&key).is_some_and(|s| s.is(state));
            (mine.then(|| d.by_key.remove_entry(&key)).flatten(), d.modified.swap_remove(&(state.as_ptr() as usize)))
        });
        drop(modified);
        out.is_some()
    }
    /// Whether this very state is here.
    pub fn has_state(&self, state: &State<'_>) -> bool {
        let py = state.py();
        state.key_ref().is_some_and(|key| self.d.with(py, |d| d.by_key.get(&key).is_some_and(|s| s.is(state))))
    }
    /// States of living instances.
    pub fn states<'py>(&self, py: Python<'py>) -> Vec<State<'py>> {
        let all: Vec<_> = self.d.with(py, |d| d.by_key.values().map(|s| s.bind(py).clone()).collect());
        all.into_iter().filter(|s: &State<'_>| s.obj().is_some()).collect()
    }
    /// Living instances.
    pub fn objects<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyAny>> {
        let all: Vec<State<'py>> = self.d.with(py, |d| d.by_key.values().map(|s| s.bind(py).clone()).collect());
        all.iter().filter_map(|s| s.obj()).collect()
    }
    /// Remember a changed instance.
    pub fn mark_modified(&self, state: &State<'_>) {
        let py = state.py();
        let old = self.d.with(py, |d| d.modified.insert(state.as_ptr() as usize, state.clone().unbind()));
        drop(old);
    }
    /// It is no longer changed.
    pub fn forget_modified(&self, state: &State<'_>) {
        let old = self.d.with(state.py(), |d| d.modified.swap_remove(&(state.as_ptr() as usize)));
        drop(old);
    }
    /// They are no longer changed.
    pub fn forget_modified_all(&self, py: Python<'_>, ids: &FxHashSet<usize>) {
        let old: Vec<_> = self.d.with(py, |d| {
            if d.modified.is_empty() {
                return Vec::new();
            }
            d.modified.extract_if(.., |k, _| ids.contains(k)).collect()
        });
        drop(old);
    }
    /// Whether anything may have changed.
    pub fn has_modified(&self, py: Python<'_>) -> bool {
        self.d.with(py, |d| !d.modified.is_empty())
    }
    /// Changed states, in the order of their first change.
    pub fn modified<'py>(&self, py: Python<'py>) -> Vec<State<'py>> {
        self.d.with(py, |d| d.modified.values().map(|s| s.bind(py).clone()).collect())
    }
    /// Whether there is no entry at all.
    pub fn is_empty(&self, py: Python<'_>) -> bool {
        self.d.with(py, |d| d.by_key.is_empty())
    }
    /// Forget everything.
    pub fn clear(&self, py: Python<'_>) {
        let old = self.d.replace(py, Inner::default());
        drop(old);
    }
    /// Nothing is changed any more.
    pub fn clear_modified(&self, py: Python<'_>) {
        let old = self.d.with(py, |d| std::mem::take(&mut d.modified));
        drop(old);
    }
    fn key_of(key: &Bound<'_, PyAny>) -> PyResult<Option<IdentityKey>> {
        read_key(key)
    }
}

/// The key of a state as messages show it.
pub fn key_repr(state: &State<'_>) -> PyResult<String> {
    match state.get().identity_key(state.py()) {
        Some(k) => Ok(k.repr()?.text()),
        None => Ok("None".to_owned()),
    }
}

/// Reads `(class, primary key, token)`; `None` when it is nothing of the kind.
pub fn read_key(key: &Bound<'_, PyAny>) -> PyResult<Option<IdentityKey>> {
    let Ok(tuple) = key.cast::<PyTuple>() else { return Ok(None) };
    if tuple.len() < 2 {
        return Ok(None);
    }
    let Some(mapper) = crate::py::orm::mapper::mapper_of_class(&tuple.get_item(0)?)? else { return Ok(None) };
    let pk = tuple.get_item(1)?.try_iter()?.map(|v| PkPart::from_py(&v?)).collect::<PyResult<_>>()?;
    let token = if tuple.len() > 2 { Some(tuple.get_item(2)?) } else { None };
    Ok(Some(IdentityKey { base: mapper.base(), pk, token: None }.with_token(token.as_ref())?))
}

#[pymethods]
impl IdentityMap {
    #[new]
    fn new() -> Self {
        Self::default()
    }
    /// Identity keys of living instances.
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.states(py).iter().filter_map(|s| s.get().identity_key(py)).collect::<Vec<_>>())
    }
    /// Living instances.
    fn values<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.objects(py))
    }
    /// Keys and instances.
    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let rows: Vec<_> = self.states(py).into_iter().filter_map(|s| Some((s.get().identity_key(py)?, s.obj()?))).collect();
        PyList::new(py, rows)
    }
    /// States of living instances.
    fn all_states<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.states(py))
    }
    /// Whether this very state is in the map.
    fn contains_state(&self, state: &State<'_>) -> bool {
        self.has_state(state)
    }
    #[pyo3(name = "safe_discard")]
    fn py_safe_discard(&self, state: &State<'_>) {
        self.safe_discard(state);
    }
    fn discard(&self, state: &State<'_>) {
        self.safe_discard(state);
    }
    #[pyo3(name = "add")]
    fn py_add(&self, py: Python<'_>, state: &State<'_>) -> PyResult<bool> {
        self.add(py, state)
    }
    #[pyo3(name = "replace")]
    fn py_replace<'py>(&self, py: Python<'py>, state: &State<'py>) -> Option<State<'py>> {
        self.replace(py, state)
    }
    /// Whether any instance has changes.
    fn check_modified(&self, py: Python<'_>) -> bool {
        self.has_modified(py)
    }
    #[getter]
    fn _modified<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PySet>> {
        PySet::new(py, self.modified(py))
    }
    #[getter]
    fn _dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
        let out = pyo3::types::PyDict::new(py);
        for s in self.states(py) {
            out.set_item(s.get().identity_key(py), s)?;
        }
        Ok(out)
    }
    /// The instance of a key.
    #[pyo3(signature = (key, default=None))]
    fn get<'py>(&self, key: &Bound<'py, PyAny>, default: Option<Bound<'py, PyAny>>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = Self::key_of(key)?.and_then(|k| self.find(key.py(), &k)).map(|(_, o)| o);
        Ok(found.or(default))
    }
    fn has_key(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.__contains__(key)
    }
    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(Self::key_of(key)?.is_some_and(|k| self.find(key.py(), &k).is_some()))
    }
    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.get(key, None)?.ok_or_else(|| PyKeyError::new_err(key.clone().unbind()))
    }
    fn __setitem__(&self, py: Python<'_>, _key: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        let _ = py;
        Err(pyo3::exceptions::PyNotImplementedError::new_err("IdentityMap uses add() to insert data"))
    }
    fn __delitem__(&self, _key: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(pyo3::exceptions::PyNotImplementedError::new_err("IdentityMap uses remove() to remove data"))
    }
    fn __len__(&self, py: Python<'_>) -> usize {
        self.objects(py).len()
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.keys(py)?.try_iter()?.into_any())
    }
    /// Legacy: instances are always held weakly, there is nothing to prune.
    fn prune(&self) -> usize {
        0
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for IdentityMap {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        self.d.peek(|d| d.by_key.values().chain(d.modified.values()).try_for_each(|s| visit.call(s))).unwrap_or(Ok(()))
    }
    fn release(&self, py: Python<'_>) {
        let old = self.d.replace(py, Inner::default());
        drop(old);
    }
}
