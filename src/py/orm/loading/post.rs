//! What second statements load for all instances of a result at once.

use super::filler::Filler;
use super::lazy::column_value;
use super::populate::{Loader, Mode, Waiting};
use crate::py::ffi;
use crate::py::host::PyHost;
use crate::py::orm::execute::further::{self, Said};
use crate::py::orm::execute::{self, Prepared};
use crate::py::orm::flags::{self, NO_RAISE, PASSIVE_NO_FETCH, PASSIVE_OFF};
use crate::py::orm::identity::{PkPart, PkParts, StateExt};
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::session::Session;
use crate::py::orm::state::InstanceState;
use orm::Entity;
use orm::compile::Settings;
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
        let mut settings = Settings::top(&host);
        settings.path = self.load.path.clone();
        settings.criteria = criteria.to_vec();
        settings.relationship_load = true;
        settings.dedupe = true;
        settings.node = (!plan.node.is_empty()).then(|| plan.node.clone());
        Prepared::new(py, select, &settings)
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
        let mut settings = Settings::top(&host);
        settings.path = self.load.path.clone();
        settings.criteria = criteria.to_vec();
        settings.dedupe = true;
        settings.only = Some(self.load.only.clone());
        settings.node = Some(self.load.node.clone());
        let made = Arc::new(Prepared::new(py, &self.load.select(), &settings)?);
        let old = self.planned.lock().replace(made.clone());
        drop(old);
        Ok(made)
    }
}

/// Run the loads that instances of a result wait for.
pub fn run<'py>(
    session: &Bound<'py, Session>,
    loader: &mut Loader<'py>,
    mode: &Mode,
    criteria: &[Arc<LoaderCriteria>],
) -> PyResult<()> {
    let mut waiting: Vec<Waiting<'py>> = std::mem::take(&mut loader.waiting).into_values().collect();
    // statements for all come before what is asked for each
    waiting.sort_by_key(|w| match w.post.load.kind {
        PostKind::Subquery => 0,
        PostKind::Selectin => 1,
        PostKind::Immediate => 2,
    });
    for w in &waiting {
        match w.post.load.kind {
            PostKind::Immediate => immediate(w)?,
            PostKind::Selectin => of_parents(session, w, mode, criteria, w.post.load.chunksize.max(1))?,
            PostKind::Subquery => of_parents(session, w, mode, criteria, usize::MAX)?,
        }
    }
    for (load, states) in std::mem::take(&mut loader.subclass).into_values() {
        of_subclass(session, &load, &states, mode, criteria)?;
    }
    Ok(())
}

/// As if the attribute was read: what a refreshed instance or `immediateload` asks for.
fn immediate(w: &Waiting<'_>) -> PyResult<()> {
    for state in &w.states {
        let py = state.py();
        let imp = state.get().manager.get().require_impl(py, &w.post.load.relationship.key)?;
        let dict = state.get().instance_dict(py);
        AttributeImpl::get(&imp, state, &dict, PASSIVE_OFF | NO_RAISE)?;
    }
    Ok(())
}

/// How many keys go into one statement.
const KEYS_AT_ONCE: usize = 500;

/// The attributes of a subclass, for the instances that are of it.
fn of_subclass<'py>(
    session: &Bound<'py, Session>,
    load: &RtSubclass,
    states: &[State<'py>],
    mode: &Mode,
    criteria: &[Arc<LoaderCriteria>],
) -> PyResult<()> {
    let py = session.py();
    let prepared = load.planned(py, criteria)?;
    let entity = Entity { mapper: load.load.mapper.clone(), alias: None };
    let mut mode = mode.clone_ref(py);
    // the rest of an instance that is overwritten came with the first statement
    mode.partial = true;
    for chunk in states.chunks(KEYS_AT_ONCE) {
        let keys = chunk
            .iter()
            .filter_map(|s| s.key_ref())
            .map(|k| key_value(py, &k.pk.iter().map(|p| p.to_py(py).into_bound(py)).collect::<Vec<_>>()))
            .collect::<PyResult<Vec<_>>>()?;
        let where_ = filled(&prepared, &PyList::new(py, keys)?);
        prepared.rows(session, &entity, Some(&where_), &mode)?;
    }
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

/// The rows of a relationship for the instances that wait for it.
fn of_parents<'py>(
    session: &Bound<'py, Session>,
    w: &Waiting<'py>,
    mode: &Mode,
    criteria: &[Arc<LoaderCriteria>],
    chunksize: usize,
) -> PyResult<()> {
    let py = session.py();
    let Some(planned) = w.post.planned(py, criteria)? else { return Ok(()) };
    let (plan, prepared) = &*planned;
    let uselist = w.post.load.relationship.data().uselist;
    let mut by_key: FxHashMap<PkParts, Vec<&State<'py>>> = FxHashMap::default();
    let mut order: Vec<Any<'py>> = Vec::new();
    let none: Vec<Any<'py>> = Vec::new();
    for state in &w.states {
        let Some(values) = key_of(state, &plan.ties)? else { continue };
        if values.iter().all(|v| v.is_none()) {
            fill(state, w, &none, uselist, mode)?;
            continue;
        }
        let entry = by_key.entry(parts_of(&values)?).or_default();
        if entry.is_empty() {
            order.push(key_value(py, &values)?);
        }
        entry.push(state);
    }
    let n = plan.key_len;
    // rows of joined collections repeat the object; to "selectin", association rows that do so are members of their own
    let once = prepared.plan.unique || w.post.load.kind == PostKind::Subquery;
    for chunk in order.chunks(chunksize.min(order.len()).max(1)) {
        let keys = PyList::new(py, chunk)?;
        let rows = match w.post.changed(session, plan, &keys, criteria)? {
            Some(other) => other.rows(session, &plan.target, None, mode)?,
            None => prepared.rows(session, &plan.target, Some(&filled(prepared, &keys)), mode)?,
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
            let rows = found.get(&key).unwrap_or(&none);
            for s in by_key.get(&key).into_iter().flatten() {
                fill(s, w, rows, uselist, mode)?;
            }
        }
    }
    Ok(())
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
