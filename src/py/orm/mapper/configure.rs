//! Relationships are set up once all classes are known: `configure_mappers()`, run before first use.

use super::{PyMapper, turn};
use crate::py::engine::events::{Event, fire, listeners};
use crate::py::orm::attributes::QueryableAttribute;
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::property::MapperProperty;
use crate::py::text::Text;
use crate::py::{errors, ffi};
use parking_lot::Mutex;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyWeakrefMethods;
use pyo3::types::PyWeakrefReference;
use sql::ast::Select;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type This<'py> = Bound<'py, PyMapper>;

/// Some registry has mappers that wait for configuration. Which ones they themselves say (`_new_mappers`).
static NEW: AtomicBool = AtomicBool::new(false);
/// Every mapper, in order of definition; weak.
static ALL: Mutex<Vec<Py<PyWeakrefReference>>> = Mutex::new(Vec::new());

const FLAG: &str = "_new_mappers";

fn flagged(registry: &Bound<'_, PyAny>) -> PyResult<bool> {
    registry.getattr(intern!(registry.py(), FLAG))?.is_truthy()
}

/// A new mapper waits for configuration, and with it those who use its registry.
pub fn announce(slf: &This<'_>) -> PyResult<()> {
    let py = slf.py();
    let weak = PyWeakrefReference::new(slf.as_any())?.unbind();
    ALL.lock().push(weak);
    let mut family: Vec<Bound<'_, PyAny>> = slf.get().registry_of(py).into_iter().collect();
    let mut at = 0;
    while let Some(r) = family.get(at).cloned() {
        at += 1;
        r.setattr(intern!(py, FLAG), true)?;
        add_all(&mut family, &r.getattr(intern!(py, "_dependents"))?)?;
    }
    NEW.store(true, Ordering::Relaxed);
    Ok(())
}

/// The members of a set that are not in the list.
fn add_all<'py>(list: &mut Vec<Bound<'py, PyAny>>, set: &Bound<'py, PyAny>) -> PyResult<()> {
    for other in set.try_iter()? {
        let other = other?;
        if !list.iter().any(|o| o.is(&other)) {
            list.push(other);
        }
    }
    Ok(())
}

/// Every living mapper, in order of definition.
pub fn all(py: Python<'_>) -> Vec<Bound<'_, PyMapper>> {
    let refs: Vec<Py<PyWeakrefReference>> = ALL.lock().iter().map(|r| r.clone_ref(py)).collect();
    let live: Vec<Bound<'_, PyMapper>> = refs
        .iter()
        .filter_map(|r| r.bind(py).upgrade()?.cast_into::<PyMapper>().ok())
        .filter(|m| !m.get().node.data().disposed)
        .collect();
    if live.len() * 2 < refs.len() {
        let kept: Vec<Py<PyWeakrefReference>> = refs
            .iter()
            .filter(|r| {
                r.bind(py).upgrade().and_then(|m| m.cast_into::<PyMapper>().ok()).is_some_and(|m| !m.get().node.data().disposed)
            })
            .map(|r| r.clone_ref(py))
            .collect();
        let old = std::mem::replace(&mut *ALL.lock(), kept);
        drop(old);
    }
    live
}

/// Set up the mappers of a mapper's registry, and of those that it depends on, when some wait for it.
#[inline]
pub fn check_configure(mapper: &This<'_>) -> PyResult<()> {
    check(mapper.py(), mapper.get())
}
/// The same.
#[inline]
pub fn check(py: Python<'_>, mapper: &PyMapper) -> PyResult<()> {
    if NEW.load(Ordering::Relaxed) { configure_registry_of(py, mapper) } else { Ok(()) }
}
/// Set up the mappers that a statement selects from. Another registry's broken mapper is not in the way of those who do not use it.
#[inline]
pub fn configure_for(py: Python<'_>, select: &Select) -> PyResult<()> {
    if NEW.load(Ordering::Relaxed) { configure_mappers_of(py, &orm::compile::selected(select)) } else { Ok(()) }
}
fn configure_mappers_of(py: Python<'_>, mappers: &[Arc<orm::Mapper>]) -> PyResult<()> {
    for m in mappers {
        // a mapper that was disposed of is reported where it is used
        if let Some(Ok(m)) = ffi::face(py, &m.face).map(|f| f.cast_into::<PyMapper>()) {
            check_configure(&m)?;
        }
    }
    Ok(())
}
fn configure_registry_of(py: Python<'_>, this: &PyMapper) -> PyResult<()> {
    match this.registry_of(py) {
        Some(registry) => configure_some(py, Some(&registry), true),
        None => Ok(()),
    }
}
/// The implementation of an attribute whose mapper was not set up yet.
pub fn configured_impl<'py>(attr: &Bound<'py, QueryableAttribute>) -> PyResult<Bound<'py, AttributeImpl>> {
    crate::py::orm::aliased::entity_of(attr.get().parent.bind(attr.py()))?;
    attr.get().implementation(attr.py()).ok_or_else(|| {
        pyo3::exceptions::PyAttributeError::new_err(format!("'{}' object has no attribute 'impl'", attr.get().key.text()))
    })
}

/// `configure_mappers()`: set up the relationships of all mappers. A mapper that fails raises again at every later use.
#[pyfunction]
pub fn configure_mappers(py: Python<'_>) -> PyResult<()> {
    configure_some(py, None, true)
}

/// Set up the mappers of a registry, and of those that it depends on if told to.
#[pyfunction]
pub fn _configure_registry(registry: &Bound<'_, PyAny>, cascade: bool) -> PyResult<()> {
    configure_some(registry.py(), Some(registry), cascade)
}

fn configure_some(py: Python<'_>, only: Option<&Bound<'_, PyAny>>, cascade: bool) -> PyResult<()> {
    if !NEW.load(Ordering::Relaxed) || !only.map_or(Ok(true), flagged)? {
        return Ok(());
    }
    // this thread configures already, further up
    let Some(turn) = turn::Turn::take(py)? else { return Ok(()) };
    let mut run = Run { cascade, all: only.is_none(), scope: only.into_iter().cloned().collect() };
    // another thread may have done it while this one waited
    let result = run.all_rounds(py).and_then(|any| run.nothing_remains(py).map(|()| any));
    let ended = run.end(py);
    drop(turn);
    if result? && Event::AfterConfigured.used() {
        class_event(py, Event::AfterConfigured)?;
    }
    ended
}

fn class_event(py: Python<'_>, event: Event) -> PyResult<()> {
    py.get_type::<PyMapper>().getattr("dispatch")?.getattr(event.name())?.call0()?;
    Ok(())
}

/// Tell listeners of a registry.
fn registry_event(registry: &Bound<'_, PyAny>, event: Event) -> PyResult<()> {
    fire(registry, event, (registry,))
}

/// Mappers that wait for configuration, in order of definition.
fn waiting(py: Python<'_>) -> Vec<Bound<'_, PyMapper>> {
    let mut out = all(py);
    out.retain(|m| !m.get().node.data().configured);
    out
}

/// The registries of some mappers.
fn registries_of<'py>(py: Python<'py>, mappers: &[Bound<'py, PyMapper>]) -> Vec<Bound<'py, PyAny>> {
    let mut out: Vec<Bound<'py, PyAny>> = Vec::new();
    for r in mappers.iter().filter_map(|m| m.get().registry_of(py)) {
        if !out.iter().any(|o| o.is(&r)) {
            out.push(r);
        }
    }
    out
}

/// One turn of configuration.
struct Run<'py> {
    /// Every registry, also those that come meanwhile.
    all: bool,
    /// Registries that the ones in scope depend on come into scope.
    cascade: bool,
    scope: Vec<Bound<'py, PyAny>>,
}

impl<'py> Run<'py> {
    /// What waits in scope, which grows: setting a mapper up finds out what its registry depends on.
    fn in_scope(&mut self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyMapper>>> {
        let mut out = waiting(py);
        if self.all {
            return Ok(out);
        }
        let mut at = 0;
        while let Some(r) = self.scope.get(at).filter(|_| self.cascade).cloned() {
            at += 1;
            add_all(&mut self.scope, &r.getattr(intern!(py, "_dependencies"))?)?;
        }
        out.retain(|m| m.get().registry_of(py).is_some_and(|r| self.scope.iter().any(|o| o.is(&r))));
        Ok(out)
    }

    fn all_rounds(&mut self, py: Python<'py>) -> PyResult<bool> {
        let first = self.in_scope(py)?;
        if first.is_empty() {
            return Ok(false);
        }
        let (before, after) = (Event::BeforeConfigured.used(), Event::AfterConfigured.used());
        if before {
            class_event(py, Event::BeforeConfigured)?;
        }
        let registries = if before || after { registries_of(py, &self.in_scope(py)?) } else { Vec::new() };
        for r in &registries {
            registry_event(r, Event::BeforeConfigured)?;
        }
        let mut any = false;
        // backrefs and listeners may define further mappers while we go
        while self.round(py)? {
            any = true;
        }
        for r in &registries {
            registry_event(r, Event::AfterConfigured)?;
        }
        Ok(any)
    }

    fn nothing_remains(&self, py: Python<'py>) -> PyResult<()> {
        match self.scope.first().filter(|_| !self.cascade) {
            Some(r) if r.getattr(intern!(py, "_dependencies"))?.len()? > 0 => {
                Err(errors::invalid_request(py, "configure was called with cascade=False but additional registries remain"))
            }
            _ => Ok(()),
        }
    }

    fn round(&mut self, py: Python<'py>) -> PyResult<bool> {
        let mut progressed = false;
        for m in self.in_scope(py)? {
            if m.get().node.data().configured {
                continue;
            }
            if let Some(e) = m.get().failed.with(py, |f| f.as_ref().map(|e| e.clone_ref(py))) {
                return Err(errors::invalid_request(
                    py,
                    format!(
                        "One or more mappers failed to initialize - can't proceed with initialization of other mappers. Triggering \
                         mapper: '{}'. Original exception was: {}",
                        m.get().node.describe(),
                        e.value(py).str()?.text()
                    ),
                ));
            }
            if skipped(&m)? {
                continue;
            }
            if let Err(e) = one(&m) {
                drop(m.get().failed.replace(py, Some(e.clone_ref(py))));
                return Err(e);
            }
            progressed = true;
            fire(m.as_any(), Event::MapperConfigured, (m.clone(), m.get().class_.bind(py).clone()))?;
        }
        Ok(progressed)
    }

    /// Registries whose own mappers are done need no further look, though one that they depend on may be broken.
    fn end(&self, py: Python<'py>) -> PyResult<()> {
        let left = registries_of(py, &waiting(py));
        let every = if self.all { registries_of(py, &all(py)) } else { Vec::new() };
        for r in self.scope.iter().chain(&every).filter(|r| !left.iter().any(|o| o.is(r))) {
            r.setattr(intern!(py, FLAG), false)?;
        }
        NEW.store(!left.is_empty(), Ordering::Relaxed);
        Ok(())
    }
}

/// Whether a listener wants a mapper left for later.
fn skipped(m: &This<'_>) -> PyResult<bool> {
    let mut skip = false;
    if let Some(l) = listeners(m.as_any(), Event::BeforeMapperConfigured)? {
        for f in l.try_iter()? {
            let answer = f?.call1((m, m.get().class_.bind(m.py())))?;
            skip |= answer.str()?.text().contains("EXT_SKIP");
        }
    }
    Ok(skip)
}

fn one(m: &This<'_>) -> PyResult<()> {
    let py = m.py();
    // a backref of a self-referential relationship adds a property to this very mapper
    let mut done: Vec<usize> = Vec::new();
    loop {
        let fresh: Vec<Bound<'_, PyAny>> =
            m.get().props.bind(py).values().iter().filter(|p| !done.contains(&(p.as_ptr() as usize))).collect();
        if fresh.is_empty() {
            break;
        }
        for p in fresh {
            done.push(p.as_ptr() as usize);
            let Ok(p) = p.cast_into::<MapperProperty>() else { continue };
            init_property(m, &p)?;
        }
    }
    m.get().node.update(|d| d.configured = true);
    Ok(())
}

/// Set a property up on a mapper; once for its own mapper, attributes also for those that inherit it.
pub fn init_property(m: &This<'_>, prop: &Bound<'_, MapperProperty>) -> PyResult<()> {
    let py = m.py();
    let own = prop.get().get_parent(py).is_some_and(|p| p.is(m));
    if own && !prop.get().started.get(py) {
        prop.get().started.replace(py, true);
        let result = match super::props::is_a(prop, "RelationshipProperty")? {
            true => crate::py::orm::relationship::init(m, prop),
            false => prop.call_method0("_do_init").map(drop),
        };
        if result.is_err() {
            prop.get().started.replace(py, false);
        }
        result?;
    }
    if super::props::is_a(prop, "RelationshipProperty")? {
        crate::py::orm::relationship::install(m, prop)?;
    }
    Ok(())
}

/// `clear_mappers()`: end all mappings.
#[pyfunction]
pub fn clear_mappers(py: Python<'_>) -> PyResult<()> {
    for m in all(py).into_iter().rev() {
        m.call_method0("dispose")?;
    }
    let old = std::mem::take(&mut *ALL.lock());
    drop(old);
    NEW.store(false, Ordering::Relaxed);
    Ok(())
}
