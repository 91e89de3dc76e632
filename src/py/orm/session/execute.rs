//! Statements through the session.

use super::transaction::{self, TxState};
use super::{Session, flush, lifecycle};
use crate::py::engine::connection::Connection;
use crate::py::engine::events::{Event, listeners};
use crate::py::errors;
use crate::py::text::Text;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

type Any<'py> = Bound<'py, PyAny>;
type This<'py> = Bound<'py, Session>;

/// `session.query()`'s class.
pub(super) fn query_class(py: Python<'_>, session: &Session) -> PyResult<Py<PyAny>> {
    let own = session.d.lock().query_cls.as_ref().map(|q| q.clone_ref(py));
    match own {
        Some(q) => Ok(q),
        None => Ok(py.import("oxalchemy.orm.query")?.getattr("Query")?.unbind()),
    }
}

/// `bind_arguments`: what `get_bind()` is asked with.
pub(super) struct BindArguments<'py>(pub Bound<'py, PyDict>);

impl<'py> BindArguments<'py> {
    pub fn new(
        py: Python<'py>,
        given: Option<Any<'py>>,
        mapper: Option<Any<'py>>,
        clause: Option<Any<'py>>,
        bind: Option<Any<'py>>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Self> {
        let out = PyDict::new(py);
        if let Some(given) = given.filter(|g| !g.is_none()) {
            // The 1.3 form: connection(mapper).
            match crate::py::ffi::mapping(&given)? {
                Some(mapping) => out.update(mapping)?,
                None => out.set_item("mapper", given)?,
            }
        }
        for (name, value) in [("mapper", mapper), ("clause", clause), ("bind", bind)] {
            if let Some(value) = value.filter(|v| !v.is_none()) {
                out.set_item(name, value)?;
            }
        }
        if let Some(kw) = kw {
            out.update(kw.as_mapping())?;
        }
        Ok(Self(out))
    }
    /// `session.get_bind(**arguments)`, overridden or not.
    fn bind(&self, session: &This<'py>) -> PyResult<Any<'py>> {
        let d = &self.0;
        if d.is_empty() {
            let plain = session.get_type().is(session.py().get_type::<Session>());
            if plain {
                return super::binds::get_bind(session, None, None, None);
            }
        }
        crate::py::stack::deep(|| session.call_method("get_bind", (), Some(d)))
    }
}

/// The connection of an engine in the current transaction.
pub(super) fn connection_for_bind<'py>(
    session: &This<'py>,
    bind: &Any<'py>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Any<'py>> {
    let py = session.py();
    if session.get().current(py).is_none() && session.get().d.lock().autocommit {
        // Legacy autocommit: a connection for one use; it returns to the pool when its result is exhausted or dropped.
        if super::binds::is_connection(bind)? {
            return Ok(bind.clone());
        }
        let connection = bind.call_method0("connect")?;
        if let Ok(c) = connection.cast::<Connection>() {
            c.get().commits_each_statement();
        }
        return match options.filter(|o| !o.is_empty()) {
            Some(o) => connection.call_method("execution_options", (), Some(o)),
            None => Ok(connection),
        };
    }
    super::context::check(session)?;
    let tx = lifecycle::autobegin(session)?;
    transaction::connection_for_bind(&tx, bind, options)
}

/// `connection()`.
pub(super) fn connection<'py>(
    session: &This<'py>,
    args: &BindArguments<'py>,
    options: Option<&Bound<'py, PyDict>>,
) -> PyResult<Any<'py>> {
    let bind = match args.0.get_item("bind")? {
        Some(b) if !b.is_none() => b,
        _ => args.bind(session)?,
    };
    connection_for_bind(session, &bind, options)
}

/// Does the session's class say itself where statements go?
pub fn has_own_get_bind(session: &This<'_>) -> PyResult<bool> {
    let (class, py) = (session.get_type(), session.py());
    let base = py.get_type::<Session>();
    let name = pyo3::intern!(py, "get_bind");
    Ok(!class.is(&base) && !class.getattr(name)?.is(&base.getattr(name)?))
}

/// The connection that the unit of work writes rows of a mapper with.
pub fn connection_for_mapper<'py>(session: &This<'py>, mapper: &Any<'py>) -> PyResult<Any<'py>> {
    let single = {
        let d = session.get().d.lock();
        if d.binds.is_empty() { d.bind.as_ref().map(|b| b.bind(session.py()).clone()) } else { None }
    };
    if let Some(bind) = single
        && !has_own_get_bind(session)?
    {
        return connection_for_bind(session, &bind, None);
    }
    let args = PyDict::new(session.py());
    args.set_item("mapper", mapper)?;
    connection(session, &BindArguments(args), None)
}

/// The connection that these `bind_arguments` lead to.
pub fn connection_for<'py>(session: &This<'py>, args: Bound<'py, PyDict>) -> PyResult<Any<'py>> {
    connection(session, &BindArguments(args), None)
}

/// `execute()`.
pub(super) fn execute<'py>(
    session: &This<'py>,
    statement: &Any<'py>,
    params: Option<Any<'py>>,
    options: Option<Bound<'py, PyDict>>,
    args: BindArguments<'py>,
    parent: Option<Any<'py>>,
    add_event: Option<Any<'py>>,
) -> PyResult<Any<'py>> {
    // Listeners and user code in between may execute in the middle of this.
    crate::py::stack::deep(|| execute_here(session, statement, params, options, args, parent, add_event))
}

fn execute_here<'py>(
    session: &This<'py>,
    statement: &Any<'py>,
    params: Option<Any<'py>>,
    options: Option<Bound<'py, PyDict>>,
    args: BindArguments<'py>,
    parent: Option<Any<'py>>,
    add_event: Option<Any<'py>>,
) -> PyResult<Any<'py>> {
    let py = session.py();
    if let Some(tx) = session.get().current(py) {
        tx.get().require(py, "execute", &[TxState::Active])?;
    }
    let statement = coerce(statement)?;
    let merged = merge_options(session, None, options.as_ref())?;
    let params = params.filter(|p| !p.is_none());
    let shape = crate::py::orm::execute::shape(&statement)?;
    if !args.0.contains("clause")? {
        args.0.set_item("clause", &statement)?;
    }
    if let Some(mapper) = shape.mapper(py)?
        && !args.0.contains("mapper")?
    {
        args.0.set_item("mapper", mapper)?;
    }
    if let Some(found) = listeners(session.as_any(), Event::DoOrmExecute)?
        && parent.is_none()
    {
        let mut fns: Vec<Any<'py>> = found.try_iter()?.collect::<PyResult<_>>()?;
        fns.extend(add_event);
        let state = Bound::new(
            py,
            ORMExecuteState {
                session: session.clone().unbind(),
                d: Mutex::new(ExecuteData {
                    statement: statement.clone().unbind(),
                    parameters: params.clone().map(Bound::unbind),
                    execution_options: merge_options(session, Some(&statement), options.as_ref())?.unbind(),
                    bind_arguments: args.0.clone().unbind(),
                }),
                kind: shape.kind(),
                is_orm: shape.is_orm(),
                further: None,
                events: fns.iter().map(|f| f.clone().unbind()).collect(),
            },
        )?;
        for f in &fns {
            let out = f.call1((&state,))?;
            if !out.is_none() {
                return Ok(out);
            }
        }
        let (statement, params, options, args) = {
            let d = state.get().d.lock();
            (
                d.statement.bind(py).clone(),
                d.parameters.as_ref().map(|p| p.bind(py).clone()),
                d.execution_options.bind(py).clone(),
                d.bind_arguments.bind(py).clone(),
            )
        };
        let options = merge_options(session, None, Some(&options))?;
        return run(session, &statement, params, options, BindArguments(args));
    }
    run(session, &statement, params, merged, args)
}

/// Autoflush, connection, execution.
fn run<'py>(
    session: &This<'py>,
    statement: &Any<'py>,
    params: Option<Any<'py>>,
    options: Bound<'py, PyDict>,
    args: BindArguments<'py>,
) -> PyResult<Any<'py>> {
    let autoflush = options.get_item("autoflush")?.map_or(Ok(true), |a| a.is_truthy())?;
    if autoflush {
        flush::autoflush(session)?;
    }
    let bind = match args.0.get_item("bind")? {
        Some(b) if !b.is_none() => b,
        _ => args.bind(session)?,
    };
    let connection = connection_for_bind(session, &bind, None)?;
    let result = crate::py::orm::execute::run(session, &connection, statement, params, &options, &args.0)?;
    if let Ok(c) = connection.cast::<Connection>() {
        Connection::after_single(c, &result)?;
    }
    Ok(result)
}

/// The options of an execution: those of the session, then those of the call. `shown_beside`: without those of the session that
/// this statement has, too, as listeners are told them.
fn merge_options<'py>(
    session: &This<'py>,
    shown_beside: Option<&Any<'py>>,
    given: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyDict>> {
    let py = session.py();
    let out = PyDict::new(py);
    let own = session.get().d.lock().execution_options.as_ref().map(|o| o.bind(py).clone());
    if let Some(own) = own.filter(|o| !o.is_empty()) {
        let theirs = match shown_beside {
            Some(statement) => statement.getattr_opt(pyo3::intern!(py, "_execution_options"))?.filter(|o| !o.is_none()),
            None => None,
        };
        for (key, value) in own {
            if !theirs.as_ref().map_or(Ok(false), |t| t.contains(&key))? {
                out.set_item(key, value)?;
            }
        }
    }
    if let Some(given) = given {
        out.update(given.as_mapping())?;
    }
    Ok(out)
}

/// What `execute()` accepts: executable constructs, `__clause_element__()`; strings are refused as in SQLAlchemy.
fn coerce<'py>(statement: &Any<'py>) -> PyResult<Any<'py>> {
    let py = statement.py();
    if statement.is_instance_of::<PyString>() {
        return Err(errors::argument_error(
            py,
            format!("Textual SQL expression {0} should be explicitly declared as text({0})", statement.repr()?.text()),
        ));
    }
    let mut element = statement.clone();
    if element.getattr_opt("_execute_on_connection")?.is_none()
        && let Some(f) = element.getattr_opt("__clause_element__")?
    {
        element = f.call0()?;
    }
    if element.getattr_opt("_execute_on_connection")?.is_none() {
        return Err(errors::argument_error(
            py,
            format!("Executable SQL or text() construct expected, got {}.", statement.repr()?.text()),
        ));
    }
    Ok(element)
}

struct ExecuteData {
    statement: Py<PyAny>,
    parameters: Option<Py<PyAny>>,
    execution_options: Py<PyDict>,
    bind_arguments: Py<PyDict>,
}

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// SELECT and relatives.
    Select,
    /// INSERT.
    Insert,
    /// UPDATE.
    Update,
    /// DELETE.
    Delete,
    /// Text, DDL …
    Other,
}

/// What `do_orm_execute` listeners see and may change.
#[pyclass(name = "ORMExecuteState", module = "oxalchemy.orm.session", frozen, weakref)]
pub struct ORMExecuteState {
    session: Py<Session>,
    d: Mutex<ExecuteData>,
    kind: Kind,
    is_orm: bool,
    /// A load that follows another statement.
    further: Option<Further>,
    events: Vec<Py<PyAny>>,
}

#[pymethods]
impl ORMExecuteState {
    /// The session.
    #[getter]
    fn session(&self, py: Python<'_>) -> Py<Session> {
        self.session.clone_ref(py)
    }
    /// The statement; may be replaced.
    #[getter]
    fn get_statement(&self, py: Python<'_>) -> Py<PyAny> {
        self.d.lock().statement.clone_ref(py)
    }
    #[setter]
    fn set_statement(&self, statement: Py<PyAny>) {
        let old = std::mem::replace(&mut self.d.lock().statement, statement);
        drop(old);
    }
    /// Parameters.
    #[getter]
    fn get_parameters(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.d.lock().parameters.as_ref().map(|p| p.clone_ref(py))
    }
    #[setter]
    fn set_parameters(&self, parameters: Option<Py<PyAny>>) {
        let old = std::mem::replace(&mut self.d.lock().parameters, parameters);
        drop(old);
    }
    /// Options of this execution, those of the statement beneath.
    #[getter]
    fn execution_options<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (statement, local) = {
            let d = self.d.lock();
            (d.statement.bind(py).clone(), d.execution_options.bind(py).clone())
        };
        let Some(own) = statement.getattr_opt("_execution_options")?.filter(|o| !o.is_none()) else { return Ok(local) };
        let both = PyDict::new(py);
        both.call_method1("update", (own,))?;
        both.update(local.as_mapping())?;
        Ok(both)
    }
    #[getter]
    fn local_execution_options(&self, py: Python<'_>) -> Py<PyDict> {
        self.d.lock().execution_options.clone_ref(py)
    }
    /// Arguments of `get_bind()`.
    #[getter]
    fn bind_arguments(&self, py: Python<'_>) -> Py<PyDict> {
        self.d.lock().bind_arguments.clone_ref(py)
    }
    /// The mapper the statement is about.
    #[getter]
    fn bind_mapper<'py>(&self, py: Python<'py>) -> PyResult<Option<Any<'py>>> {
        let d = self.d.lock().bind_arguments.clone_ref(py);
        d.bind(py).get_item("mapper")
    }
    #[getter]
    fn all_mappers<'py>(&self, py: Python<'py>) -> PyResult<Vec<Any<'py>>> {
        Ok(self.bind_mapper(py)?.into_iter().collect())
    }
    #[getter]
    fn is_select(&self) -> bool {
        self.kind == Kind::Select
    }
    #[getter]
    fn is_from_statement(&self) -> bool {
        false
    }
    #[getter]
    fn is_insert(&self) -> bool {
        self.kind == Kind::Insert
    }
    #[getter]
    fn is_update(&self) -> bool {
        self.kind == Kind::Update
    }
    #[getter]
    fn is_delete(&self) -> bool {
        self.kind == Kind::Delete
    }
    #[getter]
    fn is_executemany(&self, py: Python<'_>) -> bool {
        self.get_parameters(py).is_some_and(|p| p.bind(py).is_instance_of::<pyo3::types::PyList>())
    }
    /// Whether mapped classes take part.
    #[getter]
    fn is_orm_statement(&self) -> bool {
        self.is_orm
    }
    /// A load of expired or deferred columns.
    #[getter]
    fn is_column_load(&self) -> bool {
        matches!(self.further, Some(Further::Columns { .. }))
    }
    /// A load of a relationship.
    #[getter]
    fn is_relationship_load(&self) -> bool {
        matches!(self.further, Some(Further::Relationship { .. }))
    }
    /// The state of the instance whose relationship is loaded on access.
    #[getter]
    fn lazy_loaded_from(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        match &self.further {
            Some(Further::Relationship { from, .. }) => from.as_ref().map(|f| f.clone_ref(py)),
            _ => None,
        }
    }
    /// Run the statement, with changes, through the rest of the listeners.
    #[pyo3(signature = (statement=None, params=None, execution_options=None, bind_arguments=None))]
    fn invoke_statement<'py>(
        &self,
        py: Python<'py>,
        statement: Option<Any<'py>>,
        params: Option<Any<'py>>,
        execution_options: Option<Bound<'py, PyDict>>,
        bind_arguments: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let (mine, my_params, options, args) = {
            let d = self.d.lock();
            (
                d.statement.bind(py).clone(),
                d.parameters.as_ref().map(|p| p.bind(py).clone()),
                d.execution_options.bind(py).clone(),
                d.bind_arguments.bind(py).clone(),
            )
        };
        let options = options.copy()?;
        if let Some(more) = execution_options {
            options.update(more.as_mapping())?;
        }
        let args = args.copy()?;
        if let Some(more) = bind_arguments {
            args.update(more.as_mapping())?;
        }
        let params = match (my_params, params) {
            (Some(mine), Some(more)) if mine.is_instance_of::<PyDict>() && more.is_instance_of::<PyDict>() => {
                let both = mine.cast::<PyDict>()?.copy()?;
                both.update(more.cast::<PyDict>()?.as_mapping())?;
                Some(both.into_any())
            }
            (mine, more) => more.or(mine),
        };
        let _ = &self.events;
        run(self.session.bind(py), &statement.unwrap_or(mine), params, options, BindArguments(args))
    }
    /// Add options.
    #[pyo3(signature = (**opts))]
    fn update_execution_options(&self, py: Python<'_>, opts: Option<Bound<'_, PyDict>>) -> PyResult<()> {
        let copy = self.local_execution_options(py).bind(py).copy()?;
        if let Some(opts) = opts {
            copy.update(opts.as_mapping())?;
        }
        let old = std::mem::replace(&mut self.d.lock().execution_options, copy.unbind());
        drop(old);
        Ok(())
    }
    #[getter]
    fn user_defined_options<'py>(&self, py: Python<'py>) -> PyResult<Any<'py>> {
        let statement = self.get_statement(py);
        let out = pyo3::types::PyList::empty(py);
        if let Some(options) = statement.bind(py).getattr_opt("_with_options")? {
            for o in options.try_iter()? {
                let o = o?;
                if o.getattr_opt("_is_user_defined_option")?.map_or(Ok(false), |x| x.is_truthy())? {
                    out.append(o)?;
                }
            }
        }
        Ok(out.into_any())
    }
    /// The way to what is loaded.
    #[getter]
    fn loader_strategy_path<'py>(&self, py: Python<'py>) -> PyResult<Option<Any<'py>>> {
        let path = match &self.further {
            None => return Ok(None),
            Some(Further::Columns { .. }) => pyo3::types::PyTuple::empty(py),
            Some(Further::Relationship { mapper, property, .. }) => {
                pyo3::types::PyTuple::new(py, [mapper.clone_ref(py), property.clone_ref(py)])?
            }
        };
        let class = py.import("oxalchemy.orm.path_registry")?.getattr("PathRegistry")?;
        class.call_method1("coerce", (path,)).map(Some)
    }
}

/// A load that follows another statement.
pub enum Further {
    /// Expired or deferred columns of an instance.
    Columns {
        /// The token of its identity.
        token: Option<Py<PyAny>>,
    },
    /// A relationship.
    Relationship {
        /// The state of the one instance it is for, when it is read on access.
        from: Option<Py<PyAny>>,
        /// The mapper that has it.
        mapper: Py<PyAny>,
        /// The relationship.
        property: Py<PyAny>,
    },
}

/// `do_orm_execute` listeners are told of a load that follows; gives the statement they leave, or the result they have.
pub fn tell_of_load<'py>(
    session: &This<'py>,
    statement: Any<'py>,
    mapper: Any<'py>,
    what: Further,
) -> PyResult<(Any<'py>, Option<Any<'py>>)> {
    let py = session.py();
    let Some(found) = listeners(session.as_any(), Event::DoOrmExecute)? else { return Ok((statement, None)) };
    let fns: Vec<Any<'py>> = found.try_iter()?.collect::<PyResult<_>>()?;
    let args = PyDict::new(py);
    args.set_item("clause", &statement)?;
    args.set_item("mapper", mapper)?;
    let own = merge_options(session, Some(&statement), None)?;
    if let Further::Columns { token: Some(token) } = &what {
        own.set_item("identity_token", token)?;
    }
    let state = Bound::new(
        py,
        ORMExecuteState {
            session: session.clone().unbind(),
            d: Mutex::new(ExecuteData {
                statement: statement.unbind(),
                parameters: None,
                execution_options: own.unbind(),
                bind_arguments: args.unbind(),
            }),
            kind: Kind::Select,
            is_orm: true,
            further: Some(what),
            events: fns.iter().map(|f| f.clone().unbind()).collect(),
        },
    )?;
    for f in &fns {
        let out = f.call1((&state,))?;
        if !out.is_none() {
            return Ok((state.get().get_statement(py).into_bound(py), Some(out)));
        }
    }
    Ok((state.get().get_statement(py).into_bound(py), None))
}
