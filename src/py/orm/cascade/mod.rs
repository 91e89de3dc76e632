//! Cascades: which other objects an operation reaches along relationships.

use super::flags;
use super::history;
use super::identity::StateExt;
use super::impls::{AttributeImpl, Kind as AttributeKind};
use super::session::{attach, session_of};
use super::state::InstanceState;
use crate::py::ffi;
use crate::py::text::Text;
use orm::{Mapper, PassiveDeletes, Relationship};
use pyo3::exceptions::PyAssertionError;
use pyo3::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::Arc;

type State<'py> = Bound<'py, InstanceState>;
type Any<'py> = Bound<'py, PyAny>;

/// The words of `cascade=` that are followed from object to object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    SaveUpdate,
    Delete,
    Expunge,
    RefreshExpire,
    Merge,
}

impl Kind {
    fn follows(self, c: orm::Cascade) -> bool {
        match self {
            Self::SaveUpdate => c.save_update,
            Self::Delete => c.delete || c.delete_orphan,
            Self::Expunge => c.expunge,
            Self::RefreshExpire => c.refresh_expire,
            Self::Merge => c.merge,
        }
    }
}

/// Whether to stop before an object.
pub type Halt<'a, 'py> = &'a dyn Fn(&State<'py>) -> bool;

/// Everything reached from `state` along relationships that cascade `kind`, nearest first, each object once.
pub fn iterate<'py>(kind: Kind, state: &State<'py>, halt: Option<Halt<'_, 'py>>) -> PyResult<Vec<(Any<'py>, State<'py>)>> {
    let mut out: Vec<(Any<'py>, State<'py>)> = Vec::new();
    let mut seen: FxHashSet<usize> = FxHashSet::default();
    let mut at = 0;
    let mut next = Some(state.clone());
    while let Some(s) = next {
        let data = s.mapper()?.data();
        for rel in data.relationships() {
            let d = rel.data();
            if d.viewonly && kind != Kind::RefreshExpire && kind != Kind::Merge && kind != Kind::Expunge
                || !kind.follows(d.cascade)
            {
                continue;
            }
            step(kind, &s, rel, &d, halt, &mut seen, &mut out)?;
        }
        next = out.get(at).map(|(_, s)| s.clone());
        at += 1;
    }
    Ok(out)
}

#[allow(clippy::too_many_arguments)]
fn step<'py>(
    kind: Kind,
    state: &State<'py>,
    rel: &Arc<Relationship>,
    data: &orm::RelationshipData,
    halt: Option<Halt<'_, 'py>>,
    seen: &mut FxHashSet<usize>,
    out: &mut Vec<(Any<'py>, State<'py>)>,
) -> PyResult<()> {
    let py = state.py();
    let Some(imp) = state.get().manager.get().get_impl(py, &rel.key) else { return Ok(()) };
    let values = if kind == Kind::SaveUpdate {
        if is_untouched(&imp, state) {
            return Ok(());
        }
        history::pending_objects(&imp, state, flags::PASSIVE_NO_INITIALIZE)?
    } else {
        let load = kind == Kind::Delete && data.passive_deletes == PassiveDeletes::No;
        present(&imp, state, if load { flags::PASSIVE_OFF | flags::NO_RAISE } else { flags::PASSIVE_NO_INITIALIZE })?
    };
    if values.is_empty() {
        return Ok(());
    }
    let target = rel.target();
    for obj in values {
        if obj.is_none() {
            continue;
        }
        let other = attach::state_of(&obj)?;
        let id = other.as_ptr() as usize;
        if seen.contains(&id) || halt.is_some_and(|h| h(&other)) {
            continue;
        }
        // an expired parent forgets its pending children: only those that cannot be without it leave the session
        if kind == Kind::RefreshExpire && !data.cascade.delete_orphan && !other.has_key() {
            continue;
        }
        check_type(rel, target.as_ref(), &other, &obj)?;
        seen.insert(id);
        out.push((obj, other));
    }
    Ok(())
}

/// Neither loaded nor set: nothing to follow. The usual case of a new object, found without a call.
fn is_untouched(imp: &Bound<'_, AttributeImpl>, state: &State<'_>) -> bool {
    let py = imp.py();
    let (i, s) = (imp.get(), state.get());
    i.kind != AttributeKind::Dynamic && ffi::dict_get(&s.instance_dict(py), &i.key).is_none() && !s.has_committed(py, &i.key)
}

/// The objects of an attribute now.
pub fn present<'py>(imp: &Bound<'py, AttributeImpl>, state: &State<'py>, passive: u32) -> PyResult<Vec<Any<'py>>> {
    let dict = state.get().instance_dict(state.py());
    let i = imp.get();
    match i.kind {
        AttributeKind::Scalar => Ok(Vec::new()),
        AttributeKind::Dynamic => {
            let c = history::changes(imp, state, passive)?;
            Ok(c.added.into_iter().chain(c.unchanged).collect())
        }
        AttributeKind::Object => {
            let v = AttributeImpl::get(imp, state, &dict, passive & !flags::INIT_OK)?;
            Ok(if flags::is_no_state(&v) || v.is_none() { Vec::new() } else { vec![v] })
        }
        AttributeKind::Collection => {
            let v = AttributeImpl::get(imp, state, &dict, passive)?;
            if flags::is_no_state(&v) || v.is_none() { Ok(Vec::new()) } else { super::collections::items(&v) }
        }
    }
}

fn check_type(rel: &Arc<Relationship>, target: Option<&Arc<Mapper>>, state: &State<'_>, obj: &Any<'_>) -> PyResult<()> {
    let Some(target) = target else { return Ok(()) };
    let mapper = state.mapper()?;
    if mapper.id == target.id || mapper.isa(target) {
        return Ok(());
    }
    let parent = rel.parent.upgrade().and_then(|m| super::mapper::class_of(obj.py(), &m));
    let parent = parent.map(|c| c.repr().map(|r| r.text())).transpose()?.unwrap_or_default();
    Err(PyAssertionError::new_err(format!(
        "Attribute '{}' on class '{parent}' doesn't handle objects of type '{}'",
        rel.key,
        obj.get_type().repr()?.text()
    )))
}

/// Attribute event: `item` became part of `parent`, which is in a session: it enters the session too.
pub fn hook_save(parent: &State<'_>, item: &State<'_>, imp: &Bound<'_, AttributeImpl>) -> PyResult<()> {
    let Some(session) = session_of(parent) else { return Ok(()) };
    if session.get().warns_on_events() {
        let what = if imp.get().kind == AttributeKind::Object { "related attribute set" } else { "collection append" };
        attach::flush_warning(&session, what)?;
    }
    if attach::contains(&session, item) { Ok(()) } else { attach::add_state(&session, item) }
}

/// Attribute event: `item` left `parent` through a relationship with delete-orphan: a pending orphan leaves the session.
pub fn hook_remove(parent: &State<'_>, item: &State<'_>, imp: &Bound<'_, AttributeImpl>) -> PyResult<()> {
    let session = session_of(parent);
    if let Some(session) = &session
        && session.get().warns_on_events()
    {
        let what = if imp.get().kind == AttributeKind::Object { "related attribute delete" } else { "collection remove" };
        attach::flush_warning(session, what)?;
    }
    if item.has_key() || !super::unitofwork::orphans::is_orphan(item)? {
        return Ok(());
    }
    match session {
        Some(session) if item.session_id() == Some(session.get().number) => match item.obj() {
            Some(obj) => attach::expunge(&session, &obj),
            None => attach::expunge_states(&session, std::slice::from_ref(item), false),
        },
        _ => {
            // Not in a session yet: when a cascade brings it in later, the flush takes it out again.
            item.set_orphaned_outside(true);
            Ok(())
        }
    }
}
