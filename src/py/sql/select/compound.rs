//! Set operations.

use super::*;
use crate::py::text::Text;

/// A set operation of `first` and `others`.
pub(super) fn compound<'py>(
    py: Python<'py>,
    keyword: &'static str,
    members: &[Bound<'py, PyAny>],
) -> PyResult<Bound<'py, PyAny>> {
    let selects = members
        .iter()
        .map(|m| {
            let clause = coerce::clause_of(m)?;
            let q = match node_of(&clause)? {
                Some(Node::From(f)) if !matches!(f.kind, FromKind::Values(_) | FromKind::Query(_)) => {
                    return Err(argument_error(
                        py,
                        format!(
                            "{} expected, got {}. To SELECT from any FROM clause, use the .select() method.",
                            Role::Compound.expects(),
                            m.repr()?.text()
                        ),
                    ));
                }
                _ => coerce::query(&clause, Role::Compound)?,
            };
            Ok(match &q.kind {
                QueryKind::Compound(_) => selectable::group_query(&q),
                QueryKind::Select(s)
                    if s.limit.is_some() || s.offset.is_some() || s.fetch.is_some() || !s.order_by.is_empty() =>
                {
                    selectable::group_query(&q)
                }
                _ => q,
            })
        })
        .collect::<PyResult<Vec<_>>>()?;
    let q = Query::new(QueryKind::Compound(Box::new(Compound {
        keyword,
        selects,
        group_by: Vec::new(),
        order_by: Vec::new(),
        limit: None,
        offset: None,
        fetch: None,
        for_update: None,
        ctes: Vec::new(),
        label_style: LabelStyle::default(),
        options: Vec::new(),
        exec_options: None,
    })));
    wrap_query(py, &q)
}

/// The keyword arguments that the functions took until 1.4, each as the method of its name.
fn with_keywords<'py>(
    statement: Bound<'py, PyAny>,
    function: &str,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let Some(kw) = kw.filter(|kw| !kw.is_empty()) else { return Ok(statement) };
    let mut out = statement;
    for (name, value) in kw.iter() {
        let name: String = name.extract()?;
        out = match name.as_str() {
            "bind" => super::super::bound::carrying(out, Some(&value))?,
            _ if value.is_none() => out,
            "order_by" | "group_by" => {
                let listed = value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>();
                let items = if listed { value.try_iter()?.collect::<PyResult<Vec<_>>>()? } else { vec![value] };
                out.call_method1(name.as_str(), PyTuple::new(out.py(), items)?)?
            }
            "limit" | "offset" => out.call_method1(name.as_str(), (value,))?,
            "for_update" => {
                if value.is_truthy()? {
                    out.call_method0("with_for_update")?
                } else {
                    out
                }
            }
            "use_labels" => {
                if value.is_truthy()? {
                    out.call_method0("apply_labels")?
                } else {
                    out
                }
            }
            "autocommit" => out,
            _ => {
                return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                    "{function}() got an unexpected keyword argument '{name}'"
                )));
            }
        };
    }
    Ok(out)
}

macro_rules! set_operations {
    ($($f:ident = $kw:literal;)*) => {$(
        /// The set operation of any number of SELECTs; keywords as in 1.x.
        #[pyfunction]
        #[pyo3(signature = (*selects, **kw))]
        pub(super) fn $f<'py>(
            py: Python<'py>,
            selects: &Bound<'py, PyTuple>,
            kw: Option<&Bound<'py, PyDict>>,
        ) -> PyResult<Bound<'py, PyAny>> {
            let members = coerce::spread(selects)?;
            with_keywords(compound(py, $kw, &members)?, stringify!($f), kw)
        }
    )*};
}
set_operations! {
    union = "UNION";
    union_all = "UNION ALL";
    except_ = "EXCEPT";
    except_all = "EXCEPT ALL";
    intersect = "INTERSECT";
    intersect_all = "INTERSECT ALL";
}

#[pymethods]
impl CompoundSelect {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn selects<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        match &own(slf.as_any())?.kind {
            QueryKind::Compound(c) => PyList::new(py, c.selects.iter().map(|q| wrap_query(py, q)).collect::<PyResult<Vec<_>>>()?),
            _ => Ok(PyList::empty(py)),
        }
    }
    #[getter]
    fn keyword(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(match &own(slf.as_any())?.kind {
            QueryKind::Compound(c) => c.keyword.to_owned(),
            _ => String::new(),
        })
    }
    #[pyo3(signature = (*clauses))]
    fn order_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        order_by(slf.as_any(), clauses)
    }
    #[pyo3(signature = (*clauses))]
    fn group_by<'py>(slf: &Bound<'py, Self>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        group_by(slf.as_any(), clauses)
    }
    fn limit<'py>(slf: &Bound<'py, Self>, limit: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::limit(slf.as_any(), limit)
    }
    fn offset<'py>(slf: &Bound<'py, Self>, offset: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        self::offset(slf.as_any(), offset)
    }
    #[pyo3(signature = (count, with_ties=false, percent=false))]
    fn fetch<'py>(
        slf: &Bound<'py, Self>,
        count: &Bound<'py, PyAny>,
        with_ties: bool,
        percent: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        self::fetch(slf.as_any(), count, with_ties, percent)
    }
    fn slice<'py>(slf: &Bound<'py, Self>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
        self::slice(slf.as_any(), start, stop)
    }
    #[pyo3(signature = (*, nowait=false, read=false, of=None, skip_locked=false, key_share=false))]
    fn with_for_update<'py>(
        slf: &Bound<'py, Self>,
        nowait: bool,
        read: bool,
        of: Option<Bound<'py, PyAny>>,
        skip_locked: bool,
        key_share: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let fu = for_update(slf.py(), nowait, read, of, skip_locked, key_share)?;
        lock_rows(slf.as_any(), fu)
    }
}
