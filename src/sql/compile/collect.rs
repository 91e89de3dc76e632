//! The bound values of a statement, in a fixed order that depends on its structure only.

use super::hash;
use crate::ast::{ExprRef, Node};
use crate::host::HostRef;
use std::sync::Arc;

/// A value that rides on a statement.
#[derive(Clone, Debug)]
pub enum CollectedBind {
    /// A bind expression.
    Expr(ExprRef),
    /// A value of `values()`, which has no bind of its own.
    Host(HostRef),
}

impl CollectedBind {
    /// Address by which the compiler recognises it.
    pub fn identity(&self) -> usize {
        match self {
            Self::Expr(e) => Arc::as_ptr(e) as usize,
            Self::Host(h) => Arc::as_ptr(h).cast::<()>() as usize,
        }
    }
}

/// The binds of a statement; [`super::BindSource::Collected`] counts into this list.
pub fn collect_binds(node: &Node) -> Vec<CollectedBind> {
    hash::shape(node).binds
}
