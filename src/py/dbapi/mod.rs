//! The PEP 249 facade over the built-in drivers, and what the engine uses instead of it.
//!
//! | file | concept |
//! |---|---|
//! | `native.rs` | [`NativeConnection`]: statements in, row batches out, the GIL released meanwhile |
//! | `connection.rs` | [`Connection`], the PEP 249 connection users see as `raw_connection().dbapi_connection` |
//! | `cursor.rs` | [`Cursor`](cursor::Cursor) |
//! | `params.rs` | Python parameters to [`base::Value`]s |
//! | `rows.rs` | row batches to tuples |
//! | `callbacks.rs` | functions, aggregates, collations and hooks written in Python |
//! | `row.rs` | [`Row`](row::Row), the optional row class with access by name |
//!
//! # For the engine
//! The hot path needs no cursor object:
//! ```ignore
//! let native: Arc<NativeConnection> = dbapi::native(&dbapi_connection).expect("a built-in driver");
//! let out = native.run(py, sql, &[Value::Int(1)])?;   // BEGIN is emitted before DML as `isolation_level` says
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
//! Errors are instances of the PEP 249 classes in `oxalchemy.dialects.sqlite.dbapi`.

mod callbacks;
pub mod connection;
pub mod cursor;
mod native;
mod params;
mod row;
mod rows;

pub use connection::{Connection, native};
pub use native::{NativeConnection, dbapi_error};

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    // `_rs` is flat, and the engine has its own Connection and Row.
    let py = m.py();
    m.add("SqliteConnection", py.get_type::<Connection>())?;
    m.add("SqliteCursor", py.get_type::<cursor::Cursor>())?;
    m.add("SqliteRow", py.get_type::<row::Row>())?;
    m.add("sqlite_version", drivers::sqlite::library_version())?;
    m.add_function(wrap_pyfunction!(complete_statement, m)?)
}

/// Whether the text ends with a complete SQL statement.
#[pyfunction]
fn complete_statement(statement: &str) -> bool {
    drivers::sqlite::complete_statement(statement)
}
