//! Quoting of identifiers.

use super::reserved;
use super::{Dialect, Family};
use crate::name::Name;

impl Dialect {
    /// Reserved words of this database, sorted.
    pub fn reserved_words(&self) -> &'static [&'static str] {
        match self.family {
            Family::Default | Family::Str => reserved::DEFAULT,
            Family::Sqlite => reserved::SQLITE,
            Family::PostgreSql => reserved::POSTGRESQL,
            Family::MySql => reserved::MYSQL,
            Family::MariaDb => reserved::MARIADB,
            Family::Oracle => reserved::ORACLE,
        }
    }
    /// Characters an unquoted identifier must not begin with.
    pub fn illegal_initial_characters(&self) -> &'static str {
        if self.family == Family::Oracle { "0123456789_$" } else { "0123456789$" }
    }
    /// Does `text` need quotes by rule?
    pub fn requires_quotes(&self, text: &str) -> bool {
        let Some(first) = text.chars().next() else { return true };
        self.illegal_initial_characters().contains(first)
            || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'$')
            || self.reserved_words().binary_search(&text).is_ok()
    }
    /// Write `text` in quotes.
    pub fn write_quoted(&self, out: &mut String, text: &str) {
        out.push(self.initial_quote);
        for c in text.chars() {
            out.push(c);
            if c == self.final_quote || (c == '%' && self.paramstyle.doubles_percents()) {
                out.push(c);
            }
        }
        out.push(self.final_quote);
    }
    /// Write an identifier, quoted where needed.
    pub fn write_ident(&self, out: &mut String, text: &str, quote: Option<bool>) {
        if quote.unwrap_or_else(|| self.requires_quotes(text)) {
            self.write_quoted(out, text);
        } else {
            out.push_str(text);
        }
    }
    /// An identifier, quoted where needed.
    pub fn quote(&self, name: &Name) -> String {
        let mut out = String::with_capacity(name.text.len() + 2);
        self.write_ident(&mut out, &name.text, name.quote);
        out
    }
    /// An identifier in quotes whatever it is.
    pub fn quote_identifier(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 2);
        self.write_quoted(&mut out, text);
        out
    }
    /// `schema.table`.
    pub fn qualified(&self, schema: Option<&Name>, name: &Name) -> String {
        let mut out = String::new();
        if let Some(schema) = schema.filter(|_| !self.omit_schema) {
            self.write_schema(&mut out, schema);
            out.push('.');
        }
        self.write_ident(&mut out, &name.text, name.quote);
        out
    }
    /// Write a schema name; a dotted one is `database.owner` and stays one identifier unless it needs no quotes.
    pub fn write_schema(&self, out: &mut String, schema: &Name) {
        self.write_ident(out, &schema.text, schema.quote);
    }
    /// Split a rendered, possibly quoted and dotted name into its parts.
    pub fn unformat(&self, text: &str) -> Vec<String> {
        let mut out = Vec::new();
        let mut last = String::new();
        let mut chars = text.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            if quoted && c == self.final_quote {
                if chars.peek() == Some(&self.final_quote) {
                    chars.next();
                    last.push(c);
                } else {
                    quoted = false;
                }
            } else if !quoted && c == self.initial_quote {
                quoted = true;
            } else if !quoted && c == '.' {
                out.push(std::mem::take(&mut last));
            } else {
                last.push(c);
            }
        }
        out.push(last);
        out
    }
}
