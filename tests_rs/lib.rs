//! Helpers shared by the Rust tests of the pure rooms.
