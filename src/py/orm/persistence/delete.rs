//! DELETE: child tables first, rowcounts checked.
#![expect(
    clippy::indexing_slicing,
    reason = "columns are positions in the plan, rows positions in the list that the flush made; neither changes on the way"
)]

use super::plan::{TablePlan, table_plan};
use super::{committed_value, connection, exec, mapper_event, sort, tables};
use crate::py::engine::events::Event;
use crate::py::errors;
use crate::py::orm::flags::is_no_state;
use crate::py::orm::identity::StateExt;
use crate::py::orm::session::orm_error;
use crate::py::orm::unitofwork::{Flush, State};
use orm::{Mapper, write};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

struct Row<'py> {
    state: State<'py>,
    obj: Any<'py>,
    mapper: Arc<Mapper>,
    connection: Any<'py>,
    version: Option<Any<'py>>,
}

/// DELETEs of members of one base mapper.
pub fn delete(flush: &mut Flush<'_>, mut members: Vec<usize>) -> PyResult<()> {
    let py = flush.py;
    sort(flush, &mut members)?;
    let mut rows = Vec::with_capacity(members.len());
    for i in members {
        let Some((_, m)) = flush.members.get_index(i) else { continue };
        let (state, obj, mapper) = (m.state.clone(), m.obj.clone(), m.mapper.clone());
        let connection = connection(flush, &state, &mapper)?;
        mapper_event(Event::BeforeDelete, (&state, &obj, &connection))?;
        let version = mapper.data().version_id_col.as_ref().map(|c| committed_value(&state, &mapper, c)).transpose()?;
        rows.push(Row { state, obj, mapper, connection, version });
    }
    for table in tables(rows.iter().map(|r| &r.mapper)).iter().rev() {
        let mut group: Vec<(usize, Bound<'_, PyDict>)> = Vec::new();
        let mut current: Option<Arc<TablePlan>> = None;
        for (i, row) in rows.iter().enumerate() {
            let Some(plan) = table_plan(py, &row.mapper, table)? else { continue };
            if plan.passive_deletes || !row.state.has_key() {
                continue;
            }
            let params = collect(row, &plan)?;
            let together = group.last().is_some_and(|(last, _)| rows[*last].connection.is(&row.connection));
            if !together && !group.is_empty() {
                emit(py, &rows, current.as_ref(), &std::mem::take(&mut group))?;
            }
            current = Some(plan);
            group.push((i, params));
        }
        emit(py, &rows, current.as_ref(), &group)?;
    }
    for row in &rows {
        mapper_event(Event::AfterDelete, (&row.state, &row.obj, &row.connection))?;
    }
    Ok(())
}

fn versioned(row: &Row<'_>, plan: &TablePlan) -> bool {
    plan.version.is_some() && row.version.as_ref().is_some_and(|v| !v.is_none() && !is_no_state(v))
}

fn collect<'py>(row: &Row<'py>, plan: &TablePlan) -> PyResult<Bound<'py, PyDict>> {
    let py = row.state.py();
    let params = PyDict::new(py);
    for i in &plan.pk {
        let c = &plan.columns[*i];
        let value = committed_value(&row.state, &row.mapper, &c.column)?;
        if value.is_none() || is_no_state(&value) {
            return Err(orm_error(
                py,
                "FlushError",
                &format!(
                    "Can't delete from table {} using NULL for primary key value on column {}",
                    plan.name(),
                    crate::py::orm::sync::column_name(&c.column)
                ),
            ));
        }
        params.set_item(&c.name, value)?;
    }
    if let Some(i) = plan.version.filter(|_| versioned(row, plan)) {
        params.set_item(&plan.columns[i].name, row.version.as_ref())?;
    }
    Ok(params)
}

fn emit<'py>(
    py: Python<'py>,
    rows: &[Row<'py>],
    plan: Option<&Arc<TablePlan>>,
    group: &[(usize, Bound<'py, PyDict>)],
) -> PyResult<()> {
    let (Some(plan), Some((first, _))) = (plan, group.first()) else { return Ok(()) };
    let first = &rows[*first];
    let needs_version = versioned(first, plan);
    let statement = plan.statement(py, write::Statement::Delete { version: needs_version })?;
    let params: Vec<_> = group.iter().map(|(_, p)| p.clone()).collect();
    let result = exec::run_many(&first.connection, &statement, &params)?;
    let matched: i64 = result.getattr("rowcount")?.extract()?;
    let expected = i64::try_from(group.len()).unwrap_or(i64::MAX);
    let countable = expected == 1 && exec::dialect_flag(&first.connection, "supports_sane_rowcount", true)?
        || exec::dialect_flag(&first.connection, "supports_sane_multi_rowcount", true)?;
    if matched < 0 || matched == expected || !countable {
        return Ok(());
    }
    let message =
        format!("DELETE statement on table '{}' expected to delete {expected} row(s); {matched} were matched.", plan.name());
    if needs_version {
        return Err(orm_error(py, "StaleDataError", &message));
    }
    if first.mapper.data().confirm_deleted_rows {
        return errors::warn(
            py,
            "SAWarning",
            &format!("{message}  Please set confirm_deleted_rows=False within the mapper configuration to prevent this warning."),
        );
    }
    Ok(())
}
