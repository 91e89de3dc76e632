//! PostgreSQL.
//!
//! | file | concept |
//! |---|---|
//! | `options.rs` | where and how to connect, and connecting through sqlx |
//! | `connection.rs` | [`Postgres`], the connection |
//! | `session.rs` | the future behind it that works on requests |
//! | `reader.rs` | the rows of a running statement |
//! | `statements.rs` | the cache of prepared statements |
//! | `many.rs` | one statement for many rows of parameters |
//! | `types.rs` | how values of a type look on the wire |
//! | `encode.rs`, `decode.rs` | parameters and results |
//! | `array.rs`, `numeric.rs`, `temporal.rs` | the forms that take more than a line |
//! | `error.rs` | SQLSTATE to error class |
//! | `text.rs` | the little that has to be known of SQL text |
//!
//! **Parameters.** `$1`, `$2`, … Numbers, dates, UUIDs and so on are declared with their own types; text, JSON and NULL
//! leave the type to the server, as quoted literals do. The server's description of the prepared statement then decides
//! the wire form. When a parameter or a column is of a type that has no binary form here (ranges, geometry, `tsvector`,
//! types of extensions), the statement is sent as text with literals instead, and unknown types come back as text.
//!
//! **Without prepared statements** (`prepared_statement_cache_size=0`) everything is sent that way in one message,
//! which is what a transaction pooler needs. Statements cannot be cancelled on the server then.
//!
//! **One result at a time.** Rows arrive as they are fetched. If another statement is executed meanwhile, the rest of
//! the older result is read into memory.

mod array;
mod connection;
pub mod decode;
pub mod encode;
pub mod error;
mod many;
mod numeric;
mod options;
mod reader;
mod session;
mod statements;
mod temporal;
pub mod text;
pub mod types;

pub use connection::Postgres;
pub use options::Options;
