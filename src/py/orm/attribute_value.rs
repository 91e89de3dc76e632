//! [`AttributeValue`]: the value of a column of an instance when a statement runs, for criteria about related objects.

use super::flags::{
    INIT_OK, PASSIVE_NO_FETCH, PASSIVE_OFF, PASSIVE_RETURN_NO_VALUE, is_no_state, is_no_value, is_passive_no_result,
};
use super::impls::AttributeImpl;
use super::sqlface;
use super::state::InstanceState;
use crate::py::errors;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::host::PyHost;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::ast::BindValue;
use sql::schema::Column;
use std::sync::Arc;

/// A bind value that reads a column of an instance, now or when it is asked.
pub fn bind_value(state: &Bound<'_, InstanceState>, column: &Arc<Column>) -> PyResult<BindValue> {
    let py = state.py();
    let mapper = state.get().manager.get().get_mapper(py).map(|m| m.get().node.clone());
    let key = mapper.and_then(|n| n.key_of(column)).unwrap_or_else(|| column.key());
    let shown = sqlface::wrap_column(py, column)?.str()?.text();
    let key = PyString::intern(py, &key).unbind();
    let dict = state.get().instance_dict(py).unbind();
    InstanceState::keep_last_known(state, &key);
    let value = AttributeValue { state: state.clone().unbind(), dict, key, column: shown };
    Ok(BindValue::Callable(PyHost::wrap(Bound::new(py, value)?.as_any())))
}

/// The value that a column of an instance has now; missing when it has none.
pub fn bind_now(state: &Bound<'_, InstanceState>, column: &Arc<Column>) -> PyResult<BindValue> {
    let py = state.py();
    let manager = state.get().manager.get();
    let mapper = manager.get_mapper(py).map(|m| m.get().node.clone());
    let key = mapper.and_then(|n| n.key_of(column)).unwrap_or_else(|| column.key());
    let imp = manager.require_impl(py, &key)?;
    let value = AttributeImpl::get(&imp, state, &state.get().instance_dict(py), PASSIVE_RETURN_NO_VALUE)?;
    Ok(if value.is_none() || is_no_state(&value) { BindValue::Missing } else { BindValue::Host(PyHost::wrap(&value)) })
}

/// Gives a column's value of an object when the statement is executed: what it is then, or what was last known of it.
///
/// It holds the values, not the object, which nobody may hold any more by then.
#[pyclass(frozen, module = "oxalchemy.orm.relationships")]
pub struct AttributeValue {
    state: Py<InstanceState>,
    dict: Py<PyDict>,
    key: Py<PyString>,
    column: String,
}

#[pymethods]
impl AttributeValue {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __call__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.bind(py);
        let imp = state.get().manager.get().require_impl(py, self.key.bind(py).to_str()?)?;
        let reachable = state.get().persistent(py) && state.get().instance(py).is_some();
        let passive = if reachable { PASSIVE_OFF } else { PASSIVE_NO_FETCH ^ INIT_OK };
        let mut value = AttributeImpl::get(&imp, state, self.dict.bind(py), passive)?;
        if is_no_state(&value)
            && let Some(known) = state.get().last_known(py, &self.key)
        {
            value = known;
        }
        let what = |tail: &str| {
            errors::invalid_request(
                py,
                format!("Can't resolve value for column {} on object {}; {tail}", self.column, state.get().describe(py)),
            )
        };
        if is_no_value(&value) {
            return Err(what("no value has been set for this column"));
        }
        if is_passive_no_result(&value) {
            return Err(what("the object is detached and the value was expired"));
        }
        if value.is_none() {
            let text = format!(
                "Got None for value of column {}; this is unsupported for a relationship comparison and will not currently produce an IS \
                 comparison (but may in a future release)",
                self.column
            );
            errors::warn(py, "SAWarning", &text)?;
        }
        Ok(value)
    }
}

impl Collected for AttributeValue {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.state)?;
        visit.call(&self.dict)
    }
}
