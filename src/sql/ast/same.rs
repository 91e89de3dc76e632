//! Structural equality (`ClauseElement.compare`).

use super::children::children;
use super::*;
use std::mem::discriminant;
use std::sync::Arc;

/// Whether two nodes are the same SQL with the same values.
#[recursive::recursive]
pub fn same(a: &Node, b: &Node) -> bool {
    let own = match (a, b) {
        (Node::Expr(a), Node::Expr(b)) => {
            if Arc::ptr_eq(a, b) {
                return true;
            }
            expr(a, b)
        }
        (Node::From(a), Node::From(b)) => {
            if a.id() == b.id() {
                return true;
            }
            from(a, b)
        }
        (Node::Query(a), Node::Query(b)) => {
            if Arc::ptr_eq(a, b) {
                return true;
            }
            query(a, b)
        }
        (Node::Insert(a), Node::Insert(b)) => a.inline == b.inline,
        (Node::Update(a), Node::Update(b)) => a.ordered == b.ordered,
        (Node::Delete(_), Node::Delete(_)) => true,
        (Node::Type(a), Node::Type(b)) => return a.visit_name == b.visit_name,
        _ => false,
    };
    if !own {
        return false;
    }
    // Tables are equal by identity only; their columns would lead back to them.
    if matches!(a, Node::From(f) if matches!(f.kind, FromKind::Table(_))) {
        return false;
    }
    kids(a, b)
}

fn kids(a: &Node, b: &Node) -> bool {
    let (x, y) = (children(a), children(b));
    x.len() == y.len() && x.iter().zip(&y).all(|(p, q)| same(p, q))
}

fn expr(a: &ExprRef, b: &ExprRef) -> bool {
    use ExprKind as K;
    match (&a.kind, &b.kind) {
        (K::Column(x), K::Column(y)) => {
            Arc::ptr_eq(&x.column, &y.column)
                || x.column.d.read().lightweight
                    && y.column.d.read().lightweight
                    && x.column.name() == y.column.name()
                    && match (x.from(), y.from()) {
                        (None, None) => true,
                        (Some(f), Some(g)) => f.id() == g.id(),
                        _ => false,
                    }
        }
        (K::LiteralColumn(x), K::LiteralColumn(y)) | (K::Collation(x), K::Collation(y)) => x == y,
        (K::Bind(x), K::Bind(y)) => {
            (x.unique || x.key == y.key)
                && x.unique == y.unique
                && a.ty.visit_name == b.ty.visit_name
                && match (&x.value, &y.value) {
                    (BindValue::Host(p), BindValue::Host(q)) => {
                        p.same(&**q) || p.as_literal().is_some_and(|l| Some(l) == q.as_literal())
                    }
                    (BindValue::Literal(p), BindValue::Literal(q)) => p == q,
                    (BindValue::Missing, BindValue::Missing) => true,
                    _ => false,
                }
        }
        (K::Text(x), K::Text(y)) => x.text == y.text,
        (K::Binary { op: p, .. }, K::Binary { op: q, .. })
        | (K::UnaryPrefix { op: p, .. }, K::UnaryPrefix { op: q, .. })
        | (K::UnaryPostfix { op: p, .. }, K::UnaryPostfix { op: q, .. })
        | (K::AsBoolean { op: p, .. }, K::AsBoolean { op: q, .. })
        | (K::BoolList { op: p, .. }, K::BoolList { op: q, .. })
        | (K::List { op: p, .. }, K::List { op: q, .. }) => p == q,
        (K::Label { name: x, .. }, K::Label { name: y, .. }) => match (x, y) {
            (crate::Label::Fixed(p), crate::Label::Fixed(q)) => p == q,
            (crate::Label::Fixed(_), _) | (_, crate::Label::Fixed(_)) => false,
            _ => true,
        },
        (K::TextualLabelRef(x), K::TextualLabelRef(y)) => x == y,
        (K::Cast { to: x, safe: s, .. }, K::Cast { to: y, safe: t, .. }) => {
            x.visit_name == y.visit_name && x.length == y.length && s == t
        }
        (K::TypeCoerce(_), K::TypeCoerce(_)) => a.ty.visit_name == b.ty.visit_name,
        (K::Case { value: v, whens: w, else_: e }, K::Case { value: x, whens: y, else_: z }) => {
            v.is_some() == x.is_some() && w.len() == y.len() && e.is_some() == z.is_some()
        }
        (K::Extract { field: x, .. }, K::Extract { field: y, .. }) => x == y,
        (K::Function(x), K::Function(y)) => x.name == y.name && x.packages == y.packages,
        (K::Host(x), K::Host(y)) => std::ptr::addr_eq(Arc::as_ptr(x), Arc::as_ptr(y)),
        (x, y) => discriminant(x) == discriminant(y),
    }
}

fn from(a: &FromRef, b: &FromRef) -> bool {
    let label = |f: &FromRef| proxy::from_label(f);
    let names = match (label(a), label(b)) {
        (Some(crate::Label::Fixed(x)), Some(crate::Label::Fixed(y))) => x == y,
        (Some(crate::Label::Fixed(_)), _) | (_, Some(crate::Label::Fixed(_))) => false,
        _ => true,
    };
    names
        && match (&a.kind, &b.kind) {
            (FromKind::Join(x), FromKind::Join(y)) => x.isouter == y.isouter && x.full == y.full,
            (FromKind::Text(x), FromKind::Text(y)) => x.text == y.text,
            (x, y) => discriminant(x) == discriminant(y),
        }
}

fn query(a: &QueryRef, b: &QueryRef) -> bool {
    match (&a.kind, &b.kind) {
        (QueryKind::Select(x), QueryKind::Select(y)) => {
            let counts = |s: &Select| (s.columns.len(), s.where_.len(), s.order_by.len(), s.group_by.len(), s.limit.is_some());
            counts(x) == counts(y) && discriminant(&x.distinct) == discriminant(&y.distinct) && x.label_style == y.label_style
        }
        (QueryKind::Compound(x), QueryKind::Compound(y)) => x.keyword == y.keyword,
        (QueryKind::Textual(x), QueryKind::Textual(y)) => x.text.text == y.text.text,
        (x, y) => discriminant(x) == discriminant(y),
    }
}
