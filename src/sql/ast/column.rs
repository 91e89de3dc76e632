//! A reference to a column inside an expression.

use super::from::FromRef;
use crate::schema::Column;
use std::sync::Arc;

/// A column as an expression refers to it: the column and, strongly, what it belongs to.
///
/// A [`Column`] itself knows its table only weakly, so a table and its columns do not keep each other alive for ever;
/// an expression must, or `select(make_table().c.x)` would lose its FROM.
#[derive(Clone, Debug)]
pub struct ColumnRef {
    /// The column.
    pub column: Arc<Column>,
    /// Its table, alias or subquery; `None` for a free `column("x")`.
    pub from: Option<FromRef>,
}
