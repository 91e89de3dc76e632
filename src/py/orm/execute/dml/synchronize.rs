//! `synchronize_session`: which loaded objects a bulk statement touches, and what becomes of their values.

use super::Call;
use crate::py::engine::events::Event;
use crate::py::engine::execute::execution::Execution;
use crate::py::errors;
use crate::py::orm::execute::evaluator;
use crate::py::orm::identity::StateExt;
use crate::py::orm::manager::ClassManager;
use crate::py::orm::state::InstanceState;
use orm::Entity;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use sql::ast::{ColumnKey, DmlCommon, DmlValue, DmlValues, ExprKind, ExprRef, FromKind, Node, Query, Select, SelectItem, Update};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;

/// How loaded instances follow a bulk statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Evaluate, else fetch.
    Auto,
    /// Criteria are evaluated on the instances.
    Evaluate,
    /// The database says which rows were meant.
    Fetch,
    /// Not at all.
    No,
}

impl Strategy {
    /// The one asked for.
    pub fn of(call: &Call<'_, '_>) -> PyResult<Self> {
        let Some(v) = call.option("synchronize_session")? else { return Ok(Self::Auto) };
        if let Ok(s) = v.extract::<String>() {
            match s.as_str() {
                "auto" => return Ok(Self::Auto),
                "evaluate" => return Ok(Self::Evaluate),
                "fetch" => return Ok(Self::Fetch),
                _ => {}
            }
        } else if v.is_none() || v.cast::<pyo3::types::PyBool>().is_ok_and(|b| !b.is_true()) {
            return Ok(Self::No);
        }
        Err(errors::argument_error(
            call.py(),
            "Valid strategies for session synchronization are 'auto', 'evaluate', 'fetch', False",
        ))
    }

    /// The one that serves these criteria; `several`: they reach beyond the entity's table.
    pub fn settle(self, py: Python<'_>, entity: &Entity, criteria: &[ExprRef], several: bool) -> PyResult<Self> {
        let obstacle = match &entity.alias {
            None => criteria.iter().find_map(|e| evaluator::obstacle(e, &entity.mapper)),
            // instances know the columns of their table, not those of an alias of it
            Some(_) => criteria.iter().find_map(|e| foreign_column(e, entity)),
        };
        match (self, obstacle) {
            (Self::Auto, None) if !several => Ok(Self::Evaluate),
            (Self::Auto, _) => Ok(Self::Fetch),
            (Self::Evaluate, Some(why)) => Err(errors::invalid_request(
                py,
                format!(
                    "Could not evaluate current criteria in Python: \"{why}\". Specify 'fetch' or False for the \
                     synchronize_session execution option."
                ),
            )),
            (s, _) => Ok(s),
        }
    }
}

/// Whether criteria reach beyond the table of the entity.
pub fn mentions_other(e: &ExprRef, entity: &Entity) -> bool {
    let mut other = false;
    sql::ast::fold::walk(e, &mut |x| {
        if let ExprKind::Column(c) = &x.kind {
            other |= entity.mapper.key_of(&c.column).is_none();
        }
        !other
    });
    other
}

/// Why criteria on an alias cannot be evaluated: the first column that they mention.
fn foreign_column(e: &ExprRef, entity: &Entity) -> Option<String> {
    let mut found = None;
    sql::ast::fold::walk(e, &mut |x| {
        if let (ExprKind::Column(c), None) = (&x.kind, &found) {
            let from = c.from();
            let table = match from.map(|f| &f.kind) {
                Some(FromKind::Alias { element, name, .. }) => match name {
                    sql::Label::Fixed(n) => n.to_string(),
                    _ => format!("Anonymous alias of {}", orm::mapper::from_description(element)),
                },
                _ => orm::columns::table_of(&c.column).map(|t| t.key()).unwrap_or_default(),
            };
            found = Some(format!(
                "Cannot evaluate expression: No column {table}.{} is configured on mapper {}...",
                c.column.name(),
                entity.mapper.describe()
            ));
        }
        found.is_none()
    });
    found
}

/// Loaded instances that a statement touches.
#[derive(Default)]
pub struct Matched<'py> {
    /// These.
    pub states: Vec<State<'py>>,
    /// These perhaps: what the criteria ask of them is not loaded.
    pub unsure: Vec<State<'py>>,
}

/// Instances of the session that meet the criteria.
pub fn evaluated<'py>(
    call: &Call<'_, 'py>,
    entity: &Entity,
    criteria: &[ExprRef],
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<Matched<'py>> {
    let py = call.py();
    let mut out = Matched::default();
    'states: for state in call.session.get().identity(py).get().states(py) {
        if !state.mapper()?.isa(&entity.mapper) {
            continue;
        }
        let dict = state.get().instance_dict(py);
        let row = evaluator::Row { state: &state, dict: &dict, mapper: &entity.mapper };
        let mut sure = true;
        for e in criteria {
            match evaluator::evaluate(e, &row, params)? {
                Err(_) => sure = false,
                Ok(v) if !v.is_none() && v.is_truthy()? => {}
                Ok(_) => continue 'states,
            }
        }
        if sure { &mut out.states } else { &mut out.unsure }.push(state);
    }
    Ok(out)
}

/// Columns of the primary key as the entity shows them.
pub fn key_columns(entity: &Entity) -> Vec<ExprRef> {
    let data = entity.mapper.data();
    let names = data.primary_key_keys();
    data.primary_key
        .iter()
        .enumerate()
        .map(|(i, c)| {
            // a class of several tables is written by its own: there the key has a column too
            let own = data
                .local_table
                .as_ref()
                .filter(|t| !orm::columns::contains_column(t, c))
                .and_then(|t| {
                    data.equivalents.get(&orm::columns::col_id(c))?.iter().find(|e| orm::columns::contains_column(t, e)).cloned()
                })
                .unwrap_or_else(|| c.clone());
            let e = entity.adapt(&orm::columns::column_expr(&own));
            match names.get(i) {
                Some(key) => entity.attribute(key, &e),
                None => e,
            }
        })
        .collect()
}

/// The loaded instances of these primary keys.
pub fn by_keys<'py>(
    call: &Call<'_, 'py>,
    entity: &Entity,
    keys: impl IntoIterator<Item = PyResult<Vec<Any<'py>>>>,
) -> PyResult<Matched<'py>> {
    let map = call.session.get().identity(call.py());
    let mut out = Matched::default();
    for key in keys {
        let key = crate::py::orm::loading::identity::key_of(&entity.mapper, &key?)?;
        if let Some((state, _)) = map.get().find(call.py(), &key) {
            out.states.push(state);
        }
    }
    Ok(out)
}

/// Instances whose rows meet the criteria, asked of the database beforehand.
pub fn selected<'py>(
    call: &Call<'_, 'py>,
    entity: &Entity,
    where_: &[ExprRef],
    common: &DmlCommon,
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<Matched<'py>> {
    let py = call.py();
    let select = Select {
        columns: key_columns(entity).into_iter().map(SelectItem::Expr).collect(),
        where_: where_.to_vec(),
        options: common.options.clone(),
        orm: true,
        ..Select::default()
    };
    let statement = crate::py::sql::face::wrap_node(py, &Node::Query(Query::select(select)))?;
    let rows = call.connection.call_method1("execute", (statement, params))?.call_method0("fetchall")?;
    by_keys(call, entity, rows.try_iter()?.map(|r| r?.try_iter()?.collect()))
}

/// What a statement wrote beyond the values that it was given.
#[derive(Default)]
pub struct Beyond<'py> {
    /// Values of `onupdate=` that were computed on this side, by attribute.
    known: Vec<(Bound<'py, PyString>, Any<'py>)>,
    /// Attributes whose values only the database knows.
    unknown: Vec<Bound<'py, PyString>>,
}

impl<'py> Beyond<'py> {
    /// Of a run, as the entity names its columns.
    pub fn of(py: Python<'py>, entity: &Entity, run: &Execution) -> Self {
        let Some(entry) = &run.entry else { return Self::default() };
        let Some(dml) = &entry.compiled.dml else { return Self::default() };
        let name = |c: &Arc<sql::schema::Column>| entity.mapper.key_of(c).map(|k| PyString::intern(py, &k));
        let computed = |bind: &str| run.f.lock().computed.first()?.get(py, entry.compiled.bind_index(bind)?);
        let known = dml.update_prefetch.iter().filter_map(|p| Some((name(&p.column)?, computed(&p.bind)?))).collect();
        Self { known, unknown: dml.postfetch.iter().filter_map(name).collect() }
    }
}

/// New values where they can be told, expiry where not.
pub fn after_update<'py>(
    call: &Call<'_, 'py>,
    entity: &Entity,
    update: &Update,
    matched: &Matched<'py>,
    beyond: &Beyond<'py>,
    params: Option<&Bound<'py, PyDict>>,
) -> PyResult<()> {
    let py = call.py();
    let values = match super::plain_values(entity, &update.values) {
        DmlValues::Single(values) => values,
        DmlValues::None | DmlValues::Multi(_) => Vec::new(),
    };
    let mut keyed: Vec<(Bound<'py, PyString>, &DmlValue)> = Vec::new();
    for (k, v) in &values {
        let key = match k {
            // of an alias
            ColumnKey::Name(n) => entity.mapper.data().local_table.as_ref().and_then(|t| {
                let column = orm::columns::tables_of(t).iter().find_map(|t| t.d.read().columns.get(n).cloned())?;
                entity.mapper.key_of(&column)
            }),
            ColumnKey::Column(c) => entity.mapper.key_of(c),
            ColumnKey::Expr(_) => None,
        };
        keyed.extend(key.map(|k| (PyString::intern(py, &k), v)));
    }
    let all: Vec<&State<'py>> = matched.states.iter().chain(&matched.unsure).collect();
    for (i, state) in all.iter().enumerate() {
        let sure = i < matched.states.len();
        let dict = state.get().instance_dict(py);
        let mut expire = Vec::new();
        let mut fresh: Vec<(Bound<'py, PyString>, Any<'py>)> = Vec::new();
        for (name, value) in &keyed {
            // what is not there is read when somebody asks
            if !dict.contains(name)? {
                continue;
            }
            let v = match value {
                DmlValue::Host(h) => crate::py::host::PyHost::get(py, h),
                DmlValue::Expr(e) if evaluator::obstacle(e, &entity.mapper).is_none() => {
                    let row = evaluator::Row { state, dict: &dict, mapper: &entity.mapper };
                    evaluator::evaluate(e, &row, params)?.ok()
                }
                DmlValue::Expr(_) => None,
            };
            match v.filter(|_| sure) {
                Some(v) => fresh.push((name.clone(), v)),
                None => expire.push(name.clone()),
            }
        }
        expire.extend(beyond.unknown.iter().filter(|n| !fresh.iter().any(|(f, _)| f.is(*n))).cloned());
        if sure {
            fresh.extend(beyond.known.iter().cloned());
        } else {
            expire.extend(beyond.known.iter().map(|(name, _)| name.clone()));
        }
        set_loaded(state, fresh)?;
        if !expire.is_empty() {
            crate::py::orm::session::expire::attributes(state, &expire)?;
        }
    }
    call.session.call_method1("_register_altered", (PyList::new(py, all)?,)).map(drop)
}

/// Values as if they had been loaded.
pub fn set_loaded<'py>(state: &State<'py>, values: Vec<(Bound<'py, PyString>, Any<'py>)>) -> PyResult<()> {
    let py = state.py();
    if values.is_empty() {
        return Ok(());
    }
    let dict = state.get().instance_dict(py);
    let keys: Vec<_> = values.iter().map(|(n, _)| crate::py::orm::names::intern(n)).collect();
    for (n, v) in values {
        dict.set_item(n, v)?;
    }
    state.get().commit(py, &dict, &keys);
    if !Event::Refresh.used() {
        return Ok(());
    }
    match ClassManager::listeners(state.get().manager.bind(py), Event::Refresh)? {
        Some(l) => l.call1((state, py.None(), PyList::new(py, keys)?)).map(drop),
        None => Ok(()),
    }
}
