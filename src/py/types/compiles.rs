//! `@compiles` on types: the user's function is asked before a type, built in or not, gets its DDL text.

use super::host::dialect_by_name;
use super::wrap::wrap_type;
use crate::py::doors::WRAP_EXPR;
use crate::py::errors::to_sql_error;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::SqlResult;
use sql::dialects::Dialect;
use sql::host::TypeRenderer;
use sql::schema::Column;
use sql::types::TypeRef;
use std::cell::Cell;
use std::sync::Arc;

thread_local! {
    /// The type whose own text was asked for by its renderer (`compiler.visit_x(type_)`): not to be rendered by it again.
    static PLAIN: Cell<usize> = const { Cell::new(0) };
}

struct Renderer;

/// Ask the functions of `@compiles` from now on, or no longer.
pub fn set_active(active: bool) {
    super::template::forget();
    sql::host::set_type_renderer(active.then_some(&Renderer));
}

/// The text that a type has without the user's function for it.
pub fn plain_text(dialect: &Dialect, ty: &TypeRef) -> SqlResult<String> {
    PLAIN.with(|p| p.set(Arc::as_ptr(ty) as usize));
    let text = sql::dialects::types::type_text(dialect, ty, None);
    PLAIN.with(|p| p.set(0));
    text
}

impl TypeRenderer for Renderer {
    fn text(&self, ty: &TypeRef, dialect: &Dialect, column: Option<&Arc<Column>>) -> Option<SqlResult<String>> {
        if PLAIN.with(|p| p.replace(0)) == Arc::as_ptr(ty) as usize {
            return None;
        }
        Python::attach(|py| render(py, ty, dialect, column).map_err(|e| to_sql_error(py, e)).transpose())
    }
}

fn render(py: Python<'_>, ty: &TypeRef, dialect: &Dialect, column: Option<&Arc<Column>>) -> PyResult<Option<String>> {
    let obj = wrap_type(py, ty)?;
    let function = py.import("oxalchemy.ext.compiler")?.getattr("renderer")?.call1((obj.get_type(), &*dialect.name))?;
    if function.is_none() {
        return Ok(None);
    }
    let compiler = dialect_by_name(py, &dialect.name)?.getattr("type_compiler")?;
    let kwargs = PyDict::new(py);
    if let Some(column) = column {
        kwargs.set_item("type_expression", WRAP_EXPR.through()?(py, &column.to_expr())?)?;
    }
    let text = function.call((obj, compiler), Some(&kwargs))?;
    text.extract().map(Some)
}
