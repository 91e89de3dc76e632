//! Statements and expressions to text.
//!
//! [`compile`] renders a [`Node`](crate::ast::Node) for a [`Dialect`](crate::dialects::Dialect) into a [`Compiled`]: text, binds, result
//! columns, DML facts. It depends on the structure of the statement only, never on bound values, so its result is shared by all
//! statements with the same [`structural_hash`]; [`collect_binds`] lists the values of the statement at hand in the order
//! that [`BindSource::Collected`] counts.

pub mod compiled;
pub mod options;

pub use compiled::*;
pub use options::*;

/// The state of one rendering; user constructs get it to render their parts.
pub struct Compiler<'a> {
    /// Options of this rendering.
    pub opts: &'a CompileOptions<'a>,
}
