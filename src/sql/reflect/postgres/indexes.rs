//! Indexes.

use super::{ByRelation, storage};
use crate::reflect::rows::{flag, int, opt_text, text};
use crate::reflect::{Fact, Facts, ReflectedIndex, Row};

/// Bits of `pg_index.indoption`.
const DESC: i64 = 1;
const NULLS_FIRST: i64 = 2;

/// Indexes from the answer to [`super::queries::indexes`], sorted by name.
pub fn indexes(rows: &[Row]) -> ByRelation<Vec<ReflectedIndex>> {
    let mut found: ByRelation<Vec<ReflectedIndex>> = ByRelation::new();
    for group in rows.chunk_by(|a, b| text(a, 0) == text(b, 0) && text(a, 1) == text(b, 1)) {
        if let Some(first) = group.first() {
            found.entry(text(first, 0)).or_default().push(index(first, group));
        }
    }
    for list in found.values_mut() {
        list.sort_by(|a, b| a.name.cmp(&b.name));
    }
    found
}

fn index(first: &Row, rows: &[Row]) -> ReflectedIndex {
    let mut out = ReflectedIndex { name: text(first, 1), unique: flag(first, 2), ..ReflectedIndex::default() };
    let (mut ops, mut include): (Facts, Vec<String>) = (Vec::new(), Vec::new());
    for row in rows {
        if flag(row, 5) {
            include.extend(opt_text(row, 3));
            continue;
        }
        let column = opt_text(row, 3);
        // by the text of the expression, where there is no column to name
        let label = column.clone().or_else(|| opt_text(row, 4)).unwrap_or_default();
        let sorting = sorting(int(row, 6));
        if !sorting.is_empty() {
            out.sorting.push((label.clone(), sorting));
        }
        if let Some(op) = opt_text(row, 7) {
            ops.push((label.clone(), Fact::Text(op)));
        }
        out.columns.push(column);
        out.expressions.push(label);
    }
    if out.columns.iter().all(Option::is_some) {
        out.expressions.clear();
    }
    let mut option = |name: &str, value: Fact| out.options.push((format!("postgresql_{name}"), value));
    if !ops.is_empty() {
        option("ops", Fact::Map(ops));
    }
    let with = storage(&text(first, 9));
    if !with.is_empty() {
        option("with", Fact::Map(with));
    }
    let method = text(first, 8);
    if method != "btree" {
        option("using", Fact::Text(method));
    }
    if let Some(condition) = opt_text(first, 10) {
        option("where", Fact::Text(condition));
    }
    option("include", Fact::texts(include));
    if flag(first, 11) {
        option("nulls_not_distinct", Fact::Bool(true));
    }
    out.duplicates_constraint = opt_text(first, 12);
    out
}

fn sorting(bits: i64) -> Vec<&'static str> {
    match (bits & DESC != 0, bits & NULLS_FIRST != 0) {
        (false, false) => vec![],
        (false, true) => vec!["nulls_first"],
        (true, true) => vec!["desc"],
        (true, false) => vec!["desc", "nulls_last"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Value;

    #[test]
    fn expressions_sorting_and_included_columns() {
        let t = |s: &str| Value::text(s);
        let row = |column: Value, expression: Value, included: bool, bits: i64| -> Row {
            let mut row = vec![t("t"), t("ix"), Value::Bool(true), column, expression, Value::Bool(included), Value::Int(bits)];
            row.extend([Value::Null, t("btree"), Value::Null, Value::Null, Value::Bool(false), Value::Null]);
            row
        };
        let found = indexes(&[
            row(t("a"), Value::Null, false, 3),
            row(Value::Null, t("lower(b)"), false, 1),
            row(t("c"), Value::Null, true, 0),
        ]);
        let [ix] = &found["t"][..] else { panic!("one") };
        assert_eq!(ix.columns, [Some("a".to_owned()), None]);
        assert_eq!(ix.expressions, ["a", "lower(b)"]);
        assert_eq!(ix.sorting, [("a".to_owned(), vec!["desc"]), ("lower(b)".to_owned(), vec!["desc", "nulls_last"])]);
        assert_eq!(ix.options, [("postgresql_include".to_owned(), Fact::texts(["c"]))]);
    }
}
