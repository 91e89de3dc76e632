//! What compiling needs of Python, and how nested ORM statements are resolved.

use crate::py::errors;
use crate::py::host::PyHost;
use crate::py::orm::aliased;
use crate::py::sql::coerce;
use orm::Entity;
use orm::attr::CompileHost;
use orm::compile::{Settings, compile_select};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyType};
use sql::SqlResult;
use sql::ast::{ColumnKey, Delete, DmlValue, ExprRef, Insert, Query, QueryKind, QueryRef, Update};
use sql::compile::{ResolveContext, StatementResolver};
use sql::host::{EntityRef, HostRef};
use std::sync::Arc;

/// Python's services; holds no object.
pub struct Host;

impl Host {
    /// Wherever the GIL is held.
    pub fn new(_py: Python<'_>) -> Self {
        Self
    }
}

impl CompileHost for Host {
    fn list(&self, values: &[HostRef]) -> HostRef {
        Python::attach(|py| {
            let list = PyList::empty(py);
            for v in values {
                if let Some(o) = PyHost::get(py, v) {
                    // appending to a fresh list fails only without memory
                    let _ = list.append(o);
                }
            }
            PyHost::wrap(list.as_any())
        })
    }
    fn criterion(&self, callable: &HostRef, entity: &Entity) -> SqlResult<Option<ExprRef>> {
        Python::attach(|py| {
            let Some(f) = PyHost::get(py, callable) else { return Ok(None) };
            let made = aliased::object_of(py, entity)
                .and_then(|o| f.call1((o,)))
                .and_then(|e| coerce::expr_in(&e, coerce::Role::WhereHaving));
            made.map(Some).map_err(|e| errors::to_sql_error(py, e))
        })
    }
    fn warn(&self, message: &str) {
        // a filter that makes errors of warnings has no statement to stop here
        Python::attach(|py| drop(errors::warn(py, "SAWarning", message)));
    }
    fn is_below(&self, entity: &Entity, root: &HostRef) -> bool {
        Python::attach(|py| {
            let Some(root) = PyHost::get(py, root) else { return false };
            let Ok(class) = aliased::object_of(py, &Entity { mapper: entity.mapper.clone(), alias: None }) else { return false };
            class.cast::<PyType>().is_ok_and(|c| crate::py::errors::or_park(c.is_subclass(&root), || false))
        })
    }
}

/// Rewrites ORM statements inside others (and on their own, for `str()`).
pub struct Resolver;

impl StatementResolver for Resolver {
    fn resolve(&self, query: &QueryRef, context: ResolveContext<'_>) -> SqlResult<Option<QueryRef>> {
        let host = Host;
        match &query.kind {
            QueryKind::Select(s) => {
                let mut select = (**s).clone();
                let mut inherited = context.inherited.to_vec();
                Python::attach(|py| {
                    crate::py::orm::mapper::configure_for(py, s)
                        .and_then(|()| crate::py::orm::options::normalize(py, &mut select.options))
                        .and_then(|()| crate::py::orm::options::normalize(py, &mut inherited))
                        .map_err(|e| errors::to_sql_error(py, e))
                })?;
                let settings =
                    if context.toplevel { Settings::top(&host) } else { Settings::nested(&host, &inherited, context.enclosing) };
                let (plain, _) = compile_select(&select, &settings)?;
                Ok(Some(Query::select(plain)))
            }
            QueryKind::FromStatement(f) => match &f.element {
                sql::ast::Node::Query(q) => Ok(Some(q.clone())),
                _ => Ok(None),
            },
            _ => Ok(None),
        }
    }
    fn insert(&self, statement: &Arc<Insert>) -> SqlResult<Option<Arc<Insert>>> {
        super::dml::plain_insert(statement)
    }
    fn update(&self, statement: &Arc<Update>) -> SqlResult<Option<Arc<Update>>> {
        super::dml::plain_update(statement)
    }
    fn named(&self, entity: &EntityRef, name: &str, value: &DmlValue) -> SqlResult<Option<Vec<(ColumnKey, DmlValue)>>> {
        match Entity::of(entity) {
            Some(entity) => super::dml::named(entity, name, value),
            None => Ok(None),
        }
    }
    fn delete(&self, statement: &Arc<Delete>) -> SqlResult<Option<Arc<Delete>>> {
        super::dml::plain_delete(statement)
    }
}
