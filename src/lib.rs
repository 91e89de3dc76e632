//! The extension module `oxalchemy._rs`; see `src/py`. The documented namespace lives in `python/oxalchemy`.

mod py;

use pyo3::prelude::*;

#[pymodule]
fn _rs(m: &Bound<'_, PyModule>) -> PyResult<()> {
    py::register(m)
}
