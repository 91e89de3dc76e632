//! Bases of concrete inheritance that are set up after their subclasses: `ConcreteBase`, `AbstractConcreteBase`.

use super::{PyMapper, polymorphic, props};
use crate::py::orm::sqlface;
use orm::mapper::WithPolymorphic;
use pyo3::prelude::*;

type This<'py> = Bound<'py, PyMapper>;

/// Load a mapper's hierarchy from a selectable, told apart by one of its columns.
#[pyfunction]
pub fn _mapper_load_from(mapper: &This<'_>, selectable: &Bound<'_, PyAny>, on: &Bound<'_, PyAny>) -> PyResult<()> {
    let from = sqlface::from(selectable)?;
    mapper
        .get()
        .node
        .update(|d| d.with_polymorphic = Some(WithPolymorphic { all: true, mappers: Vec::new(), selectable: Some(from) }));
    polymorphic::configure_on(mapper, on)
}

/// Put a mapper that was mapped alone below a base.
#[pyfunction]
pub fn _mapper_set_concrete_base(mapper: &This<'_>, base: &This<'_>) -> PyResult<()> {
    let py = mapper.py();
    let (this, parent) = (mapper.get(), base.get());
    drop(this.inherits.replace(py, Some(base.clone().unbind())));
    orm::configure::inheritance::adopt(&parent.node, &this.node);
    let map_of = |m: &PyMapper| m.polymorphic_map.with(py, |x| x.as_ref().map(|x| x.clone_ref(py)));
    if let Some(shared) = map_of(parent) {
        if let Some(own) = map_of(this) {
            shared.bind(py).update(own.bind(py).as_mapping())?;
        }
        for node in this.node.self_and_descendants() {
            let m = super::face_of(py, &node)?;
            drop(m.get().polymorphic_map.replace(py, Some(shared.clone_ref(py))));
        }
    }
    for (key, prop) in parent.props.bind(py) {
        props::adapt_inherited(mapper, &key.to_string(), &prop, false)?;
    }
    Ok(())
}

/// Add this file's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_mapper_load_from, m)?)?;
    m.add_function(wrap_pyfunction!(_mapper_set_concrete_base, m)?)
}
