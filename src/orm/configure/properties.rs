//! Columns under attribute names.

use crate::columns::{self, as_column, col_id};
use crate::entity::corresponding;
use crate::mapper::Mapper;
use crate::property::{ColumnProp, Property};
use sql::FaceSlot;
use sql::ast::ExprRef;
use std::sync::Arc;

/// What is said about a mapped column or expression.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ColumnSpec {
    pub columns: Vec<ExprRef>,
    pub deferred: bool,
    pub raiseload: bool,
    pub group: Option<Arc<str>>,
    pub active_history: bool,
    pub expire_on_flush: bool,
    pub query_expression: bool,
    pub hidden: bool,
}

/// A property of `mapper`, over the columns of what it selects from.
pub fn column(mapper: &Arc<Mapper>, key: &str, spec: ColumnSpec) -> Arc<ColumnProp> {
    let all = mapper.data().persist_selectable.clone();
    let columns = spec.columns.into_iter().map(|e| match (as_column(&e), &all) {
        (Some(c), Some(all)) => match corresponding(all, c) {
            Some(m) if !Arc::ptr_eq(&m, c) => columns::column_expr(&m),
            _ => e,
        },
        _ => e,
    });
    Arc::new(ColumnProp {
        key: key.into(),
        parent: Arc::downgrade(mapper),
        columns: columns.collect(),
        deferred: spec.deferred,
        raiseload: spec.raiseload,
        group: spec.group,
        active_history: spec.active_history,
        expire_on_flush: spec.expire_on_flush,
        query_expression: spec.query_expression,
        hidden: spec.hidden,
        face: FaceSlot::default(),
    })
}

/// Put a property, its own or its parent's, under its name.
pub fn attach(mapper: &Mapper, prop: &Arc<ColumnProp>) {
    mapper.update(|d| {
        for c in prop.table_columns() {
            for p in columns::proxy_set(c) {
                d.column_keys.insert(col_id(&p), prop.key.clone());
            }
        }
        d.props.insert(prop.key.clone(), Property::Column(prop.clone()));
    });
}

/// Whether the old value must be known before it is replaced: rows are found by it, or it says what they are.
pub fn keeps_old_value(mapper: &Mapper, prop: &ColumnProp) -> bool {
    let d = mapper.data();
    let is = |c: &Arc<sql::schema::Column>| prop.table_columns().any(|o| Arc::ptr_eq(o, c));
    prop.active_history
        || d.primary_key.iter().any(is)
        || d.version_id_col.as_ref().is_some_and(is)
        || d.polymorphic_on.as_ref().is_some_and(|on| prop.columns.iter().any(|e| Arc::ptr_eq(e, on)))
}
