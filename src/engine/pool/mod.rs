//! Keeping connections.
//!
//! A pool here keeps resources of any type `T` and decides; the caller opens, resets and closes them. Taking gives
//! either a resource or the permission to make one ([`Taken`]); giving back answers what has to be closed.
//!
//! | file | pool |
//! |---|---|
//! | `queue.rs` | [`QueuePool`]: a bounded number, waiting when all are out |
//! | `null.rs` | [`NullPool`]: none is kept |
//! | `thread.rs` | [`SingletonThreadPool`]: one for each thread |
//! | `single.rs` | [`StaticPool`] and [`AssertionPool`]: one in all |
//! | `freshness.rs` | [`Freshness`]: when a kept connection is too old to be used |

mod freshness;
mod null;
mod queue;
mod single;
mod thread;

use std::time::Duration;

pub use freshness::{Freshness, Generation, Stale};
pub use null::NullPool;
pub use queue::QueuePool;
pub use single::{AssertionPool, StaticPool};
pub use thread::SingletonThreadPool;

/// What taking gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// A kept resource.
    Kept(T),
    /// Nothing is kept, but the caller may make one and hands it over with [`Pool::made`], or reports with
    /// [`Pool::not_made`] that it could not.
    Make,
}

/// Why nothing can be taken.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PoolError {
    /// All are out, and none came back in time (`TimeoutError`, code `3o7r`).
    #[error("QueuePool limit of size {size} overflow {overflow} reached, connection timed out, timeout {timeout:.2}")]
    Timeout {
        /// Resources kept.
        size: usize,
        /// Resources beyond those.
        overflow: i64,
        /// Seconds waited.
        timeout: f64,
    },
    /// The only one is out (`AssertionError`).
    #[error("connection is already checked out")]
    CheckedOut,
}

/// How many resources are where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How many the pool keeps at most.
    pub size: usize,
    /// How many are idle.
    pub checked_in: usize,
    /// How many exist beyond `size`, negative while there are fewer.
    pub overflow: i64,
    /// How many are out.
    pub checked_out: i64,
}

/// A pool of resources.
pub trait Pool<T>: Send + Sync {
    /// A resource, or the permission to make one. Waits at most `timeout` (`None`: the pool's own) if it has to.
    ///
    /// # Errors
    /// [`PoolError`] when there is nothing to be had.
    fn take(&self, timeout: Option<Duration>) -> Result<Taken<T>, PoolError>;

    /// How long [`Self::take`] waits by itself.
    fn timeout(&self) -> Duration {
        Duration::ZERO
    }

    /// As [`Self::take`] without waiting: `None` when that would be necessary.
    fn try_take(&self) -> Option<Result<Taken<T>, PoolError>>;

    /// A permitted resource was made. Pools that hand the same resource out again remember it. What is returned has to
    /// be closed.
    fn made(&self, resource: &T) -> Vec<T>
    where
        T: Clone;

    /// A permitted resource could not be made.
    fn not_made(&self);

    /// Takes a resource back. What is returned has to be closed.
    fn give(&self, resource: T) -> Option<T>;

    /// Gives up everything kept; what is returned has to be closed.
    fn drain(&self) -> Vec<T>;

    /// How many resources are where.
    fn counts(&self) -> Counts;
}
