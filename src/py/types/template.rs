//! What the types of a class have in common, read once: of a class without user code, whose attributes are values. Reading a type
//! means some sixty look-ups of attributes, most of which are not there.

use super::read::{NOT_OPTIONS, read_attributes, read_options};
use crate::py::errors::value_of;
use crate::py::ffi::{instance_dict, mro, new_instance, pairs, version_tag};
use crate::py::host::PyHost;
use parking_lot::Mutex;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple, PyType};
use rustc_hash::FxHashMap;
use sql::types::SqlType;
use std::sync::Arc;

/// By the version tag of a class, which CPython changes with every change of the class or one of its bases. `None`: the class has to
/// be asked for each of its types.
static TEMPLATES: Mutex<Option<FxHashMap<u32, Option<Arc<SqlType>>>>> = Mutex::new(None);

/// More classes than this are versions of classes that are gone.
const MANY: usize = 4096;

/// Attributes of a class that must be plain values: a property is asked of each type.
const READ: [&str; 18] = [
    "_affinity",
    "__visit_name__",
    "length",
    "precision",
    "scale",
    "decimal_return_scale",
    "asdecimal",
    "timezone",
    "collation",
    "name",
    "schema",
    "quote",
    "enums",
    "item_type",
    "data_type",
    "types",
    "_variant_mapping",
    "comparator_factory",
];

/// A renderer was registered or forgotten: which classes have user code is looked at again.
pub fn forget() {
    *TEMPLATES.lock() = None;
}

/// The type that `obj` describes, if its class has a template.
pub fn filled(obj: &Bound<'_, PyAny>) -> PyResult<Option<SqlType>> {
    let class = obj.get_type();
    let Some(tag) = version_tag(&class) else { return Ok(None) };
    let known = TEMPLATES.lock().as_ref().and_then(|t| t.get(&tag).cloned());
    let template = match known {
        Some(known) => known,
        None => {
            let made = template_of(&class)?.map(Arc::new);
            // looking at the class may have given it another version
            if version_tag(&class) == Some(tag) {
                let mut templates = TEMPLATES.lock();
                let templates = templates.get_or_insert_with(FxHashMap::default);
                if templates.len() > MANY {
                    templates.clear();
                }
                templates.insert(tag, made.clone());
            }
            made
        }
    };
    match template {
        Some(template) => overlaid(&template, obj),
        None => Ok(None),
    }
}

/// What a type of the class is before `__init__` has set anything, if that tells of every type.
fn template_of(class: &Bound<'_, PyType>) -> PyResult<Option<SqlType>> {
    let py = class.py();
    for base in mro(class).iter() {
        // only of our own classes is it known that making one without __init__ has no effect
        let base = base.cast_into::<PyType>()?;
        let dict = base.getattr(intern!(py, "__dict__"))?;
        for word in ["__getattr__", "__getattribute__", "__new__"] {
            let native = base.getattr(intern!(py, "__flags__"))?.extract::<u64>()? & HEAP_TYPE == 0;
            if !native && !base.is(py.get_type::<super::TypeEngine>()) && dict.contains(word)? {
                return Ok(None);
            }
        }
    }
    for word in READ {
        if let Some(value) = class.getattr_opt(word)?
            && word != "comparator_factory"
            && value.get_type().getattr_opt("__get__")?.is_some()
        {
            return Ok(None);
        }
    }
    let blank = new_instance(class, &PyTuple::empty(py))?;
    if !instance_dict(&blank)?.is_empty() {
        return Ok(None);
    }
    let mut ty = read_attributes(&blank)?;
    ty.owner = None;
    Ok(if ty.host.is_some() || ty.item.is_some() || !ty.items.is_empty() { None } else { Some(ty) })
}

/// `Py_TPFLAGS_HEAPTYPE`
const HEAP_TYPE: u64 = 1 << 9;

/// The template with what `__init__` and others have set on this type.
fn overlaid(template: &SqlType, obj: &Bound<'_, PyAny>) -> PyResult<Option<SqlType>> {
    let mut ty = template.clone();
    let dict = instance_dict(obj)?;
    let mut options = false;
    for (key, value) in pairs(&dict) {
        let Ok(key) = key.cast::<PyString>() else { continue };
        match key.to_str()? {
            "length" => ty.length = number(&value)?,
            "precision" => ty.precision = number(&value)?,
            "scale" => ty.scale = number(&value)?,
            "decimal_return_scale" => ty.decimal_return_scale = number(&value)?,
            "asdecimal" => ty.asdecimal = value.is_truthy()?,
            "timezone" => ty.timezone = value.is_truthy()?,
            "collation" => {
                ty.collation = match value.cast::<PyString>() {
                    Ok(text) => Some(text.to_str()?.into()),
                    Err(_) => None,
                }
            }
            word if READ.contains(&word) && value.is_none() && template_lacks(template, word) => {}
            word if READ.contains(&word) || word == "impl" || word == "impl_instance" => return Ok(None),
            word => options |= !NOT_OPTIONS.contains(&word),
        }
    }
    if options {
        read_options(obj, &mut ty)?;
    }
    ty.owner = Some(PyHost::wrap(obj));
    Ok(Some(ty))
}

fn number(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if value.is_none() { Ok(None) } else { value_of(value) }
}

/// Says the template nothing of this attribute, so that `None` is no change?
fn template_lacks(template: &SqlType, word: &str) -> bool {
    match word {
        "name" => template.name.is_none(),
        "schema" => template.schema.is_none(),
        "quote" => template.name.is_none() && template.schema.is_none(),
        _ => false,
    }
}
