//! Lookup tables of an Enum type.

use crate::py::host::PyHost;
use crate::py::text::Text;
use pyo3::exceptions::PyLookupError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rustc_hash::FxHashMap;
use sql::types::TypeRef;
use std::sync::Arc;

/// Members by text and text by member.
#[derive(Debug)]
pub struct EnumMap {
    by_text: FxHashMap<Arc<str>, Py<PyAny>>,
    by_object: Py<PyDict>,
    validate: bool,
    name: Option<String>,
    possible: Vec<Arc<str>>,
}

impl EnumMap {
    /// Of an Enum type.
    pub fn of(py: Python<'_>, ty: &TypeRef) -> PyResult<Arc<Self>> {
        let by_object = PyDict::new(py);
        let mut by_text = FxHashMap::default();
        let owner = ty.owner.as_ref().and_then(|o| PyHost::get(py, o));
        let pairs = match &owner {
            Some(o) => o.getattr_opt("_object_lookup")?.filter(|p| !p.is_none()),
            None => None,
        };
        match pairs {
            // text -> member, for all members and aliases
            Some(pairs) => {
                let pairs = pairs.cast_into::<PyDict>()?;
                for (text, object) in pairs.iter() {
                    by_text.insert(Arc::from(text.extract::<String>()?), object.unbind());
                }
            }
            None => {
                for text in &ty.enums {
                    by_text.insert(text.clone(), PyString::new(py, text).into_any().unbind());
                }
            }
        }
        match owner.map(|o| o.getattr_opt("_valid_lookup")).transpose()?.flatten().filter(|v| !v.is_none()) {
            Some(valid) => by_object.update(valid.cast_into::<PyDict>()?.as_mapping())?,
            None => {
                for text in &ty.enums {
                    by_object.set_item(&**text, &**text)?;
                }
            }
        }
        Ok(Arc::new(Self {
            by_text,
            by_object: by_object.unbind(),
            validate: ty.flag("validate_strings"),
            name: ty.name.as_ref().map(ToString::to_string),
            possible: ty.enums.clone(),
        }))
    }

    /// The stored text of a member or its name. An unknown string passes as it is (`None`) unless the type validates.
    pub fn to_database(&self, obj: &Bound<'_, PyAny>) -> PyResult<Option<Arc<str>>> {
        let found = match self.by_object.bind(obj.py()).get_item(obj) {
            Ok(found) => found,
            Err(e) if e.is_instance_of::<pyo3::exceptions::PyTypeError>(obj.py()) => None,
            Err(e) => return Err(e),
        };
        match found {
            Some(text) => Ok(Some(text.extract::<String>()?.into())),
            None if !self.validate && obj.is_instance_of::<PyString>() => Ok(None),
            None => Err(self.unknown(obj)),
        }
    }

    /// The member that a text stands for.
    pub fn to_python<'py>(&self, py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
        match self.by_text.get(text) {
            Some(o) => Ok(o.bind(py).clone()),
            None => Err(self.unknown(PyString::new(py, text).as_any())),
        }
    }

    /// The documented error for a value that is no member.
    pub fn unknown(&self, obj: &Bound<'_, PyAny>) -> PyErr {
        let value = match obj.str() {
            Ok(s) => s.text(),
            Err(e) => return e,
        };
        let name = self.name.as_deref().unwrap_or("None");
        PyLookupError::new_err(format!(
            "'{value}' is not among the defined enum values. Enum name: {name}. Possible values: {}",
            possible(&self.possible)
        ))
    }
}

/// Up to four names in full, else the first three and the last.
fn possible(names: &[Arc<str>]) -> String {
    let cut = |s: &Arc<str>| -> String {
        if s.chars().count() > 11 { format!("{}..", s.chars().take(11).collect::<String>()) } else { s.to_string() }
    };
    match names {
        [a, b, c, .., z] if names.len() > 4 => format!("{}, {}, {}, ..., {}", cut(a), cut(b), cut(c), cut(z)),
        _ => names.iter().map(cut).collect::<Vec<_>>().join(", "),
    }
}
