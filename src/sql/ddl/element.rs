//! DDL elements as data.

use crate::ast::ExprRef;
use crate::name::Name;
use crate::schema::{Column, Constraint, Index, Sequence, ServerDefault, Table};
use crate::types::TypeRef;
use std::sync::Arc;

/// A DDL statement. `src/py/schema/ddl.rs` reads the Python objects (`CreateTable(table)` …) into one when they are rendered.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Ddl {
    /// `include_foreign_keys`: only these FOREIGN KEY constraints (the others come by ALTER); `None`: all but `use_alter`.
    CreateTable {
        table: Arc<Table>,
        include_foreign_keys: Option<Vec<Arc<Constraint>>>,
        if_not_exists: bool,
    },
    DropTable {
        table: Arc<Table>,
        if_exists: bool,
    },
    /// A column as in CREATE TABLE.
    CreateColumn {
        column: Arc<Column>,
    },
    CreateIndex {
        index: Arc<Index>,
        if_not_exists: bool,
    },
    DropIndex {
        index: Arc<Index>,
        if_exists: bool,
    },
    CreateSequence {
        sequence: Arc<Sequence>,
        if_not_exists: bool,
    },
    DropSequence {
        sequence: Arc<Sequence>,
        if_exists: bool,
    },
    CreateSchema {
        name: Name,
        if_not_exists: bool,
    },
    DropSchema {
        name: Name,
        cascade: bool,
        if_exists: bool,
    },
    /// ALTER TABLE … ADD.
    AddConstraint {
        constraint: Arc<Constraint>,
    },
    /// A table constraint alone, as inside CREATE TABLE.
    Constraint {
        constraint: Arc<Constraint>,
    },
    /// ALTER TABLE … DROP.
    DropConstraint {
        constraint: Arc<Constraint>,
        cascade: bool,
        if_exists: bool,
    },
    SetTableComment {
        table: Arc<Table>,
    },
    DropTableComment {
        table: Arc<Table>,
    },
    SetColumnComment {
        column: Arc<Column>,
    },
    DropColumnComment {
        column: Arc<Column>,
    },
    SetConstraintComment {
        constraint: Arc<Constraint>,
    },
    DropConstraintComment {
        constraint: Arc<Constraint>,
    },
    /// CREATE TYPE of an Enum.
    CreateType {
        ty: TypeRef,
    },
    /// CREATE DOMAIN; the type's item is what the domain is made of.
    CreateDomain {
        ty: TypeRef,
        default: Option<ServerDefault>,
        constraint_name: Option<Name>,
        check: Option<ExprRef>,
    },
    DropType {
        ty: TypeRef,
    },
    /// CREATE VIEW / CREATE TABLE AS; the table gives name, schema and prefixes.
    CreateView {
        table: Arc<Table>,
        query: crate::ast::QueryRef,
        or_replace: bool,
        temporary: bool,
        materialized: bool,
        if_not_exists: bool,
    },
    DropView {
        table: Arc<Table>,
        if_exists: bool,
        materialized: bool,
    },
    CreateTableAs {
        table: Arc<Table>,
        query: crate::ast::QueryRef,
        temporary: bool,
        if_not_exists: bool,
    },
    /// `DDL("text")`, already filled in.
    Text {
        text: Arc<str>,
    },
}
