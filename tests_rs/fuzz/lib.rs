//! What libFuzzer drives: each target is a function from bytes to nothing that panics when a promise is broken.
//!
//! | target | what it holds to its promises |
//! |---|---|
//! | [`url`] | DSNs: what is parsed is rendered and parsed to the same; a hidden password leaves no trace |
//! | [`temporal`] | dates, times, durations, numbers and UUIDs: their texts read back as themselves |
//! | [`sqlite`] | values through a database in memory come back as they went |
//! | [`postgres`], [`mysql`] | wire values of every kind in both formats; what was decoded is encoded to the same; SQL text with literals |
//! | [`placeholders`] | `%s` and `%(name)s` of drivers |
//! | [`quoting`] | literals and identifiers, read by [`lexical`] as a server of each setting reads them |
//! | [`statements`] | whole statements and definitions: a user's string is one token, and all others stay what they were |
//! | [`reflect_sqlite`], [`reflect_mysql`], [`reflect_postgres`] | catalogue rows and texts of CREATE TABLE |
//!
//! `cargo test -p oxalchemy-fuzz` runs the targets on the seeds and on random bytes; `make fuzz` lets libFuzzer look for more.

pub mod input;
pub mod lexical;
pub mod mysql;
pub mod placeholders;
pub mod postgres;
pub mod quoting;
pub mod reflect_mysql;
pub mod reflect_postgres;
pub mod reflect_sqlite;
pub mod sqlite;
pub mod statements;
pub mod temporal;
pub mod url;

/// A target's body.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("url", url::run),
    ("temporal", temporal::run),
    ("sqlite", sqlite::run),
    ("postgres", postgres::run),
    ("mysql", mysql::run),
    ("placeholders", placeholders::run),
    ("quoting", quoting::run),
    ("statements", statements::run),
    ("reflect_sqlite", reflect_sqlite::run),
    ("reflect_mysql", reflect_mysql::run),
    ("reflect_postgres", reflect_postgres::run),
];
