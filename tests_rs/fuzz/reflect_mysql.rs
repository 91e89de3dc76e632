//! MySQL's catalogue and the text of SHOW CREATE TABLE.

use crate::input;
use arbitrary::{Result, Unstructured};
use sql::dialects::Dialect;
use sql::reflect::mysql::{self, Server, columns, foreign_keys, keys, parser, types};

/// The bytes are the text of a definition; then rows of a catalogue; then a definition of which it is known what it says.
pub fn run(data: &[u8]) {
    let text = input::text(data);
    parser::parse(&text);
    parser::parse(&format!("CREATE TABLE `t` ({text})"));
    parser::parse(&format!("CREATE TABLE `t` (`a` int(11)) {text}"));
    parser::string_list(&text);
    types::parse(&text);
    Server::parse(&text);
    let _ = catalogue(&mut Unstructured::new(data));
    let _ = known(&mut Unstructured::new(data));
}

fn catalogue(u: &mut Unstructured<'_>) -> Result<()> {
    let server = Server { mariadb: u.arbitrary()?, version: (10, u.arbitrary()?, 1) };
    let rows = input::rows(u, 11)?;
    let relations = mysql::relations(&rows);
    mysql::needing_text(&rows);
    columns::columns(&input::rows(u, 11)?, &relations, &server);
    keys::keys(&input::rows(u, 11)?);
    foreign_keys::foreign_keys(&input::rows(u, 11)?, &server);
    mysql::checks(&rows, &server);
    Ok(())
}

/// A string as SHOW CREATE TABLE writes it.
fn shown(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''").replace('\n', "\\n"))
}

fn known(u: &mut Unstructured<'_>) -> Result<()> {
    let Some(dialect) = Dialect::named("mysql") else { return Ok(()) };
    let q = |s: &str| dialect.quote_identifier(s).replace("%%", "%");
    let mut name = |ending: &str| -> Result<String> { Ok(input::string(u)? + ending) };
    let (table, a, b, key, fk, other) = (name("t")?, name("a")?, name("b")?, name("k")?, name("f")?, name("o")?);
    let (comment, member, about) = (name("c")?, name("")?, name("x")?);
    let sql = format!(
        "CREATE TABLE {} (\n  {} int(11) NOT NULL AUTO_INCREMENT COMMENT {},\n  {} enum({},'z') DEFAULT {},\n  PRIMARY KEY ({}),\n  \
         UNIQUE KEY {} ({},{}(3)),\n  CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE CASCADE\n) ENGINE=InnoDB COMMENT={}",
        q(&table),
        q(&a),
        shown(&comment),
        q(&b),
        shown(&member),
        shown(&member),
        q(&a),
        q(&key),
        q(&a),
        q(&b),
        q(&fk),
        q(&b),
        q(&other),
        q(&a),
        shown(&about),
    );
    let Some(t) = parser::parse(&sql) else { panic!("not read: {sql}") };
    assert_eq!(t.name, table);
    let names: Vec<&String> = t.columns.iter().map(|c| &c.name).collect();
    assert_eq!(names, [&a, &b], "{sql}");
    assert_eq!(t.columns[0].comment, Some(Some(comment)), "{sql}");
    assert_eq!(t.columns[1].ty.args.first(), Some(&sql::reflect::Fact::Text(member.clone())), "{sql}");
    assert_eq!(t.columns[1].default, Some(shown(&member)), "{sql}");
    assert_eq!(t.constraints.primary_key.columns, std::slice::from_ref(&a));
    let [index] = &t.indexes[..] else { panic!("{:?} of {sql}", t.indexes) };
    assert_eq!((&index.name, &index.columns), (&key, &vec![Some(a.clone()), Some(b.clone())]), "{sql}");
    let [key] = &t.constraints.foreign_keys[..] else { panic!("{:?} of {sql}", t.constraints.foreign_keys) };
    assert_eq!(
        (key.name.as_ref(), &key.columns, &key.referred_table, &key.referred_columns),
        (Some(&fk), &vec![b], &other, &vec![a])
    );
    assert_eq!(t.comment, Some(about), "{sql}");
    Ok(())
}
