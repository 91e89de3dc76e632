//! INSERT, UPDATE and DELETE of mapped classes.

use super::job::core;
use crate::py::errors;
use crate::py::orm::session::Session;
use orm::Entity;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::SqlResult;
use sql::ast::{ColumnKey, Delete, DmlValue, DmlValues, ExprKind, ExprRef, FromRef, Insert, Node, Update, build};
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
            Some(orm::Property::Column(p)) => match p.table_columns().find(|c| on_table(entity, c)).or_else(|| p.table_columns().next()) {
                Some(c) => ColumnKey::Column(c.clone()),
                None => key.clone(),
            },
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

/// Run an ORM-enabled INSERT, UPDATE or DELETE.
pub fn run<'py>(
    session: &Bound<'py, Session>,
    connection: &Any<'py>,
    statement: &Any<'py>,
    node: &Node,
    params: Option<Any<'py>>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Any<'py>> {
    let _ = (session, node, build::null as fn() -> ExprRef);
    core(connection, statement, params, options)
}
