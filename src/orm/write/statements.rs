//! The statements of a flush as nodes. Values are parameters: a statement serves every row that gives the same columns.

use super::table_plan::TablePlan;
use sql::ast::{Bind, BindValue, Delete, DmlCommon, DmlValues, Expr, ExprKind, ExprRef, Insert, Node, SelectItem, Update, build};
use sql::face::FaceSlot;
use sql::name::Label;
use sql::schema::{Column, Table};
use std::sync::Arc;

/// A statement of a table by what it takes and what comes back (positions of columns).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// INSERT; the columns written come from the parameters.
    Insert {
        /// Columns that come back.
        returning: Vec<usize>,
        /// In the order of the parameters.
        sorted: bool,
    },
    /// UPDATE of the rows with a key.
    Update {
        /// And a version.
        version: bool,
        /// Columns that come back.
        returning: Vec<usize>,
    },
    /// DELETE of the rows with a key.
    Delete {
        /// And a version.
        version: bool,
    },
}

impl Statement {
    /// The statement as a node.
    pub fn node(&self, plan: &TablePlan) -> Node {
        let table = &plan.table;
        let columns = |of: &[usize]| -> Vec<SelectItem> {
            of.iter().filter_map(|i| plan.columns.get(*i)).map(|c| SelectItem::Expr(build::column(&c.column, None))).collect()
        };
        let key = |version: bool, name: &dyn Fn(&super::ColumnPlan) -> Arc<str>| {
            let at = plan.pk.iter().copied().chain(plan.version.filter(|_| version));
            criteria(at.filter_map(|i| plan.columns.get(i)).map(|c| (c.column.clone(), name(c))))
        };
        match self {
            Self::Insert { returning, sorted } => {
                let returning = columns(returning);
                let sorted = *sorted && !returning.is_empty();
                insert(table, DmlCommon { returning, sort_by_parameter_order: sorted, ..DmlCommon::default() })
            }
            Self::Update { version, returning } => update(
                table,
                key(*version, &|c| c.found_by.clone()),
                DmlCommon { returning: columns(returning), ..DmlCommon::default() },
            ),
            Self::Delete { version } => delete(table, key(*version, &|c| c.name.clone())),
        }
    }
}

/// `column = :name` of each.
pub fn criteria(columns: impl Iterator<Item = (Arc<Column>, Arc<str>)>) -> Vec<ExprRef> {
    columns.map(|(column, name)| equals(&column, name)).collect()
}

fn equals(column: &Arc<Column>, name: Arc<str>) -> ExprRef {
    let left = build::column(column, None);
    let bind = Bind {
        key: Label::fixed(&*name),
        orig_key: name,
        value: BindValue::Missing,
        unique: false,
        expanding: false,
        expand_op: None,
        required: true,
        literal_execute: false,
        isoutparam: false,
    };
    build::eq(&left, &Expr::new(ExprKind::Bind(bind), left.ty.clone()))
}

/// `INSERT INTO table`.
pub fn insert(table: &Arc<Table>, common: DmlCommon) -> Node {
    Node::Insert(Arc::new(Insert {
        table: table.as_from(),
        values: DmlValues::None,
        from_select: None,
        inline: false,
        on_conflict: Vec::new(),
        dialect: None,
        common,
        face: FaceSlot::default(),
    }))
}

/// `UPDATE table SET … WHERE`.
pub fn update(table: &Arc<Table>, where_: Vec<ExprRef>, common: DmlCommon) -> Node {
    Node::Update(Arc::new(Update {
        table: table.as_from(),
        values: DmlValues::None,
        ordered: false,
        where_,
        inline: false,
        common,
        face: FaceSlot::default(),
    }))
}

/// `DELETE FROM table WHERE`.
pub fn delete(table: &Arc<Table>, where_: Vec<ExprRef>) -> Node {
    Node::Delete(Arc::new(Delete {
        table: table.as_from(),
        where_,
        using: Vec::new(),
        common: DmlCommon::default(),
        face: FaceSlot::default(),
    }))
}
