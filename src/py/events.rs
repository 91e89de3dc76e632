//! Which events anybody listens for, anywhere: one flag an event name, so that code which fires events costs nothing
//! until the first listener. Behind the flag, `fire` asks the object's Python `dispatch`.

use super::stack::deep;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

macro_rules! events {
    ($($variant:ident $name:literal),* $(,)?) => {
        /// Every documented event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        #[repr(usize)]
        pub enum Event { $($variant),* }

        const NAMES: &[&str] = &[$($name),*];
        static USED: [AtomicBool; [$($name),*].len()] = [const { AtomicBool::new(false) }; [$($name),*].len()];
    };
}

events! {
    // pool
    Connect "connect", FirstConnect "first_connect", Checkout "checkout", Checkin "checkin", Reset "reset",
    Invalidate "invalidate", SoftInvalidate "soft_invalidate", Close "close", Detach "detach", CloseDetached "close_detached",
    // connection
    BeforeExecute "before_execute", AfterExecute "after_execute", BeforeCursorExecute "before_cursor_execute",
    AfterCursorExecute "after_cursor_execute", EngineConnect "engine_connect",
    SetConnectionExecutionOptions "set_connection_execution_options", SetEngineExecutionOptions "set_engine_execution_options",
    EngineDisposed "engine_disposed", Begin "begin", Rollback "rollback", Commit "commit", Savepoint "savepoint",
    RollbackSavepoint "rollback_savepoint", ReleaseSavepoint "release_savepoint", BeginTwophase "begin_twophase",
    PrepareTwophase "prepare_twophase", RollbackTwophase "rollback_twophase", CommitTwophase "commit_twophase",
    // dialect
    HandleError "handle_error", DoConnect "do_connect", DoExecute "do_execute", DoExecutemany "do_executemany",
    DoExecuteNoParams "do_execute_no_params", DoSetinputsizes "do_setinputsizes",
    // DDL
    BeforeCreate "before_create", AfterCreate "after_create", BeforeDrop "before_drop", AfterDrop "after_drop",
    BeforeParentAttach "before_parent_attach", AfterParentAttach "after_parent_attach", ColumnReflect "column_reflect",
    // mapper
    InstrumentClass "instrument_class", AfterMapperConstructed "after_mapper_constructed",
    BeforeMapperConfigured "before_mapper_configured", MapperConfigured "mapper_configured",
    BeforeConfigured "before_configured", AfterConfigured "after_configured", BeforeInsert "before_insert",
    AfterInsert "after_insert", BeforeUpdate "before_update", AfterUpdate "after_update", BeforeDelete "before_delete",
    AfterDelete "after_delete",
    // instance
    FirstInit "first_init", Init "init", InitFailure "init_failure", Load "load", Refresh "refresh", RefreshFlush "refresh_flush",
    Expire "expire", Pickle "pickle", Unpickle "unpickle", MergedUnloaded "_sa_event_merge_wo_load",
    // attribute
    Append "append", AppendWoMutation "append_wo_mutation", BulkReplace "bulk_replace", Remove "remove", Set "set",
    InitScalar "init_scalar", InitCollection "init_collection", DisposeCollection "dispose_collection", Modified "modified",
    // session
    DoOrmExecute "do_orm_execute", AfterTransactionCreate "after_transaction_create",
    AfterTransactionEnd "after_transaction_end", BeforeCommit "before_commit", AfterCommit "after_commit",
    AfterRollback "after_rollback", AfterSoftRollback "after_soft_rollback", BeforeFlush "before_flush",
    AfterFlush "after_flush", AfterFlushPostexec "after_flush_postexec", AfterBegin "after_begin",
    BeforeAttach "before_attach", AfterAttach "after_attach", AfterBulkUpdate "after_bulk_update",
    AfterBulkDelete "after_bulk_delete", TransientToPending "transient_to_pending", PendingToTransient "pending_to_transient",
    PersistentToTransient "persistent_to_transient", PendingToPersistent "pending_to_persistent",
    DetachedToPersistent "detached_to_persistent", LoadedAsPersistent "loaded_as_persistent",
    PersistentToDeleted "persistent_to_deleted", DeletedToPersistent "deleted_to_persistent",
    DeletedToDetached "deleted_to_detached", PersistentToDetached "persistent_to_detached",
    // query
    BeforeCompile "before_compile", BeforeCompileUpdate "before_compile_update", BeforeCompileDelete "before_compile_delete",
}

/// Counts registrations and removals.
static VERSION: AtomicU64 = AtomicU64::new(0);

/// A number that changes when listeners come or go: what was decided by who listens holds for one number.
pub fn version() -> u64 {
    VERSION.load(Ordering::Relaxed)
}

/// Told by `oxalchemy.event` when listeners come or go.
#[pyfunction]
fn _events_changed() {
    VERSION.fetch_add(1, Ordering::Relaxed);
}

impl Event {
    /// Its documented name.
    pub fn name(self) -> &'static str {
        NAMES.get(self as usize).copied().unwrap_or("")
    }
    /// Whether anybody ever listened for an event of this name, on any target.
    #[inline]
    pub fn used(self) -> bool {
        USED.get(self as usize).is_some_and(|u| u.load(Ordering::Relaxed))
    }
}

/// Told by `oxalchemy.event` at each registration.
#[pyfunction]
fn _event_used(name: &str) {
    for (i, n) in NAMES.iter().enumerate() {
        if *n == name
            && let Some(flag) = USED.get(i)
        {
            flag.store(true, Ordering::Relaxed);
        }
    }
}

/// The listeners of an event of `target` (an object with `dispatch`), `None` when there are none.
pub fn listeners<'py>(target: &Bound<'py, PyAny>, event: Event) -> PyResult<Option<Bound<'py, PyAny>>> {
    if !event.used() {
        return Ok(None);
    }
    let found = target.getattr("dispatch")?.getattr(event.name())?;
    Ok(found.is_truthy()?.then_some(found))
}

/// Run the listeners of an event of `target`, whatever they return.
pub fn fire<'py, A: pyo3::IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>>(
    target: &Bound<'py, PyAny>,
    event: Event,
    args: A,
) -> PyResult<()> {
    if let Some(found) = listeners(target, event)? {
        let args = args.into_pyobject(target.py())?;
        deep(|| found.call1(args))?;
    }
    Ok(())
}

/// Add this file's function to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(_events_changed, m)?)?;
    m.add_function(wrap_pyfunction!(_event_used, m)?)
}
