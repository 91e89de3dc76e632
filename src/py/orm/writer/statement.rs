//! The rows of a relationship of an instance, as parts of statements that are built on them.
//!
//! The instance's key enters as binds that read it when the statement runs: it may be built before the instance is flushed.

use crate::py::errors;
use crate::py::orm::aliased;
use crate::py::orm::attribute_value;
use crate::py::orm::identity::StateExt;
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::loading::lazy;
use crate::py::orm::query::Query;
use crate::py::orm::state::InstanceState;
use crate::py::sql::face;
use crate::py::text::Text;
use orm::{Direction, Mapper, Property, Relationship};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};
use sql::ast::SelectItem;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;

fn relationship_of(imp: &Bound<'_, AttributeImpl>, state: &State<'_>) -> PyResult<(Arc<Mapper>, Arc<Relationship>)> {
    let mapper = state.mapper()?;
    let key = imp.get().key.text();
    match mapper.prop(&key) {
        Some(Property::Relationship(r)) => Ok((mapper, r)),
        _ => Err(errors::invalid_request(imp.py(), format!("{} has no relationship '{key}'", mapper.describe()))),
    }
}

/// Related class or alias, criterion, FROM elements (empty: the class alone), ORDER BY.
#[pyfunction]
pub fn _relationship_rows<'py>(imp: &Bound<'py, AttributeImpl>, state: &State<'py>) -> PyResult<Bound<'py, PyTuple>> {
    let py = imp.py();
    let (_, rel) = relationship_of(imp, state)?;
    let Some(target) = orm::load::target_entity(&rel, None, &[]) else { return Ok(PyTuple::empty(py)) };
    let criterion = lazy::parent_criterion_now(state, &rel)?;
    let select = orm::load::lazy::related_select(&rel, &target, &criterion);
    let froms = select.from_obj.iter().map(|f| face::wrap_from(py, f)).collect::<PyResult<Vec<_>>>()?;
    let order_by = face::wrap_exprs(py, &select.order_by)?;
    let criterion = face::wrap_expr(py, &target.adapt(&criterion))?;
    (aliased::object_of(py, &target)?, criterion, PyList::new(py, froms)?, PyList::new(py, order_by)?).into_pyobject(py)
}

/// Names of the related columns that hold the instance's key, with expressions that read it; `None`: not one-to-many.
#[pyfunction]
pub fn _relationship_values<'py>(imp: &Bound<'py, AttributeImpl>, state: &State<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
    let py = imp.py();
    let (_, rel) = relationship_of(imp, state)?;
    let data = rel.data();
    let (Direction::OneToMany, Some(jc), Some(target)) = (data.direction, data.join.clone(), data.target.upgrade()) else {
        return Ok(None);
    };
    let out = PyList::empty(py);
    for (from, to) in &jc.synchronize_pairs {
        let Some(key) = target.key_of(to) else { continue };
        let value = attribute_value::bind_value(state, from)?;
        let bind = sql::ast::build::anon_bind("param", value, to.ty());
        out.append((&*key, face::wrap_expr(py, &bind)?))?;
    }
    Ok(Some(out))
}

/// Make a new query the query for the rows of a relationship of an instance.
#[pyfunction]
pub fn _relationship_query<'py>(
    query: &Bound<'py, Query>,
    imp: &Bound<'py, AttributeImpl>,
    state: &State<'py>,
    session: Option<Any<'py>>,
) -> PyResult<()> {
    let (_, rel) = relationship_of(imp, state)?;
    let Some(target) = orm::load::target_entity(&rel, None, &[]) else { return Ok(()) };
    let criterion = lazy::parent_criterion_now(state, &rel)?;
    let select = orm::load::lazy::related_select(&rel, &target, &criterion);
    let entity = aliased::object_of(query.py(), &target)?.unbind();
    let mut q = query.borrow_mut();
    let s = &mut q.s;
    s.select.columns = vec![SelectItem::Entity(Arc::new(target))];
    s.select.from_obj = select.from_obj;
    s.select.where_ = select.where_;
    s.select.order_by = select.order_by;
    s.entities = vec![entity];
    s.session = session.filter(|x| !x.is_none()).map(Bound::unbind);
    Ok(())
}

/// Add this room's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_relationship_rows, m)?)?;
    m.add_function(wrap_pyfunction!(_relationship_values, m)?)?;
    m.add_function(wrap_pyfunction!(_relationship_query, m)?)
}
