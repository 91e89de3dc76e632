//! `values()`: what is given for columns.

use super::*;
use crate::py::text::Text;

/// What names a column in `values()`.
pub fn column_key(obj: &Bound<'_, PyAny>) -> PyResult<ColumnKey> {
    if let Ok(s) = obj.cast::<PyString>() {
        return Ok(ColumnKey::Name(s.to_str()?.into()));
    }
    let e = crate::py::errors::ignoring_ours(obj.py(), "SQLAlchemyError", coerce::expr_in(obj, Role::DmlColumn))?
        .ok_or_else(|| coerce::unexpected(obj, Role::DmlColumn))?;
    Ok(match &e.kind {
        ExprKind::Column(c) if e.ann.is_none() => ColumnKey::Column(c.column.clone()),
        _ => ColumnKey::Expr(e),
    })
}

/// A value of `values()`.
pub fn dml_value(obj: &Bound<'_, PyAny>) -> PyResult<DmlValue> {
    let clause = coerce::clause_of(obj)?;
    match node_of(&clause)? {
        Some(Node::Query(q)) => Ok(DmlValue::Expr(super::super::selectable::scalar_of(&q))),
        Some(Node::Expr(e)) => Ok(DmlValue::Expr(e)),
        None => Ok(DmlValue::Host(PyHost::wrap(obj))),
        Some(Node::From(_)) => Err(coerce::unexpected(obj, Role::Expression)),
        Some(_) => Err(coerce::unexpected(obj, Role::BinaryElement)),
    }
}

/// What a pair of a key and a value sets; `entity`: whose attributes names are.
pub fn pairs_of<'py>(
    key: &Bound<'py, PyAny>,
    value: &Bound<'py, PyAny>,
    entity: Option<&EntityRef>,
) -> PyResult<Vec<(ColumnKey, DmlValue)>> {
    if let (Ok(name), Some(entity), Some(resolver)) = (key.cast::<PyString>(), entity, crate::py::doors::RESOLVER.get()) {
        let (name, value) = (name.to_str()?, dml_value(value)?);
        let parts = resolver.named(entity, name, &value).map_err(|e| crate::py::errors::sql_error(key.py(), e))?;
        return Ok(parts.unwrap_or_else(|| vec![(ColumnKey::Name(name.into()), value)]));
    }
    let Some(pairs) = spread(key, value)? else { return Ok(vec![(column_key(key)?, dml_value(value)?)]) };
    let mut row = Vec::new();
    for pair in pairs.try_iter()? {
        let (k, v): (Bound<'_, PyAny>, Bound<'_, PyAny>) = pair?.extract()?;
        row.push((column_key(&k)?, dml_value(&v)?));
    }
    Ok(row)
}

pub(super) fn row_of_dict(d: &Bound<'_, PyDict>, entity: Option<&EntityRef>) -> PyResult<Vec<(ColumnKey, DmlValue)>> {
    let mut row = Vec::with_capacity(d.len());
    for (k, v) in crate::py::ffi::pairs(d) {
        row.extend(pairs_of(&k, &v, entity)?);
    }
    Ok(row)
}

/// The entity that a statement is about.
pub(super) fn entity_of(common: &DmlCommon, table: &FromRef) -> Option<EntityRef> {
    common.entity.as_ref().or(table.entity.as_ref()).cloned()
}

/// Attributes that stand for several columns (composites) or for others (hybrids) say which are set to what.
pub(super) fn spread<'py>(key: &Bound<'py, PyAny>, value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    if key.is_exact_instance_of::<PyString>() || key.is_instance_of::<super::super::ClauseElement>() {
        return Ok(None);
    }
    match key.getattr_opt("_bulk_update_tuples")? {
        Some(f) => f.call1((value,)).map(Some),
        None => Ok(None),
    }
}

pub(super) fn row_of_sequence(table: &FromRef, items: &Bound<'_, PyAny>) -> PyResult<Vec<(ColumnKey, DmlValue)>> {
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

pub(super) fn merge(old: &mut Vec<(ColumnKey, DmlValue)>, new: Vec<(ColumnKey, DmlValue)>) {
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
pub(super) fn values(
    py: Python<'_>,
    old: &mut DmlValues,
    table: &FromRef,
    entity: Option<&EntityRef>,
    args: &Bound<'_, PyTuple>,
    kw: Option<&Bound<'_, PyDict>>,
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
            row = row_of_dict(d, entity)?;
        } else if first.is_instance_of::<PyList>() {
            let mut rows = Vec::new();
            let mut multi = false;
            for r in first.try_iter()? {
                let r = r?;
                if let Ok(d) = r.cast::<PyDict>() {
                    rows.push(row_of_dict(d, entity)?);
                    multi = true;
                } else if r.is_instance_of::<PyTuple>() || r.is_instance_of::<PyList>() {
                    rows.push(row_of_sequence(table, &r)?);
                    multi = true;
                }
            }
            if multi {
                // An UPDATE of several rows is refused when it is compiled.
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
            d.update(crate::py::ffi::require_mapping(&first)?)?;
            row = row_of_dict(&d, entity)?;
        } else if first.is_none() {
            return Ok(());
        } else {
            return Err(argument_error(py, format!("{} expected, got {}.", "dict, tuple or list of them", first.repr()?.text())));
        }
    }
    if let Some(kw) = kw {
        row.extend(row_of_dict(kw, entity)?);
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
