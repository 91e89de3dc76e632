//! [`Row`]: a tuple of values with names. Attribute access looks at the names first and costs one dictionary lookup.

use super::meta::{Found, RMKeyView, RowMeta, ambiguous, not_found};
use crate::py::errors::exc;
use crate::py::ffi::generic_getattr;
use crate::py::text::Text;
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyAttributeError, PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList, PySlice, PyString, PyTuple};

/// What pickle makes an object of again: a function, and its arguments class and state.
type Reduced<'py> = (Bound<'py, PyAny>, (Bound<'py, PyAny>, Bound<'py, PyDict>));

/// One row of a result.
#[pyclass(name = "Row", module = "oxalchemy.engine.row", frozen, subclass, weakref)]
pub struct Row {
    /// Its values.
    pub data: Py<PyTuple>,
    /// Its columns.
    pub meta: Py<RowMeta>,
}

/// Names that a column of the same name does not hide.
fn reserved(name: &str) -> bool {
    matches!(
        name,
        "_mapping"
            | "_fields"
            | "_asdict"
            | "_tuple"
            | "_t"
            | "_data"
            | "_parent"
            | "_key_to_index"
            | "_to_tuple_instance"
            | "_special_name_accessor"
            | "_filter_on_values"
    ) || (name.starts_with("__") && name.ends_with("__"))
}

fn other_data<'py>(other: &Bound<'py, PyAny>) -> Bound<'py, PyAny> {
    match other.cast::<Row>() {
        Ok(row) => row.get().data.bind(other.py()).clone().into_any(),
        Err(_) => other.clone(),
    }
}

/// Warn about what 2.1 no longer needs.
pub fn old(py: Python<'_>, what: &str, instead: Option<&str>) -> PyResult<()> {
    let (message, since) = match instead {
        Some(i) => (
            format!(
                "The {what} is deprecated in favor of {i}; all Row methods and library-level attributes are intended to be underscored to avoid name conflicts.  Please use {i}."
            ),
            "2.0.19",
        ),
        None => (format!("The {what} is deprecated, Row now behaves like a tuple and can unpack types directly."), "2.1.0"),
    };
    py.import("oxalchemy.util")?.getattr("warn_deprecated")?.call1((message, since)).map(drop)
}

impl Row {
    /// Value by name, column, label or attribute.
    fn by_key<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let i = self.meta.get().index(key)?;
        self.data.bind(key.py()).get_item(i)
    }

    fn named<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        let keys = self.meta.get().keys.bind(py);
        for (key, value) in keys.iter().zip(self.data.bind(py).iter()) {
            if !key.is_none() {
                out.set_item(key, value)?;
            }
        }
        Ok(out)
    }
}

#[pymethods]
impl Row {
    #[new]
    #[pyo3(signature = (parent, processors, key_to_index, data))]
    fn py_new(
        py: Python<'_>,
        parent: Py<RowMeta>,
        processors: Option<Vec<Option<Py<PyAny>>>>,
        key_to_index: Option<Py<PyAny>>,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let _ = key_to_index;
        let mut values = data.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        if let Some(processors) = processors {
            for (v, p) in values.iter_mut().zip(processors) {
                if let Some(p) = p {
                    *v = p.bind(py).call1((&*v,))?;
                }
            }
        }
        Ok(Self { data: PyTuple::new(py, values)?.unbind(), meta: parent })
    }

    fn __getattribute__<'py>(slf: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let row = slf.get();
        if let Some(index) = row.meta.get().by_name.bind(py).get_item(name)?
            && !name.to_cow().is_ok_and(|n| reserved(&n))
        {
            if index.is_none() {
                return Err(ambiguous(name));
            }
            return row.data.bind(py).get_item(index.extract()?);
        }
        generic_getattr(slf, name)
    }
    /// Only asked for what is not there.
    fn __getattr__(&self, name: &Bound<'_, PyString>) -> PyResult<()> {
        let dunder = name.to_cow().is_ok_and(|n| n.starts_with("__"));
        let plain = dunder || self.meta.get().simple;
        Err(PyAttributeError::new_err(if plain { name.text() } else { not_found(name) }))
    }
    fn __setitem__(&self, _key: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("'Row' object does not support item assignment"))
    }
    fn __delitem__(&self, _key: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("'Row' object doesn't support item deletion"))
    }
    fn __setattr__(&self, _name: &Bound<'_, PyString>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyAttributeError::new_err("can't set attribute"))
    }
    fn __delattr__(&self, _name: &Bound<'_, PyString>) -> PyResult<()> {
        Err(PyAttributeError::new_err("can't delete attribute"))
    }

    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let data = self.data.bind(key.py()).as_any();
        if key.is_instance_of::<PyInt>() || key.is_instance_of::<PySlice>() {
            return data.get_item(key);
        }
        if key.is_instance_of::<PyString>() {
            return if self.meta.get().simple { data.get_item(key) } else { self.by_key(key) };
        }
        // a column or attribute (legacy); everything else fails as a tuple would
        match self.meta.get().find(key)? {
            Found::At(i) => self.data.bind(key.py()).get_item(i),
            Found::Ambiguous => Err(ambiguous(key)),
            Found::No if self.meta.get().simple => data.get_item(key),
            Found::No if key.hasattr("__clause_element__")? || key.hasattr("_annotations")? || key.hasattr("compile")? => {
                Err(exc(key.py(), "NoSuchColumnError", not_found(key)))
            }
            Found::No => data.get_item(key),
        }
    }
    fn __len__(&self, py: Python<'_>) -> usize {
        self.data.bind(py).len()
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.data.bind(py).try_iter()?.into_any())
    }
    fn __reversed__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut items: Vec<_> = self.data.bind(py).iter().collect();
        items.reverse();
        Ok(PyList::new(py, items)?.try_iter()?.into_any())
    }
    fn __contains__(&self, value: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.data.bind(value.py()).contains(value)
    }
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.data.bind(py).hash()
    }
    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, op: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        self.data.bind(other.py()).rich_compare(other_data(other), op)
    }
    fn __repr__(&self, py: Python<'_>) -> PyResult<Py<PyString>> {
        Ok(self.data.bind(py).repr()?.unbind())
    }
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let py = slf.py();
        let state = PyDict::new(py);
        state.set_item("_parent", slf.get().meta.bind(py))?;
        state.set_item("_data", slf.get().data.bind(py))?;
        let make = py.import("oxalchemy.engine.row")?.getattr("rowproxy_reconstructor")?;
        Ok((make, (slf.get_type().into_any(), state)))
    }
    fn __copy__(slf: &Bound<'_, Self>) -> Py<Self> {
        slf.clone().unbind()
    }

    /// The row as a read-only mapping.
    #[getter]
    fn _mapping(slf: &Bound<'_, Self>) -> RowMapping {
        RowMapping { data: slf.get().data.clone_ref(slf.py()), meta: slf.get().meta.clone_ref(slf.py()) }
    }
    /// Names of the columns.
    #[getter]
    fn _fields(&self, py: Python<'_>) -> PyResult<Py<PyTuple>> {
        Ok(PyTuple::new(py, self.meta.get().keys.bind(py).iter().filter(|k| !k.is_none()).collect::<Vec<_>>())?.unbind())
    }
    /// A new dict of names and values.
    fn _asdict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.named(py)
    }
    /// The row, for type checkers a tuple.
    fn _tuple(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        old(slf.py(), "Row._tuple() method", None)?;
        Ok(slf.clone().unbind())
    }
    /// The same under another name.
    fn tuple(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        old(slf.py(), "Row.tuple() method", Some("Row._tuple()"))?;
        Ok(slf.clone().unbind())
    }
    /// The same as an attribute.
    #[getter]
    fn _t(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        old(slf.py(), "Row._t attribute", None)?;
        Ok(slf.clone().unbind())
    }
    /// The same as an attribute.
    #[getter]
    fn t(slf: &Bound<'_, Self>) -> PyResult<Py<Self>> {
        old(slf.py(), "Row.t attribute", Some("Row._t"))?;
        Ok(slf.clone().unbind())
    }
    #[getter]
    fn _data(&self, py: Python<'_>) -> Py<PyTuple> {
        self.data.clone_ref(py)
    }
    #[getter]
    fn _parent(&self, py: Python<'_>) -> Py<RowMeta> {
        self.meta.clone_ref(py)
    }
    fn _to_tuple_instance(&self, py: Python<'_>) -> Py<PyTuple> {
        self.data.clone_ref(py)
    }
    fn _filter_on_values(&self, py: Python<'_>, filters: Option<Vec<Option<Py<PyAny>>>>) -> PyResult<Self> {
        let mut values: Vec<_> = self.data.bind(py).iter().collect();
        for (v, f) in values.iter_mut().zip(filters.unwrap_or_default()) {
            if let Some(f) = f {
                *v = f.bind(py).call1((&*v,))?;
            }
        }
        Ok(Self { data: PyTuple::new(py, values)?.unbind(), meta: self.meta.clone_ref(py) })
    }
    /// How often a value occurs.
    fn count(&self, value: &Bound<'_, PyAny>) -> PyResult<usize> {
        self.data.bind(value.py()).as_any().call_method1("count", (value,))?.extract()
    }
    /// Where a value occurs first.
    #[pyo3(signature = (value, *args))]
    fn index<'py>(&self, value: &Bound<'py, PyAny>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let mut all = vec![value.clone()];
        all.extend(args.iter());
        self.data.bind(value.py()).getattr("index")?.call1(PyTuple::new(value.py(), all)?)
    }

    /// Names of the columns (legacy; `_mapping.keys()`).
    fn keys(&self, py: Python<'_>) -> PyResult<Py<RMKeyView>> {
        self.meta.bind(py).getattr("keys")?.extract().map_err(Into::into)
    }
    /// The values (legacy).
    fn values(&self, py: Python<'_>) -> Py<PyList> {
        self.data.bind(py).to_list().unbind()
    }
    /// Pairs of name and value (legacy).
    fn items<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let keys = self.meta.get().keys.bind(py);
        PyList::new(py, keys.iter().zip(self.data.bind(py).iter()).filter(|(k, _)| !k.is_none()).collect::<Vec<_>>())
    }
    /// Whether there is such a column (legacy).
    fn has_key(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.meta.get().find(key)? != Found::No)
    }
    /// Iterator over `keys()` (legacy).
    fn iterkeys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.keys(py)?.bind(py).try_iter()?.into_any())
    }
    /// Iterator over `values()` (legacy).
    fn itervalues<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.values(py).bind(py).try_iter()?.into_any())
    }
    #[classmethod]
    fn __class_getitem__<'py>(
        cls: &Bound<'py, pyo3::types::PyType>,
        _item: &Bound<'py, PyAny>,
    ) -> Bound<'py, pyo3::types::PyType> {
        cls.clone()
    }
}

/// A row as a mapping; keys may be names, columns, labels and attributes.
#[pyclass(name = "RowMapping", module = "oxalchemy.engine.row", frozen, subclass, weakref, mapping)]
pub struct RowMapping {
    /// Its values.
    pub data: Py<PyTuple>,
    /// Its columns.
    pub meta: Py<RowMeta>,
}

impl RowMapping {
    fn dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        Row { data: self.data.clone_ref(py), meta: self.meta.clone_ref(py) }.named(py)
    }
    fn view(&self, py: Python<'_>, kind: &'static str, items: Bound<'_, PyList>) -> PyResult<ROMappingView> {
        Ok(ROMappingView { shown: self.dict(py)?.unbind(), items: items.unbind(), kind })
    }
}

#[pymethods]
impl RowMapping {
    #[new]
    #[pyo3(signature = (parent, processors, key_to_index, data))]
    fn py_new(
        py: Python<'_>,
        parent: Py<RowMeta>,
        processors: Option<Vec<Option<Py<PyAny>>>>,
        key_to_index: Option<Py<PyAny>>,
        data: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let row = Row::py_new(py, parent, processors, key_to_index, data)?;
        Ok(Self { data: row.data, meta: row.meta })
    }
    fn __getitem__<'py>(&self, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let i = self.meta.get().index(key)?;
        self.data.bind(key.py()).get_item(i)
    }
    fn __getattr__(&self, name: &Bound<'_, PyString>) -> PyResult<()> {
        Err(PyAttributeError::new_err(not_found(name)))
    }
    fn __setitem__(&self, _key: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("'RowMapping' object does not support item assignment"))
    }
    fn __delitem__(&self, _key: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(PyTypeError::new_err("'RowMapping' object doesn't support item deletion"))
    }
    fn __len__(&self, py: Python<'_>) -> usize {
        self.data.bind(py).len()
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let keys: Vec<_> = self.meta.get().keys.bind(py).iter().filter(|k| !k.is_none()).collect();
        Ok(PyList::new(py, keys)?.try_iter()?.into_any())
    }
    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(self.meta.get().find(key)? != Found::No)
    }
    fn __richcmp__<'py>(&self, other: &Bound<'py, PyAny>, op: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let mine = self.dict(py)?;
        match other.cast::<RowMapping>() {
            Ok(o) => mine.rich_compare(o.get().dict(py)?, op),
            Err(_) => mine.rich_compare(other, op),
        }
    }
    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.data.bind(py).hash()
    }
    fn __repr__(&self, py: Python<'_>) -> PyResult<Py<PyString>> {
        Ok(self.dict(py)?.repr()?.unbind())
    }
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Reduced<'py>> {
        let py = slf.py();
        let state = PyDict::new(py);
        state.set_item("_parent", slf.get().meta.bind(py))?;
        state.set_item("_data", slf.get().data.bind(py))?;
        let make = py.import("oxalchemy.engine.row")?.getattr("rowproxy_reconstructor")?;
        Ok((make, (slf.get_type().into_any(), state)))
    }
    #[getter]
    fn _data(&self, py: Python<'_>) -> Py<PyTuple> {
        self.data.clone_ref(py)
    }
    #[getter]
    fn _parent(&self, py: Python<'_>) -> Py<RowMeta> {
        self.meta.clone_ref(py)
    }
    /// The names.
    fn keys(&self, py: Python<'_>) -> PyResult<Py<RMKeyView>> {
        self.meta.bind(py).getattr("keys")?.extract().map_err(Into::into)
    }
    /// The values.
    fn values(&self, py: Python<'_>) -> PyResult<ROMappingView> {
        self.view(py, "ROMappingKeysValuesView", self.data.bind(py).to_list())
    }
    /// Pairs of name and value.
    fn items(&self, py: Python<'_>) -> PyResult<ROMappingView> {
        let keys = self.meta.get().keys.bind(py);
        let pairs: Vec<_> = keys.iter().zip(self.data.bind(py).iter()).filter(|(k, _)| !k.is_none()).collect();
        self.view(py, "ROMappingItemsView", PyList::new(py, pairs)?)
    }
    /// Value of a key, or a default.
    #[pyo3(signature = (key, default=None))]
    fn get<'py>(&self, key: &Bound<'py, PyAny>, default: Option<Bound<'py, PyAny>>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.__getitem__(key) {
            Ok(v) => Ok(Some(v)),
            Err(e) if e.is_instance_of::<PyKeyError>(key.py()) => Ok(default),
            Err(e) => Err(e),
        }
    }
}

/// `RowMapping.values()` and `.items()`.
#[pyclass(name = "ROMappingView", module = "oxalchemy.engine.row", frozen)]
pub struct ROMappingView {
    shown: Py<PyDict>,
    items: Py<PyList>,
    kind: &'static str,
}

#[pymethods]
impl ROMappingView {
    fn __len__(&self, py: Python<'_>) -> usize {
        self.items.bind(py).len()
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.items.bind(py).try_iter()?.into_any())
    }
    fn __contains__(&self, item: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.items.bind(item.py()).contains(item)
    }
    fn __eq__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = PyList::new(py, other.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
        self.items.bind(py).eq(other)
    }
    fn __ne__(&self, py: Python<'_>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        Ok(!self.__eq__(py, other)?)
    }
    fn __hash__(&self) -> PyResult<isize> {
        Err(PyTypeError::new_err("unhashable type"))
    }
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("{}({})", self.kind, self.shown.bind(py).repr()?.text()))
    }
}

/// Makes a row of what `Row.__reduce__` wrote.
#[pyfunction]
fn rowproxy_reconstructor<'py>(cls: &Bound<'py, PyAny>, state: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    let get = |k: &str| state.get_item(k)?.ok_or_else(|| PyKeyError::new_err(k.to_owned()));
    cls.call1((get("_parent")?, cls.py().None(), cls.py().None(), get("_data")?))
}

/// Add this file's classes to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<RowMeta>()?;
    m.add_class::<RMKeyView>()?;
    m.add_class::<Row>()?;
    m.add_class::<RowMapping>()?;
    m.add_class::<ROMappingView>()?;
    m.add_function(wrap_pyfunction!(rowproxy_reconstructor, m)?)
}
