//! Expiring: loaded values are dropped, the next access reads the row again.

use crate::py::engine::events::Event;
use crate::py::ffi;
use crate::py::orm::identity::StateExt;
use crate::py::orm::state::{InstanceState, flag};
use crate::py::orm::{collections, names};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::PyString;

/// What a class's instances lose and load again.
pub struct Expirer {
    manager: usize,
    /// Attribute name; a column to load again; also when it is not loaded; holds a collection.
    keys: Vec<(Py<PyString>, bool, bool, bool)>,
}

impl Expirer {
    fn of(state: &Bound<'_, InstanceState>) -> PyResult<Self> {
        let py = state.py();
        let manager = state.get().manager.get();
        let mut keys = Vec::new();
        for key in manager.keys(py) {
            let Some(imp) = manager.get_impl(py, key.bind(py).to_str()?) else { continue };
            let i = imp.get();
            keys.push((key, i.accepts_scalar_loader, i.expire_missing, i.collection.is_some()));
        }
        Ok(Self { manager: state.get().manager.as_ptr() as usize, keys })
    }
}

/// Expires many states; facts of a class are looked up once a run of its instances.
pub fn all(states: &[Bound<'_, InstanceState>]) -> PyResult<()> {
    let mut of: Option<Expirer> = None;
    for state in states {
        let known = of.as_ref().is_some_and(|e| e.manager == state.get().manager.as_ptr() as usize);
        if !known {
            of = Some(Expirer::of(state)?);
        }
        if let Some(e) = &of {
            one(state, e)?;
        }
    }
    Ok(())
}

/// Expires one state.
pub fn state(state: &Bound<'_, InstanceState>) -> PyResult<()> {
    one(state, &Expirer::of(state)?)
}

fn one(state: &Bound<'_, InstanceState>, e: &Expirer) -> PyResult<()> {
    let py = state.py();
    let s = state.get();
    s.commit_all(py);
    let Some(obj) = state.obj() else { return Ok(()) };
    let dict = ffi::instance_dict(&obj)?;
    let mut expired: Vec<Py<PyString>> = Vec::new();
    for (key, scalar, missing, collection) in &e.keys {
        let present = ffi::dict_get(&dict, key);
        // what only a statement can say is not loaded again by itself
        if *scalar && *missing {
            expired.push(key.clone_ref(py));
        }
        if let Some(value) = present {
            if *collection {
                collections::invalidate(&value);
            }
            s.set_last_known(py, key, value);
            dict.del_item(key)?;
        }
    }
    let old = s.d.with(py, |d| {
        d.flags |= flag::EXPIRED | flag::RELATED_EXPIRED;
        d.flags &= !flag::NULLS;
        if let Some(extra) = &mut d.extra {
            extra.reloaded.clear();
        }
        for k in d.expired.drain(..) {
            if !expired.iter().any(|x| x.is(&k)) {
                expired.push(k);
            }
        }
        d.expired = expired;
        // "was removed from its parent" is a change as any other: the row may still have the parent
        let parents = std::mem::take(&mut d.parents);
        (parents, d.extra.as_mut().map(|x| (x.callables.take(), x.lazy.take())))
    });
    drop(old);
    fire(state, None)
}

/// Expires some attributes.
pub fn attributes(state: &Bound<'_, InstanceState>, keys: &[Bound<'_, PyString>]) -> PyResult<()> {
    let py = state.py();
    let s = state.get();
    let dict = s.instance_dict(py);
    for key in keys {
        let key = names::intern(key);
        let Some(imp) = s.manager.get().get_impl(py, key.bind(py).to_str()?) else { continue };
        let i = imp.get();
        if let Some(value) = ffi::dict_get(&dict, &key) {
            if i.collection.is_some() {
                collections::invalidate(&value);
            }
            s.set_last_known(py, &key, value);
            dict.del_item(&key)?;
            if !i.accepts_scalar_loader && s.is(py, flag::RELATED_EXPIRED) {
                InstanceState::with_extra(state, |e| e.reloaded.push(key.clone_ref(py)));
            }
        }
        let old = s.d.with(py, |d| {
            if i.accepts_scalar_loader && !d.expired.iter().any(|k| k.is(&key)) {
                d.expired.push(key.clone_ref(py));
            }
            let at = d.committed.iter().position(|c| c.0.is(&key));
            let name = key.text();
            let pending = d.extra.as_mut().map(|e| e.pending.extract_if(.., |p| p.key == name).collect::<Vec<_>>());
            (at.map(|i| d.committed.remove(i)), pending)
        });
        drop(old);
    }
    fire(state, Some(keys))
}

/// Relationships that wait to be loaded again since everything was expired.
pub fn related(state: &Bound<'_, InstanceState>) -> PyResult<Vec<Py<PyString>>> {
    let py = state.py();
    let s = state.get();
    if !s.is(py, flag::RELATED_EXPIRED) {
        return Ok(Vec::new());
    }
    let dict = s.instance_dict(py);
    let reloaded = s.read_extra(py, |e| Some(e.reloaded.iter().map(|k| k.clone_ref(py)).collect::<Vec<_>>())).unwrap_or_default();
    let waits = |key: &Py<PyString>, scalar: bool, missing: bool| {
        !scalar && missing && ffi::dict_get(&dict, key).is_none() && !reloaded.iter().any(|r| r.is(key))
    };
    let keys = Expirer::of(state)?.keys;
    Ok(keys.into_iter().filter(|(key, scalar, missing, _)| waits(key, *scalar, *missing)).map(|(key, ..)| key).collect())
}

/// After unpickling: of the expired attributes, those that a load of the row brings, and whether there were others.
pub fn restore(state: &Bound<'_, InstanceState>, names: Vec<Py<PyString>>) -> PyResult<()> {
    let py = state.py();
    let s = state.get();
    let keys = Expirer::of(state)?.keys;
    let columns = |name: &Py<PyString>| keys.iter().any(|(key, scalar, ..)| key.is(name) && *scalar);
    let (expired, related): (Vec<_>, Vec<_>) = names.into_iter().partition(columns);
    let any = !related.is_empty();
    if any {
        let others = keys.iter().filter(|(key, scalar, missing, _)| !scalar && *missing && !related.iter().any(|r| r.is(key)));
        let others: Vec<_> = others.map(|(key, ..)| key.clone_ref(py)).collect();
        InstanceState::with_extra(state, |e| e.reloaded = others);
    }
    let old = s.d.with(py, |d| {
        if any {
            d.flags |= flag::RELATED_EXPIRED;
        }
        std::mem::replace(&mut d.expired, expired)
    });
    drop(old);
    Ok(())
}

fn fire(state: &Bound<'_, InstanceState>, keys: Option<&[Bound<'_, PyString>]>) -> PyResult<()> {
    if !Event::Expire.used() {
        return Ok(());
    }
    let py = state.py();
    let manager = state.get().manager.bind(py);
    if let Some(l) = crate::py::orm::manager::ClassManager::listeners(manager, Event::Expire)? {
        l.call1((state, keys.map(|k| k.to_vec())))?;
    }
    Ok(())
}

/// After an instance got an identity by hand: columns without a value wait to be loaded.
pub fn unloaded(state: &Bound<'_, InstanceState>) -> PyResult<()> {
    let py = state.py();
    let s = state.get();
    let dict = s.instance_dict(py);
    let e = Expirer::of(state)?;
    let missing: Vec<Py<PyString>> = e
        .keys
        .iter()
        .filter(|(k, scalar, missing, _)| *scalar && *missing && ffi::dict_get(&dict, k).is_none())
        .map(|(k, ..)| k.clone_ref(py))
        .collect();
    s.d.with(py, |d| d.expired = missing);
    Ok(())
}

/// Nothing waits to be loaded any more.
pub fn forget(state: &Bound<'_, InstanceState>) {
    let py = state.py();
    let old = state.get().d.with(py, |d| {
        d.flags &= !(flag::EXPIRED | flag::RELATED_EXPIRED);
        (std::mem::take(&mut d.expired), d.extra.as_mut().and_then(|e| e.callables.take()))
    });
    drop(old);
}
