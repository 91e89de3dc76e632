//! The Rust base of dialect objects.
//!
//! The Python attributes are the truth: users subclass dialects, override class attributes and assign to instances. The base
//! reads them into a [`Dialect`] when one is needed, and forgets it whenever an attribute is set.

use crate::py::ffi;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::Name;
use sql::dialects::{Dialect, Family, ParamStyle};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Base class of every dialect.
#[pyclass(subclass, dict, weakref, frozen, module = "oxalchemy._rs")]
#[derive(Default)]
pub struct DialectBase {
    cached: Mutex<Option<Arc<Dialect>>>,
}

static VERSION: AtomicU64 = AtomicU64::new(1);

/// Fields that are plain truth values, under the same name in Python.
macro_rules! flags {
    ($do:ident $($arg:expr),*) => {
        $do!($($arg),*;
            supports_native_boolean supports_native_enum supports_native_uuid supports_native_decimal
            non_native_boolean_check_constraint supports_simple_order_by_label supports_is_distinct_from supports_empty_insert
            supports_default_values supports_default_metavalue supports_multivalues_insert use_insertmanyvalues insert_returning
            update_returning delete_returning update_returning_multifrom delete_returning_multifrom insert_executemany_returning
            favor_returning_over_lastrowid postfetch_lastrowid preexecute_autoincrement_sequences supports_sequences
            sequences_optional supports_identity_columns supports_schemas supports_alter supports_comments inline_comments
            supports_constraint_comments supports_views supports_for_update_of supports_statement_cache supports_sane_rowcount
            supports_sane_multi_rowcount tuple_in_values div_is_floordiv cte_follows_insert requires_name_normalize)
    };
}
macro_rules! read_flags {
    ($obj:expr, $d:expr; $($f:ident)*) => {$(
        if let Some(v) = $obj.getattr_opt(stringify!($f))? { $d.$f = v.is_truthy()?; }
    )*};
}
macro_rules! write_flags {
    ($out:expr, $d:expr; $($f:ident)*) => {$( $out.set_item(stringify!($f), $d.$f)?; )*};
}

fn count(obj: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<usize>> {
    Ok(obj.getattr_opt(name)?.map(|v| crate::py::errors::value_of(&v)).transpose()?.flatten())
}
fn text(obj: &Bound<'_, PyAny>, name: &str) -> PyResult<Option<String>> {
    Ok(obj.getattr_opt(name)?.and_then(|v| v.extract().ok()))
}

fn read(obj: &Bound<'_, PyAny>) -> PyResult<Dialect> {
    let name = text(obj, "name")?.unwrap_or_else(|| "default".to_owned());
    let family = text(obj, "_family")?;
    let mut d = match family.as_deref() {
        Some("str") => Dialect::for_str(),
        Some(f) => Dialect::named(f).unwrap_or_default(),
        None => Dialect::named(&name).unwrap_or_default(),
    };
    d.name = name.into();
    if let Some(driver) = text(obj, "driver")? {
        d.driver = driver.into();
    }
    if let Some(style) = text(obj, "paramstyle")?.and_then(|s| ParamStyle::parse(&s)) {
        d.paramstyle = style;
    }
    if let Some(n) = count(obj, "max_identifier_length")? {
        d.max_identifier_length = n;
    }
    d.max_index_name_length = count(obj, "max_index_name_length")?;
    d.max_constraint_name_length = count(obj, "max_constraint_name_length")?;
    d.label_length = count(obj, "label_length")?;
    if let Some(n) = count(obj, "insertmanyvalues_max_parameters")? {
        d.insertmanyvalues_max_parameters = n;
    }
    if let Some(n) = count(obj, "insertmanyvalues_page_size")? {
        d.insertmanyvalues_page_size = n;
    }
    d.default_schema_name = text(obj, "default_schema_name")?.map(Into::into);
    d.server_version = match obj.getattr_opt("server_version_info")? {
        Some(v) if !v.is_none() => {
            let mut parts = Vec::new();
            for part in v.try_iter()? {
                parts.extend(crate::py::errors::value_of::<i64>(&part?)?);
            }
            Some(parts)
        }
        _ => None,
    };
    if let Some(token) = text(obj, "default_metavalue_token")? {
        d.default_metavalue_token = token.into();
    }
    flags!(read_flags obj, d);
    for switch in ["use_ansi", "use_nchar_for_unicode", "_json_native"] {
        if let Some(v) = obj.getattr_opt(switch)? {
            d.switches.push((switch.into(), v.is_truthy()?));
        }
    }
    d.backslash_escapes = obj.getattr_opt("_backslash_escapes")?.and_then(|v| v.extract().ok());
    d.version = VERSION.fetch_add(1, Ordering::Relaxed);
    Ok(d)
}

impl DialectBase {
    /// The data of a dialect object, read again after an attribute was set.
    ///
    /// # Errors
    /// `TypeError` when `obj` is no dialect; whatever reading its attributes raises.
    pub fn data(obj: &Bound<'_, PyAny>) -> PyResult<Arc<Dialect>> {
        let base = obj.cast::<Self>()?.get();
        if let Some(d) = &*base.cached.lock() {
            return Ok(d.clone());
        }
        // Attributes are read without the lock: properties of user classes may come back here.
        let d = Arc::new(read(obj)?);
        let old = base.cached.lock().replace(d.clone());
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(d)
    }
}

#[pymethods]
impl DialectBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> Self {
        Self::default()
    }
    fn __setattr__(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let old = slf.get().cached.lock().take();
        // Without the lock: its end may run Python code.
        drop(old);
        ffi::generic_setattr(slf.as_any(), name, Some(value))
    }
    fn __delattr__(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>) -> PyResult<()> {
        let old = slf.get().cached.lock().take();
        // Without the lock: its end may run Python code.
        drop(old);
        ffi::generic_setattr(slf.as_any(), name, None)
    }
    /// Reserved words, a frozenset in lower case.
    #[getter]
    fn _reserved_words<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, pyo3::types::PyFrozenSet>> {
        pyo3::types::PyFrozenSet::new(slf.py(), Self::data(slf.as_any())?.reserved_words())
    }
    #[getter]
    fn _initial_quote(slf: &Bound<'_, Self>) -> PyResult<char> {
        Ok(Self::data(slf.as_any())?.initial_quote)
    }
    #[getter]
    fn _final_quote(slf: &Bound<'_, Self>) -> PyResult<char> {
        Ok(Self::data(slf.as_any())?.final_quote)
    }
    #[getter]
    fn _illegal_initial_characters(slf: &Bound<'_, Self>) -> PyResult<&'static str> {
        Ok(Self::data(slf.as_any())?.illegal_initial_characters())
    }
    /// Does a name need quotes by rule?
    fn _requires_quotes(slf: &Bound<'_, Self>, name: &str) -> PyResult<bool> {
        Ok(Self::data(slf.as_any())?.requires_quotes(name))
    }
    /// The name in quotes, whatever it is.
    fn _quote_identifier(slf: &Bound<'_, Self>, name: &str) -> PyResult<String> {
        Ok(Self::data(slf.as_any())?.quote_identifier(name))
    }
    /// The name, in quotes where it needs them or `quote` says so.
    #[pyo3(signature = (name, quote=None))]
    fn _quote(slf: &Bound<'_, Self>, name: &str, quote: Option<bool>) -> PyResult<String> {
        Ok(Self::data(slf.as_any())?.quote(&Name { text: name.into(), quote }))
    }
    /// The parts of a rendered, possibly quoted and dotted name.
    fn _unformat(slf: &Bound<'_, Self>, text: &str) -> PyResult<Vec<String>> {
        Ok(Self::data(slf.as_any())?.unformat(text))
    }
    /// The text as a literal, percent signs as they are.
    fn _quote_literal(slf: &Bound<'_, Self>, text: &str) -> PyResult<String> {
        Ok(sql::types::literal::Quoting::of(&*Self::data(slf.as_any())?).quote(text))
    }
    /// DDL text of a type; `plain`: that which it has without a `@compiles` function of its own.
    #[pyo3(signature = (ty, plain=false))]
    fn _type_text(slf: &Bound<'_, Self>, ty: &Bound<'_, PyAny>, plain: bool) -> PyResult<String> {
        let d = Self::data(slf.as_any())?;
        let ty = crate::py::types::to_type(ty)?;
        let text =
            if plain { crate::py::types::compiles::plain_text(&d, &ty) } else { sql::dialects::types::type_text(&d, &ty, None) };
        text.map_err(|e| crate::py::errors::sql_error(slf.py(), e))
    }
}

/// The facts of a built-in dialect by attribute name; its Python class takes them as class attributes.
#[pyfunction]
pub fn dialect_facts<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyDict>> {
    let d = if name == "str" { Dialect::for_str() } else { Dialect::named(name).unwrap_or_default() };
    let out = PyDict::new(py);
    out.set_item("name", &*d.name)?;
    out.set_item("driver", &*d.driver)?;
    out.set_item("default_paramstyle", d.paramstyle.name())?;
    out.set_item("max_identifier_length", d.max_identifier_length)?;
    out.set_item("max_index_name_length", d.max_index_name_length)?;
    out.set_item("max_constraint_name_length", d.max_constraint_name_length)?;
    out.set_item("insertmanyvalues_max_parameters", d.insertmanyvalues_max_parameters)?;
    out.set_item("insertmanyvalues_page_size", d.insertmanyvalues_page_size)?;
    flags!(write_flags out, d);
    if d.family != Family::Default {
        out.set_item("_family", name)?;
    }
    Ok(out)
}

/// The facts about a dialect object; `None` for anything else.
pub fn facts_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Dialect>>> {
    if obj.is_instance_of::<DialectBase>() { DialectBase::data(obj).map(Some) } else { Ok(None) }
}
