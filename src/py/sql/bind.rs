//! Bound parameters: `bindparam()`, `literal()`, and giving values to them later.

use super::clause::node_of;
use super::face::wrap_node;
use crate::py::errors::argument_error;
use crate::py::host::PyHost;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use sql::Label;
use sql::ast::fold::Fold;
use sql::ast::{Bind, BindValue, Expr, ExprKind, ExprRef, Node};
use std::collections::HashMap;

/// The type argument of a constructor: given, or that of the value.
pub fn type_for(ty: Option<&Bound<'_, PyAny>>, value: Option<&Bound<'_, PyAny>>) -> PyResult<sql::types::TypeRef> {
    match (ty.filter(|t| !t.is_none()), value) {
        (Some(t), _) => crate::py::types::to_type(t),
        (None, Some(v)) => crate::py::types::type_of_value(v),
        (None, None) => Ok(sql::types::null_type()),
    }
}

/// Arguments of `bindparam()` in order.
const ARGUMENTS: &[&str] = &[
    "key",
    "value",
    "type_",
    "unique",
    "required",
    "quote",
    "callable_",
    "expanding",
    "isoutparam",
    "literal_execute",
    "shortname",
];

/// `bindparam(key, value=…, type_=None, unique=False, …)`. `value=None` is a value; leaving it out is not.
#[pyfunction]
#[pyo3(signature = (*args, **kw))]
pub fn bindparam<'py>(
    py: Python<'py>,
    args: &Bound<'py, pyo3::types::PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    if args.len() > ARGUMENTS.len() {
        return Err(pyo3::exceptions::PyTypeError::new_err("bindparam() takes at most 10 arguments"));
    }
    if let Some(kw) = kw {
        for (k, _) in kw {
            let k: String = k.extract()?;
            if !ARGUMENTS.contains(&k.as_str()) {
                return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                    "bindparam() got an unexpected keyword argument '{k}'"
                )));
            }
        }
    }
    // An argument that was given, the NO_ARG sentinel aside.
    let given = |name: &str| -> PyResult<Option<Bound<'py, PyAny>>> {
        let at = ARGUMENTS.iter().position(|n| *n == name).unwrap_or(usize::MAX);
        let v = match args.get_item(at) {
            Ok(v) => Some(v),
            Err(_) => kw.map(|k| k.get_item(name)).transpose()?.flatten(),
        };
        Ok(v.filter(|v| !v.get_type().name().is_ok_and(|n| n == "_NoArg")))
    };
    let flag = |name: &str| -> PyResult<bool> { given(name)?.map_or(Ok(false), |v| v.is_truthy()) };
    if let Some(value) = given("value")?
        && let Some(e) = super::coerce::illegal_value(&value)?
    {
        return Err(e);
    }
    let key = given("key")?;
    let value = given("value")?;
    let type_ = given("type_")?.filter(|t| !t.is_none());
    let required = given("required")?.filter(|r| !r.is_none());
    let callable_ = given("callable_")?.filter(|c| !c.is_none());
    let (expanding, isoutparam, literal_execute) = (flag("expanding")?, flag("isoutparam")?, flag("literal_execute")?);
    let unique = flag("unique")?;
    // Without a name it is numbered, but it does not give its place to another one as `unique` binds do.
    let mut nameless = false;
    let sample = match &value {
        Some(v) if expanding && (v.is_instance_of::<pyo3::types::PyList>() || v.is_instance_of::<pyo3::types::PyTuple>()) => {
            v.try_iter()?.next().transpose()?
        }
        other => other.clone(),
    };
    let mut ty = type_for(type_.as_ref(), sample.as_ref())?;
    let base = match key.filter(|k| !k.is_none()) {
        None => {
            nameless = true;
            "param".to_owned()
        }
        Some(k) => match super::coerce::clause_of(&k)? {
            c if c.is_instance_of::<super::ColumnElement>() => {
                let e = super::coerce::expr(&c)?;
                if type_.is_none() {
                    ty = e.ty.clone();
                }
                sql::ast::proxy::key_of(&e).map(|k| k.to_string()).unwrap_or_default()
            }
            other => other.str()?.extract()?,
        },
    };
    let bound_value = match (&value, callable_) {
        (_, Some(c)) => BindValue::Callable(PyHost::wrap(&c)),
        (Some(v), None) => BindValue::Host(PyHost::wrap(v)),
        (None, None) => BindValue::Missing,
    };
    let required = match required {
        Some(r) => r.is_truthy()?,
        None => matches!(bound_value, BindValue::Missing),
    };
    let bind = Bind {
        key: if unique || nameless { Label::anon(base.as_str()) } else { Label::fixed(base.as_str()) },
        orig_key: base.as_str().into(),
        value: bound_value,
        unique,
        expanding,
        expand_op: None,
        required,
        literal_execute,
        isoutparam,
    };
    super::face::wrap_expr(py, &Expr::new(ExprKind::Bind(bind), ty))
}

/// `literal(value, type_=None, literal_execute=False)`.
#[pyfunction]
#[pyo3(signature = (value, type_=None, literal_execute=false))]
pub fn literal<'py>(
    value: &Bound<'py, PyAny>,
    type_: Option<Bound<'py, PyAny>>,
    literal_execute: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let clause = super::coerce::clause_of(value)?;
    if node_of(&clause)?.is_some() {
        let shown = value.repr()?.text();
        return Err(argument_error(py, format!("Literal Python value expected, got {shown}.")));
    }
    if let Some(e) = super::coerce::illegal_value(value)? {
        return Err(e);
    }
    let ty = type_for(type_.as_ref(), Some(value))?;
    let bind = Bind {
        key: Label::anon("param"),
        orig_key: "param".into(),
        value: BindValue::Host(PyHost::wrap(value)),
        unique: true,
        expanding: false,
        expand_op: None,
        required: false,
        literal_execute,
        isoutparam: false,
    };
    super::face::wrap_expr(py, &Expr::new(ExprKind::Bind(bind), ty))
}

/// A Python value as an anonymous bind named after `base`, with the type given or its own.
pub fn value_bind(base: &str, value: &Bound<'_, PyAny>, ty: Option<sql::types::TypeRef>) -> PyResult<ExprRef> {
    let ty = match ty {
        Some(t) if !t.is_null() => t,
        _ => crate::py::types::type_of_value(value)?,
    };
    Ok(sql::ast::build::anon_bind(base, BindValue::Host(PyHost::wrap(value)), ty))
}

/// The Python object a bind holds.
pub fn value_object<'py>(py: Python<'py>, bind: &Bind) -> PyResult<Bound<'py, PyAny>> {
    use sql::ast::Literal as L;
    Ok(match &bind.value {
        BindValue::Host(h) => PyHost::get(py, h).unwrap_or_else(|| py.None().into_bound(py)),
        BindValue::Missing | BindValue::Callable(_) | BindValue::Literal(L::Null) => py.None().into_bound(py),
        BindValue::Literal(L::Bool(b)) => PyBool::new(py, *b).to_owned().into_any(),
        BindValue::Literal(L::Int(i)) => i.into_pyobject(py)?.into_any(),
        BindValue::Literal(L::Float(f)) => f.into_pyobject(py)?.into_any(),
        BindValue::Literal(L::Text(s)) => PyString::new(py, s).into_any(),
        BindValue::Literal(L::Bytes(b)) => pyo3::types::PyBytes::new(py, b).into_any(),
    })
}

struct SetParams<'a, 'py> {
    values: &'a HashMap<String, Bound<'py, PyAny>>,
    unique: bool,
    renamed: HashMap<usize, ExprRef>,
}

impl Fold for SetParams<'_, '_> {
    fn fold_expr(&mut self, e: &ExprRef) -> ExprRef {
        let ExprKind::Bind(b) = &e.kind else { return sql::ast::fold::expr_children(self, e) };
        if let Some(done) = self.renamed.get(&(std::sync::Arc::as_ptr(e) as usize)) {
            return done.clone();
        }
        let given = self.values.get(&*b.orig_key).or_else(|| b.key.as_fixed().and_then(|n| self.values.get(&*n.text)));
        if given.is_none() && !self.unique {
            return e.clone();
        }
        let mut new = b.clone();
        if let Some(v) = given {
            new.value = BindValue::Host(PyHost::wrap(v));
            new.required = false;
        }
        if self.unique {
            new.unique = true;
            new.key = Label::anon(b.orig_key.clone());
        }
        let out = Expr::new(ExprKind::Bind(new), e.ty.clone());
        self.renamed.insert(std::sync::Arc::as_ptr(e) as usize, out.clone());
        out
    }
}

/// `params()` and `unique_params()`.
pub fn replace_params<'py>(
    obj: &Bound<'py, PyAny>,
    dict: Option<&Bound<'py, PyAny>>,
    kwargs: Option<&Bound<'py, PyDict>>,
    unique: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let mut values: HashMap<String, Bound<'py, PyAny>> = HashMap::new();
    if let Some(d) = dict.filter(|d| !d.is_none()) {
        for item in d.call_method0("items")?.try_iter()? {
            let (k, v): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item?.extract()?;
            values.insert(k.str()?.extract()?, v);
        }
    }
    if let Some(kw) = kwargs {
        for (k, v) in kw {
            values.insert(k.extract()?, v);
        }
    }
    let Some(node) = node_of(obj)? else { return Ok(obj.clone()) };
    let mut fold = SetParams { values: &values, unique, renamed: HashMap::new() };
    let out = match &node {
        Node::Expr(e) => Node::Expr(fold.fold_expr(e)),
        Node::From(f) => Node::From(fold.fold_from(f)),
        Node::Query(q) => Node::Query(fold.fold_query(q)),
        Node::Insert(_) | Node::Update(_) | Node::Delete(_) => super::dml::fold(&node, &mut fold),
        Node::Type(_) => node.clone(),
    };
    wrap_node(obj.py(), &out)
}
