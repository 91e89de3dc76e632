//! Functions, aggregates and collations written by the user: their shapes.
//!
//! They are called on the thread that executes the statement, while that statement runs. An `Err` becomes the
//! statement's `OperationalError`; a panic does too and never crosses SQLite's C frames.

use base::Value;
use std::cmp::Ordering;

/// A scalar function.
pub type ScalarFunction = Box<dyn Fn(&[Value]) -> Result<Value, String> + Send + Sync>;

/// The state of one aggregation, made for each group.
pub trait Aggregate: Send {
    /// Takes in one row.
    fn step(&mut self, args: &[Value]) -> Result<(), String>;
    /// The aggregate of the rows taken in.
    fn finish(&mut self) -> Result<Value, String>;
}

/// Makes the state of an aggregation.
pub type AggregateFactory = Box<dyn Fn() -> Result<Box<dyn Aggregate>, String> + Send + Sync>;

/// Compares two texts.
pub type Collation = Box<dyn Fn(&str, &str) -> Ordering + Send + Sync>;

/// Hears the text of every statement that starts, parameters filled in.
pub type TraceHook = Box<dyn Fn(&str) + Send + Sync>;

/// Asked every so many virtual machine steps; `true` interrupts the statement.
pub type ProgressHook = Box<dyn Fn() -> bool + Send + Sync>;
