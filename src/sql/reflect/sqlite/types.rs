//! SQLite's declared type text to type class, by name or else by SQLite's affinity rules.

use crate::reflect::{Fact, ReflectedType};

/// Declared names that are types of their own.
const NAMED: &[(&str, &str)] = &[
    ("BIGINT", "BIGINT"),
    ("BLOB", "BLOB"),
    ("BOOL", "BOOLEAN"),
    ("BOOLEAN", "BOOLEAN"),
    ("CHAR", "CHAR"),
    ("DATE", "DATE"),
    ("DATE_CHAR", "DATE"),
    ("DATETIME", "DATETIME"),
    ("DATETIME_CHAR", "DATETIME"),
    ("DOUBLE", "DOUBLE"),
    ("DECIMAL", "DECIMAL"),
    ("FLOAT", "FLOAT"),
    ("INT", "INTEGER"),
    ("INTEGER", "INTEGER"),
    ("JSON", "JSON"),
    ("JSONB", "JSONB"),
    ("NUMERIC", "NUMERIC"),
    ("REAL", "REAL"),
    ("SMALLINT", "SMALLINT"),
    ("TEXT", "TEXT"),
    ("TIME", "TIME"),
    ("TIME_CHAR", "TIME"),
    ("TIMESTAMP", "TIMESTAMP"),
    ("VARCHAR", "VARCHAR"),
    ("NVARCHAR", "NVARCHAR"),
    ("NCHAR", "NCHAR"),
];

/// The type of a declared text such as `VARCHAR(30)`.
pub fn parse(declared: &str) -> ReflectedType {
    let (name, rest) = match declared.split_once('(') {
        Some((name, rest)) => (name, rest.split(')').next().unwrap_or("")),
        None => (declared, ""),
    };
    let args: Vec<i64> = rest.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
    let upper = name.trim().to_uppercase();
    let by_name = NAMED.iter().find(|(n, _)| *n == upper).map(|(_, class)| *class);
    let class = by_name.unwrap_or_else(|| {
        // https://www.sqlite.org/datatype3.html, 3.1; the declared type decides, not its arguments.
        let has = |part: &str| upper.contains(part);
        if has("INT") {
            "INTEGER"
        } else if has("CHAR") || has("CLOB") || has("TEXT") {
            "TEXT"
        } else if upper.is_empty() {
            "NullType"
        } else if has("BLOB") {
            "BLOB"
        } else if has("REAL") || has("FLOA") || has("DOUB") {
            "REAL"
        } else {
            "NUMERIC"
        }
    });
    let limit = match class {
        "VARCHAR" | "CHAR" | "NVARCHAR" | "NCHAR" | "TEXT" | "BLOB" => 1,
        "NUMERIC" | "DECIMAL" => 2,
        "FLOAT" | "DOUBLE" | "REAL" => 1,
        _ => 0,
    };
    let args = args.into_iter().take(limit).map(Fact::Int).collect();
    ReflectedType { args, ..ReflectedType::named(class) }
}
