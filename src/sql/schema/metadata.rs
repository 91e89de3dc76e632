//! `MetaData`: the registry of tables.

use super::{Sequence, Table};
use crate::face::FaceSlot;
use crate::name::Name;
use indexmap::IndexMap;
use parking_lot::RwLock;
use std::sync::Arc;

/// A collection of tables.
#[derive(Debug, Default)]
pub struct MetaData {
    /// Its content.
    pub d: RwLock<MetaDataData>,
    /// The Python object.
    pub face: FaceSlot,
}

/// See [`MetaData::d`].
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct MetaDataData {
    pub schema: Option<Name>,
    /// By key, in declaration order.
    pub tables: IndexMap<Arc<str>, Arc<Table>>,
    pub sequences: IndexMap<Arc<str>, Arc<Sequence>>,
    /// Constraint kind (`ix`, `uq`, `ck`, `fk`, `pk`) to template; callables stay in the Python object.
    pub naming_convention: Vec<(Arc<str>, Arc<str>)>,
}
