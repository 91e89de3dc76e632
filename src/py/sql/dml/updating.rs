//! `Update`.

use super::*;

#[pymethods]
impl Update {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_update")]
    const IS_UPDATE: bool = true;
    #[pyo3(signature = (*args, **kwargs))]
    fn values<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        changed_update(slf.as_any(), |u| {
            if u.ordered {
                return Err(invalid_request(py, "This statement already has ordered values present"));
            }
            let table = u.table.clone();
            let entity = entity_of(&u.common, &table);
            values(py, &mut u.values, &table, entity.as_ref(), args, kwargs)
        })
    }
    /// SET in the order given.
    #[pyo3(signature = (*args))]
    fn ordered_values<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        changed_update(slf.as_any(), |u| {
            if !matches!(u.values, DmlValues::None) {
                let what = if u.ordered { "ordered values" } else { "values" };
                return Err(argument_error(py, format!("This statement already has {what} present")));
            }
            let mut row = Vec::new();
            let entity = entity_of(&u.common, &u.table);
            for pair in args.iter() {
                let (k, v): (Bound<'py, PyAny>, Bound<'py, PyAny>) =
                    pair.extract().map_err(|_| argument_error(py, "ordered_values() takes (column, value) tuples"))?;
                row.extend(pairs_of(&k, &v, entity.as_ref())?);
            }
            u.values = DmlValues::Single(row);
            u.ordered = true;
            Ok(())
        })
    }
    fn inline<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        changed_update(slf.as_any(), |u| {
            u.inline = true;
            Ok(())
        })
    }
    #[pyo3(signature = (*whereclause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, whereclause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed_update(slf.as_any(), |u| add_criteria(&mut u.where_, whereclause))
    }
    #[pyo3(signature = (*criteria))]
    fn filter<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::r#where(slf, criteria)
    }
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Bound<'py, Self>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::super::filter_by::filter_by(slf.as_any(), kwargs)
    }
    #[getter]
    fn whereclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match own(slf.as_any())? {
            Node::Update(u) => build::where_clause(&u.where_).map(|e| wrap_expr(slf.py(), &e)).transpose(),
            _ => Ok(None),
        }
    }
}
