//! What a Query holds; copying it; misuse.

use super::{Any, Q, Query};
use crate::py::errors;
use crate::py::gc::{PyVisit, Visited};
use crate::py::host::PyHost;
use crate::py::sql::coerce;
use orm::Entity;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::ast::{LabelStyle, Node, Select, SelectItem};

/// What a Query holds beside its statement.
pub struct QueryState {
    /// The statement so far.
    pub select: Select,
    /// Where it executes.
    pub session: Option<Py<PyAny>>,
    /// `from_statement()`.
    pub from_statement: Option<Node>,
    /// `params()`.
    pub params: Option<Py<PyDict>>,
    /// Flush before it runs.
    pub autoflush: bool,
    /// Overwrite loaded instances.
    pub populate_existing: bool,
    /// Fetch in batches.
    pub yield_per: Option<usize>,
    /// Single entities as rows.
    pub only_tuples: bool,
    /// Eager joins are rendered.
    pub eagerloads: bool,
    /// Misuse is checked.
    pub assertions: bool,
    /// Entity that `filter_by` and string joins refer to: the last joined one.
    pub joinpoint: Option<Py<PyAny>>,
    /// `join(aliased=True)`: entities whose columns mean their alias from now on.
    pub adapters: Vec<Entity>,
    /// Instance on whose behalf it runs.
    pub lazy_loaded_from: Option<Py<PyAny>>,
    /// The entities as given.
    pub entities: Vec<Py<PyAny>>,
    /// `from_self()`, set operations: has a FROM of its own.
    pub derived: bool,
}

impl Default for QueryState {
    fn default() -> Self {
        Self {
            select: Select { label_style: LabelStyle::LegacyOrm, orm: true, ..Select::default() },
            session: None,
            from_statement: None,
            params: None,
            autoflush: true,
            populate_existing: false,
            yield_per: None,
            only_tuples: false,
            eagerloads: true,
            assertions: true,
            joinpoint: None,
            adapters: Vec::new(),
            lazy_loaded_from: None,
            entities: Vec::new(),
            derived: false,
        }
    }
}

impl QueryState {
    /// A copy.
    pub fn clone_ref(&self, py: Python<'_>) -> Self {
        let any = |o: &Option<Py<PyAny>>| o.as_ref().map(|o| o.clone_ref(py));
        Self {
            select: self.select.clone(),
            session: any(&self.session),
            from_statement: self.from_statement.clone(),
            params: self.params.as_ref().map(|p| p.clone_ref(py)),
            joinpoint: any(&self.joinpoint),
            adapters: self.adapters.clone(),
            lazy_loaded_from: any(&self.lazy_loaded_from),
            entities: self.entities.iter().map(|e| e.clone_ref(py)).collect(),
            ..*self
        }
    }
    pub(super) fn traverse(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.session)?;
        visit.call(&self.params)?;
        visit.call(&self.joinpoint)?;
        visit.call(&self.lazy_loaded_from)?;
        for e in &self.entities {
            visit.call(e)?;
        }
        Ok(())
    }
    /// Results are instances of one entity.
    pub fn single_entity(&self) -> bool {
        !self.only_tuples && matches!(self.select.columns.as_slice(), [SelectItem::Entity(_)])
    }
    /// Append entities and columns.
    pub fn add(&mut self, items: &[Any<'_>]) -> PyResult<()> {
        for obj in items {
            self.select.columns.push(item(obj)?);
            self.entities.push(obj.clone().unbind());
        }
        Ok(())
    }
}

/// One entity or column of a query.
pub fn item(obj: &Any<'_>) -> PyResult<SelectItem> {
    let item = coerce::select_item(obj)?;
    if let SelectItem::Entity(_) = &item {
        crate::py::orm::aliased::entity_of(obj)?;
    }
    Ok(item)
}

pub(super) fn init<'py>(slf: &Q<'py>, entities: Option<Any<'py>>, session: Option<Any<'py>>) -> PyResult<()> {
    let mut state = QueryState { session: session.map(Bound::unbind), ..QueryState::default() };
    if let Some(e) = entities {
        let list: Vec<Any<'py>> = if e.is_instance_of::<PyTuple>() || e.is_instance_of::<PyList>() {
            e.try_iter()?.collect::<PyResult<_>>()?
        } else {
            vec![e]
        };
        state.add(&list)?;
    }
    slf.borrow_mut().s = state;
    Ok(())
}

/// A copy of the same class, changed by `f`.
pub fn with<'py>(slf: &Q<'py>, f: impl FnOnce(&mut QueryState, Python<'py>) -> PyResult<()>) -> PyResult<Q<'py>> {
    let py = slf.py();
    let mut state = slf.borrow().s.clone_ref(py);
    f(&mut state, py)?;
    rebuild(slf, state)
}

/// A query of the same class with this state and the attributes of the original.
pub fn rebuild<'py>(slf: &Q<'py>, state: QueryState) -> PyResult<Q<'py>> {
    let py = slf.py();
    let class = slf.get_type();
    if class.is(py.get_type::<Query>()) {
        return Bound::new(py, Query { s: state });
    }
    let new = class.call_method1("__new__", (&class,))?.cast_into::<Query>()?;
    let attrs = slf.getattr("__dict__")?;
    new.getattr("__dict__")?.call_method1("update", (attrs,))?;
    new.borrow_mut().s = state;
    Ok(new)
}

/// A method that makes no sense behind LIMIT or OFFSET.
pub fn no_limit(slf: &Q<'_>, method: &str) -> PyResult<()> {
    let s = &slf.borrow().s;
    if s.assertions && (s.select.limit.is_some() || s.select.offset.is_some()) {
        return Err(errors::invalid_request(
            slf.py(),
            format!(
                "Query.{method}() being called on a Query which already has LIMIT or OFFSET applied.  Call {method}() before limit() or offset() are applied."
            ),
        ));
    }
    Ok(())
}

/// A method that makes no sense behind `from_statement()`.
pub fn no_statement(slf: &Q<'_>, method: &str) -> PyResult<()> {
    let s = &slf.borrow().s;
    if s.assertions && s.from_statement.is_some() {
        return Err(errors::invalid_request(
            slf.py(),
            format!("Query.{method}() being called on a Query with an existing full statement - can't apply criterion."),
        ));
    }
    Ok(())
}

/// A method that must come first.
pub fn no_criterion(slf: &Q<'_>, method: &str, clause: bool) -> PyResult<()> {
    let q = slf.borrow();
    let s = &q.s;
    let x = &s.select;
    if s.assertions
        && (!x.where_.is_empty()
            || s.from_statement.is_some()
            || !x.from_obj.is_empty()
            || !x.joins.is_empty()
            || x.limit.is_some()
            || x.offset.is_some()
            || !x.group_by.is_empty()
            || (clause && (!x.order_by.is_empty() || !matches!(x.distinct, sql::ast::Distinct::No))))
    {
        return Err(errors::invalid_request(
            slf.py(),
            format!("Query.{method}() being called on a Query with existing criterion. "),
        ));
    }
    Ok(())
}

/// Execution options of a statement as a Python mapping.
pub fn exec_options<'py>(py: Python<'py>, select: &Select) -> Option<Any<'py>> {
    select.exec_options.as_ref().and_then(|h| PyHost::get(py, h))
}
