//! `get`, `refresh`, `expire`.

use super::expire as expiring;
use super::statemap::id_of;
use super::{Session, attach, flush, lifecycle};
use crate::py::engine::events::{Event, listeners};
use crate::py::errors;
use crate::py::orm::cascade::{self, Kind};
use crate::py::orm::identity::{IdentityKey, StateExt};
use crate::py::orm::loading;
use crate::py::orm::mapper;
use crate::py::orm::state::{InstanceState, flag};
use crate::py::text::Text;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

type Any<'py> = Bound<'py, PyAny>;
type This<'py> = Bound<'py, Session>;
type State<'py> = Bound<'py, InstanceState>;

/// Optional arguments of `get()`.
pub struct GetOptions<'py> {
    pub options: Option<Any<'py>>,
    pub populate_existing: bool,
    pub with_for_update: Option<Any<'py>>,
    pub identity_token: Option<Any<'py>>,
    pub execution_options: Option<Bound<'py, PyDict>>,
    pub bind_arguments: Option<Any<'py>>,
}

impl<'py> GetOptions<'py> {
    /// With the session's own execution options beneath; `populate_existing` may be one of either.
    pub(super) fn of_session(mut self, session: &This<'py>, populate_existing: Option<bool>) -> PyResult<Self> {
        let py = session.py();
        let own = session.get().d.lock().execution_options.as_ref().map(|o| o.bind(py).clone());
        if let Some(own) = own.filter(|o| !o.is_empty()) {
            let both = own.copy()?;
            if let Some(given) = &self.execution_options {
                both.update(given.as_mapping())?;
            }
            self.execution_options = Some(both);
        }
        self.populate_existing = match (populate_existing, &self.execution_options) {
            (Some(given), _) => given,
            (None, Some(options)) => options.get_item("populate_existing")?.map_or(Ok(false), |v| v.is_truthy())?,
            (None, None) => false,
        };
        if let (Some(given), Some(options)) = (populate_existing, &mut self.execution_options) {
            *options = options.copy()?;
            options.set_item("populate_existing", given)?;
        }
        Ok(self)
    }
}

/// The identity key that an instance's primary key attributes make.
pub(super) fn key_of_instance(state: &State<'_>, obj: &Any<'_>) -> PyResult<IdentityKey> {
    mapper::key_from_instance(state, obj)
}

/// Primary key values in the mapper's order, from a scalar, a sequence or a dictionary.
fn ident_values<'py>(mapper: &std::sync::Arc<orm::Mapper>, ident: &Any<'py>) -> PyResult<Vec<Any<'py>>> {
    let py = ident.py();
    let data = mapper.data();
    let keys = data.primary_key_keys();
    let wrong = |py| {
        let names: Vec<String> = data
            .primary_key
            .iter()
            .map(|c| orm::columns::table_of(c).map_or_else(|| c.name().to_string(), |t| format!("{}.{}", t.key(), c.name())))
            .map(|n| format!("'{n}'"))
            .collect();
        errors::invalid_request(
            py,
            format!(
                "Incorrect number of values in identifier to formulate primary key for session.get(); primary key columns are {}",
                names.join(",")
            ),
        )
    };
    if let Ok(d) = ident.cast::<PyDict>() {
        if d.len() != keys.len() {
            return Err(wrong(py));
        }
        let mut out = Vec::with_capacity(keys.len());
        for key in &keys {
            // the value may stand under a synonym of the attribute
            let given = match d.get_item(&**key)? {
                Some(v) => Some(v),
                None => {
                    let synonym = data.props.values().find_map(|p| match p {
                        orm::Property::Synonym(s) if s.name == *key && d.contains(&*s.key).unwrap_or(false) => Some(&s.key),
                        _ => None,
                    });
                    synonym.map(|k| d.get_item(&**k)).transpose()?.flatten()
                }
            };
            match given {
                Some(v) => out.push(v),
                None => {
                    let names: Vec<String> = keys.iter().map(|k| format!("'{k}'")).collect();
                    return Err(errors::invalid_request(
                        py,
                        format!(
                            "Incorrect names of values in identifier to formulate primary key for session.get(); primary key attribute names \
                             are {} (synonym names are also accepted)",
                            names.join(",")
                        ),
                    ));
                }
            }
        }
        return Ok(out);
    }
    let values: Vec<Any<'py>> = if ident.is_instance_of::<PyTuple>() || ident.is_instance_of::<PyList>() {
        ident.try_iter()?.collect::<PyResult<_>>()?
    } else {
        vec![ident.clone()]
    };
    if values.len() == data.primary_key.len() { Ok(values) } else { Err(wrong(py)) }
}

/// `get()`.
pub(super) fn get<'py>(
    session: &This<'py>,
    entity: &Any<'py>,
    ident: &Any<'py>,
    o: &GetOptions<'py>,
) -> PyResult<Option<Any<'py>>> {
    // Listeners and user code in between may ask in the middle of this.
    crate::py::stack::deep(|| {
        let py = session.py();
        let Some(node) = mapper::inspect_mapper(entity)? else {
            crate::py::imports::inspect(py)?.call1((entity,))?;
            return Err(errors::argument_error(py, format!("Expected mapped class or mapper, got: {}", entity.repr()?.text())));
        };
        if let Some(composite) = ident.getattr_opt("__composite_values__")? {
            let _level = errors::level()?;
            return get(session, entity, &composite.call0()?, o);
        }
        let values = ident_values(&node, ident)?;
        let lock = o.with_for_update.as_ref().is_some_and(|w| !w.is_none() && w.is_truthy().unwrap_or(true));
        if !o.populate_existing && !lock && !node.data().always_refresh {
            let key = IdentityKey::from_values(node.base(), values.iter().cloned())?.with_token(o.identity_token.as_ref())?;
            if let Some((state, obj)) = session.get().identity(py).get().find(py, &key) {
                if state.mapper()?.isa(&node) {
                    if state.get().is(py, flag::EXPIRED) {
                        // The row may be gone meanwhile: then there is no such instance.
                        if let Err(e) = loading::refresh_expired(&state) {
                            let gone = crate::py::imports::orm_exc(py, "ObjectDeletedError")?;
                            if !e.is_instance(py, &gone) {
                                return Err(e);
                            }
                            attach::register_deleted(session, std::slice::from_ref(&state))?;
                            return Ok(None);
                        }
                    }
                    return Ok(Some(obj));
                }
                // The row is of a class that was not asked for.
                return Ok(None);
            }
        }
        from_database(session, entity, &node, &values, o)
    })
}

/// The row of a primary key, as listeners let it be asked for.
fn from_database<'py>(
    session: &This<'py>,
    entity: &Any<'py>,
    node: &std::sync::Arc<orm::Mapper>,
    values: &[Any<'py>],
    o: &GetOptions<'py>,
) -> PyResult<Option<Any<'py>>> {
    if let Some(found) = listeners(session.as_any(), Event::DoOrmExecute)?
        && found.is_truthy()?
    {
        return get_through_listeners(session, entity, node, values, o);
    }
    loading::get_by_key(session, entity, node, values, o)
}

/// The SELECT of `get()` as a statement that `do_orm_execute` listeners may see and change.
fn get_through_listeners<'py>(
    session: &This<'py>,
    entity: &Any<'py>,
    node: &std::sync::Arc<orm::Mapper>,
    values: &[Any<'py>],
    o: &GetOptions<'py>,
) -> PyResult<Option<Any<'py>>> {
    let py = session.py();
    let mut statement = py.import("oxalchemy")?.getattr("select")?.call1((entity,))?;
    for (key, value) in node.data().primary_key_keys().iter().zip(values) {
        let criterion = entity.getattr(&**key)?.rich_compare(value, pyo3::basic::CompareOp::Eq)?;
        statement = statement.call_method1("where", (criterion,))?;
    }
    if let Some(options) = o.options.as_ref().filter(|x| !x.is_none()) {
        statement = statement.call_method1("options", PyTuple::new(py, options.try_iter()?.collect::<PyResult<Vec<_>>>()?)?)?;
    }
    let mut overwrite = o.populate_existing;
    if let Some(lock) = o.with_for_update.as_ref().filter(|w| !w.is_none() && w.is_truthy().unwrap_or(true)) {
        overwrite = true;
        statement = match lock.cast::<PyDict>() {
            Ok(kw) => statement.call_method("with_for_update", (), Some(kw))?,
            Err(_) => statement.call_method0("with_for_update")?,
        };
    }
    let options = PyDict::new(py);
    if let Some(given) = &o.execution_options {
        options.update(given.as_mapping())?;
    }
    if overwrite {
        options.set_item("populate_existing", true)?;
    }
    if let Some(token) = o.identity_token.as_ref().filter(|t| !t.is_none()) {
        options.set_item("identity_token", token)?;
    }
    let kw = PyDict::new(py);
    kw.set_item("execution_options", options)?;
    if let Some(b) = o.bind_arguments.as_ref().filter(|b| !b.is_none()) {
        kw.set_item("bind_arguments", b)?;
    }
    let rows = session.call_method("execute", (statement,), Some(&kw))?.call_method0("unique")?.call_method0("scalars")?;
    let found = rows.call_method0("one_or_none")?;
    Ok((!found.is_none()).then_some(found))
}

fn check_persistent<'py>(session: &This<'py>, state: &State<'py>) -> PyResult<()> {
    let mine = state.session_id() == Some(session.get().number) && session.get().identity(session.py()).get().has_state(state);
    if mine {
        return Ok(());
    }
    Err(errors::invalid_request(session.py(), format!("Instance '{}' is not persistent within this Session", state.describe())))
}

fn names<'py>(state: &State<'py>, given: Option<Any<'py>>) -> PyResult<Option<Vec<Bound<'py, PyString>>>> {
    let Some(given) = given.filter(|g| !g.is_none()) else { return Ok(None) };
    let py = state.py();
    let mut out: Vec<Bound<'py, PyString>> = Vec::new();
    for name in given.try_iter()? {
        let name: Bound<'py, PyString> = name?.str()?;
        if state.get().manager.get().attribute(py, name.to_str()?).is_none() {
            return Err(PyKeyError::new_err(name.unbind()));
        }
        out.push(name);
    }
    Ok((!out.is_empty()).then_some(out))
}

/// `expire()`.
pub(super) fn expire<'py>(session: &This<'py>, instance: &Any<'py>, attributes: Option<Any<'py>>) -> PyResult<()> {
    let state = attach::state_of(instance)?;
    check_persistent(session, &state)?;
    if let Some(names) = names(&state, attributes)? {
        return expiring::attributes(&state, &names);
    }
    // Collected first: expiring drops the collections that lead to the others.
    let others = cascade::iterate(Kind::RefreshExpire, &state, None)?;
    conditional_expire(session, &state)?;
    for (_, other) in others {
        conditional_expire(session, &other)?;
    }
    Ok(())
}

/// Persistent instances are expired, pending ones leave the session.
fn conditional_expire<'py>(session: &This<'py>, state: &State<'py>) -> PyResult<()> {
    if state.has_key() {
        return attach::expire_state(session, state);
    }
    let pending = session.get().d.lock().new.contains(state);
    if pending { attach::expunge_states(session, std::slice::from_ref(state), false) } else { Ok(()) }
}

/// `expire_all()`.
pub(super) fn expire_all(session: &This<'_>) -> PyResult<()> {
    for state in session.get().identity(session.py()).get().states(session.py()) {
        attach::expire_state(session, &state)?;
    }
    Ok(())
}

/// `refresh()`.
pub(super) fn refresh<'py>(
    session: &This<'py>,
    instance: &Any<'py>,
    attributes: Option<Any<'py>>,
    with_for_update: Option<Any<'py>>,
) -> PyResult<()> {
    let py = session.py();
    let state = attach::state_of(instance)?;
    check_persistent(session, &state)?;
    let names = names(&state, attributes)?;
    // what is read again is not written first; other changes are
    match &names {
        // What is listed is loaded whether or not it has changed.
        Some(names) => expiring::attributes(&state, names)?,
        None => {
            let others = cascade::iterate(Kind::RefreshExpire, &state, None)?;
            attach::expire_state(session, &state)?;
            for (_, other) in others {
                conditional_expire(session, &other)?;
            }
        }
    }
    flush::autoflush(session)?;
    refuse_pending_key(&state)?;
    lifecycle::autobegin_quietly(session)?;
    if loading::refresh(session, &state, names.as_deref(), with_for_update.as_ref())? {
        return Ok(());
    }
    Err(errors::invalid_request(py, format!("Could not refresh instance '{}'", state.describe())))
}

/// A row cannot be read again by a key that is about to change.
fn refuse_pending_key(state: &State<'_>) -> PyResult<()> {
    let py = state.py();
    let mapper = state.mapper()?;
    let changed: Vec<String> = mapper
        .data()
        .primary_key_keys()
        .iter()
        .filter(|k| state.get().has_committed(py, &PyString::intern(py, k).unbind()))
        .map(|k| format!("'{k}'"))
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(errors::invalid_request(
        py,
        format!(
            "Please flush pending primary key changes on attributes {{{}}} for mapper {} before proceeding with a refresh",
            changed.join(", "),
            mapper.describe()
        ),
    ))
}

/// `enable_relationship_loading()`.
pub(super) fn enable_relationship_loading<'py>(session: &This<'py>, obj: &Any<'py>) -> PyResult<()> {
    let state = attach::state_of(obj)?;
    let attach_now = attach::before_attach(session, &state, obj)?;
    state.get().set_flag(session.py(), flag::LOAD_PENDING, true);
    if attach_now {
        attach::after_attach(session, &state, obj)?;
    }
    Ok(())
}

/// Notes instances changed by bulk statements: a rollback expires them.
pub(super) fn register_altered<'py>(session: &This<'py>, states: &Any<'py>) -> PyResult<()> {
    let (mut new, mut dirty) = (Vec::new(), Vec::new());
    for s in states.try_iter()? {
        let s: State<'py> = s?.cast_into()?;
        let pending = session.get().d.lock().new.contains_id(id_of(&s));
        if pending { new.push(s) } else { dirty.push(s) }
    }
    super::snapshot::note_new(session, &new);
    super::snapshot::note_dirty(session, &dirty);
    Ok(())
}

/// `get()` past the identity map, for merge.
pub fn loading_get<'py>(
    session: &This<'py>,
    entity: &Any<'py>,
    node: &std::sync::Arc<orm::Mapper>,
    values: &[Any<'py>],
    options: Option<Any<'py>>,
) -> PyResult<Option<Any<'py>>> {
    let o = GetOptions {
        options,
        populate_existing: false,
        with_for_update: None,
        identity_token: None,
        execution_options: None,
        bind_arguments: None,
    };
    from_database(session, entity, node, values, &o)
}
