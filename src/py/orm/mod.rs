//! Faces of room `orm`.

pub mod identity;

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(_m: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
