//! What stands under an attribute name of a mapped class.

use crate::mapper::Mapper;
use crate::relationship::Relationship;
use sql::FaceSlot;
use sql::ast::{ExprKind, ExprRef};
use sql::schema::Column;
use std::sync::{Arc, Weak};

/// One mapped attribute.
#[derive(Clone, Debug)]
pub enum Property {
    /// Column(s) or a SQL expression.
    Column(Arc<ColumnProp>),
    /// A relationship.
    Relationship(Arc<Relationship>),
    /// Several columns as one value object.
    Composite(Arc<CompositeProp>),
    /// Another name of an attribute.
    Synonym(Arc<SynonymProp>),
    /// An attribute of a superclass that a concrete subclass does not map: reading raises AttributeError.
    Concrete(Arc<str>),
}

/// `column_property()`, and every plainly mapped column.
#[derive(Clone, Debug, Default)]
pub struct ColumnProp {
    /// Attribute name.
    pub key: Arc<str>,
    /// The mapper that declares it.
    pub parent: Weak<Mapper>,
    /// The first is selected and compared; the others receive the same value (joined inheritance: child and base key).
    pub columns: Vec<ExprRef>,
    /// Not in the SELECT until asked for.
    pub deferred: bool,
    /// Loading it later is an error.
    pub raiseload: bool,
    /// Loads together with the others of its group.
    pub group: Option<Arc<str>>,
    /// The old value is loaded before it is replaced.
    pub active_history: bool,
    /// A SQL expression is expired when its row is flushed.
    pub expire_on_flush: bool,
    /// `query_expression()`: `columns[0]` is the default expression.
    pub query_expression: bool,
    /// Has no attribute on the class (`_sa_polymorphic_on`, hidden discriminators).
    pub hidden: bool,
    /// The Python object.
    pub face: FaceSlot,
}

impl ColumnProp {
    /// `query_expression()` without a default: there is nothing to load unless a statement says what.
    pub fn says_nothing(&self) -> bool {
        self.query_expression
            && self.expr().is_some_and(|e| match &e.kind {
                ExprKind::Label { element, .. } => matches!(element.kind, ExprKind::Null),
                kind => matches!(kind, ExprKind::Null),
            })
    }
    /// The expression that is selected.
    pub fn expr(&self) -> Option<&ExprRef> {
        self.columns.first()
    }
    /// The table columns among its columns.
    pub fn table_columns(&self) -> impl Iterator<Item = &Arc<Column>> {
        self.columns.iter().filter_map(|e| crate::columns::as_column(e))
    }
}

/// `composite()`.
#[derive(Debug, Default)]
pub struct CompositeProp {
    /// Attribute name.
    pub key: Arc<str>,
    /// The mapper that declares it.
    pub parent: Weak<Mapper>,
    /// Attribute names of its columns, in constructor order; known once mappers are configured.
    pub attribute_keys: parking_lot::RwLock<Vec<Arc<str>>>,
    /// The Python object.
    pub face: FaceSlot,
}

/// `synonym()`.
#[derive(Debug, Default)]
pub struct SynonymProp {
    /// Attribute name.
    pub key: Arc<str>,
    /// The mapper that declares it.
    pub parent: Weak<Mapper>,
    /// Name of the attribute it stands for.
    pub name: Arc<str>,
    /// The Python object.
    pub face: FaceSlot,
}

impl Property {
    /// Attribute name.
    pub fn key(&self) -> &Arc<str> {
        match self {
            Self::Column(p) => &p.key,
            Self::Relationship(p) => &p.key,
            Self::Composite(p) => &p.key,
            Self::Synonym(p) => &p.key,
            Self::Concrete(k) => k,
        }
    }
    /// The column property, if it is one.
    pub fn as_column(&self) -> Option<&Arc<ColumnProp>> {
        match self {
            Self::Column(p) => Some(p),
            _ => None,
        }
    }
    /// The relationship, if it is one.
    pub fn as_relationship(&self) -> Option<&Arc<Relationship>> {
        match self {
            Self::Relationship(p) => Some(p),
            _ => None,
        }
    }
    /// The Python object's slot.
    pub fn face(&self) -> Option<&FaceSlot> {
        match self {
            Self::Column(p) => Some(&p.face),
            Self::Relationship(p) => Some(&p.face),
            Self::Composite(p) => Some(&p.face),
            Self::Synonym(p) => Some(&p.face),
            Self::Concrete(_) => None,
        }
    }
}
