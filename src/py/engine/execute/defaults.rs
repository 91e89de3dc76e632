//! Values that the client computes for columns: `default=` and `onupdate=`.

use super::super::connection::Connection;
use super::context::ExecutionContext;
use super::execution::Execution;
use super::{faces, gather};
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::compile::Prefetch;
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
    exec.entry.as_ref().is_some_and(|e| {
        e.compiled.dml.as_ref().is_some_and(|d| !d.insert_prefetch.is_empty() || !d.update_prefetch.is_empty())
            || e.compiled.binds.iter().any(|b| b.multi_default.is_some())
    })
}

/// Compute the values that a set of parameters lacks.
pub fn compute<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Execution>,
    set: Option<&Bound<'py, PyDict>>,
) -> PyResult<Computed> {
    let py = conn.py();
    let Some(entry) = &exec.entry else { return Ok(Computed::default()) };
    let Some(dml) = &entry.compiled.dml else { return Ok(Computed::default()) };
    let mut out = Computed::default();
    let current = PyDict::new(py);
    // what is known already, for get_current_parameters()
    for (i, bind) in entry.compiled.binds.iter().enumerate() {
        let one = gather::known(py, entry, &exec.binds, set, i)?;
        if let Some(v) = one {
            current.set_item(&*bind.name, v)?;
        }
    }
    exec.f.lock().current = Some(current.clone().unbind());
    let multi = entry.compiled.binds.iter().enumerate().filter_map(|(i, b)| {
        let (_, column) = b.multi_default.as_ref()?;
        let d = column.d.read();
        d.default.clone().map(|default| (i, Prefetch { column: column.clone(), bind: b.name.clone(), default }))
    });
    let wanted: Vec<(usize, Prefetch)> = dml
        .insert_prefetch
        .iter()
        .chain(&dml.update_prefetch)
        .filter_map(|p| entry.compiled.bind_index(&p.bind).map(|i| (i, p.clone())))
        .chain(multi)
        .collect();
    for (i, p) in wanted {
        if entry.names.get(i).is_some_and(|(key, _)| set.is_some_and(|s| s.contains(key.bind(py)).unwrap_or(false))) {
            continue;
        }
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
                exec.f.lock().current_column = Some(column);
                f.call1((ExecutionContext::of(py, exec)?,))?
            }
            Default_::Sql(e) => scalar(conn, &faces::select_of(e))?,
            Default_::Sequence(s) => super::generator::next_value(conn, s)?,
        };
        current.set_item(&*p.bind, &value)?;
        out.0.push((i, value.unbind()));
    }
    let old = {
        let mut f = exec.f.lock();
        (f.current.take(), f.current_column.take())
    };
    drop(old);
    Ok(out)
}

/// First column of the first row of a SELECT made here.
fn scalar<'py>(conn: &Bound<'py, Connection>, node: &sql::ast::Node) -> PyResult<Bound<'py, PyAny>> {
    let opts = conn.get().options(conn.py());
    super::node::run(conn, None, node, super::params::Params::None, &opts)?.call_method0("scalar")
}
