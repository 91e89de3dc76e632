//! [`Sqlite`]: a connection, its cursors and its statement cache, behind one lock.
//!
//! The lock is reentrant because a user's function may use the connection that is calling it. State is therefore
//! borrowed only between calls into SQLite, never across one: a statement that runs is taken out of its place, and
//! whoever looks for it meanwhile finds it in use.

use std::cell::{Cell as Slot, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::{DbError, DbResult, RowBatch, Value};
use parking_lot::ReentrantMutex;

use super::ffi::{self, Db, Interrupter};
use super::functions::{AggregateFactory, Collation, ProgressHook, ScalarFunction, TraceHook};
use super::options::Options;
use super::statements::{Prepared, Statements};
use super::text::{is_dml, strip_leading};
use crate::connection::{Column, Connection, CursorId, InterruptHandle, Outcome};

/// Rows decoded while executing: enough for most results, few enough for whoever reads only one.
const FIRST_BATCH: usize = 100;
/// A batch ends early when its texts and blobs exceed this.
const BATCH_BYTES: usize = 1 << 20;

/// A SQLite connection.
pub struct Sqlite {
    inner: ReentrantMutex<Inner>,
    interrupter: Arc<Interrupter>,
    closed: AtomicBool,
}

struct Inner {
    db: RefCell<Option<Arc<Db>>>,
    state: RefCell<State>,
    /// Statements that are stepping right now, further out on this thread's stack.
    running: Slot<u32>,
}

struct State {
    statements: Statements,
    cursors: Vec<CursorSlot>,
    free: Vec<u32>,
}

#[derive(Default)]
struct CursorSlot {
    generation: u32,
    content: Content,
}

#[derive(Default)]
enum Content {
    #[default]
    Free,
    /// Stepping further out on the stack.
    InUse,
    Open(Box<Prepared>),
}

/// Builds a list of columns.
pub(super) fn columns_of(n: usize, column: impl FnMut(usize) -> Column) -> Arc<[Column]> {
    (0..n).map(column).collect()
}

impl Inner {
    fn db(&self) -> DbResult<Arc<Db>> {
        self.db.borrow().clone().ok_or_else(|| DbError::programming("Cannot operate on a closed database."))
    }

    /// Runs SQLite code, during which the connection cannot be closed.
    fn run<R>(&self, call: impl FnOnce() -> R) -> R {
        /// Counts back when the code returns, and when it panics.
        struct Running<'a>(&'a Slot<u32>);
        impl Drop for Running<'_> {
            fn drop(&mut self) {
                self.0.set(self.0.get().saturating_sub(1));
            }
        }
        self.running.set(self.running.get().saturating_add(1));
        let _running = Running(&self.running);
        call()
    }

    /// An idle statement from the cache, or a new one. `None` for text without a statement.
    fn prepare(&self, db: &Arc<Db>, sql: &str) -> DbResult<Option<Prepared>> {
        let (cached, keep) = {
            let mut state = self.state.borrow_mut();
            (state.statements.take(sql), state.statements.is_enabled())
        };
        if cached.is_some() {
            return Ok(cached);
        }
        if sql.contains('\0') {
            return Err(DbError::programming("the query contains a null character"));
        }
        let (stmt, consumed) = self.run(|| db.prepare(sql, keep))?;
        if !sql.get(consumed..).is_none_or(|tail| strip_leading(tail).is_empty()) {
            return Err(DbError::programming("You can only execute one statement at a time."));
        }
        Ok(stmt.map(|stmt| Prepared { sql: sql.into(), stmt, is_dml: is_dml(sql), failed: None }))
    }

    /// Resets a statement and keeps it for the next time.
    fn give_back(&self, mut prepared: Prepared) {
        prepared.stmt.reset();
        prepared.failed = None;
        let evicted = self.state.borrow_mut().statements.put(prepared);
        drop(evicted);
    }

    /// A place for a statement with rows left.
    fn open_cursor(&self, prepared: Prepared) -> CursorId {
        let mut state = self.state.borrow_mut();
        let State { cursors, free, .. } = &mut *state;
        let content = Content::Open(Box::new(prepared));
        if let Some(slot) = free.pop()
            && let Some(place) = cursors.get_mut(slot as usize)
        {
            place.content = content;
            return CursorId { slot, generation: place.generation };
        }
        let slot = u32::try_from(cursors.len()).unwrap_or(u32::MAX);
        cursors.push(CursorSlot { content, ..CursorSlot::default() });
        CursorId { slot, generation: 0 }
    }

    /// Takes a cursor's statement out. `None` when the cursor has ended.
    fn take_cursor(&self, id: CursorId) -> DbResult<Option<Box<Prepared>>> {
        let mut state = self.state.borrow_mut();
        let Some(place) = state.cursors.get_mut(id.slot as usize).filter(|p| p.generation == id.generation) else {
            return Ok(None);
        };
        match std::mem::replace(&mut place.content, Content::InUse) {
            Content::Open(prepared) => Ok(Some(prepared)),
            Content::InUse => Err(DbError::programming("Recursive use of cursors not allowed.")),
            Content::Free => {
                place.content = Content::Free;
                Ok(None)
            }
        }
    }

    /// Puts a cursor's statement back, or frees its place.
    fn return_cursor(&self, id: CursorId, prepared: Option<Box<Prepared>>) {
        let mut state = self.state.borrow_mut();
        let State { cursors, free, .. } = &mut *state;
        let Some(place) = cursors.get_mut(id.slot as usize) else { return };
        match prepared {
            Some(prepared) => place.content = Content::Open(prepared),
            None => {
                place.content = Content::Free;
                place.generation = place.generation.wrapping_add(1);
                free.push(id.slot);
            }
        }
    }

    fn check_parameters(prepared: &Prepared, given: usize) -> DbResult<()> {
        let wanted = prepared.stmt.parameter_count();
        if wanted == given {
            return Ok(());
        }
        Err(DbError::programming(format!(
            "Incorrect number of bindings supplied. The current statement uses {wanted}, and there are {given} supplied."
        )))
    }

    fn execute(&self, db: &Arc<Db>, prepared: &mut Prepared, params: &[Value]) -> DbResult<(Outcome, bool)> {
        Self::check_parameters(prepared, params.len())?;
        let Prepared { stmt, is_dml, failed, .. } = prepared;
        let mut outcome = Outcome { rowcount: -1, ..Default::default() };
        let mut more = false;
        if stmt.column_count() == 0 {
            self.run(|| stmt.run(params.iter().map(Value::as_cell)))?;
        } else {
            for (i, value) in params.iter().enumerate() {
                stmt.bind(i + 1, value.as_cell())?;
            }
            // The first step may recompile the statement for a changed schema, so columns are described after it.
            more = self.run(|| stmt.step())?;
            outcome.columns = stmt.columns();
            outcome.rows.reset(outcome.columns.len());
            if more {
                stmt.read_row(&mut outcome.rows);
                more = self.run(|| stmt.fill(&mut outcome.rows, FIRST_BATCH - 1, BATCH_BYTES)).unwrap_or_else(|e| {
                    *failed = Some(e);
                    true
                });
            }
        }
        if *is_dml {
            outcome.rowcount = db.changes();
        }
        outcome.last_insert_id = db.last_insert_rowid();
        Ok((outcome, more))
    }
}

impl Sqlite {
    /// Opens a database.
    pub fn open(options: &Options) -> DbResult<Self> {
        let db = Db::adopt(options.connect()?)?;
        Ok(Sqlite {
            interrupter: db.interrupter(),
            inner: ReentrantMutex::new(Inner {
                db: RefCell::new(Some(Arc::new(db))),
                state: RefCell::new(State {
                    statements: Statements::new(options.cached_statements),
                    cursors: Vec::new(),
                    free: Vec::new(),
                }),
                running: Slot::new(0),
            }),
            closed: AtomicBool::new(false),
        })
    }

    /// The names of a statement's parameters with their prefixes, `None` for `?`. Compiles it, and keeps it for the
    /// execution that follows.
    pub fn parameter_names(&self, sql: &str) -> DbResult<Vec<Option<String>>> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        let Some(prepared) = inner.prepare(&db, sql)? else { return Ok(Vec::new()) };
        let names = (1..=prepared.stmt.parameter_count()).map(|i| prepared.stmt.parameter_name(i)).collect();
        inner.give_back(prepared);
        Ok(names)
    }

    /// Executes `before` first when `sql` compiles, changes rows and no transaction is open: the implicit BEGIN of
    /// Python's `sqlite3`. Otherwise as [`Connection::execute`].
    pub fn execute_in_transaction(&self, sql: &str, params: &[Value], before: Option<&str>) -> DbResult<Outcome> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        let Some(mut prepared) = inner.prepare(&db, sql)? else {
            return Ok(Outcome { rowcount: -1, last_insert_id: db.last_insert_rowid(), ..Default::default() });
        };
        if let Some(begin) = before.filter(|_| prepared.is_dml && !db.in_transaction())
            && let Err(e) = self.execute(begin, &[])
        {
            inner.give_back(prepared);
            return Err(e);
        }
        match inner.execute(&db, &mut prepared, params) {
            Ok((mut outcome, more)) => {
                if more {
                    outcome.cursor = Some(inner.open_cursor(prepared));
                } else {
                    inner.give_back(prepared);
                }
                Ok(outcome)
            }
            Err(e) => {
                inner.give_back(prepared);
                Err(e)
            }
        }
    }

    /// As [`Connection::execute_many`], with the implicit BEGIN of [`Self::execute_in_transaction`].
    pub fn execute_many_in_transaction(&self, sql: &str, params: &RowBatch, before: Option<&str>) -> DbResult<Outcome> {
        self.execute_many_keeping(sql, params, before, None)
    }

    /// As [`Self::execute_many_in_transaction`], rows returned (RETURNING) are kept in `rows`, in the order of `params`. After an
    /// error `rows` tells how far execution came.
    pub fn execute_many_keeping(
        &self,
        sql: &str,
        params: &RowBatch,
        before: Option<&str>,
        mut rows: Option<&mut RowBatch>,
    ) -> DbResult<Outcome> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        let mut outcome = Outcome { rowcount: -1, ..Default::default() };
        let Some(mut prepared) = inner.prepare(&db, sql)? else { return Ok(outcome) };
        if let Some(rows) = rows.as_deref_mut() {
            rows.reset(prepared.stmt.column_count());
        }
        let result = (|| {
            if let Some(begin) = before.filter(|_| prepared.is_dml && !db.in_transaction()) {
                self.execute(begin, &[])?;
            }
            if prepared.is_dml {
                outcome.rowcount = 0;
            }
            // Statements without parameters have rows without cells; their number is then the caller's business.
            for row in 0..params.rows() {
                Inner::check_parameters(&prepared, params.columns())?;
                inner.run(|| prepared.stmt.run_into(params.row(row), rows.as_deref_mut()))?;
                if prepared.is_dml {
                    outcome.rowcount += db.changes();
                }
            }
            Ok(())
        })();
        outcome.last_insert_id = db.last_insert_rowid();
        inner.give_back(prepared);
        result.map(|()| outcome)
    }

    /// How many parameters a statement takes, and whether it is INSERT, UPDATE, DELETE or REPLACE. Compiles it, and keeps
    /// it for the execution that follows.
    pub fn examine(&self, sql: &str) -> DbResult<(usize, bool)> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        let Some(prepared) = inner.prepare(&db, sql)? else { return Ok((0, false)) };
        let facts = (prepared.stmt.parameter_count(), prepared.is_dml);
        inner.give_back(prepared);
        Ok(facts)
    }

    /// Whether executing `sql` cannot change the database. Compiles it, and keeps it for the execution that follows.
    pub fn is_readonly(&self, sql: &str) -> DbResult<bool> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        let Some(prepared) = inner.prepare(&db, sql)? else { return Ok(true) };
        let readonly = prepared.stmt.readonly();
        inner.give_back(prepared);
        Ok(readonly)
    }

    /// Registers a scalar function of `arguments` arguments (-1: any number); `None` removes it.
    pub fn create_function(
        &self,
        name: &str,
        arguments: i32,
        deterministic: bool,
        function: Option<ScalarFunction>,
    ) -> DbResult<()> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        inner.run(|| db.create_function(name, arguments, deterministic, function))
    }

    /// Registers an aggregate of `arguments` arguments (-1: any number); `None` removes it.
    pub fn create_aggregate(&self, name: &str, arguments: i32, factory: Option<AggregateFactory>) -> DbResult<()> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        inner.run(|| db.create_aggregate(name, arguments, factory))
    }

    /// Registers a collation; `None` removes it.
    pub fn create_collation(&self, name: &str, collation: Option<Collation>) -> DbResult<()> {
        let inner = self.inner.lock();
        let db = inner.db()?;
        inner.run(|| db.create_collation(name, collation))
    }

    /// Hears every statement that starts; `None` stops that.
    pub fn set_trace(&self, hook: Option<TraceHook>) -> DbResult<()> {
        let inner = self.inner.lock();
        Self::no_statement_running(&inner)?;
        inner.db()?.set_trace(hook);
        Ok(())
    }

    /// Asks `hook` every `steps` virtual machine steps whether to interrupt; `None` stops that.
    pub fn set_progress(&self, steps: i32, hook: Option<ProgressHook>) -> DbResult<()> {
        let inner = self.inner.lock();
        Self::no_statement_running(&inner)?;
        inner.db()?.set_progress(steps, hook);
        Ok(())
    }

    /// A hook must not be replaced while it runs.
    fn no_statement_running(inner: &Inner) -> DbResult<()> {
        if inner.running.get() == 0 {
            return Ok(());
        }
        Err(DbError::programming("cannot do this while a statement of this connection is running"))
    }

    /// Sets one of SQLite's run-time limits and returns the old value; a negative `value` only asks.
    pub fn limit(&self, category: i32, value: i32) -> DbResult<Option<i32>> {
        Ok(self.inner.lock().db()?.limit(category, value))
    }

    /// Changes how long a statement waits for locks.
    pub fn set_busy_timeout(&self, milliseconds: i32) -> DbResult<()> {
        self.inner.lock().db()?.set_busy_timeout(milliseconds);
        Ok(())
    }

    /// Runs `call` with this and another connection locked, in an order that cannot deadlock.
    pub(super) fn with_both<R>(&self, other: &Sqlite, call: impl FnOnce(&Arc<Db>, &Arc<Db>) -> DbResult<R>) -> DbResult<R> {
        let address = |s: &Sqlite| std::ptr::from_ref(s).addr();
        let (first, second) = if address(self) < address(other) { (self, other) } else { (other, self) };
        let first = first.inner.lock();
        let second = second.inner.lock();
        let (own, theirs) = if address(self) < address(other) { (&first, &second) } else { (&second, &first) };
        let (own_db, their_db) = (own.db()?, theirs.db()?);
        own.run(|| theirs.run(|| call(&own_db, &their_db)))
    }
}

impl Connection for Sqlite {
    fn execute(&self, sql: &str, params: &[Value]) -> DbResult<Outcome> {
        self.execute_in_transaction(sql, params, None)
    }

    fn execute_many(&self, sql: &str, params: &RowBatch) -> DbResult<Outcome> {
        self.execute_many_in_transaction(sql, params, None)
    }

    fn execute_many_into(&self, sql: &str, params: &RowBatch, rows: &mut RowBatch) -> DbResult<Outcome> {
        self.execute_many_keeping(sql, params, None, Some(rows))
    }

    fn execute_script(&self, sql: &str) -> DbResult<()> {
        if sql.contains('\0') {
            return Err(DbError::programming("embedded null character"));
        }
        let inner = self.inner.lock();
        let db = inner.db()?;
        let mut rest = sql;
        while !rest.is_empty() {
            let (stmt, consumed) = inner.run(|| db.prepare(rest, false))?;
            if let Some(mut stmt) = stmt {
                inner.run(|| stmt.run(std::iter::empty()))?;
            }
            rest = rest.get(consumed..).unwrap_or("");
            if consumed == 0 {
                break;
            }
        }
        Ok(())
    }

    fn fetch(&self, cursor: CursorId, max_rows: usize, into: &mut RowBatch) -> DbResult<bool> {
        let inner = self.inner.lock();
        inner.db()?;
        into.reset(into.columns());
        let Some(mut prepared) = inner.take_cursor(cursor)? else { return Ok(false) };
        into.reset(prepared.stmt.column_count());
        let filled = match prepared.failed.take() {
            Some(e) => Err(e),
            None => inner.run(|| prepared.stmt.fill(into, max_rows, BATCH_BYTES)).or_else(|e| {
                let before = !into.is_empty();
                prepared.failed = before.then(|| e.clone());
                if before { Ok(true) } else { Err(e) }
            }),
        };
        if matches!(filled, Ok(true)) {
            inner.return_cursor(cursor, Some(prepared));
        } else {
            inner.return_cursor(cursor, None);
            inner.give_back(*prepared);
        }
        filled
    }

    fn close_cursor(&self, cursor: CursorId) {
        let inner = self.inner.lock();
        if let Ok(Some(prepared)) = inner.take_cursor(cursor) {
            inner.return_cursor(cursor, None);
            inner.give_back(*prepared);
        }
    }

    fn total_changes(&self) -> DbResult<i64> {
        Ok(self.inner.lock().db()?.total_changes())
    }

    fn in_transaction(&self) -> DbResult<bool> {
        Ok(self.inner.lock().db()?.in_transaction())
    }

    fn interrupt_handle(&self) -> Arc<dyn InterruptHandle> {
        self.interrupter.clone()
    }

    fn close(&self) -> DbResult<()> {
        let inner = self.inner.lock();
        Self::no_statement_running(&inner)?;
        self.closed.store(true, Ordering::Release);
        let (idle, open) = {
            let mut state = inner.state.borrow_mut();
            state.free.clear();
            (state.statements.clear(), std::mem::take(&mut state.cursors))
        };
        drop((idle, open));
        let db = inner.db.borrow_mut().take();
        drop(db);
        Ok(())
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    fn server_version(&self) -> (u32, u32, u32) {
        let v = u32::try_from(ffi::library_version_number()).unwrap_or(0);
        (v / 1_000_000, v / 1_000 % 1_000, v % 1_000)
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _ = self.close();
    }
}
