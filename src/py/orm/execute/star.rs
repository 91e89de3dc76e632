//! `select("*").select_from(User)`, and other text among the columns of a statement that loads instances.

use crate::py::errors;
use crate::py::sql::face;
use orm::compile::{Settings, compile_select};
use pyo3::prelude::*;
use sql::ast::{ExprKind, ExprRef, Node, Query, Select, SelectItem};
use sql::{SqlError, SqlResult};

fn text(e: &ExprRef) -> Option<&str> {
    match &e.kind {
        ExprKind::Text(t) => Some(&t.text),
        ExprKind::LiteralColumn(name) => Some(&name.text),
        _ => None,
    }
}

fn item_text(item: &SelectItem) -> Option<&str> {
    match item {
        SelectItem::Expr(e) => text(e),
        _ => None,
    }
}

/// The text says how many columns there are.
pub fn is_text(item: &SelectItem) -> bool {
    item_text(item).is_some()
}

/// One of the columns is `*`.
pub fn is_star(select: &Select) -> bool {
    select.columns.iter().any(|i| item_text(i) == Some("*"))
}

fn alone(select: &Select) -> SqlResult<()> {
    if select.columns.len() == 1 {
        return Ok(());
    }
    Err(SqlError::compile(
        "Can't generate ORM query that includes multiple expressions at the same time as '*'; query for '*' alone if present",
    ))
}

/// A SELECT of `*` as the plain statement whose rows are the database's; `None`: it is not one.
pub fn plain<'py>(py: Python<'py>, select: &Select) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !is_star(select) {
        return Ok(None);
    }
    alone(select).map_err(|e| errors::sql_error(py, e))?;
    crate::py::orm::mapper::configure_for(py, select)?;
    let host = super::Host::new(py);
    let mut select = select.clone();
    crate::py::orm::options::normalize(py, &mut select.options)?;
    let (plain, _) = compile_select(&select, &Settings::top(&host)).map_err(|e| errors::sql_error(py, e))?;
    face::wrap_node(py, &Node::Query(Query::select(plain))).map(Some)
}

/// Text that stands for one column must be one.
pub fn check_width(py: Python<'_>, select: &Select, expected: usize, found: usize) -> PyResult<()> {
    if expected == found || found == 0 {
        return Ok(());
    }
    let name = select.columns.iter().find_map(item_text).unwrap_or_default();
    Err(errors::exc(py, "NoSuchColumnError", format!("Could not locate column in row for column '{name}'")))
}
