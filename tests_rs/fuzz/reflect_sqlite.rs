//! SQLite's catalogue and the text of its definitions.

use crate::input;
use arbitrary::{Result, Unstructured};
use sql::dialects::Dialect;
use sql::reflect::sqlite::{assemble, parser, types};

/// The bytes are the text of a definition; then rows of a catalogue; then a definition of which it is known what it says.
pub fn run(data: &[u8]) {
    let text = input::text(data);
    parser::parse(&text);
    types::parse(&text);
    if let Some(condition) = parser::index_where(&text) {
        assert!(text.contains(&condition));
    }
    let u = &mut Unstructured::new(data);
    let _ = catalogue(u);
    let _ = known(&mut Unstructured::new(data));
}

fn catalogue(u: &mut Unstructured<'_>) -> Result<()> {
    let (objects, columns) = (input::rows(u, 4)?, input::rows(u, 8)?);
    let (keys, indexes) = (input::rows(u, 9)?, input::rows(u, 9)?);
    assemble(&objects, &columns, &keys, &indexes);
    Ok(())
}

fn known(u: &mut Unstructured<'_>) -> Result<()> {
    let Some(dialect) = Dialect::named("sqlite") else { return Ok(()) };
    let mut name = |ending: &str| -> Result<String> { Ok(input::string(u)? + ending) };
    let (table, a, b) = (name("t")?, name("a")?, name("b")?);
    let (pk, check, unique, fk, other, comment) = (name("p")?, name("k")?, name("u")?, name("f")?, name("o")?, name("")?);
    let literal = name("")?;
    let q = |s: &str| dialect.quote_identifier(s);
    let comment = comment.replace("*/", "").replace('*', "");
    let condition = format!("{} <> {}", q(&a), dialect.string_literal(&literal));
    let sql = format!(
        "CREATE TABLE {} (\n{} INTEGER /* {comment} */ NOT NULL DEFAULT {}, {} VARCHAR(9) UNIQUE,\nCONSTRAINT {} PRIMARY KEY ({}), \
         CONSTRAINT {} CHECK ({condition}), CONSTRAINT {} UNIQUE ({}, {}), CONSTRAINT {} FOREIGN KEY({}) REFERENCES {} ({}) \
         ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED) WITHOUT ROWID",
        q(&table),
        q(&a),
        dialect.string_literal(&literal),
        q(&b),
        q(&pk),
        q(&a),
        q(&check),
        q(&unique),
        q(&a),
        q(&b),
        q(&fk),
        q(&b),
        q(&other),
        q(&a),
    );
    let p = parser::parse(&sql);
    assert_eq!(p.primary_key.as_ref(), Some(&pk), "{sql}");
    assert_eq!(p.checks, [(Some(check), condition.clone())], "{sql}");
    let uniques: Vec<_> = p.uniques.iter().map(|u| (u.name.clone(), u.columns.clone())).collect();
    assert_eq!(uniques, [(None, vec![b.clone()]), (Some(unique), vec![a.clone(), b.clone()])], "{sql}");
    let [key] = &p.foreign_keys[..] else { panic!("{:?} of {sql}", p.foreign_keys) };
    assert_eq!((key.name.as_ref(), &key.columns, &key.table, &key.referred), (Some(&fk), &vec![b], &other, &vec![a.clone()]));
    assert_eq!((key.deferrable, key.initially.as_deref(), p.without_rowid), (Some(true), Some("DEFERRED"), true));

    let index = format!("CREATE UNIQUE INDEX {} ON {} ({}, lower({})) WHERE {condition}", q(&other), q(&table), q(&a), q(&a));
    assert_eq!(parser::index_where(&index), Some(condition), "{index}");
    Ok(())
}
