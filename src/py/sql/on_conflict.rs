//! ON CONFLICT and ON DUPLICATE KEY UPDATE: the dialects' own INSERT clauses.

use super::coerce::{self, Role};
use super::dml::{column_key, dml_value, own};
use super::face::make_of;
use crate::py::errors::{argument_error, invalid_request};
use crate::py::host::PyHost;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};
use sql::FaceSlot;
use sql::ast::{
    BindValue, ColumnKey, ConflictTarget, DmlValue, ExprKind, ExprRef, FromRef, Insert, Node, OnConflict, build, proxy,
};
use std::sync::Arc;

fn changed<'py>(obj: &Bound<'py, PyAny>, change: impl FnOnce(&mut Insert) -> PyResult<()>) -> PyResult<Bound<'py, PyAny>> {
    let Node::Insert(i) = own(obj)? else { return Err(coerce::unexpected(obj, Role::Statement)) };
    let mut new = (*i).clone();
    new.face = FaceSlot::default();
    change(&mut new)?;
    make_of(&obj.get_type(), Node::Insert(Arc::new(new)))
}

/// A column of the target by name or object; an unknown name stays a name.
fn element(table: &FromRef, obj: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    if let Ok(s) = obj.cast::<PyString>() {
        let key = s.to_str()?;
        return Ok(match proxy::columns(table).into_iter().find(|(k, _)| **k == *key) {
            Some((_, c)) => c,
            None => super::elements::column_expr(sql::Name::new(key), sql::types::null_type()),
        });
    }
    coerce::expr(obj)
}

fn target(
    table: &FromRef,
    constraint: Option<&Bound<'_, PyAny>>,
    elements: Option<&Bound<'_, PyAny>>,
    where_: Option<&Bound<'_, PyAny>>,
) -> PyResult<ConflictTarget> {
    let given = |o: Option<&Bound<'_, PyAny>>| o.is_some_and(|o| !o.is_none());
    if given(constraint) && (given(elements) || given(where_)) {
        return Err(pyo3::exceptions::PyValueError::new_err("'constraint' and 'index_elements' are mutually exclusive"));
    }
    let mut out = ConflictTarget::default();
    if let Some(c) = constraint.filter(|c| !c.is_none()) {
        if c.is_instance_of::<PyString>() {
            out.constraint = Some(super::names::name(c)?);
            return Ok(out);
        }
        // A constraint or index object: its name, or its columns when it has none.
        let name = c.getattr("name")?;
        if !name.is_none() && !c.hasattr("expressions")? {
            out.constraint = Some(super::names::name(&name)?);
            return Ok(out);
        }
        let columns = if c.hasattr("expressions")? { c.getattr("expressions")? } else { c.getattr("columns")? };
        for col in columns.try_iter()? {
            out.elements.push(element(table, &col?)?);
        }
        if let Some(options) = c.getattr_opt("dialect_options")?
            && let Ok(pg) = options.get_item("postgresql")
            && let Ok(w) = pg.get_item("where")
            && !w.is_none()
        {
            out.where_ = Some(coerce::expr_in(&w, Role::WhereHaving)?);
        }
        return Ok(out);
    }
    if let Some(list) = elements.filter(|e| !e.is_none()) {
        for e in list.try_iter()? {
            out.elements.push(element(table, &e?)?);
        }
    }
    if let Some(w) = where_.filter(|w| !w.is_none()) {
        out.where_ = Some(coerce::expr_in(w, Role::WhereHaving)?);
    }
    Ok(out)
}

/// The SET part: a dictionary or (for MySQL) a list of pairs.
fn assignments(table: &FromRef, set: &Bound<'_, PyAny>) -> PyResult<Vec<(ColumnKey, ExprRef)>> {
    let columns = proxy::columns(table);
    let mut out = Vec::new();
    let mut add = |k: &Bound<'_, PyAny>, v: &Bound<'_, PyAny>| -> PyResult<()> {
        let mut key = column_key(k)?;
        let mut column = match &key {
            ColumnKey::Column(c) => Some(build::column(c, None)),
            _ => None,
        };
        if let ColumnKey::Name(n) = &key
            && let Some((_, c)) = columns.iter().find(|(k, _)| k == n)
        {
            column = Some(c.clone());
            if let ExprKind::Column(c) = &c.kind {
                key = ColumnKey::Column(c.column.clone());
            }
        }
        let value = match dml_value(v)? {
            DmlValue::Expr(e) => match (&e.kind, &column) {
                // A bind without a type takes the column's.
                (ExprKind::Bind(b), Some(c)) if e.ty.is_null() => sql::ast::Expr::new(ExprKind::Bind(b.clone()), c.ty.clone()),
                _ => e,
            },
            DmlValue::Host(h) => {
                let obj = PyHost::get(v.py(), &h).unwrap_or_else(|| v.clone());
                let ty = match &column {
                    Some(c) if !c.ty.is_null() => c.ty.clone(),
                    _ => crate::py::types::type_of_value(&obj)?,
                };
                build::anon_bind("param", BindValue::Host(h), ty)
            }
        };
        out.push((key, value));
        Ok(())
    };
    if let Ok(d) = set.cast::<PyDict>() {
        for (k, v) in crate::py::ffi::pairs(d) {
            add(&k, &v)?;
        }
    } else if set.is_instance_of::<super::collection::ColumnCollection>() {
        for pair in set.call_method0("items")?.try_iter()? {
            let (k, v): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
            add(&k, &v)?;
        }
    } else {
        for pair in set.try_iter()? {
            let (k, v): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
            add(&k, &v)?;
        }
    }
    Ok(out)
}

fn check_single(py: Python<'_>, i: &Insert) -> PyResult<()> {
    // PostgreSQL allows one ON CONFLICT clause a statement; SQLite several, the caller says so.
    if i.on_conflict.is_empty() || i.dialect.as_deref() == Some("sqlite") {
        return Ok(());
    }
    Err(invalid_request(py, "This Insert construct already has an ON CONFLICT clause established"))
}

/// `insert.on_conflict_do_nothing(…)`.
#[pyfunction]
#[pyo3(name = "_on_conflict_do_nothing", signature = (insert, constraint=None, index_elements=None, index_where=None))]
fn do_nothing<'py>(
    insert: &Bound<'py, PyAny>,
    constraint: Option<Bound<'py, PyAny>>,
    index_elements: Option<Bound<'py, PyAny>>,
    index_where: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    changed(insert, |i| {
        check_single(insert.py(), i)?;
        let target = target(&i.table.clone(), constraint.as_ref(), index_elements.as_ref(), index_where.as_ref())?;
        i.on_conflict.push(OnConflict::DoNothing { target });
        Ok(())
    })
}

/// `insert.on_conflict_do_update(…)`.
#[pyfunction]
#[pyo3(name = "_on_conflict_do_update", signature = (insert, constraint=None, index_elements=None, index_where=None, set_=None, r#where=None))]
fn do_update<'py>(
    insert: &Bound<'py, PyAny>,
    constraint: Option<Bound<'py, PyAny>>,
    index_elements: Option<Bound<'py, PyAny>>,
    index_where: Option<Bound<'py, PyAny>>,
    set_: Option<Bound<'py, PyAny>>,
    r#where: Option<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = insert.py();
    changed(insert, |i| {
        check_single(py, i)?;
        let table = i.table.clone();
        let target = target(&table, constraint.as_ref(), index_elements.as_ref(), index_where.as_ref())?;
        if i.dialect.as_deref() != Some("sqlite") && target.constraint.is_none() && target.elements.is_empty() {
            return Err(pyo3::exceptions::PyValueError::new_err(
                "Either constraint or index_elements, but not both, must be specified unless DO NOTHING",
            ));
        }
        let set = match set_.as_ref().filter(|s| !s.is_none()) {
            Some(s) if s.is_truthy()? => Some(s),
            _ => None,
        };
        let Some(set) = set else {
            return Err(pyo3::exceptions::PyValueError::new_err("set parameter dictionary must not be empty"));
        };
        if !set.is_instance_of::<PyDict>() && !set.is_instance_of::<super::collection::ColumnCollection>() {
            return Err(pyo3::exceptions::PyValueError::new_err(
                "set parameter must be a non-empty dictionary or a ColumnCollection such as the `.c.` collection of a Table object",
            ));
        }
        let set = assignments(&table, set)?;
        let where_ = r#where.as_ref().filter(|w| !w.is_none()).map(|w| coerce::expr_in(w, Role::WhereHaving)).transpose()?;
        i.on_conflict.push(OnConflict::DoUpdate { target, set, where_ });
        Ok(())
    })
}

/// `insert.on_duplicate_key_update(…)`.
#[pyfunction]
#[pyo3(name = "_on_duplicate_key_update", signature = (insert, args, kw))]
fn duplicate_key<'py>(
    insert: &Bound<'py, PyAny>,
    args: &Bound<'py, PyTuple>,
    kw: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = insert.py();
    if !args.is_empty() && !kw.is_empty() {
        return Err(argument_error(py, "Can't pass kwargs and positional arguments simultaneously"));
    }
    let (set, ordered) = if args.is_empty() {
        (kw.clone().into_any(), false)
    } else {
        if args.len() > 1 {
            return Err(argument_error(py, "Only a single dictionary or list of tuples is accepted positionally."));
        }
        let first = args.get_item(0)?;
        let ordered = first.is_instance_of::<PyList>();
        (first, ordered)
    };
    if !set.is_truthy()? {
        return Err(pyo3::exceptions::PyValueError::new_err("update parameter dictionary must not be empty"));
    }
    changed(insert, |i| {
        if !i.on_conflict.is_empty() {
            return Err(invalid_request(py, "This Insert construct already has an ON DUPLICATE KEY clause present"));
        }
        let set = assignments(&i.table.clone(), &set)?;
        i.on_conflict.push(OnConflict::DuplicateKey { set, ordered });
        Ok(())
    })
}

/// Mark an INSERT as one of a dialect.
#[pyfunction]
#[pyo3(name = "_dialect_insert")]
fn dialect_insert<'py>(insert: &Bound<'py, PyAny>, dialect: &str) -> PyResult<Bound<'py, PyAny>> {
    changed(insert, |i| {
        i.dialect = Some(dialect.into());
        Ok(())
    })
}

/// Functions of this module.
pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(do_nothing, m)?)?;
    m.add_function(wrap_pyfunction!(do_update, m)?)?;
    m.add_function(wrap_pyfunction!(duplicate_key, m)?)?;
    m.add_function(wrap_pyfunction!(dialect_insert, m)?)
}
