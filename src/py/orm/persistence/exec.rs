//! The one place where the unit of work talks to a connection.

use crate::py::engine::connection::Connection;
use crate::py::engine::execute::{node, params::Params};
use crate::py::sql::face;
use orm::write::Ability;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::ast::Node;

type Any<'py> = Bound<'py, PyAny>;

/// A statement that serves many executions: the node, and the object that listeners and foreign connections see.
pub struct Statement {
    /// The node.
    pub node: Node,
    face: Py<PyAny>,
}

impl Statement {
    /// With its Python object.
    pub fn new(py: Python<'_>, node: Node) -> PyResult<Self> {
        let face = face::wrap_node(py, &node)?.unbind();
        Ok(Self { node, face })
    }
    /// With values that are SQL expressions, by column name.
    pub fn with_values(&self, values: &Bound<'_, PyDict>) -> PyResult<Self> {
        let py = values.py();
        let face = self.face.bind(py).call_method1("values", (values,))?;
        match crate::py::sql::node_of(&face)? {
            Some(node) => Ok(Self { node, face: face.unbind() }),
            None => Err(crate::py::sql::coerce::unexpected(&face, crate::py::sql::coerce::Role::Statement)),
        }
    }
}

/// Runs a statement with one set of parameters.
pub fn run_one<'py>(connection: &Any<'py>, statement: &Statement, params: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
    match connection.cast_exact::<Connection>() {
        Ok(c) => execute(c, statement, Params::One(params.clone())),
        Err(_) => connection.call_method1("execute", (&statement.face, params)),
    }
}

/// Runs a statement with many; a single set is run as one.
pub fn run_many<'py>(connection: &Any<'py>, statement: &Statement, params: &[Bound<'py, PyDict>]) -> PyResult<Any<'py>> {
    if let [one] = params {
        return run_one(connection, statement, one);
    }
    match connection.cast_exact::<Connection>() {
        Ok(c) => execute(c, statement, Params::Many(params.to_vec())),
        Err(_) => connection.call_method1("execute", (&statement.face, PyList::new(connection.py(), params)?)),
    }
}

fn execute<'py>(connection: &Bound<'py, Connection>, statement: &Statement, params: Params<'py>) -> PyResult<Any<'py>> {
    node::execute(connection, statement.face.bind(connection.py()), statement.node.clone(), params, None)
}

/// A flag of the connection's dialect.
pub fn dialect_flag(connection: &Any<'_>, name: &str, default: bool) -> PyResult<bool> {
    match connection.getattr("dialect")?.getattr_opt(name)? {
        Some(v) => v.is_truthy(),
        None => Ok(default),
    }
}

/// What the connection's dialect is able to do.
pub fn able(connection: &Any<'_>, ability: Ability) -> PyResult<bool> {
    let (name, default) = match ability {
        Ability::InsertReturning => ("insert_returning", true),
        Ability::InsertExecutemanyReturning => ("insert_executemany_returning", true),
        Ability::UpdateReturning => ("update_returning", false),
        Ability::PostfetchLastrowid => ("postfetch_lastrowid", false),
        Ability::FavorReturningOverLastrowid => ("favor_returning_over_lastrowid", false),
    };
    dialect_flag(connection, name, default)
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
