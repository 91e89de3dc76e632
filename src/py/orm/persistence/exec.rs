//! The one place where the unit of work talks to a connection.
#![expect(clippy::indexing_slicing, reason = "columns are positions in the plan, which does not change")]

use super::plan::{StatementKey, TablePlan};
use crate::py::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::ast::FromKind;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// The Python object of a table.
pub fn table_face<'py>(py: Python<'py>, table: &Arc<sql::schema::Table>) -> PyResult<Any<'py>> {
    match ffi::face(py, &table.face) {
        Some(f) => Ok(f),
        None => crate::py::sql::wrap_from(py, &sql::ast::From::new(FromKind::Table(table.clone()))),
    }
}

fn column_faces<'py>(py: Python<'py>, plan: &TablePlan, columns: impl Iterator<Item = usize>) -> PyResult<Vec<Any<'py>>> {
    let c = table_face(py, &plan.table)?.getattr("c")?;
    columns.map(|i| c.get_item(&plan.columns[i].name)).collect()
}

/// `INSERT INTO t … [RETURNING …]`; the columns written come from the parameters.
pub fn insert_statement<'py>(py: Python<'py>, plan: &TablePlan, returning: &[usize], many: bool) -> PyResult<Any<'py>> {
    let key = StatementKey::Insert(returning.to_vec(), many);
    plan.statement(py, key, || {
        let insert = table_face(py, &plan.table)?.call_method0("insert")?;
        if returning.is_empty() {
            return Ok(insert);
        }
        let columns = PyTuple::new(py, column_faces(py, plan, returning.iter().copied())?)?;
        let kw = PyDict::new(py);
        kw.set_item("sort_by_parameter_order", many)?;
        insert.call_method("returning", columns, Some(&kw))
    })
}

/// Name of the parameter that a row is found by.
pub fn where_name(plan: &TablePlan, i: usize) -> String {
    let base = format!("{}_{}", plan.table.name, plan.columns[i].column.name());
    // A column may have just this name.
    let taken = |name: &str| plan.table.d.read().columns.contains_key(name);
    if !taken(&base) {
        return base;
    }
    (1..).map(|n| format!("{base}_{n}")).find(|n| !taken(n)).unwrap_or(base)
}

fn criteria<'py>(py: Python<'py>, plan: &TablePlan, version: bool, name: &dyn Fn(usize) -> String) -> PyResult<Vec<Any<'py>>> {
    let bindparam = py.import("oxalchemy.sql.expression")?.getattr("bindparam")?;
    let mut out = Vec::new();
    for i in plan.pk.iter().copied().chain(plan.version.filter(|_| version)) {
        let column = column_faces(py, plan, std::iter::once(i))?.remove(0);
        let kw = PyDict::new(py);
        kw.set_item("type_", column.getattr("type")?)?;
        let bind = bindparam.call((name(i),), Some(&kw))?;
        out.push(column.eq_expr(&bind)?);
    }
    Ok(out)
}

/// `==` between expressions.
trait EqExpr<'py> {
    fn eq_expr(&self, other: &Any<'py>) -> PyResult<Any<'py>>;
}
impl<'py> EqExpr<'py> for Any<'py> {
    fn eq_expr(&self, other: &Any<'py>) -> PyResult<Any<'py>> {
        self.rich_compare(other, pyo3::basic::CompareOp::Eq)
    }
}

/// `UPDATE t SET … WHERE t.pk = ? [AND t.version = ?] [RETURNING …]`.
pub fn update_statement<'py>(py: Python<'py>, plan: &TablePlan, version: bool, returning: &[usize]) -> PyResult<Any<'py>> {
    plan.statement(py, StatementKey::Update(version, returning.to_vec()), || {
        let update = table_face(py, &plan.table)?.call_method0("update")?;
        let found = update.call_method1("where", PyTuple::new(py, criteria(py, plan, version, &|i| where_name(plan, i))?)?)?;
        if returning.is_empty() {
            return Ok(found);
        }
        found.call_method1("returning", PyTuple::new(py, column_faces(py, plan, returning.iter().copied())?)?)
    })
}

/// `DELETE FROM t WHERE t.pk = ? [AND t.version = ?]`.
pub fn delete_statement<'py>(py: Python<'py>, plan: &TablePlan, version: bool) -> PyResult<Any<'py>> {
    plan.statement(py, StatementKey::Delete(version), || {
        let delete = table_face(py, &plan.table)?.call_method0("delete")?;
        let name = |i: usize| plan.columns[i].column.key().to_string();
        delete.call_method1("where", PyTuple::new(py, criteria(py, plan, version, &name)?)?)
    })
}

/// Runs a statement with one set of parameters.
pub fn run_one<'py>(connection: &Any<'py>, statement: &Any<'py>, params: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
    connection.call_method1("execute", (statement, params))
}

/// Runs a statement with many; a single set is run as one.
pub fn run_many<'py>(connection: &Any<'py>, statement: &Any<'py>, params: &[Bound<'py, PyDict>]) -> PyResult<Any<'py>> {
    match params {
        [one] => run_one(connection, statement, one),
        many => connection.call_method1("execute", (statement, PyList::new(connection.py(), many)?)),
    }
}

/// A flag of the connection's dialect.
pub fn dialect_flag(connection: &Any<'_>, name: &str, default: bool) -> PyResult<bool> {
    match connection.getattr("dialect")?.getattr_opt(name)? {
        Some(v) => v.is_truthy(),
        None => Ok(default),
    }
}

/// Whether a value is SQL rather than data.
pub fn is_sql(value: &Any<'_>) -> PyResult<bool> {
    use pyo3::types::{PyBool, PyBytes, PyFloat, PyInt, PyString};
    if value.is_none()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyBytes>()
    {
        return Ok(false);
    }
    if value.is_instance_of::<crate::py::sql::ClauseElement>() {
        return Ok(true);
    }
    Ok(value.getattr_opt("__clause_element__")?.is_some())
}
