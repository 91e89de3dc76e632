//! Python values rendered inline (`literal_binds`, DDL defaults).

use crate::py::errors::to_sql_error;
use crate::py::host::PyHost;
use crate::py::types::bind_processor;
use crate::py::types::literal::{has_literal, render};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use sql::compile::LiteralRenderer;
use sql::dialects::Dialect;
use sql::host::HostRef;
use sql::types::TypeRef;
use sql::{SqlError, SqlResult};

/// Converts values with the literal processors of their types.
#[derive(Default)]
pub struct PyLiterals {
    /// The dialect object; `None`: found by name when a value needs it.
    pub dialect: Option<Py<PyAny>>,
}

impl PyLiterals {
    fn text(&self, value: &Bound<'_, PyAny>, ty: &TypeRef, dialect: &Dialect) -> PyResult<Option<String>> {
        let py = value.py();
        if value.is_none() {
            return Ok(Some("NULL".to_owned()));
        }
        if !has_literal(ty.affinity) && ty.host.is_none() {
            return Ok(None);
        }
        let object = match &self.dialect {
            Some(d) => d.bind(py).clone(),
            None => py.import("oxalchemy.sql.compiler")?.getattr("_dialect_named")?.call1((&*dialect.name,))?,
        };
        let proc = bind_processor(py, ty, &object)?;
        render(value, &proc, ty.affinity, &dialect.name).map(Some)
    }
}

impl PyLiterals {
    /// The SQL text of a value, percent signs as they are.
    pub fn plain(&self, value: &HostRef, ty: &TypeRef, dialect: &Dialect) -> SqlResult<Option<String>> {
        Python::attach(|py| {
            let Some(object) = PyHost::get(py, value) else { return Ok(None) };
            if let Some(text) = ty.host.as_ref().and_then(|h| h.literal(value, &dialect.name)) {
                return text.map(Some);
            }
            self.text(&object, ty, dialect).map_err(|_| {
                let shown = object.repr().map(|r| r.to_string()).unwrap_or_default();
                SqlError::compile(format!(
                    "Could not render literal value \"{shown}\" with datatype {}; see parent stack trace for more detail.",
                    sql::types::text::display(ty)
                ))
            })
        })
    }
}

impl LiteralRenderer for PyLiterals {
    fn render(&self, value: &HostRef, ty: &TypeRef, dialect: &Dialect) -> SqlResult<Option<String>> {
        let text = self.plain(value, ty, dialect)?;
        let doubled = dialect.paramstyle.doubles_percents();
        Ok(text.map(|text| if doubled { text.replace('%', "%%") } else { text }))
    }
    fn elements(&self, value: &HostRef) -> Option<Vec<HostRef>> {
        Python::attach(|py| {
            let value = PyHost::get(py, value)?;
            if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
                return None;
            }
            let items = value.try_iter().ok()?;
            items.map(|item| item.ok().map(|i| PyHost::wrap(&i))).collect()
        })
    }
    fn call(&self, callable: &HostRef) -> SqlResult<HostRef> {
        Python::attach(|py| match PyHost::get(py, callable) {
            Some(f) => f.call0().map(|v| PyHost::wrap(&v)).map_err(|e| to_sql_error(py, e)),
            None => Err(SqlError::compile("Not a callable bound value")),
        })
    }
}
