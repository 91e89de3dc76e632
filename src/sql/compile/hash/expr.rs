//! Expressions.

use super::*;

impl Walk {
    pub(super) fn column(&mut self, c: &ColumnRef) {
        match c.from() {
            None => {
                let d = c.column.d.read();
                self.tag(70);
                if let Some(n) = &d.name {
                    self.name(n);
                }
                self.flags(&[d.is_literal]);
                let ty = d.ty.clone();
                drop(d);
                self.ty(&ty);
            }
            Some(f) if matches!(f.kind, FromKind::Table(_)) => self.tag(Arc::as_ptr(&c.column) as u64),
            Some(f) => {
                self.from(f);
                self.text(&c.column.key());
            }
        }
    }
    pub(super) fn bind(&mut self, e: &ExprRef, b: &Bind) {
        self.binds.push(CollectedBind::Expr(e.clone()));
        self.label(&b.key);
        self.flags(&[b.unique, b.expanding, b.required, b.literal_execute, b.isoutparam, matches!(b.value, BindValue::Missing)]);
        if let Some(op) = &b.expand_op {
            self.op(op);
        }
        self.ty(&e.ty);
    }
    #[recursive::recursive]
    pub(super) fn expr(&mut self, e: &ExprRef) {
        use ExprKind as K;
        if let Some(ann) = &e.ann {
            if let Some(key) = &ann.proxy_key {
                self.text(key);
            }
            if let Some(entity) = &ann.entity {
                self.entity(&**entity);
            }
        }
        match &e.kind {
            K::Column(c) => self.column(c),
            K::LiteralColumn(n) => {
                self.tag(2);
                self.name(n);
                self.ty(&e.ty);
            }
            K::Collation(n) => {
                self.tag(201);
                self.name(n);
            }
            K::Bind(b) => {
                self.tag(3);
                self.bind(e, b);
            }
            K::Null => self.tag(4),
            K::True => self.tag(5),
            K::False => self.tag(6),
            K::Text(t) => {
                self.tag(7);
                self.text_clause(t);
                self.ty(&e.ty);
            }
            K::Binary { left, right, op, modifiers, .. } => {
                self.tag(8);
                self.op(op);
                self.expr(left);
                self.expr(right);
                for (name, m) in modifiers {
                    self.text(name);
                    match m {
                        Modifier::Bool(b) => self.flags(&[*b]),
                        Modifier::Str(s) => self.text(s),
                        Modifier::Expr(e) => self.expr(e),
                    }
                }
                if matches!(op, Op::Custom(_) | Op::JsonGetItem | Op::JsonPathGetItem | Op::GetItem) {
                    self.ty(&e.ty);
                }
            }
            K::UnaryPrefix { op, operand } => {
                self.tag(9);
                self.op(op);
                self.expr(operand);
            }
            K::UnaryPostfix { op, operand } => {
                self.tag(10);
                self.op(op);
                self.expr(operand);
            }
            K::AsBoolean { operand, op, .. } => {
                self.tag(11);
                self.op(op);
                self.expr(operand);
            }
            K::BoolList { op, clauses } => {
                self.tag(12);
                self.op(op);
                self.many(clauses);
            }
            K::List { op, clauses, group } => {
                self.tag(13);
                self.op(op);
                self.flags(&[*group]);
                self.many(clauses);
            }
            K::Grouping(x) => {
                self.tag(14);
                self.expr(x);
            }
            K::Label { name, element } => {
                self.tag(15);
                self.label(name);
                self.expr(element);
            }
            K::TextualLabelRef(s) => {
                self.tag(16);
                self.text(s);
            }
            K::LabelRef(x) => {
                self.tag(17);
                self.expr(x);
            }
            K::Cast { element, to, safe } => {
                self.tag(18);
                self.flags(&[*safe]);
                self.expr(element);
                self.ty(to);
            }
            K::TypeCoerce(x) => {
                self.tag(19);
                self.expr(x);
                self.ty(&e.ty);
            }
            K::Case { value, whens, else_ } => {
                self.tag(20 + whens.len() as u64 * 1000);
                self.opt(value);
                for (a, b) in whens {
                    self.expr(a);
                    self.expr(b);
                }
                self.opt(else_);
            }
            K::Extract { field, element } => {
                self.tag(21);
                self.text(field);
                self.expr(element);
            }
            K::Function(f) => {
                self.tag(22);
                f.packages.iter().for_each(|p| self.name(p));
                self.name(&f.name);
                self.many(&f.args);
                self.ty(&e.ty);
            }
            K::Over(o) => {
                self.tag(23);
                self.expr(&o.func);
                self.many(&o.partition_by);
                self.many(&o.order_by);
                if let Some(f) = &o.frame {
                    self.text(f.unit);
                    self.bound(&f.start);
                    self.bound(&f.end);
                }
                if let Some(x) = &o.exclude {
                    self.text(x);
                }
            }
            K::FunctionFilter { func, criterion } => {
                self.tag(24);
                self.expr(func);
                self.expr(criterion);
            }
            K::WithinGroup { func, order_by } => {
                self.tag(25);
                self.expr(func);
                self.many(order_by);
            }
            K::AggregateOrderBy { func, order_by } => {
                self.tag(26);
                self.expr(func);
                self.many(order_by);
            }
            K::Tuple(x) => {
                self.tag(27);
                self.many(x);
            }
            K::ScalarSelect(q) => {
                self.tag(28);
                self.query(q);
            }
            K::Exists(q) => {
                self.tag(29);
                self.query(q);
            }
            K::QueryGrouping(q) => {
                self.tag(30);
                self.query(q);
            }
            K::Slice { start, stop, step } => {
                self.tag(31);
                self.expr(start);
                self.expr(stop);
                self.opt(step);
            }
            K::TableValue(f) => {
                self.tag(32);
                self.from(f);
            }
            K::Entity(x) => {
                self.tag(33);
                self.entity(&**x);
            }
            K::Sequence(s) => {
                self.tag(34);
                self.tag(Arc::as_ptr(s) as u64);
            }
            K::DmlTarget(c) => {
                self.tag(36);
                self.tag(Arc::as_ptr(c) as u64);
            }
            K::Host(h) => {
                self.tag(35);
                self.host_expr(h);
                self.ty(&e.ty);
            }
        }
    }
    pub(super) fn bound(&mut self, b: &Bound) {
        match b {
            Bound::UnboundedPreceding => self.tag(1),
            Bound::Preceding(e) => {
                self.tag(2);
                self.expr(e);
            }
            Bound::Current => self.tag(3),
            Bound::Following(e) => {
                self.tag(4);
                self.expr(e);
            }
            Bound::UnboundedFollowing => self.tag(5),
        }
    }
    pub(super) fn text_clause(&mut self, t: &TextClause) {
        self.text(&t.text);
        for (name, bind) in &t.binds {
            self.text(name);
            self.expr(bind);
        }
    }
}
