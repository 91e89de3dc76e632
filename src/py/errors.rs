//! The one place where errors become Python exceptions.

use super::imports;
use pyo3::PyErr;
use pyo3::prelude::*;
use sql::SqlError;
use sql::error::ErrorKind;

/// An instance of `oxalchemy.exc.<class>` with `message`.
pub fn exc(py: Python<'_>, class: &str, message: impl Into<String>) -> PyErr {
    match imports::exc(py, class) {
        Ok(t) => PyErr::from_type(t, message.into()),
        Err(e) => e,
    }
}
/// `ArgumentError`.
pub fn argument_error(py: Python<'_>, message: impl Into<String>) -> PyErr {
    exc(py, "ArgumentError", message)
}
/// `InvalidRequestError`.
pub fn invalid_request(py: Python<'_>, message: impl Into<String>) -> PyErr {
    exc(py, "InvalidRequestError", message)
}
/// The transaction of a `with` block has ended, the block has not.
pub fn closed_in_context(py: Python<'_>) -> PyErr {
    invalid_request(
        py,
        "Can't operate on closed transaction inside context manager.  Please complete the context manager before emitting further commands.",
    )
}
/// `CompileError`.
pub fn compile_error(py: Python<'_>, message: impl Into<String>) -> PyErr {
    exc(py, "CompileError", message)
}
/// Emit a warning of `oxalchemy.exc.<class>`.
pub fn warn(py: Python<'_>, class: &str, message: &str) -> PyResult<()> {
    // Rust has no Python frame of its own: level 1 is the user's line.
    // Asked for each time: tests and tools replace `warnings.warn`.
    py.import("warnings")?.getattr("warn")?.call1((message, imports::exc(py, class)?, 1))?;
    Ok(())
}

/// The user's own exception travelling through a pure room.
#[derive(Debug)]
pub struct HostError(pub Py<PyAny>);

impl sql::host::HostObject for HostError {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn same(&self, _other: &dyn sql::host::HostObject) -> bool {
        false
    }
    fn repr(&self) -> String {
        "exception".to_owned()
    }
}

/// Wrap a Python exception so that it can pass through a pure room and come out unchanged.
pub fn to_sql_error(py: Python<'_>, e: PyErr) -> SqlError {
    SqlError {
        kind: ErrorKind::Host,
        message: e.to_string(),
        details: Vec::new(),
        host: Some(std::sync::Arc::new(HostError(e.into_value(py).into_any()))),
    }
}

/// `UnsupportedCompilationError`, whose constructor takes the compiler and the type of the element.
fn unsupported(py: Python<'_>, message: &str) -> PyErr {
    let made = imports::exc(py, "UnsupportedCompilationError")
        .and_then(|class| class.getattr("_of_message")?.call1((message,)))
        .map(PyErr::from_value);
    made.unwrap_or_else(|e| e)
}

/// Any error of room `sql` as its documented exception.
pub fn sql_error(py: Python<'_>, e: SqlError) -> PyErr {
    if let Some(host) = e.host.as_ref().and_then(|h| h.as_any().downcast_ref::<HostError>()) {
        return PyErr::from_value(host.0.bind(py).clone());
    }
    let class = match e.kind {
        ErrorKind::Argument => "ArgumentError",
        ErrorKind::InvalidRequest => "InvalidRequestError",
        ErrorKind::Compile | ErrorKind::Host => "CompileError",
        ErrorKind::UnsupportedCompilation => return unsupported(py, &e.message),
        ErrorKind::Identifier => "IdentifierError",
        ErrorKind::NoForeignKeys => "NoForeignKeysError",
        ErrorKind::AmbiguousForeignKeys => "AmbiguousForeignKeysError",
        ErrorKind::NoReferencedTable => "NoReferencedTableError",
        ErrorKind::NoReferencedColumn => "NoReferencedColumnError",
        ErrorKind::DuplicateColumn => "DuplicateColumnError",
        ErrorKind::ConstraintColumnNotFound => "ConstraintColumnNotFoundError",
        ErrorKind::CircularDependency => "CircularDependencyError",
        ErrorKind::LoaderStrategy => return loader_strategy(py, &e.message),
        ErrorKind::NotImplemented => return pyo3::exceptions::PyNotImplementedError::new_err(e.message),
        ErrorKind::Type => return pyo3::exceptions::PyTypeError::new_err(e.message),
    };
    if e.details.is_empty() {
        return exc(py, class, e.message);
    }
    let args = std::iter::once(e.message).chain(e.details).collect::<Vec<_>>();
    let build =
        || -> PyResult<PyErr> { Ok(PyErr::from_value(imports::exc(py, class)?.call1(pyo3::types::PyTuple::new(py, args)?)?)) };
    build().unwrap_or_else(|e| e)
}

/// The class's own initializer makes the text from classes of properties; here the text is made.
fn loader_strategy(py: Python<'_>, message: &str) -> PyErr {
    let build = || -> PyResult<PyErr> {
        let class = imports::orm_exc(py, "LoaderStrategyException")?;
        Ok(PyErr::from_value(class.call_method1("__new__", (&class, message))?))
    };
    build().unwrap_or_else(|e| e)
}
