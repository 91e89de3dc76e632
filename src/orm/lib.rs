//! Room `orm`: what a mapping is, as pure values.
//!
//! | module | concept |
//! |---|---|
//! | [`mapper`] | [`Mapper`]: tables, primary key, properties, inheritance of one mapped class |
//! | [`property`] | [`Property`]: column, relationship, composite, synonym under one attribute name |
//! | [`relationship`] | [`Relationship`] and its configured data |
//! | [`join_condition`] | [`JoinCondition`]: how two mapped selectables join, and which columns follow which |
//! | [`lazy_clause`] | the WHERE of a lazy load: the join condition with one side turned into binds |
//! | [`cascade`] | [`Cascade`]: which session operations follow a relationship |
//! | [`configure`] | from what users say about a mapping to the mapping |
//! | [`entity`] | [`Entity`]: a mapped class, or an alias of one, inside a statement |
//! | [`flush`] | flush plans over ids |
//! | [`option_elements`] | the elements of a tree of options |
//! | [`options`] | loader options, merged into one tree per statement |
//! | [`compile`] | ORM-enabled statement to plain statement and load plan |
//! | [`write`] | what a flush writes to each table, and the statements |
//! | [`load`] | what follows a load: options that stay with instances, second statements |
//! | [`loadplan`] | [`LoadPlan`]: what the loop over rows does |
//! | [`adapt`] | expressions of a mapping, turned to an alias |
//! | [`attr`] | what a statement carries that only the ORM understands |
//! | [`comparison`] | relationships as criteria: EXISTS, equality with an object |
//! | [`namespaces`] | where `filter_by()` looks names up |
//! | [`columns`] | columns of a selectable, column equivalents |
//!
//! Invariants: no I/O, no drivers, no Python. A mapper is read through snapshots (`mapper.data()`), which never change once
//! taken: loops hold a snapshot and no lock. Callers: `src/py/orm`.

pub mod adapt;
pub mod attr;
pub mod cascade;
pub mod columns;
pub mod comparison;
pub mod compile;
pub mod configure;
pub mod entity;
pub mod flush;
pub mod join_condition;
pub mod lazy_clause;
pub mod load;
pub mod loadplan;
pub mod mapper;
pub mod namespaces;
pub mod option_elements;
pub mod options;
pub mod property;
pub mod relationship;
pub mod write;

pub use cascade::Cascade;
pub use entity::{AliasInfo, Entity};
pub use join_condition::JoinCondition;
pub use lazy_clause::LazyClause;
pub use loadplan::LoadPlan;
pub use mapper::{Mapper, MapperData};
pub use property::{ColumnProp, CompositeProp, Property, SynonymProp};
pub use relationship::{Direction, Lazy, PassiveDeletes, Relationship, RelationshipData};
