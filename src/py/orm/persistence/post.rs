//! The extra UPDATE of `post_update` relationships.

use super::plan::{ColumnPlan, table_plan};
use super::update::{Update, changed, emit_all};
use super::{Row, committed_value, connection, next_version};
use crate::py::ffi;
use crate::py::orm::identity::StateExt;
use crate::py::orm::unitofwork::{Flush, PostUpdates};
use orm::Mapper;
use orm::columns::col_id;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// UPDATEs of the foreign keys of a base mapper's objects that asked for it; `delete`: of objects about to be deleted.
pub fn post_update(flush: &mut Flush<'_>, base: &Arc<Mapper>, delete: bool) -> PyResult<()> {
    let Some(asked) = flush.post_updates.get_mut(&base.id) else { return Ok(()) };
    let all = std::mem::take(asked);
    let (mut later, mut members, mut wanted) = (PostUpdates::default(), Vec::new(), Vec::new());
    for (id, columns) in all {
        match flush.members.get_full(&id) {
            // The others have an action of their own.
            Some((_, _, m)) if m.delete != delete => drop(later.insert(id, columns)),
            Some((at, _, _)) => {
                members.push(at);
                wanted.push((at, columns));
            }
            None => {}
        }
    }
    if let Some(asked) = flush.post_updates.get_mut(&base.id) {
        *asked = later;
    }
    super::sort(flush, &mut members)?;
    let mut rows = Vec::with_capacity(members.len());
    let mut columns = Vec::with_capacity(members.len());
    for at in members {
        let Some((_, m)) = flush.members.get_index(at) else { continue };
        let (state, obj, mapper) = (m.state.clone(), m.obj.clone(), m.mapper.clone());
        let connection = connection(flush, &state, &mapper)?;
        let update = state.has_key();
        rows.push(Row { state, obj, mapper, connection, update, row_switch: None, version: None });
        columns.push(wanted.iter().find(|(i, _)| *i == at).map(|(_, c)| c));
    }
    for table in super::tables(rows.iter().map(|r| &r.mapper)) {
        let mut todo = Vec::with_capacity(rows.len());
        for (i, (row, columns)) in rows.iter().zip(&columns).enumerate() {
            if let (Some(plan), Some(columns)) = (table_plan(flush.py, &row.mapper, &table)?, columns) {
                todo.extend(collect(i, row, &plan, columns)?);
            }
        }
        emit_all(flush, &rows, &todo, true)?;
    }
    Ok(())
}

fn collect<'py>(
    at: usize,
    row: &Row<'py>,
    plan: &Arc<super::plan::TablePlan>,
    columns: &FxHashSet<usize>,
) -> PyResult<Option<Update<'py>>> {
    let py = row.state.py();
    let dict = row.state.get().instance_dict(py);
    let value = |c: &ColumnPlan| ffi::dict_get(&dict, &c.key).unwrap_or_else(|| py.None().into_bound(py));
    let mut out = Update::new(at, plan.clone());
    let mut asked = false;
    for (i, c) in plan.columns.iter().enumerate() {
        if columns.contains(&col_id(&c.column)) {
            asked = true;
            out.params.push((i, value(c)));
        } else if (c.client_onupdate || c.server_onupdate)
            && let Some(given) = changed(row, c)?
        {
            // the user's value, which the statement would replace by one of its own
            out.params.push((i, given));
        }
    }
    if !asked {
        return Ok(None);
    }
    for c in plan.pk_columns() {
        let key = if row.update { committed_value(&row.state, &row.mapper, &c.column)? } else { value(c) };
        out.key.push(key);
    }
    if let Some((i, c)) = plan.version.and_then(|i| Some((i, plan.columns.get(i)?))) {
        let current = value(c);
        // A row that this flush inserts is at its first version still; one that was there gets another for each UPDATE.
        if row.update
            && !out.params.iter().any(|(p, _)| *p == i)
            && let Some(next) = next_version(py, plan, Some(&current))?
        {
            let place = out.params.iter().position(|(p, _)| *p > i).unwrap_or(out.params.len());
            out.params.insert(place, (i, next.clone()));
            out.new_version = Some(next);
        }
        out.version = (!current.is_none()).then_some(current);
    }
    Ok(Some(out))
}
