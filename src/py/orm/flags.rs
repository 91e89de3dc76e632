//! How hard an attribute read may try (`PassiveFlag`), and the symbols it may give instead of a value
//! (`LoaderCallableStatus`).

use crate::py::imports;
use pyo3::prelude::*;

/// Loader callables may run.
pub const CALLABLES_OK: u32 = 1;
/// They may emit SQL.
pub const SQL_OK: u32 = 2;
/// They may load related objects.
pub const RELATED_OBJECT_OK: u32 = 4;
/// A missing value may be initialised to its default.
pub const INIT_OK: u32 = 8;
/// Also for instances without identity.
pub const NON_PERSISTENT_OK: u32 = 16;
/// With the committed values of foreign keys.
pub const LOAD_AGAINST_COMMITTED: u32 = 32;
/// Without autoflush.
pub const NO_AUTOFLUSH: u32 = 64;
/// `lazy='raise'` does not raise.
pub const NO_RAISE: u32 = 128;
/// Pending appends and removes of an unloaded collection count.
pub const INCLUDE_PENDING_MUTATIONS: u32 = 512;

/// Do everything.
pub const PASSIVE_OFF: u32 = RELATED_OBJECT_OK | NON_PERSISTENT_OK | INIT_OK | CALLABLES_OK | SQL_OK;
/// Load, but give `NO_VALUE` where there is none.
pub const PASSIVE_RETURN_NO_VALUE: u32 = PASSIVE_OFF ^ INIT_OK;
/// Only what is there.
pub const PASSIVE_NO_INITIALIZE: u32 = PASSIVE_RETURN_NO_VALUE ^ CALLABLES_OK;
/// No SQL.
pub const PASSIVE_NO_FETCH: u32 = PASSIVE_OFF ^ SQL_OK;
/// No loading of related objects.
pub const PASSIVE_NO_FETCH_RELATED: u32 = PASSIVE_OFF ^ RELATED_OBJECT_OK;
/// Only for persistent instances.
pub const PASSIVE_ONLY_PERSISTENT: u32 = PASSIVE_OFF ^ NON_PERSISTENT_OK;

macro_rules! symbols {
    ($($(#[$m:meta])* $f:ident $is:ident = $name:literal;)*) => {$(
        $(#[$m])*
        #[allow(dead_code, reason = "some are only compared with")]
        pub fn $f(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
            imports::$f(py)
        }
        /// Whether an object is that symbol.
        pub fn $is(obj: &Bound<'_, PyAny>) -> bool {
            imports::$f(obj.py()).is_ok_and(|s| s.is(obj))
        }
    )*};
}

symbols! {
    /// There is no value and never was.
    no_value is_no_value = "NO_VALUE";
    /// A value exists but getting it was not allowed.
    passive_no_result is_passive_no_result = "PASSIVE_NO_RESULT";
    /// The loader has put the value into the instance itself.
    attr_was_set is_attr_was_set = "ATTR_WAS_SET";
    /// Given to a set: the attribute stays as it is.
    dont_set is_dont_set = "DONT_SET";
    /// The loader found nothing to load.
    attr_empty is_attr_empty = "ATTR_EMPTY";
}

/// Whether an object is one of the symbols that mean "no value here".
pub fn is_no_state(obj: &Bound<'_, PyAny>) -> bool {
    is_no_value(obj) || is_passive_no_result(obj)
}
