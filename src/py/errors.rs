//! The one place where errors become Python exceptions.

use super::imports;
use pyo3::PyErr;
use pyo3::exceptions::{PyException, PyLookupError, PyOverflowError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::type_object::PyTypeInfo;
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

// An exception of the user's code (a signal handler's among them, which may come out of any call into Python) is never dropped:
// a place that can go on without an answer names the one class of exception that means "no answer".

/// The answer, or nothing when it is an `E`. Any other exception goes on.
pub fn ignoring<E: PyTypeInfo, T>(py: Python<'_>, answer: PyResult<T>) -> PyResult<Option<T>> {
    match answer {
        Ok(v) => Ok(Some(v)),
        Err(e) if e.is_instance_of::<E>(py) => Ok(None),
        Err(e) => Err(e),
    }
}

/// The answer, or nothing when it is an exception of `oxalchemy.exc`. Any other exception goes on, a defect of ours as well.
pub fn ignoring_ours<T>(py: Python<'_>, class: &str, answer: PyResult<T>) -> PyResult<Option<T>> {
    match answer {
        Ok(v) => Ok(Some(v)),
        Err(e) => {
            let value = e.value(py);
            let named = value.is_instance(imports::exc(py, class)?.as_any())?;
            if named && !value.is_instance(imports::exc(py, "DefectError")?.as_any())? { Ok(None) } else { Err(e) }
        }
    }
}

/// The Rust value of an object, or nothing when it is no such value (another type, out of range).
pub fn value_of<'py, T: for<'a> FromPyObject<'a, 'py>>(obj: &Bound<'py, PyAny>) -> PyResult<Option<T>> {
    let py = obj.py();
    match obj.extract::<T>() {
        Ok(v) => Ok(Some(v)),
        Err(e) => {
            let e: PyErr = e.into();
            let unfit = e.is_instance_of::<PyTypeError>(py)
                || e.is_instance_of::<PyValueError>(py)
                || e.is_instance_of::<PyOverflowError>(py);
            if unfit { Ok(None) } else { Err(e) }
        }
    }
}

/// `obj[key]`, or nothing when there is none.
pub fn item_of<'py>(obj: &Bound<'py, PyAny>, key: impl IntoPyObject<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
    ignoring::<PyLookupError, _>(obj.py(), obj.get_item(key))
}

/// The exception after a cleanup that may have failed, too: then that one, with the first as its context.
pub fn after_cleanup(py: Python<'_>, first: PyErr, cleanup: PyResult<()>) -> PyErr {
    match cleanup {
        Ok(()) => first,
        Err(second) => {
            if !second.value(py).is(first.value(py)) {
                second.set_context(py, Some(first));
            }
            second
        }
    }
}

/// Whether an exception ends the program's flow (`KeyboardInterrupt`, `SystemExit`, a timeout that is no `Exception`).
pub fn is_exit(py: Python<'_>, e: &PyErr) -> bool {
    !e.is_instance_of::<PyException>(py)
}

thread_local! {
    static PARKED: std::cell::RefCell<Option<PyErr>> = const { std::cell::RefCell::new(None) };
}

/// Keep an exception where a pure room asked something that cannot fail, until its caller [`settle`]s. The first one counts.
pub fn park(e: PyErr) {
    PARKED.with(|p| {
        let mut held = p.borrow_mut();
        if held.is_none() {
            *held = Some(e);
        }
    });
}

/// The answer, or what stands for it when there was an exception, which is [`park`]ed.
pub fn or_park<T>(answer: PyResult<T>, otherwise: impl FnOnce() -> T) -> T {
    answer.unwrap_or_else(|e| {
        park(e);
        otherwise()
    })
}

/// Raise what was parked. Whoever calls a pure room that asks Python does this next.
#[inline]
pub fn settle() -> PyResult<()> {
    match PARKED.with(|p| p.borrow_mut().take()) {
        None => Ok(()),
        Some(e) => Err(e),
    }
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
        // never shown: the exception itself is raised
        message: String::new(),
        details: Vec::new(),
        code: None,
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

/// `RecursionError` where the stack ends, before user code is called once more: for recursions whose depth data or user code
/// decides and that run statements or events on their way (see `base::depth`).
pub fn room_below() -> PyResult<()> {
    if base::depth::has_room() { Ok(()) } else { Err(too_deep(base::depth::TooDeep)) }
}

/// One level of a recursion that types of the user's, or lists inside lists, may never end.
pub fn level() -> PyResult<base::depth::Level> {
    thread_local! { static HERE: base::depth::Counter = const { base::depth::Counter::new() }; }
    room_below()?;
    base::depth::Level::enter(&HERE, base::depth::LIMIT).map_err(too_deep)
}

/// `RecursionError`.
pub fn too_deep(_: base::depth::TooDeep) -> PyErr {
    pyo3::exceptions::PyRecursionError::new_err(base::depth::MESSAGE)
}

/// Any error of room `sql` as its documented exception.
pub fn sql_error(py: Python<'_>, e: SqlError) -> PyErr {
    if let Err(cause) = settle() {
        return cause;
    }
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
        ErrorKind::Recursion => return pyo3::exceptions::PyRecursionError::new_err(e.message),
    };
    if e.details.is_empty() {
        let made = exc(py, class, e.message);
        // an exception of ours takes attributes; should it not, it is the better of the two to raise
        if let Some(code) = e.code
            && let Err(cause) = made.value(py).setattr("code", code)
        {
            made.set_cause(py, Some(cause));
        }
        return made;
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
