//! `Insert`.

use super::*;

#[pymethods]
impl Insert {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_insert")]
    const IS_INSERT: bool = true;
    /// The VALUES of one row or of several.
    #[pyo3(signature = (*args, **kwargs))]
    fn values<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        changed_insert(slf.as_any(), |i| {
            if i.from_select.is_some() {
                return Err(invalid_request(py, "This construct already inserts from a SELECT"));
            }
            let table = i.table.clone();
            let entity = entity_of(&i.common, &table);
            values(py, &mut i.values, &table, entity.as_ref(), args, kwargs)
        })
    }
    fn inline<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        changed_insert(slf.as_any(), |i| {
            i.inline = true;
            Ok(())
        })
    }
    /// INSERT … SELECT.
    #[pyo3(signature = (names, select, include_defaults=true))]
    fn from_select<'py>(
        slf: &Bound<'py, Self>,
        names: &Bound<'py, PyAny>,
        select: &Bound<'py, PyAny>,
        include_defaults: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let names = names.try_iter()?.map(|n| column_key(&n?)).collect::<PyResult<Vec<_>>>()?;
        let query = match node_of(&coerce::clause_of(select)?)? {
            Some(Node::From(f)) if matches!(f.kind, sql::ast::FromKind::Table(_)) => super::super::select::select_from_all(&f),
            _ => coerce::query(select, Role::DmlSelect)?,
        };
        changed_insert(slf.as_any(), |i| {
            if !matches!(i.values, DmlValues::None) {
                return Err(invalid_request(py, "This construct already inserts value expressions"));
            }
            i.from_select = Some(FromSelect { names, query, include_defaults });
            i.inline = true;
            Ok(())
        })
    }
    /// The SELECT of `from_select()`.
    #[getter]
    fn select<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match own(slf.as_any())? {
            Node::Insert(i) => i.from_select.as_ref().map(|s| super::super::face::wrap_query(slf.py(), &s.query)).transpose(),
            _ => Ok(None),
        }
    }
}
