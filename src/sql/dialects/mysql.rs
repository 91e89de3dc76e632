//! MySQL and MariaDB.

use super::types::TypeContext;
use super::{Dialect, Family, ParamStyle, Rules};
use crate::ast::fold::Fold;
use crate::ast::*;
use crate::compile::operators::Binary;
use crate::compile::select::Limits;
use crate::compile::{Compiler, Ctx};
use crate::error::SqlResult;
use crate::name::{Label, Name};
use crate::schema::{Sequence, Table};
use crate::types::{Affinity, TypeRef};
use std::sync::Arc;

/// Data of the MySQL dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::MySql,
        name: "mysql".into(),
        driver: "mysqldb".into(),
        paramstyle: ParamStyle::Format,
        max_identifier_length: 255,
        max_index_name_length: Some(64),
        max_constraint_name_length: Some(64),
        div_is_floordiv: false,
        supports_default_metavalue: true,
        supports_multivalues_insert: true,
        use_insertmanyvalues: true,
        supports_comments: true,
        inline_comments: true,
        supports_native_enum: true,
        supports_native_decimal: true,
        cte_follows_insert: true,
        initial_quote: '`',
        final_quote: '`',
        ..Dialect::default()
    }
}

/// Data of the MariaDB dialect.
pub fn mariadb() -> Dialect {
    Dialect {
        family: Family::MariaDb,
        name: "mariadb".into(),
        insert_returning: true,
        delete_returning: true,
        insert_executemany_returning: true,
        supports_native_uuid: true,
        ..dialect()
    }
}

/// Overrides of both.
pub struct MySql;

impl Rules for MySql {
    fn constant(&self, _dialect: &Dialect, value: bool) -> &'static str {
        if value { "true" } else { "false" }
    }

    fn binary(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<bool> {
        match b.op {
            Op::Concat => {
                let mut parts = Vec::new();
                flatten(b.expr, &mut parts);
                c.call("concat", &parts, ctx)?;
            }
            Op::IsDistinctFrom => {
                c.write("NOT (");
                c.infix(b.left, " <=> ", b.right, ctx)?;
                c.write(")");
            }
            Op::IsNotDistinctFrom => c.infix(b.left, " <=> ", b.right, ctx)?,
            Op::Match | Op::NotMatch => {
                if *b.op == Op::NotMatch {
                    c.write("NOT ");
                }
                c.write("MATCH (");
                c.expr(b.left, ctx)?;
                c.write(") AGAINST (");
                c.expr(b.right, ctx)?;
                c.write(if b.modifier("mysql_natural_language").is_some() {
                    " IN NATURAL LANGUAGE MODE)"
                } else {
                    " IN BOOLEAN MODE)"
                });
            }
            Op::RegexpMatch | Op::NotRegexpMatch => {
                let not = *b.op == Op::NotRegexpMatch;
                match b.text("flags") {
                    None => c.infix(b.left, if not { " NOT REGEXP " } else { " REGEXP " }, b.right, ctx)?,
                    Some(flags) if c.dialect.family == Family::MariaDb => {
                        let flags = flags.to_owned();
                        c.expr(b.left, ctx)?;
                        c.write(if not { " NOT REGEXP CONCAT('(?', " } else { " REGEXP CONCAT('(?', " });
                        c.string_literal(&flags);
                        c.write(", ')', ");
                        c.expr(b.right, ctx)?;
                        c.write(")");
                    }
                    Some(flags) => {
                        let flags = flags.to_owned();
                        c.write(if not { "NOT REGEXP_LIKE(" } else { "REGEXP_LIKE(" });
                        c.infix(b.left, ", ", b.right, ctx)?;
                        c.write(", ");
                        c.string_literal(&flags);
                        c.write(")");
                    }
                }
            }
            Op::RegexpReplace if c.dialect.family == Family::MariaDb && b.text("flags").is_some() => {
                let flags = b.text("flags").unwrap_or_default().to_owned();
                let ExprKind::List { clauses, .. } = &b.right.kind else { return Ok(false) };
                let [pattern, replacement] = clauses.as_slice() else { return Ok(false) };
                c.write("REGEXP_REPLACE(");
                c.expr(b.left, ctx)?;
                c.write(", CONCAT('(?', ");
                c.string_literal(&flags);
                c.write(", ')', ");
                c.infix(pattern, "), ", replacement, ctx)?;
                c.write(")");
            }
            Op::RegexpReplace => {
                c.write("REGEXP_REPLACE(");
                c.infix(b.left, ", ", b.right, ctx)?;
                if let Some(flags) = b.text("flags") {
                    let flags = flags.to_owned();
                    c.write(", ");
                    c.string_literal(&flags);
                }
                c.write(")");
            }
            Op::JsonGetItem | Op::JsonPathGetItem => self.json(c, b, ctx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn function(&self, c: &mut Compiler<'_>, _e: &ExprRef, f: &Function, ctx: Ctx) -> SqlResult<bool> {
        match &*f.name.text.to_lowercase() {
            "random" => {
                c.write("rand");
                c.arguments(&f.args, ctx)?;
            }
            "sysdate" => c.write("SYSDATE()"),
            "rollup" if f.known.is_some() => {
                c.separated(&f.args, ", ", ctx)?;
                c.write(" WITH ROLLUP");
            }
            "aggregate_strings" if let [value, separator] = f.args.as_slice() => {
                c.write("group_concat(");
                c.expr(value, ctx)?;
                c.write(" SEPARATOR ");
                c.literal_at_execution(separator, ctx)?;
                c.write(")");
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn extract(&self, c: &mut Compiler<'_>, field: &str, element: &ExprRef, ctx: Ctx) -> SqlResult<()> {
        c.write("EXTRACT(");
        c.write(if field == "milliseconds" { "millisecond" } else { field });
        c.write(" FROM ");
        c.expr(element, ctx)?;
        c.write(")");
        Ok(())
    }

    fn cast(&self, c: &mut Compiler<'_>, element: &ExprRef, to: &TypeRef, _safe: bool, ctx: Ctx) -> SqlResult<bool> {
        let Some(text) = super::types::mysql_cast(c.dialect, to)? else {
            // There is no such CAST: the operand alone, in parentheses where it needs them.
            let name = super::types::type_text(c.dialect, to, None)?;
            c.warn("SAWarning", format!("Datatype {name} does not support CAST on MySQL/MariaDb; the CAST will be skipped."));
            let grouped = precedence::self_group(element, None);
            c.expr(&grouped, ctx)?;
            return Ok(true);
        };
        c.write("CAST(");
        c.expr(element, ctx)?;
        c.write(" AS ");
        c.write(&text);
        c.write(")");
        Ok(true)
    }

    fn aggregate_order_by(&self, c: &mut Compiler<'_>, func: &ExprRef, order_by: &[ExprRef], ctx: Ctx) -> SqlResult<bool> {
        let ExprKind::Function(f) = &func.kind else { return Ok(false) };
        let [value, separator] = f.args.as_slice() else { return Ok(false) };
        if !f.name.text.eq_ignore_ascii_case("aggregate_strings") {
            return Ok(false);
        }
        c.write("group_concat(");
        c.expr(value, ctx)?;
        c.write(" ORDER BY ");
        c.separated(order_by, ", ", ctx)?;
        c.write(" SEPARATOR ");
        c.literal_at_execution(separator, ctx)?;
        c.write(")");
        Ok(true)
    }

    fn next_value(&self, dialect: &Dialect, sequence: &Sequence) -> SqlResult<String> {
        let schema = dialect.translated(sequence.schema.read().as_ref());
        Ok(format!("nextval({})", dialect.qualified(schema.as_ref(), &sequence.name)))
    }

    fn empty_set(&self, _dialect: &Dialect, _ty: &TypeRef, width: usize) -> SqlResult<String> {
        let named: Vec<String> = (0..width).map(|i| format!("1 AS _in_{i}")).collect();
        let outer: Vec<String> = (0..width).map(|i| format!("_in_{i}")).collect();
        Ok(format!("SELECT {} FROM (SELECT {}) as _empty_set WHERE 1!=1", outer.join(", "), named.join(", ")))
    }

    fn limit(&self, c: &mut Compiler<'_>, limits: &Limits<'_>, ctx: Ctx) -> SqlResult<()> {
        if limits.fetch.is_some() {
            return c.fetch_first(limits, ctx);
        }
        match (limits.limit, limits.offset) {
            (limit, Some(offset)) => {
                c.write(" \n LIMIT ");
                c.expr(offset, ctx)?;
                c.write(", ");
                match limit {
                    Some(limit) => c.expr(limit, ctx)?,
                    None => c.write("18446744073709551615"),
                }
            }
            (Some(limit), None) => {
                c.write(" \n LIMIT ");
                c.expr(limit, ctx)?;
            }
            (None, None) => {}
        }
        Ok(())
    }

    fn for_update(&self, c: &mut Compiler<'_>, f: &ForUpdate, ctx: Ctx) -> SqlResult<()> {
        let of = c.dialect.supports_for_update_of;
        c.write(match (f.read, of) {
            (true, true) => " FOR SHARE",
            (true, false) => " LOCK IN SHARE MODE",
            (false, _) => " FOR UPDATE",
        });
        if of {
            c.for_update_of(f, ctx)?;
        }
        if f.nowait {
            c.write(" NOWAIT");
        }
        if f.skip_locked {
            c.write(" SKIP LOCKED");
        }
        Ok(())
    }

    fn default_from(&self, s: &Select) -> &'static str {
        if s.where_.is_empty() { "" } else { " FROM DUAL" }
    }
    fn hinted_from(&self, from: String, hint: &str) -> SqlResult<String> {
        Ok(format!("{from} {hint}"))
    }
    fn join_words(&self, j: &Join) -> &'static str {
        if j.full {
            " FULL OUTER JOIN "
        } else if j.isouter {
            " LEFT OUTER JOIN "
        } else {
            " INNER JOIN "
        }
    }
    fn table_in_set(&self) -> bool {
        true
    }
    fn update_tables(&self, c: &mut Compiler<'_>, table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.from(table, Ctx { asfrom: true, ..ctx })?;
        if !extra.is_empty() {
            c.write(", ");
            c.from_list(extra, ctx)?;
        }
        Ok(())
    }
    fn update_from(&self, _c: &mut Compiler<'_>, _table: &FromRef, _extra: &[FromRef], _ctx: Ctx) -> SqlResult<()> {
        Ok(())
    }
    fn delete_from(&self, c: &mut Compiler<'_>, table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.write(" USING ");
        c.from(table, ctx.from())?;
        c.write(", ");
        c.from_list(extra, ctx)
    }
    fn dml_limit(&self, c: &mut Compiler<'_>, common: &DmlCommon, verb: &str) -> SqlResult<()> {
        let wanted = ["mysql_limit", "mariadb_limit"];
        let _ = verb;
        if let Some((_, value)) = common.dialect_options.iter().find(|(n, _)| wanted.contains(&&**n))
            && let Some(Literal::Int(n)) = value.as_literal()
        {
            let index = c.literal_execute_int(n)?;
            c.write(" LIMIT ");
            c.write(&index);
        }
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
        let from_select = insert.from_select.is_some();
        // VALUES() was deprecated when the new row got an alias.
        let alias = (c.dialect.family == Family::MySql && c.dialect.server_version.is_some() && c.dialect.at_least(&[8, 0, 20]))
            .then_some("new")
            .filter(|_| !from_select);
        if let Some(alias) = alias {
            c.write("AS ");
            c.write(alias);
            c.write(" ");
        }
        c.write("ON DUPLICATE KEY UPDATE ");
        let mut inserted = Inserted { dialect: c.dialect, table, alias };
        let set: Vec<(ColumnKey, ExprRef)> = set.iter().map(|(k, e)| (k.clone(), inserted.fold_expr(e))).collect();
        let parts = c.duplicate_key_set(table, &set, ordered, ctx)?;
        c.write(&parts.join(", "));
        Ok(())
    }

    fn type_text(&self, dialect: &Dialect, ty: &TypeRef, ddl: &TypeContext<'_>) -> Option<SqlResult<String>> {
        super::types::mysql(dialect, ty, ddl)
    }
}

impl MySql {
    fn json(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<()> {
        let extract = |c: &mut Compiler<'_>| {
            c.write("JSON_EXTRACT(");
            c.infix(b.left, ", ", b.right, ctx)?;
            c.write(")");
            Ok(())
        };
        if b.expr.ty.affinity == Affinity::Json {
            return extract(c);
        }
        c.write("CASE ");
        extract(c)?;
        if b.expr.ty.affinity == Affinity::Boolean {
            c.write(" WHEN 'null' THEN NULL WHEN true THEN true ELSE false END");
            return Ok(());
        }
        c.write(" WHEN 'null' THEN NULL ELSE ");
        match b.expr.ty.affinity {
            Affinity::Integer => {
                c.write("CAST(");
                extract(c)?;
                c.write(" AS SIGNED INTEGER)");
            }
            Affinity::Numeric if b.expr.ty.precision.is_some() && b.expr.ty.scale.is_some() => {
                let to = super::types::type_text(c.dialect, &b.expr.ty, None)?.replacen("NUMERIC", "DECIMAL", 1);
                c.write("CAST(");
                extract(c)?;
                c.write(&format!(" AS {to})"));
            }
            Affinity::Numeric | Affinity::Float => {
                extract(c)?;
                c.write("+0.0000000000000000000000");
            }
            Affinity::String => {
                c.write("JSON_UNQUOTE(");
                extract(c)?;
                c.write(")");
            }
            _ => extract(c)?,
        }
        c.write(" END");
        Ok(())
    }
}

/// Columns of the row that could not be inserted (`insert().inserted`), in the database's words.
struct Inserted<'d> {
    dialect: &'d Dialect,
    table: &'d Arc<Table>,
    alias: Option<&'static str>,
}

impl Fold for Inserted<'_> {
    fn fold_expr(&mut self, e: &ExprRef) -> ExprRef {
        if let ExprKind::Column(c) = &e.kind
            && let Some(FromKind::Alias { element, name: Label::Fixed(name) }) = c.from().map(|f| &f.kind)
            && matches!(&element.kind, FromKind::Table(t) if Arc::ptr_eq(t, self.table))
            && &*name.text == "inserted"
        {
            let column = self.dialect.quote(&c.column.name());
            let text = match self.alias {
                Some(alias) => format!("{alias}.{column}"),
                None => format!("VALUES({column})"),
            };
            return Expr::new(ExprKind::LiteralColumn(Name::new(text)), e.ty.clone());
        }
        fold::expr_children(self, e)
    }
}

/// Operands of nested concatenations, in order.
fn flatten(e: &ExprRef, out: &mut Vec<ExprRef>) {
    match &e.kind {
        ExprKind::Binary { left, right, op: Op::Concat, .. } => {
            flatten(left, out);
            flatten(right, out);
        }
        ExprKind::Grouping(inner) if matches!(&inner.kind, ExprKind::Binary { op: Op::Concat, .. }) => flatten(inner, out),
        _ => out.push(e.clone()),
    }
}
