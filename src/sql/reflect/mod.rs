//! Reflection: what to ask a database about its structure, and what the answers mean. Pure: queries out, rows in.
//!
//! [`model`] is what every dialect yields. A dialect has the same files: `queries`, the answers' meaning in `mod`, `types`
//! (database type text to type class), and, where the catalogue is text, a parser.

pub mod model;
pub mod sqlite;

pub use model::*;
