//! [`MySql`]: a connection.

use std::sync::Arc;
use std::time::Duration;

use base::{DbError, DbResult, RowBatch, Value};
use sqlx::mysql::{MySqlConnection, MySqlTypeInfo};
use sqlx::{AssertSqlSafe, Column as _, Connection as _, Executor as _, Row as _};

use super::error;
use super::options::Options;
use super::session::Session;
use crate::connection::{Connection, CursorId, InterruptHandle, Outcome};
use crate::remote::{Canceller, Mailbox, Remote, Shared, Task, Watch, block_on, runtime, within};

/// A MySQL or MariaDB connection.
pub struct MySql {
    remote: Remote,
    greeting: Greeting,
}

/// What a new connection is asked.
struct Greeting {
    id: u64,
    version: String,
    autocommit: bool,
    decimal: MySqlTypeInfo,
}

/// Asks the server to stop what a connection is doing.
struct Cancel {
    options: Options,
    id: u64,
}

impl Canceller for Cancel {
    fn cancel(&self) -> Task<()> {
        let (options, id) = (self.options.clone(), self.id);
        Box::pin(async move {
            if let Ok(mut conn) = options.connect().await {
                let _ = conn.execute(sqlx::raw_sql(AssertSqlSafe(format!("KILL QUERY {id}")))).await;
                let _ = conn.close().await;
            }
        })
    }
}

impl MySql {
    /// Connects.
    pub fn open(options: &Options) -> DbResult<Self> {
        let runtime = runtime()?;
        let (conn, greeting) = block_on(&runtime, async {
            let mut conn = options.connect().await?;
            let greeting = within(options.connect_timeout, greet(&mut conn, options)).await;
            let greeting = greeting.unwrap_or_else(|| Err(DbError::operational("connection timed out").disconnect()))?;
            DbResult::Ok((conn, greeting))
        })?;
        let (mail, shared) = (Mailbox::default(), Arc::new(Shared::default()));
        let session = Session::new(
            conn,
            options.cached_statements,
            greeting.decimal.clone(),
            greeting.autocommit,
            mail.clone(),
            shared.clone(),
        );
        let cancel = Arc::new(Cancel { options: options.clone(), id: greeting.id });
        let remote = Remote::new(runtime, mail, shared, cancel, Box::pin(session.serve()));
        remote.set_timeout(options.command_timeout);
        Ok(MySql { remote, greeting })
    }

    /// The server's number for this connection.
    pub fn thread_id(&self) -> u64 {
        self.greeting.id
    }

    /// The version as the server writes it, e.g. `10.11.6-MariaDB-0+deb12u1`.
    pub fn version_text(&self) -> &str {
        &self.greeting.version
    }

    /// Whether the server is a MariaDB.
    pub fn is_mariadb(&self) -> bool {
        self.greeting.version.to_ascii_lowercase().contains("mariadb")
    }

    /// Limits how long a statement may run before it is cancelled; `None` is no limit.
    pub fn set_timeout(&self, timeout: Option<Duration>) {
        self.remote.set_timeout(timeout);
    }

    /// Has `watch` asked ten times a second while a statement runs; when it says `true` the statement is cancelled.
    pub fn set_watch(&self, watch: Option<Watch>) {
        self.remote.set_watch(watch);
    }
}

/// Executes what the options ask for, then asks who is there.
async fn greet(conn: &mut MySqlConnection, options: &Options) -> DbResult<Greeting> {
    // sqlx asks for the mode IGNORE_SPACE, which would make the names of functions reserved words.
    let mut init = String::from("SET sql_mode = @@global.sql_mode");
    for sql in options.init() {
        init.push_str(";\n");
        init.push_str(sql.trim_end().trim_end_matches(';'));
    }
    conn.execute(sqlx::raw_sql(AssertSqlSafe(init))).await.map_err(error::from_sqlx)?;
    let sql = "SELECT CAST(CONNECTION_ID() AS CHAR), VERSION(), CAST(@@autocommit AS CHAR), CAST(0 AS DECIMAL(10, 5))";
    let row = conn.fetch_one(sqlx::raw_sql(sql)).await.map_err(error::from_sqlx)?;
    let text = |i: usize| row.try_get_unchecked::<String, _>(i).map_err(error::from_sqlx);
    let decimal = row.columns().get(3).map(|c| c.type_info().clone());
    Ok(Greeting {
        id: text(0)?.parse().unwrap_or(0),
        version: text(1)?,
        autocommit: text(2)? == "1",
        decimal: decimal.ok_or_else(|| DbError::operational("the server did not say who it is").disconnect())?,
    })
}

impl Connection for MySql {
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
        Err(DbError::new(base::DbErrorKind::NotSupported, "MySQL does not count the changes of a connection"))
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

    fn server_version(&self) -> (u32, u32, u32) {
        // Old MariaDB servers put a version in front that replication expects.
        let text = self.greeting.version.strip_prefix("5.5.5-").unwrap_or(&self.greeting.version);
        let mut parts = text.split(|c: char| !c.is_ascii_digit()).map(|p| p.parse().unwrap_or(0));
        let mut next = || parts.next().unwrap_or(0);
        (next(), next(), next())
    }
}
