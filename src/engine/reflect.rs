//! Reflection: what was read of a database's catalogue, what is still to be read, and the way along references.
//!
//! Who reads is elsewhere (`src/py/reflect`, with the queries of `sql::reflect`): a [`SchemaMemory`] says what to ask for and is told
//! the answers, so nothing is locked while a query runs. The questions of one answer (columns, constraints, indexes) form a *group*.

use indexmap::{IndexMap, IndexSet};
use std::collections::{HashMap, HashSet};

/// What was read of one schema: relations, and what is known of them by group. Absence is not remembered: a table that is asked for
/// by name is looked for again.
#[derive(Debug)]
pub struct SchemaMemory<R, F> {
    relations: IndexMap<String, R>,
    /// Names in lower case to names, where case makes no difference.
    folded: HashMap<String, String>,
    complete: bool,
    groups: HashMap<String, Group<F>>,
}

#[derive(Debug)]
struct Group<F> {
    complete: bool,
    facts: HashMap<String, F>,
}

/// What is still to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing: all of it is known.
    Nothing,
    /// The whole schema.
    All,
    /// These relations.
    Names(Vec<String>),
}

impl<R, F> Default for SchemaMemory<R, F> {
    fn default() -> Self {
        Self { relations: IndexMap::new(), folded: HashMap::new(), complete: false, groups: HashMap::new() }
    }
}

impl<R, F> SchemaMemory<R, F> {
    /// Was every relation read?
    pub fn is_complete(&self) -> bool {
        self.complete
    }
    /// Every relation was read; what was known before stays as it was.
    pub fn complete_with(&mut self, found: Vec<(String, R, bool)>) {
        let fresh = found.into_iter().filter(|(name, ..)| !self.relations.contains_key(name)).collect();
        self.remember(fresh);
        self.complete = true;
    }
    /// These relations are there; the flag says that case makes no difference to the name.
    pub fn remember(&mut self, found: Vec<(String, R, bool)>) {
        for (name, relation, fold) in found {
            if fold {
                self.folded.insert(name.to_lowercase(), name.clone());
            }
            self.relations.insert(name, relation);
        }
    }
    /// The name under which a relation is known, if it is.
    pub fn known(&self, name: &str) -> Option<&str> {
        match self.relations.get_key_value(name) {
            Some((known, _)) => Some(known),
            None => self.folded.get(&name.to_lowercase()).map(String::as_str),
        }
    }
    /// Those of `names` that are to be looked for.
    pub fn missing(&self, names: &[String]) -> Vec<String> {
        names.iter().filter(|n| self.known(n).is_none()).cloned().collect()
    }
    /// The relation of this very name.
    pub fn relation(&self, name: &str) -> Option<&R> {
        self.relations.get(name)
    }
    /// All relations, in the order in which they were found.
    pub fn relations(&self) -> impl Iterator<Item = (&String, &R)> {
        self.relations.iter()
    }
    /// What is still to be read of a group, for these relations or all of them.
    pub fn wanted(&self, group: &str, names: Option<&[String]>) -> Wanted {
        let group = self.groups.get(group);
        let unknown = |names: &[String]| -> Vec<String> {
            names.iter().filter(|n| !group.is_some_and(|g| g.facts.contains_key(*n))).cloned().collect()
        };
        match names {
            None if group.is_some_and(|g| g.complete) => Wanted::Nothing,
            None => Wanted::All,
            Some(names) => match unknown(names) {
                rest if rest.is_empty() => Wanted::Nothing,
                rest => Wanted::Names(rest),
            },
        }
    }
    /// What was read of a group. Relations of which there is nothing to say get `nothing`.
    pub fn learn(&mut self, group: &str, wanted: &Wanted, mut found: HashMap<String, F>, nothing: impl Fn() -> F) {
        let names: Vec<String> = match wanted {
            Wanted::Nothing => return,
            Wanted::All => self.relations.keys().cloned().collect(),
            Wanted::Names(names) => names.clone(),
        };
        let group = self.groups.entry(group.to_owned()).or_insert_with(|| Group { complete: false, facts: HashMap::new() });
        for name in names {
            let facts = found.remove(&name).unwrap_or_else(&nothing);
            group.facts.entry(name).or_insert(facts);
        }
        group.complete |= *wanted == Wanted::All;
    }
    /// What a group says of a relation.
    pub fn fact(&self, group: &str, name: &str) -> Option<&F> {
        self.groups.get(group)?.facts.get(name)
    }
}

/// A table by schema and name.
pub type Place = (Option<String>, String);

/// One stop of a [`Journey`]: a schema, the tables wanted of it (`None`: all), and whether to read the whole schema for them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Stop {
    pub schema: Option<String>,
    pub names: Option<Vec<String>>,
    pub whole: bool,
}

/// The way from tables to those that they refer to: level by level, one round of queries for a schema each, however many tables
/// there are. From the fourth level on a schema is read at once, so that a long chain does not take a round for each of its tables.
#[derive(Debug)]
pub struct Journey {
    seen: HashSet<Place>,
    next: IndexMap<Option<String>, IndexSet<String>>,
    level: usize,
}

/// Levels that are read table by table.
const BY_NAME: usize = 3;

impl Journey {
    /// Begins with these tables, or with all of a schema.
    pub fn begin(schema: Option<String>, names: Option<Vec<String>>) -> (Self, Stop) {
        let journey = Self { seen: HashSet::new(), next: IndexMap::new(), level: 1 };
        let whole = names.is_none();
        (journey, Stop { schema, names, whole })
    }
    /// A stop was read: these of its tables were found.
    pub fn read(&mut self, stop: &Stop, found: &[String]) {
        // a reference to what is not there must not be followed for ever
        for name in found.iter().chain(stop.names.iter().flatten()) {
            self.seen.insert((stop.schema.clone(), name.clone()));
        }
    }
    /// A table that was read refers to this one.
    pub fn refers_to(&mut self, schema: Option<String>, table: String) {
        self.next.entry(schema).or_default().insert(table);
    }
    /// The stops of the next level, when all of this one were read; none at the end.
    pub fn advance(&mut self) -> Vec<Stop> {
        self.level += 1;
        let whole = self.level > BY_NAME;
        let next = std::mem::take(&mut self.next);
        next.into_iter()
            .filter_map(|(schema, names)| {
                let fresh: Vec<_> = names.into_iter().filter(|n| !self.seen.contains(&(schema.clone(), n.clone()))).collect();
                (!fresh.is_empty()).then_some(Stop { schema, names: Some(fresh), whole })
            })
            .collect()
    }
}

/// May a part of a table be reflected, whose columns are these, when only the columns `include` are wanted?
pub fn is_covered(columns: &[Option<String>], include: Option<&[String]>) -> bool {
    include.is_none_or(|wanted| columns.iter().flatten().all(|c| wanted.contains(c)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn names_fold_where_case_makes_no_difference() {
        let mut m: SchemaMemory<u8, u8> = SchemaMemory::default();
        m.remember(vec![("Users".into(), 1, true), ("Plain".into(), 2, false)]);
        assert_eq!((m.known("users"), m.known("Users"), m.known("plain")), (Some("Users"), Some("Users"), None));
        assert_eq!(m.missing(&names(&["USERS", "plain", "x"])), names(&["plain", "x"]));
        m.complete_with(vec![("a".into(), 3, false), ("Users".into(), 9, true)]);
        assert!(m.is_complete());
        assert_eq!(m.relations().map(|(n, r)| (n.as_str(), *r)).collect::<Vec<_>>(), [("Users", 1), ("Plain", 2), ("a", 3)]);
    }

    #[test]
    fn a_group_is_read_once() {
        let mut m: SchemaMemory<u8, u8> = SchemaMemory::default();
        m.remember(vec![("a".into(), 0, false), ("b".into(), 0, false)]);
        let wanted = m.wanted("columns", Some(&names(&["a"])));
        assert_eq!(wanted, Wanted::Names(names(&["a"])));
        m.learn("columns", &wanted, HashMap::from([("a".to_owned(), 7)]), || 0);
        assert_eq!((m.wanted("columns", Some(&names(&["a"]))), m.fact("columns", "a")), (Wanted::Nothing, Some(&7)));
        let wanted = m.wanted("columns", None);
        assert_eq!(wanted, Wanted::All);
        m.learn("columns", &wanted, HashMap::from([("a".to_owned(), 8)]), || 0);
        // what is known stays, and what is not reported is nothing
        assert_eq!(
            (m.fact("columns", "a"), m.fact("columns", "b"), m.wanted("columns", None)),
            (Some(&7), Some(&0), Wanted::Nothing)
        );
        // of what came later there is still something to ask
        assert_eq!(m.wanted("columns", Some(&names(&["c"]))), Wanted::Names(names(&["c"])));
    }

    #[test]
    fn references_are_followed_level_by_level() {
        let (mut j, stop) = Journey::begin(None, Some(names(&["a"])));
        assert!(!stop.whole);
        j.read(&stop, &names(&["a"]));
        j.refers_to(None, "b".into());
        j.refers_to(None, "a".into());
        j.refers_to(Some("s".into()), "gone".into());
        let stops = j.advance();
        assert_eq!(stops[0], Stop { schema: None, names: Some(names(&["b"])), whole: false });
        assert_eq!(stops[1].schema.as_deref(), Some("s"));
        j.read(&stops[0], &names(&["b"]));
        j.read(&stops[1], &[]);
        j.refers_to(None, "c".into());
        j.refers_to(Some("s".into()), "gone".into());
        let third = j.advance();
        assert_eq!((third.len(), third[0].whole), (1, false));
        j.read(&third[0], &names(&["c"]));
        j.refers_to(None, "d".into());
        assert!(j.advance()[0].whole);
        assert!(j.advance().is_empty());
    }

    #[test]
    fn parts_over_columns_that_are_left_out() {
        let columns = [Some("a".to_owned()), None];
        assert!(is_covered(&columns, None) && is_covered(&columns, Some(&names(&["a"]))));
        assert!(!is_covered(&columns, Some(&names(&["b"]))));
    }
}
