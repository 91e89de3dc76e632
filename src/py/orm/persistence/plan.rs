//! What a mapper writes to one table.

use crate::py::orm::identity::{IdentityKey, PkPart, PkParts};
use crate::py::orm::names;
use crate::py::orm::unitofwork::State;
use crate::py::{ffi, host::PyHost};
use orm::columns::{as_column, col_id, references, table_of};
use orm::mapper::{EagerDefaults, VersionGenerator};
use orm::{Mapper, MapperData};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rustc_hash::{FxHashMap, FxHashSet};
use sql::schema::{Column, Default_, Table};
use std::sync::{Arc, LazyLock};

/// A column of a table and the attribute that feeds it.
pub struct ColumnPlan {
    /// The column.
    pub column: Arc<Column>,
    /// Parameter name: the column's key.
    pub name: Py<PyString>,
    /// Attribute name, interned.
    pub key: Py<PyString>,
    /// Part of the table's primary key.
    pub pk: bool,
    /// NULL is written when the attribute has no value.
    pub null_when_missing: bool,
    /// The database or an SQL expression fills it in when it is left out of an INSERT.
    pub server_default: bool,
    /// A Python-side default fills it in.
    pub client_default: Option<ClientDefault>,
    /// The database or an SQL expression changes it in an UPDATE.
    pub server_onupdate: bool,
    /// A Python-side value comes with an UPDATE that leaves it out.
    pub client_onupdate: bool,
    /// None is a value of its own (JSON).
    pub evaluates_none: bool,
    /// The discriminator's value of this class.
    pub discriminator: Option<Py<PyAny>>,
}

/// A default that this side evaluates.
pub enum ClientDefault {
    /// A constant.
    Scalar(Py<PyAny>),
    /// A callable, or a sequence: the execution evaluates it.
    Execution,
}

/// Statement of a table by what it takes: columns, and what comes back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StatementKey {
    /// INSERT; columns returned.
    Insert(Vec<usize>, bool),
    /// UPDATE; compared with a version; columns returned.
    Update(bool, Vec<usize>),
    /// DELETE; compared with a version.
    Delete(bool),
}

/// See the module documentation.
pub struct TablePlan {
    /// The table.
    pub table: Arc<Table>,
    /// Its columns that are mapped, in table order.
    pub columns: Vec<ColumnPlan>,
    /// Positions of the primary key.
    pub pk: Vec<usize>,
    /// Position of the version column, when it is in this table.
    pub version: Option<usize>,
    /// How versions follow each other.
    pub version_generator: VersionGenerator,
    /// Attributes that take the value of another once the table above is written: (from, to).
    pub equated: Vec<(Py<PyString>, Py<PyString>)>,
    /// Columns of the primary key that the database moves along with the key of the table above, by position: (attribute of that
    /// key, column here).
    pub cascaded: Vec<(Py<PyString>, usize)>,
    /// Whether values that the database makes are fetched right away.
    pub eager: EagerDefaults,
    /// Rows vanish with those of the parent table.
    pub passive_deletes: bool,
    statements: Mutex<FxHashMap<StatementKey, Py<PyAny>>>,
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
    let made = if plan.data.tables.iter().any(|t| Arc::ptr_eq(t, table)) {
        Some(Arc::new(TablePlan::new(py, mapper, &plan.data, table)))
    } else {
        None
    };
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
    fn new(py: Python<'_>, mapper: &Arc<Mapper>, data: &MapperData, table: &Arc<Table>) -> Self {
        let mut keys: FxHashMap<usize, Arc<str>> = FxHashMap::default();
        for prop in data.column_props() {
            for c in prop.table_columns() {
                keys.entry(col_id(c)).or_insert_with(|| prop.key.clone());
            }
        }
        let pks: FxHashSet<usize> = data
            .pks_by_table
            .get(&(Arc::as_ptr(table) as usize))
            .map(|l| l.iter().map(col_id).collect())
            .unwrap_or_else(|| table.d.read().columns.values().filter(|c| c.d.read().primary_key).map(col_id).collect());
        let discriminator = data.polymorphic_on.as_ref().and_then(|e| as_column(e)).map(col_id);
        let all: Vec<Arc<Column>> = table.d.read().columns.values().cloned().collect();
        let mut columns = Vec::new();
        for column in all {
            let Some(key) = keys.get(&col_id(&column)) else { continue };
            let pk = pks.contains(&col_id(&column));
            let d = column.d.read().clone();
            let client_default = match &d.default {
                Some(Default_::Scalar(h)) => PyHost::get(py, h).map(|v| ClientDefault::Scalar(v.unbind())),
                Some(Default_::Callable(_)) => Some(ClientDefault::Execution),
                _ => None,
            };
            let server = d.server_default.is_some() || matches!(d.default, Some(Default_::Sql(_) | Default_::Sequence(_)));
            let own = discriminator == Some(col_id(&column));
            columns.push(ColumnPlan {
                name: PyString::new(py, &column.key()).unbind(),
                key: key_of(py, key),
                pk,
                // Types that make something else of None (a JSON null) are left out, so that the database writes NULL.
                null_when_missing: !pk && !server && d.default.is_none() && !evaluates_none(py, &d.ty),
                server_default: server,
                client_default,
                server_onupdate: d.server_onupdate.is_some()
                    || matches!(d.onupdate, Some(Default_::Sql(_) | Default_::Sequence(_))),
                client_onupdate: matches!(d.onupdate, Some(Default_::Scalar(_) | Default_::Callable(_))),
                evaluates_none: evaluates_none(py, &d.ty),
                discriminator: data
                    .polymorphic_identity
                    .as_ref()
                    .filter(|_| own)
                    .and_then(|h| PyHost::get(py, h))
                    .map(Bound::unbind),
                column,
            });
        }
        let pk = columns.iter().enumerate().filter(|(_, c)| c.pk).map(|(i, _)| i).collect();
        let version = data.version_id_col.as_ref().and_then(|v| columns.iter().position(|c| Arc::ptr_eq(&c.column, v)));
        // The table may be that of a class further up, which knows how it hangs on the one above.
        let pairs: Vec<_> = mapper.iterate_to_root().iter().flat_map(|m| m.data().inherits_equated_pairs.clone()).collect();
        let mut equated = Vec::new();
        for (from, to) in &pairs {
            let here = table_of(to).is_some_and(|t| Arc::ptr_eq(&t, table));
            if let (true, Some(a), Some(b)) = (here, keys.get(&col_id(from)), keys.get(&col_id(to)))
                && a != b
            {
                equated.push((key_of(py, a), key_of(py, b)));
            }
        }
        let cascaded = pairs
            .iter()
            .filter(|_| data.passive_updates)
            .filter(|(from, to)| from.d.read().primary_key && to.d.read().primary_key && references(to, from))
            .filter_map(|(from, to)| {
                let at = columns.iter().position(|c| Arc::ptr_eq(&c.column, to))?;
                Some((key_of(py, keys.get(&col_id(from))?), at))
            })
            .collect();
        let base = data.tables.first().is_some_and(|t| Arc::ptr_eq(t, table));
        Self {
            table: table.clone(),
            columns,
            pk,
            version,
            version_generator: data.version_generator.clone(),
            equated,
            cascaded,
            eager: mapper.base().data().eager_defaults,
            passive_deletes: data.passive_deletes && !base,
            statements: Mutex::default(),
        }
    }

    /// A statement, built once.
    pub fn statement<'py>(
        &self,
        py: Python<'py>,
        key: StatementKey,
        build: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(s) = self.statements.lock().get(&key) {
            return Ok(s.bind(py).clone());
        }
        let made = build()?;
        let old = self.statements.lock().insert(key, made.clone().unbind());
        // Without the lock: its end may run Python code.
        drop(old);
        Ok(made)
    }
    /// Name of the table in messages.
    pub fn name(&self) -> String {
        self.table.key()
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
    Ok(Some(IdentityKey { base: mapper.base(), pk, token: None }))
}
