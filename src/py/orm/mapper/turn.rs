//! Whose turn it is to configure mappers.
//!
//! Configuration calls user code (listeners, callables of relationships, imports), so other threads run meanwhile. They must not
//! see half of it: they wait, without the GIL, until the thread that configures is done. That thread itself may come here again.

use parking_lot::{Condvar, Mutex};
use pyo3::prelude::*;
use std::thread::ThreadId;
use std::time::Duration;

/// The thread that configures. Held for a look only, never while Python runs.
static OWNER: Mutex<Option<ThreadId>> = Mutex::new(None);
static ENDED: Condvar = Condvar::new();

/// How long to wait before signals (Ctrl-C) are looked at.
const PATIENCE: Duration = Duration::from_millis(100);

/// The right to configure, until it is dropped.
pub struct Turn(());

impl Turn {
    /// Wait for the right to configure. `None`: this thread has it already, further up.
    ///
    /// # Errors
    /// What a signal handler raises meanwhile.
    pub fn take(py: Python<'_>) -> PyResult<Option<Self>> {
        let me = std::thread::current().id();
        loop {
            {
                let mut owner = OWNER.lock();
                match *owner {
                    None => {
                        *owner = Some(me);
                        return Ok(Some(Self(())));
                    }
                    Some(other) if other == me => return Ok(None),
                    Some(_) => {}
                }
            }
            py.detach(|| {
                let mut owner = OWNER.lock();
                if owner.is_some() {
                    ENDED.wait_for(&mut owner, PATIENCE);
                }
            });
            py.check_signals()?;
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *OWNER.lock() = None;
        ENDED.notify_all();
    }
}
