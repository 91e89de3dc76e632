//! Reading and writing DSNs for `oxalchemy.engine.url.URL`, which is a plain tuple of their parts.

use crate::py::errors::argument_error;
use crate::py::text::Text;
use base::Url;
use base::url::{QueryValue, UrlError};
use indexmap::IndexMap;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

type Parts<'py> = (String, Option<String>, Option<String>, Option<String>, Option<i64>, Option<String>, Bound<'py, PyDict>);

fn query_to_py<'py>(py: Python<'py>, query: IndexMap<String, QueryValue>) -> PyResult<Bound<'py, PyDict>> {
    let out = PyDict::new(py);
    for (key, value) in query {
        match value {
            QueryValue::One(s) => out.set_item(key, s)?,
            QueryValue::Many(v) => out.set_item(key, PyTuple::new(py, v)?)?,
        }
    }
    Ok(out)
}

fn query_from_py(query: &Bound<'_, PyDict>) -> PyResult<IndexMap<String, QueryValue>> {
    let mut out = IndexMap::new();
    for (key, value) in query.iter() {
        let value = match value.cast::<PyString>() {
            Ok(s) => QueryValue::One(s.text()),
            Err(_) => QueryValue::Many(value.extract()?),
        };
        out.insert(key.extract()?, value);
    }
    Ok(out)
}

/// The parts of a DSN: drivername, username, password, host, port, database, query.
#[pyfunction]
#[pyo3(signature = (text, keep_blank_values=false))]
fn _url_parse<'py>(py: Python<'py>, text: &str, keep_blank_values: bool) -> PyResult<Parts<'py>> {
    let url = Url::parse_with(text, keep_blank_values).map_err(|e| match e {
        UrlError::Form => argument_error(py, e.to_string()),
        UrlError::Port(_) => PyValueError::new_err(e.to_string()),
    })?;
    let query = query_to_py(py, url.query)?;
    Ok((url.drivername, url.username, url.password, url.host, url.port, url.database, query))
}

/// The DSN of these parts.
#[pyfunction]
#[allow(clippy::too_many_arguments)]
fn _url_render(
    drivername: String,
    username: Option<String>,
    password: Option<String>,
    host: Option<String>,
    port: Option<i64>,
    database: Option<String>,
    query: &Bound<'_, PyDict>,
    hide_password: bool,
) -> PyResult<String> {
    let query = query_from_py(query)?;
    Ok(Url { drivername, username, password, host, port, database, query }.render(hide_password))
}

/// A query string alone, as a dict.
#[pyfunction]
#[pyo3(signature = (text, keep_blank_values=false))]
fn _url_parse_query<'py>(py: Python<'py>, text: &str, keep_blank_values: bool) -> PyResult<Bound<'py, PyDict>> {
    query_to_py(py, Url::parse_query_string(text, keep_blank_values))
}

/// Add this file's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_url_parse, m)?)?;
    m.add_function(wrap_pyfunction!(_url_render, m)?)?;
    m.add_function(wrap_pyfunction!(_url_parse_query, m)?)
}
