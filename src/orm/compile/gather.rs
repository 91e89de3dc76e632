//! Which entities an expression brings into a statement.
//!
//! Criteria that come with an entity (single-table inheritance, `with_loader_criteria`) hold for every entity of the FROM
//! list. Two places say which those are: an element of the columns clause counts for one entity, the one that stands least
//! deep in it; WHERE counts for all that its comparisons name. ORDER BY, GROUP BY and HAVING count for none.

use crate::attr::Bundled;
use crate::entity::Entity;
use crate::mapper::Mapper;
use rustc_hash::FxHashSet;
use sql::ast::children::children;
use sql::ast::{ExprKind, ExprRef, Node, Query, QueryKind, Select, SelectItem};
use std::sync::Arc;

/// Arguments of a function stand deeper than operands: inside its parentheses and the list between them.
const ARGUMENTS: usize = 3;

fn is_statement(e: &ExprRef) -> bool {
    matches!(e.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_))
}

fn entity_of(e: &ExprRef) -> Option<Entity> {
    if let ExprKind::Entity(entity) = &e.kind {
        return Entity::of(entity).cloned();
    }
    crate::entity::entity_of(&e.ann).cloned()
}

fn parts(e: &ExprRef) -> impl Iterator<Item = ExprRef> {
    children(&Node::Expr(e.clone())).into_iter().filter_map(|n| match n {
        Node::Expr(e) => Some(e),
        _ => None,
    })
}

/// The entity of an element of the columns clause.
pub(crate) fn leading(e: &ExprRef) -> Option<Entity> {
    #[recursive::recursive]
    fn search(e: &ExprRef, depth: usize, best: &mut Option<(usize, Entity)>) {
        if best.as_ref().is_some_and(|(d, _)| *d <= depth) {
            return;
        }
        if let Some(entity) = entity_of(e) {
            *best = Some((depth, entity));
            return;
        }
        if is_statement(e) {
            return;
        }
        let step = if matches!(e.kind, ExprKind::Function(_)) { ARGUMENTS } else { 1 };
        parts(e).for_each(|p| search(&p, depth + step, best));
    }
    let mut best = None;
    search(e, 0, &mut best);
    best.map(|(_, entity)| entity)
}

/// The mappers whose rows or attributes a statement selects.
pub fn selected(select: &Select) -> Vec<Arc<Mapper>> {
    #[recursive::recursive]
    fn of_items(items: &[SelectItem], out: &mut Vec<Arc<Mapper>>) {
        for item in items {
            match item {
                SelectItem::Entity(e) => out.extend(Entity::of(e).map(|e| e.mapper.clone())),
                SelectItem::Expr(e) => out.extend(leading(e).map(|e| e.mapper)),
                SelectItem::Host(h) => {
                    if let Some(b) = h.as_any().downcast_ref::<Bundled>() {
                        of_items(&b.items, out);
                    }
                }
                SelectItem::From(_) => {}
            }
        }
    }
    let mut out = Vec::new();
    of_items(&select.columns, &mut out);
    out
}

/// The entities of a criterion. What is passed to a function is the function's.
#[recursive::recursive]
pub(crate) fn compared(e: &ExprRef, found: &mut dyn FnMut(&Entity, &ExprRef)) {
    if let Some(entity) = entity_of(e) {
        found(&entity, e);
        return;
    }
    if !is_statement(e) && !matches!(e.kind, ExprKind::Function(_)) {
        parts(e).for_each(|p| compared(&p, found));
    }
}

/// Whether statements of the ORM stand inside a plain one.
pub(crate) fn nests(select: &Select) -> bool {
    #[recursive::recursive]
    fn any(node: &Node, seen: &mut FxHashSet<usize>) -> bool {
        match node {
            Node::Query(q) => match &q.kind {
                QueryKind::Select(s) if s.orm => return true,
                QueryKind::FromStatement(_) => return true,
                _ => {}
            },
            Node::Expr(e) => {
                if let ExprKind::Column(c) = &e.kind {
                    return c.from().is_some_and(|f| any(&Node::From(f.clone()), seen));
                }
            }
            // a recursive CTE contains itself
            Node::From(f) if !seen.insert(f.id()) || matches!(f.kind, sql::ast::FromKind::Table(_)) => return false,
            _ => {}
        }
        children(node).iter().any(|c| any(c, seen))
    }
    any(&Node::Query(Query::select(select.clone())), &mut FxHashSet::default())
}
