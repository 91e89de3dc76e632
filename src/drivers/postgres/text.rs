//! The little that has to be known of SQL text: what a statement begins with, where its parameters are, and how it
//! looks with the values written into it.

use std::ops::Range;

use base::{Cell, DbError, DbResult, Value};

use super::encode;
use crate::sqlite::text::strip_leading;

/// What a statement begins with, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Only reads: its rows may be left on the server.
    Select,
    /// INSERT, UPDATE, DELETE, MERGE, or a WITH that may contain one.
    Dml,
    /// Opens a transaction.
    Begin,
    /// Ends a transaction.
    End,
    /// Changes definitions: what was prepared may be wrong afterwards.
    Ddl,
    /// Anything else.
    Other,
}

/// What a statement begins with.
pub fn verb(sql: &str) -> Verb {
    let head = strip_leading(sql).trim_start_matches('(');
    let word: String = head.chars().take_while(char::is_ascii_alphabetic).map(|c| c.to_ascii_uppercase()).collect();
    match word.as_str() {
        "SELECT" | "VALUES" | "TABLE" => Verb::Select,
        "INSERT" | "UPDATE" | "DELETE" | "MERGE" => Verb::Dml,
        "WITH" => {
            let upper = head.to_ascii_uppercase();
            let writes = ["INSERT", "UPDATE", "DELETE", "MERGE"].iter().any(|w| upper.contains(w));
            if writes { Verb::Dml } else { Verb::Select }
        }
        "BEGIN" | "START" => Verb::Begin,
        "COMMIT" | "END" | "ABORT" => Verb::End,
        "PREPARE" if head.to_ascii_uppercase().starts_with("PREPARE TRANSACTION") => Verb::End,
        "ROLLBACK" => {
            let to = head.split_ascii_whitespace().skip(1).take(2).any(|w| w.eq_ignore_ascii_case("TO"));
            if to { Verb::Other } else { Verb::End }
        }
        "CREATE" | "ALTER" | "DROP" | "DISCARD" | "DEALLOCATE" | "DO" | "CALL" | "TRUNCATE" => Verb::Ddl,
        _ => Verb::Other,
    }
}

/// Something in a statement outside of literals, names and comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// `$n`, from 1.
    Param(usize),
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// `VALUES`.
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
    let name = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c >= 0x80;
    let mut out = Vec::new();
    let mut i = 0;
    while i < b.len() {
        let before = if i == 0 { 0 } else { at(i - 1) };
        match at(i) {
            quote @ (b'\'' | b'"') => {
                let word_before = if i < 2 { 0 } else { at(i - 2) };
                let escapes = quote == b'\'' && matches!(before, b'e' | b'E') && !name(word_before);
                i += 1;
                while i < b.len() && at(i) != quote {
                    i += if escapes && at(i) == b'\\' { 2 } else { 1 };
                }
                i += 1;
            }
            b'-' if at(i + 1) == b'-' => {
                while i < b.len() && at(i) != b'\n' {
                    i += 1;
                }
            }
            b'/' if at(i + 1) == b'*' => {
                let mut depth = 0;
                while i < b.len() {
                    match (at(i), at(i + 1)) {
                        (b'/', b'*') => {
                            depth += 1;
                            i += 2;
                        }
                        (b'*', b'/') => {
                            depth -= 1;
                            i += 2;
                        }
                        _ => i += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
            }
            b'$' if !name(before) && at(i + 1).is_ascii_digit() => {
                let start = i;
                i += 1;
                while at(i).is_ascii_digit() {
                    i += 1;
                }
                // What overflows is a number that no parameter has.
                out.push((start..i, Mark::Param(sql.get(start + 1..i).and_then(|n| n.parse().ok()).unwrap_or(usize::MAX))));
            }
            b'$' if !name(before) => {
                let tag = b.iter().skip(i + 1).take_while(|c| name(**c)).count();
                // A fence ends where it comes again, or with the text.
                let fence = Some(i + tag + 2).filter(|end| at(end - 1) == b'$').and_then(|end| sql.get(i..end));
                i = match fence {
                    Some(fence) => {
                        let body = i + fence.len();
                        sql.get(body..).and_then(|s| s.find(fence)).map_or(b.len(), |end| body + end + fence.len())
                    }
                    None => i + 1,
                };
            }
            b';' => {
                let last = strip_leading(sql.get(i + 1..).unwrap_or_default()).trim_start_matches(';').is_empty();
                out.push((i..i + 1, if last { Mark::End } else { Mark::Separator }));
                i += 1;
            }
            b'(' | b')' => {
                out.push((i..i + 1, if at(i) == b'(' { Mark::Open } else { Mark::Close }));
                i += 1;
            }
            c if name(c) => {
                let start = i;
                while name(at(i)) {
                    i += 1;
                }
                if b.get(start..i).is_some_and(|word| word.eq_ignore_ascii_case(b"VALUES")) {
                    out.push((start..i, Mark::Values));
                }
            }
            _ => i += 1,
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
    let mut done = part.start;
    for (range, mark) in marks {
        let Mark::Param(n) = *mark else { continue };
        if range.start < part.start || range.end > part.end {
            continue;
        }
        out.push_str(sql.get(done..range.start).ok_or_else(DbError::misplaced)?);
        done = range.end;
        let value = n.checked_sub(1).and_then(|n| params.get(n)).ok_or_else(|| {
            DbError::programming(format!("the query has a placeholder ${n} but {} parameters were passed", params.len()))
        })?;
        literal(*value, out)?;
    }
    out.push_str(sql.get(done..part.end).ok_or_else(DbError::misplaced)?);
    Ok(())
}

/// Where an `INSERT … VALUES (…) …` has its one row: all parameters are inside, and the row may be repeated. Not so when
/// conflicts update, because one statement must not update a row twice.
pub fn repeatable_row(sql: &str, marks: &[(Range<usize>, Mark)]) -> Option<Range<usize>> {
    let mut depth = 0i32;
    let mut row: Option<Range<usize>> = None;
    let mut awaiting = false;
    for (range, mark) in marks {
        match mark {
            Mark::Values if depth == 0 && row.is_none() => awaiting = true,
            Mark::Values if depth == 0 => return None,
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
            Mark::Param(_) if row.as_ref().is_none_or(|r| r.end != usize::MAX) => return None,
            Mark::Param(_) | Mark::End => {}
            Mark::Separator => return None,
        }
    }
    let starts_with_insert = strip_leading(sql).get(..6).is_some_and(|w| w.eq_ignore_ascii_case("INSERT"));
    let updates = |from: usize| sql.get(from..).is_none_or(|tail| tail.to_ascii_uppercase().contains("UPDATE"));
    row.filter(|r| starts_with_insert && r.end != usize::MAX && !updates(r.end))
}

/// Appends a value as a literal of the type that a parameter would have been declared with.
pub fn literal(value: Cell<'_>, out: &mut String) -> DbResult<()> {
    match value {
        Cell::Null => out.push_str("NULL"),
        Cell::Bool(b) => out.push_str(if b { "true" } else { "false" }),
        // In parentheses the sign binds tighter than a cast.
        Cell::Int(i) if i < 0 => out.push_str(&format!("({i})")),
        Cell::Int(i) => out.push_str(&i.to_string()),
        Cell::Ascii(s) | Cell::Text(s) | Cell::Json(s) => quote(s, out)?,
        Cell::Other(Value::Tuple(items)) => {
            out.push('(');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { ", " } else { "" });
                literal(item.as_cell(), out)?;
            }
            out.push(')');
        }
        cell => {
            let value = cell.to_value();
            let mut text = String::new();
            encode::text(&value, &mut text);
            quote(&text, out)?;
            if let Some(name) = type_name(encode::declared(&value)) {
                out.push_str("::");
                out.push_str(name);
            }
        }
    }
    Ok(())
}

/// Appends a quoted string that means the same whatever `standard_conforming_strings` says.
fn quote(text: &str, out: &mut String) -> DbResult<()> {
    if text.contains('\0') {
        return Err(DbError::new(base::DbErrorKind::Data, "PostgreSQL text fields cannot contain NUL (0x00) bytes"));
    }
    let escapes = text.contains('\\');
    out.push_str(if escapes { " E'" } else { "'" });
    if !escapes && !text.contains('\'') {
        out.push_str(text);
        out.push('\'');
        return Ok(());
    }
    for c in text.chars() {
        if c == '\'' || c == '\\' {
            out.push(c);
        }
        out.push(c);
    }
    out.push('\'');
    Ok(())
}

/// The name of a type that parameters are declared with.
pub fn type_name(oid: u32) -> Option<&'static str> {
    Some(match oid {
        16 => "bool",
        17 => "bytea",
        20 => "int8",
        23 => "int4",
        701 => "float8",
        1700 => "numeric",
        1082 => "date",
        1083 => "time",
        1266 => "timetz",
        1114 => "timestamp",
        1184 => "timestamptz",
        1186 => "interval",
        2950 => "uuid",
        1000 => "bool[]",
        1001 => "bytea[]",
        1016 => "int8[]",
        1007 => "int4[]",
        1022 => "float8[]",
        1231 => "numeric[]",
        1182 => "date[]",
        1183 => "time[]",
        1270 => "timetz[]",
        1115 => "timestamp[]",
        1185 => "timestamptz[]",
        1187 => "interval[]",
        2951 => "uuid[]",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_outside_of_literals() {
        let sql = "SELECT '$1', \"$2\", $$ $3 $$, $x$ $4 $$ $x$, E'\\'$5', a$6, $1 /* $7 /* $8 */ $9 */ -- $10\n, $2;";
        let found: Vec<_> = marks(sql).into_iter().map(|(_, m)| m).collect();
        assert_eq!(found, [Mark::Param(1), Mark::Param(2), Mark::End]);
        let row = |sql: &str| repeatable_row(sql, &marks(sql)).and_then(|r| sql.get(r)).map(str::to_owned);
        assert_eq!(row("INSERT INTO t (a) VALUES ($1, f($2)) RETURNING a").as_deref(), Some("($1, f($2))"));
        assert_eq!(row("INSERT INTO t VALUES ($1) ON CONFLICT (a) DO UPDATE SET b = 1"), None);
        assert_eq!(row("INSERT INTO t SELECT * FROM (VALUES ($1)) v"), None);
        assert_eq!(row("INSERT INTO t VALUES ($1), ($2)"), None);
        assert!(is_script("a; b") && !is_script("a; -- b") && !is_script("';'; ;"));
        for odd in ["$", "$x", "'", "E'\\", "/*", "$9999999999999999999999", "--", "\"", "$é$"] {
            marks(odd);
        }
    }

    #[test]
    fn literals() {
        let values = [Value::Int(-5), Value::text("a'b\\"), Value::Null, Value::bytes(&b"\x01"[..]), Value::Float(0.5)];
        let sql = interpolate("$1::int $2,$3 $4 $5", &values).expect("literals");
        assert_eq!(sql, "(-5)::int  E'a''b\\\\',NULL  E'\\\\x01'::bytea '0.5'::float8");
        assert!(interpolate("$6", &values).is_err() && interpolate("$0", &values).is_err());
    }

    #[test]
    fn verbs() {
        assert_eq!(verb(" -- x\n (select 1)"), Verb::Select);
        assert_eq!(verb("with x as (delete from t) select 1"), Verb::Dml);
        assert_eq!((verb("ROLLBACK"), verb("rollback to savepoint a")), (Verb::End, Verb::Other));
    }
}
