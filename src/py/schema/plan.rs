//! The steps of `create_all()`, `drop_all()` and their kin, with Python objects in them.

use super::ddl::synced;
use super::table::table_of;
use super::{PyIndex, PyMetaData, PySequence};
use crate::py::errors::{sql_error, to_sql_error, warn};
use crate::py::sql::{wrap_expr, wrap_from};
use crate::py::text::Text;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySet};
use sql::ddl::plan::{Catalog, Look, Plan, Planner, Powers, Step, Subject};
use sql::schema::{Index, Sequence, Table};
use sql::{FaceSlot, SqlResult};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;
/// What to do, with what, and what else it needs.
type Verb<'py> = (&'static str, Any<'py>, Any<'py>);

/// The database as Python asks it: three functions of an object.
struct Asking<'py> {
    py: Python<'py>,
    table: Any<'py>,
    index: Any<'py>,
    sequence: Any<'py>,
}

impl<'py> Asking<'py> {
    fn ask(&self, function: &Any<'py>, face: PyResult<Any<'py>>) -> SqlResult<bool> {
        let answer = face.and_then(|f| function.call1((f,))).and_then(|a| a.is_truthy());
        answer.map_err(|e| to_sql_error(self.py, e))
    }
}

impl Catalog for Asking<'_> {
    fn table(&self, table: &Arc<Table>) -> SqlResult<bool> {
        self.ask(&self.table, wrap_from(self.py, &table.as_from()))
    }
    fn index(&self, index: &Arc<Index>) -> SqlResult<bool> {
        self.ask(&self.index, live(self.py, &index.face))
    }
    fn sequence(&self, sequence: &Arc<Sequence>) -> SqlResult<bool> {
        self.ask(&self.sequence, live(self.py, &sequence.face))
    }
}

/// The Python object of a part; tables and MetaData hold those of theirs.
fn live<'py>(py: Python<'py>, slot: &FaceSlot) -> PyResult<Any<'py>> {
    crate::py::ffi::face(py, slot).ok_or_else(|| {
        let message =
            "a constraint, index or sequence is still part of its table, but its object is gone: keep a reference to it";
        crate::py::errors::invalid_request(py, message)
    })
}

fn subject_of(obj: &Any<'_>, tables: Option<Vec<Any<'_>>>) -> PyResult<Option<Subject>> {
    if let Ok(metadata) = obj.cast::<PyMetaData>() {
        let all = match &tables {
            Some(tables) => tables.clone(),
            None => obj.getattr("tables")?.call_method0("values")?.try_iter()?.collect::<PyResult<_>>()?,
        };
        let chosen = all.iter().map(synced).collect::<PyResult<Vec<_>>>()?;
        return Ok(Some(Subject::MetaData(metadata.get().inner.clone(), tables.map(|_| chosen))));
    }
    if let Ok(index) = obj.cast::<PyIndex>() {
        return Ok(Some(Subject::Index(index.get().inner())));
    }
    if let Ok(sequence) = obj.cast::<PySequence>() {
        return Ok(Some(Subject::Sequence(sequence.get().inner()?)));
    }
    if obj.is_instance_of::<super::PyTable>() {
        synced(obj)?;
        return Ok(Some(Subject::Table(table_of(obj)?)));
    }
    Ok(None)
}

/// The steps that create (or drop) `target`, as `(verb, object, more)`, and the tables in order.
///
/// `powers`: what the database can do: alter, sequences, sequences_optional, comments, inline_comments, constraint_comments.
/// `look`: what to look for: tables, views, indexes, sequences. `ask`: functions of a table, an index, a sequence.
#[pyfunction]
#[pyo3(signature = (drop, target, powers, look, ask, tables=None))]
pub fn ddl_plan<'py>(
    py: Python<'py>,
    drop: bool,
    target: &Any<'py>,
    powers: (bool, bool, bool, bool, bool, bool),
    look: (bool, bool, bool, bool),
    ask: (Any<'py>, Any<'py>, Any<'py>),
    tables: Option<Vec<Any<'py>>>,
) -> PyResult<(Vec<Verb<'py>>, Vec<Any<'py>>)> {
    let Some(subject) = subject_of(target, tables)? else {
        let message = format!("MetaData, Table, Index or Sequence expected for CREATE or DROP, got {}", target.repr()?.text());
        return Err(crate::py::errors::argument_error(py, message));
    };
    let (alter, sequences, sequences_optional, comments, inline_comments, constraint_comments) = powers;
    let asking = Asking { py, table: ask.0, index: ask.1, sequence: ask.2 };
    let planner = Planner {
        powers: Powers { alter, sequences, sequences_optional, comments, inline_comments, constraint_comments },
        look: Look { tables: look.0, views: look.1, indexes: look.2, sequences: look.3 },
        catalog: &asking,
    };
    let plan = if drop {
        match planner.drop(&subject).map_err(|e| sql_error(py, e))? {
            Ok(plan) => plan,
            Err(found) => {
                let message = format!(
                    "Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {}.  Please ensure \
                     that the ForeignKey and ForeignKeyConstraint objects involved in the cycle have names so that they can be \
                     dropped using DROP CONSTRAINT.",
                    names(&found.tables)
                );
                return Err(circular(py, message, &found.cycle.tables)?);
            }
        }
    } else {
        match planner.create(&subject).map_err(|e| sql_error(py, e))? {
            Ok(plan) => plan,
            Err(cycle) => {
                let message = format!("Circular dependency detected between tables {}.", names(&cycle.tables));
                return Err(circular(py, message, &cycle.tables)?);
            }
        }
    };
    if let Some(tables) = &plan.unsorted {
        let message = format!(
            "Can't sort tables for DROP; an unresolvable foreign key dependency exists between tables: {}; and backend does not \
             support ALTER.  To restore at least a partial sort, apply use_alter=True to ForeignKey and ForeignKeyConstraint \
             objects involved in the cycle to mark these as known cycles that will be ignored.",
            names(tables)
        );
        warn(py, "SAWarning", &message)?;
    }
    let faces = plan.tables.iter().map(|t| wrap_from(py, &t.as_from())).collect::<PyResult<_>>()?;
    Ok((verbs(py, drop, plan)?, faces))
}

fn names(tables: &[Arc<Table>]) -> String {
    let mut keys: Vec<_> = tables.iter().map(|t| t.key()).collect();
    keys.sort();
    keys.join(", ")
}

/// `CircularDependencyError` about tables.
pub fn circular(py: Python<'_>, message: String, tables: &[Arc<Table>]) -> PyResult<PyErr> {
    let faces = tables.iter().map(|t| wrap_from(py, &t.as_from())).collect::<PyResult<Vec<_>>>()?;
    let class = crate::py::imports::exc(py, "CircularDependencyError")?;
    Ok(PyErr::from_value(class.call1((message, PySet::new(py, &faces)?, PySet::empty(py)?))?))
}

fn verbs(py: Python<'_>, drop: bool, plan: Plan) -> PyResult<Vec<Verb<'_>>> {
    let (before, after) = if drop { ("before_drop", "after_drop") } else { ("before_create", "after_create") };
    let none = || py.None().into_bound(py);
    let face = |subject: &Subject| match subject {
        Subject::MetaData(m, _) => live(py, &m.face),
        Subject::Table(t) => wrap_from(py, &t.as_from()),
        Subject::Index(i) => live(py, &i.face),
        Subject::Sequence(s) => live(py, &s.face),
    };
    let verb = |step: Step| -> PyResult<Verb<'_>> {
        Ok(match step {
            Step::Before(s) => (before, face(&s)?, none()),
            Step::After(s) => (after, face(&s)?, none()),
            Step::CreateTable(t, None) => ("create_table", wrap_from(py, &t.as_from())?, none()),
            Step::CreateTable(t, Some(keys)) => {
                let keys = keys.iter().map(|k| live(py, &k.face)).collect::<PyResult<Vec<_>>>()?;
                ("create_table", wrap_from(py, &t.as_from())?, PyList::new(py, keys)?.into_any())
            }
            Step::DropTable(t) => ("drop_table", wrap_from(py, &t.as_from())?, none()),
            Step::AddKey(c) => ("add_constraint", live(py, &c.face)?, none()),
            Step::DropKey(c) => ("drop_constraint", live(py, &c.face)?, none()),
            Step::CreateIndex(i) => ("create_index", live(py, &i.face)?, none()),
            Step::DropIndex(i) => ("drop_index", live(py, &i.face)?, none()),
            Step::CreateSequence(s) => ("create_sequence", live(py, &s.face)?, none()),
            Step::DropSequence(s) => ("drop_sequence", live(py, &s.face)?, none()),
            Step::CommentTable(t) => ("comment_table", wrap_from(py, &t.as_from())?, none()),
            Step::CommentColumn(c) => ("comment_column", wrap_expr(py, &c.to_expr())?, none()),
            Step::CommentConstraint(c) => ("comment_constraint", live(py, &c.face)?, none()),
        })
    };
    plan.steps.into_iter().map(verb).collect()
}
