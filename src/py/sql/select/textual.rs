//! `text().columns()`.

use super::*;

#[pymethods]
impl TextualSelect {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn element<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        match &own(slf.as_any())?.kind {
            QueryKind::Textual(t) => wrap_expr(slf.py(), &Expr::new(ExprKind::Text(t.text.clone()), sql::types::null_type())),
            _ => Err(PyAttributeError::new_err("element")),
        }
    }
    #[getter]
    fn positional(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(matches!(&own(slf.as_any())?.kind, QueryKind::Textual(t) if t.positional))
    }
    #[getter]
    fn column_args<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        match &own(slf.as_any())?.kind {
            QueryKind::Textual(t) => super::super::operators::faces(slf.py(), &t.columns),
            _ => Ok(PyList::empty(slf.py())),
        }
    }
    /// Values for the text's parameters.
    #[pyo3(signature = (*binds, **bind_as_values))]
    fn bindparams<'py>(
        slf: &Bound<'py, Self>,
        binds: &Bound<'py, PyTuple>,
        bind_as_values: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let text = Self::element(slf)?.call_method("bindparams", binds, bind_as_values)?;
        let text = super::super::text::own(&text)?;
        changed_any(slf.as_any(), |k| {
            if let QueryKind::Textual(t) = k {
                **t = TextualNode { text, ..(**t).clone() };
            }
            Ok(())
        })
    }
}
