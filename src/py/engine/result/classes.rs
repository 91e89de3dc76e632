//! The result classes that do not come from a statement, and the filtered views.

use super::super::meta::{RMKeyView, RowMeta};
use super::super::row::old;
use super::base::ResultBase;
use super::frozen::FrozenResult;
use super::source::{Chunks, Iter, Merged};
use super::{Core, RowSource, Show, View};
use crate::py::gc::{self, PyVisit, Visited};
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyTuple};
use std::sync::Arc;

/// Rows. Base of the results that `execute()` gives.
#[pyclass(name = "Result", module = "oxalchemy.engine.result", extends = ResultBase, subclass, frozen)]
pub struct ResultRows;

/// A `ScalarResult` of column `index` of a view.
pub fn scalars<'py>(py: Python<'py>, mut view: View, index: usize, real: Py<PyAny>) -> PyResult<Bound<'py, ScalarResult>> {
    view.show = Show::Scalar(index);
    let init = PyClassInitializer::from(ResultBase::new(view)).add_subclass(FilterResult { real }).add_subclass(ScalarResult);
    Bound::new(py, init)
}

fn scalar_only(slf: &Bound<'_, ResultBase>, second: bool, none: bool) -> PyResult<Option<Py<PyAny>>> {
    let py = slf.py();
    let mut view = slf.get().snapshot(py);
    view.core.check(py)?;
    // uniqueness is judged by the whole row here
    let row = if view.unique.is_some() || view.core.scalars() {
        view.only(py, second, none)?.map(|r| r.bind(py).get_item(0).map(Bound::unbind)).transpose()?
    } else {
        view.show = Show::Scalar(0);
        view.only(py, second, none)?
    };
    Ok(row)
}

#[pymethods]
impl ResultRows {
    /// A view of the names.
    fn keys(slf: &Bound<'_, Self>) -> PyResult<Py<RMKeyView>> {
        let py = slf.py();
        let meta = slf.as_super().get().snapshot(py).columns_of(py)?;
        meta.bind(py).getattr("keys")?.extract().map_err(Into::into)
    }
    /// Keep only these columns, named by key, column or position.
    #[pyo3(signature = (*col_expressions))]
    fn columns<'py>(slf: &Bound<'py, Self>, col_expressions: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let base = slf.as_super().get();
        let mut view = base.snapshot(py);
        view.narrow(py, col_expressions)?;
        *base.view.lock() = view;
        Ok(slf.clone())
    }
    /// The values of one column.
    #[pyo3(signature = (index=None))]
    fn scalars<'py>(slf: &Bound<'py, Self>, index: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, ScalarResult>> {
        let py = slf.py();
        let view = slf.as_super().get().snapshot(py);
        let at = match index {
            None => 0,
            // lone instances have one column, whatever its number
            Some(_) if view.core.scalars() => 0,
            Some(i) if i.is_instance_of::<PyInt>() && i.extract::<isize>()? == 0 => 0,
            Some(key) => view.columns_of(py)?.get().index_or_position(key)?,
        };
        scalars(py, view, at, slf.clone().into_any().unbind())
    }
    /// Rows as mappings.
    fn mappings<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, MappingResult>> {
        let py = slf.py();
        let mut view = slf.as_super().get().snapshot(py);
        view.show = Show::Mapping;
        let real = slf.clone().into_any().unbind();
        Bound::new(
            py,
            PyClassInitializer::from(ResultBase::new(view)).add_subclass(FilterResult { real }).add_subclass(MappingResult),
        )
    }
    /// The same rows, which type checkers take for tuples.
    fn tuples<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        old(slf.py(), "Result.tuples() method", None)?;
        Ok(slf.clone())
    }
    /// The same as an attribute.
    #[getter]
    fn t<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, Self>> {
        old(slf.py(), "Result.t attribute", None)?;
        Ok(slf.clone())
    }
    /// First column of the first row, or None; closes the result.
    fn scalar(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        scalar_only(slf.as_super(), false, false)
    }
    /// First column of the only row. Raises `NoResultFound` or `MultipleResultsFound`.
    fn scalar_one(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        scalar_only(slf.as_super(), true, true)
    }
    /// First column of the only row, or None. Raises `MultipleResultsFound`.
    fn scalar_one_or_none(slf: &Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        scalar_only(slf.as_super(), true, false)
    }
    /// A callable that gives this result again and again.
    fn freeze(slf: &Bound<'_, Self>) -> PyResult<FrozenResult> {
        FrozenResult::of(slf.as_super())
    }
    /// This result and others, one after the other.
    #[pyo3(signature = (*others))]
    fn merge<'py>(slf: &Bound<'py, Self>, others: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, MergedResult>> {
        let mut all = vec![slf.as_super().clone()];
        for other in others.iter() {
            all.push(other.cast_into::<ResultBase>()?);
        }
        merged(slf.py(), slf.as_super().get().snapshot(slf.py()).meta, &all)
    }
    fn _raw_row_iterator<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let mut raw = Vec::new();
        slf.as_super().get().core().fetch(py, None, &mut raw)?;
        Ok(pyo3::types::PyList::new(py, raw)?.try_iter()?.into_any())
    }
    /// A function that takes the value of a column out of a row.
    #[pyo3(signature = (key, raiseerr=true))]
    fn _getter<'py>(slf: &Bound<'py, Self>, key: &Bound<'py, PyAny>, raiseerr: bool) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        let meta = slf.as_super().get().snapshot(py).columns_of(py)?;
        match meta.get().index_or_position(key) {
            Ok(i) => py.import("operator")?.getattr("itemgetter")?.call1((i,)).map(Some),
            Err(e) if !raiseerr && e.is_instance_of::<pyo3::exceptions::PyLookupError>(py) => Ok(None),
            Err(e) => Err(e),
        }
    }
    /// Whether the statement returns rows.
    #[getter]
    fn returns_rows(slf: &Bound<'_, Self>) -> bool {
        slf.as_super().get().core().returns_rows
    }
}

/// A view of another result.
#[pyclass(name = "FilterResult", module = "oxalchemy.engine.result", extends = ResultBase, subclass, frozen)]
pub struct FilterResult {
    real: Py<PyAny>,
}

#[pymethods]
impl FilterResult {
    #[getter]
    fn _real_result(&self, py: Python<'_>) -> Py<PyAny> {
        self.real.clone_ref(py)
    }
}

/// The values of one column.
#[pyclass(name = "ScalarResult", module = "oxalchemy.engine.result", extends = FilterResult, subclass, frozen)]
pub struct ScalarResult;

#[pymethods]
impl ScalarResult {
    #[new]
    #[pyo3(signature = (real_result, index))]
    fn new(py: Python<'_>, real_result: &Bound<'_, ResultBase>, index: &Bound<'_, PyAny>) -> PyResult<PyClassInitializer<Self>> {
        let mut view = real_result.get().snapshot(py);
        let at = view.columns_of(py)?.get().index_or_position(index)?;
        view.show = Show::Scalar(at);
        let real = real_result.clone().into_any().unbind();
        Ok(PyClassInitializer::from(ResultBase::new(view)).add_subclass(FilterResult { real }).add_subclass(Self))
    }
}

/// Rows as mappings.
#[pyclass(name = "MappingResult", module = "oxalchemy.engine.result", extends = FilterResult, subclass, frozen)]
pub struct MappingResult;

#[pymethods]
impl MappingResult {
    /// A view of the names.
    fn keys(slf: &Bound<'_, Self>) -> PyResult<Py<RMKeyView>> {
        let py = slf.py();
        let meta = slf.as_super().as_super().get().snapshot(py).columns_of(py)?;
        meta.bind(py).getattr("keys")?.extract().map_err(Into::into)
    }
    /// Keep only these columns.
    #[pyo3(signature = (*col_expressions))]
    fn columns<'py>(slf: &Bound<'py, Self>, col_expressions: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let base = slf.as_super().as_super().get();
        let mut view = base.snapshot(py);
        view.narrow(py, col_expressions)?;
        *base.view.lock() = view;
        Ok(slf.clone())
    }
}

/// Rows that type checkers take for tuples.
#[pyclass(name = "TupleResult", module = "oxalchemy.engine.result", extends = FilterResult, subclass, frozen)]
pub struct TupleResult;

/// Rows of a Python iterator.
#[pyclass(name = "IteratorResult", module = "oxalchemy.engine.result", extends = ResultRows, subclass, frozen)]
pub struct IteratorResult {
    raw: Option<Py<PyAny>>,
}

/// Initializer of an `IteratorResult` over any source.
pub fn iterator_result(
    meta: Option<Py<RowMeta>>,
    source: Box<dyn RowSource>,
    raw: Option<Py<PyAny>>,
) -> PyClassInitializer<IteratorResult> {
    PyClassInitializer::from(ResultBase::new(View::new(Core::new(Some(source)), meta)))
        .add_subclass(ResultRows)
        .add_subclass(IteratorResult { raw })
}

#[pymethods]
impl IteratorResult {
    #[new]
    #[pyo3(signature = (cursor_metadata, iterator, raw=None, _source_supports_scalars=false))]
    fn new(
        cursor_metadata: Py<RowMeta>,
        iterator: &Bound<'_, PyAny>,
        raw: Option<Py<PyAny>>,
        _source_supports_scalars: bool,
    ) -> PyResult<PyClassInitializer<Self>> {
        let py = iterator.py();
        let source = Iter {
            iterator: Some(iterator.try_iter()?.into_any().unbind()),
            scalars: _source_supports_scalars,
            raw: raw.as_ref().map(|r| r.clone_ref(py)),
        };
        Ok(iterator_result(Some(cursor_metadata), Box::new(source), raw))
    }
    /// The result underneath.
    #[getter]
    fn raw(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.raw.as_ref().map(|r| r.clone_ref(py))
    }
}

/// Rows that a callable gives in lists.
#[pyclass(name = "ChunkedIteratorResult", module = "oxalchemy.engine.result", extends = IteratorResult, subclass, frozen)]
pub struct ChunkedIteratorResult;

#[pymethods]
impl ChunkedIteratorResult {
    #[new]
    #[pyo3(signature = (cursor_metadata, chunks, source_supports_scalars=false, raw=None, dynamic_yield_per=false))]
    fn new(
        py: Python<'_>,
        cursor_metadata: Py<RowMeta>,
        chunks: Py<PyAny>,
        source_supports_scalars: bool,
        raw: Option<Py<PyAny>>,
        dynamic_yield_per: bool,
    ) -> PyClassInitializer<Self> {
        let copy = raw.as_ref().map(|r| r.clone_ref(py));
        let source = Chunks::new(chunks, source_supports_scalars, dynamic_yield_per, copy);
        iterator_result(Some(cursor_metadata), Box::new(source), raw).add_subclass(Self)
    }
}

/// Several results in turn.
#[pyclass(name = "MergedResult", module = "oxalchemy.engine.result", extends = IteratorResult, subclass, frozen)]
pub struct MergedResult {
    /// What they come from.
    parts: Vec<Py<ResultBase>>,
}

/// A `MergedResult` of these.
pub fn merged<'py>(
    py: Python<'py>,
    meta: Option<Py<RowMeta>>,
    all: &[Bound<'py, ResultBase>],
) -> PyResult<Bound<'py, MergedResult>> {
    Bound::new(py, merged_init(py, meta, all))
}

fn merged_init(py: Python<'_>, meta: Option<Py<RowMeta>>, all: &[Bound<'_, ResultBase>]) -> PyClassInitializer<MergedResult> {
    let parts: Vec<Arc<Core>> = all.iter().map(|r| r.get().core()).collect();
    let (batch, first) = (parts.first().and_then(|p| p.batch()), all.first().map(|r| r.get().snapshot(py)));
    let mut view = View::new(Core::new(Some(Box::new(Merged::new(parts)))), meta);
    if let Some(first) = first {
        view.unique = first.unique;
        view.columns = first.columns;
        let attributes = first.core.attributes.lock().as_ref().map(|a| a.clone_ref(py));
        *view.core.attributes.lock() = attributes;
    }
    if let Some(n) = batch {
        view.core.yield_per.store(n, std::sync::atomic::Ordering::Relaxed);
    }
    PyClassInitializer::from(ResultBase::new(view))
        .add_subclass(ResultRows)
        .add_subclass(IteratorResult { raw: None })
        .add_subclass(MergedResult { parts: all.iter().map(|r| r.clone().unbind()).collect() })
}

impl gc::Collected for MergedResult {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        self.parts.iter().try_for_each(|p| visit.call(p))
    }
}

#[pymethods]
impl MergedResult {
    /// Rows that all of them changed.
    #[getter]
    fn rowcount<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut sum = 0i64.into_pyobject(py)?.into_any();
        for part in &self.parts {
            sum = sum.add(part.bind(py).getattr("rowcount")?)?;
        }
        Ok(sum)
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }

    #[new]
    fn new(
        py: Python<'_>,
        cursor_metadata: Option<Py<RowMeta>>,
        results: Vec<Bound<'_, ResultBase>>,
    ) -> PyClassInitializer<Self> {
        merged_init(py, cursor_metadata, &results)
    }
}

/// A function that makes rows with these field names from sequences.
#[pyclass(name = "_ResultTuple", module = "oxalchemy.engine.result", frozen)]
pub struct ResultTuple {
    meta: Py<RowMeta>,
}

#[pymethods]
impl ResultTuple {
    #[new]
    #[pyo3(signature = (fields, extra=None))]
    fn new(py: Python<'_>, fields: &Bound<'_, PyAny>, extra: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let class = py.get_type::<RowMeta>();
        Ok(Self { meta: class.call1((fields, extra))?.cast_into::<RowMeta>()?.unbind() })
    }
    fn __call__(&self, py: Python<'_>, values: &Bound<'_, PyAny>) -> PyResult<super::super::row::Row> {
        let data = PyTuple::new(py, values.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.unbind();
        Ok(super::super::row::Row { data, meta: self.meta.clone_ref(py) })
    }
}

/// Add the result classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<ResultBase>()?;
    m.add_class::<ResultRows>()?;
    m.add_class::<FilterResult>()?;
    m.add_class::<ScalarResult>()?;
    m.add_class::<MappingResult>()?;
    m.add_class::<TupleResult>()?;
    m.add_class::<IteratorResult>()?;
    m.add_class::<ChunkedIteratorResult>()?;
    m.add_class::<MergedResult>()?;
    m.add_class::<FrozenResult>()?;
    m.add_class::<ResultTuple>()
}
