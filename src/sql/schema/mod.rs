//! Schema: MetaData, Table, Column, constraints, indexes, sequences, defaults.
//!
//! Unlike statements these are changed while they are declared (`append_column`, foreign keys resolved late), so their
//! parts sit behind short locks. The rules of declaration are here: [`assembly`] (what follows when a part joins), [`placement`] (columns of a table), [`primary_key`],
//! [`membership`] (the table of a constraint), [`resolve`] and [`target`] (foreign keys), [`naming`], [`metadata`] (one table for
//! each key), [`sort`] (order of dependencies). `src/py/schema` shows them to Python.
//! Locks are short. Never call host code while one is held.

pub mod assembly;
pub mod autoincrement;
pub mod column;
pub mod constraint;
pub mod membership;
pub mod metadata;
pub mod naming;
pub mod placement;
pub mod primary_key;
pub mod resolve;
pub mod sort;
pub mod table;
pub mod target;

pub use column::{Autoincrement, Column, ColumnParent, Computed, Default_, Identity, IdentityOptions, Sequence, ServerDefault};
pub use constraint::{Constraint, ConstraintKind, ForeignKey, Index};
pub use metadata::{MetaData, table_key};
pub use table::Table;
pub use target::Target;
