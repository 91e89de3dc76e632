//! INSERT, UPDATE and DELETE of mapped classes.

use super::evaluator;
use super::job::core;
use crate::py::errors;
use crate::py::orm::identity::StateExt;
use crate::py::orm::session::Session;
use crate::py::orm::state::InstanceState;
use orm::Entity;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::SqlResult;
use sql::ast::{ColumnKey, Delete, DmlValue, DmlValues, ExprKind, ExprRef, FromRef, Insert, Node, Update};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// The table that bulk statements of an entity write to.
pub fn target(py: Python<'_>, entity: &Entity) -> PyResult<FromRef> {
    entity
        .mapper
        .data()
        .local_table
        .clone()
        .ok_or_else(|| errors::invalid_request(py, format!("{} has no table", entity.mapper.describe())))
}

fn entity_of(common: &sql::ast::DmlCommon, table: &FromRef) -> Option<Entity> {
    common.entity.as_ref().or(table.entity.as_ref()).and_then(Entity::of).cloned()
}

/// Attribute names to column names.
fn plain_key(entity: &Entity, key: &ColumnKey) -> ColumnKey {
    match key {
        ColumnKey::Name(n) => match entity.mapper.prop(n) {
            Some(orm::Property::Column(p)) => {
                match p.table_columns().find(|c| on_table(entity, c)).or_else(|| p.table_columns().next()) {
                    Some(c) => ColumnKey::Column(c.clone()),
                    None => key.clone(),
                }
            }
            Some(orm::Property::Synonym(s)) => plain_key(entity, &ColumnKey::Name(s.name.clone())),
            _ => key.clone(),
        },
        ColumnKey::Expr(e) => match &e.kind {
            ExprKind::Column(c) => ColumnKey::Column(c.column.clone()),
            _ => key.clone(),
        },
        ColumnKey::Column(_) => key.clone(),
    }
}

fn on_table(entity: &Entity, column: &Arc<sql::schema::Column>) -> bool {
    entity.mapper.data().local_table.as_ref().is_some_and(|t| orm::columns::contains_column(t, column))
}

type Row = Vec<(ColumnKey, DmlValue)>;

fn plain_values(entity: &Entity, values: &DmlValues) -> DmlValues {
    let row = |r: &Row| r.iter().map(|(k, v)| (plain_key(entity, k), v.clone())).collect::<Row>();
    match values {
        DmlValues::None => DmlValues::None,
        DmlValues::Single(r) => DmlValues::Single(row(r)),
        DmlValues::Multi(rows) => DmlValues::Multi(rows.iter().map(row).collect()),
    }
}

/// Criteria that come with the entity.
fn criteria(entity: &Entity, options: &[sql::host::HostRef]) -> SqlResult<Vec<ExprRef>> {
    let host = super::host::Host;
    let mut out: Vec<ExprRef> = orm::compile::single_table_criterion(entity, &host).into_iter().collect();
    out.extend(orm::compile::loader_criteria(entity, options, &host)?);
    Ok(out)
}

/// An INSERT without ORM parts.
pub fn plain_insert(statement: &Arc<Insert>) -> SqlResult<Option<Arc<Insert>>> {
    let Some(entity) = entity_of(&statement.common, &statement.table) else { return Ok(None) };
    let mut new = (**statement).clone();
    new.values = plain_values(&entity, &statement.values);
    new.common.entity = None;
    if let Some(t) = entity.mapper.data().local_table.clone() {
        new.table = t;
    }
    Ok(Some(Arc::new(new)))
}

/// An UPDATE without ORM parts.
pub fn plain_update(statement: &Arc<Update>) -> SqlResult<Option<Arc<Update>>> {
    let Some(entity) = entity_of(&statement.common, &statement.table) else { return Ok(None) };
    let mut new = (**statement).clone();
    new.values = plain_values(&entity, &statement.values);
    new.where_.extend(criteria(&entity, &statement.common.options)?);
    new.common.entity = None;
    if let (Some(t), None) = (entity.mapper.data().local_table.clone(), &entity.alias) {
        new.table = t;
    }
    Ok(Some(Arc::new(new)))
}

/// A DELETE without ORM parts.
pub fn plain_delete(statement: &Arc<Delete>) -> SqlResult<Option<Arc<Delete>>> {
    let Some(entity) = entity_of(&statement.common, &statement.table) else { return Ok(None) };
    let mut new = (**statement).clone();
    new.where_.extend(criteria(&entity, &statement.common.options)?);
    new.common.entity = None;
    if let (Some(t), None) = (entity.mapper.data().local_table.clone(), &entity.alias) {
        new.table = t;
    }
    Ok(Some(Arc::new(new)))
}

/// How loaded instances follow a bulk statement.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Synchronize {
    Auto,
    Evaluate,
    Fetch,
    No,
}

fn strategy(options: &Bound<'_, PyDict>, statement: &Any<'_>) -> PyResult<Synchronize> {
    let py = options.py();
    let given = match options.get_item("synchronize_session")? {
        Some(v) => Some(v),
        None => match statement.getattr_opt("_execution_options")?.filter(|o| !o.is_none()) {
            Some(o) => o.call_method1("get", ("synchronize_session", py.None())).ok().filter(|v| !v.is_none()),
            None => None,
        },
    };
    let Some(v) = given else { return Ok(Synchronize::Auto) };
    if let Ok(s) = v.extract::<String>() {
        match s.as_str() {
            "auto" => return Ok(Synchronize::Auto),
            "evaluate" => return Ok(Synchronize::Evaluate),
            "fetch" => return Ok(Synchronize::Fetch),
            _ => {}
        }
    } else if v.cast::<pyo3::types::PyBool>().is_ok_and(|b| !b.is_true()) {
        return Ok(Synchronize::No);
    }
    Err(errors::argument_error(py, "Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False"))
}

/// Run an ORM-enabled INSERT, UPDATE or DELETE.
pub fn run<'py>(
    session: &Bound<'py, Session>,
    connection: &Any<'py>,
    statement: &Any<'py>,
    node: &Node,
    params: Option<Any<'py>>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Any<'py>> {
    let py = session.py();
    let (common, table, where_, update) = match node {
        Node::Update(u) => (&u.common, &u.table, &u.where_, Some(u)),
        Node::Delete(d) => (&d.common, &d.table, &d.where_, None),
        Node::Insert(i) => return insert(connection, statement, i, params, options),
        _ => return core(connection, statement, params, options),
    };
    let Some(entity) = entity_of(common, table) else { return core(connection, statement, params, options) };
    if let Some(list) = params.as_ref().filter(|p| p.is_instance_of::<pyo3::types::PyList>())
        && update.is_some()
        && where_.is_empty()
    {
        // by primary key, many rows at once
        let mapper = crate::py::orm::aliased::mapper_face(py, &entity.mapper)?;
        session.call_method1("bulk_update_mappings", (mapper, list))?;
        return core(connection, &py.import("oxalchemy")?.getattr("text")?.call1(("SELECT 1 WHERE 0",))?, None, options);
    }
    let asked = strategy(options, statement)?;
    let mut all = where_.clone();
    all.extend(criteria(&entity, &common.options).map_err(|e| errors::sql_error(py, e))?);
    let named = params.as_ref().and_then(|p| p.cast::<PyDict>().ok()).cloned();
    let obstacle = all.iter().find_map(|e| evaluator::obstacle(e, &entity.mapper));
    let several = all.iter().any(|e| mentions_other(e, &entity));
    let how = match (asked, &obstacle) {
        (Synchronize::Auto, None) if !several => Synchronize::Evaluate,
        (Synchronize::Auto, _) => Synchronize::Fetch,
        (Synchronize::Evaluate, Some(why)) => {
            return Err(errors::invalid_request(
                py,
                format!(
                    "Could not evaluate current criteria in Python: \"{why}\". Specify 'fetch' or False for the synchronize_session execution option."
                ),
            ));
        }
        (s, _) => s,
    };
    let matched: Vec<State<'py>> = match how {
        Synchronize::No => Vec::new(),
        Synchronize::Fetch => fetched(session, connection, &entity, where_, common, named.as_ref())?,
        _ => evaluated(session, &entity, &all, named.as_ref())?,
    };
    let result = core(connection, statement, params, options)?;
    if how == Synchronize::No {
        return Ok(result);
    }
    match update {
        Some(u) => after_update(session, &entity, u, &matched, named.as_ref())?,
        None => {
            crate::py::orm::session::attach::register_deleted(session, &matched)?;
        }
    }
    Ok(result)
}

type State<'py> = Bound<'py, InstanceState>;

fn mentions_other(e: &ExprRef, entity: &Entity) -> bool {
    let mut other = false;
    sql::ast::fold::walk(e, &mut |x| {
        if let ExprKind::Column(c) = &x.kind {
            other |= entity.mapper.key_of(&c.column).is_none();
        }
        !other
    });
    other
}

/// Instances of the session that meet the criteria.
fn evaluated<'py>(
    session: &Bound<'py, Session>,
    entity: &Entity,
    where_: &[ExprRef],
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<Vec<State<'py>>> {
    let py = session.py();
    let mut out = Vec::new();
    for state in session.get().identity(py).get().states(py) {
        if !state.mapper()?.isa(&entity.mapper) {
            continue;
        }
        let dict = state.get().instance_dict(py);
        let row = evaluator::Row { state: &state, dict: &dict, mapper: &entity.mapper };
        let mut hit = true;
        for e in where_ {
            match evaluator::evaluate(e, &row, params)? {
                // what is not loaded may match: the instance is treated as if it did
                Err(_) => {}
                Ok(v) => hit &= !v.is_none() && v.is_truthy()?,
            }
            if !hit {
                break;
            }
        }
        if hit {
            out.push(state);
        }
    }
    Ok(out)
}

/// Instances of the session whose rows meet the criteria, asked of the database.
fn fetched<'py>(
    session: &Bound<'py, Session>,
    connection: &Any<'py>,
    entity: &Entity,
    where_: &[ExprRef],
    common: &sql::ast::DmlCommon,
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<Vec<State<'py>>> {
    let py = session.py();
    let data = entity.mapper.data();
    let columns: Vec<ExprRef> = data
        .primary_key
        .iter()
        .enumerate()
        .map(|(i, c)| {
            let e = entity.adapt(&orm::columns::column_expr(c));
            let key: Arc<str> = data.primary_key_keys().get(i).cloned().unwrap_or_else(|| c.key());
            entity.attribute(&key, &e)
        })
        .collect();
    let select = sql::ast::Select {
        columns: columns.into_iter().map(sql::ast::SelectItem::Expr).collect(),
        where_: where_.to_vec(),
        options: common.options.clone(),
        orm: true,
        ..sql::ast::Select::default()
    };
    let statement = crate::py::sql::face::wrap_query(py, &sql::ast::Query::select(select))?;
    let rows = connection.call_method1("execute", (statement, params))?.call_method0("fetchall")?;
    let map = session.get().identity(py);
    let mut out = Vec::new();
    for r in rows.try_iter()? {
        let values: Vec<Any<'py>> = r?.try_iter()?.collect::<PyResult<_>>()?;
        let key = crate::py::orm::loading::identity::key_of(&entity.mapper, &values)?;
        if let Some((state, _)) = map.get().find(py, &key) {
            out.push(state);
        }
    }
    Ok(out)
}

/// New values where they can be told, expiry where not.
fn after_update<'py>(
    session: &Bound<'py, Session>,
    entity: &Entity,
    update: &Update,
    matched: &[State<'py>],
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let py = session.py();
    let DmlValues::Single(values) = &update.values else { return Ok(()) };
    let mut keyed: Vec<(Arc<str>, &DmlValue)> = Vec::new();
    for (k, v) in values {
        let key = match k {
            ColumnKey::Name(n) => match entity.mapper.prop(n) {
                Some(orm::Property::Synonym(s)) => Some(s.name.clone()),
                Some(_) => Some(n.clone()),
                None => None,
            },
            ColumnKey::Column(c) => entity.mapper.key_of(c),
            ColumnKey::Expr(e) => match &e.kind {
                ExprKind::Column(c) => entity.mapper.key_of(&c.column),
                _ => None,
            },
        };
        if let Some(k) = key {
            keyed.push((k, v));
        }
    }
    for state in matched {
        let dict = state.get().instance_dict(py);
        let mut expire: Vec<Bound<'py, pyo3::types::PyString>> = Vec::new();
        let mut fresh: Vec<(Bound<'py, pyo3::types::PyString>, Any<'py>)> = Vec::new();
        for (key, value) in &keyed {
            let name = pyo3::types::PyString::intern(py, key);
            let loaded = dict.contains(&name)?;
            let v = match value {
                DmlValue::Host(h) => crate::py::host::PyHost::get(py, h),
                DmlValue::Expr(e) if evaluator::obstacle(e, &entity.mapper).is_none() => {
                    let row = evaluator::Row { state, dict: &dict, mapper: &entity.mapper };
                    evaluator::evaluate(e, &row, params)?.ok()
                }
                DmlValue::Expr(_) => None,
            };
            match v {
                Some(v) if loaded => fresh.push((name, v)),
                _ => expire.push(name),
            }
        }
        let keys: Vec<_> = fresh.iter().map(|(n, _)| n.clone().unbind()).collect();
        for (n, v) in fresh {
            dict.set_item(n, v)?;
        }
        state.get().commit(py, &dict, &keys);
        if !expire.is_empty() {
            crate::py::orm::session::expire::attributes(state, &expire)?;
        }
    }
    let list = pyo3::types::PyList::new(py, matched)?;
    session.call_method1("_register_altered", (list,)).map(drop)
}

/// INSERT: attribute names of parameters become column names.
fn insert<'py>(
    connection: &Any<'py>,
    statement: &Any<'py>,
    insert: &Arc<Insert>,
    params: Option<Any<'py>>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Any<'py>> {
    let py = connection.py();
    let Some(entity) = entity_of(&insert.common, &insert.table) else { return core(connection, statement, params, options) };
    let rename = |d: &Bound<'py, PyDict>| -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        for (k, v) in d.iter() {
            let name: String = match k.extract() {
                Ok(s) => s,
                Err(_) => k.getattr("key")?.extract()?,
            };
            match plain_key(&entity, &ColumnKey::Name(name.as_str().into())) {
                ColumnKey::Column(c) => out.set_item(&*c.key(), v)?,
                _ => out.set_item(name, v)?,
            }
        }
        Ok(out)
    };
    let params = match params {
        Some(p) => Some(match p.cast::<PyDict>() {
            Ok(d) => rename(d)?.into_any(),
            Err(_) => {
                let rows = p.try_iter()?.map(|r| rename(&super::job::as_dict(&r?)?)).collect::<PyResult<Vec<_>>>()?;
                pyo3::types::PyList::new(py, rows)?.into_any()
            }
        }),
        None => None,
    };
    core(connection, statement, params, options)
}
