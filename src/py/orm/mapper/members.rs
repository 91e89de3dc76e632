//! The documented members of `Mapper`.

use super::{PyMapper, configure, props};
use crate::py::errors;
use crate::py::ffi::GilCell;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::orm::flags;
use crate::py::orm::manager::ClassManager;
use crate::py::orm::property::MapperProperty;
use crate::py::orm::sqlface;
use crate::py::orm::state::InstanceState;
use crate::py::text::Text;
use orm::columns::{self, col_id};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFrozenSet, PyList, PySet, PyString, PyTuple, PyType};
use std::sync::Arc;

type This<'py> = Bound<'py, PyMapper>;

fn faces<'py>(py: Python<'py>, nodes: &[Arc<orm::Mapper>]) -> PyResult<Vec<This<'py>>> {
    nodes.iter().map(|n| super::face_of(py, n)).collect()
}

fn read_only<'py>(py: Python<'py>, d: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    py.import("oxalchemy.util")?.getattr("ReadOnlyProperties")?.call1((d,))
}

impl PyMapper {
    fn props_of_kind<'py>(&self, py: Python<'py>, kind: &str) -> PyResult<Bound<'py, PyAny>> {
        configure::check(py, self)?;
        let out = PyDict::new(py);
        for (k, v) in crate::py::ffi::pairs(self.props.bind(py)) {
            let Ok(p) = v.cast::<MapperProperty>() else { continue };
            if props::is_a(p, kind)? {
                out.set_item(k, v)?;
            }
        }
        read_only(py, &out)
    }
    fn require<'py>(&self, py: Python<'py>, key: &str) -> PyResult<Bound<'py, MapperProperty>> {
        self.property(py, key).ok_or_else(|| {
            errors::invalid_request(
                py,
                format!(
                    "Mapper '{}' has no property '{key}'.  If this property was indicated from other mappers or configure events, \
                     ensure registry.configure() has been called.",
                    self.node.describe()
                ),
            )
        })
    }
}

#[pymethods]
impl PyMapper {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    #[pyo3(signature = (class_, local_table = None, *args, **kwargs))]
    fn py_new(
        class_: &Bound<'_, PyAny>,
        local_table: Option<&Bound<'_, PyAny>>,
        args: &Bound<'_, PyTuple>,
        kwargs: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        let _ = (local_table, args, kwargs);
        let py = class_.py();
        let Ok(class) = class_.cast::<PyType>() else {
            return Err(errors::argument_error(
                py,
                format!(
                    "Argument 'class_' is expected to be of type '<class 'type'>', got '{}'",
                    class_.get_type().repr()?.text()
                ),
            ));
        };
        let module = class.getattr("__module__")?.str()?;
        Ok(Self {
            node: orm::Mapper::in_module(&module.text(), class.name()?.text(), orm::MapperData::default()),
            class_: class.clone().unbind(),
            props: PyDict::new(py).unbind(),
            polymorphic_map: GilCell::new(None),
            validators: PyDict::new(py).unbind(),
            inherits: GilCell::new(None),
            registry: GilCell::new(None),
            dispatch: GilCell::new(None),
            local_table: GilCell::new(None),
            identity: GilCell::new(None),
            args: PyDict::new(py).unbind(),
            failed: GilCell::new(None),
        })
    }
    #[pyo3(signature = (class_, local_table = None, **kwargs))]
    fn __init__<'py>(
        slf: &Bound<'py, Self>,
        class_: &Bound<'py, PyAny>,
        local_table: Option<&Bound<'py, PyAny>>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<()> {
        let _ = class_;
        super::build::build(slf, local_table.filter(|t| !t.is_none()), kwargs)
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
    fn __str__(&self) -> String {
        self.node.describe()
    }
    fn __repr__(slf: &Bound<'_, Self>) -> String {
        format!("<Mapper at 0x{:x}; {}>", slf.as_ptr() as usize, slf.get().node.class_name)
    }
    #[classattr]
    #[pyo3(name = "is_mapper")]
    const IS_MAPPER: bool = true;
    #[classattr]
    #[pyo3(name = "is_instance")]
    const IS_INSTANCE: bool = false;
    #[classattr]
    #[pyo3(name = "is_aliased_class")]
    const IS_ALIASED_CLASS: bool = false;
    #[classattr]
    #[pyo3(name = "is_attribute")]
    const IS_ATTRIBUTE: bool = false;
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
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = false;
    #[classattr]
    #[pyo3(name = "_is_internal_proxy")]
    const IS_INTERNAL_PROXY: bool = false;
    #[getter]
    fn class_(&self, py: Python<'_>) -> Py<PyType> {
        self.class_.clone_ref(py)
    }
    #[getter]
    fn entity(&self, py: Python<'_>) -> Py<PyType> {
        self.class_.clone_ref(py)
    }
    #[getter]
    fn mapper<'py>(slf: &This<'py>) -> This<'py> {
        slf.clone()
    }
    #[getter]
    fn class_manager<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ClassManager>> {
        self.manager(py)
    }
    #[getter]
    fn registry(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.registry.with(py, |r| r.as_ref().map(|r| r.clone_ref(py)))
    }
    #[getter]
    fn local_table<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if let Some(t) = self.local_table.with(py, |t| t.as_ref().map(|t| t.clone_ref(py))) {
            return Ok(Some(t.into_bound(py)));
        }
        self.node.data().local_table.as_ref().map(|t| sqlface::wrap_from(py, t)).transpose()
    }
    #[getter]
    fn persist_selectable<'py>(slf: &This<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let (py, this) = (slf.py(), slf.get());
        let d = this.node.data();
        match (&d.persist_selectable, &d.local_table) {
            (Some(a), Some(b)) if a.id() == b.id() => this.local_table(py),
            (Some(a), _) => sqlface::wrap_from(py, a).map(Some),
            _ => Ok(None),
        }
    }
    #[getter]
    fn mapped_table<'py>(slf: &This<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Self::persist_selectable(slf)
    }
    #[getter]
    fn selectable<'py>(slf: &This<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let e = orm::Entity::plain(&slf.get().node);
        let with = slf.get().node.data().with_polymorphic.is_some();
        if with { sqlface::wrap_from(slf.py(), &e.selectable()).map(Some) } else { Self::persist_selectable(slf) }
    }
    #[getter]
    fn tables<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyAny>>> {
        self.node.data().tables.iter().map(|t| sqlface::wrap_from(py, &t.as_from())).collect()
    }
    #[getter]
    fn primary_key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let cols = self.node.data().primary_key.iter().map(|c| sqlface::wrap_column(py, c)).collect::<PyResult<Vec<_>>>()?;
        PyTuple::new(py, cols)
    }
    #[getter]
    fn inherits<'py>(&self, py: Python<'py>) -> Option<This<'py>> {
        self.parent(py)
    }
    #[getter]
    fn inherit_condition<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.node.data().inherit_condition.as_ref().map(|e| sqlface::wrap_expr(py, e)).transpose()
    }
    #[getter]
    fn polymorphic_on<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.node.data().polymorphic_on.as_ref().map(|e| sqlface::wrap_expr(py, e)).transpose()
    }
    #[getter]
    fn polymorphic_identity(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.identity.with(py, |i| i.as_ref().map(|i| i.clone_ref(py)))
    }
    #[getter]
    fn polymorphic_map(&self, py: Python<'_>) -> Option<Py<PyDict>> {
        self.polymorphic_map.with(py, |m| m.as_ref().map(|m| m.clone_ref(py)))
    }
    #[getter]
    fn polymorphic_abstract(&self) -> bool {
        self.node.data().polymorphic_abstract
    }
    #[getter]
    fn single(&self) -> bool {
        self.node.data().single
    }
    #[getter]
    fn concrete(&self) -> bool {
        self.node.data().concrete
    }
    #[getter]
    fn non_primary(&self) -> bool {
        self.node.data().non_primary
    }
    #[getter]
    fn configured(&self) -> bool {
        self.node.data().configured
    }
    #[getter]
    fn always_refresh(&self) -> bool {
        self.node.data().always_refresh
    }
    #[getter]
    fn allow_partial_pks(&self) -> bool {
        self.node.data().allow_partial_pks
    }
    #[getter]
    fn batch(&self) -> bool {
        self.node.data().batch
    }
    #[getter]
    fn eager_defaults<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        Ok(self.args.bind(py).get_item("eager_defaults")?.or_else(|| Some(PyString::new(py, "auto").into_any())))
    }
    #[getter]
    fn confirm_deleted_rows(&self) -> bool {
        self.node.data().confirm_deleted_rows
    }
    #[getter]
    fn passive_deletes(&self) -> bool {
        self.node.data().passive_deletes
    }
    #[getter]
    fn passive_updates(&self) -> bool {
        self.node.data().passive_updates
    }
    #[getter]
    fn legacy_is_orphan(&self) -> bool {
        self.node.data().legacy_is_orphan
    }
    #[getter]
    fn version_id_col<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.node.data().version_id_col.as_ref().map(|c| sqlface::wrap_column(py, c)).transpose()
    }
    #[getter]
    fn version_id_generator<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.args.bind(py).get_item("version_id_generator")
    }
    #[getter]
    fn order_by<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.arg(py, "order_by")?.unwrap_or_else(|| pyo3::types::PyBool::new(py, false).to_owned().into_any()))
    }
    #[getter]
    fn base_mapper<'py>(slf: &This<'py>) -> PyResult<This<'py>> {
        super::face_of(slf.py(), &slf.get().node.top())
    }
    #[getter]
    fn validators(&self, py: Python<'_>) -> Py<PyDict> {
        self.validators.clone_ref(py)
    }
    #[getter]
    fn with_polymorphic_mappers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        configure::check(py, self)?;
        let out = self.node.with_polymorphic_mappers();
        PyList::new(py, faces(py, &out)?)
    }
    /// Attribute name to property.
    #[getter]
    fn attrs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        configure::check(py, self)?;
        read_only(py, self.props.bind(py))
    }
    #[getter]
    fn _props(&self, py: Python<'_>) -> Py<PyDict> {
        self.props.clone_ref(py)
    }
    #[getter]
    fn column_attrs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.props_of_kind(py, "ColumnProperty")
    }
    #[getter]
    fn relationships<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.props_of_kind(py, "RelationshipProperty")
    }
    #[getter]
    fn synonyms<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.props_of_kind(py, "SynonymProperty")
    }
    #[getter]
    fn composites<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.props_of_kind(py, "CompositeProperty")
    }
    /// Mapped attributes, hybrids, association proxies.
    #[getter]
    fn all_orm_descriptors<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("oxalchemy.orm._members")?.getattr("_all_orm_descriptors")?.call1((slf,))
    }
    /// Mapped columns by attribute name.
    #[getter]
    fn columns<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let d = self.node.data();
        let list = PyList::empty(py);
        for p in d.column_props() {
            if let Some(e) = p.expr() {
                list.append((&*p.key, sqlface::wrap_expr(py, e)?))?;
            }
        }
        py.import("oxalchemy.orm._members")?.getattr("_column_collection")?.call1((list,))
    }
    #[getter]
    fn c<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.columns(py)
    }
    #[getter]
    fn iterate_properties<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        configure::check(py, self)?;
        Ok(self.props.bind(py).values().as_any().try_iter()?.into_any())
    }
    /// The property under a name.
    #[pyo3(signature = (key, _configure_mappers = false))]
    fn get_property<'py>(&self, py: Python<'py>, key: &str, _configure_mappers: bool) -> PyResult<Bound<'py, MapperProperty>> {
        if _configure_mappers {
            configure::check(py, self)?;
        }
        self.require(py, key)
    }
    fn has_property(&self, py: Python<'_>, key: &Bound<'_, PyAny>) -> PyResult<bool> {
        self.props.bind(py).contains(key)
    }
    /// The property a column is mapped under.
    fn get_property_by_column<'py>(&self, py: Python<'py>, column: &Bound<'py, PyAny>) -> PyResult<Bound<'py, MapperProperty>> {
        let e = sqlface::expr(column)?;
        let key = columns::as_column(&e).and_then(|c| self.node.data().column_keys.get(&col_id(c)).cloned());
        match key.and_then(|k| self.property(py, &k)) {
            Some(p) => Ok(p),
            None => Err(PyErr::from_type(
                crate::py::imports::orm_exc(py, "UnmappedColumnError")?,
                format!("Column '{}' is not configured on mapper {}...", column.str()?.text(), self.node.describe()),
            )),
        }
    }
    /// Map further attributes.
    fn add_properties(slf: &This<'_>, dict_of_properties: &Bound<'_, PyAny>) -> PyResult<()> {
        for item in dict_of_properties.call_method0("items")?.try_iter()? {
            let item = item?;
            Self::add_property(slf, &item.get_item(0)?.text(), &item.get_item(1)?)?;
        }
        Ok(())
    }
    /// Map a further attribute.
    fn add_property(slf: &This<'_>, key: &str, prop: &Bound<'_, PyAny>) -> PyResult<()> {
        let configured = slf.get().node.data().configured;
        if let Some(given) = slf.get().args.bind(slf.py()).get_item("properties")?
            && let Ok(d) = given.cast::<PyDict>()
        {
            d.copy()?.set_item(key, prop)?;
        }
        props::configure_property(slf, key, prop, configured, true)
    }
    #[pyo3(signature = (key, prop, init = true, setparent = true))]
    fn _configure_property(slf: &This<'_>, key: &str, prop: &Bound<'_, PyAny>, init: bool, setparent: bool) -> PyResult<()> {
        props::configure_property(slf, key, prop, init && slf.get().node.data().configured, setparent)
    }
    fn _check_configure(slf: &This<'_>) -> PyResult<()> {
        configure::check_configure(slf)
    }
    fn isa(&self, other: &This<'_>) -> bool {
        self.node.isa(&other.get().node)
    }
    fn common_parent(&self, other: &Bound<'_, PyAny>) -> PyResult<bool> {
        let other = other.getattr("mapper")?.cast_into::<Self>()?;
        Ok(self.node.common_parent(&other.get().node))
    }
    fn is_sibling(&self, other: &This<'_>) -> bool {
        self.node.common_parent(&other.get().node) && !self.node.isa(&other.get().node) && !other.get().node.isa(&self.node)
    }
    fn iterate_to_root<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyList::new(py, faces(py, &self.node.iterate_to_root())?)?.as_any().try_iter()?.into_any())
    }
    #[getter]
    fn self_and_descendants<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyFrozenSet>> {
        PyFrozenSet::new(py, faces(py, &self.node.self_and_descendants())?)
    }
    fn polymorphic_iterator<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyList::new(py, faces(py, &self.node.self_and_descendants())?)?.as_any().try_iter()?.into_any())
    }
    fn primary_mapper<'py>(slf: &This<'py>) -> PyResult<This<'py>> {
        let m = slf.get().manager(slf.py())?;
        Ok(m.get().get_mapper(slf.py()).unwrap_or_else(|| slf.clone()))
    }
    #[getter]
    fn primary_base_mapper<'py>(slf: &This<'py>) -> PyResult<This<'py>> {
        Self::base_mapper(slf)
    }
    /// `(class, primary key, token)` of an instance.
    fn identity_key_from_instance<'py>(&self, instance: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
        let py = instance.py();
        let state = crate::py::orm::impls::require_state(instance)?;
        let values = super::primary_key_of(&state, flags::PASSIVE_RETURN_NO_VALUE)?;
        let values = values.into_iter().map(|v| if flags::is_no_state(&v) { py.None().into_bound(py) } else { v });
        let token = state.getattr("identity_token")?;
        self.key_tuple(py, PyTuple::new(py, values.collect::<Vec<_>>())?, Some(token))
    }
    #[pyo3(signature = (primary_key, identity_token = None))]
    fn identity_key_from_primary_key<'py>(
        &self,
        primary_key: &Bound<'py, PyAny>,
        identity_token: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = primary_key.py();
        let pk = PyTuple::new(py, primary_key.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
        self.key_tuple(py, pk, identity_token)
    }
    #[pyo3(signature = (row, identity_token = None, adapter = None))]
    fn identity_key_from_row<'py>(
        &self,
        row: &Bound<'py, PyAny>,
        identity_token: Option<Bound<'py, PyAny>>,
        adapter: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let py = row.py();
        let mapping = match row.getattr_opt("_mapping")? {
            Some(m) => m,
            None => row.clone(),
        };
        let mut pk = Vec::new();
        for c in &self.node.data().primary_key {
            let mut face = sqlface::wrap_column(py, c)?;
            if let Some(a) = adapter {
                face = a.get_item(face)?;
            }
            pk.push(mapping.get_item(face)?);
        }
        self.key_tuple(py, PyTuple::new(py, pk)?, identity_token)
    }
    fn primary_key_from_instance<'py>(&self, instance: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
        let state = crate::py::orm::impls::require_state(instance)?;
        PyList::new(instance.py(), super::primary_key_of(&state, flags::PASSIVE_RETURN_NO_VALUE)?)
    }
    fn _is_orphan(&self, state: &Bound<'_, InstanceState>) -> PyResult<bool> {
        crate::py::orm::unitofwork::orphans::is_orphan(state)
    }
    /// Objects that an operation reaches from a state: `(object, mapper, state, dict)`.
    #[pyo3(signature = (type_, state, halt_on = None))]
    fn cascade_iterator<'py>(
        &self,
        type_: &str,
        state: &Bound<'py, InstanceState>,
        halt_on: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = state.py();
        let out = PyList::empty(py);
        let seen = PySet::empty(py)?;
        let mut queue = vec![state.clone()];
        while let Some(s) = queue.pop() {
            let Some(m) = s.get().manager.get().get_mapper(py) else { continue };
            let passive = if type_ == "delete" || type_ == "merge" { flags::PASSIVE_OFF } else { flags::PASSIVE_NO_INITIALIZE };
            for r in m.get().node.data().relationships() {
                if !r.data().cascade.has(type_) {
                    continue;
                }
                let Some(imp) = s.get().manager.get().get_impl(py, &r.key) else { continue };
                for o in crate::py::orm::history::pending_objects(&imp, &s, passive)? {
                    if o.is_none() || flags::is_no_state(&o) {
                        continue;
                    }
                    let os = crate::py::orm::impls::require_state(&o)?;
                    let halted = halt_on.map(|h| h.call1((&os,))?.is_truthy()).transpose()?;
                    if halted == Some(true) || seen.contains(&os)? {
                        continue;
                    }
                    seen.add(&os)?;
                    out.append((&o, os.getattr("mapper")?, &os, os.get().instance_dict(py)))?;
                    queue.push(os);
                }
            }
        }
        Ok(out.as_any().try_iter()?.into_any())
    }
    /// The class's attribute for a column.
    #[getter]
    fn _columntoproperty<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("oxalchemy.orm._members")?.getattr("_ColumnToProperty")?.call1((slf,))
    }
    /// End this mapping.
    fn dispose(slf: &This<'_>) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        if this.node.update(|d| std::mem::replace(&mut d.disposed, true)) {
            return Ok(());
        }
        let id = this.node.id;
        if let Some(p) = this.parent(py) {
            p.get().node.update(|d| d.children.retain(|c| c.upgrade().is_some_and(|c| c.id != id)));
        }
        if let Some(m) = ClassManager::of(this.class_.bind(py))
            && m.get().get_mapper(py).is_some_and(|m| m.is(slf))
        {
            m.get().unregister(py)?;
        }
        this.forget_plans();
        this.node.update(|d| d.configured = true);
        Ok(())
    }
    /// 0.5: `configure_mappers()`.
    fn compile<'py>(slf: &This<'py>) -> PyResult<This<'py>> {
        configure::check_configure(slf)?;
        Ok(slf.clone())
    }
    #[getter]
    fn _dispose_called(&self) -> bool {
        self.node.data().disposed
    }
    #[getter]
    fn _disposed(&self) -> bool {
        self.node.data().disposed
    }
    #[getter]
    fn entity_namespace(&self, py: Python<'_>) -> Py<PyType> {
        self.class_.clone_ref(py)
    }
    #[getter]
    fn _configure_failed<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        self.failed.with(py, |f| f.as_ref().map(|e| e.clone_ref(py))).map(|e| e.value(py).clone().into_any())
    }
}

impl Collected for PyMapper {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.class_)?;
        visit.call(&self.props)?;
        visit.call(&self.validators)?;
        visit.call(&self.args)?;
        self.inherits.peek(|c| visit.call(c)).unwrap_or(Ok(()))?;
        self.polymorphic_map.peek(|c| visit.call(c)).unwrap_or(Ok(()))?;
        for cell in [&self.registry, &self.dispatch, &self.local_table, &self.identity] {
            cell.peek(|c| visit.call(c)).unwrap_or(Ok(()))?;
        }
        Ok(())
    }
    fn release(&self, py: Python<'_>) {
        drop(self.registry.replace(py, None));
        drop(self.dispatch.replace(py, None));
        drop(self.local_table.replace(py, None));
    }
}

impl PyMapper {
    fn key_tuple<'py>(
        &self,
        py: Python<'py>,
        pk: Bound<'py, PyTuple>,
        token: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyTuple>> {
        let base = super::face_of(py, &self.node.base())?;
        let token = token.unwrap_or_else(|| py.None().into_bound(py));
        PyTuple::new(py, [base.get().class_.bind(py).clone().into_any(), pk.into_any(), token])
    }
}
