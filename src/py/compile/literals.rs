//! Python values rendered inline (`literal_binds`, DDL defaults).

use crate::py::errors::to_sql_error;
use crate::py::host::PyHost;
use crate::py::text::Text;
use crate::py::types::TypeHost;
use crate::py::types::bind_processor;
use crate::py::types::literal::{has_literal, render};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use sql::compile::LiteralRenderer;
use sql::dialects::Dialect;
use sql::host::HostRef;
use sql::types::TypeRef;
use sql::types::literal::Quoting;
use sql::{SqlError, SqlResult};

/// Converts values with the literal processors of their types.
#[derive(Default)]
pub struct PyLiterals {
    /// The dialect object; `None`: found by name when a value needs it.
    pub dialect: Option<Py<PyAny>>,
    /// The text runs now, whatever the session's settings have become.
    pub running: bool,
}

impl PyLiterals {
    /// For texts of this dialect object.
    pub fn of(dialect: &Bound<'_, PyAny>) -> Self {
        Self { dialect: Some(dialect.clone().unbind()), running: false }
    }
    /// For texts that are about to run.
    pub fn running(dialect: &Bound<'_, PyAny>) -> Self {
        Self { running: true, ..Self::of(dialect) }
    }

    fn object<'py>(&self, py: Python<'py>, dialect: &Dialect) -> PyResult<Bound<'py, PyAny>> {
        match &self.dialect {
            Some(d) => Ok(d.bind(py).clone()),
            None => py.import("oxalchemy.sql.compiler")?.getattr("_dialect_named")?.call1((&*dialect.name,)),
        }
    }

    fn text(&self, value: &Bound<'_, PyAny>, ty: &TypeRef, dialect: &Dialect) -> PyResult<Option<String>> {
        let py = value.py();
        let object = self.object(py, dialect)?;
        if let Some(host) = TypeHost::of(ty)
            && let Some(text) = host.literal_of(value, &object)?
        {
            return Ok(Some(text));
        }
        if value.is_none() {
            return Ok(Some("NULL".to_owned()));
        }
        if !has_literal(ty.affinity) && ty.host.is_none() {
            return Ok(None);
        }
        let quoting = Quoting::of(dialect);
        let quoting = if self.running { quoting.running() } else { quoting };
        let proc = bind_processor(py, ty, &object)?;
        render(value, &proc, ty.affinity, quoting).map(Some)
    }

    /// The SQL text of a value, percent signs as they are.
    pub fn plain(&self, value: &HostRef, ty: &TypeRef, dialect: &Dialect) -> SqlResult<Option<String>> {
        Python::attach(|py| {
            let Some(object) = PyHost::get(py, value) else { return Ok(None) };
            self.text(&object, ty, dialect).map_err(|e| {
                if crate::py::errors::is_exit(py, &e) {
                    return to_sql_error(py, e);
                }
                let shown = crate::py::errors::or_park(object.repr().map(|r| r.text()), String::new);
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
            let items = crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, value.try_iter());
            let items = crate::py::errors::or_park(items, || None)?;
            let items: PyResult<Vec<HostRef>> = items.map(|item| Ok(PyHost::wrap(&item?))).collect();
            crate::py::errors::or_park(items.map(Some), || None)
        })
    }
    fn call(&self, callable: &HostRef) -> SqlResult<HostRef> {
        Python::attach(|py| match PyHost::get(py, callable) {
            Some(f) => f.call0().map(|v| PyHost::wrap(&v)).map_err(|e| to_sql_error(py, e)),
            None => Err(SqlError::compile("Not a callable bound value")),
        })
    }
}
