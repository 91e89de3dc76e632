//! Enumerations and domains.

use super::types;
use crate::reflect::rows::{flag, int, opt_text, text};
use crate::reflect::{Fact, ReflectedType, Row};
use indexmap::IndexMap;

/// An enumeration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EnumType {
    pub name: String,
    pub schema: String,
    pub visible: bool,
    pub labels: Vec<String>,
}

/// A domain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct DomainType {
    pub name: String,
    pub schema: String,
    pub visible: bool,
    /// Text of the type it is made of.
    pub base: String,
    pub element: Element,
    pub not_null: bool,
    pub default: Option<String>,
    pub collation: Option<String>,
    pub collation_schema: Option<String>,
    /// Name and condition.
    pub checks: Vec<(String, String)>,
}

impl DomainType {
    /// Name of the type it is made of, without its arguments.
    pub fn base_name(&self) -> &str {
        self.base.split('(').next().unwrap_or(&self.base)
    }
}

/// A type as its users see it: of what, and whether an array of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Element {
    pub text: String,
    pub array: bool,
    /// `typtype` of the catalogue: `e` for enumerations, `d` for domains.
    pub kind: String,
    pub oid: i64,
}

/// Enumerations from the answer to [`super::queries::enums`], by oid.
pub fn enums(rows: &[Row]) -> IndexMap<i64, EnumType> {
    let mut found: IndexMap<i64, EnumType> = IndexMap::new();
    for row in rows {
        let e = found.entry(int(row, 0)).or_insert_with(|| EnumType {
            name: text(row, 1),
            schema: text(row, 2),
            visible: flag(row, 3),
            labels: Vec::new(),
        });
        e.labels.extend(opt_text(row, 4));
    }
    found
}

/// Domains from the answer to [`super::queries::domains`], by oid.
pub fn domains(rows: &[Row]) -> IndexMap<i64, DomainType> {
    let mut found: IndexMap<i64, DomainType> = IndexMap::new();
    for row in rows {
        let d = found.entry(int(row, 0)).or_insert_with(|| DomainType {
            name: text(row, 1),
            schema: text(row, 2),
            visible: flag(row, 3),
            base: text(row, 4),
            element: Element { text: text(row, 5), array: flag(row, 6), kind: text(row, 7), oid: int(row, 8) },
            not_null: flag(row, 9),
            default: opt_text(row, 10),
            collation: opt_text(row, 11),
            collation_schema: opt_text(row, 12),
            checks: Vec::new(),
        });
        if let (Some(name), Some(condition)) = (opt_text(row, 13), opt_text(row, 14)) {
            d.checks.push((name, condition));
        }
    }
    found
}

/// Makes types of columns, given what the database has named.
#[derive(Default)]
#[allow(missing_docs)]
pub struct Resolver {
    pub enums: IndexMap<i64, EnumType>,
    pub domains: IndexMap<i64, DomainType>,
}

/// How deep domains over domains may go before we stop looking.
const MAX_DEPTH: usize = 64;

impl Resolver {
    /// The type of a column or domain. Where the collation is not the type's own it is given.
    pub fn resolve(&self, element: &Element, collation: Option<String>, collation_schema: Option<String>) -> ReflectedType {
        self.at(element, collation, collation_schema, 0)
    }

    fn at(&self, element: &Element, collation: Option<String>, collation_schema: Option<String>, depth: usize) -> ReflectedType {
        let ty = match element.kind.as_str() {
            "e" => self.enums.get(&element.oid).map(enumeration),
            "d" if depth < MAX_DEPTH => self.domains.get(&element.oid).map(|d| self.domain(d, depth)),
            _ => None,
        };
        let ty = ty.unwrap_or_else(|| types::collated(types::parse(&element.text), collation, collation_schema));
        if element.array { ReflectedType { args: vec![Fact::Type(Box::new(ty))], ..ReflectedType::named("array") } } else { ty }
    }

    fn domain(&self, d: &DomainType, depth: usize) -> ReflectedType {
        // every text has the collation named "default" unless it says otherwise: nothing to repeat
        let collation = d.collation.clone().filter(|c| c != "default");
        let schema = d.collation_schema.clone();
        let base = self.at(&d.element, collation.clone(), schema.clone(), depth + 1);
        let check = d.checks.first();
        ReflectedType { args: vec![Fact::text(&*d.name), Fact::Type(Box::new(base))], ..ReflectedType::named("domain") }
            .with_some("schema", (!d.visible).then(|| Fact::text(&*d.schema)))
            .with("not_null", Fact::Bool(d.not_null))
            .with_some("default", d.default.clone().map(Fact::Text))
            .with_some("collation", collation.map(Fact::Text))
            .with_some("collation_schema", schema.map(Fact::Text))
            .with_some("constraint_name", check.map(|(name, _)| Fact::text(&**name)))
            .with_some("check", check.map(|(_, condition)| Fact::text(&**condition)))
            .with("create_type", Fact::Bool(false))
    }
}

fn enumeration(e: &EnumType) -> ReflectedType {
    ReflectedType { args: e.labels.iter().map(|l| Fact::text(&**l)).collect(), ..ReflectedType::named("enum") }
        .with("name", Fact::text(&*e.name))
        .with_some("schema", (!e.visible).then(|| Fact::text(&*e.schema)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_over_domains_and_arrays_of_enums() {
        let mut r = Resolver::default();
        let labels = vec!["a".to_owned(), "b".to_owned()];
        r.enums.insert(1, EnumType { name: "mood".into(), schema: "s".into(), visible: false, labels });
        let element = Element { text: "mood".into(), array: true, kind: "e".into(), oid: 1 };
        r.domains.insert(2, DomainType { name: "moods".into(), visible: true, element, ..DomainType::default() });
        let of_itself = Element { text: "loop".into(), array: false, kind: "d".into(), oid: 3 };
        let looping = DomainType { name: "loop".into(), element: of_itself.clone(), ..DomainType::default() };
        r.domains.insert(3, looping);

        let column = Element { text: "moods".into(), array: false, kind: "d".into(), oid: 2 };
        let ty = r.resolve(&column, None, None);
        assert_eq!(ty.name, "domain");
        let Fact::Type(array) = &ty.args[1] else { panic!("a type") };
        assert_eq!(array.name, "array");
        let Fact::Type(mood) = &array.args[0] else { panic!("a type") };
        assert_eq!(mood.kwargs, [("name".to_owned(), Fact::text("mood")), ("schema".to_owned(), Fact::text("s"))]);
        // a catalogue that makes no sense ends too
        r.resolve(&of_itself, None, None);
    }
}
