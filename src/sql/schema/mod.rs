//! Schema: MetaData, Table, Column, constraints, indexes, sequences, defaults.
//!
//! Unlike statements these are changed while they are declared (`append_column`, foreign keys resolved late), so their
//! parts sit behind short locks. Never call host code while one is held.

pub mod autoincrement;
pub mod column;
pub mod constraint;
pub mod metadata;
pub mod resolve;
pub mod sort;
pub mod table;

pub use column::{Autoincrement, Column, ColumnParent, Computed, Default_, Identity, IdentityOptions, Sequence, ServerDefault};
pub use constraint::{Constraint, ConstraintKind, ForeignKey, Index};
pub use metadata::MetaData;
pub use table::Table;
