//! From the arguments of `mapper()` to a mapped class.

use super::{PyMapper, polymorphic, props};
use crate::py::engine::events::{Event, fire};
use crate::py::host::PyHost;
use crate::py::orm::manager::ClassManager;
use crate::py::orm::sqlface;
use crate::py::text::Text;
use crate::py::{errors, ffi};
use orm::columns::{self, col_id};
use orm::join_condition;
use orm::mapper::{EagerDefaults, PolymorphicLoad, VersionGenerator, WithPolymorphic};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple, PyType};
use sql::ast::{From, FromKind, FromRef, Join};
use sql::error::ErrorKind;
use std::sync::Arc;

type This<'py> = Bound<'py, PyMapper>;

/// Every documented argument, with those of older versions.
const ARGUMENTS: &[&str] = &[
    "properties",
    "primary_key",
    "non_primary",
    "inherits",
    "inherit_condition",
    "inherit_foreign_keys",
    "always_refresh",
    "version_id_col",
    "version_id_generator",
    "polymorphic_on",
    "polymorphic_identity",
    "polymorphic_abstract",
    "polymorphic_load",
    "polymorphic_fetch",
    "concrete",
    "with_polymorphic",
    "select_table",
    "allow_partial_pks",
    "allow_null_pks",
    "batch",
    "column_prefix",
    "include_properties",
    "exclude_properties",
    "passive_updates",
    "passive_deletes",
    "confirm_deleted_rows",
    "eager_defaults",
    "legacy_is_orphan",
    "_compiled_cache_size",
    "order_by",
    "extension",
    "registry",
    "_polymorphic_map",
    "_inherits_equated_pairs",
    "entity_name",
];

/// Runs the whole construction; the class is as before when it fails.
pub fn build<'py>(slf: &This<'py>, local_table: Option<&Bound<'py, PyAny>>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    if let Some(kw) = kwargs {
        for (k, v) in crate::py::ffi::pairs(kw) {
            let name = k.cast::<PyString>()?.text();
            if !ARGUMENTS.contains(&name.as_str()) {
                return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                    "Mapper.__init__() got an unexpected keyword argument '{name}'"
                )));
            }
            this.args.bind(py).set_item(k, v)?;
        }
    }
    let class = this.class_.bind(py);
    let had = ClassManager::of(class);
    if let Some(m) = &had
        && m.get().get_mapper(py).is_some()
        && !this.flag(py, "non_primary", false)?
    {
        return Err(errors::argument_error(
            py,
            format!("Class '{}' already has a primary mapper defined. ", class.repr()?.text()),
        ));
    }
    let result = steps(slf, local_table);
    if result.is_err() {
        // leave the class as it was: a corrected call must work
        if let Some(m) = ClassManager::of(class)
            && m.get().get_mapper(py).is_some_and(|m| m.is(slf))
        {
            m.get().unregister(py)?;
        }
        if let Some(p) = this.parent(py) {
            let id = this.node.id;
            p.get().node.update(|d| d.children.retain(|c| c.upgrade().is_some_and(|c| c.id != id)));
        }
    }
    result
}

fn steps<'py>(slf: &This<'py>, local_table: Option<&Bound<'py, PyAny>>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    ffi::remember(&this.node.face, slf.as_any());
    let registry = match this.arg(py, "registry")? {
        Some(r) => r,
        None => py.import("oxalchemy.orm.decl_api")?.getattr("default_registry")?.call0()?,
    };
    drop(this.registry.replace(py, Some(registry.clone().unbind())));
    if let Some(t) = local_table {
        let from = match sqlface::from(t) {
            Ok(f) => f,
            Err(e) if t.is_instance_of::<PyString>() || t.is_instance_of::<PyType>() => return Err(e),
            Err(e) => return Err(e),
        };
        drop(this.local_table.replace(py, Some(t.clone().unbind())));
        this.node.update(|d| d.local_table = Some(from));
    }
    options(slf)?;
    inheritance(slf)?;
    if let Some(parent) = this.parent(py).and_then(|p| p.get().registry_of(py)) {
        registry.call_method1("_set_depends_on", (parent,))?;
    }
    let manager = instrument(slf, &registry)?;
    py.import("oxalchemy.orm.events")?.getattr("_new_mapper")?.call1((slf, &manager))?;
    fire(slf.as_any(), Event::InstrumentClass, (slf.clone(), this.class_.bind(py).clone()))?;
    props::configure_all(slf)?;
    polymorphic::configure(slf)?;
    primary_keys(slf)?;
    registry.getattr("_mappers")?.call_method1("add", (slf,))?;
    super::configure::announce(slf)?;
    fire(slf.as_any(), Event::AfterMapperConstructed, (slf.clone(), this.class_.bind(py).clone()))?;
    Ok(())
}

fn options(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let flag = |n: &str, d: bool| this.flag(py, n, d);
    let concrete = flag("concrete", false)?;
    let (batch, always_refresh, non_primary) =
        (flag("batch", true)?, flag("always_refresh", false)?, flag("non_primary", false)?);
    let partial = flag("allow_partial_pks", true)?;
    let confirm = flag("confirm_deleted_rows", true)?;
    let (updates, deletes) = (flag("passive_updates", true)?, flag("passive_deletes", false)?);
    let legacy = flag("legacy_is_orphan", false)?;
    let polymorphic_abstract = flag("polymorphic_abstract", false)?;
    let eager = match this.arg(py, "eager_defaults")? {
        Some(v) if v.is_instance_of::<PyString>() => EagerDefaults::Auto,
        Some(v) if v.is_truthy()? => EagerDefaults::Yes,
        Some(_) => EagerDefaults::No,
        None => EagerDefaults::Auto,
    };
    let load = match this.arg(py, "polymorphic_load")? {
        None => None,
        Some(v) => match v.str()?.text().as_str() {
            "inline" => Some(PolymorphicLoad::Inline),
            "selectin" => Some(PolymorphicLoad::Selectin),
            other => {
                return Err(errors::argument_error(
                    py,
                    format!("unknown argument for polymorphic_load: {other:?}").replace('"', "'"),
                ));
            }
        },
    };
    let order_by = match this.arg(py, "order_by")? {
        Some(o) => sqlface::exprs(&o)?,
        None => Vec::new(),
    };
    let version = match this.arg(py, "version_id_col")? {
        Some(c) => sqlface::column(&c)?,
        None => None,
    };
    let generator = match this.args.bind(py).get_item("version_id_generator")? {
        None => VersionGenerator::Counter,
        Some(g) if g.is_none() => VersionGenerator::Counter,
        Some(g) if g.cast::<PyBool>().is_ok_and(|b| !b.is_true()) => VersionGenerator::Server,
        Some(g) => VersionGenerator::Host(PyHost::wrap(&g)),
    };
    let identity = this.arg(py, "polymorphic_identity")?;
    let identity_host = identity.as_ref().map(PyHost::wrap);
    drop(this.identity.replace(py, identity.map(Bound::unbind)));
    this.node.update(|d| {
        d.concrete = concrete;
        d.batch = batch;
        d.always_refresh = always_refresh;
        d.non_primary = non_primary;
        d.allow_partial_pks = partial;
        d.confirm_deleted_rows = confirm;
        d.passive_updates = updates;
        d.passive_deletes = deletes;
        d.legacy_is_orphan = legacy;
        d.polymorphic_abstract = polymorphic_abstract;
        d.polymorphic_load = load;
        d.polymorphic_identity = identity_host;
        d.eager_defaults = eager;
        d.order_by = order_by;
        d.version_id_col = version;
        d.version_generator = generator;
    });
    Ok(())
}

/// The ON clause between the tables of a parent and a child, explained when there is none.
fn inherit_condition(py: Python<'_>, parent: &FromRef, child: &FromRef) -> PyResult<sql::ast::ExprRef> {
    join_condition::join_condition(parent, child, None, &[]).map_err(|e| {
        let names = (orm::mapper::from_description(parent), orm::mapper::from_description(child));
        let text = match e.kind {
            ErrorKind::NoForeignKeys => format!(
                "Can't determine the inherit condition between inherited table '{}' and inheriting table '{}'; tables have no foreign \
                 key relationships established.  Please ensure the inheriting table has a foreign key relationship to the inherited \
                 table, or provide an 'on clause' using the 'inherit_condition' mapper argument.",
                names.0, names.1
            ),
            ErrorKind::AmbiguousForeignKeys => format!(
                "Can't determine the inherit condition between inherited table '{}' and inheriting table '{}'; tables have more than \
                 one foreign key relationship established.  Please specify the 'on clause' using the 'inherit_condition' mapper argument.",
                names.0, names.1
            ),
            _ => return errors::sql_error(py, e),
        };
        errors::sql_error(py, sql::SqlError::new(e.kind, text))
    })
}

fn inheritance(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let Some(inherits) = this.arg(py, "inherits")? else {
        let data = this.node.data();
        if data.local_table.is_none() {
            return Err(errors::argument_error(
                py,
                format!("{} has None for a primary table argument and does not specify 'inherits'", this.node.describe()),
            ));
        }
        this.node.update(|d| d.persist_selectable.clone_from(&d.local_table));
        let map = match this.arg(py, "_polymorphic_map")? {
            Some(m) => m.cast_into::<PyDict>()?,
            None => PyDict::new(py),
        };
        drop(this.polymorphic_map.replace(py, Some(map.clone().unbind())));
        if let Some(identity) = this.identity.with(py, |i| i.as_ref().map(|i| i.clone_ref(py))) {
            map.set_item(identity, slf)?;
        }
        return with_polymorphic(slf);
    };
    let parent: This<'_> = match inherits.cast::<PyMapper>() {
        Ok(m) => m.clone(),
        Err(_) => py
            .import("oxalchemy.orm.base")?
            .getattr("class_mapper")?
            .call1((&inherits, false))?
            .cast_into::<PyMapper>()
            .map_err(PyErr::from)?,
    };
    let class = this.class_.bind(py);
    let parent_class = parent.get().class_.bind(py);
    if !class.is_subclass(parent_class)? {
        return Err(errors::argument_error(
            py,
            format!("Class '{}' does not inherit from '{}'", class.name()?.text(), parent_class.name()?.text()),
        ));
    }
    drop(this.inherits.replace(py, Some(parent.clone().unbind())));
    let pd = parent.get().node.data();
    let data = this.node.data();
    let same = match (&data.local_table, &pd.local_table) {
        (Some(a), Some(b)) => a.id() == b.id(),
        (None, _) => true,
        _ => false,
    };
    let mut equivalents = if data.concrete { Default::default() } else { pd.equivalents.clone() };
    if same {
        let given = data.local_table.is_some();
        this.node.update(|d| {
            d.local_table.clone_from(&pd.local_table);
            d.persist_selectable.clone_from(&pd.persist_selectable);
            d.single = !given || !d.concrete;
        });
        if let Some(t) = parent.get().local_table.with(py, |t| t.as_ref().map(|t| t.clone_ref(py))) {
            drop(this.local_table.replace(py, Some(t)));
        }
    } else if data.concrete {
        this.node.update(|d| d.persist_selectable.clone_from(&d.local_table));
    } else if let (Some(mine), Some(theirs), Some(all)) = (&data.local_table, &pd.local_table, &pd.persist_selectable) {
        let on = match this.arg(py, "inherit_condition")? {
            Some(c) => sqlface::expr(&c)?,
            None => inherit_condition(py, theirs, mine)?,
        };
        columns::add_equivalents(&on, &mut equivalents);
        let fks = match this.arg(py, "inherit_foreign_keys")? {
            Some(f) => sqlface::exprs(&f)?.iter().filter_map(|e| columns::as_column(e).cloned()).collect(),
            None => Vec::new(),
        };
        let pairs = equated_pairs(&on, &fks, mine);
        let join = From::new(FromKind::Join(Arc::new(Join {
            left: all.clone(),
            right: mine.clone(),
            onclause: on.clone(),
            isouter: false,
            full: false,
        })));
        this.node.update(|d| {
            d.persist_selectable = Some(join);
            d.inherit_condition = Some(on);
            d.inherits_equated_pairs = pairs;
        });
    }
    let node = Arc::downgrade(&this.node);
    this.node.update(|d| {
        d.inherits = Some(parent.get().node.clone());
        d.equivalents = equivalents;
        if !d.concrete {
            // what the database does to keys holds for the whole hierarchy
            d.passive_updates = pd.passive_updates;
            d.passive_deletes |= pd.passive_deletes;
            if d.version_id_col.is_none() {
                d.version_id_col.clone_from(&pd.version_id_col);
                d.version_generator = pd.version_generator.clone();
            }
            d.order_by = if d.order_by.is_empty() { pd.order_by.clone() } else { std::mem::take(&mut d.order_by) };
        }
        d.legacy_is_orphan |= pd.legacy_is_orphan;
    });
    parent.get().node.update(|d| d.children.push(node));
    let map = parent.get().polymorphic_map.with(py, |m| m.as_ref().map(|m| m.clone_ref(py)));
    if let Some(map) = map {
        let map = map.into_bound(py);
        match this.identity.with(py, |i| i.as_ref().map(|i| i.clone_ref(py))) {
            Some(identity) => {
                let identity = identity.into_bound(py);
                if let Some(old) = map.get_item(&identity)? {
                    let text = format!(
                        "Reassigning polymorphic association for identity {} from {} to {}: Check for duplicate use of {} as value for \
                         polymorphic_identity.",
                        identity.repr()?.text(),
                        old.repr()?.text(),
                        slf.repr()?.text(),
                        identity.repr()?.text()
                    );
                    errors::warn(py, "SAWarning", &text)?;
                }
                map.set_item(identity, slf)?;
            }
            None => {
                let base = parent.get().node.base();
                let on = base.data().polymorphic_on.clone();
                let d = this.node.data();
                if let Some(on) = on
                    && !d.polymorphic_abstract
                    && !d.concrete
                {
                    let text = format!(
                        "{} does not indicate a 'polymorphic_identity', yet is part of an inheritance hierarchy that has a 'polymorphic_on' \
                         column of '{}'. If this is an intermediary class that should not be instantiated, the class may either be left \
                         unmapped, or may include the 'polymorphic_abstract=True' parameter in its Mapper arguments. To leave the class \
                         unmapped when using Declarative, set the '__abstract__ = True' attribute on the class.",
                        this.node.describe(),
                        sqlface::wrap_expr(py, &on)?.str()?.text()
                    );
                    errors::warn(py, "SAWarning", &text)?;
                }
            }
        }
        drop(this.polymorphic_map.replace(py, Some(map.unbind())));
    }
    with_polymorphic(slf)
}

/// Parent column to child column of an inherit condition; `mine` is the child's table.
fn equated_pairs(on: &sql::ast::ExprRef, fks: &[Arc<sql::schema::Column>], mine: &FromRef) -> Vec<join_condition::Pair> {
    use sql::ast::{ExprKind, Op};
    let mut out = Vec::new();
    sql::ast::fold::walk(on, &mut |e| {
        if let ExprKind::Binary { left, right, op: Op::Eq, .. } = &e.kind
            && let (Some(l), Some(r)) = (columns::as_column(left), columns::as_column(right))
        {
            let listed = |c: &Arc<sql::schema::Column>| fks.iter().any(|f| Arc::ptr_eq(f, c));
            let child = |c: &Arc<sql::schema::Column>| {
                if fks.is_empty() { columns::contains_column(mine, c) } else { listed(c) }
            };
            match (child(l), child(r)) {
                (false, true) => out.push((l.clone(), r.clone())),
                (true, false) => out.push((r.clone(), l.clone())),
                _ => {
                    if columns::references(r, l) {
                        out.push((l.clone(), r.clone()));
                    } else if columns::references(l, r) {
                        out.push((r.clone(), l.clone()));
                    }
                }
            }
        }
        true
    });
    out
}

/// `with_polymorphic=`, `select_table=`, `polymorphic_load='inline'`.
fn with_polymorphic(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    if let Some(t) = this.arg(py, "select_table")? {
        let from = sqlface::from(&t)?;
        this.node
            .update(|d| d.with_polymorphic = Some(WithPolymorphic { all: true, mappers: Vec::new(), selectable: Some(from) }));
    }
    if let Some(w) = this.arg(py, "with_polymorphic")? {
        let parsed = parse_with_polymorphic(&w)?;
        this.node.update(|d| d.with_polymorphic = Some(parsed));
    }
    if this.node.data().polymorphic_load == Some(PolymorphicLoad::Inline)
        && let Some(p) = this.parent(py)
    {
        let me = Arc::downgrade(&this.node);
        let mut at = Some(p);
        while let Some(p) = at {
            p.get().node.update(|d| {
                let w = d.with_polymorphic.get_or_insert_default();
                if !w.all {
                    w.mappers.push(me.clone());
                }
            });
            at = p.get().parent(py);
        }
    }
    Ok(())
}

/// `'*'`, a list of classes, or `(list or '*', selectable)`.
pub fn parse_with_polymorphic(w: &Bound<'_, PyAny>) -> PyResult<WithPolymorphic> {
    let py = w.py();
    if let Ok(s) = w.cast::<PyString>() {
        if s.to_string_lossy() == "*" {
            return Ok(WithPolymorphic { all: true, ..WithPolymorphic::default() });
        }
        return Err(errors::argument_error(py, "Invalid setting for with_polymorphic"));
    }
    if !w.is_instance_of::<PyList>() && !w.is_instance_of::<PyTuple>() {
        return Err(errors::argument_error(py, "Invalid setting for with_polymorphic"));
    }
    let items: Vec<Bound<'_, PyAny>> = w.try_iter()?.collect::<PyResult<_>>()?;
    let (which, selectable) = match items.as_slice() {
        [first, second]
            if first.is_instance_of::<PyString>() || first.is_instance_of::<PyList>() || first.is_instance_of::<PyTuple>() =>
        {
            (first.clone(), (!second.is_none()).then(|| sqlface::from(second)).transpose()?)
        }
        _ => (w.clone(), None),
    };
    let mut out = WithPolymorphic { selectable, ..WithPolymorphic::default() };
    if which.is_instance_of::<PyString>() {
        out.all = true;
    } else {
        for c in which.try_iter()? {
            if let Some(m) = super::of_class(&c?) {
                out.mappers.push(Arc::downgrade(&m.get().node));
            }
        }
    }
    Ok(out)
}

fn instrument<'py>(slf: &This<'py>, registry: &Bound<'py, PyAny>) -> PyResult<Bound<'py, ClassManager>> {
    let py = slf.py();
    let this = slf.get();
    let class = this.class_.bind(py);
    let constructor = match this.arg(py, "registry")? {
        Some(r) => r.getattr_opt("constructor")?.filter(|c| !c.is_none()),
        None => None,
    };
    let manager = ClassManager::register_with(class, constructor.as_ref())?;
    if !this.flag(py, "non_primary", false)? {
        drop(manager.get().mapper.replace(py, Some(slf.clone().unbind())));
    }
    let _ = registry;
    // @validates and @reconstructor of the class and its bases; the nearest wins
    let mut seen = std::collections::HashSet::new();
    for c in crate::py::ffi::mro(class).iter() {
        for item in c.getattr("__dict__")?.call_method0("items")?.try_iter()? {
            let item = item?;
            let (name, value) = (item.get_item(0)?.text(), item.get_item(1)?);
            if !seen.insert(name) {
                continue;
            }
            if value.is_instance_of::<PyType>() {
                continue;
            }
            if value.getattr_opt("__sa_reconstructor__")?.is_some() {
                py.import("oxalchemy.orm.events")?.getattr("_listen_reconstructor")?.call1((&manager, &value))?;
            }
            if let Some(names) = value.getattr_opt("__sa_validators__")?
                && let Some(names) = errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, names.try_iter())?
            {
                let opts = value.getattr("__sa_validation_opts__")?;
                for n in names {
                    let n = n?;
                    if this.validators.bind(py).contains(&n)? {
                        return Err(errors::invalid_request(
                            py,
                            format!(
                                "A validation function for mapped attribute {} on mapper {} already exists.",
                                n.repr()?.text(),
                                this.node.describe()
                            ),
                        ));
                    }
                    this.validators.bind(py).set_item(n, (&value, &opts))?;
                }
            }
        }
    }
    if let Some(ext) = this.arg(py, "extension")? {
        py.import("oxalchemy.orm.deprecated_interfaces")?.getattr("_adapt_mapper_extensions")?.call1((slf, ext))?;
    }
    Ok(manager)
}

fn primary_keys(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let this = slf.get();
    let data = this.node.data();
    let Some(all) = data.persist_selectable.clone() else { return Ok(()) };
    let mut tables = columns::tables_of(&all);
    if let Some(local) = &data.local_table
        && data.concrete
    {
        tables = columns::tables_of(local);
    }
    let given: Vec<Arc<sql::schema::Column>> = match this.arg(py, "primary_key")? {
        Some(p) => {
            let exprs = sqlface::exprs(&p)?;
            exprs
                .iter()
                .filter_map(|e| columns::as_column(e).cloned())
                .map(|c| orm::entity::corresponding(&all, &c).unwrap_or(c))
                .collect()
        }
        None => Vec::new(),
    };
    // a primary key column that is left out of the mapping is no part of the identity
    let mapped = |c: &Arc<sql::schema::Column>| data.column_keys.contains_key(&col_id(c));
    let mut by_table = rustc_hash::FxHashMap::default();
    for t in &tables {
        let from = t.as_from();
        let mut pk: Vec<_> = columns::primary_key_of(&from).into_iter().filter(&mapped).collect();
        let own: Vec<_> = given.iter().filter(|c| columns::contains_column(&from, c)).cloned().collect();
        if !own.is_empty() {
            pk = own;
        }
        if !pk.is_empty() {
            by_table.insert(Arc::as_ptr(t) as usize, pk);
        }
    }
    let pk = if !given.is_empty() {
        given
    } else if let Some(parent) = data.inherits.as_ref().filter(|_| !data.concrete) {
        parent.data().primary_key.clone()
    } else {
        {
            let pk: Vec<_> = columns::primary_key_of(&all).into_iter().filter(mapped).collect();
            columns::reduce_columns(&pk, &columns::onclauses(&all))
        }
    };
    if pk.is_empty() {
        return Err(errors::argument_error(
            py,
            format!(
                "Mapper {} could not assemble any primary key columns for mapped table '{}'",
                this.node.describe(),
                orm::mapper::from_description(&all)
            ),
        ));
    }
    if let Some(FromKind::Table(t)) = data.local_table.as_ref().map(|t| &t.kind)
        && !by_table.contains_key(&(Arc::as_ptr(t) as usize))
        && data.inherits.is_some()
    {
        let text = format!(
            "Could not assemble any primary keys for locally mapped table '{}' - no rows will be persisted in this Table.",
            t.name
        );
        errors::warn(py, "SAWarning", &text)?;
    }
    this.node.update(|d| {
        d.tables = tables;
        d.pks_by_table = by_table;
        d.primary_key = pk;
    });
    // flushes need the old key of a row whose key changes
    let manager = this.manager(py)?;
    for key in this.node.data().primary_key_keys() {
        if let Some(a) = manager.get().attribute(py, &key)
            && let Some(i) = a.get().implementation(py)
        {
            i.get().set_active_history(true);
        }
    }
    Ok(())
}
