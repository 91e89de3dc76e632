//! `Column`.

use super::{PyForeignKey, PySequence, dialect_options, opt_name, opt_text};
use crate::py::ffi::instance_dict;
use crate::py::host::PyHost;
use crate::py::sql::clause::{ClauseElement, FaceClass, face_class};
pub use crate::py::sql::coerce::column as column_of;
use crate::py::sql::{ColumnClause, names, to_expr, wrap_expr};
use crate::py::text::Text;
use crate::py::types::{to_type, wrap_type};
use pyo3::IntoPyObjectExt;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySet, PyString, PyTuple};
use sql::ast::{ExprKind, ExprRef, FromKind, Node};
use sql::schema::column::ColumnData;
use sql::schema::placement::Placement;
use sql::schema::{Autoincrement, Column, ColumnParent, Computed, Default_, Identity, IdentityOptions, ServerDefault};
use std::sync::Arc;

/// The target of a foreign key and the constraint it belongs to, where there is one.
type Reference<'py> = (Bound<'py, PyAny>, Option<Bound<'py, PyAny>>);

face_class! {
    /// A column of a table.
    PyColumn: ColumnClause, "Column", "oxalchemy.sql.schema"
}

/// The column of a Column object.
pub fn own(slf: &Bound<'_, PyColumn>) -> PyResult<Arc<Column>> {
    match slf.cast::<ClauseElement>()?.get().node() {
        Some(Node::Expr(e)) => match &e.kind {
            ExprKind::Column(c) => Ok(c.column.clone()),
            _ => Err(uninitialised(slf)),
        },
        _ => Err(uninitialised(slf)),
    }
}

fn uninitialised(slf: &Bound<'_, PyColumn>) -> PyErr {
    let name = slf.get_type().name().map(|n| n.text()).unwrap_or_default();
    pyo3::exceptions::PyAttributeError::new_err(format!("'{name}' object is not initialised: Column.__init__() was not called"))
}

/// What `autoincrement=` says.
pub fn autoincrement_of(value: &Bound<'_, PyAny>) -> PyResult<Autoincrement> {
    Ok(match value.cast::<PyString>() {
        Ok(word) => match word.to_str()? {
            "auto" => Autoincrement::Auto,
            "ignore_fk" => Autoincrement::IgnoreFk,
            _ => Autoincrement::False,
        },
        Err(_) if value.is_truthy()? => Autoincrement::True,
        Err(_) => Autoincrement::False,
    })
}

/// Options of Sequence and Identity from a tuple of nine.
pub fn identity_options(t: &Bound<'_, PyAny>) -> PyResult<IdentityOptions> {
    let get = |i: usize| t.get_item(i);
    Ok(IdentityOptions {
        start: get(0)?.extract()?,
        increment: get(1)?.extract()?,
        minvalue: get(2)?.extract()?,
        maxvalue: get(3)?.extract()?,
        nominvalue: get(4)?.extract()?,
        nomaxvalue: get(5)?.extract()?,
        cycle: get(6)?.extract()?,
        cache: get(7)?.extract()?,
        order: get(8)?.extract()?,
    })
}

#[pymethods]
impl PyColumn {
    #[new]
    #[pyo3(signature = (*_args, **_kwargs))]
    fn new(_args: &Bound<'_, PyTuple>, _kwargs: Option<&Bound<'_, PyDict>>) -> PyClassInitializer<Self> {
        Self::init()
    }
    /// `Column([name], [type], *items, **kw)`.
    #[pyo3(signature = (*args, **kw))]
    fn __init__<'py>(slf: &Bound<'py, Self>, args: &Bound<'py, PyTuple>, kw: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        super::assemble::init(slf, args, kw)
    }
    fn _init(slf: &Bound<'_, Self>, name: &Bound<'_, PyAny>, ty: &Bound<'_, PyAny>, key: &Bound<'_, PyAny>) -> PyResult<()> {
        let data =
            ColumnData { name: opt_name(name)?, key: opt_text(key), ty: to_type(ty)?, nullable: true, ..ColumnData::default() };
        ClauseElement::set_node(slf.as_any(), Node::Expr(Column::new(data).to_expr()))
    }

    #[getter]
    fn name<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match own(slf)?.d.read().name.clone() {
            Some(n) => names::wrap(py, &n),
            None => Ok(py.None().into_bound(py)),
        }
    }
    #[setter]
    fn set_name(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let name = opt_name(value)?;
        own(slf)?.d.write().name = name;
        Ok(())
    }
    #[getter]
    fn key<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        let (key, name) = {
            let column = own(slf)?;
            let d = column.d.read();
            (d.key.clone(), d.name.clone())
        };
        match (key, name) {
            (Some(k), Some(n)) if *k == *n.text => names::wrap(py, &n),
            (Some(k), _) => (&*k).into_bound_py_any(py),
            (None, Some(n)) => names::wrap(py, &n),
            (None, None) => Ok(py.None().into_bound(py)),
        }
    }
    #[setter]
    fn set_key(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        own(slf)?.d.write().key = opt_text(value);
        Ok(())
    }
    #[getter]
    fn r#type<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        wrap_type(slf.py(), &own(slf)?.ty())
    }
    #[setter]
    fn set_type(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let ty = to_type(value)?;
        own(slf)?.d.write().ty = ty;
        Ok(())
    }
    #[getter]
    fn primary_key(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf)?.d.read().primary_key)
    }
    #[setter]
    fn set_primary_key(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        own(slf)?.d.write().primary_key = value;
        Ok(())
    }
    #[getter]
    fn nullable(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf)?.d.read().nullable)
    }
    #[setter]
    fn set_nullable(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let value = value.is_truthy()?;
        own(slf)?.d.write().nullable = value;
        Ok(())
    }
    /// Did the user say whether it is nullable?
    #[getter]
    fn _nullability_given(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf)?.d.read().nullability_given)
    }
    #[setter(_nullability_given)]
    fn set_nullability_given(slf: &Bound<'_, Self>, value: bool) -> PyResult<()> {
        own(slf)?.d.write().nullability_given = value;
        Ok(())
    }
    /// Does it only match rows of a batched INSERT with their parameters?
    #[getter]
    fn _insert_sentinel(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf)?.d.read().sentinel)
    }
    #[setter(_insert_sentinel)]
    fn set_insert_sentinel(slf: &Bound<'_, Self>, value: bool) -> PyResult<()> {
        own(slf)?.d.write().sentinel = value;
        Ok(())
    }
    #[getter]
    fn system(slf: &Bound<'_, Self>) -> PyResult<bool> {
        Ok(own(slf)?.d.read().system)
    }
    #[setter]
    fn set_system(slf: &Bound<'_, Self>, value: bool) -> PyResult<()> {
        own(slf)?.d.write().system = value;
        Ok(())
    }
    #[getter]
    fn comment(slf: &Bound<'_, Self>) -> PyResult<Option<String>> {
        Ok(own(slf)?.d.read().comment.as_ref().map(ToString::to_string))
    }
    #[setter]
    fn set_comment(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        own(slf)?.d.write().comment = opt_text(value);
        Ok(())
    }
    #[getter]
    fn autoincrement<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        match own(slf)?.d.read().autoincrement {
            Autoincrement::Auto => "auto".into_bound_py_any(py),
            Autoincrement::IgnoreFk => "ignore_fk".into_bound_py_any(py),
            Autoincrement::True => true.into_bound_py_any(py),
            Autoincrement::False => false.into_bound_py_any(py),
        }
    }
    #[setter]
    fn set_autoincrement(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let mode = autoincrement_of(value)?;
        own(slf)?.d.write().autoincrement = mode;
        Ok(())
    }
    /// `table_column`: what `column_0_label` of a naming convention means.
    #[getter]
    fn _ddl_label(slf: &Bound<'_, Self>) -> PyResult<String> {
        Ok(sql::schema::naming::column_label(&*own(slf)?))
    }
    /// Value generators: `slot` is `default`, `onupdate`, `server_default` or `server_onupdate`.
    fn _set_generator(slf: &Bound<'_, Self>, slot: &str, kind: Option<&str>, arg: &Bound<'_, PyAny>) -> PyResult<()> {
        let column = own(slf)?;
        if slot.starts_with("server") {
            let value = server_generator(kind, arg)?;
            let mut d = column.d.write();
            *(if slot == "server_default" { &mut d.server_default } else { &mut d.server_onupdate }) = value;
        } else {
            let value = client_generator(kind, arg)?;
            let mut d = column.d.write();
            *(if slot == "default" { &mut d.default } else { &mut d.onupdate }) = value;
        }
        Ok(())
    }
    fn _set_dialect_options(slf: &Bound<'_, Self>, list: &Bound<'_, PyAny>) -> PyResult<()> {
        let options = dialect_options(list)?;
        own(slf)?.d.write().dialect_options = options;
        Ok(())
    }
    /// CHECK constraints of the column, in the order of their creation.
    fn _set_checks(slf: &Bound<'_, Self>, checks: Vec<Bound<'_, super::PyConstraint>>) -> PyResult<()> {
        let checks = checks.iter().map(|c| c.get().inner()).collect();
        own(slf)?.d.write().checks = checks;
        Ok(())
    }
    /// The Table it belongs to.
    #[getter]
    fn table<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        if let Some(table) = instance_dict(slf)?.get_item(intern!(slf.py(), "table"))? {
            return Ok(table);
        }
        ColumnClause::table(slf.cast::<ColumnClause>()?)
    }
    #[setter]
    fn set_table(slf: &Bound<'_, Self>, table: &Bound<'_, PyAny>) -> PyResult<()> {
        instance_dict(slf)?.set_item(intern!(slf.py(), "table"), table)?;
        let parent = match &crate::py::sql::to_from(table)?.kind {
            FromKind::Table(t) => ColumnParent::Table(Arc::downgrade(t)),
            _ => ColumnParent::None,
        };
        own(slf)?.d.write().parent = parent;
        Ok(())
    }
    /// CHECK constraints of the column.
    #[getter]
    fn constraints<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        kept_or(slf, intern!(py, "@constraints"), || Ok(PySet::empty(py)?.into_any()))
    }
    #[setter]
    fn set_constraints(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        instance_dict(slf)?.set_item(intern!(slf.py(), "@constraints"), value)
    }
    /// Set of ForeignKey. The column of a subquery or alias has keys in its node only.
    #[getter]
    fn foreign_keys<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let py = slf.py();
        kept_or(slf, intern!(py, "@foreign_keys"), || {
            let keys = PySet::empty(py)?;
            for target in Self::_foreign_key_targets(slf)? {
                let key = crate::py::imports::foreign_key(py)?.call1(target)?;
                key.setattr(intern!(py, "parent"), slf)?;
                keys.add(key)?;
            }
            Ok(keys.into_any())
        })
    }
    #[setter]
    fn set_foreign_keys(slf: &Bound<'_, Self>, value: &Bound<'_, PyAny>) -> PyResult<()> {
        instance_dict(slf)?.set_item(intern!(slf.py(), "@foreign_keys"), value)
    }
    /// Become part of `table`, without events.
    #[pyo3(signature = (table, **how))]
    fn _enter<'py>(slf: &Bound<'py, Self>, table: &Bound<'py, PyAny>, how: Option<&Bound<'py, PyDict>>) -> PyResult<()> {
        let (mut replace, mut index) = (false, None);
        if let Some(how) = how {
            replace = how.get_item("replace_existing")?.map_or(Ok(false), |r| r.is_truthy())?;
            index = how.get_item("index")?.map(|i| i.extract()).transpose()?.flatten();
        }
        super::assemble::enter(slf, table, &Placement { index, replace, advise: false })
    }
    /// Call `fn(column, table)` as soon as it belongs to a table.
    fn _when_in_table<'py>(slf: &Bound<'py, Self>, then: Bound<'py, PyAny>) -> PyResult<()> {
        super::assemble::when_in_table(slf, then)
    }
    /// Types with DDL of their own want to know their columns.
    fn _tell_type<'py>(slf: &Bound<'py, Self>, type_: &Bound<'py, PyAny>) -> PyResult<()> {
        super::assemble::tell_type(slf, type_)
    }
    /// References of the column, for proxies that have no Python objects of their own: targets and constraints.
    fn _foreign_key_targets<'py>(slf: &Bound<'py, Self>) -> PyResult<Vec<Reference<'py>>> {
        let py = slf.py();
        let keys = own(slf)?.d.read().foreign_keys.clone();
        let mut out = Vec::new();
        for fk in &keys {
            let target = match fk.column() {
                Ok(target) => wrap_expr(py, &target.to_expr())?,
                // named, and not there yet
                Err(_) => match fk.d.read().colspec.clone() {
                    Some(spec) => pyo3::types::PyString::new(py, &spec).into_any(),
                    None => continue,
                },
            };
            let constraint = fk.d.read().constraint.as_ref().and_then(std::sync::Weak::upgrade);
            let face = constraint.and_then(|c| crate::py::ffi::face(py, &c.face));
            out.push((target, face));
        }
        Ok(out)
    }
    fn _add_foreign_key(slf: &Bound<'_, Self>, fk: &Bound<'_, PyForeignKey>) -> PyResult<()> {
        let fk = fk.get().inner()?;
        let column = own(slf)?;
        let mut d = column.d.write();
        if !d.foreign_keys.iter().any(|f| Arc::ptr_eq(f, &fk)) {
            d.foreign_keys.push(fk);
        }
        Ok(())
    }
}

/// What is kept under a name, made when it is first asked for.
fn kept_or<'py>(
    slf: &Bound<'py, PyColumn>,
    word: &Bound<'py, PyString>,
    make: impl FnOnce() -> PyResult<Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let dict = instance_dict(slf)?;
    if let Some(found) = dict.get_item(word)? {
        return Ok(found);
    }
    let made = make()?;
    dict.set_item(word, &made)?;
    Ok(made)
}

fn client_generator(kind: Option<&str>, arg: &Bound<'_, PyAny>) -> PyResult<Option<Default_>> {
    Ok(Some(match kind {
        None => return Ok(None),
        Some("callable") => Default_::Callable(PyHost::wrap(arg)),
        Some("sql") => Default_::Sql(sql_argument(arg)?),
        Some("sequence") => Default_::Sequence(arg.cast::<PySequence>()?.get().inner()?),
        Some(_) => Default_::Scalar(PyHost::wrap(arg)),
    }))
}

/// A query given as a default is a scalar subquery.
fn sql_argument(arg: &Bound<'_, PyAny>) -> PyResult<ExprRef> {
    if arg.hasattr("scalar_subquery")? {
        return to_expr(&arg.call_method0("scalar_subquery")?);
    }
    to_expr(arg)
}

fn server_generator(kind: Option<&str>, arg: &Bound<'_, PyAny>) -> PyResult<Option<ServerDefault>> {
    Ok(Some(match kind {
        None => return Ok(None),
        Some("literal") => ServerDefault::Literal(arg.extract::<String>()?.into()),
        Some("sql") => ServerDefault::Sql(sql_argument(arg)?),
        Some("computed") => {
            let (sqltext, persisted): (Bound<'_, PyAny>, Option<bool>) = arg.extract()?;
            ServerDefault::Computed(Arc::new(Computed { sqltext: to_expr(&sqltext)?, persisted }))
        }
        Some("identity") => {
            let (always, on_null, options): (Option<bool>, Option<bool>, Bound<'_, PyAny>) = arg.extract()?;
            ServerDefault::Identity(Arc::new(Identity { always, on_null, options: identity_options(&options)? }))
        }
        Some("sequence") => ServerDefault::Sequence(arg.cast::<PySequence>()?.get().inner()?),
        Some(_) => ServerDefault::Fetched,
    }))
}

/// Columns of tables inside an expression, in order, each once.
#[pyfunction]
pub fn columns_of<'py>(expression: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyList>> {
    let py = expression.py();
    let found = PyList::empty(py);
    let mut seen: Vec<usize> = Vec::new();
    let mut walk = vec![crate::py::sql::to_node(expression)?];
    while let Some(node) = walk.pop() {
        if let Node::Expr(e) = &node
            && let ExprKind::Column(c) = &e.kind
        {
            let id = Arc::as_ptr(&c.column) as usize;
            if !seen.contains(&id) {
                seen.push(id);
                if !c.column.d.read().lightweight {
                    found.append(wrap_expr(py, e)?)?;
                }
            }
            continue;
        }
        let mut kids = sql::ast::children::children(&node);
        kids.reverse();
        walk.extend(kids);
    }
    Ok(found)
}

/// An expression with columns replaced: `pairs` are (old, new).
#[pyfunction]
pub fn replace_columns<'py>(
    expression: &Bound<'py, PyAny>,
    pairs: Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
) -> PyResult<Bound<'py, PyAny>> {
    let e = to_expr(expression)?;
    let pairs = pairs.iter().map(|(a, b)| Ok((column_of(a)?, to_expr(b)?))).collect::<PyResult<Vec<_>>>()?;
    let out = sql::ast::fold::replace(&e, &mut |e| match &e.kind {
        ExprKind::Column(c) => pairs.iter().find(|(old, _)| Arc::ptr_eq(old, &c.column)).map(|(_, new)| new.clone()),
        _ => None,
    });
    wrap_expr(expression.py(), &out)
}
