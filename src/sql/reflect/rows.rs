//! Cells of catalogue rows.

use crate::reflect::{CatalogQuery, Row};
use base::Value;

/// More names than this are not sent: the whole schema is asked for instead.
pub const MAX_NAMES: usize = 500;

/// The cell as text; empty for NULL.
pub fn text(row: &Row, i: usize) -> String {
    opt_text(row, i).unwrap_or_default()
}

/// The cell as text, if it is not NULL.
pub fn opt_text(row: &Row, i: usize) -> Option<String> {
    match row.get(i) {
        Some(Value::Text(s) | Value::Json(s) | Value::Decimal(s)) => Some(s.to_string()),
        Some(Value::Bytes(b)) => Some(String::from_utf8_lossy(b).into_owned()),
        Some(Value::Int(n)) => Some(n.to_string()),
        Some(Value::Float(f)) => Some(f.to_string()),
        Some(Value::Bool(b)) => Some(b.to_string()),
        _ => None,
    }
}

/// The cell as an integer; 0 for NULL.
pub fn int(row: &Row, i: usize) -> i64 {
    opt_int(row, i).unwrap_or(0)
}

/// The cell as an integer, if it is one.
pub fn opt_int(row: &Row, i: usize) -> Option<i64> {
    match row.get(i) {
        Some(Value::Text(s) | Value::Decimal(s)) => s.parse().ok(),
        Some(Value::Float(f)) if f.fract() == 0.0 => {
            // One without a fraction; beyond 64 bits it is the outermost.
            #[expect(clippy::cast_possible_truncation, reason = "saturates")]
            let whole = *f as i64;
            Some(whole)
        }
        Some(v) => v.as_int(),
        None => None,
    }
}

/// The cell as a truth value; false for NULL.
pub fn flag(row: &Row, i: usize) -> bool {
    match row.get(i) {
        Some(Value::Text(s)) => matches!(&**s, "t" | "true" | "1" | "YES"),
        Some(v) => v.as_int().unwrap_or(0) != 0,
        None => false,
    }
}

/// A statement as it grows: text, and parameters within.
pub struct Builder {
    pieces: Vec<String>,
    params: Vec<Value>,
}

impl Builder {
    /// Begins with this text.
    pub fn new(sql: impl Into<String>) -> Self {
        Self { pieces: vec![sql.into()], params: Vec::new() }
    }
    /// More text.
    #[must_use]
    pub fn sql(mut self, text: &str) -> Self {
        match self.pieces.last_mut() {
            Some(piece) => piece.push_str(text),
            None => self.pieces.push(text.to_owned()),
        }
        self
    }
    /// A parameter.
    #[must_use]
    pub fn param(mut self, value: &str) -> Self {
        self.params.push(Value::text(value));
        self.pieces.push(String::new());
        self
    }
    /// ` AND column IN (…)`, unless every name is wanted or there are too many of them.
    #[must_use]
    pub fn and_names(self, column: &str, names: Option<&[String]>) -> Self {
        match names.filter(|n| n.len() <= MAX_NAMES) {
            None => self,
            Some([]) => self.sql(" AND 1 = 0"),
            Some([one]) => self.sql(&format!(" AND {column} = ")).param(one),
            Some([first, rest @ ..]) => {
                let b = self.sql(&format!(" AND {column} IN (")).param(first);
                rest.iter().fold(b, |b, name| b.sql(", ").param(name)).sql(")")
            }
        }
    }
    /// The query.
    pub fn done(self) -> CatalogQuery {
        CatalogQuery { pieces: self.pieces, params: self.params }
    }
}
