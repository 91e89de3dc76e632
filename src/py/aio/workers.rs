//! Threads that run blocking operations, as many as there are operations at once; idle ones end after a while.
//!
//! An operation that waits for a connection of a full pool keeps its thread, and the operation that will give one back needs a
//! thread, too: a fixed number of threads would wait for itself. How many there can be at once is bounded by who awaits.

use parking_lot::{Condvar, Mutex};
use pyo3::prelude::*;
use std::collections::VecDeque;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a thread waits for more to do.
const KEEP: Duration = Duration::from_secs(10);
/// How long the end of the program waits for operations that run.
const FAREWELL: Duration = Duration::from_secs(5);
/// As the main thread has on most systems: user code runs here. Only what is used is ever allocated.
const STACK: usize = 8 << 20;

/// What a thread is given to do.
pub type Work = Box<dyn FnOnce(Python<'_>) + Send>;

#[derive(Default)]
struct Inner {
    queue: VecDeque<Work>,
    /// Threads that wait for work.
    idle: usize,
    threads: Vec<JoinHandle<()>>,
    closing: bool,
}

struct Workers {
    inner: Mutex<Inner>,
    more: Condvar,
    /// Threads do not survive a fork.
    process: u32,
}

static WORKERS: Mutex<Option<Arc<Workers>>> = Mutex::new(None);

fn workers() -> Arc<Workers> {
    let process = std::process::id();
    let mut held = WORKERS.lock();
    match &*held {
        Some(w) if w.process == process => w.clone(),
        _ => {
            let fresh = Arc::new(Workers { inner: Mutex::default(), more: Condvar::new(), process });
            // The parent's is left as it was at the fork: somebody may have held its lock then.
            if let Some(old) = held.replace(fresh.clone()) {
                std::mem::forget(old);
            }
            fresh
        }
    }
}

impl Workers {
    /// The next thing to do, `None` when the thread is to end.
    fn take(&self) -> Option<Work> {
        let until = Instant::now() + KEEP;
        let mut inner = self.inner.lock();
        loop {
            if let Some(work) = inner.queue.pop_front() {
                return Some(work);
            }
            if inner.closing {
                return None;
            }
            inner.idle += 1;
            let waited = self.more.wait_until(&mut inner, until);
            inner.idle -= 1;
            if waited.timed_out() && inner.queue.is_empty() {
                return None;
            }
        }
    }

    fn run(&self) {
        // One attachment for the life of the thread: what user code keeps per thread stays.
        Python::attach(|py| {
            while let Some(work) = py.detach(|| self.take()) {
                work(py);
            }
        });
    }
}

/// Run `work` on some thread.
///
/// # Errors
/// `RuntimeError` when the program is ending, or the system gives no more threads.
pub fn submit(work: Work) -> PyResult<()> {
    let all = workers();
    let mut inner = all.inner.lock();
    if inner.closing {
        return Err(pyo3::exceptions::PyRuntimeError::new_err("cannot begin a database operation while the program ends"));
    }
    inner.queue.push_back(work);
    if inner.idle >= inner.queue.len() {
        all.more.notify_one();
        return Ok(());
    }
    inner.threads.retain(|t| !t.is_finished());
    let own = all.clone();
    match std::thread::Builder::new().name("oxalchemy".into()).stack_size(STACK).spawn(move || own.run()) {
        Ok(thread) => inner.threads.push(thread),
        // One of those that are busy will take it.
        Err(_) if !inner.threads.is_empty() => {}
        Err(e) => {
            inner.queue.pop_back();
            return Err(pyo3::exceptions::PyRuntimeError::new_err(format!("no thread for a database operation: {e}")));
        }
    }
    Ok(())
}

/// End the threads; called when the program ends, before the interpreter does.
#[pyfunction]
pub fn close_workers(py: Python<'_>) {
    let Some(all) = WORKERS.lock().clone() else { return };
    if all.process != std::process::id() {
        return;
    }
    let threads = {
        let mut inner = all.inner.lock();
        inner.closing = true;
        all.more.notify_all();
        std::mem::take(&mut inner.threads)
    };
    py.detach(|| {
        let until = Instant::now() + FAREWELL;
        // One that does not come back in time is left behind: a database that hangs must not keep a program from ending.
        while threads.iter().any(|t| !t.is_finished()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

/// How many threads there are.
#[pyfunction]
pub fn count_workers() -> usize {
    let all = workers();
    let mut inner = all.inner.lock();
    inner.threads.retain(|t| !t.is_finished());
    inner.threads.len()
}
