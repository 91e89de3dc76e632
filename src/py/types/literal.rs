//! Values as SQL literals: converted like a parameter, then written by room `sql`.

use super::bind::BindProc;
use crate::py::text::Text;
use pyo3::exceptions::{PyAttributeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDate, PyDateTime, PyDelta, PyFloat, PyInt, PyString, PyTime};
use sql::dialects::Family;
use sql::types::Affinity;
use sql::types::literal::{Quoting, literal_text, non_finite};

/// Has the affinity a literal form?
pub fn has_literal(affinity: Affinity) -> bool {
    !matches!(affinity, Affinity::Null | Affinity::Pickle | Affinity::Tuple | Affinity::Other)
}

/// The literal of `value`.
pub fn render(value: &Bound<'_, PyAny>, proc: &BindProc, affinity: Affinity, quoting: Quoting) -> PyResult<String> {
    let refused = |what: &str| {
        let class = value.get_type().name()?;
        Err(PyAttributeError::new_err(format!("'{class}' object has no attribute '{what}'")))
    };
    let family = quoting.family();
    match affinity {
        Affinity::Integer => {
            let int = value.py().get_type::<PyInt>().call1((value,))?;
            return Ok(int.str()?.text());
        }
        Affinity::Numeric | Affinity::Float => return number(value, family),
        // A UUID as text is stored without its dashes where the database has no such type, and read without them elsewhere.
        Affinity::Uuid if value.is_instance_of::<PyString>() => {
            return Ok(quoting.quote(&value.extract::<&str>()?.replace('-', "")));
        }
        Affinity::String if !value.is_instance_of::<PyString>() => return refused("replace"),
        // What is written is the value, not what a driver would make of it.
        Affinity::Date if !value.is_instance_of::<PyDate>() => return refused("isoformat"),
        Affinity::Date if value.is_instance_of::<PyDateTime>() && family != Family::Sqlite => {
            return Ok(format!("'{}'", value.call_method0("date")?.str()?.text()));
        }
        Affinity::DateTime if !value.is_instance_of::<PyDate>() => return refused("isoformat"),
        Affinity::Time if !value.is_instance_of::<PyTime>() => return refused("isoformat"),
        Affinity::Interval if !value.is_instance_of::<PyDelta>() => return refused("total_seconds"),
        _ => {}
    }
    let v = proc.bind(value)?;
    // MySQL takes booleans as numbers and writes them as words.
    if let (Affinity::Boolean | Affinity::Match, base::Value::Int(i), Family::MySql | Family::MariaDb) = (affinity, &v, family) {
        return Ok((*i != 0).to_string());
    }
    if let (Affinity::JsonPath, base::Value::Array(steps)) = (affinity, &v) {
        let steps: Vec<&str> = steps.iter().filter_map(base::Value::as_str).collect();
        return Ok(quoting.quote(&format!("{{{}}}", steps.join(", "))));
    }
    literal_text(&v, quoting)
        .ok_or_else(|| PyValueError::new_err(format!("No literal value renderer is available for {value:?}")))
}

/// A number is written as Python writes it, and nothing else is taken for one.
fn number(value: &Bound<'_, PyAny>, family: Family) -> PyResult<String> {
    let f: f64 = match value.is_instance_of::<PyFloat>() {
        true => value.extract()?,
        false => value.py().get_type::<PyFloat>().call1((value,))?.extract()?,
    };
    // Decimals and integers may be too large for a float.
    let text = value.str()?.text();
    if f.is_finite() || text.bytes().any(|b| b.is_ascii_digit()) {
        return Ok(text.trim().replace('_', ""));
    }
    non_finite(f, family).ok_or_else(|| PyValueError::new_err(format!("No literal value renderer is available for {text}")))
}
