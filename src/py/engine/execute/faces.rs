//! The few things that execution asks of the faces of room `sql`.

use pyo3::prelude::*;
use sql::ast::{ExprKind, ExprRef, Node, QueryKind, build};
use sql::schema::Column;
use std::sync::Arc;

/// The node of something executable.
pub fn node_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Node>> {
    let Some(node) = crate::py::sql::node_of(obj)? else { return Ok(None) };
    Ok(match &node {
        Node::Query(_) | Node::Insert(_) | Node::Update(_) | Node::Delete(_) => Some(node),
        Node::Expr(e) => match &e.kind {
            ExprKind::Text(_) => Some(node),
            // func.now() and next_value() execute as SELECT
            ExprKind::Function(_) | ExprKind::Sequence(_) => Some(select_of(e)),
            ExprKind::Host(_) if obj.is_instance_of::<crate::py::sql::FunctionElement>() => Some(select_of(e)),
            ExprKind::Host(_) if obj.getattr_opt("supports_execution")?.map_or(Ok(false), |s| s.is_truthy())? => Some(node),
            ExprKind::ScalarSelect(q) | ExprKind::QueryGrouping(q) => Some(Node::Query(q.clone())),
            _ => None,
        },
        _ => None,
    })
}

/// `SELECT expr`.
pub fn select_of(e: &ExprRef) -> Node {
    let columns = vec![sql::ast::SelectItem::Expr(e.clone())];
    let exec_options = crate::py::sql::element_options::of_expr(e);
    let select = sql::ast::Select { columns, exec_options, ..Default::default() };
    Node::Query(sql::ast::Query::new(QueryKind::Select(Box::new(select))))
}

/// The expression that a key of a row stands for.
pub fn expr_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<ExprRef>> {
    let obj = match obj.getattr_opt("__clause_element__")? {
        Some(f) => f.call0()?,
        None => obj.clone(),
    };
    Ok(match crate::py::sql::node_of(&obj)? {
        Some(Node::Expr(e)) => Some(e),
        _ => None,
    })
}

/// The face of a column.
pub fn column<'py>(py: Python<'py>, column: &Arc<Column>) -> PyResult<Bound<'py, PyAny>> {
    crate::py::sql::wrap_expr(py, &build::column(column, None))
}
