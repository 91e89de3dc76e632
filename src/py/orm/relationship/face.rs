//! [`RelationshipBase`]: what `RelationshipProperty` shows of its node. Arguments that configuration derives read as given until it
//! has, and as derived from then on.

use super::read;
use crate::py::orm::mapper::{self, PyMapper};
use crate::py::orm::property::MapperProperty;
use crate::py::orm::sqlface;
use orm::columns::ColumnSet;
use orm::join_condition::Pair;
use orm::{Cascade, JoinCondition, Property, RelationshipData};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PySet, PyTuple};
use std::sync::Arc;

type This<'py> = Bound<'py, RelationshipBase>;
type Columns<'py> = Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>;

/// See the module documentation.
#[pyclass(frozen, subclass, extends = MapperProperty, module = "oxalchemy.orm.relationships")]
pub struct RelationshipBase;

fn data(slf: &This<'_>) -> Option<Arc<RelationshipData>> {
    super::node_of(slf.as_super()).map(|n| n.data())
}

/// The node once its target is known, and the join if it is wanted.
fn configured(slf: &This<'_>, name: &'static str, join: bool) -> PyResult<Arc<RelationshipData>> {
    let ready = || data(slf).filter(|d| if join { d.join.is_some() } else { d.target.strong_count() > 0 });
    if let Some(d) = ready() {
        return Ok(d);
    }
    match slf.as_super().get().get_parent(slf.py()) {
        Some(parent) => mapper::check_configure(&parent)?,
        None => mapper::configure::configure_mappers(slf.py())?,
    }
    ready().ok_or_else(|| PyAttributeError::new_err(name))
}

fn join(slf: &This<'_>, name: &'static str) -> PyResult<Arc<JoinCondition>> {
    configured(slf, name, true)?.join.clone().ok_or_else(|| PyAttributeError::new_err(name))
}

fn pairs<'py>(py: Python<'py>, list: &[Pair]) -> PyResult<Columns<'py>> {
    list.iter().map(|(a, b)| Ok((sqlface::wrap_column(py, a)?, sqlface::wrap_column(py, b)?))).collect()
}

fn set<'py>(py: Python<'py>, columns: &ColumnSet) -> PyResult<Bound<'py, PyAny>> {
    let faces = columns.iter().map(|c| sqlface::wrap_column(py, c)).collect::<PyResult<Vec<_>>>()?;
    Ok(PySet::new(py, faces)?.into_any())
}

/// An argument that configuration derives: what it made of it, else as given.
fn derived<'py>(
    slf: &This<'py>,
    name: &str,
    f: impl FnOnce(Python<'py>, &RelationshipData, &JoinCondition) -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let node = data(slf);
    match node.as_ref().and_then(|d| Some((d, d.join.as_ref()?))) {
        Some((d, join)) => f(slf.py(), d, join),
        None => read::raw(slf.as_super(), name),
    }
}

fn given(slf: &This<'_>, name: &str, value: Bound<'_, PyAny>) -> PyResult<()> {
    slf.getattr("__dict__")?.set_item(name, value)
}

#[pymethods]
impl RelationshipBase {
    #[new]
    #[pyo3(signature = (*args, **kwargs))]
    fn py_new(args: &Bound<'_, PyTuple>, kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        let _ = (args, kwargs);
        PyClassInitializer::from(MapperProperty::default()).add_subclass(Self)
    }
    /// The target's mapper.
    #[getter]
    fn mapper<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyMapper>> {
        match configured(slf, "mapper", false)?.target.upgrade() {
            Some(t) => mapper::face_of(slf.py(), &t),
            None => Err(PyAttributeError::new_err("mapper")),
        }
    }
    /// The target.
    #[getter]
    fn entity<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyMapper>> {
        Self::mapper(slf)
    }
    /// ``ONETOMANY``, ``MANYTOONE`` or ``MANYTOMANY``.
    #[getter]
    fn direction<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        let name = match configured(slf, "direction", true)?.direction {
            orm::Direction::OneToMany => "ONETOMANY",
            orm::Direction::ManyToOne => "MANYTOONE",
            orm::Direction::ManyToMany => "MANYTOMANY",
        };
        slf.py().import("oxalchemy.orm.base")?.getattr(name)
    }
    /// Column of this side and column of the other, of every comparison.
    #[getter]
    fn local_remote_pairs<'py>(slf: &This<'py>) -> PyResult<Columns<'py>> {
        pairs(slf.py(), &join(slf, "local_remote_pairs")?.local_remote_pairs)
    }
    /// Column that a value comes from and column that it is copied to.
    #[getter]
    fn synchronize_pairs<'py>(slf: &This<'py>) -> PyResult<Columns<'py>> {
        pairs(slf.py(), &join(slf, "synchronize_pairs")?.synchronize_pairs)
    }
    /// The same, between the target and the secondary table.
    #[getter]
    fn secondary_synchronize_pairs<'py>(slf: &This<'py>) -> PyResult<Columns<'py>> {
        pairs(slf.py(), &join(slf, "secondary_synchronize_pairs")?.secondary_synchronize_pairs)
    }
    /// Columns of this side.
    #[getter]
    fn local_columns<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        set(slf.py(), &join(slf, "local_columns")?.local_columns)
    }
    #[getter]
    fn _calculated_foreign_keys<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        set(slf.py(), &join(slf, "foreign_key_columns")?.foreign_key_columns)
    }
    #[getter]
    fn _use_get(slf: &This<'_>) -> PyResult<bool> {
        Ok(configured(slf, "use_get", true)?.use_get)
    }
    #[getter]
    fn _is_collection(slf: &This<'_>) -> PyResult<bool> {
        let said = read::raw(slf.as_super(), "uselist")?;
        if said.is_none() { Ok(configured(slf, "uselist", true)?.uselist) } else { said.is_truthy() }
    }
    #[getter]
    fn _reverse_property<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PySet>> {
        let py = slf.py();
        let reverse = data(slf).map(|d| d.reverse.clone()).unwrap_or_default();
        let living = reverse.iter().filter_map(std::sync::Weak::upgrade);
        PySet::new(py, living.filter_map(|r| MapperProperty::face_of(py, &Property::Relationship(r))))
    }
    #[getter(primaryjoin)]
    fn get_primaryjoin<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        derived(slf, "primaryjoin", |py, _, j| sqlface::wrap_expr(py, &j.primaryjoin))
    }
    #[setter(primaryjoin)]
    fn set_primaryjoin(slf: &This<'_>, value: Bound<'_, PyAny>) -> PyResult<()> {
        given(slf, "primaryjoin", value)
    }
    #[getter(secondaryjoin)]
    fn get_secondaryjoin<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        derived(slf, "secondaryjoin", |py, _, j| match &j.secondaryjoin {
            Some(e) => sqlface::wrap_expr(py, e),
            None => Ok(py.None().into_bound(py)),
        })
    }
    #[setter(secondaryjoin)]
    fn set_secondaryjoin(slf: &This<'_>, value: Bound<'_, PyAny>) -> PyResult<()> {
        given(slf, "secondaryjoin", value)
    }
    #[getter(remote_side)]
    fn get_remote_side<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        derived(slf, "remote_side", |py, _, j| set(py, &j.remote_columns))
    }
    #[setter(remote_side)]
    fn set_remote_side(slf: &This<'_>, value: Bound<'_, PyAny>) -> PyResult<()> {
        given(slf, "remote_side", value)
    }
    #[getter(uselist)]
    fn get_uselist<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        derived(slf, "uselist", |py, d, _| Ok(PyBool::new(py, d.uselist).to_owned().into_any()))
    }
    #[setter(uselist)]
    fn set_uselist(slf: &This<'_>, value: Bound<'_, PyAny>) -> PyResult<()> {
        given(slf, "uselist", value)
    }
    #[getter(order_by)]
    fn get_order_by<'py>(slf: &This<'py>) -> PyResult<Bound<'py, PyAny>> {
        derived(slf, "order_by", |py, d, _| {
            if d.order_by.is_empty() {
                return Ok(PyBool::new(py, false).to_owned().into_any());
            }
            let list = d.order_by.iter().map(|e| sqlface::wrap_expr(py, e)).collect::<PyResult<Vec<_>>>()?;
            list.into_pyobject(py)
        })
    }
    #[setter(order_by)]
    fn set_order_by(slf: &This<'_>, value: Bound<'_, PyAny>) -> PyResult<()> {
        given(slf, "order_by", value)
    }
    /// The words that ``cascade=`` comes to; a ``viewonly`` relationship writes nothing.
    fn _cascade_of<'py>(slf: &This<'py>, value: &Bound<'py, PyAny>, viewonly: bool) -> PyResult<Vec<&'static str>> {
        let mut cascade = read::words(value)?;
        if viewonly {
            cascade = Cascade { save_update: false, delete: false, delete_orphan: false, ..cascade };
        }
        if let Some(n) = super::node_of(slf.as_super()) {
            n.update(|d| d.cascade = cascade);
        }
        Ok(cascade.words())
    }
}
