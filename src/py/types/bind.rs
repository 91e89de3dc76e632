//! Python object to [`Value`], by type.

use super::enums::EnumMap;
use super::family::Family;
use super::host::TypeHost;
use super::value::{UnsupportedValue, value_to_py};
use super::wrap::option_object;
use crate::py::doors::NODE;
use crate::py::imports;
use crate::py::text::Text;
use base::temporal::{Date, DateTime, Interval, Time};
use base::value::Value;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::{PyAttributeError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDate, PyDateAccess, PyDateTime, PyDelta, PyDeltaAccess, PyFloat, PyInt, PyList, PyMemoryView,
    PyString, PyTime, PyTimeAccess, PyTuple,
};
use sql::types::{Affinity, TypeRef};
use std::sync::Arc;

/// How the values of one parameter are converted. Made once per statement and dialect.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum BindProc {
    /// As the object is.
    Any(Family),
    /// As the object is, by a driver that writes values into the text.
    Written,
    Bool(Family),
    Date(Family),
    DateTime(Family),
    Time(Family),
    Interval(Family),
    /// To a float (databases without decimals), else to exact text.
    Numeric(Family),
    Float,
    /// Bytes-like objects only.
    Binary(Family),
    Enum {
        map: Arc<EnumMap>,
        family: Family,
    },
    Json {
        dumps: Py<PyAny>,
        none_as_null: bool,
        family: Family,
    },
    Pickle {
        dumps: Py<PyAny>,
        protocol: Py<PyAny>,
        family: Family,
        inner: Box<BindProc>,
    },
    Uuid {
        as_uuid: bool,
        native: bool,
    },
    /// Key, index or path of a JSON element.
    JsonPath(Family),
    /// Custom `storage_format` of SQLite's temporal types.
    Format {
        format: Py<PyAny>,
        kind: Affinity,
    },
    Array {
        item: Box<BindProc>,
        dimensions: Option<i64>,
    },
    /// A callable that user code gave (`bind_processor`).
    Callable {
        function: Py<PyAny>,
        family: Family,
    },
    /// `TypeDecorator.process_bind_param`, then the impl's own conversion.
    Decorated {
        process: Py<PyAny>,
        dialect: Py<PyAny>,
        inner: Box<BindProc>,
    },
}

/// The conversion for parameters of `ty` on a dialect (its Python face, which user hooks receive).
pub fn bind_processor(py: Python<'_>, ty: &TypeRef, dialect: &Bound<'_, PyAny>) -> PyResult<BindProc> {
    let _level = crate::py::errors::level()?;
    let name: String = dialect.getattr("name")?.extract()?;
    let ty = ty.variant(&name);
    let family = Family::of(&name);
    if let Some(host) = TypeHost::of(ty) {
        let obj = host.obj.bind(py);
        if host.hooks.bind_processor {
            let function = obj.call_method1("bind_processor", (dialect,))?;
            return Ok(from_callable(function, family));
        }
        if host.hooks.decorator {
            return decorated(py, host, dialect);
        }
        if host.hooks.dialect_impl {
            let implementation = obj.call_method1("dialect_impl", (dialect,))?;
            // a copy of the same class says nothing new: asking it again would never end
            if !implementation.get_type().is(obj.get_type()) {
                return bind_processor(py, &super::to_type(&implementation)?, dialect);
            }
        }
    }
    // A domain takes what the type takes that it is made of.
    if let ("DOMAIN", Some(item)) = (&*ty.visit_name, &ty.item) {
        return bind_processor(py, item, dialect);
    }
    builtin(py, ty, family, dialect)
}

/// `process_bind_param` around the impl's conversion.
pub fn decorated(py: Python<'_>, host: &TypeHost, dialect: &Bound<'_, PyAny>) -> PyResult<BindProc> {
    let inner = bind_processor(py, &host.implementation(py, dialect)?, dialect)?;
    if !host.hooks.process_bind {
        return Ok(inner);
    }
    let process = host.obj.bind(py).getattr("process_bind_param")?.unbind();
    Ok(BindProc::Decorated { process, dialect: dialect.clone().unbind(), inner: Box::new(inner) })
}

fn from_callable(function: Bound<'_, PyAny>, family: Family) -> BindProc {
    if function.is_none() { BindProc::Any(family) } else { BindProc::Callable { function: function.unbind(), family } }
}

/// The conversion that the affinity alone decides.
pub fn builtin(py: Python<'_>, ty: &TypeRef, family: Family, dialect: &Bound<'_, PyAny>) -> PyResult<BindProc> {
    Ok(match ty.affinity {
        Affinity::Null if family == Family::Postgresql && super::raw::writes_values(dialect)? => BindProc::Written,
        // A dialect object may say otherwise than its name.
        Affinity::Boolean | Affinity::Match => BindProc::Bool(match dialect.getattr_opt("supports_native_boolean")? {
            Some(native) if native.is_truthy()? && family == Family::Sqlite => Family::Other,
            Some(native) if !native.is_truthy()? => Family::Sqlite,
            _ => family,
        }),
        Affinity::Date | Affinity::DateTime | Affinity::Time if family == Family::Sqlite => {
            match option_object(py, ty, "_storage_format")? {
                Some(format) => BindProc::Format { format: format.unbind(), kind: ty.affinity },
                None => temporal(ty.affinity, family),
            }
        }
        Affinity::Date | Affinity::DateTime | Affinity::Time => temporal(ty.affinity, family),
        Affinity::Interval => BindProc::Interval(match ty.option("native") {
            Some(sql::types::TypeArg::Bool(false)) => epoch_family(family),
            _ => family,
        }),
        Affinity::Numeric => BindProc::Numeric(family),
        Affinity::Float if family == Family::Sqlite => BindProc::Float,
        Affinity::Binary => BindProc::Binary(family),
        Affinity::Enum => BindProc::Enum { map: EnumMap::of(py, ty)?, family },
        Affinity::Json => BindProc::Json {
            dumps: json_function(py, dialect, "_json_serializer", "dumps")?,
            none_as_null: ty.flag("none_as_null"),
            family,
        },
        Affinity::Pickle => {
            let owner = ty.owner.as_ref().and_then(|o| crate::py::host::PyHost::get(py, o));
            let (pickler, protocol) = match &owner {
                Some(o) => (o.getattr("pickler")?, o.getattr("protocol")?),
                None => (py.import("pickle")?.into_any(), py.import("pickle")?.getattr("HIGHEST_PROTOCOL")?),
            };
            let inner = match owner.map(|o| o.getattr("impl_instance")).transpose()? {
                Some(i) => bind_processor(py, &super::to_type(&i)?, dialect)?,
                None => BindProc::Any(family),
            };
            let dumps = pickler.getattr("dumps")?.unbind();
            BindProc::Pickle { dumps, protocol: protocol.unbind(), family, inner: Box::new(inner) }
        }
        Affinity::Uuid => BindProc::Uuid {
            as_uuid: !matches!(ty.option("as_uuid"), Some(sql::types::TypeArg::Bool(false))),
            native: family == Family::Postgresql && !matches!(ty.option("native_uuid"), Some(sql::types::TypeArg::Bool(false))),
        },
        Affinity::JsonIndex | Affinity::JsonPath => BindProc::JsonPath(family),
        Affinity::Array => BindProc::Array {
            item: Box::new(match &ty.item {
                Some(item) => bind_processor(py, item, dialect)?,
                None => BindProc::Any(family),
            }),
            dimensions: ty.option("dimensions").and_then(sql::types::TypeArg::as_int),
        },
        _ => BindProc::Any(family),
    })
}

fn temporal(affinity: Affinity, family: Family) -> BindProc {
    match affinity {
        Affinity::Date => BindProc::Date(family),
        Affinity::Time => BindProc::Time(family),
        _ => BindProc::DateTime(family),
    }
}

/// Intervals without a native type are a point in time after the epoch.
fn epoch_family(family: Family) -> Family {
    if family == Family::Postgresql { Family::Mysql } else { family }
}

/// The dialect's own serializer, or the one of `json`.
pub fn json_function(py: Python<'_>, dialect: &Bound<'_, PyAny>, attr: &str, default: &str) -> PyResult<Py<PyAny>> {
    if let Some(f) = dialect.getattr_opt(attr)?.filter(|f| !f.is_none()) {
        return Ok(f.unbind());
    }
    Ok(py.import("json")?.getattr(default)?.unbind())
}

impl BindProc {
    /// Convert one object.
    ///
    /// # Errors
    /// The documented `TypeError`, `ValueError`, `LookupError` of each type; [`UnsupportedValue`] for objects no driver takes.
    pub fn bind(&self, obj: &Bound<'_, PyAny>) -> PyResult<Value> {
        let py = obj.py();
        match self {
            Self::Json { dumps, none_as_null, family } => return json(obj, dumps, *none_as_null, *family),
            Self::Pickle { inner, .. } if obj.is_none() => return inner.bind(obj),
            Self::Decorated { process, dialect, inner } => return inner.bind(&process.bind(py).call1((obj, dialect))?),
            Self::Callable { function, family } => return any(&function.bind(py).call1((obj,))?, *family),
            _ => {}
        }
        if obj.is_none() {
            return Ok(Value::Null);
        }
        match self {
            Self::Any(family) => any(obj, *family),
            Self::Written => written(obj),
            // Databases without booleans store 0 and 1, and that is what logs and errors show.
            Self::Bool(Family::Sqlite | Family::Mysql) => boolean(obj).map(|v| Value::Int(v.as_int().unwrap_or(0))),
            Self::Bool(_) => boolean(obj),
            Self::Date(family) => match family {
                Family::Sqlite => match obj.cast::<PyDate>() {
                    Ok(d) => Ok(Value::text(date(d)?.to_string())),
                    Err(_) => Err(only("Date", "date")),
                },
                _ => any(obj, *family),
            },
            Self::DateTime(family) => match family {
                Family::Sqlite => Ok(Value::text(naive(obj)?.to_string())),
                _ => any(obj, *family),
            },
            Self::Time(family) => match family {
                Family::Sqlite => match obj.cast::<PyTime>() {
                    Ok(t) => Ok(Value::text(time(t)?.to_string())),
                    Err(_) => Err(only("Time", "time")),
                },
                _ => any(obj, *family),
            },
            Self::Interval(family) => interval(obj, *family),
            Self::Numeric(Family::Sqlite) | Self::Float => float(obj),
            Self::Binary(family) => {
                if obj.is_instance_of::<PyString>() {
                    return Err(PyTypeError::new_err("memoryview: a bytes-like object is required, not 'str'"));
                }
                any(obj, *family)
            }
            Self::Numeric(family) => match obj.cast_exact::<PyFloat>() {
                Ok(f) => Ok(Value::Float(f.value())),
                Err(_) => any(obj, *family),
            },
            Self::Enum { map, family } => match map.to_database(obj)? {
                Some(text) => Ok(Value::Text(text)),
                None => any(obj, *family),
            },
            Self::Pickle { dumps, protocol, inner, .. } => inner.bind(&dumps.bind(py).call1((obj, protocol))?),
            Self::Uuid { as_uuid, native } => uuid(obj, *as_uuid, *native),
            Self::JsonPath(family) => json_path(obj, *family),
            Self::Format { format, kind } => formatted(obj, format.bind(py), *kind),
            Self::Array { item, dimensions } => array(obj, item, *dimensions),
            Self::Json { .. } | Self::Decorated { .. } | Self::Callable { .. } => Ok(Value::Null),
        }
    }

    /// Whether conversion may run user code (then errors are the user's, not the driver's).
    pub fn runs_python(&self) -> bool {
        matches!(self, Self::Callable { .. } | Self::Decorated { .. } | Self::Json { .. } | Self::Pickle { .. })
    }
}

fn only(kind: &str, accepts: &str) -> PyErr {
    PyTypeError::new_err(format!("SQLite {kind} type only accepts Python {accepts} objects as input."))
}

/// An object as psycopg2 writes it into the text: a tuple is what `IN` takes.
pub fn written(obj: &Bound<'_, PyAny>) -> PyResult<Value> {
    match obj.cast::<PyTuple>() {
        Ok(items) => Ok(Value::Tuple(items.iter().map(|item| written(&item)).collect::<PyResult<Vec<_>>>()?.into())),
        Err(_) => any(obj, Family::Postgresql),
    }
}

/// An object by its Python type alone, as drivers take it.
pub fn any(obj: &Bound<'_, PyAny>, family: Family) -> PyResult<Value> {
    if obj.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(s) = obj.cast::<PyString>() {
        return Ok(Value::Text(s.to_str()?.into()));
    }
    if let Ok(b) = obj.cast_exact::<PyBool>() {
        return Ok(Value::Bool(b.is_true()));
    }
    if obj.is_instance_of::<PyInt>() {
        return integer(obj, family);
    }
    if let Ok(f) = obj.cast::<PyFloat>() {
        return Ok(Value::Float(f.value()));
    }
    if let Some(v) = bytes(obj)? {
        return Ok(v);
    }
    rarer(obj, family)
}

fn rarer(obj: &Bound<'_, PyAny>, family: Family) -> PyResult<Value> {
    let py = obj.py();
    let text = family == Family::Sqlite;
    if let Ok(d) = obj.cast::<PyDateTime>() {
        return if text {
            Ok(Value::text(obj.call_method1("isoformat", (" ",))?.extract::<String>()?))
        } else {
            aware(d).map(Value::DateTime)
        };
    }
    if let Ok(d) = obj.cast::<PyDate>() {
        let d = date(d)?;
        return Ok(if text { Value::text(d.to_string()) } else { Value::Date(d) });
    }
    if !text {
        if let Ok(t) = obj.cast::<PyTime>() {
            return time_with_offset(t).map(Value::Time);
        }
        if let Ok(d) = obj.cast::<PyDelta>() {
            return delta(d).map(Value::Interval);
        }
        if obj.is_instance(&imports::decimal(py)?)? {
            return Ok(Value::Decimal(obj.str()?.to_str()?.into()));
        }
        if obj.is_instance(&imports::uuid(py)?)? {
            return uuid(obj, true, family == Family::Postgresql);
        }
        if obj.is_instance_of::<PyList>() || obj.is_instance_of::<PyTuple>() {
            return array(obj, &BindProc::Any(family), None);
        }
        // Addresses and networks of `ipaddress`.
        if family == Family::Postgresql && obj.get_type().module().is_ok_and(|m| m == "ipaddress") {
            return Ok(Value::text(obj.str()?.to_str()?));
        }
    }
    Err(UnsupportedValue::new_err(format!("type '{}' is not supported", obj.get_type().name()?.text())))
}

fn integer(obj: &Bound<'_, PyAny>, family: Family) -> PyResult<Value> {
    match obj.extract::<i64>() {
        Ok(i) => Ok(Value::Int(i)),
        Err(_) if family == Family::Sqlite => Err(PyOverflowError::new_err("Python int too large to convert to SQLite INTEGER")),
        // Unsigned and exact columns take more; the server says what is too much for the others.
        Err(_) => Ok(Value::Decimal(obj.str()?.to_str()?.into())),
    }
}

fn bytes(obj: &Bound<'_, PyAny>) -> PyResult<Option<Value>> {
    if let Ok(b) = obj.cast::<PyBytes>() {
        return Ok(Some(Value::bytes(b.as_bytes())));
    }
    if let Ok(b) = obj.cast::<PyByteArray>() {
        return Ok(Some(Value::bytes(b.to_vec())));
    }
    if obj.is_instance_of::<PyMemoryView>() {
        let buffer = PyBuffer::<u8>::get(obj)?;
        return Ok(Some(Value::bytes(buffer.to_vec(obj.py())?)));
    }
    Ok(None)
}

fn boolean(obj: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(b) = obj.cast_exact::<PyBool>() {
        return Ok(Value::Bool(b.is_true()));
    }
    let number = if obj.is_instance_of::<PyString>() { None } else { crate::py::errors::value_of::<f64>(obj)? };
    match number {
        Some(0.0) => Ok(Value::Bool(false)),
        Some(1.0) => Ok(Value::Bool(true)),
        _ if obj.is_instance_of::<PyInt>() => {
            Err(PyValueError::new_err(format!("Value {} is not None, True, or False", obj.repr()?.text())))
        }
        _ => Err(PyTypeError::new_err(format!("Not a boolean value: {}", obj.repr()?.text()))),
    }
}

fn float(obj: &Bound<'_, PyAny>) -> PyResult<Value> {
    if let Ok(f) = obj.cast::<PyFloat>() {
        return Ok(Value::Float(f.value()));
    }
    static FLOAT: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();
    let float = FLOAT.get_or_init(obj.py(), || obj.py().get_type::<PyFloat>().into_any().unbind());
    Ok(Value::Float(float.bind(obj.py()).call1((obj,))?.extract()?))
}

fn range_error() -> PyErr {
    PyValueError::new_err("date or time out of range")
}

fn date(d: &Bound<'_, PyDate>) -> PyResult<Date> {
    Date::new(u16::try_from(d.get_year()).unwrap_or(0), d.get_month(), d.get_day()).ok_or_else(range_error)
}
fn time(t: &impl PyTimeAccess) -> PyResult<Time> {
    Time::new(t.get_hour(), t.get_minute(), t.get_second(), t.get_microsecond()).ok_or_else(range_error)
}
fn offset(obj: &Bound<'_, PyAny>) -> PyResult<Option<i32>> {
    let o = obj.call_method0("utcoffset")?;
    if o.is_none() {
        Ok(None)
    } else {
        {
            #[expect(clippy::cast_possible_truncation, reason = "saturates; what is more than a day is refused where it is used")]
            o.call_method0("total_seconds")?.extract::<f64>().map(|s| Some(s as i32))
        }
    }
}
fn time_with_offset(t: &Bound<'_, PyTime>) -> PyResult<Time> {
    let naive = time(t)?;
    match offset(t.as_any())? {
        Some(o) => naive.with_offset(o).ok_or_else(range_error),
        None => Ok(naive),
    }
}
fn aware(d: &Bound<'_, PyDateTime>) -> PyResult<DateTime> {
    let day = Date::new(u16::try_from(d.get_year()).unwrap_or(0), d.get_month(), d.get_day()).ok_or_else(range_error)?;
    let naive = time(d)?;
    let time = match offset(d.as_any())? {
        Some(o) => naive.with_offset(o).ok_or_else(range_error)?,
        None => naive,
    };
    Ok(DateTime::new(day, time))
}
/// A datetime (or the midnight of a date) without its zone.
fn naive(obj: &Bound<'_, PyAny>) -> PyResult<DateTime> {
    let Ok(d) = obj.cast::<PyDate>() else { return Err(only("DateTime", "datetime and date")) };
    let t = match obj.cast::<PyDateTime>() {
        Ok(dt) => time(dt)?,
        Err(_) => Time::new(0, 0, 0, 0).ok_or_else(range_error)?,
    };
    Ok(DateTime::new(date(d)?, t))
}
fn delta(d: &Bound<'_, PyDelta>) -> PyResult<Interval> {
    Interval::new(d.get_days().into(), d.get_seconds().into(), d.get_microseconds().into()).ok_or_else(range_error)
}
fn interval(obj: &Bound<'_, PyAny>, family: Family) -> PyResult<Value> {
    if family == Family::Postgresql {
        return match obj.cast::<PyDelta>() {
            Ok(d) => delta(d).map(Value::Interval),
            Err(_) => any(obj, family),
        };
    }
    // 1970-01-01 + delta, in Python so that errors are Python's own.
    let epoch = imports::datetime(obj.py())?.call1((1970, 1, 1))?;
    let moment = epoch.add(obj)?;
    if family == Family::Sqlite { Ok(Value::text(naive(&moment)?.to_string())) } else { any(&moment, family) }
}

fn uuid(obj: &Bound<'_, PyAny>, as_uuid: bool, native: bool) -> PyResult<Value> {
    // A database that has the type takes either form.
    let text = obj.is_instance_of::<PyString>();
    let as_uuid = if native { !text } else { as_uuid };
    if !as_uuid {
        let Ok(s) = obj.cast::<PyString>() else {
            return Err(PyAttributeError::new_err(format!(
                "'{}' object has no attribute 'replace'",
                obj.get_type().name()?.text()
            )));
        };
        let s = s.to_str()?;
        return Ok(match base::value::parse_uuid(s) {
            Some(bytes) if native => Value::Uuid(bytes),
            _ => Value::text(s.replace('-', "")),
        });
    }
    let hex: String = obj.getattr("hex")?.extract()?;
    Ok(match base::value::parse_uuid(&hex) {
        Some(bytes) if native => Value::Uuid(bytes),
        _ => Value::text(hex),
    })
}

fn json(obj: &Bound<'_, PyAny>, dumps: &Py<PyAny>, none_as_null: bool, family: Family) -> PyResult<Value> {
    let py = obj.py();
    // `null()` asks for SQL NULL, `JSON.NULL` for a JSON null.
    if obj.is_none() && none_as_null {
        return Ok(Value::Null);
    }
    if let Some(sql::ast::Node::Expr(e)) = NODE.through()?(obj)?
        && matches!(e.kind, sql::ast::ExprKind::Null)
    {
        return Ok(Value::Null);
    }
    let value = if obj.getattr_opt("_is_json_null")?.is_some() { py.None().into_bound(py) } else { obj.clone() };
    let text = dumps.bind(py).call1((value,))?;
    let text: &str = &text.extract::<String>()?;
    Ok(if family == Family::Sqlite { Value::text(text) } else { Value::Json(text.into()) })
}

/// PostgreSQL takes a key, an index, or an array of them; others a path such as `$."key"[1]`.
fn json_path(obj: &Bound<'_, PyAny>, family: Family) -> PyResult<Value> {
    let listed = obj.is_instance_of::<PyTuple>() || obj.is_instance_of::<PyList>();
    if family == Family::Postgresql {
        if !listed {
            return any(obj, family);
        }
        let steps = obj.try_iter()?.map(|step| Ok(Value::text(step?.str()?.to_str()?))).collect::<PyResult<Vec<_>>>()?;
        return Ok(Value::Array(steps.into()));
    }
    let mut path = "$".to_owned();
    let mut step = |step: &Bound<'_, PyAny>| -> PyResult<()> {
        let text = step.str()?;
        let text = text.to_str()?;
        path.push_str(&if step.is_instance_of::<PyInt>() { format!("[{text}]") } else { format!(".\"{text}\"") });
        Ok(())
    };
    if listed {
        for s in obj.try_iter()? {
            step(&s?)?;
        }
    } else {
        step(obj)?;
    }
    Ok(Value::text(path))
}

/// Without a number of dimensions, lists are nested as deep as their first elements are.
fn array(obj: &Bound<'_, PyAny>, item: &BindProc, dimensions: Option<i64>) -> PyResult<Value> {
    let _level = crate::py::errors::level()?;
    let is_list = |o: &Bound<'_, PyAny>| o.is_instance_of::<PyList>() || o.is_instance_of::<PyTuple>();
    let elements: Vec<Bound<'_, PyAny>> = obj.try_iter()?.collect::<PyResult<_>>()?;
    let nested = match dimensions {
        Some(dimensions) => dimensions > 1,
        None => elements.first().is_some_and(is_list),
    };
    let items = elements
        .iter()
        .map(|e| if nested && is_list(e) { array(e, item, dimensions.map(|d| d - 1)) } else { item.bind(e) })
        .collect::<PyResult<Vec<_>>>()?;
    Ok(Value::Array(items.into()))
}

fn formatted(obj: &Bound<'_, PyAny>, format: &Bound<'_, PyAny>, kind: Affinity) -> PyResult<Value> {
    let py = obj.py();
    let parts = pyo3::types::PyDict::new(py);
    let (is_date, is_time) = (obj.is_instance_of::<PyDate>(), obj.is_instance_of::<PyTime>());
    match kind {
        Affinity::Date if !is_date => return Err(only("Date", "date")),
        Affinity::DateTime if !is_date => return Err(only("DateTime", "datetime and date")),
        Affinity::Time if !is_time => return Err(only("Time", "time")),
        _ => {}
    }
    for part in ["year", "month", "day", "hour", "minute", "second", "microsecond"] {
        match obj.getattr_opt(part)? {
            Some(v) => parts.set_item(part, v)?,
            None => parts.set_item(part, 0)?,
        }
    }
    Ok(Value::text(format.rem(parts)?.extract::<String>()?))
}

/// The converted value as a Python object: what `TypeEngine.bind_processor(dialect)(value)` returns.
pub fn to_python<'py>(proc: &BindProc, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    match proc.bind(obj)? {
        Value::Bool(b) if matches!(proc, BindProc::Bool(Family::Sqlite)) => Ok(super::value::int_to_py(obj.py(), i64::from(b))),
        v => value_to_py(obj.py(), &v),
    }
}
