//! `func`, known functions and their types, user functions, windows.

use super::clause::{ClauseElement, FaceClass, face_class};
use super::coerce::{self, Role};
use super::column::ColumnElement;
use super::column::own;
use super::face::{make_of, wrap_expr, wrap_from};
use crate::py::errors::argument_error;
use pyo3::exceptions::{PyAttributeError, PyTypeError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyInt, PyString, PyTuple, PyType};
use sql::Name;
use sql::ast::{Bound as FrameBound, Expr, ExprKind, ExprRef, Frame, Function, Node, Op, Over, build, precedence};
use sql::types::{self, Affinity, SqlType, TypeRef};
use std::sync::Arc;

face_class! {
    /// A function call; base of the user's own functions.
    FunctionElement: ColumnElement, "FunctionElement", "oxalchemy.sql.functions"
}

/// How the type of a known function is found.
#[derive(Clone, Copy)]
enum Returns {
    Type(fn() -> TypeRef),
    FirstArgument,
    ArrayOfArgument,
    WithinGroup,
    Nothing,
}

/// Known functions: identifier, type, rendered without parentheses.
const KNOWN: &[(&str, Returns, bool)] = &[
    ("count", Returns::Type(types::integer), false),
    ("coalesce", Returns::FirstArgument, false),
    ("max", Returns::FirstArgument, false),
    ("min", Returns::FirstArgument, false),
    ("sum", Returns::FirstArgument, false),
    ("pow", Returns::FirstArgument, false),
    ("now", Returns::Type(types::datetime), false),
    ("concat", Returns::Type(types::string), false),
    ("char_length", Returns::Type(types::integer), false),
    ("random", Returns::Nothing, false),
    ("current_date", Returns::Type(types::date), true),
    ("current_time", Returns::Type(types::time), true),
    ("current_timestamp", Returns::Type(types::datetime), true),
    ("current_user", Returns::Type(types::string), true),
    ("localtime", Returns::Type(types::datetime), true),
    ("localtimestamp", Returns::Type(types::datetime), true),
    ("session_user", Returns::Type(types::string), true),
    ("sysdate", Returns::Type(types::datetime), true),
    ("user", Returns::Type(types::string), true),
    ("array_agg", Returns::ArrayOfArgument, false),
    ("rank", Returns::Type(types::integer), false),
    ("dense_rank", Returns::Type(types::integer), false),
    ("percent_rank", Returns::Type(types::numeric), false),
    ("cume_dist", Returns::Type(types::numeric), false),
    ("percentile_cont", Returns::WithinGroup, false),
    ("percentile_disc", Returns::WithinGroup, false),
    ("mode", Returns::WithinGroup, false),
    ("cube", Returns::Nothing, false),
    ("rollup", Returns::Nothing, false),
    ("grouping_sets", Returns::Nothing, false),
    ("aggregate_strings", Returns::Type(types::string), false),
    ("any", Returns::Nothing, false),
    ("all", Returns::Nothing, false),
    ("some", Returns::Nothing, false),
];

fn known(name: &str) -> Option<&'static (&'static str, Returns, bool)> {
    KNOWN.iter().find(|(n, ..)| *n == name)
}

/// The identifier of a known function.
pub fn known_name(name: &str) -> Option<&'static str> {
    known(name).map(|(n, ..)| *n)
}

fn registry(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    // The module is kept, the dictionary is not: tests replace it.
    static MODULE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let module = MODULE.get_or_try_init(py, || py.import("oxalchemy.sql.functions").map(|m| m.into_any().unbind()))?;
    Ok(module.bind(py).getattr("_registry")?.cast_into::<PyDict>()?)
}

/// The class registered for a function name.
fn registered<'py>(py: Python<'py>, package: &str, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    let Some(names) = registry(py)?.get_item(package)? else { return Ok(None) };
    names.cast::<PyDict>()?.get_item(name)
}

/// The Python class of a known function's face.
pub fn known_class<'py>(py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyType>>> {
    let builtin = registry(py)?.get_item("_builtin")?;
    let found = builtin.map(|b| b.cast_into::<PyDict>()).transpose()?.map(|b| b.get_item(name)).transpose()?.flatten();
    Ok(found.map(|c| c.cast_into::<PyType>()).transpose()?)
}

/// What a user's function or construct renders as without `@compiles`.
pub fn inner_of(py: Python<'_>, obj: &Bound<'_, PyAny>, ty: &TypeRef) -> PyResult<Option<Node>> {
    let _ = py;
    let face = obj.cast::<ClauseElement>()?.get();
    let Some(Node::Expr(e)) = face.extra.get().and_then(|x| x.inner.get()) else { return Ok(None) };
    Ok(Some(Node::Expr(Expr::new(e.kind.clone(), ty.clone()))))
}

fn arguments(args: &[Bound<'_, PyAny>], base: &str) -> PyResult<Vec<ExprRef>> {
    args.iter().map(|a| Ok(precedence::self_group(&coerce::expr_or_literal(a, base)?, Some(&Op::Comma)))).collect()
}

fn array_type(item: &TypeRef) -> TypeRef {
    let mut ty = SqlType::simple("ARRAY", Affinity::Array);
    ty.item = Some(item.clone());
    ty.options.insert("dimensions".into(), types::TypeArg::Int(1));
    Arc::new(ty)
}

/// A bound Python list.
fn is_list(py: Python<'_>, e: &ExprRef) -> bool {
    match &e.kind {
        ExprKind::Bind(b) => super::bind::value_object(py, b).is_ok_and(|v| v.is_instance_of::<pyo3::types::PyList>()),
        _ => false,
    }
}

/// A known function's node.
fn known_node(
    py: Python<'_>,
    entry: &'static (&'static str, Returns, bool),
    args: &[Bound<'_, PyAny>],
    ty: Option<TypeRef>,
) -> PyResult<ExprRef> {
    let (name, returns, no_parens) = *entry;
    let mut parts = match name {
        "grouping_sets" | "cube" | "rollup" => args
            .iter()
            .map(|a| match coerce::try_expr(a, Role::BinaryElement)? {
                Some(e) => Ok(e),
                None => coerce::expr_or_literal(a, name),
            })
            .collect::<PyResult<Vec<_>>>()?,
        _ => arguments(args, name)?,
    };
    if name == "count" && parts.is_empty() {
        parts.push(Expr::new(ExprKind::LiteralColumn(Name::new("*")), types::null_type()));
    }
    if name == "array_agg" && parts.is_empty() {
        return Err(PyTypeError::new_err("array_agg() needs an argument"));
    }
    let ty = match (ty, returns) {
        (Some(t), _) => t,
        (None, Returns::Type(f)) => f(),
        (None, Returns::FirstArgument) => sql::ast::typing::first_known(&parts),
        (None, Returns::ArrayOfArgument) => {
            let item = sql::ast::typing::first_known(&parts);
            if item.affinity == Affinity::Array { item } else { array_type(&item) }
        }
        (None, Returns::WithinGroup | Returns::Nothing) => types::null_type(),
    };
    let _ = py;
    let f = Function { name: Name::new(name), packages: Vec::new(), args: parts, known: Some(name), no_parens };
    Ok(Expr::new(ExprKind::Function(f), ty))
}

/// A function call by name.
fn call<'py>(
    py: Python<'py>,
    names: &[Name],
    args: &[Bound<'py, PyAny>],
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(kw) = kw
        && let Some(bind) = kw.get_item("bind")?
    {
        let rest = kw.copy()?;
        rest.del_item("bind")?;
        return super::bound::carrying(call(py, names, args, Some(&rest))?, Some(&bind));
    }
    let Some((last, packages)) = names.split_last() else { return Err(PyAttributeError::new_err("function name")) };
    let package = packages.last().map_or("_default".to_owned(), |p| p.text.to_lowercase());
    let lower = last.text.to_lowercase();
    if packages.len() <= 1
        && let Some(class) = registered(py, &package, &lower)?
    {
        let builtin = class.getattr_opt("__dict__")?.is_some_and(|d| d.contains("_ox_known").unwrap_or(false));
        match known(&lower) {
            Some(entry) if builtin => {
                let ty = match kw.map(|k| k.get_item("type_")).transpose()?.flatten().filter(|t| !t.is_none()) {
                    Some(t) => Some(crate::py::types::to_type(&t)?),
                    None => None,
                };
                let e = known_node(py, entry, args, ty)?;
                return make_of(class.cast::<PyType>()?, Node::Expr(e));
            }
            _ => return class.call(PyTuple::new(py, args)?, kw),
        }
    }
    let ty = match kw.map(|k| k.get_item("type_")).transpose()?.flatten() {
        Some(t) => super::bind::type_for(Some(&t), None)?,
        None => types::null_type(),
    };
    let parts = arguments(args, &last.text)?;
    let f = Function { name: last.clone(), packages: packages.to_vec(), args: parts, known: None, no_parens: false };
    wrap_expr(py, &Expr::new(ExprKind::Function(f), ty))
}

/// `func`: attribute access names a function, a call makes one.
#[pyclass(name = "_FunctionGenerator", module = "oxalchemy.sql.functions", frozen)]
pub struct FunctionGenerator {
    names: Vec<Name>,
    kw: Option<Py<PyDict>>,
}

#[pymethods]
impl FunctionGenerator {
    #[new]
    #[pyo3(signature = (**opts))]
    fn new(opts: Option<Bound<'_, PyDict>>) -> Self {
        Self { names: Vec::new(), kw: opts.map(Bound::unbind) }
    }
    fn __getattr__(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> PyResult<Self> {
        let text = name.to_str()?;
        if text.starts_with("__") {
            return Err(PyAttributeError::new_err(text.to_owned()));
        }
        let text = text.strip_suffix('_').unwrap_or(text);
        let mut names = self.names.clone();
        names.push(Name::new(text));
        Ok(Self { names, kw: self.kw.as_ref().map(|k| k.clone_ref(py)) })
    }
    #[pyo3(signature = (*args, **kwargs))]
    fn __call__<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let args: Vec<_> = args.iter().collect();
        if let Some(own) = &self.kw {
            let all = own.bind(py).copy()?;
            if let Some(kw) = kwargs {
                all.update(kw.as_mapping())?;
            }
            return call(py, &self.names, &args, Some(&all));
        }
        call(py, &self.names, &args, kwargs)
    }
}

/// Fills an object of a function class: `Function(name, …)`, `GenericFunction` and the user's classes.
#[pyfunction]
#[pyo3(name = "_init_function", signature = (obj, name, args, packages=None, type_=None, builtin=false))]
fn init_function(
    obj: &Bound<'_, PyAny>,
    name: &Bound<'_, PyAny>,
    args: &Bound<'_, PyTuple>,
    packages: Option<&Bound<'_, PyAny>>,
    type_: Option<&Bound<'_, PyAny>>,
    builtin: bool,
) -> PyResult<()> {
    let py = obj.py();
    let items: Vec<_> = args.iter().collect();
    let ty = match type_.filter(|t| !t.is_none()) {
        Some(t) => Some(crate::py::types::to_type(t)?),
        None => None,
    };
    let name = super::names::name(name)?;
    if builtin && let Some(entry) = known(&name.text) {
        return ClauseElement::set_node(obj, Node::Expr(known_node(py, entry, &items, ty)?));
    }
    let packages = match packages.filter(|p| !p.is_none()) {
        Some(p) => p.try_iter()?.map(|n| super::names::name(&n?)).collect::<PyResult<Vec<_>>>()?,
        None => Vec::new(),
    };
    let f = Function { args: arguments(&items, &name.text)?, name, packages, known: None, no_parens: false };
    let e = Expr::new(ExprKind::Function(f), ty.unwrap_or_else(types::null_type));
    if builtin {
        return ClauseElement::set_node(obj, Node::Expr(e));
    }
    let _ = obj.cast::<ClauseElement>()?.get().extra().inner.set(Node::Expr(e));
    Ok(())
}

/// The function node behind a face, user functions included.
fn function_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Function>> {
    let face = obj.cast::<ClauseElement>()?.get();
    let node = face.node().or_else(|| face.extra.get().and_then(|x| x.inner.get()));
    Ok(match node {
        Some(Node::Expr(e)) => match &e.kind {
            ExprKind::Function(f) => Some(f.clone()),
            _ => None,
        },
        _ => None,
    })
}

#[pymethods]
impl FunctionElement {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        match function_of(slf.as_any())? {
            Some(f) => super::names::wrap(slf.py(), &f.name),
            None => Err(PyAttributeError::new_err("name")),
        }
    }
    #[getter]
    fn packagenames<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let names = function_of(slf.as_any())?.map(|f| f.packages).unwrap_or_default();
        PyTuple::new(slf.py(), names.iter().map(|n| n.text.to_string()))
    }
    /// A copy with these execution options.
    #[pyo3(signature = (**kw))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        super::element_options::execution_options(slf.as_super().as_super(), kw)
    }
    fn get_execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::element_options::options_of(slf.as_super().as_super())
    }
    #[getter]
    fn _execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::element_options::options_of(slf.as_super().as_super())
    }
    /// Arguments as a list element.
    #[getter]
    fn clauses<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let clauses = function_of(slf.as_any())?.map(|f| f.args).unwrap_or_default();
        let ty = types::null_type();
        wrap_expr(slf.py(), &Expr::new(ExprKind::List { op: Op::Comma, clauses, group: false }, ty))
    }
    #[getter]
    fn clause_expr<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let clauses = function_of(slf.as_any())?.map(|f| f.args).unwrap_or_default();
        let list = Expr::new(ExprKind::List { op: Op::Comma, clauses, group: false }, types::null_type());
        wrap_expr(slf.py(), &precedence::group(&list))
    }
    #[pyo3(signature = (**_kw))]
    fn get_children<'py>(slf: &Bound<'py, Self>, _kw: Option<&Bound<'py, PyDict>>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        super::face::wrap_exprs(slf.py(), &function_of(slf.as_any())?.map(|f| f.args).unwrap_or_default())
    }
    /// `… OVER (PARTITION BY … ORDER BY …)`.
    #[pyo3(signature = (*, partition_by=None, order_by=None, rows=None, range_=None, groups=None, exclude=None))]
    fn over<'py>(
        slf: &Bound<'py, Self>,
        partition_by: Option<Bound<'py, PyAny>>,
        order_by: Option<Bound<'py, PyAny>>,
        rows: Option<Bound<'py, PyAny>>,
        range_: Option<Bound<'py, PyAny>>,
        groups: Option<Bound<'py, PyAny>>,
        exclude: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        over(slf.as_any(), partition_by, order_by, range_, rows, groups, exclude)
    }
    /// `… FILTER (WHERE …)`.
    #[pyo3(signature = (*criterion))]
    fn filter<'py>(slf: &Bound<'py, Self>, criterion: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        if criterion.is_empty() {
            return Ok(slf.clone().into_any());
        }
        funcfilter(slf.as_any(), criterion)
    }
    /// `… WITHIN GROUP (ORDER BY …)`.
    #[pyo3(signature = (*order_by))]
    fn within_group<'py>(slf: &Bound<'py, Self>, order_by: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        within_group(slf.as_any(), order_by)
    }
    /// `f(x ORDER BY …)`.
    #[pyo3(signature = (*order_by))]
    fn aggregate_order_by<'py>(slf: &Bound<'py, Self>, order_by: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        aggregate_order_by(slf.as_any(), order_by)
    }
    /// A comparison between two of the arguments, for relationship conditions.
    fn as_comparison<'py>(slf: &Bound<'py, Self>, left_index: usize, right_index: usize) -> PyResult<Bound<'py, PyAny>> {
        let _ = (left_index, right_index);
        let e = own(slf.as_any())?;
        wrap_expr(slf.py(), &Expr::new(e.kind.clone(), types::boolean()))
    }
    /// An alias in FROM.
    #[pyo3(signature = (name=None, joins_implicitly=false))]
    fn alias<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        joins_implicitly: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = joins_implicitly;
        super::table_valued::alias(slf.as_any(), name.as_ref())
    }
    /// An alias with columns.
    #[pyo3(signature = (*expr, name=None, with_ordinality=None, joins_implicitly=false))]
    fn table_valued<'py>(
        slf: &Bound<'py, Self>,
        expr: &Bound<'py, PyTuple>,
        name: Option<Bound<'py, PyAny>>,
        with_ordinality: Option<Bound<'py, PyAny>>,
        joins_implicitly: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = joins_implicitly;
        super::table_valued::table_valued(slf.as_any(), expr, name.as_ref(), with_ordinality.as_ref())
    }
    /// The single column of an alias.
    #[pyo3(signature = (name=None, joins_implicitly=false))]
    fn column_valued<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        joins_implicitly: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::alias(slf, name, joins_implicitly)?.getattr("column")
    }
    #[getter]
    fn columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let f = super::table_valued::function_from(&own(slf.as_any())?);
        Ok(Bound::new(slf.py(), super::collection::ColumnCollection::of_from(&f))?.into_any())
    }
    #[getter]
    fn c<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::columns(slf)
    }
    #[getter]
    fn exported_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::columns(slf)
    }
    /// `SELECT f(…)`.
    fn select<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::select::select(slf.py(), &PyTuple::new(slf.py(), [slf])?, None)
    }
    fn join<'py>(slf: &Bound<'py, Self>, right: &Bound<'py, PyAny>, onclause: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let left = wrap_from(py, &super::table_valued::function_from(&own(slf.as_any())?))?;
        super::selectable::join_of(&left, right, Some(&onclause), false, false)
    }
}

/// Expressions of `partition_by=` and `order_by=`: one or a list.
fn some_list(obj: Option<Bound<'_, PyAny>>, role: Role) -> PyResult<Vec<ExprRef>> {
    let Some(o) = obj.filter(|o| !o.is_none()) else { return Ok(Vec::new()) };
    if o.is_instance_of::<pyo3::types::PyList>() || o.is_instance_of::<PyTuple>() {
        return o.try_iter()?.map(|i| coerce::ordering(&i?, role)).collect();
    }
    let e = coerce::ordering(&o, role)?;
    Ok(match &e.kind {
        ExprKind::List { clauses, op: Op::Comma, .. } => clauses.clone(),
        _ => vec![e],
    })
}

fn frame_bound(py: Python<'_>, v: &Bound<'_, PyAny>, start: bool) -> PyResult<FrameBound> {
    if v.is_none() {
        return Ok(if start { FrameBound::UnboundedPreceding } else { FrameBound::UnboundedFollowing });
    }
    if !v.is_instance_of::<PyInt>() {
        let i = py.get_type::<PyInt>().call1((v,));
        let i = crate::py::errors::ignoring::<pyo3::exceptions::PyException, _>(py, i)?
            .ok_or_else(|| argument_error(py, "Integer or None expected for range value"))?;
        return frame_bound(py, &i, start);
    }
    let i: i64 = v.extract()?;
    let bind = |i: i64| build::anon_bind("param", sql::ast::BindValue::Literal(sql::ast::Literal::Int(i)), types::integer());
    Ok(match i {
        0 => FrameBound::Current,
        i if i < 0 => FrameBound::Preceding(bind(-i)),
        i => FrameBound::Following(bind(i)),
    })
}

fn frame(py: Python<'_>, unit: &'static str, range: &Bound<'_, PyAny>) -> PyResult<Frame> {
    if let Some(spec) = range.getattr_opt("_ox_frame")? {
        // FrameClause(start, end, start_frame_type, end_frame_type)
        let (s, st, e, et): (Bound<'_, PyAny>, String, Bound<'_, PyAny>, String) = spec.extract()?;
        let side = |v: &Bound<'_, PyAny>, kind: &str, start: bool| -> PyResult<FrameBound> {
            Ok(match kind {
                "UNBOUNDED" if start => FrameBound::UnboundedPreceding,
                "UNBOUNDED" => FrameBound::UnboundedFollowing,
                "CURRENT" => FrameBound::Current,
                "PRECEDING" => FrameBound::Preceding(coerce::expr_or_literal(v, "param")?),
                _ => FrameBound::Following(coerce::expr_or_literal(v, "param")?),
            })
        };
        return Ok(Frame { unit, start: side(&s, &st, true)?, end: side(&e, &et, false)? });
    }
    let pair: Vec<Bound<'_, PyAny>> = match range.cast::<PyTuple>() {
        Ok(t) => t.iter().collect(),
        Err(_) => Vec::new(),
    };
    let [a, b] = pair.as_slice() else { return Err(argument_error(py, "2-tuple expected for range/rows")) };
    Ok(Frame { unit, start: frame_bound(py, a, true)?, end: frame_bound(py, b, false)? })
}

/// `over(element, …)`.
#[pyfunction]
#[pyo3(signature = (element, partition_by=None, order_by=None, range_=None, rows=None, groups=None, exclude=None))]
pub fn over<'py>(
    element: &Bound<'py, PyAny>,
    partition_by: Option<Bound<'py, PyAny>>,
    order_by: Option<Bound<'py, PyAny>>,
    range_: Option<Bound<'py, PyAny>>,
    rows: Option<Bound<'py, PyAny>>,
    groups: Option<Bound<'py, PyAny>>,
    exclude: Option<String>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = element.py();
    let given: Vec<(&'static str, Bound<'py, PyAny>)> = [("RANGE", range_), ("ROWS", rows), ("GROUPS", groups)]
        .into_iter()
        .filter_map(|(u, v)| v.filter(|v| !v.is_none()).map(|v| (u, v)))
        .collect();
    if given.len() > 1 {
        return Err(argument_error(py, "only one of 'rows', 'range_', or 'groups' may be provided"));
    }
    let func = coerce::expr(element)?;
    let ty = func.ty.clone();
    let node = Over {
        func,
        partition_by: some_list(partition_by, Role::ByOf)?,
        order_by: some_list(order_by, Role::ByOf)?,
        frame: given.first().map(|(u, v)| frame(py, u, v)).transpose()?,
        exclude: exclude.map(Into::into),
    };
    wrap_expr(py, &Expr::new(ExprKind::Over(node), ty))
}

/// `funcfilter(func, *criterion)`.
#[pyfunction]
#[pyo3(signature = (func, *criterion))]
pub fn funcfilter<'py>(func: &Bound<'py, PyAny>, criterion: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let (mut inner, mut parts) = (coerce::expr(func)?, Vec::new());
    if let ExprKind::FunctionFilter { func, criterion } = &inner.kind {
        parts.push(criterion.clone());
        inner = func.clone();
    }
    for c in criterion.iter() {
        parts.push(coerce::expr_in(&c, Role::WhereHaving)?);
    }
    let ty = inner.ty.clone();
    match build::and_(parts) {
        Some(criterion) => wrap_expr(func.py(), &Expr::new(ExprKind::FunctionFilter { func: inner, criterion }, ty)),
        None => Ok(func.clone()),
    }
}

fn orderings(order_by: &Bound<'_, PyTuple>) -> PyResult<Vec<ExprRef>> {
    coerce::spread(order_by)?.iter().map(|o| coerce::ordering(o, Role::ByOf)).collect()
}

/// `within_group(element, *order_by)`.
#[pyfunction]
#[pyo3(signature = (element, *order_by))]
pub fn within_group<'py>(element: &Bound<'py, PyAny>, order_by: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let func = coerce::expr(element)?;
    let order_by = orderings(order_by)?;
    let known_fn = match &func.kind {
        ExprKind::Function(f) => f.known,
        _ => None,
    };
    let ty = match known_fn {
        Some("percentile_cont" | "percentile_disc" | "mode") => {
            let first = order_by.first().map_or_else(types::null_type, |e| e.ty.clone());
            match &func.kind {
                ExprKind::Function(f)
                    if f.args.first().is_some_and(|a| a.ty.affinity == Affinity::Array || is_list(element.py(), a)) =>
                {
                    array_type(&first)
                }
                _ => first,
            }
        }
        _ => func.ty.clone(),
    };
    wrap_expr(element.py(), &Expr::new(ExprKind::WithinGroup { func, order_by }, ty))
}

/// `aggregate_order_by(element, *order_by)`.
#[pyfunction]
#[pyo3(signature = (element, *order_by))]
pub fn aggregate_order_by<'py>(element: &Bound<'py, PyAny>, order_by: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let func = coerce::expr(element)?;
    let ty = func.ty.clone();
    if order_by.is_empty() {
        return Err(PyTypeError::new_err("at least one ORDER BY element is required"));
    }
    wrap_expr(element.py(), &Expr::new(ExprKind::AggregateOrderBy { func, order_by: orderings(order_by)? }, ty))
}

/// Classes and functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<FunctionGenerator>()?;
    m.add_function(wrap_pyfunction!(init_function, m)?)?;
    m.add_function(wrap_pyfunction!(over, m)?)?;
    m.add_function(wrap_pyfunction!(funcfilter, m)?)?;
    m.add_function(wrap_pyfunction!(within_group, m)?)?;
    m.add_function(wrap_pyfunction!(aggregate_order_by, m)?)
}
