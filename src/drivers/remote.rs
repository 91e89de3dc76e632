//! [`Remote`]: a connection to a server, driven on the thread that calls.
//!
//! A session is one future that owns the protocol connection and runs for as long as the connection lives: it takes a
//! request from its mailbox, works on it and leaves the answer there. A result that is being streamed is a local
//! variable of that future, so it survives between two calls without `unsafe`. Nobody polls the future but the thread
//! that calls, inside a current-thread runtime of its own: no thread in the background, nothing to lose in a fork.
//!
//! While it waits, the caller looks now and then at its deadline and at a watch (Ctrl-C); when either asks for it, the
//! statement is cancelled on the server over a second connection, and if even that does not help within
//! [`GRACE`] (or the time that the statement itself was given, when that is shorter), the connection is given up.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use base::{DbError, DbResult, RowBatch, Value};
use parking_lot::Mutex;
use tokio::runtime::Runtime;

use crate::connection::{CursorId, InterruptHandle, Outcome};

/// Rows decoded while executing: enough for most results, few enough for whoever reads only one.
pub(crate) const FIRST_BATCH: usize = 256;
/// A batch ends early when its texts and byte strings exceed this.
pub(crate) const BATCH_BYTES: usize = 1 << 20;
/// How often a waiting caller looks at its watch.
const WATCH: Duration = Duration::from_millis(100);
/// How long a cancelled statement may take to end before the connection is given up.
const GRACE: Duration = Duration::from_secs(5);

/// A future that nobody but the calling thread polls.
pub(crate) type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;
/// Asked every tenth of a second while a statement runs; `true` cancels it.
pub type Watch = Arc<dyn Fn() -> bool + Send + Sync>;

/// What a session is asked to do.
pub(crate) enum Request {
    Execute { sql: Arc<str>, params: Vec<Value> },
    Many { sql: Arc<str>, rows: RowBatch, keep: bool },
    Script(Arc<str>),
    Fetch { cursor: u32, max_rows: usize, into: RowBatch },
    CloseCursor(u32),
    Close,
}

/// What a session answers.
pub(crate) enum Answer {
    Outcome(DbResult<Outcome>),
    /// Rows, and whether there may be more.
    Rows(RowBatch, DbResult<bool>),
    Done(DbResult<()>),
}

/// Where caller and session meet.
#[derive(Clone, Default)]
pub(crate) struct Mailbox(Arc<Mutex<(Option<Request>, Option<Answer>)>>);

impl Mailbox {
    /// The next request, when there is one.
    pub(crate) async fn request(&self) -> Request {
        // Nobody has to be woken: the caller polls after it has left a request.
        poll_fn(|_| self.0.lock().0.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// Leaves the answer.
    pub(crate) fn answer(&self, answer: Answer) {
        self.0.lock().1 = Some(answer);
    }
}

/// Facts about a session that others may read while it works.
#[derive(Default)]
pub(crate) struct Shared {
    /// Whether a statement is running.
    pub(crate) busy: AtomicBool,
    /// Whether a transaction is open.
    pub(crate) in_transaction: AtomicBool,
    /// Names cursors: one number for each statement.
    pub(crate) cursors: AtomicU32,
    /// Whether the connection is gone.
    pub(crate) lost: AtomicBool,
    /// Values that the server cannot tell the types of are written into the text.
    pub(crate) client_binding: AtomicBool,
}

impl Shared {
    /// A new cursor number.
    pub(crate) fn next_cursor(&self) -> u32 {
        self.cursors.fetch_add(1, Ordering::Relaxed)
    }
}

/// Stops the running statement of a session on the server.
pub(crate) trait Canceller: Send + Sync {
    /// Connects a second time and asks for it.
    fn cancel(&self) -> Task<()>;
}

/// The engine of a connection: its runtime, its session, and how to stop it.
pub(crate) struct Remote {
    inner: Mutex<Option<Running>>,
    pub(crate) shared: Arc<Shared>,
    canceller: Arc<dyn Canceller>,
    /// The process that connected: a forked child must not touch the parent's socket.
    process: u32,
    timeout: Mutex<Option<Duration>>,
    watch: Mutex<Option<Watch>>,
    closed: AtomicBool,
}

struct Running {
    runtime: Runtime,
    task: Task<()>,
    mail: Mailbox,
}

/// A runtime that does nothing unless somebody blocks on it.
pub(crate) fn runtime() -> DbResult<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| DbError::operational(format!("could not start the connection's event loop: {e}")))
}

/// Polls a future on this thread. Malformed input makes the protocol code panic in places; that is an error here.
pub(crate) fn block_on<T>(runtime: &Runtime, future: impl Future<Output = DbResult<T>>) -> DbResult<T> {
    catch_unwind(AssertUnwindSafe(|| runtime.block_on(future))).unwrap_or_else(|_| Err(not_understood()))
}

fn not_understood() -> DbError {
    DbError::operational("the server sent something that could not be understood").disconnect()
}

/// Waits for a future at most `limit`.
pub(crate) async fn within<T>(limit: Option<Duration>, future: impl Future<Output = T>) -> Option<T> {
    match limit {
        Some(limit) => tokio::time::timeout(limit, future).await.ok(),
        None => Some(future.await),
    }
}

impl Remote {
    /// Takes over a session that has been started on `runtime`.
    pub(crate) fn new(
        runtime: Runtime,
        mail: Mailbox,
        shared: Arc<Shared>,
        canceller: Arc<dyn Canceller>,
        task: Task<()>,
    ) -> Self {
        Remote {
            inner: Mutex::new(Some(Running { runtime, task, mail })),
            shared,
            canceller,
            process: std::process::id(),
            timeout: Mutex::new(None),
            watch: Mutex::new(None),
            closed: AtomicBool::new(false),
        }
    }

    /// Limits how long a statement may run; `None` is no limit.
    pub(crate) fn set_timeout(&self, timeout: Option<Duration>) {
        *self.timeout.lock() = timeout;
    }

    /// Has `watch` asked while statements run; `None` stops that.
    pub(crate) fn set_watch(&self, watch: Option<Watch>) {
        *self.watch.lock() = watch;
    }

    fn check_process(&self) -> DbResult<()> {
        if self.process == std::process::id() {
            return Ok(());
        }
        Err(DbError::interface("the connection was opened before a fork and belongs to the parent process").disconnect())
    }

    /// Has the session work on a request.
    fn call(&self, request: Request) -> DbResult<Answer> {
        self.check_process()?;
        let mut inner = self.inner.lock();
        let Some(running) = inner.as_mut() else {
            return Err(match self.is_closed() {
                true => DbError::interface("the connection is closed"),
                false => DbError::operational("the connection is lost").disconnect(),
            });
        };
        let limit = *self.timeout.lock();
        let watch = self.watch.lock().clone();
        self.shared.busy.store(true, Ordering::Release);
        running.mail.0.lock().0 = Some(request);
        let answer = catch_unwind(AssertUnwindSafe(|| drive(running, &*self.canceller, limit, watch)))
            .unwrap_or_else(|_| Err(not_understood()));
        self.shared.busy.store(false, Ordering::Release);
        if answer.as_ref().is_err_and(DbError::is_disconnect) || self.shared.lost.load(Ordering::Acquire) {
            *inner = None;
        }
        answer
    }

    /// As [`crate::Connection::execute`].
    pub(crate) fn execute(&self, sql: &str, params: &[Value]) -> DbResult<Outcome> {
        check_text(sql)?;
        self.outcome(Request::Execute { sql: sql.into(), params: params.to_vec() })
    }

    /// As [`crate::Connection::execute_many`]; with `keep` rows returned are part of the outcome.
    pub(crate) fn execute_many(&self, sql: &str, rows: &RowBatch, keep: bool) -> DbResult<Outcome> {
        check_text(sql)?;
        self.outcome(Request::Many { sql: sql.into(), rows: rows.clone(), keep })
    }

    fn outcome(&self, request: Request) -> DbResult<Outcome> {
        match self.call(request)? {
            Answer::Outcome(outcome) => outcome,
            _ => Err(out_of_step()),
        }
    }

    /// As [`crate::Connection::execute_script`].
    pub(crate) fn execute_script(&self, sql: &str) -> DbResult<()> {
        check_text(sql)?;
        match self.call(Request::Script(sql.into()))? {
            Answer::Done(done) => done,
            _ => Err(out_of_step()),
        }
    }

    /// As [`crate::Connection::fetch`].
    pub(crate) fn fetch(&self, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> DbResult<bool> {
        let batch = std::mem::take(into);
        match self.call(Request::Fetch { cursor: cursor.generation, max_rows: max_rows.max(1), into: batch })? {
            Answer::Rows(rows, more) => {
                *into = rows;
                more
            }
            _ => Err(out_of_step()),
        }
    }

    /// As [`crate::Connection::close_cursor`].
    pub(crate) fn close_cursor(&self, cursor: CursorId) {
        // A lost connection has no cursors left.
        let _ = self.call(Request::CloseCursor(cursor.generation));
    }

    /// Whether a transaction is open.
    pub(crate) fn in_transaction(&self) -> DbResult<bool> {
        self.check_process()?;
        if self.is_closed() {
            return Err(DbError::interface("the connection is closed"));
        }
        Ok(self.shared.in_transaction.load(Ordering::Acquire))
    }

    /// A handle for other threads.
    pub(crate) fn interrupt_handle(&self) -> Arc<dyn InterruptHandle> {
        Arc::new(Interrupter { shared: self.shared.clone(), canceller: self.canceller.clone(), process: self.process })
    }

    /// Says goodbye to the server and closes.
    pub(crate) fn close(&self) -> DbResult<()> {
        if self.closed.swap(true, Ordering::AcqRel) || self.check_process().is_err() {
            return Ok(());
        }
        let mut inner = self.inner.lock();
        if let Some(mut running) = inner.take() {
            running.mail.0.lock().0 = Some(Request::Close);
            let deadline = Instant::now() + Duration::from_secs(1);
            // Whether the server hears it or not, the socket is closed by dropping it.
            let _ = catch_unwind(AssertUnwindSafe(|| {
                running.runtime.block_on(async { within(Some(deadline - Instant::now()), &mut running.task).await })
            }));
        }
        Ok(())
    }

    /// Whether `close` was called.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

impl Drop for Remote {
    fn drop(&mut self) {
        if self.process == std::process::id() {
            let _ = self.close();
        } else {
            // Parent and child share the epoll descriptor: closing our socket through the runtime would take it out of
            // the parent's interest list.
            std::mem::forget(self.inner.get_mut().take());
        }
    }
}

fn out_of_step() -> DbError {
    DbError::interface("the connection is out of step").disconnect()
}

/// The protocols end texts with a null byte.
fn check_text(sql: &str) -> DbResult<()> {
    match sql.contains('\0') {
        true => Err(DbError::programming("the query contains a null character")),
        false => Ok(()),
    }
}

/// Polls the session on this thread until it has answered.
fn drive(running: &mut Running, canceller: &dyn Canceller, limit: Option<Duration>, watch: Option<Watch>) -> DbResult<Answer> {
    let Running { runtime, task, mail } = running;
    let deadline = limit.and_then(|t| Instant::now().checked_add(t));
    // Who wants an answer soon wants to know soon that there is none.
    let grace = limit.map_or(GRACE, |t| t.clamp(GRACE / 5, GRACE));
    // Most answers need no waiting on timers at all: the first poll writes, the second reads.
    let mut answered = poll_fn(|cx| {
        let ended = task.as_mut().poll(cx).is_ready();
        match mail.0.lock().1.take() {
            Some(answer) => Poll::Ready(Ok(answer)),
            None if ended => Poll::Ready(Err(DbError::operational("the connection is lost").disconnect())),
            None => Poll::Pending,
        }
    });
    runtime.block_on(async {
        if deadline.is_none() && watch.is_none() {
            return answered.await;
        }
        let reason = loop {
            let rest = deadline.map(|d| d.saturating_duration_since(Instant::now()));
            let pause = match (rest, &watch) {
                (Some(rest), Some(_)) => rest.min(WATCH),
                (Some(rest), None) => rest,
                (None, _) => WATCH,
            };
            if let Ok(answer) = tokio::time::timeout(pause, &mut answered).await {
                return answer;
            }
            if deadline.is_some_and(|d| Instant::now() >= d) {
                break "the statement timed out";
            }
            if watch.as_ref().is_some_and(|w| w()) {
                break "the statement was interrupted";
            }
        };
        // The second connection is made on the same runtime, while the session goes on reading.
        let mut cancel = Some(canceller.cancel());
        let ended = poll_fn(|cx| {
            if let Poll::Ready(answer) = Pin::new(&mut answered).poll(cx) {
                return Poll::Ready(answer);
            }
            if cancel.as_mut().is_some_and(|c| c.as_mut().poll(cx).is_ready()) {
                cancel = None;
            }
            Poll::Pending
        });
        let answer = tokio::time::timeout(grace, ended).await.ok();
        answer.unwrap_or_else(|| Err(DbError::operational(format!("{reason} and the server did not respond")).disconnect()))
    })
}

/// Cancels from another thread.
struct Interrupter {
    shared: Arc<Shared>,
    canceller: Arc<dyn Canceller>,
    process: u32,
}

impl InterruptHandle for Interrupter {
    fn interrupt(&self) {
        if !self.shared.busy.load(Ordering::Acquire) || self.process != std::process::id() {
            return;
        }
        let Ok(runtime) = runtime() else { return };
        let cancel = self.canceller.cancel();
        let _ = catch_unwind(AssertUnwindSafe(|| runtime.block_on(within(Some(GRACE), cancel))));
    }
}
