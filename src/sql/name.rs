//! Identifiers, and anonymous names that get their number when a statement is rendered.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// An identifier with its quoting preference (`quoted_name`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// Verbatim text.
    pub text: Arc<str>,
    /// `Some(true)` always quote, `Some(false)` never, `None` by rule.
    pub quote: Option<bool>,
}

impl Name {
    /// A name quoted by rule.
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self { text: text.into(), quote: None }
    }
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}
impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
impl std::fmt::Display for Name {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

/// A name that may be replaced while others read it. Earlier ones stay as long as it does, so that nobody who reads one waits.
#[derive(Debug)]
pub struct Renamable {
    name: Name,
    next: OnceLock<Box<Renamable>>,
}

impl Renamable {
    /// With this name.
    pub fn new(name: Name) -> Self {
        Self { name, next: OnceLock::new() }
    }
    fn last(&self) -> &Self {
        let mut last = self;
        while let Some(next) = last.next.get() {
            last = next;
        }
        last
    }
    /// It is called so from now on.
    pub fn rename(&self, name: Name) {
        let mut next = Box::new(Self::new(name));
        // another thread may have been first: behind its name, then
        while let Err(again) = self.last().next.set(next) {
            next = again;
        }
    }
}

impl std::ops::Deref for Renamable {
    type Target = Name;
    fn deref(&self) -> &Name {
        &self.last().name
    }
}

impl std::fmt::Display for Renamable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Drop for Renamable {
    fn drop(&mut self) {
        // one after the other: a chain may be long
        let mut next = self.next.take();
        while let Some(mut name) = next {
            next = name.next.take();
        }
    }
}

/// A name that is fixed, or anonymous: numbered per statement in order of first rendering (`anon_1`, `id_1`, `users_1`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// As written.
    Fixed(Name),
    /// `base` + `_` + a number that the compiler gives to `id`.
    Anon {
        /// Which anonymous object: equal ids get the same number.
        id: u64,
        /// Text before the number: `anon`, a column name, a table name.
        base: Arc<str>,
    },
    /// A composed name, e.g. the label `table_column` of an anonymous alias: parts joined by `_`, numbered as one.
    Composed(Arc<[Label]>),
    /// Like `Anon`, where the text before the number is itself composed (`anon_1_id_1`).
    AnonOf {
        /// See `Anon`.
        id: u64,
        /// Rendered first, then numbered.
        base: Arc<Label>,
    },
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Label {
    /// A fresh anonymous name.
    pub fn anon(base: impl Into<Arc<str>>) -> Self {
        Self::Anon { id: NEXT.fetch_add(1, Ordering::Relaxed), base: base.into() }
    }
    /// A fixed name.
    pub fn fixed(name: impl Into<Name>) -> Self {
        Self::Fixed(name.into())
    }
    /// The fixed name, if it is one.
    pub fn as_fixed(&self) -> Option<&Name> {
        match self {
            Self::Fixed(n) => Some(n),
            _ => None,
        }
    }
}

/// A process-unique number for anonymous objects.
pub fn next_id() -> u64 {
    NEXT.fetch_add(1, Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_name_counts() {
        let name = Renamable::new("a".into());
        let before: &Name = &name;
        name.rename("b".into());
        assert_eq!((before.as_str(), name.as_str()), ("a", "b"));
        for n in 0..2_000 {
            name.rename(Name::new(n.to_string()));
        }
        assert_eq!(name.to_string(), "1999");
    }
}
