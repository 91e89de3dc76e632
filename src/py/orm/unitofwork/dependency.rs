//! What relationships do in a flush: find objects that must be written too, copy keys between related rows, keep association
//! rows.
#![expect(clippy::indexing_slicing, reason = "processors are numbered by the flush, which only adds to them")]

use super::{Flush, Reason, State, class_str, orphans};
use crate::py::errors;
use crate::py::orm::cascade::{self, Kind as CascadeKind};
use crate::py::orm::flags::{INCLUDE_PENDING_MUTATIONS, PASSIVE_NO_FETCH_RELATED, PASSIVE_NO_INITIALIZE, PASSIVE_OFF};
use crate::py::orm::history::Changes;
use crate::py::orm::identity::StateExt;
use crate::py::orm::{persistence, session, sync};
use crate::py::text::Text;
use orm::flush::StateId;
use orm::{Direction, PassiveDeletes, Relationship, RelationshipData};
use pyo3::prelude::*;
use std::rc::Rc;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// A processor's facts, taken out so that the flush stays free to change.
#[derive(Clone)]
struct Facts {
    rel: Arc<Relationship>,
    data: Arc<RelationshipData>,
    parent: Arc<orm::Mapper>,
    target: Arc<orm::Mapper>,
}

fn facts(flush: &Flush<'_>, p: usize) -> Facts {
    let p = &flush.processors[p];
    Facts { rel: p.rel.clone(), data: p.data.clone(), parent: p.parent.clone(), target: p.target.clone() }
}

impl Facts {
    fn pairs(&self) -> &[(Arc<sql::schema::Column>, Arc<sql::schema::Column>)] {
        self.data.join.as_ref().map_or(&[], |j| &j.synchronize_pairs)
    }
    fn secondary_pairs(&self) -> &[(Arc<sql::schema::Column>, Arc<sql::schema::Column>)] {
        self.data.join.as_ref().map_or(&[], |j| &j.secondary_synchronize_pairs)
    }
    /// Children of a deleted parent are loaded, unless the database takes care of them.
    fn passive_delete(&self) -> u32 {
        if self.data.passive_deletes == PassiveDeletes::No { PASSIVE_OFF } else { PASSIVE_NO_INITIALIZE }
    }
    fn deletes(&self) -> bool {
        self.data.cascade.delete || self.data.cascade.delete_orphan
    }
    /// Whether a child that left its parent is without one now; nothing known (it was expired since) is as good as none.
    fn orphaned(&self, child: &State<'_>) -> bool {
        !child.get().has_parent(child.py(), orphans::token(&self.rel), false)
    }
    fn reason(&self, operation: &'static str) -> Option<Reason<'_>> {
        Some(Reason { operation, rel: &self.rel })
    }
    /// Whether the key of a parent changes: of a row, or of an object whose row was rolled back. The answer of the first time holds for the flush: a key that a relationship moves along
    /// later, as the database does by itself, moves no further rows.
    fn pks_changed(&self, flush: &mut Flush<'_>, state: &State<'_>) -> PyResult<bool> {
        let key = (self.rel.id, state.as_ptr() as usize);
        if let Some(known) = flush.switched.get(&key) {
            return Ok(*known);
        }
        let changed = sync::source_modified(state, &self.parent, self.pairs())?;
        flush.switched.insert(key, changed);
        Ok(changed)
    }
}

fn states_of<'py>(objects: &[Any<'py>]) -> PyResult<Vec<State<'py>>> {
    objects.iter().filter(|o| !o.is_none()).map(session::attach::state_of).collect()
}

/// The states of objects that came into a collection, where None is no member.
fn added_of<'py>(f: &Facts, c: &Changes<'py>) -> PyResult<Vec<State<'py>>> {
    if f.data.uselist
        && let Some(none) = c.added.iter().find(|o| o.is_none())
    {
        let text = format!("Can't flush None value found in collection {}", f.rel.describe());
        return Err(session::orm_error(none.py(), "FlushError", &text));
    }
    states_of(&c.added)
}

/// Before anything is written: registers what `state` brings with it.
pub(super) fn presort<'py>(flush: &mut Flush<'py>, p: usize, state: &State<'py>, delete: bool) -> PyResult<()> {
    let f = facts(flush, p);
    match (f.data.direction, delete) {
        (Direction::OneToMany, true) => one_to_many_deleted(flush, &f, state)?,
        (Direction::OneToMany, false) => one_to_many_saved(flush, &f, state)?,
        (Direction::ManyToOne, true) => many_to_one_deleted(flush, &f, state)?,
        (Direction::ManyToOne, false) => many_to_one_saved(flush, &f, state)?,
        (Direction::ManyToMany, true) => {
            if f.data.passive_deletes == PassiveDeletes::No {
                flush.changes(&f.rel, state, PASSIVE_OFF)?;
            }
        }
        (Direction::ManyToMany, false) => many_to_many_saved(flush, &f, state)?,
    }
    if !flush.processors[p].active {
        let passive = match (delete, f.data.direction) {
            (false, _) => PASSIVE_NO_INITIALIZE | INCLUDE_PENDING_MUTATIONS,
            _ if f.data.passive_deletes != PassiveDeletes::No => PASSIVE_NO_INITIALIZE | INCLUDE_PENDING_MUTATIONS,
            (true, Direction::ManyToOne) => PASSIVE_NO_FETCH_RELATED,
            _ => PASSIVE_OFF,
        };
        let c = flush.changes(&f.rel, state, passive)?;
        flush.processors[p].active = !(c.added.is_empty() && c.unchanged.is_empty() && c.deleted.is_empty());
    }
    Ok(())
}

/// An object that goes away takes what it cascades delete to with it.
fn delete_with_cascades<'py>(flush: &mut Flush<'py>, f: &Facts, child: &State<'py>) -> PyResult<()> {
    flush.register_for(child, true, false, false, f.reason("delete"))?;
    for (_, other) in cascade::iterate(CascadeKind::Delete, child, None)? {
        flush.register_for(&other, true, false, false, None)?;
    }
    Ok(())
}

fn one_to_many_deleted<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    let null_out = !f.data.cascade.delete && f.data.passive_deletes != PassiveDeletes::All;
    let c = flush.changes(&f.rel, state, f.passive_delete())?;
    for child in states_of(&c.deleted)? {
        // it left before its parent went: only an orphan goes with it
        if f.orphaned(&child) {
            flush.register_for(&child, f.data.cascade.delete_orphan, false, false, None)?;
        }
    }
    if null_out {
        for child in states_of(&c.unchanged)? {
            flush.register_for(&child, false, false, false, f.reason("delete"))?;
        }
    }
    Ok(())
}

fn one_to_many_saved<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    let null_out = !f.data.cascade.delete_orphan && f.data.passive_deletes != PassiveDeletes::All;
    let switched = f.pks_changed(flush, state)?;
    let passive =
        if !switched || f.data.passive_updates { PASSIVE_NO_INITIALIZE } else { PASSIVE_OFF } | INCLUDE_PENDING_MUTATIONS;
    let c = flush.changes(&f.rel, state, passive)?;
    for child in states_of(&c.added)? {
        flush.register_for(&child, false, false, true, f.reason("add"))?;
        flush.children_added.entry(f.rel.id).or_default().insert(child.as_ptr() as usize);
    }
    for child in states_of(&c.deleted)? {
        if !f.data.cascade.delete_orphan {
            if null_out {
                flush.register_for(&child, false, false, false, f.reason("delete"))?;
            }
        } else if f.orphaned(&child) {
            delete_with_cascades(flush, f, &child)?;
        }
    }
    if switched {
        for child in states_of(&c.unchanged)? {
            flush.register_for(&child, false, f.data.passive_updates, false, f.reason("pk change"))?;
        }
    }
    Ok(())
}

fn many_to_one_deleted<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    if !f.deletes() {
        return Ok(());
    }
    let c = flush.changes(&f.rel, state, f.passive_delete())?;
    let mut going = states_of(&c.added)?;
    going.extend(states_of(&c.unchanged)?);
    if f.data.cascade.delete_orphan {
        going.extend(states_of(&c.deleted)?);
    }
    going.iter().try_for_each(|child| delete_with_cascades(flush, f, child))
}

fn many_to_one_saved<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    if !f.data.cascade.delete_orphan {
        return Ok(());
    }
    let c = flush.changes(&f.rel, state, f.passive_delete())?;
    for child in states_of(&c.deleted)? {
        if f.orphaned(&child) {
            delete_with_cascades(flush, f, &child)?;
        }
    }
    Ok(())
}

fn many_to_many_saved<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    if !f.data.passive_updates && f.pks_changed(flush, state)? {
        flush.changes(&f.rel, state, PASSIVE_OFF)?;
    }
    if !f.data.cascade.delete_orphan {
        return Ok(());
    }
    let c = flush.changes(&f.rel, state, PASSIVE_NO_INITIALIZE)?;
    for child in states_of(&c.deleted)? {
        if f.orphaned(&child) {
            delete_with_cascades(flush, f, &child)?;
        }
    }
    Ok(())
}

/// Members that a parent is or was related to: what the planner orders single rows by.
pub(super) fn related(flush: &mut Flush<'_>, p: usize, parent: usize, delete: bool) -> PyResult<Vec<StateId>> {
    let f = facts(flush, p);
    let Some((_, m)) = flush.members.get_index(parent) else { return Ok(Vec::new()) };
    if !m.mapper.isa(&f.parent) {
        return Ok(Vec::new());
    }
    let state = m.state.clone();
    let passive = if delete { f.passive_delete() } else { PASSIVE_NO_INITIALIZE | INCLUDE_PENDING_MUTATIONS };
    let c = flush.changes(&f.rel, &state, passive)?;
    let mut out = Vec::new();
    for o in c.added.iter().chain(&c.unchanged).chain(&c.deleted) {
        if o.is_none() {
            continue;
        }
        let child = session::attach::state_of(o)?;
        if let Some(i) = flush.members.get_index_of(&(child.as_ptr() as usize)) {
            out.extend(StateId::try_from(i));
        }
    }
    Ok(out)
}

/// While the flush writes: copies keys for one parent.
pub(super) fn process<'py>(flush: &mut Flush<'py>, p: usize, at: usize, delete: bool) -> PyResult<()> {
    let f = facts(flush, p);
    let Some((_, m)) = flush.members.get_index(at) else { return Ok(()) };
    let state = m.state.clone();
    match (f.data.direction, delete) {
        (Direction::OneToMany, true) => process_one_to_many_deleted(flush, &f, &state),
        (Direction::OneToMany, false) => process_one_to_many_saved(flush, &f, &state),
        (Direction::ManyToOne, true) => process_many_to_one_deleted(flush, &f, &state),
        (Direction::ManyToOne, false) => process_many_to_one_saved(flush, &f, &state),
        (Direction::ManyToMany, true) => process_many_to_many_deleted(flush, &f, &state),
        (Direction::ManyToMany, false) => process_many_to_many_saved(flush, &f, &state),
    }
}

fn process_one_to_many_deleted<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    if !f.data.post_update && f.data.passive_deletes == PassiveDeletes::All {
        return Ok(());
    }
    let c = flush.changes(&f.rel, state, f.passive_delete())?;
    for child in states_of(&c.deleted)? {
        if f.orphaned(&child) {
            one_to_many_sync(flush, f, state, &child, true, false)?;
            post_update(flush, f, &child, true);
        }
    }
    if f.data.post_update || !f.data.cascade.delete {
        for child in states_of(&c.unchanged)? {
            let moved = flush.children_added.get(&f.rel.id).is_some_and(|a| a.contains(&(child.as_ptr() as usize)));
            if !moved {
                one_to_many_sync(flush, f, state, &child, true, false)?;
                post_update(flush, f, &child, true);
            }
        }
    }
    Ok(())
}

fn process_one_to_many_saved<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    let null_out = !f.data.cascade.delete_orphan && f.data.passive_deletes != PassiveDeletes::All;
    let c = flush.changes(&f.rel, state, PASSIVE_NO_INITIALIZE | INCLUDE_PENDING_MUTATIONS)?;
    if c.added.is_empty() && c.deleted.is_empty() && c.unchanged.is_empty() {
        return Ok(());
    }
    for child in added_of(f, &c)? {
        one_to_many_sync(flush, f, state, &child, false, false)?;
        post_update(flush, f, &child, true);
    }
    for child in states_of(&c.deleted)? {
        if null_out && f.orphaned(&child) {
            one_to_many_sync(flush, f, state, &child, true, false)?;
        }
    }
    if f.pks_changed(flush, state)? {
        for child in states_of(&c.unchanged)? {
            one_to_many_sync(flush, f, state, &child, false, true)?;
        }
    }
    Ok(())
}

fn one_to_many_sync<'py>(
    flush: &mut Flush<'py>,
    f: &Facts,
    source: &State<'py>,
    dest: &State<'py>,
    clear: bool,
    switched: bool,
) -> PyResult<()> {
    verify_can_load(f, dest)?;
    if !f.data.post_update && flush.is_deleted(dest) {
        return Ok(());
    }
    if clear {
        return sync::clear(dest, &f.target, f.pairs());
    }
    let cascaded = f.data.passive_updates && switched;
    sync::populate(flush, (source, &f.parent), (dest, &f.target), f.pairs(), cascaded)
}

fn process_many_to_one_deleted<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    if !f.data.post_update || f.data.cascade.delete_orphan || f.data.passive_deletes == PassiveDeletes::All {
        return Ok(());
    }
    // Asked before the foreign key is taken away that would lead there.
    let c = flush.changes(&f.rel, state, f.passive_delete())?;
    many_to_one_sync(flush, f, state, None, "delete")?;
    let any = [&c.added, &c.unchanged, &c.deleted].iter().any(|l| l.iter().any(|o| !o.is_none()));
    post_update(flush, f, state, any);
    Ok(())
}

fn process_many_to_one_saved<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    let c = flush.changes(&f.rel, state, PASSIVE_NO_INITIALIZE)?;
    if c.added.is_empty() && c.deleted.is_empty() && c.unchanged.is_empty() {
        return Ok(());
    }
    if !c.added.is_empty() {
        for child in &c.added {
            let child = if child.is_none() { None } else { Some(session::attach::state_of(child)?) };
            many_to_one_sync(flush, f, state, child.as_ref(), "add")?;
        }
    } else if !c.deleted.is_empty() {
        many_to_one_sync(flush, f, state, None, "delete")?;
    }
    post_update(flush, f, state, true);
    Ok(())
}

fn many_to_one_sync<'py>(
    flush: &mut Flush<'py>,
    f: &Facts,
    state: &State<'py>,
    child: Option<&State<'py>>,
    operation: &str,
) -> PyResult<()> {
    if !f.data.post_update && flush.is_deleted(state) {
        return Ok(());
    }
    let Some(child) = child else { return sync::clear(state, &f.parent, f.pairs()) };
    if !session::attach::contains(&flush.session, child) {
        if !child.is_deleted() {
            errors::warn(
                flush.py,
                "SAWarning",
                &format!(
                    "Object of type {} not in session, {operation} operation along '{}' won't proceed",
                    class_str(child),
                    f.rel.describe()
                ),
            )?;
        }
        return Ok(());
    }
    verify_can_load(f, child)?;
    sync::populate(flush, (child, &f.target), (state, &f.parent), f.pairs(), false)
}

/// Asks for the extra UPDATE of the foreign key.
fn post_update(flush: &mut Flush<'_>, f: &Facts, holder: &State<'_>, wanted: bool) {
    if !f.data.post_update || !wanted {
        return;
    }
    let mapper = if f.data.direction == Direction::OneToMany { &f.target } else { &f.parent };
    let columns = f.pairs().iter().map(|(_, r)| orm::columns::col_id(r));
    flush.post_updates.entry(mapper.base().id).or_default().entry(holder.as_ptr() as usize).or_default().extend(columns);
}

/// Whether the other side of a relationship has written the row of these two already.
fn is_done(flush: &Flush<'_>, f: &Facts, state: &State<'_>, child: &State<'_>) -> bool {
    f.data.reverse.iter().filter_map(std::sync::Weak::upgrade).any(|other| {
        // A relationship may be its own other side: then each end has a row.
        other.id != f.rel.id && flush.association_done.contains(&(other.id, child.as_ptr() as usize, state.as_ptr() as usize))
    })
}

/// Remembers whose rows this relationship has written: the other side has the same ones to write.
fn set_done<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>, children: &[State<'py>]) {
    if !f.data.reverse.is_empty() {
        flush.association_done.extend(children.iter().map(|c| (f.rel.id, state.as_ptr() as usize, c.as_ptr() as usize)));
    }
}

fn process_many_to_many_deleted<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    let c: Rc<Changes<'py>> = flush.changes(&f.rel, state, f.passive_delete())?;
    let mut gone = states_of(&c.unchanged)?;
    gone.extend(states_of(&c.deleted)?);
    let mut rows = Vec::new();
    for child in &gone {
        if is_done(flush, f, state, child) {
            continue;
        }
        rows.extend(association_row(flush, f, state, child, "delete")?);
    }
    set_done(flush, f, state, &gone);
    persistence::association::note(flush, &f.rel, Vec::new(), rows);
    Ok(())
}

fn process_many_to_many_saved<'py>(flush: &mut Flush<'py>, f: &Facts, state: &State<'py>) -> PyResult<()> {
    let cascade_keys = !f.data.passive_updates && f.pks_changed(flush, state)?;
    let passive = if cascade_keys { PASSIVE_OFF } else { PASSIVE_NO_INITIALIZE } | INCLUDE_PENDING_MUTATIONS;
    let c = flush.changes(&f.rel, state, passive)?;
    if c.added.is_empty() && c.deleted.is_empty() && !cascade_keys {
        return Ok(());
    }
    let (added, deleted) = (added_of(f, &c)?, states_of(&c.deleted)?);
    let (mut inserts, mut deletes) = (Vec::new(), Vec::new());
    for child in &added {
        if !is_done(flush, f, state, child) {
            inserts.extend(association_row(flush, f, state, child, "add")?);
        }
    }
    for child in &deleted {
        if !is_done(flush, f, state, child) {
            deletes.extend(association_row(flush, f, state, child, "delete")?);
        }
    }
    set_done(flush, f, state, &added);
    set_done(flush, f, state, &deleted);
    if cascade_keys {
        for child in states_of(&c.unchanged)? {
            let old = sync::old_and_new(state, &f.parent, f.pairs())?;
            let mut both = old;
            both.extend(sync::old_and_new(&child, &f.target, f.secondary_pairs())?);
            persistence::association::update(flush, &f.rel, both)?;
        }
    }
    persistence::association::note(flush, &f.rel, inserts, deletes);
    Ok(())
}

/// Values of an association row, `None` when the child is not part of the session.
fn association_row<'py>(
    flush: &mut Flush<'py>,
    f: &Facts,
    state: &State<'py>,
    child: &State<'py>,
    operation: &str,
) -> PyResult<Option<sync::Row<'py>>> {
    verify_can_load(f, child)?;
    if !session::attach::contains(&flush.session, child) {
        if !child.is_deleted() {
            errors::warn(
                flush.py,
                "SAWarning",
                &format!(
                    "Object of type {} not in session, {operation} operation along '{}' won't proceed",
                    class_str(child),
                    f.rel.describe()
                ),
            )?;
        }
        return Ok(None);
    }
    let mut row = sync::values(state, &f.parent, f.pairs())?;
    row.extend(sync::values(child, &f.target, f.secondary_pairs())?);
    Ok(Some(row))
}

/// After all parents of a step: writes the association rows gathered.
pub(super) fn finish(flush: &mut Flush<'_>, p: usize) -> PyResult<()> {
    if flush.processors[p].data.direction != Direction::ManyToMany {
        return Ok(());
    }
    let f = facts(flush, p);
    persistence::association::write(flush, &f.rel, &f.data, &f.parent)
}

/// Refuses members of a class that the relationship cannot load back.
fn verify_can_load(f: &Facts, child: &State<'_>) -> PyResult<()> {
    let mapper = child.mapper()?;
    if mapper.isa(&f.target) {
        let polymorphic = f.target.data().polymorphic_on.is_some() || mapper.id == f.target.id || !f.data.enable_typechecks;
        if polymorphic || mapper.data().concrete {
            return Ok(());
        }
        let py = child.py();
        let (x, z) = (mapper.class_name.clone(), f.target.class_name.clone());
        return Err(session::orm_error(
            py,
            "FlushError",
            &format!(
                "Attempting to flush an item of type <class '{}'> as a member of collection \"{}\". Expected an object of type <class '{}'> or a \
                 polymorphic subclass of this type. If <class '{}'> is a subclass of <class '{}'>, configure mapper \"{}\" to load this \
                 subtype polymorphically, or set enable_typechecks=False to allow any subtype to be accepted for flush. ",
                class_path(child, &x),
                f.rel.describe(),
                target_path(child.py(), f, &z),
                class_path(child, &x),
                target_path(child.py(), f, &z),
                f.target.describe()
            ),
        ));
    }
    let z = f.target.class_name.clone();
    Err(session::orm_error(
        child.py(),
        "FlushError",
        &format!(
            "Attempting to flush an item of type <class '{}'> as a member of collection \"{}\". Expected an object of type <class '{}'> or a \
             polymorphic subclass of this type.",
            class_path(child, &mapper.class_name),
            f.rel.describe(),
            target_path(child.py(), f, &z)
        ),
    ))
}

fn path_of(class: &Bound<'_, pyo3::types::PyType>) -> PyResult<String> {
    Ok(format!("{}.{}", class.module()?.text(), class.qualname()?.text()))
}

fn class_path(state: &State<'_>, name: &str) -> String {
    path_of(state.get().manager.get().class_.bind(state.py())).unwrap_or_else(|_| name.to_owned())
}

fn target_path(py: Python<'_>, f: &Facts, name: &str) -> String {
    crate::py::orm::mapper::class_of(py, &f.target).and_then(|c| path_of(&c).ok()).unwrap_or_else(|| name.to_owned())
}
