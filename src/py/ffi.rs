//! The one file of `src/py` with `unsafe`: faces remembered by nodes, and the hottest loops. Every block has its SAFETY line.
#![allow(unsafe_code)]

use crate::py::text::Text;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyMapping, PySequence, PyString, PyTuple, PyType};
use sql::FaceSlot;

/// The live face a node remembers.
pub fn face<'py>(py: Python<'py>, slot: &FaceSlot) -> Option<Bound<'py, PyAny>> {
    let p = slot.get().cast::<ffi::PyObject>();
    if p.is_null() {
        return None;
    }
    // SAFETY: the slot holds a pointer only while the face is alive: it is set by `remember` with the GIL held, and cleared
    // by `forget` in the face's `Drop`, which runs with the GIL held before the object's memory is released. An object that
    // is being deallocated (count 0, its `Drop` still to come) is not handed out.
    unsafe { (ffi::Py_REFCNT(p) > 0).then(|| Bound::from_borrowed_ptr(py, p)) }
}

/// Let the node behind `slot` remember `face`. The face must call [`forget`] in its `Drop`.
pub fn remember(slot: &FaceSlot, face: &Bound<'_, PyAny>) {
    slot.set(face.as_ptr().cast());
}

/// Called by a face's `Drop`. A no-op when another face has taken the slot meanwhile is not possible: a node has one face.
pub fn forget(slot: &FaceSlot) {
    slot.set(std::ptr::null_mut());
}

/// `object.__setattr__` (or, without a value, `__delattr__`) of a class that overrides the slot.
pub fn generic_setattr(obj: &Bound<'_, PyAny>, name: &Bound<'_, PyAny>, value: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
    let value = value.map_or(std::ptr::null_mut(), Bound::as_ptr);
    // SAFETY: all three are borrowed from live references (a null value means delete), and the GIL is held.
    let rc = unsafe { ffi::PyObject_GenericSetAttr(obj.as_ptr(), name.as_ptr(), value) };
    if rc == 0 { Ok(()) } else { Err(PyErr::fetch(obj.py())) }
}

/// A `str`. Text known to be ASCII is copied without looking at it again.
fn text_ptr(s: &str, ascii: bool) -> *mut ffi::PyObject {
    let length = s.len().cast_signed();
    // SAFETY: the GIL is held by the callers below. PyUnicode_New with maxchar 127 makes a compact string of exactly
    // `length` one-byte units, which the copy fills before anyone sees it; shorter texts go the ordinary way, which
    // shares CPython's empty and one-character strings.
    unsafe {
        if !ascii || s.len() < 2 {
            return ffi::PyUnicode_FromStringAndSize(s.as_ptr().cast(), length);
        }
        let obj = ffi::PyUnicode_New(length, 127);
        if !obj.is_null() {
            std::ptr::copy_nonoverlapping(s.as_ptr(), ffi::PyUnicode_DATA(obj).cast::<u8>(), s.len());
        }
        obj
    }
}

/// A new reference to the object of a cell that needs no user code, or null: with an exception set when memory ran
/// out, without one when the cell is of another kind.
fn cell_ptr(cell: base::Cell<'_>) -> *mut ffi::PyObject {
    use base::Cell;
    // SAFETY: the GIL is held by the callers below; pointers and lengths are those of live slices, which Python copies.
    unsafe {
        match cell {
            Cell::Null => {
                let none = ffi::Py_None();
                ffi::Py_INCREF(none);
                none
            }
            Cell::Int(i) => ffi::PyLong_FromLongLong(i),
            Cell::Float(f) => ffi::PyFloat_FromDouble(f),
            Cell::Ascii(s) => text_ptr(s, true),
            Cell::Text(s) => text_ptr(s, false),
            Cell::Bytes(b) => ffi::PyBytes_FromStringAndSize(b.as_ptr().cast(), b.len().cast_signed()),
            _ => std::ptr::null_mut(),
        }
    }
}

/// The object of a NULL, integer, float, text or blob cell; `None` for the kinds that only other databases have.
pub fn plain_cell<'py>(py: Python<'py>, cell: base::Cell<'_>) -> PyResult<Option<Bound<'py, PyAny>>> {
    // SAFETY: cell_ptr gives a new reference or null.
    match unsafe { Bound::from_owned_ptr_or_opt(py, cell_ptr(cell)) } {
        Some(obj) => Ok(Some(obj)),
        None => PyErr::take(py).map_or(Ok(None), Err),
    }
}

/// The tuple of a row whose cells are all plain (see [`plain_cell`]); `None` when one is not.
///
/// Such a tuple can be in no reference cycle, so the collector is told to leave it alone: a load of 100,000 rows is
/// then not traversed again and again.
pub fn plain_row<'py>(py: Python<'py>, batch: &base::RowBatch, row: usize) -> PyResult<Option<Bound<'py, pyo3::types::PyTuple>>> {
    let cells = batch.row(row);
    // SAFETY: PyTuple_New gives a tuple of exactly `cells.len()` empty places or null. Each place is set once to a new
    // reference; if one is missing the tuple is released with the rest still empty, which its destructor allows. No
    // Python code runs in between. The tuple is tracked by the collector when made and untracked exactly once.
    unsafe {
        let length = cells.len();
        let Some(tuple) = Bound::from_owned_ptr_or_opt(py, ffi::PyTuple_New(length.cast_signed())) else {
            return Err(PyErr::fetch(py));
        };
        for (i, cell) in cells.enumerate() {
            let obj = cell_ptr(cell);
            if obj.is_null() {
                return PyErr::take(py).map_or(Ok(None), Err);
            }
            ffi::PyTuple_SET_ITEM(tuple.as_ptr(), i.cast_signed(), obj);
        }
        if length > 0 {
            ffi::PyObject_GC_UnTrack(tuple.as_ptr().cast());
        }
        Ok(Some(tuple.cast_into_unchecked()))
    }
}

/// `object.__getattribute__(obj, name)`, for classes that look elsewhere first.
pub fn generic_getattr<'py>(obj: &Bound<'py, PyAny>, name: &Bound<'py, pyo3::types::PyString>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both pointers are borrowed from live objects for the duration of the call; the function gives a new reference
    // or NULL with an exception set, which `from_owned_ptr_or_err` turns into an owned object or the error.
    unsafe { Bound::from_owned_ptr_or_err(obj.py(), ffi::PyObject_GenericGetAttr(obj.as_ptr(), name.as_ptr())) }
}

/// A cell of a frozen pyclass that is only touched with the GIL held. Borrows are checked; the closures must not run Python
/// code (a decref that may run `__del__` included): take values out and drop them afterwards.
#[derive(Default)]
pub struct GilCell<T>(std::cell::RefCell<T>);

// SAFETY: every access takes a `Python` token, so at most one thread is inside; the `RefCell` flag catches re-entrance.
unsafe impl<T: Send> Sync for GilCell<T> {}

impl<T> GilCell<T> {
    /// A cell with this value.
    pub const fn new(value: T) -> Self {
        Self(std::cell::RefCell::new(value))
    }
    /// Read or change it. See the type's rule.
    #[inline]
    pub fn with<R>(&self, _py: Python<'_>, f: impl FnOnce(&mut T) -> R) -> R {
        f(&mut self.0.borrow_mut())
    }
    /// Put a value in, get the old one out.
    #[inline]
    pub fn replace(&self, _py: Python<'_>, value: T) -> T {
        self.0.replace(value)
    }
    /// For `__traverse__` only, where no token exists but the GIL is held: the value unless it is being changed.
    pub fn peek<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        self.0.try_borrow().ok().map(|v| f(&v))
    }
}
impl<T: Copy> GilCell<T> {
    /// A copy of the value.
    #[inline]
    pub fn get(&self, _py: Python<'_>) -> T {
        *self.0.borrow()
    }
}

/// Whether the collector visits an object whose Rust value is not there yet. CPython 3.11 makes the `__dict__` of a class with
/// `dict` inside `object.__new__`, when the zeroed object is already tracked; that allocation may start a collection. Every
/// `__traverse__` of such a class, or of a class extending one, asks first.
#[inline]
pub fn unborn<T>(value: &T) -> bool {
    let words = std::ptr::from_ref(value).cast::<usize>();
    // SAFETY: in bounds and aligned as far as `T` is (smaller alignments give no whole word checked here); the memory came zeroed
    // from the allocator of the type. Volatile, because the compiler may take the value as valid.
    align_of::<T>() >= align_of::<usize>()
        && (0..size_of::<T>() / size_of::<usize>()).all(|i| unsafe { words.add(i).read_volatile() } == 0)
}

/// The version of a class, which changes with every change of it or of one of its bases; `None` while CPython has given it none.
pub fn version_tag(class: &Bound<'_, PyType>) -> Option<u32> {
    // SAFETY: a live type object; flags and tag are plain numbers that are read with the GIL held.
    let (flags, tag) = unsafe { ((*class.as_type_ptr()).tp_flags, (*class.as_type_ptr()).tp_version_tag) };
    (flags & ffi::Py_TPFLAGS_VALID_VERSION_TAG != 0 && tag != 0).then_some(tag)
}

/// `class.__mro__`. A class that the collector has cleared has none any more, and finalizers of its cycle may still ask.
pub fn mro<'py>(class: &Bound<'py, PyType>) -> Bound<'py, PyTuple> {
    // SAFETY: a live type object; the tuple is borrowed from it and turned into a reference of our own at once.
    let found = unsafe { Bound::from_borrowed_ptr_or_opt(class.py(), (*class.as_type_ptr()).tp_mro) };
    // SAFETY: CPython keeps nothing but a tuple there.
    found.map_or_else(|| PyTuple::empty(class.py()), |m| unsafe { m.cast_into_unchecked() })
}

fn of_abc<'a, 'py, T>(obj: &'a Bound<'py, PyAny>, name: &str) -> PyResult<Option<&'a Bound<'py, T>>> {
    let abc = crate::py::imports::abc(obj.py(), name)?;
    // SAFETY: `T` is the view of an object of that abstract class, which any object may be: its methods are checked calls.
    Ok(obj.is_instance(&abc)?.then(|| unsafe { obj.cast_unchecked::<T>() }))
}

/// The object as a `Mapping`, if it is one. (`cast` prints the exception that an abstract class's `__instancecheck__` raises, a
/// signal handler's among them, and goes on.)
pub fn mapping<'a, 'py>(obj: &'a Bound<'py, PyAny>) -> PyResult<Option<&'a Bound<'py, PyMapping>>> {
    match obj.cast::<PyDict>() {
        Ok(d) => Ok(Some(d.as_mapping())),
        Err(_) if obj.is_instance_of::<PyTuple>() || obj.is_instance_of::<PyList>() || obj.is_instance_of::<PyString>() => {
            Ok(None)
        }
        Err(_) => of_abc(obj, "Mapping"),
    }
}

/// The object as a `Mapping`, or `TypeError`.
pub fn require_mapping<'a, 'py>(obj: &'a Bound<'py, PyAny>) -> PyResult<&'a Bound<'py, PyMapping>> {
    match mapping(obj)? {
        Some(m) => Ok(m),
        None => {
            Err(pyo3::exceptions::PyTypeError::new_err(format!("'{}' object is not a mapping", obj.get_type().name()?.text())))
        }
    }
}

/// The object as a `Sequence`, if it is one. See [`mapping`].
pub fn sequence<'a, 'py>(obj: &'a Bound<'py, PyAny>) -> PyResult<Option<&'a Bound<'py, PySequence>>> {
    if let Ok(t) = obj.cast::<PyTuple>() {
        return Ok(Some(t.as_sequence()));
    }
    match obj.cast::<PyList>() {
        Ok(l) => Ok(Some(l.as_sequence())),
        Err(_) => of_abc(obj, "Sequence"),
    }
}

/// `obj.__dict__`, made when it does not exist yet; an `AttributeError` when objects of the class have none.
#[inline]
pub fn instance_dict<'py>(obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, pyo3::types::PyDict>> {
    // SAFETY: `obj` is live and the GIL is held; the result is a new reference or null with an exception set.
    unsafe {
        let d = ffi::PyObject_GenericGetDict(obj.as_ptr(), std::ptr::null_mut());
        Ok(Bound::from_owned_ptr_or_err(obj.py(), d)?.cast_into_unchecked())
    }
}

/// Keys and values of a dict as they are now. A loop over a live dict that runs user code may meet a changed one, which the
/// iterator answers with a panic.
pub fn pairs<'py>(dict: &Bound<'py, pyo3::types::PyDict>) -> Vec<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    dict.iter().collect()
}

/// `dict[key]` of an exact dict and a string key, without raising.
#[inline]
pub fn dict_get<'py>(dict: &Bound<'py, pyo3::types::PyDict>, key: &Py<pyo3::types::PyString>) -> Option<Bound<'py, PyAny>> {
    // SAFETY: both are live and the GIL is held. The result is borrowed from the dict and turned into a reference of our own
    // before anything else can run. String keys never raise in hash or comparison against string keys.
    unsafe {
        let v = ffi::PyDict_GetItemWithError(dict.as_ptr(), key.as_ptr());
        if v.is_null() {
            ffi::PyErr_Clear();
            return None;
        }
        Some(Bound::from_borrowed_ptr(dict.py(), v))
    }
}

/// An instance of a class without running its `__init__`.
#[inline]
pub fn new_instance<'py>(
    class: &Bound<'py, pyo3::types::PyType>,
    empty: &Bound<'py, pyo3::types::PyTuple>,
) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: a live heap type has a readable tp_new; it is called with a live empty tuple and no keywords, as `cls.__new__(cls)`.
    unsafe {
        let t = class.as_type_ptr();
        match (*t).tp_new {
            Some(new) => Bound::from_owned_ptr_or_err(class.py(), new(t, empty.as_ptr(), std::ptr::null_mut())),
            None => Err(pyo3::exceptions::PyTypeError::new_err("cannot create instances of this class")),
        }
    }
}

/// Take an object out of the cyclic collector's lists (it holds nothing that could be part of a cycle).
pub fn gc_untrack(obj: &Bound<'_, PyAny>) {
    // SAFETY: called for instances of our own GC types only; PyObject_GC_UnTrack ignores objects that are not tracked.
    unsafe { ffi::PyObject_GC_UnTrack(obj.as_ptr().cast()) }
}

/// Put an object back before it gets something that could be part of a cycle.
pub fn gc_track(obj: &Bound<'_, PyAny>) {
    // SAFETY: called for fully built instances of our own GC types only, and only when they are not tracked already.
    unsafe {
        if ffi::PyObject_GC_IsTracked(obj.as_ptr()) == 0 {
            ffi::PyObject_GC_Track(obj.as_ptr().cast());
        }
    }
}

unsafe extern "C" {
    // not declared by pyo3-ffi; part of CPython's public C API since 2.x
    fn PyMethod_New(func: *mut ffi::PyObject, obj: *mut ffi::PyObject) -> *mut ffi::PyObject;
}

/// `callable` bound to `obj`, as a function found on a class is.
#[inline]
pub fn bind_method<'py>(callable: &Bound<'py, PyAny>, obj: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: both are live and the GIL is held; the result is a new reference or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(obj.py(), PyMethod_New(callable.as_ptr(), obj.as_ptr())) }
}

/// A type's `tp_new`.
pub type NewFn = ffi::newfunc;

/// The `tp_new` of the nearest base written in Rust, skipping those of Python subclasses.
pub fn native_new(class: &Bound<'_, PyType>) -> PyResult<NewFn> {
    // By `__base__`, the base whose layout the instances have: mix-ins among the bases have `object.__new__`.
    let mut base = class.clone();
    loop {
        if !is_python_new(&base) {
            // SAFETY: `base` is a live type object; reading its slot is allowed with the GIL held.
            if let Some(new) = unsafe { (*base.as_type_ptr()).tp_new } {
                return Ok(new);
            }
        }
        base = match base.getattr("__base__")?.cast_into::<PyType>() {
            Ok(b) => b,
            Err(_) => return Err(pyo3::exceptions::PyTypeError::new_err("class cannot be instantiated")),
        };
    }
}

/// Whether `tp_new` of this class runs a Python-level `__new__`.
fn is_python_new(class: &Bound<'_, PyType>) -> bool {
    let new = class.getattr("__new__");
    new.is_ok_and(|n| n.get_type().name().is_ok_and(|t| t != "builtin_function_or_method"))
}

/// An instance of `class` (a subclass of the class `new` belongs to), without running `__init__`.
pub fn new_face<'py>(class: &Bound<'py, PyType>, new: NewFn) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    let args = PyTuple::empty(py);
    // SAFETY: `new` is the `tp_new` of a base of `class` (see `native_new`), called as CPython calls it: a type, an argument
    // tuple, no keywords. It returns a new reference or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(py, new(class.as_type_ptr(), args.as_ptr(), std::ptr::null_mut())) }
}

/// A mutable borrow handed to Python for the time of one call. [`Borrowed::clear`] must be called before the borrow ends.
pub struct Borrowed<T: ?Sized>(std::cell::Cell<Option<std::ptr::NonNull<T>>>);

impl Borrowed<dyn sql::host::HostCompiler> {
    /// Lend `target`.
    pub fn new(target: &mut (dyn sql::host::HostCompiler + '_)) -> Self {
        let pointer: *mut (dyn sql::host::HostCompiler + '_) = target;
        // SAFETY: only the lifetime in the pointer's type changes; `with` is used while the borrow lasts and `clear` ends it.
        let pointer: *mut (dyn sql::host::HostCompiler + 'static) = unsafe { std::mem::transmute(pointer) };
        Self(std::cell::Cell::new(std::ptr::NonNull::new(pointer)))
    }
    /// Use what was lent; `None` when the borrow is over or in use further up.
    pub fn with<R>(&self, f: impl FnOnce(&mut dyn sql::host::HostCompiler) -> R) -> Option<R> {
        let mut pointer = self.0.take()?;
        // SAFETY: the lender is suspended inside the call it lent to, and taking the pointer out of the cell while it is used
        // makes this the only access.
        let result = f(unsafe { pointer.as_mut() });
        self.0.set(Some(pointer));
        Some(result)
    }
    /// End the borrow.
    pub fn clear(&self) {
        self.0.set(None);
    }
}

/// The cyclic collector rests while this lives: a large load makes only objects that are all still in use, so that collecting
/// meanwhile finds nothing and costs as much as the load. It runs as usual right afterwards.
pub struct GcPause(bool);

impl GcPause {
    /// Pause it, if it is on.
    pub fn new(_py: Python<'_>) -> Self {
        // SAFETY: the GIL is held; the function only flips a flag of the interpreter and gives what it was.
        Self(unsafe { ffi::PyGC_Disable() } != 0)
    }
}

impl Drop for GcPause {
    fn drop(&mut self) {
        if self.0 {
            // SAFETY: made and dropped in a scope that holds the GIL (it is built from a `Python` token and never stored).
            unsafe { ffi::PyGC_Enable() };
        }
    }
}
