//! [`QueuePool`]: keeps up to `size`, allows `max_overflow` more, and waits when all are out.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use super::{Counts, Pool, PoolError, Taken};

/// A bounded pool.
pub struct QueuePool<T> {
    /// How many are kept; 0: any number.
    size: usize,
    /// How many more may exist; `None`: any number.
    max_overflow: Option<usize>,
    timeout: Duration,
    lifo: bool,
    state: Mutex<State<T>>,
    returned: Condvar,
}

struct State<T> {
    idle: VecDeque<T>,
    /// Resources that exist, minus `size`.
    overflow: i64,
}

/// A count that may go below zero.
fn number(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

impl<T> QueuePool<T> {
    /// `size`: how many are kept, 0 for any number. `max_overflow`: how many more may exist, `None` for any number.
    /// `timeout`: how long to wait for one. `lifo`: hand out what came back last, so that the others can grow old.
    pub fn new(size: usize, max_overflow: Option<usize>, timeout: Duration, lifo: bool) -> Self {
        // Without a size there is no limit to exceed.
        let max_overflow = if size == 0 { None } else { max_overflow };
        let state = State { idle: VecDeque::new(), overflow: -number(size) };
        QueuePool { size, max_overflow, timeout, lifo, state: Mutex::new(state), returned: Condvar::new() }
    }

    fn pop(&self, state: &mut State<T>) -> Option<Taken<T>> {
        let idle = if self.lifo { state.idle.pop_back() } else { state.idle.pop_front() };
        if let Some(resource) = idle {
            return Some(Taken::Kept(resource));
        }
        if self.max_overflow.is_some_and(|max| state.overflow >= number(max)) {
            return None;
        }
        state.overflow += 1;
        Some(Taken::Make)
    }

    fn timed_out(&self, timeout: Duration) -> PoolError {
        PoolError::Timeout { size: self.size, overflow: self.state.lock().overflow, timeout: timeout.as_secs_f64() }
    }
}

impl<T: Send> Pool<T> for QueuePool<T> {
    fn take(&self, timeout: Option<Duration>) -> Result<Taken<T>, PoolError> {
        let timeout = timeout.unwrap_or(self.timeout);
        // A timeout too far away to be an instant is none.
        let deadline = Instant::now().checked_add(timeout);
        let mut state = self.state.lock();
        loop {
            if let Some(taken) = self.pop(&mut state) {
                return Ok(taken);
            }
            let late = match deadline {
                Some(deadline) => self.returned.wait_until(&mut state, deadline).timed_out(),
                None => {
                    self.returned.wait(&mut state);
                    false
                }
            };
            if late {
                return match self.pop(&mut state) {
                    Some(taken) => Ok(taken),
                    None => {
                        drop(state);
                        Err(self.timed_out(timeout))
                    }
                };
            }
        }
    }

    fn timeout(&self) -> Duration {
        self.timeout
    }

    fn try_take(&self) -> Option<Result<Taken<T>, PoolError>> {
        let mut state = self.state.lock();
        self.pop(&mut state).map(Ok)
    }

    fn made(&self, _resource: &T) -> Vec<T> {
        Vec::new()
    }

    fn not_made(&self) {
        self.state.lock().overflow -= 1;
        self.returned.notify_one();
    }

    fn give(&self, resource: T) -> Option<T> {
        let mut state = self.state.lock();
        let surplus = if self.size > 0 && state.idle.len() >= self.size {
            state.overflow -= 1;
            Some(resource)
        } else {
            state.idle.push_back(resource);
            None
        };
        drop(state);
        self.returned.notify_one();
        surplus
    }

    fn drain(&self) -> Vec<T> {
        let mut state = self.state.lock();
        let idle: Vec<T> = std::mem::take(&mut state.idle).into();
        state.overflow -= number(idle.len());
        drop(state);
        self.returned.notify_all();
        idle
    }

    fn counts(&self) -> Counts {
        let state = self.state.lock();
        let out = number(self.size) - number(state.idle.len()) + state.overflow;
        Counts {
            size: self.size,
            checked_in: state.idle.len(),
            overflow: if self.size == 0 { 0 } else { state.overflow },
            checked_out: out,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

    const SHORT: Option<Duration> = Some(Duration::from_millis(30));

    fn pool(size: usize, overflow: Option<usize>, lifo: bool) -> QueuePool<u32> {
        QueuePool::new(size, overflow, Duration::from_secs(5), lifo)
    }

    #[test]
    fn overflow_is_allowed_counted_and_closed() {
        let p = pool(2, Some(1), false);
        assert_eq!(p.counts(), Counts { size: 2, checked_in: 0, overflow: -2, checked_out: 0 });
        (0..3).for_each(|_| assert_eq!(p.take(SHORT), Ok(Taken::Make)));
        let error = p.take(SHORT).expect_err("all are out");
        assert_eq!(error.to_string(), "QueuePool limit of size 2 overflow 1 reached, connection timed out, timeout 0.03");
        assert_eq!([p.give(1), p.give(2), p.give(3)], [None, None, Some(3)]);
        assert_eq!(p.counts(), Counts { size: 2, checked_in: 2, overflow: 0, checked_out: 0 });
        assert_eq!(p.drain(), [1, 2]);
    }

    #[test]
    fn order_of_reuse() {
        for (lifo, first) in [(false, 1), (true, 2)] {
            let p = pool(5, Some(0), lifo);
            (0..2).for_each(|_| assert_eq!(p.take(SHORT), Ok(Taken::Make)));
            (1..=2).for_each(|i| assert_eq!(p.give(i), None));
            assert_eq!(p.take(SHORT), Ok(Taken::Kept(first)));
        }
    }

    #[test]
    fn a_failed_attempt_frees_its_place() {
        let p = pool(1, Some(0), false);
        assert_eq!(p.take(SHORT), Ok(Taken::Make));
        assert!(p.try_take().is_none());
        p.not_made();
        assert_eq!(p.try_take(), Some(Ok(Taken::Make)));
    }

    #[test]
    fn no_size_is_no_limit() {
        let p = pool(0, Some(0), false);
        (0..20).for_each(|_| assert_eq!(p.take(SHORT), Ok(Taken::Make)));
        assert_eq!(p.counts(), Counts { size: 0, checked_in: 0, overflow: 0, checked_out: 20 });
    }

    #[test]
    fn threads_never_exceed_the_limit() {
        let p = pool(2, Some(1), false);
        let (made, most) = (AtomicU32::new(0), AtomicI64::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        let resource = match p.take(None).expect("five seconds are enough") {
                            Taken::Kept(r) => r,
                            Taken::Make => made.fetch_add(1, Ordering::SeqCst),
                        };
                        most.fetch_max(p.counts().checked_out, Ordering::SeqCst);
                        std::thread::yield_now();
                        let _ = p.give(resource);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 3);
        assert_eq!(p.counts().checked_out, 0);
    }
}
