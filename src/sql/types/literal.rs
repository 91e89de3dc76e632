//! Converted values as SQL literals.

use base::Value;
use std::fmt::Write;

/// The literal for a value that a type has already converted for `dialect`; `None` where there is no such literal.
pub fn literal_text(value: &Value, dialect: &str) -> Option<String> {
    let native_bool = matches!(dialect, "postgresql" | "mysql" | "mariadb");
    Some(match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(b) if native_bool => b.to_string(),
        Value::Bool(b) => i32::from(*b).to_string(),
        Value::Int(i) => i.to_string(),
        Value::Float(f) => format!("{f:?}"),
        Value::Decimal(s) => s.to_string(),
        Value::Text(s) | Value::Json(s) => quoted(s, dialect),
        Value::Bytes(b) => match std::str::from_utf8(b) {
            Ok(s) => quoted(s, dialect),
            Err(_) => hex(b),
        },
        Value::Date(d) => format!("'{d}'"),
        Value::Time(t) => format!("'{}'", without_zeros(t.to_string())),
        Value::DateTime(d) => format!("'{}'", without_zeros(d.to_string())),
        Value::Interval(i) if dialect == "postgresql" => {
            let seconds = i.days * 86_400 + i.seconds;
            let fraction = i.microseconds.rem_euclid(1_000_000);
            let fraction = if fraction == 0 { "0".to_owned() } else { format!("{fraction:06}").trim_end_matches('0').to_owned() };
            format!("make_interval(secs=>{seconds}.{fraction})")
        }
        Value::Interval(i) => format!("'{i}'"),
        Value::Uuid(u) => format!("'{}'", base::value::format_uuid(u)),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|i| literal_text(i, dialect)).collect();
            format!("ARRAY[{}]", items?.join(", "))
        }
    })
}

/// A quoted string. Whether percent signs have to be doubled is for whoever puts it into a statement.
pub fn quoted(text: &str, dialect: &str) -> String {
    let mut text = text.replace('\'', "''");
    if matches!(dialect, "mysql" | "mariadb") {
        text = text.replace('\\', "\\\\");
    }
    format!("'{text}'")
}

/// A time without the fraction of a second when there is none, as Python's `isoformat()` writes it.
fn without_zeros(text: String) -> String {
    text.replacen(".000000", "", 1)
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 2 + 3);
    out.push_str("X'");
    for b in bytes {
        let _ = write!(out, "{b:02x}");
    }
    out.push('\'');
    out
}
