//! PostgreSQL's wire values and SQL text.

use crate::input;
use crate::lexical::{Reader, Token};
use arbitrary::{Result, Unstructured};
use base::{RowBatch, Value};
use drivers::postgres::types::Kind;
use drivers::postgres::{decode, encode, text};
use sql::dialects::Family;

/// The kinds that a server may describe.
fn kinds() -> Vec<Kind> {
    let plain = [
        16, 17, 18, 20, 21, 23, 25, 26, 114, 869, 650, 700, 701, 829, 1082, 1083, 1114, 1184, 1186, 1266, 1560, 1700, 2278, 2950,
        3802, 0,
    ];
    let arrays = [1000, 1001, 1005, 1007, 1009, 1016, 1022, 1231, 1182, 1115, 1185, 1187, 2951, 3807, 1041, 1561];
    plain.into_iter().chain(arrays).map(Kind::of_oid).collect()
}

/// The first byte chooses the kind, the second the format; the rest is the wire value, or SQL text.
pub fn run(data: &[u8]) {
    let kinds = kinds();
    let (at, rest) = input::choice(data, kinds.len());
    let (format, wire) = input::choice(rest, 4);
    match format {
        0 => binary(&kinds[at], wire),
        1 => in_text(&kinds[at], wire),
        2 => sql_text(&input::text(wire)),
        _ => {
            let _ = values(&kinds[at], &mut Unstructured::new(wire));
        }
    }
}

fn decoded(kind: &Kind, wire: &[u8], of: fn(&Kind, &[u8], &mut RowBatch) -> base::DbResult<()>) -> Option<Value> {
    let mut batch = RowBatch::new(1);
    of(kind, wire, &mut batch).ok()?;
    assert_eq!(batch.rows(), 1, "one value is one cell");
    Some(batch.cell(0, 0).to_value())
}

/// What was decoded and can be encoded is decoded to the same.
fn binary(kind: &Kind, wire: &[u8]) {
    let Some(value) = decoded(kind, wire, decode::binary) else { return };
    let mut again = Vec::new();
    if encode::binary(kind, &value, &mut again).is_some() {
        let found = decoded(kind, &again, decode::binary);
        assert!(found.as_ref().is_some_and(|f| input::same(f, &value)), "{kind:?}: {found:?} for {value:?}");
    }
    through_text(kind, &value);
}

fn in_text(kind: &Kind, wire: &[u8]) {
    if let Some(value) = decoded(kind, wire, decode::text) {
        through_text(kind, &value);
    }
}

/// The text form of a value is read as the value, where the kind is one whose text means one value.
fn through_text(kind: &Kind, value: &Value) {
    let mut text = String::new();
    encode::text(value, &mut text);
    let plain = |k: &Kind| {
        matches!(
            k,
            Kind::Bool
                | Kind::Int2
                | Kind::Int4
                | Kind::Int8
                | Kind::Oid
                | Kind::Float8
                | Kind::Numeric
                | Kind::Text
                | Kind::Json
                | Kind::Bytes
                | Kind::Uuid
                | Kind::Date
                | Kind::Time
                | Kind::TimeTz
                | Kind::Timestamp
                | Kind::TimestampTz
        )
    };
    let fits = match kind {
        Kind::Array(element, _) => plain(element),
        k => plain(k) && !(matches!(k, Kind::Text) && matches!(value, Value::Bytes(_))),
    };
    if fits {
        let found = decoded(kind, text.as_bytes(), decode::text);
        assert!(found.as_ref().is_some_and(|f| input::same(f, value)), "{kind:?}: {found:?} for {value:?} as {text:?}");
    }
}

fn values(kind: &Kind, u: &mut Unstructured<'_>) -> Result<()> {
    let value = input::value(u)?;
    // What a kind cannot hold is refused, and nothing panics.
    let mut wire = Vec::new();
    if encode::binary(kind, &value, &mut wire).is_some() {
        decoded(kind, &wire, decode::binary);
    }
    assert!(encode::fits(&value, encode::declared(&value)));
    let mut sql = String::new();
    if text::literal(value.as_cell(), &mut sql).is_ok() {
        one_expression(&sql, &value);
    }
    let statement = format!("SELECT $1, '{}$1', $2", input::string(u)?.replace(['\'', '\\'], ""));
    let other = input::scalar(u)?;
    if let Ok(sql) = text::interpolate(&statement, &[value.clone(), other.clone()]) {
        let (mut first, mut second) = (String::new(), String::new());
        if text::literal(value.as_cell(), &mut first).is_ok() && text::literal(other.as_cell(), &mut second).is_ok() {
            assert!(sql.contains(&first) && sql.ends_with(&second), "{sql:?}");
        }
    }
    Ok(())
}

/// A literal is strings, numbers and names of types, whatever the session says of backslashes.
fn one_expression(sql: &str, value: &Value) {
    for reader in Reader::all(Family::PostgreSql) {
        let mut strings = Vec::new();
        for token in reader.tokens(sql) {
            match token {
                Token::Word(_) | Token::Bytes(_) => {}
                Token::Text(s) => strings.push(s),
                Token::Sign(c) => assert!("():,.-[]".contains(c), "{c:?} in {sql:?}"),
                other => panic!("{other:?} in {sql:?} for {value:?}"),
            }
        }
        if let Value::Text(s) | Value::Json(s) = value {
            assert_eq!(strings, [s.to_string()], "{reader:?} of {sql:?}");
        }
    }
}

fn sql_text(sql: &str) {
    text::verb(sql);
    text::is_script(sql);
    let marks = text::marks(sql);
    for pair in marks.windows(2) {
        assert!(pair[0].0.end <= pair[1].0.start, "marks follow each other");
    }
    assert!(marks.iter().all(|(r, _)| sql.get(r.clone()).is_some()));
    if let Some(row) = text::repeatable_row(sql, &marks) {
        assert!(sql.get(row).is_some_and(|r| r.starts_with('(') && r.ends_with(')')));
    }
    // Parameters as numbers change nothing but the marks.
    let _ = text::interpolate(sql, &[Value::Int(1), Value::Int(2)]);
    if !marks.iter().any(|(_, m)| matches!(m, text::Mark::Param(_))) {
        assert_eq!(text::interpolate(sql, &[]).as_deref(), Ok(sql));
    }
}
