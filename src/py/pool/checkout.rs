//! Checking out, with pings, hooks and retries, and checking in, with the reset.

use pyo3::exceptions::{PyException, PyNotImplementedError};
use pyo3::intern;
use pyo3::prelude::*;

use super::base::{PoolBase, ResetOnReturn, closed_error};
use super::entry::Entry;
use super::proxied::Proxied;
use crate::py::dbapi;
use crate::py::engine::events::{Event, fire, listeners};
use crate::py::engine::failure;
use crate::py::errors::warn;
use crate::py::text::Text;

/// How often a checkout hook may find its connection dead before the checkout fails.
const ATTEMPTS: usize = 2;

/// A connection, checked out.
pub fn connect<'py>(pool: &Bound<'py, PoolBase>) -> PyResult<Bound<'py, Proxied>> {
    let py = pool.py();
    let per_thread = pool.get().is_per_thread();
    if per_thread && let Some(mine) = pool.get().of_thread(py) {
        mine.get().use_again();
        return Ok(mine);
    }
    let entry = PoolBase::get(pool)?;
    let connection = match Entry::usable(&entry, pool) {
        Ok(connection) => connection,
        Err(e) => {
            Entry::check_in_failed(&entry, pool, &e, false)?;
            return Err(e);
        }
    };
    let echo = PoolBase::logs_debug(pool)?;
    let proxied = Bound::new(py, Proxied::new(pool, &entry, connection.clone().unbind(), echo))?;
    entry.get().set_proxied(&proxied)?;
    if echo {
        PoolBase::log(pool, "debug", "Connection %r checked out from pool", (&connection,))?;
    }
    if pool.get().pre_ping() || listeners(pool, Event::Checkout)?.is_some() {
        prove(pool, &entry, &proxied, echo)?;
    } else {
        entry.get().take_fresh();
    }
    if per_thread {
        pool.get().set_of_thread(&proxied)?;
    }
    Ok(proxied)
}

/// Pings, runs the hooks, and reconnects when one of them says that the connection is dead.
fn prove(pool: &Bound<'_, PoolBase>, entry: &Bound<'_, Entry>, proxied: &Bound<'_, Proxied>, echo: bool) -> PyResult<()> {
    let py = pool.py();
    for _ in 0..ATTEMPTS {
        let fresh = entry.get().take_fresh();
        let connection = proxied.get().connection(py);
        let tried = ping(pool, connection.as_ref(), fresh, echo)
            .and_then(|()| fire(pool, Event::Checkout, (connection.clone(), entry, proxied)));
        let Err(error) = tried else { return Ok(()) };
        let disconnection = crate::py::imports::exc(py, "DisconnectionError")?;
        if !error.is_instance(py, &disconnection) {
            fail(pool, entry, proxied, &error)?;
            return Err(error);
        }
        let value = error.value(py).clone().into_any();
        if value.getattr("invalidate_pool")?.is_truthy()? {
            PoolBase::log(
                pool,
                "info",
                "Disconnection detected on checkout, invalidating all pooled connections prior to current timestamp \
                 (reason: %r)",
                (&value,),
            )?;
            let generation = entry.get().generation();
            Entry::invalidate_in(entry, pool, Some(&value), false)?;
            advance(pool, generation);
        } else {
            PoolBase::log(
                pool,
                "info",
                "Disconnection detected on checkout, invalidating individual connection %s (reason: %r)",
                (connection, &value),
            )?;
            Entry::invalidate_in(entry, pool, Some(&value), false)?;
        }
        match Entry::usable(entry, pool) {
            Ok(connection) => proxied.get().set_connection(Some(connection.unbind())),
            Err(e) => {
                fail(pool, entry, proxied, &e)?;
                return Err(e);
            }
        }
    }
    PoolBase::log(pool, "info", "Reconnection attempts exhausted on checkout", ())?;
    Proxied::invalidate(proxied, None, false)?;
    Err(closed_error(py))
}

/// The checkout is over: the entry goes back without connection.
fn fail(pool: &Bound<'_, PoolBase>, entry: &Bound<'_, Entry>, proxied: &Bound<'_, Proxied>, error: &PyErr) -> PyResult<()> {
    proxied.get().release();
    Entry::check_in_failed(entry, pool, error, true)
}

/// Tests a connection that was opened earlier, if the pool wants that.
fn ping(pool: &Bound<'_, PoolBase>, connection: Option<&Bound<'_, PyAny>>, fresh: bool, echo: bool) -> PyResult<()> {
    let py = pool.py();
    let debug = |message: &str| match echo {
        true => PoolBase::log(pool, "debug", message, (connection,)),
        false => Ok(()),
    };
    if !pool.get().pre_ping() {
        return Ok(());
    }
    if fresh {
        return debug("Connection %s is fresh, skipping pre-ping");
    }
    debug("Pool pre-ping on connection %s")?;
    let Some(dialect) = pool.get().dialect(py) else {
        return Err(PyNotImplementedError::new_err("The ping feature requires that a dialect is passed to the connection pool."));
    };
    let method = if dialect.hasattr("_do_ping_w_event")? { "_do_ping_w_event" } else { "do_ping" };
    match dialect.call_method1(method, (connection,)) {
        Ok(answer) if answer.is_truthy()? => return Ok(()),
        Ok(_) => {}
        // The driver may say so by an error: one that means a lost connection is an answer, every other one is an error.
        Err(e) if failure::is_lost(&dialect, &e, connection)? => {}
        Err(e) => return Err(e),
    }
    debug("Pool pre-ping on connection %s failed, will invalidate pool")?;
    Err(PyErr::from_value(crate::py::imports::exc(py, "InvalidatePoolError")?.call0()?))
}

fn advance(pool: &Bound<'_, PoolBase>, seen: Option<u64>) {
    let generation = pool.get().generation();
    generation.advance(seen.unwrap_or_else(|| generation.current()));
}

/// Gives up every connection of the pool that is as old as this one, and this one.
pub fn invalidate_pool(
    pool: &Bound<'_, PoolBase>,
    proxied: &Bound<'_, Proxied>,
    exception: Option<&Bound<'_, PyAny>>,
    check_in: bool,
) -> PyResult<()> {
    let py = pool.py();
    advance(pool, proxied.get().entry(py).and_then(|e| e.get().generation()));
    if check_in && proxied.get().connection(py).is_some() {
        Proxied::invalidate(proxied, exception, false)?;
    }
    Ok(())
}

/// Gives a connection back whose transaction was ended already (`transaction_was_reset`) or not.
pub fn close_special(proxied: &Bound<'_, Proxied>, transaction_was_reset: bool) -> PyResult<()> {
    // Several uses in one thread count down; only the last gives it back.
    if proxied.get().last_use() { check_in(proxied, transaction_was_reset) } else { Ok(()) }
}

/// Gives a connection back.
pub fn check_in(proxied: &Bound<'_, Proxied>, transaction_was_reset: bool) -> PyResult<()> {
    let (py, this) = (proxied.py(), proxied.get());
    let pool = this.pool(py).clone();
    if pool.get().is_per_thread() {
        pool.get().forget_of_thread();
    }
    let echo = this.echo();
    // The reset still sees the connection: hooks may use it.
    let connection = this.connection(py).map(Bound::unbind);
    let entry = this.entry(py).map(Bound::unbind);
    let finished = finish(&pool, connection, entry, Some(proxied), transaction_was_reset, echo);
    let held = this.release();
    drop(held);
    finished
}

/// What closing and losing a connection have in common: the reset, and the way back into the pool.
pub fn finish(
    pool: &Bound<'_, PoolBase>,
    connection: Option<Py<PyAny>>,
    entry: Option<Py<Entry>>,
    proxied: Option<&Bound<'_, Proxied>>,
    transaction_was_reset: bool,
    echo: bool,
) -> PyResult<()> {
    let py = pool.py();
    let entry = entry.map(|e| e.into_bound(py));
    let echo = echo || (proxied.is_none() && PoolBase::logs_debug(pool)?);
    if proxied.is_none()
        && let (Some(connection), Some(entry)) = (&connection, &entry)
        && is_async(pool)?
    {
        return abandon(pool, connection.bind(py), entry);
    }
    if let Some(connection) = connection {
        let connection = connection.into_bound(py);
        if echo && entry.is_some() {
            PoolBase::log(pool, "debug", "Connection %r being returned to pool", (&connection,))?;
        }
        let done = reset(pool, &connection, entry.as_ref(), proxied, transaction_was_reset, echo).and_then(|()| {
            if entry.is_none() {
                fire(pool, Event::CloseDetached, (&connection,))?;
                PoolBase::close_connection(pool, &connection, false)?;
            }
            Ok(())
        });
        if let Err(error) = done {
            PoolBase::log_error(pool, "Exception during reset or similar", (), &error)?;
            if let Some(entry) = &entry {
                Entry::invalidate_in(entry, pool, Some(error.value(py).as_any()), false)?;
            }
            if !error.is_instance_of::<PyException>(py) {
                if let Some(entry) = entry {
                    Entry::check_in(&entry, pool, true)?;
                }
                return Err(error);
            }
        }
    }
    match entry {
        Some(entry) if entry.get().is_out() => Entry::check_in(&entry, pool, true),
        _ => Ok(()),
    }
}

fn is_async(pool: &Bound<'_, PoolBase>) -> PyResult<bool> {
    match pool.get().dialect(pool.py()) {
        Some(dialect) => dialect.getattr_opt(intern!(pool.py(), "is_async"))?.map_or(Ok(false), |on| on.is_truthy()),
        None => Ok(false),
    }
}

/// Nobody gave back a connection of an asyncio engine, and the collector must not wait for the database: it is given up.
fn abandon(pool: &Bound<'_, PoolBase>, connection: &Bound<'_, PyAny>, entry: &Bound<'_, Entry>) -> PyResult<()> {
    let message = format!(
        "The garbage collector is trying to clean up non-checked-in connection {}, which will be terminated.  Please ensure that \
         SQLAlchemy pooled connections are returned to the pool explicitly, either by calling ``close()`` or by using appropriate \
         context managers to manage their lifecycle.",
        connection.repr()?.text()
    );
    PoolBase::log(pool, "error", "%s", (&message,))?;
    Entry::shut(entry, pool, true)?;
    Entry::check_in(entry, pool, true)?;
    warn(pool.py(), "SAWarning", &message)
}

/// Ends what transaction the connection may be in.
fn reset(
    pool: &Bound<'_, PoolBase>,
    connection: &Bound<'_, PyAny>,
    entry: Option<&Bound<'_, Entry>>,
    proxied: Option<&Bound<'_, Proxied>>,
    transaction_was_reset: bool,
    echo: bool,
) -> PyResult<()> {
    let py = pool.py();
    if listeners(pool, Event::Reset)?.is_some() {
        let state = py.import("oxalchemy.pool.base")?.getattr("PoolResetState")?;
        let state = state.call1((transaction_was_reset, entry.is_none(), true))?;
        fire(pool, Event::Reset, (connection, entry, state))?;
    }
    let debug = |message: &str| match echo {
        true => PoolBase::log(pool, "debug", message, (connection,)),
        false => Ok(()),
    };
    let (method, plain) = match pool.get().reset_on_return() {
        ResetOnReturn::Nothing => return Ok(()),
        ResetOnReturn::Rollback if transaction_was_reset => {
            return debug("Connection %s reset, transaction already reset");
        }
        ResetOnReturn::Rollback => {
            debug("Connection %s rollback-on-return")?;
            ("do_rollback", "rollback")
        }
        ResetOnReturn::Commit => {
            debug("Connection %s commit-on-return")?;
            ("do_commit", "commit")
        }
    };
    match (pool.get().dialect(py), proxied) {
        (Some(dialect), Some(proxied)) => dialect.call_method1(method, (proxied,)).map(drop),
        (Some(dialect), None) => dialect.call_method1(method, (connection,)).map(drop),
        (None, _) => match dbapi::native(connection) {
            Some(native) if plain == "rollback" => native.rollback(py),
            _ => connection.call_method0(plain).map(drop),
        },
    }
}
