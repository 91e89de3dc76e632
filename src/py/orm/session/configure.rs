//! The arguments of `Session()`.

use super::{CloseState, JoinMode, Session, binds, registry};
use crate::py::errors;
use crate::py::text::Text;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

type Any<'py> = Bound<'py, PyAny>;

/// Keyword arguments of a constructor, taken out one by one.
struct Options<'py>(Bound<'py, PyDict>);

impl<'py> Options<'py> {
    fn take(&self, name: &str) -> PyResult<Option<Any<'py>>> {
        let Some(value) = self.0.get_item(name)? else { return Ok(None) };
        self.0.del_item(name)?;
        Ok(Some(value))
    }
    fn flag(&self, name: &str, default: bool) -> PyResult<bool> {
        self.take(name)?.map_or(Ok(default), |v| v.is_truthy())
    }
}

/// Applies the arguments of `Session()`.
pub(super) fn configure(slf: &Bound<'_, Session>, bind: Option<Any<'_>>, kw: &Bound<'_, PyDict>) -> PyResult<()> {
    let py = slf.py();
    let o = Options(kw.copy()?);
    if !o.flag("future", true)? {
        return Err(errors::argument_error(py, "The 'future' parameter passed to Session() may only be set to True."));
    }
    let bind = match o.take("bind")? {
        Some(b) => Some(b),
        None => bind,
    };
    let mode = match o.take("join_transaction_mode")? {
        None => JoinMode::default(),
        Some(m) => match m.extract::<String>().ok().as_deref().and_then(JoinMode::parse) {
            Some(m) => m,
            None => {
                return Err(errors::argument_error(
                    py,
                    format!("invalid selection for join_transaction_mode: \"{}\"", m.str()?.text()),
                ));
            }
        },
    };
    let autocommit = o.flag("autocommit", false)?;
    let info = o.take("info")?;
    let info = match info.filter(|i| !i.is_none()) {
        Some(i) => {
            let d = PyDict::new(py);
            d.update(crate::py::ffi::require_mapping(&i)?)?;
            Some(d.unbind())
        }
        None => None,
    };
    let options = match o.take("execution_options")?.filter(|e| !e.is_none()) {
        Some(e) => {
            let d = PyDict::new(py);
            d.update(crate::py::ffi::require_mapping(&e)?)?;
            Some(d.unbind())
        }
        None => None,
    };
    let close_state = match o.take("close_resets_only")? {
        Some(v) if v.is_none() || v.is_truthy()? => CloseState::CloseIsReset,
        Some(_) => CloseState::Acquired,
        None => CloseState::CloseIsReset,
    };
    let query_cls = o.take("query_cls")?.filter(|q| !q.is_none()).map(Bound::unbind);
    let table = o.take("binds")?;
    let extension = o.take("extension")?;
    if !o.flag("weak_identity_map", true)? {
        errors::warn(
            py,
            "SAWarning",
            "weak_identity_map=False is ignored: objects are held weakly; keep references to those that must stay in the Session",
        )?;
    }
    let (old_bind, old_query) = {
        let mut d = slf.get().d.lock();
        d.autoflush = o.flag("autoflush", true)?;
        d.autobegin = o.flag("autobegin", true)?;
        d.autocommit = autocommit;
        d.expire_on_commit = o.flag("expire_on_commit", true)?;
        d.twophase = o.flag("twophase", false)?;
        d.enable_baked_queries = o.flag("enable_baked_queries", true)?;
        d.join_mode = mode;
        d.close_state = close_state;
        d.info = info;
        d.execution_options = options;
        (
            std::mem::replace(&mut d.bind, bind.filter(|b| !b.is_none()).map(Bound::unbind)),
            std::mem::replace(&mut d.query_cls, query_cls),
        )
    };
    drop((old_bind, old_query));
    for ignored in ["echo_uow", "_enable_transaction_accounting"] {
        o.take(ignored)?;
    }
    if let Some((name, _)) = o.0.iter().next() {
        return Err(PyTypeError::new_err(format!(
            "Session.__init__() got an unexpected keyword argument '{}'",
            name.str()?.text()
        )));
    }
    if let Some(table) = table.filter(|t| !t.is_none()) {
        for pair in table.call_method0("items")?.try_iter()? {
            let (key, bind): (Any<'_>, Any<'_>) = pair?.extract()?;
            binds::add_bind(slf.get(), &key, &bind)?;
        }
    }
    if let Some(extension) = extension.filter(|e| !e.is_none()) {
        py.import("oxalchemy.orm.session_events")?.getattr("_adapt_session_extension")?.call1((slf, extension))?;
    }
    registry::enter(slf)
}
