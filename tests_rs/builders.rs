//! Small statements for tests: tables with columns, binds, selects.

use sql::Label;
use sql::ast::*;
use sql::compile::{CompileOptions, Compiled, compile};
use sql::dialects::Dialect;
use sql::schema::column::ColumnData;
use sql::schema::constraint::{ConstraintData, ConstraintKind, ForeignKeyData};
use sql::schema::table::TableData;
use sql::schema::{Column, ColumnParent, Constraint, ForeignKey, Table};
use sql::types::{self, TypeRef};
use std::sync::Arc;

/// A column of a table under construction.
pub fn col(name: &str, ty: TypeRef) -> ColumnData {
    ColumnData { name: Some(name.into()), key: Some(name.into()), ty, nullable: true, ..ColumnData::default() }
}

/// An integer primary key.
pub fn pk(name: &str) -> ColumnData {
    ColumnData { primary_key: true, nullable: false, ..col(name, types::integer()) }
}

/// A table with these columns and its primary key.
pub fn table(name: &str, columns: Vec<ColumnData>) -> Arc<Table> {
    let table = Table::new(name.into(), TableData { implicit_returning: true, ..TableData::default() });
    let mut key = Vec::new();
    for (position, data) in columns.into_iter().enumerate() {
        let data = ColumnData { parent: ColumnParent::Table(Arc::downgrade(&table)), position, ..data };
        let column = Column::new(data);
        if column.d.read().primary_key {
            key.push(column.clone());
        }
        table.d.write().columns.insert(column.key(), column);
    }
    let primary = Arc::new(Constraint {
        d: parking_lot::RwLock::new(ConstraintData {
            kind: ConstraintKind::PrimaryKey,
            columns: key,
            table: Some(Arc::downgrade(&table)),
            ..ConstraintData::default()
        }),
        face: Default::default(),
    });
    {
        let mut d = table.d.write();
        d.primary_key = Some(primary.clone());
        d.constraints.push(primary);
    }
    table
}

/// A foreign key from `from.column` to `to.target`.
pub fn references(from: &Arc<Table>, column: &str, to: &Arc<Table>, target: &str) {
    let column = from.d.read().columns[column].clone();
    let target = to.d.read().columns[target].clone();
    let key = Arc::new(ForeignKey {
        d: parking_lot::RwLock::new(ForeignKeyData {
            target: Some(target),
            target_table: Some(Arc::downgrade(to)),
            parent: Some(Arc::downgrade(&column)),
            ..ForeignKeyData::default()
        }),
        face: Default::default(),
    });
    column.d.write().foreign_keys.push(key);
}

/// `table.c.name`.
pub fn c(table: &Arc<Table>, name: &str) -> ExprRef {
    build::column(&table.d.read().columns[name].clone(), Some(table.as_from()))
}

/// `from.c.name` of any FROM element.
pub fn fc(from: &FromRef, name: &str) -> ExprRef {
    let found = proxy::columns(from).into_iter().find(|(k, _)| &**k == name);
    found.map(|(_, e)| e).expect("column")
}

/// The bind a constant becomes beside `left`.
pub fn beside(left: &ExprRef, value: i64) -> ExprRef {
    build::bind_beside(left, &Op::Eq, BindValue::Literal(Literal::Int(value)), types::integer())
}

/// `left = value`.
pub fn eq(left: &ExprRef, value: i64) -> ExprRef {
    build::binary(left, Op::Eq, &beside(left, value))
}

/// SELECT of expressions.
pub fn select(columns: &[ExprRef]) -> Select {
    Select { columns: columns.iter().cloned().map(SelectItem::Expr).collect(), ..Select::default() }
}

/// An anonymous subquery.
pub fn subquery(select: Select) -> FromRef {
    From::new(FromKind::Subquery { query: Query::select(select), name: Label::anon("anon") })
}

/// An anonymous alias.
pub fn alias(table: &Arc<Table>) -> FromRef {
    From::new(FromKind::Alias { element: table.as_from(), name: Label::anon(table.name.text.clone()) })
}

/// Text of a node on a dialect; `str` is the dialect of a bare `str()`.
pub fn compiled(node: impl Into<Node>, dialect: &str) -> Arc<Compiled> {
    compile_with(node, dialect, &CompileOptions::default())
}

/// The same with options.
pub fn compile_with(node: impl Into<Node>, dialect: &str, opts: &CompileOptions<'_>) -> Arc<Compiled> {
    let dialect = if dialect == "str" { Dialect::for_str() } else { Dialect::named(dialect).expect("dialect") };
    compile(&node.into(), &Arc::new(dialect), opts).expect("compiles")
}

/// Text of a node for a bare `str()`.
pub fn text(node: impl Into<Node>) -> String {
    compiled(node, "str").sql.to_string()
}

/// Text of a node on a dialect.
pub fn on(dialect: &str, node: impl Into<Node>) -> String {
    compiled(node, dialect).sql.to_string()
}
