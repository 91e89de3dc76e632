//! PostgreSQL.

use super::types::TypeContext;
use super::{Dialect, Family, ParamStyle, Rules};
use crate::ast::*;
use crate::compile::operators::Binary;
use crate::compile::select::Limits;
use crate::compile::{Compiler, Ctx};
use crate::error::{SqlError, SqlResult};
use crate::schema::Sequence;
use crate::types::{Affinity, SqlType, TypeArg, TypeRef};
use std::sync::Arc;

/// Data of the PostgreSQL dialect.
pub fn dialect() -> Dialect {
    Dialect {
        family: Family::PostgreSql,
        name: "postgresql".into(),
        driver: "psycopg".into(),
        paramstyle: ParamStyle::Pyformat,
        max_identifier_length: 63,
        supports_native_boolean: true,
        supports_native_enum: true,
        supports_native_uuid: true,
        supports_native_decimal: true,
        supports_default_values: true,
        supports_default_metavalue: true,
        supports_empty_insert: false,
        supports_multivalues_insert: true,
        use_insertmanyvalues: true,
        insert_returning: true,
        update_returning: true,
        delete_returning: true,
        update_returning_multifrom: true,
        delete_returning_multifrom: true,
        insert_executemany_returning: true,
        postfetch_lastrowid: false,
        preexecute_autoincrement_sequences: true,
        supports_sequences: true,
        sequences_optional: true,
        supports_identity_columns: true,
        supports_comments: true,
        supports_constraint_comments: true,
        json_native: true,
        render_bind_cast: true,
        ..Dialect::default()
    }
}

/// Overrides of the PostgreSQL dialect.
pub struct PostgreSql;

impl Rules for PostgreSql {
    fn has_ilike(&self) -> bool {
        true
    }

    fn binary(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<bool> {
        match b.op {
            Op::BitXor => c.infix(b.left, " # ", b.right, ctx)?,
            Op::RegexpMatch => self.regexp(c, b, "~", ctx)?,
            Op::NotRegexpMatch => self.regexp(c, b, "!~", ctx)?,
            Op::RegexpReplace => {
                c.write("REGEXP_REPLACE(");
                c.infix(b.left, ", ", b.right, ctx)?;
                if let Some(flags) = b.text("flags") {
                    c.write(", ");
                    let flags = flags.to_owned();
                    c.string_literal(&flags);
                }
                c.write(")");
            }
            Op::Match | Op::NotMatch => {
                if *b.op == Op::NotMatch {
                    c.write("NOT ");
                }
                c.expr(b.left, ctx)?;
                c.write(" @@ plainto_tsquery(");
                if let Some(config) = b.text("postgresql_regconfig") {
                    let config = config.to_owned();
                    c.string_literal(&config);
                    c.write(", ");
                }
                c.expr(b.right, ctx)?;
                c.write(")");
            }
            Op::GetItem => {
                c.expr(b.left, ctx)?;
                c.write("[");
                c.expr(b.right, ctx)?;
                c.write("]");
            }
            Op::JsonGetItem | Op::JsonPathGetItem => self.json(c, b, ctx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn function(&self, c: &mut Compiler<'_>, _e: &ExprRef, f: &Function, ctx: Ctx) -> SqlResult<bool> {
        match &*f.name.text.to_lowercase() {
            "aggregate_strings" => c.aggregate_strings("string_agg", &f.args, ctx)?,
            // The standard's form is the one that takes patterns as well.
            "substring" if f.args.len() > 1 => {
                c.write("SUBSTRING(");
                for (word, arg) in ["", " FROM ", " FOR "].iter().zip(&f.args) {
                    c.write(word);
                    c.expr(arg, ctx)?;
                }
                c.write(")");
            }
            "pow" if f.known.is_some() => c.call("power", &f.args, ctx)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn next_value(&self, dialect: &Dialect, sequence: &Sequence) -> SqlResult<String> {
        let schema = dialect.translated(sequence.schema.read().as_ref());
        let name = dialect.qualified(schema.as_ref(), &sequence.name);
        Ok(format!("nextval('{}')", name.replace('\'', "''")))
    }

    /// psycopg2 writes values into the text, where they say themselves what they are; these do not.
    fn casts_bind(&self, dialect: &Dialect, ty: &TypeRef) -> bool {
        let ty = super::types::resolved(ty, &dialect.name);
        let cast = match &*ty.visit_name {
            "ARRAY" | "BIT" | "JSON" | "JSONB" | "uuid" | "UUID" | "REGCONFIG" => true,
            name => name.ends_with("RANGE"),
        };
        dialect.render_bind_cast && (cast || &*dialect.driver != "psycopg2")
    }

    fn bind_cast_text(&self, dialect: &Dialect, ty: &TypeRef) -> Option<String> {
        let ty = super::types::resolved(ty, &dialect.name);
        if ty.visit_name.eq_ignore_ascii_case("enum") {
            return None;
        }
        let plain = match &*ty.visit_name {
            "json_int_index" => return Some("INT".to_owned()),
            "json_str_index" => return Some("TEXT".to_owned()),
            "CITEXT" => return None,
            "interval" if !matches!(ty.option("native"), Some(TypeArg::Bool(false))) => return None,
            "uuid" if matches!(ty.option("native_uuid"), Some(TypeArg::Bool(false))) => return None,
            "integer" | "small_integer" | "big_integer" | "INTEGER" | "SMALLINT" | "BIGINT" | "date" | "DATE" | "interval"
            | "INTERVAL" | "uuid" | "UUID" | "ARRAY" | "REGCONFIG" | "BIT" | "JSON" | "JSONB" => ty.clone(),
            // A length or a precision would change the value.
            _ if ty.affinity == Affinity::String => {
                let collation = ty.collation.clone().filter(|_| ty.length.is_none());
                Arc::new(SqlType { collation, ..SqlType::simple("VARCHAR", Affinity::String) })
            }
            "datetime" | "DATETIME" | "TIMESTAMP" => {
                Arc::new(SqlType { timezone: ty.timezone, ..SqlType::simple("datetime", Affinity::DateTime) })
            }
            "time" | "TIME" => Arc::new(SqlType { timezone: ty.timezone, ..SqlType::simple("time", Affinity::Time) }),
            name if name.ends_with("RANGE") => ty.clone(),
            _ => return None,
        };
        super::types::type_text(dialect, &plain, None).ok()
    }

    fn literal_cast(&self, dialect: &Dialect, ty: &TypeRef) -> Option<String> {
        let ty = super::types::resolved(ty, &dialect.name);
        if ty.affinity == Affinity::Uuid { self.bind_cast_text(dialect, &ty) } else { None }
    }

    fn empty_set(&self, dialect: &Dialect, ty: &TypeRef, width: usize) -> SqlResult<String> {
        let types: Vec<TypeRef> = if ty.items.is_empty() { vec![ty.clone(); width] } else { ty.items.clone() };
        let mut parts = Vec::new();
        for t in &types {
            let text = if t.is_null() { "INTEGER".to_owned() } else { super::types::type_text(dialect, t, None)? };
            parts.push(format!("CAST(NULL AS {text})"));
        }
        Ok(format!("SELECT {} WHERE 1!=1", parts.join(", ")))
    }

    fn precolumns(&self, c: &mut Compiler<'_>, s: &Select, ctx: Ctx) -> SqlResult<()> {
        match &s.distinct {
            Distinct::No => {}
            Distinct::Yes => c.write("DISTINCT "),
            Distinct::On(list) => {
                c.write("DISTINCT ON (");
                c.separated(list, ", ", Ctx { within_group_by: true, distinct_on: true, ..ctx })?;
                c.write(") ");
            }
        }
        Ok(())
    }

    fn limit(&self, c: &mut Compiler<'_>, limits: &Limits<'_>, ctx: Ctx) -> SqlResult<()> {
        if let Some(fetch) = limits.fetch {
            if let Some(offset) = limits.offset {
                c.write("\n OFFSET (");
                c.expr(offset, ctx)?;
                c.write(") ROWS");
            }
            c.write("\n FETCH FIRST (");
            c.expr(&fetch.count, ctx)?;
            c.write(")");
            c.write(if fetch.percent { " PERCENT ROWS " } else { " ROWS " });
            c.write(if fetch.with_ties { "WITH TIES" } else { "ONLY" });
            return Ok(());
        }
        if let Some(limit) = limits.limit {
            c.write(" \n LIMIT ");
            c.expr(limit, ctx)?;
        }
        if let Some(offset) = limits.offset {
            if limits.limit.is_none() {
                c.write("\n LIMIT ALL");
            }
            c.write(" OFFSET ");
            c.expr(offset, ctx)?;
        }
        Ok(())
    }

    fn for_update(&self, c: &mut Compiler<'_>, f: &ForUpdate, ctx: Ctx) -> SqlResult<()> {
        c.write(match (f.read, f.key_share) {
            (true, true) => " FOR KEY SHARE",
            (true, false) => " FOR SHARE",
            (false, true) => " FOR NO KEY UPDATE",
            (false, false) => " FOR UPDATE",
        });
        c.for_update_of(f, ctx)?;
        if f.nowait {
            c.write(" NOWAIT");
        }
        if f.skip_locked {
            c.write(" SKIP LOCKED");
        }
        Ok(())
    }

    fn hinted_from(&self, from: String, hint: &str) -> SqlResult<String> {
        if hint.to_uppercase() != "ONLY" {
            return Err(SqlError::compile(format!("Unrecognized hint: '{hint}'")));
        }
        Ok(format!("ONLY {from}"))
    }

    fn update_from(&self, c: &mut Compiler<'_>, _table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.write(" FROM ");
        c.from_list(extra, ctx)
    }
    fn delete_from(&self, c: &mut Compiler<'_>, _table: &FromRef, extra: &[FromRef], ctx: Ctx) -> SqlResult<()> {
        c.write(" USING ");
        c.from_list(extra, ctx)
    }

    fn type_text(&self, dialect: &Dialect, ty: &TypeRef, ddl: &TypeContext<'_>) -> Option<SqlResult<String>> {
        super::types::postgresql(dialect, ty, ddl)
    }
}

impl PostgreSql {
    /// Elements of JSON. One that is read as another type is read as text and cast.
    fn json(&self, c: &mut Compiler<'_>, b: &Binary<'_>, ctx: Ctx) -> SqlResult<()> {
        let as_json = b.expr.ty.affinity == Affinity::Json;
        let path = *b.op == Op::JsonPathGetItem;
        if !as_json {
            let to = c.cast_type(&b.expr.ty)?;
            c.write(if b.nested { "CAST((" } else { "CAST(" });
            c.infix(b.left, if path { " #>> " } else { " ->> " }, b.right, ctx)?;
            c.write(if b.nested { ") AS " } else { " AS " });
            c.write(&to);
            c.write(")");
            return Ok(());
        }
        let left_type = super::types::resolved(&b.left.ty, &c.dialect.name);
        // Subscripts of jsonb came with version 14.
        if !path && &*left_type.visit_name == "JSONB" && c.dialect.at_least(&[14]) {
            let bare =
                matches!(b.left.kind, ExprKind::Column(_) | ExprKind::Binary { op: Op::JsonGetItem, .. } | ExprKind::Grouping(_));
            c.write(if bare { "" } else { "(" });
            c.expr(b.left, ctx)?;
            c.write(if bare { "[" } else { ")[" });
            c.expr(b.right, ctx)?;
            c.write("]");
            return Ok(());
        }
        c.write(if b.nested { "(" } else { "" });
        c.infix(b.left, if path { " #> " } else { " -> " }, b.right, ctx)?;
        c.write(if b.nested { ")" } else { "" });
        Ok(())
    }

    fn regexp(&self, c: &mut Compiler<'_>, b: &Binary<'_>, op: &str, ctx: Ctx) -> SqlResult<()> {
        match b.text("flags") {
            None => c.infix(b.left, &format!(" {op} "), b.right, ctx),
            Some("i") => c.infix(b.left, &format!(" {op}* "), b.right, ctx),
            Some(flags) => {
                let flags = flags.to_owned();
                c.expr(b.left, ctx)?;
                c.write(&format!(" {op} CONCAT('(?', "));
                c.string_literal(&flags);
                c.write(", ')', ");
                c.expr(b.right, ctx)?;
                c.write(")");
                Ok(())
            }
        }
    }
}
