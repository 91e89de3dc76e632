//! Faces of room `sql`.
//!
//! * [`clause`]: `ClauseElement`, the one class with data; [`column`], [`selectable`], [`select`], [`dml`], [`functions`], [`text`]: the
//!   classes below it. [`face`]: which Python class a node gets, and how its face is found again.
//! * [`coerce`]: what a Python object means where SQL is expected. [`operators`]: the operator core; [`ops`]: operators by function.
//! * [`parts`]: attributes of leaf classes (`.left`, `.clauses`) as descriptors.
//! * [`host`]: constructs of the user's. [`render`]: `compile()` and `str()`, installed by the compiler's room.

pub mod annotate;
pub mod bind;
pub mod bound;
pub mod clause;
pub mod coerce;
pub mod collection;
pub mod column;
pub mod conjunction;
mod containers;
pub mod describe;
pub mod dml;
pub mod element_options;
pub mod elements;
pub mod exec_options;
pub mod extra;
pub mod face;
pub mod filter_by;
pub mod from_functions;
pub mod functions;
pub mod host;
pub mod infix;
pub mod names;
pub mod on_conflict;
pub mod operators;
pub mod ops;
pub mod parts;
pub mod pickle;
pub mod render;
pub mod select;
pub mod selectable;
pub mod table_valued;
pub mod text;

pub use clause::{ClauseElement, node_of};
pub use coerce::{expr as to_expr, from as to_from, node as to_node, query as to_query};
pub use column::{ColumnClause, ColumnElement};
pub use dml::{Delete, Insert, Update, UpdateBase};
pub use face::{wrap_expr, wrap_from, wrap_node};
pub use from_functions::{Cte, Join, Values};
pub use functions::FunctionElement;
pub use select::{CompoundSelect, Exists, ScalarSelect, Select, SelectBase, TextualSelect};
pub use selectable::{FromClause, TableClause};
pub use table_valued::TableValuedAlias;
pub use text::TextClause;

use crate::py::doors;
use pyo3::prelude::*;
use sql::ast::{ExprKind, ExprRef};

/// `bool(a == b)`: are the operands the same object, or equal constants?
pub fn same_operand(a: &ExprRef, b: &ExprRef) -> bool {
    let strip = |e: &ExprRef| match &e.kind {
        ExprKind::Grouping(i) => i.clone(),
        _ => e.clone(),
    };
    let (a, b) = (strip(a), strip(b));
    sql::ast::proxy::expr_id(&a) == sql::ast::proxy::expr_id(&b)
}

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    doors::WRAP_EXPR.open(wrap_expr);
    doors::NODE.open(node_of);
    doors::EXPR.open(to_expr);
    m.add_class::<ClauseElement>()?;
    m.add_class::<ColumnElement>()?;
    m.add_class::<ColumnClause>()?;
    m.add_class::<column::OpCall>()?;
    m.add_class::<FunctionElement>()?;
    m.add_class::<TextClause>()?;
    m.add_class::<FromClause>()?;
    m.add_class::<TableClause>()?;
    m.add_class::<Join>()?;
    m.add_class::<Cte>()?;
    m.add_class::<Values>()?;
    m.add_class::<TableValuedAlias>()?;
    m.add_class::<SelectBase>()?;
    m.add_class::<Select>()?;
    m.add_class::<CompoundSelect>()?;
    m.add_class::<TextualSelect>()?;
    m.add_class::<ScalarSelect>()?;
    m.add_class::<Exists>()?;
    m.add_class::<UpdateBase>()?;
    m.add_class::<Insert>()?;
    m.add_class::<Update>()?;
    m.add_class::<Delete>()?;
    m.add_class::<collection::ColumnCollection>()?;
    m.add_class::<parts::Part>()?;
    bound::register(m)?;
    macro_rules! functions {
        ($($f:path),* $(,)?) => { $(m.add_function(wrap_pyfunction!($f, m)?)?;)* };
    }
    functions!(
        face::register_faces,
        operators::default_operate,
        ops::_operator_facts,
        conjunction::and_,
        conjunction::or_,
        conjunction::not_,
        conjunction::null,
        conjunction::true_,
        conjunction::false_,
        bind::bindparam,
        bind::literal,
    );
    elements::register(m)?;
    functions::register(m)?;
    extra::register(m)?;
    select::register(m)?;
    dml::register(m)?;
    on_conflict::register(m)?;
    from_functions::register(m)?;
    pickle::register(m)?;
    containers::register(m)?;
    text::register(m)
}
