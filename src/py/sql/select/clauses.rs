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

/// A copy with its `GenerativeSelect` clauses changed.
fn generative<'py>(obj: &Bound<'py, PyAny>, change: impl FnOnce(Generative<'_>)) -> PyResult<Bound<'py, PyAny>> {
    changed_any(obj, |k| {
        if let Some(g) = k.generative() {
            change(g);
        }
        Ok(())
    })
}

pub(super) fn order_by<'py>(obj: &Bound<'py, PyAny>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let new = coerce::clauses(clauses, Role::OrderBy)?;
    generative(obj, |g| g.order_by(new))
}
pub(super) fn group_by<'py>(obj: &Bound<'py, PyAny>, clauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let new = coerce::clauses(clauses, Role::GroupBy)?;
    generative(obj, |g| g.group_by(new))
}
/// `FOR UPDATE` and its kin.
pub(super) fn lock_rows<'py>(obj: &Bound<'py, PyAny>, how: ForUpdate) -> PyResult<Bound<'py, PyAny>> {
    generative(obj, |g| g.for_update(Some(how)))
}
pub(super) fn limit<'py>(obj: &Bound<'py, PyAny>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(n)?;
    generative(obj, |g| g.limit(e))
}
pub(super) fn offset<'py>(obj: &Bound<'py, PyAny>, n: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(n)?;
    generative(obj, |g| g.offset(e))
}
pub(super) fn fetch<'py>(
    obj: &Bound<'py, PyAny>,
    count: &Bound<'py, PyAny>,
    with_ties: bool,
    percent: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::limit(count)?;
    generative(obj, |g| g.fetch(e.map(|count| Fetch { count, with_ties, percent })))
}
pub(super) fn slice<'py>(obj: &Bound<'py, PyAny>, start: Option<i64>, stop: Option<i64>) -> PyResult<Bound<'py, PyAny>> {
    generative(obj, |g| g.slice(start, stop))
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
    coerce::affixes(exprs, &dialect)
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
    let froms = coerce::correlated(fromclauses)?;
    changed(obj, |s| {
        s.correlate_to(froms);
        Ok(())
    })
}
pub(super) fn correlate_except<'py>(obj: &Bound<'py, PyAny>, fromclauses: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    let froms = coerce::correlated(fromclauses)?;
    changed(obj, |s| {
        s.correlate_but(froms);
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

/// The left side of a join: an entity or FROM element.
fn left_side(obj: &Bound<'_, PyAny>) -> PyResult<JoinTarget> {
    if relationship(obj)?.is_some() {
        return Err(coerce::unexpected(obj, Role::From));
    }
    if let Some(e) = coerce::entity_of(obj)? {
        return Ok(JoinTarget::Entity(e));
    }
    let f = coerce::from_in(obj, Role::From)?;
    Ok(f.entity.clone().map_or(JoinTarget::From(f), JoinTarget::Entity))
}

/// A relationship says by itself what it joins on.
///
/// # Errors
/// `InvalidRequestError` when an ON clause comes with one.
pub fn path_and_on(py: Python<'_>, target: &JoinTarget, on: bool) -> PyResult<()> {
    match target {
        JoinTarget::Attribute(_) if on => Err(crate::py::errors::invalid_request(
            py,
            "No 'on clause' argument may be passed when joining to a relationship path as a target",
        )),
        _ => Ok(()),
    }
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
    let onclause = onclause.filter(|o| !o.is_none());
    path_and_on(slf.py(), &target, onclause.is_some())?;
    let on = match onclause {
        None => None,
        Some(o) => Some(match relationship(&o)? {
            Some(h) => JoinOn::Attribute(h),
            None => JoinOn::Expr(coerce::expr_in(&o, Role::OnClause)?),
        }),
    };
    let left = left.map(left_side).transpose()?;
    let orm = |t: &JoinTarget| !matches!(t, JoinTarget::From(_));
    changed(slf.as_any(), |s| {
        s.orm |= orm(&target) || left.as_ref().is_some_and(orm) || matches!(on, Some(JoinOn::Attribute(_)));
        s.joins.push(SetupJoin { target, onclause: on, left, isouter, full });
        Ok(())
    })
}
