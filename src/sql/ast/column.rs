//! A reference to a column inside an expression.

use super::from::FromRef;
use crate::schema::{Column, ColumnParent};
use std::sync::{Arc, OnceLock};

/// A column as an expression refers to it: the column and, strongly, what it belongs to.
///
/// A [`Column`] itself knows its table only weakly, so a table and its columns do not keep each other alive for ever;
/// an expression must, or `select(make_table().c.x)` would lose its FROM.
///
/// An expression may be older than the table (`column_property(id + 1)` in a class body, `Index(…, func.lower(c))`): what the
/// column belongs to is asked when it is needed, and kept as soon as there is an answer.
#[derive(Clone, Debug)]
pub struct ColumnRef {
    /// The column.
    pub column: Arc<Column>,
    from: OnceLock<FromRef>,
}

impl ColumnRef {
    /// A reference to `column` of `from`; without it, of whatever the column belongs to by the time somebody asks.
    pub fn new(column: Arc<Column>, from: Option<FromRef>) -> Self {
        Self { column, from: from.map_or_else(OnceLock::new, OnceLock::from) }
    }
    /// What it is known to belong to without asking.
    pub fn known_from(&self) -> Option<&FromRef> {
        self.from.get()
    }
    /// Its table, alias or subquery; `None` for a free `column("x")` and for a `Column` that no table has yet.
    pub fn from(&self) -> Option<&FromRef> {
        if let Some(known) = self.from.get() {
            return Some(known);
        }
        let parent = self.column.d.read().parent.clone();
        let found = match parent {
            ColumnParent::None => None,
            ColumnParent::Table(t) => t.upgrade().map(|t| t.as_from()),
            ColumnParent::From(f) => f.upgrade(),
        }?;
        Some(self.from.get_or_init(|| found))
    }
}
