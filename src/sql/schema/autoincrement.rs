//! Which column of a table the database numbers.

use super::{Autoincrement, Column, Default_, ServerDefault, Table};
use crate::error::{SqlError, SqlResult};
use crate::types::Affinity;
use std::sync::Arc;

/// May `column` be numbered by the database? `explicit`: the user said `autoincrement=True`.
fn qualifies(column: &Arc<Column>, explicit: bool) -> SqlResult<bool> {
    let ty = column.ty();
    let whole = match ty.affinity {
        Affinity::Integer => true,
        Affinity::Numeric => explicit || ty.scale == Some(0),
        _ => false,
    };
    if !whole {
        if explicit {
            return Err(SqlError::argument(format!(
                "Column type {} on column '{}' is not compatible with autoincrement=True",
                crate::types::text::display(&ty),
                column.qualified()
            )));
        }
        return Ok(false);
    }
    let d = column.d.read();
    let client = matches!(d.default, Some(Default_::Scalar(_) | Default_::Callable(_) | Default_::Sql(_)));
    let server = !matches!(d.server_default, None | Some(ServerDefault::Identity(_) | ServerDefault::Sequence(_)));
    let references = !d.foreign_keys.is_empty() && d.autoincrement != Autoincrement::IgnoreFk;
    Ok(explicit || !(client || server || references))
}

impl Table {
    /// The column whose value the database generates on INSERT, if there is one.
    ///
    /// # Errors
    /// `ArgumentError` when `autoincrement=True` stands on two columns or on a type that cannot count.
    pub fn autoincrement_column(&self) -> SqlResult<Option<Arc<Column>>> {
        let Some(pk) = self.d.read().primary_key.clone() else { return Ok(None) };
        let columns = pk.d.read().columns.clone();
        if let [only] = columns.as_slice() {
            let mode = only.d.read().autoincrement;
            let chosen = match mode {
                Autoincrement::True => qualifies(only, true)?,
                Autoincrement::Auto | Autoincrement::IgnoreFk => qualifies(only, false)?,
                Autoincrement::False => false,
            };
            return Ok(chosen.then(|| only.clone()));
        }
        let mut found: Option<Arc<Column>> = None;
        for column in &columns {
            if column.d.read().autoincrement != Autoincrement::True {
                continue;
            }
            qualifies(column, true)?;
            if let Some(first) = &found {
                return Err(SqlError::argument(format!(
                    "Only one Column may be marked autoincrement=True, found both {} and {}.",
                    column.name(),
                    first.name()
                )));
            }
            found = Some(column.clone());
        }
        Ok(found)
    }
}
