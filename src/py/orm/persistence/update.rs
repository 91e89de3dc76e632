//! UPDATE: changed columns only.
#![expect(
    clippy::indexing_slicing,
    reason = "columns are positions in the plan, rows positions in the list that the flush made; neither changes on the way"
)]

use super::exec::Statement;
use super::plan::{ColumnPlan, TablePlan, table_plan};
use super::{Row, exec, native, next_version};
use crate::py::errors;
use crate::py::ffi;
use crate::py::orm::flags::{PASSIVE_OFF, is_no_state};
use crate::py::orm::history;
use crate::py::orm::session::{expire, orm_error};
use crate::py::orm::unitofwork::Flush;
use orm::columns::col_id;
use orm::write::{self, Given};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::schema::Table;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// One row to update.
pub(super) struct Update<'py> {
    /// Whose row.
    pub row: usize,
    /// What its mapper writes to the table.
    pub plan: Arc<TablePlan>,
    /// New values by column position.
    pub params: Vec<(usize, Any<'py>)>,
    sql: Vec<(usize, Any<'py>)>,
    /// Values that find the row, by position in `plan.pk`.
    pub key: Vec<Any<'py>>,
    /// The version that the row must have.
    pub version: Option<Any<'py>>,
    /// The version that it gets.
    pub new_version: Option<Any<'py>>,
}

impl<'py> Update<'py> {
    pub fn new(row: usize, plan: Arc<TablePlan>) -> Self {
        Self { row, plan, params: Vec::new(), sql: Vec::new(), key: Vec::new(), version: None, new_version: None }
    }
    /// Positions of its values and of its expressions.
    fn positions(&self) -> (Vec<usize>, Vec<usize>) {
        let of = |list: &[(usize, Any<'_>)]| list.iter().map(|(at, _)| *at).collect();
        (of(&self.params), of(&self.sql))
    }
    /// Whether the statement sets the column by itself.
    fn gives(&self, i: usize) -> bool {
        self.params.iter().chain(&self.sql).any(|(p, _)| *p == i)
    }
    fn same_shape(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plan, &other.plan)
            && self.sql.is_empty()
            && other.sql.is_empty()
            && self.version.is_some() == other.version.is_some()
            && self.params.len() == other.params.len()
            && self.params.iter().zip(&other.params).all(|(a, b)| a.0 == b.0)
    }
}

pub(super) fn update<'py>(flush: &mut Flush<'py>, table: &Arc<Table>, rows: &[Row<'py>]) -> PyResult<()> {
    let py = flush.py;
    let mut todo: Vec<Update<'py>> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        if !row.update {
            continue;
        }
        if let Some(plan) = table_plan(py, &row.mapper, table)? {
            todo.extend(collect(flush, i, row, plan)?);
        }
    }
    emit_all(flush, rows, &todo, false)
}

/// Writes the rows, those of one shape together; `many`: also those that are found by their version.
pub(super) fn emit_all<'py>(flush: &Flush<'py>, rows: &[Row<'py>], todo: &[Update<'py>], many: bool) -> PyResult<()> {
    let mut start = 0;
    while start < todo.len() {
        let mut end = start + 1;
        while end < todo.len()
            && todo[start].same_shape(&todo[end])
            && rows[todo[start].row].connection.is(&rows[todo[end].row].connection)
        {
            end += 1;
        }
        emit(flush, rows, &todo[start..end], many)?;
        start = end;
    }
    Ok(())
}

/// Whether any mapped column of an object changed, in whatever table.
fn any_change<'py>(flush: &Flush<'py>, row: &Row<'py>) -> PyResult<bool> {
    for table in &row.mapper.data().tables {
        let Some(plan) = table_plan(flush.py, &row.mapper, table)? else { continue };
        for c in &plan.columns {
            if changed(row, c)?.is_some() {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// The new value of an attribute whose value differs from the row's.
pub(super) fn changed<'py>(row: &Row<'py>, c: &ColumnPlan) -> PyResult<Option<Any<'py>>> {
    let py = row.state.py();
    let key = &c.key;
    let dict = row.state.get().instance_dict(py);
    let value = ffi::dict_get(&dict, key);
    if row.row_switch.is_some() {
        // The new object says what the row shall be; what it leaves open stays as it is.
        return Ok(match value {
            _ if c.pk => None,
            None => c.discriminator.as_ref().map(|d| d.bind(py).clone()),
            value => value,
        });
    }
    let Some(old) = row.state.get().committed(py, key) else { return Ok(None) };
    let value = match value {
        Some(v) => v,
        // A deleted attribute is NULL; one that is merely not loaded has not changed.
        None if is_no_state(&old) => return Ok(None),
        None => py.None().into_bound(py),
    };
    if is_no_state(&old) || exec::is_sql(&value)? {
        return Ok(Some(value));
    }
    let Some(imp) = row.state.get().manager.get().get_impl(py, key.bind(py).to_str()?) else { return Ok(None) };
    Ok((!imp.get().is_equal(&value, &old)?).then_some(value))
}

fn collect<'py>(flush: &mut Flush<'py>, i: usize, row: &Row<'py>, plan: Arc<TablePlan>) -> PyResult<Option<Update<'py>>> {
    let py = flush.py;
    let state = row.state.get();
    for (from, to) in &plan.equated {
        if state.has_committed(py, from)
            && let Some(v) = ffi::dict_get(&state.instance_dict(py), from)
            && let Some(imp) = state.manager.get().get_impl(py, to.bind(py).to_str()?)
        {
            crate::py::orm::impls::AttributeImpl::set(&imp, &row.state, &state.instance_dict(py), &v, None)?;
        }
    }
    for (from, at) in &plan.cascaded {
        if state.has_committed(py, from) {
            flush.pk_cascaded.insert((row.state.as_ptr() as usize, col_id(&plan.columns[*at].column)));
        }
    }
    let mut out = Update::new(i, plan.clone());
    let untouched = row.row_switch.is_none() && state.d.with(py, |d| d.committed.is_empty());
    if !untouched {
        for (at, c) in plan.columns.iter().enumerate() {
            let Some(value) = changed(row, c)? else { continue };
            if exec::is_sql(&value)? { out.sql.push((at, value)) } else { out.params.push((at, value)) }
        }
    }
    let empty = out.params.is_empty() && out.sql.is_empty();
    if let (Some(at), Some(version)) = (plan.version, &row.version) {
        if empty && !any_change(flush, row)? {
            return Ok(None);
        }
        if !version.is_none() && !is_no_state(version) {
            out.version = Some(version.clone());
        }
        let given = out.params.iter().any(|(p, _)| *p == at);
        if !given && let Some(next) = next_version(py, &plan, Some(version))? {
            let place = out.params.iter().position(|(p, _)| *p > at).unwrap_or(out.params.len());
            out.params.insert(place, (at, next.clone()));
            out.new_version = Some(next);
        }
        if out.params.is_empty() && out.sql.is_empty() {
            // A version that the database keeps: the row must change all the same.
            out.params.push((at, version.clone()));
        }
    } else if empty {
        return Ok(None);
    }
    for n in &plan.pk {
        let c = &plan.columns[*n];
        let value = row_key(flush, row, c, &mut out, *n)?;
        if value.is_none() || is_no_state(&value) {
            return Err(orm_error(
                py,
                "FlushError",
                &format!(
                    "Can't update table {} using NULL for primary key value on column {}",
                    plan.name(),
                    crate::py::orm::sync::column_name(&c.column)
                ),
            ));
        }
        out.key.push(value);
    }
    if out.params.is_empty() && out.sql.is_empty() {
        return Ok(None);
    }
    Ok(Some(out))
}

/// The value by which a primary key column finds the row: the old one when it changed.
fn row_key<'py>(flush: &Flush<'py>, row: &Row<'py>, c: &ColumnPlan, out: &mut Update<'py>, at: usize) -> PyResult<Any<'py>> {
    let py = flush.py;
    let state = row.state.get();
    if let Some(existing) = &row.row_switch
        && let Some(v) = ffi::dict_get(&existing.get().instance_dict(py), &c.key)
    {
        return Ok(v);
    }
    if !state.has_committed(py, &c.key)
        && let Some(v) = ffi::dict_get(&state.instance_dict(py), &c.key)
    {
        return Ok(v);
    }
    let Some(imp) = state.manager.get().get_impl(py, c.key.bind(py).to_str()?) else { return Ok(py.None().into_bound(py)) };
    let mut changes = history::changes(&imp, &row.state, PASSIVE_OFF)?;
    if let Some(new) = changes.added.pop() {
        let cascaded = flush.pk_cascaded.contains(&(row.state.as_ptr() as usize, col_id(&c.column)));
        let Some(old) = changes.deleted.pop().filter(|_| !cascaded) else {
            // The database has moved this row along with its parent's key.
            out.params.retain(|(p, _)| *p != at);
            return Ok(new);
        };
        return Ok(old);
    }
    Ok(changes.unchanged.pop().unwrap_or_else(|| py.None().into_bound(py)))
}

fn as_dict<'py>(py: Python<'py>, u: &Update<'py>) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (i, v) in &u.params {
        d.set_item(&u.plan.columns[*i].name, v)?;
    }
    for (n, v) in u.plan.pk.iter().zip(&u.key) {
        d.set_item(&u.plan.columns[*n].found_by, v)?;
    }
    if let (Some(v), Some(at)) = (&u.version, u.plan.version) {
        d.set_item(&u.plan.columns[at].found_by, v)?;
    }
    Ok(d)
}

fn emit<'py>(flush: &Flush<'py>, rows: &[Row<'py>], group: &[Update<'py>], many: bool) -> PyResult<()> {
    let py = flush.py;
    let Some(first) = group.first() else { return Ok(()) };
    let plan = &first.plan;
    let connection = rows[first.row].connection.clone();
    let versioned = first.version.is_some();
    let (given, sql) = first.positions();
    let given = Given { params: &given, sql: &sql };
    let returning = plan.update_returning(&given, |ability| exec::able(&connection, ability))?;
    let statement = plan.statement(py, write::Statement::Update { version: versioned, returning: returning.clone() })?;
    let mut matched: i64 = 0;
    if returning.is_empty()
        && let Some(changed) = fast(group, &connection, &statement)?
    {
        if usize::try_from(changed) != Ok(group.len()) {
            return Err(stale(py, plan, group.len(), changed));
        }
        return group.iter().try_for_each(|g| after(flush, &rows[g.row], g, &[], Vec::new()));
    }
    let client: Vec<usize> = (0..plan.columns.len()).filter(|i| plan.columns[*i].client_onupdate && !first.gives(*i)).collect();
    let mut news: Vec<Vec<(usize, Any<'py>)>> = Vec::new();
    let params: Vec<_> = group.iter().map(|g| as_dict(py, g)).collect::<PyResult<_>>()?;
    let sane = exec::dialect_flag(&connection, "supports_sane_rowcount", true)?;
    let many_tell = exec::dialect_flag(&connection, "supports_sane_multi_rowcount", true)?;
    let mut check = sane;
    if !first.sql.is_empty() || versioned && !(many && many_tell) || !returning.is_empty() {
        for (g, p) in group.iter().zip(&params) {
            let result = if g.sql.is_empty() {
                exec::run_one(&connection, &statement, p)?
            } else {
                let values = PyDict::new(py);
                for (i, v) in &g.sql {
                    values.set_item(&plan.columns[*i].name, v)?;
                }
                exec::run_one(&connection, &statement.with_values(&values)?, p)?
            };
            let mut found = Vec::new();
            prefetched(plan, &client, &result, std::slice::from_mut(&mut found))?;
            if returning.is_empty() {
                matched += result.getattr("rowcount")?.extract::<i64>()?;
            } else if let Some(row) = result.call_method0("all")?.try_iter()?.next() {
                let row = row?;
                for (n, i) in returning.iter().enumerate() {
                    found.push((*i, row.get_item(n)?));
                }
                matched += 1;
            }
            after(flush, &rows[g.row], g, &returning, found)?;
        }
    } else {
        let result = exec::run_many(&connection, &statement, &params)?;
        matched = result.getattr("rowcount")?.extract()?;
        news.resize_with(group.len(), Vec::new);
        prefetched(plan, &client, &result, &mut news)?;
        check = sane && (params.len() == 1 || many_tell);
    }
    if check && matched >= 0 && usize::try_from(matched) != Ok(group.len()) {
        return Err(stale(py, plan, group.len(), matched));
    }
    if versioned && !sane {
        errors::warn(py, "SAWarning", "Dialect does not support updated rowcount - versioning cannot be verified.")?;
    }
    for (g, found) in group.iter().zip(news) {
        after(flush, &rows[g.row], g, &returning, found)?;
    }
    Ok(())
}

/// Values that the execution made on this side, row by row.
fn prefetched<'py>(plan: &TablePlan, client: &[usize], result: &Any<'py>, into: &mut [Vec<(usize, Any<'py>)>]) -> PyResult<()> {
    if client.is_empty() {
        return Ok(());
    }
    let sets = result.getattr("context")?.getattr("compiled_parameters")?;
    for (set, found) in sets.try_iter()?.zip(into) {
        let set = set?;
        for i in client {
            if let Some(v) = crate::py::errors::item_of(&set, &plan.columns[*i].name)? {
                found.push((*i, v));
            }
        }
    }
    Ok(())
}

fn stale(py: Python<'_>, plan: &TablePlan, expected: usize, matched: i64) -> PyErr {
    orm_error(
        py,
        "StaleDataError",
        &format!("UPDATE statement on table '{}' expected to update {expected} row(s); {matched} were matched.", plan.name()),
    )
}

/// The whole group straight to the driver: rows changed; `None` when that is not possible.
fn fast<'py>(group: &[Update<'py>], connection: &Any<'py>, statement: &Statement) -> PyResult<Option<i64>> {
    let Some(first) = group.first() else { return Ok(Some(0)) };
    if !first.sql.is_empty() || !native::usable(connection)? {
        return Ok(None);
    }
    let (py, plan) = (connection.py(), &first.plan);
    let rule: &write::TablePlan = plan;
    let mut names: Vec<&str> = first.params.iter().map(|(i, _)| &*rule.columns[*i].name).collect();
    let version = plan.version.filter(|_| first.version.is_some());
    names.extend(plan.pk.iter().copied().chain(version).map(|i| &*rule.columns[i].found_by));
    let columns = first.params.len();
    let none = py.None().into_bound(py);
    let value = |row: usize, i: usize| {
        let u = &group[row];
        match u.params.get(i) {
            Some((_, v)) => v,
            None => u.key.get(i - columns).or(u.version.as_ref()).unwrap_or(&none),
        }
    };
    Ok(native::run(connection, &statement.node, &names, group.len(), &value, false)?.map(|d| d.rowcount))
}

/// The instance after its row changed: new values that are known, and what only the database knows is read when it is needed.
fn after<'py>(
    flush: &Flush<'py>,
    row: &Row<'py>,
    u: &Update<'py>,
    returning: &[usize],
    found: Vec<(usize, Any<'py>)>,
) -> PyResult<()> {
    let py = flush.py;
    let dict = row.state.get().instance_dict(py);
    let mut fresh = Vec::new();
    for (i, v) in found {
        let key = &u.plan.columns[i].key;
        dict.set_item(key, v)?;
        if !returning.contains(&i) {
            drop(row.state.get().drop_committed(py, key));
        }
        fresh.push(key.bind(py).clone());
    }
    if let (Some(v), Some(at)) = (&u.new_version, u.plan.version) {
        dict.set_item(&u.plan.columns[at].key, v)?;
        fresh.push(u.plan.columns[at].key.bind(py).clone());
    }
    super::refreshed(flush, row, fresh)?;
    let (given, sql) = u.positions();
    let stale: Vec<Bound<'py, PyString>> = u
        .plan
        .unknown_after_update(&Given { params: &given, sql: &sql }, returning)
        .into_iter()
        .map(|i| u.plan.columns[i].key.bind(py).clone())
        .collect();
    if stale.is_empty() { Ok(()) } else { expire::attributes(&row.state, &stale) }
}
