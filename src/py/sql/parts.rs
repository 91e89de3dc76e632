//! Attributes of leaf classes (`expr.left`, `label.element`) as descriptors: a leaf class in Python names them, Rust reads them.

use super::clause::ClauseElement;
use super::face::{wrap_expr, wrap_exprs, wrap_from, wrap_node, wrap_query};
use super::ops;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};
use sql::ast::{ExprKind as K, ExprRef, Modifier, Node, Op, proxy};

/// `left = _rs.Part("left")` inside a class body.
#[pyclass(frozen, module = "oxalchemy.sql.elements")]
pub struct Part {
    name: String,
    doc: Option<String>,
}

#[pymethods]
impl Part {
    #[new]
    #[pyo3(signature = (name, doc=None))]
    fn new(name: String, doc: Option<String>) -> Self {
        Self { name, doc }
    }
    #[getter]
    fn __doc__(&self) -> Option<&str> {
        self.doc.as_deref()
    }
    fn __get__<'py>(
        slf: Bound<'py, Self>,
        instance: Option<Bound<'py, PyAny>>,
        owner: Option<Bound<'py, PyType>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        let py = slf.py();
        let Some(obj) = instance else { return Ok(slf.into_any()) };
        let name = &slf.get().name;
        let missing = || PyAttributeError::new_err(name.clone());
        let face = obj.cast::<ClauseElement>().map_err(|_| missing())?.get();
        match face.node() {
            Some(Node::Expr(e)) => read(py, e, name)?.ok_or_else(missing),
            Some(Node::From(f)) => from_part(py, f, name)?.ok_or_else(missing),
            Some(Node::Query(q)) => match name.as_str() {
                "element" => match &q.kind {
                    sql::ast::QueryKind::Grouping(inner) => wrap_query(py, inner),
                    sql::ast::QueryKind::FromStatement(f) => wrap_node(py, &f.element),
                    _ => Err(missing()),
                },
                _ => Err(missing()),
            },
            _ => Err(missing()),
        }
    }
    /// Read only, but a data descriptor: instances have no dictionary to shadow it.
    fn __set__(&self, _instance: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyAttributeError::new_err(format!("can't set attribute '{}'", self.name)))
    }
}

fn list<'py>(py: Python<'py>, es: &[ExprRef]) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(Some(PyList::new(py, wrap_exprs(py, es)?)?.into_any()))
}

fn from_part<'py>(py: Python<'py>, f: &sql::ast::FromRef, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    use sql::ast::FromKind;
    Ok(match (&f.kind, name) {
        (FromKind::Grouping(inner), "element") => Some(wrap_from(py, inner)?),
        (FromKind::TableSample { sampling, .. }, "sampling") => Some(wrap_expr(py, sampling)?),
        _ => None,
    })
}

fn function<'py>(py: Python<'py>, op: &Op) -> PyResult<Option<Bound<'py, PyAny>>> {
    ops::function_of(py, op).map(Some)
}

fn optional<'py>(py: Python<'py>, e: Option<&ExprRef>) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(Some(match e {
        Some(e) => wrap_expr(py, e)?,
        None => py.None().into_bound(py),
    }))
}

fn comma_list<'py>(py: Python<'py>, es: &[ExprRef]) -> PyResult<Option<Bound<'py, PyAny>>> {
    let clauses = es.to_vec();
    let e = sql::ast::Expr::new(K::List { op: Op::Comma, clauses, group: false }, sql::types::null_type());
    Ok(Some(wrap_expr(py, &e)?))
}

/// An attribute of an expression; `None`: it has no such attribute.
pub fn read<'py>(py: Python<'py>, e: &ExprRef, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let one = |x: &ExprRef| wrap_expr(py, x).map(Some);
    let none = || Ok(Some(py.None().into_bound(py)));
    match (&e.kind, name) {
        (K::Binary { left, .. }, "left") => one(left),
        (K::Binary { right, .. }, "right") => one(right),
        (K::Binary { op, .. }, "operator") => function(py, op),
        (K::Binary { negate, .. }, "negate") => match negate {
            Some(op) => function(py, op),
            None => none(),
        },
        (K::Binary { modifiers, .. }, "modifiers") => {
            let d = PyDict::new(py);
            for (k, m) in modifiers {
                match m {
                    Modifier::Bool(b) => d.set_item(&**k, b)?,
                    Modifier::Str(s) => d.set_item(&**k, &**s)?,
                    Modifier::Expr(x) => d.set_item(&**k, wrap_expr(py, x)?)?,
                }
            }
            Ok(Some(d.into_any()))
        }
        (K::UnaryPrefix { op, .. }, "operator") => function(py, op),
        (K::UnaryPrefix { .. }, "modifier") | (K::UnaryPostfix { .. }, "operator") => none(),
        (K::UnaryPostfix { op, .. }, "modifier") => function(py, op),
        (K::UnaryPrefix { operand, .. } | K::UnaryPostfix { operand, .. } | K::AsBoolean { operand, .. }, "element") => {
            one(operand)
        }
        (K::AsBoolean { op, .. }, "operator") => function(py, op),
        (K::AsBoolean { negate, .. }, "negate") => function(py, negate),
        (K::Exists(q), "element") => Ok(Some(wrap_expr(py, &super::selectable::scalar_of(q))?)),
        (K::Exists(_), "operator") => function(py, &Op::Exists),
        (K::Exists(_), "modifier") => none(),
        (K::BoolList { op, .. } | K::List { op, .. }, "operator") => function(py, op),
        (K::BoolList { clauses, .. } | K::List { clauses, .. } | K::Tuple(clauses), "clauses") => list(py, clauses),
        (K::List { group, .. }, "group") => Ok(Some(group.into_bound_py_any(py)?)),
        (K::Grouping(x) | K::LabelRef(x), "element") => one(x),
        (K::ScalarSelect(q), "element") => Ok(Some(wrap_query(py, q)?)),
        (K::TypeCoerce(x), "clause" | "typed_expression") => one(x),
        (K::Label { element, .. }, "element" | "_element") => one(element),
        (K::Label { name, .. }, "name") => match name {
            sql::Label::Fixed(n) => super::names::wrap(py, n).map(Some),
            other => Ok(Some(pyo3::types::PyString::new(py, &proxy::anonymous(other)).into_any())),
        },
        (K::TextualLabelRef(s), "element") => Ok(Some(pyo3::types::PyString::new(py, s).into_any())),
        (K::Collation(n), "collation") => super::names::wrap(py, n).map(Some),
        (K::Cast { element, .. }, "clause") => one(element),
        (K::Cast { to, .. }, "typeclause") => crate::py::types::wrap_type(py, to).map(Some),
        (K::Case { value, .. }, "value") => optional(py, value.as_ref()),
        (K::Case { else_, .. }, "else_") => optional(py, else_.as_ref()),
        (K::Case { whens, .. }, "whens") => {
            let pairs = whens
                .iter()
                .map(|(a, b)| PyTuple::new(py, [wrap_expr(py, a)?, wrap_expr(py, b)?]))
                .collect::<PyResult<Vec<_>>>()?;
            Ok(Some(PyList::new(py, pairs)?.into_any()))
        }
        (K::Extract { field, .. }, "field") => Ok(Some(pyo3::types::PyString::new(py, field).into_any())),
        (K::Extract { element, .. }, "expr") => one(element),
        (K::Over(o), "element" | "func") => one(&o.func),
        (K::Over(o), "partition_by") => {
            if o.partition_by.is_empty() {
                none()
            } else {
                comma_list(py, &o.partition_by)
            }
        }
        (K::Over(o), "order_by") => {
            if o.order_by.is_empty() {
                none()
            } else {
                comma_list(py, &o.order_by)
            }
        }
        (K::FunctionFilter { func, .. } | K::WithinGroup { func, .. } | K::AggregateOrderBy { func, .. }, "element" | "func") => {
            one(func)
        }
        (K::FunctionFilter { criterion, .. }, "criterion") => one(criterion),
        (K::WithinGroup { order_by, .. } | K::AggregateOrderBy { order_by, .. }, "order_by") => comma_list(py, order_by),
        (K::Slice { start, .. }, "start") => one(start),
        (K::Slice { stop, .. }, "stop") => one(stop),
        (K::Slice { step, .. }, "step") => optional(py, step.as_ref()),
        (K::TableValue(f), "scalar_alias" | "table") => wrap_from(py, f).map(Some),
        (K::Sequence(s), "sequence") => match crate::py::ffi::face(py, &s.face) {
            Some(o) => Ok(Some(o)),
            None => none(),
        },
        (K::Bind(b), _) => bind_part(py, e, b, name),
        _ => Ok(None),
    }
}

fn bind_part<'py>(py: Python<'py>, e: &ExprRef, b: &sql::ast::Bind, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    use sql::ast::BindValue;
    let _ = e;
    Ok(Some(match name {
        "key" => pyo3::types::PyString::new(py, &proxy::anonymous(&b.key)).into_any(),
        "_orig_key" => pyo3::types::PyString::new(py, &b.orig_key).into_any(),
        "value" => super::bind::value_object(py, b)?,
        "effective_value" => match &b.value {
            BindValue::Callable(c) => match crate::py::host::PyHost::get(py, c) {
                Some(f) => f.call0()?,
                None => py.None().into_bound(py),
            },
            _ => super::bind::value_object(py, b)?,
        },
        "callable" => match &b.value {
            BindValue::Callable(c) => crate::py::host::PyHost::get(py, c).unwrap_or_else(|| py.None().into_bound(py)),
            _ => py.None().into_bound(py),
        },
        "unique" => b.unique.into_bound_py_any(py)?,
        "expanding" => b.expanding.into_bound_py_any(py)?,
        "required" => b.required.into_bound_py_any(py)?,
        "isoutparam" => b.isoutparam.into_bound_py_any(py)?,
        "literal_execute" => b.literal_execute.into_bound_py_any(py)?,
        "expand_op" => match &b.expand_op {
            Some(op) => ops::function_of(py, op)?,
            None => py.None().into_bound(py),
        },
        _ => return Ok(None),
    }))
}
