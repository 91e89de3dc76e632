//! [`Session`]: the future that owns a connection and works on requests.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use base::{DbError, DbResult, RowBatch, Value};
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArguments, PgConnection, PgTypeInfo};
use sqlx::{Arguments as _, AssertSqlSafe, Connection as _, Either, Executor as _, SqlSafeStr as _, Statement as _};

use super::encode::{self, Param};
use super::reader::{Reader, describe};
use super::statements::{Prepared, Statements};
use super::text::{self, Verb};
use super::types::Kind;
use super::{error, many};
use crate::connection::{CursorId, Outcome};
use crate::leftover::{Leftover, Leftovers};
use crate::remote::{Answer, BATCH_BYTES, FIRST_BATCH, Mailbox, Request, Shared};

/// A connection at work.
pub struct Session {
    pub(super) conn: PgConnection,
    pub(super) statements: Statements,
    mail: Mailbox,
    pub(super) shared: Arc<Shared>,
    leftovers: Leftovers,
    /// A request that arrived while rows were being handed out.
    pending: Option<Request>,
    /// Statements that sqlx was asked to prepare: it numbers their names.
    described: u32,
    /// Names of prepared statements to give up when the transaction is over.
    pub(super) stale: Vec<String>,
    /// Numbers names of prepared statements.
    pub(super) names: u32,
}

/// How a statement is sent.
enum Plan {
    /// Prepared, parameters and rows in binary form.
    Binary(Arc<Prepared>, PgArguments),
    /// As text with literals, rows in text form. When the server has described the statement, its columns are known.
    Text(Option<Arc<Prepared>>, Arc<str>),
}

impl Session {
    /// A session that has not been asked anything yet.
    pub fn new(conn: PgConnection, capacity: usize, mail: Mailbox, shared: Arc<Shared>) -> Self {
        Session {
            conn,
            statements: Statements::new(capacity),
            mail,
            shared,
            leftovers: Leftovers::default(),
            pending: None,
            described: 0,
            stale: Vec::new(),
            names: 0,
        }
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
        let verb = text::verb(sql);
        match self.attempt(sql, params, verb).await {
            // Definitions changed under a prepared statement. In a transaction it is too late to try again.
            Err(e) if is_outdated(&e) => {
                self.forget().await?;
                if self.shared.in_transaction.load(Ordering::Acquire) {
                    return Err(e);
                }
                self.attempt(sql, params, verb).await
            }
            other => other,
        }
    }

    async fn attempt(&mut self, sql: &Arc<str>, params: &[Value], verb: Verb) -> DbResult<()> {
        let plan = self.plan(sql, params, verb).await?;
        let cursor = self.shared.next_cursor();
        let written = match &plan {
            Plan::Text(None, text) if self.binds_values() && !text::is_script(text) => Some(text.clone()),
            _ => None,
        };
        let Session { conn, mail, leftovers, pending, .. } = self;
        let (mut reader, sent) = start(conn, plan);
        let mut batch = RowBatch::new(reader.columns.len());
        let filled = match verb {
            Verb::Select => reader.fill_batch(&mut batch, FIRST_BATCH, &sent).await,
            // What changes rows is read to its end, where its errors and its row count are.
            _ => reader.fill(&mut batch, usize::MAX, usize::MAX, &sent).await,
        };
        let more = match filled {
            Ok(more) => more,
            Err(e) => {
                drop(reader);
                self.note(verb, false).await;
                return Err(e);
            }
        };
        let mut outcome = Outcome {
            columns: reader.columns.clone(),
            rowcount: rowcount(verb, &reader, &batch),
            rows: batch,
            cursor: more.then_some(CursorId { slot: 0, generation: cursor }),
            last_insert_id: 0,
        };
        if more {
            mail.answer(Answer::Outcome(Ok(outcome)));
            hand_out(reader, cursor, mail, leftovers, pending, &sent).await;
            return Ok(());
        }
        drop(reader);
        self.note(verb, true).await;
        if outcome.columns.is_empty() && self.returns_rows(sql, verb, written.is_some()) {
            outcome.columns = match &written {
                Some(text) => self.describe(text, &[]).await?,
                None => self.describe(sql, params).await?,
            };
            outcome.rows = RowBatch::new(outcome.columns.len());
        }
        self.answer(Answer::Outcome(Ok(outcome)));
        Ok(())
    }

    /// What a statement means for the session.
    async fn note(&mut self, verb: Verb, succeeded: bool) {
        match verb {
            Verb::Begin if succeeded => self.shared.in_transaction.store(true, Ordering::Release),
            Verb::End => {
                self.shared.in_transaction.store(false, Ordering::Release);
                for name in std::mem::take(&mut self.stale) {
                    let _ = self.conn.execute(sqlx::raw_sql(AssertSqlSafe(format!("DEALLOCATE {name}")))).await;
                }
            }
            Verb::Ddl if succeeded => {
                let _ = self.forget().await;
            }
            _ => {}
        }
    }

    /// Whether there may be columns though no row told which.
    fn returns_rows(&self, sql: &str, verb: Verb, written: bool) -> bool {
        (written || !self.statements.is_enabled())
            && match verb {
                Verb::Select => true,
                Verb::Dml => sql.to_ascii_uppercase().contains("RETURNING"),
                _ => false,
            }
    }

    /// Decides how to send a statement.
    async fn plan(&mut self, sql: &Arc<str>, params: &[Value], verb: Verb) -> DbResult<Plan> {
        let literals = || match params {
            [] => Ok(sql.clone()),
            params => text::interpolate(sql, params).map(Arc::from),
        };
        let preparable = matches!(verb, Verb::Select | Verb::Dml) && !(params.is_empty() && text::is_script(sql));
        if !preparable || !self.statements.is_enabled() {
            return Ok(Plan::Text(None, literals()?));
        }
        let tuples = || params.iter().any(|p| matches!(p, Value::Tuple(_)));
        if self.binds_values() && (tuples() || self.statements.is_refused(sql)) {
            return Ok(Plan::Text(None, literals()?));
        }
        let Some(prepared) = self.prepare_if_possible(sql, params).await? else {
            return Ok(Plan::Text(None, literals()?));
        };
        if prepared.params.len() != params.len() {
            return Err(DbError::programming(format!(
                "the query has {} placeholders but {} parameters were passed",
                prepared.params.len(),
                params.len()
            )));
        }
        let arguments = if prepared.is_binary() { arguments(&prepared, params) } else { None };
        Ok(match arguments {
            Some(arguments) => Plan::Binary(prepared, arguments),
            None => Plan::Text(Some(prepared), literals()?),
        })
    }

    /// Whether values are written into the text where the server cannot tell their types.
    fn binds_values(&self) -> bool {
        self.shared.client_binding.load(Ordering::Relaxed)
    }

    /// As [`Self::prepare`]. Where values may be written into the text, `None` as well for a statement that the server refuses
    /// with parameters: a literal may stand where they may not (`$1 IS NULL`, `INTERVAL $1`, `b IS $1`).
    async fn prepare_if_possible(&mut self, sql: &Arc<str>, params: &[Value]) -> DbResult<Option<Arc<Prepared>>> {
        if !self.binds_values() || params.is_empty() || self.statements.find(sql, params).is_some() {
            return self.prepare(sql, params).await;
        }
        // The transaction has to survive the attempt.
        let guarded = self.shared.in_transaction.load(Ordering::Acquire);
        if guarded {
            self.run_quietly("SAVEPOINT _ox_prepare", None).await?;
        }
        let prepared = self.prepare(sql, params).await;
        if guarded {
            let undo = if prepared.is_err() { "ROLLBACK TO SAVEPOINT _ox_prepare; " } else { "" };
            self.run_quietly(&format!("{undo}RELEASE SAVEPOINT _ox_prepare"), None).await?;
        }
        match prepared {
            Err(e) if e.sqlstate().is_some_and(|s| s.starts_with("42")) => {
                self.statements.refuse(sql);
                Ok(None)
            }
            other => other,
        }
    }

    /// `None` for a statement with a type that sqlx cannot look up (multiranges): it travels as text.
    async fn prepare(&mut self, sql: &Arc<str>, params: &[Value]) -> DbResult<Option<Arc<Prepared>>> {
        if let Some(prepared) = self.statements.find(sql, params) {
            return Ok(Some(prepared));
        }
        let declared: Vec<u32> = params.iter().map(encode::declared).collect();
        let text = self.statements.text_for(sql);
        let Some(statement) = self.ask(&text, &declared).await? else { return Ok(None) };
        let (columns, kinds) = describe(statement.columns());
        let params = match statement.parameters() {
            Some(Either::Left(types)) => types.iter().map(Kind::of).collect(),
            _ => Vec::new(),
        };
        let prepared = Arc::new(Prepared { sql: text, declared, params, columns, kinds });
        self.statements.insert(sql, prepared.clone());
        Ok(Some(prepared))
    }

    async fn ask(&mut self, sql: &Arc<str>, declared: &[u32]) -> DbResult<Option<sqlx::postgres::PgStatement>> {
        let types: Vec<PgTypeInfo> = declared.iter().map(|oid| PgTypeInfo::with_oid(Oid(*oid))).collect();
        self.described += 1;
        let statement = (&mut self.conn).prepare_with(AssertSqlSafe(sql.clone()).into_sql_str(), &types).await;
        match statement {
            Ok(statement) => Ok(Some(statement)),
            // What the catalogue says of a type is news to sqlx; the server has no complaint.
            Err(sqlx::Error::ColumnDecode { .. }) => Ok(None),
            Err(e) => Err(error::from_sqlx(e, sql)),
        }
    }

    /// The columns of a statement, without keeping it prepared. All in one transaction, so that a transaction pooler
    /// sends it to one server.
    async fn describe(&mut self, sql: &Arc<str>, params: &[Value]) -> DbResult<Arc<[crate::Column]>> {
        let alone = !self.shared.in_transaction.load(Ordering::Acquire);
        if alone {
            self.run_text("BEGIN").await?;
        }
        let declared: Vec<u32> = params.iter().map(encode::declared).collect();
        let described = self.ask(sql, &declared).await.map(|s| s.map_or_else(|| [].into(), |s| describe(s.columns()).0));
        if described.is_ok() {
            let name = self.described;
            self.run_text(&format!("DEALLOCATE sqlx_s_{name}")).await?;
        }
        if alone {
            self.run_text("ROLLBACK").await?;
        }
        described
    }

    /// Runs text to its end. Returns the rows affected by all of its statements.
    pub(super) async fn run_text(&mut self, sql: &str) -> DbResult<u64> {
        let done = self.run_quietly(sql, None).await;
        let marks = text::marks(sql);
        let ends = marks.iter().filter(|(_, m)| *m == text::Mark::Separator).map(|(r, _)| r.end);
        for start in std::iter::once(0).chain(ends) {
            self.note(text::verb(sql.get(start..).unwrap_or_default()), done.is_ok()).await;
        }
        done
    }

    /// As [`Self::run_text`] for statements that mean nothing for the session. Rows returned go into `kept`.
    pub(super) async fn run_quietly(&mut self, sql: &str, kept: Option<&mut RowBatch>) -> DbResult<u64> {
        let (mut reader, _) = start(&mut self.conn, Plan::Text(None, sql.into()));
        read_all(&mut reader, sql, kept).await?;
        Ok(reader.affected_by_all)
    }

    /// Executes once and reads to the end; rows returned go into `kept`. Returns the rows affected.
    pub(super) async fn run_once(&mut self, sql: &Arc<str>, params: &[Value], kept: Option<&mut RowBatch>) -> DbResult<u64> {
        let verb = text::verb(sql);
        let plan = self.plan(sql, params, verb).await?;
        let (mut reader, sent) = start(&mut self.conn, plan);
        read_all(&mut reader, &sent, kept).await?;
        let affected = reader.affected.unwrap_or(0);
        drop(reader);
        self.note(verb, true).await;
        Ok(affected)
    }

    /// Forgets what was prepared, here and on the server.
    async fn forget(&mut self) -> DbResult<()> {
        self.statements.clear();
        self.conn.clear_cached_statements().await.map_err(|e| error::from_sqlx(e, ""))
    }
}

/// Whether a prepared statement is none any more.
fn is_outdated(e: &DbError) -> bool {
    match e.sqlstate() {
        Some("26000") => true,
        Some("0A000") => e.message().starts_with("cached plan"),
        _ => false,
    }
}

/// Sends a statement. Also returns the text that was sent, for positions in errors.
fn start(conn: &mut PgConnection, plan: Plan) -> (Reader<'_>, Arc<str>) {
    match plan {
        Plan::Binary(prepared, arguments) => {
            let query = sqlx::query_with(AssertSqlSafe(prepared.sql.clone()), arguments);
            (Reader::new(conn.fetch_many(query), Some(&prepared)), prepared.sql.clone())
        }
        Plan::Text(prepared, sql) => {
            let query = sqlx::raw_sql(AssertSqlSafe(sql.clone()));
            (Reader::new(conn.fetch_many(query), prepared.as_deref()), sql)
        }
    }
}

/// Reads to the end; the rows go into `kept`, or are dropped.
async fn read_all(reader: &mut Reader<'_>, sql: &str, mut kept: Option<&mut RowBatch>) -> DbResult<()> {
    let mut batch = RowBatch::default();
    loop {
        let limit = if kept.is_some() { usize::MAX } else { FIRST_BATCH };
        let more = reader.fill(&mut batch, limit, BATCH_BYTES, sql).await?;
        if let Some(kept) = kept.as_deref_mut() {
            kept.append(&mut batch);
        }
        if !more {
            return Ok(());
        }
    }
}

/// The parameters in binary form. `None` when one has none that is known here.
fn arguments(prepared: &Prepared, params: &[Value]) -> Option<PgArguments> {
    let mut wire = Vec::with_capacity(params.len() * 16);
    let mut ends = Vec::with_capacity(params.len());
    for (kind, value) in prepared.params.iter().zip(params) {
        if !value.is_null() {
            encode::binary(kind, value, &mut wire)?;
        }
        ends.push(wire.len());
    }
    let mut arguments = PgArguments::default();
    arguments.reserve(params.len(), wire.len() + params.len() * 4);
    let mut start = 0;
    for ((value, oid), end) in params.iter().zip(&prepared.declared).zip(ends) {
        let wire = if value.is_null() { None } else { wire.get(start..end) };
        arguments.add(Param { oid: *oid, wire }).ok()?;
        start = end;
    }
    Some(arguments)
}

fn rowcount(verb: Verb, reader: &Reader<'_>, batch: &RowBatch) -> i64 {
    let affected = reader.affected.and_then(|n| i64::try_from(n).ok());
    match verb {
        _ if !reader.ended => -1,
        Verb::Select | Verb::Dml => affected.unwrap_or(-1),
        _ if !reader.columns.is_empty() => i64::try_from(batch.rows()).unwrap_or(i64::MAX),
        _ => affected.filter(|n| *n > 0).unwrap_or(-1),
    }
}

/// Hands out the rest of a result until it ends, is given up, or has to make way for another request.
async fn hand_out(
    mut reader: Reader<'_>,
    cursor: u32,
    mail: &Mailbox,
    leftovers: &mut Leftovers,
    pending: &mut Option<Request>,
    sql: &str,
) {
    loop {
        match mail.request().await {
            Request::Fetch { cursor: wanted, max_rows, mut into } if wanted == cursor => {
                let more = reader.fill_batch(&mut into, max_rows, sql).await;
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
                    let more = reader.fill_batch(&mut batch, FIRST_BATCH, sql).await;
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
