//! [`Runtime`]: a load plan with everything of Python's that its loop needs, made once per plan and dialect.

use super::options::LoadOptions;
use super::post::{RtPost, RtSubclass};
use crate::py::engine::events::Event;
use crate::py::host::PyHost;
use crate::py::orm::manager::ClassManager;
use crate::py::types::{ResultProc, result_processor};
use orm::Mapper;
use orm::load::kept::LazyOption;
use orm::loadplan::{EntityPlan, Item, JoinedLoad, LoadPlan};
use orm::options::LoaderCriteria;
use orm::relationship::Relationship;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::sync::Arc;

/// See the module documentation.
pub struct Runtime {
    /// One per element of a row.
    pub items: Vec<RtItem>,
    /// Number of the listeners that it was made for.
    pub listeners: u64,
}

/// One element of a row.
pub enum RtItem {
    /// An instance.
    Entity(Arc<RtEntity>),
    /// A value.
    Column(usize, ResultProc),
    /// Elements that a host object makes one of.
    Bundle {
        /// Called with each row's values.
        process: Py<PyAny>,
        /// Its elements.
        items: Vec<RtItem>,
    },
}

/// One attribute in the row.
pub struct RtColumn {
    /// Interned.
    pub key: Py<PyString>,
    /// Position.
    pub index: usize,
    /// Conversion.
    pub proc: ResultProc,
}

/// One relationship in the row.
pub struct RtJoined {
    /// Interned.
    pub key: Py<PyString>,
    /// The plan.
    pub load: JoinedLoad,
    /// Its rows.
    pub entity: Arc<RtEntity>,
}

/// An instance of one mapper.
pub struct RtEntity {
    /// What it was made of.
    pub plan: Arc<EntityPlan>,
    /// Base of the hierarchy: identities are its.
    pub base: Arc<Mapper>,
    /// Some subclass has identities of its own (concrete inheritance): a row's class comes before its identity.
    pub own_identities: bool,
    /// Manager of the class.
    pub manager: Py<ClassManager>,
    /// Primary key.
    pub identity: Vec<(usize, ResultProc)>,
    /// Rows whose primary key is partly NULL are instances.
    pub partial: bool,
    /// Loaded state is overwritten.
    pub always_refresh: bool,
    /// Attributes.
    pub columns: Vec<RtColumn>,
    /// Column attributes that the row does not bring, where the options do not say so.
    pub absent: Vec<Py<PyString>>,
    /// Discriminator: position, conversion, value to index in `subs` (-1: this mapper, -2: not of this hierarchy).
    pub switch: Option<(usize, ResultProc, Py<PyDict>)>,
    /// Subclasses.
    pub subs: Vec<Arc<RtEntity>>,
    /// Joined eager loads.
    pub joined: Vec<RtJoined>,
    /// Relationships that are empty by decree.
    pub noload: Vec<(Py<PyString>, Arc<Relationship>)>,
    /// Names of all relationships.
    pub relationships: Vec<Py<PyString>>,
    /// Loads that follow.
    pub post: Vec<Arc<RtPost>>,
    /// Loads of subclass attributes that follow.
    pub subclass: Vec<Arc<RtSubclass>>,
    /// Options that stay with the instance.
    pub options: Option<Py<LoadOptions>>,
    /// What is said about loads on access.
    pub lazy: Option<Arc<[LazyOption]>>,
    /// Listeners of `load`.
    pub on_load: Option<Py<PyAny>>,
    /// Listeners of `refresh`.
    pub on_refresh: Option<Py<PyAny>>,
}

fn intern(py: Python<'_>, s: &str) -> Py<PyString> {
    PyString::intern(py, s).unbind()
}

/// Number of the listeners that a plan would be made for now: one for all programs in which nobody listens for loads.
fn listeners_version() -> u64 {
    if Event::Load.used() || Event::Refresh.used() { crate::py::engine::events::version() } else { u64::MAX }
}

impl Runtime {
    /// Whether those listen still who did when it was made.
    pub fn current(&self) -> bool {
        self.listeners == listeners_version()
    }
    /// Made once, then shared.
    pub fn new(py: Python<'_>, plan: &LoadPlan, dialect: &Bound<'_, PyAny>) -> PyResult<Self> {
        let listeners = listeners_version();
        let criteria: Vec<_> = plan.criteria.iter().filter(|c| c.propagate).cloned().collect();
        let items = plan.items.iter().map(|i| item(py, i, &criteria, dialect)).collect::<PyResult<_>>()?;
        Ok(Self { items, listeners })
    }
    /// The only element, when it is an entity.
    pub fn single(&self) -> Option<&Arc<RtEntity>> {
        match self.items.as_slice() {
            [RtItem::Entity(e)] => Some(e),
            _ => None,
        }
    }
}

fn item(py: Python<'_>, item_: &Item, criteria: &[Arc<LoaderCriteria>], dialect: &Bound<'_, PyAny>) -> PyResult<RtItem> {
    Ok(match item_ {
        Item::Entity(p) => RtItem::Entity(Arc::new(entity(py, p, criteria, dialect)?)),
        Item::Column { index, ty, .. } => RtItem::Column(*index, result_processor(py, ty, dialect)?),
        Item::Bundle { host, items, keys } => {
            let parts = items.iter().map(|i| item(py, i, criteria, dialect)).collect::<PyResult<_>>()?;
            let names = PyTuple::new(py, keys.iter().map(|k| k.as_deref()))?;
            let bundle = PyHost::get(py, host).unwrap_or_else(|| py.None().into_bound(py));
            let process = super::super::bundle::row_maker(&bundle, &names)?;
            RtItem::Bundle { process: process.unbind(), items: parts }
        }
    })
}

fn entity(
    py: Python<'_>,
    plan: &Arc<EntityPlan>,
    criteria: &[Arc<LoaderCriteria>],
    dialect: &Bound<'_, PyAny>,
) -> PyResult<RtEntity> {
    crate::py::errors::room_below()?;
    let data = plan.mapper.data();
    let mapper = super::super::mapper::face_of(py, &plan.mapper)?;
    let manager = super::super::mapper::manager_of(&mapper)?;
    let identity = plan
        .identity
        .iter()
        .zip(&data.primary_key)
        .map(|(i, c)| Ok((*i, result_processor(py, &c.ty(), dialect)?)))
        .collect::<PyResult<_>>()?;
    let columns = plan
        .columns
        .iter()
        .map(|c| Ok(RtColumn { key: intern(py, &c.key), index: c.index, proc: result_processor(py, &c.ty, dialect)? }))
        .collect::<PyResult<_>>()?;
    let subs: Vec<Arc<RtEntity>> =
        plan.subs.iter().map(|s| Ok(Arc::new(entity(py, s, criteria, dialect)?))).collect::<PyResult<_>>()?;
    let switch = match &plan.discriminator {
        Some((index, ty)) => {
            let map = PyDict::new(py);
            for m in plan.mapper.base().self_and_descendants() {
                if let Some(v) = m.data().polymorphic_identity.as_ref().and_then(|h| PyHost::get(py, h)) {
                    let at = if m.id == plan.mapper.id {
                        -1
                    } else {
                        subs.iter().position(|s| s.plan.mapper.id == m.id).and_then(|i| isize::try_from(i).ok()).unwrap_or(-2)
                    };
                    map.set_item(v, at)?;
                }
            }
            Some((*index, result_processor(py, ty, dialect)?, map.unbind()))
        }
        None => None,
    };
    let joined = plan
        .joined
        .iter()
        .map(|j| {
            Ok(RtJoined {
                key: intern(py, &j.relationship.key),
                entity: Arc::new(entity(py, &j.plan, criteria, dialect)?),
                load: j.clone(),
            })
        })
        .collect::<PyResult<_>>()?;
    let options = match &plan.options {
        None if criteria.is_empty() => None,
        kept => Some(Py::new(py, LoadOptions { kept: kept.clone().unwrap_or_default(), criteria: criteria.to_vec() })?),
    };
    Ok(RtEntity {
        base: plan.mapper.base(),
        own_identities: subs.iter().any(|s| s.base.id != plan.mapper.base().id),
        identity,
        partial: data.allow_partial_pks,
        always_refresh: data.always_refresh,
        absent: data
            .column_props()
            .filter(|p| {
                !p.hidden
                    && !p.says_nothing()
                    && !plan.columns.iter().any(|c| c.key == p.key)
                    && !plan.lazy.iter().any(|o| o.key == p.key)
            })
            .map(|p| intern(py, &p.key))
            .collect(),
        columns,
        switch,
        subs,
        joined,
        noload: plan.noload.iter().map(|r| (intern(py, &r.key), r.clone())).collect(),
        relationships: data.relationships().map(|r| intern(py, &r.key)).collect(),
        post: plan.post.iter().map(|p| Arc::new(RtPost::new(py, p))).collect(),
        subclass: plan.subclass.iter().map(|s| Arc::new(RtSubclass::new(py, s))).collect(),
        options,
        lazy: (!plan.lazy.is_empty()).then(|| plan.lazy.as_slice().into()),
        on_load: ClassManager::listeners(&manager, Event::Load)?.map(Bound::unbind),
        on_refresh: ClassManager::listeners(&manager, Event::Refresh)?.map(Bound::unbind),
        manager: manager.unbind(),
        plan: plan.clone(),
    })
}
