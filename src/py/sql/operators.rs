//! The operator core: what `left.operate(op, *other, **kw)` builds. Shared by column expressions and ORM attributes.

use super::coerce::{self, Role};
use super::face::{wrap_expr, wrap_exprs};
use super::ops;
use crate::py::errors::{argument_error, sql_error};
use crate::py::host::PyHost;
use crate::py::text::Text;
use crate::py::types::{to_type, wrap_type};
use pyo3::exceptions::{PyNotImplementedError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyDict, PySlice, PyString, PyTuple};
use sql::ast::build::{self, Modifiers, Other};
use sql::ast::{BindValue, Expr, ExprKind, ExprRef, Modifier, Op, QueryKind, typing};
use sql::types::{self, Affinity, TypeRef};

/// Options of an operator, already read.
#[derive(Default)]
pub struct Options<'py> {
    /// `escape=`, `autoescape=`, `flags=`, `symmetric=` … as keyword arguments.
    pub kw: Option<Bound<'py, PyDict>>,
}

impl<'py> Options<'py> {
    fn get(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &self.kw {
            Some(kw) => Ok(kw.get_item(name)?.filter(|v| !v.is_none())),
            None => Ok(None),
        }
    }
    fn string(&self, name: &str) -> PyResult<Option<String>> {
        self.get(name)?.map(|v| v.extract()).transpose()
    }
    fn flag(&self, name: &str) -> PyResult<bool> {
        self.get(name)?.map_or(Ok(false), |v| v.is_truthy())
    }
}

/// Do operators of this type run user code?
pub fn has_comparator(ty: &TypeRef) -> bool {
    ty.comparator
}

/// The type's comparator around an expression.
pub fn comparator<'py>(py: Python<'py>, e: &ExprRef) -> PyResult<Bound<'py, PyAny>> {
    crate::py::types::wrap_type(py, &e.ty)?.getattr("comparator_factory")?.call1((wrap_expr(py, e)?,))
}

/// `left.operate(op, *args, **kw)` with the type's own operators first.
pub fn operate<'py>(
    py: Python<'py>,
    left: &ExprRef,
    op: &Op,
    args: &[Bound<'py, PyAny>],
    kw: Option<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    if has_comparator(&left.ty) {
        // The operator's function calls the comparator's own method, which a user class may have overridden.
        let c = comparator(py, left)?;
        let all: Vec<_> = std::iter::once(c).chain(args.iter().cloned()).collect();
        let (function, all) = (ops::function_of(py, op)?, PyTuple::new(py, all)?);
        return crate::py::stack::deep(|| function.call(all, kw.as_ref()));
    }
    wrap_expr(py, &build_op(py, left, op, args, &Options { kw })?)
}

/// `other op right` (`5 - x`).
pub fn reverse_operate<'py>(py: Python<'py>, right: &ExprRef, op: &Op, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if has_comparator(&right.ty) {
        let c = comparator(py, right)?;
        let function = ops::function_of(py, op)?;
        return crate::py::stack::deep(|| function.call1((other, c)));
    }
    wrap_expr(py, &reverse(py, right, op, other)?)
}

/// An operator without arguments.
pub fn unary<'py>(py: Python<'py>, e: &ExprRef, op: Op) -> PyResult<Bound<'py, PyAny>> {
    operate(py, e, &op, &[], None)
}

/// What built-in types do: `_rs.default_operate(expr, op, reverse, *other, **kw)`.
#[pyfunction]
#[pyo3(signature = (expr, op, reverse, *other, **kw))]
pub fn default_operate<'py>(
    expr: &Bound<'py, PyAny>,
    op: &Bound<'py, PyAny>,
    reverse: bool,
    other: &Bound<'py, PyTuple>,
    kw: Option<Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = expr.py();
    let e = coerce::expr(expr)?;
    let args: Vec<_> = other.iter().collect();
    let op_obj = op;
    if let Some(name) = ops::unsupported_name(op)? {
        if name == "pow"
            && let Some(other) = args.first()
        {
            return power(expr, other, reverse);
        }
        return Err(PyNotImplementedError::new_err(format!("Operator '{name}' is not supported on this expression")));
    }
    let op = ops::op_of(op)?;
    if let (Op::Custom(_), Some(ret)) = (&op, op_obj.getattr_opt("return_type")?.filter(|r| !r.is_none())) {
        let first = args.first().ok_or_else(|| PyTypeError::new_err("operator needs an operand"))?;
        let other = match coerce::other(first)? {
            Other::Value(v, own) => Other::Value(v, operand_type(py, &e, &op, first, own)?),
            e => e,
        };
        return wrap_expr(py, &custom(&e, &op, other, Some(crate::py::types::to_type(&ret)?), reverse)?);
    }
    let built = match (reverse, args.first()) {
        (true, Some(o)) => reverse_build(py, &e, &op, o)?,
        _ => build_op(py, &e, &op, &args, &Options { kw })?,
    };
    wrap_expr(py, &built)
}

/// `x ** 2`: `pow(x, 2)`.
fn power<'py>(expr: &Bound<'py, PyAny>, other: &Bound<'py, PyAny>, reverse: bool) -> PyResult<Bound<'py, PyAny>> {
    let f = expr.py().import("oxalchemy.sql.functions")?.getattr("func")?.getattr("pow")?;
    if reverse { f.call1((other, expr)) } else { f.call1((expr, other)) }
}

fn reverse_build<'py>(py: Python<'py>, right: &ExprRef, op: &Op, other: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    reverse(py, right, op, other)
}

fn reverse<'py>(py: Python<'py>, right: &ExprRef, op: &Op, other: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    let other = match coerce::other(other)? {
        Other::Value(v, own) => Other::Value(v, operand_type(py, right, op, other, own)?),
        e => e,
    };
    if op.is_comparison() {
        let left = match other {
            Other::Expr(e) => e,
            Other::Value(v, own) => build::bind_beside(right, op, v, own),
        };
        return Ok(build::binary(&left, op.clone(), right));
    }
    Ok(build::reverse_arithmetic(right, op.clone(), other))
}

/// Types that decide themselves what a value beside them is.
fn decides(ty: &TypeRef) -> bool {
    ty.owner.is_some()
        && (ty.host.is_some()
            || matches!(
                ty.affinity,
                Affinity::Binary | Affinity::Uuid | Affinity::Json | Affinity::Tuple | Affinity::Array | Affinity::Other
            ))
}

/// The type of a value beside `left` under `op`, asking user types.
fn operand_type<'py>(py: Python<'py>, left: &ExprRef, op: &Op, value: &Bound<'py, PyAny>, own: TypeRef) -> PyResult<TypeRef> {
    if decides(&left.ty) {
        return crate::py::types::coerce_compared_value(&left.ty, &ops::function_of(py, op)?, value);
    }
    Ok(own)
}

/// The right operand, with values typed beside `left`.
fn operand<'py>(py: Python<'py>, left: &ExprRef, op: &Op, obj: &Bound<'py, PyAny>) -> PyResult<Other> {
    Ok(match coerce::other(obj)? {
        Other::Value(v, own) if decides(&left.ty) => {
            let ty = operand_type(py, left, op, obj, own)?;
            let is_constant = obj.is_none() || obj.is_instance_of::<PyBool>();
            if is_constant && op.is_comparison() {
                Other::Value(v, ty)
            } else {
                Other::Expr(build::anon_bind(&build::bind_base(left), v, ty))
            }
        }
        o => o,
    })
}

fn resolved<'py>(py: Python<'py>, left: &ExprRef, op: &Op, obj: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    Ok(build::resolve(left, op, operand(py, left, op, obj)?))
}

fn unsupported(op: &Op) -> PyErr {
    PyNotImplementedError::new_err(format!("Operator '{}' is not supported on this expression", ops::name_of(op)))
}

/// The expression for `left op args`, built-in rules.
pub fn build_op<'py>(
    py: Python<'py>,
    left: &ExprRef,
    op: &Op,
    args: &[Bound<'py, PyAny>],
    opts: &Options<'py>,
) -> PyResult<ExprRef> {
    let first = || args.first().ok_or_else(|| PyTypeError::new_err(format!("operator '{}' needs an operand", ops::name_of(op))));
    if matches!(&left.kind, ExprKind::UnaryPrefix { op: Op::Any | Op::All, .. }) && !args.is_empty() {
        return any_all_compare(py, left, op, first()?);
    }
    match op {
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge if matches!(left.kind, ExprKind::Tuple(_)) => {
            tuple_compare(py, left, op, first()?)
        }
        Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Is | Op::IsNot | Op::IsDistinctFrom | Op::IsNotDistinctFrom => {
            let other = operand(py, left, op, first()?)?;
            build::compare(left, op.clone(), other, Vec::new()).map_err(|e| sql_error(py, e))
        }
        Op::Add
        | Op::Sub
        | Op::Mul
        | Op::TrueDiv
        | Op::FloorDiv
        | Op::Mod
        | Op::Concat
        | Op::BitAnd
        | Op::BitOr
        | Op::BitXor
        | Op::BitLshift
        | Op::BitRshift => Ok(build::arithmetic(left, op.clone(), operand(py, left, op, first()?)?, Vec::new())),
        Op::And => two(left, first()?, build::and_),
        Op::Or => two(left, first()?, build::or_),
        Op::Not => Ok(build::not_(left)),
        Op::Neg => Ok(build::prefix(Op::Neg, left, left.ty.clone())),
        Op::BitNot => Ok(build::prefix(Op::BitNot, left, left.ty.clone())),
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
        | Op::NotIEndsWith => string_match(py, left, op, first()?, opts),
        Op::Match | Op::NotMatch => {
            let mut modifiers = Vec::new();
            if let Some(kw) = &opts.kw {
                for (k, v) in kw {
                    modifiers.push((k.extract::<String>()?.into(), modifier(&v)?));
                }
            }
            build::compare(left, op.clone(), operand(py, left, op, first()?)?, modifiers).map_err(|e| sql_error(py, e))
        }
        Op::RegexpMatch | Op::NotRegexpMatch => {
            let modifiers = flags(opts)?;
            build::compare(left, op.clone(), operand(py, left, op, first()?)?, modifiers).map_err(|e| sql_error(py, e))
        }
        Op::RegexpReplace => {
            let pattern = resolved(py, left, op, first()?)?;
            let replacement = match args.get(1) {
                Some(r) => resolved(py, left, op, r)?,
                None => match opts.get("replacement")? {
                    Some(r) => resolved(py, left, op, &r)?,
                    None => return Err(PyTypeError::new_err("regexp_replace needs a replacement")),
                },
            };
            let pair = Expr::new(
                ExprKind::List { op: Op::Comma, clauses: vec![pattern, replacement], group: false },
                types::null_type(),
            );
            Ok(build::binary_typed(left, Op::RegexpReplace, &pair, types::null_type(), None, flags(opts)?))
        }
        Op::In | Op::NotIn => in_op(py, left, op, first()?),
        Op::Between | Op::NotBetween => {
            let high = match args.get(1) {
                Some(h) => h.clone(),
                None => opts.get("cright")?.ok_or_else(|| PyTypeError::new_err("between needs two bounds"))?,
            };
            let symmetric = match args.get(2) {
                Some(s) => s.is_truthy()?,
                None => opts.flag("symmetric")?,
            };
            let (low, high) = (between_side(py, left, op, first()?)?, between_side(py, left, op, &high)?);
            Ok(build::between(left, op.clone(), &low, &high, symmetric))
        }
        Op::Asc | Op::Desc | Op::NullsFirst | Op::NullsLast => Ok(ordering(op.clone(), left)),
        Op::Distinct => Ok(build::prefix(Op::Distinct, left, left.ty.clone())),
        Op::Collate => {
            let name = first()?;
            let clause = match super::clause::node_of(&coerce::clause_of(name)?)? {
                Some(sql::ast::Node::Expr(e)) => e,
                _ => collation(name)?,
            };
            let ty = match &clause.kind {
                ExprKind::Collation(name) => collated(py, &left.ty, name.as_str())?,
                _ => left.ty.clone(),
            };
            Ok(build::binary_typed(left, Op::Collate, &clause, ty, None, Vec::new()))
        }
        Op::Any | Op::All => Ok(any_all(op.clone(), left)),
        Op::GetItem => getitem(left, first()?),
        Op::JsonGetItem | Op::JsonPathGetItem => {
            let right = resolved(py, left, op, first()?)?;
            Ok(build::binary_typed(left, op.clone(), &right, left.ty.clone(), None, Vec::new()))
        }
        Op::Custom(c) => {
            let ret = c.is_comparison.then(types::boolean);
            custom(left, op, operand(py, left, op, first()?)?, ret, false)
        }
        Op::Exists
        | Op::IsTrue
        | Op::IsFalse
        | Op::Comma
        | Op::Concats
        | Op::From
        | Op::AsBoolean
        | Op::FunctionFilter
        | Op::AggregateOrderBy
        | Op::Any_ => Err(unsupported(op)),
    }
}

fn two(left: &ExprRef, other: &Bound<'_, PyAny>, join: fn(Vec<ExprRef>) -> Option<ExprRef>) -> PyResult<ExprRef> {
    let right = coerce::expr_in(other, Role::WhereHaving)?;
    Ok(join(vec![left.clone(), right]).unwrap_or_else(build::true_))
}

/// `x ASC`: a label is referred to by its name where the dialect allows.
pub fn ordering(op: Op, e: &ExprRef) -> ExprRef {
    let target = order_target(e);
    build::postfix(op, &target, e.ty.clone())
}

fn order_target(e: &ExprRef) -> ExprRef {
    match &e.kind {
        ExprKind::Label { .. } => Expr::new(ExprKind::LabelRef(e.clone()), e.ty.clone()),
        _ => e.clone(),
    }
}

/// A text type under another collation; other types stay as they are.
fn collated(py: Python<'_>, ty: &TypeRef, name: &str) -> PyResult<TypeRef> {
    if ty.affinity != Affinity::String {
        return Ok(ty.clone());
    }
    let copy = py.import("copy")?.getattr("copy")?.call1((wrap_type(py, ty)?,))?;
    copy.setattr("collation", name)?;
    to_type(&copy)
}

/// A collation name as an expression.
pub fn collation(name: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    Ok(Expr::new(ExprKind::Collation(super::names::name(name)?), types::string()))
}

/// A custom operator between `left` and `other`.
fn custom(left: &ExprRef, op: &Op, other: Other, ret: Option<TypeRef>, reversed: bool) -> PyResult<ExprRef> {
    let right = build::resolve(left, op, other);
    let (l, r) = if reversed { (&right, left) } else { (left, &right) };
    let ty = ret.unwrap_or_else(|| typing::adapt(op, &l.ty, &r.ty).1);
    Ok(build::binary_typed(l, op.clone(), r, ty, None, Vec::new()))
}

fn modifier(v: &Bound<'_, PyAny>) -> PyResult<Modifier> {
    if let Ok(b) = v.cast::<PyBool>() {
        return Ok(Modifier::Bool(b.is_true()));
    }
    if let Some(e) = coerce::try_expr(v, Role::BinaryElement)? {
        return Ok(Modifier::Expr(e));
    }
    Ok(Modifier::Str(v.str()?.extract::<String>()?.into()))
}

fn flags(opts: &Options<'_>) -> PyResult<Modifiers> {
    Ok(match opts.get("flags")? {
        Some(f) => vec![("flags".into(), modifier(&f)?)],
        None => Vec::new(),
    })
}

/// LIKE and its relatives: `autoescape` doubles wildcards inside a plain string value.
fn string_match<'py>(
    py: Python<'py>,
    left: &ExprRef,
    op: &Op,
    other: &Bound<'py, PyAny>,
    opts: &Options<'py>,
) -> PyResult<ExprRef> {
    let mut escape = opts.string("escape")?;
    let mut value = other.clone();
    if let Some(auto) = opts.get("autoescape")?
        && auto.is_truthy()?
    {
        if !auto.is_instance_of::<PyBool>() {
            crate::py::errors::warn(py, "SAWarning", "The autoescape parameter is now a simple boolean True/False")?;
        }
        let e = escape.get_or_insert_with(|| "/".to_owned()).clone();
        let Ok(s) = other.cast::<PyString>() else {
            return Err(PyTypeError::new_err("String value expected when autoescape=True"));
        };
        let mut text = s.to_str()?.to_owned();
        if e != "%" && e != "_" {
            text = text.replace(&e, &format!("{e}{e}"));
        }
        text = text.replace('%', &format!("{e}%")).replace('_', &format!("{e}_"));
        value = PyString::new(py, &text).into_any();
    }
    let modifiers: Modifiers = match escape {
        Some(e) => vec![("escape".into(), Modifier::Str(e.into()))],
        None => Vec::new(),
    };
    build::compare(left, op.clone(), operand(py, left, op, &value)?, modifiers).map_err(|e| sql_error(py, e))
}

fn between_side<'py>(py: Python<'py>, left: &ExprRef, op: &Op, obj: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    resolved(py, left, op, obj)
}

fn is_collection(obj: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(!obj.is_instance_of::<PyString>() && !obj.is_instance_of::<PyBytes>() && obj.hasattr("__iter__")?)
}

/// `left IN other`: a list becomes one expanding bind, unless it holds expressions.
fn in_op<'py>(py: Python<'py>, left: &ExprRef, op: &Op, obj: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    let clause = coerce::clause_of(obj)?;
    if let Some(node) = super::clause::node_of(&clause)? {
        use sql::ast::{FromKind, Node};
        return match node {
            Node::Query(q) => Ok(build::in_(left, op.clone(), &query_operand(&q))),
            Node::From(f) => {
                let q = match &f.kind {
                    FromKind::Values(_) => sql::ast::Query::new(QueryKind::Values(f.clone())),
                    _ => {
                        let name = clause.get_type().name()?.text();
                        crate::py::errors::warn(
                            py,
                            "SAWarning",
                            &format!(
                                "Coercing {name} object into a select() for use in IN(); please pass a select() construct explicitly"
                            ),
                        )?;
                        super::select::select_from_all(&f)
                    }
                };
                Ok(build::in_(left, op.clone(), &query_operand(&q)))
            }
            Node::Expr(e) => match &e.kind {
                ExprKind::ScalarSelect(q) => Ok(build::in_(left, op.clone(), &query_operand(q))),
                ExprKind::Bind(b) => {
                    let mut bind = b.clone();
                    bind.expanding = true;
                    bind.expand_op = Some(op.clone());
                    let ty = if e.ty.is_null() { in_type(left) } else { e.ty.clone() };
                    let bind = Expr::new(ExprKind::Bind(bind), ty);
                    Ok(build::in_(left, op.clone(), &bind))
                }
                ExprKind::List { clauses, .. } => Ok(build::in_(left, op.clone(), &build::comma_group(clauses.clone()))),
                ExprKind::Tuple(clauses) => Ok(build::in_(left, op.clone(), &build::comma_group(clauses.clone()))),
                ExprKind::Text(_) | ExprKind::Host(_) => Ok(build::in_(left, op.clone(), &e)),
                ExprKind::Function(_) => {
                    // A function is selected from.
                    let q = sql::ast::Query::select(sql::ast::Select {
                        columns: vec![sql::ast::SelectItem::Expr(e.clone())],
                        ..Default::default()
                    });
                    Ok(build::in_(left, op.clone(), &query_operand(&q)))
                }
                ExprKind::Grouping(inner) if matches!(inner.kind, ExprKind::List { .. }) => Ok(build::in_(left, op.clone(), &e)),
                _ => Err(coerce::unexpected(&clause, Role::InElement)),
            },
            _ => Err(coerce::unexpected(&clause, Role::InElement)),
        };
    }
    if !is_collection(&clause)? || clause.is_instance_of::<pyo3::types::PyType>() {
        return Err(coerce::unexpected(obj, Role::InElement));
    }
    let items: Vec<Bound<'py, PyAny>> = clause.try_iter()?.collect::<PyResult<_>>()?;
    let mut has_expr = false;
    for i in &items {
        match super::clause::node_of(&coerce::clause_of(i)?)? {
            None => match coerce::illegal_value(i)? {
                Some(e) => return Err(e),
                None => continue,
            },
            Some(sql::ast::Node::Expr(e)) if !matches!(e.kind, ExprKind::Text(_)) => has_expr = true,
            Some(_) => return Err(coerce::unexpected(obj, Role::InElement)),
        }
    }
    if has_expr {
        let exprs = items
            .iter()
            .map(|i| {
                if let ExprKind::Tuple(parts) = &left.kind { tuple_operand(py, parts, i, op) } else { resolved(py, left, op, i) }
            })
            .collect::<PyResult<Vec<_>>>()?;
        return Ok(build::in_(left, op.clone(), &build::comma_group(exprs)));
    }
    let list = pyo3::types::PyList::new(py, &items)?;
    let sample = items.iter().find(|i| !i.is_none());
    let ty = match sample {
        _ if matches!(left.kind, ExprKind::Tuple(_)) => left.ty.clone(),
        Some(v) if decides(&left.ty) => crate::py::types::coerce_compared_value(&left.ty, &ops::function_of(py, op)?, v)?,
        Some(v) => typing::coerce_compared(&left.ty, op, crate::py::types::type_of_value(v)?),
        None => left.ty.clone(),
    };
    let base = build::bind_base(left);
    let bind = build::anon_bind(&base, BindValue::Host(PyHost::wrap(list.as_any())), ty);
    let ExprKind::Bind(b) = &bind.kind else { return Ok(bind) };
    let mut b = b.clone();
    b.expanding = true;
    b.expand_op = Some(op.clone());
    let bind = Expr::new(ExprKind::Bind(b), bind.ty.clone());
    Ok(build::in_(left, op.clone(), &bind))
}

fn in_type(left: &ExprRef) -> TypeRef {
    left.ty.clone()
}

/// A query as the right side of IN: set operations and LIMIT keep their parentheses.
pub fn query_operand(q: &sql::ast::QueryRef) -> ExprRef {
    let ty = super::selectable::scalar_type(q);
    Expr::new(ExprKind::QueryGrouping(q.clone()), ty)
}

/// `tuple_(a, b) = (1, 2)`.
fn tuple_compare<'py>(py: Python<'py>, left: &ExprRef, op: &Op, other: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    let ExprKind::Tuple(parts) = &left.kind else { return Err(unsupported(op)) };
    if is_collection(other)? && super::clause::node_of(&coerce::clause_of(other)?)?.is_none() {
        let right = tuple_operand(py, parts, other, op)?;
        return Ok(build::binary_typed(left, op.clone(), &right, types::boolean(), op.negation(), Vec::new()));
    }
    let other = operand(py, left, op, other)?;
    build::compare(left, op.clone(), other, Vec::new()).map_err(|e| sql_error(py, e))
}

fn tuple_operand<'py>(py: Python<'py>, parts: &[ExprRef], other: &Bound<'py, PyAny>, op: &Op) -> PyResult<ExprRef> {
    if let Some(e) = coerce::try_expr(other, Role::BinaryElement)? {
        return Ok(e);
    }
    let items: Vec<Bound<'py, PyAny>> = other.try_iter()?.collect::<PyResult<_>>()?;
    let exprs = items
        .iter()
        .enumerate()
        .map(|(i, v)| match parts.get(i) {
            Some(part) => match operand(py, part, op, v)? {
                Other::Expr(e) => Ok(e),
                Other::Value(value, own) => Ok(build::anon_bind("param", value, typing::coerce_compared(&part.ty, op, own))),
            },
            None => coerce::expr_or_literal(v, "param"),
        })
        .collect::<PyResult<Vec<_>>>()?;
    Ok(super::elements::tuple_of(exprs))
}

/// `ANY (x)`, `ALL (x)`.
pub fn any_all(op: Op, e: &ExprRef) -> ExprRef {
    let ty = match (&e.ty.item, e.ty.affinity) {
        (Some(item), Affinity::Array) => item.clone(),
        _ => e.ty.clone(),
    };
    let operand = match &e.kind {
        ExprKind::ScalarSelect(_) | ExprKind::Grouping(_) | ExprKind::QueryGrouping(_) => e.clone(),
        _ => sql::ast::precedence::self_group(e, Some(&op)),
    };
    Expr::new(ExprKind::UnaryPrefix { op, operand }, ty)
}

/// `5 = ANY (x)`: the collection stands right, so the operator is turned round.
fn any_all_compare<'py>(py: Python<'py>, collection: &ExprRef, op: &Op, other: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    if !op.is_comparison() {
        return Err(argument_error(py, "Only comparison operators may be used with ANY/ALL"));
    }
    let mirrored = match op {
        Op::Lt => Op::Gt,
        Op::Gt => Op::Lt,
        Op::Le => Op::Ge,
        Op::Ge => Op::Le,
        o => o.clone(),
    };
    let left = resolved(py, collection, op, other)?;
    let left = match (&left.kind, other.is_none()) {
        (ExprKind::Bind(_), true) => build::null(),
        _ => left,
    };
    // NOT (x = ANY (y)) is not x != ANY (y).
    Ok(build::binary_typed(&left, mirrored, collection, types::boolean(), None, Vec::new()))
}

/// `x[i]`: elements and slices of arrays, members of JSON.
fn getitem<'py>(left: &ExprRef, index: &Bound<'py, PyAny>) -> PyResult<ExprRef> {
    match left.ty.affinity {
        Affinity::Array => {
            let zero = matches!(left.ty.option("zero_indexes"), Some(types::TypeArg::Bool(true)));
            let shift = |v: &Bound<'py, PyAny>| -> PyResult<Bound<'py, PyAny>> {
                if zero && v.is_instance_of::<pyo3::types::PyInt>() { v.add(1) } else { Ok(v.clone()) }
            };
            let bound = |v: &Bound<'py, PyAny>| -> PyResult<ExprRef> {
                if let Some(e) = coerce::try_expr(v, Role::BinaryElement)? {
                    return Ok(e);
                }
                if v.is_none() {
                    return Ok(build::null());
                }
                super::bind::value_bind(&build::bind_base(left), &shift(v)?, Some(types::integer()))
            };
            if let Ok(s) = index.cast::<PySlice>() {
                let step = s.getattr("step")?;
                let parts = ExprKind::Slice {
                    start: bound(&s.getattr("start")?)?,
                    stop: bound(&s.getattr("stop")?)?,
                    step: if step.is_none() { None } else { Some(bound(&step)?) },
                };
                let slice = Expr::new(parts, types::null_type());
                return Ok(build::binary_typed(left, Op::GetItem, &slice, left.ty.clone(), None, Vec::new()));
            }
            let dims = match left.ty.option("dimensions") {
                Some(types::TypeArg::Int(d)) => Some(*d),
                _ => None,
            };
            let ty = match dims {
                None | Some(1) => left.ty.item.clone().unwrap_or_else(types::null_type),
                Some(dims) => {
                    let whole = crate::py::types::wrap_type(index.py(), &left.ty)?;
                    let fewer = pyo3::types::PyDict::new(index.py());
                    fewer.set_item("dimensions", dims - 1)?;
                    crate::py::types::to_type(&whole.call_method("adapt", (whole.get_type(),), Some(&fewer))?)?
                }
            };
            Ok(build::binary_typed(left, Op::GetItem, &bound(index)?, ty, None, Vec::new()))
        }
        Affinity::Json => {
            let is_path = index.is_instance_of::<PyTuple>() || index.is_instance_of::<pyo3::types::PyList>();
            let op = if is_path { Op::JsonPathGetItem } else { Op::JsonGetItem };
            let right = match coerce::try_expr(index, Role::BinaryElement)? {
                Some(e) => e,
                None => {
                    let affinity = if is_path { Affinity::JsonPath } else { Affinity::JsonIndex };
                    let visit = if is_path {
                        "json_path"
                    } else if index.is_instance_of::<pyo3::types::PyInt>() {
                        "json_int_index"
                    } else {
                        "json_str_index"
                    };
                    let ty = std::sync::Arc::new(types::SqlType::simple(visit, affinity));
                    build::anon_bind(&build::bind_base(left), BindValue::Host(PyHost::wrap(index)), ty)
                }
            };
            Ok(build::binary_typed(left, op, &right, left.ty.clone(), None, Vec::new()))
        }
        _ => Err(unsupported(&Op::GetItem)),
    }
}

/// A list of face objects (for getters).
pub fn faces<'py>(py: Python<'py>, es: &[ExprRef]) -> PyResult<Bound<'py, pyo3::types::PyList>> {
    pyo3::types::PyList::new(py, wrap_exprs(py, es)?)
}
