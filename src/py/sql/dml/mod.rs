//! `Insert`, `Update`, `Delete`.
//!
//! | file | holds |
//! |---|---|
//! | `node` | the nodes behind the faces, and changed copies of them |
//! | `values` | `values()`: what is given for columns |
//! | `construct` | `insert()`, `update()` and `delete()`, as functions and as methods of tables |
//! | `base` | `UpdateBase`: methods of all three |
//! | `insertion` | `Insert` |
//! | `updating` | `Update` |
//! | `deletion` | `Delete` |

mod base;
mod construct;
mod deletion;
mod insertion;
mod node;
mod updating;
mod values;

use base::*;
pub use construct::*;
pub use node::*;
pub use values::*;

use super::clause::{ClauseElement, FaceClass, face_class, node_of};
use super::coerce::{self, Role};
use super::exec_options;
use super::face::{make_of, wrap_expr, wrap_from, wrap_node};
use crate::py::errors::{argument_error, invalid_request};
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::FaceSlot;
use sql::ast::fold::Fold;
use sql::ast::proxy;
use sql::ast::{
    Affix, ColumnKey, Delete as DeleteNode, DmlCommon, DmlValue, DmlValues, Expr, ExprKind, ExprRef, FromRef, FromSelect, Hint,
    Insert as InsertNode, Node, SelectItem, Update as UpdateNode, build,
};
use sql::host::EntityRef;
use std::sync::Arc;

face_class! {
    /// INSERT, UPDATE, DELETE.
    UpdateBase: ClauseElement, "UpdateBase", "oxalchemy.sql.dml"
}
face_class! {
    /// INSERT.
    Insert: UpdateBase, "Insert", "oxalchemy.sql.dml"
}
face_class! {
    /// UPDATE.
    Update: UpdateBase, "Update", "oxalchemy.sql.dml"
}
face_class! {
    /// DELETE.
    Delete: UpdateBase, "Delete", "oxalchemy.sql.dml"
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(insert, m)?)?;
    m.add_function(wrap_pyfunction!(update, m)?)?;
    m.add_function(wrap_pyfunction!(delete, m)?)
}
