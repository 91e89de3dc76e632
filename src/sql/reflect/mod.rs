//! Reflection: what to ask a database about its structure, and what the answers mean. Pure: queries out, rows in.
//!
//! [`model`] is what every dialect yields. A dialect has the same files: `queries`, the answers' meaning in `mod`, `types`
//! (database type text to type name and arguments), and, where the catalogue is text, a parser.
//!
//! A query covers a whole schema, or those of its tables that are named: the number of queries does not grow with the number of
//! tables. Names are parameters; a query marks them by `?` and [`CatalogQuery::rendered`] writes what the driver expects.

pub mod model;
pub mod mysql;
pub mod postgres;
pub mod rows;
pub mod sqlite;

pub use model::*;
