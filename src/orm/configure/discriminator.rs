//! What tells the classes of a hierarchy apart: `polymorphic_on`.

use super::placement::{HasOwn, left_out};
use crate::columns::{self, as_column, col_id};
use crate::entity::corresponding;
use crate::mapper::Mapper;
use crate::property::ColumnProp;
use sql::schema::Column;
use sql::{SqlError, SqlResult};
use std::sync::Arc;

/// A column that is not mapped may discriminate: rows of the mapping have it, and it is not left out.
///
/// # Errors
/// `InvalidRequestError` when it may not.
pub fn admit(mapper: &Mapper, column: &Arc<Column>, has_own: &HasOwn<'_>) -> SqlResult<()> {
    let d = mapper.data();
    let given = d.with_polymorphic.as_ref().and_then(|w| w.selectable.as_ref());
    let rows = given.or(d.persist_selectable.as_ref());
    if rows.is_none_or(|rows| corresponding(rows, column).is_none()) {
        return Err(SqlError::invalid_request(format!(
            "Could not map polymorphic_on column '{}' to the mapped table - polymorphic loads will not function properly",
            column.name()
        )));
    }
    let key = column.key();
    if left_out(&d, &key, &key, false, Some(column), has_own) {
        return Err(SqlError::invalid_request(format!("Cannot exclude or override the discriminator column '{key}'")));
    }
    Ok(())
}

/// Make a property the discriminator.
pub fn set(mapper: &Mapper, prop: &ColumnProp) {
    mapper.update(|d| {
        d.polymorphic_on = prop.expr().cloned();
        d.polymorphic_key = Some(prop.key.clone());
    });
}

/// Take over the discriminator of the nearest parent that has one, as this mapper's rows have it.
pub fn inherit(mapper: &Arc<Mapper>) {
    let above = mapper.iterate_to_root();
    let nearest = above.iter().skip(1).find_map(|m| {
        let d = m.data();
        d.polymorphic_on.clone().map(|on| (on, d.polymorphic_key.clone()))
    });
    let d = mapper.data();
    let Some((on, key)) = nearest.filter(|_| !d.concrete) else { return };
    let column = as_column(&on);
    let mine = column.and_then(|c| corresponding(d.persist_selectable.as_ref()?, c));
    let key = column.and_then(|c| d.column_keys.get(&col_id(c)).cloned()).or(key);
    let on = mine.map_or_else(|| on.clone(), |c| columns::column_expr(&c));
    mapper.update(|d| {
        d.polymorphic_on = Some(on);
        d.polymorphic_key = key;
    });
}
