//! The arguments of `mapper()`, read once: documented ones into a [`MapperSpec`], all of them kept as given.

use super::PyMapper;
use crate::py::errors;
use crate::py::host::PyHost;
use crate::py::orm::sqlface;
use crate::py::text::Text;
use orm::columns::as_column;
use orm::configure::MapperSpec;
use orm::configure::placement::Listed;
use orm::mapper::{EagerDefaults, PolymorphicLoad, VersionGenerator, WithPolymorphic};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple};
use sql::schema::Column;
use std::sync::Arc;

/// Arguments that are no part of the spec: the host's business, read where it is done, and those of older versions that say nothing
/// any more.
const FURTHER: &[&str] = &[
    "properties",
    "polymorphic_on",
    "polymorphic_fetch",
    "allow_null_pks",
    "_compiled_cache_size",
    "extension",
    "registry",
    "_polymorphic_map",
    "_inherits_equated_pairs",
    "entity_name",
];

/// Read them, and keep them on the mapper.
pub fn spec<'py>(
    slf: &Bound<'py, PyMapper>,
    local_table: Option<&Bound<'py, PyAny>>,
    kwargs: Option<&Bound<'py, PyDict>>,
) -> PyResult<MapperSpec> {
    let (py, this) = (slf.py(), slf.get());
    let mut spec = MapperSpec::default();
    if let Some(t) = local_table {
        spec.local_table = Some(sqlface::from(t)?);
        drop(this.local_table.replace(py, Some(t.clone().unbind())));
    }
    let Some(kwargs) = kwargs else { return Ok(spec) };
    for (k, v) in crate::py::ffi::pairs(kwargs) {
        let name = k.cast::<PyString>()?.text();
        if !argument(slf, &mut spec, &name, &v)? && !FURTHER.contains(&name.as_str()) {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "Mapper.__init__() got an unexpected keyword argument '{name}'"
            )));
        }
        this.args.bind(py).set_item(k, v)?;
    }
    Ok(spec)
}

/// One argument; whether it is one of the spec's. `None` is as good as nothing, save for switches.
fn argument(slf: &Bound<'_, PyMapper>, spec: &mut MapperSpec, name: &str, v: &Bound<'_, PyAny>) -> PyResult<bool> {
    let switch = match name {
        "concrete" => &mut spec.concrete,
        "non_primary" => &mut spec.non_primary,
        "batch" => &mut spec.batch,
        "always_refresh" => &mut spec.always_refresh,
        "allow_partial_pks" => &mut spec.allow_partial_pks,
        "confirm_deleted_rows" => &mut spec.confirm_deleted_rows,
        "passive_updates" => &mut spec.passive_updates,
        "passive_deletes" => &mut spec.passive_deletes,
        "legacy_is_orphan" => &mut spec.legacy_is_orphan,
        "polymorphic_abstract" => &mut spec.polymorphic_abstract,
        _ => return value(slf, spec, name, v),
    };
    *switch = v.is_truthy()?;
    Ok(true)
}

fn value(slf: &Bound<'_, PyMapper>, spec: &mut MapperSpec, name: &str, v: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = slf.py();
    let given = !v.is_none();
    match name {
        "inherits" if given => spec.inherits = Some(parent(slf, v)?.get().node.clone()),
        "inherit_condition" if given => spec.inherit_condition = Some(sqlface::expr(v)?),
        "inherit_foreign_keys" => spec.inherit_foreign_keys = columns(v)?,
        "primary_key" => spec.primary_key = columns(v)?,
        "column_prefix" if given => Arc::make_mut(&mut spec.wanted).prefix = v.text().into(),
        "include_properties" if given => Arc::make_mut(&mut spec.wanted).include = Some(listed(v)?),
        "exclude_properties" if given => Arc::make_mut(&mut spec.wanted).exclude = Some(listed(v)?),
        "order_by" => spec.order_by = sqlface::exprs(v)?,
        "version_id_col" if given => spec.version_id_col = sqlface::column(v)?,
        "version_id_generator" if given => {
            spec.version_generator = match v.cast::<PyBool>().is_ok_and(|b| !b.is_true()) {
                true => VersionGenerator::Server,
                false => VersionGenerator::Host(PyHost::wrap(v)),
            };
        }
        "eager_defaults" if given && !v.is_instance_of::<PyString>() => {
            spec.eager_defaults = if v.is_truthy()? { EagerDefaults::Yes } else { EagerDefaults::No };
        }
        "polymorphic_load" if given => spec.polymorphic_load = Some(polymorphic_load(v)?),
        "polymorphic_identity" if given => {
            spec.polymorphic_identity = Some(PyHost::wrap(v));
            drop(slf.get().identity.replace(py, Some(v.clone().unbind())));
        }
        // the older argument does not undo the newer one
        "select_table" if given && spec.with_polymorphic.is_none() => {
            spec.with_polymorphic =
                Some(WithPolymorphic { all: true, selectable: Some(sqlface::from(v)?), ..Default::default() });
        }
        "with_polymorphic" if given => spec.with_polymorphic = Some(with_polymorphic(v)?),
        "inherits"
        | "inherit_condition"
        | "version_id_col"
        | "version_id_generator"
        | "eager_defaults"
        | "polymorphic_load"
        | "polymorphic_identity"
        | "select_table"
        | "with_polymorphic"
        | "column_prefix"
        | "include_properties"
        | "exclude_properties" => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn columns(v: &Bound<'_, PyAny>) -> PyResult<Vec<Arc<Column>>> {
    Ok(sqlface::exprs(v)?.iter().filter_map(|e| as_column(e).cloned()).collect())
}

/// Attributes by name, or by column.
fn listed(v: &Bound<'_, PyAny>) -> PyResult<Listed> {
    let mut out = Listed::default();
    for item in v.try_iter()? {
        let item = item?;
        if let Ok(name) = item.cast::<PyString>() {
            out.names.insert(name.text());
        } else if let Some(Some(c)) = errors::ignoring_ours(v.py(), "SQLAlchemyError", sqlface::column(&item))? {
            out.columns.push(c);
        }
    }
    Ok(out)
}

/// `inherits=`: a class or its mapper.
fn parent<'py>(slf: &Bound<'py, PyMapper>, v: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyMapper>> {
    let py = slf.py();
    let parent = match v.cast::<PyMapper>() {
        Ok(m) => m.clone(),
        Err(_) => {
            let find = py.import("oxalchemy.orm.base")?.getattr("class_mapper")?;
            find.call1((v, false))?.cast_into::<PyMapper>().map_err(PyErr::from)?
        }
    };
    let (class, above) = (slf.get().class_.bind(py), parent.get().class_.bind(py));
    if !class.is_subclass(above)? {
        return Err(errors::argument_error(
            py,
            format!("Class '{}' does not inherit from '{}'", class.name()?.text(), above.name()?.text()),
        ));
    }
    drop(slf.get().inherits.replace(py, Some(parent.clone().unbind())));
    Ok(parent)
}

fn polymorphic_load(v: &Bound<'_, PyAny>) -> PyResult<PolymorphicLoad> {
    match v.str()?.text().as_str() {
        "inline" => Ok(PolymorphicLoad::Inline),
        "selectin" => Ok(PolymorphicLoad::Selectin),
        other => {
            Err(errors::argument_error(v.py(), format!("unknown argument for polymorphic_load: {other:?}").replace('"', "'")))
        }
    }
}

type Given<'py> = (Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);

/// The two parts of `'*'`, a list of classes, or `(list or '*', selectable)`.
fn with_polymorphic_parts<'py>(w: &Bound<'py, PyAny>) -> PyResult<Given<'py>> {
    let py = w.py();
    let list = |v: &Bound<'_, PyAny>| v.is_instance_of::<PyList>() || v.is_instance_of::<PyTuple>();
    if w.cast::<PyString>().is_ok_and(|s| s.to_string_lossy() == "*") {
        return Ok((w.clone(), None));
    }
    if !list(w) {
        return Err(errors::argument_error(py, "Invalid setting for with_polymorphic"));
    }
    let items: Vec<Bound<'_, PyAny>> = w.try_iter()?.collect::<PyResult<_>>()?;
    Ok(match items.as_slice() {
        [first, second] if first.is_instance_of::<PyString>() || list(first) => {
            (first.clone(), (!second.is_none()).then(|| second.clone()))
        }
        _ => (w.clone(), None),
    })
}

/// A class may be named before it is mapped: now it is, so that it joins those that its ancestors, or it itself, load with them.
pub fn join_named(slf: &Bound<'_, PyMapper>) -> PyResult<()> {
    let py = slf.py();
    let class = slf.get().class_.bind(py);
    let mut next = Some(slf.clone());
    while let Some(m) = next {
        if let Some(w) = m.get().arg(py, "with_polymorphic")?.filter(|w| !w.is_none()) {
            let (which, _) = with_polymorphic_parts(&w)?;
            if !which.is_instance_of::<PyString>() && which.try_iter()?.any(|c| c.is_ok_and(|c| c.is(class))) {
                m.get().node.update(|d| {
                    let with = d.with_polymorphic.get_or_insert_default();
                    with.mappers.push(Arc::downgrade(&slf.get().node));
                });
            }
        }
        next = m.get().parent(py);
    }
    Ok(())
}

/// `with_polymorphic=`, with those of its classes that are mapped.
pub fn with_polymorphic(w: &Bound<'_, PyAny>) -> PyResult<WithPolymorphic> {
    let (which, selectable) = with_polymorphic_parts(w)?;
    let selectable = selectable.map(|s| sqlface::from(&s)).transpose()?;
    let mut out = WithPolymorphic { selectable, ..WithPolymorphic::default() };
    if which.is_instance_of::<PyString>() {
        out.all = true;
    } else {
        for c in which.try_iter()? {
            if let Some(m) = super::of_class(&c?) {
                out.mappers.push(Arc::downgrade(&m.get().node));
            }
        }
    }
    Ok(out)
}
