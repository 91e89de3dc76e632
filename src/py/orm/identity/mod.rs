//! Identity: keys of rows, and the map that gives one instance a row and session.
//!
//! * `key`: [`IdentityKey`]. `map`: [`IdentityMap`]. `ext`: [`StateExt`], the session's view of an instance's state.

pub mod ext;
pub mod key;
pub mod map;

pub use ext::StateExt;
pub use key::{IdentityKey, PkPart, PkParts};
pub use map::{IdentityMap, read_key};
