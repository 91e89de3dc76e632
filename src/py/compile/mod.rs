//! Faces of `sql::compile` and `sql::dialects`: dialects, and what rendering a statement yields.
//!
//! | file | holds |
//! |---|---|
//! | `dialect` | [`DialectBase`], the Rust base of `oxalchemy.engine.default.DefaultDialect` |

pub mod dialect;

pub use dialect::DialectBase;

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<DialectBase>()?;
    m.add_function(wrap_pyfunction!(dialect::dialect_facts, m)?)
}
