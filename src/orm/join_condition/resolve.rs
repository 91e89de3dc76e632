//! From what a relationship says, and what it joins, to its join condition.

use super::foreign_keys::join_condition;
use super::marks::{Mark, comparisons, gather, has_mark, mark_columns, mark_operands, mark_self_referential, marked, with_mark};
use super::{JoinCondition, Pair, Request};
use crate::columns::{self, ColumnSet, as_column, contains_column};
use crate::relationship::Direction;
use sql::ast::{ExprRef, From, FromKind, FromRef, Op, fold};
use sql::error::ErrorKind;
use sql::schema::{Column, ColumnParent};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// Whether rows of `from` stem from the table (or alias) that `column` belongs to.
fn derived_from_column(from: &FromRef, column: &Arc<Column>) -> bool {
    fn ids(from: &FromRef, out: &mut Vec<usize>) {
        out.push(From::id(from));
        match &from.kind {
            FromKind::Join(j) => {
                ids(&j.left, out);
                ids(&j.right, out);
            }
            FromKind::Grouping(x) => ids(x, out),
            FromKind::Alias { element, .. } => ids(element, out),
            FromKind::Subquery { .. } => out.extend(columns::tables_of(from).iter().map(|t| Arc::as_ptr(t) as usize)),
            _ => {}
        }
    }
    let id = match &column.d.read().parent {
        ColumnParent::Table(t) => t.as_ptr() as usize,
        ColumnParent::From(f) => f.upgrade().map_or(0, |f| From::id(&f)),
        ColumnParent::None => return false,
    };
    let mut all = Vec::new();
    ids(from, &mut all);
    all.contains(&id)
}

impl Request<'_> {
    /// Works it out.
    ///
    /// # Errors
    /// The documented `ArgumentError`s, `NoForeignKeysError`, `AmbiguousForeignKeysError`.
    pub fn resolve(mut self) -> SqlResult<JoinCondition> {
        self.determine_joins()?;
        let Some(mut primary) = self.primaryjoin.clone() else {
            return Err(SqlError::argument(format!("relationship {} has no join condition", self.name)));
        };
        let mut secondary = self.secondaryjoin.clone();
        let (user_remote, user_foreign) = (has_mark(&primary, Mark::Remote), has_mark(&primary, Mark::Foreign));
        self.mark_foreign(&mut primary, &mut secondary);
        self.mark_remote(&mut primary, &mut secondary);
        let parent = self.parent_selectable.clone();
        if !has_mark(&primary, Mark::Local) {
            primary = mark_columns(&primary, Mark::Local, &mut |e, c| !marked(e, Mark::Remote) && contains_column(&parent, c));
        }
        let mut jc = JoinCondition {
            direction: Direction::ManyToMany,
            local_remote_pairs: Vec::new(),
            synchronize_pairs: Vec::new(),
            secondary_synchronize_pairs: Vec::new(),
            local_columns: gather(&primary, &[Mark::Local]),
            remote_columns: self.gather_both(&primary, &secondary, &[Mark::Remote]),
            foreign_key_columns: self.gather_both(&primary, &secondary, &[Mark::Foreign]),
            primaryjoin: primary,
            secondaryjoin: secondary,
            secondary: self.secondary.clone(),
            user_remote,
            user_foreign,
        };
        self.pairs(&mut jc);
        self.check_foreign(&jc.primaryjoin, true, &jc)?;
        if let Some(s) = &jc.secondaryjoin {
            self.check_foreign(s, false, &jc)?;
        }
        jc.direction = self.direction(&jc)?;
        if jc.local_remote_pairs.is_empty() {
            return Err(SqlError::argument(format!(
                "Relationship {} could not determine any unambiguous local/remote column pairs based on join condition and \
                 remote_side arguments.  Consider using the remote() annotation to accurately mark those elements of the join \
                 condition that are on the remote side of the relationship.",
                self.name
            )));
        }
        Ok(jc)
    }

    fn gather_both(&self, primary: &ExprRef, secondary: &Option<ExprRef>, marks: &[Mark]) -> ColumnSet {
        let mut out = gather(primary, marks);
        if let Some(s) = secondary {
            for c in gather(s, marks).iter() {
                out.insert(c);
            }
        }
        out
    }

    fn determine_joins(&mut self) -> SqlResult<()> {
        if self.secondaryjoin.is_some() && self.secondary.is_none() {
            return Err(SqlError::argument(format!(
                "Property {} specified with secondary join condition but no secondary argument",
                self.name
            )));
        }
        let derive = |this: &Self| -> SqlResult<(Option<ExprRef>, Option<ExprRef>)> {
            if let Some(sec) = &this.secondary {
                let second = match &this.secondaryjoin {
                    Some(e) => e.clone(),
                    None => join_condition(&this.child_selectable, sec, Some(&this.child_local), &this.foreign_keys)?,
                };
                let first = match &this.primaryjoin {
                    Some(e) => e.clone(),
                    None => join_condition(&this.parent_selectable, sec, Some(&this.parent_local), &this.foreign_keys)?,
                };
                return Ok((Some(first), Some(second)));
            }
            let first = match &this.primaryjoin {
                Some(e) => e.clone(),
                None => {
                    join_condition(&this.parent_selectable, &this.child_selectable, Some(&this.parent_local), &this.foreign_keys)?
                }
            };
            Ok((Some(first), None))
        };
        match derive(self) {
            Ok((p, s)) => {
                self.primaryjoin = p;
                self.secondaryjoin = s;
                Ok(())
            }
            Err(e) => Err(self.explain(e)),
        }
    }

    /// The same error, saying what to do about it on a relationship.
    fn explain(&self, e: SqlError) -> SqlError {
        let head =
            format!("Could not determine join condition between parent/child tables on relationship {} - there are ", self.name);
        let via = self.secondary.as_ref().map(|s| format!(" via secondary table '{}'", crate::mapper::from_description(s)));
        let tail = match (e.kind, via) {
            (ErrorKind::NoForeignKeys, Some(via)) => format!(
                "no foreign keys linking these tables{via}.  Ensure that referencing columns are associated with a ForeignKey or \
                 ForeignKeyConstraint, or specify 'primaryjoin' and 'secondaryjoin' expressions."
            ),
            (ErrorKind::NoForeignKeys, None) => "no foreign keys linking these tables.  Ensure that referencing columns are \
                 associated with a ForeignKey or ForeignKeyConstraint, or specify a 'primaryjoin' expression."
                .to_owned(),
            (ErrorKind::AmbiguousForeignKeys, Some(via)) => format!(
                "multiple foreign key paths linking the tables{via}.  Specify the 'foreign_keys' argument, providing a list of those \
                 columns which should be counted as containing a foreign key reference from the secondary table to each of the \
                 parent and child tables."
            ),
            (ErrorKind::AmbiguousForeignKeys, None) => "multiple foreign key paths linking the tables.  Specify the 'foreign_keys' \
                 argument, providing a list of those columns which should be counted as containing a foreign key reference to the \
                 parent table."
                .to_owned(),
            _ => return e,
        };
        SqlError::new(e.kind, head + &tail)
    }

    fn mark_foreign(&self, primary: &mut ExprRef, secondary: &mut Option<ExprRef>) {
        if has_mark(primary, Mark::Foreign) {
            return;
        }
        if !self.foreign_keys.is_empty() {
            let listed: ColumnSet = self.foreign_keys.iter().collect();
            *primary = mark_columns(primary, Mark::Foreign, &mut |_, c| listed.contains(c));
            if let Some(s) = secondary {
                *s = mark_columns(s, Mark::Foreign, &mut |_, c| listed.contains(c));
            }
            return;
        }
        let sec = self.secondary.clone();
        let in_secondary = |c: &Arc<Column>| sec.as_ref().is_some_and(|s| contains_column(s, c));
        let is_foreign = |a: &Arc<Column>, b: &Arc<Column>| -> Option<bool> {
            if columns::references(a, b) {
                return Some(true);
            }
            if columns::references(b, a) {
                return Some(false);
            }
            match (in_secondary(a), in_secondary(b)) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            }
        };
        let mut mark = |l: &ExprRef, r: &ExprRef| {
            let (Some(a), Some(b)) = (as_column(l), as_column(r)) else { return (None, None) };
            if marked(l, Mark::Foreign) || marked(r, Mark::Foreign) {
                return (None, None);
            }
            match is_foreign(a, b) {
                Some(true) => (Some(with_mark(l, Mark::Foreign)), None),
                Some(false) => (None, Some(with_mark(r, Mark::Foreign))),
                None => (None, None),
            }
        };
        *primary = mark_operands(primary, &mut mark);
        if let Some(s) = secondary {
            *s = mark_operands(s, &mut mark);
        }
    }

    /// Every comparison is between columns that both sides have: the parent and the target are the same table.
    fn refers_to_parent_table(&self, primary: &ExprRef) -> bool {
        let mut found = false;
        comparisons(primary, &mut |_, l, r| {
            if let (Some(l), Some(r)) = (as_column(l), as_column(r)) {
                found |= [l, r]
                    .iter()
                    .all(|c| derived_from_column(&self.parent_selectable, c) && derived_from_column(&self.child_selectable, c));
            }
        });
        found
    }

    fn mark_remote(&self, primary: &mut ExprRef, secondary: &mut Option<ExprRef>) {
        if has_mark(primary, Mark::Remote) {
            return;
        }
        if let Some(sec) = &self.secondary {
            let mut pick = |_: &ExprRef, c: &Arc<Column>| contains_column(sec, c);
            *primary = mark_columns(primary, Mark::Remote, &mut pick);
            if let Some(s) = secondary {
                *s = mark_columns(s, Mark::Remote, &mut pick);
            }
        } else if !self.remote_side.is_empty() {
            let listed: ColumnSet = self.remote_side.iter().collect();
            if self.refers_to_parent_table(primary) {
                *primary = mark_self_referential(primary, &|e| as_column(e).is_some_and(|c| listed.contains(c)));
            } else {
                *primary = mark_columns(primary, Mark::Remote, &mut |_, c| listed.contains(c));
            }
        } else if self.refers_to_parent_table(primary) {
            *primary = mark_self_referential(primary, &|e| marked(e, Mark::Foreign));
        } else {
            *primary = mark_columns(primary, Mark::Remote, &mut |_, c| {
                contains_column(&self.child_selectable, c)
                    && (!contains_column(&self.parent_local, c) || contains_column(&self.child_local, c))
            });
        }
    }

    /// Both columns are mapped on one of the sides (or are the secondary table's), so values can be copied.
    fn mapped(&self, c: &Arc<Column>) -> bool {
        self.secondary.as_ref().is_some_and(|s| contains_column(s, c))
            || contains_column(&self.parent_selectable, c)
            || contains_column(&self.child_selectable, c)
    }

    fn pairs(&self, jc: &mut JoinCondition) {
        let mut local_remote: Vec<Pair> = Vec::new();
        let mut go = |e: &ExprRef, sync: &mut Vec<Pair>| {
            comparisons(e, &mut |op, l, r| {
                let (Some(a), Some(b)) = (as_column(l), as_column(r)) else { return };
                let (lr, rr) = (marked(l, Mark::Remote), marked(r, Mark::Remote));
                let pair = match (lr, rr) {
                    (false, true) if self.mapped(a) => Some((a.clone(), b.clone())),
                    (true, false) if self.mapped(b) => Some((b.clone(), a.clone())),
                    _ => None,
                };
                if let Some(p) = pair
                    && !local_remote.iter().any(|q| Arc::ptr_eq(&q.0, &p.0) && Arc::ptr_eq(&q.1, &p.1))
                {
                    local_remote.push(p);
                }
                if *op == Op::Eq && self.mapped(a) && self.mapped(b) {
                    if marked(r, Mark::Foreign) {
                        sync.push((a.clone(), b.clone()));
                    } else if marked(l, Mark::Foreign) {
                        sync.push((b.clone(), a.clone()));
                    }
                }
            });
        };
        let mut first = Vec::new();
        let mut second = Vec::new();
        go(&jc.primaryjoin, &mut first);
        if let Some(s) = &jc.secondaryjoin {
            go(s, &mut second);
        }
        jc.local_remote_pairs = local_remote;
        jc.synchronize_pairs = first;
        jc.secondary_synchronize_pairs = second;
    }

    fn check_foreign(&self, e: &ExprRef, primary: bool, jc: &JoinCondition) -> SqlResult<()> {
        let has_foreign = has_mark(e, Mark::Foreign);
        let can_sync = if primary { !jc.synchronize_pairs.is_empty() } else { !jc.secondary_synchronize_pairs.is_empty() };
        if (self.support_sync && can_sync) || (!self.support_sync && has_foreign) {
            return Ok(());
        }
        let which = if primary { "primary" } else { "secondary" };
        let text = (self.render)(e);
        let advice = "Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or are annotated in \
                      the join condition with the foreign() annotation.";
        Err(SqlError::argument(if self.support_sync && has_foreign {
            format!(
                "Could not locate any simple equality expressions involving locally mapped foreign key columns for {which} join \
                 condition '{text}' on relationship {}.  {advice} To allow comparison operators other than '==', the relationship \
                 can be marked as viewonly=True.",
                self.name
            )
        } else {
            format!(
                "Could not locate any relevant foreign key columns for {which} join condition '{text}' on relationship {}.  {advice}",
                self.name
            )
        }))
    }

    fn direction(&self, jc: &JoinCondition) -> SqlResult<Direction> {
        if jc.secondaryjoin.is_some() {
            return Ok(Direction::ManyToMany);
        }
        let foreign = &jc.foreign_key_columns;
        let to_many = foreign.iter().any(|c| contains_column(&self.child_selectable, c));
        let to_one = foreign.iter().any(|c| contains_column(&self.parent_selectable, c));
        match (to_many, to_one) {
            (true, false) => Ok(Direction::OneToMany),
            (false, true) => Ok(Direction::ManyToOne),
            (false, false) => Err(SqlError::argument(format!(
                "Can't determine relationship direction for relationship '{}' - foreign key columns are present in neither the \
                 parent nor the child's mapped tables",
                self.name
            ))),
            (true, true) => {
                let (mut remote, mut local) = (ColumnSet::default(), ColumnSet::default());
                fold::walk(&jc.primaryjoin, &mut |e| {
                    if let Some(c) = as_column(e)
                        && marked(e, Mark::Foreign)
                    {
                        if marked(e, Mark::Remote) {
                            remote.insert(c)
                        } else {
                            local.insert(c)
                        };
                    }
                    true
                });
                if !remote.is_empty() && !local.is_empty() {
                    // a column equated with itself says nothing about the direction
                    let both: ColumnSet = jc.remote_columns.iter().filter(|c| jc.local_columns.contains(c)).collect();
                    let rest = |s: &ColumnSet| s.iter().filter(|c| !both.contains(c)).collect::<ColumnSet>();
                    (remote, local) = (rest(&remote), rest(&local));
                }
                match (remote.is_empty(), local.is_empty()) {
                    (false, true) => Ok(Direction::OneToMany),
                    (true, false) => Ok(Direction::ManyToOne),
                    _ => Err(SqlError::argument(format!(
                        "Can't determine relationship direction for relationship '{}' - foreign key columns within the join \
                         condition are present in both the parent and the child's mapped tables.  Ensure that only those columns \
                         referring to a parent column are marked as foreign, either via the foreign() annotation or via the \
                         foreign_keys argument.",
                        self.name
                    ))),
                }
            }
        }
    }
}
