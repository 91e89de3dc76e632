//! RETURNING of an ORM statement: rows become instances and values, by the same plan as those of a SELECT.

use super::Call;
use crate::py::engine::execute::execution::Running;
use crate::py::errors;
use crate::py::orm::execute::job::{Job, Loaded, loader};
use crate::py::orm::execute::{from_statement, source};
use crate::py::orm::loading::{Mode, Runtime, post};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use sql::ast::{ExprRef, LabelStyle, Node, SelectItem, proxy};
use sql::host::HostRef;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// Rows that came back, and of each row the values that were asked for besides.
pub struct Returned<'py> {
    /// Of each row.
    pub keys: Vec<Vec<Any<'py>>>,
    /// What the user asked for.
    pub loaded: Loaded<'py>,
    /// The facts about the run.
    pub execution: Option<Arc<Running>>,
}

/// Run `statement(columns)`, which returns those columns; `items` are what the user asked for, `keys` come back besides.
pub fn send<'py>(
    call: &Call<'_, 'py>,
    statement: impl FnOnce(Vec<SelectItem>) -> Node,
    keys: &[ExprRef],
    items: &[SelectItem],
    options: &[HostRef],
    params: Option<&Any<'py>>,
) -> PyResult<Returned<'py>> {
    let py = call.py();
    let all: Vec<SelectItem> = keys.iter().cloned().map(SelectItem::Expr).chain(items.iter().cloned()).collect();
    let (mut plan, expected) = from_statement::plan_of(py, &all, options, LabelStyle::DisambiguateOnly)?;
    // a column that several elements need comes once
    let mut columns: Vec<ExprRef> = Vec::new();
    let mut map = Vec::with_capacity(expected.len());
    for e in expected {
        let at = columns.iter().position(|c| proxy::expr_id(c) == proxy::expr_id(&e));
        map.push(Some(at.unwrap_or(columns.len())));
        if at.is_none() {
            columns.push(e);
        }
    }
    if plan.remap(&map).is_err() {
        return Err(errors::invalid_request(py, "RETURNING lacks columns of its entities"));
    }
    let node = statement(columns.into_iter().map(SelectItem::Expr).collect());
    let plan = Arc::new(plan);
    let runtime = Runtime::new(py, &plan, &call.connection.getattr("dialect")?)?;
    let populate_existing = call.flag("populate_existing")?;
    let job = Job {
        session: call.session.clone().into_any(),
        node: node.clone(),
        params: params.cloned(),
        options: Some(call.options.clone().into_any()),
        autoflush: false,
        populate_existing,
        eagerloads: false,
        yield_per: None,
        only_tuples: true,
        query: None,
    };
    let mut rows = source::open(call.connection, &node, params, Some(call.options))?;
    let mut l = loader(call.session, &job, false)?;
    let (mut out, mut found) = (Vec::new(), Vec::new());
    let single = items.len() == 1 && matches!(items, [SelectItem::Entity(_)]);
    while let Some(batch) = rows.next(py)? {
        for i in 0..batch.rows() {
            let values = l.values(&runtime.items, batch, i)?;
            let mut values = values.into_iter();
            found.push(values.by_ref().take(keys.len()).collect::<Vec<_>>());
            let mut rest = values.collect::<Vec<_>>();
            out.push(if single { rest.remove(0) } else { PyTuple::new(py, rest)?.into_any() });
        }
    }
    let mode = Mode { populate_existing, ..Mode::default() };
    post::run(call.session, &mut l, &mode, &plan.criteria)?;
    let mut shown = (*plan).clone();
    shown.items.drain(..keys.len());
    shown.keys.drain(..keys.len());
    let execution = match &rows {
        source::Rows::Batches(b) => Some(b.execution().clone()),
        source::Rows::Result(..) => None,
    };
    Ok(Returned { keys: found, execution, loaded: Loaded { rows: out, plan: Arc::new(shown), columns: items.to_vec() } })
}
