//! What changed: `History(added, unchanged, deleted)` of an attribute.

use super::flags::{self, *};
use super::impls::{AttributeImpl, Kind};
use super::state::InstanceState;
use super::{collections, impls};
use crate::py::text::Text;
use crate::py::{ffi, imports};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

/// The three lists, still in Rust; `None`: nothing known.
#[derive(Default)]
pub struct Changes<'py> {
    /// New values.
    pub added: Vec<Bound<'py, PyAny>>,
    /// Values that were there and are there.
    pub unchanged: Vec<Bound<'py, PyAny>>,
    /// Values that were there.
    pub deleted: Vec<Bound<'py, PyAny>>,
    /// The present collection is known.
    pub known: bool,
}

/// The changes of an attribute; loads the present value when `passive` allows.
pub fn changes<'py>(imp: &Bound<'py, AttributeImpl>, state: &Bound<'py, InstanceState>, passive: u32) -> PyResult<Changes<'py>> {
    let (py, this) = (imp.py(), imp.get());
    let dict = state.get().instance_dict(py);
    let mut out = Changes::default();
    match this.kind {
        Kind::Scalar => {
            let current = match ffi::dict_get(&dict, &this.key) {
                Some(v) => v,
                None if this.active_history.load(std::sync::atomic::Ordering::Relaxed)
                    || passive & INIT_OK != 0 && passive & CALLABLES_OK != 0 =>
                {
                    AttributeImpl::get(imp, state, &dict, passive & !INIT_OK)?
                }
                None => flags::no_value(py)?,
            };
            if is_passive_no_result(&current) {
                return Ok(out);
            }
            scalar(this, state, current, &mut out)?;
        }
        Kind::Object => {
            let original = state.get().committed(py, &this.key);
            let current = match ffi::dict_get(&dict, &this.key) {
                Some(v) => v,
                None => AttributeImpl::get(imp, state, &dict, passive & !INIT_OK)?,
            };
            if is_passive_no_result(&current) {
                return Ok(out);
            }
            // an old value that was not loaded when it was replaced is loaded now, whatever `passive` says: a flush asks once and
            // keeps the answer
            let original = match original {
                Some(o) if this.deferred_history && is_passive_no_result(&o) => Some(reload_committed(imp, state)?.unwrap_or(o)),
                o => o,
            };
            match original {
                None if is_no_value(&current) => {}
                None => out.unchanged.push(current),
                Some(o) if o.is(&current) && !is_no_value(&current) => out.unchanged.push(current),
                // no object is nothing that could have gone
                Some(o) if o.is_none() => replaced(flags::no_value(py)?, current, &mut out),
                Some(o) => replaced(o, current, &mut out),
            }
        }
        Kind::Collection => {
            let current = AttributeImpl::get(imp, state, &dict, passive)?;
            if is_passive_no_result(&current) {
                return pending(this, state, passive, out);
            }
            if is_no_value(&current) {
                return Ok(out);
            }
            let current = collections::items(&current)?;
            out.known = true;
            match state.get().committed(py, &this.key) {
                None => out.unchanged = current,
                Some(o) if is_no_state(&o) || o.is_none() => out.added = current,
                Some(o) => {
                    let original = collections::items(&o)?;
                    let id = |v: &Bound<'py, PyAny>| v.as_ptr() as usize;
                    let before: rustc_hash::FxHashSet<usize> = original.iter().map(id).collect();
                    let now: rustc_hash::FxHashSet<usize> = current.iter().map(id).collect();
                    for v in current {
                        if before.contains(&id(&v)) { out.unchanged.push(v) } else { out.added.push(v) }
                    }
                    out.deleted = original.into_iter().filter(|v| !now.contains(&id(v))).collect();
                }
            }
        }
        Kind::Dynamic => return super::writer::changes(imp, state, passive),
    }
    Ok(out)
}

fn reload_committed<'py>(
    imp: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(hook) = super::hooks::HOOKS.lazy_load.get() else { return Ok(None) };
    let value = hook(state, imp, PASSIVE_ONLY_PERSISTENT | NO_AUTOFLUSH | LOAD_AGAINST_COMMITTED | NO_RAISE)?;
    Ok((!is_no_state(&value) && !is_attr_empty(&value) && !is_attr_was_set(&value)).then_some(value))
}

/// Appends and removes of an unloaded collection, when they are wanted.
fn pending<'py>(
    this: &AttributeImpl,
    state: &Bound<'py, InstanceState>,
    passive: u32,
    mut out: Changes<'py>,
) -> PyResult<Changes<'py>> {
    let py = state.py();
    if passive & INCLUDE_PENDING_MUTATIONS == 0 {
        return Ok(out);
    }
    let key = this.key.text();
    let found = state.get().read_extra(py, |e| {
        e.pending.iter().find(|p| p.key == key).map(|p| {
            let copy = |l: &Vec<Py<PyAny>>| l.iter().map(|v| v.clone_ref(py).into_bound(py)).collect::<Vec<_>>();
            (copy(&p.added), copy(&p.removed))
        })
    });
    if let Some((added, removed)) = found {
        out.added = added;
        out.deleted = removed;
    }
    Ok(out)
}

fn scalar<'py>(
    this: &AttributeImpl,
    state: &Bound<'py, InstanceState>,
    current: Bound<'py, PyAny>,
    out: &mut Changes<'py>,
) -> PyResult<()> {
    match state.get().committed(state.py(), &this.key) {
        None if is_no_value(&current) => {}
        None => out.unchanged.push(current),
        Some(o) if !is_no_state(&o) && !is_no_state(&current) && this.is_equal(&current, &o)? => out.unchanged.push(current),
        Some(o) => replaced(o, current, out),
    }
    Ok(())
}

fn replaced<'py>(original: Bound<'py, PyAny>, current: Bound<'py, PyAny>, out: &mut Changes<'py>) {
    let py = current.py();
    let gone = is_no_state(&current);
    if is_no_state(&original) {
        // a "del" of something unknown is recorded as None
        out.added.push(if gone { py.None().into_bound(py) } else { current });
        return;
    }
    out.deleted.push(original);
    if !gone {
        out.added.push(current);
    }
}

/// The changes as a `History`.
pub fn history<'py>(
    imp: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    passive: u32,
) -> PyResult<Bound<'py, PyAny>> {
    let c = changes(imp, state, passive)?;
    let py = imp.py();
    let list = |v: Vec<Bound<'py, PyAny>>| -> PyResult<Bound<'py, PyAny>> {
        Ok(if v.is_empty() { PyTuple::empty(py).into_any() } else { PyList::new(py, v)?.into_any() })
    };
    if imp.get().kind == Kind::Collection && c.known {
        let h = imports::history(py)?;
        let (none, added, unchanged) = (PyTuple::empty(py), PyList::new(py, c.added)?, PyList::new(py, c.unchanged)?);
        return match state.get().committed(py, &imp.get().key) {
            None => h.call1((&none, unchanged, &none)),
            Some(o) if is_no_state(&o) || o.is_none() => h.call1((added, &none, &none)),
            Some(_) => h.call1((added, unchanged, PyList::new(py, c.deleted)?)),
        };
    }
    if imp.get().kind == Kind::Dynamic {
        let h = imports::history(py)?;
        return h.call1((PyList::new(py, c.added)?, PyList::new(py, c.unchanged)?, PyList::new(py, c.deleted)?));
    }
    imports::history(py)?.call1((list(c.added)?, list(c.unchanged)?, list(c.deleted)?))
}

/// `(state, object)` of everything present or removed, for cascades.
pub fn all_pending<'py>(
    imp: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    passive: u32,
) -> PyResult<Bound<'py, PyList>> {
    let py = imp.py();
    let out = PyList::empty(py);
    for v in pending_objects(imp, state, passive)? {
        let s = if v.is_none() { None } else { Some(impls::require_state(&v)?) };
        out.append((s, v))?;
    }
    Ok(out)
}

/// Every object that is in the attribute or was removed from it since the last flush.
pub fn pending_objects<'py>(
    imp: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    passive: u32,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let (py, this) = (imp.py(), imp.get());
    let dict = state.get().instance_dict(py);
    let current = match ffi::dict_get(&dict, &this.key) {
        Some(v) => v,
        None if passive & CALLABLES_OK != 0 => AttributeImpl::get(imp, state, &dict, passive)?,
        // What a backref would add to a collection that is not loaded is not in it yet.
        None => flags::no_value(py)?,
    };
    let mut out: Vec<Bound<'py, PyAny>> = Vec::new();
    match this.kind {
        Kind::Scalar => {}
        Kind::Object => {
            if !is_no_state(&current) {
                out.push(current.clone());
            }
            if let Some(o) = state.get().committed(py, &this.key)
                && !is_no_state(&o)
                && !o.is_none()
                && !o.is(&current)
            {
                out.push(o);
            }
        }
        Kind::Collection => {
            if is_no_state(&current) {
                return Ok(out);
            }
            out = collections::items(&current)?;
            if let Some(o) = state.get().committed(py, &this.key)
                && !is_no_state(&o)
                && !o.is_none()
            {
                let have: rustc_hash::FxHashSet<usize> = out.iter().map(|v| v.as_ptr() as usize).collect();
                out.extend(collections::items(&o)?.into_iter().filter(|v| !have.contains(&(v.as_ptr() as usize))));
            }
        }
        Kind::Dynamic => {
            let c = super::writer::changes(imp, state, passive)?;
            out.extend(c.added);
            out.extend(c.unchanged);
            out.extend(c.deleted);
        }
    }
    Ok(out)
}
