//! What comparators of mapped attributes build: the functions behind `PropComparator` and its subclasses.

use super::flags::*;
use super::impls::AttributeImpl;
use super::mapper;
use super::property::MapperProperty;
use super::sqlface;
use super::state::InstanceState;
use crate::py::errors;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::host::PyHost;
use crate::py::orm::execute::Host;
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
        None => Err(errors::argument_error(obj.py(), format!("mapped class or alias expected, got {}", obj.repr()?))),
    }
}

fn optional(obj: Option<&Bound<'_, PyAny>>) -> PyResult<Option<Entity>> {
    obj.filter(|o| !o.is_none()).map(entity).transpose()
}

fn relationship(prop: &Bound<'_, MapperProperty>) -> PyResult<Arc<Relationship>> {
    mapper::configure_if_needed(prop.py())?;
    match prop.get().get_node(prop.py()) {
        Some(Property::Relationship(r)) => Ok(r),
        _ => Err(errors::invalid_request(prop.py(), format!("{} is not a mapped relationship", prop.str()?))),
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
        return Err(errors::invalid_request(py, format!("{} is not a mapped column", prop.str()?)));
    };
    let Some(expr) = node.expr() else {
        return Err(errors::invalid_request(py, format!("{} has no column", prop.str()?)));
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
        None => Err(errors::invalid_request(py, format!("{} is not configured", prop.str()?))),
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
    let criterion = criterion.filter(|c| !c.is_none()).map(sqlface::expr).transpose()?;
    let e = comparison::exists(&r, &entity(parententity)?, optional(of_type)?.as_ref(), criterion, &Host::new(py))
        .map_err(|e| errors::sql_error(py, e))?;
    sqlface::wrap_expr(py, &e)
}

/// Gives a column's value of an object when the statement is executed.
#[pyclass(frozen, module = "oxalchemy.orm.relationships")]
pub struct AttributeValue {
    state: Py<InstanceState>,
    key: String,
    column: String,
}

#[pymethods]
impl AttributeValue {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __call__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let state = self.state.bind(py);
        let imp = state.get().manager.get().require_impl(py, &self.key)?;
        let dict = state.get().instance_dict(py);
        let persistent = state.getattr("persistent")?.is_truthy()?;
        let passive = if persistent { PASSIVE_OFF } else { PASSIVE_NO_FETCH ^ INIT_OK };
        let mut value = AttributeImpl::get(&imp, state, &dict, passive)?;
        if is_no_state(&value)
            && let Some(known) = state
                .get()
                .read_extra(py, |e| e.last_known.iter().find(|l| l.0.to_string() == self.key).map(|l| l.1.clone_ref(py)))
        {
            value = known.into_bound(py);
        }
        let what = |tail: &str| {
            errors::invalid_request(
                py,
                format!("Can't resolve value for column {} on object {}; {tail}", self.column, state.get().describe(py)),
            )
        };
        if is_no_value(&value) {
            return Err(what("no value has been set for this column"));
        }
        if is_passive_no_result(&value) {
            return Err(what("the object is detached and the value was expired"));
        }
        if value.is_none() {
            let text = format!(
                "Got None for value of column {}; this is unsupported for a relationship comparison and will not currently produce an IS \
                 comparison (but may in a future release)",
                self.column
            );
            errors::warn(py, "SAWarning", &text)?;
        }
        Ok(value)
    }
}

impl Collected for AttributeValue {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.state)
    }
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
    move |column| {
        let py = state.py();
        let node = state.get().manager.get().get_mapper(py).map(|m| m.get().node.clone());
        let key = node.and_then(|n| n.key_of(column)).unwrap_or_else(|| column.key());
        let shown =
            sqlface::wrap_column(py, column).and_then(|f| f.str().map(|s| s.to_string())).unwrap_or_else(|_| key.to_string());
        match Bound::new(py, AttributeValue { state: state.clone().unbind(), key: key.to_string(), column: shown }) {
            Ok(f) => BindValue::Callable(PyHost::wrap(f.as_any())),
            Err(_) => BindValue::Missing,
        }
    }
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
            comparison::contains(&r, &source, &mut values(&state), &Host::new(py))
        } else {
            comparison::equals(&r, &source, &mut values(&state), value_is_parent)
        }
    };
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
    let state = state_for_comparison(prop, other)?;
    let e = comparison::differs(&r, &entity(parententity)?, &mut values(&state), optional(of_type)?.as_ref(), &Host::new(py));
    sqlface::wrap_expr(py, &e.map_err(|e| errors::sql_error(py, e))?)
}

/// What configuration found out about a relationship: direction and columns, for `RelationshipProperty`'s attributes.
#[pyfunction]
pub fn _relationship_facts<'py>(prop: &Bound<'py, MapperProperty>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
    let py = prop.py();
    let out = pyo3::types::PyDict::new(py);
    let Some(Property::Relationship(r)) = prop.get().get_node(py) else { return Ok(out) };
    let d = r.data();
    if let Some(t) = r.target() {
        out.set_item("mapper", mapper::face_of(py, &t)?)?;
    }
    out.set_item("use_get", d.use_get)?;
    let Some(j) = &d.join else { return Ok(out) };
    out.set_item("uselist", d.uselist)?;
    let direction = match d.direction {
        orm::Direction::OneToMany => "ONETOMANY",
        orm::Direction::ManyToOne => "MANYTOONE",
        orm::Direction::ManyToMany => "MANYTOMANY",
    };
    out.set_item("direction", py.import("oxalchemy.orm.base")?.getattr(direction)?)?;
    let pairs = |p: &[orm::join_condition::Pair]| -> PyResult<Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>> {
        p.iter().map(|(a, b)| Ok((sqlface::wrap_column(py, a)?, sqlface::wrap_column(py, b)?))).collect()
    };
    let set = |s: &orm::columns::ColumnSet| -> PyResult<Bound<'py, pyo3::types::PySet>> {
        pyo3::types::PySet::new(py, s.iter().map(|c| sqlface::wrap_column(py, c)).collect::<PyResult<Vec<_>>>()?)
    };
    out.set_item("local_remote_pairs", pairs(&j.local_remote_pairs)?)?;
    out.set_item("synchronize_pairs", pairs(&j.synchronize_pairs)?)?;
    out.set_item("secondary_synchronize_pairs", pairs(&j.secondary_synchronize_pairs)?)?;
    out.set_item("local_columns", set(&j.local_columns)?)?;
    out.set_item("remote_side", set(&j.remote_columns)?)?;
    out.set_item("foreign_key_columns", set(&j.foreign_key_columns)?)?;
    out.set_item("primaryjoin", sqlface::wrap_expr(py, &j.primaryjoin)?)?;
    out.set_item("secondaryjoin", j.secondaryjoin.as_ref().map(|s| sqlface::wrap_expr(py, s)).transpose()?)?;
    out.set_item("order_by", d.order_by.iter().map(|e| sqlface::wrap_expr(py, e)).collect::<PyResult<Vec<_>>>()?)?;
    let reverse: Vec<Bound<'py, MapperProperty>> = d
        .reverse
        .iter()
        .filter_map(std::sync::Weak::upgrade)
        .filter_map(|r| MapperProperty::face_of(py, &Property::Relationship(r)))
        .collect();
    out.set_item("reverse", pyo3::types::PySet::new(py, reverse)?)?;
    Ok(out)
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
