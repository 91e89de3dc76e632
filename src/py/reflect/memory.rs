//! What an Inspector has read of a schema, and its answers: the dialect's reader (`dialects/*/reflection.py`) runs the queries of
//! `sql::reflect`, `engine::reflect` knows what is still to be asked.

use crate::py::errors::after_cleanup;
use crate::py::ffi::GilCell;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::imports;
use crate::py::text::Text;
use engine::reflect::{Journey, SchemaMemory, Stop, Wanted};
use pyo3::exceptions::PyNotImplementedError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use std::collections::HashMap;

type Any<'py> = Bound<'py, PyAny>;

/// What was read of one schema.
#[pyclass(name = "SchemaMemory", module = "oxalchemy.engine.catalog", frozen)]
pub struct PyMemory {
    reader: Py<PyAny>,
    schema: Option<String>,
    inner: GilCell<SchemaMemory<Py<PyDict>, Py<PyDict>>>,
}

impl Collected for PyMemory {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.reader)
    }
}

impl PyMemory {
    /// Relations that a reader found, by name.
    fn found(found: &Any<'_>) -> PyResult<Vec<(String, Py<PyDict>, bool)>> {
        let mut out = Vec::new();
        for (name, relation) in crate::py::ffi::pairs(found.cast::<PyDict>()?) {
            let relation = relation.cast_into::<PyDict>()?;
            let fold = relation.get_item(intern!(found.py(), "fold_case"))?.map_or(Ok(false), |f| f.is_truthy())?;
            out.push((name.extract()?, relation.unbind(), fold));
        }
        Ok(out)
    }
    fn read_all(&self, connection: &Any<'_>) -> PyResult<()> {
        let py = connection.py();
        if self.inner.with(py, |m| m.is_complete()) {
            return Ok(());
        }
        let reader = self.reader.bind(py);
        let found = Self::found(&reader.call_method1(intern!(py, "relations"), (connection, &self.schema))?)?;
        if found.is_empty() && self.schema.is_some() {
            reader.call_method1("check_schema", (connection, &self.schema))?;
        }
        self.inner.with(py, |m| m.complete_with(found));
        Ok(())
    }
    /// The names under which these relations are known, in order, without those that are not there.
    pub fn find_all(&self, connection: &Any<'_>, names: &[String]) -> PyResult<Vec<String>> {
        let py = connection.py();
        let missing = self.inner.with(py, |m| m.missing(names));
        if !missing.is_empty() {
            let reader = self.reader.bind(py);
            let found = reader.call_method1(intern!(py, "relations"), (connection, &self.schema, missing))?;
            let found = Self::found(&found)?;
            self.inner.with(py, |m| m.remember(found));
        }
        Ok(self.inner.with(py, |m| names.iter().filter_map(|n| m.known(n).map(str::to_owned)).collect()))
    }
    /// Read a group for these relations, or for all of them, as far as it is not known.
    pub fn read(&self, connection: &Any<'_>, group: &str, names: Option<&[String]>) -> PyResult<()> {
        let py = connection.py();
        let wanted = self.inner.with(py, |m| m.wanted(group, names));
        let asked = match &wanted {
            Wanted::Nothing => return Ok(()),
            Wanted::All => py.None().into_bound(py),
            Wanted::Names(names) => PyList::new(py, names)?.into_any(),
        };
        let relations = self.relations(py)?;
        let loaded =
            self.reader.bind(py).call_method1(intern!(py, "load"), (connection, group, &self.schema, asked, relations))?;
        let mut found = HashMap::new();
        for (name, facts) in crate::py::ffi::pairs(loaded.cast::<PyDict>()?) {
            found.insert(name.extract()?, facts.cast_into::<PyDict>()?.unbind());
        }
        self.inner.with(py, |m| m.learn(group, &wanted, found, || PyDict::new(py).unbind()));
        Ok(())
    }
    fn relation<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyDict>> {
        match self.inner.with(py, |m| m.relation(name).map(|r| r.clone_ref(py))) {
            Some(relation) => Ok(relation.into_bound(py)),
            None => Ok(PyDict::new(py)),
        }
    }
    /// Raise when the database cannot tell the structure of a relation.
    fn readable(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        match self.relation(py, name)?.get_item(intern!(py, "broken"))? {
            Some(reason) if reason.is_truthy()? => {
                let message = format!("Table or view named {name} could not be reflected: {}", reason.text());
                Err(crate::py::errors::exc(py, "UnreflectableTableError", message))
            }
            _ => Ok(()),
        }
    }
    /// What the Inspector returns for one relation, of which the group of the question was read.
    pub fn answer_about<'py>(&self, py: Python<'py>, question: &str, name: &str, kw: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
        let reader = self.reader.bind(py);
        supported(reader, question)?;
        let relation = self.relation(py, name)?;
        let group = group_of(reader, question)?;
        let facts = group.and_then(|g| self.inner.with(py, |m| m.fact(&g, name).map(|f| f.clone_ref(py))));
        let facts = facts.map_or_else(|| PyDict::new(py), |f| f.into_bound(py));
        match question {
            "table_comment" => {
                let answer = PyDict::new(py);
                answer.set_item("text", relation.get_item("comment")?)?;
                Ok(answer.into_any())
            }
            "table_options" => reader.call_method1("table_options", (relation, facts)),
            _ => self.part(py, question, &facts, kw),
        }
    }
    fn part<'py>(
        &self,
        py: Python<'py>,
        question: &str,
        facts: &Bound<'py, PyDict>,
        kw: &Bound<'py, PyDict>,
    ) -> PyResult<Any<'py>> {
        let reader = self.reader.bind(py);
        let place = match question {
            "pk_constraint" => intern!(py, "pk"),
            "unique_constraints" => intern!(py, "uniques"),
            "check_constraints" => intern!(py, "checks"),
            "columns" => intern!(py, "columns"),
            "foreign_keys" => intern!(py, "foreign_keys"),
            _ => intern!(py, "indexes"),
        };
        let found = match facts.get_item(place)? {
            Some(found) if !found.is_none() => copied(&found)?,
            _ if question == "pk_constraint" => return keyless(py),
            _ => return Ok(PyList::empty(py).into_any()),
        };
        match question {
            "columns" => {
                for column in found.try_iter()? {
                    let column = column?.cast_into::<PyDict>()?;
                    if let (Some(spec), Some(name)) =
                        (column.get_item(intern!(py, "type"))?, column.get_item(intern!(py, "name"))?)
                    {
                        column.set_item(intern!(py, "type"), make_type(reader, &spec, &name)?)?;
                    }
                }
                Ok(found)
            }
            "pk_constraint" => {
                let empty = found.get_item("constrained_columns")?.len()? == 0;
                if empty && !reader.getattr("names_absent_keys")?.is_truthy()? { keyless(py) } else { Ok(found) }
            }
            "foreign_keys" => {
                for fk in found.try_iter()? {
                    let fk = fk?.cast_into::<PyDict>()?;
                    let visible = fk.call_method1("pop", ("referred_visible", false))?;
                    let referred = fk.get_item("referred_schema")?;
                    let shown = reader.call_method1("referred_schema", (referred, visible, &self.schema, kw))?;
                    fk.set_item("referred_schema", shown)?;
                }
                Ok(found)
            }
            "indexes" if found.len()? > 0 => match reader.getattr_opt("indexes")? {
                Some(shown) => shown.call1((found,)),
                None => Ok(found),
            },
            _ => Ok(found),
        }
    }
}

/// What there is to say of the primary key of a table that has none.
fn keyless(py: Python<'_>) -> PyResult<Any<'_>> {
    let key = PyDict::new(py);
    key.set_item("name", py.None())?;
    key.set_item("constrained_columns", PyList::empty(py))?;
    Ok(key.into_any())
}

/// A copy down to what is not a dict or list: answers belong to those who asked.
fn copied<'py>(value: &Any<'py>) -> PyResult<Any<'py>> {
    let py = value.py();
    let _level = crate::py::errors::level()?;
    if let Ok(d) = value.cast::<PyDict>() {
        let copy = PyDict::new(py);
        for (k, v) in crate::py::ffi::pairs(d) {
            copy.set_item(k, copied(&v)?)?;
        }
        return Ok(copy.into_any());
    }
    match value.cast::<PyList>() {
        Ok(list) => Ok(PyList::new(py, list.iter().map(|v| copied(&v)).collect::<PyResult<Vec<_>>>()?)?.into_any()),
        Err(_) => Ok(value.clone()),
    }
}

/// A type from its name in the database and its arguments.
fn make_type<'py>(reader: &Any<'py>, spec: &Any<'py>, column: &Any<'py>) -> PyResult<Any<'py>> {
    let py = reader.py();
    let (name, args, kwargs): (Bound<'py, PyString>, Any<'py>, Bound<'py, PyDict>) = spec.extract()?;
    if !reader.getattr(intern!(py, "special_types"))?.contains(&name)?
        && let Some(class) = type_class(reader, &name)?
    {
        let args = PyTuple::new(py, args.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
        return class.call(args, Some(&kwargs));
    }
    reader.call_method1("make_type", (spec, format!("column '{}'", column.text())))
}

/// The class for a name of a type: the dialect's own goes first.
#[pyfunction]
#[pyo3(name = "_reflected_type_class")]
pub fn type_class<'py>(reader: &Any<'py>, name: &Bound<'py, PyString>) -> PyResult<Option<Any<'py>>> {
    let py = reader.py();
    let own = reader.getattr(intern!(py, "dialect"))?.getattr_opt(intern!(py, "ischema_names"))?;
    for names in [own, Some(reader.getattr(intern!(py, "ischema_names"))?)].into_iter().flatten() {
        if !names.is_none()
            && let Some(class) = crate::py::errors::item_of(&names, name)?
            && class.is_truthy()?
        {
            return Ok(Some(class));
        }
    }
    Ok(None)
}

/// Raise for a question that the database has no answer to.
pub fn supported(reader: &Any<'_>, question: &str) -> PyResult<()> {
    if reader.getattr(intern!(reader.py(), "unsupported"))?.contains(question)? {
        return Err(PyNotImplementedError::new_err(()));
    }
    Ok(())
}

fn group_of(reader: &Any<'_>, question: &str) -> PyResult<Option<String>> {
    let groups = reader.getattr(intern!(reader.py(), "groups"))?;
    groups.cast::<PyDict>()?.get_item(question)?.map(|g| g.extract()).transpose()
}

#[pymethods]
impl PyMemory {
    #[new]
    fn new(reader: Py<PyAny>, schema: Option<&Bound<'_, PyAny>>) -> Self {
        let schema = schema.filter(|s| !s.is_none()).map(Text::text);
        Self { reader, schema, inner: GilCell::new(SchemaMemory::default()) }
    }
    /// The schema that was read; None: the default one.
    #[getter]
    fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }
    /// `{name: facts}` of the relations known by now.
    #[getter]
    fn relations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let known = self.inner.with(py, |m| m.relations().map(|(n, r)| (n.clone(), r.clone_ref(py))).collect::<Vec<_>>());
        let d = PyDict::new(py);
        for (name, relation) in known {
            d.set_item(name, relation)?;
        }
        Ok(d)
    }
    /// `{name: facts}` of every relation.
    fn all_relations<'py>(&self, connection: &Any<'py>) -> PyResult<Bound<'py, PyDict>> {
        self.read_all(connection)?;
        self.relations(connection.py())
    }
    /// The names under which these relations are known, in order, without those that are not there.
    fn find<'py>(&self, connection: &Any<'py>, names: &Any<'py>) -> PyResult<Vec<String>> {
        let names = names.try_iter()?.map(|n| Ok(n?.text())).collect::<PyResult<Vec<_>>>()?;
        self.find_all(connection, &names)
    }
    /// Read what a question needs, for these relations or all of them.
    #[pyo3(signature = (connection, question, names=None))]
    fn read_for<'py>(&self, connection: &Any<'py>, question: &str, names: Option<Vec<String>>) -> PyResult<()> {
        match group_of(self.reader.bind(connection.py()), question)? {
            Some(group) => self.read(connection, &group, names.as_deref()),
            None => Ok(()),
        }
    }
    /// What the Inspector returns for one relation, of which [`read_for`] was asked.
    fn answer<'py>(&self, py: Python<'py>, question: &str, name: &str, kw: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
        self.answer_about(py, question, name, kw)
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    fn __clear__(&self, py: Python<'_>) {
        gc::clear(self, py);
    }
}

/// The memory of a schema that an Inspector has.
pub fn memory_of<'py>(inspector: &Any<'py>, schema: Option<&str>) -> PyResult<Bound<'py, PyMemory>> {
    let py = inspector.py();
    let cache = inspector.getattr(intern!(py, "info_cache"))?;
    let key = ("schema", schema).into_pyobject(py)?;
    if let Some(found) = crate::py::errors::item_of(&cache, &key)? {
        return Ok(found.cast_into::<PyMemory>()?);
    }
    let reader = inspector.getattr(intern!(py, "_catalog"))?;
    let made =
        PyMemory { reader: reader.unbind(), schema: schema.map(str::to_owned), inner: GilCell::new(SchemaMemory::default()) };
    let made = Bound::new(py, made)?;
    cache.set_item(key, &made)?;
    Ok(made)
}

/// `use_it(connection)`: the Inspector's own, or one that is opened for this.
pub fn with_connection<'py, T>(inspector: &Any<'py>, use_it: impl FnOnce(&Any<'py>) -> PyResult<T>) -> PyResult<T> {
    let py = inspector.py();
    let context = inspector.getattr(intern!(py, "_context"))?;
    if !context.is_none() {
        return use_it(&context);
    }
    let bind = inspector.getattr(intern!(py, "bind"))?;
    if !inspector.getattr(intern!(py, "_is_engine"))?.is_truthy()? {
        return use_it(&bind);
    }
    let connection = bind.call_method0(intern!(py, "connect"))?;
    let done = use_it(&connection);
    let closed = connection.call_method0(intern!(py, "close")).map(drop);
    match done {
        Ok(value) => closed.map(|()| value),
        Err(e) => Err(after_cleanup(py, e, closed)),
    }
}

/// The method of a third-party dialect that answers a question instead of the reader.
pub fn own_method<'py>(inspector: &Any<'py>, question: &str) -> PyResult<Option<Any<'py>>> {
    let py = inspector.py();
    let own = inspector.getattr(intern!(py, "_own"))?;
    if own.len()? == 0 || !own.contains(question)? {
        return Ok(None);
    }
    inspector.getattr(intern!(py, "dialect"))?.getattr(format!("get_{question}")).map(Some)
}

/// What the Inspector answers about one table.
#[pyfunction]
#[pyo3(name = "_reflect_ask")]
pub fn ask<'py>(
    inspector: &Any<'py>,
    question: &str,
    table: &Any<'py>,
    schema: Option<&Any<'py>>,
    kw: &Bound<'py, PyDict>,
) -> PyResult<Any<'py>> {
    let py = inspector.py();
    let schema = schema.filter(|s| !s.is_none());
    if let Some(own) = own_method(inspector, question)? {
        let kw = kw.copy()?;
        kw.set_item("info_cache", inspector.getattr("info_cache")?)?;
        return with_connection(inspector, |connection| own.call((connection, table, schema), Some(&kw)));
    }
    supported(&inspector.getattr(intern!(py, "_catalog"))?, question)?;
    let schema = schema.map(Text::text);
    let memory = memory_of(inspector, schema.as_deref())?;
    let name = table.text();
    let name = with_connection(inspector, |connection| {
        let found = memory.get().find_all(connection, std::slice::from_ref(&name))?;
        let Some(known) = found.into_iter().next() else {
            let full = schema.as_ref().filter(|s| !s.is_empty()).map_or_else(|| name.clone(), |s| format!("{s}.{name}"));
            return Err(crate::py::errors::exc(py, "NoSuchTableError", full));
        };
        memory.get().readable(py, &known)?;
        memory.get().read_for(connection, question, Some(vec![known.clone()]))?;
        Ok(known)
    })?;
    memory.get().answer_about(py, question, &name, kw)
}

/// Read these tables, or all of a schema; the names that were found.
fn visit_stop<'py>(inspector: &Any<'py>, connection: &Any<'py>, stop: &Stop) -> PyResult<Vec<String>> {
    let py = inspector.py();
    let memory = memory_of(inspector, stop.schema.as_deref())?;
    let memory = memory.get();
    if stop.whole {
        memory.read_all(connection)?;
    }
    let found = match &stop.names {
        Some(names) => memory.find_all(connection, names)?,
        None => memory.inner.with(py, |m| m.relations().map(|(n, _)| n.clone()).collect()),
    };
    if !found.is_empty() {
        let mut groups: Vec<String> = Vec::new();
        for (_, group) in crate::py::ffi::pairs(memory.reader.bind(py).getattr("groups")?.cast::<PyDict>()?) {
            let group = group.extract()?;
            if !groups.contains(&group) {
                memory.read(connection, &group, if stop.whole { None } else { Some(&found) })?;
                groups.push(group);
            }
        }
    }
    Ok(found)
}

/// Read what `reflect_table` needs: of these tables, or of the whole schema, and with `follow` of the tables that they refer to.
#[pyfunction]
#[pyo3(name = "_reflect_prefetch", signature = (inspector, schema, names=None, follow=true))]
pub fn prefetch<'py>(inspector: &Any<'py>, schema: Option<String>, names: Option<Vec<String>>, follow: bool) -> PyResult<()> {
    let py = inspector.py();
    let nothing = PyDict::new(py);
    with_connection(inspector, |connection| {
        let (mut journey, first) = Journey::begin(schema, names);
        let mut stops = vec![first];
        while !stops.is_empty() {
            for stop in &stops {
                let found = visit_stop(inspector, connection, stop)?;
                journey.read(stop, &found);
                if follow {
                    let memory = memory_of(inspector, stop.schema.as_deref())?;
                    for name in &found {
                        for fk in memory.get().answer_about(py, "foreign_keys", name, &nothing)?.try_iter()? {
                            let fk = fk?;
                            journey
                                .refers_to(fk.get_item("referred_schema")?.extract()?, fk.get_item("referred_table")?.extract()?);
                        }
                    }
                }
            }
            stops = journey.advance();
        }
        Ok(())
    })
}

/// The same for one table, unless it was read already.
pub fn prefetch_once<'py>(inspector: &Any<'py>, schema: Option<&str>, name: &str, follow: bool) -> PyResult<()> {
    let py = inspector.py();
    let memory = memory_of(inspector, schema)?;
    let memory = memory.get();
    let Some(group) = group_of(memory.reader.bind(py), "foreign_keys")? else { return Ok(()) };
    let read = memory.inner.with(py, |m| m.known(name).is_some_and(|known| m.fact(&group, known).is_some()));
    if read { Ok(()) } else { prefetch(inspector, schema.map(str::to_owned), Some(vec![name.to_owned()]), follow) }
}

/// Is every question about a table answered by the reader? Not, where a dialect or a subclass of the Inspector answers itself.
pub fn is_plain(inspector: &Any<'_>) -> PyResult<bool> {
    let py = inspector.py();
    if inspector.getattr(intern!(py, "_own"))?.len()? > 0 {
        return Ok(false);
    }
    let (class, ours) = (inspector.get_type(), imports::inspector_methods(py)?);
    for word in super::autoload::METHODS {
        if !class.getattr(word)?.is(&ours.get_item(word)?) {
            return Ok(false);
        }
    }
    Ok(true)
}
