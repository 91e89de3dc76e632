//! SQLite.

use super::types::TypeContext;
use super::{Dialect, Family, ParamStyle, Rules};
use crate::ast::*;
use crate::compile::operators::Binary;
use crate::compile::select::Limits;
use crate::compile::{Compiler, Ctx};
use crate::error::{SqlError, SqlResult};
use crate::types::{Affinity, TypeRef};

/// Data of the SQLite dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::Sqlite,
        name: "sqlite".into(),
        driver: "pysqlite".into(),
        paramstyle: ParamStyle::Qmark,
        supports_default_values: true,
        supports_default_metavalue: true,
        default_metavalue_token: "NULL".into(),
        supports_empty_insert: false,
        supports_multivalues_insert: true,
        use_insertmanyvalues: true,
        insertmanyvalues_max_parameters: 32_766,
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        update_returning_multifrom: true,
        insert_executemany_returning: true,
        supports_alter: false,
        tuple_in_values: true,
        ..Dialect::default()
    }
}

/// Overrides of the SQLite dialect.
pub struct Sqlite;

impl Rules for Sqlite {
    fn binary(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<bool> {
        match b.op {
            Op::TrueDiv => {
                c.expr(b.left, ctx)?;
                c.write(" / (");
                c.expr(b.right, ctx)?;
                c.write(" + 0.0)");
            }
            Op::IsDistinctFrom => c.infix(b.left, " IS NOT ", b.right, ctx)?,
            Op::IsNotDistinctFrom => c.infix(b.left, " IS ", b.right, ctx)?,
            Op::RegexpMatch => c.infix(b.left, " REGEXP ", b.right, ctx)?,
            Op::NotRegexpMatch => c.infix(b.left, " NOT REGEXP ", b.right, ctx)?,
            Op::BitXor => {
                // (a | b) - (a & b); the operands are rendered twice, binds included.
                c.write("(");
                c.infix(b.left, " | ", b.right, ctx)?;
                c.write(" - ");
                c.infix(b.left, " & ", b.right, ctx)?;
                c.write(")");
            }
            Op::JsonGetItem | Op::JsonPathGetItem => {
                // what is in a document has a type of its own, unless told otherwise (`as_integer()`)
                let (before, after) = match b.expr.ty.affinity {
                    Affinity::Json => ("JSON_QUOTE(", ")".to_owned()),
                    Affinity::Null => ("", String::new()),
                    _ => ("CAST(", format!(" AS {})", super::types::type_text(c.dialect, &b.expr.ty, None)?)),
                };
                c.write(before);
                c.write("JSON_EXTRACT(");
                c.infix(b.left, ", ", b.right, ctx)?;
                c.write(")");
                c.write(&after);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn function(&self, c: &mut Compiler<'_>, _e: &ExprRef, f: &Function, ctx: Ctx) -> SqlResult<bool> {
        match &*f.name.text.to_lowercase() {
            "now" => c.write("CURRENT_TIMESTAMP"),
            "localtimestamp" if f.known.is_some() => c.write("DATETIME(CURRENT_TIMESTAMP, 'localtime')"),
            "char_length" => c.call("length", &f.args, ctx)?,
            "aggregate_strings" => c.aggregate_strings("group_concat", &f.args, ctx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn extract(&self, c: &mut Compiler<'_>, field: &str, element: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        let code = match field {
            "month" => "%m",
            "day" => "%d",
            "year" => "%Y",
            "second" => "%S",
            "hour" => "%H",
            "doy" => "%j",
            "minute" => "%M",
            "epoch" => "%s",
            "dow" => "%w",
            "week" => "%W",
            _ => return Err(SqlError::compile(format!("{field} is not a valid extract argument."))),
        };
        c.write("CAST(STRFTIME('");
        c.write(code);
        c.write("', ");
        c.expr(element, ctx)?;
        c.write(") AS INTEGER)");
        Ok(())
    }

    fn limit(&self, c: &mut Compiler<'_>, limits: &Limits<'_>, ctx: Ctx) -> SqlResult<()> {
        if limits.fetch.is_some() {
            return c.fetch_first(limits, ctx);
        }
        let minus_one = build::literal(Literal::Int(-1));
        let limit = limits.limit.or(limits.offset.map(|_| &minus_one));
        if let Some(limit) = limit {
            c.write("\n LIMIT ");
            c.expr(limit, ctx)?;
        }
        if let Some(offset) = limits.offset {
            c.write(" OFFSET ");
            c.expr(offset, ctx)?;
        } else if limits.limit.is_some() {
            let zero = build::literal(Literal::Int(0));
            c.write(" OFFSET ");
            c.expr(&zero, ctx)?;
        }
        Ok(())
    }

    fn for_update(&self, _c: &mut Compiler<'_>, _f: &ForUpdate, _ctx: Ctx) -> SqlResult<()> {
        Ok(())
    }
    fn returning_without_table(&self) -> bool {
        true
    }
    fn update_from(&self, c: &mut Compiler<'_>, _table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.write(" FROM ");
        c.from_list(extra, ctx)
    }

    fn type_text(&self, _dialect: &Dialect, ty: &TypeRef, _ddl: &TypeContext<'_>) -> Option<SqlResult<String>> {
        Some(Ok(match &*ty.visit_name {
            "large_binary" => "BLOB".to_owned(),
            "DATE" | "DATETIME" | "TIME" if storage_is_text(ty) => {
                let base = match &*ty.visit_name {
                    "DATETIME" => "DATETIME_CHAR",
                    "DATE" => "DATE_CHAR",
                    _ => "TIME_CHAR",
                };
                base.to_owned()
            }
            _ => return None,
        }))
    }
}

/// A temporal type whose storage format has no text affinity by itself.
fn storage_is_text(ty: &TypeRef) -> bool {
    ty.flag("char_affinity")
}
