//! [`QueryableAttribute`], [`InstrumentedAttribute`]: a mapped attribute on its class. On instances a data descriptor, on
//! the class a SQL expression with its comparator's operators.

use super::flags::*;
use super::impls::{AttributeImpl, require_state};
use super::manager::ClassManager;
use super::state::InstanceState;
use crate::py::errors;
use crate::py::ffi::{self, GilCell};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::sql::infix::{Infix, NAMED, Operand, Prefix, operator_methods};
use crate::py::text::Text;
use pyo3::basic::CompareOp;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use std::sync::OnceLock;

/// An attribute of a mapped class or of an alias of one, as queries use it.
#[pyclass(frozen, subclass, weakref, dict, module = "oxalchemy.orm.attributes")]
pub struct QueryableAttribute {
    /// The class (or `AliasedClass`) it was reached through.
    pub class_: Py<PyAny>,
    /// Attribute name, interned.
    pub key: Py<PyString>,
    /// Mapper or alias inspection object.
    pub parent: Py<PyAny>,
    /// The mapped property.
    pub prop: Py<PyAny>,
    imp: GilCell<Option<Py<AttributeImpl>>>,
    comparator: GilCell<Option<Py<PyAny>>>,
    /// The comparator is the built-in one of columns.
    straight: OnceLock<bool>,
    expression: GilCell<Option<Py<PyAny>>>,
    /// `of_type()`.
    pub of_type: Option<Py<PyAny>>,
    /// `and_()` criteria.
    pub extra_criteria: Vec<Py<PyAny>>,
    dispatch: GilCell<Option<Py<PyAny>>>,
    active_history: GilCell<bool>,
}

/// The same as a data descriptor on a mapped class.
#[pyclass(frozen, extends = QueryableAttribute, subclass, module = "oxalchemy.orm.attributes")]
pub struct InstrumentedAttribute;

/// `ColumnProperty`.
fn column_property(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = || Ok::<_, PyErr>(py.import("oxalchemy.orm.properties")?.getattr("ColumnProperty")?.unbind());
    Ok(CLASS.get_or_try_init(py, make)?.bind(py).clone())
}

/// `ColumnProperty.Comparator`.
fn column_comparator(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = || Ok::<_, PyErr>(column_property(py)?.getattr("Comparator")?.unbind());
    Ok(CLASS.get_or_try_init(py, make)?.bind(py).clone())
}

impl QueryableAttribute {
    /// An attribute without implementation yet.
    pub fn new(
        class: &Bound<'_, PyAny>,
        key: &Bound<'_, PyString>,
        parent: &Bound<'_, PyAny>,
        prop: &Bound<'_, PyAny>,
        comparator: Option<&Bound<'_, PyAny>>,
    ) -> Self {
        let key = super::names::intern(key);
        Self {
            class_: class.clone().unbind(),
            key,
            parent: parent.clone().unbind(),
            prop: prop.clone().unbind(),
            imp: GilCell::default(),
            comparator: GilCell::new(comparator.map(|c| c.clone().unbind())),
            straight: OnceLock::new(),
            expression: GilCell::new(None),
            of_type: None,
            extra_criteria: Vec::new(),
            dispatch: GilCell::new(None),
            active_history: GilCell::new(false),
        }
    }
    /// A plain (not descriptor) attribute: of an alias, with `of_type`, with criteria.
    pub fn derived<'py>(
        &self,
        py: Python<'py>,
        class: &Bound<'py, PyAny>,
        parent: &Bound<'py, PyAny>,
        comparator: Option<Bound<'py, PyAny>>,
        of_type: Option<Py<PyAny>>,
        extra_criteria: Vec<Py<PyAny>>,
    ) -> PyResult<Bound<'py, Self>> {
        let imp = GilCell::new(self.implementation(py).map(Bound::unbind));
        let base = Self {
            class_: class.clone().unbind(),
            key: self.key.clone_ref(py),
            parent: parent.clone().unbind(),
            prop: self.prop.clone_ref(py),
            imp,
            comparator: GilCell::new(comparator.map(Bound::unbind)),
            straight: OnceLock::new(),
            expression: GilCell::new(None),
            of_type,
            extra_criteria,
            dispatch: GilCell::new(None),
            active_history: GilCell::new(false),
        };
        // of the same class as the original, so that Python does not prefer the original's reflected operators
        Ok(Bound::new(py, PyClassInitializer::from(base).add_subclass(InstrumentedAttribute))?.into_super())
    }
    /// Name of the class.
    pub fn class_name(&self, py: Python<'_>) -> String {
        self.class_.bind(py).getattr("__name__").map(|n| n.text()).unwrap_or_default()
    }
    /// The implementation, once configured.
    #[inline]
    pub fn implementation<'py>(&self, py: Python<'py>) -> Option<Bound<'py, AttributeImpl>> {
        self.imp.with(py, |i| i.as_ref().map(|i| i.bind(py).clone()))
    }
    pub(super) fn set_implementation(&self, imp: &Bound<'_, AttributeImpl>) {
        let old = self.imp.replace(imp.py(), Some(imp.clone().unbind()));
        drop(old);
    }
    pub(super) fn wants_active_history(&self, py: Python<'_>) -> bool {
        self.active_history.get(py)
    }
    /// The mapped property.
    pub fn property_object<'py>(&self, py: Python<'py>) -> Bound<'py, PyAny> {
        self.prop.bind(py).clone()
    }
    /// What identifies the attribute in messages and events: the property, or the attribute where there is none.
    pub fn token_object<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyAny> {
        let p = slf.get().property_object(slf.py());
        if p.is_none() { slf.clone().into_any() } else { p }
    }
    /// The comparator, made by the property on first use.
    pub fn get_comparator<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Some(c) = slf.get().comparator.with(py, |c| c.as_ref().map(|c| c.clone_ref(py))) {
            return Ok(c.into_bound(py));
        }
        let made = slf.get().prop.bind(py).call_method1("_comparator_for", (slf,))?;
        drop(slf.get().comparator.replace(py, Some(made.clone().unbind())));
        Ok(made)
    }
    /// The expression the class attribute stands for.
    pub fn clause<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        if let Some(e) = slf.get().expression.with(py, |c| c.as_ref().map(|c| c.clone_ref(py))) {
            return Ok(e.into_bound(py));
        }
        let made = slf.get().comparator.with(py, |c| c.is_some());
        let e = match slf.get().prop.bind(py).cast::<super::property::MapperProperty>() {
            // No comparator is needed for what it would say.
            Ok(prop) if !made && Self::has_column_comparator(slf)? => {
                super::comparator::_column_clause(prop, slf.get().parent.bind(py))?
            }
            _ => Self::get_comparator(slf)?.call_method0("__clause_element__")?,
        };
        drop(slf.get().expression.replace(py, Some(e.clone().unbind())));
        Ok(e)
    }
    /// The expression, where operators mean those of the expression: with the built-in comparator of columns. A comparator of the
    /// user's own, or that of a relationship, is asked itself.
    fn straight<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let known = match slf.get().straight.get() {
            Some(known) => *known,
            None => {
                let found = Self::has_column_comparator(slf)?;
                *slf.get().straight.get_or_init(|| found)
            }
        };
        if known { Self::clause(slf).map(Some) } else { Ok(None) }
    }
    fn has_column_comparator(slf: &Bound<'_, Self>) -> PyResult<bool> {
        let py = slf.py();
        let built_in = column_comparator(py)?;
        let given = slf.get().comparator.with(py, |c| c.as_ref().map(|c| c.clone_ref(py)));
        if let Some(c) = given {
            return Ok(c.bind(py).get_type().is(&built_in));
        }
        let prop = slf.get().prop.bind(py);
        let maker = PyString::intern(py, "_comparator_for");
        let own = match (prop.get_type().getattr_opt(&maker)?, column_property(py)?.getattr_opt(&maker)?) {
            (Some(a), Some(b)) => !a.is(&b),
            _ => true,
        };
        Ok(!own && prop.getattr("comparator_factory")?.is(&built_in))
    }
    /// What operators are applied to.
    fn operand<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        if !slf.is_exact_instance_of::<InstrumentedAttribute>() && !slf.is_exact_instance_of::<Self>() {
            // A class in Python may have a comparator of its own (synonyms, composites).
            return slf.getattr(pyo3::intern!(slf.py(), "comparator"));
        }
        match Self::straight(slf)? {
            Some(clause) => Ok(clause),
            None => Self::get_comparator(slf),
        }
    }
    fn descriptor<'py>(
        slf: &Bound<'py, Self>,
        obj: &Bound<'py, PyAny>,
    ) -> PyResult<(Bound<'py, AttributeImpl>, Bound<'py, InstanceState>, Bound<'py, PyDict>)> {
        let py = slf.py();
        let dict = ffi::instance_dict(obj)?;
        let state = match InstanceState::in_dict(&dict) {
            Some(s) => s,
            None => return Err(Self::no_state(slf, obj)),
        };
        let imp = match slf.get().implementation(py) {
            Some(i) => i,
            None => super::mapper::configured_impl(slf)?,
        };
        Ok((imp, state, dict))
    }
    fn no_state<'py>(slf: &Bound<'py, Self>, obj: &Bound<'py, PyAny>) -> PyErr {
        let py = slf.py();
        match crate::py::imports::orm_exc(py, "UnmappedInstanceError") {
            Ok(t) => PyErr::from_type(
                t,
                (
                    obj.clone().unbind(),
                    format!(
                        "Class '{}' is mapped, but this instance lacks instrumentation.  This occurs when the instance is created \
                         before oxalchemy.orm.mapper({}) was called.",
                        slf.get().class_name(py),
                        slf.get().class_name(py)
                    ),
                ),
            ),
            Err(e) => e,
        }
    }
}

operator_methods! {
impl QueryableAttribute {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    #[pyo3(signature = (class_, key, parententity, comparator = None, impl_ = None, of_type = None))]
    fn py_new<'py>(
        class_: &Bound<'py, PyAny>,
        key: &Bound<'py, PyString>,
        parententity: &Bound<'py, PyAny>,
        comparator: Option<&Bound<'py, PyAny>>,
        impl_: Option<&Bound<'py, AttributeImpl>>,
        of_type: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let none = class_.py().None().into_bound(class_.py());
        let prop = match comparator {
            Some(c) => c.getattr_opt("prop")?.unwrap_or(none),
            None => none,
        };
        let mut new = Self::new(class_, key, parententity, &prop, comparator);
        new.of_type = of_type;
        if let Some(i) = impl_ {
            new.set_implementation(i);
        }
        Ok(new)
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
    /// Asked for by listeners with `active_history=True`.
    #[getter(_active_history)]
    fn get_active_history(&self, py: Python<'_>) -> bool {
        self.active_history.get(py)
    }
    #[setter(_active_history)]
    fn set_active_history(&self, py: Python<'_>, on: bool) {
        self.active_history.replace(py, on);
        if let Some(i) = self.implementation(py)
            && on
        {
            i.get().set_active_history(true);
        }
    }
    #[getter]
    fn class_(&self, py: Python<'_>) -> Py<PyAny> {
        self.class_.clone_ref(py)
    }
    #[getter]
    fn key(&self, py: Python<'_>) -> Py<PyString> {
        self.key.clone_ref(py)
    }
    #[getter(r#impl)]
    fn get_impl<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, AttributeImpl>> {
        match slf.get().implementation(slf.py()) {
            Some(i) => Ok(i),
            None => super::mapper::configured_impl(slf),
        }
    }
    #[getter]
    fn parent(&self, py: Python<'_>) -> Py<PyAny> {
        self.parent.clone_ref(py)
    }
    #[getter]
    fn _parententity(&self, py: Python<'_>) -> Py<PyAny> {
        self.parent.clone_ref(py)
    }
    #[getter]
    fn _parentmapper<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.parent.bind(py).getattr("mapper")
    }
    #[getter]
    fn prop(&self, py: Python<'_>) -> Py<PyAny> {
        self.prop.clone_ref(py)
    }
    /// The mapped property.
    #[getter]
    fn property<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        super::aliased::entity_of(slf.get().parent.bind(slf.py()))?;
        Ok(slf.get().property_object(slf.py()))
    }
    #[getter]
    fn comparator<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::get_comparator(slf)
    }
    #[getter]
    fn _of_type(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.of_type.as_ref().map(|o| o.clone_ref(py))
    }
    #[getter]
    fn _extra_criteria<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.extra_criteria)
    }
    /// The expression it stands for.
    #[getter]
    fn expression<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::clause(slf)
    }
    fn __clause_element__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::clause(slf)
    }
    #[getter]
    fn info<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.prop.bind(py).getattr("info")
    }
    #[classattr]
    #[pyo3(name = "is_attribute")]
    const IS_ATTRIBUTE: bool = true;
    #[classattr]
    #[pyo3(name = "is_instance")]
    const IS_INSTANCE: bool = false;
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
    #[pyo3(name = "is_property")]
    const IS_PROPERTY: bool = false;
    #[classattr]
    #[pyo3(name = "is_bundle")]
    const IS_BUNDLE: bool = false;
    #[classattr]
    #[pyo3(name = "is_clause_element")]
    const IS_CLAUSE_ELEMENT: bool = false;
    #[classattr]
    #[pyo3(name = "_is_internal_proxy")]
    const IS_INTERNAL_PROXY: bool = false;
    #[getter]
    fn extension_type<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.import("oxalchemy.orm.base")?.getattr("NOT_EXTENSION")
    }
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let missing = |what: &str| {
            PyAttributeError::new_err(format!(
                "Neither '{}' object nor '{what}' object associated with {}.{} has an attribute '{name}'",
                slf.get_type().name().map(|n| n.text()).unwrap_or_default(),
                slf.get().class_name(py),
                slf.get().key.text(),
            ))
        };
        if name.starts_with("__") {
            return Err(PyAttributeError::new_err(name.to_owned()));
        }
        if NAMED.contains(&name)
            && let Some(clause) = Self::straight(slf)?
        {
            return clause.getattr(name);
        }
        let c = Self::get_comparator(slf)?;
        if let Some(v) = c.getattr_opt(name)? {
            return Ok(v);
        }
        // what the comparator does not have, the expression may have (`.type`, `.name`)
        if let Some(f) = c.getattr_opt("_fallback_getattr")? {
            match f.call1((name,)) {
                Err(e) if e.is_instance_of::<PyAttributeError>(py) => {}
                r => return r,
            }
        }
        Err(missing(&c.get_type().name()?.text()))
    }
    #[pyo3(signature = (op, *other, **kwargs))]
    fn operate<'py>(
        slf: &Bound<'py, Self>,
        op: &Bound<'py, PyAny>,
        other: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let mut args = vec![Self::operand(slf)?];
        args.extend(other.iter());
        op.call(PyTuple::new(slf.py(), args)?, kwargs)
    }
    #[pyo3(signature = (op, other, **kwargs))]
    fn reverse_operate<'py>(
        slf: &Bound<'py, Self>,
        op: &Bound<'py, PyAny>,
        other: &Bound<'py, PyAny>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        op.call((other, Self::operand(slf)?), kwargs)
    }
    /// The attribute of a subclass of the related class.
    fn of_type<'py>(slf: &Bound<'py, Self>, entity: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let this = slf.get();
        let comparator = Self::get_comparator(slf)?.call_method1("of_type", (entity,))?;
        let of_type = py.import("oxalchemy.inspection")?.getattr("inspect")?.call1((entity,))?;
        let extra = this.extra_criteria.iter().map(|c| c.clone_ref(py)).collect();
        let new =
            this.derived(py, this.class_.bind(py), this.parent.bind(py), Some(comparator), Some(of_type.unbind()), extra)?;
        Ok(new.into_any())
    }
    /// The attribute with further ON criteria.
    #[pyo3(signature = (*criteria))]
    fn and_<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let this = slf.get();
        let comparator = Self::get_comparator(slf)?.call_method1("and_", criteria.clone())?;
        let mut extra: Vec<Py<PyAny>> = this.extra_criteria.iter().map(|c| c.clone_ref(py)).collect();
        extra.extend(criteria.iter().map(Bound::unbind));
        let of_type = this.of_type.as_ref().map(|o| o.clone_ref(py));
        let new = this.derived(py, this.class_.bind(py), this.parent.bind(py), Some(comparator), of_type, extra)?;
        Ok(new.into_any())
    }
    /// The same attribute of another entity (an alias).
    fn adapt_to_entity<'py>(slf: &Bound<'py, Self>, entity: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let this = slf.get();
        let comparator = Self::get_comparator(slf)?.call_method1("adapt_to_entity", (entity,))?;
        let class = entity.getattr("entity")?;
        let of_type = this.of_type.as_ref().map(|o| o.clone_ref(py));
        let extra = this.extra_criteria.iter().map(|c| c.clone_ref(py)).collect();
        Ok(this.derived(py, &class, entity, Some(comparator), of_type, extra)?.into_any())
    }
    /// A label of the expression.
    fn label<'py>(slf: &Bound<'py, Self>, name: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        Self::clause(slf)?.call_method1("label", (name,))
    }
    #[pyo3(signature = (state, passive = PASSIVE_OFF))]
    fn get_history<'py>(slf: &Bound<'py, Self>, state: &Bound<'py, InstanceState>, passive: u32) -> PyResult<Bound<'py, PyAny>> {
        super::history::history(&Self::get_impl(slf)?, state, passive)
    }
    #[pyo3(signature = (state, optimistic = false))]
    fn hasparent(slf: &Bound<'_, Self>, state: &Bound<'_, InstanceState>, optimistic: bool) -> PyResult<bool> {
        let imp = Self::get_impl(slf)?;
        Ok(state.get().has_parent(slf.py(), imp.get().parent_token, optimistic))
    }
    fn __hash__(slf: &Bound<'_, Self>) -> usize {
        slf.as_ptr() as usize >> 4
    }
    fn __richcmp__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>, op: CompareOp) -> PyResult<Bound<'py, PyAny>> {
        Self::operand(slf)?.rich_compare(other, op)
    }
    fn __contains__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> PyResult<bool> {
        Self::operand(slf)?.contains(other)
    }
    fn __str__(&self, py: Python<'_>) -> String {
        format!("{}.{}", self.class_name(py), self.key.text())
    }
}
}

impl Operand for QueryableAttribute {
    fn infix<'py>(slf: &Bound<'py, Self>, op: Infix, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        op.apply(&Self::operand(slf)?, other)
    }
    fn reflected<'py>(slf: &Bound<'py, Self>, op: Infix, other: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        op.apply(other, &Self::operand(slf)?)
    }
    fn prefix<'py>(slf: &Bound<'py, Self>, op: Prefix) -> PyResult<Bound<'py, PyAny>> {
        op.apply(&Self::operand(slf)?)
    }
}

impl Collected for QueryableAttribute {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.class_)?;
        visit.call(&self.parent)?;
        visit.call(&self.prop)?;
        visit.call(&self.of_type)?;
        for c in &self.extra_criteria {
            visit.call(c)?;
        }
        self.imp.peek(|i| visit.call(i)).unwrap_or(Ok(()))?;
        for cell in [&self.comparator, &self.expression, &self.dispatch] {
            cell.peek(|c| visit.call(c)).unwrap_or(Ok(()))?;
        }
        Ok(())
    }
    fn release(&self, py: Python<'_>) {
        drop(self.comparator.replace(py, None));
        drop(self.expression.replace(py, None));
        drop(self.dispatch.replace(py, None));
        // The implementation holds its attribute.
        drop(self.imp.replace(py, None));
    }
}

#[pymethods]
impl InstrumentedAttribute {
    #[new]
    #[pyo3(signature = (class_, key, parententity, comparator = None, impl_ = None, of_type = None))]
    fn py_new<'py>(
        class_: &Bound<'py, PyAny>,
        key: &Bound<'py, PyString>,
        parententity: &Bound<'py, PyAny>,
        comparator: Option<&Bound<'py, PyAny>>,
        impl_: Option<&Bound<'py, AttributeImpl>>,
        of_type: Option<Py<PyAny>>,
    ) -> PyResult<PyClassInitializer<Self>> {
        Ok(PyClassInitializer::from(QueryableAttribute::py_new(class_, key, parententity, comparator, impl_, of_type)?)
            .add_subclass(Self))
    }
    fn __get__<'py>(
        slf: &Bound<'py, Self>,
        obj: Option<&Bound<'py, PyAny>>,
        owner: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = owner;
        let Some(obj) = obj.filter(|o| !o.is_none()) else { return Ok(slf.clone().into_any()) };
        let base = slf.as_super();
        let dict = ffi::instance_dict(obj)?;
        if let Some(v) = ffi::dict_get(&dict, &base.get().key) {
            return Ok(v);
        }
        let (imp, state, dict) = QueryableAttribute::descriptor(base, obj)?;
        AttributeImpl::get_missing(&imp, &state, &dict, PASSIVE_OFF)
    }
    fn __set__<'py>(slf: &Bound<'py, Self>, obj: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let (imp, state, dict) = QueryableAttribute::descriptor(slf.as_super(), obj)?;
        if imp.get().skips_default && super::flags::is_dont_set(value) {
            return Ok(());
        }
        AttributeImpl::set(&imp, &state, &dict, value, None)
    }
    fn __delete__<'py>(slf: &Bound<'py, Self>, obj: &Bound<'py, PyAny>) -> PyResult<()> {
        let (imp, state, dict) = QueryableAttribute::descriptor(slf.as_super(), obj)?;
        AttributeImpl::delete(&imp, &state, &dict)
    }
}

/// Make the descriptor of a property on a class and put it there.
pub fn register_descriptor<'py>(
    manager: &Bound<'py, ClassManager>,
    key: &str,
    parent: &Bound<'py, PyAny>,
    prop: &Bound<'py, PyAny>,
    comparator: Option<&Bound<'py, PyAny>>,
    doc: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, QueryableAttribute>> {
    let py = manager.py();
    let name = PyString::intern(py, key);
    let class = manager.get().class_.bind(py).clone().into_any();
    let base = QueryableAttribute::new(&class, &name, parent, prop, comparator);
    let attr = Bound::new(py, PyClassInitializer::from(base).add_subclass(InstrumentedAttribute))?;
    if let Some(doc) = doc.filter(|d| !d.is_none()) {
        attr.setattr("__doc__", doc)?;
    }
    let attr = attr.into_super();
    use crate::py::engine::events::Event as E;
    if [E::Append, E::Remove, E::Set, E::BulkReplace, E::InitScalar, E::InitCollection, E::Modified].iter().any(|e| e.used()) {
        py.import("oxalchemy.orm.events")?.getattr("_new_attribute")?.call1((manager, &attr))?;
    }
    manager.get().instrument_attribute(py, &name, attr.as_any(), false)?;
    Ok(attr)
}

fn impl_of<'py>(
    obj: &Bound<'py, PyAny>,
    key: &str,
) -> PyResult<(Bound<'py, AttributeImpl>, Bound<'py, InstanceState>, Bound<'py, PyDict>)> {
    let state = require_state(obj)?;
    let dict = ffi::instance_dict(obj)?;
    let imp = match state.get().manager.get().attribute(obj.py(), key) {
        Some(a) => match a.get().implementation(obj.py()) {
            Some(i) => i,
            None => super::mapper::configured_impl(&a)?,
        },
        None => return Err(pyo3::exceptions::PyKeyError::new_err(key.to_owned())),
    };
    Ok((imp, state, dict))
}

/// `attributes.get_attribute(obj, key)`: the value, loaded when needed.
#[pyfunction]
pub fn get_attribute<'py>(instance: &Bound<'py, PyAny>, key: &str) -> PyResult<Bound<'py, PyAny>> {
    let (imp, state, dict) = impl_of(instance, key)?;
    AttributeImpl::get(&imp, &state, &dict, PASSIVE_OFF)
}
/// `attributes.set_attribute(obj, key, value)`: with history and events.
#[pyfunction]
#[pyo3(signature = (instance, key, value, initiator = None))]
pub fn set_attribute<'py>(
    instance: &Bound<'py, PyAny>,
    key: &str,
    value: &Bound<'py, PyAny>,
    initiator: Option<&Bound<'py, PyAny>>,
) -> PyResult<()> {
    let (imp, state, dict) = impl_of(instance, key)?;
    AttributeImpl::set(&imp, &state, &dict, value, initiator)
}
/// `attributes.del_attribute(obj, key)`.
#[pyfunction]
pub fn del_attribute(instance: &Bound<'_, PyAny>, key: &str) -> PyResult<()> {
    let (imp, state, dict) = impl_of(instance, key)?;
    AttributeImpl::delete(&imp, &state, &dict)
}
/// `attributes.set_committed_value(obj, key, value)`: without history.
#[pyfunction]
pub fn set_committed_value<'py>(instance: &Bound<'py, PyAny>, key: &str, value: &Bound<'py, PyAny>) -> PyResult<()> {
    let (imp, state, dict) = impl_of(instance, key)?;
    AttributeImpl::set_committed(&imp, &state, &dict, value).map(drop)
}
/// `attributes.get_history(obj, key, passive=PASSIVE_OFF)`.
#[pyfunction]
#[pyo3(signature = (obj, key, passive = PASSIVE_OFF))]
pub fn get_history<'py>(obj: &Bound<'py, PyAny>, key: &str, passive: u32) -> PyResult<Bound<'py, PyAny>> {
    if let Some(state) = InstanceState::of(obj)
        && let Some(a) = state.get().manager.get().attribute(obj.py(), key)
        && a.hasattr("_as_bundle")?
    {
        return a.call_method1("get_history", (state, passive));
    }
    let (imp, state, _) = impl_of(obj, key)?;
    super::history::history(&imp, &state, passive)
}
/// `attributes.flag_modified(obj, key)`.
#[pyfunction]
pub fn flag_modified(instance: &Bound<'_, PyAny>, key: &str) -> PyResult<()> {
    let py = instance.py();
    let (imp, state, dict) = impl_of(instance, key)?;
    if let Some(l) = imp.get().listeners(py, crate::py::engine::events::Event::Modified)? {
        l.call1((&state, AttributeImpl::token(&imp, super::impls::EventOp::Modified)?))?;
    }
    if ffi::dict_get(&dict, &imp.get().key).is_none() {
        return Err(errors::invalid_request(
            py,
            format!("Can't flag attribute '{key}' modified; it's not present in the object state"),
        ));
    }
    let none = no_value(py)?;
    InstanceState::modified(&state, Some((&imp.get().key, none)), true)
}
/// `attributes.flag_dirty(obj)`.
#[pyfunction]
pub fn flag_dirty(instance: &Bound<'_, PyAny>) -> PyResult<()> {
    InstanceState::modified(&require_state(instance)?, None, false)
}
/// `attributes.register_class(cls)`: the class's manager, made when it has none.
#[pyfunction]
pub fn register_class<'py>(class_: &Bound<'py, PyType>) -> PyResult<Bound<'py, ClassManager>> {
    ClassManager::register(class_)
}
/// `instrumentation.unregister_class(cls)`.
#[pyfunction]
pub fn unregister_class(class_: &Bound<'_, PyType>) -> PyResult<()> {
    match ClassManager::of(class_) {
        Some(m) => m.get().unregister(class_.py()),
        None => Ok(()),
    }
}
/// Names of the mapped attributes of an instance.
#[pyfunction]
pub fn _attribute_names<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    PyList::new(obj.py(), require_state(obj)?.get().manager.get().keys(obj.py()))
}

/// `register_attribute_impl` with keyword arguments, for code that instruments classes without a mapper.
#[pyfunction]
#[pyo3(signature = (attribute, *, uselist = false, useobject = false, callable_ = None, active_history = false, trackparent = false, typecallable = None, compare_function = None, backref = None, expire_missing = true, send_modified_events = true, dynamic = false))]
#[allow(clippy::too_many_arguments)]
pub fn _install_impl<'py>(
    attribute: &Bound<'py, QueryableAttribute>,
    uselist: bool,
    useobject: bool,
    callable_: Option<Py<PyAny>>,
    active_history: bool,
    trackparent: bool,
    typecallable: Option<Bound<'py, PyAny>>,
    compare_function: Option<Bound<'py, PyAny>>,
    backref: Option<Bound<'py, PyString>>,
    expire_missing: bool,
    send_modified_events: bool,
    dynamic: bool,
) -> PyResult<Bound<'py, AttributeImpl>> {
    use super::impls::{Kind, Loader, Related, Spec};
    let py = attribute.py();
    let kind = match (dynamic, uselist, useobject) {
        (true, _, _) => Kind::Dynamic,
        (_, true, _) => Kind::Collection,
        (_, _, true) => Kind::Object,
        _ => Kind::Scalar,
    };
    let related = Related { backrefs: backref.iter().map(super::names::intern).collect(), ..Related::default() };
    let factory = match (kind, typecallable) {
        (Kind::Collection, None) => Some(py.get_type::<PyList>().into_any()),
        (_, f) => f,
    };
    AttributeImpl::install(
        attribute,
        Spec {
            kind,
            parent_token: sql::name::next_id(),
            active_history,
            trackparent,
            collection_factory: factory,
            compare: compare_function,
            loader: callable_.map_or(Loader::None, Loader::Host),
            related,
            expire_missing,
            send_modified_events,
            ..Spec::default()
        },
    )
}
