//! Room `sql`: statements, expressions, types and schema as pure values, and the text they render to.
//!
//! * [`ast`]: one construct a file; every node is an `Arc` and immutable once built.
//! * [`types`]: SQL types as data. [`schema`]: MetaData, Table, Column, constraints (mutable while being declared).
//! * [`host`]: the traits through which user code (custom types, `@compiles` constructs, Python values) enters.
//! * `compile`, `dialects`, `ddl`: nodes to text.
//!
//! Invariants: no I/O, no Python, no ORM. Identity of a node is the address of its `Arc`. Callers: `engine`, `orm`, `src/py`.

pub mod ast;
pub mod compile;
pub mod ddl;
pub mod dialects;
pub mod error;
pub mod face;
pub mod host;
pub mod name;
pub mod reflect;
pub mod schema;
pub mod types;

pub use error::{ErrorKind, SqlError, SqlResult};
pub use face::FaceSlot;
pub use name::{Label, Name};
