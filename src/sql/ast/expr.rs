//! Column expressions.

use super::{ColumnRef, FromRef, Node, Op, QueryRef};
use crate::face::FaceSlot;
use crate::host::{EntityRef, HostExpr, HostRef};
use crate::name::{Label, Name};
use crate::types::TypeRef;
use std::sync::Arc;

/// A shared expression.
pub type ExprRef = Arc<Expr>;

/// An expression with its type.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its SQL type.
    pub ty: TypeRef,
    /// ORM and user annotations; almost always absent.
    pub ann: Option<Arc<Annotations>>,
    /// The Python object.
    pub face: FaceSlot,
}

/// What the ORM knows about an expression that stems from a mapped attribute.
#[derive(Clone, Debug, Default)]
pub struct Annotations {
    /// The entity it was reached through.
    pub entity: Option<EntityRef>,
    /// Attribute name on the entity: the result key.
    pub proxy_key: Option<Arc<str>>,
    /// `remote()` / `foreign()` of a relationship condition.
    pub remote: bool,
    /// See `remote`.
    pub foreign: bool,
    /// `local` columns of a self-referential condition.
    pub local: bool,
    /// Nothing in it is replaced any more: it says already whose columns it means (the criterion inside a relationship's EXISTS).
    pub settled: bool,
    /// What `~` of it is, where that is more than NOT in front of it (membership in a many-to-many collection).
    pub negation: Option<ExprRef>,
    /// Other keys, by name.
    pub extra: Vec<(Arc<str>, HostRef)>,
}

/// A plain constant, as far as the pure rooms need to see one.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Bytes(Arc<[u8]>),
}

/// The value of a bound parameter.
#[derive(Clone, Debug)]
pub enum BindValue {
    /// No value yet: must come with the execution (`required`).
    Missing,
    /// A constant.
    Literal(Literal),
    /// A Python object.
    Host(HostRef),
    /// A callable that gives the value at execution (`callable_=`).
    Callable(HostRef),
}

/// `bindparam()`.
#[derive(Clone, Debug)]
pub struct Bind {
    /// Name; anonymous binds are numbered at rendering (`id_1`).
    pub key: Label,
    /// Name as the user gave it, before `unique` made it anonymous.
    pub orig_key: Arc<str>,
    /// Value.
    pub value: BindValue,
    /// Gets a number of its own.
    pub unique: bool,
    /// Rendered as a list at execution (`IN`).
    pub expanding: bool,
    /// Operator around an expanding bind, for the empty list.
    pub expand_op: Option<Op>,
    /// A value must be given at execution.
    pub required: bool,
    /// Rendered as a literal at execution.
    pub literal_execute: bool,
    /// OUT parameter.
    pub isoutparam: bool,
}

/// What an expression is. Names follow the Python classes of `sql.expression`.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// Column of a table, alias, subquery; or `column("x")`.
    Column(ColumnRef),
    /// `literal_column("text")`.
    LiteralColumn(Name),
    /// `bindparam()` and every literal value.
    Bind(Bind),
    /// `null()`
    Null,
    /// `true()`
    True,
    /// `false()`
    False,
    /// `text()` used as an expression.
    Text(Arc<TextClause>),
    /// Two operands.
    Binary {
        /// left operand
        left: ExprRef,
        /// right operand
        right: ExprRef,
        /// operator
        op: Op,
        /// operator of the negation, when there is one
        negate: Option<Op>,
        /// `escape=`, `autoescape`, `flags=`, `symmetric` …
        modifiers: Vec<(Arc<str>, Modifier)>,
    },
    /// One operand, operator before it.
    UnaryPrefix {
        /// operator
        op: Op,
        /// operand
        operand: ExprRef,
    },
    /// One operand, operator behind it (`DESC`, `NULLS LAST`).
    UnaryPostfix {
        /// operator
        op: Op,
        /// operand
        operand: ExprRef,
    },
    /// `NOT x`-able boolean of an expression (`x = 1` for dialects without booleans).
    AsBoolean {
        /// operand
        operand: ExprRef,
        /// IsTrue or IsFalse
        op: Op,
        /// negation
        negate: Op,
    },
    /// `and_()`, `or_()`: flattened.
    BoolList {
        /// And or Or
        op: Op,
        /// at least two, or none
        clauses: Vec<ExprRef>,
    },
    /// Comma or operator separated list (`IN (1, 2)`, function arguments, `a + b + c`).
    List {
        /// separator
        op: Op,
        /// elements
        clauses: Vec<ExprRef>,
        /// parentheses when used as an operand
        group: bool,
    },
    /// Parentheses.
    Grouping(ExprRef),
    /// `expr AS name`.
    Label {
        /// name
        name: Label,
        /// element
        element: ExprRef,
    },
    /// `order_by("name")`: resolved against the select's labels, CompileError when impossible.
    TextualLabelRef(Arc<str>),
    /// `order_by(label)`: renders the name where the dialect allows.
    LabelRef(ExprRef),
    /// `CAST(x AS type)`, `TRY_CAST`.
    Cast {
        /// operand
        element: ExprRef,
        /// target
        to: TypeRef,
        /// TRY_CAST
        safe: bool,
    },
    /// `type_coerce()`: renders the operand alone.
    TypeCoerce(ExprRef),
    /// `CASE`.
    Case {
        /// operand
        value: Option<ExprRef>,
        /// pairs
        whens: Vec<(ExprRef, ExprRef)>,
        /// else
        else_: Option<ExprRef>,
    },
    /// `EXTRACT(field FROM x)`.
    Extract {
        /// field
        field: Arc<str>,
        /// operand
        element: ExprRef,
    },
    /// `func.name(args)`.
    Function(Function),
    /// `f OVER (...)`.
    Over(Over),
    /// `f FILTER (WHERE …)`.
    FunctionFilter {
        /// function
        func: ExprRef,
        /// condition
        criterion: ExprRef,
    },
    /// `f WITHIN GROUP (ORDER BY …)`.
    WithinGroup {
        /// function
        func: ExprRef,
        /// ordering
        order_by: Vec<ExprRef>,
    },
    /// `agg(x ORDER BY …)`.
    AggregateOrderBy {
        /// function
        func: ExprRef,
        /// ordering
        order_by: Vec<ExprRef>,
    },
    /// `tuple_(a, b)`.
    Tuple(Vec<ExprRef>),
    /// `(SELECT …)` as a value.
    ScalarSelect(QueryRef),
    /// `EXISTS (SELECT …)`; the operand is a ScalarSelect or Grouping.
    Exists(QueryRef),
    /// A SELECT as an operand of IN, ANY …: rendered in parentheses.
    QueryGrouping(QueryRef),
    /// `x[a:b]` index of ARRAY.
    Slice {
        /// start
        start: ExprRef,
        /// stop
        stop: ExprRef,
        /// step
        step: Option<ExprRef>,
    },
    /// A collation name, right of COLLATE.
    Collation(Name),
    /// A whole FROM element as a value (`func.f(subquery.table_valued())`, `table` in count).
    TableValue(FromRef),
    /// An ORM entity as a value (`select(User)` resolves before compile; here for `count(User)`…).
    Entity(EntityRef),
    /// `next_value(seq)`.
    Sequence(Arc<crate::schema::Sequence>),
    /// `from_dml_column(c)`: what the INSERT or UPDATE around it sets for the column.
    DmlTarget(Arc<crate::schema::Column>),
    /// A construct of the user's.
    Host(Arc<dyn HostExpr>),
}

/// A modifier of a binary expression.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Modifier {
    Bool(bool),
    Str(Arc<str>),
    Expr(ExprRef),
}

/// `text("… :name …")`.
#[derive(Clone, Debug)]
pub struct TextClause {
    /// Text with `:name` replaced by nothing yet; binds are found at rendering.
    pub text: Arc<str>,
    /// Given and implied binds, by name.
    pub binds: Vec<(Arc<str>, ExprRef)>,
}

/// `func.pkg.name(args)`.
#[derive(Clone, Debug)]
pub struct Function {
    /// Function name.
    pub name: Name,
    /// Names before it.
    pub packages: Vec<Name>,
    /// Arguments.
    pub args: Vec<ExprRef>,
    /// Identifier in the registry of known functions, lower case (`count`, `now`); `None` for a plain call.
    pub known: Option<&'static str>,
    /// Known functions render without parentheses when they take no argument (`CURRENT_TIMESTAMP`).
    pub no_parens: bool,
}

/// `OVER (PARTITION BY … ORDER BY … frame)`.
#[derive(Clone, Debug)]
pub struct Over {
    /// The function.
    pub func: ExprRef,
    /// PARTITION BY.
    pub partition_by: Vec<ExprRef>,
    /// ORDER BY.
    pub order_by: Vec<ExprRef>,
    /// ROWS/RANGE/GROUPS.
    pub frame: Option<Frame>,
    /// EXCLUDE text.
    pub exclude: Option<Arc<str>>,
}

/// A window frame.
#[derive(Clone, Debug)]
pub struct Frame {
    /// `ROWS`, `RANGE` or `GROUPS`.
    pub unit: &'static str,
    /// Start.
    pub start: Bound,
    /// End.
    pub end: Bound,
}

/// One end of a frame.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Bound {
    UnboundedPreceding,
    Preceding(ExprRef),
    Current,
    Following(ExprRef),
    UnboundedFollowing,
}

impl Expr {
    /// A fresh expression.
    pub fn new(kind: ExprKind, ty: TypeRef) -> ExprRef {
        Arc::new(Self { kind, ty, ann: None, face: FaceSlot::default() })
    }
    /// The same expression with annotations.
    pub fn annotated(&self, ann: Annotations) -> ExprRef {
        Arc::new(Self { kind: self.kind.clone(), ty: self.ty.clone(), ann: Some(Arc::new(ann)), face: FaceSlot::default() })
    }
}

impl ExprKind {
    /// Whether letting go of it may let go of a tree.
    fn holds_a_tree(&self) -> bool {
        match self {
            Self::Column(c) => Arc::strong_count(&c.column) == 1 || c.known_from().is_some_and(|f| Arc::strong_count(f) == 1),
            Self::LiteralColumn(_) | Self::Bind(_) | Self::Null | Self::True | Self::False | Self::TextualLabelRef(_) => false,
            _ => true,
        }
    }
}

/// A deep tree is let go level by level, not by one recursion.
impl Drop for Expr {
    fn drop(&mut self) {
        if self.kind.holds_a_tree() {
            base::depth::release(std::mem::replace(&mut self.kind, ExprKind::Null));
        }
    }
}

impl From<ExprRef> for Node {
    fn from(e: ExprRef) -> Self {
        Self::Expr(e)
    }
}
