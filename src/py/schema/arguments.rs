//! The arguments of constraints and indexes, and how these find their table by their columns.

use super::column::columns_of;
use super::constraint::home_of;
use super::join::join;
use super::kept::keep_name;
use super::{PyColumn, PyConstraint, PyIndex, PyTable, assemble, members, opt_text};
use crate::py::errors::argument_error;
use crate::py::ffi::{instance_dict, pairs};
use crate::py::imports;
use crate::py::sql::clause::ClauseElement;
use crate::py::sql::{ColumnClause, to_expr};
use crate::py::text::Text;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::schema::ConstraintKind;
use sql::schema::placement::Placement;

type Any<'py> = Bound<'py, PyAny>;

/// What every constraint may be told.
const COMMON: [&str; 5] = ["name", "deferrable", "initially", "info", "comment"];
/// What a foreign key constraint tells its keys.
const SHARED: [&str; 8] = ["name", "onupdate", "ondelete", "use_alter", "deferrable", "initially", "match", "link_to_name"];

/// What `_kind` of the class says: which arguments there are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `Constraint` itself.
    Plain,
    /// Columns, of which a class of its own makes something.
    Columns,
    Unique,
    Primary,
    Check,
    Foreign,
}

impl Kind {
    fn of(slf: &Bound<'_, PyConstraint>) -> PyResult<Self> {
        let word = slf.getattr(intern!(slf.py(), "_kind"))?;
        Ok(match word.cast::<PyString>()?.to_str()? {
            "columns" => Self::Columns,
            "unique" => Self::Unique,
            "primary" => Self::Primary,
            "check" => Self::Check,
            "foreign" => Self::Foreign,
            _ => Self::Plain,
        })
    }
    /// Arguments by their place; `None`: all of them are columns.
    fn places(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Plain => Some(&COMMON),
            Self::Columns | Self::Unique | Self::Primary => None,
            Self::Check => Some(&["sqltext", "name", "deferrable", "initially", "table", "info", "comment"]),
            Self::Foreign => Some(&[
                "columns",
                "refcolumns",
                "name",
                "onupdate",
                "ondelete",
                "deferrable",
                "initially",
                "use_alter",
                "link_to_name",
                "match",
                "table",
                "info",
                "comment",
            ]),
        }
    }
    /// Is this word an argument, not an option of a dialect?
    fn knows(self, word: &str) -> bool {
        COMMON.contains(&word)
            || match self {
                Self::Plain => false,
                Self::Columns | Self::Unique => word == "_from_column",
                Self::Primary => word == "_from_column" || word == "_implicit",
                Self::Check => ["sqltext", "table", "_rule", "_seek", "_type_bound"].contains(&word),
                Self::Foreign => self.places().is_some_and(|p| p.contains(&word)),
            }
    }
}

/// The arguments given that are not `None`, by name; those without a name; options of dialects.
struct Given<'py> {
    named: Bound<'py, PyDict>,
    columns: Vec<Any<'py>>,
    options: Option<Bound<'py, PyDict>>,
}

impl<'py> Given<'py> {
    fn get(&self, word: &str) -> PyResult<Option<Any<'py>>> {
        self.named.get_item(word)
    }
    fn flag(&self, word: &str) -> PyResult<bool> {
        self.get(word)?.map_or(Ok(false), |v| v.is_truthy())
    }
    /// Arguments that must be there.
    fn required<const N: usize>(&self, slf: &Any<'py>, words: [&str; N]) -> PyResult<[Any<'py>; N]> {
        let mut missing = Vec::new();
        for word in words {
            if self.get(word)?.is_none() {
                missing.push(format!("'{word}'"));
            }
        }
        if missing.is_empty() {
            let found = words.into_iter().filter_map(|w| self.get(w).transpose()).collect::<PyResult<Vec<_>>>()?;
            if let Ok(found) = found.try_into() {
                return Ok(found);
            }
        }
        let class = slf.get_type().name()?.text();
        let (n, plural) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
        let message = format!("{class}.__init__() missing {n} required positional argument{plural}: {}", missing.join(" and "));
        Err(PyTypeError::new_err(message))
    }
}

fn read<'py>(
    slf: &Any<'py>,
    places: Option<&[&str]>,
    knows: impl Fn(&str) -> bool,
    args: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Given<'py>> {
    let py = slf.py();
    let mut given = Given { named: PyDict::new(py), columns: Vec::new(), options: None };
    match places {
        None => given.columns = args.iter().collect(),
        Some(places) if args.len() > places.len() => {
            let class = slf.get_type().name()?.text();
            let message =
                format!("{class}.__init__() takes at most {} positional arguments ({} given)", places.len(), args.len());
            return Err(PyTypeError::new_err(message));
        }
        Some(places) => {
            for (word, value) in places.iter().zip(args.iter()) {
                if !value.is_none() {
                    given.named.set_item(word, value)?;
                }
            }
        }
    }
    for (word, value) in kw.map(pairs).unwrap_or_default() {
        let word = word.cast_into::<PyString>()?;
        let text = word.to_str()?;
        if knows(text) {
            if places.is_some_and(|p| p.iter().take(args.len()).any(|w| *w == text)) {
                let class = slf.get_type().name()?.text();
                return Err(PyTypeError::new_err(format!("{class}.__init__() got multiple values for argument '{text}'")));
            }
            if !value.is_none() {
                given.named.set_item(word, value)?;
            }
        } else {
            given.options.get_or_insert_with(|| PyDict::new(py)).set_item(word, value)?;
        }
    }
    Ok(given)
}

/// What a constraint is called with.
pub fn init<'py>(slf: &Bound<'py, PyConstraint>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let kind = Kind::of(slf)?;
    let given = read(slf, kind.places(), |word| kind.knows(word), args, kw)?;
    begin(slf, &given)?;
    match kind {
        Kind::Plain => Ok(()),
        Kind::Columns => {
            slf.call_method0(intern!(slf.py(), "_tell_rust"))?;
            take_columns(slf, given.columns, true)
        }
        Kind::Unique => {
            let inner = slf.get().inner();
            inner.d.write().kind = ConstraintKind::Unique;
            if given.flag("_from_column")? {
                inner.d.write().implicit = true;
                instance_dict(slf)?.set_item(intern!(slf.py(), "_from_column"), true)?;
            }
            take_columns(slf, given.columns, true)
        }
        Kind::Primary => {
            let inner = slf.get().inner();
            inner.d.write().kind = ConstraintKind::PrimaryKey;
            if given.flag("_implicit")? {
                inner.d.write().implicit = true;
                instance_dict(slf)?.set_item(intern!(slf.py(), "_implicit"), true)?;
            }
            take_columns(slf, given.columns, true)
        }
        Kind::Check => check(slf, &given),
        Kind::Foreign => foreign(slf, &given),
    }
}

/// What all constraints have.
fn begin<'py>(slf: &Bound<'py, PyConstraint>, given: &Given<'py>) -> PyResult<()> {
    let py = slf.py();
    let dict = instance_dict(slf)?;
    let inner = slf.get().inner();
    crate::py::ffi::remember(&inner.face, slf);
    members::number(&dict)?;
    if let Some(name) = given.get("name")? {
        let (name, is_conv) = keep_name(slf, &name)?;
        let mut d = inner.d.write();
        d.name = name;
        d.name_is_conv = is_conv;
    }
    for word in ["deferrable", "initially", "comment"] {
        if let Some(value) = given.get(word)? {
            slf.setattr(word, value)?;
        }
    }
    if let Some(info) = given.get("info")?
        && info.is_truthy()?
    {
        dict.set_item(intern!(py, "info"), info)?;
    }
    for word in ["_rule", "_type_bound"] {
        if let Some(value) = given.get(word)? {
            inner.d.write().type_bound |= word == "_type_bound" && value.is_truthy()?;
            dict.set_item(word, value)?;
        }
    }
    match &given.options {
        Some(options) => imports::take_options(py)?.call1((slf, options)).map(drop),
        None => Ok(()),
    }
}

fn check<'py>(slf: &Bound<'py, PyConstraint>, given: &Given<'py>) -> PyResult<()> {
    let py = slf.py();
    let [sqltext] = given.required(slf, ["sqltext"])?;
    let sqltext = as_text(&sqltext)?;
    instance_dict(slf)?.set_item(intern!(py, "sqltext"), &sqltext)?;
    let node = to_expr(&sqltext)?;
    slf.get().inner().d.write().kind = ConstraintKind::Check { sqltext: node };
    let seek = given.get("_seek")?.map_or(Ok(true), |s| s.is_truthy())?;
    take_columns(slf, columns_of(&sqltext)?.iter().collect(), seek)?;
    match given.get("table")? {
        Some(table) => join(slf, &table, &Placement::default()),
        None => Ok(()),
    }
}

fn foreign<'py>(slf: &Bound<'py, PyConstraint>, given: &Given<'py>) -> PyResult<()> {
    let py = slf.py();
    let [columns, targets] = given.required(slf, ["columns", "refcolumns"])?;
    let columns = columns.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    let targets = targets.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    if columns.len() != targets.len() {
        let message = "ForeignKeyConstraint number of constrained columns must match the number of referenced columns.";
        return Err(argument_error(py, message));
    }
    let dict = instance_dict(slf)?;
    let text = |word: &str| Ok::<_, PyErr>(given.get(word)?.as_ref().and_then(opt_text));
    slf.get().inner().d.write().kind = ConstraintKind::ForeignKey {
        elements: Vec::new(),
        onupdate: text("onupdate")?,
        ondelete: text("ondelete")?,
        match_: text("match")?,
        use_alter: given.flag("use_alter")?,
        link_to_name: given.flag("link_to_name")?,
    };
    let kw = match &given.options {
        Some(options) => options.copy()?,
        None => PyDict::new(py),
    };
    for word in SHARED {
        if let Some(value) = given.get(word)? {
            if !["name", "deferrable", "initially"].contains(&word) {
                dict.set_item(word, &value)?;
            }
            kw.set_item(word, value)?;
        }
    }
    let elements = PyList::empty(py);
    for target in targets {
        elements.append(imports::foreign_key(py)?.call((target, slf), Some(&kw))?)?;
    }
    slf.get().set_elements(&elements)?;
    dict.set_item(intern!(py, "elements"), elements)?;
    take_columns(slf, columns, true)?;
    match given.get("table")? {
        Some(table) => join(slf, &table, &Placement::default()),
        None => Ok(()),
    }
}

/// SQL text or an expression, as an expression.
fn as_text<'py>(value: &Any<'py>) -> PyResult<Any<'py>> {
    let py = value.py();
    if value.is_instance_of::<PyString>() {
        return imports::text(py)?.call1((value,));
    }
    clause(value)
}

/// What stands for SQL, as SQL.
fn clause<'py>(value: &Any<'py>) -> PyResult<Any<'py>> {
    if value.is_instance_of::<ClauseElement>() {
        return Ok(value.clone());
    }
    match value.getattr_opt(intern!(value.py(), "__clause_element__"))? {
        Some(make) => make.call0(),
        None => Ok(value.clone()),
    }
}

fn not_a_column(value: &Any<'_>) -> PyErr {
    let shown = value.repr().map(|r| r.text()).unwrap_or_default();
    argument_error(value.py(), format!("String column name or column expression for DDL constraint expected, got {shown}."))
}

/// Columns and names as given; with `seek` the part finds its table by them.
fn take_columns<'py>(part: &Any<'py>, columns: Vec<Any<'py>>, seek: bool) -> PyResult<()> {
    let py = part.py();
    let given = PyList::empty(py);
    for column in columns {
        let column = if column.is_instance_of::<PyString>() { column } else { clause(&column)? };
        if !column.is_instance_of::<PyString>() && !column.is_instance_of::<ColumnClause>() {
            return Err(not_a_column(&column));
        }
        given.append(column)?;
    }
    let dict = instance_dict(part)?;
    dict.set_item(intern!(py, "_given"), given)?;
    dict.set_item(intern!(py, "_held"), PyTuple::empty(py))?;
    if seek { seek_home(part) } else { Ok(()) }
}

/// A part that knows no table looks for it by its columns.
#[pyfunction]
#[pyo3(name = "_seek_home")]
pub fn seek_home(part: &Any<'_>) -> PyResult<()> {
    let py = part.py();
    let dict = instance_dict(part)?;
    let Some(given) = dict.get_item(intern!(py, "_given"))? else { return Ok(()) };
    let given = given.try_iter()?.collect::<PyResult<Vec<_>>>()?;
    let columns: Vec<_> = given.iter().filter(|c| c.is_instance_of::<PyColumn>()).cloned().collect();
    if columns.is_empty() || !part.call_method0(intern!(py, "_owner"))?.is_none() {
        return Ok(());
    }
    let spans = part.getattr(intern!(py, "_spans_tables"))?.is_truthy()?;
    let Some(home) = home_of(py, columns, spans)? else { return Ok(()) };
    if home.is_instance_of::<PyTable>() {
        return join(part, &home, &Placement::default());
    }
    // A name among them can belong to any table: only the user knows.
    if given.iter().all(|c| c.is_instance_of::<ColumnClause>()) {
        for column in home.try_iter()? {
            assemble::when_in_table(&column?, part.getattr(intern!(py, "_seek_home"))?)?;
        }
    }
    Ok(())
}

const INDEX_WORDS: [&str; 7] = ["name", "unique", "quote", "info", "_table", "_from_column", "_column_flag"];

/// What `Index(name, *expressions, …)` does.
pub fn init_index<'py>(slf: &Bound<'py, PyIndex>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = slf.py();
    let mut given = read(slf, None, |word| INDEX_WORDS.contains(&word), args, kw)?;
    let named = kw.map_or(Ok(false), |k| k.contains(intern!(py, "name")))?;
    if !named && given.columns.is_empty() {
        return Err(PyTypeError::new_err("Index.__init__() missing 1 required positional argument: 'name'"));
    }
    let name = if named { given.get("name")? } else { Some(given.columns.remove(0)).filter(|n| !n.is_none()) };
    let dict = instance_dict(slf)?;
    let name = match name {
        Some(name) => imports::quoted_name(py)?.call1((name, given.get("quote")?))?,
        None => py.None().into_bound(py),
    };
    slf.setattr(intern!(py, "name"), name)?;
    if let Some(unique) = given.get("unique")? {
        dict.set_item(intern!(py, "unique"), unique)?;
    }
    let from_column = given.flag("_from_column")? || given.flag("_column_flag")?;
    if from_column {
        dict.set_item(intern!(py, "_from_column"), true)?;
    }
    PyIndex::begin(slf, given.flag("unique")?, from_column);
    members::number(&dict)?;
    if let Some(info) = given.get("info")? {
        dict.set_item(intern!(py, "info"), info)?;
    }
    if let Some(options) = &given.options {
        imports::take_options(py)?.call1((slf, options))?;
    }
    let expressions = PyList::empty(py);
    let mut columns = Vec::new();
    for expression in given.columns.drain(..) {
        let expression = if expression.is_instance_of::<PyString>() { expression } else { clause(&expression)? };
        if expression.is_instance_of::<PyString>() || expression.is_instance_of::<PyColumn>() {
            columns.push(expression.clone());
        } else if expression.is_instance_of::<ClauseElement>() {
            // the first column inside an expression stands for it
            columns.extend(columns_of(&expression)?.iter().next());
        } else {
            return Err(not_a_column(&expression));
        }
        expressions.append(expression)?;
    }
    dict.set_item(intern!(py, "expressions"), expressions)?;
    let table = given.get("_table")?;
    take_columns(slf, columns, table.is_none())?;
    match table {
        Some(table) => join(slf, &table, &Placement::default()),
        None => Ok(()),
    }
}

/// An index becomes part of `owner`.
pub fn enter_index<'py>(slf: &Bound<'py, PyIndex>, owner: &Any<'py>) -> PyResult<()> {
    let py = slf.py();
    let dict = instance_dict(slf)?;
    let table = owner.cast::<PyTable>()?;
    let found = members::found_in(slf, &dict, table)?;
    let before = slf.getattr(intern!(py, "table"))?;
    if !before.is_none() && !before.is(owner) {
        let message = format!(
            "Index '{}' is against table '{}', and cannot be associated with table '{}'.",
            slf.getattr(intern!(py, "name"))?.text(),
            before.getattr("description")?.text(),
            owner.getattr("description")?.text()
        );
        return Err(argument_error(py, message));
    }
    if members::held(&dict)?.is_empty() {
        members::hold(slf, members::each_once(found)?)?;
    }
    dict.set_item(intern!(py, "table"), owner)?;
    owner.getattr(intern!(py, "indexes"))?.call_method1(intern!(py, "add"), (slf,))?;
    let expressions = PyList::empty(py);
    for expression in slf.getattr(intern!(py, "expressions"))?.try_iter()? {
        let expression = expression?;
        expressions.append(if expression.is_instance_of::<PyString>() {
            owner.getattr(intern!(py, "c"))?.get_item(&expression)?
        } else {
            expression
        })?;
    }
    slf.get().set_expressions(expressions.iter())?;
    dict.set_item(intern!(py, "expressions"), expressions)?;
    members::push_parts(table)?;
    imports::give_name(py)?.call1((slf, owner)).map(drop)
}
