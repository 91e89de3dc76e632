//! What a change of one attribute does elsewhere: validators, backrefs, parents of orphans, cascades into the session; and
//! changes of collections that are not loaded, which are kept beside the instance.

use super::attributes::QueryableAttribute;
use super::flags::*;
use super::hooks::HOOKS;
use super::impls::{AttributeEvent, AttributeImpl, EventOp, Kind, require_state};
use super::state::{InstanceState, Pending, flag};
use crate::py::text::Text;
use crate::py::{errors, ffi, imports};
use pyo3::exceptions::{PyKeyError, PyRecursionError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::cell::Cell;

/// Run the class's validators on a value that comes (or, with `removing`, goes).
pub fn validate<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    mut value: Bound<'py, PyAny>,
    initiator: &Bound<'py, PyAny>,
    removing: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let found: Vec<(Py<PyAny>, bool, bool)> = slf
        .get()
        .validators
        .with(py, |v| v.iter().map(|v| (v.func.clone_ref(py), v.include_removes, v.include_backrefs)).collect());
    if found.is_empty() {
        return Ok(value);
    }
    let token = initiator.cast::<AttributeEvent>().ok();
    let from_backref = token.is_some_and(|t| !t.get().imp.is(slf));
    // bulk replacement ran the validators on the whole list already
    let bulk = token.is_some_and(|t| t.get().op == EventOp::BulkReplace) && !from_backref;
    for (func, removes, backrefs) in found {
        if bulk && !removing || (from_backref && !backrefs) || (removing && !removes) {
            continue;
        }
        let obj = state.get().instance(py);
        let key = &slf.get().key;
        value = match (removing, removes) {
            (true, _) => {
                func.bind(py).call1((obj, key, &value, true))?;
                value
            }
            (false, true) => func.bind(py).call1((obj, key, value, false))?,
            (false, false) => func.bind(py).call1((obj, key, value))?,
        };
    }
    Ok(value)
}

/// Run the class's validators on all members of a collection that is assigned.
pub fn validate_bulk<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    values: &mut [Bound<'py, PyAny>],
) -> PyResult<()> {
    let py = slf.py();
    let found: Vec<(Py<PyAny>, bool)> =
        slf.get().validators.with(py, |v| v.iter().map(|v| (v.func.clone_ref(py), v.include_removes)).collect());
    for (func, removes) in found {
        let obj = state.get().instance(py);
        for v in values.iter_mut() {
            *v = if removes {
                func.bind(py).call1((&obj, &slf.get().key, &*v, false))?
            } else {
                func.bind(py).call1((&obj, &slf.get().key, &*v))?
            };
        }
    }
    Ok(())
}

struct Rel {
    backrefs: Vec<Py<PyString>>,
    cascade: bool,
    save_update: bool,
    delete_orphan: bool,
    single_parent: bool,
}

fn related(slf: &Bound<'_, AttributeImpl>) -> Rel {
    let py = slf.py();
    slf.get().related.with(py, |r| Rel {
        backrefs: r.backrefs.iter().map(|k| k.clone_ref(py)).collect(),
        cascade: r.cascade,
        save_update: r.save_update,
        delete_orphan: r.delete_orphan,
        single_parent: r.single_parent,
    })
}

fn is_value(v: &Bound<'_, PyAny>) -> bool {
    !v.is_none() && !is_no_state(v)
}

fn initiator_key_is(slf: &Bound<'_, AttributeImpl>, initiator: &Bound<'_, PyAny>) -> bool {
    initiator.cast::<AttributeEvent>().map_or(true, |t| t.get().imp.get().key.is(&slf.get().key))
}

fn check_single_parent(
    slf: &Bound<'_, AttributeImpl>,
    state: &Bound<'_, InstanceState>,
    value: &Bound<'_, PyAny>,
    initiator: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = slf.py();
    if !is_value(value) || !initiator_key_is(slf, initiator) {
        return Ok(());
    }
    let child = require_state(value)?;
    let token = initiator.cast::<AttributeEvent>().map_or(slf.get().parent_token, |t| t.get().imp.get().parent_token);
    if child.get().has_parent(py, token, false) {
        let parent = state.get().manager.get().class_.bind(py).repr()?.text();
        let e = errors::invalid_request(
            py,
            format!(
                "Instance {} is already associated with an instance of {parent} via its {} attribute, and is only allowed a \
                 single parent.",
                child.get().describe(py),
                QueryableAttribute::token_object(slf.get().owner.bind(py)).str()?.text(),
            ),
        );
        let _ = e.value(py).setattr("code", "bbf1");
        return Err(e);
    }
    Ok(())
}

/// An event of the attribute while its session writes: too late for that flush.
fn warn_in_flush(state: &Bound<'_, InstanceState>, rel: &Rel, what: &str) -> PyResult<()> {
    if !rel.cascade || state.get().session_number(state.py()) == 0 {
        return Ok(());
    }
    match super::session::session_of(state) {
        Some(session) => super::session::attach::flush_warning(&session, what),
        None => Ok(()),
    }
}

/// Cascade of an object that comes in.
fn cascade_in(
    slf: &Bound<'_, AttributeImpl>,
    state: &Bound<'_, InstanceState>,
    rel: &Rel,
    value: &Bound<'_, PyAny>,
    initiator: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = slf.py();
    if !rel.cascade
        || value.is_none()
        || state.get().session_number(py) == 0
        || !rel.save_update
        || !initiator_key_is(slf, initiator)
    {
        return Ok(());
    }
    match HOOKS.cascade_save.get() {
        Some(f) => f(state, &require_state(value)?, slf),
        None => Ok(()),
    }
}

/// Cascade of an object that goes out: pending orphans leave the session.
fn cascade_out(
    slf: &Bound<'_, AttributeImpl>,
    state: &Bound<'_, InstanceState>,
    rel: &Rel,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = slf.py();
    if !rel.cascade || !is_value(value) || !rel.delete_orphan {
        return Ok(());
    }
    let item = require_state(value)?;
    if !super::unitofwork::orphans::is_orphan(&item)? {
        return Ok(());
    }
    if state.get().session_number(py) == 0 {
        if slf.get().kind == Kind::Collection {
            item.get().set_flag(py, flag::ORPHANED_OUTSIDE, true);
        }
        return Ok(());
    }
    match HOOKS.cascade_remove.get() {
        Some(f) => f(state, &item, slf),
        None => Ok(()),
    }
}

/// The attribute of the other side on an object; KeyError when its class has none.
fn other_side<'py>(child: &Bound<'py, InstanceState>, key: &Py<PyString>) -> PyResult<Bound<'py, AttributeImpl>> {
    let name = key.text();
    child.get().manager.get().get_impl(child.py(), &name).ok_or_else(|| PyKeyError::new_err(name))
}

fn is_token(initiator: &Bound<'_, PyAny>, imp: &Bound<'_, AttributeImpl>, op: EventOp) -> PyResult<bool> {
    Ok(AttributeImpl::token(imp, op)?.is(initiator))
}

fn conflict(
    slf: &Bound<'_, AttributeImpl>,
    state: &Bound<'_, InstanceState>,
    initiator: &Bound<'_, PyAny>,
    other: &Bound<'_, AttributeImpl>,
) -> PyErr {
    let text = || -> PyResult<String> {
        let py = slf.py();
        Ok(format!(
            "Bidirectional attribute conflict detected: Passing object {} to attribute \"{}\" triggers a modify event on attribute \
             \"{}\" via the backref \"{}\".",
            state.get().describe(py),
            initiator.getattr("parent_token")?.str()?.text(),
            QueryableAttribute::token_object(other.get().owner.bind(py)).str()?.text(),
            QueryableAttribute::token_object(slf.get().owner.bind(py)).str()?.text(),
        ))
    };
    match text() {
        Ok(t) => PyValueError::new_err(t),
        Err(e) => e,
    }
}

/// How deep events of one side may lead to events of the other. Dictionaries whose keys are taken away from each other can go
/// round in circles; each round is deep in frames that Python does not count.
const DEEPEST: u32 = 120;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// One level of events on the other side.
struct Level;

impl Level {
    fn enter() -> PyResult<Self> {
        let deeper = DEPTH.get() + 1;
        if deeper > DEEPEST {
            return Err(PyRecursionError::new_err("maximum recursion depth exceeded"));
        }
        DEPTH.set(deeper);
        Ok(Self)
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get().saturating_sub(1));
    }
}

fn token_of(initiator: &Bound<'_, PyAny>) -> Option<u64> {
    initiator.cast::<AttributeEvent>().ok().map(|t| t.get().imp.get().parent_token)
}

/// The object at `slf` changes from `old` to `new`.
pub fn on_set<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    new: &Bound<'py, PyAny>,
    old: &Bound<'py, PyAny>,
    initiator: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let py = slf.py();
    let rel = related(slf);
    if old.is(new) {
        return Ok(());
    }
    if rel.single_parent {
        check_single_parent(slf, state, new, initiator)?;
    }
    warn_in_flush(state, &rel, "related attribute set")?;
    cascade_in(slf, state, &rel, new, initiator)?;
    cascade_out_scalar(slf, state, &rel, old)?;
    let _level = if rel.backrefs.is_empty() { None } else { Some(Level::enter()?) };
    for key in &rel.backrefs {
        let me = state.get().instance(py).unwrap_or_else(|| py.None().into_bound(py));
        if is_value(old) {
            let os = require_state(old)?;
            let imp = other_side(&os, key)?;
            let loop_token = if imp.get().kind == Kind::Object { EventOp::Replace } else { EventOp::Remove };
            if !is_token(initiator, &imp, loop_token)? {
                let token = AttributeImpl::token(slf, EventOp::Append)?;
                AttributeImpl::remove(&imp, &os, &os.get().instance_dict(py), &me, Some(&token), PASSIVE_NO_FETCH, true)?;
            }
        }
        if !new.is_none() {
            let cs = require_state(new)?;
            let imp = other_side(&cs, key)?;
            if let Some(t) = token_of(initiator)
                && t != slf.get().parent_token
                && t != imp.get().parent_token
            {
                return Err(conflict(slf, state, initiator, &imp));
            }
            if !is_token(initiator, &imp, EventOp::Append)? && !is_token(initiator, &imp, EventOp::BulkReplace)? {
                AttributeImpl::append(&imp, &cs, &cs.get().instance_dict(py), &me, Some(initiator), PASSIVE_NO_FETCH)?;
            }
        }
    }
    Ok(())
}

/// Scalar attributes expunge a pending orphan only while their parent is in a session.
fn cascade_out_scalar(
    slf: &Bound<'_, AttributeImpl>,
    state: &Bound<'_, InstanceState>,
    rel: &Rel,
    old: &Bound<'_, PyAny>,
) -> PyResult<()> {
    if state.get().session_number(slf.py()) == 0 {
        return Ok(());
    }
    cascade_out(slf, state, rel, old)
}

/// An object enters the collection.
pub fn on_append<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    value: &Bound<'py, PyAny>,
    initiator: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let py = slf.py();
    let rel = related(slf);
    if rel.single_parent {
        check_single_parent(slf, state, value, initiator)?;
    }
    warn_in_flush(state, &rel, "collection append")?;
    cascade_in(slf, state, &rel, value, initiator)?;
    if value.is_none() {
        return Ok(());
    }
    let _level = if rel.backrefs.is_empty() { None } else { Some(Level::enter()?) };
    for key in &rel.backrefs {
        let cs = require_state(value)?;
        let imp = other_side(&cs, key)?;
        if let Some(t) = token_of(initiator)
            && t != slf.get().parent_token
            && t != imp.get().parent_token
        {
            return Err(conflict(slf, state, initiator, &imp));
        }
        if !is_token(initiator, &imp, EventOp::Append)? && !is_token(initiator, &imp, EventOp::BulkReplace)? {
            let me = state.get().instance(py).unwrap_or_else(|| py.None().into_bound(py));
            AttributeImpl::append(&imp, &cs, &cs.get().instance_dict(py), &me, Some(initiator), PASSIVE_NO_FETCH)?;
        }
    }
    Ok(())
}

/// An object that is in the collection already is put into it once more: it enters the session as any other would, for a
/// backref may have put it there without cascade.
pub fn on_append_wo_mutation<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    value: &Bound<'py, PyAny>,
    initiator: &Bound<'py, PyAny>,
) -> PyResult<()> {
    if state.get().session_number(slf.py()) == 0 {
        return Ok(());
    }
    let rel = related(slf);
    warn_in_flush(state, &rel, "collection append")?;
    cascade_in(slf, state, &rel, value, initiator)
}

/// An object leaves the attribute (`del`, `remove`).
pub fn on_remove<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
    value: &Bound<'py, PyAny>,
    initiator: &Bound<'py, PyAny>,
) -> PyResult<()> {
    let py = slf.py();
    let rel = related(slf);
    if !is_value(value) {
        return Ok(());
    }
    let what = if slf.get().kind == Kind::Collection { "collection remove" } else { "related attribute delete" };
    warn_in_flush(state, &rel, what)?;
    cascade_out(slf, state, &rel, value)?;
    let _level = if rel.backrefs.is_empty() { None } else { Some(Level::enter()?) };
    for key in &rel.backrefs {
        let cs = require_state(value)?;
        let imp = other_side(&cs, key)?;
        let scalar = imp.get().kind == Kind::Object;
        let replaced = if scalar {
            is_token(initiator, &imp, EventOp::Replace)?
        } else {
            imp.get().kind == Kind::Collection && is_token(initiator, &imp, EventOp::BulkReplace)?
        };
        if is_token(initiator, &imp, EventOp::Remove)? || replaced {
            continue;
        }
        // the object may be in the collection once more: then it keeps its parent
        if scalar && slf.get().kind == Kind::Collection && has_duplicates(slf, dict, value)? {
            continue;
        }
        let me = state.get().instance(py).unwrap_or_else(|| py.None().into_bound(py));
        AttributeImpl::remove(&imp, &cs, &cs.get().instance_dict(py), &me, Some(initiator), PASSIVE_NO_FETCH, true)?;
    }
    Ok(())
}

fn has_duplicates<'py>(slf: &Bound<'py, AttributeImpl>, dict: &Bound<'py, PyDict>, value: &Bound<'py, PyAny>) -> PyResult<bool> {
    let Some(now) = ffi::dict_get(dict, &slf.get().key) else { return Ok(false) };
    Ok(super::collections::items(&now)?.iter().filter(|v| v.is(value)).count() > 1)
}

/// Remember that `child` was put under (or taken from) `parent`.
pub fn set_has_parent(
    slf: &Bound<'_, AttributeImpl>,
    child: &Bound<'_, InstanceState>,
    parent: &Bound<'_, InstanceState>,
    on: bool,
) -> PyResult<()> {
    let py = slf.py();
    slf.get().must_track_parents()?;
    let token = slf.get().parent_token;
    if on {
        InstanceState::set_has_parent(child, token, Some(parent));
        return Ok(());
    }
    if let Some(last) = child.get().parent_of(py, token) {
        let last = last.bind(py);
        let key = |s: &Bound<'_, InstanceState>| s.get().identity_key(py);
        let same = last.is(parent)
            || match (key(last), key(parent)) {
                (Some(a), Some(b)) => a.eq(b)?,
                (None, None) => true,
                _ => false,
            };
        if !same {
            if last.get().instance(py).is_none() {
                return Err(PyErr::from_type(
                    imports::orm_exc(py, "StaleDataError")?,
                    format!(
                        "Removing state {} from parent state {} along attribute '{}', but the parent record has gone stale, can't \
                         be sure this is the most recent parent.",
                        child.get().describe(py),
                        parent.get().describe(py),
                        slf.get().key.text()
                    ),
                ));
            }
            return Ok(());
        }
    }
    InstanceState::set_has_parent(child, token, None);
    Ok(())
}

/// Remember an append or remove of a collection that is not loaded.
pub fn pend(state: &Bound<'_, InstanceState>, key: &Py<PyString>, value: &Bound<'_, PyAny>, removing: bool) {
    let name = key.text();
    let value = value.clone().unbind();
    let dropped = InstanceState::with_extra(state, |e| {
        if !e.pending.iter().any(|p| p.key == name) {
            e.pending.push(Pending { key: name.clone(), ..Pending::default() });
        }
        let Some(p) = e.pending.iter_mut().find(|p| p.key == name) else { return Vec::new() };
        let (to, from) = if removing { (&mut p.removed, &mut p.added) } else { (&mut p.added, &mut p.removed) };
        // an append undoes a remove and the other way round
        match from.iter().position(|v| v.is(&value)) {
            Some(i) => {
                let back = from.remove(i);
                vec![back, value]
            }
            // once is enough: a pending collection is a set
            None if to.iter().any(|v| v.is(&value)) => vec![value],
            None => {
                to.push(value);
                Vec::new()
            }
        }
    });
    // dropped outside the cell: a decref may run Python code
    drop(dropped);
}
