//! Loader options that stay with an instance, for what it loads later.

use orm::options::{LoaderCriteria, OptionNode};
use pyo3::prelude::*;
use std::sync::Arc;

/// Options of the statement that loaded an instance.
#[pyclass(frozen, module = "oxalchemy.orm.strategy_options")]
pub struct LoadOptions {
    /// What they say about the instance and below.
    pub node: Arc<OptionNode>,
    /// `with_loader_criteria` that propagate.
    pub criteria: Vec<Arc<LoaderCriteria>>,
}
