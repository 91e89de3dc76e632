//! Wire values into a row batch.

use base::{Date, DateTime, DbError, DbErrorKind, DbResult, RowBatch, Value};

use super::temporal;
use super::types::Kind;

fn malformed(kind: Kind) -> DbError {
    DbError::new(DbErrorKind::Data, format!("malformed value of kind {kind:?} received from the server"))
}

/// Appends what there is, or NULL for a date that is none.
fn push(batch: &mut RowBatch, value: Option<Value>) {
    batch.push_value(&value.unwrap_or(Value::Null));
}

/// Appends a value in binary form.
pub fn binary(kind: Kind, wire: &[u8], batch: &mut RowBatch) -> DbResult<()> {
    match kind {
        Kind::Int => {
            let value = match *wire {
                [a] => i64::from(a.cast_signed()),
                [a, b] => i64::from(i16::from_le_bytes([a, b])),
                [a, b, c, d] => i64::from(i32::from_le_bytes([a, b, c, d])),
                _ => i64::from_le_bytes(wire.try_into().map_err(|_| malformed(kind))?),
            };
            batch.push_int(value);
        }
        Kind::Unsigned => {
            let value = match *wire {
                [a] => u64::from(a),
                [a, b] => u64::from(u16::from_le_bytes([a, b])),
                [a, b, c, d] => u64::from(u32::from_le_bytes([a, b, c, d])),
                _ => u64::from_le_bytes(wire.try_into().map_err(|_| malformed(kind))?),
            };
            push_unsigned(value, batch);
        }
        Kind::Float => {
            let value = f32::from_le_bytes(wire.try_into().map_err(|_| malformed(kind))?);
            // Six digits, as the server writes it in the text protocol.
            batch.push_float(format!("{value:.5e}").parse().unwrap_or(f64::from(value)));
        }
        Kind::Double => batch.push_float(f64::from_le_bytes(wire.try_into().map_err(|_| malformed(kind))?)),
        Kind::Decimal => {
            let text = std::str::from_utf8(wire).ok().filter(|s| base::value::is_decimal(s));
            batch.push_decimal(text.ok_or_else(|| malformed(kind))?);
        }
        Kind::Text => batch.push_text_bytes(wire),
        Kind::Bytes => batch.push_bytes(wire),
        Kind::Json => match std::str::from_utf8(wire) {
            Ok(s) => batch.push_json(s),
            Err(_) => return Err(malformed(kind)),
        },
        Kind::Date => match temporal::date(wire) {
            Some(date) => batch.push_date(date),
            None => batch.push_null(),
        },
        Kind::DateTime => match temporal::datetime(wire) {
            Some(value) => batch.push_datetime(value),
            None => batch.push_null(),
        },
        Kind::Time => push(batch, temporal::time(wire).map(Value::Interval)),
    }
    Ok(())
}

fn push_unsigned(value: u64, batch: &mut RowBatch) {
    match i64::try_from(value) {
        Ok(value) => batch.push_int(value),
        Err(_) => batch.push_decimal(&value.to_string()),
    }
}

/// Appends a value in text form.
pub fn text(kind: Kind, wire: &[u8], batch: &mut RowBatch) -> DbResult<()> {
    if matches!(kind, Kind::Text | Kind::Bytes | Kind::Json | Kind::Decimal) {
        return binary(kind, wire, batch);
    }
    let s = std::str::from_utf8(wire).map_err(|_| malformed(kind))?;
    match kind {
        Kind::Int => batch.push_int(s.parse().map_err(|_| malformed(kind))?),
        Kind::Unsigned => push_unsigned(s.parse().map_err(|_| malformed(kind))?, batch),
        Kind::Float | Kind::Double => batch.push_float(s.parse().map_err(|_| malformed(kind))?),
        Kind::Date => push(batch, Date::parse(s).map(Value::Date)),
        Kind::DateTime => push(batch, DateTime::parse(s).map(Value::DateTime)),
        _ => push(batch, temporal::parse_time(s).map(Value::Interval)),
    }
    Ok(())
}
