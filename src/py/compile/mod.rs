//! Faces of `sql::compile` and `sql::dialects`: dialects, and what rendering a statement yields.
//!
//! | file | holds |
//! |---|---|
//! | `dialect` | [`DialectBase`], the Rust base of `oxalchemy.engine.default.DefaultDialect` |
//! | `statement` | the handle behind `SQLCompiler` objects; values of bound parameters |
//! | `live` | `@compiles` functions, called while a statement is rendered |
//! | `literals` | Python values rendered inline |

pub mod dialect;
pub mod literals;
pub mod live;
pub mod statement;

pub use dialect::DialectBase;
pub use literals::PyLiterals;
pub use statement::CompiledStatement;

use crate::py::doors;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::compile::StatementResolver;

/// What makes plain statements of ORM statements, once the ORM is there.
pub fn resolver() -> Option<&'static dyn StatementResolver> {
    doors::RESOLVER.get().map(|r| r as &dyn StatementResolver)
}

/// `obj.compile(bind, dialect, **kw)`.
fn compile_face<'py>(
    obj: &Bound<'py, PyAny>,
    bind: Option<&Bound<'py, PyAny>>,
    dialect: Option<&Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    obj.py().import("oxalchemy.sql.compiler")?.getattr("compile_face")?.call((obj, bind, dialect), kw)
}

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    crate::py::sql::render::set_compile(compile_face);
    crate::py::sql::host::set_compile_hook(live::compile_construct);
    doors::DIALECT.open(dialect::facts_of);
    m.add_class::<DialectBase>()?;
    m.add_class::<CompiledStatement>()?;
    m.add_class::<live::LiveCompiler>()?;
    m.add_function(wrap_pyfunction!(dialect::dialect_facts, m)?)?;
    m.add_function(wrap_pyfunction!(statement::compile_statement, m)?)?;
    m.add_function(wrap_pyfunction!(live::set_compile_hooks, m)?)
}
