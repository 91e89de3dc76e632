//! Operator precedence, and the parentheses it asks for.
//!
//! Parentheses are nodes ([`ExprKind::Grouping`]) that are put in place while an expression is built; rendering adds none.

use super::{Expr, ExprKind, ExprRef, Op};
use crate::types::Affinity;

const SMALLEST: i32 = -100;
const LARGEST: i32 = 100;

impl Op {
    /// How tightly it binds; higher binds tighter.
    pub fn precedence(&self) -> i32 {
        match self {
            Op::From | Op::Any | Op::All | Op::Any_ | Op::GetItem | Op::JsonGetItem | Op::JsonPathGetItem => 15,
            Op::Mul | Op::TrueDiv | Op::FloorDiv | Op::Mod | Op::Neg | Op::BitNot => 8,
            Op::Add | Op::Sub | Op::BitAnd | Op::BitOr | Op::BitXor | Op::BitLshift | Op::BitRshift => 7,
            Op::FunctionFilter => 6,
            Op::Collate => 4,
            Op::And | Op::Asc | Op::Desc => 3,
            Op::Or => 2,
            Op::Exists => 0,
            Op::Comma | Op::Concats => -1,
            Op::AsBoolean => -10,
            // Rendered as LIKE with `||` around the operand: always in parentheses as part of something else.
            Op::Contains | Op::NotContains | Op::IContains | Op::NotIContains | Op::StartsWith | Op::NotStartsWith => SMALLEST,
            Op::IStartsWith | Op::NotIStartsWith | Op::EndsWith | Op::NotEndsWith | Op::IEndsWith | Op::NotIEndsWith => SMALLEST,
            Op::NullsFirst | Op::NullsLast | Op::AggregateOrderBy => SMALLEST,
            Op::Custom(c) => c.precedence,
            _ => 5,
        }
    }
    /// `a op (b op c)` equals `(a op b) op c`.
    pub fn is_associative(&self) -> bool {
        matches!(self, Op::And | Op::Or | Op::Concat | Op::Add | Op::Mul)
    }
    /// Its place in the order of operators, if it has one.
    pub fn place(&self) -> Option<i32> {
        Some(self.precedence()).filter(|p| *p != SMALLEST)
    }
    /// No parentheses are needed inside itself.
    pub fn natural_self_precedent(&self) -> bool {
        match self {
            Op::And | Op::Or | Op::Concat | Op::Add | Op::Mul | Op::GetItem | Op::JsonGetItem | Op::JsonPathGetItem => true,
            Op::Custom(c) => c.natural_self_precedent,
            _ => false,
        }
    }
    /// Operands may be swapped.
    pub fn is_commutative(&self) -> bool {
        matches!(self, Op::Eq | Op::Ne | Op::Add | Op::Mul)
    }
    /// Gives true or false.
    pub fn is_comparison(&self) -> bool {
        match self {
            Op::Custom(c) => c.is_comparison,
            Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Is | Op::IsNot => true,
            Op::IsDistinctFrom | Op::IsNotDistinctFrom | Op::In | Op::NotIn | Op::Between | Op::NotBetween => true,
            _ => self.is_string_match(),
        }
    }
    /// LIKE and its relatives, MATCH, REGEXP.
    pub fn is_string_match(&self) -> bool {
        matches!(
            self,
            Op::Like
                | Op::NotLike
                | Op::ILike
                | Op::NotILike
                | Op::Contains
                | Op::NotContains
                | Op::IContains
                | Op::NotIContains
                | Op::StartsWith
                | Op::NotStartsWith
                | Op::IStartsWith
                | Op::NotIStartsWith
                | Op::EndsWith
                | Op::NotEndsWith
                | Op::IEndsWith
                | Op::NotIEndsWith
                | Op::Match
                | Op::NotMatch
                | Op::RegexpMatch
                | Op::NotRegexpMatch
        )
    }
    /// Comparison or connective.
    pub fn is_boolean(&self) -> bool {
        self.is_comparison() || matches!(self, Op::And | Op::Or | Op::Not | Op::IsTrue | Op::IsFalse)
    }
    /// Its opposite (`=` and `!=`).
    pub fn negation(&self) -> Option<Op> {
        Some(match self {
            Op::Eq => Op::Ne,
            Op::Ne => Op::Eq,
            Op::Lt => Op::Ge,
            Op::Ge => Op::Lt,
            Op::Gt => Op::Le,
            Op::Le => Op::Gt,
            Op::Is => Op::IsNot,
            Op::IsNot => Op::Is,
            Op::IsDistinctFrom => Op::IsNotDistinctFrom,
            Op::IsNotDistinctFrom => Op::IsDistinctFrom,
            Op::Like => Op::NotLike,
            Op::NotLike => Op::Like,
            Op::ILike => Op::NotILike,
            Op::NotILike => Op::ILike,
            Op::Contains => Op::NotContains,
            Op::NotContains => Op::Contains,
            Op::IContains => Op::NotIContains,
            Op::NotIContains => Op::IContains,
            Op::StartsWith => Op::NotStartsWith,
            Op::NotStartsWith => Op::StartsWith,
            Op::IStartsWith => Op::NotIStartsWith,
            Op::NotIStartsWith => Op::IStartsWith,
            Op::EndsWith => Op::NotEndsWith,
            Op::NotEndsWith => Op::EndsWith,
            Op::IEndsWith => Op::NotIEndsWith,
            Op::NotIEndsWith => Op::IEndsWith,
            Op::In => Op::NotIn,
            Op::NotIn => Op::In,
            Op::Between => Op::NotBetween,
            Op::NotBetween => Op::Between,
            Op::Match => Op::NotMatch,
            Op::NotMatch => Op::Match,
            Op::RegexpMatch => Op::NotRegexpMatch,
            Op::NotRegexpMatch => Op::RegexpMatch,
            Op::IsTrue => Op::IsFalse,
            Op::IsFalse => Op::IsTrue,
            _ => return None,
        })
    }
}

/// Whether `op` used as an operand of `against` needs parentheses.
pub fn is_precedent(op: &Op, against: Option<&Op>) -> bool {
    if against == Some(op) && op.natural_self_precedent() {
        return false;
    }
    let op = if matches!(op, Op::Custom(_)) { op.precedence() } else { op.precedence().max(SMALLEST) };
    // Beside an operator that has no place in the order everything is put in parentheses.
    op <= against.map(Op::precedence).filter(|p| *p != SMALLEST).unwrap_or(LARGEST)
}

/// Parentheses around `e`.
pub fn group(e: &ExprRef) -> ExprRef {
    Expr::new(ExprKind::Grouping(e.clone()), e.ty.clone())
}

/// `e` as an operand of `against`: itself, in parentheses, or (a boolean column as a condition) as `AsBoolean`.
#[recursive::recursive]
pub fn self_group(e: &ExprRef, against: Option<&Op>) -> ExprRef {
    let by_op = |op: &Op| if is_precedent(op, against) { group(e) } else { e.clone() };
    match &e.kind {
        ExprKind::Binary { op, .. } => {
            if matches!(against, Some(Op::Not)) && !op.is_boolean() {
                group(e)
            } else {
                by_op(op)
            }
        }
        ExprKind::UnaryPostfix { op: Op::Asc | Op::Desc | Op::NullsFirst | Op::NullsLast, .. } => e.clone(),
        ExprKind::UnaryPrefix { op, .. } | ExprKind::UnaryPostfix { op, .. } => by_op(op),
        ExprKind::Exists(_) => by_op(&Op::Exists),
        ExprKind::BoolList { op, clauses } => {
            if clauses.is_empty() {
                e.clone()
            } else {
                by_op(op)
            }
        }
        ExprKind::List { op, group: true, .. } => by_op(op),
        ExprKind::List { .. } | ExprKind::Grouping(_) | ExprKind::Tuple(_) | ExprKind::ScalarSelect(_) => e.clone(),
        ExprKind::QueryGrouping(_) | ExprKind::AsBoolean { .. } | ExprKind::TextualLabelRef(_) | ExprKind::Slice { .. } => {
            e.clone()
        }
        ExprKind::Text(_) => {
            if matches!(against, Some(Op::In | Op::NotIn)) {
                group(e)
            } else {
                e.clone()
            }
        }
        ExprKind::Label { name, element } => {
            let inner = self_group(element, against);
            if std::sync::Arc::ptr_eq(&inner, element) {
                e.clone()
            } else {
                let ty = inner.ty.clone();
                Expr::new(ExprKind::Label { name: name.clone(), element: inner }, ty)
            }
        }
        ExprKind::TypeCoerce(element) => {
            let inner = self_group(element, against);
            if std::sync::Arc::ptr_eq(&inner, element) { e.clone() } else { Expr::new(ExprKind::TypeCoerce(inner), e.ty.clone()) }
        }
        ExprKind::FunctionFilter { .. } => by_op(&Op::FunctionFilter),
        ExprKind::Function(_) | ExprKind::Host(_) if matches!(against, Some(Op::GetItem)) => group(e),
        _ => match against {
            Some(Op::And | Op::Or | Op::AsBoolean) if e.ty.affinity == Affinity::Boolean => as_boolean(e),
            Some(Op::Any | Op::All) => group(e),
            _ => e.clone(),
        },
    }
}

/// A boolean value as a condition (`x = 1` where the dialect has no booleans).
pub fn as_boolean(e: &ExprRef) -> ExprRef {
    match e.kind {
        ExprKind::True | ExprKind::False => e.clone(),
        _ => Expr::new(ExprKind::AsBoolean { operand: e.clone(), op: Op::IsTrue, negate: Op::IsFalse }, crate::types::boolean()),
    }
}
