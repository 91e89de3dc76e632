//! Queries of SQLite's catalogue. Each covers a whole schema, or one table of it.

use crate::reflect::CatalogQuery;
use base::Value;

/// A quoted identifier.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// SQLite's drivers have but one style of parameters, the one that its texts are written in.
fn marked(sql: String, params: Vec<Value>) -> CatalogQuery {
    CatalogQuery { pieces: sql.split('?').map(str::to_owned).collect(), params }
}

/// The table of tables of a schema.
fn master(schema: &str) -> String {
    if schema == "temp" { "sqlite_temp_master".to_owned() } else { catalog_of(schema) }
}

/// Only the user's tables: SQLite's own begin with `sqlite_`.
const VISIBLE: &str = "name NOT LIKE 'sqlite~_%' ESCAPE '~'";

/// Names of the tables or of the views, sorted. The text is SQLAlchemy's, which programs see in their logs.
pub fn names(schema: &str, kind: &str) -> CatalogQuery {
    CatalogQuery::plain(format!("SELECT name FROM {} WHERE type='{kind}' AND {VISIBLE} ORDER BY name", master(schema)))
}

/// Name and kind (`table`, `view`) of every relation, or of one.
pub fn relations(schema: &str, name: Option<&str>) -> CatalogQuery {
    let (only, params) = match name {
        Some(n) => ("lower(name) = lower(?)", vec![Value::text(n)]),
        None => (VISIBLE, Vec::new()),
    };
    let sql = format!("SELECT name, type FROM {} WHERE type IN ('table', 'view') AND {only} ORDER BY name", master(schema));
    marked(sql, params)
}

/// Attached databases.
pub fn schemas() -> CatalogQuery {
    CatalogQuery::plain("PRAGMA database_list")
}

/// Is there a table or view of this name? One row if so.
pub fn has_table(schema: &str, name: &str) -> CatalogQuery {
    CatalogQuery::plain(format!("PRAGMA {}.table_info({})", plain_or_quoted(schema), quoted(name)))
}

/// The four queries from which [`super::assemble`] makes tables: objects, columns, foreign keys, index columns.
pub fn structure(schema: &str, name: Option<&str>) -> [CatalogQuery; 4] {
    let m = master(schema);
    let arg = format!("'{}'", schema.replace('\'', "''"));
    let (only_table, only_name, params) = match name {
        Some(n) => ("lower(tbl_name) = lower(?)", "lower(m.name) = lower(?)", vec![Value::text(n)]),
        None => ("tbl_name NOT LIKE 'sqlite~_%' ESCAPE '~'", "m.name NOT LIKE 'sqlite~_%' ESCAPE '~'", Vec::new()),
    };
    let query = |sql: String| marked(sql, params.clone());
    [
        query(format!("SELECT type, name, tbl_name, sql FROM {m} WHERE {only_table} ORDER BY name")),
        query(format!(
            "SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk, c.hidden FROM {m} AS m, \
             pragma_table_xinfo(m.name, {arg}) AS c WHERE m.type IN ('table', 'view') AND {only_name} ORDER BY m.name, c.cid"
        )),
        query(format!(
            "SELECT m.name, f.id, f.seq, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete FROM {m} AS m, \
             pragma_foreign_key_list(m.name, {arg}) AS f WHERE m.type = 'table' AND {only_name} ORDER BY m.name, f.id, f.seq"
        )),
        query(format!(
            "SELECT m.name, i.name, i.\"unique\", i.origin, i.partial, x.seqno, x.cid, x.name, x.\"desc\" FROM {m} AS m, \
             pragma_index_list(m.name, {arg}) AS i, pragma_index_xinfo(i.name, {arg}) AS x \
             WHERE m.type = 'table' AND x.\"key\" AND {only_name} ORDER BY m.name, i.seq, x.seqno"
        )),
    ]
}

/// The catalogue of a schema; that of the main database needs no prefix.
fn catalog_of(schema: &str) -> String {
    if schema == "main" { "sqlite_master".to_owned() } else { format!("{}.sqlite_master", quoted(schema)) }
}

/// The names every SQLite connection has are written bare, as SQLAlchemy writes them.
fn plain_or_quoted(schema: &str) -> String {
    if matches!(schema, "main" | "temp") { schema.to_owned() } else { quoted(schema) }
}
