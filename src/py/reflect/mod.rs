//! Reflection at run time: the queries of `sql::reflect` as `(sql, params)` and their answers as dictionaries, a file per dialect
//! (`dicts` is what they share). `memory`: what an Inspector has read, its answers; `autoload`: from the answers to a Table.

pub mod autoload;
mod dicts;
pub mod memory;
mod mysql;
mod postgres;
mod sqlite;

use pyo3::prelude::*;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<memory::PyMemory>()?;
    m.add_function(wrap_pyfunction!(memory::type_class, m)?)?;
    m.add_function(wrap_pyfunction!(memory::ask, m)?)?;
    m.add_function(wrap_pyfunction!(memory::prefetch, m)?)?;
    m.add_function(wrap_pyfunction!(autoload::reflect_table, m)?)?;
    m.add_function(wrap_pyfunction!(autoload::autoload, m)?)?;
    sqlite::register(m)?;
    postgres::register(m)?;
    mysql::register(m)
}
