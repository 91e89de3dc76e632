//! Results: a stream of rows, and views of it (rows, lone values, mappings) that share the stream.
//!
//! [`Core`] is the stream with its state, [`View`] what an object shows of it. `base` holds the methods that all result classes
//! share, `classes` the classes; `frozen` and `merged` what is made of finished results. `source` is where rows come from.

pub mod base;
pub mod classes;
pub mod frozen;
pub mod source;

pub use base::ResultBase;
pub use source::{Passed, RowSource};

use super::meta::RowMeta;
use crate::py::defects::caught;
use crate::py::errors::exc;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PySet};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};

const OPEN: u8 = 0;
const SOFT: u8 = 1;
const HARD: u8 = 2;

/// A stream of rows, shared by a result and its views.
pub struct Core {
    source: Mutex<Option<Box<dyn RowSource>>>,
    /// Rows that were fetched before anybody asked for them.
    ahead: Mutex<VecDeque<Py<PyAny>>>,
    state: AtomicU8,
    scalars: bool,
    /// Whether the statement returns rows at all.
    pub returns_rows: bool,
    yield_per: AtomicUsize,
    /// Rows are made by a session: what is unique cannot be said of one portion.
    whole_only: AtomicBool,
    /// ORM facts about the rows (`is_single_entity`, `filtered`).
    pub attributes: Mutex<Option<Py<PyDict>>>,
}

impl Core {
    /// A stream from `source`; `None`: the statement returns no rows.
    pub fn new(source: Option<Box<dyn RowSource>>) -> Arc<Self> {
        Arc::new(Self {
            scalars: source.as_ref().is_some_and(|s| s.scalars()),
            returns_rows: source.is_some(),
            state: AtomicU8::new(if source.is_some() { OPEN } else { SOFT }),
            source: Mutex::new(source),
            ahead: Mutex::default(),
            yield_per: AtomicUsize::new(0),
            whole_only: AtomicBool::new(false),
            attributes: Mutex::new(None),
        })
    }
    /// Rows are lone values.
    pub fn scalars(&self) -> bool {
        self.scalars
    }
    /// Closed by the user.
    pub fn closed(&self) -> bool {
        self.state.load(Ordering::Relaxed) == HARD
    }
    /// Closed or exhausted.
    pub fn soft_closed(&self) -> bool {
        self.state.load(Ordering::Relaxed) != OPEN
    }
    /// Batch size that `yield_per` set.
    pub fn batch(&self) -> Option<usize> {
        Some(self.yield_per.load(Ordering::Relaxed)).filter(|n| *n > 0)
    }

    /// Rows are made by a session.
    pub fn loads_instances(&self) {
        self.whole_only.store(true, Ordering::Relaxed);
    }

    /// Raise when rows cannot be made unique because they come in portions.
    pub fn check_unique(&self, py: Python<'_>) -> PyResult<()> {
        if self.whole_only.load(Ordering::Relaxed) && self.batch().is_some() {
            let text = "Can't use the ORM yield_per feature in conjunction with unique()";
            return Err(crate::py::errors::invalid_request(py, text));
        }
        Ok(())
    }

    /// Raise when there is nothing to fetch from.
    pub fn check(&self, py: Python<'_>) -> PyResult<()> {
        if !self.returns_rows {
            let message = "This result object does not return rows. It has been closed automatically.";
            return Err(exc(py, "ResourceClosedError", message));
        }
        if self.closed() {
            return Err(exc(py, "ResourceClosedError", "This result object is closed."));
        }
        Ok(())
    }

    fn with_source<R>(&self, f: impl FnOnce(&mut dyn RowSource) -> PyResult<R>) -> PyResult<Option<R>> {
        // taken out while Python may run, so no lock is held then
        let taken = self.source.lock().take();
        let Some(mut source) = taken else { return Ok(None) };
        let out = caught(|| f(source.as_mut()));
        self.source.lock().get_or_insert(source);
        out.map(Some)
    }

    /// Rows from the source. Who asks while another thread, or a conversion, is in the middle of it gets an error, not the end.
    fn pull(&self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        if self.with_source(|s| s.fetch(py, n, out))?.is_none() && !self.soft_closed() {
            return Err(exc(
                py,
                "InvalidRequestError",
                "This result is being fetched from at this moment, by another thread or by code that is called for a row.",
            ));
        }
        Ok(())
    }

    /// Append up to `n` rows; closes softly when there are no more.
    pub fn fetch(&self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        self.check(py)?;
        if self.soft_closed() {
            return Ok(());
        }
        let before = out.len();
        let mut n = n;
        {
            let mut ahead = self.ahead.lock();
            let take = n.unwrap_or(usize::MAX).min(ahead.len());
            out.extend(ahead.drain(..take));
            n = n.map(|n| n - take);
        }
        if n == Some(0) {
            return Ok(());
        }
        self.pull(py, n, out)?;
        if n.is_none() || (out.len() == before && n != Some(0)) {
            self.close(py, false)?;
        }
        Ok(())
    }

    /// How many rows can be had without asking the database.
    pub fn ahead(&self) -> usize {
        self.ahead.lock().len()
    }

    /// Fetches up to `n` rows, for whoever asks for them next.
    pub fn look_ahead(&self, py: Python<'_>, n: usize) -> PyResult<()> {
        self.check(py)?;
        if !self.soft_closed() {
            let mut rows = Vec::new();
            self.pull(py, Some(n), &mut rows)?;
            self.ahead.lock().extend(rows);
        }
        Ok(())
    }

    /// Fetches what is left now, for whoever reads it later; the cursor is given back.
    pub fn prefetch(&self, py: Python<'_>) -> PyResult<()> {
        if !self.returns_rows || self.soft_closed() {
            return Ok(());
        }
        let (many, mut rows) = (self.source.lock().as_ref().and_then(|s| s.default_many()), Vec::new());
        self.with_source(|s| {
            s.fetch(py, None, &mut rows)?;
            s.close(py, false)
        })?;
        let buffered = source::Buffered::new(rows, self.scalars);
        let old = self.source.lock().replace(Box::new(if many.is_some() { buffered.like_cursor() } else { buffered }));
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(())
    }

    /// `fetchmany()` without a size.
    pub fn many(&self) -> Option<usize> {
        self.batch().or_else(|| self.source.lock().as_ref().and_then(|s| s.default_many()))
    }

    /// Set the batch size.
    pub fn set_yield_per(&self, py: Python<'_>, n: usize) -> PyResult<()> {
        self.yield_per.store(n, Ordering::Relaxed);
        self.with_source(|s| s.yield_per(py, n)).map(drop)
    }

    /// The batch size, where the source knows it already.
    pub fn note_yield_per(&self, n: usize) {
        self.yield_per.store(n, Ordering::Relaxed);
    }

    /// Close: softly when exhausted, hard when the user says so.
    pub fn close(&self, py: Python<'_>, hard: bool) -> PyResult<()> {
        let was = self.state.load(Ordering::Relaxed);
        if was >= SOFT && (!hard || was == HARD) {
            return Ok(());
        }
        self.state.store(if hard { HARD } else { SOFT }, Ordering::Relaxed);
        let ahead = std::mem::take(&mut *self.ahead.lock());
        drop(ahead);
        if was == OPEN {
            self.with_source(|s| s.close(py, hard))?;
        }
        Ok(())
    }
}

/// What rows are shown as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// `Row`.
    Row,
    /// The value of one column.
    Scalar(usize),
    /// `RowMapping`.
    Mapping,
}

/// `unique()`: what was seen, and by what rows are compared.
pub struct Unique {
    /// `unique()` was not called, but must be before rows are fetched.
    required: bool,
    seen: Py<PySet>,
    strategy: Option<Py<PyAny>>,
    filters: Mutex<Option<Option<Filters>>>,
}

type Filters = Arc<[Option<Py<PyAny>>]>;

impl Unique {
    /// What makes values comparable, asked for once.
    fn filters(&self, py: Python<'_>, meta: &Py<RowMeta>) -> PyResult<Option<Filters>> {
        if let Some(known) = self.filters.lock().clone() {
            return Ok(known);
        }
        let made: Option<Filters> = meta.get().filters(py)?.map(Into::into);
        let old = self.filters.lock().replace(made.clone());
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(made)
    }
}

/// What an object shows of a stream.
pub struct View {
    /// The stream.
    pub core: Arc<Core>,
    /// Its columns; `None` when the statement returns no rows.
    pub meta: Option<Py<RowMeta>>,
    /// Which columns, when not all in order.
    pub columns: Option<Arc<[usize]>>,
    /// `unique()`.
    pub unique: Option<Arc<Unique>>,
    /// What as.
    pub show: Show,
}

impl View {
    /// All rows of a stream.
    pub fn new(core: Arc<Core>, meta: Option<Py<RowMeta>>) -> Self {
        Self { core, meta, columns: None, unique: None, show: Show::Row }
    }
    /// Rows may not be fetched before `unique()` is called: joined eager collections repeat them.
    pub fn require_unique(&mut self, py: Python<'_>) -> PyResult<()> {
        let strategy = pyo3::wrap_pyfunction!(not_unique, py)?.into_any().unbind();
        self.unique = Some(Arc::new(Unique {
            required: true,
            seen: PySet::empty(py)?.unbind(),
            strategy: Some(strategy),
            filters: Mutex::new(None),
        }));
        Ok(())
    }
    /// Another view of the same stream.
    pub fn copy(&self, py: Python<'_>) -> Self {
        Self {
            core: self.core.clone(),
            meta: self.meta.as_ref().map(|m| m.clone_ref(py)),
            columns: self.columns.clone(),
            unique: self.unique.clone(),
            show: self.show,
        }
    }
}

/// What compares rows of a result that must be made unique first.
#[pyfunction]
fn not_unique(py: Python<'_>, _row: &Bound<'_, PyAny>) -> PyResult<()> {
    Err(crate::py::errors::invalid_request(
        py,
        "The unique() method must be invoked on this Result, as it contains results that include joined eager loads against collections",
    ))
}
