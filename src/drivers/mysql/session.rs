//! [`Session`]: the future that owns a connection and works on requests.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base::{DbResult, RowBatch, Value};
use sqlx::mysql::{MySqlArguments, MySqlConnection, MySqlTypeInfo};
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, Either, Executor as _, SqlSafeStr as _, Statement as _};

use super::encode::Param;
use super::reader::{Reader, describe};
use super::statements::{Prepared, Statements};
use super::text::{self, Verb};
use super::{error, many};
use crate::connection::{Column, CursorId, Outcome};
use crate::leftover::{Leftover, Leftovers};
use crate::remote::{Answer, BATCH_BYTES, FIRST_BATCH, Mailbox, Request, Shared};

/// A connection at work.
pub struct Session {
    conn: MySqlConnection,
    statements: Statements,
    mail: Mailbox,
    shared: Arc<Shared>,
    leftovers: Leftovers,
    /// A request that arrived while rows were being handed out.
    pending: Option<Request>,
    /// DECIMAL, as the server describes it.
    decimal: MySqlTypeInfo,
    /// Whether statements outside of transactions commit themselves.
    autocommit: bool,
}

/// How a statement is sent.
enum Plan {
    /// Prepared, parameters and rows in binary form.
    Binary(Arc<str>, MySqlArguments, Arc<[Column]>),
    /// As text with literals, rows in text form.
    Text(Arc<str>),
}

impl Session {
    /// A session that has not been asked anything yet.
    pub fn new(
        conn: MySqlConnection,
        capacity: usize,
        decimal: MySqlTypeInfo,
        autocommit: bool,
        mail: Mailbox,
        shared: Arc<Shared>,
    ) -> Self {
        let leftovers = Leftovers::default();
        Session { conn, statements: Statements::new(capacity), mail, shared, leftovers, pending: None, decimal, autocommit }
    }

    /// Works until it is asked to close.
    pub async fn serve(mut self) {
        loop {
            let request = match self.pending.take() {
                Some(request) => request,
                None => self.mail.request().await,
            };
            match request {
                Request::Execute { sql, params } => {
                    if let Err(e) = self.execute(&sql, &params).await {
                        self.answer(Answer::Outcome(Err(e)));
                    }
                }
                Request::Many { sql, rows, keep } => {
                    let outcome = many::execute(&mut self, &sql, &rows, keep).await;
                    self.answer(Answer::Outcome(outcome));
                }
                Request::Script(sql) => {
                    let done = self.run_text(&sql).await.map(drop);
                    self.answer(Answer::Done(done));
                }
                Request::Fetch { cursor, max_rows, mut into } => {
                    let more = self.leftovers.fetch(cursor, max_rows, &mut into);
                    self.answer(Answer::Rows(into, more));
                }
                Request::CloseCursor(cursor) => {
                    self.leftovers.close(cursor);
                    self.answer(Answer::Done(Ok(())));
                }
                Request::Close => {
                    let _ = self.conn.close().await;
                    return;
                }
            }
        }
    }

    fn answer(&self, answer: Answer) {
        let failed = match &answer {
            Answer::Outcome(Err(e)) | Answer::Rows(_, Err(e)) | Answer::Done(Err(e)) => e.is_disconnect(),
            _ => false,
        };
        if failed {
            self.shared.lost.store(true, Ordering::Release);
        }
        self.mail.answer(answer);
    }

    /// Executes and answers; what fails before there is anything to answer is returned.
    async fn execute(&mut self, sql: &Arc<str>, params: &[Value]) -> DbResult<()> {
        match self.attempt(sql, params).await {
            // The server has lost the statement, or cannot prepare it again itself.
            Err(e) if matches!(e.code(), Some(1243 | 1615)) => {
                self.forget().await?;
                self.attempt(sql, params).await
            }
            other => other,
        }
    }

    async fn attempt(&mut self, sql: &Arc<str>, params: &[Value]) -> DbResult<()> {
        let verb = text::verb(sql);
        let plan = self.plan(sql, params, verb).await?;
        let cursor = self.shared.next_cursor();
        let Session { conn, mail, leftovers, pending, .. } = self;
        let mut reader = start(conn, plan);
        let mut batch = RowBatch::new(reader.columns.len());
        let filled = match verb {
            Verb::Select => reader.fill_batch(&mut batch, FIRST_BATCH).await,
            // What changes rows is read to its end, where its errors and its row count are.
            _ => reader.fill(&mut batch, usize::MAX, usize::MAX).await,
        };
        let more = match filled {
            Ok(more) => more,
            Err(e) => {
                drop(reader);
                self.note(sql, verb, false).await;
                return Err(e);
            }
        };
        let affected = reader.affected.and_then(|n| i64::try_from(n).ok());
        let mut outcome = Outcome {
            columns: reader.columns.clone(),
            rowcount: match verb {
                _ if more => -1,
                _ if !reader.columns.is_empty() => i64::try_from(batch.rows()).unwrap_or(i64::MAX),
                Verb::Insert | Verb::Dml => affected.unwrap_or(-1),
                _ => affected.filter(|n| *n > 0).unwrap_or(-1),
            },
            rows: batch,
            cursor: more.then_some(CursorId { slot: 0, generation: cursor }),
            last_insert_id: i64::try_from(reader.last_insert_id).unwrap_or(i64::MAX),
        };
        if more {
            mail.answer(Answer::Outcome(Ok(outcome)));
            self.shared.in_transaction.fetch_or(!self.autocommit, Ordering::AcqRel);
            hand_out(reader, cursor, mail, leftovers, pending).await;
            return Ok(());
        }
        drop(reader);
        self.note(sql, verb, true).await;
        if outcome.columns.is_empty() && self.may_return_rows(sql, verb) {
            // Without a row nobody said what the columns are. Not everything can be prepared; then there are none.
            if let Ok(statement) = (&mut self.conn).prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await {
                outcome.columns = describe(statement.columns());
                outcome.rows = RowBatch::new(outcome.columns.len());
            }
        }
        self.answer(Answer::Outcome(Ok(outcome)));
        Ok(())
    }

    /// Whether there may be columns though no row told which.
    fn may_return_rows(&self, sql: &str, verb: Verb) -> bool {
        match verb {
            Verb::Select => true,
            Verb::Insert | Verb::Dml => !self.statements.is_enabled() && sql.to_ascii_uppercase().contains("RETURNING"),
            Verb::Other => ["SHOW", "DESC", "EXPLAIN", "CHECK", "ANALYZE"]
                .iter()
                .any(|w| sql.trim_start().get(..w.len()).is_some_and(|head| head.eq_ignore_ascii_case(w))),
            _ => false,
        }
    }

    /// What a statement means for the session.
    async fn note(&mut self, sql: &str, verb: Verb, succeeded: bool) {
        let open = match verb {
            Verb::Begin if succeeded => true,
            Verb::End | Verb::Ddl => false,
            Verb::Select | Verb::Insert | Verb::Dml if succeeded && !self.autocommit => true,
            Verb::Set if succeeded => match text::autocommit(sql) {
                Some(true) => {
                    self.autocommit = true;
                    false
                }
                Some(false) => {
                    self.autocommit = false;
                    return;
                }
                None => return,
            },
            // Whatever else it was (a CALL, an ANALYZE, a LOAD DATA): it may have opened one.
            Verb::Other if succeeded && !self.autocommit => true,
            _ => return,
        };
        self.shared.in_transaction.store(open, Ordering::Release);
        if verb == Verb::Ddl && succeeded {
            let _ = self.forget().await;
        }
    }

    /// Decides how to send a statement.
    async fn plan(&mut self, sql: &Arc<str>, params: &[Value], verb: Verb) -> DbResult<Plan> {
        let preparable = matches!(verb, Verb::Select | Verb::Insert | Verb::Dml) && !(params.is_empty() && text::is_script(sql));
        if !preparable || !self.statements.is_enabled() {
            return Ok(Plan::Text(if params.is_empty() { sql.clone() } else { text::interpolate(sql, params)?.into() }));
        }
        let prepared = match self.statements.find(sql) {
            Some(prepared) => prepared,
            None => {
                let statement = (&mut self.conn).prepare(AssertSqlSafe(sql.clone()).into_sql_str()).await;
                let statement = statement.map_err(error::from_sqlx)?;
                let count = match statement.parameters() {
                    Some(Either::Right(n)) => n,
                    Some(Either::Left(types)) => types.len(),
                    None => 0,
                };
                let prepared = Prepared { params: count, columns: describe(statement.columns()) };
                self.statements.insert(sql.clone(), prepared.clone());
                prepared
            }
        };
        // sqlx would wait for an answer to a statement that it did not send.
        if prepared.params != params.len() {
            return Err(text::wrong_count(sql, params.len()));
        }
        let mut arguments = MySqlArguments::default();
        arguments.reserve(params.len(), params.len() * 16);
        for value in params {
            let param = Param { value, decimal: &self.decimal };
            arguments.add(param).map_err(|e| error::from_sqlx(sqlx::Error::Encode(e)))?;
        }
        Ok(Plan::Binary(sql.clone(), arguments, prepared.columns))
    }

    /// Runs text to its end. Returns the rows affected by all of its statements and the last key generated.
    pub(super) async fn run_text(&mut self, sql: &str) -> DbResult<(u64, u64)> {
        let mut reader = start(&mut self.conn, Plan::Text(sql.into()));
        let mut batch = RowBatch::default();
        let done = loop {
            match reader.fill_batch(&mut batch, FIRST_BATCH).await {
                Ok(true) => {}
                Ok(false) => break Ok((reader.affected_by_all, reader.last_insert_id)),
                Err(e) => break Err(e),
            }
        };
        drop(reader);
        let marks = text::marks(sql);
        let ends = marks.iter().filter(|(_, m)| *m == text::Mark::Separator).map(|(r, _)| r.end);
        for start in std::iter::once(0).chain(ends) {
            let rest = sql.get(start..).unwrap_or_default();
            self.note(rest.split(';').next().unwrap_or(rest), text::verb(rest), done.is_ok()).await;
        }
        done
    }

    /// As [`Self::run_text`] for text of INSERTs, UPDATEs and DELETEs alone. Rows returned go into `kept`.
    pub(super) async fn run_changes(&mut self, sql: &str, kept: Option<&mut RowBatch>) -> DbResult<(u64, u64)> {
        let mut reader = start(&mut self.conn, Plan::Text(sql.into()));
        read_all(&mut reader, kept).await?;
        let done = (reader.affected_by_all, reader.last_insert_id);
        drop(reader);
        self.note("", Verb::Dml, true).await;
        Ok(done)
    }

    /// Executes once and reads to the end; rows returned go into `kept`. Returns the rows affected and the key generated.
    pub(super) async fn run_once(
        &mut self,
        sql: &Arc<str>,
        params: &[Value],
        kept: Option<&mut RowBatch>,
    ) -> DbResult<(u64, u64)> {
        let verb = text::verb(sql);
        let plan = self.plan(sql, params, verb).await?;
        let mut reader = start(&mut self.conn, plan);
        read_all(&mut reader, kept).await?;
        let done = (reader.affected.unwrap_or(0), reader.last_insert_id);
        drop(reader);
        self.note(sql, verb, true).await;
        Ok(done)
    }

    /// Forgets what was prepared, here and on the server.
    async fn forget(&mut self) -> DbResult<()> {
        self.statements.clear();
        self.conn.clear_cached_statements().await.map_err(error::from_sqlx)
    }
}

/// Reads to the end; the rows go into `kept`, or are dropped.
async fn read_all(reader: &mut Reader<'_>, mut kept: Option<&mut RowBatch>) -> DbResult<()> {
    let mut batch = RowBatch::default();
    loop {
        let limit = if kept.is_some() { usize::MAX } else { FIRST_BATCH };
        let more = reader.fill(&mut batch, limit, BATCH_BYTES).await?;
        if let Some(kept) = kept.as_deref_mut() {
            kept.append(&mut batch);
        }
        if !more {
            return Ok(());
        }
    }
}

/// Sends a statement.
fn start(conn: &mut MySqlConnection, plan: Plan) -> Reader<'_> {
    match plan {
        Plan::Binary(sql, arguments, columns) => {
            Reader::new(conn.fetch_many(sqlx::query_with(AssertSqlSafe(sql), arguments)), true, columns)
        }
        Plan::Text(sql) => Reader::new(conn.fetch_many(sqlx::raw_sql(AssertSqlSafe(sql))), false, Arc::default()),
    }
}

/// Hands out the rest of a result until it ends, is given up, or has to make way for another request.
async fn hand_out(mut reader: Reader<'_>, cursor: u32, mail: &Mailbox, leftovers: &mut Leftovers, pending: &mut Option<Request>) {
    loop {
        match mail.request().await {
            Request::Fetch { cursor: wanted, max_rows, mut into } if wanted == cursor => {
                let more = reader.fill_batch(&mut into, max_rows).await;
                let ended = !matches!(more, Ok(true));
                mail.answer(Answer::Rows(into, more));
                if ended {
                    return;
                }
            }
            Request::Fetch { cursor, max_rows, mut into } => {
                let more = leftovers.fetch(cursor, max_rows, &mut into);
                mail.answer(Answer::Rows(into, more));
            }
            Request::CloseCursor(closed) => {
                leftovers.close(closed);
                mail.answer(Answer::Done(Ok(())));
                if closed == cursor {
                    return;
                }
            }
            Request::Close => {
                *pending = Some(Request::Close);
                return;
            }
            other => {
                let mut rest = Leftover::default();
                loop {
                    let mut batch = RowBatch::new(reader.columns.len());
                    let more = reader.fill_batch(&mut batch, FIRST_BATCH).await;
                    if !batch.is_empty() {
                        rest.push(batch);
                    }
                    match more {
                        Ok(true) => {}
                        Ok(false) => break,
                        Err(e) => {
                            rest.fail(e);
                            break;
                        }
                    }
                }
                leftovers.keep(cursor, rest);
                *pending = Some(other);
                return;
            }
        }
    }
}
