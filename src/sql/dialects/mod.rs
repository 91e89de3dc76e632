//! Dialects: what databases differ in, as data plus a handful of rendering overrides.
//!
//! | file | holds |
//! |---|---|
//! | [`dialect`] | [`Dialect`], the data |
//! | [`rules`] | [`Rules`], the overrides, with the standard rendering as default |
//! | `sqlite postgresql mysql oracle` | data and overrides of each |
//! | [`types`] | types to DDL text |
//! | [`preparer`] | quoting of identifiers |
//! | [`reserved`] | reserved words |

pub mod dialect;
pub mod mysql;
pub mod oracle;
pub mod postgresql;
pub mod preparer;
pub mod reserved;
pub mod rules;
pub mod sqlite;
pub mod types;

pub use dialect::{Dialect, Family, ParamStyle};
pub use rules::Rules;
