//! Walking and rewriting trees.
//!
//! [`walk`] shows every expression of a tree, queries inside included. [`Fold`] rewrites: each method gets a node and gives
//! its replacement; the default rebuilds the node around its folded children and gives the *same* `Arc` back when no child
//! changed, so identity (and a face) survives a rewrite that touches something else.
//!
//! A column reference is a leaf: its FROM is not walked, and whoever replaces a FROM replaces the references to it.

use super::*;
use crate::face::FaceSlot;

/// Rewrites a tree; override what should change.
pub trait Fold {
    /// Replacement of an expression.
    fn fold_expr(&mut self, expr: &ExprRef) -> ExprRef {
        expr_children(self, expr)
    }
    /// Replacement of a FROM element.
    fn fold_from(&mut self, from: &FromRef) -> FromRef {
        from_children(self, from)
    }
    /// Replacement of a query inside an expression.
    fn fold_query(&mut self, query: &QueryRef) -> QueryRef {
        query_children(self, query)
    }
}

struct Changed(bool);

impl Changed {
    fn one<F: Fold + ?Sized>(&mut self, f: &mut F, e: &ExprRef) -> ExprRef {
        let new = f.fold_expr(e);
        self.0 |= !Arc::ptr_eq(&new, e);
        new
    }
    fn opt<F: Fold + ?Sized>(&mut self, f: &mut F, e: &Option<ExprRef>) -> Option<ExprRef> {
        e.as_ref().map(|e| self.one(f, e))
    }
    fn many<F: Fold + ?Sized>(&mut self, f: &mut F, e: &[ExprRef]) -> Vec<ExprRef> {
        e.iter().map(|e| self.one(f, e)).collect()
    }
    fn query<F: Fold + ?Sized>(&mut self, f: &mut F, q: &QueryRef) -> QueryRef {
        let new = f.fold_query(q);
        self.0 |= !Arc::ptr_eq(&new, q);
        new
    }
    fn from<F: Fold + ?Sized>(&mut self, f: &mut F, e: &FromRef) -> FromRef {
        let new = f.fold_from(e);
        self.0 |= !Arc::ptr_eq(&new, e);
        new
    }
    fn froms<F: Fold + ?Sized>(&mut self, f: &mut F, e: &[FromRef]) -> Vec<FromRef> {
        e.iter().map(|e| self.from(f, e)).collect()
    }
    fn bound<F: Fold + ?Sized>(&mut self, f: &mut F, b: &Bound) -> Bound {
        match b {
            Bound::Preceding(e) => Bound::Preceding(self.one(f, e)),
            Bound::Following(e) => Bound::Following(self.one(f, e)),
            other => other.clone(),
        }
    }
}

/// The expression around its folded children.
#[recursive::recursive]
pub fn expr_children<F: Fold + ?Sized>(f: &mut F, expr: &ExprRef) -> ExprRef {
    use ExprKind as K;
    let mut c = Changed(false);
    let kind = match &expr.kind {
        K::Column(_)
        | K::LiteralColumn(_)
        | K::Bind(_)
        | K::Null
        | K::True
        | K::False
        | K::TextualLabelRef(_)
        | K::Entity(_)
        | K::Sequence(_)
        | K::DmlTarget(_)
        | K::Host(_)
        | K::Collation(_) => return expr.clone(),
        K::Text(t) => {
            let binds = t.binds.iter().map(|(n, e)| (n.clone(), c.one(f, e))).collect();
            K::Text(Arc::new(TextClause { text: t.text.clone(), binds }))
        }
        K::Binary { left, right, op, negate, modifiers } => K::Binary {
            left: c.one(f, left),
            right: c.one(f, right),
            op: op.clone(),
            negate: negate.clone(),
            modifiers: modifiers
                .iter()
                .map(|(n, m)| match m {
                    Modifier::Expr(e) => (n.clone(), Modifier::Expr(c.one(f, e))),
                    m => (n.clone(), m.clone()),
                })
                .collect(),
        },
        K::UnaryPrefix { op, operand } => K::UnaryPrefix { op: op.clone(), operand: c.one(f, operand) },
        K::UnaryPostfix { op, operand } => K::UnaryPostfix { op: op.clone(), operand: c.one(f, operand) },
        K::AsBoolean { operand, op, negate } => {
            K::AsBoolean { operand: c.one(f, operand), op: op.clone(), negate: negate.clone() }
        }
        K::BoolList { op, clauses } => K::BoolList { op: op.clone(), clauses: c.many(f, clauses) },
        K::List { op, clauses, group } => K::List { op: op.clone(), clauses: c.many(f, clauses), group: *group },
        K::Grouping(e) => K::Grouping(c.one(f, e)),
        K::Label { name, element } => K::Label { name: name.clone(), element: c.one(f, element) },
        K::LabelRef(e) => K::LabelRef(c.one(f, e)),
        K::Cast { element, to, safe } => K::Cast { element: c.one(f, element), to: to.clone(), safe: *safe },
        K::TypeCoerce(e) => K::TypeCoerce(c.one(f, e)),
        K::Case { value, whens, else_ } => K::Case {
            value: c.opt(f, value),
            whens: whens.iter().map(|(a, b)| (c.one(f, a), c.one(f, b))).collect(),
            else_: c.opt(f, else_),
        },
        K::Extract { field, element } => K::Extract { field: field.clone(), element: c.one(f, element) },
        K::Function(x) => K::Function(Function { args: c.many(f, &x.args), ..x.clone() }),
        K::Over(o) => K::Over(Over {
            func: c.one(f, &o.func),
            partition_by: c.many(f, &o.partition_by),
            order_by: c.many(f, &o.order_by),
            frame: o.frame.as_ref().map(|x| Frame { unit: x.unit, start: c.bound(f, &x.start), end: c.bound(f, &x.end) }),
            exclude: o.exclude.clone(),
        }),
        K::FunctionFilter { func, criterion } => K::FunctionFilter { func: c.one(f, func), criterion: c.one(f, criterion) },
        K::WithinGroup { func, order_by } => K::WithinGroup { func: c.one(f, func), order_by: c.many(f, order_by) },
        K::AggregateOrderBy { func, order_by } => K::AggregateOrderBy { func: c.one(f, func), order_by: c.many(f, order_by) },
        K::Tuple(e) => K::Tuple(c.many(f, e)),
        K::ScalarSelect(q) => K::ScalarSelect(c.query(f, q)),
        K::Exists(q) => K::Exists(c.query(f, q)),
        K::QueryGrouping(q) => K::QueryGrouping(c.query(f, q)),
        K::Slice { start, stop, step } => K::Slice { start: c.one(f, start), stop: c.one(f, stop), step: c.opt(f, step) },
        K::TableValue(x) => K::TableValue(c.from(f, x)),
    };
    if !c.0 {
        return expr.clone();
    }
    Arc::new(Expr { kind, ty: expr.ty.clone(), ann: expr.ann.clone(), face: FaceSlot::default() })
}

/// The FROM element around its folded children. Joins and groupings only: what has a name of its own (alias, subquery,
/// CTE) is a boundary, since its columns are known by its identity.
#[recursive::recursive]
pub fn from_children<F: Fold + ?Sized>(f: &mut F, from: &FromRef) -> FromRef {
    let mut c = Changed(false);
    let kind = match &from.kind {
        FromKind::Join(j) => FromKind::Join(Arc::new(Join {
            left: c.from(f, &j.left),
            right: c.from(f, &j.right),
            onclause: c.one(f, &j.onclause),
            isouter: j.isouter,
            full: j.full,
        })),
        FromKind::Grouping(x) => FromKind::Grouping(c.from(f, x)),
        _ => return from.clone(),
    };
    if c.0 { From::new(kind) } else { from.clone() }
}

/// The query around its folded children.
#[recursive::recursive]
pub fn query_children<F: Fold + ?Sized>(f: &mut F, query: &QueryRef) -> QueryRef {
    let mut c = Changed(false);
    let kind = match &query.kind {
        QueryKind::Select(s) => {
            let (new, changed) = select_children(f, s);
            c.0 = changed;
            QueryKind::Select(Box::new(new))
        }
        QueryKind::Compound(s) => {
            let mut new = (**s).clone();
            new.selects = s.selects.iter().map(|q| c.query(f, q)).collect();
            new.group_by = c.many(f, &s.group_by);
            new.order_by = c.many(f, &s.order_by);
            new.limit = c.opt(f, &s.limit);
            new.offset = c.opt(f, &s.offset);
            QueryKind::Compound(Box::new(new))
        }
        QueryKind::Grouping(q) => QueryKind::Grouping(c.query(f, q)),
        QueryKind::Textual(t) => {
            let mut new = (**t).clone();
            let binds = t.text.binds.iter().map(|(n, e)| (n.clone(), c.one(f, e))).collect();
            new.text = Arc::new(TextClause { text: t.text.text.clone(), binds });
            QueryKind::Textual(Box::new(new))
        }
        QueryKind::FromStatement(_) | QueryKind::Values(_) => return query.clone(),
    };
    if c.0 { Query::new(kind) } else { query.clone() }
}

/// The SELECT around its folded children, and whether anything changed.
pub fn select_children<F: Fold + ?Sized>(f: &mut F, s: &Select) -> (Select, bool) {
    let mut c = Changed(false);
    let mut new = s.clone();
    for item in &mut new.columns {
        match item {
            SelectItem::Expr(e) => *e = c.one(f, e),
            SelectItem::From(x) => *x = c.from(f, x),
            SelectItem::Entity(_) | SelectItem::Host(_) => {}
        }
    }
    new.from_obj = c.froms(f, &s.from_obj);
    for join in &mut new.joins {
        if let JoinTarget::From(x) = &mut join.target {
            *x = c.from(f, x);
        }
        if let Some(JoinTarget::From(x)) = &mut join.left {
            *x = c.from(f, x);
        }
        if let Some(JoinOn::Expr(e)) = &mut join.onclause {
            *e = c.one(f, e);
        }
    }
    new.where_ = c.many(f, &s.where_);
    new.group_by = c.many(f, &s.group_by);
    new.having = c.many(f, &s.having);
    new.order_by = c.many(f, &s.order_by);
    new.limit = c.opt(f, &s.limit);
    new.offset = c.opt(f, &s.offset);
    if let Some(fetch) = &mut new.fetch {
        fetch.count = c.one(f, &fetch.count);
    }
    if let Distinct::On(on) = &s.distinct {
        new.distinct = Distinct::On(c.many(f, on));
    }
    if let Some(fu) = &mut new.for_update {
        fu.of = fu.of.iter().map(|e| c.one(f, e)).collect();
        fu.of_from = fu.of_from.iter().map(|x| c.from(f, x)).collect();
    }
    match &mut new.correlate {
        Correlate::To(l) | Correlate::Except(l) => *l = l.iter().map(|x| c.from(f, x)).collect(),
        Correlate::Auto | Correlate::None => {}
    }
    (new, c.0)
}

struct Walk<'a>(&'a mut dyn FnMut(&ExprRef) -> bool);

impl Fold for Walk<'_> {
    fn fold_expr(&mut self, expr: &ExprRef) -> ExprRef {
        if (self.0)(expr) {
            expr_children(self, expr);
        }
        expr.clone()
    }
    fn fold_query(&mut self, query: &QueryRef) -> QueryRef {
        query_children(self, query);
        query.clone()
    }
}

/// Shows every expression under `expr`, itself first; `visit` tells whether to go on below the one it was shown.
pub fn walk(expr: &ExprRef, visit: &mut dyn FnMut(&ExprRef) -> bool) {
    Walk(visit).fold_expr(expr);
}

/// Replaces whatever `replace` gives a replacement for; replacements are not walked again.
pub struct Replace<'a>(pub &'a mut dyn FnMut(&ExprRef) -> Option<ExprRef>);

impl Fold for Replace<'_> {
    fn fold_expr(&mut self, expr: &ExprRef) -> ExprRef {
        match (self.0)(expr) {
            Some(new) => new,
            None => expr_children(self, expr),
        }
    }
}

/// `expr` with every sub-expression replaced for which `replace` has a replacement.
pub fn replace(expr: &ExprRef, replace: &mut dyn FnMut(&ExprRef) -> Option<ExprRef>) -> ExprRef {
    Replace(replace).fold_expr(expr)
}
