//! Primary keys, unique and check constraints, foreign keys.

use super::ByRelation;
use crate::reflect::rows::{flag, opt_text, text};
use crate::reflect::*;

/// Constraints from the answer to [`super::queries::constraints`], sorted by name.
pub fn constraints(rows: &[Row]) -> ByRelation<Constraints> {
    let mut found: ByRelation<Constraints> = ByRelation::new();
    // rows of one constraint follow each other
    for group in rows.chunk_by(|a, b| text(a, 0) == text(b, 0) && text(a, 1) == text(b, 1)) {
        let Some(first) = group.first() else { continue };
        let table = found.entry(text(first, 0)).or_default();
        match text(first, 2).as_str() {
            "p" => table.primary_key = key(first, group, false),
            "u" => table.uniques.push(key(first, group, true)),
            "c" => table.checks.push(check(first)),
            "f" => table.foreign_keys.push(foreign_key(first, group)),
            _ => {}
        }
    }
    for table in found.values_mut() {
        table.uniques.sort_by_key(|u| u.name.clone());
        table.checks.sort_by_key(|c| c.name.clone());
        table.foreign_keys.sort_by_key(|f| f.name.clone());
    }
    found
}

fn key(first: &Row, rows: &[Row], unique: bool) -> ReflectedKey {
    let column = |included: bool| rows.iter().filter(move |r| flag(r, 4) == included).filter_map(|r| opt_text(r, 3));
    let mut options = vec![("postgresql_include".to_owned(), Fact::texts(column(true)))];
    if unique {
        options.push(("postgresql_nulls_not_distinct".to_owned(), Fact::Bool(flag(first, 6))));
    }
    ReflectedKey {
        name: opt_text(first, 1),
        columns: column(false).collect(),
        comment: Some(opt_text(first, 5)),
        duplicates_index: None,
        options,
    }
}

fn check(row: &Row) -> ReflectedCheck {
    let mut options = Vec::new();
    if flag(row, 8) {
        options.push(("no_inherit".to_owned(), Fact::Bool(true)));
    }
    if !flag(row, 9) {
        options.push(("not_valid".to_owned(), Fact::Bool(true)));
    }
    ReflectedCheck { name: opt_text(row, 1), sqltext: text(row, 7), comment: Some(opt_text(row, 5)), options }
}

fn foreign_key(first: &Row, rows: &[Row]) -> ReflectedForeignKey {
    let mut options: Facts = Vec::new();
    let mut option = |name: &str, value: Fact| options.push((name.to_owned(), value));
    if let Some(action) = action(&text(first, 14)) {
        option("onupdate", Fact::text(action));
    }
    if let Some(action) = action(&text(first, 15)) {
        let columns = opt_text(first, 19).map(|c| format!(" ({c})")).unwrap_or_default();
        option("ondelete", Fact::text(format!("{action}{columns}")));
    }
    if flag(first, 18) {
        option("initially", Fact::text("DEFERRED"));
    }
    if flag(first, 17) {
        option("deferrable", Fact::Bool(true));
    }
    match text(first, 16).as_str() {
        "f" => option("match", Fact::text("FULL")),
        "p" => option("match", Fact::text("PARTIAL")),
        _ => {}
    }
    ReflectedForeignKey {
        name: opt_text(first, 1),
        columns: rows.iter().filter_map(|r| opt_text(r, 3)).collect(),
        referred_schema: opt_text(first, 10),
        referred_visible: flag(first, 11),
        referred_table: text(first, 12),
        referred_columns: rows.iter().filter_map(|r| opt_text(r, 13)).collect(),
        options,
        comment: Some(opt_text(first, 5)),
    }
}

/// The words for a referential action's code; NO ACTION is what it is without words.
fn action(code: &str) -> Option<&'static str> {
    match code {
        "r" => Some("RESTRICT"),
        "c" => Some("CASCADE"),
        "n" => Some("SET NULL"),
        "d" => Some("SET DEFAULT"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Value;

    #[test]
    fn a_foreign_key_over_two_columns() {
        let t = |s: &str| Value::text(s);
        let row = |local: &str, remote: &str| -> Row {
            let mut row = vec![t("child"), t("fk"), t("f"), t(local), Value::Bool(false), Value::Null, Value::Null, Value::Null];
            row.extend([Value::Bool(true), Value::Bool(true), t("other"), Value::Bool(false), t("parent"), t(remote)]);
            row.extend([t("a"), t("n"), t("f"), Value::Bool(true), Value::Bool(true), t("x, \"Y\"")]);
            row
        };
        let found = constraints(&[row("a", "x"), row("b", "y")]);
        let [fk] = &found["child"].foreign_keys[..] else { panic!("one") };
        assert_eq!(fk.columns, ["a", "b"]);
        assert_eq!(fk.referred_columns, ["x", "y"]);
        let names: Vec<&str> = fk.options.iter().map(|(n, _)| n.as_str()).collect();
        assert_eq!(names, ["ondelete", "initially", "deferrable", "match"]);
        assert_eq!(fk.options[0].1, Fact::text("SET NULL (x, \"Y\")"));
    }
}
