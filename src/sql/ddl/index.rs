//! CREATE INDEX and DROP INDEX.

use super::{DdlCompiler, option_flag, option_text};
use crate::dialects::Family;
use crate::error::{SqlError, SqlResult};
use crate::schema::constraint::IndexData;
use crate::schema::{Index, Table};
use std::sync::Arc;

impl DdlCompiler<'_> {
    fn index_table(&self, index: &Index) -> SqlResult<(IndexData, Arc<Table>)> {
        let d = index.d.read().clone();
        let table = d.table.as_ref().and_then(std::sync::Weak::upgrade);
        match table {
            Some(table) => Ok((d, table)),
            None => Err(SqlError::compile(format!(
                "Index '{}' is not associated with any table.",
                d.name.as_ref().map_or("None", |n| n.as_str())
            ))),
        }
    }

    /// The index's name, with its table's schema where the dialect wants it.
    fn index_name(&self, d: &IndexData, table: &Table, with_schema: bool) -> SqlResult<String> {
        let Some(name) = &d.name else {
            return Err(SqlError::compile("CREATE INDEX requires that the index have a name"));
        };
        let limit = self.dialect.max_index_name_length;
        let text = self.limited(name, limit, d.implicit || d.name_is_conv)?;
        let schema = self.schema_of(table.d.read().schema.clone());
        Ok(match schema {
            Some(schema) if with_schema => format!("{}.{text}", self.dialect.quote(&schema)),
            _ => text,
        })
    }

    pub(super) fn create_index(&mut self, index: &Arc<Index>, if_not_exists: bool) -> SqlResult<String> {
        let (d, table) = self.index_table(index)?;
        let family = self.dialect.family;
        let own = &*self.dialect.name.clone();
        let options = &d.dialect_options;
        let mut out = String::from("CREATE ");
        if d.unique {
            out.push_str("UNIQUE ");
        }
        if self.dialect.is_mysql()
            && let Some(prefix) = option_text(options, own, "prefix")
        {
            out.push_str(&prefix);
            out.push(' ');
        }
        if family == Family::Oracle && option_flag(options, "oracle", "bitmap") {
            out.push_str("BITMAP ");
        }
        out.push_str("INDEX ");
        if family == Family::PostgreSql && option_flag(options, "postgresql", "concurrently") {
            out.push_str("CONCURRENTLY ");
        }
        if if_not_exists {
            out.push_str("IF NOT EXISTS ");
        }
        let sqlite = family == Family::Sqlite;
        out.push_str(&self.index_name(&d, &table, sqlite || family == Family::Oracle)?);
        out.push_str(" ON ");
        if family == Family::PostgreSql && option_flag(options, "postgresql", "only") {
            out.push_str("ONLY ");
        }
        out.push_str(&if sqlite { self.dialect.quote(&table.name) } else { self.table_name(&table) });
        if family == Family::PostgreSql
            && let Some(using) = option_text(options, "postgresql", "using")
        {
            out.push_str(&format!(" USING {}", using.to_lowercase()));
        }
        let mut parts = Vec::new();
        for (e, length, ops) in d.expressions_with_options() {
            let mut text = self.expr(&e)?;
            if family == Family::PostgreSql && needs_parentheses(&e) {
                text = format!("({text})");
            }
            if self.dialect.is_mysql() {
                if needs_parentheses(&e) || matches!(e.kind, crate::ast::ExprKind::Function(_)) {
                    text = format!("({text})");
                }
                if let Some(length) = length {
                    text = format!("{text}({length})");
                }
            }
            if let Some(ops) = ops {
                text = format!("{text} {ops}");
            }
            parts.push(text);
        }
        out.push_str(&format!(" ({})", parts.join(", ")));
        self.index_tail(&mut out, &d)?;
        Ok(out)
    }

    fn index_tail(&self, out: &mut String, d: &IndexData) -> SqlResult<()> {
        let options = &d.dialect_options;
        match self.dialect.family {
            Family::PostgreSql => {
                if let Some(columns) = d.include.as_ref().filter(|c| !c.is_empty()) {
                    let names: Vec<String> = columns.iter().map(|c| self.dialect.quote(c)).collect();
                    out.push_str(&format!(" INCLUDE ({})", names.join(", ")));
                }
                match super::option(options, "postgresql", "nulls_not_distinct").and_then(|v| v.as_literal()) {
                    Some(crate::ast::Literal::Bool(true)) => out.push_str(" NULLS NOT DISTINCT"),
                    Some(crate::ast::Literal::Bool(false)) => out.push_str(" NULLS DISTINCT"),
                    _ => {}
                }
                if !d.with.is_empty() {
                    let parts: Vec<String> = d.with.iter().map(|(k, v)| format!("{k} = {v}")).collect();
                    out.push_str(&format!(" WITH ({})", parts.join(", ")));
                }
                if let Some(tablespace) = option_text(options, "postgresql", "tablespace") {
                    out.push_str(&format!(" TABLESPACE {}", self.dialect.quote(&tablespace.as_str().into())));
                }
            }
            Family::MySql | Family::MariaDb => {
                let own = &*self.dialect.name;
                if let Some(parser) = option_text(options, own, "with_parser") {
                    out.push_str(&format!(" WITH PARSER {parser}"));
                }
                if let Some(using) = option_text(options, own, "using") {
                    out.push_str(&format!(" USING {}", self.dialect.quote(&using.as_str().into())));
                }
            }
            Family::Oracle if option_flag(options, "oracle", "compress") => match option_text(options, "oracle", "compress") {
                Some(v) if v != "1" => out.push_str(&format!(" COMPRESS {v}")),
                _ => out.push_str(" COMPRESS"),
            },
            _ => {}
        }
        if let Some((dialect, where_)) = &d.where_
            && **dialect == *self.dialect.name
        {
            out.push_str(" WHERE ");
            out.push_str(&self.expr(where_)?);
        }
        Ok(())
    }

    pub(super) fn drop_index(&mut self, index: &Arc<Index>, if_exists: bool) -> SqlResult<String> {
        let exists = super::table::exists(if_exists);
        // An index that was never attached can still be dropped by its name.
        if index.d.read().table.is_none()
            && let Some(name) = &index.d.read().name
        {
            return Ok(format!("\nDROP INDEX {exists}{}", self.dialect.quote(name)));
        }
        let (d, table) = self.index_table(index)?;
        if self.dialect.is_mysql() {
            let name = self.index_name(&d, &table, false)?;
            return Ok(format!("\nDROP INDEX {exists}{name} ON {}", self.table_name(&table)));
        }
        let concurrently =
            if self.dialect.family == Family::PostgreSql && option_flag(&d.dialect_options, "postgresql", "concurrently") {
                "CONCURRENTLY "
            } else {
                ""
            };
        Ok(format!("\nDROP INDEX {concurrently}{exists}{}", self.index_name(&d, &table, true)?))
    }
}

/// Anything but a plain column, in its own or with an ordering, stands in parentheses.
fn needs_parentheses(e: &crate::ast::ExprRef) -> bool {
    use crate::ast::ExprKind as K;
    match &e.kind {
        K::Column(_) | K::Text(_) | K::Function(_) | K::LiteralColumn(_) | K::Grouping(_) => false,
        K::UnaryPostfix { operand, .. } => needs_parentheses(operand),
        K::Binary { op: crate::ast::Op::Collate, .. } => false,
        _ => true,
    }
}
