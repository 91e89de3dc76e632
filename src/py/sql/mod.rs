//! Faces of room `sql`.

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(_m: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
