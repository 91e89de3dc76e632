//! The clauses that SELECTs and set operations have in common: ORDER BY, LIMIT, correlation, joins.

use super::*;
use crate::py::text::Text;

pub(super) fn set_style(k: &mut QueryKind, style: LabelStyle) {
    match k {
        QueryKind::Select(s) => s.label_style = style,
        QueryKind::Compound(c) => {
            c.label_style = style;
            for q in &mut c.selects {
                let mut kind = q.kind.clone();
                set_style(&mut kind, style);
                *q = Query::new(kind);
            }
        }
        QueryKind::Grouping(q) => {
            let mut kind = q.kind.clone();
            set_style(&mut kind, style);
            *q = Query::new(kind);
        }
        _ => {}
    }
}

/// Parts that SELECT and set operations share (`GenerativeSelect`).
pub(super) struct Generative<'a> {
    pub(super) order_by: &'a mut Vec<ExprRef>,
    pub(super) group_by: &'a mut Vec<ExprRef>,
    pub(super) limit: &'a mut Option<ExprRef>,
    pub(super) offset: &'a mut Option<ExprRef>,
    pub(super) fetch: &'a mut Option<Fetch>,
    pub(super) for_update: &'a mut Option<ForUpdate>,
}
pub(super) fn generative<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(Generative<'_>) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    changed_any(obj, |k| match k {
        QueryKind::Select(s) => change(Generative {
            order_by: &mut s.order_by,
            group_by: &mut s.group_by,
            limit: &mut s.limit,
            offset: &mut s.offset,
            fetch: &mut s.fetch,
            for_update: &mut s.for_update,
        }),
        QueryKind::Compound(s) => change(Generative {
            order_by: &mut s.order_by,
            group_by: &mut s.group_by,
            limit: &mut s.limit,
            offset: &mut s.offset,
            fetch: &mut s.fetch,
            for_update: &mut s.for_update,
        }),
        _ => Ok(()),
    })
}

/// `order_by(*clauses)`: `None` or `False` alone clears; a no-argument sentinel changes nothing.
pub(super) fn orderings(clauses: &Bound<'_, PyTuple>, role: Role) -> PyResult<Option<Vec<ExprRef>>> {
    if clauses.len() == 1 {
        let only = clauses.get_item(0)?;
        if only.is_none() || only.cast::<PyBool>().is_ok_and(|b| !b.is_true()) {
            return Ok(None);
        }
    }
    let mut out = Vec::new();
    for c in coerce::spread(clauses)? {
        let e = coerce::ordering(&c, role)?;
        match &e.kind {
            ExprKind::List { op: sql::ast::Op::Comma, clauses, group: false } => out.extend(clauses.iter().cloned()),
            _ => out.push(e),
        }
    }
    Ok(Some(out))
}

pub(super) fn order_by<'py>(obj: &Bound<'py, PyAny>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let new = orderings(clauses, Role::OrderBy)?;
    generative(obj, |g| {
        match new {
            None => g.order_by.clear(),
            Some(list) => g.order_by.extend(list),
        }
        Ok(())
    })
}
pub(super) fn group_by<'py>(obj: &Bound<'py, PyAny>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let new = orderings(clauses, Role::GroupBy)?;
    generative(obj, |g| {
        match new {
            None => g.group_by.clear(),
            Some(list) => g.group_by.extend(list),
        }
        Ok(())
    })
}
/// `FOR UPDATE` and its kin.
pub(super) fn lock_rows<'py>(obj: &Bound<'py, PyAny>, how: ForUpdate) -> PyResult<Bound<'py, PyAny>> {
    generative(obj, |g| {
        *g.for_update = Some(how);
        Ok(())
    })
}
pub(super) fn limit<'py>(obj: &Bound<'py, PyAny>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(n)?;
    generative(obj, |g| {
        *g.fetch = None;
        *g.limit = e;
        Ok(())
    })
}
pub(super) fn offset<'py>(obj: &Bound<'py, PyAny>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(n)?;
    generative(obj, |g| {
        *g.offset = e;
        Ok(())
    })
}
pub(super) fn fetch<'py>(
    obj: &Bound<'py, PyAny>,
    count: &Bound<'py, PyAny>,
    with_ties: bool,
    percent: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(count)?;
    generative(obj, |g| {
        *g.limit = None;
        *g.fetch = e.map(|count| Fetch { count, with_ties, percent });
        Ok(())
    })
}
pub(super) fn slice<'py>(obj: &Bound<'py, PyAny>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
    let int = |i: i64| build::anon_bind("param", sql::ast::BindValue::Literal(sql::ast::Literal::Int(i)), sql::types::integer());
    generative(obj, |g| {
        *g.fetch = None;
        let given = |e: &Option<ExprRef>| -> i64 {
            match e.as_ref().map(|e| &e.kind) {
                Some(ExprKind::Bind(b)) => match b.value.as_literal() {
                    Some(sql::ast::Literal::Int(i)) => i,
                    _ => 0,
                },
                _ => 0,
            }
        };
        let before = given(g.offset);
        match (start, stop) {
            (Some(a), Some(b)) => {
                *g.offset = Some(int(before + a));
                *g.limit = Some(int(b - a));
            }
            (None, Some(b)) => *g.limit = Some(int(b)),
            (Some(a), None) => *g.offset = Some(int(before + a)),
            (None, None) => {}
        }
        if start == Some(0) && before == 0 {
            *g.offset = None;
        }
        Ok(())
    })
}

/// Prefix or suffix words.
pub(super) fn affixes(exprs: &Bound<'_, PyTuple>, kw: Option<&Bound<'_, PyDict>>) -> PyResult<Vec<Affix>> {
    let mut dialect = "*".to_owned();
    if let Some(kw) = kw {
        for (k, v) in kw {
            match k.extract::<String>()?.as_str() {
                "dialect" => dialect = v.extract()?,
                _ => return Err(argument_error(k.py(), format!("Unsupported argument(s): ['{}']", k.text()))),
            }
        }
    }
    exprs.iter().map(|e| Ok(Affix { expr: text_or_expr(&e)?, dialect: dialect.as_str().into() })).collect()
}

pub(super) fn froms(list: &Bound<'_, PyTuple>) -> PyResult<Vec<FromRef>> {
    list.iter().map(|f| coerce::from(&f)).collect()
}

pub(super) fn bind_value<'py>(py: Python<'py>, e: Option<&ExprRef>) -> PyResult<Option<Bound<'py, PyAny>>> {
    match e.map(|e| &e.kind) {
        Some(ExprKind::Bind(b)) => super::super::bind::value_object(py, b).map(Some),
        Some(_) => Err(crate::py::errors::compile_error(
            py,
            "This SELECT structure does not use a simple integer value for limit/offset",
        )),
        None => Ok(None),
    }
}

pub(super) fn from_list<'py>(py: Python<'py>, froms: &[FromRef]) -> PyResult<Bound<'py, PyList>> {
    PyList::new(py, froms.iter().map(|f| wrap_from(py, f)).collect::<PyResult<Vec<_>>>()?)
}

pub(super) fn correlate<'py>(obj: &Bound<'py, PyAny>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let none = fromclauses.get_item(0).is_ok_and(|f| f.is_none() || f.cast::<PyBool>().is_ok_and(|b| !b.is_true()));
    let list = if none { Vec::new() } else { froms(fromclauses)? };
    changed(obj, |s| {
        s.correlate = match (&s.correlate, none) {
            (_, true) => Correlate::None,
            (Correlate::To(old), false) => Correlate::To(old.iter().cloned().chain(list).collect()),
            _ => Correlate::To(list),
        };
        Ok(())
    })
}
pub(super) fn correlate_except<'py>(obj: &Bound<'py, PyAny>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let none = fromclauses.get_item(0).is_ok_and(|f| f.is_none() || f.extract::<bool>().is_ok_and(|b| !b));
    let list = if none { Vec::new() } else { froms(fromclauses)? };
    changed(obj, |s| {
        s.correlate = match &s.correlate {
            Correlate::Except(old) if !none => Correlate::Except(old.iter().cloned().chain(list).collect()),
            _ => Correlate::Except(list),
        };
        Ok(())
    })
}

/// How the ORM reads a join target (relationship attribute, mapped class); set by `py::orm`.
pub type JoinHook = for<'py> fn(&Bound<'py, PyAny>) -> PyResult<Option<HostRef>>;
pub(super) static JOIN: std::sync::OnceLock<JoinHook> = std::sync::OnceLock::new();
/// Say which objects are relationship attributes.
pub fn set_join_hook(hook: JoinHook) {
    let _ = JOIN.set(hook);
}
pub fn relationship(obj: &Bound<'_, PyAny>) -> PyResult<Option<HostRef>> {
    match JOIN.get() {
        Some(hook) if !obj.is_instance_of::<ClauseElement>() => hook(obj),
        _ => Ok(None),
    }
}

/// A join target: relationship attribute, entity or FROM element.
pub(super) fn join_target(obj: &Bound<'_, PyAny>) -> PyResult<JoinTarget> {
    if let Some(h) = relationship(obj)? {
        return Ok(JoinTarget::Attribute(h));
    }
    if let Some(e) = coerce::entity_of(obj)? {
        return Ok(JoinTarget::Entity(e));
    }
    let f = coerce::from_in(obj, Role::JoinTarget)?;
    Ok(match &f.entity {
        Some(e) => JoinTarget::Entity(e.clone()),
        None => JoinTarget::From(f),
    })
}

pub(super) fn join<'py>(
    slf: &Bound<'py, Select>,
    left: Option<&Bound<'py, PyAny>>,
    target: &Bound<'py, PyAny>,
    onclause: Option<Bound<'py, PyAny>>,
    isouter: bool,
    full: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let target = join_target(target)?;
    let on = match onclause.filter(|o| !o.is_none()) {
        None => None,
        Some(o) => Some(match relationship(&o)? {
            Some(h) => JoinOn::Attribute(h),
            None => JoinOn::Expr(coerce::expr_in(&o, Role::OnClause)?),
        }),
    };
    let left = left.map(join_target).transpose()?;
    let orm = |t: &JoinTarget| !matches!(t, JoinTarget::From(_));
    changed(slf.as_any(), |s| {
        s.orm |= orm(&target) || left.as_ref().is_some_and(orm) || matches!(on, Some(JoinOn::Attribute(_)));
        s.joins.push(SetupJoin { target, onclause: on, left, isouter, full });
        Ok(())
    })
}
