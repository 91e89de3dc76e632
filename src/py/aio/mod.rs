//! The edge where asyncio begins: blocking operations run on threads of ours while a task awaits them.
//!
//! The engine and the ORM are written once, blocking. An [`operation::Operation`] is what a task awaits: it hands a call to one of
//! the [`workers`], and the event loop is free until that has ended. Code inside the call may ask the task to await something in
//! turn ([`inside::await_only`]), so that `run_sync()`, events and lazy loads work as they do where stacks can be switched.
//! A task that is cancelled asks its call to stop: the statement that runs is interrupted, or the next one is not begun; the task
//! ends when the call has, so no connection is ever used by two threads.

pub mod inside;
pub mod operation;
pub mod workers;

use pyo3::prelude::*;

/// Add the classes and functions.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<operation::Operation>()?;
    m.add_function(wrap_pyfunction!(inside::await_only, m)?)?;
    m.add_function(wrap_pyfunction!(inside::in_operation, m)?)?;
    m.add_function(wrap_pyfunction!(inside::require_operation, m)?)?;
    m.add_function(wrap_pyfunction!(workers::close_workers, m)?)?;
    m.add_function(wrap_pyfunction!(workers::count_workers, m)?)
}
