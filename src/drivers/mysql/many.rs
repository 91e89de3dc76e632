//! One statement for many rows of parameters, in few round trips: an `INSERT … VALUES (…)` takes all rows into one
//! statement as long as they fit into a message, anything else is sent as several statements at once.

use std::sync::Arc;

use base::{Cell, DbError, DbResult, RowBatch, Value};

use super::session::Session;
use super::text::{self, Verb};
use crate::connection::Outcome;

/// A message is sent when it has become this long; well below the smallest `max_allowed_packet` in use.
const MESSAGE: usize = 1 << 18;

/// Executes `sql` for each row. With `keep`, rows returned are kept in the order of `rows`.
pub async fn execute(session: &mut Session, sql: &Arc<str>, rows: &RowBatch, keep: bool) -> DbResult<Outcome> {
    let mut kept = keep.then(RowBatch::default);
    let verb = text::verb(sql);
    let changes = matches!(verb, Verb::Insert | Verb::Dml);
    let marks = text::marks(sql);
    let script = marks.iter().any(|(_, m)| *m == text::Mark::Separator);
    let (mut affected, mut key) = (0, 0);
    let mut add = |(n, id): (u64, u64)| {
        affected += n;
        key = if id == 0 { key } else { id };
    };
    let params = |row: usize| rows.row(row).map(Cell::to_value).collect::<Vec<Value>>();
    let repeated = if verb == Verb::Insert { text::repeatable_row(&marks) } else { None };
    // A message of several statements has several results: the rows of one of them only could be kept.
    if rows.rows() < 2 || !changes || script || (keep && repeated.is_none()) {
        for row in 0..rows.rows() {
            add(session.run_once(sql, &params(row), kept.as_mut()).await?);
        }
    } else {
        let end = marks.iter().find(|(_, m)| *m == text::Mark::End).map_or(sql.len(), |(r, _)| r.start);
        // What is repeated, what separates it, and what stands before and after.
        let (part, separator, head, tail) = match repeated {
            Some(row) => {
                let (head, tail) = (sql.get(..row.start), sql.get(row.end..end));
                (row, ",", head.ok_or_else(DbError::misplaced)?, tail.ok_or_else(DbError::misplaced)?)
            }
            // A comment at the end must not swallow the semicolon.
            None => (0..end, "\n;", "", ""),
        };
        let mut message = String::new();
        for row in 0..rows.rows() {
            message.push_str(if message.is_empty() { head } else { separator });
            let cells: Vec<Cell<'_>> = rows.row(row).collect();
            text::write_row(sql, &marks, part.clone(), &cells, &mut message)?;
            if message.len() + tail.len() >= MESSAGE || row + 1 == rows.rows() {
                message.push_str(tail);
                add(session.run_changes(&message, kept.as_mut()).await?);
                message.clear();
            }
        }
    }
    Ok(Outcome {
        rowcount: if changes { i64::try_from(affected).unwrap_or(i64::MAX) } else { -1 },
        last_insert_id: i64::try_from(key).unwrap_or(i64::MAX),
        rows: kept.unwrap_or_default(),
        ..Default::default()
    })
}
