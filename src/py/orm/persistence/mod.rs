//! Rows of objects: INSERT, UPDATE, DELETE of one base mapper's objects, table by table.
//!
//! What is written to each table, in what order and by which statements is decided in `orm::write`.
//!
//! * `plan`: such plans with their Python objects. * `insert`, `update`, `delete`, `post`: the statements.
//! * `association`: rows of secondary tables. * `exec`: statements through the connection. * `native`: many rows straight to the
//!   built-in driver.
//!
//! Values go from the instances' dictionaries to parameters in loops without a Python call; a statement is built once a set of
//! columns and kept with the plan.

pub mod association;
mod delete;
pub mod exec;
mod insert;
mod native;
pub mod plan;
mod post;
mod update;

use super::identity::{IdentityKey, PkPart, StateExt};
use super::session::{self, orm_error};
use super::unitofwork::{Flush, State};
use crate::py::engine::events::{Event, fire};
use crate::py::errors;
use crate::py::text::Text;
use orm::Mapper;
use plan::TablePlan;
use pyo3::prelude::*;
use pyo3::types::PyString;
use std::cmp::Ordering;
use std::sync::Arc;

pub use delete::delete;
pub use orm::write::tables;
pub use post::post_update;

type Any<'py> = Bound<'py, PyAny>;

/// One object on its way to its rows.
pub(super) struct Row<'py> {
    pub state: State<'py>,
    pub obj: Any<'py>,
    pub mapper: Arc<Mapper>,
    pub connection: Any<'py>,
    /// Has a row already: UPDATE.
    pub update: bool,
    /// The object whose row this one takes over.
    pub row_switch: Option<State<'py>>,
    /// Version that the row must have.
    pub version: Option<Any<'py>>,
}

/// The mapper's Python object.
pub(super) fn face<'py>(state: &State<'py>) -> PyResult<Any<'py>> {
    state.get().manager.get().require_mapper(state.py())
}

/// The connection for rows of a mapper, asked for once a flush.
pub(super) fn connection<'py>(flush: &mut Flush<'py>, state: &State<'py>, mapper: &Arc<Mapper>) -> PyResult<Any<'py>> {
    // a session of several databases says for each instance where its rows go
    let chosen = flush.session.getattr("connection_callable")?;
    if !chosen.is_none() {
        return chosen.call1((face(state)?, state.get().instance(flush.py)));
    }
    let id = mapper.base().id;
    if let Some(c) = flush.connections.get(&id) {
        return Ok(c.clone());
    }
    let c = session::connection_for_mapper(&flush.session, &face(state)?)?;
    flush.connections.insert(id, c.clone());
    Ok(c)
}

/// Pending objects in the order of `add()`, then persistent ones by primary key.
fn sort(flush: &Flush<'_>, rows: &mut [usize]) -> PyResult<()> {
    let mut failure: Option<PyErr> = None;
    let keyed: Vec<(usize, Option<IdentityKey>, u64)> = rows
        .iter()
        .filter_map(|i| flush.members.get_index(*i).map(|(_, m)| (*i, m.state.key_ref(), m.state.insert_order())))
        .collect();
    let mut keyed = keyed;
    keyed.sort_by(|a, b| match (&a.1, &b.1) {
        (None, None) => a.2.cmp(&b.2),
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(x), Some(y)) => compare_keys(flush.py, x, y, &mut failure),
    });
    if let Some(e) = failure {
        return Err(errors::invalid_request(
            flush.py,
            format!(
                "Could not sort objects by primary key; primary key values must be sortable in Python (was: {})",
                e.value(flush.py).str()?.text()
            ),
        ));
    }
    for (slot, (i, ..)) in rows.iter_mut().zip(keyed) {
        *slot = i;
    }
    Ok(())
}

fn compare_keys(py: Python<'_>, a: &IdentityKey, b: &IdentityKey, failure: &mut Option<PyErr>) -> Ordering {
    for (x, y) in a.pk.iter().zip(&b.pk) {
        let o = match (x, y) {
            (PkPart::Int(x), PkPart::Int(y)) => x.cmp(y),
            (PkPart::Text(x), PkPart::Text(y)) => x.cmp(y),
            (PkPart::None, PkPart::None) => Ordering::Equal,
            (x, y) => {
                let (x, y) = (x.to_py(py).into_bound(py), y.to_py(py).into_bound(py));
                match x.compare(&y) {
                    Ok(o) => o,
                    Err(e) => {
                        failure.get_or_insert(e);
                        Ordering::Equal
                    }
                }
            }
        };
        if o != Ordering::Equal {
            return o;
        }
    }
    Ordering::Equal
}

/// Whether a mapper event has listeners anywhere on the class.
pub(super) fn mapper_event(event: Event, row: (&State<'_>, &Any<'_>, &Any<'_>)) -> PyResult<()> {
    if !event.used() {
        return Ok(());
    }
    let mapper = face(row.0)?;
    fire(&mapper, event, (&mapper, row.2, row.0))
}

/// INSERTs and UPDATEs of members of one base mapper.
pub fn save(flush: &mut Flush<'_>, mut members: Vec<usize>) -> PyResult<()> {
    sort(flush, &mut members)?;
    let unbatched = members.iter().any(|i| flush.members.get_index(*i).is_some_and(|(_, m)| !m.mapper.data().batch));
    if unbatched && members.len() > 1 {
        return members.into_iter().try_for_each(|i| save_sorted(flush, vec![i]));
    }
    save_sorted(flush, members)
}

fn save_sorted(flush: &mut Flush<'_>, members: Vec<usize>) -> PyResult<()> {
    let mut rows = Vec::with_capacity(members.len());
    for i in members {
        let Some((_, m)) = flush.members.get_index(i) else { continue };
        let (state, obj, mapper) = (m.state.clone(), m.obj.clone(), m.mapper.clone());
        rows.push(prepare(flush, state, obj, mapper)?);
    }
    for table in tables(rows.iter().map(|r| &r.mapper)) {
        update::update(flush, &table, &rows)?;
        insert::insert(flush, &table, &mut rows)?;
    }
    finish(flush, &rows)
}

/// Fires the event before the row is written, and finds out whether there is a row already.
fn prepare<'py>(flush: &mut Flush<'py>, state: State<'py>, obj: Any<'py>, mapper: Arc<Mapper>) -> PyResult<Row<'py>> {
    let connection = connection(flush, &state, &mapper)?;
    let update = state.has_key();
    mapper_event(if update { Event::BeforeUpdate } else { Event::BeforeInsert }, (&state, &obj, &connection))?;
    let mut row_switch = None;
    if !update && !flush.session.get().identity(flush.py).get().is_empty(flush.py) {
        row_switch = switched(flush, &state, &obj, &mapper)?;
    }
    let data = mapper.data();
    let mut version = None;
    if (update || row_switch.is_some())
        && let Some(column) = &data.version_id_col
    {
        let holder = row_switch.as_ref().unwrap_or(&state);
        version = Some(committed_value(holder, &mapper, column)?);
    }
    Ok(Row { state, obj, mapper, connection, update: update || row_switch.is_some(), row_switch, version })
}

/// A new object with the identity of one that this flush deletes takes over its row.
fn switched<'py>(
    flush: &mut Flush<'py>,
    state: &State<'py>,
    obj: &Any<'py>,
    mapper: &Arc<Mapper>,
) -> PyResult<Option<State<'py>>> {
    let py = flush.py;
    let Some(key) = plan::key_from_dict(state, obj, mapper)? else { return Ok(None) };
    let Some((existing, _)) = flush.session.get().identity(py).get().find(py, &key) else { return Ok(None) };
    if was_already_deleted(flush, &existing)? {
        return Ok(None);
    }
    if !flush.is_deleted(&existing) {
        errors::warn(
            py,
            "SAWarning",
            &format!(
                "New instance {} with identity key {} conflicts with persistent instance {}",
                state.describe(),
                super::identity::map::key_repr(&existing)?,
                existing.describe()
            ),
        )?;
        return Ok(None);
    }
    if let Some(m) = flush.members.get_mut(&(existing.as_ptr() as usize)) {
        m.list_only = true;
    }
    // As after an INSERT: what was never set shows None until the object expires, whatever the row holds.
    state.get().set_flag(py, super::state::flag::NULLS, true);
    Ok(Some(existing))
}

/// Whether the row of an expired instance is found to be gone; then the instance leaves the session.
fn was_already_deleted<'py>(flush: &Flush<'py>, state: &State<'py>) -> PyResult<bool> {
    let py = flush.py;
    if !state.get().is(py, super::state::flag::EXPIRED) {
        return Ok(false);
    }
    let gone = crate::py::imports::orm_exc(py, "ObjectDeletedError")?;
    match super::loading::refresh_expired(state) {
        Ok(()) => Ok(false),
        Err(e) if e.is_instance(py, &gone) => {
            session::attach::register_deleted(&flush.session, std::slice::from_ref(state))?;
            Ok(true)
        }
        Err(e) => Err(e),
    }
}

/// The value of a column that the row has now.
pub(super) fn committed_value<'py>(
    state: &State<'py>,
    mapper: &Arc<Mapper>,
    column: &Arc<sql::schema::Column>,
) -> PyResult<Any<'py>> {
    let py = state.py();
    let Some(imp) = super::sync::attribute(state, mapper, column) else {
        return Err(orm_error(
            py,
            "UnmappedColumnError",
            &format!("No column {} is configured on mapper {}...", super::sync::column_name(column), mapper.describe()),
        ));
    };
    if let Some(old) = state.get().committed(py, &imp.get().key)
        && !super::flags::is_no_state(&old)
    {
        return Ok(old);
    }
    super::sync::read(state, &imp, super::flags::PASSIVE_RETURN_NO_VALUE)
}

/// Tells listeners which attributes got values from the statement itself.
fn refreshed<'py>(flush: &Flush<'py>, row: &Row<'py>, keys: Vec<Bound<'py, PyString>>) -> PyResult<()> {
    if keys.is_empty() || !Event::RefreshFlush.used() {
        return Ok(());
    }
    let manager = row.state.get().manager.bind(flush.py);
    if let Some(l) = super::manager::ClassManager::listeners(manager, Event::RefreshFlush)? {
        l.call1((&row.state, &flush.context, keys))?;
    }
    Ok(())
}

/// What `eager_defaults=True` and versions of the database's own want loaded at once.
fn load_now(flush: &Flush<'_>, row: &Row<'_>) -> PyResult<()> {
    use orm::mapper::{EagerDefaults, VersionGenerator};
    let py = flush.py;
    let data = row.mapper.data();
    let eager = row.mapper.base().data().eager_defaults == EagerDefaults::Yes;
    let server_version = data.version_id_col.is_some() && matches!(data.version_generator, VersionGenerator::Server);
    if !eager && !server_version {
        return Ok(());
    }
    let dict = row.state.get().instance_dict(py);
    let mut wanted: Vec<Arc<str>> = Vec::new();
    let mut version = None;
    for table in &data.tables {
        let Some(plan) = plan::table_plan(py, &row.mapper, table)? else { continue };
        for (i, c) in plan.columns.iter().enumerate() {
            let is_version = server_version && plan.version == Some(i);
            if is_version {
                version = Some(c.key.clone_ref(py));
            }
            let asked = is_version || eager && (c.server_default || c.server_onupdate);
            if asked && crate::py::ffi::dict_get(&dict, &c.key).is_none() {
                wanted.push(Arc::from(c.key.bind(py).to_str()?));
            }
        }
    }
    if !wanted.is_empty() {
        if !row.state.has_key()
            && let Some(key) = plan::key_from_dict(&row.state, &row.obj, &row.mapper)?
        {
            row.state.set_key(Some(key));
        }
        super::loading::identity::load_on(&flush.session, &row.state, Some(wanted), None, None)?;
    }
    let null = |key: &Py<PyString>| crate::py::ffi::dict_get(&dict, key).is_none_or(|v| v.is_none());
    if version.is_some_and(|k| null(&k)) {
        return Err(orm_error(py, "FlushError", "Instance does not contain a non-NULL version value"));
    }
    Ok(())
}

/// What follows the writing: expressions that depend on the row are expired, listeners hear of it.
fn finish(flush: &mut Flush<'_>, rows: &[Row<'_>]) -> PyResult<()> {
    let py = flush.py;
    for row in rows {
        let plan = plan::mapper_plan(py, &row.mapper)?;
        if !plan.readonly.is_empty() {
            let dict = row.state.get().instance_dict(py);
            let stale: Vec<_> = plan
                .readonly
                .iter()
                .filter(|p| p.is_stale(crate::py::ffi::dict_get(&dict, &p.key).is_some()))
                .filter(|p| !row.state.get().has_committed(py, &p.key))
                .map(|p| p.key.bind(py).clone())
                .collect();
            if !stale.is_empty() {
                session::expire::attributes(&row.state, &stale)?;
            }
        }
        let after = if row.state.has_key() { Event::AfterUpdate } else { Event::AfterInsert };
        load_now(flush, row)?;
        mapper_event(after, (&row.state, &row.obj, &row.connection))?;
    }
    Ok(())
}

/// The version after this one.
pub(super) fn next_version<'py>(py: Python<'py>, plan: &TablePlan, current: Option<&Any<'py>>) -> PyResult<Option<Any<'py>>> {
    use orm::mapper::VersionGenerator as V;
    Ok(match &plan.version_generator {
        V::Server => None,
        V::Counter => {
            let n: i64 = match current {
                Some(v) if !v.is_none() => v.extract()?,
                _ => 0,
            };
            Some(pyo3::types::PyInt::new(py, n + 1).into_any())
        }
        V::Host(f) => match crate::py::host::PyHost::get(py, f) {
            Some(f) => Some(f.call1((current.cloned(),))?),
            None => None,
        },
    })
}
