//! `compile()` and `str()` of statements: the handle behind `SQLCompiler` objects.

use super::dialect::DialectBase;
use super::literals::PyLiterals;
use super::live;
use crate::py::errors::{exc, sql_error};
use crate::py::host::PyHost;
use crate::py::sql::{to_node, wrap_expr};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::ast::{BindValue, ExprKind, ExprRef, Literal};
use sql::compile::{
    BindSource, CollectedBind, CompileOptions, Compiled, CompiledBind, Expanded, Fill, StatementKind, collect_binds,
};
use std::sync::Arc;

/// Python objects.
type Objects<'py> = Vec<Bound<'py, PyAny>>;
/// Text, values by name, names by position, and the names that each expanding parameter became.
type ExpandedParts<'py> = (String, Bound<'py, PyDict>, Option<Vec<String>>, Bound<'py, PyDict>);

/// A rendered statement with the values that ride on it.
#[pyclass(frozen, module = "oxalchemy._rs")]
pub struct CompiledStatement {
    compiled: Arc<Compiled>,
    collected: Vec<CollectedBind>,
    text: String,
    /// `render_postcompile=True`: lists of IN are part of the text.
    expanded: Option<Expanded>,
}

fn is_list(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<pyo3::types::PyList>() || value.is_instance_of::<pyo3::types::PyTuple>()
}

/// How values fill the expanding and literal binds of a statement.
fn fills<'py>(
    py: Python<'py>,
    compiled: &Compiled,
    literals: &PyLiterals,
    value_of: &dyn Fn(&CompiledBind) -> PyResult<Option<Bound<'py, PyAny>>>,
) -> PyResult<Vec<Fill>> {
    let mut out = Vec::with_capacity(compiled.binds.len());
    for bind in &compiled.binds {
        let value = if bind.expanding || bind.literal_execute { value_of(bind)? } else { None };
        out.push(match value {
            Some(v) if bind.literal_execute && !bind.expanding => {
                let text = literals.plain(&PyHost::wrap(&v), &bind.ty, &compiled.dialect).map_err(|e| sql_error(py, e))?;
                text.map_or(Fill::One, Fill::Literal)
            }
            Some(v) if bind.expanding && bind.literal_execute => Fill::Literal(literal_list(py, compiled, bind, literals, &v)?),
            Some(v) if bind.expanding => {
                let items: Vec<Bound<'_, PyAny>> = v.try_iter()?.collect::<PyResult<_>>()?;
                match items.first() {
                    Some(first) if is_list(first) && bind.ty.affinity != sql::types::Affinity::Array => {
                        Fill::Tuples(items.len(), first.len()?)
                    }
                    _ => Fill::List(items.len()),
                }
            }
            None if bind.expanding => {
                return Err(exc(py, "InvalidRequestError", format!("A value is required for bind parameter '{}'", bind.key)));
            }
            _ => Fill::One,
        });
    }
    Ok(out)
}

/// The elements of a list as literals.
fn literal_list(
    py: Python<'_>,
    compiled: &Compiled,
    bind: &CompiledBind,
    literals: &PyLiterals,
    list: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let one = |v: &Bound<'_, PyAny>, ty: &sql::types::TypeRef| -> PyResult<String> {
        let value = PyHost::wrap(v);
        let text = literals.plain(&value, ty, &compiled.dialect).map_err(|e| sql_error(py, e))?;
        text.ok_or_else(|| sql_error(py, sql::compile::no_renderer(&value.repr(), ty)))
    };
    let mut out = Vec::new();
    for item in list.try_iter()? {
        let item = item?;
        if is_list(&item) && bind.ty.affinity != sql::types::Affinity::Array {
            let parts = item.try_iter()?.enumerate().map(|(i, v)| one(&v?, bind.ty.items.get(i).unwrap_or(&bind.ty)));
            out.push(format!("({})", parts.collect::<PyResult<Vec<_>>>()?.join(", ")));
        } else {
            out.push(one(&item, &bind.ty)?);
        }
    }
    if out.is_empty() {
        let op = if bind.expand_not { sql::ast::Op::NotIn } else { sql::ast::Op::In };
        return sql::compile::expand::empty_set(&compiled.dialect, Some(&op), &bind.ty).map_err(|e| sql_error(py, e));
    }
    Ok(out.join(", "))
}

/// Keyword arguments of `compile(compile_kwargs=…)` that we know.
fn options<'a>(kw: Option<&Bound<'_, PyDict>>) -> PyResult<CompileOptions<'a>> {
    let mut out = CompileOptions::default();
    let Some(kw) = kw else { return Ok(out) };
    let flag = |name: &str| -> PyResult<bool> { kw.get_item(name)?.map_or(Ok(false), |v| v.is_truthy()) };
    out.literal_binds = flag("literal_binds")?;
    out.linting = flag("linting")?;
    out.within_columns_clause = flag("within_columns_clause")?;
    out.exclude_tables = kw.get_item("include_table")?.map_or(Ok(true), |v| v.is_truthy()).map(|v| !v)?;
    Ok(out)
}

/// `{schema or None: schema or None}` as the compiler takes it.
pub fn translate_map(map: Option<&Bound<'_, PyAny>>) -> PyResult<Option<sql::compile::SchemaMap>> {
    let Some(map) = map.filter(|m| !m.is_none()) else { return Ok(None) };
    let mut out = Vec::new();
    for key in map.try_iter()? {
        let key = key?;
        let value = map.get_item(&key)?;
        out.push((key.extract::<Option<String>>()?.map(Into::into), value.extract::<Option<String>>()?.map(Into::into)));
    }
    Ok(Some(Arc::new(out)))
}

/// Pass on what the compiler warns of.
pub fn warnings(py: Python<'_>, compiled: &Compiled) -> PyResult<()> {
    compiled.warnings.iter().try_for_each(|(class, text)| crate::py::errors::warn(py, class, text))
}

/// Render a statement, expression or FROM element.
#[pyfunction]
#[pyo3(signature = (statement, dialect, column_keys=None, for_executemany=false, schema_translate_map=None, options_=None))]
pub fn compile_statement(
    py: Python<'_>,
    statement: &Bound<'_, PyAny>,
    dialect: &Bound<'_, PyAny>,
    column_keys: Option<Vec<String>>,
    for_executemany: bool,
    schema_translate_map: Option<&Bound<'_, PyAny>>,
    options_: Option<&Bound<'_, PyDict>>,
) -> PyResult<CompiledStatement> {
    let node = to_node(statement)?;
    let data = DialectBase::data(dialect)?;
    let hooks = live::hooks();
    let resolver = super::resolver();
    let literals = PyLiterals::of(dialect);
    let host = live::Rendering { dialect: dialect.clone().unbind(), executing: false };
    let opts = CompileOptions {
        column_keys: column_keys.map(|keys| keys.into_iter().map(Into::into).collect()),
        for_executemany,
        schema_translate_map: translate_map(schema_translate_map)?,
        resolver,
        literals: Some(&literals),
        hooks,
        host: Some(&host),
        ..options(options_)?
    };
    let compiled = sql::compile::compile(&node, &data, &opts).map_err(|e| sql_error(py, e))?;
    crate::py::errors::settle()?;
    warnings(py, &compiled)?;
    let collected = collect_binds(&node);
    let postcompile = match options_ {
        Some(kw) => kw.get_item("render_postcompile")?.map_or(Ok(false), |v| v.is_truthy())?,
        None => false,
    };
    if postcompile && compiled.needs_expand {
        let fills = fills(py, &compiled, &literals, &|bind| value_of(py, bind, &collected))?;
        let fill = |i: u32| fills.get(i as usize).cloned().unwrap_or(Fill::One);
        let expanded = sql::compile::expand_named(&compiled, &fill).map_err(|e| sql_error(py, e))?;
        return Ok(CompiledStatement { text: expanded.sql.clone(), compiled, collected, expanded: Some(expanded) });
    }
    Ok(CompiledStatement { text: compiled.sql.to_string(), compiled, collected, expanded: None })
}

fn literal<'py>(py: Python<'py>, l: &Literal) -> PyResult<Bound<'py, PyAny>> {
    Ok(match l {
        Literal::Null => py.None().into_bound(py),
        Literal::Bool(b) => pyo3::types::PyBool::new(py, *b).to_owned().into_any(),
        Literal::Int(i) => i.into_pyobject(py)?.into_any(),
        Literal::Float(f) => f.into_pyobject(py)?.into_any(),
        Literal::Text(t) => t.into_pyobject(py)?.into_any(),
        Literal::Bytes(b) => pyo3::types::PyBytes::new(py, b).into_any(),
    })
}

/// The value that a bind expression carries; `None` when it has none yet.
pub fn value_of_bind<'py>(py: Python<'py>, bind: &ExprRef) -> PyResult<Option<Bound<'py, PyAny>>> {
    let ExprKind::Bind(b) = &bind.kind else { return Ok(None) };
    Ok(match &b.value {
        BindValue::Missing => None,
        BindValue::Literal(l) => Some(literal(py, l)?),
        BindValue::Host(h) => Some(PyHost::get(py, h).unwrap_or_else(|| py.None().into_bound(py))),
        BindValue::Callable(c) => match PyHost::get(py, c) {
            Some(f) => Some(f.call0()?),
            None => None,
        },
    })
}

/// The value of a compiled bind when the execution gives none under its name.
pub fn value_of<'py>(py: Python<'py>, bind: &CompiledBind, collected: &[CollectedBind]) -> PyResult<Option<Bound<'py, PyAny>>> {
    match bind.source {
        BindSource::Collected(i) => match collected.get(i) {
            Some(CollectedBind::Expr(e)) => value_of_bind(py, e),
            Some(CollectedBind::Host(h)) => Ok(PyHost::get(py, h)),
            None => Ok(None),
        },
        BindSource::Fixed => value_of_bind(py, &bind.bind),
        BindSource::Param => Ok(None),
    }
}

#[pymethods]
impl CompiledStatement {
    #[getter]
    fn string(&self) -> &str {
        &self.text
    }
    #[getter]
    fn kind(&self) -> &'static str {
        match self.compiled.kind {
            StatementKind::Select => "select",
            StatementKind::Insert => "insert",
            StatementKind::Update => "update",
            StatementKind::Delete => "delete",
            StatementKind::Text => "text",
            StatementKind::Ddl => "ddl",
            StatementKind::Other => "other",
        }
    }
    /// Names of parameters in the order of the text; None for named styles.
    #[getter]
    fn positiontup<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
        if !self.compiled.paramstyle.is_positional() {
            return Ok(None);
        }
        if let Some(expanded) = &self.expanded {
            return Ok(Some(PyList::new(py, self.names_by_position(expanded))?));
        }
        let names = self.compiled.positions.iter().filter_map(|i| self.compiled.binds.get(*i as usize)).map(|b| &*b.name);
        Ok(Some(PyList::new(py, names.collect::<Vec<_>>())?))
    }
    /// Bound parameter → name.
    #[getter]
    fn bind_names<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        for bind in &self.compiled.binds {
            out.set_item(wrap_expr(py, &self.expr_of(bind))?, &*bind.name)?;
        }
        Ok(out)
    }
    /// Names of the result columns.
    #[getter]
    fn result_keys(&self) -> Vec<String> {
        self.compiled.result.iter().map(|r| r.key.to_string()).collect()
    }
    /// Values by name.
    #[pyo3(signature = (params=None, check=true))]
    fn construct_params<'py>(
        &self,
        py: Python<'py>,
        params: Option<&Bound<'py, PyDict>>,
        check: bool,
    ) -> PyResult<Bound<'py, PyDict>> {
        if let (Some(expanded), None) = (&self.expanded, params) {
            return self.expanded_values(py, expanded, &|bind| self.value_for(py, bind, None, check));
        }
        if self.expanded.is_some() {
            let message = "can't construct new parameters when render_postcompile is used; the statement is hard-linked to the \
                           original parameters.  Use construct_expanded_state to generate a new statement and parameters.";
            return Err(exc(py, "InvalidRequestError", message));
        }
        let out = PyDict::new(py);
        for bind in &self.compiled.binds {
            out.set_item(&*bind.name, self.value_for(py, bind, params, check)?)?;
        }
        Ok(out)
    }
    /// Text, values by name, names by position and the names that each expanding parameter became, for one execution.
    #[pyo3(signature = (dialect, params=None))]
    fn expanded_state<'py>(
        &self,
        py: Python<'py>,
        dialect: &Bound<'py, PyAny>,
        params: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<ExpandedParts<'py>> {
        let values = |bind: &CompiledBind| self.value_for(py, bind, params, true);
        let literals = PyLiterals::of(dialect);
        let fills = fills(py, &self.compiled, &literals, &values)?;
        let fill = |i: u32| fills.get(i as usize).cloned().unwrap_or(Fill::One);
        let expanded = sql::compile::expand_named(&self.compiled, &fill).map_err(|e| sql_error(py, e))?;
        let by_name = self.expanded_values(py, &expanded, &values)?;
        let positions = self.compiled.paramstyle.is_positional().then(|| self.names_by_position(&expanded));
        let became = PyDict::new(py);
        for (i, bind) in self.compiled.binds.iter().enumerate() {
            if bind.expanding && !bind.literal_execute {
                let mut names: Vec<_> = expanded.names.iter().filter(|(b, ..)| *b as usize == i).collect();
                names.sort_by_key(|(_, element, _)| *element);
                names.dedup_by_key(|(_, element, _)| *element);
                became.set_item(&*bind.name, names.iter().map(|(.., name)| &**name).collect::<Vec<_>>())?;
            }
        }
        Ok((expanded.sql, by_name, positions, became))
    }
    /// Bound parameters that become literals when the statement is executed, and those that become lists.
    fn late_binds<'py>(&self, py: Python<'py>) -> PyResult<(Objects<'py>, Objects<'py>)> {
        let (mut literal, mut lists) = (Vec::new(), Vec::new());
        for bind in &self.compiled.binds {
            if bind.literal_execute {
                literal.push(wrap_expr(py, &self.expr_of(bind))?);
            } else if bind.expanding {
                lists.push(wrap_expr(py, &self.expr_of(bind))?);
            }
        }
        Ok((literal, lists))
    }
}

impl CompiledStatement {
    /// The bind of this very statement, not of the equal one that was rendered first.
    fn expr_of(&self, bind: &CompiledBind) -> ExprRef {
        match bind.source {
            BindSource::Collected(i) => match self.collected.get(i) {
                Some(CollectedBind::Expr(e)) => e.clone(),
                _ => bind.bind.clone(),
            },
            _ => bind.bind.clone(),
        }
    }
    /// The value given under a bind's name, else its own.
    fn value_for<'py>(
        &self,
        py: Python<'py>,
        bind: &CompiledBind,
        params: Option<&Bound<'py, PyDict>>,
        check: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(p) = params {
            for name in [&bind.key, &bind.name] {
                if let Some(v) = p.get_item(&**name)? {
                    return Ok(Some(v));
                }
            }
        }
        let value = value_of(py, bind, &self.collected)?;
        if value.is_none() && check && bind.required {
            return Err(exc(py, "InvalidRequestError", format!("A value is required for bind parameter '{}'", bind.key)));
        }
        Ok(value)
    }
    fn names_by_position(&self, expanded: &Expanded) -> Vec<String> {
        let name = |(bind, element): &(u32, Option<usize>)| {
            let of_element = element.and_then(|i| expanded.names.iter().find(|(b, e, _)| b == bind && *e == i));
            match of_element {
                Some((.., name)) => Some(name.to_string()),
                None => self.compiled.binds.get(*bind as usize).map(|b| b.name.to_string()),
            }
        };
        expanded.positions.iter().filter_map(name).collect()
    }
    /// Values by name, those of lists under the names of their elements.
    fn expanded_values<'py>(
        &self,
        py: Python<'py>,
        expanded: &Expanded,
        value_for: &dyn Fn(&CompiledBind) -> PyResult<Option<Bound<'py, PyAny>>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        for (i, bind) in self.compiled.binds.iter().enumerate() {
            if bind.literal_execute {
                continue;
            }
            let value = value_for(bind)?;
            let Some(list) = value.as_ref().filter(|_| bind.expanding) else {
                out.set_item(&*bind.name, value)?;
                continue;
            };
            let mut flat = Vec::new();
            for item in list.try_iter()? {
                let item = item?;
                if is_list(&item) {
                    flat.extend(item.try_iter()?.collect::<PyResult<Vec<_>>>()?);
                } else {
                    flat.push(item);
                }
            }
            for (_, element, name) in expanded.names.iter().filter(|(b, ..)| *b as usize == i) {
                if let Some(v) = flat.get(*element) {
                    out.set_item(&**name, v)?;
                }
            }
        }
        Ok(out)
    }
}
