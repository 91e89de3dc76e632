//! `Select`, `CompoundSelect`, `TextualSelect`, scalar subqueries and EXISTS.
//!
//! | file | holds |
//! |---|---|
//! | `construct` | `select()`, its list form of 1.x, and SELECTs made from other things |
//! | `shared` | what all SELECT faces share: changed copies, columns, options, label styles |
//! | `base` | `SelectBase`: methods of everything that yields rows |
//! | `clauses` | the clauses that SELECTs and set operations have in common: ORDER BY, LIMIT, correlation, joins |
//! | `plain` | `Select`: methods of a plain SELECT |
//! | `compound` | set operations |
//! | `textual` | `text().columns()` |
//! | `scalar` | a SELECT as a value, and EXISTS |

mod base;
mod clauses;
mod compound;
mod construct;
mod plain;
mod scalar;
mod shared;
mod textual;

pub use clauses::*;
use compound::*;
pub use construct::*;
use scalar::*;
pub use shared::*;

use super::clause::{ClauseElement, FaceClass, face_class, node_of};
use super::coerce::{self, Role};
use super::collection::ColumnCollection;
use super::column::ColumnElement;
use super::exec_options;
use super::face::{wrap_expr, wrap_from, wrap_node, wrap_query};
use super::selectable;
use crate::py::errors::{argument_error, invalid_request, sql_error};
use crate::py::host::PyHost;
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyTuple};
use sql::ast::build;
use sql::ast::generative::Generative;
use sql::ast::proxy::{self, KeyedColumn};
use sql::ast::{
    Affix, Compound, Distinct, Expr, ExprKind, ExprRef, Fetch, ForUpdate, From, FromKind, FromRef, JoinOn, JoinTarget,
    LabelStyle, Node, Query, QueryKind, QueryRef, Select as SelectNode, SelectItem, SetupJoin, TextualSelect as TextualNode,
};
use sql::host::HostRef;
use sql::{Label, Name};

face_class! {
    /// Anything that yields rows and is no FROM element by itself.
    SelectBase: ClauseElement, "SelectBase", "oxalchemy.sql.selectable"
}
face_class! {
    /// SELECT.
    Select: SelectBase, "Select", "oxalchemy.sql.selectable"
}
face_class! {
    /// UNION and relatives.
    CompoundSelect: SelectBase, "CompoundSelect", "oxalchemy.sql.selectable"
}
face_class! {
    /// `text().columns()`.
    TextualSelect: SelectBase, "TextualSelect", "oxalchemy.sql.selectable"
}
face_class! {
    /// A SELECT as a value.
    ScalarSelect: ColumnElement, "ScalarSelect", "oxalchemy.sql.selectable"
}
face_class! {
    /// EXISTS.
    Exists: ColumnElement, "Exists", "oxalchemy.sql.selectable"
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    macro_rules! functions {
        ($($f:path),* $(,)?) => { $(m.add_function(wrap_pyfunction!($f, m)?)?;)* };
    }
    functions!(select, union, union_all, except_, except_all, intersect, intersect_all, exists);
    Ok(())
}
