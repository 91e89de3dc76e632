//! Phrases that stand in DDL as they are given (CASCADE, SET NULL, DEFERRED, FULL): words only, or the text would be a way to
//! inject SQL.

use crate::error::{SqlError, SqlResult};

/// What a phrase may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Words.
    Words,
    /// Words and then maybe columns: `SET NULL (a, "b")` of PostgreSQL.
    WordsAndColumns,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn are_words(text: &str) -> bool {
    text.starts_with(is_word) && text.ends_with(is_word) && text.chars().all(|c| is_word(c) || c.is_whitespace())
}

/// `a` or `"a"`, quotes inside doubled.
fn is_column(text: &str) -> bool {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) => !inner.is_empty() && !inner.replace("\"\"", "").contains('"'),
        None => !text.is_empty() && text.chars().all(|c| is_word(c) || c == '$'),
    }
}

fn fits(text: &str, shape: Shape) -> bool {
    if are_words(text) {
        return true;
    }
    let Some((words, columns)) = text.split_once('(') else { return false };
    let Some(columns) = columns.strip_suffix(')') else { return false };
    shape == Shape::WordsAndColumns && are_words(words.trim_end()) && columns.split(',').all(|c| is_column(c.trim()))
}

/// `text` itself.
///
/// # Errors
/// `CompileError` when it is anything else than words; `clause` says where it would have stood.
pub fn checked<'a>(text: &'a str, clause: &str, shape: Shape) -> SqlResult<&'a str> {
    if fits(text, shape) {
        return Ok(text);
    }
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    Err(SqlError::compile(format!("Unexpected SQL phrase: {quote}{text}{quote} ({clause} takes words only)")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_pass() {
        for text in ["CASCADE", "set  null", "a1", "NO ACTION", "FOO_BAR"] {
            assert_eq!(checked(text, "ON DELETE", Shape::Words).expect("words"), text);
        }
    }

    #[test]
    fn anything_else_does_not() {
        for text in ["", " CASCADE", "CASCADE ", "CASCADE; DROP TABLE b", "CASCADE -- c", "\"q\"", "'x'", "SET NULL(a)"] {
            assert!(checked(text, "ON DELETE", Shape::Words).is_err(), "{text}");
        }
        let e = checked("it's", "MATCH", Shape::Words).expect_err("quote");
        assert_eq!(e.message, "Unexpected SQL phrase: \"it's\" (MATCH takes words only)");
    }

    #[test]
    fn columns_follow_where_they_may() {
        for text in ["SET NULL(a)", "SET NULL (a, \"b \"\"c\")", "SET DEFAULT ( x$1 )"] {
            assert!(checked(text, "ON DELETE", Shape::WordsAndColumns).is_ok(), "{text}");
        }
        for text in ["SET NULL(a b)", "SET NULL (\"a\"b)", "(a)", "SET NULL (a", "SET NULL ()", "SET NULL (a); x"] {
            assert!(checked(text, "ON DELETE", Shape::WordsAndColumns).is_err(), "{text}");
        }
    }
}
