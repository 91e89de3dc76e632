//! Converted values as SQL literals.

use base::Value;
use std::fmt::Write;

/// The literal for a value that a type has already converted for `dialect`; `None` where there is no such literal.
pub fn literal_text(value: &Value, dialect: &str) -> Option<String> {
    let native_bool = dialect == "postgresql";
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
        Value::Time(t) => format!("'{t}'"),
        Value::DateTime(d) => format!("'{d}'"),
        Value::Interval(i) => format!("'{i}'"),
        Value::Uuid(u) => format!("'{}'", base::value::format_uuid(u)),
        Value::Array(_) => return None,
    })
}

/// A quoted string. Percent signs are doubled where the driver's parameter style needs it.
pub fn quoted(text: &str, dialect: &str) -> String {
    let mut text = text.replace('\'', "''");
    if matches!(dialect, "mysql" | "mariadb") {
        text = text.replace('\\', "\\\\");
    }
    if matches!(dialect, "mysql" | "mariadb" | "postgresql") {
        text = text.replace('%', "%%");
    }
    format!("'{text}'")
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
