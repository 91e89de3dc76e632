//! The raw calls into SQLite: the only file of this room with `unsafe`.
//!
//! Two types keep the C rules. [`Db`] owns the connection that sqlx opened; [`Stmt`] owns a prepared statement and
//! keeps its `Db` alive, so a database is never closed under a statement. Neither is used from two threads at once:
//! sqlx opens connections without SQLite's own mutex, and `connection.rs` keeps both behind one reentrant lock. Both
//! may be called again from inside a user's function, which SQLite allows for everything that is offered here except
//! closing, and closing is impossible while a `Stmt` lives.
#![allow(unsafe_code)]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::sync::Arc;

use base::{Cell, DbError, DbErrorKind, DbResult, RowBatch, Value};
use libsqlite3_sys as c;
use parking_lot::Mutex;
use sqlx::sqlite::SqliteConnection;

use super::connection::columns_of;
use super::functions::{Aggregate, AggregateFactory, Collation, ProgressHook, ScalarFunction, TraceHook};
use super::{error, options};
use crate::connection::{Column, InterruptHandle};

/// How text is encoded, as a byte.
#[expect(clippy::cast_possible_truncation, reason = "1")]
const UTF8: u8 = c::SQLITE_UTF8 as u8;

/// A database handle as other threads may see it: there until the connection closes.
pub struct Interrupter(Mutex<Option<NonNull<c::sqlite3>>>);

// SAFETY: the pointer is only used for sqlite3_interrupt, which any thread may call, and under the mutex that `Db`
// takes to remove the pointer before it closes the connection.
unsafe impl Send for Interrupter {}
// SAFETY: as above.
unsafe impl Sync for Interrupter {}

impl InterruptHandle for Interrupter {
    fn interrupt(&self) {
        if let Some(db) = *self.0.lock() {
            // SAFETY: the pointer is still there, so the connection is open, and it stays so while we hold the mutex.
            unsafe { c::sqlite3_interrupt(db.as_ptr()) }
        }
    }
}

/// An open connection.
pub struct Db {
    raw: NonNull<c::sqlite3>,
    owner: Option<SqliteConnection>,
    pid: u32,
    interrupter: Arc<Interrupter>,
    /// What SQLite's hooks point to. They are replaced, never dropped while registered.
    trace: Mutex<Option<Box<TraceHook>>>,
    progress: Mutex<Option<Box<ProgressHook>>>,
}

// SAFETY: a SQLite connection may move between threads; the lock in connection.rs keeps calls apart.
unsafe impl Send for Db {}
// SAFETY: `&Db` reaches the raw handle only under that lock.
unsafe impl Sync for Db {}

impl Db {
    /// Takes over a connection. `lock_handle` is called this once: after it sqlx's thread waits for commands that
    /// never come, and the handle is ours.
    pub fn adopt(mut owner: SqliteConnection) -> DbResult<Self> {
        let raw =
            options::block_on(async { owner.lock_handle().await.map(|mut h| h.as_raw_handle()) }).map_err(options::open_error)?;
        Ok(Db {
            raw,
            owner: Some(owner),
            pid: std::process::id(),
            interrupter: Arc::new(Interrupter(Mutex::new(Some(raw)))),
            trace: Mutex::new(None),
            progress: Mutex::new(None),
        })
    }

    fn ptr(&self) -> *mut c::sqlite3 {
        self.raw.as_ptr()
    }

    /// The handle for other threads.
    pub fn interrupter(&self) -> Arc<Interrupter> {
        self.interrupter.clone()
    }

    /// The error of the last failed call.
    fn last_error(&self) -> DbError {
        // SAFETY: the handle is open; the message is copied before any other call can replace it.
        let (code, message) = unsafe {
            let message = CStr::from_ptr(c::sqlite3_errmsg(self.ptr())).to_string_lossy().into_owned();
            (c::sqlite3_extended_errcode(self.ptr()), message)
        };
        error::from_code(code, &message)
    }

    fn check(&self, status: c_int) -> DbResult<()> {
        if status == c::SQLITE_OK { Ok(()) } else { Err(self.last_error()) }
    }

    /// Whether a transaction is open.
    pub fn in_transaction(&self) -> bool {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_get_autocommit(self.ptr()) == 0 }
    }

    /// Rows changed by the last INSERT, UPDATE or DELETE.
    pub fn changes(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_changes64(self.ptr()) }
    }

    /// Rows changed since opening.
    pub fn total_changes(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_total_changes64(self.ptr()) }
    }

    /// Key of the last inserted row.
    pub fn last_insert_rowid(&self) -> i64 {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_last_insert_rowid(self.ptr()) }
    }

    /// Sets a limit and returns the old one; a negative `value` only asks. `None` for an unknown category.
    pub fn limit(&self, category: i32, value: i32) -> Option<i32> {
        // SAFETY: the handle is open; SQLite answers -1 for categories that it does not know.
        let old = unsafe { c::sqlite3_limit(self.ptr(), category, value) };
        (old >= 0).then_some(old)
    }

    /// Changes how long a statement waits for locks.
    pub fn set_busy_timeout(&self, milliseconds: i32) {
        // SAFETY: the handle is open.
        unsafe { c::sqlite3_busy_timeout(self.ptr(), milliseconds) };
    }

    /// Compiles the first statement of `sql`. `None` when there is only blank space and comments. The number is where
    /// the rest of the text begins.
    pub fn prepare(self: &Arc<Self>, sql: &str, persistent: bool) -> DbResult<(Option<Stmt>, usize)> {
        let flags = if persistent { c::SQLITE_PREPARE_PERSISTENT } else { 0 };
        let length = c_int::try_from(sql.len()).map_err(|_| DbError::new(DbErrorKind::Data, "query string is too large"))?;
        let mut raw = ptr::null_mut();
        let mut tail = ptr::null();
        let start = sql.as_ptr().cast::<c_char>();
        // SAFETY: the handle is open, `start` points to `length` readable bytes, the out-pointers are ours.
        let status = unsafe { c::sqlite3_prepare_v3(self.ptr(), start, length, flags, &mut raw, &mut tail) };
        self.check(status)?;
        let consumed = if tail.is_null() { sql.len() } else { (tail as usize).wrapping_sub(start as usize) };
        let stmt = NonNull::new(raw).map(|raw| {
            // SAFETY: the statement was just made.
            let (parameters, columns, readonly) = unsafe {
                (
                    c::sqlite3_bind_parameter_count(raw.as_ptr()),
                    c::sqlite3_column_count(raw.as_ptr()),
                    c::sqlite3_stmt_readonly(raw.as_ptr()) != 0,
                )
            };
            Stmt {
                raw,
                db: self.clone(),
                parameters: usize::try_from(parameters).unwrap_or(0),
                columns: usize::try_from(columns).unwrap_or(0),
                readonly,
                described: None,
            }
        });
        Ok((stmt, consumed.min(sql.len())))
    }

    /// Registers a scalar function; `None` removes it.
    pub fn create_function(
        &self,
        name: &str,
        arguments: i32,
        deterministic: bool,
        function: Option<ScalarFunction>,
    ) -> DbResult<()> {
        let name = c_string(name)?;
        let flags = c::SQLITE_UTF8 | if deterministic { c::SQLITE_DETERMINISTIC } else { 0 };
        let remove = function.is_none();
        let user = function.map_or(ptr::null_mut(), |f| Box::into_raw(Box::new(f)).cast());
        // SAFETY: the handle is open; `user` is a leaked Box<ScalarFunction> (or null together with the callback) that
        // SQLite hands to `call_scalar` and finally to `destroy`, which it also calls when registration fails.
        let status = unsafe {
            c::sqlite3_create_function_v2(
                self.ptr(),
                name.as_ptr(),
                arguments,
                flags,
                user,
                if remove { None } else { Some(call_scalar) },
                None,
                None,
                if remove { None } else { Some(destroy::<ScalarFunction>) },
            )
        };
        self.check(status)
    }

    /// Registers an aggregate; `None` removes it.
    pub fn create_aggregate(&self, name: &str, arguments: i32, factory: Option<AggregateFactory>) -> DbResult<()> {
        let name = c_string(name)?;
        let remove = factory.is_none();
        let user = factory.map_or(ptr::null_mut(), |f| Box::into_raw(Box::new(f)).cast());
        // SAFETY: as for create_function, with a leaked Box<AggregateFactory>.
        let status = unsafe {
            c::sqlite3_create_function_v2(
                self.ptr(),
                name.as_ptr(),
                arguments,
                c::SQLITE_UTF8,
                user,
                None,
                if remove { None } else { Some(step_aggregate) },
                if remove { None } else { Some(finish_aggregate) },
                if remove { None } else { Some(destroy::<AggregateFactory>) },
            )
        };
        self.check(status)
    }

    /// Registers a collation; `None` removes it.
    pub fn create_collation(&self, name: &str, collation: Option<Collation>) -> DbResult<()> {
        let name = c_string(name)?;
        let remove = collation.is_none();
        let user: *mut c_void = collation.map_or(ptr::null_mut(), |f| Box::into_raw(Box::new(f)).cast());
        // SAFETY: the handle is open; `user` is a leaked Box<Collation> that SQLite hands to `compare` and `destroy`.
        let status = unsafe {
            c::sqlite3_create_collation_v2(
                self.ptr(),
                name.as_ptr(),
                c::SQLITE_UTF8,
                user,
                if remove { None } else { Some(compare) },
                if remove { None } else { Some(destroy::<Collation>) },
            )
        };
        if status != c::SQLITE_OK && !remove {
            // SAFETY: this is the one registration whose destructor SQLite does not call when it fails.
            unsafe { destroy::<Collation>(user) };
        }
        self.check(status)
    }

    /// Hears every statement that starts; `None` stops that.
    pub fn set_trace(&self, hook: Option<TraceHook>) {
        let hook = hook.map(Box::new);
        let user = hook.as_deref().map_or(ptr::null_mut(), |h| ptr::from_ref(h).cast_mut().cast());
        let mask = if hook.is_some() { c::SQLITE_TRACE_STMT } else { 0 };
        // SAFETY: the handle is open; `user` points into a box that stays in `self.trace` until another call here has
        // replaced the registration.
        unsafe { c::sqlite3_trace_v2(self.ptr(), mask, hook.is_some().then_some(trace as _), user) };
        let old = std::mem::replace(&mut *self.trace.lock(), hook);
        drop(old);
    }

    /// Asks `hook` every `steps` virtual machine steps whether to go on; `None` stops that.
    pub fn set_progress(&self, steps: i32, hook: Option<ProgressHook>) {
        let hook = hook.map(Box::new);
        let user = hook.as_deref().map_or(ptr::null_mut(), |h| ptr::from_ref(h).cast_mut().cast());
        // SAFETY: as for set_trace, with `self.progress`.
        unsafe { c::sqlite3_progress_handler(self.ptr(), steps, hook.is_some().then_some(progress as _), user) };
        let old = std::mem::replace(&mut *self.progress.lock(), hook);
        drop(old);
    }

    /// Begins an online backup of this database's `name` into `target`'s `main`.
    pub fn backup(self: &Arc<Self>, name: &str, target: &Arc<Db>) -> DbResult<RawBackup> {
        let name = c_string(name)?;
        // SAFETY: both handles are open and locked by the caller; the backup keeps both alive.
        let raw = unsafe { c::sqlite3_backup_init(target.ptr(), c"main".as_ptr(), self.ptr(), name.as_ptr()) };
        match NonNull::new(raw) {
            Some(raw) => Ok(RawBackup { raw: Some(raw), _source: self.clone(), target: target.clone() }),
            None => Err(target.last_error()),
        }
    }
}

impl Drop for Db {
    fn drop(&mut self) {
        *self.interrupter.0.lock() = None;
        let Some(owner) = self.owner.take() else { return };
        if self.pid != std::process::id() {
            // sqlx's thread did not survive the fork and would be waited for in vain; and a child that closed the
            // file would drop its parent's locks. The parent still owns this connection.
            std::mem::forget(owner);
            return;
        }
        self.set_trace(None);
        self.set_progress(0, None);
        // No statement is left (each keeps an Arc of this), so closing cannot fail with SQLITE_BUSY.
        let _ = options::disconnect(owner);
    }
}

/// A prepared statement.
pub struct Stmt {
    raw: NonNull<c::sqlite3_stmt>,
    db: Arc<Db>,
    parameters: usize,
    columns: usize,
    readonly: bool,
    /// The columns as last described, and how often SQLite had recompiled the statement by then.
    described: Option<(c_int, Arc<[Column]>)>,
}

// SAFETY: as for Db: one lock keeps calls of all threads apart.
unsafe impl Send for Stmt {}

impl Stmt {
    fn ptr(&self) -> *mut c::sqlite3_stmt {
        self.raw.as_ptr()
    }

    /// How many parameters the statement takes.
    pub fn parameter_count(&self) -> usize {
        self.parameters
    }

    /// Whether the statement leaves the database unchanged.
    pub fn readonly(&self) -> bool {
        self.readonly
    }

    /// The name of a parameter (from 1) with its prefix, if it has one.
    pub fn parameter_name(&self, index: usize) -> Option<String> {
        // SAFETY: SQLite answers null for an index out of range; the name is copied at once.
        unsafe {
            let name = c::sqlite3_bind_parameter_name(self.ptr(), c_int::try_from(index).ok()?);
            (!name.is_null()).then(|| CStr::from_ptr(name).to_string_lossy().into_owned())
        }
    }

    /// How many columns a row has; none for a statement that returns no rows.
    pub fn column_count(&self) -> usize {
        self.columns
    }

    /// The columns. Cheap from the second time on, until the schema changes.
    pub fn columns(&mut self) -> Arc<[Column]> {
        // SAFETY: the statement is alive.
        let recompiled = unsafe { c::sqlite3_stmt_status(self.ptr(), c::SQLITE_STMTSTATUS_REPREPARE, 0) };
        if let Some((seen, columns)) = &self.described
            && *seen == recompiled
        {
            return columns.clone();
        }
        let copy = |text: *const c_char| -> Option<Box<str>> {
            // SAFETY: SQLite's name pointers are null or NUL-terminated, valid until the next call on the statement.
            (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_string_lossy().into())
        };
        // SAFETY: the statement is alive and the indexes are below its column count.
        let columns = unsafe {
            self.columns = usize::try_from(c::sqlite3_column_count(self.ptr())).unwrap_or(0);
            columns_of(self.columns, |i| {
                let i = c_int::try_from(i).unwrap_or(c_int::MAX);
                Column {
                    name: copy(c::sqlite3_column_name(self.ptr(), i)).unwrap_or_default(),
                    decltype: copy(c::sqlite3_column_decltype(self.ptr(), i)),
                    type_code: 0,
                }
            })
        };
        self.described = Some((recompiled, columns.clone()));
        columns
    }

    /// Binds a copy of `cell` to the parameter `index` (from 1).
    pub fn bind(&mut self, index: usize, cell: Cell<'_>) -> DbResult<()> {
        self.bind_with(index, cell, c::SQLITE_TRANSIENT())
    }

    fn bind_with(&mut self, index: usize, cell: Cell<'_>, destructor: c::sqlite3_destructor_type) -> DbResult<()> {
        let i = c_int::try_from(index).unwrap_or(c_int::MAX);
        let text = |s: &str, destructor| {
            // SAFETY: the pointer and length are those of a live str; with SQLITE_TRANSIENT SQLite copies it, and with
            // SQLITE_STATIC `run` clears the binding before the str goes.
            unsafe { c::sqlite3_bind_text64(self.ptr(), i, s.as_ptr().cast(), s.len() as u64, destructor, UTF8) }
        };
        let formatted = |v: &Value| text(&storage_text(v), c::SQLITE_TRANSIENT());
        // SAFETY: the statement is alive; SQLite checks the index; for byte strings the same holds as for text (an
        // empty slice has a dangling but non-null pointer, which binds an empty blob rather than NULL).
        let status = unsafe {
            match cell {
                Cell::Null => c::sqlite3_bind_null(self.ptr(), i),
                Cell::Bool(b) => c::sqlite3_bind_int64(self.ptr(), i, i64::from(b)),
                Cell::Int(v) => c::sqlite3_bind_int64(self.ptr(), i, v),
                Cell::Float(v) => c::sqlite3_bind_double(self.ptr(), i, v),
                Cell::Ascii(s) | Cell::Text(s) | Cell::Decimal(s) | Cell::Json(s) => text(s, destructor),
                Cell::Bytes(b) | Cell::InvalidText(b) => {
                    c::sqlite3_bind_blob64(self.ptr(), i, b.as_ptr().cast(), b.len() as u64, destructor)
                }
                other => formatted(&other.to_value()),
            }
        };
        self.db.check(status)
    }

    /// Goes to the next row; `false` at the end.
    pub fn step(&mut self) -> DbResult<bool> {
        // SAFETY: the statement is alive.
        match unsafe { c::sqlite3_step(self.ptr()) } {
            c::SQLITE_ROW => Ok(true),
            c::SQLITE_DONE => Ok(false),
            _ => Err(self.db.last_error()),
        }
    }

    /// Steps and decodes up to `max_rows` rows, or fewer when they are big. `false` when the end was reached.
    pub fn fill(&mut self, batch: &mut RowBatch, max_rows: usize, max_bytes: usize) -> DbResult<bool> {
        for _ in 0..max_rows {
            if !self.step()? {
                return Ok(false);
            }
            self.read_row(batch);
            if batch.heap_size() > max_bytes {
                break;
            }
        }
        Ok(true)
    }

    /// Appends the current row.
    pub fn read_row(&mut self, batch: &mut RowBatch) {
        let stmt = self.ptr();
        for i in 0..c_int::try_from(batch.columns()).unwrap_or(0) {
            // SAFETY: the statement is alive; SQLite answers NULL for indexes and states without a value. Text and
            // blob pointers are valid for the byte count asked right after them and are copied before the next call.
            unsafe {
                match c::sqlite3_column_type(stmt, i) {
                    c::SQLITE_INTEGER => batch.push_int(c::sqlite3_column_int64(stmt, i)),
                    c::SQLITE_FLOAT => batch.push_float(c::sqlite3_column_double(stmt, i)),
                    c::SQLITE_TEXT => {
                        let text = c::sqlite3_column_text(stmt, i);
                        let length = c::sqlite3_column_bytes(stmt, i);
                        batch.push_text_bytes(slice(text.cast(), length));
                    }
                    c::SQLITE_BLOB => {
                        let blob = c::sqlite3_column_blob(stmt, i);
                        let length = c::sqlite3_column_bytes(stmt, i);
                        batch.push_bytes(slice(blob.cast(), length));
                    }
                    _ => batch.push_null(),
                }
            }
        }
    }

    /// Binds, runs to the end and resets, without copying text and bytes. Rows returned are dropped.
    pub fn run<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) -> DbResult<()> {
        self.run_into(cells, None)
    }

    /// As [`Self::run`], rows returned are appended to a batch of the statement's width.
    pub fn run_into<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>, mut rows: Option<&mut RowBatch>) -> DbResult<()> {
        let mut outcome = Ok(());
        for (i, cell) in cells.enumerate() {
            outcome = self.bind_with(i + 1, cell, c::SQLITE_STATIC());
            if outcome.is_err() {
                break;
            }
        }
        while outcome.is_ok() {
            match self.step() {
                Ok(true) => {
                    if let Some(rows) = rows.as_deref_mut() {
                        self.read_row(rows);
                    }
                }
                Ok(false) => break,
                Err(e) => outcome = Err(e),
            }
        }
        // The borrowed texts go after this: nothing may point to them any more.
        self.reset();
        outcome
    }

    /// Ends execution and forgets the parameters, so the statement can be used again.
    pub fn reset(&mut self) {
        // SAFETY: the statement is alive. reset repeats the error of the last step, which was already reported.
        unsafe {
            c::sqlite3_reset(self.ptr());
            c::sqlite3_clear_bindings(self.ptr());
        }
    }
}

impl Drop for Stmt {
    fn drop(&mut self) {
        if self.db.pid == std::process::id() {
            // SAFETY: the statement is alive and never used again; its connection is open (we hold its Arc).
            unsafe { c::sqlite3_finalize(self.ptr()) };
        }
    }
}

/// A backup that runs.
pub struct RawBackup {
    raw: Option<NonNull<c::sqlite3_backup>>,
    _source: Arc<Db>,
    target: Arc<Db>,
}

// SAFETY: used under the locks of both connections.
unsafe impl Send for RawBackup {}

impl RawBackup {
    /// Copies up to `pages` pages (all when negative). Returns SQLite's status, the pages left and the pages in all.
    pub fn step(&mut self, pages: i32) -> (i32, i32, i32) {
        let Some(raw) = self.raw else { return (c::SQLITE_DONE, 0, 0) };
        // SAFETY: the backup is unfinished and both connections are open.
        unsafe {
            let status = c::sqlite3_backup_step(raw.as_ptr(), pages);
            (status, c::sqlite3_backup_remaining(raw.as_ptr()), c::sqlite3_backup_pagecount(raw.as_ptr()))
        }
    }

    /// Ends the backup, complete or not.
    pub fn finish(&mut self) -> DbResult<()> {
        let Some(raw) = self.raw.take() else { return Ok(()) };
        // SAFETY: the backup is unfinished, and `take` keeps it from being finished twice.
        let status = unsafe { c::sqlite3_backup_finish(raw.as_ptr()) };
        self.target.check(status)
    }
}

impl Drop for RawBackup {
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

/// The bytes SQLite points to; empty for null.
///
/// # Safety
/// `start` is null or points to `length` bytes that stay unchanged for `'a`.
unsafe fn slice<'a>(start: *const u8, length: c_int) -> &'a [u8] {
    match usize::try_from(length) {
        // SAFETY: the caller's promise.
        Ok(length) if length > 0 && !start.is_null() => unsafe { std::slice::from_raw_parts(start, length) },
        _ => &[],
    }
}

fn c_string(text: &str) -> DbResult<CString> {
    CString::new(text).map_err(|_| DbError::programming("embedded null character"))
}

/// The text that SQLite stores for values it has no type for.
fn storage_text(value: &Value) -> String {
    match value {
        Value::Date(d) => d.to_string(),
        Value::Time(t) => t.to_string(),
        Value::DateTime(d) => d.to_string(),
        Value::Interval(i) => i.to_string(),
        Value::Uuid(u) => base::value::format_uuid(u),
        other => format!("{other:?}"),
    }
}

/// Drops what was leaked for a callback.
///
/// # Safety
/// `user` is null or came from `Box::into_raw(Box<T>)` and is not used again.
unsafe extern "C" fn destroy<T>(user: *mut c_void) {
    if !user.is_null() {
        // A destructor of user code that panics must not unwind into SQLite.
        // SAFETY: the caller's promise.
        let _ = catch_unwind(|| drop(unsafe { Box::from_raw(user.cast::<T>()) }));
    }
}

/// Runs user code; a panic becomes an error text.
fn guarded<R>(call: impl FnOnce() -> Result<R, String>) -> Result<R, String> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err("user-defined function panicked".to_owned()))
}

/// # Safety
/// Called by SQLite with a context and `n` arguments.
unsafe fn arguments(n: c_int, argv: *mut *mut c::sqlite3_value) -> Vec<Value> {
    (0..usize::try_from(n).unwrap_or(0))
        // SAFETY: SQLite passes `n` protected values that live through the call; text and blobs are copied.
        .map(|i| unsafe {
            let v = *argv.add(i);
            match c::sqlite3_value_type(v) {
                c::SQLITE_INTEGER => Value::Int(c::sqlite3_value_int64(v)),
                c::SQLITE_FLOAT => Value::Float(c::sqlite3_value_double(v)),
                c::SQLITE_TEXT => {
                    let text = c::sqlite3_value_text(v);
                    Value::Text(String::from_utf8_lossy(slice(text, c::sqlite3_value_bytes(v))).into())
                }
                c::SQLITE_BLOB => {
                    let blob = c::sqlite3_value_blob(v);
                    Value::Bytes(slice(blob.cast(), c::sqlite3_value_bytes(v)).into())
                }
                _ => Value::Null,
            }
        })
        .collect()
}

/// # Safety
/// Called with the context of a running function.
unsafe fn answer(ctx: *mut c::sqlite3_context, result: Result<Value, String>) {
    let text = |s: &str| {
        // SAFETY: SQLite copies the text.
        unsafe { c::sqlite3_result_text64(ctx, s.as_ptr().cast(), s.len() as u64, c::SQLITE_TRANSIENT(), UTF8) }
    };
    // SAFETY: the context is valid through the call, and SQLite copies what it is given.
    unsafe {
        match result {
            Ok(Value::Null) => c::sqlite3_result_null(ctx),
            Ok(Value::Bool(b)) => c::sqlite3_result_int64(ctx, i64::from(b)),
            Ok(Value::Int(i)) => c::sqlite3_result_int64(ctx, i),
            Ok(Value::Float(f)) => c::sqlite3_result_double(ctx, f),
            Ok(Value::Text(s) | Value::Decimal(s) | Value::Json(s)) => text(&s),
            Ok(Value::Bytes(b)) => {
                c::sqlite3_result_blob64(ctx, b.as_ptr().cast(), b.len() as u64, c::SQLITE_TRANSIENT());
            }
            Ok(other) => text(&storage_text(&other)),
            Err(e) => c::sqlite3_result_error(ctx, e.as_ptr().cast(), c_int::try_from(e.len()).unwrap_or(c_int::MAX)),
        }
    }
}

unsafe extern "C" fn call_scalar(ctx: *mut c::sqlite3_context, n: c_int, argv: *mut *mut c::sqlite3_value) {
    // SAFETY: the user data is the ScalarFunction registered with this callback, alive until `destroy`.
    unsafe {
        let function = &*c::sqlite3_user_data(ctx).cast::<ScalarFunction>();
        let args = arguments(n, argv);
        answer(ctx, guarded(|| function(&args)));
    }
}

/// Bytes of a pointer.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "4 or 8")]
const POINTER: c_int = size_of::<*mut State>() as c_int;

/// An aggregation in progress. SQLite gives each group a word of zeroed memory, in which a pointer to this is kept.
type State = Result<Box<dyn Aggregate>, String>;

unsafe extern "C" fn step_aggregate(ctx: *mut c::sqlite3_context, n: c_int, argv: *mut *mut c::sqlite3_value) {
    // SAFETY: the user data is the registered AggregateFactory; the aggregate context is null (out of memory) or one
    // pointer's worth of memory that is zero the first time and afterwards what was stored here.
    unsafe {
        let slot = c::sqlite3_aggregate_context(ctx, POINTER).cast::<*mut State>();
        if slot.is_null() {
            return c::sqlite3_result_error_nomem(ctx);
        }
        if (*slot).is_null() {
            let factory = &*c::sqlite3_user_data(ctx).cast::<AggregateFactory>();
            *slot = Box::into_raw(Box::new(guarded(factory)));
        }
        let state = &mut **slot;
        let args = arguments(n, argv);
        let failed = match state {
            Ok(aggregate) => guarded(|| aggregate.step(&args)).err(),
            Err(e) => Some(e.clone()),
        };
        if let Some(e) = failed {
            answer(ctx, Err(e.clone()));
            *state = Err(e);
        }
    }
}

unsafe extern "C" fn finish_aggregate(ctx: *mut c::sqlite3_context) {
    // SAFETY: with size 0 SQLite answers null when no row was stepped, else the slot that step_aggregate filled; the
    // box is taken back exactly once, for SQLite calls xFinal once a group, also after errors.
    unsafe {
        let slot = c::sqlite3_aggregate_context(ctx, 0).cast::<*mut State>();
        if slot.is_null() || (*slot).is_null() {
            // A group without rows: NULL, as Python's sqlite3 has it.
            return c::sqlite3_result_null(ctx);
        }
        let state: State = *Box::from_raw(std::mem::replace(&mut *slot, ptr::null_mut()));
        answer(ctx, state.and_then(|mut aggregate| guarded(|| aggregate.finish())));
    }
}

unsafe extern "C" fn compare(user: *mut c_void, n1: c_int, t1: *const c_void, n2: c_int, t2: *const c_void) -> c_int {
    // SAFETY: `user` is the registered Collation; the texts are valid for their lengths through the call.
    let (collation, a, b) = unsafe { (&*user.cast::<Collation>(), slice(t1.cast(), n1), slice(t2.cast(), n2)) };
    let (a, b) = (String::from_utf8_lossy(a), String::from_utf8_lossy(b));
    guarded(|| Ok(collation(&a, &b))).map_or(0, |o| o as c_int)
}

unsafe extern "C" fn trace(mask: u32, user: *mut c_void, stmt: *mut c_void, text: *mut c_void) -> c_int {
    if mask != c::SQLITE_TRACE_STMT || user.is_null() || text.is_null() {
        return 0;
    }
    // SAFETY: `user` is the hook kept in Db::trace; `text` is NUL-terminated; for SQLITE_TRACE_STMT `stmt` is a
    // statement, whose expanded text is ours to free.
    unsafe {
        let hook = &*user.cast::<TraceHook>();
        let raw = CStr::from_ptr(text.cast());
        if raw.to_bytes().starts_with(b"--") {
            // A trigger's statement comes as a comment that names the trigger.
            let shown = raw.to_string_lossy();
            let _ = catch_unwind(AssertUnwindSafe(|| hook(&shown)));
            return 0;
        }
        let expanded = c::sqlite3_expanded_sql(stmt.cast());
        let shown = if expanded.is_null() { raw } else { CStr::from_ptr(expanded) }.to_string_lossy().into_owned();
        c::sqlite3_free(expanded.cast());
        let _ = catch_unwind(AssertUnwindSafe(|| hook(&shown)));
    }
    0
}

unsafe extern "C" fn progress(user: *mut c_void) -> c_int {
    // SAFETY: `user` is the hook kept in Db::progress.
    let hook = unsafe { &*user.cast::<ProgressHook>() };
    c_int::from(guarded(|| Ok(hook())).unwrap_or(true))
}

/// The version text of the linked library.
pub fn library_version() -> &'static str {
    // SAFETY: a static NUL-terminated text.
    unsafe { CStr::from_ptr(c::sqlite3_libversion()) }.to_str().unwrap_or("0.0.0")
}

/// The version number of the linked library, e.g. 3051003.
pub fn library_version_number() -> i32 {
    // SAFETY: no arguments, no state.
    unsafe { c::sqlite3_libversion_number() }
}

/// Whether `sql` ends with a complete statement.
pub fn complete_statement(sql: &str) -> bool {
    // SAFETY: a NUL-terminated text that lives through the call.
    CString::new(sql).is_ok_and(|sql| unsafe { c::sqlite3_complete(sql.as_ptr()) == 1 })
}

/// SQLite's generic text for a result code.
pub fn error_text(code: i32) -> String {
    // SAFETY: a static NUL-terminated text for every code.
    unsafe { CStr::from_ptr(c::sqlite3_errstr(code)) }.to_string_lossy().into_owned()
}
