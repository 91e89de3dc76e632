//! Columns and what generates their values.

use super::constraint::ForeignKey;
use crate::ast::{ExprRef, From};
use crate::face::FaceSlot;
use crate::host::HostRef;
use crate::name::Name;
use crate::types::TypeRef;
use parking_lot::RwLock;
use rustc_hash::FxHashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

/// What a column belongs to. Weak: see [`crate::ast::ColumnRef`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub enum ColumnParent {
    #[default]
    None,
    Table(Weak<super::Table>),
    From(Weak<From>),
}

/// `autoincrement=`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Autoincrement {
    #[default]
    Auto,
    True,
    False,
    IgnoreFk,
}

/// `default=`, `onupdate=`: evaluated by the client or inside the statement.
#[derive(Clone, Debug)]
pub enum Default_ {
    /// A constant.
    Scalar(HostRef),
    /// A Python callable.
    Callable(HostRef),
    /// SQL, rendered inline or pre-executed.
    Sql(ExprRef),
    /// A sequence.
    Sequence(Arc<Sequence>),
}

/// `server_default=`, `server_onupdate=`.
#[derive(Clone, Debug)]
pub enum ServerDefault {
    /// A string, rendered as a quoted literal.
    Literal(Arc<str>),
    /// SQL, rendered as is.
    Sql(ExprRef),
    /// `FetchedValue()`: nothing rendered.
    Fetched,
    /// GENERATED ALWAYS AS (…).
    Computed(Arc<Computed>),
    /// GENERATED … AS IDENTITY.
    Identity(Arc<Identity>),
    /// `next_value` of a sequence.
    Sequence(Arc<Sequence>),
}

/// `Computed(sqltext, persisted)`.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Computed {
    pub sqltext: ExprRef,
    pub persisted: Option<bool>,
}

/// Options that Sequence and Identity share.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct IdentityOptions {
    pub start: Option<i64>,
    pub increment: Option<i64>,
    pub minvalue: Option<i64>,
    pub maxvalue: Option<i64>,
    pub nominvalue: Option<bool>,
    pub nomaxvalue: Option<bool>,
    pub cycle: Option<bool>,
    pub cache: Option<i64>,
    pub order: Option<bool>,
}

/// `Identity(...)`.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Identity {
    pub always: Option<bool>,
    pub on_null: Option<bool>,
    pub options: IdentityOptions,
}

/// `Sequence(name, ...)`.
#[derive(Debug)]
#[allow(missing_docs)]
pub struct Sequence {
    pub name: Name,
    pub schema: RwLock<Option<Name>>,
    pub options: IdentityOptions,
    pub optional: bool,
    pub data_type: Option<TypeRef>,
    /// The default of a column: created and dropped with its table.
    pub of_column: AtomicBool,
    pub face: FaceSlot,
}

impl Sequence {
    /// Is it the default of a column?
    pub fn of_column(&self) -> bool {
        self.of_column.load(Ordering::Relaxed)
    }
}

/// A column: of a Table, a lightweight `table()`, a free `column()`, or a proxy inside an alias or subquery.
#[derive(Debug)]
pub struct Column {
    /// Everything that may change while the column is being declared.
    pub d: RwLock<ColumnData>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`Column::d`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct ColumnData {
    pub name: Option<Name>,
    pub key: Option<Arc<str>>,
    pub ty: TypeRef,
    pub parent: ColumnParent,
    pub primary_key: bool,
    pub nullable: bool,
    /// The user said whether it is nullable; else it follows the primary key.
    pub nullability_given: bool,
    /// Only there to match rows of a batched INSERT with their parameters.
    pub sentinel: bool,
    /// No attribute of mapped classes, and in no statement that does not name it.
    pub omitted: bool,
    pub unique: Option<bool>,
    pub index: Option<bool>,
    pub autoincrement: Autoincrement,
    pub system: bool,
    pub is_literal: bool,
    pub comment: Option<Arc<str>>,
    pub default: Option<Default_>,
    pub onupdate: Option<Default_>,
    pub server_default: Option<ServerDefault>,
    pub server_onupdate: Option<ServerDefault>,
    pub foreign_keys: Vec<Arc<ForeignKey>>,
    /// CHECK constraints that stand inside the column's specification.
    pub checks: Vec<Arc<super::Constraint>>,
    /// For a proxy: the expressions it stands for, nearest first.
    pub proxies: Vec<ExprRef>,
    /// `sqlite_on_conflict_not_null` and the like: (dialect, option) to value.
    pub dialect_options: Vec<(Arc<str>, Arc<str>, HostRef)>,
    /// Position in its table, from 0.
    pub position: usize,
    /// For the proxy of an unnamed expression: its anonymous name, which takes the place of `name`.
    pub anon_name: Option<crate::name::Label>,
    /// Schema columns (`Column`) carry constraints; `column()` does not.
    pub lightweight: bool,
}

impl Column {
    /// A column with this data.
    pub fn new(data: ColumnData) -> Arc<Self> {
        Arc::new(Self { d: RwLock::new(data), face: FaceSlot::default() })
    }
    /// Its name, empty while it has none.
    pub fn name(&self) -> Name {
        self.d.read().name.clone().unwrap_or_else(|| Name::new(""))
    }
    /// Key in `table.c`.
    pub fn key(&self) -> Arc<str> {
        let d = self.d.read();
        d.key.clone().or_else(|| d.name.as_ref().map(|n| n.text.clone())).unwrap_or_else(|| "".into())
    }
    /// Name as rendered: anonymous for proxies of unnamed expressions.
    pub fn label(&self) -> crate::name::Label {
        let d = self.d.read();
        match &d.anon_name {
            Some(label) => label.clone(),
            None => crate::name::Label::Fixed(d.name.clone().unwrap_or_else(|| Name::new(""))),
        }
    }
    /// The column as an expression, with what it belongs to.
    pub fn to_expr(self: &Arc<Self>) -> ExprRef {
        let ty = self.ty();
        let column = crate::ast::ColumnRef::new(self.clone(), None);
        // known from now on, if it is: the expression keeps it
        column.from();
        crate::ast::Expr::new(crate::ast::ExprKind::Column(column), ty)
    }
    /// Its type. A column without one takes the type of what its foreign key refers to, as soon as that is known.
    pub fn ty(&self) -> TypeRef {
        let (ty, keys) = {
            let d = self.d.read();
            if !d.ty.is_null() || d.foreign_keys.is_empty() {
                return d.ty.clone();
            }
            (d.ty.clone(), d.foreign_keys.clone())
        };
        match type_of_target(keys, self) {
            Some(found) => {
                self.d.write().ty = found.clone();
                found
            }
            None => ty,
        }
    }
    /// The table it belongs to.
    pub fn table(&self) -> Option<Arc<super::Table>> {
        match &self.d.read().parent {
            ColumnParent::Table(t) => t.upgrade(),
            _ => None,
        }
    }
    /// `table.column` for messages; the name alone while it has no table.
    pub fn qualified(&self) -> String {
        match self.table() {
            Some(t) => format!("{}.{}", t.name, self.name()),
            None => self.name().to_string(),
        }
    }
}

/// The type that a chain of foreign keys leads to, nearest first. Keys may refer to each other in a circle, which has none.
fn type_of_target(keys: Vec<Arc<ForeignKey>>, origin: &Column) -> Option<TypeRef> {
    let mut seen = FxHashSet::from_iter([std::ptr::from_ref(origin)]);
    let mut next: Vec<Arc<ForeignKey>> = keys.into_iter().rev().collect();
    while let Some(fk) = next.pop() {
        let Ok(target) = fk.column() else { continue };
        if !seen.insert(Arc::as_ptr(&target)) {
            continue;
        }
        let d = target.d.read();
        if !d.ty.is_null() {
            return Some(d.ty.clone());
        }
        next.extend(d.foreign_keys.iter().rev().cloned());
    }
    None
}
