//! The text of `format_type()` to a type's name and arguments.

use crate::reflect::{Fact, ReflectedType};

/// Types whose collation is part of the type.
const COLLATED: &[&str] = &["character varying", "character", "text", "citext"];

/// A type from its text, such as `timestamp(3) with time zone`.
pub fn parse(text: &str) -> ReflectedType {
    let (base, args) = split(text);
    let number = args.first().and_then(|a| a.parse::<i64>().ok()).map(Fact::Int);
    if let Some(fields) = base.strip_prefix("interval") {
        let fields = fields.trim();
        return ReflectedType::named("interval")
            .with_some("precision", number)
            .with_some("fields", (!fields.is_empty()).then(|| Fact::text(fields)));
    }
    let ty = ReflectedType::named(&base);
    match base.as_str() {
        "timestamp without time zone" | "time without time zone" => ty.with_some("precision", number),
        "timestamp with time zone" | "time with time zone" => {
            ty.with("timezone", Fact::Bool(true)).with_some("precision", number)
        }
        "double precision" => ty.with("precision", Fact::Int(53)),
        "numeric" => {
            let scale = args.get(1).and_then(|a| a.parse().ok()).map(Fact::Int);
            ty.with_some("precision", number).with_some("scale", scale)
        }
        "bit" => ty.with_some("length", number),
        "bit varying" => ty.with("varying", Fact::Bool(true)).with_some("length", number),
        _ => {
            let args = args.iter().map(|a| a.parse().map_or_else(|_| Fact::text(*a), Fact::Int)).collect();
            ReflectedType { args, ..ty }
        }
    }
}

/// With a collation, where the type has one.
pub fn collated(ty: ReflectedType, collation: Option<String>, schema: Option<String>) -> ReflectedType {
    if !COLLATED.contains(&ty.name.as_str()) {
        return ty;
    }
    ty.with_some("collation", collation.map(Fact::Text)).with_some("collation_schema", schema.map(Fact::Text))
}

/// The text without its parenthesis, and what stood between.
fn split(text: &str) -> (String, Vec<&str>) {
    // a quoted name may hold parentheses
    let quoted = if text.starts_with('"') { text.rfind('"').unwrap_or(0) } else { 0 };
    let parts = text.split_at_checked(quoted).and_then(|(quoted, rest)| {
        let (name, rest) = rest.split_once('(')?;
        let (inside, behind) = rest.split_once(')')?;
        Some((format!("{quoted}{name}{behind}"), inside.split(',').map(str::trim).collect()))
    });
    parts.unwrap_or_else(|| (text.to_owned(), Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let t = parse(text);
        let args: Vec<String> = t.args.iter().map(|a| format!("{a:?}")).collect();
        let kw: Vec<String> = t.kwargs.iter().map(|(k, v)| format!("{k}={v:?}")).collect();
        format!("{}[{}]", t.name, [args, kw].concat().join(" "))
    }

    #[test]
    fn names_and_arguments() {
        for (text, expected) in [
            ("integer", "integer[]"),
            ("numeric(10,3)", "numeric[precision=Int(10) scale=Int(3)]"),
            ("character varying(30)", "character varying[Int(30)]"),
            ("timestamp(3) with time zone", "timestamp with time zone[timezone=Bool(true) precision=Int(3)]"),
            ("time without time zone", "time without time zone[]"),
            ("interval day to second(2)", "interval[precision=Int(2) fields=Text(\"day to second\")]"),
            ("interval year", "interval[fields=Text(\"year\")]"),
            ("bit(5)", "bit[length=Int(5)]"),
            ("bit varying(7)", "bit varying[varying=Bool(true) length=Int(7)]"),
            ("geometry(Point,4326)", "geometry[Text(\"Point\") Int(4326)]"),
            ("\"a(b\"", "\"a(b\"[]"),
            ("\"char\"", "\"char\"[]"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn odd_text_never_panics() {
        for text in ["", "(", ")(", "\"", "x(", "é(1)", "\"é", "interval("] {
            parse(text);
        }
    }
}
