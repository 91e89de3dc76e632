//! Annotations seen from Python, and copies with an identity of their own.

use super::clause::{ClauseElement, node_of};
use super::face::{make_of, wrap_node};
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use sql::FaceSlot;
use sql::ast::{Annotations, Expr, From, Node, Query};
use std::sync::Arc;

/// Annotations as a read-only mapping.
pub fn annotations<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let d = PyDict::new(py);
    if let Some(Node::Expr(e)) = node_of(obj)?
        && let Some(ann) = &e.ann
    {
        for (k, v) in &ann.extra {
            d.set_item(&**k, PyHost::get(py, v))?;
        }
        if let Some(key) = &ann.proxy_key {
            d.set_item("proxy_key", &**key)?;
        }
        for (name, on) in [("remote", ann.remote), ("foreign", ann.foreign), ("local", ann.local)] {
            if on {
                d.set_item(name, true)?;
            }
        }
    }
    py.import("oxalchemy.util")?.getattr("immutabledict")?.call1((d,))
}

/// `_annotate(values)`.
pub fn annotate<'py>(obj: &Bound<'py, PyAny>, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = obj.py();
    let Some(Node::Expr(e)) = node_of(obj)? else { return fresh(obj) };
    let mut ann: Annotations = e.ann.as_deref().cloned().unwrap_or_default();
    for pair in values.call_method0("items")?.try_iter()? {
        let (k, v): (String, Bound<'py, PyAny>) = pair?.extract()?;
        match k.as_str() {
            "remote" => ann.remote = v.is_truthy()?,
            "foreign" => ann.foreign = v.is_truthy()?,
            "local" => ann.local = v.is_truthy()?,
            "proxy_key" => ann.proxy_key = Some(v.extract::<String>()?.into()),
            _ => {
                ann.extra.retain(|(n, _)| **n != *k);
                ann.extra.push((k.into(), PyHost::wrap(&v)));
            }
        }
    }
    face_like(py, obj, Node::Expr(e.annotated(ann)))
}

/// `_deannotate(values)`.
pub fn deannotate<'py>(obj: &Bound<'py, PyAny>, values: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
    let Some(Node::Expr(e)) = node_of(obj)? else { return Ok(obj.clone()) };
    let Some(old) = &e.ann else { return Ok(obj.clone()) };
    let ann = match values.filter(|v| !v.is_none()) {
        None => None,
        Some(names) => {
            let mut ann = (**old).clone();
            for n in names.try_iter()? {
                let n: String = n?.extract()?;
                ann.extra.retain(|(k, _)| **k != *n);
            }
            Some(Arc::new(ann))
        }
    };
    let new = Arc::new(Expr { kind: e.kind.clone(), ty: e.ty.clone(), ann, face: FaceSlot::default() });
    wrap_node(obj.py(), &Node::Expr(new))
}

/// The same construct as a new node.
pub fn fresh<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let Some(node) = node_of(obj)? else { return Ok(obj.clone()) };
    let copy = match &node {
        Node::Expr(e) if matches!(e.kind, sql::ast::ExprKind::Column(_)) => return Ok(obj.clone()),
        Node::Expr(e) => Node::Expr(Arc::new((**e).clone())),
        Node::From(f) if matches!(f.kind, sql::ast::FromKind::Table(_)) => return Ok(obj.clone()),
        Node::From(f) => Node::From(From::new(f.kind.clone())),
        Node::Query(q) => Node::Query(Query::new(q.kind.clone())),
        other => {
            struct Same;
            impl sql::ast::fold::Fold for Same {}
            super::dml::fold(other, &mut Same)
        }
    };
    face_like(obj.py(), obj, copy)
}

fn face_like<'py>(py: Python<'py>, obj: &Bound<'py, PyAny>, node: Node) -> PyResult<Bound<'py, PyAny>> {
    if obj.cast::<ClauseElement>()?.get().node().is_none() {
        return wrap_node(py, &node);
    }
    make_of(&obj.get_type(), node)
}
