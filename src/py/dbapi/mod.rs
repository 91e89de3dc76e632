//! The PEP 249 faces of the built-in drivers, and what the engine uses instead of them.
//!
//! | file | concept |
//! |---|---|
//! | `native.rs` | [`Native`]: statements in, row batches out, the GIL released meanwhile |
//! | `sqlite/` | SQLite, as Python's `sqlite3` |
//! | `server/` | PostgreSQL and MySQL/MariaDB |
//!
//! # For the engine
//! The hot path needs no cursor object:
//! ```ignore
//! let native: Arc<NativeConnection> = dbapi::native(&dbapi_connection).expect("a built-in driver");
//! let out = native.run(py, sql, &[Value::Int(1)])?;   // `sql` has placeholders of `native.style()`
//! out.columns; out.rows; out.rowcount; out.last_insert_id;
//! if let Some(cursor) = out.cursor {                   // there are more rows
//!     let mut batch = RowBatch::default();
//!     let more = native.fetch(py, cursor, 512, &mut batch)?;  // false: that was the end, the cursor is gone
//!     native.close_cursor(py, cursor);                        // or give up the rest
//! }
//! let out = native.run_many(py, sql, &params_batch)?; // one execution a row of the RowBatch, rowcount is the sum
//! native.commit(py)?; native.rollback(py)?;
//! ```
//! A row becomes a tuple with `crate::py::ffi::plain_row`, a cell an object with `crate::py::ffi::plain_cell`.
//! Errors are instances of the PEP 249 classes in `oxalchemy.dialects.<dialect>.dbapi`.

mod native;
mod server;
mod sqlite;

pub use native::NativeConnection;
pub use server::Cursor as ServerCursor;

use pyo3::prelude::*;
use std::sync::Arc;

/// The built-in driver's connection behind a DBAPI connection; `None` when it is another DBAPI's.
pub fn native(connection: &Bound<'_, PyAny>) -> Option<Arc<NativeConnection>> {
    if let Ok(c) = connection.cast::<sqlite::Connection>() {
        return Some(c.get().native().clone());
    }
    connection.cast::<server::Connection>().ok().map(|c| c.get().link().clone() as Arc<NativeConnection>)
}

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    sqlite::register(m)?;
    server::register(m)
}
