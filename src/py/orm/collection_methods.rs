//! [`CollectionMethod`]: a mutator of a container class, wrapped so that the attribute hears of every change.
//!
//! `oxalchemy.orm.collections` finds the methods of a container class and wraps each once; what happens per call is here.

use super::collections::CollectionAdapter;
use super::names;
use crate::py::ffi;
use crate::py::gc::{self, Collected, PyVisit, Visited};
use crate::py::text::Text;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFrozenSet, PySet, PySlice, PyString, PyTuple};

type Any<'py> = Bound<'py, PyAny>;

/// What a wrapped method does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    ListAppend,
    ListRemove,
    ListInsert,
    ListSetItem,
    ListDelItem,
    ListExtend,
    ListIadd,
    ListPop,
    ListClear,
    SetAdd,
    SetDiscard,
    SetRemove,
    SetPop,
    SetClear,
    SetUpdate,
    SetIor,
    SetDifferenceUpdate,
    SetIsub,
    SetIntersectionUpdate,
    SetIand,
    SetSymmetricDifferenceUpdate,
    SetIxor,
    DictSetItem,
    DictDelItem,
    DictClear,
    DictPop,
    DictPopItem,
    DictSetDefault,
    DictUpdate,
    DictIor,
    /// A method of the user's, marked with `@collection.adds` and relatives.
    Marked,
}

fn parse(kind: &str, name: &str) -> Option<Op> {
    Some(match (kind, name) {
        ("list", "append") => Op::ListAppend,
        ("list", "remove") => Op::ListRemove,
        ("list", "insert") => Op::ListInsert,
        ("list", "__setitem__") => Op::ListSetItem,
        ("list", "__delitem__") => Op::ListDelItem,
        ("list", "extend") => Op::ListExtend,
        ("list", "__iadd__") => Op::ListIadd,
        ("list", "pop") => Op::ListPop,
        ("list", "clear") => Op::ListClear,
        ("set", "add") => Op::SetAdd,
        ("set", "discard") => Op::SetDiscard,
        ("set", "remove") => Op::SetRemove,
        ("set", "pop") => Op::SetPop,
        ("set", "clear") => Op::SetClear,
        ("set", "update") => Op::SetUpdate,
        ("set", "__ior__") => Op::SetIor,
        ("set", "difference_update") => Op::SetDifferenceUpdate,
        ("set", "__isub__") => Op::SetIsub,
        ("set", "intersection_update") => Op::SetIntersectionUpdate,
        ("set", "__iand__") => Op::SetIand,
        ("set", "symmetric_difference_update") => Op::SetSymmetricDifferenceUpdate,
        ("set", "__ixor__") => Op::SetIxor,
        ("dict", "__setitem__") => Op::DictSetItem,
        ("dict", "__delitem__") => Op::DictDelItem,
        ("dict", "clear") => Op::DictClear,
        ("dict", "pop") => Op::DictPop,
        ("dict", "popitem") => Op::DictPopItem,
        ("dict", "setdefault") => Op::DictSetDefault,
        ("dict", "update") => Op::DictUpdate,
        ("dict", "__ior__") => Op::DictIor,
        ("marked", _) => Op::Marked,
        _ => return None,
    })
}

/// See the module documentation.
#[pyclass(frozen, dict, module = "oxalchemy.orm.collections")]
pub struct CollectionMethod {
    inner: Py<PyAny>,
    op: Op,
    name: String,
    /// Marked methods: (`fire_append_event` or `fire_remove_event`, argument position or name), and what happens to the result.
    before: Option<(bool, Py<PyAny>)>,
    after: Option<bool>,
}

/// The event side of one call: the adapter, unless the call is silent.
struct Fire<'py> {
    adapter: Option<Bound<'py, CollectionAdapter>>,
    initiator: Option<Any<'py>>,
}

impl<'py> Fire<'py> {
    fn new(slf: &Any<'py>, initiator: Option<Any<'py>>) -> PyResult<Self> {
        if initiator.as_ref().is_some_and(|i| i.cast::<PyBool>().is_ok_and(|b| !b.is_true())) {
            return Ok(Self { adapter: None, initiator: None });
        }
        let adapter = slf.getattr_opt(names::adapter_attr(slf.py()))?.and_then(|a| a.cast_into::<CollectionAdapter>().ok());
        Ok(Self { adapter, initiator })
    }
    fn add(&self, value: &Any<'py>, key: Option<&Any<'py>>) -> PyResult<Any<'py>> {
        match &self.adapter {
            Some(a) => a.get().fire_append(value.py(), value, self.initiator.as_ref(), key),
            None => Ok(value.clone()),
        }
    }
    fn again(&self, value: &Any<'py>, key: Option<&Any<'py>>) -> PyResult<Any<'py>> {
        match &self.adapter {
            Some(a) => a.get().fire_append_wo_mutation(value.py(), value, self.initiator.as_ref(), key),
            None => Ok(value.clone()),
        }
    }
    fn remove(&self, value: &Any<'py>) -> PyResult<()> {
        self.remove_at(value, None)
    }
    fn remove_at(&self, value: &Any<'py>, key: Option<&Any<'py>>) -> PyResult<()> {
        match &self.adapter {
            Some(a) => a.get().fire_remove_at(value.py(), value, self.initiator.as_ref(), key),
            None => Ok(()),
        }
    }
    fn before_pop(&self, py: Python<'py>) -> PyResult<()> {
        match &self.adapter {
            Some(a) => a.get().fire_pre_remove(py),
            None => Ok(()),
        }
    }
}

fn is_set_like(v: &Any<'_>) -> PyResult<bool> {
    if v.is_instance_of::<PySet>() || v.is_instance_of::<PyFrozenSet>() {
        return Ok(true);
    }
    Ok(super::collections::duck_type(v)?.is_some_and(|t| t.is(v.py().get_type::<PySet>())))
}

impl CollectionMethod {
    fn called<'py>(
        &self,
        slf_: &Any<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let py = slf_.py();
        let mut initiator = None;
        let mut rest: Option<Bound<'py, PyDict>> = None;
        if let Some(kw) = kwargs {
            let kw = kw.copy()?;
            initiator = kw.get_item("_sa_initiator")?;
            if initiator.is_some() {
                kw.del_item("_sa_initiator")?;
            }
            initiator = initiator.filter(|i| !i.is_none());
            if !kw.is_empty() {
                rest = Some(kw);
            }
        }
        let fire = Fire::new(slf_, initiator)?;
        let arg = |i: usize, names: &[&str]| -> PyResult<Any<'py>> {
            if let Ok(a) = args.get_item(i) {
                return Ok(a);
            }
            for n in names {
                if let Some(kw) = &rest
                    && let Some(v) = kw.get_item(n)?
                {
                    return Ok(v);
                }
            }
            Err(PyTypeError::new_err(format!(
                "{}() missing 1 required positional argument: '{}'",
                self.name,
                names.first().unwrap_or(&"item")
            )))
        };
        let none = || py.None().into_bound(py);
        match self.op {
            Op::ListAppend => {
                let item = fire.add(&arg(0, &["item"])?, None)?;
                self.inner(slf_, (item,))
            }
            Op::ListRemove => {
                let value = arg(0, &["value"])?;
                fire.remove(&value)?;
                self.inner(slf_, (value,))
            }
            Op::ListInsert => {
                let (i, v) = (arg(0, &["index"])?, arg(1, &["value"])?);
                let v = fire.add(&v, Some(&i))?;
                self.inner(slf_, (i, v))
            }
            Op::ListSetItem => self.list_set(slf_, &fire, &arg(0, &["index"])?, &arg(1, &["value"])?),
            Op::ListDelItem => {
                let i = arg(0, &["index"])?;
                let gone = slf_.get_item(&i)?;
                if i.is_instance_of::<PySlice>() {
                    for v in gone.try_iter()? {
                        fire.remove_at(&v?, Some(&i))?;
                    }
                } else {
                    fire.remove_at(&gone, Some(&i))?;
                }
                self.inner(slf_, (i,))
            }
            Op::ListExtend | Op::ListIadd => {
                let all: Vec<Any<'py>> = arg(0, &["iterable"])?.try_iter()?.collect::<PyResult<_>>()?;
                for v in all {
                    slf_.call_method1("append", (v,))?;
                }
                Ok(if self.op == Op::ListIadd { slf_.clone() } else { none() })
            }
            Op::ListPop => {
                fire.before_pop(py)?;
                let item = self.inner(slf_, args.clone())?;
                let index = match args.get_item(0) {
                    Ok(i) => i,
                    Err(_) => pyo3::types::PyInt::new(py, -1).into_any(),
                };
                fire.remove_at(&item, Some(&index))?;
                Ok(item)
            }
            Op::ListClear => {
                for v in items_of(slf_)? {
                    fire.remove(&v)?;
                }
                self.inner(slf_, ())
            }
            Op::SetAdd => {
                let v = arg(0, &["value"])?;
                let v = if slf_.contains(&v)? { fire.again(&v, None)? } else { fire.add(&v, None)? };
                self.inner(slf_, (v,))
            }
            Op::SetDiscard | Op::SetRemove => {
                let v = arg(0, &["value"])?;
                if slf_.contains(&v)? {
                    fire.remove(&v)?;
                }
                self.inner(slf_, (v,))
            }
            Op::SetPop => {
                fire.before_pop(py)?;
                let item = self.inner(slf_, ())?;
                fire.remove(&item)?;
                Ok(item)
            }
            Op::SetClear => {
                for v in items_of(slf_)? {
                    slf_.call_method1("remove", (v,))?;
                }
                Ok(none())
            }
            Op::SetUpdate => {
                for v in arg(0, &["value"])?.try_iter()?.collect::<PyResult<Vec<_>>>()? {
                    slf_.call_method1("add", (v,))?;
                }
                Ok(none())
            }
            Op::SetDifferenceUpdate => {
                for v in arg(0, &["value"])?.try_iter()?.collect::<PyResult<Vec<_>>>()? {
                    slf_.call_method1("discard", (v,))?;
                }
                Ok(none())
            }
            Op::SetIor | Op::SetIsub => {
                let other = arg(0, &["value"])?;
                if !is_set_like(&other)? {
                    return Ok(py.NotImplemented().into_bound(py));
                }
                let method = if self.op == Op::SetIor { "add" } else { "discard" };
                for v in other.try_iter()?.collect::<PyResult<Vec<_>>>()? {
                    slf_.call_method1(method, (v,))?;
                }
                Ok(slf_.clone())
            }
            Op::SetIntersectionUpdate | Op::SetIand | Op::SetSymmetricDifferenceUpdate | Op::SetIxor => {
                let other = arg(0, &["other"])?;
                let in_place = matches!(self.op, Op::SetIand | Op::SetIxor);
                if in_place && !is_set_like(&other)? {
                    return Ok(py.NotImplemented().into_bound(py));
                }
                let method = if matches!(self.op, Op::SetIntersectionUpdate | Op::SetIand) {
                    "intersection"
                } else {
                    "symmetric_difference"
                };
                let want = PySet::new(py, slf_.call_method1(method, (&other,))?.try_iter()?.collect::<PyResult<Vec<_>>>()?)?;
                let have = PySet::new(py, items_of(slf_)?)?;
                for v in &have {
                    if !want.contains(&v)? {
                        slf_.call_method1("remove", (v,))?;
                    }
                }
                for v in &want {
                    if !have.contains(&v)? {
                        slf_.call_method1("add", (v,))?;
                    }
                }
                Ok(if in_place { slf_.clone() } else { none() })
            }
            Op::DictSetItem => {
                let (k, v) = (arg(0, &["key"])?, arg(1, &["value"])?);
                if slf_.contains(&k)? {
                    fire.remove_at(&slf_.get_item(&k)?, Some(&k))?;
                }
                let v = fire.add(&v, Some(&k))?;
                self.inner(slf_, (k, v))
            }
            Op::DictDelItem => {
                let k = arg(0, &["key"])?;
                if slf_.contains(&k)? {
                    fire.remove_at(&slf_.get_item(&k)?, Some(&k))?;
                }
                self.inner(slf_, (k,))
            }
            Op::DictClear => {
                for k in slf_.try_iter()?.collect::<PyResult<Vec<_>>>()? {
                    fire.remove_at(&slf_.get_item(&k)?, Some(&k))?;
                }
                self.inner(slf_, ())
            }
            Op::DictPop => {
                let k = arg(0, &["key"])?;
                let there = slf_.contains(&k)?;
                if there {
                    fire.before_pop(py)?;
                }
                let all = prepend(slf_, args)?;
                let item = self.inner.bind(py).call(all, rest.as_ref())?;
                if there {
                    fire.remove_at(&item, Some(&k))?;
                }
                Ok(item)
            }
            Op::DictPopItem => {
                fire.before_pop(py)?;
                let item = self.inner(slf_, ())?;
                fire.remove(&item.get_item(1)?)?;
                Ok(item)
            }
            Op::DictSetDefault => {
                let k = arg(0, &["key"])?;
                let default = crate::py::errors::ignoring::<PyTypeError, _>(py, arg(1, &["default"]))?.unwrap_or_else(none);
                if !slf_.contains(&k)? {
                    slf_.call_method1("__setitem__", (&k, &default))?;
                    return Ok(default);
                }
                let v = slf_.get_item(&k)?;
                if v.is(&default) {
                    fire.again(&v, Some(&k))?;
                }
                Ok(v)
            }
            Op::DictUpdate | Op::DictIor => {
                if let Ok(other) = args.get_item(0) {
                    if self.op == Op::DictIor
                        && super::collections::duck_type(&other)?.is_none_or(|t| !t.is(py.get_type::<PyDict>()))
                    {
                        return Ok(py.NotImplemented().into_bound(py));
                    }
                    let pairs: Vec<(Any<'py>, Any<'py>)> = if other.hasattr("keys")? {
                        let keys: Vec<Any<'py>> = other.call_method0("keys")?.try_iter()?.collect::<PyResult<_>>()?;
                        keys.into_iter().map(|k| other.get_item(&k).map(|v| (k, v))).collect::<PyResult<_>>()?
                    } else {
                        other
                            .try_iter()?
                            .map(|p| p.and_then(|p| Ok((p.get_item(0)?, p.get_item(1)?))))
                            .collect::<PyResult<_>>()?
                    };
                    for (k, v) in pairs {
                        dict_put(slf_, &fire, &k, &v)?;
                    }
                }
                if let Some(kw) = &rest {
                    for (k, v) in kw {
                        dict_put(slf_, &fire, &k, &v)?;
                    }
                }
                Ok(if self.op == Op::DictIor { slf_.clone() } else { none() })
            }
            Op::Marked => self.marked(slf_, &fire, args, rest),
        }
    }
}

#[pymethods]
impl CollectionMethod {
    /// `kind`: `"list"`, `"set"`, `"dict"` or `"marked"`; `before`: `(event name, argument)`, `after`: event name.
    #[new]
    #[pyo3(signature = (kind, name, inner, before = None, after = None))]
    fn py_new(
        kind: &str,
        name: &str,
        inner: Py<PyAny>,
        before: Option<(String, Py<PyAny>)>,
        after: Option<String>,
    ) -> PyResult<Self> {
        let Some(op) = parse(kind, name) else { return Err(PyTypeError::new_err(format!("unknown collection method {name}"))) };
        Ok(Self {
            inner,
            op,
            name: name.to_owned(),
            before: before.map(|(e, a)| (e == "fire_append_event", a)),
            after: after.map(|e| e == "fire_append_event"),
        })
    }
    fn __traverse__(&self, visit: PyVisit<'_>) -> Visited {
        gc::traverse(self, &visit)
    }
    #[getter]
    fn __wrapped__(&self, py: Python<'_>) -> Py<PyAny> {
        self.inner.clone_ref(py)
    }
    #[getter]
    fn __name__(&self) -> &str {
        &self.name
    }
    #[getter]
    fn _sa_instrumented(&self) -> bool {
        true
    }
    fn __get__<'py>(slf: &Bound<'py, Self>, obj: Option<&Any<'py>>, owner: Option<&Any<'py>>) -> PyResult<Any<'py>> {
        let _ = owner;
        match obj {
            Some(o) if !o.is_none() => ffi::bind_method(slf.as_any(), o),
            _ => Ok(slf.clone().into_any()),
        }
    }
    #[pyo3(signature = (slf_, *args, **kwargs))]
    fn __call__<'py>(
        &self,
        slf_: &Any<'py>,
        args: &Bound<'py, PyTuple>,
        kwargs: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        // The user's own methods may change collections again.
        crate::py::stack::deep(|| self.called(slf_, args, kwargs))
    }
}

impl Collected for CollectionMethod {
    fn visit(&self, visit: &PyVisit<'_>) -> Visited {
        visit.call(&self.inner)
    }
}

fn dict_put<'py>(slf: &Any<'py>, fire: &Fire<'py>, k: &Any<'py>, v: &Any<'py>) -> PyResult<()> {
    if slf.contains(k)? && slf.get_item(k)?.is(v) {
        fire.again(v, Some(k))?;
        return Ok(());
    }
    slf.call_method1("__setitem__", (k, v)).map(drop)
}

fn items_of<'py>(slf: &Any<'py>) -> PyResult<Vec<Any<'py>>> {
    slf.try_iter()?.collect()
}

fn prepend<'py>(first: &Any<'py>, rest: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(first.py(), std::iter::once(first.clone()).chain(rest.iter()).collect::<Vec<_>>())
}

impl CollectionMethod {
    fn inner<'py>(
        &self,
        slf: &Any<'py>,
        args: impl pyo3::IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error: Into<PyErr>>,
    ) -> PyResult<Any<'py>> {
        let args = args.into_pyobject(slf.py()).map_err(Into::into)?;
        self.inner.bind(slf.py()).call1(prepend(slf, &args)?)
    }

    fn list_set<'py>(&self, slf: &Any<'py>, fire: &Fire<'py>, index: &Any<'py>, value: &Any<'py>) -> PyResult<Any<'py>> {
        let py = slf.py();
        let Ok(slice) = index.cast::<PySlice>() else {
            let old = slf.get_item(index)?;
            if !old.is_none() {
                fire.remove_at(&old, Some(index))?;
            }
            let value = fire.add(value, Some(index))?;
            return self.inner(slf, (index, value));
        };
        let len = slf.len()?;
        let ind = slice.indices(isize::try_from(len).unwrap_or(isize::MAX))?;
        if ind.step == 1 {
            if value.is(slf) {
                return Ok(py.None().into_bound(py));
            }
            let new: Vec<Any<'py>> = value.try_iter()?.collect::<PyResult<_>>()?;
            for _ in ind.start..ind.stop {
                if slf.len()? > usize::try_from(ind.start).unwrap_or(0) {
                    slf.del_item(ind.start)?;
                }
            }
            for (i, v) in (ind.start..).zip(new) {
                slf.call_method1("insert", (i, v))?;
            }
            return Ok(py.None().into_bound(py));
        }
        let new: Vec<Any<'py>> = value.try_iter()?.collect::<PyResult<_>>()?;
        let positions: Vec<isize> =
            (0..isize::try_from(ind.slicelength).unwrap_or(0)).map(|i| ind.start + i * ind.step).collect();
        if new.len() != positions.len() {
            return Err(PyValueError::new_err(format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                new.len(),
                positions.len()
            )));
        }
        for (i, v) in positions.into_iter().zip(new) {
            slf.call_method1("__setitem__", (i, v))?;
        }
        Ok(py.None().into_bound(py))
    }

    /// `@collection.adds(1)`, `replaces(1)`, `removes(1)`, `removes_return()`.
    fn marked<'py>(
        &self,
        slf: &Any<'py>,
        fire: &Fire<'py>,
        args: &Bound<'py, PyTuple>,
        kw: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Any<'py>> {
        let py = slf.py();
        let mut values: Vec<Any<'py>> = std::iter::once(slf.clone()).chain(args.iter()).collect();
        if let Some((adds, which)) = &self.before {
            let which = which.bind(py);
            let missing = || PyTypeError::new_err(format!("Missing argument {}", which.text()));
            enum Where {
                Position(usize),
                Name(String),
            }
            let at = match which.extract::<usize>() {
                Ok(i) if i < values.len() => Where::Position(i),
                Ok(i) => {
                    // given by keyword: look the name up in the signature
                    let sig = py.import("inspect")?.getattr("signature")?.call1((&self.inner,))?.getattr("parameters")?;
                    let names: Vec<String> = sig.try_iter()?.map(|n| n.map(|n| n.text())).collect::<PyResult<_>>()?;
                    Where::Name(names.get(i).cloned().ok_or_else(missing)?)
                }
                Err(_) => {
                    let name = which.cast::<PyString>()?.text();
                    let sig = py.import("inspect")?.getattr("signature")?.call1((&self.inner,))?.getattr("parameters")?;
                    let names: Vec<String> = sig.try_iter()?.map(|n| n.map(|n| n.text())).collect::<PyResult<_>>()?;
                    match names.iter().position(|n| *n == name) {
                        Some(i) if i < values.len() => Where::Position(i),
                        _ => Where::Name(name),
                    }
                }
            };
            let value = match &at {
                Where::Position(i) => values.get(*i).cloned().ok_or_else(missing)?,
                Where::Name(n) => kw.as_ref().map_or(Ok(None), |k| k.get_item(n))?.ok_or_else(missing)?,
            };
            if *adds {
                let new = fire.add(&value, None)?;
                match at {
                    Where::Position(i) => values.get_mut(i).into_iter().for_each(|v| v.clone_from(&new)),
                    Where::Name(n) => {
                        if let Some(k) = &kw {
                            k.set_item(n, new)?;
                        }
                    }
                }
            } else {
                fire.remove(&value)?;
            }
        }
        let result = self.inner.bind(py).call(PyTuple::new(py, values)?, kw.as_ref())?;
        if let Some(adds) = self.after
            && !result.is_none()
        {
            if adds {
                fire.add(&result, None)?;
            } else {
                fire.remove(&result)?;
            }
        }
        Ok(result)
    }
}
