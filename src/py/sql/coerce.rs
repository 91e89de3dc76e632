//! What a Python object means where SQL is expected, and the error that says what was expected instead.

use super::clause::node_of;
use crate::py::doors::{ENTITY, IS_INSTANCE, SELECT_ITEM};
use crate::py::errors::{argument_error, warn};
use crate::py::host::PyHost;
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyFloat, PyInt, PyString, PyTuple};
use sql::ast::build::{self, Other};
use sql::ast::generative::Clauses;
use sql::ast::{Affix, BindValue, Expr, ExprKind, ExprRef, From, FromKind, FromRef, Node, QueryRef, SelectItem};

/// Where an object is used: decides what is accepted and what the error says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Role {
    Expression,
    BinaryElement,
    ColumnsClause,
    WhereHaving,
    OnClause,
    OrderBy,
    GroupBy,
    ByOf,
    From,
    JoinTarget,
    Statement,
    Select,
    Compound,
    LimitOffset,
    InElement,
    ColumnArgument,
    DmlTable,
    DmlColumn,
    DmlSelect,
    Cte,
}

impl Role {
    /// What the error message says was expected.
    pub fn expects(self) -> &'static str {
        match self {
            Role::Expression => "SQL expression element",
            Role::BinaryElement => "SQL expression element or literal value",
            Role::ColumnsClause => "Column expression, FROM clause, or other columns clause element",
            Role::WhereHaving => "SQL expression for WHERE/HAVING role",
            Role::OnClause => "ON clause, typically a SQL expression or ORM relationship attribute",
            Role::OrderBy => "ORDER BY expression",
            Role::GroupBy => "GROUP BY expression",
            Role::ByOf => "GROUP BY / OF / etc. expression",
            Role::From => "FROM expression, such as a Table or alias() object",
            Role::JoinTarget => "Join target, typically a FROM expression, or ORM relationship attribute",
            Role::Statement => "Executable SQL or text() construct",
            Role::Select => "SELECT construct or equivalent text() construct",
            Role::Compound => "SELECT construct for inclusion in a UNION or other set construct",
            Role::LimitOffset => "LIMIT / OFFSET expression",
            Role::InElement => "IN expression list, SELECT construct, or bound parameter object",
            Role::ColumnArgument => "Column expression",
            Role::DmlTable => "subject table for an INSERT, UPDATE or DELETE",
            Role::DmlColumn => "SET/VALUES column expression or string key",
            Role::DmlSelect => "SELECT statement or equivalent textual object",
            Role::Cte => "Row returning expression such as a SELECT, a FROM clause, or an INSERT/UPDATE/DELETE with RETURNING",
        }
    }
}

/// The error for an object that a role does not accept.
pub fn unexpected(obj: &Bound<'_, PyAny>, role: Role) -> PyErr {
    let py = obj.py();
    // a class whose mapping waits for something says so
    if obj.is_instance_of::<pyo3::types::PyType>()
        && let Err(e) = crate::py::imports::inspect(py).and_then(|inspect| inspect.call1((obj, false)))
    {
        return e;
    }
    let shown = match obj.repr() {
        Ok(r) => r.text(),
        Err(e) => return e,
    };
    if obj.is_instance_of::<PyString>() && matches!(role, Role::Expression | Role::WhereHaving | Role::From) {
        return textual(py, "SQL", &obj.text());
    }
    let mut message = format!("{} expected, got {shown}.", role.expects());
    if matches!(role, Role::Expression | Role::BinaryElement | Role::WhereHaving | Role::OrderBy | Role::GroupBy | Role::ByOf) {
        match node_of(obj) {
            Ok(Some(Node::From(f))) if matches!(f.kind, FromKind::Values(_)) => {
                message.push_str(" To create a column expression from a VALUES clause, use the .scalar_values() method.");
            }
            Ok(Some(Node::From(_))) if matches!(role, Role::Expression | Role::BinaryElement) => message
                .push_str(" To create a column expression from a FROM clause row as a whole, use the .table_valued() method."),
            Ok(Some(Node::Query(_))) => {}
            _ => {}
        }
    }
    if role == Role::ColumnsClause
        && (obj.is_instance_of::<pyo3::types::PyList>() || obj.is_instance_of::<pyo3::types::PyTuple>())
    {
        let items = obj.try_iter().and_then(|it| it.map(|o| o?.repr().map(|r| r.text())).collect::<PyResult<Vec<_>>>());
        let items = match items {
            Ok(items) => items.join(", "),
            Err(e) => return e,
        };
        message.push_str(&format!(" Did you mean to say select({items})?"));
    }
    argument_error(py, message)
}

/// The error for plain text where SQL is expected.
pub fn textual(py: Python<'_>, what: &str, text: &str) -> PyErr {
    let shown: String = if text.chars().count() > 100 { text.chars().take(100).collect() } else { text.to_owned() };
    let shown = pyo3::types::PyString::new(py, &shown).repr().map(|r| r.text()).unwrap_or_default();
    argument_error(py, format!("Textual {what} expression {shown} should be explicitly declared as text({shown})"))
}

/// How many objects may stand for each other (`__clause_element__`) before it is taken for endless.
const ELEMENTS: u32 = 100 * base::depth::LIMIT;

/// The clause element an object stands for: itself, or what `__clause_element__()` gives.
pub fn clause_of<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    if obj.is_instance_of::<super::ClauseElement>() || is_plain(obj) {
        return Ok(obj.clone());
    }
    let mut current = obj.clone();
    // As many as somebody may wrap into each other; an element that gives itself never ends.
    for level in 0.. {
        if level > ELEMENTS {
            return Err(crate::py::errors::too_deep(base::depth::TooDeep));
        }
        let Some(f) = current.getattr_opt("__clause_element__")? else { break };
        if current.is_instance_of::<pyo3::types::PyType>() && !obj.is_callable() {
            break;
        }
        let next = f.call0()?;
        if next.is(&current) {
            break;
        }
        current = next;
        if current.is_instance_of::<super::ClauseElement>() {
            return Ok(current);
        }
    }
    inspected(&current)
}

/// A value of a built-in type never is a clause element.
fn is_plain(obj: &Bound<'_, PyAny>) -> bool {
    obj.is_none()
        || obj.is_exact_instance_of::<PyInt>()
        || obj.is_exact_instance_of::<PyString>()
        || obj.is_exact_instance_of::<PyBool>()
        || obj.is_exact_instance_of::<PyFloat>()
}

/// The column of a face.
pub fn column(obj: &Bound<'_, PyAny>) -> PyResult<std::sync::Arc<sql::schema::Column>> {
    if let Ok(face) = obj.cast::<super::ClauseElement>()
        && let Some(Node::Expr(e)) = face.get().node()
        && let ExprKind::Column(c) = &e.kind
    {
        return Ok(c.column.clone());
    }
    match &expr(obj)?.kind {
        ExprKind::Column(c) => Ok(c.column.clone()),
        _ => Err(argument_error(obj.py(), format!("Column expected, got {}", obj.repr()?.text()))),
    }
}

/// The ORM entity an object stands for (mapped class, mapper, alias).
pub fn entity_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<sql::host::EntityRef>> {
    match ENTITY.get() {
        Some(of) if !is_plain(obj) && !obj.is_instance_of::<super::ClauseElement>() => of(obj),
        _ => Ok(None),
    }
}

/// Inspection of other systems' objects: those with a `selectable` (mapped classes are [`entity_of`]).
fn inspected<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    Ok(obj.clone())
}

/// An expression; literals are refused.
///
/// # Errors
/// `ArgumentError` with SQLAlchemy's message.
pub fn expr(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    expr_in(obj, Role::Expression)
}

/// An expression where `role` says, literals refused (`None`, `True`, `False` are SQL constants in conditions).
pub fn expr_in(obj: &Bound<'_, PyAny>, role: Role) -> PyResult<ExprRef> {
    if let Some(e) = try_expr(obj, role)? {
        // Several expressions (a bundle, a composite) are no condition.
        if role == Role::WhereHaving && matches!(&e.kind, ExprKind::List { op: sql::ast::Op::Comma, group: false, .. }) {
            return Err(unexpected(&clause_of(obj)?, role));
        }
        return Ok(e);
    }
    if matches!(role, Role::WhereHaving | Role::Expression) {
        if obj.is_none() {
            return Ok(build::null());
        }
        if let Ok(b) = obj.cast::<PyBool>() {
            return Ok(if b.is_true() { build::true_() } else { build::false_() });
        }
    }
    Err(unexpected(obj, role))
}

/// The expression a clause element gives in `role`; `None`: not a clause element.
pub fn try_expr(obj: &Bound<'_, PyAny>, role: Role) -> PyResult<Option<ExprRef>> {
    let clause = clause_of(obj)?;
    match node_of(&clause)? {
        Some(Node::Expr(e)) => Ok(Some(e)),
        Some(Node::Query(q)) => match role {
            Role::ColumnsClause | Role::InElement => Ok(Some(scalar(obj.py(), &q)?)),
            _ => {
                warn(
                    obj.py(),
                    "SAWarning",
                    "implicitly coercing SELECT object to scalar subquery; please use the .scalar_subquery() method to produce a scalar subquery.",
                )?;
                Ok(Some(scalar(obj.py(), &q)?))
            }
        },
        Some(Node::From(f)) => match role {
            Role::ColumnsClause => Ok(Some(Expr::new(ExprKind::TableValue(f), sql::types::null_type()))),
            _ => match &f.kind {
                FromKind::Subquery { query, .. } => {
                    let shown = clause.get_type().name()?.text();
                    warn(
                        obj.py(),
                        "SAWarning",
                        &format!(
                            "implicitly coercing {shown} object to scalar subquery; please use the .scalar_subquery() method to produce a scalar subquery."
                        ),
                    )?;
                    Ok(Some(scalar(obj.py(), query)?))
                }
                FromKind::TableValued(t) if t.columns.len() == 1 => {
                    Ok(sql::ast::proxy::columns(&f).into_iter().next().map(|(_, c)| c))
                }
                _ => Err(unexpected(&clause, role)),
            },
        },
        Some(_) => Err(unexpected(&clause, role)),
        None => Ok(None),
    }
}

fn scalar(_py: Python<'_>, q: &QueryRef) -> PyResult<ExprRef> {
    Ok(super::selectable::scalar_of(q))
}

/// Whether an object is an instance of a mapped class: never a value of a column.
fn is_mapped_instance(obj: &Bound<'_, PyAny>) -> bool {
    !is_plain(obj) && IS_INSTANCE.get().is_some_and(|is| is(obj))
}

/// What is neither an expression nor a value: mapped classes and their instances.
fn refuse_mapped(obj: &Bound<'_, PyAny>, role: Role) -> PyResult<()> {
    if is_mapped_instance(obj) || entity_of(obj)?.is_some() { Err(unexpected(obj, role)) } else { Ok(()) }
}

/// The error for an object that never is the value of a bound parameter; `None`: it may be one.
pub fn illegal_value(obj: &Bound<'_, PyAny>) -> PyResult<Option<PyErr>> {
    if !is_mapped_instance(obj) {
        return Ok(None);
    }
    let shown = obj.repr()?.text();
    Ok(Some(argument_error(obj.py(), format!("Object {shown} is not legal as a SQL literal value"))))
}

/// Right side of an operator: an expression, or a value with the type it has by itself.
pub fn other(obj: &Bound<'_, PyAny>) -> PyResult<Other> {
    if !is_plain(obj) {
        if let Some(e) = try_expr(obj, Role::BinaryElement)? {
            return Ok(Other::Expr(e));
        }
        refuse_mapped(obj, Role::BinaryElement)?;
    }
    Ok(Other::Value(BindValue::Host(PyHost::wrap(obj)), crate::py::types::type_of_value(obj)?))
}

/// An expression, literal values become bound parameters named after `base` (function arguments, CASE results).
pub fn expr_or_literal(obj: &Bound<'_, PyAny>, base: &str) -> PyResult<ExprRef> {
    if !is_plain(obj) {
        if let Some(e) = try_expr(obj, Role::BinaryElement)? {
            return Ok(e);
        }
        refuse_mapped(obj, Role::Expression)?;
    }
    if obj.is_none() {
        return Ok(build::null());
    }
    Ok(build::anon_bind(base, BindValue::Host(PyHost::wrap(obj)), crate::py::types::type_of_value(obj)?))
}

/// One item of a columns clause.
pub fn select_item(obj: &Bound<'_, PyAny>) -> PyResult<SelectItem> {
    if let Some(entity) = entity_of(obj)? {
        return Ok(SelectItem::Entity(entity));
    }
    if let Some(bundle) = SELECT_ITEM.through()?(obj)? {
        return Ok(bundle);
    }
    let clause = clause_of(obj)?;
    match node_of(&clause)? {
        Some(Node::Expr(e)) => return Ok(SelectItem::Expr(e)),
        Some(Node::From(f)) => return Ok(SelectItem::From(f)),
        Some(Node::Query(q)) => {
            return match &q.kind {
                _ if obj.is_instance_of::<super::SelectBase>() => {
                    warn(
                        obj.py(),
                        "SAWarning",
                        "implicitly coercing SELECT object to scalar subquery; please use the .scalar_subquery() method to produce a scalar subquery.",
                    )?;
                    Ok(SelectItem::Expr(scalar(obj.py(), &q)?))
                }
                _ => Ok(SelectItem::Expr(scalar(obj.py(), &q)?)),
            };
        }
        Some(_) => return Err(unexpected(&clause, Role::ColumnsClause)),
        None => {}
    }
    let py = obj.py();
    if obj.is_none() {
        return Ok(SelectItem::Expr(build::null()));
    }
    if let Ok(b) = obj.cast::<PyBool>() {
        return Ok(SelectItem::Expr(if b.is_true() { build::true_() } else { build::false_() }));
    }
    if let Ok(s) = obj.cast::<PyString>() {
        if s.to_str()? == "*" {
            return Ok(SelectItem::Expr(Expr::new(ExprKind::LiteralColumn(sql::Name::new("*")), sql::types::null_type())));
        }
        let shown = s.repr()?.text();
        let use_column = if s.to_str()?.chars().all(|c| c.is_alphanumeric() || c == '_') {
            format!("column({shown})")
        } else {
            format!("literal_column({shown})")
        };
        return Err(argument_error(
            py,
            format!(
                "Textual column expression {shown} should be explicitly declared with text({shown}), or use {use_column} for more specificity"
            ),
        ));
    }
    if obj.is_instance_of::<PyInt>() || obj.is_instance_of::<PyFloat>() || obj.is_instance(&crate::py::imports::decimal(py)?)? {
        let text: String = obj.str()?.extract()?;
        return Ok(SelectItem::Expr(Expr::new(ExprKind::LiteralColumn(sql::Name::new(text)), sql::types::null_type())));
    }
    Err(unexpected(obj, Role::ColumnsClause))
}

/// A FROM element.
pub fn from(obj: &Bound<'_, PyAny>) -> PyResult<FromRef> {
    from_in(obj, Role::From)
}

/// A FROM element where `role` says.
pub fn from_in(obj: &Bound<'_, PyAny>, role: Role) -> PyResult<FromRef> {
    if let Some(entity) = entity_of(obj)? {
        return Ok(entity_from(&entity));
    }
    let clause = clause_of(obj)?;
    match node_of(&clause)? {
        Some(Node::From(f)) => Ok(f),
        Some(Node::Expr(e)) => match &e.kind {
            ExprKind::Text(t) => Ok(From::new(FromKind::Text(t.clone()))),
            ExprKind::TableValue(f) => Ok(f.clone()),
            ExprKind::Function(_) => Ok(super::table_valued::function_from(&e)),
            ExprKind::Host(h) => Ok(From::new(FromKind::Host(h.clone()))),
            _ => Err(unexpected(&clause, role)),
        },
        Some(Node::Query(q)) => {
            warn(
                obj.py(),
                "SADeprecationWarning",
                "Implicit coercion of SELECT and textual SELECT constructs into FROM clauses is deprecated; please call .subquery() on any Core select or ORM Query object in order to produce a subquery object.",
            )?;
            Ok(sql::ast::proxy::anon_subquery(&q))
        }
        _ => Err(unexpected(obj, role)),
    }
}

/// An entity as the FROM element it selects from, remembering the entity.
pub fn entity_from(entity: &sql::host::EntityRef) -> FromRef {
    From::of_entity(entity)
}

/// A query (SELECT or set operation or textual select).
pub fn query(obj: &Bound<'_, PyAny>, role: Role) -> PyResult<QueryRef> {
    let clause = clause_of(obj)?;
    match node_of(&clause)? {
        Some(Node::Query(q)) => Ok(q),
        Some(Node::Expr(e)) => match &e.kind {
            ExprKind::ScalarSelect(q) | ExprKind::QueryGrouping(q) => Ok(q.clone()),
            _ => Err(unexpected(&clause, role)),
        },
        Some(Node::From(f)) => match &f.kind {
            FromKind::Query(q) => Ok(q.clone()),
            FromKind::Subquery { query, .. } if role == Role::InElement => Ok(query.clone()),
            FromKind::Values(_) => Ok(sql::ast::Query::new(sql::ast::QueryKind::Values(f.clone()))),
            _ => Err(unexpected(&clause, role)),
        },
        _ => Err(unexpected(obj, role)),
    }
}

/// Any node: statements, expressions, FROM elements, types.
pub fn node(obj: &Bound<'_, PyAny>) -> PyResult<Node> {
    if let Some(entity) = entity_of(obj)? {
        return Ok(Node::From(entity_from(&entity)));
    }
    let clause = clause_of(obj)?;
    if let Some(n) = node_of(&clause)? {
        return Ok(n);
    }
    if clause.is_instance_of::<crate::py::types::TypeEngine>() {
        return Ok(Node::Type(crate::py::types::to_type(&clause)?));
    }
    Err(unexpected(obj, Role::Statement))
}

/// ORDER BY or GROUP BY element: a string names a label or column of the statement.
pub fn ordering(obj: &Bound<'_, PyAny>, role: Role) -> PyResult<ExprRef> {
    if let Ok(s) = obj.cast::<PyString>() {
        return Ok(Expr::new(ExprKind::TextualLabelRef(s.to_str()?.into()), sql::types::null_type()));
    }
    let e = match try_expr(obj, role)? {
        Some(e) => e,
        None if obj.is_none() => build::null(),
        None => match obj.cast::<PyBool>() {
            Ok(b) if b.is_true() => build::true_(),
            Ok(_) => build::false_(),
            Err(_) => return Err(unexpected(obj, role)),
        },
    };
    // a label that is also selected is referred to by its name
    Ok(match &e.kind {
        ExprKind::Label { .. } => Expr::new(ExprKind::LabelRef(e.clone()), e.ty.clone()),
        _ => e,
    })
}

/// What `order_by()` and `group_by()` are given: `None` alone takes back what was said before, and rows are grouped by all columns of
/// a FROM element (a table, a mapped class).
pub fn clauses(args: &Bound<'_, PyTuple>, role: Role) -> PyResult<Clauses> {
    if args.len() == 1 && args.get_item(0)?.is_none() {
        return Ok(Clauses::Clear);
    }
    ordered(spread(args)?, role)
}

/// The same as a list.
pub fn ordered(args: Vec<Bound<'_, PyAny>>, role: Role) -> PyResult<Clauses> {
    let mut out = Vec::with_capacity(args.len());
    for obj in args {
        if role == Role::GroupBy
            && let Some(columns) = columns_of(&obj)?
        {
            out.extend(columns);
        } else {
            out.push(ordering(&obj, role)?);
        }
    }
    Ok(Clauses::of(out))
}

/// The columns of an entity or another FROM element, `None` for everything else.
fn columns_of(obj: &Bound<'_, PyAny>) -> PyResult<Option<Vec<ExprRef>>> {
    if is_plain(obj) {
        return Ok(None);
    }
    let from = match entity_of(obj)? {
        Some(entity) => entity_from(&entity),
        None => match node_of(&clause_of(obj)?)? {
            Some(Node::From(f)) => f,
            _ => return Ok(None),
        },
    };
    Ok(Some(sql::ast::proxy::columns(&from).into_iter().map(|(_, c)| c).collect()))
}

/// Columns of DISTINCT ON.
pub fn distinct(args: &Bound<'_, PyTuple>) -> PyResult<Vec<ExprRef>> {
    args.iter().map(|e| ordering(&e, Role::ByOf)).collect()
}

/// FROM elements.
pub fn froms(args: &Bound<'_, PyTuple>) -> PyResult<Vec<FromRef>> {
    args.iter().map(|f| from(&f)).collect()
}

/// FROM elements of `correlate()`: `None` or `False` for none.
pub fn correlated(args: &Bound<'_, PyTuple>) -> PyResult<Option<Vec<FromRef>>> {
    let off = args.get_item(0).is_ok_and(|f| f.is_none() || f.cast::<PyBool>().is_ok_and(|b| !b.is_true()));
    if off { Ok(None) } else { froms(args).map(Some) }
}

/// The FROM element that a hint is about: `None` for the whole statement.
pub fn hinted(obj: &Bound<'_, PyAny>) -> PyResult<Option<FromRef>> {
    match entity_of(obj)? {
        // The very element that the statement selects from.
        Some(entity) => Ok(Some(entity.selectable())),
        None if obj.is_none() => Ok(None),
        None => from(obj).map(Some),
    }
}

/// Words before or behind a statement.
pub fn affixes(args: &Bound<'_, PyTuple>, dialect: &str) -> PyResult<Vec<Affix>> {
    args.iter().map(|e| Ok(Affix { expr: text_or_expr(&e)?, dialect: dialect.into() })).collect()
}

/// Text, or an expression.
pub fn text_or_expr(obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    match obj.cast::<PyString>() {
        Ok(s) => Ok(Expr::new(ExprKind::Text(super::text::text_node(s.to_str()?).into()), sql::types::null_type())),
        Err(_) => expr(obj),
    }
}

/// LIMIT and OFFSET: a number becomes a bound parameter, `None` removes.
pub fn limit(obj: &Bound<'_, PyAny>) -> PyResult<Option<ExprRef>> {
    if obj.is_none() {
        return Ok(None);
    }
    if !is_plain(obj)
        && let Some(e) = try_expr(obj, Role::LimitOffset)?
    {
        return Ok(Some(e));
    }
    let py = obj.py();
    let number = py.import("operator")?.getattr("index")?.call1((obj,));
    let number = match crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(py, number)? {
        Some(n) => n,
        None => py.get_type::<PyInt>().call1((obj,))?,
    };
    let bind = build::anon_bind("param", BindValue::Host(PyHost::wrap(&number)), sql::types::integer());
    Ok(Some(bind))
}

/// Column collections among `objs` (`table.c["a", "b"]`) stand for their columns.
pub fn flat<'py>(objs: impl IntoIterator<Item = Bound<'py, PyAny>>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let mut out = Vec::new();
    for obj in objs {
        if obj.is_instance_of::<super::collection::ColumnCollection>() {
            out.extend(obj.try_iter()?.collect::<PyResult<Vec<_>>>()?);
        } else {
            out.push(obj);
        }
    }
    Ok(out)
}

/// A Python iterable of arguments given one by one or as a single list (legacy call style).
pub fn spread<'py>(args: &Bound<'py, pyo3::types::PyTuple>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if args.len() == 1 {
        let only = args.get_item(0)?;
        if only.is_instance_of::<pyo3::types::PyList>()
            || only.is_instance_of::<pyo3::types::PyTuple>()
            || only.is_instance_of::<pyo3::types::PySet>()
            || only.is_instance_of::<super::collection::ColumnCollection>()
        {
            return only.try_iter()?.collect();
        }
    }
    Ok(args.iter().collect())
}
