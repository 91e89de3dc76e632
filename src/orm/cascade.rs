//! `cascade=`: which session operations follow a relationship.

/// The parsed `cascade` words of a relationship.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Cascade {
    pub save_update: bool,
    pub merge: bool,
    pub expunge: bool,
    pub refresh_expire: bool,
    pub delete: bool,
    pub delete_orphan: bool,
}

/// The words in alphabetical order, as `repr()` and messages list them.
const WORDS: [&str; 6] = ["delete", "delete-orphan", "expunge", "merge", "refresh-expire", "save-update"];

impl Cascade {
    /// What a relationship does when nothing is said.
    pub const DEFAULT: Self =
        Self { save_update: true, merge: true, expunge: false, refresh_expire: false, delete: false, delete_orphan: false };
    /// What a `viewonly` relationship does when nothing is said.
    pub const VIEWONLY: Self =
        Self { save_update: false, merge: true, expunge: false, refresh_expire: false, delete: false, delete_orphan: false };

    /// Reads words.
    ///
    /// # Errors
    /// The offending words, sorted, when some are not cascade words.
    pub fn parse<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Self, Vec<String>> {
        let words: Vec<&str> = words.into_iter().collect();
        let mut bad: Vec<String> =
            words.iter().filter(|w| !WORDS.contains(w) && !matches!(**w, "all" | "none")).map(|w| (*w).to_owned()).collect();
        if !bad.is_empty() {
            bad.sort();
            bad.dedup();
            return Err(bad);
        }
        let all = words.contains(&"all");
        let has = |w: &str| all || words.contains(&w);
        if words.contains(&"none") {
            return Ok(Self::default());
        }
        Ok(Self {
            save_update: has("save-update"),
            merge: has("merge"),
            expunge: has("expunge"),
            refresh_expire: has("refresh-expire"),
            delete: has("delete"),
            delete_orphan: words.contains(&"delete-orphan"),
        })
    }

    /// Whether operation `word` follows.
    pub fn has(&self, word: &str) -> bool {
        match word {
            "save-update" => self.save_update,
            "merge" => self.merge,
            "expunge" => self.expunge,
            "refresh-expire" => self.refresh_expire,
            "delete" => self.delete,
            "delete-orphan" => self.delete_orphan,
            _ => false,
        }
    }

    /// The words that are on, sorted.
    pub fn words(&self) -> Vec<&'static str> {
        WORDS.into_iter().filter(|w| self.has(w)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_round_trip_and_bad_words_are_named() {
        let c = Cascade::parse(["all", "delete-orphan"]).unwrap();
        assert_eq!(c.words(), WORDS);
        assert_eq!(Cascade::parse(["fake", "all, x"]).unwrap_err(), ["all, x", "fake"]);
        assert!(Cascade::parse(["none"]).unwrap().words().is_empty());
    }
}
