//! Dates, times and intervals, and the ISO text forms in which SQLite keeps them.
//!
//! Ranges are Python's: years 1 to 9999, microsecond precision, offsets below 24 hours. Every constructor checks them,
//! so what exists can always become a `datetime` object.

use std::fmt;

/// A calendar date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A time of day with microseconds and, when known, its offset from UTC in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    hour: u8,
    minute: u8,
    second: u8,
    microsecond: u32,
    offset: Option<i32>,
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime {
    /// The date part.
    pub date: Date,
    /// The time part, which carries the offset.
    pub time: Time,
}

/// A duration in Python's normal form: `0 <= seconds < 86400`, `0 <= microseconds < 1_000_000`, days take the sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    /// Whole days, negative for negative durations.
    pub days: i32,
    /// Seconds within the day.
    pub seconds: i32,
    /// Microseconds within the second.
    pub microseconds: i32,
}

const DAY_SECONDS: i32 = 86_400;

/// Days of a month in the proleptic Gregorian calendar.
fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// A number as Python writes it: the shortest text that means it, with an exponent where that is shorter.
pub fn float_text(f: f64) -> String {
    let scientific = format!("{f:e}");
    match scientific.split_once('e') {
        Some((digits, exponent)) => match exponent.parse::<i32>() {
            Ok(e) if !(-4..16).contains(&e) => format!("{digits}e{}{:02}", if e < 0 { '-' } else { '+' }, e.unsigned_abs()),
            _ => format!("{f:?}").replace("e-5", "e-05"),
        },
        None => format!("{f:?}"),
    }
}

impl Date {
    /// A date, or `None` when there is no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let ok = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        ok.then_some(Date { year, month, day })
    }

    /// Year, 1 to 9999.
    pub fn year(self) -> u16 {
        self.year
    }
    /// Month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }
    /// Day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut p = Scanner::new(text);
        let date = p.date()?;
        p.end().then_some(date)
    }
}

impl Time {
    /// A time without offset, or `None` when out of range.
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32) -> Option<Self> {
        let ok = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        ok.then_some(Time { hour, minute, second, microsecond, offset: None })
    }

    /// The same with an offset from UTC in seconds, or `None` when that is a day or more.
    pub fn with_offset(mut self, seconds: i32) -> Option<Self> {
        self.offset = Some(seconds);
        (-DAY_SECONDS < seconds && seconds < DAY_SECONDS).then_some(self)
    }

    /// Hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.hour
    }
    /// Minute, 0 to 59.
    pub fn minute(self) -> u8 {
        self.minute
    }
    /// Second, 0 to 59.
    pub fn second(self) -> u8 {
        self.second
    }
    /// Microsecond, 0 to 999999.
    pub fn microsecond(self) -> u32 {
        self.microsecond
    }
    /// Offset from UTC in seconds, east positive.
    pub fn offset(self) -> Option<i32> {
        self.offset
    }

    /// Reads `HH:MM[:SS[.ffffff]][Z|±HH[:MM[:SS]]]`; a fraction of any length is cut or padded to microseconds.
    pub fn parse(text: &str) -> Option<Self> {
        let mut p = Scanner::new(text);
        let time = p.time()?;
        p.end().then_some(time)
    }
}

impl DateTime {
    /// A date and a time together.
    pub fn new(date: Date, time: Time) -> Self {
        DateTime { date, time }
    }

    /// Reads a date, then optionally a space or `T` and a time; without a time it is midnight.
    pub fn parse(text: &str) -> Option<Self> {
        let mut p = Scanner::new(text);
        let date = p.date()?;
        if p.end() {
            return Some(DateTime { date, time: Time::new(0, 0, 0, 0)? });
        }
        if !(p.take(b' ') || p.take(b'T')) {
            return None;
        }
        let time = p.time()?;
        p.end().then_some(DateTime { date, time })
    }
}

impl Interval {
    /// A duration from any mix of parts, normalised; `None` beyond 999,999,999 days.
    pub fn new(days: i64, seconds: i64, microseconds: i64) -> Option<Self> {
        let total = i128::from(days) * 86_400_000_000 + i128::from(seconds) * 1_000_000 + i128::from(microseconds);
        Self::from_microseconds(total)
    }

    /// A duration from its microseconds; `None` beyond 999,999,999 days.
    pub fn from_microseconds(total: i128) -> Option<Self> {
        let days = i32::try_from(total.div_euclid(86_400_000_000)).ok().filter(|d| d.abs() <= 999_999_999)?;
        let rest = total.rem_euclid(86_400_000_000);
        Some(Interval {
            days,
            seconds: i32::try_from(rest / 1_000_000).ok()?,
            microseconds: i32::try_from(rest % 1_000_000).ok()?,
        })
    }

    /// The whole duration in microseconds.
    pub fn total_microseconds(self) -> i128 {
        i128::from(self.days) * 86_400_000_000 + i128::from(self.seconds) * 1_000_000 + i128::from(self.microseconds)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Always with six digits of fraction, the storage form of SQLAlchemy's SQLite types. The offset follows if known.
impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}.{:06}", self.hour, self.minute, self.second, self.microsecond)?;
        let Some(offset) = self.offset else { return Ok(()) };
        let (sign, o) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
        write!(f, "{sign}{:02}:{:02}", o / 3600, o / 60 % 60)?;
        if o % 60 != 0 { write!(f, ":{:02}", o % 60) } else { Ok(()) }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.date, self.time)
    }
}

/// Python's `str(timedelta)`.
impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.days {
            0 => {}
            1 | -1 => write!(f, "{} day, ", self.days)?,
            d => write!(f, "{d} days, ")?,
        }
        write!(f, "{}:{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60)?;
        if self.microseconds != 0 { write!(f, ".{:06}", self.microseconds) } else { Ok(()) }
    }
}

/// A cursor over ASCII text.
struct Scanner<'a> {
    rest: &'a [u8],
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str) -> Self {
        Scanner { rest: text.as_bytes() }
    }

    fn end(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, b: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == b => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }

    /// Exactly `n` digits, at most four.
    fn digits(&mut self, n: usize) -> Option<u16> {
        let (head, rest) = self.rest.split_at_checked(n)?;
        let mut out = 0u16;
        for b in head {
            out = out.checked_mul(10)?.checked_add(u16::from(b.is_ascii_digit().then(|| b - b'0')?))?;
        }
        self.rest = rest;
        Some(out)
    }

    fn two_digits(&mut self) -> Option<u8> {
        u8::try_from(self.digits(2)?).ok()
    }

    fn date(&mut self) -> Option<Date> {
        let year = self.digits(4)?;
        if !self.take(b'-') {
            return None;
        }
        let month = self.two_digits()?;
        if !self.take(b'-') {
            return None;
        }
        Date::new(year, month, self.two_digits()?)
    }

    fn time(&mut self) -> Option<Time> {
        let hour = self.two_digits()?;
        if !self.take(b':') {
            return None;
        }
        let minute = self.two_digits()?;
        let second = if self.take(b':') { self.two_digits()? } else { 0 };
        let microsecond = if self.take(b'.') { self.fraction()? } else { 0 };
        let time = Time::new(hour, minute, second, microsecond)?;
        match self.offset()? {
            Some(offset) => time.with_offset(offset),
            None => Some(time),
        }
    }

    fn fraction(&mut self) -> Option<u32> {
        let n = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits, rest) = self.rest.split_at(n);
        self.rest = rest;
        let padded = digits.iter().copied().chain(std::iter::repeat(b'0')).take(6);
        (n > 0).then(|| padded.fold(0, |acc, b| acc * 10 + u32::from(b - b'0')))
    }

    /// `Some(None)` when there is no offset, `None` when there is a broken one.
    fn offset(&mut self) -> Option<Option<i32>> {
        if self.take(b'Z') {
            return Some(Some(0));
        }
        let sign = if self.take(b'+') {
            1
        } else if self.take(b'-') {
            -1
        } else {
            return Some(None);
        };
        let mut total = i32::from(self.two_digits()?) * 3600;
        if self.take(b':') || !self.end() {
            total += i32::from(self.two_digits()?) * 60;
        }
        if self.take(b':') {
            total += i32::from(self.two_digits()?);
        }
        Some(Some(sign * total))
    }
}
