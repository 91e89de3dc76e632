//! Where in a statement the node that is being rendered stands.

use crate::ast::{ExprRef, FromRef};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Facts that travel down while a tree is rendered.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Ctx {
    /// Render values inline.
    pub literal_binds: bool,
    /// Render values inline at execution.
    pub literal_execute: bool,
    /// Column names without their table.
    pub no_table: bool,
    /// Directly in the columns clause.
    pub within_columns: bool,
    /// Inside a label already.
    pub within_label: bool,
    /// In a FROM clause.
    pub asfrom: bool,
    /// Behind LATERAL.
    pub lateral: bool,
    /// Address of the label whose name is to be rendered instead of its element.
    pub label_as: usize,
    /// Do not apply `bind_expression` again.
    pub skip_bind_expression: bool,
    /// Position in a set operation, from 1; 0: not in one.
    pub compound: u32,
    /// The SELECT of INSERT … SELECT.
    pub insert_into: bool,
    /// Address of the CTE that is being rendered.
    pub visiting_cte: usize,
    /// `add_cte(nest_here=True)`.
    pub nest_here: bool,
    /// Render a table name only, for hints and FOR UPDATE OF.
    pub ashint: bool,
    /// Inside GROUP BY or DISTINCT ON, where labels render their element.
    pub within_group_by: bool,
    /// Inside DISTINCT ON: names are columns of the FROMs.
    pub distinct_on: bool,
    /// A DDL expression: values inline, no table names.
    pub ddl: bool,
    /// INSERT/UPDATE target.
    pub iscrud: bool,
    /// Operand of a binary operator.
    pub in_operator: bool,
}

impl Ctx {
    /// For a part that is not directly in the columns clause.
    pub fn inner(self) -> Self {
        Self { within_columns: false, ..self }
    }
    /// For a FROM element.
    pub fn from(self) -> Self {
        Self { asfrom: true, within_columns: false, compound: 0, ..self }
    }
    /// For an expression or query that starts afresh inside another statement.
    pub fn nested(self) -> Self {
        Self {
            within_columns: false,
            within_label: false,
            asfrom: false,
            lateral: false,
            label_as: 0,
            compound: 0,
            insert_into: false,
            nest_here: false,
            ashint: false,
            within_group_by: false,
            distinct_on: false,
            iscrud: false,
            in_operator: false,
            no_table: false,
            ..self
        }
    }
}

/// Names that ORDER BY and GROUP BY strings and labels refer to.
#[derive(Debug, Default)]
pub(crate) struct LabelNames {
    /// Result columns and, behind them, columns of the FROMs.
    pub with_cols: FxHashMap<Arc<str>, ExprRef>,
    /// Columns of the FROMs only.
    pub only_froms: FxHashMap<Arc<str>, ExprRef>,
    /// Result columns only.
    pub only_cols: FxHashMap<Arc<str>, ExprRef>,
}

/// One enclosing statement.
#[derive(Debug, Default)]
pub(crate) struct Entry {
    /// FROMs a nested query may correlate to when told to.
    pub correlate_froms: Vec<FromRef>,
    /// FROMs a nested query correlates to by itself.
    pub asfrom_froms: Vec<FromRef>,
    /// The result columns are those of the first SELECT of the set operation.
    pub need_result_for_compound: bool,
    /// … of the query inside the one a dialect wraps around it.
    pub need_result_for_nested: bool,
    /// Number of columns of the first SELECT of a set operation.
    pub first_columns: Option<usize>,
    /// Names for ORDER BY; made on first use.
    pub labels: Option<Arc<LabelNames>>,
    /// Columns and FROMs the labels are made of.
    pub columns: Vec<ExprRef>,
    /// See `columns`.
    pub froms: Vec<FromRef>,
    /// Hints for single FROM elements.
    pub hints: Vec<crate::ast::Hint>,
}

impl Entry {
    /// Remember the hints that are meant for single FROM elements.
    pub(crate) fn set_hints(&mut self, hints: &[crate::ast::Hint], dialect: &str) {
        self.hints =
            hints.iter().filter(|h| h.target.is_some() && (&*h.dialect == "*" || &*h.dialect == dialect)).cloned().collect();
    }
    /// The hint for `f`.
    pub(crate) fn hint_of(&self, f: &FromRef) -> Option<Arc<str>> {
        let id = f.id();
        self.hints.iter().find(|h| h.target.as_ref().is_some_and(|t| t.id() == id)).map(|h| h.text.clone())
    }
}
