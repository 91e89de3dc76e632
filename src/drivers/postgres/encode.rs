//! Parameters on their way: which type to declare, the binary form that a described type wants, and the text form.

use std::fmt::Write as _;

use base::{Date, DateTime, Time, Value};
use sqlx::encode::{Encode, IsNull};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::Oid;
use sqlx::postgres::{PgArgumentBuffer, PgTypeInfo};
use sqlx::{Postgres, Type};

use super::array;
use super::numeric;
use super::temporal;
use super::types::Kind;

/// The OID to declare for a parameter. 0 leaves the type to the server: what is text may become anything, as a quoted
/// literal would.
pub fn declared(value: &Value) -> u32 {
    match value {
        Value::Null | Value::Text(_) | Value::Json(_) | Value::Address(_) | Value::Network(_) | Value::Tuple(_) => 0,
        Value::Bool(_) => 16,
        Value::Int(i) if i32::try_from(*i).is_ok() => 23,
        Value::Int(_) => 20,
        Value::Float(_) => 701,
        Value::Bytes(_) => 17,
        Value::Decimal(_) => 1700,
        Value::Date(_) => 1082,
        Value::Time(t) => {
            if t.offset().is_some() {
                1266
            } else {
                1083
            }
        }
        Value::DateTime(d) => {
            if d.time.offset().is_some() {
                1184
            } else {
                1114
            }
        }
        Value::Interval(_) => 1186,
        Value::Uuid(_) => 2950,
        Value::Array(items) => array_oid(items),
    }
}

fn array_oid(items: &[Value]) -> u32 {
    let mut element = 0;
    for item in items {
        let oid = match item {
            Value::Null => continue,
            Value::Array(inner) => return array_oid(inner),
            value => declared(value),
        };
        // One wide integer makes all wide; a mixture is left to the server.
        element = match (element, oid) {
            (0, oid) => oid,
            (20, 23) | (23, 20) => 20,
            (old, oid) if old == oid => oid,
            _ => return 0,
        };
    }
    match element {
        16 => 1000,
        17 => 1001,
        20 => 1016,
        23 => 1007,
        701 => 1022,
        1700 => 1231,
        1082 => 1182,
        1083 => 1183,
        1266 => 1270,
        1114 => 1115,
        1184 => 1185,
        1186 => 1187,
        2950 => 2951,
        _ => 0,
    }
}

/// Whether a value may travel as a parameter that was declared with `oid`.
pub fn fits(value: &Value, oid: u32) -> bool {
    let own = declared(value);
    value.is_null() || own == oid || matches!((own, oid), (23, 20) | (1007, 1016))
}

/// Appends the binary form of a value for a parameter of this kind. `None` when that cannot be done here.
pub fn binary(kind: &Kind, value: &Value, out: &mut Vec<u8>) -> Option<()> {
    match (kind, value) {
        (Kind::Text, Value::Text(s) | Value::Decimal(s) | Value::Json(s)) => out.extend_from_slice(s.as_bytes()),
        (Kind::Text, Value::Bytes(_)) => return None,
        (Kind::Text, value) => {
            let mut s = String::new();
            text(value, &mut s);
            out.extend_from_slice(s.as_bytes());
        }
        (Kind::Json, Value::Json(s) | Value::Text(s)) => out.extend_from_slice(s.as_bytes()),
        (Kind::Jsonb, Value::Json(s) | Value::Text(s)) => {
            out.push(1);
            out.extend_from_slice(s.as_bytes());
        }
        (Kind::Bool, Value::Bool(b)) => out.push(u8::from(*b)),
        (Kind::Bool, Value::Text(s)) => out.push(match s.to_ascii_lowercase().as_str() {
            "t" | "true" | "y" | "yes" | "on" | "1" => 1,
            "f" | "false" | "n" | "no" | "off" | "0" => 0,
            _ => return None,
        }),
        (Kind::Int2, v) => out.extend_from_slice(&i16::try_from(integer(v)?).ok()?.to_be_bytes()),
        (Kind::Int4, v) => out.extend_from_slice(&i32::try_from(integer(v)?).ok()?.to_be_bytes()),
        (Kind::Int8, v) => out.extend_from_slice(&integer(v)?.to_be_bytes()),
        (Kind::Oid, v) => out.extend_from_slice(&u32::try_from(integer(v)?).ok()?.to_be_bytes()),
        (Kind::Float4, v) => out.extend_from_slice(&single(float(v)?)?.to_be_bytes()),
        (Kind::Float8, v) => out.extend_from_slice(&float(v)?.to_be_bytes()),
        (Kind::Numeric, Value::Decimal(s) | Value::Text(s)) => numeric::encode(s, out)?,
        (Kind::Numeric, Value::Int(i)) => numeric::encode(&i.to_string(), out)?,
        (Kind::Bytes, Value::Bytes(b)) => out.extend_from_slice(b),
        (Kind::Uuid, Value::Uuid(u)) => out.extend_from_slice(u),
        (Kind::Uuid, Value::Text(s)) => out.extend_from_slice(&base::value::parse_uuid(s)?),
        (Kind::Date, Value::Date(d)) => out.extend_from_slice(&temporal::days(*d).to_be_bytes()),
        (Kind::Date, Value::Text(s)) => out.extend_from_slice(&temporal::days(Date::parse(s)?).to_be_bytes()),
        (Kind::Time, Value::Time(t)) if t.offset().is_none() => {
            out.extend_from_slice(&temporal::time_micros(*t).to_be_bytes());
        }
        (Kind::Time, Value::Text(s)) => return binary(kind, &Value::Time(Time::parse(s)?), out),
        (Kind::TimeTz, Value::Time(t)) => {
            out.extend_from_slice(&temporal::time_micros(*t).to_be_bytes());
            out.extend_from_slice(&(-t.offset()?).to_be_bytes());
        }
        (Kind::Timestamp, Value::DateTime(d)) if d.time.offset().is_none() => {
            out.extend_from_slice(&temporal::datetime_micros(*d).to_be_bytes());
        }
        (Kind::Timestamp, Value::Text(s)) => return binary(kind, &Value::DateTime(DateTime::parse(s)?), out),
        (Kind::TimestampTz, Value::DateTime(d)) if d.time.offset().is_some() => {
            out.extend_from_slice(&temporal::datetime_micros(*d).to_be_bytes());
        }
        (Kind::Interval, Value::Interval(i)) => {
            let micros = i64::from(i.seconds) * 1_000_000 + i64::from(i.microseconds);
            out.extend_from_slice(&micros.to_be_bytes());
            out.extend_from_slice(&i.days.to_be_bytes());
            out.extend_from_slice(&0i32.to_be_bytes());
        }
        (Kind::Bit, Value::Text(s)) => {
            out.extend_from_slice(&i32::try_from(s.len()).ok()?.to_be_bytes());
            for chunk in s.as_bytes().chunks(8) {
                let mut byte = 0u8;
                for (i, b) in chunk.iter().enumerate() {
                    match b {
                        b'0' => {}
                        b'1' => byte |= 0x80 >> i,
                        _ => return None,
                    }
                }
                out.push(byte);
            }
        }
        (Kind::Array(element, oid), Value::Array(items)) => array::to_binary(element, *oid, items, out)?,
        _ => return None,
    }
    Some(())
}

/// In single precision. `None` for what is none there: the server refuses it in text form, rather than store infinity or 0.
#[expect(clippy::cast_possible_truncation, reason = "checked behind")]
fn single(value: f64) -> Option<f32> {
    let out = value as f32;
    (out.is_infinite() == value.is_infinite() && (out == 0.0) == (value == 0.0)).then_some(out)
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int(i) => Some(*i),
        Value::Text(s) => s.trim().parse().ok(),
        _ => None,
    }
}

fn float(value: &Value) -> Option<f64> {
    match value {
        Value::Float(f) => Some(*f),
        Value::Int(i) => Some(*i as f64),
        Value::Text(s) | Value::Decimal(s) => s.trim().parse().ok(),
        _ => None,
    }
}

/// Appends the text form of a value, without quotes.
pub fn text(value: &Value, out: &mut String) {
    let _ = match value {
        Value::Null => Ok(()),
        Value::Bool(b) => write!(out, "{b}"),
        Value::Int(i) => write!(out, "{i}"),
        Value::Float(f) if f.is_finite() => write!(out, "{f:?}"),
        Value::Float(f) if f.is_nan() => write!(out, "NaN"),
        Value::Float(f) => write!(out, "{}Infinity", if *f < 0.0 { "-" } else { "" }),
        Value::Text(s) | Value::Decimal(s) | Value::Json(s) | Value::Address(s) | Value::Network(s) => write!(out, "{s}"),
        Value::Bytes(b) => {
            out.push_str("\\x");
            b.iter().try_for_each(|b| write!(out, "{b:02x}"))
        }
        Value::Date(d) => write!(out, "{d}"),
        Value::Time(t) => write!(out, "{t}"),
        Value::DateTime(d) => write!(out, "{d}"),
        Value::Interval(i) => {
            write!(out, "{} days {} seconds {} microseconds", i.days, i.seconds, i.microseconds)
        }
        Value::Uuid(u) => write!(out, "{}", base::value::format_uuid(u)),
        Value::Array(items) | Value::Tuple(items) => {
            array::to_text(items, out);
            Ok(())
        }
    };
}

/// A parameter as sqlx takes it: bytes that are ready, and the type to declare.
pub struct Param<'a> {
    /// The type to declare.
    pub oid: u32,
    /// The binary form; `None` is NULL.
    pub wire: Option<&'a [u8]>,
}

impl Type<Postgres> for Param<'_> {
    fn type_info() -> PgTypeInfo {
        PgTypeInfo::with_oid(Oid(0))
    }
}

impl Encode<'_, Postgres> for Param<'_> {
    fn encode_by_ref(&self, buf: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self.wire {
            None => Ok(IsNull::Yes),
            Some(wire) => {
                buf.extend_from_slice(wire);
                Ok(IsNull::No)
            }
        }
    }

    fn produces(&self) -> Option<PgTypeInfo> {
        Some(PgTypeInfo::with_oid(Oid(self.oid)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_precision_is_not_guessed() {
        assert_eq!(single(1.5), Some(1.5));
        assert_eq!(single(f64::INFINITY), Some(f32::INFINITY));
        assert!(single(f64::NAN).is_some_and(f32::is_nan));
        assert_eq!((single(1e300), single(-1e300), single(1e-300), single(0.0)), (None, None, None, Some(0.0)));
    }
}
