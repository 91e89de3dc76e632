//! Rows to instances, and everything that loads after the first statement.
//!
//! | module | concept |
//! |---|---|
//! | [`runtime`] | a load plan with its Python objects |
//! | [`populate`] | the loop over rows |
//! | `filler` | collections filled without events |
//! | [`lazy`] | relationships loaded on access |
//! | [`columns`] | expired and deferred columns |
//! | [`post`] | selectin, subquery and immediate loads |
//! | [`identity`] | `get()` and `refresh()` |
//! | [`options`] | what instances keep of their statement's options |
//! | [`context`] | what listeners are told |

pub mod columns;
pub mod context;
pub mod filler;
pub mod identity;
pub mod lazy;
pub mod options;
pub mod populate;
pub mod post;
pub mod runtime;

pub use filler::Filler;
pub use identity::{get_by_key, refresh, refresh_expired};
pub use options::LoadOptions;
pub use populate::{Loader, Mode};
pub use runtime::Runtime;

use crate::py::orm::hooks::HOOKS;
use pyo3::prelude::*;

/// Add this room's classes to `oxalchemy._rs`, and its hooks to the attributes.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    // A second registration finds the hooks set already.
    let _ = HOOKS.lazy_load.set(lazy::hook);
    let _ = HOOKS.load_expired.set(columns::hook_expired);
    m.add_class::<context::QueryContext>()?;
    m.add_class::<LoadOptions>()
}
