//! Texts of dates, times, numbers and UUIDs.

use crate::input;
use arbitrary::Unstructured;
use base::value::{format_uuid, parse_uuid};
use base::{Date, DateTime, Interval, Time};

/// The bytes are a text; and values of each kind.
pub fn run(data: &[u8]) {
    let text = input::text(data);
    if let Some(date) = Date::parse(&text) {
        assert_eq!(date.to_string(), text);
    }
    if let Some(time) = Time::parse(&text) {
        assert_eq!(Time::parse(&time.to_string()), Some(time));
    }
    if let Some(value) = DateTime::parse(&text) {
        assert_eq!(DateTime::parse(&value.to_string()), Some(value));
    }
    if let Some(uuid) = parse_uuid(&text) {
        assert_eq!(parse_uuid(&format_uuid(&uuid)), Some(uuid));
    }
    let _ = values(&mut Unstructured::new(data));
}

fn values(u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let f: f64 = u.arbitrary()?;
    if f.is_finite() {
        let text = base::temporal::float_text(f);
        assert_eq!(text.parse(), Ok(f), "{text}");
    }
    let (days, seconds, micros): (i64, i64, i64) = u.arbitrary()?;
    if let Some(interval) = Interval::new(days, seconds, micros) {
        let expected = i128::from(days) * 86_400_000_000 + i128::from(seconds) * 1_000_000 + i128::from(micros);
        assert_eq!(interval.total_microseconds(), expected);
        assert!((0..86_400).contains(&interval.seconds) && (0..1_000_000).contains(&interval.microseconds));
    }
    let time = input::time(u)?;
    assert_eq!(Time::parse(&time.to_string()), Some(time));
    let value = DateTime::new(input::date(u)?, time);
    assert_eq!(DateTime::parse(&value.to_string()), Some(value));
    Ok(())
}
