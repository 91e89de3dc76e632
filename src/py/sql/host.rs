//! Constructs of the user's (`@compiles` on a subclass of `ColumnElement`, `FunctionElement`, `ClauseElement`) inside a statement.

use pyo3::prelude::*;
use sql::ast::Node;
use sql::host::{HostCompiler, HostExpr};
use sql::{SqlError, SqlResult};
use std::any::Any;
use std::sync::Arc;

/// A Python construct as a node. The node holds the object, never the other way round.
#[derive(Debug)]
pub struct PyHostExpr {
    /// The object.
    pub obj: Py<PyAny>,
    /// What it renders as without a `@compiles` of its own (a subclass of a built-in construct).
    pub inner: Option<Node>,
}

/// How the compiler's room renders a construct; set by `py::compile`.
pub type CompileHook = fn(&PyHostExpr, &mut sql::compile::Compiler<'_>) -> SqlResult<String>;
static HOOK: std::sync::OnceLock<CompileHook> = std::sync::OnceLock::new();

/// Say how constructs of the user's are rendered.
pub fn set_compile_hook(hook: CompileHook) {
    let _ = HOOK.set(hook);
}

impl PyHostExpr {
    /// Wrap an object.
    pub fn wrap(obj: &Bound<'_, PyAny>, inner: Option<Node>) -> Arc<dyn HostExpr> {
        Arc::new(Self { obj: obj.clone().unbind(), inner })
    }
    /// The Python object of a host expression, if it is one of ours.
    pub fn object<'py>(py: Python<'py>, host: &Arc<dyn HostExpr>) -> Option<Bound<'py, PyAny>> {
        host.as_any().downcast_ref::<Self>().map(|h| h.obj.bind(py).clone())
    }
}

impl HostExpr for PyHostExpr {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn name(&self) -> Option<std::sync::Arc<str>> {
        match &self.inner {
            Some(Node::Expr(e)) => match &e.kind {
                sql::ast::ExprKind::Function(f) => Some(f.name.text.clone()),
                _ => None,
            },
            _ => None,
        }
    }
    fn compile(&self, compiler: &mut sql::compile::Compiler<'_>) -> SqlResult<String> {
        if let Some(hook) = HOOK.get() {
            return hook(self, compiler);
        }
        match &self.inner {
            Some(node) => compiler.process(node),
            None => Err(SqlError::new(sql::error::ErrorKind::UnsupportedCompilation, "construct has no @compiles function")),
        }
    }
    fn children(&self) -> Vec<Node> {
        if let Some(inner) = &self.inner {
            return vec![inner.clone()];
        }
        Python::attach(|py| {
            let children = self.obj.bind(py).call_method0("get_children").ok();
            children
                .and_then(|c| c.try_iter().ok())
                .map(|it| it.flatten().filter_map(|c| super::clause::node_of(&c).ok().flatten()).collect())
                .unwrap_or_default()
        })
    }
    fn structural_hash(&self) -> Option<u128> {
        None
    }
}
