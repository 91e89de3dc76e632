//! MySQL's wire values and SQL text.

use crate::input;
use crate::lexical::{Reader, Token};
use arbitrary::{Result, Unstructured};
use base::{RowBatch, Value};
use drivers::mysql::types::Kind;
use drivers::mysql::{decode, encode, temporal, text};
use sql::dialects::Family;

const KINDS: &[Kind] = &[
    Kind::Int,
    Kind::Unsigned,
    Kind::Float,
    Kind::Double,
    Kind::Decimal,
    Kind::Text,
    Kind::Bytes,
    Kind::Json,
    Kind::Date,
    Kind::DateTime,
    Kind::Time,
];

/// The first byte chooses the kind, the second the format; the rest is the wire value, or SQL text.
pub fn run(data: &[u8]) {
    let (at, rest) = input::choice(data, KINDS.len());
    let (format, wire) = input::choice(rest, 4);
    match format {
        0 => {
            decoded(KINDS[at], wire, decode::binary);
        }
        1 => in_text(KINDS[at], wire),
        2 => sql_text(&input::text(wire)),
        _ => {
            let _ = values(&mut Unstructured::new(wire));
        }
    }
}

fn decoded(kind: Kind, wire: &[u8], of: fn(Kind, &[u8], &mut RowBatch) -> base::DbResult<()>) -> Option<Value> {
    let mut batch = RowBatch::new(1);
    of(kind, wire, &mut batch).ok()?;
    assert_eq!(batch.rows(), 1, "one value is one cell");
    Some(batch.cell(0, 0).to_value())
}

/// What was read is read again from the text that means it.
fn in_text(kind: Kind, wire: &[u8]) {
    let again = match decoded(kind, wire, decode::text) {
        Some(Value::Interval(i)) => (Value::Interval(i), temporal::format_time(i)),
        Some(Value::Date(d)) => (Value::Date(d), d.to_string()),
        Some(Value::DateTime(d)) if d.time.offset().is_none() => (Value::DateTime(d), d.to_string()),
        Some(Value::Int(i)) => (Value::Int(i), i.to_string()),
        Some(Value::Float(f)) if f.is_finite() => (Value::Float(f), base::temporal::float_text(f)),
        _ => return,
    };
    let found = decoded(kind, again.1.as_bytes(), decode::text);
    assert!(found.as_ref().is_some_and(|f| input::same(f, &again.0)), "{found:?} for {again:?}");
}

fn values(u: &mut Unstructured<'_>) -> Result<()> {
    let value = input::value(u)?;
    let mut sql = String::new();
    if encode::literal(value.as_cell(), &mut sql).is_ok() {
        one_expression(&sql, &value);
    }
    let other = input::scalar(u)?;
    let mut second = String::new();
    if encode::literal(other.as_cell(), &mut second).is_ok() && !sql.is_empty() {
        let found = text::interpolate("SELECT ?, '?', `?`, ?", &[value, other]);
        assert_eq!(found, Ok(format!("SELECT {sql}, '?', `?`, {second}")));
    }
    Ok(())
}

/// A literal is one string or number, whatever the SQL mode says of backslashes.
fn one_expression(sql: &str, value: &Value) {
    for reader in Reader::all(Family::MySql) {
        let mut strings = Vec::new();
        for token in reader.tokens(sql) {
            match token {
                Token::Word(_) => {}
                Token::Bytes(b) => strings.push(b),
                Token::Text(s) => strings.push(s.into_bytes()),
                Token::Sign(c) => assert!("()-.+".contains(c), "{c:?} in {sql:?}"),
                other => panic!("{other:?} in {sql:?} for {value:?}"),
            }
        }
        match value {
            Value::Text(s) | Value::Json(s) => assert_eq!(strings, [s.as_bytes().to_vec()], "{reader:?} of {sql:?}"),
            Value::Bytes(b) => assert_eq!(strings, [b.to_vec()]),
            _ => {}
        }
    }
}

fn sql_text(sql: &str) {
    text::verb(sql);
    text::is_script(sql);
    text::autocommit(sql);
    let marks = text::marks(sql);
    for pair in marks.windows(2) {
        assert!(pair[0].0.end <= pair[1].0.start, "marks follow each other");
    }
    assert!(marks.iter().all(|(r, _)| sql.get(r.clone()).is_some()));
    if let Some(row) = text::repeatable_row(&marks) {
        assert!(sql.get(row).is_some_and(|r| r.starts_with('(') && r.ends_with(')')));
    }
    let params = marks.iter().filter(|(_, m)| *m == text::Mark::Param).count();
    assert!(text::interpolate(sql, &vec![Value::Int(1); params]).is_ok());
    assert!(text::interpolate(sql, &vec![Value::Int(1); params + 1]).is_err());
}
