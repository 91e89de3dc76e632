//! [`Postgres`]: a connection.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use base::{DbResult, RowBatch, Value};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, Row as _};

use super::error;
use super::options::Options;
use super::session::Session;
use crate::connection::{Connection, CursorId, InterruptHandle, Outcome};
use crate::remote::{Canceller, Mailbox, Remote, Shared, Task, Watch, block_on, runtime, within};

/// A PostgreSQL connection.
pub struct Postgres {
    remote: Remote,
    version: u32,
    process: i32,
}

/// Asks the server to cancel what a backend is doing.
struct Cancel {
    options: Options,
    process: i32,
}

impl Canceller for Cancel {
    fn cancel(&self) -> Task<()> {
        let (options, process) = (self.options.clone(), self.process);
        Box::pin(async move {
            // Behind a pooler the backend is unknown.
            if process == 0 {
                return;
            }
            if let Ok(mut conn) = options.connect().await {
                let sql = format!("SELECT pg_cancel_backend({process})");
                let _ = conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await;
                let _ = conn.close().await;
            }
        })
    }
}

impl Postgres {
    /// Connects.
    pub fn open(options: &Options) -> DbResult<Self> {
        let runtime = runtime()?;
        let (conn, process) = block_on(&runtime, async {
            let mut conn = options.connect().await?;
            let process = within(options.connect_timeout, prepare_session(&mut conn, options))
                .await
                .unwrap_or_else(|| Err(base::DbError::operational("connection timeout expired").disconnect()))?;
            DbResult::Ok((conn, process))
        })?;
        let version = conn.server_version_num().unwrap_or(0);
        let (mail, shared) = (Mailbox::default(), Arc::new(Shared::default()));
        let session = Session::new(conn, options.cached_statements, mail.clone(), shared.clone());
        let cancel = Arc::new(Cancel { options: options.clone(), process });
        let remote = Remote::new(runtime, mail, shared, cancel, Box::pin(session.serve()));
        remote.set_timeout(options.command_timeout);
        Ok(Postgres { remote, version, process })
    }

    /// The server process of this connection; 0 behind a pooler, where it changes.
    pub fn backend_pid(&self) -> i32 {
        self.process
    }

    /// Limits how long a statement may run before it is cancelled; `None` is no limit.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        self.remote.set_timeout(timeout);
    }

    /// Values whose types the server cannot tell are written into the text, as drivers do that bind values themselves.
    pub fn set_client_binding(&self, on: bool) {
        self.remote.shared.client_binding.store(on, Ordering::Relaxed);
    }

    /// Has `watch` asked ten times a second while a statement runs; when it says `true` the statement is cancelled.
    pub fn set_watch(&self, watch: Option<Watch>) {
        self.remote.set_watch(watch);
    }
}

/// Makes the settings asked for, and finds out which server process this is.
async fn prepare_session(conn: &mut sqlx::PgConnection, options: &Options) -> DbResult<i32> {
    let mut sql = String::new();
    for (name, value) in options.settings() {
        let quoted = |s: &str| format!("E'{}'", s.replace('\\', "\\\\").replace('\'', "''"));
        sql.push_str(&format!("SELECT set_config({}, {}, false);", quoted(name), quoted(value)));
    }
    if !sql.is_empty() {
        conn.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map_err(|e| error::from_sqlx(e, ""))?;
    }
    if options.cached_statements == 0 {
        return Ok(0);
    }
    let row = conn.fetch_one(sqlx::raw_sql("SELECT pg_backend_pid()")).await.map_err(|e| error::from_sqlx(e, ""))?;
    let value = row.try_get_raw(0).map_err(|e| error::from_sqlx(e, ""))?;
    Ok(value.as_str().ok().and_then(|s| s.parse().ok()).unwrap_or(0))
}

impl Connection for Postgres {
    fn execute(&self, sql: &str, params: &[Value]) -> DbResult<Outcome> {
        self.remote.execute(sql, params)
    }

    fn execute_many(&self, sql: &str, params: &RowBatch) -> DbResult<Outcome> {
        self.remote.execute_many(sql, params, false)
    }

    fn execute_many_into(&self, sql: &str, params: &RowBatch, rows: &mut RowBatch) -> DbResult<Outcome> {
        let mut outcome = self.remote.execute_many(sql, params, true)?;
        *rows = std::mem::take(&mut outcome.rows);
        Ok(outcome)
    }

    fn execute_script(&self, sql: &str) -> DbResult<()> {
        self.remote.execute_script(sql)
    }

    fn fetch(&self, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> DbResult<bool> {
        self.remote.fetch(cursor, max_rows, into)
    }

    fn close_cursor(&self, cursor: CursorId) {
        self.remote.close_cursor(cursor);
    }

    fn total_changes(&self) -> DbResult<i64> {
        Err(base::DbError::new(base::DbErrorKind::NotSupported, "PostgreSQL does not count the changes of a connection"))
    }

    fn in_transaction(&self) -> DbResult<bool> {
        self.remote.in_transaction()
    }

    fn interrupt_handle(&self) -> Arc<dyn InterruptHandle> {
        self.remote.interrupt_handle()
    }

    fn close(&self) -> DbResult<()> {
        self.remote.close()
    }

    fn is_closed(&self) -> bool {
        self.remote.is_closed()
    }

    /// Since PostgreSQL 10 a version has two numbers; the third is 0 then.
    fn server_version(&self) -> (u32, u32, u32) {
        match self.version {
            v if v >= 100_000 => (v / 10_000, v % 10_000, 0),
            v => (v / 10_000, v / 100 % 100, v % 100),
        }
    }
}
