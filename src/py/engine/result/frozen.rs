//! `Result.freeze()`: rows kept, to be given out again.

use super::super::meta::RowMeta;
use super::super::row::Row;
use super::base::ResultBase;
use super::classes::{IteratorResult, iterator_result};
use super::source::Buffered;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// What pickle keeps: names, rows, and whether rows are single values.
type FrozenParts = (Py<RowMeta>, Py<PyList>, bool);

/// A callable that gives a fresh result of the same rows each time.
#[pyclass(name = "FrozenResult", module = "oxalchemy.engine.result", frozen, weakref)]
pub struct FrozenResult {
    metadata: Py<RowMeta>,
    data: Py<PyList>,
    scalars: bool,
    attributes: Option<Py<PyDict>>,
}

impl FrozenResult {
    /// Freeze what is left of a result.
    pub fn of(result: &Bound<'_, ResultBase>) -> PyResult<Self> {
        let py = result.py();
        let view = result.get().snapshot(py);
        let metadata = view.columns_of(py)?;
        let scalars = view.core.scalars();
        let data = if scalars {
            let mut raw = Vec::new();
            view.core.fetch(py, None, &mut raw)?;
            raw
        } else {
            view.fetch(py, None)?
        };
        let attributes = view.core.attributes.lock().as_ref().map(|a| a.clone_ref(py));
        Ok(Self { metadata, data: PyList::new(py, data)?.unbind(), scalars, attributes })
    }
}

#[pymethods]
impl FrozenResult {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    fn new(result: &Bound<'_, ResultBase>) -> PyResult<Self> {
        Self::of(result)
    }
    fn __call__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, IteratorResult>> {
        let mut rows = Vec::new();
        for row in self.data.bind(py).iter() {
            rows.push(match row.cast::<Row>() {
                Ok(r) if !self.scalars => r.get().data.clone_ref(py).into_any(),
                _ if self.scalars || row.is_instance_of::<PyTuple>() => row.unbind(),
                _ => PyTuple::new(py, row.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any().unbind(),
            });
        }
        let source = Buffered::new(rows, self.scalars);
        let result = Bound::new(py, iterator_result(Some(self.metadata.clone_ref(py)), Box::new(source), None))?;
        let attributes = self.attributes.as_ref().map(|a| a.clone_ref(py));
        *result.as_super().as_super().get().core().attributes.lock() = attributes;
        Ok(result)
    }
    /// The rows as lists of values.
    fn rewrite_rows(&self, py: Python<'_>) -> PyResult<Vec<Py<PyList>>> {
        let mut out = Vec::new();
        for row in self.data.bind(py).iter() {
            out.push(if self.scalars {
                PyList::new(py, [row])?.unbind()
            } else {
                PyList::new(py, row.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.unbind()
            });
        }
        Ok(out)
    }
    /// The same with other rows.
    fn with_new_rows(&self, py: Python<'_>, tuple_data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let mut data = Vec::new();
        for row in tuple_data.try_iter()? {
            let row = row?;
            data.push(if self.scalars { row.get_item(0)? } else { row });
        }
        Ok(Self {
            metadata: self.metadata.clone_ref(py),
            data: PyList::new(py, data)?.unbind(),
            scalars: self.scalars,
            attributes: self.attributes.as_ref().map(|a| a.clone_ref(py)),
        })
    }
    /// The rows.
    #[getter]
    fn data(&self, py: Python<'_>) -> Py<PyList> {
        self.data.clone_ref(py)
    }
    /// The columns.
    #[getter]
    fn metadata(&self, py: Python<'_>) -> Py<RowMeta> {
        self.metadata.clone_ref(py)
    }
    #[getter]
    fn _source_supports_scalars(&self) -> bool {
        self.scalars
    }
    #[getter]
    fn _attributes(&self, py: Python<'_>) -> Py<PyDict> {
        self.attributes.as_ref().map_or_else(|| PyDict::new(py).unbind(), |a| a.clone_ref(py))
    }
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, FrozenParts)> {
        let py = slf.py();
        let make = py.import("oxalchemy.engine.result")?.getattr("_frozen")?;
        let me = slf.get();
        Ok((make, (me.metadata.clone_ref(py), me.data.clone_ref(py), me.scalars)))
    }
    #[staticmethod]
    fn _of(metadata: Py<RowMeta>, data: Py<PyList>, scalars: bool) -> Self {
        Self { metadata, data, scalars, attributes: None }
    }
}
