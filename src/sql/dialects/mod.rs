//! Dialects: what databases differ in, as data plus a handful of rendering overrides.
//!
//! | file | holds |
//! |---|---|
//! | [`dialect`] | [`Dialect`], the data |
//! | `sqlite postgresql mysql oracle` | data of each |

pub mod dialect;
pub mod mysql;
pub mod oracle;
pub mod postgresql;
pub mod sqlite;

pub use dialect::{Dialect, Family, ParamStyle};
