//! What second statements load for all instances of a result at once.

use super::filler::Filler;
use super::lazy::column_value;
use super::populate::{Loader, Mode, Waiting};
use crate::py::ffi;
use crate::py::host::PyHost;
use crate::py::orm::collections;
use crate::py::orm::execute::further::{self, Said};
use crate::py::orm::execute::{self, Prepared};
use crate::py::orm::flags::{self, NO_RAISE, PASSIVE_NO_FETCH, PASSIVE_OFF};
use crate::py::orm::identity::{PkPart, PkParts, StateExt};
use crate::py::orm::impls::{self, AttributeImpl};
use crate::py::orm::session::Session;
use crate::py::orm::state::InstanceState;
use orm::Entity;
use orm::load::polymorphic::SubclassLoad;
use orm::load::selectin::{self, SelectinPlan, with_keys};
use orm::load::ties::Ties;
use orm::loadplan::{PostKind, PostLoad};
use orm::options::LoaderCriteria;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use rustc_hash::FxHashMap;
use sql::ast::{BindValue, ExprRef, Select};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;

/// One relationship that a second statement loads; the statement is made at the first use and kept with the plan.
pub struct RtPost {
    /// Interned.
    pub key: Py<PyString>,
    /// What to load.
    pub load: Arc<PostLoad>,
    planned: Mutex<Option<Arc<(SelectinPlan, Prepared)>>>,
}

/// Attributes of a subclass that a second statement loads.
pub struct RtSubclass {
    /// What to load.
    pub load: Arc<SubclassLoad>,
    /// Names of the attributes, interned.
    pub keys: Vec<Py<PyString>>,
    planned: Mutex<Option<Arc<Prepared>>>,
}

impl RtPost {
    /// Not planned yet.
    pub fn new(py: Python<'_>, load: &Arc<PostLoad>) -> Self {
        let key = PyString::intern(py, &load.relationship.key).unbind();
        Self { key, load: load.clone(), planned: Mutex::new(None) }
    }

    fn prepare(
        &self,
        py: Python<'_>,
        plan: &SelectinPlan,
        select: &Select,
        criteria: &[Arc<LoaderCriteria>],
    ) -> PyResult<Prepared> {
        let host = execute::Host::new(py);
        Prepared::new(py, select, &plan.settings(&self.load, criteria, &host))
    }

    /// The statement for these keys that listeners put in the place of the planned one.
    fn changed<'py>(
        &self,
        session: &Bound<'py, Session>,
        plan: &SelectinPlan,
        keys: &Bound<'py, PyList>,
        criteria: &[Arc<LoaderCriteria>],
    ) -> PyResult<Option<Prepared>> {
        if !further::listened(session)? {
            return Ok(None);
        }
        let py = session.py();
        let value = BindValue::Host(PyHost::wrap(keys.as_any()));
        let mut select = plan.select.clone();
        select.where_ = select.where_.iter().map(|w| with_keys(w, &value)).collect();
        let what = further::relationship(py, &self.load.relationship, None)?;
        match further::tell(session, select, &plan.target, what)? {
            Said::Changed(select) => self.prepare(py, plan, &select, criteria).map(Some),
            Said::Nothing | Said::Rows(_) => Ok(None),
        }
    }

    fn planned(&self, py: Python<'_>, criteria: &[Arc<LoaderCriteria>]) -> PyResult<Option<Arc<(SelectinPlan, Prepared)>>> {
        let known = self.planned.lock().clone().filter(|p| p.1.current());
        if known.is_some() {
            return Ok(known);
        }
        let Some(plan) = selectin::plan(&self.load) else { return Ok(None) };
        let prepared = self.prepare(py, &plan, &plan.select, criteria)?;
        let made = Arc::new((plan, prepared));
        let old = self.planned.lock().replace(made.clone());
        drop(old);
        Ok(Some(made))
    }
}

impl RtSubclass {
    /// Not planned yet.
    pub fn new(py: Python<'_>, load: &Arc<SubclassLoad>) -> Self {
        let keys = load.only.iter().map(|k| PyString::intern(py, k).unbind()).collect();
        Self { load: load.clone(), keys, planned: Mutex::new(None) }
    }

    fn planned(&self, py: Python<'_>, criteria: &[Arc<LoaderCriteria>]) -> PyResult<Arc<Prepared>> {
        if let Some(known) = self.planned.lock().clone().filter(|p| p.current()) {
            return Ok(known);
        }
        let host = execute::Host::new(py);
        let made = Arc::new(Prepared::new(py, &self.load.select(), &self.load.settings(criteria, &host))?);
        let old = self.planned.lock().replace(made.clone());
        drop(old);
        Ok(made)
    }
}

/// A chain of loads makes a chain of plans: it is let go level by level.
impl Drop for RtPost {
    fn drop(&mut self) {
        if let Some(planned) = self.planned.get_mut().take() {
            base::depth::release(planned);
        }
    }
}

/// How the rows of a load are to be taken.
pub struct Context {
    mode: Mode,
    criteria: Vec<Arc<LoaderCriteria>>,
}

/// What is left to do after the rows of a statement were read. The last one comes next, so that what the rows of a load wait
/// for is loaded before its siblings; a chain of loads is as long as the data, and is no recursion.
pub enum Work<'py> {
    /// A load that has not begun.
    Load(Waiting<'py>, Arc<Context>),
    /// A load of which some keys are done.
    Parents(Box<Parents<'py>>),
    /// The attributes of a subclass for instances of it, and how many of them are done.
    Subclass(Arc<RtSubclass>, Vec<State<'py>>, usize, Arc<Context>),
}

/// Note what the instances of a result wait for.
pub fn note<'py>(loader: &mut Loader<'py>, mode: &Mode, criteria: &[Arc<LoaderCriteria>], later: &mut Vec<Work<'py>>) {
    if loader.waiting.is_empty() && loader.subclass.is_empty() {
        return;
    }
    let context = Arc::new(Context { mode: mode.clone_ref(loader.session.py()), criteria: criteria.to_vec() });
    let subclass = std::mem::take(&mut loader.subclass);
    later.extend(subclass.into_values().rev().map(|(load, states)| Work::Subclass(load, states, 0, context.clone())));
    let mut waiting: Vec<Waiting<'py>> = std::mem::take(&mut loader.waiting).into_values().collect();
    // statements for all come before what is asked for each
    waiting.sort_by_key(|w| match w.post.load.kind {
        PostKind::Subquery => 0,
        PostKind::Selectin => 1,
        PostKind::Immediate => 2,
    });
    later.extend(waiting.into_iter().rev().map(|w| Work::Load(w, context.clone())));
}

/// Run the loads that instances of a result wait for, and those that their rows wait for.
pub fn run<'py>(
    session: &Bound<'py, Session>,
    loader: &mut Loader<'py>,
    mode: &Mode,
    criteria: &[Arc<LoaderCriteria>],
) -> PyResult<()> {
    let mut later = Vec::new();
    note(loader, mode, criteria, &mut later);
    let mut below = Vec::new();
    while let Some(work) = later.pop() {
        match work {
            Work::Load(w, _) if w.post.load.kind == PostKind::Immediate => immediate(&w)?,
            Work::Load(w, context) => {
                later.extend(of_parents(session, w, context)?.map(|p| Work::Parents(Box::new(p))));
            }
            Work::Parents(mut parents) => {
                parents.next(session, &mut below)?;
                if parents.at < parents.order.len() {
                    later.push(Work::Parents(parents));
                }
            }
            Work::Subclass(load, states, at, context) => {
                let end = states.len().min(at + KEYS_AT_ONCE);
                of_subclass(session, &load, states.get(at..end).unwrap_or_default(), &context, &mut below)?;
                if end < states.len() {
                    later.push(Work::Subclass(load, states, end, context));
                }
            }
        }
        later.append(&mut below);
    }
    Ok(())
}

/// As if the attribute was read: what a refreshed instance or `immediateload` asks for. With `recursion_depth` the related
/// instances are asked for theirs, level by level, each once.
fn immediate(w: &Waiting<'_>) -> PyResult<()> {
    let load = &w.post.load;
    let mut level = w.states.clone();
    let mut depth = load.recursion_depth.unwrap_or_default();
    let mut seen: rustc_hash::FxHashSet<u64> = level.iter().map(|s| s.get().serial).collect();
    loop {
        let mut below = Vec::new();
        for state in &level {
            // the attribute's own loads are a recursion
            crate::py::errors::room_below()?;
            let py = state.py();
            let imp = state.get().manager.get().require_impl(py, &load.relationship.key)?;
            let dict = state.get().instance_dict(py);
            let value = AttributeImpl::get(&imp, state, &dict, PASSIVE_OFF | NO_RAISE)?;
            if depth == 0 || flags::is_no_state(&value) || value.is_none() {
                continue;
            }
            let related = if imp.get().collection.is_some() { collections::items(&value)? } else { vec![value] };
            for obj in related {
                let state = impls::require_state(&obj)?;
                let has_it = load.relationship.parent.upgrade().is_some_and(|p| state.mapper().is_ok_and(|m| m.isa(&p)));
                if has_it && seen.insert(state.get().serial) {
                    below.push(state);
                }
            }
        }
        if below.is_empty() {
            return Ok(());
        }
        level = below;
        depth = if depth > 0 { depth - 1 } else { depth };
    }
}

/// How many keys go into one statement.
const KEYS_AT_ONCE: usize = 500;

/// The attributes of a subclass, for some instances that are of it.
fn of_subclass<'py>(
    session: &Bound<'py, Session>,
    load: &RtSubclass,
    states: &[State<'py>],
    context: &Context,
    later: &mut Vec<Work<'py>>,
) -> PyResult<()> {
    let py = session.py();
    let prepared = load.planned(py, &context.criteria)?;
    let entity = Entity { mapper: load.load.mapper.clone(), alias: None };
    let mut mode = context.mode.clone_ref(py);
    // the rest of an instance that is overwritten came with the first statement
    mode.partial = true;
    let keys = states
        .iter()
        .filter_map(|s| s.key_ref())
        .map(|k| key_value(py, &k.pk.iter().map(|p| p.to_py(py).into_bound(py)).collect::<Vec<_>>()))
        .collect::<PyResult<Vec<_>>>()?;
    let where_ = filled(&prepared, &PyList::new(py, keys)?);
    prepared.rows(session, &entity, Some(&where_), &mode, later)?;
    Ok(())
}

/// The criteria of a statement with the list of its keys.
fn filled(prepared: &Prepared, keys: &Bound<'_, PyList>) -> Vec<ExprRef> {
    let value = BindValue::Host(PyHost::wrap(keys.as_any()));
    prepared.select.where_.iter().map(|w| with_keys(w, &value)).collect()
}

fn parts_of(values: &[Any<'_>]) -> PyResult<PkParts> {
    values.iter().map(PkPart::from_py).collect()
}

fn key_value<'py>(py: Python<'py>, parts: &[Any<'py>]) -> PyResult<Any<'py>> {
    match parts {
        [one] => Ok(one.clone()),
        many => Ok(PyTuple::new(py, many)?.into_any()),
    }
}

/// The values that the rows of an instance come back with; `None`: it has no identity.
fn key_of<'py>(state: &State<'py>, ties: &Ties) -> PyResult<Option<Vec<Any<'py>>>> {
    let py = state.py();
    let Ties::Parent(local, _) = ties else {
        return Ok(state.key_ref().map(|k| k.pk.iter().map(|p| p.to_py(py).into_bound(py)).collect()));
    };
    let mapper = state.mapper()?;
    let value = |c| {
        let v = column_value(state, &mapper, c, PASSIVE_NO_FETCH, false)?;
        Ok(if flags::is_no_state(&v) { py.None().into_bound(py) } else { v })
    };
    local.iter().map(value).collect::<PyResult<_>>().map(Some)
}

/// A load by lists of keys.
pub struct Parents<'py> {
    waiting: Waiting<'py>,
    context: Arc<Context>,
    planned: Arc<(SelectinPlan, Prepared)>,
    /// States by the values that their rows will come back with.
    by_key: FxHashMap<PkParts, Vec<State<'py>>>,
    order: Vec<Any<'py>>,
    /// How many of `order` are done.
    at: usize,
}

/// The keys of the instances that wait for a relationship; `None`: there is nothing to look for.
fn of_parents<'py>(session: &Bound<'py, Session>, w: Waiting<'py>, context: Arc<Context>) -> PyResult<Option<Parents<'py>>> {
    let py = session.py();
    let Some(planned) = w.post.planned(py, &context.criteria)? else { return Ok(None) };
    let uselist = w.post.load.relationship.data().uselist;
    let mut by_key: FxHashMap<PkParts, Vec<State<'py>>> = FxHashMap::default();
    let mut order: Vec<Any<'py>> = Vec::new();
    for state in &w.states {
        let Some(values) = key_of(state, &planned.0.ties)? else { continue };
        if values.iter().all(|v| v.is_none()) {
            fill(state, &w, &[], uselist, &context.mode)?;
            continue;
        }
        let entry = by_key.entry(parts_of(&values)?).or_default();
        if entry.is_empty() {
            order.push(key_value(py, &values)?);
        }
        entry.push(state.clone());
    }
    Ok((!order.is_empty()).then_some(Parents { waiting: w, context, planned, by_key, order, at: 0 }))
}

impl<'py> Parents<'py> {
    /// Load the rows of the next keys; what they wait for goes to `later`.
    fn next(&mut self, session: &Bound<'py, Session>, later: &mut Vec<Work<'py>>) -> PyResult<()> {
        let py = session.py();
        let (plan, prepared) = &*self.planned;
        let (load, mode) = (&self.waiting.post.load, &self.context.mode);
        let uselist = load.relationship.data().uselist;
        let size = if load.kind == PostKind::Subquery { usize::MAX } else { load.chunksize.max(1) };
        let end = self.order.len().min(self.at.saturating_add(size));
        let chunk = self.order.get(self.at..end).unwrap_or_default();
        self.at = end;
        let n = plan.key_len;
        // rows of joined collections repeat the object; to "selectin", association rows that do so are members of their own
        let once = prepared.plan.unique || load.kind == PostKind::Subquery;
        let keys = PyList::new(py, chunk)?;
        let rows = match self.waiting.post.changed(session, plan, &keys, &self.context.criteria)? {
            Some(other) => other.rows(session, &plan.target, None, mode, later)?,
            None => prepared.rows(session, &plan.target, Some(&filled(prepared, &keys)), mode, later)?,
        };
        let mut found: FxHashMap<PkParts, Vec<Any<'py>>> = FxHashMap::default();
        for row in rows {
            let key = parts_of(&row.iter().take(n).cloned().collect::<Vec<_>>())?;
            if let Some(obj) = row.get(n)
                && !obj.is_none()
            {
                let list = found.entry(key).or_default();
                if !once || !list.iter().any(|o| o.is(obj)) {
                    list.push(obj.clone());
                }
            }
        }
        for value in chunk {
            let values: Vec<Any<'py>> = if n == 1 { vec![value.clone()] } else { value.try_iter()?.collect::<PyResult<_>>()? };
            let key = parts_of(&values)?;
            let rows = found.get(&key).map_or(&[][..], Vec::as_slice);
            for s in self.by_key.get(&key).into_iter().flatten() {
                fill(s, &self.waiting, rows, uselist, mode)?;
            }
        }
        Ok(())
    }
}

fn fill<'py>(state: &State<'py>, w: &Waiting<'py>, rows: &[Any<'py>], uselist: bool, mode: &Mode) -> PyResult<()> {
    let py = state.py();
    let rel = &w.post.load.relationship;
    let key = &w.post.key;
    let dict = state.get().instance_dict(py);
    if !mode.populate_existing && ffi::dict_get(&dict, key).is_some() {
        return Ok(());
    }
    if uselist {
        let f = Filler::new(state, &dict, key)?;
        for r in rows {
            f.append(r)?;
        }
        return Ok(());
    }
    if rows.len() > 1 {
        crate::py::errors::warn(
            py,
            "SAWarning",
            &format!("Multiple rows returned with uselist=False for eagerly-loaded attribute '{}' ", rel.describe()),
        )?;
    }
    match rows.first() {
        Some(r) => dict.set_item(key, r),
        None => dict.set_item(key, py.None()),
    }
}
