//! `bulk_save_objects`, `bulk_insert_mappings`, `bulk_update_mappings`: rows without the unit of work.

mod names;

pub use names::spelled_out;

use super::identity::StateExt;
use super::persistence::{exec, plan, tables};
use super::session::{Session, attach, connection_for_mapper, lifecycle, orm_error, orm_error_args};
use super::{mapper, session};
use crate::py::{errors, ffi};
use orm::{Mapper, write};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type This<'py> = Bound<'py, Session>;

/// Runs `f` in a transaction of its own below the session's, as a flush would.
fn in_transaction<'py>(session: &This<'py>, f: impl FnOnce() -> PyResult<()>) -> PyResult<()> {
    session::flush::guarded(session, || {
        let tx = lifecycle::begin_flush(session)?;
        match f() {
            Ok(()) => session::transaction::commit(&tx, false),
            Err(e) => {
                session::transaction::rollback(&tx, false, Some(&e))?;
                Err(e)
            }
        }
    })
}

fn require_mapper(entity: &Any<'_>) -> PyResult<Arc<Mapper>> {
    match mapper::inspect_mapper(entity)? {
        Some(m) => Ok(m),
        None => Err(orm_error_args(entity.py(), "UnmappedClassError", (entity,))),
    }
}

/// `bulk_insert_mappings()`.
pub fn insert_mappings<'py>(
    session: &This<'py>,
    entity: &Any<'py>,
    mappings: &Any<'py>,
    return_defaults: bool,
    render_nulls: bool,
) -> PyResult<()> {
    let mapper = require_mapper(entity)?;
    let rows: Vec<Bound<'py, PyDict>> = mappings.try_iter()?.map(|m| Ok(m?.cast_into::<PyDict>()?)).collect::<PyResult<_>>()?;
    in_transaction(session, || insert(session, &mapper, &rows, return_defaults, render_nulls))
}

/// `bulk_update_mappings()`.
pub fn update_mappings<'py>(session: &This<'py>, entity: &Any<'py>, mappings: &Any<'py>) -> PyResult<()> {
    let mapper = require_mapper(entity)?;
    let rows: Vec<Bound<'py, PyDict>> = mappings.try_iter()?.map(|m| Ok(m?.cast_into::<PyDict>()?)).collect::<PyResult<_>>()?;
    in_transaction(session, || update(session, &mapper, &rows))
}

/// `bulk_save_objects()`.
pub fn save_objects<'py>(
    session: &This<'py>,
    objects: &Any<'py>,
    return_defaults: bool,
    update_changed_only: bool,
    preserve_order: bool,
) -> PyResult<()> {
    let py = session.py();
    let mut states = Vec::new();
    for o in objects.try_iter()? {
        let o = o?;
        states.push((attach::state_of(&o)?, o));
    }
    if !preserve_order {
        states.sort_by_cached_key(|(s, _)| (s.mapper().map(|m| m.id).unwrap_or_default(), s.has_key()));
    }
    in_transaction(session, || {
        let mut rest = states.as_slice();
        while let Some((first, _)) = rest.first() {
            let mapper = first.mapper()?;
            let update_rows = first.has_key();
            let mut length = 0;
            for (s, _) in rest {
                if s.mapper()?.id != mapper.id || s.has_key() != update_rows {
                    break;
                }
                length += 1;
            }
            let Some((alike, behind)) = rest.split_at_checked(length.max(1)) else { break };
            rest = behind;
            let mut rows = Vec::with_capacity(alike.len());
            for (s, _) in alike {
                let dict = s.get().instance_dict(py);
                if !update_rows {
                    rows.push(dict);
                    continue;
                }
                let row = PyDict::new(py);
                let identity = mapper.data().primary_key_keys();
                for p in mapper.data().column_props() {
                    let key = super::names::intern(&PyString::new(py, &p.key));
                    let wanted = !update_changed_only
                        || identity.iter().any(|k| **k == *p.key)
                        || s.get().has_committed(py, &key)
                        || mapper.data().version_id_col.as_ref().is_some_and(|v| mapper.key_of(v).is_some_and(|k| *k == *p.key));
                    if let Some(v) = ffi::dict_get(&dict, &key).filter(|_| wanted) {
                        row.set_item(&key, v)?;
                    }
                }
                rows.push(row);
            }
            if update_rows {
                update(session, &mapper, &rows)?;
            } else {
                insert(session, &mapper, &rows, return_defaults, false)?;
            }
        }
        Ok(())
    })
}

/// INSERT rows by attribute name, in the transaction at hand; the keys that the database made are put into copies of them.
pub fn insert_rows<'py>(
    session: &This<'py>,
    mapper: &Arc<Mapper>,
    rows: &[Bound<'py, PyDict>],
    return_defaults: bool,
    render_nulls: bool,
) -> PyResult<()> {
    insert(session, mapper, rows, return_defaults, render_nulls)
}

/// UPDATE rows by the primary key in each, in the transaction at hand.
pub fn update_rows<'py>(session: &This<'py>, mapper: &Arc<Mapper>, rows: &[Bound<'py, PyDict>]) -> PyResult<()> {
    update(session, mapper, rows)
}

fn insert<'py>(
    session: &This<'py>,
    mapper: &Arc<Mapper>,
    rows: &[Bound<'py, PyDict>],
    return_defaults: bool,
    render_nulls: bool,
) -> PyResult<()> {
    let py = session.py();
    let spelled = spelled_out(py, mapper, rows)?;
    let rows = spelled.as_deref().unwrap_or(rows);
    let connection = connection_for_mapper(session, mapper::face_of(py, mapper)?.as_any())?;
    let all = tables([mapper]);
    for table in &all {
        let Some(plan) = plan::table_plan(py, mapper, table)? else { continue };
        // A table whose rows other tables refer to must tell its keys.
        let needs_keys = return_defaults || all.len() > 1;
        let mut group: Vec<(Vec<usize>, Bound<'py, PyDict>, Bound<'py, PyDict>)> = Vec::new();
        for row in rows {
            let mut names = Vec::new();
            let params = PyDict::new(py);
            for (from, to) in &plan.equated {
                if let Some(v) = row.get_item(from)? {
                    row.set_item(to, v)?;
                }
            }
            for (i, c) in plan.columns.iter().enumerate() {
                let value = match row.get_item(&c.key)? {
                    Some(v) => Some(v),
                    None if plan.version == Some(i) => super::persistence::next_version(py, &plan, None)?,
                    None => c.discriminator.as_ref().map(|d| d.bind(py).clone()),
                };
                match value {
                    Some(v) if !v.is_none() || c.evaluates_none || render_nulls => {
                        names.push(i);
                        params.set_item(&c.name, v)?;
                    }
                    _ => {}
                }
            }
            if group.first().is_some_and(|g| g.0 != names) {
                insert_group(py, &connection, &plan, &std::mem::take(&mut group), needs_keys)?;
            }
            group.push((names, params, row.clone()));
        }
        insert_group(py, &connection, &plan, &group, needs_keys)?;
    }
    Ok(())
}

type Given<'py> = (Vec<usize>, Bound<'py, PyDict>, Bound<'py, PyDict>);

fn insert_group<'py>(
    py: Python<'py>,
    connection: &Any<'py>,
    plan: &plan::TablePlan,
    group: &[Given<'py>],
    keys: bool,
) -> PyResult<()> {
    let Some((names, ..)) = group.first() else { return Ok(()) };
    let wanted = plan.columns.iter().enumerate().filter(|(i, c)| !names.contains(i) && (c.pk || c.server_default));
    let missing: Vec<usize> = wanted.map(|(i, _)| i).collect();
    let params: Vec<_> = group.iter().map(|(_, p, _)| p.clone()).collect();
    if !keys || missing.is_empty() {
        let statement = plan.statement(py, write::Statement::Insert { returning: Vec::new(), sorted: false })?;
        exec::run_many(connection, &statement, &params)?;
        return Ok(());
    }
    let many = group.len() > 1;
    let statement = plan.statement(py, write::Statement::Insert { returning: missing.clone(), sorted: many })?;
    let result = exec::run_many(connection, &statement, &params)?;
    for ((_, _, row), fetched) in group.iter().zip(result.call_method0("all")?.try_iter()?) {
        let fetched = fetched?;
        for (n, c) in missing.iter().filter_map(|i| plan.columns.get(*i)).enumerate() {
            row.set_item(&c.key, fetched.get_item(n)?)?;
        }
    }
    Ok(())
}

fn update<'py>(session: &This<'py>, mapper: &Arc<Mapper>, rows: &[Bound<'py, PyDict>]) -> PyResult<()> {
    let py = session.py();
    let spelled = spelled_out(py, mapper, rows)?;
    let rows = spelled.as_deref().unwrap_or(rows);
    let connection = connection_for_mapper(session, mapper::face_of(py, mapper)?.as_any())?;
    for table in &tables([mapper]) {
        let Some(plan) = plan::table_plan(py, mapper, table)? else { continue };
        let mut group: Vec<(Vec<usize>, Bound<'py, PyDict>)> = Vec::new();
        for row in rows {
            let (mut names, params) = (Vec::new(), PyDict::new(py));
            let changes =
                |(i, c): (usize, &plan::ColumnPlan)| Ok::<_, PyErr>(!c.pk && plan.version != Some(i) && row.contains(&c.key)?);
            let mut any = false;
            for column in plan.columns.iter().enumerate() {
                any = any || changes(column)?;
            }
            if !any {
                continue;
            }
            let mut found_by = Vec::with_capacity(plan.pk.len());
            for (i, c) in plan.columns.iter().enumerate() {
                let given = row.get_item(&c.key)?;
                if c.pk || plan.version == Some(i) {
                    let Some(v) = given else { return Err(missing_key(py, &plan)) };
                    found_by.push((&c.found_by, v.clone()));
                    if plan.version == Some(i)
                        && let Some(next) = super::persistence::next_version(py, &plan, Some(&v))?
                    {
                        params.set_item(&c.name, next)?;
                        names.push(i);
                    }
                } else if let Some(v) = given {
                    params.set_item(&c.name, v)?;
                    names.push(i);
                }
            }
            found_by.into_iter().try_for_each(|(name, v)| params.set_item(name, v))?;
            if group.first().is_some_and(|g| g.0 != names) {
                update_group(py, &connection, &plan, &std::mem::take(&mut group))?;
            }
            group.push((names, params));
        }
        update_group(py, &connection, &plan, &group)?;
    }
    Ok(())
}

/// The error about rows that lack their primary key.
pub fn missing_primary_key(py: Python<'_>, mapper: &Arc<Mapper>) -> PyErr {
    let plan = || match tables([mapper]).first() {
        Some(table) => plan::table_plan(py, mapper, table),
        None => Ok(None),
    };
    match plan() {
        Ok(Some(plan)) => missing_key(py, &plan),
        Ok(None) => errors::invalid_request(py, "No primary key value supplied"),
        Err(e) => e,
    }
}

fn missing_key(py: Python<'_>, plan: &plan::TablePlan) -> PyErr {
    let names: Vec<String> = plan.pk_columns().map(|c| format!("{}.{}", plan.name(), c.column.name())).collect();
    let e = errors::invalid_request(
        py,
        format!(
            "No primary key value supplied for column(s) {}; per-row ORM Bulk UPDATE by Primary Key requires that records contain \
             primary key values",
            names.join(", ")
        ),
    );
    // an exception that does not take the code keeps its text
    let _ = e.value(py).setattr("code", "bupq");
    e
}

fn update_group<'py>(
    py: Python<'py>,
    connection: &Any<'py>,
    plan: &plan::TablePlan,
    group: &[(Vec<usize>, Bound<'py, PyDict>)],
) -> PyResult<()> {
    if group.is_empty() {
        return Ok(());
    }
    let statement = plan.statement(py, write::Statement::Update { version: plan.version.is_some(), returning: Vec::new() })?;
    let params: Vec<_> = group.iter().map(|(_, p)| p.clone()).collect();
    let result = exec::run_many(connection, &statement, &params)?;
    let matched: i64 = result.getattr("rowcount")?.extract()?;
    if matched >= 0 && usize::try_from(matched) != Ok(group.len()) {
        return Err(orm_error(
            py,
            "StaleDataError",
            &format!(
                "UPDATE statement on table '{}' expected to update {} row(s); {matched} were matched.",
                plan.name(),
                group.len()
            ),
        ));
    }
    Ok(())
}
