//! The engine that a statement carries by itself: `bind=` of the constructors of 1.x, kept among its execution options.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::atomic::{AtomicBool, Ordering};

/// The execution option that holds it.
const KEY: &str = "_bind";

/// Was a MetaData or a statement ever bound in this process? Where not, no statement is searched for its engine.
static ANY: AtomicBool = AtomicBool::new(false);

/// `statement`, carrying `bind` when one is given.
pub fn carrying<'py>(statement: Bound<'py, PyAny>, bind: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let Some(bind) = bind.filter(|b| !b.is_none()) else { return Ok(statement) };
    something_is_bound();
    let options = PyDict::new(statement.py());
    options.set_item(KEY, bind)?;
    statement.call_method("execution_options", (), Some(&options))
}

/// The engine that `statement` carries itself.
fn carried<'py>(statement: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let options = statement.call_method0("get_execution_options")?;
    if options.contains(KEY)? { options.get_item(KEY).map(Some) } else { Ok(None) }
}

/// A MetaData has been given an engine.
#[pyfunction]
#[pyo3(name = "_something_is_bound")]
fn something_is_bound() {
    ANY.store(true, Ordering::Relaxed);
}

/// Whether anything can be bound, and the engine that `statement` carries itself.
#[pyfunction]
#[pyo3(name = "_carried_bind")]
fn carried_bind<'py>(statement: &Bound<'py, PyAny>) -> PyResult<(bool, Option<Bound<'py, PyAny>>)> {
    if ANY.load(Ordering::Relaxed) { Ok((true, carried(statement)?)) } else { Ok((false, None)) }
}

pub(super) fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(something_is_bound, m)?)?;
    m.add_function(wrap_pyfunction!(carried_bind, m)?)
}
