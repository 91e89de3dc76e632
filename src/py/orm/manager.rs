//! [`ClassManager`]: what the ORM knows about one instrumented class, under `_sa_class_manager`; and [`InstrumentedInit`],
//! which stands for the class's `__init__`.

use super::attributes::QueryableAttribute;
use super::impls::AttributeImpl;
use super::names;
use super::state::{InstanceState, flag};
use crate::py::engine::events::{Event, listeners};
use crate::py::ffi::{self, GilCell};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use pyo3::exceptions::{PyAttributeError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyString, PyTuple, PyType};

/// See the module documentation.
#[pyclass(frozen, subclass, weakref, dict, module = "oxalchemy.orm.instrumentation")]
pub struct ClassManager {
    /// The class.
    pub class_: Py<PyType>,
    /// Its mapper, once mapped.
    pub mapper: GilCell<Option<Py<super::mapper::PyMapper>>>,
    /// Attribute name to instrumented attribute, inherited ones included.
    pub attrs: Py<PyDict>,
    /// What the class had under names that were instrumented; put back when instrumentation ends.
    originals: Py<PyDict>,
    /// Names instrumented on this class itself.
    local: Py<PyDict>,
    dispatch: GilCell<Option<Py<PyAny>>>,
    /// Replaces the constructor of classes without one (declarative).
    pub factory: GilCell<Option<Py<PyAny>>>,
}

impl ClassManager {
    /// The manager of a class itself, not of a base.
    pub fn of<'py>(class: &Bound<'py, PyType>) -> Option<Bound<'py, Self>> {
        let py = class.py();
        let dict = class.getattr("__dict__").ok()?;
        let m = dict.get_item(names::manager_attr(py)).ok()?;
        m.cast_into::<Self>().ok()
    }
    /// The nearest manager along the class's bases.
    pub fn find<'py>(class: &Bound<'py, PyType>) -> Option<Bound<'py, Self>> {
        ffi::mro(class).iter().find_map(|c| Self::of(c.cast::<PyType>().ok()?))
    }
    /// Instrument a class: make its manager, or give the one it has.
    pub fn register<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, Self>> {
        Self::register_with(class, None)
    }
    /// The same; `constructor` becomes the `__init__` of a class that has none.
    pub fn register_with<'py>(class: &Bound<'py, PyType>, constructor: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, Self>> {
        if let Some(m) = Self::of(class) {
            return Ok(m);
        }
        if class.hasattr("__del__")? {
            let text = format!(
                "__del__() method on class {} will cause unreachable cycles and memory leaks, as SQLAlchemy instrumentation often \
                 creates reference cycles.  Please remove this method.",
                class.repr()?.text()
            );
            crate::py::errors::warn(class.py(), "SAWarning", &text)?;
        }
        let py = class.py();
        let attrs = PyDict::new(py);
        for base in ffi::mro(class).iter().skip(1).collect::<Vec<_>>().into_iter().rev() {
            if let Ok(base) = base.cast::<PyType>()
                && let Some(m) = Self::of(base)
            {
                for (k, v) in ffi::pairs(m.get().attrs.bind(py)) {
                    attrs.set_item(k, v)?;
                }
            }
        }
        let m = Bound::new(
            py,
            Self {
                class_: class.clone().unbind(),
                mapper: GilCell::new(None),
                attrs: attrs.unbind(),
                originals: PyDict::new(py).unbind(),
                local: PyDict::new(py).unbind(),
                dispatch: GilCell::new(None),
                factory: GilCell::new(None),
            },
        )?;
        set_on(class, names::manager_attr(py).bind(py), m.as_any())?;
        m.get().wrap_init(&m, constructor)?;
        announce(py, "class_instrument", class, None)?;
        Ok(m)
    }
    fn wrap_init(&self, slf: &Bound<'_, Self>, constructor: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let py = slf.py();
        let class = self.class_.bind(py);
        let original = class.getattr("__init__")?;
        let original = match original.cast::<InstrumentedInit>() {
            // a base's wrapper: call the base's own constructor, ours does the rest
            Ok(w) => w.get().original.bind(py).clone(),
            Err(_) => original,
        };
        let object_init = py.get_type::<PyAny>().getattr("__init__")?;
        let original = match constructor {
            Some(c) if original.is(&object_init) => c.clone(),
            _ => original,
        };
        let own = class.getattr("__dict__")?.contains("__init__")?;
        if own {
            self.originals.bind(py).set_item("__init__", &original)?;
        }
        let init = Bound::new(py, InstrumentedInit { original: original.unbind(), manager: slf.clone().unbind() })?;
        set_on(class, &PyString::intern(py, "__init__"), init.as_any())
    }
    /// Name of the class.
    pub fn class_name(&self, py: Python<'_>) -> String {
        self.class_.bind(py).name().map(|n| n.text()).unwrap_or_default()
    }
    /// The mapper.
    pub fn get_mapper<'py>(&self, py: Python<'py>) -> Option<Bound<'py, super::mapper::PyMapper>> {
        self.mapper.with(py, |m| m.as_ref().map(|m| m.clone_ref(py))).map(|m| m.into_bound(py))
    }
    /// The mapper, or `UnmappedClassError`.
    pub fn require_mapper<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.get_mapper(py) {
            Some(m) => Ok(m.into_any()),
            None => Err(PyErr::from_type(crate::py::imports::orm_exc(py, "UnmappedClassError")?, (self.class_.clone_ref(py),))),
        }
    }
    /// Attribute names, inherited ones included.
    pub fn keys(&self, py: Python<'_>) -> Vec<Py<PyString>> {
        self.attrs.bind(py).keys().iter().filter_map(|k| k.cast_into::<PyString>().ok()).map(Bound::unbind).collect()
    }
    /// The attribute under a name.
    pub fn attribute<'py>(&self, py: Python<'py>, key: &str) -> Option<Bound<'py, QueryableAttribute>> {
        self.attrs.bind(py).get_item(key).ok()??.cast_into::<QueryableAttribute>().ok()
    }
    /// The implementation under a name.
    pub fn get_impl<'py>(&self, py: Python<'py>, key: &str) -> Option<Bound<'py, AttributeImpl>> {
        let attr = self.attribute(py, key)?;
        if let Some(i) = attr.get().implementation(py) {
            return Some(i);
        }
        // synonyms behave as what they stand for
        if attr.is_instance_of::<super::attributes::InstrumentedAttribute>() {
            return super::mapper::configured_impl(&attr).ok();
        }
        attr.getattr("impl").ok()?.cast_into::<AttributeImpl>().ok()
    }
    /// The implementation under a name, or KeyError.
    pub fn require_impl<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, AttributeImpl>> {
        self.get_impl(py, key).ok_or_else(|| PyKeyError::new_err(key.to_owned()))
    }
    /// Put an attribute on the class; subclasses that are instrumented already see it too unless they have their own.
    pub fn instrument_attribute(
        &self,
        py: Python<'_>,
        key: &Bound<'_, PyString>,
        attribute: &Bound<'_, PyAny>,
        propagated: bool,
    ) -> PyResult<()> {
        let class = self.class_.bind(py);
        reserved(key)?;
        if propagated {
            if self.local.bind(py).contains(key)? {
                return Ok(());
            }
        } else {
            self.local.bind(py).set_item(key, attribute)?;
            let own = class.getattr("__dict__")?;
            if let Ok(old) = own.get_item(key)
                && !old.is_instance_of::<QueryableAttribute>()
                && !self.originals.bind(py).contains(key)?
            {
                self.originals.bind(py).set_item(key, old)?;
            }
            set_on(class, key, attribute)?;
        }
        self.attrs.bind(py).set_item(key, attribute)?;
        announce(py, "attribute_instrument", class, Some((key, attribute)))?;
        for sub in class.call_method0("__subclasses__").and_then(|l| l.try_iter()?.collect::<PyResult<Vec<_>>>())? {
            if let Ok(sub) = sub.cast::<PyType>()
                && let Some(m) = Self::of(sub)
            {
                m.get().instrument_attribute(py, key, attribute, true)?;
            }
        }
        Ok(())
    }
    /// Put an object on the class that is not an attribute of its own (synonym, composite), remembering what it hides.
    pub fn install_descriptor(&self, py: Python<'_>, key: &Bound<'_, PyString>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let class = self.class_.bind(py);
        let own = class.getattr("__dict__")?;
        if let Ok(old) = own.get_item(key)
            && !old.is_instance_of::<QueryableAttribute>()
            && !self.originals.bind(py).contains(key)?
        {
            self.originals.bind(py).set_item(key, old)?;
        }
        set_on(class, key, value)
    }
    /// Take an attribute back.
    pub fn uninstrument_attribute(&self, py: Python<'_>, key: &str) -> PyResult<()> {
        let class = self.class_.bind(py);
        if self.local.bind(py).contains(key)? {
            self.local.bind(py).del_item(key)?;
            match self.originals.bind(py).get_item(key)? {
                Some(old) => {
                    self.originals.bind(py).del_item(key)?;
                    set_on(class, &PyString::new(py, key), &old)?;
                }
                None => del_on(class, &PyString::new(py, key))?,
            }
        }
        if self.attrs.bind(py).contains(key)? {
            self.attrs.bind(py).del_item(key)?;
        }
        for sub in class.call_method0("__subclasses__").and_then(|l| l.try_iter()?.collect::<PyResult<Vec<_>>>())? {
            if let Ok(sub) = sub.cast::<PyType>()
                && let Some(m) = Self::of(sub)
            {
                m.get().uninstrument_attribute(py, key)?;
            }
        }
        Ok(())
    }
    /// End the instrumentation of the class.
    pub fn unregister(&self, py: Python<'_>) -> PyResult<()> {
        let class = self.class_.bind(py);
        announce(py, "class_uninstrument", class, None)?;
        for key in self.local.bind(py).keys().iter() {
            self.uninstrument_attribute(py, &key.text())?;
        }
        for (k, v) in ffi::pairs(self.originals.bind(py)) {
            set_on(class, k.cast::<PyString>()?, &v)?;
        }
        if !self.originals.bind(py).contains("__init__")?
            && class.getattr("__dict__")?.get_item("__init__").is_ok_and(|i| i.is_instance_of::<InstrumentedInit>())
        {
            del_on(class, &PyString::intern(py, "__init__"))?;
        }
        self.originals.bind(py).clear();
        drop(self.mapper.replace(py, None));
        if class.getattr("__dict__")?.contains(names::manager_attr(py))? {
            del_on(class, names::manager_attr(py).bind(py))?;
        }
        Ok(())
    }
    /// A new instance without `__init__`, with a fresh state in place: what loading makes.
    #[inline]
    pub fn new_bare<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyDict>, Bound<'py, InstanceState>)> {
        let py = slf.py();
        let obj = ffi::new_instance(slf.get().class_.bind(py), &PyTuple::empty(py))?;
        let state = InstanceState::create(&obj, slf)?;
        let dict = ffi::instance_dict(&obj)?;
        dict.set_item(names::state_attr(py), &state)?;
        Ok((obj, dict, state))
    }
    /// The state of an instance of this class, made when it has none.
    pub fn setup_state<'py>(slf: &Bound<'py, Self>, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, InstanceState>> {
        let dict = ffi::instance_dict(obj)?;
        if let Some(s) = InstanceState::in_dict(&dict) {
            return Ok(s);
        }
        let state = InstanceState::create(obj, slf)?;
        dict.set_item(names::state_attr(slf.py()), &state)?;
        Ok(state)
    }
    /// Listeners of an instance event of this class, `None` when there are none.
    pub fn listeners<'py>(slf: &Bound<'py, Self>, event: Event) -> PyResult<Option<Bound<'py, PyAny>>> {
        listeners(slf.as_any(), event)
    }
}

#[pymethods]
impl ClassManager {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    fn py_new<'py>(class_: &Bound<'py, PyType>) -> Self {
        let py = class_.py();
        Self {
            class_: class_.clone().unbind(),
            mapper: GilCell::new(None),
            attrs: PyDict::new(py).unbind(),
            originals: PyDict::new(py).unbind(),
            local: PyDict::new(py).unbind(),
            dispatch: GilCell::new(None),
            factory: GilCell::new(None),
        }
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
    #[getter(_dispatch)]
    fn get_dispatch(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.dispatch.with(py, |d| d.as_ref().map(|d| d.clone_ref(py)))
    }
    #[setter(_dispatch)]
    fn set_dispatch(&self, py: Python<'_>, value: Option<Py<PyAny>>) {
        drop(self.dispatch.replace(py, value));
    }
    #[getter]
    fn class_(&self, py: Python<'_>) -> Py<PyType> {
        self.class_.clone_ref(py)
    }
    #[getter(mapper)]
    fn py_mapper<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.require_mapper(py)
    }
    #[setter(mapper)]
    fn set_mapper(&self, py: Python<'_>, mapper: Option<Py<super::mapper::PyMapper>>) {
        drop(self.mapper.replace(py, mapper));
    }
    #[getter]
    fn is_mapped(&self, py: Python<'_>) -> bool {
        self.mapper.with(py, |m| m.is_some())
    }
    #[classattr]
    #[pyo3(name = "is_instance")]
    const IS_INSTANCE: bool = false;
    #[classattr]
    const MANAGER_ATTR: &'static str = "_sa_class_manager";
    #[classattr]
    const STATE_ATTR: &'static str = "_sa_instance_state";
    #[getter]
    fn local_attrs(&self, py: Python<'_>) -> Py<PyDict> {
        self.local.clone_ref(py)
    }
    #[getter]
    fn originals(&self, py: Python<'_>) -> Py<PyDict> {
        self.originals.clone_ref(py)
    }
    #[getter]
    fn original_init<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let init = self.class_.bind(py).getattr("__init__")?;
        Ok(match init.cast::<InstrumentedInit>() {
            Ok(w) => w.get().original.bind(py).clone(),
            Err(_) => init,
        })
    }
    #[getter]
    fn attributes<'py>(&self, py: Python<'py>) -> Bound<'py, PyList> {
        self.attrs.bind(py).values()
    }
    fn __getitem__<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, PyAny>> {
        self.attrs.bind(py).get_item(key)?.ok_or_else(|| PyKeyError::new_err(key.to_owned()))
    }
    fn __contains__(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.attrs.bind(py).contains(key)
    }
    fn __len__(&self, py: Python<'_>) -> usize {
        self.attrs.bind(py).len()
    }
    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.attrs.bind(py).as_any().try_iter()
    }
    fn __bool__(&self) -> bool {
        true
    }
    #[pyo3(name = "keys")]
    fn py_keys<'py>(&self, py: Python<'py>) -> Bound<'py, PyList> {
        self.attrs.bind(py).keys()
    }
    fn values<'py>(&self, py: Python<'py>) -> Bound<'py, PyList> {
        self.attrs.bind(py).values()
    }
    fn items<'py>(&self, py: Python<'py>) -> Bound<'py, PyList> {
        self.attrs.bind(py).items()
    }
    #[pyo3(signature = (key, default = None))]
    fn get<'py>(&self, py: Python<'py>, key: &str, default: Option<Bound<'py, PyAny>>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.attrs.bind(py).get_item(key)?.or(default))
    }
    #[pyo3(name = "get_impl")]
    fn py_get_impl<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, AttributeImpl>> {
        self.require_impl(py, key)
    }
    #[pyo3(name = "instrument_attribute", signature = (key, inst, propagated = false))]
    fn py_instrument_attribute(
        &self,
        py: Python<'_>,
        key: &Bound<'_, PyString>,
        inst: &Bound<'_, PyAny>,
        propagated: bool,
    ) -> PyResult<()> {
        self.instrument_attribute(py, key, inst, propagated)
    }
    #[pyo3(name = "uninstrument_attribute", signature = (key, propagated = false))]
    fn py_uninstrument_attribute(&self, py: Python<'_>, key: &str, propagated: bool) -> PyResult<()> {
        let _ = propagated;
        self.uninstrument_attribute(py, key)
    }
    fn install_member(&self, py: Python<'_>, key: &Bound<'_, PyString>, implementation: &Bound<'_, PyAny>) -> PyResult<()> {
        reserved(key)?;
        self.install_descriptor(py, key, implementation)
    }
    #[pyo3(name = "install_descriptor")]
    fn py_install_descriptor(&self, py: Python<'_>, key: &Bound<'_, PyString>, inst: &Bound<'_, PyAny>) -> PyResult<()> {
        reserved(key)?;
        self.install_descriptor(py, key, inst)
    }
    fn unregister_class(&self, py: Python<'_>) -> PyResult<()> {
        self.unregister(py)
    }
    #[pyo3(name = "unregister")]
    fn py_unregister(&self, py: Python<'_>) -> PyResult<()> {
        self.unregister(py)
    }
    #[pyo3(signature = (state = None))]
    fn new_instance<'py>(slf: &Bound<'py, Self>, state: Option<&Bound<'py, InstanceState>>) -> PyResult<Bound<'py, PyAny>> {
        match state {
            None => Ok(Self::new_bare(slf)?.0),
            Some(state) => {
                let py = slf.py();
                let obj = ffi::new_instance(slf.get().class_.bind(py), &PyTuple::empty(py))?;
                ffi::instance_dict(&obj)?.set_item(names::state_attr(py), state)?;
                Ok(obj)
            }
        }
    }
    #[pyo3(signature = (instance, state = None))]
    fn setup_instance<'py>(
        slf: &Bound<'py, Self>,
        instance: &Bound<'py, PyAny>,
        state: Option<&Bound<'py, InstanceState>>,
    ) -> PyResult<()> {
        match state {
            Some(s) => ffi::instance_dict(instance)?.set_item(names::state_attr(slf.py()), s),
            None => Self::setup_state(slf, instance).map(drop),
        }
    }
    fn has_state(&self, instance: &Bound<'_, PyAny>) -> bool {
        InstanceState::of(instance).is_some()
    }
    #[pyo3(signature = (state, key, optimistic = false))]
    fn has_parent(&self, py: Python<'_>, state: &Bound<'_, InstanceState>, key: &str, optimistic: bool) -> PyResult<bool> {
        Ok(state.get().has_parent(py, self.require_impl(py, key)?.get().parent_token, optimistic))
    }
    fn subclass_managers<'py>(&self, py: Python<'py>, recursive: bool) -> PyResult<Vec<Bound<'py, Self>>> {
        let mut out = Vec::new();
        for sub in self.class_.bind(py).call_method0("__subclasses__")?.try_iter()? {
            let sub = sub?;
            if let Ok(sub) = sub.cast::<PyType>()
                && let Some(m) = Self::of(sub)
            {
                if recursive {
                    out.extend(m.get().subclass_managers(py, true)?);
                }
                out.push(m);
            }
        }
        Ok(out)
    }
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<ClassManager of {}>", self.class_.bind(py).repr()?.text()))
    }
}

impl Collected for ClassManager {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.class_)?;
        visit.call(&self.attrs)?;
        visit.call(&self.originals)?;
        visit.call(&self.local)?;
        self.mapper.peek(|m| visit.call(m)).unwrap_or(Ok(()))?;
        self.dispatch.peek(|m| visit.call(m)).unwrap_or(Ok(()))?;
        self.factory.peek(|m| visit.call(m)).unwrap_or(Ok(()))
    }
    fn release(&self, py: Python<'_>) {
        drop(self.mapper.replace(py, None));
        drop(self.dispatch.replace(py, None));
    }
}

/// The `__init__` of an instrumented class: makes the state, runs the class's own constructor, fires `init` events.
#[pyclass(frozen, dict, module = "oxalchemy.orm.instrumentation")]
pub struct InstrumentedInit {
    original: Py<PyAny>,
    manager: Py<ClassManager>,
}

#[pymethods]
impl InstrumentedInit {
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        obj: Option<&Bound<'py, PyAny>>,
        owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        match obj {
            Some(obj) if !obj.is_none() => ffi::bind_method(slf.as_any(), obj),
            _ => Ok(slf.clone().into_any()),
        }
    }
    #[pyo3(signature = (slf_, *args, **kwargs))]
    fn __call__<'py>(
        &self,
        slf_: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let py = slf_.py();
        let dict = ffi::instance_dict(slf_)?;
        if InstanceState::in_dict(&dict).is_some() {
            // a subclass's constructor called ours: the state is there
            self.original.bind(py).call(prepend(slf_, args)?, kwargs)?;
            return Ok(());
        }
        // the class of the instance may be a subclass that was never instrumented itself
        let class = slf_.get_type();
        let manager = if class.is(self.manager.get().class_.bind(py)) {
            self.manager.bind(py).clone()
        } else {
            ClassManager::find(&class).unwrap_or_else(|| self.manager.bind(py).clone())
        };
        if let Some(mapper) = manager.get().get_mapper(py) {
            super::mapper::check_configure(&mapper)?;
        }
        let state = InstanceState::create(slf_, &manager)?;
        dict.set_item(names::state_attr(py), &state)?;
        state.get().set_flag(py, flag::INITIALIZING, true);
        let mut args = args.clone();
        let mut owned_kwargs = None;
        if let Some(l) = ClassManager::listeners(&manager, Event::FirstInit)? {
            l.call_method1("exec_once", (manager.clone(), manager.get().class_.bind(py)))?;
        }
        if let Some(l) = ClassManager::listeners(&manager, Event::Init)? {
            // listeners may change the keyword dictionary in place
            let kw = kwargs.map_or_else(|| Ok(PyDict::new(py)), |k| k.copy())?;
            let list = PyTuple::new(py, args.iter())?;
            crate::py::stack::deep(|| l.call1((&state, &list, &kw)))?;
            args = list;
            owned_kwargs = Some(kw);
        }
        let kwargs = owned_kwargs.as_ref().or(kwargs);
        if let Some(mapper) = manager.get().get_mapper(py) {
            super::mapper::set_polymorphic_identity(&mapper, &state, &dict)?;
        }
        let given = prepend(slf_, &args)?;
        let result = crate::py::stack::deep(|| self.original.bind(py).call(given, kwargs));
        state.get().set_flag(py, flag::INITIALIZING, false);
        if let Err(e) = result {
            if let Some(l) = ClassManager::listeners(&manager, Event::InitFailure)? {
                let kw = kwargs.map_or_else(|| PyDict::new(py), Clone::clone);
                l.call1((&state, &args, kw))?;
            }
            return Err(e);
        }
        Ok(())
    }
    #[getter]
    fn __wrapped__(&self, py: Python<'_>) -> Py<PyAny> {
        self.original.clone_ref(py)
    }
    #[getter]
    fn __name__(&self) -> &'static str {
        "__init__"
    }
    #[getter]
    fn _sa_original_init(&self, py: Python<'_>) -> Py<PyAny> {
        self.original.clone_ref(py)
    }
    fn __getattr__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        if matches!(
            name,
            "__doc__"
                | "__qualname__"
                | "__module__"
                | "__defaults__"
                | "__kwdefaults__"
                | "__code__"
                | "__annotations__"
                | "__func__"
        ) {
            return self.original.bind(py).getattr(name);
        }
        Err(PyAttributeError::new_err(name.to_owned()))
    }
}

impl Collected for InstrumentedInit {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.original)?;
        visit.call(&self.manager)
    }
}

/// The names of the state and the manager cannot be attributes.
fn reserved(key: &Bound<'_, PyString>) -> PyResult<()> {
    let name = key.to_string_lossy();
    if name == "_sa_instance_state" || name == "_sa_class_manager" {
        return Err(PyKeyError::new_err(format!(
            "'{name}': requested attribute name conflicts with instrumentation attribute of the same name."
        )));
    }
    Ok(())
}

/// Set a class attribute without the class's metaclass noticing (declarative maps what is set).
fn set_on(class: &Bound<'_, PyType>, key: &Bound<'_, PyString>, value: &Bound<'_, PyAny>) -> PyResult<()> {
    class.py().get_type::<PyType>().call_method1("__setattr__", (class, key, value)).map(drop)
}

/// Delete a class attribute without the metaclass noticing.
fn del_on(class: &Bound<'_, PyType>, key: &Bound<'_, PyString>) -> PyResult<()> {
    class.py().get_type::<PyType>().call_method1("__delattr__", (class, key)).map(drop)
}

static LISTENER: pyo3::sync::PyOnceLock<Py<PyAny>> = pyo3::sync::PyOnceLock::new();

/// Told by `orm.events` when somebody listens for instrumentation events: `fire(name, *args)`.
#[pyfunction]
pub fn _listen_instrumentation(py: Python<'_>, fire: Py<PyAny>) {
    let _ = LISTENER.set(py, fire);
}

/// Tell the listeners of instrumentation events.
fn announce<'py>(
    py: Python<'py>,
    name: &str,
    class: &Bound<'py, PyType>,
    attribute: Option<(&Bound<'py, PyString>, &Bound<'py, PyAny>)>,
) -> PyResult<()> {
    let Some(f) = LISTENER.get(py) else { return Ok(()) };
    match attribute {
        Some((key, inst)) => f.bind(py).call1((name, class, key, inst)).map(drop),
        None => f.bind(py).call1((name, class)).map(drop),
    }
}

fn prepend<'py>(first: &Bound<'py, PyAny>, rest: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(first.py(), std::iter::once(first.clone()).chain(rest.iter()).collect::<Vec<_>>())
}
