//! The extension module `oxalchemy._rs`.
use pyo3::prelude::*;

#[pymodule]
fn _rs(_m: &Bound<'_, PyModule>) -> PyResult<()> {
    Ok(())
}
