//! What the session wants to know of a statement before it runs.

use crate::py::orm::aliased;
use crate::py::orm::session::Kind;
use crate::py::sql::coerce;
use orm::Entity;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;
use sql::ast::{DmlCommon, ExprKind, ExprRef, FromRef, JoinTarget, Node, QueryKind, QueryRef, SelectItem, fold};
use std::sync::Arc;

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
            let entity = Search::default().query(q);
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

/// Looks through a statement for its first entity. Each query is looked at once, however many columns lead to it.
#[derive(Default)]
struct Search {
    seen: FxHashSet<usize>,
}

impl Search {
    #[recursive::recursive]
    fn query(&mut self, q: &QueryRef) -> Option<Entity> {
        if !self.seen.insert(Arc::as_ptr(q) as usize) {
            return None;
        }
        match &q.kind {
            QueryKind::Select(s) => {
                if let Some(e) = s.columns.iter().find_map(|i| self.item(i)) {
                    return Some(e);
                }
                if let Some(e) = s.from_obj.iter().find_map(|f| self.from(f)) {
                    return Some(e);
                }
                let joined = s.joins.iter().find_map(|j| match &j.target {
                    JoinTarget::Entity(e) => Entity::of(e).cloned(),
                    JoinTarget::From(f) => self.from(f),
                    JoinTarget::Attribute(h) => {
                        h.as_any().downcast_ref::<orm::attr::RelationshipAttr>().map(|a| a.entity.clone())
                    }
                });
                joined.or_else(|| s.where_.iter().find_map(|w| self.expr(w)))
            }
            QueryKind::FromStatement(f) => f.entities.iter().find_map(|i| self.item(i)),
            QueryKind::Compound(c) => c.selects.iter().find_map(|q| self.query(q)),
            QueryKind::Grouping(q) => self.query(q),
            _ => None,
        }
    }

    /// A query inside an expression: also what only sorts and groups it.
    fn inner(&mut self, q: &QueryRef) -> Option<Entity> {
        let known = self.seen.contains(&(Arc::as_ptr(q) as usize));
        self.query(q).or_else(|| match &q.kind {
            QueryKind::Select(s) if !known => s.group_by.iter().chain(&s.having).chain(&s.order_by).find_map(|e| self.expr(e)),
            _ => None,
        })
    }

    #[recursive::recursive]
    fn from(&mut self, f: &FromRef) -> Option<Entity> {
        if let Some(e) = f.entity.as_ref().and_then(Entity::of) {
            return Some(e.clone());
        }
        match &f.kind {
            sql::ast::FromKind::Subquery { query, .. } => self.query(query),
            sql::ast::FromKind::Cte(c) => match &c.element {
                sql::ast::CteElement::Query(q) => self.query(q),
                _ => None,
            },
            sql::ast::FromKind::Join(j) => self.from(&j.left).or_else(|| self.from(&j.right)),
            _ => None,
        }
    }

    fn item(&mut self, item: &SelectItem) -> Option<Entity> {
        match item {
            SelectItem::Entity(e) => Entity::of(e).cloned(),
            SelectItem::Expr(e) => self.expr(e),
            SelectItem::From(f) => self.from(f),
            SelectItem::Host(h) => {
                h.as_any().downcast_ref::<orm::attr::Bundled>().and_then(|b| b.items.iter().find_map(|i| self.item(i)))
            }
        }
    }

    fn expr(&mut self, e: &ExprRef) -> Option<Entity> {
        let mut found = None;
        fold::walk(e, &mut |x| {
            if found.is_some() {
                return false;
            }
            found = orm::entity::entity_of(&x.ann).cloned();
            if found.is_none() {
                found = match &x.kind {
                    ExprKind::Entity(en) => Entity::of(en).cloned(),
                    ExprKind::ScalarSelect(q) | ExprKind::Exists(q) | ExprKind::QueryGrouping(q) => {
                        found = self.inner(q);
                        return false;
                    }
                    ExprKind::Column(c) => c.from().and_then(|f| self.from(f)),
                    _ => None,
                };
            }
            found.is_none()
        });
        found
    }
}
