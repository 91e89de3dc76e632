//! What only the text of CREATE TABLE knows: names of constraints, CHECK, generated expressions, deferrability.

/// A token; identifiers without their quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Unquoted word, as written.
    Word(String),
    /// Quoted identifier.
    Quoted(String),
    /// Text between parentheses, without them.
    Group(String),
    Comma,
    /// Anything else.
    Other(String),
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(w) if w.eq_ignore_ascii_case(word))
    }
    fn name(&self) -> Option<String> {
        match self {
            Self::Word(s) | Self::Quoted(s) => Some(s.clone()),
            _ => None,
        }
    }
}

/// Tokens of one level; parentheses become groups.
fn tokens(sql: &str) -> Vec<Token> {
    let chars: Vec<char> = sql.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        let (token, end) = lexeme(&chars, i);
        out.extend(token);
        i = end;
    }
    out
}

/// What begins at `i` and the position behind it; blanks and comments are no tokens.
fn lexeme(chars: &[char], i: usize) -> (Option<Token>, usize) {
    let Some(&c) = chars.get(i) else { return (None, i + 1) };
    match c {
        _ if c.is_whitespace() => (None, i + 1),
        '-' if chars.get(i + 1) == Some(&'-') => (None, skip_line(chars, i)),
        '/' if chars.get(i + 1) == Some(&'*') => (None, skip_block(chars, i)),
        ',' => (Some(Token::Comma), i + 1),
        '(' => {
            let end = matching(chars, i);
            let inside: String = chars.get(i + 1..end).unwrap_or_default().iter().collect();
            (Some(Token::Group(inside.trim().to_owned())), end + 1)
        }
        '"' | '`' | '[' | '\'' => {
            let (text, end) = quoted(chars, i);
            (Some(if c == '\'' { Token::Other(format!("'{text}'")) } else { Token::Quoted(text) }), end)
        }
        _ if is_word(c) => {
            let word: String = chars.iter().skip(i).take_while(|c| is_word(**c)).collect();
            let end = i + word.chars().count();
            (Some(Token::Word(word)), end)
        }
        _ => (Some(Token::Other(c.to_string())), i + 1),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

fn skip_line(chars: &[char], mut i: usize) -> usize {
    while chars.get(i).is_some_and(|c| *c != '\n') {
        i += 1;
    }
    i
}
fn skip_block(chars: &[char], mut i: usize) -> usize {
    i += 2;
    while chars.get(i..).is_some_and(|rest| !rest.is_empty() && !rest.starts_with(&['*', '/'])) {
        i += 1;
    }
    i + 2
}
/// Text of a quoted token (quotes undoubled) and the position behind it.
fn quoted(chars: &[char], start: usize) -> (String, usize) {
    let open = chars.get(start).copied().unwrap_or_default();
    let close = if open == '[' { ']' } else { open };
    let mut text = String::new();
    let mut i = start + 1;
    while let Some(&c) = chars.get(i) {
        if c == close {
            if open != '[' && chars.get(i + 1) == Some(&close) {
                text.push(c);
                i += 2;
                continue;
            }
            return (text, i + 1);
        }
        text.push(c);
        i += 1;
    }
    (text, i)
}
/// Position of the parenthesis that closes the one at `start`.
fn matching(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut i = start;
    while let Some(&c) = chars.get(i) {
        match c {
            '"' | '`' | '[' | '\'' => {
                i = quoted(chars, i).1;
                continue;
            }
            '-' if chars.get(i + 1) == Some(&'-') => {
                i = skip_line(chars, i);
                continue;
            }
            '/' if chars.get(i + 1) == Some(&'*') => {
                i = skip_block(chars, i);
                continue;
            }
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return i;
                }
            }
            _ => {}
        }
        i += 1;
    }
    chars.len()
}

/// A FOREIGN KEY as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ParsedForeignKey {
    pub name: Option<String>,
    pub columns: Vec<String>,
    pub table: String,
    pub referred: Vec<String>,
    pub deferrable: Option<bool>,
    pub initially: Option<String>,
    /// A constraint of the table, not written with a column.
    pub of_table: bool,
}

/// A UNIQUE as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ParsedUnique {
    pub name: Option<String>,
    pub columns: Vec<String>,
    /// A constraint of the table, not written with a column.
    pub of_table: bool,
}

/// What the text of a CREATE TABLE tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Parsed {
    pub primary_key: Option<String>,
    pub uniques: Vec<ParsedUnique>,
    pub checks: Vec<(Option<String>, String)>,
    pub foreign_keys: Vec<ParsedForeignKey>,
    /// Column to expression.
    pub generated: Vec<(String, String)>,
    pub autoincrement: bool,
    pub without_rowid: bool,
    pub strict: bool,
}

/// Reads a CREATE TABLE statement.
pub fn parse(sql: &str) -> Parsed {
    let mut out = Parsed::default();
    let all = tokens(sql);
    let Some(body) = all.iter().position(|t| matches!(t, Token::Group(_))) else { return out };
    let (body, tail) = match all.split_at_checked(body) {
        Some((_, [body, tail @ ..])) => (body, tail),
        _ => return out,
    };
    out.without_rowid = tail.iter().zip(tail.iter().skip(1)).any(|(a, b)| a.is("without") && b.is("rowid"));
    out.strict = tail.iter().any(|t| t.is("strict"));
    if let Token::Group(text) = body {
        for definition in tokens(text).split(|t| *t == Token::Comma) {
            define(definition, &mut out);
        }
    }
    out
}

/// Column names of a key: `(a, "b" COLLATE x DESC)`.
fn columns(group: &str) -> Vec<String> {
    tokens(group).split(|t| *t == Token::Comma).filter_map(|t| t.first().and_then(Token::name)).collect()
}

fn define(t: &[Token], out: &mut Parsed) {
    let Some((first, rest)) = t.split_first() else { return };
    let table_level = ["constraint", "primary", "unique", "check", "foreign"].iter().any(|w| first.is(w));
    if table_level {
        constraints(t, None, out);
    } else if let Some(name) = first.name() {
        constraints(rest, Some(&name), out);
    }
}

/// Constraints of a definition, in a column's (then `column` is its name) or alone.
fn constraints(t: &[Token], column: Option<&str>, out: &mut Parsed) {
    let own = || column.map(|c| vec![c.to_owned()]);
    let mut name: Option<String> = None;
    let mut i = 0;
    while let Some(token) = t.get(i) {
        let group = |at: usize| match t.get(at) {
            Some(Token::Group(g)) => Some(g.clone()),
            _ => None,
        };
        if token.is("constraint") {
            name = t.get(i + 1).and_then(Token::name);
            i += 2;
            // MySQL-like `CONSTRAINT CHECK (…)` without a name is no SQLite.
            continue;
        }
        if token.is("primary") && t.get(i + 1).is_some_and(|n| n.is("key")) {
            out.primary_key = name.take();
            out.autoincrement |= t.iter().skip(i).any(|t| t.is("autoincrement"));
            i += 2;
            if column.is_none() {
                i += 1;
            }
        } else if token.is("unique") {
            let cols = match column {
                Some(_) => own(),
                None => group(i + 1).map(|g| columns(&g)),
            };
            if let Some(cols) = cols {
                out.uniques.push(ParsedUnique { name: name.take(), columns: cols, of_table: column.is_none() });
            }
            i += if column.is_none() { 2 } else { 1 };
        } else if token.is("check") {
            if let Some(g) = group(i + 1) {
                out.checks.push((name.take(), g));
            }
            i += 2;
        } else if token.is("foreign") && t.get(i + 1).is_some_and(|n| n.is("key")) {
            let cols = group(i + 2).map(|g| columns(&g)).unwrap_or_default();
            i += 3;
            if t.get(i).is_some_and(|n| n.is("references")) {
                i = references(t, i, name.take(), cols, out);
                if let Some(fk) = out.foreign_keys.last_mut() {
                    fk.of_table = true;
                }
            }
        } else if token.is("references") {
            i = references(t, i, name.take(), own().unwrap_or_default(), out);
        } else if token.is("as") && column.is_some() {
            if let (Some(c), Some(g)) = (column, group(i + 1)) {
                out.generated.push((c.to_owned(), g));
            }
            i += 2;
        } else {
            if token.is("default") {
                // A default's expression may hold any word.
                i += 1;
            }
            i += 1;
        }
    }
}

fn references(t: &[Token], at: usize, name: Option<String>, columns_: Vec<String>, out: &mut Parsed) -> usize {
    let mut fk = ParsedForeignKey { name, columns: columns_, ..ParsedForeignKey::default() };
    let mut i = at + 1;
    fk.table = t.get(i).and_then(Token::name).unwrap_or_default();
    i += 1;
    if let Some(Token::Group(g)) = t.get(i) {
        fk.referred = columns(g);
        i += 1;
    }
    while let Some(token) = t.get(i) {
        if token.is("on") {
            // ON DELETE SET NULL: two words behind the event at most
            let two = t.get(i + 2).is_some_and(|w| w.is("set") || w.is("no"));
            i += if two { 4 } else { 3 };
        } else if token.is("match") {
            i += 2;
        } else if token.is("not") && t.get(i + 1).is_some_and(|n| n.is("deferrable")) {
            fk.deferrable = Some(false);
            i += 2;
        } else if token.is("deferrable") {
            fk.deferrable = Some(true);
            i += 1;
        } else if token.is("initially") {
            fk.initially = t.get(i + 1).and_then(Token::name).map(|s| s.to_uppercase());
            i += 2;
        } else {
            break;
        }
    }
    out.foreign_keys.push(fk);
    i
}

/// The condition of a partial index: what stands behind WHERE, outside of names and behind the columns.
pub fn index_where(sql: &str) -> Option<String> {
    let chars: Vec<char> = sql.chars().collect();
    let mut columns = false;
    let mut i = 0;
    while i < chars.len() {
        let (token, end) = lexeme(&chars, i);
        match token {
            Some(Token::Group(_)) => columns = true,
            Some(word) if columns && word.is("where") => {
                return Some(chars.get(end..)?.iter().collect::<String>().trim().to_owned());
            }
            _ => {}
        }
        i = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_checks_and_references() {
        let p = parse(
            "CREATE TABLE \"t\" (a integer CONSTRAINT c1 CHECK (a > 5 AND b IN ('x,y', ')')) DEFAULT (1+2),\n b int REFERENCES p ON DELETE SET NULL \
             UNIQUE, c AS (a || ',') STORED, -- comment, with comma\n CONSTRAINT pk PRIMARY KEY (a, \"b\" DESC), CONSTRAINT f FOREIGN KEY \
             (a) REFERENCES q (x) ON UPDATE NO ACTION DEFERRABLE INITIALLY deferred, UNIQUE (a, [b])) WITHOUT ROWID, STRICT",
        );
        assert_eq!(p.primary_key.as_deref(), Some("pk"));
        assert_eq!(p.checks, [(Some("c1".to_owned()), "a > 5 AND b IN ('x,y', ')')".to_owned())]);
        assert_eq!(p.uniques.len(), 2);
        assert_eq!(p.generated, [("c".to_owned(), "a || ','".to_owned())]);
        assert_eq!(p.foreign_keys[1].name.as_deref(), Some("f"));
        assert_eq!(p.foreign_keys[1].initially.as_deref(), Some("DEFERRED"));
        assert!(p.without_rowid && p.strict);
    }

    #[test]
    fn parentheses_in_comments_close_nothing() {
        let p =
            parse("CREATE TABLE t (a INT, -- ) \n b INT /* ) */ DEFAULT 3, CONSTRAINT -- name\n named CHECK (a > 1 /* ) */))");
        assert_eq!(p.checks, [(Some("named".to_owned()), "a > 1 /* ) */".to_owned())]);
    }

    #[test]
    fn conditions_of_indexes() {
        let condition = |sql: &str| index_where(sql).unwrap_or_default();
        assert_eq!(condition("CREATE INDEX i ON t (a, lower(b)) where a > ')' "), "a > ')'");
        assert_eq!(condition("CREATE INDEX i ON \"t(\" (\"b)\") WHERE a"), "a");
        assert_eq!(condition("CREATE INDEX ŉ ON t (ŉŉŉ) /* WHERE */ WHERE b = 'ŉ'"), "b = 'ŉ'");
        assert_eq!(condition("CREATE INDEX i ON \"a WHERE (b\" (c)"), "");
    }

    #[test]
    fn broken_text_never_panics() {
        for sql in [
            "",
            "CREATE TABLE t (",
            "CREATE TABLE t (a int check",
            "(((",
            "create table t (constraint",
            "x ( references )",
            "([\"'`",
        ] {
            parse(sql);
            index_where(sql);
        }
    }
}
