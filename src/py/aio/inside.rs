//! What code inside an operation can ask of the task that awaits it, and what a connection asks before it blocks.

use super::operation::Job;
use crate::py::errors::exc;
use drivers::InterruptHandle;
use pyo3::prelude::*;
use std::cell::RefCell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    static CURRENT: RefCell<Option<Arc<Job>>> = const { RefCell::new(None) };
}

/// Run `call` as the inside of `job`.
pub fn within<R>(job: &Arc<Job>, call: impl FnOnce() -> R) -> R {
    let outer = CURRENT.with(|c| c.borrow_mut().replace(job.clone()));
    let result = call();
    CURRENT.with(|c| *c.borrow_mut() = outer);
    result
}

/// The operation that this thread is inside of.
pub fn current() -> Option<Arc<Job>> {
    CURRENT.with(|c| c.borrow().clone())
}

/// Whether this thread is inside of an operation that was asked to stop; asked for once.
pub fn take_cancelled() -> bool {
    CURRENT.with(|c| c.borrow().as_ref().is_some_and(|job| job.take_cancelled()))
}

/// Whoever waits for something else than a database asks now and then.
///
/// # Errors
/// `asyncio.CancelledError`, once, when this thread is inside of an operation that was asked to stop.
pub fn check(py: Python<'_>) -> PyResult<()> {
    if take_cancelled() { Err(cancelled(py)) } else { Ok(()) }
}

/// `asyncio.CancelledError`.
pub fn cancelled(py: Python<'_>) -> PyErr {
    match py.import("asyncio").and_then(|m| m.getattr("CancelledError")).and_then(|c| c.call0()) {
        Ok(e) => PyErr::from_value(e),
        Err(e) => e,
    }
}

/// `MissingGreenlet`: blocking here would block the event loop.
pub fn missing(py: Python<'_>) -> PyErr {
    exc(
        py,
        "MissingGreenlet",
        "greenlet_spawn has not been called; can't call await_only() here. Was IO attempted in an unexpected place?",
    )
}

/// The operation that this thread is inside of, unless it was asked to stop.
fn going_on(py: Python<'_>) -> PyResult<Arc<Job>> {
    match current() {
        None => Err(missing(py)),
        Some(job) if job.take_cancelled() => Err(cancelled(py)),
        Some(job) => Ok(job),
    }
}

/// Whether a connection belongs to an asyncio engine: it blocks inside of operations only.
#[derive(Default)]
pub struct Gate(AtomicBool);

/// A call that blocks; ends when it is dropped.
pub struct Running(Option<Arc<Job>>);

impl Gate {
    /// Changes that.
    pub fn set(&self, on: bool) {
        self.0.store(on, Ordering::Relaxed);
    }

    /// Before the connection blocks: this thread must be inside of an operation, one that goes on. `interrupt` stops the call.
    ///
    /// # Errors
    /// `MissingGreenlet`, `asyncio.CancelledError`.
    pub fn enter(&self, py: Python<'_>, interrupt: impl FnOnce() -> Option<Arc<dyn InterruptHandle>>) -> PyResult<Running> {
        if !self.0.load(Ordering::Relaxed) {
            return Ok(Running(None));
        }
        let job = going_on(py)?;
        Ok(Running(interrupt().map(|handle| {
            job.set_running(Some(handle));
            job
        })))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(job) = &self.0 {
            job.set_running(None);
        }
    }
}

/// Wait for an awaitable inside of an operation: the task that awaits the operation awaits it.
///
/// Raises ``MissingGreenlet`` outside of one.
#[pyfunction]
pub fn await_only(py: Python<'_>, awaitable: &Bound<'_, PyAny>) -> PyResult<Py<PyAny>> {
    match current() {
        Some(job) => job.await_in_task(py, awaitable.clone().unbind()),
        None => {
            // A coroutine that nobody will await would warn about that.
            if let Some(close) = awaitable.getattr_opt("close")? {
                close.call0()?;
            }
            Err(missing(py))
        }
    }
}

/// Whether this code runs inside of an operation.
#[pyfunction]
pub fn in_operation() -> bool {
    current().is_some()
}

/// Raise ``MissingGreenlet`` outside of an operation.
#[pyfunction]
pub fn require_operation(py: Python<'_>) -> PyResult<()> {
    going_on(py).map(drop)
}
