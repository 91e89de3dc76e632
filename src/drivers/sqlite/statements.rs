//! The cache of prepared statements: idle ones by their text, least recently used out first.

use std::sync::Arc;

use base::DbError;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::ffi::Stmt;

/// A prepared statement and its text.
pub struct Prepared {
    /// The text it was compiled from, the cache's key.
    pub sql: Arc<str>,
    /// The statement, reset.
    pub stmt: Stmt,
    /// Whether it begins with INSERT, UPDATE, DELETE or REPLACE.
    pub is_dml: bool,
    /// An error that occurred while decoding ahead: reported when the rows before it have been fetched.
    pub failed: Option<DbError>,
}

/// Idle statements. One in use is not in here, so a statement that runs twice at a time is compiled twice.
pub struct Statements {
    capacity: usize,
    clock: u64,
    idle: IndexMap<Arc<str>, (u64, Prepared), FxBuildHasher>,
}

impl Statements {
    /// A cache of `capacity` statements; with 0 nothing is kept.
    pub fn new(capacity: usize) -> Self {
        Statements { capacity, clock: 0, idle: IndexMap::default() }
    }

    /// Whether statements are worth preparing for reuse.
    pub fn is_enabled(&self) -> bool {
        self.capacity > 0
    }

    /// Takes an idle statement out.
    pub fn take(&mut self, sql: &str) -> Option<Prepared> {
        self.idle.swap_remove(sql).map(|(_, prepared)| prepared)
    }

    /// Puts a reset statement back. What it pushes out is returned, to be dropped by the caller without borrowing us.
    pub fn put(&mut self, prepared: Prepared) -> Option<Prepared> {
        if self.capacity == 0 {
            return Some(prepared);
        }
        self.clock += 1;
        let evicted = self.idle.insert(prepared.sql.clone(), (self.clock, prepared));
        if evicted.is_some() || self.idle.len() <= self.capacity {
            return evicted.map(|(_, prepared)| prepared);
        }
        let oldest = self.idle.values().enumerate().min_by_key(|(_, (used, _))| *used).map(|(i, _)| i)?;
        self.idle.swap_remove_index(oldest).map(|(_, (_, prepared))| prepared)
    }

    /// Takes everything out.
    pub fn clear(&mut self) -> Vec<Prepared> {
        std::mem::take(&mut self.idle).into_values().map(|(_, prepared)| prepared).collect()
    }
}
