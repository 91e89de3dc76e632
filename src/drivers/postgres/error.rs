//! Errors of PostgreSQL: SQLSTATE to PEP 249 class, and the server's text as `libpq` shows it.

use base::{DbError, DbErrorKind};
use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgSeverity};

/// The PEP 249 class of a SQLSTATE.
pub fn kind(sqlstate: &str) -> DbErrorKind {
    use DbErrorKind::*;
    match sqlstate.get(..2).unwrap_or("") {
        "0A" => NotSupported,
        "20" | "21" | "3D" | "3F" | "42" | "44" => Programming,
        "22" => Data,
        "23" => Integrity,
        "24" | "25" | "2B" | "2D" | "2F" | "38" | "39" | "3B" | "F0" | "P0" | "XX" => Internal,
        "08" | "26" | "27" | "28" | "34" | "40" | "53" | "54" | "55" | "57" | "58" | "HV" => Operational,
        _ => Database,
    }
}

/// Whether a SQLSTATE means that the connection is gone.
fn is_disconnect(sqlstate: &str) -> bool {
    sqlstate.starts_with("08") || matches!(sqlstate, "57P01" | "57P02" | "57P03" | "57P04" | "57P05" | "25P03")
}

/// What sqlx reports, in our terms. `sql` is the statement, to point into.
pub fn from_sqlx(error: sqlx::Error, sql: &str) -> DbError {
    match error {
        sqlx::Error::Database(e) => match e.try_downcast_ref::<PgDatabaseError>() {
            Some(e) => from_server(e, sql),
            None => DbError::new(DbErrorKind::Database, e.message()),
        },
        sqlx::Error::Io(e) => DbError::operational(match e.kind() {
            std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset | std::io::ErrorKind::BrokenPipe => {
                "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally\n\
                 \tbefore or while processing the request."
                    .to_owned()
            }
            _ => e.to_string(),
        })
        .disconnect(),
        sqlx::Error::Protocol(m) => DbError::operational(format!("protocol error: {m}")).disconnect(),
        sqlx::Error::Tls(e) => DbError::operational(format!("SSL error: {e}")).disconnect(),
        sqlx::Error::Encode(e) | sqlx::Error::Decode(e) => DbError::new(DbErrorKind::Data, e.to_string()),
        other => DbError::interface(other.to_string()),
    }
}

fn from_server(e: &PgDatabaseError, sql: &str) -> DbError {
    let mut message = e.message().to_owned();
    match e.position() {
        Some(PgErrorPosition::Original(position)) => point(&mut message, sql, position),
        Some(PgErrorPosition::Internal { position, query }) => point(&mut message, query, position),
        None => {}
    }
    for (label, text) in [("DETAIL", e.detail()), ("HINT", e.hint()), ("CONTEXT", e.r#where())] {
        if let Some(text) = text {
            message.push_str(&format!("\n{label}:  {text}"));
        }
    }
    let mut error = DbError::new(kind(e.code()), message).with_sqlstate(e.code());
    let severity = match e.severity() {
        PgSeverity::Panic => "PANIC",
        PgSeverity::Fatal => "FATAL",
        PgSeverity::Error => "ERROR",
        _ => "NOTICE",
    };
    let position = match e.position() {
        Some(PgErrorPosition::Original(position)) => Some(position.to_string()),
        _ => None,
    };
    let fields = [
        ("severity", Some(severity)),
        ("message_primary", Some(e.message())),
        ("message_detail", e.detail()),
        ("message_hint", e.hint()),
        ("statement_position", position.as_deref()),
        ("context", e.r#where()),
        ("schema_name", e.schema()),
        ("table_name", e.table()),
        ("column_name", e.column()),
        ("datatype_name", e.data_type()),
        ("constraint_name", e.constraint()),
        ("source_file", e.file()),
        ("source_function", e.routine()),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            error = error.with_field(name, value);
        }
    }
    let fatal = matches!(e.severity(), PgSeverity::Fatal | PgSeverity::Panic);
    if fatal || is_disconnect(e.code()) { error.disconnect() } else { error }
}

/// Appends the line that a position (in characters, from 1) is on, and a caret below it.
fn point(message: &mut String, sql: &str, position: usize) {
    let Some(index) = position.checked_sub(1) else { return };
    let Some((offset, _)) = sql.char_indices().nth(index).or_else(|| (index == sql.chars().count()).then_some((sql.len(), ' ')))
    else {
        return;
    };
    let Some((before, after)) = sql.split_at_checked(offset) else { return };
    let number = before.matches('\n').count() + 1;
    let line_before = before.rsplit('\n').next().unwrap_or_default();
    let line = format!("{line_before}{}", after.split('\n').next().unwrap_or(""));
    // Long lines are cut around the place, as libpq does.
    let column = line_before.chars().count();
    let length = line.chars().count();
    let (from, shown) = if length <= 60 { (0, 60) } else { (column.saturating_sub(30).min(length - 60), 60) };
    let (left, right) = (if from > 0 { "..." } else { "" }, if from + shown < length { "..." } else { "" });
    let text: String = line.chars().skip(from).take(shown).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let prefix = format!("LINE {number}: {left}");
    message.push_str(&format!("\n{prefix}{text}{right}\n{}^", " ".repeat(prefix.chars().count() + column - from)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions() {
        let mut m = String::from("no");
        point(&mut m, "SELECT *\nFROM nope", 15);
        assert_eq!(m, "no\nLINE 2: FROM nope\n             ^");
        for position in [0, 1, 18, 19, 99] {
            point(&mut m, "SELECT *\nFROM nope", position);
        }
    }
}
