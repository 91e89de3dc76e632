//! SQL constructs: compiled or found in the cache, run, and their rows described.

use super::super::connection::Connection;
use super::super::failure;
use super::super::meta::{Found, RowMeta};
use super::super::result::source::Buffered;
use super::super::result::{Core, View};
use super::super::row::Row;
use super::cursor_result::CursorResult;
use super::defaults::{self, Computed};
use super::entry::Entry;
use super::execution::{Execution, Running};
use super::gather::{self, Given};
use super::params::Params;
use super::rows::{Expressions, NativeRows, Reader, Shape};
use super::run::{Ran, Sending};
use super::{events, faces, logs, options, raw, values};
use crate::py::compile::live::{self, Rendering};
use crate::py::compile::{DialectBase, PyLiterals};
use crate::py::errors::sql_error;
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use rustc_hash::FxHasher;
use sql::ast::{ExecOptions, Node, QueryKind, naming, proxy};
use sql::compile::{CompileOptions, StatementKind, compile, hash};
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Instant;

/// Execution options that ride on a statement.
pub fn statement_options<'py>(py: Python<'py>, node: &Node) -> Option<Bound<'py, PyAny>> {
    let of = |o: &ExecOptions| o.as_ref().and_then(|h| PyHost::get(py, h));
    match node {
        Node::Query(q) => match &q.kind {
            QueryKind::Select(s) => of(&s.exec_options),
            QueryKind::Compound(s) => of(&s.exec_options),
            QueryKind::Textual(s) => of(&s.exec_options),
            QueryKind::FromStatement(s) => of(&s.exec_options),
            _ => None,
        },
        Node::Insert(s) => of(&s.common.exec_options),
        Node::Update(s) => of(&s.common.exec_options),
        Node::Delete(s) => of(&s.common.exec_options),
        _ => None,
    }
}

/// `execute()` of a construct, with its events.
pub fn execute<'py>(
    conn: &Bound<'py, Connection>,
    statement: &Bound<'py, PyAny>,
    node: Node,
    params: Params<'py>,
    execution_options: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let own = match statement_options(py, &node) {
        Some(o) => Some(o),
        None if matches!(node, Node::Expr(_)) => statement.getattr_opt("_execution_options")?,
        None => None,
    };
    let opts = options::merged(&conn.get().options(py), own.as_ref(), execution_options)?;
    let Some(listening) = events::listening(conn)? else { return run(conn, Some(statement), &node, params, &opts) };
    let heard = listening.before(statement, params, &opts)?;
    let node = if heard.changed { heard.node()? } else { node };
    let result = run(conn, Some(&heard.statement), &node, heard.params.clone(), &opts)?;
    heard.after(&result)?;
    Ok(result)
}

/// Names of the columns that parameters set, as they take part in compiling.
pub(super) fn column_keys(node: &Node, params: &Params<'_>) -> PyResult<Option<Vec<Arc<str>>>> {
    if !matches!(node, Node::Insert(_) | Node::Update(_)) {
        return Ok(None);
    }
    let Some(first) = params.first() else { return Ok(Some(Vec::new())) };
    let mut keys = Vec::with_capacity(first.len());
    for key in first.keys() {
        match key.cast::<PyString>() {
            Ok(s) => keys.push(s.to_str()?.into()),
            Err(_) => keys.push(key.getattr("key")?.extract::<String>()?.into()),
        }
    }
    Ok(Some(keys))
}

fn key_of(hash: u128, version: u64, keys: Option<&[Arc<str>]>, many: bool, map: Option<&Bound<'_, PyAny>>) -> PyResult<u128> {
    let mut h = FxHasher::default();
    (version, keys, many).hash(&mut h);
    if let Some(map) = map {
        map.repr()?.to_str()?.hash(&mut h);
    }
    let low = h.finish();
    low.rotate_left(17).hash(&mut h);
    Ok(hash ^ (u128::from(h.finish()) << 64 | u128::from(low)))
}

type Translation = Option<Arc<Vec<(Option<Arc<str>>, Option<Arc<str>>)>>>;

fn translation(map: Option<&Bound<'_, PyAny>>) -> PyResult<Translation> {
    let Some(map) = map else { return Ok(None) };
    let mut out = Vec::new();
    for item in map.call_method0("items")?.try_iter()? {
        let (from, to): (Option<String>, Option<String>) = item?.extract()?;
        out.push((from.map(Into::into), to.map(Into::into)));
    }
    Ok(Some(Arc::new(out)))
}

/// How a compiled statement was come by.
pub enum Origin {
    /// Compiled now.
    Generated,
    /// From the cache.
    Cached,
    /// Compiled now, and never cached.
    NoKey,
    /// Compiled now, the cache is off.
    Disabled,
}

/// The compiled statement and the values that ride on it.
pub struct Prepared {
    /// The compiled statement.
    pub entry: Arc<Entry>,
    /// Values of the statement at hand.
    pub binds: Vec<sql::compile::CollectedBind>,
    /// Where it came from.
    pub origin: Origin,
}

/// A compiled statement in a dictionary that a user gave as `compiled_cache`.
#[pyclass(name = "_CompiledEntry", module = "oxalchemy.engine.base", frozen)]
pub struct CachedEntry {
    entry: Arc<Entry>,
}

/// Compile a statement, or find it compiled.
pub fn prepare<'py>(
    conn: &Bound<'py, Connection>,
    node: &Node,
    keys: Option<Vec<Arc<str>>>,
    many: bool,
    opts: &Bound<'py, PyDict>,
) -> PyResult<Prepared> {
    prepare_shaped(conn, node, hash::shape(node), keys, many, opts)
}

/// The same, the statement's structure and values known.
pub fn prepare_shaped<'py>(
    conn: &Bound<'py, Connection>,
    node: &Node,
    shape: hash::Shape,
    keys: Option<Vec<Arc<str>>>,
    many: bool,
    opts: &Bound<'py, PyDict>,
) -> PyResult<Prepared> {
    let py = conn.py();
    crate::py::errors::settle()?;
    let dialect = conn.get().dialect(py);
    let data = DialectBase::data(dialect)?;
    let map = match opts.get_item("schema_translate_map")? {
        Some(m) if m.is_truthy()? => Some(m),
        _ => None,
    };
    let cache = conn.get().engine(py).get().cache.clone();
    let dict = match opts.get_item("compiled_cache")? {
        Some(c) if c.is_none() => Err(()),
        Some(c) => Ok(Some(c)),
        None => Ok(None),
    };
    let usable = dict.is_ok() && (cache.capacity() > 0 || matches!(dict, Ok(Some(_))));
    let key = match shape.hash {
        Some(h) if usable => Some(key_of(h, data.version, keys.as_deref(), many, map.as_ref())?),
        _ => None,
    };
    if let Some(key) = key {
        let found = match &dict {
            Ok(Some(d)) => match d.call_method1("get", (key,))?.cast_into::<CachedEntry>() {
                Ok(e) => Some(e.get().entry.clone()),
                Err(_) => None,
            },
            _ => cache.get(key),
        };
        if let Some(entry) = found {
            return Ok(Prepared { entry, binds: shape.binds, origin: Origin::Cached });
        }
    }
    let started = Instant::now();
    let literals = PyLiterals::of(dialect);
    let host = Rendering { dialect: dialect.clone().unbind(), executing: shape.hash.is_none() };
    let compile_options = CompileOptions {
        column_keys: keys,
        for_executemany: many,
        linting: dialect.getattr_opt("compiler_linting")?.map_or(Ok(false), |l| l.is_truthy())?,
        schema_translate_map: translation(map.as_ref())?,
        resolver: crate::py::compile::resolver(),
        literals: Some(&literals),
        hooks: live::hooks(),
        host: Some(&host),
        ..CompileOptions::default()
    };
    let compiled = compile(node, &data, &compile_options).map_err(|e| sql_error(py, e))?;
    crate::py::errors::settle()?;
    crate::py::compile::statement::warnings(py, &compiled)?;
    let cacheable = compiled.cacheable;
    let entry = Arc::new(Entry::new(py, compiled, dialect, started)?);
    let origin = match key {
        Some(key) if cacheable => {
            match &dict {
                Ok(Some(d)) => d.set_item(key, CachedEntry { entry: entry.clone() })?,
                _ => drop(cache.insert(key, entry.clone())),
            }
            Origin::Generated
        }
        _ if shape.hash.is_none() || !cacheable => Origin::NoKey,
        _ => Origin::Disabled,
    };
    Ok(Prepared { entry, binds: shape.binds, origin })
}

/// Words of the log about where a statement came from.
pub fn stats(origin: &Origin, entry: &Entry) -> String {
    match origin {
        Origin::Generated => logs::Stats::Generated(entry),
        Origin::Cached => logs::Stats::Cached(entry),
        Origin::NoKey => logs::Stats::NoKey(entry),
        Origin::Disabled => logs::Stats::Disabled(entry),
    }
    .text()
}

/// Compile, gather, run, describe.
pub fn run<'py>(
    conn: &Bound<'py, Connection>,
    statement: Option<&Bound<'py, PyAny>>,
    node: &Node,
    params: Params<'py>,
    opts: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let many = params.is_many();
    let keys = column_keys(node, &params)?;
    let Prepared { entry, binds, origin } = prepare(conn, node, keys, many, opts)?;
    Connection::prepare(conn)?;
    let exec = Execution::compiled(conn, opts, &entry, statement, binds);
    {
        let mut f = exec.f.lock();
        f.many = many;
        f.sets = params.sets();
    }
    let given = gather_all(conn, &exec, &params).or_else(|e| values::early(conn, &exec, e))?;
    let stats = if conn.get().echoes() { stats(&origin, &entry) } else { String::new() };
    let sending = Sending { conn, exec: &exec, stats: &stats };
    match super::run::send(&sending, &given, many, node)? {
        Ran::Native { native, outcome } => native_result(conn, &exec, native, outcome, node),
        Ran::Rows(rows, names) => buffered_result(conn, &exec, rows, &names, node),
        Ran::Cursor(cursor) => cursor_result(conn, &exec, cursor, node),
    }
}

pub(super) fn gather_all<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    params: &Params<'py>,
) -> PyResult<Vec<Vec<Given<'py>>>> {
    let py = conn.py();
    let Some(entry) = &exec.entry else { return Ok(Vec::new()) };
    let compute = defaults::any(exec);
    let one = |set: Option<&Bound<'py, PyDict>>, group: Option<usize>| -> PyResult<Vec<Given<'py>>> {
        let computed = if compute { defaults::compute(conn, exec, set)? } else { Computed::default() };
        let given = gather::gather(py, entry, &exec.binds, set, &computed, group)?;
        if compute {
            exec.f.lock().computed.push(computed);
        }
        Ok(given)
    };
    match params {
        Params::None => Ok(vec![one(None, None)?]),
        Params::One(d) => Ok(vec![one(Some(d), None)?]),
        Params::Many(sets) => sets.iter().enumerate().map(|(i, d)| one(Some(d), Some(i))).collect(),
    }
}

/// Names and conversions of the rows of a statement; kept with the compiled statement.
pub fn shape(py: Python<'_>, entry: &Entry, names: &[&str], driver_names: bool) -> PyResult<Arc<Shape>> {
    let compiled = &entry.compiled;
    let by_cursor = driver_names
        || compiled.result.is_empty()
        || compiled.result_textual
        || compiled.result.len() != names.len()
        || !compiled.result_ordered;
    if !by_cursor && let Some(s) = entry.shape.lock().clone() {
        return Ok(s);
    }
    let by_name = PyDict::new(py);
    let made = if by_cursor {
        let ordered = driver_names && compiled.result.len() == names.len() && compiled.result_ordered;
        let mut procs = Vec::with_capacity(names.len());
        for (i, name) in names.iter().enumerate() {
            let found = if ordered {
                Some(i)
            } else {
                compiled
                    .result
                    .iter()
                    .position(|c| &*c.name == *name)
                    .or_else(|| compiled.result.iter().position(|c| &*c.key == *name))
            };
            let ty = found.and_then(|i| compiled.result.get(i)).map(|c| c.ty.clone()).unwrap_or_else(sql::types::null_type);
            procs.push(crate::py::types::result_processor(py, &ty, &dialect_of(py, entry)?)?);
            by_name.set_item(*name, i)?;
            if let Some(c) = found.and_then(|i| compiled.result.get(i)).filter(|_| !driver_names) {
                for extra in std::iter::once(&c.key).chain(&c.names) {
                    if !by_name.contains(&**extra)? {
                        by_name.set_item(&**extra, i)?;
                    }
                }
            }
        }
        let plain = procs.iter().all(|p| matches!(p, crate::py::types::ResultProc::Raw));
        Shape { keys: PyTuple::new(py, names)?.unbind(), by_name: by_name.unbind(), columns: None, procs: procs.into(), plain }
    } else {
        // What the user wrote as text is called what the cursor calls it.
        let textual = compiled.kind == StatementKind::Text;
        let key = |(c, name): (&'_ sql::compile::ResultColumn, &&str)| match textual || c.key.is_empty() {
            true => PyString::intern(py, name),
            false => PyString::intern(py, &c.key),
        };
        let keys: Vec<_> = compiled.result.iter().zip(names).map(key).collect();
        for (i, c) in compiled.result.iter().enumerate() {
            let Some(key) = keys.get(i).filter(|_| !c.repeated) else { continue };
            match by_name.contains(key)? {
                true => by_name.set_item(key, py.None())?,
                false => by_name.set_item(key, i)?,
            }
        }
        for (i, c) in compiled.result.iter().enumerate() {
            for extra in std::iter::once(&c.name).chain(&c.names).chain(c.repeated.then_some(&c.key)) {
                if !by_name.contains(&**extra)? {
                    by_name.set_item(PyString::intern(py, extra), i)?;
                }
            }
        }
        Shape {
            keys: PyTuple::new(py, keys)?.unbind(),
            by_name: by_name.unbind(),
            columns: None,
            procs: entry.results.clone(),
            plain: entry.plain,
        }
    };
    let made = Arc::new(made);
    if !by_cursor {
        let old = entry.shape.lock().replace(made.clone());
        // Without the lock: its end may run Python code.
        drop(old);
    }
    Ok(made)
}

fn dialect_of<'py>(py: Python<'py>, entry: &Entry) -> PyResult<Bound<'py, PyAny>> {
    Ok(entry.dialect.bind(py).clone())
}

pub(super) fn metadata(py: Python<'_>, exec: &Arc<Running>, shape: &Shape, node: &Node) -> PyResult<Py<RowMeta>> {
    let Some(entry) = &exec.entry else { return Py::new(py, RowMeta::shared(py, shape, None)?) };
    let current = (!same(&entry.compiled.statement, node)).then(|| node.clone());
    let fallback = Expressions { compiled: entry.compiled.clone(), current };
    Py::new(py, RowMeta::shared(py, shape, Some(Arc::new(fallback)))?)
}

fn same(a: &Node, b: &Node) -> bool {
    match (a, b) {
        (Node::Query(a), Node::Query(b)) => Arc::ptr_eq(a, b),
        (Node::Insert(a), Node::Insert(b)) => Arc::ptr_eq(a, b),
        (Node::Update(a), Node::Update(b)) => Arc::ptr_eq(a, b),
        (Node::Delete(a), Node::Delete(b)) => Arc::ptr_eq(a, b),
        (Node::Expr(a), Node::Expr(b)) => Arc::ptr_eq(a, b),
        _ => false,
    }
}

fn asks_driver_names(exec: &Execution, py: Python<'_>) -> PyResult<bool> {
    options::flag(exec.options.bind(py), "driver_column_names")
}

/// RETURNING that the user did not write: its rows are kept for primary keys and defaults.
fn implicit(entry: &Entry) -> bool {
    entry.compiled.dml.as_ref().is_some_and(|d| !d.returning && !d.implicit_returning.is_empty())
}

fn no_rows<'py>(conn: &Bound<'py, Connection>, exec: &Arc<Running>) -> PyResult<Bound<'py, PyAny>> {
    CursorResult::make(conn.py(), View::new(Core::new(None), None), exec)
}

fn native_result<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    native: Arc<crate::py::dbapi::NativeConnection>,
    outcome: drivers::Outcome,
    node: &Node,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let Some(entry) = &exec.entry else { return no_rows(conn, exec) };
    {
        let mut f = exec.f.lock();
        f.rowcount = outcome.rowcount;
        if entry.compiled.kind == StatementKind::Insert || entry.compiled.kind == StatementKind::Text {
            f.lastrowid = match native.lastrowid(&outcome) {
                Some(id) => Some(id.into_pyobject(py)?.into_any().unbind()),
                None => None,
            };
        }
    }
    if !outcome.returns_rows() {
        return no_rows(conn, exec);
    }
    let names: smallvec::SmallVec<[&str; 16]> = outcome.columns.iter().map(|c| &*c.name).collect();
    let shape = shape(py, entry, &names, asks_driver_names(exec, py)?)?;
    let reader = Reader { columns: shape.columns.clone(), procs: shape.procs.clone(), plain: shape.plain };
    let mut source = NativeRows::new(Some(native), outcome.rows, outcome.cursor, reader, exec.clone());
    if implicit(entry) {
        let mut rows = Vec::new();
        super::super::result::RowSource::fetch(&mut source, py, None, &mut rows)?;
        return returned_result(py, exec, rows, &shape);
    }
    let meta = metadata(py, exec, &shape, node)?;
    let core = Core::new(Some(logs::rows(conn, shape.keys.bind(py), Box::new(source))?));
    if let Some(n) = exec.options.bind(py).get_item("yield_per")?.filter(|v| !v.is_none()) {
        core.note_yield_per(n.extract()?);
    }
    CursorResult::make(py, View::new(core, Some(meta)), exec)
}

/// The result of an implicit RETURNING: it has columns, and rows only where `supplemental_cols` asked for them.
fn returned_result<'py>(
    py: Python<'py>,
    exec: &Arc<Running>,
    rows: Vec<Py<PyAny>>,
    shape: &Shape,
) -> PyResult<Bound<'py, PyAny>> {
    let meta = keep_returned(py, exec, rows, shape)?;
    let shown = exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()).is_some_and(|d| d.supplemental);
    let rows: Vec<_> = match shown {
        true => exec.f.lock().returned.iter().map(|r| r.clone_ref(py).into_any()).collect(),
        false => Vec::new(),
    };
    CursorResult::make(py, View::new(Core::new(Some(Box::new(Buffered::new(rows, false).like_cursor()))), Some(meta)), exec)
}

fn keep_returned(py: Python<'_>, exec: &Arc<Running>, rows: Vec<Py<PyAny>>, shape: &Shape) -> PyResult<Py<RowMeta>> {
    // The columns are the table's own, whichever statement of this shape runs: they are found as the compiled ones are.
    let by_column = exec.entry.as_ref().map(|entry| {
        Arc::new(Expressions { compiled: entry.compiled.clone(), current: None }) as Arc<dyn crate::py::engine::meta::KeyFallback>
    });
    let meta = Py::new(py, RowMeta::shared(py, shape, by_column)?)?;
    let mut tuples = Vec::with_capacity(rows.len());
    let defaults = PyList::empty(py);
    for row in rows {
        let data = row.into_bound(py).cast_into::<PyTuple>()?.unbind();
        defaults.append(Py::new(py, Row { data: data.clone_ref(py), meta: meta.clone_ref(py) })?)?;
        tuples.push(data);
    }
    let mut f = exec.f.lock();
    f.returned = tuples;
    // None when there is nothing, as for a statement without RETURNING.
    f.returned_defaults = (!defaults.is_empty()).then(|| defaults.unbind());
    Ok(meta)
}

pub(super) fn buffered_result<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    rows: Vec<Py<PyAny>>,
    names: &[String],
    node: &Node,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let Some(entry) = &exec.entry else { return no_rows(conn, exec) };
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shape = shape(py, entry, &names, false)?;
    if implicit(entry) {
        return returned_result(py, exec, rows, &shape);
    }
    let meta = metadata(py, exec, &shape, node)?;
    let source = Buffered::new(rows, false).like_cursor();
    let core = Core::new(Some(logs::rows(conn, shape.keys.bind(py), Box::new(source))?));
    CursorResult::make(py, View::new(core, Some(meta)), exec)
}

fn cursor_result<'py>(
    conn: &Bound<'py, Connection>,
    exec: &Arc<Running>,
    cursor: Bound<'py, PyAny>,
    node: &Node,
) -> PyResult<Bound<'py, PyAny>> {
    let py = conn.py();
    let Some(entry) = &exec.entry else { return raw::result(conn, exec, cursor, None) };
    let names: Vec<String> = raw::names(&cursor)?.iter().map(|n| n.extract()).collect::<PyResult<_>>()?;
    if names.is_empty() {
        return raw::result(conn, exec, cursor, None);
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let shape = shape(py, entry, &names, asks_driver_names(exec, py)?)?;
    if implicit(entry) {
        exec.note_cursor(&cursor)?;
        let mut rows = Vec::new();
        super::super::result::source::read_all(&cursor, &shape.procs, shape.plain, &mut rows)?;
        failure::close_cursor(conn, &cursor)?;
        exec.set_cursor(None);
        return returned_result(py, exec, rows, &shape);
    }
    let meta = metadata(py, exec, &shape, node)?;
    let typed = raw::Typed { meta, procs: shape.procs.clone(), plain: shape.plain };
    raw::result(conn, exec, cursor, Some(typed))
}

/// See [`Expressions`].
pub fn find_expression(known: &Expressions, key: &Bound<'_, PyAny>) -> PyResult<Found> {
    let Some(e) = faces::expr_of(key)? else { return Ok(Found::No) };
    let id = naming::identity(&e);
    let result = &known.compiled.result;
    let is_it = |x: &sql::ast::ExprRef| match &x.kind {
        sql::ast::ExprKind::UnaryPrefix { op: sql::ast::Op::Distinct, operand } => {
            naming::identity(operand) == id || naming::identity(x) == id
        }
        _ => naming::identity(x) == id,
    };
    let exact = result.iter().position(|c| c.exprs.iter().any(is_it));
    if let Some(i) = exact {
        return Ok(Found::At(i));
    }
    let current = known.current.as_ref().map(proxy::node_columns).unwrap_or_default();
    if let Some(i) = current.iter().position(|(_, x)| naming::identity(x) == id) {
        return Ok(Found::At(i));
    }
    let mine: Vec<u64> = proxy::proxy_set(&e).iter().map(naming::identity).collect();
    let touches = |x: &sql::ast::ExprRef| proxy::proxy_set(x).iter().any(|p| mine.contains(&naming::identity(p)));
    let near: Vec<usize> =
        result.iter().enumerate().filter(|(_, c)| !c.repeated && c.exprs.iter().any(touches)).map(|(i, _)| i).collect();
    match near.as_slice() {
        [i] => return Ok(Found::At(*i)),
        [_, ..] => return Ok(Found::Ambiguous),
        [] => {}
    }
    if let Some(i) = current.iter().position(|(_, x)| touches(x)) {
        return Ok(Found::At(i));
    }
    Ok(Found::No)
}

/// Parameters by name, one dict a set.
pub fn named_params<'py>(py: Python<'py>, exec: &Execution) -> PyResult<Vec<Bound<'py, PyDict>>> {
    let Some(entry) = &exec.entry else { return Ok(Vec::new()) };
    let sets: Vec<Option<Py<PyDict>>> = {
        let f = exec.f.lock();
        if f.sets.is_empty() { vec![None] } else { f.sets.iter().map(|s| Some(s.clone_ref(py))).collect() }
    };
    let mut out = Vec::with_capacity(sets.len());
    for (n, set) in sets.iter().enumerate() {
        let set = set.as_ref().map(|s| s.bind(py));
        let d = PyDict::new(py);
        for (i, bind) in entry.compiled.binds.iter().enumerate() {
            let computed = exec.f.lock().computed.get(n).and_then(|c| c.get(py, i));
            let value = match computed {
                Some(v) => Some(v),
                None => gather::known(py, entry, &exec.binds, set, i)?,
            };
            d.set_item(&*bind.name, value)?;
        }
        out.push(d);
    }
    Ok(out)
}

/// Parameters as the driver got them.
pub fn driver_params<'py>(py: Python<'py>, exec: &Execution) -> PyResult<Bound<'py, PyAny>> {
    let Some(entry) = &exec.entry else { return Ok(PyTuple::empty(py).into_any()) };
    let mut sets = Vec::new();
    for named in named_params(py, exec)? {
        if !entry.compiled.paramstyle.is_positional() {
            sets.push(named.into_any());
            continue;
        }
        let values = entry
            .compiled
            .positions
            .iter()
            .filter_map(|p| entry.compiled.binds.get(*p as usize))
            .map(|b| named.get_item(&*b.name))
            .collect::<PyResult<Vec<_>>>()?;
        sets.push(PyTuple::new(py, values)?.into_any());
    }
    if exec.f.lock().many {
        return Ok(PyList::new(py, sets)?.into_any());
    }
    Ok(sets.pop().unwrap_or_else(|| PyTuple::empty(py).into_any()))
}

/// The face of the compiled statement.
pub fn compiled_face<'py>(py: Python<'py>, exec: &Execution) -> PyResult<Option<Bound<'py, PyAny>>> {
    let (Some(_), Some(invoked)) = (&exec.entry, &exec.invoked) else { return Ok(None) };
    let kw = PyDict::new(py);
    kw.set_item("dialect", exec.connection.get().dialect(py))?;
    if let Some(first) = exec.f.lock().sets.first() {
        kw.set_item("column_keys", first.bind(py).keys())?;
    }
    invoked.bind(py).call_method("compile", (), Some(&kw)).map(Some)
}

/// Faces of the columns whose values only the server knows.
pub fn postfetch_columns<'py>(py: Python<'py>, exec: &Execution) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let Some(dml) = exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()) else { return Ok(Vec::new()) };
    dml.postfetch.iter().map(|c| faces::column(py, c)).collect()
}

/// Faces of the columns whose values were computed before execution.
pub fn prefetch_columns<'py>(py: Python<'py>, exec: &Execution) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let Some(dml) = exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()) else { return Ok(Vec::new()) };
    dml.insert_prefetch.iter().chain(&dml.update_prefetch).map(|p| faces::column(py, &p.column)).collect()
}

/// Rows of primary keys: from parameters, RETURNING, or the driver's last row id.
pub fn primary_keys<'py>(py: Python<'py>, exec: &Execution) -> PyResult<Bound<'py, PyList>> {
    if let Some(known) = exec.f.lock().primary_keys.as_ref().map(|k| k.bind(py).clone()) {
        return Ok(known);
    }
    let out = PyList::empty(py);
    if let Some(dml) = exec.entry.as_ref().and_then(|e| e.compiled.dml.as_ref()) {
        let columns = dml
            .table
            .as_ref()
            .and_then(|t| t.d.read().primary_key.clone())
            .map(|k| k.d.read().columns.clone())
            .unwrap_or_default();
        let keys: Vec<Arc<str>> = columns.iter().map(|c| c.key()).collect();
        let auto = dml.table.as_ref().and_then(|t| t.autoincrement_column().ok().flatten());
        let meta = Py::new(py, RowMeta::new(py, PyTuple::new(py, keys.iter().map(|k| &**k))?.unbind(), false, None)?)?;
        let (lastrowid, many, returned) = {
            let f = exec.f.lock();
            let returned: Vec<_> = f.returned.iter().map(|r| r.bind(py).clone()).collect();
            (f.lastrowid.as_ref().map(|l| l.bind(py).clone()), f.many, returned)
        };
        for (n, named) in named_params(py, exec)?.into_iter().enumerate() {
            let mut values = Vec::new();
            for column in &columns {
                let bind = dml.primary_key.iter().find(|(c, _)| Arc::ptr_eq(c, column)).and_then(|(_, b)| b.clone());
                let is_auto = auto.as_ref().is_some_and(|a| Arc::ptr_eq(a, column)) || columns.len() == 1;
                let given = match bind {
                    Some(b) => named.get_item(&*b)?.filter(|v| !v.is_none()),
                    None => None,
                };
                let at = dml.implicit_returning.iter().position(|c| Arc::ptr_eq(c, column));
                values.push(match (given, at.zip(returned.get(n))) {
                    (Some(v), _) => Some(v),
                    (None, Some((at, row))) => Some(row.get_item(at)?),
                    (None, None) if !many && is_auto && !dml.inline => lastrowid.clone(),
                    _ => None,
                });
            }
            let data = PyTuple::new(py, values)?.unbind();
            out.append(Py::new(py, Row { data, meta: meta.clone_ref(py) })?)?;
        }
    }
    exec.f.lock().primary_keys = Some(out.clone().unbind());
    Ok(out)
}
