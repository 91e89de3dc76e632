//! `ColumnElement`: expressions with a type and operators; `ColumnClause`: columns.

use super::clause::{ClauseElement, FaceClass, face_class};
use super::coerce;
use super::face::{wrap_expr, wrap_from};
use super::infix::{Infix, Operand, Prefix, operator_methods};
use super::operators::{operate, reverse_operate};
use crate::py::text::Text;
use pyo3::IntoPyObjectExt;
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple};
use sql::ast::{CustomOp, ExprKind, ExprRef, Node, Op};
use std::sync::Arc;

face_class! {
    /// An expression with a type: everything operators apply to.
    ColumnElement: ClauseElement, "ColumnElement", "oxalchemy.sql.elements"
}
face_class! {
    /// A column by name; base of `Column`.
    ColumnClause: ColumnElement, "ColumnClause", "oxalchemy.sql.elements"
}

/// The expression behind a face; user constructs become host nodes.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    if let Ok(face) = obj.cast::<ClauseElement>()
        && let Some(Node::Expr(e)) = face.get().node()
    {
        return Ok(e.clone());
    }
    coerce::expr(obj)
}

/// The column behind a column clause, also of the user's subclass with its own text.
fn plain(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    if let Ok(face) = obj.cast::<ClauseElement>()
        && let Some(Node::Expr(e)) = face.get().extra.get().and_then(|x| x.inner.get())
    {
        return Ok(e.clone());
    }
    own(obj)
}

fn kwargs<'py>(py: Python<'py>, pairs: &[(&str, Option<&Bound<'py, PyAny>>)]) -> PyResult<Option<Bound<'py, PyDict>>> {
    if pairs.iter().all(|(_, v)| v.is_none()) {
        return Ok(None);
    }
    let kw = PyDict::new(py);
    for (k, v) in pairs {
        if let Some(v) = v {
            kw.set_item(k, v)?;
        }
    }
    Ok(Some(kw))
}

/// `expr.op("text")`: waits for the right operand.
#[pyclass(frozen, module = "oxalchemy.sql.operators")]
pub struct OpCall {
    left: Py<PyAny>,
    op: Py<PyAny>,
}
#[pymethods]
impl OpCall {
    #[pyo3(signature = (other, **kw))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        other: Bound<'py, PyAny>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let args = PyTuple::new(py, [self.op.bind(py).clone(), other])?;
        self.left.bind(py).call_method("operate", args, kw.as_ref())
    }
}

operator_methods! {
impl ColumnElement {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "primary_key")]
    const PRIMARY_KEY: bool = false;
    #[classattr]
    #[pyo3(name = "foreign_keys")]
    fn foreign_keys(py: Python<'_>) -> PyResult<Py<PyAny>> {
        PyTuple::empty(py).into_py_any(py)
    }
    #[classattr]
    #[pyo3(name = "_is_column_element")]
    const IS_COLUMN_ELEMENT: bool = true;

    fn __hash__(slf: &Bound<'_, Self>) -> isize {
        (slf.as_ptr() as isize) >> 4
    }
    fn __richcmp__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>, op: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let op = match op {
            CompareOp::Eq => Op::Eq,
            CompareOp::Ne => Op::Ne,
            CompareOp::Lt => Op::Lt,
            CompareOp::Le => Op::Le,
            CompareOp::Gt => Op::Gt,
            CompareOp::Ge => Op::Ge,
        };
        let left = own(slf.as_any())?;
        // an annotated expression is of a class below its own, and Python asks the right side first where that is so
        if left.ann.is_none()
            && let Ok(face) = other.cast::<ClauseElement>()
            && let Some(Node::Expr(right)) = face.get().node()
            && right.ann.is_some()
            && other.get_type().is_subclass(&slf.get_type())?
        {
            let op = match op {
                Op::Lt => Op::Gt,
                Op::Le => Op::Ge,
                Op::Gt => Op::Lt,
                Op::Ge => Op::Le,
                same => same,
            };
            let (right, left) = (right.clone(), slf.as_any().clone());
            return operate(slf.py(), &right, &op, std::slice::from_ref(&left), None);
        }
        operate(slf.py(), &left, &op, std::slice::from_ref(other), None)
    }
    fn __bool__(slf: &Bound<'_, Self>) -> PyResult<bool> {
        match &own(slf.as_any())?.kind {
            ExprKind::Binary { left, right, op: Op::Eq, .. } => Ok(super::same_operand(left, right)),
            ExprKind::Binary { left, right, op: Op::Ne, .. } => Ok(!super::same_operand(left, right)),
            ExprKind::True => Ok(true),
            ExprKind::False => Ok(false),
            ExprKind::Grouping(inner) => match &inner.kind {
                ExprKind::Binary { left, right, op: Op::Eq, .. } => Ok(super::same_operand(left, right)),
                _ => Err(pyo3::exceptions::PyTypeError::new_err("Boolean value of this clause is not defined")),
            },
            _ => Err(pyo3::exceptions::PyTypeError::new_err("Boolean value of this clause is not defined")),
        }
    }
    fn __contains__(slf: &Bound<'_, Self>, other: Bound<'_, PyAny>) -> PyResult<bool> {
        let py = slf.py();
        let e = own(slf.as_any())?;
        if super::operators::has_comparator(&e.ty) {
            let c = super::operators::comparator(py, &e)?;
            return py.import("operator")?.getattr("contains")?.call1((c, other))?.is_truthy();
        }
        Err(pyo3::exceptions::PyNotImplementedError::new_err("Operator 'contains' is not supported on this expression"))
    }
    fn __iter__(slf: &Bound<'_, Self>) -> PyResult<()> {
        let name = slf.get_type().name()?.text();
        Err(pyo3::exceptions::PyTypeError::new_err(format!("'{name}' object is not iterable")))
    }
    /// Build `self op other`.
    #[pyo3(signature = (op, *other, **kwargs))]
    fn operate<'py>(
        slf: &Bound<'py, Self>,
        op: &Bound<'py, PyAny>,
        other: &Bound<'py, PyTuple>,
        kwargs: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let e = own(slf.as_any())?;
        if super::operators::has_comparator(&e.ty) {
            let c = super::operators::comparator(py, &e)?;
            return op.call(PyTuple::new(py, std::iter::once(c).chain(other.iter()).collect::<Vec<_>>())?, kwargs.as_ref());
        }
        super::operators::default_operate(slf.as_any(), op, false, other, kwargs)
    }
    /// Build `other op self`.
    #[pyo3(signature = (op, other, **kwargs))]
    fn reverse_operate<'py>(
        slf: &Bound<'py, Self>,
        op: &Bound<'py, PyAny>,
        other: Bound<'py, PyAny>,
        kwargs: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let e = own(slf.as_any())?;
        if super::operators::has_comparator(&e.ty) {
            return op.call((other, super::operators::comparator(py, &e)?), kwargs.as_ref());
        }
        super::operators::default_operate(slf.as_any(), op, true, &PyTuple::new(py, [other])?, kwargs)
    }

    fn concat<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Concat, &[other], None)
    }
    fn is_<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Is, &[other], None)
    }
    fn is_not<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::IsNot, &[other], None)
    }
    fn isnot<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::IsNot, &[other], None)
    }
    fn is_distinct_from<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::IsDistinctFrom, &[other], None)
    }
    fn is_not_distinct_from<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::IsNotDistinctFrom, &[other], None)
    }
    fn isnot_distinct_from<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::IsNotDistinctFrom, &[other], None)
    }
    fn bitwise_and<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::BitAnd, &[other], None)
    }
    fn bitwise_or<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::BitOr, &[other], None)
    }
    fn bitwise_xor<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::BitXor, &[other], None)
    }
    fn bitwise_lshift<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::BitLshift, &[other], None)
    }
    fn bitwise_rshift<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::BitRshift, &[other], None)
    }
    fn in_<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::In, &[other], None)
    }
    fn not_in<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::NotIn, &[other], None)
    }
    fn notin_<'py>(slf: &Bound<'py, Self>, other: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::NotIn, &[other], None)
    }
    #[pyo3(signature = (collation, collation_schema=None))]
    fn collate<'py>(
        slf: &Bound<'py, Self>,
        collation: Bound<'py, PyAny>,
        collation_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let name = match collation_schema.filter(|s| !s.is_none()) {
            Some(schema) => pyo3::types::PyString::new(slf.py(), &format!("{}.{}", schema.text(), collation.text())).into_any(),
            None => collation,
        };
        operate(slf.py(), &own(slf.as_any())?, &Op::Collate, &[name], None)
    }
    #[pyo3(signature = (other, escape=None))]
    fn like<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::Like, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None))]
    fn not_like<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::NotLike, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None))]
    fn notlike<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::NotLike, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None))]
    fn ilike<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::ILike, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None))]
    fn not_ilike<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::NotILike, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None))]
    fn notilike<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::NotILike, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None, autoescape=None))]
    fn startswith<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
        autoescape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref()), ("autoescape", autoescape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::StartsWith, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None, autoescape=None))]
    fn istartswith<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
        autoescape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref()), ("autoescape", autoescape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::IStartsWith, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None, autoescape=None))]
    fn endswith<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
        autoescape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref()), ("autoescape", autoescape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::EndsWith, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None, autoescape=None))]
    fn iendswith<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
        autoescape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref()), ("autoescape", autoescape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::IEndsWith, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None, autoescape=None))]
    fn contains<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
        autoescape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref()), ("autoescape", autoescape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::Contains, &[other], kw)
    }
    #[pyo3(signature = (other, escape=None, autoescape=None))]
    fn icontains<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        escape: Option<Bound<'py, PyAny>>,
        autoescape: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("escape", escape.as_ref()), ("autoescape", autoescape.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::IContains, &[other], kw)
    }
    fn asc<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Asc, &[], None)
    }
    fn desc<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Desc, &[], None)
    }
    fn nulls_first<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::NullsFirst, &[], None)
    }
    fn nullsfirst<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::NullsFirst, &[], None)
    }
    fn nulls_last<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::NullsLast, &[], None)
    }
    fn nullslast<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::NullsLast, &[], None)
    }
    fn distinct<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Distinct, &[], None)
    }
    fn any_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Any, &[], None)
    }
    fn all_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::All, &[], None)
    }
    fn bitwise_not<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::BitNot, &[], None)
    }
    #[pyo3(signature = (cleft, cright, symmetric=false))]
    fn between<'py>(
        slf: &Bound<'py, Self>,
        cleft: Bound<'py, PyAny>,
        cright: Bound<'py, PyAny>,
        symmetric: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = if symmetric {
            kwargs(slf.py(), &[("symmetric", Some(&PyBool::new(slf.py(), true).to_owned().into_any()))])?
        } else {
            None
        };
        operate(slf.py(), &own(slf.as_any())?, &Op::Between, &[cleft, cright], kw)
    }
    #[pyo3(name = "match", signature = (other, **kw))]
    fn match_<'py>(
        slf: &Bound<'py, Self>,
        other: Bound<'py, PyAny>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &Op::Match, &[other], kw)
    }
    #[pyo3(signature = (pattern, flags=None))]
    fn regexp_match<'py>(
        slf: &Bound<'py, Self>,
        pattern: Bound<'py, PyAny>,
        flags: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("flags", flags.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::RegexpMatch, &[pattern], kw)
    }
    #[pyo3(signature = (pattern, replacement, flags=None))]
    fn regexp_replace<'py>(
        slf: &Bound<'py, Self>,
        pattern: Bound<'py, PyAny>,
        replacement: Bound<'py, PyAny>,
        flags: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let kw = kwargs(slf.py(), &[("flags", flags.as_ref())])?;
        operate(slf.py(), &own(slf.as_any())?, &Op::RegexpReplace, &[pattern, replacement], kw)
    }
    /// A custom operator: `expr.op("%")(5)`.
    #[pyo3(signature = (opstring, precedence=0, is_comparison=false, return_type=None, python_impl=None, operator_class=None))]
    fn op<'py>(
        slf: &Bound<'py, Self>,
        opstring: Bound<'py, PyAny>,
        precedence: i32,
        is_comparison: bool,
        return_type: Option<Bound<'py, PyAny>>,
        python_impl: Option<Bound<'py, PyAny>>,
        operator_class: Option<Bound<'py, PyAny>>,
    ) -> PyResult<OpCall> {
        let py = slf.py();
        let _ = operator_class;
        let op = py.import("oxalchemy.sql.operators")?.getattr("custom_op")?;
        let op = op.call1((opstring, precedence, is_comparison, return_type, true, false, python_impl))?;
        Ok(OpCall { left: slf.clone().into_any().unbind(), op: op.unbind() })
    }
    /// A custom operator that gives true or false.
    #[pyo3(signature = (opstring, precedence=0, python_impl=None))]
    fn bool_op<'py>(
        slf: &Bound<'py, Self>,
        opstring: Bound<'py, PyAny>,
        precedence: i32,
        python_impl: Option<Bound<'py, PyAny>>,
    ) -> PyResult<OpCall> {
        Self::op(slf, opstring, precedence, true, None, python_impl, None)
    }
    /// `self AS name`.
    #[pyo3(signature = (name=None))]
    fn label<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        super::elements::label_of(name.as_ref(), slf.as_any(), None)
    }
    /// `CAST(self AS type_)`.
    fn cast<'py>(slf: &Bound<'py, Self>, type_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        super::elements::cast(slf.as_any(), type_)
    }
    /// The type object.
    #[getter]
    fn r#type<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let face = slf.as_super().get();
        if let Some(t) = face.attr(slf.py(), "type")? {
            return Ok(t);
        }
        match face.node().or_else(|| face.extra.get().and_then(|x| x.inner.get())) {
            Some(Node::Expr(e)) => match &e.kind {
                ExprKind::Column(c) => crate::py::types::wrap_type(slf.py(), &c.column.ty()),
                _ => crate::py::types::wrap_type(slf.py(), &e.ty),
            },
            _ => crate::py::types::wrap_type(slf.py(), &sql::types::null_type()),
        }
    }
    /// User constructs say their type in `__init__`; a column takes it over.
    #[setter]
    fn set_type<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let face = slf.as_super().get();
        if let Some(Node::Expr(e)) = face.node()
            && let ExprKind::Column(c) = &e.kind
        {
            c.column.d.write().ty = crate::py::types::to_type(value)?;
            return Ok(());
        }
        face.set_attr(slf.py(), "type", value)
    }
    #[setter]
    fn set_key<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let face = slf.as_super().get();
        if let Some(Node::Expr(e)) = face.node()
            && let ExprKind::Column(c) = &e.kind
        {
            c.column.d.write().key = Some(value.extract::<String>()?.into());
            return Ok(());
        }
        face.set_attr(slf.py(), "key", value)
    }
    #[getter]
    fn comparator<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let ty = slf.getattr("type")?;
        let factory = ty.getattr("comparator_factory")?;
        factory
            .call1((slf,))
            .or_else(|e| if e.is_instance_of::<PyAttributeError>(py) { Ok(py.None().into_bound(py)) } else { Err(e) })
    }
    #[getter]
    fn key(slf: &Bound<'_, Self>) -> PyResult<Option<String>> {
        if let Some(k) = slf.as_super().get().attr(slf.py(), "key")? {
            return k.extract();
        }
        let face = slf.as_super().get();
        Ok(match face.node().or_else(|| face.extra.get().and_then(|x| x.inner.get())) {
            Some(Node::Expr(e)) => match &e.kind {
                ExprKind::Column(_) | ExprKind::Label { .. } | ExprKind::LiteralColumn(_) => {
                    sql::ast::proxy::key_of(e).map(|k| k.to_string())
                }
                ExprKind::Bind(b) => Some(sql::ast::proxy::anonymous(&b.key).to_string()),
                _ => None,
            },
            _ => None,
        })
    }
    #[getter]
    fn expression(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[getter]
    fn anon_name_label(slf: &Bound<'_, Self>) -> PyResult<String> {
        let e = own(slf.as_any())?;
        let base = sql::ast::proxy::key_of(&e).unwrap_or_else(|| "anon".into());
        Ok(format!("%({} {base})s", slf.as_ptr() as usize))
    }
    #[getter]
    fn base_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        let py = slf.py();
        let set = sql::ast::proxy::proxy_set(&own(slf.as_any())?);
        let set = set.iter().filter(|e| match &e.kind {
            ExprKind::Column(c) => c.column.d.read().proxies.is_empty(),
            ExprKind::Label { .. } => false,
            _ => true,
        });
        pyo3::types::PySet::new(py, set.map(|e| wrap_expr(py, e)).collect::<PyResult<Vec<_>>>()?)
    }
    #[getter]
    fn proxy_set<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, pyo3::types::PyFrozenSet>> {
        let py = slf.py();
        let set = sql::ast::proxy::proxy_set(&own(slf.as_any())?);
        pyo3::types::PyFrozenSet::new(py, set.iter().map(|e| wrap_expr(py, e)).collect::<PyResult<Vec<_>>>()?)
    }
    fn shares_lineage(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let ids = |o: &Bound<'_, PyAny>| -> PyResult<Vec<usize>> {
            Ok(sql::ast::proxy::proxy_set(&coerce::expr(o)?).iter().map(sql::ast::proxy::expr_id).collect())
        };
        let (a, b) = (ids(slf.as_any())?, ids(other)?);
        Ok(a.iter().any(|i| b.contains(i)))
    }
    /// Attributes that the type's comparator adds.
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let class = slf.get_type().name()?.text();
        if !name.starts_with("__")
            && let Some(Node::Expr(e)) = slf.as_super().get().node()
            && e.ty.owner.is_some()
        {
            let c = super::operators::comparator(slf.py(), e)?;
            if let Some(found) = c.getattr_opt(name)? {
                return Ok(found);
            }
        }
        Err(PyAttributeError::new_err(format!("Neither '{class}' object nor 'Comparator' object has an attribute '{name}'")))
    }
}
}

impl Operand for ColumnElement {
    fn infix<'py>(slf: &Bound<'py, Self>, op: Infix, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match op.op() {
            Some(op) => operate(slf.py(), &own(slf.as_any())?, &op, std::slice::from_ref(other), None),
            None => rare(slf, op.function(), other, false),
        }
    }
    fn reflected<'py>(slf: &Bound<'py, Self>, op: Infix, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match op.op() {
            Some(op) => reverse_operate(slf.py(), &own(slf.as_any())?, &op, other),
            None => rare(slf, op.function(), other, true),
        }
    }
    fn prefix<'py>(slf: &Bound<'py, Self>, op: Prefix) -> PyResult<Bound<'py, PyAny>> {
        operate(slf.py(), &own(slf.as_any())?, &op.op(), &[], None)
    }
}

/// Operators that only comparators of the user's types have, and `**`.
fn rare<'py>(
    slf: &Bound<'py, ColumnElement>,
    name: &str,
    other: &Bound<'py, PyAny>,
    reverse: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let e = own(slf.as_any())?;
    let f = py.import("operator")?.getattr(name)?;
    if super::operators::has_comparator(&e.ty) {
        let c = super::operators::comparator(py, &e)?;
        return if reverse { f.call1((other, c)) } else { f.call1((c, other)) };
    }
    super::operators::default_operate(slf.as_any(), &f, reverse, &PyTuple::new(py, [other])?, None)
}

/// An operator object for `op()` calls from Rust.
pub fn custom_op(text: &str, precedence: i32, is_comparison: bool) -> Op {
    Op::Custom(Arc::new(CustomOp {
        text: text.into(),
        precedence,
        is_comparison,
        eager_grouping: false,
        natural_self_precedent: false,
    }))
}

#[pymethods]
impl ColumnClause {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match &plain(slf.as_any())?.kind {
            ExprKind::Column(c) => match c.column.d.read().name.clone() {
                Some(n) => super::names::wrap(py, &n),
                None => Ok(py.None().into_bound(py)),
            },
            ExprKind::LiteralColumn(n) => super::names::wrap(py, n),
            _ => Ok(py.None().into_bound(py)),
        }
    }
    /// The FROM element it belongs to.
    #[getter]
    pub fn table<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match &plain(slf.as_any())?.kind {
            ExprKind::Column(c) => match c.from() {
                Some(f) => wrap_from(py, f),
                None => Ok(py.None().into_bound(py)),
            },
            _ => Ok(py.None().into_bound(py)),
        }
    }
    #[getter]
    fn is_literal(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(matches!(plain(slf.as_any())?.kind, ExprKind::LiteralColumn(_)))
    }
}
