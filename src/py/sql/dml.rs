//! `Insert`, `Update`, `Delete`.

use super::clause::{ClauseElement, FaceClass, face_class, node_of};
use super::coerce::{self, Role};
use super::exec_options;
use super::face::{make_of, wrap_expr, wrap_from, wrap_node};
use crate::py::errors::{argument_error, invalid_request};
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::FaceSlot;
use sql::ast::fold::Fold;
use sql::ast::proxy;
use sql::ast::{
    Affix, ColumnKey, Delete as DeleteNode, DmlCommon, DmlValue, DmlValues, Expr, ExprKind, FromRef, FromSelect, Hint,
    Insert as InsertNode, Node, SelectItem, Update as UpdateNode, build,
};
use std::sync::Arc;

face_class! {
    /// INSERT, UPDATE, DELETE.
    UpdateBase: ClauseElement, "UpdateBase", "oxalchemy.sql.dml"
}
face_class! {
    /// INSERT.
    Insert: UpdateBase, "Insert", "oxalchemy.sql.dml"
}
face_class! {
    /// UPDATE.
    Update: UpdateBase, "Update", "oxalchemy.sql.dml"
}
face_class! {
    /// DELETE.
    Delete: UpdateBase, "Delete", "oxalchemy.sql.dml"
}

/// The node behind a face.
pub fn own(obj: &Bound<'_, PyAny>) -> PyResult<Node> {
    match obj.cast::<ClauseElement>().ok().and_then(|f| f.get().node().cloned()) {
        Some(n @ (Node::Insert(_) | Node::Update(_) | Node::Delete(_))) => Ok(n),
        _ => Err(coerce::unexpected(obj, Role::Statement)),
    }
}

/// The shared parts of a DML node.
pub fn common(node: &Node) -> Option<&DmlCommon> {
    match node {
        Node::Insert(i) => Some(&i.common),
        Node::Update(u) => Some(&u.common),
        Node::Delete(d) => Some(&d.common),
        _ => None,
    }
}

/// The target of a DML node.
pub fn table(node: &Node) -> Option<&FromRef> {
    match node {
        Node::Insert(i) => Some(&i.table),
        Node::Update(u) => Some(&u.table),
        Node::Delete(d) => Some(&d.table),
        _ => None,
    }
}

fn changed_insert<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut InsertNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let Node::Insert(i) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*i).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Insert(Arc::new(new)))
}
fn changed_update<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut UpdateNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let Node::Update(u) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*u).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Update(Arc::new(new)))
}
fn changed_delete<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut DeleteNode) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    let Node::Delete(d) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*d).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Delete(Arc::new(new)))
}
/// A copy of any DML face with changed shared parts.
fn changed_common<'py>(
    obj: &Bound<'py, PyAny>,
    change: impl FnOnce(&mut DmlCommon) -> PyResult<()>,
) -> PyResult<Bound<'py, PyAny>> {
    match own(obj)? {
        Node::Insert(_) => changed_insert(obj, |i| change(&mut i.common)),
        Node::Update(_) => changed_update(obj, |u| change(&mut u.common)),
        _ => changed_delete(obj, |d| change(&mut d.common)),
    }
}

/// A DML node around its folded children.
pub fn fold<F: Fold + ?Sized>(node: &Node, f: &mut F) -> Node {
    let mut value = |v: &mut DmlValue| {
        if let DmlValue::Expr(e) = v {
            *e = f.fold_expr(e);
        }
    };
    let mut values = |v: &mut DmlValues| match v {
        DmlValues::None => {}
        DmlValues::Single(row) => row.iter_mut().for_each(|(_, v)| value(v)),
        DmlValues::Multi(rows) => rows.iter_mut().flatten().for_each(|(_, v)| value(v)),
    };
    match node {
        Node::Insert(i) => {
            let mut new = (**i).clone();
            new.face = FaceSlot::default();
            values(&mut new.values);
            if let Some(s) = &mut new.from_select {
                s.query = f.fold_query(&s.query);
            }
            Node::Insert(Arc::new(new))
        }
        Node::Update(u) => {
            let mut new = (**u).clone();
            new.face = FaceSlot::default();
            values(&mut new.values);
            new.where_.iter_mut().for_each(|w| *w = f.fold_expr(w));
            Node::Update(Arc::new(new))
        }
        Node::Delete(d) => {
            let mut new = (**d).clone();
            new.face = FaceSlot::default();
            new.where_.iter_mut().for_each(|w| *w = f.fold_expr(w));
            Node::Delete(Arc::new(new))
        }
        other => other.clone(),
    }
}

/// What names a column in `values()`.
pub fn column_key(obj: &Bound<'_, PyAny>) -> PyResult<ColumnKey> {
    if let Ok(s) = obj.cast::<PyString>() {
        return Ok(ColumnKey::Name(s.to_str()?.into()));
    }
    let e = coerce::expr_in(obj, Role::DmlColumn).map_err(|_| coerce::unexpected(obj, Role::DmlColumn))?;
    Ok(match &e.kind {
        ExprKind::Column(c) if e.ann.is_none() => ColumnKey::Column(c.column.clone()),
        _ => ColumnKey::Expr(e),
    })
}

/// A value of `values()`.
pub fn dml_value(obj: &Bound<'_, PyAny>) -> PyResult<DmlValue> {
    let clause = coerce::clause_of(obj)?;
    match node_of(&clause)? {
        Some(Node::Query(q)) => Ok(DmlValue::Expr(super::selectable::scalar_of(&q))),
        Some(Node::Expr(e)) => Ok(DmlValue::Expr(e)),
        Some(Node::From(_)) | None => Ok(DmlValue::Host(PyHost::wrap(obj))),
        Some(_) => Err(coerce::unexpected(obj, Role::BinaryElement)),
    }
}

fn row_of_dict(d: &Bound<'_, PyDict>) -> PyResult<Vec<(ColumnKey, DmlValue)>> {
    let mut row = Vec::with_capacity(d.len());
    for (k, v) in d.iter() {
        match spread(&k, &v)? {
            Some(pairs) => {
                for pair in pairs.try_iter()? {
                    let (k, v): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
                    row.push((column_key(&k)?, dml_value(&v)?));
                }
            }
            None => row.push((column_key(&k)?, dml_value(&v)?)),
        }
    }
    Ok(row)
}

/// Attributes that stand for several columns (composites) or for others (hybrids) say which are set to what.
fn spread<'py>(key: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if key.is_exact_instance_of::<PyString>() || key.is_instance_of::<super::ClauseElement>() {
        return Ok(None);
    }
    match key.getattr_opt("_bulk_update_tuples")? {
        Some(f) => f.call1((value,)).map(Some),
        None => Ok(None),
    }
}

fn row_of_sequence(table: &FromRef, items: &Bound<'_, PyAny>) -> PyResult<Vec<(ColumnKey, DmlValue)>> {
    let columns = proxy::columns(table);
    let mut row = Vec::new();
    for (i, v) in items.try_iter()?.enumerate() {
        let v = v?;
        let Some((key, c)) = columns.get(i) else {
            return Err(argument_error(v.py(), "more values than columns in this table"));
        };
        let key = match &c.kind {
            ExprKind::Column(c) => ColumnKey::Column(c.column.clone()),
            _ => ColumnKey::Name(key.clone()),
        };
        row.push((key, dml_value(&v)?));
    }
    Ok(row)
}

fn merge(old: &mut Vec<(ColumnKey, DmlValue)>, new: Vec<(ColumnKey, DmlValue)>) {
    let name = |k: &ColumnKey| match k {
        ColumnKey::Name(n) => Some(n.to_string()),
        ColumnKey::Column(c) => Some(c.key().to_string()),
        ColumnKey::Expr(_) => None,
    };
    for (k, v) in new {
        match old.iter_mut().find(|(o, _)| name(o).is_some() && name(o) == name(&k)) {
            Some(slot) => slot.1 = v,
            None => old.push((k, v)),
        }
    }
}

/// `values(*args, **kwargs)`.
fn values(
    py: Python<'_>,
    old: &mut DmlValues,
    table: &FromRef,
    args: &Bound<'_, PyTuple>,
    kw: Option<&Bound<'_, PyDict>>,
    is_insert: bool,
) -> PyResult<()> {
    let mut row = Vec::new();
    if let Ok(first) = args.get_item(0) {
        if kw.is_some_and(|k| !k.is_empty()) {
            return Err(argument_error(py, "Can't pass positional and kwargs to values() simultaneously"));
        }
        if args.len() > 1 {
            return Err(argument_error(
                py,
                "Only a single dictionary/tuple or list of dictionaries/tuples is accepted positionally.",
            ));
        }
        if let Ok(d) = first.cast::<PyDict>() {
            row = row_of_dict(d)?;
        } else if first.is_instance_of::<PyList>() {
            let mut rows = Vec::new();
            let mut multi = false;
            for r in first.try_iter()? {
                let r = r?;
                if let Ok(d) = r.cast::<PyDict>() {
                    rows.push(row_of_dict(d)?);
                    multi = true;
                } else if r.is_instance_of::<PyTuple>() || r.is_instance_of::<PyList>() {
                    rows.push(row_of_sequence(table, &r)?);
                    multi = true;
                }
            }
            if multi {
                if !is_insert {
                    return Err(invalid_request(py, "UPDATE construct does not support multiple parameter sets."));
                }
                match old {
                    DmlValues::None => *old = DmlValues::Multi(rows),
                    DmlValues::Multi(all) => all.extend(rows),
                    DmlValues::Single(_) => {
                        return Err(invalid_request(
                            py,
                            "Can't mix single and multiple VALUES formats in one INSERT statement; one style appends to a list while the other replaces values, so the intent is ambiguous.",
                        ));
                    }
                }
                return Ok(());
            }
            row = row_of_sequence(table, &first)?;
        } else if first.is_instance_of::<PyTuple>() {
            row = row_of_sequence(table, &first)?;
        } else if first.hasattr("items")? {
            let d = PyDict::new(py);
            d.update(first.cast::<pyo3::types::PyMapping>()?)?;
            row = row_of_dict(&d)?;
        } else if first.is_none() {
            return Ok(());
        } else {
            return Err(argument_error(py, format!("{} expected, got {}.", "dict, tuple or list of them", first.repr()?)));
        }
    }
    if let Some(kw) = kw {
        row.extend(row_of_dict(kw)?);
    }
    match old {
        DmlValues::None => *old = DmlValues::Single(row),
        DmlValues::Single(prev) => merge(prev, row),
        DmlValues::Multi(_) => {
            return Err(invalid_request(
                py,
                "Can't mix single and multiple VALUES formats in one INSERT statement; one style appends to a list while the other replaces values, so the intent is ambiguous.",
            ));
        }
    }
    Ok(())
}

fn target(obj: &Bound<'_, PyAny>) -> PyResult<(FromRef, DmlCommon)> {
    let f = coerce::from_in(obj, Role::DmlTable)?;
    let entity = f.entity.clone();
    Ok((f, DmlCommon { entity, ..DmlCommon::default() }))
}

/// Dialect keyword arguments (`mysql_limit=…`) of a constructor.
fn dialect_kw(common: &mut DmlCommon, kw: Option<&Bound<'_, PyDict>>, skip: &[&str]) -> PyResult<()> {
    let Some(kw) = kw else { return Ok(()) };
    for (k, v) in kw {
        let name: String = k.extract()?;
        if skip.contains(&&*name) {
            continue;
        }
        if !name.contains('_') {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "Additional arguments should be named <dialectname>_<argument>, got '{name}'"
            )));
        }
        common.dialect_options.retain(|(n, _)| **n != *name);
        common.dialect_options.push((name.into(), PyHost::wrap(&v)));
    }
    Ok(())
}

/// `insert(table, values=None, inline=False, **kw)`.
#[pyfunction]
#[pyo3(signature = (table, values=None, inline=false, bind=None, prefixes=None, returning=None, return_defaults=false, **kw))]
#[allow(clippy::too_many_arguments)]
fn insert<'py>(
    table: &Bound<'py, PyAny>,
    values: Option<Bound<'py, PyAny>>,
    inline: bool,
    bind: Option<Bound<'py, PyAny>>,
    prefixes: Option<Bound<'py, PyAny>>,
    returning: Option<Bound<'py, PyAny>>,
    return_defaults: bool,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
    let _ = bind;
    let (f, mut common) = target(table)?;
    dialect_kw(&mut common, kw, &[])?;
    if return_defaults {
        common.return_defaults = Some(Vec::new());
    }
    let node = InsertNode {
        table: f,
        values: DmlValues::None,
        from_select: None,
        inline,
        on_conflict: Vec::new(),
        dialect: None,
        common,
        face: FaceSlot::default(),
    };
    let mut out = wrap_node(py, &Node::Insert(Arc::new(node)))?;
    if let Some(v) = values.filter(|v| !v.is_none()) {
        out = out.call_method1("values", (v,))?;
    }
    if let Some(p) = prefixes.filter(|p| !p.is_none()) {
        let words: Vec<Bound<'py, PyAny>> = p.try_iter()?.collect::<PyResult<_>>()?;
        out = out.call_method1("prefix_with", PyTuple::new(py, words)?)?;
    }
    if let Some(r) = returning.filter(|r| !r.is_none()) {
        let cols: Vec<Bound<'py, PyAny>> = r.try_iter()?.collect::<PyResult<_>>()?;
        out = out.call_method1("returning", PyTuple::new(py, cols)?)?;
    }
    Ok(out)
}

/// `update(table, whereclause=None, values=None, inline=False, **kw)`.
#[pyfunction]
#[pyo3(signature = (table, whereclause=None, values=None, inline=false, bind=None, preserve_parameter_order=false, **kw))]
fn update<'py>(
    table: &Bound<'py, PyAny>,
    whereclause: Option<Bound<'py, PyAny>>,
    values: Option<Bound<'py, PyAny>>,
    inline: bool,
    bind: Option<Bound<'py, PyAny>>,
    preserve_parameter_order: bool,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
    let _ = bind;
    let (f, mut common) = target(table)?;
    dialect_kw(&mut common, kw, &[])?;
    let node = UpdateNode {
        table: f,
        values: DmlValues::None,
        ordered: false,
        where_: Vec::new(),
        inline,
        common,
        face: FaceSlot::default(),
    };
    let mut out = wrap_node(py, &Node::Update(Arc::new(node)))?;
    if let Some(w) = whereclause.filter(|w| !w.is_none()) {
        out = out.call_method1("where", (w,))?;
    }
    if let Some(v) = values.filter(|v| !v.is_none()) {
        out = if preserve_parameter_order {
            let pairs: Vec<Bound<'py, PyAny>> = v.try_iter()?.collect::<PyResult<_>>()?;
            out.call_method1("ordered_values", PyTuple::new(py, pairs)?)?
        } else {
            out.call_method1("values", (v,))?
        };
    }
    Ok(out)
}

/// `delete(table, whereclause=None, **kw)`.
#[pyfunction]
#[pyo3(signature = (table, whereclause=None, bind=None, **kw))]
fn delete<'py>(
    table: &Bound<'py, PyAny>,
    whereclause: Option<Bound<'py, PyAny>>,
    bind: Option<Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let _ = bind;
    let (f, mut common) = target(table)?;
    dialect_kw(&mut common, kw, &[])?;
    let node = DeleteNode { table: f, where_: Vec::new(), using: Vec::new(), common, face: FaceSlot::default() };
    let out = wrap_node(table.py(), &Node::Delete(Arc::new(node)))?;
    match whereclause.filter(|w| !w.is_none()) {
        Some(w) => out.call_method1("where", (w,)),
        None => Ok(out),
    }
}

/// `table.insert(…)`, `table.update(…)`, `table.delete(…)`.
pub fn with_table<'py>(
    which: &str,
    table: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
    let all: Vec<_> = std::iter::once(table.clone()).chain(args.iter()).collect();
    py.import("oxalchemy._rs")?.getattr(which)?.call(PyTuple::new(py, all)?, kw)
}

fn returning_items(cols: &Bound<'_, PyTuple>) -> PyResult<Vec<SelectItem>> {
    cols.iter().map(|c| coerce::select_item(&c)).collect()
}

#[pymethods]
impl UpdateBase {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "supports_execution")]
    const SUPPORTS_EXECUTION: bool = true;
    #[classattr]
    #[pyo3(name = "is_dml")]
    const IS_DML: bool = true;

    #[getter]
    fn table<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let node = own(slf.as_any())?;
        match self::table(&node) {
            Some(f) => wrap_from(slf.py(), f),
            None => Ok(slf.py().None().into_bound(slf.py())),
        }
    }
    #[getter]
    fn entity_description<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let d = PyDict::new(py);
        let t = Self::table(slf)?;
        d.set_item("name", t.getattr_opt("name")?)?;
        d.set_item("table", t)?;
        Ok(d)
    }
    #[getter]
    fn returning_column_descriptions<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyList>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let out = PyList::empty(py);
        for item in common(&node).map_or(&[][..], |c| &c.returning) {
            for e in proxy::item_columns(item) {
                let d = PyDict::new(py);
                d.set_item("name", proxy::key_of(&e).map(|k| k.to_string()))?;
                d.set_item("type", crate::py::types::wrap_type(py, &e.ty)?)?;
                d.set_item("expr", wrap_expr(py, &e)?)?;
                out.append(d)?;
            }
        }
        Ok(out)
    }
    /// RETURNING.
    #[pyo3(signature = (*cols, sort_by_parameter_order=false, **_kw))]
    fn returning<'py>(
        slf: &Bound<'py, Self>,
        cols: &Bound<'py, PyTuple>,
        sort_by_parameter_order: bool,
        _kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let new = returning_items(cols)?;
        changed_common(slf.as_any(), |c| {
            if c.return_defaults.is_some() {
                return Err(invalid_request(py, "return_defaults() is already configured on this statement"));
            }
            c.returning.extend(new);
            c.sort_by_parameter_order |= sort_by_parameter_order;
            Ok(())
        })
    }
    #[getter]
    fn _return_defaults<'py>(slf: &Bound<'py, Self>) -> PyResult<bool> {
        Ok(common(&own(slf.as_any())?).is_some_and(|c| c.return_defaults.is_some()))
    }
    #[getter]
    fn _return_defaults_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        let node = own(slf.as_any())?;
        match common(&node).and_then(|c| c.return_defaults.as_ref()).filter(|c| !c.is_empty()) {
            Some(cols) => PyTuple::new(slf.py(), super::face::wrap_exprs(slf.py(), cols)?).map(Some),
            None => Ok(None),
        }
    }
    #[getter]
    fn _returning<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyTuple>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let cols: Vec<_> = common(&node).map(|c| c.returning.iter().flat_map(proxy::item_columns).collect()).unwrap_or_default();
        PyTuple::new(py, super::face::wrap_exprs(py, &cols)?)
    }
    #[getter]
    fn exported_columns<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let cols = proxy::node_columns(&own(slf.as_any())?);
        Ok(Bound::new(slf.py(), super::collection::ColumnCollection::of_list(cols))?.into_any())
    }
    /// Fetch server-generated values of these columns (all by default).
    #[pyo3(signature = (*cols, supplemental_cols=None, sort_by_parameter_order=false))]
    fn return_defaults<'py>(
        slf: &Bound<'py, Self>,
        cols: &Bound<'py, PyTuple>,
        supplemental_cols: Option<Bound<'py, PyAny>>,
        sort_by_parameter_order: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let columns = self::table(&node).map(proxy::columns).unwrap_or_default();
        let read = |c: Bound<'py, PyAny>| match c.cast::<PyString>() {
            Ok(s) => {
                let key = s.to_str()?.to_owned();
                columns
                    .iter()
                    .find(|(k, _)| **k == *key)
                    .map(|(_, e)| e.clone())
                    .ok_or_else(|| coerce::unexpected(&c, Role::ColumnArgument))
            }
            Err(_) => coerce::expr(&c),
        };
        let list = cols.iter().map(read).collect::<PyResult<Vec<_>>>()?;
        let supplemental = match supplemental_cols.filter(|s| !s.is_none()) {
            Some(s) => s.try_iter()?.map(|c| read(c?)).collect::<PyResult<Vec<_>>>()?,
            None => Vec::new(),
        };
        changed_common(slf.as_any(), |c| {
            if !c.returning.is_empty() {
                return Err(invalid_request(py, "RETURNING is already configured on this statement"));
            }
            c.return_defaults.get_or_insert_with(Vec::new).extend(list);
            c.supplemental.extend(supplemental);
            c.sort_by_parameter_order |= sort_by_parameter_order;
            Ok(())
        })
    }
    #[pyo3(signature = (*prefixes, dialect="*"))]
    fn prefix_with<'py>(slf: &Bound<'py, Self>, prefixes: &Bound<'py, PyTuple>, dialect: &str) -> PyResult<Bound<'py, PyAny>> {
        let list = prefixes
            .iter()
            .map(|p| {
                let expr = match p.cast::<PyString>() {
                    Ok(s) => Expr::new(ExprKind::Text(Arc::new(super::text::text_node(s.to_str()?))), sql::types::null_type()),
                    Err(_) => coerce::expr(&p)?,
                };
                Ok(Affix { expr, dialect: dialect.into() })
            })
            .collect::<PyResult<Vec<_>>>()?;
        changed_common(slf.as_any(), |c| {
            c.prefixes.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (text, selectable=None, dialect_name="*"))]
    fn with_hint<'py>(
        slf: &Bound<'py, Self>,
        text: &str,
        selectable: Option<Bound<'py, PyAny>>,
        dialect_name: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let node = own(slf.as_any())?;
        let target = match selectable.filter(|s| !s.is_none()) {
            Some(s) => Some(coerce::from(&s)?),
            None => self::table(&node).cloned(),
        };
        changed_common(slf.as_any(), |c| {
            c.hints.push(Hint { target, text: text.into(), dialect: dialect_name.into() });
            Ok(())
        })
    }
    #[pyo3(signature = (**opt))]
    fn with_dialect_options<'py>(slf: &Bound<'py, Self>, opt: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        changed_common(slf.as_any(), |c| dialect_kw(c, opt, &[]))
    }
    #[getter]
    fn dialect_kwargs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let d = PyDict::new(py);
        for (k, v) in common(&node).map_or(&[][..], |c| &c.dialect_options) {
            d.set_item(&**k, PyHost::get(py, v))?;
        }
        Ok(d)
    }
    #[getter]
    fn kwargs<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyDict>> {
        Self::dialect_kwargs(slf)
    }
    #[pyo3(signature = (**kw))]
    fn execution_options<'py>(slf: &Bound<'py, Self>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let node = own(slf.as_any())?;
        let merged = exec_options::merged(py, exec_options_of(py, &node), kw)?;
        changed_common(slf.as_any(), |c| {
            c.exec_options = Some(PyHost::wrap(&merged));
            Ok(())
        })
    }
    fn get_execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        exec_options::immutable(slf.py(), exec_options_of(slf.py(), &own(slf.as_any())?))
    }
    #[getter]
    fn _execution_options<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        Self::get_execution_options(slf)
    }
    #[pyo3(signature = (*options))]
    fn options<'py>(slf: &Bound<'py, Self>, options: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed_common(slf.as_any(), |c| {
            c.options.extend(options.iter().map(|o| PyHost::wrap(&o)));
            Ok(())
        })
    }
    #[pyo3(signature = (*ctes, nest_here=false))]
    fn add_cte<'py>(slf: &Bound<'py, Self>, ctes: &Bound<'py, PyTuple>, nest_here: bool) -> PyResult<Bound<'py, PyAny>> {
        let list = ctes.iter().map(|c| Ok((coerce::from_in(&c, Role::Cte)?, nest_here))).collect::<PyResult<Vec<_>>>()?;
        changed_common(slf.as_any(), |c| {
            c.ctes.extend(list);
            Ok(())
        })
    }
    #[pyo3(signature = (name=None, recursive=false, nesting=false))]
    fn cte<'py>(
        slf: &Bound<'py, Self>,
        name: Option<Bound<'py, PyAny>>,
        recursive: bool,
        nesting: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        super::from_functions::cte_of(slf.as_any(), name.as_ref(), recursive, nesting)
    }
    /// Legacy values dictionary of the statement.
    #[getter]
    fn parameters<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        parameters(slf.as_any())
    }
    #[getter]
    fn _values<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        parameters(slf.as_any())
    }
    #[pyo3(signature = (*args, **kw))]
    fn params<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kw: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = (slf, args, kw);
        Err(pyo3::exceptions::PyNotImplementedError::new_err(
            "params() is not supported for INSERT/UPDATE/DELETE statements. To set the values for an INSERT or UPDATE statement, use stmt.values(**parameters).",
        ))
    }
}

/// Execution options of a DML node.
pub fn exec_options_of<'py>(py: Python<'py>, node: &Node) -> Option<Bound<'py, PyAny>> {
    common(node)?.exec_options.as_ref().and_then(|h| PyHost::get(py, h))
}

fn parameters<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = obj.py();
    let node = own(obj)?;
    let row = |r: &[(ColumnKey, DmlValue)]| -> PyResult<Bound<'py, PyDict>> {
        let d = PyDict::new(py);
        for (k, v) in r {
            let value = match v {
                DmlValue::Host(h) => PyHost::get(py, h).unwrap_or_else(|| py.None().into_bound(py)),
                DmlValue::Expr(e) => wrap_expr(py, e)?,
            };
            match k {
                ColumnKey::Name(n) => d.set_item(&**n, value)?,
                ColumnKey::Column(c) => d.set_item(wrap_expr(py, &build::column(c, None))?, value)?,
                ColumnKey::Expr(e) => d.set_item(wrap_expr(py, e)?, value)?,
            }
        }
        Ok(d)
    };
    let values = match &node {
        Node::Insert(i) => &i.values,
        Node::Update(u) => &u.values,
        _ => return Ok(None),
    };
    Ok(match values {
        DmlValues::None => None,
        DmlValues::Single(r) => Some(row(r)?.into_any()),
        DmlValues::Multi(rs) => Some(PyList::new(py, rs.iter().map(|r| row(r)).collect::<PyResult<Vec<_>>>()?)?.into_any()),
    })
}

#[pymethods]
impl Insert {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_insert")]
    const IS_INSERT: bool = true;
    /// The VALUES of one row or of several.
    #[pyo3(signature = (*args, **kwargs))]
    fn values<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        changed_insert(slf.as_any(), |i| {
            if i.from_select.is_some() {
                return Err(invalid_request(py, "This construct already inserts from a SELECT"));
            }
            let table = i.table.clone();
            values(py, &mut i.values, &table, args, kwargs, true)
        })
    }
    fn inline<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        changed_insert(slf.as_any(), |i| {
            i.inline = true;
            Ok(())
        })
    }
    /// INSERT … SELECT.
    #[pyo3(signature = (names, select, include_defaults=true))]
    fn from_select<'py>(
        slf: &Bound<'py, Self>,
        names: &Bound<'py, PyAny>,
        select: &Bound<'py, PyAny>,
        include_defaults: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let names = names.try_iter()?.map(|n| column_key(&n?)).collect::<PyResult<Vec<_>>>()?;
        let query = match node_of(&coerce::clause_of(select)?)? {
            Some(Node::From(f)) if matches!(f.kind, sql::ast::FromKind::Table(_)) => super::select::select_from_all(&f),
            _ => coerce::query(select, Role::DmlSelect)?,
        };
        changed_insert(slf.as_any(), |i| {
            if !matches!(i.values, DmlValues::None) {
                return Err(invalid_request(py, "This construct already inserts value expressions"));
            }
            i.from_select = Some(FromSelect { names, query, include_defaults });
            i.inline = true;
            Ok(())
        })
    }
    /// The SELECT of `from_select()`.
    #[getter]
    fn select<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match own(slf.as_any())? {
            Node::Insert(i) => i.from_select.as_ref().map(|s| super::face::wrap_query(slf.py(), &s.query)).transpose(),
            _ => Ok(None),
        }
    }
}

#[pymethods]
impl Update {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_update")]
    const IS_UPDATE: bool = true;
    #[pyo3(signature = (*args, **kwargs))]
    fn values<'py>(
        slf: &Bound<'py, Self>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        changed_update(slf.as_any(), |u| {
            if u.ordered {
                return Err(invalid_request(py, "This statement already has ordered values present"));
            }
            let table = u.table.clone();
            values(py, &mut u.values, &table, args, kwargs, false)
        })
    }
    /// SET in the order given.
    #[pyo3(signature = (*args))]
    fn ordered_values<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        changed_update(slf.as_any(), |u| {
            if !matches!(u.values, DmlValues::None) {
                let what = if u.ordered { "ordered values" } else { "values" };
                return Err(argument_error(py, format!("This statement already has {what} present")));
            }
            let mut row = Vec::new();
            for pair in args.iter() {
                let (k, v): (Bound<'py, PyAny>, Bound<'py, PyAny>) =
                    pair.extract().map_err(|_| argument_error(py, "ordered_values() takes (column, value) tuples"))?;
                row.push((column_key(&k)?, dml_value(&v)?));
            }
            u.values = DmlValues::Single(row);
            u.ordered = true;
            Ok(())
        })
    }
    fn inline<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        changed_update(slf.as_any(), |u| {
            u.inline = true;
            Ok(())
        })
    }
    #[pyo3(signature = (*whereclause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, whereclause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed_update(slf.as_any(), |u| {
            for c in whereclause.iter() {
                u.where_.push(coerce::expr_in(&c, Role::WhereHaving)?);
            }
            Ok(())
        })
    }
    #[pyo3(signature = (*criteria))]
    fn filter<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::r#where(slf, criteria)
    }
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Bound<'py, Self>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        filter_by(slf.as_any(), kwargs)
    }
    #[getter]
    fn whereclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match own(slf.as_any())? {
            Node::Update(u) => build::where_clause(&u.where_).map(|e| wrap_expr(slf.py(), &e)).transpose(),
            _ => Ok(None),
        }
    }
}

fn filter_by<'py>(obj: &Bound<'py, PyAny>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
    let node = own(obj)?;
    let (Some(kw), Some(f)) = (kwargs, table(&node)) else { return Ok(obj.clone()) };
    // Other tables of the criteria are searched too.
    let mut froms = vec![f.clone()];
    let where_ = match &node {
        Node::Update(u) => &u.where_,
        Node::Delete(d) => &d.where_,
        _ => return Ok(obj.clone()),
    };
    for w in where_ {
        sql::ast::froms::expr_froms(w, &mut froms);
    }
    if let Node::Delete(d) = &node {
        froms.extend(d.using.iter().cloned());
    }
    let criteria = super::filter_by::criteria(obj, &froms, kw)?;
    obj.call_method1("where", PyTuple::new(obj.py(), criteria)?)
}

#[pymethods]
impl Delete {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    #[classattr]
    #[pyo3(name = "is_delete")]
    const IS_DELETE: bool = true;
    #[pyo3(signature = (*whereclause))]
    fn r#where<'py>(slf: &Bound<'py, Self>, whereclause: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        changed_delete(slf.as_any(), |d| {
            for c in whereclause.iter() {
                d.where_.push(coerce::expr_in(&c, Role::WhereHaving)?);
            }
            Ok(())
        })
    }
    #[pyo3(signature = (*criteria))]
    fn filter<'py>(slf: &Bound<'py, Self>, criteria: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        Self::r#where(slf, criteria)
    }
    #[pyo3(signature = (**kwargs))]
    fn filter_by<'py>(slf: &Bound<'py, Self>, kwargs: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        filter_by(slf.as_any(), kwargs)
    }
    #[pyo3(signature = (*froms))]
    fn using<'py>(slf: &Bound<'py, Self>, froms: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        let list = froms.iter().map(|f| coerce::from(&f)).collect::<PyResult<Vec<_>>>()?;
        changed_delete(slf.as_any(), |d| {
            d.using.extend(list);
            Ok(())
        })
    }
    #[getter]
    fn whereclause<'py>(slf: &Bound<'py, Self>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match own(slf.as_any())? {
            Node::Delete(d) => build::where_clause(&d.where_).map(|e| wrap_expr(slf.py(), &e)).transpose(),
            _ => Ok(None),
        }
    }
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(insert, m)?)?;
    m.add_function(wrap_pyfunction!(update, m)?)?;
    m.add_function(wrap_pyfunction!(delete, m)?)
}
