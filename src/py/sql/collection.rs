//! `ColumnCollection`: the `.c` of FROM elements and the exported columns of statements.

use super::coerce;
use super::face::wrap_expr;
use crate::py::text::Text;
use pyo3::IntoPyObjectExt;
use pyo3::exceptions::{PyAttributeError, PyIndexError, PyKeyError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyInt, PyList, PySlice, PyString, PyTuple, PyType};
use sql::ast::proxy::{self, KeyedColumn, expr_id};
use sql::ast::{ExprRef, FromKind, FromRef};
use std::sync::Arc;

/// Where the columns come from.
pub enum Source {
    /// Columns of a FROM element, always as they are now.
    From(FromRef),
    /// A fixed list.
    List(parking_lot::RwLock<Vec<KeyedColumn>>),
}

/// Columns by key, in order.
#[pyclass(name = "ColumnCollection", module = "oxalchemy.sql.base", subclass, weakref, frozen)]
pub struct ColumnCollection {
    /// Columns.
    pub source: Source,
    /// Faces that must live as long as the collection (user subclasses of Column).
    pub keep: parking_lot::Mutex<Vec<Py<PyAny>>>,
}

impl ColumnCollection {
    /// The live columns of a FROM element.
    pub fn of_from(f: &FromRef) -> Self {
        Self { source: Source::From(f.clone()), keep: Default::default() }
    }
    /// A fixed list.
    pub fn of_list(list: Vec<KeyedColumn>) -> Self {
        Self { source: Source::List(parking_lot::RwLock::new(list)), keep: Default::default() }
    }
    /// The columns now.
    pub fn items(&self) -> Vec<KeyedColumn> {
        match &self.source {
            Source::From(f) => proxy::columns(f),
            Source::List(l) => l.read().clone(),
        }
    }
    /// The column with this key.
    pub fn get(&self, key: &str) -> Option<ExprRef> {
        if let Source::From(f) = &self.source
            && let FromKind::Table(t) = &f.kind
        {
            let column = t.d.read().columns.get(key).cloned()?;
            return Some(sql::ast::build::column(&column, Some(f.clone())));
        }
        self.items().into_iter().find(|(k, _)| **k == *key).map(|(_, c)| c)
    }
    fn find<'py>(slf: &Bound<'py, Self>, key: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = slf.py();
        if let Ok(s) = key.cast::<PyString>() {
            return slf.get().get(s.to_str()?).map(|c| wrap_expr(py, &c)).transpose();
        }
        Ok(None)
    }
}

#[pymethods]
impl ColumnCollection {
    #[new]
    #[pyo3(signature = (columns=None))]
    fn new(columns: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let mut list = Vec::new();
        let mut keep = Vec::new();
        if let Some(cols) = columns {
            for item in cols.try_iter()? {
                let (key, c): (Option<String>, Bound<'_, PyAny>) = item?.extract()?;
                let e = coerce::expr(&c)?;
                let key: Arc<str> = match key {
                    Some(k) => k.into(),
                    None => proxy::key_of(&e).unwrap_or_else(|| "".into()),
                };
                list.push((key, e));
                keep.push(c.unbind());
            }
        }
        let out = Self::of_list(list);
        *out.keep.lock() = keep;
        Ok(out)
    }
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        Self::find(slf, name)?.ok_or_else(|| PyAttributeError::new_err(name.clone().unbind()))
    }
    fn __getitem__<'py>(slf: &Bound<'py, Self>, key: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Some(c) = Self::find(slf, key)? {
            return Ok(c);
        }
        if key.is_instance_of::<PyString>() {
            return Err(PyKeyError::new_err(key.clone().unbind()));
        }
        let items = slf.get().items();
        if key.is_instance_of::<PyInt>() {
            let i: isize = key.extract()?;
            let n = isize::try_from(items.len()).unwrap_or(isize::MAX);
            let at = if i < 0 { i + n } else { i };
            return match usize::try_from(at).ok().and_then(|i| items.get(i)) {
                Some((_, c)) => wrap_expr(py, c),
                None => Err(PyIndexError::new_err(i)),
            };
        }
        let picked: Vec<KeyedColumn> = if let Ok(s) = key.cast::<PySlice>() {
            let idx = s.indices(isize::try_from(items.len()).unwrap_or(isize::MAX))?;
            let mut out = Vec::new();
            let mut i = idx.start;
            while (idx.step > 0 && i < idx.stop) || (idx.step < 0 && i > idx.stop) {
                if let Some(c) = usize::try_from(i).ok().and_then(|i| items.get(i)) {
                    out.push(c.clone());
                }
                i = i.saturating_add(idx.step);
            }
            out
        } else if let Ok(t) = key.cast::<PyTuple>() {
            let mut out = Vec::new();
            for part in t.iter() {
                let c = Self::__getitem__(slf, &part)?;
                let e = coerce::expr(&c)?;
                out.push((proxy::key_of(&e).unwrap_or_else(|| "".into()), e));
            }
            out
        } else {
            return Err(PyKeyError::new_err(key.clone().unbind()));
        };
        Ok(Bound::new(py, Self::of_list(picked))?.into_any())
    }
    fn __setattr__(&self, _name: &str, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(immutable())
    }
    fn __delattr__(&self, name: &str) -> PyResult<()> {
        Err(PyAttributeError::new_err(format!("'ReadOnlyColumnCollection' object has no attribute '{name}'")))
    }
    fn __setitem__(&self, _key: &Bound<'_, PyAny>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(immutable())
    }
    fn __delitem__(&self, _key: &Bound<'_, PyAny>) -> PyResult<()> {
        Err(immutable())
    }
    fn __len__(&self) -> usize {
        match &self.source {
            Source::From(f) if matches!(f.kind, FromKind::Table(_)) => match &f.kind {
                FromKind::Table(t) => t.d.read().columns.len(),
                _ => 0,
            },
            _ => self.items().len(),
        }
    }
    fn __bool__(&self) -> bool {
        self.__len__() > 0
    }
    fn __iter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::values(slf)?.into_any().call_method0("__iter__")
    }
    fn __contains__(&self, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        match key.cast::<PyString>() {
            Ok(s) => Ok(self.get(s.to_str()?).is_some()),
            Err(_) => {
                if key.is_instance_of::<super::ColumnElement>() {
                    return Err(crate::py::errors::argument_error(key.py(), "__contains__ requires a string argument"));
                }
                Err(crate::py::errors::argument_error(key.py(), "__contains__ requires a string argument"))
            }
        }
    }
    fn contains_column(&self, col: &Bound<'_, PyAny>) -> PyResult<bool> {
        if col.is_instance_of::<PyString>() {
            return Err(crate::py::errors::argument_error(
                col.py(),
                "contains_column cannot be used with string arguments. Use ``col_name in table.c`` instead.",
            ));
        }
        let Some(e) = coerce::try_expr(col, coerce::Role::ColumnsClause)? else { return Ok(false) };
        let id = expr_id(&e);
        Ok(self.items().iter().any(|(_, c)| expr_id(c) == id))
    }
    #[pyo3(signature = (key, default=None))]
    fn get_<'py>(
        slf: &Bound<'py, Self>,
        key: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Ok(Self::find(slf, key)?.or(default).unwrap_or_else(|| slf.py().None().into_bound(slf.py())))
    }
    #[pyo3(name = "get", signature = (key, default=None))]
    fn get_py<'py>(
        slf: &Bound<'py, Self>,
        key: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::get_(slf, key, default)
    }
    fn keys<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.items().iter().map(|(k, _)| PyString::new(py, k)))
    }
    fn values<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        PyList::new(py, slf.get().items().iter().map(|(_, c)| wrap_expr(py, c)).collect::<PyResult<Vec<_>>>()?)
    }
    fn items_<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let items = slf.get().items();
        let pairs = items.iter().map(|(k, c)| Ok((PyString::new(py, k), wrap_expr(py, c)?))).collect::<PyResult<Vec<_>>>()?;
        PyList::new(py, pairs)
    }
    #[pyo3(name = "items")]
    fn items_py<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        Self::items_(slf)
    }
    #[getter]
    fn _all_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        Self::values(slf)
    }
    fn as_readonly(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    /// `add()` of the collections that can be changed. Others must leave the name to a column that is called so.
    #[pyo3(signature = (column, key=None))]
    fn _add(&self, column: &Bound<'_, PyAny>, key: Option<String>) -> PyResult<()> {
        let Source::List(list) = &self.source else {
            return Err(immutable());
        };
        let e = coerce::expr(column)?;
        let key: Arc<str> = key.map_or_else(|| proxy::key_of(&e).unwrap_or_else(|| "".into()), Into::into);
        list.write().push((key, e));
        self.keep.lock().push(column.clone().unbind());
        Ok(())
    }
    fn compare(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let Ok(o) = other.cast::<Self>() else { return Ok(false) };
        let (a, b) = (self.items(), o.get().items());
        Ok(a.len() == b.len() && a.iter().zip(&b).all(|((_, x), (_, y))| expr_id(x) == expr_id(y)))
    }
    /// The same columns in the same order, as those of another collection or any sequence.
    fn __eq__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if slf.is(other) {
            return true.into_bound_py_any(py);
        }
        if other.is_instance_of::<PyString>() || !other.hasattr("__len__")? {
            return py.NotImplemented().into_bound_py_any(py);
        }
        let mine = Self::values(slf)?;
        let same = mine.len() == other.len()?
            && other.try_iter()?.zip(mine.iter()).map(|(o, m)| Ok(o?.is(&m))).collect::<PyResult<Vec<_>>>()?.iter().all(|x| *x);
        same.into_bound_py_any(py)
    }
    fn __hash__(slf: &Bound<'_, Self>) -> isize {
        (slf.as_ptr() as isize) >> 4
    }
    /// The column here that stands for `column`, directly or through others.
    #[pyo3(signature = (column, require_embedded=false))]
    fn corresponding_column<'py>(
        slf: &Bound<'py, Self>,
        column: &Bound<'py, PyAny>,
        require_embedded: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let e = coerce::expr(column)?;
        proxy::corresponding_in(&slf.get().items(), &e, require_embedded).map(|c| wrap_expr(slf.py(), &c)).transpose()
    }
    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let values = Self::values(slf)?;
        let shown = values.iter().map(|c| Ok(c.str()?.text())).collect::<PyResult<Vec<_>>>()?;
        // what tables and statements show cannot be changed by those who see it
        let own = slf.is_exact_instance_of::<Self>();
        let name = if own { "ReadOnlyColumnCollection".to_owned() } else { slf.get_type().name()?.text() };
        Ok(format!("{name}({})", shown.join(", ")))
    }
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Self::__str__(slf)
    }
    fn __dir__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let names = slf.py().get_type::<Self>().as_any().dir()?;
        for (k, _) in slf.get().items() {
            names.append(&*k)?;
        }
        Ok(names)
    }
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyType>, (Bound<'py, PyList>,))> {
        Ok((slf.get_type(), (Self::items_(slf)?,)))
    }
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, PyType>, _item: &Bound<'py, PyAny>) -> Bound<'py, PyType> {
        cls.clone()
    }
    /// Columns by key as a plain dictionary.
    fn as_dict<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let d = PyDict::new(slf.py());
        for (k, c) in slf.get().items() {
            d.set_item(&*k, wrap_expr(slf.py(), &c)?)?;
        }
        Ok(d)
    }
}

fn immutable() -> PyErr {
    PyTypeError::new_err("ReadOnlyColumnCollection object is immutable and/or readonly.")
}
