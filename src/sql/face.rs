//! The opaque slot in which `src/py` remembers the Python object (face) of a node.
//!
//! The slot is a *weak* pointer: the face clears it when it dies. So `expr.left is table.c.id` holds while anybody holds the
//! face, and a node never keeps Python alive. Only `src/py/ffi.rs` reads or writes it, with the GIL held.

use std::sync::atomic::{AtomicPtr, Ordering};

/// See the module documentation. Cloning a node gives the copy an empty slot.
#[derive(Default)]
pub struct FaceSlot(AtomicPtr<()>);

impl FaceSlot {
    /// The remembered pointer, null when there is no live face.
    pub fn get(&self) -> *mut () {
        self.0.load(Ordering::Relaxed)
    }
    /// Remember (or, with null, forget) a face.
    pub fn set(&self, face: *mut ()) {
        self.0.store(face, Ordering::Relaxed);
    }
}
impl Clone for FaceSlot {
    fn clone(&self) -> Self {
        Self::default()
    }
}
impl std::fmt::Debug for FaceSlot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaceSlot")
    }
}
