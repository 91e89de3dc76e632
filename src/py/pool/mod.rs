//! Pools of Python connections: `Pool` and its kinds, the pool entry, the proxied connection, their events and logs.
//! Built and owned by "driver" (not by "engine"): being written now, lands with `python/oxalchemy/pool`.
//!
//! For the engine: `pool.connect()` gives a `PoolProxiedConnection`; `src/py/pool` will offer
//! `checkout(&Bound<PoolBase>) -> PyResult<Bound<ProxiedConnection>>` and `ProxiedConnection::{dbapi, record, close_special}`.
