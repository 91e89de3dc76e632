//! The one file of `src/py` with `unsafe`: faces remembered by nodes, and the hottest loops. Every block has its SAFETY line.
#![allow(unsafe_code)]

use pyo3::ffi;
use pyo3::prelude::*;
use sql::FaceSlot;

/// The live face a node remembers.
pub fn face<'py>(py: Python<'py>, slot: &FaceSlot) -> Option<Bound<'py, PyAny>> {
    let p = slot.get().cast::<ffi::PyObject>();
    if p.is_null() {
        return None;
    }
    // SAFETY: the slot holds a pointer only while the face is alive: it is set by `remember` with the GIL held, and cleared
    // by `forget` in the face's `Drop`, which runs with the GIL held before the object's memory is released.
    Some(unsafe { Bound::from_borrowed_ptr(py, p) })
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
