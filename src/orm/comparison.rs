//! Relationships as criteria: EXISTS over the other side, equality with an object, "has none".

use crate::adapt::settled;
use crate::attr::CompileHost;
use crate::compile::alias::{ColumnMap, alias_entity, alias_from};
use crate::compile::joins::join_targets;
use crate::compile::{Counted, single_table_criterion};
use crate::entity::Entity;
use crate::lazy_clause::LazyClause;
use crate::relationship::{Direction, Relationship};
use sql::ast::{Bind, BindValue, Correlate, Expr, ExprKind, ExprRef, Op, Query, Select, SelectItem, build, fold};
use sql::schema::Column;
use sql::{Label, Name, SqlError, SqlResult};
use std::sync::Arc;

/// Gives the value of a column of an object, to be bound.
pub type ValueOf<'a> = &'a mut dyn FnMut(&Arc<Column>) -> BindValue;

fn target_of(rel: &Relationship) -> SqlResult<Entity> {
    let d = rel.data();
    if let Some(a) = &d.target_alias {
        return Ok((**a).clone());
    }
    match d.target.upgrade() {
        Some(mapper) => Ok(Entity { mapper, alias: None }),
        None => Err(SqlError::invalid_request(format!("relationship {} is not configured", rel.describe()))),
    }
}

/// `EXISTS (SELECT 1 FROM target WHERE join AND criterion)`. `of_type` replaces the target; the target of a
/// self-referential relationship is an alias, to which `criterion` is adapted.
///
/// # Errors
/// The relationship is not configured.
pub fn exists(
    rel: &Relationship,
    source: &Entity,
    of_type: Option<&Entity>,
    criterion: Option<ExprRef>,
    host: &dyn CompileHost,
) -> SqlResult<ExprRef> {
    let plain = target_of(rel)?;
    let own = rel.parent.upgrade();
    let same_tables = own.as_ref().is_some_and(|p| {
        matches!((p.data().persist_selectable.as_ref(), plain.mapper.data().persist_selectable.as_ref()),
            (Some(a), Some(b)) if crate::columns::overlap(a, b))
    });
    let (dest, aliased) = match of_type {
        Some(e) if e.alias.is_some() => (e.clone(), false),
        Some(e) if same_tables => (alias_entity(&e.mapper, None, false, true), true),
        Some(e) => (e.clone(), false),
        None if plain.alias.is_none() && same_tables && source.alias.is_none() => {
            (alias_entity(&plain.mapper, None, false, true), true)
        }
        None => (plain, false),
    };
    let given = of_type.is_some_and(|e| e.alias.is_some());
    let join = join_targets(rel, source, &dest, aliased || given || source.alias.is_some())?;
    // criteria that come with the class are the class's, whatever name its table has here
    let class = Entity { mapper: dest.mapper.clone(), alias: if aliased { None } else { dest.alias.clone() } };
    let shown = |c: &ExprRef| if aliased || dest.alias.is_none() { dest.show(c) } else { c.clone() };
    let mut criterion = criterion.map(|c| shown(&c));
    if let Some(single) = single_table_criterion(&Entity { mapper: dest.mapper.clone(), alias: None }, host) {
        let single = shown(&single);
        criterion = build::and_(std::iter::once(single).chain(criterion).collect());
    }
    let mut criteria = vec![join.primary];
    let mut froms = vec![crate::compile::selectable(&dest)];
    if let Some((secondary, second)) = join.secondary {
        criteria.push(second);
        froms.push(secondary);
    }
    // its columns mean what they say: who turns the EXISTS to another alias turns the side of the parent only
    criteria.extend(criterion.as_ref().map(settled));
    let one = Expr::new(ExprKind::LiteralColumn(Name::new("1")), sql::types::integer());
    let select = Select {
        columns: vec![SelectItem::Expr(one)],
        from_obj: froms.clone(),
        where_: build::and_(criteria).into_iter().collect(),
        correlate: Correlate::Except(froms),
        options: vec![Arc::new(Counted(class))],
        orm: true,
        ..Select::default()
    };
    Ok(Expr::new(ExprKind::Exists(Query::select(select)), sql::types::boolean()))
}

fn clause(rel: &Relationship, value_is_parent: bool) -> SqlResult<LazyClause> {
    match &rel.data().join {
        Some(jc) => LazyClause::new(jc, !value_is_parent),
        None => Err(SqlError::invalid_request(format!("relationship {} is not configured", rel.describe()))),
    }
}

/// The related object is `values`' object. `value_is_parent`: the other way round, objects whose parent it is. An association
/// table is aliased: several such criteria in one statement each look for a row of their own.
///
/// # Errors
/// The relationship is not configured.
pub fn equals(rel: &Relationship, source: &Entity, values: ValueOf<'_>, value_is_parent: bool) -> SqlResult<ExprRef> {
    let lazy = clause(rel, value_is_parent)?;
    let bound: Vec<(ExprRef, ExprRef)> =
        lazy.binds.iter().map(|(column, bind)| (bind.clone(), with_value(bind, values(column)))).collect();
    let e = fold::replace(&lazy.criterion, &mut |e| bound.iter().find(|(b, _)| Arc::ptr_eq(b, e)).map(|(_, v)| v.clone()));
    Ok(source.adapt(&own_association(rel, &e)))
}

/// A criterion over an alias of the association table: an association row of its own.
pub fn own_association(rel: &Relationship, e: &ExprRef) -> ExprRef {
    let Some(table) = rel.data().join.as_ref().and_then(|j| j.secondary.clone()) else { return e.clone() };
    let mut map = ColumnMap::default();
    // the columns of the criterion keep the alias alive
    let alias = alias_from(&table, None, true, &mut map);
    let targets = sql::ast::proxy::columns(&alias);
    fold::replace(e, &mut |x| {
        let target = map.get(&crate::columns::col_id(crate::columns::as_column(x)?))?;
        targets.iter().find(|(_, t)| crate::columns::as_column(t).is_some_and(|t| Arc::ptr_eq(t, target))).map(|t| t.1.clone())
    })
}

/// The object is one of the collection. Negated, the criterion asks whether no association row exists.
///
/// # Errors
/// The relationship is not configured.
pub fn contains(
    rel: &Relationship,
    source: &Entity,
    values: ValueOf<'_>,
    key: ValueOf<'_>,
    host: &dyn CompileHost,
) -> SqlResult<ExprRef> {
    let e = equals(rel, source, values, false)?;
    if rel.data().join.as_ref().is_none_or(|j| j.secondary.is_none()) {
        return Ok(e);
    }
    let mut ann = e.ann.as_deref().cloned().unwrap_or_default();
    ann.negation = Some(differs(rel, source, key, None, host)?);
    Ok(e.annotated(ann))
}

/// There is no related object, as far as the foreign key says.
///
/// # Errors
/// The relationship is not configured.
pub fn equals_none(rel: &Relationship, source: &Entity, value_is_parent: bool) -> SqlResult<ExprRef> {
    let lazy = clause(rel, value_is_parent)?;
    let is_bind = |e: &ExprRef| lazy.binds.iter().any(|(_, b)| Arc::ptr_eq(b, e));
    let e = fold::replace(&lazy.criterion, &mut |e| {
        let ExprKind::Binary { left, right, op: Op::Eq, .. } = &e.kind else { return None };
        let column = match (is_bind(left), is_bind(right)) {
            (true, false) => right,
            (false, true) => left,
            _ => return None,
        };
        Some(build::binary(column, Op::Is, &build::null()))
    });
    Ok(source.adapt(&e))
}

/// Whether [`differs`] compares foreign keys, with values that are read when the statement runs; else it looks for another
/// object than the one whose primary key is read now.
pub fn differs_by_key(rel: &Relationship) -> bool {
    let d = rel.data();
    d.direction == Direction::ManyToOne && d.use_get
}

/// The related object is another one than `values`' object, or none. A missing value is a NULL in the object's primary key.
///
/// # Errors
/// The relationship is not configured.
pub fn differs(
    rel: &Relationship,
    source: &Entity,
    values: ValueOf<'_>,
    of_type: Option<&Entity>,
    host: &dyn CompileHost,
) -> SqlResult<ExprRef> {
    let d = rel.data();
    let Some(jc) = d.join.clone() else {
        return Err(SqlError::invalid_request(format!("relationship {} is not configured", rel.describe())));
    };
    if differs_by_key(rel) {
        let mut parts = Vec::new();
        for (local, remote) in &jc.local_remote_pairs {
            let column = source.adapt(&crate::columns::column_expr(local));
            let bind = build::anon_bind(&build::bind_base(&column), values(remote), remote.ty());
            let unequal = build::binary(&column, Op::Ne, &bind);
            let null = build::binary(&column, Op::Is, &build::null());
            parts.push(build::or_(vec![unequal, null]).unwrap_or_else(build::true_));
        }
        return build::and_(parts).ok_or_else(|| SqlError::argument("empty join condition"));
    }
    let target = target_of(rel)?;
    let mut parts = Vec::new();
    for pk in &target.mapper.data().primary_key {
        let column = crate::columns::column_expr(pk);
        parts.push(match values(pk) {
            BindValue::Missing => build::binary(&column, Op::Is, &build::null()),
            value => build::binary(&column, Op::Eq, &with_value(&param(pk), value)),
        });
    }
    let e = exists(rel, source, of_type, build::and_(parts), host)?;
    Ok(build::not_(&e))
}

fn param(column: &Arc<Column>) -> ExprRef {
    build::anon_bind("param", BindValue::Missing, column.ty())
}

fn with_value(bind: &ExprRef, value: BindValue) -> ExprRef {
    match &bind.kind {
        ExprKind::Bind(b) => {
            let kind = ExprKind::Bind(Bind { key: Label::anon("param"), value, required: false, ..b.clone() });
            Expr::new(kind, bind.ty.clone())
        }
        _ => bind.clone(),
    }
}
