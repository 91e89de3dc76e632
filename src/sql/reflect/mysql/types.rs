//! `COLUMN_TYPE` text to a type's name and arguments.

use super::parser::string_list;
use crate::reflect::{Fact, ReflectedType};

/// A type from its text, such as `int(10) unsigned` or `enum('a','b')`.
pub fn parse(text: &str) -> ReflectedType {
    let (name, inside, flags) = split(text);
    let numbers: Vec<i64> = inside.split(',').filter_map(|n| n.trim().parse().ok()).collect();
    let number = |i: usize| numbers.get(i).copied().map(Fact::Int);
    let ty = ReflectedType::named(&name);
    let ty = match name.as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint" | "year" => ty.with_some("display_width", number(0)),
        "decimal" | "numeric" | "fixed" | "float" | "double" | "double precision" | "real" => {
            ty.with_some("precision", number(0)).with_some("scale", number(1))
        }
        "datetime" | "timestamp" | "time" => ty.with_some("fsp", number(0)),
        "enum" | "set" => ReflectedType { args: string_list(inside).into_iter().map(Fact::Text).collect(), ..ty },
        _ if is_text(&name) || matches!(name.as_str(), "bit" | "binary" | "varbinary" | "blob" | "vector") => {
            ty.with_some("length", number(0))
        }
        _ => {
            let args = inside.split(',').map(str::trim).filter(|a| !a.is_empty());
            ReflectedType { args: args.map(|a| a.parse().map_or_else(|_| Fact::text(a), Fact::Int)).collect(), ..ty }
        }
    };
    ["unsigned", "zerofill"].iter().filter(|f| flags.iter().any(|w| w == *f)).fold(ty, |ty, f| ty.with(f, Fact::Bool(true)))
}

/// Whether values of the type have a character set.
pub fn is_text(name: &str) -> bool {
    matches!(name, "char" | "varchar" | "text" | "tinytext" | "mediumtext" | "longtext" | "enum" | "set" | "nchar" | "nvarchar")
}

/// Whether the type counts.
pub fn is_integer(name: &str) -> bool {
    matches!(name, "tinyint" | "smallint" | "mediumint" | "int" | "integer" | "bigint")
}

/// With a character set and collation.
pub fn collated(ty: ReflectedType, charset: Option<String>, collation: Option<String>) -> ReflectedType {
    if !is_text(&ty.name) {
        return ty;
    }
    ty.with_some("charset", charset.map(Fact::Text)).with_some("collation", collation.map(Fact::Text))
}

/// Name in lower case, what stands between the parentheses, words behind.
fn split(text: &str) -> (String, &str, Vec<String>) {
    let words = |s: &str| s.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>();
    let parts = text.split_once('(').and_then(|(name, rest)| Some((name, rest.rsplit_once(')')?)));
    match parts {
        Some((name, (inside, behind))) => (name.trim().to_lowercase(), inside, words(behind)),
        None => {
            let mut all = words(text);
            let flags = all.split_off(all.iter().position(|w| w == "unsigned" || w == "zerofill").unwrap_or(all.len()));
            (all.join(" "), "", flags)
        }
    }
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
            ("int(10) unsigned zerofill", "int[display_width=Int(10) unsigned=Bool(true) zerofill=Bool(true)]"),
            ("int unsigned", "int[unsigned=Bool(true)]"),
            ("double unsigned", "double[unsigned=Bool(true)]"),
            ("decimal(5,2)", "decimal[precision=Int(5) scale=Int(2)]"),
            ("varchar(30)", "varchar[length=Int(30)]"),
            ("datetime(6)", "datetime[fsp=Int(6)]"),
            ("enum('a','b''c','d,e','(f)','')", "enum[Text(\"a\") Text(\"b'c\") Text(\"d,e\") Text(\"(f)\") Text(\"\")]"),
            ("set('x','y z')", "set[Text(\"x\") Text(\"y z\")]"),
            ("longtext", "longtext[]"),
            ("geometrycollection", "geometrycollection[]"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn odd_text_never_panics() {
        for text in ["", "(", ")(", "enum('", "enum(é", "set(')", "int(", "x()y"] {
            parse(text);
        }
    }
}
