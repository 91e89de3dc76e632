//! The extra UPDATE of `post_update` relationships.

use super::plan::table_plan;
use super::{committed_value, connection, exec};
use crate::py::ffi;
use crate::py::orm::identity::StateExt;
use crate::py::orm::session::orm_error;
use crate::py::orm::unitofwork::Flush;
use orm::Mapper;
use orm::columns::col_id;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// UPDATEs of the foreign keys of a base mapper's objects that asked for it; `delete`: of objects about to be deleted.
pub fn post_update(flush: &mut Flush<'_>, base: &Arc<Mapper>, delete: bool) -> PyResult<()> {
    let py = flush.py;
    let Some(asked) = flush.post_updates.get_mut(&base.id) else { return Ok(()) };
    let all = std::mem::take(asked);
    let mut later = super::super::unitofwork::PostUpdates::default();
    for (id, columns) in all {
        let Some(m) = flush.members.get(&id) else { continue };
        if m.delete != delete && delete {
            later.insert(id, columns);
            continue;
        }
        let (state, mapper) = (m.state.clone(), m.mapper.clone());
        // A deleted row needs no new foreign key after the rows it referred to are gone.
        if m.delete && !delete {
            later.insert(id, columns);
            continue;
        }
        let connection = connection(flush, &state, &mapper)?;
        for table in mapper.data().tables.clone() {
            let Some(plan) = table_plan(py, &mapper, &table)? else { continue };
            let dict = state.get().instance_dict(py);
            let params = PyDict::new(py);
            for c in plan.columns.iter().filter(|c| columns.contains(&col_id(&c.column))) {
                let value = ffi::dict_get(&dict, &c.key).unwrap_or_else(|| py.None().into_bound(py));
                params.set_item(&c.name, value)?;
            }
            if params.is_empty() {
                continue;
            }
            for i in &plan.pk {
                let value = if state.has_key() {
                    committed_value(&state, &mapper, &plan.columns[*i].column)?
                } else {
                    ffi::dict_get(&dict, &plan.columns[*i].key).unwrap_or_else(|| py.None().into_bound(py))
                };
                params.set_item(exec::where_name(&plan, *i), value)?;
            }
            let mut versioned = false;
            if let Some(at) = plan.version {
                let current = ffi::dict_get(&dict, &plan.columns[at].key);
                if let Some(current) = current.filter(|c| !c.is_none())
                    && let Some(next) = super::next_version(py, &plan, Some(&current))?
                {
                    params.set_item(exec::where_name(&plan, at), &current)?;
                    params.set_item(&plan.columns[at].name, &next)?;
                    dict.set_item(&plan.columns[at].key, next)?;
                    versioned = true;
                }
            }
            let statement = exec::update_statement(py, &plan, versioned, &[])?;
            let matched: i64 = exec::run_one(&connection, &statement, &params)?.getattr("rowcount")?.extract()?;
            if matched >= 0 && matched != 1 {
                return Err(orm_error(
                    py,
                    "StaleDataError",
                    &format!("UPDATE statement on table '{}' expected to update 1 row(s); {matched} were matched.", plan.name()),
                ));
            }
        }
    }
    if let Some(asked) = flush.post_updates.get_mut(&base.id) {
        for (id, columns) in later {
            asked.entry(id).or_default().extend(columns);
        }
    }
    Ok(())
}
