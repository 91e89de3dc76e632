//! Python parameters and `%s` text to what the drivers take.

use crate::py::text::Text;
use base::{RowBatch, Value};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyMapping, PyString, PyTuple};
use sql::compile::{Marks, Translated, translate};

use super::error::programming;
use super::link::Kind;
use crate::py::types::{UnsupportedValue, value_of_any, value_written};

fn marks(kind: Kind) -> Marks {
    match kind {
        Kind::Postgres => Marks::Numbered,
        Kind::MySql => Marks::Question,
    }
}

/// Text for the server. Text in the server's own style (`native`) is left as it is.
pub fn text(py: Python<'_>, kind: Kind, sql: &str, native: bool, with_params: bool) -> PyResult<Translated> {
    if native {
        return Ok(Translated { sql: sql.to_owned(), ..Translated::default() });
    }
    translate(sql, marks(kind), with_params).map_err(|e| programming(py, kind, e))
}

fn value(py: Python<'_>, kind: Kind, written: bool, obj: &Bound<'_, PyAny>) -> PyResult<Value> {
    let value = if written { value_written(obj) } else { value_of_any(obj, kind.family()) };
    value.map_err(|e| match e.is_instance_of::<UnsupportedValue>(py) {
        true => {
            let name = obj.get_type().name().map(|n| n.text()).unwrap_or_default();
            programming(py, kind, format!("cannot adapt type '{name}' as a parameter"))
        }
        false => e,
    })
}

fn is_sequence(params: &Bound<'_, PyAny>) -> bool {
    params.is_instance_of::<PyTuple>() || params.is_instance_of::<PyList>()
}

/// The values of one execution (`written`: the driver writes them into the text), in the order of the text's placeholders.
pub fn one(
    kind: Kind,
    written: bool,
    text: &Translated,
    native: bool,
    params: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<Value>> {
    let Some(params) = params else {
        // Without parameters placeholders mean nothing; the server says what is wrong.
        return Ok(Vec::new());
    };
    let py = params.py();
    if !text.names.is_empty() {
        let Some(mapping) = crate::py::ffi::mapping(params)? else {
            return Err(programming(py, kind, "the text has named placeholders, so the parameters must be a mapping"));
        };
        return text.names.iter().map(|name| named(kind, written, mapping, name)).collect();
    }
    if !is_sequence(params) {
        if crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, params.len())? == Some(0)
            || (text.count == 0 && !native && crate::py::ffi::mapping(params)?.is_some())
        {
            return Ok(Vec::new());
        }
        if kind == Kind::MySql && text.count == 1 {
            // PyMySQL takes a lone value.
            return Ok(vec![value(py, kind, written, params)?]);
        }
        if params.is_instance_of::<PyString>() || crate::py::ffi::mapping(params)?.is_some() {
            return Err(programming(py, kind, "the text has positional placeholders, so the parameters must be a sequence"));
        }
    }
    let values = params.try_iter()?.map(|p| value(py, kind, written, &p?)).collect::<PyResult<Vec<_>>>()?;
    if !native && values.len() != text.count {
        return Err(programming(
            py,
            kind,
            format!("the query has {} placeholders but {} parameters were passed", text.count, values.len()),
        ));
    }
    Ok(values)
}

fn named(kind: Kind, written: bool, mapping: &Bound<'_, PyMapping>, name: &str) -> PyResult<Value> {
    let py = mapping.py();
    match mapping.get_item(name) {
        Ok(obj) => value(py, kind, written, &obj),
        Err(e) if e.is_instance_of::<pyo3::exceptions::PyLookupError>(py) => {
            Err(programming(py, kind, format!("query parameter missing: {name}")))
        }
        Err(e) => Err(e),
    }
}

/// The values of several executions.
pub fn many(kind: Kind, written: bool, text: &Translated, native: bool, rows: &Bound<'_, PyAny>) -> PyResult<(RowBatch, usize)> {
    let (mut batch, mut count) = (RowBatch::new(0), 0);
    for row in rows.try_iter()? {
        let values = one(kind, written, text, native, Some(&row?))?;
        if count == 0 {
            batch.reset(values.len());
        } else if values.len() != batch.columns() {
            return Err(programming(rows.py(), kind, "the sets of parameters have different lengths"));
        }
        values.iter().for_each(|v| batch.push_value(v));
        count += 1;
    }
    Ok((batch, count))
}
