//! The statement of a selectin load: the rows of a relationship for a list of parents.

use super::from_of;
use super::ties::{Ties, ties};
use crate::attr::{CompileHost, RelationshipAttr};
use crate::columns::column_expr;
use crate::compile::Settings;
use crate::compile::alias::alias_entity;
use crate::entity::Entity;
use crate::loadplan::PostLoad;
use crate::mapper::Mapper;
use crate::options::{AttrOption, LoaderCriteria, OptionNode, Strategy};
use crate::relationship::Lazy;
use crate::{JoinCondition, Relationship};
use sql::ast::{
    Bind, BindValue, Expr, ExprKind, ExprRef, JoinOn, JoinTarget, LabelStyle, Literal, Op, Select, SelectItem, SetupJoin, build,
    fold,
};
use sql::schema::Column;
use std::sync::Arc;

/// A selectin load, planned: rows come with the key of their parent in front.
#[derive(Debug)]
pub struct SelectinPlan {
    /// What ties parent and rows.
    pub ties: Ties,
    /// What is loaded.
    pub target: Entity,
    /// The mapper that declares the relationship.
    pub parent: Arc<Mapper>,
    /// The statement; its list of keys is to be filled in ([`with_keys`]).
    pub select: Select,
    /// Options of the rows' entity.
    pub node: Arc<OptionNode>,
    /// How many columns the key has.
    pub key_len: usize,
}

/// The name of the list of keys.
const KEYS: &str = "primary_keys";

/// Plan the statement of a load; `None`: mappers are gone.
pub fn plan(load: &PostLoad) -> Option<SelectinPlan> {
    let parent = load.relationship.parent.upgrade()?;
    let target = super::target_entity(&load.relationship, load.of_type.as_ref(), &load.also)?;
    let ties = ties(load, &parent, &target);
    let key_len = match &ties {
        Ties::Parent(_, pk) => pk.len(),
        Ties::Child(_) | Ties::Secondary(_) | Ties::Join => parent.data().primary_key.len(),
    };
    let select = statement(&ties, load, &parent, &target);
    Some(SelectinPlan { select, node: recursive(load), key_len, ties, target, parent })
}

impl SelectinPlan {
    /// How the statement is compiled.
    pub fn settings<'h>(&self, load: &PostLoad, criteria: &[Arc<LoaderCriteria>], host: &'h dyn CompileHost) -> Settings<'h> {
        Settings {
            path: load.path.clone(),
            criteria: criteria.to_vec(),
            relationship_load: true,
            dedupe: true,
            node: (!self.node.is_empty()).then(|| self.node.clone()),
            ..Settings::top(host)
        }
    }
}

/// The options below the load; with `recursion_depth` the same load goes on there, one level less.
fn recursive(load: &PostLoad) -> Arc<OptionNode> {
    let mut node = load.node.clone();
    let Some(next) = load.deeper() else { return node };
    Arc::make_mut(&mut node).attrs.push(AttrOption {
        entity: None,
        key: load.relationship.key.clone(),
        of_type: load.of_type.clone(),
        also: load.also.clone(),
        criteria: load.criteria.clone(),
        strategy: Some(Strategy::Relationship {
            lazy: Lazy::Selectin,
            innerjoin: None,
            recursion_depth: Some(next),
            chunksize: Some(load.chunksize),
        }),
        node: Arc::default(),
    });
    node
}

/// `columns IN (…)`, a list to be filled in.
pub fn in_keys(columns: &[ExprRef]) -> ExprRef {
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
        key: sql::Label::fixed(KEYS),
        orig_key: KEYS.into(),
        value: BindValue::Literal(Literal::Null),
        unique: false,
        expanding: true,
        expand_op: Some(Op::In),
        required: false,
        literal_execute: false,
        isoutparam: false,
    };
    build::in_(&left, Op::In, &Expr::new(ExprKind::Bind(bind), ty))
}

/// The condition with its list of keys.
pub fn with_keys(e: &ExprRef, values: &BindValue) -> ExprRef {
    fold::replace(e, &mut |x| match &x.kind {
        ExprKind::Bind(b) if &*b.orig_key == KEYS && b.expanding => {
            let new = Bind { value: values.clone(), ..b.clone() };
            Some(Expr::new(ExprKind::Bind(new), x.ty.clone()))
        }
        _ => None,
    })
}

fn join_to(target: JoinTarget, onclause: Option<JoinOn>, left: Option<JoinTarget>) -> Vec<SetupJoin> {
    vec![SetupJoin { target, onclause, left, isouter: false, full: false }]
}

/// `secondary JOIN target ON …`.
fn from_secondary(select: &mut Select, rel: &Relationship, target: &Entity, criteria: &[ExprRef]) {
    let data = rel.data();
    let Some(jc) = &data.join else { return };
    let (Some(secondary), Some(on)) = (&jc.secondary, &jc.secondaryjoin) else { return };
    let on = target.adapt(&JoinCondition::plain(on));
    let all = std::iter::once(on.clone()).chain(criteria.iter().map(|c| target.adapt(c))).collect();
    let on = build::and_(all).unwrap_or(on);
    select.from_obj = vec![secondary.clone()];
    select.joins =
        join_to(JoinTarget::Entity(Arc::new(target.clone())), Some(JoinOn::Expr(on)), Some(JoinTarget::From(secondary.clone())));
}

fn statement(ties: &Ties, load: &PostLoad, parent: &Arc<Mapper>, target: &Entity) -> Select {
    let rel = &load.relationship;
    let data = rel.data();
    let exprs = |cols: &[Arc<Column>], e: &Entity| -> Vec<ExprRef> { cols.iter().map(|c| e.adapt(&column_expr(c))).collect() };
    let mut select = Select { label_style: LabelStyle::None, orm: true, ..Select::default() };
    let keys = match ties {
        Ties::Parent(_, pk) => exprs(pk, target),
        Ties::Child(child) => exprs(child, target),
        Ties::Secondary(cols) => {
            from_secondary(&mut select, rel, target, &load.criteria);
            cols.iter().map(column_expr).collect()
        }
        Ties::Join => {
            let alias = alias_entity(parent, None, true, false);
            let keys = exprs(&parent.data().primary_key, &alias);
            select.from_obj = vec![from_of(&alias)];
            let attr = RelationshipAttr {
                entity: alias,
                relationship: rel.clone(),
                of_type: Some(target.clone()),
                criteria: load.criteria.clone(),
            };
            select.joins = join_to(JoinTarget::Attribute(Arc::new(attr)), None, None);
            keys
        }
    };
    select.columns = keys.iter().cloned().map(SelectItem::Expr).collect();
    select.columns.push(SelectItem::Entity(Arc::new(target.clone())));
    select.where_ = vec![in_keys(&keys)];
    if !matches!(ties, Ties::Join | Ties::Secondary(_)) {
        select.where_.extend(load.criteria.iter().map(|c| target.adapt(c)));
    }
    if !matches!(ties, Ties::Parent(..)) {
        select.order_by = data.order_by.iter().map(|o| target.adapt(o)).collect();
    }
    select
}
