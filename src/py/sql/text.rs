//! `text()` and `TextualSelect`'s source.

use super::clause::{ClauseElement, FaceClass, face_class};
use super::coerce;
use super::face::{wrap_expr, wrap_query};
use crate::py::errors::argument_error;
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::{Bind, BindValue, Expr, ExprKind, ExprRef, Node, Query, QueryKind, TextClause as TextNode, TextualSelect};
use sql::{Label, Name};
use std::sync::Arc;

face_class! {
    /// SQL text with `:name` parameters.
    TextClause: ClauseElement, "TextClause", "oxalchemy.sql.elements"
}

/// The names of `:name` parameters, in order, without `::casts` and escaped `\:colons`.
pub fn bind_names(text: &str) -> Vec<String> {
    let mut out: indexmap::IndexSet<&str> = indexmap::IndexSet::new();
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let (mut rest, mut before) = (text, None);
    while let Some(c) = rest.chars().next() {
        rest = rest.strip_prefix(c).unwrap_or_default();
        if c == ':' {
            let behind = rest.trim_start_matches(word);
            let name = rest.strip_suffix(behind).unwrap_or_default();
            let blocked = before.is_some_and(|c| c == ':' || c == '\\' || word(c));
            if !blocked && !name.is_empty() && !behind.starts_with(':') {
                out.insert(name);
            }
            before = name.chars().last().or(Some(c));
            rest = behind;
        } else {
            before = Some(c);
        }
    }
    out.into_iter().map(str::to_owned).collect()
}

fn missing(name: &str) -> ExprRef {
    let bind = Bind {
        key: Label::Fixed(Name::new(name)),
        orig_key: name.into(),
        value: BindValue::Missing,
        unique: false,
        expanding: false,
        expand_op: None,
        required: true,
        literal_execute: false,
        isoutparam: false,
    };
    Expr::new(ExprKind::Bind(bind), sql::types::null_type())
}

/// The node of `text(s)`.
pub fn text_node(s: &str) -> TextNode {
    let binds = bind_names(s).into_iter().map(|n| (Arc::from(n.as_str()), missing(&n))).collect();
    TextNode { text: s.into(), binds }
}

fn text_expr(t: TextNode) -> ExprRef {
    Expr::new(ExprKind::Text(Arc::new(t)), sql::types::null_type())
}

/// `text(text)`; `bind`, `bindparams`, `typemap` and `autocommit` are accepted from older scripts.
#[pyfunction]
#[pyo3(signature = (text, bind=None, bindparams=None, typemap=None, autocommit=None))]
pub fn text<'py>(
    text: &Bound<'py, PyAny>,
    bind: Option<Bound<'py, PyAny>>,
    bindparams: Option<Bound<'py, PyAny>>,
    typemap: Option<Bound<'py, PyAny>>,
    autocommit: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = text.py();
    let _ = autocommit;
    let s: String = text.extract().map_err(|_| pyo3::exceptions::PyTypeError::new_err("text() needs a string"))?;
    let mut out = wrap_expr(py, &text_expr(text_node(&s)))?;
    if let Some(b) = bindparams.filter(|b| !b.is_none()) {
        let args: Vec<Bound<'py, PyAny>> = b.try_iter()?.collect::<PyResult<_>>()?;
        out = out.call_method1("bindparams", PyTuple::new(py, args)?)?;
    }
    if let Some(t) = typemap.filter(|t| !t.is_none()) {
        out = out.call_method("columns", (), Some(t.cast::<PyDict>()?))?;
    }
    super::bound::carrying(out, bind.as_ref())
}

/// The text behind a face.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<Arc<TextNode>> {
    match obj.cast::<ClauseElement>().ok().and_then(|f| f.get().node().cloned()) {
        Some(Node::Expr(e)) => match &e.kind {
            ExprKind::Text(t) => Ok(t.clone()),
            _ => Err(coerce::unexpected(obj, coerce::Role::Statement)),
        },
        _ => Err(coerce::unexpected(obj, coerce::Role::Statement)),
    }
}

#[pymethods]
impl TextClause {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
    #[classattr]
    #[pyo3(name = "is_text")]
    const IS_TEXT: bool = true;
    #[getter]
    fn text(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(own(slf.as_any())?.text.to_string())
    }
    #[getter]
    fn r#type<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::types::wrap_type(slf.py(), &sql::types::null_type())
    }
    #[getter]
    fn _bindparams<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let d = PyDict::new(slf.py());
        for (k, b) in &own(slf.as_any())?.binds {
            d.set_item(&**k, wrap_expr(slf.py(), b)?)?;
        }
        Ok(d)
    }
    /// Values or `bindparam()` objects for the text's parameters.
    #[pyo3(signature = (*binds, **names_to_values))]
    fn bindparams<'py>(
        slf: &Bound<'py, Self>,
        binds: &Bound<'py, PyTuple>,
        names_to_values: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let mut t = (*own(slf.as_any())?).clone();
        let unknown =
            |name: &str| argument_error(py, format!("This text() construct doesn't define a bound parameter named '{name}'"));
        for b in binds.iter() {
            let e = coerce::expr(&b)?;
            let ExprKind::Bind(bind) = &e.kind else { return Err(argument_error(py, "bindparam() object expected")) };
            let name = bind.orig_key.to_string();
            match t.binds.iter_mut().find(|(n, _)| **n == *name) {
                Some(slot) => slot.1 = e.clone(),
                None => return Err(unknown(&name)),
            }
        }
        if let Some(kw) = names_to_values {
            for (k, v) in kw {
                let name: String = k.extract()?;
                let Some(slot) = t.binds.iter_mut().find(|(n, _)| **n == *name) else { return Err(unknown(&name)) };
                let ExprKind::Bind(old) = &slot.1.kind else { return Err(unknown(&name)) };
                let mut bind = old.clone();
                bind.value = BindValue::Host(PyHost::wrap(&v));
                bind.required = false;
                let ty = if slot.1.ty.is_null() { crate::py::types::type_of_value(&v)? } else { slot.1.ty.clone() };
                slot.1 = Expr::new(ExprKind::Bind(bind), ty);
            }
        }
        // Execution options and other annotations stay.
        let of = match slf.as_super().get().node() {
            Some(Node::Expr(e)) => e.ann.as_deref().cloned(),
            _ => None,
        };
        let made = text_expr(t);
        wrap_expr(py, &of.map_or_else(|| made.clone(), |ann| made.annotated(ann)))
    }
    /// Result columns: gives a `TextualSelect`.
    #[pyo3(signature = (*cols, **types))]
    fn columns<'py>(
        slf: &Bound<'py, Self>,
        cols: &Bound<'py, PyTuple>,
        types: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let mut columns = Vec::new();
        let mut positional = 0;
        for c in cols.iter() {
            let e = coerce::expr_in(&c, coerce::Role::ColumnArgument)?;
            let name = sql::ast::proxy::key_of(&e).unwrap_or_else(|| "".into());
            match types.map(|t| t.get_item(&*name)).transpose()?.flatten() {
                Some(ty) => columns.push(super::elements::column_expr(Name::new(name), crate::py::types::to_type(&ty)?)),
                None => columns.push(e),
            }
            positional += 1;
        }
        if let Some(kw) = types {
            for (k, ty) in kw {
                let name: String = k.extract()?;
                if columns.iter().any(|e| sql::ast::proxy::key_of(e).is_some_and(|k| *k == *name)) {
                    continue;
                }
                columns.push(super::elements::column_expr(Name::new(name), crate::py::types::to_type(&ty)?));
            }
        }
        let all_positional = positional > 0 && positional == columns.len();
        let q = Query::new(QueryKind::Textual(Box::new(TextualSelect {
            text: own(slf.as_any())?,
            columns,
            positional: all_positional,
            ctes: Vec::new(),
            options: Vec::new(),
            exec_options: None,
        })));
        wrap_query(py, &q)
    }
    #[pyo3(signature = (**kw))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::element_options::execution_options(slf.as_super(), kw)
    }
    fn get_execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::element_options::options_of(slf.as_super())
    }
    #[getter]
    fn _execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::element_options::options_of(slf.as_super())
    }
    #[pyo3(signature = (*options))]
    fn options<'py>(slf: Bound<'py, Self>, options: &Bound<'py, PyTuple>) -> Bound<'py, Self> {
        let _ = options;
        slf
    }
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(text, m)?)
}
