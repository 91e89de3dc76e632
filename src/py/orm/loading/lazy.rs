//! Relationships loaded on access.

use super::columns::{deferred, session_of};
use super::identity::{key_of, refresh_expired};
use super::options::{criteria_of, lazy_of, node_of};
use super::populate::Mode;
use crate::py::host::PyHost;
use crate::py::orm::attribute_value;
use crate::py::orm::execute::further::{self, Said};
use crate::py::orm::execute::{self, Prepared};
use crate::py::orm::flags::{self, *};
use crate::py::orm::identity::StateExt;
use crate::py::orm::impls::{AttributeImpl, Kind};
use crate::py::orm::session::Session;
use crate::py::orm::state::{InstanceState, flag};
use crate::py::{errors, ffi};
use orm::load::kept::Access;
use orm::load::lazy::LazyPlan;
use orm::load::target_entity;
use orm::options::AttrOption;
use orm::property::Property;
use orm::relationship::Lazy;
use orm::{Entity, Mapper, Relationship};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use rustc_hash::FxHashMap;
use sql::ast::{Bind, BindValue, Expr, ExprKind, ExprRef, fold};
use sql::schema::Column;
use std::sync::{Arc, LazyLock};

type State<'py> = Bound<'py, InstanceState>;
type Any<'py> = Bound<'py, PyAny>;

/// The plan of a relationship's lazy loads, made at the first one, and its compiled statement.
struct Strategy_ {
    plan: LazyPlan,
    prepared: Mutex<Option<Arc<Prepared>>>,
}

static STRATEGIES: LazyLock<Mutex<FxHashMap<u64, Arc<Strategy_>>>> = LazyLock::new(Mutex::default);

fn strategy(py: Python<'_>, rel: &Arc<Relationship>) -> PyResult<Arc<Strategy_>> {
    if let Some(s) = STRATEGIES.lock().get(&rel.id) {
        return Ok(s.clone());
    }
    let Some(plan) = LazyPlan::new(rel).map_err(|e| errors::sql_error(py, e))? else {
        return Err(errors::invalid_request(py, format!("relationship {} is not configured", rel.describe())));
    };
    let s = Arc::new(Strategy_ { plan, prepared: Mutex::new(None) });
    let old = STRATEGIES.lock().insert(rel.id, s.clone());
    drop(old);
    Ok(s)
}

/// Lets go of the strategy of a relationship whose mapper ends: its plan would keep the classes.
pub fn forget(relationship: u64) {
    let old = STRATEGIES.lock().remove(&relationship);
    // Without the lock: the end of a plan may run Python code.
    drop(old);
}

/// The value of a mapped column of an instance.
pub fn column_value<'py>(
    state: &State<'py>,
    mapper: &Arc<Mapper>,
    column: &Arc<Column>,
    passive: u32,
    committed: bool,
) -> PyResult<Any<'py>> {
    let py = state.py();
    let Some(key) = mapper.key_of(column) else {
        return Err(PyErr::from_type(
            crate::py::imports::orm_exc(py, "UnmappedColumnError")?,
            (format!(
                "Can't execute sync rule for column '{}'; mapper '{}' does not map this column.",
                column.name(),
                mapper.describe()
            ),),
        ));
    };
    let key = PyString::intern(py, &key).unbind();
    if committed && let Some(v) = state.get().committed(py, &key) {
        if !flags::is_no_value(&v) {
            return Ok(v);
        }
        if !flags::is_no_value(&v) || state.has_key() {
            return Ok(py.None().into_bound(py));
        }
    }
    let dict = state.get().instance_dict(py);
    if let Some(v) = ffi::dict_get(&dict, &key) {
        return Ok(v);
    }
    let imp = state.get().manager.get().require_impl(py, &key.bind(py).to_string_lossy())?;
    AttributeImpl::get(&imp, state, &dict, passive & !INIT_OK)
}

/// The hook of unloaded attributes.
pub fn hook<'py>(state: &State<'py>, imp: &Bound<'py, AttributeImpl>, passive: u32) -> PyResult<Any<'py>> {
    let py = state.py();
    let mapper = state.mapper()?;
    let key = imp.get().key.bind(py).to_string_lossy().into_owned();
    match mapper.prop(&key) {
        Some(Property::Relationship(r)) => relationship(state, imp, &mapper, &r, passive),
        Some(Property::Column(p)) => deferred(state, imp, &p, passive),
        _ => flags::attr_empty(py),
    }
}

fn raise_error(py: Python<'_>, rel: &Relationship, lazy: &str) -> PyErr {
    errors::invalid_request(py, format!("'{}' is not available due to lazy='{lazy}'", rel.describe()))
}

fn relationship<'py>(
    state: &State<'py>,
    imp: &Bound<'py, AttributeImpl>,
    mapper: &Arc<Mapper>,
    rel: &Arc<Relationship>,
    passive: u32,
) -> PyResult<Any<'py>> {
    let py = state.py();
    let data = rel.data();
    let entity = Entity { mapper: mapper.clone(), alias: None };
    let node = node_of(state);
    let option: Option<AttrOption> = node.as_ref().and_then(|n| n.attr(&entity, &rel.key).cloned());
    let (lazy, criteria) = match lazy_of(state, &rel.key).map(|o| o.access) {
        Some(Access::Relationship { lazy, criteria }) => (lazy, Some(criteria)),
        _ => (data.lazy, None),
    };
    let pending = !state.has_key();
    let load_pending = data.load_on_pending || state.get().is(py, flag::LOAD_PENDING);
    if pending && !load_pending {
        return flags::attr_empty(py);
    }
    if lazy == Lazy::Noload {
        return flags::attr_empty(py);
    }
    let quiet = passive & NO_RAISE != 0;
    let s = strategy(py, rel)?;
    if (passive & SQL_OK == 0 && s.plan.get.is_none()) || (passive & NON_PERSISTENT_OK == 0 && pending) {
        return flags::passive_no_result(py);
    }
    if lazy == Lazy::Raise && !quiet {
        return Err(raise_error(py, rel, "raise"));
    }
    let session = match crate::py::orm::session::session_of(state) {
        Some(s) => s,
        None if quiet => return flags::passive_no_result(py),
        None => {
            return session_of(state, || {
                format!(
                    "Parent instance {} is not bound to a Session; lazy load operation of attribute '{}' cannot proceed",
                    state.describe(),
                    rel.key
                )
            })
            .map(Bound::into_any);
        }
    };
    let committed = passive & LOAD_AGAINST_COMMITTED != 0;
    if let Some(sources) = &s.plan.get {
        let mut values = Vec::with_capacity(sources.len());
        // a foreign key that is expired is loaded first; without leave to do so there is no answer
        let how = if passive & SQL_OK == 0 { PASSIVE_NO_FETCH ^ INIT_OK } else { PASSIVE_OFF } | (passive & NO_AUTOFLUSH);
        for c in sources {
            let v = column_value(state, mapper, c, how, committed)?;
            if flags::is_passive_no_result(&v) {
                return Ok(v);
            }
            if !flags::is_no_value(&v) {
                values.push(v);
            } else if passive & INIT_OK == 0 {
                // A key that was never set tells nothing of what it led to.
                return flags::attr_empty(py);
            } else {
                values.push(py.None().into_bound(py));
            }
        }
        // reading an expired key may have loaded the relationship with it
        if !committed && ffi::dict_get(&state.get().instance_dict(py), &imp.get().key).is_some() {
            return flags::attr_was_set(py);
        }
        let nulls = values.iter().filter(|v| v.is_none()).count();
        let Some(target) = data.target.upgrade() else { return flags::attr_empty(py) };
        if nulls == values.len() || (nulls > 0 && !target.data().allow_partial_pks) {
            return Ok(py.None().into_bound(py));
        }
        let key = key_of(&target, &values)?;
        if let Some((found, obj)) = session.get().identity(py).get().find(py, &key) {
            if found.get().is(py, flag::EXPIRED) {
                if passive & SQL_OK == 0 {
                    return flags::passive_no_result(py);
                }
                if let Err(e) = refresh_expired(&found) {
                    let gone = crate::py::imports::orm_exc(py, "ObjectDeletedError")?;
                    if !e.is_instance(py, &gone) {
                        return Err(e);
                    }
                    crate::py::orm::session::attach::register_deleted(&session, std::slice::from_ref(&found))?;
                    return Ok(py.None().into_bound(py));
                }
            }
            let wanted =
                option.as_ref().and_then(|o| o.of_type.as_ref()).and_then(Entity::of).map_or(target, |e| e.mapper.clone());
            return Ok(if found.mapper()?.isa(&wanted) { obj } else { py.None().into_bound(py) });
        }
        if passive & SQL_OK == 0 || passive & RELATED_OBJECT_OK == 0 {
            return flags::passive_no_result(py);
        }
    }
    if lazy == Lazy::RaiseOnSql && !quiet {
        return Err(raise_error(py, rel, "raise_on_sql"));
    }
    let told = Told { option: option.as_ref(), criteria: criteria.as_deref().unwrap_or_default() };
    let rows = emit(&session, state, mapper, rel, &s, &told, passive, pending, committed)?;
    let Some(rows) = rows else {
        if !committed && ffi::dict_get(&state.get().instance_dict(py), &imp.get().key).is_some() {
            return flags::attr_was_set(py);
        }
        return if imp.get().kind == Kind::Collection { flags::attr_empty(py) } else { Ok(py.None().into_bound(py)) };
    };
    // two association rows of the same objects are one membership
    let mut rows = rows;
    if rows.len() > 1 {
        let mut seen = rustc_hash::FxHashSet::default();
        rows.retain(|o| seen.insert(o.as_ptr()));
    }
    if data.uselist {
        return Ok(PyList::new(py, rows)?.into_any());
    }
    if rows.len() > 1 {
        errors::warn(
            py,
            "SAWarning",
            &format!("Multiple rows returned with uselist=False for lazily-loaded attribute '{}' ", rel.describe()),
        )?;
    }
    Ok(rows.into_iter().next().unwrap_or_else(|| py.None().into_bound(py)))
}

/// A criterion with values in place of its binds; NULL values become IS NULL.
pub(super) fn with_values<'py>(criterion: &ExprRef, values: &[(ExprRef, Any<'py>)]) -> ExprRef {
    fold::replace(criterion, &mut |e| {
        if let ExprKind::Binary { left, right, op: op @ (sql::ast::Op::Eq | sql::ast::Op::Ne), .. } = &e.kind {
            for (bind_side, other) in [(left, right), (right, left)] {
                if let Some((_, v)) = values.iter().find(|(b, _)| same_bind(b, bind_side))
                    && v.is_none()
                {
                    let null = sql::ast::build::null();
                    return sql::ast::build::compare(other, op.clone(), sql::ast::build::Other::Expr(null), Vec::new()).ok();
                }
            }
        }
        let ExprKind::Bind(b) = &e.kind else { return None };
        let (_, v) = values.iter().find(|(x, _)| same_bind(x, e))?;
        let new = Bind { value: BindValue::Host(PyHost::wrap(v)), ..b.clone() };
        Some(Expr::new(ExprKind::Bind(new), e.ty.clone()))
    })
}

fn same_bind(a: &ExprRef, b: &ExprRef) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Bind(x), ExprKind::Bind(y)) => x.key == y.key,
        _ => false,
    }
}

/// What the options that came with the instance say about a load.
struct Told<'a> {
    /// About what is below it.
    option: Option<&'a AttrOption>,
    /// Its criteria.
    criteria: &'a [ExprRef],
}

#[allow(clippy::too_many_arguments)]
fn emit<'py>(
    session: &Bound<'py, Session>,
    state: &State<'py>,
    mapper: &Arc<Mapper>,
    rel: &Arc<Relationship>,
    s: &Strategy_,
    told: &Told<'_>,
    passive: u32,
    pending: bool,
    committed: bool,
) -> PyResult<Option<Vec<Any<'py>>>> {
    let py = state.py();
    let clause = s.plan.runs();
    let mut values = Vec::with_capacity(clause.binds.len());
    for (column, bind) in &clause.binds {
        let v = column_value(state, mapper, column, PASSIVE_OFF | (passive & NO_AUTOFLUSH), committed)?;
        let v = if flags::is_no_state(&v) { py.None().into_bound(py) } else { v };
        values.push((bind.clone(), v));
    }
    if !values.is_empty() && values.iter().all(|(_, v)| v.is_none()) {
        return Ok(None);
    }
    let key = crate::py::orm::names::intern(&pyo3::types::PyString::new(py, &rel.key));
    if !committed && ffi::dict_get(&state.get().instance_dict(py), &key).is_some() {
        return Ok(None);
    }
    if !pending && passive & NO_AUTOFLUSH == 0 {
        execute::autoflush(session)?;
    }
    // a load on access selects from the class, whatever alias the options named
    let Some(target) = target_entity(rel, None, &[]) else { return Ok(None) };
    let criteria = criteria_of(state);
    let plain = told.option.is_none() && told.criteria.is_empty() && criteria.is_empty() && target.alias.is_none();
    let known = if plain { s.prepared.lock().clone().filter(|p| p.current()) } else { None };
    let host = execute::Host::new(py);
    let written = || s.plan.select(rel, &target, told.criteria);
    let settings = || LazyPlan::settings(rel, mapper, told.option, &criteria, &host);
    let mode = Mode { token: state.key_ref().and_then(|k| k.token).map(|t| t.to_py(py)), ..Mode::default() };
    if further::listened(session)? {
        let mut select = written();
        select.where_ = select.where_.iter().map(|w| with_values(w, &values)).collect();
        match further::tell(session, select, &target, further::relationship(py, rel, Some(state))?)? {
            Said::Nothing => {}
            Said::Rows(rows) => return Ok(Some(rows)),
            Said::Changed(select) => {
                let prepared = Prepared::new(py, &select, &settings())?;
                let connection = execute::connection_of(session, &target, || prepared.statement())?;
                return prepared.instances(session, &connection, None, &mode, None, None).map(Some);
            }
        }
    }
    let prepared = match known {
        Some(p) => p,
        None => {
            let p = Arc::new(Prepared::new(py, &written(), &settings())?);
            if plain {
                let old = s.prepared.lock().replace(p.clone());
                drop(old);
            }
            p
        }
    };
    let where_: Vec<ExprRef> = prepared.select.where_.iter().map(|w| with_values(w, &values)).collect();
    prepared
        .instances(session, &execute::connection_of(session, &target, || prepared.statement())?, Some(&where_), &mode, None, None)
        .map(Some)
}

/// `with_parent`: the lazy clause of a relationship with an instance's values.
pub fn parent_criterion<'py>(
    py: Python<'py>,
    rel: &Arc<Relationship>,
    instance: &Any<'py>,
    entity: Option<&Entity>,
) -> PyResult<ExprRef> {
    let state = InstanceState::of(instance).ok_or_else(|| errors::argument_error(py, "mapped instance expected"))?;
    let e = orm::comparison::own_association(rel, &parent_criterion_now(&state, rel)?);
    Ok(match entity {
        Some(x) => x.adapt(&e),
        None => e,
    })
}

/// The same for a state: its values are read when the statement runs.
pub fn parent_criterion_now(state: &State<'_>, rel: &Arc<Relationship>) -> PyResult<ExprRef> {
    let py = state.py();
    let s = strategy(py, rel)?;
    let mut fresh = Vec::new();
    for (column, bind) in &s.plan.clause.binds {
        let ExprKind::Bind(b) = &bind.kind else { continue };
        let value = attribute_value::bind_value(state, column)?;
        // names of their own: the relationship may be used twice in a statement
        let new = Bind { key: sql::Label::anon(b.orig_key.clone()), value, ..b.clone() };
        fresh.push((bind.clone(), Expr::new(ExprKind::Bind(new), bind.ty.clone())));
    }
    Ok(fold::replace(&s.plan.clause.criterion, &mut |e| {
        matches!(e.kind, ExprKind::Bind(_)).then(|| fresh.iter().find(|(b, _)| same_bind(b, e)).map(|(_, n)| n.clone())).flatten()
    }))
}
