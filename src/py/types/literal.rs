//! Values as SQL literals: converted like a parameter, then written by room `sql`.

use super::bind::BindProc;
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use sql::types::Affinity;
use sql::types::literal::literal_text;

/// Has the affinity a literal form?
pub fn has_literal(affinity: Affinity) -> bool {
    !matches!(affinity, Affinity::Null | Affinity::Pickle | Affinity::Tuple | Affinity::Other | Affinity::Array)
}

/// The literal of `value`.
pub fn render(value: &Bound<'_, PyAny>, proc: &BindProc, affinity: Affinity, dialect: &str) -> PyResult<String> {
    match affinity {
        Affinity::Integer => {
            let int = value.py().get_type::<PyInt>().call1((value,))?;
            return Ok(int.str()?.to_string());
        }
        Affinity::Numeric | Affinity::Float => return Ok(value.str()?.to_string()),
        Affinity::String if !value.is_instance_of::<PyString>() => {
            let class = value.get_type().name()?;
            return Err(PyAttributeError::new_err(format!("'{class}' object has no attribute 'replace'")));
        }
        _ => {}
    }
    let v = proc.bind(value)?;
    literal_text(&v, dialect)
        .ok_or_else(|| PyValueError::new_err(format!("No literal value renderer is available for {value:?}")))
}
