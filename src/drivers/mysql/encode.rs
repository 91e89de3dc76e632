//! Parameters on their way: binary form for prepared statements, literals for text.

use std::fmt::Write as _;

use base::value::is_number;
use base::{Cell, DbError, DbResult, Value};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::mysql::MySqlTypeInfo;
use sqlx::{MySql, Type};

use super::temporal;

/// A parameter as sqlx takes it.
pub struct Param<'a> {
    pub value: &'a Value,
    /// DECIMAL, as the server described it: sqlx has no name for it.
    pub decimal: &'a MySqlTypeInfo,
}

impl Type<MySql> for Param<'_> {
    fn type_info() -> MySqlTypeInfo {
        <str as Type<MySql>>::type_info()
    }
}

impl Encode<'_, MySql> for Param<'_> {
    fn encode_by_ref(&self, buf: &mut Vec<u8>) -> Result<IsNull, BoxDynError> {
        match self.value {
            Value::Null => Ok(IsNull::Yes),
            Value::Bool(b) => <i64 as Encode<MySql>>::encode_by_ref(&i64::from(*b), buf),
            Value::Int(i) => <i64 as Encode<MySql>>::encode_by_ref(i, buf),
            Value::Float(f) if !f.is_finite() => Err(unusable(f).into()),
            Value::Float(f) => <f64 as Encode<MySql>>::encode_by_ref(f, buf),
            Value::Decimal(s) if !is_number(s) => Err(unusable(s).into()),
            Value::Bytes(b) => <&[u8] as Encode<MySql>>::encode_by_ref(&&**b, buf),
            Value::Text(s) | Value::Decimal(s) | Value::Json(s) => <&str as Encode<MySql>>::encode_by_ref(&&**s, buf),
            value => <&str as Encode<MySql>>::encode_by_ref(&text(value)?.as_str(), buf),
        }
    }

    fn produces(&self) -> Option<MySqlTypeInfo> {
        Some(match self.value {
            Value::Bool(_) | Value::Int(_) => <i64 as Type<MySql>>::type_info(),
            Value::Float(_) => <f64 as Type<MySql>>::type_info(),
            Value::Bytes(_) => <[u8] as Type<MySql>>::type_info(),
            Value::Decimal(_) => self.decimal.clone(),
            _ => <str as Type<MySql>>::type_info(),
        })
    }
}

/// The text form of what travels as text.
fn text(value: &Value) -> DbResult<String> {
    Ok(match value {
        Value::Date(d) => d.to_string(),
        Value::Time(t) => clock(*t),
        Value::DateTime(d) => format!("{} {}", d.date, clock(d.time)),
        Value::Interval(i) => temporal::format_time(*i),
        Value::Uuid(u) => base::value::format_uuid(u),
        Value::Array(_) | Value::Tuple(_) => return Err(DbError::programming("MySQL has no arrays")),
        _ => value.as_str().unwrap_or_default().to_owned(),
    })
}

/// Columns have no offset, so it is left out.
fn clock(t: base::Time) -> String {
    format!("{:02}:{:02}:{:02}.{:06}", t.hour(), t.minute(), t.second(), t.microsecond())
}

/// Appends a value as a literal that means the same in every SQL mode.
pub fn literal(value: Cell<'_>, out: &mut String) -> DbResult<()> {
    match value {
        Cell::Null => out.push_str("NULL"),
        Cell::Bool(b) => out.push_str(if b { "true" } else { "false" }),
        // In parentheses a sign cannot meet another one.
        Cell::Int(i) if i < 0 => out.push_str(&format!("({i})")),
        Cell::Int(i) => out.push_str(&i.to_string()),
        Cell::Float(f) if f.is_finite() => out.push_str(&format!("({f:e})")),
        Cell::Float(f) => return Err(unusable(f)),
        Cell::Decimal(s) if !is_number(s) => return Err(unusable(s)),
        Cell::Decimal(s) => out.push_str(&format!("({s})")),
        Cell::Bytes(b) | Cell::InvalidText(b) => {
            out.push_str("X'");
            hex(b, out);
            out.push('\'');
        }
        Cell::Ascii(s) | Cell::Text(s) | Cell::Json(s) => quote(s, out),
        cell => quote(&text(&cell.to_value())?, out),
    }
    Ok(())
}

/// The server would store something else without a word.
fn unusable(number: impl std::fmt::Display) -> DbError {
    DbError::programming(format!("{} can not be used with MySQL", number.to_string().to_ascii_lowercase()))
}

fn hex(bytes: &[u8], out: &mut String) {
    for b in bytes {
        let _ = write!(out, "{b:02X}");
    }
}

/// Whether a backslash escapes depends on the SQL mode, so texts that have one are written in hexadecimal.
fn quote(s: &str, out: &mut String) {
    if s.contains(['\\', '\0']) {
        out.push_str("_utf8mb4 X'");
        hex(s.as_bytes(), out);
    } else {
        out.push('\'');
        if !s.contains('\'') {
            out.push_str(s);
            out.push('\'');
            return;
        }
        for c in s.chars() {
            if c == '\'' {
                out.push(c);
            }
            out.push(c);
        }
    }
    out.push('\'');
}
