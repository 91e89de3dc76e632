//! Relationships are set up once all classes are known: `configure_mappers()`, run before first use.

use super::{PyMapper, turn};
use crate::py::engine::events::{Event, fire, listeners};
use crate::py::errors;
use crate::py::orm::attributes::QueryableAttribute;
use crate::py::orm::impls::AttributeImpl;
use crate::py::orm::property::MapperProperty;
use crate::py::text::Text;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::PyWeakrefMethods;
use pyo3::types::PyWeakrefReference;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

type This<'py> = Bound<'py, PyMapper>;

/// Some mapper waits for configuration.
static NEW: AtomicBool = AtomicBool::new(false);
/// How many mappers were ever announced: a mapper whose registry was set up since the last of them has nothing to do.
static ANNOUNCED: AtomicU64 = AtomicU64::new(0);
/// How many there were when the registries in use were last looked through.
static IN_USE: AtomicU64 = AtomicU64::new(0);
/// Every mapper, in order of definition; weak.
static ALL: Mutex<Vec<Py<PyWeakrefReference>>> = Mutex::new(Vec::new());

/// A new mapper waits for configuration.
pub fn announce(slf: &This<'_>) -> PyResult<()> {
    let weak = PyWeakrefReference::new(slf.as_any())?.unbind();
    ALL.lock().push(weak);
    NEW.store(true, Ordering::Relaxed);
    ANNOUNCED.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

/// Every living mapper, in order of definition.
pub fn all(py: Python<'_>) -> Vec<Bound<'_, PyMapper>> {
    let refs: Vec<Py<PyWeakrefReference>> = ALL.lock().iter().map(|r| r.clone_ref(py)).collect();
    let live: Vec<Bound<'_, PyMapper>> = refs
        .iter()
        .filter_map(|r| r.bind(py).upgrade()?.cast_into::<PyMapper>().ok())
        .filter(|m| !m.get().disposed.get(py))
        .collect();
    if live.len() * 2 < refs.len() {
        let kept: Vec<Py<PyWeakrefReference>> = refs
            .iter()
            .filter(|r| {
                r.bind(py).upgrade().and_then(|m| m.cast_into::<PyMapper>().ok()).is_some_and(|m| !m.get().disposed.get(py))
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
/// Set up what waits in the registries that are in use: another's broken mapper is not in the way of those who do not use it.
#[inline]
pub fn configure_if_needed(py: Python<'_>) -> PyResult<()> {
    if NEW.load(Ordering::Relaxed) { configure_in_use(py) } else { Ok(()) }
}
fn configure_in_use(py: Python<'_>) -> PyResult<()> {
    let announced = ANNOUNCED.load(Ordering::Relaxed);
    if IN_USE.load(Ordering::Relaxed) == announced || turn::is_mine() {
        return Ok(());
    }
    let mappers = all(py);
    let mut seen: Vec<Bound<'_, PyAny>> = Vec::new();
    for m in mappers.iter().filter(|m| !m.get().node.data().configured) {
        let Some(registry) = m.get().registry_of(py) else { continue };
        if seen.iter().any(|r| r.is(&registry)) {
            continue;
        }
        let used =
            |o: &Bound<'_, PyMapper>| o.get().node.data().configured && o.get().registry_of(py).is_some_and(|r| r.is(&registry));
        if mappers.iter().any(used) {
            configure_registry_of(py, m.get())?;
        }
        seen.push(registry);
    }
    IN_USE.store(announced, Ordering::Relaxed);
    Ok(())
}
fn configure_registry_of(py: Python<'_>, this: &PyMapper) -> PyResult<()> {
    let announced = ANNOUNCED.load(Ordering::Relaxed);
    if this.checked.load(Ordering::Relaxed) == announced || turn::is_mine() {
        return Ok(());
    }
    let Some(registry) = this.registry_of(py) else { return configure_mappers(py) };
    let mut registries = vec![registry];
    let mut at = 0;
    while let Some(r) = registries.get(at).cloned() {
        at += 1;
        for other in r.getattr("_dependencies")?.try_iter()? {
            let other = other?;
            if !registries.iter().any(|o| o.is(&other)) {
                registries.push(other);
            }
        }
    }
    configure_some(py, Some(&registries))?;
    this.checked.store(announced, Ordering::Relaxed);
    Ok(())
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
    configure_some(py, None)
}

/// Set up the mappers of these registries alone.
#[pyfunction]
pub fn _configure_registries(registries: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
    match registries.first().map(Bound::py) {
        Some(py) => configure_some(py, Some(&registries)),
        None => Ok(()),
    }
}

fn configure_some(py: Python<'_>, only: Option<&[Bound<'_, PyAny>]>) -> PyResult<()> {
    if !NEW.load(Ordering::Relaxed) {
        return Ok(());
    }
    // this thread configures already, further up
    let Some(turn) = turn::Turn::take(py)? else { return Ok(()) };
    // another thread may have done it while this one waited
    let result = run(py, only);
    drop(turn);
    if result? && Event::AfterConfigured.used() {
        class_event(py, Event::AfterConfigured)?;
    }
    Ok(())
}

fn class_event(py: Python<'_>, event: Event) -> PyResult<()> {
    py.get_type::<PyMapper>().getattr("dispatch")?.getattr(event.name())?.call0()?;
    Ok(())
}

/// Tell listeners of a registry.
fn registry_event(registry: &Bound<'_, PyAny>, event: Event) -> PyResult<()> {
    fire(registry, event, (registry,))
}

/// Mappers that wait for configuration, those of the given registries alone.
fn waiting<'py>(py: Python<'py>, only: Option<&[Bound<'py, PyAny>]>) -> Vec<Bound<'py, PyMapper>> {
    all(py)
        .into_iter()
        .filter(|m| !m.get().node.data().configured)
        .filter(|m| only.is_none_or(|list| m.get().registry_of(py).is_some_and(|r| list.iter().any(|o| o.is(&r)))))
        .collect()
}

fn run<'py>(py: Python<'py>, only: Option<&[Bound<'py, PyAny>]>) -> PyResult<bool> {
    if waiting(py, only).is_empty() {
        NEW.store(!waiting(py, None).is_empty(), Ordering::Relaxed);
        return Ok(false);
    }
    if Event::BeforeConfigured.used() {
        class_event(py, Event::BeforeConfigured)?;
    }
    let mut registries: Vec<Bound<'py, PyAny>> = Vec::new();
    if Event::BeforeConfigured.used() || Event::AfterConfigured.used() {
        for r in waiting(py, only).iter().filter_map(|m| m.get().registry_of(py)) {
            if !registries.iter().any(|o| o.is(&r)) {
                registries.push(r);
            }
        }
    }
    for r in &registries {
        registry_event(r, Event::BeforeConfigured)?;
    }
    let mut any = false;
    // backrefs and listeners may define further mappers while we go
    loop {
        let mut progressed = false;
        for m in waiting(py, only) {
            if m.get().node.data().configured {
                continue;
            }
            if let Some(text) = m.get().failed.with(py, |f| f.as_ref().map(|e| e.clone_ref(py))) {
                let value = text.value(py).str()?.text();
                return Err(errors::invalid_request(
                    py,
                    format!(
                        "One or more mappers failed to initialize - can't proceed with initialization of other mappers. Triggering \
                         mapper: '{}'. Original exception was: {value}",
                        m.get().node.describe()
                    ),
                ));
            }
            if let Some(l) = listeners(m.as_any(), Event::BeforeMapperConfigured)? {
                let mut skip = false;
                for f in l.try_iter()? {
                    let r = f?.call1((&m, m.get().class_.bind(py)))?;
                    skip |= r.str()?.text().contains("EXT_SKIP");
                }
                if skip {
                    continue;
                }
            }
            if let Err(e) = one(&m) {
                drop(m.get().failed.replace(py, Some(e.clone_ref(py))));
                return Err(e);
            }
            progressed = true;
            any = true;
            fire(m.as_any(), Event::MapperConfigured, (m.clone(), m.get().class_.bind(py).clone()))?;
        }
        if !progressed {
            break;
        }
    }
    NEW.store(!waiting(py, None).is_empty(), Ordering::Relaxed);
    for r in &registries {
        registry_event(r, Event::AfterConfigured)?;
    }
    Ok(any)
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
