//! Types: the Python classes (plain data, `python/oxalchemy/sql/sqltypes/`) as [`sql::types::SqlType`], and the conversion
//! of values between Python and the drivers.
//!
//! * [`engine`]: the base pyclass; caches what [`read`] makes of an object's attributes, by the [`template`] of its class if it has one.
//! * [`wrap`]: the Python object of a type; the type of a Python value.
//! * [`bind`]: Python object to [`base::Value`]; [`result`]: cell to Python object. Both are made once per statement and
//!   dialect and then run in a loop; only user code costs a Python call.
//! * [`host`]: user code around a type (`TypeDecorator`, `UserDefinedType`, overridden processors).

mod bind;
pub mod compiles;
mod engine;
mod enums;
mod face;
mod family;
mod host;
pub mod literal;
mod raw;
mod read;
mod result;
mod template;
mod value;
mod wrap;

pub use bind::{BindProc, any as value_of_any, bind_processor, written as value_written};
pub use engine::TypeEngine;
pub use family::Family;
pub use host::TypeHost;
pub use raw::{Raw, writes_values};
pub use result::{ResultProc, from_python, result_processor};
pub use value::{UnsupportedValue, cell_to_py, value_to_py};
pub use wrap::{coerce_compared_value, to_type, type_of_value, wrap_type};

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<TypeEngine>()?;
    m.add_class::<face::BindProcessor>()?;
    m.add_class::<face::ResultProcessor>()?;
    m.add_class::<face::LiteralProcessor>()?;
    m.add("UnsupportedValue", m.py().get_type::<UnsupportedValue>())?;
    m.add_function(wrap_pyfunction!(face::resolve_value_to_type, m)?)?;
    m.add_function(wrap_pyfunction!(face::compile_type, m)?)?;
    Ok(())
}
