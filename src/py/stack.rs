//! Stack for user code that may come back to us without end.
//!
//! Python stops endless calls by counting them, which takes for granted that each takes little of the machine's stack. A call that
//! goes through us (a statement in an event in a statement …) takes more, and a thread may have little to begin with. So calls of
//! user code that may lead back here go through [`deep`]: where the stack ends they go on in a further piece, and Python's count
//! is met first. From 3.14 on Python looks at the stack's address instead and takes another piece for an overflow: there
//! `RecursionError` is raised in time.

use std::sync::atomic::{AtomicBool, Ordering};

use pyo3::prelude::*;

use super::errors;

static LOOKS_AT_ADDRESSES: AtomicBool = AtomicBool::new(false);

/// Runs `f` where there is room for it.
#[inline]
pub fn deep<R>(f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
    if LOOKS_AT_ADDRESSES.load(Ordering::Relaxed) {
        errors::room_below()?;
        return f();
    }
    base::depth::with_room(f)
}

/// Learn how this Python counts.
pub fn register(py: Python<'_>) {
    LOOKS_AT_ADDRESSES.store(py.version_info() >= (3, 14), Ordering::Relaxed);
}
