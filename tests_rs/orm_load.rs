//! Loads without Python: what a statement loads with itself, and the second statements of selectin, subquery and lazy loads.

use orm::attr::CompileHost;
use orm::compile::{Settings, compile_select};
use orm::configure::relationship::JoinSpec;
use orm::load::lazy::LazyPlan;
use orm::load::selectin::{self, SelectinPlan};
use orm::load::target_entity;
use orm::load::ties::Ties;
use orm::loadplan::{EntityPlan, Item, LoadPlan, PostKind};
use orm::relationship::Lazy;
use orm::{Entity, Mapper, Relationship, RelationshipData};
use oxalchemy_tests::builders::*;
use oxalchemy_tests::mapped::{map, on, relate};
use sql::SqlResult;
use sql::ast::{ExprRef, LabelStyle, Query, Select, SelectItem};
use sql::host::HostRef;
use sql::schema::Table;
use sql::types;
use std::sync::Arc;

struct Host;

impl CompileHost for Host {
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

/// Users with orders, and keywords by way of a secondary table.
struct Shop {
    user: Arc<Mapper>,
    order: Arc<Mapper>,
    keyword: Arc<Mapper>,
    secondary: Arc<Table>,
    // tables live as long as somebody holds them
    _tables: Vec<Arc<Table>>,
}

fn shop() -> Shop {
    let users = table("users", vec![pk("id"), col("name", types::string())]);
    let orders = table("orders", vec![pk("id"), col("user_id", types::integer())]);
    let keywords = table("keywords", vec![pk("id"), col("word", types::string())]);
    let secondary = table("user_keywords", vec![col("user_id", types::integer()), col("keyword_id", types::integer())]);
    references(&orders, "user_id", &users, "id");
    references(&secondary, "user_id", &users, "id");
    references(&secondary, "keyword_id", &keywords, "id");
    let mapped = |name: &str, t: &Arc<Table>| map(name, &on(t)).expect("maps");
    Shop {
        user: mapped("User", &users),
        order: mapped("Order", &orders),
        keyword: mapped("Keyword", &keywords),
        secondary,
        _tables: vec![users, orders, keywords],
    }
}

fn loaded(lazy: Lazy) -> RelationshipData {
    RelationshipData { lazy, ..RelationshipData::default() }
}

impl Shop {
    fn orders(&self, lazy: Lazy) -> Arc<Relationship> {
        relate(&self.user, "orders", loaded(lazy), JoinSpec::to(&self.order)).expect("orders")
    }
    fn owner(&self, lazy: Lazy) -> Arc<Relationship> {
        relate(&self.order, "user", loaded(lazy), JoinSpec::to(&self.user)).expect("user")
    }
    fn keywords(&self, lazy: Lazy) -> Arc<Relationship> {
        let spec = JoinSpec { secondary: Some(self.secondary.as_from()), ..JoinSpec::to(&self.keyword) };
        relate(&self.user, "keywords", loaded(lazy), spec).expect("keywords")
    }
}

fn one_line(select: Select) -> String {
    text(Query::select(select)).replace('\n', "")
}

/// `SELECT` of a class as it is sent, and what becomes of its rows.
fn load(mapper: &Arc<Mapper>) -> (String, LoadPlan) {
    let select = Select {
        columns: vec![SelectItem::Entity(Entity::plain(mapper))],
        label_style: LabelStyle::None,
        orm: true,
        ..Select::default()
    };
    let (plain, plan) = compile_select(&select, &Settings::top(&Host)).expect("compiles");
    (one_line(plain), plan)
}

fn root(plan: &LoadPlan) -> &EntityPlan {
    match plan.items.as_slice() {
        [Item::Entity(e)] => e,
        _ => panic!("one entity"),
    }
}

/// The second statement of the only load that follows.
fn second(plan: &LoadPlan) -> (SelectinPlan, String) {
    let [post] = root(plan).post.as_slice() else { panic!("one load") };
    let made = selectin::plan(post).expect("mappers");
    let (plain, _) = compile_select(&made.select, &made.settings(post, &[], &Host)).expect("compiles");
    let text = one_line(plain);
    (made, text)
}

#[test]
fn a_joined_load_comes_with_the_row() {
    let s = shop();
    s.owner(Lazy::Joined);
    let (text, plan) = load(&s.order);
    assert_eq!(
        text,
        "SELECT orders.id, orders.user_id, users_1.id, users_1.name FROM orders LEFT OUTER JOIN users AS users_1 ON \
         users_1.id = orders.user_id"
    );
    let [joined] = root(&plan).joined.as_slice() else { panic!("one join") };
    assert!(!joined.uselist && !plan.unique);
    assert_eq!(joined.plan.identity, [2]);
    assert!(root(&plan).post.is_empty());
}

#[test]
fn rows_of_joined_collections_repeat_their_parent() {
    let s = shop();
    s.orders(Lazy::Joined);
    let (_, plan) = load(&s.user);
    assert!(plan.unique && root(&plan).joined[0].uselist);
}

#[test]
fn selectin_of_children_asks_for_their_foreign_keys() {
    let s = shop();
    s.orders(Lazy::Selectin);
    let (text, plan) = load(&s.user);
    assert_eq!(text, "SELECT users.id, users.name FROM users");
    assert_eq!(root(&plan).post[0].kind, PostKind::Selectin);
    let (made, text) = second(&plan);
    assert!(matches!(&made.ties, Ties::Child(c) if c.len() == 1) && made.key_len == 1);
    assert_eq!(text, "SELECT orders.user_id, orders.id FROM orders WHERE orders.user_id IN (__[POSTCOMPILE_primary_keys])");
}

#[test]
fn selectin_of_parents_asks_for_their_primary_keys() {
    let s = shop();
    s.owner(Lazy::Selectin);
    let (made, text) = second(&load(&s.order).1);
    assert!(matches!(&made.ties, Ties::Parent(local, key) if local.len() == 1 && key.len() == 1));
    assert_eq!(text, "SELECT users.id, users.name FROM users WHERE users.id IN (__[POSTCOMPILE_primary_keys])");
}

#[test]
fn selectin_through_a_secondary_table_starts_there() {
    let s = shop();
    s.keywords(Lazy::Selectin);
    let (made, text) = second(&load(&s.user).1);
    assert!(matches!(&made.ties, Ties::Secondary(c) if c.len() == 1));
    assert_eq!(
        text,
        "SELECT user_keywords.user_id, keywords.id, keywords.word FROM user_keywords JOIN keywords ON keywords.id = \
         user_keywords.keyword_id WHERE user_keywords.user_id IN (__[POSTCOMPILE_primary_keys])"
    );
}

#[test]
fn where_nothing_simple_ties_them_the_parent_is_joined() {
    let s = shop();
    relate(&s.user, "orders", RelationshipData { omit_join: Some(false), ..loaded(Lazy::Selectin) }, JoinSpec::to(&s.order))
        .expect("orders");
    let (made, text) = second(&load(&s.user).1);
    assert!(matches!(made.ties, Ties::Join));
    assert_eq!(
        text,
        "SELECT users_1.id, orders.id, orders.user_id FROM users AS users_1 JOIN orders ON users_1.id = orders.user_id \
         WHERE users_1.id IN (__[POSTCOMPILE_primary_keys])"
    );
}

#[test]
fn subquery_loads_have_the_same_statement_for_all_keys_at_once() {
    let s = shop();
    s.orders(Lazy::Subquery);
    let (_, plan) = load(&s.user);
    assert_eq!(root(&plan).post[0].kind, PostKind::Subquery);
    assert!(second(&plan).1.ends_with("FROM orders WHERE orders.user_id IN (__[POSTCOMPILE_primary_keys])"));
}

fn lazy_text(rel: &Arc<Relationship>, parent: &Arc<Mapper>) -> (LazyPlan, String) {
    let plan = LazyPlan::new(rel).expect("join").expect("configured");
    let target = target_entity(rel, None, &[]).expect("target");
    let select = plan.select(rel, &target, &[]);
    let (plain, _) = compile_select(&select, &LazyPlan::settings(rel, parent, None, &[], &Host)).expect("compiles");
    (plan, one_line(plain))
}

#[test]
fn a_lazy_load_of_a_parent_is_a_lookup_of_its_key() {
    let s = shop();
    let (plan, text) = lazy_text(&s.owner(Lazy::Select), &s.order);
    assert_eq!(plan.get.as_ref().map(|c| c[0].key().to_string()).as_deref(), Some("user_id"));
    assert_eq!(text, "SELECT users.id, users.name FROM users WHERE users.id = :pk_1");
}

#[test]
fn a_lazy_load_of_children_binds_the_parents_key() {
    let s = shop();
    let (plan, text) = lazy_text(&s.orders(Lazy::Select), &s.user);
    assert!(plan.get.is_none() && plan.lookup.is_none());
    assert_eq!(text, "SELECT orders.id, orders.user_id FROM orders WHERE :param_1 = orders.user_id");
}

#[test]
fn a_lazy_load_through_a_secondary_table_selects_from_both() {
    let s = shop();
    let (_, text) = lazy_text(&s.keywords(Lazy::Select), &s.user);
    assert_eq!(
        text,
        "SELECT keywords.id, keywords.word FROM keywords, user_keywords WHERE :param_1 = user_keywords.user_id AND keywords.id = \
         user_keywords.keyword_id"
    );
}

#[test]
fn a_lazy_load_does_not_join_what_leads_back() {
    let s = shop();
    let owner = s.owner(Lazy::Joined);
    let orders = s.orders(Lazy::Select);
    orders.update(|d| d.reverse = vec![Arc::downgrade(&owner)]);
    assert_eq!(lazy_text(&orders, &s.user).1, "SELECT orders.id, orders.user_id FROM orders WHERE :param_1 = orders.user_id");
}
