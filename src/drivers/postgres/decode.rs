//! Wire values into a row batch: the binary forms of known types, the text forms of all.

use std::fmt::Write as _;

use base::{Date, DateTime, DbError, DbErrorKind, DbResult, RowBatch, Time, Value};

use super::array;
use super::numeric;
use super::temporal;
use super::types::Kind;

/// The error for bytes that are no value of their type.
pub(super) fn malformed(kind: &Kind) -> DbError {
    DbError::new(DbErrorKind::Data, format!("malformed value of kind {kind:?} received from the server"))
}

fn int<const N: usize>(wire: &[u8], kind: &Kind) -> DbResult<[u8; N]> {
    wire.try_into().map_err(|_| malformed(kind))
}

/// Appends a value in binary form.
pub fn binary(kind: &Kind, wire: &[u8], batch: &mut RowBatch) -> DbResult<()> {
    match kind {
        Kind::Bool => batch.push_bool(int::<1>(wire, kind)?[0] != 0),
        Kind::Int2 => batch.push_int(i16::from_be_bytes(int(wire, kind)?).into()),
        Kind::Int4 => batch.push_int(i32::from_be_bytes(int(wire, kind)?).into()),
        Kind::Int8 => batch.push_int(i64::from_be_bytes(int(wire, kind)?)),
        Kind::Oid => batch.push_int(u32::from_be_bytes(int(wire, kind)?).into()),
        Kind::Float4 => batch.push_float(widen(f32::from_be_bytes(int(wire, kind)?))),
        Kind::Float8 => batch.push_float(f64::from_be_bytes(int(wire, kind)?)),
        Kind::Text | Kind::Char | Kind::Opaque => batch.push_text_bytes(wire),
        Kind::Bytes => batch.push_bytes(wire),
        Kind::Json => batch.push_json(utf8(wire, kind)?),
        Kind::Jsonb => batch.push_json(utf8(jsonb(wire)?, kind)?),
        Kind::Uuid => batch.push_uuid(&int(wire, kind)?),
        Kind::Date => batch.push_date(temporal::date(i32::from_be_bytes(int(wire, kind)?))?),
        Kind::Timestamp => batch.push_datetime(temporal::datetime(i64::from_be_bytes(int(wire, kind)?))?),
        Kind::Void => batch.push_text(""),
        Kind::Numeric => {
            let mut text = String::with_capacity(32);
            numeric::decode(wire, &mut text).ok_or_else(|| malformed(kind))?;
            batch.push_decimal(&text);
        }
        _ => batch.push_value(&binary_value(kind, wire)?),
    }
    Ok(())
}

/// A float4 as the double with the same shortest text, which is what its text form would have become.
fn widen(v: f32) -> f64 {
    if v.is_finite() { v.to_string().parse().unwrap_or(f64::from(v)) } else { f64::from(v) }
}

fn utf8<'a>(wire: &'a [u8], kind: &Kind) -> DbResult<&'a str> {
    std::str::from_utf8(wire).map_err(|_| malformed(kind))
}

fn decimal<'a>(text: &'a str, kind: &Kind) -> DbResult<&'a str> {
    if base::value::is_decimal(text) { Ok(text) } else { Err(malformed(kind)) }
}

fn jsonb(wire: &[u8]) -> DbResult<&[u8]> {
    match wire.split_first() {
        Some((1, rest)) => Ok(rest),
        _ => Err(malformed(&Kind::Jsonb)),
    }
}

/// A value in binary form on its own.
pub(super) fn binary_value(kind: &Kind, wire: &[u8]) -> DbResult<Value> {
    let broken = || malformed(kind);
    Ok(match kind {
        Kind::Time => Value::Time(temporal::time(i64::from_be_bytes(int(wire, kind)?))?),
        Kind::TimeTz => {
            let (micros, zone) = wire.split_at_checked(8).ok_or_else(broken)?;
            let time = temporal::time(i64::from_be_bytes(int(micros, kind)?))?;
            let west = i32::from_be_bytes(int(zone, kind)?);
            Value::Time(west.checked_neg().and_then(|east| time.with_offset(east)).ok_or_else(broken)?)
        }
        Kind::TimestampTz => Value::DateTime(utc(temporal::datetime(i64::from_be_bytes(int(wire, kind)?))?)),
        Kind::Interval => {
            let bytes: [u8; 16] = int(wire, kind)?;
            let (micros, rest) = bytes.split_at(8);
            let (days, months) = rest.split_at(4);
            let read = |b: &[u8]| int::<4>(b, kind).map(i32::from_be_bytes);
            Value::Interval(temporal::interval(read(months)?, read(days)?, i64::from_be_bytes(int(micros, kind)?))?)
        }
        Kind::Inet => Value::Address(inet(wire).ok_or_else(broken)?.into()),
        Kind::Cidr => Value::Network(inet(wire).ok_or_else(broken)?.into()),
        Kind::Macaddr => Value::text(hex_pairs(wire)),
        Kind::Bit => Value::text(bits(wire).ok_or_else(broken)?),
        Kind::Array(element, _) => array::from_binary(element, wire).ok_or_else(broken)??,
        _ => {
            let mut one = RowBatch::new(1);
            binary(kind, wire, &mut one)?;
            one.cell(0, 0).to_value()
        }
    })
}

fn utc(mut value: DateTime) -> DateTime {
    value.time = value.time.with_offset(0).unwrap_or(value.time);
    value
}

/// Family, prefix length, whether it is a network, address length, address.
fn inet(wire: &[u8]) -> Option<String> {
    let [_, prefix, cidr, _, address @ ..] = wire else { return None };
    let (text, full) = match *address {
        [a, b, c, d] => (std::net::Ipv4Addr::new(a, b, c, d).to_string(), 32),
        _ => (std::net::Ipv6Addr::from(<[u8; 16]>::try_from(address).ok()?).to_string(), 128),
    };
    Some(if *cidr == 0 && *prefix == full { text } else { format!("{text}/{prefix}") })
}

fn hex_pairs(wire: &[u8]) -> String {
    let mut out = String::with_capacity(wire.len() * 3);
    for (i, b) in wire.iter().enumerate() {
        let _ = write!(out, "{}{b:02x}", if i == 0 { "" } else { ":" });
    }
    out
}

/// Number of bits, then the bits, the first one highest.
fn bits(wire: &[u8]) -> Option<String> {
    let (count, rest) = wire.split_at_checked(4)?;
    let count = usize::try_from(i32::from_be_bytes(count.try_into().ok()?)).ok()?;
    let all = rest.iter().flat_map(|byte| (0..8).rev().map(move |bit| if byte >> bit & 1 == 1 { '1' } else { '0' }));
    (rest.len() == count.div_ceil(8)).then(|| all.take(count).collect())
}

/// Appends a value in text form.
pub fn text(kind: &Kind, wire: &[u8], batch: &mut RowBatch) -> DbResult<()> {
    match kind {
        Kind::Text | Kind::Char | Kind::Opaque | Kind::Macaddr | Kind::Bit | Kind::Void => batch.push_text_bytes(wire),
        Kind::Json | Kind::Jsonb => batch.push_json(utf8(wire, kind)?),
        Kind::Inet => batch.push_value(&Value::Address(utf8(wire, kind)?.into())),
        Kind::Cidr => batch.push_value(&Value::Network(utf8(wire, kind)?.into())),
        Kind::Numeric => batch.push_decimal(decimal(utf8(wire, kind)?, kind)?),
        _ => batch.push_value(&text_value(kind, utf8(wire, kind)?)?),
    }
    Ok(())
}

/// A value in text form on its own.
pub(super) fn text_value(kind: &Kind, s: &str) -> DbResult<Value> {
    let broken = || malformed(kind);
    Ok(match kind {
        Kind::Bool => Value::Bool(s.starts_with(['t', 'T', '1'])),
        Kind::Int2 | Kind::Int4 | Kind::Int8 | Kind::Oid => Value::Int(s.parse().map_err(|_| broken())?),
        Kind::Float4 | Kind::Float8 => Value::Float(s.parse().map_err(|_| broken())?),
        Kind::Numeric => Value::Decimal(decimal(s, kind)?.into()),
        Kind::Json | Kind::Jsonb => Value::Json(s.into()),
        Kind::Bytes => Value::bytes(bytea(s).ok_or_else(broken)?),
        Kind::Uuid => Value::Uuid(base::value::parse_uuid(s).ok_or_else(broken)?),
        Kind::Date => Value::Date(Date::parse(s).ok_or_else(|| beyond("date", s))?),
        Kind::Time | Kind::TimeTz => Value::Time(Time::parse(s).ok_or_else(|| match s.starts_with("24:") {
            true => DbError::new(DbErrorKind::Data, "time not supported by Python: hour 24"),
            false => broken(),
        })?),
        Kind::Timestamp | Kind::TimestampTz => Value::DateTime(DateTime::parse(s).ok_or_else(|| beyond("timestamp", s))?),
        Kind::Interval => Value::Interval(temporal::parse_interval(s)?),
        Kind::Array(element, _) => array::from_text(element, s).ok_or_else(broken)??,
        _ => Value::text(s),
    })
}

/// A date in text form that is none of Python's.
fn beyond(what: &str, s: &str) -> DbError {
    temporal::out_of_range(what, !(s.ends_with("BC") || s.starts_with('-')))
}

/// `\x` and hex digits, or the older form with octal escapes.
fn bytea(s: &str) -> Option<Vec<u8>> {
    if let Some(hex) = s.strip_prefix("\\x") {
        let digit = |b: &u8| char::from(*b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        return hex.as_bytes().chunks(2).map(|c| Some(digit(c.first()?)? << 4 | digit(c.get(1)?)?)).collect();
    }
    let mut out = Vec::with_capacity(s.len());
    let mut rest = s.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = match (first, tail) {
            (b'\\', [b'\\', tail @ ..]) => {
                out.push(b'\\');
                tail
            }
            (b'\\', [a, b, c, tail @ ..]) => {
                let octal = |d: &u8| char::from(*d).to_digit(8);
                out.push(u8::try_from(octal(a)? * 64 + octal(b)? * 8 + octal(c)?).ok()?);
                tail
            }
            (b'\\', _) => return None,
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    Some(out)
}
