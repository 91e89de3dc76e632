//! [`Value`]: one datum on its way to a database, or kept from one.

use std::sync::Arc;

use crate::batch::Cell;
use crate::temporal::{Date, DateTime, Interval, Time};

/// One datum. Cloning never copies text or bytes.
///
/// Drivers accept a slice of these as positional parameters; which variants a driver binds natively and which it
/// sends as text is the driver's business (SQLite stores `Decimal`, temporals, `Uuid` and `Json` as text).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// SQL NULL.
    #[default]
    Null,
    /// A boolean; SQLite and MySQL store it as 0 or 1.
    Bool(bool),
    /// An integer. Wider ones are refused before they get here.
    Int(i64),
    /// A double.
    Float(f64),
    /// Unicode text.
    Text(Arc<str>),
    /// A byte string.
    Bytes(Arc<[u8]>),
    /// An exact number in its text form: digits are the identity, so no precision is lost on the way.
    Decimal(Arc<str>),
    /// A calendar date.
    Date(Date),
    /// A time of day, with an optional offset from UTC.
    Time(Time),
    /// A date and a time of day, with an optional offset from UTC.
    DateTime(DateTime),
    /// A duration.
    Interval(Interval),
    /// A UUID, most significant byte first.
    Uuid([u8; 16]),
    /// JSON in its text form.
    Json(Arc<str>),
    /// A host's address in its text form.
    Address(Arc<str>),
    /// A network's address in its text form.
    Network(Arc<str>),
    /// A list of values (PostgreSQL arrays).
    Array(Arc<[Value]>),
    /// Values in parentheses, as `IN` takes them: for drivers that write values into the text.
    Tuple(Arc<[Value]>),
}

impl Value {
    /// Text from anything that can become an `Arc<str>`.
    pub fn text(s: impl Into<Arc<str>>) -> Self {
        Value::Text(s.into())
    }

    /// Bytes from anything that can become an `Arc<[u8]>`.
    pub fn bytes(b: impl Into<Arc<[u8]>>) -> Self {
        Value::Bytes(b.into())
    }

    /// Whether this is SQL NULL.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The same datum, borrowed.
    pub fn as_cell(&self) -> Cell<'_> {
        match self {
            Value::Null => Cell::Null,
            Value::Bool(b) => Cell::Bool(*b),
            Value::Int(i) => Cell::Int(*i),
            Value::Float(f) => Cell::Float(*f),
            Value::Text(s) => Cell::Text(s),
            Value::Bytes(b) => Cell::Bytes(b),
            Value::Decimal(s) => Cell::Decimal(s),
            Value::Json(s) => Cell::Json(s),
            Value::Date(d) => Cell::Date(*d),
            Value::Time(t) if t.offset().is_none() => Cell::Time(*t),
            Value::DateTime(d) if d.time.offset().is_none() => Cell::DateTime(*d),
            Value::Uuid(u) => Cell::Uuid(*u),
            Value::Time(_)
            | Value::DateTime(_)
            | Value::Interval(_)
            | Value::Address(_)
            | Value::Network(_)
            | Value::Array(_)
            | Value::Tuple(_) => Cell::Other(self),
        }
    }

    /// The integer, when this is one (booleans count as 0 and 1).
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(i) => Some(*i),
            Value::Bool(b) => Some(i64::from(*b)),
            _ => None,
        }
    }

    /// The text of `Text`, `Decimal` and `Json`.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Text(s) | Value::Decimal(s) | Value::Json(s) | Value::Address(s) | Value::Network(s) => Some(s),
            _ => None,
        }
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Value::Int(v)
    }
}
impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Value::Float(v)
    }
}
impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Value::Bool(v)
    }
}
impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Value::Text(v.into())
    }
}
impl From<String> for Value {
    fn from(v: String) -> Self {
        Value::Text(v.into())
    }
}
impl From<&[u8]> for Value {
    fn from(v: &[u8]) -> Self {
        Value::Bytes(v.into())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Value::Null, Into::into)
    }
}

/// Whether a text is a decimal number with an optional sign, fraction and exponent.
pub fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.chars().any(|c| c.is_ascii_digit())
        && digits.parse::<f64>().is_ok()
}

/// Whether a text is what databases write for exact numbers: a number, or one of those that are none.
pub fn is_decimal(text: &str) -> bool {
    is_number(text) || matches!(text, "NaN" | "Infinity" | "-Infinity")
}

/// The canonical 8-4-4-4-12 lower-case form of a UUID.
pub fn format_uuid(bytes: &[u8; 16]) -> String {
    let mut out = String::with_capacity(36);
    for (i, b) in bytes.iter().enumerate() {
        if matches!(i, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        for nibble in [b >> 4, b & 15] {
            out.extend(char::from_digit(u32::from(nibble), 16));
        }
    }
    out
}

/// Reads a UUID of 32 hex digits; dashes, braces and a `urn:uuid:` prefix are ignored, as Python's `uuid.UUID` does.
pub fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.replace("urn:", "").replace("uuid:", "");
    let mut out = [0u8; 16];
    let mut n = 0;
    for c in text.trim_matches(['{', '}']).chars().filter(|c| *c != '-') {
        let digit = u8::try_from(c.to_digit(16)?).ok()?;
        let slot = out.get_mut(n / 2)?;
        *slot = *slot << 4 | digit;
        n += 1;
    }
    (n == 32).then_some(out)
}
