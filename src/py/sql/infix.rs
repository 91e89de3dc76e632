//! The operators of Python's syntax on expressions and mapped attributes, written down once: [`Infix`] says what each is called and
//! does, `operator_methods!` gives a class the methods.

use pyo3::PyClass;
use pyo3::prelude::*;
use sql::ast::Op;

type Any<'py> = Bound<'py, PyAny>;

macro_rules! infix {
    ($($name:ident $function:literal $op:expr, $apply:expr;)*) => {
        /// An operator between two operands.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Infix { $($name),* }

        impl Infix {
            /// Its function in Python's `operator`.
            pub fn function(self) -> &'static str {
                match self { $(Self::$name => $function),* }
            }
            /// What it is in SQL; `None` for those that only types of the user's have.
            pub fn op(self) -> Option<Op> {
                match self { $(Self::$name => $op),* }
            }
            /// `left op right`, as Python does it.
            pub fn apply<'py>(self, left: &Any<'py>, right: &Any<'py>) -> PyResult<Any<'py>> {
                let apply: fn(&Any<'py>, &Any<'py>) -> PyResult<Any<'py>> = match self { $(Self::$name => $apply),* };
                apply(left, right)
            }
        }
    };
}

infix! {
    Add "add" Some(Op::Add), |a, b| a.add(b);
    Sub "sub" Some(Op::Sub), |a, b| a.sub(b);
    Mul "mul" Some(Op::Mul), |a, b| a.mul(b);
    TrueDiv "truediv" Some(Op::TrueDiv), |a, b| a.div(b);
    FloorDiv "floordiv" Some(Op::FloorDiv), |a, b| a.floor_div(b);
    Mod "mod" Some(Op::Mod), |a, b| a.rem(b);
    And "and_" Some(Op::And), |a, b| a.bitand(b);
    Or "or_" Some(Op::Or), |a, b| a.bitor(b);
    LShift "lshift" None, |a, b| a.lshift(b);
    RShift "rshift" None, |a, b| a.rshift(b);
    MatMul "matmul" None, |a, b| a.matmul(b);
    Pow "pow" None, |a, b| a.pow(b, a.py().None());
    GetItem "getitem" Some(Op::GetItem), |a, b| a.get_item(b);
}

/// An operator before its operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Prefix {
    Neg,
    Invert,
}

impl Prefix {
    /// What it is in SQL.
    pub fn op(self) -> Op {
        match self {
            Self::Neg => Op::Neg,
            Self::Invert => Op::Not,
        }
    }
    /// `op operand`, as Python does it.
    pub fn apply<'py>(self, operand: &Any<'py>) -> PyResult<Any<'py>> {
        match self {
            Self::Neg => operand.neg(),
            Self::Invert => operand.bitnot(),
        }
    }
}

/// What operators mean on a class.
pub trait Operand: PyClass {
    /// `slf op other`.
    fn infix<'py>(slf: &Bound<'py, Self>, op: Infix, other: &Any<'py>) -> PyResult<Any<'py>>;
    /// `other op slf`.
    fn reflected<'py>(slf: &Bound<'py, Self>, op: Infix, other: &Any<'py>) -> PyResult<Any<'py>>;
    /// `op slf`.
    fn prefix<'py>(slf: &Bound<'py, Self>, op: Prefix) -> PyResult<Any<'py>>;
}

/// Operators that are methods with names: what a built-in comparator takes from its expression as it is.
pub const NAMED: &[&str] = &[
    "all_",
    "any_",
    "asc",
    "between",
    "bitwise_and",
    "bitwise_lshift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_rshift",
    "bitwise_xor",
    "bool_op",
    "collate",
    "concat",
    "contains",
    "desc",
    "distinct",
    "endswith",
    "icontains",
    "iendswith",
    "ilike",
    "in_",
    "is_",
    "is_distinct_from",
    "is_not",
    "is_not_distinct_from",
    "isnot",
    "isnot_distinct_from",
    "istartswith",
    "like",
    "match",
    "not_ilike",
    "not_in",
    "not_like",
    "notilike",
    "notin_",
    "notlike",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
    "op",
    "regexp_match",
    "regexp_replace",
    "startswith",
];

/// The methods of a class, and those of the operators by way of its [`Operand`].
macro_rules! operator_methods {
    (impl $class:ident { $($body:tt)* }) => {
        #[pymethods]
        impl $class {
            $($body)*

            fn __add__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::Add, other)
            }
            fn __radd__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::Add, other)
            }
            fn __sub__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::Sub, other)
            }
            fn __rsub__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::Sub, other)
            }
            fn __mul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::Mul, other)
            }
            fn __rmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::Mul, other)
            }
            fn __truediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::TrueDiv, other)
            }
            fn __rtruediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::TrueDiv, other)
            }
            fn __floordiv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::FloorDiv, other)
            }
            fn __rfloordiv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::FloorDiv, other)
            }
            fn __mod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::Mod, other)
            }
            fn __rmod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::Mod, other)
            }
            fn __and__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::And, other)
            }
            fn __or__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::Or, other)
            }
            fn __lshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::LShift, other)
            }
            fn __rlshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::LShift, other)
            }
            fn __rshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::RShift, other)
            }
            fn __rrshift__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::RShift, other)
            }
            fn __matmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::MatMul, other)
            }
            fn __rmatmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::MatMul, other)
            }
            fn __pow__<'py>(
                slf: &Bound<'py, Self>,
                other: &Bound<'py, PyAny>,
                _modulo: Option<Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::Pow, other)
            }
            fn __rpow__<'py>(
                slf: &Bound<'py, Self>,
                other: &Bound<'py, PyAny>,
                _modulo: Option<Bound<'py, PyAny>>,
            ) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::reflected(slf, Infix::Pow, other)
            }
            fn __getitem__<'py>(slf: &Bound<'py, Self>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::infix(slf, Infix::GetItem, index)
            }
            fn __neg__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::prefix(slf, Prefix::Neg)
            }
            fn __invert__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
                <Self as Operand>::prefix(slf, Prefix::Invert)
            }
        }
    };
}
pub(crate) use operator_methods;
