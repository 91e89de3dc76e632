//! `update()` and `delete()`.

use super::{Any, Kw, Q, run};
use crate::py::engine::events::{Event, fire, listeners};
use crate::py::errors;
use crate::py::sql::clause::node_of;
use crate::py::sql::face;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::{Distinct, Node};
use std::sync::Arc;

/// The statement's target and criteria, and the misuse that is refused.
fn check(slf: &Q<'_>) -> PyResult<()> {
    let py = slf.py();
    let q = slf.borrow();
    let s = &q.s;
    if !s.assertions {
        return Ok(());
    }
    let x = &s.select;
    let bad = if x.limit.is_some() {
        Some("limit()")
    } else if x.offset.is_some() {
        Some("offset()")
    } else if !x.order_by.is_empty() {
        Some("order_by()")
    } else if !x.group_by.is_empty() {
        Some("group_by()")
    } else if !matches!(x.distinct, Distinct::No) {
        Some("distinct()")
    } else if !x.from_obj.is_empty() || !x.joins.is_empty() {
        Some("join(), outerjoin(), select_from(), or from_self()")
    } else {
        None
    };
    match bad {
        Some(what) => {
            Err(errors::invalid_request(py, format!("Can't call Query.update() or Query.delete() when {what} has been called")))
        }
        None => Ok(()),
    }
}

/// `update(x)` or `delete(x)` of the one thing that is queried, with the criteria of the query.
fn statement<'py>(slf: &Q<'py>, verb: &str) -> PyResult<Any<'py>> {
    let py = slf.py();
    let entities: Vec<Any<'py>> = slf.borrow().s.entities.iter().map(|e| e.bind(py).clone()).collect();
    let [entity] = entities.as_slice() else {
        let n = entities.len();
        return Err(pyo3::exceptions::PyTypeError::new_err(format!("{verb}() takes 1 positional argument but {n} were given")));
    };
    let made = py.import("oxalchemy.sql.expression")?.getattr(verb)?.call1((entity,))?;
    let s = run::snapshot(slf);
    let node = match node_of(&made)? {
        Some(Node::Update(u)) => {
            let mut u = (*u).clone();
            u.where_ = s.select.where_.clone();
            u.common.options = s.select.options.clone();
            Node::Update(Arc::new(u))
        }
        Some(Node::Delete(d)) => {
            let mut d = (*d).clone();
            d.where_ = s.select.where_.clone();
            d.common.options = s.select.options.clone();
            Node::Delete(Arc::new(d))
        }
        _ => return Ok(made),
    };
    face::wrap_node(py, &node)
}

fn execute<'py>(
    slf: &Q<'py>,
    statement: Any<'py>,
    synchronize: Option<Any<'py>>,
    context: Option<Any<'py>>,
    values: Option<&Any<'py>>,
) -> PyResult<Any<'py>> {
    let py = slf.py();
    let s = run::snapshot(slf);
    let Some(session) = s.session else {
        return Err(errors::exc(py, "UnboundExecutionError", "This Query has no Session: give it one with with_session()"));
    };
    let options = PyDict::new(py);
    if let Some(o) = super::state::exec_options(py, &s.select) {
        options.call_method1("update", (o,))?;
    }
    match synchronize {
        Some(v) => options.set_item("synchronize_session", v)?,
        None => options.set_item("synchronize_session", "auto")?,
    }
    options.set_item("autoflush", s.autoflush)?;
    let kw = PyDict::new(py);
    kw.set_item("execution_options", options)?;
    let params = s.params.map(|p| p.into_any());
    let result = session.bind(py).call_method("execute", (statement, params), Some(&kw))?;
    let count = result.getattr("rowcount")?;
    tell(slf, session.bind(py), &result, context, values)?;
    result.call_method0("close")?;
    Ok(count)
}

/// Listeners of `after_bulk_update` and `after_bulk_delete`; `values` are those of an UPDATE.
fn tell<'py>(
    slf: &Q<'py>,
    session: &Any<'py>,
    result: &Any<'py>,
    context: Option<Any<'py>>,
    values: Option<&Any<'py>>,
) -> PyResult<()> {
    let event = if values.is_some() { Event::AfterBulkUpdate } else { Event::AfterBulkDelete };
    if !event.used() {
        return Ok(());
    }
    let session = crate::py::orm::execute::job::session_of(session)?;
    let context = match context {
        Some(c) => c,
        None => facts(slf, values)?,
    };
    context.setattr("session", &session)?;
    context.setattr("result", result)?;
    fire(session.as_any(), event, (context,))
}

/// What listeners are told: the query, its mapper, the values of an UPDATE.
fn facts<'py>(slf: &Q<'py>, values: Option<&Any<'py>>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let facts = PyDict::new(py);
    facts.set_item("query", slf)?;
    facts.set_item("mapper", super::describe::entity_zero(slf)?)?;
    facts.set_item("session", slf.borrow().s.session.as_ref().map(|s| s.clone_ref(py)))?;
    if let Some(v) = values {
        facts.set_item("values", v)?;
    }
    py.import("types")?.getattr("SimpleNamespace")?.call((), Some(&facts))
}

/// Listeners of `before_compile_update` and `before_compile_delete` may replace the query.
fn before<'py>(slf: &Q<'py>, event: Event, values: Option<&Any<'py>>) -> PyResult<(Q<'py>, Option<Any<'py>>)> {
    let Some(found) = listeners(slf.as_any(), event)? else { return Ok((slf.clone(), None)) };
    let context = facts(slf, values)?;
    let mut current = slf.clone();
    for f in found.try_iter()? {
        if let Ok(q) = f?.call1((&current, &context))?.cast_into::<super::Query>() {
            current = q;
            context.setattr("query", &current)?;
        }
    }
    Ok((current, Some(context)))
}

fn synchronize_argument<'py>(slf: &Q<'py>, given: Option<Any<'py>>) -> PyResult<Option<Any<'py>>> {
    match given {
        Some(v) if v.extract::<String>().is_ok_and(|s| s == "expire") => {
            Ok(Some(pyo3::types::PyString::new(slf.py(), "fetch").into_any()))
        }
        other => Ok(other),
    }
}

/// `update_args`: keyword arguments of the statement (`mysql_limit`, `preserve_parameter_order`).
fn with_args<'py>(statement: Any<'py>, args: Kw<'_, 'py>) -> PyResult<Any<'py>> {
    let Some(args) = args else { return Ok(statement) };
    let args = args.copy()?;
    if args.contains("preserve_parameter_order")? {
        args.del_item("preserve_parameter_order")?;
    }
    if args.is_empty() {
        return Ok(statement);
    }
    statement.call_method("with_dialect_options", (), Some(&args))
}

pub(super) fn delete<'py>(slf: &Q<'py>, synchronize: Option<Any<'py>>, args: Kw<'_, 'py>) -> PyResult<Any<'py>> {
    check(slf)?;
    let (slf, context) = &before(slf, Event::BeforeCompileDelete, None)?;
    let synchronize = synchronize_argument(slf, synchronize)?;
    let statement = statement(slf, "delete")?;
    execute(slf, with_args(statement, args)?, synchronize, context.clone(), None)
}

pub(super) fn update<'py>(
    slf: &Q<'py>,
    values: &Any<'py>,
    synchronize: Option<Any<'py>>,
    args: Kw<'_, 'py>,
) -> PyResult<Any<'py>> {
    check(slf)?;
    let (slf, context) = &before(slf, Event::BeforeCompileUpdate, Some(values))?;
    let synchronize = synchronize_argument(slf, synchronize)?;
    let statement = statement(slf, "update")?;
    let ordered = match args {
        Some(a) => a.get_item("preserve_parameter_order")?.is_some_and(|v| v.is_truthy().unwrap_or(false)),
        None => false,
    };
    let statement = if ordered {
        let pairs: Vec<Any<'py>> = values.try_iter()?.collect::<PyResult<_>>()?;
        statement.call_method1("ordered_values", pyo3::types::PyTuple::new(slf.py(), pairs)?)?
    } else {
        statement.call_method1("values", (values,))?
    };
    execute(slf, with_args(statement, args)?, synchronize, context.clone(), Some(values))
}
