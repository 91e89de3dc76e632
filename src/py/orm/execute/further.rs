//! Loads that follow a statement, shown to `do_orm_execute` listeners: lazy loads, second statements, columns loaded again.

use crate::py::engine::events::{Event, listeners};
use crate::py::orm::aliased;
use crate::py::orm::options::normalize;
use crate::py::orm::session::{self, Further, Session};
use crate::py::orm::state::InstanceState;
use crate::py::sql::{coerce, face};
use orm::{Entity, Relationship};
use pyo3::prelude::*;
use pyo3::types::PyList;
use sql::ast::{Node, Query, QueryKind, Select};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// What listeners make of a load.
pub enum Said<'py> {
    /// Nothing: it goes on as planned.
    Nothing,
    /// Another statement takes its place.
    Changed(Box<Select>),
    /// They have the rows.
    Rows(Vec<Any<'py>>),
}

/// Does anybody listen? Asked before the statement is written out.
pub fn listened(session: &Bound<'_, Session>) -> PyResult<bool> {
    Ok(listeners(session.as_any(), Event::DoOrmExecute)?.is_some())
}

/// Tell the listeners of a session.
pub fn tell<'py>(session: &Bound<'py, Session>, select: Select, entity: &Entity, what: Further) -> PyResult<Said<'py>> {
    let py = session.py();
    let written = Query::select(select);
    let statement = face::wrap_node(py, &Node::Query(written.clone()))?;
    let mapper = aliased::mapper_face(py, &entity.mapper)?.into_any();
    let (statement, result) = session::tell_of_load(session, statement, mapper, what)?;
    if let Some(result) = result {
        let rows = result.call_method0("unique")?.call_method0("scalars")?.call_method0("all")?;
        return Ok(Said::Rows(rows.cast_into::<PyList>()?.iter().collect()));
    }
    let Node::Query(now) = coerce::node(&statement)? else { return Ok(Said::Nothing) };
    if Arc::ptr_eq(&now, &written) {
        return Ok(Said::Nothing);
    }
    let QueryKind::Select(select) = &now.kind else { return Ok(Said::Nothing) };
    let mut select = select.as_ref().clone();
    normalize(py, &mut select.options)?;
    Ok(Said::Changed(Box::new(select)))
}

/// The load of a relationship, for one instance on access or (`None`) for many.
pub fn relationship(py: Python<'_>, rel: &Arc<Relationship>, from: Option<&Bound<'_, InstanceState>>) -> PyResult<Further> {
    let Some(parent) = rel.parent.upgrade() else { return Ok(Further::Columns { token: None }) };
    let mapper = aliased::mapper_face(py, &parent)?.into_any();
    let property = mapper.call_method1("get_property", (&*rel.key,))?.unbind();
    Ok(Further::Relationship { from: from.map(|f| f.clone().into_any().unbind()), mapper: mapper.unbind(), property })
}
