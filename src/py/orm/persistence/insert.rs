//! INSERT: rows of the same columns go together, generated values come back by RETURNING.
#![expect(
    clippy::indexing_slicing,
    reason = "columns are positions in the plan, rows positions in the list that the flush made; neither changes on the way"
)]

use super::plan::{ClientDefault, TablePlan, table_plan};
use super::{Row, exec, native, next_version};
use crate::py::ffi;
use crate::py::orm::session::expire;
use crate::py::orm::state::flag;
use crate::py::orm::unitofwork::Flush;
use orm::write::{self, Ability, Fetch, Given, InsertFetch};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::schema::Table;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// One row to insert.
struct Insert<'py> {
    row: usize,
    plan: Arc<TablePlan>,
    /// Parameters by column position, in order.
    params: Vec<(usize, Any<'py>)>,
    /// SQL expressions.
    sql: Vec<(usize, Any<'py>)>,
    has_pk: bool,
    has_defaults: bool,
}

impl Insert<'_> {
    /// Positions of its values and of its expressions.
    fn positions(&self) -> (Vec<usize>, Vec<usize>) {
        let of = |list: &[(usize, Any<'_>)]| list.iter().map(|(at, _)| *at).collect();
        (of(&self.params), of(&self.sql))
    }
    fn same_shape(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.plan.table, &other.plan.table)
            && self.sql.is_empty()
            && other.sql.is_empty()
            && self.has_pk == other.has_pk
            && self.has_defaults == other.has_defaults
            && self.params.len() == other.params.len()
            && self.params.iter().zip(&other.params).all(|(a, b)| {
                a.0 == b.0 && Arc::ptr_eq(&self.plan, &other.plan)
                    || Arc::ptr_eq(&self.plan.columns[a.0].column, &other.plan.columns[b.0].column)
            })
    }
}

pub(super) fn insert<'py>(flush: &mut Flush<'py>, table: &Arc<Table>, rows: &mut [Row<'py>]) -> PyResult<()> {
    let py = flush.py;
    let mut todo: Vec<Insert<'py>> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        if row.update {
            continue;
        }
        if let Some(plan) = table_plan(py, &row.mapper, table)? {
            todo.push(collect(py, i, row, plan)?);
        }
    }
    let mut start = 0;
    while start < todo.len() {
        let mut end = start + 1;
        while end < todo.len()
            && todo[start].same_shape(&todo[end])
            && rows[todo[start].row].connection.is(&rows[todo[end].row].connection)
        {
            end += 1;
        }
        emit(flush, rows, &todo[start..end])?;
        start = end;
    }
    Ok(())
}

fn collect<'py>(py: Python<'py>, i: usize, row: &Row<'py>, plan: Arc<TablePlan>) -> PyResult<Insert<'py>> {
    let dict = row.state.get().instance_dict(py);
    for (from, to) in &plan.equated {
        if let Some(v) = ffi::dict_get(&dict, from) {
            dict.set_item(to, v)?;
        }
    }
    let mut out = Insert {
        row: i,
        params: Vec::with_capacity(plan.columns.len()),
        sql: Vec::new(),
        has_pk: true,
        has_defaults: true,
        plan,
    };
    let plan = out.plan.clone();
    for (at, c) in plan.columns.iter().enumerate() {
        if plan.version == Some(at)
            && let Some(v) = next_version(py, &plan, None)?
        {
            out.params.push((at, v));
            continue;
        }
        let value = match ffi::dict_get(&dict, &c.key) {
            None => c.discriminator.as_ref().map(|d| d.bind(py).clone()),
            v => v,
        };
        match value {
            Some(v) if !v.is_none() || c.evaluates_none => {
                if exec::is_sql(&v)? {
                    out.sql.push((at, v));
                } else {
                    out.params.push((at, v));
                }
            }
            _ => match &c.client_default {
                Some(ClientDefault::Scalar(v)) => out.params.push((at, v.bind(py).clone())),
                Some(ClientDefault::Execution) => out.has_defaults = out.has_defaults && !c.server_default,
                None if c.null_when_missing => out.params.push((at, py.None().into_bound(py))),
                None if c.pk => out.has_pk = false,
                None => out.has_defaults = false,
            },
        }
    }
    Ok(out)
}

fn as_dict<'py>(py: Python<'py>, plan: &TablePlan, params: &[(usize, Any<'py>)]) -> PyResult<Bound<'py, PyDict>> {
    let d = PyDict::new(py);
    for (i, v) in params {
        d.set_item(&plan.columns[*i].name, v)?;
    }
    Ok(d)
}

fn emit<'py>(flush: &mut Flush<'py>, rows: &mut [Row<'py>], group: &[Insert<'py>]) -> PyResult<()> {
    let py = flush.py;
    let Some(first) = group.first() else { return Ok(()) };
    let plan = &first.plan;
    let connection = rows[first.row].connection.clone();
    let (given, sql) = first.positions();
    let fetch =
        plan.insert_fetch(&Given { params: &given, sql: &sql }, group.len(), |ability| exec::able(&connection, ability))?;
    let InsertFetch { executed, wanted, how } = &fetch;
    let returning = *how == Fetch::Returning;
    // What has a value in the instance once the statement ran.
    let known = fetch.known(plan);
    let straight = sql.is_empty() && executed.is_empty() && matches!(how, Fetch::Returning | Fetch::Nothing);
    if straight && fast(rows, group, &connection, wanted)? {
        return written(flush, rows, group, &known);
    }
    let insert = |sorted: bool| {
        let returning = if returning { wanted.clone() } else { Vec::new() };
        plan.statement(py, write::Statement::Insert { returning, sorted })
    };
    let params: Vec<_> = group.iter().map(|g| as_dict(py, plan, &g.params)).collect::<PyResult<_>>()?;
    if !first.sql.is_empty() {
        for (g, p) in group.iter().zip(&params) {
            let values = PyDict::new(py);
            for (i, v) in &g.sql {
                values.set_item(&plan.columns[*i].name, v)?;
            }
            let result = exec::run_one(&connection, &insert(false)?.with_values(&values)?, p)?;
            computed(rows, std::slice::from_ref(g), &result, executed)?;
            one_result(rows, g, &result, wanted, returning)?;
        }
        return written(flush, rows, group, &known);
    }
    if wanted.is_empty() {
        let statement = insert(false)?;
        // Rows without any parameter cannot be told apart in an executemany.
        let size = if first.params.is_empty() { 1 } else { group.len() };
        for (group, params) in group.chunks(size).zip(params.chunks(size)) {
            let result = exec::run_many(&connection, &statement, params)?;
            computed(rows, group, &result, executed)?;
        }
        return written(flush, rows, group, &known);
    }
    if returning && group.len() > 1 && !first.params.is_empty() && exec::able(&connection, Ability::InsertExecutemanyReturning)? {
        let result = exec::run_many(&connection, &*insert(true)?, &params)?;
        computed(rows, group, &result, executed)?;
        for (g, fetched) in group.iter().zip(result.call_method0("all")?.try_iter()?) {
            store(rows, g, wanted, &fetched?)?;
        }
        return written(flush, rows, group, &known);
    }
    let statement = insert(false)?;
    for (g, p) in group.iter().zip(&params) {
        let result = exec::run_one(&connection, &statement, p)?;
        computed(rows, std::slice::from_ref(g), &result, executed)?;
        one_result(rows, g, &result, wanted, returning)?;
    }
    written(flush, rows, group, &known)
}

/// The whole group straight to the driver; `false` when that is not possible.
fn fast<'py>(rows: &[Row<'py>], group: &[Insert<'py>], connection: &Any<'py>, wanted: &[usize]) -> PyResult<bool> {
    let Some(first) = group.first() else { return Ok(true) };
    if first.params.is_empty() || !native::usable(connection)? {
        return Ok(false);
    }
    let (py, plan) = (connection.py(), &first.plan);
    let statement = plan.statement(py, write::Statement::Insert { returning: wanted.to_vec(), sorted: false })?;
    let names: Vec<&str> = first.params.iter().map(|(i, _)| plan.columns[*i].name.bind(py).to_str()).collect::<PyResult<_>>()?;
    let value = |row: usize, i: usize| &group[row].params[i].1;
    let Some(done) = native::run(connection, &statement.node, &names, group.len(), &value, !wanted.is_empty())? else {
        return Ok(false);
    };
    for (n, g) in group.iter().enumerate() {
        if wanted.is_empty() {
            break;
        }
        let dict = rows[g.row].state.get().instance_dict(py);
        for (at, i) in wanted.iter().enumerate() {
            let Some(proc) = done.entry.results.get(at) else { continue };
            dict.set_item(&g.plan.columns[*i].key, proc.get(py, done.rows.cell(n, at))?)?;
        }
    }
    Ok(true)
}

/// Values of Python-side defaults that the execution made.
fn computed<'py>(rows: &[Row<'py>], group: &[Insert<'py>], result: &Any<'py>, executed: &[usize]) -> PyResult<()> {
    if executed.is_empty() {
        return Ok(());
    }
    let sets = result.getattr("context")?.getattr("compiled_parameters")?;
    for (g, set) in group.iter().zip(sets.try_iter()?) {
        let set = set?;
        let dict = rows[g.row].state.get().instance_dict(rows[g.row].state.py());
        for i in executed {
            let c = &g.plan.columns[*i];
            if let Some(v) = crate::py::errors::item_of(&set, &c.name)? {
                dict.set_item(&c.key, v)?;
            }
        }
    }
    Ok(())
}

/// Values that came back with one row.
fn one_result<'py>(rows: &[Row<'py>], g: &Insert<'py>, result: &Any<'py>, wanted: &[usize], returning: bool) -> PyResult<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    if returning {
        let fetched = result.call_method0("one")?;
        return store(rows, g, wanted, &fetched);
    }
    // No RETURNING: the key is what the driver reports, everything else is read when it is needed.
    let row = &rows[g.row];
    let dict = row.state.get().instance_dict(row.state.py());
    let key = result.getattr("inserted_primary_key")?;
    for (n, i) in g.plan.pk.iter().enumerate() {
        if wanted.contains(i) {
            dict.set_item(&g.plan.columns[*i].key, key.get_item(n)?)?;
        }
    }
    Ok(())
}

fn store<'py>(rows: &[Row<'py>], g: &Insert<'py>, wanted: &[usize], fetched: &Any<'py>) -> PyResult<()> {
    let row = &rows[g.row];
    let dict = row.state.get().instance_dict(row.state.py());
    for (n, i) in wanted.iter().enumerate() {
        dict.set_item(&g.plan.columns[*i].key, fetched.get_item(n)?)?;
    }
    Ok(())
}

/// What was written without having been in the instance: versions, constant defaults, the discriminator. A written NULL of an
/// attribute that nobody touched stays unloaded, as the instance never showed it. `known` has come back already; what else the
/// database made is read when it is needed.
fn written<'py>(flush: &Flush<'py>, rows: &[Row<'py>], group: &[Insert<'py>], known: &[usize]) -> PyResult<()> {
    let py = flush.py;
    let Some(first) = group.first() else { return Ok(()) };
    let plan = &first.plan;
    let (given, sql) = first.positions();
    let left: Vec<Bound<'py, PyString>> = plan
        .unknown_after_insert(&Given { params: &given, sql: &sql }, known)
        .into_iter()
        .map(|i| plan.columns[i].key.bind(py).clone())
        .collect();
    for g in group {
        let row = &rows[g.row];
        let dict = row.state.get().instance_dict(py);
        let mut fresh: Vec<Bound<'py, PyString>> = Vec::new();
        for (i, v) in &g.params {
            let c = &g.plan.columns[*i];
            let own = g.plan.version == Some(*i)
                || c.discriminator.is_some()
                || matches!(c.client_default, Some(ClientDefault::Scalar(_)));
            let missing = ffi::dict_get(&dict, &c.key).is_none();
            if own || !v.is_none() && missing {
                dict.set_item(&c.key, v)?;
                if missing || g.plan.version == Some(*i) {
                    fresh.push(c.key.bind(py).clone());
                }
            } else if missing {
                row.state.get().set_flag(py, flag::NULLS, true);
            }
        }
        if !left.is_empty() {
            expire::attributes(&row.state, &left)?;
        }
        fresh.extend(known.iter().filter(|i| !plan.columns[**i].pk).map(|i| plan.columns[*i].key.bind(py).clone()));
        super::refreshed(flush, row, fresh)?;
    }
    Ok(())
}
