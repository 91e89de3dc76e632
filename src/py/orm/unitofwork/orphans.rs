//! Delete-orphan: objects without the parent they need.

use crate::py::orm::identity::StateExt;
use crate::py::orm::state::InstanceState;
use orm::Relationship;
use pyo3::prelude::*;
use std::sync::Arc;

/// The number under which children remember their parent through a relationship: the same in every class of a hierarchy.
pub fn token(rel: &Relationship) -> u64 {
    rel.id
}

/// Whether a child has a parent through a relationship; unknown counts as yes for objects that have an identity.
pub fn has_parent(rel: &Relationship, child: &Bound<'_, InstanceState>) -> bool {
    child.get().has_parent(child.py(), token(rel), child.has_key())
}

/// Whether an object lost (or never had) a parent that it needs.
pub fn is_orphan(state: &Bound<'_, InstanceState>) -> PyResult<bool> {
    let mapper = state.mapper()?;
    let (mut any, mut all) = (false, true);
    let legacy = mapper.data().legacy_is_orphan;
    let mut found = false;
    for m in mapper.iterate_to_root() {
        let rels: Vec<Arc<Relationship>> = m.data().delete_orphans.iter().filter_map(std::sync::Weak::upgrade).collect();
        for rel in rels {
            found = true;
            let orphan = !has_parent(&rel, state);
            any |= orphan;
            all &= orphan;
        }
    }
    if !found {
        return Ok(false);
    }
    // The legacy rule waits until the object has lost every parent.
    Ok(if legacy { all } else { any })
}
