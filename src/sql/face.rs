//! The opaque slot in which `src/py` remembers the Python object (face) of a node.
//!
//! The slot is a *weak* pointer: the face clears it when it dies. So `expr.left is table.c.id` holds while anybody holds the
//! face, and a node never keeps Python alive. Only `src/py/ffi.rs` reads or writes it, with the GIL held.

use crate::host::HostRef;
use std::sync::OnceLock;
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

/// The face of a node that the face knows nothing of: the node keeps it. A clone of the node starts without.
#[derive(Default)]
pub struct KeptFace(OnceLock<HostRef>);

impl KeptFace {
    /// The face, once one was made.
    pub fn get(&self) -> Option<&HostRef> {
        self.0.get()
    }
    /// Keep a face. The first one stays.
    pub fn keep(&self, face: HostRef) -> &HostRef {
        self.0.get_or_init(|| face)
    }
}
impl Clone for KeptFace {
    fn clone(&self) -> Self {
        Self::default()
    }
}
impl std::fmt::Debug for KeptFace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptFace")
    }
}
