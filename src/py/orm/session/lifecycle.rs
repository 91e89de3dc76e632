//! Begin, commit, rollback, close.

use super::transaction::{self, Origin, SessionTransaction, TxState};
use super::{CloseState, Session, attach};
use crate::py::errors;
use pyo3::prelude::*;

type Tx<'py> = Bound<'py, SessionTransaction>;

fn check_open(session: &Bound<'_, Session>) -> PyResult<()> {
    if session.get().d.lock().close_state == CloseState::Closed {
        return Err(errors::invalid_request(
            session.py(),
            "This Session has been permanently closed and is unable to handle any more transaction requests.",
        ));
    }
    Ok(())
}

/// The current transaction, begun when there is none.
pub fn autobegin<'py>(session: &Bound<'py, Session>) -> PyResult<Tx<'py>> {
    let py = session.py();
    if let Some(tx) = session.get().current(py) {
        return Ok(tx);
    }
    check_open(session)?;
    let (allowed, autocommit) = {
        let d = session.get().d.lock();
        (d.autobegin, d.autocommit)
    };
    if autocommit {
        return Err(errors::invalid_request(py, "No transaction is begun."));
    }
    if !allowed {
        return Err(errors::invalid_request(
            py,
            "Autobegin is disabled on this Session; please call session.begin() to start a new transaction",
        ));
    }
    transaction::begin(session, Origin::Autobegin, None)
}

/// Before an object joins the session: objects of a session in autocommit mode wait for the flush.
pub(super) fn begin_for_objects(session: &Bound<'_, Session>) -> PyResult<()> {
    let waits = session.get().d.lock().autocommit;
    if waits { check_open(session) } else { autobegin(session).map(drop) }
}

/// The same when an attribute changes. A session in autocommit mode waits for the flush.
pub(super) fn autobegin_quietly(session: &Bound<'_, Session>) -> PyResult<()> {
    let idle = {
        let d = session.get().d.lock();
        d.transaction.is_none() && !d.autocommit
    };
    if idle { autobegin(session).map(drop) } else { Ok(()) }
}

/// `begin()`.
pub(super) fn begin<'py>(session: &Bound<'py, Session>, nested: bool, subtransactions: bool) -> PyResult<Tx<'py>> {
    let py = session.py();
    let Some(tx) = session.get().current(py) else {
        check_open(session)?;
        if !nested {
            return transaction::begin(session, Origin::Begin, None);
        }
        if session.get().d.lock().autocommit {
            return Err(errors::invalid_request(
                py,
                "Can't start a SAVEPOINT transaction when no existing transaction is in progress",
            ));
        }
        let root = autobegin(session)?;
        return transaction::begin(session, Origin::BeginNested, Some(&root));
    };
    if nested || subtransactions {
        tx.get().require(py, "_begin", &[TxState::Active])?;
        return transaction::begin(session, if nested { Origin::BeginNested } else { Origin::Subtransaction }, Some(&tx));
    }
    Err(errors::invalid_request(py, "A transaction is already begun on this Session."))
}

/// The transaction a flush runs in: below the current one.
pub fn begin_flush<'py>(session: &Bound<'py, Session>) -> PyResult<Tx<'py>> {
    let py = session.py();
    let current = match session.get().current(py) {
        Some(tx) => tx,
        // In autocommit mode the flush has a transaction to itself.
        None if session.get().d.lock().autocommit => return transaction::begin(session, Origin::Begin, None),
        None => autobegin(session)?,
    };
    current.get().require(py, "_begin", &[TxState::Active])?;
    transaction::begin(session, Origin::Subtransaction, Some(&current))
}

/// `commit()`: every level.
pub(super) fn commit(session: &Bound<'_, Session>) -> PyResult<()> {
    let tx = match session.get().current(session.py()) {
        Some(tx) => tx,
        None if session.get().d.lock().autocommit => {
            return Err(errors::invalid_request(session.py(), "No transaction is begun."));
        }
        None => autobegin(session)?,
    };
    // Legacy subtransactions end one level at a time.
    let legacy = tx.get().is_legacy_subtransaction();
    transaction::commit(&tx, !legacy)
}

/// `rollback()`: every level.
pub(super) fn rollback(session: &Bound<'_, Session>) -> PyResult<()> {
    match session.get().current(session.py()) {
        Some(tx) => {
            let legacy = tx.get().is_legacy_subtransaction();
            transaction::rollback(&tx, !legacy, None)
        }
        None => Ok(()),
    }
}

/// `prepare()`.
pub(super) fn prepare(session: &Bound<'_, Session>) -> PyResult<()> {
    let tx = autobegin(session)?;
    tx.call_method0("prepare").map(drop)
}

/// Empties the session and ends its transactions.
pub(super) fn close(session: &Bound<'_, Session>, invalidate: bool) -> PyResult<()> {
    let py = session.py();
    expunge_all(session)?;
    while let Some(tx) = session.get().current(py) {
        transaction::close(&tx, invalidate)?;
    }
    Ok(())
}

/// `expunge_all()`.
pub(super) fn expunge_all(session: &Bound<'_, Session>) -> PyResult<()> {
    let py = session.py();
    let (new, deleted, identity) = {
        let mut d = session.get().d.lock();
        (std::mem::take(&mut d.new), std::mem::take(&mut d.deleted), d.identity.clone_ref(py))
    };
    let mut states = identity.get().states(py);
    states.extend(new.states(py));
    identity.get().clear(py);
    attach::detach_states(session, &states, false)?;
    drop((new, deleted));
    Ok(())
}
