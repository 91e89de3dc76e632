//! Pools of Python connections.
//!
//! | file | concept |
//! |---|---|
//! | `base.rs` | [`PoolBase`], the Rust half of every `Pool` class: settings, what is kept, taking and giving back |
//! | `entry.rs` | [`Entry`], what a pool keeps: a DBAPI connection or the place for one (`ConnectionPoolEntry`) |
//! | `proxied.rs` | [`Proxied`], a connection that is checked out (`PoolProxiedConnection`) |
//! | `checkout.rs` | the two ways: checking out, with pings, hooks and retries, and checking in, with the reset |
//!
//! What to keep and when to wait is decided in `src/engine/pool`; here are the objects, their events and their logs.
//! The classes users see (`QueuePool` …) are in `python/oxalchemy/pool`: they only take arguments apart.
//!
//! # For the engine
//! ```ignore
//! let proxied: Bound<Proxied> = pool::connect(&pool)?;          // a PoolProxiedConnection
//! let native: Option<Arc<NativeConnection>> = proxied.get().native(py);
//! pool::close_special(&proxied, /* transaction_was_reset */ true)?;   // check in without another ROLLBACK
//! pool::invalidate_all(&pool, &proxied, exception)?;            // disconnect: everything older is replaced
//! ```

pub mod base;
mod checkout;
pub mod entry;
pub mod proxied;

pub use base::PoolBase;
pub use entry::Entry;
pub use proxied::Proxied;

use pyo3::prelude::*;

/// What has a DBAPI connection that can be invalidated: pool entries and proxied connections.
#[pyclass(subclass, frozen, module = "oxalchemy.pool.base")]
pub struct ManagesConnection;

/// Add this room's classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ManagesConnection>()?;
    m.add_class::<PoolBase>()?;
    m.add_class::<Entry>()?;
    m.add_class::<Proxied>()
}
