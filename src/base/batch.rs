//! [`RowBatch`]: decoded rows between a driver and Python.
//!
//! A driver decodes rows with the GIL released; the Python side reads them in one loop with the GIL held. So a batch
//! owns everything it shows: one tag and one 64-bit word a cell, row after row, and two heaps, one for text (already
//! validated, so reading it costs nothing) and one for bytes. Kinds that fit neither are kept aside as [`Value`]s.
//! A batch is reused: `clear` keeps its memory.
//!
//! ```
//! use base::{Cell, RowBatch};
//! let mut batch = RowBatch::new(2);
//! batch.push_int(1);
//! batch.push_text("ed");
//! assert_eq!(batch.rows(), 1);
//! assert_eq!(batch.row(0).collect::<Vec<_>>(), [Cell::Int(1), Cell::Ascii("ed")]);
//! ```

use crate::temporal::{Date, DateTime, Time};
use crate::value::Value;

/// A borrowed datum of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// Text known to be pure ASCII: a reader may copy it without decoding.
    Ascii(&'a str),
    /// Any other text.
    Text(&'a str),
    /// What the database calls text but is not UTF-8.
    InvalidText(&'a [u8]),
    /// A byte string.
    Bytes(&'a [u8]),
    /// An exact number in its text form.
    Decimal(&'a str),
    /// JSON in its text form.
    Json(&'a str),
    /// A date.
    Date(Date),
    /// A time without offset.
    Time(Time),
    /// A date and time without offset.
    DateTime(DateTime),
    /// A UUID.
    Uuid([u8; 16]),
    /// Anything rarer: times with an offset, intervals, arrays.
    Other(&'a Value),
}

impl Cell<'_> {
    /// An owned copy. Invalid text becomes bytes.
    pub fn to_value(self) -> Value {
        match self {
            Cell::Null => Value::Null,
            Cell::Bool(b) => Value::Bool(b),
            Cell::Int(i) => Value::Int(i),
            Cell::Float(f) => Value::Float(f),
            Cell::Ascii(s) | Cell::Text(s) => Value::Text(s.into()),
            Cell::InvalidText(b) | Cell::Bytes(b) => Value::Bytes(b.into()),
            Cell::Decimal(s) => Value::Decimal(s.into()),
            Cell::Json(s) => Value::Json(s.into()),
            Cell::Date(d) => Value::Date(d),
            Cell::Time(t) => Value::Time(t),
            Cell::DateTime(d) => Value::DateTime(d),
            Cell::Uuid(u) => Value::Uuid(u),
            Cell::Other(v) => v.clone(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
enum Tag {
    Null,
    Bool,
    Int,
    Float,
    Ascii,
    Text,
    InvalidText,
    Bytes,
    Decimal,
    Json,
    Date,
    Time,
    DateTime,
    Uuid,
    Other,
}

/// Rows of one result, column after column, row after row.
#[derive(Clone, Debug, Default)]
pub struct RowBatch {
    columns: usize,
    tags: Vec<Tag>,
    words: Vec<u64>,
    text: String,
    bytes: Vec<u8>,
    others: Vec<Value>,
}

/// Where a heap may not grow further: offsets and lengths are packed into 32 bits each.
const HEAP_LIMIT: usize = u32::MAX as usize;

impl RowBatch {
    /// An empty batch for rows of `columns` cells.
    pub fn new(columns: usize) -> Self {
        RowBatch { columns, ..Default::default() }
    }

    /// Removes the rows, keeps the memory, and takes a new width.
    pub fn reset(&mut self, columns: usize) {
        self.columns = columns;
        self.tags.clear();
        self.words.clear();
        self.text.clear();
        self.bytes.clear();
        self.others.clear();
    }

    /// Removes the cells of a row that was begun and not finished.
    pub fn discard_incomplete_row(&mut self) {
        let complete = self.rows() * self.columns;
        self.tags.truncate(complete);
        self.words.truncate(complete);
    }

    /// Makes room for `rows` more rows.
    pub fn reserve(&mut self, rows: usize) {
        self.tags.reserve(rows * self.columns);
        self.words.reserve(rows * self.columns);
    }

    /// Cells a row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Complete rows.
    pub fn rows(&self) -> usize {
        self.tags.len().checked_div(self.columns).unwrap_or(0)
    }

    /// Whether there is no complete row.
    pub fn is_empty(&self) -> bool {
        self.rows() == 0
    }

    /// Bytes of text and byte strings held: drivers end a batch when it has grown enough.
    pub fn heap_size(&self) -> usize {
        self.text.len() + self.bytes.len()
    }

    fn push(&mut self, tag: Tag, word: u64) {
        self.tags.push(tag);
        self.words.push(word);
    }

    fn push_str(&mut self, tag: Tag, s: &str) {
        let start = self.text.len();
        if start + s.len() > HEAP_LIMIT {
            let value = match tag {
                Tag::Decimal => Value::Decimal(s.into()),
                Tag::Json => Value::Json(s.into()),
                _ => Value::Text(s.into()),
            };
            return self.push_other(value);
        }
        self.text.push_str(s);
        self.push(tag, pack(start, s.len()));
    }

    fn push_raw(&mut self, tag: Tag, b: &[u8]) {
        let start = self.bytes.len();
        if start + b.len() > HEAP_LIMIT {
            return self.push_other(Value::Bytes(b.into()));
        }
        self.bytes.extend_from_slice(b);
        self.push(tag, pack(start, b.len()));
    }

    fn push_other(&mut self, value: Value) {
        self.push(Tag::Other, self.others.len() as u64);
        self.others.push(value);
    }

    /// Appends NULL.
    pub fn push_null(&mut self) {
        self.push(Tag::Null, 0);
    }
    /// Appends a boolean.
    pub fn push_bool(&mut self, v: bool) {
        self.push(Tag::Bool, u64::from(v));
    }
    /// Appends an integer.
    pub fn push_int(&mut self, v: i64) {
        self.push(Tag::Int, v.cast_unsigned());
    }
    /// Appends a double.
    pub fn push_float(&mut self, v: f64) {
        self.push(Tag::Float, v.to_bits());
    }
    /// Appends text.
    pub fn push_text(&mut self, s: &str) {
        self.push_str(if s.is_ascii() { Tag::Ascii } else { Tag::Text }, s);
    }
    /// Appends text whose encoding is not known to be right.
    pub fn push_text_bytes(&mut self, b: &[u8]) {
        match std::str::from_utf8(b) {
            Ok(s) => self.push_text(s),
            Err(_) => self.push_raw(Tag::InvalidText, b),
        }
    }
    /// Appends a byte string.
    pub fn push_bytes(&mut self, b: &[u8]) {
        self.push_raw(Tag::Bytes, b);
    }

    /// Appends an exact number in its text form.
    pub fn push_decimal(&mut self, s: &str) {
        self.push_str(Tag::Decimal, s);
    }
    /// Appends JSON in its text form.
    pub fn push_json(&mut self, s: &str) {
        self.push_str(Tag::Json, s);
    }
    /// Appends a date.
    pub fn push_date(&mut self, d: Date) {
        self.push(Tag::Date, pack_date(d));
    }
    /// Appends a date and time.
    pub fn push_datetime(&mut self, d: DateTime) {
        match d.time.offset() {
            None => self.push(Tag::DateTime, pack_date(d.date) << TIME_BITS | pack_time(d.time)),
            Some(_) => self.push_other(Value::DateTime(d)),
        }
    }
    /// Appends a UUID.
    pub fn push_uuid(&mut self, u: &[u8; 16]) {
        self.push_raw(Tag::Uuid, u);
    }

    /// Appends any value.
    pub fn push_value(&mut self, value: &Value) {
        match value {
            Value::Null => self.push_null(),
            Value::Bool(b) => self.push_bool(*b),
            Value::Int(i) => self.push_int(*i),
            Value::Float(f) => self.push_float(*f),
            Value::Text(s) => self.push_text(s),
            Value::Bytes(b) => self.push_bytes(b),
            Value::Decimal(s) => self.push_str(Tag::Decimal, s),
            Value::Json(s) => self.push_str(Tag::Json, s),
            Value::Date(d) => self.push(Tag::Date, pack_date(*d)),
            Value::Time(t) if t.offset().is_none() => self.push(Tag::Time, pack_time(*t)),
            Value::DateTime(d) if d.time.offset().is_none() => {
                self.push(Tag::DateTime, pack_date(d.date) << TIME_BITS | pack_time(d.time));
            }
            Value::Uuid(u) => self.push_raw(Tag::Uuid, u),
            _ => self.push_other(value.clone()),
        }
    }

    /// Appends the rows of another batch, which has as many columns. An empty batch takes them over, and their width.
    pub fn append(&mut self, other: &mut RowBatch) {
        if self.is_empty() {
            std::mem::swap(self, other);
            return;
        }
        for row in 0..other.rows() {
            for column in 0..self.columns {
                self.push_value(&other.cell(row, column).to_value());
            }
        }
    }

    /// The cell of a row and column; NULL when there is none.
    #[inline]
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        self.at(row * self.columns + column)
    }

    /// The cells of a row, left to right.
    #[inline]
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = Cell<'_>> {
        let start = row * self.columns;
        (start..start + self.columns).map(|i| self.at(i))
    }

    #[inline]
    fn at(&self, index: usize) -> Cell<'_> {
        let (Some(tag), Some(&word)) = (self.tags.get(index), self.words.get(index)) else {
            return Cell::Null;
        };
        match tag {
            Tag::Null => Cell::Null,
            Tag::Bool => Cell::Bool(word != 0),
            Tag::Int => Cell::Int(word.cast_signed()),
            Tag::Float => Cell::Float(f64::from_bits(word)),
            Tag::Ascii => Cell::Ascii(self.str_at(word)),
            Tag::Text => Cell::Text(self.str_at(word)),
            Tag::InvalidText => Cell::InvalidText(self.bytes_at(word)),
            Tag::Bytes => Cell::Bytes(self.bytes_at(word)),
            Tag::Decimal => Cell::Decimal(self.str_at(word)),
            Tag::Json => Cell::Json(self.str_at(word)),
            Tag::Date => unpack_date(word).map_or(Cell::Null, Cell::Date),
            Tag::Time => unpack_time(word).map_or(Cell::Null, Cell::Time),
            Tag::DateTime => match (unpack_date(word >> TIME_BITS), unpack_time(word)) {
                (Some(date), Some(time)) => Cell::DateTime(DateTime { date, time }),
                _ => Cell::Null,
            },
            Tag::Uuid => <[u8; 16]>::try_from(self.bytes_at(word)).map_or(Cell::Null, Cell::Uuid),
            Tag::Other => usize::try_from(word).ok().and_then(|at| self.others.get(at)).map_or(Cell::Null, Cell::Other),
        }
    }

    #[inline]
    fn str_at(&self, word: u64) -> &str {
        self.text.get(unpack(word)).unwrap_or_default()
    }

    #[inline]
    fn bytes_at(&self, word: u64) -> &[u8] {
        self.bytes.get(unpack(word)).unwrap_or_default()
    }
}

#[inline]
fn pack(start: usize, len: usize) -> u64 {
    (start as u64) << 32 | len as u64
}

#[inline]
fn unpack(word: u64) -> std::ops::Range<usize> {
    let start = (word >> 32) as usize;
    start..start + (word & 0xffff_ffff) as usize
}

/// Bits that a packed time takes: 5 + 6 + 6 + 20.
const TIME_BITS: u32 = 37;

fn pack_date(d: Date) -> u64 {
    u64::from(d.year()) << 9 | u64::from(d.month()) << 5 | u64::from(d.day())
}

fn unpack_date(word: u64) -> Option<Date> {
    Date::new((word >> 9 & 0x3fff) as u16, (word >> 5 & 15) as u8, (word & 31) as u8)
}

fn pack_time(t: Time) -> u64 {
    u64::from(t.hour()) << 32 | u64::from(t.minute()) << 26 | u64::from(t.second()) << 20 | u64::from(t.microsecond())
}

fn unpack_time(word: u64) -> Option<Time> {
    Time::new((word >> 32 & 31) as u8, (word >> 26 & 63) as u8, (word >> 20 & 63) as u8, (word & 0xf_ffff) as u32)
}
