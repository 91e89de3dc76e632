//! Where `filter_by()` looks names up: the namespaces of a SELECT, an UPDATE or a DELETE.
//!
//! A column clause gives the entities of its attributes and the FROM elements of other expressions, `select_from()` gives what it
//! names, a join its right side. Each is searched once; a class named as the target of a join, or as that of an UPDATE, is a
//! namespace of its own beside the same class in the columns clause, as its table is beside both.

use crate::Entity;
use crate::attr::{Bundled, RelationshipAttr};
use crate::entity::entity_of;
use sql::ast::froms::expr_froms;
use sql::ast::{ExprKind, ExprRef, FromKind, FromRef, JoinTarget, Select, SelectItem};
use sql::host::HostRef;

/// One namespace.
#[derive(Clone, Debug)]
pub enum Namespace {
    /// Attributes of a class or alias.
    Entity(Entity),
    /// The same, where the class stands for a FROM element: messages name that.
    Target(Entity, FromRef),
    /// Columns of a FROM element.
    From(FromRef),
    /// Elements of a Bundle: the host's object.
    Bundle(HostRef),
}

impl Namespace {
    fn of_from(from: &FromRef) -> Self {
        match from.entity.as_ref().and_then(Entity::of) {
            Some(e) => Self::Entity(e.clone()),
            None => Self::From(from.clone()),
        }
    }
    /// As target of a statement or a join.
    fn of_target(from: &FromRef) -> Self {
        match Self::of_from(from) {
            Self::Entity(e) => Self::Target(e, from.clone()),
            other => other,
        }
    }
    fn same(&self, other: &Self) -> bool {
        use sql::host::EntityNode;
        match (self, other) {
            (Self::Entity(a), Self::Entity(b)) | (Self::Target(a, _), Self::Target(b, _)) => a.entity_id() == b.entity_id(),
            (Self::From(a), Self::From(b)) => a.id() == b.id(),
            (Self::Bundle(a), Self::Bundle(b)) => std::sync::Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

fn push(out: &mut Vec<Namespace>, found: Namespace) {
    if !out.iter().any(|n| n.same(&found)) {
        out.push(found);
    }
}

fn push_expr(out: &mut Vec<Namespace>, e: &ExprRef) {
    // an attribute is its entity's; in any other expression only the FROM elements count
    let own = match &e.kind {
        ExprKind::Label { element, .. } if e.ann.is_some() => entity_of(&e.ann).or_else(|| entity_of(&element.ann)),
        _ => entity_of(&e.ann),
    };
    if let Some(entity) = own {
        return push(out, Namespace::Entity(entity.clone()));
    }
    let mut froms = Vec::new();
    expr_froms(e, &mut froms);
    for f in froms {
        push(out, Namespace::From(f));
    }
}

/// `orm.join()` of entities stands for the left one.
fn left_entity(found: &[Namespace], from: &FromRef) -> Option<Entity> {
    let mut left = from;
    while let FromKind::Join(j) = &left.kind {
        left = &j.left;
    }
    found.iter().find_map(|n| match n {
        Namespace::Entity(e) if left.id() != from.id() && crate::compile::selectable(e).id() == left.id() => Some(e.clone()),
        _ => None,
    })
}

/// Of a SELECT, in order of appearance.
#[must_use]
pub fn of_select(s: &Select) -> Vec<Namespace> {
    let mut out = Vec::new();
    for item in &s.columns {
        match item {
            SelectItem::Expr(e) => push_expr(&mut out, e),
            SelectItem::From(f) => push(&mut out, Namespace::of_from(f)),
            SelectItem::Entity(e) => {
                if let Some(e) = Entity::of(e) {
                    push(&mut out, Namespace::Entity(e.clone()));
                }
            }
            SelectItem::Host(h) => {
                if let Some(b) = h.as_any().downcast_ref::<Bundled>() {
                    // a composite attribute is a bundle that its entity made
                    match &b.entity {
                        Some(e) => push(&mut out, Namespace::Entity(e.clone())),
                        None => push(&mut out, Namespace::Bundle(b.host.clone())),
                    }
                }
            }
        }
    }
    for f in s.from_obj.iter().chain(&s.memo_froms) {
        let found = match left_entity(&out, f) {
            Some(e) => Namespace::Entity(e),
            None => Namespace::of_from(f),
        };
        push(&mut out, found);
    }
    for j in &s.joins {
        match &j.target {
            JoinTarget::From(f) => push(&mut out, Namespace::of_target(f)),
            JoinTarget::Entity(e) => {
                if let Some(e) = Entity::of(e) {
                    push(&mut out, Namespace::Target(e.clone(), crate::compile::selectable(e)));
                }
            }
            JoinTarget::Attribute(h) => {
                if let Some(e) = h.as_any().downcast_ref::<RelationshipAttr>().and_then(RelationshipAttr::destination) {
                    push(&mut out, Namespace::Entity(e));
                }
            }
        }
    }
    out
}

/// Of an UPDATE or DELETE: its target, and the other FROM elements of its criteria.
#[must_use]
pub fn of_change(target: &FromRef, criteria: &[ExprRef], further: &[FromRef]) -> Vec<Namespace> {
    let mut froms = Vec::new();
    for w in criteria {
        expr_froms(w, &mut froms);
    }
    let mut out = vec![Namespace::of_target(target)];
    for f in froms.iter().chain(further) {
        if f.id() != target.id() {
            push(&mut out, Namespace::From(f.clone()));
        }
    }
    out
}
