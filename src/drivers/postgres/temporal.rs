//! PostgreSQL's dates and times: microseconds and days from 2000-01-01.

use base::{Date, DateTime, DbError, DbErrorKind, Interval, Time};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;
/// Days from 0000-03-01 to 2000-01-01 in the proleptic Gregorian calendar.
const EPOCH: i64 = 730_425;

fn data(message: String) -> DbError {
    DbError::new(DbErrorKind::Data, message)
}

/// Why a date is none of Python's.
pub fn out_of_range(what: &str, too_large: bool) -> DbError {
    data(match too_large {
        true => format!("{what} too large (after year 10K)"),
        false => format!("{what} too small (before year 1)"),
    })
}

/// The civil date of a day number. Euclid's algorithm over 400-year eras that begin in March.
fn civil(days: i64) -> Option<Date> {
    let z = days + EPOCH;
    let era = z.div_euclid(146_097);
    let day = z.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let dom = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    Date::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(dom).ok()?)
}

/// The day number of a date.
#[expect(clippy::cast_possible_truncation, reason = "a year of 16 bits has a day number of 32")]
pub fn days(date: Date) -> i32 {
    let (m, d) = (i64::from(date.month()), i64::from(date.day()));
    let y = i64::from(date.year()) - i64::from(m <= 2);
    let era = y.div_euclid(400);
    let year = y.rem_euclid(400);
    let day = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + d - 1;
    (era * 146_097 + year * 365 + year / 4 - year / 100 + day - EPOCH) as i32
}

fn date_of(days: i64, what: &str) -> Result<Date, DbError> {
    civil(days).ok_or_else(|| out_of_range(what, days > 0))
}

/// A date from its day number; infinities and years that Python has not are data errors.
pub fn date(days: i32) -> Result<Date, DbError> {
    date_of(i64::from(days), "date")
}

/// A time from its microseconds; 24:00 is a data error.
pub fn time(micros: i64) -> Result<Time, DbError> {
    let seconds = micros.div_euclid(1_000_000);
    let read = || {
        let part = |n: i64| u8::try_from(n).ok();
        let fraction = u32::try_from(micros.rem_euclid(1_000_000)).ok()?;
        Time::new(part(seconds / 3600)?, part(seconds / 60 % 60)?, part(seconds % 60)?, fraction)
    };
    read().ok_or_else(|| data("time not supported by Python: hour 24".to_owned()))
}

/// A date and time from its microseconds.
pub fn datetime(micros: i64) -> Result<DateTime, DbError> {
    let date = date_of(micros.div_euclid(DAY), "timestamp")?;
    Ok(DateTime { date, time: time(micros.rem_euclid(DAY))? })
}

/// Microseconds of a time of day.
pub fn time_micros(time: Time) -> i64 {
    let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
    seconds * 1_000_000 + i64::from(time.microsecond())
}

/// Microseconds of a date and time; in UTC when it has an offset.
pub fn datetime_micros(value: DateTime) -> i64 {
    let offset = i64::from(value.time.offset().unwrap_or(0)) * 1_000_000;
    i64::from(days(value.date)) * DAY + time_micros(value.time) - offset
}

/// An interval as a duration: a year is 365 days, a month 30.
pub fn interval(months: i32, days: i32, micros: i64) -> Result<Interval, DbError> {
    let months = i64::from(months);
    let days = i64::from(days) + months / 12 * 365 + months % 12 * 30;
    Interval::new(days, 0, micros).ok_or_else(|| data("interval out of the range of Python's timedelta".to_owned()))
}

/// Reads the text form of an interval, e.g. `1 year 2 mons -3 days 04:05:06.7`.
pub fn parse_interval(text: &str) -> Result<Interval, DbError> {
    let bad = || data(format!("can't parse interval {text:?}"));
    let (mut months, mut days, mut micros) = (0i32, 0i32, 0i64);
    let mut words = text.split_ascii_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            let (negative, clock) = match word.strip_prefix('-') {
                Some(rest) => (true, rest),
                None => (false, word.trim_start_matches('+')),
            };
            let mut total = 0i64;
            let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
            for (part, unit) in clock.split(':').zip([3_600_000_000i64, 60_000_000, 1_000_000]) {
                let n: i64 = part.parse().map_err(|_| bad())?;
                total = n.checked_mul(unit).and_then(|n| total.checked_add(n)).ok_or_else(bad)?;
            }
            let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
            total = digits.parse().ok().and_then(|n| total.checked_add(n)).filter(|n| *n >= 0).ok_or_else(bad)?;
            micros = if negative { -total } else { total };
        } else {
            let n: i32 = word.parse().map_err(|_| bad())?;
            match words.next().ok_or_else(bad)?.trim_end_matches('s') {
                "year" => months = n.checked_mul(12).and_then(|n| months.checked_add(n)).ok_or_else(bad)?,
                "mon" => months = months.checked_add(n).ok_or_else(bad)?,
                "day" => days = n,
                _ => return Err(bad()),
            }
        }
    }
    interval(months, days, micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_count_from_2000() {
        for (text, n) in
            [("2000-01-01", 0), ("2000-03-01", 60), ("1999-12-31", -1), ("0001-01-01", -730_119), ("9999-12-31", 2_921_939)]
        {
            let d = Date::parse(text).expect(text);
            assert_eq!((days(d), date(n)), (n, Ok(d)));
        }
        assert_eq!(date(2_921_940).map_err(|e| e.message().to_owned()), Err("date too large (after year 10K)".into()));
        assert_eq!(date(i32::MIN).map_err(|e| e.message().to_owned()), Err("date too small (before year 1)".into()));
        assert!(datetime(i64::MAX).is_err() && datetime(i64::MIN).is_err() && time(DAY).is_err());
        assert_eq!(datetime(-1).map(|d| d.to_string()), Ok("1999-12-31 23:59:59.999999".into()));
    }

    #[test]
    fn intervals_read() {
        let read = |s: &str| parse_interval(s).map(|i| i.to_string()).map_err(|_| ());
        assert_eq!(read("1 year 2 mons -3 days 04:05:06.7"), Ok("422 days, 4:05:06.700000".into()));
        assert_eq!(read("-00:00:01"), Ok("-1 day, 23:59:59".into()));
        assert_eq!(read("00:00:00"), Ok("0:00:00".into()));
        assert_eq!(read("5 parsecs"), Err(()));
    }
}
