//! Inspection of a query.

use super::derive::statement_face;
use super::{Any, Q};
use crate::py::orm::aliased;
use crate::py::sql::face;
use crate::py::types::wrap_type;
use orm::Entity;
use orm::compile::{entity_name, name_of};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};
use sql::ast::{ExprKind, LabelStyle, SelectItem};

/// What stands for the query inside another statement.
pub(super) fn clause_element<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    super::derive::face_of(slf, LabelStyle::TablenamePlusCol, true)
}

pub(super) fn statement<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    super::derive::face_of(slf, LabelStyle::DisambiguateOnly, true)
}

/// The text as it would execute on the session's bind.
pub(super) fn text(slf: &Q<'_>) -> PyResult<String> {
    let face = statement_face(slf, LabelStyle::LegacyOrm)?;
    let bind = crate::py::errors::ignoring_ours(slf.py(), "UnboundExecutionError", bind(slf))?.filter(|b| !b.is_none());
    face.call_method1("compile", (bind,))?.str()?.extract()
}

pub(super) fn bind<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let session = slf.borrow().s.session.as_ref().map(|s| s.clone_ref(py));
    match session {
        Some(s) => {
            let kw = PyDict::new(py);
            if let Some(e) = entity_zero(slf)? {
                kw.set_item("mapper", e)?;
            }
            s.bind(py).call_method("get_bind", (), Some(&kw))
        }
        None => Ok(py.None().into_bound(py)),
    }
}

/// The mapper or alias of the first entity.
pub(super) fn entity_zero<'py>(slf: &Q<'py>) -> PyResult<Option<Any<'py>>> {
    let py = slf.py();
    let q = slf.borrow();
    for item in &q.s.select.columns {
        if let Some(e) = item_entity(item) {
            return aliased::inspected(py, &e).map(Some);
        }
    }
    Ok(None)
}

fn item_entity(item: &SelectItem) -> Option<Entity> {
    match item {
        SelectItem::Entity(e) => Entity::of(e).cloned(),
        SelectItem::Host(h) => h.as_any().downcast_ref::<orm::attr::Bundled>().and_then(|b| b.items.iter().find_map(item_entity)),
        SelectItem::Expr(e) => {
            let inner = match &e.kind {
                sql::ast::ExprKind::Label { element, .. } if e.ann.is_none() => element,
                _ => e,
            };
            let mut found = orm::entity::entity_of(&inner.ann).cloned();
            if found.is_none() {
                sql::ast::fold::walk(inner, &mut |x| {
                    if found.is_none() {
                        found = orm::entity::entity_of(&x.ann).cloned();
                    }
                    found.is_none()
                        && !matches!(x.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_))
                });
            }
            found
        }
        _ => None,
    }
}

pub(super) fn whereclause<'py>(slf: &Q<'py>) -> PyResult<Option<Any<'py>>> {
    let e = super::build::whereclause(&slf.borrow().s);
    e.map(|e| face::wrap_expr(slf.py(), &e)).transpose()
}

/// Whether an ORM entity takes part in an item, be it in a query inside.
fn mentions_entity(item: &SelectItem) -> bool {
    let SelectItem::Expr(e) = item else { return item_entity(item).is_some() };
    let mut found = false;
    sql::ast::fold::walk(e, &mut |x| {
        found |= orm::entity::entity_of(&x.ann).is_some();
        !found
    });
    found
}

/// The name of an expression as a Query describes it: only what has been named, be it as an attribute.
fn given_name(e: &sql::ast::ExprRef) -> Option<String> {
    match &e.kind {
        ExprKind::ScalarSelect(_) | ExprKind::Exists(_) => None,
        _ if e.ann.as_ref().is_some_and(|a| a.proxy_key.is_some()) => name_of(e).map(|n| n.to_string()),
        ExprKind::Column(_) | ExprKind::LiteralColumn(_) | ExprKind::Label { .. } => name_of(e).map(|n| n.to_string()),
        _ => None,
    }
}

/// One dictionary per entity.
fn descriptions<'py>(
    py: Python<'py>,
    items: &[SelectItem],
    given: &[Py<PyAny>],
    name: fn(&sql::ast::ExprRef) -> Option<String>,
) -> PyResult<Any<'py>> {
    let out = PyList::empty(py);
    for (i, item) in items.iter().enumerate() {
        let d = PyDict::new(py);
        let entity = item_entity(item);
        let (shown, ty, expr) = match item {
            SelectItem::Entity(e) => {
                let obj = match Entity::of(e) {
                    Some(e) => aliased::object_of(py, e)?,
                    None => py.None().into_bound(py),
                };
                // an alias without a name has none
                let name = Entity::of(e).filter(|e| e.alias.as_ref().is_none_or(|a| a.name.is_some()));
                let name = name.map(|e| entity_name(e).to_string());
                let class = match Entity::of(e) {
                    Some(e) => aliased::object_of(py, &Entity { mapper: e.mapper.clone(), alias: None })?,
                    None => py.None().into_bound(py),
                };
                (name, class, obj)
            }
            SelectItem::Expr(e) => {
                let given = given.get(i).map(|g| g.bind(py).clone());
                let attribute = match (&given, orm::entity::entity_of(&e.ann), e.ann.as_ref().and_then(|a| a.proxy_key.clone())) {
                    (None, Some(owner), Some(key)) => aliased::object_of(py, owner)?.getattr_opt(&*key)?,
                    _ => None,
                };
                let expr = match given.or(attribute) {
                    Some(g) => g,
                    None => face::wrap_expr(py, e)?,
                };
                (name(e), wrap_type(py, &e.ty)?, expr)
            }
            SelectItem::From(f) => {
                for (key, e) in sql::ast::proxy::columns(f) {
                    let d = PyDict::new(py);
                    d.set_item("name", &*key)?;
                    d.set_item("type", wrap_type(py, &e.ty)?)?;
                    d.set_item("aliased", false)?;
                    d.set_item("expr", face::wrap_expr(py, &e)?)?;
                    d.set_item("entity", py.None())?;
                    out.append(d)?;
                }
                continue;
            }
            SelectItem::Host(h) => {
                let bundled = h.as_any().downcast_ref::<orm::attr::Bundled>();
                let obj =
                    bundled.and_then(|b| crate::py::host::PyHost::get(py, &b.host)).unwrap_or_else(|| py.None().into_bound(py));
                let class = obj.get_type().into_any();
                (bundled.map(|b| b.name.to_string()), class, obj)
            }
        };
        d.set_item("name", shown)?;
        d.set_item("type", ty)?;
        d.set_item("aliased", entity.as_ref().is_some_and(|e| e.alias.is_some()))?;
        d.set_item("expr", expr)?;
        match &entity {
            Some(e) => d.set_item("entity", aliased::object_of(py, e)?)?,
            None => d.set_item("entity", py.None())?,
        }
        out.append(d)?;
    }
    Ok(out.into_any())
}

pub(super) fn column_descriptions<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let (items, given) = {
        let q = slf.borrow();
        (q.s.select.columns.clone(), q.s.entities.iter().map(|e| e.clone_ref(py)).collect::<Vec<_>>())
    };
    descriptions(py, &items, &given, given_name)
}

pub(super) fn label_style<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let name = match slf.borrow().s.select.label_style {
        LabelStyle::None => "LABEL_STYLE_NONE",
        LabelStyle::TablenamePlusCol => "LABEL_STYLE_TABLENAME_PLUS_COL",
        LabelStyle::DisambiguateOnly => "LABEL_STYLE_DISAMBIGUATE_ONLY",
        LabelStyle::LegacyOrm => "LABEL_STYLE_LEGACY_ORM",
    };
    slf.py().import("oxalchemy.sql.selectable")?.getattr("SelectLabelStyle")?.getattr(name)
}

pub(super) fn load_options<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let d = PyDict::new(py);
    let q = slf.borrow();
    d.set_item("_autoflush", q.s.autoflush)?;
    d.set_item("_populate_existing", q.s.populate_existing)?;
    d.set_item("_yield_per", q.s.yield_per)?;
    d.set_item("_only_return_tuples", q.s.only_tuples)?;
    d.set_item("_params", q.s.params.as_ref().map(|p| p.clone_ref(py)))?;
    drop(q);
    py.import("types")?.getattr("SimpleNamespace")?.call((), Some(&d))
}

/// `column_descriptions` of a SELECT with entities; `None` for one without.
pub fn describe_statement<'py>(obj: &Any<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
    let py = obj.py();
    let q = crate::py::sql::coerce::query(obj, crate::py::sql::coerce::Role::Select)?;
    match q.as_select() {
        Some(s) if s.orm || s.columns.iter().any(mentions_entity) => {
            let name = |e: &sql::ast::ExprRef| Some(name_of(e).map_or_else(|| "_no_label".to_owned(), |n| n.to_string()));
            Ok(Some(descriptions(py, &s.columns, &[], name)?.cast_into()?))
        }
        _ => Ok(None),
    }
}
