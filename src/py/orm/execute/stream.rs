//! [`Streamed`]: instances and rows in the batches that `yield_per` asks for; no more than one batch is held.

use super::job::{self, Begun, Job};
use super::source::Rows;
use crate::py::engine::result::source::RowSource;
use crate::py::orm::loading::post;
use crate::py::orm::session::Session;
use pyo3::prelude::*;
use sql::ast::Node;
use std::collections::VecDeque;
use std::sync::Arc;

/// A statement that runs, and the rows made of its current batch.
pub struct Streamed {
    session: Py<Session>,
    node: Node,
    options: Option<Py<PyAny>>,
    query: Option<Py<PyAny>>,
    populate_existing: bool,
    locked: bool,
    plan: Arc<super::plans::Plan>,
    runtime: Arc<crate::py::orm::loading::Runtime>,
    /// The driver's rows; gone when exhausted or closed.
    rows: Option<Rows>,
    ready: VecDeque<Py<PyAny>>,
    per: usize,
    single: bool,
}

impl Streamed {
    /// Rows of a statement that was begun, `per` at a time.
    pub fn new<'py>(session: &Bound<'py, Session>, job: &Job<'py>, begun: Begun, per: usize, single: bool) -> Self {
        let Begun { plan, runtime, mut rows, locked } = begun;
        rows.at_once(per);
        Self {
            session: session.clone().unbind(),
            node: job.node.clone(),
            options: job.options.as_ref().map(|o| o.clone().unbind()),
            query: job.query.as_ref().map(|q| q.clone().unbind()),
            populate_existing: job.populate_existing,
            locked,
            plan,
            runtime,
            rows: Some(rows),
            ready: VecDeque::new(),
            per: per.max(1),
            single,
        }
    }

    /// Load one batch: its instances, and what their loader options add.
    fn fill(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(rows) = &mut self.rows else { return Ok(()) };
        let session = self.session.bind(py);
        let job = Job {
            session: session.clone().into_any(),
            node: self.node.clone(),
            params: None,
            options: self.options.as_ref().map(|o| o.bind(py).clone()),
            autoflush: false,
            populate_existing: self.populate_existing,
            eagerloads: true,
            yield_per: Some(self.per),
            only_tuples: true,
            query: self.query.as_ref().map(|q| q.bind(py).clone()),
        };
        let mut loader = job::loader(session, &job, self.locked)?;
        let mut out = Vec::new();
        let _pause = crate::py::ffi::GcPause::new(py);
        let mut more = true;
        while more && out.len() < self.per {
            match rows.next(py)? {
                Some(batch) => job::collect(&mut loader, &self.runtime, batch, &mut out)?,
                None => more = false,
            }
        }
        if !more {
            self.rows = None;
        }
        post::run(session, &mut loader, &job::mode_of(&job, self.locked), &self.plan.prepared.plan.criteria)?;
        self.ready.extend(out.into_iter().map(Bound::unbind));
        Ok(())
    }
}

impl RowSource for Streamed {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let mut left = n.unwrap_or(usize::MAX);
        while left > 0 {
            if self.ready.is_empty() {
                self.fill(py)?;
            }
            let some = left.min(self.ready.len());
            if some == 0 {
                break;
            }
            out.extend(self.ready.drain(..some));
            left -= some;
        }
        Ok(())
    }
    fn scalars(&self) -> bool {
        self.single
    }
    fn yield_per(&mut self, _py: Python<'_>, n: usize) -> PyResult<()> {
        self.per = n.max(1);
        if let Some(rows) = &mut self.rows {
            rows.at_once(self.per);
        }
        Ok(())
    }
    fn close(&mut self, _py: Python<'_>, _hard: bool) -> PyResult<()> {
        self.rows = None;
        self.ready.clear();
        Ok(())
    }
}
