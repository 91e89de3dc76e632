//! The arguments of `Table()`: which table of the MetaData it is, and what a new one begins with.

use super::assemble::quoted;
use super::join::{adopt, flattened, tell};
use super::{PyMetaData, PyTable, members, opt_name, opt_text};
use crate::py::errors::{after_cleanup, sql_error};
use crate::py::events::Event;
use crate::py::ffi::{instance_dict, native_new, new_face, pairs};
use crate::py::imports;
use crate::py::sql::clause::ClauseElement;
use crate::py::sql::{names, wrap_from};
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyString, PyTuple, PyType};
use sql::Name;
use sql::ast::Node;
use sql::schema::metadata::{Claim, Claimed};
use sql::schema::placement::Placement;
use sql::schema::table::TableData;
use sql::schema::{Table, table_key};
use std::sync::Arc;

type Any<'py> = Bound<'py, PyAny>;

/// Words about a table that is there already; the others are about what it is.
const CLAIMS: [&str; 6] = ["keep_existing", "extend_existing", "useexisting", "must_exist", "mustexist", "_no_init"];

fn flag(kw: &Bound<'_, PyDict>, words: &[&str]) -> PyResult<bool> {
    for word in words {
        if let Some(value) = kw.get_item(word)?
            && value.is_truthy()?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn given<'py>(kw: &Bound<'py, PyDict>, word: &Bound<'py, PyString>) -> PyResult<Option<Any<'py>>> {
    Ok(kw.get_item(word)?.filter(|v| !v.is_none()))
}

/// What `Table(name, metadata, *items, **kw)` gives: a new table, or the one that is there.
#[pyfunction]
#[pyo3(name = "_table_given")]
pub fn table_given<'py>(class: &Bound<'py, PyType>, args: &Bound<'py, PyTuple>, kw: &Bound<'py, PyDict>) -> PyResult<Any<'py>> {
    let py = class.py();
    let mut items: std::collections::VecDeque<Any<'py>> = args.iter().collect();
    for (place, word) in [intern!(py, "name"), intern!(py, "metadata")].into_iter().enumerate() {
        if let Some(value) = kw.get_item(word)? {
            items.insert(place.min(items.len()), value);
            kw.del_item(word)?;
        }
    }
    let (Some(name), Some(metadata)) = (items.pop_front(), items.pop_front()) else {
        return Err(PyTypeError::new_err("Table() takes at least two positional-only arguments 'name', and 'metadata'"));
    };
    let items: Vec<_> = items.into();
    if let Some(owner) = given(kw, intern!(py, "owner"))? {
        kw.set_item(intern!(py, "schema"), owner)?;
    }
    kw.call_method1(intern!(py, "pop"), (intern!(py, "owner"), py.None()))?;
    let schema = match given(kw, intern!(py, "schema"))? {
        None => metadata.getattr(intern!(py, "schema"))?,
        Some(s) if s.is(&imports::blank_schema(py)?) => py.None().into_bound(py),
        Some(s) => s,
    };
    let schema = if schema.is_none() { None } else { Some(names::name(&schema)?) };
    let key = table_key(schema.as_ref().map(Name::as_str), names::name(&name)?.as_str());
    let extend = flag(kw, &["extend_existing", "useexisting"])?;
    let claim = Claim {
        keep_existing: flag(kw, &["keep_existing"])?,
        extend_existing: extend,
        must_exist: flag(kw, &["must_exist", "mustexist"])?,
        has_items: !items.is_empty(),
    };
    let holder = metadata.cast::<PyMetaData>()?;
    let found = holder.get().inner.claim(&key, claim).map_err(|e| sql_error(py, e))?;
    for word in CLAIMS {
        if kw.contains(word)? {
            kw.del_item(word)?;
        }
    }
    match found {
        Claimed::Existing(table) => wrap_from(py, &table.as_from()),
        Claimed::Extend(table) => {
            let table = wrap_from(py, &table.as_from())?;
            table.call_method1(intern!(py, "_extend"), (items, kw))?;
            Ok(table)
        }
        Claimed::Fresh => {
            let made = new_face(class, native_new(class)?)?;
            let table = made.cast::<PyTable>()?;
            tell(&made, Event::BeforeParentAttach, (&made, &metadata))?;
            // what the metadata was told of the table is taken back when its declaration fails
            let declared = if class.is(&imports::schema_table(py)?) {
                declare(table, &name, holder, items, kw, extend)
            } else {
                kw.set_item(intern!(py, "_no_init"), false)?;
                if extend {
                    kw.set_item(intern!(py, "extend_existing"), true)?;
                }
                let args = [name, metadata.clone()].into_iter().chain(items);
                made.call_method(intern!(py, "__init__"), PyTuple::new(py, args.collect::<Vec<_>>())?, Some(kw)).map(drop)
            };
            if let Err(e) = declared {
                return Err(after_cleanup(py, e, metadata.call_method1("_delist", (table,)).map(drop)));
            }
            tell(&made, Event::AfterParentAttach, (&made, &metadata))?;
            Ok(made)
        }
    }
}

/// `Table.__init__`: Python calls it again for what `__new__` gave, when all is done.
pub fn init<'py>(slf: &Bound<'py, PyTable>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = slf.py();
    let Some(kw) = kw else { return Ok(()) };
    match kw.get_item(intern!(py, "_no_init"))? {
        Some(done) if !done.is_truthy()? => {}
        _ => return Ok(()),
    }
    let mut args = args.iter();
    let (Some(name), Some(metadata)) = (args.next(), args.next()) else {
        return Err(PyTypeError::new_err("Table() takes at least two positional-only arguments 'name', and 'metadata'"));
    };
    let kw = kw.copy()?;
    let extend = flag(&kw, &["extend_existing"])?;
    for word in CLAIMS {
        if kw.contains(word)? {
            kw.del_item(word)?;
        }
    }
    declare(slf, &name, metadata.cast::<PyMetaData>()?, args.collect(), &kw, extend)
}

/// The schema of a new table, with its quoting.
fn schema_of<'py>(
    metadata: &Bound<'py, PyMetaData>,
    schema: Option<Any<'py>>,
    quote: Option<Any<'py>>,
) -> PyResult<Option<Name>> {
    let py = metadata.py();
    if schema.as_ref().is_some_and(|s| imports::blank_schema(py).is_ok_and(|b| s.is(&b))) {
        return Ok(None);
    }
    match (schema, quote) {
        (Some(schema), quote) => quoted(&schema, quote.as_ref()).map(Some),
        (None, quote) => {
            let own = metadata.getattr(intern!(py, "schema"))?;
            match quote {
                Some(_) if !own.is_none() => quoted(&own, quote.as_ref()).map(Some),
                _ => opt_name(&own),
            }
        }
    }
}

/// Fill a new table.
fn declare<'py>(
    slf: &Bound<'py, PyTable>,
    name: &Any<'py>,
    metadata: &Bound<'py, PyMetaData>,
    items: Vec<Any<'py>>,
    kw: &Bound<'py, PyDict>,
    mut replace: bool,
) -> PyResult<()> {
    let py = slf.py();
    let dict = instance_dict(slf)?;
    let (mut schema, mut quote, mut quote_schema) = (None, None, None);
    let (mut bind, mut autoload, mut include, mut resolve, mut extend_on) = (None, None, None, None, None);
    let (mut comment, mut info, mut listeners, mut prefixes, mut implicit_returning) = (None, None, None, None, None);
    let options = PyDict::new(py);
    for (word, value) in pairs(kw) {
        let word = word.cast_into::<PyString>()?;
        let slot = match word.to_str()? {
            "schema" => &mut schema,
            "quote" => &mut quote,
            "quote_schema" => &mut quote_schema,
            "autoload" => &mut autoload,
            "autoload_with" => &mut bind,
            "autoload_replace" => continue,
            "include_columns" => &mut include,
            "resolve_fks" => &mut resolve,
            "implicit_returning" => &mut implicit_returning,
            "comment" => &mut comment,
            "info" => &mut info,
            "listeners" => &mut listeners,
            "prefixes" => &mut prefixes,
            "_extend_on" => &mut extend_on,
            "_creator_ddl" | "_dropper_ddl" => {
                dict.set_item(word, value)?;
                continue;
            }
            _ => {
                options.set_item(word, value)?;
                continue;
            }
        };
        *slot = Some(value).filter(|v| !v.is_none());
    }
    let data = TableData {
        schema: schema_of(metadata, schema, quote_schema)?,
        metadata: Arc::downgrade(&metadata.get().inner),
        implicit_returning: implicit_returning.map_or(Ok(true), |v| v.is_truthy())?,
        comment: comment.as_ref().and_then(opt_text),
        ..TableData::default()
    };
    dict.set_item(intern!(py, "metadata"), metadata)?;
    let table = Table::new(quoted(name, quote.as_ref())?, data);
    ClauseElement::set_node(slf.as_any(), Node::From(table.as_from()))?;
    for word in [intern!(py, "indexes"), intern!(py, "constraints"), intern!(py, "@foreign_keys")] {
        dict.set_item(word, PySet::empty(py)?)?;
    }
    dict.set_item(intern!(py, "_prefixes"), PyList::empty(py))?;
    PyMetaData::enlist(metadata, slf, &table)?;
    members::begin_primary_key(slf)?;
    if let Some(info) = info {
        dict.set_item(intern!(py, "info"), info)?;
    }
    if let Some(listeners) = listeners {
        slf.call_method1("_listen", (listeners,))?;
    }
    if let Some(prefixes) = prefixes {
        slf.call_method1("_take_prefixes", (prefixes,))?;
    }
    if !options.is_empty() {
        slf.call_method1("_take_options", (options,))?;
    }
    if bind.is_some() || autoload.map_or(Ok(false), |a| a.is_truthy())? {
        let resolve = resolve.map_or(Ok(true), |r| r.is_truthy())?;
        slf.call_method1(intern!(py, "_autoload"), (bind, include, PyTuple::empty(py), resolve, extend_on))?;
        replace = true;
    }
    let how = Placement { replace, ..Placement::default() };
    adopt(slf, &flattened(py, items.into_iter())?, &how)
}
