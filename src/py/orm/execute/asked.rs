//! What Python asks about statements and criteria without running them.

use super::evaluator::{self, Row};
use super::shape::shape;
use crate::py::errors;
use crate::py::orm::mapper;
use crate::py::orm::state::InstanceState;
use crate::py::sql::coerce;
use crate::py::text::Text;
use pyo3::prelude::*;

type Any<'py> = Bound<'py, PyAny>;

/// The mapper that a statement is about, if it is one of the ORM's.
#[pyfunction]
pub fn _orm_subject<'py>(statement: &Any<'py>) -> PyResult<Option<Any<'py>>> {
    shape(statement)?.mapper(statement.py())
}

fn mapper_of(class: &Any<'_>) -> PyResult<std::sync::Arc<orm::Mapper>> {
    match mapper::inspect_mapper(class)? {
        Some(m) => Ok(m),
        None => Err(errors::argument_error(class.py(), format!("mapped class expected, got {}", class.repr()?.text()))),
    }
}

/// Why a criterion cannot be evaluated on instances of a class; None: it can.
#[pyfunction]
pub fn _evaluation_obstacle(class: &Any<'_>, clause: &Any<'_>) -> PyResult<Option<String>> {
    let py = class.py();
    errors::ignoring_ours(py, "ArgumentError", coerce::expr(clause)).and_then(|e| match e {
        Some(e) => Ok(evaluator::obstacle(&e, &mapper_of(class)?)),
        None => Ok(Some(format!("Cannot evaluate {}", clause.get_type().name()?.text()))),
    })
}

/// The value of an expression on an instance; None: an attribute of it is not loaded.
#[pyfunction]
pub fn _evaluate<'py>(class: &Any<'py>, clause: &Any<'py>, state: &Bound<'py, InstanceState>) -> PyResult<Option<(Any<'py>,)>> {
    let mapper = mapper_of(class)?;
    let dict = state.get().instance_dict(class.py());
    let row = Row { state, dict: &dict, mapper: &mapper };
    Ok(evaluator::evaluate(&coerce::expr(clause)?, &row, None)?.ok().map(|v| (v,)))
}
