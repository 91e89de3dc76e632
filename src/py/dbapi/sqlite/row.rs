//! [`Row`]: the row class that users set as `row_factory`, with access by position and by column name.

use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use super::cursor::Cursor;

/// A row with access by position and by case-insensitive column name.
#[pyclass(frozen, sequence, module = "oxalchemy.dialects.sqlite.dbapi")]
pub struct Row {
    data: Py<PyTuple>,
    description: Option<Py<PyTuple>>,
}

impl Row {
    fn names<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        let Some(description) = &self.description else { return Ok(Vec::new()) };
        description.bind(py).iter().map(|d| d.get_item(0)).collect()
    }
}

#[pymethods]
impl Row {
    #[new]
    fn new(cursor: &Bound<'_, Cursor>, data: Py<PyTuple>) -> PyResult<Self> {
        let description = cursor.getattr("description")?;
        let description = if description.is_none() { None } else { Some(description.cast_into::<PyTuple>()?.unbind()) };
        Ok(Row { data, description })
    }

    /// The column names.
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.names(py)?)
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.data.bind(py).len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.data.bind(py).try_iter()?.into_any())
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = key.py();
        let Ok(name) = key.cast::<PyString>() else {
            return self.data.bind(py).as_any().get_item(key).map_err(|e| {
                if e.is_instance_of::<PyTypeError>(py) { PyIndexError::new_err("Index must be int or string") } else { e }
            });
        };
        let name = name.to_str()?;
        for (i, column) in self.names(py)?.iter().enumerate() {
            if column.cast::<PyString>()?.to_str()?.eq_ignore_ascii_case(name) {
                return self.data.bind(py).get_item(i);
            }
        }
        Err(PyIndexError::new_err("No item with that key"))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = other.py();
        let Ok(other) = other.cast::<Row>() else { return Ok(false) };
        let other = other.get();
        let same_names = match (&self.description, &other.description) {
            (Some(a), Some(b)) => a.bind(py).eq(b.bind(py))?,
            (a, b) => a.is_none() && b.is_none(),
        };
        Ok(same_names && self.data.bind(py).eq(other.data.bind(py))?)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.data.bind(py).hash()
    }
}
