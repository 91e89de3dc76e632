//! Functions that the Python modules of `oxalchemy.sql` call: rewriting of trees, direct construction of leaf classes.

use super::bind::type_for;
use super::clause::node_of;
use super::coerce;
use super::face::{make_of, wrap_expr, wrap_from, wrap_node};
use crate::py::errors::argument_error;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple, PyType};
use sql::ast::fold::{self, Fold};
use sql::ast::{Expr, ExprKind, ExprRef, FromRef, Node, build};

/// Asks a Python function about each element; the first exception ends the walk.
struct Asking<'a, 'py> {
    py: Python<'py>,
    replace: &'a Bound<'py, PyAny>,
    error: Option<PyErr>,
}

impl Asking<'_, '_> {
    fn ask(&mut self, node: &Node) -> Option<Node> {
        if self.error.is_some() {
            return None;
        }
        let run = || -> PyResult<Option<Node>> {
            let face = wrap_node(self.py, node)?;
            let got = self.replace.call1((face,))?;
            if got.is_none() { Ok(None) } else { node_of(&coerce::clause_of(&got)?) }
        };
        match run() {
            Ok(found) => found,
            Err(e) => {
                self.error = Some(e);
                None
            }
        }
    }
}

impl Fold for Asking<'_, '_> {
    fn fold_expr(&mut self, e: &ExprRef) -> ExprRef {
        match self.ask(&Node::Expr(e.clone())) {
            Some(Node::Expr(new)) => new,
            Some(Node::Query(q)) => super::selectable::scalar_of(&q),
            _ => fold::expr_children(self, e),
        }
    }
    fn fold_from(&mut self, f: &FromRef) -> FromRef {
        match self.ask(&Node::From(f.clone())) {
            Some(Node::From(new)) => new,
            _ => fold::from_children(self, f),
        }
    }
}

fn folded<F: Fold>(node: &Node, f: &mut F) -> Node {
    match node {
        Node::Expr(e) => Node::Expr(f.fold_expr(e)),
        Node::From(x) => Node::From(f.fold_from(x)),
        Node::Query(q) => Node::Query(f.fold_query(q)),
        other => super::dml::fold(other, f),
    }
}

/// A copy of `obj` in which `replace(element)` took the place of each element for which it gives one.
#[pyfunction]
#[pyo3(name = "_replacement_traverse")]
fn replacement_traverse<'py>(obj: &Bound<'py, PyAny>, replace: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(node) = node_of(&coerce::clause_of(obj)?)? else { return Ok(obj.clone()) };
    let mut asking = Asking { py: obj.py(), replace, error: None };
    let out = folded(&node, &mut asking);
    match asking.error {
        Some(e) => Err(e),
        None => wrap_node(obj.py(), &out),
    }
}

/// A copy whose elements were shown to `visitors[visit_name]`; elements are immutable, so the copy is the object itself.
#[pyfunction]
#[pyo3(name = "_cloned_traverse")]
fn cloned_traverse<'py>(obj: &Bound<'py, PyAny>, visitors: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let visit = py.import("oxalchemy.sql.visitors")?.getattr("traverse")?;
    visit.call1((obj, PyDict::new(py), visitors))?;
    Ok(obj.clone())
}

/// The bind rendered as a literal at execution.
#[pyfunction]
#[pyo3(name = "_literal_execute")]
fn literal_execute<'py>(bind: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::expr(bind)?;
    let ExprKind::Bind(b) = &e.kind else { return Err(argument_error(bind.py(), "bindparam() object expected")) };
    let mut b = b.clone();
    b.literal_execute = true;
    wrap_expr(bind.py(), &Expr::new(ExprKind::Bind(b), e.ty.clone()))
}

/// `ClauseList(*clauses, operator=…)`.
#[pyfunction]
#[pyo3(name = "_clause_list")]
fn clause_list<'py>(clauses: &Bound<'py, PyTuple>, operator: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let op = super::ops::op_of(operator)?;
    let clauses = clauses.iter().map(|c| coerce::expr_or_literal(&c, "param")).collect::<PyResult<Vec<_>>>()?;
    wrap_expr(operator.py(), &Expr::new(ExprKind::List { op, clauses, group: false }, sql::types::null_type()))
}

/// `BinaryExpression(left, right, operator, type_, negate)`.
#[pyfunction]
#[pyo3(name = "_binary", signature = (left, right, operator, type_=None, negate=None))]
fn binary<'py>(
    left: &Bound<'py, PyAny>,
    right: &Bound<'py, PyAny>,
    operator: &Bound<'py, PyAny>,
    type_: Option<Bound<'py, PyAny>>,
    negate: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let op = if operator.is_instance_of::<pyo3::types::PyString>() {
        super::column::custom_op(&operator.extract::<String>()?, 0, false)
    } else {
        super::ops::op_of(operator)?
    };
    let negate = negate.filter(|n| !n.is_none()).map(|n| super::ops::op_of(&n)).transpose()?;
    let (l, r) = (coerce::expr_or_literal(left, "param")?, coerce::expr_or_literal(right, "param")?);
    let ty = match type_ {
        Some(_) => type_for(type_.as_ref(), None)?,
        None => sql::ast::typing::adapt(&op, &l.ty, &r.ty).1,
    };
    wrap_expr(left.py(), &build::binary_typed(&l, op, &r, ty, negate, Vec::new()))
}

/// `UnaryExpression(element, operator, modifier, type_)`.
#[pyfunction]
#[pyo3(name = "_unary", signature = (element, operator=None, modifier=None, type_=None))]
fn unary<'py>(
    element: &Bound<'py, PyAny>,
    operator: Option<Bound<'py, PyAny>>,
    modifier: Option<Bound<'py, PyAny>>,
    type_: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let e = coerce::expr_or_literal(element, "param")?;
    let ty = match type_.filter(|t| !t.is_none()) {
        Some(t) => crate::py::types::to_type(&t)?,
        None => e.ty.clone(),
    };
    let given = |o: Option<Bound<'py, PyAny>>| o.filter(|o| !o.is_none()).map(|o| super::ops::op_of(&o)).transpose();
    let out = match (given(operator)?, given(modifier)?) {
        (Some(_), Some(_)) => {
            return Err(crate::py::errors::compile_error(
                element.py(),
                "Unary expression does not support operator and modifier simultaneously",
            ));
        }
        (Some(op), None) => build::prefix(op, &e, ty),
        (None, Some(op)) => build::postfix(op, &e, ty),
        (None, None) => {
            return Err(crate::py::errors::compile_error(element.py(), "Unary expression has no operator or modifier"));
        }
    };
    wrap_expr(element.py(), &out)
}

/// A DML face of a user's or dialect's subclass around the same node.
#[pyfunction]
#[pyo3(name = "_dml_subclass")]
fn dml_subclass<'py>(class: &Bound<'py, PyType>, plain: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let mut none = NoChange;
    let node = super::dml::fold(&super::dml::own(plain)?, &mut none);
    make_of(class, node)
}
struct NoChange;
impl Fold for NoChange {}

/// A FROM element's face by its node, for tests and tools.
#[pyfunction]
#[pyo3(name = "_from_objects_of")]
fn from_objects_of<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let e = coerce::expr(obj)?;
    let mut out = Vec::new();
    sql::ast::froms::expr_froms(&e, &mut out);
    out.iter().map(|f| wrap_from(obj.py(), f)).collect()
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($f:path),* $(,)?) => { $(m.add_function(wrap_pyfunction!($f, m)?)?;)* };
    }
    functions!(replacement_traverse, cloned_traverse, literal_execute, clause_list, binary, unary, dml_subclass, from_objects_of);
    Ok(())
}
