//! Python parameters to values: what Python's `sqlite3` accepts, and its adapters for the rest.

use crate::py::text::Text;
use base::{RowBatch, Value};
use pyo3::exceptions::{PyLookupError, PyOverflowError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyFloat, PyInt, PyList, PyMemoryView, PyString, PyTuple};

use super::local::{Local, MODULE, programming_error};

/// One object as a value. `None` when its type is neither native nor adapted.
fn native_value(obj: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    Ok(Some(if obj.is_none() {
        Value::Null
    } else if let Ok(s) = obj.cast_exact::<PyString>() {
        Value::Text(s.to_str()?.into())
    } else if obj.is_exact_instance_of::<PyInt>() || obj.is_exact_instance_of::<PyBool>() {
        integer(obj)?
    } else if let Ok(f) = obj.cast_exact::<PyFloat>() {
        Value::Float(f.value())
    } else if let Ok(b) = obj.cast_exact::<PyBytes>() {
        Value::Bytes(b.as_bytes().into())
    } else {
        return Ok(None);
    }))
}

fn integer(obj: &Bound<'_, PyAny>) -> PyResult<Value> {
    obj.extract().map(Value::Int).map_err(|e| {
        if e.is_instance_of::<PyOverflowError>(obj.py()) {
            PyOverflowError::new_err("Python int too large to convert to SQLite INTEGER")
        } else {
            e
        }
    })
}

/// What a user's subclass or a buffer holds.
fn loose_value(obj: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if obj.is_instance_of::<PyInt>() {
        return integer(obj).map(Some);
    }
    if let Ok(f) = obj.cast::<PyFloat>() {
        return Ok(Some(Value::Float(f.value())));
    }
    if let Ok(s) = obj.cast::<PyString>() {
        return Ok(Some(Value::Text(s.to_str()?.into())));
    }
    if let Ok(b) = obj.cast::<PyBytes>() {
        return Ok(Some(Value::Bytes(b.as_bytes().into())));
    }
    if let Ok(b) = obj.cast::<PyByteArray>() {
        return Ok(Some(Value::Bytes(b.to_vec().into())));
    }
    let view = crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(obj.py(), PyMemoryView::from(obj))?;
    let Some(view) = view else { return Ok(None) };
    Ok(Some(Value::Bytes(view.call_method0("tobytes")?.extract::<Vec<u8>>()?.into())))
}

/// The value of parameter number `index` (from 1).
pub fn value(obj: &Bound<'_, PyAny>, index: usize) -> PyResult<Value> {
    if let Some(v) = native_value(obj)? {
        return Ok(v);
    }
    let py = obj.py();
    let adapted = py.import(MODULE)?.call_method1("_adapt", (obj,))?;
    if let Some(v) = native_value(&adapted)? {
        return Ok(v);
    }
    loose_value(&adapted)?.map_or_else(
        || {
            // CPython's own name of a type: with its module for types written in C, without for classes.
            let class = obj.get_type();
            let is_class = class.getattr("__flags__")?.extract::<u64>()? & (1 << 9) != 0;
            let name = if is_class { class.name()? } else { class.fully_qualified_name()? };
            let name = name.text();
            Err(programming_error(py, format!("Error binding parameter {index}: type '{name}' is not supported")))
        },
        Ok,
    )
}

/// What a user's function returns; no adapters. `None` for an unsupported type.
pub fn function_result(obj: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    match native_value(obj)? {
        Some(v) => Ok(Some(v)),
        None => loose_value(obj),
    }
}

/// The parameters of one execution. Mappings need the names that the statement uses, so they compile it.
pub fn one(native: &Local, sql: &str, params: &Bound<'_, PyAny>) -> PyResult<Vec<Value>> {
    let numbered = |(i, obj): (usize, Bound<'_, PyAny>)| value(&obj, i + 1);
    if let Ok(t) = params.cast::<PyTuple>() {
        return t.iter().enumerate().map(numbered).collect();
    }
    if let Ok(l) = params.cast::<PyList>() {
        return l.iter().enumerate().map(numbered).collect();
    }
    let py = params.py();
    let is_dict = params.is_instance_of::<PyDict>();
    if !is_dict && let Some(s) = crate::py::ffi::sequence(params)? {
        return (0..s.len()?).map(|i| value(&s.get_item(i)?, i + 1)).collect();
    }
    if !is_dict && crate::py::ffi::mapping(params)?.is_none() {
        // Duck-typed sequences have a length and items by number.
        let length = crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, params.len())?
            .ok_or_else(|| programming_error(py, "parameters are of unsupported type"))?;
        if !params.hasattr("__getitem__")? {
            return Err(programming_error(py, "parameters are of unsupported type"));
        }
        return (0..length).map(|i| value(&params.get_item(i)?, i + 1)).collect();
    }
    let names = native.call(py, |db| db.parameter_names(sql))?;
    names.iter().enumerate().map(|(i, name)| named(params, name.as_deref(), i + 1)).collect()
}

/// The value of a named parameter in a mapping.
fn named(params: &Bound<'_, PyAny>, name: Option<&str>, index: usize) -> PyResult<Value> {
    let py = params.py();
    let Some(name) = name else {
        return Err(programming_error(
            py,
            format!("Binding {index} has no name, but you supplied a dictionary (which has only names)."),
        ));
    };
    let key = name.get(1..).unwrap_or_default();
    match params.get_item(key) {
        Ok(obj) => value(&obj, index),
        Err(e) if e.is_instance_of::<PyLookupError>(py) => {
            Err(programming_error(py, format!("You did not supply a value for binding parameter :{key}.")))
        }
        Err(e) => Err(e),
    }
}

/// Appends the parameters of one execution of many. The row is complete or, on error, not there at all.
pub fn append(native: &Local, sql: &str, params: &Bound<'_, PyAny>, wanted: usize, batch: &mut RowBatch) -> PyResult<()> {
    let given = match params.cast::<PyTuple>() {
        Ok(tuple) => {
            // The length is checked first: a longer row would leave complete rows of its own behind.
            if tuple.len() == wanted
                && let Err(e) = tuple.iter().enumerate().try_for_each(|(i, obj)| push(batch, &obj, i + 1))
            {
                batch.discard_incomplete_row();
                return Err(e);
            }
            tuple.len()
        }
        Err(_) => {
            let values = one(native, sql, params)?;
            if values.len() == wanted {
                values.iter().for_each(|v| batch.push_value(v));
            }
            values.len()
        }
    };
    if given == wanted {
        return Ok(());
    }
    Err(programming_error(
        params.py(),
        format!("Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {given} supplied."),
    ))
}

/// Appends one parameter, without an owned copy where its type allows.
fn push(batch: &mut RowBatch, obj: &Bound<'_, PyAny>, index: usize) -> PyResult<()> {
    if let Ok(s) = obj.cast_exact::<PyString>() {
        batch.push_text(s.to_str()?);
    } else if let Ok(f) = obj.cast_exact::<PyFloat>() {
        batch.push_float(f.value());
    } else if let Ok(b) = obj.cast_exact::<PyBytes>() {
        batch.push_bytes(b.as_bytes());
    } else {
        batch.push_value(&value(obj, index)?);
    }
    Ok(())
}
