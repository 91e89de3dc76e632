//! `relationship()` set up: target, join condition, direction, cascades, the other side.
//!
//! The Python object (`RelationshipProperty`) holds the arguments; the node ([`orm::Relationship`]) what they come to.

use super::attributes::{QueryableAttribute, register_descriptor};
use super::impls::{AttributeImpl, Kind, Loader, Related, Spec};
use super::manager::ClassManager;
use super::mapper::{self, PyMapper, props};
use super::property::MapperProperty;
use super::sqlface;
use super::writer::WriterInfo;
use crate::py::errors;
use crate::py::text::Text;
use orm::columns::as_column;
use orm::join_condition::Request;
use orm::{Cascade, Direction, JoinCondition, LazyClause, PassiveDeletes, Property, Relationship, RelationshipData};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple, PyType};
use sql::ast::{ExprRef, FromRef, fold};
use sql::schema::Column;
use std::sync::Arc;

type This<'py> = Bound<'py, PyMapper>;
type Prop<'py> = Bound<'py, MapperProperty>;

fn node_of(prop: &Prop<'_>) -> Option<Arc<Relationship>> {
    match prop.get().get_node(prop.py()) {
        Some(Property::Relationship(r)) => Some(r),
        _ => None,
    }
}

/// Put a relationship under a name: the attribute exists at once, its behaviour follows with [`init`].
pub fn declare<'py>(
    slf: &This<'py>,
    key: &str,
    prop: &Prop<'py>,
    set_parent: bool,
    manager: &Bound<'py, ClassManager>,
) -> PyResult<()> {
    let py = slf.py();
    let node = match node_of(prop) {
        Some(n) if !set_parent => n,
        _ => {
            let n = Relationship::new(key.into(), Arc::downgrade(&slf.get().node), arguments(prop)?);
            MapperProperty::set_node(prop, Property::Relationship(n.clone()));
            n
        }
    };
    slf.get().node.update(|d| d.props.insert(key.into(), Property::Relationship(node)));
    if slf.get().node.data().non_primary {
        return Ok(());
    }
    let doc = prop.getattr("doc")?;
    register_descriptor(manager, key, slf.as_any(), prop.as_any(), None, Some(&doc))?;
    let _ = py;
    Ok(())
}

/// The arguments that need nothing but themselves.
fn arguments(prop: &Prop<'_>) -> PyResult<RelationshipData> {
    let py = prop.py();
    let get = |n: &str| prop.getattr(n);
    let flag = |n: &str| get(n).and_then(|v| v.is_truthy());
    let optional = |n: &str| -> PyResult<Option<bool>> {
        let v = get(n)?;
        Ok(if v.is_none() { None } else { Some(v.is_truthy()?) })
    };
    let lazy = lazy_of(&get("lazy")?)?;
    let viewonly = flag("viewonly")?;
    let cascade: Vec<String> = get("cascade")?.try_iter()?.map(|w| w.map(|w| w.text())).collect::<PyResult<_>>()?;
    let cascade = Cascade::parse(cascade.iter().map(String::as_str)).map_err(|bad| invalid_cascade(py, &bad))?;
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
        sync_backref: !viewonly && optional("sync_backref")?.unwrap_or(true),
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

fn invalid_cascade(py: Python<'_>, bad: &[String]) -> PyErr {
    let words: Vec<String> = bad.iter().map(|w| format!("'{w}'")).collect();
    errors::argument_error(py, format!("Invalid cascade option(s): {}", words.join(", ")))
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
fn resolve_target<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<(This<'py>, Option<Arc<orm::Entity>>)> {
    let py = prop.py();
    let key = prop.get().name(py);
    let mut arg = resolve_late(slf, prop, &prop.getattr("argument")?, false)?;
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
    let v = prop.getattr(name)?;
    let v = resolve_late(slf, prop, &v, favor_tables)?;
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
    if v.is_none() {
        return Ok(None);
    }
    let e = sqlface::expr(&v)?;
    Ok(Some(plain_columns(&e)))
}

/// Columns reached through mapped attributes, without the mark of the class they were reached through.
fn plain_columns(e: &ExprRef) -> ExprRef {
    fold::replace(e, &mut |e| {
        as_column(e)?;
        let ann = e.ann.as_ref()?;
        if ann.entity.is_none() && ann.proxy_key.is_none() {
            return None;
        }
        let mut a = (**ann).clone();
        a.entity = None;
        a.proxy_key = None;
        let mut new = (**e).clone();
        new.ann = (a.foreign || a.remote || a.local).then(|| Arc::new(a));
        new.face = sql::FaceSlot::default();
        Some(Arc::new(new))
    })
}

/// Set a relationship up.
pub fn init<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<()> {
    let py = slf.py();
    let Some(node) = node_of(prop) else { return Ok(()) };
    // arguments may have been completed after the declaration (annotations)
    let fresh = arguments(prop)?;
    let reverse = node.data().reverse.clone();
    let (target, alias) = resolve_target(slf, prop)?;
    if let (Some(own), Some(other)) = (slf.get().registry_of(py), target.get().registry_of(py))
        && !own.is(&other)
    {
        own.call_method1("_set_depends_on", (other,))?;
    }
    let sync = node.data().sync_backref && fresh.sync_backref;
    node.update(|d| {
        *d = fresh;
        d.sync_backref = sync;
        d.reverse = reverse;
        d.target = Arc::downgrade(&target.get().node);
        d.target_alias = alias;
    });
    let secondary = secondary(slf, prop)?;
    let (pj, sj) = (condition(slf, prop, "primaryjoin")?, condition(slf, prop, "secondaryjoin")?);
    let foreign_keys = column_list(slf, prop, "foreign_keys", "foreign_keys")?;
    let remote_side = column_list(slf, prop, "remote_side", "remote_side")?;
    let order_by = late(slf, prop, "order_by", false)?;
    let order_by = orderings(slf, prop, &order_by)?;
    let pairs = pair_list(prop)?;
    if !pairs.is_empty() && !remote_side.is_empty() {
        return Err(errors::argument_error(
            py,
            "remote_side argument is redundant against more detailed _local_remote_side argument.",
        ));
    }
    let remote_side = if pairs.is_empty() { remote_side } else { pairs.iter().map(|p| p.1.clone()).collect() };
    let pd = slf.get().node.data();
    let td = target.get().node.data();
    let alias_from = node.data().target_alias.as_ref().and_then(|a| a.alias.as_ref().map(|a| a.selectable.clone()));
    let (Some(ps), Some(pl), Some(cs), Some(cl)) = (
        pd.persist_selectable.clone(),
        pd.local_table.clone(),
        alias_from.clone().or(td.persist_selectable.clone()),
        alias_from.or(td.local_table.clone()),
    ) else {
        return Err(errors::argument_error(py, format!("relationship {} joins something without a table", node.describe())));
    };
    let render = |e: &ExprRef| {
        errors::or_park(sqlface::wrap_expr(py, &JoinCondition::plain(e)).and_then(|f| Ok(f.str()?.text())), String::new)
    };
    let request = Request {
        parent_selectable: ps.clone(),
        parent_local: pl,
        child_selectable: cs.clone(),
        child_local: cl,
        primaryjoin: pj,
        secondary: secondary.clone(),
        secondaryjoin: sj,
        foreign_keys,
        remote_side,
        self_referential: slf.get().node.common_parent(&target.get().node),
        support_sync: !node.data().viewonly,
        name: node.describe(),
        render: &render,
    };
    let jc = Arc::new(request.resolve().map_err(|e| errors::sql_error(py, e))?);
    for (_, remote) in &jc.local_remote_pairs {
        if orm::columns::contains_column(&ps, remote) && !orm::columns::contains_column(&cs, remote) {
            let text = format!(
                "Expression {} is marked as 'remote', but these column(s) are local to the local side.  The remote() annotation is needed \
                 only for a self-referential relationship where both sides of the relationship refer to the same tables.",
                sqlface::wrap_column(py, remote)?.str()?.text()
            );
            errors::warn(py, "SAWarning", &text)?;
        }
    }
    let clause = LazyClause::new(&jc, false).map_err(|e| errors::sql_error(py, e))?;
    let use_get = jc.direction == Direction::ManyToOne && node.data().target_alias.is_none() && clause.is_get(&target.get().node);
    let uselist = prop.getattr("uselist")?;
    let uselist = if uselist.is_none() { jc.direction != Direction::ManyToOne } else { uselist.is_truthy()? };
    node.update(|d| {
        d.direction = jc.direction;
        d.join = Some(jc.clone());
        d.secondary = secondary;
        d.order_by = order_by;
        d.uselist = uselist;
        d.use_get = use_get;
    });
    check_cascades(prop, &node, &target)?;
    backref(slf, prop, &node, &target)?;
    if let Some(back) = back_populates(prop)? {
        node.update(|d| d.back_populates = Some(back.as_str().into()));
        reverse_property(slf, prop, &node, &target, &back)?;
    }
    prop.call_method0("_after_init")?;
    Ok(())
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

fn orderings<'py>(slf: &This<'py>, prop: &Prop<'py>, v: &Bound<'py, PyAny>) -> PyResult<Vec<ExprRef>> {
    if v.is_instance_of::<PyList>() || v.is_instance_of::<PyTuple>() {
        let mut out = Vec::new();
        for i in v.try_iter()? {
            out.extend(sqlface::exprs(&resolve_late(slf, prop, &i?, false)?)?);
        }
        return Ok(out.iter().map(plain_columns).collect());
    }
    Ok(sqlface::exprs(v)?.iter().map(plain_columns).collect())
}

fn back_populates(prop: &Prop<'_>) -> PyResult<Option<String>> {
    let v = prop.getattr("back_populates")?;
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

fn check_cascades(prop: &Prop<'_>, node: &Arc<Relationship>, target: &This<'_>) -> PyResult<()> {
    let py = prop.py();
    let d = node.data();
    if d.cascade.delete_orphan && !d.single_parent && d.direction != Direction::OneToMany {
        let parent = node.parent.upgrade().map_or_else(String::new, |m| m.class_name.to_string());
        let direction = if d.direction == Direction::ManyToOne { "many-to-one" } else { "many-to-many" };
        let related = &target.get().node.class_name;
        let e = errors::argument_error(
            py,
            format!(
                "For {direction} relationship {}, delete-orphan cascade is normally configured only on the \"one\" side of a one-to-many \
                 relationship, and not on the \"many\" side of a many-to-one or many-to-many relationship.  To force this relationship to \
                 allow a particular \"{related}\" object to be referenced by only a single \"{parent}\" object at a time via the {} \
                 relationship, which would allow delete-orphan cascade to take place in this direction, set the single_parent=True flag.",
                node.describe(),
                node.describe()
            ),
        );
        let _ = e.value(py).setattr("code", "bbf0");
        return Err(e);
    }
    if d.passive_deletes == PassiveDeletes::All && (d.cascade.delete || d.cascade.delete_orphan) {
        return Err(errors::argument_error(
            py,
            format!(
                "On {}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade",
                node.describe()
            ),
        ));
    }
    if d.cascade.delete_orphan {
        let weak = Arc::downgrade(node);
        target.get().node.update(|t| t.delete_orphans.push(weak));
    }
    Ok(())
}

/// Make the other side that `backref=` asks for.
fn backref<'py>(slf: &This<'py>, prop: &Prop<'py>, node: &Arc<Relationship>, target: &This<'py>) -> PyResult<()> {
    let py = prop.py();
    let arg = prop.getattr("backref")?;
    if arg.is_none() || slf.get().node.data().non_primary {
        return Ok(());
    }
    let (key, kw): (String, Bound<'py, PyDict>) = if arg.is_instance_of::<PyString>() {
        (arg.text(), PyDict::new(py))
    } else {
        (arg.get_item(0)?.text(), arg.get_item(1)?.cast_into::<PyDict>()?.copy()?)
    };
    let related = target.get().node.clone();
    if !related.data().concrete {
        let mut family = related.iterate_to_root();
        family.extend(related.self_and_descendants());
        for m in family {
            if m.prop(&key).is_some() && !m.data().concrete {
                return Err(errors::argument_error(
                    py,
                    format!(
                        "Error creating backref '{key}' on relationship '{}': property of that name exists on mapper '{}'",
                        node.describe(),
                        m.describe()
                    ),
                ));
            }
        }
    }
    let d = node.data();
    let Some(jc) = d.join.clone() else { return Ok(()) };
    let set_default = |k: &str, v: Bound<'py, PyAny>| -> PyResult<()> {
        if !kw.contains(k)? {
            kw.set_item(k, v)?;
        }
        Ok(())
    };
    if let Some(sj) = &jc.secondaryjoin {
        set_default("primaryjoin", sqlface::wrap_expr(py, &unmark(sj, true, false))?)?;
        set_default("secondaryjoin", sqlface::wrap_expr(py, &unmark(&jc.primaryjoin, true, false))?)?;
    } else {
        if kw.contains("secondaryjoin")? {
            return Err(errors::invalid_request(
                py,
                "Can't assign 'secondaryjoin' on a backref against a non-secondary relationship.",
            ));
        }
        set_default("primaryjoin", sqlface::wrap_expr(py, &reverse_remote(&jc))?)?;
    }
    set_default("foreign_keys", prop.getattr("foreign_keys")?)?;
    for k in ["viewonly", "post_update", "passive_updates", "sync_backref"] {
        set_default(k, prop.getattr(k)?)?;
    }
    let secondary = prop.getattr("secondary")?;
    kw.set_item("secondary", secondary)?;
    kw.set_item("back_populates", prop.get().name(py))?;
    let class = py.import("oxalchemy.orm.relationships")?.getattr("RelationshipProperty")?;
    let other = class.call((slf,), Some(&kw))?;
    prop.setattr("back_populates", &key)?;
    warn_replaced(target, &key)?;
    props::configure_property(target, &key, &other, related.data().configured, true)
}

/// A backref takes a name that the class uses for something of its own.
fn warn_replaced(target: &This<'_>, key: &str) -> PyResult<()> {
    let py = target.py();
    let class = target.get().class_.bind(py);
    let Some(found) = errors::item_of(&class.getattr("__dict__")?, key)? else { return Ok(()) };
    if found.is_none()
        || target.get().property(py, key).is_some_and(|p| props::is_a(&p, "ConcreteInheritedProperty").unwrap_or(false))
    {
        return Ok(());
    }
    let text = format!(
        "User-placed attribute {}.{key} on {} is replacing an existing class-bound attribute of the same name.  Behavior is not fully \
         defined in this case.  This use is deprecated and will raise an error in a future release",
        class.name()?.text(),
        target.get().node.describe()
    );
    errors::warn(py, "SADeprecationWarning", &text)
}

/// A condition without some of its marks.
fn unmark(e: &ExprRef, local: bool, remote: bool) -> ExprRef {
    fold::replace(e, &mut |e| {
        as_column(e)?;
        let ann = e.ann.as_ref()?;
        let mut a = (**ann).clone();
        if local {
            a.local = false;
        }
        if remote {
            a.remote = false;
        }
        let mut new = (**e).clone();
        new.ann = (a.foreign || a.remote || a.local).then(|| Arc::new(a));
        new.face = sql::FaceSlot::default();
        Some(Arc::new(new))
    })
}

/// The primaryjoin as the other side sees it: marks of the user's change sides, those found out are found out again.
fn reverse_remote(jc: &JoinCondition) -> ExprRef {
    fold::replace(&jc.primaryjoin, &mut |e| {
        as_column(e)?;
        let ann = e.ann.as_ref()?;
        let mut a = (**ann).clone();
        if jc.user_remote {
            (a.remote, a.local) = (ann.local, ann.remote);
        } else {
            (a.remote, a.local) = (false, false);
            a.foreign = a.foreign && jc.user_foreign;
        }
        let mut new = (**e).clone();
        new.ann = (a.foreign || a.remote || a.local).then(|| Arc::new(a));
        new.face = sql::FaceSlot::default();
        Some(Arc::new(new))
    })
}

/// Tie the two sides of a two-way relationship together.
fn reverse_property<'py>(
    slf: &This<'py>,
    prop: &Prop<'py>,
    node: &Arc<Relationship>,
    target: &This<'py>,
    key: &str,
) -> PyResult<()> {
    let py = prop.py();
    let other = match target.get().property(py, key) {
        Some(o) => o,
        None => target.call_method1("get_property", (key, false))?.cast_into::<MapperProperty>()?,
    };
    let Some(on) = node_of(&other) else {
        return Err(errors::invalid_request(
            py,
            format!(
                "back_populates on relationship '{}' refers to attribute '{}' that is not a relationship.  The back_populates parameter \
                 should refer to the name of a relationship on the target class.",
                node.describe(),
                other.str()?.text()
            ),
        ));
    };
    for (a, b) in [(prop, &other), (&other, prop)] {
        let explicit = b.getattr("sync_backref")?;
        if a.getattr("viewonly")?.is_truthy()? {
            if !explicit.is_none() && explicit.is_truthy()? {
                return Err(errors::invalid_request(
                    py,
                    format!(
                        "Relationship {} cannot specify sync_backref=True since {} includes viewonly=True.",
                        b.str()?.text(),
                        a.str()?.text()
                    ),
                ));
            }
            if let Some(n) = node_of(b) {
                n.update(|d| d.sync_backref = false);
            }
        }
    }
    let add = |to: &Arc<Relationship>, what: &Arc<Relationship>| {
        let weak = Arc::downgrade(what);
        to.update(|d| {
            if !d.reverse.iter().any(|r| r.as_ptr() == weak.as_ptr()) {
                d.reverse.push(weak);
            }
        });
    };
    add(node, &on);
    add(&on, node);
    let other_parent = other.get().get_parent(py).unwrap_or_else(|| target.clone());
    let (other_target, _) = resolve_target(&other_parent, &other)?;
    if !other_target.get().node.common_parent(&slf.get().node) {
        return Err(errors::argument_error(
            py,
            format!(
                "reverse_property '{key}' on relationship {} references relationship {}, which does not reference mapper {}",
                node.describe(),
                on.describe(),
                slf.get().node.describe()
            ),
        ));
    }
    let (a, b) = (node.data(), on.data());
    if other.get().started.get(py) && b.join.is_some() && a.direction == b.direction && a.direction != Direction::ManyToMany {
        let direction = if a.direction == Direction::OneToMany { "ONETOMANY" } else { "MANYTOONE" };
        let number = if a.direction == Direction::OneToMany { 1 } else { 2 };
        return Err(errors::argument_error(
            py,
            format!(
                "{} and back-reference {} are both of the same direction <RelationshipDirection.{direction}: {number}>.  Did you mean to set \
                 remote_side on the many-to-one side ?",
                on.describe(),
                node.describe()
            ),
        ));
    }
    Ok(())
}

/// Give the attribute of a class its behaviour; the property is set up. Each class of a hierarchy has its own.
pub fn install<'py>(slf: &This<'py>, prop: &Prop<'py>) -> PyResult<()> {
    let py = slf.py();
    let Some(node) = node_of(prop) else { return Ok(()) };
    if node.data().join.is_none() || slf.get().node.data().non_primary {
        return Ok(());
    }
    let manager = slf.get().manager(py)?;
    let Some(attr) = manager.get().attribute(py, &node.key) else { return Ok(()) };
    let own = attr.get().class_.bind(py).is(slf.get().class_.bind(py));
    if !own || attr.get().implementation(py).is_some() {
        return Ok(());
    }
    install_on(slf, prop, &node, &attr)
}

fn install_on<'py>(
    slf: &This<'py>,
    prop: &Prop<'py>,
    node: &Arc<Relationship>,
    attr: &Bound<'py, QueryableAttribute>,
) -> PyResult<()> {
    let py = slf.py();
    let d = node.data();
    let kind = match d.lazy {
        orm::Lazy::Dynamic | orm::Lazy::WriteOnly => Kind::Dynamic,
        _ if d.uselist => Kind::Collection,
        _ => Kind::Object,
    };
    if kind == Kind::Dynamic && (!d.uselist || d.direction == Direction::ManyToOne) {
        return Err(errors::invalid_request(
            py,
            format!(
                "On relationship {}, 'dynamic' loaders cannot be used with many-to-one/one-to-one relationships and/or uselist=False.",
                node.describe()
            ),
        ));
    }
    let back = d.back_populates.clone().filter(|_| d.sync_backref && !d.viewonly);
    let factory = prop.getattr("collection_class")?;
    let collection_factory = match kind {
        Kind::Collection if factory.is_none() => Some(py.get_type::<PyList>().into_any()),
        Kind::Collection => Some(factory),
        _ => None,
    };
    let writer = match d.lazy {
        orm::Lazy::Dynamic => {
            let make = py.import("oxalchemy.orm.dynamic")?.getattr("appender_class")?;
            Some(WriterInfo { class: make.call1((prop.getattr("query_class")?,))?.unbind(), iterates: true })
        }
        orm::Lazy::WriteOnly => {
            let class = py.import("oxalchemy.orm.writeonly")?.getattr("WriteOnlyCollection")?;
            Some(WriterInfo { class: class.unbind(), iterates: false })
        }
        _ => None,
    };
    let loader = if d.lazy == orm::Lazy::Noload { Loader::None } else { Loader::Hook };
    AttributeImpl::install(
        attr,
        Spec {
            kind,
            parent_token: node.id,
            active_history: kind == Kind::Object && d.active_history,
            deferred_history: kind == Kind::Object && (d.direction != Direction::ManyToOne || !d.use_get),
            trackparent: d.single_parent || d.direction == Direction::OneToMany,
            collection_factory,
            writer,
            loader,
            related: Related {
                backrefs: back.iter().map(|b| PyString::intern(py, b).unbind()).collect(),
                cascade: !d.viewonly,
                save_update: d.cascade.save_update,
                delete_orphan: d.cascade.delete_orphan,
                single_parent: d.single_parent,
            },
            validators: props::validators_for(slf, &node.key)?,
            skips_default: props::skips_default(prop.as_any())?,
            accepts_scalar_loader: Some(false),
            send_modified_events: !d.viewonly,
            ..Spec::default()
        },
    )?;
    Ok(())
}
