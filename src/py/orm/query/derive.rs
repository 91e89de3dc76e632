//! Statements made of a query.

use super::state::{QueryState, no_criterion, rebuild, with};
use super::{Any, Args, Q, Query, run};
use crate::py::errors;
use crate::py::orm::aliased;
use crate::py::sql::coerce::{self, Role};
use crate::py::sql::face;
use orm::Entity;
use orm::compile::{BaseAlias, NoEagerloads};
use pyo3::prelude::*;
use sql::Label;
use sql::ast::{
    Compound, ExprKind, From, FromKind, FromRef, LabelStyle, Node, Query as Statement, QueryKind, QueryRef, Select, SelectItem,
    build,
};
use std::sync::Arc;

/// The query as a statement with these labels, without eager loads.
pub(super) fn plain(s: &QueryState, style: LabelStyle) -> Select {
    let mut select = s.select.clone();
    if s.select.label_style == LabelStyle::LegacyOrm || style == LabelStyle::TablenamePlusCol {
        select.label_style = style;
    }
    if style != LabelStyle::LegacyOrm || !s.eagerloads {
        select.options.push(Arc::new(NoEagerloads));
    }
    select
}

pub(super) fn query_ref(s: &QueryState, style: LabelStyle) -> QueryRef {
    match &s.from_statement {
        Some(Node::Query(q)) => q.clone(),
        _ => Statement::select(plain(s, style)),
    }
}

/// The statement's face.
pub(super) fn statement_face<'py>(slf: &Q<'py>, style: LabelStyle) -> PyResult<Any<'py>> {
    face_of(slf, style, false)
}

/// The statement's face, with eager joins when it is to be executed on its own.
pub(super) fn face_of<'py>(slf: &Q<'py>, style: LabelStyle, eager: bool) -> PyResult<Any<'py>> {
    let py = slf.py();
    let slf = &run::before_compile(slf)?;
    let (node, params) = {
        let q = slf.borrow();
        let node = match &q.s.from_statement {
            Some(n) => n.clone(),
            None => {
                let mut select = plain(&q.s, style);
                if eager && q.s.eagerloads {
                    select.options.retain(|o| !o.as_any().is::<NoEagerloads>());
                }
                Node::Query(Statement::select(select))
            }
        };
        (node, q.s.params.as_ref().map(|p| p.clone_ref(py)))
    };
    let face = face::wrap_node(py, &node)?;
    match params {
        Some(p) => face.call_method1("params", (p,)),
        None => Ok(face),
    }
}

pub(super) fn subquery<'py>(slf: &Q<'py>, name: Option<Any<'py>>, with_labels: bool, reduce: bool) -> PyResult<Any<'py>> {
    let style = if with_labels { LabelStyle::TablenamePlusCol } else { LabelStyle::DisambiguateOnly };
    let mut face = statement_face(slf, style)?;
    if reduce {
        face = face.call_method0("reduce_columns")?;
    }
    face.call_method1("subquery", (name,))
}

pub(super) fn cte<'py>(slf: &Q<'py>, name: Option<Any<'py>>, recursive: bool, nesting: bool) -> PyResult<Any<'py>> {
    let kw = pyo3::types::PyDict::new(slf.py());
    kw.set_item("name", name)?;
    kw.set_item("recursive", recursive)?;
    kw.set_item("nesting", nesting)?;
    statement_face(slf, LabelStyle::DisambiguateOnly)?.call_method("cte", (), Some(&kw))
}

pub(super) fn scalar<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    statement_face(slf, LabelStyle::DisambiguateOnly)?.call_method0("scalar_subquery")
}

pub(super) fn exists<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let one = sql::ast::Expr::new(ExprKind::LiteralColumn(sql::Name::new("1")), sql::types::integer());
    let mut select = slf.borrow().s.select.clone();
    // the entities stay as FROM clauses although their columns are gone
    let items = std::mem::replace(&mut select.columns, vec![SelectItem::Expr(one)]);
    if select.from_obj.is_empty() {
        select.from_obj = from_of_items(&items);
    }
    select.label_style = LabelStyle::DisambiguateOnly;
    let face = face::wrap_query(py, &Statement::select(select))?;
    face.call_method0("exists")
}

/// FROM elements of the entities of a columns clause, those of joined entities included.
pub(super) fn from_of_items(items: &[SelectItem]) -> Vec<FromRef> {
    let mut out: Vec<FromRef> = Vec::new();
    let mut add = |f: FromRef| {
        if !out.iter().any(|o| o.id() == f.id()) {
            out.push(f);
        }
    };
    for item in items {
        match item {
            SelectItem::Entity(e) => add(coerce::entity_from(e)),
            SelectItem::Expr(e) => {
                let inner = match &e.kind {
                    ExprKind::Label { element, .. } => element,
                    _ => e,
                };
                if let Some(entity) = inner.ann.as_ref().and_then(|a| a.entity.as_ref()) {
                    add(coerce::entity_from(entity));
                } else {
                    sql::ast::fold::walk(inner, &mut |x| {
                        if let ExprKind::Column(c) = &x.kind
                            && let Some(f) = c.from()
                        {
                            add(f.clone());
                        }
                        !matches!(x.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_))
                    });
                }
            }
            SelectItem::From(f) => add(f.clone()),
            SelectItem::Host(_) => {}
        }
    }
    out
}

/// A query over `from`, with the same entities read from it.
fn over<'py>(slf: &Q<'py>, from: &FromRef, entities: Option<Vec<Any<'py>>>) -> PyResult<Q<'py>> {
    let py = slf.py();
    let old = slf.borrow().s.clone_ref(py);
    let mut s = QueryState {
        session: old.session,
        autoflush: old.autoflush,
        populate_existing: old.populate_existing,
        yield_per: old.yield_per,
        only_tuples: old.only_tuples,
        eagerloads: old.eagerloads,
        assertions: old.assertions,
        params: old.params,
        entities: old.entities,
        derived: true,
        ..QueryState::default()
    };
    s.select.columns = old.select.columns;
    s.select.options = old.select.options;
    s.select.exec_options = old.select.exec_options;
    s.select.from_obj = vec![from.clone()];
    s.select.options.push(Arc::new(BaseAlias { from: from.clone(), filtered: true }));
    if let Some(list) = entities {
        s.select.columns.clear();
        s.entities.clear();
        s.add(&list)?;
    }
    rebuild(slf, s)
}

pub(super) fn from_self<'py>(slf: &Q<'py>, entities: Args<'_, 'py>) -> PyResult<Q<'py>> {
    let inner = query_ref(&run::before_compile(slf)?.borrow().s, LabelStyle::TablenamePlusCol);
    let from = From::new(FromKind::Subquery { query: inner, name: Label::anon("anon") });
    let list: Vec<_> = entities.iter().collect();
    over(slf, &from, (!list.is_empty()).then_some(list))
}

pub(super) fn set_operation<'py>(slf: &Q<'py>, others: Args<'_, 'py>, keyword: &'static str) -> PyResult<Q<'py>> {
    let mut selects = vec![operand(&run::before_compile(slf)?.borrow().s)];
    for o in others.iter() {
        match o.cast::<Query>() {
            Ok(q) => selects.push(operand(&run::before_compile(q)?.borrow().s)),
            Err(_) => selects.push(coerce::query(&o, Role::Compound)?),
        }
    }
    let first = selects.first().cloned();
    let query = match (selects.len(), first) {
        (1, Some(only)) => only,
        _ => Statement::new(QueryKind::Compound(Box::new(Compound {
            keyword,
            selects,
            group_by: Vec::new(),
            order_by: Vec::new(),
            limit: None,
            offset: None,
            fetch: None,
            for_update: None,
            ctes: Vec::new(),
            label_style: LabelStyle::TablenamePlusCol,
            options: Vec::new(),
            exec_options: None,
        }))),
    };
    let from = From::new(FromKind::Subquery { query, name: Label::anon("anon") });
    over(slf, &from, None)
}

/// One side of a set operation: in parentheses when it has clauses of its own that bind weaker.
fn operand(s: &QueryState) -> QueryRef {
    let q = query_ref(s, LabelStyle::TablenamePlusCol);
    match q.as_select() {
        Some(x) if x.limit.is_some() || x.offset.is_some() || !x.order_by.is_empty() => Statement::new(QueryKind::Grouping(q)),
        _ => q,
    }
}

pub(super) fn select_entity_from<'py>(slf: &Q<'py>, from_obj: &Any<'py>) -> PyResult<Q<'py>> {
    let from = match coerce::node(from_obj)? {
        Node::Query(q) => From::new(FromKind::Subquery { query: q, name: Label::anon("anon") }),
        _ => coerce::from(from_obj)?,
    };
    with(slf, |s, _| {
        s.select.from_obj = vec![from.clone()];
        s.select.options.push(Arc::new(BaseAlias { from, filtered: false }));
        s.derived = true;
        Ok(())
    })
}

pub(super) fn from_statement<'py>(slf: &Q<'py>, statement: &Any<'py>) -> PyResult<Q<'py>> {
    no_criterion(slf, "from_statement", true)?;
    let node = match statement.cast::<pyo3::types::PyString>() {
        Ok(s) => {
            let text = sql::ast::TextClause { text: s.to_str()?.into(), binds: Vec::new() };
            Node::Expr(sql::ast::Expr::new(ExprKind::Text(text.into()), sql::types::null_type()))
        }
        Err(_) => match coerce::node(statement)? {
            n @ (Node::Query(_) | Node::Insert(_) | Node::Update(_) | Node::Delete(_)) => n,
            Node::Expr(e) if matches!(e.kind, ExprKind::Text(_)) => Node::Expr(e),
            _ => return Err(coerce::unexpected(statement, Role::Statement)),
        },
    };
    with(slf, |s, _| {
        s.from_statement = Some(node);
        Ok(())
    })
}

/// Legacy: the first entity loads these subclasses with it.
pub(super) fn with_polymorphic<'py>(
    slf: &Q<'py>,
    classes: &Any<'py>,
    selectable: Option<Any<'py>>,
    polymorphic_on: Option<Any<'py>>,
) -> PyResult<Q<'py>> {
    let py = slf.py();
    let Some(SelectItem::Entity(first)) = slf.borrow().s.select.columns.first().cloned() else {
        return Err(errors::invalid_request(py, "No primary mapper set up for this Query."));
    };
    let Some(entity) = Entity::of(&first).cloned() else {
        return Err(errors::invalid_request(py, "No primary mapper set up for this Query."));
    };
    let new = aliased::polymorphic_entity(py, &entity, classes, selectable, polymorphic_on)?;
    with(slf, |s, _| {
        if let Some(slot) = s.select.columns.first_mut() {
            *slot = SelectItem::Entity(Arc::new(new));
        }
        Ok(())
    })
}

/// Legacy option `contains_alias`: rows of the first entity come under this alias.
pub(super) fn contains_alias<'py>(slf: &Q<'py>, alias: &Any<'py>) -> PyResult<Q<'py>> {
    let from = match alias.cast::<pyo3::types::PyString>() {
        Ok(name) => {
            let Some(SelectItem::Entity(first)) = slf.borrow().s.select.columns.first().cloned() else { return Ok(slf.clone()) };
            From::new(FromKind::Alias { element: first.selectable(), name: Label::fixed(name.to_str()?) })
        }
        Err(_) => coerce::from(alias)?,
    };
    with(slf, |s, _| {
        s.select.options.push(Arc::new(BaseAlias { from, filtered: false }));
        s.derived = true;
        Ok(())
    })
}

/// `SELECT count(*) FROM (…) AS anon_1`.
pub(super) fn counting(s: &QueryState) -> Select {
    let count = build::func(
        "count",
        vec![sql::ast::Expr::new(ExprKind::LiteralColumn(sql::Name::new("*")), sql::types::null_type())],
        sql::types::integer(),
    );
    let inner = query_ref(s, LabelStyle::TablenamePlusCol);
    let from = From::new(FromKind::Subquery { query: inner, name: Label::anon("anon") });
    Select {
        columns: vec![SelectItem::Expr(count)],
        from_obj: vec![from],
        label_style: LabelStyle::TablenamePlusCol,
        orm: false,
        options: s.select.options.iter().filter(|o| o.reaches_inside(true)).cloned().collect(),
        exec_options: s.select.exec_options.clone(),
        ..Select::default()
    }
}
