//! The flush as the session sees it: what is dirty, who is flushed, in which transaction.

use super::statemap::id_of;
use super::transaction::{self, TxState};
use super::{Session, attach, lifecycle};
use crate::py::defects::caught;
use crate::py::engine::events::{Event, fire};
use crate::py::errors;
use crate::py::orm::history;
use crate::py::orm::identity::StateExt;
use crate::py::orm::state::InstanceState;
use crate::py::orm::unitofwork::{UowTransaction, orphans};
use pyo3::prelude::*;
use rustc_hash::FxHashSet;

type State<'py> = Bound<'py, InstanceState>;
type This<'py> = Bound<'py, Session>;

/// Persistent states with changes, in order of their first change.
pub(super) fn dirty_states<'py>(session: &This<'py>) -> Vec<State<'py>> {
    session.get().identity(session.py()).get().modified(session.py())
}

/// Their instances, without those marked for deletion.
pub(super) fn dirty_objects<'py>(session: &This<'py>) -> Vec<Bound<'py, PyAny>> {
    let states = dirty_states(session);
    let kept: Vec<State<'py>> = {
        let d = session.get().d.lock();
        states.into_iter().filter(|s| !d.deleted.contains(s)).collect()
    };
    kept.iter().filter_map(|s| s.obj()).collect()
}

/// Nothing to flush.
pub(super) fn is_clean(session: &This<'_>) -> PyResult<bool> {
    let (idle, identity) = {
        let d = session.get().d.lock();
        (d.new.is_empty() && d.deleted.is_empty(), d.identity.clone_ref(session.py()))
    };
    Ok(idle && !identity.get().has_modified(session.py()))
}

/// Flush before a query, where the session does that.
pub fn autoflush(session: &This<'_>) -> PyResult<()> {
    if !session.get().autoflushes() || is_clean(session)? {
        return Ok(());
    }
    session.call_method0("flush").map(drop).map_err(|e| {
        let py = session.py();
        let note = "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is \
                    occurring prematurely";
        // A hint on the user's exception; an exception without the method keeps its own text.
        let noted = e.value(py).getattr_opt("add_detail").and_then(|add| add.map(|a| a.call1((note,))).transpose().map(drop));
        errors::after_cleanup(py, e, noted)
    })
}

/// `flush()`.
pub(super) fn flush<'py>(session: &This<'py>, objects: Option<Bound<'py, PyAny>>) -> PyResult<()> {
    let py = session.py();
    {
        let mut d = session.get().d.lock();
        if d.flushing {
            drop(d);
            return Err(errors::invalid_request(py, "Session is already flushing"));
        }
        d.flushing = true;
    }
    let out = caught(|| if is_clean(session)? { Ok(()) } else { flush_now(session, objects) });
    session.get().d.lock().flushing = false;
    out
}

fn subset<'py>(objects: Option<Bound<'py, PyAny>>) -> PyResult<Option<FxHashSet<usize>>> {
    let Some(objects) = objects.filter(|o| !o.is_none()) else { return Ok(None) };
    errors::warn(
        objects.py(),
        "SADeprecationWarning",
        "The `objects` parameter of `Session.flush` is deprecated and will be removed in a future release: flush everything, or keep \
         objects in Sessions of their own.",
    )?;
    let mut out = FxHashSet::default();
    for o in objects.try_iter()? {
        out.insert(id_of(&attach::state_of(&o?)?));
    }
    Ok((!out.is_empty()).then_some(out))
}

fn flush_now<'py>(session: &This<'py>, objects: Option<Bound<'py, PyAny>>) -> PyResult<()> {
    let py = session.py();
    let identity = session.get().identity(py);
    let uow = Bound::new(py, UowTransaction::new(session))?;
    if Event::BeforeFlush.used() {
        fire(session.as_any(), Event::BeforeFlush, (session, &uow, objects.clone()))?;
    }
    let wanted = subset(objects)?;
    let is_wanted = |s: &State<'py>| wanted.as_ref().is_none_or(|w| w.contains(&id_of(s)));
    let (new, deleted) = {
        let d = session.get().d.lock();
        (d.new.states(py), d.deleted.states(py))
    };
    let going: FxHashSet<usize> = deleted.iter().map(id_of).collect();
    let mut plan = UowTransaction::start(&uow);
    for state in new.into_iter().chain(dirty_states(session)) {
        if going.contains(&id_of(&state)) || !is_wanted(&state) {
            continue;
        }
        let persistent = state.has_key();
        let orphan = orphans::is_orphan(&state)?;
        if orphan && !persistent && state.orphaned_outside() {
            attach::expunge_states(session, &[state], false)?;
        } else {
            let registered = plan.register(&state, orphan && persistent, false)?;
            if !registered && !persistent {
                return Err(errors::invalid_request(py, "Failed to add object to the flush context!"));
            }
        }
    }
    for state in deleted.into_iter().filter(is_wanted) {
        plan.register(&state, true, false)?;
    }
    if plan.is_empty() {
        if wanted.is_none() {
            forget_unchanged(session);
        }
        return Ok(());
    }
    if let Some(current) = session.get().current(py) {
        current.get().require(py, "_begin", &[TxState::Active])?;
    }
    let tx = lifecycle::begin_flush(session)?;
    let done = caught(|| {
        session.get().d.lock().warn_on_events = true;
        let executed = plan.execute();
        session.get().d.lock().warn_on_events = false;
        executed?;
        uow.get().keep(&plan);
        fire(session.as_any(), Event::AfterFlush, (session, &uow))?;
        plan.finalize()?;
        if wanted.is_none() && identity.get().has_modified(py) {
            let left = dirty_states(session);
            let known = plan.state_ids();
            let stray: Vec<State<'py>> = left.into_iter().filter(|s| !known.contains(&id_of(s))).collect();
            if !stray.is_empty() {
                errors::warn(
                    py,
                    "SAWarning",
                    &format!(
                        "Attribute history events accumulated on {} previously clean instances within inner-flush event handlers have \
                         been reset, and will not result in database updates. Consider using set_committed_value() within inner-flush \
                         event handlers to avoid this warning.",
                        stray.len()
                    ),
                )?;
                for s in &stray {
                    s.get().commit_all(py);
                }
            }
            identity.get().clear_modified(py);
        }
        fire(session.as_any(), Event::AfterFlushPostexec, (session, &uow))?;
        transaction::commit(&tx, false)
    });
    if let Err(e) = done {
        session.get().d.lock().warn_on_events = false;
        // The rollback must not hide why the flush failed.
        if tx.get().state() != TxState::Closed
            && let Err(second) = transaction::rollback(&tx, false, Some(&e))
        {
            second.set_cause(py, Some(e));
            return Err(second);
        }
        return Err(e);
    }
    Ok(())
}

/// Changes that came to nothing: the instances are clean again.
fn forget_unchanged(session: &This<'_>) {
    let py = session.py();
    for s in dirty_states(session) {
        s.get().commit_all(py);
    }
    session.get().identity(py).get().clear_modified(py);
}

/// `is_modified()`: whether any attribute has a net change.
pub(super) fn is_modified<'py>(session: &This<'py>, instance: &Bound<'py, PyAny>, collections: bool) -> PyResult<bool> {
    let _ = session;
    let state = attach::state_of(instance)?;
    if !state.is_modified() {
        return Ok(false);
    }
    let py = instance.py();
    let manager = state.get().manager.get();
    for key in manager.keys(py) {
        let Some(imp) = manager.get_impl(py, key.bind(py).to_str()?) else { continue };
        use crate::py::orm::impls::Kind;
        if !collections && matches!(imp.get().kind, Kind::Collection | Kind::Dynamic) {
            continue;
        }
        let c = history::changes(&imp, &state, crate::py::orm::flags::PASSIVE_NO_FETCH & !crate::py::orm::flags::INIT_OK)?;
        if !c.added.is_empty() || !c.deleted.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Runs `f` as a flush would run: not inside another flush.
pub fn guarded(session: &This<'_>, f: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    {
        let mut d = session.get().d.lock();
        if d.flushing {
            drop(d);
            return Err(errors::invalid_request(session.py(), "Session is already flushing"));
        }
        d.flushing = true;
    }
    let out = caught(f);
    session.get().d.lock().flushing = false;
    out
}
