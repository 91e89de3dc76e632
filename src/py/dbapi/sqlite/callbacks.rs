//! Functions, aggregates, collations and hooks written in Python, as the closures that a driver calls.
//!
//! They run on the thread that executes the statement, which released the GIL and takes it again for the call. What
//! user code raises becomes the statement's `OperationalError`, in the words of Python's `sqlite3`.

use std::cmp::Ordering;

use base::Value;
use drivers::sqlite::functions::{Aggregate, AggregateFactory, Collation, ProgressHook, ScalarFunction, TraceHook};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::params;
use crate::py::imports;
use crate::py::stack::deep;
use crate::py::types::value_to_py;

/// Runs user code, which may execute statements that call it again.
fn called<R>(f: impl FnOnce(Python<'_>) -> PyResult<R>) -> PyResult<R> {
    deep(|| Python::attach(f))
}

fn arguments<'py>(py: Python<'py>, args: &[Value]) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, args.iter().map(|v| value_to_py(py, v)).collect::<PyResult<Vec<_>>>()?)
}

fn result(obj: &Bound<'_, PyAny>) -> PyResult<Value> {
    params::function_result(obj)?.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("unsupported type"))
}

/// A scalar function.
pub fn scalar(function: Py<PyAny>) -> ScalarFunction {
    Box::new(move |args| {
        called(|py| result(&function.bind(py).call1(arguments(py, args)?)?))
            .map_err(|_| "user-defined function raised exception".to_owned())
    })
}

struct PyAggregate(Py<PyAny>);

impl Aggregate for PyAggregate {
    fn step(&mut self, args: &[Value]) -> Result<(), String> {
        called(|py| self.0.bind(py).call_method1("step", arguments(py, args)?).map(drop))
            .map_err(|_| "user-defined aggregate's 'step' method raised error".to_owned())
    }

    fn finish(&mut self) -> Result<Value, String> {
        called(|py| result(&self.0.bind(py).call_method0("finalize")?))
            .map_err(|_| "user-defined aggregate's 'finalize' method raised error".to_owned())
    }
}

/// An aggregate: `class` is called for each group and gives an object with `step` and `finalize`.
pub fn aggregate(class: Py<PyAny>) -> AggregateFactory {
    Box::new(move || {
        called(|py| class.call0(py))
            .map(|state| Box::new(PyAggregate(state)) as Box<dyn Aggregate>)
            .map_err(|_| "user-defined aggregate's '__init__' method raised error".to_owned())
    })
}

/// A collation: `function` answers a negative, zero or positive number. One that raises makes texts equal.
pub fn collation(function: Py<PyAny>) -> Collation {
    Box::new(move |a, b| called(|py| function.bind(py).call1((a, b))?.extract::<i64>()).map_or(Ordering::Equal, |n| n.cmp(&0)))
}

/// A trace hook; what it raises is ignored.
pub fn trace(function: Py<PyAny>) -> TraceHook {
    Box::new(move |sql| {
        let _ = called(|py| function.call1(py, (sql,)));
    })
}

/// A progress hook: true, or an exception, interrupts the statement.
pub fn progress(function: Py<PyAny>) -> ProgressHook {
    Box::new(move || called(|py| function.bind(py).call0()?.is_truthy()).unwrap_or(true))
}

/// SQL's `text REGEXP pattern`, which SQLite leaves to the application: Python's `re.search`. NULL for a NULL text.
pub fn regexp() -> ScalarFunction {
    Box::new(|args| {
        let [pattern, text] = args else { return Err("regexp takes a pattern and a text".to_owned()) };
        if text.is_null() {
            return Ok(Value::Null);
        }
        called(|py| {
            let found = imports::re_search(py)?.call1((value_to_py(py, pattern)?, value_to_py(py, text)?))?;
            Ok(Value::Bool(!found.is_none()))
        })
        .map_err(|_: PyErr| "user-defined function raised exception".to_owned())
    })
}
