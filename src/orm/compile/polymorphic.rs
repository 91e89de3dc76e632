//! Classes whose rows come from a selectable that the mapping names: what the statement says about their tables is about it.

use super::{Context, alias};
use crate::columns::{as_column, table_of};
use crate::entity::Entity;
use crate::mapper::Mapper;
use sql::ast::{ExprRef, FromKind, FromRef};
use sql::schema::Table;
use std::sync::Arc;

/// A selectable of that kind in the statement.
pub(crate) struct PolymorphicFrom {
    /// The mapper whose rows they are.
    mapper: Arc<Mapper>,
    /// It and those whose columns are in its rows, up to the top of the hierarchy.
    hierarchy: Vec<u64>,
    /// Their tables.
    tables: Vec<Arc<Table>>,
    from: FromRef,
}

impl Context<'_> {
    /// The entity is in the statement: if its mapping names a selectable, its tables are not.
    pub(crate) fn loads_polymorphically(&mut self, entity: &Entity) {
        if entity.alias.is_some() || self.polymorphic.iter().any(|p| p.mapper.id == entity.mapper.id) {
            return;
        }
        let Some(from) = entity.mapper.data().with_polymorphic.as_ref().and_then(|w| w.selectable.clone()) else { return };
        let mut out = PolymorphicFrom { mapper: entity.mapper.clone(), hierarchy: Vec::new(), tables: Vec::new(), from };
        let within = entity.mapper.with_polymorphic_mappers();
        for m in std::iter::once(&entity.mapper).chain(&within).flat_map(Mapper::iterate_to_root) {
            if out.hierarchy.contains(&m.id) {
                continue;
            }
            out.hierarchy.push(m.id);
            if let Some(FromKind::Table(t)) = m.data().local_table.as_ref().map(|f| &f.kind) {
                out.tables.push(t.clone());
            }
        }
        self.polymorphic.push(out);
    }

    /// The column as such a selectable has it.
    pub(crate) fn of_polymorphic(&self, column: &ExprRef, entity: Option<&Entity>) -> Option<ExprRef> {
        if entity.is_some_and(|e| e.alias.is_some()) {
            return None;
        }
        let table = table_of(as_column(column)?);
        let found = self.polymorphic.iter().find(|p| {
            entity.is_some_and(|e| p.hierarchy.contains(&e.mapper.id))
                || table.as_ref().is_some_and(|t| p.tables.iter().any(|o| Arc::ptr_eq(o, t)))
        })?;
        let new = alias::adapt_within(column, &found.from, Some(&found.mapper));
        (!Arc::ptr_eq(&new, column)).then_some(new)
    }
}
