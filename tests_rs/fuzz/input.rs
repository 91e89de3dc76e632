//! A fuzzer's bytes as values.

use arbitrary::{Result, Unstructured};
use base::{Date, DateTime, Interval, Time, Value};

/// Bytes as text; what is no UTF-8 is replaced.
pub fn text(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// The first byte as a number below `n`, and the rest.
pub fn choice(data: &[u8], n: usize) -> (usize, &[u8]) {
    data.split_first().map_or((0, data), |(first, rest)| (usize::from(*first) % n, rest))
}

/// A string that a user may give: now and then of the characters that mean something to a database.
pub fn string(u: &mut Unstructured<'_>) -> Result<String> {
    const SPECIAL: &[char] =
        &['\'', '"', '`', '\\', '%', ';', '-', '/', '*', '#', '$', '\n', '(', ')', '[', ']', '\0', 'é', '\u{feff}', 'E'];
    let length = u.int_in_range(0..=24)?;
    (0..length)
        .map(|_| match u.arbitrary::<u8>()? {
            b if usize::from(b) < SPECIAL.len() * 6 => Ok(SPECIAL[usize::from(b) % SPECIAL.len()]),
            0xff => u.arbitrary::<char>(),
            b => Ok(char::from(b & 0x7f)),
        })
        .collect()
}

/// A time, now and then with an offset.
pub fn time(u: &mut Unstructured<'_>) -> Result<Time> {
    let time = Time::new(u.int_in_range(0..=23)?, u.int_in_range(0..=59)?, u.int_in_range(0..=59)?, u.int_in_range(0..=999_999)?)
        .ok_or(arbitrary::Error::IncorrectFormat)?;
    if u.arbitrary()? {
        return time.with_offset(u.int_in_range(-86_399..=86_399)?).ok_or(arbitrary::Error::IncorrectFormat);
    }
    Ok(time)
}

/// A date.
pub fn date(u: &mut Unstructured<'_>) -> Result<Date> {
    let found = Date::new(u.int_in_range(1..=9999)?, u.int_in_range(1..=12)?, u.int_in_range(1..=31)?);
    found.ok_or(arbitrary::Error::IncorrectFormat)
}

/// A duration.
pub fn interval(u: &mut Unstructured<'_>) -> Result<Interval> {
    let days = if u.arbitrary()? { u.int_in_range(-3..=3)? } else { u.int_in_range(-999_999_999..=999_999_998)? };
    Interval::new(days, u.int_in_range(0..=86_399)?, u.int_in_range(0..=999_999)?).ok_or(arbitrary::Error::IncorrectFormat)
}

/// A decimal number as text.
pub fn decimal(u: &mut Unstructured<'_>) -> Result<String> {
    let digits = u.arbitrary::<u64>()?.to_string();
    let at = u.int_in_range(0..=digits.len())?;
    let (whole, fraction) = digits.split_at(at);
    let whole = if whole.is_empty() { "0" } else { whole };
    let sign = if u.arbitrary()? { "-" } else { "" };
    Ok(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Any value that is no list.
pub fn scalar(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=13)? {
        0 => Value::Null,
        1 => Value::Bool(u.arbitrary()?),
        2 => Value::Int(u.arbitrary()?),
        3 => Value::Int(i64::from(u.arbitrary::<i8>()?)),
        4 => Value::Float(u.arbitrary()?),
        5 => Value::bytes(u.arbitrary::<Vec<u8>>()?),
        6 => Value::Decimal(decimal(u)?.into()),
        7 => Value::Date(date(u)?),
        8 => Value::Time(time(u)?),
        9 => Value::DateTime(DateTime::new(date(u)?, time(u)?)),
        10 => Value::Interval(interval(u)?),
        11 => Value::Uuid(u.arbitrary()?),
        12 => Value::Json(string(u)?.into()),
        _ => Value::text(string(u)?),
    })
}

/// Any value; lists are two levels deep at most.
pub fn value(u: &mut Unstructured<'_>) -> Result<Value> {
    let list = |u: &mut Unstructured<'_>| -> Result<Vec<Value>> { (0..u.int_in_range(0..=3)?).map(|_| scalar(u)).collect() };
    Ok(match u.int_in_range(0..=9)? {
        0 => Value::Array(list(u)?.into()),
        1 => Value::Tuple(list(u)?.into()),
        2 => Value::Array(
            (0..u.int_in_range(0..=2)?).map(|_| list(u).map(|l| Value::Array(l.into()))).collect::<Result<Vec<_>>>()?.into(),
        ),
        _ => scalar(u)?,
    })
}

/// Rows as a catalogue may answer; the cells' kinds are anybody's.
pub fn rows(u: &mut Unstructured<'_>, columns: usize) -> Result<Vec<Vec<Value>>> {
    // Few names, so that rows belong together.
    const NAMES: &[&str] = &["t", "a", "ix", "u", "p", "c", "f", "e", "d", "s", "v", "r", "table", "index", "VIEW", ""];
    let cell = |u: &mut Unstructured<'_>| -> Result<Value> {
        Ok(match u.int_in_range(0..=7)? {
            0 => Value::Null,
            1 => Value::Bool(u.arbitrary()?),
            2 => Value::Int(u.int_in_range(-1..=3)?),
            3 => scalar(u)?,
            4 => Value::text(string(u)?),
            _ => Value::text(*u.choose(NAMES)?),
        })
    };
    let count = u.int_in_range(0..=4)?;
    (0..count).map(|_| (0..u.int_in_range(0..=columns)?).map(|_| cell(u)).collect()).collect()
}

/// The same datum: floats by their bits, so that NaN is itself.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan(),
        (Value::Array(a), Value::Array(b)) | (Value::Tuple(a), Value::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(a, b))
        }
        (a, b) => a == b,
    }
}
