//! What a flush writes: per mapper and table, without the values.
//!
//! [`table_plan`] says what a mapper writes to one of its tables and how values that the database makes come back; [`statements`] are
//! the statements as nodes. `src/py/orm/persistence` reads values from instances and carries the plans out.

pub mod statements;
pub mod table_plan;

pub use statements::Statement;
pub use table_plan::{Ability, ClientDefault, ColumnPlan, Fetch, Given, InsertFetch, TablePlan, tables};
