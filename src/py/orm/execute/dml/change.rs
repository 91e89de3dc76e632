//! UPDATE and DELETE of mapped classes.

use super::synchronize::{self, Beyond, Matched, Strategy};
use super::{Call, criteria, plain_delete, plain_update, returning};
use crate::py::engine::execute::context::ExecutionContext;
use crate::py::errors;
use crate::py::orm::execute::job::{as_dict, core};
use crate::py::orm::execute::result;
use crate::py::orm::session::attach;
use crate::py::sql::face;
use crate::py::text::Text;
use orm::Entity;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::SqlResult;
use sql::ast::{ColumnKey, Delete, DmlCommon, DmlValue, DmlValues, ExprRef, Node, SelectItem, Update};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// The statement.
pub enum Change {
    /// UPDATE.
    Update(Arc<Update>),
    /// DELETE.
    Delete(Arc<Delete>),
}

impl Change {
    fn common(&self) -> &DmlCommon {
        match self {
            Self::Update(u) => &u.common,
            Self::Delete(d) => &d.common,
        }
    }
    fn where_(&self) -> &[ExprRef] {
        match self {
            Self::Update(u) => &u.where_,
            Self::Delete(d) => &d.where_,
        }
    }
    /// Without ORM parts, with this RETURNING.
    fn returning(&self, columns: Vec<SelectItem>) -> SqlResult<Node> {
        Ok(match self {
            Self::Update(u) => {
                let mut new = plain_update(u)?.map_or_else(|| (**u).clone(), |p| (*p).clone());
                new.common.returning = columns;
                Node::Update(Arc::new(new))
            }
            Self::Delete(d) => {
                let mut new = plain_delete(d)?.map_or_else(|| (**d).clone(), |p| (*p).clone());
                new.common.returning = columns;
                Node::Delete(Arc::new(new))
            }
        })
    }
    /// Whether the dialect tells the rows of it, and was not told to do without; `several`: it is about several tables.
    fn can_return(&self, call: &Call<'_, '_>, several: bool) -> PyResult<bool> {
        let (one, many, avoid, what) = match self {
            Self::Update(_) => ("update_returning", "update_returning_multifrom", "is_update_from", "UPDATE..FROM"),
            Self::Delete(_) => ("delete_returning", "delete_returning_multifrom", "is_delete_using", "DELETE..USING"),
        };
        if !call.dialect_can(one)? || call.flag(avoid)? {
            return Ok(false);
        }
        if several && !call.dialect_can(many)? {
            let name = call.connection.getattr("dialect")?.getattr("name")?;
            return Err(errors::exc(
                call.py(),
                "CompileError",
                format!(
                    "Dialect \"{name}\" does not support RETURNING with {what}; for synchronize_session='fetch', please add the \
                     additional execution option '{avoid}=True' to the statement to indicate that a separate SELECT should be used \
                     for this backend."
                ),
            ));
        }
        Ok(true)
    }
}

/// Run it.
pub fn run<'py>(call: &Call<'_, 'py>, entity: &Entity, change: &Change) -> PyResult<Any<'py>> {
    let py = call.py();
    if let Some(list) = call.params.as_ref().filter(|p| p.is_instance_of::<PyList>()) {
        return match change {
            Change::Update(u) => by_primary_key(call, entity, u, list),
            Change::Delete(_) => Err(errors::invalid_request(
                py,
                "Bulk ORM DELETE not supported right now. Statement may be invoked at the Core level using \
                 session.connection().execute(stmt, parameters)",
            )),
        };
    }
    let common = change.common();
    let mut all = change.where_().to_vec();
    all.extend(criteria(entity, &common.options).map_err(|e| errors::sql_error(py, e))?);
    let params = call.params.as_ref().and_then(|p| p.cast::<PyDict>().ok()).cloned();
    let several = all.iter().any(|e| synchronize::mentions_other(e, entity));
    let from_several = change.where_().iter().any(|e| joins_other(e, entity));
    let mut how = Strategy::of(call)?.settle(py, entity, &all, several)?;
    if how == Strategy::Fetch && entity.alias.is_some() && matches!(change, Change::Update(_)) {
        // an UPDATE of an alias does not say which rows it wrote
        how = Strategy::No;
    }
    let by_returning = how == Strategy::Fetch && change.can_return(call, from_several)?;
    let mut matched = match how {
        Strategy::No => Matched::default(),
        Strategy::Fetch if by_returning => Matched::default(),
        Strategy::Fetch => synchronize::selected(call, entity, change.where_(), common, params.as_ref())?,
        _ => synchronize::evaluated(call, entity, &all, params.as_ref())?,
    };
    let keys = if by_returning { synchronize::key_columns(entity) } else { Vec::new() };
    let mut beyond = Beyond::default();
    let result = if common.returning.is_empty() {
        if by_returning {
            let node =
                change.returning(keys.into_iter().map(SelectItem::Expr).collect()).map_err(|e| errors::sql_error(py, e))?;
            let result = core(call.connection, &face::wrap_node(py, &node)?, call.params.clone(), call.options)?;
            beyond = written(entity, &result)?;
            let rows = result.call_method0("fetchall")?;
            // rows that an alias names are not recognised: their instances stay as they are
            if entity.alias.is_none() {
                matched = synchronize::by_keys(call, entity, rows.try_iter()?.map(|r| r?.try_iter()?.collect()))?;
            }
            result
        } else {
            let result = call.plainly()?;
            if how != Strategy::No {
                beyond = written(entity, &result)?;
            }
            result
        }
    } else {
        // the statement is known to have a plain form: criteria() above would have failed otherwise
        let mut failed = None;
        let statement = |columns: Vec<SelectItem>| match change.returning(columns) {
            Ok(node) => node,
            Err(e) => {
                failed = Some(e);
                Node::Expr(sql::ast::build::null())
            }
        };
        let got = returning::send(call, statement, &keys, &common.returning, &common.options, call.params.as_ref());
        if let Some(e) = failed {
            return Err(errors::sql_error(py, e));
        }
        let got = got?;
        if let Some(run) = &got.execution {
            beyond = Beyond::of(py, entity, run);
        }
        if by_returning {
            matched = synchronize::by_keys(call, entity, got.keys.into_iter().map(Ok))?;
        }
        result::make(py, got.loaded)?
    };
    if how == Strategy::No {
        return Ok(result);
    }
    match change {
        Change::Update(u) => synchronize::after_update(call, entity, u, &matched, &beyond, params.as_ref())?,
        Change::Delete(_) => {
            // whose row is perhaps gone is asked on its next use
            for state in &matched.unsure {
                crate::py::orm::session::expire::state(state)?;
            }
            attach::register_deleted(call.session, &matched.states)?;
        }
    }
    Ok(result)
}

/// What a statement wrote beyond its values, by its result.
fn written<'py>(entity: &Entity, result: &Any<'py>) -> PyResult<Beyond<'py>> {
    match result.getattr("context")?.cast::<ExecutionContext>() {
        Ok(context) => Ok(Beyond::of(result.py(), entity, &context.get().exec)),
        Err(_) => Ok(Beyond::default()),
    }
}

/// Whether criteria bring another table into the statement itself (not into a subquery of it).
fn joins_other(e: &ExprRef, entity: &Entity) -> bool {
    let own = match &entity.alias {
        Some(alias) => Some(alias.selectable.clone()),
        None => entity.mapper.data().local_table.clone(),
    };
    let mut other = false;
    sql::ast::fold::walk(e, &mut |x| {
        use sql::ast::ExprKind as K;
        if let K::Column(c) = &x.kind {
            other |= own.as_ref().is_some_and(|t| !orm::columns::contains_column(t, &c.column));
        }
        !other && !matches!(x.kind, K::ScalarSelect(_) | K::Exists(_) | K::QueryGrouping(_))
    });
    other
}

/// Rows of dictionaries, found by the primary key in each.
fn by_primary_key<'py>(call: &Call<'_, 'py>, entity: &Entity, update: &Arc<Update>, list: &Any<'py>) -> PyResult<Any<'py>> {
    let py = call.py();
    let given: Vec<Bound<'py, PyDict>> = list.try_iter()?.map(|r| as_dict(&r?)).collect::<PyResult<_>>()?;
    let mut rows = given.clone();
    with_values(call, entity, update, &mut rows)?;
    let strategy = Strategy::of(call)?;
    if !update.where_.is_empty() {
        if strategy != Strategy::No {
            return Err(errors::invalid_request(
                py,
                "bulk synchronize of persistent objects not supported when using bulk update with additional WHERE criteria right \
                 now.  add synchronize_session=None execution option to bypass synchronize of persistent objects.",
            ));
        }
        return with_criteria(call, entity, &rows);
    }
    crate::py::orm::bulk::update_rows(call.session, &entity.mapper, &rows)?;
    if strategy != Strategy::No {
        let names = entity.mapper.data().primary_key_keys();
        let map = call.session.get().identity(py);
        for row in &given {
            let key = names.iter().map(|n| row.as_any().get_item(&**n)).collect::<PyResult<Vec<_>>>()?;
            let key = crate::py::orm::loading::identity::key_of(&entity.mapper, &key)?;
            let Some((state, _)) = map.get().find(py, &key) else { continue };
            let dict = state.get().instance_dict(py);
            let mut fresh: Vec<(Bound<'py, PyString>, Any<'py>)> = Vec::new();
            let mut expire = Vec::new();
            for (k, v) in row.iter() {
                let name = PyString::intern(py, k.str()?.to_str()?);
                let sql = v.hasattr("__clause_element__")? || v.is_instance(&py.get_type::<crate::py::sql::ClauseElement>())?;
                match dict.contains(&name)? && !sql {
                    true => fresh.push((name, v)),
                    false => expire.push(name),
                }
            }
            synchronize::set_loaded(&state, fresh)?;
            crate::py::orm::session::expire::attributes(&state, &expire)?;
        }
    }
    call.no_rows()
}

/// Adds the values of the statement to each row.
fn with_values<'py>(
    call: &Call<'_, 'py>,
    entity: &Entity,
    update: &Arc<Update>,
    rows: &mut Vec<Bound<'py, PyDict>>,
) -> PyResult<()> {
    let py = call.py();
    let DmlValues::Single(values) = super::plain_values(entity, &update.values) else { return Ok(()) };
    let fixed = PyDict::new(py);
    for (key, value) in &values {
        let ColumnKey::Column(column) = key else { continue };
        let Some(name) = entity.mapper.key_of(column) else { continue };
        match value {
            DmlValue::Host(h) => fixed.set_item(&*name, crate::py::host::PyHost::get(py, h))?,
            DmlValue::Expr(e) => fixed.set_item(&*name, face::wrap_expr(py, e)?)?,
        }
    }
    if rows.is_empty() {
        rows.push(fixed);
        return Ok(());
    }
    for row in rows.iter_mut() {
        let all = fixed.copy()?;
        all.update(row.as_mapping())?;
        *row = all;
    }
    Ok(())
}

/// The same with further criteria: one statement, `WHERE criteria AND key = …`, for all rows.
fn with_criteria<'py>(call: &Call<'_, 'py>, entity: &Entity, rows: &[Bound<'py, PyDict>]) -> PyResult<Any<'py>> {
    let py = call.py();
    let bindparam = py.import("oxalchemy.sql.expression")?.getattr("bindparam")?;
    let names = entity.mapper.data().primary_key_keys();
    let mut criteria = Vec::with_capacity(names.len());
    for (name, column) in names.iter().zip(synchronize::key_columns(entity)) {
        let column = face::wrap_expr(py, &column)?;
        let kw = PyDict::new(py);
        kw.set_item("type_", column.getattr("type")?)?;
        criteria.push(column.rich_compare(bindparam.call((format!("_pk_{name}"),), Some(&kw))?, pyo3::basic::CompareOp::Eq)?);
    }
    let statement = call.statement.call_method1("where", PyTuple::new(py, criteria)?)?;
    let params = PyList::empty(py);
    for row in rows {
        if names.iter().any(|n| !row.contains(&**n).unwrap_or(false)) {
            return Err(crate::py::orm::bulk::missing_primary_key(py, &entity.mapper));
        }
        let set = PyDict::new(py);
        for (k, v) in row.iter() {
            let name = k.str()?.text();
            if names.iter().any(|n| **n == *name) {
                set.set_item(format!("_pk_{name}"), v)?;
                continue;
            }
            match super::plain_key(entity, &sql::ast::ColumnKey::Name(name.as_str().into())) {
                sql::ast::ColumnKey::Column(c) => set.set_item(&*c.key(), v)?,
                _ => set.set_item(name, v)?,
            }
        }
        params.append(set)?;
    }
    core(call.connection, &statement, Some(params.into_any()), call.options)
}
