//! What second statements load for all instances of a result at once.

use super::LoadOptions;
use super::filler::Filler;
use super::lazy::{column_value, target_entity};
use super::populate::{Loader, Mode, Waiting};
use crate::py::ffi;
use crate::py::host::PyHost;
use crate::py::orm::execute::{self, Prepared};
use crate::py::orm::flags::{self, PASSIVE_NO_FETCH, PASSIVE_OFF};
use crate::py::orm::identity::{PkPart, PkParts, StateExt};
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::session::Session;
use crate::py::orm::state::InstanceState;
use orm::attr::RelationshipAttr;
use orm::columns::{col_id, column_expr};
use orm::compile::Settings;
use orm::compile::alias::alias_entity;
use orm::loadplan::{PostKind, PostLoad};
use orm::options::LoaderCriteria;
use orm::{Direction, Entity, LazyClause, Mapper};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};
use rustc_hash::FxHashMap;
use sql::ast::{Bind, BindValue, Expr, ExprKind, ExprRef, JoinTarget, LabelStyle, Op, Select, SelectItem, SetupJoin, build};
use sql::schema::Column;
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
type State<'py> = Bound<'py, InstanceState>;

/// `with_loader_criteria` that came with an instance.
pub(super) fn criteria_of(state: &State<'_>) -> Vec<Arc<LoaderCriteria>> {
    let py = state.py();
    state
        .get()
        .read_extra(py, |e| e.load_options.as_ref().map(|o| o.clone_ref(py)))
        .and_then(|o| o.bind(py).cast::<LoadOptions>().ok().map(|l| l.get().criteria.clone()))
        .unwrap_or_default()
}

/// Run the loads that instances of a result wait for.
pub fn run<'py>(
    session: &Bound<'py, Session>,
    loader: &mut Loader<'py>,
    mode: &Mode,
    criteria: &[Arc<LoaderCriteria>],
) -> PyResult<()> {
    let waiting: Vec<Waiting<'py>> = std::mem::take(&mut loader.waiting).into_values().collect();
    for w in &waiting {
        match w.load.kind {
            PostKind::Immediate => immediate(w)?,
            PostKind::Selectin => selectin(session, w, mode, criteria, w.load.chunksize.max(1))?,
            PostKind::Subquery => selectin(session, w, mode, criteria, usize::MAX)?,
        }
    }
    for (rt, state) in std::mem::take(&mut loader.polymorphic) {
        let mapper = state.mapper()?;
        if !rt.plan.selectin_polymorphic.iter().any(|m| mapper.isa(m)) {
            continue;
        }
        let dict = state.get().instance_dict(session.py());
        let missing: Vec<Arc<str>> = mapper
            .data()
            .column_props()
            .filter(|p| !p.deferred && !p.hidden)
            .filter(|p| ffi::dict_get(&dict, &PyString::intern(session.py(), &p.key).unbind()).is_none())
            .map(|p| p.key.clone())
            .collect();
        if !missing.is_empty() {
            super::identity::load_on(session, &state, Some(missing), None, None)?;
        }
    }
    Ok(())
}

fn immediate(w: &Waiting<'_>) -> PyResult<()> {
    for state in &w.states {
        let py = state.py();
        let imp = state.get().manager.get().require_impl(py, &w.load.relationship.key)?;
        let dict = state.get().instance_dict(py);
        AttributeImpl::get(&imp, state, &dict, PASSIVE_OFF)?;
    }
    Ok(())
}

/// Which columns tie a parent to its rows.
enum Ties {
    /// The child holds the parent's key: parent columns, child columns.
    Child(Vec<Arc<Column>>, Vec<Arc<Column>>),
    /// The parent holds the child's key: parent columns, child primary key.
    Parent(Vec<Arc<Column>>, Vec<Arc<Column>>),
    /// The secondary table holds the parent's key: parent columns, secondary columns.
    Secondary(Vec<Arc<Column>>, Vec<Arc<Column>>),
    /// Through a join from the parent.
    Join,
}

/// `secondary.a_id` for each primary key column, when the primaryjoin says nothing else.
fn secondary_ties(jc: &orm::JoinCondition, parent: &Arc<Mapper>) -> Option<Ties> {
    let clauses = match &jc.primaryjoin.kind {
        ExprKind::BoolList { op: Op::And, clauses } => clauses.clone(),
        _ => vec![jc.primaryjoin.clone()],
    };
    let secondary = jc.secondary.as_ref()?;
    let mut pairs = Vec::new();
    for c in &clauses {
        let ExprKind::Binary { left, right, op: Op::Eq, .. } = &c.kind else { return None };
        let (l, r) = (orm::columns::as_column(left)?, orm::columns::as_column(right)?);
        let inside = |x: &Arc<Column>| orm::columns::contains_column(secondary, x);
        pairs.push(match (inside(l), inside(r)) {
            (false, true) => (l.clone(), r.clone()),
            (true, false) => (r.clone(), l.clone()),
            _ => return None,
        });
    }
    let data = parent.data();
    if pairs.len() != data.primary_key.len() {
        return None;
    }
    let columns = data
        .primary_key
        .iter()
        .map(|pk| {
            let same = |c: &Arc<Column>| {
                Arc::ptr_eq(c, pk) || data.equivalents.get(&col_id(pk)).is_some_and(|l| l.iter().any(|x| Arc::ptr_eq(x, c)))
            };
            pairs.iter().find(|(p, _)| same(p)).map(|(_, s)| s.clone())
        })
        .collect::<Option<Vec<_>>>()?;
    Some(Ties::Secondary(data.primary_key.clone(), columns))
}

fn ties(load: &PostLoad, parent: &Arc<Mapper>, target: &Entity) -> Ties {
    let data = load.relationship.data();
    let Some(jc) = data.join.clone() else { return Ties::Join };
    if data.omit_join == Some(false) {
        return Ties::Join;
    }
    if jc.secondary.is_some() {
        return secondary_ties(&jc, parent).unwrap_or(Ties::Join);
    }
    if data.target_alias.is_some() {
        return Ties::Join;
    }
    let Ok(clause) = LazyClause::new(&jc, false) else { return Ties::Join };
    match data.direction {
        Direction::ManyToOne if clause.is_get(&target.mapper) => {
            let tdata = target.mapper.data();
            let mut local = Vec::new();
            for pk in &tdata.primary_key {
                let found = clause.equated.iter().find(|(t, _)| {
                    Arc::ptr_eq(t, pk) || tdata.equivalents.get(&col_id(pk)).is_some_and(|l| l.iter().any(|x| Arc::ptr_eq(x, t)))
                });
                match found {
                    Some((_, source)) => local.push(source.clone()),
                    None => return Ties::Join,
                }
            }
            Ties::Parent(local, tdata.primary_key.clone())
        }
        Direction::OneToMany => {
            let Ok(reverse) = LazyClause::new(&jc, true) else { return Ties::Join };
            if !reverse.is_get(parent) {
                return Ties::Join;
            }
            let pdata = parent.data();
            let mut child = Vec::new();
            for pk in &pdata.primary_key {
                let found = jc.local_remote_pairs.iter().find(|(l, _)| {
                    Arc::ptr_eq(l, pk) || pdata.equivalents.get(&col_id(pk)).is_some_and(|x| x.iter().any(|y| Arc::ptr_eq(y, l)))
                });
                match found {
                    Some((_, r)) => child.push(r.clone()),
                    None => return Ties::Join,
                }
            }
            Ties::Child(pdata.primary_key.clone(), child)
        }
        _ => Ties::Join,
    }
}

/// `columns IN (values)`, the values a list to be filled in.
fn in_list(columns: &[ExprRef], values: &Any<'_>) -> ExprRef {
    let (left, ty) = match columns {
        [one] => (one.clone(), one.ty.clone()),
        many => {
            let mut ty = sql::types::SqlType::simple("TUPLE", sql::types::Affinity::Tuple);
            ty.items = many.iter().map(|c| c.ty.clone()).collect();
            let ty = Arc::new(ty);
            (Expr::new(ExprKind::Tuple(many.to_vec()), ty.clone()), ty)
        }
    };
    let bind = Bind {
        key: sql::Label::fixed("primary_keys"),
        orig_key: "primary_keys".into(),
        value: BindValue::Host(PyHost::wrap(values)),
        unique: false,
        expanding: true,
        expand_op: Some(Op::In),
        required: false,
        literal_execute: false,
        isoutparam: false,
    };
    build::in_(&left, Op::In, &Expr::new(ExprKind::Bind(bind), ty))
}

/// The same condition with another list of values.
fn with_list(e: &ExprRef, values: &Any<'_>) -> ExprRef {
    sql::ast::fold::replace(e, &mut |x| match &x.kind {
        ExprKind::Bind(b) if &*b.orig_key == "primary_keys" => {
            let new = Bind { value: BindValue::Host(PyHost::wrap(values)), ..b.clone() };
            Some(Expr::new(ExprKind::Bind(new), x.ty.clone()))
        }
        _ => None,
    })
}

fn parts_of(values: &[Any<'_>]) -> PyResult<PkParts> {
    values.iter().map(PkPart::from_py).collect()
}

fn key_value<'py>(py: Python<'py>, parts: &[Any<'py>]) -> PyResult<Any<'py>> {
    match parts {
        [one] => Ok(one.clone()),
        many => Ok(PyTuple::new(py, many)?.into_any()),
    }
}

fn selectin<'py>(
    session: &Bound<'py, Session>,
    w: &Waiting<'py>,
    mode: &Mode,
    criteria: &[Arc<LoaderCriteria>],
    chunksize: usize,
) -> PyResult<()> {
    let py = session.py();
    let load = &*w.load;
    let rel = &load.relationship;
    let Some(parent) = rel.parent.upgrade() else { return Ok(()) };
    let Some(target) = target_entity(rel, load.of_type.as_ref()) else { return Ok(()) };
    let ties = ties(load, &parent, &target);
    let data = rel.data();
    // states by the values that their rows will come back with
    let mut by_key: FxHashMap<PkParts, Vec<&State<'py>>> = FxHashMap::default();
    let mut order: Vec<Any<'py>> = Vec::new();
    let mut without: Vec<&State<'py>> = Vec::new();
    for state in &w.states {
        let values: Vec<Any<'py>> = match &ties {
            Ties::Parent(local, _) => {
                let mapper = state.mapper()?;
                local
                    .iter()
                    .map(|c| {
                        let v = column_value(state, &mapper, c, PASSIVE_NO_FETCH, false)?;
                        Ok(if flags::is_no_state(&v) { py.None().into_bound(py) } else { v })
                    })
                    .collect::<PyResult<_>>()?
            }
            _ => match state.key_ref() {
                Some(k) => k.pk.iter().map(|p| p.to_py(py).into_bound(py)).collect(),
                None => continue,
            },
        };
        if values.iter().all(|v| v.is_none()) {
            without.push(state);
            continue;
        }
        let parts = parts_of(&values)?;
        let entry = by_key.entry(parts).or_default();
        if entry.is_empty() {
            order.push(key_value(py, &values)?);
        }
        entry.push(state);
    }
    let none: Vec<Any<'py>> = Vec::new();
    for s in without {
        fill(s, w, &none, data.uselist, mode)?;
    }
    if order.is_empty() {
        return Ok(());
    }
    let host = execute::Host::new(py);
    let mut settings = Settings::top(&host);
    settings.path = load.path.clone();
    settings.criteria = criteria.to_vec();
    settings.relationship_load = true;
    settings.dedupe = true;
    let mut node = load.node.clone();
    if let Some(depth) = load.recursion_depth {
        // the same load goes on below, one level less
        if depth == -1 || depth > 1 {
            let next = if depth == -1 { -1 } else { depth - 1 };
            let n = Arc::make_mut(&mut node);
            n.attrs.push(orm::options::AttrOption {
                entity: None,
                key: rel.key.clone(),
                of_type: load.of_type.clone(),
                criteria: load.criteria.clone(),
                strategy: Some(orm::options::Strategy::Relationship {
                    lazy: orm::Lazy::Selectin,
                    innerjoin: None,
                    recursion_depth: Some(next),
                    chunksize: Some(load.chunksize),
                }),
                node: Arc::default(),
            });
        }
    }
    settings.node = (!node.is_empty()).then_some(node);
    let n = match &ties {
        Ties::Parent(_, pk) => pk.len(),
        Ties::Child(pk, _) | Ties::Secondary(pk, _) => pk.len(),
        Ties::Join => parent.data().primary_key.len(),
    };
    let select = statement(&ties, load, &parent, &target, PyList::empty(py).as_any());
    let prepared = Prepared::new(py, &select, &settings)?;
    for chunk in order.chunks(chunksize.min(order.len()).max(1)) {
        let list = PyList::new(py, chunk)?;
        let where_: Vec<ExprRef> = prepared.select.where_.iter().map(|w| with_list(w, list.as_any())).collect();
        let rows = prepared.rows(session, &target, Some(&where_), mode)?;
        let mut found: FxHashMap<PkParts, Vec<Any<'py>>> = FxHashMap::default();
        for row in rows {
            let key = parts_of(&row.iter().take(n).cloned().collect::<Vec<_>>())?;
            if let Some(obj) = row.get(n)
                && !obj.is_none()
            {
                let list = found.entry(key).or_default();
                if !list.iter().any(|o| o.is(obj)) {
                    list.push(obj.clone());
                }
            }
        }
        for value in chunk {
            let values: Vec<Any<'py>> = if n == 1 { vec![value.clone()] } else { value.try_iter()?.collect::<PyResult<_>>()? };
            let key = parts_of(&values)?;
            let rows = found.get(&key).unwrap_or(&none);
            for s in by_key.get(&key).into_iter().flatten() {
                fill(s, w, rows, data.uselist, mode)?;
            }
        }
    }
    Ok(())
}

fn fill<'py>(state: &State<'py>, w: &Waiting<'py>, rows: &[Any<'py>], uselist: bool, mode: &Mode) -> PyResult<()> {
    let py = state.py();
    let rel = &w.load.relationship;
    let key = PyString::intern(py, &rel.key).unbind();
    let dict = state.get().instance_dict(py);
    if !mode.populate_existing && ffi::dict_get(&dict, &key).is_some() {
        return Ok(());
    }
    if uselist {
        let f = Filler::new(state, &dict, &key)?;
        for r in rows {
            f.append(r)?;
        }
        return Ok(());
    }
    if rows.len() > 1 {
        crate::py::errors::warn(
            py,
            "SAWarning",
            &format!("Multiple rows returned with uselist=False for eagerly-loaded attribute '{}' ", rel.describe()),
        )?;
    }
    match rows.first() {
        Some(r) => dict.set_item(&key, r),
        None => dict.set_item(&key, py.None()),
    }
}

fn statement(ties: &Ties, load: &PostLoad, parent: &Arc<Mapper>, target: &Entity, values: &Any<'_>) -> Select {
    let rel = &load.relationship;
    let data = rel.data();
    let exprs = |cols: &[Arc<Column>], e: &Entity| -> Vec<ExprRef> { cols.iter().map(|c| e.adapt(&column_expr(c))).collect() };
    let mut select = Select { label_style: LabelStyle::None, orm: true, ..Select::default() };
    let keys = match ties {
        Ties::Parent(_, pk) => exprs(pk, target),
        Ties::Child(_, child) => exprs(child, target),
        Ties::Secondary(_, cols) => {
            let keys: Vec<ExprRef> = cols.iter().map(column_expr).collect();
            if let Some(jc) = &data.join
                && let (Some(s), Some(on)) = (&jc.secondary, &jc.secondaryjoin)
            {
                let on = target.adapt(&orm::JoinCondition::plain(on));
                let mut all = vec![on.clone()];
                all.extend(load.criteria.iter().map(|c| target.adapt(c)));
                let on = build::and_(all).unwrap_or(on);
                select.from_obj = vec![s.clone()];
                select.joins = vec![SetupJoin {
                    target: JoinTarget::Entity(Arc::new(target.clone())),
                    onclause: Some(sql::ast::JoinOn::Expr(on)),
                    left: Some(JoinTarget::From(s.clone())),
                    isouter: false,
                    full: false,
                }];
            }
            keys
        }
        Ties::Join => {
            let alias = alias_entity(parent, None, true, false);
            let keys = exprs(&parent.data().primary_key, &alias);
            select.from_obj = vec![crate::py::sql::coerce::entity_from(&(Arc::new(alias.clone()) as sql::host::EntityRef))];
            let attr = RelationshipAttr {
                entity: alias,
                relationship: rel.clone(),
                of_type: Some(target.clone()),
                criteria: load.criteria.clone(),
            };
            select.joins = vec![SetupJoin {
                target: JoinTarget::Attribute(Arc::new(attr)),
                onclause: None,
                left: None,
                isouter: false,
                full: false,
            }];
            keys
        }
    };
    select.columns = keys.iter().cloned().map(SelectItem::Expr).collect();
    select.columns.push(SelectItem::Entity(Arc::new(target.clone())));
    select.where_ = vec![in_list(&keys, values)];
    if !matches!(ties, Ties::Join | Ties::Secondary(..)) {
        select.where_.extend(load.criteria.iter().map(|c| target.adapt(c)));
    }
    if !matches!(ties, Ties::Parent(..)) {
        select.order_by = data.order_by.iter().map(|o| target.adapt(o)).collect();
    }
    select
}
