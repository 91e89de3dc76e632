//! Columns and properties under attribute names.

use super::PyMapper;
use crate::py::orm::attributes::{QueryableAttribute, register_descriptor};
use crate::py::orm::impls::{AttributeImpl, Kind, Loader, Spec, Validator};
use crate::py::orm::manager::ClassManager;
use crate::py::orm::property::MapperProperty;
use crate::py::orm::sqlface;
use crate::py::text::Text;
use crate::py::{errors, imports};
use orm::columns::as_column;
use orm::configure::placement::{self, Given, Step};
use orm::configure::properties;
use orm::{ColumnProp, Property};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use sql::FaceSlot;
use sql::ast::ExprRef;
use sql::schema::Column;
use std::sync::Arc;

type This<'py> = Bound<'py, PyMapper>;

/// The mapped columns of a given property; none for a SQL expression, a relationship and the like.
fn columns_given(all: &sql::ast::FromRef, value: &Bound<'_, PyAny>) -> PyResult<Vec<Arc<Column>>> {
    let list = match value.cast::<MapperProperty>() {
        Ok(p) if is_column(p)? => value.getattr("columns")?,
        Ok(_) => return Ok(Vec::new()),
        Err(_) => value.clone(),
    };
    let items: Vec<Bound<'_, PyAny>> = if list.is_instance_of::<PyList>() || list.is_instance_of::<PyTuple>() {
        list.try_iter()?.collect::<PyResult<_>>()?
    } else {
        vec![list]
    };
    let mut out = Vec::with_capacity(items.len());
    for i in items {
        let found = errors::ignoring_ours(i.py(), "SQLAlchemyError", sqlface::expr(&i))?;
        let Some(e) = found else { return Ok(Vec::new()) };
        match as_column(&e).and_then(|c| orm::entity::corresponding(all, c)) {
            Some(c) => out.push(c),
            None => return Ok(Vec::new()),
        }
    }
    Ok(out)
}

/// Put every property under its name, in the order that `orm::configure::placement` tells.
pub fn configure_all(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let all = this.node.data().persist_selectable.clone();
    let mut given: Vec<Given> = Vec::new();
    let mut values: Vec<Bound<'_, PyAny>> = Vec::new();
    if let Some(properties) = this.arg(py, "properties")? {
        for item in properties.call_method0("items")?.try_iter()? {
            let item = item?;
            let (key, value) = (item.get_item(0)?.str()?.text(), item.get_item(1)?);
            let columns = match &all {
                Some(all) if !value.is_instance_of::<PyString>() => columns_given(all, &value)?,
                _ => Vec::new(),
            };
            given.push(Given { key, columns });
            values.push(value);
        }
    }
    let steps = placement::plan(&this.node, &given, &has_own(slf));
    errors::settle()?;
    for step in steps {
        match step {
            Step::Given(i) => {
                if let Some((g, value)) = given.get(i).zip(values.get(i)) {
                    configure_property(slf, &g.key, value, false, true)?;
                }
            }
            Step::Inherited(key) => {
                let inherited = this.parent(py).and_then(|p| p.get().props.bind(py).get_item(&*key).transpose());
                if let Some(prop) = inherited.transpose()? {
                    adapt_inherited(slf, &key, &prop, false)?;
                }
            }
            Step::Column { column, key } => {
                configure_property(slf, &key, &sqlface::wrap_column(py, &column)?, false, true)?;
            }
        }
    }
    Ok(())
}

/// Whether the class (here, or any of its bases) has something of its own under a name; what goes wrong meanwhile is parked.
pub fn has_own<'a>(slf: &'a This<'_>) -> impl Fn(&str, bool) -> bool + 'a {
    move |name, here| errors::or_park(class_has_own(slf, name, here), || false)
}

fn class_has_own(slf: &This<'_>, name: &str, here: bool) -> PyResult<bool> {
    let py = slf.py();
    let class = slf.get().class_.bind(py);
    if here {
        let Some(v) = in_dict(class, name)? else { return Ok(false) };
        let truth = errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, v.is_truthy())?;
        return Ok(truth.unwrap_or(true) && is_own(class, name, &v)?);
    }
    for c in crate::py::ffi::mro(class).iter() {
        if let Some(v) = in_dict(c.cast::<PyType>()?, name)? {
            return is_own(class, name, &v);
        }
    }
    Ok(false)
}

fn in_dict<'py>(class: &Bound<'py, PyType>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let nothing = class.py().NotImplemented().into_bound(class.py());
    let found = class.getattr("__dict__")?.call_method1("get", (name, &nothing))?;
    Ok((!found.is(&nothing)).then_some(found))
}

/// Not the mapping's, and not the default value of a dataclass field, which stands in the class under the field's name.
fn is_own(class: &Bound<'_, PyType>, name: &str, v: &Bound<'_, PyAny>) -> PyResult<bool> {
    if v.is_none()
        || v.is_instance_of::<QueryableAttribute>()
        || v.is_instance_of::<MapperProperty>()
        || v.hasattr("__clause_element__")?
        || v.hasattr("_is_mapper_property")?
        || v.is_instance_of::<crate::py::sql::ClauseElement>()
    {
        return Ok(false);
    }
    match class.getattr_opt("__dataclass_fields__")? {
        Some(fields) => Ok(!fields.contains(name)?),
        None => Ok(true),
    }
}

/// What a subclass mapper makes of a property of its parent.
pub fn adapt_inherited(slf: &This<'_>, key: &str, prop: &Bound<'_, PyAny>, init: bool) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    if !this.node.data().concrete {
        if this.props.bind(py).contains(key)? {
            return Ok(());
        }
        return configure_property(slf, key, prop, init, false);
    }
    if this.props.bind(py).contains(key)? {
        return Ok(());
    }
    // a class that implements the name itself keeps it
    let class = this.class_.bind(py);
    for c in crate::py::ffi::mro(class).iter() {
        if let Ok(v) = c.getattr("__dict__")?.get_item(key) {
            if v.is_instance_of::<QueryableAttribute>() {
                break;
            }
            return Ok(());
        }
    }
    let concrete = py.import("oxalchemy.orm.descriptor_props")?.getattr("ConcreteInheritedProperty")?.call0()?;
    configure_property(slf, key, &concrete, init, true)
}

fn column_property_class(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    imports::column_property(py)
}

/// A Column, a list of Columns or a property under a name.
pub fn configure_property(slf: &This<'_>, key: &str, arg: &Bound<'_, PyAny>, init: bool, set_parent: bool) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let prop: Bound<'_, MapperProperty> = match arg.cast::<MapperProperty>() {
        Ok(p) => p.clone(),
        Err(_) => from_columns(slf, key, arg)?,
    };
    let old_key = prop.get().key.with(py, |k| k.clone());
    if set_parent
        && let Some(old_key) = old_key.filter(|k| k != key && k != "_sa_polymorphic_on")
        && prop.get().get_parent(py).is_some()
    {
        let text = format!(
            "ORM mapped property {} being assigned to attribute '{key}' is already associated with attribute '{old_key}'. The attribute \
             will be de-associated from '{old_key}'.",
            prop.get().describe(py)
        );
        errors::warn(py, "SAWarning", &text)?;
    }
    if let Some(old) = this.property(py, key)
        && !old.is(&prop)
        && old.get().get_parent(py).is_some_and(|p| p.is(slf))
        && !is_column(&prop)?
        && !is_a(&old, "ConcreteInheritedProperty")?
    {
        let text = format!(
            "Property {} on {} being replaced with new property {}; the old property will be discarded",
            old.str()?.text(),
            this.node.describe(),
            {
                prop.get().key.replace(py, Some(key.to_owned()));
                prop.get().describe(py)
            }
        );
        if init || is_a(&old, "RelationshipProperty")? {
            errors::warn(py, "SAWarning", &text)?;
        }
    }
    if set_parent {
        prop.get().key.replace(py, Some(key.to_owned()));
        drop(prop.get().parent.replace(py, Some(slf.clone().unbind())));
    }
    let manager = this.manager(py)?;
    if is_column(&prop)? {
        column(slf, key, &prop, set_parent, &manager)?;
    } else {
        this.props.bind(py).set_item(key, &prop)?;
        if is_a(&prop, "RelationshipProperty")? {
            crate::py::orm::relationship::declare(slf, key, &prop, set_parent, &manager)?;
        } else {
            // synonyms, composites and the like are descriptors that Python makes
            prop.call_method1("_instrument", (slf, key, set_parent))?;
            if prop.get().get_node(py).is_none() {
                let node = other_node(slf, key, &prop)?;
                MapperProperty::set_node(&prop, node);
            }
            if let Some(n) = prop.get().get_node(py) {
                this.node.update(|d| d.props.insert(key.into(), n));
            }
        }
    }
    attach_extension(slf, key, &prop)?;
    // Before subclasses inherit the attribute: theirs are made from what is found out here.
    if init {
        super::configure::init_property(slf, &prop)?;
    }
    let children: Vec<_> = this.node.data().children.iter().filter_map(std::sync::Weak::upgrade).collect();
    for c in children {
        if let Ok(c) = super::face_of(py, &c) {
            adapt_inherited(&c, key, prop.as_any(), init)?;
        }
    }
    Ok(())
}

/// Legacy `extension=`: its methods listen to the attribute of this class.
fn attach_extension(slf: &This<'_>, key: &str, prop: &Bound<'_, MapperProperty>) -> PyResult<()> {
    let py = slf.py();
    let Some(extension) = prop.getattr_opt("_extension")?.filter(|e| !e.is_none()) else { return Ok(()) };
    let attribute = slf.get().class_.bind(py).getattr(key)?;
    py.import("oxalchemy.orm.deprecated_interfaces")?
        .getattr("_adapt_attribute_extensions")?
        .call1((attribute, extension))
        .map(drop)
}

fn other_node(slf: &This<'_>, key: &str, prop: &Bound<'_, MapperProperty>) -> PyResult<Property> {
    let parent = Arc::downgrade(&slf.get().node);
    Ok(if is_a(prop, "SynonymProperty")? {
        let name = prop.getattr("name")?.text();
        Property::Synonym(Arc::new(orm::SynonymProp { key: key.into(), parent, name: name.into(), face: FaceSlot::default() }))
    } else if is_a(prop, "CompositeProperty")? {
        Property::Composite(Arc::new(orm::CompositeProp { key: key.into(), parent, ..orm::CompositeProp::default() }))
    } else {
        Property::Concrete(key.into())
    })
}

/// Whether a property is of a class of `oxalchemy.orm.properties` and its neighbours.
pub fn is_a(prop: &Bound<'_, MapperProperty>, class: &str) -> PyResult<bool> {
    Ok(prop.getattr_opt("_kind")?.is_some_and(|k| k.text() == class))
}

fn is_column(prop: &Bound<'_, MapperProperty>) -> PyResult<bool> {
    is_a(prop, "ColumnProperty")
}

/// A ColumnProperty of one Column, of a list of Columns, or an extension of the one that is inherited.
fn from_columns<'py>(slf: &This<'py>, key: &str, arg: &Bound<'py, PyAny>) -> PyResult<Bound<'py, MapperProperty>> {
    let py = slf.py();
    let this = slf.get();
    let given: Vec<Bound<'py, PyAny>> = if arg.is_instance_of::<PyList>() || arg.is_instance_of::<PyTuple>() {
        arg.try_iter()?.collect::<PyResult<_>>()?
    } else {
        vec![arg.clone()]
    };
    let not_a_property = || {
        errors::argument_error(
            py,
            format!(
                "Property '{key}' of {} is not a Column, a list of Columns or a mapper property: {}",
                this.node.describe(),
                arg.repr().map(|r| r.text()).unwrap_or_default()
            ),
        )
    };
    let mut exprs: Vec<(ExprRef, Bound<'py, PyAny>)> = Vec::new();
    for g in given {
        if g.is_instance_of::<PyString>() || g.is_none() || g.extract::<f64>().is_ok() {
            return Err(not_a_property());
        }
        let expr = errors::ignoring_ours(py, "SQLAlchemyError", sqlface::expr(&g))?.ok_or_else(not_a_property)?;
        exprs.push((expr, g));
    }
    let Some((first, _)) = exprs.first() else { return Err(not_a_property()) };
    let data = this.node.data();
    if let Some(existing) = this.property(py, key)
        && !is_a(&existing, "ConcreteInheritedProperty")?
    {
        if is_column(&existing)? {
            let Some(Property::Column(old)) = data.props.get(key) else { return Err(not_a_property()) };
            if let (Some(have), Some(new)) = (old.columns.first().and_then(|e| as_column(e)), as_column(first)) {
                let own = existing.get().get_parent(py).is_some_and(|p| p.is(slf));
                let told = placement::combine(&data, key, have, new, own, &sqlface::render(py));
                super::build::warn(py, told.map_err(|e| errors::sql_error(py, e))?)?;
            }
            let copy = existing.call_method0("copy")?.cast_into::<MapperProperty>().map_err(PyErr::from)?;
            let list = copy.getattr("columns")?;
            for (i, (_, face)) in exprs.iter().enumerate() {
                list.call_method1("insert", (i, face))?;
            }
            return Ok(copy);
        }
        let column = match exprs.first() {
            Some((_, first)) => first.getattr_opt("key")?.map_or_else(String::new, |k| k.text()),
            None => String::new(),
        };
        let e = placement::name_is_taken(&this.node, key, &column, &existing.repr()?.text());
        return Err(errors::sql_error(py, e));
    }
    let nodes: Vec<ExprRef> = exprs.into_iter().map(|(e, _)| e).collect();
    let mapped = placement::represented(&this.node, key, &nodes, &sqlface::render(py)).map_err(|e| errors::sql_error(py, e))?;
    let faces = mapped.iter().map(|c| sqlface::wrap_column(py, c)).collect::<PyResult<Vec<_>>>()?;
    Ok(column_property_class(py)?.call1(PyTuple::new(py, faces)?)?.cast_into::<MapperProperty>()?)
}

/// Put a ColumnProperty under a name: node, columns, attribute.
fn column<'py>(
    slf: &This<'py>,
    key: &str,
    prop: &Bound<'py, MapperProperty>,
    set_parent: bool,
    manager: &Bound<'py, ClassManager>,
) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    // of a parent, unchanged: the same node
    let inherited = prop.get().get_node(py).filter(|_| !set_parent);
    let node = match inherited {
        Some(Property::Column(n)) => n,
        _ => {
            let flag = |n: &str| prop.getattr(n).and_then(|v| v.is_truthy());
            let group = prop.getattr("group")?;
            let spec = properties::ColumnSpec {
                columns: prop.getattr("columns")?.try_iter()?.map(|c| sqlface::expr(&c?)).collect::<PyResult<_>>()?,
                deferred: flag("deferred")?,
                raiseload: flag("raiseload")?,
                group: if group.is_none() { None } else { Some(group.text().into()) },
                active_history: flag("active_history")?,
                expire_on_flush: flag("expire_on_flush")?,
                query_expression: flag("_is_query_expression")?,
                hidden: !flag("_instrument_attribute")?,
            };
            let node = properties::column(&this.node, key, spec);
            MapperProperty::set_node(prop, Property::Column(node.clone()));
            node
        }
    };
    this.props.bind(py).set_item(key, prop)?;
    properties::attach(&this.node, &node);
    if node.hidden || this.node.data().non_primary {
        return Ok(());
    }
    let doc = prop.getattr("doc")?;
    let attr = register_descriptor(manager, key, slf.as_any(), prop.as_any(), None, Some(&doc))?;
    install_column(slf, &attr, prop, &node)
}

/// The implementation of a column attribute.
fn install_column<'py>(
    slf: &This<'py>,
    attr: &Bound<'py, QueryableAttribute>,
    prop: &Bound<'py, MapperProperty>,
    node: &Arc<ColumnProp>,
) -> PyResult<()> {
    let compare = prop.call_method0("_compare_function")?;
    AttributeImpl::install(
        attr,
        Spec {
            kind: Kind::Scalar,
            parent_token: sql::name::next_id(),
            active_history: properties::keeps_old_value(&slf.get().node, node),
            compare: if compare.is_none() { None } else { Some(compare) },
            // any column can be left out by options, or be a subclass's that the row of its base did not bring
            loader: Loader::Hook,
            validators: validators_for(slf, &node.key)?,
            expire_missing: !node.query_expression,
            // once expired, a deferred column waits for its own load, not for that of the others
            accepts_scalar_loader: Some(!node.deferred),
            default_value: prop.getattr_opt("_default_scalar_value")?.filter(|v| !v.is_none()),
            skips_default: skips_default(prop.as_any())?,
            ..Spec::default()
        },
    )?;
    Ok(())
}

/// Whether an attribute has the default of a dataclass field.
pub fn skips_default(prop: &Bound<'_, PyAny>) -> PyResult<bool> {
    prop.getattr_opt("_skips_default")?.map_or(Ok(false), |v| v.is_truthy())
}

/// `@validates` functions for a name, along the hierarchy.
pub fn validators_for(slf: &This<'_>, key: &str) -> PyResult<Vec<Validator>> {
    let py = slf.py();
    let mut out = Vec::new();
    let found = slf.get().validators.bind(py).get_item(key)?;
    if let Some(v) = found {
        let opts = v.get_item(1)?;
        let opt = |n: &str, d: bool| -> PyResult<bool> {
            match opts.cast::<PyDict>()?.get_item(n)? {
                Some(v) => v.is_truthy(),
                None => Ok(d),
            }
        };
        out.push(Validator {
            func: v.get_item(0)?.unbind(),
            include_removes: opt("include_removes", false)?,
            include_backrefs: opt("include_backrefs", true)?,
        });
    }
    Ok(out)
}
