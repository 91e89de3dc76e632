//! ORM-enabled statements: compiled, run, and turned into what the caller wants.
//!
//! | module | concept |
//! |---|---|
//! | [`host`] | services of Python's for compiling, and the resolver of nested ORM statements |
//! | [`prepared`] | a compiled statement with its load plan, used again and again |
//! | [`plans`] | compiled statements found again by structure |
//! | [`job`] | a statement of `Query` or `Session.execute`, from start to rows |
//! | `result` | rows as `Result` objects |
//! | `from_statement` | rows of a statement that the ORM did not make |
//! | [`evaluator`] | criteria of bulk statements evaluated on instances |
//! | `dml` | INSERT, UPDATE and DELETE of mapped classes |
//! | [`shape`] | what the session wants to know of a statement before it runs |
//! | `source` | the engine's rows, batch after batch |
//! | `stream` | instances in the batches of `yield_per` |

pub mod asked;
pub mod dml;
pub mod evaluator;
mod from_statement;
pub mod further;
pub mod host;
pub mod job;
mod plans;
pub mod prepared;
mod result;
pub mod shape;

mod source;
mod star;
mod stream;

pub use host::Host;
pub use job::{Job, all, from_cursor, run, stream};
pub use prepared::{Prepared, connection_of};
pub use shape::shape;

use crate::py::orm::session::Session;
use pyo3::prelude::*;

/// Flush before a query, when the session wants that.
pub fn autoflush(session: &Bound<'_, Session>) -> PyResult<()> {
    crate::py::orm::session::flush::autoflush(session)
}
