//! The columns that identify a row: of the mapping as a whole, and of each of its tables.

use super::{MapperSpec, Warning};
use crate::columns::{self, col_id};
use crate::entity::corresponding;
use crate::mapper::{Mapper, MapperData, from_description};
use rustc_hash::FxHashMap;
use sql::ast::{FromKind, FromRef};
use sql::schema::{Column, Table};
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// Find the identity of a mapper whose properties are in place. Answers with what users should be told.
///
/// # Errors
/// `ArgumentError` when there is none.
pub fn assemble(mapper: &Mapper, spec: &MapperSpec) -> SqlResult<Option<Warning>> {
    let data = mapper.data();
    let Some(all) = &data.persist_selectable else { return Ok(None) };
    let tables = columns::tables_of(data.local_table.as_ref().filter(|_| data.concrete).unwrap_or(all));
    let given: Vec<Arc<Column>> = spec.primary_key.iter().map(|c| corresponding(all, c).unwrap_or_else(|| c.clone())).collect();
    let by_table = of_tables(&data, &tables, &given);
    let identity = of_mapping(&data, all, given);
    if identity.is_empty() {
        return Err(SqlError::argument(format!(
            "Mapper {} could not assemble any primary key columns for mapped table '{}'",
            mapper.describe(),
            from_description(all)
        )));
    }
    let warning = match data.local_table.as_ref().map(|t| &t.kind) {
        Some(FromKind::Table(t)) if data.inherits.is_some() && !by_table.contains_key(&address(t)) => {
            Some(Warning::new(format!(
                "Could not assemble any primary keys for locally mapped table '{}' - no rows will be persisted in this Table.",
                t.name
            )))
        }
        _ => None,
    };
    mapper.update(|d| {
        d.tables = tables;
        d.pks_by_table = by_table;
        d.primary_key = identity;
    });
    Ok(warning)
}

fn address(t: &Arc<Table>) -> usize {
    Arc::as_ptr(t) as usize
}

/// A primary key column that is left out of the mapping is no part of the identity.
fn mapped(data: &MapperData, from: &FromRef) -> Vec<Arc<Column>> {
    columns::primary_key_of(from).into_iter().filter(|c| data.column_keys.contains_key(&col_id(c))).collect()
}

/// By which columns the rows of each table are found when they are written.
fn of_tables(data: &MapperData, tables: &[Arc<Table>], given: &[Arc<Column>]) -> FxHashMap<usize, Vec<Arc<Column>>> {
    let mut out = FxHashMap::default();
    for t in tables {
        let from = t.as_from();
        let mut key: Vec<_> = given.iter().filter(|c| columns::contains_column(&from, c)).cloned().collect();
        if key.is_empty() {
            key = mapped(data, &from);
        }
        if !key.is_empty() {
            out.insert(address(t), key);
        }
    }
    out
}

/// By which columns instances are told apart: as given, as the hierarchy does, or as the tables do.
fn of_mapping(data: &MapperData, all: &FromRef, given: Vec<Arc<Column>>) -> Vec<Arc<Column>> {
    if !given.is_empty() {
        return given;
    }
    match data.inherits.as_ref().filter(|_| !data.concrete) {
        Some(parent) => parent.data().primary_key.clone(),
        None => columns::reduce_columns(&mapped(data, all), &columns::onclauses(all)),
    }
}
