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
use pyo3::types::{PyDict, PyList};
use sql::SqlResult;
use sql::ast::{ColumnKey, Delete, DmlValue, DmlValues, ExprKind, ExprRef, FromRef, Insert, Node, Update};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

fn entity_of(common: &sql::ast::DmlCommon, table: &FromRef) -> Option<Entity> {
    common.entity.as_ref().or(table.entity.as_ref()).and_then(Entity::of).cloned()
}

/// Attribute names to columns.
fn plain_key(entity: &Entity, key: &ColumnKey) -> ColumnKey {
    let column = match key {
        ColumnKey::Name(n) => match entity.mapper.prop(n) {
            // of the statement's own table, else of the class's others: those that update several take them
            Some(orm::Property::Column(p)) => {
                let own = p.table_columns().find(|c| on_table(entity, c));
                match own.or_else(|| p.table_columns().next()) {
                    Some(c) => c.clone(),
                    None => return key.clone(),
                }
            }
            Some(orm::Property::Synonym(s)) => return plain_key(entity, &ColumnKey::Name(s.name.clone())),
            _ => return key.clone(),
        },
        ColumnKey::Expr(e) => match &e.kind {
            ExprKind::Column(c) => c.column.clone(),
            _ => return key.clone(),
        },
        ColumnKey::Column(c) => c.clone(),
    };
    match entity.alias {
        // an alias has columns of its own
        Some(_) => ColumnKey::Name(column.key()),
        None => ColumnKey::Column(column),
    }
}

fn on_table(entity: &Entity, column: &Arc<sql::schema::Column>) -> bool {
    entity.mapper.data().local_table.as_ref().is_some_and(|t| orm::columns::contains_column(t, column))
}

type Row = Vec<(ColumnKey, DmlValue)>;

fn plain_values(entity: &Entity, values: &DmlValues) -> DmlValues {
    with_keys(values, |k| plain_key(entity, k))
}

fn with_keys(values: &DmlValues, key: impl Fn(&ColumnKey) -> ColumnKey) -> DmlValues {
    let row = |r: &Row| r.iter().map(|(k, v)| (key(k), v.clone())).collect();
    match values {
        DmlValues::None => DmlValues::None,
        DmlValues::Single(r) => DmlValues::Single(row(r)),
        DmlValues::Multi(rows) => DmlValues::Multi(rows.iter().map(row).collect()),
    }
}

/// What an attribute sets that stands for others: a composite, a hybrid. Asked while a statement gets its values, so that those
/// are part of it.
pub fn named(entity: &Entity, name: &str, value: &DmlValue) -> SqlResult<Option<Row>> {
    let attribute = match entity.mapper.prop(name) {
        Some(orm::Property::Composite(_)) => name.to_owned(),
        Some(orm::Property::Synonym(s)) if matches!(entity.mapper.prop(&s.name), Some(orm::Property::Column(_))) => {
            return Ok(None);
        }
        Some(orm::Property::Synonym(s)) => s.name.to_string(),
        Some(_) => return Ok(None),
        None => name.to_owned(),
    };
    Python::attach(|py| named_parts(py, entity, &attribute, value).map_err(|e| errors::to_sql_error(py, e)))
}

fn named_parts(py: Python<'_>, entity: &Entity, name: &str, value: &DmlValue) -> PyResult<Option<Row>> {
    let Some(attribute) = crate::py::orm::aliased::object_of(py, entity)?.getattr_opt(name)? else { return Ok(None) };
    if !attribute.hasattr("_bulk_update_tuples")? {
        return Ok(None);
    }
    let value = match value {
        DmlValue::Host(h) => PyHost::get(py, h).unwrap_or_else(|| py.None().into_bound(py)),
        DmlValue::Expr(e) => crate::py::sql::face::wrap_expr(py, e)?,
    };
    crate::py::sql::dml::pairs_of(&attribute, &value, None).map(Some)
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
    // rows go to one table: a column of another is a name that it does not know
    new.values = with_keys(&statement.values, |k| match plain_key(&entity, k) {
        ColumnKey::Column(c) if !on_table(&entity, &c) => ColumnKey::Name(c.key()),
        key => key,
    });
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
    new.table = written_table(&entity, &statement.table);
    Ok(Some(Arc::new(new)))
}

/// A DELETE without ORM parts.
pub fn plain_delete(statement: &Arc<Delete>) -> SqlResult<Option<Arc<Delete>>> {
    let Some(entity) = entity_of(&statement.common, &statement.table) else { return Ok(None) };
    let mut new = (**statement).clone();
    new.where_.extend(criteria(&entity, &statement.common.options)?);
    new.common.entity = None;
    new.table = written_table(&entity, &statement.table);
    Ok(Some(Arc::new(new)))
}

/// What an UPDATE or DELETE of an entity is about: the alias whose columns its criteria mention, or the table of its class.
fn written_table(entity: &Entity, given: &FromRef) -> FromRef {
    match &entity.alias {
        Some(alias) => alias.selectable.clone(),
        None => entity.mapper.data().local_table.clone().unwrap_or_else(|| given.clone()),
    }
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
    let params = match params.filter(|p| !p.is_none()) {
        // Nothing in it: as if there were no parameters. A list makes an UPDATE one of rows by their keys.
        Some(p) if p.len().is_ok_and(|n| n == 0) && (matches!(node, Node::Insert(_)) || !p.is_instance_of::<PyList>()) => None,
        given => given,
    };
    let call = Call { session, connection, statement, params, options };
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
