//! Room `orm`.
