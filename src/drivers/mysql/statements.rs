//! The cache of prepared statements: what the server said about each.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::connection::Column;

/// What is known of a prepared statement.
#[derive(Clone)]
pub struct Prepared {
    /// Its parameters.
    pub params: usize,
    /// Its columns, by name only: their types depend on the parameters.
    pub columns: Arc<[Column]>,
}

/// Prepared statements by their text, as many as sqlx keeps.
pub struct Statements {
    capacity: usize,
    clock: u64,
    known: FxHashMap<Arc<str>, (u64, Prepared)>,
}

impl Statements {
    /// A cache of `capacity` statements.
    pub fn new(capacity: usize) -> Self {
        Statements { capacity, clock: 0, known: FxHashMap::default() }
    }

    /// Whether statements are prepared at all.
    pub fn is_enabled(&self) -> bool {
        self.capacity > 0
    }

    /// What is known of a statement.
    pub fn find(&mut self, sql: &str) -> Option<Prepared> {
        self.clock += 1;
        let (used, prepared) = self.known.get_mut(sql)?;
        *used = self.clock;
        Some(prepared.clone())
    }

    /// Remembers a statement; the one that was not used for longest is forgotten when there are too many.
    pub fn insert(&mut self, sql: Arc<str>, prepared: Prepared) {
        self.clock += 1;
        self.known.insert(sql, (self.clock, prepared));
        if self.known.len() > self.capacity
            && let Some(oldest) = self.known.iter().min_by_key(|(_, (used, _))| *used).map(|(sql, _)| sql.clone())
        {
            self.known.remove(&oldest);
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.known.clear();
    }
}
