//! SQLite: catalogue rows and CREATE TABLE text to tables.

pub mod parser;
pub mod queries;
pub mod types;

use super::model::*;
use super::rows::{int, opt_text, text};
use indexmap::IndexMap;

/// Tables and views from the answers to [`queries::structure`].
pub fn assemble(objects: &[Row], columns: &[Row], foreign_keys: &[Row], indexes: &[Row]) -> Vec<ReflectedTable> {
    let mut tables: IndexMap<String, ReflectedTable> = IndexMap::new();
    let mut index_sql: IndexMap<String, String> = IndexMap::new();
    for row in objects {
        match text(row, 0).as_str() {
            kind @ ("table" | "view") => {
                let name = text(row, 1);
                let kind = if kind == "view" { RelationKind::View } else { RelationKind::Table };
                let table =
                    ReflectedTable { name: name.clone(), kind, definition: opt_text(row, 3), ..ReflectedTable::default() };
                tables.insert(name, table);
            }
            "index" => {
                if let Some(sql) = opt_text(row, 3) {
                    index_sql.insert(text(row, 1), sql);
                }
            }
            _ => {}
        }
    }
    let parsed: IndexMap<String, parser::Parsed> = tables
        .iter()
        .filter(|(_, t)| t.kind == RelationKind::Table)
        .map(|(n, t)| (n.clone(), parser::parse(t.definition.as_deref().unwrap_or(""))))
        .collect();
    let empty = parser::Parsed::default();
    for row in columns {
        let owner = text(row, 0);
        let Some(table) = tables.get_mut(&owner) else { continue };
        let hidden = int(row, 6);
        if hidden == 1 {
            continue;
        }
        let name = text(row, 1);
        let generated = &parsed.get(&owner).unwrap_or(&empty).generated;
        let computed = (hidden >= 2).then(|| {
            let sql = generated.iter().find(|(n, _)| n.eq_ignore_ascii_case(&name)).map(|(_, e)| e.clone());
            (sql.unwrap_or_default(), hidden == 3)
        });
        table.columns.push(ReflectedColumn {
            name,
            ty: types::parse(&text(row, 2)),
            nullable: int(row, 3) == 0,
            default: opt_text(row, 4),
            primary_key: Some(int(row, 5)),
            computed,
            ..ReflectedColumn::default()
        });
    }
    for table in tables.values_mut() {
        let own = parsed.get(&table.name).unwrap_or(&empty);
        let mut pk: Vec<(i64, String)> =
            table.columns.iter().filter_map(|c| c.primary_key.filter(|at| *at > 0).map(|at| (at, c.name.clone()))).collect();
        pk.sort();
        table.constraints.primary_key = ReflectedKey {
            name: own.primary_key.clone(),
            columns: pk.into_iter().map(|(_, n)| n).collect(),
            ..ReflectedKey::default()
        };
        let check = |(name, sqltext): &(Option<String>, String)| ReflectedCheck {
            name: name.clone(),
            sqltext: sqltext.clone(),
            ..ReflectedCheck::default()
        };
        table.constraints.checks = own.checks.iter().map(check).collect();
        table.constraints.checks.sort_by_key(|c| unnamed_last(&c.name));
        if own.without_rowid {
            table.options.push(("sqlite_with_rowid".to_owned(), Fact::Bool(false)));
        }
        if own.strict {
            table.options.push(("sqlite_strict".to_owned(), Fact::Bool(true)));
        }
    }
    add_foreign_keys(&mut tables, &parsed, foreign_keys);
    add_indexes(&mut tables, &parsed, &index_sql, indexes);
    tables.into_values().collect()
}

fn same(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.eq_ignore_ascii_case(y))
}

fn add_foreign_keys(tables: &mut IndexMap<String, ReflectedTable>, parsed: &IndexMap<String, parser::Parsed>, rows: &[Row]) {
    let mut found: IndexMap<(String, i64), ReflectedForeignKey> = IndexMap::new();
    for row in rows {
        let fk = found.entry((text(row, 0), int(row, 1))).or_insert_with(|| {
            let mut fk = ReflectedForeignKey { referred_table: text(row, 3), ..ReflectedForeignKey::default() };
            for (option, i) in [("onupdate", 6), ("ondelete", 7)] {
                let action = text(row, i);
                if !action.is_empty() && action != "NO ACTION" {
                    fk.options.push((option.to_owned(), Fact::Text(action)));
                }
            }
            fk
        });
        fk.columns.push(text(row, 4));
        if let Some(to) = opt_text(row, 5) {
            fk.referred_columns.push(to);
        }
    }
    // Those that the text has as constraints of the table, in its order; then the others in that of the catalogue.
    let mut order: IndexMap<String, Vec<(usize, ReflectedForeignKey)>> = IndexMap::new();
    for ((owner, _), mut fk) in found {
        let mut place = usize::MAX;
        if let Some(p) = parsed.get(&owner) {
            let written = p.foreign_keys.iter().enumerate().find(|(_, w)| {
                w.table.eq_ignore_ascii_case(&fk.referred_table)
                    && same(&w.columns, &fk.columns)
                    && (fk.referred_columns.is_empty() || w.referred.is_empty() || same(&w.referred, &fk.referred_columns))
            });
            if let Some((at, w)) = written {
                if w.of_table && !w.referred.is_empty() {
                    place = at;
                }
                fk.name.clone_from(&w.name);
                if let Some(deferrable) = w.deferrable {
                    fk.options.push(("deferrable".to_owned(), Fact::Bool(deferrable)));
                }
                if let Some(i) = &w.initially {
                    fk.options.push(("initially".to_owned(), Fact::text(&**i)));
                }
            }
        }
        // `REFERENCES t` means its primary key, when the table is there to tell.
        if fk.referred_columns.is_empty() {
            let key = tables
                .values()
                .find(|t| t.name.eq_ignore_ascii_case(&fk.referred_table))
                .map(|t| t.constraints.primary_key.columns.clone());
            fk.referred_columns = key.unwrap_or_default();
        }
        order.entry(owner).or_default().push((place, fk));
    }
    for (owner, mut keys) in order {
        keys.sort_by_key(|(place, _)| *place);
        if let Some(t) = tables.get_mut(&owner) {
            t.constraints.foreign_keys = keys.into_iter().map(|(_, fk)| fk).collect();
        }
    }
}

fn add_indexes(
    tables: &mut IndexMap<String, ReflectedTable>,
    parsed: &IndexMap<String, parser::Parsed>,
    index_sql: &IndexMap<String, String>,
    rows: &[Row],
) {
    let mut found: IndexMap<(String, String), (ReflectedIndex, String)> = IndexMap::new();
    for row in rows {
        let (owner, name, origin) = (text(row, 0), text(row, 1), text(row, 3));
        let (index, _) = found.entry((owner, name.clone())).or_insert_with(|| {
            let partial = int(row, 4) != 0;
            let where_ = if partial { index_sql.get(&name).and_then(|s| parser::index_where(s)) } else { None };
            let implicit = name.starts_with("sqlite_autoindex");
            (ReflectedIndex { name, unique: int(row, 2) != 0, where_, implicit, ..ReflectedIndex::default() }, origin)
        });
        index.columns.push(opt_text(row, 7));
    }
    for ((owner, _), (index, origin)) in found {
        let Some(t) = tables.get_mut(&owner) else { continue };
        if index.implicit && origin == "u" {
            let columns: Vec<String> = index.columns.iter().flatten().cloned().collect();
            let written = parsed.get(&owner).and_then(|p| p.uniques.iter().find(|u| same(&u.columns, &columns)));
            let name = written.and_then(|u| u.name.clone());
            let key = ReflectedKey { name, columns, ..ReflectedKey::default() };
            if !t.constraints.uniques.contains(&key) {
                t.constraints.uniques.push(key);
            }
        }
        t.indexes.push(index);
    }
    for t in tables.values_mut() {
        // Two unnamed constraints over the same columns share one index; the text has both names.
        if let Some(p) = parsed.get(&t.name) {
            for u in &p.uniques {
                let key = ReflectedKey { name: u.name.clone(), columns: u.columns.clone(), ..ReflectedKey::default() };
                let known = &mut t.constraints.uniques;
                let indexed = known.iter().any(|k| same(&k.columns, &u.columns));
                if indexed && u.name.is_some() && !known.iter().any(|k| k.name == u.name && same(&k.columns, &u.columns)) {
                    known.push(key);
                }
            }
            // as the text has them, those of columns behind
            t.constraints.uniques.sort_by_key(|k| {
                let at = p.uniques.iter().position(|u| u.name == k.name && same(&u.columns, &k.columns));
                at.and_then(|i| Some((!p.uniques.get(i)?.of_table, i))).unwrap_or((true, usize::MAX))
            });
        }
        t.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    }
}
