//! [`Entry`]: a compiled statement with everything else that its executions share.

use crate::py::types::{BindProc, ResultProc, bind_processor, result_processor};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::PyString;
use sql::compile::{Compiled, Fill, StatementKind, expand_as};
use sql::dialects::ParamStyle;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// A statement as the database itself takes it: what Python sees may have other placeholders.
#[derive(Debug)]
pub struct Wire {
    /// How the placeholders look.
    pub style: ParamStyle,
    /// The text.
    pub sql: Arc<str>,
    /// Which bind each parameter is.
    pub order: Vec<u32>,
    /// The parameters are the binds in order.
    pub straight: bool,
}

/// A compiled statement, its conversions, and the metadata of its rows.
pub struct Entry {
    /// Text, binds, result columns.
    pub compiled: Arc<Compiled>,
    /// The text as a Python string.
    pub sql: Py<PyString>,
    /// Key and name of each bind as Python strings.
    pub names: Vec<(Py<PyString>, Py<PyString>)>,
    wire: OnceLock<Arc<Wire>>,
    /// One conversion a bind.
    pub binds: Vec<BindProc>,
    /// One conversion a result column.
    pub results: Arc<[ResultProc]>,
    /// No result column needs a conversion.
    pub plain: bool,
    /// Names of the result columns and where the cursor has them, once a cursor told.
    pub shape: Mutex<Option<Arc<super::rows::Shape>>>,
    /// The dialect object.
    pub dialect: Py<PyAny>,
    /// When it was compiled.
    pub made: Instant,
    /// How long that took.
    pub took: Duration,
}

impl Entry {
    /// Make the conversions of a compiled statement. `dialect`: the Python object.
    pub fn new(py: Python<'_>, compiled: Arc<Compiled>, dialect: &Bound<'_, PyAny>, started: Instant) -> PyResult<Self> {
        let binds = compiled.binds.iter().map(|b| bind_processor(py, &b.ty, dialect)).collect::<PyResult<Vec<_>>>()?;
        let results = compiled.result.iter().map(|c| result_processor(py, &c.ty, dialect)).collect::<PyResult<Vec<_>>>()?;
        let names = compiled
            .binds
            .iter()
            .map(|b| {
                let key = PyString::intern(py, &b.key).unbind();
                let name = if b.key == b.name { key.clone_ref(py) } else { PyString::intern(py, &b.name).unbind() };
                (key, name)
            })
            .collect();
        Ok(Self {
            names,
            sql: PyString::new(py, &compiled.sql).unbind(),
            plain: results.iter().all(|r| matches!(r, ResultProc::Raw)),
            results: results.into(),
            binds,
            compiled,
            wire: OnceLock::new(),
            shape: Mutex::new(None),
            dialect: dialect.clone().unbind(),
            made: Instant::now(),
            took: started.elapsed(),
        })
    }

    /// The text for a database with placeholders of this style. Not for statements whose lists become known at execution.
    pub fn wire(&self, style: ParamStyle) -> Arc<Wire> {
        let known = self.wire.get_or_init(|| self.make_wire(style));
        if known.style == style { known.clone() } else { self.make_wire(style) }
    }

    fn make_wire(&self, style: ParamStyle) -> Arc<Wire> {
        let c = &self.compiled;
        let (sql, order) = if c.paramstyle == style {
            (c.sql.clone(), c.positions.clone())
        } else {
            // Nothing here can fail: there are no lists to fill.
            let made = expand_as(c, style, &|_| Fill::One).unwrap_or_default();
            (made.sql.into(), made.positions.iter().map(|(bind, _)| *bind).collect())
        };
        let straight = order.len() == c.binds.len() && order.iter().enumerate().all(|(i, p)| i == *p as usize);
        Arc::new(Wire { style, sql, order, straight })
    }

    /// INSERT, UPDATE or DELETE.
    pub fn is_dml(&self) -> bool {
        matches!(self.compiled.kind, StatementKind::Insert | StatementKind::Update | StatementKind::Delete)
    }
}
