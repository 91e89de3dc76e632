//! Mappings for tests: every column of a table under its own name.

use orm::configure::properties::{self, ColumnSpec};
use orm::configure::relationship::{JoinSpec, resolve};
use orm::configure::{MapperSpec, inheritance, primary_key};
use orm::{Mapper, MapperData, Property, Relationship, RelationshipData, columns};
use sql::SqlResult;
use sql::schema::Table;
use std::sync::Arc;

/// A mapper as `spec` says, with every column under its own name.
///
/// # Errors
/// Those of configuration.
pub fn map(class: &str, spec: &MapperSpec) -> SqlResult<Arc<Mapper>> {
    let mapper = Mapper::new(class, MapperData::default());
    inheritance::enter(&mapper, spec)?;
    let all = mapper.data().persist_selectable.clone();
    for c in all.iter().flat_map(columns::columns_of) {
        let mut exprs = vec![columns::column_expr(&c)];
        if let Some(orm::Property::Column(old)) = mapper.prop(&c.key()) {
            exprs.extend(old.columns.iter().cloned());
        }
        let prop = properties::column(&mapper, &c.key(), ColumnSpec { columns: exprs, ..ColumnSpec::default() });
        properties::attach(&mapper, &prop);
    }
    primary_key::assemble(&mapper, spec)?;
    Ok(mapper)
}

/// A relationship of `parent` under a name, set up.
///
/// # Errors
/// Those of configuration.
pub fn relate(parent: &Arc<Mapper>, key: &str, said: RelationshipData, spec: JoinSpec) -> SqlResult<Arc<Relationship>> {
    let node = Relationship::new(key.into(), Arc::downgrade(parent), said.clone());
    resolve(&node, parent, said, spec, &|e| crate::builders::text(e.clone()))?;
    parent.update(|d| d.props.insert(key.into(), Property::Relationship(node.clone())));
    Ok(node)
}

/// A class on a table.
pub fn on(table: &Arc<Table>) -> MapperSpec {
    MapperSpec { local_table: Some(table.as_from()), ..MapperSpec::default() }
}

/// A subclass with a table of its own (joined inheritance), or without (single-table).
pub fn below(parent: &Arc<Mapper>, table: Option<&Arc<Table>>) -> MapperSpec {
    MapperSpec { inherits: Some(parent.clone()), local_table: table.map(|t| t.as_from()), ..MapperSpec::default() }
}
