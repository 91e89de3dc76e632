//! Foreign keys.

use super::{ByRelation, Server};
use crate::reflect::rows::{flag, opt_text, text};
use crate::reflect::{Fact, Facts, ReflectedForeignKey, Row};

/// Foreign keys from the answer to [`super::queries::foreign_keys`], sorted by name.
pub fn foreign_keys(rows: &[Row], server: &Server) -> ByRelation<Vec<ReflectedForeignKey>> {
    let mut found: ByRelation<Vec<ReflectedForeignKey>> = ByRelation::new();
    for group in rows.chunk_by(|a, b| text(a, 0) == text(b, 0) && text(a, 1) == text(b, 1)) {
        let Some(first) = group.first() else { continue };
        found.entry(text(first, 0)).or_default().push(ReflectedForeignKey {
            name: opt_text(first, 1),
            columns: group.iter().filter_map(|r| opt_text(r, 2)).collect(),
            referred_schema: opt_text(first, 3),
            referred_visible: flag(first, 8),
            referred_table: text(first, 4),
            referred_columns: group.iter().filter_map(|r| opt_text(r, 5)).collect(),
            options: options(&text(first, 6), &text(first, 7), server.mariadb),
            comment: None,
        });
    }
    for list in found.values_mut() {
        list.sort_by_key(|f| f.name.clone());
    }
    found
}

/// Referential actions, unless they are what the server does unasked (MariaDB's catalogue calls that RESTRICT).
pub fn options(update: &str, delete: &str, restrict_is_default: bool) -> Facts {
    let wanted = |action: &str| !(action.is_empty() || action == "NO ACTION" || restrict_is_default && action == "RESTRICT");
    [("onupdate", update), ("ondelete", delete)]
        .into_iter()
        .filter(|(_, action)| wanted(action))
        .map(|(name, action)| (name.to_owned(), Fact::text(action)))
        .collect()
}
