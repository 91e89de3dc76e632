//! `Bundle`: several columns as one element of a row. The class is Python (`orm.util.Bundle`), since user code derives from it.

use crate::py::engine::meta::RowMeta;
use crate::py::engine::row::Row;
use crate::py::host::PyHost;
use orm::attr::Bundled;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyList, PyTuple, PyType};
use sql::ast::SelectItem;
use std::sync::Arc;

fn bundle_class(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    static CELL: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CELL.get_or_try_init(py, || Ok(py.import("oxalchemy.orm.util")?.getattr("Bundle")?.cast_into::<PyType>()?.unbind()))
        .map(|c| c.bind(py).clone())
}

/// Is it a Bundle?
pub fn is_bundle(obj: &Bound<'_, PyAny>) -> PyResult<bool> {
    obj.is_instance(bundle_class(obj.py())?.as_any())
}

/// A Bundle, or a composite attribute, as an item of a columns clause; `None`: it is none.
pub fn select_item(obj: &Bound<'_, PyAny>) -> PyResult<Option<SelectItem>> {
    if obj.is_instance_of::<PyType>() || obj.is_instance_of::<crate::py::sql::ClauseElement>() {
        return Ok(None);
    }
    if !is_bundle(obj)? {
        // a composite attribute is a bundle of its columns
        if !obj.is_instance_of::<crate::py::orm::attributes::QueryableAttribute>() {
            return Ok(None);
        }
        return match obj.getattr_opt("_as_bundle")? {
            Some(f) => {
                let owner =
                    super::aliased::entity_of(obj.cast::<super::attributes::QueryableAttribute>()?.get().parent.bind(obj.py()))?;
                bundled(&f.call0()?, owner).map(Some)
            }
            None => Ok(None),
        };
    }
    bundled(obj, None).map(Some)
}

fn bundled(obj: &Bound<'_, PyAny>, entity: Option<orm::Entity>) -> PyResult<SelectItem> {
    let name: String = obj.getattr("name")?.extract()?;
    let mut items = Vec::new();
    let mut keys: Vec<Option<Arc<str>>> = Vec::new();
    for (key, expr) in obj.getattr("_keys")?.try_iter()?.zip(obj.getattr("exprs")?.try_iter()?) {
        items.push(super::query::item(&expr?)?);
        keys.push(key?.extract::<Option<String>>()?.map(Into::into));
    }
    let bundled = Bundled { host: PyHost::wrap(obj), name: name.as_str().into(), items, keys, entity };
    Ok(SelectItem::Host(Arc::new(bundled)))
}

/// What a Bundle makes of the values of a row.
#[pyclass(frozen)]
pub struct RowMaker {
    meta: Py<RowMeta>,
}

#[pymethods]
impl RowMaker {
    fn __call__(&self, py: Python<'_>, values: &Bound<'_, PyTuple>) -> PyResult<Row> {
        Ok(Row { data: values.clone().unbind(), meta: self.meta.clone_ref(py) })
    }
}

/// Element `index` of a row.
#[pyclass(frozen)]
pub struct Getter(usize);

#[pymethods]
impl Getter {
    fn __call__<'py>(&self, row: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        row.get_item(self.0)
    }
}

/// Named rows of these columns.
#[pyfunction]
#[pyo3(name = "_bundle_rows")]
pub fn rows(py: Python<'_>, names: &Bound<'_, PyTuple>) -> PyResult<RowMaker> {
    Ok(RowMaker { meta: Py::new(py, RowMeta::new(py, names.clone().unbind(), false, None)?)? })
}

/// The callable that makes the element of a Bundle from the values of a row.
pub fn row_maker<'py>(bundle: &Bound<'py, PyAny>, names: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let py = bundle.py();
    let own = bundle.get_type().getattr_opt("create_row_processor")?;
    let base = bundle_class(py)?.getattr("create_row_processor")?;
    match own {
        Some(f) if !f.is(&base) => {
            let getters = PyList::empty(py);
            for i in 0..names.len() {
                getters.append(Bound::new(py, Getter(i))?)?;
            }
            bundle.call_method1("create_row_processor", (py.None(), getters, names.to_list()))
        }
        _ => Ok(Bound::new(py, rows(py, names)?)?.into_any()),
    }
}

/// Add this file's class and function to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rows, m)?)
}
