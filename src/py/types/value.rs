//! Values and cells as Python objects, without a type's advice.

use crate::py::imports;
use base::temporal::{Date, DateTime, Interval, Time};
use base::value::Value;
use base::{Cell, value::format_uuid};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDate, PyDateTime, PyDelta, PyFloat, PyList, PyString, PyTime, PyTzInfo};

pyo3::create_exception!(
    oxalchemy,
    UnsupportedValue,
    PyTypeError,
    "A value that no driver can take. The engine turns it into the driver's own error."
);

/// What the driver would return for a cell when no type has a say.
pub fn cell_to_py<'py>(py: Python<'py>, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match cell {
        Cell::Null => py.None().into_bound(py),
        Cell::Bool(b) => bool_to_py(py, b),
        Cell::Int(i) => int_to_py(py, i),
        Cell::Float(f) => PyFloat::new(py, f).into_any(),
        Cell::Ascii(s) | Cell::Text(s) | Cell::Json(s) => PyString::new(py, s).into_any(),
        Cell::InvalidText(b) => return Err(undecodable(py, b)),
        Cell::Bytes(b) => PyBytes::new(py, b).into_any(),
        Cell::Decimal(s) => imports::decimal(py)?.call1((s,))?,
        Cell::Date(d) => date_to_py(py, d)?,
        Cell::Time(t) => time_to_py(py, t)?,
        Cell::DateTime(d) => datetime_to_py(py, d)?,
        Cell::Uuid(u) => uuid_to_py(py, &u)?,
        Cell::Other(v) => value_to_py(py, v)?,
    })
}

/// An owned value as a Python object.
pub fn value_to_py<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(b) => bool_to_py(py, *b),
        Value::Int(i) => int_to_py(py, *i),
        Value::Float(f) => PyFloat::new(py, *f).into_any(),
        Value::Text(s) | Value::Json(s) | Value::Address(s) | Value::Network(s) => PyString::new(py, s).into_any(),
        Value::Bytes(b) => PyBytes::new(py, b).into_any(),
        Value::Decimal(s) => imports::decimal(py)?.call1((&**s,))?,
        Value::Date(d) => date_to_py(py, *d)?,
        Value::Time(t) => time_to_py(py, *t)?,
        Value::DateTime(d) => datetime_to_py(py, *d)?,
        Value::Interval(i) => delta_to_py(py, *i)?,
        Value::Uuid(u) => uuid_to_py(py, u)?,
        Value::Array(items) => {
            let list = PyList::empty(py);
            for item in items.iter() {
                list.append(value_to_py(py, item)?)?;
            }
            list.into_any()
        }
        Value::Tuple(items) => {
            let items = items.iter().map(|item| value_to_py(py, item)).collect::<PyResult<Vec<_>>>()?;
            pyo3::types::PyTuple::new(py, items)?.into_any()
        }
    })
}

pub fn bool_to_py(py: Python<'_>, b: bool) -> Bound<'_, PyAny> {
    pyo3::types::PyBool::new(py, b).to_owned().into_any()
}
pub fn int_to_py(py: Python<'_>, i: i64) -> Bound<'_, PyAny> {
    // Infallible conversion.
    match i.into_pyobject(py) {
        Ok(o) => o.into_any(),
        Err(e) => match e {},
    }
}
pub fn date_to_py(py: Python<'_>, d: Date) -> PyResult<Bound<'_, PyAny>> {
    PyDate::new(py, i32::from(d.year()), d.month(), d.day()).map(Bound::into_any)
}
fn tzinfo(py: Python<'_>, offset: Option<i32>) -> PyResult<Option<Bound<'_, PyTzInfo>>> {
    match offset {
        None => Ok(None),
        Some(0) => PyTzInfo::utc(py).map(|tz| Some(tz.to_owned())),
        Some(s) => PyTzInfo::fixed_offset(py, PyDelta::new(py, 0, s, 0, true)?).map(Some),
    }
}
pub fn time_to_py(py: Python<'_>, t: Time) -> PyResult<Bound<'_, PyAny>> {
    let tz = tzinfo(py, t.offset())?;
    PyTime::new(py, t.hour(), t.minute(), t.second(), t.microsecond(), tz.as_ref()).map(Bound::into_any)
}
pub fn datetime_to_py(py: Python<'_>, d: DateTime) -> PyResult<Bound<'_, PyAny>> {
    let (date, t) = (d.date, d.time);
    let tz = tzinfo(py, t.offset())?;
    let (year, month, day) = (i32::from(date.year()), date.month(), date.day());
    PyDateTime::new(py, year, month, day, t.hour(), t.minute(), t.second(), t.microsecond(), tz.as_ref()).map(Bound::into_any)
}
pub fn delta_to_py(py: Python<'_>, i: Interval) -> PyResult<Bound<'_, PyAny>> {
    PyDelta::new(py, i.days, i.seconds, i.microseconds, false).map(Bound::into_any)
}
pub fn uuid_to_py<'py>(py: Python<'py>, bytes: &[u8; 16]) -> PyResult<Bound<'py, PyAny>> {
    imports::uuid(py)?.call1((format_uuid(bytes),))
}

fn undecodable(py: Python<'_>, bytes: &[u8]) -> PyErr {
    let message = format!("Could not decode to UTF-8 text: {}", String::from_utf8_lossy(bytes));
    match imports::exc(py, "OperationalError") {
        Ok(t) => t
            .call1((py.None(), py.None(), PyValueError::new_err(message.clone())))
            .map_or_else(|_| PyValueError::new_err(message), PyErr::from_value),
        Err(e) => e,
    }
}
