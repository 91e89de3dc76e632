//! Literals and identifiers.

use crate::input;
use crate::lexical::{Reader, Token};
use arbitrary::{Result, Unstructured};
use base::Value;
use sql::Name;
use sql::dialects::{Dialect, Family};
use sql::types::literal::{Quoting, literal_text};

/// What a session of each family reads unless it was told otherwise.
fn default_backslash(family: Family) -> bool {
    matches!(family, Family::MySql | Family::MariaDb)
}

/// The dialect, told about backslashes or not; a string; a value.
pub fn run(data: &[u8]) {
    let _ = cases(&mut Unstructured::new(data));
}

fn cases(u: &mut Unstructured<'_>) -> Result<()> {
    let name = *u.choose(&["sqlite", "postgresql", "mysql", "mariadb", "default", "oracle"])?;
    let Some(mut dialect) = Dialect::named(name) else { return Ok(()) };
    dialect.backslash_escapes = u.arbitrary()?;
    let told = dialect.backslash_escapes.unwrap_or(default_backslash(dialect.family));
    let running = u.arbitrary()?;
    let quoting = Quoting::of(&dialect);
    let quoting = if running { quoting.running() } else { quoting };
    let text = input::string(u)?;
    for reader in Reader::all(dialect.family) {
        let exact = running || reader.backslash == told || Reader::all(dialect.family).len() == 1;
        literal(reader, &quoting.quote(&text), &text, exact);
        if reader.backslash == told {
            literal(reader, &quoting.quote_plainly(&text), &text, true);
        }
        identifiers(reader, &dialect, &text);
    }
    let value = input::value(u)?;
    for reader in Reader::all(dialect.family) {
        let exact = running || reader.backslash == told || Reader::all(dialect.family).len() == 1;
        // Only PostgreSQL has arrays.
        let array = matches!(value, Value::Array(_))
            || matches!(&value, Value::Tuple(t) if t.iter().any(|v| matches!(v, Value::Array(_))));
        if array && dialect.family != Family::PostgreSql {
            continue;
        }
        if let Some(sql) = literal_text(&value, quoting) {
            converted(reader, &value, &sql, exact);
        }
    }
    Ok(())
}

/// Tokens without what says of a string in which form it is written.
fn read(reader: Reader, sql: &str) -> Vec<Token> {
    let mut tokens = reader.tokens(sql);
    while let Some(i) = tokens.iter().position(|t| *t == Token::Word("_utf8mb4".into())) {
        tokens.remove(i);
        if let Some(Token::Bytes(b)) = tokens.get(i) {
            tokens[i] = Token::Text(String::from_utf8_lossy(b).into_owned());
        }
    }
    tokens
}

/// One string and nothing else; the user's own where that is promised.
fn literal(reader: Reader, sql: &str, text: &str, exact: bool) {
    match &read(reader, sql)[..] {
        [Token::Text(found)] => assert!(!exact || found == text, "{reader:?} reads {found:?} in {sql:?} for {text:?}"),
        other => panic!("{reader:?} reads {other:?} in {sql:?} for {text:?}"),
    }
}

fn identifiers(reader: Reader, dialect: &Dialect, text: &str) {
    let single = |sql: &str| if dialect.paramstyle.doubles_percents() { sql.replace("%%", "%") } else { sql.to_owned() };
    let sql = single(&dialect.quote_identifier(text));
    assert_eq!(reader.tokens(&sql), [Token::Name(text.to_owned())], "{sql:?}");
    let sql = single(&dialect.quote(&Name::new(text)));
    match &reader.tokens(&sql)[..] {
        [Token::Name(found)] => assert_eq!(found, text),
        // Not in quotes only where the database folds no case and reads no keyword.
        [Token::Word(found)] => assert!(found == text && !found.chars().any(char::is_uppercase), "{sql:?}"),
        other => panic!("{other:?} of {sql:?} for {text:?}"),
    }
    let schema = Name::new("some.schema");
    let sql = single(&dialect.qualified(Some(&schema), &Name::new(text)));
    assert_eq!(dialect.unformat(&sql), ["some.schema", text], "{sql:?}");
}

/// Words that literals are made of besides the value itself.
const WORDS: &[&str] = &["NULL", "true", "false", "ARRAY", "BYTEA", "make_interval", "days", "secs", "FLOAT8"];

/// No token that a user could have chosen but strings, bytes and numbers; and all strings in their order.
fn converted(reader: Reader, value: &Value, sql: &str, exact: bool) {
    let mut strings = Vec::new();
    for token in read(reader, sql) {
        match token {
            Token::Word(w) => {
                let number = w.starts_with(|c: char| c.is_ascii_digit());
                assert!(number || WORDS.contains(&w.as_str()), "{w:?} in {sql:?} for {value:?}");
            }
            Token::Text(s) => strings.push(s),
            Token::Bytes(_) => {}
            Token::Sign(c) => assert!("()[],.-+=>:".contains(c), "{c:?} in {sql:?} for {value:?}"),
            other => panic!("{other:?} in {sql:?} for {value:?}"),
        }
    }
    let mut expected = Vec::new();
    texts(value, &mut expected);
    if exact && !expected.is_empty() {
        let found: Vec<&String> = strings.iter().filter(|s| expected.contains(s)).collect();
        assert!(expected.iter().all(|e| found.contains(&e)), "{expected:?} not in {sql:?}");
    }
}

fn texts(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Text(s) | Value::Json(s) => out.push(s.to_string()),
        Value::Array(items) | Value::Tuple(items) => items.iter().for_each(|i| texts(i, out)),
        _ => {}
    }
}
