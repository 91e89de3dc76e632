//! `relationship()` set up: read here, decided in `orm::configure`, carried out here.
//!
//! | file | concept |
//! |---|---|
//! | [`read`] | the arguments, as pure values |
//! | [`backref`] | the other side |
//! | [`face`] | what Python sees of the node |
//!
//! The Python object (`RelationshipProperty`) holds the arguments as given; the node ([`orm::Relationship`]) what they come to.

pub mod backref;
pub mod face;
pub mod read;

use super::attributes::{QueryableAttribute, register_descriptor};
use super::impls::{AttributeImpl, Kind, Loader, Related, Spec};
use super::manager::ClassManager;
use super::mapper::{PyMapper, build, props};
use super::property::MapperProperty;
use super::sqlface;
use super::writer::WriterInfo;
use crate::py::errors;
use orm::configure::{conflicts, relationship};
use orm::{Direction, Property, Relationship};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use std::sync::Arc;

type This<'py> = Bound<'py, PyMapper>;
type Prop<'py> = Bound<'py, MapperProperty>;

fn node_of(prop: &Prop<'_>) -> Option<Arc<Relationship>> {
    match prop.get().get_node(prop.py()) {
        Some(Property::Relationship(r)) => Some(r),
        _ => None,
    }
}

/// Put a relationship under a name: the attribute exists at once, its behaviour follows with [`init`].
pub fn declare<'py>(
    slf: &This<'py>,
    key: &str,
    prop: &Prop<'py>,
    set_parent: bool,
    manager: &Bound<'py, ClassManager>,
) -> PyResult<()> {
    let node = match node_of(prop) {
        Some(n) if !set_parent => n,
        _ => {
            let n = Relationship::new(key.into(), Arc::downgrade(&slf.get().node), read::arguments(prop)?);
            MapperProperty::set_node(prop, Property::Relationship(n.clone()));
            n
        }
    };
    slf.get().node.update(|d| d.props.insert(key.into(), Property::Relationship(node)));
    if slf.get().node.data().non_primary {
        return Ok(());
    }
    let doc = prop.getattr("doc")?;
    register_descriptor(manager, key, slf.as_any(), prop.as_any(), None, Some(&doc))?;
    Ok(())
}

/// Set a relationship up.
pub fn init<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<()> {
    let py = slf.py();
    let Some(node) = node_of(prop) else { return Ok(()) };
    // arguments may have been completed after the declaration (annotations)
    let said = read::arguments(prop)?;
    let (target, alias) = read::target(slf, prop)?;
    if let (Some(own), Some(other)) = (slf.get().registry_of(py), target.get().registry_of(py))
        && !own.is(&other)
    {
        own.call_method1("_set_depends_on", (other,))?;
    }
    let spec = read::join(slf, prop, &target, alias)?;
    let render = sqlface::render(py);
    let told = relationship::resolve(&node, &slf.get().node, said, spec, &render).map_err(|e| errors::sql_error(py, e))?;
    build::warn(py, told)?;
    backref::make(slf, prop, &node, &target)?;
    if let Some(back) = read::back_populates(prop)? {
        node.update(|d| d.back_populates = Some(back.as_str().into()));
        backref::tie(slf, prop, &node, &target, &back)?;
    }
    build::warn(py, conflicts::note(&node, &render))
}

/// Give the attribute of a class its behaviour; the property is set up. Each class of a hierarchy has its own.
pub fn install<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<()> {
    let py = slf.py();
    let Some(node) = node_of(prop) else { return Ok(()) };
    if node.data().join.is_none() || slf.get().node.data().non_primary {
        return Ok(());
    }
    let manager = slf.get().manager(py)?;
    let Some(attr) = manager.get().attribute(py, &node.key) else { return Ok(()) };
    let own = attr.get().class_.bind(py).is(slf.get().class_.bind(py));
    if !own || attr.get().implementation(py).is_some() {
        return Ok(());
    }
    install_on(slf, prop, &node, &attr)
}

fn install_on<'py>(
    slf: &This<'py>,
    prop: &Prop<'py>,
    node: &Arc<Relationship>,
    attr: &Bound<'py, QueryableAttribute>,
) -> PyResult<()> {
    let py = slf.py();
    let d = node.data();
    let kind = match d.lazy {
        orm::Lazy::Dynamic | orm::Lazy::WriteOnly => Kind::Dynamic,
        _ if d.uselist => Kind::Collection,
        _ => Kind::Object,
    };
    if kind == Kind::Dynamic && (!d.uselist || d.direction == Direction::ManyToOne) {
        return Err(errors::invalid_request(
            py,
            format!(
                "On relationship {}, 'dynamic' loaders cannot be used with many-to-one/one-to-one relationships and/or uselist=False.",
                node.describe()
            ),
        ));
    }
    let back = d.back_populates.clone().filter(|_| d.sync_backref && !d.viewonly);
    let factory = prop.getattr("collection_class")?;
    let collection_factory = match kind {
        Kind::Collection if factory.is_none() => Some(py.get_type::<PyList>().into_any()),
        Kind::Collection => Some(factory),
        _ => None,
    };
    let writer = match d.lazy {
        orm::Lazy::Dynamic => {
            let make = py.import("oxalchemy.orm.dynamic")?.getattr("appender_class")?;
            Some(WriterInfo { class: make.call1((prop.getattr("query_class")?,))?.unbind(), iterates: true })
        }
        orm::Lazy::WriteOnly => {
            let class = py.import("oxalchemy.orm.writeonly")?.getattr("WriteOnlyCollection")?;
            Some(WriterInfo { class: class.unbind(), iterates: false })
        }
        _ => None,
    };
    let loader = if d.lazy == orm::Lazy::Noload { Loader::None } else { Loader::Hook };
    AttributeImpl::install(
        attr,
        Spec {
            kind,
            parent_token: node.id,
            active_history: kind == Kind::Object && d.active_history,
            deferred_history: kind == Kind::Object && (d.direction != Direction::ManyToOne || !d.use_get),
            trackparent: d.single_parent || d.direction == Direction::OneToMany,
            collection_factory,
            writer,
            loader,
            related: Related {
                backrefs: back.iter().map(|b| PyString::intern(py, b).unbind()).collect(),
                cascade: !d.viewonly,
                save_update: d.cascade.save_update,
                delete_orphan: d.cascade.delete_orphan,
                single_parent: d.single_parent,
            },
            validators: props::validators_for(slf, &node.key)?,
            skips_default: props::skips_default(prop.as_any())?,
            accepts_scalar_loader: Some(false),
            send_modified_events: !d.viewonly,
            ..Spec::default()
        },
    )?;
    Ok(())
}
