//! Identity: keys of rows, and the map that gives one instance a row and session.

pub mod key;

pub use key::{IdentityKey, PkPart, PkParts};
