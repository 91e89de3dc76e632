//! From the Inspector's answers to the parts of a Table: one call in. Python is entered for types, and for what listens to
//! `column_reflect`; a dialect or an Inspector of the user's that answers a question itself is asked.

use super::memory::{ask, is_plain, prefetch_once, supported, with_connection};
use crate::py::errors::{argument_error, ignoring, warn};
use crate::py::ffi::instance_dict;
use crate::py::imports;
use crate::py::schema::join::{fire_column_reflect, join};
use crate::py::schema::{PyConstraint, PyTable, members};
use crate::py::text::Text;
use engine::reflect::is_covered;
use pyo3::exceptions::PyNotImplementedError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::schema::placement::Placement;

type Any<'py> = Bound<'py, PyAny>;

/// The Inspector's methods about one table.
pub const METHODS: [&str; 8] = [
    "get_columns",
    "get_pk_constraint",
    "get_foreign_keys",
    "get_indexes",
    "get_unique_constraints",
    "get_check_constraints",
    "get_table_options",
    "get_table_comment",
];

/// What there is to know while a table is filled.
struct Filler<'py> {
    inspector: Any<'py>,
    /// The reader answers everything.
    plain: bool,
    table: Bound<'py, PyTable>,
    name: Any<'py>,
    schema: Option<Any<'py>>,
    include: Option<Vec<String>>,
    exclude: Vec<String>,
    resolve: bool,
    extend_on: Any<'py>,
    /// Options of the Table that say how to reflect it, and the tables that it refers to.
    options: Bound<'py, PyDict>,
    /// Name in the database to Column, which may have another key.
    by_name: Bound<'py, PyDict>,
}

/// The schema after `schema_translate_map`.
fn translated<'py>(bind: &Any<'py>, schema: &Any<'py>) -> PyResult<Option<Any<'py>>> {
    let py = bind.py();
    if let Some(options) = bind.getattr_opt(intern!(py, "get_execution_options"))?
        && let Ok(options) = options.call0()?.cast::<PyDict>()
        && let Some(map) = options.get_item(intern!(py, "schema_translate_map"))?
        && map.is_truthy()?
    {
        return Ok(Some(map.call_method1("get", (schema, schema))?).filter(|s| !s.is_none()));
    }
    Ok(Some(schema.clone()).filter(|s| !s.is_none()))
}

/// Fill `table` with what the database has.
#[pyfunction]
#[pyo3(name = "_reflect_table")]
pub fn reflect_table<'py>(
    inspector: &Any<'py>,
    table: &Bound<'py, PyTable>,
    include: Option<Vec<String>>,
    exclude: Option<Vec<String>>,
    resolve: bool,
    extend_on: &Any<'py>,
) -> PyResult<()> {
    let py = inspector.py();
    if !extend_on.is_none() {
        if extend_on.contains(table)? {
            return Ok(());
        }
        extend_on.call_method1(intern!(py, "add"), (table,))?;
    }
    with_connection(inspector, |connection| {
        // one connection for all the questions
        let within = inspector.call_method1(intern!(py, "_on"), (connection,))?;
        let schema = translated(&within.getattr(intern!(py, "bind"))?, &table.getattr(intern!(py, "schema"))?)?;
        let plain = is_plain(&within)?;
        let name = table.getattr(intern!(py, "name"))?;
        if plain {
            prefetch_once(&within, schema.as_ref().map(Text::text).as_deref(), &name.text(), resolve)?;
        }
        let options = PyDict::new(py);
        let words = within.getattr(intern!(py, "dialect"))?.getattr(intern!(py, "reflection_options"))?;
        if words.len()? > 0 {
            let given = table.getattr("dialect_kwargs")?;
            for word in words.try_iter()? {
                let word = word?;
                if given.contains(&word)? {
                    options.set_item(&word, given.get_item(&word)?)?;
                }
            }
        }
        let filler = Filler {
            inspector: within,
            plain,
            table: table.clone(),
            name,
            schema,
            include: include.filter(|i| !i.is_empty()),
            exclude: exclude.unwrap_or_default(),
            resolve,
            extend_on: extend_on.clone(),
            options,
            by_name: PyDict::new(py),
        };
        filler.fill()
    })
}

impl<'py> Filler<'py> {
    fn py(&self) -> Python<'py> {
        self.table.py()
    }

    /// The answer about the table; `None` where the database has none.
    fn ask(&self, question: &str, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Option<Any<'py>>> {
        let py = self.py();
        if self.plain {
            let reader = self.inspector.getattr(intern!(py, "_catalog"))?;
            if ignoring::<PyNotImplementedError, _>(py, supported(&reader, question))?.is_none() {
                return Ok(None);
            }
            let kw = kw.cloned().unwrap_or_else(|| PyDict::new(py));
            return ask(&self.inspector, question, &self.name, self.schema.as_ref(), &kw).map(Some);
        }
        let answer = self.inspector.call_method(format!("get_{question}"), (&self.name, &self.schema), kw);
        ignoring::<PyNotImplementedError, _>(py, answer)
    }

    fn each(
        &self,
        question: &str,
        kw: Option<&Bound<'py, PyDict>>,
        with: impl Fn(&Bound<'py, PyDict>) -> PyResult<()>,
    ) -> PyResult<()> {
        let Some(answer) = self.ask(question, kw)? else { return Ok(()) };
        for found in answer.try_iter()?.collect::<PyResult<Vec<_>>>()? {
            with(found.cast::<PyDict>()?)?;
        }
        Ok(())
    }

    fn fill(&self) -> PyResult<()> {
        let py = self.py();
        // Before the columns, which may refuse what an option says.
        let columns = self.ask("columns", None)?;
        if let Some(options) = self.ask("table_options", None)?
            && options.is_truthy()?
        {
            self.table.call_method1("_take_options", (options,))?;
        }
        for found in columns.iter().flat_map(|c| c.try_iter()).flatten() {
            self.column(found?.cast::<PyDict>()?)?;
        }
        if let Some(key) = self.ask("pk_constraint", None)?
            && key.is_truthy()?
        {
            self.primary_key(key.cast::<PyDict>()?)?;
        }
        self.each("foreign_keys", Some(&self.options), |found| self.foreign_key(found))?;
        self.each("indexes", None, |found| self.index(found))?;
        self.each("unique_constraints", None, |found| self.unique(found))?;
        self.each("check_constraints", None, |found| self.check(found))?;
        if let Some(comment) = self.ask("table_comment", None)? {
            self.table.setattr(intern!(py, "comment"), comment.call_method1("get", ("text",))?)?;
        }
        Ok(())
    }

    fn is_excluded(&self, name: &str) -> bool {
        self.exclude.iter().any(|x| x == name)
    }
    fn is_left_out(&self, name: &str) -> bool {
        self.include.as_ref().is_some_and(|wanted| !wanted.iter().any(|w| w == name))
    }

    fn column(&self, found: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py();
        let original = required(found, "name")?;
        fire_column_reflect(&self.inspector, &self.table, found)?;
        let name = required(found, "name")?;
        let text = name.text();
        if self.is_left_out(&text) || self.is_excluded(&text) {
            return Ok(());
        }
        let kw = PyDict::new(py);
        for word in ["nullable", "autoincrement", "quote", "info", "key", "comment"] {
            if let Some(value) = found.get_item(word)? {
                kw.set_item(word, value)?;
            }
        }
        take_options(found, &kw)?;
        let mut args = vec![name, required(found, "type")?];
        let computed = found.get_item(intern!(py, "computed"))?;
        if let Some(default) = given(found, "default")?
            && computed.is_none()
        {
            args.push(default_clause(&default)?);
        }
        if let Some(computed) = computed {
            args.push(imports::computed(py)?.call((), Some(computed.cast::<PyDict>()?))?);
        }
        if let Some(identity) = found.get_item("identity")? {
            args.push(imports::identity(py)?.call((), Some(identity.cast::<PyDict>()?))?);
        }
        let column = imports::schema_column(py)?.call(PyTuple::new(py, args)?, Some(&kw))?;
        let held = instance_dict(&self.table.getattr(intern!(py, "primary_key"))?)?.get_item(intern!(py, "_held"))?;
        if let Some(held) = held {
            let key = column.getattr(intern!(py, "key"))?;
            for other in held.try_iter()? {
                if other?.getattr(intern!(py, "key"))?.eq(&key)? {
                    column.setattr(intern!(py, "primary_key"), true)?;
                }
            }
        }
        self.by_name.set_item(original, &column)?;
        join(&column, &self.table, &Placement { index: None, replace: true, advise: true })
    }

    /// The Column that the database calls so, unless it was left out.
    fn known(&self, name: &Any<'py>) -> PyResult<Option<Any<'py>>> {
        self.by_name.get_item(name)
    }
    /// The same, or one that the user declared.
    fn located(&self, name: &Any<'py>) -> PyResult<Option<Any<'py>>> {
        match self.known(name)? {
            Some(column) => Ok(Some(column)),
            None => Ok(Some(self.table.getattr(intern!(self.py(), "c"))?.call_method1("get", (name,))?).filter(|c| !c.is_none())),
        }
    }

    fn primary_key(&self, found: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py();
        let key = self.table.getattr(intern!(py, "primary_key"))?.cast_into::<PyConstraint>()?;
        let mut columns = Vec::new();
        for name in required(found, "constrained_columns")?.try_iter()? {
            let name = name?;
            if let Some(column) = self.known(&name)?
                && !self.is_excluded(&name.text())
            {
                columns.push(column);
            }
        }
        if let Some(name) = given(found, "name")? {
            key.setattr(intern!(py, "name"), name)?;
        } else if !key.getattr(intern!(py, "name"))?.is_none() {
            key.setattr(intern!(py, "name"), py.None())?;
        }
        if let Some(comment) = given(found, "comment")? {
            key.setattr("comment", comment)?;
        }
        if let Some(options) = given(found, "dialect_options")? {
            key.getattr("dialect_kwargs")?.call_method1("update", (options,))?;
        }
        for column in &columns {
            column.setattr(intern!(py, "primary_key"), true)?;
        }
        instance_dict(&key)?.set_item(intern!(py, "_given"), PyList::new(py, &columns)?)?;
        members::hold(&key, columns)?;
        join(&key, &self.table, &Placement::default())
    }

    fn foreign_key(&self, found: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py();
        let mut local = Vec::new();
        for name in required(found, "constrained_columns")?.try_iter()? {
            let name = name?;
            if self.is_excluded(&name.text()) {
                return Ok(());
            }
            let key = match self.known(&name)? {
                Some(column) => column.getattr(intern!(py, "key"))?,
                None => name,
            };
            if self.is_left_out(&key.text()) {
                return Ok(());
            }
            local.push(key);
        }
        let (schema, target) = (required(found, "referred_schema")?, required(found, "referred_table")?);
        if self.resolve {
            let kw = self.options.copy()?;
            kw.set_item("schema", if schema.is_none() { imports::blank_schema(py)? } else { schema.clone() })?;
            kw.set_item("autoload_with", &self.inspector)?;
            kw.set_item("_extend_on", &self.extend_on)?;
            let metadata = self.table.getattr(intern!(py, "metadata"))?;
            imports::schema_table(py)?.call((&target, metadata), Some(&kw))?;
        }
        let mut targets = Vec::new();
        for name in required(found, "referred_columns")?.try_iter()? {
            targets.push((&schema, &target, name?).into_pyobject(py)?);
        }
        let kw = match given(found, "options")? {
            Some(options) => options.cast_into::<PyDict>()?.copy()?,
            None => PyDict::new(py),
        };
        kw.set_item("link_to_name", true)?;
        kw.set_item("comment", given(found, "comment")?)?;
        let name = required(found, "name")?;
        let constraint = imports::foreign_key_constraint(py)?.call((local, targets, name), Some(&kw))?;
        join(&constraint, &self.table, &Placement::default())
    }

    fn index(&self, found: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py();
        let names = required(found, "column_names")?.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        if given(found, "duplicates_constraint")?.is_some_and(|d| d.is_truthy().unwrap_or(true)) {
            return Ok(());
        }
        let texts: Vec<Option<String>> = names.iter().map(|n| (!n.is_none()).then(|| n.text())).collect();
        if !is_covered(&texts, self.include.as_deref()) {
            let listed: Vec<String> = names.iter().map(Text::text).collect();
            let message = format!("Omitting index key for ({}), key covers omitted columns.", listed.join(", "));
            return warn(py, "SAWarning", &message);
        }
        let expressions = match given(found, "expressions")? {
            Some(e) if e.is_truthy()? => e.try_iter()?.collect::<PyResult<Vec<_>>>()?,
            _ => names.clone(),
        };
        let sorting = given(found, "column_sorting")?;
        let mut elements = vec![required(found, "name")?];
        for (name, expression) in names.iter().zip(expressions) {
            let column = if name.is_none() { None } else { self.located(name)? };
            if column.is_none() && !name.is_none() {
                let message = format!("index key '{}' was not located in columns for table '{}'", name.text(), self.name.text());
                return warn(py, "SAWarning", &message);
            }
            let mut element = match column {
                Some(column) => column,
                None => imports::text(py)?.call1((expression,))?,
            };
            if let Some(sorting) = &sorting
                && let Some(words) = crate::py::errors::item_of(sorting, name)?
            {
                for word in words.try_iter()? {
                    element = py.import("oxalchemy.sql.operators")?.getattr(format!("{}_op", word?.text()))?.call1((element,))?;
                }
            }
            elements.push(element);
        }
        let kw = PyDict::new(py);
        take_options(found, &kw)?;
        kw.set_item("_table", &self.table)?;
        kw.set_item("unique", required(found, "unique")?.is_truthy()?)?;
        imports::schema_index(py)?.call(PyTuple::new(py, elements)?, Some(&kw)).map(drop)
    }

    fn unique(&self, found: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py();
        let names = required(found, "column_names")?.try_iter()?.collect::<PyResult<Vec<_>>>()?;
        if given(found, "duplicates_index")?.is_some_and(|d| d.is_truthy().unwrap_or(true)) {
            return Ok(());
        }
        let texts: Vec<Option<String>> = names.iter().map(|n| Some(n.text())).collect();
        if !is_covered(&texts, self.include.as_deref()) {
            let listed: Vec<String> = names.iter().map(Text::text).collect();
            let message = format!("Omitting unique constraint key for ({}), key covers omitted columns.", listed.join(", "));
            return warn(py, "SAWarning", &message);
        }
        let mut columns = Vec::new();
        for name in &names {
            match self.located(name)? {
                Some(column) => columns.push(column),
                None => warn(
                    py,
                    "SAWarning",
                    &format!(
                        "unique constraint key '{}' was not located in columns for table '{}'",
                        name.text(),
                        self.name.text()
                    ),
                )?,
            }
        }
        let kw = PyDict::new(py);
        take_options(found, &kw)?;
        kw.set_item("name", required(found, "name")?)?;
        kw.set_item("comment", given(found, "comment")?)?;
        let constraint = imports::unique_constraint(py)?.call(PyTuple::new(py, columns)?, Some(&kw))?;
        join(&constraint, &self.table, &Placement::default())
    }

    fn check(&self, found: &Bound<'py, PyDict>) -> PyResult<()> {
        let py = self.py();
        let kw = found.copy()?;
        let options = kw.call_method1("pop", ("dialect_options", py.None()))?;
        if !options.is_none()
            && let Some(not_valid) = options.cast::<PyDict>()?.get_item("not_valid")?
            && not_valid.is_truthy()?
        {
            let dialect = self.inspector.getattr("dialect")?.getattr("name")?.text();
            kw.set_item(format!("{dialect}_not_valid"), true)?;
        }
        let constraint = imports::check_constraint(py)?.call((), Some(&kw))?;
        join(&constraint, &self.table, &Placement::default())
    }
}

/// What a reflected part must say.
fn required<'py>(found: &Bound<'py, PyDict>, word: &str) -> PyResult<Any<'py>> {
    let missing = || pyo3::exceptions::PyKeyError::new_err(word.to_owned());
    found.get_item(word)?.ok_or_else(missing)
}

/// What it may say.
fn given<'py>(found: &Bound<'py, PyDict>, word: &str) -> PyResult<Option<Any<'py>>> {
    Ok(found.get_item(word)?.filter(|v| !v.is_none()))
}

/// The dialect options of a part, as keywords.
fn take_options<'py>(found: &Bound<'py, PyDict>, kw: &Bound<'py, PyDict>) -> PyResult<()> {
    match given(found, "dialect_options")? {
        Some(options) => kw.update(options.cast::<PyDict>()?.as_mapping()),
        None => Ok(()),
    }
}

/// DEFAULT of a column: text is SQL.
fn default_clause<'py>(default: &Any<'py>) -> PyResult<Any<'py>> {
    let py = default.py();
    if default.is_instance(&imports::fetched_value(py)?)? {
        return Ok(default.clone());
    }
    let kw = PyDict::new(py);
    kw.set_item("_reflected", true)?;
    let arg = if default.is_instance_of::<PyString>() { imports::text(py)?.call1((default,))? } else { default.clone() };
    imports::default_clause(py)?.call((arg,), Some(&kw))
}

/// `autoload_with=` of a Table: reflect it from there, or from the engine that its MetaData has.
#[pyfunction]
#[pyo3(name = "_autoload", signature = (table, bind, include, exclude, resolve, extend_on))]
pub fn autoload<'py>(
    table: &Bound<'py, PyTable>,
    bind: Option<Any<'py>>,
    include: Option<Any<'py>>,
    exclude: Vec<String>,
    resolve: bool,
    extend_on: Option<Any<'py>>,
) -> PyResult<()> {
    let py = table.py();
    let bind = match bind {
        Some(bind) => bind,
        None => {
            let find = py.import("oxalchemy.sql.ddl.run")?.getattr("bind_of")?;
            find.call1((table.getattr(intern!(py, "metadata"))?, py.None()))?
        }
    };
    let inspector = if bind.is_instance(&imports::inspector(py)?)? { bind } else { imports::inspect(py)?.call1((bind,))? };
    let own = inspector.get_type().getattr(intern!(py, "reflect_table"))?;
    let extend_on = extend_on.unwrap_or_else(|| py.None().into_bound(py));
    if own.is(&imports::inspector_methods(py)?.get_item(intern!(py, "reflect_table"))?) {
        let include = include.map(|i| i.try_iter()?.map(|n| Ok(n?.text())).collect::<PyResult<Vec<_>>>()).transpose()?;
        return reflect_table(&inspector, table, include, Some(exclude), resolve, &extend_on);
    }
    if !inspector.hasattr(intern!(py, "reflect_table"))? {
        return Err(argument_error(py, "autoload_with takes an Engine, a Connection or an Inspector"));
    }
    let kw = PyDict::new(py);
    kw.set_item("_extend_on", extend_on)?;
    inspector
        .call_method(intern!(py, "reflect_table"), (table, include, PyTuple::new(py, exclude)?, resolve), Some(&kw))
        .map(drop)
}
