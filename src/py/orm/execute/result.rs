//! Rows as `Result` objects.

use super::job::Loaded;
use crate::py::engine::meta::RowMeta;
use crate::py::engine::result::classes::ResultRows;
use crate::py::engine::result::source::Buffered;
use crate::py::engine::result::{Core, ResultBase, View};
use crate::py::orm::aliased;
use crate::py::sql::face;
use orm::loadplan::{Item, LoadPlan};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

/// Names and keys of the rows of a plan.
pub fn meta(py: Python<'_>, plan: &LoadPlan) -> PyResult<Py<RowMeta>> {
    let keys = PyTuple::new(py, plan.keys.iter().map(|k| k.as_deref()))?;
    let mut meta = RowMeta::new(py, keys.unbind(), true, None)?;
    for (i, item) in plan.items.iter().enumerate() {
        match item {
            Item::Entity(p) => {
                meta.add_object(&aliased::object_of(py, &p.entity)?, i)?;
                meta.add_object(&aliased::inspected(py, &p.entity)?, i)?;
            }
            Item::Column { expr, .. } => {
                meta.add_object(&face::wrap_expr(py, expr)?, i)?;
                if let Some(e) = orm::entity::entity_of(&expr.ann)
                    && let Some(key) = expr.ann.as_ref().and_then(|a| a.proxy_key.clone())
                {
                    let owner = aliased::object_of(py, e)?;
                    if let Some(attr) = owner.getattr_opt(&*key)? {
                        meta.add_object(&attr, i)?;
                    }
                }
            }
            Item::Bundle { host, .. } => {
                if let Some(b) = crate::py::host::PyHost::get(py, host) {
                    meta.add_object(&b, i)?;
                }
            }
        }
    }
    // instances are the same row when they are the same object
    let id = py.import("builtins")?.getattr("id")?;
    meta.unique_filters = Some(plan.items.iter().map(|i| matches!(i, Item::Entity(_)).then(|| id.clone().unbind())).collect());
    Py::new(py, meta)
}

/// A result over loaded rows.
pub fn make<'py>(py: Python<'py>, loaded: Loaded<'py>) -> PyResult<Bound<'py, PyAny>> {
    let single = loaded.single();
    let Loaded { rows, plan } = loaded;
    let meta = meta(py, &plan)?;
    let core = Core::new(Some(Box::new(Buffered::new(rows.into_iter().map(Bound::unbind), single))));
    let facts = PyDict::new(py);
    facts.set_item("is_single_entity", single)?;
    facts.set_item("filtered", plan.items.iter().any(|i| matches!(i, Item::Entity(_))))?;
    *core.attributes.lock() = Some(facts.unbind());
    let mut view = View::new(core, Some(meta));
    if plan.unique {
        view.require_unique(py)?;
    }
    let init = PyClassInitializer::from(ResultBase::new(view)).add_subclass(ResultRows);
    Ok(Bound::new(py, init)?.into_any())
}
