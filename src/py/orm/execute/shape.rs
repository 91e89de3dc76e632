//! What the session wants to know of a statement before it runs.

use crate::py::orm::aliased;
use crate::py::orm::session::Kind;
use crate::py::sql::coerce;
use orm::Entity;
use pyo3::prelude::*;
use sql::ast::{DmlCommon, ExprKind, ExprRef, FromRef, JoinTarget, Node, QueryKind, QueryRef, SelectItem, fold};

/// See the module documentation.
pub struct Shape {
    kind: Kind,
    orm: bool,
    entity: Option<Entity>,
}

impl Shape {
    /// SELECT, INSERT …
    pub fn kind(&self) -> Kind {
        self.kind
    }
    /// An ORM entity takes part.
    pub fn is_orm(&self) -> bool {
        self.orm
    }
    /// The first entity.
    pub fn entity(&self) -> Option<&Entity> {
        self.entity.as_ref()
    }
    /// The first entity's mapper.
    pub fn mapper<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match &self.entity {
            Some(e) => Ok(Some(aliased::mapper_face(py, &e.mapper)?.into_any())),
            None => Ok(None),
        }
    }
}

/// Of a statement object.
pub fn shape(statement: &Bound<'_, PyAny>) -> PyResult<Shape> {
    match crate::py::errors::ignoring_ours(statement.py(), "SQLAlchemyError", coerce::node(statement))? {
        Some(n) => Ok(shape_of(&n)),
        None => Ok(Shape { kind: Kind::Other, orm: false, entity: None }),
    }
}

/// Of a node.
pub fn shape_of(node: &Node) -> Shape {
    match node {
        Node::Query(q) => {
            let entity = query_entity(q);
            let orm = match &q.kind {
                QueryKind::Select(s) => s.orm || entity.is_some(),
                QueryKind::FromStatement(_) => true,
                _ => false,
            };
            Shape { kind: Kind::Select, orm, entity }
        }
        Node::Insert(i) => dml(Kind::Insert, &i.common, &i.table),
        Node::Update(u) => dml(Kind::Update, &u.common, &u.table),
        Node::Delete(d) => dml(Kind::Delete, &d.common, &d.table),
        _ => Shape { kind: Kind::Other, orm: false, entity: None },
    }
}

fn dml(kind: Kind, common: &DmlCommon, table: &FromRef) -> Shape {
    let entity = common.entity.as_ref().or(table.entity.as_ref()).and_then(Entity::of).cloned();
    Shape { kind, orm: entity.is_some(), entity }
}

fn query_entity(q: &QueryRef) -> Option<Entity> {
    match &q.kind {
        QueryKind::Select(s) => s
            .columns
            .iter()
            .find_map(item_entity)
            .or_else(|| s.from_obj.iter().find_map(from_entity))
            .or_else(|| {
                s.joins.iter().find_map(|j| match &j.target {
                    JoinTarget::Entity(e) => Entity::of(e).cloned(),
                    JoinTarget::From(f) => from_entity(f),
                    JoinTarget::Attribute(h) => {
                        h.as_any().downcast_ref::<orm::attr::RelationshipAttr>().map(|a| a.entity.clone())
                    }
                })
            })
            .or_else(|| s.where_.iter().find_map(expr_entity)),
        QueryKind::FromStatement(f) => f.entities.iter().find_map(item_entity),
        QueryKind::Compound(c) => c.selects.iter().find_map(query_entity),
        QueryKind::Grouping(q) => query_entity(q),
        _ => None,
    }
}

fn from_entity(f: &FromRef) -> Option<Entity> {
    if let Some(e) = f.entity.as_ref().and_then(Entity::of) {
        return Some(e.clone());
    }
    match &f.kind {
        sql::ast::FromKind::Subquery { query, .. } => query_entity(query),
        sql::ast::FromKind::Cte(c) => match &c.element {
            sql::ast::CteElement::Query(q) => query_entity(q),
            _ => None,
        },
        sql::ast::FromKind::Join(j) => from_entity(&j.left).or_else(|| from_entity(&j.right)),
        _ => None,
    }
}

fn item_entity(item: &SelectItem) -> Option<Entity> {
    match item {
        SelectItem::Entity(e) => Entity::of(e).cloned(),
        SelectItem::Expr(e) => expr_entity(e),
        SelectItem::From(f) => from_entity(f),
        SelectItem::Host(h) => h.as_any().downcast_ref::<orm::attr::Bundled>().and_then(|b| b.items.iter().find_map(item_entity)),
    }
}

fn expr_entity(e: &ExprRef) -> Option<Entity> {
    let mut found = None;
    fold::walk(e, &mut |x| {
        if found.is_none() {
            found = orm::entity::entity_of(&x.ann).cloned();
            if found.is_none() {
                found = match &x.kind {
                    ExprKind::Entity(en) => Entity::of(en).cloned(),
                    ExprKind::ScalarSelect(q) | ExprKind::Exists(q) | ExprKind::QueryGrouping(q) => query_entity(q),
                    ExprKind::Column(c) => c.from().and_then(from_entity),
                    _ => None,
                };
            }
        }
        found.is_none()
    });
    found
}
