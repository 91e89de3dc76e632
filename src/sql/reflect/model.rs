//! The structure of a table as a database reports it.

use base::Value;

/// A query of the catalogue and its parameters.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct CatalogQuery {
    pub sql: String,
    pub params: Vec<Value>,
}

/// One row of an answer.
pub type Row = Vec<Value>;

/// Type class of the dialect (`VARCHAR`) and its numeric arguments; `unknown` is the database's text when no class fits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedType {
    pub class: String,
    pub args: Vec<i64>,
    pub unknown: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedColumn {
    pub name: String,
    pub ty: ReflectedType,
    pub nullable: bool,
    /// SQL text.
    pub default: Option<String>,
    /// Position in the primary key from 1; 0: not part of it.
    pub primary_key: i64,
    /// Expression, and whether it is stored.
    pub computed: Option<(String, bool)>,
    pub comment: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedKey {
    pub name: Option<String>,
    pub columns: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedForeignKey {
    pub name: Option<String>,
    pub columns: Vec<String>,
    pub referred_schema: Option<String>,
    pub referred_table: String,
    /// Empty: the primary key of the table referred to.
    pub referred_columns: Vec<String>,
    /// `onupdate`, `ondelete`, `initially`, `match`: as text; `deferrable`: see below.
    pub options: Vec<(String, String)>,
    pub deferrable: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedIndex {
    pub name: String,
    pub unique: bool,
    /// `None` for an expression.
    pub columns: Vec<Option<String>>,
    /// Columns in descending order, by position.
    pub descending: Vec<bool>,
    pub where_: Option<String>,
    /// Made for a constraint.
    pub implicit: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedCheck {
    pub name: Option<String>,
    pub sqltext: String,
}

/// What a relation is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RelationKind {
    #[default]
    Table,
    View,
}

/// A table or view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ReflectedTable {
    pub name: String,
    pub kind: RelationKind,
    pub columns: Vec<ReflectedColumn>,
    pub primary_key: ReflectedKey,
    pub foreign_keys: Vec<ReflectedForeignKey>,
    pub indexes: Vec<ReflectedIndex>,
    pub uniques: Vec<ReflectedKey>,
    pub checks: Vec<ReflectedCheck>,
    /// Dialect options: `sqlite_strict`.
    pub options: Vec<(String, bool)>,
    /// The statement that made it.
    pub definition: Option<String>,
}
