//! The unit of work: what one flush writes, gathered from the session and from relationships, then executed in the order that
//! `orm::flush` plans.
//!
//! * [`Flush`]: the working set of one flush. * `dependency`: what relationships add to it and copy between objects.
//! * `order`: the input of the planner. * `circular`: its error. * [`orphans`]: delete-orphan. * [`UowTransaction`]: what event listeners get.

mod circular;
mod dependency;
mod order;
pub mod orphans;

use super::flags;
use super::history::{self, Changes};
use super::identity::StateExt;
use super::impls::{AttributeImpl, Kind};
use super::session::{Session, attach};
use super::state::InstanceState;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::{errors, ffi};
use indexmap::IndexMap;
use orm::flush::Action;
use orm::{Mapper, Relationship, RelationshipData};
use parking_lot::Mutex;
use pyo3::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::rc::Rc;
use std::sync::Arc;

/// A bound state.
pub type State<'py> = Bound<'py, InstanceState>;
type Map<K, V> = IndexMap<K, V, FxBuildHasher>;

/// Columns that a post update writes, by state address.
pub type PostUpdates = Map<usize, FxHashSet<usize>>;

/// One object of a flush.
pub struct Member<'py> {
    /// Its state.
    pub state: State<'py>,
    /// The object, kept alive.
    pub obj: Bound<'py, PyAny>,
    /// Mapper of its class.
    pub mapper: Arc<Mapper>,
    /// Its row goes away.
    pub delete: bool,
    /// Its row is not written.
    pub list_only: bool,
}

/// A relationship of a class that takes part.
pub struct Processor {
    /// The relationship.
    pub rel: Arc<Relationship>,
    /// What is known of it.
    pub data: Arc<RelationshipData>,
    /// Mapper that declares it.
    pub parent: Arc<Mapper>,
    /// Mapper of the related class.
    pub target: Arc<Mapper>,
    /// It has something to do.
    pub active: bool,
}

/// The working set of one flush.
pub struct Flush<'py> {
    /// Token.
    pub py: Python<'py>,
    /// The session.
    pub session: Bound<'py, Session>,
    /// What listeners get.
    pub context: Bound<'py, UowTransaction>,
    /// Objects by state address, in order of registration.
    pub members: Map<usize, Member<'py>>,
    /// Relationships, each once.
    pub processors: Vec<Processor>,
    by_mapper: FxHashMap<u64, Rc<Vec<usize>>>,
    by_relationship: FxHashMap<u64, usize>,
    /// Members that relationships have seen.
    cursor: usize,
    /// Members that turned into deletions after relationships had seen them.
    again: Vec<usize>,
    changes: FxHashMap<(usize, u64), (u32, Rc<Changes<'py>>)>,
    /// Extra UPDATEs asked for: by base mapper, then state: names of attributes.
    pub post_updates: Map<u64, PostUpdates>,
    /// Foreign keys that are primary keys and follow their source: (state, column).
    pub pk_cascaded: FxHashSet<(usize, usize)>,
    /// Whether the key of a parent changes: by relationship and state.
    switched: FxHashMap<(u64, usize), bool>,
    children_added: FxHashMap<u64, FxHashSet<usize>>,
    /// Association rows that are taken care of: relationship, parent, child.
    association_done: FxHashSet<(u64, usize, usize)>,
    /// Association rows to write, by relationship.
    pub associations: FxHashMap<u64, super::persistence::association::Pending<'py>>,
    /// Connections by base mapper, asked for once a flush.
    pub connections: FxHashMap<u64, Bound<'py, PyAny>>,
}

/// What event listeners get as `flush_context`.
#[pyclass(name = "UOWTransaction", module = "oxalchemy.orm.unitofwork", weakref, frozen)]
pub struct UowTransaction {
    session: Py<Session>,
    states: Mutex<Vec<(Py<InstanceState>, bool, bool)>>,
}

impl UowTransaction {
    /// For a flush of `session`.
    pub fn new(session: &Bound<'_, Session>) -> Self {
        Self { session: session.clone().unbind(), states: Mutex::default() }
    }
    /// An empty working set.
    pub fn start<'py>(slf: &Bound<'py, Self>) -> Flush<'py> {
        let py = slf.py();
        Flush {
            py,
            session: slf.get().session.bind(py).clone(),
            context: slf.clone(),
            members: Map::default(),
            processors: Vec::new(),
            by_mapper: FxHashMap::default(),
            by_relationship: FxHashMap::default(),
            cursor: 0,
            again: Vec::new(),
            changes: FxHashMap::default(),
            post_updates: Map::default(),
            pk_cascaded: FxHashSet::default(),
            switched: FxHashMap::default(),
            children_added: FxHashMap::default(),
            association_done: FxHashSet::default(),
            associations: FxHashMap::default(),
            connections: FxHashMap::default(),
        }
    }
    /// Remember for listeners what was flushed.
    pub fn keep(&self, flush: &Flush<'_>) {
        let rows = flush.members.values().map(|m| (m.state.clone().unbind(), m.delete, m.list_only)).collect();
        let old = std::mem::replace(&mut *self.states.lock(), rows);
        drop(old);
    }
}

#[pymethods]
impl UowTransaction {
    /// The session.
    #[getter]
    fn session(&self, py: Python<'_>) -> Py<Session> {
        self.session.clone_ref(py)
    }
    /// `{state: (deleted, list only)}`, once the flush has emitted its SQL.
    #[getter]
    fn states<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
        let rows: Vec<_> = self.states.lock().iter().map(|(s, d, l)| (s.clone_ref(py), *d, *l)).collect();
        let out = pyo3::types::PyDict::new(py);
        for (s, d, l) in rows {
            out.set_item(s, (d, l))?;
        }
        Ok(out)
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
}

impl Collected for UowTransaction {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.session)
    }
}

/// What a registration that cannot be done is for, in its warning.
#[derive(Clone, Copy)]
pub struct Reason<'a> {
    /// `add`, `delete`, `pk change`.
    pub operation: &'static str,
    /// The relationship.
    pub rel: &'a Relationship,
}

impl<'py> Flush<'py> {
    /// Nothing to do.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
    /// Addresses of all states.
    pub fn state_ids(&self) -> FxHashSet<usize> {
        self.members.keys().copied().collect()
    }
    /// Puts an object of the session into the working set.
    pub fn register(&mut self, state: &State<'py>, delete: bool, list_only: bool) -> PyResult<bool> {
        let id = state.as_ptr() as usize;
        if self.members.contains_key(&id) {
            return self.register_for(state, delete, list_only, false, None);
        }
        let Some(obj) = state.obj() else { return Ok(false) };
        let mapper = state.mapper()?;
        self.members.insert(id, Member { state: state.clone(), obj, mapper, delete, list_only });
        Ok(true)
    }

    /// The same for an object that a relationship leads to; `cancel` takes a deletion back.
    pub fn register_for(
        &mut self,
        state: &State<'py>,
        delete: bool,
        list_only: bool,
        cancel: bool,
        reason: Option<Reason<'_>>,
    ) -> PyResult<bool> {
        let id = state.as_ptr() as usize;
        if let Some(m) = self.members.get_mut(&id) {
            if list_only || !(delete || cancel || m.list_only) {
                return Ok(true);
            }
            let flips = m.delete != delete || m.list_only;
            if delete || cancel {
                m.delete = delete;
            }
            m.list_only = false;
            if flips
                && let Some(at) = self.members.get_index_of(&id)
                && at < self.cursor
            {
                self.again.push(at);
            }
            return Ok(true);
        }
        if !attach::contains(&self.session, state) {
            if !state.is_deleted()
                && let Some(r) = reason
            {
                errors::warn(
                    self.py,
                    "SAWarning",
                    &format!(
                        "Object of type {} not in session, {} operation along '{}' will not proceed",
                        class_str(state),
                        r.operation,
                        r.rel.describe()
                    ),
                )?;
            }
            return Ok(false);
        }
        let Some(obj) = state.obj() else { return Ok(false) };
        let mapper = state.mapper()?;
        self.members.insert(id, Member { state: state.clone(), obj, mapper, delete, list_only });
        Ok(true)
    }

    /// Whether an object's row goes away.
    pub fn is_deleted(&self, state: &State<'_>) -> bool {
        self.members.get(&(state.as_ptr() as usize)).is_some_and(|m| m.delete)
    }

    /// The relationships of a class.
    fn processors_of(&mut self, mapper: &Arc<Mapper>) -> Rc<Vec<usize>> {
        if let Some(found) = self.by_mapper.get(&mapper.id) {
            return found.clone();
        }
        let mut out = Vec::new();
        for rel in mapper.data().relationships() {
            let data = rel.data();
            let (Some(parent), Some(target)) = (rel.parent.upgrade(), rel.target()) else { continue };
            if data.viewonly || data.join.is_none() {
                continue;
            }
            let at = match self.by_relationship.get(&rel.id) {
                Some(at) => *at,
                None => {
                    self.processors.push(Processor { rel: rel.clone(), data, parent, target, active: false });
                    self.by_relationship.insert(rel.id, self.processors.len() - 1);
                    self.processors.len() - 1
                }
            };
            out.push(at);
        }
        let out = Rc::new(out);
        self.by_mapper.insert(mapper.id, out.clone());
        out
    }

    /// The attribute of a relationship on an object's class.
    pub fn attribute(&self, rel: &Relationship, state: &State<'py>) -> Option<Bound<'py, AttributeImpl>> {
        state.get().manager.get().get_impl(self.py, &rel.key)
    }

    /// The changes of a relationship, the same throughout the flush unless more is allowed to be loaded later.
    pub fn changes(&mut self, rel: &Relationship, state: &State<'py>, passive: u32) -> PyResult<Rc<Changes<'py>>> {
        let Some(imp) = self.attribute(rel, state) else { return Ok(Rc::default()) };
        let key = (state.as_ptr() as usize, rel.id);
        if let Some((had, found)) = self.changes.get(&key)
            && (*had == passive || passive & flags::SQL_OK == 0)
        {
            return Ok(found.clone());
        }
        if passive & flags::SQL_OK == 0 && untouched(&imp, state) {
            return Ok(Rc::default());
        }
        // What is loaded is what the rows say: keys that change in this flush lead there by their old values.
        let passive_here = passive & !flags::INIT_OK | flags::NO_RAISE | flags::LOAD_AGAINST_COMMITTED;
        let made = Rc::new(history::changes(&imp, state, passive_here)?);
        if passive & flags::SQL_OK != 0 || imp.get().kind != Kind::Scalar {
            self.changes.insert(key, (passive, made.clone()));
        }
        Ok(made)
    }

    /// Lets relationships register what they reach, until nothing new turns up.
    fn gather(&mut self) -> PyResult<()> {
        loop {
            let at = match self.again.pop() {
                Some(at) => at,
                None if self.cursor < self.members.len() => {
                    self.cursor += 1;
                    self.cursor - 1
                }
                None => return Ok(()),
            };
            let Some((_, m)) = self.members.get_index(at) else { return Ok(()) };
            let (state, mapper, delete, list_only) = (m.state.clone(), m.mapper.clone(), m.delete, m.list_only);
            if list_only {
                continue;
            }
            for p in self.processors_of(&mapper).iter() {
                dependency::presort(self, *p, &state, delete)?;
            }
        }
    }

    /// Emits the SQL.
    pub fn execute(&mut self) -> PyResult<()> {
        self.gather()?;
        let (actions, order) = order::plan(self)?;
        for action in actions {
            match action {
                Action::Save { mapper, states } => {
                    let rows = order.rows(self, mapper, states, false);
                    super::persistence::save(self, rows)?;
                }
                Action::Delete { mapper, states } => {
                    let rows = order.rows(self, mapper, states, true);
                    super::persistence::delete(self, rows)?;
                }
                Action::Process { relationship, delete, states } => {
                    let p = order.processor(relationship);
                    for at in order.parents(self, p, delete, states) {
                        dependency::process(self, p, at, delete)?;
                    }
                    dependency::finish(self, p)?;
                }
                Action::PostUpdate { mapper, delete } => {
                    let base = order.mapper(mapper);
                    super::persistence::post_update(self, &base, delete)?;
                }
            }
        }
        Ok(())
    }

    /// Gives the objects their new states in the session.
    pub fn finalize(&mut self) -> PyResult<()> {
        let (gone, kept): (Vec<_>, Vec<_>) = self.members.values().partition(|m| m.delete);
        let gone: Vec<State<'py>> = gone.into_iter().map(|m| m.state.clone()).collect();
        let kept: Vec<State<'py>> = kept.into_iter().map(|m| m.state.clone()).collect();
        if !gone.is_empty() {
            attach::register_deleted(&self.session, &gone)?;
        }
        if !kept.is_empty() {
            attach::register_persistent(&self.session, &kept)?;
        }
        Ok(())
    }
}

/// No value, no change, nothing pending: there is nothing to ask history about.
pub(super) fn untouched(imp: &Bound<'_, AttributeImpl>, state: &State<'_>) -> bool {
    let py = imp.py();
    let (i, s) = (imp.get(), state.get());
    i.kind != Kind::Dynamic
        && ffi::dict_get(&s.instance_dict(py), &i.key).is_none()
        && !s.has_committed(py, &i.key)
        && s.read_extra(py, |e| (!e.pending.is_empty()).then_some(())).is_none()
}

/// `<User>`, as messages name the class of an instance.
pub(super) fn class_str(state: &State<'_>) -> String {
    format!("<{}>", state.get().manager.get().class_name(state.py()))
}

/// Add this room's class to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<circular::PostSortRec>()?;
    m.add_class::<UowTransaction>()
}
