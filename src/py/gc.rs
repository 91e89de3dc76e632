//! What the cyclic collector sees of our objects.
//!
//! CPython 3.11 and 3.12 make the `__dict__` of an object inside `object.__new__`, when the zeroed object is already tracked
//! and its Rust value is not there yet; that allocation may start a collection. An object that was made half-way must look
//! empty. No class answers the collector itself: it says what it holds ([`Collected`]), and `__traverse__` and `__clear__` are
//! [`traverse`] and [`clear`] alone, which ask first. `tests_py/gc/test_source.py` holds the source to that.

use crate::py::ffi;
use pyo3::gc::PyTraverseError;
pub use pyo3::gc::PyVisit;
use pyo3::prelude::*;

/// The answer of a visit.
pub type Visited = Result<(), PyTraverseError>;

/// A class whose objects may be part of a reference cycle.
pub trait Collected {
    /// Show every reference held. No Python code may run, nothing may be locked for longer than the call.
    fn visit(&self, visit: &PyVisit<'_>) -> Visited;
    /// Let go of references that close cycles. Whoever still uses the object afterwards (a finalizer) must find a valid one.
    fn release(&self, _py: Python<'_>) {}
}

/// The body of every `__traverse__`.
#[inline]
pub fn traverse<T: Collected>(value: &T, visit: &PyVisit<'_>) -> Visited {
    if ffi::unborn(value) { Ok(()) } else { value.visit(visit) }
}

/// The body of every `__clear__`.
pub fn clear<T: Collected>(value: &T, py: Python<'_>) {
    if !ffi::unborn(value) {
        value.release(py);
    }
}
