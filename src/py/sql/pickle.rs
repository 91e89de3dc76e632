//! Pickling of constructs: each is rebuilt by the public function that makes it, from its parts.

use super::clause::node_of;
use super::face::{wrap_expr, wrap_exprs, wrap_from, wrap_query};
use super::ops;
use crate::py::text::Text;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::ast::{Bind, BindValue, Expr, ExprKind as K, ExprRef, FromKind, Node, Op};

/// An operator as something picklable: the name of its function.
fn op_name<'py>(py: Python<'py>, op: &Op) -> PyResult<Bound<'py, PyAny>> {
    match op {
        Op::Custom(c) => Ok(PyTuple::new(
            py,
            [
                (&*c.text).into_pyobject(py)?.into_any(),
                c.precedence.into_pyobject(py)?.into_any(),
                c.is_comparison.into_pyobject(py)?.to_owned().into_any(),
            ],
        )?
        .into_any()),
        _ => Ok(ops::name_of(op).into_pyobject(py)?.into_any()),
    }
}

fn op_of(obj: &Bound<'_, PyAny>) -> PyResult<Op> {
    if let Ok((text, precedence, comparison)) = obj.extract::<(String, i32, bool)>() {
        return Ok(super::column::custom_op(&text, precedence, comparison));
    }
    let name: String = obj.extract()?;
    ops::by_name(&name).ok_or_else(|| PyTypeError::new_err("unknown operator in pickle"))
}

/// `__reduce__`: `(_rs._rebuild, (kind, type, parts…))`.
pub fn reduce<'py>(obj: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
    let py = obj.py();
    let rebuild = py.import("oxalchemy._rs")?.getattr("_rebuild")?;
    let refuse = || {
        PyTypeError::new_err(format!("cannot pickle '{}' object", obj.get_type().name().map(|n| n.text()).unwrap_or_default()))
    };
    let face = obj.cast::<super::ClauseElement>()?.get();
    if face.node().is_none() {
        // A construct of the user's: its class and its attributes.
        let reduce = py.import("copyreg")?.getattr("__newobj__")?;
        let state = obj.getattr_opt("__dict__")?.unwrap_or_else(|| PyDict::new(py).into_any());
        return Ok((
            py.import("oxalchemy._rs")?.getattr("_rebuild_user")?,
            PyTuple::new(py, [reduce, obj.get_type().into_any(), state])?,
        ));
    }
    let Some(node) = node_of(obj)? else { return Err(refuse()) };
    let (kind, parts): (&str, Vec<Bound<'py, PyAny>>) = match &node {
        Node::Expr(e) => {
            let ty = crate::py::types::wrap_type(py, &e.ty)?;
            let (kind, mut parts) = expr_parts(py, e)?.ok_or_else(refuse)?;
            parts.insert(0, ty);
            (kind, parts)
        }
        Node::From(f) => match &f.kind {
            FromKind::Alias { element, name } => ("alias", vec![wrap_from(py, element)?, label(py, name)?]),
            FromKind::Subquery { query, name } => ("subquery", vec![wrap_query(py, query)?, label(py, name)?]),
            FromKind::Join(j) => (
                "join",
                vec![
                    wrap_from(py, &j.left)?,
                    wrap_from(py, &j.right)?,
                    wrap_expr(py, &j.onclause)?,
                    j.isouter.into_pyobject(py)?.to_owned().into_any(),
                    j.full.into_pyobject(py)?.to_owned().into_any(),
                ],
            ),
            FromKind::Grouping(g) => ("from_grouping", vec![wrap_from(py, g)?]),
            FromKind::Table(t) if t.d.read().lightweight => {
                let cols = sql::ast::proxy::columns(f);
                let names = cols
                    .iter()
                    .map(|(_, c)| {
                        PyTuple::new(
                            py,
                            [
                                sql::ast::proxy::key_of(c).unwrap_or_else(|| "".into()).into_pyobject(py)?.into_any(),
                                crate::py::types::wrap_type(py, &c.ty)?,
                            ],
                        )
                    })
                    .collect::<PyResult<Vec<_>>>()?;
                let schema = t.d.read().schema.as_ref().map(ToString::to_string);
                (
                    "table",
                    vec![
                        t.name.as_str().into_pyobject(py)?.into_any(),
                        schema.into_pyobject(py)?.into_any(),
                        PyList::new(py, names)?.into_any(),
                    ],
                )
            }
            _ => return Err(refuse()),
        },
        Node::Query(q) => return query_parts(py, q, &rebuild)?.ok_or_else(refuse),
        _ => return Err(refuse()),
    };
    let mut args = vec![kind.into_pyobject(py)?.into_any()];
    args.extend(parts);
    Ok((rebuild, PyTuple::new(py, args)?))
}

fn label<'py>(py: Python<'py>, l: &sql::Label) -> PyResult<Bound<'py, PyAny>> {
    match l {
        sql::Label::Fixed(n) => super::names::wrap(py, n),
        _ => Ok(py.None().into_bound(py)),
    }
}

fn list<'py>(py: Python<'py>, es: &[ExprRef]) -> PyResult<Bound<'py, PyAny>> {
    Ok(PyList::new(py, wrap_exprs(py, es)?)?.into_any())
}

type Parts<'py> = Option<(&'static str, Vec<Bound<'py, PyAny>>)>;

fn expr_parts<'py>(py: Python<'py>, e: &ExprRef) -> PyResult<Parts<'py>> {
    let none = || py.None().into_bound(py);
    let text = |s: &str| s.into_pyobject(py).map(Bound::into_any);
    Ok(Some(match &e.kind {
        K::Column(c) => match c.from() {
            None => ("column", vec![super::names::wrap(py, &c.column.name())?]),
            Some(f) => ("column_of", vec![wrap_from(py, f)?, text(&c.column.key())?]),
        },
        K::LiteralColumn(n) => ("literal_column", vec![text(&n.text)?]),
        K::Null => ("null", vec![]),
        K::True => ("true", vec![]),
        K::False => ("false", vec![]),
        K::Bind(b) => {
            let value = super::bind::value_object(py, b)?;
            let missing = matches!(b.value, BindValue::Missing);
            (
                "bind",
                vec![
                    text(&b.orig_key)?,
                    value,
                    missing.into_pyobject(py)?.to_owned().into_any(),
                    b.unique.into_pyobject(py)?.to_owned().into_any(),
                    b.expanding.into_pyobject(py)?.to_owned().into_any(),
                    match &b.expand_op {
                        Some(op) => op_name(py, op)?,
                        None => none(),
                    },
                    b.literal_execute.into_pyobject(py)?.to_owned().into_any(),
                ],
            )
        }
        K::Text(t) => {
            let binds: Vec<_> = t.binds.iter().map(|(_, b)| wrap_expr(py, b)).collect::<PyResult<_>>()?;
            ("text", vec![text(&t.text)?, PyList::new(py, binds)?.into_any()])
        }
        K::Binary { left, right, op, negate, modifiers } => {
            let d = PyDict::new(py);
            for (k, m) in modifiers {
                match m {
                    sql::ast::Modifier::Bool(b) => d.set_item(&**k, b)?,
                    sql::ast::Modifier::Str(s) => d.set_item(&**k, &**s)?,
                    sql::ast::Modifier::Expr(x) => d.set_item(&**k, wrap_expr(py, x)?)?,
                }
            }
            let negate = match negate {
                Some(op) => op_name(py, op)?,
                None => none(),
            };
            ("binary", vec![wrap_expr(py, left)?, wrap_expr(py, right)?, op_name(py, op)?, negate, d.into_any()])
        }
        K::UnaryPrefix { op, operand } => ("prefix", vec![op_name(py, op)?, wrap_expr(py, operand)?]),
        K::UnaryPostfix { op, operand } => ("postfix", vec![op_name(py, op)?, wrap_expr(py, operand)?]),
        K::AsBoolean { operand, op, negate } => {
            ("as_boolean", vec![wrap_expr(py, operand)?, op_name(py, op)?, op_name(py, negate)?])
        }
        K::BoolList { op, clauses } => ("bool_list", vec![op_name(py, op)?, list(py, clauses)?]),
        K::List { op, clauses, group } => {
            ("list", vec![op_name(py, op)?, list(py, clauses)?, group.into_pyobject(py)?.to_owned().into_any()])
        }
        K::Grouping(x) => ("grouping", vec![wrap_expr(py, x)?]),
        K::Label { name, element } => ("label", vec![label(py, name)?, wrap_expr(py, element)?]),
        K::LabelRef(x) => ("label_ref", vec![wrap_expr(py, x)?]),
        K::TextualLabelRef(s) => ("textual_label_ref", vec![text(s)?]),
        K::Cast { element, safe, .. } => ("cast", vec![wrap_expr(py, element)?, safe.into_pyobject(py)?.to_owned().into_any()]),
        K::TypeCoerce(x) => ("type_coerce", vec![wrap_expr(py, x)?]),
        K::Case { value, whens, else_ } => {
            let opt = |x: &Option<ExprRef>| x.as_ref().map_or_else(|| Ok(none()), |x| wrap_expr(py, x));
            let flat: Vec<ExprRef> = whens.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).collect();
            ("case", vec![opt(value)?, list(py, &flat)?, opt(else_)?])
        }
        K::Extract { field, element } => ("extract", vec![text(field)?, wrap_expr(py, element)?]),
        K::Function(f) => {
            let packages: Vec<String> = f.packages.iter().map(ToString::to_string).collect();
            (
                "function",
                vec![
                    text(&f.name.text)?,
                    PyList::new(py, packages)?.into_any(),
                    list(py, &f.args)?,
                    f.known.into_pyobject(py)?.into_any(),
                    f.no_parens.into_pyobject(py)?.to_owned().into_any(),
                ],
            )
        }
        K::Tuple(parts) => ("tuple", vec![list(py, parts)?]),
        K::Collation(n) => ("collation", vec![text(&n.text)?]),
        K::ScalarSelect(q) => ("scalar_select", vec![wrap_query(py, q)?]),
        K::Exists(q) => ("exists", vec![wrap_query(py, q)?]),
        K::QueryGrouping(q) => ("query_grouping", vec![wrap_query(py, q)?]),
        _ => return Ok(None),
    }))
}

type Reduced<'py> = Option<(Bound<'py, PyAny>, Bound<'py, PyTuple>)>;

fn query_parts<'py>(py: Python<'py>, q: &sql::ast::QueryRef, rebuild: &Bound<'py, PyAny>) -> PyResult<Reduced<'py>> {
    use sql::ast::{QueryKind, SelectItem};
    let done = |kind: &str, parts: Vec<Bound<'py, PyAny>>| -> PyResult<Reduced<'py>> {
        let mut args = vec![kind.into_pyobject(py)?.into_any()];
        args.extend(parts);
        Ok(Some((rebuild.clone(), PyTuple::new(py, args)?)))
    };
    match &q.kind {
        QueryKind::Select(s)
            if !s.orm && s.ctes.is_empty() && s.hints.is_empty() && s.for_update.is_none() && s.options.is_empty() =>
        {
            let mut columns = Vec::new();
            for c in &s.columns {
                columns.push(match c {
                    SelectItem::Expr(e) => wrap_expr(py, e)?,
                    SelectItem::From(f) => wrap_from(py, f)?,
                    _ => return Ok(None),
                });
            }
            let opt = |x: &Option<ExprRef>| x.as_ref().map_or_else(|| Ok(py.None().into_bound(py)), |x| wrap_expr(py, x));
            let froms = s.from_obj.iter().map(|f| wrap_from(py, f)).collect::<PyResult<Vec<_>>>()?;
            if !s.joins.is_empty() {
                return Ok(None);
            }
            done(
                "select",
                vec![
                    PyList::new(py, columns)?.into_any(),
                    PyList::new(py, froms)?.into_any(),
                    list(py, &s.where_)?,
                    list(py, &s.group_by)?,
                    list(py, &s.having)?,
                    list(py, &s.order_by)?,
                    opt(&s.limit)?,
                    opt(&s.offset)?,
                    matches!(s.distinct, sql::ast::Distinct::Yes).into_pyobject(py)?.to_owned().into_any(),
                    (s.label_style as u8).into_pyobject(py)?.into_any(),
                ],
            )
        }
        QueryKind::Compound(c) => {
            let members = c.selects.iter().map(|q| wrap_query(py, q)).collect::<PyResult<Vec<_>>>()?;
            done(
                "compound",
                vec![c.keyword.into_pyobject(py)?.into_any(), PyList::new(py, members)?.into_any(), list(py, &c.order_by)?],
            )
        }
        QueryKind::Grouping(inner) => done("query_in_parentheses", vec![wrap_query(py, inner)?]),
        _ => Ok(None),
    }
}

/// A construct of the user's from its class and attributes.
#[pyfunction]
#[pyo3(name = "_rebuild_user")]
fn rebuild_user<'py>(
    new: &Bound<'py, PyAny>,
    class: &Bound<'py, PyAny>,
    state: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let obj = new.call1((class,))?;
    for pair in state.call_method0("items")?.try_iter()? {
        let (k, v): (String, Bound<'py, PyAny>) = pair?.extract()?;
        obj.setattr(k.as_str(), v)?;
    }
    Ok(obj)
}

fn exprs(obj: &Bound<'_, PyAny>) -> PyResult<Vec<ExprRef>> {
    obj.try_iter()?.map(|o| super::column::own(&o?)).collect()
}

/// The other half of [`reduce`].
#[pyfunction]
#[pyo3(name = "_rebuild", signature = (kind, *parts))]
fn rebuild<'py>(py: Python<'py>, kind: &str, parts: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let at = |i: usize| parts.get_item(i);
    let e = |i: usize| super::column::own(&parts.get_item(i)?);
    let q = |i: usize| super::select::own(&parts.get_item(i)?);
    let from = |i: usize| super::selectable::own(&parts.get_item(i)?);
    let opt = |i: usize| -> PyResult<Option<ExprRef>> {
        parts.get_item(i).and_then(|o| if o.is_none() { Ok(None) } else { super::column::own(&o).map(Some) })
    };
    let op = |i: usize| op_of(&parts.get_item(i)?);
    let flag = |i: usize| parts.get_item(i)?.extract::<bool>();
    let string = |i: usize| parts.get_item(i)?.extract::<String>();
    let name = |i: usize| super::selectable::label(Some(&parts.get_item(i)?), "anon");
    let make = |k: K| -> PyResult<Bound<'py, PyAny>> {
        let ty = crate::py::types::to_type(&parts.get_item(0)?)?;
        wrap_expr(py, &Expr::new(k, ty))
    };
    match kind {
        "column" => {
            wrap_expr(py, &super::elements::column_expr(super::names::name(&at(1)?)?, crate::py::types::to_type(&at(0)?)?))
        }
        "column_of" => at(1)?.getattr("c")?.get_item(at(2)?),
        "literal_column" => make(K::LiteralColumn(sql::Name::new(string(1)?))),
        "null" => super::conjunction::null(py),
        "true" => super::conjunction::true_(py),
        "false" => super::conjunction::false_(py),
        "bind" => {
            let key = string(1)?;
            let unique = flag(4)?;
            let missing = flag(3)?;
            let bind = Bind {
                key: if unique { sql::Label::anon(key.as_str()) } else { sql::Label::fixed(key.as_str()) },
                orig_key: key.into(),
                value: if missing { BindValue::Missing } else { BindValue::Host(crate::py::host::PyHost::wrap(&at(2)?)) },
                unique,
                expanding: flag(5)?,
                expand_op: if at(6)?.is_none() { None } else { Some(op(6)?) },
                required: missing,
                literal_execute: flag(7)?,
                isoutparam: false,
            };
            make(K::Bind(bind))
        }
        "text" => {
            let mut t = super::text::text_node(&string(1)?);
            for b in exprs(&at(2)?)? {
                if let K::Bind(bind) = &b.kind
                    && let Some(slot) = t.binds.iter_mut().find(|(n, _)| *n == bind.orig_key)
                {
                    slot.1 = b.clone();
                }
            }
            make(K::Text(std::sync::Arc::new(t)))
        }
        "binary" => {
            let mut modifiers = Vec::new();
            for (k, v) in at(5)?.cast::<PyDict>()? {
                let m = if let Ok(b) = v.cast::<pyo3::types::PyBool>() {
                    sql::ast::Modifier::Bool(b.is_true())
                } else if let Ok(s) = v.extract::<String>() {
                    sql::ast::Modifier::Str(s.into())
                } else {
                    sql::ast::Modifier::Expr(super::column::own(&v)?)
                };
                modifiers.push((k.extract::<String>()?.into(), m));
            }
            let negate = if at(4)?.is_none() { None } else { Some(op(4)?) };
            make(K::Binary { left: e(1)?, right: e(2)?, op: op(3)?, negate, modifiers })
        }
        "prefix" => make(K::UnaryPrefix { op: op(1)?, operand: e(2)? }),
        "postfix" => make(K::UnaryPostfix { op: op(1)?, operand: e(2)? }),
        "as_boolean" => make(K::AsBoolean { operand: e(1)?, op: op(2)?, negate: op(3)? }),
        "bool_list" => make(K::BoolList { op: op(1)?, clauses: exprs(&at(2)?)? }),
        "list" => make(K::List { op: op(1)?, clauses: exprs(&at(2)?)?, group: flag(3)? }),
        "grouping" => make(K::Grouping(e(1)?)),
        "label" => make(K::Label { name: name(1)?, element: e(2)? }),
        "label_ref" => make(K::LabelRef(e(1)?)),
        "textual_label_ref" => make(K::TextualLabelRef(string(1)?.into())),
        "cast" => make(K::Cast { element: e(1)?, to: crate::py::types::to_type(&at(0)?)?, safe: flag(2)? }),
        "type_coerce" => make(K::TypeCoerce(e(1)?)),
        "case" => {
            let flat = exprs(&at(2)?)?;
            let whens = flat.chunks(2).filter_map(|c| Some((c.first()?.clone(), c.get(1)?.clone()))).collect();
            make(K::Case { value: opt(1)?, whens, else_: opt(3)? })
        }
        "extract" => make(K::Extract { field: string(1)?.into(), element: e(2)? }),
        "function" => {
            let packages: Vec<String> = at(2)?.extract()?;
            let known: Option<String> = at(4)?.extract()?;
            make(K::Function(sql::ast::Function {
                name: sql::Name::new(string(1)?),
                packages: packages.into_iter().map(sql::Name::new).collect(),
                args: exprs(&at(3)?)?,
                known: known.and_then(|k| super::functions::known_name(&k)),
                no_parens: flag(5)?,
            }))
        }
        "tuple" => make(K::Tuple(exprs(&at(1)?)?)),
        "collation" => make(K::Collation(sql::Name::new(string(1)?))),
        "scalar_select" => make(K::ScalarSelect(q(1)?)),
        "exists" => make(K::Exists(q(1)?)),
        "query_grouping" => make(K::QueryGrouping(q(1)?)),
        "alias" => wrap_from(py, &super::selectable::alias_of(&from(0)?, Some(&at(1)?), false)?),
        "subquery" => wrap_from(py, &sql::ast::From::new(FromKind::Subquery { query: q(0)?, name: name(1)? })),
        "join" => wrap_from(
            py,
            &sql::ast::From::new(FromKind::Join(std::sync::Arc::new(sql::ast::Join {
                left: from(0)?,
                right: from(1)?,
                onclause: e(2)?,
                isouter: flag(3)?,
                full: flag(4)?,
            }))),
        ),
        "from_grouping" => wrap_from(py, &sql::ast::From::new(FromKind::Grouping(from(0)?))),
        "table" => {
            let m = py.import("oxalchemy._rs")?;
            let mut args = vec![at(0)?];
            for pair in at(2)?.try_iter()? {
                let pair = pair?.cast_into::<PyTuple>()?;
                args.push(m.getattr("column")?.call1(pair)?);
            }
            let kw = PyDict::new(py);
            kw.set_item("schema", at(1)?)?;
            m.getattr("table")?.call(PyTuple::new(py, args)?, Some(&kw))
        }
        "select" => {
            let columns: Vec<_> = at(0)?.try_iter()?.collect::<PyResult<_>>()?;
            let mut s = super::select::select_node(&columns)?;
            for f in at(1)?.try_iter()? {
                s.from_obj.push(super::selectable::own(&f?)?);
            }
            s.where_ = exprs(&at(2)?)?;
            s.group_by = exprs(&at(3)?)?;
            s.having = exprs(&at(4)?)?;
            s.order_by = exprs(&at(5)?)?;
            s.limit = opt(6)?;
            s.offset = opt(7)?;
            if flag(8)? {
                s.distinct = sql::ast::Distinct::Yes;
            }
            s.label_style = match at(9)?.extract::<u8>()? {
                0 => sql::ast::LabelStyle::None,
                1 => sql::ast::LabelStyle::TablenamePlusCol,
                3 => sql::ast::LabelStyle::LegacyOrm,
                _ => sql::ast::LabelStyle::DisambiguateOnly,
            };
            wrap_query(py, &sql::ast::Query::select(s))
        }
        "compound" => {
            let keyword = string(0)?;
            let function = keyword.to_lowercase().replace(' ', "_");
            let function = if function == "except" { "except_".to_owned() } else { function };
            let members: Vec<_> = at(1)?.try_iter()?.collect::<PyResult<_>>()?;
            let made = py.import("oxalchemy._rs")?.getattr(function.as_str())?.call1(PyTuple::new(py, members)?)?;
            let order: Vec<_> = at(2)?.try_iter()?.collect::<PyResult<_>>()?;
            if order.is_empty() { Ok(made) } else { made.call_method1("order_by", PyTuple::new(py, order)?) }
        }
        "query_in_parentheses" => wrap_query(py, &super::selectable::group_query(&q(0)?)),
        other => Err(PyTypeError::new_err(format!("unknown construct in pickle: {other}"))),
    }
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(rebuild, m)?)?;
    m.add_function(wrap_pyfunction!(rebuild_user, m)?)
}
