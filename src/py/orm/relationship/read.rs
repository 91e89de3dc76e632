//! The arguments of `relationship()`, read into pure values: those that need nothing but themselves when it is declared, names and
//! callables once all classes are known.

use super::{Prop, This};
use crate::py::errors;
use crate::py::orm::mapper::{self, PyMapper};
use crate::py::orm::sqlface;
use crate::py::text::Text;
use orm::configure::relationship::JoinSpec;
use orm::{Cascade, PassiveDeletes, RelationshipData};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple, PyType};
use sql::ast::{ExprRef, FromRef};
use sql::schema::Column;
use std::sync::Arc;

/// An argument as given: what configuration makes of it stands in the node.
pub fn raw<'py>(prop: &Prop<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    prop.getattr("__dict__")?.get_item(name)
}

/// The arguments that need nothing but themselves.
pub fn arguments(prop: &Prop<'_>) -> PyResult<RelationshipData> {
    let get = |n: &str| prop.getattr(n);
    let flag = |n: &str| get(n).and_then(|v| v.is_truthy());
    let optional = |n: &str| -> PyResult<Option<bool>> {
        let v = get(n)?;
        Ok(if v.is_none() { None } else { Some(v.is_truthy()?) })
    };
    let lazy = lazy_of(&get("lazy")?)?;
    let viewonly = flag("viewonly")?;
    let cascade = words(&get("cascade")?)?;
    let sync = optional("sync_backref")?;
    let deletes = get("passive_deletes")?;
    let inner = get("innerjoin")?;
    let join_depth = get("join_depth")?;
    let back = get("back_populates")?;
    Ok(RelationshipData {
        lazy,
        cascade,
        viewonly,
        passive_deletes: if deletes.is_instance_of::<PyString>() {
            PassiveDeletes::All
        } else if deletes.is_truthy()? {
            PassiveDeletes::Yes
        } else {
            PassiveDeletes::No
        },
        passive_updates: flag("passive_updates")?,
        single_parent: flag("single_parent")?,
        post_update: flag("post_update")?,
        sync_backref: !viewonly && sync.unwrap_or(true),
        insists_on_sync: sync == Some(true),
        active_history: flag("active_history")?,
        load_on_pending: flag("load_on_pending")?,
        enable_typechecks: flag("enable_typechecks")?,
        innerjoin: inner.is_truthy()?,
        innerjoin_unnested: inner.is_instance_of::<PyString>() && inner.text() == "unnested",
        join_depth: if join_depth.is_none() { None } else { Some(join_depth.extract()?) },
        distinct_target_key: optional("distinct_target_key")?,
        omit_join: optional("omit_join")?,
        back_populates: if back.is_instance_of::<PyString>() { Some(back.text().into()) } else { None },
        overlaps: get("_overlaps")?.try_iter()?.map(|w| w.map(|w| w.text().into())).collect::<PyResult<_>>()?,
        ..RelationshipData::default()
    })
}

/// The words of `cascade=`.
pub fn words(v: &Bound<'_, PyAny>) -> PyResult<Cascade> {
    let list: Vec<String> = if v.is_instance_of::<PyString>() {
        v.text().split(',').map(|w| w.trim().to_owned()).filter(|w| !w.is_empty()).collect()
    } else if v.is_none() {
        Vec::new()
    } else {
        v.try_iter()?.map(|w| w.map(|w| w.text())).collect::<PyResult<_>>()?
    };
    Cascade::parse(list.iter().map(String::as_str)).map_err(|bad| {
        let words: Vec<String> = bad.iter().map(|w| format!("'{w}'")).collect();
        errors::argument_error(v.py(), format!("Invalid cascade option(s): {}", words.join(", ")))
    })
}

/// The words that are on, for `CascadeOptions`.
#[pyfunction]
pub fn _cascade_words(value: &Bound<'_, PyAny>) -> PyResult<Vec<&'static str>> {
    Ok(words(value)?.words())
}

/// `lazy=` in all its spellings.
pub fn lazy_of(v: &Bound<'_, PyAny>) -> PyResult<orm::Lazy> {
    use orm::Lazy as L;
    if v.is_none() {
        return Ok(L::Noload);
    }
    if let Ok(b) = v.cast::<pyo3::types::PyBool>() {
        return Ok(if b.is_true() { L::Select } else { L::Joined });
    }
    Ok(match v.text().as_str() {
        "select" => L::Select,
        "immediate" => L::Immediate,
        "joined" => L::Joined,
        "subquery" => L::Subquery,
        "selectin" => L::Selectin,
        "raise" => L::Raise,
        "raise_on_sql" => L::RaiseOnSql,
        "noload" => L::Noload,
        "dynamic" => L::Dynamic,
        "write_only" => L::WriteOnly,
        other => {
            return Err(errors::invalid_request(v.py(), format!("Can't find strategy (('lazy', '{other}'),) for relationship")));
        }
    })
}

/// The class a relationship points to, from a class, mapper, alias, name or callable.
pub fn target<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<(This<'py>, Option<Arc<orm::Entity>>)> {
    let py = prop.py();
    let key = prop.get().name(py);
    let mut arg = resolve_late(slf, prop, &raw(prop, "argument")?, false)?;
    if !arg.is_instance_of::<PyType>() && !arg.is_instance_of::<PyMapper>() && arg.is_callable() && !arg.hasattr("_sa_entity")? {
        arg = arg.call0()?;
    }
    if let Ok(m) = arg.cast::<PyMapper>() {
        return Ok((m.clone(), None));
    }
    if arg.is_instance_of::<PyType>() {
        return match mapper::of_class(&arg) {
            Some(m) => Ok((m, None)),
            None => {
                let m = py.import("oxalchemy.orm.base")?.getattr("class_mapper")?.call1((&arg, false))?;
                Ok((m.cast_into::<PyMapper>()?, None))
            }
        };
    }
    if let Some(e) = mapper::entity_of(&arg)?
        && let Some(e) = orm::Entity::of(&e)
    {
        return Ok((mapper::face_of(py, &e.mapper)?, Some(Arc::new(e.clone()))));
    }
    Err(errors::argument_error(
        py,
        format!("relationship '{key}' expects a class or a mapper argument (received: {})", arg.get_type().repr()?.text()),
    ))
}

/// A string argument looked up in the registry, a callable called; everything else as it is.
fn resolve_late<'py>(
    slf: &This<'py>,
    prop: &Prop<'py>,
    arg: &Bound<'py, PyAny>,
    favor_tables: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let py = prop.py();
    if arg.is_instance_of::<PyString>() {
        let registry = slf.getattr("registry")?;
        let class = slf.get().class_.bind(py);
        return registry.call_method1("_resolve", (class, arg, favor_tables));
    }
    if let Some(target) = arg.getattr_opt("__forward_arg__")? {
        return resolve_late(slf, prop, &target, favor_tables);
    }
    Ok(arg.clone())
}

fn late<'py>(slf: &This<'py>, prop: &Prop<'py>, name: &str, favor_tables: bool) -> PyResult<Bound<'py, PyAny>> {
    let v = resolve_late(slf, prop, &raw(prop, name)?, favor_tables)?;
    if !v.is_none()
        && v.is_callable()
        && !v.hasattr("__clause_element__")?
        && !v.is_instance_of::<PyType>()
        && !v.is_instance_of::<crate::py::sql::ClauseElement>()
    {
        return v.call0();
    }
    Ok(v)
}

fn column_list<'py>(slf: &This<'py>, prop: &Prop<'py>, name: &str, what: &str) -> PyResult<Vec<Arc<Column>>> {
    let v = late(slf, prop, name, false)?;
    if v.is_none() {
        return Ok(Vec::new());
    }
    let mut out = Vec::new();
    let items: Vec<Bound<'py, PyAny>> = if v.is_instance_of::<PyList>()
        || v.is_instance_of::<PyTuple>()
        || v.is_instance_of::<pyo3::types::PySet>()
        || v.is_instance_of::<pyo3::types::PyFrozenSet>()
    {
        v.try_iter()?.collect::<PyResult<_>>()?
    } else {
        vec![v.clone()]
    };
    for i in items {
        let i = resolve_late(slf, prop, &i, false)?;
        match sqlface::column(&i) {
            Ok(Some(c)) => out.push(c),
            _ => {
                return Err(errors::argument_error(
                    prop.py(),
                    format!("Column expression expected for argument '{what}'; got {}.", i.repr()?.text()),
                ));
            }
        }
    }
    Ok(out)
}

fn condition<'py>(slf: &This<'py>, prop: &Prop<'py>, name: &str) -> PyResult<Option<ExprRef>> {
    let v = late(slf, prop, name, false)?;
    if v.is_none() { Ok(None) } else { sqlface::expr(&v).map(Some) }
}

/// What is said about the join, names and callables resolved.
pub fn join<'py>(slf: &This<'py>, prop: &Prop<'py>, target: &This<'py>, alias: Option<Arc<orm::Entity>>) -> PyResult<JoinSpec> {
    let uselist = raw(prop, "uselist")?;
    Ok(JoinSpec {
        target: target.get().node.clone(),
        alias,
        secondary: secondary(slf, prop)?,
        primaryjoin: condition(slf, prop, "primaryjoin")?,
        secondaryjoin: condition(slf, prop, "secondaryjoin")?,
        foreign_keys: column_list(slf, prop, "foreign_keys", "foreign_keys")?,
        remote_side: column_list(slf, prop, "remote_side", "remote_side")?,
        order_by: orderings(slf, prop)?,
        local_remote_pairs: pair_list(prop)?,
        uselist: if uselist.is_none() { None } else { Some(uselist.is_truthy()?) },
    })
}

/// `_local_remote_pairs=`.
fn pair_list(prop: &Prop<'_>) -> PyResult<Vec<orm::join_condition::Pair>> {
    let v = prop.getattr("_local_remote_pairs_arg")?;
    let mut out = Vec::new();
    if v.is_none() {
        return Ok(out);
    }
    for p in v.try_iter()? {
        let p = p?;
        if let (Some(a), Some(b)) = (sqlface::column(&p.get_item(0)?)?, sqlface::column(&p.get_item(1)?)?) {
            out.push((a, b));
        }
    }
    Ok(out)
}

fn secondary<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<Option<FromRef>> {
    let py = prop.py();
    let v = late(slf, prop, "secondary", true)?;
    if v.is_none() {
        return Ok(None);
    }
    if v.is_instance_of::<PyType>() {
        return Err(errors::argument_error(
            py,
            format!(
                "secondary argument {} passed to to relationship() {} must be a Table object or other FROM clause; can't send a mapped \
                 class directly as rows in 'secondary' are persisted independently of a class that is mapped to that same table.",
                v.repr()?.text(),
                prop.str()?.text()
            ),
        ));
    }
    prop.setattr("secondary", &v)?;
    sqlface::from(&v).map(Some)
}

fn orderings<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<Vec<ExprRef>> {
    let v = late(slf, prop, "order_by", false)?;
    if v.is_instance_of::<PyList>() || v.is_instance_of::<PyTuple>() {
        let mut out = Vec::new();
        for i in v.try_iter()? {
            out.extend(sqlface::exprs(&resolve_late(slf, prop, &i?, false)?)?);
        }
        return Ok(out);
    }
    sqlface::exprs(&v)
}

pub fn back_populates(prop: &Prop<'_>) -> PyResult<Option<String>> {
    let v = raw(prop, "back_populates")?;
    if v.is_none() {
        return Ok(None);
    }
    if v.is_instance_of::<PyString>() {
        return Ok(Some(v.text()));
    }
    // an attribute, or a callable that gives one
    let v = if v.hasattr("key")? { v } else { v.call0()? };
    if v.is_instance_of::<PyString>() {
        return Ok(Some(v.text()));
    }
    Ok(Some(v.getattr("key")?.text()))
}
