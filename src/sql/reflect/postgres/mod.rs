//! PostgreSQL: catalogue rows to relations and their parts.

pub mod columns;
pub mod constraints;
pub mod indexes;
pub mod named_types;
pub mod queries;
pub mod types;

use super::model::*;
use super::rows::{flag, int, opt_text, text};
use indexmap::IndexMap;

/// Parts by the name of the relation that they belong to.
pub type ByRelation<T> = IndexMap<String, T>;

/// Relations from the answer to [`queries::relations`].
pub fn relations(rows: &[Row]) -> Vec<Relation> {
    let mut found: ByRelation<(Relation, Vec<String>)> = IndexMap::new();
    for row in rows {
        let name = text(row, 0);
        let (_, parents) = found.entry(name.clone()).or_insert_with(|| {
            let kind = match text(row, 1).as_str() {
                "v" => RelationKind::View,
                "m" => RelationKind::MaterializedView,
                "f" => RelationKind::Foreign,
                "S" => RelationKind::Sequence,
                _ => RelationKind::Table,
            };
            let with = storage(&text(row, 5));
            let mut options = Vec::new();
            if kind == RelationKind::Table && !with.is_empty() {
                options.push(("with".to_owned(), Fact::Map(with)));
            }
            let relation = Relation {
                name,
                kind,
                temporary: flag(row, 2),
                oid: Some(int(row, 3)),
                comment: opt_text(row, 4),
                options,
                ..Relation::default()
            };
            (relation, Vec::new())
        });
        parents.extend(opt_text(row, 6));
    }
    found
        .into_values()
        .map(|(mut relation, parents)| {
            if !parents.is_empty() {
                let names = parents.into_iter().map(Fact::Text).collect();
                relation.options.push(("inherits".to_owned(), Fact::Tuple(names)));
            }
            relation
        })
        .collect()
}

/// `name=value` lines of a relation's storage options.
fn storage(lines: &str) -> Facts {
    lines.lines().filter_map(|l| l.split_once('=')).map(|(k, v)| (k.to_owned(), Fact::text(v))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Value;

    #[test]
    fn parents_and_storage() {
        let row = |parent: &str| -> Row {
            let t = |s: &str| Value::text(s);
            vec![t("t"), t("r"), Value::Bool(false), Value::Int(7), Value::Null, t("fillfactor=50\na=b=c"), t(parent)]
        };
        let found = relations(&[row("p"), row("Q")]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].oid, Some(7));
        let with = Fact::Map(vec![("fillfactor".to_owned(), Fact::text("50")), ("a".to_owned(), Fact::text("b=c"))]);
        let parents = Fact::Tuple(vec![Fact::text("p"), Fact::text("Q")]);
        assert_eq!(found[0].options, [("with".to_owned(), with), ("inherits".to_owned(), parents)]);
    }
}
