//! PostgreSQL's catalogue.

use crate::input;
use arbitrary::{Result, Unstructured};
use sql::reflect::postgres::named_types::{self, Resolver};
use sql::reflect::postgres::{self, columns, constraints, indexes, types};

/// The bytes are the text of a type; then rows of a catalogue.
pub fn run(data: &[u8]) {
    types::parse(&input::text(data));
    let _ = catalogue(&mut Unstructured::new(data));
}

fn catalogue(u: &mut Unstructured<'_>) -> Result<()> {
    let named = Resolver { enums: named_types::enums(&input::rows(u, 6)?), domains: named_types::domains(&input::rows(u, 16)?) };
    postgres::relations(&input::rows(u, 8)?);
    let rows = input::rows(u, 20)?;
    columns::need_named_types(&rows);
    let found = columns::columns(&rows, &named, u.arbitrary::<bool>()?.then_some("some \"schema"));
    assert!(found.values().map(Vec::len).sum::<usize>() == rows.len());
    constraints::constraints(&input::rows(u, 14)?);
    indexes::indexes(&input::rows(u, 14)?);
    Ok(())
}
