//! `before_execute` and `after_execute`: the one door through which every construct goes on its way to a connection, whoever
//! sends it (`Connection.execute`, DDL, generators, the ORM's SELECTs and its unit of work).

use super::super::connection::{Connection, listeners};
use super::super::events::Event;
use super::faces;
use super::params::{self, Params};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use sql::ast::Node;

type Any<'py> = Bound<'py, PyAny>;

/// Whether anybody, anywhere, listens: executions that pass by this door must not be taken then.
pub fn used() -> bool {
    Event::BeforeExecute.used() || Event::AfterExecute.used()
}

/// Who listens to a connection.
pub struct Listening<'py> {
    conn: Bound<'py, Connection>,
    before: Option<Any<'py>>,
    after: Option<Any<'py>>,
}

/// The listeners of a connection; `None`, and nothing to be shown to anybody, when there are none.
pub fn listening<'py>(conn: &Bound<'py, Connection>) -> PyResult<Option<Listening<'py>>> {
    if !used() {
        return Ok(None);
    }
    let (before, after) = (listeners(conn, Event::BeforeExecute)?, listeners(conn, Event::AfterExecute)?);
    Ok((before.is_some() || after.is_some()).then(|| Listening { conn: conn.clone(), before, after }))
}

/// What is executed once the listeners had their say.
pub struct Heard<'py> {
    /// The statement.
    pub statement: Any<'py>,
    /// Its parameters.
    pub params: Params<'py>,
    /// A listener gave another statement.
    pub changed: bool,
    listening: Listening<'py>,
    shown: (Any<'py>, Any<'py>),
    options: Bound<'py, PyDict>,
}

/// Parameters as listeners have them: several sets, and the only one.
fn shown<'py>(py: Python<'py>, params: &Params<'py>) -> PyResult<(Any<'py>, Any<'py>)> {
    Ok(match params {
        Params::None => (PyTuple::empty(py).into_any(), PyDict::new(py).into_any()),
        Params::One(d) => (PyList::empty(py).into_any(), d.clone().into_any()),
        Params::Many(v) => (PyList::new(py, v)?.into_any(), PyDict::new(py).into_any()),
    })
}

/// A listener's answer in its parts, taken apart as Python would; `None` from one that was registered without `retval=True`
/// (`python/oxalchemy/engine/events.py` answers `NotImplemented` for it).
pub fn answer<'py, const N: usize>(given: &Any<'py>) -> PyResult<Option<[Any<'py>; N]>> {
    if given.is(pyo3::types::PyNotImplemented::get(given.py())) {
        return Ok(None);
    }
    let error = pyo3::exceptions::PyValueError::new_err::<String>;
    let Ok(items) = given.try_iter() else {
        let kind = given.get_type().name()?.text();
        return Err(pyo3::exceptions::PyTypeError::new_err(format!("cannot unpack non-iterable {kind} object")));
    };
    let parts = items.collect::<PyResult<Vec<_>>>()?;
    let n = parts.len();
    match <[Any<'py>; N]>::try_from(parts) {
        Ok(parts) => Ok(Some(parts)),
        Err(_) if n > N => Err(error(format!("too many values to unpack (expected {N})"))),
        Err(_) => Err(error(format!("not enough values to unpack (expected {N}, got {n})"))),
    }
}

impl<'py> Listening<'py> {
    /// Tell them of what is about to be executed; each may answer with something else. (A listener without `retval=True`
    /// answers None.)
    pub fn before(self, statement: &Any<'py>, params: Params<'py>, options: &Bound<'py, PyDict>) -> PyResult<Heard<'py>> {
        let py = self.conn.py();
        let (mut current, mut params) = (statement.clone(), params);
        for listener in self.before.iter().map(|b| b.try_iter()).collect::<PyResult<Vec<_>>>()?.into_iter().flatten() {
            let (multi, single) = shown(py, &params)?;
            let given = listener?.call1((&self.conn, &current, &multi, &single, options))?;
            let Some([new, m, s]) = answer(&given)? else { continue };
            current = new;
            if !m.is(&multi) || !s.is(&single) {
                let given = if m.is_truthy()? { m } else { s };
                let filled = given.is_truthy()?;
                params = if filled { params::distill(py, Some(&given), &PyTuple::empty(py), None)? } else { Params::None };
            }
        }
        let shown = shown(py, &params)?;
        let changed = !current.is(statement);
        Ok(Heard { statement: current, params, changed, listening: self, shown, options: options.clone() })
    }
}

impl<'py> Heard<'py> {
    /// The statement's node.
    pub fn node(&self) -> PyResult<Node> {
        match faces::node_of(&self.statement)? {
            Some(node) => Ok(node),
            None => Err(not_executable(&self.statement)?),
        }
    }
    /// Whether anybody wants to see the result.
    pub fn wants_result(&self) -> bool {
        self.listening.after.is_some()
    }
    /// Tell the listeners of what came of it.
    pub fn after(&self, result: &Any<'py>) -> PyResult<()> {
        let Some(found) = &self.listening.after else { return Ok(()) };
        let (multi, single) = &self.shown;
        found.call1((&self.listening.conn, &self.statement, multi, single, &self.options, result)).map(drop)
    }
}

/// "Not an executable object".
pub fn not_executable(statement: &Any<'_>) -> PyResult<PyErr> {
    Ok(PyErr::from_value(crate::py::imports::exc(statement.py(), "ObjectNotExecutableError")?.call1((statement,))?))
}
