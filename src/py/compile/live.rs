//! `@compiles`: user functions that render while a statement is being rendered.
//!
//! The function gets an ordinary `SQLCompiler` object whose `process` leads back into the rendering in progress. The way back is
//! a pointer that is valid only until the function returns; [`LiveCompiler`] forgets it then.

use crate::py::errors::{sql_error, to_sql_error};
use crate::py::ffi::Borrowed;
use crate::py::sql::host::PyHostExpr;
use crate::py::sql::{to_node, wrap_node};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::Node;
use sql::compile::{CompileHooks, Compiler};
use sql::error::ErrorKind;
use sql::host::HostCompiler;
use sql::{SqlError, SqlResult};
use std::any::Any;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

/// The Python side of a rendering: which dialect object it is for.
pub struct Rendering {
    /// The dialect object.
    pub dialect: Py<PyAny>,
    /// The text is for an execution that would keep it, if the statement itself did not forbid that (what defaults bring in does not).
    pub executing: bool,
}

static ACTIVE: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// The element whose own text was asked for by its renderer (`compiler.visit_x(element)`): not to be hooked again.
    static PLAIN: Cell<usize> = const { Cell::new(0) };
}

/// Whether any `@compiles` function is registered.
#[pyfunction]
pub fn set_compile_hooks(active: bool) {
    ACTIVE.store(active, Ordering::Relaxed);
    crate::py::types::compiles::set_active(active);
}

/// The hooks, while any function is registered.
pub fn hooks() -> Option<&'static dyn CompileHooks> {
    ACTIVE.load(Ordering::Relaxed).then_some(&Hooks as &dyn CompileHooks)
}

/// Address of a node's content.
fn id(node: &Node) -> usize {
    match node {
        Node::Expr(e) => std::sync::Arc::as_ptr(e) as usize,
        Node::From(f) => std::sync::Arc::as_ptr(f) as usize,
        Node::Query(q) => std::sync::Arc::as_ptr(q) as usize,
        Node::Insert(i) => std::sync::Arc::as_ptr(i) as usize,
        Node::Update(u) => std::sync::Arc::as_ptr(u) as usize,
        Node::Delete(d) => std::sync::Arc::as_ptr(d) as usize,
        Node::Type(t) => std::sync::Arc::as_ptr(t) as usize,
    }
}

/// What a construct of the user's is without its function: the function or column that it is a subclass of.
fn inner_of(node: &Node) -> Option<Node> {
    match node {
        Node::Expr(e) => match &e.kind {
            sql::ast::ExprKind::Host(h) => h.as_any().downcast_ref::<PyHostExpr>()?.inner.clone(),
            _ => None,
        },
        _ => None,
    }
}

/// A construct of the user's in a text that an execution would keep, but cannot.
fn tell_not_cached(py: Python<'_>, node: &Node, compiler: &mut Compiler<'_>) -> PyResult<()> {
    let host = match node {
        Node::Expr(e) => match &e.kind {
            sql::ast::ExprKind::Host(h) => h,
            _ => return Ok(()),
        },
        Node::From(f) => match &f.kind {
            sql::ast::FromKind::Host(h) => h,
            _ => return Ok(()),
        },
        _ => return Ok(()),
    };
    let executing = compiler.host().and_then(|h| h.downcast_ref::<Rendering>()).is_some_and(|r| r.executing);
    if executing
        && let Some(object) = PyHostExpr::object(py, host)
        && let Some(message) = crate::py::sql::host::not_cached(&object)?
    {
        compiler.warn("SAWarning", message);
    }
    Ok(())
}

struct Hooks;

impl CompileHooks for Hooks {
    fn visit(&self, node: &Node, compiler: &mut Compiler<'_>) -> Option<SqlResult<String>> {
        let id = id(node);
        if PLAIN.with(|p| p.replace(0)) == id {
            return None;
        }
        Python::attach(|py| {
            let element = match wrap_node(py, node) {
                Ok(e) => e,
                Err(e) => return Some(Err(to_sql_error(py, e))),
            };
            if let Err(e) = tell_not_cached(py, node, compiler) {
                return Some(Err(to_sql_error(py, e)));
            }
            match render(py, &element, compiler) {
                Ok(text) => text.map(Ok),
                Err(e) => Some(Err(to_sql_error(py, e))),
            }
        })
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A rendering in progress, as its user functions see it.
#[pyclass(unsendable, module = "oxalchemy._rs")]
pub struct LiveCompiler {
    target: Borrowed<dyn HostCompiler>,
}

impl LiveCompiler {
    fn text(&self, py: Python<'_>, element: &Bound<'_, PyAny>, plain: bool) -> PyResult<String> {
        let mut node = to_node(element)?;
        if plain && let Some(inner) = inner_of(&node) {
            node = inner;
        }
        self.target
            .with(|compiler| {
                if plain {
                    PLAIN.with(|p| p.set(id(&node)));
                }
                compiler.process(&node)
            })
            .unwrap_or_else(|| {
                Err(SqlError::new(
                    ErrorKind::InvalidRequest,
                    "This compiler's statement is finished; use it only inside the @compiles function",
                ))
            })
            .map_err(|e| sql_error(py, e))
    }
}

#[pymethods]
impl LiveCompiler {
    #[pyo3(signature = (element, kwargs=None))]
    fn process(&self, py: Python<'_>, element: &Bound<'_, PyAny>, kwargs: Option<&Bound<'_, PyDict>>) -> PyResult<String> {
        let _ = kwargs;
        self.text(py, element, false)
    }
    #[pyo3(signature = (element, kwargs=None))]
    fn process_default(
        &self,
        py: Python<'_>,
        element: &Bound<'_, PyAny>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<String> {
        let _ = kwargs;
        self.text(py, element, true)
    }
}

/// Text that a registered function gives for `element`; `None` when there is no such function.
fn render(py: Python<'_>, element: &Bound<'_, PyAny>, compiler: &mut dyn HostCompiler) -> PyResult<Option<String>> {
    let module = py.import("oxalchemy.ext.compiler")?;
    let function = module.getattr("renderer")?.call1((element.get_type(), compiler.dialect_name()))?;
    if function.is_none() {
        return Ok(None);
    }
    let dialect = dialect_of(py, compiler)?;
    let live = Bound::new(py, LiveCompiler { target: Borrowed::new(compiler) })?;
    let kwargs = PyDict::new(py);
    kwargs.set_item("_live", &live)?;
    let face = dialect.getattr("statement_compiler")?.call((&dialect, element), Some(&kwargs))?;
    let text = function.call((element, face), None);
    live.borrow().target.clear();
    text?.extract().map(Some)
}

fn dialect_of<'py>(py: Python<'py>, compiler: &mut dyn HostCompiler) -> PyResult<Bound<'py, PyAny>> {
    if let Some(rendering) = compiler.host().and_then(|h| h.downcast_ref::<Rendering>()) {
        return Ok(rendering.dialect.bind(py).clone());
    }
    let name = compiler.dialect_name().to_owned();
    py.import("oxalchemy.sql.compiler")?.getattr("_dialect_named")?.call1((name,))
}

/// How a construct of the user's is rendered.
pub fn compile_construct(host: &PyHostExpr, compiler: &mut Compiler<'_>) -> SqlResult<String> {
    Python::attach(|py| {
        let element = host.obj.bind(py);
        match render(py, element, compiler) {
            Ok(Some(text)) => return Ok(text),
            Ok(None) => {}
            Err(e) => return Err(to_sql_error(py, e)),
        }
        match &host.inner {
            Some(node) => compiler.process(node),
            None => {
                let class = element.get_type();
                Err(compiler.unsupported(&class.text()))
            }
        }
    })
}
