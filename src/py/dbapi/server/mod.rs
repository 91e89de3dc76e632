//! The PEP 249 face of the server drivers: PostgreSQL as `psycopg` has it, MySQL and MariaDB as `PyMySQL` and `mysqlclient` do.
//!
//! | file | concept |
//! |---|---|
//! | `link.rs` | [`Link`], the connection below PEP 249: transactions that begin by themselves, Ctrl-C |
//! | `connection.rs` | [`Connection`], the PEP 249 connection; `oxalchemy.dialects.<dialect>.dbapi` subclasses it |
//! | `cursor.rs` | [`Cursor`](cursor::Cursor) |
//! | `params.rs` | Python parameters and `%s` text to what the drivers take |
//! | `error.rs` | a driver's error as the PEP 249 exception |

mod connection;
mod cursor;
mod error;
mod link;
mod params;

pub use connection::Connection;
pub use cursor::Cursor;

use pyo3::prelude::*;

/// Add this folder's classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("ServerConnection", m.py().get_type::<Connection>())?;
    m.add("ServerCursor", m.py().get_type::<cursor::Cursor>())
}
