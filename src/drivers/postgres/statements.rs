//! The cache of prepared statements: what the server said about each.

use std::sync::Arc;

use base::Value;
use rustc_hash::{FxHashMap, FxHashSet};

use super::encode;
use super::types::Kind;
use crate::connection::Column;

/// A statement that the server has parsed.
pub struct Prepared {
    /// The text under which sqlx keeps it. Texts that were prepared with several sets of types differ in blanks at the
    /// end.
    pub sql: Arc<str>,
    /// The OIDs that were declared.
    pub declared: Vec<u32>,
    /// What the parameters are.
    pub params: Vec<Kind>,
    /// The result's columns.
    pub columns: Arc<[Column]>,
    /// What they are.
    pub kinds: Arc<[Kind]>,
}

impl Prepared {
    /// Whether these values can be sent as the types that were declared.
    fn takes(&self, params: &[Value]) -> bool {
        self.declared.len() == params.len() && self.declared.iter().zip(params).all(|(oid, v)| encode::fits(v, *oid))
    }

    /// Whether parameters and columns all have binary forms that are known here.
    pub fn is_binary(&self) -> bool {
        self.params.iter().chain(self.kinds.iter()).all(Kind::is_binary)
    }
}

/// Prepared statements by their text.
pub struct Statements {
    capacity: usize,
    clock: u64,
    count: usize,
    known: FxHashMap<Arc<str>, (u64, Vec<Arc<Prepared>>)>,
    /// Texts that cannot be prepared.
    refused: FxHashSet<Arc<str>>,
}

impl Statements {
    /// A cache of `capacity` statements.
    pub fn new(capacity: usize) -> Self {
        Statements { capacity, clock: 0, count: 0, known: FxHashMap::default(), refused: FxHashSet::default() }
    }

    /// Whether statements are prepared at all.
    pub fn is_enabled(&self) -> bool {
        self.capacity > 0
    }

    /// The statement of this text that takes these values.
    pub fn find(&mut self, sql: &str, params: &[Value]) -> Option<Arc<Prepared>> {
        self.clock += 1;
        let (used, variants) = self.known.get_mut(sql)?;
        *used = self.clock;
        variants.iter().find(|p| p.takes(params)).cloned()
    }

    /// The text under which the next statement of `sql` is to be prepared.
    pub fn text_for(&self, sql: &Arc<str>) -> Arc<str> {
        match self.known.get(sql).map_or(0, |(_, variants)| variants.len()) {
            0 => sql.clone(),
            n => format!("{sql}{}", " ".repeat(n)).into(),
        }
    }

    /// Remembers a statement; the text that was not used for longest is forgotten when there are too many.
    pub fn insert(&mut self, sql: &Arc<str>, prepared: Arc<Prepared>) {
        self.clock += 1;
        let entry = self.known.entry(sql.clone()).or_default();
        entry.0 = self.clock;
        entry.1.push(prepared);
        self.count += 1;
        while self.count > self.capacity && self.known.len() > 1 {
            let Some(oldest) = self.known.iter().min_by_key(|(_, (used, _))| *used).map(|(sql, _)| sql.clone()) else { break };
            self.count -= self.known.remove(&oldest).map_or(0, |(_, variants)| variants.len());
        }
    }

    /// Whether preparing this text failed before.
    pub fn is_refused(&self, sql: &str) -> bool {
        self.refused.contains(sql)
    }

    /// Remembers that this text cannot be prepared.
    pub fn refuse(&mut self, sql: &Arc<str>) {
        if self.refused.len() >= self.capacity {
            self.refused.clear();
        }
        self.refused.insert(sql.clone());
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.refused.clear();
        self.known.clear();
        self.count = 0;
    }
}
