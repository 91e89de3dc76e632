//! SQL in the log, as SQLAlchemy writes it: the text, then `[how it was compiled] (parameters)`.

use super::super::connection::Connection;
use super::super::result::RowSource;
use super::entry::Entry;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

/// Where a text came from, for the brackets.
pub enum Stats<'a> {
    /// Compiled just now.
    Generated(&'a Entry),
    /// Found in the cache.
    Cached(&'a Entry),
    /// Compiled just now, and not to be cached.
    NoKey(&'a Entry),
    /// Compiled just now with the cache switched off.
    Disabled(&'a Entry),
}

impl Stats<'_> {
    /// The words in the brackets.
    pub fn text(&self) -> String {
        match self {
            Stats::Generated(e) => format!("generated in {:.5}s", e.took.as_secs_f64()),
            Stats::Cached(e) => format!("cached since {}s ago", significant(e.made.elapsed().as_secs_f64())),
            Stats::NoKey(e) => format!("no key {:.5}s", e.took.as_secs_f64()),
            Stats::Disabled(e) => format!("caching disabled {:.5}s", e.took.as_secs_f64()),
        }
    }
}

/// `%.4g`.
fn significant(x: f64) -> String {
    if x <= 0.0 {
        return "0".to_owned();
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most three digits")]
    let exponent = x.log10().floor() as i32;
    if !(-4..4).contains(&exponent) {
        let mantissa = x / 10f64.powi(exponent);
        return format!("{mantissa:.3}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs());
    }
    let decimals = usize::try_from(3 - exponent).unwrap_or(0);
    let text = format!("{x:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// `_repr_params(params, 10, ismulti=many)`.
pub fn shortened<'py>(params: &Bound<'py, PyAny>, many: bool) -> PyResult<Bound<'py, PyAny>> {
    let py = params.py();
    let kw = PyDict::new(py);
    kw.set_item("ismulti", many)?;
    py.import("oxalchemy.util._reprs")?.getattr("repr_params")?.call((params, 10), Some(&kw))
}

/// A text that would fill pages, with its middle cut out.
pub fn long(sql: &str) -> std::borrow::Cow<'_, str> {
    let length = sql.chars().count();
    if length <= 500 {
        return sql.into();
    }
    let head: String = sql.chars().take(250).collect();
    let tail: String = sql.chars().skip(length - 100).collect();
    format!("{head} ... {} characters truncated ... {tail}", length - 350).into()
}

/// Log a statement that is about to run.
pub fn statement(conn: &Bound<'_, Connection>, sql: &str, stats: &str, params: &Bound<'_, PyAny>, many: bool) -> PyResult<()> {
    let py = conn.py();
    // INSERTs of many rows repeat themselves.
    let shown = if stats.contains("insertmanyvalues") { long(sql) } else { sql.into() };
    Connection::log(conn, &shown, &[])?;
    let stats = pyo3::types::PyString::new(py, stats).into_any();
    if conn.get().engine(py).get().hide_parameters {
        return Connection::log(conn, "[%s] [SQL parameters hidden due to hide_parameters=True]", &[stats]);
    }
    Connection::log(conn, "[%s] %r", &[stats, shortened(params, many)?])
}

/// Rows that are logged as they are fetched (`echo="debug"`).
struct Logged {
    inner: Box<dyn RowSource>,
    logger: Py<PyAny>,
    line: Py<PyString>,
}

impl RowSource for Logged {
    fn fetch(&mut self, py: Python<'_>, n: Option<usize>, out: &mut Vec<Py<PyAny>>) -> PyResult<()> {
        let before = out.len();
        self.inner.fetch(py, n, out)?;
        for row in out.get(before..).unwrap_or_default() {
            self.logger.bind(py).call_method1("debug", (self.line.bind(py), shortened(row.bind(py), false)?))?;
        }
        Ok(())
    }
    fn scalars(&self) -> bool {
        self.inner.scalars()
    }
    fn default_many(&self) -> Option<usize> {
        self.inner.default_many()
    }
    fn yield_per(&mut self, py: Python<'_>, n: usize) -> PyResult<()> {
        self.inner.yield_per(py, n)
    }
    fn close(&mut self, py: Python<'_>, hard: bool) -> PyResult<()> {
        self.inner.close(py, hard)
    }
}

/// The rows, logged as they are fetched when the engine's logger wants that; the names of the columns are logged now.
pub fn rows(conn: &Bound<'_, Connection>, keys: &Bound<'_, PyTuple>, source: Box<dyn RowSource>) -> PyResult<Box<dyn RowSource>> {
    let py = conn.py();
    if !conn.get().echoes() {
        return Ok(source);
    }
    let logger = conn.get().engine(py).getattr("logger")?;
    if !logger.call_method1("isEnabledFor", (10,))?.is_truthy()? {
        return Ok(source);
    }
    logger.call_method1("debug", (conn.get().tokened(py, "Col %r")?, keys))?;
    let line = conn.get().tokened(py, "Row %r")?.unbind();
    Ok(Box::new(Logged { inner: source, logger: logger.unbind(), line }))
}

#[cfg(test)]
mod tests {
    use super::{long, significant};

    #[test]
    fn long_texts() {
        assert_eq!(long("SELECT 1"), "SELECT 1");
        let text = long(&"ä".repeat(600)).into_owned();
        assert!(text.starts_with("ää") && text.contains(" ... 250 characters truncated ... ") && text.ends_with("ää"));
    }

    #[test]
    fn like_printf() {
        assert_eq!(significant(0.0009437), "0.0009437");
        assert_eq!(significant(12.3456), "12.35");
        assert_eq!(significant(0.00001234), "1.234e-05");
    }
}
