//! MySQL and MariaDB: catalogue rows, and the text of SHOW CREATE TABLE, to relations and their parts.

pub mod columns;
pub mod foreign_keys;
pub mod keys;
pub mod parser;
pub mod queries;
pub mod types;

use super::model::*;
use super::rows::{int, opt_text, text};
use indexmap::IndexMap;

/// Parts by the name of the relation that they belong to.
pub type ByRelation<T> = IndexMap<String, T>;

/// What differs between servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Server {
    pub mariadb: bool,
    pub version: (i64, i64, i64),
}

impl Server {
    /// From the text of `version()`: `10.11.19-MariaDB-0+deb12u1`, `8.0.36`, `5.5.5-10.3.1-MariaDB`.
    pub fn parse(version: &str) -> Self {
        let mariadb = version.to_lowercase().contains("mariadb");
        let text = version.strip_prefix("5.5.5-").filter(|_| mariadb).unwrap_or(version);
        let mut numbers = text.split(['.', '-', '+']).map_while(|n| n.parse().ok());
        let mut next = || numbers.next().unwrap_or(0);
        Self { mariadb, version: (next(), next(), next()) }
    }
    /// Whether an index may be over an expression.
    pub fn has_index_expressions(&self) -> bool {
        !self.mariadb && self.version >= (8, 0, 13)
    }
    /// Whether there are check constraints to ask for.
    pub fn has_checks(&self) -> bool {
        self.version >= if self.mariadb { (10, 2, 22) } else { (8, 0, 16) }
    }
    /// Whether a check constraint says whether it is a column's own.
    pub fn has_check_level(&self) -> bool {
        self.mariadb && self.version >= (10, 5, 10)
    }
}

/// Relations from the answer to [`queries::relations`].
pub fn relations(rows: &[Row]) -> IndexMap<String, Relation> {
    rows.iter().map(|row| (text(row, 0), relation(row))).collect()
}

fn relation(row: &Row) -> Relation {
    let kind = match text(row, 1).as_str() {
        "VIEW" | "SYSTEM VIEW" => RelationKind::View,
        "SEQUENCE" => RelationKind::Sequence,
        _ => RelationKind::Table,
    };
    let comment = opt_text(row, 5).filter(|c| !c.is_empty());
    let mut out = Relation { name: text(row, 0), kind, fold_case: int(row, 6) != 0, ..Relation::default() };
    if kind == RelationKind::View {
        // a view's comment is the word VIEW, or why it cannot be read
        out.broken = comment.filter(|c| c != "VIEW");
        return out;
    }
    let mut option = |name: &str, value: &str| out.options.push((name.to_owned(), Fact::text(value)));
    if let Some(c) = &comment {
        option("comment", c);
    }
    if let Some(engine) = opt_text(row, 2) {
        option("engine", &engine);
    }
    out.collation = opt_text(row, 3);
    if let Some(collation) = out.collation.as_ref().filter(|_| kind == RelationKind::Table) {
        option("default charset", collation.split('_').next().unwrap_or(collation));
        option("collate", collation);
    }
    for (name, value) in text(row, 4).split_whitespace().filter_map(|o| o.split_once('=')) {
        let name = name.to_lowercase();
        if parser::is_option(&name) {
            option(&name, value);
        }
    }
    out.comment = comment;
    out
}

/// Relations whose options only the text of SHOW CREATE TABLE has: partitions, tables made of other tables.
pub fn needing_text(rows: &[Row]) -> Vec<String> {
    let partitioned = |row: &Row| text(row, 4).split_whitespace().any(|o| o == "partitioned");
    let elsewhere = |row: &Row| matches!(text(row, 2).as_str(), "MRG_MyISAM" | "FEDERATED" | "CONNECT");
    rows.iter().filter(|row| partitioned(row) || elsewhere(row)).map(|row| text(row, 0)).collect()
}

/// Check constraints from the answer to [`queries::checks`], sorted by name.
pub fn checks(rows: &[Row], server: &Server) -> ByRelation<Vec<ReflectedCheck>> {
    let mut found: ByRelation<Vec<ReflectedCheck>> = ByRelation::new();
    for row in rows {
        let clause = text(row, 2);
        let sqltext = if server.mariadb { clause } else { clause.replace("\\'", "'") };
        let check = ReflectedCheck { name: opt_text(row, 1), sqltext, ..ReflectedCheck::default() };
        found.entry(text(row, 0)).or_default().push(check);
    }
    for list in found.values_mut() {
        list.sort_by_key(|c| c.name.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Value;

    #[test]
    fn versions() {
        let s = Server::parse("10.11.19-MariaDB-0+deb12u1");
        assert_eq!(s, Server { mariadb: true, version: (10, 11, 19) });
        assert_eq!(Server::parse("5.5.5-10.3.1-MariaDB").version, (10, 3, 1));
        let s = Server::parse("8.0.36");
        assert!(s.has_checks() && s.has_index_expressions() && !s.has_check_level());
        assert_eq!(Server::parse("").version, (0, 0, 0));
    }

    #[test]
    fn options_of_tables_and_broken_views() {
        let t = |s: &str| Value::text(s);
        let row = |name: &str, kind: &str, comment: &str| -> Row {
            let options = t("min_rows=3 partitioned row_format=DYNAMIC stats_persistent=0");
            vec![t(name), t(kind), t("InnoDB"), t("latin1_bin"), options, t(comment), Value::Int(0)]
        };
        let rows = [row("a", "BASE TABLE", "it's"), row("v", "VIEW", "VIEW"), row("b", "VIEW", "references invalid")];
        let found = relations(&rows);
        let names: Vec<&str> = found["a"].options.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["comment", "engine", "default charset", "collate", "min_rows", "row_format"]);
        assert_eq!(found["v"].broken, None);
        assert_eq!(found["b"].broken.as_deref(), Some("references invalid"));
        assert_eq!(needing_text(&rows[..1]), ["a"]);
    }
}
