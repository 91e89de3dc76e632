//! `filter_by(**kw)`: one equality per keyword. Attributes are looked up here for `Query`, SELECT, UPDATE and DELETE alike: whatever
//! a class offers under a name (column, relationship, synonym, composite, hybrid, proxy) compares itself.

use super::aliased;
use crate::py::errors::{exc, invalid_request};
use crate::py::host::PyHost;
use crate::py::sql::face::wrap_from;
use crate::py::text::Text;
use orm::Entity;
use orm::namespaces::{self, Namespace};
use pyo3::exceptions::PyAttributeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use sql::ast::{FromRef, Node, proxy};

type Any<'py> = Bound<'py, PyAny>;

/// Attribute `name` of a class, an alias, a Bundle; `None`: it has none.
fn attribute_opt<'py>(owner: &Any<'py>, name: &Bound<'py, PyString>) -> PyResult<Option<Any<'py>>> {
    match owner.getattr(name) {
        Ok(a) => Ok(Some(a)),
        Err(e) if e.is_instance_of::<PyAttributeError>(owner.py()) => Ok(None),
        Err(e) => Err(e),
    }
}

fn column<'py>(py: Python<'py>, from: &FromRef, name: &str) -> PyResult<Option<Any<'py>>> {
    let found = proxy::columns(from).into_iter().find(|(k, _)| **k == *name);
    found.map(|(_, c)| crate::py::sql::face::wrap_expr(py, &c)).transpose()
}

/// What `name` is in the namespace of a Python object: class, alias, FROM element.
pub fn lookup<'py>(owner: &Any<'py>, name: &Bound<'py, PyString>) -> PyResult<Option<Any<'py>>> {
    if aliased::entity_of(owner)?.is_some() {
        return attribute_opt(owner, name);
    }
    match crate::py::sql::coerce::node(owner) {
        Ok(Node::From(f)) => column(owner.py(), &f, name.to_str()?),
        _ => match owner.getattr_opt("c")? {
            Some(c) if !c.is_none() => attribute_opt(&c, name),
            _ => attribute_opt(owner, name),
        },
    }
}

fn find<'py>(py: Python<'py>, namespace: &Namespace, name: &Bound<'py, PyString>) -> PyResult<Option<Any<'py>>> {
    match namespace {
        Namespace::Entity(e) | Namespace::Target(e, _) => attribute_opt(&aliased::object_of(py, e)?, name),
        Namespace::From(f) => column(py, f, name.to_str()?),
        Namespace::Bundle(h) => match PyHost::get(py, h) {
            Some(bundle) => attribute_opt(&bundle.getattr("c")?, name),
            None => Ok(None),
        },
    }
}

fn show_entity(py: Python<'_>, e: &Entity) -> PyResult<String> {
    aliased::inspected(py, e)?.str()?.extract()
}

fn show(py: Python<'_>, namespace: &Namespace) -> PyResult<String> {
    match namespace {
        Namespace::Entity(e) => show_entity(py, e),
        Namespace::Target(_, f) | Namespace::From(f) => wrap_from(py, f)?.str()?.extract(),
        Namespace::Bundle(h) => match PyHost::get(py, h) {
            Some(b) => b.str()?.extract(),
            None => Ok(String::new()),
        },
    }
}

/// For messages: three names, and how many there are.
fn shown(py: Python<'_>, all: &[Namespace]) -> PyResult<String> {
    let names = all.iter().map(|n| show(py, n)).collect::<PyResult<Vec<_>>>()?;
    Ok(match names.get(..3) {
        Some(first) if names.len() > 3 => format!("{}, ... ({} total)", first.join(", "), names.len()),
        _ => names.join(", "),
    })
}

/// One equality per keyword, each name being looked up in all namespaces.
fn equalities<'py>(py: Python<'py>, searched: &[Namespace], kw: &Bound<'py, PyDict>) -> PyResult<Vec<Any<'py>>> {
    let mut out = Vec::with_capacity(kw.len());
    for (key, value) in kw {
        let name = key.cast::<PyString>()?;
        let mut found = None;
        for namespace in searched {
            let Some(attribute) = find(py, namespace, name)? else { continue };
            if found.replace(attribute).is_some() {
                let (name, owners) = (name.text(), shown(py, searched)?);
                return Err(exc(
                    py,
                    "AmbiguousColumnError",
                    format!(
                        "Attribute name \"{name}\" is ambiguous; it exists in multiple FROM clause entities ({owners}). Use filter() \
                         with explicit column references instead of filter_by()."
                    ),
                ));
            }
        }
        let Some(attribute) = found else {
            let (name, all) = (name.text(), shown(py, searched)?);
            return Err(invalid_request(
                py,
                format!("None of the FROM clause entities have a property \"{name}\". Searched entities: {all}"),
            ));
        };
        out.push(attribute.rich_compare(value, pyo3::basic::CompareOp::Eq)?);
    }
    Ok(out)
}

/// For the faces of SELECT, UPDATE and DELETE.
pub fn of_statement<'py>(py: Python<'py>, node: &Node, kw: &Bound<'py, PyDict>) -> PyResult<Vec<Any<'py>>> {
    let searched = match node {
        Node::Query(q) => q.as_select().map(namespaces::of_select).unwrap_or_default(),
        Node::Update(u) => namespaces::of_change(&u.table, &u.where_, &[]),
        Node::Delete(d) => namespaces::of_change(&d.table, &d.where_, &d.using),
        _ => Vec::new(),
    };
    equalities(py, &searched, kw)
}
