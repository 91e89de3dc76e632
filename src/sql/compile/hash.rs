//! One walk that yields the cache key of a statement and the values it carries.
//!
//! The key covers everything that decides the text and the conversions, and no bound value. Tables and their columns count by
//! address (the cached [`super::Compiled`] holds its statement, so an address in use is never reused); aliases, subqueries and anonymous
//! names count by structure and order, so a statement that is built again finds its compiled form.

use super::CollectedBind;
use crate::ast::*;
use crate::host::{EntityNode, HostRef, Structure};
use crate::name::{Label, Name};
use crate::types::TypeRef;
use rustc_hash::FxHashMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Key and values of a statement.
#[derive(Debug, Default)]
pub struct Shape {
    /// `None`: must not be cached.
    pub hash: Option<u128>,
    /// See [`super::collect_binds`].
    pub binds: Vec<CollectedBind>,
    /// Options of the statement hold values beyond its execution (see [`Structure::lasting`]): the compiled text may be
    /// shared, a load plan may not.
    pub lasting: bool,
}

/// The structural hash of a node, without bound values; `None` when user code in it forbids caching.
pub fn structural_hash(node: &Node) -> Option<u128> {
    shape(node).hash
}

/// Structural hash and bound values in one walk.
pub fn shape(node: &Node) -> Shape {
    let mut w = Walk {
        h: Lanes { a: 0x9e37_79b9_7f4a_7c15, b: 0xc2b2_ae3d_27d4_eb4f },
        ok: true,
        binds: Vec::new(),
        ids: FxHashMap::default(),
        froms: FxHashMap::default(),
        entities: FxHashMap::default(),
        lasting: false,
    };
    w.node(node);
    let hash = w.ok.then(|| u128::from(w.h.a) << 64 | u128::from(w.h.b));
    Shape { hash, binds: w.binds, lasting: w.lasting }
}

/// Two independent 64-bit lanes.
struct Lanes {
    a: u64,
    b: u64,
}

impl Hasher for Lanes {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0u8; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
        self.write_u64(bytes.len() as u64);
    }
    fn write_u64(&mut self, n: u64) {
        self.a = (self.a.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
        self.b = (self.b ^ n).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(31).wrapping_add(0x2545_f491_4f6c_dd1d);
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn finish(&self) -> u64 {
        self.a
    }
}

struct Walk {
    h: Lanes,
    ok: bool,
    binds: Vec<CollectedBind>,
    ids: FxHashMap<u64, u32>,
    froms: FxHashMap<usize, u32>,
    entities: FxHashMap<u64, u32>,
    lasting: bool,
}

impl Structure for Walk {
    fn tag(&mut self, n: u64) {
        self.h.write_u64(n);
    }
    fn text(&mut self, s: &str) {
        self.h.write(s.as_bytes());
    }
    fn node(&mut self, node: &Node) {
        Walk::node(self, node);
    }
    fn items(&mut self, items: &[SelectItem]) {
        Walk::items(self, items);
    }
    fn entity(&mut self, entity: &dyn EntityNode) {
        let next = self.entities.len() as u32;
        match self.entities.entry(entity.entity_id()) {
            std::collections::hash_map::Entry::Occupied(known) => {
                let n = *known.get();
                self.h.write_u64(300 + u64::from(n));
            }
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(next);
                entity.structure(self);
            }
        }
    }
    fn lasting(&mut self, node: &Node) {
        let before = self.binds.len();
        Walk::node(self, node);
        self.lasting |= self.binds.len() != before;
    }
    fn unique(&mut self) {
        self.lasting = true;
    }
}

fn op_code(op: &Op) -> u64 {
    // The discriminant of an enum with data is not castable; Hash of `Discriminant` is stable within a process.
    let mut h = rustc_hash::FxHasher::default();
    std::mem::discriminant(op).hash(&mut h);
    h.finish()
}

impl Walk {
    fn tag(&mut self, n: u64) {
        self.h.write_u64(n);
    }
    fn text(&mut self, s: &str) {
        self.h.write(s.as_bytes());
    }
    fn flags(&mut self, flags: &[bool]) {
        let n = flags.iter().fold(1u64, |acc, b| acc << 1 | u64::from(*b));
        self.tag(n);
    }
    fn name(&mut self, n: &Name) {
        self.text(&n.text);
        self.tag(n.quote.map_or(2, u64::from));
    }
    fn id(&mut self, id: u64) {
        let next = self.ids.len() as u32;
        let n = *self.ids.entry(id).or_insert(next);
        self.tag(u64::from(n));
    }
    fn label(&mut self, l: &Label) {
        match l {
            Label::Fixed(n) => {
                self.tag(1);
                self.name(n);
            }
            Label::Anon { id, base } => {
                self.tag(2);
                self.id(*id);
                self.text(base);
            }
            Label::AnonOf { id, base } => {
                self.tag(3);
                self.id(*id);
                self.label(base);
            }
            Label::Composed(parts) => {
                self.tag(4 + parts.len() as u64);
                parts.iter().for_each(|p| self.label(p));
            }
        }
    }
    fn ty(&mut self, t: &TypeRef) {
        self.ok &= t.hash_into(&mut self.h);
    }
    fn host(&mut self, h: &HostRef) {
        if !h.structure(self) {
            self.tag(h.identity() as u64);
        }
    }
    fn entity(&mut self, e: &dyn EntityNode) {
        Structure::entity(self, e);
    }
    fn host_expr(&mut self, h: &Arc<dyn crate::host::HostExpr>) {
        match h.structural_hash() {
            Some(n) => {
                self.tag(n as u64);
                self.tag((n >> 64) as u64);
            }
            None => self.ok = false,
        }
        for child in h.children() {
            self.node(&child);
        }
    }
    fn opt(&mut self, e: &Option<ExprRef>) {
        match e {
            Some(e) => {
                self.tag(1);
                self.expr(e);
            }
            None => self.tag(0),
        }
    }
    fn many(&mut self, e: &[ExprRef]) {
        self.tag(e.len() as u64);
        e.iter().for_each(|e| self.expr(e));
    }
    fn op(&mut self, op: &Op) {
        self.tag(op_code(op));
        if let Op::Custom(c) = op {
            self.text(&c.text);
            self.flags(&[c.is_comparison, c.eager_grouping]);
        }
    }
    fn node(&mut self, node: &Node) {
        match node {
            Node::Expr(e) => self.expr(e),
            Node::From(f) => self.from(f),
            Node::Query(q) => self.query(q),
            Node::Insert(i) => self.insert(i),
            Node::Update(u) => self.update(u),
            Node::Delete(d) => self.delete(d),
            Node::Type(t) => self.ty(t),
        }
    }
    fn column(&mut self, c: &ColumnRef) {
        match &c.from {
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
    fn bind(&mut self, e: &ExprRef, b: &Bind) {
        self.binds.push(CollectedBind::Expr(e.clone()));
        self.label(&b.key);
        self.flags(&[b.unique, b.expanding, b.required, b.literal_execute, b.isoutparam, matches!(b.value, BindValue::Missing)]);
        if let Some(op) = &b.expand_op {
            self.op(op);
        }
        self.ty(&e.ty);
    }
    fn expr(&mut self, e: &ExprRef) {
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
    fn bound(&mut self, b: &Bound) {
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
    fn text_clause(&mut self, t: &TextClause) {
        self.text(&t.text);
        for (name, bind) in &t.binds {
            self.text(name);
            self.expr(bind);
        }
    }
    fn from(&mut self, f: &FromRef) {
        use FromKind as K;
        if let K::Table(t) = &f.kind {
            self.tag(Arc::as_ptr(t) as u64);
            return;
        }
        let next = self.froms.len() as u32;
        if let Some(n) = self.froms.get(&f.id()) {
            let n = *n;
            self.tag(100 + u64::from(n));
            return;
        }
        self.froms.insert(f.id(), next);
        match &f.kind {
            K::Table(_) => {}
            K::Alias { element, name } => {
                self.tag(40);
                self.label(name);
                self.from(element);
            }
            K::Function(func) => {
                self.tag(202);
                self.expr(func);
            }
            K::Subquery { query, name } => {
                self.tag(41);
                self.label(name);
                self.query(query);
            }
            K::Cte(c) => {
                self.tag(42);
                self.label(&c.name);
                self.flags(&[c.recursive, c.nesting]);
                self.affixes(&c.prefixes);
                self.affixes(&c.suffixes);
                for other in [&c.alias_of, &c.restates].into_iter().flatten() {
                    self.from(other);
                }
                match &c.element {
                    CteElement::Query(q) => self.query(q),
                    CteElement::Insert(i) => self.insert(i),
                    CteElement::Update(u) => self.update(u),
                    CteElement::Delete(d) => self.delete(d),
                }
            }
            K::Lateral { element, name } => {
                self.tag(43);
                self.label(name);
                match element {
                    LateralElement::Query(q) => self.query(q),
                    LateralElement::From(f) => self.from(f),
                }
            }
            K::TableSample { element, name, sampling, seed } => {
                self.tag(44);
                self.label(name);
                self.from(element);
                self.expr(sampling);
                self.opt(seed);
            }
            K::Values(v) => {
                self.tag(45);
                if let Some(n) = &v.name {
                    self.label(n);
                }
                self.flags(&[v.literal_binds, v.lateral]);
                for c in &v.columns {
                    self.text(&c.name().text);
                }
                for row in v.data.iter().flatten() {
                    self.many(row);
                }
                if v.literal_binds {
                    self.ok = false;
                }
            }
            K::TableValued(t) => {
                self.tag(46);
                self.label(&t.name);
                self.expr(&t.func);
                self.flags(&[t.render_derived, t.render_types, t.lateral]);
                for c in &t.columns {
                    self.text(&c.name().text);
                }
                if let Some(n) = &t.with_ordinality {
                    self.name(n);
                }
            }
            K::Join(j) => {
                self.tag(47);
                self.flags(&[j.isouter, j.full]);
                self.from(&j.left);
                self.from(&j.right);
                self.expr(&j.onclause);
            }
            K::Grouping(x) => {
                self.tag(48);
                self.from(x);
            }
            K::Query(q) => {
                self.tag(49);
                self.query(q);
            }
            K::Text(t) => {
                self.tag(50);
                self.text_clause(t);
            }
            K::Host(h) => {
                self.tag(51);
                self.host_expr(h);
            }
        }
        if let Some(entity) = &f.entity {
            self.entity(&**entity);
        }
    }
    fn froms(&mut self, f: &[FromRef]) {
        self.tag(f.len() as u64);
        f.iter().for_each(|f| self.from(f));
    }
    fn affixes(&mut self, a: &[Affix]) {
        for affix in a {
            self.expr(&affix.expr);
            self.text(&affix.dialect);
        }
    }
    fn hints(&mut self, hints: &[Hint]) {
        for h in hints {
            self.text(&h.text);
            self.text(&h.dialect);
            if let Some(f) = &h.target {
                self.from(f);
            }
        }
    }
    fn items(&mut self, items: &[SelectItem]) {
        self.tag(items.len() as u64);
        for item in items {
            match item {
                SelectItem::Expr(e) => self.expr(e),
                SelectItem::From(f) => {
                    self.from(f);
                    if let FromKind::Table(t) = &f.kind {
                        self.tag(t.d.read().columns.len() as u64);
                    }
                }
                SelectItem::Entity(e) => {
                    self.tag(71);
                    self.entity(&**e);
                }
                SelectItem::Host(h) => self.host(h),
            }
        }
    }
    fn join_target(&mut self, t: &JoinTarget) {
        match t {
            JoinTarget::From(f) => self.from(f),
            JoinTarget::Entity(e) => self.entity(&**e),
            JoinTarget::Attribute(h) => self.host(h),
        }
    }
    fn fetch(&mut self, f: &Option<Fetch>) {
        if let Some(f) = f {
            self.flags(&[f.with_ties, f.percent]);
            self.expr(&f.count);
        }
    }
    fn for_update(&mut self, f: &Option<ForUpdate>) {
        if let Some(f) = f {
            self.flags(&[f.nowait, f.read, f.skip_locked, f.key_share]);
            self.many(&f.of);
            self.froms(&f.of_from);
        }
    }
    fn with(&mut self, ctes: &[(FromRef, bool)]) {
        for (f, nest) in ctes {
            self.flags(&[*nest]);
            self.from(f);
        }
    }
    fn query(&mut self, q: &QueryRef) {
        match &q.kind {
            QueryKind::Select(s) => {
                self.tag(60);
                self.select(s);
            }
            QueryKind::Compound(c) => {
                self.tag(61);
                self.text(c.keyword);
                c.selects.iter().for_each(|q| self.query(q));
                self.many(&c.group_by);
                self.many(&c.order_by);
                self.opt(&c.limit);
                self.opt(&c.offset);
                self.fetch(&c.fetch);
                self.for_update(&c.for_update);
                self.with(&c.ctes);
                c.options.iter().for_each(|o| self.host(o));
            }
            QueryKind::Textual(t) => {
                self.tag(62);
                self.text_clause(&t.text);
                self.many(&t.columns);
                self.flags(&[t.positional]);
                self.with(&t.ctes);
            }
            QueryKind::FromStatement(f) => {
                self.tag(63);
                self.items(&f.entities);
                self.node(&f.element);
                f.options.iter().for_each(|o| self.host(o));
            }
            QueryKind::Grouping(q) => {
                self.tag(64);
                self.query(q);
            }
            QueryKind::Values(f) => {
                self.tag(65);
                self.from(f);
            }
        }
    }
    fn select(&mut self, s: &Select) {
        self.tag(s.label_style as u64);
        self.items(&s.columns);
        self.froms(&s.from_obj);
        for j in &s.joins {
            self.flags(&[j.isouter, j.full]);
            self.join_target(&j.target);
            if let Some(l) = &j.left {
                self.join_target(l);
            }
            match &j.onclause {
                None => self.tag(0),
                Some(JoinOn::Expr(e)) => self.expr(e),
                Some(JoinOn::Attribute(h)) => self.host(h),
            }
        }
        self.froms(&s.memo_froms);
        self.many(&s.where_);
        self.many(&s.group_by);
        self.many(&s.having);
        self.many(&s.order_by);
        self.opt(&s.limit);
        self.opt(&s.offset);
        self.fetch(&s.fetch);
        match &s.distinct {
            Distinct::No => self.tag(0),
            Distinct::Yes => self.tag(1),
            Distinct::On(e) => self.many(e),
        }
        self.for_update(&s.for_update);
        match &s.correlate {
            Correlate::Auto => self.tag(0),
            Correlate::None => self.tag(1),
            Correlate::To(f) => {
                self.tag(2);
                self.froms(f);
            }
            Correlate::Except(f) => {
                self.tag(3);
                self.froms(f);
            }
        }
        self.affixes(&s.prefixes);
        self.affixes(&s.suffixes);
        self.hints(&s.hints);
        self.with(&s.ctes);
        s.options.iter().for_each(|o| self.host(o));
    }
    fn column_key(&mut self, k: &ColumnKey) {
        match k {
            ColumnKey::Name(n) => self.text(n),
            ColumnKey::Column(c) => self.tag(Arc::as_ptr(c) as u64),
            ColumnKey::Expr(e) => self.expr(e),
        }
    }
    fn row(&mut self, row: &[(ColumnKey, DmlValue)]) {
        self.tag(row.len() as u64);
        for (k, v) in row {
            self.column_key(k);
            match v {
                DmlValue::Host(h) => {
                    self.tag(1);
                    self.binds.push(CollectedBind::Host(h.clone()));
                }
                DmlValue::Expr(e) => self.expr(e),
            }
        }
    }
    fn values(&mut self, v: &DmlValues) {
        match v {
            DmlValues::None => self.tag(0),
            DmlValues::Single(row) => {
                self.tag(1);
                self.row(row);
            }
            DmlValues::Multi(rows) => {
                self.tag(2 + rows.len() as u64);
                rows.iter().for_each(|r| self.row(r));
            }
        }
    }
    fn common(&mut self, c: &DmlCommon) {
        if let Some(e) = &c.entity {
            self.entity(&**e);
        }
        self.items(&c.returning);
        if let Some(r) = &c.return_defaults {
            self.tag(1);
            self.many(r);
        }
        self.many(&c.supplemental);
        self.flags(&[c.sort_by_parameter_order]);
        self.affixes(&c.prefixes);
        self.hints(&c.hints);
        self.with(&c.ctes);
        c.options.iter().for_each(|o| self.host(o));
        for (name, value) in &c.dialect_options {
            self.text(name);
            match value.as_literal() {
                Some(l) => self.text(&format!("{l:?}")),
                None => self.host(value),
            }
        }
    }
    fn insert(&mut self, i: &Insert) {
        self.tag(80);
        self.from(&i.table);
        self.values(&i.values);
        if let Some(f) = &i.from_select {
            f.names.iter().for_each(|k| self.column_key(k));
            self.flags(&[f.include_defaults]);
            self.query(&f.query);
        }
        self.flags(&[i.inline]);
        if let Some(d) = &i.dialect {
            self.text(d);
        }
        for c in &i.on_conflict {
            let (tag, target, set, where_) = match c {
                OnConflict::DoNothing { target } => (1, Some(target), None, None),
                OnConflict::DoUpdate { target, set, where_ } => (2, Some(target), Some(set), where_.as_ref()),
                OnConflict::DuplicateKey { set, ordered } => (3 + u64::from(*ordered), None, Some(set), None),
            };
            self.tag(tag);
            if let Some(t) = target {
                if let Some(n) = &t.constraint {
                    self.name(n);
                }
                self.many(&t.elements);
                self.opt(&t.where_);
            }
            for (k, e) in set.into_iter().flatten() {
                self.column_key(k);
                self.expr(e);
            }
            self.opt(&where_.cloned());
        }
        self.common(&i.common);
    }
    fn update(&mut self, u: &Update) {
        self.tag(81);
        self.from(&u.table);
        self.values(&u.values);
        self.flags(&[u.ordered, u.inline]);
        self.many(&u.where_);
        self.common(&u.common);
    }
    fn delete(&mut self, d: &Delete) {
        self.tag(82);
        self.from(&d.table);
        self.many(&d.where_);
        self.froms(&d.using);
        self.common(&d.common);
    }
}
