//! Faces: the Python object of a node.
//!
//! Leaf classes (`BinaryExpression`, `Label`, …) are Python classes with `__slots__ = ()` that derive from the Rust classes and
//! are registered by name; an instance is made without running Python code, and found again through the node's slot.

use super::clause::ClauseElement;
use super::host::PyHostExpr;
use crate::py::ffi;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};
use sql::FaceSlot;
use sql::ast::{Expr, ExprKind, ExprRef, FromKind, FromRef, Node, Op, QueryKind, QueryRef};

macro_rules! classes {
    ($($id:ident $(= $name:literal)? : $base:ident),* $(,)?) => {
        /// Leaf classes of room `sql`, by the name of the Python class.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[allow(missing_docs)]
        pub enum Class { $($id),* }
        const NAMES: &[&str] = &[$(classes!(@name $id $($name)?)),*];
        fn fallback(py: Python<'_>, class: Class) -> Bound<'_, PyType> {
            match class { $(Class::$id => py.get_type::<super::$base>()),* }
        }
    };
    (@name $id:ident $name:literal) => { $name };
    (@name $id:ident) => { stringify!($id) };
}
classes! {
    Column: ColumnClause, ColumnClause: ColumnClause, BindParameter: ColumnElement, Null: ColumnElement, True_: ColumnElement,
    False_: ColumnElement, TextClause: TextClause, BinaryExpression: ColumnElement, UnaryExpression: ColumnElement,
    CollectionAggregate: ColumnElement, AsBoolean: ColumnElement, BooleanClauseList: ColumnElement, ClauseList: ClauseElement,
    ExpressionClauseList: ColumnElement, Grouping: ColumnElement, Label: ColumnElement, TextualLabelReference = "_textual_label_reference": ColumnElement,
    LabelReference = "_label_reference": ColumnElement, Cast: ColumnElement, TryCast: ColumnElement, TypeCoerce: ColumnElement, Case: ColumnElement,
    Extract: ColumnElement, Function: FunctionElement, Over: ColumnElement, FunctionFilter: ColumnElement,
    WithinGroup: ColumnElement, AggregateOrderBy: ColumnElement, Tuple: ColumnElement, ScalarSelect: ScalarSelect, Exists: Exists,
    SelectStatementGrouping: SelectBase, Slice: ColumnElement, CollationClause: ColumnElement, TableValuedColumn: ColumnElement,
    NextValue = "next_value": FunctionElement, ColumnElement: ColumnElement,
    TableClause: TableClause, Table: TableClause, Alias: FromClause, Subquery: FromClause, Cte = "CTE": Cte, Lateral: FromClause,
    TableSample: FromClause, Values: Values, TableValuedAlias: TableValuedAlias, Join: Join, FromGrouping: FromClause, FromClause: FromClause,
    Select: Select, CompoundSelect: CompoundSelect, TextualSelect: TextualSelect, FromStatement: SelectBase,
    Insert: Insert, Update: Update, Delete: Delete,
}

struct Leaf {
    class: Py<PyType>,
    new: ffi::NewFn,
}

static LEAVES: [PyOnceLock<Leaf>; NAMES.len()] = [const { PyOnceLock::new() }; NAMES.len()];

/// Tell which Python class is made for each name. A name registered twice keeps the first class.
#[pyfunction]
#[pyo3(name = "_register_faces")]
pub fn register_faces(py: Python<'_>, classes: &Bound<'_, PyDict>) -> PyResult<()> {
    for (name, class) in classes {
        let name: String = name.extract()?;
        let class = class.cast_into::<PyType>()?;
        let Some(at) = NAMES.iter().position(|n| *n == name) else {
            return Err(pyo3::exceptions::PyKeyError::new_err(name));
        };
        let new = ffi::native_new(&class)?;
        if let Some(leaf) = LEAVES.get(at) {
            let _ = leaf.set(py, Leaf { class: class.unbind(), new });
        }
    }
    Ok(())
}

/// A new face of `class` for `node`; `__init__` does not run. The node remembers it.
pub fn make<'py>(py: Python<'py>, class: Class, node: Node) -> PyResult<Bound<'py, PyAny>> {
    let obj = match LEAVES.get(class as usize).and_then(|leaf| leaf.get(py)) {
        Some(leaf) => ffi::new_face(leaf.class.bind(py), leaf.new)?,
        None => {
            let base = fallback(py, class);
            let new = ffi::native_new(&base)?;
            ffi::new_face(&base, new)?
        }
    };
    ClauseElement::set_node(&obj, node)?;
    Ok(obj)
}

/// A new face of any subclass of `ClauseElement`; `__init__` does not run.
pub fn make_of<'py>(class: &Bound<'py, PyType>, node: Node) -> PyResult<Bound<'py, PyAny>> {
    let obj = ffi::new_face(class, ffi::native_new(class)?)?;
    ClauseElement::set_node(&obj, node)?;
    Ok(obj)
}

/// The slot in which a node's face is remembered.
pub fn slot(node: &Node) -> Option<&FaceSlot> {
    Some(match node {
        Node::Expr(e) => match &e.kind {
            ExprKind::Column(c) if e.ann.is_none() => &c.column.face,
            _ => &e.face,
        },
        Node::From(f) => match &f.kind {
            FromKind::Table(t) if f.entity.is_none() => &t.face,
            _ => &f.face,
        },
        Node::Query(q) => &q.face,
        Node::Insert(i) => &i.face,
        Node::Update(u) => &u.face,
        Node::Delete(d) => &d.face,
        Node::Type(_) => return None,
    })
}

fn expr_class(e: &Expr) -> Class {
    match &e.kind {
        ExprKind::Column(c) => {
            if c.column.d.read().lightweight {
                Class::ColumnClause
            } else {
                Class::Column
            }
        }
        ExprKind::LiteralColumn(_) => Class::ColumnClause,
        ExprKind::Bind(_) => Class::BindParameter,
        ExprKind::Null => Class::Null,
        ExprKind::True => Class::True_,
        ExprKind::False => Class::False_,
        ExprKind::Text(_) => Class::TextClause,
        ExprKind::Binary { .. } => Class::BinaryExpression,
        ExprKind::UnaryPrefix { op: Op::Any | Op::All, .. } => Class::CollectionAggregate,
        ExprKind::UnaryPrefix { .. } | ExprKind::UnaryPostfix { .. } => Class::UnaryExpression,
        ExprKind::AsBoolean { .. } => Class::AsBoolean,
        ExprKind::BoolList { .. } => Class::BooleanClauseList,
        ExprKind::List { op: Op::Comma | Op::And, .. } => Class::ClauseList,
        ExprKind::List { .. } => Class::ExpressionClauseList,
        ExprKind::Grouping(_) => Class::Grouping,
        ExprKind::Label { .. } => Class::Label,
        ExprKind::TextualLabelRef(_) => Class::TextualLabelReference,
        ExprKind::LabelRef(_) => Class::LabelReference,
        ExprKind::Cast { safe: false, .. } => Class::Cast,
        ExprKind::Cast { .. } => Class::TryCast,
        ExprKind::TypeCoerce(_) => Class::TypeCoerce,
        ExprKind::Case { .. } => Class::Case,
        ExprKind::Extract { .. } => Class::Extract,
        ExprKind::Function(_) => Class::Function,
        ExprKind::Over(_) => Class::Over,
        ExprKind::FunctionFilter { .. } => Class::FunctionFilter,
        ExprKind::WithinGroup { .. } => Class::WithinGroup,
        ExprKind::AggregateOrderBy { .. } => Class::AggregateOrderBy,
        ExprKind::Tuple(_) => Class::Tuple,
        ExprKind::ScalarSelect(_) => Class::ScalarSelect,
        ExprKind::Exists(_) => Class::Exists,
        ExprKind::QueryGrouping(_) => Class::SelectStatementGrouping,
        ExprKind::Slice { .. } => Class::Slice,
        ExprKind::Collation(_) => Class::CollationClause,
        ExprKind::TableValue(_) => Class::TableValuedColumn,
        ExprKind::Sequence(_) => Class::NextValue,
        ExprKind::Entity(_) | ExprKind::Host(_) | ExprKind::DmlTarget(_) => Class::ColumnElement,
    }
}

/// The face of an expression.
pub fn wrap_expr<'py>(py: Python<'py>, e: &ExprRef) -> PyResult<Bound<'py, PyAny>> {
    let node = Node::Expr(e.clone());
    if let Some(face) = slot(&node).and_then(|s| ffi::face(py, s)) {
        return Ok(face);
    }
    match &e.kind {
        ExprKind::Host(h) => {
            if let Some(obj) = PyHostExpr::object(py, h) {
                return Ok(obj);
            }
        }
        ExprKind::Function(f) => {
            if let Some(known) = f.known
                && let Some(class) = super::functions::known_class(py, known)?
            {
                return make_of(&class, node);
            }
        }
        ExprKind::QueryGrouping(q) => return wrap_query(py, q),
        _ => {}
    }
    make(py, expr_class(e), node)
}

fn from_class(f: &FromRef) -> Class {
    match &f.kind {
        FromKind::Table(t) => {
            if t.d.read().lightweight {
                Class::TableClause
            } else {
                Class::Table
            }
        }
        FromKind::Alias { .. } => Class::Alias,
        FromKind::Subquery { .. } => Class::Subquery,
        FromKind::Cte(_) => Class::Cte,
        FromKind::Lateral { .. } => Class::Lateral,
        FromKind::TableSample { .. } => Class::TableSample,
        FromKind::Values(_) => Class::Values,
        FromKind::TableValued(_) => Class::TableValuedAlias,
        FromKind::Join(_) => Class::Join,
        FromKind::Grouping(_) => Class::FromGrouping,
        FromKind::Query(_) | FromKind::Text(_) | FromKind::Host(_) | FromKind::Function(_) => Class::FromClause,
    }
}

/// The face of a FROM element.
pub fn wrap_from<'py>(py: Python<'py>, f: &FromRef) -> PyResult<Bound<'py, PyAny>> {
    let node = Node::From(f.clone());
    if let Some(face) = slot(&node).and_then(|s| ffi::face(py, s)) {
        return Ok(face);
    }
    match &f.kind {
        FromKind::Query(q) => return wrap_query(py, q),
        FromKind::Function(e) => return wrap_expr(py, e),
        FromKind::Text(t) => {
            let e = Expr::new(ExprKind::Text(t.clone()), sql::types::null_type());
            return make(py, Class::TextClause, Node::Expr(e));
        }
        FromKind::Host(h) => {
            if let Some(obj) = PyHostExpr::object(py, h) {
                return Ok(obj);
            }
        }
        _ => {}
    }
    make(py, from_class(f), node)
}

/// The face of a query.
pub fn wrap_query<'py>(py: Python<'py>, q: &QueryRef) -> PyResult<Bound<'py, PyAny>> {
    if let Some(face) = ffi::face(py, &q.face) {
        return Ok(face);
    }
    let class = match &q.kind {
        QueryKind::Select(_) => Class::Select,
        QueryKind::Compound(_) => Class::CompoundSelect,
        QueryKind::Textual(_) => Class::TextualSelect,
        QueryKind::FromStatement(_) => Class::FromStatement,
        QueryKind::Grouping(_) => Class::SelectStatementGrouping,
        QueryKind::Values(f) => return wrap_from(py, f),
    };
    make(py, class, Node::Query(q.clone()))
}

/// The face of any node.
pub fn wrap_node<'py>(py: Python<'py>, node: &Node) -> PyResult<Bound<'py, PyAny>> {
    match node {
        Node::Expr(e) => wrap_expr(py, e),
        Node::From(f) => wrap_from(py, f),
        Node::Query(q) => wrap_query(py, q),
        Node::Type(t) => crate::py::types::wrap_type(py, t),
        Node::Insert(_) | Node::Update(_) | Node::Delete(_) => {
            if let Some(face) = slot(node).and_then(|s| ffi::face(py, s)) {
                return Ok(face);
            }
            let class = match node {
                Node::Insert(_) => Class::Insert,
                Node::Update(_) => Class::Update,
                _ => Class::Delete,
            };
            make(py, class, node.clone())
        }
    }
}

/// Faces of expressions, as a Python list.
pub fn wrap_exprs<'py>(py: Python<'py>, es: &[ExprRef]) -> PyResult<Vec<Bound<'py, PyAny>>> {
    es.iter().map(|e| wrap_expr(py, e)).collect()
}
