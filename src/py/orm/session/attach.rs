//! Objects entering and leaving the session: the state transitions of add, delete, expunge and rollback.

use super::statemap::id_of;
use super::{Session, registry, snapshot};
use crate::py::engine::events::{Event, fire};
use crate::py::errors;
use crate::py::orm::cascade::{self, Kind};
use crate::py::orm::identity::{PkPart, StateExt, map::key_repr};
use crate::py::orm::state::InstanceState;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;

type State<'py> = Bound<'py, InstanceState>;

/// The state of a mapped instance, or `UnmappedInstanceError`.
pub fn state_of<'py>(obj: &Bound<'py, PyAny>) -> PyResult<State<'py>> {
    match InstanceState::of(obj) {
        Some(s) => Ok(s),
        None => Err(super::orm_error_args(obj.py(), "UnmappedInstanceError", (obj,))),
    }
}

/// `<User at 0x…>`.
pub(super) fn describe(state: &State<'_>) -> String {
    StateExt::describe(state)
}

/// Warns about what a flush will not see any more.
pub fn flush_warning(session: &Bound<'_, Session>, method: &str) -> PyResult<()> {
    if !session.get().d.lock().warn_on_events {
        return Ok(());
    }
    errors::warn(
        session.py(),
        "SAWarning",
        &format!(
            "Usage of the '{method}' operation is not currently supported within the execution stage of the flush process. Results may \
             not be consistent.  Consider using alternative event listeners or connection-level operations instead."
        ),
    )
}

/// `add()`: the state and what save-update reaches from it.
pub fn add_state<'py>(session: &Bound<'py, Session>, state: &State<'py>) -> PyResult<()> {
    state.set_orphaned_outside(false);
    save_or_update(session, state)?;
    let halt = |s: &State<'py>| contains(session, s);
    for (_, other) in cascade::iterate(Kind::SaveUpdate, state, Some(&halt))? {
        save_or_update(session, &other)?;
    }
    Ok(())
}

/// Pending or persistent here.
pub fn contains(session: &Bound<'_, Session>, state: &State<'_>) -> bool {
    if state.session_id() != Some(session.get().number) {
        return false;
    }
    let d = session.get().d.lock();
    if d.new.contains(state) {
        return true;
    }
    let identity = d.identity.clone_ref(session.py());
    drop(d);
    identity.get().has_state(state)
}

/// One object, without cascade.
pub(super) fn save_or_update<'py>(session: &Bound<'py, Session>, state: &State<'py>) -> PyResult<()> {
    if state.has_key() { update_impl(session, state, false) } else { save_impl(session, state) }
}

/// Transient to pending.
pub(super) fn save_impl<'py>(session: &Bound<'py, Session>, state: &State<'py>) -> PyResult<()> {
    let py = session.py();
    if state.has_key() {
        return Err(errors::invalid_request(
            py,
            format!("Object '{}' already has an identity - it can't be registered as pending", describe(state)),
        ));
    }
    let Some(obj) = state.obj() else { return Ok(()) };
    let attach = before_attach(session, state, &obj)?;
    {
        let mut d = session.get().d.lock();
        if d.new.insert(state, &obj) {
            d.insert_counter += 1;
            state.set_insert_order(d.insert_counter);
        }
    }
    if attach { after_attach(session, state, &obj) } else { Ok(()) }
}

/// Detached (with `revert`: deleted in a transaction that is rolled back) to persistent.
pub fn update_impl<'py>(session: &Bound<'py, Session>, state: &State<'py>, revert: bool) -> PyResult<()> {
    let py = session.py();
    let s = state;
    if !s.has_key() {
        return Ok(());
    }
    let was_deleted = s.is_deleted();
    if was_deleted {
        if !revert {
            return Err(errors::invalid_request(
                py,
                format!(
                    "Instance '{}' has been deleted.  Use the make_transient() function to send this object back to the transient state.",
                    describe(state)
                ),
            ));
        }
        if s.session_id() != Some(session.get().number) {
            return Ok(());
        }
        s.set_deleted(false);
    }
    let Some(obj) = s.obj() else { return Ok(()) };
    let attach = if revert { false } else { before_attach(session, state, &obj)? };
    let (identity, dropped) = {
        let mut d = session.get().d.lock();
        let dropped = d.deleted.remove(state);
        (d.identity.clone_ref(py), dropped)
    };
    drop(dropped);
    if revert {
        identity.get().replace(py, state);
    } else {
        identity.get().add(py, state)?;
    }
    if attach {
        after_attach(session, state, &obj)
    } else if was_deleted {
        fire(session.as_any(), Event::DeletedToPersistent, (session, obj))
    } else {
        Ok(())
    }
}

/// Refuses objects of another living session. `false` when the object is already ours.
pub(super) fn before_attach<'py>(session: &Bound<'py, Session>, state: &State<'py>, obj: &Bound<'py, PyAny>) -> PyResult<bool> {
    super::lifecycle::begin_for_objects(session)?;
    let number = session.get().number;
    match state.session_id() {
        Some(n) if n == number => return Ok(false),
        Some(n) if registry::by_number(session.py(), n).is_some() => {
            return Err(errors::invalid_request(
                session.py(),
                format!("Object '{}' is already attached to session '{n}' (this is '{number}')", describe(state)),
            ));
        }
        _ => {}
    }
    fire(session.as_any(), Event::BeforeAttach, (session, obj))?;
    Ok(true)
}

/// Marks the object as ours and tells listeners.
pub(super) fn after_attach<'py>(session: &Bound<'py, Session>, state: &State<'py>, obj: &Bound<'py, PyAny>) -> PyResult<()> {
    let s = state;
    s.set_session_id(Some(session.get().number));
    if s.is_modified() && s.has_key() {
        let identity = session.get().identity(session.py());
        identity.get().mark_modified(state);
        InstanceState::track(state);
        let old = state.get().d.with(session.py(), |d| d.strong.replace(obj.clone().unbind()));
        drop(old);
    }
    fire(session.as_any(), Event::AfterAttach, (session, obj))?;
    let event = if s.has_key() { Event::DetachedToPersistent } else { Event::TransientToPending };
    fire(session.as_any(), event, (session, obj))
}

/// `delete()`.
pub(super) fn delete_state<'py>(
    session: &Bound<'py, Session>,
    state: &State<'py>,
    obj: &Bound<'py, PyAny>,
    head: bool,
) -> PyResult<()> {
    let py = session.py();
    if !state.has_key() {
        if head {
            return Err(errors::invalid_request(py, format!("Instance '{}' is not persisted", describe(state))));
        }
        return Ok(());
    }
    let attach = before_attach(session, state, obj)?;
    let identity = {
        let d = session.get().d.lock();
        if d.deleted.contains(state) {
            return Ok(());
        }
        d.identity.clone_ref(py)
    };
    identity.get().add(py, state)?;
    if attach {
        after_attach(session, state, obj)?;
    }
    // Loaded before the object is marked: an autoflush on the way must not delete it yet.
    let cascaded = if head { cascade::iterate(Kind::Delete, state, None)? } else { Vec::new() };
    session.get().d.lock().deleted.insert(state, obj);
    for (other, other_state) in cascaded {
        delete_state(session, &other_state, &other, false)?;
    }
    Ok(())
}

/// `expunge()`.
pub fn expunge<'py>(session: &Bound<'py, Session>, obj: &Bound<'py, PyAny>) -> PyResult<()> {
    let state = state_of(obj)?;
    if state.session_id() != Some(session.get().number) {
        return Err(errors::invalid_request(
            session.py(),
            format!("Instance {} is not present in this Session", describe(&state)),
        ));
    }
    let mut states = vec![state.clone()];
    states.extend(cascade::iterate(Kind::Expunge, &state, None)?.into_iter().map(|(_, s)| s));
    expunge_states(session, &states, false)
}

/// Takes states out of everything the session holds, then detaches them.
pub fn expunge_states<'py>(session: &Bound<'py, Session>, states: &[State<'py>], to_transient: bool) -> PyResult<()> {
    let py = session.py();
    let ids: FxHashSet<usize> = states.iter().map(id_of).collect();
    let (identity, was_new, was_deleted, tx) = {
        let mut d = session.get().d.lock();
        let was_new = if d.new.is_empty() { Vec::new() } else { d.new.remove_all(&ids) };
        let was_deleted = if d.deleted.is_empty() { Vec::new() } else { d.deleted.remove_all(&ids) };
        (d.identity.clone_ref(py), was_new, was_deleted, d.transaction.as_ref().map(|t| t.clone_ref(py)))
    };
    for state in states {
        if !identity.get().safe_discard(state)
            && let Some(tx) = &tx
        {
            let dropped = super::transaction::boundary(tx.bind(py)).get().d.lock().deleted.remove(state);
            drop(dropped);
        }
    }
    let out = detach_states(session, states, to_transient);
    drop((was_new, was_deleted));
    out
}

/// Ends the membership of states that are in no collection of the session any more.
pub(super) fn detach_states<'py>(session: &Bound<'py, Session>, states: &[State<'py>], to_transient: bool) -> PyResult<()> {
    let py = session.py();
    let identity = session.get().identity(py);
    for state in states {
        let s = state;
        let (deleted, pending) = (s.is_deleted(), !s.has_key());
        let attached = s.session_id().is_some();
        s.set_session_id(None);
        identity.get().forget_modified(state);
        let strong = s.get().d.with(py, |d| d.strong.take());
        drop(strong);
        if to_transient && !pending {
            s.set_key(None);
        }
        if to_transient && deleted {
            s.set_deleted(false);
        }
        if !attached {
            continue;
        }
        let event = match (pending, to_transient, deleted) {
            (true, ..) => Event::PendingToTransient,
            (_, true, _) => Event::PersistentToTransient,
            (_, _, true) => Event::DeletedToDetached,
            _ => Event::PersistentToDetached,
        };
        if event.used()
            && let Some(obj) = s.obj()
        {
            fire(session.as_any(), event, (session, obj))?;
        }
    }
    Ok(())
}

/// Drops what is loaded; the next access reads the row again.
pub(super) fn expire_state<'py>(session: &Bound<'py, Session>, state: &State<'py>) -> PyResult<()> {
    session.get().identity(session.py()).get().forget_modified(state);
    super::expire::state(state)
}

/// Flushed INSERTs: pending to persistent.
pub fn register_persistent<'py>(session: &Bound<'py, Session>, states: &[State<'py>]) -> PyResult<()> {
    let py = session.py();
    let identity = session.get().identity(py);
    let map = identity.get();
    let mut fresh: Vec<State<'py>> = Vec::new();
    for state in states {
        let s = state;
        let Some(obj) = s.obj() else { continue };
        let mapper = s.mapper()?;
        // The usual case reads the dictionary; expired keys go through the attributes.
        let key = match crate::py::orm::persistence::plan::key_from_dict(state, &obj, &mapper)? {
            Some(key) => key,
            None => crate::py::orm::mapper::key_from_instance(state, &obj)?,
        };
        let partial = mapper.data().allow_partial_pks;
        if key.pk.iter().any(PkPart::is_none) && (!partial || key.pk.iter().all(|p| p.is_none())) {
            return Err(super::orm_error(
                py,
                "FlushError",
                &format!(
                    "Instance {} has a NULL identity key.  If this is an auto-generated value, check that the database table allows \
                     generation of new primary key values, and that the mapped Column object is configured to expect these generated \
                     values.  Ensure also that this flush() is not occurring at an inappropriate time, such as within a load() event.",
                    describe(state)
                ),
            ));
        }
        match s.key_ref() {
            None => s.set_key(Some(key)),
            Some(old) if old != key => {
                map.safe_discard(state);
                let new = key.clone_ref(py);
                snapshot::note_switch(session, state, old, new);
                s.set_key(Some(key));
            }
            Some(_) => {}
        }
        // An object flushed as deleted and added again in the same transaction comes back.
        s.set_deleted(false);
        if let Some(displaced) = map.replace(py, state) {
            let same = match displaced.obj() {
                Some(obj) => crate::py::orm::persistence::plan::key_from_dict(&displaced, &obj, &mapper)?
                    .is_some_and(|k| s.key_ref() == Some(k)),
                None => false,
            };
            let replaced = same && !session.get().d.lock().deleted.contains(&displaced);
            map.forget_modified(&displaced);
            if replaced {
                let key = key_repr(state)?;
                errors::warn(
                    py,
                    "SAWarning",
                    &format!(
                        "Identity map already had an identity for {key}, replacing it with newly flushed object.   Are there load \
                         operations occurring inside of an event handler within the flush?"
                    ),
                )?;
            }
        }
        fresh.push(state.clone());
    }
    let ids: FxHashSet<usize> = states.iter().map(id_of).collect();
    let (pending, dropped): (Vec<State<'py>>, _) = {
        let mut d = session.get().d.lock();
        let pending = states.iter().filter(|s| d.new.contains(s)).cloned().collect();
        (pending, d.new.remove_all(&ids))
    };
    for state in &fresh {
        state.get().commit_all(py);
    }
    map.forget_modified_all(py, &ids);
    snapshot::note_dirty(session, &fresh);
    snapshot::note_new(session, &pending);
    if Event::PendingToPersistent.used() {
        for state in &pending {
            if let Some(obj) = state.obj() {
                fire(session.as_any(), Event::PendingToPersistent, (session, obj))?;
            }
        }
    }
    drop(dropped);
    Ok(())
}

/// Flushed DELETEs: persistent to deleted.
pub fn register_deleted<'py>(session: &Bound<'py, Session>, states: &[State<'py>]) -> PyResult<()> {
    let py = session.py();
    let identity = session.get().identity(py);
    for state in states {
        let obj = state.obj();
        if let Some(obj) = &obj {
            snapshot::note_deleted(session, state, obj);
        }
        identity.get().safe_discard(state);
        let dropped = session.get().d.lock().deleted.remove(state);
        state.set_deleted(true);
        if Event::PersistentToDeleted.used()
            && let Some(obj) = obj
        {
            fire(session.as_any(), Event::PersistentToDeleted, (session, obj))?;
        }
        drop(dropped);
    }
    Ok(())
}

/// Legacy `save()`: only transient instances.
pub(super) fn legacy_save<'py>(session: &Bound<'py, Session>, obj: &Bound<'py, PyAny>) -> PyResult<()> {
    let state = state_of(obj)?;
    if state.has_key() {
        return Err(errors::invalid_request(session.py(), format!("Instance '{}' is already persistent", describe(&state))));
    }
    add_state(session, &state)
}

/// Legacy `update()`: only persistent and detached instances.
pub(super) fn legacy_update<'py>(session: &Bound<'py, Session>, obj: &Bound<'py, PyAny>) -> PyResult<()> {
    let state = state_of(obj)?;
    if !state.has_key() {
        return Err(errors::invalid_request(session.py(), format!("Instance '{}' is not persisted", describe(&state))));
    }
    add_state(session, &state)
}
