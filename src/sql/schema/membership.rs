//! Constraints and indexes by their columns: which table they belong to, and the columns behind names.

use super::{Column, Table};
use crate::error::{ErrorKind, SqlError, SqlResult};
use std::sync::Arc;

/// Where a constraint belongs, as far as its columns tell.
#[derive(Debug)]
pub enum Home {
    /// No column tells.
    Unknown,
    /// To the table of these columns, once they have one.
    Waiting(Vec<Arc<Column>>),
    /// To this table.
    Table(Arc<Table>),
    /// To several: those of the columns that are not of the first one's table.
    Scattered(Arc<Table>, Vec<Arc<Column>>),
}

/// The home of a constraint over `columns`.
pub fn home(columns: &[Arc<Column>]) -> Home {
    let waiting: Vec<_> = columns.iter().filter(|c| c.table().is_none()).cloned().collect();
    if !waiting.is_empty() {
        return Home::Waiting(waiting);
    }
    let Some(first) = columns.first().and_then(|c| c.table()) else { return Home::Unknown };
    let strangers: Vec<_> = columns.iter().filter(|c| !c.table().is_some_and(|t| Arc::ptr_eq(&t, &first))).cloned().collect();
    if strangers.is_empty() { Home::Table(first) } else { Home::Scattered(first, strangers) }
}

/// The error for columns of several tables.
pub fn scattered(table: &Table, strangers: &[Arc<Column>]) -> SqlError {
    let names = strangers.iter().map(|c| format!("'{}'", c.qualified())).collect::<Vec<_>>().join(", ");
    SqlError::argument(format!("Column(s) {names} are not part of table '{}'.", table.key()))
}

impl Table {
    /// The column with this key, for a part of the table of class `what`.
    ///
    /// # Errors
    /// `ConstraintColumnNotFoundError` when there is none.
    pub fn column_for(&self, what: &str, key: &str) -> SqlResult<Arc<Column>> {
        self.d.read().columns.get(key).cloned().ok_or_else(|| {
            let message = format!("Can't create {what} on table '{}': no column named '{key}' is present.", self.name);
            SqlError::new(ErrorKind::ConstraintColumnNotFound, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::ColumnData;
    use super::super::placement::Placement;
    use super::super::table::TableData;
    use super::*;

    fn column(name: &str) -> Arc<Column> {
        Column::new(ColumnData { name: Some(name.into()), ..ColumnData::default() })
    }
    fn in_table(table: &str, name: &str) -> (Arc<Table>, Arc<Column>) {
        let (t, c) = (Table::new(table.into(), TableData::default()), column(name));
        t.place(&c, &Placement::default()).expect("fresh");
        (t, c)
    }

    #[test]
    fn columns_tell_the_table() {
        let (t, a) = in_table("t", "a");
        let (_u, x) = in_table("u", "x");
        let free = column("f");
        assert!(matches!(home(&[]), Home::Unknown));
        assert!(matches!(home(std::slice::from_ref(&a)), Home::Table(found) if Arc::ptr_eq(&found, &t)));
        assert!(matches!(home(&[a.clone(), free.clone()]), Home::Waiting(w) if w.len() == 1 && Arc::ptr_eq(&w[0], &free)));
        let Home::Scattered(first, others) = home(&[a, x]) else { panic!("two tables") };
        assert_eq!(scattered(&first, &others).message, "Column(s) 'u.x' are not part of table 't'.");
    }

    #[test]
    fn a_missing_column_is_named() {
        let (t, _a) = in_table("t", "a");
        assert!(t.column_for("Index", "a").is_ok());
        let e = t.column_for("UniqueConstraint", "q").expect_err("missing");
        assert_eq!(e.message, "Can't create UniqueConstraint on table 't': no column named 'q' is present.");
    }
}
