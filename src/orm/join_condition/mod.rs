//! [`JoinCondition`]: how two mapped selectables join, and which columns receive values from which.
//!
//! | file | concept |
//! |---|---|
//! | `foreign_keys` | the ON clause that foreign keys tell |
//! | `marks` | `foreign`, `remote` and `local` on the columns of a condition |
//! | `resolve` | from what a relationship says to its join |
//!
//! From `primaryjoin`/`secondaryjoin` as given, or derived from foreign keys, each column of the condition is marked
//! `foreign` (it holds the reference), `remote` (it belongs to the target's side) or `local`. Direction, synchronisation
//! pairs and lazy clauses follow from the marks alone.

mod foreign_keys;
mod marks;
mod resolve;

pub use foreign_keys::{and, equals, fk_target, join_condition};

use crate::columns::{ColumnSet, as_column};
use crate::relationship::Direction;
use sql::ast::{ExprRef, FromRef, fold};
use sql::schema::Column;
use std::sync::Arc;

/// A pair of columns, one of each side.
pub type Pair = (Arc<Column>, Arc<Column>);

/// What a relationship says about its join, and what it joins.
pub struct Request<'a> {
    /// All of the parent's rows.
    pub parent_selectable: FromRef,
    /// The parent's own table.
    pub parent_local: FromRef,
    /// All of the target's rows.
    pub child_selectable: FromRef,
    /// The target's own table.
    pub child_local: FromRef,
    /// As given.
    pub primaryjoin: Option<ExprRef>,
    /// As given.
    pub secondary: Option<FromRef>,
    /// As given.
    pub secondaryjoin: Option<ExprRef>,
    /// `foreign_keys=`.
    pub foreign_keys: Vec<Arc<Column>>,
    /// `remote_side=`.
    pub remote_side: Vec<Arc<Column>>,
    /// Same mapper, or mappers of one hierarchy, on both sides.
    pub self_referential: bool,
    /// The relationship writes: not `viewonly`.
    pub support_sync: bool,
    /// `Parent.key`.
    pub name: String,
    /// Renders a condition for messages.
    pub render: &'a dyn Fn(&ExprRef) -> String,
}

/// See the module documentation.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct JoinCondition {
    /// With marks; between parent and target, or parent and secondary.
    pub primaryjoin: ExprRef,
    /// With marks; between secondary and target.
    pub secondaryjoin: Option<ExprRef>,
    pub secondary: Option<FromRef>,
    pub direction: Direction,
    /// Local and remote column of every comparison.
    pub local_remote_pairs: Vec<Pair>,
    /// Source and destination of a value at flush, through the primaryjoin.
    pub synchronize_pairs: Vec<Pair>,
    /// The same through the secondaryjoin.
    pub secondary_synchronize_pairs: Vec<Pair>,
    pub local_columns: ColumnSet,
    pub remote_columns: ColumnSet,
    pub foreign_key_columns: ColumnSet,
    /// The condition was given with `remote()` marks.
    pub user_remote: bool,
    /// The condition was given with `foreign()` marks.
    pub user_foreign: bool,
}

impl JoinCondition {
    /// The condition without marks, for rendering.
    pub fn plain(e: &ExprRef) -> ExprRef {
        fold::replace(e, &mut |e| {
            let ann = e.ann.as_ref()?;
            as_column(e)?;
            (ann.foreign || ann.remote || ann.local).then(|| {
                let mut a = (**ann).clone();
                (a.foreign, a.remote, a.local) = (false, false, false);
                let mut new = (**e).clone();
                new.ann = (a.entity.is_some() || a.proxy_key.is_some() || !a.extra.is_empty()).then(|| Arc::new(a));
                Arc::new(new)
            })
        })
    }
}
