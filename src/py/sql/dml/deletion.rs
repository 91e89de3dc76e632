//! `Delete`.

use super::*;

#[pymethods]
impl Delete {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_delete")]
    const IS_DELETE: bool = true;
    #[pyo3(signature = (*whereclause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, whereclause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed_delete(slf.as_any(), |d| add_criteria(&mut d.where_, whereclause))
    }
    #[pyo3(signature = (*criteria))]
    fn filter<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::r#where(slf, criteria)
    }
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Bound<'py, Self>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::super::filter_by::filter_by(slf.as_any(), kwargs)
    }
    #[pyo3(signature = (*froms))]
    fn using<'py>(slf: &Bound<'py, Self>, froms: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let list = froms.iter().map(|f| coerce::from(&f)).collect::<PyResult<Vec<_>>>()?;
        changed_delete(slf.as_any(), |d| {
            d.using.extend(list);
            Ok(())
        })
    }
    #[getter]
    fn whereclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match own(slf.as_any())? {
            Node::Delete(d) => build::where_clause(&d.where_).map(|e| wrap_expr(slf.py(), &e)).transpose(),
            _ => Ok(None),
        }
    }
}
