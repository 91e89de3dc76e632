//! Tokens of naming conventions: `%(table_name)s`, `%(column_0_name)s`, `%(referred_column_0N_key)s` …

use super::{Column, Constraint, ForeignKey, Index, Table};
use crate::error::{SqlError, SqlResult};
use std::sync::Arc;

/// What is to be named.
#[derive(Clone, Copy, Debug)]
pub enum Subject<'a> {
    /// A constraint.
    Constraint(&'a Constraint),
    /// An index.
    Index(&'a Index),
}

/// What a column token shows of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Show {
    Name,
    Key,
    Label,
}

/// A token about columns.
#[derive(Debug, PartialEq, Eq)]
struct ColumnToken {
    referred: bool,
    pick: Pick,
    show: Show,
}

/// Which columns.
#[derive(Debug, PartialEq, Eq)]
enum Pick {
    /// One, counted from 0.
    Nth(usize),
    /// All, with this between them.
    All(&'static str),
}

/// Reads `[referred_]column_<n>_<show>`, `…column_0N_<show>` and `…column_0_N_<show>`; `None`: something else.
fn parse(token: &str) -> Option<ColumnToken> {
    let (referred, rest) = match token.strip_prefix("referred_") {
        Some(rest) => (true, rest),
        None => (false, token),
    };
    let rest = rest.strip_prefix("column_")?;
    let (pick, show) = rest.rsplit_once('_')?;
    let pick = match pick {
        "0N" => Pick::All(""),
        "0_N" => Pick::All("_"),
        n => Pick::Nth(n.parse().ok()?),
    };
    let show = match show {
        "name" => Show::Name,
        "key" => Show::Key,
        "label" => Show::Label,
        _ => return None,
    };
    Some(ColumnToken { referred, pick, show })
}

/// `table_column`, with the schema before it: the label of a column in names of indexes and constraints.
pub fn column_label(column: &Column) -> String {
    match column.table() {
        Some(t) => format!("{}_{}", t.key().replace('.', "_"), column.name()),
        None => column.name().to_string(),
    }
}

fn shown(column: &Column, show: Show) -> String {
    match show {
        Show::Name => column.name().to_string(),
        Show::Key => column.key().to_string(),
        Show::Label => column_label(column),
    }
}

/// What a foreign key refers to, by its column if there is one, else by the name it was given.
fn referred(key: &ForeignKey, show: Show) -> String {
    match key.column() {
        Ok(column) => shown(&column, show),
        Err(_) => key.target().and_then(|t| t.column).unwrap_or_default(),
    }
}

impl Subject<'_> {
    fn keys(&self) -> Vec<Arc<ForeignKey>> {
        match self {
            Self::Constraint(c) => c.elements(),
            Self::Index(_) => Vec::new(),
        }
    }
    fn is_foreign_key(&self) -> bool {
        matches!(self, Self::Constraint(c) if matches!(c.d.read().kind, super::ConstraintKind::ForeignKey { .. }))
    }
    fn columns(&self) -> Vec<Arc<Column>> {
        match self {
            Self::Constraint(_) if self.is_foreign_key() => self.keys().iter().filter_map(|k| k.parent()).collect(),
            Self::Constraint(c) => c.d.read().columns.clone(),
            Self::Index(i) => i.d.read().columns.clone(),
        }
    }

    /// Text of a token about `table` or the columns; `None` when there is no such token.
    ///
    /// # Errors
    /// `InvalidRequestError` for a token about a referred table where nothing is referred to.
    pub fn token(&self, table: &Table, token: &str) -> SqlResult<Option<String>> {
        match token {
            "table_name" => return Ok(Some(table.name.to_string())),
            "referred_table_name" => {
                let Some(key) = self.keys().first().cloned() else {
                    return Err(SqlError::invalid_request(format!(
                        "Naming convention token '%(referred_table_name)s' on table '{}' needs a foreign key",
                        table.name
                    )));
                };
                return Ok(Some(key.target().and_then(|t| t.table).unwrap_or_default()));
            }
            _ => {}
        }
        let Some(found) = parse(token) else { return Ok(None) };
        let parts: Vec<String> = if found.referred {
            self.keys().iter().map(|k| referred(k, found.show)).collect()
        } else {
            self.columns().iter().map(|c| shown(c, found.show)).collect()
        };
        Ok(Some(match found.pick {
            Pick::Nth(n) => parts.into_iter().nth(n).unwrap_or_default(),
            Pick::All(separator) => parts.join(separator),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::column::ColumnData;
    use super::super::constraint::{ConstraintData, ForeignKeyData};
    use super::super::placement::Placement;
    use super::super::table::TableData;
    use super::*;
    use crate::schema::ConstraintKind;

    fn fixture() -> (Arc<Table>, Vec<Arc<Column>>) {
        let data = TableData { schema: Some("s".into()), ..TableData::default() };
        let t = Table::new("t".into(), data);
        let columns = [("a", None), ("b", Some("kb"))].map(|(name, key): (&str, Option<&str>)| {
            let c = Column::new(ColumnData { name: Some(name.into()), key: key.map(Into::into), ..ColumnData::default() });
            t.place(&c, &Placement::default()).expect("fresh");
            c
        });
        (t, columns.to_vec())
    }
    fn constraint(columns: &[Arc<Column>], kind: ConstraintKind) -> Constraint {
        let d = ConstraintData { columns: columns.to_vec(), kind, ..ConstraintData::default() };
        Constraint { d: parking_lot::RwLock::new(d), face: crate::FaceSlot::default() }
    }

    #[test]
    fn column_tokens() {
        let (t, columns) = fixture();
        let unique = constraint(&columns, ConstraintKind::Unique);
        let value = |token: &str| Subject::Constraint(&unique).token(&t, token).expect("no error");
        for (token, expected) in [
            ("table_name", "t"),
            ("column_0_name", "a"),
            ("column_1_key", "kb"),
            ("column_1_label", "s_t_b"),
            ("column_7_name", ""),
            ("column_0N_name", "ab"),
            ("column_0_N_key", "a_kb"),
        ] {
            assert_eq!(value(token).as_deref(), Some(expected), "{token}");
        }
        assert_eq!(value("column_x_name"), None);
        assert_eq!(value("column_0_shape"), None);
        assert_eq!(value("nothing"), None);
        assert!(Subject::Constraint(&unique).token(&t, "referred_table_name").is_err());
    }

    #[test]
    fn referred_tokens_need_no_resolved_target() {
        let (t, columns) = fixture();
        let key = ForeignKey::new(ForeignKeyData {
            colspec: Some("other.x".into()),
            parent: Some(Arc::downgrade(&columns[0])),
            ..ForeignKeyData::default()
        });
        let kind = ConstraintKind::ForeignKey {
            elements: vec![key],
            onupdate: None,
            ondelete: None,
            match_: None,
            use_alter: false,
            link_to_name: false,
        };
        let fk = constraint(&[], kind);
        let value = |token: &str| Subject::Constraint(&fk).token(&t, token).expect("no error").expect("known");
        assert_eq!(value("referred_table_name"), "other");
        assert_eq!(value("referred_column_0_name"), "x");
        assert_eq!(value("column_0_name"), "a");
    }
}
