//! Values of parameters on their way to the driver: the one place where they are converted, and where a conversion that raises
//! becomes the error that users see.

use super::super::connection::Connection;
use super::super::failure::{self, Facts};
use super::entry::{Entry, Wire};
use super::execution::{Execution, Running};
use super::gather::{Given, fill};
use super::run::Sending;
use crate::py::errors::sql_error;
use crate::py::types::{UnsupportedValue, value_to_py};
use base::{RowBatch, Value};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::compile::{Compiled, Expanded, Fill, expand_as};
use sql::dialects::ParamStyle;
use std::sync::Arc;

/// The values of one execution, converted for the driver.
pub struct Values {
    /// By bind; for statements with lists, see `lists`.
    pub by_bind: Vec<Value>,
    /// How lists and literals are filled, and their elements, by bind. Empty for statements without any.
    fills: Vec<Fill>,
    lists: Vec<Vec<Value>>,
}

/// Text for the database and its parameters.
pub struct Text<'a> {
    /// The text.
    pub sql: std::borrow::Cow<'a, str>,
    /// Its parameters.
    pub values: std::borrow::Cow<'a, [Value]>,
}

/// Text and parameters as Python sees them.
pub struct Shown<'py> {
    /// The text.
    pub sql: Bound<'py, PyString>,
    /// Its parameters.
    pub params: Bound<'py, PyAny>,
}

/// The values of one set.
pub fn one<'py>(s: &Sending<'_, 'py>, given: &[Given<'py>]) -> PyResult<Values> {
    convert(s.conn.py(), s.exec, given).or_else(|e| unconverted(s, given, e))
}

/// The values of every set, in the order of the database's parameters. Not for statements with lists.
pub fn batch<'py>(s: &Sending<'_, 'py>, entry: &Entry, wire: &Wire, given: &[Vec<Given<'py>>]) -> PyResult<RowBatch> {
    let py = s.conn.py();
    let mut batch = RowBatch::new(wire.order.len());
    batch.reserve(given.len());
    for set in given {
        for p in &wire.order {
            let (Some(v), Some(proc)) = (set.get(*p as usize), entry.binds.get(*p as usize)) else { continue };
            match v.value(py, proc) {
                Ok(v) => batch.push_value(&v),
                Err(e) => return unconverted(s, set, e),
            }
        }
    }
    Ok(batch)
}

fn convert(py: Python<'_>, exec: &Execution, given: &[Given<'_>]) -> PyResult<Values> {
    let mut out = Values::of(Vec::with_capacity(given.len()));
    let Some(entry) = &exec.entry else { return Ok(out) };
    if !entry.compiled.needs_expand {
        for (g, proc) in given.iter().zip(&entry.binds) {
            out.by_bind.push(g.value(py, proc)?);
        }
        return Ok(out);
    }
    for (i, (g, proc)) in given.iter().zip(&entry.binds).enumerate() {
        let (f, items) = fill(py, entry, i, g)?;
        out.lists.push(match &f {
            Fill::One => vec![g.value(py, proc)?],
            Fill::Tuples(_, width) => tuple_values(py, exec, i, &items, *width)?,
            _ => items.iter().map(|e| proc.bind(e)).collect::<PyResult<Vec<_>>>()?,
        });
        out.fills.push(f);
    }
    Ok(out)
}

impl Values {
    /// Of a statement without lists.
    pub fn of(by_bind: Vec<Value>) -> Self {
        Self { by_bind, fills: Vec::new(), lists: Vec::new() }
    }

    fn expanded(&self, py: Python<'_>, c: &Compiled, style: ParamStyle) -> PyResult<Expanded> {
        expand_as(c, style, &|i| self.fills.get(i as usize).cloned().unwrap_or(Fill::One)).map_err(|e| sql_error(py, e))
    }

    fn at(&self, bind: u32, element: Option<usize>) -> Value {
        self.lists.get(bind as usize).and_then(|l| l.get(element.unwrap_or(0))).cloned().unwrap_or_default()
    }

    /// For a database with placeholders of this style.
    pub fn text<'a>(&'a self, py: Python<'_>, c: &Compiled, wire: &'a Wire) -> PyResult<Text<'a>> {
        if self.fills.is_empty() {
            let values = if wire.straight { self.by_bind.as_slice().into() } else { self.picked(&wire.order).into() };
            return Ok(Text { sql: (&*wire.sql).into(), values });
        }
        let Expanded { sql, positions, .. } = self.expanded(py, c, wire.style)?;
        let values: Vec<Value> = positions.iter().map(|(b, e)| self.at(*b, *e)).collect();
        Ok(Text { sql: sql.into(), values: values.into() })
    }

    /// The values of these binds.
    pub fn picked(&self, order: &[u32]) -> Vec<Value> {
        order.iter().map(|p| self.by_bind.get(*p as usize).cloned().unwrap_or_default()).collect()
    }

    /// As Python sees it.
    pub fn shown<'py>(&self, py: Python<'py>, entry: &Entry) -> PyResult<Shown<'py>> {
        let c = &entry.compiled;
        let positional = c.paramstyle.is_positional();
        if self.fills.is_empty() {
            let sql = entry.sql.bind(py).clone();
            if positional {
                return Ok(Shown { sql, params: tuple(py, &self.picked(&c.positions))? });
            }
            let d = PyDict::new(py);
            for (b, value) in c.binds.iter().zip(&self.by_bind) {
                d.set_item(&*b.name, value_to_py(py, value)?)?;
            }
            return Ok(Shown { sql, params: d.into_any() });
        }
        let Expanded { sql, positions, names } = self.expanded(py, c, c.paramstyle)?;
        let sql = PyString::new(py, &sql);
        if positional {
            let values: Vec<Value> = positions.iter().map(|(b, e)| self.at(*b, *e)).collect();
            return Ok(Shown { sql, params: tuple(py, &values)? });
        }
        let d = PyDict::new(py);
        for (i, (f, b)) in (0u32..).zip(self.fills.iter().zip(&c.binds)) {
            if matches!(f, Fill::One) {
                d.set_item(&*b.name, value_to_py(py, &self.at(i, None))?)?;
            }
        }
        for (bind, element, name) in names {
            d.set_item(&*name, value_to_py(py, &self.at(bind, Some(element)))?)?;
        }
        Ok(Shown { sql, params: d.into_any() })
    }
}

/// One row of a batch as Python sees it.
pub fn shown_row<'py>(py: Python<'py>, entry: &Entry, wire: &Wire, batch: &RowBatch, row: usize) -> PyResult<Bound<'py, PyAny>> {
    let mut by_bind = vec![Value::Null; entry.compiled.binds.len()];
    for (cell, p) in batch.row(row).zip(&wire.order) {
        if let Some(slot) = by_bind.get_mut(*p as usize) {
            *slot = cell.to_value();
        }
    }
    Ok(Values::of(by_bind).shown(py, entry)?.params)
}

/// Every row of a batch as Python sees it.
pub fn shown_rows<'py>(py: Python<'py>, entry: &Entry, wire: &Wire, batch: &RowBatch) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, (0..batch.rows()).map(|r| shown_row(py, entry, wire, batch, r)).collect::<PyResult<Vec<_>>>()?)
}

/// Elements of tuples, each through the conversion of its own type.
fn tuple_values(py: Python<'_>, exec: &Execution, bind: usize, items: &[Bound<'_, PyAny>], width: usize) -> PyResult<Vec<Value>> {
    let Some(entry) = &exec.entry else { return Ok(Vec::new()) };
    let types = entry.compiled.binds.get(bind).map(|b| b.ty.items.clone()).unwrap_or_default();
    let procs =
        types.iter().map(|t| crate::py::types::bind_processor(py, t, entry.dialect.bind(py))).collect::<PyResult<Vec<_>>>()?;
    let mut out = Vec::with_capacity(items.len());
    for (i, item) in items.iter().enumerate() {
        let proc = procs.get(i % width.max(1)).or_else(|| entry.binds.get(bind));
        out.push(match proc {
            Some(p) => p.bind(item)?,
            None => Value::Null,
        });
    }
    Ok(out)
}

/// A driver's tuple of parameters.
fn tuple<'py>(py: Python<'py>, values: &[Value]) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyTuple::new(py, values.iter().map(|v| value_to_py(py, v)).collect::<PyResult<Vec<_>>>()?)?.into_any())
}

/// A value of this set could not be converted. What no driver takes is the driver's complaint, everything else is refused.
fn unconverted<'py, T>(s: &Sending<'_, 'py>, given: &[Given<'py>], e: PyErr) -> PyResult<T> {
    let py = s.conn.py();
    let (sets, many) = {
        let f = s.exec.f.lock();
        (f.sets.iter().map(|d| d.bind(py).clone()).collect::<Vec<_>>(), f.many)
    };
    let place = match &s.exec.entry {
        Some(entry) if e.is_instance_of::<UnsupportedValue>(py) => {
            let bad = given.iter().zip(&entry.binds).position(|(g, p)| g.value(py, p).is_err()).unwrap_or(0);
            1 + entry.compiled.positions.iter().position(|p| *p as usize == bad).unwrap_or(bad)
        }
        _ => 1,
    };
    if let Some(driver) = failure::unsupported(s.conn, &e, place)? {
        let facts = Facts {
            statement: s.exec.statement(py).map(Bound::into_any),
            params: Some(super::node::driver_params(py, s.exec)?),
            many,
            running: true,
            ..Facts::default()
        };
        return failure::handle(s.conn, driver, facts);
    }
    refused(s.conn, s.exec.statement(py), sets, many, e)
}

/// An error before the driver was asked (a value is missing, a conversion or a default raised): a StatementError that shows the sets
/// of parameters as they were given.
pub fn refused<'py, T>(
    conn: &Bound<'py, Connection>,
    statement: Option<Bound<'py, PyString>>,
    sets: Vec<Bound<'py, PyDict>>,
    many: bool,
    e: PyErr,
) -> PyResult<T> {
    let py = conn.py();
    let params = if sets.is_empty() { PyList::new(py, [PyDict::new(py)])? } else { PyList::new(py, sets)? };
    let facts = Facts { statement: statement.map(Bound::into_any), params: Some(params.into_any()), many, ..Facts::default() };
    failure::handle(conn, e, facts)
}

/// [`refused`], of an execution whose values are not gathered yet.
pub fn early<'py, T>(conn: &Bound<'py, Connection>, exec: &Arc<Running>, e: PyErr) -> PyResult<T> {
    let py = conn.py();
    let (sets, many) = {
        let f = exec.f.lock();
        (f.sets.iter().map(|d| d.bind(py).clone()).collect(), f.many)
    };
    let statement = exec.entry.as_ref().map(|e| e.sql.bind(py).clone());
    refused(conn, statement, sets, many, e)
}
