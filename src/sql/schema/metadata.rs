//! `MetaData`: the registry of tables and sequences, one object for each key.

use super::{Sequence, Table};
use crate::error::{SqlError, SqlResult};
use crate::face::FaceSlot;
use crate::name::Name;
use indexmap::IndexMap;
use parking_lot::RwLock;
use std::sync::Arc;

/// A collection of tables.
#[derive(Debug, Default)]
pub struct MetaData {
    /// Its content.
    pub d: RwLock<MetaDataData>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`MetaData::d`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct MetaDataData {
    pub schema: Option<Name>,
    /// By key, in declaration order.
    pub tables: IndexMap<Arc<str>, Arc<Table>>,
    pub sequences: IndexMap<Arc<str>, Arc<Sequence>>,
}

/// Key of a table or sequence: `schema.name`, or the name alone.
pub fn table_key(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{schema}.{name}"),
        None => name.to_owned(),
    }
}

/// What a call of `Table(name, metadata, …)` says about a table of that key which is already there.
#[derive(Clone, Copy, Debug, Default)]
#[allow(missing_docs)]
pub struct Claim {
    pub keep_existing: bool,
    pub extend_existing: bool,
    pub must_exist: bool,
    /// Columns or constraints are given.
    pub has_items: bool,
}

/// What that call gives.
#[derive(Debug)]
pub enum Claimed {
    /// A new table.
    Fresh,
    /// The one that is there.
    Existing(Arc<Table>),
    /// The one that is there, with more options and columns.
    Extend(Arc<Table>),
}

impl MetaData {
    /// Decides about a table of key `key`.
    ///
    /// # Errors
    /// `ArgumentError` for flags that exclude each other; `InvalidRequestError` when the table is there and no flag says what to
    /// do with what is given, or is absent and must not be.
    pub fn claim(&self, key: &str, claim: Claim) -> SqlResult<Claimed> {
        if claim.keep_existing && claim.extend_existing {
            return Err(SqlError::argument("keep_existing and extend_existing are mutually exclusive."));
        }
        match self.d.read().tables.get(key).cloned() {
            None if claim.must_exist => Err(SqlError::invalid_request(format!("Table '{key}' not defined"))),
            None => Ok(Claimed::Fresh),
            Some(table) if claim.extend_existing => Ok(Claimed::Extend(table)),
            Some(table) if claim.keep_existing || !claim.has_items => Ok(Claimed::Existing(table)),
            Some(_) => Err(SqlError::invalid_request(format!(
                "Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine options \
                 and columns on an existing Table object."
            ))),
        }
    }

    /// Names of its own schema and those of its tables, sorted, each once.
    pub fn schemas(&self) -> Vec<String> {
        let (own, tables): (Option<String>, Vec<_>) = {
            let d = self.d.read();
            (d.schema.as_ref().map(ToString::to_string), d.tables.values().cloned().collect())
        };
        let of_tables = tables.iter().filter_map(|t| t.d.read().schema.as_ref().map(ToString::to_string));
        let mut found: Vec<String> = own.into_iter().chain(of_tables).collect();
        found.sort();
        found.dedup();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::TableData;
    use super::*;

    fn with_table() -> MetaData {
        let m = MetaData::default();
        let data = TableData { schema: Some("s".into()), ..TableData::default() };
        m.d.write().tables.insert("s.t".into(), Table::new("t".into(), data));
        m
    }

    #[test]
    fn keys_carry_the_schema() {
        assert_eq!((table_key(None, "t"), table_key(Some("s"), "t")), ("t".to_owned(), "s.t".to_owned()));
        assert_eq!(with_table().schemas(), ["s"]);
    }

    #[test]
    fn flags_decide_about_an_existing_table() {
        let m = with_table();
        let c = Claim { has_items: true, ..Claim::default() };
        assert!(
            m.claim("s.t", c).expect_err("defined").message.contains("Table 's.t' is already defined for this MetaData instance")
        );
        assert!(matches!(m.claim("s.t", Claim::default()), Ok(Claimed::Existing(_))));
        assert!(matches!(m.claim("s.t", Claim { keep_existing: true, ..c }), Ok(Claimed::Existing(_))));
        assert!(matches!(m.claim("s.t", Claim { extend_existing: true, ..c }), Ok(Claimed::Extend(_))));
        assert!(m.claim("x", Claim { keep_existing: true, extend_existing: true, ..c }).is_err());
        assert!(matches!(m.claim("x", c), Ok(Claimed::Fresh)));
        assert_eq!(m.claim("x", Claim { must_exist: true, ..c }).expect_err("absent").message, "Table 'x' not defined");
    }
}
