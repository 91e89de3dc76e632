//! Types of expressions: what an operator gives, what a literal beside a typed operand becomes.

use super::{ExprRef, Literal, Op};
use crate::types::{self, Affinity, TypeRef};

/// The type a plain constant has by itself.
pub fn literal_type(value: &Literal) -> TypeRef {
    match value {
        Literal::Null => types::null_type(),
        Literal::Bool(_) => types::boolean(),
        Literal::Int(i) if i32::try_from(*i).is_ok() => types::integer(),
        Literal::Int(_) => types::big_integer(),
        Literal::Float(_) => types::float(),
        Literal::Text(_) => types::string(),
        Literal::Bytes(_) => types::large_binary(),
    }
}

/// Types that count as one when operands are compared.
fn family(a: Affinity) -> Affinity {
    match a {
        Affinity::Float => Affinity::Numeric,
        Affinity::Enum => Affinity::String,
        other => other,
    }
}

/// Whether two types hold the same class of values.
pub fn same_affinity(a: &TypeRef, b: &TypeRef) -> bool {
    let class = |ty: &TypeRef| match ty.affinity {
        Affinity::Enum => Affinity::String,
        Affinity::Match => Affinity::Boolean,
        other => other,
    };
    class(a) == class(b)
}

/// The kind of type that says no more than its affinity: beside another one of that affinity it gives way.
fn plain(ty: &TypeRef) -> bool {
    match &ty.item {
        Some(inner) if &*ty.visit_name == "type_decorator" => plain(inner),
        _ => matches!(&*ty.visit_name, "integer" | "numeric" | "float"),
    }
}

/// What a concatenation of values of this type is: names of members put together are no member.
fn joined(ty: &TypeRef) -> TypeRef {
    if ty.affinity != Affinity::Enum {
        return ty.clone();
    }
    let longest = ty.enums.iter().map(|e| e.chars().count()).max();
    let length = ty.length.or(longest.and_then(|n| i64::try_from(n).ok()));
    std::sync::Arc::new(types::SqlType { length, concatenable: true, ..types::SqlType::simple("string", Affinity::String) })
}

/// The type a literal takes beside an operand of type `ty` under `op`; `own` is the type of the literal alone.
pub fn coerce_compared(ty: &TypeRef, op: &Op, own: TypeRef) -> TypeRef {
    match ty.affinity {
        Affinity::Array if *op == Op::GetItem => own,
        Affinity::Uuid if own.affinity == Affinity::String => ty.clone(),
        Affinity::Json if !own.is_null() && !matches!(op, Op::JsonGetItem | Op::JsonPathGetItem) => match own.affinity {
            Affinity::String | Affinity::Integer | Affinity::Float | Affinity::Numeric | Affinity::Boolean => own,
            _ => ty.clone(),
        },
        _ if own.is_null() || same_affinity(ty, &own) => ty.clone(),
        _ => own,
    }
}

/// Kinds of type whose `+` is `||`.
fn concatenates(ty: &TypeRef) -> bool {
    ty.concatenable || matches!(ty.affinity, Affinity::String | Affinity::Enum | Affinity::Array)
}

/// The operator that is really meant and the type of `left op right`.
pub fn adapt(op: &Op, left: &TypeRef, right: &TypeRef) -> (Op, TypeRef) {
    use Affinity as A;
    if op.is_comparison() {
        return (op.clone(), if *op == Op::Match || *op == Op::NotMatch { types::match_type() } else { types::boolean() });
    }
    let keep = || (op.clone(), left.clone());
    let (l, r) = (family(left.affinity), family(right.affinity));
    if left.is_null() {
        if r == A::Null || !op.is_commutative() {
            return keep();
        }
        return adapt(op, right, left);
    }
    if concatenates(left) {
        if *op == Op::Add && (concatenates(right) || r == A::Null) || *op == Op::Concat {
            return (Op::Concat, joined(left));
        }
        return keep();
    }
    let to = |ty: TypeRef| (op.clone(), ty);
    match (l, op, r) {
        (A::Integer, Op::Add | Op::Mul | Op::Sub, A::Numeric) => to(right.clone()),
        (A::Integer, Op::FloorDiv, A::Numeric) if right.affinity == A::Numeric => to(right.clone()),
        (A::Integer, Op::Add | Op::Mul | Op::Sub | Op::FloorDiv, A::Integer) if plain(left) => to(right.clone()),
        (A::Numeric, Op::Add | Op::Mul | Op::Sub | Op::TrueDiv, A::Numeric) if plain(left) && left.affinity == right.affinity => {
            to(right.clone())
        }
        (A::Integer, Op::Mul, A::Interval) => to(right.clone()),
        (A::Integer, Op::Add, A::Date) => to(right.clone()),
        (A::Integer, Op::TrueDiv, A::Integer) => to(types::numeric()),
        (A::Integer, Op::TrueDiv, A::Numeric) => to(right.clone()),
        (A::Numeric, Op::Mul, A::Interval) => to(right.clone()),
        (A::DateTime, Op::Sub, A::DateTime) => to(types::interval()),
        (A::Date, Op::Add, A::Interval | A::Time) => to(types::datetime()),
        (A::Date, Op::Sub, A::Date) => to(types::integer()),
        (A::Date, Op::Sub, A::Interval) => to(types::datetime()),
        (A::Date, Op::Sub, A::DateTime) => to(types::interval()),
        (A::Time, Op::Add, A::Date) => to(types::datetime()),
        (A::Time, Op::Sub, A::Time) => to(types::interval()),
        (A::Interval, Op::Add, A::DateTime | A::Time) => to(right.clone()),
        (A::Interval, Op::Add, A::Date) => to(types::datetime()),
        _ => keep(),
    }
}

/// The first type that is not null among expressions, else NullType.
pub fn first_known<'a>(items: impl IntoIterator<Item = &'a ExprRef>) -> TypeRef {
    items.into_iter().map(|e| &e.ty).find(|t| !t.is_null()).cloned().unwrap_or_else(types::null_type)
}
