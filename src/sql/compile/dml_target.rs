//! `from_dml_column()`: in the values of an INSERT or UPDATE, what the same statement sets for another column.

use super::crud::Assignment;
use super::{Compiler, Ctx};
use crate::error::{SqlError, SqlResult};
use crate::schema::Column;
use std::sync::Arc;

/// Stand around the address of a column until all values are known.
const OPEN: char = '\u{3}';
const CLOSE: char = '\u{4}';

fn marker(column: &Arc<Column>) -> String {
    format!("{OPEN}{}{CLOSE}", Arc::as_ptr(column) as usize)
}

impl Compiler<'_> {
    /// Render a reference; [`Compiler::fill_targets`] puts the value in its place.
    pub(crate) fn dml_target(&mut self, column: &Arc<Column>) -> SqlResult<()> {
        if self.dml.is_none() {
            return Err(SqlError::compile("DML target objects may only be used with compiled INSERT or UPDATE statements"));
        }
        self.targets.push(column.clone());
        let text = marker(column);
        self.push(&text);
        Ok(())
    }

    /// Puts values in the place of references to them. What an UPDATE does not set is the column's present value.
    ///
    /// # Errors
    /// `CompileError` for a column that an INSERT does not set.
    pub(crate) fn fill_targets(&mut self, assignments: &mut [Assignment], update: bool) -> SqlResult<()> {
        if self.targets.is_empty() {
            return Ok(());
        }
        for column in std::mem::take(&mut self.targets) {
            let mark = marker(&column);
            let set = assignments.iter().find(|a| a.column.as_ref().is_some_and(|c| Arc::ptr_eq(c, &column)));
            let text = match set {
                Some(a) => a.value.clone(),
                None if update => self.capture(|c| c.expr(&column.to_expr(), Ctx::default()))?,
                None => {
                    return Err(SqlError::compile(format!(
                        "Can't resolve referenced column name in INSERT statement: '{}'",
                        column.key()
                    )));
                }
            };
            for a in assignments.iter_mut().filter(|a| a.value.contains(&mark)) {
                a.value = a.value.replace(&mark, &text);
            }
        }
        match assignments.iter().find(|a| a.value.contains(OPEN)) {
            Some(a) => Err(SqlError::compile(format!(
                "The value of column '{}' refers to itself: from_dml_column() of columns that are set from each other",
                a.column.as_ref().map_or_else(|| a.target.clone(), |c| c.key().to_string())
            ))),
            None => Ok(()),
        }
    }
}
