//! ORM statements compiled once: found again by the structure of the statement as the user wrote it.
//!
//! What is kept for a statement is its plain form with the load plan ([`Prepared`]) and where each value of the plain form
//! comes from in the statement as written. A statement of the same structure then brings its values, and neither the ORM nor
//! the SQL compiler looks at it again. The plans live as long as, and are forgotten with, the compiled statements of the engine.

use super::prepared::Prepared;
use crate::py::engine::connection::Connection;
use crate::py::errors;
use orm::compile::Settings;
use pyo3::prelude::*;
use sql::ast::{ExprKind, Node, Query, Select};
use sql::compile::CollectedBind;
use sql::compile::hash::{self, Shape};
use std::sync::Arc;

/// Where a value of the plain statement comes from.
#[derive(Debug)]
enum Source {
    /// The statement at hand, in the order of its walk.
    Given(usize),
    /// Mapper configuration.
    Fixed(CollectedBind),
}

/// A compiled ORM statement for all statements of its structure.
#[derive(Debug)]
pub struct Plan {
    /// Plain form and load plan.
    pub prepared: Arc<Prepared>,
    /// The plain form as a statement.
    pub node: Node,
    hash: Option<u128>,
    sources: Vec<Source>,
    /// Keeps the addresses that the key is made of.
    _written: Node,
}

impl Plan {
    fn new(written: &Node, shape: &Shape, prepared: Prepared) -> Self {
        // execution options are the business of the statement at hand
        let node = Node::Query(Query::select(Select { exec_options: None, ..prepared.select.clone() }));
        let plain = hash::shape(&node);
        let sources = plain.binds.into_iter().map(|b| source(b, &shape.binds)).collect();
        Self { prepared: Arc::new(prepared), node, hash: plain.hash, sources, _written: written.clone() }
    }

    /// The plain form's structure with the values of the statement at hand.
    fn shape(&self, given: &Shape) -> Shape {
        let binds = self
            .sources
            .iter()
            .map(|s| match s {
                Source::Given(i) => given.binds.get(*i).cloned(),
                Source::Fixed(b) => Some(b.clone()),
            })
            .collect::<Option<Vec<_>>>();
        // the same key means the same number of values
        Shape { hash: self.hash, binds: binds.unwrap_or_default(), lasting: false }
    }
}

/// The bind itself went into the plain form, or a copy of the same name.
fn source(bind: CollectedBind, given: &[CollectedBind]) -> Source {
    let key = |b: &CollectedBind| match b {
        CollectedBind::Expr(e) => match &e.kind {
            ExprKind::Bind(b) => Some(b.key.clone()),
            _ => None,
        },
        CollectedBind::Host(_) => None,
    };
    let by_address = given.iter().position(|g| g.identity() == bind.identity());
    let found = by_address.or_else(|| {
        let wanted = key(&bind)?;
        given.iter().position(|g| key(g).as_ref() == Some(&wanted))
    });
    match found {
        Some(i) => Source::Given(i),
        None => Source::Fixed(bind),
    }
}

/// A plan and the values for one execution of it.
pub struct Planned {
    /// The plan.
    pub plan: Arc<Plan>,
    /// For the engine: what it would find out by looking at the plain form.
    pub shape: Shape,
}

/// Compile a SELECT, or find it compiled.
pub fn find<'py>(
    connection: &Bound<'py, PyAny>,
    written: &Node,
    select: &Select,
    settings: &Settings<'_>,
    prepare: impl Fn(&Select) -> PyResult<Select>,
) -> PyResult<Planned> {
    let py = connection.py();
    // mappers that are not set up yet change what is compiled
    crate::py::orm::mapper::configure_for(py, select)?;
    let compile = || -> PyResult<Prepared> {
        let made = Prepared::new(py, &prepare(select)?, settings)?;
        crate::py::errors::settle()?;
        Ok(made)
    };
    let shape = hash::shape(written);
    crate::py::errors::settle()?;
    let conn = connection.cast::<Connection>()?.get();
    let cache = conn.engine(py).get().plans.clone();
    let off = conn.options(py).get_item("compiled_cache")?.is_some_and(|c| c.is_none());
    let key = match shape.hash {
        Some(h) if !shape.lasting && cache.capacity() > 0 && !off => Some(h ^ u128::from(settings.eager)),
        _ => None,
    };
    let Some(key) = key else {
        let plan = Arc::new(Plan::new(written, &shape, compile()?));
        let shape = plan.shape(&shape);
        return Ok(Planned { plan, shape });
    };
    let known = cache.get(key).and_then(|p| p.downcast::<Plan>().ok()).filter(|p| p.prepared.current());
    if let Some(plan) = known {
        let shape = plan.shape(&shape);
        if cfg!(debug_assertions) {
            verify(py, &plan, &shape, compile()?)?;
        }
        return Ok(Planned { plan, shape });
    }
    let plan = Arc::new(Plan::new(written, &shape, compile()?));
    drop(cache.insert(key, plan.clone()));
    let shape = plan.shape(&shape);
    Ok(Planned { plan, shape })
}

/// Debug builds compile again what they found, and compare.
fn verify(py: Python<'_>, plan: &Plan, found: &Shape, fresh: Prepared) -> PyResult<()> {
    let fresh = hash::shape(&Node::Query(Query::select(fresh.select)));
    let value = |b: &CollectedBind| match b {
        CollectedBind::Expr(e) => match &e.kind {
            ExprKind::Bind(b) => format!("{:?}", b.value),
            _ => String::new(),
        },
        CollectedBind::Host(h) => format!("{h:?}"),
    };
    let values = |s: &Shape| -> Vec<String> { s.binds.iter().map(value).collect() };
    let generated = |i: usize| matches!(plan.sources.get(i), Some(Source::Fixed(_)));
    let same = fresh.binds.len() == found.binds.len()
        && values(&fresh).iter().zip(values(found)).enumerate().all(|(i, (a, b))| *a == b || generated(i));
    if fresh.hash == found.hash && same {
        return Ok(());
    }
    Err(errors::invalid_request(
        py,
        format!(
            "a cached ORM statement differs from the one at hand: report this.  cached: {:?}, at hand: {:?}",
            values(found),
            values(&fresh)
        ),
    ))
}
