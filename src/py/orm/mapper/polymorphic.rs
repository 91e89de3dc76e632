//! Discriminators: `polymorphic_on`, and the identity that new instances get.

use super::{PyMapper, props};
use crate::py::errors;
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::property::MapperProperty;
use crate::py::orm::sqlface;
use crate::py::orm::state::InstanceState;
use crate::py::text::Text;
use orm::Property;
use orm::columns::as_column;
use orm::configure::discriminator;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

type This<'py> = Bound<'py, PyMapper>;

/// Find the discriminator: the argument, or what a parent has.
pub fn configure(slf: &This<'_>) -> PyResult<()> {
    let (py, this) = (slf.py(), slf.get());
    match this.arg(py, "polymorphic_on")? {
        Some(on) => configure_on(slf, &on),
        None => {
            discriminator::inherit(&this.node);
            Ok(())
        }
    }
}

/// Make a column, a property or an expression the discriminator.
pub fn configure_on<'py>(slf: &This<'py>, on: &Bound<'py, PyAny>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let mut prop: Option<Bound<'_, MapperProperty>> = None;
    if let Ok(name) = on.cast::<PyString>() {
        let name = name.text();
        prop = Some(this.property(py, &name).ok_or_else(|| {
            errors::argument_error(
                py,
                format!("Can't determine polymorphic_on value '{name}' - no attribute is mapped to this name."),
            )
        })?);
    } else if let Ok(p) = on.cast::<MapperProperty>() {
        if !props::is_a(p, "ColumnProperty")? {
            return Err(errors::argument_error(
                py,
                "Only direct column-mapped property or SQL expression can be passed for polymorphic_on",
            ));
        }
        prop = Some(p.clone());
    }
    let prop = match prop {
        Some(p) => {
            if !props::is_a(&p, "ColumnProperty")? {
                return Err(errors::argument_error(
                    py,
                    "Only direct column-mapped property or SQL expression can be passed for polymorphic_on",
                ));
            }
            if p.get().get_node(py).is_none() {
                let key = "_sa_polymorphic_on";
                p.setattr("_instrument_attribute", false)?;
                props::configure_property(slf, key, p.as_any(), false, true)?;
            }
            p
        }
        None => {
            let e = sqlface::expr(on)?;
            let found = as_column(&e).and_then(|c| this.node.key_of(c));
            match found.and_then(|k| this.property(py, &k)) {
                Some(p) => p,
                None => {
                    let (key, face, hidden) = match as_column(&e) {
                        Some(c) => {
                            discriminator::admit(&this.node, c, &props::has_own(slf)).map_err(|e| errors::sql_error(py, e))?;
                            (c.key().to_string(), on.clone(), true)
                        }
                        None => ("_sa_polymorphic_on".to_owned(), on.call_method1("label", ("_sa_polymorphic_on",))?, true),
                    };
                    let p = crate::py::imports::column_property(py)?
                        .call1((face,))?
                        .cast_into::<MapperProperty>()
                        .map_err(PyErr::from)?;
                    p.setattr("_instrument_attribute", !hidden)?;
                    props::configure_property(slf, &key, p.as_any(), false, true)?;
                    p
                }
            }
        }
    };
    let node = match prop.get().get_node(py) {
        Some(Property::Column(n)) => n,
        _ => return Ok(()),
    };
    discriminator::set(&this.node, &node);
    if let Some(imp) = this.manager(py)?.get().get_impl(py, &node.key) {
        imp.get().set_active_history(true);
    }
    Ok(())
}

/// Give a new instance the discriminator of its class.
pub fn set_polymorphic_identity<'py>(
    mapper: &This<'py>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
) -> PyResult<()> {
    let py = mapper.py();
    let this = mapper.get();
    let data = this.node.data();
    let Some(key) = data.polymorphic_key.clone() else { return Ok(()) };
    if data.polymorphic_abstract {
        return Err(errors::invalid_request(
            py,
            format!("Can't instantiate class for {}; mapper is marked polymorphic_abstract=True", this.node.describe()),
        ));
    }
    let Some(imp) = state.get().manager.get().get_impl(py, &key) else { return Ok(()) };
    let identity = this
        .identity
        .with(py, |i| i.as_ref().map(|i| i.clone_ref(py)))
        .map_or_else(|| py.None().into_bound(py), |i| i.into_bound(py));
    AttributeImpl::set(&imp, state, dict, &identity, None)
}
