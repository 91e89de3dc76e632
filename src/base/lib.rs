//! Room `base`: what every other room shares and nothing else knows less.
//!
//! | module | concept |
//! |---|---|
//! | [`value`] | [`Value`], one datum that travels to or from a database |
//! | [`temporal`] | dates, times and intervals, and their text forms |
//! | [`batch`] | [`RowBatch`], a few hundred decoded rows, and [`Cell`], a borrowed datum of it |
//! | [`depth`] | how deep a recursion may go, and what lets go of deep trees without one |
//! | [`error`] | [`DbError`], what a driver reports |
//! | [`url`] | [`Url`], a parsed DSN |
//! | [`topological`] | deterministic dependency sort with cycle reports |
//!
//! Invariants: no I/O, no threads, no SQL text, no Python.

pub mod batch;
pub mod depth;
pub mod error;
pub mod temporal;
pub mod topological;
pub mod url;
pub mod value;

pub use batch::{Cell, RowBatch};
pub use error::{DbError, DbErrorKind, DbResult};
pub use temporal::{Date, DateTime, Interval, Time};
pub use topological::CircularDependency;
pub use url::{Url, UrlError};
pub use value::Value;
