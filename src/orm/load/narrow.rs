//! Columns of subclasses read from their own tables: what an instance lacks needs no join to the tables of what it has.

use crate::columns::{as_column, col_id, column_expr, table_of};
use crate::mapper::Mapper;
use crate::property::Property;
use sql::ast::{ExprRef, FromKind, FromRef, fold};
use sql::schema::{Column, Table};
use std::sync::Arc;

/// What a narrow SELECT reads from, and its criteria.
#[derive(Clone, Debug)]
pub struct Narrow {
    /// Tables, from the top of the hierarchy down.
    pub from: Vec<FromRef>,
    /// The joins between them; columns of tables that are left out are values.
    pub where_: Vec<ExprRef>,
}

/// The narrow SELECT of the attributes `only` of an instance; `None` when the whole join is needed. `value` gives the bind for a
/// column of the primary key, by its position.
pub fn narrow(mapper: &Arc<Mapper>, only: &[Arc<str>], value: &dyn Fn(usize) -> Option<ExprRef>) -> Option<Narrow> {
    let data = mapper.data();
    if data.inherits.is_none() || data.concrete {
        return None;
    }
    let mut tables: Vec<Arc<Table>> = Vec::new();
    for key in only {
        let Some(Property::Column(prop)) = data.props.get(key) else { return None };
        for e in &prop.columns {
            let table = table_of(as_column(e)?)?;
            if !tables.iter().any(|t| Arc::ptr_eq(t, &table)) {
                tables.push(table);
            }
        }
    }
    let among = |t: &Arc<Table>| tables.iter().any(|o| Arc::ptr_eq(o, t));
    let mut out = Narrow { from: Vec::new(), where_: Vec::new() };
    let mut hierarchy = mapper.iterate_to_root();
    hierarchy.reverse();
    for (depth, m) in hierarchy.iter().enumerate() {
        let d = m.data();
        let from = d.local_table.as_ref()?;
        let FromKind::Table(table) = &from.kind else { return None };
        let read = among(table);
        if depth == 0 && read {
            return None;
        }
        if (read || !out.from.is_empty()) && !d.single {
            let condition = with_values(d.inherit_condition.as_ref()?, &among, &|c| value(position(mapper, c)?))?;
            out.where_.push(condition);
            out.from.push(from.clone());
        }
    }
    (!out.from.is_empty()).then_some(out)
}

/// Which column of the primary key a column is, or stands for by inheritance.
fn position(mapper: &Arc<Mapper>, column: &Arc<Column>) -> Option<usize> {
    let data = mapper.data();
    let same = |k: &Arc<Column>| {
        Arc::ptr_eq(k, column) || data.equivalents.get(&col_id(k)).is_some_and(|e| e.iter().any(|c| Arc::ptr_eq(c, column)))
    };
    data.primary_key.iter().position(same)
}

/// The condition with values in place of columns of tables that are not read; `None`: one has no value.
fn with_values(
    condition: &ExprRef,
    among: &dyn Fn(&Arc<Table>) -> bool,
    value: &dyn Fn(&Arc<Column>) -> Option<ExprRef>,
) -> Option<ExprRef> {
    let mut known = true;
    let out = fold::replace(condition, &mut |e| {
        let column = as_column(e)?;
        if table_of(column).is_some_and(|t| among(&t)) {
            return None;
        }
        match value(column) {
            Some(bind) => Some(bind),
            None => {
                known = false;
                Some(column_expr(column))
            }
        }
    });
    known.then_some(out)
}
