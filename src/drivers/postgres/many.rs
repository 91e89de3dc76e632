//! One statement for many rows of parameters, in few round trips.
//!
//! sqlx waits for the answer to each execution, so the rows do not go through it one by one. An `INSERT … VALUES (…)`
//! takes all of them into one statement; anything else is prepared by name and executed with literals, as many times as
//! fit into a message.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base::{Cell, DbError, DbResult, RowBatch, Value};

use super::encode;
use super::session::Session;
use super::text::{self, Mark, Verb};
use crate::connection::Outcome;

/// A message is sent when it has become this long.
const MESSAGE: usize = 1 << 18;

/// Executes `sql` for each row. With `keep`, rows returned are kept in the order of `rows`.
pub async fn execute(session: &mut Session, sql: &Arc<str>, rows: &RowBatch, keep: bool) -> DbResult<Outcome> {
    let mut kept = keep.then(RowBatch::default);
    let plain = rows.rows() < 2 || text::verb(sql) != Verb::Dml || text::is_script(sql);
    let affected = match if plain { None } else { Some(text::repeatable_row(sql, &text::marks(sql))) } {
        None => one_by_one(session, sql, rows, kept.as_mut()).await?,
        // A statement of several results keeps the rows of one of them only.
        Some(None) if keep => one_by_one(session, sql, rows, kept.as_mut()).await?,
        Some(None) if session.statements.is_enabled() => prepared(session, sql, rows).await?,
        Some(row) => literal(session, sql, row, rows, kept.as_mut()).await?,
    };
    let rowcount = if text::verb(sql) == Verb::Dml { i64::try_from(affected).unwrap_or(i64::MAX) } else { -1 };
    Ok(Outcome { rowcount, rows: kept.unwrap_or_default(), ..Default::default() })
}

async fn one_by_one(session: &mut Session, sql: &Arc<str>, rows: &RowBatch, mut kept: Option<&mut RowBatch>) -> DbResult<u64> {
    let mut affected = 0;
    for row in 0..rows.rows() {
        let params: Vec<Value> = rows.row(row).map(Cell::to_value).collect();
        affected += session.run_once(sql, &params, kept.as_deref_mut()).await?;
    }
    Ok(affected)
}

/// All rows in one statement, or each in a statement of its own; as many as fit into a message.
async fn literal(
    session: &mut Session,
    sql: &str,
    row: Option<Range<usize>>,
    rows: &RowBatch,
    mut kept: Option<&mut RowBatch>,
) -> DbResult<u64> {
    let marks = text::marks(sql);
    let end = marks.iter().find(|(_, m)| *m == Mark::End).map_or(sql.len(), |(r, _)| r.start);
    // What is repeated, what separates it, and what stands before and after.
    let (part, separator, head, tail) = match row {
        Some(row) => {
            let (head, tail) = (sql.get(..row.start), sql.get(row.end..end));
            (row, ",", head.ok_or_else(DbError::misplaced)?, tail.ok_or_else(DbError::misplaced)?)
        }
        // A comment at the end must not swallow the semicolon.
        None => (0..end, "\n;", "", ""),
    };
    let mut affected = 0;
    let mut message = String::new();
    for row in 0..rows.rows() {
        message.push_str(if message.is_empty() { head } else { separator });
        let cells: Vec<Cell<'_>> = rows.row(row).collect();
        text::write_row(sql, &marks, part.clone(), &cells, &mut message)?;
        if message.len() + tail.len() >= MESSAGE || row + 1 == rows.rows() {
            message.push_str(tail);
            affected += session.run_quietly(&message, kept.as_deref_mut()).await?;
            message.clear();
        }
    }
    Ok(affected)
}

async fn prepared(session: &mut Session, sql: &str, rows: &RowBatch) -> DbResult<u64> {
    session.names += 1;
    let name = format!("_ox_{}", session.names);
    let result = execute_prepared(session, &name, sql, rows).await;
    if result.is_err() {
        // Preparing is not undone by a rollback; in a failed transaction nothing can be given up yet.
        if session.shared.in_transaction.load(Ordering::Acquire) {
            session.stale.push(name);
        } else {
            let _ = session.run_text(&format!("DEALLOCATE {name}")).await;
        }
    }
    result
}

async fn execute_prepared(session: &mut Session, name: &str, sql: &str, rows: &RowBatch) -> DbResult<u64> {
    let sql = sql.trim_end().trim_end_matches(';');
    let types: Vec<&str> = (0..rows.columns()).map(|column| common_type(rows, column)).collect();
    let types = if types.is_empty() { String::new() } else { format!("({})", types.join(",")) };
    let mut message = format!("PREPARE {name}{types} AS {sql}\n;");
    let mut affected = 0;
    for row in 0..rows.rows() {
        let _ = write!(message, "EXECUTE {name}");
        for (i, cell) in rows.row(row).enumerate() {
            message.push(if i == 0 { '(' } else { ',' });
            text::literal(cell, &mut message)?;
        }
        message.push_str(if rows.columns() > 0 { ");" } else { ";" });
        if message.len() >= MESSAGE {
            affected += session.run_quietly(&message, None).await?;
            message.clear();
        }
    }
    let _ = write!(message, "DEALLOCATE {name}");
    affected += session.run_quietly(&message, None).await?;
    Ok(affected)
}

/// The type that all values of a column have, as its declaration.
fn common_type(rows: &RowBatch, column: usize) -> &'static str {
    let mut found = 0;
    for row in 0..rows.rows() {
        let oid = match rows.cell(row, column) {
            Cell::Null => continue,
            Cell::Int(i) => {
                if i32::try_from(i).is_ok() {
                    23
                } else {
                    20
                }
            }
            Cell::Ascii(_) | Cell::Text(_) => return "unknown",
            cell => encode::declared(&cell.to_value()),
        };
        found = match (found, oid) {
            (0, oid) => oid,
            (20, 23) | (23, 20) => 20,
            (old, oid) if old == oid => oid,
            _ => return "unknown",
        };
    }
    text::type_name(found).unwrap_or("unknown")
}
