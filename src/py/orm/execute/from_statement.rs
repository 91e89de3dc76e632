//! Rows of a statement that the ORM did not make: `from_statement()`, `instances(cursor)`.

use super::job::{self, Job, Loaded, loader};
use super::source;
use crate::py::engine::execute::events::Heard;
use crate::py::errors;
use crate::py::orm::loading::{Mode, Runtime, post};
use crate::py::orm::options::normalize;
use crate::py::orm::session::Session;
use orm::columns::as_column;
use orm::compile::{Settings, compile_select};
use orm::loadplan::LoadPlan;
use pyo3::prelude::*;
use sql::ast::{ExprKind, ExprRef, FromStatement, LabelStyle, Node, Select, SelectItem, proxy};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// The plan for these entities, and the columns it expects; `style` names the elements of rows.
pub(super) fn plan_of(
    py: Python<'_>,
    items: &[SelectItem],
    options: &[sql::host::HostRef],
    style: LabelStyle,
) -> PyResult<(LoadPlan, Vec<ExprRef>)> {
    let mut select = Select {
        columns: items.to_vec(),
        options: options.to_vec(),
        label_style: LabelStyle::TablenamePlusCol,
        orm: true,
        ..Select::default()
    };
    crate::py::orm::mapper::configure_for(py, &select)?;
    normalize(py, &mut select.options)?;
    let host = super::Host::new(py);
    let mut settings = Settings::top(&host);
    settings.given = true;
    let (plain, mut plan) = compile_select(&select, &settings).map_err(|e| errors::sql_error(py, e))?;
    if style != select.label_style {
        select.label_style = style;
        plan.keys = compile_select(&select, &settings).map_err(|e| errors::sql_error(py, e))?.1.keys;
    }
    let exprs = plain
        .columns
        .into_iter()
        .filter_map(|c| match c {
            SelectItem::Expr(e) => Some(e),
            _ => None,
        })
        .collect();
    Ok((plan, exprs))
}

/// Names under which a text may give a column.
fn names_of(e: &ExprRef) -> Vec<Arc<str>> {
    let mut out = Vec::new();
    match &e.kind {
        ExprKind::Column(c) => {
            out.push(c.column.name().text);
            out.extend(proxy::table_qualified(e));
        }
        ExprKind::Label { name: sql::Label::Fixed(n), .. } => out.push(n.text.clone()),
        _ => out.extend(orm::compile::name_of(e)),
    }
    out
}

/// Where each expected column is among the given ones: by column, then by name.
fn positions(expected: &[ExprRef], given: &[source::GivenColumn]) -> Vec<Option<usize>> {
    expected
        .iter()
        .map(|e| {
            let same = |x: &ExprRef| {
                let wanted = proxy::expr_id(e);
                proxy::proxy_set(x).iter().any(|p| proxy::expr_id(p) == wanted)
            };
            let by_column = given.iter().position(|g| g.exprs.iter().any(same));
            by_column.or_else(|| {
                let names = names_of(e);
                // the qualified name says more than the plain one
                names.iter().rev().find_map(|n| {
                    given.iter().position(|g| *g.name == **n && (g.exprs.is_empty() || as_column(e).is_none() || textual(g)))
                })
            })
        })
        .collect()
}

/// A column of text, or of a free `column("x")`.
fn textual(g: &source::GivenColumn) -> bool {
    g.exprs.iter().all(|e| match &e.kind {
        ExprKind::Column(c) => c.from().is_none() || c.column.d.read().lightweight,
        ExprKind::Label { .. } | ExprKind::LiteralColumn(_) | ExprKind::Text(_) => true,
        _ => true,
    })
}

/// Load the rows of `from_statement()`.
pub fn load<'py>(
    session: &Bound<'py, Session>,
    connection: &Any<'py>,
    job: &Job<'py>,
    f: &FromStatement,
    heard: Option<Heard<'py>>,
) -> PyResult<Loaded<'py>> {
    let py = session.py();
    let style = match &f.element {
        _ if job.query.is_some() => LabelStyle::LegacyOrm,
        Node::Query(q) => q.as_select().map_or(LabelStyle::DisambiguateOnly, |s| s.label_style),
        _ => LabelStyle::DisambiguateOnly,
    };
    let (plan, expected) = plan_of(py, &f.entities, &f.options, style)?;
    let element = match &f.element {
        // an ORM statement inside is made plain first
        Node::Query(q) if q.as_select().is_some_and(|s| s.orm) => {
            let host = super::Host::new(py);
            let mut select = q.as_select().cloned().unwrap_or_default();
            normalize(py, &mut select.options)?;
            let (plain, _) = compile_select(&select, &Settings::nested(&host, &[], Default::default()))
                .map_err(|e| errors::sql_error(py, e))?;
            Node::Query(sql::ast::Query::select(plain))
        }
        other => other.clone(),
    };
    let options = job.options.as_ref().map(job::as_dict).transpose()?;
    let mut rows = source::open_heard(connection, &element, None, job.params.as_ref(), options.as_ref(), heard)?;
    let map = positions(&expected, &rows.columns(py)?);
    let (runtime, plan) = remapped(py, connection, plan, &expected, &map)?;
    let mut l = loader(session, job, false)?;
    let mut out = Vec::new();
    while let Some(batch) = rows.next(py)? {
        job::collect(&mut l, &runtime, batch, &mut out)?;
    }
    let execution = super::job::execution(job);
    let mode = Mode { populate_existing: job.populate_existing, execution, ..Mode::default() };
    post::run(session, &mut l, &mode, &plan.criteria)?;
    Ok(Loaded { rows: out, plan, columns: f.entities.clone() })
}

fn remapped(
    py: Python<'_>,
    connection: &Any<'_>,
    mut plan: LoadPlan,
    expected: &[ExprRef],
    map: &[Option<usize>],
) -> PyResult<(Runtime, Arc<LoadPlan>)> {
    if let Err(missing) = plan.remap(map) {
        let name = expected.get(missing).map_or_else(String::new, |e| match &e.kind {
            ExprKind::Column(c) => match c.from().and_then(proxy::from_name) {
                Some((_, t)) => format!("{t}.{}", c.column.name()),
                None => c.column.name().to_string(),
            },
            _ => names_of(e).first().map(ToString::to_string).unwrap_or_default(),
        });
        return Err(errors::exc(py, "NoSuchColumnError", format!("Could not locate column in row for column '{name}'")));
    }
    let plan = Arc::new(plan);
    let runtime = Runtime::new(py, &plan, &connection.getattr("dialect")?)?;
    Ok((runtime, plan))
}

/// Load the rows of a result that the caller executed.
pub fn of_result<'py>(
    session: &Bound<'py, Session>,
    job: &Job<'py>,
    items: &[SelectItem],
    cursor: &Any<'py>,
) -> PyResult<Loaded<'py>> {
    let py = session.py();
    let (plan, expected) = plan_of(py, items, &[], LabelStyle::LegacyOrm)?;
    let mut rows = source::of_result(cursor)?;
    let map = positions(&expected, &rows.columns(py)?);
    let (runtime, plan) = remapped(py, &cursor.getattr("connection")?, plan, &expected, &map)?;
    let mut l = loader(session, job, false)?;
    let mut out = Vec::new();
    while let Some(batch) = rows.next(py)? {
        job::collect(&mut l, &runtime, batch, &mut out)?;
    }
    Ok(Loaded { rows: out, plan, columns: items.to_vec() })
}
