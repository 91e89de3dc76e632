//! Values that the client computes for columns: `default=` and `onupdate=`.

use super::super::connection::Connection;
use super::execution::{Execution, Running};
use super::{faces, gather};
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::schema::Default_;
use std::sync::Arc;

/// Computed values, by bind.
#[derive(Default)]
pub struct Computed(Vec<(usize, Py<PyAny>)>);

impl Computed {
    /// The value of a bind.
    pub fn get<'py>(&self, py: Python<'py>, bind: usize) -> Option<Bound<'py, PyAny>> {
        self.0.iter().find(|(i, _)| *i == bind).map(|(_, v)| v.bind(py).clone())
    }
}

/// Whether anything has to be computed.
pub fn any(exec: &Execution) -> bool {
    let dml = exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref());
    dml.is_some_and(|d| !d.insert_prefetch.is_empty() || !d.update_prefetch.is_empty())
}

/// Compute the values that a set of parameters lacks.
pub fn compute<'py>(conn: &Bound<'py, Connection>, exec: &Arc<Running>, set: Option<&Bound<'py, PyDict>>) -> PyResult<Computed> {
    let py = conn.py();
    let Some(entry) = &exec.entry else { return Ok(Computed::default()) };
    let Some(dml) = &entry.compiled.dml else { return Ok(Computed::default()) };
    let mut out = Computed::default();
    let current = PyDict::new(py);
    // what is known already, for get_current_parameters(); the rest is None until it is computed
    for (i, bind) in entry.compiled.binds.iter().enumerate() {
        current.set_item(&*bind.name, gather::known(py, entry, &exec.binds, set, i)?)?;
    }
    exec.f.lock().current = Some(current.clone().unbind());
    for p in dml.insert_prefetch.iter().chain(&dml.update_prefetch) {
        let Some(i) = entry.compiled.bind_index(&p.bind) else { continue };
        let value = match &p.default {
            Default_::Scalar(h) => match PyHost::get(py, h) {
                Some(o) => o,
                None => match h.as_literal() {
                    Some(l) => gather::literal(py, &l)?,
                    None => continue,
                },
            },
            Default_::Callable(h) => {
                let Some(f) = PyHost::get(py, h) else { continue };
                let column = faces::column(py, &p.column)?.unbind();
                let old = {
                    let mut f = exec.f.lock();
                    (f.current_column.replace(column), f.current_default.replace(p.clone()))
                };
                drop(old);
                f.call1((exec.context(py)?,))?
            }
            Default_::Sql(e) => scalar(conn, &faces::select_of(e))?,
            Default_::Sequence(s) => super::generator::next_value(conn, s)?,
        };
        current.set_item(&*p.bind, &value)?;
        out.0.push((i, value.unbind()));
    }
    let old = {
        let mut f = exec.f.lock();
        (f.current.take(), f.current_column.take(), f.current_default.take())
    };
    drop(old);
    Ok(out)
}

/// First column of the first row of a SELECT made here.
fn scalar<'py>(conn: &Bound<'py, Connection>, node: &sql::ast::Node) -> PyResult<Bound<'py, PyAny>> {
    let opts = conn.get().options(conn.py());
    super::node::run(conn, None, node, super::params::Params::None, &opts)?.call_method0("scalar")
}

/// What `get_current_parameters()` shows of a multi-row VALUES: the values of the row at hand, by column.
pub fn row_of<'py>(py: Python<'py>, exec: &Execution, current: Bound<'py, PyDict>) -> PyResult<Bound<'py, PyDict>> {
    let Some(entry) = &exec.entry else { return Ok(current) };
    let Some(dml) = entry.compiled.dml.as_ref().filter(|d| d.multi_rows > 0) else { return Ok(current) };
    let asked = exec.f.lock().current_default.clone();
    let Some(asked) = asked else { return Ok(current) };
    let out = PyDict::new(py);
    out.set_item(&*asked.column.key(), current.get_item(&*asked.bind)?)?;
    let computed = |name: &str| dml.insert_prefetch.iter().any(|p| *p.bind == *name);
    for key in &dml.columns {
        // the columns are those that have values in the first row
        let first = format!("{key}_m0");
        if current.contains(&first)?
            && !computed(&first)
            && let Some(value) = current.get_item(format!("{key}_m{}", asked.row))?
        {
            out.set_item(&**key, value)?;
        }
    }
    Ok(out)
}
