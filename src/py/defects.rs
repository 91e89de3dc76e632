//! The last border: a panic is a defect of ours, and it ends as an exception like any other.
//!
//! PyO3 catches a panic where Python called us and makes a `PanicException`; `oxalchemy.exc` has it make a `DefectError`, an
//! exception like any other, with the place of the panic in its message instead of on standard error. Up to there the Rust
//! frames are unwound: locks are let go of (parking_lot has no poison), but what stands behind a call is passed over. A frame
//! that owes something afterwards whatever came (a flag, a transaction) makes that call through [`caught`].

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3::panic::PanicException;
use pyo3::prelude::*;

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// File and line of this thread's last panic, once.
#[pyfunction]
#[pyo3(name = "_place_of_panic")]
fn place_of_panic() -> Option<String> {
    PLACE.try_with(|p| p.try_borrow_mut().ok()?.take()).ok().flatten()
}

/// Remember where a panic began; print it only for who asks for backtraces.
fn remember() {
    let print = std::panic::take_hook();
    let asked = std::env::var_os("RUST_BACKTRACE").is_some_and(|v| v != "0");
    std::panic::set_hook(Box::new(move |info| {
        if let Some(place) = info.location() {
            let place = format!("{}:{}", place.file(), place.line());
            let _ = PLACE.try_with(|p| p.try_borrow_mut().map(|mut p| *p = Some(place)));
        }
        if asked {
            print(info);
        }
    }));
}

/// The answer of `f`; a panic in it is an error.
pub fn caught<T>(f: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|payload| {
        let message = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
        Err(PanicException::new_err((message.unwrap_or("panic from Rust code").to_owned(),)))
    })
}

pub fn register(m: &Bound<'_, PyModule>) -> PyResult<()> {
    remember();
    m.add("_PanicException", m.py().get_type::<PanicException>())?;
    m.add_function(wrap_pyfunction!(place_of_panic, m)?)
}
