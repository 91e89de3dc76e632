//! The PEP 249 face of the SQLite driver: what `sqlite3` is to Python.
//!
//! | file | concept |
//! |---|---|
//! | `local.rs` | [`Local`], the connection below PEP 249, and when it begins transactions |
//! | `connection.rs` | [`Connection`], the PEP 249 connection users see as `raw_connection().dbapi_connection` |
//! | `cursor.rs` | [`Cursor`](cursor::Cursor) |
//! | `params.rs` | Python parameters to [`base::Value`]s |
//! | `rows.rs` | row batches to tuples |
//! | `callbacks.rs` | functions, aggregates, collations and hooks written in Python |
//! | `row.rs` | [`Row`](row::Row), the optional row class with access by name |

mod callbacks;
mod connection;
mod cursor;
mod local;
mod params;
mod row;
mod rows;

pub use connection::Connection;

use pyo3::prelude::*;

/// Add this folder's classes and functions to `oxalchemy._rs`.
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
