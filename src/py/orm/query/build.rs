//! Criteria, ordering, limits, options.

use super::state::{self, no_limit, no_statement, with};
use super::{Any, Args, Kw, Q};
use crate::py::errors;
use crate::py::host::PyHost;
use crate::py::sql::coerce::{self, Role};
use crate::py::sql::face;
use crate::py::text::Text;
use orm::attr::RelationshipAttr;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyTuple};
use sql::ast::generative::Clauses;
use sql::ast::{ExprRef, ForUpdate, JoinTarget, LabelStyle, SelectItem, build as exprs};

/// `filter()` of a query whose join was aliased means the alias, of several the last one.
pub(super) fn adapted(s: &state::QueryState, e: ExprRef) -> ExprRef {
    s.adapters.iter().rev().fold(e, |e, a| a.adapt(&e))
}

pub(super) fn filter<'py>(slf: &Q<'py>, criterion: Args<'_, 'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "filter")?;
    no_limit(slf, "filter")?;
    let list = criterion.iter().map(|c| coerce::expr_in(&c, Role::WhereHaving)).collect::<PyResult<Vec<_>>>()?;
    with(slf, |s, _| {
        for e in list {
            let e = adapted(s, e);
            s.select.add_where(e);
        }
        Ok(())
    })
}

/// What names in `filter_by` and string joins are looked up on.
pub(super) fn namespace<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let q = slf.borrow();
    if let Some(p) = &q.s.joinpoint {
        return Ok(p.bind(py).clone());
    }
    if let Some(f) = q.s.select.from_obj.first()
        && !q.s.derived
        && let Some(obj) = super::super::aliased::entity_object(py, f)?
    {
        return Ok(obj);
    }
    match q.s.entities.first() {
        Some(e) => {
            let e = e.bind(py).clone();
            drop(q);
            super::super::aliased::namespace_of(&e)
        }
        None => Err(errors::invalid_request(py, "Query contains no columns with which to SELECT from.")),
    }
}

/// `entity.name`, with the documented error.
pub fn attribute_of<'py>(entity: &Any<'py>, name: &Bound<'py, PyString>) -> PyResult<Any<'py>> {
    let found = super::super::aliased::attribute(entity, name);
    if let Some(a) = errors::ignoring::<pyo3::exceptions::PyAttributeError, _>(entity.py(), found)? {
        return Ok(a);
    }
    let (name, shown) = (name.text(), super::super::aliased::describe(entity)?);
    Err(errors::invalid_request(entity.py(), format!("Entity namespace for \"{shown}\" has no property \"{name}\"")))
}

/// FROM element that `filter_by` looks names up on when it is no entity: what `select_from()` named first.
fn plain_from(q: &state::QueryState) -> Option<&sql::ast::FromRef> {
    let first = q.select.from_obj.first()?;
    (q.joinpoint.is_none() && !q.derived && first.entity.is_none()).then_some(first)
}

/// How a message names what `filter_by` searched: as SQL, the target of a relationship by its mapper.
fn shown_namespace(slf: &Q<'_>) -> PyResult<String> {
    let py = slf.py();
    let q = slf.borrow();
    let of_entity = |e: &orm::Entity| face::wrap_from(py, &orm::compile::selectable(e))?.str()?.extract::<String>();
    let text = |o: Any<'_>| o.str()?.extract::<String>();
    if q.s.joinpoint.is_some()
        && let Some(join) = q.s.select.joins.last()
    {
        return match &join.target {
            JoinTarget::Attribute(h) => {
                match h.as_any().downcast_ref::<RelationshipAttr>().and_then(RelationshipAttr::destination) {
                    Some(e) => text(super::super::aliased::inspected(py, &e)?),
                    None => Ok(String::new()),
                }
            }
            JoinTarget::Entity(e) => orm::Entity::of(e).map_or_else(|| Ok(String::new()), of_entity),
            JoinTarget::From(f) => text(face::wrap_from(py, f)?),
        };
    }
    if !q.s.derived
        && let Some(f) = q.s.select.from_obj.first()
    {
        return text(face::wrap_from(py, f)?);
    }
    let mut item = q.s.select.columns.first();
    while let Some(SelectItem::Host(h)) = item {
        item = h.as_any().downcast_ref::<orm::attr::Bundled>().and_then(|b| b.items.first());
    }
    match item {
        Some(SelectItem::Entity(e)) => orm::Entity::of(e).map_or_else(|| Ok(String::new()), of_entity),
        Some(SelectItem::From(f)) => text(face::wrap_from(py, f)?),
        Some(SelectItem::Expr(e)) => text(face::wrap_expr(py, e)?),
        _ => Ok(String::new()),
    }
}

pub(super) fn filter_by<'py>(slf: &Q<'py>, kwargs: Kw<'_, 'py>) -> PyResult<Q<'py>> {
    let py = slf.py();
    let named = plain_from(&slf.borrow().s).cloned();
    let ns = match named {
        Some(f) => face::wrap_from(py, &f)?,
        None => namespace(slf)?,
    };
    let mut clauses = Vec::new();
    for (k, v) in kwargs.into_iter().flat_map(|k| k.iter()) {
        let name = k.cast::<PyString>()?;
        let Some(attr) = super::super::filter_by::lookup(&ns, name)? else {
            let (name, shown) = (name.text(), shown_namespace(slf)?);
            return Err(errors::invalid_request(py, format!("Entity namespace for \"{shown}\" has no property \"{name}\"")));
        };
        clauses.push(attr.rich_compare(v, pyo3::basic::CompareOp::Eq)?);
    }
    // the name of `filter` in messages, and overriding by subclasses, are as documented
    slf.as_any().call_method1("filter", PyTuple::new(py, clauses)?)?.cast_into().map_err(Into::into)
}

pub(super) fn having<'py>(slf: &Q<'py>, having: Args<'_, 'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "having")?;
    no_limit(slf, "having")?;
    let list = having.iter().map(|c| coerce::expr_in(&c, Role::WhereHaving)).collect::<PyResult<Vec<_>>>()?;
    with(slf, |s, _| {
        for e in list {
            let e = adapted(s, e);
            s.select.add_having(e);
        }
        Ok(())
    })
}

/// What `order_by()` and `group_by()` are given; `False` alone takes the clause away too.
fn clauses(args: Args<'_, '_>, role: Role) -> PyResult<Clauses> {
    if args.len() == 1 && args.get_item(0)?.cast::<PyBool>().is_ok_and(|b| !b.is_true()) {
        return Ok(Clauses::Clear);
    }
    coerce::clauses(args, role)
}

pub(super) fn order_by<'py>(slf: &Q<'py>, given: Args<'_, 'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "order_by")?;
    no_limit(slf, "order_by")?;
    let given = clauses(given, Role::OrderBy)?;
    with(slf, |s, _| {
        let given = given.map(|e| adapted(s, e));
        s.select.generative().order_by(given);
        Ok(())
    })
}

pub(super) fn group_by<'py>(slf: &Q<'py>, given: Args<'_, 'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "group_by")?;
    no_limit(slf, "group_by")?;
    let given = clauses(given, Role::GroupBy)?;
    with(slf, |s, _| {
        let given = given.map(|e| adapted(s, e));
        s.select.generative().group_by(given);
        Ok(())
    })
}

pub(super) fn distinct<'py>(slf: &Q<'py>, expr: Args<'_, 'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "distinct")?;
    let list = coerce::distinct(expr)?;
    with(slf, |s, _| {
        s.select.distinct_on(list);
        Ok(())
    })
}

pub(super) fn limit<'py>(slf: &Q<'py>, limit: &Any<'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "limit")?;
    let e = coerce::limit(limit)?;
    with(slf, |s, _| {
        s.select.generative().limit(e);
        Ok(())
    })
}

pub(super) fn offset<'py>(slf: &Q<'py>, offset: &Any<'py>) -> PyResult<Q<'py>> {
    no_statement(slf, "offset")?;
    let e = coerce::limit(offset)?;
    with(slf, |s, _| {
        s.select.generative().offset(e);
        Ok(())
    })
}

pub(super) fn slice<'py>(slf: &Q<'py>, start: Option<i64>, stop: Option<i64>) -> PyResult<Q<'py>> {
    no_statement(slf, "slice")?;
    with(slf, |s, _| {
        s.select.generative().slice(start, stop);
        Ok(())
    })
}

pub(super) fn correlate<'py>(slf: &Q<'py>, fromclauses: Args<'_, 'py>) -> PyResult<Q<'py>> {
    let froms = coerce::correlated(fromclauses)?;
    with(slf, |s, _| {
        s.select.correlate_to(froms);
        Ok(())
    })
}

pub(super) fn select_from<'py>(slf: &Q<'py>, from_obj: Args<'_, 'py>) -> PyResult<Q<'py>> {
    state::no_criterion(slf, "select_from", true)?;
    let list = coerce::froms(from_obj)?;
    with(slf, |s, _| {
        s.select.from_obj.clear();
        s.select.add_froms(list);
        Ok(())
    })
}

pub(super) fn affix<'py>(slf: &Q<'py>, list: Args<'_, 'py>, dialect: &str, before: bool) -> PyResult<Q<'py>> {
    let list = coerce::affixes(list, dialect)?;
    with(slf, |s, _| {
        if before {
            s.select.add_prefixes(list)
        } else {
            s.select.add_suffixes(list)
        }
        Ok(())
    })
}

pub(super) fn hint<'py>(slf: &Q<'py>, selectable: Option<&Any<'py>>, text: &str, dialect: &str) -> PyResult<Q<'py>> {
    let target = selectable.map(coerce::hinted).transpose()?.flatten();
    with(slf, |s, _| {
        s.select.add_hint(target, text, dialect);
        Ok(())
    })
}

pub(super) fn for_update<'py>(slf: &Q<'py>, how: Option<ForUpdate>) -> PyResult<Q<'py>> {
    with(slf, |s, _| {
        s.select.generative().for_update(how);
        Ok(())
    })
}

pub(super) fn lockmode<'py>(slf: &Q<'py>, mode: Option<&str>) -> PyResult<Q<'py>> {
    let f = match mode {
        None => None,
        Some("read") => Some(ForUpdate { read: true, ..ForUpdate::default() }),
        Some("update") => Some(ForUpdate::default()),
        Some("update_nowait") => Some(ForUpdate { nowait: true, ..ForUpdate::default() }),
        Some("read_nowait") => Some(ForUpdate { read: true, nowait: true, ..ForUpdate::default() }),
        Some(other) => return Err(errors::argument_error(slf.py(), format!("Unknown with_lockmode argument: '{other}'"))),
    };
    for_update(slf, f)
}

pub(super) fn options<'py>(slf: &Q<'py>, args: Args<'_, 'py>) -> PyResult<Q<'py>> {
    let mut found = super::super::options::gather(args)?;
    let mut q = with(slf, |s, _| {
        s.select.options.append(&mut found.options);
        Ok(())
    })?;
    // legacy MapperOption objects change the query themselves
    for o in found.legacy {
        if let Some(process) = o.getattr_opt("process_query")? {
            process.call1((&q,))?;
        }
    }
    if let Some(entity) = found.contains_alias {
        q = super::derive::contains_alias(&q, &entity)?;
    }
    Ok(q)
}

pub(super) fn execution_options<'py>(slf: &Q<'py>, kwargs: Kw<'_, 'py>) -> PyResult<Q<'py>> {
    let py = slf.py();
    let merged = PyDict::new(py);
    if let Some(old) = state::exec_options(py, &slf.borrow().s.select) {
        merged.call_method1("update", (old,))?;
    }
    if let Some(k) = kwargs {
        merged.update(k.as_mapping())?;
    }
    with(slf, |s, _| {
        if let Some(v) = merged.get_item("populate_existing")? {
            s.populate_existing = v.is_truthy()?;
        }
        if let Some(v) = merged.get_item("autoflush")? {
            s.autoflush = v.is_truthy()?;
        }
        if let Some(v) = merged.get_item("yield_per")? {
            s.yield_per = v.extract()?;
        }
        s.select.exec_options = Some(PyHost::wrap(immutable(&merged)?.as_any()));
        Ok(())
    })
}

fn immutable<'py>(d: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
    d.py().import("oxalchemy.util")?.getattr("immutabledict")?.call1((d,))
}

pub(super) fn get_execution_options<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    match state::exec_options(slf.py(), &slf.borrow().s.select) {
        Some(o) => Ok(o),
        None => immutable(&PyDict::new(slf.py())),
    }
}

pub(super) fn params<'py>(slf: &Q<'py>, values: Option<&Any<'py>>, kwargs: Kw<'_, 'py>) -> PyResult<Q<'py>> {
    let py = slf.py();
    let merged = match &slf.borrow().s.params {
        Some(p) => p.bind(py).copy()?,
        None => PyDict::new(py),
    };
    if let Some(v) = values {
        merged.call_method1("update", (v,))?;
    }
    if let Some(k) = kwargs {
        merged.update(k.as_mapping())?;
    }
    with(slf, |s, _| {
        s.params = Some(merged.unbind());
        Ok(())
    })
}

pub(super) fn labels<'py>(slf: &Q<'py>, style: LabelStyle) -> PyResult<Q<'py>> {
    with(slf, |s, _| {
        s.select.label_style = style;
        Ok(())
    })
}

pub(super) fn label_style<'py>(slf: &Q<'py>, style: &Any<'py>) -> PyResult<Q<'py>> {
    let name: String = match style.getattr_opt("name")? {
        Some(n) => n.str()?.extract()?,
        None => style.str()?.extract()?,
    };
    labels(
        slf,
        if name.contains("TABLENAME_PLUS_COL") {
            LabelStyle::TablenamePlusCol
        } else if name.contains("LEGACY_ORM") {
            LabelStyle::LegacyOrm
        } else if name.contains("NONE") {
            LabelStyle::None
        } else {
            LabelStyle::DisambiguateOnly
        },
    )
}

pub(super) fn with_parent<'py>(
    slf: &Q<'py>,
    instance: &Any<'py>,
    property: Option<Any<'py>>,
    from_entity: Option<Any<'py>>,
) -> PyResult<Q<'py>> {
    let target = match from_entity {
        Some(e) => Some(e),
        None => Some(namespace(slf)?),
    };
    let e = super::super::aliased::with_parent_criterion(instance, property.as_ref(), target.as_ref())?;
    with(slf, |s, _| {
        s.select.add_where(e);
        Ok(())
    })
}

pub(super) fn add_columns<'py>(slf: &Q<'py>, columns: Args<'_, 'py>) -> PyResult<Q<'py>> {
    let list: Vec<_> = columns.iter().collect();
    with(slf, |s, _| s.add(&list))
}

pub(super) fn add_entity<'py>(slf: &Q<'py>, entity: Any<'py>, alias: Option<Any<'py>>) -> PyResult<Q<'py>> {
    let entity = match alias {
        Some(a) => super::super::aliased::aliased_over(&entity, &a)?,
        None => entity,
    };
    with(slf, |s, _| s.add(&[entity]))
}

pub(super) fn with_entities<'py>(slf: &Q<'py>, entities: Args<'_, 'py>) -> PyResult<Q<'py>> {
    let list: Vec<_> = entities.iter().collect();
    with(slf, |s, _| {
        // what was joined from the entity that goes stays joined from it
        if !s.select.joins.is_empty() && s.select.from_obj.is_empty() {
            s.select.from_obj = super::derive::from_of_items(&s.select.columns).into_iter().take(1).collect();
        }
        s.select.columns.clear();
        s.entities.clear();
        s.add(&list)
    })
}

/// All criteria of a query as one expression.
pub(super) fn whereclause(s: &state::QueryState) -> Option<ExprRef> {
    exprs::where_clause(&s.select.where_)
}
