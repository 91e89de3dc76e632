//! [`Rules`]: how a dialect's text differs from the standard. The defaults are the standard.

use super::Dialect;
use crate::ast::*;
use crate::compile::select::Limits;
use crate::compile::{Compiler, Ctx, operators::Binary};
use crate::error::{ErrorKind, SqlError, SqlResult};
use crate::schema::{Sequence, Table};
use crate::types::TypeRef;
use std::sync::Arc;

/// Overrides of one dialect. Methods that return `bool` answer whether they have rendered the element.
#[allow(unused_variables, missing_docs)]
pub trait Rules: Sync {
    fn constant(&self, dialect: &Dialect, value: bool) -> &'static str {
        match (dialect.supports_native_boolean, value) {
            (true, true) => "true",
            (true, false) => "false",
            (false, true) => "1",
            (false, false) => "0",
        }
    }
    fn binary(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<bool> {
        Ok(false)
    }
    fn unary(&self, c: &mut Compiler<'_>, op: &Op, operand: &ExprRef, ctx: Ctx) -> SqlResult<bool> {
        Ok(false)
    }
    fn function(&self, c: &mut Compiler<'_>, e: &ExprRef, f: &Function, ctx: Ctx) -> SqlResult<bool> {
        Ok(false)
    }
    fn aggregate_order_by(&self, c: &mut Compiler<'_>, func: &ExprRef, order_by: &[ExprRef], ctx: Ctx) -> SqlResult<bool> {
        Ok(false)
    }
    fn cast(&self, c: &mut Compiler<'_>, element: &ExprRef, to: &TypeRef, safe: bool, ctx: Ctx) -> SqlResult<bool> {
        Ok(false)
    }
    fn extract(&self, c: &mut Compiler<'_>, field: &str, element: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        c.write("EXTRACT(");
        c.write(field);
        c.write(" FROM ");
        c.expr(element, ctx)?;
        c.write(")");
        Ok(())
    }
    fn has_ilike(&self) -> bool {
        false
    }
    fn quotes_collations(&self, dialect: &Dialect, name: &str) -> bool {
        true
    }
    fn nameless_column(&self, c: &mut Compiler<'_>) -> SqlResult<()> {
        Err(SqlError::compile("Cannot compile Column object until its 'name' is assigned."))
    }
    fn next_value(&self, dialect: &Dialect, sequence: &Sequence) -> SqlResult<String> {
        Err(SqlError::new(ErrorKind::NotImplemented, format!("Dialect '{}' does not support sequence increments.", dialect.name)))
    }
    fn bind_cast_text(&self, dialect: &Dialect, ty: &TypeRef) -> Option<String> {
        None
    }
    /// The cast behind a value that is written into the statement when it runs.
    fn literal_cast(&self, dialect: &Dialect, ty: &TypeRef) -> Option<String> {
        None
    }
    /// Whether the driver wants values of this type cast.
    fn casts_bind(&self, dialect: &Dialect, ty: &TypeRef) -> bool {
        dialect.render_bind_cast
    }
    fn bind_cast(&self, c: &mut Compiler<'_>, ty: &TypeRef) -> Option<String> {
        self.bind_cast_text(c.dialect, ty)
    }
    fn empty_set(&self, dialect: &Dialect, ty: &TypeRef, width: usize) -> SqlResult<String> {
        Err(SqlError::new(
            ErrorKind::NotImplemented,
            format!("Dialect '{}' does not support empty set expression.", dialect.name),
        ))
    }
    // SELECT
    fn restructure(&self, c: &mut Compiler<'_>, q: &QueryRef, s: &Select) -> SqlResult<Option<QueryRef>> {
        Ok(None)
    }
    fn is_wrapper(&self, s: &Select) -> bool {
        false
    }
    fn default_from(&self, s: &Select) -> &'static str {
        ""
    }
    fn precolumns(&self, c: &mut Compiler<'_>, s: &Select, ctx: Ctx) -> SqlResult<()> {
        if matches!(s.distinct, Distinct::On(_)) && c.dialect.family != super::Family::Str {
            c.warn(
                "SADeprecationWarning",
                "DISTINCT ON is currently supported only by the PostgreSQL dialect.  Use of DISTINCT ON for other backends is currently \
                 silently ignored, however this usage is deprecated, and will raise CompileError in a future release for all backends \
                 that do not support this syntax.",
            );
        }
        if !matches!(s.distinct, Distinct::No) {
            c.write("DISTINCT ");
        }
        Ok(())
    }
    fn limit(&self, c: &mut Compiler<'_>, limits: &Limits<'_>, ctx: Ctx) -> SqlResult<()> {
        if limits.fetch.is_some() {
            return c.fetch_first(limits, ctx);
        }
        c.limit_offset(limits, Some("-1"), ctx)
    }
    fn for_update(&self, c: &mut Compiler<'_>, f: &ForUpdate, ctx: Ctx) -> SqlResult<()> {
        c.write(" FOR UPDATE");
        Ok(())
    }
    fn select_hint(&self) -> bool {
        false
    }
    /// A FROM element with its hint.
    fn hinted_from(&self, from: String, hint: &str) -> SqlResult<String> {
        Ok(from)
    }
    fn compound_keyword(&self, keyword: &'static str) -> &'static str {
        keyword
    }
    fn alias_word(&self) -> &'static str {
        " AS "
    }
    fn sample_after_alias(&self) -> bool {
        false
    }
    fn join_words(&self, j: &Join) -> &'static str {
        if j.full {
            " FULL OUTER JOIN "
        } else if j.isouter {
            " LEFT OUTER JOIN "
        } else {
            " JOIN "
        }
    }
    fn with_keyword(&self, recursive: bool) -> &'static str {
        if recursive { "WITH RECURSIVE" } else { "WITH" }
    }
    // DML
    fn implicit_returning(&self) -> bool {
        true
    }
    fn returning_precedes_values(&self) -> bool {
        false
    }
    fn returning_without_table(&self) -> bool {
        false
    }
    fn returning(&self, c: &mut Compiler<'_>, columns: &str, count: usize) -> String {
        format!("RETURNING {columns}")
    }
    fn table_in_set(&self) -> bool {
        false
    }
    fn update_tables(&self, c: &mut Compiler<'_>, table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.from(table, Ctx { asfrom: true, iscrud: true, ..ctx })
    }
    fn update_from(&self, c: &mut Compiler<'_>, table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        Err(SqlError::new(ErrorKind::NotImplemented, "This backend does not support multiple-table criteria within UPDATE"))
    }
    fn delete_from(&self, c: &mut Compiler<'_>, table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        Err(SqlError::new(ErrorKind::NotImplemented, "This backend does not support multiple-table criteria within DELETE"))
    }
    fn dml_limit(&self, c: &mut Compiler<'_>, common: &DmlCommon, verb: &str) -> SqlResult<()> {
        Ok(())
    }
    fn on_duplicate_key(
        &self,
        c: &mut Compiler<'_>,
        insert: &Arc<Insert>,
        table: &Arc<Table>,
        set: &[(ColumnKey, ExprRef)],
        ordered: bool,
        ctx: Ctx,
    ) -> SqlResult<()> {
        Err(c.unsupported("on_duplicate_key_update"))
    }
    // types
    /// DDL text of a type where it differs.
    fn type_text(&self, dialect: &Dialect, ty: &TypeRef, ddl: &super::types::TypeContext<'_>) -> Option<SqlResult<String>> {
        None
    }
}

/// The standard.
pub struct Standard;
impl Rules for Standard {}

/// `str()` without a dialect: shows what no database takes.
pub struct Show;
impl Rules for Show {
    fn nameless_column(&self, c: &mut Compiler<'_>) -> SqlResult<()> {
        c.write("\"<name unknown>\"");
        Ok(())
    }
    fn next_value(&self, _dialect: &Dialect, sequence: &Sequence) -> SqlResult<String> {
        Ok(format!("<next sequence value: {}>", sequence.name))
    }
    fn binary(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<bool> {
        match b.op {
            Op::RegexpMatch => c.infix(b.left, " <regexp> ", b.right, ctx)?,
            Op::NotRegexpMatch => c.infix(b.left, " <not regexp> ", b.right, ctx)?,
            Op::RegexpReplace => {
                c.write("<regexp replace>(");
                c.infix(b.left, ", ", b.right, ctx)?;
                c.write(")");
            }
            Op::GetItem | Op::JsonGetItem | Op::JsonPathGetItem => {
                c.expr(b.left, ctx)?;
                c.write("[");
                c.expr(b.right, ctx)?;
                c.write("]");
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
    fn update_from(&self, c: &mut Compiler<'_>, _table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.write(" FROM ");
        c.from_list(extra, ctx)
    }
    fn delete_from(&self, c: &mut Compiler<'_>, _table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.write(" , ");
        c.from_list(extra, ctx)
    }
    fn empty_set(&self, _dialect: &Dialect, _ty: &TypeRef, _width: usize) -> SqlResult<String> {
        Ok("SELECT 1 WHERE 1!=1".to_owned())
    }
    fn hinted_from(&self, from: String, hint: &str) -> SqlResult<String> {
        Ok(format!("{from} [{hint}]"))
    }
}

impl Dialect {
    /// The overrides of this dialect.
    pub fn rules(&self) -> &'static dyn Rules {
        use super::Family as F;
        match self.family {
            F::Default => &Standard,
            F::Str => &Show,
            F::Sqlite => &super::sqlite::Sqlite,
            F::PostgreSql => &super::postgresql::PostgreSql,
            F::MySql | F::MariaDb => &super::mysql::MySql,
            F::Oracle => &super::oracle::Oracle,
        }
    }
}
