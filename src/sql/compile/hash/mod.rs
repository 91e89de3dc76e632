//! One walk that yields the cache key of a statement and the values it carries.
//!
//! The key covers everything that decides the text and the conversions, and no bound value. Tables and their columns count by
//! address (the cached [`super::Compiled`] holds its statement, so an address in use is never reused); aliases, subqueries and anonymous
//! names count by structure and order, so a statement that is built again finds its compiled form.
//!
//! The walk is here; what it reads of each kind of node is in `expr`, `from`, `query` and `dml`.

mod dml;
mod expr;
mod from;
mod query;

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
            self.write_u64(chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
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
        let next = u32::try_from(self.entities.len()).unwrap_or(u32::MAX);
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
    fn unknown(&mut self) {
        self.ok = false;
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
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        let n = *self.ids.entry(id).or_insert(next);
        self.tag(u64::from(n));
    }
    #[recursive::recursive]
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
                let [low, high] = [n & u128::from(u64::MAX), n >> 64].map(|half| u64::try_from(half).unwrap_or(u64::MAX));
                self.tag(low);
                self.tag(high);
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
}
