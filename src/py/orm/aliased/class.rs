//! [`AliasedClass`] and [`AliasedInsp`].

use super::registry;
use crate::py::ffi;
use crate::py::orm::mapper::PyMapper;
use crate::py::sql::coerce;
use crate::py::sql::face;
use crate::py::text::Text;
use orm::compile::alias;
use orm::{AliasInfo, Entity};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use sql::ast::{From, FromKind, Node};
use std::sync::{Arc, OnceLock};

/// A mapped class under another name, for statements. Made by `aliased()`.
#[pyclass(frozen, weakref, dict, subclass, name = "AliasedClass", module = "oxalchemy.orm.util")]
pub struct AliasedClass {
    insp: OnceLock<Py<AliasedInsp>>,
}

/// What `inspect()` gives for an alias.
#[pyclass(frozen, weakref, dict, name = "AliasedInsp", module = "oxalchemy.orm.util")]
pub struct AliasedInsp {
    /// The entity.
    pub entity: Entity,
}

impl Drop for AliasedInsp {
    fn drop(&mut self) {
        if let Some(a) = &self.entity.alias {
            registry::forget(a.id);
        }
    }
}

impl AliasedClass {
    /// Its inspection object.
    pub fn insp<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, AliasedInsp>> {
        match self.insp.get() {
            Some(i) => Ok(i.bind(py).clone()),
            None => Err(PyAttributeError::new_err("_aliased_insp")),
        }
    }
}

/// A new Python object for an alias.
pub fn wrap(py: Python<'_>, entity: Entity) -> PyResult<Bound<'_, AliasedClass>> {
    let id = entity.alias.as_ref().map(|a| a.id);
    let insp = Py::new(py, AliasedInsp { entity })?;
    let cell = OnceLock::new();
    let _ = cell.set(insp);
    let obj = Bound::new(py, AliasedClass { insp: cell })?;
    if let Some(id) = id {
        registry::remember(id, &obj)?;
    }
    Ok(obj)
}

/// How an alias is asked for.
#[derive(Default)]
pub struct Request<'py> {
    /// What it selects from.
    pub alias: Option<Bound<'py, PyAny>>,
    /// Name.
    pub name: Option<String>,
    /// Aliases of joined tables instead of a subquery.
    pub flat: bool,
    /// Columns by name.
    pub adapt_on_names: bool,
}

/// The entity of `aliased(element, …)`.
pub fn make<'py>(element: &Bound<'py, PyAny>, r: &Request<'py>) -> PyResult<Entity> {
    let py = element.py();
    let Some(base) = registry::entity_of(element)? else {
        let inspect = crate::py::imports::inspect(py)?;
        // raises NoInspectionAvailable with its own message
        inspect.call1((element,))?;
        return Err(crate::py::errors::argument_error(py, format!("mapped class expected, got {}", element.repr()?.text())));
    };
    let mapper = base.mapper.clone();
    let Some(selectable) = &r.alias else {
        return match &base.alias {
            // an alias of an alias is a new alias of the same selectable's element
            Some(a) => {
                let mut map = alias::ColumnMap::default();
                let from = match &a.selectable.kind {
                    FromKind::Alias { element, .. } => alias::alias_from(element, r.name.as_deref(), r.flat, &mut map),
                    _ => alias::alias_from(&a.selectable, r.name.as_deref(), r.flat, &mut map),
                };
                Ok(alias::entity_over(&mapper, from, Default::default(), r.name.as_deref(), a.with_polymorphic.clone(), false))
            }
            None => Ok(alias::alias_entity(&mapper, r.name.as_deref(), r.flat, false)),
        };
    };
    let from = match coerce::node(selectable)? {
        Node::Query(q) => From::new(FromKind::Subquery { query: q, name: sql::Label::anon("anon") }),
        _ => coerce::from(selectable)?,
    };
    let name = r.name.clone().or_else(|| match sql::ast::proxy::from_label(&from) {
        Some(sql::Label::Fixed(n)) => Some(n.to_string()),
        _ => None,
    });
    // of an alias, the columns that it has in there, not those of the class beside it
    let columns = if base.alias.is_some() { alias::columns_through(&base, &from) } else { Default::default() };
    let mut entity = alias::entity_over(
        &mapper,
        from,
        columns,
        name.as_deref(),
        base.alias.as_ref().map(|a| a.with_polymorphic.clone()).unwrap_or_default(),
        false,
    );
    if r.adapt_on_names {
        entity = by_names(&entity);
    }
    Ok(entity)
}

/// Columns that do not correspond are found by name.
fn by_names(entity: &Entity) -> Entity {
    let Some(a) = &entity.alias else { return entity.clone() };
    let mut columns = a.columns.clone();
    let targets = sql::ast::proxy::columns(&a.selectable);
    for p in entity.mapper.data().column_props() {
        for c in p.table_columns() {
            let id = orm::columns::col_id(c);
            if columns.contains_key(&id) {
                continue;
            }
            let name = c.name();
            if let Some((_, e)) = targets.iter().find(|(k, _)| **k == *name.text)
                && let sql::ast::ExprKind::Column(t) = &e.kind
            {
                columns.insert(id, t.column.clone());
            }
        }
    }
    let info = AliasInfo {
        id: sql::name::next_id(),
        name: a.name.clone(),
        selectable: a.selectable.clone(),
        with_polymorphic: a.with_polymorphic.clone(),
        polymorphic_on: a.polymorphic_on.clone(),
        adapt_on_names: true,
        use_mapper_path: a.use_mapper_path,
        labels: Default::default(),
        columns,
    };
    Entity { mapper: entity.mapper.clone(), alias: Some(Arc::new(info)) }
}

/// `add_entity(cls, alias=…)`: the class over this alias.
pub fn aliased_over<'py>(entity: &Bound<'py, PyAny>, alias: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = make(entity, &Request { alias: Some(alias.clone()), ..Request::default() })?;
    Ok(wrap(entity.py(), e)?.into_any())
}

#[pymethods]
impl AliasedClass {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[new]
    #[pyo3(signature = (mapped_class_or_ac, alias = None, name = None, flat = false, adapt_on_names = false, **_kw))]
    fn py_new<'py>(
        mapped_class_or_ac: &Bound<'py, PyAny>,
        alias: Option<Bound<'py, PyAny>>,
        name: Option<String>,
        flat: bool,
        adapt_on_names: bool,
        _kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let entity = make(mapped_class_or_ac, &Request { alias, name, flat, adapt_on_names })?;
        let cell = OnceLock::new();
        let _ = cell.set(Py::new(mapped_class_or_ac.py(), AliasedInsp { entity })?);
        Ok(Self { insp: cell })
    }
    #[pyo3(signature = (*_args, **_kw))]
    fn __init__<'py>(slf: &Bound<'py, Self>, _args: &Bound<'py, PyTuple>, _kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        if let Some(a) = &slf.get().insp(slf.py())?.get().entity.alias {
            registry::remember(a.id, slf)?;
        }
        Ok(())
    }
    #[getter]
    fn _aliased_insp<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, AliasedInsp>> {
        self.insp(py)
    }
    #[getter]
    fn _sa_entity(&self, py: Python<'_>) -> PyResult<crate::py::orm::mapper::EntityBox> {
        Ok(crate::py::orm::mapper::EntityBox(Arc::new(self.insp(py)?.get().entity.clone())))
    }
    #[getter]
    fn __name__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("aliased({})", self.insp(py)?.get().entity.mapper.class_name))
    }
    fn __getattr__<'py>(slf: &Bound<'py, Self>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let insp = slf.get().insp(py)?;
        let text = name.to_str()?;
        if text.starts_with("__") && text.ends_with("__") && !matches!(text, "__table__" | "__mapper__" | "__tablename__") {
            return Err(PyAttributeError::new_err(text.to_owned()));
        }
        let target = registry::object_of(py, &Entity { mapper: insp.get().entity.mapper.clone(), alias: None })?;
        let attr = match target.getattr(name) {
            Ok(a) => a,
            Err(e) => {
                // attributes of subclasses that with_polymorphic selects
                let alias = insp.get().entity.alias.clone();
                let sub = alias.iter().flat_map(|a| a.with_polymorphic.iter()).find(|m| &*m.class_name == text).cloned();
                return match sub {
                    Some(mapper) => {
                        let e = Entity { mapper, alias };
                        Ok(wrap_shared(py, e, slf)?.into_any())
                    }
                    None => Err(e),
                };
            }
        };
        // bound class methods get the alias as their class
        if attr.hasattr("__self__")? && attr.is_callable() && attr.hasattr("__func__")? {
            return ffi::bind_method(&attr.getattr("__func__")?, slf.as_any());
        }
        let attr = match attr.get_type().getattr_opt("__get__")? {
            Some(_) if !attr.is_instance_of::<crate::py::orm::attributes::QueryableAttribute>() => {
                attr.call_method1("__get__", (py.None(), slf))?
            }
            _ => attr,
        };
        let Some(adapt) = attr.getattr_opt("adapt_to_entity")? else { return Ok(attr) };
        let adapted = adapt.call1((&insp,))?;
        slf.getattr("__dict__")?.set_item(name, &adapted)?;
        Ok(adapted)
    }
    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let insp = slf.get().insp(slf.py())?;
        Ok(format!("<AliasedClass at 0x{:x}; {}>", slf.as_ptr() as usize, insp.get().entity.mapper.class_name))
    }
    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(slf.get().insp(slf.py())?.get().text())
    }
}

/// A subclass of `with_polymorphic`: the same alias, seen as the subclass. Not registered: the number is its parent's.
fn wrap_shared<'py>(py: Python<'py>, entity: Entity, parent: &Bound<'py, AliasedClass>) -> PyResult<Bound<'py, AliasedClass>> {
    let key = PyString::new(py, &entity.mapper.class_name);
    let cell = OnceLock::new();
    let _ = cell.set(Py::new(py, AliasedInsp { entity })?);
    let obj = Bound::new(py, AliasedClass { insp: cell })?;
    parent.getattr("__dict__")?.set_item(key, &obj)?;
    Ok(obj)
}

impl AliasedInsp {
    fn text(&self) -> String {
        match &self.entity.alias {
            Some(a) if !a.with_polymorphic.is_empty() => {
                let names: Vec<&str> =
                    a.with_polymorphic.iter().map(|m| &*m.class_name).filter(|n| **n != *self.entity.mapper.class_name).collect();
                format!("with_polymorphic({}, [{}])", self.entity.mapper.class_name, names.join(", "))
            }
            _ => format!("aliased({})", self.entity.mapper.class_name),
        }
    }
}

#[pymethods]
impl AliasedInsp {
    #[classmethod]
    fn __class_getitem__<'py>(cls: &Bound<'py, pyo3::types::PyType>, item: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        crate::py::generic::alias(cls, item)
    }
    #[getter]
    fn _sa_entity(&self) -> crate::py::orm::mapper::EntityBox {
        crate::py::orm::mapper::EntityBox(Arc::new(self.entity.clone()))
    }
    /// The mapper.
    #[getter]
    fn mapper<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMapper>> {
        registry::mapper_face(py, &self.entity.mapper)
    }
    #[getter]
    fn class_<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        registry::object_of(py, &Entity { mapper: self.entity.mapper.clone(), alias: None })
    }
    #[getter]
    fn _target<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.class_(py)
    }
    /// The alias.
    #[getter]
    fn entity<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        registry::object_of(py, &self.entity)
    }
    #[getter]
    fn entity_namespace<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        registry::object_of(py, &self.entity)
    }
    /// What it selects from.
    #[getter]
    fn selectable<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        face::wrap_from(py, &orm::compile::selectable(&self.entity))
    }
    #[getter]
    fn name(&self) -> Option<String> {
        self.entity.alias.as_ref().and_then(|a| a.name.as_ref().map(ToString::to_string))
    }
    #[getter]
    fn with_polymorphic_mappers<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyMapper>>> {
        match &self.entity.alias {
            Some(a) => a.with_polymorphic.iter().map(|m| registry::mapper_face(py, m)).collect(),
            None => Ok(Vec::new()),
        }
    }
    #[getter]
    fn polymorphic_on<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let on = self
            .entity
            .alias
            .as_ref()
            .and_then(|a| a.polymorphic_on.clone())
            .or_else(|| self.entity.mapper.data().polymorphic_on.clone());
        on.map(|e| face::wrap_expr(py, &self.entity.adapt(&e))).transpose()
    }
    /// An expression of the mapped class as the alias shows it.
    fn _adapt_element<'py>(&self, expr: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let e = coerce::expr(expr)?;
        face::wrap_expr(expr.py(), &self.entity.adapt(&e))
    }
    #[getter]
    fn _use_mapper_path(&self) -> bool {
        self.entity.alias.as_ref().is_some_and(|a| a.use_mapper_path)
    }
    #[classattr]
    #[pyo3(name = "is_aliased_class")]
    const IS_ALIASED_CLASS: bool = true;
    #[classattr]
    #[pyo3(name = "is_selectable")]
    const IS_SELECTABLE: bool = false;
    #[classattr]
    #[pyo3(name = "is_mapper")]
    const IS_MAPPER: bool = false;
    #[classattr]
    #[pyo3(name = "is_instance")]
    const IS_INSTANCE: bool = false;
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
    #[pyo3(name = "represents_outer_join")]
    const REPRESENTS_OUTER_JOIN: bool = false;
    fn __str__(&self) -> String {
        self.text()
    }
    fn __repr__(&self) -> String {
        format!("<AliasedInsp; {}>", self.entity.mapper.class_name)
    }
}
