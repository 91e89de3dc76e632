//! A relationship whose target is known: join condition, direction, cascades.

use super::Warning;
use crate::columns::{as_column, column_expr, contains_column};
use crate::entity::Entity;
use crate::join_condition::{JoinCondition, Pair, Request};
use crate::lazy_clause::LazyClause;
use crate::mapper::Mapper;
use crate::relationship::{Direction, PassiveDeletes, Relationship, RelationshipData};
use sql::ast::{ExprRef, FromRef, fold};
use sql::schema::Column;
use sql::{FaceSlot, SqlError, SqlResult};
use std::sync::Arc;

/// What is said about the join of a relationship; names and callables are resolved.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct JoinSpec {
    pub target: Arc<Mapper>,
    /// The target is this alias of a class.
    pub alias: Option<Arc<Entity>>,
    pub primaryjoin: Option<ExprRef>,
    pub secondary: Option<FromRef>,
    pub secondaryjoin: Option<ExprRef>,
    pub foreign_keys: Vec<Arc<Column>>,
    pub remote_side: Vec<Arc<Column>>,
    /// `_local_remote_pairs=`: says more than `remote_side`.
    pub local_remote_pairs: Vec<Pair>,
    pub order_by: Vec<ExprRef>,
    pub uselist: Option<bool>,
}

impl JoinSpec {
    /// Nothing is said but the target.
    pub fn to(target: &Arc<Mapper>) -> Self {
        Self {
            target: target.clone(),
            alias: None,
            primaryjoin: None,
            secondary: None,
            secondaryjoin: None,
            foreign_keys: Vec::new(),
            remote_side: Vec::new(),
            local_remote_pairs: Vec::new(),
            order_by: Vec::new(),
            uselist: None,
        }
    }
}

/// Find out how a relationship of `parent` joins. `said` are the arguments that need nothing but themselves.
///
/// # Errors
/// The documented `ArgumentError`s of join conditions and cascades.
pub fn resolve(
    node: &Arc<Relationship>,
    parent: &Arc<Mapper>,
    said: RelationshipData,
    spec: JoinSpec,
    render: &dyn Fn(&ExprRef) -> String,
) -> SqlResult<Vec<Warning>> {
    let before = node.data();
    let target = spec.target.clone();
    // what the other side found out while this one waited
    node.update(|d| {
        *d = said;
        d.sync_backref &= before.sync_backref;
        d.reverse.clone_from(&before.reverse);
        d.target = Arc::downgrade(&target);
        d.target_alias.clone_from(&spec.alias);
    });
    let join = Arc::new(join(node, parent, &spec, render)?);
    let warnings = remote_on_the_local_side(parent, &spec, &join, render);
    let many_to_one = join.direction == Direction::ManyToOne;
    let clause = LazyClause::new(&join, false)?;
    node.update(|d| {
        d.direction = join.direction;
        d.uselist = spec.uselist.unwrap_or(!many_to_one);
        d.use_get = many_to_one && spec.alias.is_none() && clause.is_get(&target);
        d.join = Some(join);
        d.secondary = spec.secondary;
        d.order_by = spec.order_by.iter().map(plain_columns).collect();
    });
    check_cascades(node, &target)?;
    Ok(warnings)
}

fn join(
    node: &Relationship,
    parent: &Arc<Mapper>,
    spec: &JoinSpec,
    render: &dyn Fn(&ExprRef) -> String,
) -> SqlResult<JoinCondition> {
    if !spec.local_remote_pairs.is_empty() && !spec.remote_side.is_empty() {
        return Err(SqlError::argument("remote_side argument is redundant against more detailed _local_remote_side argument."));
    }
    let (mine, theirs) = (parent.data(), spec.target.data());
    let alias = spec.alias.as_ref().and_then(|a| a.alias.as_ref()).map(|a| a.selectable.clone());
    let (Some(parent_selectable), Some(parent_local), Some(child_selectable), Some(child_local)) = (
        mine.persist_selectable.clone(),
        mine.local_table.clone(),
        alias.clone().or_else(|| theirs.persist_selectable.clone()),
        alias.or_else(|| theirs.local_table.clone()),
    ) else {
        return Err(SqlError::argument(format!("relationship {} joins something without a table", node.describe())));
    };
    let remote_side = match spec.local_remote_pairs.as_slice() {
        [] => spec.remote_side.clone(),
        pairs => pairs.iter().map(|p| p.1.clone()).collect(),
    };
    let request = Request {
        parent_selectable,
        parent_local,
        child_selectable,
        child_local,
        primaryjoin: spec.primaryjoin.as_ref().map(plain_columns),
        secondary: spec.secondary.clone(),
        secondaryjoin: spec.secondaryjoin.as_ref().map(plain_columns),
        foreign_keys: spec.foreign_keys.clone(),
        remote_side,
        self_referential: parent.common_parent(&spec.target),
        support_sync: !node.data().viewonly,
        name: node.describe(),
        render: &|e| render(&JoinCondition::plain(e)),
    };
    request.resolve()
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
        new.face = FaceSlot::default();
        Some(Arc::new(new))
    })
}

fn remote_on_the_local_side(
    parent: &Mapper,
    spec: &JoinSpec,
    join: &JoinCondition,
    render: &dyn Fn(&ExprRef) -> String,
) -> Vec<Warning> {
    let (mine, theirs) = (parent.data(), spec.target.data());
    let alias = spec.alias.as_ref().and_then(|a| a.alias.as_ref()).map(|a| a.selectable.clone());
    let (Some(here), Some(there)) = (&mine.persist_selectable, alias.or_else(|| theirs.persist_selectable.clone())) else {
        return Vec::new();
    };
    let misplaced = |c: &&Arc<Column>| contains_column(here, c) && !contains_column(&there, c);
    let warn = |c: &Arc<Column>| {
        Warning::new(format!(
            "Expression {} is marked as 'remote', but these column(s) are local to the local side.  The remote() annotation is needed \
             only for a self-referential relationship where both sides of the relationship refer to the same tables.",
            render(&column_expr(c))
        ))
    };
    join.local_remote_pairs.iter().map(|(_, remote)| remote).filter(misplaced).map(warn).collect()
}

/// Cascades that the direction does not allow; `delete-orphan` makes parents of the target.
fn check_cascades(node: &Arc<Relationship>, target: &Mapper) -> SqlResult<()> {
    let d = node.data();
    if d.cascade.delete_orphan && !d.single_parent && d.direction != Direction::OneToMany {
        let parent = node.parent.upgrade().map_or_else(String::new, |m| m.class_name.to_string());
        let direction = if d.direction == Direction::ManyToOne { "many-to-one" } else { "many-to-many" };
        let (name, related) = (node.describe(), &target.class_name);
        let text = format!(
            "For {direction} relationship {name}, delete-orphan cascade is normally configured only on the \"one\" side of a one-to-many \
             relationship, and not on the \"many\" side of a many-to-one or many-to-many relationship.  To force this relationship to \
             allow a particular \"{related}\" object to be referenced by only a single \"{parent}\" object at a time via the {name} \
             relationship, which would allow delete-orphan cascade to take place in this direction, set the single_parent=True flag."
        );
        return Err(SqlError::argument(text).with_code("bbf0"));
    }
    if d.passive_deletes == PassiveDeletes::All && (d.cascade.delete || d.cascade.delete_orphan) {
        return Err(SqlError::argument(format!(
            "On {}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade",
            node.describe()
        )));
    }
    if d.cascade.delete_orphan {
        target.update(|t| t.delete_orphans.push(Arc::downgrade(node)));
    }
    Ok(())
}
