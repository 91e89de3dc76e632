//! Expressions to text, and the promise that compiling never panics.

use oxalchemy_tests::builders::*;
use proptest::prelude::*;
use sql::ast::*;
use sql::compile::{CompileOptions, compile, expand};
use sql::dialects::Dialect;
use sql::types;
use std::sync::Arc;

fn expanding(base: &str, op: Op) -> ExprRef {
    let bind = Bind {
        key: sql::Label::anon(base),
        orig_key: base.into(),
        value: BindValue::Missing,
        unique: true,
        expanding: true,
        expand_op: Some(op),
        required: false,
        literal_execute: false,
        isoutparam: false,
    };
    Expr::new(ExprKind::Bind(bind), types::integer())
}

#[test]
fn lists_expand_at_execution() {
    let t = table("t", vec![pk("id")]);
    let id = c(&t, "id");
    let mut s = select(std::slice::from_ref(&id));
    s.where_ = vec![
        build::in_(&id, Op::In, &expanding("id", Op::In)),
        build::in_(&id, Op::NotIn, &expanding("id", Op::NotIn)),
        eq(&id, 5),
    ];
    let q = Query::select(s);
    insta::assert_snapshot!(text(q.clone()), @r"
    SELECT t.id 
    FROM t 
    WHERE t.id IN (__[POSTCOMPILE_id_1]) AND (t.id NOT IN (__[POSTCOMPILE_id_2])) AND t.id = :id_3
    ");
    let sqlite = compiled(q.clone(), "sqlite");
    let fill = |i: u32| match i {
        0 => expand::Fill::List(2),
        1 => expand::Fill::List(0),
        _ => expand::Fill::One,
    };
    let out = expand::expand(&sqlite, &fill).expect("expands");
    insta::assert_snapshot!(out.sql, @r"
    SELECT t.id 
    FROM t 
    WHERE t.id IN (?, ?) AND (t.id NOT IN (SELECT 1 FROM (SELECT 1) WHERE 1!=1)) AND t.id = ?
    ");
    assert_eq!(out.positions, [(0, Some(0)), (0, Some(1)), (2, None)]);
    let named = expand::expand(&compiled(q, "str"), &fill).expect("expands");
    insta::assert_snapshot!(named.sql, @r"
    SELECT t.id 
    FROM t 
    WHERE t.id IN (:id_1_1, :id_1_2) AND (t.id NOT IN (NULL) OR (1 = 1)) AND t.id = :id_3
    ");
}

#[test]
fn operators_by_dialect() {
    let t = table("t", vec![pk("id"), col("name", types::string())]);
    let (id, name) = (c(&t, "id"), c(&t, "name"));
    let text_bind = || build::anon_bind("name", BindValue::Literal(Literal::Text("x".into())), types::string());
    let exprs = [
        build::binary(&id, Op::TrueDiv, &beside(&id, 2)),
        build::binary_typed(&name, Op::Contains, &text_bind(), types::boolean(), None, vec![]),
        build::binary_typed(&name, Op::ILike, &text_bind(), types::boolean(), None, vec![]),
        build::binary_typed(&id, Op::Mod, &beside(&id, 2), types::integer(), None, vec![]),
        build::binary(&name, Op::Concat, &text_bind()),
        build::cast(&id, types::string()),
    ];
    let q = || Query::select(select(&exprs));
    insta::assert_snapshot!(on("sqlite", q()), @r"
    SELECT t.id / (? + 0.0) AS anon_1, t.name LIKE '%' || ? || '%' AS anon_2, lower(t.name) LIKE lower(?) AS anon_3, t.id % ? AS anon_4, t.name || ? AS anon_5, CAST(t.id AS VARCHAR) AS id 
    FROM t
    ");
    insta::assert_snapshot!(on("mysql", q()), @r"
    SELECT t.id / %s AS anon_1, t.name LIKE concat('%%', %s, '%%') AS anon_2, lower(t.name) LIKE lower(%s) AS anon_3, t.id %% %s AS anon_4, concat(t.name, %s) AS anon_5, CAST(t.id AS CHAR) AS id 
    FROM t
    ");
    insta::assert_snapshot!(on("oracle", q()), @r"
    SELECT t.id / :id_1 AS anon_1, t.name LIKE '%' || :name_1 || '%' AS anon_2, lower(t.name) LIKE lower(:name_2) AS anon_3, mod(t.id, :id_2) AS anon_4, t.name || :name_3 AS anon_5, CAST(t.id AS VARCHAR2(4000 CHAR)) AS id 
    FROM t
    ");
}

#[test]
fn text_binds_and_escapes() {
    let bind = Bind {
        key: sql::Label::fixed("foo"),
        orig_key: "foo".into(),
        value: BindValue::Missing,
        unique: false,
        expanding: false,
        expand_op: None,
        required: true,
        literal_execute: false,
        isoutparam: false,
    };
    let bind = Expr::new(ExprKind::Bind(bind), types::null_type());
    let clause = TextClause { text: r"c=:foo and d='\:x' and e::int and f like '%y'".into(), binds: vec![("foo".into(), bind)] };
    let e = Expr::new(ExprKind::Text(Arc::new(clause)), types::null_type());
    insta::assert_snapshot!(text(e.clone()), @"c=:foo and d=':x' and e::int and f like '%y'");
    insta::assert_snapshot!(on("mysql", e), @"c=%s and d=':x' and e::int and f like '%%y'");
}

fn any_expr() -> impl Strategy<Value = ExprRef> {
    let leaf = prop_oneof![
        any::<i64>().prop_map(|i| build::literal(Literal::Int(i))),
        ".{0,8}".prop_map(|s| build::literal(Literal::Text(s.into()))),
        "[a-zA-Z\u{1}% .]{0,10}".prop_map(|s| Expr::new(ExprKind::LiteralColumn(s.as_str().into()), types::null_type())),
        Just(build::null()),
        Just(build::true_()),
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        let ops = prop_oneof![
            Just(Op::Add),
            Just(Op::TrueDiv),
            Just(Op::Concat),
            Just(Op::Eq),
            Just(Op::Contains),
            Just(Op::IStartsWith),
            Just(Op::NotIn),
            Just(Op::RegexpMatch),
            Just(Op::BitXor),
            Just(Op::JsonGetItem),
            Just(Op::Collate),
        ];
        prop_oneof![
            (inner.clone(), ops, inner.clone()).prop_map(|(l, op, r)| build::binary_typed(
                &l,
                op,
                &r,
                types::null_type(),
                None,
                vec![]
            )),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|v| build::and_(v).unwrap_or_else(build::null)),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|v| build::func("f", v, types::integer())),
            inner.clone().prop_map(|e| build::not_(&e)),
            (inner.clone(), ".{0,6}").prop_map(|(e, n)| build::label(sql::Label::fixed(n.as_str()), &e)),
            inner.clone().prop_map(|e| Expr::new(ExprKind::ScalarSelect(Query::select(select(&[e]))), types::integer())),
            inner.prop_map(|e| fc_first(&subquery(select(&[e])))),
        ]
    })
}

fn fc_first(f: &FromRef) -> ExprRef {
    proxy::columns(f).into_iter().next().map_or_else(build::null, |(_, e)| e)
}

proptest! {
    #[test]
    fn compile_never_panics(exprs in proptest::collection::vec(any_expr(), 1..4)) {
        let mut s = select(&exprs);
        s.where_ = exprs.clone();
        s.order_by = exprs;
        let node = Node::from(Query::select(s));
        let shape = sql::compile::hash::shape(&node);
        prop_assert!(shape.hash.is_some());
        for name in ["default", "sqlite", "postgresql", "mysql", "oracle"] {
            let dialect = Arc::new(Dialect::named(name).expect("known"));
            if let Ok(compiled) = compile(&node, &dialect, &CompileOptions::default()) {
                prop_assert!(compiled.slots.iter().all(|s| compiled.sql.get(s.offset..s.offset + s.len).is_some()));
            }
        }
    }
}

/// The compiler's own marks of placeholders are not to be had for a user's string.
#[test]
fn a_literal_that_looks_like_a_placeholder() {
    for odd in ["\u{1}0\u{2}", "\u{1}P0\u{2}", "\u{1}", "a\u{2}"] {
        let literal = build::anon_bind("p", BindValue::Literal(Literal::Text(odd.into())), types::string());
        let other = build::literal(Literal::Int(5));
        let node = Query::select(select(&[build::cast(&literal, types::string()), other]));
        let inline = compile_with(node.clone(), "sqlite", &CompileOptions { literal_binds: true, ..CompileOptions::default() });
        assert!(inline.sql.contains(&format!("'{odd}'")), "{:?}", inline.sql);
        let bound = on("sqlite", node);
        assert_eq!(bound.matches('?').count(), 2, "{bound:?}");
    }
}
