//! Everything that must hold a Python object: the faces of the pure rooms, and the ORM at run time.
//!
//! `events` knows which events anybody listens for; `imports` is the one table of Python objects that Rust reaches for; `errors` the one place where errors become Python
//! exceptions; `ffi` the one file with `unsafe`.

pub mod aio;
pub mod compile;
pub mod dbapi;
pub mod defects;
pub mod doors;
pub mod engine;
pub mod errors;
pub mod events;
pub mod ffi;
pub mod gc;
pub mod generic;
pub mod host;
pub mod imports;
pub mod orm;
pub mod pool;
pub mod reflect;
pub mod schema;
pub mod sql;
pub mod stack;
pub mod text;
pub mod types;

use pyo3::prelude::*;

/// Add every room to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    base::depth::settle();
    stack::register(m.py());
    events::register(m)?;
    defects::register(m)?;
    aio::register(m)?;
    dbapi::register(m)?;
    pool::register(m)?;
    types::register(m)?;
    compile::register(m)?;
    sql::register(m)?;
    schema::register(m)?;
    reflect::register(m)?;
    engine::register(m)?;
    orm::register(m)
}
