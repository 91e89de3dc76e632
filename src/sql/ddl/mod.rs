//! DDL elements ([`Ddl`]) to text.

pub mod element;

pub use element::Ddl;
