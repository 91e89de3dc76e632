//! [`SingletonThreadPool`]: one resource for each thread.

use std::thread::ThreadId;
use std::time::Duration;

use indexmap::IndexMap;
use parking_lot::Mutex;

use super::{Counts, Pool, PoolError, Taken};

/// Hands every thread its own resource, again and again. Beyond `size` the oldest threads' are closed.
pub struct SingletonThreadPool<T> {
    size: usize,
    by_thread: Mutex<IndexMap<ThreadId, T>>,
}

impl<T> SingletonThreadPool<T> {
    /// `size`: how many threads' resources are kept.
    pub fn new(size: usize) -> Self {
        SingletonThreadPool { size, by_thread: Mutex::new(IndexMap::new()) }
    }
}

impl<T: Clone + Send> Pool<T> for SingletonThreadPool<T> {
    fn take(&self, _timeout: Option<Duration>) -> Result<Taken<T>, PoolError> {
        let mine = self.by_thread.lock().get(&std::thread::current().id()).cloned();
        Ok(mine.map_or(Taken::Make, Taken::Kept))
    }

    fn try_take(&self) -> Option<Result<Taken<T>, PoolError>> {
        Some(self.take(None))
    }

    fn made(&self, resource: &T) -> Vec<T> {
        let mut by_thread = self.by_thread.lock();
        let mut surplus = Vec::new();
        while !by_thread.is_empty() && by_thread.len() >= self.size {
            surplus.extend(by_thread.shift_remove_index(0).map(|(_, old)| old));
        }
        surplus.extend(by_thread.insert(std::thread::current().id(), resource.clone()));
        surplus
    }

    fn not_made(&self) {}

    fn give(&self, _resource: T) -> Option<T> {
        // The thread keeps it.
        None
    }

    fn drain(&self) -> Vec<T> {
        std::mem::take(&mut *self.by_thread.lock()).into_values().collect()
    }

    fn counts(&self) -> Counts {
        Counts { size: self.size, checked_in: self.by_thread.lock().len(), ..Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thread_its_own_and_the_oldest_go() {
        let p = SingletonThreadPool::new(1);
        assert_eq!(p.take(None), Ok(Taken::Make));
        assert!(p.made(&1).is_empty());
        assert_eq!(p.take(None), Ok(Taken::Kept(1)));
        std::thread::scope(|s| {
            s.spawn(|| {
                assert_eq!(p.take(None), Ok(Taken::Make));
                assert_eq!(p.made(&2), [1]);
            });
        });
        assert_eq!(p.take(None), Ok(Taken::Make));
        assert_eq!(p.drain(), [2]);
    }
}
