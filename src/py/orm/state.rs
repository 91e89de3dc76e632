//! [`InstanceState`]: what the ORM knows about one instance beside its values.
//!
//! One per instance, under `_sa_instance_state` in the instance's `__dict__`; it knows its instance weakly. A fresh state is
//! out of the cyclic collector's sight; it is tracked from the moment it holds something that may be part of a cycle
//! (old values, parents, the strong reference of a dirty instance).

use super::hooks::HOOKS;
use super::identity::IdentityKey;
use super::manager::ClassManager;
use crate::py::errors::{self, item_of};
use crate::py::ffi::{self, GilCell};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple, PyWeakrefMethods, PyWeakrefReference};
use std::sync::atomic::{AtomicU64, Ordering};

/// Facts about a state, combined in one word.
pub mod flag {
    /// Changed since load or flush.
    pub const MODIFIED: u32 = 1;
    /// All attributes were expired.
    pub const EXPIRED: u32 = 2;
    /// Deleted in the session's transaction.
    pub const DELETED: u32 = 4;
    /// In a session.
    pub const ATTACHED: u32 = 8;
    /// Lazy loading works although it is pending or detached (`enable_relationship_loading`).
    pub const LOAD_PENDING: u32 = 16;
    /// Taken from its session as a pending orphan.
    pub const ORPHANED_OUTSIDE: u32 = 32;
    /// `__init__` is running.
    pub const INITIALIZING: u32 = 64;
    /// Columns without a value were written as NULL: there is nothing to load for them.
    pub const NULLS: u32 = 128;
    /// Relationships that are not loaded were expired with everything else.
    pub const RELATED_EXPIRED: u32 = 256;
}

/// Appends and removes of a collection that is not loaded.
#[derive(Default)]
pub struct Pending {
    /// Attribute name.
    pub key: String,
    /// Appended, in order.
    pub added: Vec<Py<PyAny>>,
    /// Removed.
    pub removed: Vec<Py<PyAny>>,
    /// The others, once they were loaded to be replaced.
    pub kept: Option<Vec<Py<PyAny>>>,
}

/// What few states have.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Extra {
    /// Loader options that travelled with the load, opaque here.
    pub load_options: Option<Py<PyAny>>,
    pub load_path: Option<Py<PyAny>>,
    /// How relationships of this instance alone are loaded on access.
    pub lazy: Option<std::sync::Arc<[orm::load::kept::LazyOption]>>,
    /// Attribute name to loader callable of this instance alone.
    pub callables: Option<Py<PyDict>>,
    pub pending: Vec<Pending>,
    pub info: Option<Py<PyDict>>,
    /// Containers of collections that were read but never set.
    pub empties: Vec<(Py<PyString>, Py<PyAny>)>,
    /// Attribute name to value before it was expired, where a criterion that was built with the instance may need it.
    pub last_known: Vec<(Py<PyString>, Py<PyAny>)>,
    pub runid: Option<Py<PyAny>>,
    /// Token that the identity of a new instance will have.
    pub token: Option<Py<PyAny>>,
    /// Relationships that were loaded after everything was expired, and then dropped one by one.
    pub reloaded: Vec<Py<PyString>>,
}

/// Changing part of a state.
#[derive(Default)]
pub struct StateData {
    /// Which row it stands for.
    pub key: Option<IdentityKey>,
    /// Number of the session, 0 for none.
    pub session: u64,
    /// See [`flag`].
    pub flags: u32,
    /// Order of `add()`.
    pub insert_order: u64,
    /// Keeps a dirty instance alive.
    pub strong: Option<Py<PyAny>>,
    /// Values before the first change since load or flush, by attribute name (interned: compared by address).
    pub committed: Vec<(Py<PyString>, Py<PyAny>)>,
    /// Column attributes to load on the next access.
    pub expired: Vec<Py<PyString>>,
    /// Parent token to parent state; `None`: was removed from its parent.
    pub parents: Vec<(u64, Option<Py<InstanceState>>)>,
    /// The rare rest.
    pub extra: Option<Box<Extra>>,
}

/// See the module documentation.
#[pyclass(frozen, weakref, module = "oxalchemy.orm.state")]
pub struct InstanceState {
    /// Of the instance's class.
    pub manager: Py<ClassManager>,
    obj: GilCell<Option<Py<PyWeakrefReference>>>,
    /// Everything that changes.
    pub d: GilCell<StateData>,
    /// Process-unique number, for maps that must not hold the state.
    pub serial: u64,
}

static SERIAL: AtomicU64 = AtomicU64::new(1);

impl InstanceState {
    /// A state for an instance, not yet put into its `__dict__`. Not tracked by the cyclic collector.
    pub fn create<'py>(obj: &Bound<'py, PyAny>, manager: &Bound<'py, ClassManager>) -> PyResult<Bound<'py, Self>> {
        let weak = PyWeakrefReference::new(obj)?;
        // without a callback it holds nothing
        ffi::gc_untrack(weak.as_any());
        let weak = weak.unbind();
        let state = Bound::new(
            obj.py(),
            Self {
                manager: manager.clone().unbind(),
                obj: GilCell::new(Some(weak)),
                d: GilCell::default(),
                serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            },
        )?;
        ffi::gc_untrack(state.as_any());
        Ok(state)
    }
    /// The state of an instance, if it has one.
    pub fn of<'py>(obj: &Bound<'py, PyAny>) -> Option<Bound<'py, Self>> {
        let dict = ffi::instance_dict(obj).map_err(|_| ()).ok()?;
        Self::in_dict(&dict)
    }
    /// The state in an instance's `__dict__`.
    #[inline]
    pub fn in_dict<'py>(dict: &Bound<'py, PyDict>) -> Option<Bound<'py, Self>> {
        ffi::dict_get(dict, super::names::state_attr(dict.py()))?.cast_into::<Self>().ok()
    }
    /// The token of its identity, or the one that the identity of a new instance will have.
    pub fn token<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.d.with(py, |d| match &d.key {
            Some(key) => key.token.as_ref().map(|t| t.to_py(py).into_bound(py)),
            None => d.extra.as_ref()?.token.as_ref().map(|t| t.bind(py).clone()),
        })
    }
    /// The instance, while it lives.
    #[inline]
    pub fn instance<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.obj.with(py, |o| o.as_ref().map(|w| w.clone_ref(py)))?.bind(py).upgrade()
    }
    /// Point to another instance (unpickling).
    pub fn set_instance(&self, obj: &Bound<'_, PyAny>) -> PyResult<()> {
        let weak = PyWeakrefReference::new(obj)?.unbind();
        drop(self.obj.replace(obj.py(), Some(weak)));
        Ok(())
    }
    /// The instance's `__dict__`; empty when the instance is gone.
    pub fn instance_dict<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.instance(py).and_then(|o| ffi::instance_dict(&o).ok()).unwrap_or_else(|| PyDict::new(py))
    }
    /// Whether a flag is set.
    #[inline]
    pub fn is(&self, py: Python<'_>, flag: u32) -> bool {
        self.d.with(py, |d| d.flags & flag != 0)
    }
    /// Set or clear a flag.
    pub fn set_flag(&self, py: Python<'_>, flag: u32, on: bool) {
        self.d.with(py, |d| if on { d.flags |= flag } else { d.flags &= !flag });
    }
    /// Number of the session, 0 for none.
    #[inline]
    pub fn session_number(&self, py: Python<'_>) -> u64 {
        self.d.with(py, |d| d.session)
    }
    /// The identity key.
    pub fn identity_key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyTuple>> {
        self.d.with(py, |d| d.key.as_ref().map(|k| k.clone_ref(py)))?.as_tuple(py).ok()
    }
    /// Give or take the identity key.
    pub fn set_identity_key(&self, py: Python<'_>, key: Option<IdentityKey>) {
        let old = self.d.with(py, |d| std::mem::replace(&mut d.key, key));
        drop(old);
    }
    /// Let the cyclic collector see this state: it is about to hold something that may be part of a cycle.
    #[inline]
    pub fn track(slf: &Bound<'_, Self>) {
        ffi::gc_track(slf.as_any());
    }
    /// The value of an attribute before its first change.
    pub fn committed<'py>(&self, py: Python<'py>, key: &Py<PyString>) -> Option<Bound<'py, PyAny>> {
        self.d.with(py, |d| d.committed.iter().find(|c| c.0.is(key)).map(|c| c.1.clone_ref(py))).map(|v| v.into_bound(py))
    }
    /// Whether an attribute changed.
    #[inline]
    pub fn has_committed(&self, py: Python<'_>, key: &Py<PyString>) -> bool {
        self.d.with(py, |d| d.committed.iter().any(|c| c.0.is(key)))
    }
    /// Remember the value of an attribute before its first change (or, with `force`, again).
    pub fn keep_committed(slf: &Bound<'_, Self>, key: &Py<PyString>, value: Bound<'_, PyAny>, force: bool) {
        let py = slf.py();
        if !is_atomic(&value) {
            Self::track(slf);
        }
        let value = value.unbind();
        let old = slf.get().d.with(py, |d| match d.committed.iter_mut().find(|c| c.0.is(key)) {
            Some(slot) if force => Some(std::mem::replace(&mut slot.1, value)),
            Some(_) => Some(value),
            None => {
                d.committed.push((key.clone_ref(py), value));
                None
            }
        });
        drop(old);
    }
    /// Forget the old value of an attribute.
    pub fn drop_committed<'py>(&self, py: Python<'py>, key: &Py<PyString>) -> Option<Bound<'py, PyAny>> {
        self.d
            .with(py, |d| d.committed.iter().position(|c| c.0.is(key)).map(|i| d.committed.remove(i)))
            .map(|c| c.1.into_bound(py))
    }
    /// Change the rare part, made when needed.
    pub fn with_extra<R>(slf: &Bound<'_, Self>, f: impl FnOnce(&mut Extra) -> R) -> R {
        Self::track(slf);
        slf.get().d.with(slf.py(), |d| f(d.extra.get_or_insert_default()))
    }
    /// Read the rare part.
    pub fn read_extra<R>(&self, py: Python<'_>, f: impl FnOnce(&Extra) -> Option<R>) -> Option<R> {
        self.d.with(py, |d| d.extra.as_deref().and_then(f))
    }
    /// Whether an attribute waits for its expired value.
    #[inline]
    pub fn is_expired_attr(&self, py: Python<'_>, key: &Py<PyString>) -> bool {
        self.d.with(py, |d| d.expired.iter().any(|k| k.is(key)))
    }

    /// The first half of every change: keep `previous` for history, become dirty.
    pub fn modified(slf: &Bound<'_, Self>, key: Option<(&Py<PyString>, Bound<'_, PyAny>)>, force: bool) -> PyResult<()> {
        let py = slf.py();
        let this = slf.get();
        let name = key.as_ref().map(|k| k.0.clone_ref(py));
        if let Some((key, previous)) = key {
            if force || !this.has_committed(py, key) {
                Self::keep_committed(slf, key, previous, force);
            }
            if this.read_extra(py, |e| (!e.last_known.is_empty()).then_some(())).is_some() {
                this.set_last_known(py, key, super::flags::no_value(py)?);
            }
        }
        let (session, flags, strong) = this.d.with(py, |d| (d.session, d.flags, d.strong.is_some()));
        if flags & flag::MODIFIED != 0 && (session == 0 || strong) {
            return Ok(());
        }
        this.set_flag(py, flag::MODIFIED, true);
        // nobody would ever see the change
        if let Some(key) = name
            && this.instance(py).is_none()
        {
            let (class, key) = (this.manager.get().class_name(py), key.text());
            let message = format!(
                "Can't emit change event for attribute '{class}.{key}' - parent object of type <{class}> has been garbage collected."
            );
            return Err(PyErr::from_type(crate::py::imports::orm_exc(py, "ObjectDereferencedError")?, message));
        }
        if session != 0 {
            let inst = this.instance(py);
            Self::track(slf);
            let old = this.d.with(py, |d| std::mem::replace(&mut d.strong, inst.map(Bound::unbind)));
            drop(old);
            if let Some(hook) = HOOKS.on_modified.get() {
                hook(slf, session)?;
            }
        }
        Ok(())
    }

    /// Forget all changes: the values in the instance are those of the database. Keeps the dirty mark of the session to
    /// its caller.
    pub fn commit_all(&self, py: Python<'_>) {
        let old = self.d.with(py, |d| {
            d.flags &= !(flag::MODIFIED | flag::EXPIRED);
            let pending = d.extra.as_mut().map(|e| std::mem::take(&mut e.pending));
            (std::mem::take(&mut d.committed), d.strong.take(), pending)
        });
        drop(old);
    }
    /// Forget the changes of some attributes; those present are no longer expired.
    pub fn commit(&self, py: Python<'_>, dict: &Bound<'_, PyDict>, keys: &[Py<PyString>]) {
        let present: Vec<bool> = keys.iter().map(|k| ffi::dict_get(dict, k).is_some()).collect();
        let old = self.d.with(py, |d| {
            let mut gone = Vec::new();
            for (key, present) in keys.iter().zip(present) {
                if let Some(i) = d.committed.iter().position(|c| c.0.is(key)) {
                    gone.push(d.committed.remove(i));
                }
                if present {
                    d.expired.retain(|k| !k.is(key));
                }
            }
            gone
        });
        drop(old);
    }
    /// Remember (or forget) the parent through a relationship, for orphan tracking.
    pub fn set_has_parent(child: &Bound<'_, Self>, token: u64, parent: Option<&Bound<'_, Self>>) {
        let py = child.py();
        Self::track(child);
        let parent = parent.map(|p| p.clone().unbind());
        let old = child.get().d.with(py, |d| match d.parents.iter_mut().find(|p| p.0 == token) {
            Some(slot) => std::mem::replace(&mut slot.1, parent),
            None => {
                d.parents.push((token, parent));
                None
            }
        });
        drop(old);
    }
    /// Whether it has a parent through a relationship; `optimistic` when nothing is known.
    pub fn has_parent(&self, py: Python<'_>, token: u64, optimistic: bool) -> bool {
        self.d.with(py, |d| d.parents.iter().find(|p| p.0 == token).map_or(optimistic, |p| p.1.is_some()))
    }
    /// The parent remembered for a relationship.
    pub fn parent_of(&self, py: Python<'_>, token: u64) -> Option<Py<Self>> {
        self.d.with(py, |d| d.parents.iter().find(|p| p.0 == token).and_then(|p| p.1.as_ref().map(|p| p.clone_ref(py))))
    }
    /// From now on the value of an attribute is remembered when it is expired.
    pub fn keep_last_known(slf: &Bound<'_, Self>, key: &Py<PyString>) {
        let py = slf.py();
        let Ok(none) = super::flags::no_value(py) else { return };
        let entry = (key.clone_ref(py), none.unbind());
        let spare = Self::with_extra(slf, |e| {
            if e.last_known.iter().any(|l| l.0.is(key)) {
                return Some(entry);
            }
            e.last_known.push(entry);
            None
        });
        drop(spare);
    }
    /// Remember the value of an attribute, if that is wanted.
    pub fn set_last_known(&self, py: Python<'_>, key: &Py<PyString>, value: Bound<'_, PyAny>) {
        let value = value.unbind();
        let old = self.d.with(py, |d| {
            let slot = d.extra.as_mut().and_then(|e| e.last_known.iter_mut().find(|l| l.0.is(key)));
            match slot {
                Some(slot) => std::mem::replace(&mut slot.1, value),
                None => value,
            }
        });
        drop(old);
    }
    /// The value that an attribute had before it was expired.
    pub fn last_known<'py>(&self, py: Python<'py>, key: &Py<PyString>) -> Option<Bound<'py, PyAny>> {
        self.read_extra(py, |e| e.last_known.iter().find(|l| l.0.is(key)).map(|l| l.1.clone_ref(py)))
            .map(|v| v.into_bound(py))
            .filter(|v| !super::flags::is_no_value(v))
    }
    /// `<User at 0x…>`.
    pub fn describe(&self, py: Python<'_>) -> String {
        let id = self.instance(py).map_or(0, |o| o.as_ptr() as usize);
        format!("<{} at 0x{id:x}>", self.manager.get().class_name(py))
    }
}

/// Whether a value can hold no reference to anything: it cannot be part of a cycle.
fn is_atomic(v: &Bound<'_, PyAny>) -> bool {
    use pyo3::types::{PyBytes, PyFloat, PyInt};
    v.is_none()
        || v.is_exact_instance_of::<PyString>()
        || v.is_exact_instance_of::<PyInt>()
        || v.is_exact_instance_of::<PyFloat>()
        || v.is_exact_instance_of::<PyBytes>()
        || super::flags::is_no_value(v)
}

#[pymethods]
impl InstanceState {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    fn py_new<'py>(obj: &Bound<'py, PyAny>, manager: &Bound<'py, ClassManager>) -> PyResult<Self> {
        Ok(Self {
            manager: manager.clone().unbind(),
            obj: GilCell::new(Some(PyWeakrefReference::new(obj)?.unbind())),
            d: GilCell::default(),
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
        })
    }

    #[allow(clippy::unnecessary_wraps)]
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }

    /// The instance, or None when it was garbage collected.
    #[pyo3(name = "obj")]
    fn py_obj<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.instance(py)
    }
    #[getter]
    fn obj_id(&self, py: Python<'_>) -> usize {
        self.instance(py).map_or(0, |o| o.as_ptr() as usize)
    }
    /// The instance.
    #[getter]
    fn object<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.instance(py)
    }
    /// The instance's `__dict__`.
    #[getter]
    fn dict<'py>(&self, py: Python<'py>) -> Bound<'py, PyDict> {
        self.instance_dict(py)
    }
    #[getter]
    fn manager(&self, py: Python<'_>) -> Py<ClassManager> {
        self.manager.clone_ref(py)
    }
    #[getter]
    fn class_(&self, py: Python<'_>) -> Py<pyo3::types::PyType> {
        // of a subclass that is not instrumented itself, perhaps
        self.instance(py).map_or_else(|| self.manager.get().class_.clone_ref(py), |o| o.get_type().unbind())
    }
    /// The mapper of the instance's class.
    #[getter]
    fn mapper<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.manager.get().require_mapper(py)
    }
    /// `(class, primary key, token)`, or None without identity.
    #[getter]
    fn get_key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyTuple>> {
        self.identity_key(py)
    }
    #[setter]
    fn set_key(&self, py: Python<'_>, key: Option<Bound<'_, PyAny>>) -> PyResult<()> {
        let key = key.map(|k| super::identity::read_key(&k)).transpose()?.flatten();
        self.set_identity_key(py, key);
        Ok(())
    }
    #[getter(identity_key)]
    fn py_identity_key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyTuple>> {
        self.identity_key(py)
    }
    /// The primary key values, or None without identity.
    #[getter]
    fn identity<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.identity_key(py).map(|k| k.get_item(1)).transpose()
    }
    #[getter]
    fn identity_token<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.token(py)
    }
    #[setter]
    fn set_identity_token(slf: &Bound<'_, Self>, token: Option<Bound<'_, PyAny>>) {
        let old = Self::with_extra(slf, |e| std::mem::replace(&mut e.token, token.map(Bound::unbind)));
        drop(old);
    }
    #[getter]
    fn has_identity(&self, py: Python<'_>) -> bool {
        self.d.with(py, |d| d.key.is_some())
    }
    /// The session it is in, or None.
    #[getter]
    pub fn session<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        match self.session_number(py) {
            0 => None,
            n => HOOKS.session_of.get().and_then(|f| f(py, n)),
        }
    }
    /// The ``AsyncSession`` it is in, or None.
    #[getter]
    fn async_session<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(session) = self.session(py) else { return Ok(None) };
        // Where nobody has loaded the asyncio API, there is none.
        match item_of(&py.import("sys")?.getattr("modules")?, "oxalchemy.ext.asyncio.session")? {
            Some(module) => module.call_method1("async_session", (session,)).map(Some),
            None => Ok(None),
        }
    }
    #[getter]
    fn session_id(&self, py: Python<'_>) -> Option<u64> {
        match self.session_number(py) {
            0 => None,
            n => Some(n),
        }
    }
    #[setter]
    fn set_session_id(&self, py: Python<'_>, id: Option<u64>) {
        self.d.with(py, |d| d.session = id.unwrap_or(0));
    }
    #[getter]
    pub fn transient(&self, py: Python<'_>) -> bool {
        !self.has_identity(py) && self.session_number(py) == 0
    }
    #[getter]
    pub fn pending(&self, py: Python<'_>) -> bool {
        !self.has_identity(py) && self.session_number(py) != 0
    }
    #[getter]
    pub fn persistent(&self, py: Python<'_>) -> bool {
        self.has_identity(py) && self.session_number(py) != 0 && !self.is(py, flag::DELETED)
    }
    #[getter]
    pub fn deleted(&self, py: Python<'_>) -> bool {
        self.has_identity(py) && self.session_number(py) != 0 && self.is(py, flag::DELETED)
    }
    #[getter]
    pub fn detached(&self, py: Python<'_>) -> bool {
        self.has_identity(py) && self.session_number(py) == 0
    }
    #[getter]
    fn was_deleted(&self, py: Python<'_>) -> bool {
        self.is(py, flag::DELETED)
    }
    #[getter(_deleted)]
    fn get_deleted(&self, py: Python<'_>) -> bool {
        self.is(py, flag::DELETED)
    }
    #[setter(_deleted)]
    fn set_deleted(&self, py: Python<'_>, on: bool) {
        self.set_flag(py, flag::DELETED, on);
    }
    #[getter]
    fn _attached(&self, py: Python<'_>) -> bool {
        self.session_number(py) != 0
    }
    #[getter(modified)]
    fn get_modified(&self, py: Python<'_>) -> bool {
        self.is(py, flag::MODIFIED)
    }
    #[setter(modified)]
    fn set_modified(&self, py: Python<'_>, on: bool) {
        self.set_flag(py, flag::MODIFIED, on);
    }
    #[getter(expired)]
    fn get_expired(&self, py: Python<'_>) -> bool {
        self.is(py, flag::EXPIRED)
    }
    #[setter(expired)]
    fn set_expired(&self, py: Python<'_>, on: bool) {
        self.set_flag(py, flag::EXPIRED, on);
    }
    #[getter(_load_pending)]
    fn get_load_pending(&self, py: Python<'_>) -> bool {
        self.is(py, flag::LOAD_PENDING)
    }
    #[setter(_load_pending)]
    fn set_load_pending(&self, py: Python<'_>, on: bool) {
        self.set_flag(py, flag::LOAD_PENDING, on);
    }
    #[getter(_strong_obj)]
    fn get_strong_obj(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.d.with(py, |d| d.strong.as_ref().map(|s| s.clone_ref(py)))
    }
    #[setter(_strong_obj)]
    fn set_strong_obj(slf: &Bound<'_, Self>, obj: Option<Py<PyAny>>) {
        Self::track(slf);
        let old = slf.get().d.with(slf.py(), |d| std::mem::replace(&mut d.strong, obj));
        drop(old);
    }
    #[getter]
    fn get_insert_order(&self, py: Python<'_>) -> u64 {
        self.d.with(py, |d| d.insert_order)
    }
    #[setter]
    fn set_insert_order(&self, py: Python<'_>, n: u64) {
        self.d.with(py, |d| d.insert_order = n);
    }
    /// Names of attributes whose value waits to be loaded again.
    #[getter]
    fn expired_attributes<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        let py = slf.py();
        let keys = slf.get().d.with(py, |d| d.expired.iter().map(|k| k.clone_ref(py)).collect::<Vec<_>>());
        let out = pyo3::types::PySet::new(py, keys)?;
        for key in super::session::expire::related(slf)? {
            out.add(key)?;
        }
        Ok(out)
    }
    /// Values before the first change, by attribute name.
    #[getter]
    fn committed_state<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        for (k, v) in self.d.with(py, |d| d.committed.iter().map(|c| (c.0.clone_ref(py), c.1.clone_ref(py))).collect::<Vec<_>>())
        {
            out.set_item(k, v)?;
        }
        Ok(out)
    }
    /// Containers of collections that were read but never set.
    #[getter]
    fn _empty_collections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let out = PyDict::new(py);
        let copy = |e: &Extra| Some(e.empties.iter().map(|x| (x.0.clone_ref(py), x.1.clone_ref(py))).collect::<Vec<_>>());
        for (k, v) in self.read_extra(py, copy).unwrap_or_default() {
            out.set_item(k, v)?;
        }
        Ok(out)
    }
    /// Loader callables of this instance alone.
    #[getter]
    fn callables<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyDict> {
        let py = slf.py();
        let fresh = PyDict::new(py).unbind();
        Self::with_extra(slf, |e| e.callables.get_or_insert(fresh).clone_ref(py)).into_bound(py)
    }
    /// A dictionary of the user's.
    #[getter]
    fn info<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyDict> {
        let py = slf.py();
        let fresh = PyDict::new(py).unbind();
        Self::with_extra(slf, |e| e.info.get_or_insert(fresh).clone_ref(py)).into_bound(py)
    }
    #[getter]
    fn get_load_options(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        match self.read_extra(py, |e| e.load_options.as_ref().map(|o| o.clone_ref(py))) {
            Some(o) => Ok(o),
            None => Ok(PyTuple::empty(py).into_any().unbind()),
        }
    }
    #[setter]
    fn set_load_options(slf: &Bound<'_, Self>, options: Option<Py<PyAny>>) {
        let old = Self::with_extra(slf, |e| std::mem::replace(&mut e.load_options, options));
        drop(old);
    }
    #[getter]
    fn get_load_path(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.read_extra(py, |e| e.load_path.as_ref().map(|o| o.clone_ref(py)))
    }
    #[setter]
    fn set_load_path(slf: &Bound<'_, Self>, path: Option<Py<PyAny>>) {
        let old = Self::with_extra(slf, |e| std::mem::replace(&mut e.load_path, path));
        drop(old);
    }
    #[getter]
    fn get_runid(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.read_extra(py, |e| e.runid.as_ref().map(|o| o.clone_ref(py)))
    }
    #[setter]
    fn set_runid(slf: &Bound<'_, Self>, runid: Option<Py<PyAny>>) {
        let old = Self::with_extra(slf, |e| std::mem::replace(&mut e.runid, runid));
        drop(old);
    }
    #[classattr]
    #[pyo3(name = "is_instance")]
    const IS_INSTANCE: bool = true;
    #[classattr]
    #[pyo3(name = "is_mapper")]
    const IS_MAPPER: bool = false;
    #[classattr]
    #[pyo3(name = "is_aliased_class")]
    const IS_ALIASED_CLASS: bool = false;
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = false;
    #[classattr]
    #[pyo3(name = "is_attribute")]
    const IS_ATTRIBUTE: bool = false;
    #[classattr]
    #[pyo3(name = "is_property")]
    const IS_PROPERTY: bool = false;

    /// Names of mapped attributes without a loaded value.
    #[getter]
    fn unloaded<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        let dict = self.instance_dict(py);
        let out = pyo3::types::PySet::empty(py)?;
        for key in self.manager.get().keys(py) {
            if ffi::dict_get(&dict, &key).is_none() && !self.has_committed(py, &key) {
                out.add(key)?;
            }
        }
        Ok(out)
    }
    #[getter]
    fn unloaded_expirable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        self.unloaded(py)
    }
    /// Names of attributes without changes.
    #[getter]
    fn unmodified<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        let out = pyo3::types::PySet::empty(py)?;
        for key in self.manager.get().keys(py) {
            if !self.has_committed(py, &key) {
                out.add(key)?;
            }
        }
        Ok(out)
    }
    fn unmodified_intersection<'py>(&self, py: Python<'py>, keys: Vec<Py<PyString>>) -> PyResult<Bound<'py, pyo3::types::PySet>> {
        let mine = self.unmodified(py)?;
        let out = pyo3::types::PySet::empty(py)?;
        for k in keys {
            if mine.contains(&k)? {
                out.add(k)?;
            }
        }
        Ok(out)
    }
    /// Attribute name to its [`AttributeState`].
    #[getter]
    fn attrs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::attribute_state::attrs(slf)
    }
    /// Changes of one attribute: `History(added, unchanged, deleted)`.
    #[pyo3(signature = (key, passive = super::flags::PASSIVE_OFF))]
    fn get_history<'py>(slf: &Bound<'py, Self>, key: &str, passive: u32) -> PyResult<Bound<'py, PyAny>> {
        let imp = slf.get().manager.get().require_impl(slf.py(), key)?;
        super::history::history(&imp, slf, passive)
    }
    /// The attribute implementation under a name.
    fn get_impl<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, super::impls::AttributeImpl>> {
        self.manager.get().require_impl(py, key)
    }
    #[pyo3(name = "_modified_event", signature = (dict_, attr, previous, collection = false, is_userland = false))]
    fn py_modified_event<'py>(
        slf: &Bound<'py, Self>,
        dict_: &Bound<'py, PyDict>,
        attr: Option<&Bound<'py, super::impls::AttributeImpl>>,
        previous: &Bound<'py, PyAny>,
        collection: bool,
        is_userland: bool,
    ) -> PyResult<()> {
        let _ = collection;
        match attr {
            None => Self::modified(slf, None, false),
            Some(a) => {
                if is_userland && ffi::dict_get(dict_, &a.get().key).is_none() {
                    return Err(errors::invalid_request(
                        slf.py(),
                        format!("Can't flag attribute '{}' modified; it's not present in the object state", a.get().key.text()),
                    ));
                }
                let previous = a.get().copy_previous(dict_, previous)?;
                Self::modified(slf, Some((&a.get().key, previous)), is_userland)
            }
        }
    }
    /// Forget everything loaded.
    fn _expire(slf: &Bound<'_, Self>, dict_: &Bound<'_, PyDict>, modified_set: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let _ = dict_;
        if let Some(m) = modified_set
            && m.hasattr("discard")?
        {
            m.call_method1("discard", (slf,))?;
        }
        super::session::expire::state(slf)
    }
    /// Forget some attributes; without loader only those that nothing loads but a row.
    #[pyo3(signature = (dict_, attribute_names, no_loader = false))]
    fn _expire_attributes(
        slf: &Bound<'_, Self>,
        dict_: &Bound<'_, PyDict>,
        attribute_names: &Bound<'_, PyAny>,
        no_loader: bool,
    ) -> PyResult<()> {
        let _ = (dict_, no_loader);
        let names = attribute_names.try_iter()?.map(|k| k?.str()).collect::<PyResult<Vec<_>>>()?;
        super::session::expire::attributes(slf, &names)
    }
    #[pyo3(name = "_commit_all", signature = (dict_, instance_dict = None))]
    fn py_commit_all(&self, py: Python<'_>, dict_: &Bound<'_, PyDict>, instance_dict: Option<&Bound<'_, PyAny>>) {
        let _ = (dict_, instance_dict);
        self.commit_all(py);
    }
    #[pyo3(name = "_commit")]
    fn py_commit(&self, py: Python<'_>, dict_: &Bound<'_, PyDict>, keys: Vec<Py<PyString>>) -> PyResult<()> {
        let keys: Vec<Py<PyString>> = keys.iter().map(|k| super::names::intern(k.bind(py))).collect();
        self.commit(py, dict_, &keys);
        Ok(())
    }
    fn __setstate__<'py>(slf: &Bound<'py, Self>, data: &Bound<'py, PyDict>) -> PyResult<()> {
        super::pickle::restore(slf, data)
    }
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::pickle::reduce(slf)
    }
}

impl Collected for InstanceState {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.manager)?;
        self.d
            .peek(|d| {
                visit.call(&d.strong)?;
                for (_, v) in &d.committed {
                    visit.call(v)?;
                }
                for (_, p) in &d.parents {
                    visit.call(p)?;
                }
                if let Some(e) = &d.extra {
                    visit.call(&e.load_options)?;
                    visit.call(&e.load_path)?;
                    visit.call(&e.callables)?;
                    visit.call(&e.info)?;
                    visit.call(&e.runid)?;
                    for p in &e.pending {
                        for v in p.added.iter().chain(&p.removed).chain(p.kept.iter().flatten()) {
                            visit.call(v)?;
                        }
                    }
                    for (_, v) in e.last_known.iter().chain(&e.empties) {
                        visit.call(v)?;
                    }
                }
                Ok(())
            })
            .unwrap_or(Ok(()))
    }
    fn release(&self, py: Python<'_>) {
        let old = self
            .d
            .with(py, |d| (std::mem::take(&mut d.committed), std::mem::take(&mut d.parents), d.strong.take(), d.extra.take()));
        drop(old);
    }
}
