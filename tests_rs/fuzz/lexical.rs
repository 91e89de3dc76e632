//! The lexical rules of the databases, written from their manuals and independent of the code that quotes.
//!
//! PostgreSQL: "Lexical Structure" (4.1); MySQL: "Language Structure" (9.1, 9.2, 9.7); SQLite: "SQL As Understood By SQLite".

use sql::dialects::Family;

/// How a session reads text.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// Whose rules.
    pub family: Family,
    /// Whether a backslash escapes within quotes: `standard_conforming_strings = off`, `NO_BACKSLASH_ESCAPES` not set.
    pub backslash: bool,
}

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A keyword or an identifier without quotes, or a number.
    Word(String),
    /// An identifier in quotes, by its value.
    Name(String),
    /// A string, by its value.
    Text(String),
    /// A string of hexadecimal digits, by its bytes.
    Bytes(Vec<u8>),
    /// Any other character.
    Sign(char),
    /// A comment.
    Comment,
    /// Quotes or a comment without an end.
    Open,
}

impl Reader {
    fn mysql(self) -> bool {
        matches!(self.family, Family::MySql | Family::MariaDb)
    }

    /// The settings that a session of this family may have.
    pub fn all(family: Family) -> Vec<Reader> {
        let both = matches!(family, Family::PostgreSql | Family::MySql | Family::MariaDb);
        let settings: &[bool] = if both { &[false, true] } else { &[false] };
        settings.iter().map(|backslash| Reader { family, backslash: *backslash }).collect()
    }

    /// The tokens of a text.
    pub fn tokens(self, sql: &str) -> Vec<Token> {
        let chars: Vec<char> = sql.chars().collect();
        let at = |i: usize| chars.get(i).copied();
        let mut out = Vec::new();
        let mut i = 0;
        while let Some(c) = at(i) {
            let next = at(i + 1);
            let (token, end) = match c {
                c if c.is_ascii_whitespace() || c == '\u{b}' => {
                    i += 1;
                    continue;
                }
                '\'' => self.quoted(&chars, i, self.backslash, Token::Text),
                '"' if self.mysql() => self.quoted(&chars, i, self.backslash, Token::Text),
                '"' => self.quoted(&chars, i, false, Token::Name),
                '`' if self.mysql() || self.family == Family::Sqlite => self.quoted(&chars, i, false, Token::Name),
                '[' if self.family == Family::Sqlite => match chars[i..].iter().position(|c| *c == ']') {
                    Some(n) => (Token::Name(chars[i + 1..i + n].iter().collect()), i + n + 1),
                    None => (Token::Open, chars.len()),
                },
                'e' | 'E' if next == Some('\'') && self.family == Family::PostgreSql => {
                    self.quoted(&chars, i + 1, true, Token::Text)
                }
                'x' | 'X' if next == Some('\'') => match self.quoted(&chars, i + 1, false, Token::Text) {
                    (Token::Text(digits), end) => (hex(&digits), end),
                    other => other,
                },
                '#' if self.mysql() => (Token::Comment, line(&chars, i)),
                '-' if next == Some('-') && (!self.mysql() || at(i + 2).is_none_or(|c| c <= ' ')) => {
                    (Token::Comment, line(&chars, i))
                }
                '/' if next == Some('*') => match self.block(&chars, i) {
                    Some(end) => (Token::Comment, end),
                    None => (Token::Open, chars.len()),
                },
                '$' if self.family == Family::PostgreSql && !next.is_some_and(|c| c.is_ascii_digit()) => {
                    dollar(&chars, i).unwrap_or((Token::Sign('$'), i + 1))
                }
                c if is_word(c) => {
                    let n = chars[i..].iter().take_while(|c| is_word(**c) || **c == '$').count();
                    (Token::Word(chars[i..i + n].iter().collect()), i + n)
                }
                c => (Token::Sign(c), i + 1),
            };
            out.push(token);
            i = end;
        }
        out
    }

    fn quoted(self, chars: &[char], start: usize, escapes: bool, make: fn(String) -> Token) -> (Token, usize) {
        let quote = chars[start];
        let mut text = String::new();
        let mut i = start + 1;
        while let Some(&c) = chars.get(i) {
            i += 1;
            if c == quote {
                if chars.get(i) != Some(&quote) {
                    return (make(text), i);
                }
                i += 1;
                text.push(quote);
            } else if c == '\\' && escapes {
                let Some(&escaped) = chars.get(i) else { break };
                i += 1;
                match (escaped, self.mysql()) {
                    ('n', _) => text.push('\n'),
                    ('r', _) => text.push('\r'),
                    ('t', _) => text.push('\t'),
                    ('b', _) => text.push('\u{8}'),
                    ('f', false) => text.push('\u{c}'),
                    ('0', true) => text.push('\0'),
                    ('Z', true) => text.push('\u{1a}'),
                    ('%' | '_', true) => text.extend(['\\', escaped]),
                    // Octal, hexadecimal and Unicode escapes: nothing of ours writes them, so they would be a mistake.
                    ('0'..='7' | 'x' | 'u' | 'U', false) => text.push('\u{fffd}'),
                    (c, _) => text.push(c),
                }
            } else {
                text.push(c);
            }
        }
        (Token::Open, chars.len())
    }

    /// Behind the end of a `/*` comment; PostgreSQL's nest.
    fn block(self, chars: &[char], start: usize) -> Option<usize> {
        let mut depth = 0usize;
        let mut i = start;
        loop {
            match (chars.get(i)?, chars.get(i + 1)?) {
                ('/', '*') if depth == 0 || self.family == Family::PostgreSql => {
                    depth += 1;
                    i += 2;
                }
                ('*', '/') => {
                    depth -= 1;
                    i += 2;
                    if depth == 0 {
                        return Some(i);
                    }
                }
                _ => i += 1,
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || !c.is_ascii()
}

fn line(chars: &[char], start: usize) -> usize {
    chars[start..].iter().position(|c| *c == '\n').map_or(chars.len(), |n| start + n + 1)
}

fn hex(digits: &str) -> Token {
    let digits: Option<Vec<u8>> = digits.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    match digits {
        Some(d) if d.len().is_multiple_of(2) => Token::Bytes(d.chunks(2).map(|d| d[0] << 4 | d[1]).collect()),
        _ => Token::Open,
    }
}

/// `$tag$ … $tag$`.
fn dollar(chars: &[char], start: usize) -> Option<(Token, usize)> {
    let tag = chars[start + 1..].iter().take_while(|c| is_word(**c)).count();
    let fence = chars.get(start..start + tag + 2).filter(|f| f.last() == Some(&'$'))?;
    let body = start + fence.len();
    Some(match chars[body..].windows(fence.len()).position(|w| w == fence) {
        Some(n) => (Token::Text(chars[body..body + n].iter().collect()), body + n + fence.len()),
        None => (Token::Open, chars.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(family: Family, backslash: bool, sql: &str) -> Vec<Token> {
        Reader { family, backslash }.tokens(sql)
    }
    fn t(s: &str) -> Token {
        Token::Text(s.into())
    }

    #[test]
    fn strings_end_where_the_server_ends_them() {
        use Family::{MySql, PostgreSql, Sqlite};
        assert_eq!(read(PostgreSql, false, r"'a\'"), [t("a\\")]);
        assert_eq!(read(PostgreSql, true, r"'a\'"), [Token::Open]);
        assert_eq!(read(PostgreSql, false, r"E'a\'' 'it''s'"), [t("a'"), t("it's")]);
        assert_eq!(read(PostgreSql, false, "$x$'$x$ /* /* */ */ -- x"), [t("'"), Token::Comment, Token::Comment]);
        assert_eq!(read(MySql, true, r#""a\"b" `c``d` '\%'"#), [t("a\"b"), Token::Name("c`d".into()), t("\\%")]);
        assert_eq!(
            read(MySql, false, "X'4a' --1"),
            [Token::Bytes(vec![0x4a]), Token::Sign('-'), Token::Sign('-'), Token::Word("1".into())]
        );
        assert_eq!(read(Sqlite, false, "[a] '\\' /*"), [Token::Name("a".into()), t("\\"), Token::Open]);
    }
}
