//! Helpers shared by the Rust tests of the pure rooms.

pub mod builders;
pub mod mapped;
