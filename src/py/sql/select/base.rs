//! `SelectBase`: methods of everything that yields rows.

use super::*;

#[pymethods]
impl SelectBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
    #[classattr]
    #[pyo3(name = "is_select")]
    const IS_SELECT: bool = true;
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = true;

    #[getter]
    fn selected_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exported(slf.py(), &own(slf.as_any())?)
    }
    #[getter]
    fn exported_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exported(slf.py(), &own(slf.as_any())?)
    }
    #[getter]
    fn _all_selected_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let q = own(slf.as_any())?;
        let cols = match &q.kind {
            QueryKind::Select(s) => s.columns.iter().flat_map(proxy::item_columns).collect(),
            _ => proxy::exported(&q).into_iter().map(|(_, e)| e).collect::<Vec<_>>(),
        };
        PyList::new(py, super::super::face::wrap_exprs(py, &cols)?)
    }
    /// Columns of an anonymous subquery of this statement (legacy).
    #[getter]
    fn c<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        crate::py::errors::warn(
            py,
            "SADeprecationWarning",
            "The SelectBase.c and SelectBase.columns attributes are deprecated and will be removed in a future release; these attributes implicitly create a subquery that should be explicit.  Please call SelectBase.subquery() first in order to create a subquery, which then contains this attribute.  To access the columns that this SELECT object SELECTs from, use the SelectBase.selected_columns attribute.",
        )?;
        let extra = slf.as_super().get().extra();
        if let Some(c) = extra.c.get() {
            return c.bind(py).getattr("c");
        }
        let sub = subquery_of(slf.as_any(), None)?;
        let columns = sub.getattr("c")?;
        let _ = extra.c.set(wrap_from(py, &super::super::selectable::own(&sub)?)?.unbind());
        Ok(columns)
    }
    #[getter]
    fn columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::c(slf)
    }
    #[getter]
    fn selectable(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[getter]
    fn r#type<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::types::wrap_type(slf.py(), &selectable::scalar_type(&own(slf.as_any())?))
    }
    #[pyo3(signature = (name=None))]
    fn subquery<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        subquery_of(slf.as_any(), name.as_ref())
    }
    #[pyo3(signature = (name=None, flat=false))]
    fn alias<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>, flat: bool) -> PyResult<Bound<'py, PyAny>> {
        let _ = flat;
        subquery_of(slf.as_any(), name.as_ref())
    }
    #[pyo3(signature = (name=None))]
    fn lateral<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let element = sql::ast::LateralElement::Query(own(slf.as_any())?);
        wrap_from(slf.py(), &From::new(FromKind::Lateral { element, name: selectable::label(name.as_ref(), "anon")? }))
    }
    #[pyo3(signature = (name=None, recursive=false, nesting=false))]
    fn cte<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        recursive: bool,
        nesting: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::super::from_functions::cte_of(&distinct_names(slf.as_any())?, name.as_ref(), recursive, nesting)
    }
    fn scalar_subquery<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_expr(slf.py(), &selectable::scalar_of(&own(slf.as_any())?))
    }
    fn as_scalar<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::errors::warn(
            slf.py(),
            "SADeprecationWarning",
            "The SelectBase.as_scalar() method is deprecated and will be removed in a future release.  Please refer to SelectBase.scalar_subquery().",
        )?;
        Self::scalar_subquery(slf)
    }
    #[pyo3(signature = (name=None))]
    fn label<'py>(slf: &Bound<'py, Self>, name: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let scalar = Self::scalar_subquery(slf)?;
        super::super::elements::label_of(name.as_ref(), &scalar, None)
    }
    fn exists<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_expr(slf.py(), &Expr::new(ExprKind::Exists(own(slf.as_any())?), sql::types::boolean()))
    }
    /// SELECT from this statement as a subquery (legacy).
    #[pyo3(signature = (*args, **kw))]
    fn select<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        from_select(&subquery_of(slf.as_any(), None)?, args, kw)
    }
    #[pyo3(signature = (*other))]
    fn union<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "UNION", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn union_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "UNION ALL", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn except_<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "EXCEPT", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn except_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "EXCEPT ALL", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn intersect<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "INTERSECT", &with_self(slf, other))
    }
    #[pyo3(signature = (*other))]
    fn intersect_all<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        compound(slf.py(), "INTERSECT ALL", &with_self(slf, other))
    }
    #[pyo3(signature = (**kw))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let merged = exec_options::merged(py, exec_options_of(py, &own(slf.as_any())?), kw)?;
        changed_any(slf.as_any(), |k| {
            if let Some(slot) = exec_slot(k) {
                *slot = Some(PyHost::wrap(&merged));
            }
            Ok(())
        })
    }
    fn get_execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exec_options::immutable(slf.py(), exec_options_of(slf.py(), &own(slf.as_any())?))
    }
    #[getter]
    fn _execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::get_execution_options(slf)
    }
    #[pyo3(signature = (*options))]
    fn options<'py>(slf: &Bound<'py, Self>, options: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        for o in options.iter() {
            if !o.hasattr("_is_core")? {
                let text = format!("ExecutionOption Core or ORM object expected, got {}.", o.repr()?);
                return Err(crate::py::errors::argument_error(o.py(), text));
            }
        }
        changed_any(slf.as_any(), |k| {
            if let Some(slot) = options_slot(k) {
                slot.extend(options.iter().map(|o| PyHost::wrap(&o)));
            }
            Ok(())
        })
    }
    #[getter]
    fn _with_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let mut kind = own(slf.as_any())?.kind.clone();
        let list = options_slot(&mut kind).map(|o| host_options(o, slf.py())).unwrap_or_default();
        PyTuple::new(slf.py(), list)
    }
    /// CTEs that are rendered though nothing selects from them.
    #[pyo3(signature = (*ctes, nest_here=false))]
    fn add_cte<'py>(slf: &Bound<'py, Self>, ctes: &Bound<'py, PyTuple>, nest_here: bool) -> PyResult<Bound<'py, PyAny>> {
        let list = ctes.iter().map(|c| Ok((coerce::from_in(&c, Role::Cte)?, nest_here))).collect::<PyResult<Vec<_>>>()?;
        changed_any(slf.as_any(), |k| {
            if let Some(slot) = cte_slot(k) {
                slot.extend(list);
            }
            Ok(())
        })
    }
    #[pyo3(signature = (column, require_embedded=false))]
    fn corresponding_column<'py>(
        slf: &Bound<'py, Self>,
        column: &Bound<'py, PyAny>,
        require_embedded: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let e = coerce::expr(column)?;
        let cols = proxy::exported(&own(slf.as_any())?);
        proxy::corresponding_in(&cols, &e, require_embedded).map(|c| wrap_expr(slf.py(), &c)).transpose()
    }
    fn is_derived_from(slf: &Bound<'_, Self>, fromclause: &Bound<'_, PyAny>) -> PyResult<bool> {
        let from = crate::py::errors::ignoring_ours(slf.py(), "ArgumentError", coerce::from(fromclause))?;
        let Some(f) = from else { return Ok(false) };
        Ok(proxy::derived(&proxy::anon_subquery(&own(slf.as_any())?), &f))
    }
    fn replace_selectable<'py>(
        slf: &Bound<'py, Self>,
        old: &Bound<'py, PyAny>,
        alias: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        replace_from(slf.as_any(), old, alias)
    }
    /// Set the way result columns are labelled.
    fn set_label_style<'py>(slf: &Bound<'py, Self>, style: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let style = label_style(style)?;
        changed_any(slf.as_any(), |k| {
            set_style(k, style);
            Ok(())
        })
    }
    fn get_label_style<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let style = match &own(slf.as_any())?.kind {
            QueryKind::Select(s) => s.label_style,
            QueryKind::Compound(c) => c.selects.first().and_then(|q| q.as_select()).map_or(c.label_style, |s| s.label_style),
            _ => LabelStyle::None,
        };
        label_style_object(slf.py(), style)
    }
    #[getter]
    fn _label_style<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::get_label_style(slf)
    }
    fn apply_labels<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        changed_any(slf.as_any(), |k| {
            set_style(k, LabelStyle::TablenamePlusCol);
            Ok(())
        })
    }
    fn with_labels<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::apply_labels(slf)
    }
    fn autocommit(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }
    #[getter]
    fn entity_namespace<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exported(slf.py(), &own(slf.as_any())?)
    }
}
