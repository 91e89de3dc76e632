//! From what users say about a mapping to the mapping: specs in, nodes out.
//!
//! | module | decides |
//! |---|---|
//! | [`spec`] | nothing: [`MapperSpec`], the arguments of `mapper()` as pure values |
//! | [`inheritance`] | the tables of a mapper below another, the join between them, what it takes over |
//! | [`properties`] | columns under attribute names |
//! | [`placement`] | which columns become properties, under which names; what may share one |
//! | [`discriminator`] | `polymorphic_on` |
//! | [`primary_key`] | the columns of the identity, and those of each table |
//! | [`relationship`] | join condition, direction and cascades of a relationship |
//! | [`backref`] | the two sides of a two-way relationship |
//! | [`conflicts`] | relationships that write to the same column |
//!
//! Callers: `src/py/orm/mapper` reads Python objects into specs, asks here, and carries out (attributes, events). Order:
//! [`inheritance::enter`], then the properties, then [`primary_key::assemble`].

pub mod backref;
pub mod conflicts;
pub mod discriminator;
pub mod inheritance;
pub mod placement;
pub mod primary_key;
pub mod properties;
pub mod relationship;
pub mod spec;

pub use spec::MapperSpec;

/// Something users are told, which stops nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// It will be an error one day.
    pub deprecated: bool,
    /// What is wrong, and what to do.
    pub text: String,
}

impl Warning {
    /// Something looks wrong.
    pub fn new(text: impl Into<String>) -> Self {
        Self { deprecated: false, text: text.into() }
    }
    /// Something will be an error one day.
    pub fn deprecated(text: impl Into<String>) -> Self {
        Self { deprecated: true, text: text.into() }
    }
}
