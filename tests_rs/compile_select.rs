//! SELECT to text: FROM lists, joins, labels, correlation, set operations, WITH.

use oxalchemy_tests::builders::*;
use sql::Label;
use sql::ast::*;
use sql::schema::Table;
use sql::types;
use std::sync::Arc;

fn users() -> Arc<Table> {
    table("users", vec![pk("id"), col("name", types::string()), col("flag", types::boolean())])
}

fn addresses(users: &Arc<Table>) -> Arc<Table> {
    let t = table("addresses", vec![pk("id"), col("user_id", types::integer()), col("email", types::string())]);
    references(&t, "user_id", users, "id");
    t
}

#[test]
fn columns_where_order_limit() {
    let u = users();
    let mut s = select(&[c(&u, "id"), c(&u, "name")]);
    s.where_ = vec![eq(&c(&u, "id"), 5), build::or_(vec![eq(&c(&u, "id"), 6), c(&u, "flag")]).expect("two")];
    s.order_by = vec![build::postfix(Op::Desc, &c(&u, "name"), types::string())];
    s.limit = Some(build::literal(Literal::Int(10)));
    let q = Query::select(s);
    insta::assert_snapshot!(text(q.clone()), @r"
    SELECT users.id, users.name 
    FROM users 
    WHERE users.id = :id_1 AND (users.id = :id_2 OR users.flag) ORDER BY users.name DESC
     LIMIT :param_1
    ");
    insta::assert_snapshot!(on("sqlite", q.clone()), @r"
    SELECT users.id, users.name 
    FROM users 
    WHERE users.id = ? AND (users.id = ? OR users.flag = 1) ORDER BY users.name DESC
     LIMIT ? OFFSET ?
    ");
    insta::assert_snapshot!(on("postgresql", q.clone()), @r"
    SELECT users.id, users.name 
    FROM users 
    WHERE users.id = %(id_1)s::INTEGER AND (users.id = %(id_2)s::INTEGER OR users.flag) ORDER BY users.name DESC 
     LIMIT %(param_1)s::INTEGER
    ");
    let compiled = compiled(q, "sqlite");
    assert_eq!(compiled.positions, [0, 1, 2, 3]);
    assert_eq!(compiled.result.iter().map(|r| &*r.key).collect::<Vec<_>>(), ["id", "name"]);
}

#[test]
fn joins_by_foreign_key() {
    let u = users();
    let a = addresses(&u);
    let mut s = select(&[c(&u, "name")]);
    s.joins = vec![SetupJoin { target: JoinTarget::From(a.as_from()), onclause: None, left: None, isouter: true, full: false }];
    s.where_ = vec![eq(&c(&a, "id"), 1)];
    insta::assert_snapshot!(text(Query::select(s)), @r"
    SELECT users.name 
    FROM users LEFT OUTER JOIN addresses ON users.id = addresses.user_id 
    WHERE addresses.id = :id_1
    ");
}

#[test]
fn label_styles_and_duplicates() {
    let u = users();
    let a = addresses(&u);
    let s = select(&[c(&u, "id"), c(&a, "id"), c(&u, "id"), c(&a, "id")]);
    insta::assert_snapshot!(text(Query::select(s.clone())), @r"
    SELECT users.id, addresses.id AS id_1, users.id AS id__1, addresses.id AS id__2 
    FROM users, addresses
    ");
    let tq = Select { label_style: LabelStyle::TablenamePlusCol, ..s.clone() };
    insta::assert_snapshot!(text(Query::select(tq)), @r"
    SELECT users.id AS users_id, addresses.id AS addresses_id, users.id AS users_id__1, addresses.id AS addresses_id__1 
    FROM users, addresses
    ");
    let none = Select { label_style: LabelStyle::None, ..s };
    insta::assert_snapshot!(text(Query::select(none)), @r"
    SELECT users.id, addresses.id, users.id, addresses.id 
    FROM users, addresses
    ");
}

#[test]
fn subqueries_and_aliases() {
    let u = users();
    let sub = subquery(select(&[c(&u, "id"), build::func("count", vec![c(&u, "name")], types::integer())]));
    let al = alias(&u);
    let mut s = select(&[fc(&sub, "id"), fc(&sub, "count"), fc(&al, "name")]);
    s.where_ = vec![build::eq(&fc(&al, "id"), &fc(&sub, "id"))];
    insta::assert_snapshot!(text(Query::select(s)), @r"
    SELECT anon_1.id, anon_1.count_1, users_1.name 
    FROM (SELECT users.id AS id, count(users.name) AS count_1 
    FROM users) AS anon_1, users AS users_1 
    WHERE users_1.id = anon_1.id
    ");
}

#[test]
fn correlation() {
    let u = users();
    let a = addresses(&u);
    let mut inner = select(&[c(&a, "email")]);
    inner.where_ = vec![build::eq(&c(&a, "user_id"), &c(&u, "id"))];
    let inner = Query::select(inner);
    let scalar = Expr::new(ExprKind::ScalarSelect(inner.clone()), types::string());
    let mut s = select(&[c(&u, "name"), scalar]);
    s.where_ = vec![Expr::new(ExprKind::Exists(inner), types::boolean())];
    insta::assert_snapshot!(text(Query::select(s)), @r"
    SELECT users.name, (SELECT addresses.email 
    FROM addresses 
    WHERE addresses.user_id = users.id) AS anon_1 
    FROM users 
    WHERE EXISTS (SELECT addresses.email 
    FROM addresses 
    WHERE addresses.user_id = users.id)
    ");
}

#[test]
fn set_operations_and_order() {
    let u = users();
    let a = addresses(&u);
    let q = Query::new(QueryKind::Compound(Box::new(Compound {
        keyword: "UNION",
        selects: vec![Query::select(select(&[c(&u, "id")])), Query::select(select(&[c(&a, "user_id")]))],
        order_by: vec![Expr::new(ExprKind::TextualLabelRef("id".into()), types::null_type())],
        group_by: vec![],
        limit: None,
        offset: None,
        fetch: None,
        for_update: None,
        ctes: vec![],
        label_style: LabelStyle::default(),
        options: vec![],
        exec_options: None,
    })));
    let compiled = compiled(q, "str");
    insta::assert_snapshot!(compiled.sql, @r"
    SELECT users.id 
    FROM users UNION SELECT addresses.user_id 
    FROM addresses ORDER BY id
    ");
    assert_eq!(compiled.result.len(), 1);
}

#[test]
fn common_table_expressions() {
    let u = users();
    let cte = |name: &str, s: Select, recursive: bool| {
        From::new(FromKind::Cte(Arc::new(Cte {
            name: Label::fixed(name),
            element: CteElement::Query(Query::select(s)),
            recursive,
            nesting: false,
            alias_of: None,
            restates: None,
            prefixes: vec![],
            suffixes: vec![],
        })))
    };
    let mut s = select(&[c(&u, "id")]);
    s.where_ = vec![eq(&c(&u, "id"), 1)];
    let first = cte("first", s, false);
    let second = cte("second", select(&[fc(&first, "id")]), true);
    let mut s = select(&[fc(&second, "id"), fc(&first, "id")]);
    s.where_ = vec![eq(&fc(&first, "id"), 2)];
    let compiled = compiled(Query::select(s), "sqlite");
    insta::assert_snapshot!(compiled.sql, @r"
    WITH RECURSIVE first AS 
    (SELECT users.id AS id 
    FROM users 
    WHERE users.id = ?), 
    second(id) AS 
    (SELECT first.id AS id 
    FROM first)
     SELECT second.id, first.id AS id_1 
    FROM second, first 
    WHERE first.id = ?
    ");
    assert_eq!(compiled.positions.len(), 2);
}

#[test]
fn same_shape_same_hash() {
    let u = users();
    let stmt = |v: i64, al: bool| {
        let f = if al { alias(&u) } else { u.as_from() };
        let mut s = select(&[fc(&f, "id")]);
        s.where_ = vec![eq(&fc(&f, "id"), v)];
        Node::from(Query::select(s))
    };
    let hash = |n: &Node| sql::compile::structural_hash(n).expect("cacheable");
    assert_eq!(hash(&stmt(1, false)), hash(&stmt(2, false)));
    assert_eq!(hash(&stmt(1, true)), hash(&stmt(2, true)));
    assert_ne!(hash(&stmt(1, true)), hash(&stmt(1, false)));
}

#[test]
fn cartesian_products_are_warned_of() {
    let u = users();
    let a = addresses(&u);
    let opts = sql::compile::CompileOptions { linting: true, ..Default::default() };
    let warnings = |s: Select| compile_with(Query::select(s), "sqlite", &opts).warnings.clone();
    let mut s = select(&[c(&u, "id"), c(&a, "id")]);
    assert_eq!(warnings(s.clone()).len(), 1);
    assert!(
        warnings(s.clone())[0].1.contains("cartesian product between FROM element(s) \"addresses\" and FROM element \"users\"")
    );
    s.where_ = vec![build::eq(&c(&a, "user_id"), &c(&u, "id"))];
    assert!(warnings(s).is_empty());
}

#[test]
fn labels_are_numbered_before_what_is_inside_them() {
    let u = users();
    let inner = select(&[build::binary(&c(&u, "id"), Op::Add, &beside(&c(&u, "id"), 1))]);
    let sub = subquery(inner);
    let outer: Vec<ExprRef> = proxy::columns(&sub).into_iter().map(|(_, e)| e).collect();
    insta::assert_snapshot!(text(Query::select(select(&outer))), @r"
    SELECT anon_2.anon_1 
    FROM (SELECT users.id + :id_1 AS anon_1 
    FROM users) AS anon_2
    ");
}
