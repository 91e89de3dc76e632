//! Operators as data; precedence and rendering live with the compiler.

use std::sync::Arc;

/// `ColumnElement.op(...)`.
#[derive(Clone, Debug, PartialEq)]
pub struct CustomOp {
    /// Rendered as written between the operands.
    pub text: Arc<str>,
    /// Precedence, 0 lowest.
    pub precedence: i32,
    /// Comparison operators give Boolean and can carry ORM lazy clauses.
    pub is_comparison: bool,
    /// `op()` renders without spaces around when false (e.g. `->`): kept as SQLAlchemy's `eager_grouping`.
    pub eager_grouping: bool,
    /// `a op b op c` needs no parentheses.
    pub natural_self_precedent: bool,
}

/// Operators of column expressions. Each has its Python function in `oxalchemy.sql.operators` under the documented name.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Op {
    // arithmetic and concatenation
    Add,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Mod,
    Neg,
    Concat,
    BitAnd,
    BitOr,
    BitXor,
    BitNot,
    BitLshift,
    BitRshift,
    // comparison
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Is,
    IsNot,
    IsDistinctFrom,
    IsNotDistinctFrom,
    Like,
    NotLike,
    ILike,
    NotILike,
    Contains,
    NotContains,
    IContains,
    NotIContains,
    StartsWith,
    NotStartsWith,
    IStartsWith,
    NotIStartsWith,
    EndsWith,
    NotEndsWith,
    IEndsWith,
    NotIEndsWith,
    In,
    NotIn,
    Between,
    NotBetween,
    Match,
    NotMatch,
    RegexpMatch,
    NotRegexpMatch,
    RegexpReplace,
    // boolean
    And,
    Or,
    Not,
    IsTrue,
    IsFalse,
    // modifiers and shapes
    Asc,
    Desc,
    NullsFirst,
    NullsLast,
    Distinct,
    Collate,
    Any,
    All,
    Exists,
    Comma,
    Concats,
    From,
    AsBoolean,
    GetItem,
    JsonGetItem,
    JsonPathGetItem,
    FunctionFilter,
    AggregateOrderBy,
    Any_,
    Custom(Arc<CustomOp>),
}
