//! Cell to Python object, by type.

use super::bind::json_function;
use super::enums::EnumMap;
use super::family::Family;
use super::host::TypeHost;
use super::raw::Raw;
use super::value::{bool_to_py, cell_to_py, date_to_py, datetime_to_py, delta_to_py, time_to_py, uuid_to_py, value_to_py};
use super::wrap::option_object;
use crate::py::imports;
use crate::py::text::Text;
use base::temporal::{Date, DateTime, Time};
use base::value::Value;
use base::{Cell, value::format_uuid};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFloat, PyList, PyString, PyTuple};
use sql::types::{Affinity, TypeArg, TypeRef};
use std::sync::Arc;

/// How the cells of one result column become Python objects. Made once per statement and dialect.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum ResultProc {
    /// As the driver has it.
    Raw,
    /// As the driver has it, where it goes by what the server says a value is.
    Driver(Arc<Raw>),
    Bool,
    Date,
    DateTime,
    Time,
    Interval,
    /// Decimals of this many places, from whatever number the database returned.
    Decimal(usize),
    Float,
    /// Integers beyond 64 bits come as exact text.
    Integer,
    Enum(Arc<EnumMap>),
    Json {
        loads: Py<PyAny>,
    },
    Pickle {
        loads: Py<PyAny>,
        inner: Box<ResultProc>,
    },
    Uuid {
        as_uuid: bool,
    },
    Bytes,
    /// Custom `regexp` of SQLite's temporal types.
    Regexp {
        pattern: Py<PyAny>,
        kind: Affinity,
    },
    Array {
        item: Box<ResultProc>,
        as_tuple: bool,
    },
    /// A callable that user code gave (`result_processor`).
    Callable(Py<PyAny>),
    /// The impl's own conversion, then `TypeDecorator.process_result_value`.
    Decorated {
        process: Py<PyAny>,
        dialect: Py<PyAny>,
        inner: Box<ResultProc>,
    },
}

/// The conversion for result columns of `ty` on a dialect (its Python face, which user hooks receive).
pub fn result_processor(py: Python<'_>, ty: &TypeRef, dialect: &Bound<'_, PyAny>) -> PyResult<ResultProc> {
    let _level = crate::py::errors::level()?;
    let name: String = dialect.getattr("name")?.extract()?;
    let ty = ty.variant(&name);
    if let Some(host) = TypeHost::of(ty) {
        let obj = host.obj.bind(py);
        if host.hooks.result_processor {
            let function = obj.call_method1("result_processor", (dialect, py.None()))?;
            return Ok(if function.is_none() { ResultProc::Raw } else { ResultProc::Callable(function.unbind()) });
        }
        if host.hooks.decorator {
            return decorated(py, host, dialect);
        }
        if host.hooks.dialect_impl {
            let implementation = obj.call_method1("dialect_impl", (dialect,))?;
            // a copy of the same class says nothing new: asking it again would never end
            if !implementation.get_type().is(obj.get_type()) {
                return result_processor(py, &super::to_type(&implementation)?, dialect);
            }
        }
    }
    if let ("DOMAIN", Some(item)) = (&*ty.visit_name, &ty.item) {
        return result_processor(py, item, dialect);
    }
    builtin(py, ty, Family::of(&name), dialect)
}

/// `process_result_value` around the impl's conversion.
pub fn decorated(py: Python<'_>, host: &TypeHost, dialect: &Bound<'_, PyAny>) -> PyResult<ResultProc> {
    let inner = result_processor(py, &host.implementation(py, dialect)?, dialect)?;
    if !host.hooks.process_result {
        return Ok(inner);
    }
    let process = host.obj.bind(py).getattr("process_result_value")?.unbind();
    Ok(ResultProc::Decorated { process, dialect: dialect.clone().unbind(), inner: Box::new(inner) })
}

/// The conversion that the affinity alone decides.
pub fn builtin(py: Python<'_>, ty: &TypeRef, family: Family, dialect: &Bound<'_, PyAny>) -> PyResult<ResultProc> {
    let places = || ty.decimal_return_scale.or(ty.scale).and_then(|n| usize::try_from(n).ok()).unwrap_or(10);
    Ok(match ty.affinity {
        Affinity::Boolean | Affinity::Match => ResultProc::Bool,
        Affinity::Date | Affinity::DateTime | Affinity::Time if family == Family::Sqlite => {
            match option_object(py, ty, "_reg")? {
                Some(pattern) => ResultProc::Regexp { pattern: pattern.unbind(), kind: ty.affinity },
                None => temporal(ty.affinity),
            }
        }
        Affinity::Date | Affinity::DateTime | Affinity::Time => temporal(ty.affinity),
        Affinity::Interval => ResultProc::Interval,
        Affinity::Numeric | Affinity::Float if ty.asdecimal => {
            if family == Family::Sqlite || ty.affinity == Affinity::Float {
                ResultProc::Decimal(places())
            } else {
                ResultProc::Raw
            }
        }
        Affinity::Numeric | Affinity::Float if family != Family::Sqlite => ResultProc::Float,
        Affinity::Integer if family == Family::Mysql => ResultProc::Integer,
        Affinity::Enum => ResultProc::Enum(EnumMap::of(py, ty)?),
        // The driver knows JSON when it sees it: `->>` gives text.
        Affinity::Null | Affinity::Json | Affinity::JsonIndex | Affinity::JsonPath if family == Family::Postgresql => {
            ResultProc::Driver(Arc::new(Raw::of(dialect)?))
        }
        Affinity::Json => ResultProc::Json { loads: json_function(py, dialect, "_json_deserializer", "loads")? },
        Affinity::Pickle => {
            let owner = ty.owner.as_ref().and_then(|o| crate::py::host::PyHost::get(py, o));
            let pickler = match &owner {
                Some(o) => o.getattr("pickler")?,
                None => py.import("pickle")?.into_any(),
            };
            let inner = match owner.map(|o| o.getattr("impl_instance")).transpose()? {
                Some(i) => result_processor(py, &super::to_type(&i)?, dialect)?,
                None => ResultProc::Raw,
            };
            ResultProc::Pickle { loads: pickler.getattr("loads")?.unbind(), inner: Box::new(inner) }
        }
        Affinity::Uuid => ResultProc::Uuid { as_uuid: !matches!(ty.option("as_uuid"), Some(TypeArg::Bool(false))) },
        Affinity::Binary => ResultProc::Bytes,
        Affinity::Array => ResultProc::Array {
            item: Box::new(match &ty.item {
                Some(item) => result_processor(py, item, dialect)?,
                None => ResultProc::Raw,
            }),
            as_tuple: ty.flag("as_tuple"),
        },
        Affinity::Other if family == Family::Postgresql => ResultProc::Driver(Arc::new(Raw::of(dialect)?)),
        _ => ResultProc::Raw,
    })
}

fn temporal(affinity: Affinity) -> ResultProc {
    match affinity {
        Affinity::Date => ResultProc::Date,
        Affinity::Time => ResultProc::Time,
        _ => ResultProc::DateTime,
    }
}

impl ResultProc {
    /// The Python object of one cell.
    ///
    /// # Errors
    /// What the documentation names for text that does not fit the type (`ValueError`, `LookupError`, `JSONDecodeError` …).
    #[inline]
    pub fn get<'py>(&self, py: Python<'py>, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
        match self {
            Self::Raw => return cell_to_py(py, cell),
            Self::Driver(raw) => return raw.get(py, cell),
            Self::Callable(function) => return function.bind(py).call1((cell_to_py(py, cell)?,)),
            Self::Decorated { process, dialect, inner } => return process.bind(py).call1((inner.get(py, cell)?, dialect)),
            Self::Pickle { loads, inner } => {
                let raw = inner.get(py, cell)?;
                return if raw.is_none() { Ok(raw) } else { loads.bind(py).call1((raw,)) };
            }
            _ => {}
        }
        if matches!(cell, Cell::Null) {
            return Ok(py.None().into_bound(py));
        }
        match self {
            Self::Bool => boolean(py, cell),
            Self::Date => match cell {
                Cell::Ascii(s) => match Date::parse(s) {
                    Some(d) => date_to_py(py, d),
                    None => isoformat(py, imports::date(py)?, cell),
                },
                Cell::Date(d) => date_to_py(py, d),
                _ => isoformat(py, imports::date(py)?, cell),
            },
            Self::DateTime => match cell {
                Cell::Ascii(s) => match DateTime::parse(s) {
                    Some(d) => datetime_to_py(py, d),
                    None => isoformat(py, imports::datetime(py)?, cell),
                },
                Cell::DateTime(d) => datetime_to_py(py, d),
                _ => isoformat(py, imports::datetime(py)?, cell),
            },
            Self::Time => match cell {
                Cell::Ascii(s) => match Time::parse(s) {
                    Some(t) => time_to_py(py, t),
                    None => isoformat(py, imports::time(py)?, cell),
                },
                Cell::Time(t) => time_to_py(py, t),
                // MySQL's times are durations; one that is no time of day is Python's ValueError.
                Cell::Other(Value::Interval(i)) => {
                    let seconds = i64::from(i.days) * 86_400 + i64::from(i.seconds);
                    let (hours, rest) = (seconds.div_euclid(3600), seconds.rem_euclid(3600));
                    imports::time(py)?.call1((hours, rest / 60, rest % 60, i.microseconds))
                }
                _ => isoformat(py, imports::time(py)?, cell),
            },
            Self::Interval => match cell {
                Cell::Other(Value::Interval(i)) => delta_to_py(py, *i),
                _ => {
                    let epoch = imports::datetime(py)?.call1((1970, 1, 1))?;
                    Self::DateTime.get(py, cell)?.sub(epoch)
                }
            },
            Self::Decimal(places) => decimal(py, cell, *places),
            Self::Float => match cell {
                Cell::Decimal(s) => Ok(PyFloat::new(py, s.parse().unwrap_or(f64::NAN)).into_any()),
                Cell::Int(i) => Ok(PyFloat::new(py, i as f64).into_any()),
                _ => cell_to_py(py, cell),
            },
            Self::Integer => match cell {
                Cell::Decimal(s) => py.get_type::<pyo3::types::PyInt>().call1((s,)),
                _ => cell_to_py(py, cell),
            },
            Self::Enum(map) => match cell {
                Cell::Ascii(s) | Cell::Text(s) => map.to_python(py, s),
                _ => Err(map.unknown(&cell_to_py(py, cell)?)),
            },
            Self::Json { loads } => match cell {
                Cell::Ascii(s) | Cell::Text(s) | Cell::Json(s) => loads.bind(py).call1((PyString::new(py, s),)),
                Cell::Bytes(b) => loads.bind(py).call1((PyBytes::new(py, b),)),
                _ => cell_to_py(py, cell),
            },
            Self::Uuid { as_uuid } => uuid(py, cell, *as_uuid),
            Self::Bytes => match cell {
                Cell::Ascii(s) | Cell::Text(s) => Ok(PyBytes::new(py, s.as_bytes()).into_any()),
                _ => cell_to_py(py, cell),
            },
            Self::Regexp { pattern, kind } => regexp(py, cell, pattern.bind(py), *kind),
            Self::Array { item, as_tuple } => match cell {
                Cell::Other(Value::Array(items)) => array(py, items, item, *as_tuple),
                _ => cell_to_py(py, cell),
            },
            Self::Raw | Self::Driver(_) | Self::Callable(_) | Self::Decorated { .. } | Self::Pickle { .. } => {
                cell_to_py(py, cell)
            }
        }
    }
}

fn boolean<'py>(py: Python<'py>, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
    Ok(bool_to_py(
        py,
        match cell {
            Cell::Bool(b) => b,
            Cell::Int(i) => i != 0,
            Cell::Float(f) => f != 0.0,
            Cell::Ascii(s) | Cell::Text(s) => !s.is_empty(),
            Cell::Bytes(b) => b.iter().any(|b| *b != 0),
            _ => true,
        },
    ))
}

/// Forms that the fast parser does not know, and the documented errors, are Python's own.
fn isoformat<'py>(py: Python<'py>, class: Bound<'py, PyAny>, cell: Cell<'_>) -> PyResult<Bound<'py, PyAny>> {
    let raw = match cell {
        // A date column may hold a native datetime and the other way round.
        Cell::Date(_) | Cell::DateTime(_) | Cell::Time(_) | Cell::Other(_) => return cell_to_py(py, cell),
        _ => cell_to_py(py, cell)?,
    };
    class.call_method1("fromisoformat", (raw,))
}

fn decimal<'py>(py: Python<'py>, cell: Cell<'_>, places: usize) -> PyResult<Bound<'py, PyAny>> {
    let text = match cell {
        // More places than Rust writes: Python's own formatting says what it makes of them.
        Cell::Float(_) | Cell::Int(_) if places > usize::from(u16::MAX) => {
            let written = PyString::new(py, &format!("%.{places}f")).rem(cell_to_py(py, cell)?)?;
            return imports::decimal(py)?.call1((written,));
        }
        Cell::Float(f) => format!("{f:.places$}"),
        Cell::Int(i) if places == 0 => i.to_string(),
        Cell::Int(i) => format!("{:.places$}", i as f64),
        Cell::Decimal(s) => s.to_owned(),
        _ => {
            let raw = cell_to_py(py, cell)?;
            return Err(PyTypeError::new_err(format!("must be real number, not {}", raw.get_type().name()?.text())));
        }
    };
    imports::decimal(py)?.call1((text,))
}

fn uuid<'py>(py: Python<'py>, cell: Cell<'_>, as_uuid: bool) -> PyResult<Bound<'py, PyAny>> {
    let bytes = match cell {
        Cell::Uuid(u) => u,
        Cell::Ascii(s) | Cell::Text(s) => {
            base::value::parse_uuid(s).ok_or_else(|| PyValueError::new_err("badly formed hexadecimal UUID string"))?
        }
        _ => return imports::uuid(py)?.call1((cell_to_py(py, cell)?,)),
    };
    if as_uuid { uuid_to_py(py, &bytes) } else { Ok(PyString::new(py, &format_uuid(&bytes)).into_any()) }
}

fn regexp<'py>(py: Python<'py>, cell: Cell<'_>, pattern: &Bound<'py, PyAny>, kind: Affinity) -> PyResult<Bound<'py, PyAny>> {
    let (class, name) = match kind {
        Affinity::Date => (imports::date(py)?, "date"),
        Affinity::Time => (imports::time(py)?, "time"),
        _ => (imports::datetime(py)?, "datetime"),
    };
    let raw = cell_to_py(py, cell)?;
    let found = crate::py::errors::ignoring::<PyTypeError, _>(py, pattern.call_method1("match", (&raw,)))?;
    let Some(found) = found else {
        return Err(PyTypeError::new_err(format!(
            "Couldn't parse {name} string {} - value is not a string.",
            raw.repr()?.text()
        )));
    };
    if found.is_none() {
        return Err(PyValueError::new_err(format!("Couldn't parse {name} string: {}", raw.repr()?.text())));
    }
    let named = found.call_method0("groupdict")?;
    let to_int = |v: Bound<'py, PyAny>| -> PyResult<i64> {
        if v.is_none() {
            Ok(0)
        } else {
            v.extract::<String>()?.trim().parse().map_err(|_| PyValueError::new_err("invalid literal for int()"))
        }
    };
    if named.is_truthy()? {
        let kwargs = pyo3::types::PyDict::new(py);
        for (k, v) in named.cast::<pyo3::types::PyDict>()?.iter() {
            kwargs.set_item(k, to_int(v)?)?;
        }
        return class.call((), Some(&kwargs));
    }
    let parts = found.call_method0("groups")?.try_iter()?.map(|g| to_int(g?)).collect::<PyResult<Vec<_>>>()?;
    class.call1(PyTuple::new(py, parts)?)
}

fn array<'py>(py: Python<'py>, items: &[Value], item: &ResultProc, as_tuple: bool) -> PyResult<Bound<'py, PyAny>> {
    let _level = crate::py::errors::level()?;
    let list = PyList::empty(py);
    for value in items {
        let element = match value {
            Value::Array(nested) => array(py, nested, item, as_tuple)?,
            v => item.get(py, cell_of(v))?,
        };
        list.append(element)?;
    }
    if as_tuple { Ok(list.to_tuple().into_any()) } else { Ok(list.into_any()) }
}

/// An owned value as the cell a driver would have pushed.
pub fn cell_of(value: &Value) -> Cell<'_> {
    match value {
        Value::Null => Cell::Null,
        Value::Bool(b) => Cell::Bool(*b),
        Value::Int(i) => Cell::Int(*i),
        Value::Float(f) => Cell::Float(*f),
        Value::Text(s) if s.is_ascii() => Cell::Ascii(s),
        Value::Text(s) => Cell::Text(s),
        Value::Bytes(b) => Cell::Bytes(b),
        Value::Decimal(s) => Cell::Decimal(s),
        Value::Json(s) => Cell::Json(s),
        Value::Date(d) => Cell::Date(*d),
        Value::Uuid(u) => Cell::Uuid(*u),
        v => Cell::Other(v),
    }
}

/// Any Python object through the conversion: what `TypeEngine.result_processor(dialect, coltype)(value)` does.
pub fn from_python<'py>(proc: &ResultProc, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    match super::bind::any(obj, Family::Other) {
        Ok(value) => value_cell(py, proc, &value),
        Err(e) if crate::py::errors::is_exit(py, &e) => Err(e),
        Err(_) => Ok(obj.clone()),
    }
}

fn value_cell<'py>(py: Python<'py>, proc: &ResultProc, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    match (proc, value) {
        (ResultProc::Raw, v) => value_to_py(py, v),
        (_, v) => proc.get(py, cell_of(v)),
    }
}
