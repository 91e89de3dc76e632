//! The little that has to be known of SQL text: what a statement begins with, where its parameters are, and where an
//! INSERT has the row that can be repeated.

use std::ops::Range;

use base::{Cell, DbError, DbResult, Value};

use super::encode;

/// What a statement begins with, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Only reads: its rows may be left on the server.
    Select,
    /// INSERT or REPLACE.
    Insert,
    /// UPDATE, DELETE, or a WITH that may contain one.
    Dml,
    /// Opens a transaction.
    Begin,
    /// Ends a transaction.
    End,
    /// Changes definitions, and commits.
    Ddl,
    /// SET, which may switch autocommit.
    Set,
    /// Anything else.
    Other,
}

/// Blanks and comments of MySQL at the start are skipped; comments with code (`/*!`) are not.
fn strip_leading(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start();
        if rest.starts_with('#') || rest.starts_with("--") {
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(comment) = rest.strip_prefix("/*").filter(|c| !c.starts_with('!')) {
            rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
        } else {
            return rest;
        }
    }
}

/// What a statement begins with.
pub fn verb(sql: &str) -> Verb {
    let head = strip_leading(sql).trim_start_matches('(');
    let word: String = head.chars().take_while(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect();
    match word.as_str() {
        "SELECT" | "VALUES" | "TABLE" => Verb::Select,
        "INSERT" | "REPLACE" => Verb::Insert,
        "UPDATE" | "DELETE" => Verb::Dml,
        "WITH" => {
            let upper = head.to_ascii_uppercase();
            if upper.contains("UPDATE") || upper.contains("DELETE") { Verb::Dml } else { Verb::Select }
        }
        "BEGIN" | "START" => Verb::Begin,
        "COMMIT" => Verb::End,
        "ROLLBACK" => {
            let to = head.split_ascii_whitespace().skip(1).take(2).any(|w| w.eq_ignore_ascii_case("TO"));
            if to { Verb::Other } else { Verb::End }
        }
        "CREATE" | "ALTER" | "DROP" | "TRUNCATE" | "RENAME" => Verb::Ddl,
        "SET" => Verb::Set,
        _ => Verb::Other,
    }
}

/// The value that a SET gives to `autocommit`, when it does.
pub fn autocommit(sql: &str) -> Option<bool> {
    let compact: String = sql.to_ascii_lowercase().chars().filter(|c| !c.is_ascii_whitespace() && *c != ':').collect();
    let value = compact.split("autocommit=").nth(1)?;
    Some(value.starts_with('1') || value.starts_with("on") || value.starts_with("true"))
}

/// Something in a statement outside of literals, names and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `?`.
    Param,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `VALUES` or `VALUE`.
    Values,
    /// `;` with more than blanks and comments after it.
    Separator,
    /// `;` at the end.
    End,
}

/// The marks of a statement with their byte ranges.
pub fn marks(sql: &str) -> Vec<(Range<usize>, Mark)> {
    let b = sql.as_bytes();
    let at = |i: usize| b.get(i).copied().unwrap_or(0);
    let name = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'$' | b'@') || c >= 0x80;
    let line_end = |from: usize| b.iter().skip(from).position(|c| *c == b'\n').map_or(b.len(), |n| from + n);
    let mut out = Vec::new();
    let mut i = 0;
    while i < b.len() {
        let start = i;
        i += 1;
        match at(start) {
            quote @ (b'\'' | b'"' | b'`') => {
                while i < b.len() && at(i) != quote {
                    i += if at(i) == b'\\' && quote != b'`' { 2 } else { 1 };
                }
                i += 1;
            }
            b'#' => i = line_end(start),
            b'-' if at(i) == b'-' && (at(i + 1) <= b' ') => i = line_end(start),
            // What `/*!` begins is code, and its end is read as two operators.
            b'/' if at(i) == b'*' && at(i + 1) != b'!' => {
                i = sql.get(i + 1..).and_then(|s| s.find("*/")).map_or(b.len(), |n| start + n + 4);
            }
            b'?' => out.push((start..i, Mark::Param)),
            b'(' => out.push((start..i, Mark::Open)),
            b')' => out.push((start..i, Mark::Close)),
            b';' => {
                let last = strip_leading(sql.get(i..).unwrap_or_default()).trim_start_matches(';').is_empty();
                out.push((start..i, if last { Mark::End } else { Mark::Separator }));
            }
            c if name(c) => {
                while name(at(i)) {
                    i += 1;
                }
                let word = b.get(start..i).unwrap_or_default();
                if word.eq_ignore_ascii_case(b"VALUES") || word.eq_ignore_ascii_case(b"VALUE") {
                    out.push((start..i, Mark::Values));
                }
            }
            _ => {}
        }
    }
    out
}

/// Whether the text holds more than one statement.
pub fn is_script(sql: &str) -> bool {
    sql.contains(';') && marks(sql).iter().any(|(_, m)| *m == Mark::Separator)
}

/// A statement with its parameters written into it as literals.
pub fn interpolate(sql: &str, params: &[Value]) -> DbResult<String> {
    let mut out = String::with_capacity(sql.len() + params.len() * 16);
    let cells: Vec<Cell<'_>> = params.iter().map(Value::as_cell).collect();
    write_row(sql, &marks(sql), 0..sql.len(), &cells, &mut out)?;
    Ok(out)
}

/// Appends a part of a statement with literals for the parameters in it.
pub fn write_row(
    sql: &str,
    marks: &[(Range<usize>, Mark)],
    part: Range<usize>,
    params: &[Cell<'_>],
    out: &mut String,
) -> DbResult<()> {
    let mut values = params.iter();
    let mut done = part.start;
    for (range, mark) in marks {
        if *mark != Mark::Param || range.start < part.start || range.end > part.end {
            continue;
        }
        let Some(value) = values.next() else { return Err(wrong_count(sql, params.len())) };
        out.push_str(sql.get(done..range.start).ok_or_else(DbError::misplaced)?);
        done = range.end;
        encode::literal(*value, out)?;
    }
    out.push_str(sql.get(done..part.end).ok_or_else(DbError::misplaced)?);
    values.next().map_or(Ok(()), |_| Err(wrong_count(sql, params.len())))
}

/// The error for a number of parameters that a statement does not take.
pub fn wrong_count(sql: &str, given: usize) -> DbError {
    let wanted = marks(sql).iter().filter(|(_, m)| *m == Mark::Param).count();
    DbError::programming(format!("the query has {wanted} placeholders but {given} parameters were passed"))
}

/// Where an `INSERT … VALUES (…) …` has its one row: all parameters are inside, and the row may be repeated.
pub fn repeatable_row(marks: &[(Range<usize>, Mark)]) -> Option<Range<usize>> {
    let mut depth = 0i32;
    let mut row: Option<Range<usize>> = None;
    let mut awaiting = false;
    for (range, mark) in marks {
        match mark {
            // A second VALUES is the function of ON DUPLICATE KEY UPDATE.
            Mark::Values if depth == 0 && row.is_none() => awaiting = true,
            Mark::Values => {}
            Mark::Open => {
                if awaiting && depth == 0 {
                    row = Some(range.start..usize::MAX);
                    awaiting = false;
                }
                depth += 1;
            }
            Mark::Close => {
                depth -= 1;
                if let Some(row) = row.as_mut().filter(|r| depth == 0 && r.end == usize::MAX) {
                    row.end = range.end;
                }
            }
            Mark::Param if row.as_ref().is_none_or(|r| r.end != usize::MAX) => return None,
            Mark::Param | Mark::End => {}
            Mark::Separator => return None,
        }
    }
    row.filter(|r| r.end != usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_outside_of_literals() {
        let sql = "SELECT '?', \"?\\\"?\", `?`, ? /* ? */ # ?\n -- ?\n + ?;";
        let found: Vec<_> = marks(sql).into_iter().map(|(_, m)| m).collect();
        assert_eq!(found, [Mark::Param, Mark::Param, Mark::End]);
        for odd in ["'", "'\\", "`", "/*", "#", "-- ", "--", "é?", "\"é", "/*!"] {
            marks(odd);
        }
        assert_eq!(interpolate("?-?", &[Value::Int(1), Value::Int(-1)]).as_deref(), Ok("1-(-1)"));
        assert!(interpolate("?", &[]).is_err() && interpolate("1", &[Value::Null]).is_err());
    }

    #[test]
    fn rows_that_repeat() {
        let row = |sql: &str| repeatable_row(&marks(sql)).and_then(|r| sql.get(r)).map(str::to_owned);
        assert_eq!(row("INSERT INTO t (a, b) VALUES (?, lower(?))").as_deref(), Some("(?, lower(?))"));
        assert_eq!(row("insert into t values (?) on duplicate key update a = values(a)").as_deref(), Some("(?)"));
        assert_eq!(row("INSERT INTO t VALUES (?) ON DUPLICATE KEY UPDATE a = ?"), None);
        assert_eq!(row("INSERT INTO t SELECT ?"), None);
        assert_eq!(autocommit("SET autocommit = 0"), Some(false));
        assert_eq!(autocommit("SET NAMES utf8mb4"), None);
    }
}
