//! `insert()`, `update()` and `delete()`, as functions and as methods of tables.

use super::*;

pub(super) fn target(obj: &Bound<'_, PyAny>) -> PyResult<(FromRef, DmlCommon)> {
    let f = coerce::from_in(obj, Role::DmlTable)?;
    use sql::ast::FromKind as K;
    if matches!(f.kind, K::Subquery { .. } | K::Lateral { .. } | K::Values(_) | K::TableValued(_)) {
        return Err(coerce::unexpected(obj, Role::DmlTable));
    }
    let entity = f.entity.clone();
    Ok((f, DmlCommon { entity, ..DmlCommon::default() }))
}

/// Dialect keyword arguments (`mysql_limit=…`) of a constructor.
pub(super) fn dialect_kw(common: &mut DmlCommon, kw: Option<&Bound<'_, PyDict>>, skip: &[&str]) -> PyResult<()> {
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
pub(super) fn insert<'py>(
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
    let mut out = super::super::bound::carrying(wrap_node(py, &Node::Insert(Arc::new(node)))?, bind.as_ref())?;
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
pub(super) fn update<'py>(
    table: &Bound<'py, PyAny>,
    whereclause: Option<Bound<'py, PyAny>>,
    values: Option<Bound<'py, PyAny>>,
    inline: bool,
    bind: Option<Bound<'py, PyAny>>,
    preserve_parameter_order: bool,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = table.py();
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
    let mut out = super::super::bound::carrying(wrap_node(py, &Node::Update(Arc::new(node)))?, bind.as_ref())?;
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
pub(super) fn delete<'py>(
    table: &Bound<'py, PyAny>,
    whereclause: Option<Bound<'py, PyAny>>,
    bind: Option<Bound<'py, PyAny>>,
    kw: Option<&Bound<'py, PyDict>>,
) -> PyResult<Bound<'py, PyAny>> {
    let (f, mut common) = target(table)?;
    dialect_kw(&mut common, kw, &[])?;
    let node = DeleteNode { table: f, where_: Vec::new(), using: Vec::new(), common, face: FaceSlot::default() };
    let out = super::super::bound::carrying(wrap_node(table.py(), &Node::Delete(Arc::new(node)))?, bind.as_ref())?;
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
