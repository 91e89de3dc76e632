//! Transactions: the root one, savepoints, two-phase ones, and their behaviour as context managers.

use super::connection::Connection;
use crate::py::errors::{invalid_request, warn};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use parking_lot::Mutex;
use pyo3::prelude::*;

/// Which kind, with what only it has.
enum Kind {
    Root,
    Nested { savepoint: String, previous: Option<Py<Transaction>> },
    TwoPhase { xid: Py<PyAny>, prepared: bool },
}

struct State {
    active: bool,
    kind: Kind,
    outer: Option<Py<PyAny>>,
    entered: bool,
}

/// A database transaction.
#[pyclass(name = "Transaction", module = "oxalchemy.engine.base", subclass, frozen, weakref)]
pub struct Transaction {
    connection: Py<Connection>,
    s: Mutex<State>,
}

/// The outermost transaction of a connection.
#[pyclass(name = "RootTransaction", module = "oxalchemy.engine.base", extends = Transaction, subclass, frozen)]
pub struct RootTransaction;

/// A savepoint.
#[pyclass(name = "NestedTransaction", module = "oxalchemy.engine.base", extends = Transaction, subclass, frozen)]
pub struct NestedTransaction;

/// A transaction that is prepared before it is committed.
#[pyclass(name = "TwoPhaseTransaction", module = "oxalchemy.engine.base", extends = RootTransaction, subclass, frozen)]
pub struct TwoPhaseTransaction;

fn data(connection: &Bound<'_, Connection>, kind: Kind) -> PyClassInitializer<Transaction> {
    let state = State { active: true, kind, outer: None, entered: false };
    PyClassInitializer::from(Transaction { connection: connection.clone().unbind(), s: Mutex::new(state) })
}

/// Begin: BEGIN is sent by the driver, or with the first statement.
pub fn begin_root<'py>(connection: &Bound<'py, Connection>) -> PyResult<Bound<'py, Transaction>> {
    Connection::check_context(connection)?;
    Connection::begin_impl(connection)?;
    let t = Bound::new(connection.py(), data(connection, Kind::Root).add_subclass(RootTransaction))?;
    let t = t.into_any().cast_into::<Transaction>()?;
    connection.get().set_transaction(Some(t.clone().unbind()));
    Ok(t)
}

/// Set a savepoint.
pub fn begin_nested<'py>(connection: &Bound<'py, Connection>) -> PyResult<Bound<'py, Transaction>> {
    let py = connection.py();
    Connection::check_context(connection)?;
    let savepoint = Connection::savepoint_impl(connection)?;
    let previous = connection.get().nested(py).map(Bound::unbind);
    let t = Bound::new(py, data(connection, Kind::Nested { savepoint, previous }).add_subclass(NestedTransaction))?;
    let t = t.into_any().cast_into::<Transaction>()?;
    connection.get().set_nested(Some(t.clone().unbind()));
    Ok(t)
}

/// Begin a two-phase transaction.
pub fn begin_twophase<'py>(connection: &Bound<'py, Connection>, xid: Py<PyAny>) -> PyResult<Bound<'py, Transaction>> {
    let py = connection.py();
    Connection::check_context(connection)?;
    Connection::begin_twophase_impl(connection, xid.bind(py))?;
    let init =
        data(connection, Kind::TwoPhase { xid, prepared: false }).add_subclass(RootTransaction).add_subclass(TwoPhaseTransaction);
    let t = Bound::new(py, init)?.into_any().cast_into::<Transaction>()?;
    connection.get().set_transaction(Some(t.clone().unbind()));
    Ok(t)
}

impl Transaction {
    /// Neither committed nor rolled back.
    pub fn is_active(&self) -> bool {
        self.s.lock().active
    }
    /// A savepoint.
    pub fn is_nested(&self) -> bool {
        matches!(self.s.lock().kind, Kind::Nested { .. })
    }
    fn savepoint(&self) -> Option<String> {
        match &self.s.lock().kind {
            Kind::Nested { savepoint, .. } => Some(savepoint.clone()),
            _ => None,
        }
    }
    fn twophase<'py>(&self, py: Python<'py>) -> Option<(Bound<'py, PyAny>, bool)> {
        match &self.s.lock().kind {
            Kind::TwoPhase { xid, prepared } => Some((xid.bind(py).clone(), *prepared)),
            _ => None,
        }
    }
    fn previous(&self, py: Python<'_>) -> Option<Py<Transaction>> {
        match &self.s.lock().kind {
            Kind::Nested { previous, .. } => previous.as_ref().map(|p| p.clone_ref(py)),
            _ => None,
        }
    }
    fn connection<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Connection> {
        slf.get().connection.bind(slf.py()).clone()
    }
    fn deactivate(&self) -> bool {
        std::mem::replace(&mut self.s.lock().active, false)
    }
    /// The connection no longer knows it.
    fn is_off(slf: &Bound<'_, Self>) -> bool {
        let py = slf.py();
        let conn = slf.get().connection.get();
        let current = if slf.get().is_nested() { conn.nested(py) } else { conn.transaction(py) };
        !current.is_some_and(|t| t.is(slf))
    }

    fn take_off(slf: &Bound<'_, Self>, complain: bool) -> PyResult<()> {
        let py = slf.py();
        let conn = slf.get().connection.get();
        if slf.get().is_nested() {
            if conn.nested(py).is_some_and(|t| t.is(slf)) {
                conn.set_nested(slf.get().previous(py));
            } else if complain {
                warn(py, "SAWarning", "nested transaction already deassociated from connection")?;
            }
        } else if !slf.get().deactivate() && !conn.transaction(py).is_some_and(|t| t.is(slf)) {
            warn(py, "SAWarning", "transaction already deassociated from connection")?;
        }
        Ok(())
    }

    /// End it and the savepoints around it without SQL: the outer transaction has ended.
    fn cancel(slf: &Bound<'_, Self>) -> PyResult<()> {
        slf.get().deactivate();
        Self::take_off(slf, true)?;
        if let Some(previous) = slf.get().previous(slf.py()) {
            Self::cancel(previous.bind(slf.py()))?;
        }
        Ok(())
    }

    fn cancel_nested(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        match slf.get().connection.get().nested(py) {
            Some(nested) => Self::cancel(&nested),
            None => Ok(()),
        }
    }

    fn close_root(slf: &Bound<'_, Self>, try_deactivate: bool) -> PyResult<()> {
        let py = slf.py();
        let connection = Self::connection(slf);
        let was_active = slf.get().is_active();
        let done = (|| {
            if was_active {
                match slf.get().twophase(py) {
                    Some((xid, prepared)) => Connection::rollback_prepared_impl(&connection, &xid, prepared)?,
                    None => Connection::rollback_impl(&connection)?,
                }
            }
            Self::cancel_nested(slf)
        })();
        let off = if was_active || try_deactivate { Self::take_off(slf, true) } else { Ok(()) };
        if !Self::is_off(slf) {
            connection.get().set_transaction(None);
        }
        done.and(off)
    }

    fn close_nested(slf: &Bound<'_, Self>, complain: bool) -> PyResult<()> {
        let py = slf.py();
        let connection = Self::connection(slf);
        let root_active = connection.get().transaction(py).is_some_and(|t| t.get().is_active());
        let done = match slf.get().savepoint().filter(|_| slf.get().is_active() && root_active) {
            Some(name) => Connection::rollback_to_savepoint_impl(&connection, &name),
            None => Ok(()),
        };
        slf.get().deactivate();
        let off = Self::take_off(slf, complain);
        done.and(off)
    }

    /// ROLLBACK, quietly when it has ended.
    pub fn do_close(slf: &Bound<'_, Self>) -> PyResult<()> {
        if slf.get().is_nested() { Self::close_nested(slf, false) } else { Self::close_root(slf, false) }
    }

    /// ROLLBACK.
    pub fn do_rollback(slf: &Bound<'_, Self>) -> PyResult<()> {
        if slf.get().is_nested() { Self::close_nested(slf, true) } else { Self::close_root(slf, true) }
    }

    /// COMMIT or RELEASE.
    pub fn do_commit(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let connection = Self::connection(slf);
        let conn = connection.get();
        if let Some(name) = slf.get().savepoint() {
            if slf.get().is_active() {
                let done = Connection::release_savepoint_impl(&connection, &name);
                slf.get().deactivate();
                let off = Self::take_off(slf, true);
                return done.and(off);
            }
            if conn.nested(py).is_some_and(|t| t.is(slf)) {
                return Err(conn.invalid_transaction(py));
            }
            return Err(invalid_request(py, "This nested transaction is inactive"));
        }
        if slf.get().is_active() {
            let done = match slf.get().twophase(py) {
                Some((xid, prepared)) => Connection::commit_prepared_impl(&connection, &xid, prepared),
                None => Connection::commit_impl(&connection),
            };
            let nested = Self::cancel_nested(slf);
            let off = Self::take_off(slf, true);
            // a commit that failed stays the connection's transaction, so that a rollback has to follow
            done?;
            conn.set_transaction(None);
            return nested.and(off);
        }
        if conn.transaction(py).is_some_and(|t| t.is(slf)) {
            return Err(conn.invalid_transaction(py));
        }
        Err(invalid_request(py, "This transaction is inactive"))
    }
}

#[pymethods]
impl Transaction {
    /// The connection.
    #[getter(connection)]
    fn py_connection(&self, py: Python<'_>) -> Py<Connection> {
        self.connection.clone_ref(py)
    }
    /// Whether it has neither been committed nor rolled back.
    #[getter(is_active)]
    fn py_is_active(&self) -> bool {
        self.is_active()
    }
    /// Active on a connection that is not invalidated.
    #[getter]
    fn is_valid(&self, py: Python<'_>) -> bool {
        let _ = py;
        self.is_active() && !self.connection.get().is_invalidated()
    }
    #[getter]
    fn nested(&self) -> bool {
        self.is_nested()
    }
    #[getter]
    fn _deactivated_from_connection(slf: &Bound<'_, Self>) -> bool {
        Self::is_off(slf)
    }
    #[getter]
    fn _savepoint(&self) -> Option<String> {
        self.savepoint()
    }
    /// Roll back if it is still active.
    fn close(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::do_close(slf)
    }
    /// Roll back.
    fn rollback(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::do_rollback(slf)
    }
    /// Commit.
    fn commit(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::do_commit(slf)
    }
    fn __enter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        let conn = slf.get().connection.get();
        let outer = conn.swap_context(Some(slf.clone().into_any().unbind()));
        let mut s = slf.get().s.lock();
        s.outer = outer;
        s.entered = true;
        drop(s);
        slf.clone()
    }
    fn __exit__(slf: &Bound<'_, Self>, kind: &Bound<'_, PyAny>, _value: Py<PyAny>, _traceback: Py<PyAny>) -> PyResult<()> {
        let conn = slf.get().connection.get();
        let ours = slf.get().s.lock().entered && conn.context(slf.py()).is_some_and(|c| c.is(slf));
        let done = if kind.is_none() && slf.get().is_active() {
            Self::do_commit(slf).map_err(|e| crate::py::errors::after_cleanup(slf.py(), e, Self::do_rollback(slf)))
        } else if slf.get().is_active() {
            Self::do_rollback(slf)
        } else if !Self::is_off(slf) {
            Self::do_close(slf)
        } else {
            Ok(())
        };
        let outer = slf.get().s.lock().outer.take();
        if ours {
            drop(conn.swap_context(outer));
        }
        done
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
}

impl Collected for Transaction {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.connection)?;
        let Some(s) = self.s.try_lock() else { return Ok(()) };
        visit.call(&s.outer)
    }
}

#[pymethods]
impl RootTransaction {
    #[getter]
    fn is_root(&self) -> bool {
        true
    }
}

#[pymethods]
impl TwoPhaseTransaction {
    /// Identifier of the transaction.
    #[getter]
    fn xid(slf: &Bound<'_, Self>) -> Option<Py<PyAny>> {
        slf.as_super().as_super().get().twophase(slf.py()).map(|(x, _)| x.unbind())
    }
    /// Prepare: after it only a commit or rollback can follow.
    fn prepare(slf: &Bound<'_, Self>) -> PyResult<()> {
        let t = slf.as_super().as_super();
        let py = slf.py();
        if !t.get().is_active() {
            return Err(invalid_request(py, "This transaction is inactive"));
        }
        let Some((xid, _)) = t.get().twophase(py) else { return Ok(()) };
        Connection::prepare_twophase_impl(&Transaction::connection(t), &xid)?;
        if let Kind::TwoPhase { prepared, .. } = &mut t.get().s.lock().kind {
            *prepared = true;
        }
        Ok(())
    }
}

/// Add the classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<Transaction>()?;
    m.add_class::<RootTransaction>()?;
    m.add_class::<NestedTransaction>()?;
    m.add_class::<TwoPhaseTransaction>()
}
