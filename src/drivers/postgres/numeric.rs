//! `numeric` between its wire form and decimal text, digit for digit.

/// Sign words of the wire form.
const POSITIVE: u16 = 0x0000;
const NEGATIVE: u16 = 0x4000;
const NAN: u16 = 0xC000;
const INFINITY: u16 = 0xD000;
const NEGATIVE_INFINITY: u16 = 0xF000;

/// Appends the decimal text of a wire value to `out`. `None` when it is malformed.
pub fn decode(wire: &[u8], out: &mut String) -> Option<()> {
    let word = |i: usize| wire.get(i * 2..)?.first_chunk().map(|b| u16::from_be_bytes(*b));
    let (count, weight, sign, scale) = (usize::from(word(0)?), word(1)?.cast_signed(), word(2)?, usize::from(word(3)?));
    match sign {
        NAN => out.push_str("NaN"),
        INFINITY => out.push_str("Infinity"),
        NEGATIVE_INFINITY => out.push_str("-Infinity"),
        POSITIVE | NEGATIVE => {
            if wire.len() != 8 + count * 2 {
                return None;
            }
            if sign == NEGATIVE {
                out.push('-');
            }
            // Group `i` stands at 10000^(weight - i); groups that are not sent are zero.
            let group = |position: i32| {
                usize::try_from(i32::from(weight) - position).ok().filter(|i| *i < count).map_or(Some(0), |i| word(4 + i))
            };
            if weight < 0 {
                out.push('0');
            }
            for position in (0..=i32::from(weight)).rev() {
                let digits = group(position)?.min(9999);
                let width = if position == i32::from(weight) { 1 } else { 4 };
                push_group(out, digits, width);
            }
            if scale > 0 {
                out.push('.');
                let end = out.len() + scale;
                for position in 1..=i32::try_from(scale.div_ceil(4)).ok()? {
                    push_group(out, group(-position)?.min(9999), 4);
                }
                out.truncate(end);
            }
        }
        _ => return None,
    }
    Some(())
}

fn push_group(out: &mut String, group: u16, width: usize) {
    let digits = [group / 1000 % 10, group / 100 % 10, group / 10 % 10, group % 10];
    let significant = 4 - digits.iter().take_while(|d| **d == 0).count();
    let shown = digits.iter().skip(4 - significant.max(width));
    out.extend(shown.filter_map(|d| char::from_digit(u32::from(*d), 10)));
}

/// Appends the wire form of decimal text: an optional sign, digits, a fraction, an exponent; or `NaN`, `Infinity`.
/// `None` for anything else, and for what is too long for the wire form.
pub fn encode(text: &str, out: &mut Vec<u8>) -> Option<()> {
    let text = text.trim();
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let special = |sign: u16, out: &mut Vec<u8>| {
        [0, 0, sign, 0].iter().for_each(|w: &u16| out.extend_from_slice(&w.to_be_bytes()));
        Some(())
    };
    if body.eq_ignore_ascii_case("nan") || body.eq_ignore_ascii_case("snan") {
        return special(NAN, out);
    }
    if body.eq_ignore_ascii_case("infinity") || body.eq_ignore_ascii_case("inf") {
        return special(if negative { NEGATIVE_INFINITY } else { INFINITY }, out);
    }
    let (mantissa, exponent) = match body.split_once(['e', 'E']) {
        Some((m, e)) => (m, e.parse::<i32>().ok().filter(|e| e.abs() < 100_000)?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits: Vec<u8> =
        whole.bytes().chain(fraction.bytes()).map(|b| b.is_ascii_digit().then(|| b - b'0')).collect::<Option<_>>()?;
    if digits.is_empty() {
        return None;
    }
    // The value is `digits` with the point after `point` of them.
    let point = i32::try_from(whole.len()).ok()?.checked_add(exponent)?;
    let scale = i32::try_from(digits.len()).ok()?.checked_sub(point)?.max(0);
    let first_group = (point - 1).div_euclid(4);
    let last_group = (-scale).div_euclid(4);
    let digit = |power: i32| usize::try_from(point - 1 - power).ok().and_then(|i| digits.get(i)).copied().unwrap_or(0);
    let groups: Vec<u16> = (last_group..=first_group)
        .rev()
        .map(|g| (0..4).rev().fold(0u16, |acc, k| acc * 10 + u16::from(digit(g * 4 + k))))
        .collect();
    let leading = groups.iter().take_while(|g| **g == 0).count();
    let trailing = groups.iter().skip(leading).rev().take_while(|g| **g == 0).count();
    let kept = groups.get(leading..groups.len() - trailing).unwrap_or_default();
    let weight = if kept.is_empty() { 0 } else { i16::try_from(first_group - i32::try_from(leading).ok()?).ok()? };
    let count = u16::try_from(kept.len()).ok()?;
    let scale = u16::try_from(scale).ok().filter(|s| *s <= 0x3fff)?;
    let sign = if negative && !kept.is_empty() { NEGATIVE } else { POSITIVE };
    for word in [count, weight.cast_unsigned(), sign, scale].iter().chain(kept) {
        out.extend_from_slice(&word.to_be_bytes());
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(text: &str) -> Option<String> {
        let (mut wire, mut out) = (Vec::new(), String::new());
        encode(text, &mut wire)?;
        decode(&wire, &mut out)?;
        Some(out)
    }

    #[test]
    fn digits_survive() {
        for same in [
            "0",
            "0.00",
            "1",
            "-1",
            "10000",
            "12345678901234567890.123456789",
            "0.0001",
            "0.00001",
            "-99999.9999",
            "NaN",
            "-Infinity",
        ] {
            assert_eq!(round_trip(same).as_deref(), Some(same));
        }
        assert_eq!(round_trip("1E+5").as_deref(), Some("100000"));
        assert_eq!(round_trip("1.5e-3").as_deref(), Some("0.0015"));
        assert_eq!(round_trip(".5").as_deref(), Some("0.5"));
        assert_eq!(round_trip("007").as_deref(), Some("7"));
        for bad in ["", "-", "1.2.3", "abc", "1e", "1e9999999"] {
            assert_eq!(round_trip(bad), None, "{bad}");
        }
        for wire in [&b""[..], &[0; 7], &[0, 9, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 1, 1, 0, 0]] {
            assert_eq!(decode(wire, &mut String::new()), None);
        }
    }
}
