//! Values of a statement's binds: from the parameters, from the statement, from defaults.

use super::defaults::Computed;
use super::entry::Entry;
use crate::py::compile::PyLiterals;
use crate::py::errors::{exc, sql_error};
use crate::py::host::PyHost;
use crate::py::text::Text;
use crate::py::types::{BindProc, Family};
use base::Value;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};
use sql::ast::{BindValue, ExprKind, ExprRef, Literal};
use sql::compile::{BindSource, CollectedBind, Fill};

/// A value on its way into a statement.
#[derive(Clone, Debug)]
pub enum Given<'py> {
    /// A Python object.
    Obj(Bound<'py, PyAny>),
    /// A constant of the statement.
    Lit(Literal),
}

impl<'py> Given<'py> {
    /// As a Python object.
    pub fn object(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Obj(o) => Ok(o.clone()),
            Self::Lit(l) => literal(py, l),
        }
    }
    /// Converted for the driver.
    pub fn value(&self, py: Python<'py>, proc: &BindProc) -> PyResult<Value> {
        match (self, proc) {
            (Self::Obj(o), _) => proc.bind(o),
            (Self::Lit(l), BindProc::Any(Family::Sqlite)) => Ok(match l {
                Literal::Null => Value::Null,
                Literal::Bool(b) => Value::Int(i64::from(*b)),
                Literal::Int(i) => Value::Int(*i),
                Literal::Float(f) => Value::Float(*f),
                Literal::Text(t) => Value::Text(t.clone()),
                Literal::Bytes(b) => Value::Bytes(b.clone()),
            }),
            (Self::Lit(l), _) => proc.bind(&literal(py, l)?),
        }
    }
}

/// A constant as a Python object.
pub fn literal<'py>(py: Python<'py>, l: &Literal) -> PyResult<Bound<'py, PyAny>> {
    Ok(match l {
        Literal::Null => py.None().into_bound(py),
        Literal::Bool(b) => pyo3::types::PyBool::new(py, *b).to_owned().into_any(),
        Literal::Int(i) => i.into_pyobject(py)?.into_any(),
        Literal::Float(f) => f.into_pyobject(py)?.into_any(),
        Literal::Text(t) => PyString::new(py, t).into_any(),
        Literal::Bytes(b) => PyBytes::new(py, b).into_any(),
    })
}

fn own<'py>(py: Python<'py>, bind: &ExprRef) -> PyResult<Option<Given<'py>>> {
    let ExprKind::Bind(b) = &bind.kind else { return Ok(None) };
    Ok(match &b.value {
        BindValue::Missing => None,
        BindValue::Literal(l) => Some(Given::Lit(l.clone())),
        BindValue::Host(h) => PyHost::get(py, h).map(Given::Obj),
        BindValue::Callable(h) => match PyHost::get(py, h) {
            Some(f) => Some(Given::Obj(f.call0()?)),
            None => None,
        },
    })
}

/// "A value is required for bind parameter".
fn required(py: Python<'_>, name: &str, group: Option<usize>) -> PyErr {
    let quoted = PyString::new(py, name).repr().map(|r| r.text()).unwrap_or_default();
    let place = group.map(|g| format!(", in parameter group {g}")).unwrap_or_default();
    let e = exc(py, "InvalidRequestError", format!("A value is required for bind parameter {quoted}{place}"));
    let _ = e.value(py).setattr("code", "cd3x");
    e
}

/// The values of one set of parameters, by bind.
pub fn gather<'py>(
    py: Python<'py>,
    entry: &Entry,
    binds: &[CollectedBind],
    set: Option<&Bound<'py, PyDict>>,
    computed: &Computed,
    group: Option<usize>,
) -> PyResult<Vec<Given<'py>>> {
    let mut out = Vec::with_capacity(entry.compiled.binds.len());
    for (i, bind) in entry.compiled.binds.iter().enumerate() {
        // A default is for every row: the first one decides which columns have values.
        if let Some(v) = computed.get(py, i) {
            out.push(Given::Obj(v));
            continue;
        }
        if let Some(set) = set
            && let Some((key, name)) = entry.names.get(i)
        {
            if let Some(v) = set.get_item(key.bind(py))? {
                out.push(Given::Obj(v));
                continue;
            }
            if !key.is(name)
                && let Some(v) = set.get_item(name.bind(py))?
            {
                out.push(Given::Obj(v));
                continue;
            }
        }
        let value = match bind.source {
            BindSource::Collected(at) => match binds.get(at) {
                Some(CollectedBind::Expr(e)) => own(py, e)?,
                Some(CollectedBind::Host(h)) => match PyHost::get(py, h) {
                    Some(o) => Some(Given::Obj(o)),
                    None => h.as_literal().map(Given::Lit),
                },
                None => None,
            },
            BindSource::Fixed => own(py, &bind.bind)?,
            BindSource::Param => None,
        };
        match value {
            Some(v) => out.push(v),
            None if bind.required || bind.source == BindSource::Param => return Err(required(py, &bind.key, group)),
            None => out.push(Given::Lit(Literal::Null)),
        }
    }
    Ok(out)
}

/// Elements of the value of an expanding bind.
pub fn elements<'py>(py: Python<'py>, given: &Given<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let obj = given.object(py)?;
    if obj.is_none() {
        return Ok(vec![]);
    }
    obj.try_iter()?.collect()
}

/// How an expanding or literal bind is filled, and its elements one after the other.
pub fn fill<'py>(py: Python<'py>, entry: &Entry, at: usize, given: &Given<'py>) -> PyResult<(Fill, Vec<Bound<'py, PyAny>>)> {
    let Some(bind) = entry.compiled.binds.get(at) else {
        return Ok((Fill::One, Vec::new()));
    };
    if bind.literal_execute {
        let literals = PyLiterals::running(entry.dialect.bind(py));
        let text = |v: &Bound<'py, PyAny>| -> PyResult<String> {
            let host = PyHost::wrap(v);
            let text = literals.plain(&host, &bind.ty, &entry.compiled.dialect).map_err(|e| sql_error(py, e))?;
            text.ok_or_else(|| sql_error(py, sql::compile::no_renderer(&host.repr(), &bind.ty)))
        };
        if bind.expanding {
            let parts = elements(py, given)?.iter().map(text).collect::<PyResult<Vec<_>>>()?;
            return Ok(if parts.is_empty() {
                (Fill::List(0), Vec::new())
            } else {
                (Fill::Literal(parts.join(", ")), Vec::new())
            });
        }
        return Ok((Fill::Literal(text(&given.object(py)?)?), Vec::new()));
    }
    if !bind.expanding {
        return Ok((Fill::One, Vec::new()));
    }
    let items = elements(py, given)?;
    let tuples = items.first().is_some_and(|i| {
        i.is_instance_of::<PyTuple>() || i.is_instance_of::<PyList>() || i.cast::<super::super::row::Row>().is_ok()
    }) && (bind.ty.affinity == sql::types::Affinity::Tuple
        || !bind.ty.items.is_empty()
        || bind.ty.affinity == sql::types::Affinity::Null);
    if !tuples {
        return Ok((Fill::List(items.len()), items));
    }
    let mut flat = Vec::new();
    let mut width = 0;
    for item in &items {
        let row = item.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        width = row.len();
        flat.extend(row);
    }
    Ok((Fill::Tuples(items.len(), width), flat))
}

/// The value of one bind as far as it is known before defaults are computed.
pub fn known<'py>(
    py: Python<'py>,
    entry: &Entry,
    binds: &[CollectedBind],
    set: Option<&Bound<'py, PyDict>>,
    at: usize,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let (Some(bind), Some((key, name))) = (entry.compiled.binds.get(at), entry.names.get(at)) else { return Ok(None) };
    if let Some(set) = set {
        for k in [key, name] {
            if let Some(v) = set.get_item(k.bind(py))? {
                return Ok(Some(v));
            }
        }
    }
    let value = match bind.source {
        BindSource::Collected(i) => match binds.get(i) {
            Some(CollectedBind::Expr(e)) => own(py, e)?,
            Some(CollectedBind::Host(h)) => PyHost::get(py, h).map(Given::Obj).or_else(|| h.as_literal().map(Given::Lit)),
            None => None,
        },
        BindSource::Fixed => own(py, &bind.bind)?,
        BindSource::Param => None,
    };
    value.map(|v| v.object(py)).transpose()
}
