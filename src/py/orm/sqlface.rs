//! The few doors to the faces of room `sql` that mappings need.

use crate::py::errors;
use crate::py::sql::{coerce, face};
use crate::py::text::Text;
use orm::columns;
use pyo3::prelude::*;
use sql::ast::{ExprRef, FromRef};
use sql::schema::Column;
use std::sync::Arc;

/// The expression a Python object stands for.
pub fn expr(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    coerce::expr(obj)
}
/// The condition a Python object stands for.
pub fn criterion(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    coerce::expr_in(obj, coerce::Role::WhereHaving)
}
/// The FROM element a Python object stands for.
pub fn from(obj: &Bound<'_, PyAny>) -> PyResult<FromRef> {
    coerce::from(obj)
}
/// The face of an expression.
pub fn wrap_expr<'py>(py: Python<'py>, e: &ExprRef) -> PyResult<Bound<'py, PyAny>> {
    face::wrap_expr(py, e)
}
/// The face of a FROM element.
pub fn wrap_from<'py>(py: Python<'py>, f: &FromRef) -> PyResult<Bound<'py, PyAny>> {
    face::wrap_from(py, f)
}
/// The face of a column.
pub fn wrap_column<'py>(py: Python<'py>, c: &Arc<Column>) -> PyResult<Bound<'py, PyAny>> {
    face::wrap_expr(py, &columns::column_expr(c))
}
/// The column a Python object is, if it is one.
pub fn column(obj: &Bound<'_, PyAny>) -> PyResult<Option<Arc<Column>>> {
    Ok(columns::as_column(&*coerce::expr(obj)?).cloned())
}
/// Expressions of one object or a list of them; `None` and `False` are nothing.
pub fn exprs(obj: &Bound<'_, PyAny>) -> PyResult<Vec<ExprRef>> {
    if obj.is_none() || obj.cast::<pyo3::types::PyBool>().is_ok_and(|b| !b.is_true()) {
        return Ok(Vec::new());
    }
    if obj.is_instance_of::<pyo3::types::PyList>()
        || obj.is_instance_of::<pyo3::types::PyTuple>()
        || obj.is_instance_of::<pyo3::types::PySet>()
        || obj.is_instance_of::<pyo3::types::PyFrozenSet>()
        || obj.hasattr("_all_columns")? && !obj.hasattr("__clause_element__")?
    {
        return obj.try_iter()?.map(|o| expr(&o?)).collect();
    }
    Ok(vec![expr(obj)?])
}
/// Expressions as text, for messages; what goes wrong meanwhile is parked.
pub fn render(py: Python<'_>) -> impl Fn(&ExprRef) -> String {
    move |e| errors::or_park(wrap_expr(py, e).and_then(|f| Ok(f.str()?.text())), String::new)
}
