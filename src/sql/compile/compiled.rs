//! [`Compiled`]: what rendering a statement yields, shared by every execution of statements of the same shape.

use crate::ast::{ExprRef, Node};
use crate::dialects::{Dialect, ParamStyle};
use crate::error::{SqlError, SqlResult};
use crate::schema::{Column, Default_};
use crate::types::TypeRef;
use std::sync::Arc;

/// What kind of statement was rendered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum StatementKind {
    Select,
    Insert,
    Update,
    Delete,
    /// `text()`: decided by the text at execution.
    Text,
    Ddl,
    /// A bare expression or FROM element.
    #[default]
    Other,
}

/// Where the value of a bind comes from when the execution gives none under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindSource {
    /// Entry of [`super::collect_binds`] of the statement at hand.
    Collected(usize),
    /// The bind compiled into the text: its value is part of the structure.
    Fixed,
    /// Only the execution's parameters (`insert(t)` without values), or a client-side default.
    Param,
}

/// One distinct bind of the text.
#[derive(Clone, Debug)]
pub struct CompiledBind {
    /// Rendered name: key of `params`.
    pub name: Arc<str>,
    /// Name by which execution parameters address it.
    pub key: Arc<str>,
    /// The bind it was compiled from.
    pub bind: ExprRef,
    /// Type whose bind processor applies.
    pub ty: TypeRef,
    /// Where its value comes from.
    pub source: BindSource,
    /// Execution must give a value.
    pub required: bool,
    /// Becomes a list at execution; see [`Compiled::expand`].
    pub expanding: bool,
    /// Becomes a literal at execution.
    pub literal_execute: bool,
    /// Operator around an expanding bind is NOT IN.
    pub expand_not: bool,
    /// OUT parameter.
    pub isoutparam: bool,
}

/// One result column.
#[derive(Clone, Debug)]
pub struct ResultColumn {
    /// Key of the row (`Row._fields`, `keys()`).
    pub key: Arc<str>,
    /// Name in the text: what the cursor's description shows.
    pub name: Arc<str>,
    /// Expressions under which the row can be asked for it; compare by [`crate::ast::naming::identity`] and proxies.
    pub exprs: Vec<ExprRef>,
    /// Further names under which the row can be asked for it.
    pub names: Vec<Arc<str>>,
    /// Type whose result processor applies.
    pub ty: TypeRef,
    /// A repetition of an earlier column: not found by name or expression.
    pub repeated: bool,
}

/// A column whose value the client computes before execution.
#[derive(Clone, Debug)]
pub struct Prefetch {
    /// The column.
    pub column: Arc<Column>,
    /// Name of its bind.
    pub bind: Arc<str>,
    /// What computes it; scalars are included, SQL is executed first.
    pub default: Default_,
    /// Which row of a multi-row VALUES it is for.
    pub row: usize,
}

/// What execution has to know of INSERT, UPDATE and DELETE.
#[derive(Clone, Debug, Default)]
pub struct DmlFacts {
    /// Target, when it is a table.
    pub table: Option<Arc<crate::schema::Table>>,
    /// Column keys in the statement, in order.
    pub columns: Vec<Arc<str>>,
    /// Client-side defaults (`default=`) to compute.
    pub insert_prefetch: Vec<Prefetch>,
    /// Client-side `onupdate=` to compute.
    pub update_prefetch: Vec<Prefetch>,
    /// Columns whose value only the server knows afterwards.
    pub postfetch: Vec<Arc<Column>>,
    /// The driver's last row id gives the primary key.
    pub postfetch_lastrowid: bool,
    /// Rows of the implicit RETURNING are those of the result, too (`supplemental_cols=`).
    pub supplemental: bool,
    /// RETURNING was rendered without the user asking, to learn these columns.
    pub implicit_returning: Vec<Arc<Column>>,
    /// RETURNING was rendered for the user.
    pub returning: bool,
    /// Values of primary key columns that are known before execution: bind name by column, `None` unknown.
    pub primary_key: Vec<(Arc<Column>, Option<Arc<str>>)>,
    /// `values([..])`: number of rows.
    pub multi_rows: usize,
    /// Byte range in the text of `(…)` behind VALUES that may be repeated for many rows at once.
    pub values_range: Option<(usize, usize)>,
    /// INSERT … SELECT, or defaults only.
    pub from_select: bool,
    /// `inline()`.
    pub inline: bool,
}

/// A rendered statement.
#[derive(Debug)]
pub struct Compiled {
    /// The text. When [`Compiled::needs_expand`], it has `__[POSTCOMPILE_name]` in the place of binds that become
    /// known at execution.
    pub sql: Arc<str>,
    /// What it is.
    pub kind: StatementKind,
    /// Distinct binds in order of first use.
    pub binds: Vec<CompiledBind>,
    /// Which bind each placeholder takes, in order of the text; for numbered styles, each once. Includes post-compile binds.
    pub positions: Vec<u32>,
    /// Placeholders in the text: byte offset, length, bind.
    pub slots: Vec<Slot>,
    /// Result columns; empty when the statement yields no rows.
    pub result: Vec<ResultColumn>,
    /// Result columns correspond to the cursor's by position. Otherwise by name.
    pub result_ordered: bool,
    /// Textual select with more or other columns than named ones: match by name, the rest stays untyped.
    pub result_textual: bool,
    /// DML facts.
    pub dml: Option<DmlFacts>,
    /// Style of placeholders.
    pub paramstyle: ParamStyle,
    /// Dialect it was rendered for.
    pub dialect: Arc<Dialect>,
    /// The statement; keeps the addresses that the structural hash is made of.
    pub statement: Node,
    /// Some bind is expanding or rendered as a literal at execution.
    pub needs_expand: bool,
    /// Schema translation asked for.
    pub schema_translate: bool,
    /// It may be put into a cache.
    pub cacheable: bool,
    /// Warnings for whoever rendered it: class of `exc`, message.
    pub warnings: Vec<(&'static str, String)>,
}

/// A placeholder in the text.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Byte offset in `sql`.
    pub offset: usize,
    /// Length in bytes.
    pub len: usize,
    /// Index into `binds`.
    pub bind: u32,
    /// For post-compile binds: SQL around each element (`bind_expression`, casts), split at the bind.
    pub wrap: Option<(Arc<str>, Arc<str>)>,
}

impl Compiled {
    /// Index of a bind by rendered name.
    pub fn bind_index(&self, name: &str) -> Option<usize> {
        self.binds.iter().position(|b| &*b.name == name)
    }

    /// The text between two placeholders.
    ///
    /// # Errors
    /// There is no such place: better nothing than another statement.
    pub(crate) fn between(&self, from: usize, to: usize) -> SqlResult<&str> {
        self.sql.get(from..to).ok_or_else(|| SqlError::compile("the placeholders of the statement do not fit its text"))
    }
}
