//! Statements and expressions to text.
//!
//! [`compile`] renders a [`Node`] for a [`Dialect`] into a [`Compiled`]: text, binds, result columns, DML facts. It depends on
//! the structure of the statement only, never on bound values, so its result is shared by all statements with the same
//! [`structural_hash`]; [`collect_binds`] lists the values of the statement at hand in the order that
//! [`BindSource::Collected`] counts.
//!
//! | file | holds |
//! |---|---|
//! | `compiled`, `options` | what goes in and comes out |
//! | `context` | [`Ctx`], where in a statement a node stands; the stack of enclosing queries |
//! | `names`, `bind`, `literal` | anonymous names, bound parameters, inline values |
//! | `expr`, `operators`, `functions` | expressions |
//! | `froms`, `joins`, `from`, `select`, `cte` | queries |
//! | `crud`, `dml` | INSERT, UPDATE, DELETE |
//! | `lint` | warnings about FROM elements that nothing joins |
//! | `expand`, `many` | binds that become known at execution; VALUES of many rows |
//! | `hash`, `collect` | cache key and bound values of a statement |
//! | `finish` | placeholders as the dialect writes them |
//! | `percent` | text written for a driver with `%s`, as a database takes it |

mod bind;
pub mod collect;
pub mod compiled;
mod context;
mod crud;
mod cte;
mod dml;
mod dml_target;
pub mod expand;
mod expr;
mod finish;
pub mod from;
pub mod froms;
mod functions;
pub mod hash;
pub mod joins;
mod lint;
mod literal;
mod many;
mod names;
pub mod operators;
pub mod options;
mod percent;
pub mod select;

pub use collect::{CollectedBind, collect_binds};
pub use compiled::*;
pub use context::Ctx;
pub use expand::{Expanded, Fill, expand, expand_as, expand_named};
pub use hash::structural_hash;
pub use literal::no_renderer;
pub use many::{ManyRows, Sentinel, given_key, insert_many, sentinel_of};
pub use options::*;
pub use percent::{Marks, Translated, translate};

use crate::ast::{FromKind, Node};
use crate::dialects::{Dialect, Rules};
use crate::error::{ErrorKind, SqlError, SqlResult};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The state of one rendering; user constructs get it to render their parts.
pub struct Compiler<'a> {
    /// Dialect rendered for.
    pub dialect: &'a Arc<Dialect>,
    /// Options of this rendering.
    pub opts: &'a CompileOptions<'a>,
    pub(crate) rules: &'static dyn Rules,
    pub(crate) out: String,
    pub(crate) binds: Vec<CompiledBind>,
    pub(crate) bind_names: FxHashMap<Arc<str>, u32>,
    pub(crate) names: names::Names,
    pub(crate) stack: Vec<context::Entry>,
    /// See [`ResolveContext::inherited`].
    pub(crate) inherited: Vec<crate::host::HostRef>,
    pub(crate) result: Vec<ResultColumn>,
    pub(crate) result_textual: bool,
    pub(crate) plain_text: bool,
    pub(crate) ctes: cte::Ctes,
    pub(crate) dml: Option<DmlFacts>,
    pub(crate) kind: StatementKind,
    pub(crate) sources: FxHashMap<usize, usize>,
    /// Column binds of the DML statement being rendered, by bind name: they may not be used otherwise.
    pub(crate) crud_binds: Vec<Arc<str>>,
    /// Columns whose assigned values are referred to by values rendered so far.
    pub(crate) targets: Vec<Arc<crate::schema::Column>>,
    pub(crate) post_wraps: Vec<(u32, Arc<str>, Arc<str>)>,
    pub(crate) needs_expand: bool,
    pub(crate) schema_translate: bool,
    pub(crate) cacheable: bool,
    pub(crate) warnings: Vec<(&'static str, String)>,
    pub(crate) linter: Option<lint::Linter>,
    /// Context of the node that is being rendered, for user code that renders parts of it.
    pub ctx: Ctx,
}

/// Render a node.
pub fn compile(node: &Node, dialect: &Arc<Dialect>, opts: &CompileOptions<'_>) -> SqlResult<Arc<Compiled>> {
    let dialect = &dialect.translating(opts.schema_translate_map.as_ref());
    let mut compiler = Compiler::new(dialect, opts);
    for (i, bind) in collect_binds(node).iter().enumerate() {
        compiler.sources.insert(bind.identity(), i);
    }
    let ctx = Ctx {
        literal_binds: opts.literal_binds,
        no_table: opts.exclude_tables,
        within_columns: opts.within_columns_clause,
        ..Ctx::default()
    };
    match node {
        // Not in a FROM clause, a table or an alias renders nothing.
        Node::From(f) if matches!(f.kind, FromKind::Table(_) | FromKind::Alias { .. }) => {}
        _ => compiler.node(node, ctx)?,
    }
    Ok(Arc::new(compiler.finish(node)))
}

impl<'a> Compiler<'a> {
    /// A fresh rendering.
    pub fn new(dialect: &'a Arc<Dialect>, opts: &'a CompileOptions<'a>) -> Self {
        Self {
            dialect,
            opts,
            rules: dialect.rules(),
            out: String::with_capacity(256),
            binds: Vec::new(),
            bind_names: FxHashMap::default(),
            names: names::Names::default(),
            stack: Vec::new(),
            inherited: Vec::new(),
            result: Vec::new(),
            result_textual: false,
            plain_text: false,
            ctes: cte::Ctes::default(),
            dml: None,
            kind: StatementKind::Other,
            sources: FxHashMap::default(),
            crud_binds: Vec::new(),
            targets: Vec::new(),
            post_wraps: Vec::new(),
            needs_expand: false,
            schema_translate: false,
            cacheable: true,
            warnings: Vec::new(),
            linter: None,
            ctx: Ctx::default(),
        }
    }

    /// Render something with the options that reach inside it in force.
    pub(crate) fn under<R>(&mut self, options: &[crate::host::HostRef], render: impl FnOnce(&mut Self) -> R) -> R {
        if options.is_empty() {
            return render(self);
        }
        let (before, toplevel) = (self.inherited.len(), self.stack.is_empty());
        self.inherited.extend(options.iter().filter(|o| o.reaches_inside(toplevel)).cloned());
        let out = render(self);
        self.inherited.truncate(before);
        out
    }

    /// Render any node.
    pub fn node(&mut self, node: &Node, ctx: Ctx) -> SqlResult<()> {
        let toplevel = self.stack.is_empty();
        match node {
            Node::Expr(e) => {
                if let (true, crate::ast::ExprKind::Text(_)) = (toplevel, &e.kind) {
                    self.kind = StatementKind::Text;
                    self.plain_text = true;
                }
                self.expr(e, ctx)
            }
            Node::From(f) => self.from(f, ctx),
            Node::Query(q) => {
                if toplevel {
                    self.kind = StatementKind::Select;
                }
                self.query(q, ctx)
            }
            Node::Insert(i) => self.insert(i, ctx),
            Node::Update(u) => self.update(u, ctx),
            Node::Delete(d) => self.delete(d, ctx),
            Node::Type(t) => {
                let text = self.type_text(t, None)?;
                self.out.push_str(&text);
                Ok(())
            }
        }
    }

    /// What `render` writes, taken out of the text again.
    pub fn capture(&mut self, render: impl FnOnce(&mut Self) -> SqlResult<()>) -> SqlResult<String> {
        let saved = std::mem::take(&mut self.out);
        let result = render(self);
        let text = std::mem::replace(&mut self.out, saved);
        result.map(|()| text)
    }

    /// Ask user code whether it renders this node.
    pub(crate) fn hooked(&mut self, node: impl FnOnce() -> Node, ctx: Ctx) -> Option<SqlResult<()>> {
        let hooks = self.opts.hooks?;
        let saved = std::mem::replace(&mut self.ctx, ctx);
        let text = hooks.visit(&node(), self);
        self.ctx = saved;
        Some(text?.map(|text| self.out.push_str(&text)))
    }

    /// Warn whoever asked for the rendering.
    pub fn warn(&mut self, class: &'static str, message: impl Into<String>) {
        self.warnings.push((class, message.into()));
    }

    /// Write text as it is.
    pub fn write(&mut self, text: &str) {
        self.out.push_str(text);
    }

    pub(crate) fn push(&mut self, text: &str) {
        self.out.push_str(text);
    }

    /// Write an identifier, quoted where needed.
    pub(crate) fn ident(&mut self, name: &crate::Name) {
        let dialect = self.dialect;
        dialect.write_ident(&mut self.out, &name.text, name.quote);
    }

    /// DDL text of a type.
    pub fn type_text(&mut self, ty: &crate::types::TypeRef, column: Option<&Arc<crate::schema::Column>>) -> SqlResult<String> {
        crate::dialects::types::type_text(self.dialect, ty, column)
    }

    /// `UnsupportedCompilationError` with SQLAlchemy's wording.
    pub fn unsupported(&self, what: &str) -> SqlError {
        unsupported(self.dialect, what)
    }
}

/// Class name of the statement compiler of a dialect, as messages show it.
pub fn compiler_class(dialect: &Dialect) -> &'static str {
    use crate::dialects::Family as F;
    match dialect.family {
        F::Default => "SQLCompiler",
        F::Str => "StrSQLCompiler",
        F::Sqlite => "SQLiteCompiler",
        F::PostgreSql => "PGCompiler",
        F::MySql => "MySQLCompiler",
        F::MariaDb => "MariaDBCompiler",
        F::Oracle => "OracleCompiler",
    }
}

/// See [`Compiler::unsupported`].
pub fn unsupported(dialect: &Dialect, what: &str) -> SqlError {
    let module = match dialect.family {
        crate::dialects::Family::Default | crate::dialects::Family::Str => "oxalchemy.sql.compiler".to_owned(),
        _ => format!("oxalchemy.dialects.{}.base", dialect.name),
    };
    let class = compiler_class(dialect);
    SqlError::new(
        ErrorKind::UnsupportedCompilation,
        format!("Compiler <{module}.{class} object at 0x7f0000000000> can't render element of type {what}"),
    )
}

impl crate::host::HostCompiler for Compiler<'_> {
    fn process(&mut self, node: &Node) -> SqlResult<String> {
        let ctx = self.ctx;
        self.capture(|c| c.node(node, ctx))
    }
    fn dialect_name(&self) -> &str {
        &self.dialect.name
    }
    fn host(&self) -> Option<&dyn std::any::Any> {
        self.opts.host
    }
}
