//! From the arguments of `mapper()` to a mapped class: read, decided in `orm::configure`, carried out here.

use super::{PyMapper, polymorphic, props, read};
use crate::py::engine::events::{Event, fire};
use crate::py::orm::manager::ClassManager;
use crate::py::orm::sqlface;
use crate::py::text::Text;
use crate::py::{errors, ffi};
use orm::configure::{MapperSpec, Warning, inheritance, primary_key};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyType};

type This<'py> = Bound<'py, PyMapper>;

/// Runs the whole construction; the class is as before when it fails.
pub fn build<'py>(slf: &This<'py>, local_table: Option<&Bound<'py, PyAny>>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let class = this.class_.bind(py);
    let spec = read::spec(slf, local_table, kwargs)?;
    let had = ClassManager::of(class);
    if let Some(m) = &had
        && m.get().get_mapper(py).is_some()
        && !spec.non_primary
    {
        return Err(errors::argument_error(
            py,
            format!("Class '{}' already has a primary mapper defined. ", class.repr()?.text()),
        ));
    }
    let result = steps(slf, &spec);
    if result.is_err() {
        // leave the class as it was: a corrected call must work
        if let Some(m) = ClassManager::of(class)
            && m.get().get_mapper(py).is_some_and(|m| m.is(slf))
        {
            m.get().unregister(py)?;
        }
        inheritance::leave(&this.node);
    }
    result
}

fn steps(slf: &This<'_>, spec: &MapperSpec) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    ffi::remember(&this.node.face, slf.as_any());
    let registry = match this.arg(py, "registry")? {
        Some(r) => r,
        None => py.import("oxalchemy.orm.decl_api")?.getattr("default_registry")?.call0()?,
    };
    drop(this.registry.replace(py, Some(registry.clone().unbind())));
    inheritance::enter(&this.node, spec).map_err(|e| errors::sql_error(py, e))?;
    identities(slf)?;
    if let Some(parent) = this.parent(py).and_then(|p| p.get().registry_of(py)) {
        registry.call_method1("_set_depends_on", (parent,))?;
    }
    read::join_named(slf)?;
    let manager = instrument(slf)?;
    py.import("oxalchemy.orm.events")?.getattr("_new_mapper")?.call1((slf, &manager))?;
    fire(slf.as_any(), Event::InstrumentClass, (slf.clone(), this.class_.bind(py).clone()))?;
    props::configure_all(slf)?;
    polymorphic::configure(slf)?;
    let told = primary_key::assemble(&this.node, spec).map_err(|e| errors::sql_error(py, e))?;
    warn(py, told)?;
    keep_old_keys(slf)?;
    registry.getattr("_mappers")?.call_method1("add", (slf,))?;
    super::configure::announce(slf)?;
    fire(slf.as_any(), Event::AfterMapperConstructed, (slf.clone(), this.class_.bind(py).clone()))?;
    Ok(())
}

/// Tell users what `orm::configure` found.
pub fn warn(py: Python<'_>, warnings: impl IntoIterator<Item = Warning>) -> PyResult<()> {
    errors::settle()?;
    for w in warnings {
        errors::warn(py, if w.deprecated { "SADeprecationWarning" } else { "SAWarning" }, &w.text)?;
    }
    Ok(())
}

/// The map from discriminators to mappers, which a hierarchy shares.
fn identities(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let of_parent = this.parent(py).and_then(|p| p.get().polymorphic_map.with(py, |m| m.as_ref().map(|m| m.clone_ref(py))));
    let map = match of_parent {
        Some(m) => {
            // a table comes with the columns of its object
            if this.local_table.with(py, |t| t.is_none())
                && let Some(p) = this.parent(py)
                && let Some(t) = p.get().local_table.with(py, |t| t.as_ref().map(|t| t.clone_ref(py)))
            {
                drop(this.local_table.replace(py, Some(t)));
            }
            m.into_bound(py)
        }
        None => match this.arg(py, "_polymorphic_map")? {
            Some(m) => m.cast_into::<PyDict>()?,
            None => PyDict::new(py),
        },
    };
    match this.identity.with(py, |i| i.as_ref().map(|i| i.clone_ref(py))) {
        Some(identity) => {
            let identity = identity.into_bound(py);
            if let Some(old) = map.get_item(&identity)?.filter(|_| this.parent(py).is_some()) {
                let shown = identity.repr()?.text();
                let text = format!(
                    "Reassigning polymorphic association for identity {shown} from {} to {}: Check for duplicate use of {shown} as value \
                     for polymorphic_identity.",
                    old.repr()?.text(),
                    slf.repr()?.text(),
                );
                errors::warn(py, "SAWarning", &text)?;
            }
            map.set_item(identity, slf)?;
        }
        None => warn(py, inheritance::without_identity(&this.node, &sqlface::render(py)))?,
    }
    drop(this.polymorphic_map.replace(py, Some(map.unbind())));
    Ok(())
}

fn instrument<'py>(slf: &This<'py>) -> PyResult<Bound<'py, ClassManager>> {
    let py = slf.py();
    let this = slf.get();
    let class = this.class_.bind(py);
    let constructor = match this.arg(py, "registry")? {
        Some(r) => r.getattr_opt("constructor")?.filter(|c| !c.is_none()),
        None => None,
    };
    let manager = ClassManager::register_with(class, constructor.as_ref())?;
    if !this.node.data().non_primary {
        drop(manager.get().mapper.replace(py, Some(slf.clone().unbind())));
    }
    // @validates and @reconstructor of the class and its bases; the nearest wins
    let mut seen = std::collections::HashSet::new();
    for c in crate::py::ffi::mro(class).iter() {
        for item in c.getattr("__dict__")?.call_method0("items")?.try_iter()? {
            let item = item?;
            let (name, value) = (item.get_item(0)?.text(), item.get_item(1)?);
            if !seen.insert(name) {
                continue;
            }
            if value.is_instance_of::<PyType>() {
                continue;
            }
            if value.getattr_opt("__sa_reconstructor__")?.is_some() {
                py.import("oxalchemy.orm.events")?.getattr("_listen_reconstructor")?.call1((&manager, &value))?;
            }
            if let Some(names) = value.getattr_opt("__sa_validators__")?
                && let Some(names) = errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, names.try_iter())?
            {
                let opts = value.getattr("__sa_validation_opts__")?;
                for n in names {
                    let n = n?;
                    if this.validators.bind(py).contains(&n)? {
                        return Err(errors::invalid_request(
                            py,
                            format!(
                                "A validation function for mapped attribute {} on mapper {} already exists.",
                                n.repr()?.text(),
                                this.node.describe()
                            ),
                        ));
                    }
                    this.validators.bind(py).set_item(n, (&value, &opts))?;
                }
            }
        }
    }
    if let Some(ext) = this.arg(py, "extension")? {
        py.import("oxalchemy.orm.deprecated_interfaces")?.getattr("_adapt_mapper_extensions")?.call1((slf, ext))?;
    }
    Ok(manager)
}

/// Flushes need the old key of a row whose key changes.
fn keep_old_keys(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let manager = slf.get().manager(py)?;
    for key in slf.get().node.data().primary_key_keys() {
        if let Some(a) = manager.get().attribute(py, &key)
            && let Some(i) = a.get().implementation(py)
        {
            i.get().set_active_history(true);
        }
    }
    Ok(())
}
