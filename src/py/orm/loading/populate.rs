//! The loop from rows to instances.

use super::Filler;
use super::context::QueryContext;
use super::options;
use super::post::{RtPost, RtSubclass};
use super::runtime::{RtEntity, RtItem, RtJoined, Runtime};
use crate::py::engine::events::{self, Event};
use crate::py::errors;
use crate::py::ffi;
use crate::py::orm::identity::{IdentityKey, IdentityMap, PkPart, StateExt};
use crate::py::orm::manager::ClassManager;
use crate::py::orm::session::Session;
use crate::py::orm::state::{InstanceState, flag};
use crate::py::text::Text;
use crate::py::types::ResultProc;
use base::{Cell, RowBatch};
use indexmap::IndexMap;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::sync::Arc;

type State<'py> = Bound<'py, InstanceState>;

/// What a load is told beyond its plan.
#[derive(Default)]
pub struct Mode {
    /// Loaded instances are overwritten.
    pub populate_existing: bool,
    /// Instances keep the identity token of the shard they came from.
    pub token: Option<Py<PyAny>>,
    /// Row locks were asked for: rows are current, as if refreshed.
    pub refresh_all: bool,
    /// Only some attributes are loaded: what else the instance has stays.
    pub partial: bool,
    /// Execution options of the statement, which its further loads have too.
    pub execution: Option<Py<PyDict>>,
}

impl Mode {
    /// A copy.
    pub fn clone_ref(&self, py: Python<'_>) -> Self {
        Self {
            populate_existing: self.populate_existing,
            token: self.token.as_ref().map(|t| t.clone_ref(py)),
            refresh_all: self.refresh_all,
            partial: self.partial,
            execution: self.execution.as_ref().map(|e| e.clone_ref(py)),
        }
    }
}

/// A collection or reference that is being filled from the rows of this load.
enum Filling<'py> {
    /// It was loaded before: rows only reach what lies below.
    Existing,
    /// A reference, set at the first row.
    Scalar(Option<usize>),
    /// A collection, with the members it has.
    Collection(Filler<'py>, FxHashSet<usize>),
}

/// What this load did to an instance.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// Made or overwritten by it.
    Fresh,
    /// There before.
    Existing,
}

/// One post load with the instances that wait for it.
pub struct Waiting<'py> {
    /// What to load.
    pub post: Arc<RtPost>,
    /// For whom.
    pub states: Vec<State<'py>>,
    seen: FxHashSet<usize>,
}

/// One run of a plan over the rows of a result.
pub struct Loader<'py> {
    py: Python<'py>,
    /// Into this session.
    pub session: Bound<'py, Session>,
    number: u64,
    map: Bound<'py, IdentityMap>,
    mode: Mode,
    token: Option<PkPart>,
    /// Instance to be refreshed, with the identity that is expected.
    refresh: Option<State<'py>>,
    /// States this load has dealt with; kept only where rows can repeat an instance with something to add.
    seen: FxHashMap<usize, (Seen, State<'py>)>,
    filling: FxHashMap<(usize, usize), Filling<'py>>,
    /// Post loads in order of first need.
    pub waiting: IndexMap<usize, Waiting<'py>, FxBuildHasher>,
    /// Loads of subclass attributes, with the instances that wait for them.
    pub subclass: IndexMap<usize, (Arc<RtSubclass>, Vec<State<'py>>), FxBuildHasher>,
    context: Option<Bound<'py, QueryContext>>,
    loaded_event: bool,
}

impl<'py> Loader<'py> {
    /// A loader into `session`.
    pub fn new(session: &Bound<'py, Session>, mode: Mode, context: Option<Bound<'py, QueryContext>>) -> PyResult<Self> {
        let py = session.py();
        let context = match context {
            None if Event::Load.used() || Event::Refresh.used() => Some(Bound::new(
                py,
                QueryContext { session: session.clone().unbind(), query: None, populate_existing: mode.populate_existing },
            )?),
            given => given,
        };
        Ok(Self {
            py,
            number: session.get().number,
            map: session.get().identity(py).into_bound(py),
            token: mode.token.as_ref().map(|t| PkPart::from_py(t.bind(py))).transpose()?,
            mode,
            refresh: None,
            seen: FxHashMap::default(),
            filling: FxHashMap::default(),
            waiting: IndexMap::default(),
            subclass: IndexMap::default(),
            context,
            loaded_event: events::listeners(session.as_any(), Event::LoadedAsPersistent)?.is_some(),
            session: session.clone(),
        })
    }

    /// Rows are those of this instance: overwrite it.
    pub fn refreshing(mut self, state: &State<'py>) -> Self {
        self.refresh = Some(state.clone());
        self
    }

    /// Instances of the one entity of a plan; rows without a primary key give None.
    pub fn instances(&mut self, entity: &Arc<RtEntity>, batch: &RowBatch, out: &mut Vec<Bound<'py, PyAny>>) -> PyResult<()> {
        out.reserve(batch.rows());
        for row in 0..batch.rows() {
            let found = match self.refresh.clone() {
                Some(state) => self.refresh_one(entity, &state, batch, row)?,
                None => self.entity(entity, batch, row)?,
            };
            match found {
                Some(obj) => out.push(obj),
                None => out.push(self.py.None().into_bound(self.py)),
            }
        }
        Ok(())
    }

    /// One row as a tuple of its elements.
    pub fn row(&mut self, runtime: &Runtime, batch: &RowBatch, row: usize) -> PyResult<Bound<'py, PyTuple>> {
        let values = self.values(&runtime.items, batch, row)?;
        PyTuple::new(self.py, values)
    }

    /// The elements of one row.
    pub fn values(&mut self, items: &[RtItem], batch: &RowBatch, row: usize) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(match item {
                RtItem::Entity(e) => match self.entity(e, batch, row)? {
                    Some(obj) => obj,
                    None => self.py.None().into_bound(self.py),
                },
                RtItem::Column(i, proc) => proc.get(self.py, batch.cell(row, *i))?,
                RtItem::Bundle { process, items } => {
                    let inner = PyTuple::new(self.py, self.values(items, batch, row)?)?;
                    process.bind(self.py).call1((inner,))?
                }
            });
        }
        Ok(values)
    }

    /// The identity of a row, `None` when it has none (an outer join found nothing).
    #[inline]
    fn key(&self, rt: &RtEntity, batch: &RowBatch, row: usize) -> PyResult<Option<IdentityKey>> {
        if let ([(i, ResultProc::Raw)], None) = (rt.identity.as_slice(), &self.token) {
            match batch.cell(row, *i) {
                Cell::Int(v) => return Ok(Some(IdentityKey::of_int(&rt.base, v))),
                Cell::Null => return Ok(None),
                _ => {}
            }
        }
        let mut pk = crate::py::orm::identity::PkParts::new();
        let mut nulls = 0;
        for (i, proc) in &rt.identity {
            let part = match (batch.cell(row, *i), proc) {
                (Cell::Null, ResultProc::Raw) => PkPart::None,
                (Cell::Int(v), ResultProc::Raw) => PkPart::Int(v),
                (Cell::Ascii(s) | Cell::Text(s), ResultProc::Raw) => PkPart::Text(s.into()),
                (cell, proc) => PkPart::from_py(&proc.get(self.py, cell)?)?,
            };
            nulls += usize::from(part.is_none());
            pk.push(part);
        }
        if nulls == pk.len() || (nulls > 0 && !rt.partial) {
            return Ok(None);
        }
        let token = match &self.mode.token {
            Some(t) => Some(PkPart::from_py(t.bind(self.py))?),
            None => None,
        };
        Ok(Some(IdentityKey { base: rt.base.clone(), pk, token }))
    }

    /// The plan for the class that this row is of.
    #[inline]
    fn switch<'r>(&self, rt: &'r Arc<RtEntity>, batch: &RowBatch, row: usize) -> PyResult<&'r Arc<RtEntity>> {
        let Some((index, proc, map)) = &rt.switch else { return Ok(rt) };
        let cell = batch.cell(row, *index);
        let value = proc.get(self.py, cell)?;
        let map = map.bind(self.py);
        match map.get_item(&value)? {
            Some(at) => match at.extract::<isize>()? {
                -1 => Ok(rt),
                at if let Ok(at) = usize::try_from(at) => Ok(rt.subs.get(at).unwrap_or(rt)),
                _ => Err(self.wrong_class(rt, batch, row, Some(&value))?),
            },
            None if value.is_none() => Err(self.wrong_class(rt, batch, row, None)?),
            None => Err(pyo3::exceptions::PyAssertionError::new_err(format!(
                "No such polymorphic_identity {} is defined",
                value.repr()?.text()
            ))),
        }
    }

    /// The error of a row whose discriminator (`None`: NULL) leads to no class of the hierarchy.
    fn wrong_class(&self, rt: &RtEntity, batch: &RowBatch, row: usize, value: Option<&Bound<'py, PyAny>>) -> PyResult<PyErr> {
        let key = match self.key(rt, batch, row)? {
            Some(k) => k.to_py(self.py, &self.class_of(&rt.base)?)?.repr()?.text(),
            None => String::new(),
        };
        let column = discriminator_text(self.py, &rt.plan.entity)?;
        let found = match value {
            None => "is NULL".to_owned(),
            Some(value) => {
                let named = rt.base.self_and_descendants().into_iter().find(|m| {
                    m.data()
                        .polymorphic_identity
                        .as_ref()
                        .and_then(|h| crate::py::host::PyHost::get(self.py, h))
                        .is_some_and(|v| errors::or_park(v.eq(value), || false))
                });
                errors::settle()?;
                let named = named.map_or_else(String::new, |m| m.describe());
                format!("refers to {named}, which is not a sub mapper of the requested {}", rt.plan.mapper.describe())
            }
        };
        let text = format!(
            "Row with identity key {key} can't be loaded into an object; the polymorphic discriminator column '{column}' {found}"
        );
        Ok(errors::invalid_request(self.py, text))
    }

    fn class_of(&self, mapper: &Arc<orm::Mapper>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::orm::mapper::face_of(self.py, mapper)?.getattr("class_")
    }

    /// The instance of a row.
    pub fn entity(&mut self, rt: &Arc<RtEntity>, batch: &RowBatch, row: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = self.py;
        let of = if rt.own_identities { self.switch(rt, batch, row)? } else { rt };
        let Some(key) = self.key(of, batch, row)? else { return Ok(None) };
        let rt = self.switch(rt, batch, row)?;
        if let Some((state, obj)) = self.map.get().find(py, &key) {
            self.again(rt, &state, &obj, batch, row)?;
            return Ok(Some(obj));
        }
        let (obj, dict, state) = ClassManager::new_bare(rt.manager.bind(py))?;
        state.get().d.with(py, |d| {
            d.key = Some(key);
            d.session = self.number;
            d.flags |= flag::ATTACHED;
        });
        for c in &rt.columns {
            dict.set_item(&c.key, c.proc.get(py, batch.cell(row, c.index))?)?;
        }
        self.map.get().enter(py, &state);
        self.first(rt, &state, &obj, &dict, batch, row)?;
        Ok(Some(obj))
    }

    /// A row of the instance that is refreshed: it was selected by the instance's own identity. The first overwrites it, the
    /// others are there for the collections that are joined.
    fn refresh_one(
        &mut self,
        rt: &Arc<RtEntity>,
        state: &State<'py>,
        batch: &RowBatch,
        row: usize,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(obj) = state.obj() else { return Ok(None) };
        if !rt.identity.is_empty() && self.key(rt, batch, row)?.is_none() {
            return Ok(None);
        }
        // a class that the row does not name any more is the instance's still
        let unnamed = rt.switch.as_ref().is_some_and(|(i, ..)| matches!(batch.cell(row, *i), Cell::Null));
        let rt = if unnamed { rt } else { self.switch(rt, batch, row)? };
        if self.seen.contains_key(&(state.as_ptr() as usize)) {
            let dict = ffi::instance_dict(&obj)?;
            self.joined(rt, state, &dict, batch, row)?;
        } else {
            self.overwrite(rt, state, &obj, batch, row, self.mode.partial)?;
        }
        Ok(Some(obj))
    }

    /// A new instance: what belongs to it beside its columns.
    fn first(
        &mut self,
        rt: &Arc<RtEntity>,
        state: &State<'py>,
        obj: &Bound<'py, PyAny>,
        dict: &Bound<'py, PyDict>,
        batch: &RowBatch,
        row: usize,
    ) -> PyResult<()> {
        let py = self.py;
        if rt.options.is_some() {
            options::replace(state, rt.options.as_ref(), rt.lazy.as_ref());
        }
        if !rt.joined.is_empty() {
            self.seen.insert(state.as_ptr() as usize, (Seen::Fresh, state.clone()));
            self.joined(rt, state, dict, batch, row)?;
        }
        for (key, rel) in &rt.noload {
            self.empty(state, dict, key, rel)?;
        }
        self.wait(rt, state, dict, true);
        if let Some(l) = &rt.on_load {
            l.bind(py).call1((state, self.context.as_ref()))?;
            self.settle(state);
        }
        if self.loaded_event {
            events::fire(self.session.as_any(), Event::LoadedAsPersistent, (&self.session, obj))?;
        }
        Ok(())
    }

    /// What listeners of a load set is the state of the row, not a change.
    fn settle(&self, state: &State<'py>) {
        if state.get().is(self.py, flag::MODIFIED) {
            state.get().commit_all(self.py);
            self.map.get().forget_modified(state);
        }
    }

    /// An instance that the session has, or that an earlier row made.
    fn again(
        &mut self,
        rt: &Arc<RtEntity>,
        state: &State<'py>,
        obj: &Bound<'py, PyAny>,
        batch: &RowBatch,
        row: usize,
    ) -> PyResult<()> {
        let py = self.py;
        let id = state.as_ptr() as usize;
        let overwrite = self.mode.populate_existing || rt.always_refresh;
        if !rt.joined.is_empty() || overwrite {
            match self.seen.get(&id) {
                Some(_) => {
                    if !rt.joined.is_empty() {
                        let dict = ffi::instance_dict(obj)?;
                        self.joined(rt, state, &dict, batch, row)?;
                    }
                    return Ok(());
                }
                None => {
                    if overwrite {
                        return self.overwrite(rt, state, obj, batch, row, self.mode.partial && self.refresh.is_none());
                    }
                    self.seen.insert(id, (Seen::Existing, state.clone()));
                }
            }
        }
        let dict = ffi::instance_dict(obj)?;
        // what is expired or was never loaded is taken from the row
        let mut filled = Vec::new();
        for c in &rt.columns {
            if ffi::dict_get(&dict, &c.key).is_none() && !state.get().has_committed(py, &c.key) {
                dict.set_item(&c.key, c.proc.get(py, batch.cell(row, c.index))?)?;
                filled.push(c.key.clone_ref(py));
            }
        }
        if !filled.is_empty() {
            state.get().d.with(py, |d| {
                d.expired.retain(|k| !rt.columns.iter().any(|c| c.key.is(k)));
                if d.expired.is_empty() {
                    d.flags &= !flag::EXPIRED;
                }
            });
            if let Some(l) = &rt.on_refresh {
                let keys = pyo3::types::PySet::new(py, filled.iter())?;
                l.bind(py).call1((state, self.context.as_ref(), keys))?;
                state.get().commit(py, &dict, &filled);
            }
        }
        if !rt.joined.is_empty() {
            self.joined(rt, state, &dict, batch, row)?;
        }
        for (key, rel) in &rt.noload {
            if ffi::dict_get(&dict, key).is_none() {
                self.empty(state, &dict, key, rel)?;
            }
        }
        self.lazy_of_row(rt, state, &dict);
        self.wait(rt, state, &dict, false);
        Ok(())
    }

    /// What the options say about relationships that the instance has not loaded counts for its next access.
    fn lazy_of_row(&self, rt: &Arc<RtEntity>, state: &State<'py>, dict: &Bound<'py, PyDict>) {
        if let Some(lazy) = &rt.lazy {
            let unloaded = |o: &&orm::load::kept::LazyOption| {
                ffi::dict_get(dict, &pyo3::types::PyString::intern(self.py, &o.key).unbind()).is_none()
            };
            options::add_lazy(state, lazy.iter().filter(unloaded));
        }
    }

    /// Row values replace what the instance has; its changes are forgotten.
    fn overwrite(
        &mut self,
        rt: &Arc<RtEntity>,
        state: &State<'py>,
        obj: &Bound<'py, PyAny>,
        batch: &RowBatch,
        row: usize,
        partial: bool,
    ) -> PyResult<()> {
        let py = self.py;
        let dict = ffi::instance_dict(obj)?;
        let keys: Vec<_> = rt.columns.iter().map(|c| c.key.clone_ref(py)).collect();
        for c in &rt.columns {
            dict.set_item(&c.key, c.proc.get(py, batch.cell(row, c.index))?)?;
        }
        let old = state.get().d.with(py, |d| {
            d.flags &= !flag::NULLS;
            d.expired.retain(|k| !keys.iter().any(|c| c.is(k)));
            if d.expired.is_empty() {
                d.flags &= !flag::EXPIRED;
            }
            let mut gone = Vec::new();
            d.committed.retain_mut(|(k, v)| {
                let hit = keys.iter().any(|c| c.is(&*k));
                if hit {
                    gone.push(std::mem::replace(v, py.None()));
                }
                !hit
            });
            gone
        });
        drop(old);
        if partial {
            self.lazy_of_row(rt, state, &dict);
        } else {
            self.reset_rest(rt, state, &dict)?;
            options::replace(state, rt.options.as_ref(), rt.lazy.as_ref());
        }
        let id = state.as_ptr() as usize;
        self.seen.insert(id, (Seen::Fresh, state.clone()));
        if !rt.joined.is_empty() {
            self.joined(rt, state, &dict, batch, row)?;
        }
        for (key, rel) in &rt.noload {
            self.empty(state, &dict, key, rel)?;
        }
        self.wait(rt, state, &dict, true);
        if let Some(l) = &rt.on_refresh {
            let names = if partial { Some(pyo3::types::PySet::new(py, keys.iter())?) } else { None };
            l.bind(py).call1((state, self.context.as_ref(), names))?;
            if partial { state.get().commit(py, &dict, &keys) } else { self.settle(state) }
        }
        Ok(())
    }

    /// What the row does not bring is loaded again when it is next used; no change is left.
    fn reset_rest(&self, rt: &RtEntity, state: &State<'py>, dict: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py;
        for key in rt.relationships.iter() {
            // what is asked for like a lazy load stays when it is there
            let asked = |p: &&Arc<RtPost>| p.key.is(key) && p.load.kind == orm::loadplan::PostKind::Immediate;
            if ffi::dict_get(dict, key).is_some()
                && !rt.joined.iter().any(|j| j.key.is(key))
                && !rt.post.iter().any(|p| asked(&p))
            {
                dict.del_item(key)?;
            }
        }
        for key in &rt.absent {
            if ffi::dict_get(dict, key).is_some() {
                dict.del_item(key)?;
            }
        }
        state.get().commit_all(py);
        self.map.get().forget_modified(state);
        Ok(())
    }

    fn empty(
        &self,
        state: &State<'py>,
        dict: &Bound<'py, PyDict>,
        key: &Py<pyo3::types::PyString>,
        rel: &Arc<orm::Relationship>,
    ) -> PyResult<()> {
        if rel.data().uselist {
            Filler::new(state, dict, key)?;
            Ok(())
        } else {
            dict.set_item(key, self.py.None())
        }
    }

    /// Note the instance for the loads that follow.
    fn wait(&mut self, rt: &Arc<RtEntity>, state: &State<'py>, dict: &Bound<'py, PyDict>, fresh: bool) {
        for post in &rt.post {
            // what is loaded already stays, but what the options say of its members is loaded too
            if fresh || ffi::dict_get(dict, &post.key).is_none() || !post.load.node.is_empty() {
                let w = self.waiting.entry(Arc::as_ptr(&post.load) as usize).or_insert_with(|| Waiting {
                    post: post.clone(),
                    states: Vec::new(),
                    seen: FxHashSet::default(),
                });
                if w.seen.insert(state.as_ptr() as usize) {
                    w.states.push(state.clone());
                }
            }
        }
        for sub in &rt.subclass {
            if fresh || sub.keys.iter().any(|k| ffi::dict_get(dict, k).is_none()) {
                let (_, states) =
                    self.subclass.entry(Arc::as_ptr(&sub.load) as usize).or_insert_with(|| (sub.clone(), Vec::new()));
                // rows repeat an instance one after another, if at all
                if !states.last().is_some_and(|s| s.is(state)) {
                    states.push(state.clone());
                }
            }
        }
    }

    /// The relationships whose rows are in this row.
    fn joined(
        &mut self,
        rt: &Arc<RtEntity>,
        state: &State<'py>,
        dict: &Bound<'py, PyDict>,
        batch: &RowBatch,
        row: usize,
    ) -> PyResult<()> {
        for j in &rt.joined {
            self.one_joined(rt, j, state, dict, batch, row)?;
        }
        Ok(())
    }

    fn one_joined(
        &mut self,
        rt: &Arc<RtEntity>,
        j: &RtJoined,
        state: &State<'py>,
        dict: &Bound<'py, PyDict>,
        batch: &RowBatch,
        row: usize,
    ) -> PyResult<()> {
        let py = self.py;
        let at = (state.as_ptr() as usize, Arc::as_ptr(&j.load.relationship) as usize);
        if !self.filling.contains_key(&at) {
            let fresh = matches!(self.seen.get(&at.0), Some((Seen::Fresh, _)));
            let start = if fresh || ffi::dict_get(dict, &j.key).is_none() {
                if j.load.uselist {
                    Filling::Collection(Filler::new(state, dict, &j.key)?, FxHashSet::default())
                } else {
                    let child = self.entity(&j.entity, batch, row)?;
                    let id = child.as_ref().map(|c| c.as_ptr() as usize);
                    match child {
                        Some(c) => dict.set_item(&j.key, c)?,
                        None => dict.set_item(&j.key, py.None())?,
                    }
                    self.filling.insert(at, Filling::Scalar(id));
                    return Ok(());
                }
            } else {
                Filling::Existing
            };
            self.filling.insert(at, start);
        }
        let child = self.entity(&j.entity, batch, row)?;
        match (self.filling.get_mut(&at), child) {
            (Some(Filling::Collection(filler, members)), Some(child)) => {
                let new = members.insert(child.as_ptr() as usize);
                if new {
                    filler.append(&child)?;
                }
            }
            (Some(Filling::Scalar(first)), child) if child.as_ref().map(|c| c.as_ptr() as usize) != *first => {
                *first = None;
                errors::warn(
                    py,
                    "SAWarning",
                    &format!(
                        "Multiple rows returned with uselist=False for eagerly-loaded attribute '{}.{}' ",
                        rt.plan.mapper.class_name, j.load.relationship.key
                    ),
                )?;
            }
            _ => {}
        }
        Ok(())
    }
}

/// How messages name the discriminator of an entity.
fn discriminator_text(py: Python<'_>, entity: &orm::Entity) -> PyResult<String> {
    let Some(on) = entity.mapper.data().polymorphic_on.clone() else { return Ok(String::new()) };
    let shown = entity.show(&on);
    if let sql::ast::ExprKind::Column(c) = &shown.kind
        && let Some(from) = c.from()
    {
        let from = match &from.kind {
            sql::ast::FromKind::Alias { name: sql::Label::Anon { base, .. }, .. } => format!("Anonymous alias of {base}"),
            _ => orm::mapper::from_description(from),
        };
        return Ok(format!("{from}.{}", c.column.name()));
    }
    Ok(crate::py::sql::face::wrap_expr(py, &shown)?.str()?.to_string())
}
