//! Operators and their Python functions (`oxalchemy.sql.operators`).

use crate::py::errors::argument_error;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use sql::ast::{CustomOp, Op};
use std::collections::HashMap;
use std::sync::Arc;

macro_rules! table {
    ($($op:ident = $name:literal),* $(,)?) => {
        const TABLE: &[(Op, &str)] = &[$((Op::$op, $name)),*];
    };
}
table! {
    Add = "add", Sub = "sub", Mul = "mul", TrueDiv = "truediv", FloorDiv = "floordiv", Mod = "mod", Neg = "neg", Concat = "concat_op",
    BitAnd = "bitwise_and_op", BitOr = "bitwise_or_op", BitXor = "bitwise_xor_op", BitNot = "bitwise_not_op",
    BitLshift = "bitwise_lshift_op", BitRshift = "bitwise_rshift_op",
    Eq = "eq", Ne = "ne", Lt = "lt", Le = "le", Gt = "gt", Ge = "ge",
    Is = "is_", IsNot = "is_not", IsDistinctFrom = "is_distinct_from", IsNotDistinctFrom = "is_not_distinct_from",
    Like = "like_op", NotLike = "not_like_op", ILike = "ilike_op", NotILike = "not_ilike_op",
    Contains = "contains_op", NotContains = "not_contains_op", IContains = "icontains_op", NotIContains = "not_icontains_op",
    StartsWith = "startswith_op", NotStartsWith = "not_startswith_op", IStartsWith = "istartswith_op",
    NotIStartsWith = "not_istartswith_op", EndsWith = "endswith_op", NotEndsWith = "not_endswith_op",
    IEndsWith = "iendswith_op", NotIEndsWith = "not_iendswith_op",
    In = "in_op", NotIn = "not_in_op", Between = "between_op", NotBetween = "not_between_op",
    Match = "match_op", NotMatch = "not_match_op", RegexpMatch = "regexp_match_op", NotRegexpMatch = "not_regexp_match_op",
    RegexpReplace = "regexp_replace_op",
    And = "and_", Or = "or_", Not = "inv", IsTrue = "is_true", IsFalse = "is_false",
    Asc = "asc_op", Desc = "desc_op", NullsFirst = "nulls_first_op", NullsLast = "nulls_last_op", Distinct = "distinct_op",
    Collate = "collate", Any = "any_op", All = "all_op", Exists = "exists", Comma = "comma_op", From = "from_", AsBoolean = "_asbool",
    GetItem = "getitem", JsonGetItem = "json_getitem_op", JsonPathGetItem = "json_path_getitem_op", FunctionFilter = "filter_op",
    AggregateOrderBy = "aggregate_order_by_op",
}

struct Functions {
    by_address: HashMap<usize, Op>,
    by_op: Vec<(Op, Py<PyAny>)>,
    custom: Py<PyAny>,
}

fn functions(py: Python<'_>) -> PyResult<&Functions> {
    static CELL: PyOnceLock<Functions> = PyOnceLock::new();
    CELL.get_or_try_init(py, || {
        let module = py.import("oxalchemy.sql.operators")?;
        let mut out = Functions { by_address: HashMap::new(), by_op: Vec::new(), custom: module.getattr("custom_op")?.unbind() };
        for (op, name) in TABLE {
            let f = module.getattr(*name)?;
            out.by_address.entry(f.as_ptr() as usize).or_insert_with(|| op.clone());
            out.by_op.push((op.clone(), f.unbind()));
        }
        // Aliases: other functions with the same meaning.
        for (name, op) in [("div", Op::TrueDiv)] {
            if let Some(f) = module.getattr_opt(name)? {
                out.by_address.entry(f.as_ptr() as usize).or_insert(op);
            }
        }
        Ok(out)
    })
}

/// The operator a Python function or `custom_op` stands for.
///
/// # Errors
/// `ArgumentError` when it stands for none.
pub fn op_of(f: &Bound<'_, PyAny>) -> PyResult<Op> {
    let py = f.py();
    let table = functions(py)?;
    if let Some(op) = table.by_address.get(&(f.as_ptr() as usize)) {
        return Ok(op.clone());
    }
    if f.is_instance(table.custom.bind(py))? {
        return custom_of(f);
    }
    Err(argument_error(py, format!("Not a SQL operator: {}", f.repr()?.text())))
}

/// The name of a Python operator that no built-in type has (`<<`, `@`, `in`, `**`).
pub fn unsupported_name(f: &Bound<'_, PyAny>) -> PyResult<Option<&'static str>> {
    let module = f.py().import("operator")?;
    for name in ["lshift", "rshift", "matmul", "pow", "contains"] {
        if f.is(&module.getattr(name)?) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// The operator of a `custom_op` object.
pub fn custom_of(f: &Bound<'_, PyAny>) -> PyResult<Op> {
    Ok(Op::Custom(Arc::new(CustomOp {
        text: f.getattr("opstring")?.extract::<String>()?.into(),
        precedence: f.getattr("precedence")?.extract()?,
        is_comparison: f.getattr("is_comparison")?.is_truthy()?,
        eager_grouping: f.getattr("eager_grouping")?.is_truthy()?,
        natural_self_precedent: f.getattr("natural_self_precedent")?.is_truthy()?,
    })))
}

/// The Python function of an operator.
pub fn function_of<'py>(py: Python<'py>, op: &Op) -> PyResult<Bound<'py, PyAny>> {
    let table = functions(py)?;
    if let Op::Custom(c) = op {
        let f = table.custom.bind(py).call1((&*c.text, c.precedence, c.is_comparison))?;
        return Ok(f);
    }
    match table.by_op.iter().find(|(o, _)| o == op) {
        Some((_, f)) => Ok(f.bind(py).clone()),
        None => Ok(py.None().into_bound(py)),
    }
}

/// The documented name of an operator's function.
pub fn name_of(op: &Op) -> &str {
    match op {
        Op::Custom(c) => &c.text,
        _ => TABLE.iter().find(|(o, _)| o == op).map_or("", |(_, n)| n),
    }
}

/// What `oxalchemy.sql.operators` says of each operator: name, precedence, and whether it is a comparison, commutative, associative,
/// needs no parentheses inside itself, is boolean.
#[pyfunction]
#[allow(clippy::type_complexity)]
pub fn _operator_facts() -> Vec<(&'static str, Option<i32>, (bool, bool, bool, bool, bool))> {
    let facts =
        |op: &Op| (op.is_comparison(), op.is_commutative(), op.is_associative(), op.natural_self_precedent(), op.is_boolean());
    TABLE.iter().map(|(op, name)| (*name, op.place(), facts(op))).collect()
}

/// The operator with this documented name.
pub fn by_name(name: &str) -> Option<Op> {
    TABLE.iter().find(|(_, n)| *n == name).map(|(op, _)| op.clone())
}
