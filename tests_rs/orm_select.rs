//! ORM statements made plain: which columns an entity has at the top and inside another statement, and under which names.

use orm::compile::alias::alias_entity;
use orm::compile::{BaseAlias, NoEagerloads, Settings, compile_select};
use orm::{ColumnProp, Entity, Mapper, MapperData, Property};
use oxalchemy_tests::builders::*;
use sql::Label;
use sql::SqlResult;
use sql::ast::*;
use sql::compile::{CompileOptions, ResolveContext, StatementResolver};
use sql::host::HostRef;
use sql::types;
use std::sync::Arc;

struct Host;

impl orm::attr::CompileHost for Host {
    fn list(&self, values: &[HostRef]) -> HostRef {
        values[0].clone()
    }
    fn criterion(&self, _: &HostRef, _: &Entity) -> SqlResult<Option<ExprRef>> {
        Ok(None)
    }
    fn is_below(&self, _: &Entity, _: &HostRef) -> bool {
        false
    }
}

struct Resolver;

impl StatementResolver for Resolver {
    fn resolve(&self, query: &QueryRef, context: ResolveContext) -> SqlResult<Option<QueryRef>> {
        let Some(select) = query.as_select() else { return Ok(None) };
        let settings = if context.toplevel { Settings::top(&Host) } else { Settings::nested(&Host, &[], context.enclosing) };
        Ok(Some(Query::select(compile_select(select, &settings)?.0)))
    }
}

fn column_prop(key: &str, columns: Vec<ExprRef>, deferred: bool) -> Property {
    Property::Column(Arc::new(ColumnProp { key: key.into(), columns, deferred, ..ColumnProp::default() }))
}

/// A class `User` over `users(id, name, bio)`, `bio` deferred.
fn user() -> Arc<Mapper> {
    let t = table("users", vec![pk("id"), col("name", types::string()), col("bio", types::string())]);
    let mut data = MapperData {
        local_table: Some(t.as_from()),
        persist_selectable: Some(t.as_from()),
        tables: vec![t.clone()],
        primary_key: vec![t.d.read().columns["id"].clone()],
        configured: true,
        ..MapperData::default()
    };
    let lower = build::func("lower", vec![c(&t, "name")], types::string());
    data.props.insert("low".into(), column_prop("low", vec![build::label(Label::anon("lower"), &lower)], false));
    for (name, deferred) in [("id", false), ("name", false), ("bio", true)] {
        data.props.insert(name.into(), column_prop(name, vec![c(&t, name)], deferred));
    }
    // tables live as long as somebody holds them
    std::mem::forget(t);
    Mapper::new("User", data)
}

fn query(mapper: &Arc<Mapper>) -> Select {
    Select {
        columns: vec![SelectItem::Entity(Entity::plain(mapper))],
        label_style: LabelStyle::LegacyOrm,
        orm: true,
        ..Select::default()
    }
}

fn sql_of(select: Select) -> String {
    let options = CompileOptions { resolver: Some(&Resolver), ..CompileOptions::default() };
    compile_with(Node::Query(Query::select(select)), "sqlite", &options).sql.to_string()
}

/// What a query makes of itself as a FROM element: labelled, without eager loads.
fn as_from(mut select: Select) -> FromRef {
    select.label_style = LabelStyle::TablenamePlusCol;
    select.options.push(Arc::new(NoEagerloads));
    From::new(FromKind::Subquery { query: Query::select(select), name: Label::anon("anon") })
}

/// The entities of `select`, read from a subquery of it.
fn from_self(select: &Select) -> Select {
    let from = as_from(select.clone());
    let mut options = select.options.clone();
    options.push(Arc::new(BaseAlias { from: from.clone(), filtered: false }));
    Select {
        columns: select.columns.clone(),
        from_obj: vec![from],
        options,
        label_style: LabelStyle::LegacyOrm,
        orm: true,
        ..Select::default()
    }
}

#[test]
fn deferred_columns_are_not_selected_at_the_top() {
    insta::assert_snapshot!(sql_of(query(&user())), @r"
    SELECT lower(users.name) AS lower_1, users.id AS users_id, users.name AS users_name 
    FROM users
    ");
}

#[test]
fn but_inside_another_statement_all_table_columns_are() {
    insta::assert_snapshot!(sql_of(from_self(&query(&user()))), @r"
    SELECT anon_1.lower_1 AS anon_1_lower_1, anon_1.users_id AS anon_1_users_id, anon_1.users_name AS anon_1_users_name 
    FROM (SELECT lower(users.name) AS lower_1, users.id AS users_id, users.name AS users_name, users.bio AS users_bio 
    FROM users) AS anon_1
    ");
}

#[test]
fn a_query_of_a_query_of_a_query_names_the_columns_of_the_middle_one() {
    let text = sql_of(from_self(&from_self(&query(&user()))));
    assert!(text.starts_with("SELECT anon_1.anon_2_lower_1 AS anon_1_anon_2_lower_1, anon_1.anon_2_users_id AS"), "{text}");
    assert!(text.contains("(SELECT anon_2.lower_1 AS anon_2_lower_1, anon_2.users_id AS anon_2_users_id"), "{text}");
}

#[test]
fn labels_of_two_aliases_are_told_apart() {
    let m = user();
    let alias = alias_entity(&m, None, true, false);
    let mut s = query(&m);
    s.columns.push(SelectItem::Entity(Arc::new(alias.clone())));
    let text = sql_of(s);
    assert!(text.contains("lower(users.name) AS lower_1") && text.contains("lower(users_1.name) AS lower_2"), "{text}");
    // the same expression of the same alias keeps its name
    let Some(Property::Column(p)) = m.prop("low") else { panic!("mapped") };
    let name = |e: &ExprRef| match &e.kind {
        ExprKind::Label { name, .. } => name.clone(),
        _ => panic!("a label"),
    };
    assert_eq!(name(&alias.adapt(&p.columns[0])), name(&alias.adapt(&p.columns[0])));
    assert_ne!(name(&alias.adapt(&p.columns[0])), name(&p.columns[0]));
}

#[test]
fn every_column_of_a_property_is_selected_where_rows_have_it() {
    let base = table("base", vec![pk("id")]);
    let sub = table("sub", vec![pk("id"), col("x", types::integer())]);
    let on = build::eq(&c(&base, "id"), &c(&sub, "id"));
    let join = From::new(FromKind::Join(Arc::new(Join {
        left: base.as_from(),
        right: sub.as_from(),
        onclause: on,
        isouter: false,
        full: false,
    })));
    let mut data = MapperData {
        local_table: Some(sub.as_from()),
        persist_selectable: Some(join),
        primary_key: vec![base.d.read().columns["id"].clone()],
        configured: true,
        ..MapperData::default()
    };
    data.props.insert("id".into(), column_prop("id", vec![c(&sub, "id"), c(&base, "id")], false));
    data.props.insert("x".into(), column_prop("x", vec![c(&sub, "x")], false));
    let m = Mapper::new("Sub", data);
    insta::assert_snapshot!(sql_of(query(&m)), @r"
    SELECT sub.id AS sub_id, base.id AS base_id, sub.x AS sub_x 
    FROM base JOIN sub ON base.id = sub.id
    ");
}
