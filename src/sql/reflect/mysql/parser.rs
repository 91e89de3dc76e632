//! The text of SHOW CREATE TABLE: one definition a line, names in backticks.

use super::{columns::Defined, types};
use crate::reflect::*;

/// Table options that SQLAlchemy's documentation speaks of; others (statistics, compression pages) are tuning.
const OPTIONS: &[&str] = &[
    "avg_row_length",
    "checksum",
    "collate",
    "comment",
    "connection",
    "default charset",
    "delay_key_write",
    "engine",
    "insert_method",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "row_format",
    "tablespace",
    "union",
];

/// Whether a table option is reported.
pub fn is_option(name: &str) -> bool {
    OPTIONS.contains(&name)
}

/// A position in a text.
struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Self { rest: text.trim_start() }
    }
    /// Takes the words if the text goes on with them.
    fn eat(&mut self, words: &str) -> bool {
        let Some((head, tail)) = self.rest.split_at_checked(words.len()) else { return false };
        let found = head.eq_ignore_ascii_case(words) && !tail.starts_with(|c: char| c.is_alphanumeric() || c == '_')
            || head == words && !words.ends_with(|c: char| c.is_alphanumeric());
        if found {
            self.rest = tail.trim_start();
        }
        found
    }
    /// An identifier in backticks, unquoted.
    fn name(&mut self) -> Option<String> {
        let (name, rest) = delimited(self.rest, '`')?;
        self.rest = rest.trim_start();
        Some(name)
    }
    /// A string in quotes, unquoted.
    fn string(&mut self) -> Option<String> {
        let (text, rest) = delimited(self.rest, '\'')?;
        self.rest = rest.trim_start();
        Some(text)
    }
    /// What stands in the parentheses that open here.
    fn group(&mut self) -> Option<&'a str> {
        let (inside, rest) = parenthesized(self.rest)?;
        self.rest = rest.trim_start();
        Some(inside)
    }
    /// The next word, number, string or call, as written.
    fn expression(&mut self) -> &'a str {
        let mut rest = self.rest;
        while let Some(c) = rest.chars().next().filter(|c| !c.is_whitespace() && *c != ',') {
            rest = behind(rest, c);
        }
        self.taken(rest)
    }
    /// What stands before `rest`, which is the end of what is left and becomes all of it.
    fn taken(&mut self, rest: &'a str) -> &'a str {
        let before = before(self.rest, rest);
        self.rest = rest.trim_start();
        before
    }
    fn word(&mut self) -> &'a str {
        self.taken(self.rest.trim_start_matches(|c: char| !(c.is_whitespace() || c == ',')))
    }
}

/// What stands in `text` before its end `rest`.
fn before<'a>(text: &'a str, rest: &str) -> &'a str {
    text.len().checked_sub(rest.len()).and_then(|at| text.get(..at)).unwrap_or(text)
}

/// What follows the quoted text, the parentheses or the single character that begins here with `c`. What does not end takes all.
fn behind(text: &str, c: char) -> &str {
    match c {
        '(' => parenthesized(text).map_or("", |(_, rest)| rest),
        '\'' | '`' => delimited(text, c).map_or("", |(_, rest)| rest),
        c => text.strip_prefix(c).unwrap_or_default(),
    }
}

/// The quoted text that begins here, without its quotes, and what follows. A doubled quote stands for itself; in strings a
/// backslash escapes.
fn delimited(text: &str, quote: char) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix(quote)?.chars();
    let mut out = String::new();
    while let Some(c) = chars.next() {
        if c == quote {
            if let Some(rest) = chars.as_str().strip_prefix(quote) {
                chars = rest.chars();
                out.push(quote);
                continue;
            }
            return Some((out, chars.as_str()));
        }
        if c == '\\' && quote == '\'' {
            match chars.next()? {
                'n' => out.push('\n'),
                'r' => out.push('\r'),
                't' => out.push('\t'),
                '0' => out.push('\0'),
                other => out.push(other),
            }
            continue;
        }
        out.push(c);
    }
    None
}

/// What stands in the parentheses that open at the start, and what follows them.
fn parenthesized(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('(')?;
    let (mut rest, mut depth) = (inside, 1usize);
    loop {
        let c = rest.chars().next()?;
        match c {
            '\'' | '`' => {
                rest = delimited(rest, c)?.1;
                continue;
            }
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((before(inside, rest), rest.strip_prefix(')')?));
        }
        rest = rest.strip_prefix(c)?;
    }
}

/// `'a','b'` as strings.
pub fn string_list(text: &str) -> Vec<String> {
    let mut s = Scanner::new(text);
    let mut out = Vec::new();
    while let Some(one) = s.string() {
        out.push(one);
        if !s.eat(",") {
            break;
        }
    }
    out
}

/// The table that a CREATE TABLE statement makes.
pub fn parse(sql: &str) -> Option<ReflectedTable> {
    let mut s = Scanner::new(sql);
    if !s.eat("CREATE") {
        return None;
    }
    while s.eat("TEMPORARY") || s.eat("OR REPLACE") {}
    if !s.eat("TABLE") {
        return None;
    }
    let mut table = ReflectedTable { name: s.name()?, definition: Some(sql.to_owned()), ..ReflectedTable::default() };
    let body = s.group()?;
    for line in definitions(body) {
        definition(line, &mut table);
    }
    table_options(s.rest, &mut table);
    table.indexes.sort_by(|a, b| a.name.cmp(&b.name));
    table.constraints.uniques.sort_by_key(|u| u.name.clone());
    table.constraints.checks.sort_by_key(|c| c.name.clone());
    table.constraints.foreign_keys.sort_by_key(|f| f.name.clone());
    Some(table)
}

/// The parts between the commas of the outermost level.
fn definitions(body: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let (mut start, mut rest) = (body, body);
    while let Some(c) = rest.chars().next() {
        let next =
            if c == '(' && parenthesized(rest).is_none() { rest.strip_prefix(c).unwrap_or_default() } else { behind(rest, c) };
        if c == ',' {
            out.push(before(start, rest).trim());
            start = next;
        }
        rest = next;
    }
    out.push(start.trim());
    out
}

fn definition(line: &str, table: &mut ReflectedTable) {
    let mut s = Scanner::new(line);
    if s.rest.starts_with('`') {
        table.columns.extend(column(&mut s));
    } else if s.eat("PRIMARY KEY") {
        table.constraints.primary_key.columns = key_parts(&mut s).into_iter().filter_map(|(name, ..)| name).collect();
    } else if s.eat("CONSTRAINT") {
        let name = s.name();
        if s.eat("FOREIGN KEY") {
            table.constraints.foreign_keys.extend(foreign_key(name, &mut s));
        } else if s.eat("CHECK") {
            let sqltext = s.group().unwrap_or_default().to_owned();
            table.constraints.checks.push(ReflectedCheck { name, sqltext, ..ReflectedCheck::default() });
        }
    } else {
        index(&mut s, table);
    }
}

fn column(s: &mut Scanner<'_>) -> Option<ReflectedColumn> {
    let mut d = Defined { name: s.name()?, nullable: true, ..Defined::default() };
    // the type: a word, its arguments, and what belongs to a number
    let mut ty = s.word_of_type().to_owned();
    if s.rest.starts_with('(') {
        ty.push_str(&format!("({})", s.group()?));
    }
    for flag in ["unsigned", "zerofill"] {
        if s.eat(flag) {
            ty.push_str(&format!(" {flag}"));
        }
    }
    d.ty = types::parse(&ty);
    while !s.rest.is_empty() {
        if s.eat("NOT NULL") {
            d.nullable = false;
        } else if s.eat("CHARACTER SET") {
            d.charset = Some(s.word().to_owned());
        } else if s.eat("COLLATE") {
            d.collation = Some(s.word().to_owned());
        } else if s.eat("DEFAULT") {
            let text = s.expression();
            if !text.eq_ignore_ascii_case("NULL") {
                d.default = Some(text.to_owned());
            }
        } else if s.eat("ON UPDATE") {
            d.on_update = Some(s.expression().to_owned());
        } else if s.eat("AUTO_INCREMENT") {
            d.autoincrement = true;
        } else if s.eat("COMMENT") {
            d.comment = s.string();
        } else if s.eat("GENERATED ALWAYS AS") || s.eat("AS") {
            d.computed = Some((s.group()?.to_owned(), false));
        } else if s.eat("STORED") || s.eat("PERSISTENT") {
            d.computed = d.computed.map(|(sql, _)| (sql, true));
        } else {
            // NULL, VIRTUAL, INVISIBLE, a check of the column's own: nothing that is reported
            if s.expression().is_empty() {
                s.rest = s.rest.get(1..).unwrap_or_default().trim_start();
            }
        }
    }
    Some(d.column())
}

impl<'a> Scanner<'a> {
    /// The name of a type, up to its arguments.
    fn word_of_type(&mut self) -> &'a str {
        self.taken(self.rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_'))
    }
}

/// Column or expression, prefix length.
fn key_parts(s: &mut Scanner<'_>) -> Vec<(Option<String>, String, Option<i64>)> {
    let Some(inside) = s.group() else { return Vec::new() };
    definitions(inside)
        .into_iter()
        .map(|part| {
            let mut p = Scanner::new(part);
            match p.name() {
                Some(name) => (Some(name), String::new(), p.group().and_then(|n| n.trim().parse().ok())),
                None => (None, p.group().unwrap_or(part).to_owned(), None),
            }
        })
        .collect()
}

fn index(s: &mut Scanner<'_>, table: &mut ReflectedTable) {
    let prefix = ["UNIQUE", "FULLTEXT", "SPATIAL"].into_iter().find(|word| s.eat(word));
    if !(s.eat("KEY") || s.eat("INDEX")) {
        return;
    }
    let Some(name) = s.name() else { return };
    let parts = key_parts(s);
    let unique = prefix == Some("UNIQUE");
    let found = super::keys::IndexParts { name, unique, prefix: prefix.filter(|_| !unique).map(str::to_owned), parts };
    table.constraints.uniques.extend(found.unique_constraint());
    table.indexes.push(found.index());
}

fn foreign_key(name: Option<String>, s: &mut Scanner<'_>) -> Option<ReflectedForeignKey> {
    let names = |text: &str| definitions(text).into_iter().filter_map(|n| Scanner::new(n).name()).collect::<Vec<_>>();
    let mut fk = ReflectedForeignKey { name, columns: names(s.group()?), ..ReflectedForeignKey::default() };
    if !s.eat("REFERENCES") {
        return None;
    }
    fk.referred_table = s.name()?;
    if s.eat(".") {
        fk.referred_schema = Some(std::mem::replace(&mut fk.referred_table, s.name()?));
    }
    fk.referred_visible = fk.referred_schema.is_none();
    fk.referred_columns = names(s.group()?);
    let (mut update, mut delete) = (None, None);
    while s.eat("ON") {
        let target = if s.eat("UPDATE") { &mut update } else { s.eat("DELETE").then_some(&mut delete)? };
        *target = ["CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"].into_iter().find(|a| s.eat(a));
    }
    fk.options = super::foreign_keys::options(update.unwrap_or_default(), delete.unwrap_or_default(), false);
    Some(fk)
}

/// What stands behind the closing parenthesis: `ENGINE=InnoDB … COMMENT='…'` and partitions.
fn table_options(text: &str, table: &mut ReflectedTable) {
    let (options, partitions) = match find_partitions(text) {
        Some(partitions) => (before(text, partitions), Some(partitions)),
        None => (text, None),
    };
    let mut s = Scanner::new(options);
    while let Some((words, rest)) = s.rest.split_once('=') {
        let words = words.trim().to_lowercase();
        // a word without a value may stand before the option's own
        let name = OPTIONS.iter().find(|o| words.ends_with(**o)).map_or(words.as_str(), |o| *o).to_owned();
        s.rest = rest.trim_start();
        let value = match s.string() {
            Some(text) => text,
            None if s.rest.starts_with('(') => format!("({})", s.group().unwrap_or_default()),
            None => s.word().to_owned(),
        };
        if name == "comment" {
            table.comment = Some(value.clone()).filter(|c| !c.is_empty());
        }
        if is_option(&name) {
            table.options.push((name, Fact::Text(value)));
        }
    }
    if let Some(text) = partitions {
        partition_options(text, &mut table.options);
    }
}

/// The text from where the partitions begin, outside of strings.
fn find_partitions(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("PARTITION BY") {
            return Some(rest);
        }
        rest = match c {
            '\'' | '`' => behind(rest, c),
            c => rest.strip_prefix(c)?,
        };
    }
    None
}

fn partition_options(text: &str, options: &mut Facts) {
    let text = text.replace("*/", "");
    let mut s = Scanner::new(&text);
    let by = |s: &mut Scanner<'_>| {
        let method = s.taken(s.rest.trim_start_matches(|c| c != '(')).trim().to_owned();
        Some(format!("{method} ({})", s.group()?))
    };
    if !s.eat("PARTITION BY") {
        return;
    }
    let mut option = |name: &str, value: String| options.push((name.to_owned(), Fact::Text(value)));
    let Some(method) = by(&mut s) else { return };
    option("partition_by", method);
    if s.eat("PARTITIONS") {
        option("partitions", s.word().to_owned());
    }
    if s.eat("SUBPARTITION BY") {
        if let Some(method) = by(&mut s) {
            option("subpartition_by", method);
        }
        if s.eat("SUBPARTITIONS") {
            option("subpartitions", s.word().to_owned());
        }
    }
    if let Some(parts) = s.group() {
        let parts: Vec<String> = definitions(parts).into_iter().map(|p| p.replace('\n', " ")).collect();
        option("partition_definitions", parts.join(", "));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "CREATE TEMPORARY TABLE `t``x` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'it''s, (k)',
  `a` varchar(10) CHARACTER SET latin1 COLLATE latin1_bin DEFAULT 'x''y' CHECK (`a` <> ',)'),
  `c` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  `e` enum('a','b,)') DEFAULT NULL,
  `g` int(11) GENERATED ALWAYS AS (`id` + 1) STORED,
  PRIMARY KEY (`id`),
  UNIQUE KEY `u` (`a`,`p)q`),
  KEY `pre` (`a`(5) DESC,`c`) USING BTREE COMMENT 'x',
  FULLTEXT KEY `ft` (`a`),
  CONSTRAINT `f k` FOREIGN KEY (`a`, `p)q`) REFERENCES `o`.`p` (`x`, `y`) ON DELETE SET NULL ON UPDATE NO ACTION,
  CONSTRAINT `ck` CHECK (`a` <> 'b\\')')
) ENGINE=InnoDB AUTO_INCREMENT=5 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC COMMENT='PARTITION BY it''s'
 PARTITION BY RANGE (year(`d`))
(PARTITION `p0` VALUES LESS THAN (2000) ENGINE = InnoDB,
 PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)";

    #[test]
    fn everything_that_is_written() {
        let t = parse(TABLE).expect("a table");
        assert_eq!(t.name, "t`x");
        let names: Vec<&str> = t.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["id", "a", "c", "e", "g"]);
        assert_eq!(t.columns[0].comment, Some(Some("it's, (k)".to_owned())));
        assert_eq!((t.columns[0].autoincrement, t.columns[1].autoincrement), (Some(true), None));
        assert_eq!(t.columns[1].default.as_deref(), Some("'x''y'"));
        assert_eq!(t.columns[2].default.as_deref(), Some("current_timestamp() ON UPDATE current_timestamp()"));
        assert_eq!(t.columns[4].computed, Some(("(`id` + 1)".to_owned(), true)));
        assert_eq!(t.constraints.primary_key.columns, ["id"]);
        let indexes: Vec<(&str, bool)> = t.indexes.iter().map(|i| (i.name.as_str(), i.unique)).collect();
        assert_eq!(indexes, [("ft", false), ("pre", false), ("u", true)]);
        let lengths = Fact::Map(vec![("a".to_owned(), Fact::Int(5))]);
        assert_eq!(t.indexes[1].options, [("length".to_owned(), lengths)]);
        let fk = &t.constraints.foreign_keys[0];
        assert_eq!((fk.referred_schema.as_deref(), fk.referred_table.as_str()), (Some("o"), "p"));
        assert_eq!(fk.options, [("ondelete".to_owned(), Fact::text("SET NULL"))]);
        assert_eq!(t.constraints.checks[0].sqltext, "`a` <> 'b\\')'");
        assert_eq!(t.comment.as_deref(), Some("PARTITION BY it's"));
        let options: Vec<&str> = t.options.iter().map(|(n, _)| n.as_str()).collect();
        let expected = ["engine", "default charset", "collate", "row_format", "comment", "partition_by", "partition_definitions"];
        assert_eq!(options, expected);
        let parts =
            "PARTITION `p0` VALUES LESS THAN (2000) ENGINE = InnoDB, PARTITION `p1` VALUES LESS THAN MAXVALUE ENGINE = InnoDB";
        assert_eq!(t.options[6].1, Fact::text(parts));
    }

    #[test]
    fn broken_text_never_panics() {
        for sql in
            ["", "CREATE TABLE", "CREATE TABLE `", "CREATE TABLE `t` (", "CREATE TABLE `t` (`a", "CREATE TABLE `t` (`a` é ,,)"]
        {
            parse(sql);
        }
        for cut in 0..TABLE.len() {
            if let Some(head) = TABLE.get(..cut) {
                parse(head);
                parse(&format!("{head})"));
            }
        }
        assert!(parse("CREATE ALGORITHM=UNDEFINED VIEW `v` AS select 1").is_none());
    }
}
