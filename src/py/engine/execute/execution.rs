//! [`Execution`]: the facts about one run of a statement, from which results and contexts answer.

use super::super::connection::Connection;
use super::context::ExecutionContext;
use super::defaults::Computed;
use super::entry::Entry;
use parking_lot::Mutex;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::compile::{CollectedBind, Prefetch};
use std::ops::Deref;
use std::sync::Arc;

/// What changes while a statement runs.
#[derive(Default)]
pub struct Facts {
    /// Text as the driver got it; the compiled one when nobody changed it.
    pub statement: Option<Py<PyString>>,
    /// Parameters as the driver got them; made on demand from `bound` when absent.
    pub params: Option<Py<PyAny>>,
    /// executemany.
    pub many: bool,
    /// The PEP 249 cursor, while it is open.
    pub cursor: Option<Py<PyAny>>,
    /// It is a DDL element.
    pub ddl: bool,
    /// Rows changed.
    pub rowcount: i64,
    /// The driver's last row id.
    pub lastrowid: Option<Py<PyAny>>,
    /// Sets of parameters as given.
    pub sets: Vec<Py<PyDict>>,
    /// Values that were computed for columns, by set of parameters.
    pub computed: Vec<Computed>,
    /// Rows that RETURNING gave for columns which the user did not ask for.
    pub returned: Vec<Py<PyTuple>>,
    /// Primary keys of inserted rows.
    pub primary_keys: Option<Py<PyList>>,
    /// Rows that RETURNING gave for server-side defaults.
    pub returned_defaults: Option<Py<PyList>>,
    /// The result closes the connection.
    pub closes: bool,
    /// Set of parameters whose defaults are being computed.
    pub current: Option<Py<PyDict>>,
    /// Column whose default is being computed.
    pub current_column: Option<Py<PyAny>>,
    /// That default.
    pub current_default: Option<Prefetch>,
}

/// A run of a statement as who runs it and its result hold it: the facts, and the context object, once somebody asked for it. The
/// context holds the facts alone: together they would hold each other for ever.
pub struct Running {
    facts: Arc<Execution>,
    context: Mutex<Option<Py<ExecutionContext>>>,
}

impl Running {
    fn new(facts: Execution) -> Arc<Self> {
        Arc::new(Self { facts: Arc::new(facts), context: Mutex::new(None) })
    }

    /// What hooks see of it: the same object each time.
    pub fn context<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, ExecutionContext>> {
        if let Some(c) = self.context.lock().as_ref().map(|c| c.bind(py).clone()) {
            return Ok(c);
        }
        let made = Bound::new(py, ExecutionContext { exec: self.facts.clone() })?;
        *self.context.lock() = Some(made.clone().unbind());
        Ok(made)
    }
}

impl Deref for Running {
    type Target = Execution;
    fn deref(&self) -> &Execution {
        &self.facts
    }
}

/// One run of a statement.
pub struct Execution {
    /// The connection.
    pub connection: Py<Connection>,
    /// Execution options in effect.
    pub options: Py<PyDict>,
    /// The compiled statement; `None` for text.
    pub entry: Option<Arc<Entry>>,
    /// The statement as given.
    pub invoked: Option<Py<PyAny>>,
    /// Binds of the statement as given.
    pub binds: Vec<CollectedBind>,
    /// The rest.
    pub f: Mutex<Facts>,
}

impl Execution {
    /// Of text.
    pub fn raw(conn: &Bound<'_, Connection>, sql: &Bound<'_, PyString>, options: &Bound<'_, PyDict>) -> Arc<Running> {
        let f = Facts { statement: Some(sql.clone().unbind()), rowcount: -1, ..Facts::default() };
        Running::new(Self {
            connection: conn.clone().unbind(),
            options: options.clone().unbind(),
            entry: None,
            invoked: None,
            binds: Vec::new(),
            f: Mutex::new(f),
        })
    }

    /// Of a DDL element.
    pub fn ddl(
        conn: &Bound<'_, Connection>,
        sql: &Bound<'_, PyString>,
        options: &Bound<'_, PyDict>,
        invoked: &Bound<'_, PyAny>,
    ) -> Arc<Running> {
        let f = Facts { statement: Some(sql.clone().unbind()), rowcount: -1, ddl: true, ..Facts::default() };
        Running::new(Self {
            connection: conn.clone().unbind(),
            options: options.clone().unbind(),
            entry: None,
            invoked: Some(invoked.clone().unbind()),
            binds: Vec::new(),
            f: Mutex::new(f),
        })
    }

    /// Of a compiled statement.
    pub fn compiled(
        conn: &Bound<'_, Connection>,
        options: &Bound<'_, PyDict>,
        entry: &Arc<Entry>,
        invoked: Option<&Bound<'_, PyAny>>,
        binds: Vec<CollectedBind>,
    ) -> Arc<Running> {
        Running::new(Self {
            connection: conn.clone().unbind(),
            options: options.clone().unbind(),
            entry: Some(entry.clone()),
            invoked: invoked.map(|i| i.clone().unbind()),
            binds,
            f: Mutex::new(Facts { rowcount: -1, ..Facts::default() }),
        })
    }

    /// The text as the driver got it.
    pub fn statement<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyString>> {
        let f = self.f.lock();
        match (&f.statement, &self.entry) {
            (Some(s), _) => Some(s.bind(py).clone()),
            (None, Some(e)) => Some(e.sql.bind(py).clone()),
            _ => None,
        }
    }

    /// Set the text.
    pub fn set_statement(&self, sql: &Bound<'_, PyString>) {
        let old = self.f.lock().statement.replace(sql.clone().unbind());
        drop(old);
    }

    /// Set the parameters.
    pub fn set_params(&self, params: Bound<'_, PyAny>, many: bool) {
        let mut f = self.f.lock();
        f.many = many;
        let old = f.params.replace(params.unbind());
        drop(f);
        drop(old);
    }

    /// Set the cursor.
    pub fn set_cursor(&self, cursor: Option<&Bound<'_, PyAny>>) {
        let old = std::mem::replace(&mut self.f.lock().cursor, cursor.map(|c| c.clone().unbind()));
        drop(old);
    }

    /// The result closes the connection.
    pub fn set_closes(&self, closes: bool) {
        self.f.lock().closes = closes;
    }

    /// Keep what a cursor knows after execution.
    pub fn note_cursor(&self, cursor: &Bound<'_, PyAny>) -> PyResult<()> {
        let rowcount = crate::py::errors::value_of::<i64>(&cursor.getattr("rowcount")?)?.unwrap_or(-1);
        let lastrowid = cursor.getattr_opt("lastrowid")?.map(Bound::unbind);
        let mut f = self.f.lock();
        f.rowcount = rowcount;
        let old = std::mem::replace(&mut f.lastrowid, lastrowid);
        drop(f);
        drop(old);
        Ok(())
    }
}
