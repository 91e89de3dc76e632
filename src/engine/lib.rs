//! Room `engine`: the mechanics of connecting and executing that need neither Python nor SQL text.
//!
//! | module | concept |
//! |---|---|
//! | [`pool`] | keeping connections: what to hand out, what to keep, what to close |
//! | [`cache`] | compiled statements by structural hash |
//! | [`batch`] | cutting an executemany into statements that the database accepts |
//! | [`reflect`] | what was read of a catalogue and what is still to be read |
//!
//! Callers: `src/py/engine`, `src/py/pool`, `src/py/reflect`. It owns what goes through here, Python connections and events included; this room only
//! counts, waits and keeps order. Waiting blocks the thread, so callers release the GIL before [`pool::Pool::take`].

pub mod batch;
pub mod cache;
pub mod pool;
pub mod reflect;

pub use cache::StatementCache;
