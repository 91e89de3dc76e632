//! What a flush writes, without Python: table plans, what comes back, and the statements.

use orm::mapper::{EagerDefaults, MapperData, VersionGenerator};
use orm::write::{Ability, Fetch, Given, InsertFetch, Statement, TablePlan, tables};
use orm::{Mapper, write};
use oxalchemy_tests::builders::*;
use oxalchemy_tests::mapped::{below, map, on};
use sql::schema::{Default_, Table};
use sql::types;
use std::sync::Arc;

fn changed(mapper: &Arc<Mapper>, change: impl FnOnce(&mut MapperData)) {
    mapper.update(change);
}

fn plan(mapper: &Arc<Mapper>, table: &Arc<Table>) -> TablePlan {
    TablePlan::new(mapper, &mapper.data(), table, &|_| false).expect("a table of the mapper")
}

/// `people(id, name, note)`.
fn people() -> Arc<Table> {
    table("people", vec![pk("id"), col("name", types::string()), col("note", types::string())])
}

/// `engineers(id → people.id, skill)`.
fn engineers(people: &Arc<Table>) -> Arc<Table> {
    let t = table("engineers", vec![pk("id"), col("skill", types::string())]);
    references(&t, "id", people, "id");
    t
}

fn server_default(t: &Arc<Table>, column: &str) {
    let c = t.d.read().columns[column].clone();
    c.d.write().default = Some(Default_::Sql(build_now()));
}

fn server_onupdate(t: &Arc<Table>, column: &str) {
    let c = t.d.read().columns[column].clone();
    c.d.write().onupdate = Some(Default_::Sql(build_now()));
}

fn build_now() -> sql::ast::ExprRef {
    sql::ast::build::func("now", Vec::new(), types::string())
}

fn names(list: &[Arc<Table>]) -> Vec<String> {
    list.iter().map(|t| t.name.to_string()).collect()
}

/// A database that can do this.
fn able(list: &'static [Ability]) -> impl Fn(Ability) -> Result<bool, ()> {
    move |a| Ok(list.contains(&a))
}

const SQLITE: &[Ability] =
    &[Ability::InsertReturning, Ability::InsertExecutemanyReturning, Ability::UpdateReturning, Ability::PostfetchLastrowid];
const POSTGRES: &[Ability] = &[
    Ability::InsertReturning,
    Ability::InsertExecutemanyReturning,
    Ability::UpdateReturning,
    Ability::FavorReturningOverLastrowid,
];
const MYSQL: &[Ability] = &[Ability::PostfetchLastrowid];

fn fetch(plan: &TablePlan, params: &[usize], sql: &[usize], rows: usize, can: &'static [Ability]) -> InsertFetch {
    plan.insert_fetch(&Given { params, sql }, rows, able(can)).expect("answers")
}

#[test]
fn a_plan_has_the_mapped_columns_and_the_key() {
    let t = people();
    let m = map("Person", &on(&t)).expect("maps");
    let p = plan(&m, &t);
    let columns: Vec<_> = p.columns.iter().map(|c| (&*c.key, &*c.name, &*c.found_by, c.pk)).collect();
    assert_eq!(columns[0], ("id", "id", "people_id", true));
    assert_eq!(columns[1], ("name", "name", "people_name", false));
    assert_eq!(p.pk, [0]);
    assert!(p.columns[1].null_when_missing && !p.columns[0].null_when_missing);
    assert!(p.version.is_none() && p.equated.is_empty());
    assert!(TablePlan::new(&m, &m.data(), &people(), &|_| false).is_none(), "a table of somebody else");
}

#[test]
fn a_parameter_that_finds_a_row_gives_way_to_a_column_of_its_name() {
    let t = table("t", vec![pk("id"), col("t_id", types::integer())]);
    let m = map("T", &on(&t)).expect("maps");
    assert_eq!(&*plan(&m, &t).columns[0].found_by, "t_id_1");
}

#[test]
fn rows_of_a_subclass_go_to_both_tables_the_parents_first() {
    let base = people();
    let sub = engineers(&base);
    let person = map("Person", &on(&base)).expect("maps");
    let engineer = map("Engineer", &below(&person, Some(&sub))).expect("maps");
    let manager = map("Manager", &below(&person, None)).expect("maps");
    assert_eq!(names(&tables([&engineer])), ["people", "engineers"]);
    assert_eq!(names(&tables([&engineer, &person, &manager])), ["people", "engineers"]);
    assert_eq!(names(&tables([&manager])), ["people"]);
    // One attribute feeds both keys: nothing has to be copied.
    let p = plan(&engineer, &sub);
    assert!(p.equated.is_empty());
    assert_eq!(p.columns.iter().map(|c| &*c.key).collect::<Vec<_>>(), ["id", "skill"]);
}

#[test]
fn tables_that_refer_to_each_other_by_foreign_keys_are_in_that_order() {
    let a = people();
    let b = table("b", vec![pk("id"), col("a_id", types::integer())]);
    references(&b, "a_id", &a, "id");
    let (ma, mb) = (map("A", &on(&a)).expect("maps"), map("B", &on(&b)).expect("maps"));
    assert_eq!(names(&tables([&mb, &ma])), ["people", "b"]);
}

#[test]
fn one_row_without_its_key_takes_the_last_row_id_where_there_is_one() {
    let t = people();
    let p = plan(&map("Person", &on(&t)).expect("maps"), &t);
    assert_eq!(fetch(&p, &[1, 2], &[], 1, SQLITE).how, Fetch::LastRowId);
    assert_eq!(fetch(&p, &[1, 2], &[], 1, MYSQL).how, Fetch::LastRowId);
    assert_eq!(fetch(&p, &[1, 2], &[], 1, POSTGRES).how, Fetch::Returning);
    assert_eq!(fetch(&p, &[1, 2], &[], 2, SQLITE).how, Fetch::Returning);
    assert_eq!(fetch(&p, &[1, 2], &[], 2, MYSQL).how, Fetch::Later);
    let given = fetch(&p, &[0, 1, 2], &[], 5, SQLITE);
    assert_eq!((given.how, given.wanted), (Fetch::Nothing, vec![]));
}

#[test]
fn an_expression_as_key_comes_back() {
    let t = people();
    let p = plan(&map("Person", &on(&t)).expect("maps"), &t);
    let f = fetch(&p, &[1], &[0], 1, SQLITE);
    assert_eq!((f.how, f.wanted.as_slice()), (Fetch::Returning, &[0][..]));
}

#[test]
fn server_defaults_come_back_where_that_costs_nothing() {
    let t = people();
    server_default(&t, "note");
    let m = map("Person", &on(&t)).expect("maps");
    let p = plan(&m, &t);
    let f = fetch(&p, &[1], &[], 1, SQLITE);
    assert_eq!((f.how, f.wanted.as_slice()), (Fetch::Returning, &[0, 2][..]));
    assert_eq!(f.known(&p), [0, 2]);
    // Without RETURNING of many rows, the key alone is fetched and the default is read when it is needed.
    let f = fetch(&p, &[1], &[], 1, MYSQL);
    assert_eq!((f.how, f.wanted.as_slice()), (Fetch::LastRowId, &[0][..]));
    assert_eq!(p.unknown_after_insert(&Given { params: &[1], sql: &[] }, &f.known(&p)), [2]);
    changed(&m, |d| d.eager_defaults = EagerDefaults::No);
    assert_eq!(fetch(&plan(&m, &t), &[1], &[], 1, POSTGRES).wanted, [0]);
    changed(&m, |d| d.eager_defaults = EagerDefaults::Yes);
    assert_eq!(fetch(&plan(&m, &t), &[1], &[], 1, MYSQL).how, Fetch::Later);
}

#[test]
fn updates_bring_back_what_the_database_changes() {
    let t = people();
    server_onupdate(&t, "note");
    let m = map("Person", &on(&t)).expect("maps");
    let given = Given { params: &[1], sql: &[] };
    assert_eq!(plan(&m, &t).update_returning(&given, able(SQLITE)), Ok(vec![]));
    assert_eq!(plan(&m, &t).unknown_after_update(&given, &[]), [2]);
    changed(&m, |d| d.eager_defaults = EagerDefaults::Yes);
    let p = plan(&m, &t);
    assert_eq!(p.update_returning(&given, able(SQLITE)), Ok(vec![2]));
    assert_eq!(p.unknown_after_update(&given, &[2]), []);
    assert_eq!(p.update_returning(&given, able(MYSQL)), Ok(vec![]));
    assert_eq!(p.unknown_after_update(&Given { params: &[], sql: &[1] }, &[]), [1, 2]);
}

#[test]
fn versions_of_the_database_come_back_too() {
    let t = people();
    server_default(&t, "note");
    let m = map("Person", &on(&t)).expect("maps");
    let version = t.d.read().columns["note"].clone();
    changed(&m, |d| {
        d.version_id_col = Some(version);
        d.version_generator = VersionGenerator::Server;
        d.eager_defaults = EagerDefaults::No;
    });
    let p = plan(&m, &t);
    assert_eq!(p.version, Some(2));
    assert_eq!(fetch(&p, &[0, 1], &[], 3, POSTGRES).wanted, [2]);
    assert_eq!(p.update_returning(&Given { params: &[1], sql: &[] }, able(POSTGRES)), Ok(vec![2]));
}

fn text_of(plan: &TablePlan, statement: &Statement, params: &[&str]) -> String {
    let options = sql::compile::CompileOptions {
        column_keys: Some(params.iter().map(|p| (*p).into()).collect()),
        ..sql::compile::CompileOptions::default()
    };
    compile_with(statement.node(plan), "sqlite", &options).sql.replace('\n', " ")
}

#[test]
fn statements_find_rows_by_key_and_version() {
    let t = people();
    let m = map("Person", &on(&t)).expect("maps");
    let version = t.d.read().columns["note"].clone();
    changed(&m, |d| d.version_id_col = Some(version));
    let p = plan(&m, &t);
    let insert = |returning: Vec<usize>, sorted| text_of(&p, &Statement::Insert { returning, sorted }, &["name"]);
    assert_eq!(insert(vec![], false), "INSERT INTO people (name) VALUES (?)");
    assert_eq!(insert(vec![0, 2], true), "INSERT INTO people (name) VALUES (?) RETURNING id, note");
    let update = |version, returning: Vec<usize>| text_of(&p, &Statement::Update { version, returning }, &["name"]);
    assert_eq!(update(false, vec![]), "UPDATE people SET name=? WHERE people.id = ?");
    assert_eq!(update(true, vec![2]), "UPDATE people SET name=? WHERE people.id = ? AND people.note = ? RETURNING note");
    assert_eq!(
        text_of(&p, &Statement::Delete { version: true }, &[]),
        "DELETE FROM people WHERE people.id = ? AND people.note = ?"
    );
}

#[test]
fn rows_of_association_tables_are_found_by_all_their_columns() {
    let t = table("ab", vec![col("a_id", types::integer()), col("b_id", types::integer())]);
    let columns: Vec<_> = t.d.read().columns.values().map(|c| (c.clone(), c.key())).collect();
    let found = write::statements::criteria(columns.into_iter());
    assert_eq!(on_sqlite(write::statements::delete(&t, found)), "DELETE FROM ab WHERE ab.a_id = ? AND ab.b_id = ?");
}

fn on_sqlite(node: sql::ast::Node) -> String {
    oxalchemy_tests::builders::on("sqlite", node).replace('\n', " ")
}
