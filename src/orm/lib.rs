//! Room `orm`.

pub mod flush;
