//! The expression and statement tree.
//!
//! Three kinds of node: [`Expr`] (something with a type), [`From`] (something to select from) and the statements
//! ([`Select`], [`Compound`], [`TextualSelect`], [`Insert`], [`Update`], [`Delete`]); [`Node`] is any of them.
//! All are shared (`Arc`) and never changed after they are built; generative methods clone and change the clone.

pub mod build;
pub mod children;
pub mod clauses;
pub mod column;
pub mod dml;
pub mod expr;
pub mod fold;
pub mod from;
pub mod froms;
pub mod generative;
pub mod joins;
pub mod naming;
pub mod ops;
pub mod precedence;
pub mod proxy;
pub mod same;
pub mod select;
pub mod typing;

pub use clauses::*;
pub use column::ColumnRef;
pub use dml::*;
pub use expr::*;
pub use from::*;
pub use ops::{CustomOp, Op};
pub use select::*;

use std::sync::Arc;

/// Any node that can be rendered on its own.
#[derive(Clone, Debug)]
pub enum Node {
    /// A column expression.
    Expr(ExprRef),
    /// A FROM element.
    From(FromRef),
    /// SELECT, set operation, text().columns(), or a SELECT-like with its own wrapper.
    Query(QueryRef),
    /// INSERT.
    Insert(Arc<Insert>),
    /// UPDATE.
    Update(Arc<Update>),
    /// DELETE.
    Delete(Arc<Delete>),
    /// A type, in DDL and CAST context.
    Type(crate::types::TypeRef),
}
