//! Queries of MySQL's and MariaDB's `information_schema`. Each covers a whole schema, or the named tables of it.
//!
//! `None` as schema means the connection's database. Tables that `information_schema` does not know (temporary ones) or does not
//! tell all of (partitions) are read from the text of SHOW CREATE TABLE.

use super::Server;
use crate::reflect::CatalogQuery;
use crate::reflect::rows::Builder;

/// A quoted identifier.
pub fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

fn qualified(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(s) => format!("{}.{}", quoted(s), quoted(name)),
        None => quoted(name),
    }
}

/// `column = schema`.
fn schema_is(b: Builder, column: &str, schema: Option<&str>) -> Builder {
    match schema {
        Some(s) => b.sql(&format!("{column} = ")).param(s),
        None => b.sql(&format!("{column} = database()")),
    }
}

/// Name, kind, engine, collation, options, comment, and whether names fold their case.
pub fn relations(schema: Option<&str>, names: Option<&[String]>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT table_name, table_type, engine, table_collation, create_options, table_comment, @@lower_case_table_names \
         FROM information_schema.tables WHERE ",
    );
    schema_is(b, "table_schema", schema).and_names("table_name", names).sql(" ORDER BY table_name").done()
}

/// Columns in the order of the table.
pub fn columns(schema: Option<&str>, names: Option<&[String]>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT table_name, column_name, column_type, column_default, is_nullable, character_set_name, collation_name, extra, \
         column_comment, generation_expression FROM information_schema.columns WHERE ",
    );
    schema_is(b, "table_schema", schema).and_names("table_name", names).sql(" ORDER BY table_name, ordinal_position").done()
}

/// Indexes, primary keys and unique constraints: one row per column or expression.
pub fn keys(schema: Option<&str>, names: Option<&[String]>, server: &Server) -> CatalogQuery {
    let expression = if server.has_index_expressions() { "expression" } else { "NULL" };
    let b = Builder::new(format!(
        "SELECT table_name, index_name, non_unique, column_name, {expression}, sub_part, index_type \
         FROM information_schema.statistics WHERE "
    ));
    schema_is(b, "table_schema", schema)
        .and_names("table_name", names)
        .sql(" ORDER BY table_name, index_name, seq_in_index")
        .done()
}

/// Foreign keys: one row per column.
pub fn foreign_keys(schema: Option<&str>, names: Option<&[String]>) -> CatalogQuery {
    let b = Builder::new(
        "SELECT k.table_name, k.constraint_name, k.column_name, k.referenced_table_schema, k.referenced_table_name, \
         k.referenced_column_name, r.update_rule, r.delete_rule, k.referenced_table_schema = k.table_schema \
         FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r \
         ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name \
         WHERE k.referenced_table_name IS NOT NULL AND ",
    );
    let b = schema_is(b, "k.table_schema", schema).and_names("k.table_name", names).sql(" AND ");
    schema_is(b, "r.constraint_schema", schema).sql(" ORDER BY k.table_name, k.constraint_name, k.ordinal_position").done()
}

/// Check constraints, or `None` where the server has none.
pub fn checks(schema: Option<&str>, names: Option<&[String]>, server: &Server) -> Option<CatalogQuery> {
    if !server.has_checks() {
        return None;
    }
    let b = if server.mariadb {
        // a column's own check has the name of the column and is part of it
        let level = if server.has_check_level() { "level = 'Table' AND " } else { "" };
        Builder::new(format!(
            "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints WHERE {level}"
        ))
    } else {
        Builder::new(
            "SELECT t.table_name, c.constraint_name, c.check_clause FROM information_schema.check_constraints c \
             JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema \
             AND t.constraint_name = c.constraint_name AND t.constraint_type = 'CHECK' WHERE ",
        )
    };
    let (schema_column, table) =
        if server.mariadb { ("constraint_schema", "table_name") } else { ("c.constraint_schema", "t.table_name") };
    Some(schema_is(b, schema_column, schema).and_names(table, names).done())
}

/// The statement that makes a table or view.
pub fn show_create(schema: Option<&str>, name: &str) -> CatalogQuery {
    Builder::new(format!("SHOW CREATE TABLE {}", qualified(schema, name))).done()
}

/// Fails unless the relation exists and can be read.
pub fn describe(schema: Option<&str>, name: &str) -> CatalogQuery {
    Builder::new(format!("DESCRIBE {}", qualified(schema, name))).done()
}

/// Names of a schema's relations; fails when there is no such schema.
pub fn show_tables(schema: &str) -> CatalogQuery {
    Builder::new(format!("SHOW TABLES FROM {}", quoted(schema))).done()
}

/// All databases.
pub fn schemas() -> CatalogQuery {
    Builder::new("SELECT schema_name FROM information_schema.schemata ORDER BY schema_name").done()
}

/// Whether a database exists: one row if so.
pub fn has_schema(name: &str) -> CatalogQuery {
    Builder::new("SELECT schema_name FROM information_schema.schemata WHERE schema_name = ").param(name).done()
}

/// Version text of the server.
pub fn version() -> CatalogQuery {
    Builder::new("SELECT version()").done()
}
