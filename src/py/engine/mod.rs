//! Engine, Connection, Transaction, pools, execution and results at run time.
//!
//! * `url`: DSNs.
//! * `engine`, `connection`, `transaction`: the objects users hold.
//! * `execute`: statements. `failure`: errors of drivers.
//! * `meta`, `row`, `result`: what comes back.

pub mod connection;
#[allow(clippy::module_inception, reason = "the file is named after the Engine it holds, as its neighbours are")]
pub mod engine;
pub mod execute;
pub mod failure;
pub mod meta;
pub mod result;
pub mod row;
pub mod transaction;
pub mod url;

pub use super::events;
use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    url::register(m)?;
    row::register(m)?;
    result::classes::register(m)?;
    m.add_class::<engine::Engine>()?;
    m.add_class::<engine::OptionEngine>()?;
    m.add_class::<connection::Connection>()?;
    transaction::register(m)?;
    execute::register(m)
}
