//! [`JoinCondition`]: how two mapped selectables join, and which columns receive values from which.
//!
//! From `primaryjoin`/`secondaryjoin` as given, or derived from foreign keys, each column of the condition is marked
//! `foreign` (it holds the reference), `remote` (it belongs to the target's side) or `local`. Direction, synchronisation
//! pairs and lazy clauses follow from the marks alone.

use crate::columns::{self, ColumnSet, as_column, contains_column};
use crate::relationship::Direction;
use sql::ast::{Annotations, Expr, ExprKind, ExprRef, From, FromKind, FromRef, Op, fold};
use sql::error::ErrorKind;
use sql::schema::{Column, ColumnParent, ForeignKey};
use sql::{SqlError, SqlResult};
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

/// A mark on a column of a condition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Foreign,
    Remote,
    Local,
}

fn marked(e: &Expr, mark: Mark) -> bool {
    e.ann.as_ref().is_some_and(|a| match mark {
        Mark::Foreign => a.foreign,
        Mark::Remote => a.remote,
        Mark::Local => a.local,
    })
}

fn with_mark(e: &ExprRef, mark: Mark) -> ExprRef {
    let mut ann: Annotations = e.ann.as_deref().cloned().unwrap_or_default();
    match mark {
        Mark::Foreign => ann.foreign = true,
        Mark::Remote => ann.remote = true,
        Mark::Local => ann.local = true,
    }
    e.annotated(ann)
}

/// Marks every column for which `pick` holds.
fn mark_columns(e: &ExprRef, mark: Mark, pick: &mut dyn FnMut(&ExprRef, &Arc<Column>) -> bool) -> ExprRef {
    fold::replace(e, &mut |e| {
        let c = as_column(e)?;
        (pick(e, c) && !marked(e, mark)).then(|| with_mark(e, mark))
    })
}

/// What becomes of the two operands of a comparison; `None` leaves one as it is.
type MarkedOperands = (Option<ExprRef>, Option<ExprRef>);

/// Rewrites the two operands of every comparison between plain columns.
fn mark_operands(e: &ExprRef, f: &mut dyn FnMut(&ExprRef, &ExprRef) -> MarkedOperands) -> ExprRef {
    fold::replace(e, &mut |e| {
        let ExprKind::Binary { left, right, op, negate, modifiers } = &e.kind else { return None };
        as_column(left)?;
        as_column(right)?;
        let (l, r) = f(left, right);
        if l.is_none() && r.is_none() {
            return None;
        }
        let kind = ExprKind::Binary {
            left: l.unwrap_or_else(|| left.clone()),
            right: r.unwrap_or_else(|| right.clone()),
            op: op.clone(),
            negate: negate.clone(),
            modifiers: modifiers.clone(),
        };
        Some(Arc::new(Expr { kind, ty: e.ty.clone(), ann: e.ann.clone(), face: sql::FaceSlot::default() }))
    })
}

fn has_mark(e: &ExprRef, mark: Mark) -> bool {
    let mut found = false;
    fold::walk(e, &mut |e| {
        found |= marked(e, mark);
        !found
    });
    found
}

/// Columns with all of `marks`.
fn gather(e: &ExprRef, marks: &[Mark]) -> ColumnSet {
    let mut out = ColumnSet::default();
    fold::walk(e, &mut |e| {
        if let Some(c) = as_column(e)
            && marks.iter().all(|m| marked(e, *m))
        {
            out.insert(c);
        }
        true
    });
    out
}

/// Shows every pair of columns that stand on the two sides of a comparison.
fn comparisons(e: &ExprRef, visit: &mut dyn FnMut(&Op, &ExprRef, &ExprRef)) {
    fold::walk(e, &mut |e| {
        if let ExprKind::Binary { left, right, op, .. } = &e.kind {
            let (l, r) = (column_exprs(left), column_exprs(right));
            for a in &l {
                for b in &r {
                    visit(op, a, b);
                }
            }
        }
        true
    });
}

fn column_exprs(e: &ExprRef) -> Vec<ExprRef> {
    let mut out = Vec::new();
    fold::walk(e, &mut |e| {
        if as_column(e).is_some() {
            out.push(e.clone());
        }
        !matches!(e.kind, ExprKind::ScalarSelect(_) | ExprKind::Exists(_) | ExprKind::QueryGrouping(_))
    });
    out
}

/// `left = right`.
pub fn equals(left: ExprRef, right: ExprRef) -> ExprRef {
    Expr::new(ExprKind::Binary { left, right, op: Op::Eq, negate: Some(Op::Ne), modifiers: Vec::new() }, sql::types::boolean())
}

/// The conjunction of one or more conditions.
pub fn and(mut clauses: Vec<ExprRef>) -> Option<ExprRef> {
    match clauses.len() {
        0 => None,
        1 => clauses.pop(),
        _ => {
            // a nested AND needs no parentheses of its own
            let flat = clauses
                .into_iter()
                .flat_map(|c| match &c.kind {
                    ExprKind::BoolList { op: Op::And, clauses } => clauses.clone(),
                    _ => vec![c],
                })
                .map(|c| match &c.kind {
                    ExprKind::BoolList { op: Op::Or, .. } => Expr::new(ExprKind::Grouping(c.clone()), c.ty.clone()),
                    _ => c,
                })
                .collect();
            Some(Expr::new(ExprKind::BoolList { op: Op::And, clauses: flat }, sql::types::boolean()))
        }
    }
}

/// The column a foreign key points to; keys named by text are looked up in the MetaData of their table.
pub fn fk_target(fk: &Arc<ForeignKey>) -> Option<Arc<Column>> {
    let (spec, parent) = {
        let d = fk.d.read();
        if let Some(t) = &d.target {
            return Some(t.clone());
        }
        (d.colspec.clone()?, d.parent.clone()?.upgrade()?)
    };
    let table = columns::table_of(&parent)?;
    let metadata = table.d.read().metadata.upgrade()?;
    let (table_key, col) = spec.rsplit_once('.').unwrap_or((&spec, ""));
    let target = metadata.d.read().tables.get(table_key).cloned()?;
    let d = target.d.read();
    if col.is_empty() {
        let key = parent.key();
        return d.columns.get(&key).cloned();
    }
    d.columns.get(col).or_else(|| d.columns.values().find(|c| &*c.name().text == col)).cloned()
}

/// The table name a foreign key names by text, when it is not resolved.
fn fk_table_name(fk: &Arc<ForeignKey>) -> Option<String> {
    let d = fk.d.read();
    d.colspec.as_ref().map(|s| s.rsplit_once('.').map_or(&**s, |x| x.0).to_owned())
}

/// Every foreign key of a selectable with the column that carries it there.
fn foreign_keys_of(from: &FromRef) -> Vec<(Arc<ForeignKey>, Arc<Column>)> {
    let mut out = Vec::new();
    for c in columns::columns_of(from) {
        let mut seen: Vec<*const ForeignKey> = Vec::new();
        for p in columns::proxy_set(&c) {
            for fk in &p.d.read().foreign_keys {
                if !seen.contains(&Arc::as_ptr(fk)) {
                    seen.push(Arc::as_ptr(fk));
                    out.push((fk.clone(), c.clone()));
                }
            }
        }
    }
    out
}

/// ON clause between two selectables by their foreign keys; `a_subset` is tried before `a`.
///
/// # Errors
/// `NoForeignKeysError`, `AmbiguousForeignKeysError`, `NoReferencedTableError`.
pub fn join_condition(a: &FromRef, b: &FromRef, a_subset: Option<&FromRef>, only: &[Arc<Column>]) -> SqlResult<ExprRef> {
    type Group = (usize, Vec<(Arc<Column>, Arc<Column>)>);
    let mut groups: Vec<Group> = Vec::new();
    let considered = |c: &Arc<Column>| only.is_empty() || only.iter().any(|o| Arc::ptr_eq(o, c));
    let mut add = |fk: &Arc<ForeignKey>, to: Arc<Column>, from: Arc<Column>| {
        let id = fk.d.read().constraint.as_ref().map_or(Arc::as_ptr(fk) as usize, |c| c.as_ptr() as usize);
        match groups.iter_mut().find(|g| g.0 == id) {
            // an alias shows the foreign keys of its table, and the table's are there too
            Some(g) if g.1.iter().any(|p| Arc::ptr_eq(&p.0, &to) && Arc::ptr_eq(&p.1, &from)) => {}
            Some(g) => g.1.push((to, from)),
            None => groups.push((id, vec![(to, from)])),
        }
    };
    for left in a_subset.into_iter().chain(std::iter::once(a)) {
        let mut found = false;
        let mut scan = |from: &FromRef, to: &FromRef| -> SqlResult<()> {
            for (fk, parent) in foreign_keys_of(from) {
                if !considered(&parent) {
                    continue;
                }
                match fk_target(&fk) {
                    Some(target) => {
                        if let Some(col) = crate::entity::corresponding(to, &target) {
                            found = true;
                            add(&fk, col, parent);
                        }
                    }
                    None => {
                        let Some(name) = fk_table_name(&fk) else { continue };
                        if columns::tables_of(to).iter().any(|t| t.key() == name) {
                            return Err(unresolved(&fk, &parent, &name));
                        }
                    }
                }
            }
            Ok(())
        };
        scan(b, left)?;
        if left.id() != b.id() {
            scan(left, b)?;
        }
        if found {
            break;
        }
    }
    let (na, nb) = (crate::mapper::from_description(a), crate::mapper::from_description(b));
    if groups.len() > 1 {
        // several constraints that say the same are one
        let same = |x: &Group, y: &Group| {
            x.1.len() == y.1.len() && x.1.iter().all(|p| y.1.iter().any(|q| Arc::ptr_eq(&p.0, &q.0) && Arc::ptr_eq(&p.1, &q.1)))
        };
        if groups.iter().zip(groups.iter().skip(1)).all(|(a, b)| same(a, b)) {
            groups.truncate(1);
        }
    }
    match groups.as_slice() {
        [] => Err(SqlError::new(
            ErrorKind::NoForeignKeys,
            format!("Can't find any foreign key relationships between '{na}' and '{nb}'."),
        )),
        [(_, pairs)] => {
            let clauses = pairs.iter().map(|(x, y)| equals(expr_in(x, &[a, b]), expr_in(y, &[a, b]))).collect();
            and(clauses).ok_or_else(|| SqlError::argument("empty join condition"))
        }
        _ => Err(SqlError::new(
            ErrorKind::AmbiguousForeignKeys,
            format!(
                "Can't determine join between '{na}' and '{nb}'; tables have more than one foreign key constraint \
                 relationship between them. Please specify the 'onclause' of this join explicitly."
            ),
        )),
    }
}

fn unresolved(fk: &Arc<ForeignKey>, parent: &Arc<Column>, table: &str) -> SqlError {
    let owner = columns::table_of(parent).map_or_else(String::new, |t| format!("{}.", t.key()));
    let spec = fk.d.read().colspec.clone().unwrap_or_else(|| "".into());
    let col = spec.rsplit_once('.').map_or("", |x| x.1);
    SqlError::new(
        ErrorKind::NoReferencedColumn,
        format!(
            "Could not initialize target column for ForeignKey '{spec}' on table '{}': table '{table}' has no column named '{col}'",
            owner.trim_end_matches('.')
        ),
    )
}

/// The column as an expression over whichever of `froms` holds it.
fn expr_in(c: &Arc<Column>, froms: &[&FromRef]) -> ExprRef {
    fn leaf(from: &FromRef, c: &Arc<Column>) -> Option<FromRef> {
        match &from.kind {
            FromKind::Join(j) => leaf(&j.left, c).or_else(|| leaf(&j.right, c)),
            FromKind::Grouping(x) => leaf(x, c),
            _ => contains_column(from, c).then(|| from.clone()),
        }
    }
    match froms.iter().find_map(|f| leaf(f, c)) {
        Some(from) => Expr::new(ExprKind::Column(sql::ast::ColumnRef::new(c.clone(), Some(from))), c.ty()),
        None => columns::column_expr(c),
    }
}

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

fn mark_self_referential(primary: &ExprRef, remote: &dyn Fn(&ExprRef) -> bool) -> ExprRef {
    mark_operands(primary, &mut |l, r| {
        let same = matches!((as_column(l), as_column(r)), (Some(a), Some(b)) if Arc::ptr_eq(a, b));
        let left = remote(l).then(|| with_mark(l, Mark::Remote));
        let right = (remote(r) && !same).then(|| with_mark(r, Mark::Remote));
        (left, right)
    })
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
