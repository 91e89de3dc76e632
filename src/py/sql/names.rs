//! Identifiers from Python: plain strings and `quoted_name`.

use pyo3::prelude::*;
use pyo3::types::PyString;
use sql::Name;

/// A name, with the quoting preference of a `quoted_name`.
pub fn name(obj: &Bound<'_, PyAny>) -> PyResult<Name> {
    let text = match obj.cast::<PyString>() {
        Ok(s) => s.to_str()?.to_owned(),
        Err(_) => obj.str()?.to_str()?.to_owned(),
    };
    let quote = if obj.is_exact_instance_of::<PyString>() {
        None
    } else {
        obj.getattr_opt("quote")?.filter(|q| !q.is_none()).map(|q| q.is_truthy()).transpose()?
    };
    Ok(Name { text: text.into(), quote })
}

/// A name as Python shows it: `str`, or `quoted_name` when it has a preference.
pub fn wrap<'py>(py: Python<'py>, n: &Name) -> PyResult<Bound<'py, PyAny>> {
    match n.quote {
        None => Ok(PyString::new(py, &n.text).into_any()),
        Some(q) => py.import("oxalchemy.sql.elements")?.getattr("quoted_name")?.call1((&*n.text, q)),
    }
}
