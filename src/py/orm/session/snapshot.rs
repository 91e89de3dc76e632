//! What a commit or rollback does to the objects of the session.

use super::transaction::{self, SessionTransaction};
use super::{Session, attach};
use crate::py::orm::identity::{IdentityKey, StateExt};
use crate::py::orm::state::InstanceState;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;

/// After a rollback of `tx` (a boundary): what became persistent in it is transient again, what was deleted is persistent, keys
/// are as they were, and everything (`dirty_only`: everything that changed) is expired.
pub(super) fn restore<'py>(session: &Bound<'py, Session>, tx: &Bound<'py, SessionTransaction>, dirty_only: bool) -> PyResult<()> {
    let py = session.py();
    let (mut gone, switches, mut deleted, dirty) = {
        let mut t = tx.get().d.lock();
        let gone: Vec<Bound<'py, InstanceState>> = t.new.values().map(|s| s.bind(py).clone()).collect();
        let switches = std::mem::take(&mut t.key_switches);
        let deleted: Vec<Bound<'py, InstanceState>> = t.deleted.states(py);
        let dirty: FxHashSet<usize> = t.dirty.keys().copied().collect();
        (gone, switches, deleted, dirty)
    };
    let (pending, identity) = {
        let d = session.get().d.lock();
        (d.new.states(py), d.identity.clone_ref(py))
    };
    let mut known: FxHashSet<usize> = gone.iter().map(super::statemap::id_of).collect();
    gone.extend(pending.into_iter().filter(|s| known.insert(super::statemap::id_of(s))));
    let map = identity.get();
    for (id, (state, old, _)) in switches {
        let state = state.bind(py);
        map.safe_discard(state);
        state.set_key(Some(old));
        if !known.contains(&id) {
            map.replace(py, state);
        }
    }
    attach::expunge_states(session, &gone, true)?;
    let current: Vec<_> = session.get().d.lock().deleted.states(py);
    deleted.extend(current);
    for state in deleted {
        if !known.contains(&super::statemap::id_of(&state)) {
            attach::update_impl(session, &state, true)?;
        }
    }
    for state in map.states(py) {
        if !dirty_only || state.is_modified() || dirty.contains(&super::statemap::id_of(&state)) {
            attach::expire_state(session, &state)?;
        }
    }
    Ok(())
}

/// After a commit of `tx` (a boundary): the enclosing savepoint level inherits what was noted, or everything is expired and deleted
/// objects leave the session.
pub(super) fn forget<'py>(session: &Bound<'py, Session>, tx: &Bound<'py, SessionTransaction>) -> PyResult<()> {
    let py = session.py();
    if tx.get().is_nested() {
        let Some(parent) = tx.get().parent(py).map(|p| transaction::boundary(&p)) else { return Ok(()) };
        let (new, dirty, deleted, switches) = {
            let mut t = tx.get().d.lock();
            (
                std::mem::take(&mut t.new),
                std::mem::take(&mut t.dirty),
                std::mem::take(&mut t.deleted),
                std::mem::take(&mut t.key_switches),
            )
        };
        let pairs = deleted.pairs(py);
        let mut p = parent.get().d.lock();
        p.new.extend(new);
        p.dirty.extend(dirty);
        for (s, o) in &pairs {
            p.deleted.insert(s, o);
        }
        for (id, (state, old, new)) in switches {
            match p.key_switches.get_mut(&id) {
                Some(have) => have.2 = new,
                None => {
                    p.key_switches.insert(id, (state, old, new));
                }
            }
        }
        return Ok(());
    }
    let (expire, identity) = {
        let d = session.get().d.lock();
        (d.expire_on_commit, d.identity.clone_ref(py))
    };
    if !expire {
        // what was deleted stays in the session as such, as everything else stays what it is
        return Ok(());
    }
    identity.get().clear_modified(py);
    super::expire::all(&identity.get().states(py))?;
    let deleted = std::mem::take(&mut tx.get().d.lock().deleted);
    attach::detach_states(session, &deleted.states(py), false)
}

/// Note that `state` became persistent in the current transaction.
pub(super) fn note_new<'py>(session: &Bound<'py, Session>, states: &[Bound<'py, InstanceState>]) {
    if let Some(tx) = session.get().current(session.py()) {
        let tx = transaction::boundary(&tx);
        let mut d = tx.get().d.lock();
        d.new.extend(states.iter().map(|s| (super::statemap::id_of(s), s.clone().unbind())));
    }
}

/// Note that `states` changed in the current transaction: they are expired when it is rolled back.
pub(super) fn note_dirty<'py>(session: &Bound<'py, Session>, states: &[Bound<'py, InstanceState>]) {
    if let Some(tx) = session.get().current(session.py()) {
        let tx = transaction::boundary(&tx);
        let mut d = tx.get().d.lock();
        d.dirty.extend(states.iter().map(|s| (super::statemap::id_of(s), s.clone().unbind())));
    }
}

/// Note that the row of an instance was deleted in the current transaction.
pub(super) fn note_deleted<'py>(session: &Bound<'py, Session>, state: &Bound<'py, InstanceState>, obj: &Bound<'py, PyAny>) {
    if let Some(tx) = session.get().current(session.py()) {
        transaction::boundary(&tx).get().d.lock().deleted.insert(state, obj);
    }
}

/// Note a primary key change; the oldest key of the transaction is what a rollback restores.
pub(super) fn note_switch<'py>(
    session: &Bound<'py, Session>,
    state: &Bound<'py, InstanceState>,
    old: IdentityKey,
    new: IdentityKey,
) {
    let Some(tx) = session.get().current(session.py()) else { return };
    let tx = transaction::boundary(&tx);
    let mut d = tx.get().d.lock();
    match d.key_switches.get_mut(&super::statemap::id_of(state)) {
        Some(have) => have.2 = new,
        None => {
            d.key_switches.insert(super::statemap::id_of(state), (state.clone().unbind(), old, new));
        }
    }
}
