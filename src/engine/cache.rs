//! [`StatementCache`]: compiled statements by the 128-bit structural hash that a statement computes while it is built.

use parking_lot::Mutex;
use rustc_hash::FxHashMap;

/// A cache that forgets what was used longest ago.
///
/// It may grow to one and a half times its capacity before it shrinks back to it, so that the sorting which finds the
/// oldest entries is paid once in a while rather than with every insertion.
pub struct StatementCache<V> {
    capacity: usize,
    inner: Mutex<Inner<V>>,
}

struct Inner<V> {
    clock: u64,
    entries: FxHashMap<u128, (u64, V)>,
}

impl<V: Clone> StatementCache<V> {
    /// A cache of `capacity` entries; with 0 nothing is kept.
    pub fn new(capacity: usize) -> Self {
        StatementCache { capacity, inner: Mutex::new(Inner { clock: 0, entries: FxHashMap::default() }) }
    }

    /// How many entries the cache is meant to hold.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// How many entries it holds.
    pub fn len(&self) -> usize {
        self.inner.lock().entries.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The entry of a key, which thereby counts as used.
    pub fn get(&self, key: u128) -> Option<V> {
        let mut inner = self.inner.lock();
        inner.clock += 1;
        let now = inner.clock;
        inner.entries.get_mut(&key).map(|(used, value)| {
            *used = now;
            value.clone()
        })
    }

    /// Keeps an entry. What is dropped for it is returned: dropping may run user code, which must find us unlocked.
    pub fn insert(&self, key: u128, value: V) -> Vec<V> {
        if self.capacity == 0 {
            return vec![value];
        }
        let mut inner = self.inner.lock();
        inner.clock += 1;
        let now = inner.clock;
        let mut dropped: Vec<V> = inner.entries.insert(key, (now, value)).map(|(_, old)| old).into_iter().collect();
        if inner.entries.len() > self.capacity + self.capacity / 2 {
            let mut ages: Vec<(u64, u128)> = inner.entries.iter().map(|(key, (used, _))| (*used, *key)).collect();
            let excess = ages.len() - self.capacity;
            ages.select_nth_unstable(excess);
            for (_, key) in ages.drain(..excess) {
                dropped.extend(inner.entries.remove(&key).map(|(_, old)| old));
            }
        }
        dropped
    }

    /// Empties the cache and returns what was in it.
    pub fn clear(&self) -> Vec<V> {
        std::mem::take(&mut self.inner.lock().entries).into_values().map(|(_, value)| value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_first() {
        let cache = StatementCache::new(4);
        for key in 0..6 {
            assert!(cache.insert(key, key).is_empty());
        }
        assert_eq!(cache.get(0), Some(0));
        let mut dropped = cache.insert(6, 6);
        dropped.sort_unstable();
        assert_eq!(dropped, [1, 2, 3]);
        assert_eq!((cache.len(), cache.get(0), cache.get(1)), (4, Some(0), None));
        assert_eq!(cache.insert(6, 60), [6]);
        assert_eq!(cache.clear().len(), 4);
        assert_eq!(StatementCache::new(0).insert(1, 1), [1]);
    }
}
