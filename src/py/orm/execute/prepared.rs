//! [`Prepared`]: a compiled ORM statement with its load plan.

use super::source;
use crate::py::errors;
use crate::py::orm::loading::populate::Loader;
use crate::py::orm::loading::{Mode, Runtime, post};
use crate::py::orm::session::{self, Session};
use crate::py::orm::state::InstanceState;
use orm::Entity;
use orm::compile::{Settings, compile_select};
use orm::loadplan::LoadPlan;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{ExprRef, Node, Query, QueryRef, Select};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// See the module documentation.
pub struct Prepared {
    /// The plain statement.
    pub select: Select,
    /// What becomes of its rows.
    pub plan: Arc<LoadPlan>,
    runtime: Mutex<Option<(usize, Arc<Runtime>)>>,
    /// Configuration it was made from.
    generation: u64,
}

impl Prepared {
    /// Compile a statement.
    pub fn new(py: Python<'_>, select: &Select, settings: &Settings<'_>) -> PyResult<Self> {
        // statements may be built before mappers are set up; now they are needed
        crate::py::orm::mapper::configure_for(py, select)?;
        let generation = orm::mapper::generation();
        let (select, plan) = compile_select(select, settings).map_err(|e| errors::sql_error(py, e))?;
        Ok(Self { select, plan: Arc::new(plan), runtime: Mutex::new(None), generation })
    }
    /// The mappers are still as they were.
    pub fn current(&self) -> bool {
        self.generation == orm::mapper::generation()
    }
    /// The plan with its Python objects, for a dialect.
    pub fn runtime(&self, py: Python<'_>, dialect: &Any<'_>) -> PyResult<Arc<Runtime>> {
        let id = dialect.as_ptr() as usize;
        if let Some((known, r)) = &*self.runtime.lock()
            && *known == id
            && r.current()
        {
            return Ok(r.clone());
        }
        let made = Arc::new(Runtime::new(py, &self.plan, dialect)?);
        let old = self.runtime.lock().replace((id, made.clone()));
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(made)
    }
    fn node(&self, where_: Option<&[ExprRef]>) -> Node {
        let mut select = self.select.clone();
        if let Some(w) = where_ {
            select.where_ = w.to_vec();
        }
        Node::Query(Query::select(select))
    }

    /// Instances of the first (and only) entity.
    pub fn instances<'py>(
        &self,
        session: &Bound<'py, Session>,
        connection: &Any<'py>,
        where_: Option<&[ExprRef]>,
        mode: &Mode,
        refresh: Option<&Bound<'py, InstanceState>>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Vec<Any<'py>>> {
        let py = session.py();
        let runtime = self.runtime(py, &connection.getattr("dialect")?)?;
        let Some(root) = runtime.single().cloned() else { return Ok(Vec::new()) };
        let mut loader = Loader::new(session, mode.clone_ref(py), None)?;
        if let Some(state) = refresh {
            loader = loader.refreshing(state);
        }
        let mut out = Vec::new();
        let _pause = crate::py::ffi::GcPause::new(py);
        let mut rows = source::open(connection, &self.node(where_), None, options)?;
        while let Some(batch) = rows.next(py)? {
            loader.instances(&root, batch, &mut out)?;
        }
        post::run(session, &mut loader, mode, &self.plan.criteria)?;
        if self.plan.unique {
            unique_instances(&mut out);
        }
        Ok(out)
    }

    /// The statement as it was written.
    pub fn statement(&self) -> QueryRef {
        Query::select(self.select.clone())
    }

    /// Rows as lists of their elements; what they wait for goes to `later`.
    pub fn rows<'py>(
        &self,
        session: &Bound<'py, Session>,
        entity: &Entity,
        where_: Option<&[ExprRef]>,
        mode: &Mode,
        later: &mut Vec<post::Work<'py>>,
    ) -> PyResult<Vec<Vec<Any<'py>>>> {
        let py = session.py();
        let connection = connection_of(session, entity, || self.statement())?;
        let runtime = self.runtime(py, &connection.getattr("dialect")?)?;
        let mut loader = Loader::new(session, mode.clone_ref(py), None)?;
        let mut out = Vec::new();
        let _pause = crate::py::ffi::GcPause::new(py);
        let options = mode.execution.as_ref().map(|e| e.bind(py));
        let mut rows = source::open(&connection, &self.node(where_), None, options)?;
        while let Some(batch) = rows.next(py)? {
            for i in 0..batch.rows() {
                out.push(loader.values(&runtime.items, batch, i)?);
            }
        }
        post::note(&mut loader, mode, &self.plan.criteria, later);
        Ok(out)
    }
}

/// Each instance once, in order of appearance.
pub fn unique_instances(out: &mut Vec<Any<'_>>) {
    let mut seen = rustc_hash::FxHashSet::default();
    out.retain(|o| seen.insert(o.as_ptr() as usize));
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared").field("select", &self.select).field("generation", &self.generation).finish_non_exhaustive()
    }
}

/// The connection on which the session runs a statement about an entity. A `get_bind()` of the user's is shown the statement.
pub fn connection_of<'py>(
    session: &Bound<'py, Session>,
    entity: &Entity,
    statement: impl FnOnce() -> QueryRef,
) -> PyResult<Any<'py>> {
    let py = session.py();
    let mapper = crate::py::orm::aliased::mapper_face(py, &entity.mapper)?;
    if !session::has_own_get_bind(session)? {
        return session::connection_for_mapper(session, mapper.as_any());
    }
    let args = pyo3::types::PyDict::new(py);
    args.set_item("mapper", mapper)?;
    args.set_item("clause", crate::py::sql::face::wrap_node(py, &Node::Query(statement()))?)?;
    session::connection_for(session, args)
}
