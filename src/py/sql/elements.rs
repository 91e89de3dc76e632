//! Constructor functions of expressions: `column()`, `cast()`, `case()`, `label()` and the rest.

use super::clause::node_of;
use super::coerce::{self, Role};
use super::face::{wrap_expr, wrap_from};
use super::operators;
use crate::py::errors::argument_error;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::{ColumnRef, Expr, ExprKind, ExprRef, FromKind, FromRef, Node, Op, build, precedence, typing};
use sql::schema::column::ColumnData;
use sql::schema::table::TableData;
use sql::schema::{Column, ColumnParent, Table};
use sql::types::{self, Affinity, SqlType};
use sql::{Label, Name};
use std::sync::Arc;

/// A free `column()`.
pub fn column_expr(name: Name, ty: types::TypeRef) -> ExprRef {
    let column =
        Column::new(ColumnData { name: Some(name), ty: ty.clone(), nullable: true, lightweight: true, ..ColumnData::default() });
    Expr::new(ExprKind::Column(ColumnRef::new(column, None)), ty)
}

/// `column(text, type_=None, is_literal=False, _selectable=None)`.
#[pyfunction]
#[pyo3(signature = (text, type_=None, is_literal=false, _selectable=None))]
fn column<'py>(
    text: &Bound<'py, PyAny>,
    type_: Option<Bound<'py, PyAny>>,
    is_literal: bool,
    _selectable: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let ty = super::bind::type_for(type_.as_ref(), None)?;
    let name = super::names::name(text)?;
    let e = if is_literal { Expr::new(ExprKind::LiteralColumn(name), ty) } else { column_expr(name, ty) };
    wrap_expr(text.py(), &e)
}

/// Fills an object of a user's subclass of `ColumnClause`.
#[pyfunction]
#[pyo3(signature = (obj, text, type_=None, is_literal=false))]
fn _init_column_clause(
    obj: &Bound<'_, PyAny>,
    text: &Bound<'_, PyAny>,
    type_: Option<Bound<'_, PyAny>>,
    is_literal: bool,
) -> PyResult<()> {
    let made = column(text, type_, is_literal, None)?;
    let Some(node) = super::clause::node_of(&made)? else { return Ok(()) };
    let _ = obj.cast::<super::ClauseElement>()?.get().extra().inner.set(node);
    Ok(())
}

/// `literal_column(text, type_=None)`.
#[pyfunction]
#[pyo3(signature = (text, type_=None))]
fn literal_column<'py>(text: &Bound<'py, PyAny>, type_: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let ty = super::bind::type_for(type_.as_ref(), None)?;
    wrap_expr(text.py(), &Expr::new(ExprKind::LiteralColumn(super::names::name(text)?), ty))
}

/// `table(name, *columns, schema=None)`.
#[pyfunction]
#[pyo3(signature = (name, *columns, schema=None, **kw))]
fn table<'py>(
    name: &Bound<'py, PyAny>,
    columns: &Bound<'py, PyTuple>,
    schema: Option<Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = name.py();
    if let Some(kw) = kw.filter(|k| !k.is_empty()) {
        let keys: Vec<String> = kw.keys().iter().map(|k| k.text()).collect();
        return Err(argument_error(py, format!("Unsupported argument(s): {keys:?}")));
    }
    let data = TableData {
        lightweight: true,
        schema: schema.filter(|s| !s.is_none()).map(|s| super::names::name(&s)).transpose()?,
        ..TableData::default()
    };
    let t = Table::new(super::names::name(name)?, data);
    let face = wrap_from(py, &t.as_from())?;
    for c in columns.iter() {
        add_column(&t.as_from(), &face, &c)?;
    }
    Ok(face)
}

/// Add a `column()` to a `table()`.
pub fn add_column(f: &FromRef, face: &Bound<'_, PyAny>, c: &Bound<'_, PyAny>) -> PyResult<()> {
    let py = c.py();
    let FromKind::Table(t) = &f.kind else { return Err(coerce::unexpected(face, Role::From)) };
    let e = coerce::expr_in(c, Role::ColumnArgument)?;
    let ExprKind::Column(cr) = &e.kind else { return Err(coerce::unexpected(c, Role::ColumnArgument)) };
    {
        let d = cr.column.d.read();
        if let ColumnParent::Table(w) = &d.parent
            && w.upgrade().is_some_and(|old| !Arc::ptr_eq(&old, t))
        {
            return Err(argument_error(py, "column object already assigned to a table"));
        }
    }
    let key = cr.column.key();
    {
        let mut d = cr.column.d.write();
        d.parent = ColumnParent::Table(Arc::downgrade(t));
        d.position = t.d.read().columns.len();
    }
    t.d.write().columns.insert(key, cr.column.clone());
    if let Ok(owner) = face.cast::<super::ClauseElement>() {
        owner.get().keep(c);
    }
    Ok(())
}

/// `e AS name` for `label()` in all its forms.
pub fn label_of<'py>(
    name: Option<&Bound<'py, PyAny>>,
    element: &Bound<'py, PyAny>,
    ty: Option<types::TypeRef>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = element.py();
    let e = match node_of(&coerce::clause_of(element)?)? {
        Some(Node::Query(q)) => super::selectable::scalar_of(&q),
        _ => coerce::expr(element)?,
    };
    let named = match &e.kind {
        ExprKind::Label { element, .. } => element,
        _ => &e,
    };
    let label = match name.filter(|n| !n.is_none()) {
        Some(n) => Label::Fixed(super::names::name(n)?),
        // what has a name of its own lends it; CAST, subqueries and the like have none
        None => match &named.kind {
            ExprKind::Function(f) => Label::anon(f.name.text.clone()),
            ExprKind::Column(_) | ExprKind::LiteralColumn(_) => match sql::ast::proxy::result_name(named) {
                Label::Fixed(n) => Label::anon(n.text),
                _ => Label::anon("anon"),
            },
            _ => Label::anon("anon"),
        },
    };
    let out = build::label(label, &e);
    let out = match (ty, &out.kind) {
        (Some(ty), ExprKind::Label { name, element }) => {
            Expr::new(ExprKind::Label { name: name.clone(), element: element.clone() }, ty)
        }
        _ => out,
    };
    wrap_expr(py, &out)
}

/// `label(name, element, type_=None)`.
#[pyfunction]
#[pyo3(signature = (name, element, type_=None))]
fn label<'py>(
    name: &Bound<'py, PyAny>,
    element: &Bound<'py, PyAny>,
    type_: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let ty = type_.filter(|t| !t.is_none()).map(|t| crate::py::types::to_type(&t)).transpose()?;
    label_of(Some(name), element, ty)
}

fn cast_expr(expression: &Bound<'_, PyAny>, type_: &Bound<'_, PyAny>, safe: bool) -> PyResult<ExprRef> {
    let to = crate::py::types::to_type(type_)?;
    let e = typed_operand(expression, &to)?;
    Ok(Expr::new(ExprKind::Cast { element: precedence_none(&e), to: to.clone(), safe }, to))
}

fn precedence_none(e: &ExprRef) -> ExprRef {
    e.clone()
}

/// A value beside a type that is known: the bind takes that type.
fn typed_operand(expression: &Bound<'_, PyAny>, ty: &types::TypeRef) -> PyResult<ExprRef> {
    match coerce::try_expr(expression, Role::BinaryElement)? {
        Some(e) => Ok(e),
        None if expression.is_none() => Ok(build::null()),
        None => super::bind::value_bind("param", expression, Some(ty.clone())),
    }
}

/// `cast(expression, type_)`.
#[pyfunction]
pub fn cast<'py>(expression: &Bound<'py, PyAny>, type_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    wrap_expr(expression.py(), &cast_expr(expression, type_, false)?)
}
/// `try_cast(expression, type_)`.
#[pyfunction]
fn try_cast<'py>(expression: &Bound<'py, PyAny>, type_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    wrap_expr(expression.py(), &cast_expr(expression, type_, true)?)
}
/// `type_coerce(expression, type_)`: the type changes, the SQL does not.
#[pyfunction]
fn type_coerce<'py>(expression: &Bound<'py, PyAny>, type_: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let ty = crate::py::types::to_type(type_)?;
    let e = typed_operand(expression, &ty)?;
    let e = match &e.kind {
        ExprKind::Bind(_) => Expr::new(e.kind.clone(), ty.clone()),
        _ => e,
    };
    wrap_expr(expression.py(), &Expr::new(ExprKind::TypeCoerce(e), ty))
}
/// `extract(field, expr)`.
#[pyfunction]
fn extract<'py>(field: &str, expr: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let element = coerce::expr_or_literal(expr, "param")?;
    wrap_expr(expr.py(), &Expr::new(ExprKind::Extract { field: field.into(), element }, types::integer()))
}
/// `from_dml_column(column)`.
#[pyfunction]
#[pyo3(name = "_from_dml_column")]
fn from_dml_column<'py>(column: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = column.py();
    let column = coerce::column(column)?;
    let ty = column.ty();
    wrap_expr(py, &Expr::new(ExprKind::DmlTarget(column), ty))
}
/// `collate(expression, collation)`.
#[pyfunction]
#[pyo3(signature = (expression, collation, collation_schema=None))]
fn collate<'py>(
    expression: &Bound<'py, PyAny>,
    collation: &Bound<'py, PyAny>,
    collation_schema: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    if let Some(method) = own_operator(expression, "collate")? {
        return method.call1((collation,));
    }
    if let Some(schema) = collation_schema.filter(|s| !s.is_none()) {
        let e = coerce::expr_or_literal(expression, "param")?;
        return wrap_expr(expression.py(), &e)?.call_method1("collate", (collation, schema));
    }
    let e = coerce::expr_or_literal(expression, "param")?;
    operators::operate(expression.py(), &e, &Op::Collate, std::slice::from_ref(collation), None)
}

/// The method of an object that is no clause element but has operators of its own (`ColumnOperators` of the user's).
fn own_operator<'py>(obj: &Bound<'py, PyAny>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    if obj.is_instance_of::<super::ClauseElement>() || obj.getattr_opt("operate")?.is_none() {
        return Ok(None);
    }
    obj.getattr_opt(name)
}

macro_rules! unary {
    ($($f:ident = $op:ident, $role:expr;)*) => {$(
        #[pyfunction]
        fn $f<'py>(expr: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
            // ORM attributes and other objects with operators of their own build it themselves.
            if !expr.is_instance_of::<super::ClauseElement>()
                && expr.hasattr("__clause_element__")?
                && let Some(method) = coerce::clause_of(expr)?.getattr_opt(stringify!($f))?
            {
                return method.call0();
            }
            if let Some(method) = own_operator(expr, stringify!($f))? {
                return method.call0();
            }
            let e = match $role {
                Some(role) => coerce::ordering(expr, role)?,
                None => coerce::expr_or_literal(expr, "param")?,
            };
            operators::unary(expr.py(), &e, Op::$op)
        }
    )*};
}
unary! {
    asc = Asc, Some(Role::OrderBy);
    desc = Desc, Some(Role::OrderBy);
    nulls_first = NullsFirst, Some(Role::OrderBy);
    nulls_last = NullsLast, Some(Role::OrderBy);
    distinct = Distinct, None;
    any_ = Any, None;
    all_ = All, None;
    bitwise_not = BitNot, None;
}

/// `between(expr, lower, upper, symmetric=False)`.
#[pyfunction]
#[pyo3(signature = (expr, lower_bound, upper_bound, symmetric=false))]
fn between<'py>(
    expr: &Bound<'py, PyAny>,
    lower_bound: Bound<'py, PyAny>,
    upper_bound: Bound<'py, PyAny>,
    symmetric: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = expr.py();
    let e = coerce::expr_or_literal(expr, "param")?;
    let kw = if symmetric {
        let kw = PyDict::new(py);
        kw.set_item("symmetric", true)?;
        Some(kw)
    } else {
        None
    };
    operators::operate(py, &e, &Op::Between, &[lower_bound, upper_bound], kw)
}

/// A tuple of expressions; its type holds those of its parts.
pub fn tuple_of(parts: Vec<ExprRef>) -> ExprRef {
    let mut ty = SqlType::simple("TUPLE", Affinity::Tuple);
    ty.items = parts.iter().map(|p| p.ty.clone()).collect();
    let parts = parts.iter().map(|p| precedence::self_group(p, Some(&Op::Comma))).collect();
    Expr::new(ExprKind::Tuple(parts), Arc::new(ty))
}

/// `tuple_(*clauses, types=None)`.
#[pyfunction]
#[pyo3(signature = (*clauses, types=None))]
fn tuple_<'py>(py: Python<'py>, clauses: &Bound<'py, PyTuple>, types: Option<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let given: Vec<types::TypeRef> = match types.filter(|t| !t.is_none()) {
        Some(ts) => ts.try_iter()?.map(|t| crate::py::types::to_type(&t?)).collect::<PyResult<_>>()?,
        None => Vec::new(),
    };
    if !given.is_empty() && given.len() != clauses.len() {
        return Err(argument_error(
            py,
            format!("Wrong number of elements for {}-tuple: {}", given.len(), clauses.repr()?.text()),
        ));
    }
    let parts = clauses
        .iter()
        .enumerate()
        .map(|(i, c)| match given.get(i) {
            Some(ty) => typed_operand(&c, ty),
            None => coerce::expr_or_literal(&c, "param"),
        })
        .collect::<PyResult<Vec<_>>>()?;
    wrap_expr(py, &tuple_of(parts))
}

/// `case(*whens, value=None, else_=None)`; the list and dictionary forms of `whens` too.
#[pyfunction]
#[pyo3(signature = (*whens, value=None, else_=None, **kw))]
fn case<'py>(
    py: Python<'py>,
    whens: &Bound<'py, PyTuple>,
    value: Option<Bound<'py, PyAny>>,
    else_: Option<Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut items: Vec<Bound<'py, PyAny>> = whens.iter().collect();
    if let Some(w) = kw.map(|k| k.get_item("whens")).transpose()?.flatten() {
        items = vec![w];
    }
    if let [one] = items.as_slice() {
        if one.is_instance_of::<pyo3::types::PyList>() {
            items = one.try_iter()?.collect::<PyResult<_>>()?;
        } else if one.is_instance_of::<PyTuple>() {
            let inner: Vec<Bound<'py, PyAny>> = one.try_iter()?.collect::<PyResult<_>>()?;
            // A tuple of pairs (legacy) or one pair.
            if inner.iter().all(|i| i.is_instance_of::<PyTuple>()) {
                items = inner;
            }
        } else if let Ok(d) = one.cast::<PyDict>() {
            items = d.items().iter().collect();
        }
    }
    let value = value.filter(|v| !v.is_none()).map(|v| coerce::expr_or_literal(&v, "param")).transpose()?;
    let mut pairs = Vec::with_capacity(items.len());
    for item in &items {
        let pair: Vec<Bound<'py, PyAny>> = match item.try_iter() {
            Ok(it) if !item.is_instance_of::<super::ClauseElement>() => it.collect::<PyResult<_>>()?,
            _ => Vec::new(),
        };
        let [when, then] = pair.as_slice() else {
            return Err(argument_error(
                py,
                "The \"whens\" argument to case(), when referring to a sequence of items, is now passed as a series of positional elements, rather than as a list.",
            ));
        };
        let when = match &value {
            Some(_) => {
                let other = coerce::other(when)?;
                match other {
                    build::Other::Expr(e) => e,
                    build::Other::Value(val, own) => build::anon_bind("param", val, own),
                }
            }
            None => precedence::self_group(&coerce::expr_or_literal(when, "param")?, None),
        };
        pairs.push((when, coerce::expr_or_literal(then, "param")?));
    }
    let else_ = else_.filter(|e| !e.is_none()).map(|e| coerce::expr_or_literal(&e, "param")).transpose()?;
    let results = pairs.iter().rev().map(|(_, t)| t).chain(else_.iter());
    let ty = typing::first_known(results);
    wrap_expr(py, &Expr::new(ExprKind::Case { value, whens: pairs, else_ }, ty))
}

/// `operators.custom_op` applied by Python.
#[pyfunction]
#[pyo3(name = "_custom_operate")]
fn custom_operate<'py>(
    op: &Bound<'py, PyAny>,
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    left.call_method1("operate", (op, right))
}

/// An element by what `ClauseElement` machinery understands, for `coercions.expect`.
#[pyfunction]
#[pyo3(name = "_coerce")]
fn coerce_role<'py>(role: &str, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    match role {
        "FromClauseRole" | "StrictFromClauseRole" | "AnonymizedFromClauseRole" => wrap_from(py, &coerce::from(obj)?),
        "JoinTargetRole" => wrap_from(py, &coerce::from_in(obj, Role::JoinTarget)?),
        "DMLTableRole" => wrap_from(py, &coerce::from_in(obj, Role::DmlTable)?),
        "WhereHavingRole" => wrap_expr(py, &coerce::expr_in(obj, Role::WhereHaving)?),
        "OnClauseRole" => wrap_expr(py, &coerce::expr_in(obj, Role::OnClause)?),
        "OrderByRole" => wrap_expr(py, &coerce::ordering(obj, Role::OrderBy)?),
        "GroupByRole" => wrap_expr(py, &coerce::ordering(obj, Role::GroupBy)?),
        "ColumnsClauseRole" | "TypedColumnsClauseRole" => match coerce::select_item(obj)? {
            sql::ast::SelectItem::Expr(e) => wrap_expr(py, &e),
            sql::ast::SelectItem::From(f) => wrap_from(py, &f),
            _ => Ok(obj.clone()),
        },
        "BinaryElementRole" => wrap_expr(py, &coerce::expr_or_literal(obj, "param")?),
        "SelectStatementRole" => super::face::wrap_query(py, &coerce::query(obj, Role::Select)?),
        "CompoundElementRole" => super::face::wrap_query(py, &coerce::query(obj, Role::Compound)?),
        "StatementRole" | "ReturnsRowsRole" | "DDLRole" | "DMLRole" => super::face::wrap_node(py, &coerce::node(obj)?),
        _ => wrap_expr(py, &coerce::expr(obj)?),
    }
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($f:path),* $(,)?) => { $(m.add_function(wrap_pyfunction!($f, m)?)?;)* };
    }
    functions!(
        column,
        _init_column_clause,
        literal_column,
        table,
        label,
        cast,
        try_cast,
        type_coerce,
        extract,
        from_dml_column,
        collate,
        asc,
        desc,
        nulls_first,
        nulls_last,
        distinct,
        any_,
        all_,
        bitwise_not,
        between,
        tuple_,
        case,
        custom_operate,
        coerce_role
    );
    Ok(())
}
