//! Constraints, foreign keys, indexes.

use super::{Column, Table};
use crate::ast::ExprRef;
use crate::face::FaceSlot;
use crate::host::HostRef;
use crate::name::Name;
use parking_lot::RwLock;
use std::sync::{Arc, Weak};

/// One column's reference; several make a FOREIGN KEY constraint.
#[derive(Debug)]
pub struct ForeignKey {
    /// Changes until it is resolved.
    pub d: RwLock<ForeignKeyData>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`ForeignKey::d`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ForeignKeyData {
    /// `"schema.table.column"` as given, when the target is not yet known.
    pub colspec: Option<Arc<str>>,
    /// The same in parts, for names that hold dots.
    pub tokens: Option<super::Target>,
    /// Target, once known. Strong: the target outlives the reference or the reference is meaningless.
    pub target: Option<Arc<Column>>,
    pub target_table: Option<Weak<Table>>,
    pub parent: Option<Weak<Column>>,
    pub constraint: Option<Weak<Constraint>>,
    /// For the key of an alias's or subquery's column: the key it stands for, which knows its table.
    pub origin: Option<Arc<ForeignKey>>,
    /// The column in `colspec` is a name, not a key.
    pub link_to_name: bool,
}

/// Any table constraint.
#[derive(Debug)]
pub struct Constraint {
    /// Changes while it is declared.
    pub d: RwLock<ConstraintData>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`Constraint::d`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ConstraintData {
    pub kind: ConstraintKind,
    pub name: Option<Name>,
    /// Convention already applied to the name (`conv()`).
    pub name_is_conv: bool,
    pub columns: Vec<Arc<Column>>,
    pub deferrable: Option<bool>,
    pub initially: Option<Arc<str>>,
    pub comment: Option<Arc<str>>,
    pub table: Option<Weak<Table>>,
    /// Made by a type (Enum, Boolean): left out where the dialect has the type natively.
    pub type_bound: bool,
    /// Made by `unique=True` or by an unnamed inline primary key.
    pub implicit: bool,
    pub dialect_options: Vec<(Arc<str>, Arc<str>, HostRef)>,
}

/// Kinds of constraint.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub enum ConstraintKind {
    #[default]
    PrimaryKey,
    Unique,
    Check {
        sqltext: ExprRef,
    },
    ForeignKey {
        elements: Vec<Arc<ForeignKey>>,
        onupdate: Option<Arc<str>>,
        ondelete: Option<Arc<str>>,
        match_: Option<Arc<str>>,
        use_alter: bool,
        link_to_name: bool,
    },
    /// PostgreSQL EXCLUDE.
    Exclude {
        elements: Vec<(ExprRef, Arc<str>)>,
        using: Arc<str>,
        where_: Option<ExprRef>,
    },
}

/// An index.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Index {
    pub d: RwLock<IndexData>,
    pub face: FaceSlot,
}

/// Column key, prefix length, operator class.
pub type ColumnOptions = (Arc<str>, Option<i64>, Option<Arc<str>>);

/// See [`Index`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct IndexData {
    pub name: Option<Name>,
    pub expressions: Vec<ExprRef>,
    /// Columns of tables among them, for names.
    pub columns: Vec<Arc<Column>>,
    pub unique: bool,
    pub table: Option<Weak<Table>>,
    pub dialect_options: Vec<(Arc<str>, Arc<str>, HostRef)>,
    /// Made by `index=True`.
    pub implicit: bool,
    /// A naming convention made the name: it may be shortened.
    pub name_is_conv: bool,
    /// Per expression: prefix length (MySQL) and operator class (PostgreSQL), by column key.
    pub column_options: Vec<ColumnOptions>,
    /// `postgresql_include`.
    pub include: Option<Vec<Name>>,
    /// `postgresql_with`.
    pub with: Vec<(Arc<str>, Arc<str>)>,
    /// `sqlite_where`, `postgresql_where`: dialect and condition.
    pub where_: Option<(Arc<str>, ExprRef)>,
}

/// An expression of an index, its prefix length (MySQL) and its operator class (PostgreSQL).
pub type IndexPart = (ExprRef, Option<i64>, Option<Arc<str>>);

impl IndexData {
    /// Each expression with its prefix length and operator class.
    pub fn expressions_with_options(&self) -> Vec<IndexPart> {
        self.expressions
            .iter()
            .map(|e| {
                let key = match &e.kind {
                    crate::ast::ExprKind::Column(c) => Some(c.column.key()),
                    crate::ast::ExprKind::UnaryPostfix { operand, .. } => match &operand.kind {
                        crate::ast::ExprKind::Column(c) => Some(c.column.key()),
                        _ => None,
                    },
                    _ => None,
                };
                let found = key.and_then(|k| self.column_options.iter().find(|(name, ..)| *name == k));
                match found {
                    Some((_, length, ops)) => (e.clone(), *length, ops.clone()),
                    None => (e.clone(), None, None),
                }
            })
            .collect()
    }
}
