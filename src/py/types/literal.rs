//! Values as SQL literals: converted like a parameter, then written by room `sql`.

use super::bind::BindProc;
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use sql::types::Affinity;
use sql::types::literal::{literal_text, quoted};

/// Has the affinity a literal form?
pub fn has_literal(affinity: Affinity) -> bool {
    !matches!(affinity, Affinity::Null | Affinity::Pickle | Affinity::Tuple | Affinity::Other)
}

/// The literal of `value`.
pub fn render(value: &Bound<'_, PyAny>, proc: &BindProc, affinity: Affinity, dialect: &str) -> PyResult<String> {
    match affinity {
        Affinity::Integer => {
            let int = value.py().get_type::<PyInt>().call1((value,))?;
            return Ok(int.str()?.to_string());
        }
        Affinity::Numeric | Affinity::Float => return Ok(value.str()?.to_string()),
        // A UUID as text is written as it is.
        Affinity::Uuid if value.is_instance_of::<PyString>() => return Ok(quoted(value.extract::<&str>()?, dialect)),
        Affinity::String if !value.is_instance_of::<PyString>() => {
            let class = value.get_type().name()?;
            return Err(PyAttributeError::new_err(format!("'{class}' object has no attribute 'replace'")));
        }
        _ => {}
    }
    let v = proc.bind(value)?;
    // MySQL takes booleans as numbers and writes them as words.
    if let (Affinity::Boolean | Affinity::Match, base::Value::Int(i), "mysql" | "mariadb") = (affinity, &v, dialect) {
        return Ok((*i != 0).to_string());
    }
    if let (Affinity::JsonPath, base::Value::Array(steps)) = (affinity, &v) {
        let steps: Vec<&str> = steps.iter().filter_map(base::Value::as_str).collect();
        return Ok(quoted(&format!("{{{}}}", steps.join(", ")), dialect));
    }
    literal_text(&v, dialect)
        .ok_or_else(|| PyValueError::new_err(format!("No literal value renderer is available for {value:?}")))
}
