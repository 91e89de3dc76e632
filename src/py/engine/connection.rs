//! [`Connection`]: a DBAPI connection out of the pool, its transaction, and the statements that run on it.

use super::engine::{Engine, immutable};
use super::events::Event;
use super::execute;
use super::failure;
use super::transaction::{self, Transaction};
use crate::py::dbapi::{self, NativeConnection};
use crate::py::defects::caught;
use crate::py::errors::{exc, invalid_request};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use parking_lot::Mutex;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

struct State {
    proxied: Option<Py<PyAny>>,
    native: Option<Arc<NativeConnection>>,
    can_reconnect: bool,
    transaction: Option<Py<Transaction>>,
    nested: Option<Py<Transaction>>,
    context: Option<Py<PyAny>>,
    options: Py<PyDict>,
    dispatch: Option<Py<PyAny>>,
    savepoints: u64,
    allow_autobegin: bool,
    in_begin: bool,
    /// An error of the driver is being handled: another one is raised as it is.
    handling: bool,
    close_with_result: bool,
    /// Legacy autocommit: see [`Connection::commits_each_statement`].
    single_statements: bool,
}

/// A connection to the database. Made by an Engine.
#[pyclass(name = "Connection", module = "oxalchemy.engine.base", subclass, frozen, weakref, dict)]
pub struct Connection {
    engine: Py<Engine>,
    dialect: Py<PyAny>,
    s: Mutex<State>,
    echo: AtomicBool,
    /// Made without events.
    deaf: bool,
    /// The dialect runs statements as `DefaultDialect` does.
    plain_dialect: bool,
}

/// `(conn, *args)`.
pub fn with_first<'py>(conn: &Bound<'py, PyAny>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    let mut all = vec![conn.clone()];
    all.extend(args.iter());
    PyTuple::new(conn.py(), all)
}

/// `callable(conn, *args, **kwargs)` between BEGIN and COMMIT.
pub fn transactional<'py>(
    conn: &Bound<'py, PyAny>,
    callable: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let t = conn.call_method0("begin")?;
    match callable.call(with_first(conn, args)?, kwargs) {
        Ok(result) => {
            t.call_method0("commit")?;
            Ok(result)
        }
        Err(e) => {
            t.call_method0("rollback")?;
            Err(e)
        }
    }
}

impl Connection {
    /// The engine.
    pub fn engine<'py>(&self, py: Python<'py>) -> &Bound<'py, Engine> {
        self.engine.bind(py)
    }
    /// The dialect object.
    pub fn dialect<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.dialect.bind(py)
    }
    /// Execution options in effect.
    pub fn options<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.s.lock().options.bind(py).clone()
    }
    /// The current transaction.
    pub fn transaction<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Transaction>> {
        self.s.lock().transaction.as_ref().map(|t| t.bind(py).clone())
    }
    /// The current savepoint.
    pub fn nested<'py>(&self, py: Python<'py>) -> Option<Bound<'py, Transaction>> {
        self.s.lock().nested.as_ref().map(|t| t.bind(py).clone())
    }
    /// Set the current transaction.
    pub fn set_transaction(&self, t: Option<Py<Transaction>>) {
        let old = std::mem::replace(&mut self.s.lock().transaction, t);
        drop(old);
    }
    /// Set the current savepoint.
    pub fn set_nested(&self, t: Option<Py<Transaction>>) {
        let old = std::mem::replace(&mut self.s.lock().nested, t);
        drop(old);
    }
    /// Set which `with` block is the innermost; gives the one before.
    pub fn swap_context(&self, t: Option<Py<PyAny>>) -> Option<Py<PyAny>> {
        std::mem::replace(&mut self.s.lock().context, t)
    }
    /// The transaction of the innermost `with` block.
    pub fn context<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.s.lock().context.as_ref().map(|t| t.bind(py).clone())
    }
    /// Let the result of the next statement close the connection.
    pub fn close_with_result(&self) {
        self.s.lock().close_with_result = true;
    }
    /// Whether results close the connection.
    pub fn closes_with_result(&self) -> bool {
        self.s.lock().close_with_result
    }
    /// Closed for good.
    pub fn is_closed(&self) -> bool {
        let s = self.s.lock();
        s.proxied.is_none() && !s.can_reconnect
    }
    /// Lost its DBAPI connection, and may get another.
    pub fn is_invalidated(&self) -> bool {
        let s = self.s.lock();
        s.proxied.is_none() && s.can_reconnect
    }
    /// Whether SQL is logged.
    #[inline]
    pub fn echoes(&self) -> bool {
        self.echo.load(Ordering::Relaxed)
    }
    /// Enter or leave the handling of a driver's error; gives what it was.
    pub fn set_handling(&self, on: bool) -> bool {
        std::mem::replace(&mut self.s.lock().handling, on)
    }
    /// The built-in driver's connection, when it is one and is open.
    pub fn native(&self) -> Option<Arc<NativeConnection>> {
        self.s.lock().native.clone()
    }
    /// Made without events.
    pub fn is_deaf(&self) -> bool {
        self.deaf
    }
    /// Whether somebody has to see cursors.
    pub fn is_watched(&self, slf: &Bound<'_, Self>) -> PyResult<bool> {
        if !self.plain_dialect {
            return Ok(true);
        }
        execute::watched(slf)
    }
    /// The proxied DBAPI connection without reconnecting.
    pub fn held<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.s.lock().proxied.as_ref().map(|p| p.bind(py).clone())
    }

    fn hold(&self, proxied: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let native = match proxied {
            Some(p) => dbapi::native(&p.getattr("dbapi_connection")?),
            None => None,
        };
        let mut s = self.s.lock();
        let old =
            (std::mem::replace(&mut s.proxied, proxied.map(|p| p.clone().unbind())), std::mem::replace(&mut s.native, native));
        drop(s);
        drop(old);
        Ok(())
    }

    /// "Can't reconnect until invalid transaction is rolled back".
    pub fn invalid_transaction(&self, py: Python<'_>) -> PyErr {
        let which = if self.nested(py).is_some() { "savepoint " } else { "" };
        let message = format!(
            "Can't reconnect until invalid {which}transaction is rolled back.  Please rollback() fully before proceeding"
        );
        let e = exc(py, "PendingRollbackError", message);
        let _ = e.value(py).setattr("code", "8s2b");
        e
    }

    /// The proxied DBAPI connection, a new one after an invalidation.
    pub fn proxied<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Some(p) = slf.get().held(py) {
            return Ok(p);
        }
        if !slf.get().is_invalidated() {
            return Err(exc(py, "ResourceClosedError", "This Connection is closed"));
        }
        if slf.get().transaction(py).is_some() {
            return Err(slf.get().invalid_transaction(py));
        }
        let made = Engine::checkout(slf.get().engine(py))?;
        slf.get().hold(Some(&made))?;
        Ok(made)
    }

    /// Raise when the `with` block around has ended its transaction.
    pub fn check_context(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let Some(context) = slf.get().context(py) else { return Ok(()) };
        if !context.cast::<Transaction>().is_ok_and(|t| t.get().is_active()) {
            return Err(crate::py::errors::closed_in_context(py));
        }
        Ok(())
    }

    /// What every statement needs first: an open connection, a valid transaction, BEGIN.
    #[inline]
    pub fn prepare(slf: &Bound<'_, Self>) -> PyResult<()> {
        let me = slf.get();
        enum Next {
            Go,
            Begin,
            Slow,
        }
        let next = {
            let s = me.s.lock();
            match (&s.proxied, &s.transaction) {
                (None, _) => Next::Slow,
                (_, None) if s.allow_autobegin && !s.in_begin => Next::Begin,
                (_, None) => Next::Go,
                (_, Some(t)) => {
                    if t.get().is_active() && s.nested.as_ref().is_none_or(|n| n.get().is_active()) && s.context.is_none() {
                        Next::Go
                    } else {
                        Next::Slow
                    }
                }
            }
        };
        match next {
            Next::Go => Ok(()),
            Next::Begin => {
                Self::check_context(slf)?;
                transaction::begin_root(slf).map(drop)
            }
            Next::Slow => {
                let py = slf.py();
                Self::proxied(slf)?;
                let invalid = |t: Option<Bound<'_, Transaction>>| t.is_some_and(|t| !t.get().is_active());
                Self::check_context(slf)?;
                if invalid(me.transaction(py)) || invalid(me.nested(py)) {
                    return Err(me.invalid_transaction(py));
                }
                let begin = {
                    let s = me.s.lock();
                    s.transaction.is_none() && s.allow_autobegin && !s.in_begin
                };
                if begin { transaction::begin_root(slf).map(drop) } else { Ok(()) }
            }
        }
    }

    /// Write a line to the engine's log.
    pub fn log(slf: &Bound<'_, Self>, message: &str, args: &[Bound<'_, PyAny>]) -> PyResult<()> {
        let py = slf.py();
        let logger = slf.get().engine(py).getattr("logger")?;
        let mut all = vec![slf.get().tokened(py, message)?.into_any()];
        all.extend(args.iter().cloned());
        logger.getattr("info")?.call1(PyTuple::new(py, all)?).map(drop)
    }

    /// A line with the connection's `logging_token` before it.
    pub fn tokened<'py>(&self, py: Python<'py>, message: &str) -> PyResult<Bound<'py, PyString>> {
        Ok(match self.options(py).get_item("logging_token")? {
            Some(token) if token.is_truthy()? => PyString::new(py, &format!("[{}] {message}", token.str()?.text())),
            _ => PyString::new(py, message),
        })
    }

    fn autocommit_mode(slf: &Bound<'_, Self>) -> PyResult<bool> {
        let py = slf.py();
        match slf.get().options(py).get_item("isolation_level")? {
            Some(level) => Ok(level.extract::<String>().is_ok_and(|l| l.replace('_', " ").eq_ignore_ascii_case("AUTOCOMMIT"))),
            None => slf
                .get()
                .dialect(py)
                .getattr_opt("_on_connect_isolation_level")?
                .map_or(Ok(false), |l| Ok(l.extract::<String>().is_ok_and(|l| l.eq_ignore_ascii_case("AUTOCOMMIT")))),
        }
    }

    /// `skip_autocommit_rollback`, on a connection that the driver commits by itself.
    fn skips_rollback(slf: &Bound<'_, Self>) -> PyResult<bool> {
        match slf.get().dialect(slf.py()).getattr_opt("skip_autocommit_rollback")? {
            Some(skip) if skip.is_truthy()? => Self::autocommit_mode(slf),
            _ => Ok(false),
        }
    }

    fn dialect_do(slf: &Bound<'_, Self>, method: &str) -> PyResult<()> {
        let py = slf.py();
        let proxied = Self::proxied(slf)?;
        if let Some(native) = slf.get().native()
            && is_plain(slf.get().dialect(py), method)?
        {
            let done = match method {
                "do_begin" => Ok(()),
                "do_commit" => native.commit(py),
                _ => native.rollback(py),
            };
            return done.or_else(|e| failure::handle(slf, e, failure::Facts::default()));
        }
        match slf.get().dialect(py).call_method1(method, (proxied,)) {
            Ok(_) => Ok(()),
            Err(e) => failure::handle(slf, e, failure::Facts::default()),
        }
    }

    /// BEGIN.
    pub fn begin_impl(slf: &Bound<'_, Self>) -> PyResult<()> {
        // Listeners and drivers may execute on the way: that must not begin again.
        slf.get().s.lock().in_begin = true;
        let done = caught(|| Self::begin_now(slf));
        slf.get().s.lock().in_begin = false;
        done
    }

    fn begin_now(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::proxied(slf)?;
        slf.get().s.lock().in_begin = true;
        let told = caught(|| fire(slf, Event::Begin, (slf,)));
        slf.get().s.lock().in_begin = false;
        told?;
        if slf.get().echoes() {
            let autocommit = Self::autocommit_mode(slf)?;
            let words =
                if autocommit { "BEGIN (implicit; DBAPI should not BEGIN due to autocommit mode)" } else { "BEGIN (implicit)" };
            Self::log(slf, words, &[])?;
        }
        Self::dialect_do(slf, "do_begin")
    }

    /// ROLLBACK.
    pub fn rollback_impl(slf: &Bound<'_, Self>) -> PyResult<()> {
        if let Some(found) = listeners(slf, Event::Rollback)? {
            found.call1((slf,))?;
        }
        if slf.get().held(slf.py()).is_none() {
            return Ok(());
        }
        if slf.get().echoes() {
            let words = match (Self::autocommit_mode(slf)?, Self::skips_rollback(slf)?) {
                (true, true) => "ROLLBACK will be skipped by skip_autocommit_rollback",
                (true, false) => "ROLLBACK using DBAPI connection.rollback(); set skip_autocommit_rollback to prevent fully",
                (false, _) => "ROLLBACK",
            };
            Self::log(slf, words, &[])?;
        }
        if Self::skips_rollback(slf)? {
            return Ok(());
        }
        Self::dialect_do(slf, "do_rollback")
    }

    /// COMMIT.
    pub fn commit_impl(slf: &Bound<'_, Self>) -> PyResult<()> {
        if let Some(found) = listeners(slf, Event::Commit)? {
            found.call1((slf,))?;
        }
        if slf.get().echoes() {
            let autocommit = Self::autocommit_mode(slf)?;
            let words = if autocommit {
                "COMMIT using DBAPI connection.commit(), has no effect due to autocommit mode"
            } else {
                "COMMIT"
            };
            Self::log(slf, words, &[])?;
        }
        Self::dialect_do(slf, "do_commit")
    }

    /// What a savepoint is about to be told, by the name of the construct.
    fn savepoint_statement(slf: &Bound<'_, Self>, method: &str, construct: &str, name: &str) -> PyResult<()> {
        let py = slf.py();
        if !is_plain(slf.get().dialect(py), method)? {
            return slf.get().dialect(py).call_method1(method, (slf, name)).map(drop);
        }
        let started = std::time::Instant::now();
        let element = py.import("oxalchemy.sql.elements")?.getattr(construct)?.call1((name,))?;
        let Some(listening) = execute::events::listening(slf)? else {
            return execute::raw::run_text(slf, element.str()?.to_str()?, started.elapsed());
        };
        let options = slf.get().options(py);
        let heard = listening.before(&element, execute::params::Params::None, &options)?;
        let result = execute::raw::ddl(slf, &heard.statement, &heard.statement.str()?, &options, started.elapsed())?;
        heard.after(&result)
    }

    /// SAVEPOINT; gives its name.
    pub fn savepoint_impl(slf: &Bound<'_, Self>) -> PyResult<String> {
        let n = {
            let mut s = slf.get().s.lock();
            s.savepoints += 1;
            s.savepoints
        };
        let name = format!("sa_savepoint_{n}");
        fire(slf, Event::Savepoint, (slf, slf.py().None()))?;
        Self::proxied(slf)?;
        Self::savepoint_statement(slf, "do_savepoint", "SavepointClause", &name)?;
        Ok(name)
    }

    /// ROLLBACK TO SAVEPOINT.
    pub fn rollback_to_savepoint_impl(slf: &Bound<'_, Self>, name: &str) -> PyResult<()> {
        fire(slf, Event::RollbackSavepoint, (slf, name, slf.py().None()))?;
        if slf.get().held(slf.py()).is_none() {
            return Ok(());
        }
        Self::savepoint_statement(slf, "do_rollback_to_savepoint", "RollbackToSavepointClause", name)
    }

    /// RELEASE SAVEPOINT.
    pub fn release_savepoint_impl(slf: &Bound<'_, Self>, name: &str) -> PyResult<()> {
        fire(slf, Event::ReleaseSavepoint, (slf, name, slf.py().None()))?;
        Self::savepoint_statement(slf, "do_release_savepoint", "ReleaseSavepointClause", name)
    }

    fn twophase_do(slf: &Bound<'_, Self>, words: &str, method: &str, args: &Bound<'_, PyTuple>) -> PyResult<()> {
        if slf.get().echoes() {
            Self::log(slf, words, &[])?;
        }
        let all = with_first(slf.as_any(), args)?;
        match slf.get().dialect(slf.py()).getattr(method)?.call1(all) {
            Ok(_) => Ok(()),
            Err(e) => failure::handle(slf, e, failure::Facts::default()),
        }
    }

    /// BEGIN of a two-phase transaction.
    pub fn begin_twophase_impl(slf: &Bound<'_, Self>, xid: &Bound<'_, PyAny>) -> PyResult<()> {
        fire(slf, Event::BeginTwophase, (slf, xid))?;
        slf.get().s.lock().in_begin = true;
        let done = caught(|| {
            let xid = PyTuple::new(slf.py(), [xid])?;
            Self::twophase_do(slf, "BEGIN TWOPHASE (implicit)", "do_begin_twophase", &xid)
        });
        slf.get().s.lock().in_begin = false;
        done
    }

    /// PREPARE.
    pub fn prepare_twophase_impl(slf: &Bound<'_, Self>, xid: &Bound<'_, PyAny>) -> PyResult<()> {
        fire(slf, Event::PrepareTwophase, (slf, xid))?;
        Self::twophase_do(slf, "PREPARE TRANSACTION", "do_prepare_twophase", &PyTuple::new(slf.py(), [xid])?)
    }

    /// ROLLBACK PREPARED.
    pub fn rollback_prepared_impl(slf: &Bound<'_, Self>, xid: &Bound<'_, PyAny>, prepared: bool) -> PyResult<()> {
        fire(slf, Event::RollbackTwophase, (slf, xid, prepared))?;
        if slf.get().held(slf.py()).is_none() {
            return Ok(());
        }
        let args = (xid, prepared).into_pyobject(slf.py())?;
        Self::twophase_do(slf, "ROLLBACK TRANSACTION", "do_rollback_twophase", &args)
    }

    /// COMMIT PREPARED.
    pub fn commit_prepared_impl(slf: &Bound<'_, Self>, xid: &Bound<'_, PyAny>, prepared: bool) -> PyResult<()> {
        fire(slf, Event::CommitTwophase, (slf, xid, prepared))?;
        let args = (xid, prepared).into_pyobject(slf.py())?;
        Self::twophase_do(slf, "COMMIT TRANSACTION", "do_commit_twophase", &args)
    }

    /// Discard the DBAPI connection.
    pub fn discard(slf: &Bound<'_, Self>, exception: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let py = slf.py();
        let Some(held) = slf.get().held(py) else { return Ok(()) };
        if held.getattr("is_valid")?.is_truthy()? {
            held.call_method1("invalidate", (exception,))?;
        }
        slf.get().hold(None)
    }

    /// `Engine.execute`: commit what changes data, and let the result close the connection.
    pub fn connectionless<'py>(
        conn: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        more: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let first = if more.is_empty() { None } else { Some(more.get_item(0)?) };
        let rest = more.get_slice(1, more.len());
        conn.get().commits_each_statement();
        match execute::execute(conn, statement, first.as_ref(), &rest, kw, None) {
            Ok(result) => {
                Self::after_single(conn, &result)?;
                if !result.getattr("returns_rows")?.is_truthy()? {
                    Self::close_impl(conn)?;
                }
                Ok(result)
            }
            Err(e) => {
                Self::close_impl(conn)?;
                Err(e)
            }
        }
    }

    /// Legacy autocommit: no transaction is begun; [`Self::after_single`] commits what a statement changed.
    pub fn commits_each_statement(&self) {
        let mut s = self.s.lock();
        s.allow_autobegin = false;
        s.single_statements = true;
    }

    /// The end of a statement on a connection in legacy autocommit: commit it when it changed data.
    pub fn after_single(conn: &Bound<'_, Self>, result: &Bound<'_, PyAny>) -> PyResult<()> {
        if !conn.get().s.lock().single_statements || conn.get().transaction(conn.py()).is_some() {
            return Ok(());
        }
        let option = conn.get().options(conn.py()).get_item("autocommit")?.map_or(Ok(false), |o| o.is_truthy())?;
        if option || execute::changes_data(result)? { Self::commit_impl(conn) } else { Ok(()) }
    }

    /// Give the DBAPI connection back, after a rollback if a transaction is open.
    pub fn close_impl(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        let transaction = slf.get().transaction(py);
        let was_reset = transaction.is_some();
        if let Some(t) = transaction {
            Transaction::do_close(&t)?;
        }
        let held = slf.get().held(py);
        slf.get().s.lock().can_reconnect = false;
        slf.get().hold(None)?;
        match held {
            Some(p) if was_reset => {
                let kw = PyDict::new(py);
                kw.set_item("transaction_reset", true)?;
                match p.getattr_opt("_close_special")? {
                    Some(close) => close.call((), Some(&kw)).map(drop),
                    None => p.call_method0("close").map(drop),
                }
            }
            Some(p) => p.call_method0("close").map(drop),
            None => Ok(()),
        }
    }
}

/// The listeners of an event of a connection; none when it was made without events.
pub fn listeners<'py>(conn: &Bound<'py, Connection>, event: Event) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !event.used() || conn.get().deaf {
        return Ok(None);
    }
    super::events::listeners(conn.as_any(), event)
}

fn fire<'py, A>(conn: &Bound<'py, Connection>, event: Event, args: A) -> PyResult<()>
where
    A: IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
{
    match listeners(conn, event)? {
        Some(found) => found.call1(args.into_pyobject(conn.py())?).map(drop),
        None => Ok(()),
    }
}

/// Whether a dialect's method is `DefaultDialect`'s own, so that its work may be done here.
pub fn is_plain(dialect: &Bound<'_, PyAny>, method: &str) -> PyResult<bool> {
    let py = dialect.py();
    let name = PyString::intern(py, method);
    if let Some(d) = dialect.getattr_opt("__dict__")?
        && d.cast::<PyDict>().is_ok_and(|d| d.contains(&name).unwrap_or(true))
    {
        return Ok(false);
    }
    let default = crate::py::imports::default_dialect(py)?;
    Ok(match (dialect.get_type().getattr_opt(&name)?, default.getattr_opt(&name)?) {
        (Some(a), Some(b)) => a.is(&b),
        _ => false,
    })
}

#[pymethods]
impl Connection {
    #[new]
    #[pyo3(signature = (engine, connection=None, _has_events=None, _allow_revalidate=true, _allow_autobegin=true))]
    fn new(
        engine: &Bound<'_, Engine>,
        connection: Option<Bound<'_, PyAny>>,
        _has_events: Option<Py<PyAny>>,
        _allow_revalidate: bool,
        _allow_autobegin: bool,
    ) -> PyResult<Self> {
        let py = engine.py();
        let me = Self {
            engine: engine.clone().unbind(),
            dialect: engine.get().dialect(py).unbind(),
            echo: AtomicBool::new(Engine::logs_info(engine)?),
            deaf: _has_events.map_or(Ok(false), |h| h.bind(py).is_truthy().map(|t| !t))?,
            plain_dialect: is_plain(&engine.get().dialect(py), "do_execute")?
                && is_plain(&engine.get().dialect(py), "do_executemany")?,
            s: Mutex::new(State {
                proxied: None,
                native: None,
                can_reconnect: _allow_revalidate,
                transaction: None,
                nested: None,
                context: None,
                options: engine.get().options(py).unbind(),
                dispatch: None,
                savepoints: 0,
                allow_autobegin: _allow_autobegin,
                in_begin: false,
                handling: false,
                close_with_result: false,
                single_statements: false,
            }),
        };
        let proxied = match connection {
            Some(c) => c,
            None => Engine::checkout(engine)?,
        };
        me.hold(Some(&proxied))?;
        Ok(me)
    }
    #[pyo3(signature = (*_args, **_kw))]
    fn __init__(slf: &Bound<'_, Self>, _args: &Bound<'_, PyTuple>, _kw: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        if slf.get().engine(slf.py()).getattr("_has_events")?.is_truthy()? && !slf.get().deaf {
            slf.setattr("_has_events", true)?;
        }
        fire(slf, Event::EngineConnect, (slf,))
    }

    /// The engine.
    #[getter(engine)]
    fn py_engine(&self, py: Python<'_>) -> Py<Engine> {
        self.engine.clone_ref(py)
    }
    /// The dialect.
    #[getter(dialect)]
    fn py_dialect(&self, py: Python<'_>) -> Py<PyAny> {
        self.dialect.clone_ref(py)
    }
    #[getter]
    fn _dispatch(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.s.lock().dispatch.as_ref().map(|d| d.clone_ref(py))
    }
    #[setter(_dispatch)]
    fn set_dispatch(&self, value: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.s.lock().dispatch, value);
        drop(old);
    }
    #[getter]
    fn _dispatch_parent(&self, py: Python<'_>) -> Py<Engine> {
        self.engine.clone_ref(py)
    }
    #[getter]
    fn _echo(&self) -> bool {
        self.echoes()
    }
    #[getter]
    fn _transaction(&self, py: Python<'_>) -> Option<Py<Transaction>> {
        self.transaction(py).map(Bound::unbind)
    }
    #[getter]
    fn _nested_transaction(&self, py: Python<'_>) -> Option<Py<Transaction>> {
        self.nested(py).map(Bound::unbind)
    }
    #[getter]
    fn _execution_options(&self, py: Python<'_>) -> Py<PyDict> {
        self.options(py).unbind()
    }
    #[setter(_execution_options)]
    fn set_execution_options(&self, value: &Bound<'_, PyDict>) -> PyResult<()> {
        let new = immutable(value)?.unbind();
        let old = std::mem::replace(&mut self.s.lock().options, new);
        drop(old);
        Ok(())
    }
    #[getter]
    fn _dbapi_connection(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.held(py).map(Bound::unbind)
    }
    #[getter]
    fn _allow_autobegin(&self) -> bool {
        self.s.lock().allow_autobegin
    }
    #[setter(_allow_autobegin)]
    fn set_allow_autobegin(&self, value: bool) {
        self.s.lock().allow_autobegin = value;
    }
    #[getter]
    fn _is_future(&self) -> bool {
        true
    }
    #[getter]
    fn should_close_with_result(&self) -> bool {
        self.closes_with_result()
    }
    /// Whether `close()` was called.
    #[getter]
    fn closed(&self) -> bool {
        self.is_closed()
    }
    /// Whether the DBAPI connection was invalidated.
    #[getter]
    fn invalidated(&self) -> bool {
        self.is_invalidated()
    }
    /// The proxied DBAPI connection.
    #[getter]
    fn connection<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::proxied(slf)
    }
    /// A dictionary that lives as long as the DBAPI connection.
    #[getter]
    fn info<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::proxied(slf)?.getattr("info")
    }
    /// The isolation level that new connections have.
    #[getter]
    fn default_isolation_level<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.dialect(py).getattr_opt("default_isolation_level")
    }
    /// The isolation level in effect.
    fn get_isolation_level<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let dbapi = Self::proxied(slf)?.getattr("dbapi_connection")?;
        match slf.get().dialect(slf.py()).call_method1("get_isolation_level", (dbapi,)) {
            Ok(level) => Ok(level),
            Err(e) => failure::handle(slf, e, failure::Facts::default()),
        }
    }
    /// Set execution options on this connection and return it.
    #[pyo3(signature = (**opt))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, opt: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let Some(opt) = opt else { return Ok(slf.clone()) };
        if let Some(found) = listeners(slf, Event::SetConnectionExecutionOptions)? {
            found.call1((slf, opt))?;
        }
        let merged = PyDict::new(py);
        merged.update(slf.get().options(py).as_mapping())?;
        merged.update(opt.as_mapping())?;
        slf.get().set_execution_options(&merged)?;
        execute::options::apply(slf, opt)?;
        Ok(slf.clone())
    }
    /// The execution options in effect.
    fn get_execution_options(&self, py: Python<'_>) -> Py<PyDict> {
        self.options(py).unbind()
    }
    /// Schema of a table after `schema_translate_map`.
    fn schema_for_object<'py>(&self, py: Python<'py>, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let schema = obj.getattr("schema")?;
        match self.options(py).get_item("schema_translate_map")? {
            Some(map) if !map.is_none() => map.call_method1("get", (&schema, &schema)),
            _ => Ok(schema),
        }
    }

    /// Begin a transaction. Raises `InvalidRequestError` when one has begun.
    fn begin<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Transaction>> {
        let py = slf.py();
        if slf.get().transaction(py).is_some() {
            return Err(invalid_request(
                py,
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; can't call begin() here unless rollback() or commit() is called first.",
            ));
        }
        transaction::begin_root(slf)
    }
    /// Set a savepoint, in a transaction that is begun if necessary.
    fn begin_nested<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Transaction>> {
        if slf.get().transaction(slf.py()).is_none() {
            Self::prepare(slf)?;
        }
        transaction::begin_nested(slf)
    }
    /// Begin a two-phase transaction.
    #[pyo3(signature = (xid=None))]
    fn begin_twophase<'py>(slf: &Bound<'py, Self>, xid: Option<Py<PyAny>>) -> PyResult<Bound<'py, Transaction>> {
        let py = slf.py();
        if slf.get().transaction(py).is_some() {
            return Err(invalid_request(
                py,
                "This connection has already initialized a SQLAlchemy Transaction() object via begin() or autobegin; can't call begin_twophase() here unless rollback() or commit() is called first.",
            ));
        }
        let xid = match xid {
            Some(x) => x,
            None => slf.get().dialect(py).call_method0("create_xid")?.unbind(),
        };
        transaction::begin_twophase(slf, xid)
    }
    /// Prepared transactions that wait for their end.
    fn recover_twophase<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.get().dialect(slf.py()).call_method1("do_recover_twophase", (slf,))
    }
    /// Roll a prepared transaction back.
    #[pyo3(signature = (xid, recover=false))]
    fn rollback_prepared<'py>(slf: &Bound<'py, Self>, xid: Py<PyAny>, recover: bool) -> PyResult<Bound<'py, PyAny>> {
        let kw = PyDict::new(slf.py());
        kw.set_item("recover", recover)?;
        slf.get().dialect(slf.py()).call_method("do_rollback_twophase", (slf, xid), Some(&kw))
    }
    /// Commit a prepared transaction.
    #[pyo3(signature = (xid, recover=false))]
    fn commit_prepared<'py>(slf: &Bound<'py, Self>, xid: Py<PyAny>, recover: bool) -> PyResult<Bound<'py, PyAny>> {
        let kw = PyDict::new(slf.py());
        kw.set_item("recover", recover)?;
        slf.get().dialect(slf.py()).call_method("do_commit_twophase", (slf, xid), Some(&kw))
    }
    /// Commit the transaction, if there is one.
    fn commit(slf: &Bound<'_, Self>) -> PyResult<()> {
        slf.get().transaction(slf.py()).map_or(Ok(()), |t| Transaction::do_commit(&t))
    }
    /// Roll the transaction back, if there is one.
    fn rollback(slf: &Bound<'_, Self>) -> PyResult<()> {
        slf.get().transaction(slf.py()).map_or(Ok(()), |t| Transaction::do_rollback(&t))
    }
    /// Whether a transaction is in progress.
    fn in_transaction(&self, py: Python<'_>) -> bool {
        self.transaction(py).is_some_and(|t| t.get().is_active())
    }
    /// Whether a savepoint is in progress.
    fn in_nested_transaction(&self, py: Python<'_>) -> bool {
        self.nested(py).is_some_and(|t| t.get().is_active())
    }
    /// The current transaction, or None.
    fn get_transaction(&self, py: Python<'_>) -> Option<Py<Transaction>> {
        self._transaction(py)
    }
    /// The current savepoint, or None.
    fn get_nested_transaction(&self, py: Python<'_>) -> Option<Py<Transaction>> {
        self._nested_transaction(py)
    }
    /// Give the DBAPI connection back to the pool; a transaction in progress is rolled back.
    fn close(slf: &Bound<'_, Self>) -> PyResult<()> {
        Self::close_impl(slf)
    }
    /// Discard the DBAPI connection; the next use gets another one.
    #[pyo3(signature = (exception=None))]
    fn invalidate(slf: &Bound<'_, Self>, exception: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        if slf.get().is_invalidated() {
            return Ok(());
        }
        if slf.get().is_closed() {
            return Err(exc(slf.py(), "ResourceClosedError", "This Connection is closed"));
        }
        Self::discard(slf, exception)
    }
    /// Take the DBAPI connection out of the pool for good.
    fn detach(slf: &Bound<'_, Self>) -> PyResult<()> {
        let py = slf.py();
        if slf.get().is_closed() {
            return Err(exc(py, "ResourceClosedError", "This Connection is closed"));
        }
        match slf.get().held(py) {
            Some(p) => p.call_method0("detach").map(drop),
            None => Err(invalid_request(py, "Can't detach an invalidated Connection")),
        }
    }
    fn __enter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    fn __exit__(slf: &Bound<'_, Self>, _type: Py<PyAny>, _value: Py<PyAny>, _traceback: Py<PyAny>) -> PyResult<()> {
        slf.call_method0("close").map(drop)
    }

    /// Execute a statement.
    ///
    /// `parameters`: a dict, or a list of dicts to execute it for each. Returns a `CursorResult`.
    #[pyo3(signature = (statement, parameters=None, *more, execution_options=None, **kw))]
    fn execute<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyAny>>,
        more: &Bound<'py, PyTuple>,
        execution_options: Option<&Bound<'py, PyAny>>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        execute::execute(slf, statement, parameters, more, kw, execution_options)
    }
    /// Execute a statement and return the first column of its first row.
    #[pyo3(signature = (statement, parameters=None, *more, execution_options=None, **kw))]
    fn scalar<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyAny>>,
        more: &Bound<'py, PyTuple>,
        execution_options: Option<&Bound<'py, PyAny>>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(value) = execute::generator::scalar(slf, statement)? {
            return Ok(value);
        }
        execute::execute(slf, statement, parameters, more, kw, execution_options)?.call_method0("scalar")
    }
    /// Execute a statement and return the values of its first column.
    #[pyo3(signature = (statement, parameters=None, *, execution_options=None))]
    fn scalars<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyAny>>,
        execution_options: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let none = PyTuple::empty(slf.py());
        execute::execute(slf, statement, parameters, &none, None, execution_options)?.call_method0("scalars")
    }
    /// Execute text as the driver takes it, with the driver's own placeholders.
    #[pyo3(signature = (statement, parameters=None, execution_options=None))]
    fn exec_driver_sql<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyAny>>,
        execution_options: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let sql = statement.cast::<PyString>().map_err(|_| {
            PyTypeError::new_err(format!(
                "exec_driver_sql() takes text, not {}",
                statement.get_type().name().map(|n| n.text()).unwrap_or_default()
            ))
        })?;
        let (params, many) = execute::params::raw(py, parameters)?;
        execute::raw::exec_driver_sql(slf, sql, params, many, execution_options)
    }
    fn _execute_clauseelement<'py>(
        slf: &Bound<'py, Self>,
        statement: &Bound<'py, PyAny>,
        parameters: Option<&Bound<'py, PyAny>>,
        execution_options: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        execute::execute(slf, statement, parameters, &PyTuple::empty(slf.py()), None, execution_options)
    }
    fn _safe_close_cursor(slf: &Bound<'_, Self>, cursor: &Bound<'_, PyAny>) -> PyResult<()> {
        failure::close_quietly(slf, cursor)
    }
    #[pyo3(signature = (message, *args))]
    fn _log_info(slf: &Bound<'_, Self>, message: &str, args: &Bound<'_, PyTuple>) -> PyResult<()> {
        Self::log(slf, message, &args.iter().collect::<Vec<_>>())
    }

    /// Another connection on the same DBAPI connection (0.5): the connection itself.
    #[pyo3(signature = (**_kw))]
    fn connect<'py>(slf: &Bound<'py, Self>, _kw: Option<&Bound<'py, PyDict>>) -> Bound<'py, Self> {
        slf.clone()
    }
    /// The same.
    #[pyo3(signature = (**_kw))]
    fn contextual_connect<'py>(slf: &Bound<'py, Self>, _kw: Option<&Bound<'py, PyDict>>) -> Bound<'py, Self> {
        slf.clone()
    }
    /// `callable_(connection, …)` in a transaction (legacy).
    #[pyo3(name = "transaction", signature = (callable_, *args, **kwargs))]
    fn py_transaction<'py>(
        slf: &Bound<'py, Self>,
        callable_: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        transactional(slf.as_any(), callable_, args, kwargs)
    }
    /// Let a schema visitor create or drop here.
    #[pyo3(signature = (visitor, element, **kwargs))]
    fn _run_ddl_visitor(
        slf: &Bound<'_, Self>,
        visitor: &Bound<'_, PyAny>,
        element: &Bound<'_, PyAny>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<()> {
        let dialect = slf.getattr("dialect")?;
        visitor.call((dialect, slf), kwargs)?.call_method1("traverse_single", (element,)).map(|_| ())
    }
    /// `callable_(connection, …)` (legacy).
    #[pyo3(signature = (callable_, *args, **kwargs))]
    fn run_callable<'py>(
        slf: &Bound<'py, Self>,
        callable_: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        callable_.call(with_first(slf.as_any(), args)?, kwargs)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }

    /// A connection and its transaction hold each other: whoever forgets both leaves them to the collector.
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for Connection {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.engine)?;
        visit.call(&self.dialect)?;
        let Some(s) = self.s.try_lock() else { return Ok(()) };
        visit.call(&s.proxied)?;
        visit.call(&s.transaction)?;
        visit.call(&s.nested)?;
        visit.call(&s.context)?;
        visit.call(&s.options)?;
        visit.call(&s.dispatch)
    }
    fn release(&self, _py: Python<'_>) {
        let mut s = self.s.lock();
        let old = (s.transaction.take(), s.nested.take(), s.context.take(), s.dispatch.take());
        drop(s);
        drop(old);
    }
}
