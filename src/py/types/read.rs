//! Reads the attributes of a Python type object into a [`SqlType`].

use super::host::{self, TypeHost};
use super::wrap::to_type;
use crate::py::host::PyHost;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};
use sql::Name;
use sql::types::{Affinity, Constants, SqlType, TypeArg};
use std::sync::Arc;

/// Instance attributes with a field of their own, or of no interest to rendering and conversion.
pub(super) const NOT_OPTIONS: &[&str] = &[
    "length",
    "precision",
    "scale",
    "decimal_return_scale",
    "asdecimal",
    "timezone",
    "collation",
    "item_type",
    "data_type",
    "check",
    "default",
    "types",
    "enums",
    "name",
    "schema",
    "impl",
    "impl_instance",
    "metadata",
    "inherit_schema",
    "quote",
    "dispatch",
    "should_evaluate_none",
    "values_callable",
    "sort_key_function",
    "comparator",
    "pickler",
    "protocol",
];

/// The type `obj` describes.
pub fn read(obj: &Bound<'_, PyAny>) -> PyResult<SqlType> {
    let _level = crate::py::errors::level()?;
    match super::template::filled(obj)? {
        Some(ty) => Ok(ty),
        None => read_attributes(obj),
    }
}

/// The same, each attribute asked of the object.
pub(super) fn read_attributes(obj: &Bound<'_, PyAny>) -> PyResult<SqlType> {
    let py = obj.py();
    let cls = obj.get_type();
    let affinity = match obj.getattr_opt("_affinity")? {
        Some(a) if !a.is_none() => affinity(&a.extract::<String>()?),
        _ => Affinity::Other,
    };
    let visit_name: Arc<str> = match obj.getattr_opt("__visit_name__")? {
        Some(v) if !v.is_none() => v.extract::<String>()?.into(),
        _ => cls.name()?.text().to_lowercase().into(),
    };
    let mut ty = SqlType { visit_name, affinity, ..SqlType::default() };
    ty.length = int(obj, "length")?;
    ty.precision = int(obj, "precision")?;
    ty.scale = int(obj, "scale")?;
    ty.decimal_return_scale = int(obj, "decimal_return_scale")?;
    ty.asdecimal = truth(obj, "asdecimal")?;
    ty.timezone = truth(obj, "timezone")?;
    ty.collation = text(obj, "collation")?;
    ty.name = name(obj, "name", "quote")?;
    ty.schema = name(obj, "schema", "quote")?;
    if let Some(enums) = obj.getattr_opt("enums")?.filter(|e| !e.is_none()) {
        ty.enums = enums.try_iter()?.map(|e| Ok(e?.str()?.to_str()?.into())).collect::<PyResult<_>>()?;
    }
    if affinity == Affinity::Array
        && let Some(item) = obj.getattr_opt("item_type")?
    {
        ty.item = Some(to_type(&item)?);
    }
    if &*ty.visit_name == "DOMAIN"
        && let Some(item) = obj.getattr_opt("data_type")?
    {
        ty.item = Some(to_type(&item)?);
    }
    if affinity == Affinity::Tuple
        && let Some(items) = obj.getattr_opt("types")?
    {
        ty.items = items.try_iter()?.map(|i| to_type(&i?)).collect::<PyResult<_>>()?;
    }
    read_options(obj, &mut ty)?;
    if let Some(variants) = obj.getattr_opt("_variant_mapping")?
        && let Ok(variants) = variants.cast_into::<PyDict>()
    {
        for (dialect, variant) in variants.iter() {
            ty.variants.push((dialect.extract::<String>()?.into(), to_type(&variant)?));
        }
    }
    ty.concatenable = concatenable(obj)?;
    let hooks = host::hooks(&cls)?;
    ty.comparator = hooks.comparator;
    if hooks.any() {
        if hooks.decorator {
            decorate(obj, &mut ty)?;
            // Operators of the user's own do not ask.
            if !hooks.own_comparator {
                ty.constants = constants(obj)?;
            }
        }
        ty.host = Some(Arc::new(TypeHost::new(obj, hooks)));
    }
    // Two decorators that are none here: what stands beside them is a value.
    ty.constants.bools &= affinity != Affinity::Pickle && &*ty.visit_name != "interval";
    ty.owner = Some(PyHost::wrap(obj));
    let _ = py;
    Ok(ty)
}

/// Does the type's comparator know concatenation?
fn concatenable(obj: &Bound<'_, PyAny>) -> PyResult<bool> {
    static CLASS: PyOnceLock<Option<Py<PyAny>>> = PyOnceLock::new();
    let py = obj.py();
    let Some(factory) = obj.getattr_opt("comparator_factory")? else { return Ok(false) };
    let Ok(factory) = factory.cast_into::<PyType>() else { return Ok(false) };
    // The first types are made while their module is still being imported.
    let class = CLASS.get_or_try_init(py, || -> PyResult<_> {
        let class = py.import("oxalchemy.sql.sqltypes")?.getattr_opt("Concatenable")?;
        Ok(class.map(|c| c.getattr("Comparator")).transpose()?.map(Bound::unbind))
    })?;
    class.as_ref().map_or(Ok(false), |class| factory.is_subclass(class.bind(py)))
}

/// A decorator behaves like its impl: affinity and lengths show through.
fn decorate(obj: &Bound<'_, PyAny>, ty: &mut SqlType) -> PyResult<()> {
    let inner = to_type(&obj.getattr("impl_instance")?)?;
    ty.visit_name = "type_decorator".into();
    ty.affinity = inner.affinity;
    ty.length = inner.length;
    ty.precision = inner.precision;
    ty.scale = inner.scale;
    ty.asdecimal = inner.asdecimal;
    ty.timezone = inner.timezone;
    ty.enums = inner.enums.clone();
    ty.comparator |= inner.comparator;
    ty.item = Some(inner);
    Ok(())
}

/// What `coerce_to_is_types` says.
fn constants(obj: &Bound<'_, PyAny>) -> PyResult<Constants> {
    let py = obj.py();
    let mut out = Constants { null: false, bools: false };
    let Some(classes) = obj.getattr_opt("coerce_to_is_types")? else { return Ok(Constants::default()) };
    for class in classes.try_iter()? {
        let class = class?;
        out.null |= py.None().bind(py).is_instance(&class)?;
        out.bools |= PyBool::new(py, true).is_instance(&class)?;
    }
    Ok(out)
}

pub(super) fn read_options(obj: &Bound<'_, PyAny>, ty: &mut SqlType) -> PyResult<()> {
    let Some(dict) = obj.getattr_opt("__dict__")? else { return Ok(()) };
    let Ok(dict) = dict.cast_into::<PyDict>() else { return Ok(()) };
    for (key, value) in dict.iter() {
        let Ok(key) = key.cast::<PyString>() else { continue };
        let key = key.to_str()?;
        if key.starts_with('_') || NOT_OPTIONS.contains(&key) {
            continue;
        }
        ty.options.insert(key.into(), arg(&value)?);
    }
    for key in ["pickler", "_native"] {
        if let Some(v) = dict.get_item(key)? {
            ty.options.insert(key.into(), arg(&v)?);
        }
    }
    Ok(())
}

fn arg(value: &Bound<'_, PyAny>) -> PyResult<TypeArg> {
    Ok(if value.is_none() {
        TypeArg::None
    } else if let Ok(b) = value.cast_exact::<PyBool>() {
        TypeArg::Bool(b.is_true())
    } else if value.is_exact_instance_of::<PyInt>() {
        value.extract().map_or_else(|_| TypeArg::Host(PyHost::wrap(value)), TypeArg::Int)
    } else if let Ok(s) = value.cast::<PyString>() {
        TypeArg::Str(s.to_str()?.into())
    } else if value.is_exact_instance_of::<PyList>() || value.is_exact_instance_of::<PyTuple>() {
        TypeArg::List(value.try_iter()?.map(|v| arg(&v?)).collect::<PyResult<_>>()?)
    } else if value.is_exact_instance_of::<PyFloat>() {
        TypeArg::Str(value.repr()?.to_str()?.into())
    } else {
        TypeArg::Host(PyHost::wrap(value))
    })
}

fn int(obj: &Bound<'_, PyAny>, attr: &str) -> PyResult<Option<i64>> {
    Ok(obj.getattr_opt(attr)?.map(|v| crate::py::errors::value_of(&v)).transpose()?.flatten())
}
fn truth(obj: &Bound<'_, PyAny>, attr: &str) -> PyResult<bool> {
    obj.getattr_opt(attr)?.map_or(Ok(false), |v| v.is_truthy())
}
fn text(obj: &Bound<'_, PyAny>, attr: &str) -> PyResult<Option<Arc<str>>> {
    Ok(obj.getattr_opt(attr)?.and_then(|v| v.extract::<String>().ok()).map(Into::into))
}
fn name(obj: &Bound<'_, PyAny>, attr: &str, quote: &str) -> PyResult<Option<Name>> {
    let Some(value) = obj.getattr_opt(attr)? else { return Ok(None) };
    let Ok(text) = value.cast::<PyString>() else { return Ok(None) };
    let own = value.getattr_opt("quote")?.and_then(|q| q.extract::<Option<bool>>().ok()).flatten();
    let by_type = obj.getattr_opt(quote)?.and_then(|q| q.extract::<Option<bool>>().ok()).flatten();
    Ok(Some(Name { text: text.to_str()?.into(), quote: own.or(by_type) }))
}

/// The affinity that a class names in `_affinity`.
pub fn affinity(name: &str) -> Affinity {
    match name {
        "null" => Affinity::Null,
        "integer" => Affinity::Integer,
        "numeric" => Affinity::Numeric,
        "float" => Affinity::Float,
        "string" => Affinity::String,
        "boolean" => Affinity::Boolean,
        "date" => Affinity::Date,
        "datetime" => Affinity::DateTime,
        "time" => Affinity::Time,
        "interval" => Affinity::Interval,
        "binary" => Affinity::Binary,
        "enum" => Affinity::Enum,
        "pickle" => Affinity::Pickle,
        "json" => Affinity::Json,
        "json_index" => Affinity::JsonIndex,
        "json_path" => Affinity::JsonPath,
        "uuid" => Affinity::Uuid,
        "array" => Affinity::Array,
        "tuple" => Affinity::Tuple,
        "match" => Affinity::Match,
        "table" => Affinity::Table,
        _ => Affinity::Other,
    }
}
