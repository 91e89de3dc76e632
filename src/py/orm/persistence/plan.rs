//! What a mapper writes to one table: the plan of `orm::write` with the Python objects that carry it out.

use super::exec::Statement;
use crate::py::orm::identity::{IdentityKey, PkPart, PkParts};
use crate::py::orm::names;
use crate::py::orm::unitofwork::State;
use crate::py::{ffi, host::PyHost};
use orm::{Mapper, MapperData, write};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rustc_hash::FxHashMap;
use sql::schema::Table;
use std::sync::{Arc, LazyLock};

/// A column's plan (`orm::write`) with its Python objects.
pub struct ColumnPlan {
    rule: Arc<write::ColumnPlan>,
    /// Parameter name: the column's key.
    pub name: Py<PyString>,
    /// Name of the parameter by which a row is found in an UPDATE.
    pub found_by: Py<PyString>,
    /// Attribute name, interned.
    pub key: Py<PyString>,
    /// A Python-side default fills it in.
    pub client_default: Option<ClientDefault>,
    /// The discriminator's value of this class.
    pub discriminator: Option<Py<PyAny>>,
}

impl std::ops::Deref for ColumnPlan {
    type Target = write::ColumnPlan;
    fn deref(&self) -> &write::ColumnPlan {
        &self.rule
    }
}

/// A default that this side evaluates.
pub enum ClientDefault {
    /// A constant.
    Scalar(Py<PyAny>),
    /// A callable, or a sequence: the execution evaluates it.
    Execution,
}

/// A table's plan (`orm::write`) with its Python objects, and the statements that were built for it.
pub struct TablePlan {
    rule: write::TablePlan,
    /// Its columns that are mapped, in table order.
    pub columns: Vec<ColumnPlan>,
    /// Attributes that take the value of another once the table above is written: (from, to).
    pub equated: Vec<(Py<PyString>, Py<PyString>)>,
    /// Columns of the primary key that the database moves along with the key of the table above, by position: (attribute of that
    /// key, column here).
    pub cascaded: Vec<(Py<PyString>, usize)>,
    statements: Mutex<FxHashMap<write::Statement, Arc<Statement>>>,
}

impl std::ops::Deref for TablePlan {
    type Target = write::TablePlan;
    fn deref(&self) -> &write::TablePlan {
        &self.rule
    }
}

/// An attribute that is an SQL expression over the row.
pub struct Readonly {
    /// Attribute name, interned.
    pub key: Py<PyString>,
    deferred: bool,
    /// `expire_on_flush`.
    expires: bool,
}

impl Readonly {
    /// Whether its value is to be read again once the row is written: what is there when a flush may have changed it, what is not
    /// there so that it comes with the next load. A deferred one that nobody asked for stays out.
    pub fn is_stale(&self, loaded: bool) -> bool {
        if loaded { self.expires } else { !self.deferred }
    }
}

/// What does not depend on the table.
pub struct MapperPlan {
    data: Arc<MapperData>,
    tables: Mutex<FxHashMap<usize, Option<Arc<TablePlan>>>>,
    /// Attributes that are SQL expressions over the row.
    pub readonly: Vec<Readonly>,
    /// Attributes of the identity, in order.
    pub identity: Vec<Py<PyString>>,
}

static PLANS: LazyLock<Mutex<FxHashMap<u64, Arc<MapperPlan>>>> = LazyLock::new(Mutex::default);

/// The plan of a mapper, made again when the mapper has changed.
pub fn mapper_plan(py: Python<'_>, mapper: &Arc<Mapper>) -> PyResult<Arc<MapperPlan>> {
    let data = mapper.data();
    let known = PLANS.lock().get(&mapper.id).cloned();
    if let Some(p) = known
        && Arc::ptr_eq(&p.data, &data)
    {
        return Ok(p);
    }
    let readonly = data
        .column_props()
        .filter(|p| p.table_columns().next().is_none() && !p.query_expression)
        .map(|p| Readonly { key: key_of(py, &p.key), deferred: p.deferred, expires: p.expire_on_flush })
        .collect();
    let identity = data.primary_key_keys().iter().map(|k| key_of(py, k)).collect();
    let plan = Arc::new(MapperPlan { data, tables: Mutex::default(), readonly, identity });
    let old = PLANS.lock().insert(mapper.id, plan.clone());
    drop(old);
    Ok(plan)
}

/// Lets go of the plan of a mapper that ends: it would keep the class.
pub fn forget(mapper: u64) {
    let old = PLANS.lock().remove(&mapper);
    // Without the lock: the end of a plan may run Python code.
    drop(old);
}

fn key_of(py: Python<'_>, key: &str) -> Py<PyString> {
    names::intern(&PyString::new(py, key))
}

/// The plan of one of a mapper's tables, `None` when it is not the mapper's.
pub fn table_plan(py: Python<'_>, mapper: &Arc<Mapper>, table: &Arc<Table>) -> PyResult<Option<Arc<TablePlan>>> {
    let plan = mapper_plan(py, mapper)?;
    let id = Arc::as_ptr(table) as usize;
    let known = plan.tables.lock().get(&id).cloned();
    if let Some(found) = known {
        return Ok(found);
    }
    let made = write::TablePlan::new(mapper, &plan.data, table, &|ty| evaluates_none(py, ty));
    let made = made.map(|rule| Arc::new(TablePlan::new(py, rule)));
    let old = plan.tables.lock().insert(id, made.clone());
    // Without the lock: its end may run Python code.
    drop(old);
    Ok(made)
}

impl TablePlan {
    /// The columns of the primary key.
    pub fn pk_columns(&self) -> impl Iterator<Item = &ColumnPlan> {
        self.pk.iter().filter_map(|i| self.columns.get(*i))
    }
    fn new(py: Python<'_>, rule: write::TablePlan) -> Self {
        let columns = rule.columns.iter().map(|c| ColumnPlan::new(py, c.clone())).collect();
        let equated = rule.equated.iter().map(|(from, to)| (key_of(py, from), key_of(py, to))).collect();
        let cascaded = rule.cascaded.iter().map(|(from, at)| (key_of(py, from), *at)).collect();
        Self { rule, columns, equated, cascaded, statements: Mutex::default() }
    }

    /// A statement, built once.
    pub fn statement(&self, py: Python<'_>, key: write::Statement) -> PyResult<Arc<Statement>> {
        let known = self.statements.lock().get(&key).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let made = Arc::new(Statement::new(py, key.node(self))?);
        let old = self.statements.lock().insert(key, made.clone());
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(made)
    }
    /// Name of the table in messages.
    pub fn name(&self) -> String {
        self.table.key()
    }
}

impl ColumnPlan {
    fn new(py: Python<'_>, rule: Arc<write::ColumnPlan>) -> Self {
        let client_default = match &rule.client_default {
            Some(write::ClientDefault::Scalar(h)) => PyHost::get(py, h).map(|v| ClientDefault::Scalar(v.unbind())),
            Some(write::ClientDefault::Execution) => Some(ClientDefault::Execution),
            None => None,
        };
        Self {
            name: PyString::new(py, &rule.name).unbind(),
            found_by: PyString::new(py, &rule.found_by).unbind(),
            key: key_of(py, &rule.key),
            client_default,
            discriminator: rule.discriminator.as_ref().and_then(|h| PyHost::get(py, h)).map(Bound::unbind),
            rule,
        }
    }
}

fn evaluates_none(py: Python<'_>, ty: &sql::types::TypeRef) -> bool {
    let asked = || crate::py::types::wrap_type(py, ty)?.getattr("should_evaluate_none")?.is_truthy();
    asked().unwrap_or(false)
}

/// The identity key that an instance's dictionary holds; `None` when a part is missing.
pub fn key_from_dict(state: &State<'_>, _obj: &Bound<'_, PyAny>, mapper: &Arc<Mapper>) -> PyResult<Option<IdentityKey>> {
    let py = state.py();
    let plan = mapper_plan(py, mapper)?;
    let dict: Bound<'_, PyDict> = state.get().instance_dict(py);
    let mut pk = PkParts::new();
    for key in &plan.identity {
        match ffi::dict_get(&dict, key) {
            Some(v) => pk.push(PkPart::from_py(&v)?),
            None => return Ok(None),
        }
    }
    Ok(Some(IdentityKey { base: mapper.base(), pk, token: None }.with_token(state.get().token(py).as_ref())?))
}
