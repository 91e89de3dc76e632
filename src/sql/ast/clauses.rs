//! Smaller parts of statements.

use super::{ExprRef, FromRef, QueryRef};
use crate::host::HostRef;
use crate::name::{Label, Name};
use std::sync::Arc;

/// A WITH element.
#[derive(Debug)]
pub struct Cte {
    /// Name.
    pub name: Label,
    /// What it holds: a query, or DML with RETURNING.
    pub element: CteElement,
    /// WITH RECURSIVE.
    pub recursive: bool,
    /// Rendered where it is used, not at the top.
    pub nesting: bool,
    /// The CTE this one is an alias of.
    pub alias_of: Option<FromRef>,
    /// The CTE this one extends by `.union()`.
    pub restates: Option<FromRef>,
    /// Words before/behind (`MATERIALIZED`).
    pub prefixes: Vec<Affix>,
    /// See `prefixes`.
    pub suffixes: Vec<Affix>,
}

/// What a CTE is made of.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum CteElement {
    Query(QueryRef),
    Insert(Arc<super::Insert>),
    Update(Arc<super::Update>),
    Delete(Arc<super::Delete>),
}

/// `prefix_with(expr, dialect=)`.
#[derive(Clone, Debug)]
pub struct Affix {
    /// Text or expression.
    pub expr: ExprRef,
    /// Dialect name or `*`.
    pub dialect: Arc<str>,
}

/// `with_hint(selectable, text, dialect)`.
#[derive(Clone, Debug)]
pub struct Hint {
    /// FROM it belongs to; `None`: the whole statement.
    pub target: Option<FromRef>,
    /// Text with `%(name)s`.
    pub text: Arc<str>,
    /// Dialect name or `*`.
    pub dialect: Arc<str>,
}

/// `with_for_update()`.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ForUpdate {
    pub nowait: bool,
    pub read: bool,
    pub skip_locked: bool,
    pub key_share: bool,
    pub of: Vec<ExprRef>,
    pub of_from: Vec<FromRef>,
}

/// `fetch(count, with_ties, percent)`.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Fetch {
    pub count: ExprRef,
    pub with_ties: bool,
    pub percent: bool,
}

/// `correlate()`, `correlate_except()`.
#[derive(Clone, Debug, Default)]
pub enum Correlate {
    /// Automatic.
    #[default]
    Auto,
    /// Off (`correlate(None)`).
    None,
    /// Only these.
    To(Vec<FromRef>),
    /// All but these.
    Except(Vec<FromRef>),
}

/// DISTINCT.
#[derive(Clone, Debug, Default)]
pub enum Distinct {
    /// No.
    #[default]
    No,
    /// Yes.
    Yes,
    /// DISTINCT ON.
    On(Vec<ExprRef>),
}

/// How result columns are labelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub enum LabelStyle {
    None,
    TablenamePlusCol,
    #[default]
    DisambiguateOnly,
    /// 1.x ORM default, disambiguates legacy names.
    LegacyOrm,
}

/// Execution options and other Python dictionaries that ride on a statement.
pub type ExecOptions = Option<HostRef>;

/// A dialect-specific clause of a statement (`on_conflict_do_update`, `mysql_limit`), rendered by its dialect.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum OnConflict {
    DoNothing {
        target: ConflictTarget,
    },
    DoUpdate {
        target: ConflictTarget,
        set: Vec<(super::ColumnKey, ExprRef)>,
        where_: Option<ExprRef>,
    },
    /// MySQL: `ON DUPLICATE KEY UPDATE`.
    DuplicateKey {
        set: Vec<(super::ColumnKey, ExprRef)>,
        ordered: bool,
    },
}

/// `ON CONFLICT` target.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ConflictTarget {
    pub constraint: Option<Name>,
    pub elements: Vec<ExprRef>,
    pub where_: Option<ExprRef>,
}
