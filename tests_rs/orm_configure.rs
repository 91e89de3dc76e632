//! Mappings configured without Python: hierarchies of all kinds, and what identifies their rows.

use orm::configure::placement::{self, Given, Listed, Step, Wanted};
use orm::configure::properties::{self, ColumnSpec};
use orm::configure::{MapperSpec, discriminator, inheritance, primary_key};
use orm::mapper::{PolymorphicLoad, WithPolymorphic};
use orm::{Mapper, columns};
use oxalchemy_tests::builders::*;
use sql::ast::{ExprRef, FromKind, FromRef, build};
use sql::error::ErrorKind;
use sql::schema::{Column, Table};
use sql::{SqlResult, types};
use std::sync::Arc;

/// A mapper with every column under its own name.
fn map(class: &str, spec: MapperSpec) -> SqlResult<Arc<Mapper>> {
    map_without(class, spec, &[])
}

fn map_without(class: &str, spec: MapperSpec, left_out: &[&str]) -> SqlResult<Arc<Mapper>> {
    let mapper = Mapper::new(class, Default::default());
    inheritance::enter(&mapper, &spec)?;
    let all = mapper.data().persist_selectable.clone().expect("selectable");
    for c in columns::columns_of(&all) {
        let name = c.key();
        if left_out.contains(&&*name) {
            continue;
        }
        let mut exprs = vec![columns::column_expr(&c)];
        if let Some(orm::Property::Column(old)) = mapper.prop(&name) {
            exprs.extend(old.columns.iter().cloned());
        }
        let prop = properties::column(&mapper, &name, ColumnSpec { columns: exprs, ..ColumnSpec::default() });
        properties::attach(&mapper, &prop);
    }
    primary_key::assemble(&mapper, &spec)?;
    Ok(mapper)
}

fn on(table: &Arc<Table>) -> MapperSpec {
    MapperSpec { local_table: Some(table.as_from()), ..MapperSpec::default() }
}

fn below(parent: &Arc<Mapper>) -> MapperSpec {
    MapperSpec { inherits: Some(parent.clone()), ..MapperSpec::default() }
}

fn column(t: &Arc<Table>, name: &str) -> Arc<Column> {
    t.d.read().columns[name].clone()
}

fn names(list: &[Arc<Column>]) -> Vec<String> {
    list.iter().map(name).collect()
}

fn name(c: &Arc<Column>) -> String {
    format!("{}.{}", columns::table_of(c).expect("table").name, c.name())
}

fn pairs(m: &Arc<Mapper>) -> Vec<String> {
    let d = m.data();
    d.inherits_equated_pairs.iter().map(|(a, b)| format!("{} > {}", name(a), name(b))).collect()
}

fn from(m: &Arc<Mapper>) -> String {
    fn show(f: &FromRef) -> String {
        match &f.kind {
            FromKind::Join(j) => format!("({} + {} ON {})", show(&j.left), show(&j.right), text(j.onclause.clone())),
            _ => orm::mapper::from_description(f),
        }
    }
    show(m.data().persist_selectable.as_ref().expect("selectable"))
}

/// `person`, `engineer` and `manager` with a foreign key each, `boss` below `manager`.
struct Staff {
    person: Arc<Table>,
    engineer: Arc<Table>,
    manager: Arc<Table>,
    boss: Arc<Table>,
}

fn staff() -> Staff {
    let person = table("person", vec![pk("id"), col("kind", types::string()), col("name", types::string())]);
    let engineer = table("engineer", vec![pk("id"), col("language", types::string())]);
    let manager = table("manager", vec![pk("manager_id"), col("budget", types::integer())]);
    let boss = table("boss", vec![pk("boss_id"), col("car", types::string())]);
    references(&engineer, "id", &person, "id");
    references(&manager, "manager_id", &person, "id");
    references(&boss, "boss_id", &manager, "manager_id");
    Staff { person, engineer, manager, boss }
}

#[test]
fn a_class_needs_a_table() {
    let e = map("Nothing", MapperSpec::default()).unwrap_err();
    assert_eq!(e.kind, ErrorKind::Argument);
    assert!(e.message.contains("Mapper[Nothing(None)]"), "{}", e.message);
}

#[test]
fn a_joined_subclass_reads_from_the_join_and_keeps_the_identity_of_its_base() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let engineer = map("Engineer", MapperSpec { inherits: Some(person.clone()), ..on(&t.engineer) }).unwrap();
    assert_eq!(from(&engineer), "(person + engineer ON person.id = engineer.id)");
    assert_eq!(pairs(&engineer), ["person.id > engineer.id"]);
    let d = engineer.data();
    assert_eq!(names(&d.primary_key), ["person.id"]);
    assert_eq!(d.tables.iter().map(|t| t.key()).collect::<Vec<_>>(), ["person", "engineer"]);
    assert_eq!(names(&d.pks_by_table[&(Arc::as_ptr(&t.engineer) as usize)]), ["engineer.id"]);
    assert!(!d.single && d.inherit_condition.is_some());
    assert!(engineer.isa(&person) && engineer.base().id == person.id);
}

#[test]
fn each_level_joins_its_table_to_those_above() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let manager = map("Manager", MapperSpec { inherits: Some(person), ..on(&t.manager) }).unwrap();
    let boss = map("Boss", MapperSpec { inherits: Some(manager), ..on(&t.boss) }).unwrap();
    assert_eq!(from(&boss), "((person + manager ON person.id = manager.manager_id) + boss ON manager.manager_id = boss.boss_id)");
    assert_eq!(pairs(&boss), ["manager.manager_id > boss.boss_id"]);
    assert_eq!(names(&boss.data().primary_key), ["person.id"]);
    // equal by the joins of all levels
    let equal = &boss.data().equivalents[&columns::col_id(&column(&t.manager, "manager_id"))];
    assert_eq!(names(equal), ["person.id", "boss.boss_id"]);
}

#[test]
fn single_table_classes_share_everything_and_mix_with_joined_ones() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let guest = map("Guest", below(&person)).unwrap();
    assert!(guest.data().single);
    assert_eq!(from(&guest), "person");
    // the same table said again is the same thing
    assert!(map("Member", MapperSpec { inherits: Some(person.clone()), ..on(&t.person) }).unwrap().data().single);
    // a joined table below a single-table class, and a single-table class below that
    let engineer = map("Engineer", MapperSpec { inherits: Some(guest), ..on(&t.engineer) }).unwrap();
    assert!(!engineer.data().single);
    assert_eq!(from(&engineer), "(person + engineer ON person.id = engineer.id)");
    let junior = map("Junior", below(&engineer)).unwrap();
    assert!(junior.data().single);
    assert_eq!(from(&junior), from(&engineer));
    assert_eq!(names(&junior.data().primary_key), ["person.id"]);
    assert_eq!(pairs(&junior), Vec::<String>::new());
}

#[test]
fn a_concrete_class_has_its_own_table_identity_and_rules() {
    let t = staff();
    let person =
        map("Person", MapperSpec { passive_updates: false, version_id_col: Some(column(&t.person, "name")), ..on(&t.person) });
    let person = person.unwrap();
    let spec = MapperSpec { inherits: Some(person.clone()), concrete: true, ..on(&t.manager) };
    let manager = map("Manager", spec).unwrap();
    let d = manager.data();
    assert_eq!(from(&manager), "manager");
    assert_eq!(names(&d.primary_key), ["manager.manager_id"]);
    assert!(d.passive_updates && d.version_id_col.is_none() && d.equivalents.is_empty());
    assert!(manager.isa(&person) && manager.base().id == manager.id);
    // classes below it join to it
    let boss = map("Boss", MapperSpec { inherits: Some(manager.clone()), ..on(&t.boss) }).unwrap();
    assert_eq!(from(&boss), "(manager + boss ON manager.manager_id = boss.boss_id)");
    assert_eq!(boss.base().id, manager.id);
}

#[test]
fn what_the_database_does_holds_for_the_whole_hierarchy() {
    let t = staff();
    let version = column(&t.person, "name");
    let spec = MapperSpec {
        passive_updates: false,
        passive_deletes: true,
        version_id_col: Some(version.clone()),
        order_by: vec![c(&t.person, "name")],
        ..on(&t.person)
    };
    let person = map("Person", spec).unwrap();
    let engineer = map("Engineer", MapperSpec { inherits: Some(person.clone()), ..on(&t.engineer) }).unwrap();
    let d = engineer.data();
    assert!(!d.passive_updates && d.passive_deletes);
    assert!(Arc::ptr_eq(d.version_id_col.as_ref().unwrap(), &version));
    assert_eq!(d.order_by.len(), 1);
    let own = MapperSpec { inherits: Some(person), order_by: vec![c(&t.manager, "budget")], ..on(&t.manager) };
    assert_eq!(text(map("Manager", own).unwrap().data().order_by[0].clone()), "manager.budget");
}

#[test]
fn tables_that_nothing_joins_and_tables_joined_twice_are_explained() {
    let base = table("base", vec![pk("id")]);
    let apart = table("apart", vec![pk("id")]);
    let twice = table("twice", vec![pk("id"), col("other", types::integer())]);
    references(&twice, "id", &base, "id");
    references(&twice, "other", &base, "id");
    let parent = map("Base", on(&base)).unwrap();
    let e = map("Apart", MapperSpec { inherits: Some(parent.clone()), ..on(&apart) }).unwrap_err();
    assert_eq!(e.kind, ErrorKind::NoForeignKeys);
    assert!(
        e.message.contains("'base'") && e.message.contains("'apart'") && e.message.contains("inherit_condition"),
        "{}",
        e.message
    );
    let e = map("Twice", MapperSpec { inherits: Some(parent.clone()), ..on(&twice) }).unwrap_err();
    assert_eq!(e.kind, ErrorKind::AmbiguousForeignKeys);
    assert!(parent.data().children.is_empty(), "a mapper that failed is no child");
    // a condition settles both
    let condition = |t: &Arc<Table>| Some(build::eq(&c(&base, "id"), &c(t, "id")));
    for t in [&apart, &twice] {
        let spec = MapperSpec { inherits: Some(parent.clone()), inherit_condition: condition(t), ..on(t) };
        assert_eq!(pairs(&map("Sub", spec).unwrap()), [format!("base.id > {}.id", t.name)]);
    }
}

#[test]
fn pairs_run_from_parent_to_child_however_the_condition_is_written() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let backwards: ExprRef = build::eq(&c(&t.engineer, "id"), &c(&t.person, "id"));
    let spec = |named: Vec<Arc<Column>>| MapperSpec {
        inherits: Some(person.clone()),
        inherit_condition: Some(backwards.clone()),
        inherit_foreign_keys: named,
        ..on(&t.engineer)
    };
    assert_eq!(pairs(&map("Engineer", spec(Vec::new())).unwrap()), ["person.id > engineer.id"]);
    // whose columns they are may be said
    assert_eq!(pairs(&map("Engineer", spec(vec![column(&t.person, "id")])).unwrap()), ["engineer.id > person.id"]);
}

#[test]
fn a_composite_key_is_equated_column_by_column() {
    let base = table("base", vec![pk("a"), pk("b")]);
    let sub = table("sub", vec![pk("x"), pk("y")]);
    let on_both = vec![build::eq(&c(&base, "a"), &c(&sub, "x")), build::eq(&c(&base, "b"), &c(&sub, "y"))];
    let parent = map("Base", on(&base)).unwrap();
    let spec = MapperSpec { inherits: Some(parent), inherit_condition: orm::join_condition::and(on_both), ..on(&sub) };
    let m = map("Sub", spec).unwrap();
    assert_eq!(pairs(&m), ["base.a > sub.x", "base.b > sub.y"]);
    assert_eq!(names(&m.data().primary_key), ["base.a", "base.b"]);
}

#[test]
fn inline_subclasses_are_read_with_every_ancestor() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let manager = map("Manager", MapperSpec { inherits: Some(person.clone()), ..on(&t.manager) }).unwrap();
    let inline = Some(PolymorphicLoad::Inline);
    let spec = MapperSpec { inherits: Some(manager.clone()), polymorphic_load: inline, ..on(&t.boss) };
    let boss = map("Boss", spec).unwrap();
    for m in [&person, &manager] {
        let with = m.data().with_polymorphic.clone().expect("with");
        assert_eq!(with.mappers.iter().filter_map(|m| m.upgrade()).map(|m| m.id).collect::<Vec<_>>(), [boss.id]);
    }
    // one that reads all of them anyway is told nothing
    let everything = WithPolymorphic { all: true, ..WithPolymorphic::default() };
    let all = map("All", MapperSpec { with_polymorphic: Some(everything), ..on(&t.person) }).unwrap();
    map("Part", MapperSpec { polymorphic_load: inline, ..below(&all) }).unwrap();
    assert!(all.data().with_polymorphic.as_ref().is_some_and(|w| w.mappers.is_empty()));
}

#[test]
fn a_key_may_be_given_and_is_then_that_of_its_table_too() {
    let t = table("logs", vec![col("at", types::integer()), col("host", types::string()), col("line", types::string())]);
    let e = map("Log", on(&t)).unwrap_err();
    assert!(e.message.contains("could not assemble any primary key columns for mapped table 'logs'"), "{}", e.message);
    let m = map("Log", MapperSpec { primary_key: vec![column(&t, "at"), column(&t, "host")], ..on(&t) }).unwrap();
    assert_eq!(names(&m.data().primary_key), ["logs.at", "logs.host"]);
    assert_eq!(names(&m.data().pks_by_table[&(Arc::as_ptr(&t) as usize)]), ["logs.at", "logs.host"]);
    assert_eq!(m.data().primary_key_keys(), ["at".into(), "host".into()]);
}

#[test]
fn key_columns_that_are_not_mapped_identify_nothing() {
    let t = table("pairs", vec![pk("a"), pk("b")]);
    let m = map_without("Pair", on(&t), &["b"]).unwrap();
    assert_eq!(names(&m.data().primary_key), ["pairs.a"]);
    assert!(map_without("Pair", on(&t), &["a", "b"]).is_err());
}

#[test]
fn of_a_join_only_what_no_foreign_key_repeats_identifies() {
    let t = staff();
    let join = sql::ast::From::new(FromKind::Join(Arc::new(sql::ast::Join {
        left: t.person.as_from(),
        right: t.engineer.as_from(),
        onclause: build::eq(&c(&t.person, "id"), &c(&t.engineer, "id")),
        isouter: false,
        full: false,
    })));
    let m = map("Both", MapperSpec { local_table: Some(join), ..MapperSpec::default() }).unwrap();
    assert_eq!(names(&m.data().primary_key), ["person.id"]);
    assert_eq!(m.data().pks_by_table.len(), 2);
}

#[test]
fn a_table_below_without_a_key_is_told_about() {
    let t = staff();
    let extra = table("extra", vec![col("id", types::integer()), col("note", types::string())]);
    references(&extra, "id", &t.person, "id");
    let person = map("Person", on(&t.person)).unwrap();
    let spec = MapperSpec { inherits: Some(person), ..on(&extra) };
    let m = map("Extra", spec.clone()).unwrap();
    assert_eq!(names(&m.data().primary_key), ["person.id"]);
    let told = primary_key::assemble(&m, &spec).unwrap().expect("a warning");
    assert!(told.text.contains("'extra'"), "{}", told.text);
}

#[test]
fn a_class_without_identity_under_a_discriminator_is_told_about() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let render = |e: &ExprRef| text(e.clone());
    let told = |spec: MapperSpec| inheritance::without_identity(&map("Sub", spec).unwrap(), &render);
    assert_eq!(told(below(&person)), None);
    person.update(|d| d.polymorphic_on = Some(c(&t.person, "kind")));
    assert!(told(below(&person)).is_some_and(|w| w.text.contains("'person.kind'") && w.text.contains("Mapper[Sub(person)]")));
    assert_eq!(told(MapperSpec { polymorphic_abstract: true, ..below(&person) }), None);
    assert_eq!(told(MapperSpec { inherits: Some(person.clone()), concrete: true, ..on(&t.manager) }), None);
}

#[test]
fn old_values_of_keys_versions_and_discriminators_are_kept() {
    let t = staff();
    let person = map("Person", MapperSpec { version_id_col: Some(column(&t.person, "name")), ..on(&t.person) }).unwrap();
    let kept = |key: &str| match person.prop(key) {
        Some(orm::Property::Column(p)) => properties::keeps_old_value(&person, &p),
        _ => panic!("a column"),
    };
    assert!(kept("id") && kept("name") && !kept("kind"));
    let Some(orm::Property::Column(kind)) = person.prop("kind") else { panic!("a column") };
    person.update(|d| d.polymorphic_on = kind.columns.first().cloned());
    assert!(kept("kind"));
}

/// The plan as text: `given 0`, `inherited name`, `column as key`.
fn planned(m: &Arc<Mapper>, given: &[(&str, Vec<Arc<Column>>)], own: &[&str]) -> Vec<String> {
    let given: Vec<Given> = given.iter().map(|(k, c)| Given { key: (*k).to_owned(), columns: c.clone() }).collect();
    let show = |s: Step| match s {
        Step::Given(i) => format!("given {}", given[i].key),
        Step::Inherited(key) => format!("inherited {key}"),
        Step::Column { column, key } => format!("{} as {key}", name(&column)),
    };
    placement::plan(m, &given, &|name, _| own.contains(&name)).into_iter().map(show).collect()
}

fn entered(class: &str, spec: MapperSpec) -> Arc<Mapper> {
    let m = Mapper::new(class, Default::default());
    inheritance::enter(&m, &spec).unwrap();
    m
}

#[test]
fn columns_come_in_the_order_of_the_table_under_the_names_given_to_them() {
    let t = staff().person;
    let m = entered("Person", on(&t));
    assert_eq!(planned(&m, &[], &[]), ["person.id as id", "person.kind as kind", "person.name as name"]);
    let kind = column(&t, "kind");
    let given = [("sort", vec![kind.clone()]), ("title", vec![]), ("class_", vec![kind])];
    // what is no column comes first; a column may have several names, and then none of its own
    assert_eq!(planned(&m, &given, &[]), ["given title", "person.id as id", "given sort", "given class_", "person.name as name"]);
    // a class that has the name itself keeps it, unless the column is mapped under another
    assert_eq!(planned(&m, &[], &["name"]), ["person.id as id", "person.kind as kind"]);
}

#[test]
fn included_excluded_and_prefixed_columns() {
    let t = staff().person;
    let listed = |names: &[&str], columns: Vec<Arc<Column>>| {
        Some(Listed { names: names.iter().map(|n| (*n).to_owned()).collect(), columns })
    };
    let plan = |wanted: Wanted| planned(&entered("P", MapperSpec { wanted: Arc::new(wanted), ..on(&t) }), &[], &[]);
    let only = Wanted { include: listed(&["id"], vec![column(&t, "name")]), ..Wanted::default() };
    assert_eq!(plan(only), ["person.id as id", "person.name as name"]);
    let not = Wanted { exclude: listed(&["kind"], vec![column(&t, "name")]), ..Wanted::default() };
    assert_eq!(plan(not), ["person.id as id"]);
    let prefixed = Wanted { prefix: "_".into(), exclude: listed(&["kind"], vec![]), ..Wanted::default() };
    assert_eq!(plan(prefixed), ["person.id as _id", "person.name as _name"]);
    // rows cannot be written without their version
    let spec = MapperSpec {
        version_id_col: Some(column(&t, "kind")),
        wanted: Arc::new(Wanted { exclude: listed(&["kind"], vec![]), ..Wanted::default() }),
        ..on(&t)
    };
    assert_eq!(planned(&entered("P", spec), &[], &[]).len(), 3);
}

#[test]
fn an_inheriting_class_takes_over_properties_and_names() {
    let t = staff();
    let person = map_without("Person", on(&t.person), &["name"]).unwrap();
    let renamed = properties::ColumnSpec { columns: vec![c(&t.person, "name")], ..ColumnSpec::default() };
    properties::attach(&person, &properties::column(&person, "called", renamed));
    let engineer = entered("Engineer", MapperSpec { inherits: Some(person.clone()), ..on(&t.engineer) });
    let all = ["inherited id", "inherited kind", "inherited called", "engineer.id as id", "engineer.language as language"];
    assert_eq!(planned(&engineer, &[], &[]), all);
    // one that is given anew is not taken over
    let given = [("kind", vec![column(&t.engineer, "language")])];
    // (the column that had the name is put there too, for `combine` to judge)
    let anew = ["given kind", "inherited id", "inherited called", "person.kind as kind", "engineer.id as id"];
    assert_eq!(planned(&engineer, &given, &[]), anew);
    // a concrete class has columns of its own for all of them
    let copy = table("copies", vec![pk("id"), col("kind", types::string())]);
    let copy = entered("Copy", MapperSpec { inherits: Some(person), concrete: true, ..on(&copy) });
    let planned = planned(&copy, &[], &[]);
    assert_eq!(planned[3..], ["copies.id as id", "copies.kind as kind"]);
}

#[test]
fn columns_that_share_a_name_must_have_to_do_with_each_other() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let engineer = map("Engineer", MapperSpec { inherits: Some(person), ..on(&t.engineer) }).unwrap();
    let d = engineer.data();
    let render = |e: &ExprRef| text(e.clone());
    let combine = |a: &Arc<Column>, b: &Arc<Column>, own| placement::combine(&d, "id", a, b, own, &render);
    let (base, sub) = (column(&t.person, "id"), column(&t.engineer, "id"));
    assert_eq!(combine(&base, &sub, true).unwrap(), None);
    let stranger = column(&t.engineer, "language");
    let told = combine(&base, &stranger, false).unwrap().expect("a warning");
    assert!(told.text.contains("person.id") && told.text.contains("engineer.language") && told.text.contains("'id'"));
    assert_eq!(combine(&base, &stranger, true).unwrap_err().kind, ErrorKind::InvalidRequest);
}

#[test]
fn columns_of_other_tables_are_refused() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let render = |e: &ExprRef| text(e.clone());
    let find = |e: ExprRef| placement::represented(&person, "x", &[e], &render);
    assert_eq!(names(&find(c(&t.person, "name")).unwrap()), ["person.name"]);
    for e in [c(&t.manager, "budget"), build::func("lower", vec![c(&t.person, "name")], types::string())] {
        let message = find(e).unwrap_err().message;
        assert!(message.contains("Mapper[Person(person)]") && message.contains("column_property()"), "{message}");
    }
}

#[test]
fn a_discriminator_is_a_column_that_rows_have_and_subclasses_take_it_over() {
    let t = staff();
    let person = map("Person", on(&t.person)).unwrap();
    let admit = |c: Arc<Column>, own: bool| discriminator::admit(&person, &c, &|_, _| own);
    assert!(admit(column(&t.person, "kind"), false).is_ok());
    assert!(admit(column(&t.person, "kind"), true).unwrap_err().message.contains("Cannot exclude or override"));
    assert!(admit(column(&t.manager, "budget"), false).unwrap_err().message.contains("Could not map polymorphic_on"));
    let Some(orm::Property::Column(kind)) = person.prop("kind") else { panic!("a column") };
    discriminator::set(&person, &kind);
    let inherit = |spec: MapperSpec| {
        let m = map("Sub", spec).unwrap();
        discriminator::inherit(&m);
        m.data().polymorphic_on.clone().map(text)
    };
    assert_eq!(inherit(MapperSpec { inherits: Some(person.clone()), ..on(&t.engineer) }).as_deref(), Some("person.kind"));
    assert_eq!(inherit(MapperSpec { inherits: Some(person.clone()), concrete: true, ..on(&t.manager) }), None);
}
