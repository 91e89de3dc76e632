//! Execution of a query.

use super::state::{self, QueryState, with};
use super::{Any, Args, Q, Query, build, derive};
use crate::py::errors;
use crate::py::orm::execute::{self, Job};
use crate::py::text::Text;
use pyo3::exceptions::{PyIndexError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PySlice, PyTuple};
use sql::ast::{Node, Query as Statement, QueryKind, SelectItem};

/// The query as a job for the session.
fn job<'py>(slf: &Q<'py>) -> PyResult<Job<'py>> {
    let py = slf.py();
    let slf = &before_compile(slf)?;
    let q = slf.borrow();
    let s = &q.s;
    let Some(session) = &s.session else {
        return Err(exc_unbound(py));
    };
    let node = match &s.from_statement {
        Some(element) => Node::Query(Statement::new(QueryKind::FromStatement(Box::new(sql::ast::FromStatement {
            entities: s.select.columns.clone(),
            element: element.clone(),
            options: s.select.options.clone(),
            exec_options: s.select.exec_options.clone(),
        })))),
        None => Node::Query(Statement::select(s.select.clone())),
    };
    Ok(Job {
        session: session.bind(py).clone(),
        node,
        params: s.params.as_ref().map(|p| p.bind(py).clone().into_any()),
        options: state::exec_options(py, &s.select),
        autoflush: s.autoflush,
        populate_existing: s.populate_existing,
        eagerloads: s.eagerloads,
        yield_per: s.yield_per,
        only_tuples: s.only_tuples,
        query: Some(slf.clone().into_any()),
    })
}

fn exc_unbound(py: Python<'_>) -> PyErr {
    errors::exc(py, "UnboundExecutionError", "This Query has no Session: give it one with with_session()")
}

/// Listeners of `before_compile` may replace the query.
pub(super) fn before_compile<'py>(slf: &Q<'py>) -> PyResult<Q<'py>> {
    use crate::py::engine::events::Event;
    if !Event::BeforeCompile.used() {
        return Ok(slf.clone());
    }
    let mut current = slf.clone();
    let Some(found) = crate::py::engine::events::listeners(slf.as_any(), Event::BeforeCompile)? else { return Ok(current) };
    for f in found.try_iter()? {
        let out = f?.call1((&current,))?;
        if let Ok(q) = out.cast_into::<Query>() {
            current = q;
        }
    }
    Ok(current)
}

fn rows<'py>(slf: &Q<'py>) -> PyResult<Vec<Any<'py>>> {
    execute::all(job(slf)?)
}

pub(super) fn all<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    Ok(PyList::new(slf.py(), rows(slf)?)?.into_any())
}

pub(super) fn iter<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    if slf.borrow().s.yield_per.is_some() {
        return execute::stream(job(slf)?);
    }
    // a subclass may override all() or __iter__, nothing else
    Ok(PyList::new(slf.py(), rows(slf)?)?.try_iter()?.into_any())
}

pub(super) fn first<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let list = if slf.borrow().s.from_statement.is_some() {
        rows(slf)?
    } else {
        let one = build::limit(slf, &1i32.into_pyobject(py)?.into_any())?;
        rows(&one)?
    };
    Ok(list.into_iter().next().unwrap_or_else(|| py.None().into_bound(py)))
}

fn orm_exc(py: Python<'_>, class: &str, message: &str) -> PyErr {
    errors::exc(py, class, message)
}

pub(super) fn one<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let mut list = rows(slf)?;
    match list.len() {
        1 => Ok(list.remove(0)),
        0 => Err(orm_exc(py, "NoResultFound", "No row was found when one was required")),
        _ => Err(orm_exc(py, "MultipleResultsFound", "Multiple rows were found when exactly one was required")),
    }
}

pub(super) fn one_or_none<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let mut list = rows(slf)?;
    match list.len() {
        1 => Ok(list.remove(0)),
        0 => Ok(py.None().into_bound(py)),
        _ => Err(orm_exc(py, "MultipleResultsFound", "Multiple rows were found when one or none was required")),
    }
}

pub(super) fn scalar<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    let mut list = rows(slf)?;
    match list.len() {
        0 => Ok(py.None().into_bound(py)),
        1 => {
            let one = list.remove(0);
            if slf.borrow().s.single_entity() || !one.is_instance_of::<crate::py::engine::row::Row>() {
                Ok(one)
            } else {
                one.get_item(0)
            }
        }
        _ => Err(orm_exc(py, "MultipleResultsFound", "Multiple rows were found when exactly one was required")),
    }
}

fn negative(py: Python<'_>) -> PyErr {
    let _ = py;
    PyIndexError::new_err("negative indexes are not accepted by SQL index / slice operators")
}

pub(super) fn getitem<'py>(slf: &Q<'py>, item: &Any<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    if let Ok(s) = item.cast::<PySlice>() {
        let bound = |name: &str| -> PyResult<Option<i64>> {
            let v = s.getattr(name)?;
            if v.is_none() { Ok(None) } else { py.import("operator")?.getattr("index")?.call1((v,))?.extract().map(Some) }
        };
        let (start, stop) = (bound("start")?, bound("stop")?);
        let step = s.getattr("step")?;
        if let (Some(a), Some(b)) = (start, stop)
            && b - a <= 0
        {
            return Ok(PyList::empty(py).into_any());
        }
        if start.is_some_and(|n| n < 0) || stop.is_some_and(|n| n < 0) {
            return Err(negative(py));
        }
        let sliced = build::slice(slf, start, stop)?;
        let list = all(&sliced)?;
        if step.is_none() {
            return Ok(list);
        }
        return list.get_item(PySlice::full(py).get_type().call1((py.None(), py.None(), step))?);
    }
    let index: i64 = match item.extract() {
        Ok(i) => i,
        Err(_) => match item.getattr_opt("__index__")? {
            Some(f) => f.call0()?.extract()?,
            None => {
                return Err(PyTypeError::new_err(format!(
                    "query indices must be integers or slices, not {}",
                    item.get_type().name()?.text()
                )));
            }
        },
    };
    if index < 0 {
        return Err(negative(py));
    }
    let sliced = build::slice(slf, Some(index), Some(index + 1))?;
    rows(&sliced)?.into_iter().next().ok_or_else(|| PyIndexError::new_err("list index out of range"))
}

pub(super) fn get<'py>(slf: &Q<'py>, ident: &Any<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    state::no_criterion(slf, "get", false)?;
    let q = slf.borrow();
    let [SelectItem::Entity(_)] = q.s.select.columns.as_slice() else {
        return Err(errors::invalid_request(py, "get() can only be used against a single mapped class."));
    };
    let Some(entity) = q.s.entities.first().map(|e| e.bind(py).clone()) else {
        return Err(errors::invalid_request(py, "get() can only be used against a single mapped class."));
    };
    let Some(session) = q.s.session.as_ref().map(|s| s.bind(py).clone()) else { return Err(exc_unbound(py)) };
    let kw = PyDict::new(py);
    if !q.s.select.options.is_empty() {
        let options = q.s.select.options.iter().map(|o| super::super::options::face_of(py, o)).collect::<PyResult<Vec<_>>>()?;
        kw.set_item("options", options)?;
    }
    if q.s.populate_existing {
        kw.set_item("populate_existing", true)?;
    }
    if let Some(f) = &q.s.select.for_update {
        let d = PyDict::new(py);
        d.set_item("nowait", f.nowait)?;
        d.set_item("read", f.read)?;
        d.set_item("skip_locked", f.skip_locked)?;
        d.set_item("key_share", f.key_share)?;
        kw.set_item("with_for_update", d)?;
    }
    if let Some(o) = state::exec_options(py, &q.s.select) {
        kw.set_item("execution_options", o)?;
    }
    drop(q);
    session.call_method("get", (entity, ident), Some(&kw))
}

pub(super) fn count<'py>(slf: &Q<'py>) -> PyResult<Any<'py>> {
    let counted = {
        let inner = before_compile(slf)?;
        let q = inner.borrow();
        derive::counting(&q.s)
    };
    let mut j = job(slf)?;
    j.node = Node::Query(Statement::select(counted));
    j.query = None;
    let row = execute::all(j)?.into_iter().next();
    match row {
        Some(r) => r.get_item(0),
        None => Ok(slf.py().None().into_bound(slf.py())),
    }
}

pub(super) fn values<'py>(slf: &Q<'py>, columns: Args<'_, 'py>) -> PyResult<Any<'py>> {
    let list: Vec<_> = columns.iter().collect();
    let from = derive::from_of_items(&slf.borrow().s.select.columns);
    let q = with(slf, |s, _| {
        if s.select.from_obj.is_empty() && s.select.joins.is_empty() {
            s.select.from_obj = from;
        }
        s.select.columns.clear();
        s.entities.clear();
        s.only_tuples = false;
        s.yield_per = s.yield_per.or(None);
        s.add(&list)
    })?;
    iter(&q)
}

pub(super) fn value<'py>(slf: &Q<'py>, column: Any<'py>) -> PyResult<Any<'py>> {
    let py = slf.py();
    match values(slf, &PyTuple::new(py, [column])?)?.try_iter()?.next() {
        Some(row) => row?.get_item(0),
        None => Ok(py.None().into_bound(py)),
    }
}

pub(super) fn instances<'py>(slf: &Q<'py>, cursor: &Any<'py>) -> PyResult<Any<'py>> {
    Ok(PyList::new(slf.py(), execute::from_cursor(job(slf)?, cursor)?)?.into_any())
}

pub(super) fn merge_result<'py>(slf: &Q<'py>, iterator: &Any<'py>, load: bool) -> PyResult<Any<'py>> {
    let py = slf.py();
    let (single, entities, session) = {
        let q = slf.borrow();
        let entities: Vec<bool> = q.s.select.columns.iter().map(|c| matches!(c, SelectItem::Entity(_))).collect();
        (q.s.single_entity(), entities, q.s.session.as_ref().map(|s| s.clone_ref(py)))
    };
    let Some(session) = session else { return Err(exc_unbound(py)) };
    let session = session.bind(py);
    let kw = PyDict::new(py);
    kw.set_item("load", load)?;
    let merge =
        |o: Any<'py>| -> PyResult<Any<'py>> { if o.is_none() { Ok(o) } else { session.call_method("merge", (o,), Some(&kw)) } };
    let out = PyList::empty(py);
    for row in iterator.try_iter()? {
        let row = row?;
        if single {
            out.append(merge(row)?)?;
            continue;
        }
        let values =
            row.try_iter()?.zip(entities.iter()).map(|(v, e)| if *e { merge(v?) } else { v }).collect::<PyResult<Vec<_>>>()?;
        let fresh = match row.cast::<crate::py::engine::row::Row>() {
            Ok(r) => Bound::new(
                py,
                crate::py::engine::row::Row { data: PyTuple::new(py, values)?.unbind(), meta: r.get().meta.clone_ref(py) },
            )?
            .into_any(),
            Err(_) => PyTuple::new(py, values)?.into_any(),
        };
        out.append(fresh)?;
    }
    Ok(out.try_iter()?.into_any())
}

/// What a query holds, for other files of this room.
pub(super) fn snapshot(slf: &Q<'_>) -> QueryState {
    slf.borrow().s.clone_ref(slf.py())
}
