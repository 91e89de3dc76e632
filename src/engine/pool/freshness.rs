//! When a kept connection is too old to be used: by its age, or because the database went away meanwhile.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Counts how often all connections of a pool were given up at once.
#[derive(Debug, Default)]
pub struct Generation(AtomicU64);

impl Generation {
    /// The current generation.
    pub fn current(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Makes every connection of this and earlier generations stale. Only the first of several who noticed the loss of
    /// the same generation (`seen`) counts, so a reconnect that happened meanwhile is not thrown away.
    pub fn advance(&self, seen: u64) {
        let _ = self.0.compare_exchange(seen, seen + 1, Ordering::AcqRel, Ordering::Acquire);
    }
}

/// Why a connection has to be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stale {
    /// It exceeded the pool's `recycle` age.
    Recycled,
    /// Its generation was given up.
    Invalidated,
    /// It was invalidated softly: to be replaced at the next checkout.
    SoftInvalidated,
}

/// What is known of a connection's age.
#[derive(Clone, Copy, Debug)]
pub struct Freshness {
    opened: Instant,
    generation: u64,
    soft_invalidated: bool,
}

impl Freshness {
    /// A connection opened now.
    pub fn new(generation: &Generation) -> Self {
        Freshness { opened: Instant::now(), generation: generation.current(), soft_invalidated: false }
    }

    /// The generation it belongs to.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Has it replaced at the next checkout.
    pub fn invalidate_softly(&mut self) {
        self.soft_invalidated = true;
    }

    /// Why it must not be used any more, if so. `recycle`: the greatest age.
    pub fn stale(&self, recycle: Option<Duration>, generation: &Generation) -> Option<Stale> {
        if recycle.is_some_and(|age| self.opened.elapsed() > age) {
            Some(Stale::Recycled)
        } else if self.generation < generation.current() {
            Some(Stale::Invalidated)
        } else {
            self.soft_invalidated.then_some(Stale::SoftInvalidated)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loss_noticed_twice_counts_once() {
        let generation = Generation::default();
        let old = Freshness::new(&generation);
        generation.advance(old.generation());
        let new = Freshness::new(&generation);
        generation.advance(old.generation());
        assert_eq!(old.stale(None, &generation), Some(Stale::Invalidated));
        assert_eq!(new.stale(None, &generation), None);
    }

    #[test]
    fn age_and_soft_invalidation() {
        let generation = Generation::default();
        let mut f = Freshness::new(&generation);
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(f.stale(Some(Duration::from_millis(1)), &generation), Some(Stale::Recycled));
        assert_eq!(f.stale(Some(Duration::from_secs(60)), &generation), None);
        f.invalidate_softly();
        assert_eq!(f.stale(None, &generation), Some(Stale::SoftInvalidated));
    }
}
