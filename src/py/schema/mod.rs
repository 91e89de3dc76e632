//! Faces of room `schema`: they hold the pure structure and hand changes to it. Argument sugar, events and copies are in
//! `python/oxalchemy/sql/schema`.
//!
//! * [`column`], [`table`]: expressions and FROM elements with schema data. [`constraint`], [`foreign_key`], [`index`],
//!   [`sequence`], [`metadata`]: the rest. [`sort`]: tables in order.
//! * [`join`]: a part becomes part of something else. [`assemble`], [`references`], [`arguments`], [`members`], [`declare`]: arguments
//!   of columns, foreign keys, constraints and tables, and what they do when they join.
//!   [`plan`]: the steps of creating and dropping.

pub mod arguments;
pub mod assemble;
pub mod column;
pub mod compile;
pub mod constraint;
pub mod ddl;
pub mod declare;
pub mod foreign_key;
pub mod index;
pub mod join;
pub mod kept;
pub mod members;
pub mod metadata;
pub mod plan;
pub mod references;
pub mod sequence;
pub mod sort;
pub mod table;

pub use column::PyColumn;
pub use constraint::PyConstraint;
pub use ddl::PyDdlElement;
pub use foreign_key::PyForeignKey;
pub use index::PyIndex;
pub use metadata::PyMetaData;
pub use sequence::PySequence;
pub use table::PyTable;

use crate::py::host::PyHost;
use pyo3::prelude::*;
use sql::Name;
use sql::host::HostRef;
use std::sync::Arc;

/// Add this room's classes and functions to `oxalchemy._rs`.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<PyColumn>()?;
    m.add_class::<PyTable>()?;
    m.add_class::<PyConstraint>()?;
    m.add_class::<PyDdlElement>()?;
    m.add_class::<PyForeignKey>()?;
    m.add_class::<PyIndex>()?;
    m.add_class::<PyMetaData>()?;
    m.add_class::<PySequence>()?;
    m.add_function(wrap_pyfunction!(sequence::_next_value, m)?)?;
    compile::register(m)?;
    join::register(m)?;
    m.add_function(wrap_pyfunction!(sort::sort_tables, m)?)?;
    m.add_function(wrap_pyfunction!(plan::ddl_plan, m)?)?;
    m.add_function(wrap_pyfunction!(declare::table_given, m)?)?;
    m.add_function(wrap_pyfunction!(arguments::seek_home, m)?)?;
    m.add_function(wrap_pyfunction!(members::next_number, m)?)?;
    m.add_function(wrap_pyfunction!(members::hold_columns, m)?)?;
    m.add_function(wrap_pyfunction!(constraint::home_of, m)?)?;
    m.add_function(wrap_pyfunction!(column::columns_of, m)?)?;
    m.add_function(wrap_pyfunction!(column::replace_columns, m)?)
}

/// A name from Python, `None` for `None`.
pub(crate) fn opt_name(obj: &Bound<'_, PyAny>) -> PyResult<Option<Name>> {
    if obj.is_none() { Ok(None) } else { crate::py::sql::names::name(obj).map(Some) }
}

/// Text from Python, `None` for anything that is not a string.
fn opt_text(obj: &Bound<'_, PyAny>) -> Option<Arc<str>> {
    obj.extract::<String>().ok().map(Into::into)
}

/// Dialect, option, value.
type DialectOption = (Arc<str>, Arc<str>, HostRef);

/// `[(dialect, option, value)]`. Expressions keep their node, so that the compiler can render them.
fn dialect_options(list: &Bound<'_, PyAny>) -> PyResult<Vec<DialectOption>> {
    list.try_iter()?
        .map(|item| {
            let (dialect, option, value): (String, String, Bound<'_, PyAny>) = item?.extract()?;
            Ok((dialect.into(), option.into(), PyHost::wrap(&value)))
        })
        .collect()
}
