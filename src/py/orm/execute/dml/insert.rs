//! INSERT of a mapped class.
//!
//! Parameters are dictionaries by attribute name. In bulk (the usual case) each table of the class gets its part of every row:
//! None is left out, so that defaults apply, and the discriminator of the class is written without being asked.

use super::returning::{self, Returned};
use super::{Call, plain_insert, plain_key};
use crate::py::errors;
use crate::py::orm::execute::job::{Loaded, as_dict, core};
use crate::py::orm::execute::result;
use crate::py::orm::persistence::plan::table_plan;
use crate::py::orm::persistence::tables;
use crate::py::text::Text;
use orm::Entity;
use orm::loadplan::LoadPlan;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use rustc_hash::FxHashMap;
use sql::ast::{ColumnKey, DmlValues, Insert, Node, Query, Select, SelectItem, build};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type Dict<'py> = Bound<'py, PyDict>;

/// `dml_strategy`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Strategy {
    /// Rows of dictionaries, in bulk.
    Bulk,
    /// Values that stand in the statement.
    Orm,
    /// Names are those of columns, nothing is done to the rows.
    Raw,
}

fn strategy(call: &Call<'_, '_>, insert: &Insert) -> PyResult<Strategy> {
    let in_statement = !matches!(insert.values, DmlValues::None) || insert.from_select.is_some();
    let auto = if in_statement || call.params.is_none() { Strategy::Orm } else { Strategy::Bulk };
    let Some(given) = call.option("dml_strategy")?.filter(|v| !v.is_none()) else { return Ok(auto) };
    match given.extract::<String>().ok().as_deref() {
        Some("auto") => Ok(auto),
        Some("bulk") => Ok(Strategy::Bulk),
        Some("orm") => Ok(Strategy::Orm),
        Some("raw") => Ok(Strategy::Raw),
        _ => Err(errors::argument_error(
            call.py(),
            format!("Valid strategies for ORM insert strategy are 'raw', 'orm', 'bulk', 'auto'; got {}", given.repr()?.text()),
        )),
    }
}

/// Run it.
pub fn run<'py>(call: &Call<'_, 'py>, entity: &Entity, insert: &Arc<Insert>) -> PyResult<Any<'py>> {
    match strategy(call, insert)? {
        Strategy::Bulk => bulk(call, entity, insert),
        Strategy::Raw => {
            // a list of one row is one row
            let single = call.params.as_ref().and_then(|p| p.cast::<PyList>().ok()).filter(|l| l.len() == 1);
            let params = match single {
                Some(list) => Some(list.get_item(0)?),
                None => call.params.clone(),
            };
            one(call, insert, params)
        }
        Strategy::Orm => {
            let params = match &call.params {
                Some(p) => Some(renamed(entity, p)?),
                None => None,
            };
            one(call, insert, params)
        }
    }
}

/// One statement with its parameters.
fn one<'py>(call: &Call<'_, 'py>, insert: &Arc<Insert>, params: Option<Any<'py>>) -> PyResult<Any<'py>> {
    if insert.common.returning.is_empty() {
        return core(call.connection, call.statement, params, call.options);
    }
    let returned = send(call, insert, params.as_ref())?;
    result::make(call.py(), returned.loaded)
}

fn send<'py>(call: &Call<'_, 'py>, insert: &Arc<Insert>, params: Option<&Any<'py>>) -> PyResult<Returned<'py>> {
    let plain = plain_insert(insert).map_err(|e| errors::sql_error(call.py(), e))?.unwrap_or_else(|| insert.clone());
    let statement = |columns: Vec<SelectItem>| {
        let mut new = (*plain).clone();
        new.common.returning = columns;
        Node::Insert(Arc::new(new))
    };
    returning::send(call, statement, &[], &insert.common.returning, &insert.common.options, params)
}

fn name_of(key: &Any<'_>) -> PyResult<String> {
    match key.extract() {
        Ok(s) => Ok(s),
        Err(_) => key.getattr("key")?.extract(),
    }
}

/// Parameters with attribute names turned to those of columns.
fn renamed<'py>(entity: &Entity, params: &Any<'py>) -> PyResult<Any<'py>> {
    let py = params.py();
    let rename = |d: &Dict<'py>| -> PyResult<Dict<'py>> {
        let out = PyDict::new(py);
        for (k, v) in crate::py::ffi::pairs(d) {
            let name = name_of(&k)?;
            match plain_key(entity, &ColumnKey::Name(name.as_str().into())) {
                ColumnKey::Column(c) => out.set_item(&*c.key(), v)?,
                _ => out.set_item(name, v)?,
            }
        }
        Ok(out)
    };
    Ok(match params.cast::<PyDict>() {
        Ok(d) => rename(d)?.into_any(),
        Err(_) => {
            let rows = params.try_iter()?.map(|r| rename(&as_dict(&r?)?)).collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, rows)?.into_any()
        }
    })
}

/// The rows by attribute name; synonyms are resolved.
fn rows_of<'py>(entity: &Entity, params: &Any<'py>) -> PyResult<Vec<Dict<'py>>> {
    let given: Vec<Dict<'py>> = match params.cast::<PyDict>() {
        Ok(d) => vec![d.clone()],
        Err(_) => params.try_iter()?.map(|r| as_dict(&r?)).collect::<PyResult<_>>()?,
    };
    let mut out = Vec::with_capacity(given.len());
    for d in given {
        let row = PyDict::new(params.py());
        for (k, v) in crate::py::ffi::pairs(&d) {
            let name = name_of(&k)?;
            match entity.mapper.prop(&name) {
                Some(orm::Property::Synonym(s)) => row.set_item(&*s.name, v)?,
                _ => row.set_item(name, v)?,
            }
        }
        out.push(row);
    }
    Ok(crate::py::orm::bulk::spelled_out(params.py(), &entity.mapper, &out)?.unwrap_or(out))
}

/// Rows of dictionaries.
fn bulk<'py>(call: &Call<'_, 'py>, entity: &Entity, insert: &Arc<Insert>) -> PyResult<Any<'py>> {
    let py = call.py();
    let Some(params) = &call.params else { return one(call, insert, None) };
    let rows = rows_of(entity, params)?;
    let nulls = call.flag("render_nulls")?;
    let all = tables([&entity.mapper]);
    let [table] = all.as_slice() else { return across_tables(call, entity, insert, &rows, nulls) };
    let Some(plan) = table_plan(py, &entity.mapper, table)? else { return one(call, insert, Some(renamed(entity, params)?)) };
    // rows that set the same columns go together
    let mut groups: Vec<(Vec<usize>, Vec<Dict<'py>>)> = Vec::new();
    for row in rows {
        let (names, values) = (&mut Vec::new(), PyDict::new(py));
        for (i, c) in plan.columns.iter().enumerate() {
            let value = match row.get_item(&c.key)? {
                Some(v) => Some(v),
                None => c.discriminator.as_ref().map(|d| d.bind(py).clone()),
            };
            if let Some(v) = value.filter(|v| nulls || c.evaluates_none || !v.is_none()) {
                names.push(i);
                values.set_item(&c.name, v)?;
            }
        }
        match groups.last_mut().filter(|g| g.0 == *names) {
            Some(g) => g.1.push(values),
            None => groups.push((std::mem::take(names), vec![values])),
        }
    }
    let mut loaded: Option<Loaded<'py>> = None;
    let mut last = None;
    for (_, rows) in groups {
        let params = match rows.as_slice() {
            [row] => row.clone().into_any(),
            _ => PyList::new(py, rows)?.into_any(),
        };
        if insert.common.returning.is_empty() {
            last = Some(core(call.connection, call.statement, Some(params), call.options)?);
            continue;
        }
        let more = send(call, insert, Some(&params))?.loaded;
        match &mut loaded {
            Some(l) => l.rows.extend(more.rows),
            None => loaded = Some(more),
        }
    }
    match (loaded, last) {
        (Some(l), _) => result::make(py, l),
        (None, Some(r)) => Ok(r),
        (None, None) => call.no_rows(),
    }
}

/// A class of several tables: each gets its part; what is to come back is read afterwards.
fn across_tables<'py>(
    call: &Call<'_, 'py>,
    entity: &Entity,
    insert: &Arc<Insert>,
    rows: &[Dict<'py>],
    nulls: bool,
) -> PyResult<Any<'py>> {
    let py = call.py();
    let wanted = &insert.common.returning;
    crate::py::orm::bulk::insert_rows(call.session, &entity.mapper, rows, !wanted.is_empty(), nulls)?;
    if wanted.is_empty() {
        return call.no_rows();
    }
    let data = entity.mapper.data();
    let names = data.primary_key_keys();
    let columns: Vec<_> = data.primary_key.iter().map(orm::columns::column_expr).collect();
    let mut by_key: FxHashMap<String, Any<'py>> = FxHashMap::default();
    let mut plan: Option<Arc<LoadPlan>> = None;
    let mut order = Vec::with_capacity(rows.len());
    for chunk in rows.chunks(200) {
        let mut either = Vec::with_capacity(chunk.len());
        for row in chunk {
            let values = names.iter().map(|n| row.as_any().get_item(&**n)).collect::<PyResult<Vec<_>>>()?;
            order.push(PyTuple::new(py, &values)?.repr()?.text());
            let both = columns.iter().zip(&values).map(|(c, v)| {
                let bind = build::anon_bind("pk", sql::ast::BindValue::Host(crate::py::host::PyHost::wrap(v)), c.ty.clone());
                build::eq(c, &bind)
            });
            either.extend(build::and_(both.collect()));
        }
        let select = Select { where_: build::or_(either).into_iter().collect(), orm: true, ..Select::default() };
        let statement = |columns: Vec<SelectItem>| {
            Node::Query(Query::select(Select {
                columns,
                from_obj: entity.mapper.selectable().into_iter().collect(),
                orm: false,
                ..select
            }))
        };
        let read = returning::send(call, statement, &columns, wanted, &insert.common.options, None)?;
        for (key, row) in read.keys.into_iter().zip(read.loaded.rows) {
            by_key.insert(PyTuple::new(py, key)?.repr()?.text(), row);
        }
        plan = Some(read.loaded.plan);
    }
    let rows = order.iter().filter_map(|k| by_key.remove(k)).collect();
    match plan {
        Some(plan) => result::make(py, Loaded { rows, plan, columns: wanted.clone() }),
        None => call.no_rows(),
    }
}
