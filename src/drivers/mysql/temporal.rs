//! Dates and times on the wire and as text. What is no date for Python is `None`.

use base::{Date, DateTime, Interval, Time};

/// A date in binary form, behind its length.
pub fn date(wire: &[u8]) -> Option<Date> {
    let [_, y0, y1, month, day, ..] = *wire else { return None };
    Date::new(u16::from_le_bytes([y0, y1]), month, day)
}

/// A date and time in binary form; the parts that are zero may be missing at the end.
pub fn datetime(wire: &[u8]) -> Option<DateTime> {
    let date = date(wire)?;
    let (hour, minute, second) = match *wire {
        [_, _, _, _, _, h, m, s, ..] => (h, m, s),
        _ => (0, 0, 0),
    };
    Some(DateTime { date, time: Time::new(hour, minute, second, micros(wire, 8))? })
}

/// A duration in binary form: sign, days, hours, minutes, seconds, microseconds.
pub fn time(wire: &[u8]) -> Option<Interval> {
    let [_, negative, d0, d1, d2, d3, hours, minutes, seconds, ..] = *wire else {
        return Interval::new(0, 0, 0);
    };
    let total = i64::from(u32::from_le_bytes([d0, d1, d2, d3])) * 86_400
        + i64::from(hours) * 3600
        + i64::from(minutes) * 60
        + i64::from(seconds);
    let fraction = i64::from(micros(wire, 9));
    if negative == 0 { Interval::new(0, total, fraction) } else { Interval::new(0, -total, -fraction) }
}

fn micros(wire: &[u8], at: usize) -> u32 {
    wire.get(at..).and_then(|b| b.first_chunk()).map_or(0, |b| u32::from_le_bytes(*b))
}

/// Reads `[-]HH:MM:SS[.ffffff]` with any number of hours.
pub fn parse_time(text: &str) -> Option<Interval> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (clock, fraction) = rest.split_once('.').unwrap_or((rest, ""));
    let mut parts = clock.split(':').map(|p| p.parse::<u32>().ok().map(i64::from));
    let total = parts.next()?? * 3600 + parts.next()?? * 60 + parts.next()??;
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let fraction: i64 = digits.parse().ok()?;
    if negative { Interval::new(0, -total, -fraction) } else { Interval::new(0, total, fraction) }
}

/// The text form of a duration, as `TIME` columns take it.
pub fn format_time(interval: Interval) -> String {
    let total = interval.total_microseconds();
    let (sign, total) = if total < 0 { ("-", -total) } else { ("", total) };
    let seconds = total / 1_000_000;
    format!("{sign}{:02}:{:02}:{:02}.{:06}", seconds / 3600, seconds / 60 % 60, seconds % 60, total % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for text in ["-838:59:59.000001", "00:00:00.000000", "25:00:01.500000"] {
            assert_eq!(parse_time(text).map(format_time).as_deref(), Some(text));
        }
        for bad in ["", "1", "a:b:c", "-", "1:2"] {
            assert_eq!(parse_time(bad), None);
        }
        assert_eq!(time(&[8, 1, 1, 0, 0, 0, 1, 0, 0]).map(format_time).as_deref(), Some("-25:00:00.000000"));
        assert_eq!(time(&[0]).map(format_time).as_deref(), Some("00:00:00.000000"));
        assert_eq!((date(&[0]), datetime(&[4, 0, 0, 0, 0]), datetime(&[])), (None, None, None));
    }
}
