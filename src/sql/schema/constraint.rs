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
    /// `postgresql_include`: dialect and columns.
    pub include: Vec<(Arc<str>, Vec<Name>)>,
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
        /// Expression, operator class, operator.
        elements: Vec<(ExprRef, Option<Arc<str>>, Arc<str>)>,
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
    /// `postgresql_include`: dialect and columns.
    pub include: Vec<(Arc<str>, Vec<Name>)>,
    /// `sqlite_where`, `postgresql_where`: the condition of each dialect.
    pub where_: Vec<(Arc<str>, ExprRef)>,
}
