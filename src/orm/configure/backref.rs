//! The two sides of a two-way relationship: what `backref=` makes of the other one, and whether two fit together.

use crate::columns::as_column;
use crate::join_condition::JoinCondition;
use crate::mapper::Mapper;
use crate::relationship::{Direction, Relationship};
use sql::ast::{Annotations, ExprRef, fold};
use sql::{FaceSlot, SqlError, SqlResult};
use std::sync::Arc;

/// The name that a backref takes is free in the whole hierarchy of the target.
///
/// # Errors
/// `ArgumentError` when it is not.
pub fn name_is_free(node: &Relationship, target: &Arc<Mapper>, key: &str) -> SqlResult<()> {
    if target.data().concrete {
        return Ok(());
    }
    let mut family = target.iterate_to_root();
    family.extend(target.self_and_descendants());
    match family.iter().find(|m| m.prop(key).is_some() && !m.data().concrete) {
        None => Ok(()),
        Some(m) => Err(SqlError::argument(format!(
            "Error creating backref '{key}' on relationship '{}': property of that name exists on mapper '{}'",
            node.describe(),
            m.describe()
        ))),
    }
}

/// The join conditions as the other side states them: primaryjoin, and secondaryjoin.
pub fn conditions(join: &JoinCondition) -> (ExprRef, Option<ExprRef>) {
    match &join.secondaryjoin {
        Some(second) => (without_local(second), Some(without_local(&join.primaryjoin))),
        None => (reversed(join), None),
    }
}

fn remark(e: &ExprRef, change: impl Fn(&mut Annotations)) -> ExprRef {
    fold::replace(e, &mut |e| {
        as_column(e)?;
        let mut a = (**e.ann.as_ref()?).clone();
        change(&mut a);
        let mut new = (**e).clone();
        new.ann = (a.foreign || a.remote || a.local).then(|| Arc::new(a));
        new.face = FaceSlot::default();
        Some(Arc::new(new))
    })
}

fn without_local(e: &ExprRef) -> ExprRef {
    remark(e, |a| a.local = false)
}

/// Marks of the user's change sides, those found out are found out again.
fn reversed(join: &JoinCondition) -> ExprRef {
    remark(&join.primaryjoin, |a| {
        if join.user_remote {
            std::mem::swap(&mut a.remote, &mut a.local);
        } else {
            (a.remote, a.local) = (false, false);
            a.foreign &= join.user_foreign;
        }
    })
}

/// Tie two sides together: changes of one are made on the other, unless one only reads.
///
/// # Errors
/// `InvalidRequestError` when a side insists on changes that the other does not write.
pub fn tie(one: &Arc<Relationship>, other: &Arc<Relationship>) -> SqlResult<()> {
    for (reads, follows) in [(one, other), (other, one)] {
        if !reads.data().viewonly {
            continue;
        }
        if follows.data().insists_on_sync {
            return Err(SqlError::invalid_request(format!(
                "Relationship {} cannot specify sync_backref=True since {} includes viewonly=True.",
                follows.describe(),
                reads.describe()
            )));
        }
        follows.update(|d| d.sync_backref = false);
    }
    for (to, what) in [(one, other), (other, one)] {
        let what = Arc::downgrade(what);
        to.update(|d| {
            if !d.reverse.iter().any(|r| r.ptr_eq(&what)) {
                d.reverse.push(what);
            }
        });
    }
    Ok(())
}

/// Whether two tied sides lead to each other, in different directions.
///
/// # Errors
/// `ArgumentError` when they do not.
pub fn fit(one: &Relationship, parent: &Arc<Mapper>, other: &Relationship, other_target: &Arc<Mapper>) -> SqlResult<()> {
    if !other_target.common_parent(parent) {
        return Err(SqlError::argument(format!(
            "reverse_property '{}' on relationship {} references relationship {}, which does not reference mapper {}",
            other.key,
            one.describe(),
            other.describe(),
            parent.describe()
        )));
    }
    let (a, b) = (one.data(), other.data());
    if b.join.is_none() || a.direction != b.direction {
        return Ok(());
    }
    let direction = match a.direction {
        Direction::ManyToMany => return Ok(()),
        Direction::OneToMany => "ONETOMANY: 1",
        Direction::ManyToOne => "MANYTOONE: 2",
    };
    Err(SqlError::argument(format!(
        "{} and back-reference {} are both of the same direction <RelationshipDirection.{direction}>.  Did you mean to set remote_side on \
         the many-to-one side ?",
        other.describe(),
        one.describe()
    )))
}
