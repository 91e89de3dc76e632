//! Parameters as users give them, in today's and in older forms.

use crate::py::errors::argument_error;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};

/// Parameters of one execution.
#[derive(Clone)]
pub enum Params<'py> {
    /// None.
    None,
    /// One set.
    One(Bound<'py, PyDict>),
    /// Several sets: executemany.
    Many(Vec<Bound<'py, PyDict>>),
}

impl<'py> Params<'py> {
    /// Sets in a list: one alone is no executemany.
    fn of(mut sets: Vec<Bound<'py, PyDict>>) -> Self {
        match sets.pop() {
            None => Self::None,
            Some(only) if sets.is_empty() => Self::One(only),
            Some(last) => {
                sets.push(last);
                Self::Many(sets)
            }
        }
    }
    /// Several sets.
    pub fn is_many(&self) -> bool {
        matches!(self, Self::Many(_))
    }
    /// The first set.
    pub fn first(&self) -> Option<&Bound<'py, PyDict>> {
        match self {
            Self::None => None,
            Self::One(d) => Some(d),
            Self::Many(v) => v.first(),
        }
    }
    /// A session always gives one set.
    pub fn or_one(self, py: Python<'py>) -> Self {
        match self {
            Self::None => Self::One(PyDict::new(py)),
            given => given,
        }
    }
    /// Each set, kept.
    pub fn sets(&self) -> Vec<Py<PyDict>> {
        match self {
            Self::None => Vec::new(),
            Self::One(d) => vec![d.clone().unbind()],
            Self::Many(v) => v.iter().map(|d| d.clone().unbind()).collect(),
        }
    }
    /// As a list, for events and messages.
    pub fn list(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        match self {
            Self::None => Ok(PyList::empty(py)),
            Self::One(d) => PyList::new(py, [d]),
            Self::Many(v) => PyList::new(py, v),
        }
    }
}

fn mapping<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
    if let Ok(d) = obj.cast::<PyDict>() {
        return Ok(Some(d.clone()));
    }
    if let Some(m) = crate::py::ffi::mapping(obj)? {
        let d = PyDict::new(obj.py());
        d.update(m)?;
        return Ok(Some(d));
    }
    Ok(None)
}

/// A sequence without sets: as if there were no parameters, with a warning.
pub fn is_empty(parameters: &Bound<'_, PyAny>) -> PyResult<bool> {
    let empty = match parameters.cast::<PyList>() {
        Ok(list) => list.is_empty(),
        Err(_) => parameters.cast::<PyTuple>().is_ok_and(|t| t.is_empty()),
    };
    if empty {
        parameters.py().import("oxalchemy.util")?.getattr("warn_deprecated")?.call1((
            "Empty parameter sequence passed to execute(). This use is deprecated and will raise an exception in a future SQLAlchemy release",
            "2.1",
        ))?;
    }
    Ok(empty)
}

/// `execute(stmt, parameters, *more, **kw)` of a statement.
pub fn distill<'py>(
    py: Python<'py>,
    parameters: Option<&Bound<'py, PyAny>>,
    more: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Params<'py>> {
    if let Some(kw) = kw.filter(|k| !k.is_empty()) {
        if parameters.is_some_and(|p| !p.is_none()) {
            return Err(argument_error(py, "Can't mix single-element keyword parameters with other parameters"));
        }
        return Ok(Params::One(kw.copy()?));
    }
    let Some(parameters) = parameters.filter(|p| !p.is_none()) else { return Ok(Params::None) };
    if !more.is_empty() {
        let mut sets = vec![set_of(parameters)?];
        for p in more.iter() {
            sets.push(set_of(&p)?);
        }
        return Ok(Params::of(sets));
    }
    if let Some(d) = mapping(parameters)? {
        return Ok(Params::One(d));
    }
    if is_empty(parameters)? {
        return Ok(Params::None);
    }
    if parameters.is_instance_of::<PyList>() || parameters.is_instance_of::<PyTuple>() {
        let items: Vec<_> = parameters.try_iter()?.collect::<PyResult<_>>()?;
        let mut sets = Vec::with_capacity(items.len());
        for item in &items {
            sets.push(set_of(item)?);
        }
        return Ok(Params::of(sets));
    }
    Err(argument_error(py, "mapping or list expected for parameters"))
}

fn set_of<'py>(item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
    mapping(item)?.ok_or_else(|| argument_error(item.py(), "List argument must consist only of dictionaries"))
}

/// Parameters of `exec_driver_sql`: a dict, a tuple, or a list of either. Says whether it is an executemany.
pub fn raw<'py>(py: Python<'py>, parameters: Option<&Bound<'py, PyAny>>) -> PyResult<(Option<Bound<'py, PyAny>>, bool)> {
    let Some(p) = parameters.filter(|p| !p.is_none()) else { return Ok((None, false)) };
    if let Ok(list) = p.cast::<PyList>() {
        if list.is_empty() {
            return Ok((None, false));
        }
        let first = list.get_item(0)?;
        if first.is_instance_of::<PyTuple>() || first.is_instance_of::<PyList>() || crate::py::ffi::mapping(&first)?.is_some() {
            return Ok(if list.len() == 1 { (Some(first), false) } else { (Some(p.clone()), true) });
        }
        return Err(argument_error(py, "List argument must consist only of tuples or dictionaries"));
    }
    if p.is_instance_of::<PyTuple>() || crate::py::ffi::mapping(p)?.is_some() {
        return Ok((Some(p.clone()), false));
    }
    Err(argument_error(py, "mapping or list expected for parameters"))
}

/// `execute("text", …)` in its legacy forms: `(a, b)`, `[(a, b), …]`, `a, b`, `(a, b), (c, d)`, `x=1`.
pub fn legacy<'py>(
    py: Python<'py>,
    parameters: Option<&Bound<'py, PyAny>>,
    more: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<(Option<Bound<'py, PyAny>>, bool)> {
    if let Some(kw) = kw.filter(|k| !k.is_empty()) {
        return Ok((Some(kw.copy()?.into_any()), false));
    }
    let Some(p) = parameters.filter(|p| !p.is_none()) else { return Ok((None, false)) };
    let is_set = |o: &Bound<'py, PyAny>| -> PyResult<bool> {
        Ok(o.is_instance_of::<PyTuple>() || o.is_instance_of::<PyList>() || crate::py::ffi::mapping(o)?.is_some())
    };
    let mut all = vec![p.clone()];
    all.extend(more.iter());
    if !is_set(p)? {
        return Ok((Some(PyTuple::new(py, all)?.into_any()), false));
    }
    if all.len() > 1 {
        return Ok((Some(PyList::new(py, all)?.into_any()), true));
    }
    if let Ok(list) = p.cast::<PyList>() {
        if list.is_empty() {
            return Ok((None, false));
        }
        let first = list.get_item(0)?;
        return Ok(match is_set(&first)? {
            true if list.len() == 1 => (Some(first), false),
            true => (Some(p.clone()), true),
            false => (Some(list.to_tuple().into_any()), false),
        });
    }
    Ok((Some(p.clone()), false))
}
