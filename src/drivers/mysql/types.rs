//! [`Kind`]: what a column holds and how it looks on the wire.

use sqlx::mysql::MySqlTypeInfo;
use sqlx::{MySql, Type, TypeInfo};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A signed integer of any width.
    Int,
    /// An unsigned integer of any width.
    Unsigned,
    Float,
    Double,
    Decimal,
    Text,
    Bytes,
    Json,
    Date,
    DateTime,
    Time,
}

impl Kind {
    /// The kind of a described column.
    pub fn of(info: &MySqlTypeInfo) -> Kind {
        match info.name() {
            // sqlx names every TINYINT(1) so, signed or not.
            "BOOLEAN" if *info == <u8 as Type<MySql>>::type_info() => Kind::Unsigned,
            "BOOLEAN" | "TINYINT" | "SMALLINT" | "MEDIUMINT" | "INT" | "BIGINT" => Kind::Int,
            "YEAR" => Kind::Unsigned,
            "FLOAT" => Kind::Float,
            "DOUBLE" => Kind::Double,
            "DECIMAL" => Kind::Decimal,
            "DATE" => Kind::Date,
            "DATETIME" | "TIMESTAMP" => Kind::DateTime,
            "TIME" => Kind::Time,
            "JSON" => Kind::Json,
            "ENUM" | "SET" => Kind::Text,
            "BIT" | "GEOMETRY" => Kind::Bytes,
            name if name.ends_with(" UNSIGNED") => Kind::Unsigned,
            // The binary collation, not the BINARY flag, tells bytes from text.
            _ if <str as Type<MySql>>::compatible(info) => Kind::Text,
            _ => Kind::Bytes,
        }
    }
}

/// The protocol's number of a column's type, as drivers put it into a cursor's description.
pub fn code(info: &MySqlTypeInfo) -> u32 {
    match info.name().trim_end_matches(" UNSIGNED") {
        "BOOLEAN" | "TINYINT" => 1,
        "SMALLINT" => 2,
        "INT" => 3,
        "FLOAT" => 4,
        "DOUBLE" => 5,
        "NULL" => 6,
        "TIMESTAMP" => 7,
        "BIGINT" => 8,
        "MEDIUMINT" => 9,
        "DATE" => 10,
        "TIME" => 11,
        "DATETIME" => 12,
        "YEAR" => 13,
        "BIT" => 16,
        "JSON" => 245,
        "DECIMAL" => 246,
        "ENUM" => 247,
        "SET" => 248,
        "TINYBLOB" | "TINYTEXT" => 249,
        "MEDIUMBLOB" | "MEDIUMTEXT" => 250,
        "LONGBLOB" | "LONGTEXT" => 251,
        "BLOB" | "TEXT" => 252,
        "VARCHAR" | "VARBINARY" => 253,
        "GEOMETRY" => 255,
        _ => 254,
    }
}
