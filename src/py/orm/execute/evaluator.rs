//! Criteria and values of bulk statements, evaluated on instances of the session.

use crate::py::ffi;
use crate::py::host::PyHost;
use crate::py::orm::identity::StateExt;
use crate::py::orm::state::InstanceState;
use orm::Mapper;
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::ast::{BindValue, ExprKind, ExprRef, Literal, Op};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// What an instance cannot be asked: its value of an attribute is not loaded.
pub struct Unloaded;

/// One instance to evaluate on.
pub struct Row<'a, 'py> {
    /// Its state.
    pub state: &'a Bound<'py, InstanceState>,
    /// Its values.
    pub dict: &'a Bound<'py, PyDict>,
    /// The entity's mapper.
    pub mapper: &'a Arc<Mapper>,
}

/// Why an expression cannot be evaluated, if so.
pub fn obstacle(e: &ExprRef, mapper: &Arc<Mapper>) -> Option<String> {
    match &e.kind {
        ExprKind::Column(c) => match mapper.key_of(&c.column) {
            Some(_) => None,
            None => Some(format!("Cannot evaluate column: {}", c.column.name())),
        },
        ExprKind::Bind(b) if matches!(b.value, BindValue::Callable(_)) => None,
        ExprKind::Bind(_) | ExprKind::Null | ExprKind::True | ExprKind::False => None,
        ExprKind::Grouping(x) | ExprKind::Label { element: x, .. } | ExprKind::TypeCoerce(x) => obstacle(x, mapper),
        ExprKind::BoolList { clauses, .. } => clauses.iter().find_map(|c| obstacle(c, mapper)),
        ExprKind::UnaryPrefix { op: Op::Not, operand } => obstacle(operand, mapper),
        ExprKind::AsBoolean { operand, .. } => obstacle(operand, mapper),
        ExprKind::Tuple(list) => list.iter().find_map(|c| obstacle(c, mapper)),
        ExprKind::List { op: Op::Comma, clauses, .. } => clauses.iter().find_map(|c| obstacle(c, mapper)),
        ExprKind::Binary { left, right, op, modifiers, .. } => {
            let known = matches!(
                op,
                Op::Eq
                    | Op::Ne
                    | Op::Lt
                    | Op::Le
                    | Op::Gt
                    | Op::Ge
                    | Op::Add
                    | Op::Sub
                    | Op::Mul
                    | Op::TrueDiv
                    | Op::Mod
                    | Op::Is
                    | Op::IsNot
                    | Op::In
                    | Op::NotIn
                    | Op::Concat
                    | Op::StartsWith
                    | Op::EndsWith
                    | Op::BitAnd
                    | Op::BitOr
            );
            if !known || !modifiers.is_empty() {
                return Some(format!("Cannot evaluate binary expression with operator {}", crate::py::sql::ops::name_of(op)));
            }
            obstacle(left, mapper).or_else(|| obstacle(right, mapper))
        }
        other => Some(format!("Cannot evaluate {}", kind_name(other))),
    }
}

fn kind_name(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::Function(_) => "Function",
        ExprKind::ScalarSelect(_) => "ScalarSelect",
        ExprKind::QueryGrouping(_) => "Select",
        ExprKind::Exists(_) => "Exists",
        ExprKind::Text(_) => "TextClause",
        ExprKind::Case { .. } => "Case",
        ExprKind::Cast { .. } => "Cast",
        ExprKind::UnaryPrefix { .. } | ExprKind::UnaryPostfix { .. } => "UnaryExpression",
        _ => "expression",
    }
}

fn literal<'py>(py: Python<'py>, l: &Literal) -> PyResult<Any<'py>> {
    Ok(match l {
        Literal::Null => py.None().into_bound(py),
        Literal::Bool(b) => b.into_pyobject(py)?.to_owned().into_any(),
        Literal::Int(i) => i.into_pyobject(py)?.into_any(),
        Literal::Float(f) => f.into_pyobject(py)?.into_any(),
        Literal::Text(s) => PyString::new(py, s).into_any(),
        Literal::Bytes(b) => pyo3::types::PyBytes::new(py, b).into_any(),
    })
}

/// The value on an instance; SQL NULL is None.
pub fn evaluate<'py>(
    e: &ExprRef,
    row: &Row<'_, 'py>,
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<Result<Any<'py>, Unloaded>> {
    let py = row.dict.py();
    let none = || py.None().into_bound(py);
    macro_rules! sub {
        ($e:expr) => {
            match evaluate($e, row, params)? {
                Ok(v) => v,
                Err(u) => return Ok(Err(u)),
            }
        };
    }
    Ok(Ok(match &e.kind {
        ExprKind::Column(c) => {
            let Some(key) = row.mapper.key_of(&c.column) else { return Ok(Err(Unloaded)) };
            match ffi::dict_get(row.dict, &PyString::intern(py, &key).unbind()) {
                Some(v) => v,
                None if !row.state.has_key() => none(),
                None => return Ok(Err(Unloaded)),
            }
        }
        ExprKind::Bind(b) => {
            if let Some(p) = params
                && let Some(v) = p.get_item(&*b.orig_key)?
            {
                return Ok(Ok(v));
            }
            match &b.value {
                BindValue::Host(h) => PyHost::get(py, h).unwrap_or_else(none),
                BindValue::Literal(l) => literal(py, l)?,
                BindValue::Callable(h) => match PyHost::get(py, h) {
                    Some(f) => f.call0()?,
                    None => none(),
                },
                BindValue::Missing => none(),
            }
        }
        ExprKind::Null => none(),
        ExprKind::True => true.into_pyobject(py)?.to_owned().into_any(),
        ExprKind::False => false.into_pyobject(py)?.to_owned().into_any(),
        ExprKind::Grouping(x) | ExprKind::Label { element: x, .. } | ExprKind::TypeCoerce(x) => sub!(x),
        ExprKind::AsBoolean { operand, op, .. } => {
            let v = sub!(operand);
            if v.is_none() {
                return Ok(Ok(v));
            }
            (v.is_truthy()? == (*op == Op::IsTrue)).into_pyobject(py)?.to_owned().into_any()
        }
        ExprKind::UnaryPrefix { operand, .. } => {
            let v = sub!(operand);
            if v.is_none() {
                return Ok(Ok(v));
            }
            (!v.is_truthy()?).into_pyobject(py)?.to_owned().into_any()
        }
        ExprKind::BoolList { op, clauses } => {
            let stop = *op == Op::Or;
            let mut null = false;
            for c in clauses {
                let v = sub!(c);
                if v.is_none() {
                    null = true;
                } else if v.is_truthy()? == stop {
                    return Ok(Ok(stop.into_pyobject(py)?.to_owned().into_any()));
                }
            }
            if null { none() } else { (!stop).into_pyobject(py)?.to_owned().into_any() }
        }
        ExprKind::Tuple(list) | ExprKind::List { clauses: list, .. } => {
            let mut out = Vec::with_capacity(list.len());
            for c in list {
                out.push(sub!(c));
            }
            pyo3::types::PyTuple::new(py, out)?.into_any()
        }
        ExprKind::Binary { left, right, op, .. } => {
            let (l, r) = (sub!(left), sub!(right));
            let yes = |b: bool| -> PyResult<Any<'py>> { Ok(b.into_pyobject(py)?.to_owned().into_any()) };
            match op {
                Op::Is | Op::IsNot => return Ok(Ok(yes((l.is_none() && r.is_none() || l.eq(&r)?) == (*op == Op::Is))?)),
                _ if l.is_none() || r.is_none() => return Ok(Ok(none())),
                _ => {}
            }
            match op {
                Op::Eq => yes(l.eq(&r)?)?,
                Op::Ne => yes(l.ne(&r)?)?,
                Op::Lt => l.rich_compare(&r, CompareOp::Lt)?,
                Op::Le => l.rich_compare(&r, CompareOp::Le)?,
                Op::Gt => l.rich_compare(&r, CompareOp::Gt)?,
                Op::Ge => l.rich_compare(&r, CompareOp::Ge)?,
                Op::Add | Op::Concat => l.add(&r)?,
                Op::Sub => l.sub(&r)?,
                Op::Mul => l.mul(&r)?,
                Op::TrueDiv => l.div(&r)?,
                Op::Mod => l.rem(&r)?,
                Op::BitAnd => l.bitand(&r)?,
                Op::BitOr => l.bitor(&r)?,
                Op::In => yes(r.contains(&l)?)?,
                Op::NotIn => yes(!r.contains(&l)?)?,
                Op::StartsWith => l.call_method1("startswith", (&r,))?,
                Op::EndsWith => l.call_method1("endswith", (&r,))?,
                _ => return Ok(Err(Unloaded)),
            }
        }
        _ => return Ok(Err(Unloaded)),
    }))
}
