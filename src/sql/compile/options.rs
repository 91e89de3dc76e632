//! What a caller may ask of the compiler, and what user code hooks into it.

use super::Compiler;
pub use super::literal::LiteralRenderer;
use crate::ast::{ColumnKey, Delete, DmlValue, Insert, Node, QueryRef, Update};
use crate::error::SqlResult;
use crate::host::{EntityRef, HostRef};
use std::any::Any;
use std::sync::Arc;

/// Rewrites statements that mention ORM entities into plain ones. Called for every query with `orm` set, nested ones too,
/// right before it is rendered.
pub trait StatementResolver {
    /// The plain form of a query; `None`: it is plain already.
    fn resolve(&self, query: &QueryRef, context: ResolveContext<'_>) -> SqlResult<Option<QueryRef>>;
    /// The plain form of an INSERT.
    fn insert(&self, _statement: &Arc<Insert>) -> SqlResult<Option<Arc<Insert>>> {
        Ok(None)
    }
    /// The plain form of an UPDATE.
    fn update(&self, _statement: &Arc<Update>) -> SqlResult<Option<Arc<Update>>> {
        Ok(None)
    }
    /// What an attribute that stands for others sets when it is named in `values()`; `None`: the name is that of one column, or
    /// unknown.
    fn named(&self, _entity: &EntityRef, _name: &str, _value: &DmlValue) -> SqlResult<Option<Vec<(ColumnKey, DmlValue)>>> {
        Ok(None)
    }
    /// The plain form of a DELETE.
    fn delete(&self, _statement: &Arc<Delete>) -> SqlResult<Option<Arc<Delete>>> {
        Ok(None)
    }
}

/// Where a query that is being resolved stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct ResolveContext<'a> {
    /// Outermost statement.
    pub toplevel: bool,
    /// In a FROM clause.
    pub asfrom: bool,
    /// Options of the statements around it that reach it ([`HostObject::reaches_inside`](crate::host::HostObject::reaches_inside)).
    pub inherited: &'a [HostRef],
    /// What the statements around it provide.
    pub enclosing: super::froms::Enclosing<'a>,
}

/// `@compiles` on classes of ours: asked before each node is rendered. Absent while nothing is registered.
pub trait CompileHooks: Send + Sync {
    /// Text for `node`, or `None` to render it as usual. `what` names a clause that is no node of its own.
    fn visit(&self, node: &Node, compiler: &mut Compiler<'_>) -> Option<SqlResult<String>>;
    /// For downcasting.
    fn as_any(&self) -> &dyn Any;
}

/// Schema translation: from name (`None`: no schema) to name.
pub type SchemaMap = Arc<Vec<(Option<Arc<str>>, Option<Arc<str>>)>>;

/// Options of one rendering.
#[derive(Clone, Default)]
pub struct CompileOptions<'a> {
    /// Render bound values inline.
    pub literal_binds: bool,
    /// Column keys of the execution's parameters (INSERT, UPDATE).
    pub column_keys: Option<Vec<Arc<str>>>,
    /// The statement will run once per parameter set.
    pub for_executemany: bool,
    /// Leave out table names (DDL defaults, CHECK constraints).
    pub exclude_tables: bool,
    /// Schema translation: from name (empty: no schema) to name.
    pub schema_translate_map: Option<SchemaMap>,
    /// Add FROM linting facts.
    pub linting: bool,
    /// ORM rewriting.
    pub resolver: Option<&'a dyn StatementResolver>,
    /// Conversion of host values that are rendered inline.
    pub literals: Option<&'a dyn LiteralRenderer>,
    /// `@compiles`.
    pub hooks: Option<&'a dyn CompileHooks>,
    /// Host object of the rendering (the Python compiler face), handed to user constructs.
    pub host: Option<&'a dyn Any>,
    /// Called inside another statement (`process` of user code): start in this context.
    pub within_columns_clause: bool,
}
