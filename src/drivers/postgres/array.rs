//! Arrays: nested lists of [`Value`]s to and from their wire and text forms.

use base::{DbResult, Value};

use super::decode;
use super::encode;
use super::types::Kind;

/// PostgreSQL's own limit of dimensions.
const MAX_DIMENSIONS: usize = 6;

fn take<'a>(wire: &mut &'a [u8], n: usize) -> Option<&'a [u8]> {
    let (head, rest) = wire.split_at_checked(n)?;
    *wire = rest;
    Some(head)
}

fn take_i32(wire: &mut &[u8]) -> Option<i32> {
    take(wire, 4)?.try_into().ok().map(i32::from_be_bytes)
}

/// Reads the wire form: dimensions, elements one after the other. `None` when malformed.
pub fn from_binary(element: &Kind, mut wire: &[u8]) -> Option<DbResult<Value>> {
    let wire = &mut wire;
    let dimensions = usize::try_from(take_i32(wire)?).ok().filter(|d| *d <= MAX_DIMENSIONS)?;
    take(wire, 8)?;
    let mut lengths = Vec::with_capacity(dimensions);
    for _ in 0..dimensions {
        lengths.push(usize::try_from(take_i32(wire)?).ok()?);
        take(wire, 4)?;
    }
    // An array without elements has no dimensions; else each element takes four bytes at least, so what is claimed is there.
    if lengths.is_empty() || lengths.contains(&0) {
        return Some(Ok(Value::Array([].into())));
    }
    nested(element, &lengths, wire)
}

fn nested(element: &Kind, lengths: &[usize], wire: &mut &[u8]) -> Option<DbResult<Value>> {
    let (length, inner) = lengths.split_first()?;
    let mut out = Vec::new();
    for _ in 0..*length {
        let item = if !inner.is_empty() {
            nested(element, inner, wire)?
        } else {
            match take_i32(wire)? {
                -1 => Ok(Value::Null),
                n => decode::binary_value(element, take(wire, usize::try_from(n).ok()?)?),
            }
        };
        match item {
            Ok(value) => out.push(value),
            Err(e) => return Some(Err(e)),
        }
    }
    Some(Ok(Value::Array(out.into())))
}

/// Appends the wire form. `None` when the lists are not rectangular or an element does not fit.
pub fn to_binary(element: &Kind, oid: u32, items: &[Value], out: &mut Vec<u8>) -> Option<()> {
    let mut lengths = Vec::new();
    let mut level = items;
    while !level.is_empty() {
        lengths.push(i32::try_from(level.len()).ok()?);
        match level.first() {
            Some(Value::Array(inner)) if lengths.len() < MAX_DIMENSIONS => level = inner,
            _ => break,
        }
    }
    out.extend_from_slice(&i32::try_from(lengths.len()).ok()?.to_be_bytes());
    out.extend_from_slice(&i32::from(has_null(items)).to_be_bytes());
    out.extend_from_slice(&oid.to_be_bytes());
    for length in &lengths {
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&1i32.to_be_bytes());
    }
    elements(element, &lengths, items, out)
}

fn has_null(items: &[Value]) -> bool {
    items.iter().any(|v| match v {
        Value::Array(inner) => has_null(inner),
        v => v.is_null(),
    })
}

fn elements(element: &Kind, lengths: &[i32], items: &[Value], out: &mut Vec<u8>) -> Option<()> {
    let Some((length, inner)) = lengths.split_first() else { return items.is_empty().then_some(()) };
    if items.len() != usize::try_from(*length).ok()? {
        return None;
    }
    for item in items {
        match item {
            Value::Array(list) if !inner.is_empty() => elements(element, inner, list, out)?,
            _ if !inner.is_empty() => return None,
            Value::Null => out.extend_from_slice(&(-1i32).to_be_bytes()),
            value => {
                let start = out.len();
                out.extend_from_slice(&[0; 4]);
                encode::binary(element, value, out)?;
                let size = i32::try_from(out.len() - start - 4).ok()?;
                out.get_mut(start..start + 4)?.copy_from_slice(&size.to_be_bytes());
            }
        }
    }
    Some(())
}

/// Reads the text form, e.g. `{1,NULL,"a b"}`. `None` when malformed.
pub fn from_text(element: &Kind, text: &str) -> Option<DbResult<Value>> {
    // Bounds other than from 1 come first: `[0:1]={1,2}`.
    let text = if text.starts_with('[') { text.split_once('=')?.1 } else { text };
    let mut rest = text.strip_prefix('{')?;
    let value = list(element, &mut rest, 1)?;
    rest.is_empty().then_some(value)
}

fn list(element: &Kind, rest: &mut &str, depth: usize) -> Option<DbResult<Value>> {
    let mut out = Vec::new();
    if depth > MAX_DIMENSIONS {
        return None;
    }
    if let Some(tail) = rest.strip_prefix('}') {
        *rest = tail;
        return Some(Ok(Value::Array([].into())));
    }
    loop {
        let item = if let Some(tail) = rest.strip_prefix('{') {
            *rest = tail;
            list(element, rest, depth + 1)?
        } else if let Some(tail) = rest.strip_prefix('"') {
            let (text, tail) = quoted(tail)?;
            *rest = tail;
            decode::text_value(element, &text)
        } else {
            let end = rest.find([',', '}'])?;
            let (word, tail) = rest.split_at(end);
            *rest = tail;
            if word.eq_ignore_ascii_case("NULL") { Ok(Value::Null) } else { decode::text_value(element, word) }
        };
        match item {
            Ok(value) => out.push(value),
            Err(e) => return Some(Err(e)),
        }
        let next = rest.chars().next()?;
        *rest = rest.get(1..)?;
        match next {
            ',' => {}
            '}' => return Some(Ok(Value::Array(out.into()))),
            _ => return None,
        }
    }
}

fn quoted(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((i, c)) = chars.next() {
        match c {
            '"' => return Some((out, text.get(i + 1..)?)),
            '\\' => out.push(chars.next()?.1),
            c => out.push(c),
        }
    }
    None
}

/// Appends the text form.
pub fn to_text(items: &[Value], out: &mut String) {
    out.push('{');
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        match item {
            Value::Null => out.push_str("NULL"),
            Value::Array(inner) => to_text(inner, out),
            Value::Int(_) | Value::Float(_) | Value::Decimal(_) | Value::Bool(_) => encode::text(item, out),
            value => {
                let mut text = String::new();
                encode::text(value, &mut text);
                out.push('"');
                for c in text.chars() {
                    if matches!(c, '"' | '\\') {
                        out.push('\\');
                    }
                    out.push(c);
                }
                out.push('"');
            }
        }
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(dimensions: &[i32], elements: &[u8]) -> Vec<u8> {
        let head = [i32::try_from(dimensions.len()).unwrap_or(0), 0, 23];
        let sizes = dimensions.iter().flat_map(|n| [*n, 1]);
        head.into_iter().chain(sizes).flat_map(i32::to_be_bytes).chain(elements.iter().copied()).collect()
    }

    #[test]
    fn dimensions_that_are_claimed_only() {
        let read = |dimensions: &[i32]| from_binary(&Kind::Int4, &wire(dimensions, &[])).map(|v| v.is_ok());
        // None of these may make the lists that they speak of.
        for empty in [&[][..], &[0], &[i32::MAX, 0], &[i32::MAX, i32::MAX, 0], &[i32::MAX, i32::MAX, i32::MAX, i32::MAX, 2, 0]] {
            assert_eq!(read(empty), Some(true), "{empty:?}");
        }
        for broken in [&[1][..], &[i32::MAX], &[i32::MAX, i32::MAX, 4], &[-1], &[1, 1, 1, 1, 1, 1, 1]] {
            assert_eq!(read(broken), None, "{broken:?}");
        }
    }
}
