//! [`AttributeImpl`]: how one attribute of one class is read, set and removed on instances.
//!
//! Reading a loaded attribute and setting a scalar one touch only the instance's `__dict__` and, once per flush, the state's
//! committed values. Everything else (loaders, events, backrefs, cascades) is behind one flag, [`AttributeImpl::plain`].

use super::attributes::QueryableAttribute;
use super::flags::{self, *};
use super::hooks::HOOKS;
use super::state::{InstanceState, flag};
use super::unawaited;
use super::writer::{self, WriterInfo};
use super::{collections, names, relate};
use crate::py::engine::events::{Event, listeners};
use crate::py::ffi::{self, GilCell};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use pyo3::exceptions::{PyAttributeError, PyKeyError, PyNotImplementedError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use std::sync::atomic::{AtomicBool, Ordering};

/// What an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A plain value.
    Scalar,
    /// A related object or None.
    Object,
    /// A collection of related objects.
    Collection,
    /// `lazy='dynamic'`, `lazy='write_only'`: a query-like object, never kept in the instance.
    Dynamic,
}

/// Where the value of an attribute that is not in `__dict__` comes from.
#[derive(Default)]
pub enum Loader {
    /// Nowhere: it is None (or an empty collection).
    #[default]
    None,
    /// The loading room: deferred columns, relationships.
    Hook,
    /// A callable `(state, passive)`.
    Host(Py<PyAny>),
}

/// What a change to an attribute with objects does to others.
#[derive(Default)]
pub struct Related {
    /// Names of the attributes on the other side.
    pub backrefs: Vec<Py<PyString>>,
    /// Tell the session about added and removed objects.
    pub cascade: bool,
    /// Cascade words.
    pub save_update: bool,
    /// See `save_update`.
    pub delete_orphan: bool,
    /// An object may have one parent only.
    pub single_parent: bool,
}

/// What a collection is made of.
pub struct CollectionInfo {
    /// Makes an empty one.
    pub factory: Py<PyAny>,
    /// `list`, `set`, `dict` or None.
    pub duck: Option<Py<PyAny>>,
}

/// A `@validates` function of the class.
pub struct Validator {
    /// The function, unbound.
    pub func: Py<PyAny>,
    /// Also called for removes, with a further argument.
    pub include_removes: bool,
    /// Also called for changes that come from the other side.
    pub include_backrefs: bool,
}

/// See the module documentation.
#[pyclass(frozen, weakref, module = "oxalchemy.orm.attributes")]
pub struct AttributeImpl {
    /// Attribute name, interned.
    pub key: Py<PyString>,
    /// See [`Kind`].
    pub kind: Kind,
    /// Identifies the mapped property in every class of a hierarchy (orphan tracking, backref loops).
    pub parent_token: u64,
    /// The attribute on the class.
    pub owner: Py<QueryableAttribute>,
    /// The old value is loaded before a new one replaces it.
    pub active_history: AtomicBool,
    /// An old value that was not loaded when it was replaced is loaded when history is asked for (one-to-one, say).
    pub deferred_history: bool,
    /// Remember the parents of objects put here.
    pub trackparent: bool,
    /// Nothing happens on a set but history: no validators, no active history, not an object.
    pub plain: AtomicBool,
    /// See [`Loader`].
    pub loader: GilCell<Loader>,
    /// See [`Related`].
    pub related: GilCell<Related>,
    /// See [`CollectionInfo`].
    pub collection: Option<CollectionInfo>,
    /// What stands for a collection that is not kept in the instance.
    pub writer: Option<WriterInfo>,
    /// See [`Validator`].
    pub validators: GilCell<Vec<Validator>>,
    /// `compare_values` of the column's type, where it is not `==`.
    pub compare: Option<Py<PyAny>>,
    /// Column attributes: refreshed together with the others of an expired instance.
    pub accepts_scalar_loader: bool,
    /// Expired on `expire()` also when not loaded.
    pub expire_missing: bool,
    /// `False`: changes are not recorded.
    pub send_modified_events: bool,
    /// Default value of a dataclass field, given while nothing is set.
    pub default_value: Option<Py<PyAny>>,
    /// It has the default of a dataclass field: `__init__` may say [`flags::dont_set`].
    pub skips_default: bool,
    tokens: GilCell<[Option<Py<AttributeEvent>>; 5]>,
}

/// What happens to an attribute, in events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
#[repr(usize)]
pub enum EventOp {
    Append,
    Remove,
    Replace,
    BulkReplace,
    Modified,
}

/// Who started a chain of attribute events: attribute and operation. The `initiator` of listeners.
#[pyclass(frozen, name = "AttributeEventToken", module = "oxalchemy.orm.attributes")]
pub struct AttributeEvent {
    /// The attribute.
    pub imp: Py<AttributeImpl>,
    /// The operation.
    pub op: EventOp,
}

#[pymethods]
impl AttributeEvent {
    #[new]
    fn py_new(attribute_impl: Py<AttributeImpl>, op: &Bound<'_, PyAny>) -> PyResult<Self> {
        let op = match op.getattr("name")?.text().as_str() {
            "APPEND" => EventOp::Append,
            "REMOVE" => EventOp::Remove,
            "BULK_REPLACE" => EventOp::BulkReplace,
            "MODIFIED" => EventOp::Modified,
            _ => EventOp::Replace,
        };
        Ok(Self { imp: attribute_impl, op })
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    #[getter(r#impl)]
    fn get_impl(&self, py: Python<'_>) -> Py<AttributeImpl> {
        self.imp.clone_ref(py)
    }
    #[getter]
    fn op<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let name = match self.op {
            EventOp::Append => "OP_APPEND",
            EventOp::Remove => "OP_REMOVE",
            EventOp::Replace => "OP_REPLACE",
            EventOp::BulkReplace => "OP_BULK_REPLACE",
            EventOp::Modified => "OP_MODIFIED",
        };
        py.import("oxalchemy.orm.attributes")?.getattr(name)
    }
    #[getter]
    fn key(&self, py: Python<'_>) -> Py<PyString> {
        self.imp.get().key.clone_ref(py)
    }
    #[getter]
    fn parent_token<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        QueryableAttribute::token_object(self.imp.get().owner.bind(py))
    }
    fn hasparent(&self, py: Python<'_>, state: &Bound<'_, InstanceState>) -> bool {
        state.get().has_parent(py, self.imp.get().parent_token, false)
    }
    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|o| o.get().imp.is(&self.imp) && o.get().op == self.op)
    }
    fn __hash__(&self) -> usize {
        self.imp.as_ptr() as usize ^ self.op as usize
    }
}

impl Collected for AttributeEvent {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.imp)
    }
}

/// The initiator of a change; `None` outside: the attribute's own.
pub type Initiator<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// How an attribute is to behave.
pub struct Spec<'py> {
    /// See [`AttributeImpl`].
    pub kind: Kind,
    /// See [`AttributeImpl`].
    pub parent_token: u64,
    /// See [`AttributeImpl`].
    pub active_history: bool,
    /// See [`AttributeImpl`].
    pub deferred_history: bool,
    /// See [`AttributeImpl`].
    pub trackparent: bool,
    /// See [`AttributeImpl`].
    pub collection_factory: Option<Bound<'py, PyAny>>,
    /// See [`AttributeImpl`].
    pub writer: Option<WriterInfo>,
    /// See [`AttributeImpl`].
    pub compare: Option<Bound<'py, PyAny>>,
    /// See [`AttributeImpl`].
    pub loader: Loader,
    /// See [`AttributeImpl`].
    pub related: Related,
    /// See [`AttributeImpl`].
    pub validators: Vec<Validator>,
    /// See [`AttributeImpl`].
    pub expire_missing: bool,
    /// See [`AttributeImpl`].
    pub send_modified_events: bool,
    /// See [`AttributeImpl`].
    pub default_value: Option<Bound<'py, PyAny>>,
    /// See [`AttributeImpl`].
    pub skips_default: bool,
    /// See [`AttributeImpl`].
    pub accepts_scalar_loader: Option<bool>,
}

impl Default for Spec<'_> {
    fn default() -> Self {
        Self {
            kind: Kind::Scalar,
            parent_token: 0,
            active_history: false,
            deferred_history: false,
            trackparent: false,
            collection_factory: None,
            writer: None,
            compare: None,
            loader: Loader::None,
            related: Related::default(),
            validators: Vec::new(),
            expire_missing: true,
            send_modified_events: true,
            default_value: None,
            skips_default: false,
            accepts_scalar_loader: None,
        }
    }
}

impl AttributeImpl {
    /// Make the implementation of an attribute and give it to the attribute.
    pub fn install<'py>(owner: &Bound<'py, QueryableAttribute>, spec: Spec<'py>) -> PyResult<Bound<'py, Self>> {
        let py = owner.py();
        let collection = match spec.collection_factory {
            Some(f) => {
                let (factory, duck) = collections::prepare(&f)?;
                Some(CollectionInfo { factory: factory.unbind(), duck: duck.map(Bound::unbind) })
            }
            None => None,
        };
        let active = spec.active_history || owner.get().wants_active_history(py);
        if active {
            owner.getattr("dispatch")?.setattr("_active_history", true)?;
        }
        let plain = spec.kind == Kind::Scalar && !active && spec.validators.is_empty() && spec.send_modified_events;
        let imp = Bound::new(
            py,
            Self {
                key: owner.get().key.clone_ref(py),
                kind: spec.kind,
                parent_token: spec.parent_token,
                owner: owner.clone().unbind(),
                active_history: AtomicBool::new(active),
                deferred_history: spec.deferred_history && !active,
                trackparent: spec.trackparent,
                plain: AtomicBool::new(plain),
                loader: GilCell::new(spec.loader),
                related: GilCell::new(spec.related),
                collection,
                writer: spec.writer,
                validators: GilCell::new(spec.validators),
                compare: spec.compare.map(Bound::unbind),
                accepts_scalar_loader: spec.accepts_scalar_loader.unwrap_or(spec.kind == Kind::Scalar),
                expire_missing: spec.expire_missing,
                send_modified_events: spec.send_modified_events,
                default_value: spec.default_value.map(Bound::unbind),
                skips_default: spec.skips_default,
                tokens: GilCell::default(),
            },
        )?;
        owner.get().set_implementation(&imp);
        Ok(imp)
    }
    /// The token of an operation; always the same object.
    pub fn token<'py>(slf: &Bound<'py, Self>, op: EventOp) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        // scalar attributes have one token for all that sets them
        let op = if slf.get().kind != Kind::Collection
            && slf.get().kind != Kind::Dynamic
            && !matches!(op, EventOp::Remove | EventOp::Modified)
        {
            EventOp::Replace
        } else {
            op
        };
        let known = |made: Option<Py<AttributeEvent>>| {
            slf.get().tokens.with(py, |[append, remove, replace, bulk, modified]| {
                let place = match op {
                    EventOp::Append => append,
                    EventOp::Remove => remove,
                    EventOp::Replace => replace,
                    EventOp::BulkReplace => bulk,
                    EventOp::Modified => modified,
                };
                if place.is_none() {
                    *place = made;
                }
                place.as_ref().map(|t| t.clone_ref(py))
            })
        };
        if let Some(t) = known(None) {
            return Ok(t.into_bound(py).into_any());
        }
        let made = Py::new(py, AttributeEvent { imp: slf.clone().unbind(), op })?;
        Ok(known(Some(made.clone_ref(py))).unwrap_or(made).into_bound(py).into_any())
    }
    /// `User.name`.
    pub fn describe(&self, py: Python<'_>) -> String {
        format!("{}.{}", self.owner.get().class_name(py), self.key.text())
    }
    /// Turn on loading of the old value.
    pub fn set_active_history(&self, on: bool) {
        self.active_history.store(on, Ordering::Relaxed);
        if on {
            self.plain.store(false, Ordering::Relaxed);
        }
    }
    /// The AssertionError of an attribute that does not remember parents.
    pub fn must_track_parents(&self) -> PyResult<()> {
        if self.trackparent {
            return Ok(());
        }
        Err(pyo3::exceptions::PyAssertionError::new_err("This AttributeImpl is not configured to track parents."))
    }
    fn active(&self) -> bool {
        self.active_history.load(Ordering::Relaxed)
    }
    /// Listeners of an attribute event, when there are any.
    pub fn listeners<'py>(&self, py: Python<'py>, event: Event) -> PyResult<Option<Bound<'py, PyAny>>> {
        listeners(self.owner.bind(py).as_any(), event)
    }

    /// The value; loads it when `passive` allows. Gives a symbol of [`flags`] where there is none to give.
    pub fn get<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        passive: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        if let Some(v) = ffi::dict_get(dict, &slf.get().key) {
            return Ok(v);
        }
        Self::get_missing(slf, state, dict, passive)
    }

    /// [`Self::get`] of an attribute that is not in `__dict__`.
    pub fn get_missing<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        passive: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if this.kind == Kind::Dynamic {
            return writer::get(slf, state, passive);
        }
        // after a change the database has nothing to say: the value is gone, not unloaded
        let changed = state.get().committed(py, &this.key).is_some_and(|c| !is_no_value(&c));
        if changed {
            return if passive & INIT_OK == 0 { flags::no_value(py) } else { Self::default(slf, state, dict) };
        }
        if passive & CALLABLES_OK == 0 {
            return flags::passive_no_result(py);
        }
        let value = Self::load(slf, state, passive)?;
        if is_no_state(&value) {
            return Ok(value);
        }
        if is_attr_was_set(&value) {
            return match ffi::dict_get(dict, &this.key) {
                Some(v) => Ok(v),
                // the row exists but this attribute was not in it
                None if passive & INIT_OK == 0 => flags::no_value(py),
                None => Err(PyKeyError::new_err(
                    format!("Deferred loader for attribute {:?} failed to populate correctly", this.key.text()).replace('"', "'"),
                )),
            };
        }
        if !is_attr_empty(&value) {
            return Self::set_committed(slf, state, dict, &value);
        }
        if passive & INIT_OK == 0 { flags::no_value(py) } else { Self::default(slf, state, dict) }
    }

    fn load<'py>(slf: &Bound<'py, Self>, state: &Bound<'py, InstanceState>, passive: u32) -> PyResult<Bound<'py, PyAny>> {
        Self::load_now(slf, state, passive).map_err(|e| unawaited::named(slf, state, e))
    }

    fn load_now<'py>(slf: &Bound<'py, Self>, state: &Bound<'py, InstanceState>, passive: u32) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if this.accepts_scalar_loader && state.get().is_expired_attr(py, &this.key) {
            return match HOOKS.load_expired.get() {
                Some(f) => f(state, passive),
                None => flags::attr_empty(py),
            };
        }
        let own = state.get().read_extra(py, |e| e.callables.as_ref().map(|c| c.clone_ref(py)));
        if let Some(own) = own
            && let Some(f) = own.bind(py).get_item(&this.key)?
        {
            return f.call1((state, passive));
        }
        enum Do {
            Nothing,
            Hook,
            Call(Py<PyAny>),
        }
        let what = this.loader.with(py, |l| match l {
            Loader::None => Do::Nothing,
            Loader::Hook => Do::Hook,
            Loader::Host(f) => Do::Call(f.clone_ref(py)),
        });
        match what {
            Do::Nothing => flags::attr_empty(py),
            Do::Hook => match HOOKS.lazy_load.get() {
                Some(f) => f(state, slf, passive),
                None => flags::attr_empty(py),
            },
            Do::Call(f) => f.bind(py).call1((state, passive)),
        }
    }

    /// The value of an attribute that was never set: None, the field's default, or an empty collection that enters
    /// `__dict__` with its first change.
    pub fn default<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if this.kind == Kind::Collection {
            return collections::empty(slf, state);
        }
        let mut value = match &this.default_value {
            Some(v) => v.bind(py).clone(),
            None => py.None().into_bound(py),
        };
        if let Some(l) = this.listeners(py, Event::InitScalar)? {
            for f in l.try_iter()? {
                let got = f?.call1((state, &value, dict))?;
                if !is_attr_empty(&got) {
                    value = got;
                }
            }
        }
        Ok(value)
    }

    /// Put a value in without history.
    pub fn set_committed<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        if this.kind == Kind::Collection {
            return collections::set_committed(slf, state, dict, value);
        }
        dict.set_item(&this.key, value)?;
        state.get().commit(py, dict, &[this.key.clone_ref(py)]);
        Ok(value.clone())
    }

    /// Set the value, with history, events, backrefs and cascades.
    #[inline]
    pub fn set<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        if this.plain.load(Ordering::Relaxed) && !Event::Set.used() {
            if !state.get().has_committed(py, &this.key) {
                let old = match ffi::dict_get(dict, &this.key) {
                    Some(v) => v,
                    None => flags::no_value(py)?,
                };
                InstanceState::modified(state, Some((&this.key, old)), false)?;
            } else {
                InstanceState::modified(state, None, false)?;
            }
            return dict.set_item(&this.key, value);
        }
        crate::py::stack::deep(|| match this.kind {
            Kind::Scalar => Self::set_scalar(slf, state, dict, value, initiator),
            Kind::Object => Self::set_object(slf, state, dict, value, initiator, None, PASSIVE_OFF),
            Kind::Collection => collections::set(slf, state, dict, value, PASSIVE_OFF, true),
            Kind::Dynamic => writer::set(slf, state, dict, value),
        })
    }

    fn set_scalar<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let old = if this.active() {
            Self::get(slf, state, dict, PASSIVE_RETURN_NO_VALUE)?
        } else {
            match ffi::dict_get(dict, &this.key) {
                Some(v) => v,
                None => flags::no_value(py)?,
            }
        };
        let value = Self::fire_set(slf, state, value.clone(), &old, initiator)?;
        if this.send_modified_events {
            InstanceState::modified(state, Some((&this.key, old)), false)?;
        }
        dict.set_item(&this.key, value)
    }

    /// Validators, related-object handling, then the user's listeners; gives the value to store.
    fn fire_set<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        mut value: Bound<'py, PyAny>,
        old: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        let own = match initiator {
            Some(i) => i.clone(),
            None => Self::token(slf, EventOp::Replace)?,
        };
        value = relate::validate(slf, state, value, &own, false)?;
        if this.kind == Kind::Object {
            relate::on_set(slf, state, &value, old, &own)?;
        }
        if let Some(l) = this.listeners(py, Event::Set)? {
            for f in l.try_iter()? {
                value = f?.call1((state, &value, old, &own))?;
            }
        }
        Ok(value)
    }

    /// How much to load of the value that is about to be replaced.
    fn old_passive(&self) -> u32 {
        if self.active() {
            PASSIVE_ONLY_PERSISTENT | NO_AUTOFLUSH | LOAD_AGAINST_COMMITTED
        } else {
            (PASSIVE_NO_FETCH ^ INIT_OK) | LOAD_AGAINST_COMMITTED | NO_RAISE
        }
    }

    /// Set a related object. `check_old`: only if that is the present one (`pop`: else do nothing).
    #[allow(clippy::too_many_arguments)]
    pub fn set_object<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        check_old: Option<(&Bound<'py, PyAny>, bool)>,
        passive: u32,
    ) -> PyResult<()> {
        let _ = passive;
        let (py, this) = (slf.py(), slf.get());
        let old = Self::get(slf, state, dict, this.old_passive())?;
        if let Some((expected, pop)) = check_old
            && !is_passive_no_result(&old)
            && !old.is(expected)
        {
            if pop {
                return Ok(());
            }
            let what = InstanceState::of(expected).map_or_else(|| "None".to_owned(), |s| s.get().describe(py));
            return Err(PyValueError::new_err(format!(
                "Object {what} not associated with {} on attribute '{}'",
                state.get().describe(py),
                this.key.text()
            )));
        }
        let known = !is_no_state(&old) && !old.is_none();
        if this.trackparent
            && known
            && !old.is(value)
            && let Some(s) = InstanceState::of(&old)
        {
            relate::set_has_parent(slf, &s, state, false)?;
        }
        let value = Self::fire_set(slf, state, value.clone(), &old, initiator)?;
        if this.send_modified_events {
            InstanceState::modified(state, Some((&this.key, old)), false)?;
        }
        if this.trackparent && !value.is_none() {
            relate::set_has_parent(slf, &require_state(&value)?, state, true)?;
        }
        dict.set_item(&this.key, value)
    }

    /// `del obj.attr`.
    pub fn delete<'py>(slf: &Bound<'py, Self>, state: &Bound<'py, InstanceState>, dict: &Bound<'py, PyDict>) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let missing = || PyAttributeError::new_err(format!("{} object does not have a value", this.describe(py)));
        match this.kind {
            Kind::Scalar => {
                let old = if this.active() {
                    Self::get(slf, state, dict, PASSIVE_RETURN_NO_VALUE)?
                } else {
                    ffi::dict_get(dict, &this.key).map_or_else(|| flags::no_value(py), Ok)?
                };
                relate::validate(slf, state, old.clone(), &Self::token(slf, EventOp::Remove)?, true)?;
                if let Some(l) = this.listeners(py, Event::Remove)? {
                    l.call1((state, &old, Self::token(slf, EventOp::Remove)?))?;
                }
                let empty = is_no_value(&old);
                InstanceState::modified(state, Some((&this.key, old)), false)?;
                if dict.contains(&this.key)? {
                    return dict.del_item(&this.key);
                }
                if empty && !state.get().is(py, flag::EXPIRED) && !state.get().is_expired_attr(py, &this.key) {
                    return Err(missing());
                }
                Ok(())
            }
            Kind::Object => {
                let old = Self::get(slf, state, dict, this.old_passive())?;
                let token = Self::token(slf, EventOp::Remove)?;
                Self::fire_remove(slf, state, dict, &old, Some(&token))?;
                if dict.contains(&this.key)? {
                    return dict.del_item(&this.key);
                }
                if !is_passive_no_result(&old) && state.get().identity_key(py).is_none() {
                    return Err(missing());
                }
                Ok(())
            }
            Kind::Collection => collections::delete(slf, state, dict),
            Kind::Dynamic => Err(PyNotImplementedError::new_err(())),
        }
    }

    /// Something was taken out: parents, listeners, backrefs, cascades, history.
    pub fn fire_remove<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<()> {
        Self::fire_remove_at(slf, state, dict, value, initiator, None)
    }

    /// [`Self::fire_remove`] of a member that was under a key or index.
    pub fn fire_remove_at<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let own = match initiator {
            Some(i) => i.clone(),
            None => Self::token(slf, EventOp::Remove)?,
        };
        if this.trackparent
            && !value.is_none()
            && !is_no_state(value)
            && let Some(s) = InstanceState::of(value)
        {
            relate::set_has_parent(slf, &s, state, false)?;
        }
        relate::validate(slf, state, value.clone(), &own, true)?;
        relate::on_remove(slf, state, dict, value, &own)?;
        if let Some(l) = this.listeners(py, Event::Remove)? {
            if this.kind == Kind::Collection {
                let kw = PyDict::new(py);
                match key {
                    Some(k) => kw.set_item("key", k)?,
                    None => kw.set_item("key", py.import("oxalchemy.orm.base")?.getattr("NO_KEY")?)?,
                }
                l.call((state, value, &own), Some(&kw))?;
            } else {
                l.call1((state, value, &own))?;
            }
        }
        if !this.send_modified_events {
            return Ok(());
        }
        let previous = if this.kind == Kind::Collection { Self::collection_before(slf, dict)? } else { value.clone() };
        InstanceState::modified(state, Some((&this.key, previous)), false)
    }

    /// Something is put into the collection: validators, cascades, backrefs, listeners, history; gives what to put in.
    pub fn fire_append<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (py, this) = (slf.py(), slf.get());
        let own = match initiator {
            Some(i) => i.clone(),
            None => Self::token(slf, EventOp::Append)?,
        };
        let mut value = relate::validate(slf, state, value.clone(), &own, false)?;
        relate::on_append(slf, state, &value, &own)?;
        if let Some(l) = this.listeners(py, Event::Append)? {
            let kw = PyDict::new(py);
            match key {
                Some(k) => kw.set_item("key", k)?,
                None => kw.set_item("key", py.import("oxalchemy.orm.base")?.getattr("NO_KEY")?)?,
            }
            for f in l.try_iter()? {
                value = f?.call((state, &value, &own), Some(&kw))?;
            }
        }
        if this.send_modified_events {
            let previous = Self::collection_before(slf, dict)?;
            InstanceState::modified(state, Some((&this.key, previous)), false)?;
        }
        if this.trackparent && !value.is_none() {
            relate::set_has_parent(slf, &require_state(&value)?, state, true)?;
        }
        Ok(value)
    }

    /// A copy of the collection as it is now, or NO_VALUE when it is not loaded.
    pub fn collection_before<'py>(slf: &Bound<'py, Self>, dict: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match ffi::dict_get(dict, &slf.get().key) {
            Some(now) => {
                // only the first change needs it; the copy is not made again once history has one
                match InstanceState::in_dict(dict) {
                    Some(s) if s.get().has_committed(py, &slf.get().key) => flags::no_value(py),
                    _ => collections::copy(&now),
                }
            }
            None => flags::no_value(py),
        }
    }
    /// What history keeps as the previous value of a `_modified_event`.
    pub fn copy_previous<'py>(&self, dict: &Bound<'py, PyDict>, previous: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if self.kind != Kind::Collection {
            return Ok(previous.clone());
        }
        let now = if is_no_value(previous) { ffi::dict_get(dict, &self.key) } else { Some(previous.clone()) };
        match now {
            Some(v) if !v.is_none() && !is_no_state(&v) => collections::copy(&v),
            Some(v) => Ok(v),
            None => Ok(previous.clone()),
        }
    }

    /// Add an object from the other side of a backref.
    pub fn append<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        passive: u32,
    ) -> PyResult<()> {
        match slf.get().kind {
            Kind::Scalar | Kind::Object => Self::set_object(slf, state, dict, value, initiator, None, passive),
            Kind::Collection => collections::append(slf, state, dict, value, initiator, passive),
            Kind::Dynamic => writer::append(slf, state, dict, value, initiator),
        }
    }
    /// Take an object out; `pop`: it may not be there.
    pub fn remove<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        passive: u32,
        pop: bool,
    ) -> PyResult<()> {
        let py = slf.py();
        match slf.get().kind {
            Kind::Scalar | Kind::Object => {
                Self::set_object(slf, state, dict, &py.None().into_bound(py), initiator, Some((value, pop)), passive)
            }
            Kind::Collection => match collections::remove(slf, state, dict, value, initiator, passive) {
                Err(e)
                    if pop
                        && (e.is_instance_of::<PyValueError>(py)
                            || e.is_instance_of::<PyKeyError>(py)
                            || e.is_instance_of::<pyo3::exceptions::PyIndexError>(py)) =>
                {
                    Ok(())
                }
                r => r,
            },
            Kind::Dynamic => writer::remove(slf, state, dict, value, initiator),
        }
    }
    /// Whether two values are the same to the database.
    pub fn is_equal(&self, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<bool> {
        let r = match &self.compare {
            Some(f) => f.bind(a.py()).call1((a, b))?,
            None => a.rich_compare(b, pyo3::basic::CompareOp::Eq)?,
        };
        // SQL expressions compare to expressions: never "equal"
        Ok(r.cast::<pyo3::types::PyBool>().is_ok_and(|b| b.is_true()))
    }
}

/// The state of a mapped object, or the AttributeError that users know.
pub fn require_state<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, InstanceState>> {
    match obj.getattr(names::state_attr(obj.py()))?.cast_into::<InstanceState>() {
        Ok(s) => Ok(s),
        Err(_) => Err(PyTypeError::new_err("not a mapped instance")),
    }
}

#[pymethods]
impl AttributeImpl {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
    #[getter]
    fn key(&self, py: Python<'_>) -> Py<PyString> {
        self.key.clone_ref(py)
    }
    #[getter]
    fn class_<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.owner.get().class_.bind(py).clone()
    }
    #[getter]
    fn collection(&self) -> bool {
        self.kind == Kind::Collection
    }
    #[getter]
    fn dynamic(&self) -> bool {
        self.kind == Kind::Dynamic
    }
    #[getter]
    fn uses_objects(&self) -> bool {
        self.kind != Kind::Scalar
    }
    #[getter]
    fn supports_population(&self) -> bool {
        self.kind != Kind::Dynamic
    }
    #[getter]
    fn default_accepts_scalar_loader(&self) -> bool {
        self.kind == Kind::Scalar
    }
    #[getter(accepts_scalar_loader)]
    fn py_accepts_scalar_loader(&self) -> bool {
        self.accepts_scalar_loader
    }
    #[getter]
    fn get_active_history(&self) -> bool {
        self.active()
    }
    #[setter(active_history)]
    fn py_set_active_history(&self, on: bool) {
        self.set_active_history(on);
    }
    #[getter]
    fn trackparent(&self) -> bool {
        self.trackparent
    }
    #[getter]
    fn callable_(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.loader.with(py, |l| match l {
            Loader::Host(f) => Some(f.clone_ref(py)),
            _ => None,
        })
    }
    #[getter]
    fn parent_token<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        QueryableAttribute::token_object(self.owner.bind(py))
    }
    #[getter]
    fn dispatch<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.owner.bind(py).getattr("dispatch")
    }
    #[getter]
    fn collection_factory(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.collection.as_ref().map(|c| c.factory.clone_ref(py))
    }
    #[getter]
    fn _append_token<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::token(slf, EventOp::Append)
    }
    #[getter]
    fn _remove_token<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::token(slf, EventOp::Remove)
    }
    #[getter]
    fn _replace_token<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::token(slf, EventOp::Replace)
    }
    #[getter]
    fn _bulk_replace_token<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::token(slf, EventOp::BulkReplace)
    }
    #[pyo3(name = "get", signature = (state, dict_, passive = PASSIVE_OFF))]
    fn py_get<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        passive: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::get(slf, state, dict_, passive)
    }
    #[pyo3(name = "set", signature = (state, dict_, value, initiator = None, passive = PASSIVE_OFF))]
    fn py_set<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        passive: u32,
    ) -> PyResult<()> {
        let _ = passive;
        Self::set(slf, state, dict_, value, initiator)
    }
    #[pyo3(name = "append", signature = (state, dict_, value, initiator = None, passive = PASSIVE_OFF))]
    fn py_append<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        passive: u32,
    ) -> PyResult<()> {
        Self::append(slf, state, dict_, value, initiator, passive)
    }
    #[pyo3(name = "remove", signature = (state, dict_, value, initiator = None, passive = PASSIVE_OFF))]
    fn py_remove<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        passive: u32,
    ) -> PyResult<()> {
        Self::remove(slf, state, dict_, value, initiator, passive, false)
    }
    #[pyo3(name = "pop", signature = (state, dict_, value, initiator = None, passive = PASSIVE_OFF))]
    fn py_pop<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        passive: u32,
    ) -> PyResult<()> {
        Self::remove(slf, state, dict_, value, initiator, passive, true)
    }
    #[pyo3(name = "delete")]
    fn py_delete<'py>(slf: &Bound<'py, Self>, state: &Bound<'py, InstanceState>, dict_: &Bound<'py, PyDict>) -> PyResult<()> {
        Self::delete(slf, state, dict_)
    }
    fn set_committed_value<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        value: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::set_committed(slf, state, dict_, value)
    }
    #[pyo3(signature = (state, dict_, passive = PASSIVE_OFF))]
    fn get_history<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        passive: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = dict_;
        super::history::history(slf, state, passive)
    }
    /// `(state, object)` of every present and removed object.
    #[pyo3(signature = (state, dict_, passive = PASSIVE_OFF))]
    fn get_all_pending<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        passive: u32,
    ) -> PyResult<Bound<'py, PyList>> {
        let _ = dict_;
        super::history::all_pending(slf, state, passive)
    }
    #[pyo3(name = "hasparent", signature = (state, optimistic = false))]
    fn py_hasparent(&self, py: Python<'_>, state: &Bound<'_, InstanceState>, optimistic: bool) -> PyResult<bool> {
        self.must_track_parents()?;
        Ok(state.get().has_parent(py, self.parent_token, optimistic))
    }
    fn _default_value<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        Self::default(slf, state, dict_)
    }
    #[pyo3(signature = (state, dict_, passive = PASSIVE_OFF))]
    fn get_committed_value<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        passive: u32,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match state.get().committed(slf.py(), &slf.get().key) {
            Some(v) if is_no_value(&v) => Ok(None),
            Some(v) => Ok(Some(v)),
            None => Self::get(slf, state, dict_, passive).map(Some),
        }
    }
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        // a method of that name would clash with the getter of `collection` in the binding layer
        if name == "get_collection" {
            return slf.getattr("_adapter_of");
        }
        Err(PyAttributeError::new_err(format!("'AttributeImpl' object has no attribute '{name}'")))
    }
    #[pyo3(signature = (state, dict_, user_data = None, passive = PASSIVE_OFF))]
    fn _adapter_of<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        dict_: &Bound<'py, PyDict>,
        user_data: Option<Bound<'py, PyAny>>,
        passive: u32,
    ) -> PyResult<Bound<'py, PyAny>> {
        let data = match user_data.filter(|d| !d.is_none()) {
            Some(d) => d,
            None => Self::get(slf, state, dict_, passive)?,
        };
        if is_no_state(&data) { Ok(data) } else { data.getattr(names::adapter_attr(slf.py())) }
    }
    fn sethasparent<'py>(
        slf: &Bound<'py, Self>,
        state: &Bound<'py, InstanceState>,
        parent_state: &Bound<'py, InstanceState>,
        value: bool,
    ) -> PyResult<()> {
        relate::set_has_parent(slf, state, parent_state, value)
    }
    #[pyo3(name = "is_equal")]
    fn py_is_equal(&self, a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.is_equal(a, b)
    }
    fn __str__(&self, py: Python<'_>) -> String {
        self.describe(py)
    }
}

impl Collected for AttributeImpl {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.owner)?;
        visit.call(&self.compare)?;
        visit.call(&self.default_value)?;
        if let Some(c) = &self.collection {
            visit.call(&c.factory)?;
        }
        if let Some(w) = &self.writer {
            visit.call(&w.class)?;
        }
        self.validators
            .peek(|v| {
                for v in v {
                    visit.call(&v.func)?;
                }
                Ok(())
            })
            .unwrap_or(Ok(()))?;
        self.loader
            .peek(|l| match l {
                Loader::Host(f) => visit.call(f),
                _ => Ok(()),
            })
            .unwrap_or(Ok(()))?;
        self.tokens.peek(|tokens| tokens.iter().try_for_each(|t| visit.call(t))).unwrap_or(Ok(()))
    }
    /// Tokens hold their attribute.
    fn release(&self, py: Python<'_>) {
        let tokens = self.tokens.replace(py, Default::default());
        drop(tokens);
    }
}
