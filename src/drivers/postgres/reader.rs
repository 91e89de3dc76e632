//! [`Reader`]: the rows of a running statement, batch by batch.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use base::{DbError, DbResult, RowBatch};
use futures_core::Stream;
use sqlx::postgres::{PgQueryResult, PgRow, PgValueFormat};
use sqlx::{Column as _, Either, Row as _, ValueRef as _};

use super::error;
use super::types::Kind;
use super::{decode, statements::Prepared};
use crate::connection::Column;
use crate::remote::BATCH_BYTES;

type Items<'c> = Pin<Box<dyn Stream<Item = Result<Either<PgQueryResult, PgRow>, sqlx::Error>> + Send + 'c>>;

/// A running statement.
pub struct Reader<'c> {
    items: Items<'c>,
    /// The result's columns, as soon as they are known.
    pub columns: Arc<[Column]>,
    kinds: Option<Arc<[Kind]>>,
    /// Results that are complete.
    results: usize,
    /// Which of them has the rows that are kept: the first one that has any.
    kept: Option<usize>,
    /// Rows that the first statement affected.
    pub affected: Option<u64>,
    /// The same of all statements together.
    pub affected_by_all: u64,
    /// An error behind rows that were decoded already.
    failed: Option<DbError>,
    /// Whether everything was read.
    pub ended: bool,
}

impl<'c> Reader<'c> {
    /// Reads from a stream of sqlx.
    pub fn new(items: Items<'c>, prepared: Option<&Prepared>) -> Self {
        Reader {
            items,
            columns: prepared.map_or_else(Default::default, |p| p.columns.clone()),
            kinds: prepared.map(|p| p.kinds.clone()),
            results: 0,
            kept: None,
            affected: None,
            affected_by_all: 0,
            failed: None,
            ended: false,
        }
    }

    /// Decodes up to `max_rows` rows into `batch`, which is emptied first. `true` when there may be more.
    pub async fn fill(&mut self, batch: &mut RowBatch, max_rows: usize, max_bytes: usize, sql: &str) -> DbResult<bool> {
        batch.reset(self.columns.len());
        if let Some(e) = self.failed.take() {
            self.ended = true;
            return Err(e);
        }
        let mut rows = 0;
        while rows < max_rows && batch.heap_size() < max_bytes {
            let items = &mut self.items;
            let result = match poll_fn(|cx| items.as_mut().poll_next(cx)).await {
                None => {
                    self.ended = true;
                    return Ok(false);
                }
                Some(Ok(Either::Left(done))) => {
                    self.affected.get_or_insert(done.rows_affected());
                    self.affected_by_all += done.rows_affected();
                    self.results += 1;
                    continue;
                }
                Some(Ok(Either::Right(row))) => {
                    if *self.kept.get_or_insert(self.results) != self.results {
                        continue;
                    }
                    rows += 1;
                    self.row(&row, batch)
                }
                Some(Err(e)) => Err(error::from_sqlx(e, sql)),
            };
            if let Err(e) = result {
                batch.discard_incomplete_row();
                if batch.is_empty() {
                    self.ended = true;
                    return Err(e);
                }
                self.failed = Some(e);
                return Ok(true);
            }
        }
        Ok(true)
    }

    /// As [`Self::fill`] with the limits of a batch.
    pub async fn fill_batch(&mut self, batch: &mut RowBatch, max_rows: usize, sql: &str) -> DbResult<bool> {
        self.fill(batch, max_rows, BATCH_BYTES, sql).await
    }

    fn row(&mut self, row: &PgRow, batch: &mut RowBatch) -> DbResult<()> {
        let kinds = match &self.kinds {
            Some(kinds) => kinds.clone(),
            None => {
                let (columns, kinds) = describe(row.columns());
                batch.reset(columns.len());
                self.columns = columns;
                self.kinds.insert(kinds).clone()
            }
        };
        if row.columns().len() != kinds.len() {
            return Err(DbError::operational("the columns of the result changed while it was being read"));
        }
        for (i, kind) in kinds.iter().enumerate() {
            let value = row.try_get_raw(i).map_err(|e| error::from_sqlx(e, ""))?;
            if value.is_null() {
                batch.push_null();
                continue;
            }
            let wire = value.as_bytes().unwrap_or_default();
            match value.format() {
                PgValueFormat::Binary => decode::binary(kind, wire, batch)?,
                PgValueFormat::Text => decode::text(kind, wire, batch)?,
            }
        }
        Ok(())
    }
}

/// The columns that sqlx describes, and what they are.
pub fn describe(columns: &[sqlx::postgres::PgColumn]) -> (Arc<[Column]>, Arc<[Kind]>) {
    let code = |c: &sqlx::postgres::PgColumn| c.type_info().oid().map_or(0, |oid| oid.0);
    let named = columns.iter().map(|c| Column { name: c.name().into(), decltype: None, type_code: code(c) }).collect();
    (named, columns.iter().map(|c| Kind::of(c.type_info())).collect())
}
