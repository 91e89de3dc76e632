//! `compile()` and `str()` of faces; the compiler's room installs what they do.

use crate::py::errors::exc;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::OnceLock;

/// `compile(bind, dialect, **kw)` of any clause element.
pub type Compile = for<'py> fn(
    &Bound<'py, PyAny>,
    Option<&Bound<'py, PyAny>>,
    Option<&Bound<'py, PyAny>>,
    Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>>;
static COMPILE: OnceLock<Compile> = OnceLock::new();

/// Install the compiler.
pub fn set_compile(f: Compile) {
    let _ = COMPILE.set(f);
}

/// `obj.compile(...)`.
pub fn compile<'py>(
    obj: &Bound<'py, PyAny>,
    bind: Option<&Bound<'py, PyAny>>,
    dialect: Option<&Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    match COMPILE.get() {
        Some(f) => f(obj, bind, dialect, kw),
        None => Err(exc(obj.py(), "CompileError", "no compiler installed")),
    }
}

/// `str(obj)`: rendered for the default dialect.
pub fn text(obj: &Bound<'_, PyAny>) -> PyResult<String> {
    // A table shows its name; rendered outside of a FROM clause it would be nothing.
    if let Some(sql::ast::Node::From(f)) = super::node_of(obj)?
        && let sql::ast::FromKind::Table(t) = &f.kind
    {
        return Ok(t.key());
    }
    compile(obj, None, None, None)?.str()?.extract()
}
