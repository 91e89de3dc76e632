//! DDL elements to text, for `DDLCompiler` and for execution.

use super::column::column_of;
use super::ddl::ddl_of;
use crate::py::compile::statement::translate_map;
use crate::py::compile::{DialectBase, PyLiterals};
use crate::py::errors::{exc, sql_error, to_sql_error};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::ast::Node;
use sql::compile::CompileOptions;
use sql::ddl::{DdlCompiler, DdlHooks, compile_ddl as render};
use sql::dialects::Dialect;
use sql::schema::{Column, Constraint};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// Add this file's functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(compile_ddl, m)?)?;
    m.add_function(wrap_pyfunction!(column_specification, m)?)?;
    m.add_function(wrap_pyfunction!(column_default, m)?)
}

/// `@compiles` on parts of CREATE TABLE, and conditions of constraints.
struct Hooks<'py> {
    dialect: Bound<'py, PyAny>,
    /// The Python `DDLCompiler`, made on first use.
    compiler: std::cell::OnceCell<Bound<'py, PyAny>>,
    registered: bool,
    /// The element itself is to be rendered as usual: the user's function asked for that.
    skip: std::cell::Cell<bool>,
}

impl<'py> Hooks<'py> {
    fn new(dialect: &Bound<'py, PyAny>) -> PyResult<Self> {
        let py = dialect.py();
        // Nobody can have registered anything while the module is not loaded.
        let loaded = crate::py::errors::item_of(&py.import("sys")?.getattr("modules")?, "oxalchemy.ext.compiler")?;
        let registered = match loaded {
            Some(m) => m.getattr("_registered")?.is_truthy()?,
            None => false,
        };
        Ok(Self { dialect: dialect.clone(), compiler: std::cell::OnceCell::new(), registered, skip: std::cell::Cell::new(false) })
    }
    fn compiler(&self) -> PyResult<&Bound<'py, PyAny>> {
        if let Some(c) = self.compiler.get() {
            return Ok(c);
        }
        let made = self.dialect.getattr("ddl_compiler")?.call1((&self.dialect, self.dialect.py().None()))?;
        Ok(self.compiler.get_or_init(|| made))
    }
    /// The user's text for `obj`; the outer `None`: no renderer.
    fn user_text(&self, obj: &Bound<'py, PyAny>) -> PyResult<Option<Option<String>>> {
        if !self.registered {
            return Ok(None);
        }
        let py = obj.py();
        let name = self.dialect.getattr("name")?;
        let f = py.import("oxalchemy.ext.compiler")?.getattr("renderer")?.call1((obj.get_type(), name))?;
        if f.is_none() {
            return Ok(None);
        }
        f.call1((obj, self.compiler()?))?.extract().map(Some)
    }
}

impl DdlHooks for Hooks<'_> {
    fn column(&self, column: &Arc<Column>, _compiler: &mut DdlCompiler<'_>) -> Option<SqlResult<Option<String>>> {
        if !self.registered || self.skip.replace(false) {
            return None;
        }
        let py = self.dialect.py();
        let run = || -> PyResult<Option<Option<String>>> {
            let face = crate::py::sql::wrap_expr(py, &column.to_expr())?;
            let element = py.import("oxalchemy.sql.ddl")?.getattr("CreateColumn")?.call1((face,))?;
            self.user_text(&element)
        };
        run().map_err(|e| to_sql_error(py, e)).transpose()
    }
    fn constraint(&self, constraint: &Arc<Constraint>, _compiler: &mut DdlCompiler<'_>) -> Option<SqlResult<Option<String>>> {
        if self.skip.replace(false) {
            return None;
        }
        let py = self.dialect.py();
        let face = crate::py::ffi::face(py, &constraint.face)?;
        self.user_text(&face).map_err(|e| to_sql_error(py, e)).transpose()
    }
    fn wanted(&self, constraint: &Arc<Constraint>, _dialect: &Dialect) -> bool {
        let py = self.dialect.py();
        let Some(face) = crate::py::ffi::face(py, &constraint.face) else { return true };
        let run = || -> PyResult<bool> {
            let plain = face.getattr("_rule")?.is_none() && face.getattr("_condition")?.is_none();
            if plain {
                return Ok(true);
            }
            face.call_method1("_is_wanted", (self.compiler()?,))?.is_truthy()
        };
        run().unwrap_or(true)
    }
}

/// Text of a DDL element. `options["_default"]`: our own text even where the user registered another.
#[pyfunction]
#[pyo3(signature = (statement, dialect, schema_translate_map=None, options=None))]
pub fn compile_ddl(
    statement: &Bound<'_, PyAny>,
    dialect: &Bound<'_, PyAny>,
    schema_translate_map: Option<&Bound<'_, PyAny>>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<String> {
    let py = statement.py();
    let hooks = Hooks::new(dialect)?;
    let default = match options {
        Some(o) => o.get_item("_default")?.is_some(),
        None => false,
    };
    if !default && let Some(text) = hooks.user_text(statement)? {
        return Ok(text.unwrap_or_default());
    }
    let data = DialectBase::data(dialect)?;
    let literals = PyLiterals::of(dialect);
    let opts = CompileOptions {
        schema_translate_map: translate_map(schema_translate_map)?,
        literals: Some(&literals),
        ..CompileOptions::default()
    };
    if statement.getattr_opt("__visit_name__")?.map_or(Ok(false), |v| v.eq("ddl"))? {
        return text(statement, dialect);
    }
    if let Some(ddl) = ddl_of(statement)? {
        hooks.skip.set(default && matches!(ddl, sql::ddl::Ddl::CreateColumn { .. } | sql::ddl::Ddl::Constraint { .. }));
        return render(&ddl, &data, &opts, Some(&hooks)).map_err(|e| ddl_error(statement, e));
    }
    // A plain expression inside DDL, for `process()` of user code.
    match crate::py::sql::to_node(statement) {
        Ok(node @ (Node::Expr(_) | Node::Query(_) | Node::From(_) | Node::Type(_)))
            if !statement.is_instance_of::<super::PyDdlElement>() =>
        {
            let opts = CompileOptions { literal_binds: true, ..opts };
            {
                let text = sql::compile::compile(&node, &data, &opts).map(|c| c.sql.to_string()).map_err(|e| sql_error(py, e))?;
                crate::py::errors::settle()?;
                Ok(text)
            }
        }
        _ => {
            let class = statement.get_type();
            let message = format!(
                "Compiler {} can't render element of type {}: no default compilation handler",
                hooks.compiler()?.repr()?.text(),
                class.repr()?.text()
            );
            Err(exc(py, "CompileError", message))
        }
    }
}

fn ddl_error(statement: &Bound<'_, PyAny>, e: SqlError) -> PyErr {
    sql_error(statement.py(), e)
}

/// `DDL("…")` with its `%(table)s` and context filled in.
fn text(statement: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = statement.py();
    let context = PyDict::new(py);
    context.update(statement.getattr("context")?.cast::<PyDict>()?.as_mapping())?;
    let target = statement.getattr("target")?;
    if target.hasattr("fullname")? {
        let preparer = dialect.getattr("identifier_preparer")?;
        let (quoted_table, quoted_schema) = (
            preparer.call_method1("quote", (target.getattr("name")?,))?,
            match target.getattr("schema")? {
                s if s.is_none() => "".into_pyobject(py)?.into_any(),
                s => preparer.call_method1("quote_schema", (s,))?,
            },
        );
        let full = preparer.call_method1("format_table", (&target,))?;
        for (key, value) in [("table", quoted_table), ("schema", quoted_schema), ("fullname", full)] {
            if !context.contains(key)? {
                context.set_item(key, value)?;
            }
        }
    }
    let mut filled: String = statement.getattr("statement")?.rem(context)?.extract()?;
    if matches!(dialect.getattr("paramstyle")?.extract::<String>()?.as_str(), "format" | "pyformat") {
        filled = filled.replace('%', "%%");
    }
    Ok(filled)
}

/// `name TYPE DEFAULT … NOT NULL`.
#[pyfunction]
fn column_specification(column: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<String> {
    with_compiler(dialect, |c| c.column_specification(&column_of(column)?).map_err(|e| sql_error(column.py(), e)))
}

/// The text behind DEFAULT.
#[pyfunction]
fn column_default(column: &Bound<'_, PyAny>, dialect: &Bound<'_, PyAny>) -> PyResult<Option<String>> {
    let default = column_of(column)?.d.read().server_default.clone();
    with_compiler(dialect, |c| c.default_text(default.as_ref()).map_err(|e| sql_error(column.py(), e)))
}

fn with_compiler<T>(dialect: &Bound<'_, PyAny>, f: impl FnOnce(&mut DdlCompiler<'_>) -> PyResult<T>) -> PyResult<T> {
    let data = DialectBase::data(dialect)?;
    let literals = PyLiterals::of(dialect);
    let opts = CompileOptions { literals: Some(&literals), ..CompileOptions::default() };
    f(&mut DdlCompiler { dialect: &data, opts: &opts, hooks: None })
}
