//! [`Options`]: how a SQLite database is opened.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use base::{DbError, DbErrorKind, DbResult};
use parking_lot::{Condvar, Mutex};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::error;

/// What to open and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// A path, `:memory:`, the empty string (a temporary file), or a `file:` URI when `uri` is set.
    pub database: String,
    /// Whether a `database` that begins with `file:` is a URI rather than a path.
    pub uri: bool,
    /// How long a statement waits for a lock that another connection holds.
    pub busy_timeout: Duration,
    /// Prepared statements kept for reuse; 0 keeps none.
    pub cached_statements: usize,
}

impl Options {
    /// The defaults of Python's `sqlite3`: no URI, five seconds, 128 statements.
    pub fn new(database: impl Into<String>) -> Self {
        Options { database: database.into(), uri: false, busy_timeout: Duration::from_secs(5), cached_statements: 128 }
    }

    /// Opens through sqlx. Foreign keys start switched off, as in every other SQLite.
    pub(super) fn connect(&self) -> DbResult<SqliteConnection> {
        if self.database.contains('\0') {
            return Err(DbError::new(DbErrorKind::Programming, "embedded null byte"));
        }
        let path = match &self.database {
            // sqlx always lets SQLite read URIs; "./" keeps a path that merely looks like one a path.
            d if !self.uri && d.starts_with("file:") => format!("./{d}"),
            d => d.clone(),
        };
        // More than i32 milliseconds makes sqlx panic.
        let timeout = self.busy_timeout.min(Duration::from_millis(i32::MAX as u64));
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .foreign_keys(false)
            .busy_timeout(timeout)
            .statement_cache_capacity(1)
            .disable_statement_logging();
        block_on(options.connect()).map_err(open_error)
    }
}

/// Closes a connection that sqlx opened and waits until its thread has ended.
pub(super) fn disconnect(conn: SqliteConnection) -> DbResult<()> {
    block_on(conn.close()).map_err(open_error)
}

/// Whoever waits for sqlx's thread. Thread-local variables (and with them tokio's context) may be gone already where a connection
/// is closed: one that is kept in such a variable ends with its thread.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        *self.rung.lock() = true;
        self.changed.notify_one();
    }
}

/// Polls a future on this thread. sqlx's SQLite futures wait for its worker thread only: no timers, no sockets.
pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    let bell = Arc::new(Bell::default());
    let waker = Waker::from(bell.clone());
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        let mut rung = bell.rung.lock();
        while !std::mem::take(&mut *rung) {
            bell.changed.wait(&mut rung);
        }
    }
}

/// What sqlx says about a failed opening, as SQLite's own code and text.
pub(super) fn open_error(e: sqlx::Error) -> DbError {
    match e {
        sqlx::Error::Database(db) => match db.code().and_then(|c| c.parse().ok()) {
            Some(code) => error::from_code(code, db.message()),
            None => DbError::operational(db.message()),
        },
        other => DbError::operational(other.to_string()),
    }
}
