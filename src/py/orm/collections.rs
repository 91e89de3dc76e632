//! Collections of related objects: the adapter between a container and the attribute it belongs to.

use super::flags::*;
use super::impls::{AttributeImpl, EventOp, Initiator};
use super::names;
use super::relate;
use super::state::InstanceState;
use crate::py::engine::events::Event;
use crate::py::ffi::{self, GilCell};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use crate::py::{errors, imports};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyIterator, PyList, PySet, PyString, PyType, PyWeakrefMethods, PyWeakrefReference};

/// The bridge between a container of the user's (or one of ours) and the mapped attribute that it fills.
///
/// Every instrumented container has one under `_sa_adapter`. It knows its container weakly.
#[pyclass(frozen, weakref, module = "oxalchemy.orm.collections")]
pub struct CollectionAdapter {
    /// The attribute.
    pub attr: Py<AttributeImpl>,
    /// State of the object that owns the collection.
    pub owner: Py<InstanceState>,
    data: Py<PyWeakrefReference>,
    /// It was replaced: changes are no longer recorded.
    invalidated: GilCell<bool>,
    /// Not in the owner's `__dict__` yet: enters it with the first change.
    empty: GilCell<bool>,
}

/// The Python side of a collection factory: the factory to call, and what its product resembles.
pub fn prepare<'py>(factory: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Option<Bound<'py, PyAny>>)> {
    let py = factory.py();
    let m = py.import("oxalchemy.orm.collections")?;
    let (f, duck): (Bound<'py, PyAny>, Option<Bound<'py, PyAny>>) =
        m.getattr("_prepare_factory")?.call1((factory,))?.extract()?;
    Ok((f, duck))
}

/// A new container of an attribute, with its adapter.
pub fn create<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
) -> PyResult<(Bound<'py, PyAny>, Bound<'py, CollectionAdapter>)> {
    let py = slf.py();
    let Some(info) = &slf.get().collection else {
        return Err(PyTypeError::new_err(format!("{} is not a collection", slf.get().describe(py))));
    };
    let data = info.factory.bind(py).call0()?;
    let adapter = adapt(slf, state, &data)?;
    if slf.get().kind == super::impls::Kind::Collection
        && let Some(l) = slf.get().listeners(py, Event::InitCollection)?
    {
        l.call1((state, &data, &adapter))?;
    }
    Ok((data, adapter))
}

/// A container leaves its instance (expired): its changes are no longer recorded.
pub fn invalidate(data: &Bound<'_, PyAny>) {
    if let Some(a) = adapter_of(data) {
        a.get().invalidated.replace(data.py(), true);
    }
}

/// Give a container its adapter.
pub fn adapt<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    data: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, CollectionAdapter>> {
    let py = slf.py();
    let adapter = Bound::new(
        py,
        CollectionAdapter {
            attr: slf.clone().unbind(),
            owner: state.clone().unbind(),
            data: PyWeakrefReference::new(data)?.unbind(),
            invalidated: GilCell::new(false),
            empty: GilCell::new(false),
        },
    )?;
    data.setattr(names::adapter_attr(py), &adapter)?;
    Ok(adapter)
}

/// The adapter of a container, if it has one.
pub fn adapter_of<'py>(data: &Bound<'py, PyAny>) -> Option<Bound<'py, CollectionAdapter>> {
    data.getattr_opt(names::adapter_attr(data.py())).ok()??.cast_into::<CollectionAdapter>().ok()
}

/// The members of a container (or of a plain copy of one).
pub fn items<'py>(data: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let py = data.py();
    if let Ok(l) = data.cast_exact::<PyList>() {
        return Ok(l.iter().collect());
    }
    if let Ok(l) = data.cast::<PyList>()
        && imports::instrumented_list(py)?.is(data.get_type())
    {
        return Ok(l.iter().collect());
    }
    if let Some(it) = data.getattr_opt("_sa_iterator")? {
        return it.call0()?.try_iter()?.collect();
    }
    if let Ok(d) = data.cast::<PyDict>() {
        return Ok(d.values().iter().collect());
    }
    data.try_iter()?.collect()
}

/// What history keeps of a container.
pub fn copy<'py>(data: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if data.is_none() || is_no_state(data) {
        return Ok(data.clone());
    }
    Ok(PyList::new(data.py(), items(data)?)?.into_any())
}

/// The container of an attribute that was never set; it enters `__dict__` with its first change.
pub fn empty<'py>(slf: &Bound<'py, AttributeImpl>, state: &Bound<'py, InstanceState>) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let key = &slf.get().key;
    if let Some(found) = state.get().read_extra(py, |e| e.empties.iter().find(|x| x.0.is(key)).map(|x| x.1.clone_ref(py))) {
        return Ok(found.into_bound(py));
    }
    let (data, adapter) = create(slf, state)?;
    adapter.get().empty.replace(py, true);
    let entry = (key.clone_ref(py), data.clone().unbind());
    InstanceState::with_extra(state, |e| e.empties.push(entry));
    Ok(data)
}

/// Give a name's container, loaded, in `__dict__` or empty; `PASSIVE_NO_RESULT` when it may not be loaded.
pub fn get_collection<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
    passive: u32,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let data = AttributeImpl::get(slf, state, dict, passive)?;
    Ok((!is_no_state(&data)).then_some(data))
}

/// See [`AttributeImpl::set_committed`].
pub fn set_committed<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let key = &slf.get().key;
    let (data, adapter) = create(slf, state)?;
    if !value.is_none() {
        for v in items(value)? {
            adapter.get().put(py, &data, &v)?;
        }
    }
    dict.set_item(key, &data)?;
    state.get().commit(py, dict, &[key.clone_ref(py)]);
    apply_pending(slf, state, &data, &adapter)?;
    Ok(data)
}

/// Apply appends and removes that were made while the collection was not loaded.
pub fn apply_pending<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    data: &Bound<'py, PyAny>,
    adapter: &Bound<'py, CollectionAdapter>,
) -> PyResult<()> {
    let py = slf.py();
    let name = slf.get().key.text();
    let found = state.get().d.with(py, |d| {
        let pending = &mut d.extra.as_mut()?.pending;
        pending.iter().position(|p| p.key == name).map(|i| pending.remove(i))
    });
    let Some(p) = found else { return Ok(()) };
    InstanceState::modified(state, Some((&slf.get().key, copy(data)?)), false)?;
    let have = items(data)?;
    for v in &p.added {
        if !have.iter().any(|h| h.is(v)) {
            adapter.get().put(py, data, v.bind(py))?;
        }
    }
    for v in &p.removed {
        if have.iter().any(|h| h.is(v)) {
            adapter.get().take(py, data, v.bind(py))?;
        }
    }
    Ok(())
}

/// `obj.children = value`.
pub fn set<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
    value: &Bound<'py, PyAny>,
    passive: u32,
    convert: bool,
) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let duck = this.collection.as_ref().and_then(|c| c.duck.as_ref().map(|d| d.bind(py).clone()));
    // made first: what is wrong with the value shows before anything is loaded
    let (data, adapter) = create(slf, state)?;
    let mut keys: Option<Bound<'py, PyAny>> = None;
    let converter = data.getattr_opt("_sa_converter")?.filter(|c| !c.is_none());
    let mut values: Vec<Bound<'py, PyAny>> = match (convert, converter) {
        (true, Some(c)) => c.call1((value,))?.try_iter()?.collect::<PyResult<_>>()?,
        (true, None) => {
            let setting = duck_type(value)?;
            let same = match (&setting, &duck) {
                (Some(a), Some(b)) => a.is(b),
                (None, None) => true,
                _ => false,
            };
            if !same {
                let given = if value.is_none() { "None".to_owned() } else { value.get_type().name()?.text() };
                let wanted = match &duck {
                    Some(d) => d.getattr("__name__")?.text(),
                    None => "None".to_owned(),
                };
                return Err(PyTypeError::new_err(format!("Incompatible collection type: {given} is not {wanted}-like")));
            }
            if let Some(it) = value.getattr_opt("_sa_iterator")? {
                it.call0()?.try_iter()?.collect::<PyResult<_>>()?
            } else if setting.is_some_and(|s| s.is(py.get_type::<PyDict>())) {
                keys = Some(PyList::new(py, value.try_iter()?.collect::<PyResult<Vec<_>>>()?)?.into_any());
                value.call_method0("values")?.try_iter()?.collect::<PyResult<_>>()?
            } else {
                value.try_iter()?.collect::<PyResult<_>>()?
            }
        }
        (false, _) => items(value)?,
    };
    let token = AttributeImpl::token(slf, EventOp::BulkReplace)?;
    relate::validate_bulk(slf, state, &mut values)?;
    if let Some(l) = this.listeners(py, Event::BulkReplace)? {
        let list = PyList::new(py, &values)?;
        let kw = PyDict::new(py);
        kw.set_item("keys", &keys)?;
        l.call((state, &list, &token), Some(&kw))?;
        values = list.iter().collect();
    }
    let old = AttributeImpl::get(slf, state, dict, PASSIVE_ONLY_PERSISTENT ^ (passive & NO_RAISE))?;
    let old = if is_no_state(&old) { AttributeImpl::default(slf, state, dict)? } else { old };
    if old.is(value) {
        // foo.children |= x assigns what it changed in place
        return Ok(());
    }
    let old_adapter = adapter_of(&old);
    let previous = copy(&old)?;
    if !state.get().has_committed(py, &this.key) {
        InstanceState::modified(state, Some((&this.key, previous)), false)?;
    } else {
        InstanceState::modified(state, None, false)?;
    }
    dict.set_item(&this.key, &data)?;
    bulk_replace(py, &values, Some((&old, old_adapter.as_ref())), &data, &adapter, Some(&token))?;
    // an empty placeholder of the old days is no longer the attribute's value
    forget_empty(slf, state);
    if let Some(a) = old_adapter {
        dispose(slf, state, &old, &a)?;
    }
    Ok(())
}

fn forget_empty(slf: &Bound<'_, AttributeImpl>, state: &Bound<'_, InstanceState>) {
    let py = slf.py();
    let key = &slf.get().key;
    let gone = state.get().d.with(py, |d| {
        let e = &mut d.extra.as_mut()?.empties;
        e.iter().position(|x| x.0.is(key)).map(|i| e.remove(i))
    });
    drop(gone);
}

fn dispose<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    old: &Bound<'py, PyAny>,
    adapter: &Bound<'py, CollectionAdapter>,
) -> PyResult<()> {
    let py = slf.py();
    adapter.get().invalidated.replace(py, true);
    let linked = old.getattr_opt("_sa_adapter")?;
    if linked.is_some_and(|l| l.is(adapter)) {
        old.setattr("_sa_adapter", py.None())?;
    }
    if let Some(l) = slf.get().listeners(py, Event::DisposeCollection)? {
        l.call1((state, old, adapter))?;
    }
    Ok(())
}

/// Fill a new container; new objects fire append events, those in both the events of an append without mutation (which still
/// cascades: a backref may have put them into the old container without the session's knowledge), missing ones remove events.
pub fn bulk_replace<'py>(
    py: Python<'py>,
    values: &[Bound<'py, PyAny>],
    old: Option<(&Bound<'py, PyAny>, Option<&Bound<'py, CollectionAdapter>>)>,
    data: &Bound<'py, PyAny>,
    adapter: &Bound<'py, CollectionAdapter>,
    initiator: Initiator<'_, 'py>,
) -> PyResult<()> {
    let before = match &old {
        Some((o, _)) => items(o)?,
        None => Vec::new(),
    };
    let id = |v: &Bound<'py, PyAny>| v.as_ptr() as usize;
    let had: rustc_hash::FxHashSet<usize> = before.iter().map(id).collect();
    let mut wanted: rustc_hash::FxHashSet<usize> = values.iter().map(id).collect();
    for v in values {
        if had.contains(&id(v)) {
            adapter.get().put(py, data, v)?;
        } else {
            adapter.get().append_event(py, data, v, initiator)?;
        }
    }
    // each member tells once: those that stay, then those that go
    let mut gone: Vec<&Bound<'py, PyAny>> = Vec::new();
    let mut done = rustc_hash::FxHashSet::default();
    for v in &before {
        if wanted.remove(&id(v)) {
            adapter.get().fire_append_wo_mutation(py, v, initiator, None)?;
            done.insert(id(v));
        } else if done.insert(id(v)) {
            gone.push(v);
        }
    }
    if let Some((_, Some(old))) = old {
        for v in gone {
            old.get().fire_remove(py, v, initiator)?;
        }
    }
    Ok(())
}

/// `del obj.children`.
pub fn delete<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
) -> PyResult<()> {
    let py = slf.py();
    let Some(data) = ffi::dict_get(dict, &slf.get().key) else { return Ok(()) };
    InstanceState::modified(state, Some((&slf.get().key, copy(&data)?)), false)?;
    if let Some(a) = adapter_of(&data) {
        for v in items(&data)? {
            a.get().remove_event(py, &data, &v, None)?;
        }
    }
    dict.del_item(&slf.get().key)
}

/// Add from the other side, remembering it when the collection is not loaded.
pub fn append<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
    value: &Bound<'py, PyAny>,
    initiator: Initiator<'_, 'py>,
    passive: u32,
) -> PyResult<()> {
    match get_collection(slf, state, dict, passive)? {
        Some(data) => match adapter_of(&data) {
            Some(a) => a.get().append_event(slf.py(), &data, value, initiator),
            None => Ok(()),
        },
        None => {
            let value = AttributeImpl::fire_append(slf, state, dict, value, initiator, None)?;
            relate::pend(state, &slf.get().key, &value, false);
            Ok(())
        }
    }
}

/// Take out from the other side, remembering it when the collection is not loaded.
pub fn remove<'py>(
    slf: &Bound<'py, AttributeImpl>,
    state: &Bound<'py, InstanceState>,
    dict: &Bound<'py, PyDict>,
    value: &Bound<'py, PyAny>,
    initiator: Initiator<'_, 'py>,
    passive: u32,
) -> PyResult<()> {
    match get_collection(slf, state, dict, passive)? {
        Some(data) => match adapter_of(&data) {
            Some(a) => a.get().remove_event(slf.py(), &data, value, initiator),
            None => Ok(()),
        },
        None => {
            AttributeImpl::fire_remove(slf, state, dict, value, initiator)?;
            relate::pend(state, &slf.get().key, value, true);
            Ok(())
        }
    }
}

/// `list`, `set` or `dict`, whichever an object (or class) resembles.
pub fn duck_type<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = obj.py();
    let (list, set, dict) = (py.get_type::<PyList>(), py.get_type::<PySet>(), py.get_type::<PyDict>());
    if let Some(e) = obj.getattr_opt("__emulates__")? {
        if e.is_none() {
            return Ok(None);
        }
        if let Ok(t) = e.cast::<PyType>()
            && t.is_subclass(&set)?
        {
            return Ok(Some(set.into_any()));
        }
        return Ok(Some(e));
    }
    for t in [&list, &set, &dict] {
        let is = match obj.cast::<PyType>() {
            Ok(c) => c.is_subclass(t)?,
            Err(_) => obj.is_instance(t)?,
        };
        if is {
            return Ok(Some(t.clone().into_any()));
        }
    }
    for (name, t) in [("append", list), ("add", set), ("set", dict)] {
        if obj.hasattr(name)? {
            return Ok(Some(t.into_any()));
        }
    }
    Ok(None)
}

impl CollectionAdapter {
    /// The container, while it lives.
    pub fn container<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.data.bind(py).upgrade()
    }
    fn plain_list<'py>(data: &Bound<'py, PyAny>) -> Option<Bound<'py, PyList>> {
        let l = data.cast::<PyList>().ok()?;
        imports::instrumented_list(data.py()).ok()?.is(data.get_type()).then(|| l.clone())
    }
    /// Put in without events.
    pub fn put<'py>(&self, py: Python<'py>, data: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        if let Some(l) = Self::plain_list(data) {
            return l.append(value);
        }
        self.call_role(data, "_sa_appender", value, Some(PyBool::new(py, false).as_any()))
    }
    /// Take out without events.
    pub fn take<'py>(&self, py: Python<'py>, data: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        self.call_role(data, "_sa_remover", value, Some(PyBool::new(py, false).as_any()))
    }
    /// Put in with events.
    pub fn append_event<'py>(
        &self,
        py: Python<'py>,
        data: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<()> {
        if let Some(l) = Self::plain_list(data) {
            let value = self.fire_append(py, value, initiator, None)?;
            return l.append(value);
        }
        self.call_role(data, "_sa_appender", value, initiator)
    }
    /// Take out with events.
    pub fn remove_event<'py>(
        &self,
        _py: Python<'py>,
        data: &Bound<'py, PyAny>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<()> {
        self.call_role(data, "_sa_remover", value, initiator)
    }
    fn call_role<'py>(
        &self,
        data: &Bound<'py, PyAny>,
        role: &str,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
    ) -> PyResult<()> {
        let kw = PyDict::new(data.py());
        kw.set_item("_sa_initiator", initiator)?;
        data.getattr(role)?.call((value,), Some(&kw))?;
        Ok(())
    }
    fn refuse_empty(&self, py: Python<'_>) -> PyResult<()> {
        if self.empty.get(py) {
            return Err(errors::invalid_request(
                py,
                "This is a special 'empty' collection which cannot accommodate internal mutation operations",
            ));
        }
        Ok(())
    }
    fn enter<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, AttributeImpl>, Bound<'py, InstanceState>, Bound<'py, PyDict>)> {
        let (attr, state) = (self.attr.bind(py).clone(), self.owner.bind(py).clone());
        let dict = state.get().instance_dict(py);
        if self.invalidated.get(py) {
            errors::warn(py, "SAWarning", "This collection has been invalidated.")?;
        }
        if self.empty.get(py) {
            self.empty.replace(py, false);
            if let Some(data) = self.container(py) {
                dict.set_item(&attr.get().key, &data)?;
            }
            forget_empty(&attr, &state);
        }
        Ok((attr, state, dict))
    }
    /// Something comes in; gives what to put in. `initiator` False: silently.
    pub fn fire_append<'py>(
        &self,
        py: Python<'py>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if initiator.is_some_and(is_false) {
            return Ok(value.clone());
        }
        let (attr, state, dict) = self.enter(py)?;
        AttributeImpl::fire_append(&attr, &state, &dict, value, initiator.filter(|i| !i.is_none()), key)
    }
    /// Something that is already there comes in again.
    pub fn fire_append_wo_mutation<'py>(
        &self,
        py: Python<'py>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        if initiator.is_some_and(is_false) {
            return Ok(value.clone());
        }
        let (attr, state, _) = self.enter(py)?;
        let own = match initiator.filter(|i| !i.is_none()) {
            Some(i) => i.clone(),
            None => AttributeImpl::token(&attr, EventOp::Append)?,
        };
        relate::on_append_wo_mutation(&attr, &state, value, &own)?;
        let mut value = value.clone();
        if let Some(l) = attr.get().listeners(py, Event::AppendWoMutation)? {
            let kw = PyDict::new(py);
            match key {
                Some(k) => kw.set_item("key", k)?,
                None => kw.set_item("key", py.import("oxalchemy.orm.base")?.getattr("NO_KEY")?)?,
            }
            for f in l.try_iter()? {
                value = f?.call((&state, &value, &own), Some(&kw))?;
            }
        }
        Ok(value)
    }
    /// Something goes out.
    pub fn fire_remove<'py>(&self, py: Python<'py>, value: &Bound<'py, PyAny>, initiator: Initiator<'_, 'py>) -> PyResult<()> {
        self.fire_remove_at(py, value, initiator, None)
    }
    /// Something goes out that was under a key or index.
    pub fn fire_remove_at<'py>(
        &self,
        py: Python<'py>,
        value: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        if initiator.is_some_and(is_false) {
            return Ok(());
        }
        let (attr, state, dict) = self.enter(py)?;
        AttributeImpl::fire_remove_at(&attr, &state, &dict, value, initiator.filter(|i| !i.is_none()), key)
    }
    /// Something is about to go out, what is not known yet.
    pub fn fire_pre_remove(&self, py: Python<'_>) -> PyResult<()> {
        let (attr, state, dict) = self.enter(py)?;
        let before = AttributeImpl::collection_before(&attr, &dict)?;
        InstanceState::modified(&state, Some((&attr.get().key, before)), false)
    }
}

fn is_false(v: &Bound<'_, PyAny>) -> bool {
    v.cast::<PyBool>().is_ok_and(|b| !b.is_true())
}

/// Owner, attribute name, container, invalidated, empty.
type PickledAdapter<'py> = (Py<InstanceState>, Py<PyString>, Option<Bound<'py, PyAny>>, bool, bool);

/// A pickled adapter comes back; `None` when its container is gone.
#[pyfunction]
pub fn _unpickle_adapter<'py>(
    owner: &Bound<'py, InstanceState>,
    key: &str,
    data: Option<&Bound<'py, PyAny>>,
    invalidated: bool,
    empty: bool,
) -> PyResult<Option<Bound<'py, CollectionAdapter>>> {
    let py = owner.py();
    let Some(data) = data else { return Ok(None) };
    let attr = owner.get().manager.get().require_impl(py, key)?;
    let made = adapt(&attr, owner, data)?;
    made.get().invalidated.replace(py, invalidated);
    made.get().empty.replace(py, empty);
    Ok(Some(made))
}

#[pymethods]
impl CollectionAdapter {
    #[new]
    fn py_new<'py>(
        attr: &Bound<'py, AttributeImpl>,
        owner_state: &Bound<'py, InstanceState>,
        data: &Bound<'py, PyAny>,
    ) -> PyResult<Self> {
        Ok(Self {
            attr: attr.clone().unbind(),
            owner: owner_state.clone().unbind(),
            data: PyWeakrefReference::new(data)?.unbind(),
            invalidated: GilCell::new(false),
            empty: GilCell::new(false),
        })
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    /// Owner and container are pickled with it; the attribute is that of the owner's class.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, PickledAdapter<'py>)> {
        let f = py.import("oxalchemy._rs")?.getattr("_unpickle_adapter")?;
        let (key, owner) = (self.attr.get().key.clone_ref(py), self.owner.clone_ref(py));
        Ok((f, (owner, key, self.container(py), self.invalidated.get(py), self.empty.get(py))))
    }
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.container(py)
    }
    #[getter]
    fn owner_state(&self, py: Python<'_>) -> Py<InstanceState> {
        self.owner.clone_ref(py)
    }
    #[getter]
    fn attr(&self, py: Python<'_>) -> Py<AttributeImpl> {
        self.attr.clone_ref(py)
    }
    #[getter]
    fn _key(&self, py: Python<'_>) -> Py<PyString> {
        self.attr.get().key.clone_ref(py)
    }
    #[getter]
    fn get_invalidated(&self, py: Python<'_>) -> bool {
        self.invalidated.get(py)
    }
    #[setter]
    fn set_invalidated(&self, py: Python<'_>, on: bool) {
        self.invalidated.replace(py, on);
    }
    #[getter]
    fn get_empty(&self, py: Python<'_>) -> bool {
        self.empty.get(py)
    }
    #[pyo3(signature = (item, initiator = None))]
    fn append_with_event<'py>(&self, py: Python<'py>, item: &Bound<'py, PyAny>, initiator: Initiator<'_, 'py>) -> PyResult<()> {
        match self.container(py) {
            Some(d) => self.append_event(py, &d, item, initiator),
            None => Ok(()),
        }
    }
    fn append_without_event<'py>(&self, py: Python<'py>, item: &Bound<'py, PyAny>) -> PyResult<()> {
        self.refuse_empty(py)?;
        match self.container(py) {
            Some(d) => self.put(py, &d, item),
            None => Ok(()),
        }
    }
    fn append_multiple_without_event<'py>(&self, py: Python<'py>, items: &Bound<'py, PyAny>) -> PyResult<()> {
        for i in items.try_iter()? {
            self.append_without_event(py, &i?)?;
        }
        Ok(())
    }
    #[pyo3(signature = (item, initiator = None))]
    fn remove_with_event<'py>(&self, py: Python<'py>, item: &Bound<'py, PyAny>, initiator: Initiator<'_, 'py>) -> PyResult<()> {
        match self.container(py) {
            Some(d) => self.remove_event(py, &d, item, initiator),
            None => Ok(()),
        }
    }
    fn remove_without_event<'py>(&self, py: Python<'py>, item: &Bound<'py, PyAny>) -> PyResult<()> {
        self.refuse_empty(py)?;
        match self.container(py) {
            Some(d) => self.take(py, &d, item),
            None => Ok(()),
        }
    }
    #[pyo3(signature = (initiator = None))]
    fn clear_with_event<'py>(&self, py: Python<'py>, initiator: Initiator<'_, 'py>) -> PyResult<()> {
        if let Some(d) = self.container(py) {
            for v in items(&d)? {
                self.remove_event(py, &d, &v, initiator)?;
            }
        }
        Ok(())
    }
    /// The placeholder of an attribute that was never set becomes its value.
    fn _reset_empty(&self, py: Python<'_>) -> PyResult<()> {
        self.enter(py).map(drop)
    }
    fn clear_without_event(&self, py: Python<'_>) -> PyResult<()> {
        self.refuse_empty(py)?;
        if let Some(d) = self.container(py) {
            for v in items(&d)? {
                self.take(py, &d, &v)?;
            }
        }
        Ok(())
    }
    #[pyo3(signature = (item, initiator = None, key = None))]
    fn fire_append_event<'py>(
        &self,
        py: Python<'py>,
        item: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.fire_append(py, item, initiator, key)
    }
    #[pyo3(signature = (item, initiator = None, key = None))]
    fn fire_remove_event<'py>(
        &self,
        py: Python<'py>,
        item: &Bound<'py, PyAny>,
        initiator: Initiator<'_, 'py>,
        key: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<()> {
        self.fire_remove_at(py, item, initiator, key)
    }
    #[pyo3(signature = (initiator = None, key = None))]
    fn fire_pre_remove_event(
        &self,
        py: Python<'_>,
        initiator: Option<&Bound<'_, PyAny>>,
        key: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let _ = (initiator, key);
        self.fire_pre_remove(py)
    }
    fn adapt_like_to_iterable<'py>(&self, py: Python<'py>, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let _ = self;
        Ok(PyList::new(py, items(obj)?)?.into_any())
    }
    fn bulk_appender<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.getattr("append_with_event")
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        match self.container(py) {
            Some(d) => PyList::new(py, items(&d)?)?.as_any().try_iter(),
            None => PyList::empty(py).as_any().try_iter(),
        }
    }
    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.container(py).map_or(Ok(0), |d| Ok(items(&d)?.len()))
    }
    fn __bool__(&self) -> bool {
        true
    }
    fn __contains__<'py>(&self, py: Python<'py>, obj: &Bound<'py, PyAny>) -> PyResult<bool> {
        match self.container(py) {
            Some(d) => Ok(items(&d)?.iter().any(|v| v.is(obj))),
            None => Ok(false),
        }
    }
}

impl Collected for CollectionAdapter {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.attr)?;
        visit.call(&self.owner)
    }
}

/// `bulk_replace(values, existing_adapter, new_adapter, initiator=None)`.
#[pyfunction]
#[pyo3(name = "_bulk_replace", signature = (values, existing_adapter, new_adapter, initiator = None))]
pub fn py_bulk_replace<'py>(
    values: &Bound<'py, PyAny>,
    existing_adapter: Option<&Bound<'py, CollectionAdapter>>,
    new_adapter: &Bound<'py, CollectionAdapter>,
    initiator: Initiator<'_, 'py>,
) -> PyResult<()> {
    let py = values.py();
    let values: Vec<Bound<'py, PyAny>> = if values.is_none() { Vec::new() } else { items(values)? };
    let Some(data) = new_adapter.get().container(py) else { return Ok(()) };
    let old = existing_adapter.and_then(|a| a.get().container(py));
    bulk_replace(py, &values, old.as_ref().map(|o| (o, existing_adapter)), &data, new_adapter, initiator)
}

/// The adapter of a container.
#[pyfunction]
pub fn collection_adapter<'py>(collection: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    collection.getattr(names::adapter_attr(collection.py()))
}

/// `attributes.init_collection(obj, key)`: a fresh container in place, its adapter given.
#[pyfunction]
pub fn init_collection<'py>(obj: &Bound<'py, PyAny>, key: &str) -> PyResult<Bound<'py, CollectionAdapter>> {
    let state = match obj.cast::<InstanceState>() {
        Ok(s) => s.clone(),
        Err(_) => super::impls::require_state(obj)?,
    };
    let imp = state.get().manager.get().require_impl(obj.py(), key)?;
    let dict = state.get().instance_dict(obj.py());
    let (data, adapter) = create(&imp, &state)?;
    dict.set_item(&imp.get().key, &data)?;
    Ok(adapter)
}
