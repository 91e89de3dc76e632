//! Whole statements and definitions around a user's strings.
//!
//! Each is rendered twice, with harmless strings and with the user's: the tokens must be the same but for those strings, each of
//! which is one token and reads as itself.

use crate::input;
use crate::lexical::{Reader, Token};
use arbitrary::{Result, Unstructured};
use oxalchemy_tests::builders::{c, col, pk, select, table};
use sql::ast::{BindValue, Literal, Modifier, Node, Op, Query, QueryKind, build};
use sql::compile::{CompileOptions, compile};
use sql::ddl::{Ddl, compile_ddl};
use sql::dialects::Dialect;
use sql::schema::ServerDefault;
use sql::types;
use sql::{Label, Name};
use std::sync::Arc;

/// The strings of a statement.
#[derive(Clone, Debug)]
struct Strings {
    table: String,
    column: String,
    label: String,
    literal: String,
    comment: String,
    default: String,
    pattern: String,
}

/// The dialect, what it was told, which statement, and the strings.
pub fn run(data: &[u8]) {
    let _ = cases(&mut Unstructured::new(data));
}

fn cases(u: &mut Unstructured<'_>) -> Result<()> {
    let name = *u.choose(&["sqlite", "postgresql", "mysql", "mariadb"])?;
    let Some(mut dialect) = Dialect::named(name) else { return Ok(()) };
    let backslash = u.arbitrary::<bool>()? && Reader::all(dialect.family).len() > 1;
    dialect.backslash_escapes = Some(backslash);
    let dialect = Arc::new(dialect);
    let kind = u.int_in_range(0..=1)?;
    // Endings keep names apart.
    let mut named = |ending: &str| -> Result<String> { Ok(input::string(u)?.replace('\0', "") + ending) };
    let user = Strings {
        table: named("t")?,
        column: named("c")?,
        label: named("l")?,
        literal: named("")?,
        comment: named("")? + "x",
        default: named("")?,
        pattern: named("")?,
    };
    let harmless = Strings {
        table: "qq_table".into(),
        column: "qq_column".into(),
        label: "qq_label".into(),
        literal: "qq_literal".into(),
        comment: "qq_comment".into(),
        default: "qq_default".into(),
        pattern: "qq_pattern".into(),
    };
    let rendered = |s: &Strings| if kind == 0 { query(&dialect, s) } else { definition(&dialect, s) };
    let (Some(plain), Some(sql)) = (rendered(&harmless), rendered(&user)) else { return Ok(()) };
    let reader = Reader { family: dialect.family, backslash };
    let read = |sql: &str| {
        let sql = if dialect.paramstyle.doubles_percents() { sql.replace("%%", "%") } else { sql.to_owned() };
        let mut tokens = reader.tokens(&sql);
        tokens.retain(|t| *t != Token::Word("_utf8mb4".into()));
        tokens
    };
    let (expected, found) = (read(&plain), read(&sql));
    assert_eq!(expected.len(), found.len(), "{sql:?} for {user:?}");
    for (expected, found) in expected.iter().zip(&found) {
        match value(expected).and_then(|v| user.meant(v)) {
            Some(meant) => assert_eq!(value(found), Some(meant), "{sql:?} for {user:?}"),
            None => assert_eq!(expected, found, "{sql:?} for {user:?}"),
        }
    }
    Ok(())
}

impl Strings {
    /// The string that stands where the harmless one stood.
    fn meant(&self, harmless: &str) -> Option<&str> {
        Some(match harmless {
            "qq_table" => &self.table,
            "qq_column" => &self.column,
            "qq_label" => &self.label,
            "qq_literal" => &self.literal,
            "qq_comment" => &self.comment,
            "qq_default" => &self.default,
            "qq_pattern" => &self.pattern,
            _ => return None,
        })
    }
}

fn value(token: &Token) -> Option<&str> {
    match token {
        Token::Word(s) | Token::Name(s) | Token::Text(s) => Some(s),
        Token::Bytes(b) => std::str::from_utf8(b).ok(),
        _ => None,
    }
}

fn text_bind(s: &str) -> sql::ast::ExprRef {
    build::anon_bind("p", BindValue::Literal(Literal::Text(s.into())), types::string())
}

fn query(dialect: &Arc<Dialect>, s: &Strings) -> Option<String> {
    let t = table(&s.table, vec![pk("id"), col(&s.column, types::string())]);
    let column = c(&t, &s.column);
    let escape = vec![("escape".into(), Modifier::Str("/".into()))];
    let like = build::binary_typed(&column, Op::Like, &text_bind(&s.pattern), types::boolean(), None, escape);
    let label = build::label(Label::Fixed(Name::new(s.label.as_str())), &text_bind(&s.literal));
    let mut select = select(&[column.clone(), label]);
    select.where_ = vec![build::eq(&column, &text_bind(&s.literal)), like];
    let node = Node::from(Query::new(QueryKind::Select(Box::new(select))));
    let opts = CompileOptions { literal_binds: true, ..CompileOptions::default() };
    compile(&node, dialect, &opts).ok().map(|c| c.sql.to_string())
}

fn definition(dialect: &Arc<Dialect>, s: &Strings) -> Option<String> {
    let mut column = col(&s.column, types::string());
    column.comment = Some(s.comment.as_str().into());
    column.server_default = Some(ServerDefault::Literal(s.default.as_str().into()));
    let t = table(&s.table, vec![pk("id"), column]);
    t.d.write().comment = Some(s.comment.as_str().into());
    let ddl = [
        Ddl::CreateTable { table: t.clone(), include_foreign_keys: None, if_not_exists: false },
        Ddl::SetTableComment { table: t.clone() },
    ];
    let texts = ddl.iter().filter_map(|d| compile_ddl(d, dialect, &CompileOptions::default(), None).ok());
    Some(texts.collect::<Vec<_>>().join(" ; "))
}
