//! Aliases of entities and of what they select from.

use crate::adapt::Adapter;
use crate::columns::col_id;
use crate::entity::{AliasInfo, Entity};
use crate::mapper::Mapper;
use rustc_hash::FxHashMap;
use sql::Label;
use sql::ast::fold::Fold;
use sql::ast::{ExprKind, ExprRef, From, FromKind, FromRef, Join, LabelStyle, Query, Select, SelectItem, fold, proxy};
use sql::schema::Column;
use std::sync::Arc;

/// Columns of an element (address) to the columns of its alias.
pub type ColumnMap = FxHashMap<usize, Arc<Column>>;

fn map_columns(from: &FromRef, alias: &FromRef, map: &mut ColumnMap) {
    for ((_, a), (_, b)) in proxy::columns(from).iter().zip(proxy::columns(alias)) {
        if let (ExprKind::Column(a), ExprKind::Column(b)) = (&a.kind, &b.kind) {
            map.insert(col_id(&a.column), b.column.clone());
        }
    }
}

fn base_name(from: &FromRef) -> Arc<str> {
    match &from.kind {
        FromKind::Table(t) => t.name.text.clone(),
        FromKind::Alias { name, .. } | FromKind::Subquery { name, .. } | FromKind::TableSample { name, .. } => named(name),
        FromKind::Cte(c) => named(&c.name),
        _ => "anon".into(),
    }
}

fn named(label: &Label) -> Arc<str> {
    match label {
        Label::Fixed(n) => n.text.clone(),
        Label::Anon { base, .. } => base.clone(),
        Label::Composed(_) | Label::AnonOf { .. } => "anon".into(),
    }
}

/// An alias of `from`. A join becomes a subquery, or with `flat` a join of aliases.
pub fn alias_from(from: &FromRef, name: Option<&str>, flat: bool, map: &mut ColumnMap) -> FromRef {
    let alias = match &from.kind {
        FromKind::Grouping(inner) => return alias_from(inner, name, flat, map),
        FromKind::Join(j) if flat => {
            let side = |f: &FromRef| {
                name.map(|n| if matches!(f.kind, FromKind::Join(_)) { n.to_owned() } else { format!("{n}_{}", base_name(f)) })
            };
            let left = alias_from(&j.left, side(&j.left).as_deref(), true, map);
            let right = alias_from(&j.right, side(&j.right).as_deref(), true, map);
            let onclause = adapt_columns(&j.onclause, map);
            return From::new(FromKind::Join(Arc::new(Join { left, right, onclause, isouter: j.isouter, full: j.full })));
        }
        FromKind::Join(_) => {
            let columns = proxy::columns(from).into_iter().map(|(_, e)| SelectItem::Expr(e)).collect();
            let select =
                Select { columns, from_obj: vec![from.clone()], label_style: LabelStyle::TablenamePlusCol, ..Select::default() };
            let name = name.map_or_else(|| Label::anon("anon"), Label::fixed);
            From::new(FromKind::Subquery { query: Query::select(select), name })
        }
        FromKind::Subquery { query, .. } => {
            let name = name.map_or_else(|| Label::anon(base_name(from)), Label::fixed);
            From::new(FromKind::Subquery { query: query.clone(), name })
        }
        FromKind::Alias { element, .. } => {
            let name = name.map_or_else(|| Label::anon(base_name(element)), Label::fixed);
            From::new(FromKind::Alias { element: element.clone(), name })
        }
        _ => {
            let name = name.map_or_else(|| Label::anon(base_name(from)), Label::fixed);
            From::new(FromKind::Alias { element: from.clone(), name })
        }
    };
    map_columns(from, &alias, map);
    alias
}

/// `expr` with the columns of `map` replaced.
pub fn adapt_columns(expr: &ExprRef, map: &ColumnMap) -> ExprRef {
    Adapter::of_columns(map).fold_expr(expr)
}

/// `expr` with every column replaced that `from` has a column for.
pub fn adapt_to(expr: &ExprRef, from: &FromRef) -> ExprRef {
    adapt_within(expr, from, None)
}

/// The same; `from` may have another column of the hierarchy that is equal by inheritance.
pub fn adapt_within(expr: &ExprRef, from: &FromRef, hierarchy: Option<&Arc<Mapper>>) -> ExprRef {
    let columns = proxy::columns(from);
    let equal = |c: &Arc<Column>| {
        let e = c.to_expr();
        proxy::corresponding_in(&columns, &e, true)
    };
    fold::replace(expr, &mut |e| match &e.kind {
        _ if e.ann.as_ref().is_some_and(|a| a.settled) => Some(e.clone()),
        ExprKind::Column(_) => {
            let new = proxy::corresponding_in(&columns, e, true)
                .or_else(|| hierarchy?.equals_by_inheritance(crate::columns::as_column(e)?).iter().find_map(equal))?;
            if proxy::expr_id(&new) == proxy::expr_id(e) {
                return None;
            }
            let mut new = (*new).clone();
            new.ann.clone_from(&e.ann);
            Some(Arc::new(new))
        }
        ExprKind::Label { .. }
        | ExprKind::Function(_)
        | ExprKind::ScalarSelect(_)
        | ExprKind::Cast { .. }
        | ExprKind::Binary { .. } => {
            let new = proxy::corresponding_in(&columns, e, false)?;
            let mut new = (*new).clone();
            new.ann.clone_from(&e.ann);
            Some(Arc::new(new))
        }
        _ => None,
    })
}

/// An alias of a mapped class, over an alias of what the class selects from.
pub fn alias_entity(mapper: &Arc<Mapper>, name: Option<&str>, flat: bool, stands_for_class: bool) -> Entity {
    let plain = Entity { mapper: mapper.clone(), alias: None };
    let mut columns = ColumnMap::default();
    let selectable = alias_from(&super::entity::selectable(&plain), name, flat, &mut columns);
    let with_polymorphic = super::entity::polymorphic_mappers(&plain).into_iter().skip(1).collect();
    entity_over(mapper, selectable, columns, name, with_polymorphic, stands_for_class)
}

/// An alias of a mapped class whose rows come from `selectable`.
pub fn entity_over(
    mapper: &Arc<Mapper>,
    selectable: FromRef,
    mut columns: ColumnMap,
    name: Option<&str>,
    with_polymorphic: Vec<Arc<Mapper>>,
    stands_for_class: bool,
) -> Entity {
    if columns.is_empty() {
        let targets = proxy::columns(&selectable);
        for m in std::iter::once(mapper).chain(&with_polymorphic) {
            for p in m.data().column_props() {
                for e in &p.columns {
                    if let ExprKind::Column(c) = &e.kind
                        && let Some(t) = proxy::corresponding_in(&targets, e, false)
                        && let ExprKind::Column(t) = &t.kind
                    {
                        columns.insert(col_id(&c.column), t.column.clone());
                    }
                }
            }
        }
    }
    Entity {
        mapper: mapper.clone(),
        alias: Some(Arc::new(AliasInfo {
            id: sql::name::next_id(),
            name: name.map(Into::into),
            selectable,
            with_polymorphic,
            polymorphic_on: None,
            adapt_on_names: false,
            use_mapper_path: stands_for_class,
            labels: Default::default(),
            columns,
        })),
    }
}

/// The columns of `from`, a subquery or set operation, that stand for those of `entity`.
pub fn columns_through(entity: &Entity, from: &FromRef) -> ColumnMap {
    let targets = proxy::columns(from);
    let mut columns = ColumnMap::default();
    for m in super::entity::polymorphic_mappers(entity) {
        for p in m.data().column_props() {
            for e in &p.columns {
                if let ExprKind::Column(c) = &e.kind
                    && let Some(t) = proxy::corresponding_in(&targets, &entity.adapt(e), false)
                    && let ExprKind::Column(t) = &t.kind
                {
                    columns.insert(col_id(&c.column), t.column.clone());
                }
            }
        }
    }
    columns
}

/// `entity` as seen through `from`, a subquery or set operation that selects its columns.
pub fn entity_through(entity: &Entity, from: &FromRef) -> Entity {
    let columns = columns_through(entity, from);
    let mappers = super::entity::polymorphic_mappers(entity);
    let mut out = entity_over(&entity.mapper, from.clone(), columns, None, mappers.into_iter().skip(1).collect(), true);
    if let (Some(a), Some(old)) = (&mut out.alias, entity.alias.as_ref())
        && let Some(a) = Arc::get_mut(a)
    {
        // the alias keeps its identity: options and joins that name it still find it
        a.id = old.id;
        a.use_mapper_path = old.use_mapper_path;
        a.name.clone_from(&old.name);
    }
    out
}
