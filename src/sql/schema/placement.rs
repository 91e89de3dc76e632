//! Where a column goes in its table, what it replaces, and when it may not come in.

use super::{Column, ColumnParent, Table};
use crate::error::{ErrorKind, SqlError, SqlResult};
use std::sync::Arc;

/// How a column is added.
#[derive(Clone, Copy, Debug, Default)]
pub struct Placement {
    /// Position, counted from the end when negative; absent: at the end, or in the place of the one it replaces.
    pub index: Option<i64>,
    /// A column of the same key or name gives way.
    pub replace: bool,
    /// The message about a duplicate tells how to replace it.
    pub advise: bool,
}

/// What adding a column changed besides the table's columns.
#[derive(Debug, Default)]
pub struct Placed {
    /// It stands behind the others, which stayed where they were.
    pub at_end: bool,
    /// The column that gave way: its foreign keys leave the table.
    pub replaced: Option<Arc<Column>>,
    /// What the user should know.
    pub warning: Option<String>,
}

/// The column that stands in the way, and what the two share.
struct Rival {
    column: Arc<Column>,
    same_key: bool,
}

impl Table {
    /// Adds `column`, which becomes part of this table.
    ///
    /// # Errors
    /// `ArgumentError` for a column without a name, one of another table, one that takes a column out of the primary key, or a
    /// second sentinel; `DuplicateColumnError` when its key or name is taken. The table is unchanged then.
    pub fn place(self: &Arc<Self>, column: &Arc<Column>, how: &Placement) -> SqlResult<Placed> {
        self.admissible(column)?;
        let rival = self.rival(column);
        if let Some(rival) = &rival
            && !how.replace
        {
            return Err(self.duplicate(column, rival, how.advise));
        }
        self.keeps_primary_key(column)?;
        self.keeps_sentinel(column)?;
        let mut placed = Placed::default();
        let key = column.key();
        let old_key = rival.as_ref().map(|r| r.column.key());
        if let Some(rival) = rival {
            placed.warning = renamed_away(column, &rival.column);
            placed.replaced = Some(rival.column);
        }
        if how.index.is_none() && old_key.is_none() && !self.d.read().columns.contains_key(&key) {
            // at the end, where nearly all go: the others stay where they are
            let position = self.d.read().columns.len();
            column.d.write().position = position;
            self.d.write().columns.insert(key, column.clone());
            placed.at_end = true;
        } else {
            self.put(column, key, old_key.as_ref(), how.index);
        }
        column.d.write().parent = ColumnParent::Table(Arc::downgrade(self));
        Ok(placed)
    }

    /// Puts `column` in its place, and the others in theirs. `old_key` is that of the column it replaces.
    fn put(&self, column: &Arc<Column>, key: Arc<str>, old_key: Option<&Arc<str>>, index: Option<i64>) {
        let all: Vec<_> = {
            let mut d = self.d.write();
            let columns = &mut d.columns;
            let place = match index {
                Some(i) => Some(from_start(i, columns.len())),
                // In the place of the old one.
                None => old_key.or(Some(&key)).and_then(|k| columns.get_index_of(k)),
            };
            let mut place = place.unwrap_or(columns.len());
            for k in old_key.into_iter().chain((old_key != Some(&key)).then_some(&key)) {
                if let Some(at) = columns.get_index_of(k) {
                    place -= usize::from(at < place);
                    columns.shift_remove(k);
                }
            }
            columns.shift_insert(place.min(columns.len()), key, column.clone());
            columns.values().cloned().collect()
        };
        renumber(&all);
    }

    /// Takes the column with this key out.
    pub fn displace(&self, key: &str) {
        let all: Vec<_> = {
            let mut d = self.d.write();
            d.columns.shift_remove(key);
            d.columns.values().cloned().collect()
        };
        renumber(&all);
    }

    fn admissible(self: &Arc<Self>, column: &Arc<Column>) -> SqlResult<()> {
        if column.name().as_str().is_empty() {
            return Err(SqlError::argument(
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table.",
            ));
        }
        match column.table() {
            Some(other) if !Arc::ptr_eq(&other, self) => {
                Err(SqlError::argument(format!("Column object '{}' already assigned to Table '{}'", column.key(), other.name)))
            }
            _ => Ok(()),
        }
    }

    /// By key first: two columns may share a name only if their keys differ from it.
    fn rival(&self, column: &Arc<Column>) -> Option<Rival> {
        let d = self.d.read();
        let (key, name) = (column.key(), column.name());
        let found = match d.columns.get(&key) {
            Some(c) => Some(Rival { column: c.clone(), same_key: true }),
            None => {
                let called_so = |c: &&Arc<Column>| c.d.read().name.as_ref().is_some_and(|n| n.text == name.text);
                d.columns.values().find(called_so).map(|c| Rival { column: c.clone(), same_key: false })
            }
        };
        found.filter(|r| !Arc::ptr_eq(&r.column, column))
    }

    fn duplicate(&self, column: &Column, rival: &Rival, advise: bool) -> SqlError {
        let (key, name) = (column.key(), column.name());
        let by_key = rival.same_key && *key != *name.text;
        let (what, text) = if by_key { ("key", &*key) } else { ("name", name.as_str()) };
        let advice = if advise {
            " Specify replace_existing=True to Table.append_column() or Table.insert_column() to replace an existing column."
        } else {
            ""
        };
        let message = format!("A column with {what} '{text}' is already present in table '{}'.{advice}", self.name);
        SqlError::new(ErrorKind::DuplicateColumn, message)
    }

    fn keeps_primary_key(&self, column: &Column) -> SqlResult<()> {
        if column.d.read().primary_key {
            return Ok(());
        }
        let key = column.key();
        let Some(primary) = self.d.read().primary_key.clone() else { return Ok(()) };
        if primary.d.read().columns.iter().any(|c| c.key() == key) {
            return Err(SqlError::argument(format!(
                "Trying to redefine primary-key column '{key}' as a non-primary-key column on table '{}'",
                self.key()
            )));
        }
        Ok(())
    }

    fn keeps_sentinel(&self, column: &Arc<Column>) -> SqlResult<()> {
        if !column.d.read().sentinel {
            return Ok(());
        }
        let columns: Vec<_> = self.d.read().columns.values().cloned().collect();
        if columns.iter().any(|c| !Arc::ptr_eq(c, column) && c.d.read().sentinel) {
            return Err(SqlError::argument("a Table may have only one explicit sentinel column"));
        }
        Ok(())
    }
}

/// A column that the user gave a key of its own gives way to a plain one of its name.
fn renamed_away(column: &Column, old: &Column) -> Option<String> {
    let (key, name, old_key) = (column.key(), column.name(), old.key());
    if old_key == key || *old_key == *old.name().text || *key != *name.text {
        return None;
    }
    Some(format!(
        "Column with user-specified key \"{old_key}\" is being replaced with plain named column \"{name}\", key \"{old_key}\" is \
         being removed.  If this is a reflection operation, specify autoload_replace=False to prevent this replacement."
    ))
}

fn from_start(index: i64, len: usize) -> usize {
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let at = if index < 0 { (len + index).max(0) } else { index.min(len) };
    usize::try_from(at).unwrap_or(0)
}

fn renumber(columns: &[Arc<Column>]) {
    for (position, column) in columns.iter().enumerate() {
        column.d.write().position = position;
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::ColumnData;
    use super::super::table::TableData;
    use super::*;

    fn table() -> Arc<Table> {
        Table::new("t".into(), TableData::default())
    }
    fn column(name: &str, key: Option<&str>) -> Arc<Column> {
        Column::new(ColumnData { name: Some(name.into()), key: key.map(Into::into), ..ColumnData::default() })
    }
    fn keys(t: &Table) -> Vec<String> {
        t.d.read().columns.keys().map(ToString::to_string).collect()
    }
    fn add(t: &Arc<Table>, name: &str, how: Placement) -> SqlResult<Placed> {
        t.place(&column(name, None), &how)
    }

    #[test]
    fn columns_keep_their_order_and_know_it() {
        let t = table();
        for n in ["a", "b"] {
            add(&t, n, Placement::default()).expect("fresh");
        }
        add(&t, "c", Placement { index: Some(0), ..Placement::default() }).expect("fresh");
        add(&t, "d", Placement { index: Some(-1), ..Placement::default() }).expect("fresh");
        assert_eq!(keys(&t), ["c", "a", "d", "b"]);
        assert!(t.d.read().columns.values().enumerate().all(|(i, c)| c.d.read().position == i));
    }

    #[test]
    fn a_replacement_takes_the_place() {
        let t = table();
        for n in ["a", "b", "c"] {
            add(&t, n, Placement::default()).expect("fresh");
        }
        let replace = Placement { replace: true, ..Placement::default() };
        let placed = add(&t, "b", replace).expect("replaces");
        assert!(placed.replaced.is_some() && placed.warning.is_none());
        assert_eq!(keys(&t), ["a", "b", "c"]);
        add(&t, "a", Placement { index: Some(3), ..replace }).expect("replaces");
        assert_eq!(keys(&t), ["b", "c", "a"]);
    }

    #[test]
    fn duplicates_name_what_they_share() {
        let t = table();
        t.place(&column("x", Some("k")), &Placement::default()).expect("fresh");
        let e = t.place(&column("y", Some("k")), &Placement::default()).expect_err("key");
        assert_eq!(
            (e.kind, e.message.as_str()),
            (ErrorKind::DuplicateColumn, "A column with key 'k' is already present in table 't'.")
        );
        let e = add(&t, "x", Placement { advise: true, ..Placement::default() }).expect_err("name");
        assert!(e.message.starts_with("A column with name 'x'") && e.message.contains("replace_existing=True"));
        let placed = add(&t, "x", Placement { replace: true, ..Placement::default() }).expect("replaces");
        assert!(placed.warning.expect("warned").contains("user-specified key \"k\""));
        assert_eq!(keys(&t), ["x"]);
    }

    #[test]
    fn errors_leave_the_table_as_it_was() {
        let (t, u) = (table(), table());
        let c = column("a", None);
        t.place(&c, &Placement::default()).expect("fresh");
        assert!(u.place(&c, &Placement::default()).expect_err("taken").message.contains("already assigned to Table 't'"));
        assert!(u.place(&column("", None), &Placement::default()).is_err());
        let mark = |name: &str| Column::new(ColumnData { name: Some(name.into()), sentinel: true, ..ColumnData::default() });
        t.place(&mark("s1"), &Placement::default()).expect("one sentinel");
        assert!(t.place(&mark("s2"), &Placement::default()).is_err());
        assert_eq!(keys(&t), ["a", "s1"]);
        assert!(u.d.read().columns.is_empty());
        // the same column again: nothing changes
        t.place(&c, &Placement::default()).expect("same");
        assert_eq!(keys(&t), ["a", "s1"]);
    }
}
