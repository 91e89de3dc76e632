//! Types to DDL text.
//!
//! [`type_text`] finds the type a dialect uses (variants, user types, emulation of enums and UUIDs), asks the dialect for its own text,
//! and falls back on the standard one by visit name.

use super::{Dialect, Family};
use crate::error::{ErrorKind, SqlError, SqlResult};
use crate::name::Name;
use crate::schema::Column;
use crate::types::{Affinity, SqlType, TypeArg, TypeRef};
use base::depth::{Levels, TooDeep};
use std::sync::Arc;

/// What DDL knows beside the type.
#[derive(Clone, Copy, Default)]
pub struct TypeContext<'c> {
    /// The column being created.
    pub column: Option<&'c Arc<Column>>,
}

/// Class name of the type compiler of a dialect, as messages show it.
pub fn type_compiler_class(dialect: &Dialect) -> &'static str {
    match dialect.family {
        Family::Default | Family::Str => "oxalchemy.sql.compiler.GenericTypeCompiler",
        Family::Sqlite => "oxalchemy.dialects.sqlite.base.SQLiteTypeCompiler",
        Family::PostgreSql => "oxalchemy.dialects.postgresql.base.PGTypeCompiler",
        Family::MySql | Family::MariaDb => "oxalchemy.dialects.mysql.base.MySQLTypeCompiler",
        Family::Oracle => "oxalchemy.dialects.oracle.base.OracleTypeCompiler",
    }
}

fn unsupported(dialect: &Dialect, what: &str) -> SqlError {
    SqlError::new(
        ErrorKind::UnsupportedCompilation,
        format!("Compiler <{} object at 0x7f0000000000> can't render element of type {what}", type_compiler_class(dialect)),
    )
}

/// DDL text of a type.
pub fn type_text(dialect: &Dialect, ty: &TypeRef, column: Option<&Arc<Column>>) -> SqlResult<String> {
    text_below(dialect, ty, column, Levels::default())
}

/// `above`: types that stand for this one; the user's may name each other without end.
#[recursive::recursive]
fn text_below(dialect: &Dialect, ty: &TypeRef, column: Option<&Arc<Column>>, above: Levels) -> SqlResult<String> {
    let levels = above.down()?;
    let ty = ty.variant(&dialect.name);
    if let Some(text) = crate::host::type_renderer().and_then(|r| r.text(ty, dialect, column)) {
        return text;
    }
    if let Some(host) = &ty.host {
        if let Some(text) = host.ddl(&dialect.name) {
            return text;
        }
        let inner = host.dialect_impl(&dialect.name);
        if !Arc::ptr_eq(&inner, ty) && (inner.visit_name != ty.visit_name || inner.host.is_none()) {
            return text_below(dialect, &inner, column, levels);
        }
    }
    if &*ty.visit_name == "type_decorator"
        && let Some(inner) = &ty.item
    {
        return text_below(dialect, inner, column, levels);
    }
    let context = TypeContext { column };
    if let Some(text) = dialect.rules().type_text(dialect, ty, &context) {
        return text;
    }
    standard(dialect, ty, &context)
}

fn length(dialect: &Dialect, name: &str, ty: &SqlType) -> String {
    match collation(dialect, ty) {
        Some(collation) => format!("{} COLLATE {collation}", bare_length(name, ty)),
        None => bare_length(name, ty),
    }
}

/// A type's collation, quoted like any name.
#[recursive::recursive]
pub fn collation(dialect: &Dialect, ty: &SqlType) -> Option<String> {
    if let ("ARRAY", Some(item)) = (&*ty.visit_name, &ty.item) {
        return collation(dialect, item);
    }
    let name = Name::new(ty.collation.clone()?);
    let schema = ty.option("collation_schema").and_then(TypeArg::as_str).map(Name::new);
    Some(dialect.qualified(schema.as_ref(), &name))
}

fn bare_length(name: &str, ty: &SqlType) -> String {
    match ty.length {
        Some(n) => format!("{name}({n})"),
        None => name.to_owned(),
    }
}

fn scaled(name: &str, ty: &SqlType) -> String {
    match (ty.precision, ty.scale) {
        (None, _) => name.to_owned(),
        (Some(p), None) => format!("{name}({p})"),
        (Some(p), Some(s)) => format!("{name}({p}, {s})"),
    }
}

/// More than any database has; what is written for each must fit into memory.
const MANY_DIMENSIONS: usize = 1 << 16;

/// Length of the text column that stands for an enum.
fn enum_length(ty: &SqlType) -> i64 {
    let longest = ty.enums.iter().map(|e| e.chars().count()).max().unwrap_or(0);
    ty.length.unwrap_or(i64::try_from(longest).unwrap_or(i64::MAX))
}

fn as_varchar(dialect: &Dialect, ty: &SqlType) -> SqlResult<String> {
    let text = SqlType {
        length: Some(enum_length(ty)),
        collation: ty.collation.clone(),
        ..SqlType::simple("VARCHAR", Affinity::String)
    };
    type_text(dialect, &Arc::new(text), None)
}

fn generic(dialect: &Dialect, visit: &str, affinity: Affinity, length: Option<i64>) -> SqlResult<String> {
    type_text(dialect, &Arc::new(SqlType { length, ..SqlType::simple(visit, affinity) }), None)
}

/// Text by visit name, the standard way.
pub fn standard(dialect: &Dialect, ty: &TypeRef, _context: &TypeContext<'_>) -> SqlResult<String> {
    Ok(match &*ty.visit_name {
        "null" if dialect.family == Family::Str => "NULL".to_owned(),
        "null" => {
            return Err(SqlError::compile("Can't generate DDL for NullType(); did you forget to specify a type on this Column?"));
        }
        "string" | "unicode" | "VARCHAR" => length(dialect, "VARCHAR", ty),
        "text" | "unicode_text" | "TEXT" => length(dialect, "TEXT", ty),
        "CHAR" => length(dialect, "CHAR", ty),
        "NCHAR" => length(dialect, "NCHAR", ty),
        "NVARCHAR" => length(dialect, "NVARCHAR", ty),
        "CLOB" => length(dialect, "CLOB", ty),
        "integer" | "INTEGER" => "INTEGER".to_owned(),
        "small_integer" | "SMALLINT" => "SMALLINT".to_owned(),
        "big_integer" | "BIGINT" => "BIGINT".to_owned(),
        "numeric" | "NUMERIC" => scaled("NUMERIC", ty),
        "DECIMAL" => scaled("DECIMAL", ty),
        "float" | "FLOAT" => "FLOAT".to_owned(),
        "double" | "DOUBLE" => "DOUBLE".to_owned(),
        "DOUBLE_PRECISION" => "DOUBLE PRECISION".to_owned(),
        "REAL" => "REAL".to_owned(),
        "boolean" | "BOOLEAN" | "MATCHTYPE" => {
            if &*ty.visit_name == "MATCHTYPE" {
                return generic(dialect, "boolean", Affinity::Boolean, None);
            }
            "BOOLEAN".to_owned()
        }
        "date" | "DATE" => "DATE".to_owned(),
        "datetime" | "DATETIME" => "DATETIME".to_owned(),
        "time" | "TIME" => "TIME".to_owned(),
        "TIMESTAMP" => "TIMESTAMP".to_owned(),
        "interval" => return generic(dialect, "datetime", Affinity::DateTime, None),
        "large_binary" | "BLOB" => "BLOB".to_owned(),
        "BINARY" => bare_length("BINARY", ty),
        "VARBINARY" => bare_length("VARBINARY", ty),
        "pickle" => return generic(dialect, "large_binary", Affinity::Binary, None),
        // A bare `str()` shows a database's own type by its name.
        "ENUM" if dialect.family == Family::Str && ty.options.contains_key("charset") => "ENUM".to_owned(),
        "enum" | "ENUM" => return as_varchar(dialect, ty),
        "uuid" => {
            if dialect.supports_native_uuid && !matches!(ty.option("native_uuid"), Some(TypeArg::Bool(false))) {
                "UUID".to_owned()
            } else {
                return generic(dialect, "CHAR", Affinity::String, Some(32));
            }
        }
        "UUID" => "UUID".to_owned(),
        "JSON" if !matches!(dialect.family, Family::Default | Family::Str) => "JSON".to_owned(),
        "JSONB" if dialect.family == Family::Sqlite => "JSONB".to_owned(),
        // `str()` shows names no database of ours has.
        name if dialect.family == Family::Str => name.to_uppercase(),
        other => return Err(unsupported(dialect, class_name(other))),
    })
}

fn class_name(visit: &str) -> &str {
    visit
}

/// PostgreSQL's own text.
pub fn postgresql(dialect: &Dialect, ty: &TypeRef, context: &TypeContext<'_>) -> Option<SqlResult<String>> {
    let zone = || if ty.timezone { "WITH" } else { "WITHOUT" };
    let precision = |name: &str| match ty.precision {
        Some(p) => format!("{name}({p}) {} TIME ZONE", zone()),
        None => format!("{name} {} TIME ZONE", zone()),
    };
    Some(Ok(match &*ty.visit_name {
        "float" | "FLOAT" => match ty.precision {
            Some(p) => format!("FLOAT({p})"),
            None => "FLOAT".to_owned(),
        },
        "double" => "DOUBLE PRECISION".to_owned(),
        "datetime" | "TIMESTAMP" => precision("TIMESTAMP"),
        "time" | "TIME" => precision("TIME"),
        "interval" | "INTERVAL" => {
            if matches!(ty.option("native"), Some(TypeArg::Bool(false))) {
                return Some(generic(dialect, "datetime", Affinity::DateTime, None));
            }
            let mut text = "INTERVAL".to_owned();
            if let Some(fields) = ty.option("fields").and_then(TypeArg::as_str) {
                text.push_str(&format!(" {fields}"));
            }
            if let Some(p) = ty.precision.or_else(|| ty.option("second_precision").and_then(TypeArg::as_int)) {
                text.push_str(&format!(" ({p})"));
            }
            text
        }
        "large_binary" | "BYTEA" => "BYTEA".to_owned(),
        "BIT" => match (ty.flag("varying"), ty.length) {
            (true, Some(n)) => format!("BIT VARYING({n})"),
            (true, None) => "BIT VARYING".to_owned(),
            (false, n) => format!("BIT({})", n.unwrap_or(1)),
        },
        "enum" | "ENUM" => {
            if matches!(ty.option("native_enum"), Some(TypeArg::Bool(false))) {
                return Some(as_varchar(dialect, ty));
            }
            return Some(named_type(dialect, ty, if &*ty.visit_name == "ENUM" { "ENUM" } else { "Enum" }));
        }
        "DOMAIN" => return Some(named_type(dialect, ty, "DOMAIN")),
        "ARRAY" => {
            let Some(item) = &ty.item else { return None };
            let inner = match type_text(dialect, item, context.column) {
                Ok(t) => t,
                Err(e) => return Some(Err(e)),
            };
            let dimensions = ty.option("dimensions").and_then(TypeArg::as_int).unwrap_or(1).max(1);
            let Some(dimensions) = usize::try_from(dimensions).ok().filter(|n| *n <= MANY_DIMENSIONS) else {
                return Some(Err(SqlError::compile(format!("An array cannot have {dimensions} dimensions"))));
            };
            let brackets = "[]".repeat(dimensions);
            match inner.split_once(" COLLATE ") {
                Some((head, collation)) => format!("{head}{brackets} COLLATE {collation}"),
                None => format!("{inner}{brackets}"),
            }
        }
        name @ ("HSTORE" | "JSONB" | "TSVECTOR" | "TSQUERY" | "OID" | "REGCLASS" | "REGCONFIG" | "CITEXT" | "INET" | "CIDR"
        | "MACADDR" | "MACADDR8" | "MONEY" | "JSONPATH" | "INT4RANGE" | "INT8RANGE" | "NUMRANGE" | "DATERANGE"
        | "TSRANGE" | "TSTZRANGE" | "INT4MULTIRANGE" | "INT8MULTIRANGE" | "NUMMULTIRANGE" | "DATEMULTIRANGE"
        | "TSMULTIRANGE" | "TSTZMULTIRANGE") => name.to_owned(),
        _ => return None,
    }))
}

fn named_type(dialect: &Dialect, ty: &SqlType, kind: &str) -> SqlResult<String> {
    match &ty.name {
        Some(name) => Ok(dialect.qualified(dialect.translated(ty.schema.as_ref()).as_ref(), name)),
        None => Err(SqlError::compile(format!("PostgreSQL {kind} type requires a name."))),
    }
}

/// Numeric attributes of MySQL types.
fn mysql_numeric(ty: &SqlType, mut text: String) -> String {
    if ty.flag("unsigned") {
        text.push_str(" UNSIGNED");
    }
    if ty.flag("zerofill") {
        text.push_str(" ZEROFILL");
    }
    text
}

/// Character set and collation of MySQL types.
fn mysql_string(ty: &SqlType, text: String) -> String {
    let mut parts: Vec<String> = Vec::new();
    let charset = ty.option("charset").and_then(TypeArg::as_str);
    if let Some(charset) = charset {
        parts.push(format!("CHARACTER SET {charset}"));
    } else if ty.flag("ascii") {
        parts.push("ASCII".to_owned());
    } else if ty.flag("unicode") {
        parts.push("UNICODE".to_owned());
    }
    if let Some(collation) = &ty.collation {
        parts.push(format!("COLLATE {collation}"));
    } else if ty.flag("binary") {
        parts.push("BINARY".to_owned());
    }
    if ty.flag("national") {
        let collate = parts.into_iter().filter(|p| p.starts_with("COLLATE"));
        let all: Vec<String> = std::iter::once(format!("NATIONAL {text}")).chain(collate).collect();
        return all.join(" ");
    }
    let all: Vec<String> = std::iter::once(text).chain(parts).collect();
    all.join(" ")
}

/// MySQL's own text.
pub fn mysql(dialect: &Dialect, ty: &TypeRef, _context: &TypeContext<'_>) -> Option<SqlResult<String>> {
    let width = |name: &str| match ty.option("display_width").and_then(TypeArg::as_int) {
        Some(w) => format!("{name}({w})"),
        None => name.to_owned(),
    };
    let needs_length = |name: &str| SqlError::compile(format!("{name} requires a length on dialect {}", dialect.name));
    let fsp = |name: &str| fractional(name, ty);
    let quoted = || ty.enums.iter().map(|e| dialect.plain_literal(e)).collect::<Vec<_>>().join(",");
    Some(Ok(match &*ty.visit_name {
        "string" | "unicode" | "VARCHAR" => match ty.length {
            Some(n) => mysql_string(ty, format!("VARCHAR({n})")),
            None => return Some(Err(needs_length("VARCHAR"))),
        },
        "NVARCHAR" => match ty.length {
            Some(n) => {
                let plain = SqlType { options: Default::default(), ..(**ty).clone() };
                mysql_string(&plain, format!("NATIONAL VARCHAR({n})"))
            }
            None => return Some(Err(needs_length("NVARCHAR"))),
        },
        "NCHAR" => {
            let plain = SqlType { options: Default::default(), ..(**ty).clone() };
            mysql_string(&plain, bare_length("NATIONAL CHAR", ty))
        }
        "CHAR" => mysql_string(ty, bare_length("CHAR", ty)),
        "text" | "unicode_text" | "TEXT" => mysql_string(ty, bare_length("TEXT", ty)),
        name @ ("TINYTEXT" | "MEDIUMTEXT" | "LONGTEXT") => mysql_string(ty, name.to_owned()),
        "integer" | "INTEGER" => mysql_numeric(ty, width("INTEGER")),
        "small_integer" | "SMALLINT" => mysql_numeric(ty, width("SMALLINT")),
        "big_integer" | "BIGINT" => mysql_numeric(ty, width("BIGINT")),
        name @ ("TINYINT" | "MEDIUMINT") => mysql_numeric(ty, width(name)),
        "numeric" | "NUMERIC" => mysql_numeric(ty, scaled("NUMERIC", ty)),
        "DECIMAL" => mysql_numeric(ty, scaled("DECIMAL", ty)),
        "DOUBLE" if ty.scale.is_some() => mysql_numeric(ty, scaled("DOUBLE", ty)),
        "REAL" if ty.scale.is_some() => mysql_numeric(ty, scaled("REAL", ty)),
        "double" | "DOUBLE" => mysql_numeric(ty, "DOUBLE".to_owned()),
        "REAL" => mysql_numeric(ty, "REAL".to_owned()),
        "float" | "FLOAT" => mysql_numeric(ty, scaled("FLOAT", ty)),
        "boolean" | "BOOLEAN" => "BOOL".to_owned(),
        "BIT" => bare_length("BIT", ty),
        "datetime" | "DATETIME" => fsp("DATETIME"),
        "time" | "TIME" => fsp("TIME"),
        "TIMESTAMP" => fsp("TIMESTAMP"),
        "YEAR" => width("YEAR"),
        "large_binary" | "BLOB" => bare_length("BLOB", ty),
        name @ ("TINYBLOB" | "MEDIUMBLOB" | "LONGBLOB") => name.to_owned(),
        "BINARY" => bare_length("BINARY", ty),
        "VARBINARY" => match ty.length {
            Some(n) => format!("VARBINARY({n})"),
            None => return Some(Err(needs_length("VARBINARY"))),
        },
        "enum" if matches!(ty.option("native_enum"), Some(TypeArg::Bool(false))) => return None,
        "enum" | "ENUM" => mysql_string(ty, format!("ENUM({})", quoted())),
        "SET" => mysql_string(ty, format!("SET({})", quoted())),
        name @ ("INET4" | "INET6") => name.to_owned(),
        _ => return None,
    }))
}

/// `NAME(fsp)`; zero digits are what the database takes anyway.
fn fractional(name: &str, ty: &SqlType) -> String {
    match ty.option("fsp").and_then(TypeArg::as_int) {
        Some(n) if n != 0 => format!("{name}({n})"),
        _ => name.to_owned(),
    }
}

/// The type inside CAST on MySQL; `None`: there is no such cast.
pub fn mysql_cast(dialect: &Dialect, ty: &TypeRef) -> SqlResult<Option<String>> {
    let ty = &resolved(ty, &dialect.name);
    Ok(Some(match ty.affinity {
        _ if matches!(&*ty.visit_name, "YEAR" | "SET" | "ENUM") => return Ok(None),
        Affinity::Enum if !matches!(ty.option("native_enum"), Some(TypeArg::Bool(false))) => return Ok(None),
        Affinity::Integer => if ty.flag("unsigned") { "UNSIGNED INTEGER" } else { "SIGNED INTEGER" }.to_owned(),
        Affinity::Boolean | Affinity::Float => return Ok(None),
        Affinity::String | Affinity::Enum => mysql_cast_string(ty),
        Affinity::Date => "DATE".to_owned(),
        Affinity::Time => fractional("TIME", ty),
        Affinity::DateTime if &*ty.visit_name == "TIMESTAMP" => "DATETIME".to_owned(),
        Affinity::DateTime => fractional("DATETIME", ty),
        Affinity::Interval => "DATETIME".to_owned(),
        Affinity::Numeric => mysql_numeric(ty, scaled("DECIMAL", ty)),
        Affinity::Json => "JSON".to_owned(),
        Affinity::Binary | Affinity::Pickle => "BINARY".to_owned(),
        _ => return Ok(None),
    }))
}

/// CAST knows one kind of string. A CHAR stays as it is; the dialect's own types keep character set and collation, the generic ones
/// their length.
fn mysql_cast_string(ty: &SqlType) -> String {
    let text = bare_length("CHAR", ty);
    if &*ty.visit_name == "CHAR" {
        return mysql_string(ty, text);
    }
    if ty.affinity == Affinity::Enum || !ty.options.contains_key("charset") {
        return text;
    }
    let mut own = ty.clone();
    own.options.remove("national");
    mysql_string(&own, text)
}

/// A type without its collation.
#[recursive::recursive]
pub fn without_collation(ty: &SqlType) -> SqlType {
    let item = ty.item.as_ref().filter(|_| &*ty.visit_name == "ARRAY").map(|item| Arc::new(without_collation(item)));
    SqlType { collation: None, item: item.or_else(|| ty.item.clone()), ..ty.clone() }
}

/// A type with its variant, its decorators and the user's replacement for a dialect taken off.
pub fn resolved(ty: &TypeRef, dialect: &str) -> TypeRef {
    settled(ty, dialect).unwrap_or_else(|_| ty.clone())
}

/// See [`resolved`].
///
/// # Errors
/// [`TooDeep`] when types of the user's name each other without end.
pub fn settled(ty: &TypeRef, dialect: &str) -> Result<TypeRef, TooDeep> {
    let mut levels = Levels::default();
    let mut ty = ty.clone();
    loop {
        levels = levels.down()?;
        let own = ty.variant(dialect).clone();
        let next = match &own.host {
            Some(host) => {
                let inner = host.dialect_impl(dialect);
                if Arc::ptr_eq(&inner, &own) || inner.host.as_ref().is_some_and(|h| Arc::ptr_eq(h, host)) {
                    return Ok(own);
                }
                inner
            }
            None => match (&*own.visit_name, &own.item) {
                ("type_decorator", Some(item)) => item.clone(),
                _ => return Ok(own),
            },
        };
        ty = next;
    }
}

/// Oracle's own text.
pub fn oracle(dialect: &Dialect, ty: &TypeRef, _context: &TypeContext<'_>) -> Option<SqlResult<String>> {
    let chars = |name: &str| match ty.length {
        Some(n) => format!("{name}({n} CHAR)"),
        None => name.to_owned(),
    };
    let nchar = dialect.switch("use_nchar_for_unicode", false);
    Some(Ok(match &*ty.visit_name {
        "string" => chars("VARCHAR2"),
        "unicode" if nchar => bare_length("NVARCHAR2", ty),
        "unicode" => chars("VARCHAR2"),
        "VARCHAR" => chars("VARCHAR"),
        "VARCHAR2" => chars("VARCHAR2"),
        "NVARCHAR" | "NVARCHAR2" => bare_length("NVARCHAR2", ty),
        "NCHAR" => bare_length("NCHAR", ty),
        "CHAR" => bare_length("CHAR", ty),
        "unicode_text" if nchar => "NCLOB".to_owned(),
        "text" | "unicode_text" => "CLOB".to_owned(),
        name @ ("NCLOB" | "LONG" | "ROWID" | "BINARY_DOUBLE" | "BINARY_FLOAT" | "BFILE") => name.to_owned(),
        "big_integer" => "NUMBER(19)".to_owned(),
        "NUMBER" => scaled("NUMBER", ty),
        "float" | "FLOAT" => {
            if ty.precision.is_some() {
                let (name, p) = (if &*ty.visit_name == "float" { "Float" } else { "FLOAT" }, ty.precision.unwrap_or(0));
                #[expect(clippy::cast_possible_truncation, reason = "saturates")]
                let binary = (p as f64 / std::f64::consts::LOG10_2) as i64;
                return Some(Err(SqlError::argument(format!(
                    "Oracle Database FLOAT types use 'binary precision', which does not convert cleanly from decimal 'precision'.  Please \
                     specify this type with a separate Oracle Database variant, such as {name}(precision={p}).with_variant(oracle.FLOAT\
                     (binary_precision={binary}), 'oracle'), so that the Oracle Database specific 'binary_precision' may be specified \
                     accurately."
                ))));
            }
            match ty.option("binary_precision").and_then(TypeArg::as_int) {
                Some(b) => format!("FLOAT({b})"),
                None => "FLOAT".to_owned(),
            }
        }
        "double" => match ty.precision {
            Some(p) => format!("DOUBLE PRECISION({p})"),
            None => "DOUBLE PRECISION".to_owned(),
        },
        "boolean" => if dialect.supports_native_boolean { "BOOLEAN" } else { "SMALLINT" }.to_owned(),
        "datetime" => "DATE".to_owned(),
        "TIMESTAMP" => match (ty.flag("local_timezone"), ty.timezone) {
            (true, _) => "TIMESTAMP WITH LOCAL TIME ZONE".to_owned(),
            (false, true) => "TIMESTAMP WITH TIME ZONE".to_owned(),
            (false, false) => "TIMESTAMP".to_owned(),
        },
        "interval" | "INTERVAL" => {
            if matches!(ty.option("native"), Some(TypeArg::Bool(false))) {
                return Some(generic(dialect, "datetime", Affinity::DateTime, None));
            }
            let part = |name: &str| ty.option(name).and_then(TypeArg::as_int).map_or_else(String::new, |n| format!("({n})"));
            format!("INTERVAL DAY{} TO SECOND{}", part("day_precision"), part("second_precision"))
        }
        "RAW" => bare_length("RAW", ty),
        "VECTOR" => {
            let part = |name: &str| match ty.option(name) {
                Some(TypeArg::Int(n)) => n.to_string(),
                Some(TypeArg::Str(s)) => s.to_string(),
                _ => "*".to_owned(),
            };
            format!("VECTOR({},{},{})", part("dim"), part("storage_format"), part("storage_type"))
        }
        _ => return None,
    }))
}
