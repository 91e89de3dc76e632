//! Relationships that are written to and never kept in the instance: `lazy='dynamic'`, `lazy='write_only'`.
//!
//! What was added and removed is remembered beside the instance ([`super::relate::pend`]); what the database holds is read
//! when somebody asks: by iterating (`dynamic`), by a statement of the user's (`write_only`), or by a flush that has to know.
//!
//! | file | concept |
//! |---|---|
//! | this one | the attribute: reading, replacing, adding, removing, changes |
//! | [`statement`] | the rows of the relationship as parts of statements |

pub mod statement;

use super::flags::*;
use super::history::Changes;
use super::hooks::HOOKS;
use super::impls::{AttributeImpl, Initiator};
use super::relate::pend;
use super::state::InstanceState;
use crate::py::errors;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;
type Imp<'py> = Bound<'py, AttributeImpl>;

/// What stands for the collection.
pub struct WriterInfo {
    /// Called with attribute and state: `AppenderQuery` or `WriteOnlyCollection`.
    pub class: Py<PyAny>,
    /// The rows may be read (`dynamic`).
    pub iterates: bool,
}

fn iterates(imp: &Imp<'_>) -> bool {
    imp.get().writer.as_ref().is_none_or(|w| w.iterates)
}

fn may_load(passive: u32) -> bool {
    passive & CALLABLES_OK != 0 && passive & SQL_OK != 0
}

/// The value of the attribute: what stands for the collection; without leave to load, what was added.
pub fn get<'py>(imp: &Imp<'py>, state: &State<'py>, passive: u32) -> PyResult<Any<'py>> {
    let py = imp.py();
    match &imp.get().writer {
        Some(w) if may_load(passive) => w.class.bind(py).call1((imp, state)),
        _ => Ok(PyList::new(py, pending(imp, state).added)?.into_any()),
    }
}

/// Rows of the database.
fn stored<'py>(imp: &Imp<'py>, state: &State<'py>) -> PyResult<Vec<Any<'py>>> {
    let py = imp.py();
    if state.get().identity_key(py).is_none() || state.get().session_number(py) == 0 {
        return Ok(Vec::new());
    }
    if !iterates(imp) {
        let name = imp.get().describe(py);
        return Err(errors::invalid_request(
            py,
            format!(
                "Attribute {name} can't load the existing state from the database for this operation; full iteration is not \
                 permitted.  If this is a delete operation, configure passive_deletes=True on the {name} relationship in order to \
                 resolve this error."
            ),
        ));
    }
    let Some(load) = HOOKS.lazy_load.get() else { return Ok(Vec::new()) };
    let rows = load(state, imp, PASSIVE_OFF)?;
    match rows.cast::<PyList>() {
        Ok(l) => Ok(l.iter().collect()),
        Err(_) => Ok(Vec::new()),
    }
}

fn pending<'py>(imp: &Imp<'py>, state: &State<'py>) -> Changes<'py> {
    let py = imp.py();
    let name = imp.get().key.text();
    let found = state.get().read_extra(py, |e| {
        e.pending.iter().find(|p| p.key == name).map(|p| {
            let copy = |l: &Vec<Py<PyAny>>| l.iter().map(|v| v.clone_ref(py).into_bound(py)).collect::<Vec<_>>();
            (copy(&p.added), copy(&p.removed))
        })
    });
    let (added, deleted) = found.unwrap_or_default();
    Changes { added, deleted, ..Changes::default() }
}

fn kept<'py>(imp: &Imp<'py>, state: &State<'py>) -> Option<Vec<Any<'py>>> {
    let py = imp.py();
    let name = imp.get().key.text();
    state.get().read_extra(py, |e| {
        let kept = e.pending.iter().find(|p| p.key == name)?.kept.as_ref()?;
        Some(kept.iter().map(|v| v.clone_ref(py).into_bound(py)).collect())
    })
}

fn keep(imp: &Imp<'_>, state: &State<'_>, rest: Vec<Py<PyAny>>) {
    let name = imp.get().key.text();
    let old = InstanceState::with_extra(state, |e| e.pending.iter_mut().find(|p| p.key == name).map(|p| p.kept.replace(rest)));
    drop(old);
}

/// Whether anything was added or removed since the last flush.
pub fn touched(imp: &Imp<'_>, state: &State<'_>) -> bool {
    let name = imp.get().key.text();
    state.get().read_extra(imp.py(), |e| e.pending.iter().any(|p| p.key == name).then_some(())).is_some()
}

/// What was added and removed, and with leave to load also the rest.
pub fn changes<'py>(imp: &Imp<'py>, state: &State<'py>, passive: u32) -> PyResult<Changes<'py>> {
    let mut out = pending(imp, state);
    if !may_load(passive) {
        return Ok(out);
    }
    if let Some(kept) = kept(imp, state) {
        out.unchanged = kept;
        return Ok(out);
    }
    let rows = stored(imp, state)?;
    let among = |l: &[Any<'py>], v: &Any<'py>| l.iter().any(|x| x.is(v));
    out.added.retain(|v| !among(&rows, v));
    if !touched(imp, state) {
        // loading may have flushed what was removed
        out.deleted.retain(|v| among(&rows, v));
    }
    out.unchanged = rows.into_iter().filter(|v| !among(&out.deleted, v)).collect();
    Ok(out)
}

/// `obj.attr = [...]`: replaces everything.
pub fn set<'py>(imp: &Imp<'py>, state: &State<'py>, dict: &Bound<'py, PyDict>, value: &Any<'py>) -> PyResult<()> {
    let py = imp.py();
    let persistent = state.get().identity_key(py).is_some();
    if persistent && !iterates(imp) {
        return Err(errors::invalid_request(
            py,
            format!(
                "Collection \"{}\" does not support implicit iteration; collection replacement operations can't be used",
                imp.get().describe(py)
            ),
        ));
    }
    let new: Vec<Any<'py>> = value.try_iter()?.collect::<PyResult<_>>()?;
    let old = changes(imp, state, PASSIVE_OFF)?;
    let old_added = old.added.clone();
    // an assignment is a change, also of the same members
    InstanceState::modified(state, Some((&imp.get().key, crate::py::orm::flags::no_value(py)?)), false)?;
    let have: Vec<Any<'py>> = old.added.into_iter().chain(old.unchanged).collect();
    for v in &new {
        if !have.iter().any(|h| h.is(v)) {
            append(imp, state, dict, v, None)?;
        }
    }
    for h in &have {
        if !new.iter().any(|v| v.is(h)) {
            remove(imp, state, dict, h, None)?;
        }
    }
    if persistent {
        let rest = have.iter().filter(|h| new.iter().any(|v| v.is(h)) && !old_added.iter().any(|a| a.is(h)));
        keep(imp, state, rest.map(|h| h.clone().unbind()).collect());
    }
    Ok(())
}

/// One more member.
pub fn append<'py>(
    imp: &Imp<'py>,
    state: &State<'py>,
    dict: &Bound<'py, PyDict>,
    value: &Any<'py>,
    initiator: Initiator<'_, 'py>,
) -> PyResult<()> {
    let value = AttributeImpl::fire_append(imp, state, dict, value, initiator, None)?;
    pend(state, &imp.get().key, &value, false);
    Ok(())
}

/// One member less.
pub fn remove<'py>(
    imp: &Imp<'py>,
    state: &State<'py>,
    dict: &Bound<'py, PyDict>,
    value: &Any<'py>,
    initiator: Initiator<'_, 'py>,
) -> PyResult<()> {
    pend(state, &imp.get().key, value, true);
    AttributeImpl::fire_remove(imp, state, dict, value, initiator)
}
