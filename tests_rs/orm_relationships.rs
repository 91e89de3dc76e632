//! Relationships configured without Python: how two mappings join, in which direction, and what two of them have to do with each
//! other.

use orm::configure::relationship::{JoinSpec, resolve};
use orm::configure::{MapperSpec, Warning, backref, conflicts, inheritance, primary_key, properties};
use orm::join_condition::{JoinCondition, Pair};
use orm::{Cascade, Direction, Mapper, PassiveDeletes, Relationship, RelationshipData, columns};
use oxalchemy_tests::builders::*;
use sql::ast::{Annotations, ExprRef, Op, build};
use sql::error::ErrorKind;
use sql::schema::{Column, Table};
use sql::{SqlResult, types};
use std::sync::Arc;

fn map(class: &str, t: &Arc<Table>) -> Arc<Mapper> {
    map_below(class, t, None)
}

fn map_below(class: &str, t: &Arc<Table>, inherits: Option<&Arc<Mapper>>) -> Arc<Mapper> {
    let spec = MapperSpec { local_table: Some(t.as_from()), inherits: inherits.cloned(), ..MapperSpec::default() };
    let mapper = Mapper::new(class, Default::default());
    inheritance::enter(&mapper, &spec).expect("tables");
    for c in columns::columns_of(&mapper.data().persist_selectable.clone().expect("selectable")) {
        let column = properties::ColumnSpec { columns: vec![columns::column_expr(&c)], ..Default::default() };
        properties::attach(&mapper, &properties::column(&mapper, &c.key(), column));
    }
    primary_key::assemble(&mapper, &spec).expect("key");
    mapper
}

fn render(e: &ExprRef) -> String {
    text(e.clone())
}

/// A relationship of `parent`, set up.
fn relate(
    parent: &Arc<Mapper>,
    key: &str,
    said: RelationshipData,
    spec: JoinSpec,
) -> SqlResult<(Arc<Relationship>, Vec<Warning>)> {
    let node = Relationship::new(key.into(), Arc::downgrade(parent), said.clone());
    let told = resolve(&node, parent, said, spec, &render)?;
    parent.update(|d| d.props.insert(key.into(), orm::Property::Relationship(node.clone())));
    Ok((node, told))
}

fn to(parent: &Arc<Mapper>, key: &str, spec: JoinSpec) -> SqlResult<Arc<Relationship>> {
    relate(parent, key, RelationshipData::default(), spec).map(|r| r.0)
}

fn error(parent: &Arc<Mapper>, key: &str, spec: JoinSpec) -> (ErrorKind, String) {
    let e = to(parent, key, spec).unwrap_err();
    (e.kind, e.message)
}

fn column(t: &Arc<Table>, name: &str) -> Arc<Column> {
    t.d.read().columns[name].clone()
}

fn name(c: &Arc<Column>) -> String {
    format!("{}.{}", columns::table_of(c).expect("table").name, c.name())
}

fn show(list: &[Pair]) -> Vec<String> {
    list.iter().map(|(a, b)| format!("{} > {}", name(a), name(b))).collect()
}

fn join(r: &Arc<Relationship>) -> Arc<JoinCondition> {
    r.data().join.clone().expect("join")
}

fn marked(e: &ExprRef, f: impl Fn(&mut Annotations)) -> ExprRef {
    let mut ann = e.ann.as_deref().cloned().unwrap_or_default();
    f(&mut ann);
    e.annotated(ann)
}

fn foreign(e: &ExprRef) -> ExprRef {
    marked(e, |a| a.foreign = true)
}

fn remote(e: &ExprRef) -> ExprRef {
    marked(e, |a| a.remote = true)
}

struct Shop {
    users: Arc<Table>,
    orders: Arc<Table>,
    user: Arc<Mapper>,
    order: Arc<Mapper>,
}

fn shop() -> Shop {
    let users = table("users", vec![pk("id"), col("name", types::string())]);
    let orders = table("orders", vec![pk("id"), col("user_id", types::integer()), col("paid_by", types::string())]);
    references(&orders, "user_id", &users, "id");
    Shop { user: map("User", &users), order: map("Order", &orders), users, orders }
}

#[test]
fn the_foreign_key_tells_the_direction_and_what_follows_what() {
    let s = shop();
    let many = to(&s.user, "orders", JoinSpec::to(&s.order)).unwrap();
    assert_eq!(text(join(&many).primaryjoin.clone()), "users.id = orders.user_id");
    let d = many.data();
    assert_eq!((d.direction, d.uselist, d.use_get), (Direction::OneToMany, true, false));
    assert_eq!(show(&join(&many).synchronize_pairs), ["users.id > orders.user_id"]);
    assert_eq!(show(&join(&many).local_remote_pairs), ["users.id > orders.user_id"]);
    let one = to(&s.order, "user", JoinSpec::to(&s.user)).unwrap();
    let d = one.data();
    assert_eq!((d.direction, d.uselist, d.use_get), (Direction::ManyToOne, false, true));
    assert_eq!(show(&join(&one).synchronize_pairs), ["users.id > orders.user_id"]);
    assert_eq!(show(&join(&one).local_remote_pairs), ["orders.user_id > users.id"]);
    // a scalar on the many side is a wish
    let spec = JoinSpec { uselist: Some(false), ..JoinSpec::to(&s.order) };
    assert!(!to(&s.user, "order", spec).unwrap().data().uselist);
}

#[test]
fn only_a_look_up_by_the_whole_key_is_a_get() {
    let s = shop();
    let on_name = build::eq(&foreign(&c(&s.orders, "paid_by")), &c(&s.users, "name"));
    let spec = JoinSpec { primaryjoin: Some(on_name), ..JoinSpec::to(&s.user) };
    let payer = to(&s.order, "payer", spec).unwrap();
    assert_eq!((payer.data().direction, payer.data().use_get), (Direction::ManyToOne, false));
}

#[test]
fn a_composite_key_is_compared_column_by_column() {
    let places = table("places", vec![pk("country"), pk("zip")]);
    let houses = table("houses", vec![pk("id"), col("land", types::integer()), col("code", types::integer())]);
    let condition = [("land", "country"), ("code", "zip")].map(|(h, p)| build::eq(&foreign(&c(&houses, h)), &c(&places, p)));
    let (place, house) = (map("Place", &places), map("House", &houses));
    let spec = JoinSpec { primaryjoin: orm::join_condition::and(condition.to_vec()), ..JoinSpec::to(&place) };
    let r = to(&house, "place", spec).unwrap();
    assert_eq!(show(&join(&r).synchronize_pairs), ["places.country > houses.land", "places.zip > houses.code"]);
    assert!(r.data().use_get);
    // half of a key finds many
    let half = JoinSpec { primaryjoin: Some(condition[0].clone()), ..JoinSpec::to(&place) };
    assert!(!to(&house, "half", half).unwrap().data().use_get);
}

#[test]
fn of_one_table_the_remote_side_tells_the_direction() {
    let nodes = table("nodes", vec![pk("id"), col("parent_id", types::integer())]);
    references(&nodes, "parent_id", &nodes, "id");
    let node = map("Node", &nodes);
    let children = to(&node, "children", JoinSpec::to(&node)).unwrap();
    assert_eq!(children.data().direction, Direction::OneToMany);
    let spec = JoinSpec { remote_side: vec![column(&nodes, "id")], ..JoinSpec::to(&node) };
    let parent = to(&node, "parent", spec).unwrap();
    assert_eq!((parent.data().direction, parent.data().use_get), (Direction::ManyToOne, true));
    assert_eq!(show(&join(&parent).local_remote_pairs), ["nodes.parent_id > nodes.id"]);
    backref::tie(&children, &parent).unwrap();
    backref::fit(&children, &node, &parent, &node).unwrap();
    // both of one direction: the remote side was forgotten
    let again = to(&node, "again", JoinSpec::to(&node)).unwrap();
    let e = backref::fit(&children, &node, &again, &node).unwrap_err().message;
    assert!(e.contains("ONETOMANY") && e.contains("Node.again") && e.contains("remote_side"), "{e}");
}

#[test]
fn a_secondary_table_stands_between_many_and_many() {
    let (students, courses) = (table("students", vec![pk("id")]), table("courses", vec![pk("id")]));
    let takes = table("takes", vec![pk("student_id"), pk("course_id")]);
    references(&takes, "student_id", &students, "id");
    references(&takes, "course_id", &courses, "id");
    let (student, course) = (map("Student", &students), map("Course", &courses));
    let spec = JoinSpec { secondary: Some(takes.as_from()), ..JoinSpec::to(&course) };
    let r = to(&student, "courses", spec.clone()).unwrap();
    assert_eq!((r.data().direction, r.data().uselist), (Direction::ManyToMany, true));
    let j = join(&r);
    assert_eq!(text(j.primaryjoin.clone()), "students.id = takes.student_id");
    assert_eq!(text(j.secondaryjoin.clone().unwrap()), "courses.id = takes.course_id");
    assert_eq!(show(&j.synchronize_pairs), ["students.id > takes.student_id"]);
    assert_eq!(show(&j.secondary_synchronize_pairs), ["courses.id > takes.course_id"]);
    // the other side says the same the other way round
    let (first, second) = backref::conditions(&j);
    assert_eq!(
        (text(first.clone()), second.clone().map(text)),
        ("courses.id = takes.course_id".to_owned(), Some("students.id = takes.student_id".to_owned()))
    );
    let other = JoinSpec { secondary: spec.secondary, primaryjoin: Some(first), secondaryjoin: second, ..JoinSpec::to(&student) };
    let back = to(&course, "students", other).unwrap();
    assert_eq!(show(&join(&back).synchronize_pairs), ["courses.id > takes.course_id"]);
    backref::tie(&r, &back).unwrap();
    backref::fit(&r, &student, &back, &student).unwrap();
    // half of it cannot be said without the table
    let spec = JoinSpec { secondaryjoin: Some(build::eq(&c(&courses, "id"), &c(&takes, "course_id"))), ..JoinSpec::to(&course) };
    assert_eq!(error(&student, "broken", spec).0, ErrorKind::Argument);
}

#[test]
fn no_key_and_too_many_keys_are_explained_and_settled() {
    let t = shop();
    let lonely = table("lonely", vec![pk("id"), col("user_id", types::integer())]);
    let other = map("Lonely", &lonely);
    let (kind, message) = error(&t.user, "lonely", JoinSpec::to(&other));
    assert_eq!(kind, ErrorKind::NoForeignKeys);
    assert!(message.contains("User.lonely") && message.contains("primaryjoin"), "{message}");
    references(&t.orders, "paid_by", &t.users, "id");
    let (kind, message) = error(&t.user, "orders", JoinSpec::to(&t.order));
    assert_eq!(kind, ErrorKind::AmbiguousForeignKeys);
    assert!(message.contains("foreign_keys"), "{message}");
    let spec = JoinSpec { foreign_keys: vec![column(&t.orders, "paid_by")], ..JoinSpec::to(&t.order) };
    let r = to(&t.user, "paid", spec).unwrap();
    assert_eq!(text(join(&r).primaryjoin.clone()), "users.id = orders.paid_by");
    // a condition without any foreign column
    let on = build::eq(&c(&t.users, "name"), &c(&t.orders, "id"));
    let (_, message) = error(&t.user, "named", JoinSpec { primaryjoin: Some(on), ..JoinSpec::to(&t.order) });
    assert!(message.contains("foreign key columns") && message.contains("users.name = orders.id"), "{message}");
}

#[test]
fn a_condition_that_compares_otherwise_only_reads() {
    let s = shop();
    let prefix = build::binary(&foreign(&remote(&c(&s.orders, "paid_by"))), Op::Lt, &c(&s.users, "name"));
    let spec = JoinSpec { primaryjoin: Some(prefix), ..JoinSpec::to(&s.order) };
    let (_, message) = error(&s.user, "earlier", spec.clone());
    assert!(message.contains("viewonly=True"), "{message}");
    let said = RelationshipData { viewonly: true, ..RelationshipData::default() };
    let (r, _) = relate(&s.user, "earlier", said, spec).unwrap();
    assert_eq!(r.data().direction, Direction::OneToMany);
    assert_eq!(show(&join(&r).local_remote_pairs), ["users.name > orders.paid_by"]);
    assert!(join(&r).synchronize_pairs.is_empty());
}

#[test]
fn further_criteria_stay_in_the_condition_and_copy_nothing() {
    let s = shop();
    let on = vec![build::eq(&c(&s.users, "id"), &c(&s.orders, "user_id")), eq(&c(&s.orders, "id"), 5)];
    let spec = JoinSpec { primaryjoin: orm::join_condition::and(on), ..JoinSpec::to(&s.order) };
    let r = to(&s.user, "fifth", spec).unwrap();
    assert_eq!(show(&join(&r).synchronize_pairs), ["users.id > orders.user_id"]);
    assert!(text(join(&r).primaryjoin.clone()).contains("orders.id = :id_1"));
}

#[test]
fn pairs_say_more_than_a_remote_side_and_exclude_it() {
    let s = shop();
    let pairs = vec![(column(&s.users, "id"), column(&s.orders, "user_id"))];
    let spec = JoinSpec { local_remote_pairs: pairs.clone(), ..JoinSpec::to(&s.order) };
    assert_eq!(show(&join(&to(&s.user, "orders", spec).unwrap()).local_remote_pairs), show(&pairs));
    let both = JoinSpec { local_remote_pairs: pairs, remote_side: vec![column(&s.orders, "user_id")], ..JoinSpec::to(&s.order) };
    assert!(error(&s.user, "orders", both).1.contains("redundant"));
}

#[test]
fn a_remote_mark_on_the_near_side_is_told_about() {
    let s = shop();
    let on = build::eq(&remote(&c(&s.users, "id")), &c(&s.orders, "user_id"));
    let spec = JoinSpec { primaryjoin: Some(on), ..JoinSpec::to(&s.order) };
    let (_, told) = relate(&s.user, "orders", RelationshipData::default(), spec).unwrap();
    assert!(told.iter().any(|w| w.text.contains("users.id") && w.text.contains("remote")), "{told:?}");
}

#[test]
fn a_relationship_of_a_subclass_joins_the_table_that_has_the_key() {
    let s = shop();
    let admins = table("admins", vec![pk("id"), col("level", types::integer())]);
    references(&admins, "id", &s.users, "id");
    let admin = map_below("Admin", &admins, Some(&s.user));
    let r = to(&admin, "orders", JoinSpec::to(&s.order)).unwrap();
    assert_eq!(text(join(&r).primaryjoin.clone()), "users.id = orders.user_id");
    // and one that leads to a subclass is found by the key of its base
    let tasks = table("tasks", vec![pk("id"), col("admin_id", types::integer())]);
    references(&tasks, "admin_id", &admins, "id");
    let task = map("Task", &tasks);
    let r = to(&task, "admin", JoinSpec::to(&admin)).unwrap();
    assert_eq!((r.data().direction, r.data().use_get), (Direction::ManyToOne, true));
}

#[test]
fn cascades_must_fit_the_direction() {
    let s = shop();
    let orphans = Cascade { delete: true, delete_orphan: true, ..Cascade::DEFAULT };
    let said = |cascade, single_parent| RelationshipData { cascade, single_parent, ..RelationshipData::default() };
    let e = relate(&s.order, "user", said(orphans, false), JoinSpec::to(&s.user)).unwrap_err();
    assert_eq!(e.code, Some("bbf0"));
    assert!(e.message.contains("many-to-one") && e.message.contains("single_parent=True"), "{}", e.message);
    assert!(s.user.data().delete_orphans.is_empty());
    relate(&s.order, "user", said(orphans, true), JoinSpec::to(&s.user)).unwrap();
    assert_eq!(s.user.data().delete_orphans.len(), 1);
    let all = RelationshipData { passive_deletes: PassiveDeletes::All, ..said(orphans, false) };
    assert!(relate(&s.user, "orders", all, JoinSpec::to(&s.order)).unwrap_err().message.contains("passive_deletes='all'"));
}

#[test]
fn a_backref_needs_a_name_that_is_free_in_the_whole_hierarchy() {
    let s = shop();
    let vip = table("vips", vec![pk("id"), col("gift", types::string())]);
    references(&vip, "id", &s.users, "id");
    let special = map_below("Vip", &vip, Some(&s.user));
    let r = to(&s.order, "user", JoinSpec::to(&s.user)).unwrap();
    backref::name_is_free(&r, &s.user, "orders").unwrap();
    for (target, taken) in [(&s.user, "name"), (&s.user, "gift"), (&special, "name")] {
        let e = backref::name_is_free(&r, target, taken).unwrap_err().message;
        assert!(e.contains(&format!("'{taken}'")) && e.contains("Order.user"), "{e}");
    }
}

#[test]
fn a_backref_of_a_marked_condition_has_its_sides_changed() {
    let s = shop();
    let on = build::eq(&c(&s.users, "name"), &foreign(&remote(&c(&s.orders, "paid_by"))));
    let r = to(&s.user, "paid", JoinSpec { primaryjoin: Some(on), ..JoinSpec::to(&s.order) }).unwrap();
    let (first, second) = backref::conditions(&join(&r));
    assert!(second.is_none());
    let back = to(&s.order, "payer", JoinSpec { primaryjoin: Some(first), ..JoinSpec::to(&s.user) }).unwrap();
    assert_eq!(back.data().direction, Direction::ManyToOne);
    assert_eq!(show(&join(&back).local_remote_pairs), ["orders.paid_by > users.name"]);
}

#[test]
fn sides_that_only_read_take_no_changes() {
    let s = shop();
    let many = to(&s.user, "orders", JoinSpec::to(&s.order)).unwrap();
    let reads = RelationshipData { viewonly: true, ..RelationshipData::default() };
    let (one, _) = relate(&s.order, "user", reads, JoinSpec::to(&s.user)).unwrap();
    backref::tie(&many, &one).unwrap();
    assert!(!many.data().sync_backref);
    assert_eq!(many.data().reverse.len(), 1);
    backref::tie(&one, &many).unwrap();
    assert_eq!(many.data().reverse.len(), 1, "once");
    let insists = RelationshipData { insists_on_sync: true, ..RelationshipData::default() };
    let (insists, _) = relate(&s.user, "all_orders", insists, JoinSpec::to(&s.order)).unwrap();
    assert!(backref::tie(&insists, &one).unwrap_err().message.contains("sync_backref=True"));
    // one that leads elsewhere is no other side
    let stray = table("stray", vec![pk("id")]);
    let stray = map("Stray", &stray);
    assert!(backref::fit(&many, &s.user, &one, &stray).unwrap_err().message.contains("does not reference mapper"));
}

#[test]
fn two_that_write_one_column_and_do_not_know_of_each_other_are_told_about() {
    let s = shop();
    let many = to(&s.user, "orders", JoinSpec::to(&s.order)).unwrap();
    assert_eq!(conflicts::note(&many, &render), []);
    let one = to(&s.order, "user", JoinSpec::to(&s.user)).unwrap();
    let told = conflicts::note(&one, &render);
    let [w] = told.as_slice() else { panic!("{told:?}") };
    assert!(
        w.text.contains("'Order.user'") && w.text.contains("'User.orders' (copies users.id to orders.user_id)"),
        "{}",
        w.text
    );
    assert!(w.text.contains("overlaps=\"orders\""), "{}", w.text);
    // it is told again of a third, in alphabetical order
    let third = to(&s.user, "late_orders", JoinSpec::to(&s.order)).unwrap();
    assert!(conflicts::note(&third, &render)[0].text.contains("overlaps=\"orders,user\""));
}

#[test]
fn and_those_that_do_are_not() {
    let s = shop();
    let many = to(&s.user, "orders", JoinSpec::to(&s.order)).unwrap();
    conflicts::note(&many, &render);
    let one = to(&s.order, "user", JoinSpec::to(&s.user)).unwrap();
    backref::tie(&many, &one).unwrap();
    assert_eq!(conflicts::note(&one, &render), []);
    for said in [
        RelationshipData { overlaps: vec!["orders".into(), "user".into()], ..RelationshipData::default() },
        RelationshipData { overlaps: vec!["__*".into()], ..RelationshipData::default() },
        RelationshipData { viewonly: true, ..RelationshipData::default() },
    ] {
        let (r, _) = relate(&s.user, "more", said, JoinSpec::to(&s.order)).unwrap();
        assert_eq!(conflicts::note(&r, &render), []);
        // it does not stay
        s.user.update(|d| d.props.shift_remove("more"));
    }
    // the mapping of one has ended
    s.user.update(|d| d.disposed = true);
    s.order.update(|d| d.disposed = true);
    let again = to(&s.order, "buyer", JoinSpec::to(&s.user)).unwrap();
    assert_eq!(conflicts::note(&again, &render), []);
}
