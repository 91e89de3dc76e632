//! The Python class `Session`.

use super::transaction::SessionTransaction;
use super::{CloseState, JoinMode, SessionData, attach, binds, configure, execute, flush, identity_ops, lifecycle, registry};
use crate::py::errors;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::orm::identity::IdentityMap;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};

/// Manages persistence of mapped objects.
#[pyclass(name = "Session", module = "oxalchemy.orm.session", subclass, dict, weakref, frozen)]
pub struct Session {
    /// Process-unique number: what states remember (`hash_key`).
    pub number: u64,
    pub(super) d: Mutex<SessionData>,
}

type This<'py> = Bound<'py, Session>;
type Any<'py> = Bound<'py, PyAny>;

impl Session {
    /// The innermost transaction.
    pub fn current<'py>(&self, py: Python<'py>) -> Option<Bound<'py, SessionTransaction>> {
        self.d.lock().transaction.as_ref().map(|t| t.bind(py).clone())
    }
    /// The identity map.
    pub fn identity(&self, py: Python<'_>) -> Py<IdentityMap> {
        self.d.lock().identity.clone_ref(py)
    }
    /// Whether queries flush first.
    pub fn autoflushes(&self) -> bool {
        let d = self.d.lock();
        d.autoflush && !d.flushing
    }
    /// Whether a flush is emitting SQL.
    pub fn warns_on_events(&self) -> bool {
        self.d.lock().warn_on_events
    }
    /// Sets autoflush, gives what it was.
    pub fn set_autoflush_flag(&self, on: bool) -> bool {
        std::mem::replace(&mut self.d.lock().autoflush, on)
    }
    fn flag(&self, f: impl FnOnce(&SessionData) -> bool) -> bool {
        f(&self.d.lock())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        registry::leave(self.number);
    }
}

/// `with session.no_autoflush:`.
#[pyclass(name = "_NoAutoflush", module = "oxalchemy.orm.session", frozen)]
pub struct NoAutoflush {
    session: Py<Session>,
    before: Mutex<Vec<bool>>,
}

#[pymethods]
impl NoAutoflush {
    fn __enter__(&self, py: Python<'_>) -> Py<Session> {
        let mut d = self.session.get().d.lock();
        self.before.lock().push(d.autoflush);
        d.autoflush = false;
        drop(d);
        self.session.clone_ref(py)
    }
    fn __exit__(&self, _kind: &Any<'_>, _value: &Any<'_>, _tb: &Any<'_>) {
        if let Some(before) = self.before.lock().pop() {
            self.session.get().d.lock().autoflush = before;
        }
    }
}

#[pymethods]
impl Session {
    #[new]
    #[pyo3(signature = (*_args, **_kw))]
    fn new(py: Python<'_>, _args: &Bound<'_, PyTuple>, _kw: Option<Bound<'_, PyDict>>) -> PyResult<Self> {
        Ok(Session {
            number: registry::next_number(),
            d: Mutex::new(SessionData {
                bind: None,
                binds: Vec::new(),
                autoflush: true,
                autocommit: false,
                autobegin: true,
                expire_on_commit: true,
                twophase: false,
                enable_baked_queries: true,
                join_mode: JoinMode::default(),
                close_state: CloseState::CloseIsReset,
                query_cls: None,
                info: None,
                execution_options: None,
                identity: Py::new(py, IdentityMap::default())?,
                new: super::StateMap::default(),
                deleted: super::StateMap::default(),
                insert_counter: 0,
                transaction: None,
                nested: None,
                context: None,
                flushing: false,
                warn_on_events: false,
            }),
        })
    }
    /// See the class.
    #[pyo3(signature = (bind=None, **kw))]
    fn __init__(slf: &This<'_>, bind: Option<Any<'_>>, kw: Option<Bound<'_, PyDict>>) -> PyResult<()> {
        let kw = kw.unwrap_or_else(|| PyDict::new(slf.py()));
        configure::configure(slf, bind, &kw)
    }

    // --- attributes

    /// Engine or Connection of statements that `binds` does not know.
    #[getter(bind)]
    fn own_bind(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.d.lock().bind.as_ref().map(|b| b.clone_ref(py))
    }
    #[setter(bind)]
    fn set_own_bind(&self, bind: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.d.lock().bind, bind);
        drop(old);
    }
    /// `{class, mapper or table: engine}`.
    #[getter]
    fn binds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        binds::as_dict(py, self)
    }
    #[getter(_Session__binds)]
    fn private_binds<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        binds::as_dict(py, self)
    }
    #[getter]
    fn get_autoflush(&self) -> bool {
        self.flag(|d| d.autoflush)
    }
    #[setter]
    fn set_autoflush(&self, on: bool) {
        self.d.lock().autoflush = on;
    }
    #[getter]
    fn get_autocommit(&self) -> bool {
        self.flag(|d| d.autocommit)
    }
    #[setter]
    fn set_autocommit(&self, on: bool) {
        self.d.lock().autocommit = on;
    }
    #[getter]
    fn get_autobegin(&self) -> bool {
        self.flag(|d| d.autobegin)
    }
    #[setter]
    fn set_autobegin(&self, on: bool) {
        self.d.lock().autobegin = on;
    }
    #[getter]
    fn get_expire_on_commit(&self) -> bool {
        self.flag(|d| d.expire_on_commit)
    }
    #[setter]
    fn set_expire_on_commit(&self, on: bool) {
        self.d.lock().expire_on_commit = on;
    }
    #[getter]
    fn get_twophase(&self) -> bool {
        self.flag(|d| d.twophase)
    }
    #[setter]
    fn set_twophase(&self, on: bool) {
        self.d.lock().twophase = on;
    }
    #[getter]
    fn get_enable_baked_queries(&self) -> bool {
        self.flag(|d| d.enable_baked_queries)
    }
    #[getter]
    fn join_transaction_mode(&self) -> &'static str {
        self.d.lock().join_mode.name()
    }
    #[getter]
    fn hash_key(&self) -> u64 {
        self.number
    }
    #[getter(_query_cls)]
    fn private_query_cls(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        execute::query_class(py, self)
    }
    #[setter(_query_cls)]
    fn set_private_query_cls(&self, class: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.d.lock().query_cls, class);
        drop(old);
    }
    #[getter(_warn_on_events)]
    fn private_warn_on_events(&self) -> bool {
        self.flag(|d| d.warn_on_events)
    }
    #[setter(_warn_on_events)]
    fn set_private_warn_on_events(&self, on: bool) {
        self.d.lock().warn_on_events = on;
    }
    #[getter]
    fn _flushing(&self) -> bool {
        self.flag(|d| d.flushing)
    }
    /// A dictionary of the user's.
    #[getter]
    fn info<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        let fresh = PyDict::new(py).unbind();
        self.d.lock().info.get_or_insert(fresh).bind(py).clone()
    }
    /// Options of every statement and connection of this session.
    #[getter]
    fn get_execution_options<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        let fresh = PyDict::new(py).unbind();
        self.d.lock().execution_options.get_or_insert(fresh).bind(py).clone()
    }
    #[setter]
    fn set_execution_options(&self, options: Option<Py<PyDict>>) {
        let old = std::mem::replace(&mut self.d.lock().execution_options, options);
        drop(old);
    }
    /// `{identity key: instance}`, weak.
    #[getter]
    fn identity_map(&self, py: Python<'_>) -> Py<IdentityMap> {
        self.identity(py)
    }
    /// Pending instances.
    #[getter(new)]
    fn new_<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        let objects = self.d.lock().new.objects(py);
        functions_identity_set(py, objects)
    }
    /// Instances marked for deletion.
    #[getter]
    fn deleted<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        let objects = self.d.lock().deleted.objects(py);
        functions_identity_set(py, objects)
    }
    /// Persistent instances with changes, whether or not they amount to an UPDATE.
    #[getter]
    fn dirty<'py>(slf: &This<'py>) -> PyResult<Any<'py>> {
        let objects = flush::dirty_objects(slf);
        functions_identity_set(slf.py(), objects)
    }
    #[getter(_new)]
    fn private_new<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        let pairs = self.d.lock().new.pairs(py);
        for (s, o) in pairs {
            out.set_item(s, o)?;
        }
        Ok(out)
    }
    #[getter(_deleted)]
    fn private_deleted<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        let pairs = self.d.lock().deleted.pairs(py);
        for (s, o) in pairs {
            out.set_item(s, o)?;
        }
        Ok(out)
    }
    /// Legacy: the innermost transaction, begun when there is none; None in autocommit mode outside `begin()`.
    #[getter(transaction)]
    fn innermost_transaction<'py>(slf: &This<'py>) -> PyResult<Option<Bound<'py, SessionTransaction>>> {
        match slf.get().current(slf.py()) {
            None if !slf.get().flag(|d| d.autocommit) => lifecycle::autobegin(slf).map(Some),
            found => Ok(found),
        }
    }
    #[getter]
    fn _transaction<'py>(&self, py: Python<'py>) -> Option<Bound<'py, SessionTransaction>> {
        self.current(py)
    }
    #[getter]
    fn _nested_transaction<'py>(&self, py: Python<'py>) -> Option<Bound<'py, SessionTransaction>> {
        self.get_nested_transaction(py)
    }
    /// Not in a failed transaction; in autocommit mode: in a transaction.
    #[getter]
    fn is_active(&self, py: Python<'_>) -> bool {
        match self.current(py) {
            Some(tx) => tx.get().is_usable(),
            None => !self.flag(|d| d.autocommit),
        }
    }
    /// Names of the methods that proxies of a session offer.
    #[classattr]
    fn public_methods() -> [&'static str; 28] {
        [
            "__contains__",
            "__iter__",
            "add",
            "add_all",
            "begin",
            "begin_nested",
            "close",
            "commit",
            "connection",
            "delete",
            "execute",
            "expire",
            "expire_all",
            "expunge",
            "expunge_all",
            "flush",
            "get",
            "get_bind",
            "is_modified",
            "bulk_save_objects",
            "bulk_insert_mappings",
            "bulk_update_mappings",
            "merge",
            "query",
            "refresh",
            "rollback",
            "scalar",
            "scalars",
        ]
    }
    #[classattr]
    fn connection_callable() -> Option<()> {
        None
    }

    // --- transactions

    /// Begin a transaction.
    #[pyo3(signature = (subtransactions=false, nested=false, _subtrans=false))]
    fn begin<'py>(
        slf: &This<'py>,
        subtransactions: bool,
        nested: bool,
        _subtrans: bool,
    ) -> PyResult<Bound<'py, SessionTransaction>> {
        lifecycle::begin(slf, nested, subtransactions || _subtrans)
    }
    /// Begin a SAVEPOINT.
    fn begin_nested<'py>(slf: &This<'py>) -> PyResult<Bound<'py, SessionTransaction>> {
        lifecycle::begin(slf, true, false)
    }
    /// Flush and commit every level.
    fn commit(slf: &This<'_>) -> PyResult<()> {
        lifecycle::commit(slf)
    }
    /// Roll every level back.
    fn rollback(slf: &This<'_>) -> PyResult<()> {
        lifecycle::rollback(slf)
    }
    /// First phase of a two-phase commit.
    fn prepare(slf: &This<'_>) -> PyResult<()> {
        lifecycle::prepare(slf)
    }
    /// Roll back, release connections, forget all objects.
    fn close(slf: &This<'_>) -> PyResult<()> {
        lifecycle::close(slf, false)?;
        let mut d = slf.get().d.lock();
        if d.close_state == CloseState::Acquired {
            d.close_state = CloseState::Closed;
        }
        Ok(())
    }
    /// As `close()`, and always usable again.
    fn reset(slf: &This<'_>) -> PyResult<()> {
        lifecycle::close(slf, false)
    }
    /// As `close()`, and the connections are discarded.
    fn invalidate(slf: &This<'_>) -> PyResult<()> {
        lifecycle::close(slf, true)
    }
    /// Is a transaction begun?
    fn in_transaction(&self) -> bool {
        self.flag(|d| d.transaction.is_some())
    }
    /// Is a SAVEPOINT open?
    fn in_nested_transaction(&self) -> bool {
        self.flag(|d| d.nested.is_some())
    }
    /// The outermost transaction.
    fn get_transaction<'py>(&self, py: Python<'py>) -> Option<Bound<'py, SessionTransaction>> {
        let mut tx = self.current(py)?;
        while let Some(parent) = tx.get().parent(py) {
            tx = parent;
        }
        Some(tx)
    }
    /// The innermost SAVEPOINT.
    fn get_nested_transaction<'py>(&self, py: Python<'py>) -> Option<Bound<'py, SessionTransaction>> {
        self.d.lock().nested.as_ref().map(|t| t.bind(py).clone())
    }
    fn _autobegin_t<'py>(slf: &This<'py>) -> PyResult<Bound<'py, SessionTransaction>> {
        lifecycle::autobegin(slf)
    }
    #[pyo3(signature = (obj=None))]
    fn _autoflush(slf: &This<'_>, obj: Option<Any<'_>>) -> PyResult<()> {
        let _ = obj;
        flush::autoflush(slf)
    }
    fn __enter__<'py>(slf: &This<'py>) -> This<'py> {
        slf.clone()
    }
    fn __exit__(slf: &This<'_>, _kind: &Any<'_>, _value: &Any<'_>, _tb: &Any<'_>) -> PyResult<()> {
        slf.call_method0("close").map(drop)
    }

    // --- objects

    /// Put an instance into the session.
    #[pyo3(signature = (instance, *, _warn=true))]
    fn add(slf: &This<'_>, instance: &Any<'_>, _warn: bool) -> PyResult<()> {
        if _warn {
            attach::flush_warning(slf, "Session.add()")?;
        }
        attach::add_state(slf, &attach::state_of(instance)?)
    }
    /// Put instances into the session.
    fn add_all(slf: &This<'_>, instances: &Any<'_>) -> PyResult<()> {
        attach::flush_warning(slf, "Session.add_all()")?;
        for instance in instances.try_iter()? {
            attach::add_state(slf, &attach::state_of(&instance?)?)?;
        }
        Ok(())
    }
    /// Legacy: add a transient instance.
    #[pyo3(signature = (instance, entity_name=None))]
    fn save(slf: &This<'_>, instance: &Any<'_>, entity_name: Option<Any<'_>>) -> PyResult<()> {
        let _ = entity_name;
        attach::legacy_save(slf, instance)
    }
    /// Legacy: add a persistent or detached instance.
    #[pyo3(signature = (instance, entity_name=None))]
    fn update(slf: &This<'_>, instance: &Any<'_>, entity_name: Option<Any<'_>>) -> PyResult<()> {
        let _ = entity_name;
        attach::legacy_update(slf, instance)
    }
    /// Legacy: `add()`.
    #[pyo3(signature = (instance, entity_name=None))]
    fn save_or_update(slf: &This<'_>, instance: &Any<'_>, entity_name: Option<Any<'_>>) -> PyResult<()> {
        let _ = entity_name;
        attach::add_state(slf, &attach::state_of(instance)?)
    }
    /// Mark for deletion.
    fn delete(slf: &This<'_>, instance: &Any<'_>) -> PyResult<()> {
        attach::flush_warning(slf, "Session.delete()")?;
        attach::delete_state(slf, &attach::state_of(instance)?, instance, true)
    }
    /// Mark for deletion.
    fn delete_all(slf: &This<'_>, instances: &Any<'_>) -> PyResult<()> {
        attach::flush_warning(slf, "Session.delete_all()")?;
        for instance in instances.try_iter()? {
            let instance = instance?;
            attach::delete_state(slf, &attach::state_of(&instance)?, &instance, true)?;
        }
        Ok(())
    }
    /// Take an instance out.
    fn expunge(slf: &This<'_>, instance: &Any<'_>) -> PyResult<()> {
        attach::expunge(slf, instance)
    }
    /// Take all instances out.
    fn expunge_all(slf: &This<'_>) -> PyResult<()> {
        lifecycle::expunge_all(slf)
    }
    /// Legacy: `expunge_all()`.
    fn clear(slf: &This<'_>) -> PyResult<()> {
        lifecycle::expunge_all(slf)
    }
    /// Legacy: instances are held weakly, there is nothing to prune.
    fn prune(&self) -> usize {
        0
    }
    /// Write pending changes.
    #[pyo3(signature = (objects=None))]
    fn flush(slf: &This<'_>, objects: Option<Any<'_>>) -> PyResult<()> {
        flush::flush(slf, objects)
    }
    /// Read an instance again.
    #[pyo3(signature = (instance, attribute_names=None, with_for_update=None, lockmode=None))]
    fn refresh(
        slf: &This<'_>,
        instance: &Any<'_>,
        attribute_names: Option<Any<'_>>,
        with_for_update: Option<Any<'_>>,
        lockmode: Option<Any<'_>>,
    ) -> PyResult<()> {
        identity_ops::refresh(slf, instance, attribute_names, with_for_update.or(lockmode))
    }
    /// Read an instance again on its next use.
    #[pyo3(signature = (instance, attribute_names=None))]
    fn expire(slf: &This<'_>, instance: &Any<'_>, attribute_names: Option<Any<'_>>) -> PyResult<()> {
        identity_ops::expire(slf, instance, attribute_names)
    }
    /// Read all instances again on their next use.
    fn expire_all(slf: &This<'_>) -> PyResult<()> {
        identity_ops::expire_all(slf)
    }
    /// Copy an instance's state into the session's instance of the same identity.
    #[pyo3(signature = (instance, *, load=true, options=None, dont_load=false))]
    fn merge<'py>(
        slf: &This<'py>,
        instance: &Any<'py>,
        load: bool,
        options: Option<Any<'py>>,
        dont_load: bool,
    ) -> PyResult<Any<'py>> {
        crate::py::orm::merge::merge(slf, instance, load && !dont_load, options)
    }
    /// Merge several.
    #[pyo3(signature = (instances, *, load=true, options=None))]
    fn merge_all<'py>(
        slf: &This<'py>,
        instances: &Any<'py>,
        load: bool,
        options: Option<Any<'py>>,
    ) -> PyResult<Bound<'py, PyList>> {
        crate::py::orm::merge::merge_all(slf, instances, load, options)
    }
    /// Whether flushing an instance would write anything.
    #[pyo3(signature = (instance, include_collections=true, passive=None))]
    fn is_modified(slf: &This<'_>, instance: &Any<'_>, include_collections: bool, passive: Option<Any<'_>>) -> PyResult<bool> {
        let _ = passive;
        flush::is_modified(slf, instance, include_collections)
    }
    /// Lazy loading for an instance that is not persistent.
    fn enable_relationship_loading(slf: &This<'_>, obj: &Any<'_>) -> PyResult<()> {
        identity_ops::enable_relationship_loading(slf, obj)
    }
    fn __contains__(slf: &This<'_>, instance: &Any<'_>) -> PyResult<bool> {
        Ok(attach::contains(slf, &attach::state_of(instance)?))
    }
    fn __iter__<'py>(slf: &This<'py>) -> PyResult<Any<'py>> {
        let py = slf.py();
        let (mut objects, identity) = {
            let d = slf.get().d.lock();
            (d.new.objects(py), d.identity.clone_ref(py))
        };
        objects.extend(identity.get().objects(py));
        Ok(PyList::new(py, objects)?.try_iter()?.into_any())
    }
    fn _contains_state(slf: &This<'_>, state: &Bound<'_, crate::py::orm::state::InstanceState>) -> bool {
        attach::contains(slf, state)
    }
    fn _is_clean(slf: &This<'_>) -> PyResult<bool> {
        flush::is_clean(slf)
    }
    #[getter]
    fn _dirty_states<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(slf.py(), flush::dirty_states(slf))
    }
    fn _register_altered(slf: &This<'_>, states: &Any<'_>) -> PyResult<()> {
        identity_ops::register_altered(slf, states)
    }
    fn _expunge_states(slf: &This<'_>, states: &Any<'_>) -> PyResult<()> {
        let states = states.try_iter()?.map(|s| Ok(s?.cast_into()?)).collect::<PyResult<Vec<_>>>()?;
        attach::expunge_states(slf, &states, false)
    }

    // --- statements

    /// An engine or connection for a mapper or statement.
    #[pyo3(signature = (mapper=None, *, clause=None, bind=None, **kw))]
    fn get_bind<'py>(
        slf: &This<'py>,
        mapper: Option<Any<'py>>,
        clause: Option<Any<'py>>,
        bind: Option<Any<'py>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let _ = kw;
        binds::get_bind(slf, mapper, clause, bind)
    }
    /// Use an engine for a mapped class.
    fn bind_mapper(&self, mapper: &Any<'_>, bind: &Any<'_>) -> PyResult<()> {
        binds::add_bind(self, mapper, bind)
    }
    /// Use an engine for a table.
    fn bind_table(&self, table: &Any<'_>, bind: &Any<'_>) -> PyResult<()> {
        binds::add_bind(self, table, bind)
    }
    /// The connection of the current transaction.
    #[pyo3(signature = (bind_arguments=None, execution_options=None, mapper=None, clause=None, bind=None, close_with_result=false, **kw))]
    #[allow(clippy::too_many_arguments)]
    fn connection<'py>(
        slf: &This<'py>,
        bind_arguments: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        mapper: Option<Any<'py>>,
        clause: Option<Any<'py>>,
        bind: Option<Any<'py>>,
        close_with_result: bool,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let _ = close_with_result;
        let args = execute::BindArguments::new(slf.py(), bind_arguments, mapper, clause, bind, kw)?;
        execute::connection(slf, &args, execution_options.as_ref())
    }
    #[pyo3(signature = (engine, execution_options=None, **kw))]
    fn _connection_for_bind<'py>(
        slf: &This<'py>,
        engine: &Any<'py>,
        execution_options: Option<Bound<'py, PyDict>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let _ = kw;
        execute::connection_for_bind(slf, engine, execution_options.as_ref())
    }
    /// Run a statement.
    #[pyo3(signature = (statement, params=None, *, execution_options=None, bind_arguments=None, mapper=None, clause=None, bind=None, _parent_execute_state=None, _add_event=None, **kw))]
    #[allow(clippy::too_many_arguments)]
    fn execute<'py>(
        slf: &This<'py>,
        statement: &Any<'py>,
        params: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        bind_arguments: Option<Any<'py>>,
        mapper: Option<Any<'py>>,
        clause: Option<Any<'py>>,
        bind: Option<Any<'py>>,
        _parent_execute_state: Option<Any<'py>>,
        _add_event: Option<Any<'py>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let args = execute::BindArguments::new(slf.py(), bind_arguments, mapper, clause, bind, kw)?;
        execute::execute(slf, statement, params, execution_options, args, _parent_execute_state, _add_event)
    }
    /// First column of the first row.
    #[pyo3(signature = (statement, params=None, *, execution_options=None, bind_arguments=None, mapper=None, clause=None, bind=None, **kw))]
    #[allow(clippy::too_many_arguments)]
    fn scalar<'py>(
        slf: &This<'py>,
        statement: &Any<'py>,
        params: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        bind_arguments: Option<Any<'py>>,
        mapper: Option<Any<'py>>,
        clause: Option<Any<'py>>,
        bind: Option<Any<'py>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let args = execute::BindArguments::new(slf.py(), bind_arguments, mapper, clause, bind, kw)?;
        if crate::py::engine::execute::generator::is_generator(statement)? {
            return execute::connection(slf, &args, execution_options.as_ref())?.call_method1("scalar", (statement,));
        }
        execute::execute(slf, statement, params, execution_options, args, None, None)?.call_method0("scalar")
    }
    /// First column of every row.
    #[pyo3(signature = (statement, params=None, *, execution_options=None, bind_arguments=None, **kw))]
    fn scalars<'py>(
        slf: &This<'py>,
        statement: &Any<'py>,
        params: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        bind_arguments: Option<Any<'py>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let args = execute::BindArguments::new(slf.py(), bind_arguments, None, None, None, kw)?;
        execute::execute(slf, statement, params, execution_options, args, None, None)?.call_method0("scalars")
    }
    /// A `Query`.
    #[pyo3(signature = (*entities, **kw))]
    fn query<'py>(slf: &This<'py>, entities: &Bound<'py, PyTuple>, kw: Option<Bound<'py, PyDict>>) -> PyResult<Any<'py>> {
        let class = execute::query_class(slf.py(), slf.get())?.into_bound(slf.py());
        let kw = kw.unwrap_or_else(|| PyDict::new(slf.py()));
        class.call((entities, slf), Some(&kw))
    }
    /// The instance of a primary key, or None.
    #[pyo3(signature = (entity, ident, *, options=None, populate_existing=None, with_for_update=None, identity_token=None, execution_options=None, bind_arguments=None))]
    #[allow(clippy::too_many_arguments)]
    fn get<'py>(
        slf: &This<'py>,
        entity: &Any<'py>,
        ident: &Any<'py>,
        options: Option<Any<'py>>,
        populate_existing: Option<bool>,
        with_for_update: Option<Any<'py>>,
        identity_token: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        bind_arguments: Option<Any<'py>>,
    ) -> PyResult<Option<Any<'py>>> {
        let o = identity_ops::GetOptions {
            options,
            populate_existing: false,
            with_for_update,
            identity_token,
            execution_options,
            bind_arguments,
        };
        let o = o.of_session(slf, populate_existing)?;
        identity_ops::get(slf, entity, ident, &o)
    }
    /// The instance of a primary key.
    #[pyo3(signature = (entity, ident, *, options=None, populate_existing=None, with_for_update=None, identity_token=None, execution_options=None, bind_arguments=None))]
    #[allow(clippy::too_many_arguments)]
    fn get_one<'py>(
        slf: &This<'py>,
        entity: &Any<'py>,
        ident: &Any<'py>,
        options: Option<Any<'py>>,
        populate_existing: Option<bool>,
        with_for_update: Option<Any<'py>>,
        identity_token: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        bind_arguments: Option<Any<'py>>,
    ) -> PyResult<Any<'py>> {
        let o = identity_ops::GetOptions {
            options,
            populate_existing: false,
            with_for_update,
            identity_token,
            execution_options,
            bind_arguments,
        };
        let o = o.of_session(slf, populate_existing)?;
        identity_ops::get(slf, entity, ident, &o)?
            .ok_or_else(|| errors::exc(slf.py(), "NoResultFound", "No row was found when one was required"))
    }
    /// `with session.no_autoflush:` no flush before queries.
    #[getter]
    fn no_autoflush(slf: &This<'_>) -> NoAutoflush {
        NoAutoflush { session: slf.clone().unbind(), before: Mutex::new(Vec::new()) }
    }

    // --- bulk operations

    /// Write instances without the unit of work.
    #[pyo3(signature = (objects, return_defaults=false, update_changed_only=true, preserve_order=true))]
    fn bulk_save_objects(
        slf: &This<'_>,
        objects: &Any<'_>,
        return_defaults: bool,
        update_changed_only: bool,
        preserve_order: bool,
    ) -> PyResult<()> {
        crate::py::orm::bulk::save_objects(slf, objects, return_defaults, update_changed_only, preserve_order)
    }
    /// INSERT dictionaries.
    #[pyo3(signature = (mapper, mappings, return_defaults=false, render_nulls=false))]
    fn bulk_insert_mappings(
        slf: &This<'_>,
        mapper: &Any<'_>,
        mappings: &Any<'_>,
        return_defaults: bool,
        render_nulls: bool,
    ) -> PyResult<()> {
        crate::py::orm::bulk::insert_mappings(slf, mapper, mappings, return_defaults, render_nulls)
    }
    /// UPDATE by dictionaries with the primary key in each.
    fn bulk_update_mappings(slf: &This<'_>, mapper: &Any<'_>, mappings: &Any<'_>) -> PyResult<()> {
        crate::py::orm::bulk::update_mappings(slf, mapper, mappings)
    }

    // --- class methods

    /// The session of an instance.
    #[staticmethod]
    fn object_session<'py>(instance: &Any<'py>) -> PyResult<Option<This<'py>>> {
        super::functions::object_session(instance)
    }
    /// `(class, primary key, token)`.
    #[staticmethod]
    #[pyo3(signature = (class_=None, ident=None, *, instance=None, row=None, identity_token=None))]
    fn identity_key<'py>(
        py: Python<'py>,
        class_: Option<Any<'py>>,
        ident: Option<Any<'py>>,
        instance: Option<Any<'py>>,
        row: Option<Any<'py>>,
        identity_token: Option<Any<'py>>,
    ) -> PyResult<Any<'py>> {
        super::functions::identity_key(py, class_, ident, instance, row, identity_token)
    }
    /// Legacy: close all sessions.
    #[classmethod]
    fn close_all(cls: &Bound<'_, PyType>) -> PyResult<()> {
        super::functions::close_all(cls.py())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

impl Collected for Session {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        let Some(d) = self.d.try_lock() else { return Ok(()) };
        visit.call(&d.bind)?;
        for (k, v) in &d.binds {
            visit.call(k)?;
            visit.call(v)?;
        }
        visit.call(&d.query_cls)?;
        visit.call(&d.info)?;
        visit.call(&d.execution_options)?;
        visit.call(&d.identity)?;
        visit.call(&d.transaction)?;
        visit.call(&d.nested)?;
        visit.call(&d.context)?;
        d.new.traverse(visit)?;
        d.deleted.traverse(visit)
    }
    fn release(&self, _py: Python<'_>) {
        let dropped = self.d.try_lock().map(|mut d| {
            let maps = (std::mem::take(&mut d.new), std::mem::take(&mut d.deleted));
            (
                d.transaction.take(),
                d.nested.take(),
                d.context.take(),
                d.bind.take(),
                std::mem::take(&mut d.binds),
                d.info.take(),
                maps,
            )
        });
        drop(dropped);
    }
}

fn functions_identity_set<'py>(py: Python<'py>, objects: Vec<Any<'py>>) -> PyResult<Any<'py>> {
    py.import("oxalchemy.util")?.getattr("IdentitySet")?.call1((PyList::new(py, objects)?,))
}
