//! A statement of `Query` or `Session.execute`, from start to rows.

use super::plans::{self, Plan, Planned};
use super::prepared::unique_instances;
use super::source::Rows;
use super::stream::Streamed;
use super::{Host, dml, from_statement, result, source};
use crate::py::engine::events::{Event, listeners};
use crate::py::engine::execute::events::{self, Heard};
use crate::py::engine::meta::RowMeta;
use crate::py::engine::row::Row;
use crate::py::errors;
use crate::py::orm::loading::context::QueryContext;
use crate::py::orm::loading::{Loader, Mode, Runtime, post};
use crate::py::orm::options::normalize;
use crate::py::orm::session::Session;
use crate::py::sql::{coerce, face};
use crate::py::text::Text;
use orm::compile::Settings;
use orm::loadplan::{Item, LoadPlan};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use rustc_hash::FxHashSet;
use sql::ast::{Node, QueryKind, QueryRef, Select, SelectItem};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// A statement to run, and how.
#[derive(Clone)]
pub struct Job<'py> {
    /// The session, or something that stands for one.
    pub session: Any<'py>,
    /// What to run.
    pub node: Node,
    /// Values of its parameters.
    pub params: Option<Any<'py>>,
    /// Execution options.
    pub options: Option<Any<'py>>,
    /// Flush first.
    pub autoflush: bool,
    /// Loaded instances are overwritten.
    pub populate_existing: bool,
    /// Eager joins are rendered.
    pub eagerloads: bool,
    /// Fetch in batches.
    pub yield_per: Option<usize>,
    /// Single entities as rows.
    pub only_tuples: bool,
    /// The query.
    pub query: Option<Any<'py>>,
}

/// Rows of a job.
pub struct Loaded<'py> {
    /// Instances (`single`) or tuples of elements.
    pub rows: Vec<Any<'py>>,
    /// The plan they were made by.
    pub plan: Arc<LoadPlan>,
    /// The columns clause of the statement at hand.
    pub columns: Vec<SelectItem>,
}

impl Loaded<'_> {
    /// Rows are instances of one entity.
    pub fn single(&self) -> bool {
        matches!(self.plan.items.as_slice(), [Item::Entity(_)])
    }
}

/// The session object behind a session or a registry of sessions.
pub fn session_of<'py>(obj: &Any<'py>) -> PyResult<Bound<'py, Session>> {
    if let Ok(s) = obj.cast::<Session>() {
        return Ok(s.clone());
    }
    if let Some(registry) = obj.getattr_opt("registry")? {
        return Ok(registry.call0()?.cast_into::<Session>()?);
    }
    if let Some(s) = obj.getattr_opt("sync_session")? {
        return Ok(s.cast_into::<Session>()?);
    }
    Err(errors::argument_error(obj.py(), format!("Session expected, got {}", obj.repr()?.text())))
}

fn option<'py>(options: Option<&Any<'py>>, name: &str) -> PyResult<Option<Any<'py>>> {
    match options {
        Some(o) => match o.cast::<PyDict>() {
            Ok(d) => d.get_item(name),
            Err(_) => {
                let v = o.call_method1("get", (name,))?;
                Ok((!v.is_none()).then_some(v))
            }
        },
        None => Ok(None),
    }
}

/// The bind that the statement goes to.
fn connection<'py>(session: &Bound<'py, Session>, node: &Node) -> PyResult<Any<'py>> {
    let py = session.py();
    let shape = super::shape::shape_of(node);
    if let (Some(e), Node::Query(query)) = (shape.entity(), node) {
        return super::prepared::connection_of(session, e, || query.clone());
    }
    let args = PyDict::new(py);
    args.set_item("clause", face::wrap_node(py, node)?)?;
    crate::py::orm::session::connection_for(session, args)
}

/// A SELECT that was sent; its rows are to be made into instances.
pub struct Begun {
    /// How that is done.
    pub plan: Arc<Plan>,
    /// The same, for the dialect at hand.
    pub runtime: Arc<Runtime>,
    /// The driver's rows.
    pub rows: Rows,
    /// `FOR UPDATE`: what was loaded before is refreshed.
    pub locked: bool,
}

/// Lets listeners of the connection have the statement; the job is as they want it then.
fn announced<'py>(connection: &Any<'py>, job: &mut Job<'py>) -> PyResult<Option<Heard<'py>>> {
    if !events::used() {
        return Ok(None);
    }
    let options = job.options.as_ref().map(as_dict).transpose()?;
    let heard = source::announce(connection, &job.node, job.params.as_ref(), options.as_ref())?;
    if let Some(heard) = heard.as_ref().filter(|h| h.changed) {
        job.node = heard.node()?;
    }
    Ok(heard)
}

fn query_of<'a>(py: Python<'_>, job: &'a Job<'_>) -> PyResult<&'a QueryRef> {
    match &job.node {
        Node::Query(query) => Ok(query),
        _ => Err(errors::invalid_request(py, "a SELECT was expected")),
    }
}

fn select_of<'a>(py: Python<'_>, query: &'a QueryRef) -> PyResult<&'a Select> {
    query.as_select().ok_or_else(|| errors::invalid_request(py, "a SELECT was expected"))
}

/// Load the rows of the job's query.
pub fn load<'py>(session: &Bound<'py, Session>, connection: &Any<'py>, mut job: Job<'py>) -> PyResult<Loaded<'py>> {
    let py = session.py();
    let heard = announced(connection, &mut job)?;
    let query = query_of(py, &job)?;
    if let QueryKind::FromStatement(f) = &query.kind {
        return from_statement::load(session, connection, &job, f, heard);
    }
    let select = select_of(py, query)?;
    let _pause = crate::py::ffi::GcPause::new(py);
    let Begun { plan, runtime, rows: mut cursor, locked } = begin(connection, &job, select, heard)?;
    let mut loader = loader(session, &job, locked)?;
    let mut rows = Vec::new();
    while let Some(batch) = cursor.next(py)? {
        collect(&mut loader, &runtime, batch, &mut rows)?;
    }
    post::run(session, &mut loader, &mode_of(&job, locked), &plan.prepared.plan.criteria)?;
    Ok(Loaded { rows, plan: plan.prepared.plan.clone(), columns: select.columns.clone() })
}

/// Send a SELECT.
fn begin<'py>(connection: &Any<'py>, job: &Job<'py>, select: &Select, heard: Option<Heard<'py>>) -> PyResult<Begun> {
    let py = connection.py();
    let host = Host::new(py);
    let mut settings = Settings::top(&host);
    settings.eager = job.eagerloads;
    let options = job.options.as_ref().map(as_dict).transpose()?;
    let Planned { plan, shape } = plans::find(connection, &job.node, select, &settings, |s| {
        let mut select = s.clone();
        normalize(py, &mut select.options)?;
        user_options(&mut select);
        Ok(select)
    })?;
    let prepared = &plan.prepared;
    if job.yield_per.is_some() && (prepared.plan.unique || prepared.plan.buffered) {
        return Err(errors::invalid_request(
            py,
            "Can't use yield_per with eager loaders that require uniquing or row buffering, e.g. joinedload() against collections \
             or subqueryload().  Consider the selectinload() strategy for better flexibility in loading objects.",
        ));
    }
    let runtime = prepared.runtime(py, &connection.getattr("dialect")?)?;
    let (params, options) = (job.params.as_ref(), options.as_ref());
    let rows = source::open_heard(connection, &plan.node, Some(shape), params, options, heard)?;
    if select.columns.iter().any(super::star::is_text) {
        super::star::check_width(py, select, prepared.plan.width, rows.columns(py)?.len())?;
    }
    Ok(Begun { plan, runtime, rows, locked: select.for_update.is_some() })
}

/// A result that loads batch after batch.
fn streamed<'py>(session: &Bound<'py, Session>, connection: &Any<'py>, mut job: Job<'py>, per: usize) -> PyResult<Any<'py>> {
    let py = session.py();
    let heard = announced(connection, &mut job)?;
    let select = select_of(py, query_of(py, &job)?)?;
    let begun = begin(connection, &job, select, heard)?;
    let plan = begun.plan.prepared.plan.clone();
    let single = matches!(plan.items.as_slice(), [Item::Entity(_)]);
    let rows = Streamed::new(session, &job, begun, per, single);
    result::over(py, Box::new(rows), single, &plan, &select.columns, Some(per))
}

/// The rows of a batch, appended.
pub(super) fn collect<'py>(
    loader: &mut Loader<'py>,
    runtime: &Runtime,
    batch: &base::RowBatch,
    rows: &mut Vec<Any<'py>>,
) -> PyResult<()> {
    if let Some(root) = runtime.single() {
        return loader.instances(root, batch, rows);
    }
    for i in 0..batch.rows() {
        rows.push(loader.row(runtime, batch, i)?.into_any());
    }
    Ok(())
}

pub(super) fn mode_of(job: &Job<'_>, locked: bool) -> Mode {
    Mode { populate_existing: job.populate_existing, refresh_all: locked, execution: execution(job), ..Mode::default() }
}

/// Execution options that the loads of relationships have as well.
pub(super) fn execution(job: &Job<'_>) -> Option<Py<PyDict>> {
    let options = job.options.as_ref()?.cast::<PyDict>().ok()?;
    (!options.is_empty()).then(|| options.clone().unbind())
}

/// A loader for a job.
pub(super) fn loader<'py>(session: &Bound<'py, Session>, job: &Job<'py>, locked: bool) -> PyResult<Loader<'py>> {
    let py = session.py();
    let context = if Event::Load.used() || Event::Refresh.used() {
        Some(Bound::new(
            py,
            QueryContext {
                session: session.clone().unbind(),
                query: job.query.as_ref().map(|q| q.clone().unbind()),
                populate_existing: job.populate_existing,
            },
        )?)
    } else {
        None
    };
    let mut mode = mode_of(job, locked);
    mode.token = option(job.options.as_ref(), "identity_token")?.filter(|t| !t.is_none()).map(Bound::unbind);
    Loader::new(session, mode, context)
}

/// The mapping as a dict.
pub(super) fn as_dict<'py>(o: &Any<'py>) -> PyResult<Bound<'py, PyDict>> {
    match o.cast::<PyDict>() {
        Ok(d) => Ok(d.clone()),
        Err(_) => {
            let d = PyDict::new(o.py());
            d.call_method1("update", (o,))?;
            Ok(d)
        }
    }
}

/// Options of the user's own (`UserDefinedOption`, `CompileStateOption`) act on the statement.
fn user_options(select: &mut Select) {
    select.options.retain(|o| {
        let any = o.as_any();
        any.is::<orm::options::LoaderOption>() || any.is::<orm::compile::BaseAlias>()
    });
}

/// Rows of a job as user code of `Query` gets them.
pub fn all<'py>(job: Job<'py>) -> PyResult<Vec<Any<'py>>> {
    let py = job.session.py();
    let session = session_of(&job.session)?;
    if listeners(session.as_any(), Event::DoOrmExecute)?.is_some() {
        return through_session(&job);
    }
    let Node::Query(query) = &job.node else { return through_session(&job) };
    if query.as_select().is_some_and(super::star::is_star) {
        return through_session(&job);
    }
    if job.autoflush {
        super::autoflush(&session)?;
    }
    let connection = connection(&session, &job.node)?;
    let (only_tuples, unique) = (job.only_tuples, job.yield_per.is_none());
    let loaded = load(&session, &connection, job)?;
    legacy_rows(py, loaded, only_tuples, unique)
}

/// Instances, or rows with names. Rows with instances are made unique, as `Query` always did.
fn legacy_rows<'py>(py: Python<'py>, loaded: Loaded<'py>, only_tuples: bool, unique: bool) -> PyResult<Vec<Any<'py>>> {
    let single = loaded.single();
    let Loaded { mut rows, plan, columns } = loaded;
    if single && !only_tuples {
        if unique {
            unique_instances(&mut rows);
        }
        return Ok(rows);
    }
    let meta = result::meta(py, &plan, &columns, false)?;
    let unique = unique && plan.items.iter().any(|i| matches!(i, Item::Entity(_)));
    let mut seen: FxHashSet<Vec<usize>> = FxHashSet::default();
    let mut out = Vec::with_capacity(rows.len());
    for r in rows {
        let tuple = if single { PyTuple::new(py, [r])? } else { r.cast_into::<PyTuple>()? };
        if unique && !seen.insert(identity_of(&tuple, &plan)?) {
            continue;
        }
        out.push(row(py, tuple, &meta)?);
    }
    Ok(out)
}

fn row<'py>(py: Python<'py>, tuple: Bound<'py, PyTuple>, meta: &Py<RowMeta>) -> PyResult<Any<'py>> {
    Ok(Bound::new(py, Row { data: tuple.unbind(), meta: meta.clone_ref(py) })?.into_any())
}

/// What makes two rows the same: instances by identity, values by hash.
fn identity_of(tuple: &Bound<'_, PyTuple>, plan: &LoadPlan) -> PyResult<Vec<usize>> {
    tuple
        .iter()
        .zip(&plan.items)
        .map(|(v, item)| match item {
            Item::Entity(_) => Ok(v.as_ptr() as usize),
            _ => Ok(crate::py::errors::ignoring::<pyo3::exceptions::PyTypeError, _>(v.py(), v.hash())?
                .map_or(v.as_ptr() as usize, isize::cast_unsigned)),
        })
        .collect()
}

/// Through `session.execute`, where listeners may step in.
fn through_session<'py>(job: &Job<'py>) -> PyResult<Vec<Any<'py>>> {
    let py = job.session.py();
    let statement = face::wrap_node(py, &job.node)?;
    let options = match &job.options {
        Some(o) => as_dict(o)?.copy()?,
        None => PyDict::new(py),
    };
    options.set_item("_sa_orm_legacy", true)?;
    options.set_item("autoflush", job.autoflush)?;
    options.set_item("populate_existing", job.populate_existing)?;
    let kw = PyDict::new(py);
    kw.set_item("execution_options", options)?;
    let result = job.session.call_method("execute", (statement, job.params.clone()), Some(&kw))?;
    let single = match &job.node {
        Node::Query(q) => match &q.kind {
            QueryKind::Select(s) => matches!(s.columns.as_slice(), [SelectItem::Entity(_)]),
            QueryKind::FromStatement(f) => matches!(f.entities.as_slice(), [SelectItem::Entity(_)]),
            _ => false,
        },
        _ => false,
    };
    let unique = result.call_method0("unique")?;
    let rows = if single && !job.only_tuples {
        unique.call_method0("scalars")?.call_method0("all")?
    } else {
        unique.call_method0("all")?
    };
    rows.try_iter()?.collect()
}

/// An iterator that loads batch after batch.
pub fn stream<'py>(job: Job<'py>) -> PyResult<Any<'py>> {
    let py = job.session.py();
    let session = session_of(&job.session)?;
    let listened = listeners(session.as_any(), Event::DoOrmExecute)?.is_some();
    let select = match &job.node {
        Node::Query(query) if !listened => query.as_select(),
        _ => None,
    };
    let (Some(select), Some(per)) = (select, job.yield_per) else {
        return Ok(PyList::new(py, all(job)?)?.try_iter()?.into_any());
    };
    if job.autoflush {
        super::autoflush(&session)?;
    }
    let connection = connection(&session, &job.node)?;
    let lone = matches!(select.columns.as_slice(), [SelectItem::Entity(_)]) && !job.only_tuples;
    let result = streamed(&session, &connection, job, per)?;
    let rows = if lone { result.call_method0("scalars")? } else { result };
    Ok(rows.try_iter()?.into_any())
}

/// Rows of a result that the caller executed.
pub fn from_cursor<'py>(job: Job<'py>, cursor: &Any<'py>) -> PyResult<Vec<Any<'py>>> {
    let py = job.session.py();
    let session = session_of(&job.session)?;
    let items: Vec<SelectItem> = match &job.node {
        Node::Query(q) => match &q.kind {
            QueryKind::Select(s) => s.columns.clone(),
            QueryKind::FromStatement(f) => f.entities.clone(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let loaded = from_statement::of_result(&session, &job, &items, cursor)?;
    legacy_rows(py, loaded, job.only_tuples, true)
}

/// `Session.execute`: the statement on its connection.
pub fn run<'py>(
    session: &Bound<'py, Session>,
    connection: &Any<'py>,
    statement: &Any<'py>,
    params: Option<Any<'py>>,
    options: &Bound<'py, PyDict>,
    bind_arguments: &Bound<'py, PyDict>,
) -> PyResult<Any<'py>> {
    let _ = bind_arguments;
    let py = session.py();
    let Some(node) = crate::py::errors::ignoring_ours(py, "SQLAlchemyError", coerce::node(statement))? else {
        return core(connection, statement, params, options);
    };
    let shape = super::shape::shape_of(&node);
    if !shape.is_orm() {
        return core(connection, statement, params, options);
    }
    match &node {
        Node::Query(query) => {
            let own = statement.getattr_opt("_execution_options")?;
            let merged = PyDict::new(py);
            if let Some(own) = own.filter(|o| !o.is_none()) {
                merged.call_method1("update", (own,))?;
            }
            merged.update(options.as_mapping())?;
            let flag = |name: &str| -> PyResult<bool> { merged.get_item(name)?.map_or(Ok(false), |v| v.is_truthy()) };
            let job = Job {
                session: session.clone().into_any(),
                node: node.clone(),
                params: params.filter(|p| !p.is_none()),
                autoflush: false,
                populate_existing: flag("populate_existing")?,
                eagerloads: true,
                yield_per: merged.get_item("yield_per")?.filter(|v| !v.is_none()).map(|v| v.extract()).transpose()?,
                only_tuples: true,
                query: None,
                options: Some(merged.into_any()),
            };
            if !matches!(query.kind, QueryKind::Select(_) | QueryKind::FromStatement(_)) {
                return core(connection, statement, job.params, options);
            }
            if let Some(plain) = query.as_select().map(|s| super::star::plain(py, s)).transpose()?.flatten() {
                return core(connection, &plain, job.params, options);
            }
            if let (Some(per), Some(_)) = (job.yield_per, query.as_select()) {
                return streamed(session, connection, job, per);
            }
            let loaded = load(session, connection, job)?;
            result::make(py, loaded)
        }
        Node::Insert(_) | Node::Update(_) | Node::Delete(_) => dml::run(session, connection, statement, &node, params, options),
        _ => core(connection, statement, params, options),
    }
}

/// A statement without ORM parts.
pub(super) fn core<'py>(
    connection: &Any<'py>,
    statement: &Any<'py>,
    params: Option<Any<'py>>,
    options: &Bound<'py, PyDict>,
) -> PyResult<Any<'py>> {
    let kw = PyDict::new(connection.py());
    kw.set_item("execution_options", options)?;
    let params = params.filter(|p| !p.is_none()).unwrap_or_else(|| PyDict::new(connection.py()).into_any());
    connection.call_method("execute", (statement, params), Some(&kw))
}
