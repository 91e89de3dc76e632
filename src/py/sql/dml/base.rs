//! `UpdateBase`: methods of all three.

use super::*;

pub(super) fn returning_items(cols: &Bound<'_, PyTuple>) -> PyResult<Vec<SelectItem>> {
    coerce::flat(cols.iter())?.iter().map(coerce::select_item).collect()
}

/// `where(*criteria)` of UPDATE and DELETE.
pub(super) fn add_criteria(where_: &mut Vec<ExprRef>, criteria: &Bound<'_, PyTuple>) -> PyResult<()> {
    for c in criteria.iter() {
        where_.push(coerce::expr_in(&c, Role::WhereHaving)?);
    }
    Ok(())
}

#[pymethods]
impl UpdateBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
    #[classattr]
    #[pyo3(name = "is_dml")]
    const IS_DML: bool = true;

    #[getter]
    fn table<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let node = own(slf.as_any())?;
        match self::table(&node) {
            Some(f) => wrap_from(slf.py(), f),
            None => Ok(slf.py().None().into_bound(slf.py())),
        }
    }
    #[getter]
    fn entity_description<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let d = PyDict::new(py);
        let t = Self::table(slf)?;
        d.set_item("name", t.getattr_opt("name")?)?;
        d.set_item("table", t)?;
        Ok(d)
    }
    #[getter]
    fn returning_column_descriptions<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let out = PyList::empty(py);
        for item in common(&node).map_or(&[][..], |c| &c.returning) {
            for e in proxy::item_columns(item) {
                let d = PyDict::new(py);
                d.set_item("name", proxy::key_of(&e).map(|k| k.to_string()))?;
                d.set_item("type", crate::py::types::wrap_type(py, &e.ty)?)?;
                d.set_item("expr", wrap_expr(py, &e)?)?;
                out.append(d)?;
            }
        }
        Ok(out)
    }
    /// RETURNING.
    #[pyo3(signature = (*cols, sort_by_parameter_order=false, **_kw))]
    fn returning<'py>(
        slf: &Bound<'py, Self>,
        cols: &Bound<'py, PyTuple>,
        sort_by_parameter_order: bool,
        _kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let new = returning_items(cols)?;
        changed_common(slf.as_any(), |c| {
            if c.return_defaults.is_some() {
                return Err(invalid_request(py, "return_defaults() is already configured on this statement"));
            }
            c.returning.extend(new);
            c.sort_by_parameter_order |= sort_by_parameter_order;
            Ok(())
        })
    }
    #[getter]
    fn _return_defaults<'py>(slf: &Bound<'py, Self>) -> PyResult<bool> {
        Ok(common(&own(slf.as_any())?).is_some_and(|c| c.return_defaults.is_some()))
    }
    #[getter]
    fn _return_defaults_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let node = own(slf.as_any())?;
        match common(&node).and_then(|c| c.return_defaults.as_ref()).filter(|c| !c.is_empty()) {
            Some(cols) => PyTuple::new(slf.py(), super::super::face::wrap_exprs(slf.py(), cols)?).map(Some),
            None => Ok(None),
        }
    }
    #[getter]
    fn _returning<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let cols: Vec<_> = common(&node).map(|c| c.returning.iter().flat_map(proxy::item_columns).collect()).unwrap_or_default();
        PyTuple::new(py, super::super::face::wrap_exprs(py, &cols)?)
    }
    #[getter]
    fn exported_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let cols = proxy::node_columns(&own(slf.as_any())?);
        Ok(Bound::new(slf.py(), super::super::collection::ColumnCollection::of_list(cols))?.into_any())
    }
    /// Fetch server-generated values of these columns (all by default).
    #[pyo3(signature = (*cols, supplemental_cols=None, sort_by_parameter_order=false))]
    fn return_defaults<'py>(
        slf: &Bound<'py, Self>,
        cols: &Bound<'py, PyTuple>,
        supplemental_cols: Option<Bound<'py, PyAny>>,
        sort_by_parameter_order: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let columns = self::table(&node).map(proxy::columns).unwrap_or_default();
        let read = |c: Bound<'py, PyAny>| match c.cast::<PyString>() {
            Ok(s) => {
                let key = s.to_str()?.to_owned();
                columns
                    .iter()
                    .find(|(k, _)| **k == *key)
                    .map(|(_, e)| e.clone())
                    .ok_or_else(|| coerce::unexpected(&c, Role::ColumnArgument))
            }
            Err(_) => coerce::expr(&c),
        };
        let list = cols.iter().map(read).collect::<PyResult<Vec<_>>>()?;
        let supplemental = match supplemental_cols.filter(|s| !s.is_none()) {
            Some(s) => s.try_iter()?.map(|c| read(c?)).collect::<PyResult<Vec<_>>>()?,
            None => Vec::new(),
        };
        changed_common(slf.as_any(), |c| {
            if !c.returning.is_empty() {
                return Err(invalid_request(py, "RETURNING is already configured on this statement"));
            }
            c.return_defaults.get_or_insert_with(Vec::new).extend(list);
            c.supplemental.extend(supplemental);
            c.sort_by_parameter_order |= sort_by_parameter_order;
            Ok(())
        })
    }
    #[pyo3(signature = (*prefixes, dialect="*"))]
    fn prefix_with<'py>(slf: &Bound<'py, Self>, prefixes: &Bound<'py, PyTuple>, dialect: &str) -> PyResult<Bound<'py, PyAny>> {
        let list = prefixes
            .iter()
            .map(|p| {
                let expr = match p.cast::<PyString>() {
                    Ok(s) => {
                        Expr::new(ExprKind::Text(Arc::new(super::super::text::text_node(s.to_str()?))), sql::types::null_type())
                    }
                    Err(_) => coerce::expr(&p)?,
                };
                Ok(Affix { expr, dialect: dialect.into() })
            })
            .collect::<PyResult<Vec<_>>>()?;
        changed_common(slf.as_any(), |c| {
            c.prefixes.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (text, selectable=None, dialect_name="*"))]
    fn with_hint<'py>(
        slf: &Bound<'py, Self>,
        text: &str,
        selectable: Option<Bound<'py, PyAny>>,
        dialect_name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let node = own(slf.as_any())?;
        let target = match selectable.filter(|s| !s.is_none()) {
            Some(s) => Some(coerce::from(&s)?),
            None => self::table(&node).cloned(),
        };
        changed_common(slf.as_any(), |c| {
            c.hints.push(Hint { target, text: text.into(), dialect: dialect_name.into() });
            Ok(())
        })
    }
    #[pyo3(signature = (**opt))]
    fn with_dialect_options<'py>(slf: &Bound<'py, Self>, opt: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        changed_common(slf.as_any(), |c| dialect_kw(c, opt, &[]))
    }
    #[getter]
    fn dialect_kwargs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let d = PyDict::new(py);
        for (k, v) in common(&node).map_or(&[][..], |c| &c.dialect_options) {
            d.set_item(&**k, PyHost::get(py, v))?;
        }
        Ok(d)
    }
    #[getter]
    fn kwargs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        Self::dialect_kwargs(slf)
    }
    #[pyo3(signature = (**kw))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let merged = exec_options::merged(py, exec_options_of(py, &node), kw)?;
        changed_common(slf.as_any(), |c| {
            c.exec_options = Some(PyHost::wrap(&merged));
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
        changed_common(slf.as_any(), |c| {
            c.options.extend(options.iter().map(|o| PyHost::wrap(&o)));
            Ok(())
        })
    }
    #[pyo3(signature = (*ctes, nest_here=false))]
    fn add_cte<'py>(slf: &Bound<'py, Self>, ctes: &Bound<'py, PyTuple>, nest_here: bool) -> PyResult<Bound<'py, PyAny>> {
        let list = ctes.iter().map(|c| Ok((coerce::from_in(&c, Role::Cte)?, nest_here))).collect::<PyResult<Vec<_>>>()?;
        changed_common(slf.as_any(), |c| {
            c.ctes.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (name=None, recursive=false, nesting=false))]
    fn cte<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        recursive: bool,
        nesting: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::super::from_functions::cte_of(slf.as_any(), name.as_ref(), recursive, nesting)
    }
    /// Legacy values dictionary of the statement.
    #[getter]
    fn parameters<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        parameters(slf.as_any())
    }
    #[getter]
    fn _values<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        parameters(slf.as_any())
    }
    #[pyo3(signature = (*args, **kw))]
    fn params<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = (slf, args, kw);
        Err(pyo3::exceptions::PyNotImplementedError::new_err(
            "params() is not supported for INSERT/UPDATE/DELETE statements. To set the values for an INSERT or UPDATE statement, use stmt.values(**parameters).",
        ))
    }
}

/// Execution options of a DML node.
pub fn exec_options_of<'py>(py: Python<'py>, node: &Node) -> Option<Bound<'py, PyAny>> {
    common(node)?.exec_options.as_ref().and_then(|h| PyHost::get(py, h))
}

pub(super) fn parameters<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = obj.py();
    let node = own(obj)?;
    let row = |r: &[(ColumnKey, DmlValue)]| -> PyResult<Bound<'py, PyDict>> {
        let d = PyDict::new(py);
        for (k, v) in r {
            let value = match v {
                DmlValue::Host(h) => PyHost::get(py, h).unwrap_or_else(|| py.None().into_bound(py)),
                DmlValue::Expr(e) => wrap_expr(py, e)?,
            };
            match k {
                ColumnKey::Name(n) => d.set_item(&**n, value)?,
                ColumnKey::Column(c) => d.set_item(wrap_expr(py, &build::column(c, None))?, value)?,
                ColumnKey::Expr(e) => d.set_item(wrap_expr(py, e)?, value)?,
            }
        }
        Ok(d)
    };
    let values = match &node {
        Node::Insert(i) => &i.values,
        Node::Update(u) => &u.values,
        _ => return Ok(None),
    };
    Ok(match values {
        DmlValues::None => None,
        DmlValues::Single(r) => Some(row(r)?.into_any()),
        DmlValues::Multi(rs) => Some(PyList::new(py, rs.iter().map(|r| row(r)).collect::<PyResult<Vec<_>>>()?)?.into_any()),
    })
}
