//! [`Raw`]: what a driver of PostgreSQL makes of values that no type has a say in.

use super::value::cell_to_py;
use crate::py::doors::DIALECT;
use base::{Cell, Value};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyMemoryView, PyString};

/// The conversions that psycopg and psycopg2 do not share, and the user's own for JSON.
#[derive(Debug)]
pub struct Raw {
    loads: Py<PyAny>,
    /// Addresses are objects of `ipaddress`.
    addresses: bool,
    /// Bytes come as a `memoryview`.
    views: bool,
}

fn function<'py>(py: Python<'py>, module: &str, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import(module)?.getattr(name)
}

/// Whether a dialect is that of psycopg2, which writes values into the text.
pub fn writes_values(dialect: &Bound<'_, PyAny>) -> PyResult<bool> {
    Ok(DIALECT.through()?(dialect)?.is_some_and(|d| &*d.driver == "psycopg2"))
}

impl Raw {
    /// Of a connection that no dialect made.
    pub fn standard(py: Python<'_>) -> PyResult<Self> {
        Ok(Self { loads: function(py, "json", "loads")?.unbind(), addresses: true, views: false })
    }

    /// As the driver does that a dialect is named after.
    pub fn of(dialect: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = dialect.py();
        let loads = super::bind::json_function(py, dialect, "_json_deserializer", "loads")?;
        let psycopg2 = writes_values(dialect)?;
        let native = dialect.getattr_opt("_native_inet_types")?.filter(|n| !n.is_none());
        let addresses = native.map_or(Ok(!psycopg2), |n| n.is_truthy())?;
        Ok(Self { loads, addresses, views: psycopg2 })
    }

    /// Whether cells of these types are not just as they are.
    pub fn matters(columns: &[drivers::Column]) -> bool {
        // bytea, json, jsonb, cidr, inet and the arrays of them.
        columns.iter().any(|c| matches!(c.type_code, 17 | 114 | 3802 | 650 | 869 | 1001 | 199 | 3807 | 651 | 1041))
    }

    /// The Python object of a cell.
    pub fn get<'py>(&self, py: Python<'py>, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
        match cell {
            Cell::Json(s) => self.loads.bind(py).call1((PyString::new(py, s),)),
            Cell::Bytes(_) if self.views => PyMemoryView::from(&cell_to_py(py, cell)?).map(Bound::into_any),
            Cell::Other(Value::Address(s)) if self.addresses => {
                static ADDRESS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                static INTERFACE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                let (once, name) = if s.contains('/') { (&INTERFACE, "ip_interface") } else { (&ADDRESS, "ip_address") };
                once.get_or_try_init(py, || function(py, "ipaddress", name).map(Bound::unbind))?.bind(py).call1((&**s,))
            }
            Cell::Other(Value::Network(s)) if self.addresses => {
                static NETWORK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
                let make = || function(py, "ipaddress", "ip_network").map(Bound::unbind);
                NETWORK.get_or_try_init(py, make)?.bind(py).call1((&**s,))
            }
            Cell::Other(Value::Array(items)) => {
                let list = PyList::empty(py);
                for item in items.iter() {
                    list.append(self.get(py, super::result::cell_of(item))?)?;
                }
                Ok(list.into_any())
            }
            _ => cell_to_py(py, cell),
        }
    }
}
