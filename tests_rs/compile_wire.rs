//! What the database gets, where that differs from what Python sees: placeholders of another style, VALUES of many rows.

use oxalchemy_tests::builders::*;
use sql::ast::*;
use sql::compile::{CompileOptions, Compiled, Fill, expand_as, insert_many, sentinel_of};
use sql::dialects::ParamStyle;
use sql::schema::Table;
use sql::types;
use std::sync::Arc;

fn t() -> Arc<Table> {
    table("t", vec![pk("id"), col("50%", types::string()), col("n", types::integer())])
}

fn wire(c: &Compiled, style: ParamStyle) -> (String, Vec<u32>) {
    let out = expand_as(c, style, &|_| Fill::One).expect("nothing to fill");
    (out.sql, out.positions.iter().map(|(bind, _)| *bind).collect())
}

#[test]
fn placeholders_of_the_database() {
    let t = t();
    let twice = eq(&c(&t, "n"), 7);
    let mut s = select(&[c(&t, "id"), c(&t, "50%")]);
    s.where_ = vec![eq(&c(&t, "id"), 5), twice.clone(), twice];
    let compiled = compiled(Query::new(QueryKind::Select(Box::new(s))), "postgresql");
    insta::assert_snapshot!(compiled.sql, @r#"
    SELECT t.id, t."50%%" 
    FROM t 
    WHERE t.id = %(id_1)s::INTEGER AND t.n = %(n_1)s::INTEGER AND t.n = %(n_1)s::INTEGER
    "#);
    let (sql, order) = wire(&compiled, ParamStyle::NumericDollar);
    insta::assert_snapshot!(sql, @r#"
    SELECT t.id, t."50%" 
    FROM t 
    WHERE t.id = $1::INTEGER AND t.n = $2::INTEGER AND t.n = $2::INTEGER
    "#);
    assert_eq!(order, [0, 1]);
    assert_eq!(wire(&compiled, ParamStyle::Qmark).1, [0, 1, 1]);
}

fn insert(t: &Arc<Table>, keys: &[&str], dialect: &str) -> Arc<Compiled> {
    let node = Node::Insert(Arc::new(Insert {
        table: t.as_from(),
        values: DmlValues::None,
        from_select: None,
        inline: false,
        on_conflict: vec![],
        dialect: None,
        common: DmlCommon { returning: vec![SelectItem::Expr(c(t, "id"))], ..DmlCommon::default() },
        face: Default::default(),
    }));
    let keys = keys.iter().map(|k| (*k).into()).collect();
    compile_with(node, dialect, &CompileOptions { column_keys: Some(keys), for_executemany: true, ..Default::default() })
}

fn many(c: &Compiled, style: ParamStyle, sorted: bool) -> String {
    let range = c.dml.as_ref().and_then(|d| d.values_range).expect("VALUES");
    let sentinel = if sorted { sentinel_of(c) } else { None };
    insert_many(c, style, range, 2, sentinel.as_ref()).map_or_else(|e| e.to_string(), |m| m.sql)
}

#[test]
fn many_rows() {
    let compiled = insert(&t(), &["n"], "postgresql");
    insta::assert_snapshot!(many(&compiled, ParamStyle::Pyformat, false), @"INSERT INTO t (n) VALUES (%(n__0)s::INTEGER), (%(n__1)s::INTEGER) RETURNING t.id");
    insta::assert_snapshot!(many(&compiled, ParamStyle::NumericDollar, false), @"INSERT INTO t (n) VALUES ($1::INTEGER), ($2::INTEGER) RETURNING t.id");
    insta::assert_snapshot!(many(&compiled, ParamStyle::NumericDollar, true), @"INSERT INTO t (n) SELECT p0::INTEGER FROM (VALUES ($1::INTEGER, 0), ($2::INTEGER, 1)) AS imp_sen(p0, sen_counter) ORDER BY sen_counter RETURNING t.id, t.id AS id__1");
    // With the keys given, nothing has to be counted.
    let compiled = insert(&t(), &["id", "n"], "postgresql");
    insta::assert_snapshot!(many(&compiled, ParamStyle::NumericDollar, true), @"INSERT INTO t (id, n) VALUES ($1::INTEGER, $2::INTEGER), ($3::INTEGER, $4::INTEGER) RETURNING t.id, t.id AS id__1");
    let compiled = insert(&t(), &["n"], "mariadb");
    insta::assert_snapshot!(many(&compiled, ParamStyle::Qmark, true), @"INSERT INTO t (n) VALUES (?), (?) RETURNING t.id, t.id AS id__1");
    assert_eq!(sentinel_of(&insert(&t(), &["n"], "sqlite")), None);
}
