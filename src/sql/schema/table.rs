//! Tables, both `Table` and the lightweight `table()`.

use super::{Column, Constraint, Index, MetaData};
use crate::face::FaceSlot;
use crate::host::HostRef;
use crate::name::{Name, Renamable};
use indexmap::IndexMap;
use parking_lot::RwLock;
use std::sync::{Arc, Weak};

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Name.
    pub name: Renamable,
    /// Everything that may change.
    pub d: RwLock<TableData>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`Table::d`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct TableData {
    pub schema: Option<Name>,
    /// Weak: the MetaData holds its tables.
    pub metadata: Weak<MetaData>,
    /// By key, in declaration order.
    pub columns: IndexMap<Arc<str>, Arc<Column>>,
    pub primary_key: Option<Arc<Constraint>>,
    /// All constraints but in declaration order, the primary key included.
    pub constraints: Vec<Arc<Constraint>>,
    pub indexes: Vec<Arc<Index>>,
    pub comment: Option<Arc<str>>,
    pub prefixes: Vec<Arc<str>>,
    pub implicit_returning: bool,
    pub is_view: bool,
    /// `table("x")`.
    pub lightweight: bool,
    pub extra_dependencies: Vec<Weak<Table>>,
    /// (dialect, option) to value.
    pub dialect_options: Vec<(Arc<str>, Arc<str>, HostRef)>,
    pub quote_schema: Option<bool>,
}

impl Table {
    /// A table with this data.
    pub fn new(name: Name, data: TableData) -> Arc<Self> {
        Arc::new(Self { name: Renamable::new(name), d: RwLock::new(data), face: FaceSlot::default() })
    }
    /// Key in `MetaData.tables`: `schema.name` or `name`.
    pub fn key(&self) -> String {
        super::table_key(self.d.read().schema.as_ref().map(Name::as_str), self.name.as_str())
    }
    /// The table as a FROM element. Its identity is the table's, so a fresh one per call is the same FROM;
    /// it is not cached inside the table, which would keep the table alive for ever.
    pub fn as_from(self: &Arc<Self>) -> crate::ast::FromRef {
        crate::ast::From::new(crate::ast::FromKind::Table(self.clone()))
    }
}
