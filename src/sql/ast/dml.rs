//! INSERT, UPDATE, DELETE.

use super::clauses::*;
use super::{ExprRef, FromRef, QueryRef, SelectItem};
use crate::face::FaceSlot;
use crate::host::{EntityRef, HostRef};
use crate::schema::Column;
use std::sync::Arc;

/// How `values()` names a column.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum ColumnKey {
    Name(Arc<str>),
    Column(Arc<Column>),
    /// Expression target (`table.c.data["key"]`, ORM attribute).
    Expr(ExprRef),
}

/// A value of `values()`: a literal becomes an unnamed bind whose name is the column's.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum DmlValue {
    Host(HostRef),
    Expr(ExprRef),
}

/// `values(...)` as given.
#[derive(Clone, Debug, Default)]
pub enum DmlValues {
    /// Nothing given: columns come from the execution's parameters.
    #[default]
    None,
    /// One row.
    Single(Vec<(ColumnKey, DmlValue)>),
    /// Several rows in one statement (`values([{}, {}])`).
    Multi(Vec<Vec<(ColumnKey, DmlValue)>>),
}

/// Parts that all DML statements share.
#[derive(Clone, Debug, Default)]
pub struct DmlCommon {
    /// ORM entity when the target was one.
    pub entity: Option<EntityRef>,
    /// RETURNING.
    pub returning: Vec<SelectItem>,
    /// `return_defaults(*cols)`.
    pub return_defaults: Option<Vec<ExprRef>>,
    /// `return_defaults(supplemental_cols=…)`: fetched in any case.
    pub supplemental: Vec<ExprRef>,
    /// `returning(sort_by_parameter_order=True)`.
    pub sort_by_parameter_order: bool,
    /// Prefixes.
    pub prefixes: Vec<Affix>,
    /// Hints.
    pub hints: Vec<Hint>,
    /// WITH.
    pub ctes: Vec<(FromRef, bool)>,
    /// Loader options.
    pub options: Vec<HostRef>,
    /// Execution options.
    pub exec_options: ExecOptions,
    /// Dialect keyword arguments (`mysql_limit`).
    pub dialect_options: Vec<(Arc<str>, HostRef)>,
}

/// INSERT.
#[derive(Clone, Debug)]
pub struct Insert {
    /// Target.
    pub table: FromRef,
    /// VALUES.
    pub values: DmlValues,
    /// INSERT … SELECT.
    pub from_select: Option<FromSelect>,
    /// Do not fetch defaults.
    pub inline: bool,
    /// ON CONFLICT / ON DUPLICATE KEY.
    pub on_conflict: Vec<OnConflict>,
    /// Alias of `excluded`, for dialect inserts.
    pub dialect: Option<Arc<str>>,
    /// Shared parts.
    pub common: DmlCommon,
    /// The Python object.
    pub face: FaceSlot,
}

/// INSERT … SELECT.
#[derive(Clone, Debug)]
pub struct FromSelect {
    /// Target columns.
    pub names: Vec<ColumnKey>,
    /// The query.
    pub query: QueryRef,
    /// Add columns with Python-side defaults.
    pub include_defaults: bool,
}

/// UPDATE.
#[derive(Clone, Debug)]
pub struct Update {
    /// Target.
    pub table: FromRef,
    /// SET.
    pub values: DmlValues,
    /// `ordered_values()`: keep the order given.
    pub ordered: bool,
    /// WHERE, ANDed.
    pub where_: Vec<ExprRef>,
    /// `inline()`.
    pub inline: bool,
    /// Shared parts.
    pub common: DmlCommon,
    /// The Python object.
    pub face: FaceSlot,
}

/// DELETE.
#[derive(Clone, Debug)]
pub struct Delete {
    /// Target.
    pub table: FromRef,
    /// WHERE, ANDed.
    pub where_: Vec<ExprRef>,
    /// `using()`.
    pub using: Vec<FromRef>,
    /// Shared parts.
    pub common: DmlCommon,
    /// The Python object.
    pub face: FaceSlot,
}
