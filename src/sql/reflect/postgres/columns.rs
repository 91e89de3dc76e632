//! Columns.

use super::ByRelation;
use super::named_types::{Element, Resolver};
use crate::reflect::rows::{flag, int, opt_int, opt_text, text};
use crate::reflect::{Fact, Facts, ReflectedColumn, Row};

/// Whether a column's type is one that the database has named: then [`columns`] needs enumerations and domains.
pub fn need_named_types(rows: &[Row]) -> bool {
    rows.iter().any(|row| matches!(text(row, 4).as_str(), "e" | "d"))
}

/// Columns from the answer to [`super::queries::columns`]. `schema` is the schema that was asked for.
pub fn columns(rows: &[Row], named: &Resolver, schema: Option<&str>) -> ByRelation<Vec<ReflectedColumn>> {
    let mut found: ByRelation<Vec<ReflectedColumn>> = ByRelation::new();
    for row in rows {
        let element = Element { text: text(row, 2), array: flag(row, 3), kind: text(row, 4), oid: int(row, 5) };
        let ty = named.resolve(&element, opt_text(row, 11), opt_text(row, 12));
        let generated = text(row, 8);
        let mut default = opt_text(row, 7);
        let mut computed = None;
        if !generated.is_empty() {
            computed = default.take().map(|sql| (sql, generated == "s"));
        }
        let identity = identity(row);
        let next = default.as_deref().and_then(sequence_of_default);
        if let (Some(schema), Some(sequence)) = (schema, next)
            && !is_qualified(sequence)
        {
            default = Some(format!("nextval('\"{}\".{sequence}'::regclass)", schema.replace('"', "\"\"").replace('\'', "''")));
        }
        let autoincrement = identity.is_some() || default.as_deref().and_then(sequence_of_default).is_some();
        found.entry(text(row, 0)).or_default().push(ReflectedColumn {
            name: text(row, 1),
            ty,
            nullable: !flag(row, 6),
            default: if identity.is_some() { None } else { default },
            autoincrement: Some(autoincrement),
            primary_key: None,
            computed,
            identity,
            comment: Some(opt_text(row, 10)),
        });
    }
    found
}

fn identity(row: &Row) -> Option<Facts> {
    let kind = text(row, 9);
    if kind.is_empty() {
        return None;
    }
    let mut facts = vec![("always".to_owned(), Fact::Bool(kind == "a"))];
    for (name, at) in [("start", 13), ("increment", 14), ("minvalue", 15), ("maxvalue", 16), ("cache", 17)] {
        facts.extend(opt_int(row, at).map(|n| (name.to_owned(), Fact::Int(n))));
    }
    facts.push(("cycle".to_owned(), Fact::Bool(flag(row, 18))));
    Some(facts)
}

/// `s.t` of `nextval('s.t'::regclass)`.
fn sequence_of_default(default: &str) -> Option<&str> {
    default.strip_prefix("nextval('")?.strip_suffix("'::regclass)")
}

/// Whether a name, quoted where need be, has a schema before it.
fn is_qualified(name: &str) -> bool {
    let mut quoted = false;
    name.chars().any(|c| {
        quoted ^= c == '"';
        c == '.' && !quoted
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Value;

    fn row(default: &str, generated: &str) -> Row {
        let t = |s: &str| Value::text(s);
        let mut row = vec![t("t"), t("c"), t("integer"), Value::Bool(false), t("b"), Value::Int(23), Value::Bool(true)];
        row.extend([t(default), t(generated), t(""), Value::Null, Value::Null, Value::Null]);
        row
    }

    #[test]
    fn sequences_of_defaults_get_the_schema_that_was_asked_for() {
        let default = |d: &str, schema| {
            let found = columns(&[row(d, "")], &Resolver::default(), schema);
            (found["t"][0].default.clone().unwrap_or_default(), found["t"][0].autoincrement)
        };
        let plain = "nextval('t_c_seq'::regclass)";
        assert_eq!(default(plain, None), (plain.to_owned(), Some(true)));
        assert_eq!(default(plain, Some("o")), ("nextval('\"o\".t_c_seq'::regclass)".to_owned(), Some(true)));
        let there = "nextval('x.\"t.c\"'::regclass)";
        assert_eq!(default(there, Some("o")).0, there);
        assert_eq!(default("nextval('\"a.b\"'::regclass)", Some("o")).0, "nextval('\"o\".\"a.b\"'::regclass)");
        assert_eq!(default("5", Some("o")), ("5".to_owned(), Some(false)));
    }

    #[test]
    fn a_generated_column_has_no_default() {
        let found = columns(&[row("(b * 2)", "s")], &Resolver::default(), None);
        assert_eq!(found["t"][0].default, None);
        assert_eq!(found["t"][0].computed, Some(("(b * 2)".to_owned(), true)));
    }
}
