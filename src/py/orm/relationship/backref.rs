//! The other side of a relationship: made for `backref=`, found for `back_populates=`.

use super::{Prop, This, node_of, read};
use crate::py::errors;
use crate::py::orm::mapper::props;
use crate::py::orm::property::MapperProperty;
use crate::py::orm::sqlface;
use crate::py::text::Text;
use orm::Relationship;
use orm::configure::backref;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::sync::Arc;

/// Make the other side that `backref=` asks for.
pub fn make<'py>(slf: &This<'py>, prop: &Prop<'py>, node: &Arc<Relationship>, target: &This<'py>) -> PyResult<()> {
    let py = prop.py();
    let arg = prop.getattr("backref")?;
    if arg.is_none() || slf.get().node.data().non_primary {
        return Ok(());
    }
    let (key, kw): (String, Bound<'py, PyDict>) = if arg.is_instance_of::<PyString>() {
        (arg.text(), PyDict::new(py))
    } else {
        (arg.get_item(0)?.text(), arg.get_item(1)?.cast_into::<PyDict>()?.copy()?)
    };
    let related = &target.get().node;
    backref::name_is_free(node, related, &key).map_err(|e| errors::sql_error(py, e))?;
    let Some(join) = node.data().join.clone() else { return Ok(()) };
    let set_default = |k: &str, v: Bound<'py, PyAny>| -> PyResult<()> {
        if !kw.contains(k)? {
            kw.set_item(k, v)?;
        }
        Ok(())
    };
    let (first, second) = backref::conditions(&join);
    match second {
        Some(second) => set_default("secondaryjoin", sqlface::wrap_expr(py, &second)?)?,
        None if kw.contains("secondaryjoin")? => {
            return Err(errors::invalid_request(
                py,
                "Can't assign 'secondaryjoin' on a backref against a non-secondary relationship.",
            ));
        }
        None => {}
    }
    set_default("primaryjoin", sqlface::wrap_expr(py, &first)?)?;
    for k in ["foreign_keys", "viewonly", "post_update", "passive_updates", "sync_backref"] {
        set_default(k, prop.getattr(k)?)?;
    }
    kw.set_item("secondary", prop.getattr("secondary")?)?;
    kw.set_item("back_populates", prop.get().name(py))?;
    let class = py.import("oxalchemy.orm.relationships")?.getattr("RelationshipProperty")?;
    let other = class.call((slf,), Some(&kw))?;
    prop.setattr("back_populates", &key)?;
    warn_replaced(target, &key)?;
    props::configure_property(target, &key, &other, related.data().configured, true)
}

/// A backref takes a name that the class uses for something of its own.
fn warn_replaced(target: &This<'_>, key: &str) -> PyResult<()> {
    let py = target.py();
    let class = target.get().class_.bind(py);
    let Some(found) = errors::item_of(&class.getattr("__dict__")?, key)? else { return Ok(()) };
    if found.is_none()
        || target.get().property(py, key).is_some_and(|p| props::is_a(&p, "ConcreteInheritedProperty").unwrap_or(false))
    {
        return Ok(());
    }
    let text = format!(
        "User-placed attribute {}.{key} on {} is replacing an existing class-bound attribute of the same name.  Behavior is not fully \
         defined in this case.  This use is deprecated and will raise an error in a future release",
        class.name()?.text(),
        target.get().node.describe()
    );
    errors::warn(py, "SADeprecationWarning", &text)
}

/// Tie the two sides of a two-way relationship together.
pub fn tie<'py>(slf: &This<'py>, prop: &Prop<'py>, node: &Arc<Relationship>, target: &This<'py>, key: &str) -> PyResult<()> {
    let py = prop.py();
    let other = match target.get().property(py, key) {
        Some(o) => o,
        None => target.call_method1("get_property", (key, false))?.cast_into::<MapperProperty>()?,
    };
    let Some(on) = node_of(&other) else {
        return Err(errors::invalid_request(
            py,
            format!(
                "back_populates on relationship '{}' refers to attribute '{}' that is not a relationship.  The back_populates parameter \
                 should refer to the name of a relationship on the target class.",
                node.describe(),
                other.str()?.text()
            ),
        ));
    };
    backref::tie(node, &on).map_err(|e| errors::sql_error(py, e))?;
    let other_parent = other.get().get_parent(py).unwrap_or_else(|| target.clone());
    let (other_target, _) = read::target(&other_parent, &other)?;
    backref::fit(node, &slf.get().node, &on, &other_target.get().node).map_err(|e| errors::sql_error(py, e))
}
