//! The methods that all result classes share.

use super::super::meta::RowMeta;
use super::super::row::{Row, RowMapping};
use super::{Core, Show, Unique, View};
use crate::py::errors::exc;
use parking_lot::Mutex;
use pyo3::exceptions::PyStopIteration;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyTuple};
use std::sync::Arc;

/// What every result class derives from.
#[pyclass(name = "ResultInternal", module = "oxalchemy.engine.result", subclass, frozen, weakref, dict)]
pub struct ResultBase {
    /// The stream and what of it is shown.
    pub view: Mutex<View>,
}

impl ResultBase {
    /// An object that shows `view`.
    pub fn new(view: View) -> Self {
        Self { view: Mutex::new(view) }
    }
    /// A copy of what is shown, to work with while Python may run.
    pub fn snapshot(&self, py: Python<'_>) -> View {
        self.view.lock().copy(py)
    }
    /// The stream.
    pub fn core(&self) -> Arc<Core> {
        self.view.lock().core.clone()
    }
}

impl View {
    fn meta<'a>(&'a self, py: Python<'_>) -> PyResult<&'a Py<RowMeta>> {
        match &self.meta {
            Some(m) => Ok(m),
            None => {
                self.core.check(py)?;
                Err(exc(py, "ResourceClosedError", "This result object is closed."))
            }
        }
    }

    /// The metadata, or the documented error.
    pub fn columns_of(&self, py: Python<'_>) -> PyResult<Py<RowMeta>> {
        if !self.core.returns_rows {
            self.core.check(py)?;
        }
        Ok(self.meta(py)?.clone_ref(py))
    }

    /// One raw row (tuple or lone value) as it is shown.
    fn make(&self, py: Python<'_>, raw: Py<PyAny>) -> PyResult<Py<PyAny>> {
        if self.core.scalars() {
            if let Show::Scalar(_) = self.show {
                return Ok(raw);
            }
            let data = PyTuple::new(py, [raw])?.unbind();
            return self.wrap(py, data);
        }
        if let (Show::Scalar(i), None) = (self.show, &self.columns) {
            return Ok(raw.bind(py).cast::<PyTuple>()?.get_item(i)?.unbind());
        }
        let data = raw.into_bound(py).cast_into::<PyTuple>()?;
        match &self.columns {
            None => self.wrap(py, data.unbind()),
            Some(columns) => {
                let picked = columns.iter().map(|i| data.get_item(*i)).collect::<PyResult<Vec<_>>>()?;
                self.wrap(py, PyTuple::new(py, picked)?.unbind())
            }
        }
    }

    fn wrap(&self, py: Python<'_>, data: Py<PyTuple>) -> PyResult<Py<PyAny>> {
        let meta = || self.meta(py).map(|m| m.clone_ref(py));
        Ok(match self.show {
            Show::Row => Py::new(py, Row { data, meta: meta()? })?.into_any(),
            Show::Mapping => Py::new(py, RowMapping { data, meta: meta()? })?.into_any(),
            Show::Scalar(i) => data.bind(py).get_item(i)?.unbind(),
        })
    }

    /// What `unique()` compares of a shown row.
    fn comparable<'py>(&self, py: Python<'py>, shown: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let Some(unique) = &self.unique else { return Ok(shown.clone()) };
        if let Some(strategy) = &unique.strategy {
            // a value of a row with several is compared as the row of that value
            if let (Show::Scalar(i), false, Some(meta)) = (self.show, self.core.scalars(), &self.meta) {
                let data = PyTuple::new(py, [shown])?.unbind();
                let meta = Py::new(py, meta.get().reduce(py, &[i])?)?;
                return strategy.bind(py).call1((Py::new(py, Row { data, meta })?,));
            }
            return strategy.bind(py).call1((shown,));
        }
        let Some(meta) = &self.meta else { return Ok(shown.clone()) };
        let Some(filters) = unique.filters(py, meta)? else { return Ok(shown.clone()) };
        if let Show::Scalar(i) = self.show {
            return match filters.get(if self.core.scalars() { 0 } else { i }).and_then(Option::as_ref) {
                Some(f) => f.bind(py).call1((shown,)),
                None => Ok(shown.clone()),
            };
        }
        let data = match shown.cast::<Row>() {
            Ok(r) => r.get().data.bind(py).clone(),
            Err(_) => shown.cast::<RowMapping>()?.get().data.bind(py).clone(),
        };
        let mut out = Vec::with_capacity(data.len());
        for (value, filter) in data.iter().zip(filters.iter()) {
            out.push(match filter {
                Some(f) => f.bind(py).call1((value,))?,
                None => value,
            });
        }
        Ok(PyTuple::new(py, out)?.into_any())
    }

    /// Whether `unique()` lets a shown row through.
    fn fresh(&self, py: Python<'_>, shown: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Some(unique) = &self.unique else { return Ok(true) };
        let key = self.comparable(py, shown)?;
        let seen = unique.seen.bind(py);
        if seen.contains(&key)? {
            return Ok(false);
        }
        seen.add(key)?;
        Ok(true)
    }

    /// Up to `n` rows as shown.
    pub fn fetch(&self, py: Python<'_>, n: Option<usize>) -> PyResult<Vec<Py<PyAny>>> {
        let mut raw = Vec::new();
        if self.unique.is_none() {
            self.core.fetch(py, n, &mut raw)?;
            for slot in &mut raw {
                let row = std::mem::replace(slot, py.None());
                *slot = self.make(py, row)?;
            }
            return Ok(raw);
        }
        if self.unique.as_ref().is_some_and(|u| !u.required) {
            self.core.check_unique(py)?;
        }
        let mut out = Vec::new();
        loop {
            let left = n.map(|n| n - out.len());
            if left == Some(0) {
                return Ok(out);
            }
            self.core.fetch(py, left, &mut raw)?;
            if raw.is_empty() {
                return Ok(out);
            }
            for row in raw.drain(..) {
                let shown = self.make(py, row)?;
                if self.fresh(py, shown.bind(py))? {
                    out.push(shown);
                }
            }
            if left.is_none() {
                return Ok(out);
            }
        }
    }

    /// The next row.
    pub fn next(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        Ok(self.fetch(py, Some(1))?.pop())
    }

    /// The only row: what `one()`, `first()` and relatives are made of.
    pub fn only(&self, py: Python<'_>, second_raises: bool, none_raises: bool) -> PyResult<Option<Py<PyAny>>> {
        // the first row is the first row, whatever repeats it
        if !second_raises && self.unique.as_ref().is_some_and(|u| u.required) {
            return Self { unique: None, ..self.copy(py) }.only(py, second_raises, none_raises);
        }
        let Some(row) = self.next(py)? else {
            // a stream that has just ended stays readable (it gives nothing) unless a row was required
            if none_raises {
                self.core.close(py, true)?;
                return Err(exc(py, "NoResultFound", "No row was found when one was required"));
            }
            self.core.close(py, true)?;
            return Ok(None);
        };
        if second_raises && self.next(py)?.is_some() {
            self.core.close(py, true)?;
            return Err(exc(
                py,
                "MultipleResultsFound",
                if none_raises {
                    "Multiple rows were found when exactly one was required"
                } else {
                    "Multiple rows were found when one or none was required"
                },
            ));
        }
        self.core.close(py, true)?;
        Ok(Some(row))
    }

    /// `columns(...)`: keep these columns, by key or position.
    pub fn narrow(&mut self, py: Python<'_>, keys: &Bound<'_, PyTuple>) -> PyResult<()> {
        let meta = self.columns_of(py)?;
        let indexes = keys.iter().map(|k| meta.get().index_or_position(&k)).collect::<PyResult<Vec<_>>>()?;
        self.meta = Some(Py::new(py, meta.get().reduce(py, &indexes)?)?);
        let whole: Vec<usize> = match &self.columns {
            Some(c) => indexes.iter().filter_map(|i| c.get(*i).copied()).collect(),
            None => indexes,
        };
        self.columns = Some(whole.into());
        Ok(())
    }
}

#[pymethods]
impl ResultBase {
    fn __iter__(slf: &Bound<'_, Self>) -> PyResult<ResultIter> {
        slf.get().core().check(slf.py())?;
        Ok(ResultIter { result: slf.clone().unbind() })
    }
    fn __next__(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        self.snapshot(py).next(py)?.ok_or_else(|| PyStopIteration::new_err(()))
    }
    /// All rows that are left, as a list.
    fn all(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        let _pause = crate::py::ffi::GcPause::new(py);
        Ok(PyList::new(py, self.snapshot(py).fetch(py, None)?)?.unbind())
    }
    /// All rows that are left, as a list.
    fn fetchall(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        self.all(py)
    }
    /// The next row, or None.
    fn fetchone(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.snapshot(py).next(py)
    }
    /// Up to `size` rows, as a list; an empty one when there are no more.
    #[pyo3(signature = (size=None))]
    fn fetchmany(&self, py: Python<'_>, size: Option<usize>) -> PyResult<Py<PyList>> {
        let view = self.snapshot(py);
        let n = size.or_else(|| view.core.many());
        Ok(PyList::new(py, view.fetch(py, n)?)?.unbind())
    }
    /// The first row, or None; closes the result.
    fn first(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.snapshot(py).only(py, false, false)
    }
    /// The only row. Raises `NoResultFound` or `MultipleResultsFound`.
    fn one(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.snapshot(py).only(py, true, true)
    }
    /// The only row, or None. Raises `MultipleResultsFound`.
    fn one_or_none(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.snapshot(py).only(py, true, false)
    }
    /// Drop rows that were seen before: compared by `strategy(row)`, by default by their values.
    #[pyo3(signature = (strategy=None))]
    fn unique<'py>(slf: &Bound<'py, Self>, strategy: Option<Py<PyAny>>) -> PyResult<Bound<'py, Self>> {
        let py = slf.py();
        let strategy = strategy.filter(|s| !s.is_none(py));
        let seen = PySet::empty(py)?.unbind();
        slf.get().view.lock().unique = Some(Arc::new(Unique { required: false, seen, strategy, filters: Mutex::new(None) }));
        Ok(slf.clone())
    }
    /// Iterator of lists of `size` rows.
    #[pyo3(signature = (size=None))]
    fn partitions(slf: &Bound<'_, Self>, size: Option<usize>) -> Partitions {
        Partitions { result: slf.clone().unbind(), size }
    }
    /// Fetch rows in batches of `num`.
    fn yield_per<'py>(slf: &Bound<'py, Self>, num: usize) -> PyResult<Bound<'py, Self>> {
        slf.get().core().set_yield_per(slf.py(), num)?;
        Ok(slf.clone())
    }
    /// Close the result; fetching from it raises `ResourceClosedError`.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        self.core().close(py, true)
    }
    /// How many rows can be had without asking the database.
    fn _ahead(&self) -> usize {
        self.core().ahead()
    }
    /// Fetch up to ``n`` rows, for whoever asks for them next.
    fn _look_ahead(&self, py: Python<'_>, n: usize) -> PyResult<()> {
        self.core().look_ahead(py, n)
    }
    /// Fetch the rows that are left now, for whoever reads them later.
    fn _prefetch(&self, py: Python<'_>) -> PyResult<()> {
        self.core().prefetch(py)
    }
    #[pyo3(signature = (hard=false))]
    fn _soft_close(&self, py: Python<'_>, hard: bool) -> PyResult<()> {
        self.core().close(py, hard)
    }
    /// Whether `close()` was called.
    #[getter]
    fn closed(&self) -> bool {
        self.core().closed()
    }
    #[getter]
    fn _soft_closed(&self) -> bool {
        self.core().soft_closed()
    }
    #[getter]
    fn _source_supports_scalars(&self) -> bool {
        self.core().scalars()
    }
    #[getter]
    fn _yield_per(&self) -> Option<usize> {
        self.core().batch()
    }
    #[getter]
    fn _metadata(&self, py: Python<'_>) -> Option<Py<RowMeta>> {
        self.snapshot(py).meta
    }
    #[getter]
    fn _attributes(&self, py: Python<'_>) -> Py<PyDict> {
        let core = self.core();
        let mut slot = core.attributes.lock();
        slot.get_or_insert_with(|| PyDict::new(py).unbind()).clone_ref(py)
    }
    #[setter(_attributes)]
    fn set_attributes(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let dict = PyDict::new(value.py());
        dict.update(crate::py::ffi::require_mapping(value)?)?;
        let old = self.core().attributes.lock().replace(dict.unbind());
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(())
    }
    fn __enter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    fn __exit__(&self, py: Python<'_>, _type: Py<PyAny>, _value: Py<PyAny>, _tb: Py<PyAny>) -> PyResult<()> {
        self.core().close(py, true)
    }
    #[classmethod]
    fn __class_getitem__<'py>(
        cls: &Bound<'py, pyo3::types::PyType>,
        _item: &Bound<'py, PyAny>,
    ) -> Bound<'py, pyo3::types::PyType> {
        cls.clone()
    }
}

/// Iterator over a result.
#[pyclass(name = "_ResultIter", module = "oxalchemy.engine.result", frozen)]
pub struct ResultIter {
    result: Py<ResultBase>,
}

#[pymethods]
impl ResultIter {
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.result.get().snapshot(py).next(py)
    }
}

/// Iterator over `partitions()`.
#[pyclass(name = "_Partitions", module = "oxalchemy.engine.result", frozen)]
pub struct Partitions {
    result: Py<ResultBase>,
    size: Option<usize>,
}

#[pymethods]
impl Partitions {
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, Self> {
        slf.clone()
    }
    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Py<PyList>>> {
        let view = self.result.get().snapshot(py);
        let n = self.size.or_else(|| view.core.many());
        let rows = view.fetch(py, n)?;
        Ok(if rows.is_empty() { None } else { Some(PyList::new(py, rows)?.unbind()) })
    }
}
