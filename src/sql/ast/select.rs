//! SELECT, set operations, textual selects.

use super::clauses::*;
use super::{ExprRef, From, FromRef, TextClause};
use crate::face::FaceSlot;
use crate::host::{EntityRef, HostRef};
use std::sync::Arc;

/// A shared query: anything that yields rows and can be a subquery.
pub type QueryRef = Arc<Query>;

/// Anything that yields rows.
#[derive(Clone, Debug)]
pub struct Query {
    /// What it is.
    pub kind: QueryKind,
    /// The Python object.
    pub face: FaceSlot,
}

/// Kinds of query.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum QueryKind {
    Select(Box<Select>),
    Compound(Box<Compound>),
    Textual(Box<TextualSelect>),
    /// `select(User).from_statement(text)`: ORM only, resolved before compile.
    FromStatement(Box<FromStatement>),
    /// A query in parentheses (operand of a set operation).
    Grouping(QueryRef),
    /// `values()` as an operand of a set operation.
    Values(FromRef),
}

/// One item of the columns clause.
#[derive(Clone, Debug)]
pub enum SelectItem {
    /// An expression.
    Expr(ExprRef),
    /// A FROM element: all its columns.
    From(FromRef),
    /// An ORM entity.
    Entity(EntityRef),
    /// Something only the ORM understands (Bundle, composite attribute): resolved before compile.
    Host(HostRef),
}

/// A `.join()` call, resolved when the FROM list is computed.
#[derive(Clone, Debug)]
pub struct SetupJoin {
    /// Right side.
    pub target: JoinTarget,
    /// ON clause or relationship attribute.
    pub onclause: Option<JoinOn>,
    /// `join_from` left side.
    pub left: Option<JoinTarget>,
    /// LEFT OUTER.
    pub isouter: bool,
    /// FULL.
    pub full: bool,
}

/// What is joined.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum JoinTarget {
    From(FromRef),
    Entity(EntityRef),
    /// A relationship attribute (`join(User.addresses)`): resolved by the ORM.
    Attribute(HostRef),
}

/// ON clause as given.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum JoinOn {
    Expr(ExprRef),
    Attribute(HostRef),
}

/// SELECT.
#[derive(Clone, Debug, Default)]
pub struct Select {
    /// Columns clause as given.
    pub columns: Vec<SelectItem>,
    /// `select_from()`.
    pub from_obj: Vec<FromRef>,
    /// `.join()` calls.
    pub joins: Vec<SetupJoin>,
    /// `with_only_columns(maintain_column_froms=True)`: FROMs kept from replaced columns.
    pub memo_froms: Vec<FromRef>,
    /// WHERE, ANDed.
    pub where_: Vec<ExprRef>,
    /// GROUP BY.
    pub group_by: Vec<ExprRef>,
    /// HAVING, ANDed.
    pub having: Vec<ExprRef>,
    /// ORDER BY.
    pub order_by: Vec<ExprRef>,
    /// LIMIT.
    pub limit: Option<ExprRef>,
    /// OFFSET.
    pub offset: Option<ExprRef>,
    /// FETCH FIRST.
    pub fetch: Option<Fetch>,
    /// DISTINCT.
    pub distinct: Distinct,
    /// FOR UPDATE.
    pub for_update: Option<ForUpdate>,
    /// Correlation.
    pub correlate: Correlate,
    /// After SELECT.
    pub prefixes: Vec<Affix>,
    /// At the end.
    pub suffixes: Vec<Affix>,
    /// `with_hint`, `with_statement_hint`.
    pub hints: Vec<Hint>,
    /// `add_cte`.
    pub ctes: Vec<(FromRef, bool)>,
    /// Labels of result columns.
    pub label_style: LabelStyle,
    /// Loader options and user options, in order; opaque here.
    pub options: Vec<HostRef>,
    /// Execution options; opaque here.
    pub exec_options: ExecOptions,
    /// Set when an ORM entity takes part: the ORM rewrites the statement before compile.
    pub orm: bool,
}

/// UNION and relatives.
#[derive(Clone, Debug)]
pub struct Compound {
    /// `UNION`, `UNION ALL`, `EXCEPT`, `EXCEPT ALL`, `INTERSECT`, `INTERSECT ALL`.
    pub keyword: &'static str,
    /// At least one.
    pub selects: Vec<QueryRef>,
    /// GROUP BY.
    pub group_by: Vec<ExprRef>,
    /// ORDER BY.
    pub order_by: Vec<ExprRef>,
    /// LIMIT.
    pub limit: Option<ExprRef>,
    /// OFFSET.
    pub offset: Option<ExprRef>,
    /// FETCH FIRST.
    pub fetch: Option<Fetch>,
    /// FOR UPDATE.
    pub for_update: Option<ForUpdate>,
    /// `add_cte`.
    pub ctes: Vec<(FromRef, bool)>,
    /// Labels.
    pub label_style: LabelStyle,
    /// Loader options.
    pub options: Vec<HostRef>,
    /// Execution options.
    pub exec_options: ExecOptions,
}

/// `text().columns()`.
#[derive(Clone, Debug)]
pub struct TextualSelect {
    /// The text.
    pub text: Arc<TextClause>,
    /// Its columns.
    pub columns: Vec<ExprRef>,
    /// Columns were given positionally.
    pub positional: bool,
    /// `add_cte`.
    pub ctes: Vec<(FromRef, bool)>,
    /// Loader options.
    pub options: Vec<HostRef>,
    /// Execution options.
    pub exec_options: ExecOptions,
}

/// `select(User).from_statement(stmt)`.
#[derive(Clone, Debug)]
pub struct FromStatement {
    /// Entities wanted.
    pub entities: Vec<SelectItem>,
    /// Statement that yields the rows.
    pub element: super::Node,
    /// Loader options.
    pub options: Vec<HostRef>,
    /// Execution options.
    pub exec_options: ExecOptions,
}

/// A deep tree is let go level by level, not by one recursion.
impl Drop for Query {
    fn drop(&mut self) {
        static NOTHING: std::sync::LazyLock<FromRef> = std::sync::LazyLock::new(|| From::new(super::from::nothing()));
        base::depth::release(std::mem::replace(&mut self.kind, QueryKind::Values(NOTHING.clone())));
    }
}

impl Query {
    /// A fresh query.
    pub fn new(kind: QueryKind) -> QueryRef {
        Arc::new(Self { kind, face: FaceSlot::default() })
    }
    /// From a SELECT.
    pub fn select(select: Select) -> QueryRef {
        Self::new(QueryKind::Select(Box::new(select)))
    }
    /// The SELECT, if it is one.
    pub fn as_select(&self) -> Option<&Select> {
        match &self.kind {
            QueryKind::Select(s) => Some(s),
            _ => None,
        }
    }
}

impl std::convert::From<QueryRef> for super::Node {
    fn from(q: QueryRef) -> Self {
        Self::Query(q)
    }
}
impl std::convert::From<std::sync::Arc<From>> for super::Node {
    fn from(f: FromRef) -> Self {
        Self::From(f)
    }
}
