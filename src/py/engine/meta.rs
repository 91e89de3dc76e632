//! What the columns of a result are called: names, and the Python objects (columns, labels, attributes) that find them.

use crate::py::errors::{exc, invalid_request};
use crate::py::text::Text;
use parking_lot::Mutex;
use pyo3::exceptions::{PyIndexError, PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyInt, PyList, PyString, PyTuple};
use std::sync::Arc;

/// Where a key that is in no dictionary is looked for: a column that only corresponds to a selected one.
pub trait KeyFallback: Send + Sync {
    /// Index of the column that `key` stands for.
    fn index_of(&self, key: &Bound<'_, PyAny>) -> PyResult<Found>;
}

/// Outcome of a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// Here.
    At(usize),
    /// Several columns answer to it.
    Ambiguous,
    /// Nowhere.
    No,
}

/// Columns of a result.
#[pyclass(name = "SimpleResultMetaData", module = "oxalchemy.engine.result", subclass, frozen, weakref)]
pub struct RowMeta {
    /// Names in order.
    pub keys: Py<PyTuple>,
    /// Name to index; `None` where ambiguous.
    pub by_name: Py<PyDict>,
    /// Other objects to index.
    by_object: Py<PyDict>,
    fallback: Option<Arc<dyn KeyFallback>>,
    /// For a reduction: which columns of the whole these are.
    translated: Option<Vec<usize>>,
    /// What makes values comparable for `unique()`, per column.
    pub unique_filters: Option<Vec<Option<Py<PyAny>>>>,
    /// A callable that makes them, given the result.
    make_filters: Mutex<Option<Py<PyAny>>>,
    /// Not of a cursor: names that are missing are missing keys and attributes, as of any mapping or tuple.
    pub simple: bool,
}

impl RowMeta {
    /// Metadata of columns of these names, where of equal names the last is found (`ambiguous` false) or none.
    pub fn new(py: Python<'_>, keys: Py<PyTuple>, ambiguous: bool, fallback: Option<Arc<dyn KeyFallback>>) -> PyResult<Self> {
        let by_name = PyDict::new(py);
        for (i, key) in keys.bind(py).iter().enumerate() {
            if key.is_none() {
                continue;
            }
            if ambiguous && by_name.contains(&key)? {
                by_name.set_item(key, py.None())?;
            } else {
                by_name.set_item(key, i)?;
            }
        }
        Ok(Self {
            keys,
            by_name: by_name.unbind(),
            by_object: PyDict::new(py).unbind(),
            fallback,
            translated: None,
            unique_filters: None,
            make_filters: Mutex::new(None),
            simple: false,
        })
    }

    /// Metadata of names that are indexed already.
    pub fn of_parts(
        keys: Py<PyTuple>,
        by_name: Py<PyDict>,
        by_object: Py<PyDict>,
        fallback: Option<Arc<dyn KeyFallback>>,
    ) -> Self {
        Self {
            keys,
            by_name,
            by_object,
            fallback,
            translated: None,
            unique_filters: None,
            make_filters: Mutex::new(None),
            simple: false,
        }
    }

    /// Let `object` find column `index` too.
    pub fn add_object(&self, object: &Bound<'_, PyAny>, index: usize) -> PyResult<()> {
        let names = if object.is_instance_of::<PyString>() { &self.by_name } else { &self.by_object };
        let names = names.bind(object.py());
        if !names.contains(object)? {
            names.set_item(object, index)?;
        }
        Ok(())
    }

    /// Number of columns.
    pub fn len(&self, py: Python<'_>) -> usize {
        self.keys.bind(py).len()
    }

    /// Look a name or object up.
    pub fn find(&self, key: &Bound<'_, PyAny>) -> PyResult<Found> {
        let py = key.py();
        let entry = |d: &Py<PyDict>| -> PyResult<Option<Found>> {
            Ok(match d.bind(py).get_item(key)? {
                Some(v) if v.is_none() => Some(Found::Ambiguous),
                Some(v) => Some(Found::At(v.extract()?)),
                None => None,
            })
        };
        if key.is_exact_instance_of::<PyString>() {
            return Ok(entry(&self.by_name)?.unwrap_or(Found::No));
        }
        if key.is_instance_of::<PyInt>()
            || crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(key.py(), key.hash())?.is_none()
        {
            return Ok(Found::No);
        }
        if let Some(found) = entry(&self.by_object)? {
            return Ok(found);
        }
        if let Some(found) = entry(&self.by_name).unwrap_or(None) {
            return Ok(found);
        }
        let found = match &self.fallback {
            Some(f) => f.index_of(key)?,
            None => Found::No,
        };
        let found = match (found, &self.translated) {
            (Found::At(i), Some(t)) => t.iter().position(|x| *x == i).map_or(Found::No, Found::At),
            (found, _) => found,
        };
        if let Found::At(i) = found {
            self.by_object.bind(py).set_item(key, i)?;
        }
        Ok(found)
    }

    /// The same, with the documented errors.
    pub fn index(&self, key: &Bound<'_, PyAny>) -> PyResult<usize> {
        match self.find(key)? {
            Found::At(i) => Ok(i),
            Found::Ambiguous => Err(ambiguous(key)),
            Found::No => Err(self.missing(key)),
        }
    }

    /// The error of a key that finds nothing.
    pub fn missing(&self, key: &Bound<'_, PyAny>) -> PyErr {
        if self.simple {
            return PyKeyError::new_err(key.clone().unbind());
        }
        exc(key.py(), "NoSuchColumnError", not_found(key))
    }

    /// The same for `columns()` and `scalars()`, which take positions as well.
    pub fn index_or_position(&self, key: &Bound<'_, PyAny>) -> PyResult<usize> {
        if key.is_instance_of::<PyInt>() && !key.is_instance_of::<PyBool>() {
            let n = self.len(key.py());
            let i: isize = key.extract()?;
            let at = if i < 0 { n.checked_sub(i.unsigned_abs()) } else { usize::try_from(i).ok() };
            return at.filter(|at| *at < n).ok_or_else(|| PyIndexError::new_err("list index out of range"));
        }
        self.index(key)
    }

    /// What makes values comparable, per column: known, or made now.
    pub fn filters(&self, py: Python<'_>) -> PyResult<Option<Vec<Option<Py<PyAny>>>>> {
        if let Some(f) = &self.unique_filters {
            return Ok(Some(f.iter().map(|x| x.as_ref().map(|x| x.clone_ref(py))).collect()));
        }
        let make = self.make_filters.lock().as_ref().map(|f| f.clone_ref(py));
        let Some(make) = make else { return Ok(None) };
        let all: Vec<Option<Py<PyAny>>> = make.bind(py).call1((py.None(),))?.extract()?;
        Ok(Some(match &self.translated {
            Some(t) => t.iter().map(|i| all.get(*i).and_then(|x| x.as_ref().map(|x| x.clone_ref(py)))).collect(),
            None => all,
        }))
    }

    /// The metadata of a selection of these columns.
    pub fn reduce(&self, py: Python<'_>, indexes: &[usize]) -> PyResult<Self> {
        let keys = self.keys.bind(py);
        let picked = indexes.iter().map(|i| keys.get_item(*i)).collect::<PyResult<Vec<_>>>()?;
        let mut meta = Self::new(py, PyTuple::new(py, picked)?.unbind(), false, self.fallback.clone())?;
        for (key, value) in self.by_object.bind(py).iter() {
            let at: usize = if value.is_none() { continue } else { value.extract()? };
            if let Some(i) = indexes.iter().position(|x| *x == at) {
                meta.by_object.bind(py).set_item(key, i)?;
            }
        }
        for (key, value) in self.by_name.bind(py).iter() {
            let at: usize = if value.is_none() { continue } else { value.extract()? };
            if let Some(i) = indexes.iter().position(|x| *x == at) {
                meta.by_name.bind(py).set_item(key, i)?;
            }
        }
        meta.translated = Some(match &self.translated {
            Some(t) => indexes.iter().filter_map(|i| t.get(*i).copied()).collect(),
            None => indexes.to_vec(),
        });
        *meta.make_filters.lock() = self.make_filters.lock().as_ref().map(|f| f.clone_ref(py));
        meta.simple = self.simple;
        if let Some(f) = &self.unique_filters {
            meta.unique_filters =
                Some(indexes.iter().map(|i| f.get(*i).and_then(|x| x.as_ref().map(|x| x.clone_ref(py)))).collect());
        }
        Ok(meta)
    }
}

/// "Ambiguous column name".
pub fn ambiguous(key: &Bound<'_, PyAny>) -> PyErr {
    invalid_request(key.py(), format!("Ambiguous column name '{}' in result set column descriptions", text(key)))
}

/// Message about a key that finds nothing.
pub fn not_found(key: &Bound<'_, PyAny>) -> String {
    format!("Could not locate column in row for column '{}'", text(key))
}

fn text(key: &Bound<'_, PyAny>) -> String {
    key.str().map(|s| s.text()).unwrap_or_else(|_| "unprintable element".to_owned())
}

#[pymethods]
impl RowMeta {
    /// Names, and per column further objects that find it, and what makes its values comparable.
    #[new]
    #[pyo3(signature = (keys, extra=None, _processors=None, _tuplefilter=None, _translated_indexes=None, _create_unique_filters=None,
                        _ambiguous_keys=None, _unique_filters=None))]
    #[allow(clippy::too_many_arguments)]
    fn py_new(
        py: Python<'_>,
        keys: &Bound<'_, PyAny>,
        extra: Option<&Bound<'_, PyAny>>,
        _processors: Option<Py<PyAny>>,
        _tuplefilter: Option<Py<PyAny>>,
        _translated_indexes: Option<Py<PyAny>>,
        _create_unique_filters: Option<Py<PyAny>>,
        _ambiguous_keys: Option<&Bound<'_, PyAny>>,
        _unique_filters: Option<Vec<Option<Py<PyAny>>>>,
    ) -> PyResult<Self> {
        let keys = PyTuple::new(py, keys.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
        let mut meta = Self::new(py, keys.unbind(), false, None)?;
        if let Some(extra) = extra.filter(|e| !e.is_none()) {
            for (i, objects) in extra.try_iter()?.enumerate() {
                let objects = objects?;
                if objects.is_none() {
                    continue;
                }
                for object in objects.try_iter()? {
                    meta.add_object(&object?, i)?;
                }
            }
        }
        meta.simple = true;
        meta.unique_filters = _unique_filters;
        *meta.make_filters.lock() = _create_unique_filters;
        let ambiguous = _ambiguous_keys.map(|k| k.try_iter()).transpose()?;
        for key in ambiguous.into_iter().flatten() {
            meta.by_name.bind(py).set_item(key?, py.None())?;
        }
        Ok(meta)
    }

    /// A view of the names.
    #[getter(keys)]
    fn py_keys(slf: &Bound<'_, Self>) -> RMKeyView {
        RMKeyView { meta: slf.clone().unbind() }
    }

    #[getter]
    fn _create_unique_filters(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.make_filters.lock().as_ref().map(|f| f.clone_ref(py))
    }
    #[setter(_create_unique_filters)]
    fn set_create_unique_filters(&self, make: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut *self.make_filters.lock(), make);
        drop(old);
    }
    #[getter]
    fn _keys(&self, py: Python<'_>) -> PyResult<Py<PyList>> {
        Ok(self.keys.bind(py).to_list().unbind())
    }

    #[getter]
    fn _key_to_index(&self, py: Python<'_>) -> PyResult<Py<PyDict>> {
        let out = self.by_name.bind(py).copy()?;
        out.update(self.by_object.bind(py).as_mapping())?;
        Ok(out.unbind())
    }

    fn _has_key(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.find(key)? != Found::No)
    }

    #[pyo3(signature = (key, err=true))]
    fn _index_for_key(&self, key: &Bound<'_, PyAny>, err: bool) -> PyResult<Option<usize>> {
        match self.find(key)? {
            Found::At(i) => Ok(Some(i)),
            _ if !err => Ok(None),
            _ => self.index_or_position(key).map(Some),
        }
    }

    fn _for_freeze(slf: &Bound<'_, Self>) -> Py<Self> {
        slf.clone().unbind()
    }

    /// Only names survive pickling.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, (Bound<'py, PyList>,))> {
        let py = slf.py();
        let class = py.get_type::<Self>().into_any();
        Ok((class, (slf.get().keys.bind(py).to_list(),)))
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.len(py)
    }
}

/// The names of a result: iterable, comparable with lists, and `in` takes columns too.
#[pyclass(name = "RMKeyView", module = "oxalchemy.engine.result", frozen)]
pub struct RMKeyView {
    meta: Py<RowMeta>,
}

impl RMKeyView {
    fn list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.meta.get().keys.bind(py).iter().filter(|k| !k.is_none()).collect::<Vec<_>>())
    }
}

#[pymethods]
impl RMKeyView {
    #[new]
    fn new(parent: Py<RowMeta>) -> Self {
        Self { meta: parent }
    }
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        Ok(self.list(py)?.len())
    }
    #[getter]
    fn _keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        self.list(py)
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.list(py)?.try_iter()?.into_any())
    }
    fn __getitem__<'py>(&self, py: Python<'py>, index: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self.list(py)?.as_any().get_item(index)
    }
    fn __contains__(&self, item: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(!item.is_instance_of::<PyInt>() && self.meta.get().find(item)? != Found::No)
    }
    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = PyList::new(py, other.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
        self.list(py)?.eq(other)
    }
    fn __ne__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(!self.__eq__(py, other)?)
    }
    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        Err(PyTypeError::new_err(format!("unhashable type: '{}'", slf.get_type().name()?.text())))
    }
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("RMKeyView({})", self.list(py)?.repr()?.text()))
    }
}
