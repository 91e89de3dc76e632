//! [`SessionTransaction`]: the transaction of a session, its savepoints and the legacy "subtransactions", as a state machine.
//!
//! A *boundary* is a transaction with a database counterpart: the outermost one or a SAVEPOINT. What a rollback must undo in the
//! session (objects that became persistent, were deleted, changed, or changed their key) is noted at the boundary.

use super::{Session, StateMap, snapshot};
use crate::py::defects::caught;
use crate::py::engine::events::{Event, fire};
use crate::py::errors;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::orm::identity::IdentityKey;
use crate::py::orm::state::InstanceState;
use crate::py::text::Text;
use indexmap::IndexMap;
use parking_lot::Mutex;
use pyo3::exceptions::PyBaseException;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use rustc_hash::FxBuildHasher;

/// Why a transaction exists (`SessionTransactionOrigin`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Begun by the first use of the session.
    Autobegin,
    /// `begin()`.
    Begin,
    /// `begin_nested()`.
    BeginNested,
    /// A flush, or `begin(subtransactions=True)`.
    Subtransaction,
}

/// Where in its life a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TxState {
    /// Usable.
    Active,
    /// Flushed and ready to commit.
    Prepared,
    /// Committed, about to close.
    Committed,
    /// Rolled back from below; waits for `rollback()`.
    Deactive,
    /// Over.
    Closed,
    /// Opening a connection.
    Provisioning,
}

impl TxState {
    fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Prepared => "prepared",
            Self::Committed => "committed",
            Self::Deactive => "inactive",
            Self::Closed => "closed",
            Self::Provisioning => "provisioning connection",
        }
    }
}

/// One connection that takes part.
pub(super) struct Participant {
    /// The `Connection`.
    pub connection: Py<PyAny>,
    /// Its engine.
    pub engine: Py<PyAny>,
    /// Its `Transaction`.
    pub transaction: Py<PyAny>,
    /// Ours to commit and roll back.
    pub should_commit: bool,
    /// Ours to close.
    pub autoclose: bool,
}

/// A primary key that changed: state, old key, new key.
pub(super) type KeySwitches = IndexMap<usize, (Py<InstanceState>, IdentityKey, IdentityKey), FxBuildHasher>;
/// Weakly meant set of states: they do not keep their instances.
pub(super) type States = IndexMap<usize, Py<InstanceState>, FxBuildHasher>;

/// See [`SessionTransaction`].
pub(super) struct TxData {
    pub state: TxState,
    pub new: States,
    /// With their instances: a rollback brings them back.
    pub deleted: StateMap,
    pub dirty: States,
    pub key_switches: KeySwitches,
    pub participants: Vec<Participant>,
    pub rollback_exception: Option<Py<PyBaseException>>,
    pub previous_nested: Option<Py<SessionTransaction>>,
    /// The session; gone once closed.
    pub session: Option<Py<Session>>,
    /// The method that is changing the state right now.
    pub busy: Option<&'static str>,
    /// Its `with` block, while that runs.
    pub block: Option<super::context::Block>,
}

/// A transaction of a [`Session`].
#[pyclass(name = "SessionTransaction", module = "oxalchemy.orm.session", weakref, frozen)]
pub struct SessionTransaction {
    parent_: Option<Py<SessionTransaction>>,
    nested_: bool,
    origin_: Origin,
    pub(super) d: Mutex<TxData>,
}

type Tx<'py> = Bound<'py, SessionTransaction>;

/// A transaction of `session` below `parent`, already current.
pub(super) fn begin<'py>(session: &Bound<'py, Session>, origin: Origin, parent: Option<&Tx<'py>>) -> PyResult<Tx<'py>> {
    let py = session.py();
    super::context::check(session)?;
    let nested = origin == Origin::BeginNested;
    if parent.is_none() && nested {
        return Err(errors::invalid_request(
            py,
            "Can't start a SAVEPOINT transaction when no existing transaction is in progress",
        ));
    }
    let tx = Bound::new(
        py,
        SessionTransaction {
            parent_: parent.map(|p| p.clone().unbind()),
            nested_: nested,
            origin_: origin,
            d: Mutex::new(TxData {
                state: TxState::Active,
                new: States::default(),
                deleted: StateMap::default(),
                dirty: States::default(),
                key_switches: KeySwitches::default(),
                participants: Vec::new(),
                rollback_exception: None,
                previous_nested: None,
                session: Some(session.clone().unbind()),
                busy: None,
                block: None,
            }),
        },
    )?;
    // A savepoint starts with what the session knows written: a rollback to it must not lose earlier changes.
    if nested && !session.get().d.lock().flushing {
        super::flush::flush(session, None)?;
    }
    {
        let mut d = session.get().d.lock();
        if nested {
            tx.get().d.lock().previous_nested = d.nested.take();
            d.nested = Some(tx.clone().unbind());
        }
        d.transaction = Some(tx.clone().unbind());
    }
    fire(session.as_any(), Event::AfterTransactionCreate, (session, &tx))?;
    Ok(tx)
}

/// The message of a code, with its link.
fn coded(py: Python<'_>, class: &str, message: &str, code: &str) -> PyErr {
    let kw = PyDict::new(py);
    let made = kw.set_item("code", code).and_then(|()| crate::py::imports::exc(py, class)?.call((message,), Some(&kw)));
    made.map_or_else(|e| e, PyErr::from_value)
}

impl SessionTransaction {
    pub(super) fn parent<'py>(&self, py: Python<'py>) -> Option<Tx<'py>> {
        self.parent_.as_ref().map(|p| p.bind(py).clone())
    }
    pub(super) fn state(&self) -> TxState {
        self.d.lock().state
    }
    pub(super) fn is_nested(&self) -> bool {
        self.nested_
    }
    /// Begun by `begin(subtransactions=True)`.
    pub(super) fn is_legacy_subtransaction(&self) -> bool {
        self.origin_ == Origin::Subtransaction
    }
    /// Usable: not waiting for a rollback.
    pub(super) fn is_usable(&self) -> bool {
        let d = self.d.lock();
        d.session.is_some() && d.state == TxState::Active
    }
    pub(super) fn is_boundary(&self) -> bool {
        self.nested_ || self.parent_.is_none()
    }
    pub(super) fn session_of<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, Session>> {
        let found = self.d.lock().session.as_ref().map(|s| s.bind(py).clone());
        found.ok_or_else(|| errors::exc(py, "ResourceClosedError", "This transaction is closed"))
    }

    /// Refuses `method` unless the transaction is in one of `allowed`.
    pub(super) fn require(&self, py: Python<'_>, method: &str, allowed: &[TxState]) -> PyResult<()> {
        let (state, busy) = {
            let d = self.d.lock();
            (d.state, d.busy)
        };
        if let Some(other) = busy {
            return Err(coded(
                py,
                "IllegalStateChangeError",
                &format!(
                    "Method '{method}()' can't be called here; method '{other}()' is already in progress and this would cause an \
                     unexpected state change to {}",
                    expected(method)
                ),
                "isce",
            ));
        }
        if allowed.contains(&state) {
            return Ok(());
        }
        Err(match state {
            TxState::Deactive => {
                let original = self.d.lock().rollback_exception.as_ref().map(|e| e.clone_ref(py));
                match original {
                    Some(e) => {
                        let text = e.bind(py).str()?.text();
                        coded(
                            py,
                            "PendingRollbackError",
                            &format!(
                                "This Session's transaction has been rolled back due to a previous exception during flush. To begin a \
                                 new transaction with this Session, first issue Session.rollback(). Original exception was: {text}"
                            ),
                            "7s2a",
                        )
                    }
                    None => errors::invalid_request(
                        py,
                        "This session is in 'inactive' state, due to the SQL transaction being rolled back; no further SQL can be \
                         emitted within this transaction.",
                    ),
                }
            }
            TxState::Closed => errors::exc(py, "ResourceClosedError", "This transaction is closed"),
            TxState::Provisioning => coded(
                py,
                "InvalidRequestError",
                "This session is provisioning a new connection; concurrent operations are not permitted",
                "isce",
            ),
            s => errors::invalid_request(
                py,
                format!("This session is in '{}' state; no further SQL can be emitted within this transaction.", s.name()),
            ),
        })
    }

    /// Runs `f` while other methods that change the state are refused.
    fn busy<R>(&self, method: &'static str, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        self.d.lock().busy = Some(method);
        let out = caught(f);
        self.d.lock().busy = None;
        out
    }
}

/// What a method would turn the transaction into, as messages name it.
fn expected(method: &str) -> &'static str {
    match method {
        "close" => "<SessionTransactionState.CLOSED: 5>",
        "rollback" => "<SessionTransactionState.CLOSED: 5>",
        "_prepare_impl" | "prepare" => "<SessionTransactionState.PREPARED: 2>",
        _ => "<_StateChangeStates.ANY: 1>",
    }
}

/// The nearest boundary: where changes are noted.
pub(super) fn boundary<'py>(tx: &Tx<'py>) -> Tx<'py> {
    let mut at = tx.clone();
    while !at.get().is_boundary() {
        match at.get().parent(tx.py()) {
            Some(p) => at = p,
            None => break,
        }
    }
    at
}

/// `tx`, its parent, and so on, up to and including `upto`.
fn chain<'py>(tx: &Tx<'py>, upto: Option<&Tx<'py>>) -> PyResult<Vec<Tx<'py>>> {
    let mut out = Vec::new();
    let mut at = Some(tx.clone());
    while let Some(t) = at {
        let done = upto.is_some_and(|u| u.is(&t));
        at = t.get().parent(tx.py());
        out.push(t);
        if done {
            return Ok(out);
        }
    }
    match upto {
        None => Ok(out),
        Some(u) => Err(errors::invalid_request(
            tx.py(),
            format!("Transaction {} is not on the active transaction list", u.as_any().repr()?.text()),
        )),
    }
}

/// The connection of `bind` in this transaction, opened and begun when there is none yet.
pub(super) fn connection_for_bind<'py>(
    tx: &Tx<'py>,
    bind: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = tx.py();
    let t = tx.get();
    t.require(py, "_connection_for_bind", &[TxState::Active])?;
    let known =
        t.d.lock().participants.iter().find(|p| p.connection.is(bind) || p.engine.is(bind)).map(|p| p.connection.clone_ref(py));
    if let Some(connection) = known {
        if options.is_some_and(|o| !o.is_empty()) {
            errors::warn(py, "SAWarning", "Connection is already established for the given bind; execution_options ignored")?;
        }
        return Ok(connection.into_bound(py));
    }
    t.d.lock().state = TxState::Provisioning;
    let out = provision(tx, bind, options);
    let mut d = t.d.lock();
    if d.state == TxState::Provisioning {
        d.state = TxState::Active;
    }
    drop(d);
    let (connection, fresh) = out?;
    if fresh {
        let session = t.session_of(py)?;
        fire(session.as_any(), Event::AfterBegin, (&session, tx, &connection))?;
    }
    Ok(connection)
}

fn provision<'py>(
    tx: &Tx<'py>,
    bind: &Bound<'py, PyAny>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Bound<'py, PyAny>, bool)> {
    let py = tx.py();
    let t = tx.get();
    let session = t.session_of(py)?;
    let is_connection = super::binds::is_connection(bind)?;
    let mut local = false;
    let mut connection = match t.parent(py) {
        Some(parent) => {
            let connection = connection_for_bind(&parent, bind, options)?;
            if !t.nested_ {
                return Ok((connection, false));
            }
            connection
        }
        None if is_connection => {
            let engine = bind.getattr("engine")?;
            if t.d.lock().participants.iter().any(|p| p.engine.is(&engine)) {
                return Err(errors::invalid_request(
                    py,
                    "Session already has a Connection associated for the given Connection's Engine",
                ));
            }
            bind.clone()
        }
        None => {
            local = true;
            bind.call_method0("connect")?
        }
    };
    let mut should_commit = true;
    let own = session.get().d.lock().execution_options.as_ref().map(|o| o.bind(py).clone()).filter(|o| !o.is_empty());
    let merged = match (own, options.filter(|o| !o.is_empty())) {
        (Some(own), Some(more)) => {
            let both = own.copy()?;
            both.update(more.as_mapping())?;
            Some(both)
        }
        (own, more) => own.or_else(|| more.cloned()),
    };
    let begun = (|| {
        if let Some(options) = &merged {
            connection = connection.call_method("execution_options", (), Some(options))?;
        }
        let truth = |name: &str| connection.call_method0(name)?.is_truthy();
        if t.parent_.is_none() && session.get().d.lock().twophase {
            return connection.call_method0("begin_twophase");
        }
        if t.nested_ {
            return connection.call_method0("begin_nested");
        }
        if !truth("in_transaction")? {
            return connection.call_method0("begin");
        }
        if local {
            // a listener of the new connection has run a statement already
            return connection.call_method0("get_transaction");
        }
        let mode = session.get().d.lock().join_mode;
        let in_savepoint = truth("in_nested_transaction")?;
        if mode.creates_savepoint(in_savepoint) {
            return connection.call_method0("begin_nested");
        }
        should_commit = mode.controls_fully();
        connection.call_method0(if in_savepoint { "get_nested_transaction" } else { "get_transaction" })
    })();
    let transaction = match begun {
        Ok(transaction) => transaction,
        Err(e) => {
            if local {
                connection.call_method0("close")?;
            }
            return Err(e);
        }
    };
    let engine = connection.getattr("engine")?;
    t.d.lock().participants.push(Participant {
        connection: connection.clone().unbind(),
        engine: engine.unbind(),
        transaction: transaction.unbind(),
        should_commit,
        autoclose: !is_connection,
    });
    Ok((connection, true))
}

/// Flushes what is pending, so that only the COMMIT remains.
fn prepare_impl<'py>(tx: &Tx<'py>) -> PyResult<()> {
    let py = tx.py();
    let t = tx.get();
    t.require(py, "_prepare_impl", &[TxState::Active])?;
    let session = t.session_of(py)?;
    if t.is_boundary() {
        fire(session.as_any(), Event::BeforeCommit, (&session,))?;
    }
    let current = session.get().current(py);
    if let Some(current) = current.filter(|c| !c.is(tx)) {
        for sub in chain(&current, Some(tx))? {
            if !sub.is(tx) {
                commit(&sub, false)?;
            }
        }
    }
    if !session.get().d.lock().flushing {
        let mut rounds = 0;
        while !super::flush::is_clean(&session)? {
            rounds += 1;
            if rounds > 100 {
                return Err(super::orm_error(
                    py,
                    "FlushError",
                    "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook creating new objects?",
                ));
            }
            super::flush::flush(&session, None)?;
        }
    }
    if t.parent_.is_none() && session.get().d.lock().twophase {
        let prepared: PyResult<()> =
            transactions(t, py).iter().try_for_each(|(tr, _)| tr.bind(py).call_method0("prepare").map(drop));
        if let Err(e) = prepared {
            rollback(tx, false, None)?;
            return Err(e);
        }
    }
    t.d.lock().state = TxState::Prepared;
    Ok(())
}

fn transactions(t: &SessionTransaction, py: Python<'_>) -> Vec<(Py<PyAny>, bool)> {
    t.d.lock().participants.iter().map(|p| (p.transaction.clone_ref(py), p.should_commit)).collect()
}

/// Commits; with `to_root` every enclosing transaction too.
pub fn commit<'py>(tx: &Tx<'py>, to_root: bool) -> PyResult<()> {
    let py = tx.py();
    let t = tx.get();
    t.require(py, "commit", &[TxState::Active, TxState::Prepared])?;
    let session = t.session_of(py)?;
    if t.state() != TxState::Prepared {
        t.busy("commit", || Ok(()))?;
        prepare_impl(tx)?;
    }
    if t.is_boundary() {
        for (transaction, should_commit) in transactions(t, py) {
            if should_commit {
                transaction.bind(py).call_method0("commit")?;
            }
        }
        t.d.lock().state = TxState::Committed;
        fire(session.as_any(), Event::AfterCommit, (&session,))?;
        snapshot::forget(&session, tx)?;
    }
    close(tx, false)?;
    match t.parent(py).filter(|_| to_root) {
        Some(parent) => commit(&parent, true),
        None => Ok(()),
    }
}

/// Rolls back; `captured` is the exception of a failed flush, which enclosing transactions report until they are rolled back.
pub fn rollback<'py>(tx: &Tx<'py>, to_root: bool, captured: Option<&PyErr>) -> PyResult<()> {
    let py = tx.py();
    let t = tx.get();
    t.require(py, "rollback", &[TxState::Active, TxState::Deactive, TxState::Prepared])?;
    let session = t.session_of(py)?;
    if let Some(current) = session.get().current(py).filter(|c| !c.is(tx)) {
        for sub in chain(&current, Some(tx))? {
            if !sub.is(tx) {
                close(&sub, false)?;
            }
        }
    }
    let mut limit = tx.clone();
    let mut failure = None;
    if matches!(t.state(), TxState::Active | TxState::Prepared) {
        for at in chain(tx, None)? {
            if !at.get().is_boundary() {
                at.get().d.lock().state = TxState::Deactive;
                continue;
            }
            if let Err(e) = rollback_impl(&session, &at) {
                failure = Some(e);
            }
            at.get().d.lock().state = TxState::Deactive;
            limit = at;
            break;
        }
    }
    if failure.is_none() && !super::flush::is_clean(&session)? {
        errors::warn(
            py,
            "SAWarning",
            "Session's state has been changed on a non-active transaction - this state will be discarded.",
        )?;
        snapshot::restore(&session, &limit, limit.get().nested_)?;
    }
    close(tx, false)?;
    let parent = t.parent(py);
    if let (Some(parent), Some(e)) = (&parent, captured) {
        parent.get().d.lock().rollback_exception = Some(e.value(py).clone().unbind());
    }
    if let Some(e) = failure {
        return Err(e);
    }
    fire(session.as_any(), Event::AfterSoftRollback, (&session, tx))?;
    match parent.filter(|_| to_root) {
        Some(parent) => rollback(&parent, true, None),
        None => Ok(()),
    }
}

/// Rolls the database back, then the session's objects, also when the database refused.
fn rollback_impl<'py>(session: &Bound<'py, Session>, tx: &Tx<'py>) -> PyResult<()> {
    let py = tx.py();
    let done: PyResult<()> =
        transactions(tx.get(), py).iter().try_for_each(|(tr, _)| tr.bind(py).call_method0("rollback").map(drop));
    // listeners hear of the database's rollback while the objects are still what the transaction made of them
    let told = match &done {
        Ok(()) => fire(session.as_any(), Event::AfterRollback, (session,)),
        Err(_) => Ok(()),
    };
    snapshot::restore(session, tx, tx.get().nested_)?;
    done.and(told)
}

/// Ends the transaction; the parent becomes current.
pub(super) fn close<'py>(tx: &Tx<'py>, invalidate: bool) -> PyResult<()> {
    let py = tx.py();
    let t = tx.get();
    if t.state() == TxState::Closed {
        return Ok(());
    }
    t.require(py, "close", &[TxState::Active, TxState::Prepared, TxState::Committed, TxState::Deactive, TxState::Provisioning])?;
    let session = t.session_of(py)?;
    let parent = t.parent(py);
    {
        let previous = t.d.lock().previous_nested.take();
        let mut d = session.get().d.lock();
        if t.nested_ {
            d.nested = previous;
        } else if parent.is_none() {
            d.nested = None;
        }
        d.transaction = parent.as_ref().map(|p| p.clone().unbind());
    }
    let mut failure = None;
    if parent.is_none() || t.nested_ {
        let participants = std::mem::take(&mut t.d.lock().participants);
        for p in participants {
            let done = t.busy("close", || finish(py, &p, invalidate && parent.is_none(), parent.is_none()));
            failure = failure.or(done.err());
        }
    }
    {
        let mut d = t.d.lock();
        d.state = TxState::Closed;
        d.session = None;
    }
    fire(session.as_any(), Event::AfterTransactionEnd, (&session, tx))?;
    failure.map_or(Ok(()), Err)
}

fn finish(py: Python<'_>, p: &Participant, invalidate: bool, outermost: bool) -> PyResult<()> {
    if invalidate {
        p.connection.bind(py).call_method0("invalidate")?;
    }
    let transaction = p.transaction.bind(py);
    if p.should_commit && transaction.getattr("is_active")?.is_truthy()? {
        transaction.call_method0("close")?;
    }
    if p.autoclose && outermost {
        p.connection.bind(py).call_method0("close")?;
    }
    Ok(())
}

#[pymethods]
impl SessionTransaction {
    /// The session, `None` once the transaction is over.
    #[getter]
    fn session(&self, py: Python<'_>) -> Option<Py<Session>> {
        self.d.lock().session.as_ref().map(|s| s.clone_ref(py))
    }
    /// The enclosing transaction.
    #[getter(parent)]
    fn py_parent(&self, py: Python<'_>) -> Option<Py<SessionTransaction>> {
        self.parent_.as_ref().map(|p| p.clone_ref(py))
    }
    #[getter]
    fn _parent(&self, py: Python<'_>) -> Option<Py<SessionTransaction>> {
        self.py_parent(py)
    }
    /// Is it a SAVEPOINT?
    #[getter]
    fn nested(&self) -> bool {
        self.nested_
    }
    /// Usable, and the session knows it.
    #[getter]
    fn is_active(&self) -> bool {
        let d = self.d.lock();
        d.session.is_some() && d.state == TxState::Active
    }
    #[getter]
    fn _state(&self) -> &'static str {
        self.state().name()
    }
    #[getter]
    fn _is_transaction_boundary(&self) -> bool {
        self.is_boundary()
    }
    /// A `SessionTransactionOrigin`.
    #[getter]
    fn origin(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        let name = match self.origin_ {
            Origin::Autobegin => "AUTOBEGIN",
            Origin::Begin => "BEGIN",
            Origin::BeginNested => "BEGIN_NESTED",
            Origin::Subtransaction => "SUBTRANSACTION",
        };
        Ok(py.import("oxalchemy.orm.session")?.getattr("SessionTransactionOrigin")?.getattr(name)?.unbind())
    }
    /// `{connection or engine: (connection, transaction, should commit, ours to close)}`.
    #[getter]
    fn _connections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        let rows: Vec<_> = {
            let d = self.d.lock();
            d.participants
                .iter()
                .map(|p| {
                    (
                        p.connection.clone_ref(py),
                        p.engine.clone_ref(py),
                        p.transaction.clone_ref(py),
                        p.should_commit,
                        p.autoclose,
                    )
                })
                .collect()
        };
        for (connection, engine, transaction, should_commit, autoclose) in rows {
            let row = (&connection, transaction, should_commit, autoclose).into_pyobject(py)?;
            out.set_item(&connection, &row)?;
            out.set_item(engine, row)?;
        }
        Ok(out)
    }
    /// The connections that take part.
    #[getter]
    fn connections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PyFrozenSet>> {
        let all: Vec<Py<PyAny>> = self.d.lock().participants.iter().map(|p| p.connection.clone_ref(py)).collect();
        pyo3::types::PyFrozenSet::new(py, all)
    }
    #[getter]
    fn _rollback_exception(&self, py: Python<'_>) -> Option<Py<PyBaseException>> {
        self.d.lock().rollback_exception.as_ref().map(|e| e.clone_ref(py))
    }
    /// The connection of a bind key (a mapped class, a mapper, a table).
    #[pyo3(signature = (bindkey=None, execution_options=None, **kwargs))]
    fn connection<'py>(
        slf: &Bound<'py, Self>,
        bindkey: Option<Bound<'py, PyAny>>,
        execution_options: Option<Bound<'py, PyDict>>,
        kwargs: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        slf.get().require(py, "connection", &[TxState::Active])?;
        let session = slf.get().session_of(py)?;
        let key = PyTuple::new(py, bindkey)?;
        let bind = crate::py::stack::deep(|| session.as_any().call_method("get_bind", key, kwargs.as_ref()))?;
        connection_for_bind(slf, &bind, execution_options.as_ref())
    }
    /// The connection that this transaction already holds for a bind key.
    #[pyo3(signature = (bindkey=None, **kwargs))]
    fn bound_connection<'py>(
        slf: &Bound<'py, Self>,
        bindkey: Option<Bound<'py, PyAny>>,
        kwargs: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        slf.get().require(py, "bound_connection", &[TxState::Active])?;
        let session = slf.get().session_of(py)?;
        let key = PyTuple::new(py, bindkey)?;
        let bind = crate::py::stack::deep(|| session.as_any().call_method("get_bind", key, kwargs.as_ref()))?;
        let held = slf
            .get()
            .d
            .lock()
            .participants
            .iter()
            .find(|p| p.connection.is(&bind) || p.engine.is(&bind))
            .map(|p| p.connection.clone_ref(py));
        held.map(|c| c.into_bound(py)).ok_or_else(|| {
            errors::invalid_request(
                py,
                format!(
                    "This SessionTransaction holds no connection for {}; connection() acquires one",
                    bind.repr().map(|r| r.text()).unwrap_or_default()
                ),
            )
        })
    }
    /// Flush and prepare the two-phase commit.
    fn prepare(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let session = slf.get().session_of(py)?;
        if slf.get().parent_.is_some() || !session.get().d.lock().twophase {
            return Err(errors::invalid_request(py, "'twophase' mode not enabled, or not root transaction; can't prepare."));
        }
        prepare_impl(slf)
    }
    /// Commit; with `_to_root` the enclosing ones too.
    #[pyo3(name = "commit", signature = (_to_root=false))]
    fn py_commit(slf: &Bound<'_, Self>, _to_root: bool) -> PyResult<()> {
        commit(slf, _to_root)
    }
    /// Roll back.
    #[pyo3(name = "rollback", signature = (_capture_exception=false, _to_root=false))]
    fn py_rollback(slf: &Bound<'_, Self>, _capture_exception: bool, _to_root: bool) -> PyResult<()> {
        rollback(slf, _to_root, None)
    }
    /// End without commit.
    #[pyo3(name = "close", signature = (invalidate=false))]
    fn py_close(slf: &Bound<'_, Self>, invalidate: bool) -> PyResult<()> {
        close(slf, invalidate)
    }
    fn __enter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        super::context::enter(slf)?;
        Ok(slf.clone())
    }
    fn __exit__(
        slf: &Bound<'_, Self>,
        kind: &Bound<'_, PyAny>,
        _value: &Bound<'_, PyAny>,
        _tb: &Bound<'_, PyAny>,
    ) -> PyResult<bool> {
        super::context::exit(slf, !kind.is_none()).map(|()| false)
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for SessionTransaction {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.parent_)?;
        if let Some(d) = self.d.try_lock() {
            visit.call(&d.session)?;
            visit.call(&d.previous_nested)?;
            visit.call(&d.rollback_exception)?;
            d.block.iter().try_for_each(|b| b.traverse(visit))?;
            for p in &d.participants {
                visit.call(&p.connection)?;
                visit.call(&p.engine)?;
                visit.call(&p.transaction)?;
            }
            d.deleted.traverse(visit)?;
            d.new.values().chain(d.dirty.values()).try_for_each(|s| visit.call(s))?;
            d.key_switches.values().try_for_each(|(s, ..)| visit.call(s))?;
        }
        Ok(())
    }
    fn release(&self, _py: Python<'_>) {
        let dropped = self.d.try_lock().map(|mut d| {
            let parts = std::mem::take(&mut d.participants);
            let states = (std::mem::take(&mut d.deleted), std::mem::take(&mut d.new), std::mem::take(&mut d.dirty));
            (d.session.take(), d.previous_nested.take(), d.rollback_exception.take(), d.block.take(), parts, states)
        });
        drop(dropped);
    }
}
