//! One row by its identity: `get()`, `refresh()`.

use super::options::node_of;
use super::populate::Mode;
use crate::py::errors;
use crate::py::host::PyHost;
use crate::py::orm::aliased;
use crate::py::orm::execute::further::{self, Said};
use crate::py::orm::execute::{self, Prepared};
use crate::py::orm::flags;
use crate::py::orm::identity::{IdentityKey, StateExt};
use crate::py::orm::session::{self, Further, GetOptions, Session};
use crate::py::orm::state::InstanceState;
use crate::py::sql::select::for_update;
use crate::py::text::Text;
use orm::compile::Settings;
use orm::load::narrow::narrow;
use orm::options::OptionNode;
use orm::{Entity, Mapper};
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use rustc_hash::FxHashMap;
use sql::ast::{BindValue, ExprRef, ForUpdate, LabelStyle, Select, SelectItem, build};
use std::sync::{Arc, LazyLock};

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;

/// A prepared `get()` and the binds that take the primary key's values.
type Get = (Arc<Prepared>, Arc<[ExprRef]>);

/// Statements of plain `get()` by mapper: number of a mapper is never reused.
static GETS: LazyLock<Mutex<FxHashMap<u64, Get>>> = LazyLock::new(Mutex::default);

/// Lets go of the plan of a mapper that ends: it would keep the class.
pub fn forget(mapper: u64) {
    let old = GETS.lock().remove(&mapper);
    // Without the lock: the end of a plan may run Python code.
    drop(old);
}

/// `pk = :pk_1 AND …` and its binds; NULL parts become IS NULL.
fn criterion<'py>(entity: &Entity, values: &[Any<'py>], binds: &mut Vec<ExprRef>) -> Vec<ExprRef> {
    let data = entity.mapper.data();
    data.primary_key
        .iter()
        .zip(values)
        .map(|(c, v)| {
            let column = entity.adapt(&orm::columns::column_expr(c));
            if v.is_none() {
                let null = build::null();
                return build::compare(&column, sql::ast::Op::Is, build::Other::Expr(null.clone()), Vec::new()).unwrap_or(null);
            }
            let bind = build::anon_bind("pk", BindValue::Host(PyHost::wrap(v)), column.ty.clone());
            binds.push(bind.clone());
            build::eq(&column, &bind)
        })
        .collect()
}

/// Options by which a statement of its own loads attributes that the mapping defers.
fn undeferred(py: Python<'_>, entity: &Entity, only: &[Arc<str>]) -> PyResult<Vec<sql::host::HostRef>> {
    let data = entity.mapper.data();
    let deferred = |key: &&Arc<str>| data.props.get(*key).and_then(orm::Property::as_column).is_some_and(|p| p.deferred);
    let keys: Vec<_> = only.iter().filter(deferred).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let class = aliased::mapper_face(py, &entity.mapper)?.getattr("class_")?;
    let undefer = py.import("oxalchemy.orm")?.getattr("undefer")?;
    let options = keys.iter().map(|k| undefer.call1((class.getattr(&***k)?,))).collect::<PyResult<Vec<_>>>()?;
    Ok(crate::py::orm::options::gather(&pyo3::types::PyTuple::new(py, options)?)?.options)
}

/// The bind for a value of the primary key; NULL has none.
fn bind_of(entity: &Entity, position: usize, value: &Any<'_>) -> Option<ExprRef> {
    let data = entity.mapper.data();
    let column = data.primary_key.get(position).filter(|_| !value.is_none())?;
    Some(build::anon_bind("param", BindValue::Host(PyHost::wrap(value)), orm::columns::column_expr(column).ty.clone()))
}

/// A SELECT of one row.
fn select_one(entity: &Entity, values: &[Any<'_>], binds: &mut Vec<ExprRef>) -> Select {
    Select {
        columns: vec![SelectItem::Entity(Arc::new(entity.clone()))],
        where_: criterion(entity, values, binds),
        label_style: LabelStyle::DisambiguateOnly,
        orm: true,
        ..Select::default()
    }
}

fn lock_of(value: Option<&Any<'_>>) -> PyResult<Option<ForUpdate>> {
    let Some(v) = value.filter(|v| !v.is_none()) else { return Ok(None) };
    if let Ok(b) = v.cast::<pyo3::types::PyBool>() {
        return Ok(b.is_true().then(ForUpdate::default));
    }
    if v.cast::<pyo3::types::PyDict>().is_err() && !v.hasattr("nowait")? {
        return Err(pyo3::exceptions::PyTypeError::new_err(format!(
            "with_for_update must be True or a dictionary of FOR UPDATE options (nowait, read, of, skip_locked, key_share), not {}",
            v.repr()?.text()
        )));
    }
    let flag = |name: &str| -> PyResult<bool> {
        match v.cast::<pyo3::types::PyDict>() {
            Ok(d) => d.get_item(name)?.map_or(Ok(false), |x| x.is_truthy()),
            Err(_) => v.getattr_opt(name)?.map_or(Ok(false), |x| x.is_truthy()),
        }
    };
    let of = match v.cast::<pyo3::types::PyDict>() {
        Ok(d) => d.get_item("of")?,
        Err(_) => v.getattr_opt("of")?.filter(|x| !x.is_none()),
    };
    Ok(Some(for_update(v.py(), flag("nowait")?, flag("read")?, of, flag("skip_locked")?, flag("key_share")?)?))
}

/// `get()`: the identity map had no such instance.
pub fn get_by_key<'py>(
    session: &Bound<'py, Session>,
    entity: &Any<'py>,
    mapper: &Arc<Mapper>,
    values: &[Any<'py>],
    o: &GetOptions<'py>,
) -> PyResult<Option<Any<'py>>> {
    let py = session.py();
    let nulls = values.iter().filter(|v| v.is_none()).count();
    if nulls == values.len() {
        errors::warn(
            py,
            "SAWarning",
            "fully NULL primary key identity cannot load any object.  This condition may raise an error in a future release.",
        )?;
        return Ok(None);
    }
    let e = aliased::entity_of(entity)?.unwrap_or(Entity { mapper: mapper.clone(), alias: None });
    let lock = lock_of(o.with_for_update.as_ref())?;
    let mode = Mode {
        populate_existing: o.populate_existing || lock.is_some(),
        token: o.identity_token.clone().filter(|t| !t.is_none()).map(Bound::unbind),
        refresh_all: lock.is_some(),
        execution: o.execution_options.clone().map(Bound::unbind),
        ..Mode::default()
    };
    execute::autoflush(session)?;
    let plain = o.options.as_ref().is_none_or(|x| x.is_none()) && lock.is_none() && nulls == 0 && e.alias.is_none();
    let host = execute::Host::new(py);
    let known = if plain { GETS.lock().get(&mapper.id).cloned().filter(|k| k.0.current()) } else { None };
    let (prepared, binds) = match known {
        Some(k) => k,
        None => {
            let mut binds = Vec::new();
            let mut select = select_one(&e, values, &mut binds);
            select.for_update = lock;
            if let Some(options) = o.options.as_ref().filter(|x| !x.is_none()) {
                let list = options.try_iter()?.collect::<PyResult<Vec<_>>>()?;
                select.options = crate::py::orm::options::gather(&pyo3::types::PyTuple::new(py, list)?)?.options;
            }
            let made: (Arc<Prepared>, Arc<[ExprRef]>) =
                (Arc::new(Prepared::new(py, &select, &Settings::top(&host))?), binds.into());
            if plain {
                let old = GETS.lock().insert(mapper.id, made.clone());
                drop(old);
            }
            made
        }
    };
    let pairs: Vec<(ExprRef, Any<'py>)> = binds.iter().cloned().zip(values.iter().filter(|v| !v.is_none()).cloned()).collect();
    let where_: Vec<ExprRef> = prepared.select.where_.iter().map(|w| super::lazy::with_values(w, &pairs)).collect();
    let connection = match o.bind_arguments.as_ref().filter(|b| !b.is_none()) {
        Some(given) => {
            let args = PyDict::new(py);
            args.set_item("mapper", aliased::mapper_face(py, mapper)?)?;
            args.update(crate::py::ffi::require_mapping(given)?)?;
            session::connection_for(session, args)?
        }
        None => execute::connection_of(session, &e, || prepared.statement())?,
    };
    let rows = prepared.instances(session, &connection, Some(&where_), &mode, None, o.execution_options.as_ref())?;
    Ok(rows.into_iter().next().filter(|x| !x.is_none()))
}

/// Load attributes of an instance again; `false`: its row is gone.
pub fn load_on<'py>(
    session: &Bound<'py, Session>,
    state: &State<'py>,
    only: Option<Vec<Arc<str>>>,
    lock: Option<ForUpdate>,
    node: Option<Arc<OptionNode>>,
) -> PyResult<bool> {
    let py = session.py();
    let Some(key) = state.key_ref() else { return Ok(false) };
    let mapper = state.mapper()?;
    let entity = Entity { mapper: mapper.clone(), alias: None };
    let values: Vec<Any<'py>> = key.pk.iter().map(|p| p.to_py(py).into_bound(py)).collect();
    let mut select = select_one(&entity, &values, &mut Vec::new());
    let refresh_all = lock.is_some();
    if let (None, Some(only)) = (&lock, &only)
        && let Some(narrow) = narrow(&mapper, only, &|i| bind_of(&entity, i, values.get(i)?))
    {
        select.from_obj = narrow.from;
        select.where_ = narrow.where_;
        select.label_style = LabelStyle::TablenamePlusCol;
    }
    select.for_update = lock;
    let host = execute::Host::new(py);
    let mut settings = Settings::top(&host);
    let partial = only.is_some();
    settings.dedupe = true;
    settings.refresh = true;
    settings.only = only;
    settings.node = node;
    if further::listened(session)? {
        let mut told = select.clone();
        told.options.extend(undeferred(py, &entity, settings.only.as_deref().unwrap_or_default())?);
        match further::tell(session, told, &entity, Further::Columns { token: key.token.as_ref().map(|t| t.to_py(py)) })? {
            Said::Nothing => {}
            Said::Rows(rows) => return Ok(!rows.is_empty()),
            Said::Changed(changed) => select = *changed,
        }
    }
    let prepared = Prepared::new(py, &select, &settings)?;
    let token = key.token.as_ref().map(|t| t.to_py(py));
    let mode = Mode { populate_existing: true, token, refresh_all, partial, execution: None };
    let rows = prepared.instances(
        session,
        &execute::connection_of(session, &entity, || prepared.statement())?,
        None,
        &mode,
        Some(state),
        None,
    )?;
    Ok(rows.into_iter().any(|r| !r.is_none()))
}

/// `refresh()`: `false` when the row is gone.
pub fn refresh<'py>(
    session: &Bound<'py, Session>,
    state: &State<'py>,
    names: Option<&[Bound<'py, PyString>]>,
    with_for_update: Option<&Any<'py>>,
) -> PyResult<bool> {
    let py = session.py();
    let only: Option<Vec<Arc<str>>> = names.map(|n| n.iter().map(|s| Arc::from(s.to_string_lossy().as_ref())).collect());
    if !load_on(session, state, only, lock_of(with_for_update)?, node_of(state))? {
        return Ok(false);
    }
    // relationships that were asked for by name are loaded now, whatever their strategy
    let mapper = state.mapper()?;
    for name in names.unwrap_or_default() {
        if let Some(orm::Property::Relationship(r)) = mapper.prop(name.to_str()?) {
            let dict = state.get().instance_dict(py);
            let dynamic = matches!(r.data().lazy, orm::Lazy::Dynamic | orm::Lazy::WriteOnly);
            if !dict.contains(name)? && !dynamic {
                super::options::forget_lazy(state, name.to_str()?);
                let imp = state.get().manager.get().require_impl(py, name.to_str()?)?;
                crate::py::orm::impls::AttributeImpl::get(&imp, state, &dict, flags::PASSIVE_OFF | flags::NO_RAISE)?;
            }
        }
    }
    Ok(true)
}

/// Load what is expired of an instance.
pub fn refresh_expired(state: &State<'_>) -> PyResult<()> {
    super::columns::hook_expired(state, crate::py::orm::flags::PASSIVE_OFF).map(drop)
}

/// The identity key of primary key values.
pub fn key_of<'py>(mapper: &Arc<Mapper>, values: &[Any<'py>]) -> PyResult<IdentityKey> {
    IdentityKey::from_values(mapper.base(), values.iter().cloned())
}
