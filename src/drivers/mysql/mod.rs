//! MySQL and MariaDB.
//!
//! | file | concept |
//! |---|---|
//! | `options.rs` | where and how to connect, and connecting through sqlx |
//! | `connection.rs` | [`MySql`], the connection |
//! | `session.rs` | the future behind it that works on requests |
//! | `reader.rs` | the rows of a running statement |
//! | `statements.rs` | the cache of prepared statements |
//! | `many.rs` | one statement for many rows of parameters |
//! | `types.rs` | what the columns are |
//! | `encode.rs`, `decode.rs` | parameters and results |
//! | `temporal.rs` | wire and text forms of dates and times |
//! | `error.rs` | error numbers to error classes |
//! | `text.rs` | the little that has to be known of SQL text |
//!
//! **Values.** `TINYINT(1)` is an integer, `BIT` a byte string, `TIME` a duration (it reaches beyond a day), `ENUM` and
//! `SET` are text, an unsigned `BIGINT` above the signed range is a decimal. Dates that are none (`0000-00-00`, a month
//! or day of zero) are NULL. Types that are not known come back as text or, with the binary collation, as bytes.
//!
//! **Without prepared statements** (`prepared_statement_cache_size=0`) parameters are sent as literals.
//!
//! **One result at a time.** Rows arrive as they are fetched. If another statement is executed meanwhile, the rest of
//! the older result is read into memory.

mod connection;
pub mod decode;
pub mod encode;
pub mod error;
mod many;
mod options;
mod reader;
mod session;
mod statements;
pub mod temporal;
pub mod text;
pub mod types;

pub use connection::MySql;
pub use options::Options;
