//! Processors as Python callables, for user code that wraps the built-in ones, and the base class's use of them.

use super::bind::{self, BindProc};
use super::family::Family;
use super::result::{self, ResultProc};
use super::{to_type, type_of_value, wrap_type};
use pyo3::prelude::*;
use sql::types::literal::Quoting;

/// A dialect's name; stand-ins for dialects may have none.
fn dialect_name(dialect: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(dialect.getattr("name")?.extract().unwrap_or_default())
}

/// What `TypeEngine.bind_processor(dialect)` returns for a built-in type.
#[pyclass(name = "BindProcessor", module = "oxalchemy.sql.type_api", frozen)]
pub struct BindProcessor(BindProc);

#[pymethods]
impl BindProcessor {
    /// The processor of a type without its user code, `None` when values pass unchanged.
    #[staticmethod]
    fn make(ty: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = ty.py();
        let ty = to_type(ty)?;
        let family = Family::of(&dialect_name(dialect)?);
        // The class's own override asked for it: what the affinity decides is wanted.
        let proc = match super::TypeHost::of(&ty) {
            Some(h) if h.hooks.decorator => bind::decorated(py, h, dialect)?,
            _ => bind::builtin(py, &ty, family, dialect)?,
        };
        Ok(match proc {
            BindProc::Any(_) => None,
            // Strings without a native form go to the driver as they are.
            proc => Some(Self(proc)),
        })
    }
    fn __call__<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        bind::to_python(&self.0, value)
    }
}

/// What `TypeEngine.result_processor(dialect, coltype)` returns for a built-in type.
#[pyclass(name = "ResultProcessor", module = "oxalchemy.sql.type_api", frozen)]
pub struct ResultProcessor(ResultProc);

#[pymethods]
impl ResultProcessor {
    /// The processor of a type without its user code, `None` when values pass unchanged.
    #[staticmethod]
    fn make(ty: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = ty.py();
        let ty = to_type(ty)?;
        let name = dialect_name(dialect)?;
        let proc = match super::TypeHost::of(&ty) {
            Some(h) if h.hooks.decorator => result::decorated(py, h, dialect)?,
            _ => result::builtin(py, &ty, Family::of(&name), dialect)?,
        };
        Ok(match proc {
            ResultProc::Raw | ResultProc::Bytes => None,
            proc => Some(Self(proc)),
        })
    }
    fn __call__<'py>(&self, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        result::from_python(&self.0, value)
    }
}

/// What `TypeEngine.literal_processor(dialect)` returns for a built-in type.
#[pyclass(name = "LiteralProcessor", module = "oxalchemy.sql.type_api", frozen)]
pub struct LiteralProcessor {
    proc: BindProc,
    affinity: sql::types::Affinity,
    quoting: Quoting,
}

#[pymethods]
impl LiteralProcessor {
    /// The processor of a type without its user code, `None` when the type has no literal form.
    #[staticmethod]
    fn make(ty: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        let py = ty.py();
        let ty = to_type(ty)?;
        let dialect_name = dialect_name(dialect)?;
        if !super::literal::has_literal(ty.affinity) {
            return Ok(None);
        }
        let proc = bind::builtin(py, &ty, Family::of(&dialect_name), dialect)?;
        let quoting = Quoting::of(&*facts(dialect)?);
        Ok(Some(Self { proc, affinity: ty.affinity, quoting }))
    }
    fn __call__(&self, value: &Bound<'_, PyAny>) -> PyResult<String> {
        super::literal::render(value, &self.proc, self.affinity, self.quoting)
    }
}

/// The type object for a Python value; what `coerce_compared_value` starts from.
#[pyfunction]
pub fn resolve_value_to_type<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    wrap_type(value.py(), &type_of_value(value)?)
}

fn facts(dialect: &Bound<'_, PyAny>) -> PyResult<std::sync::Arc<sql::dialects::Dialect>> {
    crate::py::doors::DIALECT.through()?(dialect)?.ok_or_else(|| pyo3::exceptions::PyTypeError::new_err("a dialect is expected"))
}

/// DDL text of a type on a dialect; `None`: as `str()` shows it.
#[pyfunction]
pub fn compile_type(ty: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = ty.py();
    let data = match dialect.is_none() {
        true => std::sync::Arc::new(sql::dialects::Dialect::for_str()),
        false => facts(dialect)?,
    };
    sql::dialects::types::type_text(&data, &to_type(ty)?, None).map_err(|e| crate::py::errors::sql_error(py, e))
}
