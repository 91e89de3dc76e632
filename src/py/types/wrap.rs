//! The Python object of a type, the type of a Python object.

use super::engine::TypeEngine;
use super::host::TypeHost;
use crate::py::errors::argument_error;
use crate::py::host::PyHost;
use crate::py::imports;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{
    PyBool, PyByteArray, PyBytes, PyDate, PyDateTime, PyDelta, PyDict, PyFloat, PyInt, PyMemoryView, PyString, PyTime, PyType,
    PyTzInfoAccess,
};
use sql::types::{self, Affinity, TypeArg, TypeRef};

/// A type from a type object, a type class, or `None` (`NullType`).
///
/// # Errors
/// `ArgumentError` for anything else.
pub fn to_type(obj: &Bound<'_, PyAny>) -> PyResult<TypeRef> {
    if let Ok(ty) = obj.cast::<TypeEngine>() {
        return TypeEngine::sql_type(ty);
    }
    if obj.is_none() {
        return Ok(types::null_type());
    }
    let py = obj.py();
    if let Ok(cls) = obj.cast::<PyType>()
        && cls.is_subclass_of::<TypeEngine>()?
    {
        return to_type(&cls.call0()?);
    }
    if obj.is_callable() {
        // 0.5 wrote types as callables that make one.
        let made = obj.call0()?;
        if let Ok(ty) = made.cast::<TypeEngine>() {
            return TypeEngine::sql_type(ty);
        }
    }
    Err(argument_error(py, format!("Object {} is not a type", obj.repr()?.text())))
}

/// The Python object of a type: the one it was read from, or the shared one of a shared type.
pub fn wrap_type<'py>(py: Python<'py>, ty: &TypeRef) -> PyResult<Bound<'py, PyAny>> {
    if let Some(obj) = ty.owner.as_ref().and_then(|o| PyHost::get(py, o)) {
        return Ok(obj);
    }
    if let Some(obj) = ty.face.get().and_then(|o| PyHost::get(py, o)) {
        return Ok(obj);
    }
    // A type made in Rust has one Python object for as long as it lives.
    let made = made_for(py, ty)?;
    let kept = ty.face.keep(PyHost::wrap(&made));
    Ok(PyHost::get(py, kept).unwrap_or(made))
}

/// A Python object for a type that was not read from one.
fn made_for<'py>(py: Python<'py>, ty: &TypeRef) -> PyResult<Bound<'py, PyAny>> {
    let class = match &*ty.visit_name {
        "integer" => "Integer",
        "small_integer" => "SmallInteger",
        "big_integer" => "BigInteger",
        "string" => "String",
        "unicode" => "Unicode",
        "text" => "Text",
        "boolean" => "Boolean",
        "numeric" => "Numeric",
        "float" => "Float",
        "double" => "Double",
        "date" => "Date",
        "datetime" => "DateTime",
        "time" => "Time",
        "interval" => "Interval",
        "large_binary" => "LargeBinary",
        "uuid" => "Uuid",
        "JSON" => "JSON",
        "MATCHTYPE" => "MatchType",
        "ARRAY" => "ARRAY",
        "null" => "NullType",
        other if sqltypes(py)?.hasattr(other)? => other,
        _ => by_affinity(ty.affinity),
    };
    if let Some(shared) = shared_object(py, ty, class)? {
        return Ok(shared);
    }
    let class = sqltypes(py)?.getattr(class)?;
    Ok(match (&ty.item, ty.timezone, ty.length) {
        (Some(item), ..) if ty.affinity == Affinity::Array => class.call1((wrap_type(py, item)?,))?,
        (_, true, _) => class.call1((true,))?,
        (_, _, Some(n)) => class.call1((n,))?,
        _ => class.call0()?,
    })
}

/// The documented singleton of a type without arguments (`BOOLEANTYPE`, `NULLTYPE`).
fn shared_object<'py>(py: Python<'py>, ty: &TypeRef, class: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let name = match class {
        "NullType" => "NULLTYPE",
        "Boolean" => "BOOLEANTYPE",
        "String" if ty.length.is_none() && ty.collation.is_none() => "STRINGTYPE",
        "Integer" => "INTEGERTYPE",
        "Numeric" if ty.precision.is_none() => "NUMERICTYPE",
        "MatchType" => "MATCHTYPE",
        _ => return Ok(None),
    };
    sqltypes(py)?.getattr_opt(name)
}

fn by_affinity(affinity: Affinity) -> &'static str {
    match affinity {
        Affinity::Integer => "Integer",
        Affinity::Numeric => "Numeric",
        Affinity::Float => "Float",
        Affinity::String | Affinity::Enum => "String",
        Affinity::Boolean | Affinity::Match => "Boolean",
        Affinity::Date => "Date",
        Affinity::DateTime => "DateTime",
        Affinity::Time => "Time",
        Affinity::Interval => "Interval",
        Affinity::Binary => "LargeBinary",
        Affinity::Uuid => "Uuid",
        Affinity::Json => "JSON",
        _ => "NullType",
    }
}

fn sqltypes(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let m = MODULE.get_or_try_init(py, || py.import("oxalchemy.sql.sqltypes").map(|m| m.into_any().unbind()))?;
    Ok(m.bind(py))
}

/// An option that is a Python object.
pub fn option_object<'py>(py: Python<'py>, ty: &TypeRef, attr: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    if let Some(TypeArg::Host(o)) = ty.option(attr) {
        return Ok(PyHost::get(py, o));
    }
    match ty.owner.as_ref().and_then(|o| PyHost::get(py, o)) {
        Some(owner) => Ok(owner.getattr_opt(attr)?.filter(|o| !o.is_none())),
        None => Ok(None),
    }
}

/// The type of a Python value in an expression; `NullType` for objects that no type claims.
pub fn type_of_value(value: &Bound<'_, PyAny>) -> PyResult<TypeRef> {
    let py = value.py();
    if value.is_none() {
        return Ok(types::null_type());
    }
    if let Ok(s) = value.cast_exact::<PyString>() {
        return Ok(if s.to_str().is_ok_and(|s| !s.is_ascii()) { types::unicode() } else { types::string() });
    }
    if value.is_exact_instance_of::<PyInt>() {
        let small = value.extract::<i64>().is_ok_and(|i| i.unsigned_abs() < 1 << 31);
        return Ok(if small { types::integer() } else { types::big_integer() });
    }
    if value.is_exact_instance_of::<PyBool>() {
        return Ok(types::boolean());
    }
    if value.is_exact_instance_of::<PyFloat>() {
        return Ok(types::double());
    }
    if value.is_instance(&enum_class(py)?)? {
        return to_type(&sqltypes(py)?.getattr("_enum_type_of")?.call1((value.get_type(),))?);
    }
    Ok(if value.is_instance_of::<PyString>() {
        types::string()
    } else if value.is_instance_of::<PyInt>() {
        if value.getattr_opt("_is_json_null")?.is_some() { types::null_type() } else { types::integer() }
    } else if value.is_instance_of::<PyFloat>() {
        types::double()
    } else if let Ok(d) = value.cast::<PyDateTime>() {
        if d.get_tzinfo().is_some() { types::datetime_tz() } else { types::datetime() }
    } else if value.is_instance_of::<PyDate>() {
        types::date()
    } else if value.is_instance_of::<PyTime>() {
        types::time()
    } else if value.is_instance_of::<PyDelta>() {
        types::interval()
    } else if value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() || value.is_instance_of::<PyMemoryView>()
    {
        types::large_binary()
    } else if value.is_instance(&imports::decimal(py)?)? {
        types::numeric()
    } else if value.is_instance(&imports::uuid(py)?)? {
        types::uuid()
    } else {
        return registered(value);
    })
}

/// Types of values that dialect modules add (ranges, bit strings): class to type, in `sqltypes._type_map`.
fn registered(value: &Bound<'_, PyAny>) -> PyResult<TypeRef> {
    let map = sqltypes(value.py())?.getattr("_value_types")?.cast_into::<PyDict>()?;
    for class in crate::py::ffi::mro(&value.get_type()).iter() {
        if let Some(ty) = map.get_item(class)? {
            return to_type(&ty.call_method1("_resolve_for_literal", (value,))?);
        }
    }
    Ok(types::null_type())
}

fn enum_class(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let c = CLASS.get_or_try_init(py, || py.import("enum")?.getattr("Enum").map(Bound::unbind))?;
    Ok(c.bind(py).clone())
}

/// The type of the other operand when a value of `value` meets an expression of `ty`; `op` is the operator's Python function.
pub fn coerce_compared_value(ty: &TypeRef, op: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<TypeRef> {
    let py = value.py();
    let user = match TypeHost::of(ty) {
        Some(_) => true,
        // These types define the method themselves.
        None => matches!(
            ty.affinity,
            Affinity::Binary | Affinity::Uuid | Affinity::Json | Affinity::Tuple | Affinity::Array | Affinity::Other
        ),
    };
    if user && ty.owner.is_some() {
        return to_type(&wrap_type(py, ty)?.call_method1("coerce_compared_value", (op, value))?);
    }
    let other = type_of_value(value)?;
    Ok(if other.is_null() || sql::ast::typing::same_affinity(&other, ty) { ty.clone() } else { other })
}
