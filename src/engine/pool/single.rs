//! [`StaticPool`] and [`AssertionPool`]: one resource in all.

use std::time::Duration;

use parking_lot::Mutex;

use super::{Counts, Pool, PoolError, Taken};

/// Hands the same resource to everybody at once.
pub struct StaticPool<T>(Mutex<Option<T>>);

impl<T> Default for StaticPool<T> {
    fn default() -> Self {
        StaticPool(Mutex::new(None))
    }
}

impl<T: Clone + Send> Pool<T> for StaticPool<T> {
    fn take(&self, _timeout: Option<Duration>) -> Result<Taken<T>, PoolError> {
        Ok(self.0.lock().clone().map_or(Taken::Make, Taken::Kept))
    }

    fn try_take(&self) -> Option<Result<Taken<T>, PoolError>> {
        Some(self.take(None))
    }

    fn made(&self, resource: &T) -> Vec<T> {
        // Two threads may have made one at the same time: the first is the one that stays.
        let mut kept = self.0.lock();
        match &*kept {
            Some(_) => vec![resource.clone()],
            None => {
                *kept = Some(resource.clone());
                Vec::new()
            }
        }
    }

    fn not_made(&self) {}

    fn give(&self, _resource: T) -> Option<T> {
        None
    }

    fn drain(&self) -> Vec<T> {
        self.0.lock().take().into_iter().collect()
    }

    fn counts(&self) -> Counts {
        Counts { size: 1, checked_in: usize::from(self.0.lock().is_some()), ..Default::default() }
    }
}

/// Hands its resource to one at a time and refuses the next: finds code that holds more than one.
pub struct AssertionPool<T>(Mutex<Single<T>>);

struct Single<T> {
    kept: Option<T>,
    out: bool,
}

impl<T> Default for AssertionPool<T> {
    fn default() -> Self {
        AssertionPool(Mutex::new(Single { kept: None, out: false }))
    }
}

impl<T: Send> Pool<T> for AssertionPool<T> {
    fn take(&self, _timeout: Option<Duration>) -> Result<Taken<T>, PoolError> {
        let mut single = self.0.lock();
        if single.out {
            return Err(PoolError::CheckedOut);
        }
        single.out = true;
        Ok(single.kept.take().map_or(Taken::Make, Taken::Kept))
    }

    fn try_take(&self) -> Option<Result<Taken<T>, PoolError>> {
        Some(self.take(None))
    }

    fn made(&self, _resource: &T) -> Vec<T> {
        Vec::new()
    }

    fn not_made(&self) {
        self.0.lock().out = false;
    }

    fn give(&self, resource: T) -> Option<T> {
        let mut single = self.0.lock();
        single.out = false;
        single.kept.replace(resource)
    }

    fn drain(&self) -> Vec<T> {
        let mut single = self.0.lock();
        single.out = false;
        single.kept.take().into_iter().collect()
    }

    fn counts(&self) -> Counts {
        let single = self.0.lock();
        Counts { size: 1, checked_in: usize::from(single.kept.is_some()), overflow: 0, checked_out: i64::from(single.out) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_for_everybody() {
        let p = StaticPool::default();
        assert_eq!(p.take(None), Ok(Taken::Make));
        assert!(p.made(&1).is_empty());
        assert_eq!(p.made(&2), [2]);
        assert_eq!([p.take(None), p.take(None)], [Ok(Taken::Kept(1)), Ok(Taken::Kept(1))]);
    }

    #[test]
    fn one_at_a_time() {
        let p = AssertionPool::default();
        assert_eq!(p.take(None), Ok(Taken::Make));
        assert_eq!(p.take(None), Err(PoolError::CheckedOut));
        assert_eq!(p.give(1), None);
        assert_eq!(p.take(None), Ok(Taken::Kept(1)));
    }
}
