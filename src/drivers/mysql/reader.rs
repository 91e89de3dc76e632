//! [`Reader`]: the rows of a running statement, batch by batch.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use base::{DbError, DbResult, RowBatch};
use futures_core::Stream;
use sqlx::mysql::{MySqlColumn, MySqlQueryResult, MySqlRow};
use sqlx::{Column as _, Either, MySql, Row as _};

use super::decode;
use super::error;
use super::types::{self, Kind};
use crate::connection::Column;
use crate::remote::BATCH_BYTES;

type Items<'c> = Pin<Box<dyn Stream<Item = Result<Either<MySqlQueryResult, MySqlRow>, sqlx::Error>> + Send + 'c>>;

/// A running statement.
pub struct Reader<'c> {
    items: Items<'c>,
    /// Whether rows come in binary form.
    binary: bool,
    /// The result's columns, as soon as they are known.
    pub columns: Arc<[Column]>,
    kinds: Option<Vec<Kind>>,
    /// Results that are complete.
    results: usize,
    /// Which of them has the rows that are kept: the first one that has any.
    kept: Option<usize>,
    /// Rows that the first statement affected.
    pub affected: Option<u64>,
    /// The same of all statements together.
    pub affected_by_all: u64,
    /// The key that was generated last.
    pub last_insert_id: u64,
    /// An error behind rows that were decoded already.
    failed: Option<DbError>,
    /// Whether everything was read.
    pub ended: bool,
}

impl<'c> Reader<'c> {
    /// Reads from a stream of sqlx.
    pub fn new(items: Items<'c>, binary: bool, columns: Arc<[Column]>) -> Self {
        Reader {
            items,
            binary,
            columns,
            kinds: None,
            results: 0,
            kept: None,
            affected: None,
            affected_by_all: 0,
            last_insert_id: 0,
            failed: None,
            ended: false,
        }
    }

    /// Decodes up to `max_rows` rows into `batch`, which is emptied first. `true` when there may be more.
    pub async fn fill(&mut self, batch: &mut RowBatch, max_rows: usize, max_bytes: usize) -> DbResult<bool> {
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
                    if done.last_insert_id() != 0 {
                        self.last_insert_id = done.last_insert_id();
                    }
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
                Some(Err(e)) => Err(error::from_sqlx(e)),
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
    pub async fn fill_batch(&mut self, batch: &mut RowBatch, max_rows: usize) -> DbResult<bool> {
        self.fill(batch, max_rows, BATCH_BYTES).await
    }

    fn row(&mut self, row: &MySqlRow, batch: &mut RowBatch) -> DbResult<()> {
        let kinds = match &self.kinds {
            Some(kinds) => kinds,
            None => {
                let described = row.columns();
                // What preparing told may be older than what executing tells.
                let same = |(a, b): (&Column, &MySqlColumn)| &*a.name == b.name();
                if self.columns.len() != described.len() || !self.columns.iter().zip(described).all(same) {
                    self.columns = describe(described);
                    batch.reset(self.columns.len());
                }
                self.kinds.insert(described.iter().map(|c| Kind::of(sqlx::Column::type_info(c))).collect())
            }
        };
        for (i, kind) in kinds.iter().enumerate() {
            let value = row.try_get_raw(i).map_err(error::from_sqlx)?;
            // A zero date counts as NULL for sqlx, so the bytes are asked for: only a true NULL has none.
            match (<&[u8] as sqlx::Decode<MySql>>::decode(value), self.binary) {
                (Err(_), _) => batch.push_null(),
                (Ok(wire), true) => decode::binary(*kind, wire, batch)?,
                (Ok(wire), false) => decode::text(*kind, wire, batch)?,
            }
        }
        Ok(())
    }
}

/// The columns that sqlx describes.
pub fn describe(columns: &[MySqlColumn]) -> Arc<[Column]> {
    columns.iter().map(|c| Column { name: c.name().into(), decltype: None, type_code: types::code(c.type_info()) }).collect()
}
