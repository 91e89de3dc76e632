//! Oracle: text only, there is no driver.

use super::types::TypeContext;
use super::{Dialect, Family, ParamStyle, Rules};
use crate::ast::*;
use crate::compile::operators::Binary;
use crate::compile::select::Limits;
use crate::compile::{Compiler, Ctx};
use crate::error::{SqlError, SqlResult};
use crate::schema::Sequence;
use crate::types::{Affinity, SqlType, TypeRef};

/// Data of the Oracle dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::Oracle,
        name: "oracle".into(),
        driver: "oracledb".into(),
        paramstyle: ParamStyle::Named,
        max_identifier_length: 128,
        supports_simple_order_by_label: false,
        div_is_floordiv: false,
        supports_sequences: true,
        supports_identity_columns: true,
        supports_empty_insert: false,
        supports_native_boolean: true,
        supports_default_metavalue: true,
        supports_comments: true,
        cte_follows_insert: true,
        postfetch_lastrowid: false,
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        insert_executemany_returning: true,
        requires_name_normalize: true,
        ..Dialect::default()
    }
}

/// Overrides of the Oracle dialect.
pub struct Oracle;

impl Rules for Oracle {
    fn constant(&self, _dialect: &Dialect, value: bool) -> &'static str {
        if value { "1" } else { "0" }
    }

    fn binary(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<bool> {
        match b.op {
            Op::Mod => {
                c.write("mod(");
                c.infix(b.left, ", ", b.right, ctx)?;
                c.write(")");
            }
            Op::IsDistinctFrom | Op::IsNotDistinctFrom => {
                c.write("DECODE(");
                c.infix(b.left, ", ", b.right, ctx)?;
                c.write(if *b.op == Op::IsDistinctFrom { ", 0, 1) = 1" } else { ", 0, 1) = 0" });
            }
            Op::Match | Op::NotMatch => {
                c.write(if *b.op == Op::NotMatch { "NOT CONTAINS (" } else { "CONTAINS (" });
                c.infix(b.left, ", ", b.right, ctx)?;
                c.write(")");
            }
            Op::RegexpMatch | Op::NotRegexpMatch | Op::RegexpReplace => {
                c.write(match b.op {
                    Op::RegexpMatch => "REGEXP_LIKE(",
                    Op::NotRegexpMatch => "NOT REGEXP_LIKE(",
                    _ => "REGEXP_REPLACE(",
                });
                c.infix(b.left, ", ", b.right, ctx)?;
                if let Some(flags) = b.text("flags") {
                    let flags = flags.to_owned();
                    c.write(", ");
                    c.string_literal(&flags);
                }
                c.write(")");
            }
            Op::BitAnd | Op::BitOr | Op::BitXor => {
                c.write(match b.op {
                    Op::BitAnd => "BITAND(",
                    Op::BitOr => "BITOR(",
                    _ => "BITXOR(",
                });
                c.infix(b.left, ", ", b.right, ctx)?;
                c.write(")");
            }
            Op::BitLshift | Op::BitRshift => {
                let name = match b.op {
                    Op::BitLshift => "bitwise_lshift",
                    _ => "bitwise_rshift",
                };
                return Err(SqlError::compile(format!("Cannot compile {name} in oracle")));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn unary(&self, _c: &mut Compiler<'_>, op: &Op, _operand: &ExprRef, _ctx: Ctx) -> SqlResult<bool> {
        if *op == Op::BitNot {
            return Err(SqlError::compile("Cannot compile bitwise_not in oracle"));
        }
        Ok(false)
    }

    fn function(&self, c: &mut Compiler<'_>, _e: &ExprRef, f: &Function, ctx: Ctx) -> SqlResult<bool> {
        match &*f.name.text.to_lowercase() {
            "now" => c.write("CURRENT_TIMESTAMP"),
            "char_length" => c.call("LENGTH", &f.args, ctx)?,
            "aggregate_strings" => c.aggregate_strings("LISTAGG", &f.args, ctx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn cast(&self, c: &mut Compiler<'_>, element: &ExprRef, to: &TypeRef, _safe: bool, ctx: Ctx) -> SqlResult<bool> {
        if to.affinity != Affinity::String
            || to.length.is_some()
            || to.host.is_some()
            || to.visit_name.to_lowercase().contains("text")
        {
            return Ok(false);
        }
        // A cast to text needs a length: the largest there is.
        let to = std::sync::Arc::new(SqlType { length: Some(4000), ..(**to).clone() });
        c.write("CAST(");
        c.expr(element, ctx)?;
        c.write(" AS ");
        let text = c.cast_type(&to)?;
        c.write(&text);
        c.write(")");
        Ok(true)
    }

    fn aggregate_order_by(&self, c: &mut Compiler<'_>, func: &ExprRef, order_by: &[ExprRef], ctx: Ctx) -> SqlResult<bool> {
        c.expr(func, ctx)?;
        c.write(" WITHIN GROUP (ORDER BY ");
        c.separated(order_by, ", ", ctx)?;
        c.write(")");
        Ok(true)
    }

    fn next_value(&self, dialect: &Dialect, sequence: &Sequence) -> SqlResult<String> {
        let schema = dialect.translated(sequence.schema.read().as_ref());
        Ok(format!("{}.nextval", dialect.qualified(schema.as_ref(), &sequence.name)))
    }

    fn default_from(&self, _s: &Select) -> &'static str {
        " FROM DUAL"
    }

    fn limit(&self, c: &mut Compiler<'_>, limits: &Limits<'_>, ctx: Ctx) -> SqlResult<()> {
        let simple = |e: Option<&ExprRef>| e.is_none_or(|e| matches!(e.kind, ExprKind::Bind(_)));
        let all_simple = simple(limits.limit) && simple(limits.offset) && simple(limits.fetch.map(|f| &f.count));
        let ctx = Ctx { literal_execute: all_simple, ..ctx };
        let fetch = limits.limit.map(|l| Fetch { count: l.clone(), with_ties: false, percent: false });
        let fetch = limits.fetch.or(fetch.as_ref());
        c.fetch_first(&Limits { limit: None, fetch, offset: limits.offset, for_update: None }, ctx)
    }

    fn for_update(&self, c: &mut Compiler<'_>, f: &ForUpdate, ctx: Ctx) -> SqlResult<()> {
        c.write(" FOR UPDATE");
        if !f.of.is_empty() || !f.of_from.is_empty() {
            c.write(" OF ");
            c.separated(&f.of, ", ", ctx)?;
        }
        if f.nowait {
            c.write(" NOWAIT");
        }
        if f.skip_locked {
            c.write(" SKIP LOCKED");
        }
        Ok(())
    }

    fn compound_keyword(&self, keyword: &'static str) -> &'static str {
        match keyword {
            "EXCEPT" => "MINUS",
            "EXCEPT ALL" => "MINUS ALL",
            k => k,
        }
    }
    fn alias_word(&self) -> &'static str {
        " "
    }
    fn with_keyword(&self, _recursive: bool) -> &'static str {
        "WITH"
    }
    fn select_hint(&self) -> bool {
        true
    }
    fn returning(&self, c: &mut Compiler<'_>, columns: &str, count: usize) -> String {
        let _ = c;
        let outs: Vec<String> = (0..count).map(|i| format!(":ret_{i}")).collect();
        format!("RETURNING {columns} INTO {}", outs.join(", "))
    }

    fn type_text(&self, dialect: &Dialect, ty: &TypeRef, ddl: &TypeContext<'_>) -> Option<SqlResult<String>> {
        super::types::oracle(dialect, ty, ddl)
    }
}
