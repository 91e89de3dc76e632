//! INSERT, UPDATE, DELETE to text, and what execution learns about them.

use oxalchemy_tests::builders::*;
use sql::ast::*;
use sql::compile::{BindSource, CompileOptions};
use sql::schema::{Default_, Table};
use sql::types;
use std::sync::Arc;

#[derive(Debug)]
struct Value(i64);
impl sql::host::HostObject for Value {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn same(&self, _: &dyn sql::host::HostObject) -> bool {
        false
    }
    fn repr(&self) -> String {
        self.0.to_string()
    }
    fn as_literal(&self) -> Option<Literal> {
        Some(Literal::Int(self.0))
    }
}

fn t() -> Arc<Table> {
    let t = table("t", vec![pk("id"), col("name", types::string()), col("n", types::integer()), col("at", types::datetime())]);
    t.d.read().columns["n"].d.write().default = Some(Default_::Scalar(Arc::new(Value(5))));
    t.d.read().columns["at"].d.write().onupdate = Some(Default_::Sql(build::func("now", vec![], types::datetime())));
    t
}

fn row(pairs: &[(&str, i64)]) -> Vec<(ColumnKey, DmlValue)> {
    pairs.iter().map(|(k, v)| (ColumnKey::Name((*k).into()), DmlValue::Host(Arc::new(Value(*v))))).collect()
}

fn insert(t: &Arc<Table>, values: DmlValues) -> Arc<Insert> {
    Arc::new(Insert {
        table: t.as_from(),
        values,
        from_select: None,
        inline: false,
        on_conflict: vec![],
        dialect: None,
        common: DmlCommon::default(),
        face: Default::default(),
    })
}

#[test]
fn insert_one_row() {
    let t = t();
    let i = insert(&t, DmlValues::Single(row(&[("name", 1)])));
    let compiled = compiled(Node::Insert(i.clone()), "sqlite");
    insta::assert_snapshot!(compiled.sql, @"INSERT INTO t (name, n) VALUES (?, ?)");
    let dml = compiled.dml.as_ref().expect("dml");
    assert!(dml.postfetch_lastrowid);
    assert_eq!(dml.insert_prefetch.len(), 1);
    assert_eq!(compiled.binds[0].source, BindSource::Collected(0));
    assert_eq!(compiled.binds[1].source, BindSource::Param);
    let (a, b) = dml.values_range.expect("range");
    assert_eq!(&compiled.sql[a..b], "(?, ?)");
    insta::assert_snapshot!(on("postgresql", Node::Insert(i)), @"INSERT INTO t (name, n) VALUES (%(name)s::VARCHAR, %(n)s::INTEGER) RETURNING t.id");
}

#[test]
fn insert_by_column_keys() {
    let t = t();
    let i = insert(&t, DmlValues::None);
    let opts =
        CompileOptions { column_keys: Some(vec!["name".into(), "id".into()]), for_executemany: true, ..Default::default() };
    insta::assert_snapshot!(compile_with(Node::Insert(i.clone()), "sqlite", &opts).sql, @"INSERT INTO t (id, name, n) VALUES (?, ?, ?)");
    insta::assert_snapshot!(text(Node::Insert(i)), @"INSERT INTO t (id, name, n, at) VALUES (:id, :name, :n, :at)");
}

#[test]
fn insert_many_rows() {
    let t = t();
    let i = insert(&t, DmlValues::Multi(vec![row(&[("name", 1)]), row(&[("name", 2), ("n", 3)])]));
    insta::assert_snapshot!(text(Node::Insert(i)), @"INSERT INTO t (name, n) VALUES (:name_m0, :n), (:name_m1, :n_m1)");
}

#[test]
fn update_and_delete() {
    let t = t();
    let where_ = vec![eq(&c(&t, "id"), 7)];
    let u = Arc::new(Update {
        table: t.as_from(),
        values: DmlValues::Single(row(&[("name", 1)])),
        ordered: false,
        where_: where_.clone(),
        inline: false,
        common: DmlCommon { returning: vec![SelectItem::Expr(c(&t, "id"))], ..DmlCommon::default() },
        face: Default::default(),
    });
    insta::assert_snapshot!(on("sqlite", Node::Update(u.clone())), @"UPDATE t SET name=?, at=CURRENT_TIMESTAMP WHERE t.id = ? RETURNING id");
    insta::assert_snapshot!(text(Node::Update(u)), @"UPDATE t SET name=:name, at=now() WHERE t.id = :id_1 RETURNING t.id");
    let d =
        Arc::new(Delete { table: t.as_from(), where_, using: vec![], common: DmlCommon::default(), face: Default::default() });
    insta::assert_snapshot!(on("sqlite", Node::Delete(d)), @"DELETE FROM t WHERE t.id = ?");
}

#[test]
fn return_defaults_fetches_what_it_names() {
    let t = t();
    let update = |common: DmlCommon| {
        Node::Update(Arc::new(Update {
            table: t.as_from(),
            values: DmlValues::Single(row(&[("n", 1)])),
            ordered: false,
            where_: vec![],
            inline: false,
            common,
            face: Default::default(),
        }))
    };
    let plain = DmlCommon { return_defaults: Some(vec![]), ..DmlCommon::default() };
    insta::assert_snapshot!(on("sqlite", update(plain.clone())), @"UPDATE t SET n=?, at=CURRENT_TIMESTAMP RETURNING at");
    let more = DmlCommon { supplemental: vec![c(&t, "name")], ..plain };
    insta::assert_snapshot!(on("sqlite", update(more)), @"UPDATE t SET n=?, at=CURRENT_TIMESTAMP RETURNING name, at");
    let named = DmlCommon { return_defaults: Some(vec![c(&t, "name")]), ..DmlCommon::default() };
    insta::assert_snapshot!(on("sqlite", update(named)), @"UPDATE t SET n=?, at=CURRENT_TIMESTAMP RETURNING name");
}
