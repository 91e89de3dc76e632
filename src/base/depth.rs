//! How deep a recursion may go. The machine's stack is never the limit: not on the main thread, not on one with a small stack.
//!
//! * A walk whose depth is that of a tree (rendering, hashing, comparing, rewriting) has `#[recursive::recursive]` at its one
//!   recursive function: where the stack ends it goes on in a fresh piece. Trees are finite, so such a walk ends.
//! * Where user code decides how it goes on (a type that gives a type, an element that gives an element, a relationship that
//!   loads itself), nothing ends by itself: those count with [`Levels`], and too many are a `RecursionError`, as in Python.
//! * Chains of objects (cascades, merges) are no recursion at all: they have a work list.
//! * Letting go of a tree is a recursion that nobody wrote: [`release`] makes a work list of it.

use std::cell::{Cell, RefCell};

/// Levels after which a recursion through user code is taken for endless; what Python's own limit usually is.
pub const LIMIT: u32 = 1000;

/// Stack that the walks leave for what they call in their leaves: formatting, locks, a user's function.
const RESERVE: usize = 192 * 1024;
/// Size of a further piece of stack.
const PIECE: usize = 4 * 1024 * 1024;

/// What Python says.
pub const MESSAGE: &str = "maximum recursion depth exceeded";

/// A recursion went deeper than [`LIMIT`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("maximum recursion depth exceeded")]
pub struct TooDeep;

/// Tell the walks how much stack to keep and to take; called once when the extension is loaded.
pub fn settle() {
    recursive::set_minimum_stack_size(RESERVE);
    recursive::set_stack_allocation_size(PIECE);
}

/// Counts the levels of a recursion that is handed from call to call.
#[derive(Clone, Copy, Debug, Default)]
pub struct Levels(u32);

impl Levels {
    /// One level further down.
    ///
    /// # Errors
    /// [`TooDeep`] behind [`LIMIT`].
    pub fn down(self) -> Result<Self, TooDeep> {
        if self.0 < LIMIT { Ok(Self(self.0 + 1)) } else { Err(TooDeep) }
    }
}

/// Levels of a recursion whose calls have no argument to count with (user code stands between them). One for each rule, in a
/// `thread_local!`.
#[derive(Debug, Default)]
pub struct Counter(Cell<u32>);

impl Counter {
    /// None yet.
    pub const fn new() -> Self {
        Self(Cell::new(0))
    }
}

/// A level of a [`Counter`]; ends when it is dropped.
#[derive(Debug)]
pub struct Level(&'static std::thread::LocalKey<Counter>);

impl Level {
    /// One level further down.
    ///
    /// # Errors
    /// [`TooDeep`] behind `limit`.
    pub fn enter(counter: &'static std::thread::LocalKey<Counter>, limit: u32) -> Result<Self, TooDeep> {
        counter.with(|c| {
            if c.0.get() >= limit {
                return Err(TooDeep);
            }
            c.0.set(c.0.get() + 1);
            Ok(Self(counter))
        })
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        let _ = self.0.try_with(|c| c.0.set(c.0.get() - 1));
    }
}

/// Runs `f`, in a further piece of stack where this one ends: for calls of user code that may come back without end, and are
/// counted by who makes them.
#[inline]
pub fn with_room<R>(f: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RESERVE, PIECE, f)
}

/// Whether the stack still holds what a call of user code may need.
pub fn has_room() -> bool {
    stacker::remaining_stack().is_none_or(|left| left > RESERVE / 2)
}

/// Levels of a tree that are released by plain recursion before the rest waits in a list.
const NESTED: u32 = 32;

thread_local! {
    static RELEASING: Cell<u32> = const { Cell::new(0) };
    static WAITING: RefCell<Vec<Box<dyn Send>>> = const { RefCell::new(Vec::new()) };
}

/// Drop part of a tree from the `Drop` of its node. However deep the tree is, the stack stays flat.
pub fn release<T: Send + 'static>(part: T) {
    let Ok(depth) = RELEASING.try_with(Cell::get) else {
        // The thread ends and its list is gone already.
        return drop(part);
    };
    if depth >= NESTED {
        let part: Box<dyn Send> = Box::new(part);
        let mut part = Some(part);
        let _ = WAITING.try_with(|w| w.borrow_mut().extend(part.take()));
        return;
    }
    RELEASING.set(depth + 1);
    drop(part);
    RELEASING.set(depth);
    if depth == 0 {
        // Dropping may run user code and release further trees: nothing is borrowed meanwhile.
        while let Some(next) = WAITING.with(|w| w.borrow_mut().pop()) {
            RELEASING.set(1);
            drop(next);
            RELEASING.set(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Chain(Option<Box<Chain>>);
    impl Drop for Chain {
        fn drop(&mut self) {
            if let Some(next) = self.0.take() {
                release(next);
            }
        }
    }

    #[recursive::recursive]
    fn down(n: u32) -> u32 {
        if n == 0 { 0 } else { 1 + down(n - 1) }
    }

    fn on_a_small_stack(f: impl FnOnce() + Send + 'static) {
        let thread = std::thread::Builder::new().stack_size(128 * 1024).spawn(f);
        assert!(thread.is_ok_and(|t| t.join().is_ok()));
    }

    #[test]
    fn a_long_chain_is_released_on_a_small_stack() {
        on_a_small_stack(|| {
            let mut chain = Chain(None);
            for _ in 0..200_000 {
                chain = Chain(Some(Box::new(chain)));
            }
            drop(chain);
            assert_eq!(RELEASING.get(), 0);
        });
    }

    #[test]
    fn a_deep_walk_goes_on_in_further_stack() {
        settle();
        on_a_small_stack(|| assert_eq!(down(200_000), 200_000));
    }

    #[test]
    fn counted_levels_end() {
        thread_local! { static HERE: Counter = const { Counter::new() }; }
        fn deeper(wanted: u32) -> Result<u32, TooDeep> {
            let _level = Level::enter(&HERE, LIMIT)?;
            if wanted == 0 { Ok(0) } else { deeper(wanted - 1) }
        }
        assert_eq!(deeper(u32::MAX), Err(TooDeep));
        assert!(Level::enter(&HERE, LIMIT).is_ok());
        let mut levels = Levels::default();
        let mut n = 0;
        while let Ok(next) = levels.down() {
            levels = next;
            n += 1;
        }
        assert_eq!(n, LIMIT);
    }
}
