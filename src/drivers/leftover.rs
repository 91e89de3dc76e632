//! [`Leftovers`]: rows of results that had to make way.
//!
//! A server connection sends one result at a time. When a statement is executed while another's rows are still on
//! their way, the rest of them is read into memory here, and the older cursor goes on from that.

use std::collections::VecDeque;

use base::{DbError, DbResult, RowBatch};
use rustc_hash::FxHashMap;

/// The rest of one result.
#[derive(Default)]
pub(crate) struct Leftover {
    batches: VecDeque<RowBatch>,
    /// Rows of the first batch that have been handed out.
    taken: usize,
    /// What ended the result, after its rows.
    error: Option<DbError>,
}

impl Leftover {
    /// Appends rows.
    pub(crate) fn push(&mut self, batch: RowBatch) {
        self.batches.push_back(batch);
    }

    /// Ends with an error.
    pub(crate) fn fail(&mut self, error: DbError) {
        self.error = Some(error);
    }

    /// Moves up to `max_rows` rows; `false` when those were the last.
    fn take(&mut self, max_rows: usize, into: &mut RowBatch) -> DbResult<bool> {
        let Some(front) = self.batches.front_mut() else {
            into.reset(into.columns());
            return self.error.take().map_or(Ok(false), Err);
        };
        if self.taken == 0 && front.rows() <= max_rows {
            std::mem::swap(into, front);
            self.batches.pop_front();
        } else {
            into.reset(front.columns());
            let end = front.rows().min(self.taken.saturating_add(max_rows));
            for row in self.taken..end {
                front.row(row).for_each(|cell| into.push_value(&cell.to_value()));
            }
            self.taken = end;
            if end == front.rows() {
                self.batches.pop_front();
                self.taken = 0;
            }
        }
        Ok(!self.batches.is_empty() || self.error.is_some())
    }
}

/// By cursor.
#[derive(Default)]
pub(crate) struct Leftovers(FxHashMap<u32, Leftover>);

impl Leftovers {
    /// Keeps the rest of a result.
    pub(crate) fn keep(&mut self, cursor: u32, rest: Leftover) {
        self.0.insert(cursor, rest);
    }

    /// Gives it up.
    pub(crate) fn close(&mut self, cursor: u32) {
        self.0.remove(&cursor);
    }

    /// Moves up to `max_rows` rows; `false` when those were the last, or when there is no such cursor.
    pub(crate) fn fetch(&mut self, cursor: u32, max_rows: usize, into: &mut RowBatch) -> DbResult<bool> {
        let Some(rest) = self.0.get_mut(&cursor) else {
            into.reset(into.columns());
            return Ok(false);
        };
        let more = rest.take(max_rows, into);
        if !matches!(more, Ok(true)) {
            self.0.remove(&cursor);
        }
        more
    }
}
