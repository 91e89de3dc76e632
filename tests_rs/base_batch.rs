//! Whatever is pushed into a row batch comes out of it.

use base::{Cell, Date, DateTime, Interval, RowBatch, Time, Value};
use proptest::prelude::*;

fn date() -> impl Strategy<Value = Date> {
    (1u16..=9999, 1u8..=12, 1u8..=28).prop_filter_map("a date", |(y, m, d)| Date::new(y, m, d))
}

fn time() -> impl Strategy<Value = Time> {
    let offset = prop::option::of(-86_399..86_400i32);
    (0u8..24, 0u8..60, 0u8..60, 0u32..1_000_000, offset).prop_filter_map("a time", |(h, m, s, us, offset)| {
        let time = Time::new(h, m, s, us)?;
        match offset {
            Some(o) => time.with_offset(o),
            None => Some(time),
        }
    })
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        prop::num::f64::NORMAL.prop_map(Value::Float),
        any::<String>().prop_map(Value::from),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::bytes),
        "[0-9]{1,30}".prop_map(|s| Value::Decimal(s.into())),
        Just(Value::Json("{\"a\": 1}".into())),
        date().prop_map(Value::Date),
        time().prop_map(Value::Time),
        (date(), time()).prop_map(|(d, t)| Value::DateTime(DateTime::new(d, t))),
        any::<[u8; 16]>().prop_map(Value::Uuid),
        any::<i64>().prop_filter_map("an interval", |us| Interval::new(0, 0, us)).prop_map(Value::Interval),
        Just(Value::Array([Value::Int(1), Value::Null].into())),
    ]
}

proptest! {
    #[test]
    fn round_trip(rows in prop::collection::vec(prop::collection::vec(value(), 3), 0..20)) {
        let mut batch = RowBatch::new(3);
        batch.push_int(1);
        batch.discard_incomplete_row();
        for row in &rows {
            row.iter().for_each(|v| batch.push_value(v));
        }
        prop_assert_eq!(batch.rows(), rows.len());
        for (i, row) in rows.iter().enumerate() {
            prop_assert_eq!(&batch.row(i).map(Cell::to_value).collect::<Vec<_>>(), row);
            prop_assert_eq!(&row.iter().map(|v| v.as_cell().to_value()).collect::<Vec<_>>(), row);
        }
        prop_assert_eq!(batch.cell(rows.len(), 0), Cell::Null);
    }

    #[test]
    fn temporal_text_is_read_back(date in date(), time in time()) {
        let both = DateTime::new(date, time);
        prop_assert_eq!(Date::parse(&date.to_string()), Some(date));
        prop_assert_eq!(Time::parse(&time.to_string()), Some(time));
        prop_assert_eq!(DateTime::parse(&both.to_string()), Some(both));
    }

    #[test]
    fn temporal_parsing_never_panics(text in "\\PC*") {
        let _ = (Date::parse(&text), Time::parse(&text), DateTime::parse(&text));
    }
}

#[test]
fn storage_forms() {
    assert_eq!(DateTime::parse("2020-02-29 01:02:03.5").map(|d| d.to_string()), Some("2020-02-29 01:02:03.500000".into()));
    assert_eq!(DateTime::parse("2020-02-29").map(|d| d.to_string()), Some("2020-02-29 00:00:00.000000".into()));
    assert_eq!(Time::parse("01:02").map(|t| t.to_string()), Some("01:02:00.000000".into()));
    for bad in ["2021-02-29", "2020-13-01", "2020-1-1", "x", "", "2020-01-01x"] {
        assert_eq!(Date::parse(bad), None, "{bad}");
    }
    assert_eq!(Interval::new(0, -1, 0).map(|i| i.to_string()), Some("-1 day, 23:59:59".into()));
}
