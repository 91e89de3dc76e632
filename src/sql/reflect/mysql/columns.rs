//! Columns.

use super::{ByRelation, Server, types};
use crate::reflect::rows::{opt_text, text};
use crate::reflect::{ReflectedColumn, ReflectedType, Relation, RelationKind, Row};
use indexmap::IndexMap;

/// A column as it is written.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Defined {
    pub name: String,
    pub ty: ReflectedType,
    pub nullable: bool,
    pub default: Option<String>,
    pub on_update: Option<String>,
    pub autoincrement: bool,
    /// Expression without its parentheses, and whether it is stored.
    pub computed: Option<(String, bool)>,
    pub charset: Option<String>,
    pub collation: Option<String>,
    pub comment: Option<String>,
}

impl Defined {
    /// As it is reported.
    pub fn column(self) -> ReflectedColumn {
        let counts = types::is_integer(&self.ty.name);
        // what happens on update is part of the default's text, as it is in DDL
        let default = match (self.default, self.on_update) {
            (Some(d), Some(u)) => Some(format!("{d} ON UPDATE {u}")),
            (d, _) => d,
        };
        ReflectedColumn {
            name: self.name,
            ty: types::collated(self.ty, self.charset, self.collation),
            nullable: self.nullable,
            default: if self.computed.is_some() { None } else { default },
            autoincrement: counts.then_some(self.autoincrement),
            primary_key: None,
            computed: self.computed.map(|(sql, stored)| (format!("({sql})"), stored)),
            identity: None,
            comment: Some(self.comment.filter(|c| !c.is_empty())),
        }
    }
}

/// Columns from the answer to [`super::queries::columns`].
pub fn columns(rows: &[Row], relations: &IndexMap<String, Relation>, server: &Server) -> ByRelation<Vec<ReflectedColumn>> {
    let mut found: ByRelation<Vec<ReflectedColumn>> = ByRelation::new();
    for row in rows {
        let table = text(row, 0);
        let relation = relations.get(&table);
        let column = if relation.is_some_and(|r| r.kind == RelationKind::View) {
            of_view(row, server)
        } else {
            of_table(row, relation.and_then(|r| r.collation.as_deref()), server)
        };
        found.entry(table).or_default().push(column.column());
    }
    found
}

fn of_table(row: &Row, table_collation: Option<&str>, server: &Server) -> Defined {
    let extra = text(row, 7);
    let lower = extra.to_ascii_lowercase();
    let ty = types::parse(&text(row, 2));
    // only what differs from the table's own is the column's
    let collation = opt_text(row, 6).filter(|c| Some(c.as_str()) != table_collation);
    let charset = collation.as_ref().and_then(|_| opt_text(row, 5));
    let computed = opt_text(row, 9).filter(|sql| !sql.is_empty()).map(|sql| {
        (if server.mariadb { sql } else { sql.replace("\\'", "'") }, lower.contains("stored") || lower.contains("persistent"))
    });
    let on_update =
        lower.split_once("on update ").and_then(|(_, rest)| extra.get(extra.len().checked_sub(rest.len())?..)).map(str::to_owned);
    Defined {
        name: text(row, 1),
        default: opt_text(row, 3).and_then(|d| default(d, &ty.name, &lower, server)),
        nullable: text(row, 4).eq_ignore_ascii_case("YES"),
        on_update,
        autoincrement: lower.contains("auto_increment"),
        computed,
        charset,
        collation,
        comment: opt_text(row, 8),
        ty,
    }
}

/// A default as DDL writes it. MariaDB stores it so; MySQL keeps the bare value of a literal.
fn default(stored: String, ty: &str, extra: &str, server: &Server) -> Option<String> {
    if server.mariadb {
        return Some(stored).filter(|d| !d.eq_ignore_ascii_case("NULL"));
    }
    let now = stored.to_uppercase().starts_with("CURRENT_TIMESTAMP");
    if extra.contains("default_generated") {
        return Some(if now { stored } else { format!("({})", stored.replace("\\'", "'")) });
    }
    if now && matches!(ty, "timestamp" | "datetime") || stored.starts_with("b'") {
        return Some(stored);
    }
    Some(quoted(&stored))
}

/// A view's column has the type of what it shows; what else the server says of it is of the table below.
fn of_view(row: &Row, server: &Server) -> Defined {
    let shown = opt_text(row, 3).map(|d| if server.mariadb { bare(&d) } else { d });
    Defined {
        name: text(row, 1),
        ty: types::parse(&text(row, 2)),
        nullable: true,
        default: shown.filter(|d| !d.is_empty() && d != "NULL").map(|d| quoted(&d)),
        ..Defined::default()
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A literal's value; other text as it is.
fn bare(text: &str) -> String {
    match text.strip_prefix('\'').and_then(|t| t.strip_suffix('\'')) {
        Some(inside) => inside.replace("''", "'"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_of_both_families() {
        let maria = Server { mariadb: true, version: (10, 11, 0) };
        let mysql = Server { mariadb: false, version: (8, 0, 36) };
        let d = |s: &str, ty: &str, extra: &str, server: &Server| default(s.to_owned(), ty, extra, server);
        assert_eq!(d("NULL", "int", "", &maria), None);
        assert_eq!(d("'NULL'", "varchar", "", &maria).as_deref(), Some("'NULL'"));
        assert_eq!(d("5", "int", "", &mysql).as_deref(), Some("'5'"));
        assert_eq!(d("it's", "varchar", "", &mysql).as_deref(), Some("'it''s'"));
        assert_eq!(d("uuid()", "varchar", "default_generated", &mysql).as_deref(), Some("(uuid())"));
        assert_eq!(d("CURRENT_TIMESTAMP(3)", "datetime", "default_generated", &mysql).as_deref(), Some("CURRENT_TIMESTAMP(3)"));
        assert_eq!(d("b'101'", "bit", "", &mysql).as_deref(), Some("b'101'"));
    }
}
