//! DDL: CREATE, DROP, ALTER and COMMENT as data, and their text.
//!
//! | file | holds |
//! |---|---|
//! | `element` | [`Ddl`], one statement |
//! | `table`, `column` | CREATE TABLE and the column specifications of each dialect |
//! | `constraint`, `index` | constraints inside and outside of tables, indexes |
//! | `phrase` | texts that stand in DDL as they are given |
//! | `plan` | the steps of `create_all()` and `drop_all()`, events and existing objects considered |
//! | `misc` | sequences, schemas, comments, named types, identity and computed columns |
//!
//! Caller: `src/py/schema` (DDL elements) and `src/py/compile` (`DDLCompiler`).

mod column;
mod constraint;
pub mod element;
mod index;
mod misc;
pub mod phrase;
pub mod plan;
mod table;

pub use element::Ddl;

use crate::ast::{ExprRef, Node};
use crate::compile::CompileOptions;
use crate::dialects::Dialect;
use crate::error::{SqlError, SqlResult};
use crate::name::Name;
use crate::schema::{Column, Table};
use crate::types::TypeRef;
use std::sync::Arc;

/// User code that renders parts of DDL (`@compiles(CreateColumn)`, constraints of the user's).
pub trait DdlHooks {
    /// Text of a column specification, or `None` to render it as usual.
    fn column(&self, column: &Arc<Column>, compiler: &mut DdlCompiler<'_>) -> Option<SqlResult<Option<String>>>;
    /// Text of a table constraint, or `None` to render it as usual.
    fn constraint(
        &self,
        constraint: &Arc<crate::schema::Constraint>,
        compiler: &mut DdlCompiler<'_>,
    ) -> Option<SqlResult<Option<String>>>;
    /// Should this constraint be created here at all (`ddl_if`, a type's own rule)?
    fn wanted(&self, constraint: &Arc<crate::schema::Constraint>, dialect: &Dialect) -> bool;
}

/// The state of one DDL rendering.
pub struct DdlCompiler<'a> {
    /// Dialect rendered for.
    pub dialect: &'a Arc<Dialect>,
    /// Options for the expressions inside.
    pub opts: &'a CompileOptions<'a>,
    /// User code.
    pub hooks: Option<&'a dyn DdlHooks>,
}

/// Render one DDL statement.
///
/// # Errors
/// `CompileError` when a name or type is missing or the dialect cannot express it.
pub fn compile_ddl(
    ddl: &Ddl,
    dialect: &Arc<Dialect>,
    opts: &CompileOptions<'_>,
    hooks: Option<&dyn DdlHooks>,
) -> SqlResult<String> {
    let dialect = &dialect.translating(opts.schema_translate_map.as_ref());
    DdlCompiler { dialect, opts, hooks }.ddl(ddl)
}

impl DdlCompiler<'_> {
    /// An expression as DDL needs it: values inline, column names bare.
    pub fn expr(&self, e: &ExprRef) -> SqlResult<String> {
        self.sql(&Node::Expr(e.clone()), true)
    }
    /// Any node, values inline.
    pub fn sql(&self, node: &Node, bare: bool) -> SqlResult<String> {
        let opts = CompileOptions { literal_binds: true, exclude_tables: bare, column_keys: None, ..self.opts.clone() };
        Ok(crate::compile::compile(node, self.dialect, &opts)?.sql.to_string())
    }
    /// DDL text of a type.
    pub fn type_text(&self, ty: &TypeRef, column: Option<&Arc<Column>>) -> SqlResult<String> {
        crate::dialects::types::type_text(self.dialect, ty, column)
    }
    /// A quoted column name.
    pub fn column_name(&self, column: &Column) -> String {
        self.dialect.quote(&column.name())
    }
    /// A table's name with its schema, after schema translation.
    pub fn table_name(&self, table: &Table) -> String {
        let schema = self.schema_of(table.d.read().schema.clone());
        self.dialect.qualified(schema.as_ref(), &table.name)
    }
    /// A schema after translation (`schema_translate_map`).
    pub fn schema_of(&self, schema: Option<Name>) -> Option<Name> {
        self.dialect.translated(schema.as_ref())
    }
    /// A string literal of this dialect.
    pub fn literal(&self, text: &str) -> String {
        self.dialect.plain_literal(text)
    }
    /// A generated name cut to the dialect's limit with a hash; an explicit one that is too long is an error.
    pub fn limited(&self, name: &Name, limit: Option<usize>, generated: bool) -> SqlResult<String> {
        let longest = self.dialect.max_identifier_length;
        let max = if generated { limit.unwrap_or(longest) } else { longest };
        if name.text.chars().count() <= max {
            return Ok(self.dialect.quote(name));
        }
        if !generated {
            return Err(SqlError::new(
                crate::error::ErrorKind::Identifier,
                format!("Identifier '{}' exceeds maximum length of {max} characters", name.text),
            ));
        }
        let digest = format!("{:x}", md5::compute(name.text.as_bytes()));
        let kept: String = name.text.chars().take(max.saturating_sub(8)).collect();
        let end: String = digest.chars().skip(digest.len().saturating_sub(4)).collect();
        let cut = format!("{kept}_{end}");
        Ok(self.dialect.quote(&Name { text: cut.into(), quote: name.quote }))
    }
}

/// The value of a dialect option (`sqlite_autoincrement`), by dialect and option name.
pub(crate) fn option<'a>(
    options: &'a [(Arc<str>, Arc<str>, crate::host::HostRef)],
    dialect: &str,
    name: &str,
) -> Option<&'a crate::host::HostRef> {
    options.iter().find(|(d, n, _)| &**d == dialect && &**n == name).map(|(_, _, v)| v)
}

/// A dialect option as text, when it is text or a number.
pub(crate) fn option_text(options: &[(Arc<str>, Arc<str>, crate::host::HostRef)], dialect: &str, name: &str) -> Option<String> {
    use crate::ast::Literal as L;
    match option(options, dialect, name)?.as_literal()? {
        L::Text(t) => Some(t.to_string()),
        L::Int(i) => Some(i.to_string()),
        L::Bool(true) => Some("1".to_owned()),
        _ => None,
    }
}

/// Is a dialect option set to something true?
pub(crate) fn option_flag(options: &[(Arc<str>, Arc<str>, crate::host::HostRef)], dialect: &str, name: &str) -> bool {
    use crate::ast::Literal as L;
    match option(options, dialect, name).and_then(|v| v.as_literal()) {
        Some(L::Bool(b)) => b,
        Some(L::Int(i)) => i != 0,
        Some(L::Text(t)) => !t.is_empty(),
        _ => false,
    }
}
