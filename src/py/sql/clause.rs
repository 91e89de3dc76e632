//! `ClauseElement`: base of every face. It alone holds data.

use super::face::{self, slot};
use super::host::PyHostExpr;
use crate::py::ffi;
use crate::py::text::Text;
use parking_lot::Mutex;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};
use sql::ast::{ColumnRef, Expr, ExprKind, ExprRef, Node, Op, build, precedence};
use std::sync::OnceLock;

/// A face: a Python object around a node.
///
/// The node is absent in objects of user subclasses (`@compiles` constructs): those become [`PyHostExpr`] nodes when they are
/// used, so that object and node do not hold each other.
#[pyclass(name = "ClauseElement", module = "oxalchemy.sql.elements", subclass, weakref, frozen)]
#[derive(Default)]
pub struct ClauseElement {
    node: OnceLock<Node>,
    /// Column collection of a FROM element, and Python objects this face keeps alive.
    pub extra: OnceLock<Box<Extra>>,
}

/// Rarely used parts of a face.
#[derive(Default)]
pub struct Extra {
    /// `.c`
    pub c: OnceLock<Py<PyAny>>,
    /// Node of a Column that was attached to its table after this face was made.
    pub attached: OnceLock<Node>,
    /// What a user's function renders as without `@compiles`.
    pub inner: OnceLock<Node>,
    /// The host node of a user construct, while anybody uses it.
    pub host: Mutex<std::sync::Weak<Expr>>,
    /// Attributes that user constructs set on themselves (`self.type = …`).
    pub attrs: Mutex<Option<Py<PyDict>>>,
    /// Objects that live as long as this face (a Table's Column faces).
    pub keep: Mutex<Vec<Py<PyAny>>>,
}

impl Drop for ClauseElement {
    fn drop(&mut self) {
        if let Some(slot) = self.node.get().and_then(slot) {
            ffi::forget(slot);
        }
    }
}

/// The pyclass chain: how an empty object of a class is made.
pub trait FaceClass: pyo3::PyClass {
    /// An object without a node.
    fn init() -> PyClassInitializer<Self>;
}
impl FaceClass for ClauseElement {
    fn init() -> PyClassInitializer<Self> {
        PyClassInitializer::from(Self::default())
    }
}

/// Declares a Rust class of the chain: no data, the base's initialiser.
macro_rules! face_class {
    ($(#[$m:meta])* $name:ident : $base:ty, $py:literal, $module:literal) => {
        $(#[$m])*
        #[pyclass(name = $py, module = $module, extends = $base, subclass, frozen)]
        pub struct $name;
        impl $crate::py::sql::clause::FaceClass for $name {
            fn init() -> pyo3::PyClassInitializer<Self> {
                <$base as $crate::py::sql::clause::FaceClass>::init().add_subclass($name)
            }
        }
    };
}
pub(crate) use face_class;

impl ClauseElement {
    /// Give a fresh object its node; the node remembers the object.
    pub fn set_node(obj: &Bound<'_, PyAny>, node: Node) -> PyResult<()> {
        let face = obj.cast::<Self>()?.get();
        if face.node.set(node).is_err() {
            return Err(crate::py::errors::invalid_request(obj.py(), "object is already initialised"));
        }
        if let Some(slot) = face.node.get().and_then(slot) {
            ffi::remember(slot, obj);
        }
        Ok(())
    }
    /// The node, absent in user constructs.
    pub fn node(&self) -> Option<&Node> {
        let node = self.node.get()?;
        if let Node::Expr(e) = node
            && let ExprKind::Column(c) = &e.kind
            && (c.from().is_none() || e.ty.is_null())
        {
            return Some(self.late(node, e, c));
        }
        Some(node)
    }
    /// A column may know its type, as it knows its table, only after it was attached.
    fn late<'a>(&'a self, node: &'a Node, e: &ExprRef, c: &ColumnRef) -> &'a Node {
        if let Some(done) = self.extra.get().and_then(|x| x.attached.get()) {
            return done;
        }
        let (from, ty) = (c.from(), c.column.ty());
        // Still incomplete: not remembered, so that it is looked at again.
        if from.is_none() || ty.is_null() || e.ann.is_some() {
            return node;
        }
        let fresh = Node::Expr(Expr::new(ExprKind::Column(ColumnRef::new(c.column.clone(), from.cloned())), ty));
        self.extra().attached.get_or_init(|| fresh)
    }
    /// See [`Extra`].
    pub fn extra(&self) -> &Extra {
        self.extra.get_or_init(Box::default)
    }
    /// An attribute set on a user construct.
    pub fn attr<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.extra.get().and_then(|x| x.attrs.lock().as_ref().map(|d| d.bind(py).clone())) {
            Some(d) => d.get_item(name),
            None => Ok(None),
        }
    }
    /// Set an attribute of a user construct.
    pub fn set_attr(&self, py: Python<'_>, name: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let d = self.extra().attrs.lock().get_or_insert_with(|| PyDict::new(py).unbind()).clone_ref(py);
        d.bind(py).set_item(name, value)
    }
    /// Keep `obj` alive as long as this face.
    pub fn keep(&self, obj: &Bound<'_, PyAny>) {
        self.extra().keep.lock().push(obj.clone().unbind());
    }
}

/// The node of a face; a user construct becomes a host node. `None`: not a clause element at all.
pub fn node_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Node>> {
    let Ok(face) = obj.cast::<ClauseElement>() else { return Ok(None) };
    if let Some(node) = face.get().node() {
        return Ok(Some(node.clone()));
    }
    let py = obj.py();
    if obj.is_instance_of::<super::FromClause>() {
        return Ok(Some(Node::From(sql::ast::From::new(sql::ast::FromKind::Host(PyHostExpr::wrap(obj, None))))));
    }
    let ty = match obj.getattr_opt("type")? {
        Some(t) => crate::py::errors::ignoring_ours(py, "ArgumentError", crate::py::types::to_type(&t))?
            .unwrap_or_else(sql::types::null_type),
        None => sql::types::null_type(),
    };
    if let Some(e) = face.get().extra().host.lock().upgrade().filter(|e| std::sync::Arc::ptr_eq(&e.ty, &ty)) {
        return Ok(Some(Node::Expr(e)));
    }
    let inner = super::functions::inner_of(py, obj, &ty)?;
    let e = Expr::new(ExprKind::Host(PyHostExpr::wrap(obj, inner)), ty);
    *face.get().extra().host.lock() = std::sync::Arc::downgrade(&e);
    Ok(Some(Node::Expr(e)))
}

/// The operator named by the first argument of `self_group(against=…)`.
fn against(op: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Op>> {
    op.filter(|o| !o.is_none()).map(super::ops::op_of).transpose()
}

#[pymethods]
impl ClauseElement {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_clause_element")]
    const IS_CLAUSE_ELEMENT: bool = true;
    #[classattr]
    #[pyo3(name = "stringify_dialect")]
    const STRINGIFY_DIALECT: &'static str = "default";
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = false;
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = false;

    #[pyo3(name = "__clause_element__")]
    fn itself(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    fn __bool__(&self) -> PyResult<bool> {
        Err(PyTypeError::new_err("Boolean value of this clause is not defined"))
    }
    fn __and__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        super::conjunction::join(slf.py(), Op::And, &[slf.as_any().clone(), other.clone()])
    }
    fn __or__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        super::conjunction::join(slf.py(), Op::Or, &[slf.as_any().clone(), other.clone()])
    }
    fn __invert__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let e = super::coerce::expr(slf.as_any())?;
        face::wrap_expr(slf.py(), &build::not_(&e))
    }
    /// Parentheses where `against` asks for them.
    #[pyo3(signature = (against=None))]
    fn self_group<'py>(slf: &Bound<'py, Self>, against: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let op = self::against(against)?;
        match node_of(slf.as_any())? {
            Some(Node::Expr(e)) => face::wrap_expr(slf.py(), &precedence::self_group(&e, op.as_ref())),
            Some(Node::Query(q)) => face::wrap_query(slf.py(), &super::selectable::group_query(&q)),
            Some(Node::From(f)) => face::wrap_from(slf.py(), &super::selectable::group_from(&f, op.as_ref())),
            _ => Ok(slf.as_any().clone()),
        }
    }
    /// Render for a dialect, an engine's dialect, or the default one.
    #[pyo3(signature = (bind=None, dialect=None, **kw))]
    fn compile<'py>(
        slf: &Bound<'py, Self>,
        bind: Option<&Bound<'py, PyAny>>,
        dialect: Option<&Bound<'py, PyAny>>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::render::compile(slf.as_any(), bind, dialect, kw)
    }
    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        super::render::text(slf.as_any())
    }
    /// Is it the same SQL as `other`?
    #[pyo3(signature = (other, **_kw))]
    fn compare(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>, _kw: Option<&Bound<'_, PyDict>>) -> PyResult<bool> {
        let (Some(a), Some(b)) = (node_of(slf.as_any())?, node_of(&super::coerce::clause_of(other)?)?) else { return Ok(false) };
        Ok(sql::ast::same::same(&a, &b))
    }
    #[pyo3(signature = (**_kw))]
    fn get_children<'py>(slf: &Bound<'py, Self>, _kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let Some(node) = slf.get().node() else { return Ok(PyList::empty(py)) };
        let kids: Vec<_> = sql::ast::children::children(node).iter().map(|n| face::wrap_node(py, n)).collect::<PyResult<_>>()?;
        PyList::new(py, kids)
    }
    #[pyo3(signature = (optionaldict=None, /, **kwargs))]
    fn params<'py>(
        slf: &Bound<'py, Self>,
        optionaldict: Option<&Bound<'py, PyAny>>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::bind::replace_params(slf.as_any(), optionaldict, kwargs, false)
    }
    #[pyo3(signature = (optionaldict=None, /, **kwargs))]
    fn unique_params<'py>(
        slf: &Bound<'py, Self>,
        optionaldict: Option<&Bound<'py, PyAny>>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::bind::replace_params(slf.as_any(), optionaldict, kwargs, true)
    }
    #[getter]
    fn description(slf: &Bound<'_, Self>) -> PyResult<Option<String>> {
        Ok(match node_of(slf.as_any())? {
            Some(Node::From(f)) => super::selectable::description(&f),
            Some(Node::Expr(e)) => sql::ast::proxy::key_of(&e).map(|k| k.to_string()),
            _ => None,
        })
    }
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let name = slf.get_type();
        let path = format!("{}.{}", name.module()?.text(), name.qualname()?.text());
        let extra = match slf.get().node() {
            Some(Node::Expr(e)) => match &e.kind {
                ExprKind::Column(c) => format!("; {}", c.column.name()),
                ExprKind::LiteralColumn(n) => format!("; {n}"),
                ExprKind::Function(f) => format!("; {}", f.name),
                ExprKind::Label { name: sql::Label::Fixed(n), .. } => format!("; {n}"),
                _ => String::new(),
            },
            Some(Node::From(f)) => super::selectable::description(f).map_or_else(String::new, |n| format!("; {n}")),
            _ => String::new(),
        };
        let object = if extra.is_empty() { " object" } else { "" };
        Ok(format!("<{path}{object} at {:#x}{extra}>", slf.as_ptr() as usize))
    }
    /// The same construct with extra facts attached to it.
    fn _annotate<'py>(slf: &Bound<'py, Self>, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        super::annotate::annotate(slf.as_any(), values)
    }
    fn _with_annotations<'py>(slf: &Bound<'py, Self>, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        super::annotate::annotate(slf.as_any(), values)
    }
    #[pyo3(signature = (values=None, clone=false))]
    fn _deannotate<'py>(slf: &Bound<'py, Self>, values: Option<&Bound<'py, PyAny>>, clone: bool) -> PyResult<Bound<'py, PyAny>> {
        let _ = clone;
        super::annotate::deannotate(slf.as_any(), values)
    }
    #[getter]
    fn _annotations<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::annotate::annotations(slf.as_any())
    }
    /// A copy with an identity of its own.
    #[pyo3(signature = (**_kw))]
    fn _clone<'py>(slf: &Bound<'py, Self>, _kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::annotate::fresh(slf.as_any())
    }
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        super::pickle::reduce(slf.as_any())
    }
    /// Copying gives the same immutable object; `__reduce__` is for pickling.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        cls.clone()
    }
}
