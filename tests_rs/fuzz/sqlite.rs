//! Values through a database in memory.

use crate::input;
use crate::lexical::{Reader, Token};
use arbitrary::{Result, Unstructured};
use base::{RowBatch, Value};
use drivers::Connection;
use drivers::sqlite::{Options, Sqlite, text};
use sql::dialects::{Dialect, Family};
use sql::types::literal::{Quoting, literal_text};
use std::cell::OnceCell;

thread_local! {
    static DATABASE: OnceCell<Option<Sqlite>> = const { OnceCell::new() };
}

/// Values as parameters and as literals; the bytes as the text of a statement that is only looked at.
pub fn run(data: &[u8]) {
    let sql = input::text(data);
    let rest = text::strip_leading(&sql);
    assert!(sql.ends_with(rest) && text::strip_leading(rest) == rest);
    assert!(!text::is_dml(&sql) || !rest.is_empty());
    DATABASE.with(|d| {
        if let Some(db) = d.get_or_init(|| Sqlite::open(&Options::new(":memory:")).ok()) {
            let _ = cases(db, data);
        }
    });
}

/// What SQLite gives back for a parameter.
fn stored(value: &Value) -> Value {
    match value {
        Value::Bool(b) => Value::Int(i64::from(*b)),
        // SQLite has no NaN.
        Value::Float(f) if f.is_nan() => Value::Null,
        Value::Null | Value::Int(_) | Value::Float(_) | Value::Text(_) | Value::Bytes(_) => value.clone(),
        Value::Decimal(s) | Value::Json(s) => Value::Text(s.clone()),
        Value::Date(d) => Value::text(d.to_string()),
        Value::Time(t) => Value::text(t.to_string()),
        Value::DateTime(d) => Value::text(d.to_string()),
        Value::Uuid(u) => Value::text(base::value::format_uuid(u)),
        _ => Value::Null,
    }
}

fn cases(db: &Sqlite, data: &[u8]) -> Result<()> {
    // Text that is no UTF-8 is told from text that is.
    let answer = db.execute("SELECT CAST(? AS TEXT), ?", &[Value::bytes(data), Value::bytes(data)]);
    let rows = answer.map(|a| (a.rows.cell(0, 0).to_value(), a.rows.cell(0, 1).to_value()));
    let as_text = std::str::from_utf8(data).map_or_else(|_| Value::bytes(data), Value::text);
    assert_eq!(rows, Ok((as_text, Value::bytes(data))));

    let u = &mut Unstructured::new(data);
    let mut values: Vec<Value> = (0..3).map(|_| input::scalar(u)).collect::<Result<_>>()?;
    values.retain(|v| !matches!(v, Value::Interval(_)));
    values.resize(3, Value::Null);
    let Ok(answer) = db.execute("SELECT ?, ?, ?", &values) else { panic!("refused: {values:?}") };
    for (i, value) in values.iter().enumerate() {
        let found = answer.rows.cell(0, i).to_value();
        assert!(input::same(&found, &stored(value)), "{found:?} for {value:?}");
    }
    // Many rows, and what they return.
    let mut params = RowBatch::new(3);
    for value in values.iter().cycle().take(9) {
        params.push_value(value);
    }
    let mut rows = RowBatch::new(3);
    let made = db.execute("CREATE TEMP TABLE IF NOT EXISTS t (a, b, c)", &[]).and_then(|_| {
        db.execute_many_into("INSERT INTO t VALUES (?, ?, ?) RETURNING a, b, c", &params, &mut rows)?;
        db.execute("DELETE FROM t", &[])
    });
    assert!(made.is_ok(), "{made:?}");
    for (i, value) in values.iter().cycle().take(9).enumerate() {
        assert!(input::same(&rows.cell(i / 3, i % 3).to_value(), &stored(value)), "{value:?}");
    }
    literals(db, &values);
    names(db, &input::string(u)?);
    Ok(())
}

/// A literal is the same value as the parameter.
fn literals(db: &Sqlite, values: &[Value]) {
    let Some(dialect) = Dialect::named("sqlite") else { return };
    for value in values {
        // A text ends the statement's own text at a NUL, and doubles lose their type.
        if value.as_str().is_some_and(|s| s.contains('\0'))
            || matches!(value, Value::Decimal(_) | Value::Time(_) | Value::DateTime(_))
        {
            continue;
        }
        let Some(sql) = literal_text(value, Quoting::of(&dialect).running()) else { continue };
        match db.execute(&format!("SELECT {sql}"), &[]) {
            Ok(answer) => {
                let found = answer.rows.cell(0, 0).to_value();
                // SQLite reads digits with an error in the last bit.
                let near = |a: f64, b: f64| a == b || (a / b - 1.0).abs() < 1e-15;
                let same = match (&found, value) {
                    (Value::Float(a), Value::Float(b)) => near(*a, *b) || b.abs() < 1e-290,
                    (found, value) => input::same(found, &stored(value)),
                };
                assert!(same, "{found:?} for {value:?} as {sql}");
            }
            Err(e) => panic!("{e:?} for {value:?} as {sql}"),
        }
    }
}

/// A name in quotes is the name of a column.
fn names(db: &Sqlite, name: &str) {
    let Some(dialect) = Dialect::named("sqlite").filter(|_| !name.contains('\0')) else { return };
    let quoted = dialect.quote_identifier(name);
    assert_eq!(Reader { family: Family::Sqlite, backslash: false }.tokens(&quoted), [Token::Name(name.to_owned())]);
    let found = db.execute(&format!("SELECT 1 AS {quoted}"), &[]).map(|a| a.columns.iter().map(|c| c.name.to_string()).collect());
    assert_eq!(found, Ok(vec![name.to_owned()]));
}
