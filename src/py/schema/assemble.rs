//! Columns: the arguments of `Column()`, and a column that joins its table.

use super::column::{autoincrement_of, own};
use super::join::{adopt, is_part, join};
use super::table::{hold_columns, hold_one_more, table_of};
use super::{PyColumn, PyConstraint, PyTable, members, opt_text};
use crate::py::errors::{argument_error, sql_error, warn};
use crate::py::ffi::{instance_dict, pairs};
use crate::py::imports;
use crate::py::sql::clause::ClauseElement;
use crate::py::sql::{names, wrap_expr};
use crate::py::types::{TypeEngine, to_type};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::Name;
use sql::ast::Node;
use sql::schema::Column;
use sql::schema::assembly::{Step, Wishes, column_joins};
use sql::schema::column::ColumnData;
use sql::schema::placement::Placement;

type Any<'py> = Bound<'py, PyAny>;

/// The keywords of `Column()`; what is absent was not given.
#[derive(Default)]
struct Keywords<'py> {
    name: Option<Any<'py>>,
    type_: Option<Any<'py>>,
    autoincrement: Option<Any<'py>>,
    default: Option<Any<'py>>,
    insert_default: Option<Any<'py>>,
    doc: Option<Any<'py>>,
    key: Option<Any<'py>>,
    index: Option<Any<'py>>,
    unique: Option<Any<'py>>,
    info: Option<Any<'py>>,
    nullable: Option<Any<'py>>,
    onupdate: Option<Any<'py>>,
    primary_key: Option<Any<'py>>,
    server_default: Option<Any<'py>>,
    server_onupdate: Option<Any<'py>>,
    quote: Option<Any<'py>>,
    system: Option<Any<'py>>,
    comment: Option<Any<'py>>,
    insert_sentinel: Option<Any<'py>>,
    omit_from_statements: Option<Any<'py>>,
    /// `<dialect>_<option>`.
    options: Option<Bound<'py, PyDict>>,
}

impl<'py> Keywords<'py> {
    fn read(py: Python<'py>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Self> {
        let mut k = Self::default();
        for (word, value) in kw.map(pairs).unwrap_or_default() {
            let word = word.cast_into::<PyString>()?;
            let slot = match word.to_str()? {
                "name" => &mut k.name,
                "type_" => &mut k.type_,
                "autoincrement" => &mut k.autoincrement,
                "default" => &mut k.default,
                "insert_default" => &mut k.insert_default,
                "doc" => &mut k.doc,
                "key" => &mut k.key,
                "index" => &mut k.index,
                "unique" => &mut k.unique,
                "info" => &mut k.info,
                "nullable" => &mut k.nullable,
                "onupdate" => &mut k.onupdate,
                "primary_key" => &mut k.primary_key,
                "server_default" => &mut k.server_default,
                "server_onupdate" => &mut k.server_onupdate,
                "quote" => &mut k.quote,
                "system" => &mut k.system,
                "comment" => &mut k.comment,
                "insert_sentinel" => &mut k.insert_sentinel,
                "_omit_from_statements" => &mut k.omit_from_statements,
                "_proxies" => continue,
                _ => {
                    k.options.get_or_insert_with(|| PyDict::new(py)).set_item(word, value)?;
                    continue;
                }
            };
            *slot = Some(value);
        }
        let nothing = |slot: &Option<Any<'py>>| match slot {
            Some(v) => Ok::<_, PyErr>(v.is(&imports::not_given(py)?)),
            None => Ok(false),
        };
        if nothing(&k.default)? {
            k.default = None;
        }
        if nothing(&k.insert_default)? {
            k.insert_default = None;
        }
        if let Some(given) = k.insert_default.take() {
            if k.default.is_some() {
                let message = "The 'default' and 'insert_default' parameters of Column are mutually exclusive";
                return Err(argument_error(py, message));
            }
            k.default = Some(given);
        }
        Ok(k)
    }
}

fn some<'py>(value: Option<Any<'py>>) -> Option<Any<'py>> {
    value.filter(|v| !v.is_none())
}

fn truth(value: Option<&Any<'_>>) -> PyResult<bool> {
    value.map_or(Ok(false), |v| v.is_truthy())
}

/// Is it a type, or a class of types?
fn is_type(obj: &Any<'_>) -> PyResult<bool> {
    Ok(obj.is_instance_of::<TypeEngine>() || obj.getattr_opt(intern!(obj.py(), "_is_type_decorator"))?.is_some())
}

/// Name, type and items from what `Column()` was called with.
fn sorted_out<'py>(
    py: Python<'py>,
    args: &Bound<'py, PyTuple>,
    k: &mut Keywords<'py>,
) -> PyResult<(Option<Any<'py>>, Option<Any<'py>>, Vec<Any<'py>>)> {
    let mut positional: std::collections::VecDeque<Any<'py>> = args.iter().collect();
    let (mut name, mut type_) = (some(k.name.take()), some(k.type_.take()));
    if positional.front().is_some_and(|f| f.is_instance_of::<PyString>()) {
        if name.is_some() {
            return Err(argument_error(py, "May not pass name positionally and as a keyword."));
        }
        name = positional.pop_front();
    } else if positional.front().is_some_and(|f| f.is_none()) {
        positional.pop_front();
    }
    if let Some(first) = positional.front()
        && is_type(first)?
    {
        if type_.is_some() {
            return Err(argument_error(py, "May not pass type_ positionally and as a keyword."));
        }
        type_ = positional.pop_front();
    }
    Ok((name, type_, positional.into()))
}

/// The name with its quoting: `quote`, unless the name says itself.
pub fn quoted(value: &Any<'_>, quote: Option<&Any<'_>>) -> PyResult<Name> {
    let mut name = names::name(value)?;
    if let Some(q) = quote.filter(|q| !q.is_none()) {
        name.quote = Some(q.is_truthy()?);
    }
    Ok(name)
}

/// An instance of a type given as class, callable or instance.
fn type_instance<'py>(type_: Any<'py>) -> PyResult<Any<'py>> {
    if type_.is_callable() && !type_.is_instance_of::<TypeEngine>() { type_.call0() } else { Ok(type_) }
}

/// What `Column(…)` does.
pub fn init<'py>(slf: &Bound<'py, PyColumn>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
    let py = slf.py();
    let mut k = Keywords::read(py, kw)?;
    let (name, type_, items) = sorted_out(py, args, &mut k)?;
    let quote = some(k.quote.take());
    let name = match name {
        Some(name) => Some(quoted(&name, quote.as_ref())?),
        None if quote.is_some() => {
            return Err(argument_error(py, "Explicit 'name' is required when sending 'quote' argument"));
        }
        None => None,
    };
    let type_ = type_.map(type_instance).transpose()?;
    let primary_key = truth(k.primary_key.as_ref())?;
    let nullable = match k.nullable.take() {
        Some(n) if !n.is(&imports::null_unspecified(py)?) => Some(n.is_truthy()?),
        _ => None,
    };
    let key = match some(k.key.take()) {
        Some(key) => opt_text(&key),
        None => name.as_ref().map(|n| n.text.clone()),
    };
    let data = ColumnData {
        name,
        key,
        ty: type_.as_ref().map_or_else(|| Ok(sql::types::null_type()), to_type)?,
        primary_key,
        nullable: nullable.unwrap_or(!primary_key),
        nullability_given: nullable.is_some(),
        sentinel: truth(k.insert_sentinel.as_ref())?,
        omitted: truth(k.omit_from_statements.as_ref())?,
        system: truth(k.system.as_ref())?,
        autoincrement: k.autoincrement.as_ref().map(autoincrement_of).transpose()?.unwrap_or_default(),
        comment: k.comment.as_ref().and_then(opt_text),
        ..ColumnData::default()
    };
    ClauseElement::set_node(slf.as_any(), Node::Expr(Column::new(data).to_expr()))?;
    let dict = instance_dict(slf)?;
    for (word, value) in [
        (intern!(py, "index"), k.index.take()),
        (intern!(py, "unique"), k.unique.take()),
        (intern!(py, "doc"), k.doc.take()),
        (intern!(py, "_omit_from_statements"), k.omit_from_statements.take()),
    ] {
        if let Some(value) = some(value) {
            dict.set_item(word, value)?;
        }
    }
    if let Some(type_) = &type_ {
        tell_type(slf, type_)?;
    }
    if let Some(options) = &k.options {
        imports::take_options(py)?.call1((slf, options))?;
    }
    // A server default is there before an Identity that refuses it; a client default replaces a Sequence.
    let on_server = made(slf, [("server_default", k.server_default.take()), ("server_onupdate", k.server_onupdate.take())])?;
    let on_client = made(slf, [("default", k.default.take()), ("onupdate", k.onupdate.take())])?;
    let nowhere = Placement::default();
    adopt(slf, &on_server, &nowhere)?;
    adopt(slf, &items, &nowhere)?;
    adopt(slf, &on_client, &nowhere)?;
    if let Some(info) = some(k.info.take()) {
        dict.set_item(intern!(py, "info"), info)?;
    }
    Ok(())
}

/// The generators that arguments stand for.
fn made<'py>(slf: &Bound<'py, PyColumn>, given: [(&str, Option<Any<'py>>); 2]) -> PyResult<Vec<Any<'py>>> {
    let mut out = Vec::new();
    for (slot, value) in given {
        if let Some(value) = some(value) {
            out.push(imports::schema_column(slf.py())?.getattr(slot)?.call_method1("made", (value,))?);
        }
    }
    Ok(out)
}

/// Types with DDL of their own want to know their columns.
pub fn tell_type<'py>(slf: &Bound<'py, PyColumn>, type_: &Any<'py>) -> PyResult<()> {
    let nowhere = Placement::default();
    if is_part(type_)? {
        join(type_, slf, &nowhere)?;
    }
    if let Some(variants) = type_.getattr_opt(intern!(slf.py(), "_variant_mapping"))?
        && variants.len()? > 0
    {
        for variant in variants.call_method0("values")?.try_iter()? {
            let variant = variant?;
            if is_part(&variant)? {
                join(&variant, slf, &nowhere)?;
            }
        }
    }
    Ok(())
}

const NOT_AN_INDEX: &str = "The 'index' keyword argument on Column is boolean only. To create indexes with a specific name, create \
                            an explicit Index object external to the Table.";
const NOT_A_CONSTRAINT: &str = "The 'unique' keyword argument on Column is boolean only. To create unique constraints or indexes \
                                with a specific name, append an explicit UniqueConstraint to the Table's list of elements, or \
                                create an explicit Index object external to the Table.";

/// A wish of the user's, who may have set the attribute since.
fn wish(dict: &Bound<'_, PyDict>, word: &Bound<'_, PyString>, not_a_name: &str) -> PyResult<bool> {
    match dict.get_item(word)? {
        Some(v) if v.is_instance_of::<PyString>() => Err(argument_error(dict.py(), not_a_name)),
        Some(v) => v.is_truthy(),
        None => Ok(false),
    }
}

/// `column` becomes part of `owner`.
pub fn enter<'py>(column: &Bound<'py, PyColumn>, owner: &Any<'py>, how: &Placement) -> PyResult<()> {
    let py = column.py();
    let dict = instance_dict(column)?;
    let index = wish(&dict, intern!(py, "index"), NOT_AN_INDEX)?;
    let unique = wish(&dict, intern!(py, "unique"), NOT_A_CONSTRAINT)?;
    let (table, node) = (table_of(owner)?, own(column)?);
    let owner = owner.cast::<PyTable>()?;
    let (placed, steps) = column_joins(&table, &node, how, Wishes { index, unique }).map_err(|e| sql_error(py, e))?;
    // Before the old one loses its last holder.
    let replaced = placed.replaced.map(|c| wrap_expr(py, &c.to_expr())).transpose()?;
    if placed.at_end {
        hold_one_more(owner, column)?
    } else {
        hold_columns(owner, &table)?
    }
    if let Some(warning) = placed.warning {
        warn(py, "SAWarning", &warning)?;
    }
    if let Some(replaced) = replaced {
        owner.call_method1("_release_keys", (replaced,))?;
    }
    // Names made from the columns of a key need to know the table.
    dict.set_item(intern!(py, "table"), owner)?;
    for step in steps {
        match step {
            Step::Admit => members::admit(&owner.getattr(intern!(py, "primary_key"))?.cast_into::<PyConstraint>()?, column)?,
            Step::Index { unique } => {
                append(owner, &imports::schema_index(py)?, (py.None(), column.getattr("key")?), Some(unique))?
            }
            Step::Unique => append(owner, &imports::unique_constraint(py)?, (column.getattr("key")?,), None)?,
        }
    }
    Ok(())
}

/// A part made for a column joins its table.
fn append<'py>(
    table: &Bound<'py, PyTable>,
    class: &Any<'py>,
    args: impl pyo3::call::PyCallArgs<'py>,
    unique: Option<bool>,
) -> PyResult<()> {
    let kw = PyDict::new(table.py());
    kw.set_item("_from_column", true)?;
    if let Some(unique) = unique {
        kw.set_item("unique", unique)?;
    }
    table.call_method1("append_constraint", (class.call(args, Some(&kw))?,)).map(drop)
}

/// Call `then(column, table)` as soon as the column belongs to a table.
pub fn when_in_table<'py>(column: &Any<'py>, then: Any<'py>) -> PyResult<()> {
    let py = column.py();
    let dict = instance_dict(column)?;
    if let Some(table) = some(dict.get_item(intern!(py, "table"))?) {
        return then.call1((column, table)).map(drop);
    }
    match dict.get_item(intern!(py, "_awaiting"))? {
        Some(list) => list.cast::<PyList>()?.append(then),
        None => dict.set_item(intern!(py, "_awaiting"), PyList::new(py, [then])?),
    }
}

/// It has its table: what waited for that.
pub fn run_waiting<'py>(column: &Bound<'py, PyColumn>, table: &Any<'py>) -> PyResult<()> {
    let py = column.py();
    let dict = instance_dict(column)?;
    let Some(waiting) = dict.get_item(intern!(py, "_awaiting"))? else { return Ok(()) };
    dict.del_item(intern!(py, "_awaiting"))?;
    for then in waiting.try_iter()? {
        then?.call1((column, table))?;
    }
    Ok(())
}
