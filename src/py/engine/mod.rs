//! Engine, Connection, Transaction, pools, execution and results at run time.
//!
//! * `events`: which events anybody listens for.
//! * `url`: DSNs.
//! * `meta`, `row`, `result`: what comes back.

pub mod events;
pub mod meta;
pub mod result;
pub mod row;
pub mod url;

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    events::register(m)?;
    url::register(m)?;
    row::register(m)?;
    result::classes::register(m)
}
