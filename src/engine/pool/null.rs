//! [`NullPool`]: keeps nothing.

use std::time::Duration;

use super::{Counts, Pool, PoolError, Taken};

/// Every checkout opens, every checkin closes.
#[derive(Debug, Default)]
pub struct NullPool;

impl<T: Send> Pool<T> for NullPool {
    fn take(&self, _timeout: Option<Duration>) -> Result<Taken<T>, PoolError> {
        Ok(Taken::Make)
    }

    fn try_take(&self) -> Option<Result<Taken<T>, PoolError>> {
        Some(Ok(Taken::Make))
    }

    fn made(&self, _resource: &T) -> Vec<T> {
        Vec::new()
    }

    fn not_made(&self) {}

    fn give(&self, resource: T) -> Option<T> {
        Some(resource)
    }

    fn drain(&self) -> Vec<T> {
        Vec::new()
    }

    fn counts(&self) -> Counts {
        Counts::default()
    }
}
