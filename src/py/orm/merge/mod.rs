//! `Session.merge()`: the state of an instance copied into the session's instance of the same identity.

use super::flags::{self, PASSIVE_NO_INITIALIZE, PASSIVE_OFF};
use super::identity::{IdentityKey, StateExt};
use super::impls::{AttributeImpl, Kind as AttributeKind};
use super::manager::ClassManager;
use super::session::{Session, attach, expire, flush, loading_get, orm_error};
use super::state::InstanceState;
use super::{cascade, collections, mapper, writer};
use crate::py::engine::events::Event;
use crate::py::text::Text;
use crate::py::{errors, ffi};
use orm::Relationship;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;

struct Merge<'a, 'py> {
    session: &'a Bound<'py, Session>,
    load: bool,
    options: Option<Any<'py>>,
    /// Given state to merged instance.
    done: FxHashMap<usize, Any<'py>>,
    /// Instances without identity in the database yet, by the key they will have.
    by_key: Vec<(IdentityKey, Any<'py>)>,
    /// (given state, relationship) already followed.
    followed: FxHashSet<(usize, u64)>,
    /// Keeps the given states alive, so that addresses stay theirs.
    alive: Vec<State<'py>>,
}

/// `merge()`.
pub fn merge<'py>(
    session: &Bound<'py, Session>,
    instance: &Any<'py>,
    load: bool,
    options: Option<Any<'py>>,
) -> PyResult<Any<'py>> {
    let list = PyList::new(session.py(), [instance])?;
    merge_all(session, list.as_any(), load, options)?.get_item(0)
}

/// `merge_all()`.
pub fn merge_all<'py>(
    session: &Bound<'py, Session>,
    instances: &Any<'py>,
    load: bool,
    options: Option<Any<'py>>,
) -> PyResult<Bound<'py, PyList>> {
    let py = session.py();
    attach::flush_warning(session, "Session.merge()")?;
    if load {
        flush::autoflush(session)?;
    }
    let before = session.get().set_autoflush_flag(false);
    let out = (|| {
        let list = PyList::empty(py);
        for instance in instances.try_iter()? {
            let state = attach::state_of(&instance?)?;
            // what one instance leads to is merged once; the next one is another merge
            let mut m = Merge {
                session,
                load,
                options: options.clone(),
                done: FxHashMap::default(),
                by_key: Vec::new(),
                followed: FxHashSet::default(),
                alive: Vec::new(),
            };
            list.append(m.one(&state)?)?;
        }
        Ok(list)
    })();
    session.get().set_autoflush_flag(before);
    out
}

impl<'py> Merge<'_, 'py> {
    fn one(&mut self, state: &State<'py>) -> PyResult<Any<'py>> {
        let py = self.session.py();
        let id = state.as_ptr() as usize;
        if let Some(found) = self.done.get(&id) {
            return Ok(found.clone());
        }
        errors::room_below()?;
        let Some(obj) = state.obj() else { return Ok(py.None().into_bound(py)) };
        self.alive.push(state.clone());
        let mapper = state.mapper()?;
        let mut key = state.key_ref();
        if key.is_none() {
            if state.session_id() == Some(self.session.get().number) && attach::contains(self.session, state) {
                errors::warn(
                    py,
                    "SAWarning",
                    &format!(
                        "Instance {} is already pending in this Session yet is being merged again; this is probably not what you want to do",
                        state.describe()
                    ),
                )?;
            }
            if !self.load {
                return Err(errors::invalid_request(
                    py,
                    "merge() with load=False option does not support objects transient (i.e. unpersisted) objects.  flush() all changes on \
                     mapped instances before merging with load=False.",
                ));
            }
            let made = mapper::key_from_instance(state, &obj)?;
            let known = made.pk.iter().filter(|p| !p.is_none()).count();
            let complete = known == made.pk.len() || known > 0 && mapper.data().allow_partial_pks;
            key = (complete && !made.pk.iter().any(|p| is_symbol(py, p))).then_some(made);
        }
        let identity = self.session.get().identity(py);
        let mut merged: Option<Any<'py>> = None;
        if let Some(key) = &key {
            if state.session_id() == Some(self.session.get().number) && identity.get().has_state(state) {
                merged = Some(obj.clone());
            } else if let Some((_, found)) = identity.get().find(py, key) {
                merged = Some(found);
            } else if let Some((_, pending)) = self.by_key.iter().find(|(k, _)| k == key) {
                merged = Some(pending.clone());
            }
        }
        let mut fresh = false;
        if merged.is_none()
            && let Some(key) = &key
        {
            if !self.load {
                if state.is_modified() {
                    return Err(errors::invalid_request(
                        py,
                        "merge() with load=False option does not support objects marked as 'dirty'.  flush() all changes on mapped instances \
                         before merging with load=False.",
                    ));
                }
                let (made, _, made_state) = ClassManager::new_bare(state.get().manager.bind(py))?;
                made_state.set_key(Some(key.clone_ref(py)));
                attach::update_impl(self.session, &made_state, false)?;
                fresh = true;
                merged = Some(made);
            } else {
                let values: Vec<Any<'py>> = key.pk.iter().map(|p| p.to_py(py).into_bound(py)).collect();
                let face = state.get().manager.get().class_.bind(py).clone().into_any();
                merged = loading_get(self.session, &face, &mapper, &values, self.options.clone())?;
            }
        }
        let merged = match merged {
            Some(m) => m,
            None => {
                let (made, _, _) = ClassManager::new_bare(state.get().manager.bind(py))?;
                fresh = true;
                if let Some(key) = key {
                    self.by_key.push((key, made.clone()));
                }
                attach::add_state(self.session, &attach::state_of(&made)?)?;
                made
            }
        };
        self.done.insert(id, merged.clone());
        let target = attach::state_of(&merged)?;
        if !target.is(state) {
            self.check_version(state, &target, fresh)?;
            copy_load_options(state, &target);
            self.copy(state, &target, fresh)?;
        }
        if !self.load {
            target.get().commit_all(py);
            identity.get().forget_modified(&target);
            tell(Event::MergedUnloaded, &target)?;
        }
        if fresh {
            tell(Event::Load, &target)?;
        }
        Ok(merged)
    }

    fn check_version(&self, state: &State<'py>, target: &State<'py>, fresh: bool) -> PyResult<()> {
        let mapper = state.mapper()?;
        let Some(column) = mapper.data().version_id_col.clone() else { return Ok(()) };
        if fresh || !self.load {
            return Ok(());
        }
        let read = |s: &State<'py>| -> PyResult<Option<Any<'py>>> {
            let Some(imp) = super::sync::attribute(s, &mapper, &column) else { return Ok(None) };
            let v = super::sync::read(s, &imp, PASSIVE_NO_INITIALIZE)?;
            Ok((!flags::is_no_state(&v) && !v.is_none()).then_some(v))
        };
        let (Some(given), Some(have)) = (read(state)?, read(target)?) else { return Ok(()) };
        if given.eq(&have)? {
            return Ok(());
        }
        Err(orm_error(
            self.session.py(),
            "StaleDataError",
            &format!(
                "Version id '{}' on merged state {} does not match existing version '{}'. Leave the version attribute unset when merging to \
                 update the most recent version.",
                given.str()?.text(),
                state.describe(),
                have.str()?.text()
            ),
        ))
    }

    /// Copies every attribute.
    fn copy(&mut self, state: &State<'py>, target: &State<'py>, fresh: bool) -> PyResult<()> {
        let py = self.session.py();
        let mapper = state.mapper()?;
        let data = mapper.data();
        let source_dict = state.get().instance_dict(py);
        for prop in data.props.values() {
            match prop {
                orm::Property::Column(c) => {
                    let Some(from) = state.get().manager.get().get_impl(py, &c.key) else { continue };
                    let Some(to) = target.get().manager.get().get_impl(py, &c.key) else { continue };
                    let dict = target.get().instance_dict(py);
                    match ffi::dict_get(&source_dict, &from.get().key) {
                        Some(value) => {
                            if self.load {
                                AttributeImpl::set(&to, target, &dict, &value, None)?;
                            } else {
                                AttributeImpl::set_committed(&to, target, &dict, &value)?;
                            }
                        }
                        None => {
                            let held = ffi::dict_get(&dict, &to.get().key).is_some();
                            if target.has_key() && !held && !fresh {
                                let key: Bound<'py, PyString> = to.get().key.bind(py).clone();
                                expire::attributes(target, &[key])?;
                            }
                        }
                    }
                }
                orm::Property::Relationship(r) => self.relationship(state, target, r)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A collection that is not kept in the instance: what was put into the source replaces what the target has.
    fn written(
        &mut self,
        state: &State<'py>,
        target: &State<'py>,
        from: &Bound<'py, AttributeImpl>,
        to: &Bound<'py, AttributeImpl>,
    ) -> PyResult<()> {
        if !writer::touched(from, state) {
            return Ok(());
        }
        let mut members = Vec::new();
        for obj in cascade::present(from, state, PASSIVE_NO_INITIALIZE)? {
            members.push(self.one(&attach::state_of(&obj)?)?);
        }
        let dict = target.get().instance_dict(self.session.py());
        writer::set(to, target, &dict, pyo3::types::PyList::new(self.session.py(), members)?.as_any())
    }

    fn relationship(&mut self, state: &State<'py>, target: &State<'py>, rel: &Arc<Relationship>) -> PyResult<()> {
        let py = self.session.py();
        let data = rel.data();
        if !data.cascade.merge {
            return Ok(());
        }
        let Some(from) = state.get().manager.get().get_impl(py, &rel.key) else { return Ok(()) };
        let Some(to) = target.get().manager.get().get_impl(py, &rel.key) else { return Ok(()) };
        if from.get().kind == AttributeKind::Dynamic {
            return self.written(state, target, &from, &to);
        }
        let source_dict = state.get().instance_dict(py);
        let Some(value) = ffi::dict_get(&source_dict, &from.get().key) else { return Ok(()) };
        if self.load {
            for r in data.reverse.iter().filter_map(std::sync::Weak::upgrade) {
                if self.followed.contains(&(state.as_ptr() as usize, r.id)) {
                    return Ok(());
                }
            }
        }
        let dict = target.get().instance_dict(py);
        if from.get().kind == AttributeKind::Object {
            if value.is_none() {
                if self.load {
                    return AttributeImpl::set(&to, target, &dict, &value, None);
                }
                return AttributeImpl::set_committed(&to, target, &dict, &value).map(drop);
            }
            let child = member(&value)?;
            self.followed.insert((child.as_ptr() as usize, rel.id));
            let merged = self.one(&child)?;
            if self.load {
                return AttributeImpl::set(&to, target, &dict, &merged, None);
            }
            return AttributeImpl::set_committed(&to, target, &dict, &merged).map(drop);
        }
        if self.load && target.has_key() && ffi::dict_get(&dict, &to.get().key).is_none() {
            // The whole collection is replaced: what it held must be known for the flush.
            AttributeImpl::get(&to, target, &dict, PASSIVE_OFF | flags::NO_RAISE)?;
        }
        let mut merged = Vec::new();
        for obj in collections::items(&value)? {
            let child = member(&obj)?;
            self.followed.insert((child.as_ptr() as usize, rel.id));
            merged.push(self.one(&child)?);
        }
        if self.load {
            let list = PyList::new(py, merged)?;
            return collections::set(&to, target, &dict, list.as_any(), (PASSIVE_OFF ^ flags::INIT_OK) | flags::NO_RAISE, false);
        }
        let (data, adapter) = collections::create(&to, target)?;
        for m in &merged {
            adapter.get().put(py, &data, m)?;
        }
        dict.set_item(&to.get().key, data)
    }
}

/// The state of what a relationship holds; what has none lacks the attribute, as Python says it.
fn member<'py>(obj: &Any<'py>) -> PyResult<State<'py>> {
    if InstanceState::of(obj).is_none() {
        obj.getattr("_sa_instance_state")?;
    }
    attach::state_of(obj)
}

/// The listeners of an instance event that has no query behind it.
fn tell(event: Event, target: &State<'_>) -> PyResult<()> {
    let py = target.py();
    if event.used()
        && let Some(l) = ClassManager::listeners(target.get().manager.bind(py), event)?
    {
        l.call1((target, py.None()))?;
    }
    Ok(())
}

/// Later loads of the merged instance follow the options that the given one was loaded with.
fn copy_load_options(from: &State<'_>, to: &State<'_>) {
    let py = from.py();
    let copy = |o: &Option<Py<PyAny>>| o.as_ref().map(|o| o.clone_ref(py));
    let given = from.get().read_extra(py, |e| Some((copy(&e.load_options), copy(&e.load_path))));
    let (options, path) = given.unwrap_or_default();
    let has_none = to.get().read_extra(py, |e| (e.load_options.is_some() || e.load_path.is_some()).then_some(())).is_none();
    if options.is_none() && path.is_none() && has_none {
        return;
    }
    let old = InstanceState::with_extra(to, |e| {
        (std::mem::replace(&mut e.load_options, options), std::mem::replace(&mut e.load_path, path))
    });
    drop(old);
}

/// Whether a part of a key is one of the "no value" symbols.
fn is_symbol(py: Python<'_>, part: &super::identity::PkPart) -> bool {
    match part {
        super::identity::PkPart::Host(o, _) => flags::is_no_state(o.bind(py)),
        _ => false,
    }
}
