//! `with session.begin():` — what the block's transaction has ended, no statement inside the block goes on with.

use super::Session;
use super::transaction::{self, SessionTransaction, TxState};
use crate::py::errors;
use pyo3::prelude::*;

type Tx<'py> = Bound<'py, SessionTransaction>;

/// What a transaction keeps while its `with` block runs.
pub(super) struct Block {
    session: Py<Session>,
    /// The transaction of the block around.
    outer: Option<Py<SessionTransaction>>,
}

impl Block {
    pub(super) fn traverse(&self, visit: &pyo3::gc::PyVisit<'_>) -> Result<(), pyo3::gc::PyTraverseError> {
        visit.call(&self.session)?;
        visit.call(&self.outer)
    }
}

/// Refuses to begin anything, or to hand out a connection, when the innermost block has ended its transaction.
pub(super) fn check(session: &Bound<'_, Session>) -> PyResult<()> {
    let py = session.py();
    let block = session.get().d.lock().context.as_ref().map(|t| t.clone_ref(py));
    match block {
        Some(tx) if !tx.get().is_usable() => Err(errors::closed_in_context(py)),
        _ => Ok(()),
    }
}

/// `__enter__`.
pub(super) fn enter(tx: &Tx<'_>) -> PyResult<()> {
    let py = tx.py();
    tx.get().require(py, "__enter__", &[TxState::Active])?;
    let session = tx.get().session_of(py)?;
    let outer = session.get().d.lock().context.replace(tx.clone().unbind());
    let old = tx.get().d.lock().block.replace(Block { session: session.unbind(), outer });
    drop(old);
    Ok(())
}

/// `__exit__`: commit, or roll back what is left to roll back; the block around is the innermost again.
pub(super) fn exit(tx: &Tx<'_>, failed: bool) -> PyResult<()> {
    let done = end(tx, failed);
    let block = tx.get().d.lock().block.take();
    if let Some(block) = block {
        let mut d = block.session.get().d.lock();
        let innermost = d.context.as_ref().is_some_and(|c| c.is(tx));
        let left = if innermost { std::mem::replace(&mut d.context, block.outer) } else { block.outer };
        drop(d);
        drop(left);
    }
    done
}

fn end(tx: &Tx<'_>, failed: bool) -> PyResult<()> {
    let t = tx.get();
    let in_use = |t: &SessionTransaction| matches!(t.state(), TxState::Active | TxState::Prepared);
    if !failed && in_use(t) {
        return transaction::commit(tx, false).or_else(|e| {
            if in_use(t) || t.state() == TxState::Deactive {
                transaction::rollback(tx, false, None)?;
            }
            Err(e)
        });
    }
    match t.state() {
        TxState::Closed => Ok(()),
        TxState::Active | TxState::Prepared | TxState::Deactive => transaction::rollback(tx, false, None),
        _ => transaction::close(tx, false),
    }
}
