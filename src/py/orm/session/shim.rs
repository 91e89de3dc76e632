//! Bridges to rooms that are still being built: replaced by theirs as they land.

use crate::py::orm::state::InstanceState;
use pyo3::prelude::*;
use std::sync::Arc;

/// Loading and execution, until their rooms land.
pub mod loading {
    use super::super::{GetOptions, Session};
    use super::*;
    use pyo3::types::{PyDict, PyString};
    type Any<'py> = Bound<'py, PyAny>;
    fn missing(what: &str) -> PyErr {
        pyo3::exceptions::PyNotImplementedError::new_err(what.to_owned())
    }
    pub fn get_by_key<'py>(_: &Bound<'py, Session>, _: &Any<'py>, _: &Arc<orm::Mapper>, _: &[Any<'py>], _: &GetOptions<'py>) -> PyResult<Option<Any<'py>>> {
        Err(missing("get"))
    }
    pub fn refresh<'py>(_: &Bound<'py, Session>, _: &Bound<'py, InstanceState>, _: Option<&[Bound<'py, PyString>]>, _: Option<&Any<'py>>) -> PyResult<bool> {
        Err(missing("refresh"))
    }
    pub fn refresh_expired(_: &Bound<'_, InstanceState>) -> PyResult<()> {
        Err(missing("refresh"))
    }
    pub struct Shape;
    impl Shape {
        pub fn mapper<'py>(&self, _: Python<'py>) -> PyResult<Option<Any<'py>>> {
            Ok(None)
        }
        pub fn kind(&self) -> super::super::execute::Kind {
            super::super::execute::Kind::Other
        }
        pub fn is_orm(&self) -> bool {
            false
        }
    }
    pub fn shape(_: &Any<'_>) -> PyResult<Shape> {
        Ok(Shape)
    }
    pub fn run<'py>(_: &Bound<'py, Session>, connection: &Any<'py>, statement: &Any<'py>, params: Option<Any<'py>>, options: &Bound<'py, PyDict>, _: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
        let kw = PyDict::new(connection.py());
        kw.set_item("execution_options", options)?;
        connection.call_method("execute", (statement, params), Some(&kw))
    }
}
