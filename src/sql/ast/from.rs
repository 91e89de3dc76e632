//! Things to select from.

use super::{Cte, ExprRef, QueryRef};
use crate::face::FaceSlot;
use crate::host::{EntityRef, HostExpr};
use crate::name::{Label, Name};
use crate::schema::{Column, Table};
use std::sync::{Arc, OnceLock, Weak};

/// A shared FROM element.
pub type FromRef = Arc<From>;

/// A FROM element. `id()` is its identity: the table for tables, else the element itself.
#[derive(Debug)]
pub struct From {
    /// What it is.
    pub kind: FromKind,
    /// Proxy columns, made on first use. Weak: a column keeps its FROM alive, not the other way round.
    pub columns: OnceLock<parking_lot::Mutex<Vec<Weak<Column>>>>,
    /// ORM entity it stands for, when it came from one.
    pub entity: Option<EntityRef>,
    /// The Python object.
    pub face: FaceSlot,
}

/// Kinds of FROM element.
#[derive(Clone, Debug)]
pub enum FromKind {
    /// `Table` or the lightweight `table()`.
    Table(Arc<Table>),
    /// `x AS name`.
    Alias {
        /// aliased element
        element: FromRef,
        /// name
        name: Label,
    },
    /// `(SELECT …) AS name`.
    Subquery {
        /// query
        query: QueryRef,
        /// name
        name: Label,
    },
    /// A WITH element.
    Cte(Arc<Cte>),
    /// `LATERAL (SELECT …) AS name`.
    Lateral {
        /// query or function
        element: LateralElement,
        /// name
        name: Label,
    },
    /// `x TABLESAMPLE f(…) [REPEATABLE (seed)]`.
    TableSample {
        /// sampled element
        element: FromRef,
        /// name
        name: Label,
        /// sampling function
        sampling: ExprRef,
        /// seed
        seed: Option<ExprRef>,
    },
    /// `VALUES (…), (…)`.
    Values(Arc<Values>),
    /// `func(...) AS name(cols)`.
    TableValued(Arc<TableValued>),
    /// A function without alias (`select_from(func.f())`).
    Function(ExprRef),
    /// `left JOIN right ON …`.
    Join(Arc<Join>),
    /// Parentheses around a FROM element (nested joins).
    Grouping(FromRef),
    /// A SELECT used directly (in set operations and legacy select-from-select).
    Query(QueryRef),
    /// `text()` in the FROM list.
    Text(Arc<super::TextClause>),
    /// A construct of the user's.
    Host(Arc<dyn HostExpr>),
}

/// What LATERAL stands before.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum LateralElement {
    Query(QueryRef),
    From(FromRef),
}

/// A join.
#[derive(Clone, Debug)]
pub struct Join {
    /// left side
    pub left: FromRef,
    /// right side
    pub right: FromRef,
    /// ON clause; always known once built
    pub onclause: ExprRef,
    /// LEFT OUTER
    pub isouter: bool,
    /// FULL OUTER
    pub full: bool,
}

/// `values(cols).data(rows)`.
#[derive(Clone, Debug)]
pub struct Values {
    /// Columns given.
    pub columns: Vec<Arc<Column>>,
    /// Name, if aliased.
    pub name: Option<Label>,
    /// Chunks of rows.
    pub data: Vec<Vec<Vec<ExprRef>>>,
    /// Render values inline.
    pub literal_binds: bool,
    /// LATERAL.
    pub lateral: bool,
}

/// `func(...).table_valued(...)`, `.alias()`, `.column_valued()`.
#[derive(Clone, Debug)]
pub struct TableValued {
    /// The function.
    pub func: ExprRef,
    /// Alias.
    pub name: Label,
    /// Columns.
    pub columns: Vec<Arc<Column>>,
    /// `WITH ORDINALITY` column.
    pub with_ordinality: Option<Name>,
    /// Render `AS name(col, …)`.
    pub render_derived: bool,
    /// … with types.
    pub render_types: bool,
    /// LATERAL.
    pub lateral: bool,
}

/// A deep tree is let go level by level, not by one recursion.
impl Drop for From {
    fn drop(&mut self) {
        if !matches!(self.kind, FromKind::Table(_)) {
            base::depth::release(std::mem::replace(&mut self.kind, nothing()));
        }
    }
}

/// What takes the place of parts that were let go.
pub(super) fn nothing() -> FromKind {
    static NOTHING: std::sync::LazyLock<Arc<super::TextClause>> =
        std::sync::LazyLock::new(|| Arc::new(super::TextClause { text: "".into(), binds: Vec::new() }));
    FromKind::Text(NOTHING.clone())
}

impl From {
    /// A fresh element.
    pub fn new(kind: FromKind) -> FromRef {
        Arc::new(Self { kind, columns: OnceLock::new(), entity: None, face: FaceSlot::default() })
    }
    /// What an ORM entity selects from, remembering the entity.
    pub fn of_entity(entity: &EntityRef) -> FromRef {
        let f = entity.selectable();
        if f.entity.is_some() {
            return f;
        }
        Arc::new(Self {
            kind: f.kind.clone(),
            columns: Default::default(),
            entity: Some(entity.clone()),
            face: Default::default(),
        })
    }
    /// Identity of the element: two elements with the same id are the same FROM.
    pub fn id(&self) -> usize {
        match &self.kind {
            FromKind::Table(t) => Arc::as_ptr(t) as usize,
            FromKind::Cte(c) => Arc::as_ptr(c) as usize,
            _ => std::ptr::from_ref(self) as usize,
        }
    }
}
