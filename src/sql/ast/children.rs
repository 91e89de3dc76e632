//! The direct parts of a node, in reading order.

use super::*;

fn e(x: &ExprRef) -> Node {
    Node::Expr(x.clone())
}
fn es(xs: &[ExprRef]) -> Vec<Node> {
    xs.iter().map(e).collect()
}
fn items(xs: &[SelectItem]) -> Vec<Node> {
    xs.iter()
        .filter_map(|i| match i {
            SelectItem::Expr(x) => Some(e(x)),
            SelectItem::From(f) => Some(Node::From(f.clone())),
            SelectItem::Entity(en) => Some(Node::From(en.selectable())),
            SelectItem::Host(_) => None,
        })
        .collect()
}
fn values(v: &DmlValues) -> Vec<Node> {
    let row = |r: &Vec<(ColumnKey, DmlValue)>| -> Vec<Node> {
        r.iter().filter_map(|(_, v)| if let DmlValue::Expr(x) = v { Some(e(x)) } else { None }).collect()
    };
    match v {
        DmlValues::None => Vec::new(),
        DmlValues::Single(r) => row(r),
        DmlValues::Multi(rs) => rs.iter().flat_map(row).collect(),
    }
}

/// See the module documentation.
pub fn children(node: &Node) -> Vec<Node> {
    match node {
        Node::Expr(x) => expr(x),
        Node::From(f) => from(f),
        Node::Query(q) => query(q),
        Node::Insert(i) => {
            let mut out = vec![Node::From(i.table.clone())];
            out.extend(values(&i.values));
            out.extend(i.from_select.iter().map(|s| Node::Query(s.query.clone())));
            out.extend(items(&i.common.returning));
            out
        }
        Node::Update(u) => {
            let mut out = vec![Node::From(u.table.clone())];
            out.extend(values(&u.values));
            out.extend(es(&u.where_));
            out.extend(items(&u.common.returning));
            out
        }
        Node::Delete(d) => {
            let mut out = vec![Node::From(d.table.clone())];
            out.extend(es(&d.where_));
            out.extend(items(&d.common.returning));
            out
        }
        Node::Type(_) => Vec::new(),
    }
}

fn expr(x: &ExprRef) -> Vec<Node> {
    match &x.kind {
        ExprKind::Binary { left, right, .. } => vec![e(left), e(right)],
        ExprKind::UnaryPrefix { operand, .. } | ExprKind::UnaryPostfix { operand, .. } | ExprKind::AsBoolean { operand, .. } => {
            vec![e(operand)]
        }
        ExprKind::BoolList { clauses, .. } | ExprKind::List { clauses, .. } | ExprKind::Tuple(clauses) => es(clauses),
        ExprKind::Grouping(i) | ExprKind::TypeCoerce(i) | ExprKind::LabelRef(i) => vec![e(i)],
        ExprKind::Label { element, .. } | ExprKind::Cast { element, .. } | ExprKind::Extract { element, .. } => vec![e(element)],
        ExprKind::Case { value, whens, else_ } => {
            let mut out: Vec<Node> = value.iter().map(e).collect();
            out.extend(whens.iter().flat_map(|(a, b)| [e(a), e(b)]));
            out.extend(else_.iter().map(e));
            out
        }
        ExprKind::Function(f) => es(&f.args),
        ExprKind::Over(o) => {
            let mut out = vec![e(&o.func)];
            out.extend(es(&o.partition_by));
            out.extend(es(&o.order_by));
            out
        }
        ExprKind::FunctionFilter { func, criterion } => vec![e(func), e(criterion)],
        ExprKind::WithinGroup { func, order_by } | ExprKind::AggregateOrderBy { func, order_by } => {
            let mut out = vec![e(func)];
            out.extend(es(order_by));
            out
        }
        ExprKind::ScalarSelect(q) | ExprKind::Exists(q) | ExprKind::QueryGrouping(q) => vec![Node::Query(q.clone())],
        ExprKind::Slice { start, stop, step } => [Some(start), Some(stop), step.as_ref()].into_iter().flatten().map(e).collect(),
        ExprKind::TableValue(f) => vec![Node::From(f.clone())],
        ExprKind::Text(t) => t.binds.iter().map(|(_, b)| e(b)).collect(),
        ExprKind::Host(h) => h.children(),
        _ => Vec::new(),
    }
}

fn from(f: &FromRef) -> Vec<Node> {
    match &f.kind {
        FromKind::Table(_) => proxy::columns(f).iter().map(|(_, c)| e(c)).collect(),
        FromKind::Alias { element, .. } | FromKind::Grouping(element) => vec![Node::From(element.clone())],
        FromKind::TableSample { element, sampling, seed, .. } => {
            let mut out = vec![Node::From(element.clone()), e(sampling)];
            out.extend(seed.iter().map(e));
            out
        }
        FromKind::Subquery { query, .. } | FromKind::Query(query) => vec![Node::Query(query.clone())],
        FromKind::Cte(c) => match &c.element {
            CteElement::Query(q) => vec![Node::Query(q.clone())],
            CteElement::Insert(i) => vec![Node::Insert(i.clone())],
            CteElement::Update(u) => vec![Node::Update(u.clone())],
            CteElement::Delete(d) => vec![Node::Delete(d.clone())],
        },
        FromKind::Lateral { element, .. } => match element {
            LateralElement::Query(q) => vec![Node::Query(q.clone())],
            LateralElement::From(f) => vec![Node::From(f.clone())],
        },
        FromKind::Values(v) => v.data.iter().flatten().flatten().map(e).collect(),
        FromKind::TableValued(t) => vec![e(&t.func)],
        FromKind::Function(func) => vec![e(func)],
        FromKind::Join(j) => vec![Node::From(j.left.clone()), Node::From(j.right.clone()), e(&j.onclause)],
        FromKind::Text(t) => t.binds.iter().map(|(_, b)| e(b)).collect(),
        FromKind::Host(h) => h.children(),
    }
}

fn query(q: &QueryRef) -> Vec<Node> {
    match &q.kind {
        QueryKind::Select(s) => {
            let mut out = items(&s.columns);
            out.extend(s.from_obj.iter().map(|f| Node::From(f.clone())));
            out.extend(s.joins.iter().flat_map(|j| {
                let target = match &j.target {
                    JoinTarget::From(f) => Some(Node::From(f.clone())),
                    JoinTarget::Entity(en) => Some(Node::From(en.selectable())),
                    JoinTarget::Attribute(_) => None,
                };
                let on = match &j.onclause {
                    Some(JoinOn::Expr(x)) => Some(e(x)),
                    _ => None,
                };
                target.into_iter().chain(on)
            }));
            for part in [&s.where_, &s.group_by, &s.having, &s.order_by] {
                out.extend(es(part));
            }
            if let Distinct::On(on) = &s.distinct {
                out.extend(es(on));
            }
            out.extend([&s.limit, &s.offset].into_iter().flatten().map(e));
            out.extend(s.fetch.iter().map(|f| e(&f.count)));
            out.extend(s.ctes.iter().map(|(c, _)| Node::From(c.clone())));
            out
        }
        QueryKind::Compound(c) => {
            let mut out: Vec<Node> = c.selects.iter().map(|q| Node::Query(q.clone())).collect();
            out.extend(es(&c.group_by));
            out.extend(es(&c.order_by));
            out.extend([&c.limit, &c.offset].into_iter().flatten().map(e));
            out
        }
        QueryKind::Textual(t) => {
            let mut out: Vec<Node> = t.text.binds.iter().map(|(_, b)| e(b)).collect();
            out.extend(es(&t.columns));
            out
        }
        QueryKind::FromStatement(f) => vec![f.element.clone()],
        QueryKind::Grouping(q) => vec![Node::Query(q.clone())],
        QueryKind::Values(f) => vec![Node::From(f.clone())],
    }
}
