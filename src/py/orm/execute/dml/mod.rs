//! INSERT, UPDATE and DELETE of mapped classes.
//!
//! | module | concept |
//! |---|---|
//! | `insert` | rows of dictionaries, by class: several tables, discriminators |
//! | `change` | UPDATE and DELETE: which loaded objects they touch, what becomes of those |
//! | `synchronize` | the strategies of `synchronize_session` |
//! | `returning` | RETURNING of entities: rows become instances |

mod change;
mod insert;
mod returning;
mod synchronize;

use super::job::core;
use crate::py::errors;
use crate::py::host::PyHost;
use crate::py::orm::session::Session;
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
                // an attribute of another table stays a name: no statement about this one takes it
                match p.table_columns().find(|c| on_table(entity, c)) {
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
    let row = |r: &Row| {
        let mut out = Row::with_capacity(r.len());
        for (k, v) in r {
            match composite_parts(entity, k, v) {
                Some(parts) => out.extend(parts),
                None => out.push((plain_key(entity, k), v.clone())),
            }
        }
        out
    };
    match values {
        DmlValues::None => DmlValues::None,
        DmlValues::Single(r) => DmlValues::Single(row(r)),
        DmlValues::Multi(rows) => DmlValues::Multi(rows.iter().map(row).collect()),
    }
}

/// The columns of a composite that is set by name, and their values.
fn composite_parts(entity: &Entity, key: &ColumnKey, value: &DmlValue) -> Option<Row> {
    let (ColumnKey::Name(name), DmlValue::Host(value)) = (key, value) else { return None };
    let Some(orm::Property::Composite(c)) = entity.mapper.prop(name) else { return None };
    Python::attach(|py| {
        let given = PyHost::get(py, value)?;
        let keys = c.attribute_keys.read().clone();
        let values: Vec<Any<'_>> = if given.is_none() {
            keys.iter().map(|_| given.clone()).collect()
        } else {
            // what is no value of the composite stays as it is, and the column name as unknown as it was
            let made = crate::py::ffi::face(py, &c.face)?.call_method1("_values", (given,)).ok()?;
            made.try_iter().ok()?.collect::<PyResult<_>>().ok()?
        };
        Some(
            keys.iter()
                .zip(&values)
                .map(|(k, v)| (plain_key(entity, &ColumnKey::Name(k.clone())), DmlValue::Host(PyHost::wrap(v))))
                .collect(),
        )
    })
}

/// Criteria that come with the entity.
fn criteria(entity: &Entity, options: &[sql::host::HostRef]) -> SqlResult<Vec<ExprRef>> {
    let host = super::host::Host;
    let mut options = options.to_vec();
    Python::attach(|py| crate::py::orm::options::normalize(py, &mut options))
        .map_err(|e| Python::attach(|py| errors::to_sql_error(py, e)))?;
    let mut out: Vec<ExprRef> = orm::compile::single_table_criterion(entity, &host).into_iter().collect();
    out.extend(orm::compile::loader_criteria(entity, &options, &host)?);
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

/// A statement that is being executed.
pub(super) struct Call<'a, 'py> {
    pub session: &'a Bound<'py, Session>,
    pub connection: &'a Any<'py>,
    pub statement: &'a Any<'py>,
    pub params: Option<Any<'py>>,
    pub options: &'a Bound<'py, PyDict>,
}

impl<'py> Call<'_, 'py> {
    fn py(&self) -> Python<'py> {
        self.session.py()
    }
    /// As it stands, without ORM parts.
    fn plainly(&self) -> PyResult<Any<'py>> {
        core(self.connection, self.statement, self.params.clone(), self.options)
    }
    /// An execution option: of the call, else of the statement.
    fn option(&self, name: &str) -> PyResult<Option<Any<'py>>> {
        if let Some(v) = self.options.get_item(name)? {
            return Ok(Some(v));
        }
        match self.statement.getattr_opt("_execution_options")?.filter(|o| !o.is_none()) {
            Some(o) => Ok(Some(o.call_method1("get", (name,))?).filter(|v| !v.is_none())),
            None => Ok(None),
        }
    }
    fn flag(&self, name: &str) -> PyResult<bool> {
        self.option(name)?.map_or(Ok(false), |v| v.is_truthy())
    }
    /// What the dialect can do.
    fn dialect_can(&self, what: &str) -> PyResult<bool> {
        self.connection.getattr("dialect")?.getattr_opt(what)?.map_or(Ok(false), |v| v.is_truthy())
    }
    /// The result of a statement that gives no rows.
    fn no_rows(&self) -> PyResult<Any<'py>> {
        self.py().import("oxalchemy.engine.result")?.getattr("null_result")?.call0()
    }
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
    let call = Call { session, connection, statement, params: params.filter(|p| !p.is_none()), options };
    let (common, table) = match node {
        Node::Update(u) => (&u.common, &u.table),
        Node::Delete(d) => (&d.common, &d.table),
        Node::Insert(i) => (&i.common, &i.table),
        _ => return call.plainly(),
    };
    let Some(entity) = entity_of(common, table) else { return call.plainly() };
    match node {
        Node::Insert(i) => insert::run(&call, &entity, i),
        Node::Update(u) => change::run(&call, &entity, &change::Change::Update(u.clone())),
        Node::Delete(d) => change::run(&call, &entity, &change::Change::Delete(d.clone())),
        _ => call.plainly(),
    }
}
