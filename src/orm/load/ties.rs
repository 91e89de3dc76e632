//! [`Ties`]: which columns tie a parent to the rows of a relationship, so that rows of many parents can be told apart.

use crate::columns::{as_column, col_id, contains_column};
use crate::entity::Entity;
use crate::loadplan::PostLoad;
use crate::mapper::{Mapper, MapperData};
use crate::relationship::Direction;
use crate::{JoinCondition, LazyClause};
use sql::ast::{ExprKind, Op};
use sql::schema::Column;
use std::sync::Arc;

/// See the module documentation.
#[derive(Clone, Debug)]
pub enum Ties {
    /// The child holds the parent's key: child columns.
    Child(Vec<Arc<Column>>),
    /// The parent holds the child's key: parent columns, child primary key.
    Parent(Vec<Arc<Column>>, Vec<Arc<Column>>),
    /// The secondary table holds the parent's key: secondary columns.
    Secondary(Vec<Arc<Column>>),
    /// Through a join from the parent.
    Join,
}

impl MapperData {
    /// Whether `column` is the primary key column `pk`, or equal to it by inheritance.
    pub fn same_key(&self, pk: &Arc<Column>, column: &Arc<Column>) -> bool {
        Arc::ptr_eq(pk, column) || self.equivalents.get(&col_id(pk)).is_some_and(|l| l.iter().any(|x| Arc::ptr_eq(x, column)))
    }

    /// For each primary key column the column that `pairs` ties it to; `None`: one has none.
    pub fn tied_key<'p>(
        &self,
        pairs: impl IntoIterator<Item = (&'p Arc<Column>, &'p Arc<Column>)> + Clone,
    ) -> Option<Vec<Arc<Column>>> {
        self.primary_key
            .iter()
            .map(|pk| pairs.clone().into_iter().find(|(c, _)| self.same_key(pk, c)).map(|(_, tied)| tied.clone()))
            .collect()
    }
}

/// `secondary.a_id` for each primary key column, when the primaryjoin says nothing else.
fn secondary_ties(jc: &JoinCondition, parent: &Arc<Mapper>) -> Option<Ties> {
    let clauses = match &jc.primaryjoin.kind {
        ExprKind::BoolList { op: Op::And, clauses } => clauses.clone(),
        _ => vec![jc.primaryjoin.clone()],
    };
    let secondary = jc.secondary.as_ref()?;
    let mut pairs = Vec::new();
    for c in &clauses {
        let ExprKind::Binary { left, right, op: Op::Eq, .. } = &c.kind else { return None };
        let (l, r) = (as_column(left)?, as_column(right)?);
        let inside = |x: &Arc<Column>| contains_column(secondary, x);
        pairs.push(match (inside(l), inside(r)) {
            (false, true) => (l, r),
            (true, false) => (r, l),
            _ => return None,
        });
    }
    let data = parent.data();
    if pairs.len() != data.primary_key.len() {
        return None;
    }
    data.tied_key(pairs).map(Ties::Secondary)
}

/// What ties `parent` to the rows of a load.
pub fn ties(load: &PostLoad, parent: &Arc<Mapper>, target: &Entity) -> Ties {
    simple(load, parent, target).unwrap_or(Ties::Join)
}

fn simple(load: &PostLoad, parent: &Arc<Mapper>, target: &Entity) -> Option<Ties> {
    let data = load.relationship.data();
    let jc = data.join.clone()?;
    if data.omit_join == Some(false) {
        return None;
    }
    if jc.secondary.is_some() {
        return secondary_ties(&jc, parent);
    }
    if data.target_alias.is_some() {
        return None;
    }
    match data.direction {
        Direction::ManyToOne => {
            let clause = LazyClause::new(&jc, false).ok().filter(|c| c.is_get(&target.mapper))?;
            let of_target = target.mapper.data();
            let local = of_target.tied_key(clause.equated.iter().map(|(t, source)| (t, source)))?;
            Some(Ties::Parent(local, of_target.primary_key.clone()))
        }
        Direction::OneToMany => {
            LazyClause::new(&jc, true).ok().filter(|c| c.is_get(parent))?;
            parent.data().tied_key(jc.local_remote_pairs.iter().map(|(l, r)| (l, r))).map(Ties::Child)
        }
        Direction::ManyToMany => None,
    }
}
