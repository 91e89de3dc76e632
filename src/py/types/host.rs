//! User code around a type, as the pure rooms see it.

use super::wrap::to_type;
use crate::py::doors::{EXPR, WRAP_EXPR};
use crate::py::errors::to_sql_error;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use sql::SqlResult;
use sql::ast::ExprRef;
use sql::host::HostType;
use sql::types::{TypeRef, null_type};
use std::any::Any;
use std::hash::{Hash, Hasher};

/// Which hooks of the documented type API a class overrides.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs, clippy::struct_excessive_bools)]
pub struct Hooks {
    pub decorator: bool,
    pub user_defined: bool,
    pub compiles: bool,
    pub bind_processor: bool,
    pub result_processor: bool,
    pub literal_processor: bool,
    pub bind_expression: bool,
    pub column_expression: bool,
    pub dialect_impl: bool,
    pub comparator: bool,
    pub own_comparator: bool,
    pub process_bind: bool,
    pub process_result: bool,
    pub process_literal: bool,
}

impl Hooks {
    /// Is there user code at all (operators aside)?
    pub fn any(self) -> bool {
        self.decorator
            || self.user_defined
            || self.compiles
            || self.bind_processor
            || self.result_processor
            || self.literal_processor
            || self.bind_expression
            || self.column_expression
            || self.dialect_impl
    }
}

fn base<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    MODULE.get_or_try_init(py, || py.import("oxalchemy.sql.type_api").map(|m| m.into_any().unbind()))?.bind(py).getattr(name)
}

/// What `cls` overrides, by comparison with the base classes.
pub fn hooks(cls: &Bound<'_, PyType>) -> PyResult<Hooks> {
    let py = cls.py();
    let engine = base(py, "TypeEngine")?;
    let decorator = cls.is_subclass(&base(py, "TypeDecorator")?)?;
    let reference = if decorator { base(py, "TypeDecorator")? } else { engine };
    let overrides = |name: &str| -> PyResult<bool> {
        let own = cls.getattr_opt(name)?;
        let base = reference.getattr_opt(name)?;
        Ok(match (own, base) {
            (Some(own), Some(base)) => !own.is(&base) && !own.eq(base)?,
            (Some(_), None) => true,
            _ => false,
        })
    };
    Ok(Hooks {
        decorator,
        user_defined: cls.hasattr("get_col_spec")?,
        compiles: compiles(cls)?,
        bind_processor: overrides("bind_processor")?,
        result_processor: overrides("result_processor")?,
        literal_processor: overrides("literal_processor")?,
        bind_expression: overrides("bind_expression")?,
        column_expression: overrides("column_expression")?,
        dialect_impl: overrides("load_dialect_impl")? || overrides("dialect_impl")?,
        comparator: cls
            .getattr_opt("comparator_factory")?
            .map(|c| PyResult::Ok(!c.getattr_opt("_ox_builtin")?.is_some_and(|m| m.is(&c))))
            .transpose()?
            .unwrap_or(false),
        own_comparator: overrides("comparator_factory")?,
        process_bind: decorator && overrides("process_bind_param")?,
        process_result: decorator && overrides("process_result_value")?,
        process_literal: decorator && overrides("process_literal_param")?,
    })
}

/// A type with user code.
#[derive(Debug)]
pub struct TypeHost {
    /// The Python type object.
    pub obj: Py<PyAny>,
    /// What it overrides.
    pub hooks: Hooks,
}

impl TypeHost {
    /// For `obj`.
    pub fn new(obj: &Bound<'_, PyAny>, hooks: Hooks) -> Self {
        Self { obj: obj.clone().unbind(), hooks }
    }
    /// The host of a type, if Python code made it.
    pub fn of(ty: &TypeRef) -> Option<&Self> {
        ty.host.as_ref()?.as_any().downcast_ref()
    }
    /// The impl of a decorator (or the user's replacement of any type) on a dialect.
    pub fn implementation(&self, py: Python<'_>, dialect: &Bound<'_, PyAny>) -> PyResult<TypeRef> {
        let obj = self.obj.bind(py);
        if self.hooks.decorator || obj.hasattr("load_dialect_impl")? {
            return to_type(&obj.call_method1("load_dialect_impl", (dialect,))?);
        }
        to_type(obj)
    }
}

/// The dialect object handed to user code when only its name is known.
pub fn dialect_by_name<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    static CACHE: PyOnceLock<Py<PyDict>> = PyOnceLock::new();
    let cache = CACHE.get_or_init(py, || PyDict::new(py).unbind()).bind(py);
    if let Some(d) = cache.get_item(name)? {
        return Ok(d);
    }
    let dialect = py.import("oxalchemy.sql.type_api")?.getattr("_dialect_by_name")?.call1((name,))?;
    cache.set_item(name, &dialect)?;
    Ok(dialect)
}

impl TypeHost {
    /// SQL text of a literal value, when user code gives it (`literal_processor`, `process_literal_param`).
    pub fn literal_of(&self, value: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
        if !(self.hooks.literal_processor || self.hooks.process_literal || self.hooks.process_bind) {
            return Ok(None);
        }
        let processor = self.obj.bind(value.py()).call_method1("literal_processor", (dialect,))?;
        if processor.is_none() { Ok(None) } else { processor.call1((value,))?.extract().map(Some) }
    }
}

impl HostType for TypeHost {
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn ddl(&self, _dialect: &str) -> Option<SqlResult<String>> {
        if !self.hooks.user_defined {
            return None;
        }
        Python::attach(|py| {
            let obj = self.obj.bind(py);
            let run = || -> PyResult<String> {
                // `get_col_spec(self)` and `get_col_spec(self, **kw)` are both documented.
                obj.call_method0("get_col_spec")?.extract()
            };
            Some(run().map_err(|e| to_sql_error(py, e)))
        })
    }
    fn dialect_impl(&self, dialect: &str) -> TypeRef {
        Python::attach(|py| {
            let made = dialect_by_name(py, dialect).and_then(|d| self.implementation(py, &d));
            crate::py::errors::or_park(made, null_type)
        })
    }
    fn bind_expression(&self, bind: &ExprRef) -> Option<ExprRef> {
        if !self.hooks.bind_expression {
            return None;
        }
        wrapped(self, "bind_expression", bind)
    }
    fn column_expression(&self, column: &ExprRef) -> Option<ExprRef> {
        if !self.hooks.column_expression {
            return None;
        }
        wrapped(self, "column_expression", column)
    }
    fn structural_hash(&self) -> Option<u128> {
        Python::attach(|py| {
            let obj = self.obj.bind(py);
            if self.hooks.decorator && !crate::py::errors::or_park(obj.getattr("cache_ok").and_then(|c| c.is_truthy()), || false)
            {
                return None;
            }
            let mut h = rustc_hash::FxHasher::default();
            // Class and identity: equal arguments in two objects are rarely worth comparing, a wrong match never.
            (obj.get_type().as_ptr() as usize).hash(&mut h);
            (obj.as_ptr() as usize).hash(&mut h);
            Some(u128::from(h.finish()))
        })
    }
}

/// What a hook puts around `operand`.
fn wrapped(host: &TypeHost, hook: &str, operand: &ExprRef) -> Option<ExprRef> {
    Python::attach(|py| {
        let run = || -> PyResult<Option<ExprRef>> {
            let face = WRAP_EXPR.through()?(py, operand)?;
            let made = host.obj.bind(py).call_method1(hook, (face,))?;
            if made.is_none() { Ok(None) } else { EXPR.through()?(&made).map(Some) }
        };
        crate::py::errors::or_park(run(), || None)
    })
}

/// Is a `@compiles` function registered for `cls` or a base of it? Then the type's own object must not get lost.
fn compiles(cls: &Bound<'_, PyType>) -> PyResult<bool> {
    let modules = cls.py().import("sys")?.getattr("modules")?;
    let Some(module) = crate::py::errors::item_of(&modules, "oxalchemy.ext.compiler")? else { return Ok(false) };
    let registered = module.getattr("_registered")?;
    for class in crate::py::ffi::mro(cls).iter() {
        if registered.contains(class)? {
            return Ok(true);
        }
    }
    Ok(false)
}
