//! Rows as `Result` objects.

use super::job::Loaded;
use crate::py::engine::meta::RowMeta;
use crate::py::engine::result::classes::ResultRows;
use crate::py::engine::result::source::{Buffered, RowSource};
use crate::py::engine::result::{Core, ResultBase, View};
use crate::py::errors;
use crate::py::orm::aliased;
use crate::py::sql::face;
use orm::Entity;
use orm::attr::Bundled;
use orm::loadplan::{Item, LoadPlan};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use sql::ast::{ExprRef, SelectItem, proxy};

/// Names and keys of the rows of a plan.
pub fn meta(py: Python<'_>, plan: &LoadPlan, columns: &[SelectItem], portions: bool) -> PyResult<Py<RowMeta>> {
    let keys = PyTuple::new(py, plan.keys.iter().map(|k| k.as_deref()))?;
    let mut meta = RowMeta::new(py, keys.unbind(), true, None)?;
    meta.simple = true;
    let mut at = 0;
    // the plan may have been made for another statement of this structure: what the user asks by is in the one at hand
    for item in columns {
        match item {
            SelectItem::Entity(e) => {
                if let Some(entity) = Entity::of(e) {
                    meta.add_object(&aliased::object_of(py, entity)?, at)?;
                    meta.add_object(&aliased::inspected(py, entity)?, at)?;
                }
                at += 1;
            }
            SelectItem::Expr(e) => {
                add_expr(py, &mut meta, e, at)?;
                at += 1;
            }
            SelectItem::From(f) => {
                for (_, e) in proxy::columns(f) {
                    add_expr(py, &mut meta, &e, at)?;
                    at += 1;
                }
            }
            SelectItem::Host(h) => {
                if let Some(b) = h.as_any().downcast_ref::<Bundled>().and_then(|b| crate::py::host::PyHost::get(py, &b.host)) {
                    meta.add_object(&b, at)?;
                }
                at += 1;
            }
        }
    }
    // instances are the same row when they are the same object
    let id = py.import("builtins")?.getattr("id")?;
    let refuse = portions.then(|| pyo3::wrap_pyfunction!(in_portions, py)).transpose()?;
    let filter = |i: &Item| match &refuse {
        Some(f) => Ok(Some(f.clone().into_any().unbind())),
        None => match i {
            Item::Entity(_) => Ok(Some(id.clone().unbind())),
            Item::Column { ty, .. } => refused(py, ty),
            Item::Bundle { .. } => Ok(None),
        },
    };
    meta.unique_filters = Some(plan.items.iter().map(filter).collect::<PyResult<_>>()?);
    Py::new(py, meta)
}

fn add_expr(py: Python<'_>, meta: &mut RowMeta, expr: &ExprRef, at: usize) -> PyResult<()> {
    meta.add_object(&face::wrap_expr(py, expr)?, at)?;
    if let Some(e) = orm::entity::entity_of(&expr.ann)
        && let Some(key) = expr.ann.as_ref().and_then(|a| a.proxy_key.clone())
    {
        let owner = aliased::object_of(py, e)?;
        if let Some(attr) = owner.getattr_opt(&*key)? {
            meta.add_object(&attr, at)?;
        }
    }
    Ok(())
}

/// What compares values of a type that says they cannot be: nothing does.
fn refused(py: Python<'_>, ty: &sql::types::TypeRef) -> PyResult<Option<Py<PyAny>>> {
    let face = crate::py::types::wrap_type(py, ty)?;
    let hashable = face.getattr_opt("hashable")?.map_or(Ok(true), |h| h.is_truthy())?;
    Ok(if hashable { None } else { Some(Py::new(py, NotHashable { ty: face.unbind() })?.into_any()) })
}

/// See [`refused`].
#[pyclass(frozen, name = "_NotHashable", module = "oxalchemy.orm.loading")]
pub struct NotHashable {
    ty: Py<PyAny>,
}

#[pymethods]
impl NotHashable {
    fn __call__(&self, py: Python<'_>, _value: &Bound<'_, PyAny>) -> PyResult<()> {
        let ty = self.ty.bind(py).repr()?;
        let text = format!(
            "Can't apply uniqueness to row tuple containing value of type {ty}; this datatype produces non-hashable values"
        );
        Err(errors::invalid_request(py, text))
    }
}

/// What compares rows of a result that comes in portions.
#[pyfunction]
fn in_portions(py: Python<'_>, _element: &Bound<'_, PyAny>) -> PyResult<()> {
    Err(errors::invalid_request(py, "Can't use the ORM yield_per feature in conjunction with unique()"))
}

/// A result over loaded rows.
pub fn make<'py>(py: Python<'py>, loaded: Loaded<'py>) -> PyResult<Bound<'py, PyAny>> {
    let single = loaded.single();
    let Loaded { rows, plan, columns } = loaded;
    let rows = Box::new(Buffered::new(rows.into_iter().map(Bound::unbind), single));
    over(py, rows, single, &plan, &columns, None)
}

/// A result over rows wherever they come from; `per`: the batch size that was asked for.
pub fn over<'py>(
    py: Python<'py>,
    rows: Box<dyn RowSource>,
    single: bool,
    plan: &LoadPlan,
    columns: &[SelectItem],
    per: Option<usize>,
) -> PyResult<Bound<'py, PyAny>> {
    let meta = meta(py, plan, columns, per.is_some())?;
    let core = Core::new(Some(rows));
    core.loads_instances();
    if let Some(per) = per {
        core.note_yield_per(per);
    }
    let facts = PyDict::new(py);
    facts.set_item("is_single_entity", single)?;
    facts.set_item("filtered", plan.items.iter().any(|i| matches!(i, Item::Entity(_))))?;
    let old = core.attributes.lock().replace(facts.unbind());
    // Without the lock: its end may run Python code.
    drop(old);
    let mut view = View::new(core, Some(meta));
    if plan.unique {
        view.require_unique(py)?;
    }
    let init = PyClassInitializer::from(ResultBase::new(view)).add_subclass(ResultRows);
    Ok(Bound::new(py, init)?.into_any())
}
