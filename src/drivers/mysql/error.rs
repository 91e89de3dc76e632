//! Errors of MySQL and MariaDB: numbers to PEP 249 classes.

use base::{DbError, DbErrorKind};
use sqlx::mysql::MySqlDatabaseError;

/// "Lost connection to MySQL server during query".
pub const LOST: i32 = 2013;

/// The PEP 249 class of an error number. The assignment is that of PyMySQL.
pub fn kind(number: i32) -> DbErrorKind {
    use DbErrorKind::*;
    match number {
        1007 | 1064 | 1102 | 1103 | 1110..=1113 | 1146 | 1149 | 1166 | 1179 => Programming,
        1171 | 1230 | 1263 | 1264 | 1265 | 1366 | 1367 | 1406 | 1441 => Data,
        1048 | 1062 | 1215 | 1216 | 1217 | 1451 | 1452 => Integrity,
        1196 | 1235 | 1286 | 1289 => NotSupported,
        n if n < 1000 => Internal,
        _ => Operational,
    }
}

/// Whether an error number means that the connection is gone.
fn is_disconnect(number: i32) -> bool {
    matches!(number, 1053 | 1158..=1161 | 1927 | 2006 | 2013 | 2014 | 2045 | 2055 | 4031)
}

/// What sqlx reports, in our terms.
pub fn from_sqlx(error: sqlx::Error) -> DbError {
    match error {
        sqlx::Error::Database(e) => match e.try_downcast_ref::<MySqlDatabaseError>() {
            Some(e) => {
                let number = i32::from(e.number());
                let error = DbError::new(kind(number), e.message()).with_code(number, None);
                let error = match e.code() {
                    Some(state) => error.with_sqlstate(state),
                    None => error,
                };
                if is_disconnect(number) { error.disconnect() } else { error }
            }
            None => DbError::new(DbErrorKind::Database, e.message()),
        },
        sqlx::Error::Io(e) => lost(&format!("Lost connection to MySQL server during query ({e})")),
        sqlx::Error::Protocol(m) => lost(&format!("Lost connection to MySQL server during query (protocol error: {m})")),
        sqlx::Error::Tls(e) => lost(&format!("SSL connection error: {e}")),
        sqlx::Error::Encode(e) | sqlx::Error::Decode(e) => match e.downcast::<DbError>() {
            Ok(e) => *e,
            Err(e) => DbError::new(DbErrorKind::Data, e.to_string()),
        },
        other => DbError::interface(other.to_string()),
    }
}

fn lost(message: &str) -> DbError {
    DbError::operational(message).with_code(LOST, None).disconnect()
}
