//! Constructors of expressions: what operators, conjunctions, labels and literals build.
//!
//! They put parentheses in place ([`super::precedence`]), find the type ([`super::typing`]) and choose IS for NULL, so that callers
//! (the faces and the ORM) only say what they mean.

use super::precedence::{as_boolean, group, self_group};
use super::typing;
use super::{Bind, BindValue, ColumnRef, Expr, ExprKind, ExprRef, FromRef, Function, Literal, Modifier, Op};
use crate::name::{Label, Name};
use crate::schema::Column;
use crate::types::{self, Affinity, TypeRef};
use crate::{SqlError, SqlResult};
use std::sync::Arc;

/// Named options of a binary expression (`escape`, `flags`, `symmetric`).
pub type Modifiers = Vec<(Arc<str>, Modifier)>;

/// Right side of an operator: an expression, or a value that becomes a bound parameter.
#[derive(Clone, Debug)]
pub enum Other {
    /// An expression.
    Expr(ExprRef),
    /// A value and the type it has by itself.
    Value(BindValue, TypeRef),
}

impl BindValue {
    /// The plain constant behind it, if it is one.
    pub fn as_literal(&self) -> Option<Literal> {
        match self {
            BindValue::Literal(l) => Some(l.clone()),
            BindValue::Host(h) => h.as_literal(),
            _ => None,
        }
    }
}

/// A column as an expression.
pub fn column(column: &Arc<Column>, from: Option<FromRef>) -> ExprRef {
    let ty = column.ty();
    Expr::new(ExprKind::Column(ColumnRef::new(column.clone(), from)), ty)
}
/// `null()`
pub fn null() -> ExprRef {
    Expr::new(ExprKind::Null, types::null_type())
}
/// `true()`
pub fn true_() -> ExprRef {
    Expr::new(ExprKind::True, types::boolean())
}
/// `false()`
pub fn false_() -> ExprRef {
    Expr::new(ExprKind::False, types::boolean())
}

/// A bound parameter that gets a number of its own: `<base>_1`.
pub fn anon_bind(base: &str, value: BindValue, ty: TypeRef) -> ExprRef {
    let bind = Bind {
        key: Label::anon(base),
        orig_key: base.into(),
        value,
        unique: true,
        expanding: false,
        expand_op: None,
        required: false,
        literal_execute: false,
        isoutparam: false,
    };
    Expr::new(ExprKind::Bind(bind), ty)
}
/// A constant on its own: `param_1`.
pub fn literal(value: Literal) -> ExprRef {
    let ty = typing::literal_type(&value);
    anon_bind("param", BindValue::Literal(value), ty)
}

/// The name that binds beside `e` are derived from: the column's key, the function's name, else `param`.
pub fn bind_base(e: &ExprRef) -> Arc<str> {
    match &e.kind {
        // a column in a class body has no name yet
        ExprKind::Column(c) => Some(c.column.key()).filter(|k| !k.is_empty()).unwrap_or_else(|| "param".into()),
        ExprKind::LiteralColumn(n) => n.text.clone(),
        ExprKind::Function(f) => f.name.text.clone(),
        ExprKind::Host(h) => h.name().unwrap_or_else(|| "param".into()),
        _ => "param".into(),
    }
}

/// The bound parameter a value becomes beside `left` under `op`.
pub fn bind_beside(left: &ExprRef, op: &Op, value: BindValue, own: TypeRef) -> ExprRef {
    let ty = typing::coerce_compared(&left.ty, op, own);
    anon_bind(&bind_base(left), value, ty)
}

/// The right operand beside `left`: values and binds without a type get one.
pub fn resolve(left: &ExprRef, op: &Op, other: Other) -> ExprRef {
    match other {
        Other::Expr(e) => match &e.kind {
            // `x == bindparam("y")`: a bind without a type takes that of the other side.
            ExprKind::Bind(b) if e.ty.is_null() && !left.ty.is_null() => {
                Expr::new(ExprKind::Bind(b.clone()), typing::coerce_compared(&left.ty, op, e.ty.clone()))
            }
            _ => e,
        },
        Other::Value(v, own) => bind_beside(left, op, v, own),
    }
}

/// `left op right` as given: parentheses by precedence, no other interpretation.
pub fn binary_typed(left: &ExprRef, op: Op, right: &ExprRef, ty: TypeRef, negate: Option<Op>, modifiers: Modifiers) -> ExprRef {
    let (left, right) = (self_group(left, Some(&op)), self_group(right, Some(&op)));
    Expr::new(ExprKind::Binary { left, right, op, negate, modifiers }, ty)
}

/// `left op right` with operator and type adapted to the operands' types; comparisons are [`compare`]d.
pub fn binary(left: &ExprRef, op: Op, right: &ExprRef) -> ExprRef {
    if op.is_comparison() && !matches!(op, Op::Custom(_)) {
        let (_, ty) = typing::adapt(&op, &left.ty, &right.ty);
        let negate = op.negation();
        return binary_typed(left, op, right, ty, negate, Vec::new());
    }
    let (op, ty) = typing::adapt(&op, &left.ty, &right.ty);
    binary_typed(left, op, right, ty, None, Vec::new())
}

/// `left = right`, for conditions made by the ORM.
pub fn eq(left: &ExprRef, right: &ExprRef) -> ExprRef {
    binary(left, Op::Eq, right)
}

/// The constant NULL, TRUE or FALSE that an operand beside `ty` is, if it is one.
fn constant(ty: &TypeRef, other: &Other) -> Option<ExprRef> {
    match other {
        Other::Expr(e) if matches!(e.kind, ExprKind::Null | ExprKind::True | ExprKind::False) => Some(e.clone()),
        Other::Expr(_) => None,
        Other::Value(v, _) => match v.as_literal()? {
            Literal::Null if ty.constants.null => Some(null()),
            Literal::Bool(b) if ty.constants.bools => Some(if b { true_() } else { false_() }),
            _ => None,
        },
    }
}

fn no_constant() -> SqlError {
    SqlError::argument(
        "Only '=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()' operators can be used with None/True/False",
    )
}

/// `left op other` for the comparison operators: `= NULL` becomes IS NULL, true and false stay constants.
pub fn compare(left: &ExprRef, op: Op, other: Other, modifiers: Modifiers) -> SqlResult<ExprRef> {
    let negate = op.negation();
    if let Some(c) = constant(&left.ty, &other) {
        let is_null = matches!(c.kind, ExprKind::Null);
        return match op {
            Op::Eq | Op::Ne if !is_null => Ok(binary_typed(left, op, &c, types::boolean(), negate, modifiers)),
            Op::IsDistinctFrom | Op::IsNotDistinctFrom => Ok(binary_typed(left, op, &c, types::boolean(), negate, modifiers)),
            Op::Eq | Op::Is => Ok(binary_typed(left, Op::Is, &c, types::boolean(), Some(Op::IsNot), modifiers)),
            Op::Ne | Op::IsNot => Ok(binary_typed(left, Op::IsNot, &c, types::boolean(), Some(Op::Is), modifiers)),
            Op::Lt | Op::Le | Op::Gt | Op::Ge => Err(no_constant()),
            Op::Match | Op::NotMatch if matches!(other, Other::Expr(_)) => Err(no_constant()),
            Op::Match | Op::NotMatch | Op::RegexpMatch | Op::NotRegexpMatch => {
                let right = resolve(left, &op, other);
                Ok(binary_typed(left, op, &right, types::boolean(), negate, modifiers))
            }
            _ if op.is_string_match() => Err(no_constant()),
            _ => {
                let right = resolve(left, &op, other);
                Ok(binary_typed(left, op, &right, types::boolean(), negate, modifiers))
            }
        };
    }
    let right = resolve(left, &op, other);
    // `x = all(array)` is not negated by its operator.
    let collection = |e: &ExprRef| match &e.kind {
        ExprKind::Function(f) => matches!(f.known, Some("any" | "all" | "some")),
        ExprKind::UnaryPrefix { op, .. } => matches!(op, Op::Any | Op::All),
        _ => false,
    };
    let negate = if collection(left) || collection(&right) { None } else { negate };
    let ty = match op {
        Op::Match | Op::NotMatch => types::match_type(),
        Op::RegexpMatch | Op::NotRegexpMatch => types::null_type(),
        _ => types::boolean(),
    };
    Ok(binary_typed(left, op, &right, ty, negate, modifiers))
}

/// `left op other` for everything that is not a comparison.
pub fn arithmetic(left: &ExprRef, op: Op, other: Other, modifiers: Modifiers) -> ExprRef {
    let right = resolve(left, &op, other);
    let (op, ty) = typing::adapt(&op, &left.ty, &right.ty);
    binary_typed(left, op, &right, ty, None, modifiers)
}

/// The same with the operands the other way round (`5 - x`).
pub fn reverse_arithmetic(right: &ExprRef, op: Op, other: Other) -> ExprRef {
    let left = resolve(right, &op, other);
    let (op, ty) = typing::adapt(&op, &left.ty, &right.ty);
    binary_typed(&left, op, right, ty, None, Vec::new())
}

/// `-x`, `~x` of bits, `DISTINCT x`, `ANY (x)`: an operator before its operand.
pub fn prefix(op: Op, operand: &ExprRef, ty: TypeRef) -> ExprRef {
    let operand = self_group(operand, Some(&op));
    Expr::new(ExprKind::UnaryPrefix { op, operand }, ty)
}
/// `x DESC`, `x NULLS LAST`: an operator behind its operand.
pub fn postfix(op: Op, operand: &ExprRef, ty: TypeRef) -> ExprRef {
    let operand = self_group(operand, Some(&op));
    Expr::new(ExprKind::UnaryPostfix { op, operand }, ty)
}

fn not_prefix(e: &ExprRef) -> ExprRef {
    let operand = self_group(e, Some(&Op::Not));
    let list = matches!(e.kind, ExprKind::BoolList { .. });
    let ty = if e.ty.affinity == Affinity::Boolean && !list { types::boolean() } else { types::null_type() };
    Expr::new(ExprKind::UnaryPrefix { op: Op::Not, operand }, ty)
}

/// `NOT e`, by the opposite operator where there is one.
#[recursive::recursive]
pub fn not_(e: &ExprRef) -> ExprRef {
    if let Some(n) = e.ann.as_ref().and_then(|a| a.negation.as_ref()) {
        return n.clone();
    }
    match &e.kind {
        ExprKind::True => false_(),
        ExprKind::False => true_(),
        ExprKind::Binary { left, right, op, negate: Some(n), modifiers } => Expr::new(
            ExprKind::Binary {
                left: left.clone(),
                right: right.clone(),
                op: n.clone(),
                negate: Some(op.clone()),
                modifiers: modifiers.clone(),
            },
            e.ty.clone(),
        ),
        ExprKind::AsBoolean { operand, op, negate } => {
            Expr::new(ExprKind::AsBoolean { operand: operand.clone(), op: negate.clone(), negate: op.clone() }, types::boolean())
        }
        ExprKind::Binary { .. } | ExprKind::BoolList { .. } | ExprKind::Exists(_) | ExprKind::UnaryPrefix { .. } => not_prefix(e),
        ExprKind::Grouping(inner) => match &inner.kind {
            ExprKind::Binary { .. } | ExprKind::BoolList { .. } => not_prefix(e),
            _ if e.ty.affinity == Affinity::Boolean => as_false(e),
            _ => not_prefix(e),
        },
        // The name stays: a negated label is a label.
        ExprKind::Label { name, element } => label(name.clone(), &not_(element)),
        _ if e.ty.affinity == Affinity::Boolean => as_false(e),
        _ => not_prefix(e),
    }
}

fn as_false(e: &ExprRef) -> ExprRef {
    Expr::new(ExprKind::AsBoolean { operand: e.clone(), op: Op::IsFalse, negate: Op::IsTrue }, types::boolean())
}

fn connective(
    op: Op,
    clauses: Vec<ExprRef>,
    neutral: fn(&ExprKind) -> bool,
    absorbing: fn(&ExprKind) -> bool,
) -> Option<ExprRef> {
    let mut kept: Vec<ExprRef> = Vec::with_capacity(clauses.len());
    let mut seen_neutral = None;
    for c in clauses {
        if neutral(&c.kind) {
            seen_neutral = Some(c);
        } else if absorbing(&c.kind) {
            return Some(c);
        } else {
            kept.push(c);
        }
    }
    match kept.len() {
        0 => seen_neutral,
        1 => kept.pop(),
        _ => {
            let mut flat = Vec::with_capacity(kept.len());
            for c in kept {
                match &c.kind {
                    ExprKind::BoolList { op: inner, clauses } if *inner == op => flat.extend(clauses.iter().cloned()),
                    _ => flat.push(self_group(&c, Some(&op))),
                }
            }
            Some(Expr::new(ExprKind::BoolList { op, clauses: flat }, types::boolean()))
        }
    }
}

/// `and_(…)`; `None` when nothing was given.
pub fn and_(clauses: Vec<ExprRef>) -> Option<ExprRef> {
    connective(Op::And, clauses, |k| matches!(k, ExprKind::True), |k| matches!(k, ExprKind::False))
}
/// `or_(…)`; `None` when nothing was given.
pub fn or_(clauses: Vec<ExprRef>) -> Option<ExprRef> {
    connective(Op::Or, clauses, |k| matches!(k, ExprKind::False), |k| matches!(k, ExprKind::True))
}
/// `and_()` and `or_()` of nothing: renders nothing.
pub fn empty_list(op: Op) -> ExprRef {
    Expr::new(ExprKind::BoolList { op, clauses: Vec::new() }, types::boolean())
}
/// WHERE, HAVING, ON: criteria joined by AND; a lone boolean column becomes a condition.
pub fn where_clause(criteria: &[ExprRef]) -> Option<ExprRef> {
    match criteria {
        [] => None,
        [one] => Some(self_group(one, Some(&Op::AsBoolean))),
        many => and_(many.to_vec()).map(|e| self_group(&e, Some(&Op::AsBoolean))).map(|e| match &e.kind {
            ExprKind::Grouping(inner) if matches!(inner.kind, ExprKind::BoolList { .. }) => inner.clone(),
            _ => e,
        }),
    }
}

/// `e AS name`; a label of a label replaces it.
pub fn label(name: Label, e: &ExprRef) -> ExprRef {
    let mut inner = e.clone();
    while let ExprKind::Label { element, .. } = &inner.kind {
        inner = element.clone();
    }
    // Operators without a place in the order of precedence are in parentheses here too.
    if let ExprKind::Binary { op, .. } = &inner.kind
        && super::precedence::is_precedent(op, Some(&Op::Comma))
    {
        inner = super::precedence::group(&inner);
    }
    let ty = inner.ty.clone();
    Expr::new(ExprKind::Label { name, element: inner }, ty)
}

/// `CAST(e AS to)`.
pub fn cast(e: &ExprRef, to: TypeRef) -> ExprRef {
    Expr::new(ExprKind::Cast { element: e.clone(), to: to.clone(), safe: false }, to)
}

/// A comma separated list in parentheses (`IN (a, b)`).
pub fn comma_group(clauses: Vec<ExprRef>) -> ExprRef {
    let ty = typing::first_known(&clauses);
    let clauses = clauses.iter().map(|c| self_group(c, Some(&Op::Comma))).collect();
    let list = Expr::new(ExprKind::List { op: Op::Comma, clauses, group: false }, ty);
    group(&list)
}

/// `left IN (…)` with a ready right side (a list, a bind that expands, a query in parentheses).
pub fn in_(left: &ExprRef, op: Op, right: &ExprRef) -> ExprRef {
    let negate = op.negation();
    binary_typed(left, op, right, types::boolean(), negate, Vec::new())
}

/// `left BETWEEN low AND high`.
pub fn between(left: &ExprRef, op: Op, low: &ExprRef, high: &ExprRef, symmetric: bool) -> ExprRef {
    let negate = op.negation();
    let sides = vec![self_group(low, Some(&Op::And)), self_group(high, Some(&Op::And))];
    let range = Expr::new(ExprKind::List { op: Op::And, clauses: sides, group: false }, types::null_type());
    let modifiers = if symmetric { vec![("symmetric".into(), Modifier::Bool(true))] } else { Vec::new() };
    let left = self_group(left, Some(&op));
    // As in SQLAlchemy the result has no type: where booleans are numbers, it is read as a number.
    Expr::new(ExprKind::Binary { left, right: range, op, negate, modifiers }, types::null_type())
}

/// `name(args)`, an ordinary function.
pub fn func(name: &str, args: Vec<ExprRef>, ty: TypeRef) -> ExprRef {
    let args = args.iter().map(|a| self_group(a, Some(&Op::Comma))).collect();
    let f = Function { name: Name::new(name), packages: Vec::new(), args, known: None, no_parens: false };
    Expr::new(ExprKind::Function(f), ty)
}

/// The condition form of `e` (`AsBoolean` for boolean values).
pub fn condition(e: &ExprRef) -> ExprRef {
    if e.ty.affinity == Affinity::Boolean && matches!(e.kind, ExprKind::Column(_)) { as_boolean(e) } else { e.clone() }
}
