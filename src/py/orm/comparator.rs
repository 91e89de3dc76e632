//! What comparators of mapped attributes build: the functions behind `PropComparator` and its subclasses.

use super::attribute_value;
use super::mapper;
use super::property::MapperProperty;
use super::sqlface;
use super::state::InstanceState;
use crate::py::errors;
use crate::py::orm::execute::Host;
use crate::py::text::Text;
use orm::{Entity, Property, Relationship, comparison};
use pyo3::prelude::*;
use sql::ast::BindValue;
use std::sync::Arc;

fn entity(obj: &Bound<'_, PyAny>) -> PyResult<Entity> {
    // a mapper under construction has attributes already: no configuration here
    if let Ok(m) = obj.cast::<mapper::PyMapper>() {
        return Ok(Entity { mapper: m.get().node.clone(), alias: None });
    }
    match mapper::entity_of(obj)?.as_ref().and_then(|e| Entity::of(e).cloned()) {
        Some(e) => Ok(e),
        None => Err(errors::argument_error(obj.py(), format!("mapped class or alias expected, got {}", obj.repr()?.text()))),
    }
}

fn optional(obj: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Entity>> {
    obj.filter(|o| !o.is_none()).map(entity).transpose()
}

fn relationship(prop: &Bound<'_, MapperProperty>) -> PyResult<Arc<Relationship>> {
    if let Some(parent) = prop.get().get_parent(prop.py()) {
        mapper::check_configure(&parent)?;
    }
    match prop.get().get_node(prop.py()) {
        Some(Property::Relationship(r)) => Ok(r),
        _ => Err(errors::invalid_request(prop.py(), format!("{} is not a mapped relationship", prop.str()?.text()))),
    }
}

/// The expression of a column property as seen through a class or alias.
#[pyfunction]
pub fn _column_clause<'py>(prop: &Bound<'py, MapperProperty>, parententity: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = prop.py();
    let e = entity(parententity)?;
    let name = prop.get().name(py);
    // a subclass has its own column under the name (joined inheritance)
    let node = match e.mapper.prop(&name) {
        Some(Property::Column(c)) => Some(c),
        _ => match prop.get().get_node(py) {
            Some(Property::Column(c)) => Some(c),
            _ => None,
        },
    };
    let Some(node) = node else {
        return Err(errors::invalid_request(py, format!("{} is not a mapped column", prop.str()?.text())));
    };
    let Some(expr) = node.expr() else {
        return Err(errors::invalid_request(py, format!("{} has no column", prop.str()?.text())));
    };
    sqlface::wrap_expr(py, &e.attribute(&node.key, expr))
}

/// The join condition of a relationship as seen through a class or alias.
#[pyfunction]
pub fn _relationship_clause<'py>(
    prop: &Bound<'py, MapperProperty>,
    parententity: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = prop.py();
    let r = relationship(prop)?;
    let e = entity(parententity)?;
    match &r.data().join {
        Some(j) => {
            let plain = orm::JoinCondition::plain(&j.primaryjoin);
            let adapted = sql::ast::fold::replace(&plain, &mut |x| {
                let c = orm::columns::as_column(x)?;
                j.local_columns.contains(c).then(|| e.adapt(x))
            });
            sqlface::wrap_expr(py, &adapted)
        }
        None => Err(errors::invalid_request(py, format!("{} is not configured", prop.str()?.text()))),
    }
}

/// `EXISTS` over the related rows.
#[pyfunction]
#[pyo3(signature = (prop, parententity, of_type = None, criterion = None))]
pub fn _relationship_exists<'py>(
    prop: &Bound<'py, MapperProperty>,
    parententity: &Bound<'py, PyAny>,
    of_type: Option<&Bound<'py, PyAny>>,
    criterion: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = prop.py();
    let r = relationship(prop)?;
    let criterion = criterion.filter(|c| !c.is_none()).map(sqlface::criterion).transpose()?;
    let e = comparison::exists(&r, &entity(parententity)?, optional(of_type)?.as_ref(), criterion, &Host::new(py))
        .map_err(|e| errors::sql_error(py, e))?;
    sqlface::wrap_expr(py, &e)
}

fn state_for_comparison<'py>(
    prop: &Bound<'py, MapperProperty>,
    other: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, InstanceState>> {
    InstanceState::of(other).ok_or_else(|| {
        let name = prop.get().describe(prop.py());
        errors::argument_error(
            prop.py(),
            format!(
                "Mapped instance expected for relationship comparison to object.   Classes, queries and other SQL elements are not accepted \
                 in this context; for comparison with a subquery, use {name}.has(**criteria)."
            ),
        )
    })
}

fn values<'a, 'py>(state: &'a Bound<'py, InstanceState>) -> impl FnMut(&Arc<sql::schema::Column>) -> BindValue + 'a {
    move |column| errors::or_park(attribute_value::bind_value(state, column), || BindValue::Missing)
}

/// Build a criterion with the key that an instance has now.
fn with_key<'py, R>(
    state: &Bound<'py, InstanceState>,
    build: impl FnOnce(&mut dyn FnMut(&Arc<sql::schema::Column>) -> BindValue) -> R,
) -> PyResult<R> {
    let mut failed = None;
    let made = build(&mut |column| {
        attribute_value::bind_now(state, column).unwrap_or_else(|e| {
            failed = Some(e);
            BindValue::Missing
        })
    });
    failed.map_or(Ok(made), Err)
}

/// The related object is `other`, or there is none. `member`: one of the related objects is `other`.
#[pyfunction]
#[pyo3(signature = (prop, parententity, other, value_is_parent = false, member = false))]
pub fn _relationship_equals<'py>(
    prop: &Bound<'py, MapperProperty>,
    parententity: &Bound<'py, PyAny>,
    other: &Bound<'py, PyAny>,
    value_is_parent: bool,
    member: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = prop.py();
    let r = relationship(prop)?;
    let source = entity(parententity)?;
    let e = if other.is_none() {
        comparison::equals_none(&r, &source, value_is_parent)
    } else {
        let state = state_for_comparison(prop, other)?;
        if member {
            with_key(&state, |key| comparison::contains(&r, &source, &mut values(&state), key, &Host::new(py)))?
        } else {
            comparison::equals(&r, &source, &mut values(&state), value_is_parent)
        }
    };
    errors::settle()?;
    sqlface::wrap_expr(py, &e.map_err(|e| errors::sql_error(py, e))?)
}

/// The related object is not `other`.
#[pyfunction]
#[pyo3(signature = (prop, parententity, other, of_type = None))]
pub fn _relationship_differs<'py>(
    prop: &Bound<'py, MapperProperty>,
    parententity: &Bound<'py, PyAny>,
    other: &Bound<'py, PyAny>,
    of_type: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = prop.py();
    let r = relationship(prop)?;
    let state = super::impls::require_state(other)?;
    let (source, of_type) = (entity(parententity)?, optional(of_type)?);
    let e = if comparison::differs_by_key(&r) {
        comparison::differs(&r, &source, &mut values(&state), of_type.as_ref(), &Host::new(py))
    } else {
        with_key(&state, |key| comparison::differs(&r, &source, key, of_type.as_ref(), &Host::new(py)))?
    };
    errors::settle()?;
    sqlface::wrap_expr(py, &e.map_err(|e| errors::sql_error(py, e))?)
}

/// The columns of a column property as mapped.
#[pyfunction]
pub fn _property_columns<'py>(prop: &Bound<'py, MapperProperty>) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let py = prop.py();
    match prop.get().get_node(py) {
        Some(Property::Column(c)) => c.columns.iter().map(|e| sqlface::wrap_expr(py, e)).collect::<PyResult<Vec<_>>>().map(Some),
        _ => Ok(None),
    }
}

/// `foreign(expr)`, `remote(expr)`: the expression with a mark.
#[pyfunction]
pub fn _mark_column<'py>(expr: &Bound<'py, PyAny>, mark: &str) -> PyResult<Bound<'py, PyAny>> {
    let e = sqlface::expr(expr)?;
    let set = |e: &sql::ast::ExprRef| {
        let mut a = e.ann.as_deref().cloned().unwrap_or_default();
        match mark {
            "foreign" => a.foreign = true,
            _ => a.remote = true,
        }
        e.annotated(a)
    };
    let new = if orm::columns::as_column(&e).is_some() {
        set(&e)
    } else {
        sql::ast::fold::replace(&e, &mut |x| orm::columns::as_column(x).map(|_| set(x)))
    };
    sqlface::wrap_expr(expr.py(), &new)
}
