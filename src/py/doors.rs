//! Doors upward: what a room asks of one above it. The upper room opens them when it is registered; a lower room knows the door only.
//!
//! Each is a plain function in a slot that is set once. Rooms call downwards by name (`crate::py::sql::…`) and upwards through here
//! (`tests_py/house` denies the rest).

use pyo3::prelude::*;
use sql::ast::{ExprRef, Node, SelectItem};
use sql::compile::StatementResolver;
use sql::dialects::Dialect;
use sql::host::{EntityRef, HostRef};
use std::sync::{Arc, OnceLock};

type Any<'py> = Bound<'py, PyAny>;

/// A slot for a function of an upper room.
pub struct Door<F>(OnceLock<F>);

impl<F: Copy> Door<F> {
    const fn shut() -> Self {
        Self(OnceLock::new())
    }
    /// Set it; a second registration finds it set.
    pub fn open(&self, f: F) {
        let _ = self.0.set(f);
    }
    /// The function, once its room is registered.
    #[inline]
    pub fn get(&self) -> Option<F> {
        self.0.get().copied()
    }
    /// The function; every room is registered before users come.
    pub fn through(&self) -> PyResult<F> {
        self.get().ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("oxalchemy._rs is not fully imported"))
    }
}

/// Reads a Python object.
type Read<T> = for<'py> fn(&Any<'py>) -> PyResult<T>;
/// Gives an expression its face.
type Wrap = for<'py> fn(Python<'py>, &ExprRef) -> PyResult<Any<'py>>;
/// Left, right, ON clause, outer, full.
type MakeJoin = for<'py> fn(&Any<'py>, &Any<'py>, Option<Any<'py>>, bool, bool) -> PyResult<Any<'py>>;

/// `sql`: the face of an expression.
pub static WRAP_EXPR: Door<Wrap> = Door::shut();
/// `sql`: the node of a face; `None` for anything else.
pub static NODE: Door<Read<Option<Node>>> = Door::shut();
/// `sql`: the expression a Python object stands for.
pub static EXPR: Door<Read<ExprRef>> = Door::shut();
/// `compile`: the facts about a dialect object; `None` for anything else.
pub static DIALECT: Door<Read<Option<Arc<Dialect>>>> = Door::shut();
/// `orm`: the entity an object stands for (mapped class, mapper, alias).
pub static ENTITY: Door<Read<Option<EntityRef>>> = Door::shut();
/// `orm`: whether an object is an instance of a mapped class.
pub static IS_INSTANCE: Door<for<'a, 'py> fn(&'a Any<'py>) -> bool> = Door::shut();
/// `orm`: a Bundle or composite attribute as an element of a columns clause.
pub static SELECT_ITEM: Door<Read<Option<SelectItem>>> = Door::shut();
/// `orm`: a join of entities.
pub static JOIN: Door<MakeJoin> = Door::shut();
/// `orm`: what a statement's option object holds.
pub static OPTION: Door<Read<Option<HostRef>>> = Door::shut();
/// `orm`: what makes plain statements of ORM statements.
pub static RESOLVER: Door<&'static (dyn StatementResolver + Send + Sync)> = Door::shut();
