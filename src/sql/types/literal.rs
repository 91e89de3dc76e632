//! Converted values as SQL literals.

use crate::dialects::{Dialect, Family};
use base::{Interval, Value};
use std::fmt::Write;

/// What stands between the quotes of a string literal. What a backslash means there is a setting of the server that every session
/// may change, so no literal depends on it where it would end in the wrong place.
#[derive(Clone, Copy, Debug)]
pub struct Quoting {
    family: Family,
    /// Whether a backslash escapes, as far as a connection told.
    escapes: Option<bool>,
    /// The text runs now, on a session whose settings may have changed since.
    runs: bool,
}

impl Quoting {
    /// For texts of a dialect.
    pub fn of(dialect: &Dialect) -> Self {
        Self { family: dialect.family, escapes: dialect.backslash_escapes, runs: false }
    }
    /// For a text that is about to run: it means the same on every session.
    #[must_use]
    pub fn running(self) -> Self {
        Self { runs: true, ..self }
    }
    /// Whose literals they are.
    pub fn family(self) -> Family {
        self.family
    }
    /// A quoted string. Whether percent signs have to be doubled is for whoever puts it into a statement.
    pub fn quote(self, text: &str) -> String {
        let plain = || format!("'{}'", text.replace('\'', "''"));
        let doubled = || text.replace('\'', "''").replace('\\', "\\\\");
        if !text.contains('\\') {
            return plain();
        }
        match self.family {
            // `E'…'` reads backslashes as escapes whatever `standard_conforming_strings` says.
            Family::PostgreSql if self.runs || self.escapes == Some(true) || leaks(text) => format!("E'{}'", doubled()),
            // Told otherwise by a character set, hexadecimal digits are text.
            Family::MySql | Family::MariaDb if self.runs => format!("_utf8mb4 {}", hex(text.as_bytes())),
            Family::MySql | Family::MariaDb if self.escapes != Some(false) => format!("'{}'", doubled()),
            // Said to be none: if that is wrong, no quote may follow one.
            Family::MySql | Family::MariaDb if leaks(text) => format!("_utf8mb4 {}", hex(text.as_bytes())),
            _ => plain(),
        }
    }
    /// A quoted string where the grammar takes no other form: comments, defaults, members of an ENUM.
    pub fn quote_plainly(self, text: &str) -> String {
        match self.family {
            Family::MySql | Family::MariaDb if self.escapes == Some(false) => format!("'{}'", text.replace('\'', "''")),
            _ => self.quote(text),
        }
    }
    /// The quoted character of an ESCAPE clause, which is the programmer's.
    pub fn quote_escape(self, text: &str) -> String {
        match self.family {
            Family::PostgreSql if text == "\\" && self.escapes != Some(true) => "'\\'".to_owned(),
            Family::MySql | Family::MariaDb if text == "\\" && self.escapes == Some(false) => "'\\'".to_owned(),
            _ => self.quote(text),
        }
    }
}

/// Would a quote be taken for a part of the text, if backslashes escaped?
fn leaks(text: &str) -> bool {
    text.ends_with('\\') || text.contains("\\'")
}

/// The literal for a value that a type has already converted for the dialect; `None` where there is no such literal.
#[recursive::recursive]
pub fn literal_text(value: &Value, quoting: Quoting) -> Option<String> {
    let family = quoting.family;
    let native_bool = matches!(family, Family::PostgreSql | Family::MySql | Family::MariaDb);
    Some(match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(b) if native_bool => b.to_string(),
        Value::Bool(b) => i32::from(*b).to_string(),
        Value::Int(i) => i.to_string(),
        Value::Float(f) if !f.is_finite() => return non_finite(*f, family),
        Value::Float(f) => base::temporal::float_text(*f),
        Value::Decimal(s) => s.to_string(),
        Value::Text(s) | Value::Json(s) | Value::Address(s) | Value::Network(s) => quoting.quote(s),
        Value::Bytes(b) => bytes(b, quoting)?,
        Value::Date(d) => format!("'{d}'"),
        Value::Time(t) => format!("'{}'", without_zeros(t.to_string())),
        Value::DateTime(d) => format!("'{}'", without_zeros(d.to_string())),
        Value::Interval(i) if family == Family::PostgreSql => interval(i),
        Value::Interval(i) => format!("'{i}'"),
        Value::Uuid(u) => format!("'{}'", base::value::format_uuid(u)),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|i| literal_text(i, quoting)).collect();
            format!("ARRAY[{}]", items?.join(", "))
        }
        Value::Tuple(items) => {
            let items: Option<Vec<String>> = items.iter().map(|i| literal_text(i, quoting)).collect();
            format!("({})", items?.join(", "))
        }
    })
}

/// Numbers that are none, as the database stores them; a bare `nan` would be the name of a column.
pub fn non_finite(f: f64, family: Family) -> Option<String> {
    let name = if f.is_nan() {
        "NaN"
    } else if f > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    };
    match family {
        Family::PostgreSql => Some(format!("'{name}'::FLOAT8")),
        // SQLite has no literal for infinity but what overflows, and stores NaN as NULL.
        Family::Sqlite if f.is_nan() => Some("NULL".to_owned()),
        Family::Sqlite => Some(if f > 0.0 { "9e999" } else { "-9e999" }.to_owned()),
        _ => None,
    }
}

/// Bytes that are text are written as such; those that PostgreSQL would read as escapes in hexadecimal.
fn bytes(b: &[u8], quoting: Quoting) -> Option<String> {
    let text = std::str::from_utf8(b).ok()?;
    Some(match quoting.family {
        Family::PostgreSql if text.contains('\\') || quoting.runs && text.contains('\0') => {
            let digits = hex(b).replacen("X'", "\\x", 1);
            format!("{}::BYTEA", quoting.quote(digits.trim_end_matches('\'')))
        }
        // A text is never equal to a BLOB there.
        Family::Sqlite => hex(b),
        _ => quoting.quote(text),
    })
}

/// PostgreSQL takes the seconds as a double precision number; where that is not exact, days stand apart.
fn interval(i: &Interval) -> String {
    let total = (i128::from(i.days) * 86_400 + i128::from(i.seconds)) * 1_000_000 + i128::from(i.microseconds);
    let seconds = |micros: i128| base::temporal::float_text(micros as f64 / 1e6);
    // The server multiplies and rounds as is done here.
    let exact = total as f64;
    if total.unsigned_abs() < 1 << 53 && (exact / 1e6 * 1e6).round().to_bits() == exact.to_bits() {
        return format!("make_interval(secs=>{})", seconds(total));
    }
    let day = 86_400_000_000;
    format!("make_interval(days=>{}, secs=>{})", total.div_euclid(day), seconds(total.rem_euclid(day)))
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
