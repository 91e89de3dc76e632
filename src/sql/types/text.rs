//! A type's text for messages, where no dialect is at hand.

use super::SqlType;

/// Upper-case name with length or precision: `VARCHAR(30)`.
#[recursive::recursive]
pub fn display(ty: &SqlType) -> String {
    let name = match &*ty.visit_name {
        "string" | "unicode" | "enum" => "VARCHAR".to_owned(),
        "text" | "unicode_text" => "TEXT".to_owned(),
        "big_integer" => "BIGINT".to_owned(),
        "small_integer" => "SMALLINT".to_owned(),
        "large_binary" => "BLOB".to_owned(),
        "uuid" => "CHAR(32)".to_owned(),
        "type_decorator" => return ty.item.as_ref().map_or_else(|| "NULL".to_owned(), |i| display(i)),
        other => other.to_uppercase(),
    };
    match (ty.length, ty.precision, ty.scale) {
        (Some(n), ..) => format!("{name}({n})"),
        (None, Some(p), Some(s)) => format!("{name}({p}, {s})"),
        (None, Some(p), None) => format!("{name}({p})"),
        _ => name,
    }
}
