//! Faces of `sql::reflect`: queries as `(sql, params)`, answers as dictionaries. A file per dialect; `dicts` is what they share.

mod dicts;
mod mysql;
mod postgres;
mod sqlite;

use pyo3::prelude::*;

/// Add this room's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    sqlite::register(m)?;
    postgres::register(m)?;
    mysql::register(m)
}
