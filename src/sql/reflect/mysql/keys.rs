//! Indexes, and the primary keys and unique constraints that they stand for.

use super::ByRelation;
use crate::reflect::rows::{int, opt_int, opt_text, text};
use crate::reflect::{Fact, ReflectedIndex, ReflectedKey, Row};

/// An index and its parts: column or else expression, prefix length.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct IndexParts {
    pub name: String,
    pub unique: bool,
    /// FULLTEXT or SPATIAL.
    pub prefix: Option<String>,
    pub parts: Vec<(Option<String>, String, Option<i64>)>,
}

impl IndexParts {
    /// As an index. Options have no dialect's name yet.
    pub fn index(self) -> ReflectedIndex {
        let mut out = ReflectedIndex { name: self.name, unique: self.unique, ..ReflectedIndex::default() };
        let mut lengths = Vec::new();
        for (column, expression, length) in self.parts {
            let label = column.clone().unwrap_or(expression);
            if let Some(n) = length {
                lengths.push((label.clone(), Fact::Int(n)));
            }
            out.columns.push(column);
            out.expressions.push(label);
        }
        if out.columns.iter().all(Option::is_some) {
            out.expressions.clear();
        }
        if !lengths.is_empty() {
            out.options.push(("length".to_owned(), Fact::Map(lengths)));
        }
        if let Some(prefix) = self.prefix {
            out.options.push(("prefix".to_owned(), Fact::Text(prefix)));
        }
        out
    }

    /// As a unique constraint, if it is one over columns alone.
    pub fn unique_constraint(&self) -> Option<ReflectedKey> {
        let columns: Option<Vec<String>> = self.parts.iter().map(|(c, ..)| c.clone()).collect();
        columns.filter(|_| self.unique).map(|columns| ReflectedKey {
            name: Some(self.name.clone()),
            columns,
            duplicates_index: Some(self.name.clone()),
            ..ReflectedKey::default()
        })
    }
}

/// What the indexes of a table say.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Keys {
    pub primary_key: ReflectedKey,
    pub uniques: Vec<ReflectedKey>,
    pub indexes: Vec<ReflectedIndex>,
}

/// Keys from the answer to [`super::queries::keys`], sorted by name.
pub fn keys(rows: &[Row]) -> ByRelation<Keys> {
    let mut found: ByRelation<Keys> = ByRelation::new();
    for group in rows.chunk_by(|a, b| text(a, 0) == text(b, 0) && text(a, 1) == text(b, 1)) {
        let Some(first) = group.first() else { continue };
        let table = found.entry(text(first, 0)).or_default();
        let name = text(first, 1);
        if name == "PRIMARY" {
            table.primary_key.columns = group.iter().filter_map(|r| opt_text(r, 3)).collect();
            continue;
        }
        let prefix = Some(text(first, 6)).filter(|p| p == "FULLTEXT" || p == "SPATIAL");
        let part = |r: &Row| {
            // the length that a spatial index reports is not one that was given
            let length = if prefix.is_none() { opt_int(r, 5) } else { None };
            (opt_text(r, 3), text(r, 4), length)
        };
        let parts = group.iter().map(part).collect();
        let one = IndexParts { name, unique: int(first, 2) == 0, prefix, parts };
        table.uniques.extend(one.unique_constraint());
        table.indexes.push(one.index());
    }
    for table in found.values_mut() {
        table.uniques.sort_by_key(|u| u.name.clone());
        table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
    found
}
