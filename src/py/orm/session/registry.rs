//! Sessions by number: an instance's state remembers the number, so that it never keeps its session alive.

use super::Session;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyWeakrefReference};
use rustc_hash::FxHashMap;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

static NEXT: AtomicU64 = AtomicU64::new(1);
static SESSIONS: LazyLock<Mutex<FxHashMap<u64, Py<PyWeakrefReference>>>> = LazyLock::new(Mutex::default);

/// A number for a new session.
pub(super) fn next_number() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Make a session known under its number.
pub(super) fn enter(session: &Bound<'_, Session>) -> PyResult<()> {
    let reference = PyWeakrefReference::new(session.as_any())?.unbind();
    let old = SESSIONS.lock().insert(session.get().number, reference);
    drop(old);
    Ok(())
}

/// Called when a session dies.
pub(super) fn leave(number: u64) {
    let old = SESSIONS.lock().remove(&number);
    drop(old);
}

/// The session of a number, while it lives.
pub fn by_number<'py>(py: Python<'py>, number: u64) -> Option<Bound<'py, Session>> {
    let reference = SESSIONS.lock().get(&number).map(|r| r.clone_ref(py))?;
    use pyo3::types::PyWeakrefMethods;
    reference.bind(py).upgrade()?.cast_into::<Session>().ok()
}

/// Every live session.
pub(super) fn all(py: Python<'_>) -> Vec<Bound<'_, Session>> {
    let numbers: Vec<u64> = SESSIONS.lock().keys().copied().collect();
    numbers.into_iter().filter_map(|n| by_number(py, n)).collect()
}

/// `{number: session}`, for `Session` internals that the documentation names.
#[pyfunction]
fn _sessions(py: Python<'_>) -> PyResult<Bound<'_, PyList>> {
    PyList::new(py, all(py))
}

/// Add this file's function to `oxalchemy._rs`.
pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_sessions, m)?)
}
