//! Room `drivers`: bytes in, [`RowBatch`](base::RowBatch) out.
//!
//! | module | concept |
//! |---|---|
//! | [`connection`] | [`Connection`], the trait that every driver implements, and what its methods exchange |
//! | [`sqlite`] | SQLite: opened by sqlx, then stepped on the calling thread |
//! | [`postgres`], [`mysql`] | the servers: protocols by sqlx, decoding by us |
//! | `remote`, `leftover` | what the servers' drivers share: a session driven by the calling thread, results that make way |
//!
//! Invariants: blocking calls on the calling thread (callers release the GIL first), no SQL of our own beyond what a
//! protocol demands, no dialect knowledge, no Python. `unsafe` lives in `sqlite/ffi.rs` alone.
//!
//! ```
//! use base::{Cell, Value};
//! use drivers::{Connection, sqlite};
//! let conn = sqlite::Sqlite::open(&sqlite::Options::new(":memory:"))?;
//! let answer = conn.execute("SELECT ? + 1", &[Value::Int(41)])?;
//! assert_eq!(answer.rows.cell(0, 0), Cell::Int(42));
//! # Ok::<(), base::DbError>(())
//! ```

pub mod connection;
mod leftover;
pub mod mysql;
pub mod postgres;
mod remote;
pub mod sqlite;

pub use connection::{Column, Connection, CursorId, InterruptHandle, Outcome};
pub use remote::Watch;
