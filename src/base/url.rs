//! [`Url`]: a parsed DSN, `dialect[+driver]://[user[:password]@][host[:port]][/database][?query]`.
//!
//! User, password, database and query are percent-decoded; the host is not. A query key that occurs more than once
//! keeps all its values. Rendering sorts the query by key, quotes again and can mask the password.

use indexmap::IndexMap;
use std::fmt::Write as _;

/// The value of a query key: one text, or several.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum QueryValue {
    /// The key occurred once.
    One(String),
    /// The key occurred several times, or was set from a sequence.
    Many(Vec<String>),
}

impl QueryValue {
    /// All values as a slice.
    pub fn as_slice(&self) -> &[String] {
        match self {
            QueryValue::One(s) => std::slice::from_ref(s),
            QueryValue::Many(v) => v,
        }
    }
}

/// Why a text is not a DSN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// The text has not the form of a DSN (`ArgumentError`).
    #[error("Could not parse SQLAlchemy URL from given URL string")]
    Form,
    /// The port is not a number (`ValueError`).
    #[error("invalid literal for int() with base 10: {0}")]
    Port(String),
}

/// A parsed DSN.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// Dialect, or `dialect+driver`.
    pub drivername: String,
    /// User; an empty one is kept apart from none.
    pub username: Option<String>,
    /// Password.
    pub password: Option<String>,
    /// Host name or address, without brackets.
    pub host: Option<String>,
    /// Port.
    pub port: Option<i64>,
    /// Database, file path or service.
    pub database: Option<String>,
    /// Query keys in order of appearance.
    pub query: IndexMap<String, QueryValue>,
}

impl Url {
    /// Parses a DSN.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        Self::parse_with(text, false)
    }

    /// Parses a DSN; `keep_blank`: query keys without value stay, with an empty one.
    pub fn parse_with(text: &str, keep_blank: bool) -> Result<Self, UrlError> {
        let (name, rest) = text.split_once("://").ok_or(UrlError::Form)?;
        if name.is_empty() || !name.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '+') {
            return Err(UrlError::Form);
        }
        let (user, rest) = split_userinfo(rest);
        let (host, rest) = split_host(rest);
        let (port, rest) = match rest.strip_prefix(':') {
            Some(r) => {
                let (port, r) = r.split_at(r.find(['/', '?']).unwrap_or(r.len()));
                (Some(parse_port(port)?), r)
            }
            None => (None, rest),
        };
        let (database, rest) = match rest.strip_prefix('/') {
            Some(r) => {
                let (database, r) = r.split_at(r.find('?').unwrap_or(r.len()));
                (Some(unquote(database)), r)
            }
            None => (None, rest),
        };
        let query = rest.strip_prefix('?').and_then(|q| q.split('\n').next()).unwrap_or("");
        let (username, password) = user.map_or((None, None), |(u, p)| (Some(unquote(u)), p.map(unquote)));
        Ok(Url {
            drivername: name.to_owned(),
            username,
            password,
            host: host.map(str::to_owned),
            port,
            database,
            query: parse_query(query, keep_blank),
        })
    }

    /// The text form; the password shows as `***` when hidden.
    pub fn render(&self, hide_password: bool) -> String {
        let mut s = format!("{}://", self.drivername);
        if let Some(user) = &self.username {
            s.push_str(&quote(user, " +"));
            if let Some(password) = &self.password {
                s.push(':');
                s.push_str(&if hide_password { "***".into() } else { quote(password, " +") });
            }
            s.push('@');
        }
        match &self.host {
            Some(host) if host.contains(':') => {
                let _ = write!(s, "[{host}]");
            }
            Some(host) => s.push_str(host),
            None => {}
        }
        if let Some(port) = self.port {
            let _ = write!(s, ":{port}");
        }
        if let Some(database) = &self.database {
            s.push('/');
            s.push_str(&quote(database, " +/"));
        }
        if !self.query.is_empty() {
            let mut keys: Vec<_> = self.query.iter().collect();
            keys.sort_by(|a, b| a.0.cmp(b.0));
            let mut sep = '?';
            if keys.iter().all(|(_, v)| v.as_slice().is_empty()) {
                s.push(sep);
            }
            for (key, values) in keys {
                for value in values.as_slice() {
                    let _ = write!(s, "{sep}{}={}", quote_plus(key), quote_plus(value));
                    sep = '&';
                }
            }
        }
        s
    }

    /// The part of `drivername` before `+`.
    pub fn backend_name(&self) -> &str {
        self.drivername.split_once('+').map_or(&self.drivername, |(backend, _)| backend)
    }

    /// The part of `drivername` after `+`, if it names a driver.
    pub fn driver_name(&self) -> Option<&str> {
        self.drivername.split_once('+').map(|(_, driver)| driver)
    }

    /// Parses a query string alone, as after `?`: keys without value are dropped unless `keep_blank`.
    pub fn parse_query_string(query: &str, keep_blank: bool) -> IndexMap<String, QueryValue> {
        parse_query(query, keep_blank)
    }
}

type UserInfo<'a> = Option<(&'a str, Option<&'a str>)>;

/// `user[:password]@`: the user reaches to the first `:` or `/`, the password to the next `@`; without a password the
/// last `@` before a `/` or `:` counts.
fn split_userinfo(s: &str) -> (UserInfo<'_>, &str) {
    let (segment, rest) = s.split_at(s.find([':', '/']).unwrap_or(s.len()));
    if let Some((password, rest)) = rest.strip_prefix(':').and_then(|r| r.split_once('@')) {
        return (Some((segment, Some(password))), rest);
    }
    match segment.rsplit_once('@') {
        Some((user, _)) => (Some((user, None)), s.get(user.len() + 1..).unwrap_or_default()),
        None => (None, s),
    }
}

/// A bracketed address, or everything up to `/`, `:` or `?`. What follows a closing bracket and is neither port, path
/// nor query is ignored by the caller.
fn split_host(s: &str) -> (Option<&str>, &str) {
    let end = s.find(['/', '?']).unwrap_or(s.len());
    let bracketed = s.get(..end).and_then(|s| s.strip_prefix('[')).and_then(|s| s.rsplit_once(']'));
    if let Some((address, _)) = bracketed.filter(|(address, _)| !address.is_empty()) {
        return (Some(address), s.get(address.len() + 2..).unwrap_or_default());
    }
    let (host, rest) = s.split_at(s.find(['/', ':', '?']).unwrap_or(s.len()));
    ((!host.is_empty()).then_some(host), rest)
}

/// A decimal integer as Python's `int()` reads it: blanks around, underscores between digits, a sign.
fn parse_port(text: &str) -> Result<i64, UrlError> {
    let bad = || UrlError::Port(python_repr(text));
    let trimmed = text.trim();
    let underscores_inside = !trimmed.starts_with('_') && !trimmed.ends_with('_') && !trimmed.contains("__");
    if !underscores_inside {
        return Err(bad());
    }
    trimmed.replace('_', "").parse().map_err(|_| bad())
}

/// Python's `repr()` of a short text, near enough for an error message.
fn python_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\\' => out.push_str("\\\\"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

fn parse_query(query: &str, keep_blank: bool) -> IndexMap<String, QueryValue> {
    let mut out: IndexMap<String, QueryValue> = IndexMap::new();
    for pair in query.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if pair.is_empty() || (value.is_empty() && !keep_blank) {
            continue;
        }
        let value = unquote(&value.replace('+', " "));
        match out.entry(unquote(&key.replace('+', " "))) {
            indexmap::map::Entry::Vacant(e) => {
                e.insert(QueryValue::One(value));
            }
            indexmap::map::Entry::Occupied(mut e) => {
                let mut values = e.get().as_slice().to_vec();
                values.push(value);
                e.insert(QueryValue::Many(values));
            }
        }
    }
    out
}

/// Percent-decodes as UTF-8; broken escapes stay as they are, broken UTF-8 becomes U+FFFD.
pub fn unquote(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        rest = match *tail {
            [hi, lo, ref tail @ ..]
                if *first == b'%'
                    && let (Some(hi), Some(lo)) = (hex(hi), hex(lo)) =>
            {
                out.push(hi << 4 | lo);
                tail
            }
            _ => {
                out.push(*first);
                tail
            }
        };
    }
    String::from_utf8(out).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// Percent-encodes everything but letters, digits, `_.-~` and the `safe` characters.
pub fn quote(text: &str, safe: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() || b"_.-~".contains(&b) || safe.as_bytes().contains(&b) {
            out.push(char::from(b));
        } else {
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}

/// As [`quote`] with nothing else safe, and `+` for a blank.
pub fn quote_plus(text: &str) -> String {
    quote(text, " ").replace(' ', "+")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Text = Option<String>;

    fn parts(s: &str) -> (Text, Text, Text, Option<i64>, Text) {
        let u = Url::parse(s).expect("a DSN");
        (u.username, u.password, u.host, u.port, u.database)
    }

    fn some(s: &str) -> Option<String> {
        Some(s.to_owned())
    }

    #[test]
    fn parts_as_documented() {
        assert_eq!(parts("sqlite://"), (None, None, None, None, None));
        assert_eq!(parts("sqlite:////abs/foo.db"), (None, None, None, None, some("/abs/foo.db")));
        assert_eq!(parts("pg://u:p%40w@h:5432/db"), (some("u"), some("p@w"), some("h"), Some(5432), some("db")));
        assert_eq!(parts("pg://u:p@[::1]:3306/d"), (some("u"), some("p"), some("::1"), Some(3306), some("d")));
        assert_eq!(parts("pg://a@b@h"), (some("a@b"), None, some("h"), None, None));
        assert_eq!(parts("pg://u:p@q@h"), (some("u"), some("p"), some("q@h"), None, None));
        assert_eq!(parts("pg://u:pa?s/s@h/d"), (some("u"), some("pa?s/s"), some("h"), None, some("d")));
        assert_eq!(parts("pg://@h/"), (some(""), None, some("h"), None, some("")));
        assert_eq!(parts("pg://[]/d"), (None, None, some("[]"), None, some("d")));
        assert_eq!(parts("pg://h: 5_0/"), (None, None, some("h"), Some(50), some("")));
    }

    #[test]
    fn query_keeps_repeats_and_renders_sorted() {
        let u = Url::parse("pg://h/d?foo=a&bar=b&foo=c&x&y=").expect("a DSN");
        assert_eq!(u.query["foo"], QueryValue::Many(vec!["a".into(), "c".into()]));
        assert_eq!(u.render(false), "pg://h/d?bar=b&foo=a&foo=c");
        assert_eq!(Url::parse("pg://u:s@h?a+b=c%20d&=5").map(|u| u.render(true)), Ok("pg://u:***@h?=5&a+b=c+d".into()));
    }

    #[test]
    fn refusals() {
        for bad in ["", "sqlite", "sqlite:", "sqlite:/x", "://", "a b://x", "a.b://"] {
            assert_eq!(Url::parse(bad), Err(UrlError::Form), "{bad}");
        }
        let port = |s: &str| Url::parse(s).map_err(|e| e.to_string()).err();
        assert_eq!(port("pg://h:abc"), some("invalid literal for int() with base 10: 'abc'"));
        assert_eq!(port("pg://h:/d"), some("invalid literal for int() with base 10: ''"));
    }
}
