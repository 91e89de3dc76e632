//! Loader options that stay with an instance, for what it loads later.

use crate::py::orm::state::InstanceState;
use orm::load::kept::{Access, Kept, LazyOption};
use orm::options::{LoaderCriteria, OptionNode};
use pyo3::prelude::*;
use std::sync::Arc;

/// Options of the statement that loaded an instance.
#[pyclass(frozen, module = "oxalchemy.orm.strategy_options")]
pub struct LoadOptions {
    /// What they say about the instance and below.
    pub kept: Arc<Kept>,
    /// `with_loader_criteria` that propagate.
    pub criteria: Vec<Arc<LoaderCriteria>>,
}

/// The options of an instance, as far as there are any.
pub fn of(state: &Bound<'_, InstanceState>) -> Option<Py<LoadOptions>> {
    let py = state.py();
    let o = state.get().read_extra(py, |e| e.load_options.as_ref().map(|o| o.clone_ref(py)))?;
    o.bind(py).cast::<LoadOptions>().ok().map(|o| o.clone().unbind())
}

/// What they say about loads by class.
pub fn node_of(state: &Bound<'_, InstanceState>) -> Option<Arc<OptionNode>> {
    of(state).map(|o| o.get().kept.node.clone())
}

/// `with_loader_criteria` that came with an instance.
pub fn criteria_of(state: &Bound<'_, InstanceState>) -> Vec<Arc<LoaderCriteria>> {
    of(state).map(|o| o.get().criteria.clone()).unwrap_or_default()
}

/// How one attribute of this very instance is loaded on access, when its statement said so.
pub fn lazy_of(state: &Bound<'_, InstanceState>, key: &str) -> Option<LazyOption> {
    state.get().read_extra(state.py(), |e| e.lazy.as_ref().and_then(|l| l.iter().find(|o| &*o.key == key).cloned()))
}

/// A relationship is loaded whatever was said about it.
pub fn forget_lazy(state: &Bound<'_, InstanceState>, key: &str) {
    let old = state.get().d.with(state.py(), |d| {
        let extra = d.extra.as_mut()?;
        let lazy = extra.lazy.as_ref().filter(|l| l.iter().any(|o| &*o.key == key))?;
        let rest: Arc<[LazyOption]> = lazy.iter().filter(|o| &*o.key != key).cloned().collect();
        extra.lazy.replace(rest)
    });
    drop(old);
}

/// An instance was loaded as a whole: its options are those of this load, where there are any; what is said about columns stays.
pub fn replace(state: &Bound<'_, InstanceState>, options: Option<&Py<LoadOptions>>, lazy: Option<&Arc<[LazyOption]>>) {
    let py = state.py();
    let merged = |old: Option<&Arc<[LazyOption]>>| {
        let column = |o: &&LazyOption| matches!(o.access, Access::Column { .. });
        let kept: Vec<LazyOption> = old.iter().flat_map(|l| l.iter()).filter(column).cloned().collect();
        if kept.is_empty() {
            return lazy.cloned();
        }
        let new = lazy.map(|l| l.to_vec()).unwrap_or_default();
        let kept = kept.into_iter().filter(|o| !new.iter().any(|n| n.key == o.key)).collect::<Vec<_>>();
        Some(kept.into_iter().chain(new).collect())
    };
    let old = match options {
        Some(o) => {
            let o = o.clone_ref(py).into_any();
            InstanceState::with_extra(state, |e| {
                let lazy = merged(e.lazy.as_ref());
                (e.load_options.replace(o), std::mem::replace(&mut e.lazy, lazy))
            })
        }
        None => state.get().d.with(py, |d| {
            let lazy = d.extra.as_mut().filter(|e| e.lazy.is_some()).and_then(|e| {
                let lazy = merged(e.lazy.as_ref());
                std::mem::replace(&mut e.lazy, lazy)
            });
            (None, lazy)
        }),
    };
    drop(old);
}

/// Some attributes were passed over by a load: what it says about their loads on access counts from now on.
pub fn add_lazy<'a>(state: &Bound<'_, InstanceState>, lazy: impl Iterator<Item = &'a LazyOption>) {
    let new: Vec<LazyOption> = lazy.cloned().collect();
    if new.is_empty() {
        return;
    }
    let old = InstanceState::with_extra(state, |e| {
        let rest = e.lazy.iter().flat_map(|l| l.iter()).filter(|o| !new.iter().any(|n| n.key == o.key));
        let all: Arc<[LazyOption]> = rest.chain(&new).cloned().collect();
        e.lazy.replace(all)
    });
    drop(old);
}
