//! `CircularDependencyError` of a flush: which steps wait for each other.

use super::{Flush, State};
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::imports;
use crate::py::orm::identity::StateExt;
use crate::py::orm::state::InstanceState;
use orm::Direction;
use orm::flush::{Circular, Step};
use pyo3::prelude::*;
use pyo3::types::PySet;
use rustc_hash::FxHashMap;

/// One step, as `cycles` and `edges` of the error hold it.
#[pyclass(name = "PostSortRec", module = "oxalchemy.orm.unitofwork", frozen)]
pub struct PostSortRec {
    text: String,
    /// The state of the object.
    #[pyo3(get)]
    state: Py<InstanceState>,
    /// Whether the object is deleted.
    #[pyo3(get)]
    delete: bool,
}

#[pymethods]
impl PostSortRec {
    fn __repr__(&self) -> &str {
        &self.text
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
}

impl Collected for PostSortRec {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.state)
    }
}

fn text_of(flush: &Flush<'_>, processors: &[usize], step: Step, state: &State<'_>) -> String {
    let state = state.describe();
    match step {
        Step::Save(_) => format!("_SaveUpdateState({state})"),
        Step::Delete(_) => format!("_DeleteState({state})"),
        Step::Process { relationship, delete, .. } => {
            let p = processors.get(relationship as usize).and_then(|p| flush.processors.get(*p));
            let kind = match p.map(|p| p.data.direction) {
                Some(Direction::OneToMany) => "_OneToManyDP",
                Some(Direction::ManyToMany) => "_ManyToManyDP",
                _ => "_ManyToOneDP",
            };
            let name = p.map(|p| p.rel.describe()).unwrap_or_default();
            let delete = if delete { "True" } else { "False" };
            format!("_ProcessState({kind}({name}), {state}, delete={delete})")
        }
    }
}

/// The error about what the planner found; `processors`: what its relationships stand for.
pub fn error(flush: &Flush<'_>, processors: &[usize], circular: &Circular) -> PyResult<PyErr> {
    let py = flush.py;
    let mut made: FxHashMap<Step, Bound<'_, PostSortRec>> = FxHashMap::default();
    for step in &circular.cycles {
        let (Step::Save(at) | Step::Delete(at) | Step::Process { state: at, .. }) = *step;
        let Some((_, m)) = flush.members.get_index(at as usize) else { continue };
        let text = text_of(flush, processors, *step, &m.state);
        made.insert(*step, Bound::new(py, PostSortRec { text, state: m.state.clone().unbind(), delete: m.delete })?);
    }
    let cycles = PySet::empty(py)?;
    for step in circular.cycles.iter().filter_map(|s| made.get(s)) {
        cycles.add(step)?;
    }
    let edges = PySet::empty(py)?;
    for (a, b) in &circular.edges {
        if let (Some(a), Some(b)) = (made.get(a), made.get(b)) {
            edges.add((a, b))?;
        }
    }
    let class = imports::exc(py, "CircularDependencyError")?;
    Ok(PyErr::from_value(class.call1(("Circular dependency detected.", cycles, edges))?))
}
